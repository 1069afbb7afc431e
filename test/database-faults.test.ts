/** The database server dies, runs out of disk or of connections while the work goes on. */

import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { serverPid, stopServer } from '../src/database/embedded/server.ts'
import { deliverDue } from '../src/delivery/worker.ts'
import { openWorkspace, type Workspace } from '../stand-in/slack/server.ts'
import { endOn } from './support/contract-facts.ts'
import { freshDatabase, openAt } from './support/database.ts'
import { openOutbox, worker } from './support/outbox.ts'
import { present } from './support/present.ts'
import { draft, emptySetup, type Setup, setupIn } from './support/setup.ts'

const MONDAY = '2026-11-23'
const CHANNELS = ['contracts', 'one', 'two', 'three']
const REGISTER = Array.from({ length: 300 }, (_, n) =>
  draft(`A-${n}`, { end: endOn('2026-12-11') }),
)

/** Where somebody who is not root could write too. */
function folderFor(name: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `lapsewatch-${name}-`))
  // As root the server runs as another user, who has to get in.
  chmodSync(folder, 0o711)
  return folder
}

let workspace: Workspace
beforeEach(async () => {
  workspace = await openWorkspace({
    now: Date.now,
    channels: CHANNELS.map((name) => ({ name })),
    historyLagMs: 20,
  })
})
afterEach(() => workspace.close())

const QUICK = { timeoutMs: 1000, historyLagMs: 50, leaseMs: 1500 }
const times = () => [...workspace.ledger.timesDelivered().values()]

describe('a database server that is killed', () => {
  let folder: string
  let setup: Setup
  const cluster = () => path.join(folder, 'postgres')

  beforeAll(async () => {
    folder = folderFor('killed')
    const database = await openAt(null, null, { dataFolder: folder, poolSize: 5 })
    setup = await setupIn(database)
  })
  afterEach(() => emptySetup(setup))
  afterAll(async () => {
    await setup.db.close()
    await stopServer(null, cluster())
    rmSync(folder, { recursive: true, force: true })
  })

  /** Kills the server while the work is under way, and waits until another one has taken its place. */
  async function killedDuring(work: () => Promise<unknown>, afterMs: number): Promise<void> {
    const pid = present(serverPid(cluster()))
    const kill = () => process.kill(pid, 'SIGKILL')
    const timer = setTimeout(kill, afterMs)
    await work().catch(() => undefined)
    clearTimeout(timer)
    // Work that was done before its time is followed by the kill all the same.
    if (serverPid(cluster()) === pid) kill()
    await vi.waitFor(
      async () => {
        // Processes of the dead server may answer for a moment: they are gone once there is a new one.
        expect([null, pid]).not.toContain(serverPid(cluster()))
        await setup.rows('SELECT 1')
      },
      { timeout: 50_000, interval: 50 },
    )
  }

  test('during an import leaves all of the register or nothing, and the next import has it all', async () => {
    await killedDuring(() => setup.import(REGISTER, MONDAY), 60)
    const [held] = await setup.rows<{ n: number }>('SELECT count(*) AS n FROM contract')
    expect([0, REGISTER.length]).toContain(held?.n)
    const { created, unchanged } = await setup.import(REGISTER, MONDAY)
    expect(created + unchanged).toBe(REGISTER.length)
  })

  test('during a sweep leaves nothing half raised, and the next sweep raises all', async () => {
    await setup.import(REGISTER, MONDAY)
    await killedDuring(() => setup.sweep(MONDAY), 30)
    await setup.sweep(MONDAY)
    expect(await setup.sweep(MONDAY)).toMatchObject({ raised: 0, queued: 0 })
    expect(await setup.alerts()).toEqual(Array(REGISTER.length).fill('2026-11-23 end 30'))
    const untold = await setup.rows(
      'SELECT FROM alert a WHERE NOT EXISTS (SELECT FROM delivery_alert da WHERE da.alert_id = a.id)',
    )
    expect(untold).toEqual([])
  })

  test('during a delivery loses nothing and repeats nothing', async () => {
    const outbox = await openOutbox(setup.db.pool)
    for (let n = 0; n < 60; n += 1) await outbox.queue(`#${CHANNELS[n % CHANNELS.length]}`)
    const deliver = () => deliverDue(worker(setup.db.pool, workspace, QUICK))
    await killedDuring(deliver, 40)
    await vi.waitFor(
      async () => {
        await deliver()
        expect(await outbox.states()).toEqual({ SENT: 60 })
      },
      { timeout: 50_000, interval: 50 },
    )
    expect(times()).toEqual(Array(60).fill(1))
  })
})

/** A disk of so many megabytes; only root may make one. */
function smallDisk(folder: string, megabytes: number): boolean {
  if (process.getuid?.() !== 0) return false
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=711`, 'tmpfs', folder], {
      stdio: 'ignore',
    })
    return true
  } catch {
    return false
  }
}

describe('a full disk', () => {
  const folder = folderFor('full')
  const mounted = smallDisk(folder, 200)
  afterAll(async () => {
    await stopServer(null, path.join(folder, 'data', 'postgres'))
    if (mounted) execFileSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true, force: true })
  })

  test.skipIf(!mounted)(
    'stops a sweep before it tells anybody, and it is made up once there is room (needs root and mount)',
    async () => {
      mkdirSync(path.join(folder, 'data'), { mode: 0o711 })
      const database = await openAt(null, null, {
        dataFolder: path.join(folder, 'data'),
        poolSize: 3,
      })
      const setup = await setupIn(database)
      try {
        await setup.import(REGISTER, MONDAY)
        const ballast = path.join(folder, 'ballast')
        fill(ballast)
        await expect(
          (async () => {
            // Until the segment of the write-ahead log that stands open is full.
            for (let n = 0; n < 40; n += 1) {
              await setup.import(
                REGISTER.map((each) => ({ ...each, title: `${each.title} ${n}` })),
                MONDAY,
              )
            }
          })(),
        ).rejects.toThrow()
        rmSync(ballast)
        await vi.waitFor(() => setup.rows('SELECT 1'), { timeout: 50_000, interval: 50 })
        await setup.sweep(MONDAY)
        expect(await setup.alerts()).toEqual(Array(REGISTER.length).fill('2026-11-23 end 30'))
      } finally {
        await database.close()
      }
    },
  )
})

/** Writes until the disk is full. */
function fill(file: string): void {
  const megabyte = Buffer.alloc(2 ** 20, 1)
  try {
    for (;;) writeFileSync(file, megabyte, { flag: 'a' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
}

test('two connections are enough for twenty messages under way: the others wait their turn', async () => {
  const database = await freshDatabase(2)
  try {
    const outbox = await openOutbox(database.pool)
    for (let n = 0; n < 40; n += 1) await outbox.queue(`#${CHANNELS[n % CHANNELS.length]}`)
    await Promise.all([
      deliverDue(worker(database.pool, workspace, QUICK)),
      deliverDue(worker(database.pool, workspace, QUICK)),
    ])
    expect(await outbox.states()).toEqual({ SENT: 40 })
    expect(times()).toEqual(Array(40).fill(1))
  } finally {
    await database.drop()
  }
})
