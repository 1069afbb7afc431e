/** Prices and intentions are for the organisation alone, whoever else reads the channel. */

import fc from 'fast-check'
import { queueUpdates } from '../src/delivery/enqueue-updates.ts'
import type { LoadedDelivery } from '../src/delivery/load.ts'
import type { Claim } from '../src/delivery/outbox.ts'
import { render } from '../src/delivery/render.ts'
import type { DeliveryDeps } from '../src/delivery/send.ts'
import { openSlackGateway } from '../src/delivery/slack-client.ts'
import { deliverDue } from '../src/delivery/worker.ts'
import { asCivilDate } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import type { SupersededFacts } from '../src/text/facts.ts'
import type { Fault } from '../stand-in/slack/state.ts'
import { holds } from './support/holds.ts'
import { AS_OF, contract, deadline, triage, warnings, weekly } from './support/message-facts.ts'
import { QUICK, useOutbox, worker } from './support/outbox.ts'

const INTENT = 'Quietly move to the other supplier'
const PURPOSES = ['post', 'thread', 'ask-again', 'escalate', 'update', 'group', 'triage', 'weekly']

describe('what guests and other organisations read', () => {
  const someAmount = fc
    .record({ whole: fc.integer({ min: 1000, max: 2_000_000_000 }), pennies: fc.boolean() })
    .map(({ whole, pennies }) => asDecimal(pennies ? `${whole}.37` : `${whole}`))

  test('no amount of a contract and no decision about it stands in any message or file', () => {
    const check = (value: ReturnType<typeof asDecimal>, currency: string, purpose: string) => {
      const priced = { value, currency, note: `Since Fri 31 Mar 2023, for ${currency} ${value}` }
      const nearest = warnings(40, { value, currency }).map((each, daysLeft) => {
        return { contract: each.contract, daysLeft }
      })
      const stored = { weekly: weekly(4, priced), triage: triage(40, { nearest }) }
      const claim = claimFor(purpose, stored[purpose as keyof typeof stored] ?? {})
      const shared = { answerable: true, hidePrices: true }
      for (const closed of [false, true]) {
        const rendered = render(claim, loadedWith(value, currency, closed), shared)
        if (rendered.kind !== 'message') throw new Error(`${purpose} made no message.`)
        const said = JSON.stringify(rendered.message)
        expect(said).toContain('not shown here')
        expect(said).not.toContain('£')
        if (currency !== 'GBP') expect(said).not.toContain(currency)
        expect(said.replaceAll(',', '')).not.toContain(value.replace(/\.\d+$/, ''))
        expect(said).not.toContain(INTENT)
      }
    }
    holds([someAmount, fc.constantFrom('GBP', 'EUR')], 25, (value, currency) => {
      // Days and references have no more than four digits in a row.
      fc.pre(Number(value) > 100_000)
      for (const purpose of PURPOSES) check(value, currency, purpose)
    })
  })

  test('colleagues read both', () => {
    const claim = claimFor('update', {})
    const own = { answerable: true, hidePrices: false }
    const rendered = render(claim, loadedWith(asDecimal('163100000'), 'GBP', false), own)
    const said = JSON.stringify(rendered)
    expect(said).toContain('£163.1m')
    expect(said).toContain(INTENT)
    expect(said).not.toContain('not shown here')
  })
})

