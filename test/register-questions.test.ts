/** What registers leave open: asked once, within limits, answered for all, remembered. */
import fc from 'fast-check'
import { changeRules, setting, unsetting, WHOLE_ORGANISATION } from '../src/actions/settings.ts'
import { type RulesStep, setTeam } from '../src/database/organisation.ts'
import { exportFile, exportTable } from '../src/register/export/tables.ts'
import { answerQuestion } from '../src/register/import/answer-question.ts'
import { readAskedContracts, readQuestions } from '../src/register/import/questions.ts'
import { listDue } from '../src/reports/list.ts'
import { addDays, asCivilDate } from '../src/rules/civil-date.ts'
import { ruleKeyNamed } from '../src/rules/settings-text.ts'
import { explain } from '../src/warnings/explain.ts'
import { workbook, written } from './support/register-file.ts'
import { emptySetup, NOW, type Setup, useSetup } from './support/setup.ts'

const setup = useSetup({ emptied: 'after' })

const ON = asCivilDate('2026-11-29')

const importing: Setup['importFile'] = (path, on, options, how) =>
  setup.importFile(path, on, { triageDays: 14, ...options }, how)
const imported = async (content: string, on = ON, years: number | null = null) =>
  (await importing(written('register.csv', content), on, {}, { years })).result

const open = () => readQuestions(setup.db.pool, setup.organisation.id, { isOpen: true })

function answered(
  id: number,
  choice: string,
  except: readonly string[] = [],
  personId: number | null = null,
) {
  const { organisation, rulesOf, db } = setup
  const answering = {
    organisationId: organisation.id,
    personId,
    via: 'command line',
    now: NOW,
    today: ON,
    rulesOf,
  }
  return answerQuestion(db.pool, answering, id, choice, except)
}

/** The number of the first that is open, of this kind and with these words. */
const asked = async (about = '', words = /./) => {
  const of = (await open()).filter((each) => about === '' || each.about === about)
  return of.find(({ text }) => words.test(text))?.id ?? 0
}
const say = async (choice: string, about?: string, words?: RegExp, except?: readonly string[]) =>
  answered(await asked(about, words), choice, except)

const shown = (reference: string) => setup.shown(reference, ON)
const endOf = async (reference = 'A') => (await shown(reference)).currentEnd
/** `notice 2026-12-29`, of each deadline. */
const dates = async (reference = 'A') =>
  (await shown(reference)).deadlines.map(({ kind, date }) => `${kind} ${date}`)

const EXTENDED = `Ref,Title,Supplier,Start date,End date,Extended until
E1,Cleaning,Alder,2024-04-01,2027-01-13,2029-01-13
E2,Security,Beck,2024-04-01,2027-02-13,2028-02-13
E3,Waste,Cairn,2024-04-01,2027-03-13,
`

