/** Procurements under way: their checkpoints as they stand, and the gap that follows from them. */

import type { Pool, PoolClient } from 'pg'
import {
  type ContractRecord,
  type ContractRow,
  completeContracts,
  PRICED,
  type PriceRow,
  pricedOf,
  RULED,
  readColumns,
  readTold,
} from '../database/contracts.ts'
import type { RuledOrganisation, RulesByTeam, Team } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import {
  beginsOn,
  type Checkpoint,
  type CheckpointName,
  gapDays,
  slipped,
} from '../rules/checkpoints.ts'
import { addDays, type CivilDate, daysBetween } from '../rules/civil-date.ts'
import { type ContractNames, currentEnd, firstDayAfter } from '../rules/contract.ts'
import { emergencyRatios, ratioOf } from '../rules/exposure.ts'
import { baseline, type GapCost, gapCost } from '../rules/premium.ts'
import type { Route } from '../rules/procurement-routes.ts'
import type { Rules } from '../rules/settings.ts'
import { rulesFor } from '../rules/start-by.ts'
import { workingDayOnOrAfter } from '../rules/working-days.ts'
import type { BehindFacts } from '../text/board.ts'
import type { CheckpointFacts } from '../text/procurement.ts'

export interface KeptCheckpoint extends Checkpoint {
  readonly id: number
  readonly plannedOn: CivilDate
  readonly doneOn: CivilDate | null
  readonly askedOn: CivilDate | null
  readonly slips: number
}

export interface Gap {
  /** The first day that the new contract has to cover; null where the contract has no end. */
  readonly coverFrom: CivilDate | null
  /** The award as it stands; null where it is not among the checkpoints. */
  readonly awardOn: CivilDate | null
  /** The first day on which the new contract can begin. */
  readonly beginsOn: CivilDate
  readonly days: number
  /** Of these days; null where there is no gap. */
  readonly cost: GapCost | null
  readonly currency: string
}

export interface Procurement {
  readonly record: ContractRecord<ContractRow & PriceRow>
  readonly rules: Rules
  readonly route: Route
  /** In their order; those that are done keep the day by which they were due. */
  readonly checkpoints: readonly KeptCheckpoint[]
}

/** The procurements under way of these contracts, in a fixed number of queries however many. */
export async function readProcurements(
  client: Pool | PoolClient,
  contractIds: readonly number[],
  teams: readonly Team[],
  rulesOf: RulesByTeam,
): Promise<Procurement[]> {
  if (contractIds.length === 0) return []
  const kept = await tables(client).checkpoint.findMany({
    where: { contractId: { in: [...contractIds] }, withdrawnAt: null },
    orderBy: [{ contractId: 'asc' }, { id: 'asc' }],
  })
  const ids = [...new Set(kept.map(({ contractId }) => contractId))]
  const rows = await readColumns(client, ids, [...RULED, ...PRICED])
  const records = await completeContracts(client, rows)
  return records.flatMap((record): Procurement[] => {
    const team = teams.find(({ id }) => id === record.row.teamId)
    const own = kept.filter(({ contractId }) => contractId === record.row.id)
    const checkpoints = own.map(({ id, contractId, route, name, dueOn: on, ...c }) => {
      const { plannedOn, doneOn, askedOn, slips } = c
      return { id, contractId, route, name, on, plannedOn, doneOn, askedOn, slips }
    })
    if (!team) return []
    const rules = rulesFor(record.contract, rulesOf(team, record.row))
    const route = rules.routes.find(({ name }) => name === checkpoints[0]?.route)
    return route === undefined ? [] : [{ record, rules, route, checkpoints }]
  })
}

/**
 * The gap that follows from the checkpoints: what is overdue and unanswered counts as not done
 * before `today`. Null where all of them are done.
 */
export function gapOf(procurement: Procurement, today: CivilDate): Gap | null {
  const { record, rules, route, checkpoints } = procurement
  const open = nextCheckpoint(procurement)
  if (open === null) return null
  const at = open.on < today ? today : open.on
  const projected = slipped(checkpoints, { name: open.name, on: at }, route, rules)
  const begins = beginsOn(projected)
  if (begins === null) return null
  const coverFrom = firstDayAfter(currentEnd(record.contract))
  const days = coverFrom === null ? 0 : gapDays(coverFrom, begins)
  return {
    coverFrom,
    awardOn: projected.find(({ name }) => name === 'award')?.on ?? null,
    beginsOn: begins,
    days,
    cost: coverFrom === null || days === 0 ? null : priceOfGap(procurement, coverFrom, begins),
    currency: record.row.currency,
  }
}

/** The first that is not done yet; null where all are. */
function nextCheckpoint({ checkpoints }: Procurement): KeptCheckpoint | null {
  return checkpoints.find(({ doneOn }) => doneOn === null) ?? null
}

