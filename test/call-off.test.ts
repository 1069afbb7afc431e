/** The last call-off day of a framework, told of each contract that relies on it. */

import fc from 'fast-check'
import { act } from '../src/actions/act.ts'
import { decide } from '../src/actions/decide.ts'
import { extend } from '../src/actions/extend.ts'
import { undoImport } from '../src/register/import/undo.ts'
import { readCalendar } from '../src/reports/calendar.ts'
import { listDue } from '../src/reports/list.ts'
import { weeklyFacts } from '../src/reports/weekly-lists.ts'
import { addDays, daysBetween } from '../src/rules/civil-date.ts'
import type { CallOffs, Contract } from '../src/rules/contract.ts'
import { deadlinesOf } from '../src/rules/deadlines.ts'
import { asDecimal } from '../src/rules/money.ts'
import { defaultRules } from '../src/rules/settings.ts'
import { isWorkingDay, workingDayOnOrBefore } from '../src/rules/working-days.ts'
import { warningMessage } from '../src/text/warning.ts'
import { explain } from '../src/warnings/explain.ts'
import { simulate } from '../src/warnings/simulate.ts'
import {
  contract,
  day,
  deadline,
  decision,
  ENGLAND,
  endOn,
  extension,
  RULES,
  TODAY,
} from './support/contract-facts.ts'
import { holds } from './support/holds.ts'
import { deadline as deadlineFacts, warning } from './support/message-facts.ts'
import { present } from './support/present.ts'
import { reading, written } from './support/register-file.ts'
import { draft, extended, NOW, useSetup } from './support/setup.ts'
import { EVERY_DAY, lines, watch } from './support/watch-model.ts'

const LAST = day('2027-02-22')
const REMINDERS = [
  '2026-08-26 call-off-by 180',
  '2026-11-24 call-off-by 90',
  '2027-01-22 call-off-by 30',
  '2027-02-15 call-off-by 7',
  '2027-02-22 call-off-by 0',
]

function callOffs(changes: Partial<CallOffs> = {}): CallOffs {
  return { framework: 'RM6100', ownDay: null, frameworkDay: null, frameworkEnd: LAST, ...changes }
}

/** Long after its framework: £20,000, which is too little for a start-by. */
function outliving(changes: Partial<Contract> = {}): Contract {
  const awardedEnd = endOn('2029-03-31')
  return contract({ value: asDecimal('20000'), awardedEnd, callOffs: callOffs(), ...changes })
}

function told(of: Contract, from = '2026-06-01', to = '2027-12-31'): string[] {
  return lines(watch({ contract: of, from: day(from), to: day(to), looks: EVERY_DAY }))
}

