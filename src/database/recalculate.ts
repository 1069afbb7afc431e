/**
 * Deadlines and the day of the next check, derived anew wherever a contract or its rules change.
 */

import { createHash } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import { type CivilDate, daysBetween, earlier } from '../rules/civil-date.ts'
import { currentEnd, type DeadlineKind, type Extension, movesEnd } from '../rules/contract.ts'
import { type Deadline, deadlinesOf, decidable, isWithinTerm } from '../rules/deadlines.ts'
import {
  datedSchedulesOf,
  firstCheckOn,
  type MonitoredContract,
  planWarnings,
} from '../rules/reminder-plan.ts'
import { remindersAround } from '../rules/reminder-schedule.ts'
import { presumedRenewals, unfoundedRenewals } from '../rules/renewal.ts'
import type { Rules } from '../rules/settings.ts'
import { groupedBy } from '../rules/text-match.ts'
import { type AuditChange, withdrawal, writeAudit } from './audit-log.ts'
import { addJson, byColumn, type CopyRow, copyRows, lockRows, writeColumns } from './bulk.ts'
import { inTransaction } from './connect.ts'
import {
  type ContractRecord,
  FRAMEWORK_END,
  monitoredContract,
  RELIES_ON,
  readContracts,
  selectContracts,
} from './contracts.ts'
import type { Deadline as DeadlineColumns } from './generated/client.ts'
import {
  lockTeams,
  type RuledOrganisation,
  type RulesByTeam,
  readTeams,
  type Team,
} from './organisation.ts'
import { tables } from './prisma.ts'
import { coveredBy, recalculateSupport } from './support.ts'

// What follows from a contract's facts, written anew after they change: its current end, its
// deadlines, the day to look at it next, and the alerts that no longer hold.
//
// Call it in the transaction that changed the facts, for every contract it changed.

interface RecalculationContext extends RuledOrganisation {
  readonly teams: readonly Team[]
  readonly today: CivilDate
}

interface Recalculated {
  /** How many alerts were superseded, because their deadline moved or went away. */
  readonly superseded: number
  /** The contracts whose posted warnings no longer hold as they stand. */
  readonly retired: readonly number[]
}

export async function recalculate(
  client: PoolClient,
  context: RecalculationContext,
  contractIds: readonly number[],
): Promise<Recalculated> {
  const own = await recalculateThese(client, context, contractIds)
  // Its team, its end or that it is over may have changed: what that leaves unsupported follows.
  await recalculateSupport(client, context, await coveredBy(client, contractIds))
  // One round is enough: a last call-off day moves no end, so that nobody relies on it in turn.
  const followers = await followersOf(client, contractIds)
  if (followers.length === 0) return own
  const followed = await recalculateThese(client, context, followers)
  return {
    superseded: own.superseded + followed.superseded,
    retired: [...new Set([...own.retired, ...followed.retired])],
  }
}

async function recalculateThese(
  client: PoolClient,
  context: RecalculationContext,
  contractIds: readonly number[],
): Promise<Recalculated> {
  const teams = new Map(context.teams.map((team) => [team.id, team]))
  const records = await readContracts(client, contractIds)
  const derived = records.map((record) => {
    const team = teams.get(record.row.teamId)
    if (!team)
      throw new Error(
        `Contract ${record.row.reference} belongs to team ${record.row.teamId}, which is gone.`,
      )
    return derive(record, team, context)
  })
  const days = derived.map(({ id, earliest, latest, lookOn }) => {
    return { id, current_earliest: earliest, current_latest: latest, next_rung_on: lookOn }
  })
  await writeColumns(client, 'contract', KEPT_DAYS, days, { besides: ', version = version + 1' })
  const rows = derived.flatMap(({ id, deadlines }) => deadlines.map((each) => ({ id, each })))
  await tables(client).deadline.deleteMany({ where: { contractId: { in: [...contractIds] } } })
  await copyRows(client, 'deadline', deadlineRows(context.organisationId, rows))
  const { superseded, retired } = await retireAlerts(client, contractIds, context.today)
  if (superseded > 0) {
    await tables(client).organisation.updateMany({
      where: { id: context.organisationId },
      data: { superseded: { increment: superseded } },
    })
  }
  return { superseded, retired }
}

const KEPT_DAYS = {
  current_earliest: 'date',
  current_latest: 'date',
  next_rung_on: 'date',
} as const

interface Derived {
  readonly id: number
  readonly earliest: CivilDate | null
  readonly latest: CivilDate | null
  readonly lookOn: CivilDate | null
  readonly deadlines: readonly Deadline[]
  readonly monitored: MonitoredContract
  readonly rules: Rules
}

