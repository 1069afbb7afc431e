/** The register out and in again: an export that comes back to its register changes nothing. */

import { readFileSync, writeFileSync } from 'node:fs'
import { read, utils } from '@e965/xlsx'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { act } from '../src/actions/act.ts'
import { extend } from '../src/actions/extend.ts'
import { setTeam } from '../src/database/organisation.ts'
import { fieldOf, readHeading } from '../src/register/column-names.ts'
import type { Draft } from '../src/register/draft.ts'
import { type ContractEntry, enterContract } from '../src/register/edit/create.ts'
import { editContract } from '../src/register/edit/edit.ts'
import {
  EXPORT_COLUMNS,
  EXPORTED,
  type ExportedContract,
  exportedIds,
  registerSheet,
} from '../src/register/export/export.ts'
import {
  type DateFormat,
  type ExportCell,
  sheetCsv,
  sheetXlsx,
} from '../src/register/export/sheet.ts'
import {
  auditLength,
  auditSheet,
  type ExportFormat,
  exportFile,
  exportTable,
  type TableWhat,
  waiversSheet,
} from '../src/register/export/tables.ts'
import type { ImportResult } from '../src/register/import/import.ts'
import { unlinkedProblems } from '../src/register/import/problems.ts'
import { openRegister } from '../src/register/open.ts'
import { cleanText } from '../src/register/parse-words.ts'
import { sampleRegister } from '../src/register/sample/stories.ts'
import { asDecimal } from '../src/rules/money.ts'
import { unguarded } from '../src/text/message.ts'
import { oneLine } from '../src/text/words.ts'
import { day, endBetween, endOn } from './support/contract-facts.ts'
import { holdsInTime } from './support/holds.ts'
import { present } from './support/present.ts'
import { pathOf, readingOf } from './support/register-file.ts'
import { draft, extended, openSetup, useSetup } from './support/setup.ts'

const setup = useSetup({
  emptied: 'after',
  prepare: ({ db, organisation }) => setTeam(db.pool, organisation.id, 'Digital', {}),
})

const ON = '2026-11-23'
let files = 0

async function exported(
  format: ExportFormat,
  source: string | null = 'register',
  what: TableWhat = 'register',
  dates: DateFormat = 'dd/mm/yyyy',
): Promise<string> {
  const { db, organisation, rulesOf } = setup
  files += 1
  const filters = { teamId: null, source, supplier: null }
  const ids = await exportedIds(db.pool, organisation.id, filters)
  const pieces: Buffer[] = []
  const deps = { pool: db.pool, organisationId: organisation.id, rulesOf }
  const { sheet } = await exportTable(deps, what, ids)
  for await (const piece of exportFile(sheet, format, dates)) {
    pieces.push(Buffer.from(piece))
  }
  const path = pathOf(`export-${files}.${format}`)
  writeFileSync(path, Buffer.concat(pieces))
  return path
}

async function importFrom(path: string, source = 'register'): Promise<ImportResult> {
  const how = { map: new Map(), dates: null, timeZone: null, today: day(ON) }
  return setup.importRegister(await openRegister(path, how), ON, { file: path, source })
}

/** Everything that an import could have changed. */
async function everything(): Promise<unknown> {
  const tables = [
    'SELECT * FROM contract ORDER BY id',
    'SELECT * FROM contract_buyer ORDER BY contract_id, position',
    'SELECT * FROM contract_product ORDER BY contract_id, product_id',
    'SELECT * FROM extension ORDER BY id',
    'SELECT * FROM deadline ORDER BY contract_id, kind, due_on',
    'SELECT * FROM buyer ORDER BY id',
    'SELECT * FROM person ORDER BY id',
    'SELECT count(*) FROM audit_change',
  ]
  const found: unknown[] = []
  for (const sql of tables) found.push(await setup.rows(sql))
  return found
}

async function expectNothingChanges(format: ExportFormat, source = 'register'): Promise<void> {
  const before = await everything()
  const result = await importFrom(await exported(format, source), source)
  expect(result).toMatchObject({ created: 0, updated: 0, rejected: 0, problems: [] })
  expect(await everything()).toEqual(before)
}

test('a call-off finds its framework in its register or an earlier one, and takes it out and in again', async () => {
  const ocid = 'ocds-abc123-9'
  await setup.import(
    [
      draft('F-0', { form: 'framework' }),
      draft('PROCESS', { ocid, awardOrContractId: '1', form: 'framework' }),
    ],
    ON,
    { source: 'earlier' },
  )
  const rows = [
    draft('C-1', { parent: 'f-1' }),
    draft('C-2', { parent: 'F-0' }),
    draft('C-3', { parent: ocid }),
    draft('C-4', { parent: 'nowhere' }),
    draft('C-5', { parent: 'C-5' }),
    draft('F-1', { form: 'framework' }),
  ]
  const { problems } = await setup.import(rows, ON)
  expect(problems.map(({ value, severity }) => [value, severity])).toEqual([
    ['nowhere', 'warning'],
    ['C-5', 'warning'],
  ])
  const parents = () =>
    setup.rows(
      `SELECT c.reference, f.reference AS parent FROM contract c
       JOIN contract f ON f.id = c.parent_id ORDER BY c.reference`,
    )
  const found = [
    { reference: 'C-1', parent: 'F-1' },
    { reference: 'C-2', parent: 'F-0' },
    { reference: 'C-3', parent: 'PROCESS' },
  ]
  expect(await parents()).toEqual(found)
  await expectNothingChanges('csv')
  expect(await parents()).toEqual(found)
})

