/** What the rules need to know of a contract. Plain facts: no clock, no database. */
import { addDays, type CivilDate, dayText } from './civil-date.ts'
import type { Decimal, VatState } from './money.ts'
import { plainAnswer } from './text-match.ts'

/** A length of time as the contract words it: `3 months` and `90 days` are not the same. */
export interface Period {
  readonly amount: number
  readonly unit: PeriodUnit
}
export type PeriodUnit = 'days' | 'working-days' | 'weeks' | 'months' | 'years'

const FORMS = ['contract', 'framework', 'call-off', 'lot', 'purchase-order', 'licence'] as const
export type Form = (typeof FORMS)[number]

export const REGIMES = ['PA23', 'PCR15', 'PSR23', 'below-threshold', 'other'] as const
/** The law a contract and its modifications stand under. */
export type Regime = (typeof REGIMES)[number]

export const PRECISIONS = ['day', 'month', 'quarter', 'year'] as const
export type Precision = (typeof PRECISIONS)[number]

/**
 * When a contract ends. An imprecise end ("until June 2018") has an earliest and a latest
 * possible day: warnings count to the earliest, it is overdue only after the latest.
 */
export type End =
  | {
      readonly kind: 'dated'
      readonly earliest: CivilDate
      readonly latest: CivilDate
      readonly precision: Precision
    }
  /** No end is known: listed, never silent. */
  | { readonly kind: 'undated' }
  /** A sentinel such as 2099-12-31: it runs until somebody gives notice. */
  | { readonly kind: 'rolling' }

export const VALUE_BASES = ['committed', 'maximum', 'annual', 'unknown'] as const
export type ValueBasis = (typeof VALUE_BASES)[number]

/** A decision that settles one deadline, with its evidence. */
export interface Decision {
  readonly deadline: DecidableKind
  readonly text: string
  readonly evidence: string | null
  readonly decidedOn: CivilDate
  /** The deadline's date when it was decided; a moved date asks anew. */
  readonly deadlineOn: CivilDate
}
export const DECIDABLE_KINDS = [
  'start-by',
  'notice',
  'option',
  'call-off-by',
  'end',
  'review',
] as const
export type DecidableKind = (typeof DECIDABLE_KINDS)[number]

/** What tells until when the framework that a contract relies on takes call-offs; null is unknown. */
export interface CallOffs {
  /** The framework's reference; null where only its day is known. */
  readonly framework: string | null
  /** The last day as the contract's own register gives it, and as the framework's does. */
  readonly ownDay: CivilDate | null
  readonly frameworkDay: CivilDate | null
  /** The framework's last day of cover, of several possible ones the earliest; or when it was closed. */
  readonly frameworkEnd: CivilDate | null
}

/** What a contract can be called by. */
export interface ContractNames {
  readonly reference: string
  readonly title: string | null
  readonly supplier: string | null
}

/** Of a contract that renews by itself: nobody knows its notice, which is not to have none. */
export const NO_NOTICE_GIVEN = 'not given'
/** How the question about a status that says that one lives begins, whose end passed long ago. */
export const LIVES_LONG_PAST = 'lives long past'

