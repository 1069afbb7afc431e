/** After a team's first register: one list to look through, and schedules held until it has been. */

import type { PoolClient } from 'pg'
import { writeDays } from '../../database/bulk.ts'
import {
  FIRST_BUYER,
  LIVE,
  personIn,
  selectOfContracts,
  TOLD_COLUMNS,
  type ToldRow,
} from '../../database/contracts.ts'
import type { Team } from '../../database/organisation.ts'
import { jsonOf, tables } from '../../database/prisma.ts'
import { contractFacts, type ToldContract } from '../../delivery/load.ts'
import { type CivilDate, daysBetween } from '../../rules/civil-date.ts'
import type { PersonFact, TriageFacts } from '../../text/facts.ts'

/** How many of the nearest ends the list shows. */
const NEAREST = 10

/** Teams that have had contracts before, those of the sample not counted. */
export async function teamsWithContracts(
  client: PoolClient,
  organisationId: number,
): Promise<ReadonlySet<number>> {
  const found = await tables(client).team.findMany({
    where: { organisationId, contracts: { some: { source: { isSample: false } } } },
    select: { id: true },
  })
  return new Set(found.map((row) => row.id))
}

/** Queues the triage list of each team, and holds its schedules until the day that the team names. */
export async function queueTriage(
  client: PoolClient,
  organisationId: number,
  teams: readonly Team[],
  source: string,
  rejected: number,
  today: CivilDate,
): Promise<void> {
  const ids = teams.map((team) => team.id)
  const days = teams.map(({ id, laddersFrom: on }) => ({ id, on }))
  await writeDays(client, 'team.ladders_from', days)
  const live = (which: string) => `count(*) FILTER (WHERE ${LIVE} AND ${which})`
  const counts = await selectOfContracts<TriageFacts['counts'] & { teamId: number }>(
    client,
    `c.team_id AS "teamId", count(*) AS contracts, count(*) FILTER (WHERE c.historic) AS historic,
     ${live('(c.current_latest IS NULL OR c.current_latest >= $2)')} AS active,
     ${live(`c.end_kind = 'undated' AND c.current_latest IS NULL`)} AS undated,
     ${live(`c.end_kind = 'rolling'`)} AS rolling, ${live('c.current_latest < $2')} AS "outOfContract",
     ${live('c.owner_id IS NULL')} AS unowned,
     ${live('c.current_earliest BETWEEN $2 AND $2::date + 30')} AS "endingWithin30Days",
     ${live('c.current_earliest BETWEEN $2 AND $2::date + 90')} AS "endingWithin90Days"`,
    'c.team_id = ANY($1) GROUP BY c.team_id',
    [ids, today],
  )
  const nearest = await client.query<NearestRow>(
    `SELECT * FROM (
       SELECT ${TOLD_COLUMNS}, c.current_earliest AS earliest, ${personIn('owner_id')} AS owner,
              ${FIRST_BUYER} AS buyer, (SELECT t.name FROM team t WHERE t.id = c.team_id) AS team,
              row_number() OVER (PARTITION BY c.team_id ORDER BY c.current_earliest, c.id) AS rank
       FROM contract c
       WHERE c.team_id = ANY($1) AND ${LIVE} AND c.current_earliest >= $2) ranked
     WHERE rank <= $3 ORDER BY "teamId", rank`,
    [ids, today, NEAREST],
  )
  // A team whose first import was undone has another first one.
  const told = await tables(client).delivery.groupBy({
    by: ['teamId'],
    where: { organisationId, purpose: 'triage', teamId: { in: ids } },
    _count: true,
  })
  const data = teams.map((team) => {
    const { teamId: _, ...counted } = counts.find((row) => row.teamId === team.id) ?? NOTHING
    const rows = nearest.rows.filter((row) => row.teamId === team.id)
    const facts: TriageFacts = {
      asOf: today,
      team: team.name,
      source,
      laddersFrom: team.laddersFrom ?? today,
      counts: { ...counted, rejected },
      nearest: rows.map((row) => {
        const daysLeft = daysBetween(today, row.earliest)
        return { contract: contractFacts(row, row.owner), daysLeft }
      }),
      asks: (['authority', 'usualRoute'] as const).filter(
        (name) =>
          team.organisationRules?.[name] === undefined && team.teamRules?.[name] === undefined,
      ),
    }
    return {
      organisationId,
      teamId: team.id,
      subject: `team:${team.id}`,
      purpose: 'triage',
      sequence: 1 + (told.find(({ teamId }) => teamId === team.id)?._count ?? 0),
      destination: team.channel,
      asOf: today,
      facts: jsonOf(facts),
    }
  })
  await tables(client).delivery.createMany({ data, skipDuplicates: true })
}

interface NearestRow extends ToldContract, Pick<ToldRow, 'teamId'> {
  readonly earliest: CivilDate
  readonly owner: PersonFact | null
}

const NOTHING = {
  teamId: 0,
  contracts: 0,
  active: 0,
  historic: 0,
  undated: 0,
  rolling: 0,
  outOfContract: 0,
  unowned: 0,
  endingWithin30Days: 0,
  endingWithin90Days: 0,
}
