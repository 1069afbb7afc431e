/** The board: what the whole organisation stands at, in lines that each open their contract. */

import type { CheckpointName } from '../rules/checkpoints.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import type { ContractNames } from '../rules/contract.ts'
import type { LedgerTotal } from '../rules/ledger.ts'
import { type Decimal, sumByCurrency } from '../rules/money.ts'
import type { PipelineEntry } from '../rules/pipeline.ts'
import type { GapCost } from '../rules/premium.ts'
import { isRetrospective, type Waiver, type WaiverCounts } from '../rules/waivers.ts'
import { button, row } from './buttons.ts'
import {
  contractName,
  type Message,
  type MessageFile,
  type PersonFact,
  type UmbrellaCounts,
  umbrellaCountWords,
} from './facts.ts'
import { CHECKPOINT_WORDS } from './headline.ts'
import { type AnswerPart, answer, body, note, rowWith } from './message.ts'
import {
  amountWords,
  counted,
  dateWords,
  estimateWords,
  figure,
  joined,
  type Mrkdwn,
  moreWords,
  mrkdwn,
  shown,
  spendWords,
} from './words.ts'

/** A contract as the board names it, and opens it. */
export interface BoardContract extends ContractNames {
  readonly contractId: number
  readonly team: string
}

/** Why days are without cover. */
const GAP_REASONS = ['procurement', 'late-successor', 'not-begun'] as const
export interface BoardGap extends BoardContract {
  /** The first day without cover, and the last. */
  readonly from: CivilDate
  readonly to: CivilDate
  readonly days: number
  readonly cost: GapCost
  readonly currency: string
  /**
   * `procurement`: one under way begins later; `late-successor`: a signed one does; `not-begun`: nothing
   * is under way, and the fastest route takes so long.
   */
  readonly because: (typeof GAP_REASONS)[number]
}

/** Emergency extensions of a financial year. */
export interface EmergencyYear {
  readonly year: string
  /** Months that they cover within the year, and of these those until this day of it. */
  readonly months: number
  readonly untilNow: number
  readonly extensions: number
  readonly totals: readonly LedgerTotal[]
}

/** How a procurement stands against its plan. */
export interface BehindFacts {
  readonly owner: PersonFact | null
  /** The first checkpoint that is not done. */
  readonly checkpoint: CheckpointName
  readonly dueOn: CivilDate
  /** 0 where it is not due yet. */
  readonly daysLate: number
  /** By how many days it is later than first planned, the days late included. */
  readonly daysBehind: number
}

export interface BoardFacts {
  readonly asOf: CivilDate
  readonly gaps: readonly BoardGap[]
  readonly emergency: { readonly thisYear: EmergencyYear; readonly lastYear: EmergencyYear }
  /** Ends of the twelve months before today: of how many a cover was agreed before. */
  readonly covered: {
    readonly from: CivilDate
    readonly to: CivilDate
    readonly covered: number
    readonly of: number
    readonly missed: readonly (BoardContract & { readonly on: CivilDate })[]
  }
  readonly outOfContract: readonly (BoardContract & {
    readonly since: CivilDate
    readonly days: number
    /** What it has cost by now, as an estimate; null where nobody said that it is supplied, or unknown. */
    readonly accrued: Decimal | null
    readonly currency: string
    /** Somebody said that it is still supplied. */
    readonly supplied: boolean
  })[]
  readonly behind: {
    readonly of: number
    readonly items: readonly (BoardContract & BehindFacts)[]
  }
  readonly waivers: WaiverCounts & {
    readonly year: string
    readonly lastYear: WaiverCounts
    /** Breaches, then what was approved after the service began, then the others. */
    readonly items: readonly (BoardContract &
      Waiver & { readonly breach: boolean; readonly currency: string })[]
  }
  readonly questions: { readonly open: number; readonly asked: number }
  readonly umbrellas?: UmbrellaCounts
  readonly pipeline: {
    readonly year: string
    readonly notice: number
    readonly other: number
    readonly overdue: number
    readonly items: readonly (BoardContract & PipelineEntry)[]
  }
}

/** What open procurements say of prices and intentions is so marked, wherever it stands. */
export const SENSITIVE = 'commercially sensitive'

/** For whoever asks alone, in a message of its own. */
export function boardAnswer(facts: BoardFacts): Message {
  return answer([
    ...boardParts(facts, 5),
    row(
      button('Workbook', { act: 'run', query: 'export board' }),
      button('Ledger', { act: 'run', query: 'ledger' }),
      button('Waivers', { act: 'run', query: 'waivers' }),
      button('Pipeline', { act: 'run', query: 'pipeline' }),
    ),
  ])
}

/** With the workbook: for one person alone. */
export function boardPackMessage(
  title: string,
  lines: readonly Mrkdwn[],
  file: MessageFile,
): Message {
  return answer(
    [
      body(mrkdwn`*${shown(title, 100)}: the workbook is in the file*`),
      body(...lines.map((line) => mrkdwn`• ${line}`)),
      note(mrkdwn`For you alone. That it was sent stands in the record of changes.`),
    ],
    file,
  )
}

