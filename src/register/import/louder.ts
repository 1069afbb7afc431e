/**
 * What a register may change while nobody looks: it may make a contract louder, never quieter. What
 * would warn later, less often or other people waits for somebody to say so.
 */

import type { Pool, PoolClient } from 'pg'
import { copyRows, lockRows, writeColumns } from '../../database/bulk.ts'
import { contractOf, periodOf } from '../../database/contracts.ts'
import { tables } from '../../database/prisma.ts'
import { recalculate } from '../../database/recalculate.ts'
import { queueUpdates } from '../../delivery/enqueue-updates.ts'
import { type CivilDate, dayText } from '../../rules/civil-date.ts'
import {
  type Contract,
  currentEnd,
  type Extension,
  isEnd,
  type PeriodUnit,
} from '../../rules/contract.ts'
import { type Deadline, deadlinesOf } from '../../rules/deadlines.ts'
import { scheduleFor } from '../../rules/reminder-plan.ts'
import type { Rules } from '../../rules/settings.ts'
import { groupedBy } from '../../rules/text-match.ts'
import { periodText } from '../../rules/working-days.ts'
import { fieldWords } from '../../text/explain.ts'
import type { Draft } from '../draft.ts'
import { FIELD_NAMES, type FieldName } from './columns.ts'
import {
  CLOSED_BY_REGISTER,
  type ImportContext,
  type StoredContract,
  type StoredContractRow,
  type WaitingChange,
} from './context.ts'
import type { EndChange, HeldExtension } from './ends-in-register.ts'
import { linkSuccessors } from './links.ts'

/** A part of what a row says that is not applied. */
export type HeldPart = FieldName | 'ends' | 'closed' | 'watched'

/** Contracts of which a file has no row any more. */
export function goneFrom(
  missing: readonly { readonly id: number; readonly reference: string }[],
): WaitingChange[] {
  return missing.map(({ id, reference }) => ({
    contractId: id,
    reference,
    at: 'the whole file',
    draft: null,
    words: ['not in the file any more'],
  }))
}

/** A contract as a row would leave it. */
interface Applied {
  readonly columns: Readonly<Record<string, unknown>>
  readonly ends: EndChange | null
}

/** What of it makes the contract quieter, with the words for each. */
export function quieterParts(
  { row, extensions }: StoredContract,
  draft: Draft,
  applied: Applied,
  rules: Rules,
  today: CivilDate,
): ReadonlyMap<HeldPart, string> {
  const held = new Map<HeldPart, string>()
  const { columns } = applied
  for (const [name, what, said] of moves(draft)) {
    const goes = columns[name] !== row[name] && (row[name] ?? null) !== null
    if (goes) held.set(name, `${what}: ${said ?? 'nobody'}`)
  }
  if (row.closed_on === null && (columns.closed_on ?? null) !== null) held.set('closed', 'closed')
  if (row.watched && columns.watched === false) held.set('watched', 'no longer watched')
  const ends = laterEnd(row, extensions, applied)
  if (ends !== null) held.set('ends', ends)
  const before = contractOf(row, extensions, [])
  const after = contractAfter(row, extensions, applied, held)
  if (isQuieter(before, after, rules, today)) {
    for (const name of COUNTED) {
      if (columns[name] !== row[name]) held.set(name, heldWords(name, columns))
    }
  }
  return held
}

function moves(draft: Draft): readonly (readonly [FieldName, string, string | null])[] {
  return [
    ['owner_id', 'owner', draft.owner ?? draft.ownerEmail],
    ['deputy_id', 'deputy', draft.deputy],
    ['category_lead_id', 'category lead', draft.categoryLead],
    ['team_id', 'team', draft.team ?? draft.department],
  ]
}

/** What deadlines and their reminders are counted from, but for the end. */
const COUNTED: readonly FieldName[] = [
  ...(['start', 'form', 'regime', 'route', 'category', 'value', 'value_text'] as const),
  ...(['value_basis', 'vat', 'currency', 'notice_amount', 'notice_unit', 'notice_text'] as const),
  ...(['automatic_renewal', 'renewal_amount', 'renewal_unit', 'review_on'] as const),
  ...(['rolls_from', 'option_by'] as const),
  ...(['personal_data', 'predecessor', 'successor'] as const),
]

/** A length and its unit are one thing to say. */
function heldWords(name: FieldName, columns: Applied['columns']): string {
  const [, of] = /^(notice|renewal)_(?:amount|unit)$/.exec(name) ?? []
  if (of === undefined) return `${fieldWords(name)}: ${columns[name] ?? 'none'}`
  const length = periodOf(
    (columns[`${of}_amount`] ?? null) as number | null,
    (columns[`${of}_unit`] ?? null) as PeriodUnit | null,
  )
  return `${fieldWords(`${of}_amount`)}: ${length === null ? 'none' : periodText(length)}`
}

