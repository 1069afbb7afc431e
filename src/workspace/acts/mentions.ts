/** What Slack makes of the text that a person types behind a command. */
import type { Places } from '../places.ts'

/**
 * The text as the app gets it where the command asks for escaped text: `@name` and `#channel` as
 * Slack's mentions, and what would be markup made harmless.
 */
export function escapeTyped(text: string, places: Places): string {
  const safe = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return safe.replace(/([@#])([\p{L}\p{N}._-]+)/gu, (typed, sign: string, name: string) => {
    if (sign === '#') {
      const channel = places.channels.find((one) => one.name === name && one.user === null)
      return channel === undefined ? typed : `<#${channel.id}|${channel.isPrivate ? '' : name}>`
    }
    const user = places.users.find((one) => one.name === name)
    if (user !== undefined) return `<@${user.id}|${user.name}>`
    const group = places.groups.find(({ handle }) => handle === name)
    return group === undefined ? typed : `<!subteam^${group.id}|@${group.handle}>`
  })
}
