/** Subscriptions of channels: listed, made and ended. */

import { calendarAddress, endFeeds, openFeed } from '../actions/calendar-feeds.ts'
import { subscribe, unsubscribe } from '../actions/subscribe.ts'
import { nameKey } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import { readCalendar } from '../reports/calendar.ts'
import { civilDateIn } from '../rules/civil-date.ts'
import { type ContractFilter, WANTED_STATES } from '../rules/subscription.ts'
import { defined } from '../rules/text-match.ts'
import { UserError } from '../rules/user-error.ts'
import type { SubscriptionsFacts } from '../text/answer-facts.ts'
import { calendarAnswer } from '../text/calendar-feed.ts'
import type { Message } from '../text/facts.ts'
import { quotedAll } from '../text/help.ts'
import { saidAnswer, subscriptionsAnswer } from '../text/replies.ts'
import { counted } from '../text/words.ts'
import { folded, type ReadFilters, readNames } from './facts/filters.ts'
import { readAs, scopeOf } from './facts/list.ts'
import { placeOfChannel, teamNamed } from './facts/search.ts'
import type { Filters } from './parse/command-types.ts'
import { mayThey, need } from './permissions.ts'
import type { BotContext, RequestContext } from './request.ts'

/** Rights: any full member who is in the channel. @throws UserError that says why not. */
export async function subscribeChannel(
  request: RequestContext,
  filters: Filters,
  named: string | null,
): Promise<Message> {
  await need(request, 'change', null)
  const { id: channel, name } = await ownPlace(request, named)
  const { wanted, words } = await wantedOf(request, filters)
  const subscription = { channel, channelName: name, filters: words, wanted }
  await subscribe(request.deps.pool, request.actor, subscription)
  const what = words === '' ? 'all warnings' : `the warnings of contracts ${words}`
  return saidAnswer(
    `${name === null ? 'This conversation' : `#${name}`} hears ${what}. They come with the next sweep, besides the team's own channel.`,
    ['End it with /contracts unsubscribe, or one of several with /contracts subscriptions.'],
  )
}

export async function unsubscribeChannel(
  request: RequestContext,
  named: string | null,
): Promise<Message> {
  await need(request, 'change', null)
  const { id: channel } = await ownPlace(request, named)
  const ended = await unsubscribe(request.deps.pool, request.actor, channel, null)
  if (ended === 0)
    throw new UserError('This channel subscribed to nothing: there is nothing to end.')
  return saidAnswer(
    ended === 1 ? 'The subscription is ended.' : `${ended} subscriptions are ended.`,
  )
}

/** The button beside one of them. */
export async function endSubscription(
  request: RequestContext,
  subscriptionId: number,
): Promise<Message> {
  const { pool, organisation } = request.deps
  await need(request, 'change', null)
  const found = await tables(pool).subscription.findFirst({
    where: { organisationId: organisation.id, id: subscriptionId },
    select: { channel: true },
  })
  if (found === null) throw new UserError('That subscription was ended already.')
  const { channel } = found
  await ownPlace(request, channel)
  await unsubscribe(pool, request.actor, channel, subscriptionId)
  return listSubscriptions(request, channel)
}

export async function listSubscriptions(
  request: RequestContext,
  named: string | null,
): Promise<Message> {
  const { id } = await ownPlace(request, named)
  return subscriptionsAnswer(await subscriptionFacts(request.context(''), id))
}

interface Place {
  readonly id: string
  /** Null for a direct message. */
  readonly name: string | null
}

/** The channel that is meant, if the asker is in it and the bot can speak there. */
async function ownPlace(request: RequestContext, named: string | null): Promise<Place> {
  await need(request, 'read', null)
  const channel = named ?? request.channel
  if (channel === null) throw new UserError('Which channel? Name it, such as #contracts.')
  const about = await request.client.conversations.info({ channel }).catch(() => null)
  const info = about?.channel
  if (info === undefined) {
    throw new UserError(
      'Lapsewatch is not part of this conversation: invite it with /invite @Lapsewatch, or ask in the direct message with it.',
    )
  }
  if (info.is_archived === true) throw new UserError('That channel is archived.')
  if (channel !== request.channel && !(await isIn(request, channel, info))) {
    throw new UserError(
      'Only people who are in a channel can say what it hears: join it first, or ask somebody who is there.',
    )
  }
  return { id: channel, name: info.name ?? null }
}

