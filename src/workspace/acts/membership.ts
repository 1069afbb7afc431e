/** Who belongs to the workspace, and as what: the app is told as Slack tells it. */
import { describeUser } from '../identity.ts'
import type { User } from '../people.ts'
import { eventPayload } from './payloads.ts'
import { DONE, failed, type Outcome } from './seen.ts'
import type { Stage } from './stage.ts'

/** What may change of somebody: an administrator of the workspace does most of it. */
export type Membership = Partial<Pick<User, 'realName' | 'guest' | 'deleted'>>

/** Changes the person and tells the app. */
export async function changeMember(
  stage: Stage,
  user: User,
  change: Membership,
  type: 'user_change' | 'team_join' = 'user_change',
): Promise<Outcome> {
  Object.assign(user, change)
  const at = stage.now()
  const event = { type, user: describeUser(user, stage), event_ts: stage.ledger.stamp(at) }
  const ack = await stage.post.deliver(eventPayload(event, at))
  return ack.acked ? DONE : failed(ack.failure)
}
