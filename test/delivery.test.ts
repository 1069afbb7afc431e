import { expect, test, vi } from 'vitest'
import { beginPost, claimDue, finishSent } from '../src/delivery/outbox.ts'
import { checkedSettings, DELIVERY_DEFAULTS, knowChannels } from '../src/delivery/rate-limit.ts'
import { expireLeases } from '../src/delivery/reconcile.ts'
import type { DeliveryDeps } from '../src/delivery/send.ts'
import { terminalGateway } from '../src/delivery/terminal.ts'
import { deliverDue, runDelivery } from '../src/delivery/worker.ts'
import { QUICK, useOutbox, worker } from './support/outbox.ts'
import { present } from './support/present.ts'

const { database, workspace, reopen, outbox, sql } = useOutbox(
  {
    escalation: '#escalation',
    channels: [
      { id: 'C0CONTRACTS', name: 'contracts' },
      { id: 'C0OTHER', name: 'other' },
      { id: 'C0ESCALATION', name: 'escalation' },
      { id: 'G0PRIVATE', name: 'private', isPrivate: true, member: true },
    ],
  },
  ({ places }) => places.addUser('U0OWNER', 'owner'),
)

const deliver = (settings = {}, also: Partial<DeliveryDeps> = {}) =>
  deliverDue({ ...worker(database.pool, workspace, settings), ...also })
const callsOf = (method: string) => workspace.ledger.calls.filter((call) => call.method === method)
const DROPPED = { kind: 'dropped', accepted: true } as const
const BLOCKS = { kind: 'error', error: 'invalid_blocks', accepted: false } as const
const CLAIMS = { owner: 'zombie', leaseMs: 60_000, limit: 1 }
const archive = (name: string, archived = true) => {
  workspace.places.channel(name).archived = archived
}
const posted = () => workspace.ledger.messages
const later = () => sql('UPDATE delivery SET due_at = now()')

test('a warning reaches its channel once and knows where it stands', async () => {
  const { id, key } = await outbox.queue('#contracts')
  expect(await deliver()).toEqual({ sent: 1, retried: 0, uncertain: 0, blocked: 0, dead: 0 })
  expect(await deliver()).toMatchObject({ sent: 0 })
  const [message] = posted()
  const metadata = { event_type: 'lapsewatch_delivery', event_payload: { delivery_id: key } }
  expect(message).toMatchObject({ channel: 'C0CONTRACTS', metadata })
  expect(message?.text).toContain('Imaging licences')
  expect(await outbox.row(id)).toMatchObject({
    ...{ state: 'SENT', slack_channel: 'C0CONTRACTS', slack_ts: message?.ts },
    ...{ slack_workspace: 'T0001', attempt: 1 },
  })
})

test.each(['post', 'group'])(
  'a %s that waited for days counts from the day on which it is sent',
  async (purpose) => {
    await outbox.queue('#contracts', { purpose })
    await sql(`UPDATE delivery SET created_at = created_at - interval '2 days'`)
    await deliver()
    expect(posted()[0]?.text).toMatch(/30 Apr \(28 days\)/)
  },
)

test('the app joins a public channel before it posts, so that history can be read', async () => {
  await outbox.queue('#contracts')
  await deliver()
  const methods = workspace.ledger.calls.map(({ method }) => method)
  expect(methods.indexOf('conversations.join')).toBeLessThan(methods.indexOf('chat.postMessage'))
  expect(workspace.places.channel('contracts').member).toBe(true)
})

test('a channel can be posted to by name where it can be neither listed nor joined', async () => {
  for (const scope of ['channels:read', 'groups:read', 'channels:join'] as const)
    workspace.places.scopes.delete(scope)
  const { id } = await outbox.queue('#contracts')
  expect(await deliver()).toMatchObject({ sent: 1 })
  expect(await outbox.row(id)).toMatchObject({ slack_channel: 'C0CONTRACTS' })
})

