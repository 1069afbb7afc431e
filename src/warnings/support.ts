/**
 * Reminders of the end of a product's support: one message a product and team, in the transaction of
 * the sweep. It costs what is due: only releases whose day to be looked at has come are read.
 */

import type { Pool, PoolClient } from 'pg'
import { byColumn } from '../database/bulk.ts'
import type { RuledOrganisation, RulesByTeam, Team } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import {
  type ReleaseKey,
  readProductsInUse,
  recalculateNewEnds,
  recalculateSupport,
  type TeamProduct,
} from '../database/support.ts'
import { queueMessages } from '../delivery/outbox.ts'
import { type CivilDate, daysBetween } from '../rules/civil-date.ts'
import { productData, releaseName } from '../rules/products.ts'
import type { Rules } from '../rules/settings.ts'
import {
  type DueSupport,
  planSupport,
  replaySupport,
  runsOn,
  supportDeadlines,
  supportPicture,
  type ToldSupport,
} from '../rules/support.ts'
import { compare, groupedBy } from '../rules/text-match.ts'
import { isWorkingDay, workingDayOnOrBefore } from '../rules/working-days.ts'
import type { SupportFacts, SupportReminder } from '../text/support.ts'

interface SweptTeam {
  readonly team: Team
  readonly day: CivilDate
  readonly rules: Rules
}

/** A reminder that is due, and what it says. */
interface Due {
  readonly swept: SweptTeam
  readonly use: TeamProduct
  readonly due: DueSupport
}

/** Raises what is due for these teams and queues its messages; returns how many of each. */
export async function tellSupport(
  client: PoolClient,
  { organisationId, rulesOf }: RuledOrganisation,
  swept: readonly SweptTeam[],
  hasNewEnds: boolean,
): Promise<{ readonly raised: number; readonly queued: number }> {
  const latest = swept
    .map(({ day }) => day)
    .sort(compare)
    .at(-1)
  if (latest === undefined) return { raised: 0, queued: 0 }
  if (hasNewEnds) await recalculateNewEnds(client, { organisationId, today: latest })
  const watched = await readWatched(client, swept)
  if (watched.length === 0) return { raised: 0, queued: 0 }
  const { due, checks, gone, told: before } = await planned(client, organisationId, swept, watched)
  await recalculateSupport(client, { organisationId, today: latest }, gone)
  const raised = await raise(client, organisationId, due, before)
  const nextChecks = groupedBy(checks, ({ product, release, on }) =>
    JSON.stringify([product, release, on]),
  )
  for (const same of nextChecks.values()) {
    const [first] = same
    if (first === undefined) continue
    const { product, release, on: nextCheckOn } = first
    const teamId = { in: same.map((each) => each.teamId) }
    await tables(client).releaseWatch.updateMany({
      where: { teamId, product, release },
      data: { nextCheckOn },
    })
  }
  const told = due.flatMap((each) => {
    const alertId = raised.get(keyOf(each))
    return alertId === undefined ? [] : [{ ...each, alertId }]
  })
  return { raised: told.length, queued: await queue(client, organisationId, told, rulesOf) }
}

function releaseKey({ teamId, product, release }: TeamRelease) {
  return JSON.stringify([teamId, product, release])
}

interface Watched extends ReleaseKey {
  readonly teamId: number
  readonly firstSeenOn: CivilDate
}

/** What is due on each team's civil day; nothing on a day without work. */
async function readWatched(client: PoolClient, swept: readonly SweptTeam[]): Promise<Watched[]> {
  const working = swept.filter(({ day, rules }) => isWorkingDay(day, rules.calendar))
  const { rows } = await client.query<Watched>(
    `SELECT w.team_id AS "teamId", w.product, w.release, w.first_seen_on AS "firstSeenOn"
       FROM unnest($1::int[], $2::date[]) AS s (team_id, day)
       JOIN release_watch w ON w.team_id = s.team_id AND w.next_check_on <= s.day
      ORDER BY w.team_id, w.product, w.release`,
    [working.map(({ team }) => team.id), working.map(({ day }) => day)],
  )
  return rows
}