test('a framework that is not found, or not as one contract, is told once for each name', () => {
  const row = (n: number, parent: string, called = 0) => {
    return { at: `${n}`, reference: `C-${n}`, parent, key: parent.toLowerCase(), called }
  }
  const told = unlinkedProblems([row(2, 'RM-1'), row(3, 'rm-1'), row(4, 'RM-2', 2)])
  expect(
    told.map(({ at, reference, value, problem, severity }) => {
      return [at, reference, value, problem, severity]
    }),
  ).toEqual([
    [
      '2',
      null,
      'RM-1',
      'no other contract is called so: its 2 contracts are not linked to it',
      'warning',
    ],
    [
      '4',
      'C-4',
      'RM-2',
      '2 contracts are called so: its contract is linked to none of them',
      'warning',
    ],
  ])
  expect(told[0]?.remedy).toBe(
    'import the framework’s register, then this one again, or correct the reference',
  )
  const many = unlinkedProblems(Array.from({ length: 300 }, (_, n) => row(n, `RM-${n}`)))
  expect(many).toHaveLength(11)
  expect(many.at(-1)).toMatchObject({ at: '10', problem: '290 more frameworks cannot be linked' })
})

/** Every kind of end, of extension, of value, and texts that want to be something else. */
const REGISTER: readonly Draft[] = [
  draft('A-1', {
    buyers: ['Northern Trust', 'Southern; Trust', 'A|B [x]'],
    products: ['Word', 'Excel'],
  }),
  draft('A-2', { end: endBetween('2027-06-01', '2027-06-30', 'month'), team: 'Digital' }),
  draft('A-3', { end: endBetween('2027-04-01', '2027-06-30', 'quarter') }),
  draft('A-4', {
    end: endBetween('2027-01-01', '2027-12-31', 'year'),
    maximumEnd: day('2029-12-31'),
  }),
  draft('A-5', {
    end: { kind: 'undated' },
    personalData: false,
    sharesData: false,
    noticePeriod: { amount: 10, unit: 'working-days' },
  }),
  draft('A-6', {
    end: { kind: 'rolling' },
    noticePeriod: { amount: 3, unit: 'months' },
    reviewOn: day('2026-12-24'),
    personalData: true,
    sharesData: true,
    sharedWith: 'Not Us Ltd, None Better',
    dpia: 'DPIA/2026/01',
  }),
  draft('A-7', { currentEnd: day('2028-03-31') }),
  draft('A-8', {
    extensions: [
      extended('2027-09-30', { cost: asDecimal('1234.50'), knownOn: day('2026-10-01') }),
      extended('2028-03-31', { kind: 'emergency' }),
      extended('2028-09-30', { kind: 'variation', status: 'proposed' }),
    ],
  }),
  draft('A-9', {
    automaticRenewal: true,
    renewalTerm: { amount: 1, unit: 'years' },
    end: endOn('2025-03-31'),
    noticePeriod: { amount: 90, unit: 'days' },
  }),
  draft('A-10', {
    value: asDecimal('163100000'),
    valueBasis: 'committed',
    vat: 'gross',
    vatRecoverable: 'none',
    currency: 'EUR',
    units: asDecimal('1500'),
    unitPrice: asDecimal('1.234'),
  }),
  draft('A-11', {
    value: null,
    valueBasis: 'unknown',
    regime: 'PCR15',
    route: 'quotes',
    form: 'purchase-order',
  }),
  draft('A-12', { start: day('2016-04-01'), end: endOn('2019-03-31'), form: 'call-off' }),
  draft('A-13', { closed: true, vat: 'net', vatRecoverable: 'part', valueBasis: 'maximum' }),
  draft('A-14', { supplier: 'Northwind', lot: '1' }),
  draft('A-14', { supplier: 'Northwind', lot: '2' }),
  draft(null, {
    title: 'Without a reference',
    owner: 'Amira Khan',
    deputy: 'Tom Reed',
    categoryLead: 'Lea',
  }),
  draft('2021-1', {
    ocid: 'ocds-b5fd17-1',
    awardOrContractId: '2021-1',
    ownerEmail: 'olive@trust.example',
  }),
  draft('=cmd|calc', {
    title: '=HYPERLINK("http://x")',
    supplier: '+Plus; -Minus',
    department: "'=quoted",
  }),
  draft('@sum', {
    title: 'AT&amp;T &lt;b&gt; & Söhne',
    supplier: 'R&D "Ltd"',
    category: '\u202eevil\u202c',
  }),
  draft('Q-1', {
    title: '<!channel> *bold* `code` 💥 "a, b"',
    supplier: '"Quoted"; "twice"',
  }),
  draft('Q-2', { title: 'x'.repeat(4000), predecessor: 'A-1', successor: 'A-2' }),
]