describe('the meaning of a column is one question', () => {
  test('until it is answered the earlier end warns', async () => {
    const result = await imported(EXTENDED)
    expect(result).toMatchObject({ created: 3, rejected: 0, unwatched: 0, undated: 0 })
    const [question, ...more] = await open()
    expect(more).toEqual([])
    expect(question).toMatchObject({ about: 'extension', contracts: 2, import: 'register' })
    expect(question?.holds).toBe('the earlier end of each, such as Wed 13 Jan 2027')
    expect(question?.choices.map(({ id }) => id)).toEqual(['signed', 'possible'])
    const asked = result.problems.filter(({ severity }) => severity === 'question')
    expect(asked.map((each) => each.question)).toEqual([question?.id, question?.id])
    const query = {
      organisationId: setup.organisation.id,
      asOf: ON,
      days: 60,
      teamId: null,
      limit: null,
    }
    const due = await listDue(setup.db.pool, query)
    expect(due.items.filter(({ kind }) => kind === 'end')).toMatchObject([
      { reference: 'E1', date: '2027-01-13' },
    ])
    expect((await shown('E1')).questions).toMatchObject([{ id: question?.id, about: 'extension' }])
  })

  test.each([
    ['end', '2029-01-13', null],
    ['latest', '2027-01-13', '2029-01-13'],
    ['other', '2027-01-13', null],
  ])('of days that nothing is read from "%s" holds for all', async (choice, end, maximumEnd) => {
    const unread = EXTENDED.replace('Extended until', 'Horizon')
    await imported(unread)
    const [question, ...more] = await open()
    expect(more).toEqual([])
    expect(question).toMatchObject({ about: 'end', contracts: 2 })
    expect(question?.text).toContain('“Horizon”')
    expect(await shown('E1')).toMatchObject({ currentEnd: '2027-01-13', maximumEnd: null })
    await say(choice)
    expect(await shown('E1')).toMatchObject({ currentEnd: end, maximumEnd })
    await imported(unread)
    expect(await open()).toEqual([])
  })

  test('"signed" moves the ends of all, and the same file asks nothing again', async () => {
    await imported(EXTENDED)
    const answer = await say('signed')
    expect(answer.changed).toBe(2)
    expect(await endOf('E1')).toBe('2029-01-13')
    expect(await endOf('E3')).toBe('2027-03-13')
    expect(await open()).toEqual([])
    const again = await imported(EXTENDED)
    expect(again).toMatchObject({ created: 0, updated: 0, unchanged: 3, questions: { asked: 0 } })
    expect(await open()).toEqual([])
    expect(await endOf('E1')).toBe('2029-01-13')
  })

  test('"signed" is an extension, and no renewal is presumed meanwhile', async () => {
    await imported(`Ref,Title,Supplier,Start date,End date,Extended until,Notice,Auto renewal
P1,Linen,Alder,2024-04-01,2027-01-13,2029-01-13,3 months,Yes
P2,Post,Beck,2024-04-01,2027-01-13,2027-06-30,3 months,Yes`)
    const states = () =>
      setup.rows<{ said: string }>(
        `SELECT c.reference || ' ' || e.kind || ' ' || e.status || ' ' || e.from_on || ' ' || e.to_on AS said
         FROM extension e JOIN contract c ON c.id = e.contract_id WHERE e.status <> 'withdrawn'
         ORDER BY 1`,
      )
    expect((await states()).join()).not.toContain('presumed')
    expect(await endOf('P1')).toBe('2027-01-13')
    await say('signed')
    expect((await states()).map(({ said }) => said)).toEqual([
      'P1 unknown confirmed 2027-01-14 2029-01-13',
      'P2 unknown confirmed 2027-01-14 2027-06-30',
    ])
    const due = await setup.rows(
      `SELECT 1 FROM deadline d JOIN contract c ON c.id = d.contract_id
       WHERE c.reference = 'P1' AND d.kind = 'notice' AND d.due_on < '2026-11-29'`,
    )
    expect(due).toEqual([])
  })

  test('"possible" makes options of them, all but those that are excepted', async () => {
    await imported(EXTENDED)
    await say('possible', undefined, undefined, ['E2'])
    expect(await shown('E1')).toMatchObject({
      currentEnd: '2027-01-13',
      maximumEnd: '2029-01-13',
      options: [{ to: '2029-01-13' }],
    })
    expect((await shown('E2')).maximumEnd).toBeNull()
  })

  test('what an answer excepts is asked by itself, and no later file reads it so', async () => {
    await imported(EXTENDED)
    await say('signed', undefined, undefined, ['E2'])
    const [left, ...more] = await open()
    expect(more).toEqual([])
    expect(left?.text).toBe(
      'E2: Is “Extended until” an end that was signed, or the latest one possible?',
    )
    for (const file of [EXTENDED, `${EXTENDED}E4,Post,Dene,2025-01-01,2027-04-30,2028-04-30\n`]) {
      expect(await imported(file)).toMatchObject({ updated: 0, rejected: 0 })
      expect((await open()).map(({ id, text }) => [id, text])).toEqual([[left?.id, left?.text]])
      expect(await endOf('E2')).toBe('2027-02-13')
    }
    expect(await endOf('E4')).toBe('2028-04-30')
    await answered(left?.id ?? 0, 'possible')
    expect((await shown('E2')).maximumEnd).toBe('2028-02-13')
    expect(await imported(EXTENDED)).toMatchObject({ updated: 0 })
    expect(await open()).toEqual([])
  })

  test('an answer takes back no other about the same contract, in whatever order they come', async () => {
    const register = `Ref,Title,Supplier,Start date,End date,Extended until,Notice
A1,Cleaning,Alder,2024-04-01,2027-01-13,2029-01-13,3 months
A2,Security,Beck,2024-04-01,end of May 2027,,1 month's notice
A3,Waste,Cairn,2024-04-01,2027-03-13,2028-03-13,90 days prior to expiry
`
    const stands = async () => {
      const found = await setup.rows<{ is: string }>(
        `SELECT concat_ws(' ', reference, end_earliest, current_latest, automatic_renewal) AS is
         FROM contract ORDER BY reference`,
      )
      return found.map((each) => each.is)
    }
    const first = (each: { readonly choices: readonly { readonly id: string }[] }) =>
      each.choices[0]?.id ?? ''
    for (const order of [1, -1]) {
      await imported(register)
      const asked = (await open()).sort((one, other) => order * (one.id - other.id))
      expect(asked.length).toBeGreaterThan(3)
      for (const each of asked) await answered(each.id, first(each))
      expect(await stands()).toEqual([
        'A1 2027-01-13 2029-01-13 t',
        'A2 2027-05-31 2027-05-31 t',
        'A3 2027-03-13 2028-03-13 t',
      ])
      expect(await imported(register)).toMatchObject({ updated: 0, questions: { asked: 0 } })
      for (const table of ['question', 'contract', 'import'])
        await setup.rows(`DELETE FROM ${table}`)
    }
  })

  test('next month a new row is read as it was answered', async () => {
    await imported(EXTENDED)
    await say('possible')
    const next = await imported(`${EXTENDED}E4,Post,Dene,2025-01-01,2027-04-30,2028-04-30\n`)
    expect(next).toMatchObject({ created: 1, questions: { asked: 0 } })
    expect((await shown('E4')).maximumEnd).toBe('2028-04-30')
  })

  test.each([
    'option to 2029-06-30',
    'possible until 30/06/2029',
    '2029-06-30 if extended',
    '30 Jun 2029, subject to approval',
    'may go to 30 Jun 2029',
    '2029-06-30 (to be agreed)',
    '30 Jun 2029 tbc',
    'up to 2029-06-30',
  ])(
    '“%s” says itself that it is only possible: no answer for its column signs it',
    async (cell) => {
      const rows = (ends: string) => `A,Linen,Alder,2024-04-01,${ends},"${cell}"\n`
      const head = 'Ref,Title,Supplier,Start date,End date,Extended until\n'
      await imported(`${head}${rows('2027-08-31')}B,Post,Beck,2024-04-01,2027-08-31,2028-08-31\n`)
      expect((await open()).map(({ contracts }) => contracts)).toEqual([1])
      await say('signed')
      expect(await endOf('B')).toBe('2028-08-31')
      expect(await shown('A')).toMatchObject({ currentEnd: '2027-08-31', maximumEnd: '2029-06-30' })
      // Past its end it is asked about, and watched meanwhile as running on.
      await emptySetup(setup)
      await imported(`${head}${rows('2026-10-31')}`)
      expect((await open()).map(({ about }) => about)).toEqual(['end'])
      expect(await shown('A')).toMatchObject({ maximumEnd: '2029-06-30', state: 'out-of-contract' })
    },
  )

  test('an answer reaches every row of its wording at once, also those whose dates are far ahead', async () => {
    const far = `${EXTENDED}E4,Post,Dene,2025-01-01,2032-04-30,2034-04-30\n`
    await imported(far)
    const [question] = await open()
    expect(question?.contracts).toBe(3)
    const named = await readAskedContracts(setup.db.pool, [question?.id ?? 0])
    expect(named.get(question?.id ?? 0)).toEqual([
      { reference: 'E1', value: '2029-01-13' },
      { reference: 'E2', value: '2028-02-13' },
      { reference: 'E4', value: '2034-04-30' },
    ])
    await say('signed')
    expect(await endOf('E4')).toBe('2034-04-30')
    expect(await imported(far)).toMatchObject({ updated: 0 })
  })

  test('the same file again changes nothing, whatever was answered', async () => {
    const of = (...cells: string[]) => fc.constantFrom(...cells)
    const row = fc.tuple(
      of(
        '2027-01-31',
        '2029-05-31',
        'FY27/28',
        'Q3 2027',
        'see file',
        'Rolling 12 months',
        'ongoing',
      ),
      of('', '2030-03-31', '2028-09-30', 'option to 2031', 'see variation 4'),
      of('', '90 days', '3/6 months', 'reasonable', 'as per terms'),
      of('', 'Yes', 'No', 'Possibly', '?'),
      of('Live', 'Dormant', 'On hold', 'Notice given'),
    )
    const head = 'Ref,Title,Supplier,Start,End,Extended until,Notice period,Renews,Status'
    await fc.assert(
      fc
        .asyncProperty(
          fc.array(row, { minLength: 6, maxLength: 12 }),
          fc.array(fc.nat(), { minLength: 7, maxLength: 7 }),
          async (rows, picks) => {
            const lines = rows.map((cells, at) => `R${at},T${at},S,2024-02-01,${cells.join(',')}`)
            const file = `${head}\n${lines.join('\n')}\n`
            await imported(file)
            for (const [at, { id, choices }] of (await open()).entries()) {
              const pick = choices[(picks[at % picks.length] ?? 0) % choices.length]
              await answered(id, pick?.id ?? 'not-known')
            }
            const stand = () => Promise.all(rows.map((_, at) => endOf(`R${at}`)))
            const before = await stand()
            expect(await imported(file)).toMatchObject({ updated: 0, questions: { asked: 0 } })
            expect(await stand()).toEqual(before)
          },
        )
        .afterEach(() => emptySetup(setup)),
      { numRuns: 6 },
    )
  }, 120_000)

  test('another answer than those given is refused, and the nearest is named', async () => {
    await imported(EXTENDED)
    const [question] = await open()
    await expect(answered(question?.id ?? 0, 'sined')).rejects.toThrow(/did you mean signed/)
    await expect(answered(999_999, 'signed')).rejects.toThrow(/no question/)
  })
})

