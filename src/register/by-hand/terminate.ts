/** Ending a contract before the day that was recorded: terminated, or because the register is right. */
import type { PoolClient } from 'pg'
import type { AuditChange } from '../../db/audit.ts'
import type { CivilDate } from '../../domain/civil-date.ts'
import { currentEnd } from '../../domain/current-end.ts'
import { movesEnd } from '../../domain/extension.ts'
import { Refusal } from '../../domain/refusal.ts'
import { dayText } from '../../domain/words.ts'
import type { Editing } from './edit.ts'
import { BY_HAND } from './entry.ts'

/**
 * Moves the end to this earlier day. A termination settles the end: nobody is asked to replace what
 * was given up on purpose.
 * @throws Refusal at its field where the contract does not run past that day.
 */
export async function terminate(
  client: PoolClient,
  editing: Editing,
  on: CivilDate,
  why: string | null,
): Promise<AuditChange[]> {
  const { organisationId, personId, contractId, today, record } = editing
  const { contract, row } = record
  const end = currentEnd(contract)
  if (contract.closed) throw new Refusal(`${row.reference} is closed already.`, [], FIELD)
  if (end.kind === 'dated' && on >= end.latest) {
    const words = `It ends on ${dayText(end.latest)} as it is: choose an earlier day, or leave this empty.`
    throw new Refusal(words, [], FIELD)
  }
  if (contract.start !== null && on < contract.start) {
    const words = `It begins on ${dayText(contract.start)}: choose a later day.`
    throw new Refusal(words, [], FIELD)
  }
  const cut = await shorten(client, editing, on)
  await client.query(
    `INSERT INTO decision (organisation_id, contract_id, deadline, deadline_on, text, evidence, decided_on, decided_by_id)
     VALUES ($1, $2, 'end', $3, $4, NULL, $5, $6)`,
    [
      organisationId,
      contractId,
      on,
      `terminated${why === null ? '' : `: ${why}`}`,
      today,
      personId,
    ],
  )
  const from = end.kind === 'dated' ? end.latest : end.kind
  return [{ contractId, what: 'terminated', field: 'current_end', from, to: on }, ...cut]
}

/** The register's earlier end holds, not the later one that people recorded. */
export async function yieldToRegister(
  client: PoolClient,
  editing: Editing,
): Promise<AuditChange[]> {
  const { contractId, record } = editing
  const { row } = record
  if (row.disputedEnd === null) return []
  const recorded = currentEnd({ ...record.contract, disputedEnd: null })
  const from = recorded.kind === 'dated' ? recorded.latest : recorded.kind
  const cut = await shorten(client, editing, row.disputedEnd)
  return [{ contractId, what: 'settled', field: 'current_end', from, to: row.disputedEnd }, ...cut]
}

/**
 * Nothing runs past this day any more: extensions that would begin after it are withdrawn, the one
 * that runs across it is cut, and an awarded end that lies later is moved.
 */
async function shorten(
  client: PoolClient,
  { contractId, via, record }: Editing,
  on: CivilDate,
): Promise<AuditChange[]> {
  const { awardedEnd: awarded, extensions } = record.contract
  if (awarded.kind !== 'dated' || awarded.latest > on) {
    await client.query(
      `UPDATE contract SET end_kind = 'dated', end_earliest = $2, end_latest = $2, end_precision = 'day',
              end_source = $3 WHERE id = $1`,
      [contractId, on, BY_HAND],
    )
  }
  await client.query(
    `UPDATE extension SET status = CASE WHEN from_on > $2 THEN 'withdrawn' ELSE status END,
            to_on = CASE WHEN from_on > $2 THEN to_on ELSE $2 END, source = $3
     WHERE contract_id = $1 AND to_on > $2 AND status <> 'withdrawn'`,
    [contractId, on, via],
  )
  const cut = extensions.filter((each) => movesEnd(each) && each.to > on)
  return cut.map((each) => ({
    contractId,
    what: each.from > on ? 'extension withdrawn' : 'extension cut',
    field: each.kind,
    from: each.to,
    to: each.from > on ? null : on,
  }))
}

const FIELD = 'terminatesOn'
