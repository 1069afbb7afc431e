/** Channels that hear warnings besides the team's own, because they subscribed. */

import { setTeam } from '../src/database/organisation.ts'
import { addDays } from '../src/rules/civil-date.ts'
import { isWanted, type WarnedContract } from '../src/rules/subscription.ts'
import { PEOPLE, type PostedMessage } from '../stand-in/slack/state.ts'
import { said, TODAY, useBotSetup } from './support/bot-setup.ts'
import { day } from './support/contract-facts.ts'
import { present } from './support/present.ts'

describe('a subscription wants what fits all that it says', () => {
  const contract: WarnedContract = {
    teamId: 7,
    ownerId: 1,
    deputyId: 2,
    categoryLeadId: null,
    unowned: false,
    supplierKey: 'acme medical ltd',
    words: ['c-100', 'cleaning of wards', 'acme medical ltd'],
    emergency: false,
    unclassified: true,
  }
  const end = { kind: 'emergency-end', on: day('2026-12-01'), latest: day('2026-12-01') } as const
  const on = (date: string) => day(date)

  test.each([
    [{}, true],
    [{ people: [2] }, true],
    [{ people: [3] }, false],
    [{ owners: [2] }, false],
    [{ teams: [7, 8] }, true],
    [{ teams: [] }, false],
    [{ supplier: 'medical' }, true],
    [{ supplier: 'medical', teams: [8] }, false],
    [{ text: 'wards' }, true],
    [{ text: 'linen' }, false],
    [{ kind: 'end' as const }, true],
    [{ kind: 'notice' as const }, false],
    [{ days: 8 }, true],
    [{ days: 7 }, false],
    [{ state: 'unclassified' as const }, true],
    [{ state: 'unowned' as const }, false],
    [{ state: 'overdue' as const }, false],
  ])('%j: %s', (wanted, fits) => {
    expect(isWanted(wanted, contract, [end], on('2026-11-23'))).toBe(fits)
  })

  test('what has lapsed is overdue and out of contract from the day after', () => {
    for (const state of ['overdue', 'out-of-contract'] as const) {
      expect(isWanted({ state }, contract, [end], on('2026-12-01'))).toBe(false)
      expect(isWanted({ state }, contract, [end], on('2026-12-02'))).toBe(true)
    }
  })
})

const REGISTER = `Reference,Title,Supplier,Owner email,Team,Start,End,Value
A-1,Cleaning,Acme Ltd,olive.owner@trust.example,Estates,2024-01-01,2026-12-22,20000
A-2,Catering,Acme Ltd,,Estates,2024-01-01,2026-12-22,20000
B-1,Linen hire,Beta plc,lena.lead@trust.example,Estates,2024-01-01,2026-12-22,20000
`

