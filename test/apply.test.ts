/** What importing a register does to the contracts that are watched. */

import { createHash } from 'node:crypto'
import { inTransaction } from '../src/database/connect.ts'
import { readTeams, setTeam } from '../src/database/organisation.ts'
import { recalculate } from '../src/database/recalculate.ts'
import type { Draft } from '../src/register/draft.ts'
import { sampleRegister } from '../src/register/sample/stories.ts'
import { asCivilDate } from '../src/rules/civil-date.ts'
import type { TriageFacts } from '../src/text/facts.ts'
import { triageMessage } from '../src/text/triage.ts'
import { day, endBetween, endOn } from './support/contract-facts.ts'
import { present } from './support/present.ts'
import { written } from './support/register-file.ts'
import { draft, extended, useSetup } from './support/setup.ts'

const setup = useSetup({ emptied: 'after' })

const ON = '2026-11-23'

async function ends(): Promise<Record<string, unknown>> {
  const rows = await setup.rows<{ reference: string; awarded: string; current: string }>(
    'SELECT reference, end_latest AS awarded, current_latest AS current FROM contract',
  )
  return Object.fromEntries(rows.map((row) => [row.reference, `${row.awarded} → ${row.current}`]))
}

describe('the same register again', () => {
  test('changes nothing, whatever the order of its rows and the name of its file', async () => {
    const rows = [draft('A-1'), draft('A-2', { lot: '2' }), draft(null, { title: 'Unnamed' })]
    expect(await setup.import(rows, ON)).toMatchObject({ read: 3, created: 3 })
    const again = await setup.import(rows.toReversed(), '2026-12-01', { file: 'december.csv' })
    expect(again).toMatchObject({ read: 3, created: 0, updated: 0, unchanged: 3, problems: [] })
  })

  test('counts every row once: read = created + updated + unchanged + rejected + skipped', async () => {
    const same = draft('A-1')
    const first = await setup.importItems(
      [
        { kind: 'draft', draft: same, warnings: [] },
        { kind: 'draft', draft: { ...same, at: '9' }, warnings: [] },
        { kind: 'draft', draft: draft('A-2'), warnings: [] },
        { kind: 'draft', draft: draft('A-2', { title: 'Another' }), warnings: [] },
        { kind: 'skipped', at: '12', why: 'no award' },
        { kind: 'rejected', problems: [bad('13')] },
      ],
      ON,
    )
    expect(first).toMatchObject({ read: 6, created: 2, rejected: 1, skipped: 3, unwatched: 1 })
  })
})

describe('a register that gains references', () => {
  const unnamed = (title: string, start = day('2024-04-01')) => draft(null, { title, start })

  test('keeps its contracts: what each says is what it was', async () => {
    await setup.import([unnamed('Taxis'), unnamed('Post'), unnamed('Gas')], ON)
    const before = await setup.rows<{ id: number }>('SELECT id FROM contract ORDER BY id')
    const named = [
      draft('C-1', { title: 'Taxis', start: day('2024-04-01') }),
      draft('C-2', { title: 'Post', start: day('2024-04-01') }),
      draft('C-3', { title: 'Water', start: day('2024-04-01') }),
    ]
    const first = await setup.import(named, '2026-12-01')
    expect(first).toMatchObject({ created: 1, updated: 2 })
    const after = await setup.rows<{ id: number; reference: string; title: string }>(
      'SELECT id, reference, title FROM contract ORDER BY id',
    )
    expect(after.slice(0, 2)).toEqual([
      { id: before[0]?.id, reference: 'C-1', title: 'Taxis' },
      { id: before[1]?.id, reference: 'C-2', title: 'Post' },
    ])
    expect(after).toHaveLength(4)
    expect(await setup.import(named, '2026-12-08')).toMatchObject({ created: 0, unchanged: 3 })
  })

  test('of several rows that say the same the first keeps what was known', async () => {
    await setup.import([unnamed('Taxis')], ON)
    const twice = ['C-1', 'C-2'].map((reference) => {
      return draft(reference, { title: 'Taxis', start: day('2024-04-01') })
    })
    expect(await setup.import(twice, '2026-12-01')).toMatchObject({ created: 1, updated: 1 })
    expect(await setup.import(twice, '2026-12-08')).toMatchObject({ created: 0, unchanged: 2 })
  })
})

