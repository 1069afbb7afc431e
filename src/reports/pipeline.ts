/** The pipeline of a financial year: what has to be replaced, and what its notice may have to name. */
import type { Pool, PoolClient } from 'pg'
import {
  completeContracts,
  IS_WATCHED,
  RULED,
  selectContracts,
  WATCHED,
} from '../database/contracts.ts'
import { type RuledOrganisation, readTeams } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import { addMonths, type CivilDate } from '../rules/civil-date.ts'
import { currentEnd } from '../rules/contract.ts'
import { asOneProcurement, noNoticeIn, pipelineEntry, pipelinePeriod } from '../rules/pipeline.ts'
import { compare } from '../rules/text-match.ts'
import type { PipelineFacts, PipelineLine } from '../text/pipeline.ts'

interface PipelineAsked extends RuledOrganisation {
  readonly calendar: string
  /** The first day of the financial year of the notice: 1 April. */
  readonly first: CivilDate
  readonly today: CivilDate
}

/** In a fixed number of queries: only contracts that end within three years of the period are read. */
export async function readPipeline(
  client: Pool | PoolClient,
  { organisationId, rulesOf, calendar, first, today }: PipelineAsked,
): Promise<PipelineFacts> {
  const teams = await readTeams(client, organisationId)
  const teamOf = new Map(teams.map((team) => [team.id, team]))
  const period = pipelinePeriod({ first })
  const rows = await selectContracts(
    client,
    [...RULED, 'title', 'supplier', 'cpv', 'itl'],
    `c.organisation_id = $1 AND ${WATCHED} AND c.current_earliest BETWEEN $2 AND $3 ORDER BY c.id`,
    [organisationId, today, addMonths(period.to, ENDS_WITHIN_MONTHS)],
  )
  const records = await completeContracts(client, rows)
  const lines = records.flatMap(({ row, contract }): PipelineLine[] => {
    const team = teamOf.get(row.teamId)
    if (team === undefined) return []
    const entry = pipelineEntry(contract, period, today, rulesOf(team, row))
    if (entry === null) return []
    const { id: contractId, reference, title, supplier, category, cpv, itl } = row
    const end = currentEnd(contract)
    const dates = { start: contract.start, end: end.kind === 'dated' ? end.latest : null }
    const named = { contractId, reference, title, supplier, team: team.name, category, cpv, itl }
    return [{ ...entry, ...named, ...dates, contracts: 1 }]
  })
  const withoutEnd = await tables(client).contract.count({
    where: { organisationId, ...IS_WATCHED, currentLatest: null },
  })
  // The organisation's own, whatever a team changed of them.
  const rules = rulesOf({ calendar, organisationRules: teams[0]?.organisationRules ?? null })
  return {
    period,
    spend: rules.pipelineSpend,
    noNotice: noNoticeIn(rules),
    items: oneAProcurement(lines),
    withoutEnd,
  }
}

/** The slowest route that anybody may count with begins this long before the end. */
const ENDS_WITHIN_MONTHS = 36

/** Lots of one reference are one procurement: their values together, the earliest day. */
function oneAProcurement(lines: readonly PipelineLine[]): readonly PipelineLine[] {
  const byReference = new Map<string, PipelineLine>()
  for (const line of lines) {
    const key = `${line.team} ${line.reference}`
    const known = byReference.get(key)
    byReference.set(
      key,
      known === undefined
        ? line
        : { ...asOneProcurement(known, line), contracts: known.contracts + 1 },
    )
  }
  return [...byReference.values()].sort((a, b) => compare(a.startBy, b.startBy))
}
