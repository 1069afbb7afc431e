/** What the question about a checkpoint says, as of a day. */
import type { Pool, PoolClient } from 'pg'
import { beginsOn } from '../domain/checkpoints.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import { currentEnd, firstDayAfter } from '../domain/current-end.ts'
import type { CheckpointFacts } from '../messages/checkpoint.ts'
import type { PersonFact } from '../messages/facts.ts'
import type { KeptCheckpoint, Procurement } from './procurement.ts'

export type NamedContract = CheckpointFacts['contract']

/** How these contracts are called, and who owns them. */
export async function readNamed(
  client: Pool | PoolClient,
  contractIds: readonly number[],
): Promise<ReadonlyMap<number, NamedContract>> {
  const found = await client.query<
    Omit<NamedContract, 'owner'> & { id: number; owner: string | null; slackUser: string | null }
  >(
    `SELECT c.id, c.reference, c.title, c.supplier, t.name AS team, p.display_name AS owner,
            p.slack_user AS "slackUser"
     FROM contract c JOIN team t ON t.id = c.team_id
     LEFT JOIN person p ON p.id = c.owner_id AND p.erased_at IS NULL WHERE c.id = ANY($1)`,
    [contractIds],
  )
  return new Map(
    found.rows.map(({ id, owner, slackUser, ...named }) => [
      id,
      { ...named, owner: ownerOf(owner, slackUser) },
    ]),
  )
}

function ownerOf(name: string | null, slackUser: string | null): PersonFact | null {
  return name === null && slackUser === null ? null : { name: name ?? '', slackUser }
}

export function checkpointFacts(
  procurement: Procurement,
  checkpoint: KeptCheckpoint,
  contract: NamedContract,
  asOf: CivilDate,
  answer: CheckpointFacts['answer'] = null,
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
    answer,
  }
}
