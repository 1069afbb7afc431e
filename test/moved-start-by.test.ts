/** A day that rules move, of a contract of which nothing is news: what was told and decided still counts. */

import { acknowledge } from '../src/actions/acknowledge.ts'
import { decide } from '../src/actions/decide.ts'
import { changeRules, setNamedTeam, setting, WHOLE_ORGANISATION } from '../src/actions/settings.ts'
import { weeklyFacts } from '../src/reports/weekly-lists.ts'
import { asDecimal } from '../src/rules/money.ts'
import { ruleKeyNamed } from '../src/rules/settings-text.ts'
import { day, endBetween, endOn } from './support/contract-facts.ts'
import { draft, useSetup } from './support/setup.ts'

const setup = useSetup({ emptied: 'before' })

/** To Fri 31 Mar 2028: start by Wed 28 Jul 2027 if tendered, by Thu 23 Dec 2027 by framework. */
const LARGE = { value: asDecimal('900000'), route: null, end: endOn('2028-03-31') } as const

const set = (name: string, typed: string, on: string) =>
  changeRules(
    setup.db.pool,
    setup.actor(on),
    WHOLE_ORGANISATION,
    setting(ruleKeyNamed(name), typed),
  )

const startBys = async () =>
  (await setup.alerts()).filter((each) => each.includes('start-by') && !each.includes('superseded'))

async function begin(usualRoute: string) {
  await set('usualRoute', usualRoute, '2027-01-04')
  await setup.import([draft('A', LARGE)], '2027-01-04')
}

test('to a later day warns no more of what was told already, and of its next reminder on its day', async () => {
  await begin('tender')
  for (const on of ['2027-04-29', '2027-07-28', '2027-09-22']) await setup.sweep(on)
  expect(await startBys()).toHaveLength(3)
  // 90 days before Thu 23 Dec were reached on Fri 24 Sep.
  await set('usualRoute', 'framework', '2027-10-01')
  await setup.sweep('2027-10-01')
  await setup.sweep('2027-11-22')
  expect(await startBys()).toEqual(['2027-09-22 start-by 90'])
  await setup.sweep('2027-11-23')
  expect(await startBys()).toEqual(['2027-09-22 start-by 90', '2027-11-23 start-by 30'])
})

test('to a day far ahead begins anew with its first reminder, on its day', async () => {
  await begin('tender')
  await setup.sweep('2027-04-29')
  await set('usualRoute', 'framework', '2027-05-04')
  await setup.sweep('2027-05-04')
  expect(await startBys()).toEqual([])
  await setup.sweep('2027-09-24')
  expect(await startBys()).toEqual(['2027-09-24 start-by 90'])
})

test('to an earlier day warns once, of what the new day asks for', async () => {
  await begin('framework')
  await setup.sweep('2027-09-24')
  expect(await startBys()).toEqual(['2027-09-24 start-by 90'])
  await set('usualRoute', 'tender', '2027-09-27')
  await setup.sweep('2027-09-27')
  await setup.sweep('2027-09-28')
  // Every 14 days after Wed 28 Jul: the fourth time on Wed 22 Sep.
  expect(await startBys()).toEqual(['2027-09-24 start-by 90', '2027-09-27 start-by -56'])
})

test('by a few days warns of no reminder twice, neither way', async () => {
  await begin('tender')
  await setup.sweep('2027-06-28')
  expect(await startBys()).toEqual(['2027-06-28 start-by 30'])
  for (const days of ['21', '20', '18', '20']) {
    await set('approvalDays', days, '2027-06-29')
    await setup.sweep('2027-06-29')
  }
  expect(await startBys()).toEqual(['2027-06-28 start-by 30'])
  await setup.sweep('2027-07-14')
  expect(await startBys()).toEqual(['2027-06-28 start-by 30', '2027-07-14 start-by 14'])
})

