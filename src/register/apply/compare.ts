/**
 * What changes when a register says something new of a contract: only what it changed since its last
 * import is applied, and where a person changed the same field, the person's value stays.
 */
import type { AuditChange } from '../../db/audit.ts'
import { type ContractRow, contractOf } from '../../db/watched.ts'
import type { CivilDate } from '../../domain/civil-date.ts'
import type { Draft, Problem } from '../draft.ts'
import { type EndVerdict, judgeEnds } from './end-conflict.ts'
import {
  endsSaid,
  FIELD_NAMES,
  type FieldName,
  type Fields,
  fieldsOf,
  type Imported,
  importedFields,
  partyKeys,
  readEndsSaid,
} from './fields.ts'
import { standing } from './first-seen.ts'
import type { Held, Row } from './held.ts'
import { CLOSED_BY_REGISTER, type ImportContext } from './import-context.ts'
import type { StagedContract } from './read-staged.ts'
import { awardedText, type EndChange, type HeldExtension } from './register-ends.ts'

const END_FIELDS: ReadonlySet<FieldName> = new Set([
  'end_kind',
  'end_precision',
  'end_earliest',
  'end_latest',
])
/** Says where the end stands in a file: changes with the end, or not at all. */
const END_SOURCE: FieldName = 'end_source'
/** Follow from other fields: told of under those. */
const DERIVED_FIELDS: ReadonlySet<FieldName> = new Set(['reference_key', 'supplier_key'])

export interface Change {
  readonly id: number
  readonly staged: StagedContract
  /** Whether anything but what the source last said is to be written. */
  readonly isChanged: boolean
  /** Who buys, by their names; null where that stays as it is. */
  readonly buyers: readonly string[] | null
  /** What the source has now said, to be compared with next time. */
  readonly imported: Imported
  /** The columns as they are to stand. */
  readonly columns: Readonly<Record<string, unknown>>
  readonly ends: EndChange | null
  readonly currency: string
  readonly audit: readonly AuditChange[]
  readonly problems: readonly Problem[]
}

/** Pure: reads nothing and writes nothing. */
export function compare(
  context: ImportContext,
  staged: StagedContract,
  { row, extensions }: Held,
): Change {
  const { draft } = staged
  // An export that comes back says what stands here, also what people changed: that is not the
  // source's own word, and what the source said before is kept where the two agree.
  const isOwn = draft.identity !== undefined
  const resolved = context.parties.resolve(draft)
  // A register that names no known team has no say in where a contract is looked after.
  const teamId = resolved.teamNamed ? resolved.teamId : row.team_id
  const fields = fieldsOf(draft, { ...resolved, teamId })
  const audit: AuditChange[] = []
  const problems: Problem[] = []
  const columns: Record<string, unknown> = {
    id: row.id,
    external_id: lasting(row.external_id, staged.externalId),
  }
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
    // A field that is younger than the last import was not said then.
    const said = row.imported[name] ?? null
    if (END_FIELDS.has(name) || name === END_SOURCE) continue
    if (fields[name] === said || fields[name] === row[name]) continue
    if (row[name] === said) set(name, row[name], fields[name])
    else problems.push(conflict(draft, row, name, fields[name]))
  }
  const verdict = endVerdict(context, draft, row, extensions)
  const said = verdict.ends
  if (verdict.conflict) problems.push(endConflict(draft, row, verdict.conflict))
  columns.disputed_end = verdict.disputedEnd
  if (verdict.disputedEnd !== row.disputedEnd) {
    set('disputed_end', row.disputedEnd, verdict.disputedEnd)
  }
  if (said) {
    columns.end_source = fields.end_source
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
  const speaks = said !== null || renewalChanged(row, columns)
  const ends = row.historic && speaks ? revived(context, row, columns, said, extensions) : said
  columns.historic = row.historic && ends === said
  if (columns.historic !== row.historic) set('historic', row.historic, columns.historic)
  if (ends) audit.push(...extensionChanges(row.id, ends))
  const currency = String(columns.currency)
  const buyers = newBuyers(draft, row)
  if (buyers.conflict) problems.push(conflict(draft, row, 'buyers', draft.buyers.join('; ')))
  const parties = buyers.names !== null || productsChanged(draft, row)
  const isChanged = audit.length > 0 || parties || (ends?.restate.length ?? 0) > 0
  if (isChanged) context.wrote.add(Number(columns.team_id))
  return {
    id: row.id,
    staged,
    isChanged,
    buyers: buyers.names,
    imported: nextImported(fields, draft, row, said, verdict, isOwn),
    columns,
    ends,
    currency,
    audit,
    problems,
  }
}

