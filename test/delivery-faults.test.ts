/** Whatever Slack answers: one message's fault stops no other, is tried within bounds, and is told of. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { deliverDue } from '../src/delivery/deliver.ts'
import { drain } from '../src/delivery/drain.ts'
import type { DeliveryDeps } from '../src/delivery/send.ts'
import { tellOfDead, unblock } from '../src/delivery/unblock.ts'
import type { Fault } from '../src/workspace/faults.ts'
import type { PostedMessage } from '../src/workspace/ledger.ts'
import { openWorkspace, type Workspace } from '../src/workspace/open.ts'
import { freshDatabase, type TestDatabase } from './support/database.ts'
import { type DeliveryRow, type Outbox, openOutbox, type Queued, worker } from './support/outbox.ts'

let database: TestDatabase
let workspace: Workspace
let outbox: Outbox

beforeAll(async () => {
  database = await freshDatabase(10)
})
afterAll(() => database.drop())

beforeEach(async () => {
  for (const table of ['delivery', 'channel', 'contract']) await sql(`DELETE FROM ${table}`)
  workspace = await openWorkspace({
    now: Date.now,
    channels: [
      { id: 'C0CONTRACTS', name: 'contracts' },
      { id: 'C0OTHER', name: 'other' },
      { id: 'C0ESCALATION', name: 'escalation' },
    ],
  })
  workspace.places.addUser('U0OWNER', 'owner')
  outbox = await openOutbox(database.pool, { escalation: '#escalation' })
})
afterEach(async () => {
  expect(workspace.ledger.failures).toEqual([])
  await workspace.close()
})

const sql = async (text: string, values: unknown[] = []) =>
  (await database.pool.query(text, values)).rows
/** What a worker does in one round, without waiting for anything. */
const round = async (also: Partial<DeliveryDeps> = {}) => {
  const deps = { ...worker(database.pool, workspace), ...also }
  await unblock(database.pool)
  await drain(deps, { patienceMs: 0, signal: undefined })
  if ((await tellOfDead(deps)) > 0) await drain(deps, { patienceMs: 0, signal: undefined })
}
const deliver = (settings = {}, also: Partial<DeliveryDeps> = {}) =>
  deliverDue({ ...worker(database.pool, workspace, settings), ...also })
/** Whatever waits for its time has waited for it. */
const later = () =>
  sql(`UPDATE delivery SET due_at = now() WHERE due_at > now()`).then(() =>
    sql('UPDATE channel SET paused_until = NULL'),
  )
const lookAgain = () =>
  sql('UPDATE delivery SET look_again_at = now() WHERE look_again_at > now()')
const daysLater = () => sql(`UPDATE delivery SET first_tried_at = now() - interval '73 hours'`)
/** When it is tried again, in seconds from now, and what else its row holds. */
const waits = async (id: number) => {
  const [row] = await sql(
    `SELECT *, extract(epoch FROM due_at - now())::float8 AS seconds FROM delivery WHERE id = $1`,
    [id],
  )
  return row as DeliveryRow & { seconds: number; failures: number; look_again_at: Date | null }
}
/** Makes it a later message about the contract of another. */
const follows = async (later: Queued, first: Queued, facts: object = {}) => {
  await sql('UPDATE delivery SET subject = $1, sequence = id, facts = $2 WHERE id = $3', [
    `contract:${first.contractId}`,
    facts,
    later.id,
  ])
}
const calls = (method: string) => workspace.ledger.calls.filter((call) => call.method === method)
const inChannel = (id: string) => workspace.ledger.inChannel(id)
const titles = (messages: readonly PostedMessage[]) =>
  messages.map(({ text }) => /Title [A-Z]/.exec(text)?.[0])
const keys = (messages: readonly PostedMessage[]) =>
  messages.map(({ metadata }) => metadata?.event_payload.delivery_id)

const error = (name: string): Fault => ({ kind: 'error', error: name, accepted: false })
const body = (text: string): Fault => ({ kind: 'body', body: text, accepted: false })
const status = (code: number): Fault => ({ kind: 'status', status: code, accepted: false })
const FOR_GOOD = Number.POSITIVE_INFINITY

