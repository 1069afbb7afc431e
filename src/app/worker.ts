/** The watch as part of the running program: a tick a minute, and a look at itself after each. */
import { randomUUID } from 'node:crypto'
import cron from 'node-cron'
import type { Logger } from 'pino'
import { askNames } from '../actions/link-person.ts'
import { onEachAnswer } from '../database/connect.ts'
import { errorText, throwFailures } from '../database/errors.ts'
import type { Gateway } from '../delivery/gateway.ts'
import { sleep } from '../delivery/rate-limit.ts'
import type { Metrics } from '../ops/metrics.ts'
import { refreshDue } from '../register/import/refresh.ts'
import { sweepInbox } from '../slack/request.ts'
import { retain } from '../warnings/retention.ts'
import { tick } from '../warnings/schedule.ts'
import { checkUp, isAlarming, tellEndingFigures, tellUnwell } from '../warnings/self-check.ts'
import { auditContext, type Program, refreshContext, timesOf } from './app.ts'

/** One tick a minute, in UTC: node-cron in a zone of its own falls silent at clock changes. */
const EVERY_MINUTE = '* * * * *'
const HEARTBEAT_TIMEOUT_MS = 5000

const MINUTE_MS = 60_000

const ASKING_ENDS_WITHIN_MS = 2000

interface WorkerOptions {
  readonly log: Logger
  readonly metrics: Metrics
  readonly elapsed: () => number
  /** Who is asked whose name a register has; null where nobody can answer. */
  readonly gateway: Pick<Gateway, 'membersOn'> | null
}

export interface RunningWorker {
  /** By when the tick must have advanced, where it may stand still for so long. */
  dueBy(standstillMs: number): number
  /** Resolves once the tick under way has ended. */
  stop(): Promise<void>
}

/** Ticks at once and then every minute, one at a time; a failure is logged and the next one tries again. */
export function startTicking(program: Program, options: WorkerOptions): RunningWorker {
  const { elapsed } = options
  const owner = randomUUID()
  let running: Promise<void> | null = null
  let asking: Promise<void> | null = null
  let begunAt = elapsed()
  let advancedAt = begunAt
  const advance = () => {
    advancedAt = elapsed()
  }
  const begin = () => {
    if (running !== null) return
    begunAt = elapsed()
    advance()
    running = onEachAnswer(advance, () => tickOnce(program, options, owner)).finally(() => {
      running = null
    })
    // Beside the tick: Slack may be slow to list its members, and no warning waits for that.
    asking ??= askWhoseNames(program, options, owner).finally(() => {
      asking = null
    })
  }
  begin()
  const task = cron.schedule(EVERY_MINUTE, begin, { timezone: 'UTC' })
  // A minute that turned while the process was stopped or busy is made up for, not waited out.
  task.on('execution:missed', begin)
  return {
    dueBy: (standstillMs) => (running === null ? begunAt + MINUTE_MS : advancedAt) + standstillMs,
    async stop() {
      await task.stop()
      await running
      // A list that is still being read is given up: nobody was asked of it.
      const late = new AbortController()
      await Promise.race([asking, sleep(ASKING_ENDS_WITHIN_MS, late.signal)])
      late.abort()
    },
  }
}

async function tickOnce(program: Program, options: WorkerOptions, owner: string): Promise<void> {
  const { log, metrics } = options
  const began = performance.now()
  try {
    // Before the sweep, so that it sees what has come; a register that fails keeps no warning back.
    await refreshRegisters(program, options, owner).catch((error: unknown) => {
      log.error(
        { error: errorText(error) },
        'Registers could not be refreshed; the next tick tries again.',
      )
    })
    const failures: unknown[] = []
    await runSlots(program, options, owner).catch((error: unknown) => failures.push(error))
    // Above all where something failed.
    await lookAtItself(program, options, failures.length === 0)
    throwFailures(failures)
    metrics.ticked('done', performance.now() - began)
  } catch (error) {
    metrics.ticked('failed', performance.now() - began)
    log.error({ error: errorText(error) }, 'The tick failed; the next one tries again.')
  }
}