const PLAIN = {
  ...Object.fromEntries(EXPORTED.map((name) => [name, null])),
  ...{ externalId: '', source: 'register', reference: '', team: 'Default team', form: 'contract' },
  ...{ start: day('2024-04-01'), endKind: 'dated' },
  ...{ endLatest: day('2027-03-31'), currentLatest: day('2027-03-31'), parent: null },
  ...{ owner: null, ownerEmail: null, deputy: null, deputyEmail: null, ownRegime: null },
  ...{ categoryLead: null, categoryLeadEmail: null, currency: 'GBP', historic: false },
  ...{ valueBasis: 'unknown', vat: 'unknown', vatRecoverable: 'unknown', watched: true, asOf: 1 },
  ...{ buyers: [], products: [], covers: [], extensions: [] },
} as unknown as ExportedContract

async function* listed(contracts: readonly ExportedContract[]) {
  yield* contracts
}

describe('an export', () => {
  test('has headings that an import recognises, each for a field of its own', () => {
    const fields = EXPORT_COLUMNS.map(({ heading }) => fieldOf(readHeading(heading))?.field ?? null)
    // Words of its value, days of its options, watched, as of change, ends now, kept in: of an export alone.
    expect(fields.slice(-6)).toEqual([null, null, null, null, null, null])
    const read = fields.slice(0, -6)
    expect(read).not.toContain(null)
    expect(new Set(read).size).toBe(read.length)
  })

  test.each(['csv', 'xlsx'] as const)(
    'as %s changes nothing when it is imported again',
    async (format) => {
      await setup.import(REGISTER, ON)
      await expectNothingChanges(format)
      // And once more: what the first one left behind is the same.
      await expectNothingChanges(format)
    },
  )

  test.each(['csv', 'xlsx'] as const)(
    'as %s of what people changed changes nothing, and takes nothing from them',
    async (format) => {
      const register = [draft('A-1'), draft('A-2'), draft('A-3')]
      await setup.import(register, ON)
      const actor = setup.actor(ON)
      const { pool } = setup.db
      const id = await setup.contractId('A-1')
      const changes = {
        title: 'Put right',
        supplier: 'Novated; Ltd',
        buyer: 'Western Trust',
        end: day('2026-12-31'),
      }
      await act(pool, actor, id, (client, acted) =>
        editContract(
          client,
          { ...actor, ...acted, contractId: id },
          { changes, terminatesOn: null, why: null, holds: null },
        ),
      )
      const second = await setup.contractId('A-2')
      await extend(pool, actor, second, {
        kind: 'emergency',
        to: day('2027-12-31'),
        from: null,
        cost: asDecimal('4600000'),
        rule: 's74',
        grounds: 'urgent: a "cyber" attack; contained',
      })
      await expectNothingChanges(format)
      // The register itself still says what it said: it has not agreed with anybody.
      expect(await setup.import(register, ON)).toMatchObject({ updated: 0, problems: [] })
      const later = await setup.import(
        [draft('A-1', { title: 'Said later' }), ...register.slice(1)],
        ON,
      )
      expect(later.problems).toMatchObject([{ field: 'title' }])
      const [row] = await setup.rows('SELECT title, supplier FROM contract ORDER BY id LIMIT 1')
      expect(row).toEqual({ title: 'Put right', supplier: 'Novated; Ltd' })
    },
  )

  /** Cells as registers have them, one of each kind beside another in every row. */
  const HOSTILE = {
    'Start date': ['2024-04-01', '', '01/04/2024', 'from 1 May 2023', '2030-01-01', 'tbc'],
    'End date': [
      ...['2027-03-31', '31/03/2027 (or 31/03/2029 if extended)', 'Q2 2027', 'FY26/27', '2028'],
      ...['Rolling 12 months', 'ongoing', '', 'see contract', '2099-12-31', 'before 1 May 2027'],
      ...[
        '31/12/2027 then rolling quarterly',
        '3 years from start',
        '10 working days before 30/04/2027',
      ],
      ...['2026-03-31', '2025-12-31', '2019-03-31', 'w/e 28/03/2027', '46477', '2027-W13'],
    ],
    'Extension option': [
      ...[
        '2 x 12 months',
        '12 months or 24 months',
        '48 months in total',
        '31/03/2030',
        'Declined',
      ],
      ...['2 x 12 months, first exercised', '12 months (3 months notice)', '1+1', ''],
      ...[
        'exercised to 31/03/2028',
        '24 months in periods of 6',
        '12 months, exercise by 30/09/2026',
      ],
    ],
    'Maximum end': ['', '2031-03-31', '31/03/2020', '31/03/2029 (not extended)'],
    'Extension end': ['', '2028-03-31', '30/09/2027', '2020-01-01', 'June 2028'],
    'Notice period': [
      ...['3 months', '3-6 months', 'see clause 4', 'by 31/12/2026', 'six months + 1 day', ''],
      ...["3 months' notice before the anniversary", '60 business days', '<b>&amp;</b>', '0'],
    ],
    'Auto renew': ['Yes', 'No', '', '?', 'Yes - annually', 'Possibly', 'no (yes from 2028)'],
    'Renewal term': ['', '12 months', 'quarterly', 'rolling', '1 year (3 months notice)'],
    'Contract value': [
      ...['£1,234.50', 'up to £900k', 'as per rate card', '£400 per month', '', '£10k pa'],
      ...['£100,000 – £200,000', '0', '-5', '1.234', '$5m', '£-'],
    ],
    Status: ['Live', 'Expired', 'Terminated', 'On hold', 'notice served', 'whatever', ''],
    Owner: ['Ann Ash', 'Vacant', 'bo@trust.example', '', "O'Neil, J", 'TBC'],
    Supplier: ['Beck & Sons', '=SUM(1)', 'A; B', '"quoted"', 'Müller|x', ''],
    Route: ['open', 'by the usual way', 'Direct award', ''],
    Team: ['Digital', 'Nowhere', ''],
    'Personal data': ['Yes', 'No', 'DPIA/1', 'perhaps', ''],
    Currency: ['GBP', 'EUR', 'shells', ''],
  } as const

  test.each(['csv', 'xlsx'] as const)(
    'as %s of contracts from hostile registers changes nothing and says nothing',
    async (format) => {
      const columns = Object.entries(HOSTILE)
      const cell = (text: string) => `"${text.replaceAll('"', '""')}"`
      let run = 0
      await holdsInTime(
        [fc.array(fc.nat(10_000), { minLength: 30, maxLength: 30 })],
        4,
        async (rows) => {
          const source = `register ${run}`
          run += 1
          const lines = rows.map((seed, at) => {
            const picked = columns.map(([, cells], i) => {
              return cell(cells[(seed * (i + 3) + at * (2 * i + 1)) % cells.length] ?? '')
            })
            return [`R${run}-${at}`, cell(`Title ${at}`), ...picked].join(',')
          })
          const headings = ['Ref', 'Title', ...columns.map(([heading]) => heading)].join(',')
          const path = pathOf('hostile-in.csv')
          writeFileSync(path, [headings, ...lines, 'Z-1,Days,13/04/2024,14/05/2028'].join('\n'))
          const how = { dates: 'dmy', years: 2000 } as const
          await setup.importFile(path, ON, { source }, how)
          await expectNothingChanges(format, source)
        },
      )
    },
    120_000,
  )

  test.each(['csv', 'xlsx'] as const)('as %s of the sample changes nothing', async (format) => {
    await setup.importRegister(sampleRegister(day(ON)), ON, { source: 'sample', strict: true })
    await expectNothingChanges(format, 'sample')
  })

  test('changed in one of the rows of a contract with several extensions takes none of them away', async () => {
    const both = [extended('2027-09-30'), extended('2028-03-31', { kind: 'emergency' })]
    await setup.import([draft('A-1', { extensions: both })], ON)
    const path = await exported('csv')
    let seen = 0
    const text = readFileSync(path, 'utf8').replace(/Northwind Ltd/g, (name) => {
      seen += 1
      return seen === 1 ? 'Southwind' : name
    })
    writeFileSync(path, text)
    const { problems } = await importFrom(path)
    expect(seen).toBe(2)
    const found = await setup.rows('SELECT status, to_on AS "to" FROM extension ORDER BY to_on')
    expect(found).toEqual([
      { status: 'confirmed', to: '2027-09-30' },
      { status: 'confirmed', to: '2028-03-31' },
    ])
    // Of the two suppliers one counts, and that is told.
    expect(problems).not.toEqual([])
  })

  test('without the columns of words and of options, as older ones are, takes none of them away', async () => {
    const options = {
      maximumEnd: day('2029-03-31'),
      optionEnds: [day('2028-03-31'), day('2029-03-31')],
    }
    await setup.import(
      [draft('A-1', { ...options, valueText: 'up to £900k', value: asDecimal('900000.00') })],
      ON,
    )
    const path = await exported('csv')
    const [headings = [], ...rows] = parse(readFileSync(path, 'utf8'), { bom: true }) as string[][]
    const kept = headings.flatMap((each, at) =>
      /^(?:Words of the value|Ends of the options)$/.test(each) ? [] : [at],
    )
    const line = (cells: readonly string[]) => kept.map((at) => `"${cells[at] ?? ''}"`).join(',')
    writeFileSync(path, [headings, ...rows].map(line).join('\r\n'))
    expect(await importFrom(path)).toMatchObject({ updated: 0, problems: [] })
    const words = 'SELECT option_ends AS ends, value_text AS words FROM contract'
    expect(await setup.rows(words)).toEqual([
      { ends: '2028-03-31 2029-03-31', words: 'up to £900k' },
    ])
    // Another last day takes the place of both.
    await importFrom(
      await editedFile({ 'A-1': { 'Maximum end': '2030-03-31', 'Contract value': '800000' } }),
    )
    expect(await setup.rows(words)).toEqual([{ ends: null, words: null }])
  })

  test('of what was entered by hand changes nothing either', async () => {
    const by = { ...setup.actor(ON), via: 'slack' }
    await enterContract(setup.db.pool, by, {
      reference: 'H-1',
      title: 'Lifts',
      supplier: null,
      buyer: 'Northern Trust; Southern Trust',
      teamId: null,
      ownerId: null,
      start: day('2025-01-01'),
      endKind: 'dated',
      end: day('2027-03-31'),
      maximumEnd: null,
      noticePeriod: { amount: 3, unit: 'months' },
      automaticRenewal: true,
      renewalTerm: { amount: 12, unit: 'months' },
      reviewOn: null,
      personalData: null,
      sharesData: true,
      sharedWith: 'Yes & Sons; =Trackers',
      dpia: 'DPIA-7',
      value: null,
      currency: 'GBP',
      valueBasis: 'annual',
      regime: null,
      route: null,
      documents: [
        { title: 'Signed & sealed', url: 'https://trust.example/c?a=1&b=2' },
        { title: '=Annex', url: 'https://trust.example/annex' },
      ],
    })
    await expectNothingChanges('csv', 'slack')
  })

  test('that was changed in a spreadsheet changes just that, whatever it is known by', async () => {
    await setup.import([draft('A-1'), draft(null, { title: 'Nameless' })], ON)
    const path = await exported('csv')
    const text = readFileSync(path, 'utf8')
      .replaceAll('Northwind Ltd', 'Southwind')
      .replace(',A-1,', ',B-1,')
    writeFileSync(path, text)
    expect(await importFrom(path)).toMatchObject({ created: 0, updated: 2, rejected: 0 })
    const rows = await setup.rows('SELECT reference, supplier FROM contract ORDER BY id')
    expect(rows).toEqual([
      { reference: 'B-1', supplier: 'Southwind' },
      { reference: 'Nameless', supplier: 'Southwind' },
    ])
  })

  /** The export with cells of a row, by their headings, written anew. */
  async function editedFile(
    edits: Readonly<Record<string, Readonly<Record<string, string>>>>,
    source: string | null = 'register',
  ): Promise<string> {
    const path = await exported('csv', source)
    const [headings = [], ...rows] = parse(readFileSync(path, 'utf8'), { bom: true }) as string[][]
    const at = (heading: string) => headings.indexOf(heading)
    const written = rows.map((cells) =>
      headings.map(
        (heading, i) => edits[cells[at('Reference')] ?? '']?.[heading] ?? cells[i] ?? '',
      ),
    )
    const line = (cells: readonly string[]) =>
      cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')
    writeFileSync(path, [headings, ...written].map(line).join('\r\n'))
    return path
  }
  const people = () =>
    setup.rows(
      `SELECT c.reference, o.display_name AS owner, t.name AS team, c.category, c.watched,
              c.current_latest AS ends, c.notice_amount AS notice
       FROM contract c JOIN team t ON t.id = c.team_id LEFT JOIN person o ON o.id = c.owner_id
       ORDER BY c.reference`,
    )
  const OWNED = { owner: 'Amira Khan', ownerEmail: 'amira@trust.example', category: 'IT' } as const

  test('changed in bulk changes owner, team, category, end, notice and watch, and says what of whom', async () => {
    await setTeam(setup.db.pool, setup.organisation.id, 'Digital', {})
    await setup.import([draft('A-1', OWNED), draft('A-2', OWNED), draft('A-3', OWNED)], ON)
    const changed = {
      ...{ Owner: 'Bo Lee', Team: 'Digital', Category: 'Estates', End: '2027-09-30' },
      ...{ 'Notice period': '6 months', Watched: 'no' },
    }
    const path = await editedFile({ 'A-1': changed, 'A-2': { Owner: 'Bo Lee', Watched: 'No' } })
    const result = await importFrom(path)
    expect(result).toMatchObject({ created: 0, updated: 2, problems: [] })
    const bo = { owner: 'Bo Lee', watched: false }
    expect(await people()).toEqual([
      {
        ...{ reference: 'A-1', ...bo, team: 'Digital', category: 'Estates' },
        ...{ ends: '2027-09-30', notice: 6 },
      },
      {
        ...{ reference: 'A-2', ...bo, team: 'Default team', category: 'IT' },
        ...{ ends: '2027-03-31', notice: null },
      },
      {
        ...{ reference: 'A-3', owner: 'Amira Khan', watched: true, team: 'Default team' },
        ...{ category: 'IT', ends: '2027-03-31', notice: null },
      },
    ])
    // Who kept the other contract is called as before.
    const said = (result.changes ?? []).map((each) => Object.values(each).join(' '))
    expect(said).toContain('A-1 owner_id Amira Khan Bo Lee')
    expect(said).toContain('A-2 watched true false')
    // Its register repeats itself: it takes nothing of that back.
    await setup.import([draft('A-1', OWNED), draft('A-2', OWNED), draft('A-3', OWNED)], ON)
    expect(await people()).toMatchObject([
      { ...bo, category: 'Estates', ends: '2027-09-30' },
      bo,
      { watched: true },
    ])
    await expectNothingChanges('csv')
  })

  test('changed in bulk takes what people had said before it was written, and leaves what changed since', async () => {
    await setup.import([draft('A-1', OWNED), draft('A-2', OWNED), draft('A-3', OWNED)], ON)
    const { pool } = setup.db
    const change = async (reference: string, changes: Partial<ContractEntry>) => {
      const contractId = await setup.contractId(reference)
      const actor = setup.actor(ON)
      await act(pool, actor, contractId, (client, acted) =>
        editContract(
          client,
          { ...actor, ...acted, contractId },
          { changes, terminatesOn: null, why: null, holds: null },
        ),
      )
    }
    await change('A-1', { title: 'By hand' })
    const path = await editedFile({
      'A-1': { Title: 'In bulk' },
      'A-2': { Title: 'In bulk' },
      'A-3': { Supplier: 'Bulk' },
    })
    await change('A-2', { title: 'Since then' })
    await change('A-3', { supplier: 'Novated since' })
    const { problems } = await importFrom(path)
    expect(problems).toMatchObject([
      { reference: 'A-2', field: 'title', value: 'In bulk' },
      { reference: 'A-3', field: 'supplier', value: 'Bulk' },
    ])
    expect(problems[0]?.problem).toContain('changed since this export was written')
    const held = await setup.rows('SELECT title, supplier FROM contract ORDER BY reference')
    expect(held).toMatchObject([
      { title: 'In bulk' },
      { title: 'Since then' },
      { supplier: 'Novated since' },
    ])
  })

  test.each([
    ['Owner', { Owner: '', 'Owner email': '' }],
    ['Title', { Title: '' }],
    ['Category', { Category: '' }],
    ['Team', { Team: '' }],
    ['Form', { Form: 'contract' }],
    ['Status', { Status: 'historic' }],
    ['Watched', { Watched: 'perhaps' }],
    ['Kept in', { 'Kept in': 'another' }],
    ['Lapsewatch id', { 'Lapsewatch id': 'another' }],
    ['Ends now', { 'Ends now': '2030-01-01' }],
    ['End', { End: '' }],
    ['Notice period', { 'Notice period': '' }],
    ['Automatic renewal', { 'Automatic renewal': '' }],
    ['Contract value', { 'Contract value': '' }],
    ['Extension cost', { 'Extension cost': '9' }],
    ['Extension type', { 'Extension type': 'variation' }],
    ['Regime', { Regime: '' }],
    ['Review date', { 'Review date': '' }],
  ] as const)('a column that is not taken back is named: %s', async (named, cells) => {
    const of: Partial<Draft> = {
      ...OWNED,
      ...{ form: 'framework', value: asDecimal('1000.00'), regime: 'PA23' },
      ...{ noticePeriod: { amount: 3, unit: 'months' }, automaticRenewal: false },
      reviewOn: day('2027-01-04'),
      extensions: [extended('2027-09-30', { kind: 'option', cost: asDecimal('12.00') })],
    }
    await setup.import([draft('A-1', of), draft('A-2', of)], ON)
    const before = await setup.rows('SELECT * FROM contract ORDER BY id')
    const result = await importFrom(await editedFile({ 'A-1': cells }))
    expect(result.problems.map(({ reference, field }) => [reference, field])).toEqual([
      ['A-1', named],
    ])
    expect(result).toMatchObject({ created: 0, updated: 0 })
    expect(await setup.rows('SELECT * FROM contract ORDER BY id')).toEqual(before)
  })

  test('a column that was added is named, one that was taken out says nothing', async () => {
    await setup.import([draft('A-1', OWNED)], ON)
    const path = await exported('csv')
    const rows = parse(readFileSync(path, 'utf8'), { bom: true }) as string[][]
    const kept = ['Lapsewatch id', 'Reference', 'Owner', 'As of change']
    const at = kept.map((heading) => (rows[0] ?? []).indexOf(heading))
    const lines = rows.map((cells, i) =>
      [...at.map((index) => cells[index]), i === 0 ? 'Remarks' : 'mine'].join(','),
    )
    writeFileSync(path, lines.join('\n'))
    const { problems, updated } = await importFrom(path)
    expect(problems).toMatchObject([{ field: 'Remarks', severity: 'warning' }])
    expect(updated).toBe(0)
  })

  test('rows of another register are left alone, and a file of several says which there are', async () => {
    await setup.import([draft('A-1', OWNED)], ON)
    await setup.import([draft('B-1', OWNED)], ON, { source: 'other' })
    const path = await editedFile({ 'A-1': { Title: 'New' }, 'B-1': { Title: 'New' } }, null)
    const { created, updated, skipped, problems } = await importFrom(path)
    expect({ created, updated, skipped }).toEqual({ created: 0, updated: 1, skipped: 1 })
    expect(problems).toMatchObject([{ field: 'Kept in', value: 'other' }])
    await expect(setup.importFile(path, ON, { source: null })).rejects.toThrow(
      'of several registers: register, other',
    )
    // Of one alone it is known.
    const own = await editedFile({ 'B-1': { Title: 'Newer' } }, 'other')
    const { result } = await setup.importFile(own, ON, { source: null })
    expect(result).toMatchObject({ source: 'other', created: 0, updated: 1 })
  })

  test.each([
    ['Bo Lee', { 'Owner email': 'bo@trust.example' }, 'bo@trust.example'],
    ['Amira Khan', { Owner: 'Bo Lee' }, 'Bo Lee'],
  ] as const)(
    'an owner changed by name or by address alone renames nobody (%s)',
    async (other, cells, now) => {
      const bo = { owner: 'Bo Lee', ownerEmail: 'bo@trust.example' }
      await setup.import([draft('A-1', OWNED), draft('A-2', OWNED), draft('B-1', bo)], ON)
      await importFrom(await editedFile({ 'A-1': cells }))
      const found = await setup.rows<{ name: string; email: string | null }>(
        `SELECT p.display_name AS name, p.email FROM contract c JOIN person p ON p.id = c.owner_id
       WHERE c.reference = 'A-1'`,
      )
      expect([found[0]?.name, found[0]?.email]).toContain(now)
      expect(await setup.personId('Amira Khan')).toBeGreaterThan(0)
      expect(await setup.personId(other)).toBeGreaterThan(0)
    },
  )

  test('whatever text stands in it, it comes back as it was', async () => {
    const texts = fc
      .oneof(
        fc.string({ maxLength: 40 }),
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.string({
          unit: fc.constantFrom(...'=+-@|%;\'"[]&,ltgampq# \u200f\u202e\uff1d😀'),
          maxLength: 12,
        }),
      )
      // As a register would have given it: no control characters, no words for nothing.
      .map((raw) =>
        cleanText(cleanText(raw.replace(/[\p{Cs}\p{Noncharacter_Code_Point}]/gu, '')) ?? undefined),
      )
      .filter((text): text is string => text !== null && cleanText(text) === text)
    await holdsInTime(
      [
        fc.array(
          fc.record({ title: texts, supplier: texts, buyer: texts, products: fc.array(texts) }),
          {
            minLength: 1,
            maxLength: 60,
          },
        ),
      ],
      5,
      async (rows) => {
        const contracts = rows.map(({ title, supplier, buyer, products }, index) => ({
          ...PLAIN,
          externalId: `ref:a-${index}`,
          reference: `A-${index}`,
          title,
          supplier,
          buyers: [...new Set([buyer, 'Northern Trust'])],
          products: [...new Set(products)],
        }))
        const pieces: string[] = []
        for await (const piece of sheetCsv(registerSheet(listed(contracts)))) pieces.push(piece)
        const csv = await readingOf('texts.csv', pieces.join(''))
        const xlsx = await readingOf(
          'texts.xlsx',
          await sheetXlsx(registerSheet(listed(contracts)), 'dd/mm/yyyy'),
        )
        for (const { drafts } of [csv, xlsx]) {
          const read = drafts.map(({ identity, reference, title, supplier, buyers, products }) => ({
            ...PLAIN,
            externalId: identity,
            reference,
            title,
            supplier,
            buyers,
            products,
          }))
          expect(read).toEqual(contracts)
        }
      },
    )
  })
})

