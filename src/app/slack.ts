/** The bot as part of the running program: started, kept trying, stopped. */
import { once } from 'node:events'
import type { Logger } from 'pino'
import { sleep } from '../delivery/rate-limit.ts'
import { type CalendarDesk, calendarDesk, calendarRoute } from '../ops/calendar.ts'
import { type Bot, openBot } from '../slack/app.ts'
import type { Program } from './app.ts'
import { slackApiUrl, slackDependencies } from './outgoing.ts'

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
  log: Logger,
  signal: AbortSignal,
  { onReady }: { readonly onReady: () => void },
): Promise<void> {
  while (canConverse(program) && !signal.aborted) {
    try {
      const bot = botFor(program)
      await bot.start()
      onReady()
      log.info('The bot answers /contracts.')
      if (!signal.aborted) await once(signal, 'abort')
      return await bot.stop()
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      log.error(
        `The bot cannot answer: ${why}. Warnings go on; check with: npm run -s cli -- doctor`,
      )
      await sleep(RETRY_BOT_MS, signal)
    }
  }
}

const RETRY_BOT_MS = 60_000

/** The bot that these settings describe, not started yet. */
export function botFor(
  program: Program,
  publicUrl: () => string | null = () => program.settings.publicUrl,
): Bot {
  const { settings } = program
  const { botToken, appToken, signingSecret, timeoutMs } = settings.slack
  return openBot({
    deps: slackDependencies(program, publicUrl),
    token: botToken ?? '',
    apiUrl: slackApiUrl(settings),
    timeoutMs,
    transport:
      appToken === null
        ? { kind: 'http', signingSecret: signingSecret ?? '', port: settings.port }
        : { kind: 'socket', appToken },
    // Over the socket no port is opened here: the supervisors' port has the calendars.
    routes: appToken === null ? [calendarRoute(deskFor(program))] : [],
  })
}

/** The desk that hands out calendars, for whichever port it stands at. */
export function deskFor({ pool, organisation, now, today, log }: Program): CalendarDesk {
  return calendarDesk({
    pool,
    organisationId: organisation.id,
    now,
    today,
    elapsed: performance.now.bind(performance),
    log,
  })
}
