/** Procurements that are behind their plan: for the weekly summary. */
import type { Pool, PoolClient } from 'pg'
import type { Team } from '../db/organisation.ts'
import type { RuleBook } from '../db/rule-book.ts'
import type { CheckpointName } from '../domain/checkpoints.ts'
import { type CivilDate, daysBetween } from '../domain/civil-date.ts'
import type { PersonFact } from '../messages/facts.ts'
import { readNamed } from './checkpoint-facts.ts'
import { type Gap, gapOf, nextCheckpoint, readProcurements } from './procurement.ts'

export interface BehindPlan {
  readonly contractId: number
  readonly reference: string
  readonly title: string | null
  readonly supplier: string | null
  readonly team: string
  readonly owner: PersonFact | null
  /** The first checkpoint that is not done. */
  readonly checkpoint: CheckpointName
  readonly dueOn: CivilDate
  /** 0 where it is not due yet. */
  readonly daysLate: number
  /** By how many days it is later than first planned, the days late included. */
  readonly daysBehind: number
  /** Days without cover and what they would cost, as an estimate. */
  readonly gap: Gap
}

export interface BehindPlanAsked {
  readonly organisationId: number
  /** All teams where it is null. */
  readonly teamId: number | null
  readonly teams: readonly Team[]
  readonly rulesOf: RuleBook
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
  const open = await client.query<{ contractId: number }>(
    `SELECT DISTINCT k.contract_id AS "contractId" FROM checkpoint k JOIN contract c ON c.id = k.contract_id
     WHERE k.organisation_id = $1 AND k.done_on IS NULL AND k.withdrawn_at IS NULL
       AND c.closed_on IS NULL AND ($2::int IS NULL OR c.team_id = $2)`,
    [organisationId, teamId],
  )
  const ids = open.rows.map(({ contractId }) => contractId)
  const procurements = await readProcurements(client, ids, teams, rulesOf)
  const named = await readNamed(client, ids)
  const items = procurements.flatMap((procurement): BehindPlan[] => {
    const { id } = procurement.record.row
    const next = nextCheckpoint(procurement)
    const gap = gapOf(procurement, today)
    const contract = named.get(id)
    if (next === null || gap === null || contract === undefined) return []
    const daysLate = Math.max(0, daysBetween(next.on, today))
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
