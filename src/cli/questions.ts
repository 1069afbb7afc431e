/** `questions`, `answer`, `triage` and `ended`: what registers leave open, and what people say of it. */
import type { Program } from '../app/app.ts'
import { answersTo } from '../register/answers.ts'
import { ASKED, NOT_KNOWN, TAKE_BACK } from '../register/asks.ts'
import type { AskedContract, Question } from '../register/import/questions.ts'
import type { EndedContract } from '../reports/ended.ts'
import { UserError } from '../rules/user-error.ts'
import { answeredWords } from '../text/import-result.ts'
import { counted, figure, reachWords, spendWords, worthWords } from '../text/words.ts'
import {
  type Answer,
  actorOf,
  type Cli,
  contractNamed,
  table,
  teamOf,
  visible,
  wholeOption,
} from './run.ts'

/** Beyond what one import asks. */
export function laterWords(later: number): string {
  return later === 0 ? '' : `, and ${figure(later)} more once they are answered`
}

export function addQuestions(cli: Cli): void {
  cli
    .command('questions')
    .description('what registers leave open, and how it was answered')
    .option('--contract <reference>', 'only those about this contract')
    .option('--open', 'only those that nobody answered yet')
    .answers(async (program, options: { contract?: string; open?: boolean }) => {
      const { readAskedContracts, readQuestions } = await import('../register/import/questions.ts')
      const { contract, open = false } = options
      const contractId = contract === undefined ? null : await contractNamed(program, contract)
      const asked = { contractId, isOpen: open, withLaw: true }
      const items = await readQuestions(program.pool, program.organisation.id, asked)
      const about = await readAskedContracts(
        program.pool,
        items.map((each) => each.id),
      )
      return {
        json: { items: items.map((each) => ({ ...each, contracts: about.get(each.id) ?? [] })) },
        text: () => questionsText(items, about),
      }
    })
  cli
    .command('answer')
    .description('answer a question, for every contract that it is about')
    .argument('<id>', 'its number', wholeOption(1, 2_147_483_647))
    .argument(
      '<choice>',
      'one of its answers, or a day or a length; later leaves it open, take-back opens it again',
    )
    .option('--except <reference...>', 'not for these contracts')
    .answers(async (program, id: number, choice: string, options: { except?: string[] }) => {
      const { answerQuestion } = await import('../register/import/answer-question.ts')
      if (choice === 'later') {
        return {
          json: { id, answer: null, changed: 0, renewed: [] },
          text: () => `Question ${id} stays open.`,
        }
      }
      const answered = await answerQuestion(
        program.pool,
        { ...actorOf(program), today: program.today() },
        id,
        choice,
        options.except ?? [],
      )
      return {
        json: { id, answer: choice, changed: answered.changed, renewed: answered.renewed },
        text: () => {
          const { question, answer, reach } = answered
          const did =
            reach === null
              ? `${answeredWords(answered)} ${DID[choice] ?? 'The register is read so from now on.'}`
              : reachWords(reach.rekeyed, reach.moved)
          return `${visible(question, 400)}\n${answer}. ${did}`
        },
      }
    })
}

const DID: Readonly<Record<string, string>> = {
  [NOT_KNOWN.id]: 'What holds stays, and it is not asked again.',
  [TAKE_BACK.id]: 'What the register says holds again, until it is answered.',
}

/** Up to three of the wordings that a question takes together; nothing where there is one. */
function wordingsText(contracts: readonly AskedContract[]): string {
  const values = [...new Set(contracts.flatMap(({ value }) => value?.trim() || []))]
  if (values.length < 2) return ''
  const named = values.slice(0, 3).map((value) => `“${visible(value, 60)}”`)
  return `\n   Their cells say ${named.join(', ')}${values.length > 3 ? ` and ${figure(values.length - 3)} more` : ''}.`
}

function questionsText(
  items: readonly Question[],
  about: ReadonlyMap<number, readonly AskedContract[]>,
): string {
  const open = items.filter(({ answer }) => answer === null)
  if (items.length === 0) return 'Nothing is open.'
  const later = open.filter(({ askedOn }) => askedOn === null).length
  const asked = later === open.length ? open.length : open.length - later
  const shown = open.length === 0 ? items : open
  const blocks = shown.slice(0, ASKED.firstScreen).map((each) => {
    const later = each.about === 'setting' ? [] : ['later: it stays open']
    const choices = [...answersTo(each), ...later].join('; ')
    const state =
      each.answer === null
        ? `Until it is answered: ${each.holds}.\n   lapsewatch answer ${each.id} CHOICE   (${choices})`
        : `Answered on ${each.answeredOn}: ${each.answer}.`
    return `${each.id}. ${visible(each.text, 400)}${wordingsText(about.get(each.id) ?? [])}\n   ${state}`
  })
  const more = shown.length - blocks.length
  return [
    `${counted(asked, 'open question')}${laterWords(open.length - asked)}.`,
    ...blocks,
    ...(more > 0
      ? [
          `and ${more} more${open.length === 0 ? '' : ' on the next screen, as these are answered'}; --json lists them all`,
        ]
      : []),
  ].join('\n\n')
}

