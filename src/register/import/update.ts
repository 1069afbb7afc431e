/** Contracts that a register speaks of again: what changed is compared, written and told. */
import type { PoolClient } from 'pg'
import type { AuditChange } from '../../database/audit-log.ts'
import { type CopyRow, copyRows, writeColumns } from '../../database/bulk.ts'
import { contractOf, readContracts } from '../../database/contracts.ts'
import { nameKey } from '../../database/organisation.ts'
import { tables } from '../../database/prisma.ts'
import { presumeRenewals, recalculate, withdrawUnfounded } from '../../database/recalculate.ts'
import { coveredBy, recalculateSupport } from '../../database/support.ts'
import { queueUpdates } from '../../delivery/enqueue-updates.ts'
import { type CivilDate, dayText } from '../../rules/civil-date.ts'
import { currentEnd, NO_NOTICE_GIVEN } from '../../rules/contract.ts'
import { compare as byCode, groupedBy } from '../../rules/text-match.ts'
import { WRITING_ACTS } from '../../text/explain.ts'
import type { Draft, DraftCover, Problem } from '../draft.ts'
import { EXPORT_COLUMNS } from '../export/export.ts'
import {
  buyerRows,
  coverRows,
  endsSaid,
  extensionRow,
  FIELD_NAMES,
  type FieldName,
  type Fields,
  fieldsOf,
  type Imported,
  importedFields,
  importRow,
  partyKeys,
  productRows,
  readEndsSaid,
} from './columns.ts'
import {
  beginChanging,
  type Changing,
  CLOSED_BY_REGISTER,
  DERIVED_FIELDS,
  type ImportContext,
  readHeld,
  type StoredContract,
  type StoredContractRow,
  text,
} from './context.ts'
import { standing } from './create.ts'
import {
  awardedEndOf,
  type EndVerdict,
  endStays,
  endVerdict,
  extensionChanges,
  moveEnd,
  saysNoEnd,
} from './end-conflicts.ts'
import { awardedText, type EndChange, type HeldExtension } from './ends-in-register.ts'
import { extensionsAfter, type HeldPart, quieterParts, ruledColumns } from './louder.ts'
import type { StagedContract } from './staging.ts'

/**
 * Compares these drafts with the contracts that they speak of; what changed is ready to be written.
 * Of a contract that the source words differently without saying anything new, only that is kept.
 */
export async function prepareChanged(
  client: PoolClient,
  context: ImportContext,
  staged: readonly StagedContract[],
  problems: Problem[],
): Promise<PreparedUpdate> {
  const held = await readHeld(
    client,
    staged.map(({ contractId }) => contractId),
  )
  const rows = staged.map((each) => {
    const before = held.get(each.contractId)
    const whole = knownEnds(each, before)
    if (whole !== each) problems.push(endKept(whole))
    return ownPeople(knownNotice(whole, before), before)
  })
  await context.parties.meet(rows.map(({ draft }) => draft))
  const changedSince = await readChangedSince(client, rows)
  const changes: ContractUpdate[] = []
  for (const each of rows) {
    const before = held.get(each.contractId)
    if (before) changes.push(changeOf({ ...context, changedSince }, each, before))
  }
  for (const { id, staged, isChanged, problems: own } of changes) {
    problems.push(...own)
    if (isEdited(staged.draft) && !isChanged && own.length === 0) context.asTheyStand?.add(id)
  }
  const changed = changes.filter(({ isChanged }) => isChanged)
  const changedIds = changed.map(({ id }) => id)
  const write = async () => {
    const { organisationId, teams, rulesOf, today } = context
    await writeFields(client, changes)
    await writeExtensions(client, organisationId, changed)
    await rewriteParties(client, context, changed)
    await rewriteCovers(client, context, changed)
    await writeImports(client, context, changes)
    await context.audit.add(changed.flatMap((change) => change.audit))
    const recalculating = { organisationId, teams, rulesOf, today }
    await context.audit.add(await withdrawUnfounded(client, recalculating, changedIds))
    const { retired } = await recalculate(client, recalculating, changedIds)
    await queueUpdates(client, organisationId, [...new Set([...changedIds, ...retired])], today)
    await presumeAtOnce(client, context, changed)
  }
  return { count: changed.length, write }
}

/**
 * Contracts whose row of an export of ours was written before somebody, or their register, changed
 * them: what it says of them may be what they were.
 */
