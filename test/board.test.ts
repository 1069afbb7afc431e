/** The board: what is counted, by whom it may be seen, and how its workbook reaches named people. */
import { read, utils } from '@e965/xlsx'
import { answerSupply } from '../src/actions/acknowledge.ts'
import { decide } from '../src/actions/decide.ts'
import { recordWaiver } from '../src/actions/waiver.ts'
import type { DraftExtension } from '../src/register/draft.ts'
import { boardTable, exportFile, readBoardOf } from '../src/register/export/tables.ts'
import { asCivilDate } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import { endsWithin } from '../src/rules/replay.ts'
import { boardAnswer, boardLines, plainLine, SENSITIVE } from '../src/text/board.ts'
import { contract, day, decision, endOn, extension } from './support/contract-facts.ts'
import { draft, extended, useSetup } from './support/setup.ts'
import { refusedIn } from './support/slack-limits.ts'

const ON = '2026-11-23'

describe('an end that came, and whether cover was agreed before it', () => {
  const within = { from: day('2026-01-01'), to: day('2026-11-22') }
  const base = { start: day('2024-04-01'), awardedEnd: endOn('2026-03-31') }
  const option = (known: string | null) =>
    extension('2026-04-01', '2027-03-31', { knownOn: known === null ? null : day(known) })
  const URGENT = extension('2026-04-01', '2027-03-31', { kind: 'emergency', knownOn: null })
  test.each([
    ['nothing', {}, false],
    ['an option agreed in time', { extensions: [option('2026-03-31')] }, true],
    ['an option agreed a day late', { extensions: [option('2026-04-01')] }, false],
    ['an option of which nobody says when', { extensions: [option(null)] }, true],
    [
      'an emergency of which nobody says when: a last-minute thing',
      { extensions: [URGENT] },
      false,
    ],
    ['a signed successor from the next day', { successorStart: day('2026-04-01') }, true],
    ['a successor that begins a day later', { successorStart: day('2026-04-02') }, false],
  ] as const)('%s', (_, changes, covered) => {
    expect(endsWithin(contract({ ...base, ...changes }), within)).toEqual([
      { on: '2026-03-31', covered },
    ])
  })

  test('a decision about it in time settles it, one after it does not', () => {
    for (const [on, covered] of [
      ['2026-03-31', true],
      ['2026-04-01', false],
    ] as const) {
      const decisions = [{ ...decision('end', '2026-03-31'), decidedOn: day(on) }]
      const [ended] = endsWithin(contract({ ...base, decisions }), within)
      expect(ended?.covered).toBe(covered)
    }
  })

  test('each end that was moved counts by itself, and none outside of the days', () => {
    const moved = [
      extension('2026-04-01', '2026-06-30', { knownOn: day('2026-03-01') }),
      extension('2026-07-01', '2027-06-30', { knownOn: day('2026-07-09') }),
    ]
    expect(endsWithin(contract({ ...base, extensions: moved }), within)).toEqual([
      { on: '2026-03-31', covered: true },
      { on: '2026-06-30', covered: false },
    ])
  })
})