describe('a contract whose end has passed and that runs on, by words beside it', () => {
  const REMARKS = (a: string, b: string) =>
    `Ref,Title,Supplier,Start,End,Value,Remarks\nA,Cleaning,Alder,2023-04-01,2026-03-31,1000,${a}\nB,Waste,Cairn,2023-04-01,2026-03-31,1000,${b}\nC,Post,Dene,2024-04-01,2028-03-31,1000,\n`

  test('is watched to the day that they name until somebody says that it ended', async () => {
    await imported(REMARKS('Extended 12m by variation 2 to March 2027', ''))
    expect(await shown('A')).toMatchObject({ state: 'active', currentEnd: '2027-03-31' })
    // Small, and long past: nothing says that it runs.
    expect(await shown('B')).toMatchObject({ state: 'historic' })
    await say('not', 'extension')
    expect(await shown('A')).toMatchObject({
      currentEnd: '2026-03-31',
      extensions: [{ status: 'withdrawn' }],
    })
  })

  test('is watched as running past its end where they name none, until it is said to be over', async () => {
    await imported(REMARKS('Still in use until a new one is let', ''))
    const [question] = (await open()).filter(({ about }) => about === 'end')
    expect(question?.holds).toContain('watched')
    const { state, deadlines } = await shown('A')
    expect(state).toBe('out-of-contract')
    expect(deadlines.map(({ kind }) => kind)).toContain('end')
    await answered(question?.id ?? 0, 'over')
    expect((await shown('A')).state).toBe('closed')
  })

  test('is watched again where a later file says so of one that was over', async () => {
    await imported(REMARKS('', ''))
    expect((await shown('A')).state).toBe('historic')
    await imported(REMARKS('Holding over month to month', ''))
    expect((await shown('A')).state).toBe('out-of-contract')
    expect((await shown('B')).state).toBe('historic')
  })
})

test('a notice that is not given counts as three months where it renews, until it is said', async () => {
  await imported(
    'Ref,Title,End,Notice period,Auto renew\nA,A,2027-05-31,,Yes\nB,B,2027-06-30,,Yes\n',
  )
  const before = await shown('A')
  const notice = before.deadlines.find(({ kind }) => kind === 'notice')
  expect(notice?.date).toBe('2027-02-24')
  expect(notice?.reason).toContain('no notice is given, counted as 3 months')
  expect(before.notice).toEqual({ amount: null, unit: null, text: 'not given' })
  const [question, ...more] = await open()
  expect(more).toEqual([])
  expect(question?.contracts).toBe(2)
  await answered(question?.id ?? 0, '1-month')
  expect((await shown('A')).notice).toEqual({ amount: 1, unit: 'months', text: '1 month' })
  // What is known is not taken away by a blank, and not asked again.
  await imported(
    'Ref,Title,End,Notice period,Auto renew\nA,A new,2027-05-31,,Yes\nB,B,2027-06-30,,Yes\n',
  )
  expect((await shown('A')).notice).toMatchObject({ amount: 1, unit: 'months' })
  expect(await open()).toEqual([])
})

test('a notice that is not given, and whose three months have passed, presumes no renewal while it is asked', async () => {
  await imported('Ref,Title,Start,End,Auto renew\nA,A,2024-01-01,2027-01-31,Yes\n')
  const before = await shown('A')
  expect(before).toMatchObject({ currentEnd: '2027-01-31', extensions: [] })
  // Of the lengths that it may have the longest that can still be given.
  expect(before.deadlines.find(({ kind }) => kind === 'notice')?.date).toBe('2026-12-29')
  await say('3-months')
  expect(await endOf()).toBe('2028-01-31')
})

test('only what would change a warning is asked; all else is a note', async () => {
  const far = 'Ref,Title,End,Extended until\nA,Far,2034-03-31,2036-03-31\n'
  const severities = async (file: string) =>
    (await imported(file)).problems.map(({ severity }) => severity)
  expect(await severities(far)).toEqual(['note'])
  expect(await open()).toEqual([])
  // Of all that are worded so, once it matters for one.
  expect(await severities(`${far}B,Near,2027-03-31,2028-03-31\n`)).toEqual(['question', 'question'])
  expect(await open()).toMatchObject([{ contracts: 2 }])
})

test('one import asks at most 12 groups and 15 single contracts; the rest is only listed', async () => {
  const rows: string[] = []
  for (let i = 0; i < 40; i++)
    rows.push(`S${i},Single ${i},2027-03-31,clause ${'x'.repeat(i + 1)},Yes`)
  for (let i = 0; i < 20; i++) {
    for (const each of ['a', 'b'])
      rows.push(`G${i}${each},Group,2027-03-31,see part ${'y'.repeat(i + 1)},Yes`)
  }
  const result = await imported(`Ref,Title,End,Notice,Auto renew\n${rows.join('\n')}\n`)
  expect(result.questions).toEqual({ asked: 27, open: 60 })
  const all = await open()
  expect(all.filter(({ askedOn }) => askedOn !== null)).toHaveLength(27)
  expect(all.filter(({ askedOn, contracts }) => askedOn !== null && contracts > 1)).toHaveLength(12)
})

describe('what each answer says', () => {
  test('whether contracts with a notice renew, by wording', async () => {
    await imported(
      'Ref,Title,End,Notice period\nA,A,2027-03-31,3 months\nB,B,2027-04-30,6 months\nC,C,2027-04-30,90 days\n',
    )
    const questions = await open()
    expect(questions.map(({ contracts }) => contracts)).toEqual([2, 1])
    await answered(questions[0]?.id ?? 0, 'yes')
    expect((await shown('A')).automaticRenewal).toBe(true)
    expect((await shown('C')).automaticRenewal).toBeNull()
  })

  test('a notice that cannot be read counts as three months until it is answered', async () => {
    await imported('Ref,Title,End,Notice period,Auto renew\nA,A,2027-05-31,see clause 9,Yes\n')
    const before = await shown('A')
    const notice = before.deadlines.find(({ kind }) => kind === 'notice')
    expect(notice?.date).toBe('2027-02-24')
    expect(notice?.reason).toContain('see clause 9')
    expect(before.notice).toEqual({ amount: null, unit: null, text: 'see clause 9' })
    await say('6-months')
    expect((await shown('A')).notice).toMatchObject({ amount: 6, unit: 'months' })
  })

  test('a status that says "over" of a contract that runs', async () => {
    await imported('Ref,Title,End,Status\nA,A,2027-03-31,Dormant\nB,B,2027-03-31,Live\n')
    expect((await shown('A')).state).toBe('active')
    await say('over')
    expect((await shown('A')).state).toBe('closed')
    expect((await shown('B')).state).toBe('active')
  })

  test('a length whose unit was open', async () => {
    const result = await imported('Ref,Title,Start,Term (months)\nA,A,2025-04-01,2+1+1\n')
    expect(result).toMatchObject({ created: 1, undated: 1, unwatched: 1 })
    await say('years')
    expect(await shown('A')).toMatchObject({ currentEnd: '2027-03-31', maximumEnd: '2029-03-31' })
  })
})

