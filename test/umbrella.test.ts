/** Umbrella agreements: each member's team is told of the end once, in its own channel. */
import { coverProduct } from '../src/actions/cover.ts'
import { extend } from '../src/actions/extend.ts'
import { linkToUmbrella, removeMember, setMembers } from '../src/actions/umbrella.ts'
import { setTeam } from '../src/database/organisation.ts'
import { importEstate } from '../src/register/import/estate.ts'
import { readMemberList } from '../src/register/import/umbrella.ts'
import { readBoard } from '../src/reports/board.ts'
import { readUmbrella, umbrellaJson } from '../src/reports/contract.ts'
import { factsOfWeek } from '../src/reports/weekly.ts'
import { addDays, type CivilDate } from '../src/rules/civil-date.ts'
import { groupedBy } from '../src/rules/text-match.ts'
import { boardLines } from '../src/text/board.ts'
import { type UmbrellaEndFacts, umbrellaAnswer, umbrellaEndMessage } from '../src/text/umbrella.ts'
import { weeklyMessage } from '../src/text/weekly.ts'
import { explain } from '../src/warnings/explain.ts'
import { simulation } from '../src/warnings/simulate.ts'
import { findMissed } from '../src/warnings/sweep.ts'
import { PEOPLE } from '../stand-in/slack/state.ts'
import { said, useBotSetup } from './support/bot-setup.ts'
import { day, endBetween, endOn } from './support/contract-facts.ts'
import type { TestDatabase } from './support/database.ts'
import { rowsAt } from './support/postgres.ts'
import { present } from './support/present.ts'
import { refusal, written } from './support/register-file.ts'
import { draft, NOW, runs, useSetup } from './support/setup.ts'

const setup = useSetup({ emptied: 'before' })

/** Ends on Wed 30 Jun 2027: told from Thu 31 Dec 2026 on, as Fri 1 Jan is a holiday 180 days before. */
const UMBRELLA = { title: 'National licences', start: day('2024-07-01'), end: endOn('2027-06-30') }

const umbrella = (on = '2026-07-01', changes: Parameters<typeof draft>[1] = {}) =>
  setup.import([draft('U-1', { ...UMBRELLA, ...changes })], on)

async function team(name: string): Promise<number> {
  const made = await setTeam(setup.db.pool, setup.organisation.id, name, {
    channel: `#${name.toLowerCase()}`,
  })
  return present(made).id
}

type Said = Parameters<typeof setMembers>[3]
const members = (on: string, said: Said) => setup.act(on, setMembers, 'U-1', said)

/** An umbrella with one member, of team Wards; the number of the team. */
async function northern(more: Partial<Said[number]> = {}) {
  await umbrella()
  const teamId = await team('Wards')
  await members('2026-07-01', [{ buyer: 'Northern', teamId, ...more }])
  return teamId
}

/** `OLD-1` is replaced by an umbrella, or was called off under it; or is no more. */
const link = (of: string, reference: string, as: 'call' | 'replaced', isSo = true) =>
  setup
    .contractId(reference)
    .then((other) => setup.act('2026-07-01', linkToUmbrella, of, other, { as, isSo }))

const extendTo = (on: string, to: string) =>
  setup.act(on, extend, 'U-1', { kind: 'option', to: day(to), from: null, cost: null })

const readOn = async (on: string, reference = 'U-1') =>
  readUmbrella(setup.db.pool, await setup.contractId(reference), day(on))

interface ToldRow {
  readonly on: CivilDate
  readonly channel: string
  readonly state: string
  readonly facts: UmbrellaEndFacts
}

const messages = () =>
  setup.rows<ToldRow>(
    `SELECT as_of::text AS on, destination AS channel, state, facts FROM delivery
     WHERE purpose = 'umbrella' ORDER BY as_of, destination, id`,
  )

const wordsOf = (message: ToldRow | undefined) => umbrellaEndMessage(present(message).facts).text

/** `2026-12-31 #wards: Northern Trust; Southern Trust` */
async function told(): Promise<string[]> {
  return (await messages()).map(
    ({ on, channel, facts }) =>
      `${on} ${channel}: ${facts.moved ? 'moved: ' : ''}${facts.members.map(({ buyer }) => buyer).join('; ')}`,
  )
}

