/** What answers and App Home are made of. */
import type { CheckpointName } from '../rules/checkpoints.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import type { ContractNames, DeadlineKind, Extension } from '../rules/contract.ts'
import type { HeadroomTest } from '../rules/headroom.ts'
import type { Decimal } from '../rules/money.ts'
import type { NoticeTask } from '../rules/notices.ts'
import type { Accruing, Baseline, NoBaseline, Premium } from '../rules/premium.ts'
import type { NotCovered } from '../rules/reminder-plan.ts'
import type { BoardFacts } from './board.ts'
import type { ButtonSubject, HomeViewName, WarningState } from './buttons.ts'
import type {
  AskedFact,
  CliffFacts,
  ContractFacts,
  PersonFact,
  SummaryItem,
  UmbrellaCounts,
} from './facts.ts'
import type { ShownCover } from './support.ts'

// What the answers to commands are made of.

export const VOICES = ['mention', 'dm', 'neither'] as const
export type ReminderChannel = (typeof VOICES)[number]

/** What every answer knows of the question. */
export interface AnswerContext {
  /** The command as text that reads back as itself, without a page: what its buttons carry. */
  readonly query: string
  /** Posted for all to see, after "Share here": then it has no buttons of the asker's. */
  readonly shared: boolean
  /** Guests or other organisations are in the channel: no prices. */
  readonly hidePrices: boolean
}

/** One contract in a list: its most urgent date first. */
export interface ListEntry extends SummaryItem {
  readonly contractId: number
  readonly version: number
  /** Whether the asker may change it: then its menu offers that. */
  readonly mayChange: boolean
  /** Listed for an extension that nobody has classified: then its menu offers to say what it was. */
  readonly unclassified?: boolean
  /** Listed for an end that the register and people give differently: its form asks which holds. */
  readonly disputed?: boolean
}

/** What an answer tells beside its contracts. */
interface Beside {
  /** What was asked of the one contract that it tells of: `deputy: Mei Lindqvar`. */
  readonly told?: string | null
  /** How words were taken, what was left out, and ends that may be any day of some. */
  readonly beside?: readonly string[]
}

export interface PageFacts extends AnswerContext, Beside {
  readonly asOf: CivilDate
  /** Counted from 1. */
  readonly page: number
  readonly pages: number
  readonly total: number
  /** At most ten. */
  readonly entries: readonly ListEntry[]
  /** What was said and not read; left out where nothing was. */
  readonly unread?: readonly string[]
}

export interface DueFacts extends PageFacts {
  /** How far ahead was looked; null where the scope says when. */
  readonly days: number | null
  /** Which of them, in words that end a sentence: `of yours`, `of team Digital`; empty for all. */
  readonly scope: string
}

export interface ListFacts extends PageFacts {
  /** What was looked for, in words: `without an owner`, `"microsoft"`; empty for all. */
  readonly scope: string
}