/** The figures, then the first of each list by name. */
export function boardParts(facts: BoardFacts, most: number): AnswerPart[] {
  return [
    body(
      mrkdwn`*The board, ${dateWords(facts.asOf)}*`,
      ...boardLines(facts).map((line) => mrkdwn`• ${line}`),
    ),
    ...listed(`Gaps in cover ahead`, facts.gaps, gapLine, most),
    ...listed('Out of contract', facts.outOfContract, outLine, most),
    ...listed('Procurements behind plan', facts.behind.items, behindLine, most),
    ...listed('Ended before cover was agreed', facts.covered.missed, missedLine, most),
    ...listed('Waivers and breaches', facts.waivers.items, waiverLine, most),
    ...listed(`Pipeline ${facts.pipeline.year}`, facts.pipeline.items, pipelineLine, most),
    note(
      mrkdwn`Estimates are called so; only the extra is avoidable. For whom the settings name: share it with nobody else.`,
    ),
  ]
}

/** The figures, a sentence each. */
export function boardLines(facts: BoardFacts): Mrkdwn[] {
  const { gaps, emergency, covered, outOfContract, behind, waivers, questions, pipeline } = facts
  const days = gaps.reduce((sum, each) => sum + each.days, 0)
  const costs = gapTotals(gaps)
  const { thisYear, lastYear } = emergency
  const accrued = sumByCurrency(
    outOfContract.map((each) => ({ amount: each.accrued, currency: each.currency })),
  )
  const umbrellas = umbrellaCountWords(facts.umbrellas)
  return [
    gaps.length === 0
      ? mrkdwn`No gap in cover is in sight.`
      : mrkdwn`*${counted(gaps.length, 'gap')}* in cover ahead: ${counted(days, 'day')} in all, ${costs}. ${SENSITIVE_MARK}`,
    covered.of === 0
      ? mrkdwn`No end came in the last twelve months.`
      : mrkdwn`Covered before end: *${figure(covered.covered)} of ${figure(covered.of)}* in the last twelve months.`,
    mrkdwn`Emergency months: *${monthsOf(thisYear)}* in ${thisYear.year}, ${monthsOf(lastYear)} in ${lastYear.year}.${emergencyCost(thisYear)}`,
    mrkdwn`*${figure(outOfContract.length)}* out of contract${accrued.length === 0 ? '' : mrkdwn`, ${amounts(accrued)} so far (estimate)`}.`,
    mrkdwn`*${counted(behind.items.length, 'procurement')}* behind plan, of ${figure(behind.of)} under way.`,
    mrkdwn`*${waiverCounts(waivers)}* in ${waivers.year}; ${waiverCounts(waivers.lastYear)} the year before.`,
    mrkdwn`*${counted(questions.open, 'question')}* open${questions.open === 0 ? '' : ': until they are answered, the safe reading holds'}.`,
    ...(umbrellas === null ? [] : [umbrellas]),
    mrkdwn`Pipeline ${pipeline.year}: *${counted(pipeline.notice + pipeline.other, 'procurement')}* to begin, ${figure(pipeline.notice)} for the notice to check${pipeline.overdue === 0 ? '' : `, ${figure(pipeline.overdue)} whose day has passed`}. ${SENSITIVE_MARK}`,
  ]
}

const SENSITIVE_MARK = mrkdwn`(${SENSITIVE})`

function monthsOf({ months, untilNow }: EmergencyYear): string {
  const said = monthFigure(months)
  return untilNow === months ? said : `${said} (${monthFigure(untilNow)} by this day of it)`
}

/** At most one place: half a month is told, a day is not. */
function monthFigure(months: number): string {
  return months === Math.round(months) ? figure(months) : months.toFixed(1)
}

function emergencyCost({ totals }: EmergencyYear): Mrkdwn {
  const said = totals.map(
    ({ cost, premium, currency }) =>
      mrkdwn`${cost === null ? 'cost unknown' : spendWords(cost, currency)} this year, ${premium === null ? 'premium unknown' : `${estimateWords(premium, currency)} of it premium (estimate)`}`,
  )
  return said.length === 0 ? mrkdwn`` : mrkdwn` ${joined(said, '; ')}.`
}

function amounts(sums: readonly { readonly amount: Decimal; readonly currency: string }[]) {
  return mrkdwn`about ${sums.map(({ amount, currency }) => estimateWords(amount, currency)).join(' and ')}`
}

/** What the gaps would cost in all, and of how many of them that is known. */
function gapTotals(gaps: readonly BoardGap[]): Mrkdwn {
  const priced = gaps.filter(({ cost }) => cost.runRate !== null)
  const sums = sumByCurrency(
    priced.map(({ cost, currency }) => ({ amount: gapAmount(cost), currency })),
  )
  const of = priced.length === gaps.length ? '' : ` (${priced.length} of ${gaps.length} priced)`
  return sums.length === 0
    ? mrkdwn`cost unknown`
    : mrkdwn`${amounts(sums)} to extend over them${of} (estimate)`
}