async function readChangedSince(
  client: PoolClient,
  staged: readonly StagedContract[],
): Promise<ReadonlySet<number>> {
  const own = staged.flatMap(({ contractId, draft }) => {
    const asOf = draft.own?.asOf ?? null
    return asOf === null ? [] : [{ contractId, asOf }]
  })
  if (own.length === 0) return new Set()
  const found = await client.query<{ id: number }>(
    `SELECT DISTINCT s.id FROM unnest($1::int[], $2::int[]) AS s (id, as_of)
     JOIN audit_change a ON a.contract_id = s.id JOIN audit_entry e ON e.id = a.entry_id
     WHERE e.position > s.as_of AND a.what = ANY($3)`,
    [own.map(({ contractId }) => contractId), own.map(({ asOf }) => asOf), WRITING_ACTS],
  )
  return new Set(found.rows.map(({ id }) => id))
}

/** Of a row that gave two ends a blank one takes back neither. */
function knownEnds(staged: StagedContract, held: StoredContract | undefined): StagedContract {
  const { draft } = staged
  const said = held?.row.imported.ends_said
  if (said === undefined || draft.identity !== undefined || draft.currentEnd !== null) return staged
  const { end, currentEnd: current } = readEndsSaid(said)
  if (current === null || end.kind !== 'dated' || draft.end.kind !== 'dated') return staged
  // Without the first end the current one is read in its place.
  const isOther = draft.end.earliest !== current || draft.end.latest !== current
  if (isOther && awardedText(draft.end) !== awardedText(end)) return staged
  return { ...staged, draft: { ...draft, end, currentEnd: current } }
}

function endKept({ draft }: StagedContract): Problem {
  const stays = draft.currentEnd === null ? '' : dayText(draft.currentEnd)
  return {
    ...{ at: draft.at, reference: draft.reference, field: 'end', value: null },
    problem: `the file no longer gives both of its ends: ${stays} stays`,
    remedy: 'put both into the register again, or record what became of it',
    severity: 'warning',
  }
}

/** A notice that is not given takes none away that is known. */
function knownNotice(staged: StagedContract, held: StoredContract | undefined): StagedContract {
  if (staged.draft.noticeText !== NO_NOTICE_GIVEN || held === undefined) return staged
  const { notice_amount: amount, notice_text: text } = held.row
  if (text === NO_NOTICE_GIVEN || (amount === null && text === null)) return staged
  const { noticeText: _, ...draft } = staged.draft
  return { ...staged, draft: { ...draft, noticePeriod: null } }
}

/**
 * In an export of ours a person stands by name and address: where one of the two was changed, the other
 * is what is left of the one before, and neither of them is called otherwise now.
 */
function ownPeople(staged: StagedContract, held: StoredContract | undefined): StagedContract {
  const { draft } = staged
  if (draft.own === undefined || held === undefined) return staged
  const { row, people } = held
  const now = (id: unknown, name: string | null, email: string | null) => {
    const was = people.find((each) => each.id === id)
    if (was === undefined) return { name, email }
    const isNamed = name !== null && nameKey(name) !== nameKey(was.name ?? '')
    const isMoved = email !== null && email.toLowerCase() !== (was.email ?? '').toLowerCase()
    if (isNamed === isMoved) return { name, email }
    return isNamed ? { name, email: null } : { name: null, email }
  }
  const owner = now(row.owner_id, draft.owner, draft.ownerEmail)
  const deputy = now(row.deputy_id, draft.deputy, draft.deputyEmail ?? null)
  const lead = now(row.category_lead_id, draft.categoryLead, draft.categoryLeadEmail ?? null)
  const { deputyEmail: _, categoryLeadEmail: __, ...rest } = draft
  return {
    ...staged,
    draft: {
      ...rest,
      ...{ owner: owner.name, ownerEmail: owner.email },
      ...{ deputy: deputy.name, categoryLead: lead.name },
      ...(deputy.email === null ? {} : { deputyEmail: deputy.email }),
      ...(lead.email === null ? {} : { categoryLeadEmail: lead.email }),
    },
  }
}

/** What a notice that has passed unheard means for those that renew by what was said now. */
async function presumeAtOnce(
  client: PoolClient,
  { organisationId, teams, rulesOf, today, audit }: ImportContext,
  changes: readonly ContractUpdate[],
): Promise<void> {
  const ids = changes.filter(({ mayRenew }) => mayRenew).map(({ id }) => id)
  const records = await readContracts(client, ids)
  const open = records.filter(({ contract }) => !contract.historic)
  const dayOf = () => today
  const presumed = await presumeRenewals(client, { organisationId, teams, rulesOf, dayOf }, open)
  await audit.add([...presumed.changes])
  for (const renewed of presumed.byDay.values()) {
    await queueUpdates(client, organisationId, renewed, today)
  }
}

/** How many contracts change, and what writes that. */
export interface PreparedUpdate {
  readonly count: number
  readonly write: () => Promise<void>
}

