/** Commands about contracts: `contracts`, `due`, `show`, `explain`, `ack`, `decide`, `dispute`. */
import { type Command, Option } from 'commander'
import { acknowledge } from '../actions/acknowledge.ts'
import { type Actor, act } from '../actions/act.ts'
import { decide } from '../actions/decide.ts'
import type { Program } from '../app/app.ts'
import { readTeams } from '../database/organisation.ts'
import { editContract, editDocuments } from '../register/edit/edit.ts'
import { showContract } from '../reports/contract.ts'
import { type DueItem, findContract, listContracts, listDue, PAGE_SIZE } from '../reports/list.ts'
import { type CivilDate, dayText, MOST_DAYS_AHEAD } from '../rules/civil-date.ts'
import { DECIDABLE_KINDS, type DecidableKind } from '../rules/contract.ts'
import { UserError } from '../rules/user-error.ts'
import { answerSentence, type SentenceAnswer } from '../slack/facts/list.ts'
import { quotedAll } from '../text/help.ts'
import { amountWords, counted, figure } from '../text/words.ts'
import { explain } from '../warnings/explain.ts'
import {
  actorOf,
  type CommonOptions,
  dateOption,
  firstRows,
  run,
  table,
  tableOf,
  urlOption,
  visible,
  wholeOption,
} from './run.ts'
import { teamIdOf } from './teams.ts'

export function addAsking(cli: Command): void {
  addContracts(cli)
  addDue(cli)
  addAsk(cli)
  addShow(cli)
  addExplain(cli)
}

function addContracts(cli: Command): void {
  cli
    .command('contracts')
    .description('list the register, page by page')
    .option('--page <n>', 'which page', wholeOption(1, 1_000_000), 1)
    .option('--json', 'one JSON object')
    .action((options: CommonOptions & { page: number }) =>
      run(options, async (program) => {
        const { pool, organisation } = program
        const list = await listContracts(pool, organisation.id, options.page, program.today())
        const pages = Math.max(1, Math.ceil(list.total / PAGE_SIZE))
        const rows = list.items.map((each) => [
          each.reference,
          each.title,
          each.supplier,
          each.disputedEnd === undefined
            ? each.currentEnd
            : `${each.currentEnd ?? 'no end'}, or ${each.disputedEnd} by the register`,
          each.value,
          each.state,
        ])
        const text = `${table(['reference', 'title', 'supplier', 'ends', 'value', 'state'], rows)}\n\n${list.total} contracts, page ${options.page} of ${pages}`
        return { json: list, text }
      }),
    )
}

function addDue(cli: Command): void {
  cli
    .command('due')
    .description('what is due, by date; overdue first, how many of each on the first line')
    .option('--as-of <date>', 'as it would be on this day', dateOption)
    .option('--days <n>', 'how far ahead', wholeOption(0, MOST_DAYS_AHEAD), 90)
    .option('--team <team>', 'only this team')
    .option('--limit <n>', 'at most so many', wholeOption(1, 1_000_000))
    .option('--json', 'one JSON object')
    .action(
      (
        options: CommonOptions & { asOf?: CivilDate; days: number; team?: string; limit?: number },
      ) =>
        run(options, async (program) => {
          const asOf = options.asOf ?? program.today()
          const due = await listDue(program.pool, {
            organisationId: program.organisation.id,
            asOf,
            days: options.days,
            teamId: await teamIdOf(program, options.team),
            limit: options.limit ?? null,
            plannedLast: options.json !== true,
          })
          const items = due.items.map(
            ({ owner: _owner, value: _value, currency: _currency, assumed: _assumed, ...item }) =>
              item,
          )
          return {
            json: { asOf, total: due.total, items },
            text: () => dueText(asOf, options.days, due),
          }
        }),
    )
}

