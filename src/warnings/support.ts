/**
 * Reminders of the end of a product's support: one message a product and team, in the transaction of
 * the sweep. It costs what is due: only releases whose day to be looked at has come are read.
 */
import type { PoolClient } from 'pg'
import type { RulesByTeam, Team } from '../database/organisation.ts'
import {
  type ReleaseKey,
  readProductsInUse,
  recalculateNewEnds,
  recalculateSupport,
  type TeamProduct,
} from '../database/support.ts'
import { queueMessages } from '../delivery/outbox.ts'
import { type CivilDate, daysBetween } from '../rules/civil-date.ts'
import { productData } from '../rules/products.ts'
import type { Rules } from '../rules/settings.ts'
import { type DueSupport, planSupport, supportDeadlines, supportPicture } from '../rules/support.ts'
import { compare, groupedBy } from '../rules/text-match.ts'
import { isWorkingDay } from '../rules/working-days.ts'
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
  organisationId: number,
  swept: readonly SweptTeam[],
  rulesOf: RulesByTeam,
): Promise<{ readonly raised: number; readonly queued: number }> {
  const latest = swept
    .map(({ day }) => day)
    .sort(compare)
    .at(-1)
  if (latest === undefined) return { raised: 0, queued: 0 }
  await recalculateNewEnds(client, { organisationId, today: latest })
  const watched = await readWatched(client, swept)
  if (watched.length === 0) return { raised: 0, queued: 0 }
  const { due, checks, gone } = await planned(client, organisationId, swept, watched)
  await recalculateSupport(client, { organisationId, today: latest }, gone)
  const raised = await raise(client, organisationId, due)
  await client.query(
    `UPDATE release_watch w SET next_check_on = c.next_on
       FROM unnest($1::int[], $2::text[], $3::text[], $4::date[]) AS c (team_id, product, release, next_on)
      WHERE w.team_id = c.team_id AND w.product = c.product AND w.release = c.release`,
    [
      checks.map(({ teamId }) => teamId),
      checks.map(({ product }) => product),
      checks.map(({ release }) => release),
      checks.map(({ on }) => on),
    ],
  )
  const told = due.flatMap((each) => {
    const alertId = raised.get(keyOf(each))
    return alertId === undefined ? [] : [{ ...each, alertId }]
  })
  return { raised: told.length, queued: await queue(client, organisationId, told, rulesOf) }
}

function releaseKey({ teamId, product, release }: ReleaseKey & { readonly teamId: number }) {
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
  const over: { readonly watched: Watched; readonly day: CivilDate }[] = []
  for (const each of watched) {
    const of = swept.find(({ team }) => team.id === each.teamId)
    if (of === undefined) continue
    const use = uses.get(releaseKey(each))
    if (use === undefined) {
      gone.push(each)
      continue
    }
    over.push({ watched: each, day: of.day })
    const { laddersFrom: heldUntil } = of.team
    const { firstSeenOn } = each
    const { calendar } = of.rules
    const before = told.get(releaseKey(each)) ?? []
    const plan = planSupport(supportDeadlines(use), before, of.day, {
      ...{ firstSeenOn, heldUntil, calendar },
    })
    for (const reminder of plan.raise) due.push({ swept: of, use, due: reminder })
    checks.push({ ...each, on: plan.nextCheckOn })
  }
  await closePast(client, over)
  return { due, checks, gone }
}

/** The reminders that were raised, by their release. */
async function readTold(client: PoolClient, watched: readonly Watched[]) {
  const found = await client.query<{ key: string; on: CivilDate; rung: number }>(
    `SELECT json_build_array(a.team_id, a.product, a.release)::text AS key, a.deadline_on AS "on", a.rung
       FROM unnest($1::int[], $2::text[], $3::text[]) AS w (team_id, product, release)
       JOIN alert a ON a.team_id = w.team_id AND a.product = w.product AND a.release = w.release
        AND a.kind = 'support' AND a.state <> 'superseded'`,
    [
      watched.map(({ teamId }) => teamId),
      watched.map(({ product }) => product),
      watched.map(({ release }) => release),
    ],
  )
  return groupedBy(found.rows, ({ key }) => JSON.stringify(JSON.parse(key)))
}