test('a destination gets its messages in the order in which they were queued', async () => {
  const queued = []
  for (let n = 0; n < 12; n += 1) queued.push(await outbox.queue(n % 3 ? '#contracts' : '#other'))
  await deliver()
  for (const channel of ['C0CONTRACTS', 'C0OTHER']) {
    const keys = workspace.ledger
      .inChannel(channel)
      .map(({ metadata }) => metadata?.event_payload.delivery_id)
    expect(keys).toEqual(queued.map(({ key }) => key).filter((key) => keys.includes(key)))
  }
  expect(posted()).toHaveLength(12)
})

for (const [fault, accepted] of (['dropped', 'never', 'unreadable'] as const).flatMap((each) => [
  [each, true] as const,
  [each, false] as const,
])) {
  const what = accepted ? 'is found in history, not sent again' : 'is sent again, and stands once'
  test(`a post answered by "${fault}" that Slack ${accepted ? 'accepted' : 'never took'} ${what}`, async () => {
    const { id, key } = await outbox.queue('#contracts')
    workspace.faults.plan({ kind: fault, accepted })
    expect(await deliver()).toMatchObject({ sent: 0, uncertain: 1 })
    expect(await outbox.row(id)).toMatchObject({ state: 'UNCERTAIN' })
    await later()
    // What is not found is tried again after a back-off, not at once.
    if (!accepted) {
      expect(await deliver()).toMatchObject({ sent: 0, retried: 1, uncertain: 0 })
      await later()
    }
    expect(await deliver()).toMatchObject({ sent: 1, uncertain: 0 })
    expect(workspace.ledger.timesDelivered().get(key)).toBe(1)
    const sent = { state: 'SENT', attempt: accepted ? 1 : 2, slack_ts: posted()[0]?.ts }
    expect(await outbox.row(id)).toMatchObject(sent)
  })
}

test('a lost reply is found on a later page of a busy channel', async () => {
  await reopen({ longestPage: 10 })
  await outbox.queue('#contracts')
  workspace.faults.plan(DROPPED)
  await deliver()
  const other = { channel: 'C0CONTRACTS', threadTs: null, broadcast: false, text: 'Another' }
  for (let n = 0; n < 55; n += 1) {
    workspace.ledger.add({ ...other, blocks: [], metadata: null, at: Date.now() })
  }
  await later()
  expect(await deliver()).toMatchObject({ sent: 1 })
  expect(workspace.ledger.timesDelivered().size).toBe(1)
  expect(callsOf('conversations.history')).toHaveLength(6)
})

test('a message whose outcome is unknown holds back its own contract, and nobody else’s', async () => {
  const first = await outbox.queue('#contracts', { title: 'First' })
  await outbox.queue('#contracts', { title: 'Second' })
  const again = await outbox.queue('#contracts', { title: 'Third' })
  const follows = 'UPDATE delivery SET subject = $1, sequence = 2 WHERE id = $2'
  await sql(follows, [`contract:${first.contractId}`, again.id])
  workspace.faults.plan(DROPPED)
  // A slow machine may need a second run of the worker.
  await vi.waitFor(
    async () => {
      await deliver({ historyLagMs: 30 })
      expect(await outbox.states()).toEqual({ SENT: 3 })
    },
    { timeout: 30_000 },
  )
  const titles = posted().map(({ text }) => /First|Second|Third/.exec(text)?.[0])
  expect(titles).toEqual(['First', 'Second', 'Third'])
  const looked = workspace.ledger.calls.findIndex(({ method }) => method.endsWith('history'))
  const lastPost = workspace.ledger.calls.findLastIndex(({ method }) => method.endsWith('Message'))
  expect(looked).toBeLessThan(lastPost)
})

test('where history cannot be read, one repeat is sent and marked, and no second one', async () => {
  for (const scope of ['channels:history', 'groups:history', 'im:history'] as const) {
    workspace.places.scopes.delete(scope)
  }
  const { id, key } = await outbox.queue('#contracts')
  workspace.faults.plan(DROPPED, { times: 5 })
  for (let n = 0; n < 4; n += 1) {
    await deliver()
    await later()
  }
  expect(await outbox.row(id)).toMatchObject({ state: 'DEAD', possible_repeat: true })
  expect((await outbox.row(id)).problem).toContain('missing_scope')
  expect(workspace.ledger.timesDelivered().get(key)).toBe(2)
  expect(posted()[0]?.text).not.toContain('Possible repeat')
  expect(posted()[1]?.text).toContain('Possible repeat')
})