const POSTS: readonly (readonly [string, Fault])[] = [
  ['slack_connect_file_link_sharing_blocked', error('slack_connect_file_link_sharing_blocked')],
  ['cannot_reply_to_message', error('cannot_reply_to_message')],
  ['internal_error', error('internal_error')],
  ['an error of next year', error('an_error_of_next_year')],
  ['an error with a NUL in it', error('in\0ternal')],
  ['a refused token that works', error('access_denied')],
  ['a scope that it has', error('missing_scope')],
  ['HTTP 500', status(500)],
  ['HTTP 408', status(408)],
  ['HTTP 404', status(404)],
  ['null', body('null')],
  ['a list', body('[]')],
  ['ok without a ts', body('{"ok":true}')],
  ['ok in words', body('{"ok":"yes","channel":"C0CONTRACTS","ts":"1.000001"}')],
  ['half an answer', { kind: 'truncated', accepted: false }],
  ['a page of a proxy', { kind: 'unreadable', accepted: false }],
]

describe('a post that is never taken', () => {
  test.each(POSTS)(
    'answered with %s, it holds back nobody else, backs off, and is given up after 72 hours',
    async (_, fault) => {
      const failing = await outbox.queue('#contracts', { title: 'Title A' })
      const same = await outbox.queue('#contracts', { title: 'Title B' })
      await outbox.queue('#contracts', { title: 'Title C' })
      await follows(same, failing)
      workspace.faults.plan(fault, { delivery: failing.key, times: FOR_GOOD })
      await round()
      expect(titles(inChannel('C0CONTRACTS'))).toEqual(['Title C'])
      // Every further try is later than the one before, and what a look-up does not find waits too.
      let before = 0
      for (let failures = 1; failures <= 4; failures += 1) {
        if ((await waits(failing.id)).state === 'UNCERTAIN') {
          await later()
          await round()
        }
        const { state, seconds, failures: counted } = await waits(failing.id)
        expect({ state, counted }).toEqual({ state: 'RETRY', counted: failures })
        expect(seconds).toBeGreaterThan(before)
        before = seconds + 0.5
        expect(calls('chat.postMessage')).toHaveLength(1 + failures)
        await later()
        await round()
      }
      expect(titles(inChannel('C0CONTRACTS'))).toEqual(['Title C'])
      expect(inChannel('C0ESCALATION')).toEqual([])
      await daysLater()
      for (let n = 0; n < 2; n += 1) {
        await later()
        await round()
      }
      expect(await outbox.row(failing.id)).toMatchObject({ state: 'DEAD' })
      expect(titles(inChannel('C0CONTRACTS'))).toEqual(['Title C', 'Title B'])
      for (let n = 0; n < 2; n += 1) await round()
      const [told, ...more] = inChannel('C0ESCALATION')
      expect(more).toEqual([])
      for (const each of ['could not be delivered', '#contracts', 'Title A']) {
        expect(told?.text).toContain(each)
      }
    },
  )

  test('its replies wait for it, and then stand in its thread', async () => {
    const first = await outbox.queue('#contracts', { title: 'Title A' })
    const reply = await outbox.queue('#contracts', { title: 'Title B', purpose: 'thread' })
    await sql(`UPDATE delivery SET facts = $1 WHERE id = $2`, [{ thread_of: first.id }, reply.id])
    workspace.faults.plan(status(500), { delivery: first.key })
    await round()
    await later()
    await round()
    expect(inChannel('C0CONTRACTS')).toEqual([])
    await later()
    await round()
    const [root, answer] = inChannel('C0CONTRACTS')
    expect(titles(inChannel('C0CONTRACTS'))).toEqual(['Title A', 'Title B'])
    expect(answer?.threadTs).toBe(root?.ts)
  })

  test('what falls due an hour later does not wait for it any more', async () => {
    const failing = await outbox.queue('#contracts', { title: 'Title A' })
    const reply = await outbox.queue('#contracts', { title: 'Title B', purpose: 'thread' })
    await follows(reply, failing, { thread_of: failing.id })
    workspace.faults.plan(error('internal_error'), { delivery: failing.key, times: FOR_GOOD })
    await round()
    await round()
    expect(inChannel('C0CONTRACTS')).toEqual([])
    await sql(`UPDATE delivery SET first_tried_at = now() - interval '61 minutes' WHERE id = $1`, [
      failing.id,
    ])
    await round()
    expect(titles(inChannel('C0CONTRACTS'))).toEqual(['Title B'])
    expect(inChannel('C0CONTRACTS')[0]?.threadTs).toBeNull()
  })

  test('an update waits for the message that it rewrites, and holds back nothing itself', async () => {
    const first = await outbox.queue('#contracts', { title: 'Title A' })
    await round()
    const update = await outbox.queue('#contracts', { purpose: 'update' })
    const next = await outbox.queue('#contracts', { title: 'Title B' })
    await follows(update, first, { update_of: first.id })
    await follows(next, first)
    workspace.faults.plan(error('internal_error'), { method: 'chat.update', times: FOR_GOOD })
    await round()
    expect(titles(inChannel('C0CONTRACTS'))).toEqual(['Title A', 'Title B'])
    expect(await waits(update.id)).toMatchObject({ state: 'RETRY', failures: 1 })
    await sql(
      `UPDATE delivery SET state = 'UNCERTAIN', due_at = now() + interval '1 hour' WHERE id = $1`,
      [first.id],
    )
    workspace.faults.clear()
    await sql(`UPDATE delivery SET due_at = now() WHERE id = $1`, [update.id])
    await round()
    expect(await waits(update.id)).toMatchObject({ state: 'RETRY', attempt: 1 })
  })
})

