/** The whole page, as the server writes it: the script only keeps it up to date. */
import { DateTime } from 'luxon'
import { commandsJson, composerHtml, conversationHtml, threadHtml } from './conversation.ts'
import { type Guide, guideHtml } from './guide.ts'
import { attribute, type Html, html, NOTHING, trusted } from './html.ts'
import type { Look } from './look.ts'
import { lookFor } from './page-look.ts'
import { addressOf, type Place } from './place.ts'
import { sidebarHtml, type Unread } from './sidebar.ts'
import type { Stand } from './stand.ts'
import { homeHtml, modalHtml } from './view.ts'

export interface Shown {
  readonly place: Place
  readonly stand: Stand
  readonly guide: Guide
  readonly unread: Unread
  /** What is wrong with the fields of the open modal, by block id. */
  readonly errors: Readonly<Record<string, string>>
}

export function documentText(shown: Shown): string {
  const { place, stand } = shown
  const look = lookFor(place.user, stand)
  const title = titleOf(place)
  return `<!doctype html>${html`<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title} · Lapsewatch</title><link rel="icon" href="/assets/icon.svg"><link rel="stylesheet" href="/assets/slack.css"><link rel="stylesheet" href="/assets/page.css"><script type="module" src="/assets/client.js"></script></head><body data-as="${place.persona.id}" data-in="${place.channel?.id ?? 'home'}">
<a class="skip" href="#main">Skip to the messages</a>
${barHtml(shown)}
<div class="frame"${attribute('data-thread', place.thread !== null)}>
<nav aria-label="Conversations" data-part="nav">${sidebarHtml(place, stand, shown.unread)}</nav>
<main id="main" tabindex="-1"><h1 data-part="title">${title}</h1><div data-part="guide">${guideHtml(shown.guide)}</div>${mainHtml(shown, look)}</main>
${place.thread === null ? NOTHING : html`<aside aria-label="Thread" data-part="thread">${threadHtml(place, stand, look)}</aside>`}
</div>
<dialog id="modal" data-part="modal" aria-labelledby="modal-title">${modalPart(shown, look)}</dialog>
<dialog id="confirm" aria-labelledby="confirm-title"></dialog>
<div id="toast" role="status"></div>
<script type="application/json" id="commands">${trusted(commandsJson().replaceAll('<', '\\u003c'))}</script>
</body></html>`}`
}

function titleOf({ channel }: Place): string {
  if (channel === null) return 'Lapsewatch: Home'
  return channel.user === null ? `#${channel.name}` : 'Lapsewatch: Messages'
}

function barHtml({ place, stand }: Shown): Html {
  const until = stand.passingUntil()
  const busy = attribute('disabled', until !== null)
  return html`<header class="bar"><p class="name"><strong>Lapsewatch</strong> <span>local workspace, all invented</span></p><div class="clock" role="group" aria-label="Clock" data-part="clock"><p aria-live="polite">Today is <strong>${dayWords(stand.today())}</strong>${
    until === null ? NOTHING : html`, on the way to ${dayWords(until)}`
  }</p><button type="button" class="button" data-pass="next-day"${busy}>Next day</button><button type="button" class="button" data-pass="next-monday"${busy}>Next Monday</button><button type="button" class="button" data-pass="30-days"${busy}>+30 days</button></div><div class="who"><label for="who">You are</label><select id="who">${stand.personas.map(
    ({ id, name, role, channel }) =>
      html`<option value="${addressOf(place, { as: id, in: channel })}"${attribute('selected', id === place.persona.id)}>${name}, ${role}</option>`,
  )}</select><button type="button" class="button" id="reset">Reset<span class="unseen"> everything</span></button></div></header>`
}

function mainHtml({ place, stand }: Shown, look: Look): Html {
  if (place.channel === null) {
    const home = stand.workspace.views.home(place.user.id)
    return html`<div class="scroller" data-part="home" tabindex="0"><h2 class="unseen">Home</h2>${
      home === null ? html`<p class="nothing">Home is being opened…</p>` : homeHtml(home, look)
    }</div>`
  }
  return html`<div class="scroller" id="messages" data-part="messages" role="log" aria-label="Messages" tabindex="0">${conversationHtml(place, stand, look)}</div>${composerHtml(place)}`
}

function modalPart({ place, stand, errors }: Shown, look: Look): Html {
  const modal = stand.workspace.views.modal(place.user.id)
  return modal === null ? NOTHING : modalHtml(modal, look, errors)
}

function dayWords(day: string): string {
  return DateTime.fromISO(day, { locale: 'en-GB', zone: 'utc' }).toFormat('ccc d LLL yyyy')
}
