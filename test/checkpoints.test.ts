/** A procurement played through its checkpoints: what is asked and when, what slips, what it costs. */

import { answerCheckpoint } from '../src/actions/checkpoints.ts'
import { decide } from '../src/actions/decide.ts'
import { extend } from '../src/actions/extend.ts'
import { readTeams } from '../src/database/organisation.ts'
import { deliverDue } from '../src/delivery/worker.ts'
import { behindPlan } from '../src/reports/procurement.ts'
import type { CivilDate } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import { day } from './support/contract-facts.ts'
import { useWorkspace, worker } from './support/outbox.ts'
import { draft, useSetup } from './support/setup.ts'

const setup = useSetup({ emptied: 'before' })
const { workspace } = useWorkspace({
  channels: [{ id: 'C0CONTRACTS', name: 'contracts' }],
  now: () => Date.parse('2026-11-23T09:00:00Z'),
})
beforeEach(async () => {
  await setup.import(
    [draft('P-1', { value: asDecimal('1200000'), valueBasis: 'committed', title: 'Imaging' })],
    '2026-06-01',
  )
})

const competes = async (on: string, text = 'Compete by open procedure') =>
  decide(setup.db.pool, setup.actor(on), await setup.contractId('P-1'), {
    kind: 'start-by',
    text,
    evidence: null,
  })

const answers = async (
  on: string,
  name: Parameters<typeof answerCheckpoint>[3],
  answer: Parameters<typeof answerCheckpoint>[4],
) => answerCheckpoint(setup.db.pool, setup.actor(on), await setup.contractId('P-1'), name, answer)

/** Swept and delivered from the one day to the other, on these days and beside them. */
const pass = (from: string, to: string, ...days: string[]) => setup.sweepAround(from, to, days)

async function asked(): Promise<string[]> {
  const rows = await setup.rows<{ on: CivilDate; name: string; due: string }>(
    `SELECT as_of AS "on", q ->> 'name' AS name, q ->> 'dueOn' AS due
     FROM delivery, jsonb_array_elements(coalesce(facts -> 'checkpoints', jsonb_build_array(facts -> 'checkpoint'))) q
     WHERE purpose = 'checkpoint' ORDER BY as_of, id`,
  )
  return rows.map(({ on, name, due }) => `${on}: ${name} due ${due}`)
}

async function behind(today: string) {
  const { organisation, rulesOf, db } = setup
  const teams = await readTeams(db.pool, organisation.id)
  return behindPlan(db.pool, {
    organisationId: organisation.id,
    teamId: null,
    teams,
    rulesOf,
    today: day(today),
  })
}