/** Days to start by on assumed routes that have passed plan, and stand in one line. */
function dueText(
  asOf: CivilDate,
  days: number,
  { total, items, counts }: Awaited<ReturnType<typeof listDue>>,
): string {
  const isPast = ({ assumed, severity }: DueItem) => assumed === true && severity === 'planned'
  const listed = items.filter((each) => !(isPast(each) && each.daysLeft < 0))
  const past = items.length - listed.length
  const parts = [
    `${figure(counts.overdue)} overdue`,
    `${figure(counts.within30)} in the next ${counted(Math.min(30, days), 'day')}`,
    ...(days > 30 ? [`${figure(counts.later)} later`] : []),
    ...(counts.planned === 0
      ? []
      : [`${figure(counts.planned)} to start by on routes that are assumed`]),
  ]
  const rows = listed.map((each) => [
    each.date,
    each.daysLeft,
    each.assumed === true ? `${each.severity}, assumed` : each.severity,
    each.kind,
    each.reference,
    each.title ?? each.supplier,
    each.owner,
    each.value === null ? null : amountWords(each.value, each.currency),
  ])
  const headings = ['date', 'days', 'severity', 'what', 'reference', 'contract', 'owner', 'value']
  return [
    `${dayText(asOf)}: ${figure(total)} due within ${days} days: ${parts.join(', ')}.`,
    ...(rows.length === 0 ? [] : [table(headings, rows)]),
    ...(total > items.length ? [`The first ${figure(items.length)} of ${figure(total)}.`] : []),
    ...(past === 0
      ? []
      : [
          `${counted(past, 'contract')} without a recorded route: the day to start by on the assumed one has passed. That plans and is no alarm; record the routes. --json lists them.`,
        ]),
  ].join('\n\n')
}

function addAsk(cli: Command): void {
  cli
    .command('ask')
    .description('contracts as a sentence asks for them, the words that were not read named')
    .argument('<sentence...>', 'such as: digital contracts over £1m ending before 31 march')
    .option('--as-of <date>', 'as it would be on this day', dateOption)
    .option('--json', 'one JSON object')
    .action((words: readonly string[], options: CommonOptions & { asOf?: CivilDate }) =>
      run(options, async (program) => {
        const { pool, organisation, rulesOf } = program
        const { calendar, financialYearStart } = rulesOf(organisation)
        const asOf = options.asOf ?? program.today()
        const place = {
          ...{ pool, organisationId: organisation.id, rulesOf, today: asOf },
          ...{ teams: () => readTeams(pool, organisation.id), timeZone: organisation.timeZone },
        }
        const asked = await answerSentence(place, words.join(' '), financialYearStart, calendar)
        return { json: { asOf, ...asked }, text: () => askedText(asOf, asked) }
      }),
    )
}

function askedText(asOf: CivilDate, { read, unread, total, items }: SentenceAnswer): string {
  const said = read.map(({ text }) => visible(text, 400)).join(' ')
  const missed =
    unread.length === 0
      ? null
      : `Not understood: ${quotedAll(unread.map((word) => visible(word)))}. Say it in other words, or leave it out.`
  const contracts = [counted(total, 'contract'), said].filter((part) => part !== '').join(' ')
  const rows = items.map((each) => [
    ...[each.reference, each.title, each.supplier, each.owner, each.currentEnd],
    each.value === null ? null : `${each.value} ${each.currency}`,
    each.state,
  ])
  const heading = total === 0 && missed !== null ? null : `${dayText(asOf)}: ${contracts}`
  const acts = read.some(({ what }) => what === 'act')
  const listed =
    total === 0
      ? null
      : firstRows(['reference', 'title', 'supplier', 'owner', 'ends', 'value', 'state'], rows)
  const note = acts
    ? 'Nothing was done: ask only answers. See lapsewatch help for the command.'
    : null
  return [missed, heading, listed, note].filter((part) => part !== null).join('\n\n')
}

