/** The filters of a question as conditions of a query, and whom they mean. */
import {
  beforeItsEnd,
  IS_END,
  selectOfContracts,
  stillAsks,
  supplierKey,
  WATCHED,
} from '../../database/contracts.ts'
import type { Prisma } from '../../database/generated/client.ts'
import { nameKey, type Team } from '../../database/organisation.ts'
import { literally, tables } from '../../database/prisma.ts'
import { stateSql } from '../../reports/contract.ts'
import type { CivilDate } from '../../rules/civil-date.ts'
import type { DeadlineKind } from '../../rules/contract.ts'
import type { Decimal } from '../../rules/money.ts'
import { A_YEAR, CHARGE_UNITS } from '../../rules/premium.ts'
import { nearWord } from '../../rules/text-match.ts'
import { dateWords, spendWords } from '../../text/words.ts'
import type { HoldsLetters } from '../answer-cache.ts'
import {
  type Amount,
  type Dates,
  type Filters,
  filledBy,
  type IsFilled,
  isRecorded,
  type ListState,
  MONTH_DAYS,
  NO_FILTERS,
  type PersonMention,
  RECORDED,
  type Recorded,
} from '../parse/command-types.ts'
import { asksFor } from '../parse/filters.ts'
import type { Range } from '../parse/period.ts'
import { FILLERS, isFieldNoun, isKnownWord, slipOf } from '../parse/vocabulary.ts'
import type { BotContext } from '../request.ts'

// Filters as conditions of SQL. Whatever was typed travels as a parameter: no text of a person ever
// becomes part of a statement.

/** The values of a statement, and the places that stand for them. */
export interface Parameters {
  readonly values: readonly unknown[]
  /** `$1`, `$2` and so on. */
  add(value: unknown): string
}

export function parameters(): Parameters {
  const values: unknown[] = []
  return { values, add: (value) => `$${values.push(value)}` }
}

/** Columns of `contract c`, or figures of all, where these conditions hold. @param rest their order and limit */
export async function selectFitting<Row extends object>(
  { pool }: BotContext,
  columns: string,
  conditions: readonly string[],
  places: Parameters,
  rest = '',
): Promise<Row[]> {
  return selectOfContracts(pool, columns, `${conditions.join(' AND ')} ${rest}`, places.values)
}

/** The people and teams that filters name, as ids. Null: not asked for; empty: nobody fits. */
export interface FilterIds {
  /** The asker's person, for `mine`. */
  readonly mine: number | null
  readonly askersTeams: readonly number[] | null
  readonly teams: readonly number[] | null
  readonly owners: readonly number[] | null
  /** As deputy or lead. */
  readonly people?: readonly number[] | null
  /** These contracts alone. */
  readonly only?: readonly number[] | null
  readonly without?: readonly Resolved[]
  readonly either?: readonly (readonly Resolved[])[]
}

/** Filters with the ids of those whom they name. */
export interface Resolved {
  readonly filters: Filters
  readonly ids: FilterIds
}

interface Place {
  readonly organisationId: number
  readonly today: CivilDate
  /** What is closed or historic fits too. */
  readonly overToo?: boolean
}

/** All of these have to hold for contract `c`, its organisation's condition among them. */
export function contractConditions(
  filters: Filters,
  ids: FilterIds,
  place: Place,
  places: Parameters,
): string[] {
  const { organisationId, today, overToo = filters.running === false } = place
  const { add } = places
  // No text of a person: what not every condition needs can be no parameter of all.
  const day = `date '${today}'`
  const conditions = [`c.organisation_id = ${add(organisationId)}`]
  if (ids.mine !== null) {
    const me = add(ids.mine)
    conditions.push(`(c.owner_id = ${me} OR c.deputy_id = ${me} OR c.category_lead_id = ${me})`)
  }
  for (const teams of [ids.askersTeams, ids.teams]) {
    if (teams !== null) conditions.push(`c.team_id = ANY(${add(teams)}::int[])`)
  }
  if (ids.only) conditions.push(`c.id = ANY(${add(ids.only)}::int[])`)
  if (ids.owners !== null) conditions.push(`c.owner_id = ANY(${add(ids.owners)}::int[])`)
  if (filters.supplier !== null) conditions.push(supplierCondition(filters.supplier, add))
  if (filters.text !== null) conditions.push(textCondition(filters.text, add))
  if (filters.category !== null) {
    conditions.push(`lower(c.category) = ${add(folded(filters.category))}`)
  }
  if (filters.person !== null) {
    const column = filters.person.role === 'lead' ? 'category_lead_id' : 'deputy_id'
    conditions.push(`c.${column} = ANY(${add(ids.people ?? [])}::int[])`)
  }
  for (const word of filters.words) conditions.push(wordCondition(word, organisationId, add))
  for (const amount of filters.amounts) conditions.push(amountCondition(amount, add))
  if (filters.dates !== null && filters.dates.of !== 'due') {
    conditions.push(daysCondition(filters.dates, today, add))
  }
  const all = (each: Resolved, of: Place) => `(${wholeCondition(each, of, places).join(' AND ')})`
  for (const each of ids.without ?? [])
    conditions.push(
      `${all(each, { organisationId, today, overToo: filters.running === true })} IS NOT TRUE`,
    )
  for (const group of ids.either ?? [])
    conditions.push(
      `(${group.map((each) => all(each, { organisationId, today, overToo })).join(' OR ') || 'false'})`,
    )
  if (filters.state !== null && filters.state !== 'overdue') {
    conditions.push(stateCondition(filters.state, day))
  }
  if (!overToo && isOfRunning(filters)) conditions.push(live(day))
  return conditions
}

/** The same, and that one of the contract's open dates is asked for, where dates are. */
export function wholeCondition(
  { filters, ids }: Resolved,
  place: Place,
  places: Parameters,
): string[] {
  const conditions = contractConditions(filters, ids, place, places)
  if (!asksForDates(filters)) return conditions
  const dates = dateConditions(filters, place.today, places).join(' AND ')
  return [...conditions, `EXISTS (SELECT FROM deadline d WHERE d.contract_id = c.id AND ${dates})`]
}

/** How long notice is. */
export const NOTICE_DAYS = `c.notice_amount * CASE c.notice_unit WHEN 'weeks' THEN 7
  WHEN 'months' THEN ${MONTH_DAYS} WHEN 'years' THEN ${12 * MONTH_DAYS} WHEN 'working-days' THEN 1.4 ELSE 1 END`

export function amountCondition(amount: Amount, add: Parameters['add']): string {
  if (amount.is === 'none') return 'c.value IS NULL'
  if (amount.is === 'in') return `c.currency = ${add(amount.currency)}`
  if (amount.of === 'term') {
    const months = (days: string) => `round((${days}) / ${MONTH_DAYS}, 1)`
    return `${months('c.current_latest - c.start + 1')} ${amount.is} ${months(`${add(amount.than)}::numeric`)}`
  }
  if (amount.of === 'notice') {
    return `round(${NOTICE_DAYS}, 2) ${amount.is} ${add(amount.than)}::numeric`
  }
  if (amount.of !== undefined) {
    const kind = amount.of === 'emergency' ? ` AND e.kind = 'emergency'` : ''
    const currency = amount.currency ?? null
    return `(SELECT sum(e.cost) FROM extension e WHERE e.contract_id = c.id
      AND e.status NOT IN ('withdrawn', 'proposed')${kind}
      ${currency === null ? '' : `AND e.currency = ${add(currency)}`}) ${amount.is} ${add(amount.than)}::numeric`
  }
  const value = `c.value ${amount.is} ${add(amount.than)}::numeric`
  return amount.currency === undefined
    ? value
    : `(${value} AND c.currency = ${add(amount.currency)})`
}

