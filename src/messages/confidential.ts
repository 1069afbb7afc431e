/**
 * Facts as guests and other organisations may read them: without amounts and without what the
 * organisation intends. What is taken out here cannot be said by any message or file made of it;
 * `hidePrices` tells the messages to leave the sentence out, for unknown and hidden are not the same.
 *
 * What may be read is listed field by field: a fact that is new stays inside until somebody lets it out.
 */
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

function contractWithoutPrices(contract: ContractFacts): ContractFacts {
  const { reference, title, supplier, buyer, team, owner, currency } = contract
  const { awardedEnd, currentEnd, endPrecision, disputedEnd = null } = contract
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
    endPrecision,
    disputedEnd,
  }
}

export function warningWithoutPrices(facts: WarningFacts): WarningFacts {
  const { asOf, contract, deadlines, addressees = [], escalated = null } = facts
  return {
    asOf,
    contract: contractWithoutPrices(contract),
    deadlines,
    addressees,
    escalated,
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
  const { slot, team, hoursLate, watched, historic, remarks } = facts
  return {
    slot,
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
    ...(facts.reviews === undefined ? {} : { reviews: listWithoutPrices(facts.reviews) }),
    undated: listWithoutPrices(facts.undated),
    rolling: listWithoutPrices(facts.rolling),
    unowned: listWithoutPrices(facts.unowned),
    unread: listWithoutPrices(facts.unread),
    changed: listWithoutPrices(facts.changed),
    ...(facts.cliffs === undefined ? {} : { cliffs: cliffsWithoutPrices(facts.cliffs) }),
  }
}

function cliffsWithoutPrices({ total, items }: NonNullable<WeeklyFacts['cliffs']>) {
  return { total, items: items.map(cliffWithoutPrices) }
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
