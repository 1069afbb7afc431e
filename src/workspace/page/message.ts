/** A message as people see it: who wrote it, when, and what it says. */
import { DateTime } from 'luxon'
import { messageBlocks } from '../content/blocks.ts'
import { withIds } from '../fields.ts'
import type { EphemeralMessage, PostedMessage } from '../ledger.ts'
import { startValues } from '../views.ts'
import { blocksHtml } from './blocks.ts'
import { type Html, html, NOTHING } from './html.ts'
import type { Look } from './look.ts'
import { mrkdwnHtml } from './mrkdwn.ts'

export type Shown = PostedMessage | EphemeralMessage

/** @param below what stands under it: the way into its thread. */
export function messageHtml(message: Shown, look: Look, below: Html = NOTHING): Html {
  const { ts, kind } = message
  const edited = message.kind === 'message' && message.editedTs !== null
  return html`<article class="message ${kind}" data-key="${ts}" data-ts="${ts}" data-kind="${kind}"><div class="avatar" aria-hidden="true">L</div><div class="said"><header><strong>Lapsewatch</strong> <span class="badge">APP</span> ${time(ts, look)}${
    edited ? html` <span class="edited">(edited)</span>` : NOTHING
  }</header>${
    kind === 'ephemeral' ? html`<p class="only">Only visible to you</p>` : NOTHING
  }${contentHtml(message, look)}${below}</div></article>`
}

function contentHtml({ text, blocks, ts }: Shown, look: Look): Html {
  const read = messageBlocks.safeParse(blocks)
  if (!read.success || read.data.length === 0) {
    return html`<div class="block section"><div>${mrkdwnHtml(text, look)}</div></div>`
  }
  const identified = withIds(read.data, ts)
  const values = startValues({ blocks: identified }, {}, null)
  return blocksHtml(identified, { surface: ts, values, errors: {}, look })
}

function time(ts: string, { timeZone }: Look): Html {
  const moment = DateTime.fromSeconds(Number(ts), { zone: timeZone, locale: 'en-GB' })
  return html`<time datetime="${moment.toUTC().toISO() ?? ''}" title="${moment.toFormat('cccc d LLLL yyyy, HH:mm')}">${moment.toFormat('HH:mm')}</time>`
}
