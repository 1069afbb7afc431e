/** Several real processes on one database: stopped, suspended, and killed while they send. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { readSettings } from '../src/app/settings.ts'
import { ensureOrganisation } from '../src/database/organisation.ts'
import { openWorkspace, type Workspace } from '../stand-in/slack/server.ts'
import { gathered, type Operator, operator } from './support/command.ts'
import { freshDatabase, type TestDatabase } from './support/database.ts'
import { fillOutbox, type Outbox } from './support/outbox.ts'

let database: TestDatabase
let workspace: Workspace
let outbox: Outbox
let host: Operator

beforeEach(async () => {
  database = await freshDatabase()
  workspace = await openWorkspace({
    now: Date.now,
    channels: ['one', 'two', 'three'].map((name) => ({ name })),
    historyLagMs: 200,
  })
  const { id } = await ensureOrganisation(database.pool, new Date(), readSettings({}))
  outbox = await fillOutbox(database.pool, id)
  host = operator({
    DATABASE_URL: database.url,
    LAPSEWATCH_MIGRATE_URL: database.ownerUrl,
    LAPSEWATCH_ROLE: 'worker',
    SLACK_BOT_TOKEN: 'xoxb-stand-in',
    SLACK_API_URL: workspace.url,
    LAPSEWATCH_SLACK_TIMEOUT_SECONDS: '0.5',
    LAPSEWATCH_HISTORY_LAG_SECONDS: '0.3',
    LAPSEWATCH_LEASE_SECONDS: '1',
  })
})
afterEach(async () => {
  await workspace.close()
  await database.drop()
  host.leave()
})

const until = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 40_000, interval: 20 })
const times = () => [...workspace.ledger.timesDelivered().values()]
const askedToPost = () =>
  workspace.ledger.calls.filter(({ method }) => method === 'chat.postMessage').length

async function ends(child: ReturnType<Operator['start']>): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const [code] = (await once(child, 'exit')) as [number | null]
  return code
}

test('a worker that is asked to stop while Slack is silent ends within ten seconds, and the next one sends everything once', async () => {
  workspace.faults.plan({ kind: 'never', accepted: true }, { times: 2 })
  for (const channel of ['#one', '#two', '#three', '#one']) await outbox.queue(channel)
  const first = host.start()
  await until(() => expect(askedToPost()).toBeGreaterThanOrEqual(2))
  const asked = performance.now()
  first.kill('SIGTERM')
  expect(await ends(first)).toBe(0)
  expect(performance.now() - asked).toBeLessThan(10_000)

  const second = host.start()
  await until(async () => expect(await outbox.states()).toEqual({ SENT: 4 }))
  second.kill('SIGTERM')
  expect(await ends(second)).toBe(0)
  expect(times()).toEqual([1, 1, 1, 1])
})

test('a worker that was suspended for longer than its lease cannot finish or repeat what another took over', async () => {
  const sleeper = host.start()
  const said = gathered(sleeper.stderr)
  await until(() => expect(said()).toContain('Lapsewatch is watching'))
  workspace.faults.plan({ kind: 'late', ms: 300 }, { times: 1 })
  const { id } = await outbox.queue('#one')
  await until(() => expect(askedToPost()).toBe(1))
  sleeper.kill('SIGSTOP')

  const other = host.start()
  await until(async () => expect(await outbox.states()).toEqual({ SENT: 1 }))
  const settled = await outbox.row(id)
  sleeper.kill('SIGCONT')
  await outbox.queue('#two')
  await until(async () => expect(await outbox.states()).toEqual({ SENT: 2 }))
  for (const child of [sleeper, other]) child.kill('SIGTERM')
  await Promise.all([ends(sleeper), ends(other)])
  expect(await outbox.row(id)).toEqual(settled)
  expect(times()).toEqual([1, 1])
})

async function prove(name: string, ...args: readonly string[]) {
  const script = fileURLToPath(new URL(`../prove/${name}.mjs`, import.meta.url))
  const where = ['--database', database.url, '--migrate', database.ownerUrl]
  const proof = spawn(process.execPath, [script, '--seed', '20230430', ...args, ...where])
  const out = gathered(proof.stdout)
  const told = gathered(proof.stderr)
  const [code] = (await once(proof, 'close')) as [number | null]
  return { code, said: `${told()}${out()}` }
}

test('npm run prove:kills, four kills long: every warning arrives once', async () => {
  const { code, said } = await prove('kills', '--kills', '4', '--ahead', '40')
  expect(said).toMatch(/lost 0, repeated 0\n$/)
  expect(code).toBe(0)
})

test('npm run prove:faults, five episodes long: nothing is lost, repeated unmarked or late, and nothing hangs', async () => {
  const kinds = [
    ...['error nobody listed', 'taken after the timeout', '408+database cut'],
    ...['readers unknown', 'database read-only'],
  ]
  const { code, said } = await prove(
    'faults',
    ...['--episodes', `${kinds.length}`, '--kind', kinds.join(), '--lasts', '700'],
    ...['--admin', database.adminUrl, '--busy', '60000'],
  )
  expect(said).toMatch(/lost 0, repeated unmarked 0, recovered late 0, against the promise 0\n$/)
  expect(code).toBe(0)
}, 240_000)