describe('answers that contradict one another', () => {
  const TWO = 'Ref,Title,Supplier,Start date,Contract end,Expiry date\n'
  const person = async (name: string) => {
    const made = await setup.rows<{ id: number }>(
      `INSERT INTO person (organisation_id, display_name) VALUES (${setup.organisation.id}, '${name}') RETURNING id`,
    )
    return made[0]?.id ?? 0
  }

  test('of two people the first holds until it is taken back; who gave it may put it right', async () => {
    const [ann, bob] = [await person('Ann Ash'), await person('Bob Birch')]
    await imported(`${TWO}A,A,S,2024-02-01,2027-03-31,2027-09-30\n`)
    const [{ id } = { id: 0 }] = await open()
    await answered(id, 'first', [], ann)
    await expect(answered(id, 'second', [], bob)).rejects.toThrow(
      /answered by Ann Ash on Sun 29 Nov 2026: “Contract end”.*take-back/,
    )
    expect(await endOf()).toBe('2027-03-31')
    // The same again is no contradiction.
    await answered(id, 'first', [], bob)
    await answered(id, 'second', [], bob)
    expect(await endOf()).toBe('2027-09-30')
    await answered(id, 'take-back', [], ann)
    expect((await open()).map((each) => each.id)).toEqual([id])
    expect(await endOf()).toBe('2027-03-31')
    const lines = await setup.rows<{ open: boolean }>(
      `SELECT resolved_import_id IS NULL AS open FROM import_problem WHERE severity = 'question'`,
    )
    expect(lines).toEqual([{ open: true }])
    await answered(id, 'second', [], ann)
    expect(await endOf()).toBe('2027-09-30')
  })

  test('what is not answered cannot be taken back', async () => {
    await imported(`${TWO}A,A,S,2024-02-01,2027-03-31,2027-09-30\n`)
    const [{ id } = { id: 0 }] = await open()
    await expect(answered(id, 'take-back')).rejects.toThrow('is no answer to question')
  })

  test.each([
    // Which column holds, and which day of the month that stands in the first.
    ['columns', 'second', 'days', 'last', '2027-03-31', []],
    ['days', 'last', 'columns', 'second', '2027-03-31', ['A']],
    ['columns', 'second', 'days', 'first', '2027-03-01', []],
    ['columns', 'first', 'days', 'last', '2027-03-31', []],
    ['days', 'last', 'columns', 'first', '2027-03-31', []],
  ] as const)(
    'of two about one end, %s %s and then %s %s, the earlier holds, and that is said',
    async (one, says, other, otherSays, end, contradicted) => {
      await imported(`${TWO}A,A,S,2024-02-01,March 2027,2027-09-30\n`)
      const asked = await open()
      const idOf = (which: string) => {
        const choice = which === 'columns' ? 'second' : 'last'
        return asked.find(({ choices }) => choices.some(({ id }) => id === choice))?.id ?? 0
      }
      await answered(idOf(one), says)
      const said = await answered(idOf(other), otherSays)
      expect(await endOf()).toBe(end)
      expect(said.contradicted).toEqual(contradicted)
    },
  )
})

describe('an answer of somebody’s own', () => {
  test.each([
    ['2027-06-30', '2027-06-30'],
    ['30 June 2027', '2027-06-30'],
    ['30/06/2027', '2027-06-30'],
  ])(
    'a day, %s, is the end of the one contract that is asked about, and of no other',
    async (said, end) => {
      await imported('Ref,Title,End\nA,A,see contract\n')
      await say(said)
      expect(await endOf()).toBe(end)
      const next = await imported('Ref,Title,End\nA,A,see contract\nB,B,see contract\n')
      expect(next).toMatchObject({ created: 1, updated: 0, questions: { asked: 1 } })
      expect(await endOf()).toBe(end)
      expect(await open()).toMatchObject([{ reference: 'B' }])
    },
  )

  test('a day for several at once is refused, and what to do instead is said', async () => {
    await imported('Ref,Title,End\nA,A,as per SLA\nB,B,as per SLA\n')
    const [question] = await open()
    await expect(answered(question?.id ?? 0, '2027-06-30')).rejects.toThrow(/--rejected/)
    await answered(question?.id ?? 0, '2027-06-30', ['B'])
    expect(await endOf()).toBe('2027-06-30')
    expect(await endOf('B')).toBeNull()
  })

  test.each([
    ['45 days', 45, 'days'],
    ['six weeks', 6, 'weeks'],
  ])('a length, %s, holds for the wording', async (said, amount, unit) => {
    const file = 'Ref,Title,End,Notice period,Auto renew\nA,A,2027-05-31,see clause 9,Yes\n'
    await imported(file)
    await say(said)
    expect((await shown('A')).notice).toMatchObject({ amount, unit })
    const next = await imported(`${file}B,B,2027-06-30,see clause 9,Yes\n`)
    expect(next).toMatchObject({ created: 1, updated: 0, questions: { asked: 0 } })
    expect((await shown('B')).notice).toMatchObject({ amount, unit })
  })

  test.each(['not known', 'Unknown', "don't know"])(
    '"%s" leaves it so, and is not asked again',
    async (said) => {
      const file =
        'Ref,Title,End,Notice period\nA,A,2027-05-31,3 months\nB,B,2027-05-31,see contract\n'
      await imported(file)
      for (const { id } of await open()) await answered(id, said)
      expect(await open()).toEqual([])
      expect((await shown('A')).automaticRenewal).toBeNull()
      expect(await imported(file)).toMatchObject({ updated: 0, questions: { asked: 0, open: 0 } })
    },
  )

  test('the quarter of the financial year is one of the answers', async () => {
    await imported('Ref,Title,End\nA,A,Q3 2027\nB,B,2027-01-31\n')
    await say('financial quarter')
    expect(await endOf()).toBe('2027-12-31')
  })

  test('what is none is refused, and what would be one is named', async () => {
    await imported('Ref,Title,End\nA,A,see contract\n')
    await expect(say('whenever')).rejects.toThrow(/a day such as/)
  })
})

describe('what an answer means for what has passed holds at once', () => {
  test('"yes, it renews" after the notice date presumes the renewal, as a first import would', async () => {
    const file = (renews: string) =>
      `Ref,Title,Start,End,Notice period,Auto renew\nA,A,2024-01-01,2026-12-31,3 months,${renews}\n`
    await imported(file(''))
    expect(await endOf()).toBe('2026-12-31')
    await say('yes')
    const answeredNow = await shown('A')
    expect(answeredNow).toMatchObject({ currentEnd: '2027-12-31' })
    expect(answeredNow.extensions).toMatchObject([{ kind: 'renewal', status: 'presumed' }])
    expect(answeredNow.deadlines.map(({ kind, date }) => `${kind} ${date}`)).toContain(
      'notice 2027-09-28',
    )
    await emptySetup(setup)
    // Counted, named and in the history, as it moved an end.
    expect(await imported(file('Yes'))).toMatchObject({ presumed: ['A'], updatedFields: [] })
    expect(await endOf()).toBe('2027-12-31')
    const history = await setup.rows(
      `SELECT from_value AS "from", to_value AS "to" FROM audit_change WHERE field = 'presumed renewal' AND what = 'created'
       ORDER BY entry_id DESC, position DESC LIMIT 1`,
    )
    expect(history).toEqual([{ from: '2027-01-01', to: '2027-12-31' }])
    expect(await imported(file('Yes'))).toMatchObject({ presumed: [] })
  })

  test('what runs on without any date to warn of is watched, and counted apart', async () => {
    const rows =
      'A,A,2024-02-01,Ongoing until terminated,90 days,No\nB,B,2024-02-01,2028-01-31,90 days,No\n'
    const result = await imported(`Ref,Title,Start,End,Notice period,Renews\n${rows}`)
    expect(result).toMatchObject({ unwatched: 0, dateless: 1 })
  })

  test('so does a later import that says so', async () => {
    const file = (renews: string) =>
      `Ref,Title,Start,End,Notice period,Auto renew\nA,A,2024-01-01,2026-12-31,3 months,${renews}\n`
    await imported(file('No'))
    await imported(file('Yes'))
    expect(await endOf()).toBe('2027-12-31')
  })

  test('while a status that says "over" is asked about, no renewal is presumed', async () => {
    await imported(
      'Ref,Title,Start,End,Notice period,Auto renew,Status\nA,A,2024-01-01,2026-12-31,3 months,Yes,Expired\n',
    )
    expect(await shown('A')).toMatchObject({ currentEnd: '2026-12-31', extensions: [] })
    const question = (await open()).find(({ about }) => about === 'status')
    // The end moves on by what the register says of renewal: counted and named.
    expect(await answered(question?.id ?? 0, 'runs')).toMatchObject({ changed: 0, renewed: ['A'] })
    expect(await shown('A')).toMatchObject({
      currentEnd: '2027-12-31',
      extensions: [{ kind: 'renewal', status: 'presumed' }],
    })
    await answered(question?.id ?? 0, 'over')
    expect(await shown('A')).toMatchObject({
      state: 'closed',
      currentEnd: '2026-12-31',
      extensions: [{ kind: 'renewal', status: 'withdrawn' }],
    })
  })
})