/** The facts from which deadlines follow. */
export interface Contract {
  readonly start: CivilDate | null
  /** As awarded: frozen, so that a register's later end cannot hide a rollover. */
  readonly awardedEnd: End
  /**
   * The earlier last day that the register gives, where people recorded a later one: warnings count
   * to it until somebody says which holds.
   */
  readonly disputedEnd?: CivilDate | null
  /** The maximum end, options included: past it no option exists. */
  readonly awardedMaximumEnd: CivilDate | null
  readonly extensions: readonly Extension[]
  readonly noticePeriod: Period | null
  /**
   * The words of the notice where the register has any beside its length; `by 2027-01-04` where it
   * gives the day itself; `NO_NOTICE_GIVEN` where it renews by itself and the register gives none.
   */
  readonly noticeText?: string | null
  /** Null where the register does not say. */
  readonly automaticRenewal: boolean | null
  readonly renewalTerm: Period | null
  /**
   * The first day of a term of a contract that rolls on from term to term; absent or null where terms
   * are counted from its start.
   */
  readonly rollsFrom?: CivilDate | null
  /** The last day to exercise its option, as the register gives it; absent or null where it does not. */
  readonly optionBy?: CivilDate | null
  readonly reviewOn: CivilDate | null
  /** Whether it processes personal data: then its review is one of data protection. Null: nobody said. */
  readonly personalData?: boolean | null
  /** One of the routes of rules/procurement-routes.ts, or null: then it is assumed by value. */
  readonly route: string | null
  readonly value: Decimal | null
  readonly currency: string
  /** What the value says, and whether VAT is in it; absent where nobody said. */
  readonly valueBasis?: ValueBasis
  readonly vat?: VatState
  /** What it buys, in the register's words; absent or null where it does not say. */
  readonly category?: string | null
  /** As the law looks at it; absent or null where nobody said. */
  readonly regime?: Regime | null
  readonly works?: boolean | null
  readonly lightTouch?: boolean | null
  /** Until when its framework takes call-offs; absent or null where it relies on none. */
  readonly callOffs?: CallOffs | null
  readonly decisions: readonly Decision[]
  /** The first day that a signed successor covers, where there is one. */
  readonly successorStart: CivilDate | null
  /** Closed by a person (terminated, exit confirmed): nothing is monitored any more. */
  readonly closed: boolean
  /** Ended long before it was first seen: listed, never alerted. */
  readonly historic: boolean
  /** What the answers to each open question about it say; absent where nothing is asked. */
  readonly asked?: readonly (readonly Answered[])[]
}

/** What an answer to an open question says of a contract, as far as its renewal hangs on it. */
export type Answered = Partial<
  Pick<
    Contract,
    | 'start'
    | 'noticePeriod'
    | 'noticeText'
    | 'automaticRenewal'
    | 'renewalTerm'
    | 'rollsFrom'
    | 'closed'
  >
> & {
  readonly end?: End
  readonly extensions?: readonly (Omit<Extension, 'from'> & { readonly from: CivilDate | null })[]
}

/** Stands for the reference of an impact assessment that was made and has none here. */
export const ASSESSED = 'made, no reference is known'

/** What words say of an impact assessment; null where they are none that is known. */
export function assessmentSaid(text: string): 'none' | 'open' | 'made' | 'known' | null {
  const words = text.replace(/\s+/g, ' ').trim()
  const plain = plainAnswer(words)
  if (plain !== null) return plain ? 'made' : 'none'
  if (
    /^(?:(?:is |was |to be )?(?:pending|in (?:progress|draft|review|hand)|ongoing|on-going|under ?way|draft(?:ed|ing)?|started|begun|awaiting|with |being |under |sent|submitted|required|needed|outstanding|overdue|due|planned|scheduled|requested|not (?:yet|complete[d]?|finished|signed|approved)|incomplete|partial\w*|wip|to (?:be )?(?:do|done|complete[d]?|start\w*|follow|review\w*|write|written|draft\w*))\b|for review|yes\W+(?:but |in progress|draft|pending|required|not ))/i.test(
      words,
    )
  )
    return 'open'
  if (/\d/.test(words)) return 'known'
  if (
    /^(?:none|nil|never|not (?:required|needed|applicable|necessary|done|made|recorded|undertaken|completed before)|no (?:dpia|assessment|personal data)\b.*|screened out|exempt|out of scope)\.?$/i.test(
      words,
    )
  )
    return 'none'
  const made =
    /^(?:yes|made|done|complete[d]?|approved|signed(?: off)?|in place|on file|held|undertaken|carried out|finished|published|available|attached|received|conducted|agreed|satisfactory|current|valid)\b/i
  return made.test(words) ? 'made' : null
}

// Where a contract ends today: its awarded end, moved by its extensions.

/** The extension that sets the current end, or null where the awarded end still holds. */
export function lastExtension(
  contract: Pick<Contract, 'awardedEnd' | 'extensions'>,
): Extension | null {
  let last: Extension | null = null
  for (const extension of contract.extensions) {
    if (movesEnd(extension) && (last === null || outlasts(extension, last))) last = extension
  }
  if (last === null) return null
  // A rolling contract has no awarded end that an extension could move.
  if (contract.awardedEnd.kind === 'rolling') return null
  if (contract.awardedEnd.kind === 'dated' && last.to <= contract.awardedEnd.latest) return null
  return last
}

/** Of several to the same day what a person classified, then the newest: `LAST_EXTENSION_FIRST` in SQL. */
function outlasts(a: Extension, b: Extension): boolean {
  if (a.to !== b.to) return a.to > b.to
  const [aUnknown, bUnknown] = [a.kind === 'unknown', b.kind === 'unknown']
  return aUnknown === bUnknown ? (a.id ?? 0) >= (b.id ?? 0) : bUnknown
}

