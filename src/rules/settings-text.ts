/**
 * Rules as a form shows them: three lists with one rule a line, `approvalDays: 20`, what was changed in
 * them, and what each may be. What starts with every command loads this file, and the library that
 * checks, only where something is checked.
 */

import { z } from 'zod'
import { type CivilDate, parseCivilDate } from './civil-date.ts'
import { DEADLINE_KINDS, type DeadlineKind, END_KINDS } from './contract.ts'
import { figure } from './legal-figures.ts'
import { VAT_RECOVERIES } from './money.ts'
import {
  ROUTES,
  type RouteBand,
  USUAL_ROUTES,
  type UsualRouteOfCategory,
} from './procurement-routes.ts'
import { AUTHORITIES, NATIONS, typedAuthority } from './regime.ts'
import {
  AFTERWARDS,
  EARLIEST_REMINDER,
  MOST_REMINDERS,
  type ReminderSchedule,
  readReminderDays,
  readSchedule,
  scheduleWords,
} from './reminder-schedule.ts'
import { type RuleSettings, type Rules, type ScalarKey, withRuleSettings } from './settings.ts'
import { folded, nearWord } from './text-match.ts'
import { UserError } from './user-error.ts'

// What each rule may be.

const whole = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`
  return z.int({ error }).min(least, { error }).max(most, { error })
}

const reminders = z
  .array(whole(0, EARLIEST_REMINDER), { error: 'must be a list of days, such as 30, 7, 0' })
  .min(1, { error: 'must name at least one day, such as 30, 7, 0' })
  .max(MOST_REMINDERS, { error: `must name ${MOST_REMINDERS} days at most` })
  .refine((days) => days.every((day, index) => index === 0 || day < (days[index - 1] ?? 0)), {
    error: 'must go from the largest number of days to the smallest, each once',
  })

const schedule = z
  .strictObject({
    before: reminders,
    afterwards: z.enum(AFTERWARDS, { error: `must be one of ${AFTERWARDS.join(', ')}` }),
  })
  .partial()

const date = z.custom<CivilDate>(
  (given) => typeof given === 'string' && parseCivilDate(given) !== null,
  { error: 'must be a date such as 2027-04-30' },
)

const ROUTE_NAMES = ROUTES.map((route) => route.name)
const routeName = z.enum(ROUTE_NAMES, { error: `must name a route: ${ROUTE_NAMES.join(', ')}` })

const STANDSTILL_AT_LEAST = figure('voluntary standstill at least')

/** Rules that are one value each. */
const SCALARS = {
  smallValue: whole(0, 999_999_999),
  startByFrom: whole(0, 999_999_999),
  approvalDays: whole(0, 250),
  mobilisationDays: whole(0, 730),
  deemedServiceDays: whole(0, 60),
  historicAfterDays: whole(0, 3650),
  smallRungs: reminders,
  callOffBy: date.nullable(),
  authority: z.enum(AUTHORITIES, { error: `must be one of ${AUTHORITIES.join(', ')}` }).nullable(),
  nation: z.enum(NATIONS, { error: `must be one of ${NATIONS.join(', ')}` }).nullable(),
  usualRoute: z
    .enum(USUAL_ROUTES, { error: `must be one of ${USUAL_ROUTES.join(', ')}` })
    .nullable(),
  usualRouteByCategory: z
    .array(
      z.strictObject({
        category: z
          .string()
          .trim()
          .min(1, { error: 'must name a category, such as Facilities: tender' })
          .max(80, { error: 'must name a category in 80 letters at most' }),
        route: z.enum(USUAL_ROUTES, {
          error: `must name one of ${USUAL_ROUTES.join(', ')} for each category`,
        }),
      }),
    )
    .max(50, { error: 'must name 50 categories at most' })
    .nullable(),
  voluntaryStandstillDays: whole(0, 60).refine(
    (days) => days === 0 || days >= STANDSTILL_AT_LEAST,
    {
      error: `must be 0, or ${STANDSTILL_AT_LEAST} working days at least (Procurement Act 2023, s.51(5))`,
    },
  ),
  pipelineSpend: z.enum(['yes', 'no'], { error: 'must be yes, no or unknown' }).nullable(),
  vatRecoverable: z.enum(VAT_RECOVERIES, { error: `must be ${VAT_RECOVERIES.join(', ')}` }),
  minimumExtensionRatio: z
    .number({ error: 'must be a number such as 1.25' })
    .min(1, { error: 'must be at least 1: a rollover month is not assumed to be cheaper' })
    .max(10, { error: 'must be 10 at most' }),
  financialYearStart: whole(1, 12),
  groupAbove: whole(0, 50),
  routeBands: z
    .array(z.strictObject({ from: whole(0, 999_999_999_999), route: routeName }))
    .min(1, { error: 'must have a route from 0 on, such as: 0 quotes, 207720 open' })
    .refine((bands) => bands[0]?.from === 0, {
      error: 'must begin with the route from 0 on, such as: 0 quotes, 207720 open',
    })
    .refine((bands) => bands.every((b, i) => i === 0 || b.from > (bands[i - 1]?.from ?? 0)), {
      error: 'must go from the smallest value to the largest, each once',
    })
    .nullable(),
} as const satisfies Record<ScalarKey, z.ZodType>

const RULE_SETTINGS = z
  .strictObject({
    ...SCALARS,
    ladders: z.partialRecord(z.enum(DEADLINE_KINDS), schedule),
    routes: z.partialRecord(
      routeName,
      z.strictObject({ leadDays: whole(0, 1500), standstillDays: whole(0, 60) }).partial(),
    ),
  })
  .partial()
  .refine(
    (settings) => END_KINDS.every((kind) => settings.ladders?.[kind]?.afterwards !== 'nothing'),
    {
      path: ['ladders'],
      error: `of an end cannot stop on its day, as nobody would hear that it lapsed: let "fortnightly", "once", "weekly-then-monthly" or "every-working-day" follow`,
    },
  )

/**
 * Rule settings as they were given or kept, checked.
 * @throws UserError with one line for each problem.
 */
export function checkedRuleSettings(given: unknown): RuleSettings {
  const read = RULE_SETTINGS.safeParse(given ?? {})
  if (read.success) return read.data
  const problems = read.error.issues.map((issue) => {
    const said = issue.code === 'unrecognized_keys' ? `has no setting ${issue.keys.join(', ')}` : ''
    return `${issue.path.join('.') || 'The rules'} ${said || issue.message}.`
  })
  const [first = '', ...more] = problems
  throw new UserError(first, more)
}

// As text.

/** The lists, in the order in which they are shown. */
export const RULE_LISTS = ['ladders', 'figures', 'routes'] as const
export type RuleList = (typeof RULE_LISTS)[number]

const OF = { ladders: 'ladder', figures: 'rule', routes: 'route' } as const

/** The rules of a list; `name` is the line's, without the list's own. */
export function rulesIn(
  list: RuleList,
): readonly { readonly key: RuleKey; readonly name: string }[] {
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
 * @throws UserError where a line cannot be read, stands twice, or does not fit its rule.
 */
export function readRuleLines(list: RuleList, text: string): TypedRule[] {
  const found = new Map<string, TypedRule>()
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const at = line.indexOf(':')
    const name = line.slice(0, at).trim().slice(0, 60)
    const key = at < 1 ? null : keyNamed(list, name)
    if (key === null) throw new UserError(unknownLine(list, line, at < 1 ? null : name))
    if (found.has(ruleName(key))) throw new UserError(`${name} stands twice: keep one line of it.`)
    const typed = line.slice(at + 1).trim()
    if (typed === '')
      throw new UserError(`${name} has no value: give it one, or take its line away.`)
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

/** The settings with these changes made. @throws UserError where they do not go together. */
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

// The rules that people may change, by the names they type: `smallValue`, `ladders.end`, `routes.open.leadDays`.

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

/** @throws UserError where there is no such rule, with those that there are. */
export function ruleKeyNamed(name: string): RuleKey {
  const typed = folded(name)
  const found = RULE_KEYS.find((key) => folded(ruleName(key)) === typed)
  if (found) return found
  const near = RULE_KEYS.map(ruleName).filter((each) => folded(each).includes(typed))
  const offered = typed !== '' && near.length > 0 ? near : RULE_KEYS.map(ruleName)
  throw new UserError(`There is no setting called "${name}". Write one of: ${offered.join(', ')}.`)
}

/** What is changed of one rule, or undefined where it is not. */
export function settingOf(settings: RuleSettings, key: RuleKey): unknown {
  if (key.of === 'rule') return settings[key.name]
  if (key.of === 'ladder') return settings.ladders?.[key.kind]
  return settings.routes?.[key.route]?.[key.figure]
}

/**
 * The settings with one rule changed as it was typed.
 * @throws UserError where the value does not fit the rule.
 */
export function withSetting(settings: RuleSettings, key: RuleKey, typed: string): RuleSettings {
  return checkedRuleSettings(replaced(settings, key, readValue(key, typed.trim())))
}

/** The settings with one rule as it was before anybody changed it. */
export function withoutSetting(settings: RuleSettings, key: RuleKey): RuleSettings {
  return checkedRuleSettings(replaced(settings, key, undefined))
}

/** Rules that nobody may have said anything about. */
const UNKNOWN_OR: ReadonlySet<ScalarKey> = new Set([
  'authority',
  'nation',
  'usualRoute',
  'usualRouteByCategory',
  'pipelineSpend',
])
const UNKNOWN: ReadonlySet<string> = new Set(['unknown', 'none', ''])
const BY_THRESHOLD = 'threshold'

/** A rule's value as it would be typed. */
export function ruleText(rules: Rules, key: RuleKey): string {
  if (key.of === 'ladder') return scheduleWords(rules.ladders[key.kind])
  if (key.of === 'route') {
    const route = rules.routes.find((each) => each.name === key.route)
    return route === undefined ? '' : String(route[key.figure])
  }
  const value = rules[key.name]
  if (value === null) {
    if (key.name === 'routeBands') return BY_THRESHOLD
    return UNKNOWN_OR.has(key.name) ? 'unknown' : 'none'
  }
  if (!Array.isArray(value)) return String(value)
  if (key.name === 'usualRouteByCategory') {
    return (value as readonly UsualRouteOfCategory[])
      .map(({ category, route }) => `${category}: ${route}`)
      .join('; ')
  }
  return (value as readonly (number | RouteBand)[])
    .map((each) => (typeof each === 'number' ? each : `${each.from} ${each.route}`))
    .join(', ')
}

function replaced(settings: RuleSettings, key: RuleKey, value: unknown): unknown {
  if (key.of === 'rule') return without({ ...settings, [key.name]: value })
  if (key.of === 'ladder') {
    // What follows the last day stays where only the days are typed.
    const kept = { ...settings.ladders?.[key.kind], ...(value as Partial<ReminderSchedule>) }
    const schedules = without({ ...settings.ladders, [key.kind]: value && kept })
    return without({ ...settings, ladders: schedules })
  }
  const route = without({ ...settings.routes?.[key.route], [key.figure]: value })
  const routes = without({ ...settings.routes, [key.route]: route })
  return without({ ...settings, routes })
}

/** The values that are set; undefined where none is. */
function without(values: object): object | undefined {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined)
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

function readValue(key: RuleKey, typed: string): unknown {
  if (key.of === 'ladder') {
    const schedule = readSchedule(typed)
    if (schedule !== null) return schedule
    throw new UserError(
      `"${typed}" is no ladder: write days, such as 90, 30, 7, 0, and if you like "then" with one of ${AFTERWARDS.join(', ')}.`,
    )
  }
  if (key.of === 'rule') {
    const { name } = key
    if (name === 'callOffBy' && typed === 'none') return null
    if (UNKNOWN_OR.has(name) && UNKNOWN.has(typed.toLowerCase())) return null
    if (name === 'authority') return typedAuthority(typed)
    if (name === 'nation' || name === 'usualRoute' || name === 'pipelineSpend')
      return typed.toLowerCase().replace(/\s+/g, '-')
    if (name === 'usualRouteByCategory') return readUsualRoutes(typed)
    if (name === 'routeBands' && typed.toLowerCase() === BY_THRESHOLD) return null
  }
  if (key.of === 'rule' && key.name === 'smallRungs') return readReminderDays(typed) ?? typed
  if (key.of === 'rule' && key.name === 'routeBands') return readBands(typed)
  if (key.of === 'rule' && key.name === 'vatRecoverable') return typed.toLowerCase()
  const number = typed.replace(/^£|(?<=\d),(?=\d{3}\b)/g, '')
  return /^-?\d+(\.\d+)?$/.test(number) ? Number(number) : typed
}

/** `Facilities: tender; IT hardware: framework`. */
function readUsualRoutes(typed: string): unknown {
  return typed
    .split(';')
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const at = part.lastIndexOf(':')
      if (at < 1) {
        throw new UserError(
          `"${part.trim().slice(0, 60)}" is no category with its route: write Facilities: tender; IT hardware: framework.`,
        )
      }
      const route = part.slice(at + 1).trim()
      return { category: part.slice(0, at).trim(), route: route.toLowerCase() }
    })
}

/** `0 quotes, 207720 open`. */
function readBands(typed: string): unknown {
  return typed.split(',').map((part) => {
    const [from = '', route = '', ...more] = part.trim().split(/\s+/)
    if (/^\d{1,12}$/.test(from) && route !== '' && more.length === 0) {
      return { from: Number(from), route }
    }
    throw new UserError(
      `"${part.trim()}" is no band of values: write a value and a route, such as 207720 open.`,
    )
  })
}
