import fc from 'fast-check'
import { addDays } from '../src/rules/civil-date.ts'
import {
  type HeadroomFacts,
  headroom,
  oneMoreMonth,
  type RuledExtension,
} from '../src/rules/headroom.ts'
import { asDecimal } from '../src/rules/money.ts'
import { noticeTasks } from '../src/rules/notices.ts'
import { ROUTES } from '../src/rules/procurement-routes.ts'
import { startByRoute } from '../src/rules/start-by.ts'
import { ukCalendar } from '../src/rules/working-days.ts'
import { answerModal } from '../src/slack/forms/fields.ts'
import { readCommand, writeCommand } from '../src/slack/parse/command.ts'
import { ACTION_IDS, readActionValue } from '../src/text/buttons.ts'
import { calendarAnswer } from '../src/text/calendar-feed.ts'
import { cardAnswer } from '../src/text/contract-card.ts'
import { bareAnswer, dueAnswer, listAnswer } from '../src/text/contract-list.ts'
import { type CostsFacts, costsAnswer } from '../src/text/costs.ts'
import { explainAnswer, historyAnswer, previewAnswer } from '../src/text/explain.ts'
import type { ContractFacts, Message, MessageBlock } from '../src/text/facts.ts'
import { type HeadroomAnswerFacts, headroomAnswer } from '../src/text/headroom.ts'
import { helpAnswer, MANUAL, misreadAnswer, VERBS } from '../src/text/help.ts'
import { homeView } from '../src/text/home.ts'
import {
  answer,
  DATA_BLOCKS,
  dataBlocksIn,
  dataTable,
  LIMITS,
  textLength,
  textsOf,
  withTextFor,
} from '../src/text/message.ts'
import { startByAnswer } from '../src/text/procurement.ts'
import {
  candidatesAnswer,
  exportAnswer,
  failedAnswer,
  nearAnswer,
  saidAnswer,
  subscriptionsAnswer,
} from '../src/text/replies.ts'
import { triageListAnswer } from '../src/text/triage.ts'
import { cameFirstAnswer, doneAnswer } from '../src/text/warning.ts'
import {
  AMIRA,
  card,
  entries,
  entry,
  explained,
  history,
  home,
  page,
  preview,
} from './support/bot-facts.ts'
import { day, endOn, RULES } from './support/contract-facts.ts'
import { holds } from './support/holds.ts'
import { anyText, HOSTILE_TEXTS, markupIn, markupOf } from './support/hostile.ts'
import { AS_OF, contract } from './support/message-facts.ts'
import { refusedIn, refusedInView } from './support/slack-limits.ts'

const CLOCK = { today: AS_OF, yearStart: 4, calendar: ukCalendar('england-and-wales') }
const DONE = { what: 'acknowledged', by: AMIRA, on: AS_OF, askedAgain: addDays(AS_OF, 14) } as const

const OPEN = ROUTES.find(({ name }) => name === 'open') ?? (ROUTES[0] as (typeof ROUTES)[number])

const TOTAL = {
  ...{ currency: 'GBP', cost: asDecimal('8070000'), accrued: asDecimal('4000000'), invoiced: null },
  ...{ budget: asDecimal('9684000'), premium: asDecimal('3190555.56') },
  ...{ count: 3, costed: 3, budgeted: 3, priced: 2 },
}
const UNPRICED = { ...TOTAL, cost: null, accrued: null, budget: null, premium: null, priced: 0 }

const EXTENSIONS = (['emergency', 'unknown'] as const).map((kind) => ({
  ...{ kind, status: 'confirmed' as const, from: addDays(AS_OF, -60), to: addDays(AS_OF, -31) },
  ...{ cost: kind === 'unknown' ? null : asDecimal('4600000'), currency: 'GBP' },
  price: {
    ...{ baseline: asDecimal('2718333.33'), assumed: true, months: 1 },
    method: 'straight line over 60 months, basis assumed committed',
    premium: kind === 'unknown' ? null : asDecimal('1881666.67'),
    ratio: kind === 'unknown' ? null : 1.6922,
  },
}))

