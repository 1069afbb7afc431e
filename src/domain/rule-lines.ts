/** Rules as a form shows them: three lists with one rule a line, `approvalDays: 20`, and what was changed in them. */
import { nearWord } from './near-word.ts'
import { Refusal } from './refusal.ts'
import {
  RULE_KEYS,
  type RuleKey,
  ruleName,
  ruleText,
  settingOf,
  withoutSetting,
  withSetting,
} from './rule-keys.ts'
import { type RuleSettings, withRuleSettings } from './rule-settings.ts'
import type { Rules } from './rules.ts'

/** The lists, in the order in which they are shown. */
export const RULE_LISTS = ['ladders', 'figures', 'routes'] as const
export type RuleList = (typeof RULE_LISTS)[number]

const OF = { ladders: 'ladder', figures: 'rule', routes: 'route' } as const

/** The rules of a list; `name` is the line's, without the list's own. */
function rulesIn(list: RuleList): readonly { readonly key: RuleKey; readonly name: string }[] {
  return RULE_KEYS.filter((key) => key.of === OF[list]).map((key) => ({
    key,
    name: key.of === 'rule' ? ruleName(key) : ruleName(key).slice(`${list}.`.length),
  }))
}

export function ruleLines(rules: Rules, list: RuleList): string {
  return rulesIn(list)
    .map(({ key, name }) => `${name}: ${ruleText(rules, key)}`)
    .join('\n')
}

/** One rule as it was typed. */
export interface TypedRule {
  readonly key: RuleKey
  readonly typed: string
}

/**
 * The lines of a list as they were typed, in any order; rules may be missing.
 * @throws Refusal where a line cannot be read, stands twice, or does not fit its rule.
 */
export function readRuleLines(list: RuleList, text: string): TypedRule[] {
  const found = new Map<string, TypedRule>()
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const at = line.indexOf(':')
    const name = line.slice(0, at).trim().slice(0, 60)
    const key = at < 1 ? null : keyNamed(list, name)
    if (key === null) throw new Refusal(unknownLine(list, line, at < 1 ? null : name))
    if (found.has(ruleName(key))) throw new Refusal(`${name} stands twice: keep one line of it.`)
    const typed = line.slice(at + 1).trim()
    if (typed === '') throw new Refusal(`${name} has no value: give it one, or take its line away.`)
    withSetting({}, key, typed)
    found.set(ruleName(key), { key, typed })
  }
  return [...found.values()]
}

function keyNamed(list: RuleList, name: string): RuleKey | null {
  return rulesIn(list).find((each) => folded(each.name) === folded(name))?.key ?? null
}

function unknownLine(list: RuleList, line: string, name: string | null): string {
  const names = rulesIn(list).map((each) => each.name)
  if (name === null) {
    return `"${line.trim().slice(0, 40)}" is no rule: write its name, a colon and its value.`
  }
  const near = nearWord(name, names)
  const meant = near === null ? `such as ${names[0]}` : `did you mean ${near}?`
  return `"${name.slice(0, 40)}" is no rule of this list: ${meant}`
}

function folded(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

export interface RuleChange {
  readonly key: RuleKey
  /** As it would be typed. */
  readonly from: string
  readonly to: string
  /** Null where the change made here is taken back, so that what comes from above holds. */
  readonly typed: string | null
}

/**
 * What differs from the rules as they stand. A rule whose line was taken away comes from above again;
 * where it did so already, nothing changes.
 */
export function ruleChanges(
  { rules, above, own }: StandingRules,
  typed: readonly TypedRule[],
): RuleChange[] {
  const values = new Map(typed.map((each) => [ruleName(each.key), each.typed]))
  return RULE_KEYS.flatMap((key): RuleChange[] => {
    const from = ruleText(rules, key)
    const value = values.get(ruleName(key))
    if (value === undefined) {
      const isOwn = settingOf(own, key) !== undefined
      return isOwn ? [{ key, from, to: ruleText(above, key), typed: null }] : []
    }
    const to = ruleText(withRuleSettings(rules, withSetting({}, key, value)), key)
    return to === from ? [] : [{ key, from, to, typed: value }]
  })
}

/** The rules that hold for somebody, those that would without their own changes, and these. */
export interface StandingRules {
  readonly rules: Rules
  readonly above: Rules
  readonly own: RuleSettings
}

/** The settings with these changes made. @throws Refusal where they do not go together. */
export function withRuleChanges(
  settings: RuleSettings,
  changes: readonly RuleChange[],
): RuleSettings {
  return changes.reduce(
    (made, { key, typed }) =>
      typed === null ? withoutSetting(made, key) : withSetting(made, key, typed),
    settings,
  )
}