/** What follows from a contract under the rules of its team. */
function derive(
  record: ContractRecord,
  team: Team,
  { rulesOf, today }: Pick<RecalculationContext, 'rulesOf' | 'today'>,
): Derived {
  const rules = rulesOf(team, record.row)
  const monitored = monitoredContract(record, team.laddersFrom, rules, today)
  const end = currentEnd(record.contract)
  return {
    id: record.row.id,
    earliest: end.kind === 'dated' ? end.earliest : null,
    latest: end.kind === 'dated' ? end.latest : null,
    lookOn: firstCheckOn(monitored, rules),
    deadlines: record.contract.historic ? [] : monitored.deadlines,
    ...{ monitored, rules },
  }
}

/**
 * Contracts that rely on one of these, where the last call-off day that they keep is no longer what
 * it says.
 */
async function followersOf(client: PoolClient, contractIds: readonly number[]): Promise<number[]> {
  const found = await selectContracts(
    client,
    ['id'],
    `c.parent_id = ANY($1) AND NOT c.historic AND EXISTS (
       SELECT FROM contract f LEFT JOIN deadline d ON d.contract_id = c.id AND d.kind = 'call-off-by'
        WHERE f.id = c.parent_id AND ${RELIES_ON}
          AND least(f.call_off_by, ${FRAMEWORK_END}, c.call_off_by) IS DISTINCT FROM d.due_on)
     ORDER BY c.id`,
    [contractIds],
  )
  return found.map(({ id }) => id)
}

/** Rows of `deadline`, which is unique by contract, kind and day: of two of a kind on one day the first is kept. */
export function deadlineRows(
  organisationId: number,
  deadlines: readonly { readonly id: number; readonly each: Deadline }[],
): CopyRow[] {
  const kept = new Map<string, CopyRow>()
  for (const { id, each } of deadlines) {
    const { settledOn, settledWhy, from, latest, renewsTo, assumed } = keptOf(each)
    const { kind, on, reason } = each
    const key = `${id} ${kind} ${on}`
    if (kept.has(key)) continue
    kept.set(key, {
      ...{ organisation_id: organisationId, contract_id: id, kind, due_on: on, reason },
      ...{ settled_on: settledOn, settled_why: settledWhy, from_on: from, latest_on: latest },
      ...{ renews_to: renewsTo, assumed },
    })
  }
  return [...kept.values()]
}

/** What else is kept of a deadline than its kind, its day and its reason. */
function keptOf({ on, latest, from, settled, renewsTo, assumed }: Deadline) {
  return {
    settledOn: settled?.on ?? null,
    settledWhy: settled?.why ?? null,
    from: from ?? null,
    latest: latest === on ? null : latest,
    renewsTo: renewsTo ?? null,
    assumed: assumed === true,
  }
}

/**
 * Alerts of a date that is gone are superseded, alerts of a settled deadline or a closed contract
 * closed; one that was closed and whose deadline is open again is superseded, so that it may warn
 * once more.
 */
async function retireAlerts(
  client: PoolClient,
  contractIds: readonly number[],
  today: CivilDate,
): Promise<Recalculated> {
  const retired = await client.query<{ state: string; contractId: number }>(
    `UPDATE alert SET
       state = CASE WHEN s.over THEN 'closed' ELSE 'superseded' END,
       closed_on = CASE WHEN s.over THEN $2::date END,
       paused_until = NULL
     FROM (
       SELECT a.id, a.state, d.contract_id IS NOT NULL AS stands,
              c.closed_on IS NOT NULL OR d.settled_why IS NOT NULL AS over
       FROM alert a JOIN contract c ON c.id = a.contract_id
       LEFT JOIN deadline d ON d.contract_id = a.contract_id AND d.kind = a.kind AND d.due_on = a.deadline_on
       WHERE a.contract_id = ANY($1) AND a.state <> 'superseded') s
     WHERE s.id = alert.id
       AND CASE WHEN s.over THEN s.state <> 'closed' ELSE NOT s.stands OR s.state = 'closed' END
     RETURNING alert.state, alert.contract_id AS "contractId"`,
    [contractIds, today],
  )
  return {
    superseded: retired.rows.filter((row) => row.state === 'superseded').length,
    retired: [...new Set(retired.rows.map((row) => row.contractId))],
  }
}

// Automatic renewals: where a notice date has passed unheard, the next term is presumed.

interface PresumeContext extends Omit<RecalculationContext, 'today'> {
  /** The civil day that is looked at; null for a team that is not. */
  readonly dayOf: (teamId: number) => CivilDate | null
}