/** As two other libraries read the file: cells by heading, days of a workbook as its own dates. */
async function openedElsewhere(what: TableWhat, format: ExportFormat): Promise<Elsewhere[]> {
  const bytes = readFileSync(await exported(format, null, what))
  if (format === 'csv') return parse(bytes, { bom: true, columns: true })
  const book = read(bytes, { cellDates: true, UTC: true })
  const sheet = present(book.Sheets[book.SheetNames[0] ?? ''])
  expect(Object.values(sheet).some((cell) => typeof cell === 'object' && 'f' in cell)).toBe(false)
  return utils.sheet_to_json<Elsewhere>(sheet, { defval: '', raw: true, UTC: true })
}
type Elsewhere = Record<string, string | number | Date>

/** A cell as the register would write it. */
function plainly(cell: string | number | Date | undefined): string {
  if (cell instanceof Date) return cell.toISOString().slice(0, 19).replace('T', ' ')
  return String(cell ?? '')
}
const dayOf = (cell: Elsewhere[string] | undefined) => plainly(cell).slice(0, 10)
/** The number that is meant, however many noughts stand behind it. */
const amount = (cell: Elsewhere[string] | undefined) => (cell === '' ? null : Number(cell))

describe.each(['csv', 'xlsx'] as const)('opened as %s by another library', (format) => {
  test('the register is what the database holds', async () => {
    await setup.import(REGISTER, ON)
    const opened = await openedElsewhere('register', format)
    const held = await setup.rows<Record<string, string | null>>(
      `SELECT c.external_id AS id, c.start, c.current_latest AS ends, c.value FROM contract c
       LEFT JOIN extension e ON e.contract_id = c.id AND e.status IN ('confirmed', 'proposed')
       ORDER BY c.id, e.from_on, e.to_on, e.id`,
    )
    expect(opened.map((row) => unapostrophed(row['Lapsewatch id']))).toEqual(
      held.map(({ id }) => id),
    )
    expect(opened.map((row) => dayOf(row.Start))).toEqual(held.map(({ start }) => start ?? ''))
    expect(opened.map((row) => dayOf(row['Ends now']))).toEqual(held.map(({ ends }) => ends ?? ''))
    expect(opened.map((row) => amount(row['Contract value']))).toEqual(
      held.map(({ value }) => (value === null || value === undefined ? null : Number(value))),
    )
  })

  test('the ledger has every extension, withdrawn ones and unknown costs included', async () => {
    await setup.import([draft('A-1'), draft('=A-2', { title: '=1+1' })], ON)
    const { pool } = setup.db
    const actor = setup.actor(ON)
    const emergency = { kind: 'emergency', from: null, rule: null, grounds: '@urgent' } as const
    for (const [reference, to, cost] of [
      ['A-1', '2027-12-31', '4600000.5'],
      ['=A-2', '2028-02-29', null],
    ] as const) {
      const id = await setup.contractId(reference)
      await extend(pool, actor, id, {
        ...emergency,
        to: day(to),
        cost: cost === null ? null : asDecimal(cost),
      })
    }
    await pool.query(`UPDATE extension SET status = 'withdrawn' WHERE to_on = '2027-12-31'`)
    const opened = await openedElsewhere('extensions', format)
    expect(
      opened.map((row) => [
        row.Reference,
        row.Title,
        row.Status,
        dayOf(row.End),
        amount(row.Cost),
        row.Grounds,
      ]),
    ).toEqual([
      ["'=A-2", "'=1+1", 'confirmed', '2028-02-29', null, "'@urgent"],
      ['A-1', 'Imaging licences', 'withdrawn', '2027-12-31', 4600000.5, "'@urgent"],
    ])
  })

  test('the audit has every change in the order of its chain', async () => {
    await setup.import(REGISTER, ON)
    await setup.import([draft('A-1', { title: '=HYPERLINK("http://x")' })], ON)
    const opened = await openedElsewhere('audit', format)
    const held = await setup.rows<Record<string, string | number | Date | null>>(
      `SELECT e.position AS "Entry", date_trunc('second', e.at) AS "At (UTC)", e.via AS "Via",
              c.position AS "Change", k.reference AS "Reference", c.contract_id AS "Contract number",
              c.what AS "What", c.field AS "Field", c.from_value AS "From", c.to_value AS "To",
              e.hash AS "Hash of the entry"
       FROM audit_entry e LEFT JOIN audit_change c ON c.entry_id = e.id
       LEFT JOIN contract k ON k.id = c.contract_id ORDER BY e.position, c.position`,
    )
    expect(opened).toHaveLength(held.length)
    for (const [index, row] of held.entries()) {
      for (const [heading, value] of Object.entries(row)) {
        // People and teams stand there by their names.
        if (/_id$/.test(String(row.Field)) && /^(?:From|To)$/.test(heading)) continue
        const cell = plainly(opened[index]?.[heading])
        const wanted = plainly(value ?? undefined)
        expect(unapostrophed(cell), heading).toBe(oneLine(wanted))
      }
    }
    expect(JSON.stringify(opened)).toContain("'=HYPERLINK")
  })
})

