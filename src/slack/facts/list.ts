/** Lists of contracts page by page: the register, what is due, what is in trouble. */
import type { Pool } from 'pg'
import { EARLIEST_END, IS_END, LIVE } from '../../database/contracts.ts'
import type { Team } from '../../database/organisation.ts'
import { tables } from '../../database/prisma.ts'
import { type ContractState, stateSql } from '../../reports/contract.ts'
import { readEnded } from '../../reports/ended.ts'
import { type CivilDate, DUE_DAYS_AHEAD, daysBetween } from '../../rules/civil-date.ts'
import { type ContractNames, type DeadlineKind, isEnd } from '../../rules/contract.ts'
import { pick } from '../../rules/text-match.ts'
import { UserError } from '../../rules/user-error.ts'
import type { Calendar } from '../../rules/working-days.ts'
import type {
  AnswerContext,
  DueFacts,
  ListEntry,
  ListFacts,
  PageFacts,
  TriageListFacts,
} from '../../text/answer-facts.ts'
import { DEADLINE_WORDS } from '../../text/deadline.ts'
import { counted, dateWords, endWords, figure, uncertainEnd, type Worth } from '../../text/words.ts'
import { readCheckup } from '../../warnings/self-check.ts'
import type { Asker } from '../directory.ts'
import { mistyped, writeCommand } from '../parse/command.ts'
import {
  type Acting,
  type Amount,
  type Dates,
  type Filters,
  type ListState,
  MONTH_DAYS,
  NO_FILTERS,
  type PersonMention,
} from '../parse/command-types.ts'
import { asksFor, exportAskedIn } from '../parse/filters.ts'
import { plain } from '../parse/tokens.ts'
import { mayConfirmTriage, mayThey, RESPONSIBLE, type Responsible } from '../permissions.ts'
import { askedOf, type BotContext } from '../request.ts'
import {
  asksForDates,
  contractConditions,
  dateConditions,
  type FilterIds,
  NOTICE_DAYS,
  type Only,
  onlyCondition,
  type Parameters,
  parameters,
  personName,
  type ReadFilters,
  type Resolved,
  ranksByValue,
  readFilterIds,
  readNames,
  selectFitting,
  teamsNamed,
  teamsOf,
  wholeCondition,
  withFigures,
} from './filters.ts'
import { findForBot, namedIn, readSpelt, titled } from './search.ts'
import {
  type FoundOne,
  stateWords,
  toldOf,
  type Verdict,
  verdictOf,
  verdictOfAny,
  verdictOfTwo,
} from './told.ts'

/** A page of the contracts that fit; of filters whose names were read they are not read again. */
export async function listFacts(
  context: BotContext,
  wanted: Filters | ReadFilters,
  page: number,
): Promise<ListFacts> {
  const read = await withFigures(context, await namesRead(context, wanted))
  const { total, entries, beside } = await findContracts(context, {
    ...read,
    page,
    size: PAGE_SIZE,
  })
  const alone = total === 0 ? await namedAlone(context, read) : null
  if (alone !== null) {
    const named = await listFacts(context, alone.filters, page)
    return { ...named, scope: [named.scope, alone.note].filter(Boolean).join(' ') }
  }
  const doubted = total === 0 ? withoutWords(read.filters) : null
  if (doubted !== null) return listFacts(context, doubted, page)
  return {
    ...askedOf(context),
    ...placeOf(total, page),
    asOf: context.today,
    scope: scopeOf(read),
    unread: read.filters.unread,
    beside: [...beside, ...besideOf(read)],
    entries,
  }
}

async function namesRead(context: BotContext, wanted: Filters | ReadFilters): Promise<ReadFilters> {
  return 'ids' in wanted ? wanted : readNames(context, wanted)
}

/** What the filters are, in words; empty where nothing narrows the register down. */
export function scopeOf(read: ReadFilters): string {
  return readAs({ ...read, presumed: null })
    .map(({ text }) => text)
    .join(' ')
}

/** What stands below a list. */
const besideOf = ({ presumed }: ReadFilters) =>
  presumed === null ? [] : [presumed.replace(/^\(|\)$/g, '')]

interface AskedContract extends ContractNames, Worth {
  readonly contractId: number
  readonly owner: string | null
  readonly currentEnd: CivilDate | null
  readonly state: ContractState
}

interface Answered {
  readonly read: readonly ReadAs[]
  readonly unread: readonly string[]
  readonly total: number
  readonly items: readonly AskedContract[]
}

export interface SentenceAnswer extends Omit<Answered, 'items'> {
  readonly items: readonly Omit<AskedContract, 'contractId'>[]
}

/** Somebody without an account: who types on the command line has no contracts of their own. */
const NOBODY: Asker = {
  ...{ personId: 0, slackUser: '', userGroups: [] },
  ...{ isMember: true, isReader: true, isAdministrator: false },
}

/**
 * What a sentence asks for, with all contracts that fit, for whoever asks outside of Slack.
 * @throws UserError where it is a command that does or shows something else.
 */
export async function answerSentence(
  place: Omit<BotContext, 'asker' | keyof AnswerContext>,
  text: string,
  yearStart: number,
  calendar: Calendar,
): Promise<SentenceAnswer> {
  const { items, ...said } = await answered(place, text, yearStart, calendar)
  return { ...said, items: items.map(({ contractId: _, ...item }) => item) }
}

