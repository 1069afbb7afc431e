/** `sweep`, `deliver`, `weekly`, `simulate` and `calendar`. */

import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { FeedScope } from '../actions/calendar-feeds.ts'
import type { Program } from '../app/app.ts'
import { type CivilDate, civilDateIn, dayText } from '../rules/civil-date.ts'
import { DEADLINE_KINDS } from '../rules/contract.ts'
import { readSchedule } from '../rules/reminder-schedule.ts'
import type { RuleSettings } from '../rules/settings.ts'
import { isRecord } from '../rules/text-match.ts'
import { UserError } from '../rules/user-error.ts'
import { terminalText } from '../text/terminal.ts'
import { weeklyMessage } from '../text/weekly.ts'
import { counted, estimateWords } from '../text/words.ts'
import type { ScheduleComparison, SimulatedMessage, Simulation } from '../warnings/simulate.ts'
import {
  type Answer,
  actorOf,
  type Cli,
  type CommonOptions,
  dateOption,
  table,
  teamOf,
  wholeOption,
} from './run.ts'

export function addWatching(cli: Cli): void {
  addSweep(cli)
  addDeliver(cli)
  addResume(cli)
  addWeekly(cli)
}

function addSweep(cli: Cli): void {
  cli
    .command('sweep')
    .description('raise the warnings of a day, each once')
    .option('--as-of <date>', 'the day (default: today)', dateOption)
    .answers(async (program, options: { asOf?: CivilDate }) => {
      const { sweep } = await import('../warnings/sweep.ts')
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
      const text = () =>
        `Swept ${dayText(asOf)} in ${ms} ms: ${result.raised} warnings raised, ${result.superseded} superseded, ${result.queued} messages queued.`
      return { json: { asOf, ...result, ms }, text }
    })
}

/** A day that has not come yet would warn people of what is not so yet. */
function refuseFuture(program: Program, asOf: CivilDate): void {
  if (program.settings.slack.botToken === null || asOf <= program.today()) return
  throw new UserError(
    `${asOf} has not come yet, and with a Slack token set its warnings would go to real people. Unset SLACK_BOT_TOKEN to try days ahead, or use simulate.`,
  )
}

function addDeliver(cli: Cli): void {
  cli
    .command('deliver')
    .description('send what is queued, until nothing is due now')
    .answers(async (program, options: CommonOptions) => {
      const { deliverDue } = await import('../delivery/worker.ts')
      const terminal = options.json === true ? process.stderr : process.stdout
      const { deliveryDeps, gatewayFor } = await import('../app/slack.ts')
      const gateway = await gatewayFor(program.settings, terminal)
      const delivered = await deliverDue(deliveryDeps(program, gateway))
      const { sent, retried, uncertain, blocked, dead } = delivered
      const text = () =>
        `${sent} sent, ${retried} to be tried again, ${uncertain} uncertain, ${blocked} blocked, ${dead} dead.`
      return { json: { sent, retried, uncertain, blocked, dead }, text }
    })
}

function addResume(cli: Cli): void {
  cli
    .command('resume')
    .description('end the pauses that Slack asked for, and try at once what waits for another try')
    .argument('<channel>', 'the channel as doctor names it, or all')
    .answers(async ({ pool, organisation }, channel: string) => {
      const { WORKSPACE, resume } = await import('../delivery/rate-limit.ts')
      const resumed = await resume(pool, organisation.id, channel === 'all' ? null : channel)
      const text = () =>
        resumed.length === 0
          ? 'Nothing was waiting there.'
          : `Tried at once: ${resumed.map((each) => (each === WORKSPACE ? 'the workspace' : each)).join(', ')}.`
      return { json: { resumed }, text }
    })
}

