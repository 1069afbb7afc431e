/** `checkpoint`: a procurement's steps as they stand, done, or slipped to a later day. */
import { type Command, InvalidArgumentError } from 'commander'
import { readTeams } from '../db/organisation.ts'
import { CHECKPOINT_NAMES, type CheckpointName } from '../domain/checkpoints.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import { Refusal } from '../domain/refusal.ts'
import { dayText } from '../domain/words.ts'
import { answerLines, gapLines } from '../messages/checkpoint.ts'
import type { Program } from '../program.ts'
import { answerCheckpoint, type CheckpointAnswer } from '../watch/checkpoints.ts'
import { findContract } from '../watch/find.ts'
import { gapOf, readProcurements } from '../watch/procurement.ts'
import { actorOf } from './actor.ts'
import { dateOption } from './options.ts'
import { type Answer, type CommonOptions, run } from './run.ts'
import { table, visible } from './table.ts'

export function addCheckpoint(cli: Command): void {
  const checkpoint = cli
    .command('checkpoint')
    .description('the steps of a procurement under way: what is due, done, slipped')
  checkpoint
    .command('list')
    .description('the checkpoints of a contract’s procurement, and the gap that follows')
    .argument('<reference>', 'its reference')
    .option('--as-of <date>', 'as it would be on this day', dateOption)
    .option('--json', 'one JSON object')
    .action((reference: string, options: CommonOptions & { asOf?: CivilDate }) =>
      run(options, (program) => list(program, reference, options.asOf ?? program.today())),
    )
  checkpoint
    .command('done')
    .description('a step is done, and those before it')
    .argument('<reference>', 'its reference')
    .argument('<checkpoint>', CHECKPOINT_NAMES.join(', '), checkpointOption)
    .option('--on <date>', 'on this day (default: today)', dateOption)
    .option('--json', 'one JSON object')
    .action(
      (reference: string, name: CheckpointName, options: CommonOptions & { on?: CivilDate }) =>
        run(options, (program) =>
          answered(program, reference, name, { said: 'done', on: options.on ?? program.today() }),
        ),
    )
  checkpoint
    .command('slip')
    .description('a step comes later, and what follows it')
    .argument('<reference>', 'its reference')
    .argument('<checkpoint>', CHECKPOINT_NAMES.join(', '), checkpointOption)
    .requiredOption('--to <date>', 'the day by which it is done now', dateOption)
    .option('--json', 'one JSON object')
    .action((reference: string, name: CheckpointName, options: CommonOptions & { to: CivilDate }) =>
      run(options, (program) =>
        answered(program, reference, name, { said: 'slipped', to: options.to }),
      ),
    )
}

function checkpointOption(text: string): CheckpointName {
  const said = text.toLowerCase().replace(/[\s_]+/g, '-')
  const name = CHECKPOINT_NAMES.find((each) => each === said)
  if (name === undefined) {
    throw new InvalidArgumentError(`Write one of ${CHECKPOINT_NAMES.join(', ')}.`)
  }
  return name
}

async function list(program: Program, reference: string, asOf: CivilDate): Promise<Answer> {
  const { pool, organisation, rulesOf } = program
  const id = await findContract(pool, organisation.id, reference)
  const teams = await readTeams(pool, organisation.id)
  const [procurement] = await readProcurements(pool, [id], teams, rulesOf)
  if (procurement === undefined) {
    throw new Refusal(
      `${visible(reference)} has no procurement under way: record a decision to compete, call off or award (decide).`,
    )
  }
  const { record, route, checkpoints } = procurement
  const gap = gapOf(procurement, asOf)
  const items = checkpoints.map(({ name, plannedOn, on, doneOn, askedOn, slips }) => ({
    name,
    plannedOn,
    dueOn: on,
    doneOn,
    askedOn,
    slips,
  }))
  const rows = items.map(({ name, plannedOn, dueOn, doneOn, slips }) => [
    name,
    plannedOn,
    dueOn,
    doneOn ?? (dueOn < asOf ? 'overdue' : null),
    slips === 0 ? null : slips,
  ])
  const text = [
    `${visible(record.row.reference)} by ${route.title}, on ${dayText(asOf)}`,
    table(['checkpoint', 'planned', 'due', 'done', 'slips'], rows),
    ...plain(gapLines(gap, false)),
  ]
  const json = { reference: record.row.reference, asOf, route: route.name, items, gap }
  return { json, text: text.join('\n\n') }
}

async function answered(
  program: Program,
  reference: string,
  name: CheckpointName,
  answer: CheckpointAnswer,
): Promise<Answer> {
  const { pool, organisation } = program
  const id = await findContract(pool, organisation.id, reference)
  const { award, gap } = await answerCheckpoint(pool, actorOf(program), id, name, answer)
  const doneOn = answer.said === 'done' ? answer.on : null
  const slippedTo = answer.said === 'slipped' ? answer.to : null
  const lines = answerLines(name, { by: null, doneOn, slippedTo, award, gap }, false)
  const json = { reference, checkpoint: name, doneOn, slippedTo, award, gap }
  return { json, text: plain(lines).join('\n') }
}

/** Without the marks that set type in Slack. */
function plain(lines: readonly { toString(): string }[]): string[] {
  return lines.map((line) => line.toString().replaceAll('*', ''))
}