describe('a death', () => {
  const die = async (destination: string, options = {}) => {
    const queued = await outbox.queue(destination, options)
    workspace.faults.plan(error('invalid_blocks'), { delivery: queued.key, times: FOR_GOOD })
    return queued
  }

  test('of several messages is told in one, naming each', async () => {
    await die('#contracts', { title: 'Title A' })
    await die('#other', { title: 'Title B' })
    expect(await deliver()).toMatchObject({ dead: 2 })
    const [told, ...more] = inChannel('C0ESCALATION')
    expect(more).toEqual([])
    for (const each of ['2 messages', '#contracts', '#other', 'Title A', 'Title B']) {
      expect(told?.text).toContain(each)
    }
  })

  test('in the escalation channel is told to the administrators, or in their channel', async () => {
    await die('#escalation', { title: 'Title A' })
    workspace.places.addUser('U0LEAD', 'lead')
    await deliver({}, { administrators: ['U0LEAD'] })
    const direct = workspace.places.direct(workspace.places.person('U0LEAD'))
    expect(titles(inChannel(direct.id))).toEqual(['Title A'])
    await die('#escalation', { title: 'Title B' })
    await deliver({}, { adminChannel: '#other', administrators: ['U0LEAD'] })
    expect(titles(inChannel('C0OTHER'))).toEqual(['Title B'])
    expect(inChannel(direct.id)).toHaveLength(1)
  })

  test('without anybody above is told in the channel itself', async () => {
    await sql('UPDATE team SET escalation_channel = NULL')
    await die('#contracts', { title: 'Title A' })
    await deliver()
    expect(titles(inChannel('C0CONTRACTS'))).toEqual(['Title A'])
  })

  test('of its telling is told to the administrators, and goes round no further', async () => {
    const { id } = await die('#contracts')
    workspace.faults.plan(error('invalid_blocks'), { channel: 'C0ESCALATION', times: FOR_GOOD })
    workspace.faults.plan(error('invalid_blocks'), { channel: 'C0OTHER', times: FOR_GOOD })
    for (let n = 0; n < 5; n += 1) await deliver({}, { adminChannel: '#other' })
    expect(await outbox.row(id)).toMatchObject({ state: 'DEAD' })
    expect(await outbox.states()).toEqual({ DEAD: 3 })
  })

  test('of an answer for one person alone is told to nobody else', async () => {
    await die('U0OWNER', { purpose: 'said', facts: { text: 'Done', blocks: [] } })
    expect(await deliver()).toMatchObject({ dead: 1 })
    expect(workspace.ledger.messages).toEqual([])
  })
})