test.each([
  ['history', '#contracts', 'conversations.history'],
  ['a channel', '#contracts', 'conversations.list'],
  ['a person', 'U0OWNER', 'conversations.open'],
])(
  'where %s cannot be had for now, the look-up waits, and nothing is sent twice',
  async (_, destination, method) => {
    const { id } = await outbox.queue(destination)
    workspace.faults.plan(DROPPED)
    await deliver()
    await later()
    workspace.faults.plan({ kind: 'status', status: 503, accepted: false }, { method })
    expect(await deliver()).toMatchObject({ uncertain: 1 })
    expect(await outbox.row(id)).toMatchObject({ state: 'UNCERTAIN', possible_repeat: false })
    await later()
    expect(await deliver()).toMatchObject({ sent: 1 })
    expect(posted()).toHaveLength(1)
  },
)

test('a 429 pauses that channel for as long as Slack says, and no other', async () => {
  const first = await outbox.queue('#contracts')
  await outbox.queue('#contracts')
  await outbox.queue('#other')
  await outbox.queue('#other')
  workspace.faults.plan({ kind: 'rate-limited', retryAfter: 30 }, { channel: 'C0CONTRACTS' })
  expect(await deliver()).toEqual({ sent: 2, retried: 1, uncertain: 0, blocked: 0, dead: 0 })
  expect(workspace.ledger.inChannel('C0OTHER')).toHaveLength(2)
  expect(workspace.ledger.inChannel('C0CONTRACTS')).toHaveLength(0)
  await sql('UPDATE channel SET paused_until = now()')
  await later()
  expect(await deliver()).toMatchObject({ sent: 2 })
  const [message] = workspace.ledger.inChannel('C0CONTRACTS')
  expect(message?.metadata?.event_payload).toMatchObject({ delivery_id: first.key })
})

test('a channel keeps its pace while others go on', async () => {
  for (let n = 0; n < 4; n += 1) await outbox.queue('#contracts')
  await outbox.queue('#other')
  expect(await deliver({ paceMs: 100 })).toMatchObject({ sent: 5 })
  const times = workspace.ledger.inChannel('C0CONTRACTS').map(({ at }) => at)
  // The pace is kept where requests set out; on the way one may lose some of its distance.
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(250)
})

test('a revoked token pauses everything, and delivery resumes by itself once it works', async () => {
  for (let n = 0; n < 3; n += 1) await outbox.queue('#contracts')
  await outbox.queue('#other')
  workspace.places.tokens.set('xoxb-stand-in', 'token_revoked')
  expect(await deliver()).toEqual({ sent: 0, retried: 0, uncertain: 0, blocked: 4, dead: 0 })
  const posts = callsOf('chat.postMessage').length
  expect(await deliver()).toMatchObject({ sent: 0, blocked: 4 })
  expect(callsOf('chat.postMessage')).toHaveLength(posts)
  const stop = new AbortController()
  const running = runDelivery(worker(database.pool, workspace), stop.signal)
  workspace.places.tokens.set('xoxb-stand-in', 'good')
  await expect.poll(() => posted().length, { interval: 20 }).toBe(4)
  stop.abort()
  await running
  expect(await outbox.states()).toEqual({ SENT: 4 })
})

test('blocks that Slack refuses go dead and visible, and the others go on', async () => {
  const bad = await outbox.queue('#contracts')
  await outbox.queue('#contracts')
  workspace.faults.plan(BLOCKS)
  expect(await deliver()).toMatchObject({ sent: 1, dead: 1 })
  expect(await outbox.row(bad.id)).toMatchObject({ state: 'DEAD', problem: 'invalid_blocks' })
})