function bad(at: string) {
  return {
    at,
    reference: 'B-1',
    field: 'end',
    value: 'x',
    problem: 'this is no date',
    remedy: 'Write a date.',
    severity: 'error' as const,
  }
}

describe('rows that repeat one another', () => {
  test('identical ones count once, with one warning for all of them', async () => {
    const row = draft('A-1', { at: '2' })
    const repeats = ['7', '8', '9'].map((at) => ({ ...row, at }))
    const result = await setup.import([row, ...repeats], ON)
    expect(result).toMatchObject({ created: 1, skipped: 3, rejected: 0 })
    expect(result.problems).toMatchObject([
      { at: '7', reference: 'A-1', severity: 'warning', problem: expect.stringContaining('8, 9') },
    ])
  })

  test('of contradicting ones the earlier end is watched, and the contradiction is told', async () => {
    const rows = [
      draft('A-1', { end: endOn('2027-09-30') }),
      draft('A-1', { end: endOn('2027-06-30') }),
    ]
    const result = await setup.import(rows, ON)
    expect(result).toMatchObject({ created: 1, rejected: 0, skipped: 1 })
    expect(result.problems).toMatchObject([
      { severity: 'warning', reference: 'A-1', problem: expect.stringContaining('ends first') },
    ])
    expect(await ends()).toEqual({ 'A-1': '2027-06-30 → 2027-06-30' })
    expect(await setup.import(rows, ON)).toMatchObject({ created: 0, updated: 0, unchanged: 1 })
  })

  test('one reference for several lots or suppliers is several contracts, the same ones next time', async () => {
    const rows = [draft('A-1'), draft('A-1', { supplier: 'Southwind' }), draft('A-1', { lot: '2' })]
    expect(await setup.import(rows, ON)).toMatchObject({ created: 3 })
    const first = present(rows[0])
    // Alone in the next file, the reference still means the same contract.
    const next = await setup.import([{ ...first, end: endOn('2026-12-31') }], ON)
    expect(next).toMatchObject({ created: 0, updated: 1 })
    const all = await setup.import(rows, ON)
    expect(all).toMatchObject({ created: 0, updated: 1, unchanged: 2 })
  })

  test('rows that differ in their extension only are one contract with all of them', async () => {
    const rows = ['2027-09-30', '2028-03-31'].map((to) =>
      draft('A-1', { extensions: [extended(to)] }),
    )
    expect(await setup.import(rows, ON)).toMatchObject({ created: 1, skipped: 1, problems: [] })
    const { rows: kept } = await setup.db.pool.query(
      'SELECT from_on, to_on FROM extension ORDER BY to_on',
    )
    expect(kept).toEqual([
      { from_on: '2027-04-01', to_on: '2027-09-30' },
      { from_on: '2027-10-01', to_on: '2028-03-31' },
    ])
    expect(await setup.import(rows, ON)).toMatchObject({ unchanged: 1, updated: 0 })
  })

  test('links what it names once that became known, though its rows say nothing new', async () => {
    const rows = [draft('A-1', { parent: 'F-1' })]
    const first = await setup.import(rows, ON)
    expect(first.problems).toMatchObject([{ field: 'framework', value: 'F-1' }])
    await setup.import([draft('F-1', { form: 'framework' })], ON, { source: 'frameworks' })
    const again = await setup.import(rows, ON)
    expect(again).toMatchObject({ updated: 0, unchanged: 1, problems: [] })
    expect(again.updatedFields).toEqual([{ field: 'parent', contracts: 1 }])
    const linked = await setup.rows('SELECT FROM contract WHERE parent_id IS NOT NULL')
    expect(linked).toHaveLength(1)
    expect((await setup.import(rows, ON)).updatedFields).toEqual([])
  })
})

