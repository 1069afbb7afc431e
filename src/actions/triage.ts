/** After a first import: the list is confirmed, and the schedules start. */
import type { Pool } from 'pg'
import { writeAudit } from '../database/audit-log.ts'
import { inTransaction } from '../database/connect.ts'
import { readTeams } from '../database/organisation.ts'
import { recalculate } from '../database/recalculate.ts'
import { UserError } from '../rules/user-error.ts'
import type { Message } from '../text/facts.ts'
import { saidAnswer } from '../text/replies.ts'
import type { Actor } from './act.ts'

/** Starts a team's schedules at once; the next sweep tells what they have reached. */
export async function confirmTriage(pool: Pool, actor: Actor, teamId: number): Promise<Message> {
  const { organisationId, rulesOf } = actor
  return inTransaction(pool, async (client) => {
    const found = await client.query<{ held: boolean }>(
      `SELECT ladders_from IS NOT NULL AS held FROM team WHERE id = $1 AND organisation_id = $2 FOR UPDATE`,
      [teamId, organisationId],
    )
    const [row] = found.rows
    if (!row) throw new UserError('That team is gone.')
    const before = (await readTeams(client, organisationId)).find((team) => team.id === teamId)
    if (!before) throw new UserError('That team is gone.')
    const today = actor.todayOf(before)
    if (before.laddersFrom === null || before.laddersFrom <= today) {
      throw new UserError(`The warnings of ${before.name} have started already.`)
    }
    await client.query('UPDATE team SET ladders_from = $2 WHERE id = $1', [teamId, today])
    const teams = await readTeams(client, organisationId)
    const contracts = await client.query<{ id: number }>(
      'SELECT id FROM contract WHERE team_id = $1 AND NOT historic AND closed_on IS NULL ORDER BY id',
      [teamId],
    )
    await recalculate(
      client,
      { organisationId, teams, rulesOf, today },
      contracts.rows.map((each) => each.id),
    )
    const source = { organisationId, byPersonId: actor.personId, via: actor.via, at: actor.now }
    await writeAudit(client, source, `confirmed the list of ${before.name}`, [
      {
        contractId: null,
        what: 'updated',
        field: 'ladders_from',
        from: before.laddersFrom,
        to: today,
      },
    ])
    return saidAnswer(
      `The list of ${before.name} is confirmed: its warnings start with the next sweep.`,
    )
  })
}