test('a row that makes no sense goes dead and visible, and the others go on', async () => {
  const strange = await outbox.queue('#contracts', { purpose: 'sing' })
  const broken = await outbox.queue('#contracts')
  await outbox.queue('#contracts')
  await sql(`UPDATE alert SET kind = 'song' WHERE id = $1`, [broken.alertId])
  expect(await deliver()).toMatchObject({ sent: 1, dead: 2 })
  expect((await outbox.row(strange.id)).problem).toContain('"sing"')
  expect((await outbox.row(broken.id)).problem).toContain('"song"')
})

test('an attempt tells at which stage it ended, and for what reason', async () => {
  const strange = await outbox.queue('#contracts', { purpose: 'sing' })
  const over = await outbox.queue('#contracts')
  const nowhere = await outbox.queue('terminal')
  const refused = await outbox.queue('#contracts')
  const sent = await outbox.queue('#contracts')
  await sql(`UPDATE alert SET state = 'superseded' WHERE id = $1`, [over.alertId])
  workspace.faults.plan(BLOCKS, { delivery: refused.key })
  const ended = new Map<number, unknown>()
  const observe: DeliveryDeps['observe'] = ({ delivery, outcome, stage, why }) =>
    ended.set(delivery, { outcome, stage, why })
  await deliver({}, { observe })
  const no = expect.any(String)
  expect(ended.get(strange.id)).toEqual({ outcome: 'dead', stage: 'words', why: no })
  expect(ended.get(over.id)).toEqual({ outcome: 'superseded', stage: 'words', why: no })
  expect(ended.get(nowhere.id)).toEqual({ outcome: 'blocked', stage: 'channel', why: no })
  expect(ended.get(refused.id)).toEqual({ outcome: 'dead', stage: 'post', why: 'invalid_blocks' })
  expect(ended.get(sent.id)).toEqual({ outcome: 'sent', stage: 'post', why: null })
})

test.each([
  ['archived', 'is_archived', () => archive('contracts')],
  ['unknown', 'channel_not_found', () => void workspace.places.channels.splice(0, 1)],
])('what was for an %s channel goes to the escalation channel once', async (_, error, breakIt) => {
  breakIt()
  const { id } = await outbox.queue('#contracts', { title: 'Pathology system' })
  await outbox.queue('#other')
  expect(await deliver()).toMatchObject({ sent: 2, blocked: 1 })
  expect(await outbox.row(id)).toMatchObject({ state: 'BLOCKED', problem: error })
  const [copy, ...more] = workspace.ledger.inChannel('C0ESCALATION')
  expect(more).toEqual([])
  expect(copy?.text).toContain('This was for #contracts')
  expect(copy?.text).toContain('Pathology system')
  // Nor is it told again when the channel comes back.
  if (error === 'is_archived') archive('contracts', false)
  await later()
  expect(await deliver()).toMatchObject({ sent: 0 })
})

test('an escalation channel that is blocked as well ends there, without going round', async () => {
  archive('contracts')
  archive('escalation')
  await outbox.queue('#contracts')
  expect(await deliver()).toMatchObject({ sent: 0, blocked: 2 })
  expect(await outbox.states()).toEqual({ BLOCKED: 2 })
})

test('a channel that comes back is told what nobody was told in its place, and nothing twice', async () => {
  archive('contracts')
  archive('escalation')
  const { id } = await outbox.queue('#contracts', { title: 'Pathology system' })
  await deliver()
  expect(await deliver()).toMatchObject({ sent: 0, blocked: 0 })
  archive('contracts', false)
  await later()
  expect(await deliver()).toMatchObject({ sent: 1 })
  expect(await outbox.row(id)).toMatchObject({ state: 'SENT' })
  await later()
  expect(await deliver()).toMatchObject({ sent: 0 })
  expect(posted()).toHaveLength(1)
})

