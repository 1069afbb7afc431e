/** Procurements under way: their checkpoints as they stand, and the gap that follows from them. */
import type { Pool, PoolClient } from 'pg'
import type { Team } from '../db/organisation.ts'
import { PRICE_COLUMNS, type PriceRow, pricedOf } from '../db/priced.ts'
import type { RuleBook } from '../db/rule-book.ts'
import {
  CONTRACT_COLUMNS,
  type ContractRecord,
  type ContractRow,
  completeContracts,
} from '../db/watched.ts'
import { baseline } from '../domain/baseline.ts'
import {
  beginsOn,
  type Checkpoint,
  type CheckpointName,
  gapDays,
  slipped,
} from '../domain/checkpoints.ts'
import { addDays, type CivilDate } from '../domain/civil-date.ts'
import { currentEnd, firstDayAfter } from '../domain/current-end.ts'
import { emergencyRatios, ratioOf } from '../domain/exposure.ts'
import { type GapCost, gapCost } from '../domain/gap-cost.ts'
import type { Route } from '../domain/routes.ts'
import type { Rules } from '../domain/rules.ts'

/** A checkpoint as it is kept. */
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
  readonly record: ContractRecord
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
  rulesOf: RuleBook,
): Promise<Procurement[]> {
  if (contractIds.length === 0) return []
  const kept = await client.query<KeptCheckpoint & { contractId: number; route: string }>(
    `SELECT id, contract_id AS "contractId", route, name, due_on AS "on", planned_on AS "plannedOn",
            done_on AS "doneOn", asked_on AS "askedOn", slips
     FROM checkpoint WHERE contract_id = ANY($1) AND withdrawn_at IS NULL ORDER BY contract_id, id`,
    [contractIds],
  )
  const ids = [...new Set(kept.rows.map(({ contractId }) => contractId))]
  const rows = await client.query<PricedRow>(
    `SELECT ${CONTRACT_COLUMNS}, ${PRICE_COLUMNS} FROM contract c WHERE c.id = ANY($1) ORDER BY c.id`,
    [ids],
  )
  const records = await completeContracts(client, rows.rows)
  return records.flatMap((record): Procurement[] => {
    const team = teams.find(({ id }) => id === record.row.teamId)
    const checkpoints = kept.rows.filter(({ contractId }) => contractId === record.row.id)
    if (!team) return []
    const rules = rulesOf(team, record.row)
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
    cost: coverFrom === null || days === 0 ? null : costOf(procurement, coverFrom, begins),
    currency: record.row.currency,
  }
}

/** The first that is not done yet; null where all are. */
export function nextCheckpoint({ checkpoints }: Procurement): KeptCheckpoint | null {
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

type PricedRow = ContractRow & PriceRow

function costOf({ record, rules }: Procurement, from: CivilDate, begins: CivilDate): GapCost {
  const base = baseline(pricedOf(record.row as PricedRow))
  const own = emergencyRatios(record.contract.extensions, base)
  const ratio = ratioOf({
    own,
    supplier: [],
    organisation: [],
    fallback: rules.minimumExtensionRatio,
  })
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
  readonly named: { reference: string; title: string | null; supplier: string | null }
} | null> {
  const found = await client.query<{
    contractId: number
    name: CheckpointName
    reference: string
    title: string | null
    supplier: string | null
  }>(
    `SELECT k.contract_id AS "contractId", k.name, c.reference, c.title, c.supplier
     FROM checkpoint k JOIN contract c ON c.id = k.contract_id
     WHERE k.id = $1 AND k.organisation_id = $2 AND k.withdrawn_at IS NULL`,
    [checkpointId, organisationId],
  )
  const [row] = found.rows
  if (row === undefined) return null
  const { contractId, name, ...named } = row
  return { contractId, name, named }
}
