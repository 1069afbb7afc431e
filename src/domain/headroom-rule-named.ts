/** The rule of headroom that somebody means, however it is written. */
import type { Regime } from './contract.ts'
import { HEADROOM_RULES, type HeadroomRule } from './headroom-rules.ts'

/**
 * The rule that was meant: by its id, its citation, or the place of it (`s.74(3)`, `reg 72(5)`),
 * whatever the case; null where none or more than one fits. A place fits only within `regime`.
 */
export function ruleNamed(text: string, regime: Regime | null): HeadroomRule | null {
  const said = plain(text)
  if (said === '') return null
  const exact = HEADROOM_RULES.find((each) =>
    [each.id, each.citation, briefly(each)].some((name) => plain(name) === said),
  )
  if (exact) return exact
  const near = HEADROOM_RULES.filter(
    (each) =>
      (regime === null || each.regime === regime) &&
      (plain(each.title) === said || plain(each.citation).endsWith(` ${said}`)),
  )
  return near.length === 1 ? (near[0] ?? null) : null
}

/** `PA23 s.74(3)`. */
function briefly({ regime, citation }: HeadroomRule): string {
  return `${regime} ${citation.slice(citation.indexOf(',') + 1)}`
}

/** `Non-substantial` and `not substantial` are one; so are `s74(3)` and `s.74(3)`. */
function plain(text: string): string {
  return text
    .toLowerCase()
    .replace(/\bnon-/g, 'not ')
    .replace(/[.,:;\s-]+/g, ' ')
    .replace(/\bsection (?=\d)/g, 's')
    .replace(/\bs (?=\d)/g, 's')
    .replace(/\bregulation (?=\d)/g, 'reg ')
    .replace(/\bsch (?=\d)/g, 'schedule ')
    .trim()
}