/** What was told of an end that has passed asks for nothing any more: what follows is in the weekly list. */
async function closePast(
  client: PoolClient,
  over: readonly { readonly watched: Watched; readonly day: CivilDate }[],
): Promise<void> {
  await client.query(
    `UPDATE alert a SET state = 'closed', closed_on = w.day
       FROM unnest($1::int[], $2::text[], $3::text[], $4::date[]) AS w (team_id, product, release, day)
      WHERE a.team_id = w.team_id AND a.product = w.product AND a.release = w.release
        AND a.kind = 'support' AND a.state NOT IN ('superseded', 'closed')
        AND a.deadline_on < w.day AND a.raised_on < w.day`,
    [
      over.map(({ watched }) => watched.teamId),
      over.map(({ watched }) => watched.product),
      over.map(({ watched }) => watched.release),
      over.map(({ day }) => day),
    ],
  )
}

function keyOf({ use, due }: Pick<Due, 'use' | 'due'>): string {
  return JSON.stringify([use.teamId, use.product, use.release, due.on, due.rung])
}

/** One alert for each reminder, by the unique key that keeps two sweeps from telling the same. */
async function raise(
  client: PoolClient,
  organisationId: number,
  due: readonly Due[],
): Promise<ReadonlyMap<string, number>> {
  if (due.length === 0) return new Map()
  const raised = await client.query<{ id: number; key: string }>(
    `INSERT INTO alert (organisation_id, kind, team_id, product, release, deadline_on, rung, raised_on, skipped_from, skipped_to)
     SELECT $1, 'support', r.*
       FROM unnest($2::int[], $3::text[], $4::text[], $5::date[], $6::int[], $7::date[], $8::int[], $9::int[]) AS r
     ON CONFLICT (team_id, product, release, kind, deadline_on, rung) WHERE product IS NOT NULL DO UPDATE
       SET state = 'open', raised_on = excluded.raised_on, occurrence = alert.occurrence + 1,
           skipped_from = excluded.skipped_from, skipped_to = excluded.skipped_to, closed_on = NULL
       WHERE alert.state = 'superseded'
     RETURNING id, json_build_array(team_id, product, release, deadline_on, rung)::text AS key`,
    [
      organisationId,
      due.map(({ use }) => use.teamId),
      due.map(({ use }) => use.product),
      due.map(({ use }) => use.release),
      due.map((each) => each.due.on),
      due.map((each) => each.due.rung),
      due.map(({ swept }) => swept.day),
      due.map((each) => each.due.skipped?.from ?? null),
      due.map((each) => each.due.skipped?.to ?? null),
    ],
  )
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
  const byTeam = groupedBy(told, ({ use }) => use.teamId)
  const messages = [...byTeam].flatMap(([teamId, dues]) => {
    const [first] = dues
    if (first === undefined) return []
    const { team, day } = first.swept
    const products = [...groupedBy(dues, ({ use }) => use.product)]
    const isMany = products.length > rulesOf(team).groupAbove
    const groups: [string, typeof dues][] = isMany ? [['many', dues]] : products
    return groups.map(([name, inside]) => ({
      teamId,
      subject: `support:${teamId}:${name}`,
      purpose: 'support',
      destination: team.channel,
      asOf: day,
      alertIds: inside.map(({ alertId }) => alertId),
      facts: factsOf(team, day, inside),
    }))
  })
  await queueMessages(client, organisationId, messages)
  return messages.length
}

function factsOf(team: Team, day: CivilDate, dues: readonly Due[]): SupportFacts {
  const products: SupportReminder[] = dues.map(({ use, due }) => {
    const { name, extendedEnds, findings } = supportPicture(use, day)
    const counts = use.uses.flatMap(({ count }) => count ?? [])
    return {
      ...{ product: use.product, name, on: due.on, what: due.what, skipped: due.skipped },
      daysLeft: daysBetween(day, due.on),
      extendedEnds,
      inUse: counts.length === 0 ? null : counts.reduce((sum, each) => sum + each, 0),
      contracts: use.covers.map(({ reference, kind, latest: coverEnds }) => {
        return { reference, kind, coverEnds }
      }),
      findings: findings.flatMap(({ finding, why }) => (finding === null ? [] : [why])),
    }
  })
  return { asOf: day, dataAsOf: productData().asOf, team: team.name, products }
}