describe('a procurement with two slips', () => {
  test('asks about each step once on its day, says the gap in days and pounds, and ends in time', async () => {
    await competes('2026-07-01')
    await pass('2026-07-01', '2026-07-26', '2026-07-24')
    expect(await asked()).toEqual(['2026-07-24: publication due 2026-07-24'])
    const published = await answers('2026-07-27', 'publication', {
      said: 'done',
      on: day('2026-07-24'),
    })
    expect(published.gap).toMatchObject({ awardOn: '2027-01-21', days: 0, cost: null })

    // The first slip, said before its day: the award goes from 21 January to 4 February.
    const first = await answers('2027-01-11', 'award', { said: 'slipped', to: day('2027-02-04') })
    expect(first.award).toEqual({ was: '2027-01-21', now: '2027-02-04' })
    expect(first.gap).toMatchObject({
      coverFrom: '2027-04-01',
      beginsOn: '2027-04-15',
      days: 14,
      // £1.2m over 36 months is £33,333.33 a month; 14 of the 30 days of April, and a quarter more.
      cost: {
        runRate: '15555.56',
        extra: '3888.89',
        method: 'straight line over 36 months; ratio 1.25 assumed',
      },
    })
    await pass('2027-01-12', '2027-02-04', '2027-01-21')
    expect((await asked()).slice(1)).toEqual(['2027-02-04: award due 2027-02-04'])
    await answers('2027-02-04', 'award', { said: 'done', on: day('2027-02-04') })

    // The second: the standstill is over, but the approval takes two weeks more.
    await pass('2027-02-05', '2027-03-15', '2027-02-15')
    await answers('2027-02-16', 'standstill-ends', { said: 'done', on: day('2027-02-15') })
    const second = await answers('2027-03-15', 'approval', {
      said: 'slipped',
      to: day('2027-03-29'),
    })
    expect(second.award).toBeNull()
    expect(second.gap).toMatchObject({ beginsOn: '2027-04-29', days: 28 })
    expect(second.gap?.cost).toMatchObject({ runRate: '31111.11', extra: '7777.78' })

    await pass('2027-03-16', '2027-05-05', '2027-03-30', '2027-04-28')
    expect((await asked()).slice(2)).toEqual([
      '2027-02-15: standstill-ends due 2027-02-15',
      '2027-03-15: approval due 2027-03-15',
      // Easter: Mon 29 Mar 2027 is a holiday, so that the question waits for the next working day.
      '2027-03-30: approval due 2027-03-29',
      '2027-03-30: signature due 2027-03-30',
      '2027-04-28: mobilisation due 2027-04-28',
    ])
    await answers('2027-05-05', 'mobilisation', { said: 'done', on: day('2027-04-28') })
    expect((await behind('2027-05-05')).items).toEqual([])
  })

  test('what is asked is sent once, and says afterwards what was answered', async () => {
    const setup_ = worker(setup.db.pool, workspace)
    await setup.rows(`UPDATE team SET channel = 'C0CONTRACTS'`)
    await competes('2026-07-01')
    await pass('2026-07-23', '2026-07-28', '2026-07-24')
    await deliverDue({ ...setup_, answerable: true })
    const question = () => workspace.ledger.messages.filter(({ text }) => /publication/i.test(text))
    expect(question().map(({ text }) => text.split('\n').slice(0, 3))).toEqual([
      [
        'Published? Due Fri 24 Jul (today): Imaging',
        '🔵 Northwind Ltd. Publication due today.',
        'Owner: No owner recorded.',
      ],
    ])
    const to = day('2026-08-07')
    await answers('2026-07-28', 'publication', { said: 'slipped', to })
    await deliverDue({ ...setup_, answerable: true })
    expect(question()[0]?.text).toContain('Publication slips to Fri 7 Aug 2026.')
    expect(question()[0]?.text).toContain('The award moves from Thu 21 Jan 2027 to')
    expect(JSON.stringify(question()[0]?.blocks)).not.toContain('checkpoint-done')
    await setup.rows(`UPDATE team SET channel = NULL`)
  })
})

