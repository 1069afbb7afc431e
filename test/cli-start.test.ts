/** The program as it is started: on an empty folder, with commands beside it, after a kill. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { asOfWords, isEmpty, loadSample } from '../src/app/sample.ts'
import { readSettings } from '../src/app/settings.ts'
import { stopServer } from '../src/database/embedded/server.ts'
import { ensureOrganisation, rulesByTeam } from '../src/database/organisation.ts'
import { tick } from '../src/warnings/schedule.ts'
import { gathered, NOON_ZONE, type Operator, operator } from './support/command.ts'
import { day } from './support/contract-facts.ts'
import { freshDatabase } from './support/database.ts'

describe('started on an empty folder', () => {
  let folder: string
  let me: Operator

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'started-'))
    me = operator({ LAPSEWATCH_DATA: folder, LAPSEWATCH_TIME_ZONE: NOON_ZONE })
  })
  afterAll(async () => {
    await stopServer(null, path.join(folder, 'postgres'))
    rmSync(folder, { recursive: true, force: true })
    me.leave()
  })

  function starting() {
    const child = me.start()
    return { child, stdout: gathered(child.stdout), stderr: gathered(child.stderr) }
  }
  const waitFor = (check: () => void | Promise<void>) =>
    vi.waitFor(check, { timeout: 40_000, interval: 50 })

  test('warns on the terminal, answers beside it, ends on request, and repeats nothing after a kill', async () => {
    const first = starting()
    await waitFor(() => expect(first.stdout()).toContain('contracts need action'))
    expect(first.stderr()).toContain('fictional trust group')

    // While it runs, commands use the same server. Stdout is theirs alone.
    const { items } = await me.json('due', '--limit', '3')
    expect(items).toHaveLength(3)
    await waitFor(async () => {
      expect(await me.json('deliver')).toMatchObject({ sent: 0, blocked: 0, dead: 0 })
    })

    first.child.kill('SIGKILL')
    await once(first.child, 'exit')
    const second = starting()
    await waitFor(() => expect(second.stderr()).toContain('Lapsewatch is watching'))
    expect((await me.json('sweep')).raised).toBe(0)
    expect(second.stdout()).toBe('')

    const asked = performance.now()
    second.child.kill('SIGTERM')
    const [code] = await once(second.child, 'exit')
    expect(code).toBe(0)
    expect(performance.now() - asked).toBeLessThan(10_000)
    expect(second.stderr()).toContain('SIGTERM')
  }, 90_000)
})

describe('on a day of rest', () => {
  test('the sample speaks as of the last working day, and the next morning repeats nothing', async () => {
    const db = await freshDatabase()
    try {
      const settings = readSettings({})
      const saturday = new Date('2026-11-21T11:00:00Z')
      const organisation = await ensureOrganisation(db.pool, saturday, settings)
      const rulesOf = rulesByTeam(settings.rules)
      const setup = { settings, pool: db.pool, organisation, rulesOf }
      const program = { ...setup, today: () => day('2026-11-21'), now: () => saturday }
      expect(await isEmpty(program)).toBe(true)
      const { contracts, raised, asOf } = await loadSample(program)
      expect(asOfWords(asOf, program.today())).toBe(
        ' Today is no working day: what is told is as of Fri 20 Nov 2026, the last one.',
      )
      expect(asOfWords(asOf, asOf)).toBe('')
      expect(contracts).toBeGreaterThan(50)
      expect(raised).toBeGreaterThan(8)
      const told = async () =>
        (await db.pool.query('SELECT DISTINCT raised_on AS "on" FROM alert')).rows
      expect(await told()).toEqual([{ on: '2026-11-20' }])
      const at = { hour: 9, minute: 0 }
      const times = { sweepAt: at, weeklyAt: at, weeklyOn: 1 }
      const context = { organisationId: organisation.id, rulesOf, times, owner: 'one' }
      // The Saturday's own slot says nothing more.
      expect((await tick(db.pool, { ...context, now: saturday })).result).toMatchObject({
        raised: 0,
      })
      await expect(loadSample(program)).rejects.toThrow('empty register')
    } finally {
      await db.drop()
    }
  })
})