describe('the last call-off day', () => {
  test('is the earliest that the registers, the framework’s end and the setting give', () => {
    const given: readonly [Partial<CallOffs>, string][] = [
      [{}, '2027-02-22'],
      [{ frameworkDay: day('2027-01-31') }, '2027-01-31'],
      [{ ownDay: day('2027-01-15'), frameworkDay: day('2027-01-31') }, '2027-01-15'],
      [{ ownDay: day('2028-01-15') }, '2027-02-22'],
    ]
    for (const [changes, on] of given) {
      expect(deadline(outliving({ callOffs: callOffs(changes) }), 'call-off-by').on).toBe(on)
    }
    const set = { ...RULES, callOffBy: day('2026-12-31') }
    expect(deadline(outliving(), 'call-off-by', set)).toMatchObject({
      on: '2026-12-31',
      reason:
        'its framework RM6100 takes call-offs until Thu 31 Dec 2026 (by the setting callOffBy): what follows under it has to be signed by then',
    })
    expect(deadline(outliving(), 'call-off-by').reason).toBe(
      'its framework RM6100 takes call-offs until Mon 22 Feb 2027 (the framework’s own end): what follows under it has to be signed by then',
    )
  })

  test('is none of a contract that relies on no framework, whatever is set for others', () => {
    const set = { ...RULES, callOffBy: LAST }
    const kinds = (of: Contract) => deadlinesOf(of, set, TODAY).map(({ kind }) => kind)
    expect(kinds(outliving({ callOffs: null, route: 'open' }))).not.toContain('call-off-by')
    expect(kinds(outliving({ callOffs: null, route: 'mini-competition' }))).toContain('call-off-by')
    expect(
      deadlinesOf(outliving({ callOffs: callOffs({ frameworkEnd: null }) }), RULES, TODAY).map(
        ({ kind }) => kind,
      ),
    ).not.toContain('call-off-by')
  })

  test('is told 180, 90, 30 and 7 days before and on its day, each once', () => {
    expect(told(outliving())).toEqual(REMINDERS)
    for (const kind of ['rolling', 'undated'] as const) {
      expect(told(outliving({ awardedEnd: { kind } }))).toEqual(REMINDERS)
    }
  })

  test('that passed long before is not told of, one of a few days ago is, once', () => {
    expect(told(outliving(), '2027-04-01', '2027-12-31')).toEqual([])
    expect(told(outliving(), '2027-03-01', '2027-12-31')).toEqual([
      '2027-03-01 call-off-by 0 (skipped 180..7)',
    ])
  })

  test('of a contract that ends before is not told of after its end', () => {
    const of = outliving({ awardedEnd: endOn('2027-01-31') })
    const after = told(of).filter((line) => line > '2027-02-01')
    expect(after.filter((line) => line.includes('call-off-by'))).toEqual([])
    expect(after.length).toBeGreaterThan(0)
  })

  test('hides neither the end nor a notice, and is heard beside them', () => {
    const of = outliving({ awardedEnd: endOn('2027-03-08') })
    expect(told(of).filter((line) => line.includes(' end ') && line < '2027-03-09')).toEqual([
      '2027-02-05 end 30',
      '2027-02-22 end 14',
      '2027-03-01 end 7',
      '2027-03-05 end 1',
      '2027-03-08 end 0',
    ])
    expect(told(of).filter((line) => line.includes('call-off-by'))).toEqual(REMINDERS)
  })
})

describe('a last call-off day is settled', () => {
  const why = (of: Contract) => deadline(of, 'call-off-by').settled?.why ?? null
  const dear = (changes: Partial<Contract> = {}) =>
    contract({ awardedEnd: endOn('2029-03-31'), callOffs: callOffs(), ...changes })
  const startBy = deadline(dear(), 'start-by').on
  const decided = (text: string) => [decision('start-by', startBy, { text })]

  test('by a decision about itself, and by a signed successor', () => {
    expect(why(dear({ decisions: [decision('call-off-by', LAST)] }))).toContain('decided on')
    expect(why(dear({ decisions: [decision('call-off-by', '2027-02-21')] }))).toBeNull()
    expect(why(dear({ successorStart: day('2029-04-01') }))).toContain('signed successor')
    expect(why(dear({ successorStart: day('2029-06-01') }))).toBeNull()
    const rolling = dear({ awardedEnd: { kind: 'rolling' }, successorStart: day('2027-01-01') })
    expect(why(rolling)).toContain('signed successor')
  })

  test.each(['Compete', 'Tender', 'Let it end', 'Exit: the service has another home'])(
    'by the decision "%s", which needs no framework',
    (text) => expect(why(dear({ decisions: decided(text) }))).toContain(text),
  )

  test.each(['Call off from a framework', 'Award directly', 'Take the option', 'use RM6100'])(
    'not by the decision "%s"',
    (text) => expect(why(dear({ decisions: decided(text) }))).toBeNull(),
  )

  test('not by competing under the framework, nor by a decision about a date that has moved', () => {
    const mini = dear({ route: 'mini-competition' })
    const on = deadline(mini, 'start-by').on
    expect(why({ ...mini, decisions: [decision('start-by', on, { text: 'Compete' })] })).toBeNull()
    const old = [decision('start-by', '2020-01-01', { text: 'Compete' })]
    expect(why(dear({ decisions: old }))).toBeNull()
  })
})

