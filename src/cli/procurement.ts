/** `checkpoint`, `published` and `start-by`. */
import { InvalidArgumentError, Option } from 'commander'
import type { CheckpointAnswer } from '../actions/checkpoints.ts'
import type { Program } from '../app/app.ts'
import type { StartByCount } from '../reports/start-by.ts'
import { CHECKPOINT_NAMES, type CheckpointName } from '../rules/checkpoints.ts'
import { addMonths, type CivilDate, dayText } from '../rules/civil-date.ts'
import { financialYearMeant, financialYearOf } from '../rules/months.ts'
import { NOTICE_TITLES, NOTICES, type Notice } from '../rules/notices.ts'
import { UserError } from '../rules/user-error.ts'
import {
  type PipelineFacts,
  pipelineCounts,
  pipelineFile,
  pipelineWords,
} from '../text/pipeline.ts'
import {
  answerLines,
  fitWords,
  gapLines,
  gapWords,
  passedWords,
  startByWords,
} from '../text/procurement.ts'
import { counted, figure } from '../text/words.ts'
import {
  type Answer,
  actorOf,
  type Cli,
  contractNamed,
  dateOption,
  saved,
  table,
  visible,
} from './run.ts'

export function addCheckpoint(cli: Cli): void {
  const checkpoint = cli
    .command('checkpoint')
    .description('the steps of a procurement under way: what is due, done, slipped')
  checkpoint
    .command('list')
    .description('the checkpoints of a contract’s procurement, and the gap that follows')
    .argument('<reference>', 'its reference')
    .option('--as-of <date>', 'as it would be on this day', dateOption)
    .answers((program, reference: string, options: { asOf?: CivilDate }) =>
      list(program, reference, options.asOf ?? program.today()),
    )
  checkpoint
    .command('done')
    .description('a step is done, and those before it')
    .argument('<reference>', 'its reference')
    .argument('<checkpoint>', CHECKPOINT_NAMES.join(', '), checkpointOption)
    .option('--on <date>', 'on this day (default: today)', dateOption)
    .answers((program, reference: string, name: CheckpointName, options: { on?: CivilDate }) =>
      answered(program, reference, name, { said: 'done', on: options.on ?? null }),
    )
  checkpoint
    .command('slip')
    .description('a step comes later, and what follows it')
    .argument('<reference>', 'its reference')
    .argument('<checkpoint>', CHECKPOINT_NAMES.join(', '), checkpointOption)
    .requiredOption('--to <date>', 'the day by which it is done now', dateOption)
    .answers((program, reference: string, name: CheckpointName, options: { to: CivilDate }) =>
      answered(program, reference, name, { said: 'slipped', to: options.to }),
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
  const { readTeams } = await import('../database/organisation.ts')
  const { gapOf, readProcurements } = await import('../reports/procurement.ts')
  const { pool, organisation, rulesOf } = program
  const id = await contractNamed(program, reference)
  const teams = await readTeams(pool, organisation.id)
  const [procurement] = await readProcurements(pool, [id], teams, rulesOf)
  if (procurement === undefined) {
    throw new UserError(
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
  const text = () => [
    `${visible(record.row.reference)} by ${route.title}, on ${dayText(asOf)}`,
    table(['checkpoint', 'planned', 'due', 'done', 'slips'], rows),
    ...plain(gapLines(gap, false)),
  ]
  const json = { reference: record.row.reference, asOf, route: route.name, items, gap }
  return { json, text: () => text().join('\n\n') }
}

async function answered(
  program: Program,
  reference: string,
  name: CheckpointName,
  answer: CheckpointAnswer,
): Promise<Answer> {
  const { answerCheckpoint } = await import('../actions/checkpoints.ts')
  const { pool } = program
  const id = await contractNamed(program, reference)
  const answered = await answerCheckpoint(pool, actorOf(program), id, name, answer)
  const lines = answerLines(name, { by: null, ...answered }, false)
  const json = { reference, checkpoint: name, ...answered }
  return { json, text: () => plain(lines).join('\n') }
}

/** Without the marks that set type in Slack. */
function plain(lines: readonly { toString(): string }[]): string[] {
  return lines.map((line) => line.toString().replaceAll('*', ''))
}

/** `published`: a notice was published, or why it is not called for. */
export function addPublished(cli: Cli): void {
  cli
    .command('published')
    .description('a notice of the Procurement Act was published, or why it is not called for')
    .argument('<reference>', 'the contract')
    .addOption(
      new Option('--notice <notice>', 'which notice').choices([...NOTICES]).makeOptionMandatory(),
    )
    .requiredOption('--said <text>', 'its own reference, or why it is not called for')
    .answers(async (program, reference: string, options: { notice: Notice; said: string }) => {
      const { recordNotice } = await import('../actions/decide.ts')
      const { pool } = program
      const { notice } = options
      const said = options.said.trim()
      if (said === '') throw new UserError('Give its reference, or say why it is not called for.')
      const id = await contractNamed(program, reference)
      const { on } = await recordNotice(pool, actorOf(program), id, notice, said)
      return {
        json: { reference, notice, on, said },
        text: () =>
          `${visible(reference)}: the ${NOTICE_TITLES[notice]} (${notice}) of ${dayText(on)} is settled. What you said stands in the history.`,
      }
    })
}

export function addStartBy(cli: Cli): void {
  cli
    .command('start-by')
    .description('when to start replacing a contract, and which routes still fit')
    .argument('<reference>', 'its reference')
    .option('--route <route>', 'by this route (default: the recorded one, else by value)')
    .option('--as-of <date>', 'as it would be on this day', dateOption)
    .answers(async (program, reference: string, options: { route?: string; asOf?: CivilDate }) => {
      const { contractStartBy } = await import('../reports/start-by.ts')
      const { pool, organisation, rulesOf } = program
      const id = await contractNamed(program, reference)
      const asOf = options.asOf ?? program.today()
      const count = await contractStartBy(pool, id, {
        organisationId: organisation.id,
        rulesOf,
        asOf,
        route: options.route ?? null,
      })
      const { routeTitle: _, ...json } = count
      return { json, text: () => startByText(count, asOf) }
    })
}

function startByText(count: StartByCount, asOf: CivilDate): string {
  const late = passedWords(count, asOf)
  return [
    `${visible(count.reference)}: ${startByWords(count)}${late === null ? '' : `\n${late}`}`,
    table(
      ['step', 'takes', 'from', 'to'],
      count.steps.map((step) => [step.name, `${step.amount} ${step.unit}`, step.from, step.to]),
    ),
    table(
      ['route', 'start by', `on ${asOf}`],
      count.fits.map((each) => [each.route, each.startBy, fitWords(each)]),
    ),
    gapWords(count, asOf),
    ...(count.decidedBy ?? []),
    ...(count.review === undefined ? [] : [`Data protection: ${count.review}.`]),
  ].join('\n\n')
}

// `pipeline`: what has to be replaced in a financial year and half of the next, as a list or a sheet.

interface PipelineOptions {
  readonly year?: string
  readonly asOf?: CivilDate
  readonly format?: 'csv' | 'json'
  readonly out?: string
}

export function addPipeline(cli: Cli): void {
  cli
    .command('pipeline')
    .description(
      'replacements to begin within 18 months from 1 April, and what a pipeline notice may have to name',
    )
    .option('--year <year>', 'of this financial year, such as 2027/28 (default: the coming one)')
    .option('--as-of <date>', 'as it would be on this day', dateOption)
    .addOption(new Option('--format <format>', 'as a sheet').choices(['csv', 'json']))
    .option('--out <file>', 'into this new file: a workbook (.xlsx) or CSV')
    .answers(async (program, options: PipelineOptions) => {
      const { pipelineSheet } = await import('../register/export/tables.ts')
      const { readPipeline } = await import('../reports/pipeline.ts')
      const { pool, organisation, rulesOf } = program
      const today = options.asOf ?? program.today()
      const year =
        options.year === undefined
          ? financialYearOf(addMonths(today, 12))
          : financialYearMeant(options.year)
      const pipeline = await readPipeline(pool, {
        organisationId: organisation.id,
        rulesOf,
        calendar: organisation.calendar,
        first: year.first,
        today,
      })
      const { months, quarters } = pipelineCounts(pipeline)
      const json = {
        year: year.name,
        period: pipeline.period,
        pipelineSpend: pipeline.spend,
        items: pipeline.items.map(({ contractId: _, ...item }) => item),
        withoutEnd: pipeline.withoutEnd,
        months: Object.fromEntries(months),
        quarters: Object.fromEntries(quarters),
      }
      if (options.out !== undefined) {
        return saved(program, options.out, pipelineSheet(pipeline), {
          count: pipeline.items.length,
          said: counted(pipeline.items.length, 'procurement'),
        })
      }
      const text = () =>
        options.format === 'csv'
          ? String(pipelineFile(pipeline).content).trimEnd()
          : pipelineText(pipeline)
      return { json, text }
    })
}

function pipelineText(pipeline: PipelineFacts): string {
  const { items } = pipeline
  const rows = (list: 'UK1' | 'other') =>
    items
      .filter((each) => each.list === list)
      .map(({ reference, title, gross, route, routeAssumed, startBy, overdue, why }) => [
        reference,
        title,
        gross === null ? 'unknown' : figure(Math.round(Number(gross))),
        routeAssumed ? `${route} (assumed)` : route,
        overdue ? `${startBy} (passed)` : startBy,
        why,
      ])
  const headings = ['reference', 'title', 'with VAT (£)', 'route', 'notice or start by', 'check']
  const { months, quarters } = pipelineCounts(pipeline)
  const said = (counts: readonly (readonly [string, number])[]) =>
    counts.map(([name, count]) => `${name}: ${count}`).join(', ')
  const [notice, other] = [rows('UK1'), rows('other')]
  return [
    pipelineWords(pipeline).join('\n'),
    ...(notice.length === 0 ? [] : [`UK1: check\n${table(headings, notice)}`]),
    ...(other.length === 0 ? [] : [`Other replacements\n${table(headings, other)}`]),
    ...(items.length === 0
      ? []
      : [`By calendar quarter: ${said(quarters)}\nBy month: ${said(months)}`]),
  ].join('\n\n')
}
