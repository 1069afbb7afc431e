/** `personal-data`: whether a contract processes personal data, and when that is to be reviewed. */
import type { Command } from 'commander'
import type { CivilDate } from '../domain/civil-date.ts'
import { Refusal } from '../domain/refusal.ts'
import { editContract } from '../register/by-hand/edit.ts'
import { act } from '../watch/act.ts'
import { onContract } from './act.ts'
import { dateOption } from './options.ts'
import type { CommonOptions } from './run.ts'

interface Said extends CommonOptions {
  readonly yes?: true
  readonly no?: true
  readonly reviewOn?: CivilDate
}

export function addPersonalData(cli: Command): void {
  cli
    .command('personal-data')
    .description('say whether a contract processes personal data, and when it is to be reviewed')
    .argument('<reference>')
    .option('--yes', 'it processes personal data')
    .option('--no', 'it processes none')
    .option('--review-on <date>', 'the date of its review', dateOption)
    .option('--json', 'one JSON object')
    .action((reference: string, options: Said) =>
      onContract(reference, options, async (program, actor, contractId) => {
        const changes = {
          personalData: answerOf(options),
          ...(options.reviewOn === undefined ? {} : { reviewOn: options.reviewOn }),
        }
        const said = { changes, terminatesOn: null, why: null, holds: null }
        await act(program.pool, actor, contractId, (client, acted) =>
          editContract(client, { ...actor, ...acted, contractId }, said),
        )
      }),
    )
}

/** One of the two, so that nothing is taken for granted. */
function answerOf({ yes, no }: Said): boolean {
  if ((yes === true) === (no === true)) throw new Refusal('Write either --yes or --no.')
  return yes === true
}