test('keeps what was decided, and who is on it', async () => {
  await begin('tender')
  await setup.import([draft('A', LARGE), draft('B', LARGE)], '2027-01-04')
  await setup.sweep('2027-06-28')
  const [a, b] = [await setup.contractId('A'), await setup.contractId('B')]
  const by = setup.actor('2027-06-28')
  await decide(setup.db.pool, by, a, { kind: 'start-by', text: 'Compete', evidence: null })
  await acknowledge(setup.db.pool, by, b)
  await set('approvalDays', '18', '2027-06-29')
  for (const on of ['2027-06-29', '2027-07-05']) await setup.sweep(on)
  const settled = await setup.rows<{ reference: string; why: string | null }>(
    `SELECT c.reference, d.settled_why AS why FROM deadline d JOIN contract c ON c.id = d.contract_id
     WHERE d.kind = 'start-by' ORDER BY 1`,
  )
  expect(settled.map(({ reference, why }) => [reference, why !== null])).toEqual([
    ['A', true],
    ['B', false],
  ])
  expect(await setup.alerts('A')).toEqual(['2027-06-28 start-by 30 (closed)'])
  expect(await setup.alerts('B')).toEqual(['2027-06-28 start-by 30 (acknowledged)'])
  // Who is on it is on the day as it is now.
  const days = await setup.rows<{ told: string; is: string }>(
    `SELECT a.deadline_on::text AS told, d.due_on::text AS is FROM alert a
     JOIN deadline d ON d.contract_id = a.contract_id AND d.kind = 'start-by'
     WHERE a.kind = 'start-by' AND a.state = 'acknowledged'`,
  )
  expect(days).toHaveLength(1)
  expect(days[0]?.told).toBe(days[0]?.is)
})

test('keeps what was decided of any day of its range', async () => {
  await begin('framework')
  const by = setup.actor('2027-06-28')
  const id = await setup.contractId('A')
  await decide(setup.db.pool, by, id, { kind: 'start-by', text: 'Compete', evidence: null })
  // Decided while a tender was assumed: its day, with which the range begins.
  await setup.rows(`UPDATE decision SET deadline_on = '2027-07-28'`)
  await set('approvalDays', '10', '2027-06-29')
  const [deadline] = await setup.rows<{ why: string | null; from: string }>(
    `SELECT settled_why AS why, from_on::text AS from FROM deadline WHERE kind = 'start-by'`,
  )
  expect(deadline?.from).toBe('2027-08-11')
  expect(deadline?.why).not.toBeNull()
})

test('on an assumed route that had passed before it was first seen is listed, and the end speaks', async () => {
  await set('usualRoute', 'tender', '2027-01-04')
  await setup.import([draft('A', LARGE), draft('R', { ...LARGE, route: 'open' })], '2027-08-02')
  await setup.sweep('2027-08-02')
  expect(await setup.alerts('A')).toEqual([])
  expect(await setup.alerts('R')).toEqual(['2027-08-02 start-by 0'])
  const { db, organisation } = setup
  const { overdue } = await weeklyFacts(db.pool, {
    ...{ organisationId: organisation.id, teamId: null, slot: day('2027-08-09'), since: null },
  })
  expect(overdue.items.map(({ reference, kind }) => `${reference} ${kind}`)).toEqual([
    'A start-by',
    'R start-by',
  ])
  // 180 days before Fri 31 Mar 2028.
  await setup.sweep('2027-10-01')
  await setup.sweep('2027-10-04')
  expect(await setup.alerts('A')).toEqual(['2027-10-01 end 180'])
})

test('by some weeks asks again for what the new day asks for, and not before it does', async () => {
  await begin('tender')
  await setup.sweep('2027-06-28')
  // Twenty working days later: from Wed 28 Jul to Wed 25 Aug, of which 90 days before were reached.
  await set('approvalDays', '0', '2027-06-29')
  await setup.sweep('2027-06-29')
  expect(await startBys()).toEqual(['2027-06-28 start-by 90'])
  await setup.sweep('2027-07-23')
  expect(await startBys()).toEqual(['2027-06-28 start-by 90'])
  await setup.sweep('2027-07-26')
  expect(await startBys()).toEqual(['2027-06-28 start-by 90', '2027-07-26 start-by 30'])
})

