/** Twelve contracts held against the law: the table of docs/law.md, counted again. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { CivilDate } from '../src/rules/civil-date.ts'
import { currentEnd, firstDayAfter } from '../src/rules/contract.ts'
import { headroom } from '../src/rules/headroom.ts'
import { asDecimal } from '../src/rules/money.ts'
import { type NoticeFacts, noticeTasks } from '../src/rules/notices.ts'
import type { Authority, Nation } from '../src/rules/regime.ts'
import { withRuleSettings } from '../src/rules/settings.ts'
import { estimatedReplacement, replacementRoute, startByRoute } from '../src/rules/start-by.ts'
import { contract, day, endOn, RULES } from './support/contract-facts.ts'

const TODAY = day('2026-11-29')

interface Case {
  readonly name: string
  readonly authority: Authority
  readonly nation?: Nation
  readonly facts: Partial<NoticeFacts> & {
    readonly start: CivilDate
    readonly awardedEnd: NoticeFacts['awardedEnd']
    readonly value: NoticeFacts['value']
  }
}

const of = (
  name: string,
  authority: Authority,
  start: string,
  end: string,
  value: string,
  facts: Partial<NoticeFacts> = {},
  nation?: Nation,
): Case => ({
  name,
  authority,
  ...(nation === undefined ? {} : { nation }),
  facts: { ...facts, start: day(start), awardedEnd: endOn(end), value: asDecimal(value) },
})

const CASES: readonly Case[] = [
  of('Trust, goods, £115,000 net', 'nhs-trust', '2026-02-01', '2028-01-31', '115000'),
  of('Council, goods, £115,000 net', 'council', '2026-02-01', '2028-01-31', '115000'),
  of('Trust, goods, £190,000 net', 'nhs-trust', '2026-04-01', '2028-03-31', '190000'),
  of('Council, goods, £190,000 net', 'council', '2026-04-01', '2028-03-31', '190000'),
  of('Council, goods, £200,000 gross', 'council', '2026-04-01', '2028-03-31', '200000', {
    vat: 'gross',
  }),
  of('Trust, goods of 2022, £1m net', 'nhs-trust', '2022-04-01', '2027-03-31', '1000000'),
  of('Trust, health care services, £2m net', 'nhs-trust', '2024-07-01', '2027-06-30', '2000000', {
    regime: 'PSR23',
  }),
  of(
    'Trust, call-off of 2026 under a framework of 2024',
    'nhs-trust',
    '2026-01-01',
    '2027-12-31',
    '400000',
    {
      callOff: true,
      form: 'call-off',
      frameworkStart: day('2024-06-01'),
      route: 'mini-competition',
    },
  ),
  of(
    'Trust, call-off of 2026 under a framework of 2025',
    'nhs-trust',
    '2026-01-01',
    '2027-12-31',
    '400000',
    {
      callOff: true,
      form: 'call-off',
      frameworkStart: day('2025-06-01'),
      route: 'framework-direct-award',
    },
  ),
  of('Council, its own framework, £6m gross', 'council', '2026-06-01', '2030-05-31', '6000000', {
    form: 'framework',
    vat: 'gross',
    route: 'open',
  }),
  of(
    'Council, services by direct award, £4.5m net',
    'council',
    '2026-09-01',
    '2028-08-31',
    '4500000',
    {
      route: 'direct-award',
    },
  ),
  of(
    'Scottish council, goods, £500,000 net',
    'council',
    '2026-04-01',
    '2028-03-31',
    '500000',
    {},
    'scotland',
  ),
]

function row({ name, authority, nation, facts }: Case, at: number): string {
  const rules = withRuleSettings(RULES, { authority })
  const whole: NoticeFacts = {
    regime: null,
    awardedMaximumEnd: null,
    valueBasis: 'committed',
    vat: 'net',
    currency: 'GBP',
    works: null,
    lightTouch: null,
    closedOn: null,
    ...facts,
  }
  const asked = { on: TODAY, today: TODAY, authority, nation: nation ?? null }
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
  /^\| [^|]+ \| ([^|]+) \| `([a-z]+\/[\w-]+\.ts)` \| `(test\/[\w-]+\.test\.ts)` \| (.+) \|$/gm

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
