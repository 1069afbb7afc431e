/** `simulate`: what a span of days would have brought; nothing is written. */
import { basename } from 'node:path'
import type { Command } from 'commander'
import { readTeams } from '../db/organisation.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import { Refusal } from '../domain/refusal.ts'
import { dayText } from '../domain/words.ts'
import { counted, estimateWords } from '../messages/words.ts'
import type { Program } from '../program.ts'
import { tryRegister } from '../register/apply/apply.ts'
import { openRegister } from '../register/open.ts'
import { LISTED, type SimulatedMessage, type Simulation, simulation } from '../watch/simulate.ts'
import { dateOption, wholeOption } from './options.ts'
import { type CommonOptions, run } from './run.ts'
import { triedLadders } from './try-ladders.ts'

interface Span {
  readonly from: CivilDate
  readonly to: CivilDate
  readonly register?: string
  readonly ladder?: string
  /** How many warnings are listed with their text. */
  readonly list: number
}

export function addSimulate(cli: Command): void {
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
    .option('--json', 'one JSON object')
    .action((options: CommonOptions & Span) =>
      run(options, async (program) => {
        const { from, to, register, ladder } = options
        if (to < from)
          throw new Refusal(
            `The span ends on ${to}, before it begins on ${from}: turn the two around.`,
          )
        const simulated = (of: Program, span: Span) =>
          register === undefined ? simulateOwn(of, span) : simulateFile(of, span, register)
        if (ladder !== undefined) {
          const all = { ...options, list: Number.POSITIVE_INFINITY }
          return triedLadders(program, ladder, { from, to }, async (of) => [
            ...(await simulated(of, all)).messages,
          ])
        }
        const told = await simulated(program, options)
        const text = options.json === true ? '' : simulationText(told, from, to)
        return { json: { from, to, ...told }, text }
      }),
    )
}

function simulateOwn(program: Program, { from, to, list }: Span): Promise<Simulation> {
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
