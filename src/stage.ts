/** What the bot's answers are made with, from the running program. */
import { directory } from './bot/directory.ts'
import type { Stage } from './bot/scene.ts'
import type { Program } from './program.ts'

/** The stage of this program. */
export function stageOf(
  program: Program,
  publicUrl: () => string | null = () => program.settings.publicUrl,
): Stage {
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
      elapsed: () => performance.now(),
    }),
  }
}