function addShow(cli: Command): void {
  cli
    .command('show')
    .description('everything known of one contract')
    .argument('<reference>', 'its reference, a unique part of it or of its title, or #number')
    .option('--json', 'one JSON object')
    .action((reference: string, options: CommonOptions) =>
      run(options, async (program) => {
        const { pool, organisation, rulesOf } = program
        const id = await findContract(pool, organisation.id, reference)
        const shown = await showContract(pool, organisation.id, id, program.today(), rulesOf)
        return { json: shown, text: () => showText(shown) }
      }),
    )
}

function showText(shown: Awaited<ReturnType<typeof showContract>>): string {
  const facts: [string, string | null][] = [
    ['title', shown.title],
    ['buyer', shown.buyer],
    ['supplier', shown.supplier],
    ...(shown.parent === undefined ? [] : [['called off under', shown.parent] as [string, string]]),
    ['start', shown.start],
    [
      'awarded end',
      shown.end === null
        ? null
        : `${shown.end}${shown.endPrecision === 'day' ? '' : ` (known to the ${shown.endPrecision})`}`,
    ],
    [
      'current end',
      shown.currentEnd === null
        ? null
        : `${shown.currentEnd}, from ${shown.endSource ?? 'nowhere named'}`,
    ],
    ['value', valueWords(shown)],
    ...termRows(shown),
    ['state', shown.state],
  ]
  const { deadlines, checkpoints, extensions, alerts } = shown
  const reasons = deadlines.map(({ kind, reason }) => `  ${kind}: ${visible(reason, 400)}`)
  const parts = [
    visible(shown.reference),
    table(['', ''], facts),
    documentLines(shown.documents),
    ...(deadlines.length === 0 ? [] : [deadlineTable(deadlines), reasons.join('\n')]),
    tableOf(checkpoints, {
      'Step of the procurement': 'name',
      Due: 'on',
      Planned: 'plannedOn',
      Asked: 'askedOn',
      Done: 'doneOn',
      Slips: 'slips',
    }),
    tableOf(extensions, {
      extension: 'kind',
      status: 'status',
      from: 'from',
      to: 'to',
      cost: 'cost',
    }),
    tableOf(shown.covers ?? [], {
      covers: 'name',
      kind: 'kind',
      count: 'count',
      'support ends': ({ supportEnds }) => supportEnds ?? 'unknown',
      extended: 'extendedEnds',
    }),
    ...(shown.covers ?? []).flatMap(({ name, findings }) =>
      findings.map(({ why }) => `? ${visible(name)}: ${visible(why, 400)}`),
    ),
    tableOf(alerts, { 'warned of': 'kind', 'days before': 'rung', on: 'raisedOn', state: 'state' }),
  ].filter((part) => part !== null)
  for (const { id, text, holds } of shown.questions) {
    parts.push(`? question ${id}: ${visible(text, 400)} Until it is answered: ${visible(holds)}.`)
  }
  for (const problem of shown.problems) parts.push(`! ${visible(problem, 400)}`)
  return parts.join('\n\n')
}

function termRows({
  notice,
  automaticRenewal: renews,
}: Awaited<ReturnType<typeof showContract>>): [string, string][] {
  return [
    ...(notice === null ? [] : [['notice', notice.text] as [string, string]]),
    ...(renews === null ? [] : [['renews by itself', renews ? 'yes' : 'no'] as [string, string]]),
  ]
}

function valueWords({ value, valueText, currency }: Awaited<ReturnType<typeof showContract>>) {
  const words = valueText === null ? null : `“${valueText}”`
  if (value === null) return words
  return words === null ? `${value} ${currency}` : `${value} ${currency}, from ${words}`
}