/** Tests of the Act: one in days, one in money, one for a person; the text wherever one can stand. */
function headroomOf(named: ContractFacts, text: string, more: number): HeadroomAnswerFacts {
  const facts: HeadroomFacts = {
    ...{ regime: null, start: day('2025-04-01'), awardedEnd: endOn('2026-03-31') },
    ...{ awardedMaximumEnd: day('2028-03-31'), value: asDecimal('4000000') },
    ...{ valueBasis: 'committed', vat: 'net', currency: 'GBP', works: false, lightTouch: null },
  }
  const authority = 'sub-central'
  const asked = { addDays: more, addCost: null, on: day('2026-06-01'), authority } as const
  const extension: RuledExtension = {
    ...{ kind: 'emergency', status: 'confirmed', from: day('2026-04-01'), to: day('2026-05-31') },
    ...{ cost: asDecimal('123456'), currency: 'GBP', knownOn: null, rule: null },
  }
  const { tests, ...law } = headroom(facts, [extension], asked)
  return {
    ...page(0),
    ...{ contract: named, currency: 'GBP', categoryLead: AMIRA, addDays: more },
    notices: noticeTasks(
      { ...facts, closedOn: null },
      [{ ...extension, to: day('2026-09-30'), noticeReference: null }],
      [{ notice: 'UK11', on: day('2026-10-29'), text }],
      { today: AS_OF, authority },
    ),
    headroom: { ...law, tests: tests.map((each) => ({ ...each, notes: [...each.notes, text] })) },
    oneMoreMonth: oneMoreMonth(facts, [extension], asked),
  }
}

function costs(text: string | null, unknown = false): CostsFacts {
  const word = (usual: string) => text ?? usual
  const totals = [unknown ? UNPRICED : TOTAL]
  return {
    ...{ ...page(0), team: text },
    costs: {
      year: '2022/23',
      totals: text === null ? totals : [{ ...TOTAL, currency: text }],
      months: [
        { name: '2022-04', totals: [] },
        { name: '2022-05', totals },
      ],
      teams: ['Digital', 'Estates'].map((name) => ({ name: word(name), totals })),
      suppliers: Array.from({ length: 10 }, () => ({ name: word('Microsoft'), totals })),
      outOfContract: [
        {
          ...{ reference: word('C-1042'), title: word('Office licences') },
          ...{ supplier: word('Beta plc'), currency: word('GBP'), since: addDays(AS_OF, -10) },
          ...{ accrued: null, baseline: null },
          method: word('no charge, invoices or value recorded'),
        },
      ],
    },
  }
}