async function planned(
  client: PoolClient,
  organisationId: number,
  swept: readonly SweptTeam[],
  watched: readonly Watched[],
) {
  const found = await readProductsInUse(client, organisationId, watched)
  const uses = new Map(found.map((each) => [releaseKey(each), each]))
  const told = await readTold(client, watched)
  const due: Due[] = []
  const checks: (Watched & { readonly on: CivilDate | null })[] = []
  const gone: Watched[] = []
  const over: (Watched & { readonly day: CivilDate })[] = []
  for (const each of watched) {
    const of = swept.find(({ team }) => team.id === each.teamId)
    if (of === undefined) continue
    const use = uses.get(releaseKey(each))
    if (use === undefined) {
      gone.push(each)
      continue
    }
    over.push({ ...each, day: of.day })
    const { laddersFrom: heldUntil } = of.team
    const { firstSeenOn } = each
    const { calendar } = of.rules
    const before = told.get(releaseKey(each)) ?? []
    const plan = planSupport(supportDeadlines(use, of.day), before, of.day, {
      ...{ firstSeenOn, heldUntil, calendar },
    })
    for (const reminder of plan.raise) due.push({ swept: of, use, due: reminder })
    checks.push({ ...each, on: plan.nextCheckOn })
  }
  await closePast(client, told, over)
  return { due, checks, gone, told }
}

type TeamRelease = ReleaseKey & { readonly teamId: number }

/** A reminder of a release that was raised. */
interface RaisedSupport extends ToldSupport, TeamRelease {
  readonly id: number
  readonly raisedOn: CivilDate
  readonly state: string
}

/** Those that were raised of these releases, up to a day where one is given, in their order. */
export async function readRaised(
  client: Pool | PoolClient,
  releases: readonly TeamRelease[],
  upTo: CivilDate | null = null,
): Promise<RaisedSupport[]> {
  const asked = new Set(releases.map(releaseKey))
  const found = await tables(client).alert.findMany({
    where: {
      kind: 'support',
      teamId: { in: [...new Set(releases.map(({ teamId }) => teamId))] },
      product: { in: [...new Set(releases.map(({ product }) => product))] },
      ...(upTo === null ? {} : { raisedOn: { lte: upTo } }),
    },
    orderBy: [{ raisedOn: 'asc' }, { deadlineOn: 'asc' }, { rung: 'desc' }],
  })
  return found.flatMap(({ teamId, product, release, deadlineOn: on, ...each }) => {
    if (teamId === null || product === null || release === null) return []
    if (!asked.has(releaseKey({ teamId, product, release }))) return []
    const { id, rung, pausedUntil, raisedOn, state } = each
    return { id, teamId, product, release, on, rung, pausedUntil, raisedOn, state }
  })
}

/** The reminders that were raised and stand, by their release. */
async function readTold(
  client: Pool | PoolClient,
  releases: readonly TeamRelease[],
  upTo: CivilDate | null = null,
): Promise<ReadonlyMap<string, readonly RaisedSupport[]>> {
  const raised = await readRaised(client, releases, upTo)
  return groupedBy(
    raised.filter(({ state }) => state !== 'superseded'),
    releaseKey,
  )
}

/** What was told of an end that has passed asks for nothing any more: what follows is in the weekly list. */
async function closePast(
  client: PoolClient,
  told: ReadonlyMap<string, readonly RaisedSupport[]>,
  over: readonly (Watched & { readonly day: CivilDate })[],
): Promise<void> {
  for (const [day, ofDay] of groupedBy(over, (each) => each.day)) {
    const past = ofDay
      .flatMap((each) => told.get(releaseKey(each)) ?? [])
      .filter((each) => each.state !== 'closed' && isPast(each, day))
    if (past.length === 0) continue
    await tables(client).alert.updateMany({
      where: { id: { in: past.map(({ id }) => id) } },
      data: { state: 'closed', closedOn: day },
    })
  }
}

function isPast({ on, raisedOn }: Pick<RaisedSupport, 'on' | 'raisedOn'>, day: CivilDate): boolean {
  return on < day && raisedOn < day
}

function keyOf({ use, due }: Pick<Due, 'use' | 'due'>): string {
  return JSON.stringify([use.teamId, use.product, use.release, due.on, due.rung])
}

const RESTING: ReadonlySet<string> = new Set(['acknowledged', 'snoozed'])

