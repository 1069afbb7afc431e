/** Commands of the watch itself: sweep, deliver, resume, weekly. */
import type { Command } from 'commander'
import { deliverDue } from '../delivery/deliver.ts'
import { resume, WORKSPACE } from '../delivery/throttle.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import { Refusal } from '../domain/refusal.ts'
import { dayText } from '../domain/words.ts'
import { terminalText } from '../messages/terminal.ts'
import { weeklyMessage } from '../messages/weekly.ts'
import type { Program } from '../program.ts'
import { sweep } from '../watch/sweep.ts'
import { factsOfWeek, queueWeekly, weeklySlot } from '../watch/weekly.ts'
import { dateOption } from './options.ts'
import { type CommonOptions, run } from './run.ts'
import { teamOf } from './teams.ts'

export function addWatching(cli: Command): void {
  addSweep(cli)
  addDeliver(cli)
  addResume(cli)
  addWeekly(cli)
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
        // Slack's client takes its time to load, and no other command needs it.
        const { deliveryDeps } = await import('../outgoing.ts')
        const delivered = await deliverDue(deliveryDeps(program, terminal))
        const { sent, retried, uncertain, blocked, dead } = delivered
        const text = `${sent} sent, ${retried} to be tried again, ${uncertain} uncertain, ${blocked} blocked, ${dead} dead.`
        return { json: { sent, retried, uncertain, blocked, dead }, text }
      }),
    )
}

function addResume(cli: Command): void {
  cli
    .command('resume')
    .description('end the pauses that Slack asked for, and try at once what waits for another try')
    .argument('<channel>', 'the channel as doctor names it, or all')
    .option('--json', 'one JSON object')
    .action((channel: string, options: CommonOptions) =>
      run(options, async ({ pool, organisation }) => {
        const resumed = await resume(pool, organisation.id, channel === 'all' ? null : channel)
        const text =
          resumed.length === 0
            ? 'Nothing was waiting there.'
            : `Tried at once: ${resumed.map((each) => (each === WORKSPACE ? 'the workspace' : each)).join(', ')}.`
        return { json: { resumed }, text }
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