/**
 * The current end: that of the last extension that moves it, else as awarded. Where the register
 * gives an earlier day than people recorded, it may be either, and warnings count to the earlier.
 */
export function currentEnd(
  contract: Pick<Contract, 'awardedEnd' | 'extensions' | 'disputedEnd'>,
): End {
  const end = recordedEnd(contract)
  const disputed = contract.disputedEnd ?? null
  if (disputed === null) return end
  if (end.kind !== 'dated') {
    return endOn(disputed)
  }
  return disputed < end.earliest ? { ...end, earliest: disputed } : end
}

export type DatedEnd = Extract<End, { kind: 'dated' }>

export function endOn(day: CivilDate): DatedEnd {
  return { kind: 'dated', earliest: day, latest: day, precision: 'day' }
}

function recordedEnd(contract: Pick<Contract, 'awardedEnd' | 'extensions'>): End {
  const last = lastExtension(contract)
  if (last === null) return contract.awardedEnd
  return endOn(last.to)
}

/** The first day without cover, counted from the earliest day on which it may end. */
export function firstDayAfter(end: End): CivilDate | null {
  return end.kind === 'dated' ? addDays(end.earliest, 1) : null
}

// Extensions: what moved a contract's end after it was awarded.

export const EXTENSION_KINDS = ['option', 'variation', 'emergency', 'renewal', 'unknown'] as const
/**
 * `option` was in the contract; `variation` was agreed; `emergency` was unplanned, to avoid a
 * lapse; `renewal` came about by itself; `unknown` is a later end from a register, until a
 * person says what it was.
 */
export type ExtensionKind = (typeof EXTENSION_KINDS)[number]

export const EXTENSION_STATUSES = ['proposed', 'presumed', 'confirmed', 'withdrawn'] as const
/** Confirmed and presumed extensions move the end; proposed and withdrawn ones move nothing. */
type ExtensionStatus = (typeof EXTENSION_STATUSES)[number]

/** What an extension rests on, in the words of whoever recorded it. */
export interface ExtensionGrounds {
  readonly rule: string | null
  readonly grounds: string | null
  readonly approver: string | null
  readonly noticeReference: string | null
}

export interface Extension {
  /** Grows in the order of recording; absent where it is not recorded yet, and the list has that order. */
  readonly id?: number
  readonly kind: ExtensionKind
  readonly status: ExtensionStatus
  /** First day of the added cover. */
  readonly from: CivilDate
  /** Last day of the added cover, inclusive. */
  readonly to: CivilDate
  readonly cost: Decimal | null
  /** The civil day on which it became known; null where the register does not say. */
  readonly knownOn: CivilDate | null
}

/** Whether an extension of this status moves the contract's current end. */
export function movesEnd(extension: Pick<Extension, 'status'>): boolean {
  return extension.status === 'confirmed' || extension.status === 'presumed'
}

/** When its data-protection review is due, and the day of the last one that somebody recorded. */
export interface ReviewDays {
  readonly personalData: boolean | null
  readonly reviewOn: CivilDate | null
  readonly reviewedOn: CivilDate | null
}

export function reviewDays({ personalData, reviewOn, decisions }: Contract): ReviewDays {
  const days = decisions.flatMap(({ deadline, decidedOn }) =>
    deadline === 'review' ? [decidedOn] : [],
  )
  return { personalData: personalData ?? null, reviewOn, reviewedOn: days.sort().at(-1) ?? null }
}

/**
 * What is to be said of the review beside an extension that begins on this day: that it is older, or
 * that none is recorded; null where it is not, where there is no extension, and where nobody said
 * that personal data is processed. A recorded review counts on its day, else the day that it is due.
 */
export function reviewBeside(
  { personalData, reviewOn, reviewedOn }: ReviewDays,
  from: CivilDate | null,
): string | null {
  if (personalData !== true || from === null) return null
  const last = reviewedOn ?? reviewOn
  if (last === null) {
    return `no data-protection review is recorded, and the extension begins on ${dayText(from)}`
  }
  if (last >= from) return null
  return `the review is older than the extension: data-protection review of ${dayText(last)}, extension from ${dayText(from)}`
}

