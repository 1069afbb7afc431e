/** The figures of a process, for Prometheus. No label names a person, a contract or a channel. */
import type { Pool } from 'pg'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Attempt } from '../delivery/attempt.ts'
import { FINDINGS, type Finding } from '../watch/auditor.ts'
import type { SweepResult } from '../watch/sweep.ts'
import { type OutboxFigures, readOutbox } from './outbox.ts'

export interface Metrics {
  readonly registry: Registry
  /** When the last tick ended well, in milliseconds of the monotonic clock; null before the first. */
  lastTickAt(): number | null
  ticked(result: 'done' | 'failed', ms: number): void
  ranSlots(slots: number): void
  swept(result: SweepResult): void
  attempted(attempt: Attempt): void
  checked(findings: readonly Finding[]): void
}

export interface MetricsOptions {
  readonly pool: Pool
  readonly organisationId: number
  /** Milliseconds of a monotonic clock. */
  readonly elapsed: () => number
}

/** From a warning in time to one that is hours late, in seconds. */
const LAG_SECONDS = [1, 5, 15, 60, 300, 900, 3600, 21_600, 86_400]

/** A registry of its own: two processes in one test do not share their figures. */
export function openMetrics({ pool, organisationId, elapsed }: MetricsOptions): Metrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  gaugeOutbox(registry, pool, organisationId)
  const ticks = new Counter({
    name: 'lapsewatch_ticks_total',
    help: 'Ticks of the watch, by how they ended.',
    labelNames: ['result'],
    registers,
  })
  const tickSeconds = new Histogram({
    name: 'lapsewatch_tick_seconds',
    help: 'How long a tick took.',
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 30],
    registers,
  })
  const slots = new Counter({
    name: 'lapsewatch_slots_total',
    help: 'Days and weeks of teams that this process ran.',
    registers,
  })
  const raised = new Counter({
    name: 'lapsewatch_alerts_raised_total',
    help: 'Warnings that sweeps of this process raised.',
    registers,
  })
  const queued = new Counter({
    name: 'lapsewatch_messages_queued_total',
    help: 'Messages that sweeps of this process queued.',
    registers,
  })
  const attempts = new Counter({
    name: 'lapsewatch_delivery_attempts_total',
    help: 'Attempts to send, by what came of them.',
    labelNames: ['outcome'],
    registers,
  })
  const lag = new Histogram({
    name: 'lapsewatch_due_to_sent_seconds',
    help: 'From a message being queued to Slack having taken it.',
    buckets: LAG_SECONDS,
    registers,
  })
  const findings = new Gauge({
    name: 'lapsewatch_findings',
    help: 'What the auditor found last, by kind.',
    labelNames: ['what'],
    registers,
  })
  let lastTickAt: number | null = null
  return {
    registry,
    lastTickAt: () => lastTickAt,
    ticked(result, ms) {
      if (result === 'done') lastTickAt = elapsed()
      ticks.inc({ result })
      tickSeconds.observe(ms / 1000)
    },
    ranSlots: (count) => slots.inc(count),
    swept(result) {
      raised.inc(result.raised)
      queued.inc(result.queued)
    },
    attempted({ outcome, ms }) {
      attempts.inc({ outcome })
      if (outcome === 'sent') lag.observe(ms / 1000)
    },
    checked(found) {
      for (const what of FINDINGS) {
        const count = found.filter((each) => each.what === what).reduce((a, b) => a + b.count, 0)
        findings.set({ what }, count)
      }
    },
  }
}

/** Read when somebody asks; a database that is away leaves the other figures readable. */
function gaugeOutbox(registry: Registry, pool: Pool, organisationId: number): void {
  const registers = [registry]
  let reading: Promise<OutboxFigures | null> | null = null
  // The registry asks all three at once: they share one look.
  const read = () => {
    reading ??= readOutbox(pool, organisationId)
      .catch(() => null)
      .finally(() => {
        reading = null
      })
    return reading
  }
  new Gauge({
    name: 'lapsewatch_deliveries',
    help: 'Messages that are not sent, by state.',
    labelNames: ['state'],
    registers,
    async collect() {
      const outbox = await read()
      if (outbox === null) return
      for (const [state, count] of Object.entries(outbox.states)) this.set({ state }, count)
    },
  })
  new Gauge({
    name: 'lapsewatch_queue_age_seconds',
    help: 'How long the oldest message that is due has waited.',
    registers,
    async collect() {
      const outbox = await read()
      if (outbox !== null) this.set(outbox.oldestSeconds)
    },
  })
  new Gauge({
    name: 'lapsewatch_database_up',
    help: '1 where the database answers.',
    registers,
    async collect() {
      this.set((await read()) === null ? 0 : 1)
    },
  })
}
