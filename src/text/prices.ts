/** Prices in words, and what of them guests and other organisations may read. */
import type { Decimal } from '../rules/money.ts'
import type { Accruing, Premium } from '../rules/premium.ts'
import { pick } from '../rules/text-match.ts'
import type {
  CliffFacts,
  ContractFacts,
  SummaryItem,
  SummaryList,
  SupersededFacts,
  TriageFacts,
  WarningFacts,
  WeeklyFacts,
} from './facts.ts'
import { dateWords, estimateWords, figure, spendWords } from './words.ts'

// What an extension costs, beside what its months cost ordinarily. Plain text: nothing is markup.

export interface PricedFact {
  readonly cost: Decimal | null
  readonly currency: string
  readonly price: Premium
}

/**
 * Cost, ratio and premium in sentences: `£4.6m for 1 month, about 1.7 times the baseline of £2.72m a
 * month. Premium £1.88m (estimate: straight line over 60 months, basis assumed committed).` What is
 * unknown is said to be.
 */
export function priceWords({ cost, currency, price }: PricedFact): string {
  const { baseline, method, premium, ratio } = price
  const during = monthsWords(price.months)
  if (baseline === null) {
    const paid = cost === null ? `Cost unknown, for ${during}` : `${amount(cost)} for ${during}`
    return `${paid}. Premium unknown: ${method}.`
  }
  const ordinary = `${estimate(baseline)} a month`
  if (cost === null || premium === null) {
    return `Cost unknown, for ${during}; the baseline is ${ordinary} (estimate: ${method}).`
  }
  const times = ratio === null ? 'against' : `about ${ratioWords(ratio)} times`
  const said = premium.startsWith('-')
    ? `${estimate(premium.slice(1) as Decimal)} less than the baseline`
    : `Premium ${estimate(premium)}`
  return `${amount(cost)} for ${during}, ${times} the baseline of ${ordinary}. ${said} (estimate: ${method}).`

  function amount(value: Decimal): string {
    return spendWords(value, currency)
  }

  function estimate(value: Decimal): string {
    return estimateWords(value, currency)
  }
}

/** What a service without cover costs by now: `£33,012 out of contract since Sun 1 Nov 2026 …`. */
export function accruingWords(fact: Accruing, currency: string): string {
  const { accrued, baseline, method } = fact
  const since = `since ${dateWords(fact.since)}`
  if (accrued === null || baseline === null) {
    return `Out of contract ${since}; what it costs by the day is unknown: ${method}.`
  }
  return `${estimateWords(accrued, currency)} out of contract ${since}, at ${estimateWords(baseline, currency)} a month (estimate: ${method}).`
}

/** `1.7`: what people say; two places where it was set so (1.25), or would read as no difference (1.05). */
export function ratioWords(ratio: number): string {
  const exact = Number(ratio.toFixed(2)) === ratio
  const short = ratio.toFixed(1)
  const misleads = short === '0.0' || (short === '1.0' && ratio !== 1)
  return exact || misleads ? String(Number(ratio.toFixed(2))) : short
}

function monthsWords(months: number): string {
  const short = Number(months.toFixed(2))
  return `${Number.isInteger(short) ? figure(short) : short} ${short === 1 ? 'month' : 'months'}`
}

// Facts as guests and other organisations may read them: without amounts and without what the
// organisation intends. What is taken out here cannot be said by any message or file made of it;
// `hidePrices` tells the messages to leave the sentence out, for unknown and hidden are not the same.
//
// What may be read is listed field by field: a fact that is new stays inside until somebody lets it out.

function contractWithoutPrices(contract: ContractFacts): ContractFacts {
  const { disputedEnd = null, outOfContract } = contract
  return {
    ...pick(contract, 'reference', 'title', 'supplier', 'buyer', 'team', 'owner', 'currency'),
    ...pick(contract, 'awardedEnd', 'currentEnd', 'earliestEnd'),
    ...{ disputedEnd, value: null, hidePrices: true },
    ...(outOfContract ? { outOfContract: { since: outOfContract.since, accrued: null } } : {}),
  }
}

export function warningWithoutPrices(facts: WarningFacts): WarningFacts {
  const { addressees = [], escalated = null } = facts
  return {
    ...pick(facts, 'asOf', 'deadlines', 'promised', 'question', 'cameBack', 'possibleRepeat'),
    ...{ contract: contractWithoutPrices(facts.contract), addressees, escalated },
  }
}

export function supersededWithoutPrices(facts: SupersededFacts): SupersededFacts {
  const contract = contractWithoutPrices(facts.contract)
  return { ...pick(facts, 'asOf', 'kind', 'was', 'now'), contract, why: null }
}

export function triageWithoutPrices(facts: TriageFacts): TriageFacts {
  const nearest = facts.nearest.map(({ contract, daysLeft }) => ({
    contract: contractWithoutPrices(contract),
    daysLeft,
  }))
  return { ...pick(facts, 'asOf', 'team', 'source', 'laddersFrom', 'counts'), nearest }
}

const OPEN_LISTS = [
  ...(['outOfContract', 'overdue', 'decideThisWeek', 'lapseIn30', 'lapseIn60'] as const),
  ...(['lapseIn90', 'emergencies', 'unclassified', 'notices', 'unfit', 'routes'] as const),
  ...(['reviews', 'ended', 'undated', 'rolling', 'unowned', 'untold'] as const),
  ...(['unread', 'changed'] as const),
]
type OpenLists = Pick<WeeklyFacts, (typeof OPEN_LISTS)[number]>

/** Notes tell costs, decisions and rejected cells: they go altogether. */
export function weeklyWithoutPrices(facts: WeeklyFacts): WeeklyFacts {
  const { cliffs } = facts
  const lists = Object.entries(pick(facts, ...OPEN_LISTS)).map(
    ([name, list]: [string, SummaryList]) => [
      name,
      { total: list.total, items: list.items.map(itemWithoutPrices) },
    ],
  )
  return {
    ...pick(facts, 'slot', 'since', 'team', 'hoursLate', 'watched', 'historic', 'remarks'),
    ...{ hidePrices: true, ...(Object.fromEntries(lists) as OpenLists) },
    ...(cliffs && { cliffs: { ...cliffs, items: cliffs.items.map(cliffWithoutPrices) } }),
  }
}

function cliffWithoutPrices(cliff: CliffFacts): CliffFacts {
  const open = pick(cliff, 'by', 'name', 'from', 'to', 'count', 'contracts')
  return { ...open, values: [], priced: 0, hidePrices: true }
}

function itemWithoutPrices(item: SummaryItem): SummaryItem {
  return {
    ...pick(item, 'reference', 'title', 'supplier', 'owner', 'kind', 'on', 'daysLeft', 'currency'),
    ...{ value: null, hidePrices: true, note: null },
  }
}