async function answered(
  place: Omit<BotContext, 'asker' | keyof AnswerContext>,
  text: string,
  yearStart: number,
  calendar: Calendar,
): Promise<Answered> {
  const context = { ...place, asker: NOBODY, query: '', shared: false, hidePrices: false }
  const command = await readSpelt(context, text, { today: place.today, calendar, yearStart })
  switch (command.verb) {
    case 'ask': {
      const { filters, due, near, typed } = command
      const verdict = await verdictOf(context, typed, filters)
      const named = verdict?.found ?? (await namedIn(context, typed, filters))
      if (named.length > 0) {
        const meant = verdict?.filters ?? titled(typed, filters)
        return told(context, text, await askedContracts(context, meant, named), verdict)
      }
      const found = await askedContracts(context, due ? dueSoon(filters) : filters)
      const first = verdictOfTwo(text, filters, found.items, context.today)
      const answer = await told(context, text, found, null, first)
      const begun = typed.trim().split(/\s+/)[0] ?? ''
      const isNear = near !== null && answer.unread.includes(begun)
      const meant = isNear
        ? mistyped(typed, near, { today: place.today, calendar, yearStart }).meant
        : null
      if (meant === null || !('ref' in meant) || meant.ref === null) return answer
      const act = await askedToAct(context, { ...meant, ref: meant.ref })
      const said = { what: 'spelt' as const, text: `(taking “${begun}” for “${meant.verb}”)` }
      return act.total === 0 ? answer : { ...act, read: [...act.read, said] }
    }
    case 'due':
      return askedContracts(context, dueSoon(command.filters))
    case 'list':
      return askedContracts(context, command.filters)
    case 'export': {
      const { what, filters } = exportAskedIn(command.filters)
      if (what === 'audit' || what === 'board') {
        throw new UserError(`Write it with: lapsewatch export FILE --what ${what}`)
      }
      const answer = await askedContracts(context, filters)
      return answer.total === 0
        ? answer
        : { ...answer, read: [{ what: 'act', text: 'to export' }, ...answer.read] }
    }
    case 'subscribe': {
      const answer = await askedContracts(context, command.filters)
      const act = { what: 'act' as const, text: 'to subscribe a channel to what is' }
      return answer.unread.length > 0 ? answer : { ...answer, read: [act, ...answer.read] }
    }
    case 'misread':
      if (command.isOrder && command.meant !== null && 'ref' in command.meant) {
        const { ref } = command.meant
        if (ref !== null) return askedToAct(context, { ...command.meant, ref })
      }
      throw new UserError(command.problem)
    default:
      if ('ref' in command && command.ref !== null)
        return askedToAct(context, { ...command, ref: command.ref })
      throw new UserError(
        text.trim() === ''
          ? 'Ask for something: lapsewatch ask "due in march 2027".'
          : `"${command.verb}" is a command of its own, and no question about contracts: see lapsewatch help.`,
      )
  }
}

/** The answer with what is told of the contracts that were named, yes or no first. */
async function told(
  context: BotContext,
  text: string,
  answer: Answered,
  verdict: Verdict | null = null,
  first: string | null = null,
): Promise<Answered> {
  const { items, read, total } = answer
  const { unread, fields } = await toldOf(context, text, answer, items, {
    but: verdict?.tells ?? [],
  })
  const presumed = read.find(({ what }) => what === 'presumed')?.text
  const any = { total, unread, beside: presumed === undefined ? [] : [presumed] }
  // Where something is told of it, it was not asked whether there are any.
  const said =
    verdict?.text ?? first ?? (fields === null ? verdictOfAny(text, any, 'contract') : null)
  const line = (what: 'verdict' | 'told', words: string | null): ReadAs[] =>
    words === null ? [] : [{ what, text: words }]
  return {
    ...answer,
    unread,
    read: [
      ...line('verdict', said && `${said}.`),
      // What is said of the notice says why none is due.
      ...read.filter(
        ({ text: words }) => !(fields?.includes('notice by') && OF_NOTICE.test(words)),
      ),
      ...line('told', fields && `(${fields})`),
    ],
  }
}

const OF_NOTICE = /^\(the one of that name, though not for notice\)$/

/** What was asked of the contracts that fit, few of them, and how one was found, as an answer tells it beside them. */
export async function toldBeside(
  context: BotContext,
  text: string,
  names: ReadFilters,
  {
    entries,
    unread: missed = [],
  }: Pick<PageFacts, 'unread'> & {
    readonly entries: readonly FoundOne[]
  },
  { inLine, verdict }: { readonly inLine: boolean; readonly verdict: Verdict | null },
): Promise<Required<Pick<PageFacts, 'told' | 'beside' | 'unread'>>> {
  const read = readAs(names)
  const but = verdict?.tells ?? []
  const of = { read, unread: missed }
  const { unread, fields } = await toldOf(context, text, of, entries, { inLine, but })
  const beside = read.flatMap(({ what, text: words }) =>
    what === 'spelt' || what === 'running' ? [words.replace(/^\(|\)$/g, '')] : [],
  )
  const said = [verdict?.text, fields].filter((each) => each != null)
  return { told: said.length === 0 ? null : said.join('; '), unread, beside }
}

/** Ends known to a span alone, of which only some days are meant: `ending by march`. */
function vagueEnds(
  { dates }: Filters,
  found: readonly Pick<EntryRow, 'reference' | 'earliestEnd' | 'latest'>[],
): string[] {
  const { of = 'due', ranges = [] } = dates ?? {}
  if (of !== 'end' && of !== 'ended') return []
  const spans = found.flatMap(({ reference, earliestEnd, latest }) => {
    const isInside = ranges.some(
      ({ from, to }) => (from ?? '') <= (earliestEnd ?? '') && (to ?? '9999') >= (latest ?? ''),
    )
    if (earliestEnd === null || latest === null || earliestEnd === latest || isInside) return []
    return [`${reference} from ${dateWords(earliestEnd)} to ${dateWords(latest)}`]
  })
  return spans.length === 0 ? [] : [`an end may be any day of ${spans.join(', ')}`]
}

/** What a verb with its arguments is about; nothing is done here. */
async function askedToAct(context: BotContext, command: Acting): Promise<Answered> {
  const { ref } = command
  const found = await findForBot(context, ref)
  const unread = found.kind === 'none' ? (found.unread ?? [ref]) : []
  const near = found.kind === 'none' && found.unread !== undefined ? found.near : []
  const named = found.kind === 'one' ? [found] : found.kind === 'several' ? found.candidates : near
  if (named.length === 0) return { read: [], unread, total: 0, items: [] }
  const text = found.kind === 'none' ? (found.read ?? []).join(' ') : ref
  const told = await askedContracts(context, { ...NO_FILTERS, text }, named)
  const answer = { ...told, unread }
  const act = actWords(command)
  if (act === null) return answer
  const [item, second] = answer.items
  // What does it, as one types it there.
  const typed =
    item !== undefined && second === undefined ? { ...command, ref: item.reference } : null
  const how = typed === null ? '' : ` (in Slack: /contracts ${plain(writeCommand(typed))})`
  return { ...answer, read: [...answer.read, { what: 'act', text: `${act}${how}` }] }
}

