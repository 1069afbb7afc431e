/** The bot as part of the running program: started, kept trying, stopped. */

import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { hostname } from 'node:os'
import type { Logger } from 'pino'
import { errorText } from '../database/errors.ts'
import type { Gateway } from '../delivery/gateway.ts'
import { DELIVERY_DEFAULTS, sleep } from '../delivery/rate-limit.ts'
import type { DeliveryDeps } from '../delivery/send.ts'
import { terminalGateway } from '../delivery/terminal.ts'
import type { CalendarDesk } from '../ops/calendar.ts'
import type { Bot } from '../slack/app.ts'
import { directory } from '../slack/directory.ts'
import type { SlackDependencies } from '../slack/request.ts'
import { terminalWidth } from '../text/terminal.ts'
import type { Program } from './app.ts'
import type { Settings } from './settings.ts'

/** Whether the settings name a way for Slack to reach the bot. */
export function canConverse({ settings: { slack } }: Program): boolean {
  return slack.botToken !== null && (slack.appToken !== null || slack.signingSecret !== null)
}

/**
 * The conversation, until the signal. Where it cannot start, a wrong token or no network, the
 * warnings go on without it, and it is tried again. `onReady`: Slack can reach it now.
 */
export async function converse(
  program: Program,
  gateway: Gateway,
  log: Logger,
  signal: AbortSignal,
  { onReady }: { readonly onReady: () => void },
): Promise<void> {
  while (canConverse(program) && !signal.aborted) {
    try {
      const bot = await botFor(program, gateway)
      await bot.start()
      onReady()
      log.info('The bot answers /contracts.')
      if (!signal.aborted) await once(signal, 'abort')
      return await bot.stop()
    } catch (error) {
      const why = errorText(error)
      log.error(
        `The bot cannot answer: ${why}. Warnings go on; check with: npm run -s cli -- doctor`,
      )
      await sleep(RETRY_BOT_MS, signal)
    }
  }
}

const RETRY_BOT_MS = 60_000

/** The bot that these settings describe, not started yet. */
export async function botFor(
  program: Program,
  { readersOf }: Gateway,
  publicUrl: () => string | null = () => program.settings.publicUrl,
): Promise<Bot> {
  // Slack's libraries take longer to load than all else together: only who speaks to Slack waits.
  const { openBot } = await import('../slack/app.ts')
  const { calendarRoute } = await import('../ops/calendar.ts')
  const { settings } = program
  const { botToken, appToken, signingSecret, timeoutMs } = settings.slack
  return openBot({
    deps: { ...slackDependencies(program, publicUrl), readersOf },
    token: botToken ?? '',
    apiUrl: slackApiUrl(settings),
    timeoutMs,
    transport:
      appToken === null
        ? { kind: 'http', signingSecret: signingSecret ?? '', port: settings.port }
        : { kind: 'socket', appToken },
    // Over the socket no port is opened here: the supervisors' port has the calendars.
    routes: appToken === null ? [calendarRoute(await deskFor(program))] : [],
  })
}

/** The desk that hands out calendars, for whichever port it stands at. */
export async function deskFor(program: Program): Promise<CalendarDesk> {
  const { calendarDesk } = await import('../ops/calendar.ts')
  const { pool, organisation, now, today, log } = program
  return calendarDesk({
    pool,
    organisationId: organisation.id,
    now,
    today,
    elapsed: performance.now.bind(performance),
    log,
  })
}

/** Where this program's messages go: to Slack with a token, else to the terminal. */

const SLACK_API = 'https://slack.com/api/'

/**
 * The one gateway of a program, as its settings say; terminal messages go to `terminal`. What it
 * remembers of channels holds for warnings and answers alike.
 */
export async function gatewayFor(
  settings: Settings,
  terminal: NodeJS.WriteStream,
): Promise<Gateway> {
  const { botToken, timeoutMs } = settings.slack
  if (botToken !== null) {
    const { openSlackGateway } = await import('../delivery/slack-client.ts')
    return openSlackGateway({
      token: botToken,
      apiUrl: slackApiUrl(settings),
      timeoutMs,
      elapsed: performance.now.bind(performance),
    })
  }
  const width = Math.min(terminalWidth(terminal) ?? 90, 110)
  const colour = terminal.isTTY === true && process.env.NO_COLOR === undefined
  return terminalGateway((text) => terminal.write(text), { width, colour })
}

/** The address of the Web API, with the slash that its methods follow. */
export function slackApiUrl(settings: Settings): string {
  const url = settings.slack.apiUrl ?? SLACK_API
  return url.endsWith('/') ? url : `${url}/`
}

export function deliveryDeps(program: Program, gateway: Gateway): DeliveryDeps {
  const { settings, pool, log } = program
  const later = slackDependencies(program)
  return {
    pool,
    gateway,
    owner: `${hostname()}:${process.pid}:${randomUUID()}`,
    settings: {
      ...DELIVERY_DEFAULTS,
      leaseMs: settings.leaseSeconds * 1000,
      historyLagMs: settings.historyLagSeconds * 1000,
      timeoutMs: settings.slack.timeoutMs,
    },
    jitter: Math.random,
    elapsed: performance.now.bind(performance),
    log,
    administrators: settings.administrators,
    adminChannel: settings.adminChannel,
    make: async (facts) => {
      const { answersLater } = await import('../slack/answers.ts')
      return await answersLater(later)(facts)
    },
  }
}

function slackDependencies(
  program: Program,
  publicUrl: () => string | null = () => program.settings.publicUrl,
): SlackDependencies {
  const { settings, organisation, pool, rulesOf, now, today, todayOf, log, large } = program
  return {
    pool,
    organisation,
    rulesOf,
    now,
    today,
    todayOf,
    publicUrl,
    dateFormat: settings.dateFormat,
    log,
    large,
    weeklyOn: settings.weeklyOn,
    triageDays: settings.triageDays,
    directory: directory(pool, {
      organisationId: organisation.id,
      administrators: settings.administrators,
      readers: settings.readers,
      board: settings.board,
      elapsed: performance.now.bind(performance),
    }),
  }
}
