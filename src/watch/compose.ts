/** Which messages carry what is due: one a contract, or one for many, to channels and to people. Pure. */
import type { People } from '../domain/addressee.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import { groupedBy } from '../domain/grouped-by.ts'
import { type Escalation, escalationOf } from '../domain/warnings.ts'
import type { AlertRow, Due } from './alerts.ts'
import { endingOn, inMessages, type Sharers } from './grouping.ts'
import { type Parties, writtenName } from './parties.ts'
import { addresseesOf, directTo, type Person } from './people.ts'

export interface Outgoing {
  readonly subject: string
  readonly purpose: 'post' | 'thread' | 'ask-again' | 'group' | 'escalate' | 'direct'
  readonly destination: string
  readonly teamId: number
  readonly asOf: CivilDate
  readonly catchUp: boolean
  readonly alertIds: readonly number[]
  readonly facts: OutgoingFacts
}

export interface OutgoingFacts {
  /** The delivery whose thread it goes into; `broadcast`: the channel sees it as well. */
  readonly thread_of?: number
  readonly broadcast?: boolean
  /** Why the deputy hears of it as well, by contract. */
  readonly escalated?: Readonly<Record<string, Escalation>>
  /** No channel is told of the escalation: this message names the deputy. */
  readonly tell_deputy?: boolean
  /** It goes there only because the channel subscribed: nobody is called on there. */
  readonly subscribed?: true
  /** Its contracts end together. */
  readonly cliff?: { readonly by: 'supplier' | 'product'; readonly name: string }
}

type What = 'sweep' | 'escalation' | 'direct' | 'subscription'

/** Who is told besides the team's channel, and whom each contract is with. */
export interface Listeners {
  readonly people: ReadonlyMap<number, People<Person>>
  readonly parties: ReadonlyMap<number, Parties>
  /** What each subscribing channel wants to hear of. */
  readonly subscribers: ReadonlyMap<string, readonly { readonly contractId: number }[]>
}

export function compose(
  due: readonly Due[],
  raised: readonly AlertRow[],
  asked: readonly AlertRow[],
  { people, parties, subscribers }: Listeners,
): Outgoing[] {
  const raisedOf = byContract(raised)
  const askedOf = byContract(asked)
  const channels = new Map<string, Due[]>()
  const escalations = new Map<string, Due[]>()
  const directs = new Map<string, Due[]>()
  for (const each of due) {
    // A rung that another sweep raised in the meantime is not told again.
    if (!askedOf.has(each.contractId) && !raisedOf.has(each.contractId)) continue
    const { channel } = each.team
    const theirs = people.get(each.contractId)
    const listeners = addresseesOf(each, theirs).map(({ person }) => person)
    addTo(channels, channel, each)
    if (escalated(each) !== null) {
      const above = channelAbove(each)
      if (above !== null) addTo(escalations, above, each)
      if (theirs?.deputy && !listeners.includes(theirs.deputy)) listeners.push(theirs.deputy)
    }
    for (const slackUser of new Set(listeners.flatMap((person) => directTo(person) ?? []))) {
      addTo(directs, slackUser, each)
    }
  }
  const alertIds = (each: Due) => [
    ...(raisedOf.get(each.contractId) ?? []),
    ...(askedOf.get(each.contractId) ?? []),
  ]
  const raisedDue = due.filter(({ contractId }) => raisedOf.has(contractId))
  const subscribed = withoutTold(dueOf(subscribers, raisedDue), channels)
  const purpose = (each: Due) => (raisedOf.has(each.contractId) ? 'post' : 'ask-again')
  const messages = (
    places: ReadonlyMap<string, readonly Due[]>,
    what: What,
    as: (each: Due) => Outgoing['purpose'],
  ) =>
    [...places].flatMap(([place, contracts]) =>
      inPlace(contracts, parties, place, what, as, alertIds),
    )
  return [
    ...messages(escalations, 'escalation', () => 'escalate'),
    ...messages(channels, 'sweep', purpose),
    ...messages(directs, 'direct', () => 'direct'),
    ...messages(subscribed, 'subscription', () => 'post'),
  ]
}

