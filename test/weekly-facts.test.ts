import { ENTRY_FIELDS } from '../src/register/edit/create.ts'
import { weeklyFacts } from '../src/reports/weekly-lists.ts'
import { addDays, asCivilDate, type CivilDate, dayText } from '../src/rules/civil-date.ts'
import { formFieldWords, NEWS } from '../src/text/explain.ts'
import type { SummaryList, WeeklyFacts } from '../src/text/facts.ts'
import { weeklyMessage } from '../src/text/weekly.ts'
import { useDatabase } from './support/database.ts'

const SLOT = asCivilDate('2026-11-23')
const day = (offset: number) => addDays(SLOT, offset)

const database = useDatabase()
let next = 0

/** An organisation of its own for each test, so that none sees another's contracts. */
let organisation = 0
let team = 0
let other = 0
let source = 0
beforeEach(async () => {
  next += 1
  organisation = await id(
    `INSERT INTO organisation (slug, name, time_zone, calendar)
     VALUES ($1, 'Trust', 'Europe/London', 'england-and-wales') RETURNING id`,
    [`org-${next}`],
  )
  team = await addTeam('Digital', true)
  other = await addTeam('Estates', false)
  source = await id(
    `INSERT INTO source (organisation_id, name) VALUES ($1, 'register.csv') RETURNING id`,
    [organisation],
  )
})