/** `to extend by 1 month`; null where it is only looked at. */
function actWords(command: Acting): string | null {
  switch (command.verb) {
    case 'show':
      return null
    case 'extend': {
      const { to, by, kind } = command
      const until = to === null ? '' : ` to ${dateWords(to)}`
      const span = by === null ? '' : ` by ${counted(by.amount, by.unit.replace(/s$/, ''))}`
      return `to extend${until}${span}${kind === null ? '' : `, as ${kind}`}`
    }
    case 'decide':
      return `to decide on${command.choice === null ? '' : `: ${command.choice}`}`
    case 'own': {
      const { owner, deputy } = command
      const to = owner !== null && 'name' in owner ? ` to ${owner.name}` : ''
      return `to assign${to}${deputy !== null && 'name' in deputy ? `, ${deputy.name} as deputy` : ''}`
    }
    case 'snooze':
      return `to snooze until ${dateWords(command.until)}`
    default:
      return `to ${command.verb}`
  }
}

/** What is due, where no more was said: within the days that the answer in Slack looks ahead. */
function dueSoon(filters: Filters): Filters {
  const isSaid = asksForDates(filters) || filters.dates !== null
  return isSaid ? filters : { ...filters, days: DUE_DAYS_AHEAD }
}

/** All contracts that are asked for; none where nothing of it was read. `named`: these. */
async function askedContracts(
  context: BotContext,
  filters: Filters,
  named: readonly { readonly contractId: number }[] | null = null,
): Promise<Answered> {
  const read = await readFilterIds(context, filters)
  const { unread } = read.filters
  if (!isHeard(read)) {
    const hints = readAs(read).filter(({ text }) => read.filters.spelt.includes(text))
    return { read: hints, unread, total: 0, items: [] }
  }
  const places = parameters()
  const ids = named?.map(({ contractId }) => contractId)
  const conditions =
    ids === undefined
      ? fitting(context, read, places)
      : [
          `c.organisation_id = ${places.add(context.organisationId)} AND c.id = ANY(${places.add(ids)}::int[])`,
        ]
  const day = `${places.add(context.today)}::date`
  const found = await selectFitting<AskedContract & Pick<EntryRow, 'earliestEnd'>>(
    context,
    `c.id AS "contractId", c.reference, c.title, c.supplier, ${personName('owner_id')} AS owner, c.current_latest AS "currentEnd",
       ${EARLIEST_END} AS "earliestEnd", c.value, c.value_basis AS "valueBasis", c.currency, ${stateSql(day)} AS state`,
    conditions,
    places,
    inOrder(context, read, places),
  )
  const items = found.map(({ earliestEnd: _, ...each }) => each)
  const isNone = items.length === 0
  const alone = isNone ? await namedAlone(context, read) : null
  if (alone !== null) {
    const answer = await askedContracts(context, alone.filters)
    const { note } = alone
    return note === null
      ? answer
      : { ...answer, read: [...answer.read, { what: 'not', text: note }] }
  }
  const doubted = isNone ? withoutWords(read.filters) : null
  if (doubted !== null) return askedContracts(context, doubted, named)
  const any = vagueEnds(
    read.filters,
    found.map((each) => ({ ...each, latest: each.currentEnd })),
  ).map((said): ReadAs => ({ what: 'told', text: `(${said})` }))
  return {
    ...{ read: [...readAs(read), ...any], unread },
    ...{ total: items.length, items },
  }
}

/**
 * Where part of a sentence was not understood and nothing fits, words of titles may have been meant for
 * something else too (`for the board meeting`): they are named with it. Null where there are none.
 */
function withoutWords(filters: Filters): Filters | null {
  const { words, unread, beside } = filters
  if (words.length === 0 || unread.length === 0) return null
  // What was said of such a word is of nothing else.
  const said = beside.filter(({ of }) => of === 'dates').map((each) => each.said)
  const rest = said.length > 0 ? { dates: null, days: null, beside: [] } : {}
  return { ...filters, ...rest, words: [], unread: [...unread, ...words, ...said] }
}

/**
 * Where nothing fits and words of the title name one contract, it is shown, with what does not hold of it:
 * `is pest control overdue`. Null where they name none, or several.
 */
async function namedAlone(
  context: BotContext,
  read: ReadFilters,
): Promise<{ readonly filters: Filters; readonly note: string | null } | null> {
  const { words, text, unread, spelt, asides, dates, days } = read.filters
  const isDated = (days ?? dates?.ranges.find(({ from, to }) => from ?? to) ?? null) !== null
  if (words.length === 0 && text === null) return null
  // `ending in march for the board meeting`: the word may be of what was not read.
  if (unread.length > 0 && isDated && words.length < 2) return null
  const rest = scopeOf({
    ...read,
    filters: { ...read.filters, words: [], text: null, spelt: [], asides: [] },
  })
  const filters = { ...NO_FILTERS, words, text, unread, spelt, asides }
  const { ids } = await readFilterIds(context, { ...filters, unread: [] })
  const { total, entries } = await findContracts(context, { filters, ids, page: 1, size: 2 })
  const said = entries.map(({ reference, title }) => `${reference} ${title}`.toLowerCase()).join()
  // A name of a supplier or a person alone names none.
  const isTitle = words.some((word) => said.includes(word.toLowerCase().replace(/s$/, '')))
  if (rest === '' || total !== 1 || !isTitle) return null
  if (unread.length > 0 && !isDated) return { filters, note: null }
  const not = rest.startsWith('but not ') ? rest.slice('but not '.length) : `not ${rest}`
  return { filters, note: `(the one of that name, though ${not})` }
}

/** Whether anything of it was read, where not all was. */
export function isHeard({ filters, either, without }: ReadFilters): boolean {
  const isNamed = either.length + without.length > 0
  // `any supplier gone bust`: all of them are no answer.
  const whose = filters.whose === 'all' ? null : filters.whose
  // `do we still have a contract for …`: neither are all that run.
  const state = filters.state === 'live' ? null : filters.state
  // An order or a sum of what was not read is none.
  const rest = { order: null, top: null, sum: null, per: null, either: [], without: [] }
  const said = { ...filters, whose, state, ...rest }
  return filters.unread.length === 0 || isNamed || asksFor(said)
}