describe('what people put right', () => {
  test('stays over imports; what the register changes in the same field is listed', async () => {
    await setup.import([draft('A-1', { title: 'Old', value: null })], ON)
    await setup.rows(`UPDATE contract SET title = 'By hand', supplier = 'By hand'`)
    const result = await setup.import([draft('A-1', { title: 'New', route: 'framework' })], ON)
    const [kept] = await setup.rows('SELECT title, supplier, route FROM contract')
    expect(kept).toEqual({ title: 'By hand', supplier: 'By hand', route: 'framework' })
    expect(result.problems).toMatchObject([
      {
        reference: 'A-1',
        field: 'title',
        value: 'New',
        problem: expect.stringContaining('By hand'),
      },
    ])
  })

  test('contracts that a later file leaves out are listed by reference and stay watched', async () => {
    await setup.import([draft('A-1'), draft('A-2')], ON)
    const result = await setup.import([draft('A-2')], ON)
    expect(result.problems).toMatchObject([{ value: 'A-1', severity: 'warning' }])
    expect(await setup.rows('SELECT FROM contract WHERE closed_on IS NULL')).toHaveLength(2)
  })

  test('a rejected row is listed until a later file has it right', async () => {
    const open = () =>
      setup.rows(
        `SELECT reference FROM import_problem WHERE severity = 'error' AND resolved_import_id IS NULL`,
      )
    await setup.importItems([{ kind: 'rejected', problems: [bad('2')] }], ON, { file: 'a.csv' })
    await setup.import([draft('C-9')], ON, { file: 'b.csv' })
    expect(await open()).toEqual([{ reference: 'B-1' }])
    await setup.import([draft('B-1')], ON, { file: 'c.csv' })
    expect(await open()).toEqual([])
  })
})

describe('an end that a register moves', () => {
  test('later: an extension that nobody has classified; the awarded end stays', async () => {
    await setup.import([draft('A-1')], ON)
    await setup.import([draft('A-1', { end: endOn('2027-06-30') })], ON)
    expect(await ends()).toEqual({ 'A-1': '2027-03-31 → 2027-06-30' })
    expect(await setup.rows('SELECT kind, status, from_on, to_on FROM extension')).toEqual([
      { kind: 'unknown', status: 'confirmed', from_on: '2027-04-01', to_on: '2027-06-30' },
    ])
  })

  test('earlier than awarded: a correction, which takes the extension back', async () => {
    await setup.import([draft('A-1')], ON)
    await setup.import([draft('A-1', { end: endOn('2027-06-30') })], ON)
    await setup.import([draft('A-1', { end: endOn('2027-01-31') })], ON)
    expect(await ends()).toEqual({ 'A-1': '2027-01-31 → 2027-01-31' })
  })
})

describe('strict and dry runs', () => {
  test.each(['dryRun', 'strict'] as const)('%s: nothing is written', async (option) => {
    const items = [
      { kind: 'draft', draft: draft('A-1'), warnings: [] },
      { kind: 'rejected', problems: [bad('3')] },
    ] as const
    const result = await setup.importItems(items, ON, { [option]: true })
    expect(result).toMatchObject({ created: 1, rejected: 1, applied: false })
    for (const table of ['contract', 'source', 'import', 'import_problem', 'delivery', 'buyer']) {
      expect(await setup.rows(`SELECT FROM ${table}`), table).toHaveLength(0)
    }
  })

  test('an error half way leaves nothing behind', async () => {
    const register = {
      format: 'csv' as const,
      mapping: [],
      unmapped: [],
      ocidPrefix: null,
      total: null,
      async *items() {
        yield { kind: 'draft' as const, draft: draft('A-1'), warnings: [] }
        throw new Error('the disk is gone')
      },
    }
    await expect(setup.importRegister(register, ON)).rejects.toThrow('the disk is gone')
    expect(await setup.rows('SELECT FROM contract')).toHaveLength(0)
    expect(await setup.rows('SELECT FROM source')).toHaveLength(0)
  })
})

