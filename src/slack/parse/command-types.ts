/** What a typed command can say, and the question back where it leaves something open. */
import { z } from 'zod'
import { type CivilDate, parseCivilDate } from '../../rules/civil-date.ts'
import { DEADLINE_KINDS, type DeadlineKind, type Period } from '../../rules/contract.ts'
import { type Decimal, parseDecimal } from '../../rules/money.ts'
import type { Notice } from '../../rules/notices.ts'
import { DIRECT_AWARDS } from '../../rules/procurement-routes.ts'
import type { CoverKind } from '../../rules/support.ts'
import { exampleOf, type Verb } from '../../text/help.ts'
import type { Range } from './period.ts'

/** Somebody who was named: by Slack id where Slack resolved the mention, else as typed. */
export type PersonMention = { readonly slackUser: string } | { readonly name: string }

/** What one column records: which values, how people call it, how it is said back. */
const column = (name: 'value_basis' | 'vat' | 'vat_recoverable', values: readonly string[]) => {
  return (words: string, said: string) => ({ column: name, values, words, said }) as const
}
const route = (values: readonly string[], words: string, said: string) =>
  ({ column: 'route', values, words, said }) as const
const law = (values: string, words: string, said: string) =>
  ({ column: 'regime', values: [values], words, said }) as const
const each = (stems: string, tails: string) =>
  stems
    .split(', ')
    .flatMap((stem) => tails.split(', ').map((tail) => stem.replace('~', tail)))
    .join(', ')
