/** How the parts of the Slack gateway reach the Web API: through one function, passed to them. */
import type { WebAPICallResult } from '@slack/web-api'

/** Calls a method of Slack's Web API. @throws where the answer is anything but `ok: true`. */
export type Call = (method: string, args: Record<string, unknown>) => Promise<Answer>
export type Answer = WebAPICallResult & Readonly<Record<string, unknown>>

/** The type of the metadata that every post carries; its payload holds the delivery's key. */
export const METADATA_EVENT = 'lapsewatch_delivery'

/**
 * Where the next page begins; undefined after the last.
 * @throws where the answer leads back to itself, or breaks off without saying how to go on.
 */
export function nextCursor(answer: Answer, before: string | undefined): string | undefined {
  const next: unknown = answer.response_metadata?.next_cursor
  const isLast = next === undefined || next === null || next === ''
  if (isLast && answer.has_more !== true) return undefined
  if (typeof next === 'string' && next !== '' && next !== before) return next
  throw new Error('The answer does not say where its next page begins.')
}
