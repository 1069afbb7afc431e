/** How many messages a channel gets on a working day: the table of docs/message-count.md. */
import { readFileSync } from 'node:fs'
import { addDays, type CivilDate } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import { replay } from '../src/rules/replay.ts'
import { isWorkingDay } from '../src/rules/working-days.ts'
import { inMessages } from '../src/warnings/compose.ts'
import { contract, day, ENGLAND, RULES } from './support/contract-facts.ts'

const FROM = day('2026-01-01')
const TO = day('2026-12-31')
const VALUES = ['5000', '20000', '60000', '150000', '400000']

/**
 * Contracts of three years' endings, spread evenly, each replaced on the day after its end; a fifth of
 * each of five values, a third with three months' notice. Watched for a year before it counts.
 */
function contractsADay(endingsAYear: number): number[] {
  const contracts = new Map<CivilDate, number>()
  for (let index = 0; index < endingsAYear * 3; index += 1) {
    const end = addDays(day('2025-06-01'), Math.round((index * 365) / endingsAYear))
    const successor = addDays(end, 1)
    const facts = {
      contract: contract({
        start: addDays(end, -1094),
        awardedEnd: { kind: 'dated', earliest: end, latest: end, precision: 'day' },
        value: asDecimal(VALUES[index % VALUES.length] ?? '0'),
        route: null,
        noticePeriod: index % 3 === 0 ? { amount: 3, unit: 'months' } : null,
        successorStart: successor,
      }),
      alerts: [],
      laddersFrom: null,
      watched: true,
      successorKnownOn: successor,
    }
    for (const { on, raise } of replay(facts, addDays(FROM, -366), TO, RULES)) {
      if (on >= FROM && raise.length > 0) contracts.set(on, (contracts.get(on) ?? 0) + 1)
    }
  }
  const days: number[] = []
  for (let date = FROM; date <= TO; date = addDays(date, 1)) {
    if (isWorkingDay(date, ENGLAND)) days.push(contracts.get(date) ?? 0)
  }
  return days
}

/** As the sweep groups: all of a channel's contracts of a day in one message where they are many. */
function messagesOf(contracts: readonly number[], groupAbove: number): number[] {
  return contracts
    .map(
      (each) =>
        inMessages(
          Array.from({ length: each }, () => ({ groupAbove, cliffDays: 14, ending: null })),
        ).length,
    )
    .sort((a, b) => a - b)
}

function row(endingsAYear: number): string {
  const contracts = contractsADay(endingsAYear)
  return `| ${[endingsAYear, ...cells(contracts, RULES.groupAbove), ...cells(contracts, 3)].join(' | ')} |`
}

function cells(contracts: readonly number[], groupAbove: number): string[] {
  const days = messagesOf(contracts, groupAbove)
  const p95 = days[Math.ceil(days.length * 0.95) - 1] ?? 0
  const mean = days.reduce((sum, each) => sum + each, 0) / days.length
  const many = days.filter((each) => each > 3).length
  return [`${days.at(-1)}`, `${p95}`, mean.toFixed(2), `${many}`]
}

test('with 500 endings a year a channel gets one message on a working day', () => {
  const days = messagesOf(contractsADay(500), RULES.groupAbove)
  expect(days.length).toBe(253)
  expect([days[0], days.at(-1)]).toEqual([1, 1])
})

test('the table in docs/message-count.md says what comes out of the ladders', () => {
  const table = readFileSync(new URL('../docs/message-count.md', import.meta.url), 'utf8')
  const rows = [25, 50, 100, 200].map(row)
  for (const each of rows) expect(table).toContain(each)
})
