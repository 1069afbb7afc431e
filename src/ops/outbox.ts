/** The outbox in figures: what is not sent yet, and for how long. */
import type { Pool } from 'pg'

const STATES = ['PENDING', 'SENDING', 'RETRY', 'UNCERTAIN', 'BLOCKED', 'DEAD'] as const

export interface OutboxFigures {
  readonly states: Readonly<Record<(typeof STATES)[number], number>>
  /** Of what is due now; 0 where nothing is. */
  readonly oldestSeconds: number
}

/** Sent ones are not counted: there may be a million of them. */
export async function readOutbox(pool: Pool, organisationId: number): Promise<OutboxFigures> {
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