describe('teams', () => {
  const teamOf = async (reference: string) =>
    (
      await setup.rows<{ name: string }>(
        'SELECT team.name FROM contract c JOIN team ON team.id = c.team_id WHERE c.reference = $1',
        [reference],
      )
    )[0]?.name

  test('a department that is no team goes to the default team and is told of once', async () => {
    const rows = ['A-1', 'A-2', 'A-3'].map((reference) =>
      draft(reference, { department: 'Estates' }),
    )
    const result = await setup.import(rows, ON)
    expect(result.problems).toMatchObject([
      { field: 'department', value: 'Estates', problem: expect.stringContaining('3 contracts') },
    ])
    expect(await teamOf('A-2')).toBe('Default team')
  })

  test('once the team is made, the next import brings its contracts there, and only those', async () => {
    const rows = [draft('A-1', { department: 'Theatres' }), draft('A-2')]
    await setup.import(rows, ON)
    await setTeam(setup.db.pool, setup.organisation.id, 'theatres', { channel: '#theatres' })
    expect(await setup.import(rows, ON)).toMatchObject({ updated: 1, unchanged: 1, problems: [] })
    expect(await teamOf('A-1')).toBe('theatres')
    expect(await setup.import(rows, ON)).toMatchObject({ updated: 0, unchanged: 2 })
  })

  test('a team that was given by hand stays when the next import names none', async () => {
    const team = await setTeam(setup.db.pool, setup.organisation.id, 'Digital', {})
    await setup.import([draft('A-1')], ON)
    expect(await setup.import([draft('A-1')], ON, { team })).toMatchObject({ updated: 1 })
    await setup.import([draft('A-1', { title: 'Renamed' })], ON)
    expect(await teamOf('A-1')).toBe('Digital')
  })
})

describe("a team's first register", () => {
  const triage = () =>
    setup.rows<{ destination: string; facts: { laddersFrom: string } }>(
      `SELECT destination, facts FROM delivery WHERE purpose = 'triage'`,
    )

  test('is told in one list, once for each team, and holds the ladders to a working day', async () => {
    const team = await setTeam(setup.db.pool, setup.organisation.id, 'Imaging', {
      channel: '#imaging',
    })
    // Two weeks after Sat 12 Dec is Boxing Day: the first working day then is Tue 29 Dec.
    const rows = [draft('A-1'), draft('A-2', { department: 'Imaging' })]
    await setup.import(rows, '2026-12-12', { triageDays: 14 })
    await setup.import([...rows, draft('A-3')], '2026-12-14', { triageDays: 14 })
    const lists = await triage()
    expect(new Set(lists.map(({ destination }) => destination))).toEqual(
      new Set(['#contracts', '#imaging']),
    )
    expect(lists).toHaveLength(2)
    expect(lists.map(({ facts }) => facts.laddersFrom)).toEqual(['2026-12-29', '2026-12-29'])
    expect((await setup.team('Imaging')).laddersFrom).toBe('2026-12-29')
    expect(team?.laddersFrom).toBeNull()
  })

  test('names an end as it is known: to a month, to some days, and to the day where it was extended', async () => {
    const rows = [
      draft('A-MONTH', { end: endBetween('2026-12-01', '2026-12-31', 'month') }),
      draft('B-AUTUMN', { end: endBetween('2027-09-01', '2027-11-30', 'quarter') }),
      draft('C-EXTENDED', {
        end: endBetween('2026-09-01', '2026-09-30', 'month'),
        extensions: [extended('2027-10-15', { from: asCivilDate('2026-10-01') })],
      }),
    ]
    await setup.import(rows, ON, { triageDays: 14 })
    const [list] = await setup.rows<{ facts: TriageFacts }>('SELECT facts FROM delivery')
    const { text } = triageMessage(present(list, 'no list').facts)
    expect(text).toContain('Ends December 2026.')
    expect(text).toContain('Ends Wed 1 Sep 2027 to Tue 30 Nov 2027.')
    expect(text).toContain('Ends Fri 15 Oct 2027.')
  })

  test('counts as running what runs, and as ended only what nobody terminated', async () => {
    const rows = [
      draft('RUNS'),
      draft('ENDED', { end: endOn('2026-11-20') }),
      draft('CLOSED', { end: endOn('2026-11-20'), closed: true }),
      draft('TERMINATED', { end: endOn('2026-12-18'), closed: true }),
    ]
    await setup.import(rows, ON, { triageDays: 14 })
    const [list] = await setup.rows<{ counts: object }>(
      `SELECT facts->'counts' AS counts FROM delivery`,
    )
    expect(list?.counts).toMatchObject({
      contracts: 4,
      active: 1,
      outOfContract: 1,
      endingWithin30Days: 0,
      unowned: 2,
    })
  })

  test('only what ends, or wants notice, within thirty days is warned of before', async () => {
    const rows = [
      draft('SOON', { end: endOn('2026-12-18') }),
      draft('LATER', { end: endOn('2027-01-22') }),
      draft('NOTICE', {
        noticePeriod: { amount: 3, unit: 'months' },
        automaticRenewal: true,
        end: endOn('2027-03-12'),
      }),
    ]
    await setup.import(rows, ON, { triageDays: 14 })
    await setup.sweep(ON)
    expect(await setup.alerts('SOON')).toEqual(['2026-11-23 end 30'])
    expect(await setup.alerts('LATER')).toEqual([])
    expect(await setup.alerts('NOTICE')).toEqual(['2026-11-23 notice 30'])
    // 4 Dec, the last working day before: still held. 7 Dec: the schedules have started.
    await setup.sweep('2026-12-04')
    expect(await setup.alerts('LATER')).toEqual([])
    await setup.sweep('2026-12-07')
    expect(await setup.alerts('LATER')).toEqual(['2026-12-07 end 60'])
  })
})

