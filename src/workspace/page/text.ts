/** A text object, with Slack's markup or without. */
import type { Html } from './html.ts'
import type { Look } from './look.ts'
import { mrkdwnHtml, plainHtml } from './mrkdwn.ts'

interface Text {
  readonly type: 'plain_text' | 'mrkdwn'
  readonly text: string
}

export function textHtml({ type, text }: Text, look: Look): Html {
  return type === 'mrkdwn' ? mrkdwnHtml(text, look) : plainHtml(text)
}
