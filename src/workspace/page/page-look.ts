/** Names and files as the page's person may see them. */
import type { PostedMessage } from '../ledger.ts'
import type { User } from '../people.ts'
import type { Look } from './look.ts'
import { channelsOf } from './place.ts'
import type { Stand } from './stand.ts'

export function lookFor(user: User, stand: Stand): Look {
  const { places } = stand.workspace
  const member = places.users.filter(({ isBot, deleted }) => !isBot && !deleted)
  return {
    person: (id) => places.users.find((one) => one.id === id)?.realName ?? null,
    channel: (id) => places.channels.find((one) => one.id === id && !one.isPrivate)?.name ?? null,
    group: (id) => places.groups.find((one) => one.id === id)?.name ?? null,
    file: (id) => {
      const file = places.files.get(id)
      return file === undefined ? null : fileAddress(user, file)
    },
    here: (address) => {
      const [, id = ''] = /\/files\/(F\d+)\//.exec(address) ?? []
      const file = places.files.get(id)
      const ours = address.startsWith(stand.workspace.url.replace(/api\/$/, ''))
      return ours && file !== undefined ? fileAddress(user, file) : null
    },
    people: member.map(({ id, realName }) => ({ id, name: realName })),
    channels: channelsOf(user, stand)
      .filter((channel) => channel.user === null)
      .map(({ id, name }) => ({ id, name: `#${name}` })),
    timeZone: stand.timeZone,
  }
}

function fileAddress(user: User, { id, name }: { readonly id: string; readonly name: string }) {
  return `/files/${id}/${encodeURIComponent(name)}?as=${user.id}`
}

/** Whether the person may open a file: their own, or one that a message they see names. */
export function maySee(user: User, id: string, stand: Stand): boolean {
  const { places, ledger, views } = stand.workspace
  if (places.files.get(id)?.user === user.id) return true
  const named = new RegExp(`\\b${id}\\b`)
  const names = (shown: unknown) => named.test(JSON.stringify(shown))
  const seen = channelsOf(user, stand).flatMap((channel): readonly PostedMessage[] =>
    ledger.inChannel(channel.id),
  )
  return (
    seen.some(names) ||
    ledger.ephemerals.some((message) => message.user === user.id && names(message)) ||
    views.stack(user.id).some(names) ||
    names(views.home(user.id))
  )
}
