/** Putting right what stands in the record of a contract: any field, a novation, a termination. */
import type { PoolClient } from 'pg'
import { type AuditChange, personText } from '../../db/audit.ts'
import type { ContractRecord } from '../../db/watched.ts'
import { addDays, type CivilDate } from '../../domain/civil-date.ts'
import { currentEnd } from '../../domain/current-end.ts'
import { Refusal } from '../../domain/refusal.ts'
import type { Rules } from '../../domain/rules.ts'
import { rewriteBuyers } from '../apply/parties.ts'
import { requireFree } from './enter.ts'
import { buyersOf, type ContractEntry, columnsOf, ENTRY_FIELDS } from './entry.ts'
import { terminate, yieldToRegister } from './terminate.ts'

/** Who edits, and the contract as it stands, locked. */
export interface Editing {
  readonly organisationId: number
  readonly personId: number | null
  readonly via: string
  readonly contractId: number
  readonly today: CivilDate
  readonly rules: Rules
  readonly record: ContractRecord
}

export interface ContractEdit {
  /** What the person changed; everything else stays as it is. */
  readonly changes: Partial<ContractEntry>
  /** The new last day of cover of a contract that was terminated; null: it was not. */
  readonly terminatesOn: CivilDate | null
  readonly why: string | null
  /** Which end holds where the register gives an earlier one than people; null: not said. */
  readonly holds: 'recorded' | 'register' | null
}

type Columns = Readonly<Record<string, unknown>>

/**
 * Changes these fields, in the transaction that holds the contract's lock and re-keys it afterwards.
 * What a person changed stays when a register says otherwise later. Returns what changed.
 * @throws Refusal, at its field where it is about one.
 */
export async function editContract(
  client: PoolClient,
  editing: Editing,
  { changes, terminatesOn, why, holds }: ContractEdit,
): Promise<AuditChange[]> {
  const { contractId } = editing
  const held = await readHeld(client, contractId)
  const done = [
    ...(await changeFields(client, editing, held, changes)),
    ...(await changeBuyers(client, editing, changes)),
    ...(terminatesOn === null ? [] : await terminate(client, editing, terminatesOn, why)),
    ...(holds === 'register' && terminatesOn === null
      ? await yieldToRegister(client, editing)
      : []),
  ]
  const saysEnd = terminatesOn !== null || 'end' in changes || 'endKind' in changes
  if (holds !== null || saysEnd) done.push(...(await settleDispute(client, editing)))
  if (done.length === 0) throw new Refusal('Nothing was changed in the form.')
  if (terminatesOn === null && saysEnd) {
    await followEnd(client, editing, changes)
  }
  if (why === null) return done
  return [...done, { contractId, what: 'explained', field: null, from: null, to: why }]
}

async function readHeld(client: PoolClient, contractId: number): Promise<Columns> {
  const names = ENTRY_FIELDS.flatMap(({ columns }) => columns)
  const found = await client.query<Columns>(
    `SELECT ${names.join(', ')} FROM contract WHERE id = $1`,
    [contractId],
  )
  return found.rows[0] ?? {}
}

async function changeFields(
  client: PoolClient,
  { organisationId, contractId }: Editing,
  held: Columns,
  changes: Partial<ContractEntry>,
): Promise<AuditChange[]> {
  const fields = ENTRY_FIELDS.filter(({ keys }) => keys.some((key) => key in changes))
  if (changes.reference !== undefined) {
    await requireFree(client, organisationId, changes.reference, contractId)
  }
  const teams = changes.teamId === undefined ? null : await teamNames(client, organisationId)
  const next: Columns = columnsOf({ ...EMPTY, ...changes })
  const done: AuditChange[] = []
  for (const { field, columns: names } of fields) {
    if (names.every((name) => name === 'end_source' || held[name] === next[name])) continue
    if (field === 'team_id' && !teams?.has(next.team_id)) {
      throw new Refusal('That team is gone: choose another.', [], 'team')
    }
    const said = (row: Columns) =>
      field === 'team_id'
        ? (teams?.get(row.team_id) ?? null)
        : field === 'owner_id'
          ? personText(row.owner_id as number | null)
          : textOf(field, row)
    await client.query(
      `UPDATE contract SET ${names.map((name, index) => `${name} = $${index + 2}`).join(', ')} WHERE id = $1`,
      [contractId, ...names.map((name) => next[name])],
    )
    const what = field === 'supplier' && held.supplier !== null ? 'novated' : 'updated'
    done.push({ contractId, what, field, from: said(held), to: said(next) })
  }
  return done
}

