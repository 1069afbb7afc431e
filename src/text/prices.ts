/** Prices in words, and what of them guests and other organisations may read. */
import type { Decimal } from '../rules/money.ts'
import type { Accruing, Premium } from '../rules/premium.ts'
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
  const { reference, title, supplier, buyer, team, owner, currency } = contract
  const { awardedEnd, currentEnd, earliestEnd, disputedEnd = null, outOfContract } = contract
  return {
    reference,
    title,
    supplier,
    buyer,
    team,
    owner,
    value: null,
    currency,
    hidePrices: true,
    awardedEnd,
    currentEnd,
    ...(earliestEnd === undefined ? {} : { earliestEnd }),
    disputedEnd,
    ...(outOfContract ? { outOfContract: { since: outOfContract.since, accrued: null } } : {}),
  }
}

export function warningWithoutPrices(facts: WarningFacts): WarningFacts {
  const { asOf, contract, deadlines, addressees = [], promised, escalated = null } = facts
  return {
    asOf,
    contract: contractWithoutPrices(contract),
    deadlines,
    addressees,
    ...(promised === undefined ? {} : { promised }),
    escalated,
    ...(facts.question === undefined ? {} : { question: facts.question }),
    cameBack: facts.cameBack,
    possibleRepeat: facts.possibleRepeat,
  }
}

export function supersededWithoutPrices(facts: SupersededFacts): SupersededFacts {
  const { asOf, contract, kind, was, now } = facts
  return { asOf, contract: contractWithoutPrices(contract), kind, was, now, why: null }
}

export function triageWithoutPrices(facts: TriageFacts): TriageFacts {
  const { asOf, team, source, laddersFrom, counts } = facts
  const nearest = facts.nearest.map(({ contract, daysLeft }) => ({
    contract: contractWithoutPrices(contract),
    daysLeft,
  }))
  return { asOf, team, source, laddersFrom, counts, nearest }
}

/** Notes tell costs, decisions and rejected cells: they go altogether. */
export function weeklyWithoutPrices(facts: WeeklyFacts): WeeklyFacts {
  const { slot, since, team, hoursLate, watched, historic, remarks } = facts
  return {
    slot,
    ...(since === undefined ? {} : { since }),
    team,
    hoursLate,
    watched,
    historic,
    remarks,
    hidePrices: true,
    outOfContract: listWithoutPrices(facts.outOfContract),
    overdue: listWithoutPrices(facts.overdue),
    decideThisWeek: listWithoutPrices(facts.decideThisWeek),
    lapseIn30: listWithoutPrices(facts.lapseIn30),
    lapseIn60: listWithoutPrices(facts.lapseIn60),
    lapseIn90: listWithoutPrices(facts.lapseIn90),
    emergencies: listWithoutPrices(facts.emergencies),
    ...(facts.unclassified === undefined
      ? {}
      : { unclassified: listWithoutPrices(facts.unclassified) }),
    ...(facts.notices === undefined ? {} : { notices: listWithoutPrices(facts.notices) }),
    ...(facts.unfit === undefined ? {} : { unfit: listWithoutPrices(facts.unfit) }),
    ...(facts.routes === undefined ? {} : { routes: listWithoutPrices(facts.routes) }),
    ...(facts.reviews === undefined ? {} : { reviews: listWithoutPrices(facts.reviews) }),
    ...(facts.ended === undefined ? {} : { ended: listWithoutPrices(facts.ended) }),
    undated: listWithoutPrices(facts.undated),
    rolling: listWithoutPrices(facts.rolling),
    unowned: listWithoutPrices(facts.unowned),
    ...(facts.untold === undefined ? {} : { untold: listWithoutPrices(facts.untold) }),
    unread: listWithoutPrices(facts.unread),
    changed: listWithoutPrices(facts.changed),
    ...(facts.cliffs === undefined
      ? {}
      : { cliffs: { ...facts.cliffs, items: facts.cliffs.items.map(cliffWithoutPrices) } }),
  }
}

function cliffWithoutPrices(cliff: CliffFacts): CliffFacts {
  const { by, name, from, to, count, contracts } = cliff
  return { by, name, from, to, count, contracts, values: [], priced: 0, hidePrices: true }
}

function listWithoutPrices({ total, items }: SummaryList): SummaryList {
  return { total, items: items.map(itemWithoutPrices) }
}

function itemWithoutPrices(item: SummaryItem): SummaryItem {
  const { reference, title, supplier, owner, kind, on, daysLeft, currency } = item
  return {
    reference,
    title,
    supplier,
    owner,
    kind,
    on,
    daysLeft,
    value: null,
    currency,
    hidePrices: true,
    note: null,
  }
}
