/**
 * Chains of awards that look like rollovers: the same buyer and supplier, one award after another,
 * each beginning where the last one ended. They are proposed to a person and never assumed.
 *
 * What was learnt from 20,778 published awards is in docs/chains.md.
 */
import { Big } from 'big.js'
import { addDays, type CivilDate, daysBetween } from './civil-date.ts'
import type { Decimal } from './money.ts'
import { compare, groupedBy } from './text-match.ts'

export interface ChainRules {
  /** How many days an award may begin before or after the day that follows the last one's end. */
  readonly toleranceDays: number
  /** What lasts fewer days is a delivery or a job with a date on it. */
  readonly shortestDays: number
  /** What lasts longer is a contract of its own, and no rollover. */
  readonly longestDays: number
  /** One rollover by itself is only proposed after a contract that ran at least so long. */
  readonly headDays: number
  /** A service that goes on costs about as much a day: at least and at most so many times as much. */
  readonly leastRate: number
  readonly mostRate: number
}

export const CHAIN_RULES: ChainRules = {
  toleranceDays: 3,
  shortestDays: 20,
  longestDays: 184,
  headDays: 90,
  leastRate: 0.4,
  mostRate: 3,
}

export interface Award {
  readonly id: number
  readonly buyer: string
  readonly supplier: string
  readonly start: CivilDate
  readonly end: CivilDate
  /** The whole term's; null where unknown. */
  readonly value: Decimal | null
  readonly currency: string
}

/** The award that was rolled over, and what followed it, in order. At least one follows. */
export interface Chain {
  readonly first: Award
  readonly links: readonly Award[]
}

/** How a pair is named in `refused`. */
export function pairOf(previous: Pick<Award, 'id'>, next: Pick<Award, 'id'>): string {
  return `${previous.id}>${next.id}`
}

/**
 * The chains among these awards, the longest first. A link holds only where it can be told apart:
 * of this buyer and supplier one award ends there, one begins, and none runs across.
 *
 * `refused` names pairs that a person said are no rollover. Costs a sort of the awards.
 */
export function proposeChains(
  awards: readonly Award[],
  rules: ChainRules = CHAIN_RULES,
  refused: ReadonlySet<string> = new Set(),
): Chain[] {
  return longestFirst(relations(awards).flatMap((relation) => chainsOf(relation, rules, refused)))
}

/** The order in which chains are proposed. */
export function longestFirst(chains: readonly Chain[]): Chain[] {
  return chains.toSorted((a, b) => b.links.length - a.links.length || a.first.id - b.first.id)
}

/** What the rollovers cost together, by currency, and how many of them have a price. */
export function chainCost({ links }: Chain): {
  readonly cost: Decimal | null
  readonly currency: string
  readonly priced: number
} {
  const currency = links[0]?.currency ?? ''
  const priced = links.filter((link) => link.value !== null && link.currency === currency)
  const sum = priced.reduce((total, { value }) => total.plus(value ?? 0), new Big(0))
  return {
    cost: priced.length === 0 ? null : (sum.toFixed(2) as Decimal),
    currency,
    priced: priced.length,
  }
}

function relations(awards: readonly Award[]): Award[][] {
  const lasting = awards.filter(({ start, end }) => end >= start)
  const groups = groupedBy(lasting, ({ buyer, supplier }) => `${buyer}\u0000${supplier}`)
  return [...groups.values()].filter((group) => group.length > 1)
}

function chainsOf(
  relation: readonly Award[],
  rules: ChainRules,
  refused: ReadonlySet<string>,
): Chain[] {
  const next = new Map<Award, Award>()
  const followers = new Set<Award>()
  const byStart = relation.toSorted((a, b) => compare(a.start, b.start) || a.id - b.id)
  const starts = byStart.map(({ start }) => start)
  const ends = relation.map(({ end }) => end).toSorted(compare)
  for (const award of byStart) {
    const follower = followerOf(award, { byStart, starts, ends }, rules)
    if (follower === null || followers.has(follower)) continue
    if (refused.has(pairOf(award, follower)) || !sameRate(award, follower, rules)) continue
    next.set(award, follower)
    followers.add(follower)
  }
  return byStart
    .filter((award) => next.has(award) && !followers.has(award))
    .map((first) => ({ first, links: linksAfter(first, next) }))
    .filter(({ first, links }) => links.length > 1 || lasts(first) >= rules.headDays)
}

interface Relation {
  readonly byStart: readonly Award[]
  readonly starts: readonly CivilDate[]
  readonly ends: readonly CivilDate[]
}

/** The one award that begins where this one ends; null where there is none, or more than one. */
function followerOf(award: Award, relation: Relation, rules: ChainRules): Award | null {
  const { toleranceDays, shortestDays, longestDays } = rules
  if (lasts(award) < shortestDays) return null
  const from = addDays(award.end, 1 - toleranceDays)
  const to = addDays(award.end, 1 + toleranceDays)
  const first = countBefore(relation.starts, from)
  const beginning = countBefore(relation.starts, addDays(to, 1)) - first
  const follower = relation.byStart[first]
  if (beginning !== 1 || follower === undefined || follower.id === award.id) return null
  const length = lasts(follower)
  if (length < shortestDays || length > longestDays || follower.end <= award.end) return null
  const endedBefore = countBefore(relation.ends, addDays(award.end, -toleranceDays))
  const endedAfter = countBefore(relation.ends, addDays(award.end, toleranceDays + 1))
  const runningAcross = first - endedAfter
  return endedAfter - endedBefore === 1 && runningAcross <= 0 ? follower : null
}

/** Unpriced ones are not judged by their price. */
function sameRate(a: Award, b: Award, { leastRate, mostRate }: ChainRules): boolean {
  if (a.value === null || b.value === null || a.currency !== b.currency) return true
  const before = new Big(a.value).div(lasts(a))
  const after = new Big(b.value).div(lasts(b))
  if (before.lte(0) || after.lte(0)) return true
  return after.gte(before.times(leastRate)) && after.lte(before.times(mostRate))
}

function linksAfter(first: Award, next: ReadonlyMap<Award, Award>): Award[] {
  const links: Award[] = []
  // Ends grow from link to link, so that no chain comes back to itself.
  for (let link = next.get(first); link !== undefined; link = next.get(link)) links.push(link)
  return links
}

function lasts({ start, end }: Pick<Award, 'start' | 'end'>): number {
  return daysBetween(start, end) + 1
}

/** How many of the sorted dates lie before this one. */
function countBefore(sorted: readonly CivilDate[], date: CivilDate): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] ?? date) < date) low = middle + 1
    else high = middle
  }
  return low
}