interface Presumed {
  /** The contracts as they then stand, in their order. */
  readonly records: readonly ContractRecord[]
  /** Those that renewed, by the day on which it was presumed. */
  readonly byDay: ReadonlyMap<CivilDate, readonly number[]>
  readonly changes: readonly AuditChange[]
}

/** Records what must be presumed of these contracts, and counts them anew. */
export async function presumeRenewals(
  client: PoolClient,
  { organisationId, teams, rulesOf, dayOf }: PresumeContext,
  records: readonly ContractRecord[],
): Promise<Presumed> {
  const teamOf = new Map(teams.map((team) => [team.id, team]))
  const presumed = records.flatMap(({ row, contract }) => {
    const team = teamOf.get(row.teamId)
    const day = dayOf(row.teamId)
    if (team === undefined || day === null) return []
    const renewals = presumedRenewals(contract, day, rulesOf(team, row))
    return renewals.map((renewal) => ({ id: row.id, currency: row.currency, day, renewal }))
  })
  if (presumed.length === 0) return { records, byDay: new Map(), changes: [] }
  await insertPresumed(client, organisationId, presumed)
  const byDay = new Map<CivilDate, number[]>()
  for (const { id, day } of presumed) {
    const ids = byDay.get(day) ?? []
    byDay.set(day, ids.includes(id) ? ids : [...ids, id])
  }
  for (const [today, ids] of byDay) {
    await recalculate(client, { organisationId, teams, rulesOf, today }, ids)
  }
  const ids = [...new Set(presumed.map(({ id }) => id))]
  const renewed = new Map((await readContracts(client, ids)).map((each) => [each.row.id, each]))
  return {
    records: records.map((record) => renewed.get(record.row.id) ?? record),
    byDay,
    changes: presumed.map(({ id, renewal: { from, to } }) => {
      return { contractId: id, what: 'extended', field: 'presumed renewal', from, to }
    }),
  }
}

/**
 * Where the day of a notice before an anniversary has passed, the next year's takes its place. Returns
 * the contracts, whose warnings speak of another day now.
 */
export async function passNotices(
  client: PoolClient,
  context: RecalculationContext,
  contractIds: readonly number[],
): Promise<readonly number[]> {
  const hasPassed = `EXISTS (SELECT FROM deadline d WHERE d.contract_id = c.id AND d.kind = 'notice'
    AND d.from_on IS NOT NULL AND d.due_on < $2)`
  const which = `c.id = ANY($1) AND ${hasPassed} ORDER BY c.id`
  const passed = await selectContracts(client, ['id'], which, [contractIds, context.today])
  const ids = passed.map(({ id }) => id)
  if (ids.length > 0) await recalculate(client, context, ids)
  return ids
}

/**
 * Takes back renewals that were presumed of these contracts and do not follow any more, so that the
 * notice that can still be given is warned of. Call it before they are recalculated, in the transaction
 * that changed their facts or rules; what it returns belongs into its audit.
 */
export async function withdrawUnfounded(
  client: PoolClient,
  { teams, rulesOf, today }: Pick<RecalculationContext, 'teams' | 'rulesOf' | 'today'>,
  contractIds: readonly number[],
): Promise<readonly AuditChange[]> {
  const presumed = { kind: 'renewal', status: 'presumed' }
  const { extension } = tables(client)
  const held = await extension.findMany({
    where: { ...presumed, contractId: { in: [...contractIds] }, to: { gte: today } },
    select: { contractId: true },
    distinct: ['contractId'],
  })
  const ids = held.map(({ contractId }) => contractId)
  const teamOf = new Map(teams.map((team) => [team.id, team]))
  const gone = (await readContracts(client, ids)).flatMap(({ row, contract }) => {
    const team = teamOf.get(row.teamId)
    if (team === undefined) return []
    const renewals = unfoundedRenewals(contract, today, rulesOf(team, row))
    return renewals.map(({ from, to }) => ({ contractId: row.id, from, to }))
  })
  if (gone.length === 0) return []
  // Not marked as withdrawn: it may have to be presumed again, once its notice date has passed.
  await extension.deleteMany({
    where: { ...presumed, OR: gone.map(({ contractId, from }) => ({ contractId, from })) },
  })
  return gone.map(({ contractId, from, to }) => {
    return {
      contractId,
      what: 'updated',
      field: 'presumed renewal',
      from: `${from} to ${to}`,
      to: null,
    }
  })
}

/**
 * Nothing runs past this day any more: extensions that would begin after it are withdrawn, the one
 * that runs across it is cut, and an awarded end that lies later, or is none, is moved. `endSource`:
 * what says so.
 */
