/** Every setting by its name in the environment: its default, and what it may be. */
import { IANAZone } from 'luxon'
import { z } from 'zod'
import { calendarNamed } from '../domain/calendars.ts'
import { DATE_FORMATS } from '../register/export/sheet.ts'

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

const text = z.string().trim()

const optional = text.optional().transform((value) => value ?? null)

const clock = (fallback: string) =>
  text
    .default(fallback)
    .refine(
      (value) => /^([01]?\d|2[0-3]):[0-5]\d$/.test(value),
      'is no time: write it as HH:MM, for example 09:00',
    )
    .transform((value): ClockTime => {
      const [hour, minute] = value.split(':')
      return { hour: Number(hour), minute: Number(minute) }
    })

const whole = (fallback: number, least: number, most: number) =>
  text
    .default(String(fallback))
    .refine(
      (value) => /^\d{1,9}$/.test(value) && Number(value) >= least && Number(value) <= most,
      `must be a whole number from ${least} to ${most}`,
    )
    .transform(Number)

const seconds = (fallback: number, least: number, most: number) =>
  text
    .default(String(fallback))
    .refine(
      (value) =>
        /^\d{1,5}(\.\d{1,3})?$/.test(value) && Number(value) >= least && Number(value) <= most,
      `must be a number of seconds from ${least} to ${most}`,
    )
    .transform(Number)

const url = (protocols: readonly string[]) =>
  optional.refine(
    (value) => value === null || hasProtocol(value, protocols),
    `must be an address that begins with ${protocols.map((each) => `${each}//`).join(' or ')}`,
  )

export const token = (prefix: string, where: string) =>
  optional.refine(
    (value) => value === null || value.startsWith(prefix),
    `must begin with ${prefix}: copy it from ${where}`,
  )

