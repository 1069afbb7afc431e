import { acknowledge, answerSupply, snooze } from '../src/actions/acknowledge.ts'
import { assign } from '../src/actions/assign.ts'
import { decide } from '../src/actions/decide.ts'
import { openSlackGateway } from '../src/delivery/slack-client.ts'
import { deliverDue } from '../src/delivery/worker.ts'
import { factsOfWeek, queueWeekly } from '../src/reports/weekly.ts'
import { addresseeOf, responsibilityFor } from '../src/rules/contract.ts'
import { asDecimal } from '../src/rules/money.ts'
import { addPeople, PEOPLE } from '../stand-in/slack/state.ts'
import { day, endOn } from './support/contract-facts.ts'
import { QUICK, useWorkspace, worker } from './support/outbox.ts'
import { draft, useSetup } from './support/setup.ts'

const MONDAY = '2026-11-23'
const OWNED = { owner: PEOPLE.owner }
const BOTH = { owner: PEOPLE.owner, deputy: PEOPLE.deputy }

const setup = useSetup({ emptied: 'after' })
const { workspace } = useWorkspace({}, ({ places }) => addPeople(places))
let waited = 0
let gateway: ReturnType<typeof openSlackGateway>
beforeEach(async () => {
  waited = 0
  await setup.rows('DELETE FROM channel')
  await setup.rows(`UPDATE team SET channel = 'C0CONTRACTS', escalation_channel = 'C0ESCALATION'`)
  gateway = openSlackGateway({
    token: 'xoxb-stand-in',
    apiUrl: workspace.url,
    timeoutMs: QUICK.timeoutMs * 5,
    elapsed: () => performance.now() + waited,
  })
})

describe('whose turn it is', () => {
  const people = {
    owner: { gone: false, name: 'owner' },
    deputy: { gone: false, name: 'deputy' },
    categoryLead: { gone: false, name: 'lead' },
    financePartner: { gone: false, name: 'finance' },
  }

  test('a start is the category lead’s, money without cover the finance partner’s, the rest the owner’s', () => {
    expect(addresseeOf(responsibilityFor('start-by', false), people)?.role).toBe('category lead')
    expect(addresseeOf(responsibilityFor('end', true), people)?.role).toBe('finance partner')
    for (const kind of ['end', 'notice', 'option', 'emergency-end'] as const) {
      expect(addresseeOf(responsibilityFor(kind, false), people)?.role).toBe('owner')
    }
  })

  test('whoever is missing or gone is stood in for: by the owner, then the deputy, then by nobody', () => {
    const noLead = { ...people, categoryLead: null }
    expect(addresseeOf('start', noLead)?.role).toBe('owner')
    const noOwner = { ...noLead, owner: { gone: true, name: 'owner' } }
    expect(addresseeOf('start', noOwner)?.role).toBe('deputy')
    expect(addresseeOf('rest', { ...people, owner: noOwner.owner })?.role).toBe('deputy')
    expect(addresseeOf('rest', { ...noOwner, deputy: null })).toBeNull()
    // Without an owner the lead is spoken to, else the deputy, else the channel alone.
    const unowned = { ...people, owner: null }
    for (const of of ['start', 'rest'] as const) {
      expect(addresseeOf(of, unowned)?.role).toBe('category lead')
      expect(addresseeOf(of, { ...unowned, categoryLead: null })?.role).toBe('deputy')
      expect(addresseeOf(of, { ...unowned, categoryLead: null, deputy: null })).toBeNull()
    }
    const neither = { ...people, owner: noOwner.owner, deputy: null }
    expect(addresseeOf('rest', neither)?.role).toBe('category lead')
  })
})