async function writeFields(client: PoolClient, changes: readonly ContractUpdate[]): Promise<void> {
  const names = [
    'external_id',
    ...FIELD_NAMES,
    'closed_on',
    'closed_why',
    'historic',
    'disputed_end',
    'watched',
  ]
  await client.query(
    `UPDATE contract SET ${names.map((name) => `"${name}" = r."${name}"`).join(', ')}
     FROM json_populate_recordset(NULL::contract, $1) r WHERE contract.id = r.id`,
    [JSON.stringify(changes.map((change) => change.columns))],
  )
}

async function writeExtensions(
  client: PoolClient,
  organisationId: number,
  changes: readonly ContractUpdate[],
): Promise<void> {
  const ends = changes.flatMap((change) => change.ends ?? [])
  await writeColumns(client, 'extension', { status: 'text' }, [
    ...ends.flatMap(({ restore }) => restore.map(({ id }) => ({ id, status: 'confirmed' }))),
    ...ends.flatMap(({ withdraw }) => withdraw.map(({ id }) => ({ id, status: 'withdrawn' }))),
  ])
  const restated = ends.flatMap(({ restate }) =>
    restate.map(({ noticeReference, ...each }) => ({ ...each, notice_reference: noticeReference })),
  )
  await writeColumns(client, 'extension', RESTATED, restated)
  const added = changes.flatMap(({ id, currency, ends }) =>
    (ends?.add ?? []).map((each) => extensionRow(organisationId, id, currency, each)),
  )
  await copyRows(client, 'extension', added)
}

const RESTATED = {
  ...({ kind: 'text', cost: 'numeric', rule: 'text', grounds: 'text', approver: 'text' } as const),
  ...({ notice_reference: 'text', invoiced: 'numeric' } as const),
}

/** Products are the register's; buyers too, unless a person said who they are. */
async function rewriteParties(
  client: PoolClient,
  context: ImportContext,
  changes: readonly ContractUpdate[],
): Promise<void> {
  const rebought = changes.filter(({ buyers }) => buyers !== null)
  const { buyerIds, productIds } = context.parties
  const buyers = rebought.flatMap(({ id, staged }) => buyerRows(id, buyerIds(staged.draft)))
  const products = changes.flatMap(({ id, staged }) => productRows(id, productIds(staged.draft)))
  await writeAnew(client, 'contract_buyer', rebought, buyers)
  await writeAnew(client, 'contract_product', changes, products)
}

/** The rows of these contracts in place of those that they have. */
async function writeAnew(
  client: PoolClient,
  table: 'contract_buyer' | 'contract_product' | 'contract_import',
  of: readonly ContractUpdate[],
  rows: readonly CopyRow[],
): Promise<void> {
  const ids = of.map(({ id }) => id)
  await client.query(`DELETE FROM ${table} WHERE contract_id = ANY($1)`, [ids])
  await copyRows(client, table, rows)
}

/** What the register says that they cover, where it says something new; what a person chose stays. */
async function rewriteCovers(
  client: PoolClient,
  context: ImportContext,
  changes: readonly ContractUpdate[],
): Promise<void> {
  const said = changes.filter(({ saysCovers }) => saysCovers)
  if (said.length === 0) return
  const ids = said.map(({ id }) => id)
  const before = await coveredBy(client, ids)
  const { cover } = tables(client)
  await cover.deleteMany({ where: { contractId: { in: ids }, fromRegister: true } })
  const kept = groupedBy(
    await cover.findMany({
      where: { contractId: { in: ids } },
      select: { contractId: true, key: true, product: true },
    }),
    ({ contractId }) => contractId,
  )
  const rows = said.flatMap(({ id, staged: { draft } }) =>
    coverRows(context, id, draft.covers, kept.get(id)),
  )
  await copyRows(client, 'cover', rows)
  await recalculateSupport(client, context, before)
}

async function writeImports(
  client: PoolClient,
  context: ImportContext,
  changes: readonly ContractUpdate[],
): Promise<void> {
  // Updating 100,000 of them in place takes twice as long.
  const rows = changes.map(({ id, imported, staged }) =>
    importRow(context, id, staged.hash, imported),
  )
  await writeAnew(client, 'contract_import', changes, rows)
}

// What changes when a register says something new of a contract: only what it changed since its last
// import is applied, and where a person changed the same field, the person's value stays.

interface ContractUpdate {
  readonly id: number
  readonly staged: StagedContract
  /** Whether anything but what the source last said is to be written. */
  readonly isChanged: boolean
  /** It renews by itself, and what that rests on was said anew. */
  readonly mayRenew: boolean
  /** Who buys, by their names; null where that stays as it is. */
  readonly buyers: readonly string[] | null
  /** The register says something new of the products that it covers. */
  readonly saysCovers: boolean
  /** What the source has now said, to be compared with next time. */
  readonly imported: Imported
  /** The columns as they are to stand. */
  readonly columns: Readonly<Record<string, unknown>>
  readonly ends: EndChange | null
  readonly currency: string
  readonly audit: readonly AuditChange[]
  readonly problems: readonly Problem[]
}

