/** The rules that people may change, by the names they type: `smallValue`, `ladders.end`, `routes.open.leadDays`. */
import { DEADLINE_KINDS, type DeadlineKind } from './deadline-kinds.ts'
import { AFTERWARDS } from './ladder.ts'
import { ladderWords, readLadder, readRungs } from './ladder-text.ts'
import { Refusal } from './refusal.ts'
import { ROUTES, type RouteBand } from './routes.ts'
import { checkedRuleSettings, type RuleSettings, SCALARS, type ScalarKey } from './rule-settings.ts'
import type { Rules } from './rules.ts'

const ROUTE_FIGURES = ['leadDays', 'standstillDays'] as const
type RouteFigure = (typeof ROUTE_FIGURES)[number]

export type RuleKey =
  | { readonly of: 'rule'; readonly name: ScalarKey }
  | { readonly of: 'ladder'; readonly kind: DeadlineKind }
  | { readonly of: 'route'; readonly route: string; readonly figure: RouteFigure }

/** Every rule that can be changed, in the order in which they are listed. */
export const RULE_KEYS: readonly RuleKey[] = [
  ...DEADLINE_KINDS.map((kind) => ({ of: 'ladder', kind }) as const),
  ...(Object.keys(SCALARS) as ScalarKey[]).map((name) => ({ of: 'rule', name }) as const),
  ...ROUTES.flatMap(({ name }) =>
    ROUTE_FIGURES.map((figure) => ({ of: 'route', route: name, figure }) as const),
  ),
]

/** The name of a rule as it is typed and shown. */
export function ruleName(key: RuleKey): string {
  if (key.of === 'rule') return key.name
  return key.of === 'ladder' ? `ladders.${key.kind}` : `routes.${key.route}.${key.figure}`
}

/** @throws Refusal where there is no such rule, with those that there are. */
export function ruleKeyNamed(name: string): RuleKey {
  const typed = folded(name)
  const found = RULE_KEYS.find((key) => folded(ruleName(key)) === typed)
  if (found) return found
  const near = RULE_KEYS.map(ruleName).filter((each) => folded(each).includes(typed))
  const offered = typed !== '' && near.length > 0 ? near : RULE_KEYS.map(ruleName)
  throw new Refusal(`There is no setting called "${name}". Write one of: ${offered.join(', ')}.`)
}

function folded(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '')
}

/** What is changed of one rule, or undefined where it is not. */
export function settingOf(settings: RuleSettings, key: RuleKey): unknown {
  if (key.of === 'rule') return settings[key.name]
  if (key.of === 'ladder') return settings.ladders?.[key.kind]
  return settings.routes?.[key.route]?.[key.figure]
}

/**
 * The settings with one rule changed as it was typed.
 * @throws Refusal where the value does not fit the rule.
 */
export function withSetting(settings: RuleSettings, key: RuleKey, typed: string): RuleSettings {
  return checkedRuleSettings(replaced(settings, key, readValue(key, typed.trim())))
}

/** The settings with one rule as it was before anybody changed it. */
export function withoutSetting(settings: RuleSettings, key: RuleKey): RuleSettings {
  return checkedRuleSettings(replaced(settings, key, undefined))
}

/** A rule's value as it would be typed. */
export function ruleText(rules: Rules, key: RuleKey): string {
  if (key.of === 'ladder') return ladderWords(rules.ladders[key.kind])
  if (key.of === 'route') {
    const route = rules.routes.find((each) => each.name === key.route)
    return route === undefined ? '' : String(route[key.figure])
  }
  const value = rules[key.name]
  if (!Array.isArray(value)) return value === null ? 'none' : String(value)
  return value
    .map((each: number | RouteBand) =>
      typeof each === 'number' ? each : `${each.from} ${each.route}`,
    )
    .join(', ')
}

function replaced(settings: RuleSettings, key: RuleKey, value: unknown): unknown {
  if (key.of === 'rule') return without({ ...settings, [key.name]: value })
  if (key.of === 'ladder') {
    const ladders = without({ ...settings.ladders, [key.kind]: value })
    return without({ ...settings, ladders })
  }
  const route = without({ ...settings.routes?.[key.route], [key.figure]: value })
  const routes = without({ ...settings.routes, [key.route]: route })
  return without({ ...settings, routes })
}

/** Without what is not set, so that nothing stands for nothing; undefined where nothing is left. */
function without(values: object): object | undefined {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

function readValue(key: RuleKey, typed: string): unknown {
  if (key.of === 'ladder') {
    const ladder = readLadder(typed)
    if (ladder !== null) return ladder
    throw new Refusal(
      `"${typed}" is no ladder: write days, such as 90, 30, 7, 0, and if you like "then" with one of ${AFTERWARDS.join(', ')}.`,
    )
  }
  if (key.of === 'rule' && key.name === 'callOffBy' && typed === 'none') return null
  if (key.of === 'rule' && key.name === 'smallRungs') return readRungs(typed) ?? typed
  if (key.of === 'rule' && key.name === 'routeBands') return readBands(typed)
  if (key.of === 'rule' && key.name === 'vatRecoverable') return typed.toLowerCase()
  const number = typed.replace(/^£|(?<=\d),(?=\d{3}\b)/g, '')
  return /^-?\d+(\.\d+)?$/.test(number) ? Number(number) : typed
}

/** `0 quotes, 207720 open`. */
function readBands(typed: string): unknown {
  return typed.split(',').map((part) => {
    const [from = '', route = '', ...more] = part.trim().split(/\s+/)
    if (/^\d{1,12}$/.test(from) && route !== '' && more.length === 0) {
      return { from: Number(from), route }
    }
    throw new Refusal(
      `"${part.trim()}" is no band of values: write a value and a route, such as 207720 open.`,
    )
  })
}
