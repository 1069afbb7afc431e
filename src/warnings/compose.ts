/** Which messages carry what is due: one a contract, or one for many, to channels and to people. Pure. */
import type { PoolClient } from 'pg'
import { readPeopleOf, type ToldPerson } from '../database/contracts.ts'
import { queueUpdates } from '../delivery/enqueue-updates.ts'
import { type QueuedMessage, queueMessages } from '../delivery/outbox.ts'
import { type Parties, readParties, writtenName } from '../reports/cliffs.ts'
import { type CivilDate, daysBetween } from '../rules/civil-date.ts'
import { type Cliff, type Ending, findCliffs } from '../rules/cliffs.ts'
import { type ContractPeople, isEnd } from '../rules/contract.ts'
import type { Deadline } from '../rules/deadlines.ts'
import { type Escalation, escalationOf, isForThreadAlone } from '../rules/reminder-plan.ts'
import { addTo, groupedBy } from '../rules/text-match.ts'
import {
  type AlertRow,
  type DueContract,
  type Promised,
  type ReopenedAlert,
  raiseAlerts,
  reopenAlerts,
} from './alerts.ts'
import { addresseesToday, type ContractWarning, directTo, subscribersOf } from './recipients.ts'

interface Outgoing extends QueuedMessage {
  readonly purpose: 'post' | 'thread' | 'ask-again' | 'group' | 'escalate' | 'direct'
  readonly teamId: number
  readonly catchUp: boolean
  readonly alertIds: readonly number[]
  readonly facts: OutgoingFacts
}

interface OutgoingFacts {
  /** The delivery whose thread it goes into; `broadcast`: the channel sees it as well. */
  readonly thread_of?: number
  readonly broadcast?: boolean
  /** What had been promised where it is asked again, by contract. */
  readonly promised?: Readonly<Record<string, Promised>>
  /** Why the deputy hears of it as well, by contract. */
  readonly escalated?: Readonly<Record<string, Escalation>>
  /** No channel is told of the escalation: this message names the deputy. */
  readonly tell_deputy?: boolean
  /** It goes there only because the channel subscribed: nobody is called on there. */
  readonly subscribed?: true
  readonly cliff?: { readonly by: 'supplier' | 'product'; readonly name: string }
}

type What = 'sweep' | 'escalation' | 'direct' | 'subscription'

/** Who is told besides the team's channel, and whom each contract is with. */
interface Listeners {
  readonly people: ReadonlyMap<number, ContractPeople<ToldPerson>>
  readonly parties: ReadonlyMap<number, Parties>
  readonly subscribers: ReadonlyMap<string, readonly { readonly contractId: number }[]>
  /** The delivery in whose thread a contract is told of, by contract and destination. */
  readonly threads: ReadonlyMap<string, number>
}