describe('the worker finds out who reads a channel before it posts', () => {
  const { database, workspace, outbox, sql } = useOutbox(
    {
      longestPage: 7,
      channels: [
        { id: 'C0OWN', name: 'own' },
        { id: 'C0GUEST', name: 'guest', people: ['U0C1', 'UGUEST'] },
        { id: 'C0STRANGER', name: 'stranger', people: ['U0C1', 'USTRANGER'] },
        { id: 'C0SHARED', name: 'shared', people: ['U0C1'], isShared: true },
      ],
    },
    ({ places }) => {
      for (let n = 1; n <= 60; n += 1) places.addUser(`U0C${n}`, `colleague-${n}`)
      places.addUser('UGUEST', 'guest', { guest: 'multi-channel' })
      places.addUser('USTRANGER', 'stranger', { teamId: 'T0002' })
    },
  )
  let waited = 0
  beforeEach(() => {
    waited = 0
  })

  const oneWorker = () => ({
    ...worker(database.pool, workspace),
    gateway: openSlackGateway({
      token: 'xoxb-stand-in',
      apiUrl: workspace.url,
      timeoutMs: QUICK.timeoutMs * 5,
      elapsed: () => performance.now() + waited,
    }),
  })
  const amounts = (channel: string) =>
    workspace.ledger.inChannel(channel).map(({ text }) => text.includes('£1.2m'))

  test('a channel of colleagues reads the value; with a guest, a stranger or another organisation it does not', async () => {
    for (const name of ['own', 'guest', 'stranger', 'shared']) await outbox.queue(`#${name}`)
    await deliverDue(oneWorker())
    expect(amounts('C0OWN')).toEqual([true])
    expect(amounts('C0GUEST')).toEqual([false])
    expect(amounts('C0STRANGER')).toEqual([false])
    expect(amounts('C0SHARED')).toEqual([false])
  })

  test('a direct message to a colleague reads the value, one to a guest does not', async () => {
    await outbox.queue('U0C1')
    await outbox.queue('UGUEST')
    await deliverDue(oneWorker())
    expect(amounts('D0C1')).toEqual([true])
    expect(amounts('DGUEST')).toEqual([false])
  })

  /** Half a minute and more later, with everything that waits for its time due. */
  const later = async (process: DeliveryDeps) => {
    waited += 31_000
    await sql(`UPDATE delivery SET due_at = clock_timestamp()`)
    await deliverDue(process)
  }

  const DOWN: Fault = { kind: 'status', status: 503, accepted: false }
  const NOT_SAID: Readonly<Record<string, Fault>> = {
    'no answer': { kind: 'never', accepted: false },
    'a cut connection': { kind: 'dropped', accepted: false },
    'a page of a proxy': { kind: 'unreadable', accepted: false },
    'a rate limit': { kind: 'rate-limited', retryAfter: 30 },
    'a missing scope': { kind: 'error', error: 'missing_scope', accepted: false },
    'an error that nobody listed': { kind: 'error', error: 'internal_error', accepted: false },
    'HTTP 503': DOWN,
  }
  const MEMBERS = 'conversations.members'
  const ASKED = [
    'auth.test',
    'conversations.list',
    'conversations.info',
    'users.info',
    'users.list',
  ]
  const UNKNOWN: readonly (readonly [string, string, Fault])[] = [
    ...Object.entries(NOT_SAID).map(([how, fault]) => [how, MEMBERS, fault] as const),
    ...ASKED.map((method) => [`HTTP 503 to ${method}`, method, DOWN] as const),
  ]

  test.each(UNKNOWN)(
    '%s in place of who reads it: the warning goes out in time without amounts, and gets them once it is known',
    async (_, method, fault) => {
      const { places, faults, ledger } = workspace
      if (method === 'users.info') places.channel('own').people = new Set(['U0C1', 'U0C2', 'U0C3'])
      // The first page, and the first member, go well: the look breaks off in the middle.
      let calls = 0
      const inTheMiddle = method === 'conversations.members' || method.startsWith('users.') ? 1 : 0
      faults.choose((target) => {
        if (target.method !== method) return null
        calls += 1
        return calls > inTheMiddle ? fault : null
      })
      const process = oneWorker()
      await outbox.queue('#own')
      await deliverDue(process)
      const [early] = ledger.messages
      expect(early?.text).toContain('not shown yet')
      expect(early?.text).not.toContain('£1.2m')
      await later(process)
      expect(ledger.messages).toHaveLength(1)
      faults.clear()
      await later(process)
      expect(ledger.messages.map(({ text }) => text.includes('£1.2m'))).toEqual([true])
      expect(ledger.messages[0]?.text).not.toContain('not shown')
      expect(await outbox.states()).toEqual({ SENT: 2 })
    },
  )

  test.each(['group', 'fallback', 'triage', 'weekly', 'thread'])(
    'the amounts of a posted %s are added once it is known who reads it',
    async (purpose) => {
      const priced = { value: asDecimal('1200000'), currency: 'GBP' }
      const written: Readonly<Record<string, object>> = {
        weekly: weekly(4, priced),
        triage: triage(1, { nearest: [{ contract: contract(priced), daysLeft: 30 }] }),
        fallback: { instead_of: { purpose: 'group', destination: '#gone', why: 'is_archived' } },
      }
      workspace.faults.choose(({ method }) => (method === 'users.list' ? DOWN : null))
      const process = oneWorker()
      await outbox.queue('C0OWN', { purpose, facts: written[purpose] ?? {} })
      await deliverDue(process)
      expect(amounts('C0OWN')).toEqual([false])
      const before = workspace.ledger.inChannel('C0OWN')[0]?.text ?? ''
      workspace.faults.clear()
      await later(process)
      const after = workspace.ledger.inChannel('C0OWN')
      expect(after.map(({ text }) => text.includes('£1.2m'))).toEqual([true])
      // Nothing else of it reads anew.
      expect(after[0]?.text.split('\n')[0]).toBe(before.split('\n')[0])
      expect(after[0]?.text).not.toContain('not shown')
    },
  )

  test('a guest who turns out to read it gets no amounts, and the message says why', async () => {
    workspace.faults.plan(DOWN, { method: 'conversations.info', times: 1 })
    const process = oneWorker()
    await outbox.queue('C0GUEST')
    await deliverDue(process)
    await later(process)
    const [message] = workspace.ledger.inChannel('C0GUEST')
    expect(message?.text).toContain('others than the organisation may read this')
    expect(message?.text).not.toContain('£1.2m')
    expect(message?.text).not.toContain('not shown yet')
  })

  test('what somebody did meanwhile stands in the message when its amounts are added', async () => {
    workspace.faults.choose(({ method }) => (method === 'users.list' ? DOWN : null))
    const process = oneWorker()
    const { contractId, alertId } = await outbox.queue('C0OWN')
    await deliverDue(process)
    await sql(
      `UPDATE alert SET state = 'acknowledged', acted_on = '2027-04-01', paused_until = '2027-04-15'
       WHERE id = $1`,
      [alertId],
    )
    const told = [outbox.organisationId, [contractId], asCivilDate('2027-04-01')] as const
    expect(await queueUpdates(database.pool, ...told)).toBe(1)
    await deliverDue(process)
    const text = () => workspace.ledger.inChannel('C0OWN')[0]?.text ?? ''
    expect(text()).toContain('On it')
    expect(text()).toContain('not shown yet')
    workspace.faults.clear()
    await later(process)
    expect(text()).toContain('On it')
    expect(text()).toContain('£1.2m')
    expect(workspace.ledger.messages).toHaveLength(1)
  })

  test('amounts that wait speak of the day of the last update, and an update that has them leaves none to add', async () => {
    workspace.faults.choose(({ method }) => (method === 'users.list' ? DOWN : null))
    const process = oneWorker()
    const { contractId } = await outbox.queue('C0OWN')
    await deliverDue(process)
    const on = (day: string) =>
      queueUpdates(database.pool, outbox.organisationId, [contractId], asCivilDate(day))
    const text = () => workspace.ledger.inChannel('C0OWN')[0]?.text ?? ''
    await on('2027-04-05')
    await deliverDue(process)
    await later(process)
    expect(text()).toContain('(25 days)')
    expect(text()).not.toContain('£1.2m')
    workspace.faults.clear()
    await later(process)
    expect(text()).toContain('(25 days)')
    expect(text()).toContain('£1.2m')
    // Again unknown, and then known by the time of an update: the amounts that waited are in it.
    workspace.faults.choose(({ method }) => (method === 'conversations.members' ? DOWN : null))
    waited += 6 * 60_000
    await on('2027-04-10')
    await deliverDue(process)
    workspace.faults.clear()
    waited += 31_000
    await on('2027-04-15')
    await deliverDue(process)
    expect(text()).toContain('(15 days)')
    expect(text()).toContain('£1.2m')
    await later(process)
    expect(text()).toContain('(15 days)')
  })

  test('an answer without what was asked for is none: no list of members, no description of a person', async () => {
    const process = oneWorker()
    const answers = (body: string): Fault => ({ kind: 'body', body, accepted: false })
    workspace.faults.plan(answers('{"ok":true}'), { method: MEMBERS })
    await outbox.queue('C0GUEST')
    await deliverDue(process)
    expect(amounts('C0GUEST')).toEqual([false])
    waited += 31_000
    const bare = answers('{"ok":true,"user":{"id":"UGUEST"}}')
    workspace.faults.plan(bare, { method: 'users.info', times: 9 })
    await outbox.queue('UGUEST')
    await deliverDue(process)
    expect(amounts('DGUEST')).toEqual([false])
  })

  test('the list of a large workspace goes on where Slack broke it off', async () => {
    const pages: (string | null)[] = []
    workspace.faults.choose(({ method }) => {
      if (method !== 'users.list') return null
      pages.push(method)
      return pages.length % 3 === 0 ? { kind: 'rate-limited', retryAfter: 30 } : null
    })
    const process = oneWorker()
    await outbox.queue('C0OWN')
    await deliverDue(process)
    // Nine pages of seven, two at a time.
    for (let minute = 0; minute < 5; minute += 1) await later(process)
    expect(amounts('C0OWN')).toEqual([true])
  })

  test('who reads a channel is asked once in five minutes, not for each message', async () => {
    const process = oneWorker()
    const asked = () => workspace.ledger.calls.filter(({ method }) => method === MEMBERS).length
    await outbox.queue('C0OWN')
    await deliverDue(process)
    const first = asked()
    for (let n = 0; n < 5; n += 1) await outbox.queue('C0OWN')
    await deliverDue(process)
    expect(asked()).toBe(first)
    waited = 5 * 60_000 + 1
    await outbox.queue('C0OWN')
    await deliverDue(process)
    expect(asked()).toBeGreaterThan(first)
  })

  test('a channel that becomes shared later: from then on the posted warning hides its value', async () => {
    const process = oneWorker()
    const { id, contractId, alertId } = await outbox.queue('C0OWN')
    await deliverDue(process)
    expect(amounts('C0OWN')).toEqual([true])
    workspace.places.channel('own').people = new Set(['U0C1', 'UGUEST'])
    waited = 6 * 60_000
    await sql(`UPDATE alert SET state = 'closed' WHERE id = $1`, [alertId])
    await sql(
      `INSERT INTO decision (organisation_id, contract_id, deadline, deadline_on, text, decided_on)
       VALUES ($1, $2, 'end', '2027-04-30', $3, '2027-04-01')`,
      [outbox.organisationId, contractId, INTENT],
    )
    await sql(
      `INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination, as_of, facts)
       VALUES ($1, $2, $3, 'update', 1, 'C0OWN', '2027-04-01', $4)`,
      [outbox.organisationId, outbox.teamId, `contract:${contractId}`, { update_of: id }],
    )
    await deliverDue(process)
    const [message] = workspace.ledger.inChannel('C0OWN')
    expect(message?.text).toContain('Decided')
    expect(message?.text).toContain('not shown here')
    expect(message?.text).not.toContain(INTENT)
    expect(amounts('C0OWN')).toEqual([false])
  })
})

