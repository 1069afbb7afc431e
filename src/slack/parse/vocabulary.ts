/** What the words of a sentence mean: states, kinds of dates, people, amounts, order, and words of no weight. */
import type { DeadlineKind } from '../../rules/contract.ts'
import { asDecimal, type Decimal } from '../../rules/money.ts'
import { nearWord } from '../../rules/text-match.ts'
import {
  type Amount,
  type Dates,
  type Filters,
  LIST_STATES,
  type ListState,
} from './command-types.ts'
import { readPeriod } from './period.ts'
import { type Clock, longest, phrases, readSpan, type Words } from './when.ts'

/** Which date of a contract a period is about: said by the word before it, else by the one after it. */
export interface Mode {
  readonly of: Dates['of']
  readonly kind: DeadlineKind | null
}

/** `running out` is a mode, and the beginning of `running out of contract` is none. */
export function modeAt(words: Words, at: number) {
  const mode = phraseAt(words, at, MODES)
  if (mode === null) return null
  for (let inside = 1; inside < mode.used; inside++) {
    const state = phraseAt(words, at + inside, STATES)
    if (state !== null && inside + state.used > mode.used) return null
  }
  return mode
}

/** The longest of these phrases that stands there, with its meaning. */
export function phraseAt<T>(words: Words, at: number, meanings: ReadonlyMap<string, T>) {
  for (let used = Math.min(MOST_WORDS, words.length - at); used >= 1; used--) {
    const value = meanings.get(words.slice(at, at + used).join(' '))
    if (value !== undefined && words.slice(at, at + used).every((word) => word !== null)) {
      return { value, used }
    }
  }
  return null
}
const MOST_WORDS = 6

function meaning<T>(entries: readonly (readonly [T, string])[]): ReadonlyMap<string, T> {
  return new Map(
    entries.flatMap(([value, phrases]) =>
      phrases.split(', ').map((each): [string, T] => [each, value]),
    ),
  )
}

// What the words mean.

export const STATES = meaning<ListState>([
  ...LIST_STATES.filter((state) => state !== 'live').map((state) => [state, state] as const),
  ['overdue', 'late, past due, over due, past their date, behind'],
  [
    'unowned',
    'ownerless, no owner, no owners, without owner, without an owner, without owners, with no owner, nobody owns, no one owns, not owned, not owned by anyone, not owned by anybody, missing owner, missing an owner, owner missing, no named owner, without a named owner, has no owner, have no owner, orphaned, owned by nobody, owned by no one, owned by noone, belonging to nobody',
  ],
  [
    'emergency',
    'emergencies, in emergency, emergency extension, emergency extensions, in an emergency extension, on emergency extension, emergency cover, emergency month, emergency months',
  ],
  [
    'out-of-contract',
    'out of contract, running out of contract, uncovered, lapsed, no cover, without cover, not covered, off contract, without a contract, running without a contract',
  ],
  [
    'undated',
    'no end, no end date, no end dates, without end, without an end, without end date, without an end date, without end dates, with no end date, open ended, open-ended, missing end date, missing end dates, missing an end date, no expiry date, no expiry, without an expiry date, has no end date, have no end date, end date unknown, no date, no dates, without a date, without dates, never ends, never end',
  ],
  [
    'rolling',
    'rolls on, rolling on, rolling contract, rolling contracts, on a rolling basis, evergreen',
  ],
  ['unclassified', 'unclassified extension, unclassified extensions, unclassified-extensions'],
  ['disputed', 'disputed end, disputed ends, disputed end date, in dispute'],
  [
    'umbrella',
    'umbrellas, umbrella agreement, umbrella agreements, umbrella contract, umbrella contracts',
  ],
  ['historic', 'historical, archived'],
  ['closed', 'closed down'],
  [
    'live',
    'live, active, current contracts, live contracts, still running, running contracts, open contracts, in force',
  ],
])

