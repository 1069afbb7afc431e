/**
 * Contracts that a register speaks of again: only what it changed since its last import is applied,
 * and where a person changed the same field, the person's value stays and the conflict is listed.
 */
import type { PoolClient } from 'pg'
import type { AuditChange } from '../../db/audit.ts'
import { copyRows } from '../../db/copy.ts'
import { rekey } from '../../db/rekey.ts'
import { type ContractRow, contractOf } from '../../db/watched.ts'
import { queueUpdates } from '../../delivery/updates.ts'
import type { CivilDate } from '../../domain/civil-date.ts'
import type { Draft, Problem } from '../draft.ts'
import {
  CLOSED_BY_REGISTER,
  type CreateContext,
  EXTENSION,
  extensionRow,
  IMPORTED,
  standing,
} from './create.ts'
import {
  endsSaid,
  FIELD_NAMES,
  type FieldName,
  type Fields,
  fieldsOf,
  type Imported,
  importedFields,
} from './fields.ts'
import type { StagedContract } from './read-staged.ts'
import { type EndChange, type HeldExtension, registerEnds } from './register-ends.ts'

const END_FIELDS: ReadonlySet<FieldName> = new Set([
  'end_kind',
  'end_precision',
  'end_earliest',
  'end_latest',
])
/** Follow from other fields: told of under those. */
const DERIVED_FIELDS: ReadonlySet<FieldName> = new Set(['reference_key', 'supplier_key'])

/** Compares these drafts with the contracts that they speak of; what changed is ready to be written. */
export async function prepareChanged(
  client: PoolClient,
  context: CreateContext,
  staged: readonly StagedContract[],
  problems: Problem[],
): Promise<() => Promise<void>> {
  await context.parties.meet(staged.map(({ draft }) => draft))
  const ids = staged.map(({ contractId }) => contractId)
  const held = await readHeld(client, ids)
  const changes: Change[] = []
  for (const each of staged) {
    const before = held.get(each.contractId)
    if (before) changes.push(compare(context, each, before))
  }
  for (const change of changes) problems.push(...change.problems)
  return async () => {
    const { organisationId, teams, rulesOf, today } = context
    await writeFields(client, changes)
    await writeExtensions(client, organisationId, changes)
    await rewriteParties(client, context, staged)
    await writeImports(client, context, changes)
    await context.audit.add(changes.flatMap((change) => change.audit))
    await rekey(client, { organisationId, teams, rulesOf, today }, ids)
    await queueUpdates(client, organisationId, ids, today)
  }
}

type Row = ContractRow &
  Fields & {
    readonly imported: Imported
    readonly closed_on: string | null
    readonly closed_why: string | null
  }
interface Held {
  readonly row: Row
  readonly extensions: readonly HeldExtension[]
}

async function readHeld(client: PoolClient, ids: readonly number[]): Promise<Map<number, Held>> {
  const rows = await client.query<Row>(
    `SELECT ${FIELD_NAMES.map((name) => `c."${name}"`).join(', ')}, c.closed_on, c.closed_why,
            c.id, c.team_id AS "teamId", c.end_kind AS "endKind", c.end_precision AS "endPrecision",
            c.end_earliest AS "endEarliest", c.end_latest AS "endLatest", c.maximum_end AS "maximumEnd",
            c.notice_amount AS "noticeAmount", c.notice_unit AS "noticeUnit",
            c.automatic_renewal AS "automaticRenewal", c.renewal_amount AS "renewalAmount",
            c.renewal_unit AS "renewalUnit", c.review_on AS "reviewOn", c.successor_start AS "successorStart",
            c.closed_on AS "closedOn", c.historic, c.watched, c.out_of_contract_on AS "outOfContractOn",
            i.fields AS imported
     FROM contract c JOIN contract_import i ON i.contract_id = c.id
     WHERE c.id = ANY($1) FOR UPDATE OF c`,
    [ids],
  )
  const extensions = await client.query<HeldExtension & { contractId: number }>(
    `SELECT id, contract_id AS "contractId", kind, status, from_on AS "from", to_on AS "to", cost,
            known_on AS "knownOn", coalesce(source LIKE 'register:%', false) AS "fromRegister"
     FROM extension WHERE contract_id = ANY($1) ORDER BY from_on, to_on, id`,
    [ids],
  )
  return new Map(
    rows.rows.map((row) => [
      row.id,
      { row, extensions: extensions.rows.filter((each) => each.contractId === row.id) },
    ]),
  )
}

