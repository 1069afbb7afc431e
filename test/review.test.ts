/** A review date: told of by a ladder of its own, with an end or without, until it is decided. */

import { act } from '../src/actions/act.ts'
import { decide } from '../src/actions/decide.ts'
import { extend } from '../src/actions/extend.ts'
import { deliverDue } from '../src/delivery/worker.ts'
import type { ContractEntry } from '../src/register/edit/create.ts'
import { editContract } from '../src/register/edit/edit.ts'
import { listDue, readPersonalData } from '../src/reports/list.ts'
import { contractStartBy } from '../src/reports/start-by.ts'
import { weeklyFacts } from '../src/reports/weekly-lists.ts'
import { type Contract, reviewBeside } from '../src/rules/contract.ts'
import { asDecimal } from '../src/rules/money.ts'
import { type WaiverFacts, waiverDocument } from '../src/text/waiver.ts'
import { warningMessage } from '../src/text/warning.ts'
import { groupedMessage } from '../src/text/warning-group.ts'
import { explain } from '../src/warnings/explain.ts'
import { simulate } from '../src/warnings/simulate.ts'
import { openWorkspace } from '../stand-in/slack/server.ts'
import { contract, day, decision, endOn } from './support/contract-facts.ts'
import { deadline, contract as facts, warning, warnings } from './support/message-facts.ts'
import { worker } from './support/outbox.ts'
import { present } from './support/present.ts'
import { reading, written } from './support/register-file.ts'
import { draft, useSetup } from './support/setup.ts'
import { EVERY_DAY, lines, watch } from './support/watch-model.ts'

const REVIEW = day('2027-02-22')
const REMINDERS = [
  '2026-11-24 review 90',
  '2027-01-22 review 30',
  '2027-02-15 review 7',
  '2027-02-22 review 0',
  '2027-03-24 review -30',
  '2027-04-23 review -60',
  '2027-05-21 review -90',
]

function told(
  of: Contract,
  from: string,
  to: string,
  acts: Record<string, Partial<Contract>> = {},
) {
  const days = Object.entries(acts).map(
    ([date, change]) => [day(date), { kind: 'change', change }] as const,
  )
  return lines(
    watch({ contract: of, from: day(from), to: day(to), looks: EVERY_DAY, acts: new Map(days) }),
  )
}

