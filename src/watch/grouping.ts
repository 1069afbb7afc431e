/** When several contracts of a day share one message in a channel. One rule for all who count. */

/** Above as many as the strictest of the teams wants: a channel may be several teams' own. */
export function sharesOneMessage(contracts: number, groupAbove: readonly number[]): boolean {
  return contracts > Math.min(...groupAbove)
}