/** By what was asked, of equals the first reference; else what is over last and the nearest first. */
function orderSql(order: Filters['order'], usual: string): string {
  const wanted = order === null ? usual : `${ORDER_COLUMNS[order]} NULLS LAST`
  return `${wanted}, c.reference_key, c.id`
}

/** All of them so, or as many as were asked for. */
function inOrder({ today }: BotContext, read: Resolved, places: Parameters): string {
  const { order, top } = read.filters
  const isOver = (day: string) => `${stateSql(day)} IN ('closed', 'historic')`
  const usual = order === null ? `${isOver(`${places.add(today)}::date`)}, ${nearest(read)}` : ''
  return `ORDER BY ${orderSql(order, usual)} ${top === null ? '' : `LIMIT ${top}`}`
}

const ORDER_COLUMNS: Readonly<Record<NonNullable<Filters['order']>, string>> = {
  dearest: 'c.value DESC',
  cheapest: 'c.value',
  soonest: 'c.current_latest',
  latest: 'c.current_latest DESC',
  longest: 'c.current_latest - c.start DESC',
  shortest: 'c.current_latest - c.start',
  oldest: 'c.start',
  newest: 'c.start DESC',
  supplier: 'c.supplier_key',
  title: 'lower(c.title)',
  owner: personName('owner_id'),
  deputy: personName('deputy_id'),
  lead: personName('category_lead_id'),
  category: 'c.category',
  team: '(SELECT t.name FROM team t WHERE t.id = c.team_id)',
  reference: 'c.reference_key',
  'longest-notice': `${NOTICE_DAYS} DESC`,
  'shortest-notice': NOTICE_DAYS,
}

/** The ids of all contracts that fit, in order, and what was asked for: for an export. */
export async function listedIds(context: BotContext, filters: Filters) {
  const read = await readFilterIds(context, filters)
  const places = parameters()
  const conditions = fitting(context, read, places)
  const order = inOrder(context, read, places)
  const found = await selectFitting<{ id: number }>(context, 'c.id', conditions, places, order)
  const ids = found.map(({ id }) => id)
  const scope = [scopeOf(read), read.presumed].filter(Boolean).join(' ')
  return { ids, unread: read.filters.unread, scope }
}

// One page of the contracts that fit some filters, the most urgent first.

interface ListQuery {
  readonly filters: Filters
  readonly ids: FilterIds
  readonly page: number
  readonly size: number
  readonly only?: Only | null
  /** How many fit, where all of them run and were counted. */
  readonly running?: number | null
}

interface FoundContracts {
  readonly total: number
  readonly beside: readonly string[]
  readonly entries: readonly (ListEntry & { readonly historic: boolean })[]
}

/**
 * The contracts that fit, each with the nearest date that fits; one with more than one such date is
 * one line. What is over stands last.
 */
export async function findContracts(
  context: BotContext,
  query: ListQuery,
): Promise<FoundContracts> {
  const { today } = context
  const { top } = query.filters
  const found =
    (isWide(query) ? await readByEnd(context, query) : null) ?? (await readSorted(context, query))
  const total = Math.min(found.total, top ?? found.total)
  const { page } = placeOf(total, query.page, query.size)
  const rows = top === null ? found.rows : found.rows.slice(0, total - (page - 1) * query.size)
  const entries = rows.map((row) => ({ ...entryOf(row, today, context), historic: row.historic }))
  return {
    ...{ total, beside: vagueEnds(query.filters, rows) },
    entries: await noteExtensions(context, query.filters.state, entries),
  }
}

interface FoundRows {
  readonly total: number
  readonly rows: readonly EntryRow[]
}

/** Whether most of the register may fit: then a page is read in order, and not all of it sorted. */
function isWide({ filters, ids, only = null }: ListQuery): boolean {
  if (only === 'unclosed' || only === 'wanting') return false
  const { order, top, category, person, dates, amounts, words, without, either } = filters
  const more = [amounts, words, without, either].some((each) => each.length > 0)
  if (more || order !== null || top !== null) return false
  const people = [ids.mine, ids.askersTeams, ids.teams, ids.owners, person]
  const named = [...people, filters.supplier, filters.text, category, dates]
  const state = filters.state === null || filters.state === 'unowned'
  return state && !asksForDates(filters) && named.every((each) => each === null)
}

/**
 * A page out of the index of ends, which holds what is neither closed nor historic; null where the
 * page reaches past those that are not over.
 */
async function readByEnd(context: BotContext, query: ListQuery): Promise<FoundRows | null> {
  const { size } = query
  const page = Math.max(1, query.page)
  const isCounted = !query.ids.only && query.only == null
  const total = (isCounted ? query.running : null) ?? (await countFitting(context, query))
  const places = parameters()
  const conditions = fitting(context, query, places)
  const day = `${places.add(context.today)}::date`
  const first = `first AS (
    SELECT c.id, false AS over, c.current_earliest AS nearest, c.reference_key,
           ${places.add(total)}::int AS total
      FROM contract c
     WHERE ${conditions.join(' AND ')} AND ${LIVE} AND ${stateSql(day)} <> 'closed'
     ORDER BY c.current_earliest, c.reference_key, c.id
     LIMIT ${size} OFFSET ${places.add((page - 1) * size)}::int)`
  const found = await readEntries(context, places, first, nearestDates(context, query, places))
  return found.rows.length === size ? found : null
}

async function countFitting(context: BotContext, query: ListQuery): Promise<number> {
  const places = parameters()
  const conditions = fitting(context, query, places)
  const count = 'count(*)::int AS total'
  const [found] = await selectFitting<{ total: number }>(context, count, conditions, places)
  return found?.total ?? 0
}

