/** What the messages are made of: facts that were read elsewhere, in plain values. */

import type { KnownBlock } from '@slack/types'
import type { CivilDate } from '../rules/civil-date.ts'
import type { ContractNames, DeadlineKind, LinkedDocument, Role } from '../rules/contract.ts'
import type { LedgerTotal } from '../rules/ledger.ts'
import type { Decimal, Money } from '../rules/money.ts'
import type { Escalation } from '../rules/reminder-plan.ts'
import type { WarningState } from './buttons.ts'
import type { ChartBlock, MonthsAhead } from './months-ahead.ts'
import {
  counted,
  dateWords,
  estimateWords,
  figure,
  joined,
  type Mrkdwn,
  mention,
  mrkdwn,
  shown,
  spendWords,
  type Worth,
  worthWords,
} from './words.ts'

/** A message as Slack takes it. `text` says the whole of it: screen readers read only that. */
export interface Message {
  readonly text: string
  readonly blocks: readonly MessageBlock[]
  /** What did not fit one screen, to go with it as a file. */
  readonly file: MessageFile | null
}
export type MessageBlock = KnownBlock | ChartBlock

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
  readonly gone?: boolean
}

/** Who has to act, and in which role: mentioned where they have a Slack id here. */
export interface AddresseeFact {
  readonly role: Role
  readonly person: PersonFact
}

export interface ContractFacts extends ContractNames, Worth {
  readonly buyer: string | null
  readonly team: string
  readonly owner: PersonFact | null
  /** Others than the organisation read it: no amounts, no intentions (text/prices.ts). */
  readonly hidePrices?: boolean
  readonly awardedEnd: CivilDate | null
  /** The latest day of the current end; null where undated or rolling. */
  readonly currentEnd: CivilDate | null
  /** Its earliest day; absent where the end is known to the day. */
  readonly earliestEnd?: CivilDate
  /** The earlier end that the register gives, where people recorded the later one. */
  readonly disputedEnd?: CivilDate | null
  /** It processes personal data: its review is one of data protection. */
  readonly personalData?: boolean | null
  /** Where it is kept; never where others than the organisation read. */
  readonly documents?: readonly LinkedDocument[]
  /** Somebody said that it is supplied without cover: since when, and what that cost so far, an estimate. */
  readonly outOfContract?: { readonly since: CivilDate; readonly accrued: Decimal | null } | null
  /** What is to be said of that review beside the extension that it runs on; null: nothing. */
  readonly review?: string | null
}

export interface DeadlineFacts {
  readonly kind: DeadlineKind
  readonly on: CivilDate
  /** Counted from the latest day of an imprecise end; absent where it is `on`. */
  readonly latest?: CivilDate
  /** See `Deadline`. */
  readonly from?: CivilDate
  readonly renewsTo?: CivilDate
  /** Negative after it. */
  readonly daysLeft: number
  /** How the date came about, in words and figures. */
  readonly reason: string
  /** Reached a reminder today: this is what the message is for. The others are listed. */
  readonly speaks: boolean
  /** Reminders that nobody was told of, earliest first (a gap, or a late first sight). */
  readonly skipped: { readonly from: number; readonly to: number } | null
  /** A pause that somebody asked for has run out. */
  readonly askedAgain: boolean
}

/** What somebody said, whose time is over: then it is asked again. */
export interface PromisedFact {
  readonly was: 'acknowledged' | 'snoozed'
  /** Null where it is not recorded. */
  readonly on: CivilDate | null
  readonly until: CivilDate
  readonly by: PersonFact | null
}

export interface WarningFacts {
  readonly asOf: CivilDate
  readonly contract: ContractFacts
  readonly deadlines: readonly DeadlineFacts[]
  /** Without them the owner is addressed. */
  readonly addressees?: readonly AddresseeFact[]
  /** What had been promised where it is asked again. */
  readonly promised?: PromisedFact | null
  /** Why the deputy and the escalation channel are told as well. */
  readonly escalated?: Escalation | null
  /** What its register leaves open of it, while nobody has answered. */
  readonly question?: AskedFact | null
  /** Came back to a date that had been superseded. */
  readonly cameBack: boolean
  /** Sent a second time because nobody can tell whether the first arrived. */
  readonly possibleRepeat: boolean
}

/** A question about a contract, with its answers. */
export interface AskedFact {
  readonly id: number
  readonly text: string
  /** What counts until it is answered. */
  readonly holds: string
  readonly choices: readonly { readonly id: string; readonly text: string }[]
  /** What it is about, and how many contracts; missing in what was queued before these were told. */
  readonly about?: string
  readonly contracts?: number
}

