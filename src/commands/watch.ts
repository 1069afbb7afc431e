/** Commands of the watch itself: sweep, deliver, weekly, simulate. */
import { basename } from 'node:path'
import type { Command } from 'commander'
import { readTeams } from '../db/organisation.ts'
import { deliverDue } from '../delivery/deliver.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import { Refusal } from '../domain/refusal.ts'
import { dayText } from '../domain/words.ts'
import { terminalText } from '../messages/terminal.ts'
import { weeklyMessage } from '../messages/weekly.ts'
import { deliveryDeps } from '../outgoing.ts'
import type { Program } from '../program.ts'
import { tryRegister } from '../register/apply/apply.ts'
import { openRegister } from '../register/open.ts'
import { type SimulatedMessage, simulate } from '../watch/simulate.ts'
import { sweep } from '../watch/sweep.ts'
import { factsOfWeek, queueWeekly, weeklySlot } from '../watch/weekly.ts'
import { dateOption } from './options.ts'
import { type CommonOptions, run } from './run.ts'
import { teamOf } from './teams.ts'
import { triedLadders } from './try-ladders.ts'

export function addWatching(cli: Command): void {
  addSweep(cli)
  addDeliver(cli)
  addWeekly(cli)
  addSimulate(cli)
}

function addSweep(cli: Command): void {
  cli
    .command('sweep')
    .description('raise the warnings of a day, each once')
    .option('--as-of <date>', 'the day (default: today)', dateOption)
    .option('--json', 'one JSON object')
    .action((options: CommonOptions & { asOf?: CivilDate }) =>
      run(options, async (program) => {
        const asOf = options.asOf ?? program.today()
        refuseFuture(program, asOf)
        const began = performance.now()
        const result = await sweep(program.pool, {
          organisationId: program.organisation.id,
          rulesOf: program.rulesOf,
          dayOf: (team) => options.asOf ?? program.todayOf(team),
          teamIds: null,
          now: program.now(),
        })
        const ms = Math.round((performance.now() - began) * 10) / 10
        const text = `Swept ${dayText(asOf)} in ${ms} ms: ${result.raised} warnings raised, ${result.superseded} superseded, ${result.queued} messages queued.`
        return { json: { asOf, ...result, ms }, text }
      }),
    )
}

/** A day that has not come yet would warn people of what is not so yet. */
function refuseFuture(program: Program, asOf: CivilDate): void {
  if (program.settings.slack.botToken === null || asOf <= program.today()) return
  throw new Refusal(
    `${asOf} has not come yet, and with a Slack token set its warnings would go to real people. Unset SLACK_BOT_TOKEN to try days ahead, or use simulate.`,
  )
}

function addDeliver(cli: Command): void {
  cli
    .command('deliver')
    .description('send what is queued, until nothing is due now')
    .option('--json', 'one JSON object')
    .action((options: CommonOptions) =>
      run(options, async (program) => {
        const terminal = options.json === true ? process.stderr : process.stdout
        const delivered = await deliverDue(deliveryDeps(program, terminal))
        const { sent, retried, uncertain, blocked, dead } = delivered
        const text = `${sent} sent, ${retried} to be tried again, ${uncertain} uncertain, ${blocked} blocked, ${dead} dead.`
        return { json: { sent, retried, uncertain, blocked, dead }, text }
      }),
    )
}

function addWeekly(cli: Command): void {
  cli
    .command('weekly')
    .description('the weekly summary of a team, or of the organisation')
    .option('--as-of <date>', 'of the week of this day (default: today)', dateOption)
    .option('--team <team>', 'of this team')
    .option('--all', 'across all teams, for the executive channel where one is set')
    .option('--post', 'queue it for the channel, once for each slot')
    .option('--json', 'one JSON object')
    .action((options: WeeklyOptions) =>
      run(options, async (program) => {
        const { pool, organisation, rulesOf, settings } = program
        if (options.all && options.team !== undefined) {
          throw new Refusal('Name a team, or ask for all of them: not both.')
        }
        const team = await teamOf(program, options.team)
        const across = options.all ? settings.executiveChannel : null
        const rules = rulesOf(team ?? organisation)
        const slot = weeklySlot(options.asOf ?? program.today(), settings.weeklyOn, rules)
        const context = {
          organisationId: organisation.id,
          rules,
          rulesOf,
          team,
          slot,
          hoursLate: null,
          ...(across === null ? {} : { destination: across }),
        }
        const facts = await factsOfWeek(pool, context)
        if (options.post) {
          refuseFuture(program, slot)
          await queueWeekly(pool, context, facts)
        }
        const message = weeklyMessage(facts)
        const figures = Object.fromEntries(
          Object.entries(facts).flatMap(([name, value]) =>
            typeof value === 'number'
              ? [[name, value]]
              : isList(value)
                ? [[name, value.total]]
                : [],
          ),
        )
        const json = {
          slot,
          team: team?.name ?? null,
          text: message.text,
          blocks: message.blocks,
          figures,
          five: facts.five,
          before: facts.before ?? null,
          teams: facts.teams ?? [],
          months: facts.months?.months ?? [],
        }
        return { json, text: terminalText(message, { width: 90, colour: false }) }
      }),
    )
}