/** One alert for each reminder, by the unique key that keeps two sweeps from telling the same. */
async function raise(
  client: PoolClient,
  organisationId: number,
  due: readonly Due[],
  before: ReadonlyMap<string, readonly RaisedSupport[]>,
): Promise<ReadonlyMap<string, number>> {
  if (due.length === 0) return new Map()
  const rows = due.map(
    ({ use: { teamId, product, release }, due: { on, rung, skipped }, swept }) => {
      const { from = null, to = null } = skipped ?? {}
      return { teamId, product, release, on, rung, day: swept.day, from, to }
    },
  )
  const raised = await client.query<{ id: number; key: string }>(
    `INSERT INTO alert (organisation_id, kind, team_id, product, release, deadline_on, rung, raised_on, skipped_from, skipped_to)
     SELECT $1, 'support', r.*
       FROM unnest($2::int[], $3::text[], $4::text[], $5::date[], $6::int[], $7::date[], $8::int[], $9::int[]) AS r
     ON CONFLICT (team_id, product, release, kind, deadline_on, rung) WHERE product IS NOT NULL DO UPDATE
       SET state = 'open', raised_on = excluded.raised_on,
           occurrence = alert.occurrence + (alert.state = 'superseded')::int,
           asked_again = alert.asked_again + (alert.state <> 'superseded')::int, paused_until = NULL,
           skipped_from = excluded.skipped_from, skipped_to = excluded.skipped_to, closed_on = NULL
       WHERE alert.state = 'superseded' OR alert.paused_until <= excluded.raised_on
     RETURNING id, json_build_array(team_id, product, release, deadline_on, rung)::text AS key`,
    [
      organisationId,
      ...byColumn(rows, 'teamId', 'product', 'release', 'on', 'rung', 'day', 'from', 'to'),
    ],
  )
  // The others that rested with what is asked again rest no more.
  const again = rows.filter((_, at) => due[at]?.due.askedAgain)
  const rested = again.flatMap((row) =>
    (before.get(releaseKey(row)) ?? []).filter(
      ({ pausedUntil: until, ...each }) =>
        until !== null &&
        until <= row.day &&
        RESTING.has(each.state) &&
        each.on === row.on &&
        !isPast(each, row.day),
    ),
  )
  if (rested.length > 0) {
    await tables(client).alert.updateMany({
      where: { id: { in: rested.map(({ id }) => id) } },
      data: { state: 'open', pausedUntil: null },
    })
  }
  return new Map(raised.rows.map(({ id, key }) => [JSON.stringify(JSON.parse(key)), id]))
}

/** One message a product and team; where a channel has more of them on a day than share it, one for all. */
async function queue(
  client: PoolClient,
  organisationId: number,
  told: readonly (Due & { readonly alertId: number })[],
  rulesOf: RulesByTeam,
): Promise<number> {
  if (told.length === 0) return 0
  const messages = inMessages(told, rulesOf).map(({ team, day, subject, inside }) => ({
    teamId: team.id,
    subject,
    purpose: 'support',
    destination: team.channel,
    asOf: day,
    alertIds: inside.map(({ alertId }) => alertId),
    facts: factsOf(team, day, inside),
  }))
  await queueMessages(client, organisationId, messages)
  return messages.length
}

/** A team's reminders of one day: a message for each product, or one for all where they are many. */
function inMessages<Told extends Due>(told: readonly Told[], rulesOf: RulesByTeam) {
  const byTeam = groupedBy(told, ({ use, swept }) => `${use.teamId} ${swept.day}`)
  return [...byTeam.values()].flatMap((dues) => {
    const [first] = dues
    if (first === undefined) return []
    const { team, day } = first.swept
    const products = [...groupedBy(dues, ({ use }) => use.product)]
    const isMany = products.length > rulesOf(team).groupAbove
    const groups: [string, Told[]][] = isMany ? [['many', dues]] : products
    return groups.map(([name, inside]) => {
      return { team, day, subject: `support:${team.id}:${name}`, inside }
    })
  })
}

function factsOf(team: Team, day: CivilDate, dues: readonly Due[]): SupportFacts {
  const products: SupportReminder[] = dues.map(({ use, due }) => {
    const { name, extendedEnds, findings } = supportPicture(use, day)
    const counts = use.uses.flatMap(({ count }) => count ?? [])
    return {
      ...{ product: use.product, release: use.release, name, on: due.on, what: due.what },
      ...{ skipped: due.skipped, ...(due.askedAgain ? { askedAgain: true } : {}) },
      ...(due.inPart === undefined ? {} : { inPart: due.inPart }),
      daysLeft: daysBetween(day, due.on),
      extendedEnds,
      inUse: counts.length === 0 ? null : counts.reduce((sum, each) => sum + each, 0),
      // What has ended covers nothing: the findings name it.
      contracts: use.covers
        .filter((each) => runsOn({ ...each, from: null }, day))
        .map(({ reference, kind, latest: coverEnds }) => ({ reference, kind, coverEnds })),
      findings: findings.flatMap(({ finding, why }) => (finding === null ? [] : [why])),
    }
  })
  return { asOf: day, dataAsOf: productData().asOf, team: team.name, teamId: team.id, products }
}

