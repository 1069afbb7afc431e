/** What the bot tells one person after its answer: results of imports, exports and files. */

import { deliverDue } from '../src/delivery/worker.ts'
import { type Fault, PEOPLE } from '../stand-in/slack/state.ts'
import { said, useBotSetup } from './support/bot-setup.ts'
import { worker } from './support/outbox.ts'
import { rowsAt } from './support/postgres.ts'

const HELD = 'Reference,Title,Supplier,Start,End\nC-100,Cleaning,Acme Ltd,2024-01-01,2026-12-07\n'
const NEXT = 'Reference,Title,End\nN-1,Linen,2027-06-30\nN-2,No such day,2027-02-30\n'
/** Long enough for a loaded machine, short enough to wait for once. */
const SHORT = { timeoutMs: 500, historyLagMs: 100 }

let before: number

const setup = useBotSetup('socket', HELD, { prepare: (setup) => setup.deliver() })
beforeEach(async () => {
  await setup.database.pool.query('DELETE FROM delivery')
  setup.workspace.places.files.clear()
  before = setup.workspace.ledger.messages.length
})
afterEach(() => setup.workspace.faults.clear())

/** Whatever waits for its time is tried now, until nothing waits any more. */
async function untilToldOf(): Promise<void> {
  for (let n = 0; n < 6; n += 1) {
    await setup.deliver(SHORT)
    const waits = await setup.database.pool.query(
      `UPDATE delivery SET due_at = now() WHERE state IN ('RETRY', 'UNCERTAIN')`,
    )
    await setup.database.pool.query('UPDATE channel SET paused_until = NULL, next_post_at = NULL')
    if (waits.rowCount === 0) return
  }
}

const told = () => setup.workspace.ledger.messages.slice(before)
const states = async () => {
  const found = await setup.database.pool.query<{ purpose: string; state: string }>(
    'SELECT purpose, state FROM delivery ORDER BY id',
  )
  return found.rows.map(({ purpose, state }) => `${purpose} ${state}`)
}
const uploads = () =>
  setup.workspace.ledger.calls.filter(({ method }) => method === 'upload').length

/** Hands a register over and says yes to everything. */
async function importNext(content: string): Promise<void> {
  const admin = setup.workspace.as(PEOPLE.admin)
  const file = admin.upload('next.csv', content)
  let { modal } = await setup.type(PEOPLE.admin, 'import')
  for (const given of [{ file: [file.id] }, {}, {}]) {
    if (!modal) throw new Error('There is no form to send.')
    modal = (await admin.submit(modal, given)).modal
  }
}

describe('lost on the way', () => {
  test.each<[string, Fault]>([
    ['a rate limit', { kind: 'rate-limited', retryAfter: 30 }],
    ['a 500 that took nothing', { kind: 'status', status: 500, accepted: false }],
    ['a 500 that posted all the same', { kind: 'status', status: 500, accepted: true }],
    ['a request cut off', { kind: 'dropped', accepted: false }],
    ['a reply cut off', { kind: 'dropped', accepted: true }],
    ['no answer ever', { kind: 'never', accepted: true }],
  ])('%s: an export comes exactly once, its file uploaded once', async (_, fault) => {
    const sofar = uploads()
    expect(said(await setup.type(PEOPLE.colleague, 'export xlsx'))).toBe(
      '1 contract (of the whole register): the file follows in your direct messages with Lapsewatch.',
    )
    setup.workspace.faults.plan(fault)
    await untilToldOf()
    expect(told().map(({ channel }) => channel)).toEqual(['D0COLLEAGUE'])
    expect(told()[0]?.text).toContain('1 contract (of the whole register) in the file')
    expect(await states()).toEqual(['asked SENT'])
    expect(uploads() - sofar).toBe(1)
    expect(setup.workspace.places.files.size).toBe(1)
  })

  test.each<[string, string, Fault, number]>([
    ['its address', 'files.getUploadURLExternal', { kind: 'rate-limited', retryAfter: 30 }, 1],
    ['the bytes’ reply', 'upload', { kind: 'dropped', accepted: true }, 1],
    ['the bytes', 'upload', { kind: 'status', status: 500, accepted: false }, 2],
    ['its completion', 'files.completeUploadExternal', { kind: 'dropped', accepted: false }, 1],
    ['that it is complete', 'files.completeUploadExternal', { kind: 'dropped', accepted: true }, 1],
  ])('a file whose upload loses %s goes on where it stopped', async (_, method, fault, sent) => {
    const sofar = uploads()
    await setup.type(PEOPLE.colleague, 'export')
    setup.workspace.faults.plan(fault, { method })
    await untilToldOf()
    const [message, ...more] = told()
    expect(more).toEqual([])
    const files = [...setup.workspace.places.files.values()].filter(({ complete }) => complete)
    expect(files).toHaveLength(1)
    expect(message?.text).toContain(`/files/${files[0]?.id}/`)
    expect(uploads() - sofar).toBe(sent)
  })

  test('a file that stands in Slack already is shown by the next try', async () => {
    await setup.type(PEOPLE.colleague, 'summary')
    setup.workspace.faults.plan({ kind: 'rate-limited', retryAfter: 30 })
    const sofar = uploads()
    await untilToldOf()
    expect(told()).toHaveLength(1)
    expect(told()[0]?.text).toMatch(/<https?:[^|>]+\|/)
    expect(uploads() - sofar).toBe(setup.workspace.places.files.size)
  })

  test('a file that never goes up is told of in the end, in words', async () => {
    await setup.type(PEOPLE.colleague, 'export')
    await setup.database.pool.query('UPDATE delivery SET attempt = 10')
    setup.workspace.faults.plan(
      { kind: 'status', status: 500, accepted: false },
      { method: 'upload' },
    )
    await untilToldOf()
    expect(told().map(({ text }) => text)).toEqual([
      expect.stringContaining('could not be attached'),
    ])
  })
})

