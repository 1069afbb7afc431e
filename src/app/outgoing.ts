/** Where this program's messages go: to Slack with a token, else to the terminal. */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Gateway } from '../delivery/gateway.ts'
import { DELIVERY_DEFAULTS } from '../delivery/rate-limit.ts'
import type { DeliveryDeps } from '../delivery/send.ts'
import { openSlackGateway } from '../delivery/slack-client.ts'
import { terminalGateway } from '../delivery/terminal.ts'
import { answersLater } from '../slack/answers.ts'
import { directory } from '../slack/directory.ts'
import type { SlackDependencies } from '../slack/request.ts'
import type { Program } from './app.ts'
import type { Settings } from './settings.ts'

const SLACK_API = 'https://slack.com/api/'

/** A gateway as the settings say; terminal messages go to `terminal`. */
function gatewayFor(settings: Settings, terminal: NodeJS.WriteStream): Gateway {
  const { botToken, timeoutMs } = settings.slack
  if (botToken !== null) {
    return openSlackGateway({
      token: botToken,
      apiUrl: slackApiUrl(settings),
      timeoutMs,
      elapsed: performance.now.bind(performance),
    })
  }
  const width = Math.min(terminal.columns ?? 90, 110)
  const colour = terminal.isTTY === true && process.env.NO_COLOR === undefined
  return terminalGateway((text) => terminal.write(text), { width, colour })
}

/** The address of the Web API, with the slash that its methods follow. */
export function slackApiUrl(settings: Settings): string {
  const url = settings.slack.apiUrl ?? SLACK_API
  return url.endsWith('/') ? url : `${url}/`
}

export function deliveryDeps(program: Program, terminal: NodeJS.WriteStream): DeliveryDeps {
  const { settings, pool, log } = program
  return {
    pool,
    gateway: gatewayFor(settings, terminal),
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
    make: answersLater(slackDependencies(program)),
  }
}

export function slackDependencies(
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
      elapsed: performance.now.bind(performance),
    }),
  }
}
