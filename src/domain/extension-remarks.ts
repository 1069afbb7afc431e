/** What is odd about a contract's extensions: overlaps, gaps, and days past the maximum end. */
import { addDays, type CivilDate, earlier } from './civil-date.ts'
import type { Contract } from './contract.ts'
import { movesEnd } from './extension.ts'
import { dayText } from './words.ts'

export interface ExtensionRemark {
  readonly kind: 'overlap' | 'gap' | 'past-maximum'
  /** The days that are covered twice, not at all, or past the maximum end. */
  readonly from: CivilDate
  readonly to: CivilDate
  /** In a sentence without its full stop. */
  readonly text: string
}

/** Of those that move the end, by date: proposed and withdrawn ones cover nothing. */
export function extensionRemarks(
  contract: Pick<Contract, 'awardedEnd' | 'awardedMaximumEnd' | 'extensions'>,
): ExtensionRemark[] {
  const { awardedEnd, awardedMaximumEnd: maximum } = contract
  const moving = contract.extensions.filter(movesEnd)
  const ordered = [...moving].sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to))
  const remarks: ExtensionRemark[] = []
  // An end known to the month leaves its days open: neither a gap nor an overlap within it.
  let covered = awardedEnd.kind === 'dated' ? awardedEnd.latest : null
  let sure = awardedEnd.kind === 'dated' ? awardedEnd.earliest : null
  for (const { from, to } of ordered) {
    if (covered !== null && from > addDays(covered, 1)) remarks.push(gap(covered, from))
    if (sure !== null && from <= sure) remarks.push(overlap(from, earlier(to, sure)))
    if (covered === null || to > covered) covered = to
    sure = sure === null || to > sure ? to : sure
  }
  if (maximum !== null && covered !== null && ordered.length > 0 && covered > maximum) {
    remarks.push(pastMaximum(maximum, covered))
  }
  return remarks
}

function gap(covered: CivilDate, next: CivilDate): ExtensionRemark {
  const from = addDays(covered, 1)
  const to = addDays(next, -1)
  return { kind: 'gap', from, to, text: `nothing covers ${span(from, to)}` }
}

function overlap(from: CivilDate, to: CivilDate): ExtensionRemark {
  return {
    kind: 'overlap',
    from,
    to,
    text: `extensions overlap: ${span(from, to)} is covered twice`,
  }
}

function pastMaximum(maximum: CivilDate, covered: CivilDate): ExtensionRemark {
  const text = `extended to ${dayText(covered)}, past the maximum end, ${dayText(maximum)}`
  return { kind: 'past-maximum', from: addDays(maximum, 1), to: covered, text }
}

function span(from: CivilDate, to: CivilDate): string {
  return from === to ? dayText(from) : `${dayText(from)} to ${dayText(to)}`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