export async function shorten(
  client: PoolClient,
  by: { readonly record: ContractRecord; readonly via: string; readonly endSource: string },
  on: CivilDate,
): Promise<AuditChange[]> {
  const { via, endSource } = by
  const { row, contract: of } = by.record
  const { contract, extension } = tables(client)
  const { awardedEnd: awarded, extensions } = of
  if (awarded.kind !== 'dated' || awarded.latest > on) {
    const day = { endKind: 'dated', endEarliest: on, endLatest: on, endPrecision: 'day' } as const
    await contract.updateMany({ where: { id: row.id }, data: { ...day, endSource } })
  }
  const standing = { contractId: row.id, to: { gt: on }, status: { not: 'withdrawn' } }
  await extension.updateMany({
    where: { ...standing, from: { lte: on } },
    data: { to: on, source: via },
  })
  await extension.updateMany({
    where: { ...standing, from: { gt: on } },
    data: { status: 'withdrawn', source: via },
  })
  const cut = extensions.filter((each) => movesEnd(each) && each.to > on)
  return cut.map((each) =>
    each.from > on
      ? withdrawal(row.id, each)
      : { contractId: row.id, what: 'extension cut', field: each.kind, from: each.to, to: on },
  )
}

async function insertPresumed(
  client: PoolClient,
  organisationId: number,
  presumed: readonly {
    readonly id: number
    readonly currency: string
    readonly renewal: Extension
  }[],
): Promise<void> {
  const source = 'presumed: no notice was recorded in time'
  await tables(client).extension.createMany({
    data: presumed.map(({ id: contractId, currency, renewal }) => {
      const { kind, status, from, to, knownOn } = renewal
      return { organisationId, contractId, kind, status, from, to, knownOn, currency, source }
    }),
  })
}

// Deadlines and the day to look at a contract next are kept, and follow from the rules as well as
// from the contract: where a team's rules changed (its calendar, a setting, bank holidays that became
// known), what follows otherwise is written anew.
//
// One transaction holds the change and all that follows from it: whoever acts, imports or sweeps beside
// it finds either none of it or all. What follows as it stood is not written.

export interface RulesContext extends RuledOrganisation {
  readonly todayOf: (team: Team) => CivilDate
  readonly log: (line: string) => void
  /** Called in the same transaction with the contracts whose warnings no longer hold. */
  readonly retired: (
    client: PoolClient,
    contractIds: readonly number[],
    today: CivilDate,
  ) => Promise<unknown>
}

/** Contracts read, judged and written together. */
const BATCH = 2000
/** At most so many teams are named; the others are counted. */
const NAMED = 5

/** How far a change of rules reached. */
export interface Rekeyed {
  /** Contracts that were looked at. */
  readonly rekeyed: number
  /** Of those, how many have another date, or are to be looked at on another day, than before. */
  readonly moved: number
  /** The presumed renewals that no longer hold and were withdrawn, for the audit of the change. */
  readonly withdrawn: readonly AuditChange[]
}

/** Re-keys the contracts of each team whose rules changed. */
export async function recalculateWhereRulesChanged(
  pool: Pool,
  context: RulesContext & { readonly now: Date },
): Promise<Rekeyed> {
  const { organisationId, now: at } = context
  const ahead = await judgeAhead(pool, context, (team) => team)
  if (ahead.by.size === 0) return NOTHING
  return inTransaction(pool, async (client) => {
    const reach = await recalculateStaleTeams(client, context, ahead)
    if (reach.withdrawn.length > 0) {
      const source = { organisationId, byPersonId: null, via: 'rules', at }
      await writeAudit(client, source, 'rules changed: presumed renewals', reach.withdrawn)
    }
    return reach
  })
}
const NOTHING: Rekeyed = { rekeyed: 0, moved: 0, withdrawn: [] }

/**
 * The same within the transaction that changed the rules. `ahead`: what was judged before it began; of
 * that what was written since, or went by other rules, is judged again under the lock.
 */