describe('mention, direct message or neither', () => {
  test('the owner is mentioned once when a rung is reached, and not by the updates of it', async () => {
    await given(BOTH)
    await on(MONDAY)
    expect(texts('C0CONTRACTS')).toEqual([expect.stringContaining('Owner: <@U0OWNER>.')])
    expect(pings('C0CONTRACTS')).toEqual([PEOPLE.owner])
    await acknowledges(MONDAY)
    await deliver()
    expect(pings('C0CONTRACTS')).toEqual([])
    expect(texts('C0CONTRACTS')[0]).toContain('On it: Olive Owner')
  })

  test('who wants a direct message gets one beside the channel’s, and is not mentioned there', async () => {
    await given(BOTH)
    await voice(PEOPLE.owner, 'dm')
    await on(MONDAY)
    expect(pings('C0CONTRACTS')).toEqual([])
    expect(texts('C0CONTRACTS')[0]).toContain('Owner: Olive Owner.')
    expect(texts('D0OWNER')).toEqual([expect.stringContaining('(60 days)')])
    const kept = await setup.rows(`SELECT slack_channel FROM delivery WHERE purpose = 'direct'`)
    expect(kept).toEqual([{ slack_channel: 'D0OWNER' }])
    await on(MONDAY)
    expect(texts('D0OWNER')).toHaveLength(1)
    await acknowledges(MONDAY)
    await deliver()
    expect(texts('D0OWNER')[0]).toContain('On it: Olive Owner')
  })

  test('who gave a contract away while the message waited is not written to; its channel is told', async () => {
    await given(BOTH)
    await voice(PEOPLE.owner, 'dm')
    await setup.sweep(MONDAY)
    await assign(setup.db.pool, setup.actor(MONDAY), await id(), { ownerId: null })
    await deliver()
    expect(texts('D0OWNER')).toEqual([])
    expect(texts('C0CONTRACTS')).toHaveLength(1)
  })

  test('what somebody did while the message waited stands on it', async () => {
    await given(BOTH)
    await setup.sweep(MONDAY)
    await acknowledges(MONDAY)
    await deliver()
    expect(texts('C0CONTRACTS')[0]).toContain('On it: Olive Owner')
  })

  test('who wants neither is named and no more', async () => {
    await given(OWNED)
    await voice(PEOPLE.owner, 'neither')
    await on(MONDAY)
    expect(pings('C0CONTRACTS')).toEqual([])
    expect(texts('C0CONTRACTS')[0]).toContain('Owner: Olive Owner.')
    expect(texts('D0OWNER')).toEqual([])
  })

  test('a start goes to the category lead, with the owner named', async () => {
    await given({ owner: PEOPLE.owner, lead: PEOPLE.lead }, { value: '900000' })
    await on(MONDAY)
    expect(texts('C0CONTRACTS')[0]).toContain('Category lead: <@U0LEAD>. Owner: Olive Owner.')
  })

  test('what runs without cover goes to the finance partner', async () => {
    await given({ owner: PEOPLE.owner, finance: PEOPLE.finance }, { end: '2026-11-20' })
    await on(MONDAY)
    expect(pings('C0CONTRACTS')).toEqual([PEOPLE.owner])
    await answerSupply(setup.db.pool, await acting(PEOPLE.owner, MONDAY), await id(), true)
    await on('2026-11-27')
    const [, later] = texts('C0CONTRACTS')
    expect(later).toContain('Finance partner: <@U0FINANCE>. Owner: Olive Owner.')
  })

  test('whoever acted on the same day is not mentioned for it', async () => {
    await given(OWNED)
    await on(MONDAY)
    const now = new Date('2026-12-23T08:00:00Z')
    const actor = { ...(await acting(PEOPLE.owner, '2026-12-23')), now }
    await snooze(setup.db.pool, actor, await id(), day('2026-12-24'), null)
    await setup.rows(`UPDATE alert SET state = 'open', paused_until = NULL`)
    await on('2026-12-23')
    expect(texts('C0CONTRACTS').at(-1)).toContain('(30 days)')
    expect(texts('C0CONTRACTS').at(-1)).toContain('Owner: Olive Owner.')
  })

  test('more than three contracts on a day are one message, to the channel and to the person', async () => {
    for (let n = 0; n < 7; n += 1) await given(OWNED, {}, `A-${n}`)
    await on(MONDAY)
    expect(texts('C0CONTRACTS')).toHaveLength(1)
    expect(pings('C0CONTRACTS')).toEqual([PEOPLE.owner])
    await voice(PEOPLE.owner, 'dm')
    await on('2026-12-23')
    expect(texts('D0OWNER')).toEqual([expect.stringContaining('7 contracts need action')])
    expect(texts('C0CONTRACTS').at(-1)).not.toContain('<@')
  })

  test('summaries and lists name people and ping nobody', async () => {
    await given(OWNED)
    const team = await setup.team('Default team')
    const asked = {
      ...{ organisationId: setup.organisation.id, rules: setup.rulesOf(team), team },
      ...{ rulesOf: setup.rulesOf, slot: day('2027-01-18'), hoursLate: null },
    }
    await queueWeekly(setup.db.pool, asked, await factsOfWeek(setup.db.pool, asked))
    await deliver()
    expect(texts('C0CONTRACTS')[0]).toContain('Olive Owner')
    expect(pings('C0CONTRACTS')).toEqual([])
  })
})

