/** The clock's part: each civil slot once, whatever the clock does. */

import fc from 'fast-check'
import { DateTime } from 'luxon'
// biome-ignore lint/correctness/useImportExtensions: it is JavaScript, for the proofs as well
import { openPostgresProxy } from '../prove/postgres-proxy.mjs'
import { readTeams, setTeam, type Team } from '../src/database/organisation.ts'
import { factsOfWeek, queueWeekly } from '../src/reports/weekly.ts'
import { addDays, asCivilDate, type CivilDate, instantOf } from '../src/rules/civil-date.ts'
import {
  dailySlot,
  type SlotTimes,
  type TickResult,
  tick,
  weeklySlotDue,
} from '../src/warnings/schedule.ts'
import { lookAround } from '../src/warnings/self-check.ts'
import { endOn } from './support/contract-facts.ts'
import { openAt } from './support/database.ts'
import { holdsInTime } from './support/holds.ts'
import { present } from './support/present.ts'
import { draft, emptySetup, type Setup, useSetup } from './support/setup.ts'

const NINE_SHARP = { hour: 9, minute: 0 }
const NINE: SlotTimes = { sweepAt: NINE_SHARP, weeklyAt: NINE_SHARP, weeklyOn: 1 }

const setup = useSetup({
  emptied: 'after',
  // A team that has only just come to be is not late with anything.
  prepare: ({ rows }) => rows(`UPDATE team SET created_at = '2026-01-01'`),
})

function ticking(now: string, owner = 'one', times = NINE): Promise<TickResult> {
  const { organisation, rulesOf, db } = setup
  const context = { organisationId: organisation.id, rulesOf, times, owner, now: new Date(now) }
  return tick(db.pool, context)
}

async function slots(): Promise<string[]> {
  const rows = await setup.rows<{ slot: string }>(
    `SELECT kind || ' ' || slot_on AS slot FROM slot WHERE finished_at IS NOT NULL ORDER BY 1`,
  )
  return rows.map(({ slot }) => slot)
}