describe('contracts that are over, and that renew by themselves', () => {
  test('ended more than 90 days ago: historic, without a deadline, until the register extends it', async () => {
    await setup.import([draft('OLD', { end: endOn('2026-06-30') })], ON)
    await setup.sweep(ON)
    expect(await setup.rows('SELECT historic, next_rung_on FROM contract')).toEqual([
      { historic: true, next_rung_on: null },
    ])
    expect(await setup.rows('SELECT FROM deadline')).toHaveLength(0)
    await setup.import([draft('OLD', { end: endOn('2026-12-18') })], ON)
    expect(await setup.rows('SELECT historic FROM contract')).toEqual([{ historic: false }])
    await setup.sweep(ON)
    expect(await setup.alerts()).toEqual(['2026-11-23 end 30'])
  })

  test('a contract that renews by itself is presumed to run on, however long ago it ended', async () => {
    const renewing = { end: endOn('2019-03-31'), automaticRenewal: true }
    await setup.import([draft('RENEWS', renewing)], ON)
    expect(await ends()).toEqual({ RENEWS: '2019-03-31 → 2027-03-31' })
    const [counted] = await setup.rows(
      `SELECT count(*) AS n, min(status) AS status, min(kind) AS kind FROM extension`,
    )
    expect(counted).toEqual({ n: 8, status: 'presumed', kind: 'renewal' })
    expect(await setup.rows('SELECT historic FROM contract')).toEqual([{ historic: false }])
  })

  test('a historic one comes back when the register says that it renews by itself', async () => {
    await setup.import([draft('A-1', { end: endOn('2026-03-31') })], ON)
    await setup.import([draft('A-1', { end: endOn('2026-03-31'), automaticRenewal: true })], ON)
    expect(await ends()).toEqual({ 'A-1': '2026-03-31 → 2027-03-31' })
    expect(await setup.rows('SELECT historic FROM contract')).toEqual([{ historic: false }])
  })
})

