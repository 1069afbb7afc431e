/** What a command of words is answered: reading asks the database, nothing here changes anything. */
import { Refusal } from '../domain/refusal.ts'
import { cardAnswer } from '../messages/answers/card.ts'
import { chainsAnswer } from '../messages/answers/chains.ts'
import { cliffsAnswer } from '../messages/answers/cliffs.ts'
import { consolidationAnswer } from '../messages/answers/consolidation.ts'
import { costsAnswer } from '../messages/answers/costs.ts'
import { headroomAnswer } from '../messages/answers/headroom.ts'
import { helpAnswer, misreadAnswer } from '../messages/answers/help.ts'
import { bareAnswer, dueAnswer, listAnswer } from '../messages/answers/lists.ts'
import { candidatesAnswer, nearAnswer } from '../messages/answers/replies.ts'
import { startByAnswer } from '../messages/answers/start-by.ts'
import { explainAnswer, historyAnswer, previewAnswer } from '../messages/answers/told.ts'
import { triageListAnswer } from '../messages/answers/triage-list.ts'
import { weeklyWithoutPrices } from '../messages/confidential.ts'
import type { Message } from '../messages/facts.ts'
import { weeklyMessage } from '../messages/weekly.ts'
import { factsOfWeek, weeklySlot } from '../watch/weekly.ts'
import { mayThey } from './access.ts'
import { attachmentsSent } from './attachments.ts'
import { cardFacts } from './facts/card.ts'
import { chainsFacts } from './facts/chains.ts'
import { cliffsFacts } from './facts/cliffs.ts'
import { consolidationFacts } from './facts/consolidation.ts'
import type { BotContext } from './facts/context.ts'
import { costsFacts } from './facts/costs.ts'
import { bareFacts, dueFacts } from './facts/due.ts'
import { explainFacts } from './facts/explain.ts'
import { findForBot } from './facts/find.ts'
import { headroomFacts } from './facts/headroom.ts'
import { historyFacts } from './facts/history.ts'
import { listFacts } from './facts/list.ts'
import { previewFacts } from './facts/preview.ts'
import { startByFacts } from './facts/start-by.ts'
import { teamNamed } from './facts/team-named.ts'
import { triageFacts } from './facts/triage.ts'
import { type Command, NO_FILTERS } from './language/command.ts'
import { readCommand } from './language/read-command.ts'
import { writeCommand } from './language/write-command.ts'
import type { Scene, Viewpoint } from './scene.ts'

export interface Shown {
  readonly page?: number
  readonly shared?: boolean
}

/**
 * The answer to a command's text.
 * @throws Refusal where the asker may not read, or what was asked changes something.
 */
export async function answerTo(scene: Scene, text: string, shown: Shown = {}): Promise<Message> {
  const { stage } = scene
  mayRead(scene)
  const rules = stage.rulesOf(stage.organisation)
  const command = readCommand(text, { today: stage.today(), calendar: rules.calendar })
  if (command.verb === 'misread') {
    const { problem, meant, example } = command
    return misreadAnswer({ problem, meant: meant === null ? null : writeCommand(meant), example })
  }
  return answerCommand(scene, command, shown)
}

/** The same for a command that was read already. */
export async function answerCommand(
  scene: Scene,
  command: Command,
  { page, shared = false }: Shown = {},
): Promise<Message> {
  mayRead(scene)
  const message = await worded(scene, command, page, shared)
  return attachmentsSent(scene, message, { query: writeCommand(command), shared })
}

/** The whole answer to this command, with its chart and its file. Rights were checked before. */
export async function answerMade(viewpoint: Viewpoint, text: string): Promise<Message> {
  const { stage } = viewpoint
  const { calendar } = stage.rulesOf(stage.organisation)
  const command = readCommand(text, { today: stage.today(), calendar })
  if (command.verb === 'misread') throw new Refusal(command.problem)
  return worded(viewpoint, command, undefined, false)
}

