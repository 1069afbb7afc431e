/** Contracts that had ended before they were first read: asked about in one list, and never lost. */
import { answerEndedSheet, reopenEnded } from '../src/actions/acknowledge.ts'
import { readTeams } from '../src/database/organisation.ts'
import { exportedIds } from '../src/register/export/export.ts'
import { type Sheet, sheetXlsx } from '../src/register/export/sheet.ts'
import { exportTable } from '../src/register/export/tables.ts'
import { openRegister } from '../src/register/open.ts'
import { readEnded } from '../src/reports/ended.ts'
import { asCivilDate } from '../src/rules/civil-date.ts'
import { isLikeTitle } from '../src/rules/text-match.ts'
import { PEOPLE } from '../stand-in/slack/state.ts'
import { useBotSetup } from './support/bot-setup.ts'
import { present } from './support/present.ts'
import { written } from './support/register-file.ts'

/** Read on Mon 23 Nov 2026. */
const REGISTER = `Reference,Title,Supplier,Start,End,Value,Status
LARGE,Patient transport,Alder Ltd,2023-04-01,2026-05-31,900000
NOVALUE,Interpreters,Beck Ltd,2023-04-01,2026-03-31,
LATE,Window cleaning,Cairn Ltd,2023-04-01,2026-10-31,80000
SMALL,Plants,Dene Ltd,2023-04-01,2026-05-31,900
OLD,Fax machines,Esk Ltd,2018-04-01,2025-04-30,500000
KEPT,Lifts,Hale Ltd,2018-04-01,2025-03-31,95000,Live
FIRST,Agency nursing 2023,Fell Ltd,2023-04-01,2026-03-31,700000
NEXT,Agency nursing (new),Fell Limited,2026-04-20,2028-03-31,720000
OTHER,Laundry,Fell Ltd,2026-04-01,2028-03-31,20000
RUNS,Security,Gill Ltd,2024-04-01,2027-03-31,50000
`

test.each([
  ['Agency nursing 2023', 'Agency nursing services 2026', true],
  ['Theatre packs', 'Theatre packs', true],
  ['Provision of taxis', 'Taxis and couriers', true],
  ['Patient transport', 'Patient records', false],
  ['Cleaning contract', 'Security contract', false],
  [null, 'Cleaning', false],
])('titles "%s" and "%s" are alike: %s', (a, b, alike) => {
  expect(isLikeTitle(a, b)).toBe(alike)
})

