import { Big } from 'big.js'
import fc from 'fast-check'
import type { Draft } from '../src/register/draft.ts'
import { sampleRegister } from '../src/register/sample/stories.ts'
import { addDays, type CivilDate, dateOfDayNumber, dayNumber } from '../src/rules/civil-date.ts'
import { lastExtension } from '../src/rules/contract.ts'
import { deadlinesOf } from '../src/rules/deadlines.ts'
import { type DueReminder, planWarnings } from '../src/rules/reminder-plan.ts'
import { replay } from '../src/rules/replay.ts'
import { workingDayOnOrAfter, workingDayOnOrBefore } from '../src/rules/working-days.ts'
import { day, RULES } from './support/contract-facts.ts'
import { importedContract } from './support/draft-contract.ts'
import { holdsInTime } from './support/holds.ts'
import { useSetup } from './support/setup.ts'

const CHRISTMAS = day('2026-12-25')
const SATURDAY = day('2026-02-28')
const anyDay = fc
  .integer({ min: dayNumber(day('2024-01-01')), max: dayNumber(day('2032-12-31')) })
  .map(dateOfDayNumber)

async function loaded(today: CivilDate): Promise<Draft[]> {
  const drafts: Draft[] = []
  for await (const item of sampleRegister(today).items()) {
    if (item.kind === 'draft') drafts.push(item.draft)
  }
  return drafts
}

/** What the sweep of `on` would raise of each contract that was loaded on `today`. */
function swept(
  drafts: readonly Draft[],
  today: CivilDate,
  on: CivilDate,
): (readonly DueReminder[])[] {
  return drafts
    .map((draft) => {
      const contract = importedContract(draft, today, drafts)
      const deadlines = deadlinesOf(contract, RULES, on)
      const facts = {
        contract,
        deadlines,
        alerts: [],
        laddersFrom: null,
        successorKnownOn: null,
        watched: true,
      }
      return planWarnings(facts, on, RULES).raise
    })
    .filter((raise) => raise.length > 0)
}

function kinds(raised: readonly (readonly DueReminder[])[]): string[] {
  return [...new Set(raised.flat().map(({ deadline }) => deadline.kind))].sort()
}

describe('the sample register, whatever the day on which it is loaded', () => {
  test('holds about sixty contracts, none with an impossible date or a reference twice', async () => {
    await holdsInTime([anyDay], 25, async (today) => {
      const drafts = await loaded(today)
      expect(drafts.length).toBeGreaterThanOrEqual(55)
      expect(drafts.length).toBeLessThanOrEqual(65)
      expect(sampleRegister(today).total).toBe(drafts.length)
      expect(new Set(drafts.map(({ reference }) => reference)).size).toBe(drafts.length)
      for (const draft of drafts) expect(faults(draft)).toEqual([])
    })
  })

  test('has a dozen contracts to speak of at once, of every kind of deadline but a review', async () => {
    const check = async (today: CivilDate) => {
      const drafts = await loaded(today)
      for (const on of [workingDayOnOrAfter, workingDayOnOrBefore]) {
        const raised = swept(drafts, today, on(today, RULES.calendar))
        expect(raised.length).toBeGreaterThanOrEqual(11)
        expect(raised.length).toBeLessThanOrEqual(14)
        expect(kinds(raised)).toEqual(['emergency-end', 'end', 'notice', 'option', 'start-by'])
      }
    }
    for (const today of [CHRISTMAS, SATURDAY, day('2028-02-29')]) await check(today)
    await holdsInTime([anyDay], 25, check)
  })

  test('speaks on most days of the following quarter, and never more than one grouped message shows', async () => {
    await holdsInTime([anyDay], 10, async (today) => {
      const perDay = await followingDays(today, 91)
      expect(perDay.size).toBeGreaterThan(50)
      expect(Math.max(...perDay.values())).toBeLessThanOrEqual(15)
    })
  })
})