export const RECORDED = {
  'per-year': column('value_basis', ['annual'])(
    'priced per year, priced per annum, priced annually, priced by the year, annual value, annual values, annual contract value, annual contract values, yearly value, yearly values, annually priced, [is|are] (charged|billed|paid|charging|charge) (annually|yearly|by the year|per year|per annum), (annual|yearly) (charge|charges|fee|fees|bill|bills|price|prices|cost|costs), value per year, value a year',
    'priced per year',
  ),
  'at-most': column('value_basis', ['maximum'])(
    'maximum value, maximum values, a maximum value, ceiling value, ceiling values, a ceiling value, value is a maximum, values are a maximum',
    'whose value is a maximum',
  ),
  'vat-lost': column('vat_recoverable', ['none'])(
    `${each('vat ~ recoverable, vat ~ reclaimable, vat ~ recovered, vat ~ reclaimed', "is not, not, isn't, cannot be, can't be, may not be")}, ${each('~ recover vat, ~ recover the vat, ~ recover vat on, ~ recover the vat on, ~ reclaim vat, ~ reclaim the vat, ~ reclaim vat on, ~ reclaim the vat on, ~ get the vat back, ~ get the vat back on, ~ claim [the] vat back [on], ~ claim back [the] vat [on], ~ get [the] vat back [on]', "can't, can't we, we can't, cannot, don't, can not")}, irrecoverable vat, unrecoverable vat, vat lost, lose the vat, vat we lose`,
    'whose VAT is not recoverable',
  ),
  'vat-part': column('vat_recoverable', ['part'])(
    `${each('vat ~ recoverable, vat ~ reclaimable, vat ~ recovered', 'is partly, partly, is only partly, only partly, is partially, partially')}, partly recoverable vat, partially recoverable vat, vat recoverable in part, vat recoverable only in part`,
    'whose VAT is partly recoverable',
  ),
  'vat-full': column('vat_recoverable', ['full'])(
    `${each('vat ~ recoverable, vat ~ reclaimable, vat ~ recovered, vat ~ reclaimed', 'is, is fully, fully, can be, can be fully, is all')}, vat recoverable, vat reclaimable, recoverable vat, fully recoverable vat, reclaim the vat, recover the vat, reclaim vat, recover vat, reclaim vat on, recover vat on`,
    'whose VAT is recoverable',
  ),
  'with-vat': column('vat', ['gross'])(
    each(
      '~, value ~, values ~, price ~, prices ~, priced ~',
      'including vat, inclusive of vat, includes vat, include vat, inc vat, incl vat, with vat, vat included, vat inclusive, gross of vat',
    ),
    'whose value includes VAT',
  ),
  'net-of-vat': column('vat', ['net'])(
    each(
      '~, value ~, values ~, price ~, prices ~, priced ~',
      'excluding vat, exclusive of vat, excludes vat, exclude vat, exc vat, excl vat, ex vat, without vat, net of vat, vat excluded, vat exclusive, before vat, plus vat',
    ),
    'whose value is net of VAT',
  ),
  'direct-award': route(
    DIRECT_AWARDS,
    'direct award, direct awards, directly, direct, without competition, without a competition, without competing, not competed, uncompeted, never competed, directly awarded, awarded directly, direct awarded, direct-awarded, directly let',
    'awarded directly, by the route recorded',
  ),
  'mini-competition': route(
    ['mini-competition'],
    'mini competition, mini-competition, mini competitions, mini-competitions, further competition, minicomp, mini-comp',
    'bought by mini-competition',
  ),
  'open-procedure': route(
    ['open'],
    'open procedure, open tender, open tenders, open competition',
    'bought by open procedure',
  ),
  'flexible-procedure': route(
    ['competitive-flexible'],
    'competitive flexible procedure, competitive flexible, flexible procedure',
    'bought by competitive flexible procedure',
  ),
  'dynamic-market': route(
    ['dynamic-market'],
    'dynamic market, dynamic purchasing system, dps',
    'bought in a dynamic market',
  ),
  quotes: route(['quotes'], 'quotes, quotations, three quotes', 'bought by quotes'),
  'provider-selection': law(
    'PSR23',
    'psr, psr23, psr 23, psr2023, psr 2023, health services under the psr, health care services under the psr, healthcare services under the psr, provider selection regime, provider selection, health care services regime',
    'under the Provider Selection Regime',
  ),
  'procurement-act': law(
    'PA23',
    'procurement act, procurement act 2023, pa23, pa 23, pa2023, pa 2023, the new act',
    'under the Procurement Act 2023',
  ),
  'regulations-2015': law(
    'PCR15',
    'pcr, pcr15, pcr 15, pcr 2015, pcr2015, public contracts regulations, public contracts regulations 2015, old regulations',
    'under the Public Contracts Regulations 2015',
  ),
  'below-threshold': law(
    'below-threshold',
    'below threshold, below the threshold, sub-threshold, under threshold, under the threshold',
    'below the threshold',
  ),
} as const
export type Recorded = keyof typeof RECORDED
export const isRecorded = (state: ListState): state is Recorded => state in RECORDED

/** Columns that may be empty, and what stands there, as it is said back; null: rows of a table of their own. */
export const FILLED = {
  owner: ['owner_id', 'an owner'],
  deputy: ['deputy_id', 'a deputy'],
  lead: ['category_lead_id', 'a category lead'],
  end: ['current_latest', 'an end date'],
  start: ['start', 'a start date'],
  notice: ['notice_amount', 'a notice period'],
  supplier: ['supplier', 'a supplier'],
  reseller: ['reseller', 'a reseller'],
  category: ['category', 'a category'],
  route: ['route', 'a recorded route'],
  law: ['regime', 'a recorded law'],
  successor: ['successor', 'a successor'],
  documents: ['documents', 'documents'],
  dpia: ['dpia', 'an impact assessment (DPIA)'],
  products: [null, 'a product'],
} as const
type Filled = keyof typeof FILLED
export type IsFilled = `with-${Filled}` | `without-${Exclude<Filled, 'dpia' | 'end' | 'owner'>}`
/** Which column the state is about, and whether something stands there; null where it is of no column. */
export function filledBy(state: ListState) {
  const [, out, name = ''] = /^with(out)?-(\w+)$/.exec(state) ?? []
  const isOwn = state === 'without-dpia' || !(name in FILLED)
  const [column, said] = FILLED[name as Filled] ?? []
  return isOwn || said === undefined ? null : { has: out === undefined, column, said }
}
const FILLED_STATES = Object.keys(FILLED).flatMap((name) => [`with-${name}`, `without-${name}`])