describe('what had ended before it was first read', () => {
  const setup = useBotSetup('http', REGISTER)
  const listed = async () => {
    const { database, organisation, rulesOf } = setup
    const teams = await readTeams(database.pool, organisation.id)
    return readEnded(database.pool, organisation.id, teams, rulesOf)
  }
  const teamId = async () =>
    (await readTeams(setup.database.pool, setup.organisation.id))[0]?.id ?? 0
  const open = async (who: string) =>
    setup.pressAction(who, { act: 'ended', teamId: await teamId() })

  test('is listed by value for eighteen months, longer where its status says that it lives, with what seems to replace it', async () => {
    expect((await listed()).map(({ reference, replacedBy }) => [reference, replacedBy])).toEqual([
      ['LARGE', null],
      ['FIRST', 'NEXT'],
      ['KEPT', null],
      ['LATE', null],
      ['NOVALUE', null],
    ])
  })

  test('is warned of by nobody before it is answered for, if it ended long ago', async () => {
    await setup.tell()
    for (const reference of ['LARGE', 'NOVALUE', 'FIRST'])
      expect(await setup.alerts(reference)).toEqual([])
  })

  test('is answered in the sheet of a workbook: yes, no, and what says neither is refused', async () => {
    const { database, organisation, rulesOf } = setup
    const { pool } = database
    const ids = await exportedIds(pool, organisation.id, {
      ...{ teamId: null, source: null, supplier: null },
    })
    const deps = { pool, organisationId: organisation.id, rulesOf }
    const { sheet } = await exportTable(deps, 'register', ids)
    const sheets: Sheet[] = []
    for (let next: Sheet | undefined = sheet; next !== undefined; next = next.beside) {
      sheets.push(next)
    }
    const ended = present(sheets.find(({ name }) => name === 'Ended before'))
    const said = new Map([
      ['LARGE', 'Yes'],
      ['FIRST', 'no'],
      ['LATE', 'perhaps'],
    ])
    async function* answered() {
      for await (const cells of ended.rows) {
        const reference = (cells[1] as { text: string }).text
        yield [...cells.slice(0, -1), { text: said.get(reference) ?? '' }]
      }
    }
    const file = await sheetXlsx({ ...ended, rows: answered() }, 'dd/mm/yyyy')
    const register = await openRegister(written('ended.xlsx', file), {
      ...{ map: new Map(), dates: null, timeZone: null, today: asCivilDate('2026-11-24') },
    })
    const open = await listed()
    const actor = setup.actor('2026-11-24')
    const told = await answerEndedSheet(pool, actor, open, register.ended ?? [])
    expect(told).toMatchObject({ supplied: 1, closed: 1 })
    expect(told.refused).toEqual([expect.stringContaining('"perhaps" does not say whether LATE')])
    expect(await setup.row('LARGE', 'out_of_contract_on')).toMatchObject({
      out_of_contract_on: '2026-06-01',
    })
    expect(
      await setup.rows(
        `SELECT from_value AS "from", to_value AS "to" FROM audit_change WHERE field = 'out_of_contract_on'`,
      ),
    ).toEqual([{ from: null, to: '2026-06-01' }])
    expect(await setup.row('FIRST', 'closed_why')).toMatchObject({
      closed_why: expect.stringContaining('replaced by NEXT'),
    })
    expect((await listed()).map(({ reference }) => reference)).toEqual(['KEPT', 'LATE', 'NOVALUE'])
    // The same sheet again says of them what is answered already.
    // A yes or no as every cell is read; what is no answer closes nothing.
    const asked = present((await listed()).find(({ reference }) => reference === 'LATE'))
    for (const said of ['not sure', 'none', 'no idea', 'not known', 'never', 'manual', 'Y/N', '']) {
      const { contractId, reference } = asked
      const answers = [{ contractId, reference, said }]
      const none = await answerEndedSheet(pool, actor, await listed(), answers)
      expect(none).toMatchObject({ supplied: 0, closed: 0, refused: [expect.any(String)] })
    }
    const again = await answerEndedSheet(pool, actor, await listed(), register.ended ?? [])
    expect(again).toMatchObject({ supplied: 0, closed: 0 })
    expect(again.refused).toHaveLength(3)
    await setup.rows(
      `UPDATE contract SET out_of_contract_on = NULL, closed_on = NULL, closed_why = NULL
       WHERE reference IN ('LARGE', 'FIRST')`,
    )
  })

  test('is ticked in a form: ticked is supplied and counted from then on, the rest is closed', async () => {
    expect((await open(PEOPLE.guest)).modal).toBeNull()
    const { modal } = await open(PEOPLE.admin)
    const shown = JSON.stringify(modal?.source)
    expect(shown).toContain('Nothing is counted before you confirm')
    expect(shown).toContain('seems replaced by NEXT')
    const large = String(await setup.contractId('LARGE'))
    await setup.submit(PEOPLE.admin, modal, { first: [large] })
    expect(await setup.toldDirectly(PEOPLE.admin)).toContain('4 contracts closed')
    expect(await listed()).toEqual([])
    const state = 'closed_why, out_of_contract_on, historic'
    expect(await setup.row('LARGE', state)).toMatchObject({
      closed_why: null,
      out_of_contract_on: '2026-06-01',
      historic: false,
    })
    expect(await setup.row('FIRST', state)).toMatchObject({
      closed_why: expect.stringContaining('replaced by NEXT'),
    })
    expect(await setup.row('NOVALUE', state)).toMatchObject({
      closed_why: expect.stringContaining('no longer supplied'),
    })
    // It is out of contract from now on: its warnings ask what covers it.
    await setup.sweep('2026-12-07')
    expect(await setup.alerts('LARGE')).not.toEqual([])
  })

  test('one that was closed so is taken back, and asked about again', async () => {
    const { pool } = setup.database
    await reopenEnded(pool, setup.actor('2026-11-24'), await setup.contractId('NOVALUE'))
    expect((await listed()).map(({ reference }) => reference)).toEqual(['NOVALUE'])
    await expect(
      reopenEnded(pool, setup.actor('2026-11-24'), await setup.contractId('RUNS')),
    ).rejects.toThrow('was not closed')
  })
})