/** Where nobody looks, without what would make the contract quieter. */
function changeOf(
  context: ImportContext,
  staged: StagedContract,
  held: StoredContract,
): ContractUpdate {
  const { unattended, waiting, teams, rulesOf, today } = context
  const team = teams.find(({ id }) => id === held.row.team_id)
  const left = waiting?.get(staged.contractId)
  if (left !== undefined && team !== undefined) {
    // What waits for somebody's word goes on waiting, whatever else of the row is answered.
    const said = compare(context, { ...staged, draft: left }, held)
    const parts = quieterParts(held, left, said, rulesOf(team, held.row), today)
    return compare(context, { ...staged, hash: '' }, held, new Set(parts.keys()))
  }
  const whole = compare(context, staged, held)
  if (unattended === undefined || team === undefined) return whole
  const said = endsSaid(staged.draft) !== held.row.imported.ends_said
  if (said && (whole.ends !== null || whole.columns.disputed_end !== held.row.disputedEnd)) {
    unattended.ends += 1
  }
  const parts = quieterParts(held, staged.draft, whole, rulesOf(team, held.row), today)
  if (parts.size === 0) return whole
  const { draft, contractId } = staged
  const { at } = draft
  const words = [...parts.values()]
  unattended.waiting.push({ contractId, reference: held.row.reference, at, draft, words })
  // Without a digest the next import looks at the row again.
  return compare(context, { ...staged, hash: '' }, held, new Set(parts.keys()))
}

/** Pure: reads nothing and writes nothing. `waits` is left as it was, as if the row did not say it. */
function compare(
  context: ImportContext,
  staged: StagedContract,
  held: StoredContract,
  waits: ReadonlySet<HeldPart> = new Set(),
): ContractUpdate {
  const { draft } = staged
  const { row, extensions } = held
  const fields = fieldsSaid(context, draft, row)
  const changing = beginChanging(row, staged)
  compareFields(changing, context, draft, row, fields, waits)
  tellAnother(changing, draft, row, fields)
  const ends = currentEnd(contractOf(row, extensions, []))
  const changesEnd = isEdited(draft)
    ? awardedText(draft.end) !== awardedText(awardedEndOf(row))
    : endsSaid(draft) !== row.imported.ends_said
  if (
    draft.endsNow !== undefined &&
    !changesEnd &&
    ends.kind === 'dated' &&
    ends.latest !== draft.endsNow
  ) {
    changing.tell(
      'Ends now',
      draft.endsNow,
      `this column was changed and is not read: it follows from the others, and stays ${ends.latest}`,
      'change "End" where the contract was awarded to another day, or record an extension',
    )
  }
  // Of an export that was written before the contract was changed nothing is applied.
  const isStale = isEdited(draft) && context.changedSince?.has(row.id) === true
  // A column that was taken out of an export says nothing.
  const isGone = (heading: string) => isEdited(draft) && context.headings?.has(heading) === false
  const isOpen = isStale || isGone('Status')
  const stays = isStale || waits.has('ends') || (isGone('End') && isGone('Extension end'))
  const verdict = stays ? endStays(row) : endVerdict(context, draft, held)
  moveEnd(changing, draft, row, fields, verdict)
  closeOrReopen(changing, draft, row, context.today, isOpen ? new Set(['closed']) : waits)
  watchOrNot(changing, context, draft, row, waits)
  const runs = reviveWhereItRuns(changing, context, held, verdict.ends, draft.runs === true)
  const moved = endPresumed(changing, context, held, runs)
  if (moved) changing.audit.push(...extensionChanges(row.id, moved))
  const none = { names: null, conflict: false }
  const buyers = isGone('Buyer') ? none : newBuyers(draft, row, isStale)
  if (buyers.conflict) {
    tellConflict(changing, row, 'buyers', draft.buyers.join('; '))
  }
  tellUntaken(changing, context, draft, held, fields, { moved, verdict })
  const { columns, audit, problems } = changing
  const products = !isGone('Products') && productsChanged(draft, row)
  const covers = draft.covers === undefined ? null : JSON.stringify(draft.covers)
  // An export that comes back says what stands.
  const isOther = covers !== null && covers !== JSON.stringify(row.covers)
  const newCovers = isOther && (isEdited(draft) || covers !== row.imported.covers)
  if (isStale && (products || newCovers)) {
    tellStale(changing, 'products', draft.products.join('; '), 'what stands')
  }
  const parties = buyers.names !== null || (products && !isStale)
  const saysCovers = newCovers && !isStale
  if (saysCovers) {
    const [from, to] = [coversText(row.covers), coversText(draft.covers ?? [])]
    if (from !== to) audit.push({ contractId: row.id, what: 'updated', field: 'covers', from, to })
  }
  const isChanged = audit.length > 0 || parties || saysCovers || (moved?.restate.length ?? 0) > 0
  if (isChanged) context.wrote.add(Number(columns.team_id))
  return {
    id: row.id,
    staged,
    isChanged,
    mayRenew:
      columns.automatic_renewal === true && (moved !== null || renewalChanged(row, columns)),
    buyers: buyers.names,
    saysCovers,
    imported: { ...nextImported(fields, draft, row, verdict), ...unsaid(row, waits) },
    columns,
    ends: moved,
    currency: String(columns.currency),
    audit,
    problems,
  }
}