type WeeklyOptions = CommonOptions & {
  readonly asOf?: CivilDate
  readonly team?: string
  readonly all?: boolean
  readonly post?: boolean
}

function isList(value: unknown): value is { readonly total: number } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'total' in value &&
    typeof value.total === 'number'
  )
}

interface SimulateOptions extends CommonOptions {
  readonly from: CivilDate
  readonly to: CivilDate
  readonly register?: string
  readonly ladder?: string
}

function addSimulate(cli: Command): void {
  cli
    .command('simulate')
    .description('what would have been sent over a span of days; nothing is written')
    .requiredOption('--from <date>', 'the first day', dateOption)
    .requiredOption('--to <date>', 'the last day', dateOption)
    .option(
      '--register <file>',
      'of this register, as if it had been watched from the first day on',
    )
    .option('--ladder <file>', "with the ladders of this JSON file, beside today's")
    .option('--json', 'one JSON object')
    .action((options: SimulateOptions) =>
      run(options, async (program) => {
        const { from, to, register, ladder } = options
        if (to < from)
          throw new Refusal(
            `The span ends on ${to}, before it begins on ${from}: turn the two around.`,
          )
        const simulated = (of: Program) =>
          register === undefined ? simulateOwn(of, from, to) : simulateFile(of, from, to, register)
        if (ladder !== undefined) return triedLadders(program, ladder, { from, to }, simulated)
        const messages = await simulated(program)
        return { json: { from, to, messages }, text: simulationText(messages, from, to) }
      }),
    )
}

function simulateOwn(
  program: Program,
  from: CivilDate,
  to: CivilDate,
): Promise<SimulatedMessage[]> {
  const { pool, organisation, rulesOf } = program
  return simulate(pool, {
    organisationId: organisation.id,
    from,
    to,
    rulesOf,
    sourceId: null,
    held: true,
  })
}

/** The register goes through the real import as of the first day, in a transaction that is taken back. */
async function simulateFile(
  program: Program,
  from: CivilDate,
  to: CivilDate,
  file: string,
): Promise<SimulatedMessage[]> {
  const { organisation, rulesOf, pool } = program
  const opened = await openRegister(file, {
    map: new Map(),
    dates: null,
    timeZone: null,
    today: from,
  })
  const options = {
    organisationId: organisation.id,
    file: basename(file),
    sha256: '',
    source: `simulation of ${basename(file)}`,
    team: (await readTeams(pool, organisation.id)).find((each) => each.isDefault) ?? null,
    today: from,
    now: program.now(),
    via: 'simulation',
    byPersonId: null,
    rulesOf,
    triageDays: 0,
    isSample: false,
    dryRun: true,
    strict: false,
    onProgress: () => undefined,
  }
  return tryRegister(pool, opened, options, (client, sourceId) =>
    simulate(client, { organisationId: organisation.id, from, to, rulesOf, sourceId, held: false }),
  )
}

function simulationText(
  messages: readonly SimulatedMessage[],
  from: CivilDate,
  to: CivilDate,
): string {
  const ids = new Set(messages.map((message) => message.messageId))
  const heading = `${dayText(from)} to ${dayText(to)}: ${ids.size} messages would have been sent, carrying ${messages.length} warnings.`
  const lines: string[] = []
  let last = ''
  for (const message of messages) {
    if (message.messageId !== last || !message.messageId.endsWith(message.reference)) {
      const first = message.text.split('\n').slice(0, 3).join(' ')
      if (message.messageId !== last) lines.push('', `${dayText(message.on)}`)
      lines.push(`  ${message.reference} · ${message.kind} at ${message.rung} days: ${first}`)
    }
    last = message.messageId
  }
  return [heading, ...lines].join('\n')
}