function claimFor(purpose: string, facts: object): Claim {
  return {
    ...{ id: 1, organisationId: 1, teamId: 1, key: 'key', subject: 'contract:1', purpose, facts },
    ...{ sequence: 1, destination: '#shared', asOf: AS_OF, catchUp: false, possibleRepeat: false },
    ...{ upload: null, failures: 0, channelId: null, attempt: 1, owner: 'worker' },
    ...{ readersUnknown: false, waitedMs: 0 },
  }
}

function loadedWith(
  value: ReturnType<typeof asDecimal>,
  currency: string,
  closed: boolean,
): LoadedDelivery {
  const on = AS_OF
  const by = { name: 'Amira Khan', slackUser: null }
  const method = 'straight line'
  const price = { baseline: value, method, assumed: true, months: 1, premium: value, ratio: 1.7 }
  const paid = { cost: value, currency, price }
  const extended = { what: 'extended', by, on, to: on, kind: 'emergency', price: paid } as const
  const superseded: SupersededFacts = {
    ...{ asOf: on, contract: contract({ value, currency }), kind: 'end', was: on },
    ...{ now: deadline('end', on).on, why: `${INTENT}, for £${value}` },
  }
  return {
    ...{ warnings: warnings(20, { value, currency }), told: [{ id: 1, on }], remindersGone: [] },
    ...{ contractIds: [1], subjects: [], fingerprints: [], team: 'Digital', problems: [] },
    startedOn: null,
    ...{ threadTs: null, threadChannel: null, made: null, statuses: [], addressed: [] },
    subject: { contractId: 1, version: 1, alertIds: [1] },
    standing: {
      state: closed ? 'closed' : 'open',
      acts: [
        { what: 'snoozed', by, on, until: on, why: INTENT },
        closed
          ? { what: 'closed', by, on, why: INTENT }
          : { what: 'decided', by, on, text: INTENT, evidence: INTENT },
        extended,
      ],
      superseded: closed ? superseded : null,
    },
    posted: {
      ...{ id: 1, channel: 'C1', ts: '1.2', facts: null, purpose: 'post', catchUp: false },
      cliff: null,
    },
    ...{ answeredFor: true, unposted: false, openCheckpoints: [] },
  }
}
