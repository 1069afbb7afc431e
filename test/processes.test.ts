import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { TestContext } from 'vitest'
// biome-ignore lint/correctness/useImportExtensions: it is JavaScript, for the proofs as well
import { openPostgresProxy } from '../prove/postgres-proxy.mjs'
import { readSettings } from '../src/app/settings.ts'
import { serverPid, startEmbedded, stopServer } from '../src/database/embedded/server.ts'
import { migrate } from '../src/database/migrate.ts'
import { ensureOrganisation } from '../src/database/organisation.ts'
import { deliverDue } from '../src/delivery/worker.ts'
import { openWorkspace } from '../stand-in/slack/server.ts'
import { freePort, gathered, type Operator, operator } from './support/command.ts'
import { freshDatabase } from './support/database.ts'
import { worker as deliverer, fillOutbox } from './support/outbox.ts'
import { present } from './support/present.ts'

// They mostly wait, so that most of them go on side by side; and the machine may be busy.
vi.setConfig({ testTimeout: 300_000, maxConcurrency: 6 })

const until = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 120_000, interval: 50 })

type Settings = Readonly<Record<string, string>>

function begin(host: Operator, { onTestFinished, onTestFailed }: TestContext) {
  const child = host.start()
  const gone = once(child, 'exit').then(() => child.exitCode ?? child.signalCode)
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const said = gathered(child.stderr)
  onTestFailed(({ task }) => {
    const state = child.exitCode ?? child.signalCode ?? 'runs'
    console.error(`${task.name}: the worker ${child.pid} (${state}) said\n${said()}`)
  })
  return {
    child,
    gone,
    said,
    watches: () => until(() => expect(said()).toContain('Lapsewatch is watching')),
    /** Asked to stop, it ends well; it takes ten seconds at the most, and a busy machine some more. */
    async stops() {
      const asked = performance.now()
      child.kill('SIGTERM')
      expect(await gone).toBe(0)
      expect(performance.now() - asked).toBeLessThan(20_000)
    },
  }
}

/** Workers that reach their database through a network that can fail, and Slack. */
async function network(context: TestContext) {
  const { onTestFinished } = context
  const database = await freshDatabase()
  onTestFinished(() => database.drop())
  const channels = ['one', 'two', 'three'].map((name) => ({ name }))
  const workspace = await openWorkspace({ now: Date.now, channels, historyLagMs: 200 })
  onTestFinished(() => workspace.close())
  const proxy = await openPostgresProxy(database.url)
  onTestFinished(() => proxy.close())
  const { id } = await ensureOrganisation(database.pool, new Date(), readSettings({}))
  const port = await freePort()
  const host = operator({
    DATABASE_URL: proxy.url(),
    LAPSEWATCH_MIGRATE_URL: database.ownerUrl,
    LAPSEWATCH_ROLE: 'worker',
    // Brief questions have a sixth of it: less is too little for a machine with other work.
    LAPSEWATCH_DATABASE_TIMEOUT_SECONDS: '12',
    SLACK_BOT_TOKEN: 'xoxb-stand-in',
    SLACK_API_URL: workspace.url,
    LAPSEWATCH_SLACK_TIMEOUT_SECONDS: '0.5',
    LAPSEWATCH_HISTORY_LAG_SECONDS: '0.3',
    LAPSEWATCH_LEASE_SECONDS: '1',
  })
  onTestFinished(() => host.leave())
  const outbox = await fillOutbox(database.pool, id)
  return {
    proxy,
    workspace,
    outbox,
    worker: (settings: Settings = {}) => begin(host.with(settings), context),
    /** Of the one worker whose supervisors are let in. */
    supervised: { LAPSEWATCH_OPS_PORT: String(port) },
    async ask(at: string) {
      const answer = await fetch(`http://127.0.0.1:${port}${at}`)
      return { status: answer.status, text: await answer.text() }
    },
    posts: () =>
      workspace.ledger.calls.filter(({ method }) => method === 'chat.postMessage').length,
    times: () => [...workspace.ledger.timesDelivered().values()],
    sent: (count: number) =>
      until(async () => expect(await outbox.states()).toEqual({ SENT: count })),
    /** A worker of this process goes on, until so many are sent. */
    taken: (count: number) =>
      until(async () => {
        await deliverDue(deliverer(database.pool, workspace))
        expect(await outbox.states()).toEqual({ SENT: count })
      }),
  }
}

