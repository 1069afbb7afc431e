/** What a command of words is answered: reading asks the database, nothing here changes anything. */
import { BOARD_PACK, type DeferredAnswerMaker } from '../delivery/outbox.ts'
import { factsOfWeek } from '../reports/weekly.ts'
import { UserError } from '../rules/user-error.ts'
import type { PageFacts } from '../text/answer-facts.ts'
import { type BoardFacts, boardAnswer } from '../text/board.ts'
import { chainsAnswer } from '../text/chains.ts'
import { cliffsAnswer } from '../text/cliffs.ts'
import { consolidationAnswer } from '../text/consolidation.ts'
import { cardAnswer } from '../text/contract-card.ts'
import { bareAnswer, dueAnswer, listAnswer, personalDataAnswer } from '../text/contract-list.ts'
import { costsAnswer, exposureAnswer, ledgerAnswer } from '../text/costs.ts'
import { explainAnswer, historyAnswer, previewAnswer } from '../text/explain.ts'
import type { Message } from '../text/facts.ts'
import { headroomAnswer } from '../text/headroom.ts'
import { helpAnswer, misreadAnswer, unreadAnswer } from '../text/help.ts'
import { questionsAnswer } from '../text/import-result.ts'
import { withLines } from '../text/message.ts'
import { teamsAnswer } from '../text/people.ts'
import { pipelineAnswer } from '../text/pipeline.ts'
import { weeklyWithoutPrices } from '../text/prices.ts'
import { startByAnswer } from '../text/procurement.ts'
import { candidatesAnswer, formAnswer, nearAnswer, onItAnswer } from '../text/replies.ts'
import { productsAnswer, supportAnswer } from '../text/support.ts'
import { triageListAnswer } from '../text/triage.ts'
import { umbrellaAnswer } from '../text/umbrella.ts'
import { waiversAnswer } from '../text/waiver.ts'
import { weeklyActions, weeklyMessage } from '../text/weekly.ts'
import { mrkdwn } from '../text/words.ts'
import { weeklySlot } from '../warnings/schedule.ts'
import { attachmentsSent, makerOf } from './deferred-answers.ts'
import { boardPackMade, exportMade } from './export.ts'
import {
  boardFacts,
  chainsFacts,
  cliffsFacts,
  consolidationFacts,
  costsFacts,
  exposureFacts,
  ledgerFacts,
  personalDataFacts,
  pipelineFacts,
  productsFacts,
  startByFacts,
  supportFacts,
  waiversFacts,
} from './facts/analysis.ts'
import {
  cardFacts,
  explainFacts,
  headroomFacts,
  historyFacts,
  readContract,
  umbrellaFacts,
} from './facts/contract.ts'
import { readNames, withFigures } from './facts/filters.ts'
import { bareFacts, dueFacts, isHeard, listFacts, toldBeside, triageFacts } from './facts/list.ts'
import { previewFacts } from './facts/preview.ts'
import { findForBot, namedIn, teamNamed, titled } from './facts/search.ts'
import { verdictOf, verdictOfAny } from './facts/told.ts'
import { peopleShown } from './forms/assign.ts'
import { askedQuestions } from './import.ts'
import { mistyped, readCommand, writeCommand } from './parse/command.ts'
import type { Acting, Command, Misread } from './parse/command-types.ts'
import { asksForSome } from './parse/filters.ts'
import { insistOn, mayThey } from './permissions.ts'
import {
  type AskerContext,
  type BotContext,
  clockOf,
  type RequestContext,
  type SlackDependencies,
} from './request.ts'

interface AnswerView {
  readonly page?: number
  /** Asked for here: its chart and its file go to the asker, also where all read the answer. */
  readonly toAsker?: boolean
}

/**
 * The answer to a command's text.
 * @throws UserError where the asker may not read, or what was asked changes something.
 */