/** Another message of the same deadline of the same contract, as a later reminder raises it. */
async function another(
  { contractId }: { readonly contractId: number },
  { purpose = 'post', to = '#contracts', facts = {}, asOf = '2027-03-31' } = {},
) {
  const [made] = await sql(
    `WITH a AS (INSERT INTO alert (organisation_id, contract_id, kind, deadline_on, rung, raised_on)
       SELECT organisation_id, contract_id, kind, deadline_on, min(rung) - 1, $1 FROM alert
        WHERE contract_id = $2 GROUP BY 1, 2, 3, 4 RETURNING id, organisation_id),
     d AS (INSERT INTO delivery (organisation_id, subject, purpose, sequence, destination, as_of, facts)
       SELECT organisation_id, 'contract:' || $2, $3, id, $4, $1, $5 FROM a RETURNING id)
     INSERT INTO delivery_alert SELECT d.id, a.id FROM d, a RETURNING delivery_id AS id`,
    [asOf, contractId, purpose, to, facts],
  )
  return present(made).id
}

test('what two blocked messages would tell is told once in their place, and neither comes back with the channel', async () => {
  archive('contracts')
  const first = await outbox.queue('#contracts')
  await another(first)
  for (let n = 0; n < 3; n += 1) await deliver()
  expect(posted().map(({ channel }) => channel)).toEqual(['C0ESCALATION'])
  archive('contracts', false)
  await later()
  expect(await deliver()).toMatchObject({ sent: 0, blocked: 0 })
})

test('a message that a blocked channel held up says nothing of what a later day’s has told there', async () => {
  const first = await outbox.queue('#contracts')
  await sql(`UPDATE delivery SET state = 'BLOCKED', due_at = now() + interval '1 hour'`)
  await another(first, { asOf: '2027-04-01' })
  expect(await deliver()).toMatchObject({ sent: 1 })
  await later()
  expect(await deliver()).toMatchObject({ sent: 0 })
  expect(await outbox.row(first.id)).toMatchObject({ state: 'SUPERSEDED' })
})

test('who follows a thread is told there, whatever the channel or another thread was told that day', async () => {
  const first = await outbox.queue('#contracts')
  await deliver()
  const elsewhere = await outbox.queue('#contracts')
  await deliver()
  const reply = (thread: number, broadcast = false) =>
    another(first, { purpose: 'thread', facts: { thread_of: thread, broadcast } })
  await reply(elsewhere.id)
  expect(await deliver()).toMatchObject({ sent: 1 })
  await reply(elsewhere.id)
  expect(await deliver(), 'it was told there').toMatchObject({ sent: 0 })
  await reply(elsewhere.id, true)
  expect(await deliver(), 'not all of the channel were').toMatchObject({ sent: 1 })
  await reply(first.id)
  expect(await deliver(), 'the message it replies to told it').toMatchObject({ sent: 0 })
})

test('administrators hear of a channel that takes nothing, once a day whatever was for it', async () => {
  archive('contracts')
  workspace.places.addUser('U0LEAD', 'lead')
  for (let n = 0; n < 3; n += 1) await outbox.queue('#contracts')
  for (let n = 0; n < 3; n += 1) await deliver({}, { administrators: ['U0LEAD'] })
  const direct = workspace.places.direct(workspace.places.person('U0LEAD'))
  const [notice, ...more] = workspace.ledger.inChannel(direct.id)
  expect(more).toEqual([])
  expect(notice?.text).toContain('#contracts takes no messages: is archived')
  expect(notice?.text).toContain('#escalation')
})

test('what waited for a team to get a channel goes there once it has one', async () => {
  archive('escalation')
  const { id } = await outbox.queue('terminal')
  await deliver()
  await sql(`UPDATE team SET channel = '#other'`)
  await later()
  expect(await deliver()).toMatchObject({ sent: 1 })
  expect(await outbox.row(id)).toMatchObject({ state: 'SENT', destination: '#other' })
})

test('a channel that takes nothing for three days goes dead and visible', async () => {
  archive('contracts')
  archive('escalation')
  const { id } = await outbox.queue('#contracts')
  await deliver()
  await sql(`UPDATE delivery SET first_tried_at = now() - interval '73 hours'`)
  await later()
  await deliver()
  expect(await outbox.row(id)).toMatchObject({ state: 'DEAD', problem: 'is_archived' })
})

