/** What people put right, and a register that says otherwise later. */

import { act } from '../src/actions/act.ts'
import { extend } from '../src/actions/extend.ts'
import type { Draft } from '../src/register/draft.ts'
import { type ContractEdit, editContract } from '../src/register/edit/edit.ts'
import { daysBetween } from '../src/rules/civil-date.ts'
import { severityOf, statement } from '../src/text/deadline.ts'
import { warningHeadline } from '../src/text/headline.ts'
import { day, endOn } from './support/contract-facts.ts'
import { contract as contractFacts } from './support/message-facts.ts'
import { draft, useSetup } from './support/setup.ts'

const setup = useSetup({ emptied: 'after' })

const ON = '2026-11-23'

async function edit(changes: ContractEdit['changes'], more: Partial<ContractEdit> = {}) {
  const id = await setup.contractId('A-1')
  const actor = setup.actor(ON)
  await act(setup.db.pool, actor, id, (client, acted) =>
    editContract(
      client,
      { ...actor, ...acted, contractId: id },
      { changes, terminatesOn: null, why: null, holds: null, ...more },
    ),
  )
}

async function extendTo(to: string) {
  const id = await setup.contractId('A-1')
  const extension = { kind: 'variation', to: day(to), from: null, cost: null } as const
  await extend(setup.db.pool, setup.actor(ON), id, extension)
}

/** Awarded end, current end (`earliest..latest` where they differ), and what the register disputes. */
async function ends(): Promise<string> {
  const [row] = await setup.rows<Record<'awarded' | 'earliest' | 'latest' | 'disputed', string>>(
    `SELECT end_latest AS awarded, current_earliest AS earliest, current_latest AS latest,
            disputed_end AS disputed FROM contract WHERE reference = 'A-1'`,
  )
  const { awarded, earliest, latest, disputed } = row ?? {}
  const span = earliest === latest ? latest : `${earliest}..${latest}`
  return `${awarded} → ${span}${disputed === null ? '' : ` disputed ${disputed}`}`
}

async function endDeadline(): Promise<string | undefined> {
  const [row] = await setup.rows<{ on: string }>(
    `SELECT due_on AS "on" FROM deadline WHERE kind = 'end'`,
  )
  return row?.on
}

const again = (changes: Partial<Draft> = {}) => setup.import([draft('A-1', changes)], ON)

describe('a field that a person put right', () => {
  test('stays as long as the register repeats itself, and when it says something else, which is listed', async () => {
    await again()
    await edit({ title: 'Imaging software', supplier: 'Northwind Health Ltd' })
    expect(await again({ lot: null, units: null, category: 'IT' })).toMatchObject({ updated: 1 })
    const later = await again({ category: 'IT', title: 'Radiology licences' })
    expect(later).toMatchObject({ updated: 0, unchanged: 1 })
    expect(later.problems).toMatchObject([
      { reference: 'A-1', field: 'title', severity: 'warning' },
    ])
    const [row] = await setup.rows('SELECT title, supplier FROM contract')
    expect(row).toEqual({ title: 'Imaging software', supplier: 'Northwind Health Ltd' })
  })

  test('buyers too', async () => {
    await again()
    await edit({ buyer: 'Southern Trust; Western Trust' })
    await again({ category: 'IT' })
    const buyers = () =>
      setup.rows('SELECT name FROM contract_buyer JOIN buyer ON id = buyer_id ORDER BY position')
    expect(await buyers()).toEqual([{ name: 'Southern Trust' }, { name: 'Western Trust' }])
    const later = await again({ category: 'IT', buyers: ['Eastern Trust'] })
    expect(later.problems).toMatchObject([{ field: 'buyers' }])
    expect(await buyers()).toEqual([{ name: 'Southern Trust' }, { name: 'Western Trust' }])
  })
})