function coversText(covers: readonly DraftCover[]): string | null {
  const texts = covers.map(({ product, release, kind, count }) =>
    [product, release, kind, count].filter((part) => part !== null && part !== '').join(' '),
  )
  return texts.length === 0 ? null : texts.join('; ')
}

/** What the source said before of the parts that wait: next time they are new again. */
function unsaid({ imported }: StoredContractRow, waits: ReadonlySet<HeldPart>): Partial<Imported> {
  const fields = FIELD_NAMES.filter((name) => waits.has(name))
  const said = Object.fromEntries(fields.map((name) => [name, imported[name] ?? null]))
  if (!waits.has('ends')) return said
  const { ends_said, awarded } = imported
  return { ...said, ends_said, ...(awarded === undefined ? {} : { awarded }) }
}

/** A register that names no known team has no say in where a contract is looked after. */
function fieldsSaid(context: ImportContext, draft: Draft, row: StoredContractRow): Fields {
  const resolved = context.parties.resolve(draft)
  const teamId = resolved.teamNamed ? resolved.teamId : row.team_id
  if (!resolved.teamNamed) {
    context.parties.stays(draft, context.teams.find(({ id }) => id === teamId)?.name ?? '')
  }
  return fieldsOf(draft, { ...resolved, teamId })
}

/** What the register changed since it last spoke, but for its ends. */
function compareFields(
  changing: Changing,
  { changedSince, today }: ImportContext,
  draft: Draft,
  row: StoredContractRow,
  fields: Fields,
  waits: ReadonlySet<HeldPart>,
): void {
  const { columns, set } = changing
  for (const name of FIELD_NAMES) {
    columns[name] = row[name]
    if (waits.has(name)) continue
    // A field that is younger than the last import was not said then.
    const said = row.imported[name] ?? null
    if (END_FIELDS.has(name) || name === END_SOURCE) continue
    const isOwn = isEdited(draft)
    // Another figure in an export of ours: the words were of the one before.
    if (isOwn && name === 'value_text' && fields.value !== null && fields.value !== row.value) {
      if (fields[name] === row[name] && row[name] !== null && !changedSince?.has(row.id)) {
        set(name, row[name], null)
        continue
      }
    }
    if (fields[name] === row[name] || (!isOwn && fields[name] === said)) continue
    // A blank says nothing: what was known stays.
    if (isBlank(name, fields)) continue
    // Nor does a break beside it take a review away that is to come before.
    const known = name === 'review_on' && draft.reviewFound ? row.review_on : null
    if (known !== null && known >= today && known < (fields.review_on ?? '')) continue
    // The words and days beside a figure that did not change: an older export has no column of them.
    const figure = WORDS_OF.get(name)
    if (isOwn && figure !== undefined && fields[name] === null && fields[figure] === row[figure]) {
      continue
    }
    // A value that differs in an export of ours was changed by a person: it is applied, whoever gave the old one.
    const isStale = isOwn && changedSince?.has(row.id) === true
    if (!isStale && (isOwn || row[name] === said)) set(name, row[name], fields[name])
    else if (DERIVED_FIELDS.has(name)) continue
    else if (isStale) tellStale(changing, name, fields[name], text(row[name]) ?? 'nothing')
    else tellConflict(changing, row, name, fields[name])
  }
}

/** Whether it is a row of an export of ours that says how far changes were known to it. */
function isEdited({ own }: Draft): boolean {
  return (own?.asOf ?? null) !== null
}

function tellStale({ tell }: Changing, field: string, said: unknown, stays: string): void {
  tell(field, said, `the contract was changed since this export was written: ${stays} stays`, AGAIN)
}

/** Whether it is watched, as an export of ours says. */
function watchOrNot(
  { columns, set }: Changing,
  { changedSince }: ImportContext,
  draft: Draft,
  row: StoredContractRow,
  waits: ReadonlySet<HeldPart>,
): void {
  columns.watched = row.watched
  const said = draft.own?.watched ?? null
  if (said === null || said === row.watched || waits.has('watched')) return
  // Without the day of the export nobody can tell whether somebody has said so since: told as untaken.
  if (isEdited(draft) && !changedSince?.has(row.id)) set('watched', row.watched, said)
}