export async function recalculateStaleTeams(
  client: PoolClient,
  context: RulesContext,
  ahead: Judged | null = null,
): Promise<Rekeyed> {
  const { organisationId, rulesOf, todayOf, log } = context
  // Another process may have done it while this one waited for the lock.
  const teams = await lockTeams(client, organisationId)
  const stale = staleTeams(teams, rulesOf)
  const reach = { rekeyed: 0, moved: 0, withdrawn: [] as AuditChange[] }
  for (const [today, ofDay] of groupedBy(stale, todayOf)) {
    const recalculating = { organisationId, teams, rulesOf, today }
    const contracts = await contractsOf(client, ofDay, ahead?.since ?? null)
    if (contracts.length > 0) {
      const names = ofDay.map(({ name }) => name)
      const whose = names.length > NAMED ? `${names.length} teams` : names.join(', ')
      log(`The rules of ${whose} changed: what follows is counted anew.`)
    }
    const judged = new Set(
      ofDay.flatMap((team) => (ahead?.by.get(team.id) === basisOf(team, context) ? team.id : [])),
    )
    const isJudged = ({ teamId, isWritten }: ContractOfTeam) => judged.has(teamId) && !isWritten
    const again = contracts.filter((each) => !isJudged(each)).map(({ id }) => id)
    const differ = [
      ...contracts
        .filter((each) => isJudged(each) && ahead?.differ.has(each.id))
        .map(({ id }) => id),
      ...(await judge(client, recalculating, again)),
    ].sort((one, other) => one - other)
    for (let from = 0; from < differ.length; from += BATCH) {
      const batch = differ.slice(from, from + BATCH)
      const { moved, withdrawn } = await rekey(client, recalculating, batch, context.retired)
      reach.moved += moved
      reach.withdrawn.push(...withdrawn)
    }
    reach.rekeyed += contracts.length
  }
  for (const team of stale) {
    await addJson(client, 'team.settings', team.id, { keyed_by: digestOf(team, rulesOf) })
  }
  return reach
}

// Most contracts stand as they are kept. Which do is judged before the teams are locked, by the rules as
// they will be: whoever acts meanwhile waits for no more than what moves.

/** Contracts that were judged without the lock. */
export interface Judged {
  /** All that earlier transactions had written was judged; what this one or a later one wrote, perhaps not. */
  readonly since: string
  /** What the contracts of each team whose rules change were judged by (`basisOf`). */
  readonly by: ReadonlyMap<number, string>
  /** Ids of the contracts whose stored deadlines differ from those that the new rules give. */
  readonly differ: ReadonlySet<number>
}

/** Judges the contracts of each team whose rules change; `becomes`: the team as it will be. */
export async function judgeAhead(
  pool: Pool,
  context: RulesContext,
  becomes: (team: Team) => Team,
): Promise<Judged> {
  const { organisationId, rulesOf, todayOf } = context
  const found = await pool.query<{ since: string }>(
    'SELECT pg_snapshot_xmin(pg_current_snapshot())::xid::text AS since',
  )
  const teams = (await readTeams(pool, organisationId)).map(becomes)
  const stale = staleTeams(teams, rulesOf)
  const differ = new Set<number>()
  for (const [today, ofDay] of groupedBy(stale, todayOf)) {
    const contracts = await contractsOf(pool, ofDay, null)
    const ids = contracts.map(({ id }) => id)
    for (const id of await judge(pool, { organisationId, teams, rulesOf, today }, ids))
      differ.add(id)
  }
  const by = new Map(stale.map((team) => [team.id, basisOf(team, context)]))
  return { since: found.rows[0]?.since ?? '', by, differ }
}

/** All that a team's contracts are judged by, besides themselves. */
function basisOf(team: Team, { rulesOf, todayOf }: RulesContext): string {
  const { laddersFrom, lastSweptOn } = team
  return JSON.stringify([digestOf(team, rulesOf), todayOf(team), laddersFrom, lastSweptOn])
}

/** Those whose contracts were counted by other rules, or, as a new one has none, never. */
export function staleTeams(teams: readonly Team[], rulesOf: RulesByTeam): Team[] {
  return teams.filter((team) => team.keyedBy !== digestOf(team, rulesOf))
}

interface ContractOfTeam {
  readonly id: number
  readonly teamId: number
  /** Since that transaction, or what it is called off from, or what is asked about it. */
  readonly isWritten: boolean
}

/**
 * Whoever changes anything of a contract writes its row with it (`recalculate`, a sweep), but for what is
 * asked about it.
 */
async function contractsOf(
  client: Pool | PoolClient,
  teams: readonly Team[],
  since: string | null,
): Promise<ContractOfTeam[]> {
  const found = await client.query<ContractOfTeam>(
    `SELECT c.id, c.team_id AS "teamId",
            coalesce(least(age(c.xmin), age(f.xmin), (
              SELECT min(least(age(r.xmin), age(q.xmin))) FROM question_contract r
                JOIN question q ON q.id = r.question_id WHERE r.contract_id = c.id
            )) <= age($2::xid), true) AS "isWritten"
     FROM contract c LEFT JOIN contract f ON f.id = c.parent_id
     WHERE c.team_id = ANY($1) ORDER BY c.id`,
    [teams.map(({ id }) => id), since],
  )
  return found.rows
}

