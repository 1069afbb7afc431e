/** The sample register, so that a first start has something to say. */
import { tables } from '../database/prisma.ts'
import { applyRegister } from '../register/import/import.ts'
import { sampleRegister } from '../register/sample/stories.ts'
import { type CivilDate, dayText } from '../rules/civil-date.ts'
import { UserError } from '../rules/user-error.ts'
import { workingDayOnOrBefore } from '../rules/working-days.ts'
import { sweep } from '../warnings/sweep.ts'
import type { Program } from './app.ts'

/** What the sample needs of the program: the clock above all. */
type SampleNeeds = Pick<Program, 'pool' | 'organisation' | 'rulesOf' | 'settings' | 'today' | 'now'>

/**
 * Loads the sample and sweeps it at once, as of the last working day: nothing is sent on any other,
 * and a first start on a Sunday has something to say all the same.
 * @throws UserError where the database holds contracts already, or a Slack token is set.
 */
export async function loadSample(
  program: SampleNeeds,
): Promise<{ readonly contracts: number; readonly raised: number; readonly asOf: CivilDate }> {
  const { pool, organisation, rulesOf, settings } = program
  if (settings.slack.botToken !== null) {
    throw new UserError(
      'The sample is not loaded where a Slack token is set: its contracts are invented.',
    )
  }
  if (!(await isEmpty(program))) {
    throw new UserError(
      'The sample is only loaded into an empty register; this one holds contracts.',
    )
  }
  const today = workingDayOnOrBefore(program.today(), rulesOf(organisation).calendar)
  const result = await applyRegister(pool, sampleRegister(today), {
    organisationId: organisation.id,
    file: 'sample',
    sha256: '',
    source: 'sample',
    team: null,
    today,
    now: program.now(),
    via: 'sample',
    byPersonId: null,
    rulesOf,
    triageDays: 0,
    isSample: true,
    strict: true,
  })
  const swept = await sweep(pool, {
    organisationId: organisation.id,
    rulesOf,
    dayOf: () => today,
    teamIds: null,
    now: program.now(),
  })
  return { contracts: result.created, raised: swept.raised, asOf: today }
}

/** Which day it is told as of, where that is not today. */
export function asOfWords(asOf: CivilDate, today: CivilDate): string {
  return asOf === today
    ? ''
    : ` Today is no working day: what is told is as of ${dayText(asOf)}, the last one.`
}

/** Whether no register has ever been read. */
export async function isEmpty({
  pool,
  organisation,
}: Pick<Program, 'pool' | 'organisation'>): Promise<boolean> {
  return (await tables(pool).source.count({ where: { organisationId: organisation.id } })) === 0
}
