/** The posted question is rewritten with its answer, by the same outbox. */
import type { PoolClient } from 'pg'
import type { CivilDate } from '../domain/civil-date.ts'
import type { CheckpointAnswerFacts } from '../messages/checkpoint.ts'
import type { PersonFact } from '../messages/facts.ts'

export interface AnsweredQuestion {
  readonly organisationId: number
  readonly checkpointId: number
  /** The day on which it was asked about; null where it was not. */
  readonly askedOn: CivilDate | null
  readonly today: CivilDate
  readonly personId: number | null
  readonly answer: Omit<CheckpointAnswerFacts, 'by'>
}

/** Queues an update of every posted question about this checkpoint that nobody had answered. */
export async function queueAnswered(client: PoolClient, asked: AnsweredQuestion): Promise<void> {
  const { organisationId, checkpointId, today, personId, answer } = asked
  const by = personId === null ? null : await personOf(client, personId)
  const answered = JSON.stringify({ ...answer, by })
  await client.query(
    `INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination, as_of, facts)
     SELECT d.organisation_id, d.team_id, d.subject, 'update', d.sequence, d.destination, $3,
            jsonb_build_object('update_of', d.id,
              'checkpoint', (d.facts -> 'checkpoint') || jsonb_build_object('answer', $4::jsonb))
     FROM delivery d
     WHERE d.organisation_id = $1 AND d.subject = $2 AND d.purpose = 'checkpoint' AND d.state = 'SENT'
       AND d.slack_ts IS NOT NULL
     ON CONFLICT DO NOTHING`,
    [organisationId, `checkpoint:${checkpointId}`, today, answered],
  )
  await answerInGroups(client, asked, answered)
}

/**
 * Where it is one question of several, the answer is kept with the message itself: two people may
 * answer two of them at once, and each update has to say what both said. The row's lock puts one
 * after the other.
 */
async function answerInGroups(
  client: PoolClient,
  { organisationId, checkpointId, askedOn, today }: AnsweredQuestion,
  answered: string,
): Promise<void> {
  if (askedOn === null) return
  await client.query(
    `WITH answered AS (
       UPDATE delivery d
       SET facts = jsonb_set(d.facts, '{checkpoints}', (
         SELECT jsonb_agg(CASE WHEN q.fact ->> 'checkpointId' = $2::text AND q.fact -> 'answer' = 'null'
                               THEN q.fact || jsonb_build_object('answer', $4::jsonb) ELSE q.fact END
                          ORDER BY q.place)
         FROM jsonb_array_elements(d.facts -> 'checkpoints') WITH ORDINALITY AS q (fact, place)))
       WHERE d.organisation_id = $1 AND d.purpose = 'checkpoint' AND d.subject = $5
         AND d.facts @> jsonb_build_object('checkpoints', jsonb_build_array(
               jsonb_build_object('checkpointId', $2::int, 'answer', NULL)))
       RETURNING d.*)
     INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination, as_of, facts)
     SELECT a.organisation_id, a.team_id, a.subject, 'update',
            1 + coalesce((SELECT max(u.sequence) FROM delivery u WHERE u.organisation_id = a.organisation_id
              AND u.subject = a.subject AND u.purpose = 'update' AND u.destination = a.destination
              AND u.sequence > 0), 0),
            a.destination, $3, jsonb_build_object('update_of', a.id)
     FROM answered a WHERE a.state = 'SENT' AND a.slack_ts IS NOT NULL`,
    [organisationId, checkpointId, today, answered, `checkpoints:${askedOn}`],
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