/** Each day's messages are sent before the next. */
async function sweepDays(first: string, last = first, step = 1): Promise<void> {
  for (let on = day(first); on <= last; on = addDays(on, step)) {
    await setup.sweep(on)
    await setup.rows(`UPDATE delivery SET state = 'SENT', sent_at = now() WHERE state = 'PENDING'`)
  }
}

describe('the end of an umbrella', () => {
  test('of 200 members is told to each team once through a year, in its own channel', async () => {
    await umbrella()
    const teams = await Promise.all(Array.from({ length: 40 }, (_, at) => team(`Team ${at}`)))
    // Every 41st member has no team here.
    const named = Array.from({ length: 200 }, (_, at) => ({
      buyer: `Trust ${at}`,
      teamId: teams[at % 41] ?? null,
    }))
    await members('2026-07-01', named)
    // Each day around those on which something is due, one of each week between.
    await sweepDays('2026-07-01', '2026-09-30', 7)
    expect(await told()).toEqual([])
    // Leaves in November: told at once, as that is within 180 days.
    await members('2026-10-01', [{ buyer: 'Trust 7', to: day('2026-11-30') }])
    await sweepDays('2026-10-01', '2026-10-05')
    await sweepDays('2026-10-07', '2026-12-23', 7)
    await sweepDays('2026-12-28', '2027-01-08')
    await sweepDays('2027-01-13', '2027-02-24', 7)
    const late = { buyer: 'Late Trust', teamId: teams[3] ?? null, from: day('2027-04-01') }
    await members('2027-03-01', [late])
    await sweepDays('2027-03-01', '2027-03-05')
    await sweepDays('2027-03-10', '2027-06-23', 7)
    await sweepDays('2027-06-28', '2027-07-02')
    const all = await messages()
    const heard = all.flatMap(({ facts }) => facts.members.map(({ buyer }) => buyer))
    expect(heard).toHaveLength(201)
    expect(new Set(heard).size).toBe(201)
    const days = groupedBy(all, ({ on }): string => on)
    expect([...days].map(([on, some]) => [on, some.length])).toEqual([
      ['2026-10-01', 1],
      // The 40 channels, and the umbrella's own for those without a team.
      ['2026-12-31', 41],
      ['2027-03-01', 1],
    ])
    const [leaver] = days.get('2026-10-01') ?? []
    expect(leaver?.channel).toBe('#team 7')
    expect(wordsOf(leaver)).toContain(
      'Trust 7 leaves on Mon 30 Nov 2026: it is not covered after that.',
    )
    const inChannel = (name: string) =>
      days.get('2026-12-31')?.find(({ channel }) => channel === name)
    const numbers = (name: string) =>
      inChannel(name)?.facts.members.map(({ buyer }) => Number(buyer.replace('Trust ', '')))
    expect(numbers('#contracts')).toEqual([122, 163, 40, 81])
    expect(wordsOf(inChannel('#contracts'))).toContain(
      'No team here, so that nobody else tells them (4)',
    )
    expect(numbers('#team 0')).toEqual([0, 123, 164, 41, 82])
    const [joiner] = days.get('2027-03-01') ?? []
    expect(joiner?.channel).toBe('#team 3')
    expect(wordsOf(joiner)).toContain(
      'Late Trust is not covered before Thu 1 Apr 2027, when it joins.',
    )
  }, 240_000)

  test('is told once however often a day is swept, and by two sweeps at once', async () => {
    await umbrella()
    const wards = await team('Wards')
    const both = ['Northern', 'Southern'].map((buyer) => ({ buyer, teamId: wards }))
    await members('2026-07-01', both)
    await Promise.all([setup.sweep('2027-01-04'), setup.sweep('2027-01-04')])
    await setup.sweep('2027-01-04')
    await sweepDays('2027-01-05', '2027-02-01')
    expect(await told()).toEqual(['2027-01-04 #wards: Northern; Southern'])
  })

  test('that could not be written is told whole by the next sweep', async () => {
    await northern()
    const alter = (how: string) =>
      rowsAt((setup.db as TestDatabase).ownerUrl, `ALTER TABLE umbrella_member ${how}`)
    // The message is queued by then, and that it was told is not noted.
    await alter('ADD CONSTRAINT untold CHECK (told_end IS NULL)')
    await expect(setup.sweep('2027-01-04')).rejects.toThrow()
    await alter('DROP CONSTRAINT untold')
    expect(await told()).toEqual([])
    await setup.sweep('2027-01-05')
    expect(await told()).toEqual(['2027-01-05 #wards: Northern'])
  })

  test('after weeks without a sweep is told once, on the first day, also where it has passed', async () => {
    await northern()
    await setup.sweep('2026-08-03')
    await sweepDays('2027-07-08', '2027-07-12')
    expect(await told()).toEqual(['2027-07-08 #wards: Northern'])
    const [message] = await messages()
    expect(wordsOf(message)).toMatch(
      /^Cover ended Wed 30 Jun \(8 days ago\): National licences\nNorthwind Ltd\./,
    )
  })

  test('that moves out of sight is taken back, and told again in its time', async () => {
    await northern()
    await sweepDays('2027-01-04')
    await extendTo('2027-02-01', '2028-06-30')
    await sweepDays('2027-02-01', '2027-02-10')
    await setup.sweep('2028-01-03')
    await sweepDays('2028-01-04', '2028-01-10')
    expect(await told()).toEqual([
      '2027-01-04 #wards: Northern',
      '2027-02-01 #wards: moved: Northern',
      '2028-01-04 #wards: Northern',
    ])
    const [, moved] = await messages()
    expect(wordsOf(moved)).toContain('Told before: Wed 30 Jun 2027. That holds no more.')
  })

  test('that is moved while its message waits is told as it is now, and once', async () => {
    await umbrella()
    const wards = await team('Wards')
    const both = ['Northern', 'Southern'].map((buyer) => ({ buyer, teamId: wards }))
    await members('2026-07-01', both)
    const waiting = async () =>
      (await messages()).flatMap(({ state, facts }) =>
        state === 'PENDING'
          ? [facts.members.map(({ buyer, lastDay }) => [buyer, lastDay, facts.was, facts.moved])]
          : [],
      )
    await setup.sweep('2027-01-04')
    await members('2027-01-04', [{ buyer: 'Southern', to: day('2027-03-31') }])
    await setup.sweep('2027-01-04')
    expect(await waiting()).toEqual([
      [['Northern', '2027-06-30', null, false]],
      [['Southern', '2027-03-31', null, false]],
    ])
    await extendTo('2027-01-04', '2028-06-30')
    // Nobody was told of the end that is out of sight again.
    await setup.sweep('2027-01-04')
    expect(await waiting()).toEqual([[['Southern', '2027-03-31', null, false]]])
  })

  test('known to the month alone is told from its first day, in words that say so', async () => {
    await umbrella('2018-01-02', {
      ...{ start: day('2017-08-01'), end: endBetween('2018-06-01', '2018-06-30', 'month') },
    })
    await members('2018-01-02', [{ buyer: 'Northern', teamId: await team('Wards') }])
    await sweepDays('2018-01-02', '2018-01-10')
    const [message, ...more] = await messages()
    expect(more).toEqual([])
    expect(wordsOf(message)).toMatch(
      /^Cover may end from Fri 1 Jun \(150 days\): National licences, ends in June 2018/,
    )
  })

  test.each([
    ['has left', { to: day('2026-12-31') }, 'Northern is not covered: it left on Thu 31 Dec 2026.'],
    [
      'joins after the end',
      { from: day('2027-09-01') },
      'Northern is not covered: it joins on Wed 1 Sep 2027, after the end.',
    ],
    [
      'has days that nobody could read',
      { unread: 'to: when merged' },
      'Northern counts as not covered: its list says “to: when merged”',
    ],
  ])('tells a member that %s that it is not covered', async (_, said, words) => {
    await northern(said)
    await setup.sweep('2027-01-04')
    const [message] = await messages()
    expect(wordsOf(message)).toContain(words)
    const { members: shown } = umbrellaJson(await readOn('2027-01-04'))
    expect(shown).toMatchObject([{ buyer: 'Northern', covered: false }])
  })

  test('is told anew where a member leaves earlier than it was told, and to its new team', async () => {
    await northern()
    const theatres = await team('Theatres')
    await sweepDays('2027-01-04')
    await members('2027-01-05', [{ buyer: 'Northern', to: day('2027-03-31') }])
    await sweepDays('2027-01-06')
    await members('2027-01-07', [{ buyer: 'Northern', teamId: theatres }])
    await sweepDays('2027-01-08', '2027-01-15')
    expect(await told()).toEqual([
      '2027-01-04 #wards: Northern',
      '2027-01-06 #wards: Northern',
      '2027-01-08 #theatres: Northern',
    ])
  })

  test('of what nobody watches, and what is held by a first import, is not told', async () => {
    await northern()
    await setup.rows(`UPDATE team SET ladders_from = '2027-01-18' WHERE is_default`)
    await sweepDays('2027-01-04', '2027-01-15')
    expect(await told()).toEqual([])
    await setup.rows('UPDATE contract SET watched = false')
    await setup.sweep('2027-01-18')
    expect(await told()).toEqual([])
    await setup.rows('UPDATE contract SET watched = true')
    await setup.sweep('2027-01-19')
    expect(await told()).toEqual(['2027-01-19 #wards: Northern'])
  })

  test('that a sweep should have told and has not is found by the check of the watch itself', async () => {
    await northern()
    await setup.sweep('2027-01-04')
    const { db, organisation, rulesOf } = setup
    const of = { organisationId: organisation.id, rulesOf }
    const missed = async () => findMissed(db.pool, of, [await setup.team('Wards')])
    expect(await missed()).toEqual([])
    await setup.rows('UPDATE umbrella_member SET told_end = NULL')
    expect(await missed()).toEqual(['U-1 (its members)'])
    // Said after that sweep: the next one tells it.
    await setup.rows(`UPDATE umbrella_member SET changed_on = '2027-01-04'`)
    expect(await missed()).toEqual([])
  })
})

