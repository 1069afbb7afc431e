/**
 * What came of an attempt to post, and what every error means. The named lists below are the
 * policy; whatever they do not name is uncertain, because looking first costs a request and
 * posting twice costs trust.
 */
import { errorText } from '../database/errors.ts'
import { LONGEST_PAUSE_MS } from './rate-limit.ts'

export type Verdict =
  | { readonly kind: 'sent'; readonly channel: string | null; readonly ts: string | null }
  /** Surely not accepted: try again. `retryAfterMs` where Slack said when. */
  | { readonly kind: 'refused'; readonly why: string; readonly retryAfterMs: number | null }
  /** It may have arrived: look before another try. */
  | { readonly kind: 'uncertain'; readonly why: string }
  /** Surely not accepted, and the same for everything sent that way until somebody acts. */
  | { readonly kind: 'blocked'; readonly scope: 'workspace' | 'channel'; readonly why: string }
  /** Slack does not take this content, ever. */
  | { readonly kind: 'invalid'; readonly why: string }

/** The token or the app is at fault: nothing can be sent until an administrator acts. */
const WORKSPACE_ERRORS: ReadonlySet<string> = new Set([
  'access_denied',
  'account_inactive',
  'ekm_access_denied',
  'enterprise_is_restricted',
  'invalid_auth',
  'missing_scope',
  'no_permission',
  'not_allowed_token_type',
  'not_authed',
  'org_login_required',
  'team_access_not_granted',
  'token_expired',
  'token_revoked',
  'two_factor_setup_required',
])

/** This destination cannot be posted to; others can. */
const CHANNEL_ERRORS: ReadonlySet<string> = new Set([
  'cannot_dm_bot',
  'channel_not_found',
  'is_archived',
  'messages_tab_disabled',
  'not_in_channel',
  'restricted_action',
  'restricted_action_non_threadable_channel',
  'restricted_action_read_only_channel',
  'restricted_action_thread_locked',
  'restricted_action_thread_only_channel',
  'user_disabled',
  'user_not_found',
])

/** The message itself is refused: another try would be refused as well. */
const CONTENT_ERRORS: ReadonlySet<string> = new Set([
  'attachment_payload_limit_exceeded',
  'cant_update_message',
  'duplicate_message_not_found',
  'edit_window_closed',
  'invalid_arg_name',
  'invalid_arguments',
  'invalid_array_arg',
  'invalid_attachments',
  'invalid_blocks',
  'invalid_blocks_format',
  'invalid_charset',
  'invalid_form_data',
  'invalid_json',
  'invalid_metadata_format',
  'invalid_metadata_schema',
  'markdown_text_conflict',
  'message_not_found',
  'metadata_must_be_sent_from_app',
  'metadata_too_large',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_text',
  'slack_connect_blocked_file_type',
  'thread_not_found',
  'too_many_attachments',
])

/** Refused for now. */
const RETRYABLE_ERRORS: ReadonlySet<string> = new Set([
  'accesslimited',
  'message_limit_exceeded',
  'rate_limited',
  'ratelimited',
  'request_timeout',
  'team_added_to_org',
])

/** Nobody may reply there, or there is nothing to reply to: a message of its own may be posted. */
const THREAD_ERRORS: ReadonlySet<string> = new Set([
  'cannot_reply_to_message',
  'message_not_found',
  'restricted_action_non_threadable_channel',
  'restricted_action_thread_locked',
  'thread_not_found',
])

/** HTTP refusals that come from before the point of acceptance, whoever says so. */
const SURE_STATUSES: ReadonlySet<number> = new Set([
  400, 401, 402, 403, 404, 405, 406, 407, 411, 413, 414, 415, 417, 421, 422, 426, 428, 429, 431,
  451,
])

