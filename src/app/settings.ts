/** The environment, read once into one frozen, validated object. Every problem is told at once. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { IANAZone } from 'luxon'
import { DATE_FORMATS } from '../register/export/sheet.ts'
import { UserError } from '../rules/user-error.ts'
import { calendarNamed } from '../rules/working-days.ts'
import { BOARD_ROLES, type BoardSeat } from '../slack/directory.ts'

/** As the process works with them. */
export type Settings = ReturnType<typeof settingsOf>

/**
 * The settings that an environment gives.
 * @throws SettingsError with every problem and its remedy.
 */
export function readSettings(environment: Environment): Settings {
  const { filled, problems: unreadable } = withSecretFiles(environment)
  const problems: string[] = []
  const read = Object.fromEntries(
    Object.entries<Reader<unknown>>(SHAPE).map(([name, reader]) => {
      try {
        // An empty value in a .env file means that it is not set.
        return [name, reader(filled[name]?.trim() || undefined)]
      } catch (error) {
        if (!(error instanceof Unusable)) throw error
        problems.push(`${name} ${error.message}.`)
        return [name, null]
      }
    }),
  ) as Read
  problems.push(...unreadable, ...misspelt(environment))
  if (problems.length > 0) throw new SettingsError(problems)
  const together = wrongTogether(read)
  if (together !== null) throw new SettingsError([together])
  return settingsOf(read)
}

/** What no setting shows by itself. */
function wrongTogether(env: Read): string | null {
  const least = env.LAPSEWATCH_SLACK_TIMEOUT_SECONDS + env.LAPSEWATCH_HISTORY_LAG_SECONDS
  if (env.LAPSEWATCH_LEASE_SECONDS <= least) {
    return `LAPSEWATCH_LEASE_SECONDS must be longer than LAPSEWATCH_SLACK_TIMEOUT_SECONDS and LAPSEWATCH_HISTORY_LAG_SECONDS together (${least}): else two workers could send the same message.`
  }
  const both = env.LAPSEWATCH_BOARD.find(
    ({ id, role }) => role === 'audit' && env.LAPSEWATCH_ADMINISTRATORS.includes(id),
  )
  if (both !== undefined) {
    return `LAPSEWATCH_BOARD names ${both.id} for the audit, and LAPSEWATCH_ADMINISTRATORS as an administrator: an auditor changes nothing. Take the id out of one of them.`
  }
  const { LAPSEWATCH_BOARD_PACK_ON: packOn, LAPSEWATCH_BOARD_PACK_TO: packTo } = env
  if ((packOn === 0) !== (packTo.length === 0)) {
    return 'LAPSEWATCH_BOARD_PACK_ON and LAPSEWATCH_BOARD_PACK_TO belong together: set the day of the month and the people, or neither.'
  }
  const sees = [...env.LAPSEWATCH_ADMINISTRATORS, ...env.LAPSEWATCH_BOARD.map(({ id }) => id)]
  const stranger = packTo.find((id) => !sees.includes(id))
  if (stranger !== undefined) {
    return `LAPSEWATCH_BOARD_PACK_TO names ${stranger}, who does not see the board: name them in LAPSEWATCH_BOARD too, by their own id.`
  }
  return env.LAPSEWATCH_ROLE === 'bot' && env.SLACK_BOT_TOKEN === null
    ? 'LAPSEWATCH_ROLE is bot, and no SLACK_BOT_TOKEN is set: a bot has nobody to answer. Set the token, or leave the role out.'
    : null
}

