/** What contracts cover against the end of support: findings, and reminders told once. */
import { join } from 'node:path'
import { confirmTriage } from '../src/actions/acknowledge.ts'
import {
  answerWording,
  coverProduct,
  restSupport,
  sayCertainWordings,
  sayWording,
  uncoverProduct,
} from '../src/actions/cover.ts'
import { decide } from '../src/actions/decide.ts'
import { changeRules, setting, WHOLE_ORGANISATION } from '../src/actions/settings.ts'
import { setMembers } from '../src/actions/umbrella.ts'
import { readTeams, setTeam } from '../src/database/organisation.ts'
import { loadFacts } from '../src/delivery/load.ts'
import { claimDue } from '../src/delivery/outbox.ts'
import { knowChannels } from '../src/delivery/rate-limit.ts'
import { render } from '../src/delivery/render.ts'
import { importEstate } from '../src/register/import/estate.ts'
import { undoImport } from '../src/register/import/undo.ts'
import { openRegister } from '../src/register/open.ts'
import {
  readEndingSupport,
  readProducts,
  readSupport,
  readWordings,
} from '../src/reports/support.ts'
import { factsOfWeek } from '../src/reports/weekly.ts'
import { addDays, type CivilDate } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import { ruleKeyNamed } from '../src/rules/settings-text.ts'
import type { CoverKind } from '../src/rules/support.ts'
import { type SupportFacts, supportMessage } from '../src/text/support.ts'
import { weeklyMessage } from '../src/text/weekly.ts'
import { explain, explainReleases } from '../src/warnings/explain.ts'
import { retain } from '../src/warnings/retention.ts'
import { simulation } from '../src/warnings/simulate.ts'
import { findMissed } from '../src/warnings/sweep.ts'
import { day, endOn } from './support/contract-facts.ts'
import { present } from './support/present.ts'
import { written } from './support/register-file.ts'
import { draft, NOW, useSetup } from './support/setup.ts'

const setup = useSetup({ emptied: 'before' })
const TODAY = '2026-11-30'

async function cover(
  reference: string,
  product: string,
  kind: CoverKind = 'support',
  more: { count?: number; custom?: boolean; forAll?: boolean; on?: string } = {},
) {
  const id = await setup.contractId(reference)
  return coverProduct(setup.db.pool, setup.actor(more.on ?? TODAY), id, {
    ...{ product, release: '', kind, count: more.count ?? null, custom: more.custom ?? null },
    forAll: more.forAll ?? null,
  })
}

async function found(asOf = TODAY, team: string | null = null) {
  const { organisation, db } = setup
  const teamId = team === null ? null : (await setup.team(team)).id
  const asked = { organisationId: organisation.id, asOf: day(asOf), days: null, teamId }
  return (await readSupport(db.pool, asked)).items
}

/** Of what is in use: `not-covered`, or `in part`; nothing where all of it is covered. */
async function uncovered(team: string | null = null, asOf = TODAY) {
  return (await found(asOf, team)).filter(({ finding }) =>
    ['not-covered', 'covered-in-part', 'count-unknown'].includes(finding ?? ''),
  )
}

async function team(name: string): Promise<number> {
  const { db, organisation } = setup
  const made = await setTeam(db.pool, organisation.id, name, { channel: `#${name.toLowerCase()}` })
  return present(made).id
}

/** `C-1: cover-outlasts-support until 2027-01-12`, of each contract. */
async function findings(asOf = TODAY) {
  const items = await found(asOf)
  return items
    .flatMap(({ finding, until, contracts, name }) =>
      (contracts.length === 0 ? [name] : contracts.map(({ reference }) => reference)).map(
        (whose) => `${whose}: ${finding} until ${until}`,
      ),
    )
    .sort((a, b) => (a < b ? -1 : 1))
}

async function estate(rows: string, source = 'estate', on = TODAY, of: string | null = null) {
  const file = written(`${source}.csv`, `Product,Release,Count,Site,Owner\n${rows}\n`)
  const { organisation, db } = setup
  return importEstate(db.pool, file, {
    ...{ organisationId: organisation.id, source, today: day(on), now: NOW },
    ...{ team: of === null ? null : await setup.team(of), via: 'import', byPersonId: null },
  })
}

/** `2026-12-11 windows-server 2016: 30 days`, of each reminder that a message carries. */
async function told() {
  const rows = await setup.rows<{ on: string; state: string; facts: SupportFacts }>(
    `SELECT as_of::text AS on, state, facts FROM delivery WHERE purpose = 'support' AND state <> 'SUPERSEDED'
     ORDER BY as_of, id`,
  )
  return rows.map(({ on, facts }) => {
    const said = facts.products.map(({ name, daysLeft }) => `${name} ${daysLeft}`)
    return `${on}: ${said.join(', ')}`
  })
}

describe('ten products of today, each with a contract before, across and past its dates', () => {
  // Looked up by hand: the end of support, and of extended support, as their makers publish them.
  const TEN: readonly [string, string | null, string | null][] = [
    ['Windows Server 2016', '2027-01-12', '2030-01-12'],
    ['SQL Server 2017', '2027-10-12', null],
    ['Windows 10 22H2', '2025-10-14', '2028-10-10'],
    ['Exchange 2019', '2025-10-14', '2026-11-01'],
    ['ESXi 8.0', '2027-10-11', null],
    ['Oracle Database 19c', '2029-12-31', '2032-12-31'],
    ['RHEL 8', '2029-05-31', '2033-05-31'],
    ['SharePoint 2019', '2026-07-14', null],
    ['Debian 11', '2024-08-14', '2026-08-31'],
    ['Exchange Subscription Edition', null, null],
  ]

  test('the findings are those that the dates ask for', async () => {
    const ends = (at: number) => {
      const [, support] = present(TEN[at])
      const end = support === null ? '2028-01-01' : support
      return [addDays(day(end), -30), day(end), addDays(day(end), 400)]
    }
    const drafts = TEN.flatMap((_, at) =>
      ['before', 'on', 'past'].map((when, index) =>
        draft(`P${at}-${when}`, { start: day('2019-01-01'), end: endOn(present(ends(at)[index])) }),
      ),
    )
    await setup.import(drafts, '2024-01-08')
    for (const [at, [product]] of TEN.entries()) {
      for (const when of ['before', 'on', 'past']) await cover(`P${at}-${when}`, product)
    }
    const all = await found()
    const of = (at: number, when: string) =>
      all
        .filter(({ contracts, finding }) => {
          return (
            finding !== null && contracts.some(({ reference }) => reference === `P${at}-${when}`)
          )
        })
        .map(({ finding, until }) => `${finding} ${until}`)
        .sort((a, b) => (a < b ? -1 : 1))
    // Support still runs: cover that ends first, and cover that outlasts it.
    for (const [at, [, support]] of TEN.entries()) {
      if (support === null || support < TODAY) continue
      expect(of(at, 'before').filter((each) => !each.startsWith('buy'))).toEqual([
        `cover-ends-before-support ${addDays(day(support), -30)}`,
      ])
      expect(of(at, 'on').filter((each) => !each.startsWith('buy'))).toEqual([])
      expect(of(at, 'past')).toContain(`cover-outlasts-support ${support}`)
    }
    const released = (at: number) => [
      ...new Set(
        all
          .filter(({ contracts }) =>
            contracts.some(({ reference }) => reference.startsWith(`P${at}-`)),
          )
          .map(({ finding, until }) => `${finding} ${until}`),
      ),
    ]
    // Ended, and extended support is still sold: Windows 10.
    expect(released(2)).toEqual(['past-support 2025-10-14'])
    // Ended, extended support too: Exchange 2019 on 1 Nov 2026, SharePoint 2019, Debian 11.
    expect(released(3)).toEqual(['past-last-support 2026-11-01'])
    expect(released(7)).toEqual(['past-last-support 2026-07-14'])
    expect(released(8)).toEqual(['past-last-support 2026-08-31'])
    // Nobody has published an end: unknown, and asked.
    expect(released(9)).toEqual(['end-unknown null'])
    expect(all.find(({ finding }) => finding === 'end-unknown')).toMatchObject({
      ...{ supportEnds: null, extendedEnds: null },
      why: expect.stringContaining('unknown, which is not "never"'),
    })
    // Every figure of the answer is the one looked up by hand.
    for (const [at, [product, supportEnds, extendedEnds]] of TEN.entries()) {
      const item = all.find(({ contracts }) =>
        contracts.some(({ reference }) => reference.startsWith(`P${at}-`)),
      )
      expect(item, product).toMatchObject({ supportEnds, extendedEnds })
    }
  })

  test('a replacement that would begin after support has ended: buy the successor, not the same', async () => {
    await setup.import(
      [
        draft('C-1', {
          start: day('2024-02-01'),
          end: endOn('2027-01-31'),
          value: asDecimal('400000'),
        }),
      ],
      '2026-04-01',
    )
    await cover('C-1', 'Windows Server 2016', 'support', { on: '2026-04-01' })
    const [startBy] = await setup.rows<{ on: CivilDate }>(
      `SELECT due_on AS on FROM deadline WHERE kind = 'start-by'`,
    )
    expect(await findings('2026-04-01')).toEqual([
      `C-1: buy-successor until ${startBy?.on}`,
      'C-1: cover-outlasts-support until 2027-01-12',
    ])
    const why = (await found('2026-04-01')).map((each) => each.why).join('\n')
    expect(why).toContain('starts on Mon 1 Feb 2027, after support ends on Tue 12 Jan 2027')
    expect(why).toContain(
      'ask for the price of extended support now (it is sold until Sat 12 Jan 2030)',
    )
    await decide(setup.db.pool, setup.actor('2026-04-01'), await setup.contractId('C-1'), {
      ...{ kind: 'start-by', text: 'compete', evidence: null },
    })
    expect(await findings('2026-04-01')).toEqual(['C-1: cover-outlasts-support until 2027-01-12'])
  })

  test('extended support that is held settles what it covers; beyond what is published it is a question', async () => {
    await setup.import(
      [
        draft('ESU', { start: day('2025-10-15'), end: endOn('2028-10-10') }),
        draft('LONG', { start: day('2025-10-15'), end: endOn('2029-10-10') }),
        draft('OS', { start: day('2022-10-15'), end: endOn('2027-10-10') }),
      ],
      '2026-06-01',
    )
    await cover('OS', 'Windows 10 22H2', 'licence')
    expect(await findings()).toEqual(['OS: past-support until 2025-10-14'])
    await cover('ESU', 'Windows 10 22H2', 'extended-support')
    expect(await findings()).toEqual(['ESU: null until 2025-10-14', 'OS: null until 2025-10-14'])
    await cover('LONG', 'Windows 10 22H2', 'extended-support')
    expect(await findings()).toEqual(['LONG: custom-agreement until 2029-10-10'])
    await cover('LONG', 'Windows 10 22H2', 'extended-support', { custom: true })
    expect(await findings()).toEqual(['LONG: support-ends-with-cover until 2029-10-10'])
    // Without any end published as well.
    await setup.import([draft('XP', { end: endOn('2028-10-10') })], '2026-06-01', { source: 'xp' })
    await cover('XP', 'Windows XP SP3', 'extended-support')
    const xp = (await found()).filter(({ contracts }) => contracts[0]?.reference === 'XP')
    expect(xp.map(({ finding }) => finding)).toEqual(['past-last-support', 'custom-agreement'])
  })
})