/** An end that is known to the month alone may be any day of it; of two ends that stand, either. */
function daysCondition(
  { of, ranges, weekdays }: Dates,
  today: CivilDate,
  add: Parameters['add'],
): string {
  const within = (first: string, last: string) => (range: Range) =>
    rangeSql(range, first, last, add, weekdays)
  if (of === 'start') return `(${ranges.map(within('c.start', 'c.start')).join(' OR ')})`
  if (of === 'extended') {
    const began = ranges.map(within('e.from_on', 'e.from_on')).join(' OR ')
    return `c.id IN (SELECT e.contract_id FROM extension e
      WHERE e.status NOT IN ('withdrawn', 'proposed') AND (${began}))`
  }
  const ends = ranges.map(within('c.current_earliest', 'c.current_latest')).join(' OR ')
  if (of === 'ended') return `(${ends}) AND c.current_latest < ${add(today)}::date`
  if (of === 'renew') {
    const renewed = ranges.map(within('e.from_on - 1', 'e.from_on - 1')).join(' OR ')
    const isAny = ranges.some(({ from, to }) => from === null && to === null)
    return `(c.automatic_renewal AND (${isAny ? 'true' : ends}) AND NOT EXISTS (SELECT FROM deadline d
        WHERE d.contract_id = c.id AND d.kind = 'notice' AND d.settled_why IS NOT NULL
          AND d.renews_to > c.current_latest)
      OR c.id IN (SELECT e.contract_id FROM extension e WHERE e.kind = 'renewal'
        AND e.status IN ('presumed', 'confirmed') AND (${renewed})))`
  }
  const disputed = ranges.map(within('c.disputed_end', 'c.disputed_end')).join(' OR ')
  return `(${ends} OR ${disputed})`
}

export function rangeSql(
  { from, to }: Range,
  first: string,
  last: string,
  add: Parameters['add'],
  weekdays?: readonly number[],
): string {
  const parts = [
    `${first} IS NOT NULL`,
    // Of an end whose day is not known nobody can say on which day of the week it falls.
    weekdays === undefined
      ? null
      : `${first} = ${last} AND extract(isodow FROM ${first}) = ANY(${add(weekdays)}::int[])`,
    to === null ? null : `${first} <= ${add(to)}::date`,
    from === null ? null : `${last} >= ${add(from)}::date`,
  ]
  return `(${parts.filter((each) => each !== null).join(' AND ')})`
}

/** Whether some contract may say these letters: a look at all of them is spared where none does. */
export async function textsOf({ texts }: BotContext): Promise<HoldsLetters> {
  return (await texts?.()) ?? (() => true)
}

/** A word of the contract or of whoever answers for it: the whole word, or how a longer one begins. */
export function wordCondition(
  word: string,
  organisationId: number,
  add: Parameters['add'],
  holds: HoldsLetters = () => true,
): string {
  const { pattern, letters } = patternOf(word)
  const like = add(pattern)
  const people = `(SELECT p.id FROM person p WHERE p.organisation_id = ${add(organisationId)}
    AND p.erased_at IS NULL AND lower(p.display_name) ~ ${like})`
  const buyers = `(SELECT cb.contract_id FROM contract_buyer cb JOIN buyer b ON b.id = cb.buyer_id
    WHERE lower(b.name) ~ ${like})`
  // Then indexes know those of a person.
  if (!holds(letters)) {
    const theirs = ['owner_id', 'deputy_id', 'category_lead_id'].map(
      (column) => `(SELECT o.id FROM contract o WHERE o.${column} IN ${people})`,
    )
    return `c.id IN (${[...theirs, buyers].join(' UNION ALL ')})`
  }
  return `(${ownWord(word, add)}
    OR c.owner_id IN ${people} OR c.deputy_id IN ${people} OR c.category_lead_id IN ${people}
    OR c.id IN ${buyers})`
}

/**
 * Whether the letters stand anywhere is told first, and whether the word stands there as it was typed before
 * its pattern is: of 100,000 contracts 85 ms where none holds the letters, where all hold the word 110, by the
 * pattern alone 400.
 */
function ownWord(word: string, add: Parameters['add']): string {
  const { pattern, letters } = patternOf(word)
  const [like, holds, whole] = [
    add(pattern),
    add(part(letters)),
    add(`% ${literally(folded(word))} %`),
  ]
  const fits = (said: string) =>
    `${said} LIKE ${holds} AND (' ' || ${said} || ' ' LIKE ${whole} OR ${said} ~ ${like})`
  return `(${WORD_COLUMNS.map(fits).join(' OR ')})`
}
const WORD_COLUMNS = [
  ...['c.reference_key', 'lower(c.title)', 'lower(c.supplier)', 'lower(c.reseller)'],
  ...['lower(c.category)', 'lower(c.department)', "nullif(c.form, 'contract')"],
]

/** The pattern of a word, and what stands in every text that it fits. */
function patternOf(word: string): { readonly pattern: string; readonly letters: string } {
  const key = folded(word)
  // PostgreSQL knows no word that begins with a sign.
  if (!/^[\p{L}\p{N}]/u.test(key)) {
    return { pattern: key === '' ? '$^' : literal(key), letters: key }
  }
  const one = key.length > 3 ? key.replace(/(?<=[^s])s$/, '') : key
  // Of shorter words, and of those with figures, another word would be meant.
  if (key.length < 5 || !/^[a-z]+(?<!ed)$/.test(key) || isFieldNoun(key)) {
    return { pattern: `\\m${literal(one)}(?:e?s)?${key.length < 5 ? '\\M' : ''}`, letters: one }
  }
  const letters = stemOf(key)
  return { pattern: `\\m${letters}${ENDINGS}\\M`, letters }
}

/** `nurses` and `nursing`: words of one stem. */
function stemOf(word: string): string {
  const stem = word.replace(/(?:ies|ings?|ers?|ors?|ed|es|e|s|y|ions?|ments?)$/, '')
  const bare = stem.replace(/([b-df-hj-np-tv-z])\1$/, '$1')
  return stem.length < 4 ? word.replace(/s$/, '') : bare.length < 4 ? stem : bare
}
const ENDINGS =
  '[b-df-hj-np-tv-z]?(?:e|s|es|y|ies|ing|ings|er|ers|or|ors|ed|ion|ions|ation|ations|al|ment|ments|age)?'
