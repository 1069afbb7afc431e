/**
 * What a supervisor asks: `/livez` (restart me where it is not 200), `/readyz` (send me work),
 * `/metrics`. Answers name no person, contract or channel, and say no more of a failure than that.
 */
import { Hono } from 'hono'
import type { Metrics } from './metrics.ts'

export interface Health {
  readonly metrics: Metrics
  /** Whether this process ticks. */
  readonly watches: boolean
  /** Resolves where the database answers. */
  readonly askDatabase: () => Promise<unknown>
  /** Why it takes no work now, by part; empty where it does. */
  readonly notReady: () => readonly string[]
  /** Milliseconds of a monotonic clock. */
  readonly elapsed: () => number
  readonly startedAt: number
}

/** Five ticks without one that ended well: something hangs. */
const TICK_WITHIN_MS = 5 * 60_000
const DATABASE_WITHIN_MS = 2000

export function opsRoutes(health: Health): Hono {
  const app = new Hono()
  app.get('/livez', (c) => {
    const last = health.metrics.lastTickAt() ?? health.startedAt
    const hangs = health.watches && health.elapsed() - last > TICK_WITHIN_MS
    return hangs ? c.text('no tick for five minutes\n', 503) : c.text('ok\n')
  })
  app.get('/readyz', async (c) => {
    const lacking = [...health.notReady(), ...(await databaseLacking(health))]
    return lacking.length === 0 ? c.text('ok\n') : c.text(`${lacking.join('\n')}\n`, 503)
  })
  let scrape: Promise<string> | null = null
  app.get('/metrics', async (c) => {
    // Many askers share one look at the database.
    scrape ??= health.metrics.registry.metrics().finally(() => {
      scrape = null
    })
    return c.text(await scrape, 200, { 'content-type': health.metrics.registry.contentType })
  })
  app.notFound((c) => c.text('not found\n', 404))
  app.onError((_, c) => c.text('failed\n', 500))
  return app
}

async function databaseLacking({ askDatabase }: Health): Promise<string[]> {
  const slow = new AbortController()
  const late = new Promise<false>((resolve) => {
    const timer = setTimeout(() => resolve(false), DATABASE_WITHIN_MS)
    slow.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  })
  const asked = askDatabase().then(
    () => true,
    () => false,
  )
  const answered = await Promise.race([asked, late])
  slow.abort()
  return answered ? [] : ['the database does not answer']
}
