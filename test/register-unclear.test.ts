/** A large register with cells as people leave them: how much it asks, and what it watches meanwhile. */
import { answerQuestion } from '../src/register/import/answer-question.ts'
import { readQuestions } from '../src/register/import/questions.ts'
import { addDays, asCivilDate } from '../src/rules/civil-date.ts'
import { present } from './support/present.ts'
import { written } from './support/register-file.ts'
import { NOW, useSetup } from './support/setup.ts'

const setup = useSetup()
const ON = asCivilDate('2026-11-30')
const ROWS = 600

const COLUMNS = [
  ...['Contract Ref', 'Contract Title', 'Supplier', 'Contract Owner', 'Start Date', 'End Date'],
  ...['Extended Until', 'Contract Value', 'Notice Period', 'Renews', 'Status'],
] as const
type Column = (typeof COLUMNS)[number]

/** Ends that name no day at all. */
const NO_END = ['TBC', 'see contract']
/** Cells that say something else than their column's plain value. */
const UNCLEAR: Readonly<Partial<Record<Column, readonly string[]>>> = {
  'End Date': ['end March 2027', 'Q3 2027', 'FY27/28', 'Rolling 12 months', ...NO_END],
  'Extended Until': ['2029-03-31', '31/03/2030', 'March 2029'],
  'Contract Value': [
    ...['Schedule of Rates', 'Up to £50,000', '£100,000 - £200,000', 'approx 80k', '£-'],
    ...['£4,500 per month', 'call-off', 'POA'],
  ],
  'Notice Period': [
    ...['not less than 3 months', '90 days prior to expiry', 'sixty (60) days', '3-6 months'],
    ...['as per T&Cs', 'reasonable notice', '1 quarter', 'see clause 14'],
  ],
  Renews: ['?', 'Possibly', 'Y - annual', 'tbc'],
  Status: ['Terminated', 'Expired', 'Notice given', 'On hold', 'Completed', 'Exiting'],
  'Contract Owner': ['Vacant', 'TBC', 'Leaver', 'Cal Cole (left)', 'Various'],
  'Start Date': ['16-Sep', 'Tuesday, August 9, 2022', '21-Aug-13', 'n/k'],
}
const EACH = 180

/** 600 rows, 180 of whose cells are unclear, each in a row of its own and in every wording alike. */
function register(): string {
  const unclear = Object.entries(UNCLEAR)
  const lines = Array.from({ length: ROWS }, (_, at) => {
    const end = addDays(asCivilDate('2027-01-04'), at)
    const cells: Record<Column, string> = {
      'Contract Ref': `R-${1000 + at}`,
      'Contract Title': `Service number ${at}`,
      Supplier: `Supplier ${at % 90} Ltd`,
      'Contract Owner': `Owner ${at % 40}`,
      'Start Date': '2024-04-01',
      'End Date': end,
      'Extended Until': '',
      'Contract Value': String(20_000 + at * 500),
      'Notice Period': '3 months',
      Renews: at % 2 === 0 ? 'No' : 'Yes',
      Status: 'Active',
    }
    if (at % 3 === 0 && at / 3 < EACH) {
      const [column, wordings] = present(unclear[(at / 3) % unclear.length])
      const turn = Math.floor(at / 3 / unclear.length)
      cells[column as Column] = present(wordings[turn % wordings.length])
    }
    return COLUMNS.map((column) => `"${cells[column]}"`).join(',')
  })
  return [COLUMNS.join(','), ...lines].join('\n')
}
const REGISTER = register()
const WITHOUT_END = REGISTER.split('\n').filter((line) =>
  NO_END.some((words) => line.split('","')[5] === words),
).length

const imported = async () =>
  (await setup.importFile(written('register.csv', REGISTER), ON, { triageDays: 14 })).result

const open = () => readQuestions(setup.db.pool, setup.organisation.id, { isOpen: true })

test('600 rows with 180 unclear cells are watched wherever their end can be read, ask at most 60 presses, and nothing when they come again', async () => {
  const result = await imported()
  const questions = await open()
  expect(result.created + result.rejected).toBe(ROWS)
  expect(result.unwatched).toBe(WITHOUT_END)
  expect(questions.length).toBeGreaterThan(0)
  let presses = 0
  for (const { id } of questions) {
    const asked = (await open()).find((each) => each.id === id)
    if (asked === undefined) continue
    const by = { personId: null, via: 'command line', now: NOW, today: ON, rulesOf: setup.rulesOf }
    const answering = { ...by, organisationId: setup.organisation.id }
    await answerQuestion(setup.db.pool, answering, id, present(asked.choices[0]).id, [])
    presses += 1
  }
  expect(presses).toBeLessThanOrEqual(60)
  expect(await open()).toEqual([])
  const again = await imported()
  expect(again).toMatchObject({ created: 0, rejected: result.rejected })
  expect(await open()).toEqual([])
})