export async function answerTo(
  request: RequestContext,
  text: string,
  shown: AnswerView = {},
): Promise<Message> {
  const { deps } = request
  mayRead(request)
  const command = readCommand(text, clockOf(deps))
  return command.verb === 'misread' ? misread(command) : answerCommand(request, command, shown)
}

/**
 * The answer for all who read the channel: with its amounts where they are colleagues alone; else it says
 * why they are left out. Where nothing is left out there is nothing to say.
 */
export async function sharedAnswer(request: RequestContext, text: string): Promise<Message> {
  const { deps, channel } = request
  const readers = channel === null ? null : ((await deps.readersOf?.(channel)) ?? null)
  const toAll = (hidePrices: boolean) => {
    const context: RequestContext['context'] = (query) => request.context(query, true, hidePrices)
    return answerTo({ ...request, shared: true, context }, text)
  }
  const whole = () => toAll(false)
  if (readers?.kind === 'own') return whole()
  const without = await toAll(true)
  if (without.text === (await whole()).text) return without
  return withLines(without, [], [readers?.kind === 'others' ? FOR_OTHERS : NOBODY_SAYS])
}

const FOR_OTHERS = mrkdwn`Amounts are left out: guests or people of another organisation read this channel.`
const NOBODY_SAYS = mrkdwn`Amounts are left out: Slack did not say who reads this channel.`

function misread({ meant, ...said }: Misread): Message {
  return misreadAnswer({ ...said, meant: meant === null ? null : writeCommand(meant) })
}

export async function answerCommand(
  request: RequestContext,
  command: Command,
  { page, toAsker = false }: AnswerView = {},
): Promise<Message> {
  mayRead(request)
  const message = await worded(request, command, page)
  return attachmentsSent(request, message, {
    query: writeCommand(command),
    shared: request.shared && !toAsker,
  })
}

/** The whole answer to this command, with its chart and its file. Rights were checked before. */
async function answerMade(viewpoint: AskerContext, text: string): Promise<Message> {
  const { deps } = viewpoint
  const command = readCommand(text, clockOf(deps))
  if (command.verb === 'misread') throw new UserError(command.problem)
  return worded(viewpoint, command)
}

async function worded(request: AskerContext, command: Command, page?: number): Promise<Message> {
  const context = request.context(writeCommand(command))
  const kept = <Facts>(read: () => Promise<Facts>, answer: (facts: Facts) => Message) =>
    keptAnswer(request, context, async () => answer(await read()))
  const ofOne = <Facts>(
    ref: string,
    read: (contractId: number) => Promise<Facts>,
    answer: (facts: Facts) => Message,
  ) => about(request, ref, async (id) => answer(await read(id)))
  switch (command.verb) {
    case 'bare':
      return bareAnswer(await bareFacts(context, page ?? 1))
    case 'help':
      return helpAnswer(command.about)
    case 'due':
      return dueAnswer(await dueFacts(context, command.filters, page ?? command.page))
    case 'list':
      return listAnswer(await listFacts(context, command.filters, page ?? command.page))
    case 'ask':
      return asked(request, command)
    case 'show':
      return ofOne(command.ref, (id) => cardFacts(context, id), cardAnswer)
    case 'umbrella':
      return ofOne(command.ref, (id) => umbrellaFacts(context, id), umbrellaAnswer)
    case 'history':
      return ofOne(command.ref, (id) => historyFacts(context, id, page ?? 1), historyAnswer)
    case 'explain':
      return ofOne(
        command.ref,
        (id) => explainFacts(context, id, command.on ?? context.today),
        explainAnswer,
      )
    case 'headroom':
      return ofOne(command.ref, (id) => headroomFacts(context, id, command.addDays), headroomAnswer)
    case 'start-by':
      return ofOne(command.ref, (id) => startByFacts(context, id, command.route), startByAnswer)
    case 'preview':
      return previewAnswer(
        await previewFacts(context, command.days ?? 14, command.channel ?? request.channel),
      )
    case 'questions':
      insistOn(request, 'administer')
      return questionsAnswer(await askedQuestions(request))
    case 'triage':
      return triageListAnswer(await triageFacts(context, command.filters, page ?? 1))
    case 'chains':
      return chainsAnswer(await chainsFacts(request, context, command.filters.team, page ?? 1))
    case 'cliffs':
      return kept(() => cliffsFacts(request, context, command.filters), cliffsAnswer)
    case 'consolidate':
      return kept(() => consolidationFacts(context, command.text), consolidationAnswer)
    case 'costs':
      return kept(() => costsFacts(request, context, command.year, command.team), costsAnswer)
    case 'waivers':
      return kept(() => waiversFacts(request, context, command.year, command.team), waiversAnswer)
    case 'personal-data':
      return personalDataAnswer(await personalDataFacts(request, context, command.filters.team))
    case 'pipeline':
      return kept(() => pipelineFacts(request, context, command.year), pipelineAnswer)
    case 'ledger':
      return kept(() => ledgerFacts(request, context, command.year, command.team), ledgerAnswer)
    case 'exposure':
      return kept(() => exposureFacts(request, context, command.filters), exposureAnswer)
    case 'teams':
      return teamsAnswer(await context.teams(), context.shared)
    case 'people':
      insistOn(request, 'administer')
      if (request.shared)
        throw new UserError('Names without an account are shown to nobody but you.')
      return peopleShown(request)
    case 'board':
      return boardAnswer(await boardShown(request))
    case 'products':
      return productsAnswer(await productsFacts(request, context, command))
    case 'support':
      return supportAnswer(await supportFacts(request, context, command))
    case 'summary':
      return summaryAnswer(request, command.filters.team, context.hidePrices)
    case 'ack':
    case 'snooze':
    case 'own':
    case 'extend':
    case 'withdraw':
    case 'decide':
    case 'edit':
      return offered(request, command)
    default:
      throw new UserError(`"${command.verb}" changes something: type it as a command.`)
  }
}