describe.concurrent('a worker', () => {
  test('that is asked to stop while Slack is silent ends within ten seconds, and the next one sends everything once', async (context) => {
    const { workspace, outbox, worker, posts, times, taken } = await network(context)
    workspace.faults.plan({ kind: 'never', accepted: true }, { times: 2 })
    for (const channel of ['#one', '#two', '#three', '#one']) await outbox.queue(channel)
    const first = worker()
    await until(() => expect(posts()).toBeGreaterThanOrEqual(2))
    await first.stops()
    await taken(4)
    expect(times()).toEqual([1, 1, 1, 1])
  })

  test('that was suspended for longer than its lease cannot finish or repeat what another took over', async (context) => {
    const { workspace, outbox, worker, posts, times, sent, taken } = await network(context)
    const sleeper = worker()
    await sleeper.watches()
    workspace.faults.plan({ kind: 'late', ms: 300 }, { times: 1 })
    const { id } = await outbox.queue('#one')
    await until(() => expect(posts()).toBe(1))
    sleeper.child.kill('SIGSTOP')

    await taken(1)
    const settled = await outbox.row(id)
    sleeper.child.kill('SIGCONT')
    await outbox.queue('#two')
    await sent(2)
    await sleeper.stops()
    expect(await outbox.row(id)).toEqual(settled)
    expect(times()).toEqual([1, 1])
  })
})

