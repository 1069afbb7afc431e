/** The five figures that a weekly summary begins with, each with its coverage and last week's. */
import { Big } from 'big.js'
import type { CivilDate } from '../domain/civil-date.ts'
import type { Decimal } from '../domain/money.ts'
import { joined, type Mrkdwn, mrkdwn } from './escape.ts'
import type { PersonFact } from './facts.ts'
import { plainName } from './naming.ts'
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
    mrkdwn`${behindLine(now)}${than(then, (each) => figure(each.behind.procurements))}`,
    mrkdwn`${decisionsLine(now)}${than(then, (each) => figure(each.decisions.total))}`,
  ]
}

/** What the figures are compared with, in small print. */
export function comparedWith(before: FiguresBefore | null): string {
  return before === null
    ? 'There is no summary before this one to compare with.'
    : `Before is as the summary of ${dateWords(before.on)} told it.`
}

function than(then: FiveFigures | null, told: (figures: FiveFigures) => string): Mrkdwn | '' {
  // The space stands in a template of its own: at the edge of a hole it would be taken away.
  return then === null ? '' : mrkdwn` (before: ${told(then)})`
}

function outOfContractLine({ outOfContract }: FiveFigures): Mrkdwn {
  const { suppliers, contracts, stillSupplied } = outOfContract
  const noun = suppliers === 1 ? 'supplier' : 'suppliers'
  if (contracts === 0) return mrkdwn`*0* suppliers out of contract.`
  const said = `${counted(contracts, 'contract')}, still supplied as far as is known ${figure(stillSupplied)}, not answered ${figure(contracts - stillSupplied)}`
  return mrkdwn`*${figure(suppliers)}* ${noun} out of contract: ${said}.`
}

function emergencyLine({ emergency }: FiveFigures): Mrkdwn {
  const { year, totals } = emergency
  const on = `on emergency extensions in ${year}`
  if (totals.length === 0) return mrkdwn`*Nothing* spent ${on}.`
  const costs = totals.map(({ cost, currency }) => mrkdwn`*${known(cost, currency)}*`)
  const premiums = totals.map(({ premium, currency }) => known(premium, currency, 'whole'))
  const sums = (name: 'costed' | 'priced' | 'count') =>
    figure(totals.reduce((sum, total) => sum + total[name], 0))
  return mrkdwn`${joined(costs, ' and ')} ${on}; premium (estimate) ${premiums.join(' and ')}. Cost known of ${sums('costed')} of ${sums('count')}, premium of ${sums('priced')}.`
}

function exposureLine({ exposure }: FiveFigures): Mrkdwn {
  const { days, totals } = exposure
  const ahead = `extra in the next ${days} days if nothing is done (estimate)`
  if (totals.length === 0) return mrkdwn`*No* ${ahead}: nothing lapses.`
  const extras = totals.map(({ extra, currency }) => mrkdwn`*${known(extra, currency, 'whole')}*`)
  const anyway = totals.map(({ runRate, currency }) => known(runRate, currency, 'whole'))
  const sums = (name: 'priced' | 'of') => figure(totals.reduce((sum, each) => sum + each[name], 0))
  return mrkdwn`${joined(extras, ' and ')} ${ahead}, beside ${anyway.join(' and ')} payable anyway. Priced ${sums('priced')} of ${sums('of')}.`
}

function behindLine({ behind }: FiveFigures): Mrkdwn {
  const { procurements, of, longestGapDays } = behind
  const gap =
    longestGapDays === 0
      ? ''
      : `; the longest gap without cover would be ${counted(longestGapDays, 'day')}`
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

/** Unknown is never £0. An estimate is told in whole pounds: pennies would make it look exact. */
function known(
  amount: Decimal | null,
  currency: string,
  places: 'exact' | 'whole' = 'exact',
): string {
  if (amount === null) return `an unknown amount of ${currency}`
  const told = places === 'exact' ? amount : (new Big(amount).toFixed(0) as Decimal)
  return amountWords(told, currency)
}

function emergencyAmounts({ emergency }: FiveFigures): string {
  if (emergency.totals.length === 0) return 'nothing'
  return emergency.totals
    .map(
      ({ cost, premium, currency }) =>
        `${known(cost, currency)}, premium ${known(premium, currency, 'whole')}`,
    )
    .join('; ')
}

function extraAmounts({ exposure }: FiveFigures): string {
  if (exposure.totals.length === 0) return 'nothing'
  return exposure.totals.map(({ extra, currency }) => known(extra, currency, 'whole')).join('; ')
}
