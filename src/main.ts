/** The composition root: settings, database, watch and delivery; signals. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import cron from 'node-cron'
import { sweepInbox } from './bot/inbox.ts'
import { canConverse, converse } from './conversation.ts'
import { runDelivery } from './delivery/deliver.ts'
import { Refusal } from './domain/refusal.ts'
import { openLog } from './log.ts'
import { deliveryDeps } from './outgoing.ts'
import { openProgram, type Program } from './program.ts'
import { isEmpty, loadSample } from './sample.ts'
import { loadDotEnv, readSettings } from './settings.ts'
import { tick } from './watch/slots.ts'

/** One tick a minute, in UTC: node-cron in a zone of its own falls silent at clock changes. */
const EVERY_MINUTE = '* * * * *'

async function main(): Promise<void> {
  loadDotEnv()
  const log = openLog(readSettings(process.env).logLevel)
  const program = await openProgram((line) => log.info(line))
  const stop = new AbortController()
  const stopped = once(stop.signal, 'abort')
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      log.info(`${signal}: finishing what is under way.`)
      stop.abort()
    })
  }
  const { role } = program.settings
  const working: Promise<unknown>[] = []
  if (role !== 'worker') {
    if (role === 'all') await showSample(program, log)
    working.push(converse(program, log, stop.signal))
  }
  if (role !== 'bot') working.push(work(program, log, stop.signal))
  log.info('Lapsewatch is watching. Stop it with Ctrl-C.')
  await Promise.all([stopped, ...working])
  await program.close()
}

/** The worker: what is due is found and sent, until the signal. */
async function work(
  program: Program,
  log: ReturnType<typeof openLog>,
  signal: AbortSignal,
): Promise<void> {
  const answerable = canConverse(program)
  const delivery = runDelivery({ ...deliveryDeps(program, process.stdout), answerable }, signal)
  const ticking = watchClock(program, log)
  if (!signal.aborted) await once(signal, 'abort')
  await ticking.stop()
  await delivery
}

/** An empty register without Slack has nothing to say: the sample does. */
async function showSample(program: Program, log: ReturnType<typeof openLog>): Promise<void> {
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

/** Ticks at once and then every minute, one at a time; a failure is logged and the next one tries again. */
function watchClock(program: Program, log: ReturnType<typeof openLog>) {
  const owner = randomUUID()
  const { settings, organisation, rulesOf, pool } = program
  const times = {
    sweepAt: settings.sweepAt,
    weeklyAt: settings.weeklyAt,
    weeklyOn: settings.weeklyOn,
  }
  let running: Promise<void> = Promise.resolve()
  const tickOnce = async () => {
    try {
      const context = { organisationId: organisation.id, rulesOf, times, owner, now: program.now() }
      const { swept, summarised, result } = await tick(pool, context)
      if (result) {
        log.info({ ...result }, `Swept ${swept.join(', ')}`)
        await sweepInbox(pool)
      }
      if (summarised.length > 0) log.info(`Summarised ${summarised.join(', ')}`)
    } catch (error) {
      log.error(
        { error: error instanceof Error ? error.message : String(error) },
        'The tick failed; the next one tries again.',
      )
    }
  }
  const chain = () => {
    running = running.then(tickOnce)
  }
  chain()
  const task = cron.schedule(EVERY_MINUTE, chain, { timezone: 'UTC', noOverlap: true })
  return {
    async stop() {
      await task.stop()
      await running
    },
  }
}

try {
  await main()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
