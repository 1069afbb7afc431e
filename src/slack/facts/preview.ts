/**
 * What a channel will be sent in the next days if nobody does anything: the days replayed as the
 * sweep would go through them, for the contracts that it would look at, and grouped as it would.
 */

import { completeContracts, RULED, selectContracts } from '../../database/contracts.ts'
import type { Team } from '../../database/organisation.ts'
import { tables } from '../../database/prisma.ts'
import { readParties } from '../../reports/cliffs.ts'
import { addDays, type CivilDate, daysBetween } from '../../rules/civil-date.ts'
import type { ContractNames } from '../../rules/contract.ts'
import type { Deadline } from '../../rules/deadlines.ts'
import { escalationOf, isForThreadAlone } from '../../rules/reminder-plan.ts'
import { replay } from '../../rules/replay.ts'
import { compare, groupedBy } from '../../rules/text-match.ts'
import type { PreviewFacts } from '../../text/answer-facts.ts'
import { endingOn, inMessages, type Sharing } from '../../warnings/compose.ts'
import { type ContractWarning, subscribersOf } from '../../warnings/recipients.ts'
import { comingSupport } from '../../warnings/support.ts'
import { comingMembers } from '../../warnings/umbrella.ts'
import { askedOf, type BotContext } from '../request.ts'
import { type ChannelName, placeOfChannel } from './search.ts'

/** Contracts that are replayed at most: beyond them the span is cut, and the answer says so. */
const MOST_REPLAYED = 2500
/** Messages that are listed; all are counted. */
const LISTED = 50

/** `channel`: a Slack id or a name; null for every channel of every team. */
export async function previewFacts(
  context: BotContext,
  days: number,
  channel: string | null,
): Promise<PreviewFacts> {
  const { today } = context
  const teams = await context.teams()
  const place = await placeOfChannel(context, channel, teams)
  const told = (await subscribes(context, channel))
    ? teams
    : teams.filter((team) => place.isIt(team.channel) || place.isIt(team.escalationChannel))
  const span = await readSpan(context, told, addDays(today, days))
  const { to } = span
  const tellings = await replayed(context, told, place, span)
  const others = await otherMessages(context, place, teams, to)
  const messages = [...messagesOf(tellings), ...others].sort(byDay)
  return {
    ...askedOf(context),
    channel: place.name,
    from: today,
    to,
    total: messages.length,
    isTold: told.length > 0 || messages.length > 0,
    messages: messages.slice(0, LISTED),
  }
}

async function subscribes(
  { pool, organisationId }: BotContext,
  channel: string | null,
): Promise<boolean> {
  const where = channel === null ? { organisationId } : { organisationId, channel }
  return (await tables(pool).subscription.count({ where })) > 0
}

/** The contracts whose day to be looked at falls into the span; a span of too many is cut short. */
async function readSpan({ pool }: BotContext, teams: readonly Team[], wantedTo: CivilDate) {
  const found = await selectContracts(
    pool,
    [...RULED, 'title', 'supplier', 'nextRungOn'],
    `c.team_id = ANY($1) AND c.next_rung_on <= $2
     ORDER BY c.next_rung_on, c.id LIMIT ${MOST_REPLAYED + 1}`,
    [teams.map(({ id }) => id), wantedTo],
  )
  const first = found[0]?.nextRungOn ?? wantedTo
  const beyond = found[MOST_REPLAYED]?.nextRungOn ?? null
  if (beyond === null) return { rows: found, to: wantedTo }
  // All of the days before that contract's are known; a single day of too many is shown in part.
  const to = first < beyond ? addDays(beyond, -1) : beyond
  const rows = found.slice(0, MOST_REPLAYED)
  return { rows: rows.filter(({ nextRungOn }) => nextRungOn !== null && nextRungOn <= to), to }
}
type Span = Awaited<ReturnType<typeof readSpan>>

interface Telling extends Sharing {
  readonly on: CivilDate
  readonly destination: string
  readonly contractId: number
  readonly contract: ContractNames
  readonly deadline: Deadline
}

