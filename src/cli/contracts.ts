/** Commands about contracts: `contracts`, `due`, `show`, `explain`, `ack`, `decide`, `dispute`. */
import { Option } from 'commander'
import type { Actor } from '../actions/act.ts'
import type { MembersSet } from '../actions/umbrella.ts'
import type { Program } from '../app/app.ts'
import type { DateOrder, Problem } from '../register/draft.ts'
import type { ListedMember } from '../register/import/umbrella.ts'
import type { ReadUmbrella, ShownContract } from '../reports/contract.ts'
import type { DueItem, listDue } from '../reports/list.ts'
import { type CivilDate, DUE_DAYS_AHEAD, dayText, MOST_DAYS_AHEAD } from '../rules/civil-date.ts'
import { DECIDABLE_KINDS, type DecidableKind, SOON_DAYS } from '../rules/contract.ts'
import { defined, groupedBy } from '../rules/text-match.ts'
import { UserError } from '../rules/user-error.ts'
import type { SentenceAnswer } from '../slack/facts/list.ts'
import { whyWords } from '../text/deadline.ts'
import { explainAnswer, releasesAnswer } from '../text/explain.ts'
import { quotedAll, reportWords } from '../text/help.ts'
import { MEMBER_HEADINGS, memberRows, umbrellaSentence } from '../text/umbrella.ts'
import { counted, figure, spendWords, worthWords } from '../text/words.ts'
import {
  type Answer,
  actorOf,
  type Cli,
  type CommonOptions,
  contractNamed,
  dateOption,
  firstRows,
  ON_TERMINAL,
  table,
  tableOf,
  teamIdOf,
  told,
  urlOption,
  visible,
  wholeOption,
} from './run.ts'

export function addAsking(cli: Cli): void {
  addContracts(cli)
  addDue(cli)
  addAsk(cli)
  addShow(cli)
  addExplain(cli)
}

function addContracts(cli: Cli): void {
  cli
    .command('contracts')
    .description('list the register, page by page')
    .option('--page <n>', 'which page', wholeOption(1, 1_000_000), 1)
    .answers(async (program, options: { page: number }) => {
      const { PAGE_SIZE, listContracts } = await import('../reports/list.ts')
      const { pool, organisation } = program
      const list = await listContracts(pool, organisation.id, options.page, program.today())
      const pages = Math.max(1, Math.ceil(list.total / PAGE_SIZE))
      const text = () => {
        const rows = list.items.map((each) => [
          each.reference,
          each.title,
          each.supplier,
          each.disputedEnd === undefined
            ? each.currentEnd
            : `${each.currentEnd ?? 'no end'}, or ${each.disputedEnd} by the register`,
          each.value === null ? null : worthWords(each, spendWords),
          each.state,
        ])
        return `${table(['reference', 'title', 'supplier', 'ends', 'value', 'state'], rows)}\n\n${counted(list.total, 'contract')}, page ${options.page} of ${pages}`
      }
      return { json: list, text }
    })
}

function addDue(cli: Cli): void {
  cli
    .command('due')
    .description('what is due, by date; overdue first, how many of each on the first line')
    .option('--as-of <date>', 'as it would be on this day', dateOption)
    .option('--days <n>', 'how far ahead', wholeOption(0, MOST_DAYS_AHEAD), DUE_DAYS_AHEAD)
    .option('--team <team>', 'only this team')
    .option('--limit <n>', 'at most so many', wholeOption(1, 1_000_000))
    .answers(
      async (
        program,
        options: CommonOptions & { asOf?: CivilDate; days: number; team?: string; limit?: number },
      ) => {
        const { listDue } = await import('../reports/list.ts')
        const asOf = options.asOf ?? program.today()
        const due = await listDue(program.pool, {
          organisationId: program.organisation.id,
          asOf,
          days: options.days,
          teamId: await teamIdOf(program, options.team),
          limit: options.limit ?? null,
          plannedLast: options.json !== true,
        })
        return {
          json: { asOf, total: due.total, items: due.items.map(dueJson) },
          text: () => dueText(asOf, options.days, due),
        }
      },
    )
}