describe('what is told of an umbrella', () => {
  test('simulate says beforehand, message by message, and explain says why', async () => {
    await umbrella()
    const wards = await team('Wards')
    const labs = await team('Labs')
    const western = { buyer: 'Western', teamId: labs, to: day('2026-11-30') }
    const three = [{ buyer: 'Northern', teamId: wards }, western, { buyer: 'Alone' }]
    await members('2026-07-01', three)
    const id = await setup.contractId('U-1')
    const { db, organisation, rulesOf } = setup
    const span = { from: day('2026-07-01'), to: day('2027-07-30') }
    const { messages: simulated, weeks } = await simulation(db.pool, {
      ...{ organisationId: organisation.id, rulesOf, sourceId: null, held: true, ...span },
    })
    const coming = simulated.filter(({ kind }) => kind === 'umbrella')
    const before = await explain(db.pool, organisation.id, id, day('2026-07-01'), rulesOf)
    await setup.sweepAround(
      '2026-07-01',
      '2027-07-02',
      coming.map(({ on }) => on),
    )
    const sent = await messages()
    expect(coming.map(({ on, messageId }) => `${on} ${messageId.split('/')[1]}`)).toEqual(
      sent.map(({ on, channel }) => `${on} ${channel}`),
    )
    expect(coming.map(({ text }) => text)).toEqual(
      sent.map(({ facts }) => umbrellaEndMessage(facts).text),
    )
    expect(weeks.reduce((sum, each) => sum + each.messages, 0)).toBeGreaterThanOrEqual(3)
    expect(before.members).toMatchObject({ told: 0, of: 3, silent: null })
    expect(before.members?.next.map(({ on, team: whose, buyers }) => [on, whose, buyers])).toEqual(
      sent.map(({ on, channel, facts }) => [
        on,
        expect.stringMatching(new RegExp(channel === '#contracts' ? '.' : channel.slice(1), 'i')),
        facts.members.map(({ buyer }) => buyer),
      ]),
    )
    const after = await explain(db.pool, organisation.id, id, day('2027-07-01'), rulesOf)
    expect(after.members).toEqual({
      ...{ told: 3, of: 3, next: [], silent: 'each was told of the last day that stands' },
    })
  })

  test('a team hears which products of its own the agreement does not name', async () => {
    await northern()
    await setup.act('2026-07-01', coverProduct, 'U-1', {
      ...{ product: 'Windows Server', release: '2012', kind: 'extended-support', count: null },
      custom: true,
    })
    const rows = ['Windows Server,2012,4', 'Windows Server,2008 R2 SP1,2', 'PostgreSQL,17,9']
    const file = written('wards.csv', ['Product,Release,Count', ...rows].join('\n'))
    await importEstate(setup.db.pool, file, {
      ...{ organisationId: setup.organisation.id, source: null, team: await setup.team('Wards') },
      ...{ today: day('2026-07-01'), now: NOW, via: 'import', byPersonId: null },
    })
    expect(umbrellaJson(await readOn('2026-07-01')).notNamed).toEqual([
      { team: 'Wards', names: ['Microsoft Windows Server 2008 R2 SP1'] },
    ])
    await setup.sweep('2027-01-04')
    const [row] = await messages()
    expect(wordsOf(row)).toContain(
      'In use and not covered, as the agreement does not name it: Microsoft Windows Server 2008 R2 SP1.',
    )
  })
})

