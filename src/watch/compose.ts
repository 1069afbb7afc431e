/** Which messages carry what is due: one a contract, or one for many. Pure. */
import type { CivilDate } from '../domain/civil-date.ts'
import type { AlertRow, Due } from './alerts.ts'

/** More contracts than this for one channel in one sweep share one message. */
export const UNGROUPED_AT_MOST = 5

export interface Outgoing {
  readonly subject: string
  readonly purpose: 'post' | 'thread' | 'ask-again' | 'group' | 'escalate'
  readonly destination: string
  readonly teamId: number
  readonly asOf: CivilDate
  readonly catchUp: boolean
  readonly alertIds: readonly number[]
  /** `thread_of`: the delivery whose thread it goes into; `broadcast`: the channel sees it as well. */
  readonly facts: { readonly thread_of?: number; readonly broadcast?: boolean }
}

export function compose(
  due: readonly Due[],
  raised: readonly AlertRow[],
  asked: readonly AlertRow[],
): Outgoing[] {
  const raisedOf = byContract(raised)
  const askedOf = byContract(asked)
  const channels = new Map<string, Due[]>()
  const escalations = new Map<string, Due[]>()
  for (const each of due) {
    const asks = askedOf.has(each.contractId)
    // A rung that another sweep raised in the meantime is not told again.
    if (!asks && !raisedOf.has(each.contractId)) continue
    const { channel, escalationChannel } = each.team
    addTo(channels, channel, each)
    // Where nobody named a channel to escalate to, the team's own is asked again: no more is known.
    if (asks && escalationChannel !== null && escalationChannel !== channel) {
      addTo(escalations, escalationChannel, each)
    }
  }
  const asksOf = (each: Due) => askedOf.get(each.contractId) ?? []
  const all = (each: Due) => [...(raisedOf.get(each.contractId) ?? []), ...asksOf(each)]
  const purpose = (each: Due) => (raisedOf.has(each.contractId) ? 'post' : 'ask-again')
  return [
    ...[...escalations].flatMap(([channel, contracts]) =>
      inChannel(contracts, channel, 'escalation', () => 'escalate', asksOf),
    ),
    ...[...channels].flatMap(([channel, contracts]) =>
      inChannel(contracts, channel, 'sweep', purpose, all),
    ),
  ]
}

/** A message for each contract, or one for all where they are many. */
function inChannel(
  contracts: readonly Due[],
  channel: string,
  what: 'sweep' | 'escalation',
  purpose: (each: Due) => Outgoing['purpose'],
  alertIds: (each: Due) => readonly number[],
): Outgoing[] {
  if (contracts.length > UNGROUPED_AT_MOST) {
    return [group(contracts, channel, what, contracts.flatMap(alertIds))]
  }
  return contracts.map((each) => one(each, purpose(each), channel, alertIds(each)))
}

function one(
  due: Due,
  purpose: Outgoing['purpose'],
  destination: string,
  alertIds: readonly number[],
): Outgoing {
  const { contractId, team, day, catchUp } = due
  const subject = `contract:${contractId}`
  return {
    subject,
    purpose,
    destination,
    teamId: team.id,
    asOf: day,
    catchUp,
    alertIds,
    facts: {},
  }
}

function group(
  contracts: readonly Due[],
  channel: string,
  what: 'sweep' | 'escalation',
  alertIds: readonly number[],
): Outgoing {
  const first = contracts[0]
  if (!first) throw new Error('A group of no contracts has nothing to say.')
  return {
    subject: `${what}:${first.day}`,
    purpose: 'group',
    destination: channel,
    teamId: first.team.id,
    asOf: first.day,
    catchUp: contracts.some((each) => each.catchUp),
    alertIds,
    facts: {},
  }
}

function addTo<Key, Item>(groups: Map<Key, Item[]>, key: Key, item: Item): void {
  const group = groups.get(key)
  if (group) group.push(item)
  else groups.set(key, [item])
}

function byContract(rows: readonly AlertRow[]): Map<number, number[]> {
  const groups = new Map<number, number[]>()
  for (const { id, contractId } of rows) addTo(groups, contractId, id)
  return groups
}