/** What stands in fields that were not changed: never written. */
const EMPTY: ContractEntry = {
  reference: '',
  title: null,
  supplier: null,
  buyer: null,
  teamId: null,
  ownerId: null,
  start: null,
  endKind: 'undated',
  end: null,
  maximumEnd: null,
  noticePeriod: null,
  automaticRenewal: null,
  renewalTerm: null,
  reviewOn: null,
  personalData: null,
  value: null,
  currency: 'GBP',
  valueBasis: 'unknown',
  regime: null,
  route: null,
}

/** The columns that the record tells of; the others follow from them. */
const TOLD: Readonly<Record<string, readonly string[]>> = {
  reference: ['reference'],
  supplier: ['supplier'],
  notice_period: ['notice_amount', 'notice_unit'],
  renewal_term: ['renewal_amount', 'renewal_unit'],
}

function textOf(field: string, row: Columns): string | null {
  if (field === 'awarded_end') {
    return String(row.end_kind === 'dated' ? row.end_latest : row.end_kind)
  }
  const values = (TOLD[field] ?? [field]).map((name) => row[name])
  const said = values.filter((value) => value !== null && value !== undefined)
  return said.length === 0 ? null : said.join(' ')
}

async function teamNames(
  client: PoolClient,
  organisationId: number,
): Promise<ReadonlyMap<unknown, string>> {
  const found = await client.query<{ id: number; name: string }>(
    'SELECT id, name FROM team WHERE organisation_id = $1',
    [organisationId],
  )
  return new Map(found.rows.map(({ id, name }) => [id, name]))
}

async function changeBuyers(
  client: PoolClient,
  { organisationId, contractId }: Editing,
  { buyer }: Partial<ContractEntry>,
): Promise<AuditChange[]> {
  if (buyer === undefined) return []
  const { from, to } = await rewriteBuyers(client, organisationId, contractId, buyersOf(buyer))
  return from === to ? [] : [{ contractId, what: 'updated', field: 'buyers', from, to }]
}

/** Somebody has said what holds: the register's other day warns no more. */
async function settleDispute(
  client: PoolClient,
  { contractId, record }: Editing,
): Promise<AuditChange[]> {
  const { disputedEnd } = record.row
  if (disputedEnd === null) return []
  await client.query('UPDATE contract SET disputed_end = NULL WHERE id = $1', [contractId])
  return [{ contractId, what: 'settled', field: 'disputed_end', from: disputedEnd, to: null }]
}

/** A contract whose end now lies ahead is watched again, and no longer out of contract. */
async function followEnd(
  client: PoolClient,
  { contractId, today, rules, record }: Editing,
  { end }: Partial<ContractEntry>,
): Promise<void> {
  const { extensions } = record.contract
  const moved = currentEnd({
    awardedEnd:
      end === null || end === undefined
        ? { kind: 'undated' }
        : { kind: 'dated', earliest: end, latest: end, precision: 'day' },
    extensions,
  })
  const last = moved.kind === 'dated' ? moved.latest : null
  await client.query(
    `UPDATE contract SET historic = historic AND $2, out_of_contract_on = CASE WHEN $3 THEN out_of_contract_on END
     WHERE id = $1`,
    [
      contractId,
      last !== null && last < addDays(today, -rules.historicAfterDays),
      last !== null && last < today,
    ],
  )
}
