import type { FaultPoints } from '../src/delivery/send.ts'
import { deliverDue } from '../src/delivery/worker.ts'
import { openWorkspace } from '../stand-in/slack/server.ts'
import { freshDatabase, type TestDatabase } from './support/database.ts'
import { openOutbox, worker } from './support/outbox.ts'
import { seeded } from './support/seeded.ts'

const CHANNELS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon']
const DELIVERIES = 40
const SETTINGS = { timeoutMs: 150, historyLagMs: 60, leaseMs: 500, pollMs: 40 }

let database: TestDatabase
beforeAll(async () => {
  database = await freshDatabase(12)
})
afterAll(() => database.drop())

// An update adds the amounts to what went out while Slack did not say in time who reads it.
const DUE = `SELECT WHERE EXISTS (SELECT FROM delivery WHERE purpose <> 'update'
                            AND state <> 'SENT' AND coalesce(lease_until, due_at) <= clock_timestamp())
                OR NOT EXISTS (SELECT FROM delivery WHERE purpose <> 'update' AND state <> 'SENT')`

class Killed extends Error {}

/** Any of a process's moments may be its last; after that it does nothing more. */
function mortal(random: () => number, chance: number): FaultPoints {
  let dead = false
  const moment = () => {
    dead ||= random() < chance
    if (dead) throw new Killed('killed')
  }
  return { afterClaim: moment, beforePost: moment, afterPost: moment, beforeFinish: moment }
}

test.each([1, 20_230_430])(
  'through kills, lost replies and dropped requests (seed %i) nothing is lost and nothing repeated',
  async (seed) => {
    const random = seeded(seed)
    await database.pool.query('DELETE FROM delivery')
    const workspace = await openWorkspace({
      now: Date.now,
      channels: CHANNELS.map((name) => ({ name })),
      historyLagMs: 40,
    })
    const outbox = await openOutbox(database.pool)
    for (let n = 0; n < DELIVERIES; n += 1) {
      await outbox.queue(`#${CHANNELS[n % CHANNELS.length]}`)
    }
    workspace.faults.choose(({ method }) => {
      if (method !== 'chat.postMessage') return null
      const chance = random()
      if (chance < 0.07) return { kind: 'dropped', accepted: true }
      if (chance < 0.1) return { kind: 'dropped', accepted: false }
      return chance < 0.12 ? { kind: 'never', accepted: true } : null
    })
    const sent = async () => {
      const found = await database.pool.query(
        `SELECT FROM delivery WHERE purpose = 'post' AND state = 'SENT'`,
      )
      return found.rowCount
    }
    let kills = 0
    const live = async () => {
      for (let n = 0; n < 200; n += 1) {
        const one = worker(database.pool, workspace, SETTINGS)
        try {
          await deliverDue({ ...one, faults: mortal(random, 0.08) })
        } catch (error) {
          // Of several that were under way each is told.
          const each = error instanceof AggregateError ? error.errors : [error]
          if (!each.every((one) => one instanceof Killed)) throw error
          kills += 1
        }
        if ((await sent()) === DELIVERIES) return
        await untilSomethingIsDue()
      }
    }
    /** A look-up or a lease that is over, a retry, which need not wait here; or nothing is left. */
    const untilSomethingIsDue = () =>
      vi.waitFor(
        async () => {
          await database.pool.query(
            `UPDATE delivery SET due_at = clock_timestamp() WHERE state = 'RETRY'`,
          )
          const found = await database.pool.query(DUE)
          if (found.rowCount === 0) throw new Error('nothing is due')
        },
        { interval: 5, timeout: 10_000 },
      )
    await Promise.all([live(), live()])
    // On a busy machine a post may come later than its look-up: then the repeat is taken back.
    workspace.faults.clear()
    await database.pool.query(
      'UPDATE delivery SET look_again_at = now() WHERE look_again_at IS NOT NULL',
    )
    await deliverDue(worker(database.pool, workspace))
    const times = [...workspace.ledger.timesDelivered().values()]
    await workspace.close()
    expect(await sent()).toBe(DELIVERIES)
    expect({
      lost: DELIVERIES - times.length,
      repeated: times.filter((n) => n > 1).length,
    }).toEqual({ lost: 0, repeated: 0 })
    expect(kills).toBeGreaterThan(2)
  },
)
