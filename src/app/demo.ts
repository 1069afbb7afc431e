/** Without Slack there is a page to try everything on; its workspace is beside the real work. */

import { once } from 'node:events'
import type { Logger } from 'pino'
import { openScratch } from '../database/embedded/scratch.ts'
import { errorText } from '../database/errors.ts'
import type { Program } from './app.ts'

/**
 * Shows the page until the signal, once the first messages are `sent`: what it loads would keep them
 * back. Where it cannot be opened, that is logged and nothing else.
 */
export async function showPage(
  { settings, today }: Program,
  log: Logger,
  signal: AbortSignal,
  sent: Promise<void>,
): Promise<void> {
  if (settings.slack.botToken !== null || settings.pagePort === 0) return
  if (!signal.aborted) await Promise.race([sent, once(signal, 'abort')])
  if (signal.aborted) return
  try {
    // What draws it takes 22 MB, which a program that speaks to Slack has no use for.
    const { openLocalPage } = await import('../../stand-in/demo/demo.ts')
    const debug = (line: string) => log.debug(line)
    const page = await openLocalPage(
      {
        settings,
        today: today(),
        log: debug,
        openScratch: () => openScratch(settings.dataFolder, debug),
      },
      settings.pagePort,
    )
    const isMoved = !page.url.endsWith(`:${settings.pagePort}`)
    if (!signal.aborted) {
      const moved = isMoved ? ` (port ${settings.pagePort} is taken)` : ''
      log.info(`Try it in the browser: ${page.url}${moved}`)
      await once(signal, 'abort')
    }
    await page.close()
  } catch (error) {
    const why = errorText(error)
    log.error(`The page to try it on stays closed: ${why} Warnings go on.`)
  }
}