/** What an order would do, as a press: nothing is changed here, and the press asks whether they may. */
export function offered(request: AskerContext, command: Acting): Promise<Message> {
  return about(request, command.ref, async (id) => {
    const { reference, title, supplier, version } = await readContract(request.context(''), id)
    const name = `${title ?? supplier ?? reference}, ${reference}`
    if (command.verb === 'ack') return onItAnswer(name, { contractId: id, version, alertIds: [] })
    const query = writeCommand({ ...command, ref: `#${id}` })
    return formAnswer(`${name}: the form opens with this button.`, { act: 'fill', query })
  })
}

/**
 * A sentence: a contract by its reference or title is shown; else what was asked for is listed, with the
 * words that were not read; and a mistyped command, of which nothing was read, is named.
 */
async function asked(
  request: AskerContext,
  { typed, filters, due, near }: Extract<Command, { readonly verb: 'ask' }>,
): Promise<Message> {
  const context = request.context('')
  const verdict = await verdictOf(context, typed, filters)
  const named = verdict?.found ?? (await namedIn(context, typed, filters))
  // Names alone that fit one contract: `when does the car park deal end`.
  const isNames = filters.words.length > 1 && !asksForSome({ ...filters, words: [], text: null })
  const isNamed = named.length > 0
  const meant = verdict?.filters ?? (isNamed ? titled(typed, filters) : filters)
  const read = await readNames(context, meant)
  const isRead = !isNamed && isNames && read.filters.unread.length === 0
  const [only, second] = isRead ? (await listFacts(context, read, 1)).entries : named
  const tells = { verdict, inLine: true }
  if (only !== undefined && second === undefined) {
    const { contractId, reference } = only
    const again = request.context(writeCommand({ verb: 'show', ref: reference }))
    const whole = await withFigures(context, read)
    const entries = { entries: [only] }
    const { told, beside } = await toldBeside(context, typed, whole, entries, {
      ...tells,
      inLine: false,
    })
    return cardAnswer({ ...(await cardFacts(again, contractId)), told, beside })
  }
  const isNothing = !isHeard(read)
  if (
    near !== null &&
    read.filters.unread.length > 0 &&
    (isNothing || isFirst(typed, read.filters.unread))
  ) {
    return misread(mistyped(typed, near, clockOf(request.deps)))
  }
  if (isNothing) return unreadAnswer(read.filters.unread)
  const command: Command = { verb: due ? 'due' : 'list', filters: read.filters, page: 1 }
  const asking = request.context(writeCommand(command))
  const withTold = async <Facts extends PageFacts>(facts: Facts, noun: string): Promise<Facts> => {
    const any = verdictOfAny(typed, facts, noun)
    if (facts.pages > 1) return { ...facts, told: any }
    const { told, unread } = await toldBeside(asking, typed, read, facts, tells)
    return { ...facts, told: told ?? any, unread }
  }
  return due
    ? dueAnswer(await withTold(await dueFacts(asking, read, 1), 'deadline'))
    : listAnswer(await withTold(await listFacts(asking, read, 1), 'contract'))
}