test('an end that had passed is told once, is closed on the next day, and is not told again once its alerts are too old', async () => {
  await setup.import([draft('C-1', { end: endOn('2030-03-31') })], '2026-11-02')
  await cover('C-1', 'Windows Server 2012', 'support', { on: '2026-11-02' })
  await setup.sweepAround('2026-11-02', '2026-11-04', ['2026-11-03'])
  const first = await told()
  expect(first.length).toBeGreaterThan(0)
  const states = await setup.rows(`SELECT DISTINCT state FROM alert WHERE kind = 'support'`)
  expect(states).toEqual([{ state: 'closed' }])
  await setup.rows(`UPDATE delivery SET state = 'DEAD'`)
  const { organisation, db } = setup
  const keep = { closedDays: 100, alertDays: 200 }
  await retain(db.pool, {
    organisationId: organisation.id,
    today: day('2028-11-02'),
    now: NOW,
    keep,
  })
  expect(await told()).toEqual([])
  await cover('C-1', 'Windows Server 2012', 'support', { count: 9, on: '2028-11-02' })
  await setup.sweep('2028-11-02')
  expect(await told()).toEqual([])
})

test('extended support whose last day nobody knows is recorded, and asked for its day', async () => {
  await setup.import([draft('U-1', { end: { kind: 'undated' } })], '2026-11-02')
  await cover('U-1', 'Windows 10 22H2', 'extended-support')
  const past = (await found()).find(({ finding }) => finding === 'past-support')
  expect(past?.why).toContain('its last day is not known: give it')
})

test('what is supported no more stands in every list of the next days, however long extended support is sold', async () => {
  await setup.import([draft('C-1', { end: endOn('2028-03-31') })], '2026-11-02')
  await cover('C-1', 'Windows Server 2016', 'support')
  const { id: organisationId } = setup.organisation
  const asOf = day('2027-02-01')
  const expected = { finding: 'past-support', until: '2027-01-12', daysLeft: -20 }
  for (const days of [0, 30, null]) {
    const { items } = await readSupport(setup.db.pool, { organisationId, asOf, days })
    expect(items[0]).toMatchObject(expected)
    expect(items[0]?.why).toContain('it is sold until Sat 12 Jan 2030')
  }
  const [weekly] = await readEndingSupport(setup.db.pool, organisationId, null, asOf)
  expect(weekly).toMatchObject(expected)
})

describe('a product without its service pack', () => {
  beforeEach(async () => {
    await setup.import([draft('C-1', { end: endOn('2027-03-31') })], '2022-01-10')
    await cover('C-1', 'SQL Server 2016', 'support', { on: '2022-01-10' })
  })

  test('is asked about, and until then the earliest end still ahead among its releases counts', async () => {
    const [item] = await found('2022-01-10')
    expect(item).toMatchObject({ finding: 'which-release', until: '2022-10-11', release: '2016' })
    expect(item?.why).toContain('which service pack is it: 2016 SP3')
    expect((await found('2022-11-01'))[0]).toMatchObject({ until: '2026-07-14' })
    // All past: the last of them.
    const past = await found('2026-09-01')
    expect(past.at(-1)).toMatchObject({ supportEnds: '2026-07-14' })
    const which = past.find(({ finding }) => finding === 'which-release')
    expect(which?.why).toContain('The end of each has passed, of the last on Tue 14 Jul 2026')
  })

  test('warns of each end that is ahead in turn', async () => {
    await setup.sweepAround('2022-10-03', '2022-10-12', ['2022-10-04', '2022-10-11'])
    expect(await told()).toEqual([
      '2022-10-03: Microsoft SQL Server 2016 8',
      '2022-10-04: Microsoft SQL Server 2016 7',
      '2022-10-11: Microsoft SQL Server 2016 0',
    ])
    await setup.sweep('2026-07-14')
    expect((await told()).at(-1)).toBe('2026-07-14: Microsoft SQL Server 2016 0')
  })

  test('gives way to the service pack that somebody names, with its count', async () => {
    await cover('C-1', 'SQL Server 2016', 'support', { count: 40 })
    await cover('C-1', 'SQL Server 2016 SP3')
    const rows = await setup.rows(`SELECT product, release, kind, count FROM cover`)
    expect(rows).toEqual([
      { product: 'mssqlserver', release: '13.0-sp3', kind: 'support', count: 40 },
    ])
    expect(await setup.rows(`SELECT release FROM release_watch`)).toEqual([{ release: '13.0-sp3' }])
    const [audit] = await setup.rows<{ from: string; to: string }>(
      `SELECT from_value AS from, to_value AS to FROM audit_change WHERE field = 'covers' ORDER BY entry_id DESC LIMIT 1`,
    )
    expect(audit).toEqual({
      from: 'Microsoft SQL Server 2016, support, 40',
      to: 'Microsoft SQL Server 2016 SP3, support',
    })
  })
})

describe('what is in use', () => {
  test('is linked where product and release have columns of their own; words wait for a person and are remembered', async () => {
    const first = await estate(
      ['Windows Server,2016,12,North,A. Admin', 'Win Srv 2016 Std,,5,South,', 'Old box,,1,,'].join(
        '\n',
      ),
    )
    expect(first).toMatchObject({ read: 3, linked: 1, open: 2, problems: [] })
    const { organisation, db } = setup
    const waiting = await readWordings(db.pool, organisation.id)
    expect(waiting).toEqual([
      { words: 'Old box', count: 1, certainty: 'unknown', product: null, release: '', name: null },
      {
        ...{ words: 'Win Srv 2016 Std', count: 1, certainty: 'certain', product: 'windows-server' },
        ...{ release: '2016', name: 'Microsoft Windows Server 2016' },
      },
    ])
    expect(await findings()).toEqual([
      'Microsoft Windows Server 2016: not-covered until 2027-01-12',
    ])
    const actor = setup.actor(TODAY)
    const linked = await answerWording(db.pool, actor, day(TODAY), 'WIN SRV 2016  std', {
      ...{ product: 'Windows Server', release: '2016' },
    })
    expect(linked).toEqual({ name: 'Microsoft Windows Server 2016', linked: 1 })
    await answerWording(db.pool, actor, day(TODAY), 'Old box', null)
    expect(await readWordings(db.pool, organisation.id)).toEqual([])
    // The next list of that name takes the place of the first.
    const next = await estate('Win Srv 2016 Std,,7,South,\nOld box,,1,,')
    expect(next).toMatchObject({ read: 2, linked: 1, open: 0 })
    const products = await readProducts(db.pool, {
      ...{ organisationId: organisation.id, asOf: day(TODAY), uncovered: true },
    })
    expect(products.items).toMatchObject([
      { product: 'windows-server', release: '2016', inUse: 7, sites: ['South'], contracts: [] },
    ])
    // Said otherwise, what it had linked follows.
    await answerWording(db.pool, actor, day(TODAY), 'Win Srv 2016 Std', {
      ...{ product: 'Windows Server', release: '2019' },
    })
    expect(await setup.rows(`SELECT release FROM in_use WHERE product IS NOT NULL`)).toEqual([
      { release: '2019' },
    ])
    expect(await setup.rows(`SELECT release FROM release_watch`)).toEqual([{ release: '2019' }])
  })

  test('two hundred rows in words link nothing', async () => {
    const rows = Array.from(
      { length: 200 },
      (_, at) => `Win Srv 201${at % 10} Std,,${at},Site ${at},`,
    )
    expect(await estate(rows.join('\n'))).toMatchObject({ read: 200, linked: 0, open: 200 })
    expect(await setup.rows('SELECT 1 FROM release_watch')).toEqual([])
    await setup.sweep(TODAY)
    expect(await told()).toEqual([])
  })

  test('is covered in part where its contracts cover fewer; of several ways of cover the largest counts', async () => {
    await estate('Windows Server,2016,300,North,\nWindows Server,2016,100,South,')
    await setup.import(
      [draft('L', { end: endOn('2027-01-12') }), draft('S', { end: endOn('2027-01-12') })],
      TODAY,
    )
    await cover('L', 'Windows Server 2016', 'licence', { count: 400 })
    await cover('S', 'Windows Server 2016', 'support', { count: 250 })
    expect((await findings()).filter((each) => each.includes('covered'))).toEqual([])
    await cover('L', 'Windows Server 2016', 'licence', { count: 200 })
    const items = (await found()).filter(({ finding }) => finding === 'covered-in-part')
    expect(items).toMatchObject([
      { why: 'in use 400 times at 2 sites, and its contracts cover 250' },
    ])
  })

  test('a list without a product is refused, and a count that is no number is told and unknown', async () => {
    const file = written('no-product.csv', 'Thing,Amount\nA,1\n')
    const { organisation, db } = setup
    const options = {
      ...{ organisationId: organisation.id, source: null, team: null, today: day(TODAY) },
      ...{ now: NOW, via: 'import', byPersonId: null },
    }
    await expect(importEstate(db.pool, file, options)).rejects.toThrow('no column for the product')
    const result = await estate('Windows Server,2016,a few,North,')
    expect(result.problems).toMatchObject([{ field: 'count', value: 'a few' }])
    expect(await setup.rows('SELECT count FROM in_use')).toEqual([{ count: null }])
  })
})