/** The end that waits, in words, where it is later than the one that is known. */
function laterEnd(
  row: StoredContractRow,
  extensions: readonly HeldExtension[],
  applied: Applied,
): string | null {
  const was = contractOf(row, extensions, [])
  const is = contractAfter(row, extensions, applied, new Map())
  const [from, to] = [currentEnd(was), currentEnd(is)]
  if (from.kind !== 'dated') return null
  if (to.kind !== 'dated') return `end: ${dayText(from.latest)} → none`
  const undisputed = (was.disputedEnd ?? null) !== null && (is.disputedEnd ?? null) === null
  const isLater = to.earliest > from.earliest || to.latest > from.latest || undisputed
  return isLater ? `end: ${dayText(from.latest)} → ${dayText(to.latest)}` : null
}

/** The contract as it would stand, but for the parts that are held. */
function contractAfter(
  row: StoredContractRow,
  extensions: readonly HeldExtension[],
  { columns, ends }: Applied,
  held: ReadonlyMap<HeldPart, string>,
): Contract {
  const now = ruledColumns(
    columns,
    FIELD_NAMES.filter((name) => name in columns && !held.has(name)),
  )
  const isEndHeld = held.has('ends')
  const kept = isEndHeld
    ? {
        endKind: row.endKind,
        endPrecision: row.endPrecision,
        endEarliest: row.endEarliest,
        endLatest: row.endLatest,
      }
    : { disputedEnd: columns.disputed_end as CivilDate | null }
  const after = { ...row, ...now, ...kept } as StoredContractRow
  return contractOf(after, isEndHeld ? extensions : extensionsAfter(extensions, ends), [])
}

/** These columns under the names that the rules read them by. */
export function ruledColumns(columns: Applied['columns'], names: readonly FieldName[]) {
  const ruled = (name: FieldName) =>
    name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return Object.fromEntries(names.map((name) => [ruled(name), columns[name]]))
}

/** The extensions of a contract as a register's word leaves them. */
export function extensionsAfter(
  extensions: readonly HeldExtension[],
  ends: EndChange | null,
): readonly Extension[] {
  if (ends === null) return extensions
  const withdrawn = new Set(ends.withdraw.map(({ id }) => id))
  const restored = ends.restore.map((each) => ({ ...each, status: 'confirmed' as const }))
  return [...extensions.filter(({ id }) => !withdrawn.has(id)), ...restored, ...ends.add]
}

/** Whether a deadline to come goes away, comes later or is told of less often. */
function isQuieter(before: Contract, after: Contract, rules: Rules, today: CivilDate): boolean {
  const open = (contract: Contract) =>
    deadlinesOf(contract, rules, today).filter(({ settled }) => settled === null)
  const said = ({ reminders }: { reminders: readonly number[] }) => reminders.length
  const told = (deadline: Deadline, contract: Contract) => ({
    deadline,
    reminders: scheduleFor(deadline, contract, rules).before,
  })
  const now = open(after).map((each) => told(each, after))
  return open(before)
    .filter(({ latest }) => latest >= today)
    .map((each) => told(each, before))
    .some(
      (was) =>
        !now.some(
          (is) =>
            groupOf(is.deadline) === groupOf(was.deadline) &&
            is.deadline.on <= was.deadline.on &&
            said(is) >= said(was),
        ),
    )
}

function groupOf({ kind }: Deadline): string {
  return isEnd(kind) ? 'end' : kind
}

// How much of a register may change at once before somebody has to look.

/** In percent: of its contracts missing from the file, and of those in the file another end. */
const MOST = { missing: 5, ends: 10 } as const

/** Why so much at once is no refresh, or null. One row alone is never too much. */
export function tooMuchAtOnce({
  missing,
  held,
  ends,
  known,
}: {
  readonly missing: number
  /** Contracts of the source, and those of them that the file has. */
  readonly held: number
  readonly ends: number
  readonly known: number
}): string | null {
  const isOver = (count: number, of: number, percent: number) =>
    count > 1 && count * 100 > of * percent
  if (isOver(missing, held, MOST.missing)) {
    return `${missing} of its ${held} contracts are not in the file (more than ${MOST.missing}%)`
  }
  if (isOver(ends, known, MOST.ends)) {
    return `${ends} of ${known} contracts have another end (more than ${MOST.ends}%)`
  }
  return null
}

// What an unattended import leaves for somebody to say: one question, whose answer applies it.

export const WAITING = 'waiting'

export interface WaitingQuestion {
  readonly id: number
  readonly contracts: number
  /** `C-1: end: 31 Mar 2027 → 31 Mar 2028`. */
  readonly lines: readonly string[]
  /** The same was left as it is before: nobody is asked again. */
  readonly left: boolean
}