describe('the sample', () => {
  const load = (on: string) =>
    setup.importRegister(sampleRegister(day(on)), on, { source: 'sample', isSample: true })

  test('goes with the first real register, and nothing of it is left but the audit', async () => {
    await load(ON)
    // Somebody looked how next year would go.
    await setup.sweep('2027-06-01')
    await setup.import([draft('A-1', { end: endOn('2026-12-18') })], ON, { triageDays: 14 })
    expect(await setup.rows('SELECT name, is_sample FROM source')).toEqual([
      { name: 'register', is_sample: false },
    ])
    expect(await setup.rows('SELECT reference FROM contract')).toEqual([{ reference: 'A-1' }])
    expect(await setup.rows('SELECT name FROM buyer')).toEqual([{ name: 'Northern Trust' }])
    for (const table of ['person', 'product', 'extension', 'alert', 'delivery_alert']) {
      expect(await setup.rows(`SELECT FROM ${table}`), table).toHaveLength(0)
    }
    expect(await setup.rows('SELECT purpose FROM delivery')).toEqual([{ purpose: 'triage' }])
    // The days swept ahead do not silence the real contract.
    expect(await setup.sweep(ON)).toMatchObject({ raised: 1, superseded: 0 })
  })

  test('is not loaded beside a real register', async () => {
    await setup.import([draft('A-1')], ON)
    await expect(load(ON)).rejects.toThrow('only loaded into an empty register')
    expect(await setup.rows('SELECT FROM contract')).toHaveLength(1)
  })
})

describe('two at once', () => {
  test('two imports of the same register create each contract once', async () => {
    const rows: Draft[] = Array.from({ length: 30 }, (_, index) => draft(`A-${index}`))
    const both = await Promise.all([setup.import(rows, ON), setup.import(rows, ON)])
    expect(both.map(({ created }) => created).sort()).toEqual([0, 30])
    expect(await setup.rows('SELECT FROM contract')).toHaveLength(30)
  })

  test('imports and sweeps that meet do not stop one another', async () => {
    const rows = (end: string) =>
      Array.from({ length: 40 }, (_, index) => draft(`A-${index}`, { end: endOn(end) }))
    await setup.import(rows('2026-12-18'), ON)
    for (const end of ['2026-12-11', '2026-12-16', '2026-12-18']) {
      await Promise.all([
        setup.sweep(ON),
        setup.import(rows(end), ON),
        setup.sweep(ON),
        setup.followRules(ON),
      ])
    }
    await setup.sweep(ON)
    const open = await setup.rows(`SELECT FROM alert WHERE state = 'open'`)
    expect(open).toHaveLength(40)
  })
})

test('every change is in the audit, which is whole and which the running role cannot rewrite', async () => {
  const before = await entries()
  await setup.import([draft('A-1', { successor: 'A-2' })], ON)
  await setup.import(
    [draft('A-1', { successor: 'A-2', title: 'New' }), draft('A-2', { start: day('2027-04-01') })],
    ON,
  )
  await setup.import([draft('A-1', { successor: 'A-2', title: 'New' })], ON)
  const after = await entries()
  expect(after.slice(before.length).map(({ summary }) => summary)).toEqual([
    'imported register.csv as register: 1 created, 0 updated',
    'imported register.csv as register: 1 created, 1 updated',
  ])
  const changes = await setup.rows<{ field: string }>(
    `SELECT field FROM audit_change WHERE entry_id = $1 AND what = 'updated' ORDER BY position`,
    [after.at(-1)?.id],
  )
  expect(changes.map(({ field }) => field)).toEqual(['title', 'successor_start'])
  for (const sql of [
    `UPDATE audit_entry SET summary = 'x'`,
    'DELETE FROM audit_entry',
    `UPDATE audit_change SET to_value = 'x'`,
    'DELETE FROM audit_change',
    'TRUNCATE audit_change',
  ]) {
    await expect(setup.rows(sql), sql).rejects.toThrow(/permission denied/)
  }
})

