/** That a notice was published, or why none is called for. */
import type { Pool } from 'pg'
import { tables } from '../database/prisma.ts'
import { readNoticeRecords, whoBuys } from '../reports/headroom.ts'
import { type Notice, type NoticeTask, noticeTasks } from '../rules/notices.ts'
import { UserError } from '../rules/user-error.ts'
import { type Actor, act } from './act.ts'

/**
 * Settles the contract's open task of this notice, the nearest first; returns it.
 * @throws UserError where it has none.
 */
export async function recordNotice(
  pool: Pool,
  actor: Actor,
  contractId: number,
  notice: Notice,
  said: string,
): Promise<NoticeTask> {
  const settled: NoticeTask[] = []
  await act(pool, actor, contractId, async (client, { today, rules, record }) => {
    const [found] = await readNoticeRecords(client, [contractId])
    const tasks =
      found === undefined
        ? []
        : noticeTasks(found.facts, found.extensions, found.decisions, {
            today,
            ...whoBuys(rules),
          })
    const task = tasks.find((each) => each.notice === notice && each.settled === null)
    if (task === undefined) {
      throw new UserError(
        `${record.row.reference} has no open ${notice}: headroom shows the notices it may call for.`,
      )
    }
    await tables(client).decision.createMany({
      data: {
        organisationId: actor.organisationId,
        contractId,
        deadline: notice,
        deadlineOn: task.on,
        text: said,
        decidedOn: today,
        decidedById: actor.personId,
      },
    })
    settled.push(task)
    return [{ contractId, what: 'notice settled', field: notice, from: task.on, to: said }]
  })
  const [task] = settled
  if (task === undefined) throw new UserError('That contract is gone: look for it again.')
  return task
}