describe('a review', () => {
  test.each(['rolling', 'undated'] as const)(
    'of a %s contract is told 90, 30 and 7 days before, on its day, then every 30 days',
    (kind) => {
      const of = contract({ awardedEnd: { kind }, reviewOn: REVIEW })
      expect(told(of, '2026-09-01', '2027-06-01')).toEqual(REMINDERS)
    },
  )

  test('is silent from the day it is decided, and a new date asks anew', () => {
    const of = contract({ awardedEnd: { kind: 'rolling' }, reviewOn: REVIEW })
    const decided = { decisions: [decision('review', REVIEW, { decidedOn: day('2027-02-16') })] }
    expect(told(of, '2026-09-01', '2027-06-01', { '2027-02-16': decided })).toEqual(
      REMINDERS.slice(0, 3),
    )
    const next = { ...decided, reviewOn: day('2028-02-22') }
    expect(
      told(of, '2027-02-16', '2028-02-01', { '2027-02-16': decided, '2027-03-01': next }),
    ).toEqual(['2027-11-24 review 90', '2028-01-21 review 30'])
  })

  test('hides neither end nor start-by, and is heard beside them', () => {
    const of = contract({ value: asDecimal('20000'), reviewOn: REVIEW })
    const all = told(of, '2026-09-01', '2027-03-31')
    const others = told({ ...of, reviewOn: null }, '2026-09-01', '2027-03-31')
    expect(all.filter((line) => !line.includes('review'))).toEqual(others)
    expect(all.filter((line) => line.includes('review'))).toEqual(REMINDERS.slice(0, 5))
    expect(others).toContain('2026-12-31 end 90')
  })

  test('is no longer asked for once its contract has ended', () => {
    const of = contract({ value: asDecimal('20000'), awardedEnd: endOn('2027-03-01') })
    const reviews = told({ ...of, reviewOn: REVIEW }, '2026-09-01', '2027-06-01')
    expect(reviews.filter((line) => line.includes('review'))).toEqual(REMINDERS.slice(0, 4))
  })

  test('stays open when a successor is signed, which settles the end', () => {
    const of = contract({ reviewOn: REVIEW, successorStart: day('2027-04-01') })
    expect(told(of, '2027-01-01', '2027-03-01')).toEqual([
      '2027-01-04 review 90',
      ...REMINDERS.slice(1, 4),
    ])
  })

  test('stands below what else speaks on its day, in the message of one contract and of many', () => {
    const of = warning({
      deadlines: [deadline('review', '2023-03-01'), deadline('end', '2023-04-30')],
    })
    const { text } = warningMessage(of)
    expect(text).toContain('Sign cover by Sun 30 Apr (30 days): Microsoft 365')
    expect(text).toContain('Also: Review was due Wed 1 Mar 2023, 30 days ago')
    const group = { asOf: of.asOf, team: 'Digital', catchUp: false, possibleRepeat: false }
    const many = groupedMessage({ ...group, warnings: [of, ...warnings(6)] }).text
    expect(many).toContain('Sign cover by Sun 30 Apr (30 days): Microsoft 365')
  })

  test('says what to review, and is one of data protection where personal data is processed', () => {
    const said = (personalData: boolean | null, on = '2023-04-30') =>
      warningMessage(
        warning({
          contract: facts({ personalData, currentEnd: null, awardedEnd: null }),
          deadlines: [deadline('review', on, { reason: '' })],
        }),
      ).text
    expect(said(true)).toContain('Data-protection review due on Sun 30 Apr 2023.')
    expect(said(true)).toContain('what personal data it processes')
    expect(said(true, '2023-03-01')).toContain('Data review was due Wed 1 Mar (30 days')
    expect(said(true, '2023-03-01')).toContain('Data-protection review was due on Wed 1 Mar 2023.')
    for (const other of [false, null]) {
      expect(said(other)).toContain('Review due on Sun 30 Apr 2023.')
      expect(said(other)).not.toContain('rotection')
    }
  })
})

test('a register says in words whether personal data is processed; an assessment not made says nothing', async () => {
  const path = written(
    'personal-data.csv',
    'Reference,Title,Supplier,Processes personal data,Review date\nA,a,x,Yes,22/02/2027\nB,b,x,no,\nC,c,x,,\nD,d,x,perhaps,\n',
  )
  const { drafts, problems } = await reading(path)
  expect(drafts.map((each) => [each.personalData, each.reviewOn])).toEqual([
    [true, REVIEW],
    [false, null],
    [undefined, null],
    [undefined, null],
  ])
  expect(problems.filter(({ value }) => value === 'perhaps')).toMatchObject([
    { problem: 'neither yes nor no', severity: 'warning' },
  ])
  const assessed = written('dpia.csv', 'Reference,Title,Supplier,DPIA\nA,a,x,Y\nB,b,x,N\n')
  expect((await reading(assessed)).drafts.map((each) => each.personalData)).toEqual([
    true,
    undefined,
  ])
})

