/** A decision about notice does what it says. */
import { decide } from '../src/actions/decide.ts'
import { asCivilDate, type CivilDate } from '../src/rules/civil-date.ts'
import { noticeDecided } from '../src/rules/renewal.ts'
import { endOn } from './support/contract-facts.ts'
import { draft, emptySetup, useSetup } from './support/setup.ts'

const setup = useSetup({ emptied: 'after' })

const RENEWING = {
  automaticRenewal: true,
  noticePeriod: { amount: 1, unit: 'months' },
  renewalTerm: { amount: 12, unit: 'months' },
} as const

async function decided(on: string, text: string, about: CivilDate | null = null) {
  const id = await setup.contractId('R-1')
  await decide(setup.db.pool, setup.actor(on), id, { kind: 'notice', text, evidence: null, about })
}

const shown = (on: string) => setup.shown('R-1', on)

const openNotices = (of: Awaited<ReturnType<typeof shown>>) =>
  of.deadlines.filter(({ kind, settled }) => kind === 'notice' && !settled).map(({ date }) => date)

describe('notice that was served ends the contract, also when it is recorded late', () => {
  test('its presumed renewal is withdrawn, and its end warns', async () => {
    await setup.import([draft('R-1', { ...RENEWING, end: endOn('2026-12-31') })], '2026-12-28')
    expect((await shown('2026-12-28')).currentEnd).toBe('2027-12-31')
    await decided('2026-12-28', 'served on 20 November')
    const after = await shown('2026-12-28')
    expect(after.currentEnd).toBe('2026-12-31')
    expect(after.extensions).toMatchObject([{ kind: 'renewal', status: 'withdrawn' }])
    const withdrawn = `SELECT field, from_value AS "from", to_value AS "to"
      FROM audit_change WHERE what = 'extension withdrawn'`
    expect(await setup.rows(withdrawn)).toEqual([
      { field: 'renewal', from: '2027-01-01', to: '2027-12-31' },
    ])
    expect(openNotices(after)).toEqual([])
    await setup.sweep('2026-12-31')
    expect((await shown('2026-12-31')).currentEnd).toBe('2026-12-31')
    expect((await setup.alerts('R-1')).some((alert) => alert.includes(' end '))).toBe(true)
  })

  test('of several terms the one that runs is meant, as its notice can still be met', async () => {
    const since = {
      ...RENEWING,
      noticePeriod: { amount: 3, unit: 'months' },
      end: endOn('2023-07-31'),
    } as const
    await setup.import([draft('R-1', since)], '2026-11-29')
    expect((await shown('2026-11-29')).currentEnd).toBe('2027-07-31')
    await decided('2026-11-29', 'notice was given for 31 July 2027')
    const after = await shown('2026-11-29')
    expect(after.currentEnd).toBe('2027-07-31')
    const settled = after.deadlines.filter(({ kind, settled }) => kind === 'notice' && settled)
    expect(settled.map(({ date }) => date)).toEqual(['2027-04-28'])
  })
})

describe('of a contract that goes on from term to term', () => {
  const ROLLING = {
    ...RENEWING,
    end: { kind: 'rolling' },
    start: asCivilDate('2024-02-01'),
  } as const

  test('notice that was served ends it with the term that runs', async () => {
    await setup.import([draft('R-1', ROLLING)], '2026-12-01')
    const before = await shown('2026-12-01')
    expect(before).toMatchObject({ state: 'rolling', currentEnd: null })
    expect(openNotices(before).at(-1)).toBe('2026-12-29')
    await decided('2026-12-01', 'notice was served')
    const after = await shown('2026-12-01')
    expect(after).toMatchObject({ state: 'active', currentEnd: '2027-01-31' })
    await setup.sweep('2027-01-04')
    expect((await shown('2027-01-04')).currentEnd).toBe('2027-01-31')
    expect((await setup.alerts('R-1')).some((alert) => alert.includes(' end '))).toBe(true)
  })

  test('what is let renew has the next term’s notice', async () => {
    await setup.import([draft('R-1', ROLLING)], '2026-12-01')
    await decided('2026-12-01', 'let it renew')
    const after = await shown('2026-12-01')
    expect(after).toMatchObject({ state: 'rolling', currentEnd: null })
    expect(openNotices(after).at(-1)).toBe('2027-12-29')
  })
})

