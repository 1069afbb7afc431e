import { decide } from '../src/actions/decide.ts'
import { extend } from '../src/actions/extend.ts'
import { setTeam } from '../src/database/organisation.ts'
import { blocksRefused } from '../src/delivery/refused-blocks.ts'
import { fieldOf } from '../src/delivery/slack-errors.ts'
import { deliverDue } from '../src/delivery/worker.ts'
import { factsOfWeek, queueWeekly, type WeeklyContext } from '../src/reports/weekly.ts'
import { addDays, asCivilDate } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import { comparedWith, type FiveFigures, fiveLines } from '../src/text/facts.ts'
import { textsOf } from '../src/text/message.ts'
import { monthsCharts, monthsInWords, type TallestBar } from '../src/text/months-ahead.ts'
import { weeklyMessage } from '../src/text/weekly.ts'
import { tick } from '../src/warnings/schedule.ts'
import { messageBlockProblems } from '../stand-in/slack/validate.ts'
import { endBetween, endOn } from './support/contract-facts.ts'
import { useWorkspace, worker } from './support/outbox.ts'
import { draft, useSetup } from './support/setup.ts'

const SLOT = asCivilDate('2026-11-23')
const [FROM, TO] = [asCivilDate('2026-11-21'), asCivilDate('2026-12-20')]
const ROLLED = { kind: 'emergency', from: FROM, to: TO } as const

describe('the five figures', () => {
  const spent = {
    ...{ currency: 'GBP', cost: asDecimal('8070000'), premium: asDecimal('3191123.45') },
    ...{ count: 4, costed: 3, priced: 2 },
  }
  const runs = { currency: 'GBP', runRate: asDecimal('462877.77'), extra: null, priced: 0, of: 4 }
  const amira = { person: { name: 'Amira Khan', slackUser: null }, count: 2 }
  const figures: FiveFigures = {
    outOfContract: { suppliers: 2, contracts: 3, stillSupplied: 1 },
    emergency: { year: '2026/27', totals: [spent] },
    exposure: { days: 90, totals: [runs] },
    behind: { procurements: 1, of: 7, longestGapDays: 12 },
    decisions: { total: 3, people: [amira, { person: null, count: 1 }] },
  }
  const told = (before: Parameters<typeof fiveLines>[1]) =>
    fiveLines(figures, before).map((line) => line.toString().replaceAll('*', ''))

  it('read well aloud, each with its coverage; what is unknown is never nothing', () => {
    expect(told(null)).toEqual([
      '2 suppliers out of contract: 3 contracts, 1 known to be still supplied, 2 not answered yet.',
      '£8,070,000 on emergency extensions in 2026/27; premium (estimate) £3,191,123. Cost known of 3 of 4, premium of 2.',
      'an unknown amount of GBP extra in the next 90 days if nothing is done (estimate), beside £462,878 payable anyway. Priced 0 of 4.',
      '1 procurement behind plan, of 7 under way; the longest gap without cover would be 12 days.',
      '3 decisions needed: Amira Khan 2, 1 without an owner.',
    ])
  })

  it('stand beside what the summary before told', () => {
    const before = {
      on: asCivilDate('2026-11-16'),
      figures: {
        ...figures,
        outOfContract: { ...figures.outOfContract, suppliers: 5 },
        exposure: { ...figures.exposure, totals: [] },
        behind: { procurements: 0, of: 7, longestGapDays: 0 },
        decisions: { ...figures.decisions, total: 9 },
      },
    }
    expect(told(before)[0]).toContain('(before: 5)')
    expect(told(before)[1]).toContain('(before: £8,070,000, premium £3,191,123)')
    expect(told(before)[2]).toContain('(before: nothing)')
    expect(told(before)[3]).toContain('(before: 0)')
    expect(told(before)[4]).toContain('(before: 9)')
    expect(comparedWith(before)).toContain('Mon 16 Nov 2026')
  })
})

