/** A start-by that rules move, of a contract of which nothing is news: what was told still counts. */

import { acknowledge } from '../src/actions/acknowledge.ts'
import { decide } from '../src/actions/decide.ts'
import { changeRules, setting, WHOLE_ORGANISATION } from '../src/actions/settings.ts'
import { weeklyFacts } from '../src/reports/weekly-lists.ts'
import { asDecimal } from '../src/rules/money.ts'
import { ruleKeyNamed } from '../src/rules/settings-text.ts'
import { day, endOn } from './support/contract-facts.ts'
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