/** Those of these contracts that do not stand as they are kept. */
async function judge(
  client: Pool | PoolClient,
  { teams, rulesOf, today }: RecalculationContext,
  ids: readonly number[],
): Promise<number[]> {
  const teamOf = new Map(teams.map((team) => [team.id, team]))
  const differ: number[] = []
  const judgeFrom = async (first: number, step: number) => {
    for (let from = first; from < ids.length; from += step) {
      for (const each of await readKept(client, ids.slice(from, from + BATCH))) {
        const { id, teamId } = each.record.row
        const team = teamOf.get(teamId)
        if (team !== undefined && !stands(each, team, { rulesOf, today })) differ.push(id)
      }
    }
  }
  // One batch is judged while another is read: within a transaction its one connection reads in turn.
  const lanes = 'release' in client ? 1 : 2
  await Promise.all(Array.from({ length: lanes }, (_, at) => judgeFrom(at * BATCH, lanes * BATCH)))
  return differ
}

/** Recalculates these contracts under the rules as they are now. */
async function rekey(
  client: PoolClient,
  context: RecalculationContext,
  ids: readonly number[],
  retired: RulesContext['retired'],
): Promise<Omit<Rekeyed, 'rekeyed'>> {
  await lockRows(client, 'contract', '', 'id = ANY($1)', [ids])
  const before = await keptDays(client, ids)
  const followers = await followersOf(client, ids)
  const moved = await carryDecisions(client, context, await actedOn(client, [...ids, ...followers]))
  const withdrawn = await withdrawUnfounded(client, context, ids)
  const carried = await carryAlerts(client, context, moved)
  const followed = await recalculate(client, context, ids)
  await retired(client, [...new Set([...carried, ...followed.retired])], context.today)
  const now = await keptDays(client, ids)
  return { moved: ids.filter((id) => now.get(id) !== before.get(id)).length, withdrawn }
}

/** The days that are kept of each of these, as one text: its deadlines, and when to look at it next. */
export async function keptDays(
  client: Pool | PoolClient,
  ids: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const kept = await readDays(client, ids)
  return new Map(
    kept.map(({ id, lookOn, deadlines }) => {
      const days = deadlines.map(({ kind, on, from }) => JSON.stringify([kind, on, from]))
      return [id, JSON.stringify([lookOn, ...days.sort()])]
    }),
  )
}

/** Those of these contracts with a decision or an alert that stands: it may be about a day that moves. */
async function actedOn(client: PoolClient, ids: readonly number[]): Promise<number[]> {
  const stands = [
    { decisions: { some: { withdrawnAt: null } } },
    { alerts: { some: { state: { not: 'superseded' } } } },
  ]
  const found = await tables(client).contract.findMany({
    where: { id: { in: [...ids] }, OR: stands },
    select: { id: true },
  })
  return found.map(({ id }) => id)
}

/** A contract beside what is kept of it. */
interface Kept extends KeptDays {
  readonly record: ContractRecord
}
interface KeptDays {
  readonly id: number
  readonly earliest: CivilDate | null
  readonly latest: CivilDate | null
  readonly lookOn: CivilDate | null
  readonly deadlines: readonly KeptDeadline[]
}
type KeptDeadline = Readonly<Omit<DeadlineColumns, 'organisationId' | 'contractId'>>

async function readKept(
  client: Pool | PoolClient,
  ids: readonly number[],
): Promise<readonly Kept[]> {
  const keptOf = new Map((await readDays(client, ids)).map((row) => [row.id, row]))
  return (await readContracts(client, ids)).flatMap((record): Kept[] => {
    const kept = keptOf.get(record.row.id)
    return kept === undefined ? [] : [{ ...kept, record }]
  })
}

async function readDays(client: Pool | PoolClient, ids: readonly number[]): Promise<KeptDays[]> {
  const found = await client.query<KeptDays>(
    `SELECT c.id, c.current_earliest AS earliest, c.current_latest AS latest, c.next_rung_on AS "lookOn",
            (SELECT coalesce(json_agg(json_build_object('kind', d.kind, 'on', d.due_on, 'reason', d.reason,
               'settledOn', d.settled_on, 'settledWhy', d.settled_why, 'from', d.from_on,
               'latest', d.latest_on, 'renewsTo', d.renews_to, 'assumed', d.assumed)), '[]')
             FROM deadline d WHERE d.contract_id = c.id) AS deadlines
     FROM contract c WHERE c.id = ANY($1)`,
    [ids],
  )
  return found.rows
}

/** Whether the team's last sweep, by these rules, would have raised nothing and set this next check. */
function isNextLook(
  lookOn: CivilDate | null,
  { monitored, rules }: Derived,
  { lastSweptOn }: Team,
): boolean {
  if (lastSweptOn === null) return false
  const plan = planWarnings(monitored, lastSweptOn, rules)
  return plan.raise.length + plan.askAgain.length === 0 && plan.nextCheckOn === lookOn
}

