/** What the sweep raises, on real registers in a real database. */

import fc from 'fast-check'
import { acknowledge, snooze } from '../src/actions/acknowledge.ts'
import { decide } from '../src/actions/decide.ts'
import { extend } from '../src/actions/extend.ts'
import { changeRules, setting } from '../src/actions/settings.ts'
import { verifyAudit } from '../src/database/audit-log.ts'
import { setTeam } from '../src/database/organisation.ts'
import type { Draft } from '../src/register/draft.ts'
import { readCalendar } from '../src/reports/calendar.ts'
import { listDue } from '../src/reports/list.ts'
import { addDays, type CivilDate, dayText } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import { ruleKeyNamed } from '../src/rules/settings-text.ts'
import { workingDayOnOrAfter } from '../src/rules/working-days.ts'
import { cardFacts } from '../src/slack/facts/contract.ts'
import { explain } from '../src/warnings/explain.ts'
import { simulate } from '../src/warnings/simulate.ts'
import { contextOf } from './support/bot-facts.ts'
import { day, ENGLAND, endBetween, endOn } from './support/contract-facts.ts'
import { importedContract } from './support/draft-contract.ts'
import { holdsInTime } from './support/holds.ts'
import { present } from './support/present.ts'
import { draft, emptySetup, extended, type Setup, useSetup } from './support/setup.ts'
import { watch } from './support/watch-model.ts'

const setup = useSetup()
afterEach(async () => {
  await emptySetup(setup)
  const { broken } = await verifyAudit(setup.db.pool, setup.organisation.id)
  expect(broken).toBeNull()
})

const MONDAY = '2026-11-23'

const anyDraft = fc
  .record({
    end: fc.integer({ min: -120, max: 400 }),
    width: fc.constantFrom(0, 0, 0, 27, 90),
    kind: fc.constantFrom('dated', 'dated', 'dated', 'dated', 'undated', 'rolling'),
    wall: fc.option(fc.integer({ min: 1, max: 700 })),
    notice: fc.option(
      fc.constantFrom(
        { amount: 1, unit: 'months' } as const,
        { amount: 10, unit: 'working-days' } as const,
      ),
    ),
    yearly: fc.boolean(),
    automaticRenewal: fc.constantFrom(null, false, true),
    term: fc.option(fc.integer({ min: 1, max: 12 })),
    route: fc.constantFrom(null, 'open', 'framework-direct-award'),
    value: fc.constantFrom(null, '5000', '900000'),
    emergency: fc.boolean(),
    closed: fc.constantFrom(false, false, false, true),
    review: fc.option(fc.integer({ min: -100, max: 350 })),
  })
  .map((each) => (reference: string): Draft => {
    const earliest = addDays(day(MONDAY), each.end)
    const latest = addDays(earliest, each.width)
    return draft(reference, {
      start: addDays(earliest, -900),
      end:
        each.kind === 'dated'
          ? endBetween(earliest, latest, each.width === 0 ? 'day' : 'quarter')
          : { kind: each.kind },
      maximumEnd: each.wall === null ? null : addDays(latest, each.wall),
      noticePeriod: each.notice,
      ...(each.notice !== null && each.yearly ? { noticeText: 'before each anniversary' } : {}),
      automaticRenewal: each.automaticRenewal,
      renewalTerm: each.term === null ? null : { amount: each.term, unit: 'months' },
      reviewOn: each.review === null ? null : addDays(day(MONDAY), each.review),
      route: each.route,
      value: each.value === null ? null : asDecimal(each.value),
      closed: each.closed,
      extensions:
        each.emergency && each.kind === 'dated'
          ? [extended(addDays(latest, 31), { kind: 'emergency' })]
          : [],
    })
  })

