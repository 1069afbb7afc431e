/** Calls of Slack's methods, and questions whose refusals are answers as well. */
import type { WebAPICallResult } from '@slack/web-api'
import { fieldOf, verdictOf } from './slack-errors.ts'

type SlackAnswer =
  | { readonly ok: true; readonly answer: Answer }
  /** `code` is Slack's own word for it, empty where Slack was not reached or not understood. */
  | {
      readonly ok: false
      readonly code: string
      readonly why: string
      /** Where Slack said when to ask again. */
      readonly retryAfterMs: number | null
    }

/** Calls a method that changes nothing. Never throws. */
export async function ask(
  call: Call,
  method: string,
  args: Record<string, unknown> = {},
): Promise<SlackAnswer> {
  try {
    return { ok: true, answer: await call(method, args) }
  } catch (error) {
    const verdict = verdictOf(error)
    const retryAfterMs = verdict.kind === 'refused' ? verdict.retryAfterMs : null
    return { ok: false, code: codeOf(error), why: verdict.why, retryAfterMs }
  }
}

/** Slack's own word for a refusal; empty where an error is none of Slack's. */
export function codeOf(error: unknown): string {
  const code = fieldOf(fieldOf(error, 'data'), 'error')
  return typeof code === 'string' ? code : ''
}

/** Whether Slack refused it for a reason: its own faults and limits say nothing of what was asked. */
export function isSaid(code: string): boolean {
  return /^[a-z_]+$/.test(code) && !STUMBLES.has(code)
}

/** Slack's own faults and limits. */
export const STUMBLES: ReadonlySet<string> = new Set([
  'fatal_error',
  'internal_error',
  'rate_limited',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
])

/** The same as text, null where it is none that the database could keep. */
export function textOf(value: unknown, name: string): string | null {
  const found = fieldOf(value, name)
  return typeof found === 'string' && found !== '' && !found.includes('\0') ? found : null
}

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