function settingsOf(env: Read) {
  return Object.freeze({
    role: env.LAPSEWATCH_ROLE,
    databaseUrl: env.DATABASE_URL,
    migrateUrl: env.LAPSEWATCH_MIGRATE_URL,
    dataFolder: resolve(env.LAPSEWATCH_DATA),
    timeZone: env.LAPSEWATCH_TIME_ZONE,
    calendar: env.LAPSEWATCH_CALENDAR,
    channel: env.LAPSEWATCH_CHANNEL,
    escalationChannel: env.LAPSEWATCH_ESCALATION_CHANNEL,
    executiveChannel: env.LAPSEWATCH_EXECUTIVE_CHANNEL,
    sweepAt: env.LAPSEWATCH_SWEEP_AT,
    weeklyAt: env.LAPSEWATCH_WEEKLY_AT,
    /** 1 for Monday to 7 for Sunday. */
    weeklyOn: env.LAPSEWATCH_WEEKLY_ON,
    slack: {
      botToken: env.SLACK_BOT_TOKEN,
      appToken: env.SLACK_APP_TOKEN,
      signingSecret: env.SLACK_SIGNING_SECRET,
      apiUrl: env.SLACK_API_URL,
      timeoutMs: env.LAPSEWATCH_SLACK_TIMEOUT_SECONDS * 1000,
    },
    /** Slack ids of the people who may change settings, teams and imports in Slack. */
    administrators: env.LAPSEWATCH_ADMINISTRATORS,
    /** Slack ids of channels and user groups whose members may read; every member where it is empty. */
    readers: env.LAPSEWATCH_READERS,
    /** Who sees the board besides administrators, and as what. */
    board: env.LAPSEWATCH_BOARD,
    /** When its workbook is sent, and to whom: a day of the month, 0 for never; Slack ids of people. */
    boardPackOn: env.LAPSEWATCH_BOARD_PACK_ON,
    boardPackTo: env.LAPSEWATCH_BOARD_PACK_TO,
    port: env.LAPSEWATCH_PORT,
    /** Where the local workspace's page is opened without Slack; 0 opens none. */
    pagePort: env.LAPSEWATCH_PAGE_PORT,
    /** At which calendars reach this program from outside, without a slash at the end. */
    publicUrl: env.LAPSEWATCH_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    leaseSeconds: env.LAPSEWATCH_LEASE_SECONDS,
    historyLagSeconds: env.LAPSEWATCH_HISTORY_LAG_SECONDS,
    triageDays: env.LAPSEWATCH_TRIAGE_DAYS,
    rules: {
      historicAfterDays: env.LAPSEWATCH_HISTORIC_DAYS,
      startByFrom: env.LAPSEWATCH_START_BY_FROM,
      smallValue: env.LAPSEWATCH_SMALL_VALUE,
      approvalDays: env.LAPSEWATCH_APPROVAL_DAYS,
      mobilisationDays: env.LAPSEWATCH_MOBILISATION_DAYS,
      deemedServiceDays: env.LAPSEWATCH_DEEMED_SERVICE_DAYS,
      chainToleranceDays: env.LAPSEWATCH_CHAIN_TOLERANCE_DAYS,
      cliffDays: env.LAPSEWATCH_CLIFF_DAYS,
    },
    /** How long a question to the database may take; what is asked of whole registers, longer. */
    databaseTimeoutMs: env.LAPSEWATCH_DATABASE_TIMEOUT_SECONDS * 1000,
    /** A process whose tick stands still for so long ends itself; 0 leaves it alone. */
    standstillMs: env.LAPSEWATCH_STANDSTILL_SECONDS * 1000,
    opsPort: env.LAPSEWATCH_OPS_PORT,
    opsHost: env.LAPSEWATCH_OPS_HOST,
    heartbeatUrl: env.LAPSEWATCH_HEARTBEAT_URL,
    adminChannel: env.LAPSEWATCH_ADMIN_CHANNEL,
    staleRegisterDays: env.LAPSEWATCH_STALE_REGISTER_DAYS,
    keep: {
      closedDays: env.LAPSEWATCH_KEEP_CLOSED_DAYS,
      alertDays: env.LAPSEWATCH_KEEP_ALERT_DAYS,
      inboxDays: env.LAPSEWATCH_KEEP_INBOX_DAYS,
    },
    dateFormat: env.LAPSEWATCH_DATE_FORMAT,
    logLevel: env.LAPSEWATCH_LOG_LEVEL,
  })
}

/** A setting with a typing error would silently do nothing: names that begin like ours must be ours. */
function misspelt(environment: Environment): string[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith('LAPSEWATCH_'))
    .filter((name) => !SETTING_NAMES.includes(name) && !FILE_NAMES.includes(name))
    .map((name) => `${name} is not a setting: compare its name with .env.example.`)
}

/** All that is wrong with the environment, one line each with its remedy. */
class SettingsError extends UserError {
  constructor(problems: readonly string[]) {
    const lines = problems.map((line) => `  - ${line}`).join('\n')
    super(`The settings cannot be used:\n${lines}`, problems)
    this.name = 'SettingsError'
  }
}

/** Reads `.env` of the working folder into the process's environment; what is set already wins. */
export function loadDotEnv(): void {
  if (existsSync('.env')) process.loadEnvFile('.env')
}

/** Settings that are secrets, each of which a file may hold instead: `SLACK_BOT_TOKEN_FILE`. */
const SECRET_NAMES = [
  'DATABASE_URL',
  'LAPSEWATCH_MIGRATE_URL',
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'LAPSEWATCH_HEARTBEAT_URL',
] as const