describe('a checkpoint', () => {
  test('is asked about in a reply to the warning of its contract, where one stands', async () => {
    await competes('2026-07-01')
    const [warned] = await setup.rows(
      `INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination, as_of, facts, state, sent_at)
       SELECT organisation_id, id, 'contract:' || $1::int, 'post', 1, coalesce(channel, 'terminal'), '2026-07-20', '{}', 'SENT', now()
       FROM team RETURNING id`,
      [await setup.contractId('P-1')],
    )
    await pass('2026-07-24', '2026-07-24')
    const replies = await setup.rows(
      `SELECT (facts ->> 'thread_of')::int AS id FROM delivery WHERE purpose = 'checkpoint'`,
    )
    expect(replies).toEqual([warned])
  })

  test('that is answered before its question is sent is not asked about', async () => {
    await competes('2026-07-01')
    await pass('2026-07-24', '2026-07-24')
    await answers('2026-07-24', 'publication', { said: 'done', on: day('2026-07-24') })
    await setup.rows(`UPDATE delivery SET destination = 'C0CONTRACTS' WHERE purpose = 'checkpoint'`)
    await deliverDue(worker(setup.db.pool, workspace))
    const [row] = await setup.rows<{ state: string }>(
      `SELECT state FROM delivery WHERE purpose = 'checkpoint'`,
    )
    expect(row?.state).toBe('SUPERSEDED')
  })

  test('is not asked about where a later one is said to be done', async () => {
    await competes('2026-07-01')
    await answers('2027-03-01', 'signature', { said: 'done', on: day('2027-03-01') })
    await pass('2027-03-01', '2027-03-10')
    expect(await asked()).toEqual([])
  })

  test('is forgotten where another decision takes the place of the one that made it', async () => {
    await competes('2026-07-01')
    await competes('2026-07-02', 'Let it end: the service moves to the region')
    await pass('2026-07-24', '2026-07-27')
    expect(await asked()).toEqual([])
    await expect(
      answers('2026-07-28', 'publication', { said: 'done', on: day('2026-07-28') }),
    ).rejects.toThrow('no procurement under way')
  })

  test('of a contract that is closed is not asked about', async () => {
    await competes('2026-07-01')
    await setup.rows(`UPDATE contract SET closed_on = '2026-07-02'`)
    await pass('2026-07-24', '2026-07-27')
    expect(await asked()).toEqual([])
  })

  test('slips to a later day alone, and is done once, on a day that has come', async () => {
    await competes('2026-07-01')
    const to = (date: string) =>
      answers('2026-07-28', 'publication', { said: 'slipped', to: day(date) })
    await expect(to('2026-07-24')).rejects.toThrow('a day today or later')
    await expect(to('2026-07-27')).rejects.toThrow('a day today or later')
    await expect(
      answers('2026-07-28', 'award', { said: 'done', on: day('2026-07-29') }),
    ).rejects.toThrow('has not come yet')
    await expect(
      answers('2026-07-28', 'award', { said: 'slipped', to: day('2027-01-21') }),
    ).rejects.toThrow('later than Thu 21 Jan 2027')
    await answers('2026-07-28', 'publication', { said: 'done', on: day('2026-07-28') })
    await expect(
      answers('2026-07-28', 'publication', { said: 'done', on: day('2026-07-28') }),
    ).rejects.toThrow('already')
  })

  test('stands in the audit with the day it was due and the day it moved to', async () => {
    await competes('2026-07-01')
    await answers('2026-07-28', 'publication', { said: 'slipped', to: day('2026-08-07') })
    const rows = await setup.rows<{ what: string; field: string; from: string; to: string }>(
      `SELECT what, field, from_value AS "from", to_value AS "to" FROM audit_change
       WHERE what LIKE '%procurement%' OR what LIKE 'checkpoint%' ORDER BY entry_id DESC, position LIMIT 2`,
    )
    expect(rows).toEqual([
      { what: 'checkpoint slipped', field: 'publication', from: '2026-07-24', to: '2026-08-07' },
      { what: 'procurement planned', field: 'open', from: null, to: '2027-03-02' },
    ])
  })
})

describe('procurements behind their plan', () => {
  test('none on time; overdue ones by the days they are late; with a gap by its length', async () => {
    await competes('2026-07-01')
    expect(await behind('2026-07-24')).toEqual({ items: [], of: 1 })
    const late = await behind('2026-07-31')
    expect(late.items).toMatchObject([
      {
        reference: 'P-1',
        checkpoint: 'publication',
        dueOn: '2026-07-24',
        daysLate: 7,
        daysBehind: 7,
      },
    ])
    expect(late.items[0]?.gap.days).toBeGreaterThan(0)
    await answers('2026-07-31', 'publication', { said: 'slipped', to: day('2026-08-14') })
    expect((await behind('2026-07-31')).items).toMatchObject([{ daysLate: 0, daysBehind: 21 }])
  })

  test('an extension that moves the end closes the gap', async () => {
    await competes('2026-08-24')
    expect((await behind('2026-08-24')).items).toMatchObject([{ gap: { days: 31 } }])
    const id = await setup.contractId('P-1')
    const input = { kind: 'variation', to: day('2027-05-31'), from: null, cost: null } as const
    await extend(setup.db.pool, setup.actor('2026-08-24'), id, input)
    expect((await behind('2026-08-24')).items).toEqual([])
  })
})
