/** What the law leaves open: of the organisation once, of contracts in one question an import. */

import { changeRules, setting, WHOLE_ORGANISATION } from '../src/actions/settings.ts'
import { answerQuestion } from '../src/register/import/answer-question.ts'
import { readQuestions } from '../src/register/import/questions.ts'
import { undoImport } from '../src/register/import/undo.ts'
import { readNoticeRecords } from '../src/reports/headroom.ts'
import type { Regime } from '../src/rules/contract.ts'
import { asDecimal } from '../src/rules/money.ts'
import { withRuleSettings } from '../src/rules/settings.ts'
import { ruleKeyNamed, ruleText, withSetting } from '../src/rules/settings-text.ts'
import { contract, day, deadline, endOn, RULES } from './support/contract-facts.ts'
import { present } from './support/present.ts'
import { reading, written } from './support/register-file.ts'
import { draft, NOW, useSetup } from './support/setup.ts'

const ON = '2026-11-23'

describe('in a house', () => {
  const setup = useSetup({ emptied: 'before' })
  const organisationId = () => setup.organisation.id
  const open = () => readQuestions(setup.db.pool, organisationId(), { isOpen: true, withLaw: true })
  const about = async (kind: string) => (await open()).filter((each) => each.about === kind)
  const answered = (id: number, choice: string, except: readonly string[] = []) =>
    answerQuestion(
      setup.db.pool,
      {
        ...{ organisationId: organisationId(), personId: null, via: 'command line', now: NOW },
        ...{ today: day(ON), rulesOf: setup.rulesOf },
      },
      id,
      choice,
      except,
    )
  const set = (name: string, typed: string) =>
    changeRules(
      setup.db.pool,
      setup.actor(ON),
      WHOLE_ORGANISATION,
      setting(ruleKeyNamed(name), typed),
    )
  const rules = async () => {
    const [row] = await setup.rows<{ rules: unknown }>(
      `SELECT coalesce(settings -> 'rules', '{}') AS rules FROM organisation`,
    )
    return row?.rules
  }
  const large = (reference: string, changes = {}) =>
    draft(reference, {
      value: asDecimal('900000'),
      route: null,
      end: endOn('2028-03-31'),
      ...changes,
    })

  test('the first import asks once how contracts are replaced, who you are and in which nation', async () => {
    const first = await setup.import([large('A')], ON)
    expect(first.lawQuestions).toBe(3)
    const questions = await about('setting')
    expect(questions.map(({ text }) => text)).toEqual([
      'How do you mostly replace contracts above the threshold?',
      'What are you? It decides which thresholds hold (SI 2024/692, Schedule 2).',
      'In which nation do you buy? It decides which law holds.',
    ])
    const again = await setup.import([large('A'), large('B')], ON)
    expect(again.lawQuestions).toBe(0)
    expect(await about('setting')).toHaveLength(3)
    const other = await setup.import([large('C')], ON, { source: 'another' })
    expect(other.lawQuestions).toBe(0)
  })

  test('one press sets it, counts anew what follows, and stands in the record', async () => {
    await setup.import([large('A')], ON)
    const startBy = () =>
      setup.rows(
        `SELECT due_on::text AS on, from_on::text AS from FROM deadline WHERE kind = 'start-by'`,
      )
    expect(await startBy()).toEqual([{ on: '2027-12-23', from: '2027-07-28' }])
    const [usual, authority] = await about('setting')
    expect(await answered(present(usual).id, 'tender')).toMatchObject({
      answer: 'By tender',
      changed: 1,
      reach: { rekeyed: 1, moved: 1 },
    })
    expect(await startBy()).toEqual([{ on: '2027-07-28', from: null }])
    await answered(present(authority).id, 'nhs-trust')
    expect(await rules()).toEqual({ usualRoute: 'tender', authority: 'nhs-trust' })
    expect(await about('setting')).toHaveLength(1)
    const audited = await setup.rows<{ field: string; to: string }>(
      `SELECT a.field, a.to_value AS to FROM audit_change a JOIN audit_entry e ON e.id = a.entry_id
       WHERE e.summary LIKE 'answered question%' ORDER BY e.position`,
    )
    expect(audited).toEqual([
      { field: 'rules.usualRoute', to: 'tender' },
      { field: 'rules.authority', to: 'nhs-trust' },
    ])
    await setup.import([large('A'), large('D')], ON)
    expect(await about('setting')).toHaveLength(1)
  })

  test('what was set before is not asked, and what is set later is no question any more', async () => {
    await set('authority', 'council')
    expect((await setup.import([large('A')], ON)).lawQuestions).toBe(2)
    await set('usualRoute', 'varies')
    await set('nation', 'wales')
    expect(await about('setting')).toEqual([])
    expect((await setup.import([large('A'), large('B')], ON)).lawQuestions).toBe(0)
  })

  test('a nation that the holidays contradict is asked about, once; Scotland follows its calendar', async () => {
    await set('nation', 'scotland')
    await setup.import([large('A')], ON)
    const [question] = (await about('setting')).filter(({ text }) => text.includes('holidays'))
    expect(question?.text).toBe(
      'Your nation is Scotland, and the holidays are those of england and wales. Which nation is it?',
    )
    await answered(present(question).id, 'england')
    expect(await rules()).toEqual({ nation: 'england' })
    await setup.rows(`UPDATE organisation SET calendar = 'scotland', settings = '{}'`)
    await setup.rows('DELETE FROM question')
    await setup.import([large('A'), large('B')], ON)
    const asked = (await about('setting')).map(({ text }) => text)
    expect(asked.some((text) => text.includes('nation'))).toBe(false)
    await setup.rows(`UPDATE organisation SET calendar = 'england-and-wales'`)
  })

  test('a law that nothing tells is one question an import; until it is answered there are no tasks', async () => {
    const callOff = {
      form: 'call-off',
      start: day('2026-11-02'),
      value: asDecimal('600000'),
    } as const
    await setup.import(
      [large('C-1', callOff), large('C-2', callOff), large('N', { start: null }), large('K')],
      ON,
    )
    const [question, ...more] = await about('regime')
    expect(more).toEqual([])
    expect(question).toMatchObject({ contracts: 3, holds: expect.stringContaining('no notices') })
    const regimes = () =>
      setup.rows<{ reference: string; regime: Regime | null }>(
        'SELECT reference, regime FROM contract ORDER BY reference',
      )
    await answered(present(question).id, 'PA23', ['N'])
    expect(await regimes()).toEqual([
      { reference: 'C-1', regime: 'PA23' },
      { reference: 'C-2', regime: 'PA23' },
      { reference: 'K', regime: null },
      { reference: 'N', regime: null },
    ])
    const [record] = await readNoticeRecords(setup.db.pool, [await setup.contractId('C-1')])
    expect(record?.facts.regime).toBe('PA23')
    // The next import reads a new one so, asks nothing, and says that nothing else changed.
    const next = await setup.import(
      [large('C-1', callOff), large('C-2', callOff), large('C-3', callOff), large('K')],
      ON,
    )
    expect(next).toMatchObject({ created: 1, updated: 0, lawQuestions: 0 })
    expect((await regimes()).find(({ reference }) => reference === 'C-3')?.regime).toBe('PA23')
    expect(await about('regime')).toEqual([])
    const same = await setup.import(
      [large('C-1', callOff), large('C-2', callOff), large('C-3', callOff), large('K')],
      ON,
    )
    expect(same).toMatchObject({ created: 0, updated: 0, unchanged: 4 })
  })

  test('an Act that was not in force yet is asked about apart', async () => {
    await setup.import([large('E', { regime: 'PA23', start: day('2024-04-01') })], ON)
    const [question] = await about('regime')
    expect(question?.choices.map(({ id }) => id)).toEqual([
      'PCR15',
      'PSR23',
      'below-threshold',
      'other',
      'start',
    ])
    await answered(present(question).id, 'PCR15')
    expect(await setup.rows('SELECT regime FROM contract')).toEqual([{ regime: 'PCR15' }])
  })

  test('a call-off whose framework is in the register needs no question', async () => {
    await setup.import(
      [
        large('RM-1', { form: 'framework', start: day('2024-01-01') }),
        large('C-1', { form: 'call-off', start: day('2026-01-05'), parent: 'RM-1' }),
      ],
      ON,
    )
    expect(await about('regime')).toEqual([])
  })

  test('undoing the first import takes its questions along', async () => {
    await setup.import([large('A', { start: null })], ON)
    expect(await open()).toHaveLength(4)
    await undoImport(setup.db.pool, {
      ...{ organisationId: organisationId(), rulesOf: setup.rulesOf, source: null, personId: null },
      ...{ via: 'command line', now: NOW, today: day(ON), dryRun: false },
    })
    expect(await open()).toEqual([])
  })
})