/** Of a month of notice: no number of days is so many months. */
export const MONTH_DAYS = 30.44

export const LIST_STATES = [
  ...(['overdue', 'undated', 'rolling', 'open-ended', 'unowned', 'emergency'] as const),
  ...(['out-of-contract', 'unclassified', 'disputed', 'umbrella', 'historic', 'closed'] as const),
  ...(['live', 'one-buyer', 'all-buyers', 'shared', 'not-running', 'varied'] as const),
  ...(['option-taken', 'undecided', 'questioned', 'waived', 'procuring', 'not-procuring'] as const),
  ...([
    'renewed',
    'called-off',
    'extended-again',
    'imprecise',
    'without-dpia',
    'personal-data',
  ] as const),
  ...(FILLED_STATES as IsFilled[]),
  ...(Object.keys(RECORDED) as Recorded[]),
] as const
export type ListState = (typeof LIST_STATES)[number]

/** No contract is in two of these at once, or one holds the other: who names two means either. */
export const APART: ReadonlySet<ListState> = new Set([
  ...(['undated', 'rolling', 'open-ended', 'historic', 'closed', 'out-of-contract'] as const),
])

/**
 * What is of the word before it: a time or an amount where the register holds no such word (`awarded in 2024`),
 * `only` where it is one of several who buy.
 */
export interface Beside {
  readonly of: 'dates' | 'amounts' | 'only'
  readonly word: string
  readonly said: string
}

/** Days that are meant: of open deadlines, of ends to come, of ends whatever came of them, of starts, of renewals by itself, or of those on which extensions begin. */
export const DATES_OF = ['due', 'end', 'ended', 'start', 'renew', 'extended'] as const
export interface Dates {
  readonly of: (typeof DATES_OF)[number]
  /** One of these. */
  readonly ranges: readonly Range[]
  /** Only these days of the week, 1 for Monday. */
  readonly weekdays?: readonly number[]
  /** What they are called: `calendar Q1 2027`; null where the days say it. */
  readonly as: string | null
}

/**
 * `currency`: the one that was named; without one the number counts, whatever the currency. `of`: what its
 * extensions cost together, and not its value.
 */
export type Amount =
  | {
      readonly is: '>' | '>=' | '<' | '<=' | '='
      readonly than: Decimal
      readonly currency?: string
      /** `notice`, `term`: how many days it has. */
      readonly of?: 'extensions' | 'emergency' | 'notice' | 'term'
    }
  /** No value is recorded. */
  | { readonly is: 'none' }
  /** Whatever its amount. */
  | { readonly is: 'in'; readonly currency: string }

/** `of`: somebody's contracts: those they own, else those that they deputise for or lead. */
export const ROLES = ['deputy', 'lead', 'of'] as const
/** By what contracts are counted: `month`, `quarter` and `year` are those of their ends. */
export const GROUPS = [
  'supplier',
  'reseller',
  'owner',
  'deputy',
  'lead',
  'category',
  'team',
  'department',
  ...(['month', 'quarter', 'year'] as const),
] as const
export const ORDERS = [
  'dearest',
  'cheapest',
  'soonest',
  'latest',
  'supplier',
  'title',
  'owner',
  'oldest',
  'newest',
  ...(['longest', 'shortest', 'longest-notice', 'shortest-notice'] as const),
  ...(['deputy', 'lead', 'category', 'team', 'reference'] as const),
] as const

export const SUMS = ['extensions', 'average', 'yearly', 'yearly-average'] as const