test('a warning whose alert was superseded before its turn is not sent', async () => {
  const { id, alertId } = await outbox.queue('#contracts')
  await sql(`UPDATE alert SET state = 'superseded' WHERE id = $1`, [alertId])
  expect(await deliver()).toMatchObject({ sent: 0, dead: 0 })
  expect(await outbox.row(id)).toMatchObject({ state: 'SUPERSEDED' })
  expect(posted()).toEqual([])
})

test('a group leaves out what no longer holds and sends the rest', async () => {
  const { id } = await outbox.queue('#contracts', { purpose: 'group', title: 'Group head' })
  const gone = await outbox.queue('#other', { title: 'Extended meanwhile' })
  const kept = await outbox.queue('#other', { title: 'Still lapsing' })
  await sql('UPDATE delivery_alert SET delivery_id = $1', [id])
  await sql('DELETE FROM delivery WHERE id = ANY ($1)', [[gone.id, kept.id]])
  await sql(`UPDATE alert SET state = 'closed' WHERE id = $1`, [gone.alertId])
  expect(await deliver()).toMatchObject({ sent: 1 })
  expect(posted()[0]?.text).toContain('2 contracts')
  expect(posted()[0]?.text).toContain('Still lapsing')
  expect(posted()[0]?.text).not.toContain('Extended meanwhile')
})

test('Slack out of reach is tried again later, and dead only after the time for retries', async () => {
  const url = workspace.url
  const { id } = await outbox.queue('#contracts')
  await workspace.close()
  const unreachable = worker(database.pool, { url })
  expect(await deliverDue(unreachable)).toMatchObject({ retried: 1 })
  expect(await outbox.row(id)).toMatchObject({ state: 'RETRY', attempt: 1 })
  await sql(`UPDATE delivery SET due_at = now(), first_tried_at = now() - interval '73 hours'`)
  expect(await deliverDue(unreachable)).toMatchObject({ dead: 1 })
  expect((await outbox.row(id)).problem).toContain('ECONNREFUSED')
})

test('two workers never have two messages under way for one destination', async () => {
  for (let n = 0; n < 6; n += 1) await outbox.queue(n % 2 ? '#contracts' : '#other')
  await knowChannels(database.pool)
  const options = { leaseMs: 60_000, limit: 10 }
  const claims = await Promise.all(
    Array.from({ length: 8 }, (_, n) => claimDue(database.pool, { owner: `w${n}`, ...options })),
  )
  const destinations = claims.flat().map(({ destination }) => destination)
  expect(destinations.sort()).toEqual(['#contracts', '#other'])
})

test('two workers share an outbox and send nothing twice', async () => {
  const queued = []
  for (let n = 0; n < 40; n += 1)
    queued.push(await outbox.queue(['#contracts', '#other', 'G0PRIVATE'][n % 3] ?? ''))
  const [a, b] = await Promise.all([deliver(), deliver()])
  expect((a?.sent ?? 0) + (b?.sent ?? 0)).toBe(40)
  expect([...workspace.ledger.timesDelivered().values()]).toEqual(Array(40).fill(1))
})

test('a zombie cannot finish what another took over, and knows it', async () => {
  const { id } = await outbox.queue('#contracts')
  await knowChannels(database.pool)
  const claim = present((await claimDue(database.pool, CLAIMS))[0])
  await sql(`UPDATE delivery SET lease_until = now() - interval '1 second'`)
  expect(await expireLeases(database.pool, QUICK.giveUpMs)).toBe(1)
  expect(await beginPost(database.pool, claim, { holdsForMs: 0, paceMs: 1000 })).toBe(false)
  const late = { workspace: null, channel: 'C0WRONG', ts: '1.000001', lookAgainMs: 0 }
  expect(await finishSent(database.pool, claim, late)).toBe(false)
  expect(await deliver()).toMatchObject({ sent: 1 })
  expect(await finishSent(database.pool, claim, late)).toBe(false)
  const sent = { state: 'SENT', attempt: 2, slack_channel: 'C0CONTRACTS' }
  expect(await outbox.row(id)).toMatchObject(sent)
})