describe('the weekly summary counts', () => {
  it('a contract past its end without evidence as out of contract, until it is settled', async () => {
    await ending('LAPSED', -3)
    await ending('TODAY', 0)
    const covered = await addContract('COVERED', { latest: day(-3) })
    await addDeadline(covered, 'end', day(-3), 'a signed successor starts on the next day')
    const facts = await read()
    expect(references(facts.outOfContract)).toEqual(['LAPSED'])
    expect(facts.outOfContract.items[0]?.daysLeft).toBe(-3)
    expect(references(facts.lapseIn30)).toEqual(['TODAY'])
  })

  it('a date that passed without a decision as overdue, while the contract still runs', async () => {
    const running = await addContract('RUNNING', { latest: day(50) })
    await addDeadline(running, 'start-by', day(-20))
    await addDeadline(running, 'notice', day(-1), 'decided: let it renew')
    const ended = await addContract('ENDED', { latest: day(-1) })
    await addDeadline(ended, 'start-by', day(-100))
    const facts = await read()
    const overdue = facts.overdue.items.map(({ reference, kind }) => [reference, kind])
    expect(overdue).toEqual([['RUNNING', 'start-by']])
  })

  it('what must be decided from today to the day before the next summary', async () => {
    for (const [reference, offset] of [
      ['YESTERDAY', -1],
      ['FIRST', 0],
      ['LAST', 6],
      ['NEXT-WEEK', 7],
    ] as const) {
      const contract = await addContract(reference, { latest: day(200) })
      await addDeadline(contract, 'notice', day(offset))
    }
    expect(references((await read()).decideThisWeek)).toEqual(['FIRST', 'LAST'])
  })

  it('each end in one band: 0 to 30, 31 to 60, 61 to 90 days', async () => {
    for (const offset of [0, 30, 31, 60, 61, 90, 91])
      await ending(`D${offset}`, offset, offset % 2 === 0 ? 'end' : 'emergency-end')
    const facts = await read()
    expect(references(facts.lapseIn30)).toEqual(['D0', 'D30'])
    expect(references(facts.lapseIn60)).toEqual(['D31', 'D60'])
    expect(references(facts.lapseIn90)).toEqual(['D61', 'D90'])
  })

  it('an end known only to the month from its first day on, and never as a day', async () => {
    const month = { earliest: day(-22), latest: day(7), precision: 'month' }
    const now = await addContract('THIS-MONTH', month)
    await addDeadline(now, 'end', day(-22))
    const facts = await read()
    expect(facts.outOfContract.total).toBe(0)
    const note = 'ends in November 2026: it may lapse any day'
    const within = [{ reference: 'THIS-MONTH', kind: null, daysLeft: null, note }]
    expect(facts.lapseIn30.items).toMatchObject(within)
    const ended = [{ daysLeft: -1, note: 'ended in November 2026' }]
    expect((await read({ slot: day(8) })).outOfContract.items).toMatchObject(ended)
  })

  it('an end known only to the year with its range, and no date of it as overdue before the last', async () => {
    const year = { earliest: day(-200), latest: day(164), precision: 'year' }
    const vague = await addContract('FY', year)
    await addDeadline(vague, 'end', day(-200))
    await addDeadline(vague, 'notice', day(-292))
    await sql(`UPDATE deadline SET latest_on = due_on + 364 WHERE contract_id = $1`, vague)
    const facts = await read()
    expect(facts.overdue.total).toBe(0)
    expect(facts.outOfContract.total).toBe(0)
    const [item] = facts.lapseIn30.items
    const range = `${dayText(day(-200))} to ${dayText(day(164))}`
    expect(item?.note).toBe(`ends some day from ${range}: it may lapse any day`)
    expect((await read({ slot: day(73) })).overdue.items).toMatchObject([{ reference: 'FY' }])
    const later = [vague, day(3)]
    await sql(
      'UPDATE contract SET end_earliest = $2, current_earliest = $2 WHERE id = $1',
      ...later,
    )
    await sql(`UPDATE deadline SET due_on = $2 WHERE contract_id = $1 AND kind = 'end'`, ...later)
    expect((await read()).lapseIn30.items[0]?.note).toMatch(/^may end from then on/)
  })

  it('whether a contract renews as no decision missed', async () => {
    const asked = await addContract('ASKED', { latest: day(50) })
    await addDeadline(asked, 'renewal', day(-3))
    expect((await read()).overdue.total).toBe(0)
    expect((await read({ slot: day(-4) })).decideThisWeek.total).toBe(0)
  })

  it('emergency extensions on each of their days, first and last included', async () => {
    const contract = await addContract('ROLLED', { latest: day(9) })
    await addExtension(contract, 'emergency', 'confirmed', day(0), day(9), '3470000')
    await addExtension(contract, 'emergency', 'proposed', day(10), day(40), null)
    await addExtension(contract, 'option', 'confirmed', day(-40), day(40), null)
    const facts = await read()
    const note = 'Since Mon 23 Nov 2026, for £3,470,000'
    const rolled = { reference: 'ROLLED', kind: 'emergency-end', on: day(9), daysLeft: 9, note }
    expect(facts.emergencies).toMatchObject({ total: 1, items: [rolled] })
    expect((await read({ slot: day(9) })).emergencies.total).toBe(1)
    expect((await read({ slot: day(10) })).emergencies.total).toBe(0)
  })

  it('undated, rolling and unowned contracts, and an owner who has left as none', async () => {
    const here = await addPerson('Amira Khan', null)
    const gone = await addPerson('Tom Reed', day(-5))
    await addContract('UNDATED', { kind: 'undated', owner: here })
    await addContract('ROLLING', { kind: 'rolling', owner: here })
    await addContract('LEFT', { latest: day(300), owner: gone })
    await addContract('NOBODY', { latest: day(200) })
    const facts = await read()
    expect(references(facts.undated)).toEqual(['UNDATED'])
    expect(references(facts.rolling)).toEqual(['ROLLING'])
    expect(references(facts.unowned)).toEqual(['NOBODY', 'LEFT'])
    expect(facts.undated.items[0]?.owner).toEqual({ name: 'Amira Khan', slackUser: null })
  })

  it('nothing historic, closed or switched off, but says how many are historic', async () => {
    await ending('HISTORIC', 5, 'end', { historic: true })
    await ending('CLOSED', 5, 'end', { closed: true })
    await ending('OFF', 5, 'end', { watched: false })
    await ending('ON', 5)
    const facts = await read()
    expect(references(facts.lapseIn30)).toEqual(['ON'])
    expect(facts).toMatchObject({ watched: 1, historic: 1 })
  })

  it('one team or all of them', async () => {
    await ending('MINE', 5)
    await ending('THEIRS', 6, 'end', { team: other })
    expect(references((await read()).lapseIn30)).toEqual(['MINE', 'THEIRS'])
    const theirs = await read({ teamId: other })
    expect(theirs.team).toBe('Estates')
    expect(references(theirs.lapseIn30)).toEqual(['THEIRS'])
  })

  it('rows that could not be read once each, until they are put right', async () => {
    const first = await addImport()
    await addProblem(first, '12', 'error', null)
    await addProblem(first, '12', 'error', null)
    await addProblem(first, '13', 'error', await addImport())
    await addProblem(first, '14', 'warning', null)
    const facts = await read({ teamId: team })
    expect(facts.unread.total).toBe(1)
    expect(facts.unread.items[0]?.reference).toBe('register.csv, line 12 (C-9)')
    expect(facts.unread.items[0]?.note).toContain('End "30/02/2026": is no date')
    expect((await read({ teamId: other })).unread.total).toBe(0)
    await addContract('FROM-THE-SAME-REGISTER', { latest: day(300), team: other })
    expect((await read({ teamId: other })).unread.total).toBe(1)
  })

  it('what changed since the last summary, and new contracts apart', async () => {
    const moved = await addContract('MOVED', { latest: day(100) })
    const fresh = await addContract('FRESH', { latest: day(100) })
    await addEntry('2026-11-15T23:59:59Z', [[moved, 'decided', 'start-by', null, 'before']])
    await addEntry('2026-11-16T09:00:00Z', [
      [fresh, 'created', null, null, 'FRESH'],
      [moved, 'updated', 'end_latest', '2026-12-31', '2027-03-31'],
      [moved, 'updated', 'category', 'a', 'b'],
    ])
    await addEntry('2026-11-18T09:00:00Z', [[moved, 'decided', 'start-by', null, 'compete']])
    const facts = await read({ since: asCivilDate('2026-11-16') })
    expect(references(facts.changed)).toEqual(['MOVED'])
    expect(facts.changed.items[0]?.note).toBe(
      'the awarded end was Thu 31 Dec 2026, is now Wed 31 Mar 2027; decided (start-by): compete',
    )
    expect(facts.remarks).toEqual(['1 new contract since Mon 16 Nov 2026.'])
    const since = asCivilDate('2026-11-20')
    expect((await read({ since })).changed).toEqual({ total: 0, items: [] })
  })

  it.each([
    ['novated', 'supplier', 'Bytes', 'Contoso', 'novated: the supplier was Bytes, is now Contoso'],
    [
      ...(['terminated', 'current_end', '2027-03-31', '2026-12-31'] as const),
      'terminated: the end was Wed 31 Mar 2027, is now Thu 31 Dec 2026',
    ],
    [
      ...(['updated', 'awarded_end', 'undated', '2027-03-31'] as const),
      'the awarded end was undated, is now Wed 31 Mar 2027',
    ],
    [
      ...(['updated', 'notice_period', '3 months', '6 months'] as const),
      'the length of notice was 3 months, is now 6 months',
    ],
    [
      ...(['extension cut', 'option', '2027-03-31', '2027-01-31'] as const),
      'extension cut: its end was Wed 31 Mar 2027, is now Sun 31 Jan 2027',
    ],
    [
      ...(['extension withdrawn', 'renewal', '2027-03-31', null] as const),
      'extension withdrawn (renewal), which ended Wed 31 Mar 2027',
    ],
    [
      ...(['extension withdrawn', 'option', '2026-12-01', '2027-03-31: by mistake'] as const),
      'extension withdrawn (option), which ended Wed 31 Mar 2027',
    ],
    [
      ...(['settled', 'current_end', '2027-03-31', '2026-12-31'] as const),
      'settled: the end was Wed 31 Mar 2027, is now Thu 31 Dec 2026',
    ],
    [
      ...(['updated', 'closed_on', null, '2026-11-17'] as const),
      'the day of closing is now Tue 17 Nov 2026',
    ],
  ])('what people changed, by whichever act: %s %s', async (what, field, from, to, note) => {
    const id = await addContract('CHANGED', { latest: day(100) })
    await addEntry('2026-11-17T09:00:00Z', [[id, what, field, from, to]])
    const { changed } = await read({ since: asCivilDate('2026-11-16') })
    expect(changed.items).toMatchObject([{ reference: 'CHANGED', note }])
  })

  it('each field of the form has its words in the record, and what moves a date is news', () => {
    for (const { field } of [...ENTRY_FIELDS, { field: 'buyers' }]) {
      expect(formFieldWords([field]), field).toHaveLength(1)
    }
    for (const field of ['awarded_end', 'maximum_end', 'notice_period', 'automatic_renewal']) {
      expect(NEWS.fields).toContain(field)
    }
  })

  it.each([
    [3, 'months', [null, '3'], [null, 'months'], 'is now 3 months'],
    [6, 'weeks', ['30', '6'], ['days', 'weeks'], 'was 30 days, is now 6 weeks'],
    [1, 'years', ['2', '1'], null, 'was 2 years, is now 1 year'],
  ] as const)('a length of notice that changed to %i %s', async (amount, unit, of, its, words) => {
    const id = await addContract('N', { latest: day(100) })
    await sql(
      'UPDATE contract SET notice_amount = $2, notice_unit = $3 WHERE id = $1',
      id,
      amount,
      unit,
    )
    await addEntry('2026-11-17T09:00:00Z', [
      [id, 'updated', 'notice_amount', ...of],
      ...(its === null ? [] : [[id, 'updated', 'notice_unit', ...its] as const]),
    ])
    const { changed } = await read({ since: asCivilDate('2026-11-16') })
    expect(changed.items.map(({ note }) => note)).toEqual([`the length of notice ${words}`])
  })

  it('nothing at all in an empty database', async () => {
    const facts = await read()
    expect(weeklyMessage(facts).text).toContain('0 out of contract')
    expect(weeklyMessage(facts).file).toBeNull()
  })
})