test.each([
  ['3-6 months', '2026-12-22'],
  ['90 days (180 days for the supplier)', '2026-12-22'],
  ['1, 3 or 12 months', '2026-12-22'],
])('of a notice of "%s" the longest holds that can still be given', async (words, by) => {
  const row = `A,A,2025-03-27,2027-03-26,"${words}",Yes`
  await imported(`Ref,Title,Start,End,Notice period,Auto renew\n${row}\n`)
  const of = await shown('A')
  expect(of.currentEnd).toBe('2027-03-26')
  expect(of.deadlines.find(({ kind }) => kind === 'notice')?.date).toBe(by)
})

test('of two questions about one contract each holds back what it would avert', async () => {
  await imported(
    'Ref,Title,Start,End,Notice period,Auto renew,Status\nA,A,2024-01-01,2026-12-31,as agreed,Yes,Expired\n',
  )
  await say('3-months', 'notice')
  expect(await endOf()).toBe('2026-12-31')
  await say('runs', 'status')
  expect(await endOf()).toBe('2027-12-31')
})

describe('while a question is open whose answer would avert it, no renewal is presumed', () => {
  const file = (...rows: string[]) =>
    `Ref,Title,Supplier,Start,End,Notice,Auto renew,Status,Extended until\n${rows.join('\n')}\n`
  const unclear = [
    ['a notice', 'as agreed,Yes,,'],
    ['a status', '3 months,Yes,Expired,'],
    ['a later end', '3 months,Yes,,2029-01-31'],
  ]
  const row = (rest: string) => `A,A,S,2024-02-01,2027-01-31,${rest}`

  test.each(unclear)('where %s of a known contract gets unclear', async (_, rest) => {
    await imported(file(row('1 month,Yes,,')))
    await imported(file(row(rest)))
    expect(await open()).toHaveLength(1)
    expect(await endOf()).toBe('2027-01-31')
  })

  test.each(unclear)('nor stays one that was, where %s gets unclear', async (_, rest) => {
    await imported(file(row('3 months,Yes,,')))
    expect(await endOf()).toBe('2028-01-31')
    await imported(file(row(rest)))
    expect(await endOf()).toBe('2027-01-31')
    expect(await imported(file(row(rest)))).toMatchObject({ unchanged: 1, updated: 0 })
    expect(await endOf()).toBe('2027-01-31')
  })

  test.each(unclear)('by any sweep, of %s, and the end is warned of', async (_, rest) => {
    await imported(file(row(rest)), asCivilDate('2026-09-01'))
    for (const on of ['2026-10-28', '2026-11-02', '2026-12-01', '2027-01-04', '2027-01-25']) {
      await setup.sweep(on)
    }
    expect(await endOf()).toBe('2027-01-31')
    const told = await setup.rows(
      `SELECT 1 FROM alert WHERE kind = 'end' AND state <> 'superseded'`,
    )
    expect(told.length).toBeGreaterThan(1)
  })

  test('but of a term that has begun, whose notice is warned of', async () => {
    await imported(file('A,A,S,2022-04-01,2025-03-31,as agreed,Yes,,'))
    expect(await open()).toHaveLength(1)
    expect(await endOf()).toBe('2027-03-31')
    expect(await dates()).toContain('notice 2026-12-29')
    await setup.sweep('2026-12-14')
    expect(await endOf()).toBe('2027-03-31')
    await setup.sweep('2027-01-04')
    expect(await endOf()).toBe('2027-03-31')
  })

  test.each([
    [
      'both of two lengths of notice have passed',
      'Notice,Other notice',
      '4 months,5 months',
      '2028-01-31',
    ],
    [
      'one of two lengths can still be given',
      'Notice,Other notice',
      '1 month,5 months',
      '2027-01-31',
    ],
    [
      'only how far an option reaches is asked',
      'Notice,Extension options',
      '3 months,12 or 24 months',
      '2028-01-31',
    ],
  ])('of those open questions that would: %s', async (_, headings, cells, ends) => {
    const quoted = cells.split(',').join('","')
    await imported(
      `Ref,Title,Supplier,Start,End,Auto renew,${headings}\nA,A,S,2024-02-01,2027-01-31,Yes,"${quoted}"\n`,
    )
    expect(await open()).toHaveLength(1)
    expect(await endOf()).toBe(ends)
  })

  test('of a length and the day from which on it counts, that day of what they may mean which is still ahead', async () => {
    await imported(
      'Ref,Title,Start,End,Notice,Auto renew\nA,A,2026-02-01,2027-01-31,6 months from 1 July 2026,Yes\n',
    )
    expect(await endOf()).toBe('2027-01-31')
    const notice = (await shown('A')).deadlines.find(({ kind }) => kind === 'notice')
    expect(notice?.date).toBe('2026-12-31')
  })

  test('where one of two rows that are alike has it', async () => {
    await imported(file(row('3 months,Yes,,'), row('3 months,Yes,Expired,')))
    expect(await open()).toHaveLength(1)
    expect(await endOf()).toBe('2027-01-31')
  })
})

describe('an end that goes on from term to term', () => {
  test.each(['No', 'N', 'Does not auto-renew'])(
    'has its notice although its renewal says "%s", and is asked about',
    async (said) => {
      await imported(
        `Ref,Title,Start,End,Notice period,Renews\nA,A,2024-04-01,Rolling 12 months,3 months,${said}\n`,
      )
      const [question, ...more] = await open()
      expect(more).toEqual([])
      expect(question?.text).toContain('“Rolling 12 months”')
      expect(await dates()).toContain('notice 2026-12-29')
      await answered(question?.id ?? 0, 'no')
      expect(await shown('A')).toMatchObject({ state: 'rolling', deadlines: [] })
    },
  )

  const ROLLS = 'Ref,Title,Start,End,Notice period\nA,A,2024-04-01,Rolling 12 months,3 months\n'

  test('has its notice before the next roll, and asks nothing', async () => {
    const result = await imported(ROLLS)
    expect(result).toMatchObject({ created: 1, undated: 0, unwatched: 0, questions: { asked: 0 } })
    const of = await shown('A')
    expect(of).toMatchObject({ state: 'rolling', currentEnd: null, automaticRenewal: true })
    expect(of.notice).toEqual({ amount: 3, unit: 'months', text: '3 months' })
    const next = of.deadlines.filter(({ kind, date }) => kind === 'notice' && date > ON)
    expect(next.map(({ date }) => date)).toEqual(['2026-12-29'])
    expect(next[0]?.nextRungOn).not.toBeNull()
    expect(await imported(ROLLS)).toMatchObject({ unchanged: 1, updated: 0 })
  })

  test('without a start is one question, whose answer gives it', async () => {
    await imported(
      'Ref,Title,End,Notice period\nA,A,Rolls yearly,3 months\nB,B,Rolls yearly,6 months\n',
    )
    const [question, ...more] = await open()
    expect(more).toEqual([])
    expect(question).toMatchObject({ about: 'rolls', contracts: 2 })
    await answered(question?.id ?? 0, '1-april')
    expect(await dates()).toContain('notice 2026-12-29')
  })
})