function compose(
  due: readonly DueContract[],
  raised: readonly AlertRow[],
  asked: readonly ReopenedAlert[],
  { people, parties, subscribers, threads }: Listeners,
): Outgoing[] {
  const raisedOf = byContract(raised)
  const askedOf = byContract(asked)
  const channels = new Map<string, DueContract[]>()
  const escalations = new Map<string, DueContract[]>()
  const directs = new Map<string, DueContract[]>()
  for (const each of due) {
    // A reminder that another sweep raised in the meantime is not told again.
    if (!askedOf.has(each.contractId) && !raisedOf.has(each.contractId)) continue
    const { channel } = each.team
    const theirs = people.get(each.contractId)
    const listeners = addresseesToday(each, theirs).map(({ person }) => person)
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
  const alertIds = (each: DueContract) => [
    ...(raisedOf.get(each.contractId) ?? []),
    ...(askedOf.get(each.contractId) ?? []),
  ]
  const raisedDue = due.filter(({ contractId }) => raisedOf.has(contractId))
  const subscribed = withoutTold(dueOf(subscribers, raisedDue), channels)
  const purpose = (each: DueContract) => (raisedOf.has(each.contractId) ? 'post' : 'ask-again')
  const messages = (
    places: ReadonlyMap<string, readonly DueContract[]>,
    what: What,
    as: (each: DueContract) => Outgoing['purpose'],
  ) =>
    [...places].flatMap(([place, contracts]) =>
      inPlace(contracts, parties, place, what, as, alertIds),
    )
  /** Those that only a thread hears of there, and the others. */
  const inChannels = (places: ReadonlyMap<string, readonly DueContract[]>, what: What) => {
    const loud = new Map<string, readonly DueContract[]>()
    const quiet: Outgoing[] = []
    for (const [place, contracts] of places) {
      const threadOf = (each: DueContract) =>
        isQuiet(each) ? threads.get(`${each.contractId} ${place}`) : undefined
      const told = contracts.filter((each) => threadOf(each) === undefined)
      if (told.length > 0) loud.set(place, told)
      for (const each of contracts) {
        const root = threadOf(each)
        if (root === undefined) continue
        const as = purpose(each) === 'post' ? 'thread' : 'ask-again'
        const message = one(each, as, place, what, alertIds(each))
        quiet.push({ ...message, facts: { ...message.facts, thread_of: root, broadcast: false } })
      }
    }
    return [...messages(loud, what, what === 'subscription' ? () => 'post' : purpose), ...quiet]
  }
  const composed = [
    ...messages(escalations, 'escalation', () => 'escalate'),
    ...inChannels(channels, 'sweep'),
    ...messages(directs, 'direct', () => 'direct'),
    ...inChannels(subscribed, 'subscription'),
  ]
  return composed.map((message) => withPromises(message, asked))
}

function isQuiet(due: DueContract): boolean {
  return isForThreadAlone(due, due.day)
}

/** What is asked again says what was promised; of several words for a contract the last. */
function withPromises(message: Outgoing, asked: readonly ReopenedAlert[]): Outgoing {
  const told = asked.filter(({ id }) => message.alertIds.includes(id))
  if (told.length === 0) return message
  const inOrder = [...told].sort((a, b) => ((a.promise.on ?? '') < (b.promise.on ?? '') ? -1 : 1))
  const promised = Object.fromEntries(
    inOrder.map(({ contractId, promise }) => [String(contractId), promise]),
  )
  return { ...message, facts: { ...message.facts, promised } }
}

/** A channel that is told anyhow hears of what it subscribed to with the rest. */
function withoutTold(
  subscribed: ReadonlyMap<string, readonly DueContract[]>,
  channels: ReadonlyMap<string, DueContract[]>,
): ReadonlyMap<string, readonly DueContract[]> {
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
  raised: readonly DueContract[],
): ReadonlyMap<string, readonly DueContract[]> {
  const byId = new Map(raised.map((each) => [each.contractId, each]))
  const channels = new Map<string, DueContract[]>()
  for (const [channel, wanted] of subscribers) {
    const due = wanted.flatMap(({ contractId }) => byId.get(contractId) ?? [])
    if (due.length > 0) channels.set(channel, due)
  }
  return channels
}

function escalated(due: DueContract): Escalation | null {
  return escalationOf(due, due.outOfContract)
}

/** Where nobody named a channel to escalate to, the team's own names the deputy: no more is known. */
function channelAbove({ team: { channel, escalationChannel } }: DueContract): string | null {
  return escalationChannel === channel ? null : escalationChannel
}

/** A message for each contract, for the contracts of a cliff, or one for all where they are many. */
function inPlace(
  contracts: readonly DueContract[],
  parties: Listeners['parties'],
  place: string,
  what: What,
  purpose: (each: DueContract) => Outgoing['purpose'],
  alertIds: (each: DueContract) => readonly number[],
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
  first: DueContract,
  cliff: Exclude<Sharers<DueContract>['why'], 'many' | null>,
  dues: readonly DueContract[],
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
  due: DueContract,
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
  first: DueContract,
  contracts: readonly DueContract[],
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

function factsOf(contracts: readonly DueContract[], what: What): OutgoingFacts {
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

function byContract(rows: readonly AlertRow[]): Map<number, number[]> {
  const groups = [...groupedBy(rows, ({ contractId }) => contractId)]
  return new Map(groups.map(([contractId, alerts]) => [contractId, alerts.map(({ id }) => id)]))
}

/** Writes the alerts and the deliveries of a sweep, in the transaction that found what is due. */
export async function queueDeliveries(
  client: PoolClient,
  organisationId: number,
  due: readonly DueContract[],
  hasSubscribers: boolean,
) {
  if (due.length === 0) return { raised: 0, queued: 0 }
  const alerts = await raiseAlerts(client, organisationId, due)
  const asked = await reopenAlerts(client, due)
  const contractIds = due.map((each) => each.contractId)
  const composed = compose(due, alerts, asked, {
    people: await readPeopleOf(client, contractIds),
    parties: await readParties(client, contractIds),
    subscribers: hasSubscribers
      ? await subscribersOf(client, organisationId, due.map(warnedOf))
      : new Map(),
    threads: await findThreads(client, organisationId, due.filter(isQuiet)),
  })
  const roots = await findRoots(client, organisationId, composed, due)
  const messages = composed.map((message) => inThread(message, roots))
  await queueMessages(client, organisationId, messages)
  // What was told before is brought up to date: it names the days left, and who acted.
  const told = new Set([...alerts, ...asked].map((alert) => alert.contractId))
  const dues = due.filter(({ contractId }) => told.has(contractId))
  for (const [today, ofDay] of groupedBy(dues, ({ day }) => day)) {
    const ids = ofDay.map(({ contractId }) => contractId)
    await queueUpdates(client, organisationId, ids, today, { groups: false })
  }
  return { raised: alerts.length, queued: messages.length }
}

function warnedOf(due: DueContract): ContractWarning {
  const { contractId, team, day, raise } = due
  const above = escalated(due) === null ? null : channelAbove(due)
  return { contractId, team, day, deadlines: raise.map(({ deadline }) => deadline), above }
}

/** From so many days before on, a reply in a thread is shown to the whole channel. */
const BROADCAST_FROM = 7

interface Root {
  readonly id: number
  readonly urgent: boolean
}

/**
 * The first message about each of these deadlines, where it stands in its channel by itself: later
 * reminders go into its thread. One that was told among many has no thread of its own.
 */
async function findRoots(
  client: PoolClient,
  organisationId: number,
  messages: readonly Outgoing[],
  due: readonly DueContract[],
): Promise<ReadonlyMap<string, Root>> {
  const subjects = new Map(due.map((each) => [`contract:${each.contractId}`, each]))
  const posts = messages.filter((message) => message.purpose === 'post')
  const posted = [...new Set(posts.map(({ subject }) => subject))]
  const asked = posted.flatMap((subject) => subjects.get(subject) ?? [])
  const found = await readTelling(
    client,
    organisationId,
    asked.flatMap(({ contractId, raise }) => raise.map((each) => ({ contractId, ...each }))),
  )
  return new Map(
    found.flatMap(({ own: id, contractId, destination }): [string, Root][] => {
      const subject = `contract:${contractId}`
      const each = subjects.get(subject)
      const urgent = each?.raise.some(
        ({ deadline }) => daysBetween(each.day, deadline.on) <= BROADCAST_FROM,
      )
      return id === null ? [] : [[`${subject} ${destination}`, { id, urgent: urgent === true }]]
    }),
  )
}

/**
 * Where these contracts were told of: the message that the deadline began with, else the last of the
 * grouped ones that carried it. By contract and destination.
 */
async function findThreads(
  client: PoolClient,
  organisationId: number,
  quiet: readonly DueContract[],
): Promise<ReadonlyMap<string, number>> {
  const asked = quiet.flatMap(({ contractId, raise, askAgain }) =>
    [...raise, ...askAgain].map(({ deadline }) => ({ contractId, deadline })),
  )
  const found = await readTelling(client, organisationId, asked)
  return new Map(
    found.map(({ id, contractId, destination }) => [`${contractId} ${destination}`, id]),
  )
}

interface Telling {
  readonly contractId: number
  readonly destination: string
  /** The first message that was posted, else the last of the grouped ones. */
  readonly id: number
  /** The first that was posted about the contract alone; null where there is none. */
  readonly own: number | null
}

/** The messages that told of these deadlines and stand, or are to be sent, by contract and destination. */
async function readTelling(
  client: PoolClient,
  organisationId: number,
  asked: readonly { readonly contractId: number; readonly deadline: Deadline }[],
): Promise<Telling[]> {
  if (asked.length === 0) return []
  const { rows } = await client.query<Telling>(
    `SELECT coalesce(min(d.id) FILTER (WHERE d.purpose = 'post'), max(d.id)) AS id,
            min(d.id) FILTER (WHERE d.purpose = 'post' AND d.subject = 'contract:' || a.contract_id) AS own,
            a.contract_id AS "contractId", d.destination
     FROM unnest($2::int[], $3::text[], $4::date[]) AS w (contract_id, kind, due_on)
     JOIN alert a ON a.contract_id = w.contract_id AND a.kind = w.kind AND a.deadline_on = w.due_on
     JOIN delivery_alert da ON da.alert_id = a.id
     JOIN delivery d ON d.id = da.delivery_id AND d.organisation_id = $1
       AND d.purpose IN ('post', 'group') AND d.state NOT IN ('DEAD', 'BLOCKED', 'SUPERSEDED')
     GROUP BY a.contract_id, d.destination`,
    [
      organisationId,
      asked.map(({ contractId }) => contractId),
      asked.map(({ deadline }) => deadline.kind),
      asked.map(({ deadline }) => deadline.on),
    ],
  )
  return rows
}

function inThread(message: Outgoing, roots: ReadonlyMap<string, Root>): Outgoing {
  const root =
    message.purpose === 'post' ? roots.get(`${message.subject} ${message.destination}`) : undefined
  if (root === undefined) return message
  const facts = { ...message.facts, thread_of: root.id, broadcast: root.urgent }
  return { ...message, purpose: 'thread', facts }
}

/** Which contracts of a day share one message in a channel. One rule for all who send or count. */

/** One contract among those that a channel is told of on a day. */
export interface Sharing {
  /** More contracts than this share one message. */
  readonly groupAbove: number
  readonly cliffDays: number
  /** The end ahead and who is behind it; null where none is ahead. */
  readonly ending: Ending | null
}

/** What goes into one message: all that there is, the contracts of a cliff, or one contract. */
interface Sharers<Item> {
  readonly why: 'many' | Cliff | null
  readonly contracts: readonly Item[]
}

/**
 * The messages that a channel's contracts of a day make. Above as many as the strictest of the
 * teams wants they are one: a channel may be several teams' own. Else those that end together with
 * one supplier, reseller or product are one, each contract in the largest cliff that it is part of.
 */
export function inMessages<Item extends Sharing>(contracts: readonly Item[]): Sharers<Item>[] {
  if (contracts.length === 0) return []
  if (contracts.length > Math.min(...contracts.map(({ groupAbove }) => groupAbove))) {
    return [{ why: 'many', contracts }]
  }
  const shared = new Map<Item, Sharers<Item>>()
  for (const cliff of cliffsAmong(contracts)) {
    const inside = contracts.filter(
      (each) => !shared.has(each) && each.ending !== null && cliff.ids.includes(each.ending.id),
    )
    const message = { why: cliff, contracts: inside }
    if (inside.length > 1) for (const each of inside) shared.set(each, message)
  }
  return [...new Set(contracts.map((each) => shared.get(each) ?? { why: null, contracts: [each] }))]
}

/** What a contract brings to a cliff on a day; null once its end has passed: then it is asked about alone. */
export function endingOn(
  day: CivilDate,
  id: number,
  deadlines: readonly Deadline[],
  parties: Parties | undefined,
): Ending | null {
  const end = deadlines.find(({ kind, settled }) => settled === null && isEnd(kind))
  if (parties === undefined || end === undefined || end.on < day) return null
  const { supplier, reseller, products } = parties
  return { id, end: end.on, supplier, reseller, products }
}

/** The largest first. */
function cliffsAmong(contracts: readonly Sharing[]): Cliff[] {
  const endings = contracts.flatMap(({ ending }) => ending ?? [])
  if (endings.length < 2) return []
  const days = Math.min(...contracts.map(({ cliffDays }) => cliffDays))
  return findCliffs(endings, days).sort((a, b) => b.ids.length - a.ids.length)
}
