/** Twelve contracts held against the law: the table of docs/law.md, counted again. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { currentEnd, firstDayAfter } from '../src/rules/contract.ts'
import { headroom } from '../src/rules/headroom.ts'
import { asDecimal } from '../src/rules/money.ts'
import { type NoticedExtension, type NoticeFacts, noticeTasks } from '../src/rules/notices.ts'
import { type Authority, type Nation, subjectOf } from '../src/rules/regime.ts'
import { withRuleSettings } from '../src/rules/settings.ts'
import {
  estimatedReplacement,
  replacementRoute,
  routesThatFit,
  startByRoute,
} from '../src/rules/start-by.ts'
import { contract, day, endOn, RULES } from './support/contract-facts.ts'
import { present } from './support/present.ts'

const TODAY = day('2026-11-29')

type Facts = Partial<NoticeFacts> & Pick<NoticeFacts, 'start' | 'awardedEnd' | 'value'>

interface Case {
  readonly name: string
  readonly authority: Authority
  readonly nation: Nation | null
  readonly facts: Facts
}

/** `council 2026-04-01 2028-03-31 115000`: who, from when to when, and for how much; or in another nation. */
function of(name: string, plain: string, facts: Partial<NoticeFacts> = {}): Case {
  const [authority, start, end, value, nation = null] = plain.split(' ')
  const dates = { start: day(present(start)), awardedEnd: endOn(present(end)) }
  return {
    ...{ name, authority: authority as Authority, nation: nation as Nation | null },
    facts: { ...facts, ...dates, value: asDecimal(present(value)) },
  }
}

const CALL_OFF = { callOff: true, form: 'call-off' } as const

const CASES: readonly Case[] = [
  of('Trust, goods, £115,000 net', 'nhs-trust 2026-02-01 2028-01-31 115000'),
  of('Council, goods, £115,000 net', 'council 2026-02-01 2028-01-31 115000'),
  of('Trust, goods, £190,000 net', 'nhs-trust 2026-04-01 2028-03-31 190000'),
  of('Council, goods, £190,000 net', 'council 2026-04-01 2028-03-31 190000'),
  of('Council, goods, £200,000 gross', 'council 2026-04-01 2028-03-31 200000', { vat: 'gross' }),
  of('Trust, goods of 2022, £1m net', 'nhs-trust 2022-04-01 2027-03-31 1000000'),
  of('Trust, health care services, £2m net', 'nhs-trust 2024-07-01 2027-06-30 2000000', {
    regime: 'PSR23',
  }),
  of(
    'Trust, call-off of 2026 under a framework of 2024',
    'nhs-trust 2026-01-01 2027-12-31 400000',
    { ...CALL_OFF, frameworkStart: day('2024-06-01'), route: 'mini-competition' },
  ),
  of(
    'Trust, call-off of 2026 under a framework of 2025',
    'nhs-trust 2026-01-01 2027-12-31 400000',
    { ...CALL_OFF, frameworkStart: day('2025-06-01'), route: 'framework-direct-award' },
  ),
  of('Council, its own framework, £6m gross', 'council 2026-06-01 2030-05-31 6000000', {
    ...{ form: 'framework', vat: 'gross', route: 'open' },
  }),
  of('Council, services by direct award, £4.5m net', 'council 2026-09-01 2028-08-31 4500000', {
    route: 'direct-award',
  }),
  of('Scottish council, goods, £500,000 net', 'council 2026-04-01 2028-03-31 500000 scotland'),
]

const UNSAID: Omit<NoticeFacts, 'start' | 'awardedEnd' | 'value'> = {
  regime: null,
  awardedMaximumEnd: null,
  valueBasis: 'committed',
  vat: 'net',
  currency: 'GBP',
  works: null,
  lightTouch: null,
  closedOn: null,
}