describe('the process that answered is gone', () => {
  test('an import and what is told of it are one: both or neither', async () => {
    const { pool } = setup.database
    const { ownerUrl } = setup.database
    await rowsAt(
      ownerUrl,
      `ALTER TABLE delivery ADD CONSTRAINT refused CHECK (purpose <> 'import')`,
    )
    await importNext(NEXT)
    const held = 'SELECT reference FROM contract ORDER BY 1'
    expect((await pool.query(held)).rows).toEqual([{ reference: 'C-100' }])
    await rowsAt(ownerUrl, 'ALTER TABLE delivery DROP CONSTRAINT refused')
    await importNext(NEXT)
    expect((await pool.query(held)).rows).toHaveLength(3)
    expect(await states()).toContain('import PENDING')
    const sameTransaction = await pool.query(
      `SELECT FROM delivery d JOIN import i ON i.id = (d.facts ->> 'importId')::int
       WHERE d.purpose = 'import' AND d.xmin = i.xmin`,
    )
    expect(sameTransaction.rowCount).toBe(1)
    setup.workspace.faults.plan({ kind: 'dropped', accepted: true }, { channel: 'U0ADMIN' })
    await untilToldOf()
    const results = told().filter(({ text }) => text.includes('read from next.csv'))
    expect(results.map(({ channel }) => channel)).toEqual(['D0ADMIN'])
    expect(results[0]?.text).toContain('2 rows read from next.csv')
    expect(results[0]?.text).toContain('What was wrong in next.csv')
  })

  test('what came of a form is told however Slack answers, and by whichever process', async () => {
    const modal = await setup.form(PEOPLE.owner, { act: 'open', what: 'preferences' })
    await setup.workspace.as(PEOPLE.owner).submit(modal)
    expect(await states()).toEqual(['said PENDING'])
    setup.workspace.faults.plan({ kind: 'never', accepted: true })
    await untilToldOf()
    expect(told().filter(({ channel }) => channel === 'D0OWNER')).toHaveLength(1)
    expect(await states()).toEqual(['said SENT'])
  })

  test('a worker killed before its post leaves it to the next one, without the bot', async () => {
    await setup.type(PEOPLE.colleague, 'export')
    const dying = worker(setup.database.pool, setup.workspace, SHORT)
    const killed = () => {
      throw new Error('killed')
    }
    const make = async () => ({ kind: 'made' as const, message: MESSAGE })
    const killing = deliverDue({ ...dying, make, faults: { beforePost: killed } })
    await expect(killing).rejects.toThrow('killed')
    expect(told()).toEqual([])
    await setup.database.pool.query('UPDATE delivery SET lease_until = now()')
    await untilToldOf()
    expect(told().map(({ channel }) => channel)).toEqual(['D0COLLEAGUE'])
  })

  test('a file that takes longer to make than a lease keeps its claim', async () => {
    await setup.type(PEOPLE.colleague, 'export')
    const settings = { timeoutMs: 500, historyLagMs: 100, leaseMs: 1500 }
    const lease = async () =>
      String(
        (await setup.database.pool.query('SELECT lease_until AS until FROM delivery')).rows[0]
          ?.until,
      )
    const make = async () => {
      const first = await lease()
      await vi.waitFor(async () => expect(await lease()).not.toBe(first), { timeout: 5000 })
      return { kind: 'made' as const, message: MESSAGE }
    }
    const slow = { ...worker(setup.database.pool, setup.workspace, settings), make }
    expect(await deliverDue(slow)).toMatchObject({ sent: 1 })
  })

  test('a process that makes no answers leaves them to one that does', async () => {
    await setup.type(PEOPLE.colleague, 'export')
    await deliverDue(worker(setup.database.pool, setup.workspace))
    expect(await states()).toEqual(['asked RETRY'])
    await setup.database.pool.query('UPDATE delivery SET due_at = now()')
    await untilToldOf()
    expect(told()).toHaveLength(1)
  })
})

const MESSAGE = { text: 'Made', blocks: [], file: null }

describe('for one person alone', () => {
  test('who is no colleague any more by then gets nothing, and nobody else does', async () => {
    const { places } = setup.workspace
    const colleague = places.person(PEOPLE.colleague)
    await setup.type(PEOPLE.colleague, 'export')
    colleague.guest = 'single-channel'
    await untilToldOf()
    colleague.guest = null
    await setup.type(PEOPLE.colleague, 'export')
    colleague.deleted = true
    await untilToldOf()
    colleague.deleted = false
    expect(await states()).toEqual(['asked DEAD', 'asked SUPERSEDED'])
    expect(told()).toEqual([])
    expect(places.files.size).toBe(0)
  })

  test('where they cannot be written to, no channel is told instead', async () => {
    await setup.type(PEOPLE.colleague, 'export')
    setup.workspace.faults.plan({ kind: 'error', error: 'user_disabled', accepted: false })
    await untilToldOf()
    expect(await states()).toEqual(['asked BLOCKED'])
    await setup.database.pool.query('UPDATE delivery SET due_at = now()')
    await untilToldOf()
    expect(told().map(({ channel }) => channel)).toEqual(['D0COLLEAGUE'])
  })

  test('what cannot be had any more is told in a sentence', async () => {
    await setup.type(PEOPLE.colleague, 'export cleaning')
    await setup.database.pool.query(
      `UPDATE contract SET title = 'Portering' WHERE title = 'Cleaning'`,
    )
    await untilToldOf()
    expect(told().map(({ text }) => text)).toEqual([
      expect.stringContaining('Not understood: “cleaning”. Nothing was exported'),
    ])
  })
})
