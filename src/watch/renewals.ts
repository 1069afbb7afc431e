/** Contracts whose notice date passed unheard: the new term is presumed, and said to be. */
import type { PoolClient } from 'pg'
import type { AuditChange } from '../db/audit.ts'
import { rekey } from '../db/rekey.ts'
import type { RuleBook } from '../db/rule-book.ts'
import { type ContractRecord, readContracts } from '../db/watched.ts'
import { queueUpdates } from '../delivery/updates.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import type { Extension } from '../domain/extension.ts'
import { presumedRenewals } from '../domain/renewal.ts'
import type { SweptTeam } from './swept-team.ts'

export interface RenewalContext {
  readonly organisationId: number
  readonly rulesOf: RuleBook
  /** The teams that are swept, by their ids. */
  readonly sweptOf: ReadonlyMap<number, SweptTeam>
  /** What was changed, for the audit. */
  readonly changes: AuditChange[]
}

/** Records what must be presumed on this day; returns the contracts as they then stand. */
export async function presumeRenewals(
  client: PoolClient,
  context: RenewalContext,
  records: readonly ContractRecord[],
): Promise<readonly ContractRecord[]> {
  const { organisationId, rulesOf, sweptOf } = context
  const presumed = records.flatMap(({ row, contract }) => {
    const swept = sweptOf.get(row.teamId)
    if (swept === undefined) return []
    const { day, team } = swept
    const rules = rulesOf(team, row)
    return presumedRenewals(contract, day, rules).map((renewal) => ({
      id: row.id,
      currency: row.currency,
      day,
      renewal,
    }))
  })
  if (presumed.length === 0) return records
  await insertPresumed(client, organisationId, presumed)
  const teams = [...sweptOf.values()].map(({ team }) => team)
  for (const [today, ids] of idsByDay(presumed)) {
    await rekey(client, { organisationId, teams, rulesOf, today }, ids)
    await queueUpdates(client, organisationId, ids, today)
  }
  context.changes.push(...presumed.map(change))
  const ids = [...new Set(presumed.map(({ id }) => id))]
  const renewed = new Map((await readContracts(client, ids)).map((each) => [each.row.id, each]))
  return records.map((record) => renewed.get(record.row.id) ?? record)
}

/** The zones of the earth make three civil days at most. */
function idsByDay(
  presumed: readonly { readonly id: number; readonly day: CivilDate }[],
): Map<CivilDate, number[]> {
  const days = new Map<CivilDate, Set<number>>()
  for (const { id, day } of presumed) days.set(day, (days.get(day) ?? new Set()).add(id))
  return new Map([...days].map(([day, ids]) => [day, [...ids]]))
}

async function insertPresumed(
  client: PoolClient,
  organisationId: number,
  presumed: readonly {
    readonly id: number
    readonly currency: string
    readonly renewal: Extension
  }[],
): Promise<void> {
  await client.query(
    `INSERT INTO extension (organisation_id, contract_id, kind, status, from_on, to_on, known_on, currency, source)
     SELECT $1, e.*, 'presumed: no notice was recorded in time'
     FROM unnest($2::int[], $3::text[], $4::text[], $5::date[], $6::date[], $7::date[], $8::text[])
       AS e (contract_id, kind, status, from_on, to_on, known_on, currency)`,
    [
      organisationId,
      presumed.map(({ id }) => id),
      presumed.map(({ renewal }) => renewal.kind),
      presumed.map(({ renewal }) => renewal.status),
      presumed.map(({ renewal }) => renewal.from),
      presumed.map(({ renewal }) => renewal.to),
      presumed.map(({ renewal }) => renewal.knownOn),
      presumed.map(({ currency }) => currency),
    ],
  )
}

function change({
  id,
  renewal,
}: {
  readonly id: number
  readonly renewal: Extension
}): AuditChange {
  return {
    contractId: id,
    what: 'extended',
    field: 'presumed renewal',
    from: renewal.from,
    to: renewal.to,
  }
}
