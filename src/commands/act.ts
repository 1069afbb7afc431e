/** Commands that act on a contract: ack and decide. */
import { type Command, Option } from 'commander'
import { DECIDABLE_KINDS, type DecidableKind } from '../domain/contract.ts'
import type { Program } from '../program.ts'
import { acknowledge } from '../watch/acknowledge.ts'
import type { Actor } from '../watch/act.ts'
import { decide } from '../watch/decide.ts'
import { findContract } from '../watch/find.ts'
import { showContract } from '../watch/show.ts'
import { actorOf } from './actor.ts'
import { urlOption } from './options.ts'
import { type CommonOptions, run } from './run.ts'
import { table } from './table.ts'

export function addActing(cli: Command): void {
  cli
    .command('ack')
    .description('somebody is on it: its warnings pause, and are asked about again')
    .argument('<reference>')
    .option('--json', 'one JSON object')
    .action((reference: string, options: CommonOptions) =>
      onContract(reference, options, (program, actor, id) => acknowledge(program.pool, actor, id)),
    )
  cli
    .command('decide')
    .description('record a decision, which settles that deadline')
    .argument('<reference>')
    .addOption(
      new Option('--kind <kind>', 'the deadline it settles')
        .choices([...DECIDABLE_KINDS])
        .makeOptionMandatory(),
    )
    .requiredOption('--decision <text>', 'what was decided')
    .option('--evidence <url>', 'a link to the evidence', urlOption)
    .option('--json', 'one JSON object')
    .action(
      (
        reference: string,
        options: CommonOptions & { kind: DecidableKind; decision: string; evidence?: string },
      ) =>
        onContract(reference, options, (program, actor, id) =>
          decide(program.pool, actor, id, {
            kind: options.kind,
            text: options.decision,
            evidence: options.evidence ?? null,
          }),
        ),
    )
}

/** Finds the contract, acts on it, and shows what follows. */
export function onContract(
  reference: string,
  options: CommonOptions,
  work: (program: Program, actor: Actor, contractId: number) => Promise<void>,
): Promise<void> {
  return run(options, async (program) => {
    const { pool, organisation, rulesOf } = program
    const id = await findContract(pool, organisation.id, reference)
    await work(program, actorOf(program), id)
    const shown = await showContract(pool, organisation.id, id, program.today(), rulesOf)
    const { currentEnd, deadlines } = shown
    const rows = deadlines.map((each) => [
      each.kind,
      each.date,
      each.nextRungOn,
      each.settled ? 'yes' : 'no',
    ])
    const text = `${shown.reference} ends on ${currentEnd ?? 'no known day'}.\n\n${table(['deadline', 'date', 'next told', 'settled'], rows)}`
    return { json: { reference: shown.reference, currentEnd, deadlines }, text }
  })
}