function dueJson(item: DueItem) {
  const { reference, title, supplier, kind, date, daysLeft, severity, reason } = item
  return { reference, title, supplier, kind, date, daysLeft, severity, reason }
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
    `${figure(counts.within30)} in the next ${counted(Math.min(SOON_DAYS, days), 'day')}`,
    ...(days > SOON_DAYS ? [`${figure(counts.later)} later`] : []),
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
    each.value === null ? null : worthWords(each),
  ])
  const headings = ['date', 'days', 'severity', 'what', 'reference', 'contract', 'owner', 'value']
  return [
    `${dayText(asOf)}: ${figure(total)} due within ${days} days: ${parts.join(', ')}.`,
    ...(rows.length === 0 ? [] : [table(headings, rows)]),
    ...(total > items.length ? [`The first ${figure(items.length)} of ${figure(total)}.`] : []),
    ...(past === 0
      ? []
      : [
          `${counted(past, 'contract')} without a recorded route: the day to start buying on the assumed one has passed. That plans and is no alarm; record the routes. --json lists them.`,
        ]),
  ].join('\n\n')
}

function addAsk(cli: Cli): void {
  cli
    .command('ask')
    .description('contracts as a sentence asks for them, the words that were not read named')
    .argument('<sentence...>', 'such as: digital contracts over £1m ending before 31 march')
    .option('--as-of <date>', 'as it would be on this day', dateOption)
    .answers(async (program, words: readonly string[], options: { asOf?: CivilDate }) => {
      const { readTeams } = await import('../database/organisation.ts')
      const { answerSentence } = await import('../slack/facts/list.ts')
      const { pool, organisation, rulesOf } = program
      const { calendar, financialYearStart } = rulesOf(organisation)
      const asOf = options.asOf ?? program.today()
      const place = {
        ...{ pool, organisationId: organisation.id, rulesOf, today: asOf },
        ...{ teams: () => readTeams(pool, organisation.id), timeZone: organisation.timeZone },
      }
      const asked = await answerSentence(place, words.join(' '), financialYearStart, calendar)
      return { json: { asOf, ...asked }, text: () => askedText(asOf, asked) }
    })
}

function askedText(asOf: CivilDate, { read, unread, total, items }: SentenceAnswer): string {
  const verdict = read.find(({ what }) => what === 'verdict')
  const rest = read.filter((each) => each !== verdict)
  const said = rest.map(({ text }) => visible(text, 400)).join(' ')
  const missed =
    unread.length === 0
      ? null
      : `Not understood: ${quotedAll(unread.map((word) => visible(word)))}. Say it in other words, or leave it out.`
  const told = reportWords(
    unread,
    (verb) => `lapsewatch ${verb === 'ledger' ? 'extensions' : verb}`,
  )
  const contracts = [counted(total, 'contract'), said].filter((part) => part !== '').join(' ')
  const rows = items.map((each) => [
    ...[each.reference, each.title, each.supplier, each.owner, each.currentEnd],
    each.value === null ? null : worthWords(each, spendWords),
    each.state,
  ])
  const heading = total === 0 && missed !== null ? null : `${dayText(asOf)}: ${contracts}`
  const acts = read.some(({ what }) => what === 'act')
  const listed =
    total === 0
      ? null
      : firstRows(['reference', 'title', 'supplier', 'owner', 'ends', 'value', 'state'], rows)
  const note = acts
    ? 'Nothing was done: ask only answers. See lapsewatch help for what can be done here.'
    : null
  const first = verdict === undefined ? null : visible(verdict.text, 400)
  return [first, missed, told, heading, listed, note].filter((part) => part !== null).join('\n\n')
}

function addShow(cli: Cli): void {
  cli
    .command('show')
    .description('everything known of one contract')
    .argument('<reference>', 'its reference, a unique part of it or of its title, or #number')
    .answers(async (program, reference: string) => {
      const shown = await shownContract(program, await contractNamed(program, reference))
      return { json: shown, text: () => showText(shown) }
    })
}