/** `triage`: the list after a first import is confirmed, and the schedules start. */
export function addTriage(cli: Cli): void {
  cli
    .command('triage')
    .description('confirm the list after a first import: the ladders held for it start')
    .option('--team <team>', 'of this team (default: the default team)')
    .answers(async (program, options: { team?: string }) => {
      const { confirmTriage } = await import('../actions/acknowledge.ts')
      const { readTeams } = await import('../database/organisation.ts')
      const { pool, organisation } = program
      const teams = await readTeams(pool, organisation.id)
      const named = await teamOf(program, options.team)
      const team = named ?? teams.find((each) => each.isDefault)
      if (!team)
        throw new UserError('There is no default team: start Lapsewatch once so that it makes one.')
      const { text } = await confirmTriage(pool, actorOf(program), team.id)
      return { json: { team: team.name, confirmed: true }, text: () => text }
    })
}

/** `ended`: contracts that had ended before they were first read, ticked where still supplied. */
export function addEnded(cli: Cli): void {
  cli
    .command('ended')
    .description('contracts that had ended before they were first read: which are still supplied?')
    .option('--team <team>', 'of this team (default: of all)')
    .option('--supplied <reference...>', 'these of the list are; the others shown are closed')
    .option('--none', 'none of those shown is: all are closed')
    .option('--reopen <reference>', 'take back that one was closed so')
    .answers((program, options: EndedOptions) => ended(program, options))
}

type EndedOptions = {
  readonly team?: string
  readonly supplied?: string[]
  readonly none?: boolean
  readonly reopen?: string
}

async function ended(program: Program, options: EndedOptions): Promise<Answer> {
  const { answerEnded, reopenEnded } = await import('../actions/acknowledge.ts')
  const { readTeams } = await import('../database/organisation.ts')
  const { ENDED_SHOWN, readEnded } = await import('../reports/ended.ts')
  const { pool, organisation, rulesOf } = program
  if (options.reopen !== undefined) {
    const contractId = await contractNamed(program, options.reopen)
    await reopenEnded(pool, actorOf(program), contractId)
    return {
      json: { reopened: options.reopen },
      text: () => `${options.reopen} is open again, and asked about.`,
    }
  }
  const named = await teamOf(program, options.team)
  const teams = named === null ? await readTeams(pool, organisation.id) : [named]
  const items = await readEnded(pool, organisation.id, teams, rulesOf)
  const shown = items.slice(0, ENDED_SHOWN)
  if (options.supplied === undefined && options.none !== true) {
    return { json: { total: items.length, items }, text: () => endedText(items, shown) }
  }
  const isNamed = (name: string) => (item: { readonly reference: string }) =>
    item.reference.trim().toLowerCase() === name.trim().toLowerCase()
  const supplied = (options.supplied ?? []).map((name) => {
    const found = shown.find(isNamed(name))
    if (found) return found.contractId
    throw new UserError(
      `${name} is none of the ${shown.length} shown: lapsewatch ended lists them.`,
    )
  })
  const counts = await answerEnded(pool, actorOf(program), shown, new Set(supplied))
  return {
    json: { ...counts, left: items.length - shown.length },
    text: () =>
      `${counted(counts.supplied, 'contract')} still supplied: out of contract, counted from now on. ${counted(counts.closed, 'contract')} closed; lapsewatch ended --reopen REFERENCE takes one back.`,
  }
}

function endedText(items: readonly EndedContract[], shown: readonly EndedContract[]): string {
  if (items.length === 0) return 'Nothing had ended before it was first read.'
  const rows = shown.map((each) => {
    const { reference, title, supplier, ended, replacedBy } = each
    return [reference, title, supplier, ended, worthWords(each, spendWords), replacedBy]
  })
  const left = items.length - shown.length
  return [
    `${counted(items.length, 'contract')} had ended before they were first read. Which are still supplied? Nothing is counted for them until somebody says so.`,
    table(['reference', 'title', 'supplier', 'ended', 'value', 'seems replaced by'], rows),
    ...(left > 0
      ? [`and ${figure(left)} more, once these are answered: --json lists them all`]
      : []),
    'lapsewatch ended --supplied REFERENCE…   (the others of these are closed; --none: all are)',
  ].join('\n\n')
}