describe('any register, swept on any days', () => {
  const anyDays = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 12 })

  test('raises what the rules say, each rung once, and nothing when it is swept again', async () => {
    const registers = fc.array(anyDraft, { minLength: 1, maxLength: 5 })
    const triage = fc.integer({ min: 0, max: 40 })
    await holdsInTime([registers, anyDays, triage], 10, async (made, offsets, triageDays) => {
      await emptySetup(setup)
      const drafts = made.map((make, index) => make(`A-${index}`))
      await setup.import(drafts, MONDAY, { triageDays })
      const days = [...new Set(offsets)].sort((a, b) => a - b)
      const swept = new Set(days.map((each) => addDays(day(MONDAY), each)))
      for (const on of swept) {
        await setup.sweep(on)
        expect(await setup.sweep(on)).toMatchObject({ raised: 0, queued: 0 })
      }
      const laddersFrom = workingDayOnOrAfter(addDays(day(MONDAY), triageDays), ENGLAND)
      const expected = drafts.flatMap((each) => modelled(each, laddersFrom, swept))
      expect(await raisedByContract()).toEqual(expected.sort(ascending))
    })
  })

  test('in any order: an earlier day than the last one swept raises nothing', async () => {
    await holdsInTime([anyDraft, anyDays], 8, async (make, offsets) => {
      await emptySetup(setup)
      await setup.import([make('A-1')], MONDAY)
      let last: CivilDate | null = null
      for (const offset of offsets) {
        const on = addDays(day(MONDAY), offset)
        const { raised } = await setup.sweep(on)
        if (last !== null && on <= last) expect(raised).toBe(0)
        if (last === null || on > last) last = on
      }
      const all = await setup.rows<{ n: number }>(
        `SELECT count(*) AS n FROM alert GROUP BY contract_id, kind, deadline_on, rung`,
      )
      expect(all.every(({ n }) => n === 1)).toBe(true)
    })
  })
})

function modelled(each: Draft, laddersFrom: CivilDate, swept: ReadonlySet<CivilDate>): string[] {
  const contract = importedContract(each, day(MONDAY))
  const looks = (on: CivilDate) => swept.has(on)
  const to = addDays(day(MONDAY), 300)
  return watch({ contract, from: day(MONDAY), to, laddersFrom, looks }).map((told) =>
    [each.reference, told.on, told.kind, told.deadlineOn, told.rung, `${told.skipped}`].join(' '),
  )
}

async function raisedByContract(): Promise<string[]> {
  const rows = await setup.rows<{ told: string }>(
    `SELECT concat_ws(' ', c.reference, a.raised_on, a.kind, a.deadline_on, a.rung,
              coalesce(a.skipped_from || '..' || a.skipped_to, 'null')) AS told
     FROM alert a JOIN contract c ON c.id = a.contract_id`,
  )
  return rows.map(({ told }) => told).sort(ascending)
}