function showText(shown: ShownContract): string {
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
        : shown.end === shown.endEarliest
          ? shown.end
          : `${shown.endEarliest} to ${shown.end}, the day is not known`,
    ],
    [
      'current end',
      shown.currentEnd === null
        ? null
        : `${shown.currentEnd}, from ${shown.endSource ?? 'nowhere named'}`,
    ],
    ['value', valueWords(shown)],
    ...chargeRows(shown),
    ['owner', shown.owner],
    ['team', shown.team],
    ...termRows(shown),
    ['state', shown.state],
  ]
  const { deadlines, checkpoints, extensions, alerts } = shown
  const reasons = deadlines.flatMap(({ kind, date, reason }) => {
    const why = whyWords({ kind, on: date, reason })
    return why === null ? [] : [`  ${kind}: ${visible(why, 400)}`]
  })
  const parts = [
    visible(shown.reference),
    table(['', ''], facts).replace(/^\n/, ''),
    documentLines(shown.documents),
    ...(deadlines.length === 0 ? [] : [deadlineTable(deadlines)]),
    reasons.length === 0 ? null : reasons.join('\n'),
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
      cost: ({ cost }) => (cost === null ? null : spendWords(cost, shown.currency)),
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
    tableOf(alerts, {
      'warned of': 'kind',
      'days before': daysBefore,
      on: 'raisedOn',
      state: 'state',
    }),
  ].filter((part) => part !== null)
  for (const { id, text, holds } of shown.questions) {
    parts.push(`? question ${id}: ${visible(text, 400)} Until it is answered: ${visible(holds)}.`)
  }
  for (const problem of shown.problems) parts.push(`! ${visible(problem, 400)}`)
  return parts.join('\n\n')
}

function chargeRows({ periodicCharge, chargeUnit, currency }: ShownContract): [string, string][] {
  if (periodicCharge === null || chargeUnit === null) return []
  return [['charge', `${spendWords(periodicCharge, currency)} a ${chargeUnit}`]]
}

function termRows({ notice, automaticRenewal: renews }: ShownContract): [string, string][] {
  return [
    ...(notice === null ? [] : [['notice', notice.text] as [string, string]]),
    ...(renews === null ? [] : [['renews by itself', renews ? 'yes' : 'no'] as [string, string]]),
  ]
}

function valueWords(contract: ShownContract) {
  const { value, valueText } = contract
  const words = valueText === null ? null : `“${valueText}”`
  if (value === null) return words
  const amount = worthWords(contract, spendWords)
  if (valueText === amount) return amount
  return words === null ? amount : `${amount}, from ${words}`
}

function daysBefore({ rung }: { readonly rung: number }): string {
  return rung < 0 ? `${-rung} after` : String(rung)
}

function addExplain(cli: Cli): void {
  cli
    .command('explain')
    .description('why a contract, or a product, was or was not warned of, and what comes next')
    .argument('[reference]', 'its reference')
    .option('--product <product>', 'in place of a contract: of this product, team by team')
    .option('--release <release>', 'its release')
    .option('--as-of <date>', 'on this day', dateOption)
    .answers(async (program, reference: string | undefined, options: ExplainOptions) => {
      if (options.product !== undefined) return explainedProduct(program, options)
      if (reference === undefined) throw new UserError('Which contract? Give its reference.')
      const { explain } = await import('../warnings/explain.ts')
      const { pool, organisation, rulesOf } = program
      const id = await contractNamed(program, reference)
      const asOf = options.asOf ?? program.today()
      const explained = await explain(pool, organisation.id, id, asOf, rulesOf)
      const contract = { reference: explained.reference, title: null, supplier: null }
      const facts = { ...ON_TERMINAL, ...explained, on: asOf, contract }
      return { json: explained, text: () => told(explainAnswer(facts)) }
    })
}

interface ExplainOptions {
  readonly product?: string
  readonly release?: string
  readonly asOf?: CivilDate
}

async function explainedProduct(
  { pool, organisation, rulesOf, today }: Program,
  { product = '', release = '', asOf = today() }: ExplainOptions,
): Promise<Answer> {
  const { chosenRelease } = await import('../actions/cover.ts')
  const { releaseName } = await import('../rules/products.ts')
  const { explainReleases } = await import('../warnings/explain.ts')
  const key = chosenRelease(product, release)
  const context = { organisationId: organisation.id, rulesOf, asOf }
  const products = (await explainReleases(pool, context, [key])).map(
    ({ teamId: _, contractIds: __, ...each }) => each,
  )
  const name = releaseName(key.product, key.release)
  const text = () => told(releasesAnswer(name, products))
  return { json: { asOf, name, products }, text }
}

const HOLDS = ['recorded', 'register'] as const