// What is due and no sweep is going to tell, and what is to come: the days that are noted for
// releases are not trusted here, and a release that nobody noted is looked at all the same.

/** Since when each release is watched, and the day on which the sweep looks at it next. */
async function readWatches(client: Pool | PoolClient, organisationId: number) {
  const found = await tables(client).releaseWatch.findMany({
    where: { organisationId },
    select: { teamId: true, product: true, release: true, firstSeenOn: true, nextCheckOn: true },
  })
  return new Map(found.map((each) => [releaseKey(each), each]))
}

/** Releases of which the last sweep of their team should have told, and has not. */
export async function releasesMissed(
  pool: Pool,
  { organisationId, rulesOf }: { readonly organisationId: number; readonly rulesOf: RulesByTeam },
  teams: readonly Team[],
): Promise<string[]> {
  const teamOf = new Map(teams.map((team) => [team.id, team]))
  const uses = await readProductsInUse(pool, organisationId)
  const watches = await readWatches(pool, organisationId)
  const told = await readTold(pool, uses)
  return uses.flatMap((use) => {
    const team = teamOf.get(use.teamId)
    if (team === undefined || team.lastSweptOn === null) return []
    const { calendar } = rulesOf(team)
    const day = workingDayOnOrBefore(team.lastSweptOn, calendar)
    const watch = watches.get(releaseKey(use))
    // The release was changed after the last sweep: the next one plans it.
    const next = watch?.nextCheckOn ?? null
    if (next !== null && next <= team.lastSweptOn) return []
    if (watch !== undefined && watch.firstSeenOn > day) return []
    const plan = planSupport(supportDeadlines(use, day), told.get(releaseKey(use)) ?? [], day, {
      ...{ firstSeenOn: watch?.firstSeenOn ?? day, heldUntil: team.laddersFrom, calendar },
    })
    const name = `${releaseName(use.product, use.release)} of team ${team.name}`
    return plan.raise.length > 0 ? [name] : []
  })
}

/** A message about releases that is to come, where nobody does anything. */
interface ComingSupport {
  readonly on: CivilDate
  readonly team: Team
  readonly subject: string
  readonly reminders: readonly { readonly use: TeamProduct; readonly due: DueSupport }[]
  readonly facts: SupportFacts
}

/**
 * Every message about releases within these days, by the rules of the sweep.
 * @param of `sourceId`: only what contracts of one register cover; `held` false: as if all were seen
 * first on the first day, as a file is replayed; `keys`: only these releases; `upTo`: as it stood on
 * that day, what was told later is not known yet
 */
export async function comingSupport(
  client: Pool | PoolClient,
  {
    organisationId,
    from,
    to,
    rulesOf,
  }: {
    readonly organisationId: number
    readonly from: CivilDate
    readonly to: CivilDate
    readonly rulesOf: RulesByTeam
  },
  teams: readonly Team[],
  of: {
    readonly sourceId?: number | null
    readonly held?: boolean
    readonly keys?: readonly ReleaseKey[]
    readonly upTo?: CivilDate
  } = {},
): Promise<ComingSupport[]> {
  const { sourceId = null, held = true, keys = null, upTo = null } = of
  const teamOf = new Map(teams.map((team) => [team.id, team]))
  const uses = await readProductsInUse(client, organisationId, keys, sourceId)
  const watches = await readWatches(client, organisationId)
  const told = held ? await readTold(client, uses, upTo) : new Map<string, readonly ToldSupport[]>()
  const due = uses.flatMap((use): Due[] => {
    const team = teamOf.get(use.teamId)
    if (team === undefined) return []
    const rules = rulesOf(team)
    const days = replaySupport(
      use,
      told.get(releaseKey(use)) ?? [],
      { from, to },
      {
        firstSeenOn: held ? (watches.get(releaseKey(use))?.firstSeenOn ?? from) : from,
        heldUntil: held ? team.laddersFrom : null,
        calendar: rules.calendar,
      },
    )
    return [...days].flatMap(({ on, raise: raised }) =>
      raised.map((each): Due => ({ swept: { team, day: on, rules }, use, due: each })),
    )
  })
  return inMessages(due, rulesOf).map(({ team, day, subject, inside }) => {
    return { on: day, team, subject, reminders: inside, facts: factsOf(team, day, inside) }
  })
}
