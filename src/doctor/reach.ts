/** How Slack reaches the bot: by the socket that it opens, or by requests to its address. */

import { ask } from '../delivery/ask.ts'
import { slackCaller } from '../delivery/slack-gateway.ts'
import { advice, bad, type Check, good } from './check.ts'

export interface Reach {
  readonly appToken: string | null
  readonly signingSecret: string | null
  readonly port: number
  readonly apiUrl: string
  readonly timeoutMs: number
}

export async function checkTransport(reach: Reach): Promise<Check> {
  const { appToken, signingSecret, port, apiUrl, timeoutMs } = reach
  const what = 'conversation'
  if (appToken === null) {
    if (signingSecret === null) {
      return advice(
        what,
        'off: warnings are posted without buttons, and /contracts is not answered',
        'set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP)',
      )
    }
    return advice(
      what,
      `over HTTP on port ${port}; whether Slack reaches it cannot be seen from here`,
      'the request URLs of the app must lead to /slack/events on this port',
    )
  }
  const asked = await ask(
    slackCaller({ token: appToken, apiUrl, timeoutMs }),
    'apps.connections.open',
  )
  if (asked.ok) return good(what, 'over Socket Mode: the app token opens connections')
  return bad(what, `the app token is refused (${asked.why})`, remedyOf(asked.code))
}

function remedyOf(code: string): string {
  switch (code) {
    case '':
      return 'check the network, a proxy, and SLACK_API_URL where it is set'
    case 'missing_scope':
      return 'make an app-level token with the scope connections:write under Basic Information'
    case 'forbidden':
      return 'turn on Socket Mode in the settings of the app'
    default:
      return 'copy SLACK_APP_TOKEN again from Basic Information, App-Level Tokens'
  }
}