describe('an end that cannot be read', () => {
  const UNREAD = 'Ref,Title,End\nA,A,see contract\nB,B,see contract\nC,C,2027-03-31\n'

  test('is listed, asked about once a wording, and refused by --strict', async () => {
    const result = await imported(UNREAD)
    expect(result).toMatchObject({ created: 3, rejected: 0, undated: 2, unwatched: 2, bad: 2 })
    expect(await open()).toMatchObject([{ about: 'end', contracts: 2 }])
    const strict = { source: 'strict', strict: true }
    const { result: refused } = await importing(written('strict.csv', UNREAD), ON, strict)
    expect(refused.applied).toBe(false)
  })

  test('takes no end away that is known, and asks nothing of it', async () => {
    await imported('Ref,Title,End\nA,A,2027-03-31\n')
    const result = await imported('Ref,Title,End\nA,A,see contract\n')
    expect(result).toMatchObject({ updated: 0, questions: { asked: 0 } })
    expect(await endOf()).toBe('2027-03-31')
  })
})

test('what was worth a look is not told again by an import that finds it as it was', async () => {
  const file = 'Ref,Title,End,Contract value\nA,A,2027-03-31,as per rate card\nB,B,2027-03-31,5\n'
  const fresh = async (content: string) =>
    (await imported(content)).problems
      .filter(({ severity, before }) => severity === 'warning' && before !== true)
      .map(({ value }) => value)
  expect(await fresh(file)).toEqual(['as per rate card'])
  expect(await fresh(file)).toEqual([])
  expect(await fresh(file.replace(',5\n', ',POA\n'))).toEqual(['POA'])
})

test('questions are numbered as they are asked, and keep their numbers when they are asked again', async () => {
  const rows = [
    'A,A,see contract,',
    'B,B,2027-03-31,3 months',
    'C,C,Q3 2027,',
    'D,D,2027-03-31,90 days',
  ]
  const file = `Ref,Title,End,Notice\n${rows.join('\n')}\n`
  await imported(file)
  const all = async () =>
    (
      await readQuestions(setup.db.pool, setup.organisation.id, { isOpen: true, withLaw: true })
    ).map(({ id }) => id)
  const ids = await all()
  expect(ids.length).toBeGreaterThan(4)
  expect(ids.map((id) => id - (ids[0] ?? 0))).toEqual(ids.map((_, at) => at))
  await imported(file)
  await imported(file)
  await imported(`${file}E,E,not yet,\n`)
  const now = await all()
  expect(now.slice(0, ids.length)).toEqual(ids)
  expect(now.at(-1)).toBe((ids.at(-1) ?? 0) + 1)
})

describe('a register that says less than before takes nothing away', () => {
  const KNOWN = `Ref,Title,Supplier,Owner,Owner email,Start,End,Value,Notice period,Auto renew,Maximum end,Department
K1,Lifts,Alder,Ann Ash,ann@example.org,2024-01-01,2026-12-31,9000,3 months,Yes,2028-12-31,Digital
`
  /** What else a register may say of a contract; a lot is a part of what it is called by. */
  const [BESIDES = '', SAID = ''] = [
    'Renewal term,Deputy,Deputy email,Category,Category lead,Review date,Option deadline,Last call-off,Route,Regime,Current end,Personal data,Document link,Minimum extension,Monthly charge,One off costs,Status,Products,Contract form,Reseller,CPV code,Break clause',
    '12 months,Bo Birch,bo@example.org,Facilities,Cy Cole,2026-12-10,2026-12-20,2026-12-05,Open procedure,PA 2023,2027-06-30,Yes,https://example.org/k1,3 months,750,90,Live,Kone care,Licence,Dene,50750000,30/06/2027 on 1 month notice',
  ]
  const WIDE = KNOWN.split('\n').map((line, at) => `${line},${[BESIDES, SAID][at] ?? ''}`)
  const HEADINGS = WIDE[0]?.split(',') ?? []

  test('a blank end is told of', async () => {
    await imported(KNOWN)
    const { problems } = await imported(KNOWN.replace('2026-12-31', ''))
    const told = problems.map(({ problem }) => problem)
    expect(told).toContain('the file no longer gives its end: Thu 31 Dec 2026 stays')
  })

  test('any cells blank, in any order of imports: no earlier word, nothing quieter', async () => {
    const cells = (WIDE[1] ?? '').split(',')
    const full = `${HEADINGS.join(',')}\n${cells.join(',')}\n`
    const blanks = fc.subarray(
      HEADINGS.slice(1).map((_, i) => i + 1),
      { minLength: 1 },
    )
    await fc.assert(
      fc
        .asyncProperty(fc.array(blanks, { minLength: 1, maxLength: 3 }), async (imports) => {
          await imported(full)
          const before = await shown('K1')
          for (const blank of imports) {
            const row = cells.map((cell, i) => (blank.includes(i) ? '' : cell)).join(',')
            // A row without title and supplier is still known by its reference.
            await imported(`${HEADINGS.join(',')}\n${row}\n`)
            expect({ ...(await shown('K1')), problems: [] }).toEqual({ ...before, problems: [] })
          }
        })
        .afterEach(() => emptySetup(setup)),
      { numRuns: 8 },
    )
  }, 120_000)

  test('the whole column left out', async () => {
    await imported(KNOWN)
    const before = await shown('K1')
    await imported('Ref,Title,Supplier\nK1,Lifts,Alder\n')
    expect({ ...(await shown('K1')), problems: [] }).toEqual({ ...before, problems: [] })
  })
})

test('a reference whose supplier and dates all change at once is told', async () => {
  await imported('Ref,Supplier,Start,End\n1,Alder,2024-07-29,2027-03-31\n')
  const { problems } = await imported('Ref,Supplier,Start,End\n1,Beck,2025-03-31,2027-06-30\n')
  expect(problems).toMatchObject([{ problem: expect.stringContaining('another contract') }])
})

test('the same address with another name is one person with the new name', async () => {
  await imported('Ref,Title,End,Owner,Owner email\nP,P,2027-03-31,Ann Ash,ann@example.org\n')
  await imported('Ref,Title,End,Owner,Owner email\nP,P,2027-03-31,Ann Birch,ANN@example.org\n')
  expect((await shown('P')).owner).toBe('Ann Birch')
  const people = await setup.rows('SELECT id FROM person')
  expect(people).toHaveLength(1)
})

