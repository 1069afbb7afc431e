/** The composition root: settings, database, the roles that were asked for; signals. */
import './heap.ts'
import { once } from 'node:events'
import type { Logger } from 'pino'
import { deskFor } from './calendars.ts'
import { canConverse, converse } from './conversation.ts'
import { runDelivery } from './delivery/deliver.ts'
import { Refusal } from './domain/refusal.ts'
import { showPage } from './local/show.ts'
import { openLog, secretsOf } from './log.ts'
import { calendarRoutes } from './ops/calendar.ts'
import { type Metrics, openMetrics } from './ops/metrics.ts'
import { opsRoutes } from './ops/routes.ts'
import { type OpsServer, serveOps } from './ops/serve.ts'
import { deliveryDeps } from './outgoing.ts'
import { openProgram, type Program } from './program.ts'
import { isEmpty, loadSample } from './sample.ts'
import { loadDotEnv, readSettings } from './settings.ts'
import { startTicking } from './worker.ts'

async function main(): Promise<void> {
  loadDotEnv()
  const settings = readSettings(process.env)
  const log = openLog({ level: settings.logLevel, secrets: secretsOf(settings) })
  const program = await openProgram((line) => log.info(line))
  const { pool, organisation } = program
  const stop = new AbortController()
  const stopped = once(stop.signal, 'abort')
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      log.info(`${signal}: finishing what is under way.`)
      stop.abort()
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
  const ops = await openOps(program, metrics, notReady)
  const onReady = () => {
    reachable = true
  }
  const conversation = answers ? converse(program, log, stop.signal, { onReady }) : null
  const work = watches ? startWork(program, log, metrics, stop.signal) : null
  const page = settings.role === 'all' ? showPage(program, log, stop.signal) : null
  log.info(`Lapsewatch is ${watches ? 'watching' : 'answering'}. Stop it with Ctrl-C.`)
  await stopped
  await conversation
  await page
  await work?.end()
  await ops?.close()
  await program.close()
}

/** The tick and the outbox, until the signal. */
function startWork(program: Program, log: Logger, metrics: Metrics, signal: AbortSignal) {
  const delivery = runDelivery(
    {
      ...deliveryDeps(program, process.stdout),
      // Another process may be the one that answers.
      answerable: canConverse(program),
      observe: (attempt) => {
        metrics.attempted(attempt)
        log.info({ ...attempt }, `Delivery ${attempt.delivery}: ${attempt.outcome}`)
      },
    },
    signal,
  )
  const ticking = startTicking(program, { log, metrics })
  return {
    async end() {
      await ticking.stop()
      await delivery
    },
  }
}

/** The port for supervisors, where one is set. */
async function openOps(
  program: Program,
  metrics: Metrics,
  notReady: () => readonly string[],
): Promise<OpsServer | null> {
  const { settings, pool } = program
  if (settings.opsPort === null) return null
  const app = opsRoutes({
    metrics,
    watches: settings.role !== 'bot',
    askDatabase: () => pool.query('SELECT 1'),
    notReady,
    elapsed: () => performance.now(),
    startedAt: performance.now(),
  })
  const desk = deskFor(program)
  app.route(
    '/',
    calendarRoutes(() => desk),
  )
  return await serveOps(app, settings.opsPort, settings.opsHost)
}

/** An empty register without Slack has nothing to say: the sample does. */
async function showSample(program: Program, log: Logger): Promise<void> {
  if (program.settings.slack.botToken !== null || !(await isEmpty(program))) return
  try {
    const { contracts } = await loadSample(program)
    log.info(
      `The register is empty, so ${contracts} contracts of a fictional trust group were loaded to show what happens.`,
    )
    log.info('Read your own with: npm run -s cli -- import FILE')
  } catch (error) {
    // Somebody imported a register in the meantime: so much the better.
    if (!(error instanceof Refusal)) throw error
    log.info(error.message)
  }
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
