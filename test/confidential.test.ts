/** Prices and intentions are for the organisation alone, whoever else reads the channel. */
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Claim } from '../src/delivery/claim.ts'
import { deliverDue } from '../src/delivery/deliver.ts'
import type { Loaded } from '../src/delivery/facts.ts'
import { render } from '../src/delivery/render.ts'
import { openSlackGateway } from '../src/delivery/slack-gateway.ts'
import { asDecimal } from '../src/domain/money.ts'
import { openWorkspace, type Workspace } from '../src/workspace/open.ts'
import { freshDatabase, type TestDatabase } from './support/database.ts'
import { AS_OF, contract, deadline, triage, warnings, weekly } from './support/message-facts.ts'
import { type Outbox, openOutbox, QUICK, worker } from './support/outbox.ts'

const INTENT = 'Quietly move to the other supplier'
const PURPOSES = ['post', 'thread', 'ask-again', 'escalate', 'update', 'group', 'triage', 'weekly']

describe('what guests and other organisations read', () => {
  const someAmount = fc
    .record({ whole: fc.integer({ min: 1000, max: 2_000_000_000 }), pennies: fc.boolean() })
    .map(({ whole, pennies }) => asDecimal(pennies ? `${whole}.37` : `${whole}`))

  test('no amount of a contract and no decision about it stands in any message or file', () => {
    const check = (value: ReturnType<typeof asDecimal>, currency: string, purpose: string) => {
      const priced = { value, currency, note: `Since Fri 31 Mar 2023, for ${currency} ${value}` }
      const claim = claimFor(
        purpose,
        purpose === 'weekly'
          ? weekly(4, priced)
          : purpose === 'triage'
            ? triage(40, {
                nearest: warnings(40, { value, currency }).map((each, daysLeft) => ({
                  contract: each.contract,
                  daysLeft,
                })),
              })
            : {},
      )
      for (const closed of [false, true]) {
        const rendered = render(claim, loadedWith(value, currency, closed), {
          answerable: true,
          hidePrices: true,
        })
        if (rendered.kind !== 'message') throw new Error(`${purpose} made no message.`)
        const said = JSON.stringify(rendered.message)
        expect(said).toContain('not shown here')
        expect(said).not.toContain('£')
        if (currency !== 'GBP') expect(said).not.toContain(currency)
        expect(said.replaceAll(',', '')).not.toContain(value.replace(/\.\d+$/, ''))
        expect(said).not.toContain(INTENT)
      }
    }
    fc.assert(
      fc.property(someAmount, fc.constantFrom('GBP', 'EUR'), (value, currency) => {
        // Days and references have no more than four digits in a row.
        fc.pre(Number(value) > 100_000)
        for (const purpose of PURPOSES) check(value, currency, purpose)
      }),
      { numRuns: 25 },
    )
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
  let database: TestDatabase
  let workspace: Workspace
  let outbox: Outbox
  let waited = 0

  beforeAll(async () => {
    database = await freshDatabase(5)
  })
  afterAll(() => database.drop())
  beforeEach(async () => {
    for (const table of ['delivery', 'channel', 'contract']) {
      await database.pool.query(`DELETE FROM ${table}`)
    }
    waited = 0
    workspace = await openWorkspace({
      now: Date.now,
      longestPage: 7,
      channels: [
        { id: 'C0OWN', name: 'own' },
        { id: 'C0GUEST', name: 'guest', people: ['U0C1', 'UGUEST'] },
        { id: 'C0STRANGER', name: 'stranger', people: ['U0C1', 'USTRANGER'] },
        { id: 'C0SHARED', name: 'shared', people: ['U0C1'], isShared: true },
      ],
    })
    for (let n = 1; n <= 60; n += 1) workspace.places.addUser(`U0C${n}`, `colleague-${n}`)
    workspace.places.addUser('UGUEST', 'guest', { guest: 'multi-channel' })
    workspace.places.addUser('USTRANGER', 'stranger', { teamId: 'T0002' })
    outbox = await openOutbox(database.pool)
  })
  afterEach(async () => {
    expect(workspace.ledger.failures).toEqual([])
    await workspace.close()
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

  test('what cannot be found out counts as read by others, and is asked again soon', async () => {
    workspace.places.scopes.delete('users:read')
    const process = oneWorker()
    await outbox.queue('C0OWN')
    await deliverDue(process)
    workspace.places.scopes.add('users:read')
    await outbox.queue('C0OWN')
    await deliverDue(process)
    waited = 31_000
    await outbox.queue('C0OWN')
    await deliverDue(process)
    expect(amounts('C0OWN')).toEqual([false, false, true])
  })

  test('who reads a channel is asked once in five minutes, not for each message', async () => {
    const process = oneWorker()
    const asked = () =>
      workspace.ledger.calls.filter(({ method }) => method === 'conversations.members').length
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
    await database.pool.query(`UPDATE alert SET state = 'closed' WHERE id = $1`, [alertId])
    await database.pool.query(
      `INSERT INTO decision (organisation_id, contract_id, deadline, deadline_on, text, decided_on)
       VALUES ($1, $2, 'end', '2027-04-30', $3, '2027-04-01')`,
      [outbox.organisationId, contractId, INTENT],
    )
    await database.pool.query(
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
    id: 1,
    organisationId: 1,
    teamId: 1,
    key: 'key',
    subject: 'contract:1',
    purpose,
    sequence: 1,
    destination: '#shared',
    asOf: AS_OF,
    facts,
    catchUp: false,
    possibleRepeat: false,
    uploads: {},
    attempt: 1,
    owner: 'worker',
    waitedMs: 0,
  }
}

function loadedWith(
  value: ReturnType<typeof asDecimal>,
  currency: string,
  closed: boolean,
): Loaded {
  const on = AS_OF
  const by = { name: 'Amira Khan', slackUser: null }
  return {
    warnings: warnings(20, { value, currency }),
    alertIds: [1],
    contractIds: [1],
    subjects: [],
    tells: [],
    team: 'Digital',
    threadTs: null,
    problems: [],
    made: null,
    subject: { contractId: 1, version: 1, alertIds: [1] },
    standing: {
      state: closed ? 'closed' : 'open',
      acts: [
        { what: 'snoozed', by, on, until: on, why: INTENT },
        closed
          ? { what: 'closed', by, on, why: INTENT }
          : { what: 'decided', by, on, text: INTENT, evidence: INTENT },
        {
          what: 'extended',
          by,
          on,
          to: on,
          kind: 'emergency',
          price: {
            cost: value,
            currency,
            price: {
              baseline: value,
              method: 'straight line',
              assumed: true,
              months: 1,
              premium: value,
              ratio: 1.7,
            },
          },
        },
      ],
      superseded: closed
        ? {
            asOf: on,
            contract: contract({ value, currency }),
            kind: 'end',
            was: on,
            now: deadline('end', on).on,
            why: `${INTENT}, for £${value}`,
          }
        : null,
    },
    posted: { channel: 'C1', ts: '1.2', facts: null },
    spokenTo: [],
    answeredFor: true,
    openCheckpoints: [],
  }
}