export function addDispute(cli: Cli): void {
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
    .answers(
      (program, reference: string, options: { holds: (typeof HOLDS)[number]; why?: string }) =>
        onContract(program, reference, async (actor, contractId) => {
          const { act } = await import('../actions/act.ts')
          const { editContract } = await import('../register/edit/edit.ts')
          const { holds, why = null } = options
          await act(program.pool, actor, contractId, (client, acted) => {
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

export function addDocuments(cli: Cli): void {
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
    if (name === 'add') {
      command.option('--title <text>', 'what it is called (default: the name of the file)')
    }
    command.answers(async (program, typed: string, url: string, options: { title?: string }) => {
      const { act } = await import('../actions/act.ts')
      const { editDocuments } = await import('../register/edit/edit.ts')
      const contractId = await contractNamed(program, typed)
      const actor = actorOf(program)
      const said = { url, title: options.title ?? null, isAdded: name === 'add' }
      await act(program.pool, actor, contractId, (client, acted) =>
        editDocuments(client, { ...actor, ...acted, contractId }, said),
      )
      const { reference, documents } = await shownContract(program, contractId)
      const listed = documentLines(documents) ?? 'It has no documents now.'
      return { json: { reference, documents }, text: () => `${visible(reference)}\n${listed}` }
    })
  }
}

function documentLines(documents: ShownContract['documents']): string | null {
  const lines = documents.map(({ title, url }) => `  ${visible(title, 150)}: ${visible(url, 1000)}`)
  return lines.length === 0 ? null : ['Documents', ...lines].join('\n')
}

interface DecideOptions {
  readonly kind: DecidableKind
  readonly decision: string
  readonly evidence?: string
  readonly for?: CivilDate
}

export function addActing(cli: Cli): void {
  cli
    .command('ack')
    .description('somebody is on it: its warnings pause, and are asked about again')
    .argument('<reference>')
    .answers((program, reference: string) =>
      onContract(program, reference, async (actor, id) => {
        const { acknowledge } = await import('../actions/acknowledge.ts')
        await acknowledge(program.pool, actor, id)
      }),
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
    .answers((program, reference: string, options: DecideOptions) =>
      onContract(program, reference, async (actor, id) => {
        const { decide } = await import('../actions/decide.ts')
        await decide(program.pool, actor, id, {
          kind: options.kind,
          text: options.decision,
          evidence: options.evidence ?? null,
          about: options.for ?? null,
        })
      }),
    )
}

interface UmbrellaOptions {
  readonly member?: string
  readonly team?: string
  readonly from?: CivilDate
  readonly to?: CivilDate
  readonly remove?: string
  readonly members?: string
  readonly dates?: DateOrder
  readonly call?: string
  readonly uncall?: string
  readonly replaces?: string
  readonly unreplaces?: string
  readonly asOf?: CivilDate
}

export function addUmbrella(cli: Cli): void {
  cli
    .command('umbrella')
    .description(
      'an agreement that covers many organisations: whom, what it replaces, its call-offs',
    )
    .argument('[reference]', 'the agreement; a list of members may name it row by row')
    .option('--member <organisation>', 'covers this organisation, or changes what is known of it')
    .option('--team <team>', 'of this member: its team here, or "none"')
    .option('--from <date>', 'of this member: the first day that it is covered', dateOption)
    .option('--to <date>', 'of this member: its last day, where it leaves', dateOption)
    .option('--remove <organisation>', 'it was never a member')
    .option('--members <file>', 'a CSV file: reference, organisation, team, from, to')
    .addOption(
      new Option(
        '--dates <order>',
        'how its dates are written, where the file does not tell',
      ).choices(DATE_ORDERS),
    )
    .option('--call <reference>', 'a contract that was called off under it')
    .option('--uncall <reference>', 'a contract that was not')
    .option('--replaces <reference>', 'a contract whose place it takes')
    .option('--unreplaces <reference>', 'a contract whose place it does not take')
    .option('--as-of <date>', 'whom it covers on this day', dateOption)
    .answers(async (program, reference: string | undefined, options: UmbrellaOptions) => {
      const { readUmbrella, umbrellaJson } = await import('../reports/contract.ts')
      if (options.members !== undefined) return importMembers(program, reference ?? null, options)
      if (reference === undefined) throw new UserError('Which agreement? Give its reference.')
      const { pool } = program
      const id = await contractNamed(program, reference)
      await changeUmbrella(program, id, options)
      const umbrella = await readUmbrella(pool, id, options.asOf ?? program.today())
      return { json: umbrellaJson(umbrella), text: () => umbrellaText(umbrella) }
    })
}

const DATE_ORDERS: readonly DateOrder[] = ['dmy', 'mdy', 'ymd']

async function changeUmbrella(
  program: Program,
  umbrellaId: number,
  options: UmbrellaOptions,
): Promise<void> {
  const { linkToUmbrella, removeMember, setMembers } = await import('../actions/umbrella.ts')
  const { pool } = program
  const actor = actorOf(program)
  const { member: buyer, team, from, to } = options
  if (buyer === undefined && (team ?? from ?? to) !== undefined) {
    throw new UserError('Whose team or days? Name the organisation with --member.')
  }
  if (buyer !== undefined) {
    const teamId = team === 'none' ? null : await teamIdOf(program, team)
    const said = defined({ teamId: team === undefined ? undefined : teamId, from, to })
    await setMembers(pool, actor, umbrellaId, [{ buyer, ...said }])
  }
  if (options.remove !== undefined) await removeMember(pool, actor, umbrellaId, options.remove)
  for (const [typed, as, isSo] of [
    [options.call, 'call', true],
    [options.uncall, 'call', false],
    [options.replaces, 'replaced', true],
    [options.unreplaces, 'replaced', false],
  ] as const) {
    if (typed === undefined) continue
    const id = await contractNamed(program, typed)
    await linkToUmbrella(pool, actor, umbrellaId, id, { as, isSo })
  }
}

function umbrellaText(umbrella: ReadUmbrella): string {
  const { reference, asOf, members, replaces, calls } = umbrella
  const sentence = umbrellaSentence(umbrella, 'then')
  const parts = [
    `${visible(reference)} on ${dayText(asOf)}: ${sentence === null ? 'covers no organisations and replaces nothing.' : sentence}`,
    members.length === 0 ? null : firstRows(MEMBER_HEADINGS, memberRows(members)),
    ...(umbrella.notNamed ?? []).map(
      ({ team, names }) =>
        `In use by team ${visible(team)} and not covered, as the agreement does not name it: ${names.map((each) => visible(each)).join('; ')}`,
    ),
    tableOf(replaces, {
      replaces: 'reference',
      'ends, paid until then': 'currentEnd',
    }),
    tableOf(calls, { 'called off under it': 'reference' }),
  ]
  return parts.filter((part) => part !== null).join('\n\n')
}

/** Each umbrella's rows in one transaction; rows that name none that is known are told. */
async function importMembers(
  program: Program,
  reference: string | null,
  { members: path = '', dates }: Pick<UmbrellaOptions, 'members' | 'dates'>,
): Promise<Answer> {
  const { setMembers } = await import('../actions/umbrella.ts')
  const { findTeam, readTeams } = await import('../database/organisation.ts')
  const { readUmbrella } = await import('../reports/contract.ts')
  const [{ readMemberList }, { problemTable }] = await Promise.all([
    import('../register/import/umbrella.ts'),
    import('./register.ts'),
  ])
  const { pool, organisation } = program
  const list = await readMemberList(path, dates ?? null)
  const problems = [...list.problems]
  const teams = await readTeams(pool, organisation.id)
  const named = groupedBy(list.members, (each) => each.reference ?? reference)
  const umbrellas: (MembersSet & { reference: string })[] = []
  for (const [typed, rows] of named) {
    const id = typed === null ? null : await umbrellaNamed(program, typed)
    if (id === null) {
      const problem =
        typed === null
          ? 'its row names no agreement: not recorded'
          : 'no contract is called so: not recorded'
      const remedy = 'Name the agreement: lapsewatch umbrella REFERENCE --members FILE.'
      problems.push(...rows.map((row) => memberProblem(row, typed, problem, remedy, 'error')))
      continue
    }
    const said = rows.map((row) => {
      const { buyer, from, to, unread } = row
      const team = row.team === null ? null : findTeam(teams, row.team)
      if (row.team !== null && team === null) {
        const problem = 'no team is called so: the team that holds the agreement is told for it'
        const remedy = `Make the team: team set "${row.team}" --channel CHANNEL, then import again.`
        problems.push(memberProblem(row, row.team, problem, remedy, 'question'))
      }
      // A blank cell says nothing: what was known stays.
      const known = defined({ teamId: team?.id, from: from ?? undefined, to: to ?? undefined })
      return { buyer, unread, ...known }
    })
    const set = await setMembers(pool, actorOf(program), id, said)
    const umbrella = await readUmbrella(pool, id, program.today())
    umbrellas.push({ reference: umbrella.reference, ...set })
    problems.push(...(await unlisted(umbrella, rows)))
  }
  const lines = umbrellas.map(
    ({ reference: name, added, changed, unchanged }) =>
      `${visible(name)}: ${counted(added, 'organisation')} added, ${changed} changed, ${unchanged} as before.`,
  )
  const wrong = problems.filter(({ severity }) => severity !== 'note')
  const notes = problems.length - wrong.length
  const text = () => [
    lines.length === 0 ? 'Nobody was recorded.' : lines.join('\n'),
    wrong.length === 0 ? null : `To put right (${wrong.length}):\n${problemTable(wrong)}`,
    notes === 0 ? null : `${counted(notes, 'note')}: --json lists them.`,
  ]
  return {
    json: { file: path, umbrellas, problems },
    text: () =>
      text()
        .filter((part) => part !== null)
        .join('\n\n'),
  }
}

/** Null where nothing is called so; several are told. */
async function umbrellaNamed(program: Program, typed: string): Promise<number | null> {
  const { pool, organisation } = program
  const { tables } = await import('../database/prisma.ts')
  const { referenceKey } = await import('../register/import/columns.ts')
  const where = { organisationId: organisation.id, referenceKey: referenceKey(typed) }
  const found = await tables(pool).contract.findMany({ where, select: { id: true }, take: 2 })
  const [only, another] = found
  if (another === undefined) return only?.id ?? null
  return contractNamed(program, typed)
}

/** Who is missing from a later list has not left: somebody says so. */
async function unlisted(
  { reference, members }: ReadUmbrella,
  rows: readonly ListedMember[],
): Promise<Problem[]> {
  const { nameKey } = await import('../database/organisation.ts')
  const listed = new Set(rows.map(({ buyer }) => nameKey(buyer)))
  const left = members.filter(({ buyer, to }) => to === null && !listed.has(nameKey(buyer)))
  if (left.length === 0) return []
  return [
    {
      ...{ at: '', reference, field: null, severity: 'question' },
      value: left.map(({ buyer }) => buyer).join('; '),
      problem: `${counted(left.length, 'organisation')} that it covers ${left.length === 1 ? 'is' : 'are'} not in this list: nothing was changed`,
      remedy: 'Where one has left: lapsewatch umbrella REFERENCE --member NAME --to DATE.',
    },
  ]
}

function memberProblem(
  { at, reference }: ListedMember,
  value: string | null,
  problem: string,
  remedy: string,
  severity: Problem['severity'],
): Problem {
  return { at, reference, field: null, value, problem, remedy, severity }
}

/** Finds the contract, acts on it, and shows what follows. */
export async function onContract(
  program: Program,
  typed: string,
  work: (actor: Actor, contractId: number) => Promise<void>,
  recorded = '',
): Promise<Answer> {
  const id = await contractNamed(program, typed)
  await work(actorOf(program), id)
  const { reference, currentEnd, deadlines } = await shownContract(program, id)
  const text = () =>
    `${recorded}${reference} ends on ${currentEnd ?? 'no known day'}.\n\n${deadlineTable(deadlines)}`
  return { json: { reference, currentEnd, deadlines }, text }
}

export async function shownContract(program: Program, id: number): Promise<ShownContract> {
  const { readShown } = await import('../reports/contract.ts')
  const { pool, organisation, rulesOf } = program
  const of = { organisationId: organisation.id, rulesOf }
  return (await readShown(pool, of, id, program.today())).shown
}

export function deadlineTable(deadlines: ShownContract['deadlines']): string {
  const rows = deadlines.map(({ kind, date, nextRungOn, settled }) => {
    return [kind, date, nextRungOn, settled ? 'yes' : 'no']
  })
  return table(['deadline', 'date', 'next told', 'settled'], rows)
}
