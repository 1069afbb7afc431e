/** The whole surface of the bot on one page: what Slack can send, and who answers it. */
import type { Server } from 'node:http'
import { App, type CustomRoute, type GlobalShortcut, type Logger, LogLevel } from '@slack/bolt'
import { ACTION_IDS } from '../text/buttons.ts'
import { largeAnswers } from './answer-cache.ts'
import { handleAction } from './buttons.ts'
import { handleAddShortcut, handleCommand, handleSaid } from './commands.ts'
import { COLUMN_FIELDS, columnOptions } from './forms/import.ts'
import { handleHome } from './home.ts'
import { handleMember } from './member-events.ts'
import type { SlackDependencies } from './request.ts'
import { handleSubmission } from './submissions.ts'
import {
  GATE_LIMITS,
  type GateLimits,
  limitConnections,
  openReceiver,
  serverOptions,
  type Transport,
} from './transport.ts'

interface BotOptions {
  readonly deps: SlackDependencies
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
  idle(): Promise<void>
  stop(): Promise<void>
}

export const COMMAND = '/contracts'
/** Of the global shortcut, as the manifest names it. */
export const ADD_SHORTCUT = 'lw.add-contract'
const FORMS = /^lw\./
const STOP_WITHIN_MS = 8000
/** Of that, until requests on the HTTP side are answered: Slack itself gives up after three seconds. */
const ANSWERED_WITHIN_MS = 3000

export function openBot(options: BotOptions): Bot {
  const { token, apiUrl, timeoutMs, transport, limits = GATE_LIMITS } = options
  const { pool, organisation } = options.deps
  const elapsed = () => performance.now()
  const large = largeAnswers({ pool, organisationId: organisation.id, elapsed })
  const deps: SlackDependencies = { large, ...options.deps }
  const logger = boltLogger(deps.log)
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

  app.command(COMMAND, (args) => track(handleCommand(deps, args)))
  app.action(ACTION_IDS, (args) => track(handleAction(deps, args)))
  app.options<'block_suggestion'>({ action_id: COLUMN_FIELDS }, ({ ack, options }) =>
    track(ack({ options: columnOptions(options.value) })),
  )
  app.view(FORMS, (args) => track(handleSubmission(deps, args)))
  app.event('app_mention', (args) => track(handleSaid(deps, args)))
  app.event('message', (args) => track(handleSaid(deps, args)))
  app.shortcut<GlobalShortcut>({ type: 'shortcut', callback_id: ADD_SHORTCUT }, (args) =>
    track(handleAddShortcut(deps, args)),
  )
  app.event('app_home_opened', (args) => track(handleHome(deps, args)))
  app.event('user_change', (args) => track(handleMember(deps, args)))
  app.event('team_join', (args) => track(handleMember(deps, args)))
  app.error(async (error) => deps.log(`The bot stumbled: ${error.message}`))

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

// Handlers under way: a stopping process waits for them, as Bolt itself does not.

interface Flight {
  /** Counts the work until it ends. */
  track<T>(work: Promise<T>): Promise<T>
  /** Resolves once nothing is under way any more, or after so many milliseconds. */
  landed(withinMs: number): Promise<void>
}

function flight(): Flight {
  const underWay = new Set<Promise<unknown>>()
  return {
    track(work) {
      underWay.add(work)
      const gone = () => underWay.delete(work)
      work.then(gone, gone)
      return work
    },
    async landed(withinMs) {
      const patience = AbortSignal.timeout(withinMs)
      const over = new Promise<void>((resolve) => {
        patience.addEventListener('abort', () => resolve(), { once: true })
      })
      await Promise.race([Promise.allSettled(underWay), over])
    },
  }
}

/** A logger for Bolt that writes lines; what it says below a warning is left out. */
export function boltLogger(write: (line: string) => void): Logger {
  const say = (...parts: readonly unknown[]) => write(parts.map(worded).join(' '))
  const silent = () => undefined
  return {
    debug: silent,
    info: silent,
    warn: say,
    error: say,
    setLevel: silent,
    getLevel: () => LogLevel.WARN,
    setName: silent,
  }
}

/** Of an object only its kind: Bolt's may hold what somebody typed, and who it was. */
function worded(part: unknown): string {
  if (part instanceof Error) return part.message
  return typeof part === 'string' ? part : `[${typeof part}]`
}
