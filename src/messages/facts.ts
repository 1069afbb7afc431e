/** What the messages are made of: facts that were read elsewhere, in plain values. */

import type { KnownBlock } from '@slack/types'
import type { Role } from '../domain/addressee.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import type { Precision } from '../domain/contract.ts'
import type { DeadlineKind } from '../domain/deadline-kinds.ts'
import type { Decimal, Money } from '../domain/money.ts'
import type { Escalation } from '../domain/warnings.ts'
import type { FiguresBefore, FiveFigures } from './five-figures.ts'
import type { MonthsAhead } from './months-ahead.ts'

/** A message as Slack takes it. `text` says the whole of it: screen readers read only that. */
export interface Message {
  readonly text: string
  readonly blocks: readonly KnownBlock[]
  /** What did not fit one screen, to go with it as a file. */
  readonly file: MessageFile | null
  /** Drawn and uploaded when it is sent; its alternative text stands in `text` already. */
  readonly picture?: MessagePicture | null
}
export interface MessagePicture {
  readonly name: string
  readonly title: string
  /** Says what the picture shows: at most 1,000 characters. */
  readonly altText: string
  /** It stands after so many of the message's blocks. */
  readonly after: number
  readonly chart: MonthsAhead
}
export interface MessageFile {
  readonly name: string
  readonly title: string
  /** Text, or the bytes of a file that is none. */
  readonly content: string | Uint8Array
  /** A digest of what it holds, where the same table gives other bytes each time: a workbook. */
  readonly holds?: string
}

/** Somebody to name: by Slack id where it is known, else in words. */
export interface PersonFact {
  readonly name: string
  readonly slackUser: string | null
  /** Their Slack account is closed. */
  readonly gone?: boolean
}

/** Whose turn it is, and as what: mentioned where they have a Slack id here. */
export interface AddresseeFact {
  readonly role: Role
  readonly person: PersonFact
}

export interface ContractFacts {
  readonly reference: string
  readonly title: string | null
  readonly supplier: string | null
  readonly buyer: string | null
  readonly team: string
  readonly owner: PersonFact | null
  readonly value: Decimal | null
  readonly currency: string
  /** Others than the organisation read it: no amounts, no intentions (confidential.ts). */
  readonly hidePrices?: boolean
  readonly awardedEnd: CivilDate | null
  /** The latest day of the current end; null where undated or rolling. */
  readonly currentEnd: CivilDate | null
  readonly endPrecision: Precision | null
  /** The earlier end that the register gives, where people recorded the later one. */
  readonly disputedEnd?: CivilDate | null
  /** It processes personal data: its review is one of data protection. */
  readonly personalData?: boolean | null
}

export interface DeadlineFacts {
  readonly kind: DeadlineKind
  readonly on: CivilDate
  /** Negative after it. */
  readonly daysLeft: number
  /** How the date came about, in words and figures. */
  readonly reason: string
  /** Reached a rung today: this is what the message is for. The others are listed. */
  readonly speaks: boolean
  /** Rungs that nobody was told of, earliest first (a gap, or a late first sight). */
  readonly skipped: { readonly from: number; readonly to: number } | null
  /** An acknowledgement ran out and nothing followed. */
  readonly askedAgain: boolean
}

/** One contract's warning: the most urgent deadline first. */
export interface WarningFacts {
  readonly asOf: CivilDate
  readonly contract: ContractFacts
  readonly deadlines: readonly DeadlineFacts[]
  /** Without them the owner is spoken to. */
  readonly addressees?: readonly AddresseeFact[]
  /** Why the deputy and the escalation channel are told as well. */
  readonly escalated?: Escalation | null
  /** Came back to a date that had been superseded. */
  readonly cameBack: boolean
  /** Sent a second time because nobody can tell whether the first arrived. */
  readonly possibleRepeat: boolean
}

/** Several contracts' warnings in one message. */
export interface GroupFacts {
  readonly asOf: CivilDate
  readonly team: string
  /** Sent after a gap: titled so. */
  readonly catchUp: boolean
  /** The most urgent first. */
  readonly warnings: readonly WarningFacts[]
  readonly possibleRepeat: boolean
  /** They are the contracts of one cliff. */
  readonly cliff?: Pick<CliffFacts, 'by' | 'name'> | null
  /** What the menu beside each warning acts on, in the same order; none where nobody answers. */
  readonly subjects?: readonly { readonly contractId: number; readonly version: number }[]
}