async function worded(
  scene: Viewpoint,
  command: Command,
  page: number | undefined,
  shared: boolean,
): Promise<Message> {
  const context = scene.context(writeCommand(command), shared)
  switch (command.verb) {
    case 'bare':
      return bareAnswer(await bareFacts(context, page ?? 1))
    case 'help':
      return helpAnswer(command.about)
    case 'due':
      return dueAnswer(await dueFacts(context, command.filters, page ?? command.page))
    case 'list':
      return listAnswer(await listFacts(context, command.filters, page ?? command.page))
    case 'find':
      return listAnswer(
        await listFacts(context, { ...NO_FILTERS, text: command.text }, page ?? command.page),
      )
    case 'show':
      return about(scene, command.ref, async (id) => cardAnswer(await cardFacts(context, id)))
    case 'history':
      return about(scene, command.ref, async (id) =>
        historyAnswer(await historyFacts(context, id, page ?? 1)),
      )
    case 'explain':
      return about(scene, command.ref, async (id) =>
        explainAnswer(await explainFacts(context, id, command.on ?? context.today)),
      )
    case 'headroom':
      return about(scene, command.ref, async (id) =>
        headroomAnswer(await headroomFacts(context, id, command.addDays)),
      )
    case 'start-by':
      return about(scene, command.ref, async (id) =>
        startByAnswer(await startByFacts(context, id, command.route)),
      )
    case 'preview':
      return previewAnswer(
        await previewFacts(context, command.days ?? 14, command.channel ?? scene.channel),
      )
    case 'triage':
      return triageListAnswer(await triageFacts(context, command.filters, page ?? 1))
    case 'chains':
      return chainsAnswer(await chainsFacts(scene, context, command.filters.team, page ?? 1))
    case 'cliffs':
      return keptAnswer(scene, context, async () =>
        cliffsAnswer(await cliffsFacts(scene, context, command.filters)),
      )
    case 'consolidate':
      return keptAnswer(scene, context, async () =>
        consolidationAnswer(await consolidationFacts(context, command.text)),
      )
    case 'costs':
      return keptAnswer(scene, context, async () =>
        costsAnswer(await costsFacts(scene, context, command.year, command.team)),
      )
    case 'summary':
      return summaryAnswer(scene, command.filters.team, context.hidePrices)
    default:
      throw new Refusal(`"${command.verb}" changes something: type it as a command.`)
  }
}

/** This week's summary of the team that was named, or of the organisation. */
async function summaryAnswer(
  scene: Viewpoint,
  named: string | null,
  hidePrices: boolean,
): Promise<Message> {
  const { stage } = scene
  const { pool, organisation, rulesOf, weeklyOn } = stage
  const team = await teamNamed(scene, named)
  const rules = rulesOf(team ?? organisation)
  const today = team === null ? stage.today() : stage.todayOf(team)
  const slot = weeklySlot(today, weeklyOn, rules)
  const asked = { organisationId: organisation.id, rules, rulesOf, team, slot, hoursLate: null }
  const make = async () => {
    const facts = await factsOfWeek(pool, asked)
    return weeklyMessage(hidePrices ? weeklyWithoutPrices(facts) : facts)
  }
  const name = `summary ${team?.id ?? 'all'} ${slot} ${hidePrices ? 'without' : 'with'} prices`
  return stage.large === undefined ? make() : stage.large.kept(name, make)
}

/** The answer to this question, whoever asks it: a day's, as it may be read where it is asked. */
function keptAnswer(
  { stage: { large } }: Viewpoint,
  { query, today, hidePrices, shared }: BotContext,
  make: () => Promise<Message>,
): Promise<Message> {
  const name = `${query} ${today} ${hidePrices} ${shared}`
  return large === undefined ? make() : large.kept(name, make)
}

function mayRead({ asker }: Scene): void {
  const verdict = mayThey(asker, 'read', null)
  if (!verdict.allowed) throw new Refusal(verdict.why)
}

/** One contract by what was typed; several that fit are shown to choose from. */
export async function about(
  scene: Viewpoint,
  typed: string,
  answer: (contractId: number) => Promise<Message>,
): Promise<Message> {
  const found = await findForBot(scene.context(''), typed)
  if (found.kind === 'one') return answer(found.contractId)
  return found.kind === 'several'
    ? candidatesAnswer(typed, found.candidates, found.more)
    : nearAnswer(typed, found.near)
}