async function readSorted(context: BotContext, query: ListQuery): Promise<FoundRows> {
  const { order } = query.filters
  const places = parameters()
  const conditions = fitting(context, query, places)
  const day = `${places.add(context.today)}::date`
  const found = `c.id, ${stateSql(day)} IN ('closed', 'historic') AS over, ${nearest(query)} AS nearest,
    c.reference_key FROM contract c WHERE ${conditions.join(' AND ')}`
  const first =
    order === null
      ? pageOf(found, 'over, nearest, reference_key, id', places, query)
      : pageOf(found, orderSql(order, ''), places, query, 'JOIN contract c USING (id)')
  return readEntries(context, places, first, nearestDates(context, query, places))
}

/** The nearest of the dates of contract `c` that fit, as `n`, and the order of the lines. */
function nearestDates(
  { today }: BotContext,
  { filters }: ListQuery,
  places: Parameters,
): readonly [dates: string, order: string] {
  const dates = dateConditions(filters, today, places).join(' AND ')
  // Whoever asks what ends is told the end.
  const first =
    filters.dates?.of === 'end' || filters.dates?.of === 'ended' ? `${IS_END} DESC,` : ''
  return [
    `LEFT JOIN LATERAL (SELECT d.kind, d.due_on FROM deadline d WHERE d.contract_id = c.id AND ${dates}
       ORDER BY ${first} d.due_on, d.kind LIMIT 1) n ON true`,
    orderSql(filters.order, 'f.over, f.nearest'),
  ]
}

/** Of what is selected the rows of one page as `first`, with how many there are of all. */
function pageOf(
  found: string,
  order: string,
  places: Parameters,
  { page, size }: Pick<ListQuery, 'page' | 'size'>,
  joined = '',
): string {
  const wanted = `${places.add(Math.max(1, page))}::int`
  // One past the last is the last, as in `placeOf`.
  const last = `greatest(1, (total + ${size - 1}) / ${size})`
  return `found AS MATERIALIZED (SELECT ${found}),
    counted AS (SELECT count(*)::int AS total FROM found),
    first AS (SELECT found.*, total FROM found CROSS JOIN counted ${joined} ORDER BY ${order}
      LIMIT ${size} OFFSET ((SELECT least(${wanted}, ${last}) FROM counted) - 1) * ${size})`
}

/** What is said of each contract of `first`, and of its date `n`. */
async function readEntries(
  { pool, today }: BotContext,
  places: Parameters,
  first: string,
  [dates, order]: readonly [dates: string, order: string],
): Promise<FoundRows> {
  const { rows } = await pool.query<EntryRow & { readonly total: number }>(
    `WITH ${first}
     SELECT f.total, ${ENTRY_COLUMNS}, n.kind, n.due_on AS "on",
            ${stateSql(`${places.add(today)}::date`)} AS state
     FROM first f JOIN contract c ON c.id = f.id ${ENTRY_TABLES} ${dates} ORDER BY ${order}`,
    [...places.values],
  )
  return { total: rows[0]?.total ?? 0, rows }
}

/**
 * By what they are ordered: the contracts of a person, those to be looked through, and those that were
 * asked for by a date, by the nearest open one; others by their end. A look at the dates of each of 100,000 contracts takes
 * 0.3 s; a join with all dates minutes, where the planner takes a text to be rare that is not.
 */
function nearest({ filters, ids, only = null }: Resolved & Pick<ListQuery, 'only'>): string {
  const looked = only === 'unclosed' || only === 'wanting'
  const few = looked || ids.mine !== null || ids.owners !== null || asksForDates(filters)
  return few
    ? `coalesce((SELECT min(d.due_on) FROM deadline d
         WHERE d.contract_id = c.id AND d.settled_why IS NULL), c.current_latest)`
    : 'c.current_earliest'
}

function fitting(
  context: BotContext,
  { filters, ids, only = null }: Resolved & Pick<ListQuery, 'only'>,
  places: Parameters,
): string[] {
  const { today } = context
  const conditions = wholeCondition({ filters, ids }, context, places)
  if (only !== null) conditions.push(onlyCondition(only, `${places.add(today)}::date`))
  if (ranksByValue(filters)) conditions.push('c.value IS NOT NULL')
  return conditions
}

/**
 * Open deadlines that fit the filters and fall within so many days, overdue ones included. A page
 * past the last one is the last one.
 */
export async function dueFacts(
  context: BotContext,
  wanted: Filters | ReadFilters,
  page: number,
  size: number = PAGE_SIZE,
): Promise<DueFacts> {
  const { today } = context
  const ahead = (filters: Filters): Filters => ({
    ...filters,
    days: filters.days ?? (filters.dates?.of === 'due' ? null : DUE_DAYS_AHEAD),
  })
  const names = await namesRead(context, 'ids' in wanted ? wanted : ahead(wanted))
  const read = await withFigures(context, { ...names, filters: ahead(names.filters) })
  const asked = read.filters
  const places = parameters()
  const conditions = [
    ...contractConditions(asked, read.ids, context, places),
    ...dateConditions(asked, today, places),
    // Its own organisation: what the index of dates begins with.
    `d.organisation_id = ${places.add(context.organisationId)}`,
  ]
  const found = `d.contract_id AS id, d.kind, d.due_on, c.reference_key
    FROM deadline d JOIN contract c ON c.id = d.contract_id WHERE ${conditions.join(' AND ')}`
  const first = pageOf(found, 'due_on, reference_key, id, kind', places, { page, size })
  const own = 'CROSS JOIN LATERAL (SELECT f.kind, f.due_on) n'
  const { total, rows } = await readEntries(context, places, first, [
    own,
    'f.due_on, f.reference_key, f.id, f.kind',
  ])
  const doubted = rows.length === 0 ? withoutWords(asked) : null
  if (doubted !== null) return dueFacts(context, doubted, page, size)
  return {
    ...askedOf(context),
    ...placeOf(total, page, size),
    asOf: today,
    days: asked.days,
    scope: scopeOf({ ...read, filters: { ...asked, days: null } }),
    unread: asked.unread,
    beside: [...vagueEnds(asked, rows), ...besideOf(read)],
    entries: rows.map((row) => entryOf(row, today, context)),
  }
}

/**
 * The answer to the bare command: what is due for the asker; for somebody who answers for nothing,
 * what is due in the whole organisation, and said so.
 */
