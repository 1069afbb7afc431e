/** Notices in a channel: once each, within the last week; figures of law that run out, once. */

import { recordNotice } from '../src/actions/decide.ts'
import { changeRules, setting } from '../src/actions/settings.ts'
import { readTeams, setTeam } from '../src/database/organisation.ts'
import { contractHeadroom, contractLaw } from '../src/reports/headroom.ts'
import { factsOfWeek } from '../src/reports/weekly.ts'
import { weeklyFacts } from '../src/reports/weekly-lists.ts'
import { asDecimal } from '../src/rules/money.ts'
import { ruleKeyNamed } from '../src/rules/settings-text.ts'
import { dutiesMessage } from '../src/text/procurement.ts'
import { tellEndingFigures } from '../src/warnings/self-check.ts'
import { day, endOn } from './support/contract-facts.ts'
import { present } from './support/present.ts'
import { draft, useSetup } from './support/setup.ts'

const setup = useSetup({ emptied: 'before' })

/** Signed on Mon 2 Nov 2026 under the Act, above every threshold: its details by Tue 1 Dec. */
const NEW = {
  start: day('2026-11-02'),
  end: endOn('2029-11-01'),
  value: asDecimal('900000'),
  vat: 'net',
  regime: 'PA23',
} as const

async function told(): Promise<string[]> {
  const rows = await setup.rows<{
    on: string
    tasks: { reference: string; notice: string; on: string }[]
  }>(
    `SELECT as_of::text AS on, facts -> 'tasks' AS tasks FROM delivery WHERE purpose = 'duties' ORDER BY as_of`,
  )
  return rows.flatMap(({ on, tasks }) =>
    tasks.map((each) => `${on}: ${each.reference} ${each.notice} by ${each.on}`),
  )
}

test('a channel hears of each notice once, on the first working day of its last week', async () => {
  await setup.import([draft('C-1', NEW), draft('C-2', { ...NEW, regime: 'PCR15' })], '2026-11-16')
  await setup.sweepAround('2026-11-16', '2026-12-08', ['2026-11-24'])
  // Seven days before Tue 1 Dec.
  expect(await told()).toEqual(['2026-11-24: C-1 UK7 by 2026-12-01'])
})

test('of more notices than are told on one day none is forgotten, and each team hears of its own', async () => {
  const { db, organisation } = setup
  for (const name of ['Estates', 'Digital']) await setTeam(db.pool, organisation.id, name, {})
  const drafts = Array.from({ length: 130 }, (_, n) =>
    draft(`E-${n}`, { ...NEW, department: 'Estates' }),
  )
  const other = draft('D-1', { ...NEW, department: 'Digital' })
  await setup.import([...drafts, other], '2026-11-16')
  await setup.sweepAround('2026-11-23', '2026-12-01', ['2026-11-24', '2026-11-25'])
  const lines = await told()
  const on = (date: string) => lines.filter((line) => line.startsWith(date)).length
  expect([on('2026-11-24'), on('2026-11-25'), lines.length]).toEqual([101, 30, 131])
  expect(new Set(lines.map((line) => line.split(' ')[1])).size).toBe(131)
})

test('what becomes known late is told at once, and a day that moves is told anew', async () => {
  await setup.import([draft('C-1', NEW)], '2026-11-30')
  await setup.sweepAround('2026-11-30', '2026-12-01', [])
  expect(await told()).toEqual(['2026-11-30: C-1 UK7 by 2026-12-01'])
  await setup.import([draft('C-1', { ...NEW, start: day('2026-11-05') })], '2026-12-01')
  await setup.sweepAround('2026-12-02', '2026-12-10', [])
  expect(await told()).toEqual([
    '2026-11-30: C-1 UK7 by 2026-12-01',
    '2026-12-02: C-1 UK7 by 2026-12-04',
  ])
})

