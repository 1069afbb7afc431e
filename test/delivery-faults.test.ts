/** Whatever Slack answers: one message's fault stops no other, is tried within bounds, and is told of. */

import { pausedChannels, pauseWorkspace, resume } from '../src/delivery/rate-limit.ts'
import type { DeliveryDeps } from '../src/delivery/send.ts'
import { secondsOf } from '../src/delivery/slack-client.ts'
import { tellOfDead, unblock } from '../src/delivery/undelivered.ts'
import { deliverDue, drain } from '../src/delivery/worker.ts'
import type { Fault, PostedMessage } from '../stand-in/slack/state.ts'
import { type DeliveryRow, type Queued, useOutbox, worker } from './support/outbox.ts'
import { present } from './support/present.ts'

const { database, workspace, outbox, sql } = useOutbox(
  {
    escalation: '#escalation',
    channels: [
      { id: 'C0CONTRACTS', name: 'contracts' },
      { id: 'C0OTHER', name: 'other' },
      { id: 'C0ESCALATION', name: 'escalation' },
    ],
  },
  ({ places }) => places.addUser('U0OWNER', 'owner'),
)

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
const lookAgain = () => sql('UPDATE delivery SET look_again_at = now() WHERE look_again_at > now()')
const daysLater = () => sql(`UPDATE delivery SET first_tried_at = now() - interval '73 hours'`)
/** When it is tried again, in seconds from now, and what else its row holds. */
const waits = async (id: number) => {
  const [row] = await sql(
    `SELECT *, round(extract(epoch FROM due_at - now()), 2)::float8 AS seconds FROM delivery WHERE id = $1`,
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

const error = (name: string): Fault => ({ kind: 'error', error: name, accepted: false })
const body = (text: string): Fault => ({ kind: 'body', body: text, accepted: false })
const status = (code: number): Fault => ({ kind: 'status', status: code, accepted: false })
const FOR_GOOD = Number.POSITIVE_INFINITY

const EDITED = error('edit_window_closed')
const BLOCKS = error('invalid_blocks')
const LOST: Fault = { kind: 'dropped', accepted: true }

const POSTS: readonly (readonly [string, Fault])[] = [
  ['cannot_reply_to_message', error('cannot_reply_to_message')],
  ['HTTP 500', status(500)],
  ['slack_connect_file_link_sharing_blocked', error('slack_connect_file_link_sharing_blocked')],
  ['internal_error', error('internal_error')],
  ['an error of next year', error('an_error_of_next_year')],
  ['an error with a NUL in it', error('in\0ternal')],
  ['a refused token that works', error('access_denied')],
  ['a scope that it has', error('missing_scope')],
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
    async (name, fault) => {
      // Of a refusal and of no answer; the others go the same ways.
      const tries = ['cannot_reply_to_message', 'HTTP 500'].includes(name) ? 3 : 1
      const failing = await outbox.queue('#contracts', { title: 'Title A' })
      const same = await outbox.queue('#contracts', { title: 'Title B' })
      await outbox.queue('#contracts', { title: 'Title C' })
      await follows(same, failing)
      workspace.faults.plan(fault, { delivery: failing.key, times: FOR_GOOD })
      await round()
      expect(titles(inChannel('C0CONTRACTS'))).toEqual(['Title C'])
      // Every further try is later than the one before, and what a look-up does not find waits too.
      let before = 0
      for (let failures = 1; failures <= tries; failures += 1) {
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
    const hourAgo = `UPDATE delivery SET first_tried_at = now() - interval '61 minutes' WHERE id = $1`
    await sql(hourAgo, [failing.id])
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
    const waiting = `state = 'UNCERTAIN', due_at = now() + interval '1 hour'`
    await sql(`UPDATE delivery SET ${waiting} WHERE id = $1`, [first.id])
    workspace.faults.clear()
    await sql(`UPDATE delivery SET due_at = now() WHERE id = $1`, [update.id])
    await round()
    expect(await waits(update.id)).toMatchObject({ state: 'RETRY', attempt: 1 })
  })
})

describe('a death', () => {
  const die = async (destination: string, options = {}) => {
    const queued = await outbox.queue(destination, options)
    workspace.faults.plan(BLOCKS, { delivery: queued.key, times: FOR_GOOD })
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

  test('of its telling is told to the administrators with the same names', async () => {
    await die('#contracts', { title: 'Title A' })
    await die('#contracts', { title: 'Title B' })
    workspace.faults.plan(BLOCKS, { channel: 'C0ESCALATION', times: FOR_GOOD })
    for (let n = 0; n < 2; n += 1) await deliver({}, { adminChannel: '#other' })
    const [told, ...more] = inChannel('C0OTHER')
    expect(more).toEqual([])
    for (const each of ['2 messages', 'Title A', 'Title B']) expect(told?.text).toContain(each)
  })

  test('whose last telling dies as well is told once that can arrive, and goes round no further', async () => {
    const { id } = await die('#contracts', { title: 'Title A' })
    for (const channel of ['C0ESCALATION', 'C0OTHER']) {
      workspace.faults.plan(BLOCKS, { channel, times: FOR_GOOD })
    }
    for (let n = 0; n < 5; n += 1) await deliver({}, { adminChannel: '#other' })
    expect(await outbox.row(id)).toMatchObject({ state: 'DEAD' })
    expect(await outbox.states()).toEqual({ DEAD: 2, RETRY: 1 })
    workspace.faults.clear()
    await later()
    for (let n = 0; n < 5; n += 1) await deliver({}, { adminChannel: '#other' })
    expect(titles(inChannel('C0OTHER'))).toEqual(['Title A'])
    expect(await outbox.states()).toEqual({ DEAD: 2, SENT: 1 })
  })

  test('that one of two administrators was told of is not tried for ever with the other', async () => {
    await die('#escalation', { title: 'Title A' })
    for (const name of ['lead', 'head']) workspace.places.addUser(`U0${name.toUpperCase()}`, name)
    const direct = (id: string) => workspace.places.direct(workspace.places.person(id)).id
    workspace.faults.plan(BLOCKS, { channel: direct('U0HEAD'), times: FOR_GOOD })
    for (let n = 0; n < 3; n += 1) await deliver({}, { administrators: ['U0LEAD', 'U0HEAD'] })
    expect(titles(inChannel(direct('U0LEAD')))).toEqual(['Title A'])
    expect(await outbox.states()).toEqual({ DEAD: 2, SENT: 1 })
  })

  test('of an answer for one person alone is told to nobody else', async () => {
    await die('U0OWNER', { purpose: 'said', facts: { text: 'Done', blocks: [] } })
    expect(await deliver()).toMatchObject({ dead: 1 })
    expect(workspace.ledger.messages).toEqual([])
  })
})

describe('a death of a rewriting', () => {
  const rewrites = async (first: Queued, facts: object = {}) => {
    const update = await outbox.queue('#contracts', { purpose: 'update' })
    await sql('DELETE FROM delivery_alert WHERE delivery_id = $1', [update.id])
    await follows(update, first, { update_of: first.id, ...facts })
    return update
  }
  const posted = async (options = {}) => {
    const first = await outbox.queue('#contracts', options)
    await round()
    await sql(`UPDATE delivery SET sent_at = '2027-03-31T23:30:00+01' WHERE id = $1`, [first.id])
    return first
  }
  const reference = async ({ contractId }: Queued) =>
    (await sql('SELECT reference FROM contract WHERE id = $1', [contractId]))[0].reference
  const told = () => inChannel('C0ESCALATION').map(({ text }) => text)

  test.each([
    ['edit_window_closed', EDITED],
    ['invalid_blocks', BLOCKS],
    ['HTTP 500 for three days', status(500)],
    ['an error of next year for three days', error('an_error_of_next_year')],
    ['is_archived for three days', error('is_archived')],
  ])('for %s is told once, with the message and what it still shows', async (_, fault) => {
    const first = await posted({ title: 'Title A' })
    workspace.faults.plan(fault, { method: 'chat.update', times: FOR_GOOD })
    const { id } = await rewrites(first)
    for (let n = 0; n < 2; n += 1) {
      await round()
      await later()
      await daysLater()
    }
    for (let n = 0; n < 3; n += 1) await round()
    expect(await outbox.row(id)).toMatchObject({ state: 'DEAD' })
    expect(told()).toHaveLength(1)
    const words = `the message in #contracts about ${await reference(first)} still shows how it stood on Wed 31 Mar 2027`
    for (const each of [words, 'Title A', 'end Fri 30 Apr 2027']) expect(told()[0]).toContain(each)
  })

  test('is not told of again before the message was rewritten, nor where a later one arrived', async () => {
    const first = await posted()
    workspace.faults.plan(EDITED, { method: 'chat.update', times: 3 })
    await rewrites(first)
    await round()
    await rewrites(first)
    await round()
    expect(told()).toHaveLength(1)
    const third = await rewrites(first)
    await drain(worker(database.pool, workspace), { patienceMs: 0, signal: undefined })
    expect(await outbox.row(third.id)).toMatchObject({ state: 'DEAD' })
    await rewrites(first)
    await round()
    expect(told()).toHaveLength(1)
    workspace.faults.plan(EDITED, { method: 'chat.update' })
    await rewrites(first)
    await round()
    expect(told()).toHaveLength(2)
  })

  test('says that a message is gone, lacks its amounts, or shows questions without their answers', async () => {
    const about = { title: 'Scanners', supplier: null, team: 'Digital', owner: null }
    const question = (reference: string) => {
      return { checkpointId: 1, dueOn: '2027-04-01', contract: { reference, ...about } }
    }
    const asked = await posted()
    await sql(`UPDATE delivery SET purpose = 'checkpoint', facts = $2 WHERE id = $1`, [
      asked.id,
      { checkpoints: [question('Q-1'), question('Q-2')] },
    ])
    await sql('DELETE FROM delivery_alert WHERE delivery_id = $1', [asked.id])
    const deleted = await posted()
    const bare = await posted()
    const updates = [
      await rewrites(asked),
      await rewrites(deleted),
      await rewrites(bare, { amounts_of: { purpose: 'post' } }),
    ]
    await sql(
      `UPDATE delivery SET state = 'DEAD', first_tried_at = now(),
        problem = CASE WHEN id = $1 THEN 'message_not_found' ELSE 'edit_window_closed' END
      WHERE id = ANY ($2)`,
      [updates[1]?.id, updates.map(({ id }) => id)],
    )
    workspace.faults.plan(EDITED, { method: 'chat.update', times: FOR_GOOD })
    await round()
    expect(told()).toHaveLength(1)
    for (const each of [
      '3 messages in Slack could not be rewritten',
      'about Q-1, Q-2 still shows its questions as they stood on Wed 31 Mar 2027: edit window closed',
      `about ${await reference(deleted)}, last written on Wed 31 Mar 2027, is gone from Slack`,
      `about ${await reference(bare)} still shows no amounts`,
    ]) {
      expect(told()[0]).toContain(each)
    }
  })

  test('in a channel that comes back is none: what was queued meanwhile arrives', async () => {
    const first = await posted()
    workspace.faults.plan(error('is_archived'), { method: 'chat.update' })
    const { id } = await rewrites(first)
    await round()
    expect(await outbox.row(id)).toMatchObject({ state: 'BLOCKED' })
    await later()
    await round()
    expect(await outbox.row(id)).toMatchObject({ state: 'SENT' })
    expect(told()).toEqual([])
  })
})

describe('a look-up', () => {
  test('is one reading of history for all that is uncertain in a channel', async () => {
    for (let n = 0; n < 5; n += 1) await outbox.queue('#contracts')
    workspace.faults.plan(LOST, { times: 3 })
    workspace.faults.plan({ kind: 'dropped', accepted: false }, { times: 2 })
    expect(await deliver()).toMatchObject({ uncertain: 5 })
    await later()
    expect(await deliver()).toMatchObject({ sent: 3, retried: 2 })
    expect(calls('conversations.history')).toHaveLength(1)
  })

  test('that fails comes again within a lease, however often the message was claimed before', async () => {
    const { id } = await outbox.queue('#contracts')
    await sql('UPDATE delivery SET attempt = 12')
    workspace.faults.plan(LOST)
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
    workspace.faults.plan(LOST)
    await deliver()
    await later()
    const limited: Fault = { kind: 'rate-limited', retryAfter: 1_796_040_000 }
    workspace.faults.plan(limited, { method: 'conversations.history' })
    await deliver()
    const { state, seconds } = await waits(id)
    expect(state).toBe('UNCERTAIN')
    expect(seconds).toBeGreaterThan(3500)
    expect(seconds).toBeLessThanOrEqual(3600)
  })

  test('of what an older version claimed is done as ever', async () => {
    const { id } = await outbox.queue('#contracts')
    workspace.faults.plan(LOST)
    await deliver()
    await sql('UPDATE delivery SET began_at = NULL')
    workspace.faults.plan(status(503), { method: 'conversations.history' })
    for (let n = 0; n < 2; n += 1) {
      await later()
      await deliver()
    }
    expect(await outbox.row(id)).toMatchObject({ state: 'SENT', possible_repeat: false })
  })

  test('that was not possible for an hour gives way to one repeat, marked', async () => {
    const { id } = await outbox.queue('#contracts')
    workspace.faults.plan(LOST)
    const history = { method: 'conversations.history', times: FOR_GOOD }
    workspace.faults.plan(error('an_error_of_next_year'), history)
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
  ...['history', 'list', 'join', 'info', 'members'].map((each) => `conversations.${each}`),
  ...['users.info', 'auth.test'],
]
const LOOP = { members: [], channels: [], messages: [], response_metadata: { next_cursor: 'x' } }
const NOTHING = { members: [null], channels: [null], messages: [null, 7], has_more: true }
const NUL = {
  ...{ team_id: 'T\0', user: { id: 'U\0' }, channel: { id: 'C\0' } },
  channels: [{ id: 'C\0', name: 'contracts' }],
}
const answered = (answer: object) => body(JSON.stringify({ ok: true, ...answer }))
const ODD: readonly (readonly [string, Fault])[] = [
  ['an unknown error', error('an_error_of_next_year')],
  ['a refused token', error('access_denied')],
  ['null', body('null')],
  ['a list', body('[]')],
  ['ok and nothing else', answered({})],
  ['a cursor that leads to itself', answered(LOOP)],
  ['more without a cursor', answered(NOTHING)],
  ['NUL characters', answered(NUL)],
  ['HTTP 500', status(500)],
  ['half an answer', { kind: 'truncated', accepted: false }],
  ['Retry-After of a lifetime', { kind: 'rate-limited', retryAfter: '1e20' }],
]

/** Every fourth pair: each method and each answer more than once. */
const PAIRS = READINGS.flatMap((method, m) =>
  ODD.flatMap(([what, odd], o) => ((m + o) % 4 === 0 ? [[method, what, odd] as const] : [])),
)

test.each(PAIRS)(
  '%s answered with %s for good stops no channel and repeats nothing unmarked',
  async (method, _, odd) => {
    const lost = await outbox.queue('#contracts', { title: 'Title A' })
    await outbox.queue('#contracts', { title: 'Title B' })
    await outbox.queue('U0OWNER', { title: 'Title C' })
    workspace.faults.plan(LOST, { delivery: lost.key })
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
    const posts = await sql(`SELECT state FROM delivery WHERE purpose = 'post'`)
    expect(posts).toEqual(Array(3).fill({ state: 'SENT' }))
    // Where Slack itself does not let us in, history cannot be read: one repeat is sent, and marked.
    const isMarked = (text: string) => text.includes('Possible repeat')
    expect(workspace.ledger.messages.filter(({ text }) => !isMarked(text))).toHaveLength(3)
    expect(workspace.ledger.timesDelivered().size).toBe(3)
  },
)

/**
 * How long the channel's pause lasts from now on, in seconds. Moments are kept to the millisecond,
 * rounded: it may seem longer by half of one.
 */
const paused = async (destination: string) => {
  const [row] = await sql(
    `SELECT round(extract(epoch FROM paused_until - now()), 2)::float8 AS seconds FROM channel WHERE destination = $1`,
    [destination],
  )
  return (row as { seconds: number }).seconds
}

describe('a pause that Slack asks for', () => {
  test.each([
    ['1796040000', 3600],
    ['99999999999999999999', 3600],
    ['1e20', 3600],
    ['Infinity', 3600],
    ['7200', 3600],
    ['120', 120],
    ['2.5', 3],
    ['0', 1],
    ['-5', 1],
    ['-1e300', 1],
    ['NaN', 30],
    ['soon', 30],
    ['', 30],
  ])('of "%s" lasts %i seconds, and the others go on', async (retryAfter, seconds) => {
    const { id } = await outbox.queue('#contracts', { title: 'Title A' })
    await outbox.queue('#other', { title: 'Title B' })
    workspace.faults.plan({ kind: 'rate-limited', retryAfter }, { channel: 'C0CONTRACTS' })
    await round()
    expect(titles(workspace.ledger.messages)).toEqual(['Title B'])
    for (const lasts of [await paused('#contracts'), (await waits(id)).seconds]) {
      expect(lasts).toBeLessThanOrEqual(seconds)
      expect(lasts).toBeGreaterThan(Math.max(0, seconds - 20) - 1)
    }
    await later()
    await round()
    expect(inChannel('C0CONTRACTS')).toHaveLength(1)
  })

  test('may be a date, which is held against the server’s own', () => {
    const now = 'Sun, 29 Nov 2026 12:00:00 GMT'
    expect(secondsOf('Sun, 29 Nov 2026 12:02:00 GMT', now)).toBe(120)
    expect(secondsOf('Mon, 29 Nov 2083 12:00:00 GMT', now)).toBe(3600)
    expect(secondsOf('Sun, 29 Nov 2020 12:00:00 GMT', now)).toBe(1)
    expect(secondsOf('Sun, 29 Nov 2026 12:02:00 GMT', null)).toBe(30)
  })

  test('is listed, and ended for one channel or for all; what waits there is tried at once', async () => {
    for (const channel of ['#contracts', '#other']) await outbox.queue(channel)
    workspace.faults.plan({ kind: 'rate-limited', retryAfter: 7200 }, { times: 2 })
    await round()
    const { organisationId } = outbox
    const list = () => pausedChannels(database.pool, organisationId)
    expect(await list()).toMatchObject([
      { destination: '#contracts', minutes: 60, why: 'rate limited' },
      { destination: '#other', minutes: 60 },
    ])
    expect(await resume(database.pool, organisationId, 'contracts')).toEqual(['#contracts'])
    await round()
    expect(inChannel('C0CONTRACTS')).toHaveLength(1)
    expect(await list()).toHaveLength(1)
    expect(await resume(database.pool, organisationId, null)).toEqual(['#other'])
    await round()
    expect(inChannel('C0OTHER')).toHaveLength(1)
    expect(await resume(database.pool, organisationId, null)).toEqual([])
  })

  test('for the whole workspace lasts an hour at most as well', async () => {
    await pauseWorkspace(database.pool, outbox.organisationId, 1e15, 'token_revoked')
    expect(await paused('*')).toBeLessThanOrEqual(3600)
  })
})

describe('a channel that is archived or renamed', () => {
  const replying = async (root: Queued, title: string) => {
    const reply = await outbox.queue('#contracts', { title, purpose: 'thread' })
    await follows(reply, root, { thread_of: root.id, broadcast: true })
    return reply
  }

  const contracts = () => workspace.places.channel('contracts')
  /** A message in a channel that is then archived, and reminders after that. */
  const archivedBefore = async (...titles: readonly string[]) => {
    const root = await outbox.queue('#contracts', { title: 'Title A' })
    await round()
    contracts().archived = true
    for (const title of titles) await replying(root, title)
    await round()
  }
  const nobodyAbove = () => sql('UPDATE team SET escalation_channel = NULL')

  test('sends later reminders to the escalation channel, each once and by itself', async () => {
    await archivedBefore('Title B', 'Title C')
    for (let n = 0; n < 2; n += 1) await round()
    const copies = inChannel('C0ESCALATION')
    expect(titles(copies)).toEqual(['Title B', 'Title C'])
    expect(copies.map(({ threadTs }) => threadTs)).toEqual([null, null])
    expect(await outbox.states()).toEqual({ SENT: 3, BLOCKED: 2 })
  })

  test('leaves what nobody was told of to the team’s new channel, by itself', async () => {
    await nobodyAbove()
    await archivedBefore('Title B')
    await sql(`UPDATE team SET channel = '#other'`)
    await later()
    await round()
    expect(inChannel('C0OTHER').map(({ threadTs }) => threadTs)).toEqual([null])
    expect(titles(inChannel('C0OTHER'))).toEqual(['Title B'])
  })

  test('once it is back, its reminders go on in the thread', async () => {
    await nobodyAbove()
    await archivedBefore('Title B')
    contracts().archived = false
    await later()
    await round()
    const [first, reply] = inChannel('C0CONTRACTS')
    expect(reply?.threadTs).toBe(first?.ts)
  })

  test.each([
    'thread_not_found',
    'cannot_reply_to_message',
    'restricted_action_thread_locked',
    'message_not_found',
  ])('a reply refused with %s is posted by itself, once', async (name) => {
    const root = await outbox.queue('#contracts', { title: 'Title A' })
    await round()
    const reply = await replying(root, 'Title B')
    workspace.faults.plan(error(name), { delivery: reply.key })
    await round()
    expect(titles(inChannel('C0CONTRACTS'))).toEqual(['Title A', 'Title B'])
    expect(inChannel('C0CONTRACTS')[1]?.threadTs).toBeNull()
    expect(workspace.ledger.timesDelivered().get(reply.key)).toBe(1)
  })

  test('a reply that was posted by itself is found there when its answer is lost', async () => {
    const root = await outbox.queue('#contracts', { title: 'Title A' })
    await round()
    const reply = await replying(root, 'Title B')
    workspace.faults.plan(error('cannot_reply_to_message'), { delivery: reply.key })
    workspace.faults.plan(LOST, { delivery: reply.key })
    await round()
    await later()
    await round()
    expect(await outbox.row(reply.id)).toMatchObject({ state: 'SENT', possible_repeat: false })
    expect(inChannel('C0CONTRACTS')).toHaveLength(2)
  })

  test('known by its name is followed under another one, also where a new channel has its name', async () => {
    const root = await outbox.queue('#contracts', { title: 'Title A' })
    await round()
    rename('contracts', 'procurement')
    await replying(root, 'Title B')
    await round()
    workspace.places.addChannel({ id: 'C0NEW', name: 'contracts' })
    await outbox.queue('#contracts', { title: 'Title C' })
    await round()
    expect(titles(inChannel('C0CONTRACTS'))).toEqual(['Title A', 'Title B', 'Title C'])
    expect(inChannel('C0CONTRACTS')[1]?.threadTs).toBe(inChannel('C0CONTRACTS')[0]?.ts)
    expect(await outbox.states()).toEqual({ SENT: 3 })
  })

  test('that is archived gives way to a new one of its name, whose readers are looked at', async () => {
    await outbox.queue('#contracts', { title: 'Title A' })
    await round()
    rename('contracts', 'contracts-2025')
    workspace.places.channel('contracts-2025').archived = true
    workspace.places.addUser('U0GUEST', 'guest', { guest: 'single-channel' })
    workspace.places.addChannel({ id: 'C0NEW', name: 'contracts', people: ['U0GUEST'] })
    await outbox.queue('#contracts', { title: 'Title B' })
    await round()
    await later()
    await round()
    expect(titles(inChannel('C0NEW'))).toEqual(['Title B'])
    expect(inChannel('C0NEW')[0]?.text).not.toContain('£')
    expect(inChannel('C0ESCALATION')).toEqual([])
  })

  const rename = (from: string, to: string) => {
    const { places } = workspace
    const at = places.channels.indexOf(places.channel(from))
    places.channels.splice(at, 1, { ...places.channel(from), name: to })
  }
})

describe('what is sent again after a look-up that found nothing', () => {
  const marked = () => inChannel('C0CONTRACTS').map(({ text }) => text.includes('Possible repeat'))
  /** The first is not there when it is looked for; the repeat is. */
  const sendTwice = async (fault: Fault = status(500)) => {
    const queued = await outbox.queue('#contracts', { title: 'Title A' })
    workspace.faults.plan(fault, { delivery: queued.key })
    for (let n = 0; n < 3; n += 1) {
      await round()
      await later()
    }
    return queued
  }
  const looksAgain = async () => {
    await lookAgain()
    await round()
  }
  /** Slack takes the first after all. */
  const comesLate = ({ key }: Queued) => {
    const repeat = present(inChannel('C0CONTRACTS')[0])
    workspace.ledger.add({
      ...repeat,
      metadata: { event_type: 'lapsewatch_delivery', event_payload: { delivery_id: key } },
      text: 'Title A, the first',
      at: Date.now(),
    })
  }

  test.each([
    408,
    425,
    499,
    500,
    502,
    503,
    504,
    202,
    'internal_error',
    'fatal_error',
    'never_listed',
  ])('%s is no refusal: it is looked up', async (answer) => {
    const { id } = await outbox.queue('#contracts')
    const fault = typeof answer === 'number' ? status(answer) : error(answer)
    workspace.faults.plan({ ...fault, accepted: true } as Fault)
    await round()
    await later()
    await round()
    expect(await outbox.row(id)).toMatchObject({ state: 'SENT', attempt: 1 })
    expect(marked()).toEqual([false])
  })

  test('says that it may be a repeat', async () => {
    const { id } = await sendTwice(status(408))
    expect(marked()).toEqual([true])
    expect(await waits(id)).toMatchObject({ state: 'SENT', possible_repeat: true, attempt: 2 })
  })

  test('is taken back when the first comes after all, which then is the one that is kept', async () => {
    const queued = await sendTwice({ kind: 'never', accepted: false })
    comesLate(queued)
    expect(marked()).toEqual([true, false])
    await looksAgain()
    expect(marked()).toEqual([false])
    const kept = { possible_repeat: false, slack_ts: inChannel('C0CONTRACTS')[0]?.ts }
    expect(await outbox.row(queued.id)).toMatchObject({ state: 'SENT', ...kept })
    expect(workspace.ledger.timesDelivered().get(queued.key)).toBe(1)
  })

  test('is taken back when Slack takes the first after the timeout', async () => {
    const queued = await sendTwice({ kind: 'accepted-late', ms: 1500 })
    await expect.poll(() => inChannel('C0CONTRACTS').length, { timeout: 10_000 }).toBe(2)
    await looksAgain()
    expect(marked()).toEqual([false])
    expect(workspace.ledger.timesDelivered().get(queued.key)).toBe(1)
  })

  test('stays and says so where somebody has replied to it', async () => {
    const queued = await sendTwice()
    const [repeat] = inChannel('C0CONTRACTS')
    comesLate(queued)
    const reply = { threadTs: repeat?.ts ?? '', metadata: null, text: 'On it.', at: Date.now() }
    workspace.ledger.add({ ...present(repeat), ...reply })
    await looksAgain()
    expect(inChannel('C0CONTRACTS')).toHaveLength(3)
    const kept = { slack_ts: repeat?.ts, possible_repeat: true }
    expect(await outbox.row(queued.id)).toMatchObject(kept)
  })

  test('stays and says so where somebody has acted on it, also when it is rewritten', async () => {
    const queued = await sendTwice()
    comesLate(queued)
    await sql(
      `UPDATE alert SET state = 'acknowledged', acted_on = '2027-03-31', paused_until = '2027-04-14' WHERE id = $1`,
      [queued.alertId],
    )
    await lookAgain()
    const update = await outbox.queue('#contracts', { purpose: 'update' })
    await follows(update, queued, { update_of: queued.id })
    await round()
    expect(marked()).toEqual([true, false])
    expect(inChannel('C0CONTRACTS')[0]?.editedTs).not.toBeNull()
  })

  test('that cannot be taken back says so', async () => {
    const queued = await sendTwice()
    comesLate(queued)
    workspace.faults.plan(error('cant_delete_message'), { method: 'chat.delete' })
    await looksAgain()
    expect(marked()).toEqual([true, false])
    expect(await outbox.row(queued.id)).toMatchObject({ possible_repeat: true })
  })

  test('is looked for twice and no more, and then is no repeat any longer', async () => {
    const { id } = await sendTwice()
    const looks = () => calls('conversations.history').length
    const before = looks()
    await looksAgain()
    const looksOnce = { possible_repeat: true, look_again_at: expect.any(Date) }
    expect(await waits(id)).toMatchObject(looksOnce)
    await sql(`UPDATE delivery SET sent_at = now() - interval '1 day'`)
    await looksAgain()
    expect(await waits(id)).toMatchObject({ possible_repeat: false, look_again_at: null })
    expect(looks() - before).toBe(2)
    expect(inChannel('C0CONTRACTS')).toHaveLength(1)
  })
})
