/** How Slack reaches the bot: over a socket that the bot opens, or over HTTP that Slack calls. */

import type { RequestListener } from 'node:http'
import type { Logger } from '@slack/bolt'
import {
  type CustomRoute,
  HTTPReceiver,
  LogLevel,
  type Receiver,
  SocketModeReceiver,
} from '@slack/bolt'
import { GATE_LIMITS, type GateLimits, gated } from './gate.ts'

export type Transport =
  | { readonly kind: 'socket'; readonly appToken: string }
  | { readonly kind: 'http'; readonly signingSecret: string; readonly port: number }

export interface TransportOptions {
  readonly transport: Transport
  readonly apiUrl: string
  readonly logger: Logger
  readonly routes: readonly CustomRoute[]
  readonly limits?: GateLimits
  /** Milliseconds since 1970, as Slack reckons them when it signs: the machine's clock by default. */
  readonly clock?: () => number
}

/** Where Slack posts to, under the bot's own address. */
export const EVENTS_PATH = '/slack/events'

/**
 * A receiver of its own for App. Left to App, the socket's client would share App's options object
 * and write a hundred retries into it, which every handler would then inherit.
 */
export function openReceiver({
  transport,
  apiUrl,
  logger,
  routes,
  limits = GATE_LIMITS,
  clock = Date.now,
}: TransportOptions): Receiver {
  if (transport.kind === 'socket') {
    return new SocketModeReceiver({
      appToken: transport.appToken,
      logger,
      logLevel: LogLevel.WARN,
      customRoutes: [...routes],
      installerOptions: { clientOptions: { slackApiUrl: apiUrl } },
    })
  }
  const receiver = new HTTPReceiver({
    signingSecret: transport.signingSecret,
    port: transport.port,
    endpoints: EVENTS_PATH,
    logger,
    logLevel: LogLevel.WARN,
    customRoutes: [...routes],
    bodyLimit: GATE_LIMITS.bodyBytes,
  })
  const listener = signedLately(receiver.requestListener, clock)
  receiver.requestListener = gated(listener, limits, () => performance.now())
  return receiver
}

/** How far the moment of a signature may lie from now, before or after. */
const SIGNED_WITHIN_S = 5 * 60

/**
 * The same listener for requests that say they were signed lately. Bolt refuses only what is too
 * old, and takes any number for a time: signed for next year, or for `Infinity`, a request that
 * somebody once saw could be sent again for as long.
 */
function signedLately(listener: RequestListener, clock: () => number): RequestListener {
  return (request, response) => {
    const stamp = request.headers['x-slack-request-timestamp']
    // Without any, Bolt takes it for unsigned.
    if (stamp === undefined || isLately(String(stamp), clock() / 1000)) {
      return listener(request, response)
    }
    response.writeHead(401, { connection: 'close' })
    response.end(() => request.destroy())
  }
}

function isLately(stamp: string, now: number): boolean {
  return /^\d{1,12}$/.test(stamp) && Math.abs(Number(stamp) - now) <= SIGNED_WITHIN_S
}