describe('whatever the contract', () => {
  const FIRST = day('2026-01-05')
  const anyContract = fc
    .record({
      end: fc.option(fc.integer({ min: 30, max: 900 })),
      last: fc.integer({ min: 1, max: 500 }),
      value: fc.constantFrom(null, '5000', '900000'),
      route: fc.constantFrom(null, 'open', 'mini-competition'),
      renews: fc.boolean(),
    })
    .map(({ end, last, value, route, renews }) =>
      contract({
        start: addDays(FIRST, -900),
        awardedEnd: end === null ? { kind: 'rolling' } : endOn(addDays(FIRST, end)),
        callOffs: callOffs({ frameworkEnd: addDays(FIRST, last) }),
        value: value === null ? null : asDecimal(value),
        route,
        automaticRenewal: renews,
        noticePeriod: renews ? { amount: 1, unit: 'months' } : null,
      }),
    )

  test('a last call-off day is right to the day, told within 30 days of it, and each reminder once', () => {
    holds([anyContract], 200, (of) => {
      const found = deadline(of, 'call-off-by')
      expect(found.on).toBe(of.callOffs?.frameworkEnd)
      const to = addDays(found.on, 120)
      const heard = watch({ contract: of, from: FIRST, to, looks: EVERY_DAY }).filter(
        ({ kind }) => kind === 'call-off-by',
      )
      const rungs = heard.map(({ rung }) => rung)
      expect(new Set(rungs).size).toBe(rungs.length)
      const { awardedEnd } = of
      const runs = awardedEnd.kind !== 'dated' || awardedEnd.latest >= found.on
      const renews = of.automaticRenewal === true
      if (!runs && !renews) return
      // Within the last 30 days nothing else speaks in its place: the nearest reminder is told on its day.
      for (const rung of [30, 7, 0]) {
        const on = workingDayOnOrBefore(addDays(found.on, -rung), ENGLAND)
        if (on < FIRST) continue
        expect(
          heard.some((each) => each.on === on && each.rung !== null && each.rung <= rung),
        ).toBe(true)
      }
      for (const { on, rung } of heard) {
        expect(isWorkingDay(on, ENGLAND)).toBe(true)
        if (on > FIRST && rung !== null) {
          expect(daysBetween(on, found.on)).toBeGreaterThanOrEqual(rung)
        }
      }
      expect(heard.every(({ on }) => on <= addDays(found.on, 30))).toBe(true)
    })
  })
})

describe('a register', () => {
  test('gives it under its own headings; a list of frameworks has its end there', async () => {
    const path = written(
      'call-offs.csv',
      'Reference,Title,Supplier,End date,Framework reference,Framework expiry date\nA,a,x,31/03/2029,RM6100,22/02/2027\nB,b,x,31/03/2029,,\n',
    )
    const { drafts } = await reading(path)
    expect(drafts.map((each) => [each.end, each.callOffBy, each.parent])).toEqual([
      [endOn('2029-03-31'), LAST, 'RM6100'],
      [endOn('2029-03-31'), undefined, undefined],
    ])
    const frameworks = written(
      'frameworks.csv',
      'Framework number,Title,Supplier,Framework end date\nRM1,a,x,22/02/2027\n',
    )
    expect((await reading(frameworks)).drafts.map(({ end }) => end)).toEqual([endOn('2027-02-22')])
    const both = written(
      'both.csv',
      'Reference,Title,Supplier,End date,Last call-off date\nRM1,a,x,22/02/2028,22/02/2027\n',
    )
    expect((await reading(both)).drafts.map(({ callOffBy }) => callOffBy)).toEqual([LAST])
  })
})

describe('in words', () => {
  const said = (on: string) =>
    warningMessage(warning({ deadlines: [deadlineFacts('call-off-by', on, { reason: '' })] })).text

  test('says until when, and what to do by then', () => {
    expect(said('2023-04-30')).toContain('Its framework takes call-offs until Sun 30 Apr 2023.')
    expect(said('2023-04-30')).toContain('sign by then what follows under the framework')
    expect(said('2023-03-01')).toContain('Last call-off was Wed 1 Mar (30 days')
    expect(said('2023-03-01')).toContain('check with procurement which other routes still fit')
  })
})