function addExplain(cli: Command): void {
  cli
    .command('explain')
    .description('why a contract was or was not warned of, and what comes next')
    .argument('<reference>', 'its reference')
    .option('--as-of <date>', 'on this day', dateOption)
    .option('--json', 'one JSON object')
    .action((reference: string, options: CommonOptions & { asOf?: CivilDate }) =>
      run(options, async (program) => {
        const { pool, organisation, rulesOf } = program
        const id = await findContract(pool, organisation.id, reference)
        const asOf = options.asOf ?? program.today()
        const told = await explain(pool, organisation.id, id, asOf, rulesOf)
        const parts = [
          `${visible(told.reference)} on ${dayText(asOf)}`,
          tableOf(told.raised, {
            'warned of': 'kind',
            'days before': 'rung',
            on: 'on',
            'sent on': 'sentOn',
            state: 'state',
          }) ?? 'Nobody has been warned of it yet.',
          tableOf(told.next, { next: 'kind', 'days before': 'rung', on: 'on' }),
        ].filter((part) => part !== null)
        for (const { kind, why } of told.silent) parts.push(`silent about ${kind}: ${why}`)
        return { json: told, text: parts.join('\n\n') }
      }),
    )
}

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
              throw new UserError(
                `The register and people give the same end for ${reference}: there is nothing to settle.`,
              )
            }
            const said = { changes: {}, terminatesOn: null, why, holds }
            return editContract(client, { ...actor, ...acted, contractId }, said)
          })
        }),
    )
}

export function addDocuments(cli: Command): void {
  const document = cli.command('document').description('links to where a contract is kept')
  for (const [name, does] of [
    ['add', 'add a link to a contract’s documents, or give one another title'],
    ['remove', 'take a link away'],
  ] as const) {
    const command = document
      .command(name)
      .description(does)
      .argument('<reference>', 'the contract')
      .argument('<url>', 'its address, from https:// on')
      .option('--json', 'one JSON object')
    if (name === 'add') {
      command.option('--title <text>', 'what it is called (default: the name of the file)')
    }
    command.action((reference: string, url: string, options: CommonOptions & { title?: string }) =>
      run(options, async (program) => {
        const { pool, organisation, rulesOf } = program
        const id = await findContract(pool, organisation.id, reference)
        const actor = actorOf(program)
        const typed = { url, title: options.title ?? null, isAdded: name === 'add' }
        await act(pool, actor, id, (client, acted) =>
          editDocuments(client, { ...actor, ...acted, contractId: id }, typed),
        )
        const shown = await showContract(pool, organisation.id, id, program.today(), rulesOf)
        const { reference: of, documents } = shown
        const listed = documentLines(documents) ?? 'It has no documents now.'
        return { json: { reference: of, documents }, text: `${visible(of)}\n${listed}` }
      }),
    )
  }
}

function documentLines(documents: ShownDocuments): string | null {
  const lines = documents.map(({ title, url }) => `  ${visible(title, 150)}: ${visible(url, 1000)}`)
  return lines.length === 0 ? null : ['Documents', ...lines].join('\n')
}
type ShownDocuments = Awaited<ReturnType<typeof showContract>>['documents']

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
    .option(
      '--for <date>',
      'where several dates are open: the date, or the end, that it is about',
      dateOption,
    )
    .option('--json', 'one JSON object')
    .action(
      (
        reference: string,
        options: CommonOptions & {
          kind: DecidableKind
          decision: string
          evidence?: string
          for?: CivilDate
        },
      ) =>
        onContract(reference, options, (program, actor, id) =>
          decide(program.pool, actor, id, {
            kind: options.kind,
            text: options.decision,
            evidence: options.evidence ?? null,
            about: options.for ?? null,
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
    const text = `${shown.reference} ends on ${currentEnd ?? 'no known day'}.\n\n${deadlineTable(deadlines)}`
    return { json: { reference: shown.reference, currentEnd, deadlines }, text }
  })
}

export function deadlineTable(
  deadlines: Awaited<ReturnType<typeof showContract>>['deadlines'],
): string {
  const rows = deadlines.map(({ kind, date, nextRungOn, settled }) => {
    return [kind, date, nextRungOn, settled ? 'yes' : 'no']
  })
  return table(['deadline', 'date', 'next told', 'settled'], rows)
}