async function askWhoseNames(
  { pool, organisation, rulesOf, now, settings }: Program,
  { log, gateway }: WorkerOptions,
  owner: string,
): Promise<void> {
  if (gateway === null) return
  const asking = { organisationId: organisation.id, rulesOf, owner, now: now(), gateway }
  try {
    const { administrators, readers } = settings
    const asked = await askNames(pool, { ...asking, administrators, allRead: readers.length === 0 })
    if (asked > 0) log.info({ asked }, 'Asked people whether a name in a register is theirs')
  } catch (error) {
    log.error({ error: errorText(error) }, 'People could not be asked whose names registers have.')
  }
}

async function refreshRegisters(
  program: Program,
  { log }: WorkerOptions,
  owner: string,
): Promise<void> {
  const { done, failures } = await refreshDue(program.pool, refreshContext(program, owner))
  if (done.length > 0) log.info({ registers: done.length }, 'Looked for new files of registers')
  throwFailures(failures)
}

async function runSlots(program: Program, options: WorkerOptions, owner: string): Promise<void> {
  const { organisation, rulesOf, pool, now, settings } = program
  const { log, metrics } = options
  const context = {
    organisationId: organisation.id,
    rulesOf,
    times: timesOf(program),
    owner,
    executiveChannel: settings.executiveChannel,
    boardPack: { onDay: settings.boardPackOn, to: settings.boardPackTo },
    now: now(),
  }
  const { swept, summarised, result, slots, failures } = await tick(pool, context)
  metrics.ranSlots(slots.length)
  if (summarised.length > 0) log.info({ slots }, `Summarised ${summarised.join(', ')}`)
  if (result !== null) {
    metrics.swept(result)
    log.info({ ...result, slots }, `Swept ${swept.join(', ')}`)
    await cleanUp(program, options)
  }
  throwFailures(failures)
}

/** Once a day, after its sweep. */
async function cleanUp(program: Program, { log }: WorkerOptions): Promise<void> {
  const { organisation, pool, now, settings } = program
  await sweepInbox(pool, settings.keep.inboxDays)
  const gone = await retain(pool, {
    organisationId: organisation.id,
    today: program.today(),
    now: now(),
    keep: settings.keep,
  })
  if (gone.contracts + gone.alerts + gone.deliveries > 0) {
    log.info({ ...gone }, 'Removed what has been kept for long enough.')
  }
}

/** Looks at the watch itself; the heartbeat is called only where nothing failed, may be late or lost. */
async function lookAtItself(
  program: Program,
  { log, metrics }: WorkerOptions,
  wentWell: boolean,
): Promise<void> {
  const { pool, organisation, settings, today } = program
  const checkup = await checkUp(pool, auditContext(program))
  metrics.checked(checkup.findings)
  const alarms = checkup.findings.filter(({ alarm }) => alarm)
  for (const { what, count } of alarms)
    log.warn({ what, count }, 'Something is wrong with the watch')
  if (settings.adminChannel !== null) {
    const place = {
      organisationId: organisation.id,
      today: today(),
      channel: settings.adminChannel,
    }
    await tellUnwell(pool, place, checkup.findings)
    await tellEndingFigures(pool, place)
  }
  if (settings.heartbeatUrl === null || !wentWell || isAlarming(checkup)) return
  const why = await callHeartbeat(settings.heartbeatUrl)
  if (why !== null) log.warn({ why }, 'The heartbeat could not be called')
}

/** Calls the address; why it did not take the call, or null where it did. */
export async function callHeartbeat(url: string): Promise<string | null> {
  try {
    const answer = await fetch(url, {
      signal: AbortSignal.timeout(HEARTBEAT_TIMEOUT_MS),
      redirect: 'error',
    })
    await answer.body?.cancel()
    return answer.ok ? null : `HTTP status ${answer.status}`
  } catch (error) {
    return error instanceof Error ? error.name : 'unknown'
  }
}
