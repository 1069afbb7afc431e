/** Why a contract was or was not warned of on a day: from the same plan that the sweep carries out. */
import type { Pool } from 'pg'
import { monitoredContract, readContracts } from '../database/contracts.ts'
import { type RulesByTeam, readTeams } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import { addDays, type CivilDate } from '../rules/civil-date.ts'
import { planWarnings } from '../rules/reminder-plan.ts'
import { nextWarnings } from '../rules/replay.ts'
import type { ExplainFacts } from '../text/answer-facts.ts'

export interface Explanation extends Pick<ExplainFacts, 'raised' | 'next' | 'silent'> {
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
  const raised = await tables(pool).alert.findMany({
    where: { contractId, raisedOn: { lte: asOf } },
    orderBy: [{ raisedOn: 'asc' }, { deadlineOn: 'asc' }, { rung: 'desc' }],
    select: { kind: true, rung: true, raisedOn: true, state: true },
  })
  // As it stood on that day: what was raised later is not known yet.
  const alerts = record.alerts.filter((alert) => alert.raisedOn <= asOf)
  const monitored = { ...monitoredContract(record, team.laddersFrom, rules), alerts }
  const plan = planWarnings(monitored, asOf, rules)
  const swept = team.lastSweptOn !== null && team.lastSweptOn >= asOf
  const next = nextWarnings(
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
      why: withoutDeadlines(record.row.endKind, record.row.historic),
    })
  return {
    reference: record.row.reference,
    raised: raised.map(({ kind, rung, raisedOn: on, state }) => ({ kind, rung, on, state })),
    next: next.map(({ kind, rung, on }) => ({ kind, rung, on })),
    silent,
  }
}

function withoutDeadlines(endKind: string, historic: boolean): string {
  if (historic) return 'it ended long before it was first seen: it is listed, never warned of'
  if (endKind === 'undated')
    return 'it has no end date: it is in every weekly summary until somebody gives one'
  return 'it runs without an end: give it a notice period and a review date'
}