describe('in a house', () => {
  const setup = useSetup({ emptied: 'before' })

  const ROLLING = {
    end: { kind: 'rolling' },
    reviewOn: REVIEW,
    personalData: true,
    owner: 'Zoe Quorn',
    ownerEmail: 'zoe.quorn@trust.example',
  } as const

  async function edit(changes: Partial<ContractEntry>, on: string) {
    const contractId = await setup.contractId('R-1')
    const actor = setup.actor(on)
    const edited = { changes, terminatesOn: null, why: null, holds: null }
    await act(setup.db.pool, actor, contractId, (client, acted) =>
      editContract(client, { ...actor, ...acted, contractId }, edited),
    )
  }

  test('the owner of a rolling contract is told in Slack, decides, and sets the next date', async () => {
    await setup.import([draft('R-1', ROLLING)], '2026-11-20')
    await setup.sweep('2026-11-23')
    expect(await setup.alerts()).toEqual([])
    await setup.sweep('2026-11-24')
    expect(await setup.alerts()).toEqual(['2026-11-24 review 90'])
    const workspace = await openWorkspace({
      now: Date.now,
      channels: [{ id: 'C0CONTRACTS', name: 'contracts' }],
    })
    await deliverDue(worker(setup.db.pool, workspace))
    const message = workspace.ledger.messages.find(({ text }) => text.includes('(90 days)'))
    await workspace.close()
    expect(message?.text).toContain('Review data by Mon 22 Feb (90 days): Imaging licences')
    expect(message?.text).toContain('Data-protection review due on Mon 22 Feb 2027.')
    expect(message?.text).toContain('Owner: Zoe Quorn.')

    const id = await setup.contractId('R-1')
    await decide(setup.db.pool, setup.actor('2026-12-01'), id, {
      kind: 'review',
      text: 'Assessment renewed',
      evidence: null,
    })
    expect(await setup.alerts()).toEqual(['2026-11-24 review 90 (closed)'])
    await setup.sweep('2027-02-22')
    expect(await setup.alerts()).toHaveLength(1)
    await edit({ reviewOn: day('2027-12-01') }, '2027-02-23')
    expect(await setup.rows('SELECT reason FROM deadline')).toEqual([
      { reason: 'review by Wed 1 Dec 2027, as it is recorded as processing personal data' },
    ])
    await setup.sweep('2027-09-02')
    expect(await setup.alerts()).toContain('2027-09-02 review 90')
  })

  test('a first import holds reviews until triage is confirmed, however near they are', async () => {
    const near = { ...ROLLING, reviewOn: day('2026-11-27') }
    await setup.import([draft('R-1', near)], '2026-11-20', { triageDays: 14 })
    await setup.sweep('2026-11-23')
    await setup.sweep('2026-11-27')
    expect(await setup.alerts()).toEqual([])
    await setup.sweep('2026-12-04')
    expect(await setup.alerts()).toEqual(['2026-12-04 review 0'])
    expect(await setup.rows('SELECT reason FROM deadline')).toEqual([
      { reason: 'review by Fri 27 Nov 2026, as it is recorded as processing personal data' },
    ])
  })

  test('a date that moves supersedes what was told of the old one; the record says who moved it', async () => {
    await setup.import([draft('R-1', ROLLING)], '2026-11-20')
    await setup.sweep('2026-11-24')
    await edit({ reviewOn: day('2027-05-03'), personalData: false }, '2026-11-25')
    expect(await setup.alerts()).toEqual(['2026-11-24 review 90 (superseded)'])
    expect(
      await setup.rows(
        `SELECT what, field, from_value AS "from", to_value AS "to" FROM audit_change
        WHERE field IN ('review_on', 'personal_data') AND contract_id = $1
        ORDER BY entry_id, position`,
        [await setup.contractId('R-1')],
      ),
    ).toEqual([
      { what: 'updated', field: 'review_on', from: '2027-02-22', to: '2027-05-03' },
      { what: 'updated', field: 'personal_data', from: 'true', to: 'false' },
    ])
    // A register that says nothing new takes nothing back.
    await setup.import([draft('R-1', ROLLING)], '2026-11-26')
    expect(await setup.rows('SELECT review_on, personal_data FROM contract')).toEqual([
      { review_on: '2027-05-03', personal_data: false },
    ])
  })

  test('explain, simulate, the list of what is due and the weekly summary know of it', async () => {
    await setup.import(
      [
        draft('R-1', ROLLING),
        draft('R-2', { end: { kind: 'undated' }, reviewOn: day('2026-10-01') }),
        draft('R-3', { personalData: true }),
        draft('R-4', { reviewOn: day('2027-02-22') }),
      ],
      '2026-11-20',
    )
    const { db, organisation, rulesOf } = setup
    const organisationId = organisation.id
    const id = await setup.contractId('R-1')
    const { next } = await explain(db.pool, organisationId, id, day('2026-11-20'), rulesOf)
    expect(next.slice(0, 2)).toMatchObject([
      { kind: 'review', on: '2026-11-24', rung: 90 },
      { kind: 'review', on: '2027-01-22', rung: 30 },
    ])
    const span = { from: day('2026-11-20'), to: day('2027-01-31') }
    const simulated = await simulate(db.pool, {
      ...{ organisationId, rulesOf, sourceId: null, held: true },
      ...span,
    })
    expect(simulated.map(({ on, reference, rung }) => `${on} ${reference} ${rung}`)).toEqual(
      expect.arrayContaining(['2026-11-24 R-1 90', '2027-01-22 R-1 30', '2026-11-20 R-2 -30']),
    )
    expect(simulated.find(({ reference }) => reference === 'R-1')?.text).toContain(
      'Data-protection review',
    )
    const due = await listDue(db.pool, {
      ...{ organisationId, asOf: day('2027-01-29'), days: 30, teamId: null, limit: null },
    })
    expect(due.items.map(({ reference, kind }) => `${reference} ${kind}`)).toEqual([
      'R-2 review',
      'R-1 review',
      'R-4 review',
    ])
    const week = await weeklyFacts(db.pool, {
      ...{ organisationId, teamId: null, slot: day('2027-01-29'), since: null },
    })
    expect(week.reviews?.items.map(({ reference, note }) => `${reference}: ${note}`)).toEqual([
      'R-2: null',
      'R-1: Of data protection',
      'R-4: null',
      'R-3: It processes personal data, and no review is to come: set its date',
    ])
    expect(week.overdue.total).toBe(0)
  })
})