export interface CardFacts extends AnswerContext, Beside {
  readonly asOf: CivilDate
  readonly subject: ButtonSubject
  readonly mayChange: boolean
  readonly contract: ContractFacts
  readonly deputy: PersonFact | null
  readonly categoryLead: PersonFact | null
  readonly financePartner: PersonFact | null
  readonly start: CivilDate | null
  readonly maximumEnd: CivilDate | null
  /** In words: `3 months`; null where none is recorded. */
  readonly noticePeriod: string | null
  readonly automaticRenewal: boolean | null
  /** In words: `running`, `rolling on`, `historic, not watched`. */
  readonly standing: string
  readonly state: WarningState
  readonly deadlines: readonly CardDeadline[]
  readonly extensions: readonly CardExtension[]
  /** How many waivers stand; absent: none. */
  readonly waivers?: number
  /** The reference of the framework under which it was called off. */
  readonly parent?: string | null
  /** The products that it covers; absent where nobody asked. */
  readonly covers?: readonly ShownCover[]
  /** What its title seems to say of a product, where nobody said what it covers: asked, never linked. */
  readonly coverAsked?: string | null
  /** The reference of the umbrella that takes its place. */
  readonly replacedBy?: string | null
  /** Whether its personal data goes to third parties, to whom, and under which assessment. */
  readonly dataSharing?: {
    readonly sharesData: boolean | null
    readonly sharedWith: string | null
    readonly dpia: string | null
  }
  /** Whom it covers and what it replaces, where it is an umbrella. */
  readonly umbrella?: UmbrellaFacts
  /** The steps of the procurement under way, in their order. */
  readonly checkpoints?: readonly CardCheckpoint[]
  readonly source: string
  /** What is charged for one unit of time, in words: `£702 a month`; null where none is recorded. */
  readonly charge?: string | null
  /** What an ordinary month costs, with the method; absent where nobody asked. */
  readonly month?: Baseline | NoBaseline
  /** Supplied without cover, its ordinary cost adding up by the day; absent where it is not. */
  readonly accruing?: Accruing
  /** The tests of procurement law; absent where nobody asked. */
  readonly headroom?: readonly HeadroomTest[]
  /** Notices to check about now; absent where nobody asked. */
  readonly notices?: readonly NoticeTask[]
  /** What is wrong with the row it came from, or does not fit together, in sentences. */
  readonly problems: readonly string[]
  /** What is open about it; only where somebody may answer. */
  readonly questions?: readonly QuestionFact[]
}
export interface CardDeadline {
  readonly kind: DeadlineKind
  readonly on: CivilDate
  readonly daysLeft: number
  readonly reason: string
  /** The day on which it is told next; null where it is not. */
  readonly nextOn: CivilDate | null
  /** Why nothing has to be done about it any more; null while it is open. */
  readonly settled: string | null
}
export interface CardCheckpoint {
  readonly name: CheckpointName
  /** The day by which it is due now, and as it was first planned. */
  readonly on: CivilDate
  readonly plannedOn: CivilDate
  readonly askedOn: CivilDate | null
  readonly doneOn: CivilDate | null
  readonly slips: number
}
export interface CardExtension extends Pick<Extension, 'kind' | 'status' | 'from' | 'to' | 'cost'> {
  readonly currency: string
  /** Beside its ordinary months; absent where nobody asked. */
  readonly price?: Premium
}

/** An organisation under an umbrella, as it stands on a day. */
export interface MemberFacts {
  readonly buyer: string
  /** Null where it has none here. */
  readonly team: string | null
  readonly from: CivilDate | null
  readonly to: CivilDate | null
  /** What of its days could not be read. */
  readonly unread: string | null
  /** Null where it is covered. */
  readonly why: NotCovered | null
}

/** Products that a member's team uses and that the agreement does not name. */
interface NotNamedFacts {
  readonly team: string
  readonly names: readonly string[]
}

/** What an umbrella covers and replaces, for `show` and `umbrella`. */
export interface UmbrellaFacts {
  readonly asOf: CivilDate
  readonly start: CivilDate | null
  readonly members: readonly MemberFacts[]
  readonly replaces: readonly {
    readonly reference: string
    readonly currentEnd: CivilDate | null
  }[]
  readonly calls: readonly { readonly reference: string }[]
  /** Absent where the agreement names no products, or all that its members use. */
  readonly notNamed?: readonly NotNamedFacts[]
}

interface ReminderDay {
  readonly rung: number
  readonly on: CivilDate
}

interface RaisedReminder extends ReminderDay {
  /** The day on which its message went out; null where it has not, or is no longer kept. */
  readonly sentOn: CivilDate | null
  readonly state: string
}

export interface ExplainFacts extends AnswerContext {
  readonly on: CivilDate
  readonly subject: ButtonSubject
  readonly contract: ContractNames
  readonly raised: readonly (RaisedReminder & { readonly kind: DeadlineKind })[]
  /** Every reminder to come within a year, by its day. */
  readonly next: readonly (ReminderDay & { readonly kind: DeadlineKind })[]
  readonly silent: readonly { readonly kind: DeadlineKind | 'contract'; readonly why: string }[]
  /** Releases that it covers, by the team that is reminded of their ends. */
  readonly products?: readonly ExplainedRelease[]
  /** What the teams of its members are told of its end; absent where it covers nobody. */
  readonly members?: ExplainedMembers
}

export interface ExplainedRelease {
  readonly name: string
  readonly team: string
  /** The ends of support of which `rung` days before was told. */
  readonly raised: readonly (RaisedReminder & { readonly deadline: CivilDate })[]
  /** Every reminder to come within a year. */
  readonly next: readonly (ReminderDay & { readonly deadline: CivilDate })[]
  /** Why nothing is to come; null where something is. */
  readonly silent: string | null
}