test('a department that is renamed stays with its team until the new name has one', async () => {
  const { db, organisation } = setup
  const team = (name: string) =>
    setTeam(db.pool, organisation.id, name, { channel: `C${name.length}` })
  const file = (department: string) =>
    `Ref,Title,End,Department\nR1,One,2026-12-31,${department}\nR2,Two,2026-12-31,${department}\n`
  await team('Digital')
  await imported(file('Digital'))
  const { problems } = await imported(file('Digital and Data'))
  expect(problems).toMatchObject([{ problem: expect.stringContaining('stay with Digital') }])
  await team('Digital and Data')
  await imported(file('Digital and Data'))
  expect((await shown('R1')).team).toBe('Digital and Data')
  expect((await shown('R2')).team).toBe('Digital and Data')
})

test('the sheet of questions in a workbook, answered and imported back, answers', async () => {
  await imported(EXTENDED)
  const { db, organisation, rulesOf } = setup
  const deps = { pool: db.pool, organisationId: organisation.id, rulesOf }
  const ids = (await setup.rows<{ id: number }>('SELECT id FROM contract ORDER BY id')).map(
    ({ id }) => id,
  )
  const { sheet } = await exportTable(deps, 'register', ids)
  expect(sheet.beside?.headings.at(-1)).toBe('Answer')
  const [question] = await open()
  const answers = [
    [...(sheet.beside?.headings ?? [])],
    [question?.id ?? 0, question?.text ?? '', 2, '', '', '', 'signed'],
  ]
  const path = written('answers.xlsx', workbook({ Questions: answers }))
  const { answered } = await importing(path, ON)
  expect(answered).toBe(1)
  expect(await open()).toEqual([])
  expect(await endOf('E2')).toBe('2028-02-13')
})

test('what named the contracts of a source names them in its next file, whatever stands there', async () => {
  const source = { source: 'named' }
  const rows = 'Hill Lifts Ltd,Lifts in halls,2027-03-31\nOak plc,Oil for vans,2027-04-30\n'
  await importing(written('named.csv', `Off whom,What about,End\n${rows}`), ON, source)
  const later = rows.replace('Hill Lifts Ltd', 'Hill').replace('Oak plc', 'Oak')
  const { register } = await importing(
    written('named.csv', `Off whom,What about,End\n${later}`),
    ON,
    source,
  )
  const supplier = register.headingsRead?.find(({ field }) => field === 'supplier')
  expect(supplier).toEqual({ heading: 'Off whom', field: 'supplier', by: 'mapping' })
})

test('what was said by hand of a source’s columns is remembered for its next file', async () => {
  const content = 'Ref,Title,Milestone\nA,A,30/09/27\nB,B,14/06/28\n'
  const path = written('by-hand.csv', content)
  const source = { source: 'by hand' }
  await importing(path, ON, source, { map: new Map([['end', 'Milestone']]), years: 2000 })
  expect(await endOf()).toBe('2027-09-30')
  const next = written('by-hand.csv', `${content}C,C,01/02/29\n`)
  await importing(next, ON, source)
  expect(await endOf('C')).toBe('2029-02-01')
})

describe('what is due', () => {
  const due = async (plannedLast: boolean) => {
    const { organisation, db } = setup
    const query = { organisationId: organisation.id, asOf: ON, days: 90, teamId: null, limit: null }
    return listDue(db.pool, { ...query, plannedLast })
  }

  test('a day to start by that has passed on a route that is assumed plans, and alarms nobody', async () => {
    await imported(
      'Ref,Title,Start,End,Value,Route,Owner\nP,P,2022-04-01,2027-01-15,300000,,Ann Ash\nQ,Q,2022-04-01,2027-01-20,300000,Open procedure,Bo Birch\n',
    )
    const { items, counts } = await due(true)
    const of = (reference: string) =>
      items.find((each) => each.reference === reference && each.kind === 'start-by')
    expect(of('P')).toMatchObject({ assumed: true, severity: 'planned', owner: 'Ann Ash' })
    expect(of('Q')).toMatchObject({ severity: 'overdue', owner: 'Bo Birch', value: '300000.00' })
    expect(of('Q')).not.toHaveProperty('assumed')
    expect(items.at(-1)).toBe(of('P'))
    expect(counts).toEqual({ overdue: 1, within30: 0, later: 2, planned: 1 })
    const byDate = (await due(false)).items.map(({ date }) => date)
    expect(byDate).toEqual([...byDate].sort())
  })
})

describe('a renewal that is presumed', () => {
  const register = (
    w1: string,
    w2: string,
  ) => `Reference,Title,Supplier,Start date,End date,Notice period,Contract value,Automatic renewal,Renewal term
W1,Weigh,Acme,2025-04-01,2027-03-31,${w1},100000,yes,1 year
W2,Unread,Bco,2025-02-01,2027-01-31,${w2},100000,yes,1 year
W3,Plain,Cco,2025-04-01,2027-03-31,3 months,100000,yes,1 year
`
  const UNREAD = register('3 months (supplier 12 months)', '30')
  const MONDAY = asCivilDate('2026-11-30')
  const ends = async () =>
    (await Promise.all(['W1', 'W2', 'W3'].map((each) => setup.shown(each, MONDAY)))).map(
      ({ currentEnd }) => currentEnd,
    )
  const told = async () => {
    for (const on of ['2026-12-01', '2026-12-15', '2026-12-22', '2026-12-29']) await setup.sweep(on)
    const rows = await setup.rows<{ reference: string }>(
      `SELECT DISTINCT c.reference FROM alert a JOIN contract c ON c.id = a.contract_id
       WHERE a.kind = 'notice' AND a.rung >= 0 AND a.state <> 'superseded' ORDER BY 1`,
    )
    return rows.map(({ reference }) => reference)
  }

  test('is none that an answer to an open question would avert', async () => {
    await imported(UNREAD, MONDAY)
    // The shorter of the two lengths can still be given; nobody knows what "30" means.
    expect(await ends()).toEqual(['2027-03-31', '2027-01-31', '2027-03-31'])
    expect(await imported(UNREAD, MONDAY)).toMatchObject({ unchanged: 3, updated: 0 })
    const [either, thirty] = [await asked('', /supplier 12 months/), await asked('', /“30”/)]
    await answered(either, 'not-known')
    expect((await ends())[0]).toBe('2027-03-31')
    await answered(either, '12-months')
    expect(await ends()).toEqual(['2028-03-31', '2027-01-31', '2027-03-31'])
    await answered(either, '3-months')
    await answered(thirty, '30 days')
    expect(await ends()).toEqual(['2027-03-31', '2027-01-31', '2027-03-31'])
    expect(await told()).toEqual(['W1', 'W2', 'W3'])
  })

  test('while it is asked, what is foreseen of each is what the sweeps then tell', async () => {
    await imported(UNREAD, MONDAY)
    const foreseen = async (reference: string) => {
      const { db, organisation, rulesOf } = setup
      const id = await setup.contractId(reference)
      const { next } = await explain(db.pool, organisation.id, id, MONDAY, rulesOf)
      return next.map(({ kind, rung, on }) => `${on} ${kind} ${rung}`)
    }
    const all = await Promise.all(['W1', 'W2', 'W3'].map(foreseen))
    for (let on = MONDAY; on <= '2027-02-08'; on = addDays(on, 1)) await setup.sweep(on)
    for (const [at, reference] of ['W1', 'W2', 'W3'].entries()) {
      const coming = (all[at] ?? []).filter((each) => each <= '2027-02-08')
      expect((await setup.alerts(reference)).map((each) => each.split(' (')[0])).toEqual(
        coming.sort(),
      )
    }
  })

  test('goes where the register is put right', async () => {
    await imported(register('12 months', '6 months'), MONDAY)
    expect(await ends()).toEqual(['2028-03-31', '2028-01-31', '2027-03-31'])
    await imported(register('3 months', '30 days'), MONDAY)
    expect(await ends()).toEqual(['2027-03-31', '2027-01-31', '2027-03-31'])
    expect(await told()).toEqual(['W1', 'W2', 'W3'])
  })

  test('goes with the rule that it rested on, and comes again once its day has passed', async () => {
    await imported(register('3 months', '30 days'), MONDAY)
    const rule = ruleKeyNamed('deemedServiceDays')
    const change = (step: RulesStep) =>
      changeRules(setup.db.pool, setup.actor('2026-11-30'), WHOLE_ORGANISATION, step)
    await change(setting(rule, '25'))
    await setup.sweep('2026-11-30')
    expect((await ends()).slice(2)).toEqual(['2028-03-31'])
    await change(unsetting(rule))
    expect((await ends()).slice(2)).toEqual(['2027-03-31'])
    expect(await told()).toContain('W3')
    await setup.sweep('2026-12-30')
    expect((await setup.shown('W3', '2026-12-30')).currentEnd).toBe('2028-03-31')
  })
})