/** The later ones as they would stand if this one were done on that day. */
export function movedTo(
  { checkpoints, route, rules }: Procurement,
  name: CheckpointName,
  on: CivilDate,
): readonly Checkpoint[] {
  return slipped(checkpoints, { name, on }, route, rules)
}

/** What an extension over these days would cost. */
export function priceOfGap(
  { record, rules }: Pick<Procurement, 'record' | 'rules'>,
  from: CivilDate,
  begins: CivilDate,
): GapCost {
  const base = baseline(pricedOf(record.row))
  const own = emergencyRatios(record.contract.extensions, base)
  const fallback = rules.minimumExtensionRatio
  const ratio = ratioOf({ own, supplier: [], organisation: [], fallback })
  return gapCost(base, { from, to: addDays(begins, -1) }, ratio)
}

/** Whose checkpoint this is; null where the organisation has none of this id under way. */
export async function readCheckpoint(
  client: Pool | PoolClient,
  organisationId: number,
  checkpointId: number,
): Promise<{
  readonly contractId: number
  readonly name: CheckpointName
  readonly named: ContractNames
} | null> {
  const found = await tables(client).checkpoint.findFirst({
    where: { id: checkpointId, organisationId, withdrawnAt: null },
    select: {
      contractId: true,
      name: true,
      contract: { select: { reference: true, title: true, supplier: true } },
    },
  })
  if (found === null) return null
  const { contractId, name, contract } = found
  return { contractId, name, named: contract }
}

export interface BehindPlan extends ContractNames, BehindFacts {
  readonly contractId: number
  readonly team: string
  /** Days without cover and what they would cost, as an estimate. */
  readonly gap: Gap
}

interface BehindPlanAsked extends RuledOrganisation {
  readonly teamId: number | null
  readonly teams: readonly Team[]
  readonly today: CivilDate
}

/**
 * The procurements under way of which a checkpoint is overdue, or whose new contract begins after
 * the cover is needed; the longest gap first, then what is latest. `of`: how many are under way.
 */
export async function behindPlan(
  client: Pool | PoolClient,
  { organisationId, teamId, teams, rulesOf, today }: BehindPlanAsked,
): Promise<{ readonly items: readonly BehindPlan[]; readonly of: number }> {
  const open = await tables(client).checkpoint.findMany({
    where: {
      organisationId,
      doneOn: null,
      withdrawnAt: null,
      contract: { closedOn: null, ...(teamId === null ? {} : { teamId }) },
    },
    distinct: ['contractId'],
    select: { contractId: true },
  })
  const ids = open.map(({ contractId }) => contractId)
  const procurements = await readProcurements(client, ids, teams, rulesOf)
  const named = await readNamed(client, ids)
  const items = procurements.flatMap((procurement): BehindPlan[] => {
    const { id } = procurement.record.row
    const next = nextCheckpoint(procurement)
    const gap = gapOf(procurement, today)
    const contract = named.get(id)
    if (next === null || gap === null || contract === undefined) return []
    // What is due on a day without work is not late before the next working day is over.
    const due = workingDayOnOrAfter(next.on, procurement.rules.calendar)
    const daysLate = today > due ? daysBetween(next.on, today) : 0
    if (daysLate === 0 && gap.days === 0) return []
    const daysBehind = daysLate + daysBetween(next.plannedOn, next.on)
    const { name: checkpoint, on: dueOn } = next
    return [{ contractId: id, ...contract, checkpoint, dueOn, daysLate, daysBehind, gap }]
  })
  items.sort(
    (a, b) => b.gap.days - a.gap.days || b.daysLate - a.daysLate || a.contractId - b.contractId,
  )
  return { items, of: procurements.length }
}

type NamedContract = CheckpointFacts['contract']

/** How these contracts are called, and who owns them. */
export async function readNamed(
  client: Pool | PoolClient,
  contractIds: readonly number[],
): Promise<ReadonlyMap<number, NamedContract>> {
  const found = await readColumns(client, contractIds, NAMED)
  const people = await readTold(
    client,
    found.map(({ ownerId }) => ownerId),
  )
  return new Map(
    found.map(({ id, ownerId, ...named }) => {
      const { name = null, slack = null } = people.get(ownerId ?? 0) ?? {}
      const owner = name === null && slack === null ? null : { name: name ?? '', slackUser: slack }
      return [id, { ...named, owner }]
    }),
  )
}

const NAMED = ['id', 'reference', 'title', 'supplier', 'team', 'ownerId'] as const

export function checkpointFacts(
  procurement: Procurement,
  checkpoint: KeptCheckpoint,
  contract: NamedContract,
  asOf: CivilDate,
): CheckpointFacts {
  return {
    checkpointId: checkpoint.id,
    name: checkpoint.name,
    asOf,
    dueOn: checkpoint.on,
    route: procurement.route.title,
    contract,
    coverFrom: firstDayAfter(currentEnd(procurement.record.contract)),
    beginsOn: beginsOn(procurement.checkpoints),
    answer: null,
  }
}