/** What an extension over a gap would cost: what is payable anyway, and the extra. */
export function gapAmount({ runRate, extra }: GapCost): Decimal | null {
  if (runRate === null) return null
  return (
    sumByCurrency([
      { amount: runRate, currency: '' },
      { amount: extra, currency: '' },
    ])[0]?.amount ?? null
  )
}

function waiverCounts({ waivers, retrospective, breaches }: WaiverCounts): string {
  return `${counted(waivers, 'waiver')} (${figure(retrospective)} after the fact) and ${counted(breaches, 'breach', 'breaches')}`
}

function listed<Item extends BoardContract>(
  title: string,
  items: readonly Item[],
  line: (item: Item) => Mrkdwn,
  most: number,
): AnswerPart[] {
  if (items.length === 0) return []
  const left = items.length - most
  return [
    body(mrkdwn`*${shown(title, 60)}*`),
    ...items.slice(0, most).map((item) => {
      const subject = { contractId: item.contractId, version: 1, alertIds: [] }
      return rowWith(
        button('Show', { act: 'show', subject }, { label: `Show ${item.reference}` }),
        mrkdwn`${line(item)}`,
      )
    }),
    note(moreWords(left, ': the workbook has all.')),
  ]
}

function named(item: BoardContract): Mrkdwn {
  return mrkdwn`${contractName(item, 60)}, ${shown(item.reference, 40)}`
}

function gapLine(gap: BoardGap): Mrkdwn {
  const { days, from, to, because } = gap
  return mrkdwn`*${counted(days, 'day')}* without cover, ${dateWords(from)} to ${dateWords(to)}: ${named(gap)}, ${gapTotals([gap])}. ${BECAUSE[because]}${because === 'late-successor' ? '' : mrkdwn` ${SENSITIVE_MARK}`}`
}

export const BECAUSE: Readonly<Record<BoardGap['because'], string>> = {
  procurement: 'The procurement under way begins later.',
  'late-successor': 'The signed successor begins later.',
  'not-begun': 'Nothing is under way, and the fastest route takes so long.',
}

function outLine(item: BoardFacts['outOfContract'][number]): Mrkdwn {
  const { days, since, accrued, currency, supplied } = item
  const cost =
    accrued === null ? '' : mrkdwn`, about ${estimateWords(accrued, currency)} so far (estimate)`
  return mrkdwn`*${counted(days, 'day')}* since ${dateWords(since)}${cost}: ${named(item)}. ${supplied ? 'Still supplied.' : 'Nobody said whether it is still supplied.'}`
}

function behindLine(item: BoardFacts['behind']['items'][number]): Mrkdwn {
  const { checkpoint, dueOn, daysLate, daysBehind, owner } = item
  const late = daysLate > 0 ? mrkdwn`, ${counted(daysLate, 'day')} late` : ''
  const who = owner === null ? 'no owner recorded' : owner.name.trim() || 'its owner'
  return mrkdwn`*${counted(daysBehind, 'day')}* behind: ${named(item)}. Next: ${CHECKPOINT_WORDS[checkpoint]}, due ${dateWords(dueOn)}${late}; ${shown(who, 60)}. ${SENSITIVE_MARK}`
}

function missedLine(item: BoardFacts['covered']['missed'][number]): Mrkdwn {
  return mrkdwn`${dateWords(item.on)}: ${named(item)}.`
}

function waiverLine(item: BoardFacts['waivers']['items'][number]): Mrkdwn {
  const { breach, beganOn, approvedOn, approver, net, currency } = item
  const how = breach
    ? mrkdwn`*Breach to check*: no approval found`
    : mrkdwn`Waiver ${approvedOn === null ? 'not approved yet' : mrkdwn`approved ${dateWords(approvedOn)}`}${isRetrospective(item) ? ', after the fact' : ''}`
  const by = approver === null ? '' : mrkdwn` by ${shown(approver, 60)}`
  const cost = net === null ? 'amount unknown' : spendWords(net, currency)
  return mrkdwn`${how}${by}, began ${dateWords(beganOn)}, ${cost}: ${named(item)}.`
}

function pipelineLine(item: BoardFacts['pipeline']['items'][number]): Mrkdwn {
  const { startBy, overdue, route, routeAssumed, gross } = item
  const worth = gross === null ? 'value unknown' : `${amountWords(gross, 'GBP')} with VAT`
  return mrkdwn`${overdue ? 'Was to begin by' : 'Begin by'} ${dateWords(startBy)}: ${named(item)}. ${shown(route, 60)}${routeAssumed ? ' (assumed)' : ''}, ${worth}. ${SENSITIVE_MARK}`
}

/** A line without type, for a sheet. */
export function plainLine(line: Mrkdwn): string {
  return line.toString().replaceAll('*', '')
}
