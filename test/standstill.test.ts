/** Real processes whose database is silent, or whose tick stands still. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
// biome-ignore lint/correctness/useImportExtensions: it is JavaScript, for the proofs as well
import { openPostgresProxy, type PostgresProxy } from '../prove/postgres-proxy.mjs'
import { readSettings } from '../src/app/settings.ts'
import { serverPid, startEmbedded, stopServer } from '../src/database/embedded/server.ts'
import { migrate } from '../src/database/migrate.ts'
import { ensureOrganisation } from '../src/database/organisation.ts'
import { openWorkspace, type Workspace } from '../stand-in/slack/server.ts'
import { gathered, type Operator, operator } from './support/command.ts'
import { freshDatabase, type TestDatabase } from './support/database.ts'
import { fillOutbox, type Outbox } from './support/outbox.ts'

// Several starts of the program, on a machine that may be busy.
vi.setConfig({ testTimeout: 150_000 })

const until = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 90_000, interval: 50 })

async function ended(child: ChildProcess): Promise<number | string | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode ?? child.signalCode
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

let leave: (() => void | Promise<void>)[] = []
beforeEach(() => {
  leave = []
})
afterEach(async () => {
  for (const each of leave.reverse()) await each()
})

describe('a worker behind a network that fails', () => {
  let database: TestDatabase
  let workspace: Workspace
  let outbox: Outbox
  let proxy: PostgresProxy
  let host: Operator
  let port: number

  beforeEach(async () => {
    database = await freshDatabase()
    workspace = await openWorkspace({
      now: Date.now,
      channels: ['one', 'two'].map((name) => ({ name })),
      historyLagMs: 200,
    })
    const { id } = await ensureOrganisation(database.pool, new Date(), readSettings({}))
    outbox = await fillOutbox(database.pool, id)
    proxy = await openPostgresProxy(database.url)
    port = await freePort()
    host = operator({
      DATABASE_URL: proxy.url(),
      LAPSEWATCH_MIGRATE_URL: database.ownerUrl,
      LAPSEWATCH_ROLE: 'worker',
      // Brief questions have a sixth of it: less is too little for a machine with other work.
      LAPSEWATCH_DATABASE_TIMEOUT_SECONDS: '4',
      LAPSEWATCH_OPS_PORT: String(port),
      SLACK_BOT_TOKEN: 'xoxb-stand-in',
      SLACK_API_URL: workspace.url,
      LAPSEWATCH_SLACK_TIMEOUT_SECONDS: '0.5',
      LAPSEWATCH_HISTORY_LAG_SECONDS: '0.3',
      LAPSEWATCH_LEASE_SECONDS: '1',
    })
    leave.push(
      () => database.drop(),
      () => workspace.close(),
      () => proxy.close(),
      () => host.leave(),
    )
  })

  function started(with_: Operator = host) {
    const child = with_.start()
    leave.push(() => {
      child.kill('SIGKILL')
    })
    return { child, said: gathered(child.stderr) }
  }
  async function ask(at: string) {
    const answer = await fetch(`http://127.0.0.1:${port}${at}`)
    return { status: answer.status, text: await answer.text() }
  }

  test.each(['silent', 'hold'] as const)(
    'that is %s is bad for its supervisors, and goes on by itself once it is back, every warning once',
    async (kind) => {
      const { child, said } = started()
      await outbox.queue('#one')
      await until(async () => expect(await outbox.states()).toEqual({ SENT: 1 }))
      await until(async () => expect(await ask('/readyz')).toEqual({ status: 200, text: 'ok\n' }))
      await until(async () =>
        expect((await ask('/metrics')).text).toContain('lapsewatch_outbox_age_seconds 0\n'),
      )
      proxy.become({ kind })
      const { id } = await outbox.queue('#two')
      await until(async () =>
        expect(await ask('/livez')).toEqual({
          status: 503,
          text: 'the database does not answer\n',
        }),
      )
      expect(await ask('/readyz')).toMatchObject({ status: 503 })
      const { text } = await ask('/metrics')
      expect(text).toContain('lapsewatch_database_up 0')
      expect(text).toMatch(/^lapsewatch_outbox_age_seconds (?!0$)\d/m)
      expect(text).toMatch(/^process_resident_memory_bytes \d/m)
      expect(said()).toContain('Delivery stumbled and goes on')
      expect(await outbox.row(id)).toMatchObject({ state: 'PENDING' })

      proxy.become({ kind: 'forward' })
      await until(async () => expect(await outbox.states()).toEqual({ SENT: 2 }))
      await until(async () => expect(await ask('/livez')).toMatchObject({ status: 200 }))
      expect(child.exitCode).toBeNull()
      child.kill('SIGTERM')
      expect(await ended(child)).toBe(0)
      expect(said()).not.toContain('Something hangs')
      expect([...workspace.ledger.timesDelivered().values()]).toEqual([1, 1])
    },
  )

  test('and that is asked to stop while the database is silent and a post is under way ends within ten seconds; the next one sends it once', async () => {
    workspace.faults.plan({ kind: 'never', accepted: true }, { times: 1 })
    const { child, said } = started()
    await until(() => expect(said()).toContain('Lapsewatch is watching'))
    await outbox.queue('#one')
    await until(() =>
      expect(workspace.ledger.calls.map(({ method }) => method)).toContain('chat.postMessage'),
    )
    proxy.become({ kind: 'silent' })
    const asked = performance.now()
    child.kill('SIGTERM')
    expect(await ended(child)).toBe(0)
    expect(performance.now() - asked).toBeLessThan(10_500)

    proxy.become({ kind: 'forward' })
    const next = started()
    await until(async () => expect(await outbox.states()).toEqual({ SENT: 1 }))
    next.child.kill('SIGTERM')
    expect(await ended(next.child)).toBe(0)
    expect([...workspace.ledger.timesDelivered().values()]).toEqual([1])
  })

  const canHear = ['python3', 'systemd-notify'].every(
    (name) => spawnSync(name, ['--version']).status === 0,
  )
  test.skipIf(!canHear)(
    'tells systemd that it is ready, at work while it is, and stopping (needs python3 and systemd-notify)',
    async () => {
      const folder = mkdtempSync(path.join(tmpdir(), 'lapsewatch-notify-'))
      const socket = path.join(folder, 'notify')
      const ears = spawn('python3', ['-u', '-c', LISTEN, socket])
      leave.push(() => {
        ears.kill('SIGKILL')
        rmSync(folder, { recursive: true })
      })
      const heard = gathered(ears.stdout)
      await until(() => expect(heard()).toContain('listening'))
      const { child } = started(
        host.with({
          NOTIFY_SOCKET: socket,
          WATCHDOG_USEC: '900000',
          LAPSEWATCH_DATABASE_TIMEOUT_SECONDS: '2',
        }),
      )
      const alive = () => heard().split('WATCHDOG=1').length - 1
      await until(() => expect(heard()).toContain('READY=1'))
      await until(() => expect(alive()).toBeGreaterThanOrEqual(2))

      proxy.become({ kind: 'silent' })
      await until(() => expect(heard()).toContain('STATUS=the database does not answer'))
      // Once it has been said that all is not well, nothing says otherwise until it is.
      const last = () => heard().trim().split('\n').at(-1)
      const before = alive()
      await until(async () => expect(await ask('/livez')).toMatchObject({ status: 503 }))
      expect(last()).toBe('STATUS=the database does not answer')
      expect(alive()).toBe(before)

      proxy.become({ kind: 'forward' })
      await until(() => expect(alive()).toBeGreaterThan(before))
      child.kill('SIGTERM')
      expect(await ended(child)).toBe(0)
      await until(() => expect(heard()).toContain('STOPPING=1'))
    },
  )

  test('and whose main thread is blocked is ended by its thread, also where it was asked to stop', async () => {
    const blockable = host.with({
      LAPSEWATCH_STANDSTILL_SECONDS: '3',
      NODE_OPTIONS: `--import=${new URL('./support/blocked.mjs', import.meta.url).href}`,
    })
    for (const asked of [false, true]) {
      const { child, said } = started(blockable)
      await until(() => expect(said()).toContain('Lapsewatch is watching'))
      const began = performance.now()
      child.kill('SIGUSR2')
      if (asked) child.kill('SIGTERM')
      expect(await ended(child)).toBe('SIGKILL')
      expect(performance.now() - began).toBeLessThan(30_000)
      expect(said()).toContain('This process is blocked')
    }
  })

  test('and that was stopped and goes on is not taken for one that stands still', async () => {
    const { child, said } = started(host.with({ LAPSEWATCH_STANDSTILL_SECONDS: '1' }))
    await until(() => expect(said()).toContain('Lapsewatch is watching'))
    child.kill('SIGSTOP')
    const stopped = performance.now()
    await until(() => expect(performance.now() - stopped).toBeGreaterThan(4000))
    child.kill('SIGCONT')
    await outbox.queue('#one')
    await until(async () => expect(await outbox.states()).toEqual({ SENT: 1 }))
    child.kill('SIGTERM')
    expect(await ended(child)).toBe(0)
  })
})

/** Says each message that comes; what a sender waits on (BARRIER) is let go of by not taking it. */
const LISTEN = `
import socket, sys
ears = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
ears.bind(sys.argv[1])
print('listening')
while True:
    said = ears.recv(4096).decode()
    if said != 'BARRIER=1':
        print(said)
`