describe('every zone of the world, over every clock change of the year', () => {
  const zones = Intl.supportedValuesOf('timeZone')
  const year = { from: DateTime.utc(2026, 1, 1), to: DateTime.utc(2027, 1, 2) }

  /** Zones whose clocks go alike are tried once. */
  const kinds = new Map<string, { zone: string; changes: DateTime[] }>()
  for (const zone of zones) {
    const changes = clockChanges(zone)
    const offset = year.from.setZone(zone).offset
    const kind = [offset, ...changes.map((each) => `${each.toMillis()}`)].join(' ')
    if (!kinds.has(kind)) kinds.set(kind, { zone, changes })
  }

  function clockChanges(zone: string): DateTime[] {
    const changes: DateTime[] = []
    let day = year.from
    let offset = day.setZone(zone).offset
    while (day < year.to) {
      const next = day.plus({ days: 5 })
      if (next.setZone(zone).offset !== offset) {
        let eve = day
        while (eve.plus({ days: 1 }).setZone(zone).offset === offset) eve = eve.plus({ days: 1 })
        changes.push(eve)
        offset = next.setZone(zone).offset
      }
      day = next
    }
    return changes
  }

  // At times that a clock change skips or repeats as well as at nine.
  const TIMES = [
    { hour: 9, minute: 0 },
    { hour: 2, minute: 30 },
    { hour: 0, minute: 0 },
    { hour: 23, minute: 0 },
  ]

  /** From two hours before to one after: a slot that is due too soon is due at the first of them. */
  function halfHoursAbout(moment: Date): Date[] {
    const half = 30 * 60_000
    const last = Math.floor(moment.getTime() / half)
    return [-4, -3, -2, -1, 0, 1, 2].map((by) => new Date((last + by) * half))
  }

  test('each local day is swept once, within a tick of its hour', () => {
    expect(kinds.size).toBeGreaterThan(40)
    for (const { zone, changes } of kinds.values()) {
      const team = teamIn(zone)
      for (const change of changes.length > 0 ? changes : [year.from]) {
        for (const sweepAt of TIMES) {
          const swept = new Map<CivilDate, number>()
          // Five days around the change, which comes within a day.
          const first = asCivilDate(change.minus({ days: 2 }).toFormat('yyyy-MM-dd'))
          const ticks = [0, 1, 2, 3, 4].flatMap((at) =>
            halfHoursAbout(instantOf(addDays(first, at), sweepAt, zone)),
          )
          for (const now of ticks) {
            const slot = dailySlot(team, clock(now, { ...NINE, sweepAt }))
            if (slot && !swept.has(slot.on)) swept.set(slot.on, now.getTime())
          }
          const days = [...swept.keys()]
          // The first one was under way when the ticks began.
          for (const [index, on] of days.entries()) {
            if (index === 0) continue
            const before = days[index - 1]
            expect(before && addDays(before, 1), `${zone} ${on}`).toBe(on)
            const late = (swept.get(on) ?? 0) - instantOf(on, sweepAt, zone).getTime()
            expect(late, `${zone} ${on}`).toBeGreaterThanOrEqual(0)
            expect(late, `${zone} ${on}`).toBeLessThan(30 * 60_000)
          }
          expect(days.length).toBeGreaterThanOrEqual(4)
        }
      }
    }
  })

  test('each week has one summary, on its weekday or the next working day', () => {
    const { rulesOf } = setup
    for (const weeklyOn of [1, 5, 6, 7]) {
      const due = new Map<CivilDate, CivilDate>()
      const team = teamIn('Europe/London')
      for (let day = asCivilDate('2026-01-01'); day < '2028-01-01'; day = addDays(day, 1)) {
        const now = instantOf(day, { hour: 10, minute: 0 }, 'Europe/London')
        const slot = weeklySlotDue(team, clock(now, { ...NINE, weeklyOn }))
        if (slot && !due.has(slot.on)) due.set(slot.on, day)
      }
      // 104 weeks; two of them share a slot only where the holidays of both push them together.
      expect(due.size, `weekday ${weeklyOn}`).toBeGreaterThanOrEqual(103)
      for (const [on, day] of due) {
        expect(day, `weekday ${weeklyOn}`).toBe(on)
        expect(rulesOf(team).calendar.isHoliday(on)).toBe(false)
      }
    }
  })

  function clock(now: Date, times: SlotTimes) {
    return { now, times, rulesOf: setup.rulesOf }
  }

  function teamIn(timeZone: string): Team {
    return {
      ...{ id: 1, name: timeZone, isDefault: true, channel: '#contracts', timeZone },
      ...{ escalationChannel: null, laddersFrom: null, lastSweptOn: null },
      calendar: 'england-and-wales',
    } as Team
  }
})