interface Change {
  readonly id: number
  readonly staged: StagedContract
  readonly fields: Fields
  /** The columns as they are to stand. */
  readonly columns: Readonly<Record<string, unknown>>
  readonly ends: EndChange | null
  readonly currency: string
  readonly audit: readonly AuditChange[]
  readonly problems: readonly Problem[]
}

function compare(
  context: CreateContext,
  staged: StagedContract,
  { row, extensions }: Held,
): Change {
  const { draft } = staged
  const resolved = context.parties.resolve(draft)
  // A register that names no known team has no say in where a contract is looked after.
  const teamId = resolved.teamNamed ? resolved.teamId : row.team_id
  const fields = fieldsOf(draft, { ...resolved, teamId })
  const audit: AuditChange[] = []
  const problems: Problem[] = []
  context.wrote.add(fields.team_id)
  const columns: Record<string, unknown> = { id: row.id, external_id: staged.externalId }
  const set = (name: string, from: unknown, to: unknown) => {
    columns[name] = to
    if (!DERIVED_FIELDS.has(name as FieldName)) {
      audit.push({
        contractId: row.id,
        what: 'updated',
        field: name,
        from: text(from),
        to: text(to),
      })
    }
  }
  for (const name of FIELD_NAMES) {
    columns[name] = row[name]
    if (END_FIELDS.has(name) || fields[name] === row.imported[name] || fields[name] === row[name])
      continue
    if (row[name] === row.imported[name]) set(name, row[name], fields[name])
    else problems.push(conflict(draft, row, name, fields[name]))
  }
  const said =
    endsSaid(draft) === row.imported.ends_said
      ? null
      : registerEnds(draft, heldEnds(row, extensions), context.today)
  if (said) {
    const { awardedEnd } = said
    const dated = awardedEnd.kind === 'dated' ? awardedEnd : null
    const next = {
      end_kind: awardedEnd.kind,
      end_precision: dated?.precision ?? null,
      end_earliest: dated?.earliest ?? null,
      end_latest: dated?.latest ?? null,
    }
    for (const [name, to] of Object.entries(next)) {
      if (row[name as FieldName] !== to) set(name, row[name as FieldName], to)
    }
  }
  closing(draft, row, context.today, set, columns)
  const ends = row.historic ? revived(context, row, columns, said, extensions) : said
  columns.historic = row.historic && ends === said
  if (columns.historic !== row.historic) set('historic', row.historic, columns.historic)
  if (ends) audit.push(...extensionChanges(row.id, ends))
  const currency = String(columns.currency)
  return { id: row.id, staged, fields, columns, ends, currency, audit, problems }
}

function heldEnds(row: Row, extensions: readonly HeldExtension[]) {
  return { awardedEnd: contractOf(row, [], []).awardedEnd, extensions }
}

function conflict(draft: Draft, row: Row, name: FieldName, said: unknown): Problem {
  return {
    at: draft.at,
    reference: row.reference,
    field: name,
    value: text(said),
    problem: `the register changed it, and so did a person: ${text(row[name]) ?? 'nothing'} stays`,
    remedy: 'agree on the value and put the other one right',
    severity: 'warning',
  }
}

function closing(
  draft: Draft,
  row: Row,
  today: CivilDate,
  set: (name: string, from: unknown, to: unknown) => void,
  columns: Record<string, unknown>,
): void {
  columns.closed_on = row.closed_on
  columns.closed_why = row.closed_why
  if (draft.closed && row.closed_on === null) {
    columns.closed_why = CLOSED_BY_REGISTER
    set('closed_on', null, today)
  } else if (!draft.closed && row.closed_why === CLOSED_BY_REGISTER) {
    columns.closed_why = null
    set('closed_on', row.closed_on, null)
  }
}

/**
 * The ends of a historic contract that runs again by what the register says now, with the renewals
 * that must be presumed of it; the very `ends` given where it stays historic.
 */
