/** The whole surface of the bot on one page: what Slack can send, and who answers it. */
import type { Server } from 'node:http'
import { App, type CustomRoute } from '@slack/bolt'
import { ACTION_IDS } from '../messages/buttons/action.ts'
import { handleAction } from './actions.ts'
import { handleCommand } from './commands.ts'
import { flight } from './flight.ts'
import { GATE_LIMITS, type GateLimits, limitConnections, serverOptions } from './gate.ts'
import { handleHome } from './home.ts'
import { largeAnswers } from './large-answers.ts'
import { boltLogger } from './logger.ts'
import { handleMember } from './members.ts'
import type { Stage } from './scene.ts'
import { openReceiver, type Transport } from './transport.ts'
import { handleSubmission } from './views.ts'

export interface BotOptions {
  readonly stage: Stage
  readonly token: string
  /** For GovSlack and stand-ins; ends in `/api/`. */
  readonly apiUrl: string
  readonly timeoutMs: number
  readonly transport: Transport
  readonly routes?: readonly CustomRoute[]
  /** Of the HTTP side. */
  readonly limits?: GateLimits
}

export interface Bot {
  /** Resolves once Slack can reach it, with the port it listens on over HTTP. */
  start(): Promise<number | null>
  /** Resolves once no handler is under way. */
  idle(): Promise<void>
  /** Takes nothing new, and waits for what is under way. */
  stop(): Promise<void>
}

export const COMMAND = '/contracts'
const FORMS = /^lw\./
const STOP_WITHIN_MS = 8000
/** Of that, until requests on the HTTP side are answered: Slack itself gives up after three seconds. */
const ANSWERED_WITHIN_MS = 3000

export function openBot(options: BotOptions): Bot {
  const { token, apiUrl, timeoutMs, transport, limits = GATE_LIMITS } = options
  const { pool, organisation } = options.stage
  const elapsed = () => performance.now()
  const large = largeAnswers({ pool, organisationId: organisation.id, elapsed })
  const stage: Stage = { large, ...options.stage }
  const logger = boltLogger(stage.log)
  const receiver = openReceiver({ transport, apiUrl, logger, routes: options.routes ?? [], limits })
  const app = new App({
    token,
    receiver,
    logger,
    // Otherwise the constructor asks Slack who we are, and a network that is down ends the process.
    deferInitialization: true,
    clientOptions: { slackApiUrl: apiUrl, timeout: timeoutMs, retryConfig: { retries: 1 } },
  })
  const { track, landed } = flight()
  let server: Server | null = null

  app.command(COMMAND, (args) => track(handleCommand(stage, args)))
  app.action(ACTION_IDS, (args) => track(handleAction(stage, args)))
  app.view(FORMS, (args) => track(handleSubmission(stage, args)))
  app.event('app_home_opened', (args) => track(handleHome(stage, args)))
  app.event('user_change', (args) => track(handleMember(stage, args)))
  app.event('team_join', (args) => track(handleMember(stage, args)))
  app.error(async (error) => stage.log(`The bot stumbled: ${error.message}`))

  return {
    async start() {
      await app.init()
      if (transport.kind === 'socket') {
        await app.start()
        return null
      }
      server = (await app.start(transport.port, serverOptions(limits))) as Server
      limitConnections(server, limits)
      const address = server.address()
      return typeof address === 'object' ? (address?.port ?? null) : null
    },
    idle: () => landed(STOP_WITHIN_MS),
    async stop() {
      // A server that stops looks for slow clients no more: they would hold the end up for ever.
      const cut = setTimeout(() => server?.closeAllConnections(), ANSWERED_WITHIN_MS)
      await app.stop()
      clearTimeout(cut)
      await landed(STOP_WITHIN_MS - ANSWERED_WITHIN_MS)
    },
  }
}