/**
 * The kinds of deadlines, in the order in which they usually fall. `renewal`: there is a notice, and
 * nobody said whether the contract renews by itself, which is asked before the day of that notice.
 */
export const DEADLINE_KINDS = [
  'start-by',
  'notice',
  'renewal',
  'option',
  'call-off-by',
  'end',
  'emergency-end',
  'review',
] as const
export type DeadlineKind = (typeof DEADLINE_KINDS)[number]

/** Whether it only asks, or repeats for years: it is told of, and hides no other date. */
export function leadsNothing(kind: DeadlineKind): boolean {
  return kind === 'review' || kind === 'renewal'
}

/** Whether it is the end of the contract, or of the emergency extension that it runs on. */
export function isEnd(kind: DeadlineKind): kind is 'end' | 'emergency-end' {
  return kind === 'end' || kind === 'emergency-end'
}
export const END_KINDS = DEADLINE_KINDS.filter(isEnd)

const SEVERITIES = ['overdue', 'urgent', 'soon', 'planned'] as const
/** Days before a deadline from which on it is soon, and urgent. */
export const SOON_DAYS = 30
export const URGENT_DAYS = 7

/** overdue: the day has passed; urgent and soon: at most so many days are left; planned: more. */
export type Severity = (typeof SEVERITIES)[number]

/** The severity of a deadline with so many days left; negative after it. */
export function severity(daysLeft: number): Severity {
  if (daysLeft < 0) return 'overdue'
  if (daysLeft <= URGENT_DAYS) return 'urgent'
  return daysLeft <= SOON_DAYS ? 'soon' : 'planned'
}

// Who is mentioned in the warning of a deadline: one person, never everybody.

const ROLES = ['owner', 'deputy', 'category lead', 'finance partner'] as const
export type Role = (typeof ROLES)[number]

/** Who answers for a contract; null where nobody is named. */
export interface ContractPeople<Person> {
  readonly owner: Person | null
  readonly deputy: Person | null
  readonly categoryLead: Person | null
  readonly financePartner: Person | null
}

export interface Addressee<Person> {
  readonly role: Role
  readonly person: Person
}

/** `start`: a procurement has to begin; `cost`: money is spent without cover, or nobody knows how much. */
type Responsibility = 'start' | 'cost' | 'rest'

/** A start is the category lead's, money without cover the finance partner's, the rest the owner's. */
export function responsibilityFor(kind: DeadlineKind, outOfContract: boolean): Responsibility {
  if (kind === 'start-by' || kind === 'call-off-by') return 'start'
  return outOfContract && isEnd(kind) ? 'cost' : 'rest'
}

/**
 * The person whom a warning addresses; null where nobody is left but the team's channel.
 * Somebody who has gone is passed over: after the owner comes the deputy, then the category lead.
 */
export function addresseeOf<Person extends { readonly gone: boolean }>(
  responsibility: Responsibility,
  people: ContractPeople<Person>,
): Addressee<Person> | null {
  const { owner, deputy, categoryLead, financePartner } = people
  const chain: readonly (readonly [Role, Person | null])[] = [
    ...(responsibility === 'start' ? [['category lead', categoryLead] as const] : []),
    ...(responsibility === 'cost' ? [['finance partner', financePartner] as const] : []),
    ['owner', owner],
    // Where nobody was ever named, the lead knows whom to name; an owner who left has a deputy.
    ...(owner === null ? [['category lead', categoryLead] as const] : []),
    ['deputy', deputy],
    ['category lead', categoryLead],
  ]
  for (const [role, person] of chain) {
    if (person !== null && !person.gone) return { role, person }
  }
  return null
}

/** Those to speak to about deadlines of these kinds, each once. */
export function addresseesOf<Person extends { readonly id: number; readonly gone: boolean }>(
  kinds: readonly DeadlineKind[],
  outOfContract: boolean,
  people: ContractPeople<Person>,
): Addressee<Person>[] {
  const responsibilities = new Set(kinds.map((kind) => responsibilityFor(kind, outOfContract)))
  return eachOnce(
    [...responsibilities].flatMap((responsibility) => addresseeOf(responsibility, people) ?? []),
  )
}

export function eachOnce<Person extends { readonly id: number }>(
  found: readonly Addressee<Person>[],
): Addressee<Person>[] {
  return found.filter(
    ({ person }, at) => found.findIndex((each) => each.person.id === person.id) === at,
  )
}