export const SHAPE = z.object({
  LAPSEWATCH_ROLE: z
    .enum(['all', 'bot', 'worker'], { error: 'must be all, bot or worker' })
    .default('all'),
  DATABASE_URL: url(['postgres:', 'postgresql:']),
  LAPSEWATCH_MIGRATE_URL: url(['postgres:', 'postgresql:']),
  LAPSEWATCH_DATA: text.default('.lapsewatch'),
  LAPSEWATCH_TIME_ZONE: text
    .default('Europe/London')
    .refine(
      (value) => IANAZone.isValidZone(value),
      'is no time zone: write a name such as Europe/London',
    ),
  LAPSEWATCH_CALENDAR: text
    .default('england-and-wales')
    .refine(
      (value) => calendarNamed(value) !== null,
      'is no calendar: write england-and-wales, scotland, northern-ireland, any-uk, or a country code such as FR or DE-BY',
    ),
  LAPSEWATCH_CHANNEL: optional,
  LAPSEWATCH_ESCALATION_CHANNEL: optional,
  LAPSEWATCH_EXECUTIVE_CHANNEL: optional,
  LAPSEWATCH_SWEEP_AT: clock('09:00'),
  LAPSEWATCH_WEEKLY_AT: clock('09:00'),
  LAPSEWATCH_WEEKLY_ON: text
    .default('mon')
    .transform((value) => WEEKDAYS.indexOf(value.slice(0, 3).toLowerCase()) + 1)
    .refine((day) => day > 0, 'is no weekday: write mon, tue, wed, thu, fri, sat or sun'),
  SLACK_BOT_TOKEN: token('xoxb-', 'OAuth & Permissions in the settings of your Slack app'),
  SLACK_APP_TOKEN: token(
    'xapp-',
    'Basic Information, App-Level Tokens, in the settings of your Slack app',
  ),
  SLACK_SIGNING_SECRET: optional,
  SLACK_API_URL: url(['http:', 'https:']),
  LAPSEWATCH_READERS: text
    .default('')
    .transform((value) => value.split(/[\s,]+/).filter((each) => each !== ''))
    .refine(
      (ids) => ids.every((id) => /^[CGS][A-Z0-9]{2,}$/.test(id)),
      'must hold Slack ids of channels (C…) or user groups (S…), with commas between: copy them from their details in Slack',
    ),
  LAPSEWATCH_ADMINISTRATORS: text
    .default('')
    .transform((value) => value.split(/[\s,]+/).filter((each) => each !== ''))
    .refine(
      (ids) => ids.every((id) => /^[UW][A-Z0-9]{2,}$/.test(id)),
      "must hold Slack member ids such as U012ABCDEF, with commas between: copy them from the people's profiles",
    ),
  LAPSEWATCH_PORT: whole(3000, 1, 65_535),
  LAPSEWATCH_PAGE_PORT: whole(3000, 0, 65_535),
  LAPSEWATCH_PUBLIC_URL: url(['http:', 'https:']),
  LAPSEWATCH_SLACK_TIMEOUT_SECONDS: seconds(10, 0.1, 60),
  LAPSEWATCH_LEASE_SECONDS: seconds(90, 1, 3600),
  LAPSEWATCH_HISTORY_LAG_SECONDS: seconds(10, 0, 600),
  LAPSEWATCH_TRIAGE_DAYS: whole(14, 0, 60),
  LAPSEWATCH_HISTORIC_DAYS: whole(90, 0, 3650),
  LAPSEWATCH_START_BY_FROM: whole(25_000, 0, 999_999_999),
  LAPSEWATCH_SMALL_VALUE: whole(10_000, 0, 999_999_999),
  LAPSEWATCH_APPROVAL_DAYS: whole(20, 0, 250),
  LAPSEWATCH_MOBILISATION_DAYS: whole(30, 0, 730),
  LAPSEWATCH_DEEMED_SERVICE_DAYS: whole(2, 0, 60),
  LAPSEWATCH_CHAIN_TOLERANCE_DAYS: whole(3, 0, 9),
  LAPSEWATCH_CLIFF_DAYS: whole(14, 0, 365),
  LAPSEWATCH_DATABASE_TIMEOUT_SECONDS: seconds(30, 1, 600),
  LAPSEWATCH_STANDSTILL_SECONDS: seconds(60, 0, 3600),
  LAPSEWATCH_OPS_PORT: optional
    .refine(
      (value) =>
        value === null || (/^\d{1,5}$/.test(value) && Number(value) > 0 && Number(value) < 65_536),
      'must be a whole number from 1 to 65535',
    )
    .transform((value) => (value === null ? null : Number(value))),
  LAPSEWATCH_OPS_HOST: text.default('127.0.0.1'),
  LAPSEWATCH_HEARTBEAT_URL: url(['http:', 'https:']),
  LAPSEWATCH_ADMIN_CHANNEL: optional,
  LAPSEWATCH_STALE_REGISTER_DAYS: whole(45, 1, 3650),
  LAPSEWATCH_KEEP_CLOSED_DAYS: whole(2555, 30, 36_500),
  LAPSEWATCH_KEEP_ALERT_DAYS: whole(1095, 180, 36_500),
  LAPSEWATCH_KEEP_INBOX_DAYS: whole(2, 1, 365),
  LAPSEWATCH_DATE_FORMAT: z
    .enum(DATE_FORMATS, { error: `must be ${DATE_FORMATS.join(', ')}` })
    .default('dd/mm/yyyy'),
  LAPSEWATCH_LOG_LEVEL: text
    .default('info')
    .refine(
      (value) => ['debug', 'info', 'warn', 'error', 'silent'].includes(value),
      'must be debug, info, warn, error or silent',
    ),
})

/** What the environment says, each value by its name. */
export type Read = z.infer<typeof SHAPE>

/** The names of all settings, for `.env.example` and its test. */
export const SETTING_NAMES: readonly string[] = Object.keys(SHAPE.shape)

/** A time of the day in a team's zone. */
export interface ClockTime {
  readonly hour: number
  readonly minute: number
}

function hasProtocol(value: string, protocols: readonly string[]): boolean {
  return URL.canParse(value) && protocols.includes(new URL(value).protocol)
}
