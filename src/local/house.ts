/**
 * The product in small: a database of its own, the stand-in for Slack, and the bot connected to it
 * as it is to Slack. Only the addresses differ, the clock, and that no pace has to be kept.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { deskFor } from '../calendars.ts'
import { botFor } from '../conversation.ts'
import { openDatabase } from '../db/open.ts'
import type { Scratch } from '../db/scratch.ts'
import { tieAccounts } from '../db/slack-accounts.ts'
import { deliverDue, runDelivery } from '../delivery/deliver.ts'
import type { DeliveryDeps } from '../delivery/send.ts'
import { sleep } from '../delivery/sleep.ts'
import { calendarNamed } from '../domain/calendars.ts'
import { addDays, type CivilDate } from '../domain/civil-date.ts'
import { workingDayOnOrBefore } from '../domain/working-days.ts'
import type { CalendarDesk } from '../ops/calendar.ts'
import { deliveryDeps } from '../outgoing.ts'
import { type Program, programOver } from '../program.ts'
import { loadSample } from '../sample.ts'
import type { Settings } from '../settings.ts'
import { tick } from '../watch/slots.ts'
import { openWorkspace, type Workspace } from '../workspace/open.ts'
import { LocalClock } from './clock.ts'
import { ADMINISTRATORS, accounts, addCompany, CONTRACTS, ESCALATION } from './company.ts'
import { holdRewrites, releaseRewrites } from './rewrites.ts'

export interface LocalHouse {
  readonly workspace: Workspace
  readonly program: Program
  readonly clock: LocalClock
  /** Calendars of this house. */
  readonly desk: CalendarDesk
  /**
   * Lets a day pass: its sweep, its summary, and all that is to be sent. Where another follows at
   * once, what was posted before is not rewritten yet.
   */
  passDay(next?: 'rest' | 'another follows'): Promise<CivilDate>
  close(): Promise<void>
}

export interface LocalOptions {
  readonly settings: Settings
  /** The real day: the clock begins on it, or on the working day before. */
  readonly today: CivilDate
  readonly log: (line: string) => void
  /** A database to begin with, empty. */
  readonly openScratch: () => Promise<Scratch>
}

/** @throws DatabaseProblem where the embedded database cannot run here. */
export async function openLocalHouse(
  options: LocalOptions,
  publicUrl: () => string | null = () => null,
): Promise<LocalHouse> {
  const undo: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    return { ...(await furnish(options, undo, publicUrl)), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** @param undo gets what closes each thing that was opened. */
async function furnish(
  { settings, today, log, openScratch }: LocalOptions,
  undo: (() => Promise<unknown>)[],
  publicUrl: () => string | null,
): Promise<Omit<LocalHouse, 'close'>> {
  const clock = new LocalClock(firstDay(settings, today), settings.timeZone, () =>
    performance.now(),
  )
  const scratch = await openScratch()
  undo.push(() => scratch.drop())
  const database = await openDatabase({
    databaseUrl: scratch.runUrl,
    migrateUrl: scratch.migrateUrl,
    dataFolder: settings.dataFolder,
    log,
    poolSize: 8,
  })
  undo.push(() => database.close())
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
  undo.push(() => workspace.close())
  addCompany(workspace.places)
  const slack = { ...own.slack, ...tokens, apiUrl: workspace.url }
  const connected: Program = { ...program, settings: { ...own, slack } }
  const bot = botFor(connected, publicUrl)
  await bot.start()
  undo.push(async () => {
    await bot.stop()
    await hungUp(workspace)
  })
  const work = workOf(connected, clock)
  const day = clock.today()
  clock.set(day, sweepingHours(own)[0])
  await loadSample(program)
  await tieAccounts(program.pool, program.organisation.id, accounts())
  await work.sweepDay(day)
  undo.push(work.start())
  return {
    workspace,
    program,
    clock,
    desk: deskFor(program),
    async passDay(next = 'rest') {
      const day = addDays(clock.today(), 1)
      await work.sweepDay(day, next)
      return day
    },
  }
}

/** The tick and the outbox, as fast as they can: the stand-in keeps no pace and no history back. */
function workOf(program: Program, clock: LocalClock) {
  const { organisation, rulesOf, pool, settings } = program
  const { sweepAt, weeklyAt, weeklyOn } = settings
  const usual = deliveryDeps(program, process.stdout)
  const deps = {
    ...usual,
    answerable: true,
    settings: { ...usual.settings, paceMs: 0, historyLagMs: 0, pollMs: 200 },
  }
  const closing = new AbortController()
  let posting: Posting | null = null
  return {
    /**
     * Sweep and summary, each at its own hour; then it is the morning of that day. What people's
     * acts queue is delivered by the same hand meanwhile: two would hold a channel from one
     * another, and what is left over would come on a later day.
     */
    async sweepDay(day: CivilDate, next: 'rest' | 'another follows' = 'rest') {
      await posting?.stop()
      for (const time of sweepingHours(settings)) {
        clock.set(day, time)
        await tick(pool, {
          organisationId: organisation.id,
          rulesOf,
          times: { sweepAt, weeklyAt, weeklyOn },
          owner: randomUUID(),
          now: clock.now(),
        })
        if (next === 'rest') await releaseRewrites(pool, day)
        else await holdRewrites(pool)
        await deliverDue({ ...deps, owner: randomUUID() }, { signal: closing.signal })
      }
      clock.set(day)
      if (posting !== null && !closing.signal.aborted) posting = startPosting(deps)
    },
    /** Delivers what people's acts queue. @returns what ends that. */
    start() {
      posting = startPosting(deps)
      return async () => {
        closing.abort()
        await posting?.stop()
      }
    },
  }
}

interface Posting {
  stop(): Promise<void>
}

function startPosting(deps: DeliveryDeps): Posting {
  const stop = new AbortController()
  const delivery = runDelivery(deps, stop.signal)
  return {
    async stop() {
      stop.abort()
      await delivery
    },
  }
}

function firstDay({ calendar: name }: Settings, today: CivilDate): CivilDate {
  const calendar = calendarNamed(name)
  return calendar === null ? today : workingDayOnOrBefore(today, calendar)
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

/** When a day is swept and summed up; one hour serves for both where the sweep is not the later. */
function sweepingHours({ sweepAt, weeklyAt }: Settings): readonly [Time, ...Time[]] {
  const minutes = ({ hour, minute }: Time) => hour * 60 + minute
  return minutes(sweepAt) > minutes(weeklyAt) ? [weeklyAt, sweepAt] : [weeklyAt]
}