it('the totals of a large register are exact, though its lists are cut', async () => {
  await sql(
    `INSERT INTO contract (organisation_id, team_id, source_id, external_id, reference, reference_key,
       title, supplier, end_kind, end_precision, end_earliest, end_latest, current_earliest,
       current_latest, value, first_seen_on)
     SELECT $1, $2, $3, n, 'C-' || n, 'c-' || n, 'Contract ' || n, 'Supplier ' || n % 500, 'dated', 'day',
            d, d, d, d, n, $4::date
       FROM generate_series(1, 10000) n, LATERAL (SELECT $4::date + (n % 1000) - 100 AS d) x`,
    ...[organisation, team, source, SLOT],
  )
  await sql(
    `INSERT INTO deadline (organisation_id, contract_id, kind, due_on, reason)
     SELECT $1, c.id, k.kind, c.current_latest - k.days, 'reason' FROM contract c,
            (VALUES ('end', 0), ('notice', 60), ('start-by', 120)) k (kind, days)
      WHERE c.organisation_id = $1`,
    organisation,
  )
  await sql(
    `WITH e AS (
      INSERT INTO audit_entry (organisation_id, position, at, via, summary, changes, digest, previous_hash, hash)
      VALUES ($1, 1, '2026-11-20T09:00Z', 'import', 'x', 1, '', '', '') RETURNING id)
    INSERT INTO audit_change (entry_id, position, contract_id, what, field, from_value, to_value)
    SELECT e.id, row_number() OVER (), c.id, 'updated', 'end_latest', '2026-01-01', '2027-01-01'
      FROM e, contract c WHERE c.organisation_id = $1`,
    organisation,
  )
  const facts = await read()
  expect(facts.outOfContract).toMatchObject({ total: 1000 })
  expect(facts.lapseIn30.total).toBe(310)
  expect(facts.unowned.total).toBe(10_000)
  expect(facts.changed.total).toBe(10_000)
  expect(facts.unowned.items).toHaveLength(1000)
  expect(weeklyMessage(facts).text.length).toBeLessThan(40_000)
})