describe('escalation', () => {
  test('an acknowledgement that runs out is asked again; the deputy hears of it in the escalation channel', async () => {
    await given(BOTH)
    await on(MONDAY)
    await acknowledges(MONDAY)
    await on('2026-12-04')
    expect(texts('C0ESCALATION')).toEqual([])
    await on('2026-12-07')
    const [told] = texts('C0ESCALATION')
    expect(told).toContain('Deputy: <@U0DEPUTY>. Owner: Olive Owner.')
    const promise =
      'Asked again: acknowledged by Olive Owner on Mon 23 Nov 2026 until Mon 7 Dec 2026, and nothing followed.'
    expect(told).toContain(promise)
    const again = texts('C0CONTRACTS').at(-1)
    expect(again).toContain(promise)
    expect(again?.split('\n')[0]).toMatch(/^Sign cover by Fri 22 Jan \(46 days\), asked again: /)
    expect(again).toContain('Owner: <@U0OWNER>.')
    expect(again).not.toContain('<@U0DEPUTY>')
  })

  test('what was done about a contract of a group stands in its entry, with the buttons that are left', async () => {
    for (let n = 0; n < 4; n += 1) await given(OWNED, {}, `A-${n}`)
    await on(MONDAY)
    const group = () => workspace.ledger.inChannel('C0CONTRACTS')
    expect(group()).toHaveLength(1)
    expect(group()[0]?.text).toContain('\n🔵 4 contracts need action.\n')
    const of = (reference: string) => setup.contractId(reference)
    await acknowledge(setup.db.pool, await acting(PEOPLE.owner, MONDAY), await of('A-1'))
    const letEnd = { kind: 'end', text: 'Let it end', evidence: null } as const
    await decide(setup.db.pool, await acting(PEOPLE.owner, MONDAY), await of('A-0'), letEnd)
    await deliver()
    const [rewritten, ...more] = group()
    expect(more).toEqual([])
    expect(rewritten?.text).toContain('\n🔵 3 of 4 contracts need action.\n')
    const entries = (rewritten?.text ?? '').split(/\n(?=\d\. )/).slice(1)
    const entryOf = (reference: string) => entries.find((each) => each.includes(`, ${reference}`))
    expect(entryOf('A-1')).toContain('\nOn it: Olive Owner, Mon 23 Nov 2026; asked again ')
    expect(entryOf('A-0')).toContain('\nDecided: Olive Owner, Mon 23 Nov 2026. Let it end.')
    expect(entryOf('A-2')).not.toMatch(/On it|Decided/)
    expect(rewritten?.text.split('\n')[0]).toMatch(/^Sign cover by Fri 22 Jan .*, and 3 more$/)
    // The next one is told of by itself: nothing is rewritten because a day has passed.
    const before = rewritten?.text
    await on('2026-12-23')
    expect(group()[0]?.text).toBe(before)
  })

  test('after an end every second week is told in the thread alone, and only the first message is rewritten', async () => {
    // Wed 25 Nov 2026.
    await given(OWNED, { end: '2026-11-25' })
    for (const day of ['2026-11-25', '2026-11-26', '2026-12-02', '2026-12-09', '2026-12-16']) {
      await on(day)
    }
    const messages = () => workspace.ledger.inChannel('C0CONTRACTS')
    const [root, ...replies] = messages()
    expect(replies.map(({ threadTs }) => threadTs)).toEqual(replies.map(() => root?.ts))
    // The day after, the fifth working day and the second week are shown to the channel as well.
    expect(replies.map(({ broadcast }) => broadcast)).toEqual([true, true, true, false])
    const before = replies.map(({ text }) => text)
    expect(before.map((text) => text.split('\n')[0])).toEqual([
      expect.stringMatching(/^Still supplied\? Ended Wed 25 Nov \(1 day\)/),
      expect.stringMatching(/^Still supplied\? Ended 25 Nov \(7 days\)/),
      expect.stringMatching(/^Supplied\? Ended 25 Nov \(14 days ago\)|^Still supplied\? /),
      expect.stringMatching(/\(21 days\)|\(21 days ago\)/),
    ])
    await answerSupply(setup.db.pool, await acting(PEOPLE.owner, '2026-12-16'), await id(), true)
    await deliver()
    const [rewritten, ...kept] = messages()
    expect(rewritten?.text).toContain(
      'Still supplied: Olive Owner, Mon 23 Nov 2026. £440 out of contract since Thu 26 Nov 2026',
    )
    expect(rewritten?.text.split('\n')[0]).toMatch(/^Out of contract since 26 Nov \(20 days\)/)
    expect(kept.map(({ text }) => text)).toEqual(before)
    // Asked again after the end: in the thread, with what had been promised.
    await on('2026-12-23')
    await acknowledges('2026-12-23')
    await on('2026-12-29')
    const last = messages().at(-1)
    expect(last).toMatchObject({ threadTs: root?.ts, broadcast: false })
    expect(last?.text).toContain(
      'Asked again: acknowledged by Olive Owner on Wed 23 Dec 2026 until Tue 29 Dec 2026, and nothing followed.',
    )
  })

  test('a snooze that ends is asked again and escalated to nobody', async () => {
    await given(BOTH)
    await on(MONDAY)
    const actor = await acting(PEOPLE.owner, MONDAY)
    await snooze(setup.db.pool, actor, await id(), day('2026-12-07'), null)
    await on('2026-12-07')
    expect(texts('C0CONTRACTS')).toHaveLength(2)
    expect(texts('C0ESCALATION')).toEqual([])
  })

  test('an end that comes with nobody on it is escalated on its day, once; its question unanswered once more', async () => {
    // Wed 25 Nov 2026.
    await given(BOTH, { end: '2026-11-25' })
    await on('2026-11-24')
    expect(texts('C0ESCALATION')).toEqual([])
    await on('2026-11-25')
    await on('2026-11-25')
    expect(texts('C0ESCALATION')).toHaveLength(1)
    expect(texts('C0ESCALATION')[0]).toContain('nobody has said that they are on it')
    await on('2026-11-26')
    expect(texts('C0CONTRACTS').at(-1)).toContain('is the service still being supplied?')
    expect(texts('C0ESCALATION')).toHaveLength(1)
    await on('2026-12-02')
    expect(texts('C0ESCALATION')).toHaveLength(2)
    expect(texts('C0ESCALATION')[1]).toContain('nobody has said whether it is still supplied')
    await on('2026-12-09')
    expect(texts('C0ESCALATION')).toHaveLength(2)
  })

  test('an end that somebody is on is not escalated on its day, nor a question that is answered', async () => {
    await given(BOTH, { end: '2026-11-25' })
    await on('2026-11-24')
    await acknowledges('2026-11-24')
    await on('2026-11-25')
    expect(texts('C0ESCALATION')).toEqual([])
    await setup.rows(`UPDATE alert SET state = 'open', paused_until = NULL`)
    await on('2026-11-26')
    const before = texts('C0ESCALATION').length
    await answerSupply(setup.db.pool, await acting(PEOPLE.owner, '2026-11-26'), await id(), true)
    await on('2026-12-02')
    expect(texts('C0ESCALATION')).toHaveLength(before)
  })

  test('without a channel to escalate to, the deputy is named in the team’s own', async () => {
    await setup.rows('UPDATE team SET escalation_channel = NULL')
    await given(BOTH, { end: '2026-11-25' })
    await on('2026-11-24')
    await on('2026-11-25')
    expect(texts('C0CONTRACTS').at(-1)).toContain('Deputy: <@U0DEPUTY>. Owner: <@U0OWNER>.')
  })

  test('a deputy who wants direct messages gets one', async () => {
    await given(BOTH, { end: '2026-11-25' })
    await voice(PEOPLE.deputy, 'dm')
    await on('2026-11-24')
    expect(texts('D0DEPUTY')).toEqual([])
    await on('2026-11-25')
    expect(texts('D0DEPUTY')).toEqual([expect.stringContaining('Sign cover by Wed 25 Nov (today)')])
    expect(pings('C0ESCALATION')).toEqual([])
  })
})