/** What was changed in an export of ours and is not taken back: each column is named. */
function tellUntaken(
  { columns, problems, tell: warn }: Changing,
  { changedSince, headings }: ImportContext,
  draft: Draft,
  { row, extensions, people }: StoredContract,
  fields: Fields,
  { moved, verdict }: { readonly moved: EndChange | null; readonly verdict: EndVerdict },
): void {
  const { own } = draft
  if (own === undefined || !isEdited(draft)) return
  const tell = (field: string, value: unknown, stays: unknown, remedy = CLEARED) => {
    const isTold = problems.some((each) => each.field === field)
    // A column that was taken out says nothing.
    if (isTold || (headings?.has(field) === false && !BESIDE.has(field))) return
    const problem = `this column was changed and is not taken back: ${text(stays) ?? 'nothing'} stays`
    warn(field, value, problem, remedy)
  }
  for (const { heading, field: name = null } of EXPORT_COLUMNS) {
    const isSaid = name === null || problems.some((each) => each.field === name)
    if (isSaid || fields[name] === row[name] || columns[name] !== row[name]) continue
    if (name === 'notice_amount' && fields.notice_text !== null) continue
    tell(heading, fields[name], row[name])
  }
  if (fields.notice_amount === null && fields.notice_text === null && row.notice_text !== null) {
    tell('Notice period', null, row.notice_text)
  }
  for (const [name, heading] of PEOPLE) {
    const held = people.find(({ id }) => id === row[name])
    if (held !== undefined && fields[name] === null) tell(heading, null, held.name ?? held.email)
  }
  if (draft.team === null) tell('Team', null, 'it')
  if (draft.covers === undefined && row.covers.length > 0) tell('Covered product', null, 'it')
  if (own.watched !== undefined && own.watched !== columns.watched) {
    const remedy = changedSince?.has(row.id) ? AGAIN : 'write yes or no'
    tell('Watched', own.watched, columns.watched === true ? 'yes' : 'no', remedy)
  }
  const end = awardedEndOf(row)
  // A column that was taken out is no end that was.
  const told = problems.findIndex((each) => each.field === 'end' && each.value === null)
  if (headings?.has('End') === false && told >= 0) problems.splice(told, 1)
  const isMoved = awardedText(draft.end) !== awardedText(end)
  const isBlank = draft.end.kind === 'undated' && told < 0
  if (isMoved && isBlank) tell('End', null, awardedText(end))
  if (isMoved && !isBlank && told < 0 && verdict.ends === null && verdict.conflict === null) {
    tell('End', awardedText(draft.end), awardedText(end), 'put it right in Lapsewatch')
  }
  const stands = columns.closed_on !== null ? 'closed' : columns.historic ? 'historic' : 'active'
  if (own.status !== stands)
    tell('Status', own.status, stands, 'say what became of it in Lapsewatch')
  if (own.keptIn !== undefined && own.keptIn !== row.source)
    tell('Kept in', own.keptIn, row.source, KEPT)
  if (draft.identity !== row.external_id) {
    columns.external_id = row.external_id
    tell('Lapsewatch id', draft.identity, row.external_id, KEPT)
  }
  const hasExtensions = headings?.has('Extension end') !== false
  const untaken = hasExtensions ? extensionsUntaken(draft, extensions, moved) : []
  for (const [heading, said, held] of untaken) {
    tell(heading, said, held, 'record it in Lapsewatch, or take the extension back there')
  }
}

/** No fields: absent of a row where their column is. */
const BESIDE: ReadonlySet<string> = new Set(['Watched', 'Kept in'])
const AGAIN = 'export it again, and change it there'
const CLEARED = 'a cleared cell takes nothing away: put it right in Lapsewatch'
const KEPT = 'leave it as the export wrote it'
const PEOPLE = [
  ['owner_id', 'Owner'],
  ['deputy_id', 'Deputy'],
  ['category_lead_id', 'Category lead'],
] as const