const PAGE = 1000

async function isIn(
  { asker, client }: RequestContext,
  channel: string,
  info: object,
): Promise<boolean> {
  // A direct message names the one person who is in it.
  if ('user' in info) return info.user === asker.slackUser
  for (let cursor = ''; ; ) {
    const listed = await client.conversations.members({
      channel,
      limit: PAGE,
      ...(cursor === '' ? {} : { cursor }),
    })
    if (listed.members?.includes(asker.slackUser)) return true
    cursor = listed.response_metadata?.next_cursor ?? ''
    if (cursor === '') return false
  }
}

/**
 * The filters as the sweep asks them, with people and teams as they are now, and in words.
 * @throws UserError where part of them was not understood, or is nothing that warnings can be chosen by.
 */
async function wantedOf(
  request: RequestContext,
  asked: Filters,
): Promise<{ readonly wanted: ContractFilter; readonly words: string }> {
  const read = await readNames(request.context(''), asked)
  const { filters, ids, askersTeams, teams } = read
  if (askersTeams?.length === 0) {
    throw new UserError('Your team is not known: name it, such as subscribe team "Digital".')
  }
  if (teams?.length === 0)
    throw new UserError(
      `No team is called "${filters.team?.slice(0, 60)}": /contracts teams lists them.`,
    )
  if (filters.owner !== null && ids.owners?.length === 0) {
    throw new UserError('Nobody of that name is known: name the owner as @somebody.')
  }
  // A supplier may come into the register later.
  const missed = filters.unread.filter((word) => word !== filters.supplier)
  if (missed.length > 0) {
    throw new UserError(
      `Not understood: ${quotedAll(missed).slice(0, 200)}. Nothing was subscribed: say it in other words, or leave it out.`,
    )
  }
  const state = WANTED_STATES.find((each) => each === filters.state)
  if (filters.state !== null && state === undefined) {
    throw new UserError(
      `Contracts that are ${filters.state} are never warned of: subscribe to ${WANTED_STATES.join(', ')}, a supplier, a team or an owner.`,
    )
  }
  // `subscribe digital`: a team of that name, where there is one.
  const byName = read.either.flatMap((group) => group.flatMap(({ ids: { teams } }) => teams ?? []))
  const isOneTeam = read.either.length === 1 && byName.length === 1
  const rest = readAs({ ...read, either: isOneTeam ? [] : read.either }).filter(
    ({ what }) => !WANTED.has(what) || (what === 'due' && filters.dates !== null),
  )
  if (rest.length > 0) {
    throw new UserError(
      `A channel cannot subscribe to contracts ${rest
        .map(({ text }) => text)
        .join(' ')
        .slice(
          0,
          200,
        )}: name a team, a supplier, an owner, a state, a kind of date, words of a title or a number of days.`,
    )
  }
  const teamIds = isOneTeam ? byName : (ids.teams ?? ids.askersTeams)
  const supplier = filters.supplier === null ? null : nameKey(filters.supplier)
  if (supplier === '')
    throw new UserError('Write the supplier by its name, with letters or digits.')
  const title = filters.text ?? filters.words.join(' ')
  const wanted: ContractFilter = defined({
    people: ids.mine === null ? undefined : [ids.mine],
    owners: ids.owners ?? undefined,
    teams: teamIds ?? undefined,
    supplier: supplier ?? undefined,
    text: title === '' ? undefined : folded(title),
    state,
    kind: filters.kind ?? undefined,
    days: filters.days ?? undefined,
  })
  return { wanted, words: await wordsOf(request, read) }
}