function revived(
  context: CreateContext,
  row: Row,
  columns: Readonly<Record<string, unknown>>,
  ends: EndChange | null,
  extensions: readonly HeldExtension[],
): EndChange | null {
  const team = context.teams.find((each) => each.id === columns.team_id)
  if (!team) return ends
  const change = ends ?? {
    awardedEnd: heldEnds(row, []).awardedEnd,
    add: [],
    withdraw: [],
    restore: [],
  }
  const withdrawn = new Set(change.withdraw.map((each) => each.id))
  const kept = extensions.filter((each) => !withdrawn.has(each.id))
  const restored = change.restore.map((each) => ({ ...each, status: 'confirmed' as const }))
  const now = { ...row, ...renewalColumns(columns) }
  const contract = {
    ...contractOf(now, [...kept, ...restored, ...change.add], []),
    awardedEnd: change.awardedEnd,
  }
  const { stands, presumed } = standing(contract, context.today, context.rulesOf(team))
  return stands.historic ? ends : { ...change, add: [...change.add, ...presumed] }
}

function renewalColumns(columns: Readonly<Record<string, unknown>>) {
  return {
    automaticRenewal: columns.automatic_renewal as ContractRow['automaticRenewal'],
    renewalAmount: columns.renewal_amount as ContractRow['renewalAmount'],
    renewalUnit: columns.renewal_unit as ContractRow['renewalUnit'],
    noticeAmount: columns.notice_amount as ContractRow['noticeAmount'],
    noticeUnit: columns.notice_unit as ContractRow['noticeUnit'],
  }
}

function extensionChanges(contractId: number, ends: EndChange): AuditChange[] {
  return [
    ...ends.add.map((each) => ({
      contractId,
      what: 'extended',
      field: each.kind,
      from: each.from,
      to: each.to,
    })),
    ...ends.restore.map((each) => ({
      contractId,
      what: 'extended',
      field: each.kind,
      from: each.from,
      to: each.to,
    })),
    ...ends.withdraw.map((each) => ({
      contractId,
      what: 'extension withdrawn',
      field: each.kind,
      from: each.to,
      to: null,
    })),
  ]
}

async function writeFields(client: PoolClient, changes: readonly Change[]): Promise<void> {
  const names = ['external_id', ...FIELD_NAMES, 'closed_on', 'closed_why', 'historic']
  await client.query(
    `UPDATE contract SET ${names.map((name) => `"${name}" = r."${name}"`).join(', ')}
     FROM json_populate_recordset(NULL::contract, $1) r WHERE contract.id = r.id`,
    [JSON.stringify(changes.map((change) => change.columns))],
  )
}

async function writeExtensions(
  client: PoolClient,
  organisationId: number,
  changes: readonly Change[],
): Promise<void> {
  const withdraw = changes.flatMap((change) => change.ends?.withdraw ?? [])
  const restore = changes.flatMap((change) => change.ends?.restore ?? [])
  await client.query(
    `UPDATE extension SET status = CASE WHEN id = ANY($1) THEN 'withdrawn' ELSE 'confirmed' END
     WHERE id = ANY($1) OR id = ANY($2)`,
    [withdraw.map((each) => each.id), restore.map((each) => each.id)],
  )
  const added = changes.flatMap(({ id, currency, ends }) =>
    (ends?.add ?? []).map((each) => extensionRow(organisationId, id, currency, each)),
  )
  await copyRows(client, 'extension', EXTENSION, added)
}

/** Buyers and products are the register's: it says who they are. */
async function rewriteParties(
  client: PoolClient,
  context: CreateContext,
  staged: readonly StagedContract[],
): Promise<void> {
  const ids = staged.map(({ contractId }) => contractId)
  await client.query('DELETE FROM contract_buyer WHERE contract_id = ANY($1)', [ids])
  await client.query('DELETE FROM contract_product WHERE contract_id = ANY($1)', [ids])
  const buyers = staged.flatMap(({ contractId, draft }) =>
    context.parties.buyerIds(draft).map((buyer, position) => [contractId, buyer, position]),
  )
  const products = staged.flatMap(({ contractId, draft }) =>
    context.parties.productIds(draft).map((product) => [contractId, product]),
  )
  await copyRows(client, 'contract_buyer', ['contract_id', 'buyer_id', 'position'], buyers)
  await copyRows(client, 'contract_product', ['contract_id', 'product_id'], products)
}

async function writeImports(
  client: PoolClient,
  context: CreateContext,
  changes: readonly Change[],
): Promise<void> {
  // Written anew: updating 100,000 of them in place takes twice as long.
  await client.query('DELETE FROM contract_import WHERE contract_id = ANY($1)', [
    changes.map(({ id }) => id),
  ])
  const rows = changes.map(({ id, fields, staged: { hash, draft } }) => {
    return [id, context.importId, hash, importedFields(fields, draft)]
  })
  await copyRows(client, 'contract_import', IMPORTED, rows)
}

function text(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value)
}
