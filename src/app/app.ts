/** The opened program: settings, database, rules and clock, for main and for every command. */
import type { Pool } from 'pg'
import { inTransaction } from '../database/connect.ts'
import { type Database, openDatabase } from '../database/open.ts'
import {
  ensureOrganisation,
  type Organisation,
  type RulesByTeam,
  rulesByTeam,
  type Team,
} from '../database/organisation.ts'
import { recalculateWhereRulesChanged } from '../database/recalculate.ts'
import type { RefreshContext } from '../register/import/refresh.ts'
import { type CivilDate, civilClock } from '../rules/civil-date.ts'
import { type LargeAnswers, largeAnswers } from '../slack/answer-cache.ts'
import type { AuditContext } from '../warnings/self-check.ts'
import { loadDotEnv, readSettings, type Settings } from './settings.ts'

export interface Program {
  readonly settings: Settings
  readonly database: Database
  readonly pool: Pool
  readonly organisation: Organisation
  readonly rulesOf: RulesByTeam
  readonly now: () => Date
  readonly today: () => CivilDate
  readonly todayOf: (team: Pick<Team, 'timeZone'>) => CivilDate
  readonly log: (line: string) => void
  /** Answers made from the whole register: shared by who answers and who sends. */
  readonly large: LargeAnswers
  close(): Promise<void>
}

/**
 * Opens the program as the environment says.
 * @throws SettingsError or DatabaseProblem, each with what to do.
 */
export async function openProgram(log: (line: string) => void, poolSize = 10): Promise<Program> {
  loadDotEnv()
  const settings = readSettings(process.env)
  const database = await openDatabase({
    databaseUrl: settings.databaseUrl,
    migrateUrl: settings.migrateUrl,
    dataFolder: settings.dataFolder,
    log,
    poolSize,
    questionMs: settings.databaseTimeoutMs,
  })
  return await programOver(database, settings, () => new Date(), log)
}

/** The program over a database that is open; on failure the database is closed. */
export async function programOver(
  database: Database,
  settings: Settings,
  now: () => Date,
  log: (line: string) => void,
): Promise<Program> {
  try {
    const organisation = await ensureOrganisation(database.pool, now(), settings)
    // The sample's contracts are invented: with a token its messages would reach real people.
    if (settings.slack.botToken !== null && organisation.mayHoldSample) {
      const { removeSample } = await import('../register/import/undo.ts')
      await inTransaction(database.pool, (client) => removeSample(client, organisation.id))
    }
    const rulesOf = rulesByTeam(settings.rules)
    const days = civilClock(now, settings.timeZone)
    await recalculateWhereRulesChanged(database.pool, {
      organisationId: organisation.id,
      rulesOf,
      todayOf: days.todayOf,
      now: now(),
      log,
      retired: async (client, ids, today) => {
        const { queueUpdates } = await import('../delivery/enqueue-updates.ts')
        return queueUpdates(client, organisation.id, ids, today)
      },
    })
    return {
      settings,
      database,
      pool: database.pool,
      organisation,
      rulesOf,
      now,
      ...days,
      log,
      large: largeAnswers({
        pool: database.pool,
        organisationId: organisation.id,
        elapsed: performance.now.bind(performance),
      }),
      close: () => database.close(),
    }
  } catch (error) {
    await database.close()
    throw error
  }
}

export function auditContext(program: Program): AuditContext {
  const { organisation, rulesOf, settings, today, now } = program
  return {
    organisationId: organisation.id,
    rulesOf,
    times: timesOf(program),
    today: today(),
    now: now(),
    staleDays: settings.staleRegisterDays,
  }
}

/** When each day's sweep and each week's summary begin. */
export function timesOf({ settings: { sweepAt, weeklyAt, weeklyOn } }: Program) {
  return { sweepAt, weeklyAt, weeklyOn }
}

/** What registers are refreshed with, by this process. */
export function refreshContext(
  { organisation, rulesOf, settings, now }: Program,
  owner: string,
): RefreshContext {
  const { triageDays, timeZone, adminChannel } = settings
  const { id: organisationId } = organisation
  return { organisationId, owner, rulesOf, triageDays, timeZone, now: now(), adminChannel }
}
