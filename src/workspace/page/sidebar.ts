/** The list of conversations, with what is new in each. */
import { type Html, html, NOTHING } from './html.ts'
import { addressOf, channelsOf, HOME, type Place } from './place.ts'
import type { Stand } from './stand.ts'

/** How many messages of a channel the person has not seen yet. */
export type Unread = (channelId: string) => number

export function sidebarHtml(place: Place, stand: Stand, unread: Unread): Html {
  const channels = channelsOf(place.user, stand)
  const shared = channels.filter(({ user }) => user === null)
  const direct = channels.find(({ user }) => user !== null)
  const item = (id: string, name: string) => {
    const here = (place.channel?.id ?? HOME) === id
    const news = id === HOME || here ? 0 : unread(id)
    return html`<li><a href="${addressOf(place, { in: id })}"${here ? html` aria-current="page"` : NOTHING}>${name}${
      news > 0 ? html` <span class="news">${news}<span class="unseen"> new</span></span>` : NOTHING
    }</a></li>`
  }
  return html`<h2>Channels</h2><ul>${shared.map(({ id, name }) => item(id, `# ${name}`))}</ul><h2>Lapsewatch</h2><ul>${item(HOME, 'Home')}${
    direct === undefined ? NOTHING : item(direct.id, 'Messages')
  }</ul>`
}