const FILE_NAMES: readonly string[] = SECRET_NAMES.map((name) => `${name}_FILE`)

/** The environment with the secrets that files hold; what is wrong with the files, in sentences. */
function withSecretFiles(environment: Environment): {
  readonly filled: Environment
  readonly problems: readonly string[]
} {
  const filled: Record<string, string | undefined> = { ...environment }
  const problems: string[] = []
  for (const name of SECRET_NAMES) {
    const file = environment[`${name}_FILE`]?.trim()
    if (!file) continue
    if (environment[name]?.trim()) {
      problems.push(`${name} and ${name}_FILE are both set: keep one of them.`)
      continue
    }
    try {
      filled[name] = readFileSync(file, 'utf8').trim()
      if (filled[name] === '') problems.push(`${name}_FILE names an empty file: ${file}.`)
    } catch {
      problems.push(`${name}_FILE names a file that cannot be read: ${file}.`)
    }
  }
  return { filled, problems }
}

type Environment = Readonly<Record<string, string | undefined>>

const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** A value that cannot be used; the message goes on from the name of the setting: ` must be …`. */
class Unusable extends Error {}

/** The value of a setting as it is given; undefined where it is not. @throws Unusable. */
type Reader<Value> = (given: string | undefined) => Value

function need(fits: boolean, problem: string): void {
  if (!fits) throw new Unusable(problem)
}

const optional: Reader<string | null> = (given) => given ?? null

const text =
  (fallback: string): Reader<string> =>
  (given = fallback) =>
    given

const oneOf =
  <Word extends string>(words: readonly Word[], fallback: Word, problem: string): Reader<Word> =>
  (given = fallback) => {
    const found = words.find((word) => word === given)
    if (found === undefined) throw new Unusable(problem)
    return found
  }

/** Text that is of use. */
const fitting =
  (fallback: string, fits: (value: string) => boolean, problem: string): Reader<string> =>
  (given = fallback) => {
    need(fits(given), problem)
    return given
  }

const clock =
  (fallback: string): Reader<ClockTime> =>
  (given = fallback) => {
    const isTime = /^([01]?\d|2[0-3]):[0-5]\d$/.test(given)
    need(isTime, 'is no time: write it as HH:MM, for example 09:00')
    const [hour, minute] = given.split(':')
    return { hour: Number(hour), minute: Number(minute) }
  }

const number =
  (shape: RegExp, kind: string) =>
  (fallback: number, least: number, most: number): Reader<number> =>
  (given = String(fallback)) => {
    const fits = shape.test(given) && Number(given) >= least && Number(given) <= most
    need(fits, `must be a ${kind} from ${least} to ${most}`)
    return Number(given)
  }

const whole = number(/^\d{1,9}$/, 'whole number')

const seconds = number(/^\d{1,5}(\.\d{1,3})?$/, 'number of seconds')

const url =
  (protocols: readonly string[]): Reader<string | null> =>
  (given) => {
    const kinds = protocols.map((each) => `${each}//`).join(' or ')
    need(
      given === undefined || hasProtocol(given, protocols),
      `must be an address that begins with ${kinds}`,
    )
    return given ?? null
  }

const token =
  (prefix: string, where: string): Reader<string | null> =>
  (given) => {
    need(
      given === undefined || given.startsWith(prefix),
      `must begin with ${prefix}: copy it from ${where}`,
    )
    return given ?? null
  }

const ids =
  (shape: RegExp, problem: string): Reader<readonly string[]> =>
  (given = '') => {
    const named = given.split(/[\s,]+/).filter((each) => each !== '')
    need(
      named.every((each) => shape.test(each)),
      problem,
    )
    return named
  }

const people = ids(
  /^[UW][A-Z0-9]{2,}$/,
  "must hold Slack member ids such as U012ABCDEF, with commas between: copy them from the people's profiles",
)

/** `finance: U012, S034; audit: U056`; ids without a role are those of heads. Null where it says something else. */
function readBoard(value: string): readonly BoardSeat[] | null {
  const seats: BoardSeat[] = []
  for (const part of value.split(';').filter((each) => each.trim() !== '')) {
    const [named = '', ids] = part.includes(':') ? part.split(/:(.*)/s) : ['heads', part]
    const role = BOARD_ROLES.find((each) => each === named.trim().toLowerCase())
    const found = (ids ?? '').split(/[\s,]+/).filter((each) => each !== '')
    const isRead = found.length > 0 && found.every((id) => /^[SUW][A-Z0-9]{2,}$/.test(id))
    if (role === undefined || !isRead) return null
    seats.push(...found.map((id) => ({ id, role })))
  }
  return seats
}