/** The awarded end as imports leave it: where the person's end stays, it stays known as theirs. */
function awardedByImport(draft: Draft, row: Row, said: EndChange | null, isOwn: boolean): string {
  const held = awardedText(heldEnds(row, []).awardedEnd)
  const next = said ? awardedText(said.awardedEnd) : held
  if (next !== held) return next
  const agrees = !isOwn && awardedText(draft.end) === held
  return agrees ? held : (row.imported.awarded ?? held)
}

/** Identities that only one kind of file can give are kept: the next such file looks for them. */
function lasting(held: string, said: string): string {
  return said.startsWith('ref:') && !held.startsWith('ref:') ? held : said
}

function endVerdict(
  context: ImportContext,
  draft: Draft,
  row: Row,
  extensions: readonly HeldExtension[],
): EndVerdict {
  if (endsSaid(draft) === row.imported.ends_said) {
    return { ends: null, disputedEnd: row.disputedEnd, conflict: null }
  }
  const { awardedEnd } = heldEnds(row, extensions)
  return judgeEnds(
    draft,
    {
      awardedEnd,
      extensions,
      disputedEnd: row.disputedEnd,
      before: readEndsSaid(row.imported.ends_said),
      awardedByRegister: row.imported.awarded ?? null,
    },
    context.today,
  )
}

function endConflict(
  draft: Draft,
  row: Row,
  { said, stays, warns }: NonNullable<EndVerdict['conflict']>,
): Problem {
  return {
    at: draft.at,
    reference: row.reference,
    field: 'end',
    value: said,
    problem: `the register changed the end, and so did a person: ${stays} stays, and ${warns} warns, as the earlier of the two`,
    remedy: 'say which of them holds in the form "Edit contract", or put the register right',
    severity: 'warning',
  }
}

function renewalChanged(row: Row, columns: Readonly<Record<string, unknown>>): boolean {
  return RENEWAL_FIELDS.some((name) => columns[name] !== row[name])
}
const RENEWAL_FIELDS: readonly FieldName[] = [
  'automatic_renewal',
  'renewal_amount',
  'renewal_unit',
  'notice_amount',
  'notice_unit',
]

/** The names of the buyers where the register changed them and nobody else did. */
function newBuyers(
  draft: Draft,
  row: Row,
): { readonly names: readonly string[] | null; readonly conflict: boolean } {
  const now = partyKeys(draft.buyers).join('|')
  const held = row.buyers.join('|')
  const before = row.imported.buyers ?? held
  if (now === before || now === held) return { names: null, conflict: false }
  return held === before
    ? { names: draft.buyers, conflict: false }
    : { names: null, conflict: true }
}

function productsChanged(draft: Draft, row: Row): boolean {
  return (
    partyKeys(draft.products).sort(byCode).join('|') !== [...row.products].sort(byCode).join('|')
  )
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function nextImported(
  fields: Fields,
  draft: Draft,
  row: Row,
  said: EndChange | null,
  verdict: EndVerdict,
  isOwn: boolean,
): Imported {
  const { imported } = row
  const now = importedFields(fields, draft)
  const next: Imported = { ...now, awarded: awardedByImport(draft, row, said, isOwn) }
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
    ends_said: said || verdict.conflict ? next.ends_said : imported.ends_said,
  }
}

function heldEnds(row: Row, extensions: readonly HeldExtension[]) {
  return { awardedEnd: contractOf(row, [], []).awardedEnd, extensions }
}

function conflict(draft: Draft, row: Row, name: FieldName | 'buyers', said: unknown): Problem {
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
  context: ImportContext,
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
    restate: [],
  }
  const withdrawn = new Set(change.withdraw.map((each) => each.id))
  const kept = extensions.filter((each) => !withdrawn.has(each.id))
  const restored = change.restore.map((each) => ({ ...each, status: 'confirmed' as const }))
  const now = { ...row, ...renewalColumns(columns) }
  const contract = {
    ...contractOf(now, [...kept, ...restored, ...change.add], []),
    awardedEnd: change.awardedEnd,
  }
  const { stands, presumed } = standing(contract, context.today, context.rulesOf(team, row))
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
    ...ends.restate.flatMap(({ held, kind, cost }) => {
      const audited = { contractId, what: 'extension restated' }
      return [
        ...(kind === held.kind ? [] : [{ ...audited, field: 'kind', from: held.kind, to: kind }]),
        ...(cost === held.cost ? [] : [{ ...audited, field: 'cost', from: held.cost, to: cost }]),
      ]
    }),
    ...ends.withdraw.map((each) => ({
      contractId,
      what: 'extension withdrawn',
      field: each.kind,
      from: each.to,
      to: null,
    })),
  ]
}

function text(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value)
}