describe('a worker whose embedded server is stopped (SIGSTOP)', () => {
  let folder: string
  const cluster = () => path.join(folder, 'postgres')

  /** The server and all its processes. */
  function stopped(signal: 'SIGSTOP' | 'SIGCONT') {
    const pid = serverPid(cluster())
    if (pid === null) throw new Error('The server is not running.')
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    for (const each of [pid, ...children.split(' ').filter(Boolean).map(Number)]) {
      process.kill(each, signal)
    }
    return pid
  }

  function worker(settings: Readonly<Record<string, string>>) {
    const host = operator({
      LAPSEWATCH_DATA: folder,
      LAPSEWATCH_ROLE: 'worker',
      LAPSEWATCH_SWEEP_AT: '00:00',
      ...settings,
    })
    const child = host.start()
    leave.push(() => {
      child.kill('SIGKILL')
      host.leave()
    })
    return { child, said: gathered(child.stderr) }
  }

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'lapsewatch-stopped-'))
    chmodSync(folder, 0o711)
    leave.push(async () => {
      await stopServer(null, cluster())
      rmSync(folder, { recursive: true, force: true })
    })
  })

  test('ends within ten seconds when it is asked to, and leaves the server running for the next one', async () => {
    const { child, said } = worker({})
    await until(() => expect(said()).toContain('Lapsewatch is watching'))
    const pid = stopped('SIGSTOP')
    const asked = performance.now()
    child.kill('SIGTERM')
    expect(await ended(child)).toBe(0)
    expect(performance.now() - asked).toBeLessThan(10_500)
    stopped('SIGCONT')
    expect(serverPid(cluster())).toBe(pid)

    const next = worker({})
    await until(() => expect(next.said()).toContain('Lapsewatch is watching'))
    expect(serverPid(cluster())).toBe(pid)
    next.child.kill('SIGTERM')
    expect(await ended(next.child)).toBe(0)
    expect(serverPid(cluster())).toBeNull()
  })

  test('and whose tick stands still on it is ended by its thread; one whose server works is not', async () => {
    const server = await startEmbedded({
      dataFolder: folder,
      log: () => undefined,
      durable: false,
    })
    leave.push(() => server.close())
    await migrate(server.migrateUrl)
    const admin = new pg.Client(server.adminUrl)
    admin.on('error', () => undefined)
    await admin.connect()
    leave.push(() => admin.end())
    // The tick waits for a lock, at which the server can be seen to work.
    await admin.query('BEGIN; LOCK TABLE slot')
    const waits = async () => {
      await admin.query('SELECT pg_stat_clear_snapshot()')
      const { rows } = await admin.query<{ ms: number }>(
        `SELECT extract(epoch FROM clock_timestamp() - query_start) * 1000 AS ms FROM pg_stat_activity
         WHERE wait_event_type = 'Lock' AND application_name = 'lapsewatch'`,
      )
      return Number(rows[0]?.ms ?? 0)
    }
    const { child, said } = worker({
      LAPSEWATCH_DATABASE_TIMEOUT_SECONDS: '12',
      LAPSEWATCH_STANDSTILL_SECONDS: '6',
    })
    await until(async () => expect(await waits()).toBeGreaterThan(7500))
    expect(child.exitCode).toBeNull()
    stopped('SIGSTOP')
    const began = performance.now()
    expect(await ended(child)).toBe(1)
    expect(performance.now() - began).toBeLessThan(10_000)
    expect(said()).toContain('The tick has stood still for 6 s')
    stopped('SIGCONT')
  })
})