interface Entry {
  readonly id: number
  readonly position: number
  readonly summary: string
  readonly digest: string
  readonly previous_hash: string
  readonly hash: string
}

/** The chain, each entry's rows digested anew. */
async function entries(): Promise<Entry[]> {
  const chain = await setup.rows<Entry>('SELECT * FROM audit_entry ORDER BY position')
  let previous = ''
  for (const [index, entry] of chain.entries()) {
    const rows = await setup.rows<Record<string, unknown>>(
      'SELECT * FROM audit_change WHERE entry_id = $1 ORDER BY position',
      [entry.id],
    )
    const digest = createHash('sha256')
    for (const { position, contract_id, what, field, from_value, to_value } of rows) {
      digest.update(JSON.stringify([position, contract_id, what, field, from_value, to_value]))
    }
    expect(entry).toMatchObject({
      position: index + 1,
      digest: digest.digest('hex'),
      previous_hash: previous,
    })
    previous = entry.hash
  }
  return chain
}

test('a large register is counted for the database by the time that others see it', async () => {
  const rows = Array.from({ length: 600 }, (_, n) => draft(`A-${n}`, { end: endOn('2027-12-11') }))
  await setup.import(rows, ON)
  const counted = await setup.rows<{ name: string; rows: number }>(
    `SELECT relname AS name, reltuples::int AS rows FROM pg_class
     WHERE relname IN ('contract', 'deadline') AND relkind = 'r' ORDER BY relname`,
  )
  expect(counted.map(({ name, rows }) => [name, rows >= 600])).toEqual([
    ['contract', true],
    ['deadline', true],
  ])
})

test('whatever a register says of ends, notice, renewal and options, an import takes it and keeps the deadlines that counting anew gives', async () => {
  const cells = {
    'End date': [
      ...['2027-03-31', 'Rolling 12 months', '2026-03-31', '31/12/2027 then rolling quarterly'],
      ...['Q2 2027', '2026-12-01', 'Rolling monthly', '2025-11-30', '2024-02-29'],
    ],
    Notice: [
      '3 months',
      '',
      '90 days',
      'see clause 4',
      'by 31/01/2027',
      '3 months before the anniversary',
    ],
    'Auto renewal': ['Yes', 'No', '', 'Yes - annually', 'Auto-renews monthly'],
    'Extension option': ['', '2 x 12 months, exercise by 30/12/2026'],
  }
  const rows = Object.values(cells).reduce<string[][]>(
    (before, each) => before.flatMap((row) => each.map((cell) => [...row, cell])),
    [[]],
  )
  const lines = rows.map((row, n) => [
    `R-${n}`,
    'T',
    'S',
    '2022-04-01',
    ...row.map((cell) => `"${cell}"`),
  ])
  const headings = ['Ref', 'Title', 'Supplier', 'Start date', ...Object.keys(cells)]
  const path = written(
    'any.csv',
    [headings, ...lines, ['Z', 'T', 'S', '13/04/2024', '14/05/2028', '', '', '']].join('\n'),
  )
  await setup.importFile(path, ON, {}, { dates: 'dmy' })
  const kept = () =>
    setup.rows(
      `SELECT c.reference, d.kind, d.due_on, d.reason, d.settled_on, d.settled_why, d.from_on, d.latest_on,
              d.renews_to, d.assumed, c.next_rung_on
       FROM deadline d JOIN contract c ON c.id = d.contract_id ORDER BY c.reference, d.kind, d.due_on`,
    )
  const before = await kept()
  expect(before.length).toBeGreaterThan(rows.length)
  const ids = await setup.rows<{ id: number }>('SELECT id FROM contract')
  const { db, organisation, rulesOf } = setup
  const organisationId = organisation.id
  const teams = await readTeams(db.pool, organisationId)
  await inTransaction(db.pool, (client) =>
    recalculate(
      client,
      { organisationId, teams, rulesOf, today: day(ON) },
      ids.map(({ id }) => id),
    ),
  )
  expect(await kept()).toEqual(before)
})
