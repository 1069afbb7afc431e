/** `published`: a notice was published, or why it is not called for. */
import { type Command, Option } from 'commander'
import { NOTICE_TITLES, NOTICES, type Notice } from '../domain/notice-tasks.ts'
import { Refusal } from '../domain/refusal.ts'
import { dayText } from '../domain/words.ts'
import { findContract } from '../watch/find.ts'
import { recordNotice } from '../watch/record-notice.ts'
import { actorOf } from './actor.ts'
import { type CommonOptions, run } from './run.ts'
import { visible } from './table.ts'

export function addPublished(cli: Command): void {
  cli
    .command('published')
    .description('a notice of the Procurement Act was published, or why it is not called for')
    .argument('<reference>', 'the contract')
    .addOption(
      new Option('--notice <notice>', 'which notice').choices([...NOTICES]).makeOptionMandatory(),
    )
    .requiredOption('--said <text>', 'its own reference, or why it is not called for')
    .option('--json', 'one JSON object')
    .action((reference: string, options: CommonOptions & { notice: Notice; said: string }) =>
      run(options, async (program) => {
        const { pool, organisation } = program
        const { notice } = options
        const said = options.said.trim()
        if (said === '') throw new Refusal('Give its reference, or say why it is not called for.')
        const id = await findContract(pool, organisation.id, reference)
        const { on } = await recordNotice(pool, actorOf(program), id, notice, said)
        return {
          json: { reference, notice, on, said },
          text: `${visible(reference)}: the ${NOTICE_TITLES[notice]} (${notice}) of ${dayText(on)} is settled. What you said stands in the history.`,
        }
      }),
    )
}
