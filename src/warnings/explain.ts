/** Why a contract was or was not warned of on a day: from the same plan that the sweep carries out. */
import type { Pool } from 'pg'
import { type ContractRecord, monitoredContract, readContracts } from '../database/contracts.ts'
import {
  type RuledOrganisation,
  type RulesByTeam,
  readTeams,
  type Team,
} from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import {
  coveredBy,
  type ReleaseKey,
  readProductsInUse,
  type TeamProduct,
} from '../database/support.ts'
import {
  addDays,
  type CivilDate,
  civilDateIn,
  dayText,
  later,
  YEAR_AHEAD,
} from '../rules/civil-date.ts'
import { releaseName } from '../rules/products.ts'
import { planWarnings } from '../rules/reminder-plan.ts'
import { comingWarnings } from '../rules/replay.ts'
import { supportDeadlines, supportPicture } from '../rules/support.ts'
import type { ExplainedMembers, ExplainedRelease, ExplainFacts } from '../text/answer-facts.ts'
import { comingSupport, readRaised } from './support.ts'
import { comingMembers } from './umbrella.ts'

interface Explanation
  extends Pick<ExplainFacts, 'raised' | 'next' | 'silent' | 'products' | 'members'> {
  readonly reference: string
}

export async function explain(
  pool: Pool,
  organisationId: number,
  contractId: number,
  asOf: CivilDate,
  rulesOf: RulesByTeam,
): Promise<Explanation> {
  const [record] = await readContracts(pool, [contractId])
  const teams = await readTeams(pool, organisationId)
  const team = teams.find((each) => each.id === record?.row.teamId)
  if (!record || !team)
    throw new Error(`Contract ${contractId} went away while it was being read: ask again.`)
  const rules = rulesOf(team, record.row)
  const found = await tables(pool).alert.findMany({
    where: { contractId, raisedOn: { lte: asOf } },
    orderBy: [{ raisedOn: 'asc' }, { deadlineOn: 'asc' }, { rung: 'desc' }],
  })
  const sent = await sentDays(pool, found, asOf, () => team.timeZone)
  // As it stood on that day: what was raised later is not known yet.
  const alerts = record.alerts.filter((alert) => alert.raisedOn <= asOf)
  const monitored = { ...monitoredContract(record, team.laddersFrom, rules, asOf), alerts }
  const plan = planWarnings(monitored, asOf, rules)
  const swept = team.lastSweptOn !== null && team.lastSweptOn >= asOf
  const next = comingWarnings(
    { ...monitored, successorKnownOn: null },
    swept ? addDays(asOf, 1) : asOf,
    rules,
  )
  const silent: Explanation['silent'][number][] = plan.silent.map(({ kind, why }) => ({
    kind,
    why,
  }))
  if (monitored.deadlines.length === 0)
    silent.push({
      kind: 'contract',
      why: withoutDeadlines(record),
    })
  const { id: ownTeam } = team
  const context = { organisationId, rulesOf, asOf }
  const keys = await coveredBy(pool, [contractId])
  const covers = keys.length === 0 ? [] : await explainReleases(pool, context, keys)
  const products = covers
    .filter(({ teamId, contractIds }) => teamId === ownTeam || contractIds.includes(contractId))
    .map(({ teamId: _, contractIds: __, ...each }) => each)
  const members = await explainMembers(pool, context, record)
  return {
    reference: record.row.reference,
    raised: found.map(({ id, kind, rung, raisedOn: on, state }) => {
      return { kind, rung, on, state, sentOn: sent.get(id) ?? null }
    }),
    next: next.map(({ kind, rung, on }) => ({ kind, rung, on })),
    silent,
    ...(products.length === 0 ? {} : { products }),
    ...(members === null ? {} : { members }),
  }
}

interface ExplainContext extends RuledOrganisation {
  readonly asOf: CivilDate
}

/** Why the teams that have cover for these releases or use them were reminded of their ends, or not. */
export async function explainReleases(
  pool: Pool,
  { organisationId, rulesOf, asOf }: ExplainContext,
  keys: readonly ReleaseKey[],
): Promise<
  (ExplainedRelease & { readonly teamId: number; readonly contractIds: readonly number[] })[]