/** By what a warning can be chosen. */
const WANTED: ReadonlySet<string> = new Set([
  'whose',
  'team',
  'text',
  'supplier',
  'owner',
  'state',
  'kind',
  'due',
])

/** As others read it: `mine` says whose. */
async function wordsOf({ asker, deps }: RequestContext, found: ReadFilters): Promise<string> {
  // What no contract holds yet is waited for: it is no name that was missed.
  const read = { ...found, missed: new Set<string>() }
  if (read.filters.whose !== 'mine') return scopeOf(read)
  const person = await tables(deps.pool).person.findFirst({
    where: { id: asker.personId },
    select: { displayName: true },
  })
  const rest = scopeOf({ ...read, filters: { ...read.filters, whose: null } })
  return [`of ${person?.displayName ?? asker.slackUser}`, rest]
    .filter((part) => part !== '')
    .join(' ')
}

/** @throws UserError where no channel is named and none is asked from. */
export async function subscriptionFacts(
  context: BotContext,
  channel: string | null,
): Promise<SubscriptionsFacts> {
  const { pool, organisationId, asker, shared, timeZone } = context
  if (channel === null) throw new UserError('Which channel? Name it, such as #contracts.')
  const { name } = await placeOfChannel(context, channel, await context.teams())
  const { person, subscription } = tables(pool)
  const found = await subscription.findMany({
    where: { organisationId, channel },
    orderBy: { id: 'asc' },
  })
  const people = await person.findMany({
    where: { id: { in: found.flatMap((each) => each.createdById ?? []) }, erasedAt: null },
    select: { id: true, displayName: true, slackUser: true },
  })
  return {
    channel: name,
    mayChange: !shared && mayThey(asker, 'read', null).allowed,
    items: found.map(({ id, filters, createdAt, createdById }) => {
      const by = people.find((each) => each.id === createdById)
      const name = by?.displayName ?? by?.slackUser ?? null
      return {
        id,
        filters,
        by: name === null ? null : { name, slackUser: by?.slackUser ?? null },
        on: civilDateIn(createdAt, timeZone),
      }
    }),
  }
}

/** `calendar`: a private address at which the asker's calendar fetches deadlines, and its end. */

/** @throws UserError where no address is set, or the asker has too many. */
export async function openCalendar(
  request: RequestContext,
  named: string | null,
): Promise<Message> {
  await need(request, 'read', null)
  // Whoever has the address reads the calendar.
  if (request.shared) {
    throw new UserError(
      'A private calendar address is given to nobody but you: ask with /contracts calendar or in a direct message.',
    )
  }
  const { pool, organisation, today, publicUrl } = request.deps
  const { personId } = request.asker
  const base = publicUrl()
  if (base === null) {
    throw new UserError(
      'Calendars cannot reach Lapsewatch yet. Ask an administrator to set LAPSEWATCH_PUBLIC_URL.',
    )
  }
  const team = await teamNamed(request, named)
  const token = await openFeed(pool, request.actor, { personId, team })
  const { total } = await readCalendar(pool, {
    organisationId: organisation.id,
    personId,
    teamId: team?.id ?? null,
    today: today(),
  })
  return calendarAnswer({
    team: team?.name ?? null,
    address: calendarAddress(base, token),
    deadlines: total,
  })
}

/** Ends the asker's own addresses; an administrator's word ends everybody's of a team. */
export async function endCalendar(request: RequestContext, named: string | null): Promise<Message> {
  await need(request, 'read', null)
  const { asker, actor, deps } = request
  const team = await teamNamed(request, named)
  const everybodys = team !== null && asker.isAdministrator
  const ended = await endFeeds(deps.pool, actor, { personId: asker.personId, team }, everybodys)
  if (ended === 0)
    throw new UserError('There is no such calendar address of yours: nothing to end.')
  return saidAnswer(
    `${counted(ended, 'calendar address', 'calendar addresses')} ended. Calendars that used ${ended === 1 ? 'it' : 'them'} find nothing there now.`,
  )
}