const SHAPE = {
  LAPSEWATCH_ROLE: oneOf(['all', 'bot', 'worker'], 'all', 'must be all, bot or worker'),
  DATABASE_URL: url(['postgres:', 'postgresql:']),
  LAPSEWATCH_MIGRATE_URL: url(['postgres:', 'postgresql:']),
  LAPSEWATCH_DATA: text('.lapsewatch'),
  LAPSEWATCH_TIME_ZONE: fitting(
    'Europe/London',
    (value) => IANAZone.isValidZone(value),
    'is no time zone: write a name such as Europe/London',
  ),
  LAPSEWATCH_CALENDAR: fitting(
    'england-and-wales',
    (value) => calendarNamed(value) !== null,
    'is no calendar: write england-and-wales, scotland, northern-ireland, any-uk, or a country code such as FR or DE-BY',
  ),
  LAPSEWATCH_CHANNEL: optional,
  LAPSEWATCH_ESCALATION_CHANNEL: optional,
  LAPSEWATCH_EXECUTIVE_CHANNEL: optional,
  LAPSEWATCH_SWEEP_AT: clock('09:00'),
  LAPSEWATCH_WEEKLY_AT: clock('09:00'),
  LAPSEWATCH_WEEKLY_ON: (given = 'mon') => {
    const day = WEEKDAYS.indexOf(given.slice(0, 3).toLowerCase()) + 1
    need(day > 0, 'is no weekday: write mon, tue, wed, thu, fri, sat or sun')
    return day
  },
  SLACK_BOT_TOKEN: token('xoxb-', 'OAuth & Permissions in the settings of your Slack app'),
  SLACK_APP_TOKEN: token(
    'xapp-',
    'Basic Information, App-Level Tokens, in the settings of your Slack app',
  ),
  SLACK_SIGNING_SECRET: optional,
  SLACK_API_URL: url(['http:', 'https:']),
  LAPSEWATCH_READERS: ids(
    /^[CGS][A-Z0-9]{2,}$/,
    'must hold Slack ids of channels (C…) or user groups (S…), with commas between: copy them from their details in Slack',
  ),
  LAPSEWATCH_ADMINISTRATORS: people,
  LAPSEWATCH_BOARD: (given = '') => {
    const seats = readBoard(given)
    if (seats !== null) return seats
    throw new Unusable(
      'must name people (U…) and user groups (S…) by their Slack ids, such as: finance: U012, S034; audit: U056; heads: U078',
    )
  },
  LAPSEWATCH_BOARD_PACK_ON: whole(0, 0, 28),
  LAPSEWATCH_BOARD_PACK_TO: people,
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
  LAPSEWATCH_OPS_PORT: (given) => {
    const port = Number(given)
    const fits = given === undefined || (/^\d{1,5}$/.test(given) && port > 0 && port < 65_536)
    need(fits, 'must be a whole number from 1 to 65535')
    return given === undefined ? null : port
  },
  LAPSEWATCH_OPS_HOST: text('127.0.0.1'),
  LAPSEWATCH_HEARTBEAT_URL: url(['http:', 'https:']),
  LAPSEWATCH_ADMIN_CHANNEL: optional,
  LAPSEWATCH_STALE_REGISTER_DAYS: whole(45, 1, 3650),
  LAPSEWATCH_KEEP_CLOSED_DAYS: whole(2555, 30, 36_500),
  LAPSEWATCH_KEEP_ALERT_DAYS: whole(1095, 180, 36_500),
  LAPSEWATCH_KEEP_INBOX_DAYS: whole(2, 1, 365),
  LAPSEWATCH_DATE_FORMAT: oneOf(DATE_FORMATS, 'dd/mm/yyyy', `must be ${DATE_FORMATS.join(', ')}`),
  LAPSEWATCH_LOG_LEVEL: fitting(
    'info',
    (value) => ['debug', 'info', 'warn', 'error', 'silent'].includes(value),
    'must be debug, info, warn, error or silent',
  ),
} satisfies Readonly<Record<string, Reader<unknown>>>

/** What the environment says, each value by its name. */
type Read = { readonly [Name in keyof typeof SHAPE]: ReturnType<(typeof SHAPE)[Name]> }

/** The names of all settings, for `.env.example` and its test. */
export const SETTING_NAMES: readonly string[] = Object.keys(SHAPE)

interface ClockTime {
  readonly hour: number
  readonly minute: number
}

function hasProtocol(value: string, protocols: readonly string[]): boolean {
  return URL.canParse(value) && protocols.includes(new URL(value).protocol)
}