/** Every answer, with this text wherever text from outside can stand. */
function answersWith(text: string | null): Record<string, Message> {
  const word = <T>(usual: T) => text ?? usual
  const person = text === null ? AMIRA : { name: text, slackUser: text }
  const names = text === null ? {} : { reference: text, title: text, supplier: text }
  const owned = text === null ? {} : { ...names, currency: text, owner: person }
  const named = text === null ? contract() : contract({ ...owned, buyer: text, team: text })
  const listed = text === null ? {} : { ...owned, note: text }
  /** These facts where the text stands in all of them, else what stands there anyway. */
  const where = <T extends object>(facts: (text: string) => T) => (text === null ? {} : facts(text))
  const paged = { ...page(34), entries: entries(10, listed), query: word('due mine') }
  const shared = { shared: true, hidePrices: true }
  const { kind, on } = { kind: 'end', on: AS_OF } as const
  const change = (each: string) => {
    const all = { at: each, by: person, via: each, what: each, field: each, from: each, to: each }
    return { contract: named, entries: Array.from({ length: 10 }, () => ({ on, ...all })) }
  }
  const near = {
    ...{ contractId: 17, version: 1, reference: word('C-1042') },
    ...{ title: word('Office licences'), supplier: word('Beta plc') },
  }
  const address = `https://contracts.trust.example/calendar/${'0123456789abcdef'.repeat(4)}.ics`
  const ends = { deadline: AS_OF, on: AS_OF }
  const release = {
    ...{ name: 'Windows Server 2016', next: [{ ...ends, rung: 0 }], silent: null },
    raised: [{ ...ends, rung: 1, sentOn: AS_OF, state: 'open' }],
  }
  return {
    'what is due': dueAnswer({ ...paged, days: 90, scope: word('of team Digital') }),
    'nothing is due': dueAnswer({ ...page(0), days: 90, scope: word('') }),
    'the bare command': bareAnswer({ ...page(2), days: 90, scope: word('of yours') }),
    'what is due, shared where others read': dueAnswer({
      ...{ ...paged, ...shared, days: 90, scope: '' },
    }),
    'a later page of a list': listAnswer({ ...paged, page: 2, scope: word('without an owner') }),
    'nothing found': listAnswer({ ...page(0), scope: word('with "pathology"') }),
    'one contract': cardAnswer(
      card({
        ...{ deputy: person, source: word('contract-register.csv') },
        ...where((it) => ({ contract: named, problems: [it, it], noticePeriod: it, standing: it })),
      }),
    ),
    'one contract, to somebody who may not change it': cardAnswer(card({ mayChange: false })),
    'one contract, shared where others read': cardAnswer(card(shared)),
    'one contract without cover, its extensions priced': cardAnswer(
      card({
        month: { known: false, why: word('no start recorded') },
        accruing: {
          ...{ since: addDays(AS_OF, -30), accrued: asDecimal('33333.33') },
          ...{ baseline: asDecimal('34000'), method: 'charge per month' },
        },
        extensions: EXTENSIONS.map((each) => ({ ...each, currency: word('GBP') })),
        ...where(() => ({ contract: named })),
      }),
    ),
    'what rollovers cost': costsAnswer(costs(text)),
    'what rollovers cost, where nobody knows': costsAnswer(costs(text, true)),
    'what rollovers cost, shared where others read': costsAnswer({ ...costs(text), ...shared }),
    'what headroom was used': headroomAnswer(headroomOf(named, word('Ours alone.'), 0)),
    'what headroom would be used, shared where others read': headroomAnswer({
      ...{ ...headroomOf(named, word('Ours alone.'), 31), ...shared },
    }),
    'when to start replacing it': startByAnswer({
      ...{ ...page(0), contract: named },
      count: {
        ...startByRoute(day('2027-04-01'), OPEN, RULES),
        ...{ coverFrom: day('2027-04-01'), routeTitle: word('open procedure'), assumed: true },
        ...{ startBy: day('2026-07-24'), passed: false, gapUnavoidableFrom: addDays(AS_OF, -2) },
        fits: [{ route: word('quotes'), startBy: addDays(AS_OF, -3), shortfallDays: 3 }],
      },
    }),
    'why it was warned of': explainAnswer(
      explained(
        where((it) => ({
          contract: named,
          raised: [{ kind, rung: 3, on, sentOn: on, state: it }],
          silent: [{ kind, why: it }],
        })),
      ),
    ),
    'why it was silent': explainAnswer(
      explained({ raised: [], next: [], silent: [{ kind: 'contract', why: word('no end date') }] }),
    ),
    'why a product was told of': explainAnswer(
      explained({ products: [{ ...release, team: word('Wards') }] }),
    ),
    'who changed it': historyAnswer(history(where(change))),
    'nobody changed it': historyAnswer(history({ entries: [], total: 0 })),
    'what a channel will hear': previewAnswer(preview(14, { channel: word('#digital') })),
    'nothing to hear': previewAnswer(preview(0)),
    'the list after a first import': triageListAnswer({
      ...{ ...page(12), team: word('Digital'), teamId: 3, mayConfirm: true },
      laddersFrom: addDays(AS_OF, 14),
      entries: entries(3, listed).map((each, index) => ({ ...each, historic: index === 1 })),
    }),
    help: helpAnswer(null),
    'help with one command': helpAnswer('snooze'),
    'a slip of the keyboard': misreadAnswer({
      ...{ problem: word('"snoze" is no command.'), meant: word('snooze "C-17" 2023-04-14') },
      ...{ said: word('snooze C-17 2023-04-14'), example: '/contracts snooze C-1042 2w' },
    }),
    'nothing understood': misreadAnswer({
      ...{ problem: 'Which contract?', meant: null, said: null },
      example: word('/contracts show C-1042'),
    }),
    'several contracts': candidatesAnswer(word('365'), entries(12, listed), true),
    'no contract': nearAnswer(word('365'), []),
    'nearly so': nearAnswer(word('C-10422'), [near]),
    done: doneAnswer(named, DONE, false),
    'somebody came first': cameFirstAnswer(named, DONE, false),
    'a sentence': saidAnswer(word('The list is confirmed: warnings start today.'), [word('x')]),
    subscriptions: subscriptionsAnswer({
      ...{ channel: word('#digital'), mayChange: true },
      items: [{ id: 4, filters: word('supplier Bytes'), by: person, on: AS_OF }],
    }),
    'a calendar': calendarAnswer({ team: null, address, deadlines: 12 }),
    'a calendar of a team': calendarAnswer({ team: 'Digital & *data*', address, deadlines: 0 }),
    'no subscription': subscriptionsAnswer({ channel: '#digital', mayChange: true, items: [] }),
    'a file': exportAnswer('1,234 contracts', {
      ...{ name: 'register.csv', title: word('The register, as of Fri 31 Mar 2023'), content: '' },
    }),
    'our own fault': failedAnswer(word('extend C-1042'), 'b7f3'),
  }
}