describe('a look-up', () => {
  test('is one reading of history for all that is uncertain in a channel', async () => {
    for (let n = 0; n < 5; n += 1) await outbox.queue('#contracts')
    workspace.faults.plan({ kind: 'dropped', accepted: true }, { times: 3 })
    workspace.faults.plan({ kind: 'dropped', accepted: false }, { times: 2 })
    expect(await deliver()).toMatchObject({ uncertain: 5 })
    await later()
    expect(await deliver()).toMatchObject({ sent: 3, retried: 2 })
    expect(calls('conversations.history')).toHaveLength(1)
  })

  test('that fails comes again within a lease, however often the message was claimed before', async () => {
    const { id } = await outbox.queue('#contracts')
    await sql('UPDATE delivery SET attempt = 12')
    workspace.faults.plan({ kind: 'dropped', accepted: true })
    await deliver()
    await later()
    workspace.faults.plan(status(503), { method: 'conversations.history' })
    await deliver({ leaseMs: 4000 })
    expect(await waits(id)).toMatchObject({ state: 'UNCERTAIN', attempt: 13 })
    expect((await waits(id)).seconds).toBeLessThan(4)
    await later()
    expect(await deliver()).toMatchObject({ sent: 1 })
    expect(calls('conversations.history')).toHaveLength(2)
    expect(inChannel('C0CONTRACTS')).toHaveLength(1)
  })

  test('is spared where a process went away before it posted, and nothing is marked', async () => {
    const { id } = await outbox.queue('#contracts')
    const crash = () => {
      throw new Error('killed')
    }
    await expect(deliver({}, { faults: { afterClaim: crash } })).rejects.toThrow('killed')
    await sql(`UPDATE delivery SET lease_until = now() - interval '1 second'`)
    expect(await deliver()).toMatchObject({ sent: 1 })
    expect(await outbox.row(id)).toMatchObject({ attempt: 2, possible_repeat: false })
    expect(calls('conversations.history')).toEqual([])
  })

  test('that Slack limits waits for as long as it says', async () => {
    const { id } = await outbox.queue('#contracts')
    workspace.faults.plan({ kind: 'dropped', accepted: true })
    await deliver()
    await later()
    workspace.faults.plan(
      { kind: 'rate-limited', retryAfter: 1_796_040_000 },
      { method: 'conversations.history' },
    )
    await deliver()
    const { state, seconds } = await waits(id)
    expect(state).toBe('UNCERTAIN')
    expect(seconds).toBeGreaterThan(3500)
    expect(seconds).toBeLessThanOrEqual(3600)
  })

  test('that was not possible for an hour gives way to one repeat, marked', async () => {
    const { id } = await outbox.queue('#contracts')
    workspace.faults.plan({ kind: 'dropped', accepted: true })
    workspace.faults.plan(error('an_error_of_next_year'), {
      method: 'conversations.history',
      times: FOR_GOOD,
    })
    await deliver()
    await later()
    expect(await deliver()).toMatchObject({ uncertain: 1 })
    await sql(`UPDATE delivery SET began_at = now() - interval '61 minutes'`)
    await later()
    expect(await deliver()).toMatchObject({ retried: 1, uncertain: 0 })
    expect(await outbox.row(id)).toMatchObject({ state: 'RETRY', possible_repeat: true })
  })
})

const READINGS = [
  'conversations.history',
  'conversations.list',
  'conversations.join',
  'conversations.info',
  'conversations.members',
  'users.info',
  'auth.test',
]
const ODD: readonly (readonly [string, Fault])[] = [
  ['an unknown error', error('an_error_of_next_year')],
  ['a refused token', error('access_denied')],
  ['null', body('null')],
  ['a list', body('[]')],
  ['ok and nothing else', body('{"ok":true}')],
  [
    'a cursor that leads to itself',
    body(
      '{"ok":true,"members":[],"channels":[],"messages":[],"response_metadata":{"next_cursor":"x"}}',
    ),
  ],
  [
    'more without a cursor',
    body('{"ok":true,"members":[null],"channels":[null],"messages":[null,7],"has_more":true}'),
  ],
  [
    'NUL characters',
    body(
      '{"ok":true,"team_id":"T\\u0000","user":{"id":"U\\u0000"},"channel":{"id":"C\\u0000"},"channels":[{"id":"C\\u0000","name":"contracts"}]}',
    ),
  ],
  ['HTTP 500', status(500)],
  ['half an answer', { kind: 'truncated', accepted: false }],
  ['Retry-After of a lifetime', { kind: 'rate-limited', retryAfter: '1e20' }],
]

describe.each(READINGS)('%s', (method) => {
  test.each(ODD)(
    'answered with %s for good stops no channel and repeats nothing unmarked',
    async (_, odd) => {
      const lost = await outbox.queue('#contracts', { title: 'Title A' })
      await outbox.queue('#contracts', { title: 'Title B' })
      await outbox.queue('U0OWNER', { title: 'Title C' })
      workspace.faults.plan({ kind: 'dropped', accepted: true }, { delivery: lost.key })
      workspace.faults.plan(odd, { method, times: FOR_GOOD })
      await deliver()
      await later()
      await deliver()
      expect(titles(inChannel('C0CONTRACTS')).slice(0, 2)).toEqual(['Title A', 'Title B'])
      expect(titles(inChannel('D0OWNER'))).toEqual(['Title C'])
      workspace.faults.clear()
      for (let n = 0; n < 2; n += 1) {
        await later()
        await deliver()
      }
      expect(await outbox.states()).toEqual({ SENT: 3 })
      // Where Slack itself does not let us in, history cannot be read: one repeat is sent, and marked.
      const isMarked = (text: string) => text.includes('Possible repeat')
      expect(workspace.ledger.messages.filter(({ text }) => !isMarked(text))).toHaveLength(3)
      expect(workspace.ledger.timesDelivered().size).toBe(3)
    },
  )
})