describe('reminders of the end of support', () => {
  beforeEach(async () => {
    await setup.import(
      [draft('C-1', { start: day('2020-01-01'), end: endOn('2029-03-31') })],
      '2026-06-01',
    )
  })

  test('come 180, 90, 30, 7 and 0 days before, each once, on working days', async () => {
    await cover('C-1', 'Windows Server 2016', 'support', { on: '2026-06-01' })
    const on = ['2026-07-16', '2026-10-14', '2026-12-11', '2027-01-05', '2027-01-12']
    await setup.sweepAround('2026-06-01', '2027-01-20', on)
    // 180 days before Tue 12 Jan 2027 is Thu 16 Jul; 90 Wed 14 Oct; 30 a Sunday, 7 Tue 5 Jan.
    expect(await told()).toEqual([
      '2026-07-16: Microsoft Windows Server 2016 180',
      '2026-10-14: Microsoft Windows Server 2016 90',
      '2026-12-11: Microsoft Windows Server 2016 32',
      '2027-01-05: Microsoft Windows Server 2016 7',
      '2027-01-12: Microsoft Windows Server 2016 0',
    ])
    expect(
      await setup.rows(
        `SELECT DISTINCT kind, contract_id, team_id IS NULL AS "noTeam", state FROM alert WHERE kind = 'support'`,
      ),
    ).toEqual([{ kind: 'support', contract_id: null, noTeam: false, state: 'closed' }])
  })

  test('after a gap the nearest that has passed is told once, with the days really left', async () => {
    await cover('C-1', 'Windows Server 2016', 'support', { on: '2026-06-01' })
    await setup.sweep('2026-07-16')
    await setup.sweep('2026-12-21')
    await setup.sweepAround('2026-12-22', '2026-12-31', [])
    expect(await told()).toEqual([
      '2026-07-16: Microsoft Windows Server 2016 180',
      '2026-12-21: Microsoft Windows Server 2016 22',
    ])
    expect(
      await setup.rows(
        `SELECT rung, skipped_from, skipped_to FROM alert WHERE kind = 'support' ORDER BY rung`,
      ),
    ).toEqual([
      { rung: 30, skipped_from: 90, skipped_to: 90 },
      { rung: 180, skipped_from: null, skipped_to: null },
    ])
    // A gap over the end itself: it is told all the same.
    await setup.sweepAround('2027-01-25', '2027-01-26', [])
    expect((await told()).at(-1)).toBe('2027-01-25: Microsoft Windows Server 2016 -13')
  })

  test('what had ended before it was known is told once, where nothing supports it', async () => {
    await cover('C-1', 'Windows 7 SP1', 'support', { on: '2026-06-01' })
    await setup.sweepAround('2026-06-01', '2026-06-05', ['2026-06-02'])
    expect(await told()).toEqual(['2026-06-01: Microsoft Windows 7 SP1 -2330'])
  })

  test('one message a product and team, and one for all where they are many', async () => {
    for (const product of ['SQL Server 2016 SP3', 'SQL Server 2016 SP3 Azure Connect Pack']) {
      await cover('C-1', product, 'support', { on: '2026-06-01' })
    }
    await setup.sweep('2026-06-01')
    expect(await told()).toEqual([
      '2026-06-01: Microsoft SQL Server 2016 SP3 43, Microsoft SQL Server 2016 SP3 Azure Connect Pack 43',
    ])
    for (const product of [
      'Windows 7 SP1',
      'Office 2016',
      'Exchange 2016',
      'CentOS 7',
      'PHP 7.4',
      'Debian 9',
    ]) {
      await cover('C-1', product, 'support', { on: '2026-06-02' })
    }
    await setup.sweep('2026-06-02')
    const after = await told()
    expect(after).toHaveLength(2)
    expect(after.at(-1)?.split(', ')).toHaveLength(6)
  })

  test('extended support that is bought, and a product that is gone, end them; what waits is not sent', async () => {
    await cover('C-1', 'Windows Server 2016', 'support', { on: '2026-06-01' })
    await setup.sweep('2026-07-16')
    expect(await told()).toHaveLength(1)
    await cover('C-1', 'Windows Server 2016', 'extended-support', { on: '2026-07-16' })
    expect(await told()).toEqual([])
    const id = await setup.contractId('C-1')
    await setup.sweepAround('2026-10-12', '2026-10-15', ['2026-10-14'])
    expect(await told()).toEqual([])
    // The cover is taken back: the same reminders hold again, and are told once more.
    await setup.rows(`DELETE FROM cover WHERE kind = 'extended-support'`)
    await cover('C-1', 'Windows Server 2016', 'support', { on: '2026-10-16' })
    await setup.sweep('2026-10-16')
    expect(await told()).toEqual(['2026-10-16: Microsoft Windows Server 2016 88'])
    await uncoverProduct(setup.db.pool, setup.actor('2026-10-19'), id, {
      ...{ product: 'Windows Server', release: '2016' },
    })
    expect(await told()).toEqual([])
    expect(await setup.rows('SELECT 1 FROM release_watch')).toEqual([])
  })

  test('a contract that is closed covers nothing, and one that goes to another team takes its reminders along', async () => {
    await cover('C-1', 'Windows Server 2016', 'support', { on: '2026-06-01' })
    await setup.rows(
      `INSERT INTO team (organisation_id, name, name_key, channel) VALUES ($1, 'Digital', 'digital', '#digital')`,
      [setup.organisation.id],
    )
    const digital = await setup.team('Digital')
    await setup.import(
      [draft('C-1', { start: day('2020-01-01'), end: endOn('2029-03-31'), team: 'Digital' })],
      '2026-06-02',
    )
    expect(await setup.rows('SELECT team_id FROM release_watch')).toEqual([{ team_id: digital.id }])
    await setup.sweep('2026-07-16')
    expect(await setup.rows(`SELECT destination FROM delivery WHERE purpose = 'support'`)).toEqual([
      { destination: '#digital' },
    ])
    await setup.import(
      [
        draft('C-1', {
          start: day('2020-01-01'),
          end: endOn('2026-03-31'),
          team: 'Digital',
          closed: true,
        }),
      ],
      '2026-07-17',
    )
    expect(await setup.rows('SELECT 1 FROM release_watch')).toEqual([])
    expect(await told()).toEqual([])
  })

  test('newer ends of support are looked at again, once', async () => {
    await cover('C-1', 'Windows Server 2016', 'support', { on: '2026-06-01' })
    await setup.sweep('2026-06-02')
    await setup.rows(`UPDATE organisation SET products_as_of = '2026-01-01'`)
    await setup.rows(`UPDATE release_watch SET next_check_on = '2027-06-01'`)
    await setup.sweep('2026-07-16')
    expect(await told()).toHaveLength(1)
    expect(await setup.rows('SELECT products_as_of::text AS on FROM organisation')).toEqual([
      { on: '2026-08-22' },
    ])
  })

  test('a team whose first list is not looked through hears of the next 30 days alone', async () => {
    await setup.rows(`UPDATE team SET ladders_from = '2026-12-15'`)
    await cover('C-1', 'Windows Server 2016', 'support', { on: '2026-11-02' })
    await setup.sweepAround('2026-11-02', '2026-12-18', ['2026-12-11', '2026-12-14'])
    expect(await told()).toEqual(['2026-12-14: Microsoft Windows Server 2016 29'])
  })

  test('the message names the act, its day, what covers it and why; the weekly list has what ends within a year', async () => {
    await cover('C-1', 'Windows Server 2016', 'support', { on: '2026-06-01', count: 200 })
    await setup.sweep('2026-12-11')
    const [row] = await setup.rows<{ facts: SupportFacts }>(
      `SELECT facts FROM delivery WHERE purpose = 'support'`,
    )
    const { text } = supportMessage(present(row).facts)
    expect(text.split('\n').slice(0, 2)).toEqual([
      'Replace or extend by 12 Jan (32 days): support of Microsoft Windows Server 2016 ends',
      '🔵 By Tue 12 Jan 2027. For Default team.',
    ])
    expect(text).toContain('Next: replace it, or buy extended support')
    expect(text).toContain('C-1 runs until Sat 31 Mar 2029, past the end of support')
    expect(text).toContain('Covered by C-1 (support, until Sat 31 Mar 2029)')
    expect(text).toContain('data as at Sat 22 Aug 2026')
    const { db, organisation, rulesOf } = setup
    const team = await setup.team('Default team')
    const week = await factsOfWeek(db.pool, {
      ...{ organisationId: organisation.id, team, rulesOf, hoursLate: null },
      ...{ slot: day('2026-06-08'), rules: rulesOf(team) },
    })
    expect(week.support?.items).toMatchObject([
      { title: 'Microsoft Windows Server 2016', on: '2027-01-12', daysLeft: 218 },
    ])
    expect(weeklyMessage(week).text).toContain('Support of products')
  })
})

