/**
 * The product in small: a database of its own, the stand-in for Slack, and the bot connected to it
 * as it is to Slack. Only the addresses differ, the clock, and that no pace has to be kept.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { botFor } from '../conversation.ts'
import { openDatabase } from '../db/open.ts'
import { openScratch } from '../db/scratch.ts'
import { tieAccounts } from '../db/slack-accounts.ts'
import { deliverDue, runDelivery } from '../delivery/deliver.ts'
import { sleep } from '../delivery/sleep.ts'
import { calendarNamed } from '../domain/calendars.ts'
import { addDays, type CivilDate } from '../domain/civil-date.ts'
import { workingDayOnOrBefore } from '../domain/working-days.ts'
import { deliveryDeps } from '../outgoing.ts'
import { type Program, programOver } from '../program.ts'
import { loadSample } from '../sample.ts'
import type { Settings } from '../settings.ts'
import { tick } from '../watch/slots.ts'
import { openWorkspace, type Workspace } from '../workspace/open.ts'
import { LocalClock } from './clock.ts'
import { ADMINISTRATORS, accounts, addCompany, CONTRACTS, ESCALATION } from './company.ts'

export interface LocalHouse {
  readonly workspace: Workspace
  readonly program: Program
  readonly clock: LocalClock
  /** Lets a day pass: its sweep, its summary, and all that is to be sent. */
  passDay(): Promise<CivilDate>
  close(): Promise<void>
}

export interface LocalOptions {
  readonly settings: Settings
  /** The real day: the clock begins on it, or on the working day before. */
  readonly today: CivilDate
  readonly log: (line: string) => void
}

/** @throws DatabaseProblem where the embedded database cannot run here. */
export async function openLocalHouse({ settings, today, log }: LocalOptions): Promise<LocalHouse> {
  const { timeZone } = settings
  const calendar = calendarNamed(settings.calendar)
  const first = calendar === null ? today : workingDayOnOrBefore(today, calendar)
  const clock = new LocalClock(first, timeZone, () => performance.now())
  const scratch = await openScratch(settings.dataFolder, log)
  const database = await openDatabase({
    databaseUrl: scratch.runUrl,
    migrateUrl: scratch.migrateUrl,
    dataFolder: settings.dataFolder,
    log,
    poolSize: 8,
  }).catch(async (error: unknown) => {
    await scratch.drop()
    throw error
  })
  const own = withoutSlack(settings)
  const program = await programOver(database, own, () => clock.now(), log)
  const tokens = { botToken: secret('xoxb'), appToken: secret('xapp') }
  const workspace = await openWorkspace({
    channels: [],
    now: () => clock.now().getTime(),
    tokens: [tokens.botToken],
    appTokens: [tokens.appToken],
    idle: async () => bot.idle(),
  })
  addCompany(workspace.places)
  const slack = { ...own.slack, ...tokens, apiUrl: workspace.url }
  const connected: Program = { ...program, settings: { ...own, slack } }
  const bot = botFor(connected)
  await bot.start()

  const stop = new AbortController()
  const deps = { ...deliveryDeps(connected, process.stdout), answerable: true }
  const fast = { ...deps, settings: { ...deps.settings, paceMs: 0, historyLagMs: 0, pollMs: 200 } }
  const sweepToday = async () => {
    const { organisation, rulesOf, pool } = program
    const { sweepAt, weeklyAt, weeklyOn } = own
    await tick(pool, {
      organisationId: organisation.id,
      rulesOf,
      times: { sweepAt, weeklyAt, weeklyOn },
      owner: randomUUID(),
      now: clock.now(),
    })
    await deliverDue({ ...fast, owner: `${fast.owner} ${randomUUID()}` }, { signal: stop.signal })
  }
  await loadSample(program)
  await tieAccounts(program.pool, program.organisation.id, accounts())
  await sweepToday()
  const delivery = runDelivery(fast, stop.signal)
  return {
    workspace,
    program,
    clock,
    async passDay() {
      const day = addDays(clock.today(), 1)
      clock.set(day, later(own.sweepAt, own.weeklyAt))
      await sweepToday()
      clock.set(day)
      return day
    },
    async close() {
      stop.abort()
      await delivery
      await bot.stop()
      await hungUp(workspace)
      await workspace.close()
      await program.close()
      await scratch.drop()
    },
  }
}

/** A socket that is cut before the goodbye would hold the process for half a minute. */
async function hungUp({ sockets }: Workspace): Promise<void> {
  for (let looks = 0; sockets.connections > 0 && looks < 100; looks += 1) await sleep(10)
}

/** A token of this start alone: nothing else on this machine can guess it. */
function secret(prefix: string): string {
  return `${prefix}-${randomBytes(18).toString('hex')}`
}

/** The same rules and times, nothing of the real Slack and of its channels. */
function withoutSlack(settings: Settings): Settings {
  return {
    ...settings,
    channel: CONTRACTS,
    escalationChannel: ESCALATION,
    administrators: ADMINISTRATORS,
    slack: {
      botToken: null,
      appToken: null,
      signingSecret: null,
      apiUrl: null,
      timeoutMs: settings.slack.timeoutMs,
    },
  }
}

type Time = Settings['sweepAt']

function later(one: Time, other: Time): Time {
  return one.hour * 60 + one.minute >= other.hour * 60 + other.minute ? one : other
}