/** Which contracts are meant: all that is not null has to fit. */
export interface Filters {
  /** The asker's own, those of the asker's team, or everybody's; null where nothing was said. */
  readonly whose: 'mine' | 'team' | 'all' | null
  readonly team: string | null
  readonly category: string | null
  readonly supplier: string | null
  readonly owner: PersonMention | null
  readonly person: { readonly role: (typeof ROLES)[number]; readonly who: PersonMention } | null
  readonly state: ListState | null
  readonly kind: DeadlineKind | null
  /** Presumed: what is closed or historic is left out, as nobody asked for it; false: it is asked for too. */
  readonly running: boolean | null
  /** Deadlines within so many days, overdue ones included. */
  readonly days: number | null
  readonly dates: Dates | null
  readonly amounts: readonly Amount[]
  /** A part of reference, title or supplier, as it stands. */
  readonly text: string | null
  /** Words that are no grammar: each is a word of the contract, a name, or not read. */
  readonly words: readonly string[]
  readonly beside: readonly Beside[]
  /** None of these fits. */
  readonly without: readonly Filters[]
  /** Of each of these groups one fits. */
  readonly either: readonly (readonly Filters[])[]
  readonly order: (typeof ORDERS)[number] | null
  /** Only so many, the first ones. */
  readonly top: number | null
  /** What they are worth together, on average, or a year of it together or on average; or what their extensions cost. */
  readonly sum: true | (typeof SUMS)[number] | null
  /** What was said and is not read: named in every answer. */
  readonly unread: readonly string[]
  /** What was misspelt, and what it was taken for. */
  readonly spelt: readonly string[]
  /** What was said besides, and is read as why it is asked. */
  readonly asides: readonly string[]
  /** How many each of these has; `than`: of those alone that have more, or the most or the fewest. */
  readonly per: {
    readonly of: (typeof GROUPS)[number]
    readonly than: number | 'most' | 'fewest' | null
  } | null
}
export const NO_FILTERS: Filters = {
  ...{ whose: null, team: null, category: null, supplier: null, owner: null, person: null },
  ...{ state: null, kind: null, running: null, days: null, dates: null, amounts: [], text: null },
  ...{ words: [], beside: [], without: [], either: [], order: null, top: null, sum: null },
  ...{ unread: [], spelt: [], asides: [], per: null },
}

// Filters as a button carries them: read again, they are what was understood first, on any day.

const TEXT = z.string()
const DAY = z.custom<CivilDate>((of) => typeof of === 'string' && parseCivilDate(of) !== null)
const FIGURE = z.custom<Decimal>((of) => typeof of === 'string' && parseDecimal(of) !== null)
const WHO = z.union([z.strictObject({ slackUser: TEXT }), z.strictObject({ name: TEXT })])
const AMOUNT = z.union([
  z.strictObject({ is: z.literal('none') }),
  z.strictObject({ is: z.literal('in'), currency: TEXT }),
  z.strictObject({
    is: z.enum(['>', '>=', '<', '<=', '=']),
    than: FIGURE,
    currency: z.exactOptional(TEXT),
    of: z.exactOptional(z.enum(['extensions', 'emergency', 'notice', 'term'])),
  }),
])
const OPEN = DAY.nullable().default(null)
/** Only what is said of them: all else stands as in `NO_FILTERS`. */
const SAID = z
  .strictObject({
    whose: z.enum(['mine', 'team', 'all']),
    ...{ team: TEXT, category: TEXT, supplier: TEXT, owner: WHO },
    person: z.strictObject({ role: z.enum(ROLES), who: WHO }),
    state: z.enum(LIST_STATES),
    kind: z.enum(DEADLINE_KINDS),
    running: z.boolean(),
    days: z.int().nonnegative(),
    dates: z.strictObject({
      of: z.enum(DATES_OF),
      ranges: z.array(z.strictObject({ from: OPEN, to: OPEN })),
      weekdays: z.exactOptional(z.array(z.int())),
      as: TEXT.nullable().default(null),
    }),
    amounts: z.array(AMOUNT),
    text: TEXT,
    ...{ words: z.array(TEXT), unread: z.array(TEXT), spelt: z.array(TEXT), asides: z.array(TEXT) },
    per: z.strictObject({
      of: z.enum(GROUPS),
      than: z
        .union([z.int(), z.enum(['most', 'fewest'])])
        .nullable()
        .default(null),
    }),
    beside: z.array(
      z.strictObject({ of: z.enum(['dates', 'amounts', 'only']), word: TEXT, said: TEXT }),
    ),
    without: z.array(z.lazy((): z.ZodType<Filters> => FILTERS)),
    either: z.array(z.array(z.lazy((): z.ZodType<Filters> => FILTERS))),
    order: z.enum(ORDERS),
    top: z.int().positive(),
    sum: z.union([z.literal(true), z.enum(SUMS)]),
  })
  .partial()
