/** The five figures that a weekly summary begins with, each with its coverage and last week's. */
import type { CivilDate } from '../domain/civil-date.ts'
import type { Decimal } from '../domain/money.ts'
import { joined, type Mrkdwn, mrkdwn, shown } from './escape.ts'
import type { PersonFact } from './facts.ts'
import { personName } from './naming.ts'
import { amountWords, counted, dateWords, figure } from './words.ts'

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
  /** Null where no procurement has a plan. */
  readonly behind: {
    readonly procurements: number
    /** How many are under way. */
    readonly of: number
    /** The longest gap without cover that this brings, in days. */
    readonly longestGapDays: number
  } | null
  /** Contracts with a date that passed, or comes within a week, and nothing decided. */
  readonly decisions: { readonly total: number; readonly people: readonly Deciding[] }
}
export interface EmergencyTotal {
  readonly currency: string
  readonly cost: Decimal | null
  readonly premium: Decimal | null
  readonly count: number
  readonly costed: number
  readonly priced: number
}
export interface ExposedTotal {
  readonly currency: string
  readonly runRate: Decimal | null
  readonly extra: Decimal | null
  readonly priced: number
  readonly of: number
}
export interface Deciding {
  /** Null for contracts without an owner. */
  readonly person: PersonFact | null
  readonly count: number
}

/** The figures of the summary before, as it told them. */
export interface FiguresBefore {
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
    mrkdwn`${behindLine(now)}${than(then, (each) => figure(each.behind?.procurements ?? 0))}`,
    mrkdwn`${decisionsLine(now)}${than(then, (each) => figure(each.decisions.total))}`,
  ]
}

/** What the figures are compared with, in small print. */
export function comparedWith(before: FiguresBefore | null): string {
  return before === null
    ? 'There is no summary before this one to compare with.'
    : `Before: as told on ${dateWords(before.on)}.`
}

function than(then: FiveFigures | null, told: (figures: FiveFigures) => string): string {
  return then === null ? '' : ` Before: ${told(then)}.`
}

function outOfContractLine({ outOfContract }: FiveFigures): Mrkdwn {
  const { suppliers, contracts, stillSupplied } = outOfContract
  const noun = suppliers === 1 ? 'supplier' : 'suppliers'
  if (contracts === 0) return mrkdwn`*${figure(suppliers)}* ${noun} out of contract.`
  const unanswered = contracts - stillSupplied
  const said = [
    stillSupplied === 0 ? null : `${figure(stillSupplied)} still supplied`,
    unanswered === 0 ? null : `${figure(unanswered)} nobody has answered for`,
  ].filter((words) => words !== null)
  return mrkdwn`*${figure(suppliers)}* ${noun} out of contract: ${counted(contracts, 'contract')}, ${said.join(', ')}.`
}

function emergencyLine({ emergency }: FiveFigures): Mrkdwn {
  const { year, totals } = emergency
  if (totals.length === 0) return mrkdwn`*${NONE}* on emergency extensions in ${shown(year, 10)}.`
  const parts = totals.map((total) => {
    const { currency, cost, premium, count, costed, priced } = total
    const extra =
      premium === null
        ? 'premium unknown'
        : `${amountWords(premium, currency)} of it premium (estimate)`
    return mrkdwn`*${known(cost, currency)}*, ${extra}; cost known of ${figure(costed)}, premium of ${figure(priced)}, of ${counted(count, 'extension')}`
  })
  return mrkdwn`${joined(parts, '; ')}: emergency extensions in ${shown(year, 10)}.`
}

function exposureLine({ exposure }: FiveFigures): Mrkdwn {
  const { days, totals } = exposure
  const ahead = `in the next ${days} days if nothing is done`
  if (totals.length === 0) return mrkdwn`*${NONE}* extra ${ahead}: no contract lapses.`
  const parts = totals.map(({ currency, extra, runRate, priced, of }) => {
    const anyway =
      runRate === null ? '' : `, beside ${amountWords(runRate, currency)} payable anyway`
    return mrkdwn`*${known(extra, currency)}*${anyway}; priced ${figure(priced)} of ${figure(of)}`
  })
  return mrkdwn`${joined(parts, '; ')}: estimated extra ${ahead}.`
}

function behindLine({ behind }: FiveFigures): Mrkdwn {
  if (behind === null) return mrkdwn`*0* procurements behind plan: none has a plan.`
  const { procurements, of, longestGapDays } = behind
  const gap =
    longestGapDays === 0
      ? ''
      : `; the longest gap without cover would be ${counted(longestGapDays, 'day')}`
  return mrkdwn`*${figure(procurements)}* ${procurements === 1 ? 'procurement' : 'procurements'} behind plan, of ${figure(of)} under way${gap}.`
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
        : mrkdwn`${personName(person)} ${figure(count)}`,
    )
  const left = people.slice(PEOPLE_SHOWN).reduce((sum, { count }) => sum + count, 0)
  const more = left === 0 ? '' : `, others ${figure(left)}`
  return mrkdwn`*${figure(total)}* ${noun} needed: ${joined(named, ', ')}${more}.`
}

const NONE = 'Nothing'

/** Unknown is never £0. */
function known(amount: Decimal | null, currency: string): string {
  return amount === null ? `Unknown amount of ${currency}` : amountWords(amount, currency)
}

function emergencyAmounts({ emergency }: FiveFigures): string {
  if (emergency.totals.length === 0) return 'nothing'
  return emergency.totals
    .map(({ cost, premium, currency }) =>
      premium === null
        ? lower(known(cost, currency))
        : `${lower(known(cost, currency))}, premium ${amountWords(premium, currency)}`,
    )
    .join('; ')
}

function extraAmounts({ exposure }: FiveFigures): string {
  if (exposure.totals.length === 0) return 'nothing'
  return exposure.totals.map(({ extra, currency }) => lower(known(extra, currency))).join('; ')
}

function lower(words: string): string {
  return words.replace(/^Unknown/, 'unknown')
}