/** Changed columns of recorded extensions, which an export cannot change: column, its text, what stays. */
function extensionsUntaken(
  draft: Draft,
  extensions: readonly HeldExtension[],
  moved: EndChange | null,
): (readonly [string, string | null, string | null])[] {
  return extensions.flatMap((held): (readonly [string, string | null, string | null])[] => {
    if (held.status !== 'confirmed' && held.status !== 'proposed') return []
    if (moved?.withdraw.some(({ id }) => id === held.id)) return []
    const of = draft.extensions.filter(({ to }) => to === held.to)
    const said = of.find(({ kind }) => kind === held.kind) ?? of[0]
    if (said === undefined) return [['Extension end', null, held.to]]
    const now = moved?.restate.find(({ id }) => id === held.id)
    const { record } = held
    const told = said.record
    return (
      [
        ['Extension type', said.kind, now?.kind ?? held.kind],
        ['Extension status', said.status, held.status],
        ['Extension start', said.from, held.from],
        ['Extension agreed', said.knownOn, held.knownOn],
        ['Extension cost', said.cost, now?.cost ?? held.cost],
        ['Extension invoiced', told?.invoiced ?? null, now?.invoiced ?? record.invoiced],
        ['Extension rule', told?.rule ?? null, now?.rule ?? record.rule],
        ['Extension grounds', told?.grounds ?? null, now?.grounds ?? record.grounds],
        ['Extension approver', told?.approver ?? null, now?.approver ?? record.approver],
        [
          'Extension notice',
          told?.noticeReference ?? null,
          now?.noticeReference ?? record.noticeReference,
        ],
      ] as const
    ).filter(([, is, stays]) => is !== stays)
  })
}

/** Whether the register says nothing here, also where that stands as a default. */
function isBlank(name: FieldName, fields: Fields): boolean {
  const figure = WORDS_OF.get(name)
  if (figure !== undefined) return fields[name] === null && fields[figure] === null
  if (fields[name] === null || fields[name] === 'unknown') return true
  if (name === 'currency') return AMOUNTS.every((amount) => fields[amount] === null)
  return name === 'form' && fields.form === 'contract'
}

/** Words stand beside their figure: a plain one has none. */
const WORDS_OF: ReadonlyMap<FieldName, FieldName> = new Map([
  ['value_text', 'value'],
  ['notice_text', 'notice_amount'],
  ['option_ends', 'maximum_end'],
])

const AMOUNTS = [
  'value',
  'periodic_charge',
  'unit_price',
  'invoiced_last_year',
  'one_off_charges',
] as const

const END_FIELDS: ReadonlySet<FieldName> = new Set([
  ...(['end_kind', 'end_precision', 'end_earliest', 'end_latest'] as const),
])

/** Says where the end stands in a file: changes with the end, or not at all. */
const END_SOURCE: FieldName = 'end_source'

function tellConflict(
  { tell }: Changing,
  row: StoredContractRow,
  field: FieldName | 'buyers',
  said: unknown,
): void {
  const stays = text(row[field]) ?? 'nothing'
  const problem = `the register changed it, and so did a person: ${stays} stays`
  tell(field, said, problem, 'agree on the value and put the other one right')
}

/** A reference whose supplier, start and end all change at once may stand for another contract now. */
function tellAnother(
  { tell }: Changing,
  draft: Draft,
  row: StoredContractRow,
  fields: Fields,
): void {
  const { imported } = row
  const changed = (['supplier_key', 'end_latest'] as const).every((name) => {
    const said = imported[name] ?? null
    return said !== null && fields[name] !== null && fields[name] !== said
  })
  const sameStart = fields.start !== null && fields.start === (imported.start ?? null)
  if (!changed || sameStart) return
  tell(
    null,
    `${text(imported.supplier) ?? ''} → ${draft.supplier ?? ''}`,
    'its supplier and its dates all changed at once: it may be another contract now',
    'check that references stand for the same contracts as before (--map reference="…")',
  )
}

/** Over because its register says so; open again where the register takes that back. */
function closeOrReopen(
  { columns, set }: Changing,
  draft: Draft,
  row: StoredContractRow,
  today: CivilDate,
  waits: ReadonlySet<HeldPart>,
): void {
  columns.closed_on = row.closed_on
  columns.closed_why = row.closed_why
  if (waits.has('closed')) return
  if (draft.closed && row.closed_on === null) {
    columns.closed_why = CLOSED_BY_REGISTER
    set('closed_on', null, today)
  } else if (!draft.closed && row.closed_why === CLOSED_BY_REGISTER) {
    columns.closed_why = null
    set('closed_on', row.closed_on, null)
  }
}

/** What was only presumed does not run on past the day on which its register says that it is over. */
function endPresumed(
  { columns }: Changing,
  { today }: ImportContext,
  { row, extensions }: StoredContract,
  ends: EndChange | null,
): EndChange | null {
  if (columns.closed_on === null || row.closed_on !== null) return ends
  const presumed = extensions.filter(({ status, to }) => status === 'presumed' && to >= today)
  if (presumed.length === 0) return ends
  const change = ends ?? unmoved(row)
  return { ...change, withdraw: [...change.withdraw, ...presumed] }
}