test('a zombie of the same name is fenced off by its attempt', async () => {
  await outbox.queue('#contracts')
  await knowChannels(database.pool)
  const first = present((await claimDue(database.pool, CLAIMS))[0])
  await sql(`UPDATE delivery SET state = 'RETRY', lease_until = NULL, due_at = now()`)
  const second = present((await claimDue(database.pool, CLAIMS))[0])
  const sent = { workspace: null, channel: 'C0CONTRACTS', ts: '1.000001', lookAgainMs: 0 }
  expect(await finishSent(database.pool, first, sent)).toBe(false)
  expect(await finishSent(database.pool, second, sent)).toBe(true)
})

test('a worker that was stopped past its lease hands back instead of posting', async () => {
  const { id } = await outbox.queue('#contracts')
  let stopped = 0
  const afterClaim = async () => {
    stopped += 1
    if (stopped > 1) return
    await sql(`UPDATE delivery SET lease_until = now() + interval '0.2 second'`)
  }
  await deliver({}, { faults: { afterClaim } })
  expect(stopped).toBe(2)
  expect(posted()).toHaveLength(1)
  expect(await outbox.row(id)).toMatchObject({ state: 'SENT', attempt: 2 })
})

const crash = () => {
  throw new Error('killed')
}
const expired = () => sql(`UPDATE delivery SET lease_until = now() - interval '1 second'`)

test('a crash between post and finish repeats nothing', async () => {
  const { id, key } = await outbox.queue('#contracts')
  await expect(deliver({}, { faults: { afterPost: crash } })).rejects.toThrow('killed')
  expect(await outbox.row(id)).toMatchObject({ state: 'SENDING' })
  expect(await deliver()).toMatchObject({ sent: 0 })
  await expired()
  expect(await deliver()).toMatchObject({ sent: 1 })
  expect(workspace.ledger.timesDelivered().get(key)).toBe(1)
})

test('a crash between claim and post loses nothing', async () => {
  const { key } = await outbox.queue('#contracts')
  await expect(deliver({}, { faults: { afterClaim: crash } })).rejects.toThrow('killed')
  await expired()
  expect(await deliver()).toMatchObject({ sent: 1 })
  expect(workspace.ledger.timesDelivered().get(key)).toBe(1)
})

test('a process that is told to stop ends soon and leaves the rest to others', async () => {
  for (let n = 0; n < 30; n += 1) await outbox.queue('#contracts')
  const stop = new AbortController()
  const stopping = worker(database.pool, workspace, { paceMs: 20 })
  const running = runDelivery(stopping, stop.signal)
  await expect.poll(() => posted().length, { interval: 10 }).toBeGreaterThan(2)
  const asked = performance.now()
  stop.abort()
  await running
  expect(performance.now() - asked).toBeLessThan(10_000)
  const states = await outbox.states()
  expect(states.SENDING ?? 0).toBe(0)
  await deliver()
  expect([...workspace.ledger.timesDelivered().values()]).toEqual(Array(30).fill(1))
})

test('a team without a channel blocks visibly once Slack is connected', async () => {
  const { id } = await outbox.queue('terminal')
  expect(await deliver()).toMatchObject({ blocked: 1, sent: 1 })
  expect((await outbox.row(id)).problem).toContain('lapsewatch team set')
})

test('the same thing cannot be queued twice for one destination', async () => {
  const { id } = await outbox.queue('#contracts')
  const again = database.pool.query(
    `INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination, as_of)
     SELECT organisation_id, team_id, subject, purpose, sequence, destination, as_of
       FROM delivery WHERE id = $1`,
    [id],
  )
  await expect(again).rejects.toThrow('unique')
})

test('a lease shorter than timeout and history lag together is refused', () => {
  expect(() => checkedSettings({ ...QUICK, leaseMs: 2300 })).toThrow('lengthen the lease')
  expect(checkedSettings(DELIVERY_DEFAULTS)).toBe(DELIVERY_DEFAULTS)
})