describe('a renewal that is let come is decided, not presumed', () => {
  test('late: the presumed one is confirmed', async () => {
    await setup.import([draft('R-1', { ...RENEWING, end: endOn('2026-12-31') })], '2026-12-28')
    await decided('2026-12-28', 'let it renew')
    const after = await shown('2026-12-28')
    expect(after).toMatchObject({ currentEnd: '2027-12-31' })
    expect(after.extensions).toMatchObject([{ kind: 'renewal', status: 'confirmed' }])
  })

  test('in time: the next term’s notice is tracked', async () => {
    await setup.import([draft('R-1', { ...RENEWING, end: endOn('2027-01-31') })], '2026-11-29')
    await decided('2026-11-29', 'Serve no notice')
    const after = await shown('2026-11-29')
    expect(after.currentEnd).toBe('2028-01-31')
    expect(openNotices(after)).toEqual(['2027-12-29'])
  })
})

describe('of a notice that may be given before each anniversary', () => {
  const YEARLY = {
    noticePeriod: { amount: 3, unit: 'months' } as const,
    noticeText: '3 months before each anniversary',
    ...{ start: asCivilDate('2024-04-01'), end: endOn('2029-03-31') },
  }

  test.each([true, false, null])('served ends it there, renews by itself: %s', async (renews) => {
    await setup.import([draft('R-1', { ...YEARLY, automaticRenewal: renews })], '2026-12-01')
    expect(openNotices(await shown('2026-12-01'))).toEqual(['2026-12-29'])
    await decided('2026-12-01', 'notice was served')
    const after = await shown('2026-12-01')
    expect(after.currentEnd).toBe('2027-03-31')
    expect(openNotices(after)).toEqual([])
    await setup.sweep('2027-01-04')
    expect((await shown('2027-01-04')).currentEnd).toBe('2027-03-31')
    expect((await setup.alerts('R-1')).some((alert) => alert.includes(' end '))).toBe(true)
  })

  test('served in time and recorded after its day, it is that year’s', async () => {
    for (const text of ['served on 3 December 2026', 'served for 31 March 2027', 'served']) {
      await setup.import([draft('R-1', YEARLY)], '2027-01-05')
      await decided('2027-01-05', text)
      expect((await shown('2027-01-05')).currentEnd).toBe('2027-03-31')
      await emptySetup(setup)
    }
  })

  test('let run on, it has its next in a year, and its end stays', async () => {
    await setup.import([draft('R-1', { ...YEARLY, automaticRenewal: true })], '2026-12-01')
    await decided('2026-12-01', 'let it run on')
    expect(openNotices(await shown('2026-12-02'))).toEqual([])
    await setup.sweep('2026-12-30')
    const after = await shown('2026-12-30')
    expect([after.currentEnd, ...openNotices(after)]).toEqual(['2029-03-31', '2027-12-29'])
    for (const on of ['2027-10-29', '2027-12-29']) await setup.sweep(on)
    const alerts = await setup.alerts('R-1')
    expect(alerts.filter((alert) => alert.startsWith('2027-1'))).toEqual([
      '2027-10-29 notice 60',
      '2027-12-29 notice 0',
    ])
  })
})

test('the date that a decision is about can be named, and another is refused with those there are', async () => {
  await setup.import([draft('R-1', { ...RENEWING, end: endOn('2026-12-31') })], '2026-12-28')
  await expect(decided('2026-12-28', 'served', asCivilDate('2026-12-25'))).rejects.toThrow(
    /there are/,
  )
  await decided('2026-12-28', 'served by post', asCivilDate('2026-12-31'))
  expect((await shown('2026-12-28')).currentEnd).toBe('2026-12-31')
})

test.each([
  ['Notice was served', 'served'],
  ['termination letter sent 3 May', 'served'],
  ['We gave them notice', 'served'],
  ['Serve no notice', 'renews'],
  ['no notice was served, let it roll over', 'renews'],
  ['renewing for a year', null],
  ['We will not renew', null],
  ['Talk to legal', null],
])('"%s" means %s', (text, means) => {
  expect(noticeDecided(text)).toBe(means)
})
