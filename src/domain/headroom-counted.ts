/** Which extensions count towards which rule of headroom, and how many days they cover. */
import { addDays, type CivilDate, daysBetween } from './civil-date.ts'
import type { Regime } from './contract.ts'
import { currentEnd } from './current-end.ts'
import { movesEnd } from './extension.ts'
import type { HeadroomAsked, HeadroomFacts, RuledExtension } from './headroom.ts'
import { ruleNamed } from './headroom-rule-named.ts'
import { HEADROOM_RULES, type HeadroomRule } from './headroom-rules.ts'
import type { Decimal } from './money.ts'

/** Added cover with the rules towards which it counts. */
export interface Counted {
  readonly from: CivilDate
  readonly to: CivilDate
  readonly cost: Decimal | null
  readonly currency: string
  readonly under: readonly HeadroomRule[]
  /** unnamed: no rule was recorded; unclassified: nobody has said what it was; asked: not real. */
  readonly as: 'named' | 'unnamed' | 'unclassified' | 'asked'
}

export function counting(
  facts: HeadroomFacts,
  extensions: readonly RuledExtension[],
  regime: Regime | null,
  asked: HeadroomAsked,
): Counted[] {
  const unnamed = HEADROOM_RULES.filter((rule) => rule.regime === regime && rule.takesUnnamed)
  const counted = extensions.filter(movesEnd).map((extension): Counted => {
    const { from, to, cost, currency, kind, rule } = extension
    const span = { from, to, cost, currency }
    if (kind === 'unknown') return { ...span, under: unnamed, as: 'unclassified' }
    const named = rule === null ? null : ruleNamed(rule, regime)
    if (named !== null) return { ...span, under: [named], as: 'named' }
    // Recorded under something that is no test of ours, such as a waiver: it uses none.
    if (rule !== null && !isAmbiguous(rule)) return { ...span, under: [], as: 'named' }
    const provided = HEADROOM_RULES.filter((each) => each.regime === regime && each.provided)
    if (kind === 'option' || kind === 'renewal') return { ...span, under: provided, as: 'named' }
    return { ...span, under: unnamed, as: 'unnamed' }
  })
  const end = currentEnd({ awardedEnd: facts.awardedEnd, extensions })
  if (asked.addDays <= 0 || end.kind !== 'dated') return counted
  const from = addDays(end.latest, 1)
  const to = addDays(end.latest, asked.addDays)
  const added = { from, to, cost: asked.addCost, currency: facts.currency }
  return [...counted, { ...added, under: unnamed, as: 'asked' }]
}

/** A section that holds more than one rule says nothing of which was meant. */
function isAmbiguous(rule: string): boolean {
  return /\b(?:s\.?|section|reg\.?|regulation)\s*(?:74|72)\s*$/i.test(rule)
}

/** Serial changes are counted together; a day that two of them cover counts once. */
export function daysCovered(spans: readonly Pick<Counted, 'from' | 'to'>[]): number {
  let days = 0
  let covered: CivilDate | null = null
  for (const { from, to } of [...spans].sort((a, b) => (a.from < b.from ? -1 : 1))) {
    const first: CivilDate = covered !== null && covered >= from ? addDays(covered, 1) : from
    if (to < first) continue
    days += daysBetween(first, to) + 1
    covered = to
  }
  return days
}