const FILTERS: z.ZodType<Filters> = SAID.transform(
  (said) => ({ ...NO_FILTERS, ...said }) as Filters,
)
const WRITTEN = z.strictObject({
  filters: FILTERS.default(NO_FILTERS),
  page: z.int().positive().default(1),
  channel: TEXT.nullable().default(null),
})
export type Written = z.infer<typeof WRITTEN>

/** Nothing where nothing is said. */
export function writeFilters(of: Partial<Written>): string {
  const isSaid = (value: unknown) => value !== null && !(Array.isArray(value) && value.length === 0)
  const json = JSON.stringify({ ...of, page: of.page === 1 ? null : of.page }, (_, value) =>
    isSaid(value) ? value : undefined,
  )
  return /^\{(?:"filters":\{\})?\}$/.test(json) ? '' : json
}

/** Null where it was not written by us. */
export function readWritten(json: string): Written | null {
  try {
    return WRITTEN.parse(JSON.parse(json))
  } catch {
    return null
  }
}

export type Command =
  /** Nothing was typed: what is due for the asker, and what else can be asked. */
  | { readonly verb: 'bare' }
  | { readonly verb: 'help'; readonly about: Verb | null }
  | { readonly verb: 'due' | 'list'; readonly filters: Filters; readonly page: number }
  /** A sentence; `typed` whole, as it may be a reference or a title. */
  | {
      readonly verb: 'ask'
      readonly filters: Filters
      readonly typed: string
      /** Deadlines are asked for, and not contracts. */
      readonly due: boolean
      /** The command that its first word nearly is. */
      readonly near: Verb | null
    }
  | { readonly verb: OnOneContract; readonly ref: string }
  /** To this day, or by this time beyond its end; both null: the form asks. */
  | {
      readonly verb: 'extend'
      readonly ref: string
      readonly to: CivilDate | null
      readonly by: Period | null
      readonly kind: SaidKind | null
    }
  | { readonly verb: 'decide'; readonly ref: string; readonly choice: DecisionChoice | null }
  | { readonly verb: 'add'; readonly title: string | null }
  /** The form of a record; `ref` null: it asks of which contract. */
  | { readonly verb: 'waiver'; readonly ref: string | null }
  /** With neither owner nor deputy: both are asked for. */
  | {
      readonly verb: 'own'
      readonly ref: string
      readonly owner: PersonMention | null
      readonly deputy: PersonMention | null
    }
  | {
      readonly verb: 'snooze'
      readonly ref: string
      /** The day on which it is asked again. */
      readonly until: CivilDate
      readonly why: string | null
    }
  /** `addDays`: with so many days more; 0 for as it stands. */
  | { readonly verb: 'headroom'; readonly ref: string; readonly addDays: number }
  /** A route as it was typed; null: the recorded one, else the one assumed by value. */
  | { readonly verb: 'start-by'; readonly ref: string; readonly route: string | null }
  /** `said`: the reference of what was published, or why nothing is. */
  | {
      readonly verb: 'published'
      readonly ref: string
      readonly notice: Notice
      readonly said: string
    }
  | { readonly verb: 'explain'; readonly ref: string; readonly on: CivilDate | null }
  /** `channel`: a Slack id; null means the channel in which it was asked. */
  | { readonly verb: 'preview'; readonly days: number | null; readonly channel: string | null }
  | {
      readonly verb:
        | 'triage'
        | 'summary'
        | 'chains'
        | 'cliffs'
        | 'exposure'
        | 'export'
        | 'personal-data'
      readonly filters: Filters
    }
  /** `text`: a supplier's name or a part of it. */
  | { readonly verb: 'consolidate'; readonly text: string }
  | { readonly verb: 'subscribe'; readonly filters: Filters; readonly channel: string | null }
  | { readonly verb: 'unsubscribe' | 'subscriptions'; readonly channel: string | null }
  /** A financial year as it was typed, such as `2026/27`; null: this one. */
  | {
      readonly verb: 'costs' | 'waivers' | 'pipeline' | 'ledger'
      readonly year: string | null
      readonly team: string | null
    }
  /** `product`: with its release, as it was typed. */
  | {
      readonly verb: 'cover'
      readonly ref: string
      readonly product: string
      readonly kind: CoverKind
      readonly count: number | null
      readonly custom: boolean | null
      /** It holds for every team; null: nothing is said of it. */
      readonly forAll: true | null
    }
  | {
      readonly verb: 'products'
      readonly uncovered: boolean
      readonly team: string | null
      /** What words mean, `nothing` among it; `is` null: what is proposed. Null: they are only listed. */
      readonly says: { readonly words: string; readonly is: string | null } | null
    }
  | {
      readonly verb: 'support'
      readonly days: number | null
      /** As it would be on this day; null: today. */
      readonly asOf: CivilDate | null
      readonly team: string | null
    }
  /** `team` null: the asker's own contracts. */
  | { readonly verb: 'calendar'; readonly team: string | null; readonly revoke: boolean }
  | { readonly verb: 'import' | 'questions' | 'board' | 'teams' | 'people' }
  /** A name in a register and the account that it means. */
  | { readonly verb: 'link'; readonly name: string; readonly who: PersonMention }
  | { readonly verb: 'unlink'; readonly name: string }
  | { readonly verb: 'settings'; readonly of: SettingsOf }

