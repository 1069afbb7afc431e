/** `dispute settle`: which end holds, where a register and people give different ones. */
import { type Command, Option } from 'commander'
import { Refusal } from '../domain/refusal.ts'
import { editContract } from '../register/by-hand/edit.ts'
import { act } from '../watch/act.ts'
import { onContract } from './act.ts'
import type { CommonOptions } from './run.ts'

const HOLDS = ['recorded', 'register'] as const

export function addDispute(cli: Command): void {
  cli
    .command('dispute')
    .description('ends that a register and people give differently: the earlier one warns')
    .command('settle')
    .description('say which end holds')
    .argument('<reference>', 'the contract')
    .addOption(
      new Option('--holds <end>', 'what people recorded, or what the register says')
        .choices([...HOLDS])
        .makeOptionMandatory(),
    )
    .option('--why <text>', 'why, for the record')
    .option('--json', 'one JSON object')
    .action(
      (
        reference: string,
        options: CommonOptions & { holds: (typeof HOLDS)[number]; why?: string },
      ) =>
        onContract(reference, options, async ({ pool }, actor, contractId) => {
          const { holds, why = null } = options
          await act(pool, actor, contractId, (client, acted) => {
            if (acted.record.row.disputedEnd === null) {
              throw new Refusal(
                `The register and people give the same end for ${reference}: there is nothing to settle.`,
              )
            }
            const said = { changes: {}, terminatesOn: null, why, holds }
            return editContract(client, { ...actor, ...acted, contractId }, said)
          })
        }),
    )
}