const MODES = meaning<Mode>([
  [
    { of: 'due', kind: null },
    'due, deadline, deadlines, upcoming, todo, to do, coming up, needs doing, need doing, needs action, need action, needs attention, need attention, on the horizon, due date, due dates',
  ],
  [
    { of: 'end', kind: null },
    'end, ends, ending, expire, expires, expiring, expiry, expiry date, expiry dates, expiration, expirations, expiries, end date, end dates, finish, finishes, finishing, run out, runs out, running out, lapse, lapses, lapsing, come to an end, comes to an end, coming to an end, endings, finishings, up for renewal, renew, renews, renewing, renewal, renewals, for renewal, due to expire, due to end, due for renewal, about to expire, about to end, end-date, end-dates, renewal date, renewal dates, terminate, terminates, terminating, up for re-tender, up for retender',
  ],
  [
    { of: 'ended', kind: null },
    'ended, expired, finished, already ended, already expired, have ended, has ended, have expired, has expired',
  ],
  [
    { of: 'start', kind: null },
    'start, starts, starting, started, begin, begins, beginning, began, commence, commences, commencing, commenced, start date, start dates',
  ],
  [
    { of: 'due', kind: 'notice' },
    'notice, notices, notice date, notice dates, notice due, notices due, notice deadline, notice deadlines, give notice, serve notice, notice to give, notice to serve',
  ],
  [
    { of: 'due', kind: 'option' },
    'option, options, option date, option dates, options due, option due, options to take',
  ],
  [
    { of: 'due', kind: 'review' },
    'review, reviews, review date, review dates, reviews due, review due',
  ],
  [
    { of: 'due', kind: 'start-by' },
    'start-by, startby, start by, start buying, start procuring, start procurement, start the procurement, start replacing, start tendering, start to replace, procurements to start, tenders to start, starts by, retender, re-tender, start-bys',
  ],
  [{ of: 'due', kind: 'emergency-end' }, 'emergency-end'],
  [{ of: 'due', kind: 'renewal' }, 'unknown renewal, unknown renewals, renewal questions'],
  [
    { of: 'due', kind: 'call-off-by' },
    'call-off-by, call off by, last call-off day, last call-off days, call-off day, call-off days',
  ],
])

export const WHOSE = meaning<'mine' | 'team' | 'all'>([
  [
    'mine',
    "mine, my, me, myself, my own, i own, do i own, do i need, i need, do i have, have i got, i have, am i responsible for, i am responsible for, i'm responsible for, i look after, owned by me, assigned to me, i manage, on my plate",
  ],
  [
    'team',
    'ours, our, us, team, teams, the team, my team, our team, my teams, our teams, owned by us, owned by my team, we own',
  ],
  [
    'all',
    'all, everyone, everybody, everything, every, any, anything, the lot, whole register, the whole register, all of them, all of it, every single',
  ],
])
export const ASKED = new Set('show give tell send let get email remind help find bring'.split(' '))

export const PEOPLE = meaning<'owner' | 'deputy' | 'lead'>([
  [
    'owner',
    'owner, owners, owner is, owner:, owned by, owned, belongs to, belonging to, assigned to, looked after by, managed by, run by, in the name of, whose owner is, where the owner is',
  ],
  [
    'deputy',
    'deputy, deputy:, deputy is, deputies, deputised by, with deputy, whose deputy is, where the deputy is',
  ],
  [
    'lead',
    'lead, lead:, lead is, led by, category lead, category lead is, lead by, headed by, whose lead is',
  ],
])
/** Words as people shorten them. */
export const SHORT: ReadonlyMap<string, string> = new Map(
  Object.entries({
    ...{ nxt: 'next', b4: 'before', btwn: 'between', qtr: 'quarter', wk: 'week', mth: 'month' },
    ...{
      yr: 'year',
      wot: 'what',
      wots: "what's",
      'w/': 'with',
      'w/o': 'without',
      'o/d': 'overdue',
    },
  }),
)

/** Words of the grammar that are worth forgiving a slip in. */
const OFTEN_MISSPELT = (
  'january february march april august september october november december monday tuesday wednesday ' +
  'thursday friday saturday sunday ending expiring expires expired finishing renewal renewals overdue ' +
  'quarter financial between before without tomorrow contracts deadline deadlines unowned ' +
  'deputy emergency biggest largest smallest cheapest alphabetical'
).split(' ')