/** A channel that is told anyhow hears of what it subscribed to with the rest. */
function withoutTold(
  subscribed: ReadonlyMap<string, readonly Due[]>,
  channels: ReadonlyMap<string, Due[]>,
): ReadonlyMap<string, readonly Due[]> {
  const left = new Map(subscribed)
  for (const [channel, contracts] of subscribed) {
    const own = channels.get(channel)
    if (own === undefined) continue
    own.push(...contracts.filter((each) => !own.includes(each)))
    left.delete(channel)
  }
  return left
}

function dueOf(
  subscribers: Listeners['subscribers'],
  raised: readonly Due[],
): ReadonlyMap<string, readonly Due[]> {
  const byId = new Map(raised.map((each) => [each.contractId, each]))
  const channels = new Map<string, Due[]>()
  for (const [channel, wanted] of subscribers) {
    const due = wanted.flatMap(({ contractId }) => byId.get(contractId) ?? [])
    if (due.length > 0) channels.set(channel, due)
  }
  return channels
}

function escalated(due: Due): Escalation | null {
  return escalationOf(due, due.outOfContract)
}

/** Where nobody named a channel to escalate to, the team's own names the deputy: no more is known. */
function channelAbove({ team: { channel, escalationChannel } }: Due): string | null {
  return escalationChannel === channel ? null : escalationChannel
}

/** A message for each contract, for the contracts of a cliff, or one for all where they are many. */
function inPlace(
  contracts: readonly Due[],
  parties: Listeners['parties'],
  place: string,
  what: What,
  purpose: (each: Due) => Outgoing['purpose'],
  alertIds: (each: Due) => readonly number[],
): Outgoing[] {
  const sharing = contracts.map((due) => ({
    due,
    groupAbove: due.groupAbove,
    cliffDays: due.cliffDays,
    ending: endingOn(due.day, due.contractId, due.deadlines, parties.get(due.contractId)),
  }))
  return inMessages(sharing).map(({ why, contracts: inside }) => {
    const dues = inside.map(({ due }) => due)
    const [first] = dues
    if (first === undefined) throw new Error('A message about no contract has nothing to say.')
    const ids = dues.flatMap(alertIds)
    if (why === null) return one(first, purpose(first), place, what, ids)
    const all = group(first, dues, place, what, ids)
    return why === 'many' ? all : asCliff(all, first, why, dues, parties)
  })
}

/** One of several groups of the day in its place: told apart by the contract that it begins with. */
function asCliff(
  message: Outgoing,
  first: Due,
  cliff: Exclude<Sharers<Due>['why'], 'many' | null>,
  dues: readonly Due[],
  parties: Listeners['parties'],
): Outgoing {
  const { by, name: key } = cliff
  const theirs = dues.flatMap(({ contractId }) => parties.get(contractId) ?? [])
  return {
    ...message,
    subject: `${message.subject}:${first.contractId}`,
    facts: { ...message.facts, cliff: { by, name: writtenName(by, key, theirs) } },
  }
}

function one(
  due: Due,
  purpose: Outgoing['purpose'],
  destination: string,
  what: What,
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
    facts: factsOf([due], what),
  }
}

function group(
  first: Due,
  contracts: readonly Due[],
  destination: string,
  what: What,
  alertIds: readonly number[],
): Outgoing {
  return {
    subject: `${what === 'subscription' ? 'sweep' : what}:${first.day}`,
    purpose: 'group',
    destination,
    teamId: first.team.id,
    asOf: first.day,
    catchUp: contracts.some((each) => each.catchUp),
    alertIds,
    facts: factsOf(contracts, what),
  }
}

function factsOf(contracts: readonly Due[], what: What): OutgoingFacts {
  if (what === 'subscription') return { subscribed: true }
  const why = contracts.flatMap((each) => {
    const escalation = escalated(each)
    return escalation === null ? [] : [[String(each.contractId), escalation] as const]
  })
  if (why.length === 0) return {}
  const alone = what === 'sweep' && contracts.some((each) => channelAbove(each) === null)
  return {
    escalated: Object.fromEntries(why),
    ...(alone || what === 'escalation' ? { tell_deputy: true } : {}),
  }
}

function addTo<Key, Item>(groups: Map<Key, Item[]>, key: Key, item: Item): void {
  const group = groups.get(key)
  if (group) group.push(item)
  else groups.set(key, [item])
}

function byContract(rows: readonly AlertRow[]): Map<number, number[]> {
  const groups = [...groupedBy(rows, ({ contractId }) => contractId)]
  return new Map(groups.map(([contractId, alerts]) => [contractId, alerts.map(({ id }) => id)]))
}