/** What a first import found, to be looked through before the ladders start. */
export interface TriageFacts {
  readonly asOf: CivilDate
  readonly team: string
  readonly source: string
  readonly laddersFrom: CivilDate
  readonly counts: {
    readonly contracts: number
    readonly active: number
    readonly historic: number
    readonly undated: number
    readonly rolling: number
    readonly outOfContract: number
    readonly unowned: number
    readonly rejected: number
    readonly endingWithin30Days: number
    readonly endingWithin90Days: number
  }
  /** The nearest ends first. */
  readonly nearest: readonly { readonly contract: ContractFacts; readonly daysLeft: number }[]
}

/** Contracts of one supplier, reseller or product that end together. */
export interface CliffFacts {
  readonly by: 'supplier' | 'product'
  readonly name: string
  readonly from: CivilDate
  readonly to: CivilDate
  readonly count: number
  /** What they are worth together, by currency, and how many have a value. */
  readonly values: readonly Money[]
  readonly priced: number
  readonly hidePrices?: boolean
  /** By end; the first ones. */
  readonly contracts: readonly CliffContract[]
}
export interface CliffContract {
  readonly contractId: number
  readonly reference: string
  readonly title: string | null
  readonly supplier: string | null
  readonly end: CivilDate
}

/** A line of the weekly summary's lists. */
export interface SummaryItem {
  readonly reference: string
  readonly title: string | null
  readonly supplier: string | null
  readonly owner: PersonFact | null
  readonly kind: DeadlineKind | null
  readonly on: CivilDate | null
  readonly daysLeft: number | null
  readonly value: Decimal | null
  readonly currency: string
  /** See `ContractFacts`. */
  readonly hidePrices?: boolean
  /** In words, where the list needs some: "emergency extension since …", "was …, is now …". */
  readonly note: string | null
}
export interface SummaryList {
  readonly total: number
  /** The first ones, in the list's order; the file carries them all. */
  readonly items: readonly SummaryItem[]
}
/** The weekly summary of a team, or of the organisation. */
export interface WeeklyFacts {
  /** The civil day of the slot. */
  readonly slot: CivilDate
  readonly team: string | null
  /** Null, or how many hours late it is sent. */
  readonly hoursLate: number | null
  readonly watched: number
  readonly historic: number
  readonly outOfContract: SummaryList
  readonly overdue: SummaryList
  readonly decideThisWeek: SummaryList
  readonly lapseIn30: SummaryList
  readonly lapseIn60: SummaryList
  readonly lapseIn90: SummaryList
  readonly emergencies: SummaryList
  /** Extensions that nobody has classified, and those that do not fit together: absent in what an older version queued. */
  readonly unclassified?: SummaryList
  readonly unfit?: SummaryList
  /** Notices that the law may call for about now. */
  readonly notices?: SummaryList
  /** Reviews that are late or due within 30 days; absent in what an older version queued. */
  readonly reviews?: SummaryList
  readonly undated: SummaryList
  readonly rolling: SummaryList
  readonly unowned: SummaryList
  readonly unread: SummaryList
  readonly changed: SummaryList
  /** What it begins with; absent in what an older version queued, and where prices are hidden. */
  readonly five?: FiveFigures
  readonly before?: FiguresBefore | null
  /** A line for each team, where it is of all. */
  readonly teams?: readonly TeamFigures[]
  readonly months?: MonthsAhead
  readonly cliffs?: { readonly total: number; readonly items: readonly CliffFacts[] }
  /** See `ContractFacts`: then none of the lists holds an amount either. */
  readonly hidePrices?: boolean
  /** What lies past the last known bank holiday and the like. */
  readonly remarks: readonly string[]
}

/** One team of a summary across teams. */
export interface TeamFigures {
  readonly team: string
  readonly five: FiveFigures
}

/** A warning that was posted and no longer holds: what its message says from then on. */
export interface SupersededFacts {
  readonly asOf: CivilDate
  /** As it stands now. */
  readonly contract: ContractFacts
  readonly kind: DeadlineKind
  /** The date that the posted warning spoke of. */
  readonly was: CivilDate
  /** The date of the same deadline now; null where there is none any more. */
  readonly now: CivilDate | null
  /** What came between, in words ("extended to …", "notice served"); null where only the date moved. */
  readonly why: string | null
}