describe('the daily sweep', () => {
  const soon = () => setup.import([draft('A-1', { end: endOn('2026-12-18') })], '2026-11-20')

  test('begins with the hour in the team’s zone, and once a day', async () => {
    await soon()
    expect(await ticking('2026-11-23T08:59:00Z')).toMatchObject({ swept: [], result: null })
    expect(await ticking('2026-11-23T09:00:00Z')).toMatchObject({ result: { raised: 1 } })
    for (const now of ['09:01', '12:00', '23:59']) {
      expect(await ticking(`2026-11-23T${now}:00Z`)).toMatchObject({ swept: [] })
    }
    expect((await slots()).filter((slot) => slot.startsWith('daily'))).toEqual(['daily 2026-11-23'])
  })

  test('several processes that tick at once sweep once', async () => {
    await soon()
    const all = await Promise.all(
      ['one', 'two', 'three'].map((owner) => ticking('2026-11-23T09:00:00Z', owner)),
    )
    expect(all.filter(({ result }) => result !== null)).toHaveLength(1)
    expect(await setup.alerts()).toHaveLength(1)
  })

  test('each team by its own morning', async () => {
    const { db, organisation } = setup
    await setTeam(db.pool, organisation.id, 'Sydney', { timeZone: 'Australia/Sydney' })
    const both = ['Default team 2026-11-23', 'Sydney 2026-11-24']
    expect((await ticking('2026-11-23T22:00:00Z')).swept).toEqual(both)
    expect((await ticking('2026-11-24T09:00:00Z')).swept).toEqual(['Default team 2026-11-24'])
  })

  test('a process that died in it is taken over once its lease has run out', async () => {
    await soon()
    await ticking('2026-11-23T09:00:00Z', 'one')
    // As if it had died before it swept.
    await setup.rows('UPDATE slot SET finished_at = NULL')
    await setup.rows('DELETE FROM alert')
    await setup.rows(`UPDATE contract SET next_rung_on = '2026-11-23'`)
    expect(await ticking('2026-11-23T09:01:00Z', 'two')).toMatchObject({ swept: [] })
    await setup.rows(`UPDATE slot SET lease_until = now() - interval '1 second'`)
    expect(await ticking('2026-11-23T09:05:00Z', 'two')).toMatchObject({ result: { raised: 1 } })
    expect(await ticking('2026-11-23T09:06:00Z', 'three')).toMatchObject({ swept: [] })
  })

  test('a sweep that fails is tried again, and nothing of it stands', async () => {
    await soon()
    const broken = async () => {
      const { organisation, db } = setup
      let asked = 0
      const rulesOf: Setup['rulesOf'] = (team) => {
        asked += 1
        if (asked > 0) throw new Error('the calendar is broken')
        return setup.rulesOf(team)
      }
      const now = new Date('2026-11-24T09:00:00Z')
      const context = { organisationId: organisation.id, times: NINE, owner: 'x' }
      await tick(db.pool, { ...context, rulesOf, now })
    }
    await expect(broken()).rejects.toThrow('the calendar is broken')
    expect(await slots()).toEqual([])
    // By whichever process ticks next, at its next minute.
    expect(await ticking('2026-11-24T09:01:00Z')).toMatchObject({ result: { raised: 1 } })
  })

  test('a sweep that fails with its database is tried again by the next tick of its process', async () => {
    await soon()
    const proxy = await openPostgresProxy(setup.db.url)
    const behind = await openAt(proxy.url(), setup.db.ownerUrl, { questionMs: 3000 })
    const away: Setup['rulesOf'] = () => {
      proxy.become({ kind: 'refuse' })
      proxy.cut()
      throw new Error('everything broke at once')
    }
    const { organisation, rulesOf } = setup
    const context = { organisationId: organisation.id, times: NINE, owner: 'one' }
    const at = (minute: string) => new Date(`2026-11-24T09:${minute}:00Z`)
    try {
      const first = tick(behind.pool, { ...context, rulesOf: away, now: at('00') })
      await expect(first).rejects.toThrow('everything broke at once')
      proxy.become({ kind: 'forward' })
      const { result } = await tick(behind.pool, { ...context, rulesOf, now: at('01') })
      expect(result).toMatchObject({ raised: 1 })
    } finally {
      await behind.close()
      await proxy.close()
    }
  })

  test('a clock that jumps back and forth repeats nothing', async () => {
    await soon()
    let raised = 0
    for (const now of ['11-23T09:00', '11-25T10:00', '11-22T10:00', '11-24T09:30', '11-25T10:01']) {
      raised += (await ticking(`2026-${now}:00Z`)).result?.raised ?? 0
    }
    expect(raised).toBe(1)
    const before = await setup.rows('SELECT FROM delivery')
    await ticking('2026-11-23T09:00:00Z')
    expect(await setup.rows('SELECT FROM delivery')).toHaveLength(before.length)
  })

  test('after weeks of downtime: one sweep that catches up', async () => {
    await soon()
    await ticking('2026-11-23T09:00:00Z')
    const { result, swept } = await ticking('2026-12-15T11:00:00Z')
    expect(swept).toHaveLength(1)
    expect(result).toMatchObject({ raised: 1 })
    const alerts = await setup.rows('SELECT rung, skipped_from, skipped_to FROM alert ORDER BY id')
    expect(alerts.at(-1)).toEqual({ rung: 3, skipped_from: 14, skipped_to: 7 })
    const [last] = await setup.rows(`SELECT catch_up FROM delivery
      WHERE purpose IN ('post', 'thread') ORDER BY id DESC LIMIT 1`)
    expect(last).toEqual({ catch_up: true })
  })
})

