/** Checkpoints whose day has come are asked about, each once, in the sweep's own transaction. */
import type { PoolClient } from 'pg'
import type { RuleBook } from '../db/rule-book.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import { groupedBy } from '../domain/grouped-by.ts'
import { isWorkingDay } from '../domain/working-days.ts'
import type { CheckpointFacts } from '../messages/checkpoint.ts'
import { QUESTIONS_A_MESSAGE } from '../messages/checkpoint-group.ts'
import { checkpointFacts, readNamed } from './checkpoint-facts.ts'
import { readProcurements } from './procurement.ts'
import type { SweptTeam } from './swept-team.ts'

/** Queues the questions that are due for these teams; returns how many. */
export async function askCheckpoints(
  client: PoolClient,
  organisationId: number,
  swept: readonly SweptTeam[],
  rulesOf: RuleBook,
): Promise<number> {
  const asked = swept.filter(({ day, rules }) => isWorkingDay(day, rules.calendar))
  const due = await readDue(client, organisationId, asked)
  if (due.length === 0) return 0
  const contractIds = [...new Set(due.map(({ contractId }) => contractId))]
  const teams = asked.map(({ team }) => team)
  const procurements = await readProcurements(client, contractIds, teams, rulesOf)
  const named = await readNamed(client, contractIds)
  const questions = due.flatMap(({ id, contractId, teamId }) => {
    const procurement = procurements.find(({ record }) => record.row.id === contractId)
    const checkpoint = procurement?.checkpoints.find((each) => each.id === id)
    const contract = named.get(contractId)
    const team = asked.find((each) => each.team.id === teamId)
    if (!procurement || !checkpoint || !contract || !team) return []
    const facts = checkpointFacts(procurement, checkpoint, contract, team.day)
    return [{ id, contractId, team, facts }]
  })
  await queueQuestions(client, organisationId, questions)
  await client.query(
    `UPDATE checkpoint SET asked_on = q.day FROM unnest($1::int[], $2::date[]) AS q (id, day)
     WHERE checkpoint.id = q.id`,
    [questions.map(({ id }) => id), questions.map(({ team }) => team.day)],
  )
  return questions.length
}

interface Question {
  readonly id: number
  readonly contractId: number
  readonly team: SweptTeam
  readonly facts: CheckpointFacts
}

/** One message for each question; where a channel has several on a day, one for up to ten of them. */
async function queueQuestions(
  client: PoolClient,
  organisationId: number,
  questions: readonly Question[],
): Promise<void> {
  const places = groupedBy(questions, ({ team }) => `${team.day} ${team.team.channel}`)
  const messages = [...places.values()].flatMap((asked) => inPieces(asked, QUESTIONS_A_MESSAGE))
  const rows = messages.flatMap((asked) => {
    const [first] = asked
    if (first === undefined) return []
    const { team, day } = first.team
    const facts =
      asked.length === 1
        ? { checkpoint: first.facts }
        : { checkpoints: asked.map((each) => each.facts) }
    const subject = asked.length === 1 ? `checkpoint:${first.id}` : `checkpoints:${day}`
    // A question of its own replies to the warning of its contract.
    const threadOf = asked.length === 1 ? `contract:${first.contractId}` : null
    return [{ teamId: team.id, subject, threadOf, destination: team.channel, day, facts }]
  })
  await client.query(
    `INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination, as_of, facts)
     SELECT $1, q.team_id, q.subject, 'checkpoint',
            row_number() OVER (PARTITION BY q.subject, q.destination ORDER BY q.place)
              + coalesce((SELECT max(d.sequence) FROM delivery d WHERE d.organisation_id = $1
                AND d.subject = q.subject AND d.purpose = 'checkpoint' AND d.destination = q.destination), 0),
            q.destination, q.as_of,
            q.facts || jsonb_build_object('thread_of', (SELECT max(d.id) FROM delivery d
              WHERE d.organisation_id = $1 AND d.subject = q.thread_of AND d.purpose = 'post'
                AND d.destination = q.destination AND d.state = 'SENT'))
     FROM unnest($2::int[], $3::text[], $4::text[], $5::text[], $6::date[], $7::jsonb[]) WITH ORDINALITY
       AS q (team_id, subject, thread_of, destination, as_of, facts, place)`,
    [
      organisationId,
      rows.map(({ teamId }) => teamId),
      rows.map(({ subject }) => subject),
      rows.map(({ threadOf }) => threadOf),
      rows.map(({ destination }) => destination),
      rows.map(({ day }) => day),
      rows.map(({ facts }) => JSON.stringify(facts)),
    ],
  )
}

function inPieces<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  const pieces: (readonly Item[])[] = []
  for (let at = 0; at < items.length; at += size) pieces.push(items.slice(at, at + size))
  return pieces
}

interface DueCheckpoint {
  readonly id: number
  readonly contractId: number
  readonly teamId: number
}

/** One query for each civil day, as for the contracts that are due. Nothing is asked of what is over. */
async function readDue(
  client: PoolClient,
  organisationId: number,
  asked: readonly SweptTeam[],
): Promise<DueCheckpoint[]> {
  const teamsOf = new Map<CivilDate, number[]>()
  for (const { team, day } of asked) teamsOf.set(day, [...(teamsOf.get(day) ?? []), team.id])
  const due: DueCheckpoint[] = []
  for (const [day, teamIds] of teamsOf) {
    const found = await client.query<DueCheckpoint>(
      `SELECT k.id, k.contract_id AS "contractId", c.team_id AS "teamId"
       FROM checkpoint k JOIN contract c ON c.id = k.contract_id
       WHERE k.organisation_id = $1 AND k.asked_on IS NULL AND k.due_on <= $2 AND k.done_on IS NULL
         AND k.withdrawn_at IS NULL AND c.team_id = ANY($3) AND c.closed_on IS NULL AND c.watched
       ORDER BY k.due_on, k.id FOR UPDATE OF k`,
      [organisationId, day, teamIds],
    )
    due.push(...found.rows)
  }
  return due
}
