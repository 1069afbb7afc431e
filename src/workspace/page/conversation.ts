/** A channel: its messages by day, threads folded, and the line in which commands are typed. */
import { DateTime } from 'luxon'
import { MANUAL, usage, VERBS } from '../../messages/manual.ts'
import { type Html, html, NOTHING } from './html.ts'
import type { Look } from './look.ts'
import { messageHtml, type Shown } from './message.ts'
import { addressOf, type Place } from './place.ts'
import type { Stand } from './stand.ts'

/** What the person sees in the channel, in order. */
export function messagesAt({ user, channel }: Place, { workspace }: Stand): readonly Shown[] {
  return channel === null ? [] : workspace.as(user.id).messages(channel.id)
}

export function conversationHtml(place: Place, stand: Stand, look: Look): Html {
  const all = messagesAt(place, stand)
  const top = all.filter(isInChannel)
  const shown = top.slice(-place.most)
  const earlier = top.length - shown.length
  return html`${
    earlier > 0
      ? html`<p class="earlier"><a href="${addressOf(place, { most: place.most * 2 })}">Show earlier messages (${earlier})</a></p>`
      : NOTHING
  }${byDay(shown, look.timeZone).map(
    ({ day, messages }) =>
      html`<section class="day" aria-label="${day}"><h2><span>${day}</span></h2>${messages.map(
        (message) => messageHtml(message, look, below(place, all, message)),
      )}</section>`,
  )}${shown.length === 0 ? html`<p class="nothing">Nothing has been said here yet.</p>` : NOTHING}`
}

/** A thread: its first message and the replies. */
export function threadHtml(place: Place, stand: Stand, look: Look): Html {
  const { thread } = place
  if (thread === null) return NOTHING
  const messages = messagesAt(place, stand).filter(
    ({ ts, threadTs }) => ts === thread || threadTs === thread,
  )
  return html`<header class="bar-of-thread"><h2>Thread</h2><a class="button icon" href="${addressOf(place, { thread: null })}" aria-label="Close the thread">×</a></header><div class="thread-messages">${messages.map(
    (message) => messageHtml(message, look),
  )}</div>`
}

function isInChannel(message: Shown): boolean {
  return message.threadTs === null || message.kind === 'ephemeral' || message.broadcast
}

function below(place: Place, all: readonly Shown[], message: Shown): Html {
  return message.kind === 'ephemeral'
    ? html`<p class="replies"><button type="button" class="button plain" data-forget="${message.ts}">Dismiss this answer</button></p>`
    : threadLink(place, all, message)
}

function threadLink(place: Place, all: readonly Shown[], { ts, threadTs }: Shown): Html {
  const root = threadTs ?? ts
  const count = all.filter((one) => one.threadTs === root).length
  if (count === 0) return NOTHING
  const words =
    threadTs === null ? `${count} ${count === 1 ? 'reply' : 'replies'}` : 'View the thread'
  return html`<p class="replies"><a href="${addressOf(place, { thread: root })}">${words}</a></p>`
}

interface Day {
  readonly day: string
  readonly messages: Shown[]
}

function byDay(messages: readonly Shown[], timeZone: string): readonly Day[] {
  const days: Day[] = []
  for (const message of messages) {
    const moment = DateTime.fromSeconds(Number(message.ts), { zone: timeZone, locale: 'en-GB' })
    const day = moment.toFormat('cccc d LLLL yyyy')
    const last = days.at(-1)
    if (last?.day === day) last.messages.push(message)
    else days.push({ day, messages: [message] })
  }
  return days
}

/** Where commands are typed, with what can be typed. */
export function composerHtml({ channel }: Place): Html {
  const where = channel === null || channel.user !== null ? 'Lapsewatch' : `#${channel.name}`
  return html`<form id="composer" autocomplete="off"><label class="unseen" for="command">Command in ${where}</label><div class="typing"><input id="command" name="command" type="text" placeholder="/contracts help" spellcheck="false" maxlength="2000" role="combobox" aria-expanded="false" aria-controls="completions" aria-autocomplete="list" aria-describedby="command-help"><button class="button primary" type="submit">Send</button></div><ul id="completions" role="listbox" aria-label="Commands" hidden></ul><p id="command-help" class="hint">Type / for the commands.</p></form>`
}

/** Every command, for the page's script to complete. */
export function commandsJson(): string {
  const all = VERBS.map((verb) => {
    const { does, takes, examples } = MANUAL[verb]
    return {
      command: `/contracts ${verb}`,
      usage: `/contracts ${usage(verb)}`,
      does,
      takes,
      examples,
    }
  })
  return JSON.stringify(all)
}