/** The names of the buyers where the register changed them and nobody else did. */
function newBuyers(
  draft: Draft,
  row: StoredContractRow,
  isStale: boolean,
): { readonly names: readonly string[] | null; readonly conflict: boolean } {
  const now = partyKeys(draft.buyers).join('|')
  const held = row.buyers.join('|')
  if (isEdited(draft) && now !== held) {
    return isStale ? { names: null, conflict: true } : { names: draft.buyers, conflict: false }
  }
  const before = row.imported.buyers ?? held
  if (now === before || now === held) return { names: null, conflict: false }
  return held === before
    ? { names: draft.buyers, conflict: false }
    : { names: null, conflict: true }
}

function productsChanged(draft: Draft, row: StoredContractRow): boolean {
  return (
    partyKeys(draft.products).sort(byCode).join('|') !== [...row.products].sort(byCode).join('|')
  )
}

/** What the source has now said, to be compared with next time. */
function nextImported(
  fields: Fields,
  draft: Draft,
  row: StoredContractRow,
  { ends: said, conflict }: EndVerdict,
): Imported {
  const { imported } = row
  // An export that comes back says what stands here, also what people changed: that is not the
  // source's own word, and what the source said before is kept where the two agree.
  const isOwn = draft.identity !== undefined
  // A person changed this row of an export: what the source itself said stays as it was recorded.
  if (isEdited(draft)) return imported
  const now = importedFields(fields, draft)
  const blank = Object.fromEntries(
    FIELD_NAMES.filter((name) => isBlank(name, fields)).map((name) => [
      name,
      imported[name] ?? null,
    ]),
  )
  const next: Imported = {
    ...now,
    ...blank,
    ...(saysNoEnd(draft, row)
      ? { ends_said: imported.ends_said, end_source: imported.end_source ?? null }
      : {}),
    awarded: awardedByImport(draft, row, said, isOwn),
  }
  if (!isOwn) return next
  const kept = Object.fromEntries(
    FIELD_NAMES.filter((name) => fields[name] === row[name]).map((name) => [
      name,
      imported[name] ?? null,
    ]),
  )
  const buyers = now.buyers === row.buyers.join('|') ? imported.buyers : now.buyers
  return {
    ...next,
    ...kept,
    ...(buyers === undefined ? {} : { buyers }),
    ends_said: said || conflict ? next.ends_said : imported.ends_said,
  }
}

/** The awarded end as imports leave it: where the person's end stays, it stays known as theirs. */
function awardedByImport(
  draft: Draft,
  row: StoredContractRow,
  said: EndChange | null,
  isOwn: boolean,
): string {
  const held = awardedText(awardedEndOf(row))
  const next = said ? awardedText(said.awardedEnd) : held
  if (next !== held) return next
  const agrees = !isOwn && awardedText(draft.end) === held
  return agrees ? held : (row.imported.awarded ?? held)
}

/** A historic contract is monitored again where what the register says now has it run; its ends then. */
function reviveWhereItRuns(
  { columns, set }: Changing,
  context: ImportContext,
  { row, extensions }: StoredContract,
  said: EndChange | null,
  runsOn: boolean,
): EndChange | null {
  const speaks = said !== null || renewalChanged(row, columns)
  const ends = row.historic && speaks ? revived(context, row, columns, said, extensions) : said
  columns.historic = row.historic && ends === said && !runsOn
  if (columns.historic !== row.historic) set('historic', row.historic, columns.historic)
  return ends
}

function renewalChanged(
  row: StoredContractRow,
  columns: Readonly<Record<string, unknown>>,
): boolean {
  return RENEWAL_FIELDS.some((name) => columns[name] !== row[name])
}

const RENEWAL_FIELDS: readonly FieldName[] = [
  ...(['automatic_renewal', 'renewal_amount', 'renewal_unit', 'rolls_from'] as const),
  ...(['notice_amount', 'notice_unit', 'notice_text'] as const),
]

/**
 * The ends of a historic contract that runs again by what the register says now, with the renewals
 * that must be presumed of it; the very `ends` given where it stays historic.
 */
function revived(
  context: ImportContext,
  row: StoredContractRow,
  columns: Readonly<Record<string, unknown>>,
  ends: EndChange | null,
  extensions: readonly HeldExtension[],
): EndChange | null {
  const team = context.teams.find((each) => each.id === columns.team_id)
  if (!team) return ends
  const change = ends ?? unmoved(row)
  const now = { ...row, ...ruledColumns(columns, RENEWAL_FIELDS) } as StoredContractRow
  const contract = {
    ...contractOf(now, extensionsAfter(extensions, change), []),
    awardedEnd: change.awardedEnd,
  }
  const { stands, presumed } = standing(contract, context.today, context.rulesOf(team, row))
  return stands.historic ? ends : { ...change, add: [...change.add, ...presumed] }
}

function unmoved(row: StoredContractRow): EndChange {
  return { awardedEnd: awardedEndOf(row), add: [], withdraw: [], restore: [], restate: [] }
}