describe('a channel that subscribes', () => {
  const setup = useBotSetup('socket', REGISTER, {
    async prepare({ rows, db, organisation }) {
      await setTeam(db.pool, organisation.id, 'Estates', { channel: '#contracts' })
      await rows(`UPDATE contract SET team_id = (SELECT id FROM team WHERE name = 'Estates')`)
    },
  })
  beforeEach(async () => {
    for (const table of ['subscription', 'delivery', 'alert']) {
      await setup.rows(`DELETE FROM ${table}`)
    }
    await setup.rows('UPDATE team SET last_swept_on = NULL, ladders_from = NULL')
    await setup.rows(`UPDATE contract SET next_rung_on = '2026-11-23'`)
  })

  const as = (who: string) => setup.workspace.as(who)
  const typed = async (who: string, text: string, place = 'C0ESCALATION') =>
    said(await as(who).command('/contracts', text, place))
  const heard = (channel: string, since: number) =>
    setup.workspace.ledger
      .inChannel(channel)
      .slice(since)
      // Two of them end together, so that they share a message.
      .flatMap(({ text }: PostedMessage) => [
        ...new Set(text.match(/Cleaning|Catering|Linen/g) ?? ['']),
      ])
      .sort((a, b) => a.localeCompare(b))
  const count = (channel: string) => setup.workspace.ledger.inChannel(channel).length
  const sweepOn = async (offset: number) => {
    await setup.sweep(addDays(TODAY, offset))
    await setup.deliver()
  }

  test('hears what fits, once each, besides the team’s own channel', async () => {
    expect(await typed(PEOPLE.colleague, 'subscribe supplier Acme')).toContain('#escalation hears')
    await typed(PEOPLE.colleague, 'subscribe unowned')
    const [own, other] = [count('C0CONTRACTS'), count('C0ESCALATION')]
    const foreseen = await typed(PEOPLE.colleague, 'preview 1d')
    expect(foreseen).toContain('Cleaning')
    expect(foreseen).not.toContain('Linen')
    await sweepOn(0)
    await sweepOn(0)
    expect(heard('C0CONTRACTS', own)).toEqual(['Catering', 'Cleaning', 'Linen'])
    expect(heard('C0ESCALATION', other)).toEqual(['Catering', 'Cleaning'])
    const texts = setup.workspace.ledger.inChannel('C0ESCALATION').slice(other)
    expect(JSON.stringify(texts)).not.toContain(`<@${PEOPLE.owner}>`)
    expect(JSON.stringify(setup.workspace.ledger.inChannel('C0CONTRACTS').slice(own))).toContain(
      `<@${PEOPLE.owner}>`,
    )
  })

  test('is not told twice where it is the team’s own, under whatever name', async () => {
    await typed(PEOPLE.colleague, 'subscribe', 'C0CONTRACTS')
    const own = count('C0CONTRACTS')
    await sweepOn(0)
    expect(heard('C0CONTRACTS', own)).toEqual(['Catering', 'Cleaning', 'Linen'])
  })

  test('is not told twice where it is the one above, to which it is escalated', async () => {
    await typed(PEOPLE.colleague, 'subscribe')
    const { db, organisation } = setup
    await setTeam(db.pool, organisation.id, 'Estates', { escalationChannel: '#escalation' })
    try {
      await sweepOn(0)
      const other = count('C0ESCALATION')
      await sweepOn(29)
      expect(heard('C0ESCALATION', other)).toEqual(['Catering', 'Cleaning', 'Linen'])
    } finally {
      await setTeam(db.pool, organisation.id, 'Estates', { escalationChannel: null })
    }
  })

  test('that ended its subscription hears no more, nor what waits to be sent', async () => {
    await typed(PEOPLE.colleague, 'subscribe')
    const other = count('C0ESCALATION')
    await setup.sweep(TODAY)
    expect(await typed(PEOPLE.owner, 'unsubscribe #nowhere')).toContain('you are not in it')
    expect(await typed(PEOPLE.owner, 'unsubscribe supplier Acme')).toContain('use subscriptions')
    expect(await typed(PEOPLE.owner, 'unsubscribe')).toContain('The subscription is ended')
    expect(await typed(PEOPLE.owner, 'unsubscribe')).toContain('nothing to end')
    await setup.deliver()
    await sweepOn(16)
    expect(heard('C0ESCALATION', other)).toEqual([])
  })

  test('lists what it has, and ends one of them by its button', async () => {
    await typed(PEOPLE.owner, 'subscribe mine')
    await typed(PEOPLE.owner, 'subscribe supplier "Tom & Co <x>"')
    const seen = await as(PEOPLE.colleague).command('/contracts', 'subscriptions', 'C0ESCALATION')
    expect(said(seen)).toContain('of Olive Owner')
    const list = present(seen.ephemerals[0])
    expect(said(seen)).toContain('supplier "Tom &amp; Co &lt;x&gt;"')
    const rows = await setup.rows('SELECT min(id) AS id FROM subscription')
    const value = JSON.stringify([1, 'unsubscribe', (rows[0] as { id: number }).id])
    const after = await as(PEOPLE.colleague).press(list, 'lw.unsubscribe', value)
    expect(said(after)).not.toContain('of Olive Owner')
    expect(said(after)).toContain('1 subscription')
  })

  test('may be a direct message', async () => {
    const direct = as(PEOPLE.colleague).direct().id
    expect(await typed(PEOPLE.colleague, 'subscribe team Estates', direct)).toContain('hears')
    const before = count(direct)
    await sweepOn(0)
    expect(heard(direct, before)).toEqual(['Catering', 'Cleaning', 'Linen'])
  })

  test('reads no prices where guests are in it', async () => {
    await typed(PEOPLE.colleague, 'subscribe supplier Beta', 'C0GUESTS')
    const before = count('C0GUESTS')
    await sweepOn(0)
    const [message] = setup.workspace.ledger.inChannel('C0GUESTS').slice(before)
    expect(message?.text).toContain('Linen')
    expect(JSON.stringify(message)).not.toContain('20,000')
  })

  test('is told of many contracts in one message', async () => {
    const { pool } = setup.database
    await typed(PEOPLE.colleague, 'subscribe')
    await pool.query(
      `INSERT INTO contract (organisation_id, team_id, source_id, external_id, reference, reference_key, title,
         start, end_kind, end_precision, end_earliest, end_latest, current_earliest, current_latest,
         first_seen_on, next_rung_on, automatic_renewal)
       SELECT organisation_id, team_id, source_id, 'x' || n, 'X-' || n, 'x-' || n, title, start, end_kind,
         end_precision, end_earliest, end_latest, current_earliest, current_latest, first_seen_on, '2026-11-23', false
       FROM contract, generate_series(1, 6) n WHERE reference = 'A-1'`,
    )
    const before = count('C0ESCALATION')
    await sweepOn(0)
    expect(count('C0ESCALATION') - before).toBe(1)
    await pool.query(`DELETE FROM contract WHERE reference LIKE 'X-%'`)
  })

  test.each([
    ['a guest', PEOPLE.guest, 'subscribe', 'C0GUESTS', 'full members'],
    ['a stranger', PEOPLE.outsider, 'subscribe', 'C0SHARED', 'full members'],
    ['somebody who is not in it', PEOPLE.colleague, 'subscribe #board', 'C0CONTRACTS', 'not part'],
    [
      'a team that is none',
      PEOPLE.owner,
      'subscribe team Radiology',
      'C0CONTRACTS',
      'No team is called',
    ],
    [
      'a state that is never warned of',
      PEOPLE.owner,
      'subscribe undated',
      'C0CONTRACTS',
      'never warned of',
    ],
    [
      'an owner whom nobody knows',
      PEOPLE.owner,
      'subscribe owner Zed',
      'C0CONTRACTS',
      'Nobody of that name',
    ],
  ])('%s is refused, and nothing is kept', async (_, who, text, place, told) => {
    expect(await typed(who, text, place)).toContain(told)
    const rows = await setup.rows('SELECT FROM subscription')
    expect(rows).toEqual([])
  })

  test('of which the asker is not a part cannot be made to listen', async () => {
    const { places } = setup.workspace
    places.addChannel({ id: 'C0ELSE', name: 'elsewhere', member: true, people: [PEOPLE.admin] })
    expect(await typed(PEOPLE.colleague, 'subscribe #elsewhere')).toContain('join it first')
    expect(await typed(PEOPLE.admin, 'subscribe #elsewhere')).toContain('#elsewhere hears')
    expect(await typed(PEOPLE.admin, 'subscribe #elsewhere')).toContain('already')
  })
})
