/** After a first import: the list is confirmed, and the schedules start. */
import type { Pool } from 'pg'
import { inTransaction } from '../database/connect.ts'
import { lockTeams, readTeams } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import { recalculate } from '../database/recalculate.ts'
import { UserError } from '../rules/user-error.ts'
import type { Message } from '../text/facts.ts'
import { saidAnswer } from '../text/replies.ts'
import { type Actor, noteAct } from './act.ts'

/** Starts a team's schedules at once; the next sweep tells what they have reached. */
export async function confirmTriage(pool: Pool, actor: Actor, teamId: number): Promise<Message> {
  const { organisationId, rulesOf } = actor
  return inTransaction(pool, async (client) => {
    const before = (await lockTeams(client, organisationId)).find(({ id }) => id === teamId)
    if (!before) throw new UserError('That team is gone.')
    const today = actor.todayOf(before)
    if (before.laddersFrom === null || before.laddersFrom <= today) {
      throw new UserError(`The warnings of ${before.name} have started already.`)
    }
    const { contract, team } = tables(client)
    await team.updateMany({ where: { id: teamId }, data: { laddersFrom: today } })
    const teams = await readTeams(client, organisationId)
    const contracts = await contract.findMany({
      where: { teamId, historic: false, closedOn: null },
      orderBy: { id: 'asc' },
      select: { id: true },
    })
    await recalculate(
      client,
      { organisationId, teams, rulesOf, today },
      contracts.map((each) => each.id),
    )
    await noteAct(client, actor, `confirmed the list of ${before.name}`, [
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
