/** Contracts that had ended before they were first read: whether they are still supplied nobody said. */

import type { Pool, PoolClient } from 'pg'
import { IS_END, selectOfContracts } from '../database/contracts.ts'
import type { RulesByTeam, Team } from '../database/organisation.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import { type ContractNames, LIVES_LONG_PAST } from '../rules/contract.ts'
import { isBelow } from '../rules/deadlines.ts'
import { isLikeTitle } from '../rules/text-match.ts'
import type { Worth } from '../text/words.ts'

export interface EndedContract extends ContractNames, Worth {
  readonly contractId: number
  readonly team: string
  readonly ended: CivilDate
  /** Listed for this alone: no warning of it is sent meanwhile. */
  readonly historic: boolean
  /** A contract that seems to follow it: of the same supplier, with a like title, begun within 60 days. */
  readonly replacedBy: string | null
}

/** So many are shown at once; a press or a command is about these alone. */
export const ENDED_SHOWN = 15

/** Older ones are historic at first sight, but for those whose status says that they live; so are small ones. */
const MONTHS_BACK = 18
/** Within so many days of the end another contract follows it. */
const FOLLOWS_WITHIN = 60

/**
 * Those of a team that nobody has answered for, the highest value first; of unknown value last. One that somebody marked as historic, or
 * watched again, is answered for.
 */
export async function readEnded(
  db: Pool | PoolClient,
  organisationId: number,
  teams: readonly Team[],
  rulesOf: RulesByTeam,
): Promise<EndedContract[]> {
  const rows = await selectOfContracts<EndedRow>(db, ENDED, UNANSWERED, [
    organisationId,
    teams.map(({ id }) => id),
    `${MONTHS_BACK} months`,
    FOLLOWS_WITHIN,
    `end|%|${LIVES_LONG_PAST} %`,
  ])
  const limits = new Map(teams.map((team) => [team.id, rulesOf(team).smallValue]))
  return rows
    .filter((row) => !isBelow(row, limits.get(row.teamId) ?? 0))
    .map(({ teamId: _, followers, ...row }) => ({
      ...row,
      replacedBy: followers.find(({ title }) => isLikeTitle(row.title, title))?.reference ?? null,
    }))
}

type EndedRow = Omit<EndedContract, 'replacedBy'> & {
  readonly teamId: number
  readonly followers: readonly { readonly reference: string; readonly title: string | null }[]
}

const ENDED = `c.id AS "contractId", c.reference, c.title, c.supplier, c.team_id AS "teamId",
         (SELECT t.name FROM team t WHERE t.id = c.team_id) AS team,
         c.current_latest AS ended, c.value, c.value_basis AS "valueBasis", c.currency, c.historic,
         coalesce((SELECT json_agg(json_build_object('reference', n.reference, 'title', n.title)
                     ORDER BY n.start, n.id)
                     FROM contract n
                    WHERE n.organisation_id = c.organisation_id AND n.supplier_key = c.supplier_key
                      AND n.id <> c.id AND n.start BETWEEN c.current_latest - $4::int AND c.current_latest + $4::int
                      AND (c.start IS NULL OR n.start > c.start)
                      AND (n.current_latest IS NULL OR n.current_latest > c.current_latest)), '[]') AS followers`

const UNANSWERED = `c.organisation_id = $1 AND c.team_id = ANY($2) AND c.watched AND c.closed_on IS NULL
     AND c.out_of_contract_on IS NULL AND c.current_latest < c.first_seen_on
     AND (c.current_latest >= c.first_seen_on - $3::interval
       OR EXISTS (SELECT FROM question_contract r JOIN question q ON q.id = r.question_id
                   WHERE r.contract_id = c.id AND q.answer IS NULL AND q.key LIKE $5))
     AND NOT EXISTS (SELECT FROM deadline d WHERE d.contract_id = c.id AND d.settled_why IS NOT NULL
                       AND ${IS_END})
     AND NOT EXISTS (SELECT FROM audit_change a WHERE a.contract_id = c.id AND a.what = 'updated'
                       AND a.field = 'historic')
   ORDER BY c.value DESC NULLS LAST, c.current_latest DESC, c.id`