async function replayed(
  { pool, organisationId, rulesOf, today }: BotContext,
  teams: readonly Team[],
  place: ChannelName,
  { rows, to }: Span,
): Promise<Telling[]> {
  const teamOf = new Map(teams.map((team) => [team.id, team]))
  const parties = await readParties(
    pool,
    rows.map(({ id }) => id),
  )
  const tellings: Telling[] = []
  const warned = new Map<ContractWarning, Omit<Telling, 'destination'>>()
  for (const { row, contract, alerts } of await completeContracts(pool, rows)) {
    const team = teamOf.get(row.teamId)
    if (team === undefined) continue
    const { laddersFrom, lastSweptOn, channel, escalationChannel } = team
    const facts = { contract, alerts, laddersFrom, watched: row.watched, successorKnownOn: null }
    const from = lastSweptOn !== null && lastSweptOn >= today ? addDays(today, 1) : today
    for (const day of replay(facts, from, to, rulesOf(team, row))) {
      if (isForThreadAlone(day, day.on)) continue
      const asked = day.askAgain.map((each) => each.deadline)
      const all = [...day.raise.map((each) => each.deadline), ...asked]
      const telling = (deadlines: readonly Deadline[]) => {
        const [deadline] = deadlines.toSorted((a, b) => compare(a.on, b.on))
        const { reference, title, supplier } = row
        const contract = { reference, title, supplier }
        if (deadline === undefined) return null
        const { groupAbove, cliffDays } = rulesOf(team)
        const ending = endingOn(day.on, row.id, day.deadlines, parties.get(row.id))
        const shared = { groupAbove, cliffDays, ending }
        return { on: day.on, contractId: row.id, contract, deadline, ...shared }
      }
      const tell = (destination: string, deadlines: readonly Deadline[]) => {
        const told = telling(deadlines)
        if (told !== null) tellings.push({ ...told, destination })
      }
      const raised = day.raise.map((each) => each.deadline)
      const isAbove = escalationChannel !== channel
      const escalated = isAbove && escalationOf(day, row.outOfContractOn !== null) !== null
      const above = escalated ? escalationChannel : null
      const subscribed = telling(raised)
      if (subscribed !== null) {
        warned.set({ contractId: row.id, team, day: day.on, deadlines: raised, above }, subscribed)
      }
      if (place.isIt(channel)) tell(channel, all)
      if (above !== null && place.isIt(above)) tell(`escalation ${above}`, all)
    }
  }
  const subscribers = await subscribersOf(pool, organisationId, [...warned.keys()])
  for (const [destination, wanted] of subscribers) {
    if (!place.isIt(destination)) continue
    for (const each of wanted) {
      const told = warned.get(each)
      if (told !== undefined) tellings.push({ ...told, destination })
    }
  }
  return tellings
}

/** By day: one message a contract, a cliff, or one for many, named by the most urgent of them. */
function messagesOf(tellings: readonly Telling[]): PreviewFacts['messages'] {
  const groups = groupedBy(tellings, ({ on, destination }) => `${on} ${destination}`)
  return [...groups.values()]
    .map((group) => group.toSorted((a, b) => compare(a.deadline.on, b.deadline.on)))
    .flatMap((group) =>
      inMessages(group).flatMap(({ contracts }) =>
        contracts.slice(0, 1).map((first) => message(first, contracts.length)),
      ),
    )
    .sort(byDay)
}

type PreviewMessage = PreviewFacts['messages'][number]

function byDay(a: PreviewMessage, b: PreviewMessage): number {
  return compare(a.on, b.on) || a.daysLeft - b.daysLeft
}

/** What the channel will read of products, and of members of umbrellas. */
async function otherMessages(
  { pool, organisationId, rulesOf, today }: BotContext,
  place: ChannelName,
  teams: readonly Team[],
  to: CivilDate,
): Promise<PreviewMessage[]> {
  const context = { organisationId, rulesOf }
  const products = await comingSupport(pool, { ...context, from: today, to }, teams)
  const members = await comingMembers(pool, context, { from: today, to })
  return [
    ...products.flatMap(({ on, team, facts }): PreviewMessage[] => {
      const [first, ...more] = [...facts.products].sort((a, b) => a.daysLeft - b.daysLeft)
      if (first === undefined || !place.isIt(team.channel)) return []
      const title = more.length === 0 ? first.name : `${first.name} and ${more.length} more`
      const contract = { reference: first.name, title, supplier: null }
      return [{ on, kind: 'support', daysLeft: first.daysLeft, contract, contracts: 1 }]
    }),
    ...members.flatMap(({ on, team, lastDay, facts }): PreviewMessage[] => {
      if (!place.isIt(team.channel)) return []
      const daysLeft = daysBetween(on, lastDay ?? facts.was ?? on)
      return [{ on, kind: 'umbrella', daysLeft, contract: facts.contract, contracts: 1 }]
    }),
  ]
}

function message({ on, deadline, contract }: Telling, contracts: number) {
  return { on, kind: deadline.kind, daysLeft: daysBetween(on, deadline.on), contract, contracts }
}