describe('what a register says that its contracts cover', () => {
  const REGISTER = (release: string) =>
    `Reference,Title,Supplier,Start date,End date,Product,Release,Cover kind,Count
C-1,Servers,Acme,2024-01-01,2027-03-31,Windows Server,${release},support,200
C-2,Two of them,Acme,2024-01-01,2027-03-31,SQL Server; Exchange Server,2016; 2019,licence; extended support,40; 12
C-3,Loose words,Acme,2024-01-01,2027-03-31,Win Srv Std,latest,support,
`
  const read = async (text: string, on = TODAY) => {
    const register = await openRegister(written('covers.csv', text), {
      ...{ map: new Map(), dates: null, timeZone: null, today: day(on) },
    })
    return setup.importRegister(register, on)
  }

  test('is linked where product and release have columns, and what is looser waits', async () => {
    await read(REGISTER('2016'))
    const covers = await setup.rows(
      `SELECT c.reference, v.product, v.release, v.kind, v.count FROM cover v JOIN contract c ON c.id = v.contract_id
       ORDER BY c.reference, v.id`,
    )
    expect(covers).toEqual([
      { reference: 'C-1', product: 'windows-server', release: '2016', kind: 'support', count: 200 },
      { reference: 'C-2', product: 'mssqlserver', release: '2016', kind: 'licence', count: 40 },
      {
        reference: 'C-2',
        product: 'msexchange',
        release: '2019',
        kind: 'extended-support',
        count: 12,
      },
      { reference: 'C-3', product: null, release: '', kind: 'support', count: null },
    ])
    const shown = await setup.shown('C-1', TODAY)
    expect(shown.covers).toMatchObject([
      {
        ...{ name: 'Microsoft Windows Server 2016', kind: 'support', count: 200 },
        ...{ supportEnds: '2027-01-12', extendedEnds: '2030-01-12' },
        findings: [{ finding: 'buy-successor' }, { finding: 'cover-outlasts-support' }],
      },
    ])
  })

  test('follows the register, but for what a person chose', async () => {
    await read(REGISTER('2016'))
    expect(await read(REGISTER('2016'))).toMatchObject({ updated: 0 })
    expect(await read(REGISTER('2019'))).toMatchObject({ updated: 1 })
    const held = () =>
      setup.rows(
        `SELECT v.release FROM cover v JOIN contract c ON c.id = v.contract_id WHERE c.reference = 'C-1'`,
      )
    expect(await held()).toEqual([{ release: '2019' }])
    expect(
      await setup.rows(
        `SELECT 1 FROM release_watch WHERE release = '2016' AND product = 'windows-server'`,
      ),
    ).toEqual([])
    await uncoverProduct(setup.db.pool, setup.actor(TODAY), await setup.contractId('C-1'), {
      ...{ product: 'Windows Server', release: '2019' },
    })
    await cover('C-1', 'Windows Server 2022')
    await read(REGISTER('2025'))
    expect(await held()).toEqual([{ release: '2022' }])
  })

  test('a product in a title is a question and no link', async () => {
    await setup.import(
      [draft('T-1', { title: 'Extended support for Windows Server 2012 R2' })],
      TODAY,
    )
    const shown = await setup.shown('T-1', TODAY)
    expect(shown.coverAsked).toBe('Microsoft Windows Server 2012 R2')
    expect(shown.covers).toBeUndefined()
    expect(await setup.rows('SELECT 1 FROM cover')).toEqual([])
  })
})

describe('the story of 2017 and 2018, from files', () => {
  const file = (name: string) => join(import.meta.dirname, 'registers', name)

  test('what was told when, and what should have been asked', async () => {
    const { db, organisation } = setup
    const on = '2017-08-14'
    const register = await openRegister(file('nhs-2017.csv'), {
      ...{ map: new Map(), dates: null, timeZone: null, today: day(on) },
    })
    await setup.importRegister(register, on, { source: 'nhs' })
    // Asked on the first day: all three are past every published support.
    const asked = (await found(on)).filter(({ finding }) => finding === 'custom-agreement')
    expect(asked.map(({ name }) => name)).toEqual([
      'Microsoft SQL Server 2005 SP4',
      'Microsoft Windows Server 2003 SP2',
      'Microsoft Windows XP SP3',
    ])
    expect(asked[0]?.why).toContain('no extended support is published: is it a custom agreement?')
    await setup.sweep(on)
    expect(await told()).toEqual([
      '2017-08-14: Microsoft SQL Server 2005 SP4 -489',
      '2017-08-14: Microsoft Windows XP SP3 -1224',
      '2017-08-14: Microsoft Windows Server 2003 SP2 -762',
    ])
    for (const product of ['Windows XP SP3', 'Windows Server 2003 SP2', 'SQL Server 2005 SP4']) {
      await cover('NHS-CSA-2017', product, 'extended-support', { custom: true, on: '2017-08-15' })
    }
    // What the organisations have, in their own words: nothing is linked before somebody says so.
    const result = await importEstate(db.pool, file('nhs-2017-estate.csv'), {
      ...{ organisationId: organisation.id, source: null, team: null, today: day('2017-08-16') },
      ...{ now: NOW, via: 'import', byPersonId: null },
    })
    expect(result).toMatchObject({ read: 8, linked: 0, open: 8 })
    for (const { words, product, release, certainty } of await readWordings(
      db.pool,
      organisation.id,
    )) {
      if (certainty === 'unknown') continue
      await answerWording(db.pool, setup.actor('2017-08-16'), day('2017-08-16'), words, {
        ...{ product: present(product), release },
      })
    }
    const exposed = (await found('2017-08-16')).filter(({ finding }) => finding !== null)
    expect(
      exposed.map(({ name, finding }) => `${name}: ${finding}`).sort((a, b) => (a < b ? -1 : 1)),
    ).toEqual(
      [
        'Microsoft Exchange 2003 SP2: not-covered',
        'Microsoft Exchange 2003 SP2: past-last-support',
        'Microsoft SQL Server 2005 SP4: support-ends-with-cover',
        // Which of them nobody has said: its service pack may not be covered.
        'Microsoft Windows Server 2003: not-covered',
        'Microsoft Windows Server 2003: past-last-support',
        'Microsoft Windows Server 2003: which-release',
        'Microsoft Windows Server 2008 R2 SP1: not-covered',
        'Microsoft Windows Server 2003 SP2: support-ends-with-cover',
        'Microsoft Windows XP SP3: support-ends-with-cover',
      ].sort((a, b) => (a < b ? -1 : 1)),
    )
    await setup.rows(`DELETE FROM delivery WHERE purpose = 'support'`)
    const days = ['2017-12-01', '2018-03-02', '2018-05-02', '2018-05-25', '2018-06-01']
    await setup.sweepAround('2017-11-27', '2018-06-08', days)
    // "Until June 2018" is a month: counted to its first day.
    const agreed = (await told()).filter((each) => /XP|Server 2003 SP2|2005/.test(each))
    expect(agreed.map((each) => each.replace('Microsoft ', ''))).toEqual([
      ...at('2017-12-01', 182),
      ...at('2018-03-02', 91),
      ...at('2018-05-02', 30),
      ...at('2018-05-25', 7),
      ...at('2018-06-01', 0),
    ])
  })

  function at(on: string, days: number) {
    const names = ['SQL Server 2005 SP4', 'Windows XP SP3', 'Windows Server 2003 SP2']
    return names.map((name) => `${on}: ${name} ${days}`)
  }
})