function row({ name, authority, nation, facts }: Case, at: number): string {
  const rules = withRuleSettings(RULES, { authority })
  const whole: NoticeFacts = { ...UNSAID, ...facts }
  const asked = { on: TODAY, today: TODAY, authority, nation }
  const room = headroom(whole, [], { ...asked, addDays: 0, addCost: null })
  const held = contract({ ...facts, route: facts.route ?? null, regime: room.regime })
  const cover = firstDayAfter(currentEnd(held))
  if (cover === null) throw new Error('It has an end.')
  const { gross, threshold } = estimatedReplacement(held, cover, rules)
  const { route, fastest, assumed } = replacementRoute(held, cover, rules)
  const from = startByRoute(cover, route, rules).on
  const to = startByRoute(cover, fastest, rules).on
  const tests = room.tests
    .filter(({ measure }) => measure !== 'judgement')
    .map(
      ({ rule, limit, measure }) =>
        `${rule} ${measure === 'money' ? '£' : ''}${limit}${measure === 'days' ? ' days' : ''}`,
    )
  const notices = noticeTasks(whole, [], [], asked).map(({ notice, on }) => `${notice} ${on}`)
  return `| ${[
    at + 1,
    name,
    `${room.regime}${room.assumed ? ' (assumed)' : ''}`,
    `£${gross} against £${threshold?.amount}`,
    assumed ? `${route.name} (assumed)` : route.name,
    from === to ? from : `${from} to ${to} (${fastest.name})`,
    tests.length === 0 ? 'check' : tests.join(', '),
    notices.length === 0 ? 'none' : notices.join(', '),
  ].join(' | ')} |`
}

test('the table of twelve contracts in docs/law.md says what the rules count', () => {
  const page = readFileSync(new URL('../docs/law.md', import.meta.url), 'utf8')
  const said = page.match(/^\| \d+ \| .*$/gm)
  expect(said).toEqual(CASES.map(row))
  expect(CASES.length).toBe(12)
})

const RULES_TABLE =
  /^\| [^|]+ \| ([^|]+) \| `([a-z]+\/[\w/-]+\.ts)` \| `(test\/[\w-]+\.test\.ts)` \| (.+) \|$/gm

