/** An import taken back: nothing of it stays but the record, and nothing else is touched. */
import { acknowledge } from '../src/actions/acknowledge.ts'
import { verifyAudit } from '../src/database/audit-log.ts'
import type { DeliveryDeps } from '../src/delivery/send.ts'
import { deliverDue, drain } from '../src/delivery/worker.ts'
import { exportedIds } from '../src/register/export/export.ts'
import { exportTable } from '../src/register/export/tables.ts'
import { answerQuestion } from '../src/register/import/answer-question.ts'
import { readQuestions } from '../src/register/import/questions.ts'
import { type UndoOptions, undoImport } from '../src/register/import/undo.ts'
import { findContract } from '../src/reports/list.ts'
import { addDays, asCivilDate } from '../src/rules/civil-date.ts'
import { useWorkspace, worker } from './support/outbox.ts'
import { present } from './support/present.ts'
import { written } from './support/register-file.ts'
import { NOW, useSetup } from './support/setup.ts'

const setup = useSetup({ emptied: 'before' })
const { workspace } = useWorkspace({ channels: [{ id: 'C0CONTRACTS', name: 'contracts' }] })

const TODAY = asCivilDate('2026-11-23')

const imported = async (content: string, { source = 'register', on = TODAY } = {}) =>
  (await setup.importFile(written(`${source}.csv`, content), on, { source })).result

function undo(options: Partial<UndoOptions> = {}) {
  return undoImport(setup.db.pool, {
    organisationId: setup.organisation.id,
    source: null,
    personId: null,
    via: 'command line',
    now: NOW,
    today: TODAY,
    rulesOf: setup.rulesOf,
    dryRun: false,
    ...options,
  })
}

const deliver = (also: Partial<DeliveryDeps> = {}) =>
  deliverDue({ ...worker(setup.db.pool, workspace), ...also })
const shown = () => workspace.ledger.inChannel('C0CONTRACTS').map(({ text }) => text)

/** Everything that is kept of registers and contracts, but for numbers that only ever grow. */
async function kept(): Promise<Record<string, unknown>> {
  const all: Record<string, unknown> = {}
  const order: Record<string, string> = {
    contract: 'id',
    contract_import: 'contract_id',
    contract_buyer: 'contract_id, position',
    contract_product: 'contract_id, product_id',
    extension: 'id',
    cover: 'id',
    release_watch: 'team_id, product, release',
    deadline: 'contract_id, kind, due_on',
    question: 'id',
    question_contract: 'question_id, contract_id',
    import_problem: 'id',
    source: 'id',
    buyer: 'id',
  }
  for (const [table, by] of Object.entries(order)) {
    const rows = await setup.rows<{ row: Record<string, unknown> }>(
      `SELECT to_jsonb(t) - 'version' - 'next_rung_on' AS row FROM ${table} t ORDER BY ${by}`,
    )
    all[table] = rows.map(({ row }) => row)
  }
  return all
}

const BEFORE = `Reference,Title,Supplier,Buyer,Owner,Owner email,Products,Start date,End date,Extended until,Value,Notice period,Renews,Parent
F-1,Framework,Ash,Trust,Ann Ash,ann@example.org,Word,2024-01-01,2027-05-31,,90000,3 months,no,
C-1,Call-off,Ash,Trust,Ann Ash,ann@example.org,Word,2024-01-01,2026-12-23,,20000,3 months,no,
C-2,Cleaning,Birch,Trust,,,,2024-01-01,2027-02-28,2029-02-28,30000,,,
C-3,Security,Cedar,Trust,,,,2024-01-01,,,abc,,,
`
const AFTER = `Reference,Title,Supplier,Buyer,Owner,Owner email,Products,Start date,End date,Extended until,Value,Notice period,Renews,Parent
F-1,Framework 2,Ash,Trust; Council,Bea Birch,bea@example.org,Word; Excel,2024-01-01,2027-08-31,,95000,1 month,yes,
C-1,Call-off,Ash,Trust,Ann Ash,ann@example.org,Word,2024-01-01,2026-12-23,2027-12-23,20000,3 months,no,F-1
C-2,Cleaning,Birch,Trust,,,,2024-01-01,2027-01-31,,30000,,,
C-3,Security,Cedar,Trust,,,,2024-01-01,2027-03-31,,5000,,,
C-4,New one,Dene,Other trust,,,,2024-01-01,2026-12-18,2028-12-18,5000,,,
,,,Other trust,,,,2024-01-01,2027-02-28,,5000,,,
`