export async function bareFacts(context: BotContext, page: number): Promise<DueFacts> {
  const { pool, organisationId, asker } = context
  const { personId } = asker
  const answersFor = await tables(pool).contract.findFirst({
    where: {
      organisationId,
      OR: [{ ownerId: personId }, { deputyId: personId }, { categoryLeadId: personId }],
    },
    select: { id: true },
  })
  if (answersFor !== null) return dueFacts(context, { ...NO_FILTERS, whose: 'mine' }, page)
  const all = await dueFacts(context, NO_FILTERS, page)
  return { ...all, scope: 'of the whole organisation (no contract names you)' }
}

/** The entries, with a note where they are listed for an extension of theirs. */
async function noteExtensions<Entry extends ListEntry>(
  { pool, today }: BotContext,
  state: ListState | null,
  entries: readonly Entry[],
): Promise<Entry[]> {
  if (state === 'disputed') return noteDisputes(pool, entries)
  if (state !== 'emergency' && state !== 'unclassified') return [...entries]
  const found = await tables(pool).extension.findMany({
    where: {
      contractId: { in: entries.map(({ contractId }) => contractId) },
      ...(state === 'emergency'
        ? { kind: 'emergency', status: 'confirmed', from: { lte: today }, to: { gte: today } }
        : { kind: 'unknown', status: { not: 'withdrawn' } }),
    },
    // Of several the last one read: the earliest emergency, the latest that nobody has classified.
    orderBy: [state === 'emergency' ? { from: 'desc' } : { to: 'asc' }, { id: 'asc' }],
    select: { contractId: true, from: true, to: true },
  })
  const notes = new Map(found.map((row) => [row.contractId, row]))
  return entries.map((entry) => {
    const extension = notes.get(entry.contractId)
    if (extension === undefined) return entry
    const note =
      state === 'emergency'
        ? `emergency extension since ${dateWords(extension.from)}`
        : `the register moved its end to ${dateWords(extension.to)}: nobody has said why`
    return state === 'unclassified' ? { ...entry, note, unclassified: true } : { ...entry, note }
  })
}

/** Both ends: the earlier warns until somebody says which holds. */
async function noteDisputes<Entry extends ListEntry>(
  pool: Pool,
  entries: readonly Entry[],
): Promise<Entry[]> {
  const found = await tables(pool).contract.findMany({
    where: { id: { in: entries.map(({ contractId }) => contractId) } },
    select: { id: true, disputedEnd: true, currentLatest: true },
  })
  const ends = new Map(found.map((each) => [each.id, each]))
  return entries.map((entry) => {
    const { disputedEnd = null, currentLatest = null } = ends.get(entry.contractId) ?? {}
    if (disputedEnd === null || currentLatest === null) return entry
    const note = `the register says ${dateWords(disputedEnd)}, people recorded ${dateWords(currentLatest)}`
    return { ...entry, note, disputed: true }
  })
}

/** Where this page stands; one past the last is the last, as the queries have it too. */
export function placeOf(
  total: number,
  wanted: number,
  size: number = PAGE_SIZE,
): { readonly page: number; readonly pages: number; readonly total: number } {
  const pages = Math.max(1, Math.ceil(total / size))
  return { page: Math.min(Math.max(1, wanted), pages), pages, total }
}

// Contracts as the lines of a list, with what is most urgent about each.

export const PAGE_SIZE = 10

/** The columns of an `EntryRow`, but for `kind`, `on` and `state`, and the tables that hold them. */
const ENTRY_COLUMNS = `c.id AS "contractId", c.version, ${RESPONSIBLE}, c.reference, c.title,
  c.supplier, c.value, c.value_basis AS "valueBasis", c.currency, c.current_latest AS latest, c.historic, c.watched,
  ${EARLIEST_END} AS "earliestEnd",
  c.closed_on AS "closedOn", c.closed_why AS "closedWhy", c.out_of_contract_on AS "outOfContractOn",
  coalesce(p.display_name, p.slack_user) AS "ownerName", p.slack_user AS "ownerSlack"`
const ENTRY_TABLES = `JOIN team t ON t.id = c.team_id
  LEFT JOIN person p ON p.id = c.owner_id AND p.erased_at IS NULL`

interface EntryRow extends Responsible, ContractNames, Worth {
  readonly contractId: number
  readonly version: number
  readonly latest: CivilDate | null
  readonly earliestEnd: CivilDate | null
  readonly historic: boolean
  readonly watched: boolean
  readonly closedOn: CivilDate | null
  readonly closedWhy: string | null
  readonly outOfContractOn: CivilDate | null
  readonly ownerName: string | null
  readonly ownerSlack: string | null
  /** The deadline that the line is about; null where none is open. */
  readonly kind: DeadlineKind | null
  readonly on: CivilDate | null
  readonly state: ContractState
}

/** The line of one contract; in an answer for all to see nobody in particular may change it. */
function entryOf(
  row: EntryRow,
  today: CivilDate,
  { asker, shared }: { readonly asker: Asker; readonly shared: boolean },
): ListEntry {
  return {
    ...pick(
      row,
      'contractId',
      'version',
      'reference',
      'title',
      'supplier',
      'value',
      'valueBasis',
      'currency',
    ),
    owner: row.ownerName === null ? null : { name: row.ownerName, slackUser: row.ownerSlack },
    mayChange: !shared && mayThey(asker, 'change', row).allowed,
    ...whenOf(row, today),
  }
}

type When = Pick<ListEntry, 'kind' | 'on' | 'daysLeft' | 'note'>

function whenOf(row: EntryRow, today: CivilDate): When {
  const { kind, on, latest, earliestEnd } = row
  if (kind === null || on === null) {
    return { kind: null, on: null, daysLeft: null, note: withoutDate(row) }
  }
  if (isEnd(kind) && latest !== null && earliestEnd !== latest) {
    return { kind: null, ...uncertainEnd(on, { earliestEnd, latest }, today) }
  }
  // Once it has ended, the day of the end is what counts.
  const day = isEnd(kind) && latest !== null && latest < today ? latest : on
  const supplied = isEnd(kind) && row.outOfContractOn !== null
  return {
    kind,
    on: day,
    daysLeft: daysBetween(today, day),
    note: supplied ? 'still supplied, without a contract' : null,
  }
}