describe('an umbrella', () => {
  test('replaces what names it, and nothing that a pattern of its reference fits', async () => {
    const pairs = [
      ['U_1', 'UX1'],
      ['V%1', 'V-21'],
      ['W\\1', 'W1'],
    ] as const
    for (const [reference, other] of pairs) {
      const own = runs(`${reference} old`, null, '2024-12-31', {
        successor: reference.toLowerCase(),
      })
      const alike = runs(`${reference} other`, null, '2024-12-31', { successor: other })
      await setup.import([draft(reference, UMBRELLA), own, alike], '2026-07-01')
      const { replaces } = await readOn('2026-07-01', reference)
      expect(replaces.map((each) => each.reference)).toEqual([`${reference} old`])
    }
  })

  test('names its members, what it replaces and what was called off under it', async () => {
    const old = runs('OLD-1', null, '2026-12-31')
    const older = runs('OLD-2', null, '2024-12-31', { successor: 'U-1' })
    await setup.import([draft('U-1', UMBRELLA), old, older, draft('CALL-1')], '2026-07-01')
    await link('U-1', 'OLD-1', 'replaced')
    await link('U-1', 'CALL-1', 'call')
    const southern = { teamId: await team('Wards'), from: day('2026-08-01') }
    const northern = { buyer: 'Northern Trust' }
    await members('2026-07-01', [{ buyer: 'Southern Trust', ...southern }, northern])
    const read = await readOn('2026-07-01')
    expect(umbrellaJson(read)).toEqual({
      reference: 'U-1',
      members: [
        { buyer: 'Northern Trust', team: null, from: null, to: null, covered: true },
        { buyer: 'Southern Trust', team: 'Wards', from: '2026-08-01', to: null, covered: false },
      ],
      replaces: [
        { reference: 'OLD-1', currentEnd: '2026-12-31' },
        { reference: 'OLD-2', currentEnd: '2024-12-31' },
      ],
      calls: [{ reference: 'CALL-1' }],
    })
    const contract = { reference: 'U-1', title: 'National licences', supplier: 'Northwind Ltd' }
    const { text } = umbrellaAnswer({
      ...{ query: 'umbrella U-1', shared: false, hidePrices: false, contract, umbrella: read },
    })
    expect(text).toContain('Covers 2 organisations, 1 of them not covered today.')
    expect(text).toContain('OLD-1: still paid beside it until Thu 31 Dec 2026')
    // What is replaced keeps its own dates: it may renew, and is paid, until somebody ends it.
    const kinds =
      await setup.values(`SELECT kind FROM deadline d JOIN contract c ON c.id = d.contract_id
      WHERE c.reference = 'OLD-1' AND settled_why IS NULL`)
    expect(kinds).toEqual(['end'])
    await expect(link('U-1', 'OLD-1', 'replaced')).rejects.toThrow('already')
    await link('U-1', 'CALL-1', 'call', false)
    const again = link('U-1', 'CALL-1', 'call', false)
    await expect(again).rejects.toThrow('is not called off under U-1')
    const remove = (name: string) => setup.act('2026-07-01', removeMember, 'U-1', name)
    await remove('northern trust')
    await expect(remove('Northern Trust')).rejects.toThrow('does not cover')
    expect(umbrellaJson(await readOn('2026-08-01'))).toMatchObject({
      members: [{ buyer: 'Southern Trust', covered: true }],
      calls: [],
    })
    const early = members('2026-07-01', [{ buyer: 'Southern Trust', to: day('2026-07-15') }])
    await expect(early).rejects.toThrow('before it joins')
  })

  test.each(['replaced', 'call'] as const)(
    'hangs on itself by way of no other contract (%s)',
    async (as) => {
      await setup.import([draft('R-1'), draft('R-2'), draft('R-3'), draft('R-4')], '2026-07-01')
      await link('R-2', 'R-1', as)
      await link('R-3', 'R-2', as)
      await link('R-4', 'R-3', as)
      const [far, near] = [
        /R-1 is itself .* R-4, by way of R-2 and R-3\./,
        /R-1 is itself .* R-2\./,
      ]
      await expect(link('R-1', 'R-4', as)).rejects.toThrow(far)
      await expect(link('R-1', 'R-2', as)).rejects.toThrow(near)
      // What stands is taken back all the same.
      await link('R-3', 'R-2', as, false)
      await link('R-1', 'R-4', as)
    },
  )

  test('hangs on no other that hangs on it, however many lie between and whoever linked them', async () => {
    const four = ['U-1', 'U-2', 'U-3', 'R-2'].map((reference) => draft(reference, UMBRELLA))
    const first = draft('R-1', { ...UMBRELLA, successor: 'R-2' })
    const last = draft('R-3', { ...UMBRELLA, predecessor: 'R-2' })
    await setup.import([...four, first, last], '2026-07-01')
    for (const as of ['call', 'replaced'] as const) {
      const words = as === 'call' ? 'called off under' : 'replaced by'
      await link('U-2', 'U-1', as)
      await expect(link('U-1', 'U-2', as)).rejects.toThrow(`U-1 is itself ${words} U-2.`)
      await link('U-3', 'U-2', as)
      await expect(link('U-1', 'U-3', as)).rejects.toThrow(
        `U-1 is itself ${words} U-3, by way of U-2.`,
      )
      // Of two links at once that close a circle one is refused.
      const both = await Promise.allSettled([link('R-1', 'U-3', as), link('U-1', 'R-1', as)])
      expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    }
    // As a register says it of either.
    await expect(link('R-1', 'R-3', 'replaced')).rejects.toThrow(
      'R-1 is itself replaced by R-3, by way of R-2.',
    )
  })

  test('is counted with its members in the weekly summary and on the board', async () => {
    await umbrella()
    const southern = { buyer: 'Southern', from: day('2027-01-01') }
    await members('2026-07-01', [{ buyer: 'Northern' }, southern])
    const { organisation, rulesOf } = setup
    const facts = await factsOfWeek(setup.db.pool, {
      ...{ organisationId: organisation.id, rules: rulesOf(organisation), rulesOf, team: null },
      ...{ slot: day('2026-11-23'), hoursLate: null },
    })
    const board = await readBoard(setup.db.pool, {
      ...{ organisationId: organisation.id, calendar: organisation.calendar, rulesOf },
      ...{ today: day('2026-11-23'), questions: { open: 0, asked: 0 } },
    })
    expect(boardLines(board).join(' ')).toContain('1 umbrella agreement for 2 organisations')
    expect(facts.umbrellas).toEqual({ agreements: 1, members: 2, uncovered: 1 })
    expect(weeklyMessage(facts).text).toContain(
      '1 umbrella agreement for 2 organisations, 1 of them not covered today.',
    )
  })

  test('that an import took away takes its members with it, and nobody else’s', async () => {
    await umbrella()
    await members('2026-07-01', [{ buyer: 'Northern' }])
    await setup.rows('DELETE FROM contract')
    expect(await setup.rows('SELECT FROM umbrella_member')).toEqual([])
  })
})