/** The word of the grammar that this one nearly is, from its first letter on; null where none is near. */
export function meantBy(word: string): string | null {
  const near = OFTEN_MISSPELT.filter((each) => each[0] === word[0] && each !== word)
  return nearWord(word, near, (letters) => (letters < 5 ? -1 : letters < 9 ? 1 : 2))
}
/** After a name and a no: `samira does not own`. */
export const AFTER_NO = meaning<'owner' | 'deputy' | 'lead'>([
  ['owner', 'own, owner, the owner, responsible for, look after, manage'],
  ['deputy', 'deputy, the deputy, deputise for'],
  ['lead', 'lead, the lead'],
])
/** What stands after a name and says who that is. */
export const AFTER_NAME = meaning<'owner' | 'deputy' | 'lead'>([
  [
    'owner',
    'own, owns, is responsible for, responsible for, looks after, look after, manages, manage, is the owner of, as owner, is owner',
  ],
  ['deputy', 'as deputy, is deputy, is the deputy, is deputy for, deputises for, as the deputy'],
  ['lead', 'as lead, is lead, is the lead, leads, as category lead, is category lead'],
])
export const FIELDS: ReadonlyMap<string, 'team' | 'category'> = new Map([
  ...(['team', 'teams'] as const).map((word) => [word, 'team'] as const),
  ...(['category', 'categories'] as const).map((word) => [word, 'category'] as const),
])
export const SUPPLIER = phrases(
  'supplier, supplier:, vendor:, suppliers, supplier is, vendor, vendors, vendor is, provider, ' +
    'supplied by, provided by, delivered by, held by, held with, contractor, with, from, ' +
    'with supplier, from supplier, with vendor',
)

export const NOT = phrases(
  "not, isn't, aren't, is not, are not, does not, do not, did not, was not, were not, didn't, except, except for, excluding, exclude, excl, " +
    'other than, apart from, but not, without, without a, without any, with no, no, minus, ' +
    "rather than, ignoring, ignore, don't, doesn't, never, neither, non, " +
    "leaving out, leave out, that aren't, that isn't, and not, wasn't, weren't, cannot, can't, " +
    "won't, nobody, none, outside, outside of, bar, barring, aside from, unless, not including, " +
    'missing, instead of',
)

/** Grammar that would be taken for what it is not: named as not read. */
export function unreadableAt(words: Words, at: number): number {
  const phrase = longest(words, at, UNREADABLE) ?? 0
  // `a notice period of 3 months`, `3 months notice`, `12 month contracts`: a length, and no time.
  const lead = longest(
    words,
    at,
    phrases(
      'notice period of, notice periods of, notice of, a notice of, term of, terms of, ' +
        'length of, lasting, every, each, ',
    ),
  )
  const span = lead === null ? null : readSpan(words, at + lead)
  if (lead === null || span === null) return phrase
  if (lead > 0) return lead + span.used
  const after = words[at + span.used] ?? ''
  return LENGTH_OF.test(after) ? span.used + 1 : phrase
}
const LENGTH_OF =
  /^(?:notice|notices|term|terms|contracts?|extensions?|options?|breaks?|long|deals?|agreements?)$/
const UNREADABLE = phrases(
  'at the start of, at the beginning of, the start of, the beginning of, start of, beginning of, ' +
    'at start of, ' +
    'renew automatically, renews automatically, automatically renew, automatically renews, ' +
    'auto renew, auto renews, auto-renew, auto-renews, auto renewing, auto-renewing, ' +
    'automatic renewal, automatic renewals, auto renewal, auto renewals, auto-renewal, ' +
    'auto-renewals, how much, how long, how often, a year, per year, a month, per month, a week, ' +
    'per annum, p.a, pa, annually, monthly, each year, every year, notice period, ' +
    'notice periods, end of life, at least once, per day, a day',
)

/** Since when what is overdue is overdue: `by more than 30 days`. */
export function overdueSince(words: Words, at: number, { today, calendar, yearStart }: Clock) {
  const lead = longest(
    words,
    at,
    phrases(
      'by more than, for more than, by over, for over, by at least, more than, over, by, for',
    ),
  )
  const span = lead === null ? null : readSpan(words, at + lead)
  if (lead === null || span === null) return null
  const back = readPeriod(
    ['more', 'than', ...words.slice(at + lead, at + lead + span.used), 'ago'],
    0,
    { today, calendar, yearStart },
  )
  if (back === null || 'problem' in back) return null
  return { range: back.range, as: null, days: null, used: lead + span.used }
}