test('what somebody said is done, or not called for, is told no more; nor is what is past', async () => {
  await setup.import([draft('C-1', NEW), draft('C-2', NEW)], '2026-11-20')
  const { db } = setup
  await recordNotice(
    db.pool,
    setup.actor('2026-11-20'),
    await setup.contractId('C-1'),
    'UK7',
    'not called for, because it is a framework of others',
  )
  await setup.sweepAround('2026-12-02', '2026-12-10', [])
  expect(await told()).toEqual([])
  await setup.rows(`UPDATE team SET last_swept_on = NULL`)
  await setup.sweepAround('2026-11-24', '2026-11-30', [])
  expect(await told()).toEqual(['2026-11-24: C-2 UK7 by 2026-12-01'])
})

test('a first list that nobody has looked through is no time for notices; the weekly list has them', async () => {
  await setup.import([draft('C-1', NEW)], '2026-11-20', { triageDays: 14 })
  await setup.sweepAround('2026-11-23', '2026-12-02', ['2026-11-24'])
  expect(await told()).toEqual([])
  const { db, organisation, rulesOf } = setup
  const [team] = await readTeams(db.pool, organisation.id)
  const week = await factsOfWeek(db.pool, {
    ...{ organisationId: organisation.id, team: present(team), rulesOf, hoursLate: null },
    ...{ slot: day('2026-11-23'), rules: rulesOf(present(team)) },
  })
  expect(week.notices?.items.map(({ reference, on }) => `${reference} ${on}`)).toContain(
    'C-1 2026-12-01',
  )
  expect(
    (
      await weeklyFacts(db.pool, {
        ...{ organisationId: organisation.id, teamId: null, slot: day('2026-11-23'), since: null },
      })
    ).overdue.total,
  ).toBe(0)
})

test('a team’s own authority and nation hold for its contracts, in every list', async () => {
  const { db, organisation, rulesOf } = setup
  const set = (team: string | null, key: string, value: string) =>
    readTeams(db.pool, organisation.id).then((teams) =>
      changeRules(
        db.pool,
        setup.actor('2026-11-20'),
        {
          teamId: team === null ? null : present(teams.find(({ name }) => name === team)).id,
          contractId: null,
        },
        setting(ruleKeyNamed(key), value),
      ),
    )
  for (const name of ['Council', 'Glasgow']) await setTeam(db.pool, organisation.id, name, {})
  // £150,000 net is £180,000 with VAT: above the threshold of a trust, below that of a council.
  const of = { ...NEW, regime: null, value: asDecimal('150000') }
  const departments = { 'T-1': null, 'C-1': 'Council', 'S-1': 'Glasgow' }
  await setup.import(
    Object.entries(departments).map(([reference, department]) =>
      draft(reference, { ...of, department }),
    ),
    '2026-11-20',
  )
  await set(null, 'authority', 'nhs-trust')
  await set('Council', 'authority', 'council')
  await set('Glasgow', 'nation', 'scotland')
  const headroomOf = async (reference: string) =>
    contractHeadroom(db.pool, await setup.contractId(reference), {
      ...{ organisationId: organisation.id, rulesOf, on: day('2026-11-23') },
    })
  const details = async (reference: string) =>
    (await headroomOf(reference)).notices
      .filter(({ notice }) => notice === 'UK7')
      .map(({ citation }) => citation.replace(/^.*, /, ''))
  expect(await details('T-1')).toEqual(['s.53'])
  expect(await details('C-1')).toEqual(['s.87(3)'])
  expect(await details('S-1')).toEqual([])
  const law = async (reference: string) =>
    (
      await contractLaw(db.pool, await setup.contractId(reference), {
        ...{ organisationId: organisation.id, rulesOf },
      })
    ).regime
  expect([await law('T-1'), await law('S-1')]).toEqual(['PA23', 'other'])
  // The summary of all teams looks at each contract by its own team.
  const week = await factsOfWeek(db.pool, {
    ...{ organisationId: organisation.id, team: null, rulesOf, hoursLate: null },
    ...{ slot: day('2026-11-23'), rules: rulesOf(organisation) },
  })
  const listed = week.notices?.items.map(({ reference, note }) => `${reference} ${note}`) ?? []
  expect(listed.filter((each) => each.includes('UK7'))).toEqual([
    expect.stringMatching(/^C-1 .*s\.87\(3\)/),
    expect.stringMatching(/^T-1 .*s\.53\)/),
  ])
  // A contract’s own stands over its team’s.
  await changeRules(
    db.pool,
    setup.actor('2026-11-20'),
    { teamId: null, contractId: await setup.contractId('S-1') },
    setting(ruleKeyNamed('nation'), 'england'),
  )
  expect(await details('S-1')).toEqual(['s.53'])
})

