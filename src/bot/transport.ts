/** How Slack reaches the bot: over a socket that the bot opens, or over HTTP that Slack calls. */

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
  receiver.requestListener = gated(receiver.requestListener, limits, () => performance.now())
  return receiver
}
