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
import { day } from './support/contract-facts.ts'
import { present } from './support/present.ts'
import { written } from './support/register-file.ts'
import { draft, NOW, runs, useSetup } from './support/setup.ts'

const setup = useSetup({ emptied: 'before' })
const TODAY = '2026-11-30'

const cover = (
  reference: string,
  product: string,
  kind: CoverKind = 'support',
  more: { count?: number; custom?: boolean; forAll?: boolean; on?: string } = {},
) =>
  setup.act(more.on ?? TODAY, coverProduct, reference, {
    ...{ product, release: '', kind, count: more.count ?? null, custom: more.custom ?? null },
    forAll: more.forAll ?? null,
  })

/** No more covered by it. */
const uncover = (on: string, reference: string, product: string, release: string) =>
  setup.act(on, uncoverProduct, reference, { product, release })

/** What `readSupport` and the like are asked: what is found of the organisation on a day. */
const asked = (asOf: string) => ({ organisationId: setup.organisation.id, asOf: day(asOf) })

async function found(asOf = TODAY, team: string | null = null) {
  const teamId = team === null ? null : (await setup.team(team)).id
  return (await readSupport(setup.db.pool, { ...asked(asOf), days: null, teamId })).items
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
    .sort(byText)
}

const importing = async (source: string | null, on: string, of: string | null = null) => ({
  ...{ organisationId: setup.organisation.id, source, today: day(on), now: NOW },
  ...{ team: of === null ? null : await setup.team(of), via: 'import', byPersonId: null },
})

async function estate(rows: string, source = 'estate', on = TODAY, of: string | null = null) {
  const file = written(`${source}.csv`, `Product,Release,Count,Site,Owner\n${rows}\n`)
  return importEstate(setup.db.pool, file, await importing(source, on, of))
}

/** What each message that stands says, in words. */
async function messages(destination: string | null = null) {
  const rows = await setup.rows<{ facts: SupportFacts }>(
    `SELECT facts FROM delivery WHERE purpose = 'support' AND state <> 'SUPERSEDED'
       AND ($1::text IS NULL OR destination = $1) ORDER BY as_of, id`,
    [destination],
  )
  return rows.map(({ facts }) => supportMessage(facts).text)
}

/** The releases that are watched. */
const watched = () => setup.values('SELECT product, release FROM release_watch ORDER BY 1, 2')