function ascending(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

describe('an end that moves', () => {
  const ENDING = { end: endOn('2026-12-18') }

  test('later or earlier, it supersedes what was told of the old one', async () => {
    await setup.import([draft('A-1', ENDING)], MONDAY)
    await setup.sweep(MONDAY)
    await setup.import([draft('A-1', { end: endOn('2027-02-26') })], MONDAY)
    expect(await setup.alerts()).toEqual(['2026-11-23 end 30 (superseded)'])
    expect(await setup.sweep('2026-11-24')).toMatchObject({ superseded: 1 })
    await setup.import([draft('A-1', { end: endOn('2026-12-11') })], MONDAY)
    expect(await setup.sweep('2026-11-25')).toMatchObject({ raised: 1 })
    const stand = (await setup.alerts()).filter((alert) => !alert.includes('superseded'))
    expect(stand).toEqual(['2026-11-25 end 30'])
  })

  test('away and back, it warns once more of the same rung', async () => {
    await setup.import([draft('A-1', ENDING)], MONDAY)
    await setup.sweep(MONDAY)
    await setup.import([draft('A-1', { end: endOn('2027-12-31') })], MONDAY)
    await setup.import([draft('A-1', ENDING)], MONDAY)
    expect(await setup.sweep('2026-11-24')).toEqual({ raised: 1, superseded: 1, queued: 1 })
    expect(await setup.sweep('2026-11-24')).toMatchObject({ raised: 0, queued: 0 })
    const again = [{ occurrence: 2, state: 'open' }]
    expect(await setup.rows('SELECT occurrence, state FROM alert')).toEqual(again)
  })
})

describe('automatic renewal', () => {
  test('a notice date that passes unheard is told of, and the new term presumed, in one audit entry', async () => {
    const noticePeriod = { amount: 1, unit: 'months' } as const
    const renewing = { end: endOn('2026-12-31'), automaticRenewal: true, noticePeriod }
    await setup.import([draft('A-1', renewing), draft('A-2', renewing)], MONDAY)
    await setup.sweep(MONDAY)
    const entries = async () => (await setup.rows('SELECT FROM audit_entry')).length
    const before = await entries()
    // Notice by Thu 26 Nov 2026: 30 Nov less two working days for service.
    await setup.sweep('2026-11-26')
    expect(await entries()).toBe(before)
    await setup.sweep('2026-11-27')
    expect(await entries()).toBe(before + 1)
    const presumed = { kind: 'renewal', status: 'presumed', from: '2027-01-01', to: '2027-12-31' }
    const renewals = 'SELECT DISTINCT kind, status, from_on AS from, to_on AS to FROM extension'
    expect(await setup.rows(renewals)).toEqual([presumed])
    expect((await setup.alerts('A-1')).at(-1)).toBe('2026-11-27 notice -1')
  })
})

describe('what people do', () => {
  const SOON = { end: endOn('2026-12-11') }
  /** What each message is for, and where it goes. */
  const purposes = async () => {
    const sql = `SELECT purpose || ' ' || destination AS it FROM delivery WHERE purpose <> 'triage' ORDER BY id`
    return (await setup.rows<{ it: string }>(sql)).map(({ it }) => it)
  }
  const by = (on = MONDAY) => setup.actor(on)
  /** A contract of the register with one, swept on Monday: its number. */
  const told = async (changes: Partial<Draft> = SOON) => {
    await setup.import([draft('A-1', changes)], MONDAY)
    await setup.sweep(MONDAY)
    return setup.contractId('A-1')
  }
  const escalates = () => {
    const { db, organisation } = setup
    return setTeam(db.pool, organisation.id, 'Default team', { escalationChannel: '#heads' })
  }

  test('an acknowledgement pauses two weeks, then it is asked again and escalated', async () => {
    await escalates()
    const id = await told({ end: endOn('2027-01-22') })
    await acknowledge(setup.db.pool, by(), id)
    expect(await setup.alerts()).toEqual(['2026-11-23 end 60 (acknowledged)'])
    expect(await setup.sweep('2026-12-04')).toMatchObject({ raised: 0, queued: 0 })
    expect(await setup.sweep('2026-12-07')).toMatchObject({ raised: 0, queued: 2 })
    expect(await purposes()).toEqual(['post #contracts', 'escalate #heads', 'ask-again #contracts'])
    expect(await setup.alerts()).toEqual(['2026-11-23 end 60'])
  })

  test('an urgent one pauses two working days; without a channel to escalate to, the team is asked', async () => {
    await setup.rows('UPDATE team SET escalation_channel = NULL')
    const id = await told({ end: endOn('2026-11-27') })
    await acknowledge(setup.db.pool, by(), id)
    expect(await setup.sweep('2026-11-24')).toMatchObject({ queued: 0 })
    await setup.sweep('2026-11-25')
    expect(await purposes()).toEqual([
      expect.stringContaining(' #contracts'),
      expect.stringContaining(' #contracts'),
    ])
  })

  test.each([
    // Open warnings of the end; an overdue start-by, whose end has not warned; an end long past.
    ['2026-12-11', { end: endOn('2026-12-11') }, '2026-12-11'],
    ['2027-05-31', { end: endOn('2027-05-31'), value: asDecimal('900000') }, '2027-05-31'],
    ['2027-03-31', { end: endOn('2027-03-31'), reviewOn: day('2027-01-08') }, '2027-01-08'],
    ['2026-11-01', { end: endOn('2026-11-01') }, '2027-11-24'],
  ])(
    'ending %s, a snooze goes to the next deadline at most, and 366 days',
    async (_, facts, last) => {
      await setup.import([draft('A-1', facts)], MONDAY)
      await setup.rows('UPDATE team SET ladders_from = NULL')
      await setup.sweep(MONDAY)
      const id = await setup.contractId('A-1')
      const until = (to: CivilDate) => snooze(setup.db.pool, by(), id, to, null)
      const latest = day(last)
      const refused = `Snooze until ${dayText(latest)} at most`
      await expect(until(addDays(latest, 1))).rejects.toThrow(refused)
      await until(latest)
      expect((await setup.alerts()).join()).toContain('(snoozed)')
    },
  )

  test('a snooze that ends is followed by the next reminder on its day', async () => {
    const id = await told()
    await snooze(setup.db.pool, by(), id, day('2026-12-11'), null)
    expect(await setup.alerts()).toEqual(['2026-11-23 end 30 (snoozed)'])
    expect(await setup.sweep('2026-12-10')).toMatchObject({ raised: 0 })
    expect(await setup.sweep('2026-12-11')).toMatchObject({ raised: 1 })
  })

  test('many acknowledgements that run out together are one message for each channel', async () => {
    await escalates()
    const drafts = Array.from({ length: 7 }, (_, index) => draft(`A-${index}`, SOON))
    await setup.import(drafts, MONDAY)
    await setup.sweep(MONDAY)
    for (const { reference } of drafts) {
      await acknowledge(setup.db.pool, by(), await setup.contractId(reference ?? ''))
    }
    await setup.sweep('2026-12-07')
    expect(await purposes()).toEqual(['group #contracts', 'group #heads', 'group #contracts'])
  })

  test('a decision closes the alerts of its deadline, and is asked for anew when the date moves', async () => {
    const id = await told()
    const decision = { kind: 'end', text: 'Let it end', evidence: null } as const
    await decide(setup.db.pool, by(), id, decision)
    expect(await setup.alerts()).toEqual(['2026-11-23 end 30 (closed)'])
    expect(await setup.sweep('2026-12-04')).toMatchObject({ raised: 0 })
    await setup.import([draft('A-1', { end: endOn('2026-12-16') })], '2026-12-04')
    expect(await setup.sweep('2026-12-07')).toMatchObject({ raised: 1 })
    const anew = { kind: 'end', date: '2026-12-16', settled: false }
    expect((await shown('A-1')).deadlines).toMatchObject([anew])
  })

  test('what is posted is brought up to the day of its own team', async () => {
    await setTeam(setup.db.pool, setup.organisation.id, 'Ahead', { channel: '#ahead' })
    const ahead = await setup.team('Ahead')
    const soon = { end: endOn('2026-12-18') }
    await setup.import([draft('A-1', soon), draft('Z-1', { ...soon, team: 'Ahead' })], MONDAY)
    await setup.sweep(MONDAY)
    await setup.rows(`UPDATE delivery SET state = 'SENT', sent_at = now(), slack_ts = '1.1'`)
    // Days as far apart as no zones are, so that both are working days with a reminder.
    const dayOf = ({ id }: { readonly id: number }) =>
      day(id === ahead.id ? '2026-12-15' : '2026-12-11')
    await setup.sweep(MONDAY, { dayOf })
    const rewritten = await setup.rows(
      `SELECT destination AS to, as_of AS "on" FROM delivery WHERE purpose = 'update' ORDER BY 1`,
    )
    expect(rewritten).toEqual([
      { to: '#ahead', on: '2026-12-15' },
      { to: '#contracts', on: '2026-12-11' },
    ])
  })

  test('a rewriting that waits serves for what is done meanwhile, and the next act asks for another', async () => {
    await setup.import([draft('A-1', SOON)], MONDAY)
    await setup.sweep(MONDAY)
    const sent = () =>
      setup.rows(`UPDATE delivery SET state = 'SENT', sent_at = now(), slack_ts = '1.000001'`)
    const rewritings = async () =>
      (await setup.rows(`SELECT FROM delivery WHERE purpose = 'update'`)).length
    await sent()
    const id = await setup.contractId('A-1')
    const counts: number[] = []
    for (const until of ['2026-11-26', '2026-11-27', '2026-11-30']) {
      await snooze(setup.db.pool, by(), id, day(until), null)
      counts.push(await rewritings())
      if (until === '2026-11-27') await sent()
    }
    expect(counts).toEqual([1, 1, 2])
  })

  test('an emergency extension turns the end into an emergency end, told more often', async () => {
    const id = await told()
    const extension = { kind: 'emergency', to: day('2026-12-31'), from: null, cost: null } as const
    await extend(setup.db.pool, by(), id, extension)
    expect(await setup.alerts()).toEqual(['2026-11-23 end 30 (superseded)'])
    const deadline = { kind: 'emergency-end', date: '2026-12-31', nextRungOn: '2026-12-10' }
    const ends = { end: '2026-12-11', currentEnd: '2026-12-31', endSource: 'command line' }
    expect(await shown('A-1')).toMatchObject({ ...ends, deadlines: [deadline] })
    await setup.sweep('2026-12-10')
    expect((await setup.alerts()).at(-1)).toBe('2026-12-10 emergency-end 21')
  })

  test('a signed extension brings a historic or a closed contract back', async () => {
    await setup.import(
      [draft('OLD', { end: endOn('2026-06-30') }), draft('SHUT', { ...SOON, closed: true })],
      MONDAY,
    )
    const extension = { kind: 'variation', to: day('2026-12-23'), from: null, cost: null } as const
    for (const reference of ['OLD', 'SHUT']) {
      const id = await setup.contractId(reference)
      await extend(setup.db.pool, by(), id, extension)
    }
    await setup.sweep('2026-11-24')
    expect(await setup.alerts('OLD')).toEqual(['2026-11-24 end 30'])
    expect(await setup.alerts('SHUT')).toEqual(['2026-11-24 end 30'])
  })

  test('what a register closes is told of no more, and again when the register reopens it', async () => {
    await told()
    await setup.import([draft('A-1', { ...SOON, closed: true })], MONDAY)
    expect(await setup.alerts()).toEqual(['2026-11-23 end 30 (closed)'])
    expect(await setup.sweep('2026-12-04')).toMatchObject({ raised: 0 })
    await setup.import([draft('A-1', SOON)], '2026-12-04')
    expect(await setup.sweep('2026-12-04')).toMatchObject({ raised: 1 })
  })

  const shown = (reference: string) => setup.shown(reference, MONDAY)
})

describe('channels and teams', () => {
  const SOON = { end: endOn('2026-12-18') }
  const messages = () =>
    setup.rows<{ purpose: string; destination: string; alerts: number }>(
      `SELECT purpose, destination, (SELECT count(*) FROM delivery_alert WHERE delivery_id = id) AS alerts
       FROM delivery WHERE purpose <> 'triage' ORDER BY destination`,
    )
  const due = (count: number, changes: Partial<Draft> = {}) =>
    Array.from({ length: count }, (_, index) =>
      draft(`${changes.team ?? 'A'}-${index}`, { ...SOON, supplier: null, ...changes }),
    )

  test('up to three contracts are a message each, more are one', async () => {
    await setup.import(due(3), MONDAY)
    expect(await setup.sweep(MONDAY)).toMatchObject({ raised: 3, queued: 3 })
    await emptySetup(setup)
    await setup.import(due(4), MONDAY)
    expect(await setup.sweep(MONDAY)).toMatchObject({ raised: 4, queued: 1 })
    expect(await messages()).toEqual([{ purpose: 'group', destination: '#contracts', alerts: 4 }])
  })

  /** A team has a message each for up to so many contracts. */
  const groupedAbove = async (most: string, team = 'Default team') => {
    const { id: teamId } = await setup.team(team)
    const step = setting(ruleKeyNamed('groupAbove'), most)
    await changeRules(setup.db.pool, setup.actor(MONDAY), { teamId, contractId: null }, step)
  }

  test('contracts of one supplier that end together share a message, each alert exactly once', async () => {
    const near = (reference: string, supplier: string | null, end = '2026-12-18') =>
      draft(reference, { end: endOn(end), supplier })
    await groupedAbove('5')
    const quillmere = [
      near('Q-1', 'Quillmere Software Ltd'),
      near('Q-2', 'QUILLMERE SOFTWARE LIMITED', '2026-12-20'),
      near('Q-3', 'Quillmere Software', '2027-01-17'),
    ]
    await setup.import([...quillmere, near('N-1', null), near('N-2', null)], MONDAY)
    expect(await setup.sweep(MONDAY)).toMatchObject({ raised: 5, queued: 4 })
    const counts = (await messages()).map(({ alerts }) => alerts)
    expect(counts.sort((a, b) => a - b)).toEqual([1, 1, 1, 2])
    const [cliff] = await setup.rows(`SELECT facts -> 'cliff' AS cliff, (
        SELECT array_agg(c.reference ORDER BY c.reference) FROM delivery_alert da
          JOIN alert a ON a.id = da.alert_id JOIN contract c ON c.id = a.contract_id
         WHERE da.delivery_id = d.id) AS "references" FROM delivery d WHERE purpose = 'group'`)
    const name = 'Quillmere Software Ltd'
    expect(cliff).toEqual({ cliff: { by: 'supplier', name }, references: ['Q-1', 'Q-2'] })
    const twice = 'SELECT FROM delivery_alert GROUP BY alert_id HAVING count(*) > 1'
    expect(await setup.rows(twice)).toEqual([])
  })

  test('two cliffs of a day are two messages; what has ended is asked about alone', async () => {
    const of = (supplier: string, end = '2026-12-18') =>
      [1, 2].map((n) => draft(`${supplier}-${n}`, { end: endOn(end), supplier }))
    await groupedAbove('5')
    await setup.import([...of('Tessarine'), ...of('Foliant')], MONDAY)
    expect(await setup.sweep(MONDAY)).toMatchObject({ raised: 4, queued: 2 })
    await emptySetup(setup)
    await setup.import(of('Ended', '2026-11-21'), MONDAY)
    await setup.sweep(MONDAY)
    expect((await messages()).map(({ purpose }) => purpose)).not.toContain('group')
  })

  test('a team may have them grouped sooner; in a shared channel the stricter rule holds', async () => {
    const { db, organisation } = setup
    const digital = async () => {
      await setTeam(db.pool, organisation.id, 'Digital', { channel: '#contracts' })
      await groupedAbove('2', 'Digital')
    }
    await digital()
    await setup.import(due(2), MONDAY)
    expect(await setup.sweep(MONDAY)).toMatchObject({ raised: 2, queued: 2 })
    await emptySetup(setup)
    await digital()
    await setup.import([...due(2), ...due(1, { team: 'Digital' })], MONDAY)
    expect(await setup.sweep(MONDAY)).toMatchObject({ raised: 3, queued: 1 })
  })

  test('teams that share a channel share its message, though not their days', async () => {
    const { db, organisation } = setup
    await setTeam(db.pool, organisation.id, 'Digital', { channel: '#shared' })
    await setTeam(db.pool, organisation.id, 'Imaging', { channel: '#shared' })
    await setup.import([...due(4, { team: 'Digital' }), ...due(4, { team: 'Imaging' })], MONDAY)
    await setup.sweep(MONDAY)
    expect(await messages()).toEqual([{ purpose: 'group', destination: '#shared', alerts: 8 }])
  })

  test("each team is swept by its own day and its own calendar's working days", async () => {
    const { db, organisation } = setup
    await setTeam(db.pool, organisation.id, 'Glasgow', { calendar: 'scotland' })
    await setTeam(db.pool, organisation.id, 'Sydney', { timeZone: 'Australia/Sydney' })
    const all = [...due(1), ...due(1, { team: 'Glasgow' }), ...due(1, { team: 'Sydney' })]
    await setup.import(all, MONDAY)
    // St Andrew's Day is a holiday in Scotland only; in Sydney it is Tuesday already.
    await setup.sweep('', {
      dayOf: (team) => (team.name === 'Sydney' ? day('2026-12-01') : day('2026-11-30')),
    })
    expect(await setup.alerts('A-0')).toEqual(['2026-11-30 end 30'])
    expect(await setup.alerts('Glasgow-0')).toEqual([])
    expect(await setup.alerts('Sydney-0')).toEqual(['2026-12-01 end 30'])
    await setup.sweep('2026-12-01')
    expect(await setup.alerts('Glasgow-0')).toEqual(['2026-12-01 end 30'])
  })

  describe('a notice of which nobody said whether the contract renews', () => {
    const noticePeriod = { amount: 3, unit: 'months' } as const
    const asking = { end: endOn('2027-05-31'), noticePeriod, automaticRenewal: null }
    // Notice would be due by Thu 25 Feb 2027; 60 days before is Sun 27 Dec, told on Thu 24 Dec.
    const renewals = async () =>
      (await setup.alerts('ASK')).filter(
        (each) => each.includes('renewal') || each.includes('notice'),
      )

    test('is one question 60 days before, and nothing more of it on any day', async () => {
      await setup.import([draft('ASK', asking)], '2026-06-01')
      await setup.followRules('2026-06-01')
      await setup.sweep('2026-12-23')
      expect(await renewals()).toEqual([])
      for (let at = 0; at < 80; at += 1) await setup.sweep(addDays(day('2026-12-24'), at))
      expect(await renewals()).toEqual(['2026-12-24 renewal 60'])
    })

    test('is told once where it is first seen later, and not at all after the date', async () => {
      await setup.import([draft('ASK', asking)], '2027-02-10')
      await setup.followRules('2027-02-10')
      await setup.sweep('2027-02-10')
      await setup.sweep('2027-02-24')
      expect(await renewals()).toEqual(['2027-02-10 renewal 60'])
      await emptySetup(setup)
      await setup.import([draft('ASK', asking)], '2027-03-10')
      await setup.sweep('2027-03-10')
      expect(await renewals()).toEqual([])
    })

    test('hides neither the end nor a start-by', async () => {
      const end = endOn('2027-02-28')
      const said = { ...asking, end, automaticRenewal: false }
      await setup.import([draft('ASK', { ...asking, end }), draft('SAID', said)], '2026-06-01')
      for (let at = 0; at < 280; at += 4) await setup.sweep(addDays(day('2026-06-02'), at))
      const told = (await setup.alerts('ASK')).filter((each) => !each.includes('renewal'))
      expect(told).toEqual(await setup.alerts('SAID'))
    })
  })

  test('a missed notice is due while the term that it let begin runs, and no longer', async () => {
    const long = { start: day('2020-04-01'), end: endOn('2024-03-31'), automaticRenewal: true }
    const noticePeriod = { amount: 3, unit: 'months' } as const
    await setup.import([draft('A-1', { ...long, noticePeriod })], '2026-12-01')
    const { items } = await listDue(setup.db.pool, {
      ...{ organisationId: setup.organisation.id, teamId: null, limit: null, days: 60 },
      asOf: day('2026-12-01'),
    })
    const notices = items.filter(({ kind }) => kind === 'notice')
    expect(notices.map(({ date }) => date)).toEqual(['2025-12-29', '2026-12-29'])
  })

  test('of a notice before each anniversary every way to ask names the same next day, and no other', async () => {
    const yearly = {
      ...{ start: day('2024-04-01'), end: endOn('2029-03-31'), automaticRenewal: true },
      noticePeriod: { amount: 3, unit: 'months' } as const,
      noticeText: '3 months before each anniversary',
    }
    await setup.import([draft('A-1', yearly)], MONDAY)
    await setup.followRules(MONDAY)
    const { pool } = setup.db
    const organisationId = setup.organisation.id
    const id = await setup.contractId('A-1')
    const [team] = await setup.rows<{ id: number }>('SELECT id FROM team')
    const said = async (on: CivilDate) => {
      const isNotice = ({ kind }: { kind: string }) => kind === 'notice'
      const one = { organisationId, teamId: null, limit: null }
      const { items } = await listDue(pool, { ...one, asOf: on, days: 800 })
      const of = { organisationId, personId: null, teamId: present(team).id, today: on }
      const { events } = await readCalendar(pool, of)
      const card = await cardFacts(contextOf(setup, {}, { today: on }), id)
      const { deadlines } = await setup.shown('A-1', on)
      const { next } = await explain(pool, organisationId, id, on, setup.rulesOf)
      const span = { organisationId, rulesOf: setup.rulesOf, sourceId: null, held: true }
      const simulated = await simulate(pool, { ...span, from: on, to: addDays(on, 365) })
      return {
        days: [
          ...items.filter(isNotice).map(({ date }) => date),
          ...events.filter(isNotice).map((each) => each.on),
          ...card.deadlines.filter(isNotice).map((each) => each.on),
          ...deadlines.filter(isNotice).map(({ date }) => date),
        ],
        told: [next, simulated].map(
          (all) => all.find((each) => isNotice(each) && each.rung === 0)?.on,
        ),
      }
    }
    const all = (on: string) => ({ days: Array(4).fill(on), told: [on, on] })
    expect(await said(day('2026-12-29'))).toEqual(all('2026-12-29'))
    await setup.sweep('2026-12-29')
    // Before its sweep of the day, nobody is shown the day that has passed.
    expect((await said(day('2026-12-30'))).days).toEqual(['2027-12-29'])
    await setup.sweep('2026-12-30')
    expect(await said(day('2026-12-30'))).toEqual(all('2027-12-29'))
  })

  test('a calendar that changes moves the deadlines and the day of the next look', async () => {
    const { db, organisation } = setup
    // Ten working days and two for service before the end: St Andrew's Day lies among them.
    const noticePeriod = { amount: 10, unit: 'working-days' } as const
    const renewing = { end: endOn('2026-12-10'), automaticRenewal: true, noticePeriod }
    await setup.import([draft('A-1', renewing)], '2026-10-01')
    await setup.followRules('2026-10-01')
    const notice = async () =>
      (await setup.rows(`SELECT due_on FROM deadline WHERE kind = 'notice'`)).at(0)
    expect(await notice()).toEqual({ due_on: '2026-11-24' })
    await setup.sweep('2026-10-23')
    await setup.rows(`UPDATE delivery SET state = 'SENT', sent_at = now(), slack_ts = '1.1'`)
    await setTeam(db.pool, organisation.id, 'Default team', { calendar: 'scotland' })
    expect(await setup.followRules('2026-10-23')).toBe(1)
    expect(await setup.followRules('2026-10-23')).toBe(0)
    expect(await notice()).toEqual({ due_on: '2026-11-23' })
    const rewritings = `SELECT state, as_of FROM delivery WHERE purpose = 'update'`
    expect(await setup.rows(rewritings)).toEqual([{ state: 'PENDING', as_of: '2026-10-23' }])
    expect(await setup.sweep('2026-10-24')).toMatchObject({ raised: 0 })
    // Told of the day before it moved by one: its message is rewritten, and the next reminder is told.
    expect(await setup.sweep('2026-10-26')).toMatchObject({ raised: 0 })
    await setup.sweep('2026-11-16')
    const notices = (await setup.alerts()).filter((each) => each.includes('notice'))
    expect(notices).toEqual(['2026-10-23 notice 30', '2026-11-16 notice 7'])
    await setup.rows('UPDATE team SET calendar = NULL')
  })
})

describe('sweeps that fail, and sweeps that meet', () => {
  test('a sweep that stops half way has written nothing, and the next one tells it all', async () => {
    await setTeam(setup.db.pool, setup.organisation.id, 'Zeta', {})
    const soon = { end: endOn('2026-12-18'), supplier: null }
    await setup.import([draft('A-1', soon), draft('Z-1', { ...soon, team: 'Zeta' })], MONDAY)
    let asked = 0
    const rulesOf: Setup['rulesOf'] = (team, contract) => {
      asked += 1
      // Rules are asked for each team, then twice for each contract: the last one's deadlines fail.
      const rules = setup.rulesOf(team, contract)
      if (asked !== 6) return rules
      const isHoliday = (on: CivilDate) => {
        if (on > '2026-12-01') throw new Error('the calendar is broken')
        return rules.calendar.isHoliday(on)
      }
      return { ...rules, calendar: { ...rules.calendar, isHoliday } }
    }
    const noted = () => setup.rows('SELECT reference, next_rung_on FROM contract ORDER BY id')
    const before = await noted()
    await expect(setup.sweep(MONDAY, { rulesOf })).rejects.toThrow('the calendar is broken')
    expect(await setup.alerts()).toEqual([])
    expect(await setup.rows(`SELECT FROM delivery WHERE purpose <> 'triage'`)).toEqual([])
    expect(await noted()).toEqual(before)
    expect((await setup.team('Zeta')).lastSweptOn).toBeNull()
    expect(await setup.sweep(MONDAY)).toMatchObject({ raised: 2, queued: 2 })
  })

  test('several at once raise each rung once', async () => {
    const end = endOn('2026-12-18')
    await setup.import(
      Array.from({ length: 12 }, (_, index) => draft(`A-${index}`, { end })),
      MONDAY,
    )
    const all = await Promise.all([1, 2, 3, 4].map(() => setup.sweep(MONDAY)))
    expect(all.reduce((sum, { raised }) => sum + raised, 0)).toBe(12)
    expect(all.reduce((sum, { queued }) => sum + queued, 0)).toBe(1)
  })

  test('a non-working day raises nothing, and the next working day tells what it held back', async () => {
    await setup.import([draft('A-1', { end: endOn('2026-12-28') })], '2026-11-28')
    expect(await setup.sweep('2026-11-28')).toMatchObject({ raised: 0 })
    expect(await setup.sweep('2026-11-30')).toMatchObject({ raised: 1 })
  })
})

it('asks nothing for which a process would have to load a client of tables', async () => {
  // The first one notes the day of the ends of support.
  await setup.sweep(day(MONDAY))
  await setup.import([draft('DUE-1', { end: endOn(addDays(day(MONDAY), 20)) })], day(MONDAY))
  const asked: string[] = []
  setup.db.pool.once('acquire', (client) => {
    const query = client.query.bind(client) as (...given: unknown[]) => unknown
    const told = (...given: unknown[]) => {
      asked.push(JSON.stringify(given[0]))
      return query(...given)
    }
    Object.assign(client, { query: told })
  })
  expect((await setup.sweep(day(MONDAY))).raised).toBe(1)
  expect(asked.filter((text) => text.includes('public'))).toEqual([])
  expect(asked.length).toBeLessThan(30)
})