describe.concurrent('a worker behind a network that fails', () => {
  // It takes longest, and so begins first.
  test('and that was stopped while a minute turned goes on at once and is not taken for one that stands still', async (context) => {
    const { outbox, worker, supervised, ask, sent } = await network(context)
    // A busy machine may keep a process waiting for some seconds.
    const { child, watches, stops } = worker({
      ...supervised,
      LAPSEWATCH_STANDSTILL_SECONDS: '12',
    })
    const ticks = async () => {
      const { text } = await ask('/metrics')
      return Number(/^lapsewatch_ticks_total\{result="done"\} (\d+)$/m.exec(text)?.[1] ?? 0)
    }
    await watches()
    await until(async () => expect(await ticks()).toBeGreaterThan(0))
    await until(() => expect(new Date().getUTCSeconds()).toBeGreaterThanOrEqual(47))
    const before = await ticks()
    child.kill('SIGSTOP')
    const stopped = performance.now()
    await until(() => expect(performance.now() - stopped).toBeGreaterThan(15_000))
    child.kill('SIGCONT')
    await outbox.queue('#one')
    await sent(1)
    // The next minute is 50 seconds away.
    await vi.waitFor(async () => expect(await ticks()).toBeGreaterThan(before), 30_000)
    await stops()
  })

  test('that swallows or holds back what is sent is bad for its supervisors, and goes on by itself once it is back, every warning once', async (context) => {
    const { proxy, outbox, worker, supervised, ask, times, sent } = await network(context)
    const { child, said, stops } = worker(supervised)
    await outbox.queue('#one')
    for (const [at, kind] of (['silent', 'hold'] as const).entries()) {
      await sent(1 + at)
      await until(async () => expect(await ask('/readyz')).toEqual({ status: 200, text: 'ok\n' }))
      await until(async () =>
        expect((await ask('/metrics')).text).toContain('lapsewatch_outbox_age_seconds 0\n'),
      )
      const before = said().length
      proxy.become({ kind })
      const { id } = await outbox.queue('#two')
      const silent = { status: 503, text: 'the database does not answer\n' }
      await until(async () => expect(await ask('/livez')).toEqual(silent))
      expect(await ask('/readyz')).toMatchObject({ status: 503 })
      const { text } = await ask('/metrics')
      expect(text).toContain('lapsewatch_database_up 0')
      expect(text).toMatch(/^lapsewatch_outbox_age_seconds (?!0$)\d/m)
      expect(text).toMatch(/^process_resident_memory_bytes \d/m)
      expect(said().slice(before)).toContain('Delivery stumbled and goes on')
      expect(await outbox.row(id)).toMatchObject({ state: 'PENDING' })

      proxy.become({ kind: 'forward' })
      await sent(2 + at)
      await until(async () => expect(await ask('/livez')).toMatchObject({ status: 200 }))
      expect(child.exitCode).toBeNull()
    }
    await stops()
    expect(said()).not.toContain('Something hangs')
    expect(times()).toEqual([1, 1, 1])
  })

  test('and that is asked to stop while the database is silent and a post is under way ends within ten seconds; the next one sends it once', async (context) => {
    const { proxy, workspace, outbox, worker, posts, times, taken } = await network(context)
    workspace.faults.plan({ kind: 'never', accepted: true }, { times: 1 })
    const first = worker()
    await first.watches()
    await outbox.queue('#one')
    await until(() => expect(posts()).toBe(1))
    proxy.become({ kind: 'silent' })
    await first.stops()
    await taken(1)
    expect(times()).toEqual([1])
  })

  const canHear = ['python3', 'systemd-notify'].every(
    (name) => spawnSync(name, ['--version']).status === 0,
  )
  test.skipIf(!canHear)(
    'tells systemd that it is ready, at work while it is, and stopping (needs python3 and systemd-notify)',
    async (context) => {
      const folder = mkdtempSync(path.join(tmpdir(), 'lapsewatch-notify-'))
      const socket = path.join(folder, 'notify')
      const ears = spawn('python3', ['-u', '-c', LISTEN, socket])
      context.onTestFinished(() => {
        ears.kill('SIGKILL')
        rmSync(folder, { recursive: true })
      })
      const heard = gathered(ears.stdout)
      await until(() => expect(heard()).toContain('listening'))
      const { proxy, worker, supervised, ask } = await network(context)
      const { said, stops } = worker({
        ...supervised,
        NOTIFY_SOCKET: socket,
        WATCHDOG_USEC: '900000',
      })
      const alive = () => heard().split('WATCHDOG=1').length - 1
      await until(() => expect(heard(), said()).toContain('READY=1'))
      await until(() => expect(alive()).toBeGreaterThanOrEqual(2))

      proxy.become({ kind: 'silent' })
      await until(async () => {
        expect(await ask('/livez')).toMatchObject({ status: 503 })
        expect(heard().trim().split('\n').at(-1)).toBe('STATUS=the database does not answer')
      })
      // Once it has been said that all is not well, nothing says otherwise until it is.
      const before = alive()
      const since = performance.now()
      await until(() => expect(performance.now() - since).toBeGreaterThan(1500))
      expect(alive()).toBe(before)

      proxy.become({ kind: 'forward' })
      await until(() => expect(alive()).toBeGreaterThan(before))
      await stops()
      await until(() => expect(heard()).toContain('STOPPING=1'))
    },
  )

  test('and whose main thread is blocked is ended by its thread, also where it was asked to stop', async (context) => {
    const { worker } = await network(context)
    const blockable = {
      LAPSEWATCH_STANDSTILL_SECONDS: '3',
      NODE_OPTIONS: `--import=${new URL('./support/blocked.mjs', import.meta.url).href}`,
    }
    const blocked = async (asked: boolean) => {
      const { child, said, gone, watches } = worker(blockable)
      await watches()
      child.kill('SIGUSR2')
      if (asked) child.kill('SIGTERM')
      expect(await gone).toBe('SIGKILL')
      expect(said()).toContain('This process is blocked')
    }
    await Promise.all([blocked(false), blocked(true)])
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

describe.concurrent('a worker whose embedded server is stopped (SIGSTOP)', () => {
  /** A data folder of its own; `server` stops or continues the server with all its processes. */
  function ownServer(context: TestContext) {
    const folder = mkdtempSync(path.join(tmpdir(), 'lapsewatch-stopped-'))
    chmodSync(folder, 0o711)
    const pid = () => serverPid(path.join(folder, 'postgres'))
    context.onTestFinished(async () => {
      await stopServer(null, path.join(folder, 'postgres'))
      rmSync(folder, { recursive: true, force: true })
    })
    return {
      folder,
      pid,
      server(signal: 'SIGSTOP' | 'SIGCONT') {
        const own = present(pid())
        const children = readFileSync(`/proc/${own}/task/${own}/children`, 'utf8')
        for (const each of [own, ...children.split(' ').filter(Boolean).map(Number)]) {
          process.kill(each, signal)
        }
      },
      worker(settings: Settings = {}) {
        const own = { LAPSEWATCH_DATA: folder, LAPSEWATCH_ROLE: 'worker' }
        const host = operator({ ...own, LAPSEWATCH_SWEEP_AT: '00:00', ...settings })
        context.onTestFinished(() => host.leave())
        return begin(host, context)
      },
    }
  }

  test('ends within ten seconds when it is asked to, and leaves the server running for the next one', async (context) => {
    const { pid, server, worker } = ownServer(context)
    const first = worker()
    await first.watches()
    const running = pid()
    server('SIGSTOP')
    await first.stops()
    server('SIGCONT')
    expect(pid()).toBe(running)

    const next = worker()
    await next.watches()
    expect(pid()).toBe(running)
    await next.stops()
    // A server that has not yet noticed that the first is gone is left running by the next as well.
    await until(async () => {
      if (pid() === null) return
      const last = worker()
      await last.watches()
      await last.stops()
      expect(pid()).toBeNull()
    })
  })

  test('and whose tick stands still on it is ended by its thread; one whose server works is not', async (context) => {
    const { folder: dataFolder, server: signal, worker } = ownServer(context)
    const server = await startEmbedded({ dataFolder, log: () => undefined, durable: false })
    context.onTestFinished(() => server.close())
    await migrate(server.migrateUrl)
    const admin = new pg.Client(server.adminUrl)
    admin.on('error', () => undefined)
    await admin.connect()
    context.onTestFinished(() => admin.end())
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
    const { child, said, gone } = worker({
      // The question is asked after each 10 s and given up after 30 s, which ends the tick: the thread
      // has to act in between, also where the server is stopped some seconds later than at once.
      LAPSEWATCH_DATABASE_TIMEOUT_SECONDS: '30',
      LAPSEWATCH_STANDSTILL_SECONDS: '12',
    })
    await until(async () => expect(await waits()).toBeGreaterThan(12_500))
    expect(child.exitCode).toBeNull()
    signal('SIGSTOP')
    expect(await gone).toBe(1)
    expect(said()).toContain('The tick has stood still for 12 s')
    signal('SIGCONT')
  })
})

describe.concurrent('the long proofs, in short', () => {
  async function prove({ onTestFinished }: TestContext, name: string, ...args: readonly string[]) {
    const { url, ownerUrl, adminUrl, drop } = await freshDatabase()
    onTestFinished(drop)
    const script = fileURLToPath(new URL(`../prove/${name}.mjs`, import.meta.url))
    const where = ['--database', url, '--migrate', ownerUrl]
    if (name === 'faults') where.push('--admin', adminUrl)
    const proof = spawn(process.execPath, [script, '--seed', '20230430', ...args, ...where])
    const out = gathered(proof.stdout)
    const told = gathered(proof.stderr)
    onTestFinished(({ task }) => {
      if (proof.exitCode === null) console.error(`${task.name}: so far\n${told()}${out()}`)
      proof.kill()
    })
    const [code] = (await once(proof, 'close')) as [number | null]
    return { code, said: `${told()}${out()}` }
  }

  test('npm run prove:kills, two kills long: every warning arrives once', async (context) => {
    const { code, said } = await prove(context, 'kills', '--kills', '2', '--ahead', '40')
    expect(said).toMatch(/lost 0, repeated 0\n$/)
    expect(code).toBe(0)
  })

  test('npm run prove:faults, three episodes long: nothing is lost, repeated unmarked or late, and nothing hangs', async (context) => {
    const kinds = ['taken after the timeout', '408+database cut', 'database read-only']
    const { code, said } = await prove(
      context,
      'faults',
      ...['--episodes', `${kinds.length}`, '--kind', kinds.join(), '--lasts', '700'],
      ...['--busy', '60000'],
    )
    expect(said).toMatch(/lost 0, repeated unmarked 0, recovered late 0, against the promise 0\n$/)
    expect(code).toBe(0)
  })
})