describe('an import that is undone', () => {
  test('leaves everything as it was before it, and applies anew when it comes again', async () => {
    await imported(BEFORE)
    await setup.sweep(TODAY)
    const before = await kept()
    const first = await imported(AFTER)
    expect(first).toMatchObject({ created: 1, updated: 4, rejected: 1 })
    expect(await kept()).not.toEqual(before)
    const undone = await undo()
    expect(undone).toMatchObject({ source: 'register', removed: 1, restored: 4, applied: true })
    expect(await kept()).toEqual(before)
    const again = await imported(AFTER)
    expect(again).toMatchObject({ created: 1, updated: 4, rejected: 1, isSameFile: false })
    expect((await setup.row('F-1', 'title, end_latest')).title).toBe('Framework 2')
  })

  test('can be undone again, one import after the other', async () => {
    await imported(BEFORE)
    const before = await kept()
    await imported(AFTER)
    const between = await kept()
    await imported(AFTER.replace('New one', 'Newer').replace('2027-08-31', '2027-09-30'))
    await undo()
    expect(await kept()).toEqual(between)
    await undo()
    expect(await kept()).toEqual(before)
    expect(await undo()).toMatchObject({ removed: 4, restored: 0 })
    expect((await kept()).contract).toEqual([])
    await expect(undo()).rejects.toThrow('There is no import to undo')
  })

  test('takes its contracts out of lists and exports; the record keeps both, in one entry each', async () => {
    await imported(BEFORE)
    await undo()
    const { db, organisation, rulesOf } = setup
    const deps = { pool: db.pool, organisationId: organisation.id, rulesOf }
    const filters = { teamId: null, source: null, supplier: null }
    const ids = await exportedIds(db.pool, organisation.id, filters)
    expect((await exportTable(deps, 'register', ids)).count).toBe(0)
    await expect(findContract(db.pool, organisation.id, 'C-1')).rejects.toThrow('C-1')
    const entries = await setup.rows<{ summary: string; changes: number }>(
      'SELECT summary, changes FROM audit_entry ORDER BY position DESC LIMIT 2',
    )
    expect(entries[0]?.summary).toContain('undid the import of register.csv as register: 4 removed')
    expect(entries[1]?.summary).toContain('imported register.csv')
    expect((await verifyAudit(db.pool, organisation.id)).broken).toBeNull()
  })

  test('a dry run says the same and changes nothing', async () => {
    await imported(BEFORE)
    await imported(AFTER)
    const before = await kept()
    expect(await undo({ dryRun: true })).toMatchObject({ removed: 1, restored: 4, applied: false })
    expect(await kept()).toEqual(before)
  })

  test('takes back only its own source', async () => {
    await imported(BEFORE)
    await imported(BEFORE.replaceAll('C-', 'X-').replaceAll('F-', 'Y-'), { source: 'other' })
    expect(await undo({ source: 'register' })).toMatchObject({ source: 'register', removed: 4 })
    const left = await setup.rows<{ reference: string }>(
      'SELECT reference FROM contract ORDER BY 1',
    )
    expect(left.map(({ reference }) => reference)).toEqual(['X-1', 'X-2', 'X-3', 'Y-1'])
    await expect(undo({ source: 'register' })).rejects.toThrow('There are: other.')
  })

  test('the questions that it asked go, and those from before are open again', async () => {
    await imported(BEFORE)
    const asked = await readQuestions(setup.db.pool, setup.organisation.id, { isOpen: true })
    expect(asked.length).toBeGreaterThan(0)
    await imported(AFTER.replace('2028-12-18', '2028-12-18').replace(/^C-2.*$/m, ''))
    await undo()
    const after = await readQuestions(setup.db.pool, setup.organisation.id, { isOpen: true })
    expect(after).toEqual(asked)
  })
})

describe('an import is not undone', () => {
  test('once somebody has acted on a contract of it, and the refusal says who and on what', async () => {
    await imported(BEFORE)
    await setup.sweep(TODAY)
    await acknowledge(setup.db.pool, setup.actor(TODAY), await setup.contractId('C-1'))
    const refusal = undo().catch((error: unknown) => error)
    expect(await refusal).toMatchObject({
      message: expect.stringContaining('somebody has acted on its contracts since'),
      problems: [expect.stringMatching(/command line.*acknowledged C-1 on Mon 23 Nov 2026/)],
    })
  })

  test('once one of its questions was answered', async () => {
    await imported(BEFORE)
    const [question] = await readQuestions(setup.db.pool, setup.organisation.id, { isOpen: true })
    const { organisation, rulesOf, db } = setup
    const by = { organisationId: organisation.id, personId: null, via: 'slack', now: NOW }
    const answering = { ...by, today: TODAY, rulesOf }
    const { id, choices } = present(question)
    await answerQuestion(db.pool, answering, id, present(choices[0]).id)
    await expect(undo()).rejects.toThrow('acted on its contracts')
  })

  test('an act on a contract that it did not touch is none', async () => {
    await imported(BEFORE)
    await imported(`${BEFORE}C-9,Late,Elm,,,,,2024-01-01,2027-03-31,,1000,,,\n`)
    await setup.sweep(TODAY)
    await acknowledge(setup.db.pool, setup.actor(TODAY), await setup.contractId('C-1'))
    expect(await undo()).toMatchObject({ removed: 1, restored: 0 })
  })

  test.each([
    [7, true],
    [8, false],
  ])('%i days later: %s', async (days, allowed) => {
    await imported(BEFORE)
    const undoing = undo({ today: addDays(TODAY, days) })
    if (allowed) expect(await undoing).toMatchObject({ removed: 4 })
    else await expect(undoing).rejects.toThrow('an import can be undone for 7 days')
  })

  test('where another came after it', async () => {
    await imported(BEFORE)
    const [first] = await setup.rows<{ id: number }>('SELECT max(id) AS id FROM import')
    await imported(AFTER)
    const { id: importId } = present(first)
    await expect(undo({ importId })).rejects.toThrow('imported into register after it')
    await undo()
    await undo({ importId })
    await expect(undo({ importId })).rejects.toThrow('was undone already')
  })
})

