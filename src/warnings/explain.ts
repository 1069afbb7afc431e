/** Why a contract was or was not warned of on a day: from the same plan that the sweep carries out. */
import type { Pool } from 'pg'
import { monitoredContract, readContracts } from '../database/contracts.ts'
import { civilDay, type RulesByTeam, readTeams } from '../database/organisation.ts'
import { addDays, type CivilDate } from '../rules/civil-date.ts'
import { planWarnings } from '../rules/reminder-plan.ts'
import { comingWarnings } from '../rules/replay.ts'
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
  const raised = await pool.query<Explanation['raised'][number]>(RAISED, [contractId, asOf])
  // As it stood on that day: what was raised later is not known yet.
  const alerts = record.alerts.filter((alert) => alert.raisedOn <= asOf)
  const monitored = { ...monitoredContract(record, team.laddersFrom, rules), alerts }
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
      why: withoutDeadlines(record.row.endKind, record.row.historic),
    })
  return {
    reference: record.row.reference,
    raised: raised.rows,
    next: next.map(({ kind, rung, on }) => ({ kind, rung, on })),
    silent,
  }
}

/**
 * What was raised of a contract ($1) up to a day ($2), and the day on which its message went out: the
 * message's own day where the database's clock is behind it.
 */
const RAISED = `
  SELECT a.kind, a.rung, a.raised_on AS "on", a.state,
         (SELECT min(greatest(d.as_of, ${civilDay('d.sent_at')})) FROM delivery_alert c
          JOIN delivery d ON d.id = c.delivery_id
          WHERE c.alert_id = a.id AND d.state = 'SENT' AND d.purpose <> 'update'
            AND greatest(d.as_of, ${civilDay('d.sent_at')}) <= $2) AS "sentOn"
  FROM alert a JOIN contract k ON k.id = a.contract_id JOIN team t ON t.id = k.team_id
  JOIN organisation o ON o.id = k.organisation_id
  WHERE a.contract_id = $1 AND a.raised_on <= $2 ORDER BY a.raised_on, a.deadline_on, a.rung DESC`

function withoutDeadlines(endKind: string, historic: boolean): string {
  if (historic) return 'it ended long before it was first seen: it is listed, never warned of'
  if (endKind === 'undated')
    return 'it has no end date: it is in every weekly summary until somebody gives one'
  return 'it runs without an end: give it a notice period and a review date'
}
