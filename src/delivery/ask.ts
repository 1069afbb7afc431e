/** Questions to Slack whose refusals are answers as well. */
import type { Answer, Call } from './call.ts'
import { verdictOf } from './verdict.ts'

export type Asked =
  | { readonly ok: true; readonly answer: Answer }
  /** `code` is Slack's own word for it, empty where Slack was not reached or not understood. */
  | { readonly ok: false; readonly code: string; readonly why: string }

/** Calls a method that changes nothing. Never throws. */
export async function ask(
  call: Call,
  method: string,
  args: Record<string, unknown> = {},
): Promise<Asked> {
  try {
    return { ok: true, answer: await call(method, args) }
  } catch (error) {
    return { ok: false, code: codeOf(error), why: verdictOf(error).why }
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

const STUMBLES: ReadonlySet<string> = new Set([
  'fatal_error',
  'internal_error',
  'rate_limited',
  'ratelimited',
  'request_timeout',
  'service_unavailable',
])

/** A field of something that came over the wire; undefined where it has none. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

/** The same as text, null where it is none that the database could keep. */
export function textOf(value: unknown, name: string): string | null {
  const found = fieldOf(value, name)
  return typeof found === 'string' && found !== '' && !found.includes('\0') ? found : null
}
