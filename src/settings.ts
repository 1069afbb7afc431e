/** The environment, read once into one frozen, validated object. Every problem is told at once. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { DATE_FORMATS } from './register/export/sheet.ts'
import { type Environment, FILE_NAMES, withSecretFiles } from './settings/secret-files.ts'
import { type ClockTime, type Read, SETTING_NAMES, SHAPE } from './settings/shape.ts'

/** What a process does: everything, the conversation alone, or the warnings alone. */
export type Role = 'all' | 'bot' | 'worker'

export interface Settings {
  readonly role: Role
  readonly databaseUrl: string | null
  readonly migrateUrl: string | null
  readonly dataFolder: string
  readonly timeZone: string
  readonly calendar: string
  readonly channel: string | null
  readonly escalationChannel: string | null
  /** Where the weekly summary across teams goes; null for nowhere. */
  readonly executiveChannel: string | null
  readonly sweepAt: ClockTime
  readonly weeklyAt: ClockTime
  /** 1 for Monday to 7 for Sunday. */
  readonly weeklyOn: number
  readonly slack: {
    readonly botToken: string | null
    readonly appToken: string | null
    readonly signingSecret: string | null
    readonly apiUrl: string | null
    readonly timeoutMs: number
  }
  /** Slack ids of the people who may change settings, teams and imports in Slack. */
  readonly administrators: readonly string[]
  /** Slack ids of channels and user groups whose members may read; every member where it is empty. */
  readonly readers: readonly string[]
  /** Where Slack calls the bot over HTTP. */
  readonly port: number
  /** At which calendars reach this program from outside, without a slash at the end; null for nowhere. */
  readonly publicUrl: string | null
  /** Where the local workspace's page is opened without Slack; 0 opens none. */
  readonly pagePort: number
  readonly leaseSeconds: number
  readonly historyLagSeconds: number
  readonly triageDays: number
  readonly rules: {
    readonly historicAfterDays: number
    readonly startByFrom: number
    readonly smallValue: number
    readonly approvalDays: number
    readonly mobilisationDays: number
    readonly deemedServiceDays: number
    readonly chainToleranceDays: number
    readonly cliffDays: number
  }
  /** How long a question to the database may take; what is asked of whole registers, longer. */
  readonly databaseTimeoutMs: number
  /** A process whose tick stands still for so long ends itself; 0 leaves it alone. */
  readonly standstillMs: number
  /** Where /livez, /readyz and /metrics are answered; null for nowhere. */
  readonly opsPort: number | null
  readonly opsHost: string
  /** Called after every tick that found no alarm. */
  readonly heartbeatUrl: string | null
  /** Told once a day what is wrong with the watch itself. */
  readonly adminChannel: string | null
  readonly staleRegisterDays: number
  readonly keep: {
    readonly closedDays: number
    readonly alertDays: number
    readonly inboxDays: number
  }
  /** How days are written in a workbook. */
  readonly dateFormat: (typeof DATE_FORMATS)[number]
  readonly logLevel: string
}

/**
 * The settings that an environment gives.
 * @throws SettingsError with every problem and its remedy.
 */
export function readSettings(environment: Environment): Settings {
  const { filled, problems: unreadable } = withSecretFiles(environment)
  // An empty value in a .env file means that it is not set.
  const given = Object.fromEntries(
    SETTING_NAMES.map((name) => [name, filled[name]?.trim() || undefined]),
  )
  const read = SHAPE.safeParse(given)
  const problems = [
    ...(read.success
      ? []
      : read.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}.`)),
    ...unreadable,
    ...misspelt(environment),
  ]
  if (!read.success || problems.length > 0) throw new SettingsError(problems)
  const together = wrongTogether(read.data)
  if (together !== null) throw new SettingsError([together])
  return settingsOf(read.data)
}

/** What no setting shows by itself. */
function wrongTogether(env: Read): string | null {
  const least = env.LAPSEWATCH_SLACK_TIMEOUT_SECONDS + env.LAPSEWATCH_HISTORY_LAG_SECONDS
  if (env.LAPSEWATCH_LEASE_SECONDS <= least) {
    return `LAPSEWATCH_LEASE_SECONDS must be longer than LAPSEWATCH_SLACK_TIMEOUT_SECONDS and LAPSEWATCH_HISTORY_LAG_SECONDS together (${least}): else two workers could send the same message.`
  }
  return env.LAPSEWATCH_ROLE === 'bot' && env.SLACK_BOT_TOKEN === null
    ? 'LAPSEWATCH_ROLE is bot, and no SLACK_BOT_TOKEN is set: a bot has nobody to answer. Set the token, or leave the role out.'
    : null
}

function settingsOf(env: Read): Settings {
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
    weeklyOn: env.LAPSEWATCH_WEEKLY_ON,
    slack: {
      botToken: env.SLACK_BOT_TOKEN,
      appToken: env.SLACK_APP_TOKEN,
      signingSecret: env.SLACK_SIGNING_SECRET,
      apiUrl: env.SLACK_API_URL,
      timeoutMs: env.LAPSEWATCH_SLACK_TIMEOUT_SECONDS * 1000,
    },
    administrators: env.LAPSEWATCH_ADMINISTRATORS,
    readers: env.LAPSEWATCH_READERS,
    port: env.LAPSEWATCH_PORT,
    pagePort: env.LAPSEWATCH_PAGE_PORT,
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
    databaseTimeoutMs: env.LAPSEWATCH_DATABASE_TIMEOUT_SECONDS * 1000,
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
export class SettingsError extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(`The settings cannot be used:\n${problems.map((line) => `  - ${line}`).join('\n')}`)
    this.name = 'SettingsError'
    this.problems = problems
  }
}

/** Reads `.env` of the working folder into the process's environment; what is set already wins. */
export function loadDotEnv(): void {
  if (existsSync('.env')) process.loadEnvFile('.env')
}