describe('the board of an organisation', () => {
  const emergency = (from: string, to: string, changes: Partial<DraftExtension> = {}) =>
    extended(to, {
      ...{ kind: 'emergency', from: day(from), cost: asDecimal('4000'), knownOn: day(from) },
      ...changes,
    })
  const setup = useSetup({
    prepare: async (setup) => {
      const large = { value: asDecimal('1200000'), valueBasis: 'committed' as const }
      const months = [emergency('2026-09-01', '2026-10-31'), emergency('2026-11-01', '2027-01-31')]
      const lastYear = [emergency('2025-06-01', '2025-08-31'), extended('2027-08-31')]
      const inTime = [extended('2027-05-31', { knownOn: day('2026-03-01') })]
      await setup.import(
        [
          // Ends soon, nothing under way, and even the fastest route takes longer.
          draft('GAP-1', { ...large, route: null, title: 'Linen', end: endOn('2026-12-31') }),
          // Competed in time.
          draft('PLAN-1', { ...large, title: 'Theatre packs', end: endOn('2027-07-31') }),
          // An emergency of two months this year, and one of three last year.
          draft('EM-1', { end: endOn('2026-08-31'), extensions: months }),
          draft('EM-2', { end: endOn('2025-05-31'), extensions: lastYear }),
          // Option agreed in time.
          draft('IN-TIME', { end: endOn('2026-05-31'), extensions: inTime }),
          draft('OVER', { title: 'Patient transport', end: endOn('2026-11-09') }),
        ],
        '2026-11-02',
      )
      const id = await setup.contractId('PLAN-1')
      const actor = { ...setup.actor('2026-11-02'), now: new Date('2026-11-02T09:00:00Z') }
      const text = 'Compete by open procedure'
      await decide(setup.db.pool, actor, id, { kind: 'start-by', text, evidence: null })
      await setup.rows(`UPDATE checkpoint SET due_on = '2026-11-09' WHERE name = 'publication'`)
      const over = await setup.contractId('OVER')
      await answerSupply(setup.db.pool, setup.actor('2026-11-16'), over, true)
      const waiver = {
        ...{ category: 'urgent' as const, reason: null, requestedOn: null, gross: null },
        ...{ approver: 'Finn Finance', net: asDecimal('4000') },
        ...{ supplierYear: null, committeeOn: null },
      }
      const recorded = async (reference: string, approvedOn: string | null, beganOn: string) =>
        recordWaiver(setup.db.pool, setup.actor('2026-11-16'), await setup.contractId(reference), {
          ...waiver,
          approvedOn: approvedOn === null ? null : asCivilDate(approvedOn),
          beganOn: asCivilDate(beganOn),
        })
      await recorded('EM-1', '2026-09-20', '2026-09-01')
      await recorded('OVER', null, '2026-11-10')
      await recorded('EM-2', '2025-05-20', '2025-06-01')
    },
  })
  const board = (on = ON) =>
    readBoardOf(setup.db.pool, {
      ...{ organisationId: setup.organisation.id, calendar: setup.organisation.calendar },
      ...{ rulesOf: setup.rulesOf, today: asCivilDate(on) },
    })

  test('gaps are named with their days and pounds, and why', async () => {
    const { gaps } = await board()
    const [gap] = gaps.filter(({ reference }) => reference === 'GAP-1')
    expect(gap).toMatchObject({ from: '2027-01-01', because: 'not-begun', currency: 'GBP' })
    expect(gap?.days).toBeGreaterThan(20)
    expect(Number(gap?.cost.runRate)).toBeGreaterThan(0)
    expect(gaps.map(({ reference }) => reference)).not.toContain('IN-TIME')
  })

  test('a successor that begins too late is a gap of the days between', async () => {
    const starts = (on: string | null) =>
      setup.rows(`UPDATE contract SET successor_start = $1 WHERE reference = 'IN-TIME'`, [on])
    await starts('2027-06-11')
    const { gaps } = await board()
    const late = { from: '2027-06-01', to: '2027-06-10', days: 10, because: 'late-successor' }
    expect(gaps.find(({ reference }) => reference === 'IN-TIME')).toMatchObject(late)
    // It may end earlier, as the register says: a successor that is in time for the later day is late.
    const disputed = (on: string | null) =>
      setup.rows(
        `UPDATE contract SET disputed_end = $1, current_earliest = coalesce($1::date, current_latest)
          WHERE reference = 'IN-TIME'`,
        [on],
      )
    await disputed('2027-05-01')
    await starts('2027-06-01')
    const known = (await board()).gaps.find(({ reference }) => reference === 'IN-TIME')
    await disputed(null)
    const month = { from: '2027-05-02', to: '2027-05-31', days: 30, because: 'late-successor' }
    expect(known).toMatchObject(month)
    await starts(null)
  })

  test('emergency months are those within the year, and of last year beside them', async () => {
    const { thisYear, lastYear } = (await board()).emergency
    expect(thisYear).toMatchObject({ year: '2026/27', months: 5, extensions: 2 })
    expect(thisYear.untilNow).toBeCloseTo(2.77, 1)
    expect(lastYear).toMatchObject({ year: '2025/26', months: 3, untilNow: 3, extensions: 1 })
    expect(thisYear.totals[0]?.cost).toBe('8000.00')
  })

  test('ends of twelve months are covered before them or not, those that lapsed by name', async () => {
    const { covered } = await board()
    expect(covered).toMatchObject({ covered: 1, of: 4 })
    const missed = covered.missed.map(({ reference, on }) => `${reference} ${on}`)
    expect(missed).toEqual(['OVER 2026-11-09', 'EM-1 2026-10-31', 'EM-1 2026-08-31'])
  })

  test('what is out of contract, behind plan, waived and in breach is named', async () => {
    const facts = await board()
    expect(facts.outOfContract).toMatchObject([{ reference: 'OVER', supplied: true, days: 13 }])
    expect(facts.behind.of).toBe(1)
    const late = { reference: 'PLAN-1', checkpoint: 'publication', daysLate: 14 }
    expect(facts.behind.items).toMatchObject([late])
    const { waivers } = facts
    expect(waivers).toMatchObject({ waivers: 1, retrospective: 1, breaches: 1 })
    expect(waivers.lastYear).toMatchObject({ waivers: 1, retrospective: 0, breaches: 0 })
    const breaches = waivers.items.map(({ reference, breach }) => `${reference} ${breach}`)
    expect(breaches).toEqual(['OVER true', 'EM-1 false'])
    expect(facts.pipeline.items.map(({ reference }) => reference)).toContain('IN-TIME')
  })

  test('as of another day it reads as it would be then', async () => {
    const later = await board('2027-02-15')
    const over = later.outOfContract.map(({ reference }) => reference)
    expect(over).toEqual(expect.arrayContaining(['GAP-1', 'OVER', 'EM-1']))
    expect(later.gaps.map(({ reference }) => reference)).not.toContain('GAP-1')
  })

  test('open procurements are marked as sensitive, and every line opens its contract', async () => {
    const message = boardAnswer(await board())
    expect(refusedIn(message.blocks)).toEqual([])
    const sections = message.blocks.filter((block) => block.type === 'section')
    const texts = sections.map((block) => JSON.stringify(block))
    for (const each of texts.filter((text) => /GAP-1|PLAN-1/.test(text))) {
      expect(each).toContain(SENSITIVE)
      expect(each).toContain('lw.show')
    }
    expect(message.text).toContain('Covered before end: 1 of 4')
    expect(message.text).toMatch(
      /Emergency months: 5 \(2\.8 by this day of it\) in 2026\/27, 3 in 2025\/26/,
    )
  })

  test('an empty organisation has an empty board, and one of hundreds stays inside Slack’s limits', async () => {
    const facts = await board()
    const many = <Item>(items: readonly Item[]) =>
      Array.from({ length: 300 }, (_, at) => items[at % items.length] as Item)
    const message = boardAnswer({
      ...facts,
      gaps: many(facts.gaps),
      outOfContract: many(facts.outOfContract),
      pipeline: { ...facts.pipeline, items: many(facts.pipeline.items) },
    })
    expect(refusedIn(message.blocks)).toEqual([])
    const nothing = { ...facts, gaps: [], outOfContract: [] }
    expect(boardLines(nothing).map(plainLine)[0]).toBe('No gap in cover is in sight.')
  })

  test('the workbook has a sheet for each list, whole, with what is sensitive marked', async () => {
    const { organisation, rulesOf, db } = setup
    const asked = { organisationId: organisation.id, calendar: organisation.calendar, rulesOf }
    const { sheet } = await boardTable(db.pool, { ...asked, today: asCivilDate(ON) })
    const pieces: Buffer[] = []
    for await (const piece of exportFile(sheet, 'xlsx', 'dd/mm/yyyy'))
      pieces.push(Buffer.from(piece))
    const book = read(Buffer.concat(pieces))
    expect(book.SheetNames).toEqual([
      ...['Board', 'Gaps', 'Out of contract', 'Behind plan', 'Emergency months'],
      ...['Ended uncovered', 'Waivers and breaches', 'Pipeline'],
    ])
    const sheetOf = (name: string) =>
      utils.sheet_to_json<Record<string, unknown>>(book.Sheets[name] ?? {})
    const marked = (Reference: string) => expect.objectContaining({ Reference, Marking: SENSITIVE })
    expect(sheetOf('Gaps')).toContainEqual(marked('GAP-1'))
    expect(sheetOf('Behind plan')[0]).toEqual(marked('PLAN-1'))
    const breach = { 'What it is': 'Breach to check: no approval found' }
    expect(sheetOf('Waivers and breaches')[0]).toMatchObject(breach)
    expect(sheetOf('Emergency months')).toMatchObject([{ Months: 5 }, { Months: 3 }])
  })
})