describe('a notice that rules move', () => {
  /** To Tue 23 Feb 2027: notice by Thu 19 Nov 2026, with two working days for service. */
  const RENEWING = {
    ...{ end: endOn('2027-02-23'), automaticRenewal: true },
    noticePeriod: { amount: 3, unit: 'months' },
    renewalTerm: { amount: 12, unit: 'months' },
  } as const
  beforeEach(() => set('deemedServiceDays', '2', '2026-10-01'))

  const begin = async (on = '2026-11-02') => {
    await setup.import([draft('R-1', RENEWING)], on)
    await setup.sweep(on)
  }
  const decided = async (on: string, text: string, about: string | null = null) => {
    await decide(setup.db.pool, setup.actor(on), await setup.contractId('R-1'), {
      ...{ kind: 'notice', text, evidence: null },
      about: about === null ? null : day(about),
    })
  }
  const notices = async () =>
    (
      await setup.rows<{ on: string; to: string; settled: boolean }>(
        `SELECT due_on::text AS on, renews_to::text AS to, settled_why IS NOT NULL AS settled
         FROM deadline WHERE kind = 'notice' ORDER BY due_on`,
      )
    ).map(({ on, to, settled }) => `${on} to ${to}${settled ? ' settled' : ''}`)
  const told = async () =>
    (await setup.alerts()).filter((each) => each.includes(' notice ') && !/supersed/.test(each))

  test.each([
    ['notice was served on 12 November', '5', '2026-11-16'],
    ['notice was served on 12 November', '0', '2026-11-23'],
    ['notice was served on 12 November', '10', '2026-11-09'],
    ['we stay with them', '5', '2026-11-16'],
    ['we stay with them', '0', '2026-11-23'],
  ])('keeps that “%s”, with %s days for service', async (text, days, on) => {
    await begin()
    await decided('2026-11-13', text)
    const before = await told()
    await set('deemedServiceDays', days, '2026-11-13')
    for (const each of ['2026-11-13', '2026-11-17', '2026-11-24']) await setup.sweep(each)
    expect(await notices()).toEqual([`${on} to 2028-02-23 settled`])
    expect((await setup.shown('R-1', '2026-11-24')).currentEnd).toBe('2027-02-23')
    expect(await told()).toEqual(before)
  })

  test('and passed is told once as renewed, however often it moves', async () => {
    await begin()
    await setup.sweep('2026-11-23')
    const before = await told()
    expect(before.filter((each) => each.startsWith('2026-11-23'))).toEqual(['2026-11-23 notice -1'])
    for (const [days, on] of [
      ['4', '2026-11-24'],
      ['3', '2026-11-25'],
      ['2', '2026-11-26'],
      ['10', '2026-11-27'],
    ] as const) {
      await set('deemedServiceDays', days, on)
      await setup.sweep(on)
      expect((await told()).filter((each) => each.includes('notice -1'))).toEqual([
        '2026-11-23 notice -1',
      ])
    }
    expect((await told()).some((each) => each >= '2026-11-24')).toBe(false)
  })

  test('by a few days repeats no reminder, and tells the next on its day', async () => {
    await begin('2026-10-20')
    const before = await told()
    expect(before).toEqual(['2026-10-20 notice 30'])
    for (const days of ['3', '1', '4']) {
      await set('deemedServiceDays', days, '2026-10-21')
      await setup.sweep('2026-10-21')
    }
    expect(await told()).toEqual(before)
    // Seven days before Tue 17 Nov.
    await setup.sweep('2026-11-09')
    expect((await told()).filter((each) => each.includes('notice 7'))).toEqual([])
    await setup.sweep('2026-11-10')
    expect((await told()).at(-1)).toBe('2026-11-10 notice 7')
  })

  test('that was told as come, and lies ahead again, is told on its day', async () => {
    await begin()
    await setup.sweep('2026-11-19')
    expect((await told()).at(-1)).toBe('2026-11-19 notice 0')
    await set('deemedServiceDays', '0', '2026-11-19')
    await setup.sweep('2026-11-20')
    expect((await told()).at(-1)).toBe('2026-11-20 notice 1')
    await setup.sweep('2026-11-23')
    expect((await told()).at(-1)).toBe('2026-11-23 notice 0')
  })

  test('that was told as renewed, and can be given after all, is warned of', async () => {
    await begin()
    await setup.sweep('2026-11-20')
    expect((await told()).at(-1)).toBe('2026-11-20 notice -1')
    await set('deemedServiceDays', '0', '2026-11-20')
    await setup.sweep('2026-11-20')
    expect(await notices()).toEqual(['2026-11-23 to 2028-02-23'])
    expect(await told()).toEqual(['2026-11-20 notice 1'])
    await setup.sweep('2026-11-23')
    expect((await told()).at(-1)).toBe('2026-11-23 notice 0')
  })

  test('to a day that it had before is not told as renewed again', async () => {
    await begin()
    await setup.sweep('2026-11-20')
    await set('deemedServiceDays', '0', '2026-11-20')
    for (const on of ['2026-11-20', '2026-11-23', '2026-11-24']) await setup.sweep(on)
    expect((await told()).at(-1)).toBe('2026-11-24 notice -1')
    await set('deemedServiceDays', '2', '2026-11-25')
    await setup.sweep('2026-11-25')
    expect(await told()).toEqual(['2026-11-24 notice -1'])
  })

  test('of several terms keeps what was decided of each', async () => {
    await begin()
    for (const on of ['2026-11-20', '2027-11-22']) await setup.sweep(on)
    expect(await notices()).toHaveLength(3)
    await decided('2027-11-22', 'we stay with them', '2026-11-19')
    const terms = async () => (await notices()).map((each) => each.slice(11))
    // That one of the first term came near is told no more, as it passed.
    const passed = async () => (await told()).filter((each) => each.includes('notice -1'))
    const [before, heard] = [await terms(), await passed()]
    expect(heard).toEqual(['2026-11-20 notice -1 (closed)', '2027-11-22 notice -1'])
    expect(before).toEqual(['to 2028-02-23 settled', 'to 2029-02-23', 'to 2030-02-23'])
    for (const days of ['5', '3', '12']) {
      await set('deemedServiceDays', days, '2027-11-23')
      await setup.sweep('2027-11-23')
      expect(await terms()).toEqual(before)
      expect(await passed()).toEqual(heard)
      expect((await told()).some((each) => each >= '2027-11-23')).toBe(false)
    }
  })

  test('in a month that is all that is known keeps what was decided', async () => {
    const end = endBetween('2027-02-01', '2027-02-28', 'month')
    await setup.import([draft('R-1', { ...RENEWING, end })], '2026-10-12')
    await decided('2026-10-12', 'we stay with them')
    await set('deemedServiceDays', '5', '2026-10-13')
    await setup.sweep('2026-10-13')
    expect((await notices()).map((each) => each.slice(11))).toEqual(['to 2028-02-29 settled'])
  })

  test('keeps its decision where another calendar moves it over St Andrew’s Day', async () => {
    const end = endOn('2027-03-02')
    await setup.import([draft('R-1', { ...RENEWING, end })], '2026-11-02')
    await decided('2026-11-13', 'we stay with them')
    const before = await notices()
    const [team] = await setup.rows<{ name: string }>('SELECT name FROM team WHERE is_default')
    const named = (calendar: 'scotland' | 'england-and-wales') =>
      setNamedTeam(setup.db.pool, setup.actor('2026-11-16'), team?.name ?? '', { calendar })
    await named('scotland')
    expect(await notices()).not.toEqual(before)
    expect((await notices()).every((each) => each.endsWith('settled'))).toBe(true)
    await named('england-and-wales')
    expect(await notices()).toEqual(before)
  })
})