/** Whether what is kept of a contract follows from these rules as it is. */
function stands(
  kept: Kept,
  team: Team,
  context: Pick<RecalculationContext, 'rulesOf' | 'today'>,
): boolean {
  const derived = derive(kept.record, team, context)
  if (unfoundedRenewals(kept.record.contract, context.today, derived.rules).length > 0) return false
  const { earliest, latest, lookOn, deadlines } = derived
  if (earliest !== kept.earliest || latest !== kept.latest) return false
  if (lookOn !== kept.lookOn && !isNextLook(kept.lookOn, derived, team)) return false
  const said = new Map<string, Deadline>()
  for (const each of deadlines) {
    const key = `${each.kind} ${each.on}`
    // `deadline` is unique by contract, kind and day: of two of a kind on one day the first is kept.
    if (!said.has(key)) said.set(key, each)
  }
  if (said.size !== kept.deadlines.length) return false
  return kept.deadlines.every((each) => {
    const now = said.get(`${each.kind} ${each.on}`)
    if (now === undefined) return false
    const { settledOn, settledWhy, from, latest: last, renewsTo, assumed } = keptOf(now)
    return (
      now.reason === each.reason &&
      settledOn === each.settledOn &&
      settledWhy === each.settledWhy &&
      from === each.from &&
      last === each.latest &&
      renewsTo === each.renewsTo &&
      assumed === each.assumed
    )
  })
}

const SAME_REMINDER_DAYS = 7

/** The kinds whose day rules move, while the contract stays as it is. */
const MOVED_BY_RULES: readonly string[] = ['start-by', 'notice', 'renewal', 'option']

/** A deadline that rules alone moved from one day to another. */
interface MovedDay {
  readonly id: number
  readonly kind: DeadlineKind
  readonly was: CivilDate
  /** The first day of the range that `was` belonged to, else `was` itself. */
  readonly since: CivilDate
  readonly on: CivilDate
  /** A notice date that passed, so that the contract renewed by itself. */
  readonly missed: boolean
}

/**
 * Rules that move a deadline are no news of the contract: what was decided about the old day is
 * decided about the new one. Call it before anything is counted anew by these rules.
 */
async function carryDecisions(
  client: PoolClient,
  { teams, rulesOf, today }: RecalculationContext,
  contractIds: readonly number[],
): Promise<readonly MovedDay[]> {
  const kept = await tables(client).deadline.findMany({
    where: { contractId: { in: [...contractIds] }, kind: { in: [...MOVED_BY_RULES] } },
    orderBy: { on: 'asc' },
    select: { contractId: true, kind: true, on: true, from: true, renewsTo: true },
  })
  const before = new Map(groupedBy(kept, ({ contractId }) => contractId))
  const moved: MovedDay[] = []
  for (const { row, contract } of await readContracts(client, [...before.keys()])) {
    const team = teams.find((each) => each.id === row.teamId)
    if (team === undefined) continue
    const deadlines = deadlinesOf(contract, rulesOf(team, row), today)
    for (const [kind, old] of groupedBy(before.get(row.id) ?? [], (each) => each.kind)) {
      const now = deadlines.filter((each) => each.kind === kind)
      for (const [was, is] of byTerm(old, now)) {
        if (is.on === was.on) continue
        const since = was.from === null ? was.on : earlier(was.from, was.on)
        moved.push({ id: row.id, was: was.on, since, kind: is.kind, on: is.on, missed: is.missed })
      }
    }
  }
  const { decision } = tables(client)
  const decided = await decision.findMany({
    where: { withdrawnAt: null, contractId: { in: [...new Set(moved.map(({ id }) => id))] } },
  })
  for (const { id, contractId, deadline, deadlineOn } of decided) {
    const to = moved.find(
      ({ since, was, ...each }) =>
        each.id === contractId &&
        decidable(each.kind) === deadline &&
        since <= deadlineOn &&
        deadlineOn <= was,
    )
    if (to !== undefined) {
      await decision.updateMany({ where: { id }, data: { deadlineOn: to.on } })
    }
  }
  return moved
}

/**
 * The deadlines of one kind as they were and are, both by date, in pairs: a contract has a notice for
 * each term, which is known by the day to which it renews, else by its order from the last. What was
 * decided of one year says nothing of the next.
 */