const byText = (a: string, b: string) => (a < b ? -1 : 1)

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
  // Looked up by hand: the end of support, and of extended support, as their makers publish them; then
  // what is found of cover that ends a month before, and a year after the end of support.
  const BEFORE = 'cover-ends-before-support'
  const PAST = 'cover-outlasts-support'
  const TEN: readonly [string, string | null, string | null, string, string?][] = [
    [
      'Windows Server 2016',
      '2027-01-12',
      '2030-01-12',
      `${BEFORE} 2026-12-13`,
      `${PAST} 2027-01-12`,
    ],
    ['SQL Server 2017', '2027-10-12', null, `${BEFORE} 2027-09-12`, `${PAST} 2027-10-12`],
    // Ended, and extended support is still sold; ended, extended support too.
    ['Windows 10 22H2', '2025-10-14', '2028-10-10', 'past-support 2025-10-14'],
    ['Exchange 2019', '2025-10-14', '2026-11-01', 'past-last-support 2026-11-01'],
    ['ESXi 8.0', '2027-10-11', null, `${BEFORE} 2027-09-11`, `${PAST} 2027-10-11`],
    [
      'Oracle Database 19c',
      '2029-12-31',
      '2032-12-31',
      `${BEFORE} 2029-12-01`,
      `${PAST} 2029-12-31`,
    ],
    ['RHEL 8', '2029-05-31', '2033-05-31', `${BEFORE} 2029-05-01`, `${PAST} 2029-05-31`],
    ['SharePoint 2019', '2026-07-14', null, 'past-last-support 2026-07-14'],
    ['Debian 11', '2024-08-14', '2026-08-31', 'past-last-support 2026-08-31'],
    // Nobody has published an end: unknown, and asked.
    ['Exchange Subscription Edition', null, null, 'end-unknown null'],
  ]

  test('the findings are those that the dates ask for', async () => {
    const drafts = TEN.flatMap(([, support], at) => {
      const end = day(support ?? '2028-01-01')
      const ends = { before: addDays(end, -30), on: end, past: addDays(end, 400) }
      return Object.entries(ends).map(([when, last]) => runs(`P${at}-${when}`, '2019-01-01', last))
    })
    await setup.import(drafts, '2024-01-08')
    for (const [at, [product]] of TEN.entries()) {
      for (const when of ['before', 'on', 'past']) await cover(`P${at}-${when}`, product)
    }
    const all = await found()
    const named = (start: string) =>
      all.filter(({ contracts }) => contracts.some(({ reference }) => reference.startsWith(start)))
    const of = (start: string) =>
      named(start).flatMap(({ finding, until }) =>
        finding === null || finding.startsWith('buy') ? [] : [`${finding} ${until}`],
      )
    for (const [at, [product, supportEnds, extendedEnds, before, past]] of TEN.entries()) {
      if (past === undefined) expect([...new Set(of(`P${at}-`))], product).toEqual([before])
      else {
        expect([of(`P${at}-before`), of(`P${at}-on`)], product).toEqual([[before], []])
        expect(of(`P${at}-past`), product).toContain(past)
      }
      expect(named(`P${at}-`)[0], product).toMatchObject({ supportEnds, extendedEnds })
    }
    expect(all.find(({ finding }) => finding === 'end-unknown')?.why).toContain(
      'unknown, which is not "never"',
    )
  })

  test('a replacement that would begin after support has ended: buy the successor, not the same', async () => {
    const value = asDecimal('400000')
    await setup.import([runs('C-1', '2024-02-01', '2027-01-31', { value })], '2026-04-01')
    await cover('C-1', 'Windows Server 2016', 'support', { on: '2026-04-01' })
    const [startBy] = await setup.values(
      `SELECT due_on::text FROM deadline WHERE kind = 'start-by'`,
    )
    expect(await findings('2026-04-01')).toEqual([
      `C-1: buy-successor until ${startBy}`,
      'C-1: cover-outlasts-support until 2027-01-12',
    ])
    const why = (await found('2026-04-01')).map((each) => each.why).join('\n')
    expect(why).toContain('starts on Mon 1 Feb 2027, after support ends on Tue 12 Jan 2027')
    expect(why).toContain(
      'ask for the price of extended support now (it is sold until Sat 12 Jan 2030)',
    )
    const compete = { kind: 'start-by', text: 'compete', evidence: null } as const
    await setup.act('2026-04-01', decide, 'C-1', compete)
    expect(await findings('2026-04-01')).toEqual(['C-1: cover-outlasts-support until 2027-01-12'])
  })

  test('extended support that is held settles what it covers; beyond what is published it is a question', async () => {
    const esu = runs('ESU', '2025-10-15', '2028-10-10')
    const long = runs('LONG', '2025-10-15', '2029-10-10')
    await setup.import([esu, long, runs('OS', '2022-10-15', '2027-10-10')], '2026-06-01')
    await cover('OS', 'Windows 10 22H2', 'licence')
    expect(await findings()).toEqual(['OS: past-support until 2025-10-14'])
    await cover('ESU', 'Windows 10 22H2', 'extended-support')
    expect(await findings()).toEqual(['ESU: null until 2025-10-14', 'OS: null until 2025-10-14'])
    await cover('LONG', 'Windows 10 22H2', 'extended-support')
    expect(await findings()).toEqual(['LONG: custom-agreement until 2029-10-10'])
    await cover('LONG', 'Windows 10 22H2', 'extended-support', { custom: true })
    expect(await findings()).toEqual(['LONG: support-ends-with-cover until 2029-10-10'])
    // Without any end published as well.
    await setup.import([runs('XP', null, '2028-10-10')], '2026-06-01', { source: 'xp' })
    await cover('XP', 'Windows XP SP3', 'extended-support')
    const xp = (await found()).filter(({ contracts }) => contracts[0]?.reference === 'XP')
    expect(xp.map(({ finding }) => finding)).toEqual(['past-last-support', 'custom-agreement'])
  })
})

