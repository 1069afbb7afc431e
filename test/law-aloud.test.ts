/** Every flag of the law, read aloud: each says "check" and where it is written; none is a verdict. */

import { headroom } from '../src/rules/headroom.ts'
import { HEADROOM_RULES } from '../src/rules/headroom-rules.ts'
import { asDecimal } from '../src/rules/money.ts'
import {
  NOTICES,
  type NoticedExtension,
  type NoticeFacts,
  noticeTasks,
} from '../src/rules/notices.ts'
import { pipelineEntry, pipelinePeriod } from '../src/rules/pipeline.ts'
import { ROUTES } from '../src/rules/procurement-routes.ts'
import { replacementRoute } from '../src/rules/start-by.ts'
import { lawWords } from '../src/text/headroom.ts'
import { pipelineWords } from '../src/text/pipeline.ts'
import { decisionWords, dutiesMessage, noticeWords } from '../src/text/procurement.ts'
import { contract, day, endOn, RULES } from './support/contract-facts.ts'

const VERDICTS =
  /\b(?:lawful|unlawful|legal(?!ly binding)|illegal|compliant|breach(?:es|ed)? the law|is required|are required|must|you may not|not allowed|permitted to|void)\b/i
const CITED = /\b(?:ss?\.\d|reg \d|Schedule \d|Sch(?:edule)? 8)/

const FACTS: NoticeFacts = {
  ...{ regime: 'PA23', start: day('2026-04-01'), awardedEnd: endOn('2027-03-31') },
  ...{ awardedMaximumEnd: null, value: asDecimal('6000000'), valueBasis: 'committed' },
  ...{ vat: 'net', currency: 'GBP', works: false, lightTouch: null, closedOn: null },
  route: 'direct-award',
}
const change = (rule: string | null, kind: NoticedExtension['kind'] = 'variation') =>
  ({
    ...{ kind, status: 'confirmed', from: day('2027-04-01'), to: day('2028-03-31') },
    ...{ cost: asDecimal('900000'), currency: 'GBP', knownOn: null, rule, noticeReference: null },
  }) satisfies NoticedExtension

const TASKS = [
  ...noticeTasks(FACTS, [change(null), change(null, 'option')], [], asked()),
  ...noticeTasks({ ...FACTS, value: asDecimal('20000') }, [], [], asked()),
  ...noticeTasks({ ...FACTS, regime: 'PCR15' }, [change('reg 72(1)(b)')], [], asked()),
  ...noticeTasks({ ...FACTS, regime: 'PSR23' }, [change(null)], [], asked()),
  ...noticeTasks({ ...FACTS, regime: 'PSR23' }, [change('psr23-urgent')], [], asked()),
]

function asked() {
  return { today: day('2027-03-01'), authority: null }
}

const HEADROOM = { addDays: 0, addCost: null, on: day('2027-03-01'), authority: null }

test('every notice there is says "check", its section and by when', () => {
  expect(new Set(TASKS.map(({ notice }) => notice))).toEqual(new Set(NOTICES))
  for (const task of TASKS) {
    const words = noticeWords(task, day('2027-03-01'), false)
    expect(words).toContain('check whether')
    expect(words).toMatch(CITED)
    expect(words).not.toMatch(VERDICTS)
    const told = dutiesMessage({
      ...{ asOf: day('2027-03-01'), team: 'T' },
      tasks: [{ ...task, reference: 'C-1', title: null, supplier: null, asked: null }],
    }).text
    expect(told).toContain('check whether')
    expect(told).toMatch(CITED)
    expect(told).not.toMatch(VERDICTS)
  }
})

test('every rule of a change cites where it is written, and no note of it is a verdict', () => {
  const tests = (['PA23', 'PCR15', 'PSR23', 'below-threshold', 'other', null] as const).flatMap(
    (regime) =>
      HEADROOM_RULES.filter((rule) => rule.regime === regime || regime === null).flatMap(
        ({ id }) => headroom({ ...FACTS, regime }, [change(id)], { ...HEADROOM }).tests,
      ),
  )
  expect(tests.length).toBeGreaterThan(100)
  for (const { rule, citation, title, notes } of tests) {
    expect(`${title} ${notes.join(' ')}`).not.toMatch(VERDICTS)
    if (HEADROOM_RULES.some(({ id }) => id === rule)) expect(String(citation)).toMatch(CITED)
  }
})

test('an assumed law says from what it was taken', () => {
  const said = (changes: Partial<NoticeFacts>) =>
    lawWords(headroom({ ...FACTS, regime: null, ...changes }, [], HEADROOM))
  expect(said({})).toContain('(assumed from its start)')
  expect(said({ nation: 'scotland' })).toContain('(assumed: a Scottish authority (s.2(5)))')
  expect(said({ subject: 'health services' })).toContain('(assumed: health care services)')
  const callOff = { callOff: true, frameworkStart: day('2024-06-01') }
  expect(said(callOff)).toContain('(PCR15) (assumed: its framework’s start)')
  expect(said({ regime: 'PA23' })).not.toContain('assumed')
})

test('the pipeline and what a route was assumed by say "check" and the section', () => {
  const period = pipelinePeriod({ first: day('2027-04-01') })
  const said = [null, ...ROUTES.map(({ name }) => name)].flatMap((route) =>
    [null, '300000', '3000000'].flatMap((value) => {
      const of = contract({
        ...{ route, value: value === null ? null : asDecimal(value) },
        awardedEnd: endOn('2028-12-31'),
      })
      const entry = pipelineEntry(of, period, day('2027-04-01'), RULES)
      return entry === null ? [] : [entry.why]
    }),
  )
  expect(new Set(said).size).toBe(5)
  for (const why of said) {
    expect(why).toContain('check')
    expect(why).toMatch(CITED)
    expect(why).not.toMatch(VERDICTS)
  }
  for (const spend of ['yes', 'no', null] as const) {
    const words = pipelineWords({ period, spend, items: [], withoutEnd: 1 }).join(' ')
    expect(words).toContain('check')
    expect(words).not.toMatch(VERDICTS)
  }
  for (const changes of [{}, { value: null }, { regime: 'PSR23' as const }]) {
    const of = contract({ route: null, ...changes })
    const words = decisionWords(replacementRoute(of, day('2028-04-01'), RULES)).join(' ')
    expect(words).toContain('check')
    expect(words).not.toMatch(VERDICTS)
  }
})