describe('people who leave', () => {
  test('the deputy is spoken to in place of an owner whose account is closed; an administrator hears once', async () => {
    for (const ref of ['A-1', 'A-2']) await given(BOTH, {}, ref)
    await given(OWNED, {}, 'A-3')
    workspace.places.person(PEOPLE.owner).deleted = true
    await on(MONDAY)
    const warnings = texts('C0CONTRACTS')
    expect(warnings).toHaveLength(3)
    for (const text of warnings) {
      expect(text).toContain('Owner: Olive Owner, whose Slack account is closed: name another.')
      expect(text).not.toContain('<@U0OWNER>')
    }
    expect(warnings.filter((text) => text.includes('Deputy: <@U0DEPUTY>.'))).toHaveLength(2)
    const told = workspace.ledger.inChannel('D0ADMIN')
    expect(told).toHaveLength(1)
    expect(told[0]?.text).toContain(
      '3 contracts without an owner in Slack: the account of Olive Owner is closed',
    )
    expect(told[0]?.text).toContain('1 has no deputy')
    expect(JSON.stringify(told[0]?.blocks).match(/Reassign…/g)).toHaveLength(3)
    const gone = await setup.rows('SELECT gone_on FROM person WHERE gone_on IS NOT NULL')
    expect(gone).toEqual([{ gone_on: MONDAY }])
    await on('2026-12-23')
    expect(texts('D0ADMIN')).toHaveLength(1)
  })

  test('a contract that nobody answers for any more offers to name an owner first', async () => {
    await given(BOTH)
    workspace.places.person(PEOPLE.owner).deleted = true
    workspace.places.person(PEOPLE.deputy).deleted = true
    await on(MONDAY)
    const [message] = workspace.ledger.inChannel('C0CONTRACTS')
    expect(JSON.stringify(message?.blocks)).toContain('Name an owner')
    expect(texts('D0ADMIN')).toHaveLength(2)
  })

  test('a closed account is asked for once an hour, not for each message', async () => {
    for (let n = 0; n < 4; n += 1) await given(OWNED, {}, `A-${n}`)
    await on(MONDAY)
    const first = asked('users.info')
    workspace.places.person(PEOPLE.owner).deleted = true
    await on('2026-11-24')
    await given(OWNED, { end: '2026-12-25' }, 'A-9')
    await on('2026-11-25')
    expect(asked('users.info')).toBe(first)
    expect(texts('C0CONTRACTS').at(-1)).toContain('Owner: <@U0OWNER>.')
    waited = 61 * 60_000
    await on('2026-12-23')
    expect(texts('C0CONTRACTS').at(-1)).toContain('whose Slack account is closed')
  })

  test('a direct message to a closed account is not sent, and the next warning speaks to the deputy', async () => {
    await given(BOTH)
    await voice(PEOPLE.owner, 'dm')
    await setup.sweep(MONDAY)
    workspace.places.person(PEOPLE.owner).deleted = true
    await deliver()
    expect(texts('D0OWNER')).toEqual([])
    expect(texts('C0ESCALATION')).toEqual([])
    expect(texts('C0CONTRACTS')[0]).toContain('Deputy: <@U0DEPUTY>.')
  })

  test('where Slack does not say, the owner is mentioned all the same', async () => {
    await given(BOTH)
    workspace.places.scopes.delete('users:read')
    await on(MONDAY)
    expect(texts('C0CONTRACTS')[0]).toContain('Owner: <@U0OWNER>.')
  })

  test('an owner whom the register names by address is found in Slack and mentioned', async () => {
    const named = { owner: 'O. Owner', ownerEmail: 'olive.owner@trust.example' }
    await setup.import([draft('A-1', { end: endOn('2027-01-22'), ...named })], MONDAY)
    await setup.rows(`DELETE FROM delivery WHERE purpose = 'triage'`)
    await on(MONDAY)
    expect(texts('C0CONTRACTS')[0]).toContain('Owner: <@U0OWNER>.')
    const found = [{ slack_user: PEOPLE.owner }]
    expect(await setup.rows('SELECT slack_user FROM person')).toEqual(found)
  })
})

