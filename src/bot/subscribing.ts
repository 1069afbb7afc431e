/** `subscribe`, `unsubscribe`, `subscriptions`: what a channel hears besides its own team's warnings. */
import { nameKey } from '../db/organisation.ts'
import { Refusal } from '../domain/refusal.ts'
import { WANTED_STATES, type Wanted } from '../domain/subscription.ts'
import { saidAnswer, subscriptionsAnswer } from '../messages/answers/replies.ts'
import type { Message } from '../messages/facts.ts'
import { subscribe, unsubscribe } from '../watch/subscribe.ts'
import { folded } from './facts/conditions.ts'
import { readFilterIds } from './facts/filter-ids.ts'
import { subscriptionFacts } from './facts/subscriptions.ts'
import type { Filters } from './language/command.ts'
import { writeCommand } from './language/write-command.ts'
import { need } from './rights.ts'
import type { Scene } from './scene.ts'

/** Rights: any full member who is in the channel. @throws Refusal that says why not. */
export async function subscribeChannel(
  scene: Scene,
  filters: Filters,
  named: string | null,
): Promise<Message> {
  const { id: channel, name } = await ownPlace(scene, named)
  const { wanted, words } = await wantedOf(scene, filters)
  const subscription = { channel, channelName: name, filters: words, wanted }
  await subscribe(scene.stage.pool, scene.actor, subscription)
  const what = words === '' ? 'all warnings' : `the warnings that fit: ${words}`
  return saidAnswer(
    `${name === null ? 'This conversation' : `#${name}`} hears ${what}. They come with the next sweep, besides the team's own channel.`,
    ['End it with /contracts unsubscribe, or one of several with /contracts subscriptions.'],
  )
}

export async function unsubscribeChannel(scene: Scene, named: string | null): Promise<Message> {
  const { id: channel } = await ownPlace(scene, named)
  const ended = await unsubscribe(scene.stage.pool, scene.actor, channel, null)
  if (ended === 0) throw new Refusal('This channel subscribed to nothing: there is nothing to end.')
  return saidAnswer(
    ended === 1 ? 'The subscription is ended.' : `${ended} subscriptions are ended.`,
  )
}

/** The button beside one of them. */
export async function endSubscription(scene: Scene, subscriptionId: number): Promise<Message> {
  const { pool, organisation } = scene.stage
  await need(scene, 'read', null)
  const found = await pool.query<{ channel: string }>(
    'SELECT channel FROM subscription WHERE organisation_id = $1 AND id = $2',
    [organisation.id, subscriptionId],
  )
  const channel = found.rows[0]?.channel
  if (channel === undefined) throw new Refusal('That subscription was ended already.')
  await ownPlace(scene, channel)
  await unsubscribe(pool, scene.actor, channel, subscriptionId)
  return listSubscriptions(scene, channel)
}

export async function listSubscriptions(scene: Scene, named: string | null): Promise<Message> {
  const { id } = await ownPlace(scene, named)
  return subscriptionsAnswer(await subscriptionFacts(scene.context(''), id))
}

interface Place {
  readonly id: string
  /** Null for a direct message. */
  readonly name: string | null
}

/** The channel that is meant, if the asker is in it and the bot can speak there. */
async function ownPlace(scene: Scene, named: string | null): Promise<Place> {
  await need(scene, 'read', null)
  const channel = named ?? scene.channel
  if (channel === null) throw new Refusal('Which channel? Name it, such as #contracts.')
  const about = await scene.client.conversations.info({ channel }).catch(() => null)
  const info = about?.channel
  if (info === undefined) {
    throw new Refusal(
      'Lapsewatch is not part of this conversation: invite it with /invite @Lapsewatch, or ask in the direct message with it.',
    )
  }
  if (info.is_archived === true) throw new Refusal('That channel is archived.')
  if (channel !== scene.channel && !(await isIn(scene, channel, info))) {
    throw new Refusal(
      'Only people who are in a channel can say what it hears: join it first, or ask somebody who is there.',
    )
  }
  return { id: channel, name: info.name ?? null }
}

const PAGE = 1000

async function isIn({ asker, client }: Scene, channel: string, info: object): Promise<boolean> {
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

/** The filters as the sweep asks them, with people and teams as they are now, and in words. */
async function wantedOf(
  scene: Scene,
  filters: Filters,
): Promise<{ readonly wanted: Wanted; readonly words: string }> {
  const { ids, askersTeams, teams, owner } = await readFilterIds(scene.context(''), filters)
  if (askersTeams?.length === 0) {
    throw new Refusal('Your team is not known: name it, such as subscribe team "Digital".')
  }
  if (teams?.length === 0) throw new Refusal(`No team is called "${filters.team?.slice(0, 60)}".`)
  if (filters.owner !== null && ids.owners?.length === 0) {
    throw new Refusal('Nobody of that name is known: name the owner as @somebody.')
  }
  const state = WANTED_STATES.find((each) => each === filters.state)
  if (filters.state !== null && state === undefined) {
    throw new Refusal(
      `Contracts that are ${filters.state} are never warned of: subscribe to ${WANTED_STATES.join(', ')}, a supplier, a team or an owner.`,
    )
  }
  const teamIds = ids.teams ?? ids.askersTeams
  const supplier = filters.supplier === null ? null : nameKey(filters.supplier)
  if (supplier === '') throw new Refusal('Write the supplier by its name, with letters or digits.')
  const text = filters.text === null ? null : folded(filters.text)
  const wanted: Wanted = {
    ...(ids.mine === null ? {} : { people: [ids.mine] }),
    ...(ids.owners === null ? {} : { owners: ids.owners }),
    ...(teamIds === null ? {} : { teams: teamIds }),
    ...(supplier === null ? {} : { supplier }),
    ...(text === null ? {} : { text }),
    ...(state === undefined ? {} : { state }),
    ...(filters.kind === null ? {} : { kind: filters.kind }),
    ...(filters.days === null ? {} : { days: filters.days }),
  }
  return { wanted, words: await wordsOf(scene, filters, owner, askersTeams) }
}

/** As others read it: `mine` and `ours` say whose. */
async function wordsOf(
  { asker, stage }: Scene,
  filters: Filters,
  owner: string | null,
  askersTeams: readonly { readonly name: string }[] | null,
): Promise<string> {
  const bare = { ...filters, whose: null, owner: owner === null ? filters.owner : { name: owner } }
  const typed = plainly(writeCommand({ verb: 'list', filters: bare, page: 1 }))
  if (askersTeams !== null) {
    return [`team ${askersTeams.map(({ name }) => name).join(' or ')}`, typed].join(' ').trim()
  }
  if (filters.whose !== 'mine') return typed
  const found = await stage.pool.query<{ name: string | null }>(
    'SELECT display_name AS name FROM person WHERE id = $1',
    [asker.personId],
  )
  const name = found.rows[0]?.name ?? asker.slackUser
  return [`contracts of ${name}`, typed].join(', ').replace(/, $/, '')
}

/** Without the command's word, and as it is read: Slack's escapes are for what is sent. */
function plainly(command: string): string {
  return command
    .replace(/^list ?/, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}