describe('the sample register tells', () => {
  const TODAY = day('2026-11-23')
  let drafts: readonly Draft[] = []
  beforeAll(async () => {
    drafts = await loaded(TODAY)
  })
  const contracts = () => drafts.map((draft) => importedContract(draft, TODAY, drafts))

  test('of two contracts on emergency months, one in its second, each with its cost', () => {
    const chains = drafts
      .map(({ extensions }) => extensions.filter(({ kind }) => kind === 'emergency'))
      .filter((chain) => chain.length > 0)
    expect(chains.map((chain) => chain.length)).toEqual([1, 2])
    for (const chain of chains) {
      expect(chain.every(({ cost }) => Number(cost) > 0)).toBe(true)
      const running = chain.at(-1)
      expect(running?.from && running.from <= TODAY && TODAY <= running.to).toBe(true)
    }
    const [first, second] = chains[1] ?? []
    expect(second?.from).toBe(first && addDays(first.to, 1))
  })

  test('of an automatic renewal that nobody stopped, and of one that can still be', () => {
    const presumed = contracts().filter((each) => lastExtension(each)?.status === 'presumed')
    expect(presumed).toHaveLength(1)
    const nextWeek = contracts()
      .filter((each) => each.automaticRenewal === true)
      .flatMap((each) => deadlinesOf(each, RULES, TODAY))
      .filter(({ kind, on }) => kind === 'notice' && on > TODAY && on <= addDays(TODAY, 14))
    expect(nextWeek).toHaveLength(2)
  })

  test('of a cliff: four contracts with one supplier that end in one month', () => {
    const ends = new Map<string, number>()
    for (const { supplier, end, closed } of drafts) {
      if (end.kind !== 'dated' || closed) continue
      const key = `${supplier} ${end.latest.slice(0, 7)}`
      ends.set(key, (ends.get(key) ?? 0) + 1)
    }
    expect([...ends.values()].filter((count) => count > 1)).toEqual([4])
  })

  test('of one product at four unit prices, whose values are units times price to the penny', () => {
    const same = drafts.filter(({ products }) => products.includes('Foliant Office Suite E5'))
    expect(new Set(same.map(({ buyers }) => buyers[0])).size).toBe(4)
    expect(new Set(same.map(({ unitPrice }) => unitPrice)).size).toBe(4)
    for (const { units, unitPrice, value } of same) {
      expect(new Big(units ?? 0).times(unitPrice ?? 0).toFixed(2)).toBe(value)
    }
  })

  test('of every sort of end that needs a person: undated, rolling, imprecise, unclassified', () => {
    const count = (matches: (draft: Draft) => boolean) => drafts.filter(matches).length
    expect(count(({ end }) => end.kind === 'undated')).toBe(3)
    expect(count(({ end }) => end.kind === 'rolling')).toBe(2)
    expect(count(({ end }) => end.kind === 'dated' && end.precision !== 'day')).toBe(2)
    expect(count(({ owner }) => owner === null)).toBeGreaterThanOrEqual(6)
    expect(count(({ value }) => value === null)).toBe(2)
    const last = contracts().map((each) => lastExtension(each)?.kind)
    expect(last.filter((kind) => kind === 'unknown')).toHaveLength(1)
    expect(last.filter((kind) => kind === 'option' || kind === 'variation')).toHaveLength(2)
  })

  test('of contracts that stay silent: four historic, one terminated, one with a signed successor', () => {
    expect(contracts().filter(({ historic }) => historic)).toHaveLength(4)
    expect(contracts().filter(({ closed }) => closed)).toHaveLength(1)
    const followed = contracts().filter(({ successorStart }) => successorStart !== null)
    expect(followed).toHaveLength(1)
    expect(
      followed
        .flatMap((each) => deadlinesOf(each, RULES, TODAY))
        .map(({ settled }) => settled?.why),
    ).toEqual(['a signed successor starts on Mon 14 Dec 2026'])
  })
})

describe('the sample register in the database', () => {
  const setup = useSetup()

  test('is applied whole, and its first sweep raises what the rules say', async () => {
    const today = day('2026-11-23')
    const drafts = await loaded(today)
    const options = { source: 'sample', triageDays: 14, isSample: true, strict: true }
    const result = await setup.importRegister(sampleRegister(today), today, options)
    expect(result).toMatchObject({ created: drafts.length, rejected: 0, skipped: 0, problems: [] })
    const raised = swept(drafts, today, today).flat().length
    expect(await setup.sweep(today)).toEqual({ raised, superseded: 0, queued: 1 })
    expect(await setup.sweep(today)).toMatchObject({ raised: 0, queued: 0 })
  })
})

/** What a register's reader would have refused. */
function faults(draft: Draft): string[] {
  const { start, end, maximumEnd, currentEnd, extensions, value } = draft
  const found: string[] = []
  const check = (wrong: boolean, what: string) => {
    if (wrong) found.push(`${draft.reference}: ${what}`)
  }
  const last = end.kind === 'dated' ? end.latest : null
  check(start === null, 'no start')
  check(end.kind === 'dated' && end.earliest > end.latest, 'an end upside down')
  check(start !== null && last !== null && last <= start, 'an end before the start')
  check(last !== null && maximumEnd !== null && maximumEnd < last, 'a maximum before the end')
  check(last !== null && currentEnd !== null && currentEnd < last, 'a current end before the end')
  check(value !== null && (Number(value) < 4000 || Number(value) > 40_000_000), 'an odd value')
  for (const each of extensions) {
    check(each.from === null || each.to < each.from, 'an extension upside down')
    check(last !== null && each.to <= last, 'an extension that moves nothing')
    check(each.knownOn === null || each.knownOn > each.to, 'an extension agreed too late')
  }
  return found
}

/** How many contracts speak on each of the days that follow the first sweep. */
async function followingDays(today: CivilDate, days: number): Promise<Map<CivilDate, number>> {
  const drafts = await loaded(today)
  const first = workingDayOnOrAfter(today, RULES.calendar)
  const perDay = new Map<CivilDate, number>()
  for (const draft of drafts) {
    const contract = importedContract(draft, today, drafts)
    if (contract.historic) continue
    const facts = { contract, alerts: [], laddersFrom: null, successorKnownOn: null, watched: true }
    for (const { on, raise } of replay(facts, first, addDays(first, days), RULES)) {
      if (on > first && raise.length > 0) perDay.set(on, (perDay.get(on) ?? 0) + 1)
    }
  }
  return perDay
}