export interface GroupFacts {
  readonly asOf: CivilDate
  readonly team: string
  /** Made after days without a sweep; the message says so. */
  readonly catchUp: boolean
  readonly warnings: readonly WarningFacts[]
  readonly possibleRepeat: boolean
  /** They are the contracts of one cliff. */
  readonly cliff?: Pick<CliffFacts, 'by' | 'name'> | null
  /** What the menu beside each warning acts on, in the same order; none where nobody answers. */
  readonly subjects?: readonly {
    readonly contractId: number
    readonly version: number
    /** What can be done about it now. */
    readonly state?: WarningState
  }[]
}

/** What a first import found, to be looked through before the schedules start. */
export interface TriageFacts {
  readonly asOf: CivilDate
  readonly team: string
  readonly source: string
  readonly laddersFrom: CivilDate
  /** The day on which somebody confirmed the list. */
  readonly confirmedOn?: CivilDate | null
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
  /** What nobody has said yet and much rests on: asked here, once. */
  readonly asks?: readonly ('authority' | 'usualRoute')[]
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
export interface CliffContract extends ContractNames {
  readonly contractId: number
  readonly end: CivilDate
}

/** What a contract is called and worth. */
export const SUMMARISED = [
  ...(['reference', 'title', 'supplier', 'value', 'valueBasis', 'currency'] as const),
] as const

/** A line of the weekly summary's lists. */
export interface SummaryItem extends ContractNames, Worth {
  readonly owner: PersonFact | null
  readonly kind: DeadlineKind | null
  readonly on: CivilDate | null
  readonly daysLeft: number | null
  /** See `ContractFacts`. */
  readonly hidePrices?: boolean
  /** In words, where the list needs some: "emergency extension since …", "was …, is now …". */
  readonly note: string | null
  /** Where something can be done about it from the message. */
  readonly contractId?: number
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
  /** The day from which on its changes count; absent in what an older version queued. */
  readonly since?: CivilDate
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
  /** Start-bys on assumed routes whose range has begun; absent in what an older version queued. */
  readonly routes?: SummaryList
  /** Reviews that are late or due within 30 days; absent in what an older version queued. */
  readonly reviews?: SummaryList
  /** Products whose support ends within a year, or whose cover does not fit it; absent where there is none. */
  readonly support?: SummaryList
  /** Ended before they were first read, so that no warning came: absent in what an older version queued. */
  readonly ended?: SummaryList
  readonly undated: SummaryList
  readonly rolling: SummaryList
  readonly unowned: SummaryList
  /** Their owner has no account; absent in what an older version queued. */
  readonly untold?: SummaryList
  readonly unread: SummaryList
  readonly changed: SummaryList
  /** What it begins with; absent in what an older version queued, and where prices are hidden. */
  readonly five?: FiveFigures
  readonly before?: FiguresBefore | null
  /** Procurements behind plan; absent as the figures are. */
  readonly behind?: SummaryList
  /** A line for each team, where it is of all. */
  readonly teams?: readonly TeamFigures[]
  readonly months?: MonthsAhead
  /** Absent in what an older version queued. */
  readonly umbrellas?: UmbrellaCounts
  readonly cliffs?: { readonly total: number; readonly items: readonly CliffFacts[] }
  /** See `ContractFacts`: then none of the lists holds an amount either. */
  readonly hidePrices?: boolean
  /** What lies past the last known bank holiday and the like. */
  readonly remarks: readonly string[]
}

export interface UmbrellaCounts {
  readonly agreements: number
  readonly members: number
  /** Of these members, not covered on that day. */
  readonly uncovered: number
}

/** `2 umbrella agreements for 212 organisations, 3 of them not covered today.`; null where there is none. */
export function umbrellaCountWords(counts: UmbrellaCounts | undefined): Mrkdwn | null {
  if (counts === undefined || counts.agreements === 0) return null
  const { agreements, members, uncovered } = counts
  return mrkdwn`${counted(agreements, 'umbrella agreement')} for ${counted(members, 'organisation')}, ${figure(uncovered)} of them not covered today.`
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

// The five figures that a weekly summary begins with, each with its coverage and last week's.

export interface FiveFigures {
  readonly outOfContract: {
    readonly suppliers: number
    readonly contracts: number
    /** Of these contracts somebody said that the service goes on. */
    readonly stillSupplied: number
  }
  /** Emergency extensions of the financial year: what falls into it, by currency. */
  readonly emergency: {
    readonly year: string
    readonly totals: readonly EmergencyTotal[]
  }
  /** What would have to be extended in a hurry, by currency. */
  readonly exposure: { readonly days: number; readonly totals: readonly ExposedTotal[] }
  readonly behind: {
    readonly procurements: number
    /** How many are under way; null in a team's line. */
    readonly of: number | null
    /** The longest gap without cover that this brings, in days. */
    readonly longestGapDays: number
  }
  /** Contracts with a date that passed, or comes within a week, and nothing decided. */
  readonly decisions: { readonly total: number; readonly people: readonly Deciding[] }
}
type EmergencyTotal = Omit<LedgerTotal, 'accrued' | 'invoiced' | 'budget' | 'budgeted'>
export interface ExposedTotal {
  readonly currency: string
  /** Payable anyway. Null where none of them is known. */
  readonly runRate: Decimal | null
  /** The estimated extra: potential cost avoidance. */
  readonly extra: Decimal | null
  /** Of how many the price is known, of how many in all. */
  readonly priced: number
  readonly of: number
}
interface Deciding {
  /** Null for contracts without an owner. */
  readonly person: PersonFact | null
  readonly count: number
}

/** The figures of the summary before, as it told them. */
interface FiguresBefore {
  readonly on: CivilDate
  readonly figures: FiveFigures
}

const PEOPLE_SHOWN = 6

/** Five lines, the number first. `before`: null where there was no summary before. */
export function fiveLines(now: FiveFigures, before: FiguresBefore | null): Mrkdwn[] {
  const then = before?.figures ?? null
  return [
    mrkdwn`${outOfContractLine(now)}${than(then, (each) => figure(each.outOfContract.suppliers))}`,
    mrkdwn`${emergencyLine(now)}${than(then, (each) => emergencyAmounts(each))}`,
    mrkdwn`${exposureLine(now)}${than(then, (each) => extraAmounts(each))}`,
    mrkdwn`${behindLine(now)}${than(then, (each) => figure(each.behind.procurements))}`,
    mrkdwn`${decisionsLine(now)}${than(then, (each) => figure(each.decisions.total))}`,
  ]
}

/** What the figures are compared with, in small print. */
export function comparedWith(before: FiguresBefore | null): string {
  return before === null
    ? 'This is the first summary: there is none before it to compare with.'
    : `Before is as the summary of ${dateWords(before.on)} told it.`
}

function than(then: FiveFigures | null, told: (figures: FiveFigures) => string): Mrkdwn | '' {
  return then === null ? '' : mrkdwn` (before: ${told(then)})`
}

function outOfContractLine({ outOfContract }: FiveFigures): Mrkdwn {
  const { suppliers, contracts, stillSupplied } = outOfContract
  const noun = suppliers === 1 ? 'supplier' : 'suppliers'
  if (contracts === 0) return mrkdwn`*0* suppliers out of contract.`
  const unanswered = contracts - stillSupplied
  const said = `${counted(contracts, 'contract')}, ${figure(stillSupplied)} known to be still supplied, ${figure(unanswered)} not answered yet`
  return mrkdwn`*${figure(suppliers)}* ${noun} out of contract: ${said}.`
}

function emergencyLine({ emergency }: FiveFigures): Mrkdwn {
  const { year, totals } = emergency
  const on = `on emergency extensions in ${year}`
  if (totals.length === 0) return mrkdwn`*Nothing* spent ${on}.`
  const costs = totals.map(({ cost, currency }) => mrkdwn`*${known(cost, currency)}*`)
  const premiums = totals.map(({ premium, currency }) => known(premium, currency, estimateWords))
  const sums = (name: 'costed' | 'priced' | 'count') =>
    figure(totals.reduce((sum, total) => sum + total[name], 0))
  return mrkdwn`${joined(costs, ' and ')} ${on}; premium (estimate) ${premiums.join(' and ')}. Cost known of ${sums('costed')} of ${sums('count')}, premium of ${sums('priced')}.`
}

function exposureLine({ exposure }: FiveFigures): Mrkdwn {
  const { days, totals } = exposure
  const ahead = `extra in the next ${days} days if nothing is done (estimate)`
  if (totals.length === 0) return mrkdwn`*No* ${ahead}: nothing lapses.`
  const extras = totals.map(
    ({ extra, currency }) => mrkdwn`*${known(extra, currency, estimateWords)}*`,
  )
  const anyway = totals.map(({ runRate, currency }) => known(runRate, currency, estimateWords))
  const sums = (name: 'priced' | 'of') => figure(totals.reduce((sum, each) => sum + each[name], 0))
  return mrkdwn`${joined(extras, ' and ')} ${ahead}, beside ${anyway.join(' and ')} payable anyway. Priced ${sums('priced')} of ${sums('of')}.`
}

function behindLine({ behind }: FiveFigures): Mrkdwn {
  const { procurements, of, longestGapDays } = behind
  const gap =
    longestGapDays === 0
      ? ''
      : `; the longest gap without cover would be ${counted(longestGapDays, 'day')}`
  if (of === 0) return mrkdwn`*0* procurements under way.`
  return mrkdwn`*${figure(procurements)}* ${procurements === 1 ? 'procurement' : 'procurements'} behind plan${of === null ? '' : `, of ${figure(of)} under way`}${gap}.`
}

function decisionsLine({ decisions }: FiveFigures): Mrkdwn {
  const { total, people } = decisions
  const noun = total === 1 ? 'decision' : 'decisions'
  if (total === 0) return mrkdwn`*0* decisions needed.`
  const named = people
    .slice(0, PEOPLE_SHOWN)
    .map(({ person, count }) =>
      person === null
        ? mrkdwn`${figure(count)} without an owner`
        : mrkdwn`${plainName(person)} ${figure(count)}`,
    )
  const left = people.slice(PEOPLE_SHOWN).reduce((sum, { count }) => sum + count, 0)
  const more = left === 0 ? '' : `, others ${figure(left)}`
  return mrkdwn`*${figure(total)}* ${noun} needed: ${joined(named, ', ')}${more}.`
}

/** Unknown is never £0. */
function known(amount: Decimal | null, currency: string, words = spendWords): string {
  return amount === null ? `an unknown amount of ${currency}` : words(amount, currency)
}

function emergencyAmounts({ emergency }: FiveFigures): string {
  if (emergency.totals.length === 0) return 'nothing'
  return emergency.totals
    .map(
      ({ cost, premium, currency }) =>
        `${known(cost, currency)}, premium ${known(premium, currency, estimateWords)}`,
    )
    .join('; ')
}

function extraAmounts({ exposure }: FiveFigures): string {
  if (exposure.totals.length === 0) return 'nothing'
  return exposure.totals
    .map(({ extra, currency }) => known(extra, currency, estimateWords))
    .join('; ')
}

/** `Microsoft 365 licences (Insight)`; without a title `contract with Insight`; else the reference. */
export function contractName(
  { reference, title, supplier }: ContractNames,
  characters = 120,
): Mrkdwn {
  if (title !== null && supplier !== null) {
    return mrkdwn`${shown(title, characters)} (${shown(supplier, Math.ceil(characters / 2))})`
  }
  if (title !== null) return shown(title, characters)
  return supplier === null
    ? mrkdwn`contract ${shown(reference, 40)}`
    : mrkdwn`contract with ${shown(supplier, characters)}`
}

/** What a row of a table is about: its supplier stands beside it. */
export function contractTitle({ reference, title, supplier }: ContractNames): string {
  return title ?? (supplier === null ? `contract ${reference}` : `contract with ${supplier}`)
}

/** A mention where the person's Slack id is known, else the name as written. */
export function personName({ name, slackUser }: PersonFact): Mrkdwn {
  return (
    (slackUser === null ? null : mention(slackUser)) ??
    shown(name.trim() || 'somebody without a name', 60)
  )
}

/**
 * The name without a mention: a list or a summary that many read calls on nobody. Who has no name
 * is called by the account.
 */
export function plainName(person: PersonFact): Mrkdwn {
  return person.name.trim() === '' ? personName(person) : shown(person.name.trim(), 60)
}

/** Who owns it, as a sentence in a list. */
export function ownerSentence(
  owner: PersonFact | null,
  name: (person: PersonFact) => Mrkdwn = personName,
): Mrkdwn {
  if (owner === null) return mrkdwn`No owner recorded.`
  return owner.gone === true
    ? mrkdwn`${name(owner)}, whose Slack account is closed: name another.`
    : mrkdwn`${name(owner)}.`
}

/** What has a price that may have to be kept back. */
interface Priced extends Worth {
  readonly hidePrices?: boolean
}

/** What it is worth, as a sentence in a list: an unknown value is never £0, a hidden one is not told. */
export function valueSentence(of: Priced): Mrkdwn | null {
  if (of.hidePrices === true) return null
  return of.value === null ? mrkdwn`Value unknown.` : mrkdwn`Value ${shown(worthWords(of), 40)}.`
}