function read(changes: Partial<Parameters<typeof weeklyFacts>[1]> = {}): Promise<WeeklyFacts> {
  const asked = { organisationId: organisation, teamId: null, slot: SLOT, since: null }
  return weeklyFacts(database.pool, { ...asked, ...changes })
}

function references({ items }: SummaryList): string[] {
  return items.map(({ reference }) => reference)
}

function sql(text: string, ...values: readonly unknown[]) {
  return database.pool.query(text, [...values])
}

async function id(text: string, values: readonly unknown[]): Promise<number> {
  return (await sql(text, ...values)).rows[0]?.id ?? 0
}

function addTeam(name: string, isDefault: boolean): Promise<number> {
  return id(
    `INSERT INTO team (organisation_id, name, name_key, is_default) VALUES ($1, $2, lower($2), $3) RETURNING id`,
    [organisation, name, isDefault],
  )
}

function addPerson(name: string, goneOn: CivilDate | null): Promise<number> {
  return id(
    `INSERT INTO person (organisation_id, display_name, gone_on) VALUES ($1, $2, $3) RETURNING id`,
    [organisation, name, goneOn],
  )
}

interface ContractChanges {
  readonly kind?: string
  readonly earliest?: CivilDate
  readonly latest?: CivilDate
  readonly precision?: string
  readonly owner?: number
  readonly team?: number
  readonly historic?: boolean
  readonly closed?: boolean
  readonly watched?: boolean
}