/** Words of the past: a month without a year is the last one. */
export const PAST = new Set(
  'ended expired lapsed finished started began commenced since'.split(' '),
)

// Amounts: `over £1m`, `between 100k and 500k`, `£1m+`, `no more than 2.5 million`, `without a value`.

const VALUE_LEADS = phrases(
  'with a value of, with a value, with value, with values, value of, value is, valued at, ' +
    'valued, value, values, worth, worth of, costing, that cost, which cost, cost, costs, ' +
    'priced at, price, contract value, contract values, spend, that are worth, ' +
    'with a contract value, ',
)
type Sign = '>' | '>=' | '<' | '<='

const COMPARED: readonly (readonly [Sign, readonly string[]])[] = [
  [
    '>=',
    phrases(
      'at least, no less than, not less than, from, starting at, >=, ≥, minimum, min, ' +
        'minimum of, not under, not below',
    ),
  ],
  [
    '<=',
    phrases(
      'at most, no more than, not more than, up to, not over, not above, not exceeding, <=, ≤, ' +
        'maximum, max, maximum of, within',
    ),
  ],
  [
    '>',
    phrases(
      'over, above, more than, greater than, bigger than, larger than, higher than, exceeding, ' +
        'exceeds, in excess of, upwards of, north of, >, of more than, of over, over the, ' +
        'beyond, dearer than',
    ),
  ],
  [
    '<',
    phrases(
      'under, below, less than, smaller than, lower than, cheaper than, fewer than, <, ' +
        'of less than, of under, south of',
    ),
  ],
]
const VALUE_TAILS = phrases(
  'in value, in total, in total value, of value, pounds, gbp, quid, sterling, euros, euro, ' +
    'eur, dollars, usd, ',
)

export function amountsAt(
  words: Words,
  at: number,
): { readonly amounts: Amount[]; readonly used: number } | null {
  const none = longest(
    words,
    at,
    phrases(
      'without a value, without value, no value, with no value, value unknown, unknown value, ' +
        'value missing, missing value, without a known value, no recorded value, without values, ' +
        'no values, unvalued, without a recorded value, no value recorded, no value known, no value given',
    ),
  )
  if (none !== null) return { amounts: [{ is: 'none' }], used: none }
  const lead = longest(words, at, VALUE_LEADS) ?? 0
  const begins = at + lead
  const tail = (end: number) => end + (longest(words, end, VALUE_TAILS) ?? 0) - at
  const amount = (is: Sign, than: number, end: number, named: string | null): Amount => {
    const currency = named ?? CURRENCIES.get(words[end] ?? '')
    return { is, than: decimalOf(than), ...(currency === undefined ? {} : { currency }) }
  }
  const range = longest(words, begins, ['between', 'from', '']) ?? 0
  const first = figureAt(words, begins + range)
  const join = first === null ? -1 : begins + range + first.used
  const second =
    first !== null && /^(?:and|to|-|–|—)$/.test(words[join] ?? '')
      ? figureAt(words, join + 1)
      : null
  if (first !== null && second !== null && (first.sure || second.sure || lead > 0)) {
    // `between 1 and 5 million`
    const least =
      first.unit === null && second.unit !== null ? first.number * second.unit : first.amount
    const end = join + 1 + second.used
    const currency = second.currency ?? first.currency
    const amounts = [
      amount('>=', Math.min(least, second.amount), end, currency),
      amount('<=', Math.max(least, second.amount), end, currency),
    ]
    return { amounts, used: tail(end) }
  }
  for (const [is, phrases] of COMPARED) {
    const compared = longest(words, begins, phrases)
    const figure = compared === null ? null : figureAt(words, begins + compared)
    if (compared === null || figure === null) continue
    const end = begins + compared + figure.used
    // `more than 90 days`, `over 5 contracts`; `from 2027` is a year.
    if (!figure.sure && (lead === 0 ? figure.amount < 2100 : false)) continue
    if (/^(?:days?|weeks?|months?|years?|working|contracts?)$/.test(words[end] ?? '')) continue
    return { amounts: [amount(is, figure.amount, end, figure.currency)], used: tail(end) }
  }
  // `£1m+`, `£1m or more`
  const alone = figureAt(words, begins)
  if (alone === null || !alone.sure) return null
  const more = longest(
    words,
    begins + alone.used,
    phrases('+, or more, and over, or over, and above, or above, plus, and up, upwards, or higher'),
  )
  const less = longest(
    words,
    begins + alone.used,
    phrases('or less, and under, or under, and below, or below, or lower'),
  )
  if (!alone.plus && more === null && less === null) return null
  const is = less === null ? '>=' : '<='
  const end = begins + alone.used + (more ?? less ?? 0)
  return { amounts: [amount(is, alone.amount, end, alone.currency)], used: tail(end) }
}