describe('a route in words that are not known', () => {
  test('is one question a wording, and the range holds until it is answered', async () => {
    const path = written(
      'routes.csv',
      'Reference,Title,Supplier,End,Procurement route\nA,a,x,2027-06-30,Via the Hub\nB,b,x,2027-07-31,via the  hub\nC,c,x,2027-06-30,Open\nD,d,x,2027-06-30,TBC\nE,e,x,2027-06-30,\n',
    )
    const { drafts, problems } = await reading(path)
    expect(drafts.map(({ route }) => route)).toEqual([null, null, 'open', null, null])
    const asked = problems.filter(({ ask }) => ask?.about === 'route')
    expect(asked.map(({ at, ask }) => [at, ask?.wording])).toEqual([
      ['2', 'via the hub'],
      ['3', 'via the hub'],
    ])
    expect(asked[0]?.ask?.choices.map(({ id }) => id)).toContain('mini-competition')
    // Until then it is one that no register names.
    const of = contract({ route: drafts[0]?.route ?? null })
    expect(deadline(of, 'start-by')).toMatchObject({ from: '2026-07-24', on: '2026-12-22' })
  })
})

describe('how a category is mostly replaced', () => {
  const typed = (text: string) => withSetting({}, ruleKeyNamed('usualRouteByCategory'), text)

  test('stands over how all are', () => {
    const rules = withRuleSettings(RULES, {
      ...typed('Facilities: tender; IT hardware: framework'),
      usualRoute: 'tender',
    })
    const of = (category: string | null) =>
      deadline(
        contract({ route: null, category, awardedEnd: endOn('2028-03-31') }),
        'start-by',
        rules,
      )
    expect(of('facilities').from).toBeUndefined()
    expect(of(null).from).toBeUndefined()
    expect(of('IT Hardware')).toMatchObject({ on: '2027-12-23', from: '2027-07-28' })
  })

  test('is written as it is typed, and refused with what it takes', () => {
    const key = ruleKeyNamed('usualRouteByCategory')
    const rules = withRuleSettings(RULES, typed('Facilities: Tender;IT, hardware:framework;'))
    expect(ruleText(rules, key)).toBe('Facilities: tender; IT, hardware: framework')
    expect(ruleText(RULES, key)).toBe('unknown')
    expect(withSetting({}, key, 'unknown')).toEqual({ usualRouteByCategory: null })
    expect(() => typed('Facilities')).toThrow(/no category with its route/)
    expect(() => typed('Facilities: auction')).toThrow(/tender, framework, varies/)
  })
})
