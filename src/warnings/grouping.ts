/** Which contracts of a day share one message in a channel. One rule for all who send or count. */

import type { Parties } from '../reports/cliffs.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import { type Cliff, type Ending, findCliffs } from '../rules/cliffs.ts'
import { isEnd } from '../rules/contract.ts'
import type { Deadline } from '../rules/deadlines.ts'

/** One contract among those that a channel is told of on a day. */
export interface Sharing {
  /** More contracts than this share one message. */
  readonly groupAbove: number
  readonly cliffDays: number
  /** The end ahead and who is behind it; null where none is ahead. */
  readonly ending: Ending | null
}

/** What goes into one message: all that there is, the contracts of a cliff, or one contract. */
export interface Sharers<Item> {
  readonly why: 'many' | Cliff | null
  readonly contracts: readonly Item[]
}

/**
 * The messages that a channel's contracts of a day make. Above as many as the strictest of the
 * teams wants they are one: a channel may be several teams' own. Else those that end together with
 * one supplier, reseller or product are one, each contract in the largest cliff that it is part of.
 */
export function inMessages<Item extends Sharing>(contracts: readonly Item[]): Sharers<Item>[] {
  if (contracts.length === 0) return []
  if (contracts.length > Math.min(...contracts.map(({ groupAbove }) => groupAbove))) {
    return [{ why: 'many', contracts }]
  }
  const shared = new Map<Item, Sharers<Item>>()
  for (const cliff of cliffsAmong(contracts)) {
    const inside = contracts.filter(
      (each) => !shared.has(each) && each.ending !== null && cliff.ids.includes(each.ending.id),
    )
    const message = { why: cliff, contracts: inside }
    if (inside.length > 1) for (const each of inside) shared.set(each, message)
  }
  return [...new Set(contracts.map((each) => shared.get(each) ?? { why: null, contracts: [each] }))]
}

/** What a contract brings to a cliff on a day; null once its end has passed: then it is asked about alone. */
export function endingOn(
  day: CivilDate,
  id: number,
  deadlines: readonly Deadline[],
  parties: Parties | undefined,
): Ending | null {
  const end = deadlines.find(({ kind, settled }) => settled === null && isEnd(kind))
  if (parties === undefined || end === undefined || end.on < day) return null
  const { supplier, reseller, products } = parties
  return { id, end: end.on, supplier, reseller, products }
}

/** The largest first. */
function cliffsAmong(contracts: readonly Sharing[]): Cliff[] {
  const endings = contracts.flatMap(({ ending }) => ending ?? [])
  if (endings.length < 2) return []
  const days = Math.min(...contracts.map(({ cliffDays }) => cliffDays))
  return findCliffs(endings, days).sort((a, b) => b.ids.length - a.ids.length)
}
