/** The settings of the rules: defaults that an organisation may change. */
import { z } from 'zod'
import { CHAIN_RULES } from './chains.ts'
import { type CivilDate, parseCivilDate } from './civil-date.ts'
import {
  DEADLINE_KINDS,
  type DeadlineKind,
  type Period,
  VAT_RECOVERIES,
  type VatRecovery,
} from './contract.ts'
import { figure } from './legal-figures.ts'
import {
  ROUTES,
  type Route,
  type RouteBand,
  USUAL_ROUTES,
  type UsualRoute,
  type UsualRouteOfCategory,
} from './procurement-routes.ts'
import { AUTHORITIES, type Authority, NATIONS, type Nation } from './regime.ts'
import {
  AFTERWARDS,
  DEFAULT_SCHEDULES,
  type ReminderSchedule,
  SMALL_VALUE_REMINDERS,
} from './reminder-schedule.ts'
import { UserError } from './user-error.ts'
import { type Calendar, isUkCalendar, ukCalendar } from './working-days.ts'

/** So many days an import can be taken back. */
export const UNDO_DAYS = 7

export interface Rules {
  readonly calendar: Calendar
  /** Standstill under the Procurement Act 2023 counts the holidays of every part of the UK. */
  readonly standstillCalendar: Calendar
  /** Working days until a notice counts as served. */
  readonly deemedServiceDays: number
  /** Working days of internal approval. */
  readonly approvalDays: number
  /** Calendar days between signature and the first day of cover. */
  readonly mobilisationDays: number
  /** No start-by below this value: such a contract is simply ordered again. */
  readonly startByFrom: number
  /** Below this value only the reminders of `smallRungs`. */
  readonly smallValue: number
  readonly smallRungs: readonly number[]
  /** Ended more than so many days before it was first seen: historic. */
  readonly historicAfterDays: number
  /** The term of an automatic renewal, where the contract's own is not recorded. */
  readonly assumedRenewalTerm: Period
  /** An award that begins within so many days of another's end may be its rollover. */
  readonly chainToleranceDays: number
  /** Contracts of one supplier, reseller or product that end within so many days are one cliff. */
  readonly cliffDays: number
  readonly ladders: Readonly<Record<DeadlineKind, ReminderSchedule>>
  readonly routes: readonly Route[]
  /** The routes that are assumed by value, with VAT; null: by the threshold of the authority. */
  readonly routeBands: readonly RouteBand[] | null
  /** How contracts above the threshold are mostly replaced; null where nobody has said. */
  readonly usualRoute: UsualRoute | null
  /** The same of contracts of a category, which stands over that of all. */
  readonly usualRouteByCategory: readonly UsualRouteOfCategory[] | null
  /** Working days of standstill where none is mandatory (s.51(3)): 0, or eight at least (s.51(5)). */
  readonly voluntaryStandstillDays: number
  /** The last day on which the framework in mind takes call-offs; null where nobody has said. */
  readonly callOffBy: CivilDate | null
  /** Whose thresholds hold; null where nobody has said: then the lower ones. */
  readonly authority: Authority | null
  /** Null where nobody has said: then as the calendar tells. */
  readonly nation: Nation | null
  /** Whether more than £100m will be paid in the coming financial year (s.93(1)); null: nobody has said. */
  readonly pipelineSpend: 'yes' | 'no' | null
  /** Of contracts whose own recovery of VAT is not recorded. */
  readonly vatRecoverable: VatRecovery
  /** What a supplier's minimum extension costs a month against the baseline, where no past tells. */
  readonly minimumExtensionRatio: number
  /** The month with which a financial year begins: 1 to 12. */
  readonly financialYearStart: number
  /** More contracts than this for one channel in one sweep share one message. */
  readonly groupAbove: number
}

/** The rules as they come, for one calendar. */
export function defaultRules(calendar: Calendar): Rules {
  return {
    calendar,
    standstillCalendar: isUkCalendar(calendar.name) ? ukCalendar('any-uk') : calendar,
    deemedServiceDays: 2,
    approvalDays: 20,
    mobilisationDays: 30,
    startByFrom: 25_000,
    smallValue: 10_000,
    smallRungs: SMALL_VALUE_REMINDERS,
    historicAfterDays: 90,
    assumedRenewalTerm: { amount: 12, unit: 'months' },
    chainToleranceDays: CHAIN_RULES.toleranceDays,
    cliffDays: 14,
    ladders: DEFAULT_SCHEDULES,
    routes: ROUTES,
    routeBands: null,
    usualRoute: null,
    usualRouteByCategory: null,
    voluntaryStandstillDays: 0,
    callOffBy: null,
    authority: null,
    nation: null,
    pipelineSpend: null,
    vatRecoverable: 'unknown',
    minimumExtensionRatio: 1.25,
    financialYearStart: 4,
    groupAbove: 3,
  }
}

// What an organisation, a team or a contract changes of the rules: optional keys, each of which
// stands over the rule of the same name. To let people change another rule, add its key to SCALARS
// (and to `Rules`, with its default): merging, checking, the commands and the audit follow.

/** Nothing is sent earlier than so many days before its deadline: the weekly summary tells of it. */
export const EARLIEST_REMINDER = 180
export const MOST_REMINDERS = 15

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
export const SCALARS = {
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
} as const satisfies Partial<Record<keyof Rules, z.ZodType>>
export type ScalarKey = keyof typeof SCALARS

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
  .refine((settings) => AFTER_AN_END.every((kind) => asksAfter(settings.ladders?.[kind])), {
    path: ['ladders'],
    error: `of an end cannot stop on its day, as nobody would hear that it lapsed: let "fortnightly", "once", "weekly-then-monthly" or "every-working-day" follow`,
  })
export type RuleSettings = Readonly<z.infer<typeof RULE_SETTINGS>>

const AFTER_AN_END = ['end', 'emergency-end'] as const

function asksAfter(given: { readonly afterwards?: string | undefined } | undefined): boolean {
  return given?.afterwards !== 'nothing'
}

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

/** The rules with these changes laid over them; the same object where there are none. */
export function withRuleSettings(rules: Rules, settings: RuleSettings | null): Rules {
  if (settings === null || Object.keys(settings).length === 0) return rules
  const { ladders: schedules = {}, routes = {}, ...scalars } = settings
  const given = Object.entries(scalars).filter(([, value]) => value !== undefined)
  const { voluntaryStandstillDays } = scalars
  return {
    ...rules,
    ...Object.fromEntries(given),
    ladders: { ...rules.ladders, ...schedulesOver(rules.ladders, schedules) },
    routes: rules.routes.map((route) => ({
      ...route,
      ...(route.standstill === 'voluntary' && voluntaryStandstillDays !== undefined
        ? { standstillDays: voluntaryStandstillDays }
        : {}),
      ...defined(routes[route.name] ?? {}),
    })),
  }
}

function schedulesOver(
  stand: Rules['ladders'],
  given: NonNullable<RuleSettings['ladders']>,
): Partial<Record<DeadlineKind, ReminderSchedule>> {
  const over: Partial<Record<DeadlineKind, ReminderSchedule>> = {}
  for (const kind of DEADLINE_KINDS) over[kind] = { ...stand[kind], ...defined(given[kind] ?? {}) }
  return over
}

function defined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> }
}