describe('what is asked of one thing is not lost by what is said of another', () => {
  const TWO = `Ref,Title,Supplier,Start date,End date,Extended until,Extension option,Notice,Auto renewal
X1,Cleaning,Alder,2024-04-01,2027-01-13,2027-06-30,exercised to 31/12/2027,see clause 4,Yes
X2,Security,Beck,2024-04-01,2027-02-13,,,3 months,Yes
`
  const problems = async (reference: string) => (await shown(reference)).problems.join('\n')
  const extensions = () =>
    setup.rows<{ said: string }>(
      `SELECT e.status || ' ' || e.to_on AS said FROM extension e JOIN contract c ON c.id = e.contract_id
       WHERE c.reference = 'X1' AND e.status = 'confirmed' ORDER BY 1`,
    )

  test('the line of the question that was answered goes, those of the others stay', async () => {
    await imported(TWO)
    expect(await problems('X1')).toMatch(/Extended until/)
    await say('6-months', 'notice', /clause 4/)
    expect(await problems('X1')).toContain('Extended until')
    expect(await problems('X1')).not.toContain('see clause 4')
    await say('signed', 'extension', /Extended until/)
    expect(await problems('X1')).toContain('Extension option')
  })

  test.each([
    ['signed', 'signed', ['confirmed 2027-06-30', 'confirmed 2027-12-31']],
    ['possible', 'signed', ['confirmed 2027-12-31']],
    ['signed', 'possible', ['confirmed 2027-06-30']],
    ['signed', 'counted', ['confirmed 2027-06-30']],
  ])(
    'of two extensions of a contract, "%s" and "%s" say each its own, in whatever order and again next month',
    async (first, second, expected) => {
      for (const isTurned of [false, true]) {
        await emptySetup(setup)
        await imported(TWO)
        const said = [
          [await asked('extension', /Extended until/), first],
          [await asked('extension', /exercised to/), second],
        ] as const
        for (const [id, answer] of isTurned ? said.toReversed() : said) await answered(id, answer)
        expect((await extensions()).map((each) => each.said)).toEqual(expected)
        await imported(`${TWO}X3,Waste,Cairn,2024-04-01,2027-03-13,,,,\n`)
        expect((await extensions()).map((each) => each.said)).toEqual(expected)
        expect((await open()).filter((each) => each.about === 'extension')).toEqual([])
      }
    },
  )

  const MANY = `Ref,Title,Supplier,Start date,End date,Notice,Auto renewal
P1,Linen,Alder,,2027-05-13,see clause 4,Yes
P2,Post,Beck,,2027-06-13,see clause 4,Yes
P3,Taxis,Cairn,,2027-07-13,see clause 4,Yes
`
  const PART = MANY.replace(/\n/g, ',\n')
    .replace('Yes,\nP2', 'Yes,\nP2')
    .replace('renewal,', 'renewal,Lapsewatch problem')
  const rowsOf = async (kind: string) => {
    const found = await setup.rows<{ contracts: number; references: string }>(
      `SELECT q.contracts, (SELECT string_agg(c.reference, ' ' ORDER BY c.reference) FROM question_contract r
         JOIN contract c ON c.id = r.contract_id WHERE r.question_id = q.id) AS "references"
       FROM question q WHERE q.about = $1 AND q.answer IS NULL ORDER BY q.id`,
      [kind],
    )
    return found.map(({ contracts, references }) => `${contracts}: ${references}`)
  }
  const part = (...references: readonly string[]) =>
    PART.split('\n')
      .filter((line, at) => at === 0 || references.some((each) => line.startsWith(each)))
      .join('\n')

  test('a part of a register leaves the questions about the rest as they are', async () => {
    await imported(MANY)
    expect([await rowsOf('notice'), await rowsOf('regime')]).toEqual([
      ['3: P1 P2 P3'],
      ['3: P1 P2 P3'],
    ])
    await importing(written('part.csv', part('P1')), ON)
    expect([await rowsOf('notice'), await rowsOf('regime')]).toEqual([
      ['3: P1 P2 P3'],
      ['3: P1 P2 P3'],
    ])
    // What it puts right is asked no more, and an old answer does not take it back.
    const right = part('P2').replace('see clause 4', '6 months')
    await importing(written('part.csv', right), ON)
    expect(await rowsOf('notice')).toEqual(['2: P1 P3'])
    await say('1-month', 'notice')
    const notices = await setup.rows('SELECT notice_amount AS n FROM contract ORDER BY reference')
    expect(notices).toEqual([{ n: 1 }, { n: 6 }, { n: 1 }])
  })

  test('answers given before and after a part was read stand beside one another', async () => {
    await imported(TWO)
    await say('6-months', 'notice', /clause 4/)
    const lines = TWO.split('\n').map((line, at) =>
      at === 0 ? `${line},Lapsewatch problem` : line,
    )
    await importing(written('part.csv', [lines[0], lines[2]].join('\n')), ON)
    await say('signed', 'extension', /Extended until/)
    const { notice } = await shown('X1')
    expect(notice).toMatchObject({ amount: 6, unit: 'months' })
  })

  test('an export that comes back asks nothing and leaves every question as it is', async () => {
    await imported(MANY)
    const before = await setup.rows(
      'SELECT * FROM question_contract ORDER BY question_id, contract_id',
    )
    const lines = await problems('P1')
    const { db, organisation, rulesOf } = setup
    const ids = (await setup.rows<{ id: number }>('SELECT id FROM contract ORDER BY id')).map(
      ({ id }) => id,
    )
    const deps = { pool: db.pool, organisationId: organisation.id, rulesOf }
    for (const some of [ids, ids.slice(0, 1)]) {
      const { sheet } = await exportTable(deps, 'register', some)
      let csv = ''
      for await (const piece of exportFile(sheet, 'csv', 'dd/mm/yyyy')) csv += piece.toString()
      await importing(written('own.csv', csv.replace('Linen', 'Sheets')), ON)
    }
    const now = await setup.rows(
      'SELECT * FROM question_contract ORDER BY question_id, contract_id',
    )
    expect(now).toEqual(before)
    expect(await rowsOf('notice')).toEqual(['3: P1 P2 P3'])
    expect(await problems('P2')).toBe(lines.replaceAll('P1', 'P2'))
  })
})