/** The buttons and menus of a message, as words. */
function offered(blocks: readonly unknown[]): string[] {
  const words: string[] = []
  JSON.stringify(blocks, (_, value) => {
    if (value?.type === 'button') words.push(`[${value.text.text}]`)
    if (value?.type === 'overflow') {
      const options: { text: { text: string } }[] = value.options
      words.push(`(${options.map((option) => option.text.text).join(' | ')})`)
    }
    if (value?.type === 'static_select') {
      const chosen = value.initial_option?.text.text
      words.push(`(${value.placeholder.text}${chosen === undefined ? '' : `: ${chosen}`})`)
    }
    return value
  })
  return [...new Set(words)]
}

/** What is said beside them. */
function spoken(blocks: readonly MessageBlock[]): string[] {
  return blocks.flatMap((block) =>
    textsOf(block.type === 'context' ? block.elements : 'text' in block ? [block.text] : []),
  )
}

describe('an answer', () => {
  it('reads well aloud', () => {
    for (const [name, message] of Object.entries(answersWith(null))) {
      expect(`${message.text}\n${offered(message.blocks).join(' ')}`).toMatchSnapshot(name)
    }
  })

  it('never says more in blocks than in the text that is read out', () => {
    for (const message of Object.values(answersWith(null))) {
      const told = message.text.replaceAll('*', '')
      for (const text of spoken(message.blocks)) expect(told).toContain(text.replaceAll('*', ''))
    }
  })

  it('a card names the framework that its contract was called off under, escaped', () => {
    expect(cardAnswer(card({ parent: '<!here> RM6100' })).text).toContain(
      'Called off under &lt;!here&gt; RM6100.',
    )
    expect(cardAnswer(card({})).text).not.toContain('Called off')
  })

  it('the history of a contract reads as sentences, not as its columns', () => {
    const [first] = history().entries
    if (first === undefined) throw new Error('There is no entry.')
    const entries = [
      ['updated', 'out_of_contract_on', null, '2026-11-27'],
      ['acknowledged', 'end', null, '2026-11-26'],
      ['snoozed', 'emergency-end', null, '2026-12-01 (the board meets)'],
      ['decided', 'start-by', '2026-09-23', 'Compete: one lot'],
      ['extended', 'emergency', '2026-11-28', '2026-12-31'],
      ['procurement planned', 'open', null, '2027-07-09'],
      ['decided', 'end', '2026-12-31', 'Leave at £9 less'],
      ['snoozed', 'end', null, '2026-12-01 (until the board agrees)'],
      ['novated', 'supplier', 'Northwind', 'Contoso'],
    ].map(([what, field = '', from = null, to = null]) => {
      return { ...first, what: what ?? '', field, from, to }
    })
    const said = (hidePrices: boolean) =>
      historyAnswer(history({ entries, hidePrices })).text.split('\n').slice(1, 10)
    const told = said(false).map((line) => line.replace(/^.*14∶05: (.*)\. Amira Khan.*$/, '$1'))
    expect(told).toEqual([
      'supplied without a contract from: Fri 27 Nov 2026',
      'on it (end) until Thu 26 Nov 2026',
      'snoozed (emergency end) until Tue 1 Dec 2026 (the board meets)',
      'decided on the day to start buying, Wed 23 Sep 2026: Compete: one lot',
      'extended (emergency): Sat 28 Nov 2026 → Thu 31 Dec 2026',
      'procurement planned (open), to be signed by Fri 9 Jul 2027',
      'decided on the end, Thu 31 Dec 2026: Leave at £9 less',
      'snoozed (end) until Tue 1 Dec 2026 (until the board agrees)',
      'novated (supplier): Northwind → Contoso',
    ])
    // Others read what was extended and renamed; a decision about the end no more than any other.
    expect(said(true).join('\n')).not.toMatch(/Compete|board|£9/)
    expect(said(true).join('\n')).toContain('novated (supplier): Northwind → Contoso')
    const none = historyAnswer(history({ total: 0, entries: [] })).text
    expect(none).not.toContain('The latest first')
  })

  it('says of an empty answer why it is empty, or where else to look', () => {
    const none = dueAnswer({ ...page(0), days: 90, scope: 'of yours' }).text
    expect(none).toContain('Nothing of yours is due within 90 days, and nothing is overdue')
    expect(none).toContain('/contracts due 365d')
    expect(previewAnswer(preview(0, { isTold: false })).text).toContain('/contracts subscribe')
    expect(previewAnswer(preview(0)).text).not.toContain('/contracts subscribe')
  })

  it('hides prices where others than the organisation read', () => {
    const { text } = cardAnswer(card({ hidePrices: true }))
    expect(text).not.toMatch(/£|Cost/)
    const due = dueAnswer({ ...page(9), hidePrices: true, days: 90, scope: '' })
    expect(due.text).not.toMatch(/£|[Vv]alue/)
  })

  it('has no buttons of the asker once it is shared', () => {
    const shared = { shared: true }
    const answers = [
      dueAnswer({ ...page(34, shared), days: 90, scope: '' }),
      cardAnswer(card(shared)),
      historyAnswer(history(shared)),
      explainAnswer(explained(shared)),
    ]
    for (const { blocks } of answers) expect(offered(blocks)).toEqual([])
  })

  it('explains every command that there is, with an example of each', () => {
    const { text } = helpAnswer(null)
    for (const verb of VERBS) {
      expect(text).toContain(MANUAL[verb].does)
      expect(helpAnswer(verb).text).toContain(`/contracts ${MANUAL[verb].examples[0]}`)
    }
  })

  it('carries only buttons that the bot can read, whose commands it understands', () => {
    const answers = Object.values(answersWith(null)).map(({ blocks }) => blocks)
    let read = 0
    JSON.stringify([...answers, homeView(home(30)).blocks], (_, value) => {
      const isElement = typeof value?.action_id === 'string'
      if (isElement) expect(value.action_id).toMatch(ACTION_IDS)
      const carried = isElement && value.type === 'button' ? [value] : (value?.options ?? [])
      for (const each of carried) {
        const action = readActionValue(each.value)
        expect(action).not.toBeNull()
        read += 1
        if (action === null || !('query' in action)) continue
        const command = readCommand(action.query, CLOCK)
        if (command.verb === 'misread') throw new Error(`${action.query} is not understood.`)
        expect(readCommand(writeCommand(command), CLOCK)).toEqual(command)
      }
      return value
    })
    expect(read).toBeGreaterThan(100)
  })
})