const CURRENCIES: ReadonlyMap<string, string> = new Map([
  ...['£', 'gbp', 'pounds', 'quid', 'sterling'].map((word) => [word, 'GBP'] as const),
  ...['€', 'eur', 'euro', 'euros'].map((word) => [word, 'EUR'] as const),
  ...['$', 'usd', 'dollars'].map((word) => [word, 'USD'] as const),
])

function decimalOf(amount: number): Decimal {
  return asDecimal(String(Math.round(amount * 100) / 100))
}

interface Figure {
  readonly number: number
  /** What `million` makes of it; null where no such word follows. */
  readonly unit: number | null
  readonly amount: number
  /** As its sign names it. */
  readonly currency: string | null
  /** Nothing else is written like this. */
  readonly sure: boolean
  readonly plus: boolean
  readonly used: number
}

const UNITS: Readonly<Record<string, number>> = {
  ...{
    k: 1e3,
    thousand: 1e3,
    grand: 1e3,
    m: 1e6,
    mn: 1e6,
    mil: 1e6,
    mill: 1e6,
    mio: 1e6,
    million: 1e6,
  },
  ...{ millions: 1e6, bn: 1e9, b: 1e9, billion: 1e9 },
}
const NUMBERS =
  'one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty fifty hundred'.split(
    ' ',
  )
const NUMBER_VALUES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20, 30, 50, 100]

function figureAt(words: Words, at: number): Figure | null {
  const half = longest(
    words,
    at,
    phrases(
      'half a million, half a mil, a quarter of a million, quarter of a million, a million, ' +
        'a billion, a hundred thousand, half a billion',
    ),
  )
  if (half !== null) {
    const said = words.slice(at, at + half).join(' ')
    const unit = /billion/.test(said) ? 1e9 : /thousand/.test(said) ? 1e5 : 1e6
    const number = /half/.test(said) ? 0.5 : /quarter/.test(said) ? 0.25 : 1
    const amount = number * unit
    return { number, unit, amount, currency: null, sure: true, plus: false, used: half }
  }
  const word = words[at] ?? ''
  const spelled = NUMBER_VALUES[NUMBERS.indexOf(word)]
  const figures =
    /^([£€$]|gbp|eur|usd)?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(k|m|mn|mil|mill|bn|b|million|thousand)?(\+)?$/.exec(
      word,
    )
  if (figures === null && spelled === undefined) return null
  const number = spelled ?? Number((figures?.[2] ?? '').replaceAll(',', ''))
  const following = UNITS[words[at + 1] ?? '']
  const unit = figures?.[3] === undefined ? (following ?? null) : (UNITS[figures[3]] ?? null)
  const used = figures?.[3] === undefined && following !== undefined ? 2 : 1
  const amount = number * (unit ?? 1)
  if (!(amount < 1e15)) return null
  const isWritten = figures?.[1] !== undefined || (figures?.[2] ?? '').includes(',')
  const isMoney = CURRENCIES.has(words[at + used] ?? '')
  return {
    number,
    unit,
    amount,
    currency: CURRENCIES.get(figures?.[1] ?? '') ?? null,
    sure: unit !== null || isWritten || isMoney,
    plus: figures?.[4] === '+',
    used,
  }
}

// Order: `by value`, `biggest first`, `top 5`.

