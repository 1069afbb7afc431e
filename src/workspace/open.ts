/**
 * A strict stand-in for Slack, spoken to over the wire only. It refuses what Slack refuses,
 * remembers what it accepted, lets people act, and goes wrong when told to.
 */
import { Actor } from './acts/actor.ts'
import { type CommandOptions, restByQuiet, type Stage } from './acts/stage.ts'
import { Changes } from './changes.ts'
import { Faults } from './faults.ts'
import { Ledger } from './ledger.ts'
import { Pace } from './pace.ts'
import { type ChannelOptions, Places } from './places.ts'
import { PostOffice } from './post-office.ts'
import { openRequestUrl } from './request-url.ts'
import { ResponseUrls } from './response-urls.ts'
import { closeServer, openServer, urlOf } from './server.ts'
import { Sockets } from './sockets.ts'
import type { Ack, Payload } from './transport.ts'
import { Triggers } from './triggers.ts'
import { Views } from './views.ts'

export interface WorkspaceOptions {
  /** 0 (the default) takes a free one. */
  readonly port?: number
  readonly channels: readonly ChannelOptions[]
  /** Milliseconds since 1970: what message ids and the pace are made from. */
  readonly now: () => number
  /** The bot tokens that are good. */
  readonly tokens?: readonly string[]
  /** The app's own tokens that may open sockets. */
  readonly appTokens?: readonly string[]
  /** Signs what is sent to the request URL. */
  readonly signingSecret?: string
  readonly commands?: readonly CommandOptions[]
  /** One message in so many milliseconds in a channel; 0 (the default) sets no pace. */
  readonly paceMs?: number
  readonly historyLagMs?: number
  readonly longestPage?: number
  /** How long the app may take to acknowledge; Slack's three seconds unless given. */
  readonly ackMs?: number
  /** When an event that was not acknowledged comes again; Slack's own times unless given. */
  readonly retryDelaysMs?: readonly number[]
  /** Milliseconds of a clock that nobody sets: trigger ids and response URLs expire by it. */
  readonly elapsed?: () => number
  /** Milliseconds since 1970 as the app reads them when it checks a signature. */
  readonly signedAt?: () => number
  /** Resolves when the app has finished with what it was sent; without it, quiet is waited for. */
  readonly idle?: () => Promise<void>
}

export interface Workspace {
  /** What SLACK_API_URL is set to; ends in a slash. */
  readonly url: string
  readonly ledger: Ledger
  readonly faults: Faults
  readonly places: Places
  readonly views: Views
  readonly sockets: Sockets
  /** Tells of every change, for a page that shows the workspace. */
  readonly changes: Changes
  /** What was sent to the app lately, the newest last. */
  readonly sent: readonly Payload[]
  /** From now on the app is told over HTTP. @throws Error when it fails Slack's challenge. */
  useRequestUrl(url: string): Promise<void>
  /** Somebody who acts, named by id or name. */
  as(idOrName: string): Actor
  /** A trigger id as an act of this person would carry. */
  trigger(user: string): string
  /** Sends a payload to the app as it is: one sent before, or a forged one. */
  deliver(payload: Payload): Promise<Ack>
  /** Cuts every open connection and stops listening. */
  close(): Promise<void>
}

/** Opens a workspace on the loopback interface. @throws Error when the port is taken. */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const stage = setStage(options, () => urlOf(server))
  const { ledger, places, views, sockets, changes, post, responseUrls } = stage
  const faults = new Faults()
  const server = await openServer(options.port ?? 0, { scene: stage, faults, responseUrls })
  return {
    url: `${urlOf(server)}api/`,
    ledger,
    faults,
    places,
    views,
    sockets,
    changes,
    sent: post.sent,
    async useRequestUrl(url) {
      post.use(
        await openRequestUrl({
          url,
          signingSecret: options.signingSecret ?? 'stand-in',
          ackMs: options.ackMs ?? ACK_MS,
          signedAt: options.signedAt ?? Date.now,
        }),
      )
    },
    as: (idOrName) => new Actor(stage, places.person(idOrName)),
    trigger: (user) => stage.triggers.issue(user, { modal: views.modal(user)?.id ?? null }),
    deliver: (payload) => post.deliver(payload),
    async close() {
      post.close()
      sockets.drop()
      await closeServer(server)
    },
  }
}

const ACK_MS = 3000
/** At once, after a minute, after five. */
const RETRY_DELAYS_MS = [0, 60_000, 300_000]

function setStage(options: WorkspaceOptions, url: () => string): Stage {
  const elapsed = options.elapsed ?? (() => performance.now())
  const changes = new Changes()
  const ledger = new Ledger(changes)
  const sockets = new Sockets({
    ackMs: options.ackMs ?? ACK_MS,
    failed: (what) => ledger.failures.push(what),
  })
  const { idle } = options
  return {
    places: furnish(options, changes),
    ledger,
    changes,
    sockets,
    views: new Views(changes),
    triggers: new Triggers(elapsed),
    responseUrls: new ResponseUrls(ledger, options.now, elapsed),
    post: new PostOffice(sockets, options.retryDelaysMs ?? RETRY_DELAYS_MS),
    pace: new Pace(options.paceMs ?? 0),
    now: options.now,
    historyLagMs: options.historyLagMs ?? 0,
    longestPage: options.longestPage ?? 200,
    url,
    commands: options.commands ?? [{ command: '/contracts', shouldEscape: true }],
    loaded: new Map(),
    rest: idle ?? ((count) => restByQuiet(count, () => performance.now())),
  }
}

function furnish(options: WorkspaceOptions, changes: Changes): Places {
  const places = new Places(changes)
  for (const channel of options.channels) places.addChannel(channel)
  for (const token of options.tokens ?? ['xoxb-stand-in']) places.tokens.set(token, 'good')
  for (const token of options.appTokens ?? ['xapp-stand-in']) {
    places.appTokens.set(token, new Set(['connections:write']))
  }
  return places
}