describe('text from outside, in an answer, a modal or App Home', () => {
  it('never becomes markup, and always fits, whatever it is', () => {
    const check = (text: string): undefined => {
      const answers = answersWith(text)
      for (const [name, message] of Object.entries(answers)) {
        expect(message.text.length).toBeGreaterThan(0)
        expect(message.text.length).toBeLessThanOrEqual(LIMITS.text)
        expect(textLength(message.blocks)).toBeLessThanOrEqual(LIMITS.blockText)
        expect(refusedIn(message.blocks), name).toEqual([])
        // Mentions of ours name a person by a Slack id.
        const plainer = withTextFor(message, DATA_BLOCKS)
        expect(refusedIn(plainer.blocks), name).toEqual([])
        expect(dataBlocksIn(plainer), name).toEqual([])
        const marked = [...markupOf(message.blocks), ...markupOf(plainer.blocks)]
        const ours = [message.text, ...marked].map((each) =>
          each.replaceAll('<@U0AMIRA01>', '').replace(/```\n[^`]*\n```/g, ''),
        )
        const raw = textsOf(message.blocks.filter(({ type }) => type === 'data_table'))
        expect(raw.join(''), name).not.toMatch(/[<>]/)
        expect(
          ours.map(markupIn).filter((found) => found !== null),
          name,
        ).toEqual([])
        expect(refusedInView(answerModal(text, message)), name).toEqual([])
      }
      const view = homeView(home(9, { reference: text, title: text, supplier: text, note: text }))
      expect(refusedInView(view)).toEqual([])
      expect(textsOf(view.blocks).map(markupIn).filter(Boolean)).toEqual([])
    }
    for (const text of HOSTILE_TEXTS) check(text)
    holds([anyText], 6, check)
  })
})

test('tables whose cells hold too much together are told as text from the one that does not fit', () => {
  const rows = Array.from({ length: 90 }, (_, at) => [`${at}`, 'x'.repeat(70)])
  const { blocks } = answer([1, 2, 3].map((at) => dataTable(`Table ${at}`, ['No.', 'Name'], rows)))
  expect(refusedIn(blocks)).toEqual([])
  expect(blocks.filter(({ type }) => type === 'data_table')).toHaveLength(1)
  expect(textsOf(blocks).join('')).toMatch(/\*Table 2\*|more lines that did not fit/)
  const [table] = dataTable('Teams', ['Team', 'Name'], [...rows, ...rows]).blocks
  expect(table).toMatchObject({ caption: 'Teams: the first 100 of 180', page_size: 25 })
  expect(textsOf([table]).slice(0, 4)).toEqual(['Team', 'Name', '0', 'x'.repeat(70)])
})

describe('App Home', () => {
  it('reads well aloud', () => {
    const words = (facts: Parameters<typeof homeView>[0]) => {
      const { blocks } = homeView(facts)
      return `${spoken(blocks as readonly MessageBlock[]).join('\n')}\n${offered(blocks).join(' ')}`
    }
    const mine = { view: 'mine' } as const
    expect(words({ ...home(0), ...mine })).toMatchSnapshot('nothing yet')
    expect(words({ ...home(2), ...mine })).toMatchSnapshot('mine, two of each')
    expect(words(home(2))).toMatchSnapshot('my team, two of each')
    // Of seven each: six of what nobody classified, six of what names me as approver.
    expect(words({ ...home(7), ...mine }).match(/and 1 more\./g)).toHaveLength(2)
    expect(words({ ...home(2), isAdministrator: false, mayAdd: false })).not.toMatch(
      /Import|Settings|unwell|Add/,
    )
  })

  it('fits for any number of contracts, with names of any length', () => {
    holds(
      [
        fc.array(fc.nat(60), { minLength: 7, maxLength: 7 }),
        fc.constantFrom('Lift maintenance', ...HOSTILE_TEXTS),
      ],
      25,
      (counts, title) => {
        const facts = home(0)
        const list = (index: number) => ({
          total: (counts[index] ?? 0) * 1700,
          entries: Array.from({ length: counts[index] ?? 0 }, (_, each) => entry(each, { title })),
        })
        const view = homeView({
          ...facts,
          view: (counts[1] ?? 0) % 2 === 0 ? 'mine' : 'team',
          ...{ mine: list(0), teamSoon: list(1), outOfContract: list(2), unclassified: list(3) },
          ...{ unowned: list(4), undated: list(5), rolling: list(6) },
          troubles: Array.from({ length: counts[0] ?? 0 }, () => title),
        })
        expect(refusedInView(view)).toEqual([])
        // What a person can always do stands within the view, also in the longest.
        expect(offered(view.blocks)).toContain('[Preferences]')
      },
    )
  })
})