describe('the months ahead', () => {
  it('say in at most 1,000 characters what the chart shows, whatever the sums', () => {
    const months = Array.from({ length: 12 }, (_, at) => ({
      month: asCivilDate(
        `${2026 + Math.floor((10 + at) / 12)}-${String(((10 + at) % 12) + 1).padStart(2, '0')}-01`,
      ),
      ends: 99_999,
      startBys: 99_999,
      committed: asDecimal('123456789012.34'),
      estimated: asDecimal('123456789012.34'),
    }))
    const words = monthsInWords({ months, currency: 'GBP', priced: 99_999, of: 99_999 })
    expect(words.length).toBeLessThanOrEqual(1000)
    expect(words).toContain('Nov 2026 99,999, Dec 99,999, Jan 2027 99,999')
    expect(words).toContain('priced 99,999 of 99,999')
    const blocks = monthsCharts({ months, currency: 'GBP', priced: 99_999, of: 99_999 })
    expect(messageBlockProblems(blocks)).toEqual([])
  })
})

describe('a weekly summary', () => {
  const setup = useSetup({
    async prepare({ db, organisation, actor, contractId, import: imports }) {
      await setTeam(db.pool, organisation.id, 'Estates', {})
      await imports(REGISTER, '2026-11-20')
      const cost = asDecimal('15000')
      await extend(db.pool, actor('2026-11-20'), await contractId('EMERGENCY'), {
        ...{ ...ROLLED, cost },
      })
    },
  })
  const { workspace } = useWorkspace({
    channels: [
      { id: 'C0CONTRACTS', name: 'contracts' },
      { id: 'C0BOARD', name: 'board' },
    ],
  })
  beforeEach(async () => {
    for (const table of ['delivery', 'channel', 'slot']) await setup.rows(`DELETE FROM ${table}`)
  })

  async function asked(slot = SLOT): Promise<WeeklyContext> {
    const team = await setup.team('Default team')
    const { rulesOf, organisation } = setup
    const rules = rulesOf(team)
    return { organisationId: organisation.id, rules, rulesOf, team, slot, hoursLate: null }
  }
  const send = () => deliverDue(worker(setup.db.pool, workspace, { timeoutMs: 2500 }))

  it('counts its days from the day on which it is asked for, whatever the slot of that week', async () => {
    const day = asCivilDate('2026-11-29')
    const facts = await factsOfWeek(setup.db.pool, { ...(await asked()), day })
    expect(facts.slot).toBe(day)
    const listed = [facts.lapseIn30, facts.lapseIn60, facts.overdue].flatMap(({ items }) => items)
    expect(listed.length).toBeGreaterThan(0)
    for (const { on, daysLeft } of listed) {
      if (on !== null && daysLeft !== null) expect(addDays(day, daysLeft)).toBe(on)
    }
    expect(facts.decideThisWeek.items.every(({ daysLeft }) => (daysLeft ?? 0) >= 0)).toBe(true)
  })

  it('counts suppliers out of contract, emergency cost, what would lapse, and decisions', async () => {
    const { five } = await factsOfWeek(setup.db.pool, await asked())
    expect(five?.outOfContract).toEqual({ suppliers: 1, contracts: 2, stillSupplied: 0 })
    // £120,000 over twelve months is £10,000 a month.
    expect(five?.emergency.totals).toMatchObject([
      { cost: '15000.00', premium: '5000.00', costed: 1, priced: 1, count: 1 },
    ])
    // Two lapse within 90 days: the emergency extension itself, and one of unknown value.
    expect(five?.exposure.totals).toMatchObject([{ priced: 1, of: 2 }])
    expect(five?.decisions.total).toBeGreaterThan(0)
    const owners = five?.decisions.people.map(({ person }) => person?.name ?? null)
    expect(owners).toContain('Amira Khan')
  })

  it('names each contract of the tallest bars, and tells extra and rollover spend apart in one line', async () => {
    const facts = await factsOfWeek(setup.db.pool, await asked())
    const named = (what: TallestBar['what']) => {
      const bar = facts.months?.tallest?.find((each) => each.what === what)
      return bar === undefined ? null : [bar.month, ...bar.contracts.map((each) => each.reference)]
    }
    const counts = facts.months?.months.map(({ ends }) => ends) ?? []
    const starts = facts.months?.months.map(({ startBys }) => startBys) ?? []
    const [bar] = facts.months?.tallest ?? []
    expect(bar?.contracts).toHaveLength(Math.max(...counts, ...starts))
    expect(bar?.total).toBe(bar?.contracts.length)
    // An emergency extension of £15,000 to 20 December, and what lapses after it at £10,000 a month and more.
    expect(named('spend')).toEqual(['2026-12-01', 'EMERGENCY'])
    const { text, blocks } = weeklyMessage(facts)
    expect(text).toContain('\nMost rollover spend, December 2026, 1 contract: ')
    for (const each of bar?.contracts ?? []) expect(text).toContain(`(${each.reference})`)
    const apart = text.split('\n').filter((line) => /Extra is .*; rollover spend is /.test(line))
    expect(apart).toHaveLength(1)
    expect(messageBlockProblems(blocks)).toEqual([])
  })

  it('tells the figures of the summary before as they were told then', async () => {
    const first = await asked(addDays(SLOT, -7))
    const told = await factsOfWeek(setup.db.pool, first)
    expect(told.before).toBeNull()
    await queueWeekly(setup.db.pool, first, told)
    const second = await factsOfWeek(setup.db.pool, await asked())
    expect(second.before).toEqual({ on: first.slot, figures: told.five })
  })

  const typesOf = (at: number) =>
    (workspace.ledger.messages[at]?.blocks ?? []).map((block) => fieldOf(block, 'type'))

  it('comes with the charts in the message that carries the metadata, and says what they show', async () => {
    const context = await asked()
    await queueWeekly(setup.db.pool, context, await factsOfWeek(setup.db.pool, context))
    expect(await send()).toMatchObject({ sent: 1 })
    const [message] = workspace.ledger.messages
    expect(typesOf(0).filter((type) => type === 'data_visualization')).toHaveLength(2)
    expect(message?.text).toContain('Contracts that end: Dec 1, Jan 2027 1, Feb 1, Mar 1.')
    expect(message?.metadata).not.toBeNull()
    expect([...workspace.places.files.values()].map(({ name }) => name)).toEqual([
      `weekly-summary-${SLOT}.csv`,
    ])
  })

  describe('in a workspace that does not know charts', () => {
    const REFUSED = { kind: 'error', error: 'invalid_blocks', accepted: false } as const
    const refusals = () =>
      workspace.ledger.calls.filter(({ answer }) => answer === 'invalid_blocks').length
    const remembered = () => setup.rows('SELECT type FROM refused_block ORDER BY type')
    const sendAnother = async (weeks: number) => {
      const context = await asked(addDays(SLOT, 7 * weeks))
      await queueWeekly(setup.db.pool, context, await factsOfWeek(setup.db.pool, context))
      expect(await send()).toMatchObject({ sent: 1, dead: 0, retried: 0 })
    }
    const charts = (at: number) =>
      typesOf(at).filter((type) => type === 'data_visualization').length
    beforeEach(() => setup.rows('DELETE FROM refused_block'))

    it('the one that is refused arrives all the same, once, with its figures as text', async () => {
      workspace.places.unknownBlocks.add('data_visualization')
      await sendAnother(0)
      expect(workspace.ledger.messages).toHaveLength(1)
      expect(refusals()).toBe(1)
      expect(charts(0)).toBe(0)
      const [figures = ''] =
        /```\n[^`]+```/.exec(textsOf(workspace.ledger.messages[0]?.blocks).join('')) ?? []
      const lines = figures.split('\n').slice(1, 4)
      expect(lines.map((line) => line.replace(/ {2,}/g, ' | '))).toEqual([
        ' | Contracts that end | Start buying by then',
        'Nov 2026 | 0 | 0',
        'Dec | 1 | 0',
      ])
      expect(await remembered()).toEqual([{ type: 'data_visualization' }])
    })

    it('they are not tried again for some weeks, and then once more', async () => {
      workspace.places.unknownBlocks.add('data_visualization')
      await sendAnother(0)
      await sendAnother(1)
      expect([refusals(), charts(1)]).toEqual([1, 0])
      await setup.rows(`UPDATE refused_block SET refused_at = now() - interval '29 days'`)
      await sendAnother(2)
      expect([refusals(), charts(2)]).toEqual([2, 0])
      await sendAnother(3)
      expect([refusals(), charts(3)]).toEqual([2, 0])
      await setup.rows(`UPDATE refused_block SET refused_at = now() - interval '29 days'`)
      workspace.places.unknownBlocks.clear()
      await sendAnother(4)
      expect([refusals(), charts(4)]).toEqual([2, 2])
      expect(workspace.ledger.messages).toHaveLength(5)
    })

    it('an error that names no place is taken for all of them, one that points elsewhere for none', async () => {
      workspace.faults.plan(REFUSED)
      await sendAnother(0)
      expect(charts(0)).toBe(0)
      expect(await remembered()).toEqual([{ type: 'data_visualization' }])
      const blocks = [
        { type: 'divider' as const },
        ...monthsCharts({ months: [], currency: 'GBP', priced: 0, of: 0 }),
      ]
      const told = (line: string) => blocksRefused(`invalid_blocks: [ERROR] ${line}`, { blocks })
      const at = (place: string) => told(`must be shorter [json-pointer:/blocks/${place}]`)
      const types = ['data_visualization']
      expect(at('0/text')).toBeNull()
      expect(at('1')).toEqual({ types, unknown: true })
      expect(at('2/type')).toEqual({ types, unknown: true })
      // The fault is in what it holds: the block itself is known there.
      expect(at('1/title')).toEqual({ types, unknown: false })
      expect(told('unsupported block type "data_visualization"')).toEqual({ types, unknown: true })
      expect(blocksRefused('channel_not_found', { blocks })).toBeNull()
    })

    it('one that is refused for another reason as well is given up as before', async () => {
      workspace.faults.plan(REFUSED, { times: 2 })
      const context = await asked()
      await queueWeekly(setup.db.pool, context, await factsOfWeek(setup.db.pool, context))
      expect(await send()).toMatchObject({ sent: 0, dead: 1 })
      expect(await remembered()).toEqual([])
    })
  })

  it('across teams goes to the executive channel once, with a line for each team', async () => {
    const context = {
      organisationId: setup.organisation.id,
      rulesOf: setup.rulesOf,
      times: { sweepAt: { hour: 9, minute: 0 }, weeklyAt: { hour: 9, minute: 0 }, weeklyOn: 1 },
      owner: 'test',
      executiveChannel: '#board',
      now: new Date('2026-11-23T09:30:00Z'),
    }
    await setup.rows(`UPDATE team SET created_at = '2026-11-01'`)
    await tick(setup.db.pool, context)
    await tick(setup.db.pool, context)
    const queued = await setup.rows<{ destination: string }>(
      `SELECT destination FROM delivery WHERE purpose = 'weekly' AND subject = 'organisation'`,
    )
    expect(queued).toEqual([{ destination: '#board' }])
    await send()
    const board = workspace.ledger.inChannel('C0BOARD').map(({ text }) => text)
    expect(board).toHaveLength(1)
    expect(board[0]).toContain('all teams')
    expect(board[0]).toContain('Team Estates')
  })

  it('shows contracts that end together as one cliff', async () => {
    const message = weeklyMessage(await factsOfWeek(setup.db.pool, await asked()))
    expect(message.text).toContain(
      '2 contracts with Quillmere end from Sun 28 Feb 2027 to Wed 10 Mar 2027. Worth £40,000 together.',
    )
  })

  // The last of them: what it imports stands beside what the others count.
  it('counts each contract, supplier and date as often as it should, for all teams and for each', async () => {
    await setup.import(COUNTED, '2026-11-20', { source: 'counted' })
    const actor = setup.actor('2026-11-20')
    const { pool } = setup.db
    await extend(pool, actor, await setup.contractId('EMERGENCY-2'), { ...ROLLED, cost: null })
    await extend(pool, actor, await setup.contractId('VARIED'), {
      ...{ kind: 'variation', cost: asDecimal('9999') },
      ...{ from: asCivilDate('2027-01-01'), to: asCivilDate('2027-06-30') },
    })
    const settles = { kind: 'end', text: 'It moves to the region', evidence: null } as const
    await decide(pool, actor, await setup.contractId('SETTLED'), settles)
    const starts = { kind: 'start-by', text: 'Compete by open procedure', evidence: null } as const
    await decide(pool, actor, await setup.contractId('LATE'), starts)
    await setup.rows(
      `UPDATE contract SET watched = reference <> 'UNWATCHED',
              out_of_contract_on = CASE WHEN reference = 'STILL' THEN '2026-11-16'::date END`,
    )
    await setup.rows(`UPDATE person SET gone_on = '2026-11-20' WHERE display_name = 'Gone Person'`)
    // Neither is a decision: a date of a contract that is over and settled, and a review.
    await setup.rows(
      `INSERT INTO deadline (organisation_id, contract_id, kind, due_on, reason)
       SELECT organisation_id, id, CASE reference WHEN 'SETTLED' THEN 'notice' ELSE 'review' END, '2026-09-01', ''
         FROM contract WHERE reference IN ('SETTLED', 'VARIED')`,
    )
    const { five, teams, behind } = await factsOfWeek(pool, { ...(await asked()), team: null })

    // Lapsed twice in one team and once in another is one supplier; two without one are two.
    expect(five?.outOfContract).toEqual({ suppliers: 5, contracts: 7, stillSupplied: 1 })
    expect(five?.emergency.totals).toMatchObject([
      { cost: '15000.00', premium: '5000.00', count: 2, costed: 1, priced: 1 },
    ])
    expect(five?.behind).toEqual({ procurements: 1, of: 1, longestGapDays: expect.any(Number) })
    expect(five?.behind.longestGapDays).toBeGreaterThan(100)
    expect(behind).toMatchObject({ total: 1, items: [{ reference: 'LATE' }] })
    expect(five?.decisions).toEqual({
      total: 12,
      people: [
        { person: { name: 'Lena Lead', slackUser: null }, count: 2 },
        { person: { name: 'Amira Khan', slackUser: null }, count: 1 },
        // Of these three begin too late to be replaced in time: two emergencies and one without a value.
        { person: null, count: 9 },
      ],
    })
    const estates = teams?.find(({ team }) => team === 'Estates')?.five
    expect(estates?.outOfContract).toEqual({ suppliers: 2, contracts: 2, stillSupplied: 0 })
    expect(estates?.decisions.total).toBe(2)
    expect(estates?.emergency.totals).toEqual([])
    expect(estates?.behind).toEqual({ procurements: 0, of: null, longestGapDays: 0 })
  })
})

const dated = (reference: string, supplier: string, end: string, more = {}) =>
  draft(reference, {
    supplier,
    start: addDays(asCivilDate(end), -364),
    end: endOn(end),
    value: asDecimal('20000'),
    valueBasis: 'committed',
    ...more,
  })

const REGISTER = [
  dated('OUT-1', 'Lapsed Ltd', '2026-11-15'),
  dated('OUT-2', 'Lapsed Limited', '2026-11-16', { owner: 'Amira Khan' }),
  dated('EMERGENCY', 'Rolling Ltd', '2026-11-20', { value: asDecimal('120000') }),
  dated('UNKNOWN', 'Unpriced Ltd', '2027-01-31', { value: null, valueBasis: 'unknown' }),
  dated('CLIFF-1', 'Quillmere', '2027-02-28'),
  dated('CLIFF-2', 'Quillmere', '2027-03-10'),
  dated('ESTATES', 'Boilers Ltd', '2026-11-18', { team: 'Estates' }),
]

const COUNTED = [
  dated('OUT-3', 'Lapsed Ltd', '2026-11-10', { team: 'Estates' }),
  dated('NAMELESS-1', '', '2026-11-10', { supplier: null }),
  dated('NAMELESS-2', '', '2026-11-11', { supplier: null }),
  dated('STILL', 'Supplied Ltd', '2026-11-10', { owner: 'Gone Person' }),
  dated('SETTLED', 'Settled Ltd', '2026-11-10'),
  dated('UNWATCHED', 'Unwatched Ltd', '2026-11-10'),
  // Known to the month: its first day has passed, its last has not.
  dated('MONTH', 'Imprecise Ltd', '2026-11-30', {
    ...{ end: endBetween('2026-11-01', '2026-11-30', 'month'), owner: 'Lena Lead' },
  }),
  // The day to start by has passed, and the end comes within the week: one decision.
  dated('TWO-DATES', 'Twice Ltd', '2026-11-27', { value: asDecimal('900000'), owner: 'Lena Lead' }),
  dated('IN-3-WEEKS', 'Later Ltd', '2026-12-14'),
  dated('EMERGENCY-2', 'Rolling Two Ltd', '2026-11-20', { value: null, valueBasis: 'unknown' }),
  dated('VARIED', 'Varied Ltd', '2026-12-31'),
  dated('LATE', 'Planned Ltd', '2027-01-31', { value: asDecimal('900000') }),
]
