/** The posted question is rewritten with its answer, by the same outbox. */
import type { PoolClient } from 'pg'
import type { CivilDate } from '../domain/civil-date.ts'
import type { CheckpointAnswerFacts } from '../messages/checkpoint.ts'
import type { PersonFact } from '../messages/facts.ts'

export interface AnsweredQuestion {
  readonly organisationId: number
  readonly checkpointId: number
  readonly today: CivilDate
  readonly personId: number | null
  readonly answer: Omit<CheckpointAnswerFacts, 'by'>
}

/** Queues an update of every posted question about this checkpoint that nobody had answered. */
export async function queueAnswered(client: PoolClient, asked: AnsweredQuestion): Promise<void> {
  const { organisationId, checkpointId, today, personId, answer } = asked
  const by = personId === null ? null : await personOf(client, personId)
  await client.query(
    `INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination, as_of, facts)
     SELECT d.organisation_id, d.team_id, d.subject, 'update', d.sequence, d.destination, $3,
            jsonb_build_object('update_of', d.id,
              'checkpoint', (d.facts -> 'checkpoint') || jsonb_build_object('answer', $4::jsonb))
     FROM delivery d
     WHERE d.organisation_id = $1 AND d.subject = $2 AND d.purpose = 'checkpoint' AND d.state = 'SENT'
       AND d.slack_ts IS NOT NULL
     ON CONFLICT DO NOTHING`,
    [organisationId, `checkpoint:${checkpointId}`, today, JSON.stringify({ ...answer, by })],
  )
}

async function personOf(client: PoolClient, personId: number): Promise<PersonFact | null> {
  const found = await client.query<PersonFact>(
    `SELECT coalesce(display_name, '') AS name, slack_user AS "slackUser" FROM person
     WHERE id = $1 AND erased_at IS NULL`,
    [personId],
  )
  return found.rows[0] ?? null
}