describe('of several teams', () => {
  const RELEASE = 'Windows Server 2016'

  /** Labs uses 12, and Wards holds a contract for it. */
  async function wardsHolds(kind: CoverKind = 'support', end = '2027-01-12') {
    const ids = { wards: await team('Wards'), labs: await team('Labs') }
    await setup.import(
      [draft('W-1', { team: 'Wards', start: day('2024-01-01'), end: endOn(end) })],
      '2026-09-01',
    )
    await cover('W-1', RELEASE, kind, { on: '2026-09-01' })
    await estate('Windows Server,2016,12,North,', 'labs', '2026-09-01', 'Labs')
    return ids
  }

  test('another team’s contract covers none of a team’s own, and is named: in the lists, the reminder and the message', async () => {
    await wardsHolds()
    const named = "covered by team Wards's W-1: check whether it extends to you"
    for (const of of ['Labs', null]) {
      expect(await uncovered(of)).toMatchObject([
        { finding: 'not-covered', teams: ['Labs'], why: expect.stringContaining(named) },
      ])
    }
    expect(await uncovered('Wards')).toEqual([])
    const { db, organisation } = setup
    const asked = { organisationId: organisation.id, asOf: day(TODAY), uncovered: true }
    expect((await readProducts(db.pool, asked)).items).toMatchObject([
      { release: '2016', inUse: 12, contracts: [], uncovered: ['Labs'] },
    ])
    await setup.sweep('2026-12-11')
    const [row] = await setup.rows<{ facts: SupportFacts }>(
      `SELECT facts FROM delivery WHERE purpose = 'support' AND destination = '#labs'`,
    )
    const { text } = supportMessage(present(row).facts)
    expect(text).toContain('No contract covers it.')
    expect(text).toContain('team Wards')
    expect(text).toContain('W-1: check whether it extends to you')
    // Nor does another team's extended support settle the end.
    await cover('W-1', RELEASE, 'extended-support', { on: '2026-12-11' })
    await setup.sweep('2027-01-05')
    const labs = await setup.rows(
      `SELECT 1 FROM delivery WHERE purpose = 'support' AND destination = '#labs' AND as_of = '2027-01-05'`,
    )
    expect(labs).toHaveLength(1)
  })

  test('one that is for all teams covers each, and its number is for all of them together', async () => {
    const { labs } = await wardsHolds()
    await cover('W-1', RELEASE, 'support', { count: 20, forAll: true })
    expect(await uncovered()).toEqual([])
    await estate('Windows Server,2016,15,South,', 'wards', TODAY, 'Wards')
    const why = 'in use 27 times at 2 sites in 2 teams together, and its contracts cover 20'
    expect(await uncovered()).toMatchObject([
      { finding: 'covered-in-part', teams: ['Labs', 'Wards'], why },
    ])
    // Each in its own list says the same.
    expect(await uncovered('Labs')).toMatchObject([{ finding: 'covered-in-part', why }])
    await cover('W-1', RELEASE, 'support', { count: 27 })
    expect(await uncovered()).toEqual([])
    expect(labs).toBeGreaterThan(0)
  })

  test('what one team has of its own and does not use is nothing to another that shares a contract with it', async () => {
    await wardsHolds()
    await setup.import(
      [draft('W-2', { team: 'Wards', start: day('2024-01-01'), end: endOn('2027-01-12') })],
      '2026-09-01',
      { source: 'two' },
    )
    await cover('W-1', RELEASE, 'support', { count: 5, forAll: true })
    await cover('W-2', RELEASE, 'support', { count: 100 })
    await estate('Windows Server,2016,10,South,', 'wards', TODAY, 'Wards')
    const why = 'in use 22 times at 2 sites in 2 teams together, and its contracts cover 15'
    expect(await uncovered()).toMatchObject([
      { finding: 'covered-in-part', teams: ['Wards'], why },
      { finding: 'covered-in-part', teams: ['Labs'], why: expect.stringContaining(why) },
    ])
    // Twelve of the shared ones are what the first team lacks, whatever the second holds.
    await cover('W-1', RELEASE, 'support', { count: 12 })
    expect(await uncovered()).toEqual([])
  })

  test('of a team with several organisations under an umbrella, those that join late or could not be read are not covered', async () => {
    const { labs } = await wardsHolds('extended-support', '2029-12-31')
    const id = await setup.contractId('W-1')
    const say = (buyer: string, more: { from?: string; unread?: string | null }) =>
      setMembers(setup.db.pool, setup.actor(TODAY), id, [
        {
          ...{ buyer, teamId: labs },
          ...(more.from === undefined ? {} : { from: day(more.from) }),
          ...(more.unread === undefined ? {} : { unread: more.unread }),
        },
      ])
    await say('Northern Trust', { from: '2025-01-01' })
    expect(await uncovered('Labs')).toEqual([])
    await say('Western Trust', { from: '2027-03-01' })
    const why = 'in use 12 times, and W-1 covers all of its organisations from Mon 1 Mar 2027'
    expect(await uncovered('Labs')).toMatchObject([{ finding: 'covered-in-part', why }])
    expect(await uncovered('Labs', '2027-03-01')).toEqual([])
    // Support ends in January for the one that joins in March: the end is told.
    await setup.sweep('2026-12-11')
    expect(await told()).toEqual(['2026-12-11: Microsoft Windows Server 2016 32'])
    await say('Western Trust', { from: '2026-12-01', unread: 'to: when merged' })
    expect(await uncovered('Labs', '2026-12-14')).toMatchObject([
      { why: expect.stringContaining('nobody could read your days under it') },
    ])
    await say('Western Trust', { unread: null })
    expect(await uncovered('Labs', '2026-12-14')).toEqual([])
  })

  test('an umbrella covers the teams of its members from the day they join to the day they leave', async () => {
    const { labs } = await wardsHolds('extended-support', '2029-12-31')
    const member = async (said: { from?: string; to?: string }) =>
      setMembers(setup.db.pool, setup.actor(TODAY), await setup.contractId('W-1'), [
        {
          ...{ buyer: 'Northern Trust', teamId: labs },
          ...(said.from === undefined ? {} : { from: day(said.from) }),
          ...(said.to === undefined ? {} : { to: day(said.to) }),
        },
      ])
    await member({ from: '2027-02-01' })
    expect(await uncovered('Labs')).toMatchObject([
      { why: expect.stringContaining('W-1 begins on Mon 1 Feb 2027') },
    ])
    expect(await uncovered('Labs', '2027-02-01')).toEqual([])
    // It joins after support has ended, so that the end is told.
    await setup.sweep('2026-12-11')
    expect(await told()).toEqual(['2026-12-11: Microsoft Windows Server 2016 32'])
    await setup.rows('DELETE FROM delivery')
    await setup.rows('DELETE FROM alert')
    await member({ from: '2026-12-01' })
    for (const on of ['2026-12-14', '2027-01-05', '2027-01-12']) await setup.sweep(on)
    expect(await told()).toEqual([])
    await member({ to: '2028-06-30' })
    expect(await uncovered('Labs', '2028-06-30')).toEqual([])
    expect(await uncovered('Labs', '2028-07-03')).toMatchObject([
      { why: expect.stringContaining('W-1 ended on Fri 30 Jun 2028') },
    ])
    const unread = { buyer: 'Northern Trust', unread: 'to: when merged' }
    await setMembers(setup.db.pool, setup.actor(TODAY), await setup.contractId('W-1'), [unread])
    expect(await uncovered('Labs')).toMatchObject([
      { why: expect.stringContaining('nobody could read your days under it') },
    ])
  })

  test('what an agreement of theirs does not name is not covered, and says so', async () => {
    const { labs } = await wardsHolds('extended-support', '2029-12-31')
    await setMembers(setup.db.pool, setup.actor(TODAY), await setup.contractId('W-1'), [
      { buyer: 'Northern Trust', teamId: labs },
    ])
    await estate(
      'Windows Server,2012,3,,\nWindows Server,2022,4,,\nSQL Server,2012,2,,\nPostgreSQL,17,7,,',
      'more',
      TODAY,
      'Labs',
    )
    const named = (await uncovered('Labs')).map(({ name, why }) => [
      name,
      why.includes('W-1, of which you are a member, does not name it'),
    ])
    expect(named.sort((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
      ['Microsoft SQL Server 2012', true],
      ['Microsoft Windows Server 2012', true],
      ['Microsoft Windows Server 2022', true],
      // It has support of its own still, and the agreement is about what has none.
      ['PostgreSQL 17', false],
    ])
  })
})

describe('extended support for a part', () => {
  const RELEASE = 'Windows Server 2016'
  const DAYS = ['2026-07-16', '2026-10-14', '2026-12-11', '2027-01-05', '2027-01-12']

  /** Contracts with extended support of so many each, and rows of what is in use. */
  async function held(counts: readonly (number | null)[], inUse: readonly string[], end: string) {
    const drafts = counts.map((_, at) =>
      draft(`X-${at + 1}`, { start: day('2024-01-01'), end: endOn(end) }),
    )
    await setup.import(drafts, '2026-06-01')
    for (const [at, count] of counts.entries()) {
      const more = { on: '2026-06-01', ...(count === null ? {} : { count }) }
      await cover(`X-${at + 1}`, RELEASE, 'extended-support', more)
    }
    const rows = inUse.map((count, at) => `Windows Server,2016,${count},Site ${at},`)
    if (rows.length > 0) await estate(rows.join('\n'), 'estate', '2026-06-01')
  }

  /** What each reminder says of the part. */
  async function parts(destination: string | null = null) {
    const rows = await setup.rows<{ facts: SupportFacts }>(
      `SELECT facts FROM delivery WHERE purpose = 'support' AND state <> 'SUPERSEDED'
         AND ($1::text IS NULL OR destination = $1) ORDER BY as_of, id`,
      [destination],
    )
    return rows.map(({ facts }) => supportMessage(facts).text.split('\n')[2])
  }

  const TEN_OF_100 = '10 of 100 covered by extended support, 90 without.'
  test.each<[string, (number | null)[], string[], string | null]>([
    ['10 of 100', [10], ['100'], TEN_OF_100],
    ['90 of 100', [90], ['100'], '90 of 100 covered by extended support, 10 without.'],
    ['100 of 100', [100], ['100'], null],
    ['120 of 100', [120], ['100'], null],
    ['no number of 100', [null], ['100'], null],
    ['no number of nobody knows how many', [null], ['some'], null],
    ['10 of none that is listed', [10], [], null],
    ['60 and 40 of 100', [60, 40], ['100'], null],
    ['60 and 30 of 100', [60, 30], ['100'], '90 of 100 covered by extended support, 10 without.'],
    [
      '10 and no number of 100',
      [10, null],
      ['100'],
      '10 of 100 covered by extended support, and nobody knows whether that is enough (ask about X-2, which does not say how many it covers).',
    ],
    [
      '10 of nobody knows how many',
      [10],
      ['some'],
      '10 covered by extended support, and nobody knows whether that is enough (ask about rows that give no number of what is in use).',
    ],
    [
      '10 of 50 and nobody knows how many',
      [10],
      ['50', 'some'],
      '10 of at least 50 at 2 sites covered by extended support, at least 40 without.',
    ],
  ])(
    'settles the end of support for all that is in use or not at all: %s',
    async (_, counts, inUse, said) => {
      await held(counts, inUse, '2030-01-12')
      for (const on of DAYS) await setup.sweep(on)
      expect(await parts()).toEqual(said === null ? [] : DAYS.map(() => said))
    },
  )

  test('counts what several teams share once, for all of them', async () => {
    await team('Labs')
    await held([100], ['70'], '2030-01-12')
    await cover('X-1', RELEASE, 'extended-support', { count: 100, forAll: true, on: '2026-06-01' })
    await estate('Windows Server,2016,30,,', 'labs', '2026-06-01', 'Labs')
    await setup.sweep('2026-07-16')
    expect(await told()).toEqual([])
    await estate('Windows Server,2016,50,,', 'labs', '2026-07-17', 'Labs')
    await setup.sweep('2026-10-14')
    const said = '100 of 120 in 2 teams together covered by extended support, 20 without.'
    expect(await parts('#labs')).toEqual([said])
    expect(await parts()).toEqual([said, said])
  })

  test('adds up a team’s own, what is for all teams, and its umbrella from the day it joins', async () => {
    const labs = await team('Labs')
    const long = { start: day('2024-01-01'), end: endOn('2030-01-12') }
    const drafts = [draft('OWN', { ...long, team: 'Labs' }), draft('ALL', long), draft('UMB', long)]
    await setup.import(drafts, '2026-06-01')
    const on = '2026-06-01'
    await cover('OWN', RELEASE, 'extended-support', { count: 10, on })
    await cover('ALL', RELEASE, 'extended-support', { count: 40, forAll: true, on })
    await cover('UMB', RELEASE, 'extended-support', { count: 50, on })
    await estate('Windows Server,2016,100,,', 'labs', on, 'Labs')
    await setup.sweep('2026-07-16')
    expect(await parts('#labs')).toEqual(['50 of 100 covered by extended support, 50 without.'])
    const member = async (from: string) =>
      setMembers(setup.db.pool, setup.actor('2026-07-17'), await setup.contractId('UMB'), [
        { buyer: 'Northern Trust', teamId: labs, from: day(from) },
      ])
    await member('2027-03-01')
    await setup.sweep('2026-10-14')
    expect(await parts('#labs')).toHaveLength(2)
    // It joins in time: the reminders that were told hold no more, and none follows.
    await member('2027-01-01')
    expect(await parts('#labs')).toEqual([])
    await setup.sweep('2026-12-11')
    expect(await parts('#labs')).toEqual([])
    await estate('Windows Server,2016,101,,', 'labs', '2026-12-14', 'Labs')
    await setup.sweep('2026-12-14')
    expect(await parts('#labs')).toEqual(['100 of 101 covered by extended support, 1 without.'])
  })

  test('leaves both ends to be told: of what is without, and of what has it; the lists say so after the end', async () => {
    await held([10], ['100'], '2030-01-12')
    await setup.import([draft('S', { end: endOn('2028-03-31') })], '2026-06-01', { source: 's' })
    // Support of its own for all of them: every machine has a contract, and ninety no extended support.
    await cover('S', RELEASE, 'support', { count: 100, on: '2026-06-01' })
    expect(await findings('2026-12-01')).toContain('S: cover-outlasts-support until 2027-01-12')
    const past = (await found('2027-02-01')).find(({ finding }) => finding === 'past-support')
    expect(past?.why).toContain('10 of 100 covered by extended support, 90 without: ask for its')
    for (const on of ['2027-01-12', '2029-07-16']) await setup.sweep(on)
    expect(await told()).toEqual([
      '2027-01-12: Microsoft Windows Server 2016 0',
      '2029-07-16: Microsoft Windows Server 2016 180',
    ])
    await cover('X-1', RELEASE, 'extended-support', { count: 100, on: '2026-12-01' })
    expect(await findings('2026-12-01')).not.toContain('S: cover-outlasts-support until 2027-01-12')
    expect(await findings('2027-02-01')).not.toContain(
      'Microsoft Windows Server 2016: past-support until 2027-01-12',
    )
  })

  test('that is first seen after the end is told once, for what is without', async () => {
    await setup.import(
      [draft('X-1', { start: day('2024-01-01'), end: endOn('2030-01-12') })],
      '2027-02-01',
    )
    await cover('X-1', RELEASE, 'extended-support', { count: 10, on: '2027-02-01' })
    await estate('Windows Server,2016,100,,', 'estate', '2027-02-01')
    await setup.sweepAround('2027-02-01', '2027-02-05', ['2027-02-02'])
    expect(await told()).toEqual(['2027-02-01: Microsoft Windows Server 2016 -20'])
    expect(await parts()).toEqual([TEN_OF_100])
  })
})

describe('what covers nothing', () => {
  test('a contract that has ended or not begun: the finding says which', async () => {
    await setup.import(
      [
        draft('OLD', { start: day('2024-01-01'), end: endOn('2026-10-31') }),
        draft('NEW', { start: day('2027-06-01'), end: endOn('2029-05-31') }),
      ],
      '2026-09-01',
    )
    await cover('OLD', 'Windows Server 2016')
    await cover('NEW', 'Windows Server 2016')
    await estate('Windows Server,2016,12,,')
    expect(await uncovered()).toMatchObject([
      {
        finding: 'not-covered',
        why: 'in use 12 times, and no contract covers it, NEW begins on Tue 1 Jun 2027, OLD ended on Sat 31 Oct 2026',
      },
    ])
    const { db, organisation } = setup
    const asked = { organisationId: organisation.id, asOf: day(TODAY), uncovered: true }
    expect((await readProducts(db.pool, asked)).items).toHaveLength(1)
  })

  test('extended support that begins months after support ends leaves that end to be told', async () => {
    await setup.import(
      [draft('X', { start: day('2028-06-01'), end: endOn('2029-12-31') })],
      '2026-11-02',
    )
    await cover('X', 'Windows Server 2016', 'extended-support')
    await setup.sweep('2026-12-14')
    expect(await told()).toEqual(['2026-12-14: Microsoft Windows Server 2016 29'])
  })

  test('a use without a number is unknown and never enough; a row with none in use is no use', async () => {
    await setup.import([draft('C-1', { end: endOn('2027-01-12') })], TODAY)
    await cover('C-1', 'Windows Server 2016', 'support', { count: 12 })
    await estate('Windows Server,2016,10,North,\nWindows Server,2016,some,South,')
    expect(await uncovered()).toMatchObject([
      {
        finding: 'count-unknown',
        why: 'in use 10 times at 2 sites, its contracts cover 12, and nobody knows whether that is enough: ask about rows that give no number of what is in use',
      },
    ])
    await estate('Windows Server,2016,30,North,\nWindows Server,2016,,South,')
    expect(await uncovered()).toMatchObject([
      {
        finding: 'covered-in-part',
        why: expect.stringContaining('beside rows that give no number'),
      },
    ])
    await setup.import([draft('C-2', { end: endOn('2027-01-12') })], TODAY, { source: 'two' })
    await cover('C-2', 'Windows Server 2016', 'support')
    expect(await uncovered()).toMatchObject([
      {
        finding: 'count-unknown',
        why: expect.stringContaining('C-2, which does not say how many it covers'),
      },
    ])
    await estate('Windows Server,2016,0,North,')
    expect(await uncovered()).toEqual([])
  })

  test('an update that no release tells apart is named, not dropped', async () => {
    await setup.import([draft('C-1', { end: endOn('2028-01-12') })], TODAY)
    expect(await cover('C-1', 'Exchange 2019 CU14')).toMatchObject({
      ...{ name: 'Microsoft Exchange 2019', leftOut: ['CU14'] },
    })
    expect(await cover('C-1', 'ESXi 7.0 U3')).toMatchObject({ leftOut: ['U3'] })
    expect(await cover('C-1', 'Windows Server 2016')).toMatchObject({ leftOut: [] })
  })
})

describe('what made a cover takes it along', () => {
  const REGISTER = (product: string, release = '') =>
    `Reference,Title,Supplier,Start date,End date,Product,Release,Cover kind,Count
C-1,Servers,Acme,2024-01-01,2028-03-31,${product},${release},support,200
`
  const read = (text: string, on = TODAY) =>
    setup.importFile(written('covers.csv', text), on, { source: 'register' })
  const held = () =>
    setup
      .rows('SELECT product, release, words FROM cover ORDER BY id')
      .then((rows) => rows.map((each) => Object.values(each).join(' | ')))
  const watched = () =>
    setup.rows<{ key: string }>(
      `SELECT product || ' ' || release AS key FROM release_watch ORDER BY 1`,
    )
  const undo = (on = TODAY) =>
    undoImport(setup.db.pool, {
      ...{ organisationId: setup.organisation.id, source: null, personId: null },
      ...{ via: 'command line', now: NOW, today: day(on), rulesOf: setup.rulesOf, dryRun: false },
    })

  test('an import that is undone: of new contracts and of those that it changed', async () => {
    await read(REGISTER('Windows Server', '2012'), '2026-11-02')
    const before = await held()
    await read(REGISTER('Windows Server', '2016'), '2026-11-30')
    await setup.sweep('2026-12-01')
    expect(await watched()).toEqual([{ key: 'windows-server 2016' }])
    await undo('2026-12-01')
    expect(await held()).toEqual(before)
    expect(await watched()).toEqual([{ key: 'windows-server 2012' }])
    expect(
      await setup.rows(
        `SELECT state FROM alert WHERE kind = 'support' AND release = '2016' AND state <> 'superseded'`,
      ),
    ).toEqual([])
    // The record has both: what the import changed, and that it was put back.
    const said = await setup.rows<{ to: string }>(
      `SELECT to_value AS "to" FROM audit_change WHERE field = 'covers' ORDER BY entry_id, position`,
    )
    expect(said.slice(-2).map(({ to }) => to)).toEqual([
      expect.stringContaining('2016'),
      expect.stringContaining('2012'),
    ])
    await setup.rows(`UPDATE import SET imported_on = '2026-11-30'`)
    await undo('2026-12-01')
    expect(await held()).toEqual([])
    expect(await watched()).toEqual([])
  })

  test.each([
    ['support for all teams', true],
    ['extended-support (not custom) for all teams', true],
    ['support, organisation-wide', true],
    ['support, not organisation-wide', false],
    ['support (not for all teams)', false],
    ['support; no longer trust-wide', false],
    ['support for all teams except Wards', false],
    ['support for all teams from 2028', false],
    ['support for all teams?', false],
    ['support for some teams', false],
  ])('a register’s cell "%s" says whether it is for all teams', async (kind, forAll) => {
    const cell = kind.replaceAll(';', ',')
    await read(REGISTER('Windows Server', '2016').replace(',support,', `,"${cell}",`))
    expect(await setup.rows('SELECT for_all AS "forAll" FROM cover')).toEqual([{ forAll }])
  })

  test.each([
    ['1,200', 1200, false],
    ['200 users', 200, false],
    ['c. 200', 200, false],
    ['1 500 seats', 1500, false],
    ['100 to 200', 100, false],
    ['2k', 2000, false],
    ['', null, false],
    ['unlimited', null, false],
    ['as per schedule', null, true],
  ])('a register’s count "%s" is read, or asked about', async (count, held, isAsked) => {
    await read(REGISTER('Windows Server', '2016').replace(',200\n', `,"${count}"\n`))
    expect(await setup.rows('SELECT count FROM cover')).toEqual([{ count: held }])
    const asked = await setup.rows(
      `SELECT 1 FROM import_problem WHERE problem LIKE 'how many it covers was not understood%'`,
    )
    expect(asked).toHaveLength(isAsked ? 1 : 0)
  })

  test('words that are said to mean another product, or none: rows in use, covers, and their reminders', async () => {
    await read(REGISTER('Win Srv Std', 'old'))
    await estate('Win Srv Std old,,5,,')
    const say = (said: Parameters<typeof sayWording>[4]) =>
      sayWording(setup.db.pool, setup.actor(TODAY), day(TODAY), 'win srv  STD old', said)
    await say({ product: 'Windows Server', release: '2012' })
    expect(await held()).toEqual(['windows-server | 2012 | Win Srv Std old'])
    await setup.sweep('2026-12-01')
    await say({ product: 'Windows Server', release: '2016' })
    expect(await held()).toEqual(['windows-server | 2016 | Win Srv Std old'])
    expect(await watched()).toEqual([{ key: 'windows-server 2016' }])
    expect(
      await setup.rows(
        `SELECT 1 FROM alert WHERE kind = 'support' AND release = '2012' AND state NOT IN ('superseded', 'closed')`,
      ),
    ).toEqual([])
    await say('nothing')
    expect(await held()).toEqual([' |  | Win Srv Std old'])
    expect(await watched()).toEqual([])
    await say({ product: 'Windows Server', release: '2019' })
    expect(await held()).toEqual(['windows-server | 2019 | Win Srv Std old'])
    // What a person chose for the contract, and what columns name, are no words of a list.
    await cover('C-1', 'SQL Server 2019')
    await estate('Windows Server,2019,7,,', 'given')
    await say('nothing')
    expect(await held()).toEqual([' |  | Win Srv Std old', 'mssqlserver | 15.0 | '])
    expect(await setup.rows('SELECT source, product FROM in_use ORDER BY source')).toEqual([
      { source: 'estate', product: null },
      { source: 'given', product: 'windows-server' },
    ])
    // Nor where the same words stand in one cell of another list, and are answered there.
    await estate('Windows Server 2019,,3,,', 'loose')
    const answer = (said: Parameters<typeof sayWording>[4]) =>
      sayWording(setup.db.pool, setup.actor(TODAY), day(TODAY), 'Windows Server 2019', said)
    await answer({ product: 'Windows Server', release: '2019' })
    await answer('nothing')
    expect(
      await setup.rows(
        `SELECT source, product FROM in_use WHERE source <> 'estate' ORDER BY source`,
      ),
    ).toEqual([
      { source: 'given', product: 'windows-server' },
      { source: 'loose', product: null },
    ])
  })

  test('cells that are put right: what they had linked through words goes', async () => {
    await read(REGISTER('Win Srv Std', 'old'))
    await sayWording(setup.db.pool, setup.actor(TODAY), day(TODAY), 'Win Srv Std old', {
      ...{ product: 'Windows Server', release: '2012' },
    })
    await read(REGISTER('SQL Server', '2019'))
    expect(await held()).toEqual(['mssqlserver | 15.0 | SQL Server 2019'])
    expect(await watched()).toEqual([{ key: 'mssqlserver 15.0' }])
  })

  test('proposals are ruled one way, however they are said', async () => {
    await estate('Win Srv 2019 Std,,5,,\nWindows server 2022 datacenter,,1,,\nOld box,,1,,')
    const { db } = setup
    const actor = setup.actor(TODAY)
    await expect(sayWording(db.pool, actor, day(TODAY), 'Old box', 'proposed')).rejects.toThrow(
      'Nothing is proposed for "Old box"',
    )
    expect(await sayWording(db.pool, actor, day(TODAY), 'WIN SRV 2019 std', 'proposed')).toEqual({
      ...{ name: 'Microsoft Windows Server 2019', linked: 1 },
    })
    expect(await sayCertainWordings(db.pool, actor, day(TODAY))).toMatchObject({ rows: 1 })
    expect(await readWordings(db.pool, setup.organisation.id)).toMatchObject([{ words: 'Old box' }])
  })
})

describe('a reminder of a release', () => {
  const KEY = { product: 'windows-server', release: '2016' }

  async function reminded() {
    await setup.import([draft('C-1', { end: endOn('2030-03-31') })], '2026-09-01')
    await cover('C-1', 'Windows Server 2016', 'support', { on: '2026-09-01' })
    await setup.sweep('2026-12-11')
    const only = await setup.team('Default team')
    return { ...KEY, teamId: only.id }
  }

  test('rests while somebody is on it, is asked again, and never rests past the end', async () => {
    const of = await reminded()
    const { until } = await restSupport(setup.db.pool, setup.actor('2026-12-14'), of, null)
    expect(until).toBe('2026-12-28')
    await setup.rows('DELETE FROM delivery')
    await setup.sweepAround('2026-12-14', '2026-12-27', [])
    expect(await told()).toEqual([])
    await setup.sweepAround('2026-12-28', '2027-01-12', ['2026-12-29', '2027-01-05'])
    // The 28th is a holiday in England.
    expect(await told()).toEqual([
      '2026-12-29: Microsoft Windows Server 2016 14',
      '2027-01-05: Microsoft Windows Server 2016 7',
      '2027-01-12: Microsoft Windows Server 2016 0',
    ])
    const [row] = await setup.rows<{ facts: SupportFacts }>(
      `SELECT facts FROM delivery WHERE purpose = 'support' ORDER BY as_of LIMIT 1`,
    )
    expect(supportMessage(present(row).facts).text).toContain('Asked again')
  })

  test('that is put off over a later one is told with the days really left, once', async () => {
    const of = await reminded()
    const put = (until: string, on = '2026-12-14') =>
      restSupport(setup.db.pool, setup.actor(on), of, day(until))
    await expect(put('2027-01-13')).rejects.toThrow('until Tue 12 Jan 2027 at most')
    await expect(put('2026-12-14')).rejects.toThrow('a day to come')
    await put('2027-01-07')
    await setup.rows('DELETE FROM delivery')
    await setup.sweepAround('2026-12-14', '2027-01-11', ['2027-01-07'])
    expect(await told()).toEqual(['2027-01-07: Microsoft Windows Server 2016 5'])
    await expect(
      restSupport(setup.db.pool, setup.actor('2027-01-11'), { ...of, release: '2019' }, null),
    ).rejects.toThrow('No reminder of Microsoft Windows Server 2019 is open')
  })

  test.each([
    ['put off to the end itself', '2027-01-25', '2027-01-31', '2027-01-29'],
    ['put off to the Saturday before', '2027-01-25', '2027-01-30', '2027-01-29'],
    ['somebody is on it', '2027-01-28', null, '2027-01-29'],
  ])(
    'of an end on a Sunday is asked again on the Friday before: %s',
    async (_, on, until, again) => {
      await setup.import([draft('C-1', { end: endOn('2027-01-31') })], '2026-09-01')
      await cover('C-1', 'Windows Server 2012', 'extended-support', {
        custom: true,
        on: '2026-09-01',
      })
      await setup.sweep('2027-01-25')
      const only = await setup.team('Default team')
      const of = { product: 'windows-server', release: '2012', teamId: only.id }
      const rest = await restSupport(
        setup.db.pool,
        setup.actor(on),
        of,
        until === null ? null : day(until),
      )
      expect(rest.until).toBe(again)
      await setup.rows('DELETE FROM delivery')
      await setup.sweepAround('2027-01-26', '2027-02-05', ['2027-01-29'])
      expect(await told()).toEqual(['2027-01-29: Microsoft Windows Server 2012 2'])
    },
  )

  test('that a sweep should have told and has not is found by the check of the watch itself', async () => {
    await reminded()
    const { db, organisation, rulesOf } = setup
    const missed = async () =>
      findMissed(
        db.pool,
        { organisationId: organisation.id, rulesOf },
        await readTeams(db.pool, organisation.id),
      )
    expect(await missed()).toEqual([])
    const lost = expect.stringMatching(/^Microsoft Windows Server 2016 of team /)
    // Its alert was lost, and the day to look at it is far away.
    await setup.rows(`DELETE FROM alert WHERE kind = 'support'`)
    expect(await missed()).toEqual([lost])
    await setup.rows(`UPDATE release_watch SET next_check_on = NULL`)
    expect(await missed()).toEqual([lost])
    // Nobody noted it down at all.
    await setup.rows('DELETE FROM release_watch')
    expect(await missed()).toEqual([lost])
    // Changed since: it waits for the next sweep.
    await cover('C-1', 'Windows Server 2016', 'support', { count: 7, on: '2026-12-11' })
    expect(await missed()).toEqual([])
  })

  test('simulate tells what the sweeps then tell, explain says why, and nothing is written', async () => {
    await setup.import(
      [
        draft('A', { end: endOn('2030-03-31') }),
        draft('B', { start: day('2027-03-01'), end: endOn('2029-03-31') }),
      ],
      '2026-09-01',
    )
    await cover('A', 'Windows Server 2016', 'support', { on: '2026-09-01' })
    await cover('A', 'SQL Server 2017', 'support', { on: '2026-09-01' })
    await cover('B', 'ESXi 8.0', 'support', { on: '2026-09-01' })
    await estate('Windows Server,2019,3,,\nDebian,11,2,,', 'estate', '2026-09-01')
    const { db, organisation, rulesOf } = setup
    const span = { from: day('2026-09-01'), to: day('2027-12-31') }
    const coming = await simulation(db.pool, {
      ...{ organisationId: organisation.id, rulesOf, sourceId: null, held: true, ...span },
    })
    const before = coming.messages.filter(({ kind }) => kind === 'support')
    expect(await setup.rows('SELECT 1 FROM alert')).toEqual([])
    const next = (
      await explain(db.pool, organisation.id, await setup.contractId('A'), span.from, rulesOf)
    ).products
    await setup.sweepAround(
      span.from,
      span.to,
      before.map(({ on }) => on),
    )
    const raised = await setup.rows<{ line: string }>(
      `SELECT concat_ws(' ', raised_on, product, release, deadline_on, rung) AS line FROM alert
        WHERE kind = 'support' ORDER BY 1`,
    )
    const simulated = before.map(
      ({ on, reference, deadline, rung }) => `${on} ${reference} ${deadline} ${rung}`,
    )
    expect(simulated).toHaveLength(raised.length)
    expect(raised.length).toBeGreaterThan(10)
    const days = (lines: readonly string[]) =>
      lines.map((line) => [line.slice(0, 10), ...line.split(' ').slice(-2)].join(' ')).sort()
    expect(days(simulated)).toEqual(days(raised.map(({ line }) => line)))
    const sent = await setup.rows(
      `SELECT DISTINCT as_of, subject FROM delivery WHERE purpose = 'support'`,
    )
    expect(new Set(before.map(({ messageId }) => messageId)).size).toBe(sent.length)
    const server = present(next?.find(({ name }) => name.endsWith('Server 2016')))
    expect(server.raised).toEqual([])
    expect(server.next.map(({ rung }) => rung)).toEqual([180, 90, 30, 7, 0])
    const after = await explain(
      db.pool,
      organisation.id,
      await setup.contractId('A'),
      day('2026-12-31'),
      rulesOf,
    )
    expect(after.products?.find(({ name }) => name.endsWith('Server 2016'))).toMatchObject({
      raised: [{ rung: 180 }, { rung: 90 }, { rung: 30 }],
      next: [{ rung: 7 }, { rung: 0 }],
      silent: null,
    })
    // In use alone: nobody holds a contract of it.
    const [bare] = await explainReleases(
      db.pool,
      { organisationId: organisation.id, rulesOf, asOf: day('2026-10-01') },
      [{ product: 'debian', release: '11' }],
    )
    expect(bare).toMatchObject({
      name: 'Debian 11 (Bullseye)',
      silent: expect.stringContaining('told once'),
    })
  })

  test('of what is in use alone starts with the others where a team’s list is looked through early', async () => {
    await estate('Windows Server,2016,12,,', 'estate', '2026-10-05')
    await setup.rows(`UPDATE team SET ladders_from = '2026-11-30'`)
    await setup.sweep('2026-10-15')
    expect(await told()).toEqual([])
    const first = await setup.team('Default team')
    await confirmTriage(setup.db.pool, setup.actor('2026-10-16'), first.id)
    await setup.sweep('2026-10-16')
    expect(await told()).toEqual(['2026-10-16: Microsoft Windows Server 2016 88'])
  })
})

test('a reminder of a release that nobody has any more goes out of the message that waits', async () => {
  await setup.import([draft('C-1'), draft('C-2')], '2026-12-10')
  const { pool } = setup.db
  await changeRules(
    ...([pool, setup.actor('2026-12-10'), WHOLE_ORGANISATION] as const),
    setting(ruleKeyNamed('groupAbove'), '1'),
  )
  await cover('C-1', 'Windows Server 2016', 'support', { on: '2026-12-10' })
  await cover('C-2', '.NET Framework 4.6.2', 'support', { on: '2026-12-10' })
  await setup.sweep('2026-12-11')
  const facts = (await told()).join()
  expect(facts).toMatch(
    /Windows Server 2016 32.*NET Framework 4.6.2 32|NET.*Windows Server 2016 32/,
  )
  await uncoverProduct(pool, setup.actor('2026-12-11'), await setup.contractId('C-2'), {
    ...{ product: '.NET Framework', release: '4.6.2' },
  })
  await setup.rows(`UPDATE delivery SET state = 'SUPERSEDED' WHERE purpose <> 'support'`)
  await knowChannels(pool)
  const claims = await claimDue(pool, { owner: 'test', leaseMs: 60_000, limit: 9 })
  const read = await loadFacts(pool, claims)
  const said = claims.map((claim) => {
    const loaded = read.get(claim.id)
    if (loaded === undefined || loaded instanceof Error) throw new Error('It was not read.')
    return render(claim, loaded, { answerable: true, hidePrices: false })
  })
  expect(JSON.stringify(said)).toContain('Windows Server 2016')
  expect(JSON.stringify(said)).not.toContain('4.6.2')
})