function addWeekly(cli: Cli): void {
  cli
    .command('weekly')
    .description('the weekly summary of a team, or of the organisation')
    .option('--as-of <date>', 'of the week of this day (default: today)', dateOption)
    .option('--team <team>', 'of this team')
    .option('--all', 'across all teams, for the executive channel where one is set')
    .option('--post', 'queue it for the channel, once for each slot')
    .answers(async (program, options: WeeklyOptions) => {
      const { factsOfWeek, queueWeekly } = await import('../reports/weekly.ts')
      const { weeklySlot } = await import('../warnings/schedule.ts')
      const { pool, organisation, rulesOf, settings } = program
      if (options.all && options.team !== undefined) {
        throw new UserError('Name a team, or ask for all of them: not both.')
      }
      const team = await teamOf(program, options.team)
      const across = options.all ? settings.executiveChannel : null
      const rules = rulesOf(team ?? organisation)
      const day = options.asOf ?? (team === null ? program.today() : program.todayOf(team))
      const slot = weeklySlot(day, settings.weeklyOn, rules)
      const context = {
        organisationId: organisation.id,
        rules,
        rulesOf,
        team,
        slot,
        day,
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
          typeof value === 'number' ? [[name, value]] : isList(value) ? [[name, value.total]] : [],
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
      return { json, text: () => terminalText(message, { width: 90, colour: false }) }
    })
}

type WeeklyOptions = {
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

interface Whose {
  readonly team?: string
  readonly person?: string
}

const TEAM = "a team's deadlines"
const PERSON = 'those of contracts that this person answers for: a Slack id, email address or name'

export function addCalendar(cli: Cli): void {
  const calendar = cli
    .command('calendar')
    .description('private addresses at which calendar programs fetch deadlines')
  calendar
    .command('open')
    .description('make a new address; it is shown this once')
    .option('--team <team>', TEAM)
    .option('--person <who>', PERSON)
    .answers((program, options: Whose) => opened(program, options))
  calendar
    .command('revoke')
    .description('end all addresses of a team or a person at once')
    .option('--team <team>', TEAM)
    .option('--person <who>', PERSON)
    .answers(async (program, options: Whose) => {
      const { endFeeds } = await import('../actions/calendar-feeds.ts')
      const scope = await scopeOf(program, options)
      const ended = await endFeeds(program.pool, actorOf(program), scope, scope.team !== null)
      return {
        json: { ended },
        text: () => `${counted(ended, 'calendar address', 'calendar addresses')} ended.`,
      }
    })
  calendar
    .command('list', { isDefault: true })
    .description('the addresses that are in use: whose, and since when')
    .answers(async ({ pool, organisation }) => {
      const { listFeeds } = await import('../actions/calendar-feeds.ts')
      const items = await listFeeds(pool, organisation.id)
      const rows = items.map(({ team, person, createdAt }) => [
        team === null ? 'contracts of the person' : `team ${team}`,
        person ?? 'command line',
        civilDateIn(createdAt, organisation.timeZone),
      ])
      const text = () =>
        items.length === 0
          ? 'No calendar address is in use: calendar open makes one.'
          : table(['calendar of', 'for', 'since'], rows)
      return { json: { items }, text }
    })
}

async function opened(program: Program, options: Whose) {
  const { calendarAddress, openFeed } = await import('../actions/calendar-feeds.ts')
  const { pool, settings } = program
  if (settings.publicUrl === null) {
    throw new UserError(
      'Calendars cannot reach Lapsewatch yet. Set LAPSEWATCH_PUBLIC_URL to the address at which they can, such as https://contracts.trust.example.',
    )
  }
  const token = await openFeed(pool, actorOf(program), await scopeOf(program, options))
  const address = calendarAddress(settings.publicUrl, token)
  return {
    json: { address },
    text: () =>
      `${address}\n\nWhoever has this address can read the deadlines. It is shown this once; end it with calendar revoke.`,
  }
}

async function scopeOf(program: Program, { team, person }: Whose): Promise<FeedScope> {
  const { findPerson } = await import('../database/organisation.ts')
  const { pool, organisation } = program
  if ((team === undefined) === (person === undefined)) {
    throw new UserError('Whose calendar? Give --team or --person, one of the two.')
  }
  if (person !== undefined) {
    const { id, goneOn } = await findPerson(pool, organisation.id, person)
    if (goneOn !== null) {
      throw new UserError('That person has left: nothing is shown to them any more.')
    }
    return { personId: id, team: null }
  }
  return { personId: null, team: await teamOf(program, team) }
}

interface Span {
  readonly from: CivilDate
  readonly to: CivilDate
  readonly register?: string
  readonly ladder?: string
  readonly list: number
}

/** So many warnings are listed with their text unless another number is asked for. */
const LISTED = 10_000

export function addSimulate(cli: Cli): void {
  cli
    .command('simulate')
    .description('what would have been sent over a span of days; nothing is written')
    .requiredOption('--from <date>', 'the first day', dateOption)
    .requiredOption('--to <date>', 'the last day', dateOption)
    .option(
      '--register <file>',
      'of this register, as if it had been watched from the first day on',
    )
    .option(
      '--list <n>',
      'list so many warnings with their text',
      wholeOption(0, 1_000_000),
      LISTED,
    )
    .answers(async (program, options: CommonOptions & Span) => {
      const { from, to, register, ladder } = options
      if (to < from)
        throw new UserError(
          `The span ends on ${to}, before it begins on ${from}: turn the two around.`,
        )
      const simulated = (of: Program, span: Span) =>
        register === undefined ? simulateOwn(of, span) : simulateFile(of, span, register)
      if (ladder !== undefined) {
        const all = { ...options, list: Number.POSITIVE_INFINITY }
        return triedSchedules(program, ladder, { from, to }, (of) => simulated(of, all))
      }
      const told = await simulated(program, options)
      return { json: { from, to, ...told }, text: () => simulationText(told, from, to) }
    })
}

async function simulateOwn(program: Program, { from, to, list }: Span): Promise<Simulation> {
  const { simulation } = await import('../warnings/simulate.ts')
  const { pool, organisation, rulesOf } = program
  const options = { organisationId: organisation.id, from, to, rulesOf, sourceId: null, held: true }
  return simulation(pool, options, list)
}

/** The register goes through the real import as of the first day, in a transaction that is taken back. */
async function simulateFile(
  program: Program,
  { from, to, list }: Span,
  file: string,
): Promise<Simulation> {
  const { readTeams } = await import('../database/organisation.ts')
  const { tryRegister } = await import('../register/import/import.ts')
  const { openRegister } = await import('../register/open.ts')
  const { simulation } = await import('../warnings/simulate.ts')
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
    dryRun: true,
  }
  return tryRegister(pool, opened, options, (client, sourceId) =>
    simulation(
      client,
      { organisationId: organisation.id, from, to, rulesOf, sourceId, held: false },
      list,
    ),
  )
}

function simulationText(told: Simulation, from: CivilDate, to: CivilDate): string {
  const { weeks, perChannelDay, leadDays, avoidance, warnings, leftOut } = told
  const messages = weeks.reduce((all, week) => all + week.messages, 0)
  const busiest = weeks.reduce((most, week) => Math.max(most, week.messages), 0)
  const notice = leadDays.map(({ days }) => days).sort((a, b) => a - b)
  const middle = notice[Math.floor(notice.length / 2)]
  const lines = [
    `${dayText(from)} to ${dayText(to)}: ${counted(messages, 'message')} would have been sent, carrying ${counted(warnings, 'warning')}.`,
    `${busiest} in the busiest week. In one channel on one working day: ${perChannelDay.max} at most, ${perChannelDay.p95} or fewer on 95 days of 100, ${perChannelDay.mean} on average.`,
    ...(middle === undefined
      ? []
      : [
          `${counted(notice.length, 'contract')} ${notice.length === 1 ? 'lapses' : 'lapse'} if nobody acts: the first warning comes ${middle} days before, by the median, ${notice[0]} at the least.`,
        ]),
    ...avoidance.map(
      ({ currency, amount, priced, of }) =>
        `${estimateWords(amount, currency)} potential cost avoidance by acting at the first warning (estimate), priced ${priced} of ${of}.`,
    ),
    ...listText(told.messages),
    ...(leftOut > 0 ? ['', `${leftOut} more warnings: list more of them with --list.`] : []),
  ]
  return lines.join('\n')
}

function listText(messages: readonly SimulatedMessage[]): string[] {
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
  return lines
}

type Schedules = NonNullable<RuleSettings['ladders']>

/** Simulates the same days twice: with today's rules, and as if the organisation had these ladders. */
export async function triedSchedules(
  program: Program,
  file: string,
  span: { readonly from: CivilDate; readonly to: CivilDate },
  simulated: (program: Program) => Promise<Simulation>,
): Promise<Answer> {
  const { withSchedules } = await import('../database/organisation.ts')
  const { compareSchedules } = await import('../warnings/simulate.ts')
  const schedules = await readSchedules(file)
  const rulesOf = withSchedules(program.rulesOf, schedules)
  const today = await simulated(program)
  const tried = await simulated({ ...program, rulesOf })
  const compared = compareSchedules({ today, tried })
  return {
    json: { ...span, ladders: schedules, ...compared },
    text: () => comparisonText(compared, span),
  }
}

/**
 * `{"end": [60, 30, 7, 0], "notice": "60, 7, 0 then once", "option": {"before": [30, 0]}}`, alone or
 * under "ladders". Kinds that it does not name stay as they are.
 * @throws UserError where the file is none.
 */
async function readSchedules(file: string): Promise<Schedules> {
  const { checkedRuleSettings } = await import('../rules/settings-text.ts')
  const given = readJson(file)
  const named = isRecord(given) && 'ladders' in given ? given.ladders : given
  if (!isRecord(named) || Object.keys(named).length === 0) {
    throw new UserError(
      `${file} holds no ladders: write an object such as {"end": [90, 30, 7, 0]}, by ${DEADLINE_KINDS.join(', ')}.`,
    )
  }
  const unknown = Object.keys(named).find((key) => !DEADLINE_KINDS.some((kind) => kind === key))
  if (unknown !== undefined) {
    throw new UserError(
      `${file} names "${unknown}", which is no kind of deadline: write ${DEADLINE_KINDS.join(', ')}.`,
    )
  }
  const schedules = Object.entries(named).map(([kind, schedule]) => [kind, scheduleOf(schedule)])
  return checkedRuleSettings({ ladders: Object.fromEntries(schedules) }).ladders ?? {}
}

function scheduleOf(given: unknown): unknown {
  if (typeof given === 'string') return readSchedule(given) ?? { before: given }
  return Array.isArray(given) ? { before: given } : given
}

function readJson(file: string): unknown {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    throw new UserError(`${file} cannot be read: name a JSON file of ladders.`)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new UserError(`${file} is no JSON: write an object such as {"end": [90, 30, 7, 0]}.`)
  }
}

