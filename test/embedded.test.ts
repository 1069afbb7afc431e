import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { TestContext } from 'vitest'
import { serverPid, startEmbedded, stopServer } from '../src/database/embedded/server.ts'
import { rowsAt } from './support/postgres.ts'
import { present } from './support/present.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const options = (dataFolder: string, log: (line: string) => void = () => undefined) => {
  return { dataFolder, log, durable: false }
}

/** A folder whose first start is over, to copy: initdb takes most of a second. */
let prepared: string
beforeAll(async () => {
  prepared = newFolder()
  await (await startEmbedded(options(prepared))).close()
}, 120_000)
afterAll(() => rmSync(prepared, { recursive: true, force: true }))

// Servers of their own, which mostly wait: some of them start and stop side by side.
vi.setConfig({ testTimeout: 120_000, maxConcurrency: 4 })

/** A data folder of the test's own. */
function own({ onTestFinished }: TestContext) {
  const folder = newFolder()
  execFileSync('cp', ['-a', `${prepared}/.`, folder])
  // Copies that start side by side want one port: a server that died could not come back to it.
  const pointer = path.join(folder, 'postgres.json')
  const pointed = { ...JSON.parse(readFileSync(pointer, 'utf8')), port: 0 }
  writeFileSync(pointer, JSON.stringify(pointed))
  const cluster = path.join(folder, 'postgres')
  onTestFinished(async () => {
    await stopServer(null, cluster)
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    folder,
    cluster,
    start: (log?: (line: string) => void) => startEmbedded(options(folder, log)),
    use: () => use(folder),
    /** Back to a folder that was never used. */
    empty() {
      for (const name of readdirSync(folder)) rmSync(path.join(folder, name), { recursive: true })
    },
  }
}
function kill(cluster: string): void {
  const pid = present(serverPid(cluster))
  process.kill(pid, 'SIGKILL')
}
const until = (check: () => void | Promise<void>) =>
  vi.waitFor(check, { timeout: 60_000, interval: 50 })

describe.concurrent('one server for every process of a data folder', () => {
  test('four processes that start at the same moment share one server', async (context) => {
    const { cluster, use, empty } = own(context)
    empty()
    const users = await Promise.all([use(), use(), use(), use()])
    expect(users.map((user) => user.started).sort()).toEqual([
      'attached',
      'attached',
      'attached',
      'new',
    ])
    expect(new Set(users.map((user) => user.url)).size).toBe(1)
    await Promise.all(users.map((user) => user.leave()))
    expect(serverPid(cluster)).toBeNull()
  })

  test('the server runs until the last process lets go, whichever that is', async (context) => {
    const { cluster, use } = own(context)
    const first = await use()
    const second = await use()
    await first.leave()
    expect(await answer(second.url)).toBe(1)
    await second.leave()
    expect(serverPid(cluster)).toBeNull()
  })

  test('a killed process leaves the server to the next, which stops it', async (context) => {
    const { cluster, use } = own(context)
    const killed = await use()
    const pid = serverPid(cluster)
    await killed.kill()
    const next = await use()
    expect(next.started).toBe('attached')
    expect(serverPid(cluster)).toBe(pid)
    await next.leave()
    expect(serverPid(cluster)).toBeNull()
  })

  test.for(['is stopped', 'runs'])(
    'a copy of a data folder whose server %s has a server of its own',
    async (state, { onTestFinished }) => {
      onTestFinished(() => rmSync(copy, { recursive: true, force: true }))
      const [folder, copy] = [newFolder(), newFolder()]
      const copied = () => execFileSync('cp', ['-a', `${folder}/.`, copy])
      execFileSync('cp', ['-a', `${prepared}/.`, folder])
      if (state === 'is stopped') copied()
      const first = await startEmbedded(options(folder))
      if (state === 'runs') copied()
      const second = await startEmbedded(options(copy))
      const [one, other] = [folder, copy].map((each) => serverPid(path.join(each, 'postgres')))
      expect(second.started).toBe('started')
      expect(other).not.toBe(one)
      await rowsAt(second.adminUrl, 'CREATE TABLE only_in_the_copy (id int)')
      const found = `SELECT to_regclass('only_in_the_copy') AS found`
      expect(await rowsAt(first.adminUrl, found)).toEqual([{ found: null }])
      await second.close()
      expect(serverPid(path.join(folder, 'postgres'))).toBe(one)
      await first.close()
      rmSync(folder, { recursive: true, force: true })
    },
  )

  test('what was written is there after the next start', async (context) => {
    const { start } = own(context)
    const first = await start()
    await rowsAt(first.migrateUrl, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.close()
    const second = await start()
    expect(second.started).toBe('started')
    expect(await rowsAt(second.migrateUrl, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
    await second.close()
  })
})

describe.concurrent('after an accident', () => {
  test('a server that dies while in use is started again at the same address', async (context) => {
    const { cluster, start } = own(context)
    const lines: string[] = []
    const server = await start((line) => lines.push(line))
    kill(cluster)
    await until(async () => expect(await answer(server.runUrl)).toBe(1))
    await until(() => expect(lines).toContain('The embedded database is back.'))
    await server.close()
    expect(serverPid(cluster)).toBeNull()
  })

  test.runIf(process.platform === 'linux')(
    'a query that outlives its killed server moves the server to no other address',
    async (context) => {
      const { folder, cluster, start } = own(context)
      const server = await start()
      const client = new pg.Client({ connectionString: server.adminUrl })
      client.on('error', () => undefined)
      await client.connect()
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      const busy = rows[0]?.pid ?? 0
      process.kill(busy, 'SIGSTOP')
      try {
        kill(cluster)
        const log = () => readFileSync(path.join(folder, 'postgres.log'), 'utf8')
        await until(() => expect(log()).toContain('still in use'))
      } finally {
        process.kill(busy, 'SIGCONT')
      }
      await until(async () => expect(await answer(server.runUrl)).toBe(1))
      await client.end().catch(() => undefined)
      await server.close()
    },
  )

  test.runIf(process.platform === 'linux')(
    'a pid file left by a power cut does not keep the server from starting',
    async (context) => {
      const { cluster, start } = own(context)
      const lines = [process.pid, cluster, 0, 5432, '', '127.0.0.1', '', 'ready']
      writeFileSync(path.join(cluster, 'postmaster.pid'), `${lines.join('\n')}\n`)
      const server = await start()
      expect(await answer(server.runUrl)).toBe(1)
      await server.close()
    },
  )

  test('a start that was killed half-way does not block the next', async (context) => {
    const { folder, start, empty } = own(context)
    empty()
    writeFileSync(path.join(folder, 'postgres.lock'), JSON.stringify({ pid: 4194305, begun: '1' }))
    const server = await start()
    expect(server.started).toBe('new')
    await server.close()
  })
})

describe.concurrent('refusals say what to do', () => {
  test('data of another major version is left alone', async (context) => {
    const { cluster, start } = own(context)
    writeFileSync(path.join(cluster, 'PG_VERSION'), '15\n')
    await expect(start()).rejects.toThrow(/PostgreSQL 15.*DATABASE_URL/)
  })

  test('data that has gone missing is not replaced by an empty database', async (context) => {
    const { cluster, start } = own(context)
    rmSync(cluster, { recursive: true })
    await expect(start()).rejects.toThrow(/is not there: bring it back/)
  })

  test('a database whose passwords are lost says which file to bring back', async (context) => {
    const { folder, start } = own(context)
    rmSync(path.join(folder, 'postgres.secrets'))
    await expect(start()).rejects.toThrow(/passwords in .*postgres\.secrets/)
  })

  test('a folder that cannot be made names the setting to change', async (context) => {
    const { folder } = own(context)
    const file = path.join(folder, 'file')
    writeFileSync(file, '')
    await expect(startEmbedded(options(path.join(file, 'data')))).rejects.toThrow(
      /cannot be written to.*LAPSEWATCH_DATA/,
    )
  })
})

describe.concurrent('who may get in', () => {
  test('passwords are readable by their owner alone, and written nowhere else', async (context) => {
    const { folder, start } = own(context)
    const server = await start()
    const secrets = path.join(folder, 'postgres.secrets')
    if (process.platform !== 'win32') expect(statSync(secrets).mode & 0o077).toBe(0)
    const password = new URL(server.runUrl).password
    for (const file of ['postgres.json', 'postgres.log']) {
      expect(readFileSync(path.join(folder, file), 'utf8')).not.toContain(password)
    }
    await server.close()
  })

  test('nobody logs in without the password, and only from this machine', async (context) => {
    const { start } = own(context)
    const server = await start()
    const wrong = new URL(server.adminUrl)
    wrong.password = 'guess'
    await expect(answer(wrong.href)).rejects.toThrow(/password authentication failed/)
    expect(await rowsAt(server.adminUrl, 'SHOW listen_addresses')).toEqual([
      { listen_addresses: '127.0.0.1' },
    ])
    await server.close()
  })
})

function newFolder(): string {
  const made = mkdtempSync(path.join(tmpdir(), `lapsewatch-test-${process.pid}-`))
  // As root the server runs as another user, who has to get in.
  chmodSync(made, 0o711)
  return made
}

/** Starts another process that uses the folder's server, and waits until it has it. */
async function use(folder: string) {
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(
    process.execPath,
    [path.join(root, 'test/support/embedded-user.mjs'), path.join(root, 'dist'), folder],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const gone = once(child, 'exit')
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const said = JSON.parse(line.toString()) as { started: string; url: string }
  return {
    ...said,
    async leave() {
      child.stdin.end()
      await gone
    },
    async kill() {
      child.kill('SIGKILL')
      await gone
    },
  }
}

async function answer(url: string): Promise<unknown> {
  return (await rowsAt(url, 'SELECT 1 AS one'))[0]?.one
}