/** Within a regular expression. */
export function literal(text: string): string {
  return text.replace(/[!-/:-@[-`{-~’]/g, (sign) => (/['’]/.test(sign) ? "['’]" : `\\${sign}`))
}

/** Whether the filters ask for contracts by their dates. */
export function asksForDates({ kind, days, state, dates }: Filters): boolean {
  return kind !== null || days !== null || state === 'overdue' || dates?.of === 'due'
}

/**
 * What has to hold for deadline `d` of contract `c` to be open, and to be one that is asked for.
 * Those of a contract that has ended are left out, but for its end. `end` includes the end of an
 * emergency extension: whoever asks what ends must not miss what ends first.
 */
export function dateConditions(
  { kind, days, state, dates }: Filters,
  today: CivilDate,
  { add }: Parameters,
): string[] {
  const day = `${add(today)}::date`
  const conditions = [
    `d.settled_why IS NULL AND ${stillAsks(day)} AND ${WATCHED}`,
    beforeItsEnd(day),
  ]
  if (kind !== null) conditions.push(`d.kind = ANY(${add(kindsOf(kind))}::text[])`)
  if (days !== null) conditions.push(`d.due_on <= ${day} + ${add(days)}::int`)
  if (dates?.of === 'due') {
    const ranges = dates.ranges.map((range) =>
      rangeSql(range, 'd.due_on', 'd.due_on', add, dates.weekdays),
    )
    conditions.push(`(${ranges.join(' OR ')})`)
  }
  if (state === 'overdue') {
    // An end is due on its earliest day, which lies before its latest: what the index of dates knows.
    conditions.push(`d.due_on < ${day}`)
    conditions.push(
      `CASE WHEN ${IS_END} THEN c.current_latest ELSE coalesce(d.latest_on, d.due_on) END < ${day}`,
    )
    conditions.push(`d.kind <> 'renewal'`)
  }
  return conditions
}

function kindsOf(kind: DeadlineKind): readonly DeadlineKind[] {
  return kind === 'end' ? ['end', 'emergency-end'] : [kind]
}

function supplierCondition(supplier: string, add: Parameters['add']): string {
  const key = supplierKey(supplier) ?? ''
  // A name of signs alone has no key: it is looked for as it stands.
  return key === ''
    ? `lower(c.supplier) LIKE ${add(part(supplier))}`
    : `c.supplier_key LIKE ${add(part(key))}`
}

function textCondition(text: string, add: Parameters['add']): string {
  const like = add(part(text))
  return `(c.reference_key LIKE ${like} OR lower(c.title) LIKE ${like} OR lower(c.supplier) LIKE ${like})`
}

/** As references are kept: one case, one space between words. No text of the database holds a NUL. */
export function folded(text: string): string {
  return text.replaceAll('\0', '').trim().replace(/\s+/g, ' ').toLowerCase()
}

/** A pattern for `LIKE` that finds this text anywhere, whatever its case, spacing and apostrophes. */
export function part(text: string): string {
  return `%${literally(folded(text)).replace(/['’]/g, '_')}%`
}

/**
 * What a list leaves out besides: live: all that is historic, closed, or over with evidence of what
 * came after; unclosed: the same but for historic ones; wanting: those too to which nothing is missing.
 */
export type Only = 'live' | 'unclosed' | 'wanting'

export function onlyCondition(only: Only, day: string): string {
  if (only === 'live') return live(day)
  if (only === 'unclosed') return `${stateSql(day)} <> 'closed'`
  return `(${nobody('owner_id', day)} OR ${stateSql(day)} IN ('undated', 'out-of-contract')) AND ${live(day)}`
}

function live(day: string): string {
  return `${stateSql(day)} NOT IN ('closed', 'historic')`
}

/** Nobody is named, or who is named has left. */
function nobody(column: 'owner_id' | 'deputy_id' | 'category_lead_id', day: string): string {
  return `(c.${column} IS NULL OR c.${column} IN (SELECT o.id FROM person o
    WHERE o.gone_on <= ${day} OR o.erased_at IS NOT NULL))`
}

function extendedBy(kind: 'variation' | 'option'): string {
  return `c.id IN (SELECT e.contract_id FROM extension e WHERE e.kind = '${kind}'
    AND e.status NOT IN ('withdrawn', 'proposed'))`
}

/** Whether something stands there, of what runs: somebody who is there, a column, rows of a table. */
function isFilled({ has, column }: NonNullable<ReturnType<typeof filledBy>>, day: string): string {
  const isEmpty =
    column === null
      ? 'c.id NOT IN (SELECT p.contract_id FROM contract_product p)'
      : column === 'owner_id' || column === 'deputy_id' || column === 'category_lead_id'
        ? nobody(column, day)
        : `c.${column} IS NULL`
  return `${has ? 'NOT ' : ''}(${isEmpty})`
}

/** What the state of contract `c` is, for a list of those in it; of two halves the first is cheap to tell, or what an index serves. */
const IN_STATE: Readonly<
  Record<Exclude<ListState, 'overdue' | Recorded | IsFilled>, (day: string) => string>
> = {
  closed: (day) => `${stateSql(day)} = 'closed'`,
  historic: (day) => `c.historic AND ${stateSql(day)} = 'historic'`,
  undated: (day) => `c.current_latest IS NULL AND ${stateSql(day)} = 'undated'`,
  rolling: (day) => `c.current_latest IS NULL AND ${stateSql(day)} = 'rolling'`,
  'open-ended': (day) => `c.current_latest IS NULL AND ${stateSql(day)} IN ('undated', 'rolling')`,
  'out-of-contract': (day) => `c.current_latest < ${day} AND ${stateSql(day)} = 'out-of-contract'`,
  live,
  'personal-data': () => `c.personal_data`,
  'without-dpia': () => `c.personal_data AND c.dpia IS NULL`,
  'all-buyers': () => `(SELECT count(*) FROM contract_buyer cb WHERE cb.contract_id = c.id)
    = (SELECT count(*) FROM buyer b WHERE b.organisation_id = c.organisation_id)`,
  'not-running': (day) => `NOT (${live(day)})`,
  varied: () => extendedBy('variation'),
  'option-taken': () => extendedBy('option'),
  shared: () => `(SELECT count(*) FROM contract_buyer cb WHERE cb.contract_id = c.id) > 1`,
  'one-buyer': () => `(SELECT count(*) FROM contract_buyer cb WHERE cb.contract_id = c.id) = 1`,
  unowned: (day) => `${nobody('owner_id', day)}`,
  disputed: () => `c.disputed_end IS NOT NULL`,
  umbrella: () => `c.id IN (SELECT m.contract_id FROM umbrella_member m)`,
  emergency: (day) => `c.id IN (SELECT e.contract_id FROM extension e WHERE e.kind = 'emergency'
    AND e.status = 'confirmed' AND ${day} BETWEEN e.from_on AND e.to_on)`,
  unclassified: () => `c.id IN (SELECT e.contract_id FROM extension e WHERE e.kind = 'unknown'
    AND e.status <> 'withdrawn')`,
  undecided: (day) => `EXISTS (SELECT FROM deadline d WHERE d.contract_id = c.id
    AND d.kind IN ('start-by', 'notice', 'renewal', 'option', 'call-off-by')
    AND d.settled_why IS NULL AND ${stillAsks(day)} AND ${WATCHED} AND ${beforeItsEnd(day)})`,
  questioned: (day) => `c.id IN (SELECT r.contract_id FROM question_contract r
    JOIN question q ON q.id = r.question_id WHERE q.answered_on IS NULL OR q.answered_on > ${day})`,
  procuring: () => `c.id IN (SELECT k.contract_id FROM checkpoint k
    WHERE k.withdrawn_at IS NULL AND k.done_on IS NULL)`,
  'not-procuring': () => `c.id NOT IN (SELECT k.contract_id FROM checkpoint k
    WHERE k.withdrawn_at IS NULL AND k.done_on IS NULL)`,
  'called-off': () => `c.form = 'call-off'`,
  renewed: () => `c.id IN (SELECT e.contract_id FROM extension e WHERE e.kind = 'renewal'
    AND e.status IN ('presumed', 'confirmed'))`,
  imprecise: () => `c.current_earliest < c.current_latest`,
  'extended-again': () => `(SELECT count(*) FROM extension e WHERE e.contract_id = c.id
    AND e.status NOT IN ('withdrawn', 'proposed')) > 1`,
  waived: (day) => `c.id IN (SELECT w.contract_id FROM waiver w
    WHERE w.withdrawn_at IS NULL AND w.recorded_on <= ${day})`,
}

/** What one column says is as it is recorded. */
export function stateCondition(state: Exclude<ListState, 'overdue'>, day: string): string {
  const filled = filledBy(state)
  if (filled !== null) return isFilled(filled, day)
  if (!isRecorded(state)) return IN_STATE[state as keyof typeof IN_STATE](day)
  const { column, values } = RECORDED[state]
  return `c.${column} IN ('${values.join("', '")}')`
}

/** What says by itself whether it is over, or is asked of whatever became of it. */
const OF_ANY: ReadonlySet<ListState> = new Set([
  ...([
    'overdue',
    'closed',
    'historic',
    'undated',
    'rolling',
    'open-ended',
    'out-of-contract',
  ] as const),
  ...(['live', 'not-running', 'undecided', 'questioned', 'waived'] as const),
])
/** What is closed or historic is none of what is asked for, whoever asks. */
function isOfRunning({ running, dates, state }: Filters): boolean {
  const isOfDays = dates?.of === 'end' || dates?.of === 'renew' || dates?.of === 'extended'
  return running === true || isOfDays || (state !== null && !OF_ANY.has(state))
}

/** The ids, and the names to say them by. */
export interface ReadFilters extends Resolved {
  /** The asker's teams; null where `ours` was not asked for, empty where none is known. */
  readonly askersTeams: readonly Team[] | null
  /** The teams of the name that was typed; null where none was. */
  readonly teams: readonly Team[] | null
  /** What those who were asked for are called; null where nobody is. */
  readonly owner: string | null
  readonly person: string | null
  readonly without: readonly ReadFilters[]
  readonly either: readonly (readonly ReadFilters[])[]
  /** How many are left out of the first by value, as they have none. */
  readonly unvalued: number
  /** What they are worth together, in words. */
  readonly sum: string | null
  /** How many that are closed or historic are left out, as nobody asked for them. */
  readonly leftOut: number
  /** How many of them run, where that was counted. */
  readonly running: number | null
  /** What is left out as it is presumed to have renewed by itself, in words. */
  readonly presumed: string | null
  /** How many each has of what they are counted by, in words. */
  readonly counts: string | null
  /** Of what it asks and the register holds none of that name. */
  readonly missed: ReadonlySet<string>
}

/**
 * What the names and words of a sentence mean in this register: teams, categories, suppliers, people,
 * words of a contract. What it does not hold is named in `filters.unread`.
 */
export async function readFilterIds(context: BotContext, asked: Filters): Promise<ReadFilters> {
  return withFigures(context, await readNames(context, asked))
}

/** The same without its figures, which take a look at all contracts that fit. */
export async function readNames(context: BotContext, asked: Filters): Promise<ReadFilters> {
  const { asker } = context
  const filters = await understood(context, asked)
  const askersTeams = filters.whose === 'team' ? await teamsOf(context) : null
  const teams = filters.team === null ? null : teamsNamed(await context.teams(), filters.team)
  const owners = filters.owner === null ? null : await peopleNamed(context, filters.owner)
  const people = filters.person === null ? null : await peopleNamed(context, filters.person.who)
  const without: ReadFilters[] = []
  const either: ReadFilters[][] = []
  const unread = [...filters.unread]
  for (const each of filters.without) {
    const read = await readNames(context, each)
    // What is left out and not known leaves out nobody.
    if (read.filters.unread.length === 0) without.push(read)
    else unread.push(...read.filters.unread.map((word) => `not ${word}`))
  }
  for (const group of filters.either) {
    const read: ReadFilters[] = []
    for (const each of group) read.push(await readNames(context, each))
    unread.push(...read.flatMap((each) => each.filters.unread))
    const asked = read.filter((each) => asksFor(each.filters))
    // Of `ostrelle or wibble` one is known.
    const clear = asked.filter(
      ({ filters: { unread, words }, either }) =>
        unread.length === 0 || words.length + either.length > 0,
    )
    const known = clear.length > 0 ? clear : asked
    if (known.length > 0) either.push(known)
  }
  const missed = [
    teams?.length === 0 ? filters.team : null,
    owners?.length === 0 && filters.owner !== null && 'name' in filters.owner
      ? filters.owner.name
      : null,
    people?.length === 0 && filters.person !== null && 'name' in filters.person.who
      ? filters.person.who.name
      : null,
  ].filter((each) => each !== null)
  return {
    filters: { ...filters, unread: [...new Set([...unread, ...missed])] },
    askersTeams,
    teams,
    owner: namesOf(owners),
    person: namesOf(people),
    without,
    either,
    sum: null,
    unvalued: 0,
    leftOut: 0,
    running: null,
    presumed: null,
    counts: null,
    missed: new Set(
      (['supplier', 'category'] as const).filter((each) => unread.includes(filters[each] ?? '')),
    ),
    ids: {
      mine: filters.whose === 'mine' ? asker.personId : null,
      // Somebody whose team is not known is shown every team's, and told so.
      askersTeams: askersTeams?.length ? askersTeams.map(({ id }) => id) : null,
      teams: teams?.map(({ id }) => id) ?? null,
      owners: owners?.map(({ id }) => id) ?? null,
      people: people?.map(({ id }) => id) ?? null,
      without,
      either,
    },
  }
}

/** With what is left out, what is worth how much together, and what has no value. */
export async function withFigures(context: BotContext, read: ReadFilters): Promise<ReadFilters> {
  const { filters } = read
  const running = await withoutPresumed(context, await ofRunning(context, read))
  const grouped = filters.per === null ? running : await countedBy(context, running, filters.per)
  const counted = filters.sum !== null ? await summed(context, grouped) : grouped
  return ranksByValue(filters) ? ranked(context, counted) : counted
}

/** Added up, or on average, by currency and by what the values say; what is told by the year is of one kind. */
async function summed(context: BotContext, read: ReadFilters): Promise<ReadFilters> {
  const places = parameters()
  const { sum: of, dates, state } = read.filters
  const when = (dates?.of === 'extended' ? dates.ranges : [])
    .map((range) => rangeSql(range, 'e.from_on', 'e.from_on', places.add))
    .join(' OR ')
  const isOfExtensions = of === 'extensions'
  const isYearly = of === 'yearly' || of === 'yearly-average'
  const isAverage = of === 'average' || of === 'yearly-average'
  const amount = isOfExtensions
    ? `(SELECT sum(e.cost) FROM extension e WHERE e.contract_id = c.id AND e.currency = c.currency
          AND e.status NOT IN ('withdrawn', 'proposed')${state === 'emergency' ? " AND e.kind = 'emergency'" : ''}${when === '' ? '' : ` AND (${when})`})`
    : isYearly
      ? YEARLY_COST
      : 'c.value'
  const kinds = isYearly ? "('maximum')" : "('annual', 'maximum')"
  const basis = isOfExtensions
    ? "''"
    : `CASE WHEN c.value_basis IN ${kinds} THEN c.value_basis ELSE '' END`
  const found = await selectFitting<{
    currency: string
    basis: string
    sum: Decimal | null
    valued: number
    unvalued: number
  }>(
    context,
    `c.currency, ${basis} AS basis, round(${isAverage ? 'avg' : 'sum'}(${amount}), 2)::text AS sum,
     count(${amount})::int AS valued, count(*) FILTER (WHERE ${amount} IS NULL)::int AS unvalued`,
    wholeCondition(read, context, places),
    places,
    'GROUP BY 1, 2 ORDER BY 2, 1',
  )
  const BASES: Readonly<Record<string, string>> = { annual: ' a year', maximum: ' at most' }
  const said = found.flatMap(({ currency, basis, sum, valued }) =>
    sum === null
      ? []
      : `${spendWords(sum, currency)}${isYearly ? ' a year' : ''}${BASES[basis] ?? ''}${isAverage ? ` over ${valued}` : ''}`,
  )
  const unvalued = found.reduce((count, each) => count + each.unvalued, 0)
  const what = isOfExtensions ? 'a cost' : isYearly ? 'a yearly cost' : 'a value'
  const left = unvalued === 0 ? '' : `, ${unvalued} without ${what} left out`
  const how = isAverage ? 'on average' : 'together'
  const lead = isOfExtensions
    ? `their ${state === 'emergency' ? 'emergency ' : ''}extensions cost `
    : ''
  const sum = context.hidePrices
    ? '(amounts are not added up here)'
    : `(${lead}${how} ${said.length === 0 ? 'nothing recorded' : said.join(' and ')}${left})`
  return { ...read, sum: read.filters.top === null ? sum : '(not added up)' }
}

/** SQL: what a year of contract `c` costs: its charge, else its value over the term that it was awarded for. */
export const YEARLY_COST = `CASE
  WHEN c.periodic_charge IS NOT NULL AND c.charge_unit IS NOT NULL THEN c.periodic_charge * CASE c.charge_unit
    ${CHARGE_UNITS.map((unit) => `WHEN '${unit}' THEN ${A_YEAR[unit].join('::numeric / ')}`).join(' ')} END
  WHEN c.value_basis = 'annual' THEN c.value
  ELSE c.value * 12 / nullif((SELECT extract(year FROM a) * 12 + extract(month FROM a) + extract(day FROM a) / ${MONTH_DAYS}
    FROM age(coalesce(c.end_latest, c.current_latest) + 1, c.start) a), 0) END`

/** How many contracts each has, the most first; those alone whose count was asked for. */
async function countedBy(
  context: BotContext,
  read: ReadFilters,
  { of, than }: NonNullable<Filters['per']>,
): Promise<ReadFilters> {
  const places = parameters()
  const isOfTime = of === 'month' || of === 'quarter' || of === 'year'
  const [key, name] = isOfTime
    ? timeColumns(of, read.filters.dates?.of === 'start' ? 'c.start' : 'c.current_latest')
    : GROUP_COLUMNS[of]
  const found = await selectFitting<{ name: string | null; count: number; ids: number[] }>(
    context,
    `min(${name}) AS name, count(*)::int AS count, array_agg(c.id) AS ids`,
    wholeCondition(read, context, places),
    places,
    `GROUP BY ${key} ORDER BY ${isOfTime && than === null ? key : `count(*) ${than === 'fewest' ? '' : 'DESC'}`}, min(${name}) NULLS LAST`,
  )
  // A register without departments has its teams.
  const isEmpty = of === 'department' && found.every(({ name }) => name === null)
  if (isEmpty) return countedBy(context, read, { of: 'team', than })
  const named = found.filter(({ name }) => name !== null || than === null)
  const fits = (count: number) =>
    typeof than === 'number' ? count > than : than === null || count === named[0]?.count
  const shown = typeof than === 'number' ? named.filter(({ count }) => fits(count)) : named
  const most = isOfTime ? 24 : 12
  const some = shown.slice(0, most).map((each) => `${each.name ?? 'none recorded'} ${each.count}`)
  const more = shown.length > most ? `, and ${shown.length - most} more` : ''
  const said = some.length === 0 ? 'none has so many' : `${some.join(', ')}${more}`
  const only = than === null ? null : named.flatMap(({ count, ids }) => (fits(count) ? ids : []))
  const count = named.filter(({ name }) => name !== null).length
  const all = than === null ? `, ${count} in all` : ''
  return { ...read, counts: `(by ${of}${all}: ${said})`, ids: { ...read.ids, only } }
}
/** In the order of the calendar. */
function timeColumns(of: 'month' | 'quarter' | 'year', day: string): readonly [string, string] {
  const SHAPES = { month: 'FMMonth YYYY', quarter: '"Q"Q YYYY', year: 'YYYY' }
  const key = `date_trunc('${of}', ${day})`
  return [key, `to_char(${key}, '${SHAPES[of]}')`]
}
/** SQL: the name of somebody who answers for contract `c`. */
export const personName = (column: 'owner_id' | 'deputy_id' | 'category_lead_id') =>
  `(SELECT o.display_name FROM person o WHERE o.id = c.${column} AND o.erased_at IS NULL)`
const GROUP_COLUMNS: Readonly<
  Record<
    Exclude<NonNullable<Filters['per']>['of'], 'month' | 'quarter' | 'year'>,
    readonly [string, string]
  >
> = {
  department: ['lower(c.department)', 'c.department'],
  supplier: ['c.supplier_key', 'c.supplier'],
  reseller: ['lower(c.reseller)', 'c.reseller'],
  owner: ['c.owner_id', personName('owner_id')],
  deputy: ['c.deputy_id', personName('deputy_id')],
  lead: ['c.category_lead_id', personName('category_lead_id')],
  category: ['lower(c.category)', 'c.category'],
  team: ['c.team_id', '(SELECT t.name FROM team t WHERE t.id = c.team_id)'],
}

/** How many that are over are left out; where nobody said so and nothing else fits they are what was meant. */
async function ofRunning(context: BotContext, read: ReadFilters): Promise<ReadFilters> {
  const isAny = [read.filters, ...read.filters.either.flat()].some(isOfRunning)
  if (!isAny || read.filters.running === false) return read
  const places = parameters()
  const [found] = await selectFitting<{ all: number; running: number }>(
    context,
    `count(*)::int AS all, count(*) FILTER (WHERE ${live(`${places.add(context.today)}::date`)})::int AS running`,
    wholeCondition(read, { ...context, overToo: true }, places),
    places,
  )
  const { all = 0, running = 0 } = found ?? {}
  const isMeant = read.filters.running === true && running === 0
  return isMeant
    ? { ...read, filters: { ...read.filters, running: null } }
    : { ...read, leftOut: all - running, running }
}

/** Those whose recorded end is asked for and only presumed to have moved, as nobody recorded a notice. */
async function withoutPresumed(context: BotContext, read: ReadFilters): Promise<ReadFilters> {
  const { dates, state } = read.filters
  const isEnd = dates?.of === 'end' || dates?.of === 'ended'
  if (!isEnd && state !== 'out-of-contract') return read
  const places = parameters()
  const { add } = places
  const day = `${add(context.today)}::date`
  const ranges = isEnd ? dates.ranges : [{ from: null, to: null }]
  const last = 'e.from_on - 1'
  const ended = ranges.map((range) => rangeSql(range, last, last, add, dates?.weekdays))
  const recorded = `(SELECT max(${last}) FROM extension e WHERE e.contract_id = c.id
    AND e.kind = 'renewal' AND e.status = 'presumed' AND (${ended.join(' OR ')}))`
  const filters = { ...read.filters, ...(isEnd ? { dates: null } : { state: null }) }
  const found = await selectFitting<{ name: string; on: CivilDate }>(
    context,
    `concat_ws(' ', c.reference, c.title) AS name, ${recorded}::text AS on`,
    [
      ...wholeCondition({ ...read, filters }, context, places),
      // Few are: they are found first, and the others are not looked at.
      `c.id IN (SELECT e.contract_id FROM extension e WHERE e.organisation_id = ${add(context.organisationId)}
        AND e.kind = 'renewal' AND e.status = 'presumed')`,
      `${live(day)} AND c.current_latest >= ${day} AND ${recorded} IS NOT NULL`,
      // Of the first few that end it stands among others where it stood before.
      isEnd && read.filters.top === null
        ? `(${daysCondition(dates, context.today, add)}) IS NOT TRUE`
        : `${recorded} ${isEnd ? '>=' : '<'} ${day}`,
    ],
    places,
    'ORDER BY 2, 1',
  )
  if (found.length === 0) return read
  const named = found.slice(0, 3).map(({ name, on }) => `${name}, recorded to ${dateWords(on)}`)
  const more = found.length > 3 ? ` and ${found.length - 3} more` : ''
  const presumed = `(${found.length} left out as probably renewed: ${named.join('; ')}${more}; see “what renewed by itself”)`
  return { ...read, presumed }
}

/** Whether only the first by value are asked for: what has none has no place among them. */
export function ranksByValue({ top, order }: Filters): boolean {
  return top !== null && (order === 'dearest' || order === 'cheapest')
}

/** Where no value is known at all there is no first one: then all are shown, and that is said. */
async function ranked(context: BotContext, read: ReadFilters): Promise<ReadFilters> {
  const places = parameters()
  const [found] = await selectFitting<{ unvalued: number; valued: number }>(
    context,
    'count(*) FILTER (WHERE c.value IS NULL)::int AS unvalued, count(c.value)::int AS valued',
    wholeCondition(read, context, places),
    places,
  )
  const { unvalued = 0, valued = 0 } = found ?? {}
  if (valued > 0 || unvalued === 0) return { ...read, unvalued }
  const { filters } = read
  const which = `the ${filters.top} ${filters.order === 'dearest' ? 'highest' : 'lowest'} values (none is recorded)`
  return {
    ...read,
    filters: { ...filters, top: null, order: null, unread: [...filters.unread, which] },
  }
}

function namesOf(people: readonly { readonly name: string | null }[] | null): string | null {
  const names = [...new Set((people ?? []).flatMap(({ name }) => name ?? []))]
  return names.length === 0
    ? null
    : names.slice(0, 3).join(' or ') + (names.length > 3 ? ' or others' : '')
}

/** More words of a sentence are not looked for. */
const MOST_LOOKED = 8

/** Each name where it belongs, and each word that the register holds. */
async function understood(context: BotContext, asked: Filters): Promise<Filters> {
  const { teams, asker } = context
  const nobody = asker.slackUser === '' && (asked.whose === 'mine' || asked.whose === 'team')
  const { supplier, team, category } = asked
  let filters: Filters = nobody
    ? {
        ...asked,
        whose: null,
        unread: [...asked.unread, asked.whose === 'mine' ? 'mine' : 'my team'],
      }
    : asked
  const words: string[] = []
  if (filters.person?.role === 'of') {
    filters = await contractsOf(context, filters, filters.person.who)
    words.push(...filters.words.slice(asked.words.length))
  }
  if (supplier !== null && !(await hasSupplier(context, supplier))) {
    // `with samira`: a name of signs alone is looked for among suppliers only.
    const names = /\p{L}/u.test(supplier) ? supplier.split(' ') : []
    const held = await heldWords(context, names)
    if (held.length > 0 && held.length === names.length) {
      filters = { ...filters, supplier: null }
      words.push(...held)
    } else filters = { ...filters, unread: [...filters.unread, supplier] }
  }
  // `ending in march, it's digital i want`: what names an area or a supplier is no aside.
  for (const said of asked.asides) {
    const names = said
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word.length > 3 && !FILLERS.has(word.toLowerCase()))
    const areas = await categoriesNamed(context, names)
    const isOf = async (name: string) => areas.length > 0 || (await hasSupplier(context, name))
    for (const name of names) {
      if (!filters.unread.includes(said) && (await isOf(name)))
        filters = {
          ...filters,
          unread: [...filters.unread, said],
          asides: filters.asides.filter((each) => each !== said),
        }
    }
  }
  // `what does ostrelle look after for us`
  const { owner } = filters
  if (owner !== null && 'name' in owner && (await peopleNamed(context, owner)).length === 0) {
    if (await hasSupplier(context, owner.name))
      filters = { ...filters, owner: null, supplier: filters.supplier ?? owner.name }
  }
  if (team !== null && teamsNamed(await teams(), team).length === 0) {
    const [known] = await categoriesNamed(context, [team])
    const names = team.split(' ')
    const held = known === undefined ? await heldWords(context, names) : []
    if (known !== undefined) filters = { ...filters, team: null, category: known }
    // `commercial team contracts`, of a department
    else if (held.length === names.length) {
      filters = { ...filters, team: null }
      words.push(...held)
    }
  }
  if (category !== null) {
    const [known] = await categoriesNamed(context, [category])
    const [asTeam] = teamsNamed(await teams(), category)
    if (known !== undefined) filters = { ...filters, category: known }
    else if (asTeam !== undefined) filters = { ...filters, category: null, team: asTeam.name }
    else {
      // `wheelchair service category`: what is asked of it.
      const named = category.split(' ')
      const held = await heldWords(context, named)
      const isHeldWhole = named.length > 1 && held.length === named.length
      filters = { ...filters, category: isHeldWhole ? null : category }
      if (isHeldWhole) words.push(...held)
      else filters = { ...filters, unread: [...filters.unread, category] }
    }
  }
  if (asked.words.length > 0) {
    const loose = asked.words.slice(0, MOST_LOOKED)
    const placed = await placedNames(context, loose)
    const names = await possessives(context, placed.left)
    for (const [, name] of names) filters = await contractsOf(context, filters, { name })
    // `digital systems`: beside what names them no word of a title, and the answer says so.
    const own = placed.left.filter((word) => !names.has(word))
    const all = await heldWords(context, own)
    // `the pathology kit`, where another contract alone is of kits.
    const general = all.filter((word) => GENERIC.test(word))
    const holds = (words: readonly string[]) =>
      isHeld(context, ({ add }) =>
        words.map((word) => wordCondition(word, context.organisationId, add)),
      )
    const named = all.filter((word) => !general.includes(word))
    const isApart =
      general.length > 0 && named.length > 0 && !(await holds(all)) && (await holds(named))
    const generic = own.filter(
      (word) =>
        GENERIC.test(word) &&
        (isApart || placed.either.length > 0 || (all.length > 0 && !all.includes(word))),
    )
    const left = own.filter((word) => !generic.includes(word))
    const held = all.filter((word) => !generic.includes(word))
    const unheld = left.filter((word) => !held.includes(word))
    const meant = await categoriesMeant(context, unheld)
    const initials = await titlesOf(
      context,
      unheld.filter((word) => !meant.has(word)),
    )
    const slips = await wordsMeant(
      context,
      unheld.filter((word) => !meant.has(word) && !initials.has(word)),
    )
    const isLeft = (word: string) =>
      ![...held, ...meant.keys(), ...slips.keys(), ...initials.keys()].includes(word)
    // What is said of a word that nobody knows is of nothing else: `awarded in 2024`.
    const lost = filters.beside.filter(({ word }) => left.includes(word) && isLeft(word))
    for (const { word } of filters.beside.filter(({ of }) => of === 'only')) {
      const buyer = await tables(context.pool).buyer.findFirst({
        where: {
          organisationId: context.organisationId,
          name: { contains: word, mode: 'insensitive' },
        },
      })
      if (buyer !== null)
        filters = {
          ...filters,
          either: [...filters.either, [{ ...NO_FILTERS, state: 'one-buyer' }]],
        }
    }
    const isLost = (of: 'dates' | 'amounts') => lost.some((each) => each.of === of)
    filters = {
      ...filters,
      ...(isLost('dates') ? { dates: null, days: null } : {}),
      amounts: isLost('amounts') ? [] : filters.amounts,
      beside: filters.beside.filter((each) => !lost.includes(each)),
      words: [
        ...held,
        ...slips.values(),
        ...words,
        ...[...initials.values()].flatMap((title) => title.split(/[^\p{L}\p{N}]+/u)),
      ],
      either: [...filters.either, ...placed.either, ...[...meant.values()].map((each) => [each])],
      spelt: [
        ...filters.spelt,
        ...[...meant].map(([word, { category, team }]) => `“${word}” for “${category ?? team}”`),
        ...[...slips, ...initials].map(([word, known]) => `“${word}” for “${known}”`),
        ...generic.map((word) => `“${word}” for “contracts”`),
      ],
      unread: [
        ...filters.unread,
        ...left.filter(isLeft),
        ...lost.filter(({ of }) => of !== 'only').map(({ said }) => said),
        ...asked.words.slice(MOST_LOOKED),
      ],
    }
  } else filters = { ...filters, words }
  filters = inAnyArea(filters)
  // `the biggest by annual value` where no value is told by the year: then of all, and the word is named.
  if (filters.state === 'per-year' && !(await isHeld(context, () => ["c.value_basis = 'annual'"])))
    filters = { ...filters, state: null, unread: [...filters.unread, 'per year'] }
  // `ending soon`: no other end is put in the place of one that was not read.
  const isEnd = filters.kind === 'end' && filters.days === null && filters.dates === null
  return isEnd && filters.unread.length > 0 ? { ...filters, kind: null } : filters
}

/** `the waste and fleet categories`: no contract is of two of them, so either is meant. */
function inAnyArea(filters: Filters): Filters {
  const isArea = (each: Filters) =>
    each.category !== null &&
    JSON.stringify({ ...each, category: null }) === JSON.stringify(NO_FILTERS)
  const named = filters.either.filter((group) => group.every(isArea))
  const own = filters.category === null ? [] : [{ ...NO_FILTERS, category: filters.category }]
  if (named.length + own.length < 2) return filters
  const rest = filters.either.filter((group) => !named.includes(group))
  return { ...filters, category: null, either: [...rest, [...named.flat(), ...own]] }
}

const GENERIC =
  /^(?:systems?|services?|suppliers?|providers?|vendors?|kit|supplies|stuff|units?|scheme|programme)$/i

/** `samiras contracts`: words that no contract holds, and that are a person's name but for their last letter. */
async function possessives(context: BotContext, words: readonly string[]) {
  const names = new Map<string, string>()
  for (const word of words) {
    const name = /^(\p{L}{3,})s$/u.exec(word)?.[1]
    if (name === undefined || (await peopleNamed(context, { name: word })).length > 0) continue
    const isOwn = await isHeld(context, ({ add }) => [ownWord(word, add)])
    if (!isOwn && (await peopleNamed(context, { name })).length > 0) names.set(word, name)
  }
  return names
}

/** `samira's`: what she owns; where that is nothing, what she deputises for or leads. `ostrelle's`: its. */
async function contractsOf(
  context: BotContext,
  filters: Filters,
  who: PersonMention,
): Promise<Filters> {
  const people = await peopleNamed(context, who)
  const ids = people.map(({ id }) => id)
  let of: Partial<Filters> = { owner: who }
  if (ids.length === 0 && 'name' in who) {
    // An organisation is one word.
    const whole = await heldWords(context, [who.name])
    const words = whole.length > 0 ? whole : who.name.split(' ')
    if (await hasSupplier(context, who.name)) of = { supplier: who.name }
    // `the children's hospital`
    else if ((await heldWords(context, words)).length === words.length)
      return { ...filters, person: null, words: [...filters.words, ...words] }
  } else if (ids.length > 0) {
    for (const [column, made] of [
      ['owner_id', { owner: who }],
      ['deputy_id', { person: { role: 'deputy', who } }],
      ['category_lead_id', { person: { role: 'lead', who } }],
    ] as const) {
      of = made
      if (await isHeld(context, ({ add }) => [`c.${column} = ANY(${add(ids)}::int[])`])) break
      of = { owner: who }
    }
  }
  const isTaken = Object.keys(of).some(
    (name) => name !== 'person' && filters[name as keyof Filters],
  )
  const rest = { ...filters, person: null }
  return isTaken
    ? { ...rest, either: [...filters.either, [{ ...NO_FILTERS, ...of }]] }
    : { ...rest, ...of }
}

/** Words that are together the name of a team or a category, and those that are left. */
async function placedNames(context: BotContext, words: readonly string[]) {
  const spans = words.flatMap((_, from) => {
    return words.slice(from).map((__, index) => words.slice(from, from + index + 1).join(' '))
  })
  const categories = await categoriesNamed(context, spans)
  const teams = await context.teams()
  const left: string[] = []
  const either: Filters[][] = []
  for (let at = 0; at < words.length; ) {
    let used = 0
    for (let length = words.length - at; length > 0 && used === 0; length--) {
      const key = nameKey(words.slice(at, at + length).join(' '))
      const category = categories.find((each) => nameKey(each) === key)
      const team = teams.find((each) => nameKey(each.name) === key)
      if (category === undefined && team === undefined) continue
      either.push([
        ...(category === undefined ? [] : [{ ...NO_FILTERS, category }]),
        ...(team === undefined ? [] : [{ ...NO_FILTERS, team: team.name }]),
      ])
      used = length
    }
    if (used === 0) left.push(words[at] ?? '')
    at += Math.max(1, used)
  }
  return { left, either }
}

/** The category or team that a word is but for a slip: `facilites`. */
async function categoriesMeant(context: BotContext, words: readonly string[]) {
  const meant = new Map<string, Filters>()
  const long = words.filter((word) => /^[a-z]{6,}$/i.test(word))
  const other = (word: string) => AREAS.find((each) => each.includes(folded(word))) ?? []
  if (!words.some((word) => long.includes(word) || other(word).length > 0)) return meant
  const names = [
    ...(await readCategories(context)).map((category) => ({ ...NO_FILTERS, category })),
    ...(await context.teams()).map(({ name }) => ({ ...NO_FILTERS, team: name })),
  ].map((each): [string, Filters] => [folded(each.category ?? each.team ?? ''), each])
  for (const word of words) {
    const made = other(word).flatMap((each) => new Map(names).get(each) ?? [])[0]
    if (made !== undefined) meant.set(word, made)
  }
  for (const word of long) {
    const near = nearWord(folded(word), new Map(names).keys())
    const made = near === null || near[0] !== folded(word)[0] ? undefined : new Map(names).get(near)
    if (made !== undefined) meant.set(word, made)
  }
  return meant
}

/** What one area is called by one and by another. */
const AREAS = [
  ['it', 'ict', 'digital', 'technology', 'tech'],
  ['hr', 'workforce', 'people', 'staffing'],
  ['facilities', 'fm', 'soft fm', 'hotel services'],
  ['estates', 'property', 'hard fm'],
]
/** The one title that begins with words of these initials: `WAN`. */
export async function titlesOf(context: BotContext, words: readonly string[]) {
  const titles = new Map<string, string>()
  for (const word of words.filter((each) => /^[a-z]{3,5}$/i.test(each))) {
    const places = parameters()
    const letters = [...folded(word)]
    const like = letters.map((letter) => `${letter}\\w*`).join('\\W+(?:(?:and|of|the|for)\\W+)?')
    const conditions = [
      `c.organisation_id = ${places.add(context.organisationId)}`,
      // What the index of titles knows.
      `lower(c.title) LIKE ${places.add(`${letters.join('%')}%`)}`,
      `lower(c.title) ~ ${places.add(`^${like}\\M`)}`,
    ]
    const found = await selectFitting<{ title: string }>(
      context,
      'DISTINCT c.title',
      conditions,
      places,
      'LIMIT 2',
    )
    const [only, second] = found
    if (only !== undefined && second === undefined) titles.set(word, only.title)
  }
  return titles
}

/** The words of titles and names that these are but for a slip: `scaner`. */
async function wordsMeant(
  context: BotContext,
  words: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { pool, organisationId } = context
  const asked = words.filter((word) => /^[a-z]{3,}$/i.test(word)).map(folded)
  if (asked.length === 0) return new Map()
  const beginnings = [...new Set(asked.map((word) => word.slice(0, 2)))]
  const isHeld = beginnings.some(await textsOf(context))
  const found = await pool.query<{ part: string }>(
    `SELECT DISTINCT part FROM (
       SELECT lower(title) AS said FROM contract WHERE organisation_id = $1 AND $3
       UNION ALL SELECT lower(supplier) FROM contract WHERE organisation_id = $1 AND $3
       UNION ALL SELECT lower(display_name) FROM person WHERE organisation_id = $1 AND erased_at IS NULL
       UNION ALL SELECT lower(name) FROM buyer WHERE organisation_id = $1) t,
       string_to_table(said, ' ') part WHERE said LIKE ANY($2) AND part LIKE ANY($2)
     ORDER BY part LIMIT 5000`,
    [organisationId, beginnings.map((two) => `%${two}%`), isHeld],
  )
  const known = found.rows
    .flatMap(({ part }) => part.match(/(?<![\p{L}\p{N}_])[a-z]+/gu) ?? [])
    .filter((word) => beginnings.includes(word.slice(0, 2)))
  const meant = words.flatMap((word): [string, string][] => {
    const slip = begunBy(folded(word), known) ?? slipOf(folded(word), known)
    return slip === null ? [] : [[word, slip]]
  })
  return new Map(meant)
}

/** The word that this one begins, where all that it begins are of one stem: `occ`, `physio`. */
function begunBy(word: string, known: readonly string[]): string | null {
  const whole = known.filter((each) => each.startsWith(word) && each.length >= word.length + 3)
  const [only = null] = whole.toSorted((one, other) => one.length - other.length)
  const stem = only?.slice(0, word.length + 3) ?? ''
  return isKnownWord(word) || !whole.every((each) => each.startsWith(stem)) ? null : only
}

/** The categories of exactly these names, as the register writes them. */
async function categoriesNamed(context: BotContext, names: readonly string[]): Promise<string[]> {
  const wanted = new Set(names.map(folded))
  return (await readCategories(context)).filter((each) => wanted.has(each.toLowerCase()))
}

/** Those of the register, each once. */
async function readCategories({ pool, organisationId }: BotContext): Promise<string[]> {
  const found = await tables(pool).contract.groupBy({
    by: ['category'],
    where: { organisationId, category: { not: null } },
    orderBy: { category: 'asc' },
  })
  return found.flatMap(({ category }) => category ?? [])
}

function hasSupplier(context: BotContext, name: string): Promise<boolean> {
  return isHeld(context, ({ add }) => [supplierCondition(name, add)])
}

/** Those of the words that some contract holds. */
async function heldWords(context: BotContext, words: readonly string[]): Promise<string[]> {
  const held: string[] = []
  const texts = await textsOf(context)
  for (const word of words) {
    const isReference = ({ add }: Parameters) => [`c.reference_key = ${add(folded(word))}`]
    const holds = ({ add }: Parameters) => [wordCondition(word, context.organisationId, add, texts)]
    const isOwn = /\d/.test(word) && (await isHeld(context, isReference))
    if (isOwn || (await isHeld(context, holds))) held.push(word)
  }
  return held
}

/** Whether these conditions hold of some contract. */
export async function isHeld(
  context: BotContext,
  conditions: (places: Parameters) => readonly string[],
): Promise<boolean> {
  const places = parameters()
  const own = `c.organisation_id = ${places.add(context.organisationId)}`
  const all = [own, ...conditions(places)]
  return (await selectFitting(context, 'true AS held', all, places, 'LIMIT 1')).length > 0
}

/** The asker's teams: those whose contracts they answer for, or to whose user group they belong. */
export async function teamsOf({
  pool,
  organisationId,
  asker,
  teams,
}: BotContext): Promise<readonly Team[]> {
  const { personId, userGroups } = asker
  const roles = [{ ownerId: personId }, { deputyId: personId }, { categoryLeadId: personId }]
  const found = await tables(pool).team.findMany({
    where: {
      organisationId,
      OR: [{ userGroup: { in: [...userGroups] } }, { contracts: { some: { OR: roles } } }],
    },
    select: { id: true },
  })
  const ids = new Set(found.map(({ id }) => id))
  return (await teams()).filter(({ id }) => ids.has(id))
}

/** The team of exactly this name, else those with it as a part of theirs. */
export function teamsNamed(teams: readonly Team[], name: string): readonly Team[] {
  const key = nameKey(name)
  if (key === '') return []
  const exact = teams.filter((team) => nameKey(team.name) === key)
  return exact.length > 0 ? exact : teams.filter((team) => nameKey(team.name).includes(key))
}

/** By Slack id; else by email or exact name; else by a part of the name. */
export async function peopleNamed(
  { pool, organisationId }: BotContext,
  named: PersonMention,
): Promise<
  readonly {
    readonly id: number
    readonly name: string | null
    readonly slackUser: string | null
  }[]
> {
  const read = async (where: Prisma.PersonWhereInput) => {
    const { person } = tables(pool)
    const found = await person.findMany({
      where: { organisationId, ...where },
      orderBy: { id: 'asc' },
    })
    return found.map(({ id, displayName: name, slackUser }) => ({ id, name, slackUser }))
  }
  if ('slackUser' in named) return read({ slackUser: named.slackUser })
  const key = nameKey(named.name)
  // Written as ILIKE, so that what stands for other characters there has to stand for itself.
  const email = { equals: literally(folded(named.name)), mode: 'insensitive' } as const
  const exact = await read({
    OR: [...(key === '' ? [] : [{ nameKey: key }]), { email }],
    erasedAt: null,
  })
  if (exact.length > 0 || key === '') return exact
  const partly = await read({ nameKey: { contains: key }, erasedAt: null })
  if (partly.length > 0 || !key.includes(' ')) return partly
  // `dan fosswell`: each word begins one of theirs.
  const begin = (word: string) => [
    { nameKey: { startsWith: word } },
    { nameKey: { contains: ` ${word}` } },
  ]
  return read({ AND: key.split(' ').map((word) => ({ OR: begin(word) })), erasedAt: null })
}