/** One grouped delivery of so many contracts. */
async function queueGroup(contracts: number): Promise<number> {
  const { id } = await outbox.queue('#contracts', { purpose: 'group' })
  for (let n = 1; n < contracts; n += 1) {
    const other = await outbox.queue('#contracts', { title: `Contract number ${n}` })
    await sql('UPDATE delivery_alert SET delivery_id = $1 WHERE delivery_id = $2', [id, other.id])
    await sql('DELETE FROM delivery WHERE id = $1', [other.id])
  }
  return id
}

test('a large group comes with its whole list as a file that the message links to', async () => {
  await queueGroup(20)
  expect(await deliver()).toMatchObject({ sent: 1 })
  const [file, ...more] = [...workspace.places.files.values()]
  expect(more).toEqual([])
  expect(file?.complete).toBe(true)
  expect(file?.content?.toString('utf8').trim().split('\r\n')).toHaveLength(21)
  const [message] = workspace.ledger.messages
  expect(message?.text).toContain(`/files/${file?.id}/`)
  expect(JSON.stringify(message?.blocks)).toContain(`/files/${file?.id}/`)
})

test('where files may not be uploaded, the message comes without and says so', async () => {
  workspace.places.scopes.delete('files:write')
  await queueGroup(20)
  expect(await deliver()).toMatchObject({ sent: 1 })
  const [message] = workspace.ledger.messages
  expect(message?.text).toContain('could not be attached (missing_scope')
  expect(message?.text).toContain('20 contracts')
})

test('a lost reply to a message with a file repeats neither', async () => {
  await queueGroup(20)
  workspace.faults.plan(DROPPED)
  await deliver()
  await sql('UPDATE delivery SET due_at = now()')
  await deliver()
  expect(workspace.ledger.messages).toHaveLength(1)
  expect(workspace.places.files.size).toBe(1)
})

test('a person is written to directly, and the conversation is remembered by its id', async () => {
  const { id } = await outbox.queue('U0OWNER')
  expect(await deliver()).toMatchObject({ sent: 1 })
  expect(await outbox.row(id)).toMatchObject({ slack_channel: 'D0OWNER' })
})

test('a reply goes to the thread of the message that it follows, and is looked up there', async () => {
  const first = await outbox.queue('#contracts')
  await deliver()
  const reply = await outbox.queue('#contracts', { facts: { thread_of: first.id } })
  workspace.faults.plan(DROPPED)
  await deliver()
  await sql(`UPDATE delivery SET due_at = now() WHERE state = 'UNCERTAIN'`)
  expect(await deliver()).toMatchObject({ sent: 1 })
  const [parent, child, ...more] = workspace.ledger.messages
  expect(more).toEqual([])
  expect(child?.threadTs).toBe(parent?.ts)
  expect(await outbox.row(reply.id)).toMatchObject({ state: 'SENT', slack_ts: child?.ts })
})

test('without Slack the messages are read on the terminal, with the first lines of their file', async () => {
  await outbox.queue('terminal', { title: 'Radiology archive' })
  await queueGroup(20)
  const written: string[] = []
  const gateway = terminalGateway((text) => written.push(text), { width: 80, colour: false })
  expect(await deliver({}, { gateway })).toMatchObject({ sent: 2 })
  const text = written.join('')
  expect(text).toContain('Radiology archive')
  expect(text).toContain('To #contracts')
  expect(text).toContain('more lines')
  expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  expect(workspace.ledger.calls).toEqual([])
})

test('on the terminal nothing waits for a pace', async () => {
  for (let n = 0; n < 5; n += 1) await outbox.queue('terminal')
  const gateway = terminalGateway(() => undefined, { width: 80, colour: false })
  const begun = performance.now()
  await deliver({ paceMs: 30_000 }, { gateway })
  expect(performance.now() - begun).toBeLessThan(25_000)
  expect(await outbox.states()).toEqual({ SENT: 5 })
})