test('an end that had passed is told once, is closed on the next day, and is not told again once its alerts are too old', async () => {
  await setup.import([runs('C-1', null, '2030-03-31')], '2026-11-02')
  await cover('C-1', 'Windows Server 2012', 'support', { on: '2026-11-02' })
  await setup.sweepAround('2026-11-02', '2026-11-04', ['2026-11-03'])
  const first = await told()
  expect(first.length).toBeGreaterThan(0)
  const states = await setup.values(`SELECT DISTINCT state FROM alert WHERE kind = 'support'`)
  expect(states).toEqual(['closed'])
  await setup.rows(`UPDATE delivery SET state = 'DEAD'`)
  await retain(setup.db.pool, {
    ...{ organisationId: setup.organisation.id, today: day('2028-11-02'), now: NOW },
    keep: { closedDays: 100, alertDays: 200 },
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
  await setup.import([runs('C-1', null, '2028-03-31')], '2026-11-02')
  await cover('C-1', 'Windows Server 2016', 'support')
  const expected = { finding: 'past-support', until: '2027-01-12', daysLeft: -20 }
  for (const days of [0, 30, null]) {
    const { items } = await readSupport(setup.db.pool, { ...asked('2027-02-01'), days })
    expect(items[0]).toMatchObject(expected)
    expect(items[0]?.why).toContain('it is sold until Sat 12 Jan 2030')
  }
  const { organisationId, asOf } = asked('2027-02-01')
  const [weekly] = await readEndingSupport(setup.db.pool, organisationId, null, asOf)
  expect(weekly).toMatchObject(expected)
})

describe('a product without its service pack', () => {
  beforeEach(async () => {
    await setup.import([runs('C-1', null, '2027-03-31')], '2022-01-10')
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
    const rows = await setup.values(`SELECT product, release, kind, count FROM cover`)
    expect(rows).toEqual(['mssqlserver 13.0-sp3 support 40'])
    expect(await watched()).toEqual(['mssqlserver 13.0-sp3'])
    const audit = await setup.values(
      `SELECT from_value, '->', to_value FROM audit_change WHERE field = 'covers' ORDER BY entry_id DESC LIMIT 1`,
    )
    expect(audit).toEqual([
      'Microsoft SQL Server 2016, support, 40 -> Microsoft SQL Server 2016 SP3, support',
    ])
  })
})

describe('what is in use', () => {
  test('is linked where product and release have columns of their own; words wait for a person and are remembered', async () => {
    const rows = ['Windows Server,2016,12,North,A. Admin', 'Win Srv 2016 Std,,5,South,']
    const first = await estate([...rows, 'Old box,,1,,'].join('\n'))
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
    const products = await readProducts(db.pool, { ...asked(TODAY), uncovered: true })
    expect(products.items).toMatchObject([
      { product: 'windows-server', release: '2016', inUse: 7, sites: ['South'], contracts: [] },
    ])
    // Said otherwise, what it had linked follows.
    await answerWording(db.pool, actor, day(TODAY), 'Win Srv 2016 Std', {
      ...{ product: 'Windows Server', release: '2019' },
    })
    const inUse = await setup.values('SELECT release FROM in_use WHERE product IS NOT NULL')
    expect([inUse, await watched()]).toEqual([['2019'], ['windows-server 2019']])
  })

  test('two hundred rows in words link nothing', async () => {
    const rows = Array.from(
      { length: 200 },
      (_, at) => `Win Srv 201${at % 10} Std,,${at},Site ${at},`,
    )
    expect(await estate(rows.join('\n'))).toMatchObject({ read: 200, linked: 0, open: 200 })
    expect(await watched()).toEqual([])
    await setup.sweep(TODAY)
    expect(await told()).toEqual([])
  })

  test('is covered in part where its contracts cover fewer; of several ways of cover the largest counts', async () => {
    await estate('Windows Server,2016,300,North,\nWindows Server,2016,100,South,')
    await setup.import([runs('L', null, '2027-01-12'), runs('S', null, '2027-01-12')], TODAY)
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
    const refused = importEstate(setup.db.pool, file, await importing(null, TODAY))
    await expect(refused).rejects.toThrow('no column for the product')
    const result = await estate('Windows Server,2016,a few,North,')
    expect(result.problems).toMatchObject([{ field: 'count', value: 'a few' }])
    expect(await setup.values('SELECT count FROM in_use')).toEqual(['-'])
  })
})

describe('reminders of the end of support', () => {
  beforeEach(async () => {
    await setup.import([runs('C-1', '2020-01-01', '2029-03-31')], '2026-06-01')
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
    const alerts = `SELECT DISTINCT contract_id, team_id IS NULL, state FROM alert WHERE kind = 'support'`
    expect(await setup.values(alerts)).toEqual(['- false closed'])
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
    const rungs = `SELECT rung, skipped_from, skipped_to FROM alert WHERE kind = 'support' ORDER BY rung`
    expect(await setup.values(rungs)).toEqual(['30 90 90', '180 - -'])
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
    const six = ['Windows 7 SP1', 'Office 2016', 'Exchange 2016', 'CentOS 7', 'PHP 7.4', 'Debian 9']
    for (const product of six) await cover('C-1', product, 'support', { on: '2026-06-02' })
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
    await setup.sweepAround('2026-10-12', '2026-10-15', ['2026-10-14'])
    expect(await told()).toEqual([])
    // The cover is taken back: the same reminders hold again, and are told once more.
    await setup.rows(`DELETE FROM cover WHERE kind = 'extended-support'`)
    await cover('C-1', 'Windows Server 2016', 'support', { on: '2026-10-16' })
    await setup.sweep('2026-10-16')
    expect(await told()).toEqual(['2026-10-16: Microsoft Windows Server 2016 88'])
    await uncover('2026-10-19', 'C-1', 'Windows Server', '2016')
    expect(await told()).toEqual([])
    expect(await watched()).toEqual([])
  })

  test('a contract that is closed covers nothing, and one that goes to another team takes its reminders along', async () => {
    await cover('C-1', 'Windows Server 2016', 'support', { on: '2026-06-01' })
    const digital = await team('Digital')
    await setup.import([runs('C-1', '2020-01-01', '2029-03-31', { team: 'Digital' })], '2026-06-02')
    expect(await setup.values('SELECT team_id FROM release_watch')).toEqual([`${digital}`])
    await setup.sweep('2026-07-16')
    expect(await messages('#digital')).toHaveLength(1)
    const over = { team: 'Digital', closed: true }
    await setup.import([runs('C-1', '2020-01-01', '2026-03-31', over)], '2026-07-17')
    expect(await watched()).toEqual([])
    expect(await told()).toEqual([])
  })

  test('newer ends of support are looked at again, once', async () => {
    await cover('C-1', 'Windows Server 2016', 'support', { on: '2026-06-01' })
    await setup.sweep('2026-06-02')
    await setup.rows(`UPDATE organisation SET products_as_of = '2026-01-01'`)
    await setup.rows(`UPDATE release_watch SET next_check_on = '2027-06-01'`)
    await setup.sweep('2026-07-16')
    expect(await told()).toHaveLength(1)
    const asOf = await setup.values('SELECT products_as_of::text FROM organisation')
    expect(asOf).toEqual(['2026-08-22'])
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
    const [text = ''] = await messages()
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
    const covers = await setup.values(
      `SELECT c.reference, v.product, v.release, v.kind, v.count FROM cover v JOIN contract c ON c.id = v.contract_id
       ORDER BY c.reference, v.id`,
    )
    expect(covers).toEqual([
      'C-1 windows-server 2016 support 200',
      'C-2 mssqlserver 2016 licence 40',
      'C-2 msexchange 2019 extended-support 12',
      'C-3 -  support -',
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
      setup.values(
        `SELECT v.release FROM cover v JOIN contract c ON c.id = v.contract_id WHERE c.reference = 'C-1'`,
      )
    expect(await held()).toEqual(['2019'])
    expect(await watched()).not.toContain('windows-server 2016')
    await uncover(TODAY, 'C-1', 'Windows Server', '2019')
    await cover('C-1', 'Windows Server 2022')
    await read(REGISTER('2025'))
    expect(await held()).toEqual(['2022'])
  })

  test('a product in a title is a question and no link', async () => {
    const title = 'Extended support for Windows Server 2012 R2'
    await setup.import([draft('T-1', { title })], TODAY)
    const shown = await setup.shown('T-1', TODAY)
    expect(shown.coverAsked).toBe('Microsoft Windows Server 2012 R2')
    expect(shown.covers).toBeUndefined()
    expect(await setup.rows('SELECT 1 FROM cover')).toEqual([])
  })
})

describe('the story of 2017 and 2018, from files', () => {
  const file = (name: string) => join(import.meta.dirname, 'registers', name)

  test('what was told when, and what should have been asked', async () => {
    const { pool } = setup.db
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
    const how = await importing(null, '2017-08-16')
    const result = await importEstate(pool, file('nhs-2017-estate.csv'), how)
    expect(result).toMatchObject({ read: 8, linked: 0, open: 8 })
    const actor = setup.actor('2017-08-16')
    for (const { words, product, release, certainty } of await readWordings(
      pool,
      how.organisationId,
    )) {
      if (certainty === 'unknown') continue
      await answerWording(pool, actor, how.today, words, { product: present(product), release })
    }
    const exposed = (await found('2017-08-16')).flatMap(({ name, finding }) =>
      finding === null ? [] : [`${name}: ${finding}`.replace('Microsoft ', '')],
    )
    expect(exposed.sort(byText)).toEqual([
      'Exchange 2003 SP2: not-covered',
      'Exchange 2003 SP2: past-last-support',
      'SQL Server 2005 SP4: support-ends-with-cover',
      'Windows Server 2003 SP2: support-ends-with-cover',
      // Which of them nobody has said: its service pack may not be covered.
      ...['not-covered', 'past-last-support', 'which-release'].map(
        (is) => `Windows Server 2003: ${is}`,
      ),
      'Windows Server 2008 R2 SP1: not-covered',
      'Windows XP SP3: support-ends-with-cover',
    ])
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
    await setup.import([runs('W-1', '2024-01-01', end, { team: 'Wards' })], '2026-09-01')
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
    const { items } = await readProducts(setup.db.pool, { ...asked(TODAY), uncovered: true })
    expect(items).toMatchObject([
      { release: '2016', inUse: 12, contracts: [], uncovered: ['Labs'] },
    ])
    await setup.sweep('2026-12-11')
    const [text = ''] = await messages('#labs')
    expect(text).toContain('No contract covers it.')
    expect(text).toContain('team Wards')
    expect(text).toContain('W-1: check whether it extends to you')
    // Nor does another team's extended support settle the end.
    await cover('W-1', RELEASE, 'extended-support', { on: '2026-12-11' })
    await setup.sweep('2027-01-05')
    expect(await messages('#labs')).toHaveLength(2)
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
    const second = runs('W-2', '2024-01-01', '2027-01-12', { team: 'Wards' })
    await setup.import([second], '2026-09-01', { source: 'two' })
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
    const say = (buyer: string, more: { from?: CivilDate; unread?: string | null }) =>
      setup.act(TODAY, setMembers, 'W-1', [{ buyer, teamId: labs, ...more }])
    await say('Northern Trust', { from: day('2025-01-01') })
    expect(await uncovered('Labs')).toEqual([])
    await say('Western Trust', { from: day('2027-03-01') })
    const why = 'in use 12 times, and W-1 covers all of its organisations from Mon 1 Mar 2027'
    expect(await uncovered('Labs')).toMatchObject([{ finding: 'covered-in-part', why }])
    expect(await uncovered('Labs', '2027-03-01')).toEqual([])
    // Support ends in January for the one that joins in March: the end is told.
    await setup.sweep('2026-12-11')
    expect(await told()).toEqual(['2026-12-11: Microsoft Windows Server 2016 32'])
    await say('Western Trust', { from: day('2026-12-01'), unread: 'to: when merged' })
    expect(await uncovered('Labs', '2026-12-14')).toMatchObject([
      { why: expect.stringContaining('nobody could read your days under it') },
    ])
    await say('Western Trust', { unread: null })
    expect(await uncovered('Labs', '2026-12-14')).toEqual([])
  })

  test('an umbrella covers the teams of its members from the day they join to the day they leave', async () => {
    const { labs } = await wardsHolds('extended-support', '2029-12-31')
    const member = (said: { from?: CivilDate; to?: CivilDate; unread?: string }) =>
      setup.act(TODAY, setMembers, 'W-1', [{ buyer: 'Northern Trust', teamId: labs, ...said }])
    await member({ from: day('2027-02-01') })
    expect(await uncovered('Labs')).toMatchObject([
      { why: expect.stringContaining('W-1 begins on Mon 1 Feb 2027') },
    ])
    expect(await uncovered('Labs', '2027-02-01')).toEqual([])
    const ends = async (of: string) =>
      (await found('2027-02-01', of)).find(({ finding }) => finding?.startsWith('cover-ends'))?.why
    expect(await ends('Labs')).toMatch(/^membership of W-1 ends on Mon 31 Dec 2029/)
    expect(await ends('Wards')).toMatch(/^W-1 ends on/)
    // It joins after support has ended, so that the end is told.
    await setup.sweep('2026-12-11')
    expect(await told()).toEqual(['2026-12-11: Microsoft Windows Server 2016 32'])
    await setup.rows('DELETE FROM delivery')
    await setup.rows('DELETE FROM alert')
    await member({ from: day('2026-12-01') })
    for (const on of ['2026-12-14', '2027-01-05', '2027-01-12']) await setup.sweep(on)
    expect(await told()).toEqual([])
    await member({ to: day('2028-06-30') })
    expect(await uncovered('Labs', '2028-06-30')).toEqual([])
    expect(await uncovered('Labs', '2028-07-03')).toMatchObject([
      { why: expect.stringContaining('W-1 ended on Fri 30 Jun 2028') },
    ])
    await member({ unread: 'to: when merged' })
    expect(await uncovered('Labs')).toMatchObject([
      { why: expect.stringContaining('nobody could read your days under it') },
    ])
  })

  test('what an agreement of theirs does not name is not covered, and says so', async () => {
    const { labs } = await wardsHolds('extended-support', '2029-12-31')
    await setup.act(TODAY, setMembers, 'W-1', [{ buyer: 'Northern Trust', teamId: labs }])
    const rows = ['Windows Server,2012,3,,', 'Windows Server,2022,4,,', 'SQL Server,2012,2,,']
    await estate([...rows, 'PostgreSQL,17,7,,'].join('\n'), 'more', TODAY, 'Labs')
    const named = (await uncovered('Labs')).map(({ name, why }) => [
      name,
      why.includes('W-1, of which you are a member, does not name it'),
    ])
    expect(named.sort((a, b) => byText(String(a), String(b)))).toEqual([
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
    const drafts = counts.map((_, at) => runs(`X-${at + 1}`, '2024-01-01', end))
    await setup.import(drafts, '2026-06-01')
    for (const [at, count] of counts.entries()) {
      const more = { on: '2026-06-01', ...(count === null ? {} : { count }) }
      await cover(`X-${at + 1}`, RELEASE, 'extended-support', more)
    }
    const rows = inUse.map((count, at) => `Windows Server,2016,${count},Site ${at},`)
    if (rows.length > 0) await estate(rows.join('\n'), 'estate', '2026-06-01')
  }

  /** What each reminder says of the part. */
  const parts = async (destination: string | null = null) =>
    (await messages(destination)).map((text) => text.split('\n')[2])

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
    const long = (name: string, whose = {}) => runs(name, '2024-01-01', '2030-01-12', whose)
    await setup.import([long('OWN', { team: 'Labs' }), long('ALL'), long('UMB')], '2026-06-01')
    const on = '2026-06-01'
    await cover('OWN', RELEASE, 'extended-support', { count: 10, on })
    await cover('ALL', RELEASE, 'extended-support', { count: 40, forAll: true, on })
    await cover('UMB', RELEASE, 'extended-support', { count: 50, on })
    await estate('Windows Server,2016,100,,', 'labs', on, 'Labs')
    await setup.sweep('2026-07-16')
    expect(await parts('#labs')).toEqual(['50 of 100 covered by extended support, 50 without.'])
    const member = (from: string) =>
      setup.act('2026-07-17', setMembers, 'UMB', [
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
    await setup.import([runs('S', null, '2028-03-31')], '2026-06-01', { source: 's' })
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
    await setup.import([runs('X-1', '2024-01-01', '2030-01-12')], '2027-02-01')
    await cover('X-1', RELEASE, 'extended-support', { count: 10, on: '2027-02-01' })
    await estate('Windows Server,2016,100,,', 'estate', '2027-02-01')
    await setup.sweepAround('2027-02-01', '2027-02-05', ['2027-02-02'])
    expect(await told()).toEqual(['2027-02-01: Microsoft Windows Server 2016 -20'])
    expect(await parts()).toEqual([TEN_OF_100])
  })
})

describe('what covers nothing', () => {
  test('a contract that has ended or not begun: the finding says which', async () => {
    const old = runs('OLD', '2024-01-01', '2026-10-31')
    await setup.import([old, runs('NEW', '2027-06-01', '2029-05-31')], '2026-09-01')
    await cover('OLD', 'Windows Server 2016')
    await cover('NEW', 'Windows Server 2016')
    await estate('Windows Server,2016,12,,')
    expect(await uncovered()).toMatchObject([
      {
        finding: 'not-covered',
        why: 'in use 12 times, and no contract covers it, NEW begins on Tue 1 Jun 2027, OLD ended on Sat 31 Oct 2026',
      },
    ])
    const { items } = await readProducts(setup.db.pool, { ...asked(TODAY), uncovered: true })
    expect(items).toHaveLength(1)
  })

  test('extended support that begins months after support ends leaves that end to be told', async () => {
    await setup.import([runs('X', '2028-06-01', '2029-12-31')], '2026-11-02')
    await cover('X', 'Windows Server 2016', 'extended-support')
    await setup.sweep('2026-12-14')
    expect(await told()).toEqual(['2026-12-14: Microsoft Windows Server 2016 29'])
  })

  test('a use without a number is unknown and never enough; a row with none in use is no use', async () => {
    await setup.import([runs('C-1', null, '2027-01-12')], TODAY)
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
    await setup.import([runs('C-2', null, '2027-01-12')], TODAY, { source: 'two' })
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
    await setup.import([runs('C-1', null, '2028-01-12')], TODAY)
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
  const held = () => setup.values('SELECT product, release, words FROM cover ORDER BY id')
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
    expect(await watched()).toEqual(['windows-server 2016'])
    await undo('2026-12-01')
    expect(await held()).toEqual(before)
    expect(await watched()).toEqual(['windows-server 2012'])
    const open = `SELECT state FROM alert WHERE kind = 'support' AND release = '2016' AND state <> 'superseded'`
    expect(await setup.values(open)).toEqual([])
    // The record has both: what the import changed, and that it was put back.
    const said = await setup.values(
      `SELECT to_value FROM audit_change WHERE field = 'covers' ORDER BY entry_id, position`,
    )
    expect(said.slice(-2)).toEqual([
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
    expect(await setup.values('SELECT for_all FROM cover')).toEqual([`${forAll}`])
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
    expect(await setup.values('SELECT count FROM cover')).toEqual([`${held ?? '-'}`])
    const asking = `SELECT 1 FROM import_problem WHERE problem LIKE 'how many it covers was not understood%'`
    expect(await setup.values(asking)).toHaveLength(isAsked ? 1 : 0)
  })

  test('words that are said to mean another product, or none: rows in use, covers, and their reminders', async () => {
    await read(REGISTER('Win Srv Std', 'old'))
    await estate('Win Srv Std old,,5,,')
    const say = (said: Parameters<typeof sayWording>[4], words = 'win srv  STD old') =>
      sayWording(setup.db.pool, setup.actor(TODAY), day(TODAY), words, said)
    await say({ product: 'Windows Server', release: '2012' })
    expect(await held()).toEqual(['windows-server 2012 Win Srv Std old'])
    await setup.sweep('2026-12-01')
    await say({ product: 'Windows Server', release: '2016' })
    expect(await held()).toEqual(['windows-server 2016 Win Srv Std old'])
    expect(await watched()).toEqual(['windows-server 2016'])
    const open = `SELECT 1 FROM alert WHERE kind = 'support' AND release = '2012' AND state NOT IN ('superseded', 'closed')`
    expect(await setup.values(open)).toEqual([])
    await say('nothing')
    expect(await held()).toEqual(['-  Win Srv Std old'])
    expect(await watched()).toEqual([])
    await say({ product: 'Windows Server', release: '2019' })
    expect(await held()).toEqual(['windows-server 2019 Win Srv Std old'])
    // What a person chose for the contract, and what columns name, are no words of a list.
    await cover('C-1', 'SQL Server 2019')
    await estate('Windows Server,2019,7,,', 'given')
    await say('nothing')
    expect(await held()).toEqual(['-  Win Srv Std old', 'mssqlserver 15.0 -'])
    const inUse = () => setup.values('SELECT source, product FROM in_use ORDER BY source')
    expect(await inUse()).toEqual(['estate -', 'given windows-server'])
    // Nor where the same words stand in one cell of another list, and are answered there.
    await estate('Windows Server 2019,,3,,', 'loose')
    await say({ product: 'Windows Server', release: '2019' }, 'Windows Server 2019')
    await say('nothing', 'Windows Server 2019')
    expect(await inUse()).toEqual(['estate -', 'given windows-server', 'loose -'])
  })

  test('cells that are put right: what they had linked through words goes', async () => {
    await read(REGISTER('Win Srv Std', 'old'))
    await sayWording(setup.db.pool, setup.actor(TODAY), day(TODAY), 'Win Srv Std old', {
      ...{ product: 'Windows Server', release: '2012' },
    })
    await read(REGISTER('SQL Server', '2019'))
    expect(await held()).toEqual(['mssqlserver 15.0 SQL Server 2019'])
    expect(await watched()).toEqual(['mssqlserver 15.0'])
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
    await setup.import([runs('C-1', null, '2030-03-31')], '2026-09-01')
    await cover('C-1', 'Windows Server 2016', 'support', { on: '2026-09-01' })
    await setup.sweep('2026-12-11')
    return { ...KEY, teamId: (await setup.team('Default team')).id }
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
    expect((await messages())[0]).toContain('Asked again')
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
      await setup.import([runs('C-1', null, '2027-01-31')], '2026-09-01')
      const custom = { custom: true, on: '2026-09-01' }
      await cover('C-1', 'Windows Server 2012', 'extended-support', custom)
      await setup.sweep('2027-01-25')
      const teamId = (await setup.team('Default team')).id
      const of = { product: 'windows-server', release: '2012', teamId }
      const to = until === null ? null : day(until)
      const rest = await restSupport(setup.db.pool, setup.actor(on), of, to)
      expect(rest.until).toBe(again)
      await setup.rows('DELETE FROM delivery')
      await setup.sweepAround('2027-01-26', '2027-02-05', ['2027-01-29'])
      expect(await told()).toEqual(['2027-01-29: Microsoft Windows Server 2012 2'])
    },
  )

  test('that a sweep should have told and has not is found by the check of the watch itself', async () => {
    await reminded()
    const { db, organisation, rulesOf } = setup
    const of = { organisationId: organisation.id, rulesOf }
    const missed = async () => findMissed(db.pool, of, await readTeams(db.pool, organisation.id))
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
    const both = [runs('A', null, '2030-03-31'), runs('B', '2027-03-01', '2029-03-31')]
    await setup.import(both, '2026-09-01')
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
    const explained = async (on: CivilDate) =>
      (await explain(db.pool, organisation.id, await setup.contractId('A'), on, rulesOf)).products
    const next = await explained(span.from)
    const days = before.map(({ on }) => on)
    await setup.sweepAround(span.from, span.to, days)
    const raised = await setup.values(
      `SELECT concat_ws(' ', raised_on, product, release, deadline_on, rung) FROM alert
        WHERE kind = 'support' ORDER BY 1`,
    )
    const simulated = before.map(
      ({ on, reference, deadline, rung }) => `${on} ${reference} ${deadline} ${rung}`,
    )
    expect(simulated).toHaveLength(raised.length)
    expect(raised.length).toBeGreaterThan(10)
    const short = (lines: readonly string[]) =>
      lines.map((line) => [line.slice(0, 10), ...line.split(' ').slice(-2)].join(' ')).sort()
    expect(short(simulated)).toEqual(short(raised))
    const sent = await setup.rows(
      `SELECT DISTINCT as_of, subject FROM delivery WHERE purpose = 'support'`,
    )
    expect(new Set(before.map(({ messageId }) => messageId)).size).toBe(sent.length)
    const server = present(next?.find(({ name }) => name.endsWith('Server 2016')))
    expect(server.raised).toEqual([])
    expect(server.next.map(({ rung }) => rung)).toEqual([180, 90, 30, 7, 0])
    const after = await explained(day('2026-12-31'))
    expect(after?.find(({ name }) => name.endsWith('Server 2016'))).toMatchObject({
      raised: [{ rung: 180 }, { rung: 90 }, { rung: 30 }],
      next: [{ rung: 7 }, { rung: 0 }],
      silent: null,
    })
    // In use alone: nobody holds a contract of it.
    const of = { ...asked('2026-10-01'), rulesOf }
    const [bare] = await explainReleases(db.pool, of, [{ product: 'debian', release: '11' }])
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
  await uncover('2026-12-11', 'C-2', '.NET Framework', '4.6.2')
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
