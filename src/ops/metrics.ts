/** The figures of a process, for Prometheus. No label names a person, a contract or a channel. */
import type { Pool } from 'pg'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Attempt } from '../delivery/send.ts'
import { FINDINGS, type Finding } from '../text/self-check.ts'
import type { SweepResult } from '../warnings/sweep.ts'

export type Metrics = ReturnType<typeof openMetrics>

interface MetricsOptions {
  readonly pool: Pool
  readonly organisationId: number
  readonly elapsed: () => number
}

/** From a warning in time to one that is hours late, in seconds. */
const LAG_SECONDS = [1, 5, 15, 60, 300, 900, 3600, 21_600, 86_400]

/** A registry of its own: two processes in one test do not share their figures. */
export function openMetrics(options: MetricsOptions) {
  const { elapsed } = options
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  gaugeOutbox(registry, options)
  const counter = (name: string, help: string, labelNames: readonly string[] = []) =>
    new Counter({ name: `lapsewatch_${name}`, help, labelNames, registers })
  const histogram = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: `lapsewatch_${name}`, help, buckets, registers })
  const ticks = counter('ticks_total', 'Ticks of the watch, by how they ended.', ['result'])
  const tickSeconds = histogram(
    'tick_seconds',
    'How long a tick took.',
    [0.01, 0.05, 0.1, 0.5, 1, 5, 30],
  )
  const slots = counter('slots_total', 'Days and weeks of teams that this process ran.')
  const raised = counter('alerts_raised_total', 'Warnings that sweeps of this process raised.')
  const queued = counter('messages_queued_total', 'Messages that sweeps of this process queued.')
  const attempts = counter('delivery_attempts_total', 'Attempts to send, by what came of them.', [
    'outcome',
  ])
  const lag = histogram(
    'due_to_sent_seconds',
    'From a message being queued to Slack having taken it.',
    LAG_SECONDS,
  )
  const findings = new Gauge({
    name: 'lapsewatch_findings',
    help: 'What the auditor found last, by kind.',
    labelNames: ['what'],
    registers,
  })
  let lastTickAt: number | null = null
  return {
    registry,
    /** When the last tick ended well, in milliseconds of the monotonic clock; null before the first. */
    lastTickAt: () => lastTickAt,
    ticked(result: 'done' | 'failed', ms: number): void {
      if (result === 'done') lastTickAt = elapsed()
      ticks.inc({ result })
      tickSeconds.observe(ms / 1000)
    },
    ranSlots: (count: number) => slots.inc(count),
    swept(result: SweepResult): void {
      raised.inc(result.raised)
      queued.inc(result.queued)
    },
    attempted({ outcome, ms }: Attempt): void {
      attempts.inc({ outcome })
      if (outcome === 'sent') lag.observe(ms / 1000)
    },
    checked(found: readonly Finding[]): void {
      for (const what of FINDINGS) {
        const count = found.filter((each) => each.what === what).reduce((a, b) => a + b.count, 0)
        findings.set({ what }, count)
      }
    },
  }
}

/** Read when somebody asks; where the database is silent, what it said last, and how old that is. */
function gaugeOutbox(registry: Registry, { pool, organisationId, elapsed }: MetricsOptions): void {
  const registers = [registry]
  let known: OutboxFigures | null = null
  let knownAt = 0
  let reading: Promise<boolean> | null = null
  const look = async () => {
    known = await readOutbox(pool, organisationId)
    knownAt = elapsed()
    return true
  }
  // The registry asks all of them at once: they share one look. Who waits for it does so briefly.
  const read = () => {
    reading ??= look()
      .catch(() => false)
      .finally(() => {
        reading = null
      })
    return inTime(reading, DATABASE_WITHIN_MS, false)
  }
  new Gauge({
    name: 'lapsewatch_deliveries',
    help: 'Messages that are not sent, by state.',
    labelNames: ['state'],
    registers,
    async collect() {
      await read()
      if (known === null) return
      for (const [state, count] of Object.entries(known.states)) this.set({ state }, count)
    },
  })
  new Gauge({
    name: 'lapsewatch_queue_age_seconds',
    help: 'How long the oldest message that is due has waited.',
    registers,
    async collect() {
      await read()
      if (known !== null) this.set(known.oldestSeconds)
    },
  })
  new Gauge({
    name: 'lapsewatch_outbox_age_seconds',
    help: 'How long ago the figures of the outbox were read: more than 0 where the database is silent.',
    registers,
    async collect() {
      const fresh = await read()
      if (known !== null) this.set(fresh ? 0 : (elapsed() - knownAt) / 1000)
    },
  })
  new Gauge({
    name: 'lapsewatch_database_up',
    help: '1 where the database answers.',
    registers,
    async collect() {
      this.set((await read()) ? 1 : 0)
    },
  })
}

const STATES = ['PENDING', 'SENDING', 'RETRY', 'UNCERTAIN', 'BLOCKED', 'DEAD'] as const

interface OutboxFigures {
  readonly states: Readonly<Record<(typeof STATES)[number], number>>
  /** Of what is due now; 0 where nothing is. */
  readonly oldestSeconds: number
}

/** Sent ones are not counted: there may be a million of them. */
async function readOutbox(pool: Pool, organisationId: number): Promise<OutboxFigures> {
  const found = await pool.query<{ state: string; count: number; oldest: number | null }>(
    `SELECT state, count(*)::int AS count,
            extract(epoch FROM clock_timestamp() - min(due_at) FILTER
              (WHERE state IN ('PENDING', 'RETRY') AND due_at <= clock_timestamp()))::float8 AS oldest
     FROM delivery WHERE organisation_id = $1 AND state = ANY($2) GROUP BY state`,
    [organisationId, STATES],
  )
  const count = (state: string) => found.rows.find((row) => row.state === state)?.count ?? 0
  return {
    states: {
      PENDING: count('PENDING'),
      SENDING: count('SENDING'),
      RETRY: count('RETRY'),
      UNCERTAIN: count('UNCERTAIN'),
      BLOCKED: count('BLOCKED'),
      DEAD: count('DEAD'),
    },
    oldestSeconds: Math.max(0, ...found.rows.map(({ oldest }) => oldest ?? 0)),
  }
}

/** A supervisor does not wait longer for what the database says. */
export const DATABASE_WITHIN_MS = 2000

/** What comes of `work`, or `otherwise` where that takes too long. */
export async function inTime<T>(work: Promise<T>, ms: number, otherwise: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<T>((resolve) => {
    timer = setTimeout(resolve, ms, otherwise)
  })
  return await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