const ORDER_PHRASES = meaning<NonNullable<Filters['order']>>([
  [
    'dearest',
    'by value, by amount, by price, by cost, by size, by spend, by contract value, biggest first, largest first, highest first, dearest first, most expensive first, highest value first, biggest, largest, dearest, most expensive, highest value, most valuable, the biggest, the largest, by value descending, by value desc, value descending, value desc, by value high to low, biggest by value, largest by value, by highest value, by biggest, by largest',
  ],
  [
    'cheapest',
    'smallest first, lowest first, cheapest first, smallest, cheapest, lowest value, lowest value first, by value ascending, by value asc, value ascending, by value low to high, by lowest value, by smallest',
  ],
  [
    'soonest',
    'by end, by end date, by date, by expiry, by expiry date, by deadline, by due date, soonest first, soonest, earliest first, earliest, first to expire, next to expire, next to end, by end dates, in date order, date order',
  ],
  [
    'latest',
    'latest first, furthest first, last first, by end date descending, by date descending',
  ],
  ['supplier', 'by supplier, by vendor, by suppliers, by provider'],
  [
    'title',
    'by title, by name, alphabetically, alphabetical, in alphabetical order, a-z, alphabetical order',
  ],
  ['owner', 'by owner, by owners, by person'],
])
const SORTED = phrases(
  'sorted, sort, ordered, order, grouped, ranked, arranged, in order, listed, ',
)

export function orderAt(words: Words, at: number) {
  const top = /^(?:top|first|biggest|largest|smallest|cheapest|next)$/.exec(words[at] ?? '')?.[0]
  const number = countAt(words, top === undefined ? at : at + 1)
  if (
    top !== undefined &&
    number !== null &&
    readSpan(words, at + 1) === null &&
    !/^(?:half|quarter)$/.test(words[at + 2] ?? '')
  ) {
    const order =
      top === 'first'
        ? null
        : top === 'next'
          ? 'soonest'
          : /^[sc]/.test(top)
            ? 'cheapest'
            : 'dearest'
    return { order: order as Filters['order'], top: number, used: 2 }
  }
  const phrase =
    number === null || top !== undefined ? null : phraseAt(words, at + 1, ORDER_PHRASES)
  if (
    phrase !== null &&
    /^(?:biggest|largest|smallest|cheapest|most|highest|lowest|dearest)/.test(words[at + 1] ?? '')
  ) {
    return { order: phrase.value, top: number, used: 1 + phrase.used }
  }
  const lead = longest(words, at, SORTED) ?? 0
  const found = phraseAt(words, at + lead, ORDER_PHRASES)
  return found === null ? null : { order: found.value, top: null, used: lead + found.used }
}

function countAt(words: Words, at: number): number | null {
  const word = words[at] ?? ''
  const spelled = NUMBER_VALUES[NUMBERS.indexOf(word)]
  const number = /^\d{1,3}$/.test(word) ? Number(word) : spelled
  return number === undefined || number < 1 ? null : number
}

/** Words that a sentence can do without. Nothing that says no, or how much, or when, may be among them. */
export const FILLERS = new Set(
  (
    'a an the that these those it its them they their there here of in at on by to for as into and/or is are was were be been being am ' +
    'do does did done has have had having can could would should shall will might must may i we you your he she who whom whose which what when where why how ' +
    "it's what's whats who's whos where's that's there's i'm i'd i've we've let's " +
    'show list find search look lookup get give tell send see view display bring pull want wanted like need needs needing know check print return fetch ' +
    'please pls plz thanks thank thx cheers hi hello hey morning ok okay so just only also still already currently now then well ' +
    'contract contracts contracs agreement agreements arrangement arrangements deal deals item items one ones thing things stuff record records entry entries overview report ' +
    'register list details detail info information status some about regarding re concerning ' +
    'going go goes coming come comes happen happens happening up many count counts number fall falls falling until within with from got stands ' +
    'sort sorted order ordered department dept directorate me us'
  ).split(' '),
)
export const FILLER_PHRASES = phrases(
  'this contract, this register, this list, what is next, up next, how many, number of, ' +
    'as of today, as of now, at the moment, right now, thank you, who owns, who manages, ' +
    "who looks after, who runs, who is responsible for, who's responsible for, who has, " +
    'that are, which are, we have, do we have, have we got, show me, give me, tell me, let me, ' +
    'send me, get me, show us, give us, tell us',
)