function comparisonText(
  compared: ScheduleComparison,
  { from, to }: { readonly from: CivilDate; readonly to: CivilDate },
): string {
  const { messages, warnings, weeks, perChannelDay: day, leadDays } = compared
  const busiest = (of: 'today' | 'tried') => Math.max(0, ...weeks.map((week) => week[of]))
  const kinds = DEADLINE_KINDS.filter((kind) => leadDays.some((lead) => lead.kind === kind))
  const figures = table(
    ['', "today's ladders", 'tried'],
    [
      ['messages', messages.today, messages.tried],
      ['warnings', warnings.today, warnings.tried],
      ['busiest week', busiest('today'), busiest('tried')],
      ['most for a channel on a working day', day.today.max, day.tried.max],
      ['95 of 100 working days have at most', day.today.p95, day.tried.p95],
    ],
  )
  const leads = table(
    ['first warning, days before', "today's: middle", 'tried: middle', "never: today's", 'tried'],
    kinds.map((kind) => {
      const of = leadDays.filter((lead) => lead.kind === kind)
      const never = (which: 'today' | 'tried') => of.filter((lead) => lead[which] === null).length
      return [
        kind,
        middle(of.map(({ today }) => today)),
        middle(of.map(({ tried }) => tried)),
        never('today'),
        never('tried'),
      ]
    }),
  )
  const byWeek = table(
    ['week from', "today's", 'tried'],
    weeks.map(({ week, today, tried }) => [week, today, tried]),
  )
  return `${dayText(from)} to ${dayText(to)}, nothing was written:\n\n${figures}\n\n${leads}\n\n${byWeek}`
}

/** The middle one of those that came at all. */
function middle(days: readonly (number | null)[]): number | null {
  const known = days.filter((each) => each !== null).sort((a, b) => a - b)
  return known[Math.floor(known.length / 2)] ?? null
}