describe('posted warnings of an undone import', () => {
  test('say that they were withdrawn, and nobody hears of the contract again', async () => {
    await imported(BEFORE)
    await setup.sweep(TODAY)
    await deliver()
    expect(shown().some((text) => text.includes('Call-off'))).toBe(true)
    const undone = await undo()
    expect(undone.messages).toBeGreaterThan(0)
    // Queued, never sent by the undo itself.
    expect(shown().some((text) => text.includes('Withdrawn'))).toBe(false)
    await deliver()
    for (const text of shown()) expect(text).toContain('Withdrawn: the import was undone')
    const count = shown().length
    await setup.sweep(addDays(TODAY, 1))
    await setup.sweep(addDays(TODAY, 30))
    await deliver()
    expect(shown()).toHaveLength(count)
  })

  test('a message of several contracts names the others as before', async () => {
    const rows = Array.from(
      { length: 6 },
      (_, n) => `G-${n},Group ${n},Sup ${n},2024-01-01,2026-12-2${n},1000`,
    )
    const head = 'Reference,Title,Supplier,Start date,End date,Value'
    await imported([head, ...rows.slice(0, 2)].join('\n'))
    await imported([head, ...rows].join('\n'))
    await setup.sweep(TODAY)
    await deliver()
    const group = () =>
      shown().find((text) => text.includes('Group 0') && !text.includes('look through'))
    for (let n = 0; n < 6; n += 1) expect(group()).toContain(`Group ${n}`)
    await undo()
    await deliver()
    expect(group()).toContain('Withdrawn, the import was undone: G-2, G-3, G-4, G-5')
    expect(group()).not.toContain('Group 4')
  })

  test('what is not sent yet is not sent any more', async () => {
    await imported(BEFORE)
    await setup.sweep(TODAY)
    await undo()
    await deliver()
    expect(shown()).toEqual([])
    const states = await setup.rows<{ state: string }>('SELECT DISTINCT state FROM delivery')
    expect(states).toEqual([{ state: 'SUPERSEDED' }])
  })

  test.each(['beforePost', 'afterPost', 'beforeFinish'] as const)(
    'one that is just being posted is rewritten afterwards (%s)',
    async (point) => {
      await imported(BEFORE)
      await setup.sweep(TODAY)
      let undoing: Promise<unknown> | null = null
      await deliver({
        faults: {
          async [point]() {
            undoing ??= undo()
            await undoing
          },
        },
      })
      await setup.rows('UPDATE delivery SET due_at = now()')
      await deliver()
      expect(shown().length).toBeGreaterThan(0)
      for (const text of shown()) expect(text).toContain('Withdrawn')
    },
  )

  test('one whose reply was lost is looked for, and rewritten where it stands', async () => {
    await imported(BEFORE)
    await setup.sweep(TODAY)
    workspace.faults.plan({ kind: 'dropped', accepted: true })
    const soon = { patienceMs: 0, signal: undefined }
    await drain(worker(setup.db.pool, workspace), soon)
    await undo()
    // Nobody has looked for it yet when its rewriting is due.
    await drain(worker(setup.db.pool, workspace), soon)
    for (let n = 0; n < 3; n += 1) {
      await setup.rows('UPDATE delivery SET due_at = now()')
      await deliver()
    }
    expect(shown().length).toBeGreaterThan(0)
    for (const text of shown()) expect(text).toContain('Withdrawn')
  })

  test('sweeps and undos at the same time leave no warning of a contract that is gone', async () => {
    for (let round = 0; round < 5; round += 1) {
      await imported(BEFORE)
      await Promise.all([setup.sweep(addDays(TODAY, round)), undo(), deliver()])
    }
    await setup.rows('UPDATE delivery SET due_at = now()')
    await deliver()
    for (const text of shown()) expect(text).toContain('Withdrawn')
    expect(await setup.rows('SELECT FROM alert')).toEqual([])
  })

  test('the first list of a team is withdrawn, and the next first import has another', async () => {
    const first = await imported(BEFORE)
    expect(first.created).toBe(4)
    await deliver()
    expect(shown()).toHaveLength(1)
    await undo()
    await deliver()
    expect(shown()).toEqual([expect.stringContaining('Withdrawn')])
    await imported(BEFORE)
    await deliver()
    expect(shown()).toHaveLength(2)
    expect(shown()[1]).not.toContain('Withdrawn')
  })
})
