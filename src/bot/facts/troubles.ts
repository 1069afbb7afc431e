/** What is unwell, for administrators: what the watch found when it looked at itself last. */

import { counted } from '../../messages/words.ts'
import { readCheckup } from '../../watch/checkup.ts'
import type { BotContext } from './context.ts'

/** The worker looks once a minute. */
const SILENT_AFTER_MINUTES = 10

/** In sentences, the gravest first; each says what to do. */
export async function readTroubles(context: BotContext): Promise<string[]> {
  const checkup = await readCheckup(context.pool, context.organisationId)
  if (checkup === null) return ['No worker has looked yet: see that one runs.']
  const { minutesAgo, findings } = checkup
  const silence = counted(minutesAgo, 'minute')
  return [
    ...(minutesAgo > SILENT_AFTER_MINUTES
      ? [`No worker has looked for ${silence}, so nobody is warned: see that one runs.`]
      : []),
    ...findings.map(({ words }) => words),
  ]
}