export interface ExplainedMembers {
  /** Members whose team was told of their last day of cover, of how many. */
  readonly told: number
  readonly of: number
  readonly next: readonly {
    readonly on: CivilDate
    readonly team: string
    readonly lastDay: CivilDate | null
    readonly buyers: readonly string[]
  }[]
  readonly silent: string | null
}

export interface HistoryFacts extends AnswerContext {
  readonly contract: ContractNames
  readonly page: number
  readonly pages: number
  readonly total: number
  /** The latest first. */
  readonly entries: readonly {
    readonly on: CivilDate
    /** HH:MM in the team's zone. */
    readonly at: string
    readonly by: PersonFact | null
    /** `slack`, `command line`, `import of register.csv`. */
    readonly via: string
    readonly what: string
    readonly field: string | null
    readonly from: string | null
    readonly to: string | null
  }[]
}

export interface PreviewFacts extends AnswerContext {
  /** `#digital`. */
  readonly channel: string
  readonly from: CivilDate
  readonly to: CivilDate
  readonly total: number
  /** Whether any team or subscription is told there. */
  readonly isTold?: boolean
  /** The first ones. */
  readonly messages: readonly {
    readonly on: CivilDate
    /** `support`: of products; `umbrella`: of members of an agreement. */
    readonly kind: DeadlineKind | 'support' | 'umbrella'
    readonly daysLeft: number
    readonly contract: ContractNames
    /** More than one: a grouped message. */
    readonly contracts: number
  }[]
}

export interface TriageListFacts extends PageFacts {
  readonly team: string
  readonly teamId: number
  readonly laddersFrom: CivilDate
  readonly mayConfirm: boolean
  /** How many had ended before they were first read, and nobody said whether they are supplied. */
  readonly ended?: number
  readonly entries: readonly (ListEntry & { readonly historic: boolean })[]
}

export interface SubscriptionsFacts {
  readonly channel: string
  readonly mayChange: boolean
  readonly items: readonly {
    readonly id: number
    /** In words; empty for all warnings. */
    readonly filters: string
    readonly by: PersonFact | null
    readonly on: CivilDate
  }[]
}

// What App Home is made of.

/** What somebody is named for as approver: to be looked at. */
export interface ApprovedFact extends ContractNames {
  readonly contractId: number
  readonly version: number
  readonly what: 'waiver' | 'extension'
  readonly from: CivilDate
  readonly approvedOn: CivilDate | null
  readonly cost: Decimal | null
  readonly currency: string
}

export interface HomeList {
  readonly total: number
  /** The first ones in the list's order: no more than are shown are needed (`HOME_SHOWN`). */
  readonly entries: readonly ListEntry[]
}

/** What a register leaves open, with its answers. */
export type QuestionFact = AskedFact

export interface HomeFacts {
  readonly asOf: CivilDate
  readonly view: HomeViewName
  /** Which of the views this person can choose. */
  readonly views: readonly HomeViewName[]
  /** Waivers and extensions that name this person as approver, the latest first. */
  readonly approved: { readonly total: number; readonly items: readonly ApprovedFact[] }
  /** Only where the board is shown. */
  readonly board: BoardFacts | null
  /** The person's team; null where none is known. */
  readonly team: string | null
  readonly mine: HomeList
  /** What falls due within 90 days. */
  readonly teamSoon: HomeList
  readonly outOfContract: HomeList
  /** What ends together within 180 days, the nearest first. */
  readonly cliffs: { readonly total: number; readonly items: readonly CliffFacts[] }
  readonly unclassified: HomeList
  readonly unowned: HomeList
  readonly undated: HomeList
  readonly rolling: HomeList
  /** Of everybody's umbrella agreements; absent where there are none. */
  readonly umbrellas?: UmbrellaCounts
  readonly voice: ReminderChannel
  readonly mayAdd: boolean
  readonly isAdministrator: boolean
  /** What registers leave open, for administrators. */
  readonly questions?: number
  /** What is unwell, in sentences, for administrators: dead deliveries, stale registers. */
  readonly troubles: readonly string[]
}