test('the law of a call-off is that of its framework, unless who buys is outside it; one of after its end is asked about', async () => {
  const { db, organisation, rulesOf } = setup
  const law = async (reference: string) => {
    const { regime, tests } = await contractHeadroom(db.pool, await setup.contractId(reference), {
      ...{ organisationId: organisation.id, rulesOf, on: day('2026-11-23') },
    })
    return `${regime} ${tests.some(({ rule }) => rule === 'call-off') ? 'asked' : 'in time'}`
  }
  const framework = {
    form: 'framework',
    start: day('2025-04-01'),
    end: endOn('2026-09-30'),
  } as const
  const callOff = { ...NEW, form: 'call-off', parent: 'RM-1', regime: null } as const
  await setup.import(
    [
      draft('RM-1', { ...framework, regime: 'PA23' }),
      draft('LATE', callOff),
      draft('SOON', { ...callOff, start: day('2026-09-01') }),
      draft('OUT', { ...callOff, regime: 'other' }),
    ],
    '2026-11-20',
  )
  expect(await Promise.all(['LATE', 'SOON', 'OUT'].map(law))).toEqual([
    'PA23 asked',
    'PA23 in time',
    'other asked',
  ])
  await changeRules(
    db.pool,
    setup.actor('2026-11-20'),
    { teamId: null, contractId: null },
    setting(ruleKeyNamed('nation'), 'scotland'),
  )
  expect(await law('LATE')).toBe('other asked')
})

test('the message says by when, under which section, and how to settle it, and asks nobody', () => {
  const { text } = dutiesMessage({
    asOf: day('2026-11-24'),
    team: 'Digital',
    tasks: [
      {
        ...{ reference: 'C-1', title: 'Theatre packs', supplier: 'Northwind', notice: 'UK7' },
        ...{ on: day('2026-12-01'), citation: 'Procurement Act 2023, s.53' },
        asked: { name: 'Lena Lead', slackUser: 'U0LENA' },
      },
    ],
  })
  expect(text).toContain('1 notice to check within a week')
  expect(text).toContain(
    'By Tue 1 Dec 2026, in 7 days: Theatre packs (Northwind), C-1: check whether a contract details notice (UK7) is called for (Procurement Act 2023, s.53). For Lena Lead.',
  )
  expect(text).toContain('/contracts published C-1 UK7 and its reference or the reason')
  expect(text).not.toContain('U0LENA')
})

describe('figures of law', () => {
  const tell = (today: string) =>
    tellEndingFigures(setup.db.pool, {
      ...{ organisationId: setup.organisation.id, today: day(today), channel: '#admins' },
    })
  const words = () =>
    setup.rows<{ words: string }>(
      `SELECT facts -> 'findings' -> 0 ->> 'words' AS words FROM delivery WHERE purpose = 'unwell'`,
    )

  test('whose period ends without a later one are told once, 120 days before, and never again', async () => {
    expect(await tell('2027-09-01')).toBe(false)
    expect(await tell('2027-09-02')).toBe(true)
    for (const later of ['2027-09-02', '2027-09-03', '2027-12-31', '2028-06-01']) {
      expect(await tell(later)).toBe(false)
    }
    const [only, ...more] = await words()
    expect(more).toEqual([])
    expect(only?.words).toContain('Procurement Act 2023')
    expect(only?.words).toContain('known to Fri 31 Dec 2027')
    expect(only?.words).toContain('Schedule 1')
  })

  test('that ended while nothing ran are told when it runs again', async () => {
    expect(await tell('2028-02-01')).toBe(true)
    expect(await words()).toHaveLength(1)
  })
})