test('every rule of docs/law.md names its section, its file and a test that is there', () => {
  const page = readFileSync(new URL('../docs/law.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(RULES_TABLE)]
  expect(rows.length).toBeGreaterThan(45)
  const [, table = ''] = page.split('## Each rule, its section and its test')
  expect(table.split('\n## ')[0]?.match(/^\| (?!rule|---)/gm)?.length).toBe(rows.length)
  for (const [, section = '', rule = '', file = '', name = ''] of rows) {
    expect(existsSync(new URL(`../src/${rule}`, import.meta.url)), rule).toBe(true)
    expect(section).toMatch(/(?:ss?\.\d|reg |regs |Schedule |SI \d|–)/)
    const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
    expect(
      [`'`, '"', '`'].some((mark) => text.includes(`${mark}${name}${mark}`)),
      `${file}: ${name}`,
    ).toBe(true)
  }
})

/** What changed: from, to, its cost, the rule it was recorded under, its kind. */
const change = (
  plain: string,
  rule: string | null = null,
  kind: NoticedExtension['kind'] = 'variation',
): NoticedExtension => {
  const [from, to, cost] = plain.split(' ')
  return {
    ...{ kind, status: 'confirmed', from: day(present(from)), to: day(present(to)), rule },
    ...{ currency: 'GBP', cost: asDecimal(present(cost)), knownOn: null, noticeReference: null },
  }
}

const PUBLIC = { regime: 'PA23' } as const
const INSIDE =
  'pa23-not-substantial inside, pa23-below-threshold inside, pa23-below-threshold-aggregate inside'
const JUDGED = 'pa23-scope check, pa23-economic-balance check'

/** Each with its answer, read from the sections before it was counted. */
const AWKWARD: readonly (readonly [Case, readonly NoticedExtension[], string])[] = [
  [
    // S.2(5): whoever let the framework, a devolved Scottish authority is outside the Act.
    of(
      'Scottish council calls off an English framework of 2025',
      'council 2026-05-01 2028-04-30 300000 scotland',
      {
        ...{ ...CALL_OFF, ...PUBLIC, frameworkStart: day('2025-06-01') },
        ...{ ofFramework: true, route: 'mini-competition' },
      },
    ),
    [change('2028-05-01 2029-04-30 150000')],
    'other (assumed); own-rules check; none',
  ],
  [
    // PSR reg 3: services and equipment of one contract; reg 13(2)(b): £100,000 of £500,000.
    of(
      'Trust, health care services with equipment, £600,000 net',
      'nhs-trust 2026-04-01 2028-03-31 600000',
      subjectOf('Health care services with equipment'),
    ),
    [change('2028-04-01 2028-06-30 100000')],
    'PSR23 (assumed); psr23-small inside, psr23-material check; none',
  ],
  [
    of(
      'Council, a utilities contract, £900,000 net',
      'council 2026-04-01 2028-03-31 900000',
      subjectOf('Utilities contract'),
    ),
    [change('2028-04-01 2029-03-31 400000')],
    'other (assumed); own-rules check; none',
  ],
  [
    // Below £663,540; s.87(3) from £30,000; no section asks for more.
    of('Council, light touch, £500,000 gross', 'council 2026-04-01 2027-03-31 500000', {
      ...{ lightTouch: true, vat: 'gross' },
    }),
    [],
    'PA23 (assumed); pa23-light-touch check; UK7 2026-04-01',
  ],
  [
    // S.74(2), s.75(6)(b): £800,000 is public, and no change notice is asked; s.80: its end is told of.
    of('The same, taken to £800,000', 'council 2026-04-01 2027-03-31 500000', {
      ...{ lightTouch: true, vat: 'gross' },
    }),
    [change('2027-04-01 2027-09-30 300000')],
    'PA23 (assumed); pa23-light-touch check; UK7 2026-04-01, UK11 2027-10-29',
  ],
  [
    // Reg 72(5): £90,000 is below £100,000 and the threshold; no notice of a small change.
    of('Council, goods of 2023 changed in 2026, £1m net', 'council 2023-04-01 2026-12-31 1000000'),
    [change('2027-01-01 2027-03-31 90000', 'reg 72(5)')],
    'PCR15 (assumed); pcr15-small near, pcr15-not-substantial check, pcr15-scope check, pcr15-economic-balance check; none',
  ],
  [
    // S.74(4)(a): £90,000 of £200,000 each; (b): £175,000 net is £210,000, past £207,720.
    of(
      'Council, £2m net, two small changes that cross with VAT',
      'council 2026-04-01 2028-03-31 2000000',
      PUBLIC,
    ),
    [
      change('2028-04-01 2028-04-10 90000', 's.74(4)'),
      change('2028-04-11 2028-04-20 85000', 's.74(4)'),
    ],
    `PA23; ${INSIDE.replace(/inside$/, 'over')}, ${JUDGED}; UK6 2026-03-31, UK7 2026-04-30, UK11 2028-05-19`,
  ],
  [
    // Schedule 3 para 1(2)(c): £60,000 and as much again is £144,000 with VAT, past £135,018.
    of(
      'Trust, £60,000 net for a year and an option for another',
      'nhs-trust 2026-04-01 2027-03-31 60000',
      { ...PUBLIC, awardedMaximumEnd: day('2028-03-31') },
    ),
    [],
    `PA23; ${INSIDE}, ${JUDGED}; UK6 2026-03-31, UK7 2026-04-30, UK11 2027-04-29`,
  ],
  [
    // Schedule 3 para 5: what cannot be estimated counts as more than the threshold.
    of('Council, €300,000', 'council 2026-04-01 2028-03-31 300000', { ...PUBLIC, currency: 'EUR' }),
    [],
    `PA23; pa23-not-substantial inside, pa23-below-threshold unknown, pa23-below-threshold-aggregate unknown, ${JUDGED}; UK6 2026-03-31, UK7 2026-04-30, UK11 2028-04-29`,
  ],
  [
    // SI 2024/716 reg 5: it may have been advertised in 2024.
    of('Trust, goods from May 2025, £1m net', 'nhs-trust 2025-05-01 2027-04-30 1000000'),
    [],
    `PA23 (assumed); ${INSIDE}, ${JUDGED}, regime check; UK6 2025-04-30, UK7 2025-05-30, UK11 2027-05-29`,
  ],
  [
    // S.53(4): no copy in Wales; s.71 there from 1 Apr 2026, so for the year to 31 Mar 2027.
    of('Welsh council, £6m gross', 'council 2026-04-01 2028-03-31 6000000 wales', {
      ...{ ...PUBLIC, vat: 'gross' },
    }),
    [],
    `PA23; ${INSIDE}, ${JUDGED}; UK6 2026-03-31, UK7 2026-04-30, UK9 2027-03-31, UK11 2028-04-29`,
  ],
  [
    of(
      'Northern Ireland council, £500,000 net',
      'council 2026-04-01 2028-03-31 500000 northern-ireland',
    ),
    [change('2028-04-01 2029-03-31 250000')],
    'other (assumed); own-rules check; none',
  ],
  [
    // The option is in the value; £150,000 and £30,000 net are £216,000, past £207,720 (s.74(1)).
    of(
      'Council, below threshold: an option, then a change that takes it there',
      'council 2026-04-01 2027-03-31 150000',
      { regime: 'below-threshold' },
    ),
    [change('2027-04-01 2028-03-31 90000', null, 'option'), change('2028-04-01 2028-06-30 30000')],
    'below-threshold; pa23-convertible check, own-rules check; UK7 2026-04-01, UK10 2028-03-31, UK11 2028-07-29',
  ],
  [
    // Ss.53(1)(a), (3)(a): 120 and 180 days; s.52(6)(d): no indicators; s.75(6)(b): no change notice.
    of('Council, light touch, £6m gross', 'council 2026-04-01 2028-03-31 6000000', {
      ...{ ...PUBLIC, vat: 'gross', lightTouch: true },
    }),
    [change('2028-04-01 2028-06-30 900000')],
    'PA23; pa23-light-touch check; UK6 2026-03-31, UK7 2026-07-29, copy 2026-09-27, UK11 2028-07-29',
  ],
  [
    // Reg 13(3): only the character; reg 13(4): the notice is asked of these changes too.
    of('Trust, PSR direct award A changed by £900,000', 'nhs-trust 2025-04-01 2027-03-31 2000000', {
      regime: 'PSR23',
      route: 'psr-direct-award-a',
    }),
    [change('2027-04-01 2027-09-30 900000', 'psr23-direct-award')],
    'PSR23; psr23-direct-award check, psr23-material check; PSR-change 2027-05-01',
  ],
]

test.each(AWKWARD)(
  'in an awkward constellation each has the answer of its sections: %j',
  (given, made, answer) => {
    const { authority, nation, facts } = given
    const whole: NoticeFacts = { ...UNSAID, ...facts }
    const asked = { on: TODAY, today: TODAY, authority, nation }
    const { regime, assumed, tests } = headroom(whole, made, {
      ...asked,
      ...{ addDays: 0, addCost: null },
    })
    const notices = noticeTasks(whole, made, [], asked).map(({ notice, on }) => `${notice} ${on}`)
    const states = tests.map(({ rule, state }) => `${rule} ${state}`).join(', ')
    const said = `${regime}${assumed ? ' (assumed)' : ''}; ${states}; ${notices.join(', ') || 'none'}`
    expect(said).toBe(answer)
  },
)

test('once a framework takes no call-offs any more, none fits by it', () => {
  const rules = withRuleSettings(RULES, { authority: 'nhs-trust', callOffBy: day('2026-03-31') })
  const called = { regime: null, gross: null, threshold: null, route: 'open' } as const
  const { fits } = routesThatFit(day('2028-06-01'), called, TODAY, rules)
  expect(fits.map(({ route }) => route).filter((route) => /framework|mini/.test(route))).toEqual([])
})