describe('an end that people and the register give differently', () => {
  test('an earlier end in the register than people recorded warns, and both are told', async () => {
    await again()
    await extendTo('2028-03-31')
    const later = await again({ currentEnd: day('2027-09-30') })
    expect(later).toMatchObject({ updated: 1 })
    expect(later.problems).toMatchObject([
      { field: 'end', problem: expect.stringContaining('Thu 30 Sep 2027 warns') },
    ])
    expect(await ends()).toBe('2027-03-31 → 2027-09-30..2028-03-31 disputed 2027-09-30')
    expect(await endDeadline()).toBe('2027-09-30')
    const { deadlines, extensions } = await setup.shown('A-1', ON)
    const [deadline] = deadlines
    expect(deadline?.reason).toContain(
      'the register says Thu 30 Sep 2027, people recorded Fri 31 Mar 2028',
    )
    // Nothing but what people recorded moves the end.
    expect(extensions.map(({ to }) => to)).toEqual(['2028-03-31'])
  })

  test('a later end in the register than a person put right moves nothing: theirs is the earlier', async () => {
    await again()
    await edit({ endKind: 'dated', end: day('2026-12-31') })
    const later = await again({ end: endOn('2027-06-30') })
    expect(later.problems).toMatchObject([{ field: 'end' }])
    expect(await ends()).toBe('2026-12-31 → 2026-12-31')
    expect(await endDeadline()).toBe('2026-12-31')
  })

  test('an earlier end in the register than a person put right warns', async () => {
    await again()
    await edit({ endKind: 'dated', end: day('2027-12-31') })
    expect(await ends()).toBe('2027-12-31 → 2027-12-31')
    await again({ end: endOn('2027-06-30') })
    expect(await ends()).toBe('2027-12-31 → 2027-06-30..2027-12-31 disputed 2027-06-30')
    expect(await endDeadline()).toBe('2027-06-30')
  })

  test('a contract that people let run on warns of the register’s new end', async () => {
    await again()
    await edit({ endKind: 'rolling', end: null })
    expect(await endDeadline()).toBeUndefined()
    await again({ end: endOn('2027-06-30') })
    expect(await endDeadline()).toBe('2027-06-30')
  })

  test('a register that only repeats itself disputes nothing, and ends a dispute when it agrees', async () => {
    await again()
    await extendTo('2028-03-31')
    expect(await again({ category: 'IT' })).toMatchObject({ problems: [] })
    expect(await ends()).toBe('2027-03-31 → 2028-03-31')
    await again({ currentEnd: day('2027-09-30') })
    await again({ currentEnd: day('2027-09-30'), category: 'Estates' })
    expect(await ends()).toBe('2027-03-31 → 2027-09-30..2028-03-31 disputed 2027-09-30')
    await again({ currentEnd: day('2028-03-31') })
    expect(await ends()).toBe('2027-03-31 → 2028-03-31')
  })

  test('a person settles it either way, and the record says so', async () => {
    await again()
    await extendTo('2028-03-31')
    await again({ currentEnd: day('2027-09-30') })
    await edit({}, { holds: 'recorded' })
    expect(await ends()).toBe('2027-03-31 → 2028-03-31')
    await again({ currentEnd: day('2027-06-30') })
    expect(await endDeadline()).toBe('2027-06-30')
    await edit({}, { holds: 'register' })
    expect(await ends()).toBe('2027-03-31 → 2027-06-30')
    const said = await setup.rows(
      `SELECT field, from_value, to_value FROM audit_change WHERE what = 'settled' ORDER BY entry_id, position`,
    )
    expect(said).toEqual([
      { field: 'disputed_end', from_value: '2027-09-30', to_value: null },
      { field: 'current_end', from_value: '2028-03-31', to_value: '2027-06-30' },
      { field: 'disputed_end', from_value: '2027-06-30', to_value: null },
    ])
  })

  test('what a person terminated is not brought back by a register that repeats itself', async () => {
    await again({ currentEnd: day('2028-03-31') })
    await edit({}, { terminatesOn: day('2027-06-30'), why: 'The ward closes' })
    expect(await ends()).toBe('2027-03-31 → 2027-06-30')
    await again({ currentEnd: day('2028-03-31'), category: 'Estates' })
    expect(await ends()).toBe('2027-03-31 → 2027-06-30')
  })

  test('a later end than people recorded is still an extension that nobody has classified', async () => {
    await again()
    await extendTo('2028-03-31')
    await again({ currentEnd: day('2028-09-30') })
    expect(await ends()).toBe('2027-03-31 → 2028-09-30')
  })
})

test('a contract that a person marked as historic is not revived by words that change nothing', async () => {
  await again()
  await setup.rows(`UPDATE contract SET historic = true`)
  await again({ category: 'Estates' })
  expect(await setup.rows('SELECT historic FROM contract')).toEqual([{ historic: true }])
  await again({ end: endOn('2026-12-31') })
  expect(await setup.rows('SELECT historic FROM contract')).toEqual([{ historic: false }])
})

test('a file that knows only references does not hide a contract from the file that made it', async () => {
  const ocds = draft('2021-1', { ocid: 'ocds-b5fd17-1', awardOrContractId: '2021-1' })
  await setup.import([ocds], ON)
  const sheet = await setup.import([draft('2021-1', { title: 'From a sheet' })], ON)
  expect(sheet).toMatchObject({ created: 0, updated: 1 })
  expect(await setup.import([ocds], ON)).toMatchObject({ created: 0 })
})

test('a warning of an end that two give differently names both days, and counts to the earlier', () => {
  const disputed = {
    ...contractFacts(),
    currentEnd: day('2028-03-31'),
    endPrecision: 'day' as const,
    disputedEnd: day('2027-09-30'),
  }
  const sight = (asOf: string) => ({
    asOf: day(asOf),
    contract: disputed,
    deadline: {
      kind: 'end' as const,
      on: day('2027-09-30'),
      daysLeft: daysBetween(day(asOf), day('2027-09-30')),
      reason: '',
      speaks: true,
      skipped: null,
      askedAgain: false,
    },
  })
  expect(statement(sight('2027-08-31'))).toBe(
    'It ends on Thu 30 Sep 2027 by the register, on Fri 31 Mar 2028 by what people recorded: which of the two holds is to be settled, and this counts to the earlier.',
  )
  expect(String(warningHeadline(sight('2027-08-31')))).toMatch(
    /^Sign cover by Thu 30 Sep \(30 days\): /,
  )
  expect(severityOf(sight('2027-12-01'))).toBe('urgent')
  expect(severityOf(sight('2028-04-01'))).toBe('overdue')
})