test('the audit is the same however little of it is read at once', async () => {
  // Its own, which holds nothing of the tests before.
  const own = await openSetup()
  await own.import(REGISTER.slice(0, 6), ON)
  await own.import([draft('A-1', { title: 'Other' })], ON)
  const { db, organisation } = own
  const rowsRead = async (atOnce: { entries: number; changes: number }) => {
    const rows: unknown[] = []
    const { upTo } = await auditLength(db.pool, organisation.id)
    const sheet = auditSheet(db.pool, organisation.id, upTo, atOnce)
    for await (const row of sheet.rows) rows.push(row)
    return rows
  }
  const whole = await rowsRead({ entries: 500, changes: 5000 })
  expect(await rowsRead({ entries: 1, changes: 3 })).toEqual(whole)
  expect(await rowsRead({ entries: 2, changes: 1 })).toEqual(whole)
  await own.drop()
})

test('a heading that holds a comma is one cell of the file', async () => {
  const { headings } = waiversSheet([], [], day(ON))
  const rows = listedRows([headings.map((text) => ({ text }))])
  const pieces: string[] = []
  for await (const piece of sheetCsv({ name: 'Waivers', headings, rows })) pieces.push(piece)
  const [first, second] = parse(pieces.join(''), { bom: true }) as string[][]
  expect(first).toEqual(headings)
  expect(second).toEqual(headings)
})

async function* listedRows(rows: readonly (readonly ExportCell[])[]) {
  yield* rows
}

test('days in a workbook are written as the organisation writes them', async () => {
  await setup.import([draft('A-1')], ON)
  // The other library writes out the first of these itself; of each it says what the file asks for.
  for (const dates of ['dd/mm/yyyy', 'dd.mm.yyyy', 'yyyy-mm-dd'] as const) {
    const file = readFileSync(await exported('xlsx', 'register', 'register', dates))
    const sheet = read(file, { cellNF: true, cellText: true }).Sheets.Contracts ?? {}
    const cells: { t?: string; w?: string; z?: string }[] = Object.values(sheet)
    const shown = cells.filter(({ z }) => z === dates).map(({ w }) => w)
    expect(shown.length, dates).toBeGreaterThan(1)
    if (dates === 'dd/mm/yyyy') expect(shown).toContain('01/04/2024')
  }
})

function unapostrophed(cell: Elsewhere[string] | undefined): string {
  return unguarded(plainly(cell))
}