describe('the weekly summary', () => {
  const weekly = () =>
    setup.rows<{ day: string; late: number | null }>(
      `SELECT as_of AS day, (facts ->> 'hoursLate')::int AS late FROM delivery
       WHERE purpose = 'weekly' ORDER BY as_of`,
    )

  test('is queued once a week, on Monday at its hour', async () => {
    await setup.import([draft('A-1')], '2026-11-20')
    expect(await ticking('2026-11-23T08:59:00Z')).toMatchObject({ summarised: [] })
    await Promise.all(['one', 'two'].map((owner) => ticking('2026-11-23T09:00:00Z', owner)))
    await ticking('2026-11-23T17:00:00Z')
    await ticking('2026-11-27T09:00:00Z')
    expect(await weekly()).toEqual([{ day: '2026-11-23', late: null }])
  })

  test('after a bank holiday it comes on the next working day', async () => {
    await setup.import([draft('A-1')], '2026-08-28')
    // Mon 31 Aug 2026 is the summer bank holiday.
    await ticking('2026-08-31T10:00:00Z')
    expect(await weekly()).toEqual([])
    await ticking('2026-09-01T08:00:00Z')
    expect(await weekly()).toEqual([{ day: '2026-09-01', late: null }])
  })

  test('a Friday’s after Easter comes on the Tuesday, a Sunday’s on every Monday', async () => {
    await setup.import([draft('A-1')], '2026-03-30')
    await ticking('2026-04-07T08:00:00Z', 'one', { ...NINE, weeklyOn: 5 })
    expect(await weekly()).toEqual([{ day: '2026-04-07', late: null }])
    await ticking('2026-04-13T08:00:00Z', 'one', { ...NINE, weeklyOn: 7 })
    expect(await weekly()).toHaveLength(2)
  })

  test('missed by less than two days it comes late and says so; by more it is left out', async () => {
    await setup.import([draft('A-1')], '2026-11-20')
    await ticking('2026-11-25T08:30:00Z')
    expect(await weekly()).toEqual([{ day: '2026-11-23', late: 47 }])
    await ticking('2026-12-02T09:00:00Z')
    expect(await weekly()).toHaveLength(1)
  })

  test('weeks of downtime are made up by one summary, not by one for each', async () => {
    await setup.import([draft('A-1')], '2026-10-02')
    await ticking('2026-11-24T07:00:00Z')
    expect(await weekly()).toEqual([{ day: '2026-11-23', late: 22 }])
  })

  test('whatever steps the clock takes, each week’s comes once at most, and none after that of a later week', async () => {
    const HOUR = 3_600_000
    const start = Date.parse('2026-11-23T09:30:00Z')
    // By minutes, hours around an hour that counts, days, weeks, and a year in one leap.
    const step = fc.oneof(
      fc.constantFrom(0, -1, 1, -12, 12, -24, 24).map((hours) => hours * HOUR),
      fc.integer({ min: -60, max: 60 }).map((days) => days * 24 * HOUR),
      fc.integer({ min: -8, max: 8 }).map((weeks) => weeks * 7 * 24 * HOUR),
      fc.constantFrom(-1, 1).map((years) => years * 364 * 24 * HOUR),
    )
    const steps = fc.array(step, { minLength: 2, maxLength: 12 })
    const check = async (moves: readonly number[]) => {
      await emptySetup(setup)
      await setup.import([draft('A-1', { end: endOn('2026-12-18') })], '2025-01-02')
      let now = start
      let latest = start
      let swept = ''
      for (const move of [0, ...moves]) {
        now += move
        latest = Math.max(latest, now)
        await ticking(new Date(now).toISOString())
        const [team] = await setup.rows<{ on: string }>('SELECT last_swept_on AS "on" FROM team')
        expect((team?.on ?? '') >= swept).toBe(true)
        swept = team?.on ?? ''
      }
      const posted = await setup.rows<{ day: string }>(
        `SELECT as_of AS day FROM delivery WHERE purpose = 'weekly' ORDER BY id`,
      )
      const days = posted.map(({ day }) => day)
      expect(days).toEqual([...new Set(days)].sort())
      // Catching up still holds: the Monday after all of it has its sweep and its summary.
      const monday = DateTime.fromMillis(latest, { zone: 'Europe/London' })
        .startOf('week')
        .plus({ weeks: 2, hours: 9 })
      const after = await ticking(monday.toUTC().toISO() ?? '')
      expect(after.swept).toHaveLength(1)
      const { calendar } = setup.rulesOf(await theTeam())
      const isHoliday = calendar.isHoliday(asCivilDate(monday.toISODate() ?? ''))
      if (!isHoliday) expect(after.summarised).toHaveLength(1)
    }
    await holdsInTime([steps], 8, check)
  })

  test('an older week’s is not asked for by hand either, and the auditor says why it is missing', async () => {
    await setup.import([draft('A-1')], '2026-10-02')
    await ticking('2026-12-07T09:30:00Z')
    await ticking('2026-11-30T09:30:00Z')
    expect(await weekly()).toEqual([{ day: '2026-12-07', late: null }])
    const { db, organisation, rulesOf } = setup
    const seen = await lookAround(db.pool, {
      ...{ organisationId: organisation.id, rulesOf, times: NINE, staleDays: 45 },
      ...{ today: asCivilDate('2026-11-30'), now: new Date('2026-11-30T11:00:00Z') },
    })
    expect(seen.unsummarised).toEqual([
      expect.stringContaining('that of Mon 7 Dec 2026 came before, with a clock that was ahead'),
    ])
    const team = await theTeam()
    const slot = asCivilDate('2026-11-30')
    const asked = { organisationId: organisation.id, rules: rulesOf(team), rulesOf, team, slot }
    const older = { ...asked, hoursLate: null }
    expect(await queueWeekly(db.pool, older, await factsOfWeek(db.pool, older))).toBe(false)
  })

  const theTeam = async (): Promise<Team> =>
    present((await readTeams(setup.db.pool, setup.organisation.id))[0])

  test('a team is there since it was made by the clock of the program, whatever the database’s', async () => {
    const { db, organisation } = setup
    const made = { Early: '2026-11-23T09:00:00Z', Late: '2026-11-23T09:00:01Z' }
    for (const [name, since] of Object.entries(made)) {
      await setTeam(db.pool, organisation.id, name, { since: new Date(since) })
      await setup.import([draft(name, { team: name })], '2026-11-20')
    }
    expect((await ticking('2026-11-23T09:30:00Z')).summarised).toEqual(['Early 2026-11-23'])
  })

  test('the failure of one team’s keeps no other team’s back', async () => {
    const { db, organisation } = setup
    const since = new Date('2026-01-01')
    await setTeam(db.pool, organisation.id, 'Imaging', { channel: '#imaging', since })
    await setup.import([draft('A-1'), draft('A-2', { team: 'Imaging' })], '2026-11-20')
    const teams = await readTeams(db.pool, organisation.id)
    expect(teams.map(({ name }) => name)).toEqual(['Default team', 'Imaging'])
    let asked = 0
    const rulesOf: Setup['rulesOf'] = (team) => {
      // Its slot is found; then its summary fails.
      const first = 'isDefault' in team && team.isDefault === true
      if (first && asked === 1) throw new Error('the calendar is broken')
      if (first) asked += 1
      return setup.rulesOf(team)
    }
    const times = { ...NINE, sweepAt: { hour: 10, minute: 0 } }
    const now = new Date('2026-11-23T09:00:00Z')
    const context = { organisationId: organisation.id, times, owner: 'one', now }
    const { failures, summarised } = await tick(db.pool, { ...context, rulesOf })
    expect(failures.map(String)).toEqual(['Error: the calendar is broken'])
    expect(summarised).toEqual(['Imaging 2026-11-23'])
    expect(await weekly()).toHaveLength(1)
    await tick(db.pool, { ...context, owner: 'two', rulesOf: setup.rulesOf })
    expect(await weekly()).toHaveLength(2)
  })
})