> {
  const teams = await readTeams(pool, organisationId)
  const uses = await readProductsInUse(pool, organisationId, keys)
  const span = { organisationId, rulesOf, to: addDays(asOf, YEAR_AHEAD) }
  const swept = (team: Team) => team.lastSweptOn !== null && team.lastSweptOn >= asOf
  const coming = await comingSupport(pool, { ...span, from: asOf }, teams, {
    ...{ keys, upTo: asOf },
  })
  const reminders = coming.flatMap((each) => each.reminders.map((one) => ({ ...each, ...one })))
  const raised = await readRaised(pool, uses, asOf)
  const zones = new Map(teams.map(({ id, timeZone }) => [id, timeZone]))
  const sent = await sentDays(pool, raised, asOf, ({ teamId }) => zones.get(teamId) ?? 'UTC')
  return uses.flatMap((use) => {
    const team = teams.find(({ id }) => id === use.teamId)
    if (team === undefined) return []
    const isOf = (each: ReleaseKey & { readonly teamId: number }) =>
      each.teamId === use.teamId && each.product === use.product && each.release === use.release
    const next = reminders.flatMap(({ on, use: of, due }) =>
      isOf(of) && (on > asOf || !swept(team)) ? [{ deadline: due.on, rung: due.rung, on }] : [],
    )
    return [
      {
        ...{ teamId: use.teamId, contractIds: use.covers.map(({ contractId }) => contractId) },
        ...{ name: releaseName(use.product, use.release), team: team.name, next },
        raised: raised.filter(isOf).map(({ id, on: deadline, rung, raisedOn: on, state }) => {
          return { deadline, rung, on, sentOn: sent.get(id) ?? null, state }
        }),
        silent: next.length > 0 ? null : whyNoReminder(use, asOf),
      },
    ]
  })
}

function whyNoReminder(use: TeamProduct, asOf: CivilDate): string {
  const { supportEnds, findings } = supportPicture(use, asOf)
  const open = supportDeadlines(use, asOf).filter(({ on }) => on >= asOf)
  const [first] = open
  if (first !== undefined) {
    return first.on > addDays(asOf, YEAR_AHEAD)
      ? `its end, ${dayText(first.on)}, is further away than ${YEAR_AHEAD} days`
      : `every reminder of its end, ${dayText(first.on)}, has been told`
  }
  if (supportEnds === null)
    return 'nobody has published when its support ends: the weekly list asks'
  const said = findings.flatMap(({ finding, why }) => (finding === null ? [] : [why]))
  return supportEnds < asOf
    ? `its support ended on ${dayText(supportEnds)}: that is told once, and listed each week${said[0] === undefined ? '' : `: ${said[0]}`}`
    : 'what is held settles every end that is published'
}

/**
 * The day on which the message of each of these alerts went out, by that day: the message's own day
 * where the database's clock is behind it.
 */
async function sentDays<Alert extends { readonly id: number }>(
  pool: Pool,
  alerts: readonly Alert[],
  upTo: CivilDate,
  zoneOf: (alert: Alert) => string,
): Promise<ReadonlyMap<number, CivilDate>> {
  const zones = new Map(alerts.map((each) => [each.id, zoneOf(each)]))
  const carried = await tables(pool).deliveryAlert.findMany({
    where: {
      alertId: { in: [...zones.keys()] },
      delivery: { state: 'SENT', purpose: { not: 'update' } },
    },
    select: { alertId: true, delivery: { select: { asOf: true, sentAt: true } } },
  })
  const days = new Map<number, CivilDate>()
  for (const { alertId, delivery } of carried) {
    const { asOf, sentAt } = delivery
    const on =
      sentAt === null ? asOf : later(asOf, civilDateIn(sentAt, zones.get(alertId) ?? 'UTC'))
    if (on <= upTo && on < (days.get(alertId) ?? '9999')) days.set(alertId, on)
  }
  return days
}

/** What its members' teams were told, and will be; null where it covers nobody. */
async function explainMembers(
  pool: Pool,
  { asOf, ...context }: ExplainContext,
  { row }: ContractRecord,
): Promise<ExplainedMembers | null> {
  const { umbrellaMember } = tables(pool)
  const of = await umbrellaMember.count({ where: { contractId: row.id } })
  if (of === 0) return null
  const told = await umbrellaMember.count({
    where: { contractId: row.id, toldEnd: { not: null } },
  })
  const span = { from: asOf, to: addDays(asOf, YEAR_AHEAD) }
  const next = (await comingMembers(pool, context, span, row.id)).map((each) => {
    const buyers = each.facts.members.map(({ buyer }) => buyer)
    return { on: each.on, team: each.team.name, lastDay: each.lastDay, buyers }
  })
  return { told, of, next, silent: next.length > 0 ? null : whyNobodyHears(row, told, of) }
}

function whyNobodyHears(
  { watched, historic, endKind, closedOn }: ContractRecord['row'],
  told: number,
  of: number,
): string {
  if (historic) return 'it ended long before it was first seen'
  if (!watched) return 'nobody watches it, so that its members are not told'
  if (closedOn !== null) return 'it is closed, and what was said of its members since is not told'
  if (told === of) return 'each was told of the last day that stands'
  if (endKind !== 'dated') return 'it has no end date, and nobody leaves it on a day that is known'
  return `no last day of theirs is near enough within ${YEAR_AHEAD} days`
}

function withoutDeadlines({ row: { endKind, historic }, contract }: ContractRecord): string {
  if (historic) return 'it ended long before it was first seen: it is listed, never warned of'
  if (endKind === 'undated')
    return 'it has no end date: it is in every weekly summary until somebody gives one'
  return contract.noticePeriod === null
    ? 'it runs without an end: give it a notice period and a review date'
    : 'it runs without an end or a term, so that its notice may be given on any day: give it a review date'
}