function addContract(reference: string, changes: ContractChanges): Promise<number> {
  const latest = changes.latest ?? null
  const earliest = changes.earliest ?? latest
  return id(
    `INSERT INTO contract (organisation_id, team_id, source_id, external_id, reference, reference_key,
       end_kind, end_precision, end_earliest, end_latest, current_earliest, current_latest,
       owner_id, historic, closed_on, watched, first_seen_on)
     VALUES ($1, $2, $3, $4, $4, lower($4), $5, $6, $7, $8, $7, $8, $9, $10, $11, $12, $13) RETURNING id`,
    [
      ...[organisation, changes.team ?? team, source, reference, changes.kind ?? 'dated'],
      ...[latest === null ? null : (changes.precision ?? 'day'), earliest, latest],
      ...[changes.owner ?? null, changes.historic ?? false, changes.closed === true ? SLOT : null],
      ...[changes.watched ?? true, day(-365)],
    ],
  )
}

async function addDeadline(
  contract: number,
  kind: string,
  on: CivilDate,
  settled: string | null = null,
): Promise<void> {
  await sql(
    `INSERT INTO deadline (organisation_id, contract_id, kind, due_on, reason, settled_why)
     VALUES ($1, $2, $3, $4, 'as the contract says', $5)`,
    ...[organisation, contract, kind, on, settled],
  )
}

/** A contract that ends so many days from the slot, with a deadline on that day. */
async function ending(
  reference: string,
  offset: number,
  kind = 'end',
  changes: ContractChanges = {},
) {
  const contract = await addContract(reference, { latest: day(offset), ...changes })
  await addDeadline(contract, kind, day(offset))
}

type Extended = readonly [string, string, CivilDate, CivilDate, string | null]
async function addExtension(contract: number, ...facts: Extended): Promise<void> {
  await sql(
    `INSERT INTO extension (organisation_id, contract_id, kind, status, from_on, to_on, cost)
     VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    ...[organisation, contract, ...facts],
  )
}

function addImport(): Promise<number> {
  return id(
    `INSERT INTO import (organisation_id, source_id, file, sha256, format, mapping, imported_on,
       read, created, updated, unchanged, rejected, skipped)
     VALUES ($1, $2, 'register.csv', '', 'csv', '{}', $3, 0, 0, 0, 0, 0, 0) RETURNING id`,
    [organisation, source, SLOT],
  )
}

async function addProblem(importId: number, ...facts: readonly [string, string, number | null]) {
  await sql(
    `INSERT INTO import_problem (organisation_id, source_id, import_id, at, reference, field, value,
       problem, remedy, severity, resolved_import_id)
     VALUES ($1, $2, $3, $4, 'C-9', 'End', '30/02/2026', 'is no date.', 'Write the real day.', $5, $6)`,
    ...[organisation, source, importId, ...facts],
  )
}

type Change = readonly [number, string, string | null, string | null, string | null]

async function addEntry(at: string, changes: readonly Change[]): Promise<void> {
  const entry = await id(
    `INSERT INTO audit_entry (organisation_id, position, at, via, summary, changes, digest, previous_hash, hash)
     SELECT $1, count(*) + 1, $2, 'import', 'changes', 1, '', '', '' FROM audit_entry WHERE organisation_id = $1
     RETURNING id`,
    [organisation, at],
  )
  for (const [index, change] of changes.entries()) {
    await sql(
      `INSERT INTO audit_change (entry_id, position, contract_id, what, field, from_value, to_value)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      ...[entry, index + 1, ...change],
    )
  }
}