test('an option that rules move keeps what was decided, and who was told', async () => {
  const OPTION = {
    ...{ end: endOn('2027-03-31'), maximumEnd: day('2028-03-31'), value: asDecimal('4000') },
    noticePeriod: { amount: 1, unit: 'months' },
  } as const
  await setup.import([draft('A', OPTION), draft('B', OPTION)], '2026-11-02')
  const by = setup.actor('2026-11-02')
  const options = async () =>
    (await setup.alerts()).filter((each) => / option /.test(each) && !/supersed/.test(each))
  await decide(setup.db.pool, by, await setup.contractId('A'), {
    ...{ kind: 'option', text: 'We take it', evidence: null },
  })
  await setup.sweep('2026-12-14')
  const before = await options()
  expect(before.length).toBeGreaterThan(0)
  for (const days of ['15', '18', '16']) {
    await set('approvalDays', days, '2026-12-15')
    await setup.sweep('2026-12-15')
    expect(await options()).toEqual(before)
  }
  const settled = await setup.rows<{ reference: string; why: string | null }>(
    `SELECT c.reference, d.settled_why AS why FROM deadline d JOIN contract c ON c.id = d.contract_id
     WHERE d.kind = 'option' ORDER BY 1`,
  )
  expect(settled.map(({ why }) => why !== null)).toEqual([true, false])
})
