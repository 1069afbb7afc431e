/** Commands that act on a contract: ack, decide, extend. */
import { type Command, Option } from 'commander'
import type { CivilDate } from '../domain/civil-date.ts'
import { DECIDABLE_KINDS, type DecidableKind } from '../domain/contract.ts'
import type { ExtensionKind } from '../domain/extension.ts'
import type { Decimal } from '../domain/money.ts'
import type { Program } from '../program.ts'
import { type Actor, acknowledge, decide, extend } from '../watch/act.ts'
import { findContract } from '../watch/find.ts'
import { showContract } from '../watch/show.ts'
import { amountOption, dateOption, urlOption } from './options.ts'
import { type CommonOptions, run } from './run.ts'
import { table } from './table.ts'

export function addActing(cli: Command): void {
  cli
    .command('ack')
    .description('somebody is on it: its warnings pause, and are asked about again')
    .argument('<reference>')
    .option('--json', 'one JSON object')
    .action((reference: string, options: CommonOptions) =>
      on(reference, options, (program, actor, id) => acknowledge(program.pool, actor, id)),
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
        on(reference, options, (program, actor, id) =>
          decide(program.pool, actor, id, {
            kind: options.kind,
            text: options.decision,
            evidence: options.evidence ?? null,
          }),
        ),
    )
  cli
    .command('extend')
    .description('record a signed extension, which moves the end')
    .argument('<reference>')
    .requiredOption('--to <date>', 'the last day of the added cover', dateOption)
    .addOption(
      new Option('--kind <kind>', 'what it is')
        .choices(['option', 'variation', 'emergency', 'renewal'])
        .makeOptionMandatory(),
    )
    .option('--from <date>', 'its first day (default: the day after the current end)', dateOption)
    .option('--cost <amount>', 'what it costs', amountOption)
    .option('--json', 'one JSON object')
    .action(
      (
        reference: string,
        options: CommonOptions & {
          to: CivilDate
          kind: ExtensionKind
          from?: CivilDate
          cost?: Decimal
        },
      ) =>
        on(reference, options, (program, actor, id) =>
          extend(program.pool, actor, id, {
            kind: options.kind,
            to: options.to,
            from: options.from ?? null,
            cost: options.cost ?? null,
          }),
        ),
    )
}

/** Finds the contract, acts on it, and shows what follows. */
function on(
  reference: string,
  options: CommonOptions,
  work: (program: Program, actor: Actor, contractId: number) => Promise<void>,
): Promise<void> {
  return run(options, async (program) => {
    const { pool, organisation, rulesOf, todayOf } = program
    const id = await findContract(pool, organisation.id, reference)
    const actor: Actor = {
      organisationId: organisation.id,
      rulesOf,
      todayOf,
      now: program.now(),
      personId: null,
      via: 'command line',
    }
    await work(program, actor, id)
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