/** Whether what was typed begins with a word that was not read. */
function isFirst(typed: string, unread: readonly string[]): boolean {
  const first = typed.trim().split(/\s+/)[0]?.toLowerCase() ?? ''
  return unread.some((each) => each.toLowerCase().split(' ')[0] === first)
}

/** For those who see it, and never where others read. @throws UserError for anybody else. */
async function boardShown(request: AskerContext): Promise<BoardFacts> {
  insistOn(request, 'board')
  if (request.shared) {
    throw new UserError(
      'The board is shown to nobody but you: ask with /contracts board, in Home or in a direct message.',
    )
  }
  return boardFacts(request)
}

/** This week's summary of the team that was named, or of the organisation. */
async function summaryAnswer(
  request: AskerContext,
  named: string | null,
  hidePrices: boolean,
): Promise<Message> {
  const { deps } = request
  const { pool, organisation, rulesOf, weeklyOn } = deps
  const team = await teamNamed(request, named)
  const rules = rulesOf(team ?? organisation)
  const today = team === null ? deps.today() : deps.todayOf(team)
  const slot = weeklySlot(today, weeklyOn, rules)
  const of = { rules, rulesOf, team, slot, day: today }
  const { large } = deps
  const shared = large === undefined ? {} : { shared: large.shared }
  const asked = { organisationId: organisation.id, ...of, ...shared, hoursLate: null }
  const make = async () => {
    const facts = await factsOfWeek(pool, asked)
    return weeklyMessage(hidePrices ? weeklyWithoutPrices(facts) : facts, weeklyActions(facts))
  }
  const name = `summary ${team?.id ?? 'all'} ${today} ${hidePrices ? 'without' : 'with'} prices`
  return large === undefined ? make() : large.kept(name, make)
}

/** The answer to this question, whoever asks it: a day's, as it may be read where it is asked. */
function keptAnswer(
  { deps: { large } }: AskerContext,
  { query, today, hidePrices, shared }: BotContext,
  make: () => Promise<Message>,
): Promise<Message> {
  const name = `${query} ${today} ${hidePrices} ${shared}`
  return large === undefined ? make() : large.kept(name, make)
}

function mayRead({ asker }: RequestContext): void {
  const verdict = mayThey(asker, 'read', null)
  if (!verdict.allowed) throw new UserError(verdict.why)
}

/** One contract by what was typed; several that fit are shown to choose from. */
export async function about(
  request: AskerContext,
  typed: string,
  answer: (contractId: number) => Promise<Message>,
): Promise<Message> {
  const found = await findForBot(request.context(''), typed)
  if (found.kind === 'one') return answer(found.contractId)
  return found.kind === 'several'
    ? candidatesAnswer(typed, found.candidates, found.more)
    : nearAnswer(typed, found.near)
}

/** Makes them when they are sent. */
export function answersLater(deps: SlackDependencies): DeferredAnswerMaker {
  return makerOf(deps, { answer: answerMade, export: exportMade, [BOARD_PACK]: boardPackMade })
}