function waitingWords(changes: readonly WaitingChange[]): string {
  return [...new Set(changes.flatMap(({ words }) => words))].join(', ')
}

const WAITING_ROW = { value: true, contract: { select: { reference: true } } } as const

/** Keeps what waits in the place of what waited before. */
export async function keepWaiting(
  client: PoolClient,
  {
    organisationId,
    sourceId,
    importId,
    today,
  }: Pick<ImportContext, 'organisationId' | 'today' | 'sourceId' | 'importId'>,
  source: string,
  changes: readonly WaitingChange[],
): Promise<WaitingQuestion | null> {
  if (changes.length === 0) {
    await tables(client).question.deleteMany({ where: { sourceId, key: WAITING } })
    return null
  }
  const of = groupedBy(changes, ({ contractId }) => contractId)
  const lines = [...of.values()].map((each) => `${each[0]?.reference ?? ''}: ${waitingWords(each)}`)
  const text = `Register ${source} has changed in ${of.size === 1 ? 'one contract' : `${of.size} contracts`} what would make it quieter. Does that hold? ${lines.slice(0, 5).join('; ')}${lines.length > 5 ? `; and ${lines.length - 5} more` : ''}`
  const before = await tables(client).question.findFirst({
    where: { sourceId, key: WAITING },
    select: { answer: true, rows: { select: WAITING_ROW } },
  })
  const said = (before?.rows ?? []).map(
    ({ value, contract }) => `${contract.reference}: ${value ?? ''}`,
  )
  const left = before?.answer === 'leave' && said.sort().join() === [...lines].sort().join()
  const asked = { importId, text, contracts: of.size, askedOn: today }
  const { id } = await tables(client).question.upsert({
    where: { sourceId_key: { sourceId, key: WAITING } },
    create: {
      ...{ ...asked, organisationId, sourceId, key: WAITING, about: WAITING },
      choices: [
        { id: 'apply', text: 'Apply it' },
        { id: 'leave', text: 'Leave it' },
      ],
      holds: 'everything is warned of as before',
    },
    update: { ...asked, ...(left ? {} : { answer: null, answeredOn: null }) },
    select: { id: true },
  })
  await tables(client).questionContract.deleteMany({ where: { questionId: id } })
  const rows = [...of].map(([contractId, each]) => {
    const draft = each.find((one) => one.draft !== null)?.draft ?? null
    const gone = draft === null && each.some(({ at }) => at !== '')
    return {
      ...{ question_id: id, contract_id: contractId, at: each[0]?.at ?? '' },
      ...{
        value: waitingWords(each),
        draft: JSON.stringify(draft),
        says: JSON.stringify({ gone }),
      },
    }
  })
  await copyRows(client, 'question_contract', rows)
  return { id, contracts: of.size, lines, left }
}

/** The contracts of such a question, each with what waits. */
export async function readWaiting(
  pool: Pool,
  organisationId: number,
  questionId: number,
): Promise<{ readonly reference: string; readonly words: string }[]> {
  const found = await tables(pool).questionContract.findMany({
    where: { questionId, contract: { organisationId } },
    orderBy: { contract: { reference: 'asc' } },
    select: WAITING_ROW,
  })
  return found.map(({ value, contract }) => ({ reference: contract.reference, words: value ?? '' }))
}

/** What waited is applied as if somebody had imported it; contracts that the file lacks are closed. */
export async function applyWaiting(
  client: PoolClient,
  context: ImportContext,
  rows: readonly { readonly contractId: number; readonly gone: boolean }[],
): Promise<number> {
  const { organisationId, today, teams, rulesOf } = context
  const gone = rows.filter((row) => row.gone).map(({ contractId }) => contractId)
  const which = 'id = ANY($1) AND closed_on IS NULL'
  const open = await lockRows<{ id: number }>(client, 'contract', 'id', which, [gone])
  const closed = open.map(({ id }) => ({ id, closed_on: today, closed_why: CLOSED_BY_REGISTER }))
  await writeColumns(client, 'contract', { closed_on: 'date', closed_why: 'text' }, closed)
  // Where the register has it again it is read as new, and reopened.
  await tables(client).contractImport.updateMany({
    where: { contractId: { in: gone } },
    data: { rowHash: '' },
  })
  const ids = closed.map(({ id }) => id)
  const changes = ids.map((contractId) => {
    return { contractId, what: 'updated', field: 'closed_on', from: null, to: today }
  })
  await context.audit.add(changes)
  await recalculate(client, { organisationId, teams, rulesOf, today }, ids)
  await queueUpdates(client, organisationId, ids, today)
  const linked = await linkSuccessors(client, context)
  await context.audit.add(linked)
  return ids.length + linked.length
}