interface Given {
  readonly owner: string
  readonly deputy?: string
  readonly lead?: string
  readonly finance?: string
}

/** A contract that ends 60 days from Monday unless it is said otherwise, and who answers for it. */
async function given(
  { owner, deputy, lead, finance }: Given,
  { end = '2027-01-22', value = '20000' } = {},
  reference = 'A-1',
): Promise<void> {
  const contract = { end: endOn(end), supplier: null, value: asDecimal(value) }
  await setup.import([draft(reference, contract)], MONDAY, { source: `source-${reference}` })
  await setup.rows(`DELETE FROM delivery WHERE purpose = 'triage'`)
  for (const [column, user] of [
    ['owner_id', owner],
    ['deputy_id', deputy ?? null],
    ['category_lead_id', lead ?? null],
    ['finance_partner_id', finance ?? null],
  ] as const) {
    if (user === null) continue
    const person = await personOf(user)
    await setup.rows(`UPDATE contract SET ${column} = $2 WHERE reference = $1`, [reference, person])
  }
}

async function personOf(user: string): Promise<number> {
  const { realName } = workspace.places.person(user)
  const [row] = await setup.rows<{ id: number }>(
    `INSERT INTO person (organisation_id, display_name, slack_workspace, slack_user)
     VALUES ($1, $2, 'T0001', $3)
     ON CONFLICT (organisation_id, slack_workspace, slack_user) DO UPDATE SET display_name = $2
     RETURNING id`,
    [setup.organisation.id, realName, user],
  )
  if (!row) throw new Error('The person was not written.')
  return row.id
}

async function voice(user: string, how: string): Promise<void> {
  await setup.rows('UPDATE person SET voice = $2 WHERE slack_user = $1', [user, how])
}

async function acting(user: string, today: string) {
  return { ...setup.actor(today), personId: await personOf(user), via: 'slack' }
}

const id = () => setup.contractId('A-1')
const acknowledges = async (today: string) =>
  acknowledge(setup.db.pool, await acting(PEOPLE.owner, today), await id())

/** Sweeps and sends as on this day. */
async function on(today: string): Promise<void> {
  await setup.sweep(today)
  await deliver()
}

async function deliver(): Promise<void> {
  const own = { gateway, answerable: true, administrators: [PEOPLE.admin] }
  // And what a delivery raised itself.
  for (const _ of [1, 2]) await deliverDue({ ...worker(setup.db.pool, workspace), ...own })
}

const texts = (channel: string) => workspace.ledger.inChannel(channel).map(({ text }) => text)
const pings = (channel: string) =>
  texts(channel).flatMap((text) => [...text.matchAll(/<@(\w+)>/g)].map(([, user]) => user))
const asked = (method: string) =>
  workspace.ledger.calls.filter((call) => call.method === method).length
