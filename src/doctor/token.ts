/** The bot token: whose it is, and what it may do. */

import { ask, fieldOf, textOf } from '../delivery/ask.ts'
import type { Call } from '../delivery/call.ts'
import { advice, bad, type Check, good } from './check.ts'
import { SCOPES } from './scopes.ts'

export interface Token {
  readonly checks: readonly Check[]
  /** The workspace's id; null where the token does not work. */
  readonly workspace: string | null
  /** The app's own user; null where Slack does not say. */
  readonly self: string | null
  /** What it may do; null where Slack does not say. */
  readonly scopes: ReadonlySet<string> | null
}

export async function checkToken(call: Call): Promise<Token> {
  const asked = await ask(call, 'auth.test')
  if (!asked.ok) {
    const remedy =
      asked.code === ''
        ? 'check the network, a proxy, and SLACK_API_URL where it is set'
        : 'copy the bot token again from OAuth & Permissions, or install the app again'
    return { checks: [bad('Slack', asked.why, remedy)], workspace: null, self: null, scopes: null }
  }
  const { answer } = asked
  const workspace = textOf(answer, 'team_id')
  const name = textOf(answer, 'team') ?? 'unnamed'
  const scopes = scopesOf(fieldOf(answer.response_metadata, 'scopes'))
  return {
    checks: [good('Slack', `workspace ${name} (${workspace ?? 'no id'})`), checkScopes(scopes)],
    workspace: workspace ?? '',
    self: textOf(answer, 'user_id'),
    scopes,
  }
}

/** Slack tells them in a header, which the client copies into the answer. */
function scopesOf(told: unknown): ReadonlySet<string> | null {
  return Array.isArray(told) ? new Set(told.map((scope) => String(scope).trim())) : null
}

function checkScopes(scopes: ReadonlySet<string> | null): Check {
  const what = 'scopes'
  if (scopes === null) {
    return advice(what, 'Slack did not say', 'compare OAuth & Permissions with slack-manifest.json')
  }
  const missing = Object.entries(SCOPES).filter(([scope]) => !scopes.has(scope))
  if (missing.length === 0) return good(what, 'all that the manifest asks for')
  const named = missing.map(([scope, purpose]) => `${scope} (${purpose})`).join(', ')
  return bad(
    what,
    `missing ${named}`,
    'add them under OAuth & Permissions, or paste slack-manifest.json again, then install the app again',
  )
}