describe('in a house', () => {
  const setup = useSetup({ emptied: 'before' })
  const due = (reference: string) =>
    setup.rows<{ on: string }>(
      `SELECT d.due_on::text AS "on" FROM deadline d JOIN contract c ON c.id = d.contract_id
       WHERE c.reference = $1 AND d.kind = 'call-off-by' AND d.settled_why IS NULL`,
      [reference],
    )
  const FRAMEWORK = { form: 'framework', end: endOn('2027-02-22') } as const
  const UNDER = { form: 'call-off', parent: 'RM-1', end: endOn('2029-03-31') } as const
  const register = () => [
    draft('RM-1', FRAMEWORK),
    draft('C-1', UNDER),
    draft('C-2', { ...UNDER, end: { kind: 'rolling' } }),
    draft('C-3', { end: endOn('2029-03-31') }),
  ]

  test('each call-off has it from the import on, the framework and others have none', async () => {
    await setup.import(register(), '2026-08-24')
    expect(await due('C-1')).toEqual([{ on: '2027-02-22' }])
    expect(await due('C-2')).toEqual([{ on: '2027-02-22' }])
    expect([...(await due('RM-1')), ...(await due('C-3'))]).toEqual([])
    await setup.sweep('2026-08-25')
    expect(await setup.alerts()).toEqual([])
    await setup.sweep('2026-08-26')
    expect(await setup.alerts('C-1')).toEqual(['2026-08-26 call-off-by 180'])
    expect(await setup.alerts('C-2')).toEqual(['2026-08-26 call-off-by 180'])
  })

  test('it follows the framework: extended, closed, by a register or by people', async () => {
    await setup.import(register(), '2026-08-24')
    await setup.sweep('2026-08-26')
    await extend(setup.db.pool, setup.actor('2026-09-01'), await setup.contractId('RM-1'), {
      ...{ kind: 'option', from: null, to: day('2027-08-31'), cost: null },
    })
    expect(await due('C-1')).toEqual([{ on: '2027-08-31' }])
    expect(await setup.alerts('C-1')).toEqual(['2026-08-26 call-off-by 180 (superseded)'])
    await setup.import(
      [
        draft('RM-1', {
          ...FRAMEWORK,
          callOffBy: day('2027-06-30'),
          extensions: [extended('2027-08-31')],
        }),
        draft('C-1', UNDER),
      ],
      '2026-09-02',
    )
    expect(await due('C-1')).toEqual([{ on: '2027-06-30' }])
    await act(
      setup.db.pool,
      setup.actor('2026-10-01'),
      await setup.contractId('RM-1'),
      async (client) => {
        await client.query(`UPDATE contract SET closed_on = '2026-10-01' WHERE reference = 'RM-1'`)
        return []
      },
    )
    expect(await due('C-1')).toEqual([{ on: '2026-10-01' }])
  })

  test('it goes with the framework where the import of that is undone', async () => {
    await setup.import([draft('RM-1', FRAMEWORK)], '2026-08-24', { source: 'frameworks' })
    await setup.import([draft('C-1', UNDER)], '2026-08-24', { source: 'call-offs' })
    expect(await due('C-1')).toEqual([{ on: '2027-02-22' }])
    const { db, organisation, rulesOf } = setup
    await undoImport(db.pool, {
      ...{ organisationId: organisation.id, rulesOf, source: 'frameworks', personId: null },
      ...{ via: 'command line', now: NOW, today: day('2026-08-25'), dryRun: false },
    })
    expect(await due('C-1')).toEqual([])
  })

  test('an intention to call off leaves it open; what was called off, or another way, settles it', async () => {
    await setup.import(register(), '2026-08-24')
    const id = await setup.contractId('C-1')
    const said = (text: string) =>
      decide(setup.db.pool, setup.actor('2026-09-01'), id, {
        kind: 'call-off-by',
        text,
        evidence: null,
      })
    await expect(said('Call off from a framework')).rejects.toThrow('about the day to start buying')
    expect(await due('C-1')).toEqual([{ on: '2027-02-22' }])
    await said('Called off: signed on 28 August')
    expect(await due('C-1')).toEqual([])
    await setup.sweep('2027-02-22')
    expect(await setup.alerts('C-1')).toEqual([])
  })

  test('explain, simulate, due, the calendar and the weekly summary know of it while it matters', async () => {
    await setup.import(register(), '2026-08-24')
    const { db, organisation, rulesOf } = setup
    const organisationId = organisation.id
    const id = await setup.contractId('C-1')
    const { next } = await explain(db.pool, organisationId, id, day('2026-08-24'), rulesOf)
    expect(next[0]).toMatchObject({ kind: 'call-off-by', on: '2026-08-26', rung: 180 })
    const simulated = await simulate(db.pool, {
      ...{ organisationId, rulesOf, sourceId: null, held: true },
      ...{ from: day('2026-08-24'), to: day('2027-06-30') },
    })
    expect(
      simulated
        .filter(({ reference, kind }) => reference === 'C-1' && kind === 'call-off-by')
        .map(({ on, kind, rung }) => `${on} ${kind} ${rung}`),
    ).toEqual(REMINDERS)
    const kinds = async (asOf: string) =>
      (
        await listDue(db.pool, {
          ...{ organisationId, asOf: day(asOf), days: 30, teamId: null, limit: null },
        })
      ).items.map(({ reference, kind }) => `${reference} ${kind}`)
    expect(await kinds('2027-02-01')).toContain('C-1 call-off-by')
    expect(await kinds('2027-03-20')).toContain('C-2 call-off-by')
    expect((await kinds('2027-04-20')).join()).not.toContain('call-off-by')
    const week = async (slot: string) =>
      weeklyFacts(db.pool, { organisationId, teamId: null, slot: day(slot), since: null })
    const names = (list: { readonly items: readonly { readonly reference: string }[] }) =>
      list.items.map(({ reference }) => reference).sort()
    expect(names((await week('2027-02-19')).decideThisWeek)).toEqual(
      expect.arrayContaining(['C-1', 'C-2']),
    )
    expect(names((await week('2027-03-05')).overdue)).toEqual(['C-1', 'C-2'])
    expect(names((await week('2027-04-20')).overdue)).toEqual([])
    const [team] = await setup.rows<{ id: number }>('SELECT id FROM team WHERE is_default')
    const events = async (today: string) =>
      (
        await readCalendar(db.pool, {
          ...{ organisationId, personId: null, today: day(today), teamId: present(team).id },
        })
      ).events.map(({ kind }) => kind)
    expect(await events('2027-02-01')).toContain('call-off-by')
    expect(await events('2027-04-20')).not.toContain('call-off-by')
  })

  const ASSUMED = { route: null, end: endOn('2028-03-31') } as const

  test('what an import writes of a new contract is what counting it anew writes', async () => {
    await setup.import(
      [
        ...register(),
        draft('P-1', { ...ASSUMED, regime: 'PSR23', value: asDecimal('900000') }),
        draft('V-1', { ...ASSUMED, value: asDecimal('115000'), vat: 'net' }),
        draft('V-2', { ...ASSUMED, value: asDecimal('115000'), vat: 'gross' }),
        draft('L-1', {
          ...ASSUMED,
          value: asDecimal('500000'),
          category: 'Light touch',
        }),
        draft('R-1', {
          end: endOn('2027-06-30'),
          automaticRenewal: true,
          noticePeriod: { amount: 3, unit: 'months' },
          renewalTerm: { amount: 1, unit: 'years' },
        }),
      ],
      '2026-08-24',
    )
    const kept = () =>
      setup.rows(
        `SELECT c.reference, c.next_rung_on, d.* FROM contract c LEFT JOIN deadline d ON d.contract_id = c.id
         ORDER BY c.reference, d.kind, d.due_on`,
      )
    const imported = await kept()
    await setup.rows(`UPDATE team SET settings = settings - 'keyed_by'`)
    await setup.followRules('2026-08-24')
    expect(await kept()).toEqual(imported)
    const isWritten = (row: object, column: string) => Boolean(Reflect.get(row, column))
    for (const column of ['from_on', 'assumed', 'renews_to']) {
      expect(imported.some((row) => isWritten(row as object, column))).toBe(true)
    }
  })
})

test('a contract’s own rules say when it is told', () => {
  const rules = defaultRules(ENGLAND)
  const often = {
    ...rules,
    ladders: {
      ...rules.ladders,
      'call-off-by': { before: [14, 0], afterwards: 'nothing' } as const,
    },
  }
  const heard = watch({
    contract: outliving({ extensions: [extension('2029-04-01', '2029-06-30')] }),
    from: day('2026-06-01'),
    to: day('2027-06-01'),
    rules: often,
    looks: EVERY_DAY,
  })
  expect(lines(heard)).toEqual(['2027-02-08 call-off-by 14', '2027-02-22 call-off-by 0'])
})