describe('a list of members', () => {
  const read = async (text: string) => readMemberList(written('members.csv', text), null)

  test('is read under several headings, with days in the order that the file settles', async () => {
    const list = await read(
      'Agreement;Trust name;Our team;Joined on;Leaves on\nU-1;Northern;Wards;13/07/2026;\nU-1;Southern;;01/08/2026;30/09/2026\n',
    )
    expect(list.problems).toEqual([])
    const of = { reference: 'U-1', unread: null }
    const northern = { buyer: 'Northern', team: 'Wards', from: '2026-07-13', to: null }
    const southern = { buyer: 'Southern', team: null, from: '2026-08-01', to: '2026-09-30' }
    expect(list.members).toEqual([
      { at: '2', ...of, ...northern },
      { at: '3', ...of, ...southern },
    ])
  })

  test('keeps whom it cannot read as not covered, and names the row', async () => {
    const list = await read(
      [
        'reference,organisation,team,from,to,Notes',
        'U-1,Northern,,2026-07-01,when merged,x',
        'U-1,Southern,,2027-07-01,2026-07-01,x',
        'U-1,Eastern,,2026-07-01,,x',
        'U-1,EASTERN,,2026-08-01,,x',
        'U-1,Western,,2026-07-01,June 2027,x',
        'U-1,,,2026-07-01,,x',
        'U-1,Total,,,,x',
        'U-1,Northern Isles,,2026-07-01,ongoing,x',
      ].join('\n'),
    )
    expect(list.members.map(({ buyer, from, to, unread }) => [buyer, from, to, unread])).toEqual([
      ['Northern', '2026-07-01', null, 'to: when merged'],
      ['Southern', null, null, 'from 2027-07-01 to 2026-07-01'],
      ['Eastern', null, null, 'rows 4 and 5 of its list differ'],
      ['Western', '2026-07-01', '2027-06-01', null],
      ['Northern Isles', '2026-07-01', null, null],
    ])
    expect(list.problems.map(({ at, field, severity }) => [at, field, severity])).toEqual([
      ['1', 'Notes', 'note'],
      ['2', 'to', 'question'],
      ['3', 'to', 'question'],
      ['6', 'to', 'question'],
      ['7', 'organisation', 'error'],
      ['8', 'organisation', 'note'],
      ['4', null, 'question'],
    ])
  })

  test.each(['everyone except York', 'Left: Wakefield', 'not yet joined: Rotherham', 'Harrogate?'])(
    'takes no words for an organisation that is covered: %s',
    async (words) => {
      const { members, problems } = await read(`reference,organisation\nU-1,${words}\n`)
      expect(members).toMatchObject([{ buyer: words, unread: `organisation: ${words}` }])
      expect(problems.filter(({ severity }) => severity === 'question')).toHaveLength(1)
    },
  )

  test.each(['5 other ICBs', 'All trusts in West Yorkshire', 'Hull; Selby', 'Vacant'])(
    'nor takes several or none for one: %s',
    async (words) => {
      const { members } = await read(`reference,organisation\nU-1,${words}\n`)
      expect(members).toMatchObject([{ unread: `organisation: ${words}` }])
    },
  )

  test.each([
    ...['tbc', 'TBC - second wave', 'various trusts', 'n/a', 'as per Schedule 2', 'Vacant'],
    ...['not specified', 'all trusts in Kent', 'Hull; Selby', 'to be confirmed', '?'],
  ])('nor does anybody type them as a member: %s', async (words) => {
    await umbrella()
    const refused = /is no organisation, or several|Which organisation/
    await expect(members('2026-07-01', [{ buyer: words }])).rejects.toThrow(refused)
    expect(await setup.rows('SELECT 1 FROM umbrella_member')).toEqual([])
    // One that a list brought stays as it is, and can be taken out.
    const listed = { buyer: words, unread: `organisation: ${words}` }
    if (words !== '?') {
      await members('2026-07-01', [listed])
      const leaves = members('2026-07-02', [{ buyer: words, to: day('2027-01-01') }])
      await expect(leaves).rejects.toThrow(refused)
      await setup.act('2026-07-02', removeMember, 'U-1', words)
    }
  })

  test.each([
    ...['Leeds & Bradford NHS Trust', 'Perth and Kinross Council', 'Seescape', 'Leftwich Council'],
    ...[
      'Allerdale Borough Council',
      'Members Mutual Ltd',
      'All Saints Academy',
      '2gether NHS Trust',
    ],
  ])('a name is a name: %s', async (name) => {
    const { members } = await read(`reference,organisation\nU-1,${name}\n`)
    expect(members).toMatchObject([{ buyer: name, unread: null }])
  })

  test('without organisations, or with days of an order that nothing settles, is refused', async () => {
    const none = 'reference,from\nU-1,2026-07-01'
    const either = 'organisation,from\nNorthern,03/04/2026'
    await expect(read(none)).rejects.toThrow('no column of organisations')
    await expect(read(either)).rejects.toThrow('Give --dates dmy')
    const picture = written('picture.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47]))
    expect(await refusal(picture)).not.toBe('')
  })
})

const REGISTER = `Reference,Title,Supplier,Owner email,Start,End,Value,Processes personal data,Shared with,DPIA reference,DPIA review date
C-100,National licences,Acme Ltd,olive.owner@trust.example,2024-01-01,2026-12-07,20000,yes,Meta; Hotjar,DPIA-7,2026-03-02
C-200,Linen hire,Beta plc,olive.owner@trust.example,2024-01-01,2027-12-07,20000,no,,,
`

describe('in Slack', () => {
  const bot = useBotSetup('http', REGISTER, {
    quiet: true,
    prepare: async (it) => {
      const ping = { buyer: '<!channel> *Trust*', from: day('2026-12-01') }
      await it.act('2026-11-23', setMembers, 'C-100', [{ buyer: 'Northern Trust' }, ping])
      const replaced = await it.contractId('C-200')
      await it.act('2026-11-23', linkToUmbrella, 'C-100', replaced, { as: 'replaced', isSo: true })
      await it.tell()
    },
  })
  const type = async (text: string) => said(await bot.type(PEOPLE.owner, text))

  test('an umbrella is shown by its command, on its card and in a list', async () => {
    const shown = await type('umbrella C-100')
    expect(shown).toContain('Umbrella agreement: National licences (Acme Ltd)')
    expect(shown).toContain('Covers 2 organisations, 1 of them not covered today.')
    expect(shown).toContain('is not covered before Tue 1 Dec 2026, when it joins.')
    expect(shown).toContain('C-200: still paid beside it until Tue 7 Dec 2027')
    expect(shown).not.toContain('<!channel>')
    expect(await type('show C-100')).toContain(
      'Covers 2 organisations, 1 of them not covered today.',
    )
    expect(await type('show C-200')).toContain('Replaced by C-100; its own dates stand')
    expect(await type('umbrella C-200')).toContain('It covers no organisations here')
    const listed = await type('list umbrella agreements')
    expect(listed).toContain('C-100')
    expect(listed).not.toContain('C-200')
    expect(await type('umbrella')).toContain('Which contract?')
  })

  test('personal data is listed for a data-protection officer, and on the card', async () => {
    const list = await type('personal-data')
    expect(list).toContain('1 running contract with personal data, 1 with something to put right.')
    expect(list).toContain('shared with Meta; Hotjar; assessment DPIA-7; review due Mon 2 Mar 2026')
    expect(await type('personal-data team Nowhere')).toContain('No team is called')
    expect(await type('show C-100')).toContain(
      'Shares it with Meta; Hotjar. Impact assessment DPIA-7.',
    )
  })

  test('the channel of a member reads its end once, without a ping from a name', async () => {
    await bot.sweep('2026-11-24')
    await bot.tell()
    const heard = bot.workspace.ledger.messages.filter(({ text }) => text.startsWith('Cover ends'))
    expect(heard).toHaveLength(1)
    expect(heard[0]?.text).toContain('Cover ends Mon 7 Dec (14 days): National licences')
    expect(JSON.stringify(heard[0])).not.toContain('<!channel>')
  })
})
