/** The composition root: settings, database, the roles that were asked for; signals. */
import './app/heap.ts'
import { once } from 'node:events'
import type { Logger } from 'pino'
import { openProgram, type Program } from './app/app.ts'
import { showPage } from './app/demo.ts'
import { openLog, secretsOf } from './app/log.ts'
import { loadDotEnv, readSettings } from './app/settings.ts'
import { canConverse, converse, deliveryDeps, deskFor, gatewayFor } from './app/slack.ts'
import type { RunningWorker } from './app/worker.ts'
import type { Gateway } from './delivery/gateway.ts'
import type { Attempt } from './delivery/send.ts'
import type { Health, OpsServer } from './ops/http.ts'
import type { Metrics } from './ops/metrics.ts'
import { openWatchdog, type Watchdog } from './ops/watchdog.ts'
import { UserError } from './rules/user-error.ts'

async function main(): Promise<void> {
  loadDotEnv()
  const settings = readSettings(process.env)
  const log = await openLog({ level: settings.logLevel, secrets: secretsOf(settings) })
  // What it is made of is loaded while the database starts.
  const [program, { startTicking }, { runDelivery }, { hangs, lackingIn }, { openMetrics }] =
    await Promise.all([
      openProgram((line) => log.info(line)),
      import('./app/worker.ts'),
      import('./delivery/worker.ts'),
      import('./ops/http.ts'),
      import('./ops/metrics.ts'),
      import('./app/sample.ts'),
    ])
  const { pool, organisation } = program
  const stop = new AbortController()
  let watchdog: Watchdog | null = null
  const stopped = once(stop.signal, 'abort')
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      log.info(`${signal}: finishing what is under way.`)
      stop.abort()
      watchdog?.stopping(END_WITHIN_MS + 500)
      setTimeout(leave, END_WITHIN_MS, log).unref()
    })
  }
  const elapsed = () => performance.now()
  const metrics = openMetrics({ pool, organisationId: organisation.id, elapsed })
  const answers = settings.role !== 'worker'
  const watches = settings.role !== 'bot'
  if (settings.role === 'all') await showSample(program, log)
  let reachable = !answers || !canConverse(program)
  const notReady = () => [
    ...(stop.signal.aborted ? ['stopping'] : []),
    ...(reachable ? [] : ['Slack cannot reach the bot yet']),
  ]
  let ticking: RunningWorker | null = null
  const health: Health = {
    metrics,
    watches,
    tickDueBy: () => ticking?.dueBy(STANDS_STILL_MS) ?? Number.POSITIVE_INFINITY,
    heardAt: () => program.database.heardAt(),
    silentForMs: settings.databaseTimeoutMs * 1.5,
    askDatabase: () => lackingIn(pool),
    notReady,
    elapsed,
    startedAt: elapsed(),
  }
  const ops = await openOps(program, health)
  const onReady = () => {
    reachable = true
  }
  const gateway = await gatewayFor(settings, process.stdout)
  const conversation = answers ? converse(program, gateway, log, stop.signal, { onReady }) : null
  let allSent: () => void = () => undefined
  const sent = new Promise<void>((resolve) => {
    allSent = resolve
  })
  const outbox = outboxDeps(program, gateway, log, metrics)
  const delivery = watches ? runDelivery(outbox, stop.signal, allSent) : null
  const asks = canConverse(program) ? gateway : null
  ticking = watches ? startTicking(program, { log, metrics, elapsed, gateway: asks }) : null
  const page = settings.role === 'all' ? showPage(program, log, stop.signal, sent) : null
  log.info(`Lapsewatch is ${watches ? 'watching' : 'answering'}. Stop it with Ctrl-C.`)
  const { standstillMs } = settings
  watchdog = openWatchdog({
    dueBy: () => ticking?.dueBy(standstillMs) ?? Number.POSITIVE_INFINITY,
    hangs: () => hangs(health),
    elapsed,
    standstillMs: watches ? standstillMs : 0,
    environment: process.env,
    log: (line) => log.error(line),
  })
  await stopped
  await conversation
  await page
  await ticking?.stop()
  await delivery
  await ops?.close()
  await program.close()
}

/** A supervisor hears within a minute of a tick that stands still. */
const STANDS_STILL_MS = 45_000

/** Asked to stop, the process ends within ten seconds, whatever hangs. */
const END_WITHIN_MS = 9000

/**
 * What is under way is left as if the process had been killed: a message that is being posted is
 * looked up once its lease is over, and an embedded server that hangs is left running.
 */
function leave(log: Logger): void {
  log.warn('Something hangs: it is left as it is, and the next start goes on with it.')
  process.exit(0)
}

/** What empties the outbox; each attempt is counted and logged. */
function outboxDeps(program: Program, gateway: Gateway, log: Logger, metrics: Metrics) {
  return {
    ...deliveryDeps(program, gateway),
    // Another process may be the one that answers.
    answerable: canConverse(program),
    observe: (attempt: Attempt) => {
      metrics.attempted(attempt)
      log.info({ ...attempt }, `Delivery ${attempt.delivery}: ${attempt.outcome}`)
    },
  }
}

/** The port for supervisors, where one is set. */
async function openOps(program: Program, health: Health): Promise<OpsServer | null> {
  const { settings } = program
  if (settings.opsPort === null) return null
  const { opsRoutes, serveOps } = await import('./ops/http.ts')
  const app = opsRoutes(health)
  const { calendarRoutes } = await import('./ops/calendar.ts')
  const desk = await deskFor(program)
  app.route(
    '/',
    calendarRoutes(() => desk),
  )
  return await serveOps(app, settings.opsPort, settings.opsHost)
}

/** An empty register without Slack has nothing to say: the sample does. */
async function showSample(program: Program, log: Logger): Promise<void> {
  const { asOfWords, isEmpty, loadSample } = await import('./app/sample.ts')
  if (program.settings.slack.botToken !== null || !(await isEmpty(program))) return
  try {
    const { contracts, asOf } = await loadSample(program)
    log.info(
      `The register is empty, so ${contracts} contracts of a fictional trust group were loaded to show what happens.${asOfWords(asOf, program.today())}`,
    )
    log.info('Read your own with: npm run -s cli -- import FILE')
  } catch (error) {
    // Somebody imported a register in the meantime: so much the better.
    if (!(error instanceof UserError)) throw error
    log.info(error.message)
  }
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