describe('personal data that goes to others', () => {
  test('is read from a register under several headings, a yes, a no or names', async () => {
    const read = async (rows: string) =>
      (await reading(written('shared.csv', rows))).drafts.map((each) => [
        ...[each.personalData, each.sharesData, each.sharedWith, each.dpia, each.reviewOn],
      ])
    expect(
      await read(
        [
          'Reference,Title,Supplier,Personal data,Sub-processors,DPIA reference,DPIA review date',
          'A,a,x,Yes,Hotjar; Meta,DPIA-1,2027-02-22',
          'B,b,x,Y,None,,',
          'C,c,x,No,,,',
          'D,d,x,,Yes: Google Analytics,,',
          'E,e,x,yes,Non-EU hosts Ltd,,',
          'F,f,x,yes,X Corp,,',
          'G,g,x,yes,no third parties,,',
          'H,h,x,yes,?,,',
          'I,i,x,yes,under review,,',
        ].join('\n'),
      ),
    ).toEqual([
      [true, true, 'Hotjar; Meta', 'DPIA-1', '2027-02-22'],
      [true, false, undefined, undefined, null],
      [false, undefined, undefined, undefined, null],
      [undefined, true, 'Google Analytics', undefined, null],
      [true, true, 'Non-EU hosts Ltd', undefined, null],
      [true, true, 'X Corp', undefined, null],
      [true, false, undefined, undefined, null],
      [true, undefined, undefined, undefined, null],
      [true, undefined, undefined, undefined, null],
    ])
    expect(
      await read(
        'Reference,Title,Supplier,DPIA,Shares data with third parties,Trackers\nA,a,x,DPIA/2023/17,Y,Meta pixel\nB,b,x,N,no,\nC,c,x,,no,Meta pixel\n',
      ),
    ).toEqual([
      [true, true, 'Meta pixel', 'DPIA/2023/17', null],
      [undefined, false, undefined, undefined, null],
      [undefined, true, 'Meta pixel', undefined, null],
    ])
  })

  test('is not older than an extension that begins on its day', () => {
    const on = (reviewed: string) =>
      reviewBeside(
        { personalData: true, reviewOn: null, reviewedOn: day(reviewed) },
        day('2027-01-01'),
      )
    expect(on('2027-01-01')).toBeNull()
    expect(on('2026-12-31')).toContain('is older than the extension')
  })

  describe('beside an extension', () => {
    const setup = useSetup({ emptied: 'before' })
    const AT = '2026-11-23'
    const OLD =
      'the review is older than the extension: data-protection review of Sat 1 Mar 2025, extension from Fri 1 Jan 2027'
    const NONE = 'no data-protection review is recorded, and the extension begins on Fri 1 Jan 2027'
    const REFERENCES = ['R-NEW', 'R-NONE', 'R-NOT', 'R-OLD']

    beforeEach(async () => {
      const known = {
        ...{ end: endOn('2026-12-31'), personalData: true, value: asDecimal('900000') },
      }
      await setup.import(
        [
          draft('R-OLD', { ...known, reviewOn: day('2025-03-01'), title: 'Old review' }),
          draft('R-NEW', { ...known, reviewOn: day('2027-03-01'), dpia: 'DPIA-1' }),
          draft('R-NONE', { ...known, sharesData: true }),
          draft('R-NOT', { ...known, personalData: false, reviewOn: day('2025-03-01') }),
        ],
        AT,
      )
      for (const reference of REFERENCES) {
        await extend(setup.db.pool, setup.actor(AT), await setup.contractId(reference), {
          ...{ kind: 'emergency', to: day('2027-01-31'), from: null, cost: asDecimal('1000') },
        })
      }
    })

    async function startBy(reference: string): Promise<string | undefined> {
      const { organisation, rulesOf } = setup
      const count = await contractStartBy(setup.db.pool, await setup.contractId(reference), {
        ...{ organisationId: organisation.id, rulesOf, asOf: day(AT), route: null },
      })
      return count.review
    }

    test('that is newer than the review, or has none, the list and the steps to replace it say so', async () => {
      const { items, unknown } = await readPersonalData(setup.db.pool, {
        ...{ organisationId: setup.organisation.id, teamId: null, asOf: day(AT) },
      })
      expect(unknown).toBe(0)
      const found = new Map(items.map(({ reference, findings }) => [reference, findings]))
      expect([...found.keys()].sort()).toEqual(['R-NEW', 'R-NONE', 'R-OLD'])
      expect(found.get('R-OLD')).toEqual([
        ...[OLD, 'its review was due on Sat 1 Mar 2025', 'no impact assessment is recorded'],
        'nobody said whether it is shared',
      ])
      expect(found.get('R-NONE')).toEqual([
        ...[NONE, 'no impact assessment is recorded', 'it is not recorded with whom it is shared'],
      ])
      expect(found.get('R-NEW')).toEqual(['nobody said whether it is shared'])
      const said = await Promise.all(REFERENCES.map(startBy))
      expect(said).toEqual([undefined, NONE, undefined, OLD])
    })

    test('the draft that goes with it says so', async () => {
      const drafts = await setup.rows<{ reference: string; waiver: WaiverFacts }>(
        `SELECT facts #>> '{waiver,reference}' AS reference, facts -> 'waiver' AS waiver
         FROM delivery WHERE purpose = 'waiver' ORDER BY 1`,
      )
      expect(drafts.map(({ reference, waiver }) => [reference, waiver.review])).toEqual([
        ...[
          ['R-NEW', undefined],
          ['R-NONE', NONE],
          ['R-NOT', undefined],
          ['R-OLD', OLD],
        ],
      ])
      expect(waiverDocument(present(drafts[3]).waiver)).toContain(`Check: ${OLD}.`)
    })

    test('its warnings say so, alone and among many, until a review is recorded', async () => {
      await setup.rows(`DELETE FROM delivery`)
      await setup.sweep('2027-01-11')
      const workspace = await openWorkspace({
        ...{ now: Date.now, channels: [{ id: 'C0CONTRACTS', name: 'contracts' }] },
      })
      await deliverDue(worker(setup.db.pool, workspace))
      const said = workspace.ledger.messages.map(({ text }) => text).join('\n')
      await workspace.close()
      expect(said.split(OLD)).toHaveLength(2)
      expect(said.split(NONE)).toHaveLength(2)
      const alone = { review: OLD }
      const { text } = warningMessage(
        warning({ contract: facts(alone), deadlines: [deadline('end', '2023-04-30')] }),
      )
      expect(text).toContain(`Data protection: ${OLD}.`)
      await decide(setup.db.pool, setup.actor('2027-01-12'), await setup.contractId('R-OLD'), {
        ...{ kind: 'review', text: 'Assessment renewed', evidence: null },
      })
      expect(await startBy('R-OLD')).toBeUndefined()
    })
  })
})