/**
 * In which state a contract is on a day, and what a warning about it then asks. `stateSql` of
 * `reports/contract.ts` says the same in SQL, for lists; test/contract-state.test.ts holds both
 * equal.
 */

const CONTRACT_STATES = [
  'active',
  'historic',
  'out-of-contract',
  'undated',
  'rolling',
  'closed',
] as const
export type ContractState = (typeof CONTRACT_STATES)[number]

export interface StateFacts {
  /** A person closed it. */
  readonly closed: boolean
  readonly historic: boolean
  readonly endKind: 'dated' | 'undated' | 'rolling'
  /** The last day of its cover as it stands; null where it has no end. */
  readonly currentEnd: CivilDate | null
  /** Evidence of what came after its end is recorded. */
  readonly endSettled: boolean
}

/** Past its end without evidence of what came after, it is out of contract; with evidence, closed. */
export function contractState(facts: StateFacts, today: CivilDate): ContractState {
  const { closed, historic, endKind, currentEnd, endSettled } = facts
  if (closed) return 'closed'
  if (historic) return 'historic'
  // An extension, or a register that disagrees, may have given an end to one that had none.
  if (currentEnd === null) return endKind === 'dated' ? 'active' : endKind
  if (currentEnd >= today) return 'active'
  return endSettled ? 'closed' : 'out-of-contract'
}

export interface WarnedOf {
  readonly kind: DeadlineKind
  readonly state: 'open' | 'acknowledged' | 'snoozed' | 'superseded' | 'closed'
}

/**
 * What can be done about a contract of this state that these alerts warn of; superseded ones count
 * for nothing. A message asks whether the service is still supplied only where it warned of the end:
 * one about a notice is no place for the answer. A card, which stands for the whole contract, asks
 * whatever its alerts are, and without any offers what an acknowledged warning does.
 */
export function warningState(
  state: ContractState,
  alerts: readonly WarnedOf[],
  { stillSupplied, isCard }: { readonly stillSupplied: boolean; readonly isCard: boolean },
): 'open' | 'acknowledged' | 'snoozed' | 'asked' | 'out-of-contract' | 'closed' {
  const living = alerts.filter((alert) => alert.state !== 'superseded')
  if (state === 'closed' || state === 'historic') return 'closed'
  if (!isCard && living.every((alert) => alert.state === 'closed')) return 'closed'
  if (state === 'out-of-contract' && (isCard || living.some(({ kind }) => isEnd(kind)))) {
    return stillSupplied ? 'out-of-contract' : 'asked'
  }
  // One open warning makes all of it open; else one that is snoozed makes it snoozed.
  return (
    (['open', 'snoozed'] as const).find((each) => living.some((alert) => alert.state === each)) ??
    'acknowledged'
  )
}

// Documents of a contract: links to where it is kept.

export interface LinkedDocument {
  readonly title: string
  readonly url: string
}

/** Slack and spreadsheets take longer ones; nobody reads them. */
const MOST_URL = 1000

/**
 * The address as browsers write it; null for anything that is no plain web address: another scheme, a
 * password in it, or too long. What would end a link in a message is escaped.
 */
export function webAddress(typed: string): string | null {
  if (!URL.canParse(typed)) return null
  const url = new URL(typed)
  const isPlain = url.username === '' && url.password === '' && url.hostname !== ''
  const text = url.href.replace(
    /[<>|"'`\\^{}\s]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  )
  return /^https?:$/.test(url.protocol) && isPlain && text.length <= MOST_URL ? text : null
}

/** What a contract's column holds of its documents, as JSON; null for none. */
export function documentsText(documents: readonly LinkedDocument[]): string | null {
  const kept = documents.map(({ title, url }) => ({ title, url }))
  return kept.length === 0 ? null : JSON.stringify(kept)
}

/** What `documentsText` wrote; an address that is none any more is left out. */
export function documentsOf(column: string | null): LinkedDocument[] {
  if (column === null) return []
  const kept: unknown = JSON.parse(column)
  return (Array.isArray(kept) ? kept : []).flatMap((each): LinkedDocument[] => {
    const { title, url: address } = each as Partial<Record<keyof LinkedDocument, unknown>>
    const url = typeof address === 'string' ? webAddress(address) : null
    return typeof title === 'string' && url !== null ? [{ title, url }] : []
  })
}