function withoutDate(row: EntryRow): string {
  const { state, latest, earliestEnd, closedOn, closedWhy, watched } = row
  const end = latest === null ? null : endWords({ earliestEnd, latest })
  switch (state) {
    case 'historic':
      return end === null ? 'historic, not watched' : `historic: ended ${end}, not watched`
    case 'closed':
      return closedOn === null
        ? `ended ${end ?? ''}: what came after is recorded`
        : `closed on ${dateWords(closedOn)}${closedWhy === null ? '' : `: ${closedWhy}`}`
    case 'undated':
      return 'no end date is recorded'
    case 'rolling':
      return 'rolls on until somebody gives notice'
    case 'out-of-contract':
      return `ended ${end ?? ''}${watched ? '' : ', not watched'}`
    case 'active':
      return `ends ${end ?? ''}: ${watched ? 'every date is settled' : 'not watched'}`
  }
}

/** One condition as it is said: `owned by Samira Dalvi`. */
interface ReadAs {
  readonly what:
    | (keyof Filters | Dates['of'])
    | ('lead' | 'deputy' | 'value' | 'not' | 'or' | 'act' | 'told' | 'presumed' | 'verdict')
  readonly text: string
}

/** Each condition in words, such as `of yours`, `for notice`, `with supplier "Bytes"`. */
export function readAs(read: ReadFilters): ReadAs[] {
  const { filters, without, either, missed } = read
  const { category, person, supplier, state, days, text, words, dates, order, top } = filters
  const of = (what: ReadAs['what'], said: string | null) =>
    said === null ? [] : [{ what, text: said }]
  const nested = (each: ReadFilters) =>
    readAs(each)
      .map((part) => part.text)
      .join(' ')
  // What is late is due as well, unless it was left out.
  const isNotLate = without.some((each) => each.filters.state === 'overdue')
  const late = isNotLate || state === 'overdue' ? '' : ' or overdue'
  return [
    ...of('whose', filters.whose === 'mine' ? 'of yours' : null),
    ...of('whose', askersTeamWords(read)),
    ...of('team', teamWords(read)),
    ...of(
      'category',
      category === null || missed.has('category') ? null : `of category "${category}"`,
    ),
    ...of('text', text === null ? null : `matching "${text}"`),
    ...of(
      'text',
      words.length === 0 ? null : `with ${words.map((word) => `"${word}"`).join(' and ')}`,
    ),
    ...of(
      'supplier',
      supplier === null || missed.has('supplier') ? null : `with supplier "${supplier}"`,
    ),
    ...of('owner', ownerWords(read)),
    ...of(
      person?.role === 'lead' ? 'lead' : 'deputy',
      person === null
        ? null
        : `${person.role === 'lead' ? 'led' : 'deputised'} by ${personWords(read.person, person.who)}`,
    ),
    ...of('state', state === null ? null : stateWords(state)),
    ...of('kind', kindWords(filters)),
    ...of(
      'value',
      filters.amounts.length === 0 ? null : filters.amounts.map(amountWords).join(' and '),
    ),
    ...of('due', days === null ? null : `due within ${counted(days, 'day')}${late}`),
    ...of(dates?.of ?? 'dates', dates === null ? null : datesWords(dates)),
    ...either.flatMap((group) => {
      const [only] = group
      if (group.length === 1 && only !== undefined) return readAs(only)
      // A team and a category of one name are one thing to whoever names it.
      const parts = group.flatMap(readAs)
      const alike =
        parts.length === 2 && parts.every(({ what }) => what === 'team' || what === 'category')
      const name = group[0]?.filters.category?.toLowerCase()
      const isOne = alike && name !== undefined && name === group[1]?.filters.team?.toLowerCase()
      return [
        {
          what: isOne ? ('category' as const) : ('or' as const),
          text: group.map(nested).join(' or '),
        },
      ]
    }),
    ...without.map((each) => ({ what: 'not' as const, text: `but not ${nested(each)}` })),
    ...of('top', top === null ? null : `the first ${top}`),
    ...of('order', order === null ? null : `${ORDERS[order]}${unvaluedWords(read.unvalued)}`),
    ...of('sum', read.sum),
    ...of('per', read.counts),
    ...of('running', leftOutWords(read.leftOut)),
    ...of('presumed', read.presumed),
    ...filters.spelt.map((each) => ({
      what: 'spelt' as const,
      text: each.startsWith('(') ? each : `(taking ${each})`,
    })),
    ...filters.asides.map((each) => ({
      what: 'spelt' as const,
      text: `(“${each}” is read as why it is asked)`,
    })),
  ]
}

function leftOutWords(count: number): string | null {
  return count === 0 ? null : `(${count} closed or historic left out)`
}

function unvaluedWords(count: number): string {
  return count === 0 ? '' : ` (${count} without a value left out)`
}

const ORDERS: Readonly<Record<NonNullable<Filters['order']>, string>> = {
  dearest: 'by value, the highest first',
  cheapest: 'by value, the lowest first',
  soonest: 'by end, the earliest first',
  latest: 'by end, the latest first',
  longest: 'by length, the longest first',
  shortest: 'by length, the shortest first',
  oldest: 'by start, the earliest first',
  newest: 'by start, the latest first',
  supplier: 'by supplier',
  title: 'by title',
  owner: 'by owner',
  deputy: 'by deputy',
  lead: 'by category lead',
  category: 'by category',
  team: 'by team',
  reference: 'by reference',
  'longest-notice': 'by notice period, the longest first',
  'shortest-notice': 'by notice period, the shortest first',
}

const SIGNS = {
  '>': 'over',
  '>=': 'of at least',
  '<': 'under',
  '<=': 'of at most',
  '=': 'of',
} as const