/** Whose settings; `team` null: the asker's own. */
export type SettingsOf =
  | { readonly team: string | null }
  | { readonly organisation: true }
  | { readonly ref: string }

/** What is done or shown of one contract. */
export type Acting = Extract<Command, { readonly ref: string | null }> & { readonly ref: string }

export type OnOneContract = 'show' | 'umbrella' | 'edit' | 'withdraw' | 'ack' | 'history'

/** What a command says of the form that it opens. */
export type Fill =
  | Pick<Extract<Command, { readonly verb: 'extend' }>, 'to' | 'by' | 'kind'>
  | Pick<Extract<Command, { readonly verb: 'decide' }>, 'choice'>
  | Pick<Extract<Command, { readonly verb: 'snooze' }>, 'until' | 'why'>
  | { readonly owner: PersonMention | null }

export interface Misread {
  readonly verb: 'misread'
  /** What is wrong, in one sentence. Holds what was typed: text from outside. */
  readonly problem: string
  /** What was probably meant; null where nobody can tell. */
  readonly meant: Command | null
  /** How one types what was meant. */
  readonly said: string | null
  readonly example: string
  /** `meant` was understood, and is asked for once more: it would be done at once. */
  readonly isOrder: boolean
}

/** What a person can say that an extension is. */
export const SAID_KINDS = ['option', 'variation', 'emergency', 'renewal'] as const
export type SaidKind = (typeof SAID_KINDS)[number]

/** What can be decided about a date. */
export const CHOICES = [
  'take-option',
  'modify',
  'call-off',
  'called-off',
  'direct-award',
  'compete',
  'exit',
  'let-end',
  'serve-notice',
  'no-notice',
  'reviewed',
] as const
export type DecisionChoice = (typeof CHOICES)[number]

// A question back, where a command leaves something open.

export const WHICH = 'Which contract? Give its reference, or a part of it or of its title.'

export function missing(verb: Verb, problem: string): Misread {
  return {
    verb: 'misread',
    problem,
    meant: null,
    said: null,
    example: exampleOf(verb),
    isOrder: false,
  }
}