function byTerm<T extends { readonly renewsTo: CivilDate | null }>(
  old: readonly T[],
  now: readonly Deadline[],
): (readonly [T, Deadline])[] {
  const same = old.flatMap((was) => {
    const is = now.find(({ renewsTo }) => renewsTo !== undefined && renewsTo === was.renewsTo)
    return is === undefined ? [] : [[was, is] as const]
  })
  const left = old.filter((was) => !same.some(([each]) => each === was)).reverse()
  const open = now
    .filter((is) => !isWithinTerm(is) && !same.some(([, each]) => each === is))
    .reverse()
  const others = left.flatMap((was, index) => {
    const is = open[index]
    return is === undefined ? [] : [[was, is] as const]
  })
  return [...same, ...others]
}

/**
 * What was told of the old day counts for the new one, so that people hear again only where the new
 * day asks for something that they were not told. Call it once presumed renewals that do not follow are
 * taken back, and before the deadlines are counted anew; returns the contracts whose warnings speak
 * of another day now.
 */
async function carryAlerts(
  client: PoolClient,
  { teams, rulesOf, today }: RecalculationContext,
  days: readonly MovedDay[],
): Promise<number[]> {
  const ofContract = new Map(groupedBy(days, ({ id }) => id))
  const told: (MovedDay & { readonly near: boolean; readonly reached: number | null })[] = []
  for (const { row, contract } of await readContracts(client, [...ofContract.keys()])) {
    const team = teams.find((each) => each.id === row.teamId)
    if (team === undefined) continue
    const rules = rulesOf(team, row)
    const deadlines = deadlinesOf(contract, rules, today)
    const schedules = datedSchedulesOf(deadlines, contract, rules)
    for (const moved of ofContract.get(row.id) ?? []) {
      const at = deadlines.findIndex(({ kind, on }) => kind === moved.kind && on === moved.on)
      const dated = schedules[at]
      // That it renewed was told, and it did not: what can still be done is news.
      if (dated === undefined || deadlines[at]?.missed !== moved.missed) continue
      // A week more or less asks for nothing else: the reminder that was told stays what it is.
      const near = Math.abs(daysBetween(moved.was, moved.on)) <= SAME_REMINDER_DAYS
      told.push({ ...moved, near, reached: remindersAround(dated, today).passed?.rung ?? null })
    }
  }
  if (told.length === 0) return []
  // The last reminder told, or, where that was of a day more pressing, the one that the new day has
  // reached: the next to come is told. So is a day that was told as come and lies ahead again. A day
  // whose reminders are all to come begins anew. Where an alert of the new day and that reminder was
  // superseded before, it is opened again.
  const carried = await client.query<{ id: number }>(
    `WITH l AS (SELECT DISTINCT ON (a.contract_id, a.kind, m.was) a.*, m.on,
             CASE WHEN m.near AND (a.rung > 0 OR m.on <= $7::date) THEN a.rung
                  WHEN m.reached IS NOT NULL THEN greatest(a.rung, m.reached) END AS becomes
           FROM unnest($1::int[], $2::text[], $3::date[], $4::date[], $5::boolean[], $6::int[])
             AS m (id, kind, was, "on", near, reached)
           JOIN alert a ON a.contract_id = m.id AND a.kind = m.kind AND a.deadline_on = m.was
             AND a.state <> 'superseded'
           ORDER BY a.contract_id, a.kind, m.was, a.rung),
     back AS (UPDATE alert o SET state = l.state, raised_on = l.raised_on, closed_on = l.closed_on,
             acted_by_id = l.acted_by_id, acted_on = l.acted_on, paused_until = l.paused_until,
             asked_again = l.asked_again
           FROM l WHERE o.contract_id = l.contract_id AND o.kind = l.kind AND o.deadline_on = l.on
             AND o.rung = l.becomes AND o.state = 'superseded' RETURNING o.contract_id AS id),
     moved AS (UPDATE alert SET deadline_on = l.on, rung = l.becomes
           FROM l WHERE alert.id = l.id AND l.becomes IS NOT NULL
             AND NOT EXISTS (SELECT FROM alert o WHERE o.contract_id = l.contract_id
               AND o.kind = l.kind AND o.deadline_on = l.on AND o.rung = l.becomes)
           RETURNING alert.contract_id AS id)
     SELECT id FROM back UNION SELECT id FROM moved`,
    [...byColumn(told, 'id', 'kind', 'was', 'on', 'near', 'reached'), today],
  )
  return carried.rows.map(({ id }) => id)
}

/**
 * Of a calendar its name and last known day stand for its dates. What only groups contracts moves no
 * deadline.
 */
function digestOf(team: Team, rulesOf: RulesByTeam): string {
  const { chainToleranceDays: _chains, cliffDays: _cliffs, ...rules } = rulesOf(team)
  return createHash('sha256').update(JSON.stringify(rules)).digest('base64')
}