function amountWords(amount: Amount): string {
  if (amount.is === 'none') return 'without a value'
  if (amount.is === 'in') return `in ${amount.currency}`
  const { is, than, currency, of } = amount
  const sign = currency === undefined ? '' : currency === 'GBP' ? '£' : `${currency} `
  if (of === 'notice' || of === 'term') {
    const months = Number(than) / MONTH_DAYS
    const isMonths = Math.abs(months - Math.round(months)) < 0.01
    const length = isMonths ? counted(Math.round(months), 'month') : counted(Number(than), 'day')
    return of === 'term'
      ? `lasting ${is === '=' ? '' : `${SIGNS[is]} `}${length}`
      : `with a notice period ${SIGNS[is]} ${length}`
  }
  if (of !== undefined) {
    const which = of === 'emergency' ? 'emergency extensions' : 'extensions'
    return `whose ${which} cost ${SIGNS[is].replace('of ', '')} ${sign}${figure(Number(than))} together`
  }
  return `with a value ${SIGNS[is]} ${sign}${figure(Number(than))}`
}

const DATES = {
  ...{ due: 'due', end: 'ending', ended: 'that ended', start: 'starting' },
  ...{ renew: 'renewing by themselves', extended: 'extended' },
} as const

/** `due in Q1 2027 (from Fri 1 Jan 2027 to Wed 31 Mar 2027)` */
function datesWords({ of, ranges, as }: Dates): string {
  const days = ranges.map(({ from, to }) => {
    if (from !== null && from === to) return `on ${dateWords(from)}`
    const words = [
      from === null ? null : `from ${dateWords(from)}`,
      to === null ? null : `to ${dateWords(to)}`,
    ]
    return from === null && to !== null
      ? `by ${dateWords(to)}${of === 'due' ? ', overdue ones included' : ''}`
      : words.filter((each) => each !== null).join(' ')
  })
  const said = days.join(' or ')
  return as === null
    ? `${DATES[of]} ${said}`.trim()
    : `${DATES[of]} in ${as}${said === '' ? '' : ` (${said})`}`
        .replace(/ in (before|by|after|from|not|on) /, ' $1 ')
        .replace(/ in the end of /, ' at the end of ')
}

/** `13 contracts whose end is not settled`, and `3 deadlines for an end due in March 2027`. */
function kindWords({ kind, days, dates }: Filters): string | null {
  const isBare = kind === 'end' && days === null && dates === null
  return isBare ? 'whose end is not settled' : kind && DEADLINE_WORDS[kind].condition
}

function askersTeamWords({ askersTeams }: ReadFilters): string | null {
  if (askersTeams === null) return null
  if (askersTeams.length === 0) return 'of every team (yours is not known)'
  return namesOfTeams(askersTeams.map(({ name }) => name))
}

function teamWords({ filters: { team }, teams }: ReadFilters): string | null {
  if (team === null || teams === null) return null
  return teams.length === 0
    ? `of team "${team}" (there is none of that name)`
    : namesOfTeams(teams.map(({ name }) => name))
}

function namesOfTeams(names: readonly string[]): string {
  const [first = ''] = names
  if (names.length === 1) return `of team ${first}`
  const said = names.slice(0, 3).join(', ')
  return names.length > 3 ? `of ${names.length} teams, such as ${said}` : `of teams ${said}`
}

function ownerWords({ filters: { owner }, owner: name }: ReadFilters): string | null {
  return owner === null ? null : `owned by ${personWords(name, owner)}`
}

function personWords(name: string | null, who: PersonMention): string {
  if (name !== null) return name
  return 'name' in who
    ? `"${who.name}" (nobody of that name is known)`
    : 'somebody who has no contract'
}

/** The worker looks once a minute. */
const SILENT_AFTER_MINUTES = 10

/** In sentences, the gravest first; each says what to do. */
export async function readTroubles(context: BotContext): Promise<string[]> {
  const checkup = await readCheckup(context.pool, context.organisationId)
  if (checkup === null) return ['No worker has looked yet: see that one runs.']
  const { minutesAgo, findings } = checkup
  const silence = counted(minutesAgo, 'minute')
  return [
    ...(minutesAgo > SILENT_AFTER_MINUTES
      ? [`No worker has looked for ${silence}, so nobody is warned: see that one runs.`]
      : []),
    ...findings.map(({ words }) => words),
  ]
}

// A team's contracts after its first import, to be looked through.

/**
 * While the schedules are held: all of the team's contracts that are not closed, historic ones last.
 * Afterwards those to which something is missing: an owner, an end date, a contract.
 * @throws UserError where the named team is not known.
 */
export async function triageFacts(
  context: BotContext,
  filters: Filters,
  page: number,
): Promise<TriageListFacts> {
  const { today } = context
  const mine = await teamsOf(context)
  const team = await teamToLookThrough(context, filters.team, mine)
  const held = isHeld(team, context)
  const asked = { ...filters, team: null }
  const { ids } = await readFilterIds(context, asked)
  const { total, entries } = await findContracts(context, {
    filters: asked,
    ids: { ...ids, teams: [team.id] },
    page,
    size: PAGE_SIZE,
    only: held ? 'unclosed' : 'wanting',
  })
  return {
    ...askedOf(context),
    ...placeOf(total, page),
    asOf: today,
    team: team.name,
    teamId: team.id,
    laddersFrom: team.laddersFrom ?? today,
    mayConfirm: held && mayConfirmTriage(context.asker, team.id, mine),
    ended: (await readEnded(context.pool, context.organisationId, [team], context.rulesOf)).length,
    entries,
  }
}

function isHeld({ laddersFrom }: Team, { today }: BotContext): boolean {
  return laddersFrom !== null && today < laddersFrom
}

/** The named one; else one whose list waits, the asker's own first; else the asker's; else the default. */
async function teamToLookThrough(
  context: BotContext,
  name: string | null,
  mine: readonly Team[],
): Promise<Team> {
  const teams = await context.teams()
  if (name !== null) {
    const [named, second] = teamsNamed(teams, name)
    if (named === undefined || second !== undefined) {
      const fit = named === undefined ? 'No team is' : 'More than one team is'
      const known = teams.slice(0, 10).map((team) => team.name)
      throw new UserError(`${fit} called "${name}". Name one of: ${known.join(', ')}.`)
    }
    return named
  }
  const waiting = (team: Team) => isHeld(team, context)
  const team = mine.find(waiting) ?? teams.find(waiting) ?? mine[0] ?? teams[0]
  if (team === undefined) throw new UserError('There is no team yet: start Lapsewatch once.')
  return team
}