/** No connection came about, so nothing can have arrived. */
const UNREACHED: ReadonlySet<string> = new Set([
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** What an error thrown by a call of Slack's Web API means. */
export function verdictOf(error: unknown): Exclude<Verdict, { kind: 'sent' }> {
  const platform = platformError(error)
  if (platform !== null) return platformVerdict(platform.code, platform.detail)
  const retryAfterSeconds = numberField(error, 'retryAfter')
  if (retryAfterSeconds !== null) {
    return { kind: 'refused', why: 'rate limited', retryAfterMs: pauseMs(retryAfterSeconds) }
  }
  const status = numberField(error, 'statusCode')
  if (status !== null) return statusVerdict(status)
  const code = causeCode(error)
  return code !== null && UNREACHED.has(code)
    ? { kind: 'refused', why: `Slack could not be reached (${code})`, retryAfterMs: null }
    : { kind: 'uncertain', why: `the reply was lost (${code ?? words(error)})` }
}

/** A second at least, an hour at most: the number comes from outside. */
function pauseMs(seconds: number): number {
  return Math.ceil(Math.min(Math.max(seconds, 1) * 1000, LONGEST_PAUSE_MS))
}

/** Whether a reply was refused for its thread alone. */
export function refusesThread(verdict: Verdict): boolean {
  return verdict.kind !== 'sent' && THREAD_ERRORS.has(verdict.why.split(':', 1)[0] ?? '')
}

function platformVerdict(code: string, detail: string): Exclude<Verdict, { kind: 'sent' }> {
  const why = detail === '' ? code : `${code}: ${detail}`
  if (WORKSPACE_ERRORS.has(code)) return { kind: 'blocked', scope: 'workspace', why }
  if (CHANNEL_ERRORS.has(code)) return { kind: 'blocked', scope: 'channel', why }
  if (CONTENT_ERRORS.has(code)) return { kind: 'invalid', why }
  if (RETRYABLE_ERRORS.has(code)) return { kind: 'refused', why, retryAfterMs: null }
  return { kind: 'uncertain', why }
}

/** Whatever else than these, an intermediary may say of a request that Slack has taken. */
function statusVerdict(status: number): Exclude<Verdict, { kind: 'sent' }> {
  const why = `HTTP status ${status}`
  return SURE_STATUSES.has(status)
    ? { kind: 'refused', why, retryAfterMs: null }
    : { kind: 'uncertain', why }
}

/** Slack's own `ok: false`. An unreadable 200 arrives like one, with the page as its error. */
function platformError(error: unknown): { code: string; detail: string } | null {
  const data = fieldOf(error, 'data')
  if (typeof data !== 'object' || data === null) return null
  const code = fieldOf(data, 'error')
  const said = typeof code === 'string' && /^[a-z][a-z0-9_]{0,99}$/.test(code)
  const messages = fieldOf(fieldOf(data, 'response_metadata'), 'messages')
  const needed = fieldOf(data, 'needed')
  const details = [
    ...(Array.isArray(messages) ? messages.map(String) : []),
    ...(typeof needed === 'string' ? [`needs ${needed}`] : []),
  ]
  return {
    code: said ? code : 'unreadable reply',
    detail: printable(details.join('; ')).slice(0, 500),
  }
}

/** The system's code at the bottom of an error's causes. */
function causeCode(error: unknown): string | null {
  let found: string | null = null
  let at: unknown = error
  for (let depth = 0; depth < 5 && typeof at === 'object' && at !== null; depth += 1) {
    const code = fieldOf(at, 'code')
    if (typeof code === 'string' && !code.startsWith('slack_')) found = code
    at = fieldOf(at, 'original') ?? fieldOf(at, 'cause')
  }
  return found
}

/** A field of something that came over the wire; undefined where it has none. */
export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function numberField(value: unknown, name: string): number | null {
  const found = fieldOf(value, name)
  return typeof found === 'number' ? found : null
}

function words(error: unknown): string {
  return printable(errorText(error)).slice(0, 200)
}

/** The database takes no NUL, and a line of the log no control character. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ')
}
