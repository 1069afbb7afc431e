/** What an import did, to whoever handed the register over; what was wrong with its rows as a file. */

import type { CivilDate } from '../rules/civil-date.ts'
import { groupedBy } from '../rules/text-match.ts'
import type { QuestionFact } from './answer-facts.ts'
import { button, row } from './buttons.ts'
import type { AskedFact, Message } from './facts.ts'
import { importHeadline, questionsHeadline, refreshHeadline, registerWords } from './headline.ts'
import {
  type AnswerPart,
  answer,
  body,
  type Columns,
  csvFile,
  note,
  rowsUnder,
  rowWith,
} from './message.ts'
import {
  counted,
  dateWords,
  figure,
  firstLines,
  firstNamed,
  type Mrkdwn,
  moreWords,
  mrkdwn,
  notNone,
  shown,
} from './words.ts'

/** How many rows came to what. */
/** So many references stand in a sentence. */
const NAMED = 5

export interface ImportCounts {
  readonly read: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly rejected: number
  readonly skipped: number
}

/** A field of a contract that was changed in an export, which comes back. */
export interface EditedField {
  readonly reference: string
  readonly field: string
  readonly from: string | null
  readonly to: string | null
}

export interface ImportFacts extends ImportCounts {
  /** Missing where it is not applied yet. */
  readonly importId?: number
  readonly file: string
  readonly source: string
  /** These four are missing in what was queued before they were told. */
  readonly unwatched?: number
  readonly undated?: number
  readonly dateless?: number
  readonly over?: number
  readonly questions?: { readonly asked: number }
  readonly problems: readonly ImportProblemFact[]
  /** What was changed in an export that comes back, contract by contract. */
  readonly changes?: readonly EditedField[]
  /** What the answer sheets of a workbook did, in sentences. */
  readonly said?: readonly string[]
}

/** What an undone import took away and put back. */
export interface Undone {
  readonly source: string
  readonly file: string
  readonly importedOn: CivilDate
  /** Contracts that it had created, and that are gone. */
  readonly removed: number
  /** Contracts that it had changed, and that are as they were. */
  readonly restored: number
  /** Posted messages that are rewritten. */
  readonly messages: number
  readonly applied: boolean
}

export function undoneWords(undone: Undone): string {
  const { source, file, importedOn, removed, restored, messages, applied } = undone
  const [was, are] = applied
    ? ['was', ['removed', 'put back', 'rewritten']]
    : ['would be', ['would be removed', 'would be put back', 'would be rewritten']]
  return [
    `The import of ${file} as ${source} on ${dateWords(importedOn)} ${was} undone:`,
    `${counted(removed, 'contract')} that it had created ${are[0]},`,
    `${counted(restored, 'contract')} that it had changed ${are[1]},`,
    `${counted(messages, 'posted message')} ${are[2]}.`,
  ].join(' ')
}

/** One thing wrong with a register, told so that a person can put it right. */
export interface ImportProblemFact {
  /** Where: a line number of the file ("17"), or a JSON path ("releases[3].awards[0]"). */
  readonly at: string
  readonly reference: string | null
  /** The field's heading as the file words it, or null where the whole row is meant. */
  readonly field: string | null
  readonly value: string | null
  readonly problem: string
  readonly remedy: string
  /**
   * `error` rejects the row: that contract is unwatched. `warning` applies it all the same. A
   * `question` is asked, as an answer would change a warning; a `note` is only counted and listed.
   */
  readonly severity: 'error' | 'warning' | 'question' | 'note'
  /** The register's last import told of it already: not repeated. */
  readonly before?: boolean
}

export function importAnswer(facts: ImportFacts): Message {
  const lines = problemLines(facts, 5)
  return answer(
    [
      body(
        mrkdwn`*${importHeadline(importCounts(facts))}*`,
        mrkdwn`${counted(facts.read, 'row')} read from ${shown(facts.file, 100)}, ${shown(registerWords(facts.source), 100)}.`,
        watchedLine(facts),
        countLine(facts, 'did'),
        facts.rejected === 0
          ? null
          : mrkdwn`Nobody watches rejected rows: put them right, and import the file again.`,
      ),
      asking(facts),
      facts.said === undefined || facts.said.length === 0
        ? null
        : body(...facts.said.slice(0, 10).map((each) => mrkdwn`${shown(each, 300)}`)),
      lines.length === 0 ? null : body(mrkdwn`*Worth a look*`, ...lines),
      undoing(facts),
    ],
    facts.problems.length === 0 ? null : problemFile(facts),
  )
}

function importCounts({ read, skipped, unwatched, over = 0, rejected, questions }: ImportFacts) {
  const asked = { rejected, questions: questions?.asked ?? 0 }
  if (unwatched === undefined) return { ...asked, read, watched: null, not: 0 }
  return { ...asked, read, watched: watchedOf({ read, skipped, unwatched, over }), not: unwatched }
}

function watchedOf(counts: { read: number; skipped: number; unwatched: number; over: number }) {
  const { read, skipped, unwatched, over } = counts
  return Math.max(0, read - skipped - unwatched - over)
}

function asking({ questions }: ImportFacts): AnswerPart | null {
  const asked = questions?.asked ?? 0
  if (asked === 0) return null
  return rowWith(
    button('Answer them', { act: 'run', query: 'questions' }, { style: 'primary' }),
    mrkdwn`*${counted(asked, 'question')} for you, about ${counted(asked, 'minute')}*`,
  )
}

function undoing({ importId, created, updated, source }: ImportFacts): AnswerPart | null {
  if (importId === undefined || created + updated === 0) return null
  const title = 'Undo this import?'
  const words = mrkdwn`Its ${counted(created, 'new contract')} will be gone, and ${counted(updated, 'changed contract')} of ${shown(source, 60)} will be as before. Warnings that were posted will say that they were withdrawn.`
  const confirm = { title, text: words, yes: 'Undo it', no: 'Leave it' }
  return row(button('Undo this import', { act: 'undo-import', importId }, { confirm }))
}

/** What counts as watched, and has nothing to be warned of. */
export function datelessWords(dateless: number): string {
  return dateless === 0 ? '' : ` (${figure(dateless)} of them run on without a date to warn of)`
}

/** `594 contracts watched, 6 not (2 without an end).` */
function watchedLine({
  read,
  skipped,
  unwatched,
  undated = 0,
  dateless = 0,
  over = 0,
}: ImportFacts): Mrkdwn | null {
  if (unwatched === undefined) return null
  const watched = watchedOf({ read, skipped, unwatched, over })
  const without = undated === 0 ? '' : ` (${figure(undated)} without an end)`
  const past = over === 0 ? '' : `, ${figure(over)} over`
  return mrkdwn`${counted(watched, 'contract')} watched${datelessWords(dateless)}, ${figure(unwatched)} not${without}${past}.`
}

/** What came of a register that refreshes itself, to the administrators. */
export interface RefreshFacts {
  readonly asOf: CivilDate
  readonly source: string
  /** `recovered`: it failed before, for what `lines` say. */
  readonly headline: 'failed' | 'taken' | 'recovered'
  readonly lines: readonly string[]
  readonly counts?: Pick<
    ImportFacts,
    'file' | 'created' | 'updated' | 'unchanged' | 'rejected'
  > | null
  /** What is applied once somebody presses its button. */
  readonly question: {
    readonly id: number
    readonly contracts: number
    readonly lines: readonly string[]
  } | null
}

/** What is wrong with a refresh, and what to do, in sentences. */
export function refusalWords(kind: string, words: string, source: string): string {
  const remedies: Readonly<Record<string, string>> = {
    'no-folder': 'See that the folder is there for the worker, or set another: source set.',
    'no-file': 'See that the export still writes there.',
    unfinished: 'See that the export ends.',
    'cut-off': 'Let the export write it again.',
    unreadable: `Put the file right, or say once how it is read: import FILE --source "${source}".`,
    'too-much': `If that is right, apply it: source confirm "${source}". Else put the export right.`,
    unchanged: 'See that the export still runs.',
  }
  return `${words}. ${remedies[kind] ?? ''}`.trim()
}

export function refreshMessage(
  { asOf, source, headline, lines, counts = null, question }: RefreshFacts,
  answerable: boolean,
): Message {
  const name = shown(registerWords(source).replace(/^register /, 'Register '), 90)
  const waiting = question?.contracts ?? 0
  const said = {
    failed: mrkdwn`🔴 ${name} was not refreshed.`,
    taken: mrkdwn`${name} was refreshed.`,
    recovered: mrkdwn`${name} is refreshed again.`,
  }[headline]
  const left = (question?.contracts ?? 0) - (question?.lines.length ?? 0)
  const confirm =
    question === null || !answerable
      ? null
      : row(
          button(
            'Apply it',
            { act: 'answer', questionId: question.id, choice: 'apply' },
            { style: 'primary' },
          ),
          button('Leave it', { act: 'answer', questionId: question.id, choice: 'leave' }),
        )
  return answer([
    body(
      mrkdwn`*${refreshHeadline(asOf, { source, headline, waiting })}*`,
      said,
      ...(headline === 'recovered'
        ? lines.map((each) => mrkdwn`Before: ${shown(each, 300)}.`)
        : lines.map((each) => mrkdwn`${shown(each, 500)}`)),
      headline === 'failed'
        ? mrkdwn`It keeps its last state: everything is warned of as before.`
        : null,
      counts === null
        ? null
        : mrkdwn`${shown(counts.file, 100)}: ${figure(counts.created)} new, ${figure(counts.updated)} changed, ${figure(counts.unchanged)} as before${counts.rejected === 0 ? '' : mrkdwn`, ${figure(counts.rejected)} rejected`}.`,
    ),
    question === null
      ? null
      : body(
          mrkdwn`*${counted(question.contracts, 'contract')} would become quieter, so that waits for you:*`,
          ...question.lines.map((each) => mrkdwn`• ${shown(each, 200)}`),
          moreWords(left, ''),
          mrkdwn`All at once: the button, or lapsewatch source confirm "${shown(source, 80)}".`,
        ),
    confirm,
    note(mrkdwn`As of ${dateWords(asOf)}.`),
  ])
}

/** What registers leave open, seven on a screen, each with its answers. */
export function questionsAnswer(
  questions: readonly QuestionFact[],
  done: string | null = null,
): Message {
  const first = questions.slice(0, 7)
  const left = questions.length - first.length
  return answer([
    body(
      done === null ? null : shown(done, 300),
      questions.length === 0
        ? mrkdwn`*Nothing is open.*`
        : mrkdwn`*${counted(questions.length, 'open question')}*, about ${counted(questions.length, 'minute')}. Each answer holds for all contracts that it names.`,
    ),
    ...first.flatMap((each) => questionParts(each)),
    body(moreWords(left, ', once these are answered.')),
  ])
}

/** What registers leave open of somebody's own contracts. */
export interface OwnQuestionsFacts {
  readonly asOf: CivilDate
  readonly questions: readonly AskedFact[]
}

export function ownQuestionsMessage(
  { asOf, questions }: OwnQuestionsFacts,
  answerable: boolean,
): Message {
  return answer([
    body(
      mrkdwn`*${questionsHeadline(asOf, questions.length)}*`,
      mrkdwn`The register leaves ${counted(questions.length, 'thing')} open about your contracts.`,
      mrkdwn`You are asked twice at most. Each answer holds for all contracts that it names.`,
    ),
    ...questions.flatMap((each) => {
      const [words = null, ...answers] = questionParts(each)
      return answerable ? [words, ...answers] : [words]
    }),
    note(mrkdwn`As of ${dateWords(asOf)}.`),
  ])
}

/** A button for each answer, and one for an answer in words of their own, where it takes one. */
export function answerButtons({ id, choices, about = '', contracts = 1 }: AskedFact) {
  return [
    ...choices.map((choice) =>
      button(choice.text, { act: 'answer', questionId: id, choice: choice.id }),
    ),
    takesOwn(about, contracts)
      ? button('Another answer…', { act: 'answer-own', questionId: id })
      : null,
  ]
}

/** What an answer did: how many contracts it changed, else that it is kept; and what followed from it. */
export function answeredWords({
  changed,
  renewed,
  contradicted,
}: {
  readonly changed: number
  readonly renewed: readonly string[]
  readonly contradicted: readonly string[]
}): string {
  const did =
    changed > 0
      ? `${counted(changed, 'contract')} changed.`
      : 'Kept: they were read so already, and stay as they are.'
  const followed =
    renewed.length === 0
      ? ''
      : ` Nothing else holds it back: by the register’s own words the notice day has passed unheard, so a renewal is presumed of ${firstNamed(renewed, NAMED)}, whose end moves on.`
  // Of these another answer gives an earlier end.
  const against =
    contradicted.length === 0
      ? ''
      : ` Another answer gives an earlier end of ${firstNamed(contradicted, NAMED)}: it holds until one of the two is taken back.`
  return `${changed === 0 && renewed.length > 0 ? 'Kept.' : did}${followed}${against}`
}

/** What else than its choices a question takes. */
export function ownWords(about: string): string[] {
  switch (about) {
    case 'end':
    case 'term':
      return ['a day such as 2027-06-30', 'not-known']
    case 'rolls':
      return [
        'the first day of a term, such as 2027-04-01',
        'a length such as 6 months',
        'not-known',
      ]
    case 'notice':
      return ['a length such as 45 days', 'not-known']
    case 'setting':
    case 'waiting':
    case 'regime':
      return []
    default:
      return ['not-known']
  }
}

/** Whether somebody may answer it with a day or a length: a day of an end holds for one contract alone. */
function takesOwn(about: string, contracts: number): boolean {
  return about === 'rolls' || about === 'notice'
    ? true
    : (about === 'end' || about === 'term') && contracts === 1
}

/** A question with a button for each answer. */
export function questionParts(question: AskedFact): AnswerPart[] {
  const { text, holds } = question
  const answers = row(...answerButtons(question))
  return [
    body(mrkdwn`*${shown(text, 400)}*`, mrkdwn`Until it is answered: ${shown(holds, 200)}.`),
    ...(answers === null ? [] : [answers]),
  ]
}

/** `12 new, 3 changed, 80 unchanged, 2 rejected.` */
export function countLine(
  { created, updated, unchanged, rejected, skipped }: ImportFacts,
  mood: 'would' | 'did',
): Mrkdwn {
  const counts = notNone(
    [created, 'new'],
    [updated, 'changed'],
    [unchanged, 'unchanged'],
    [rejected, 'rejected'],
    [skipped, 'skipped'],
  )
  return mrkdwn`${mood === 'would' ? mrkdwn`If you import it: ` : ''}${counts || 'no contracts'}.`
}

/** Problems that say the same of their rows, together: 600 blank ends are one line for people. */
export function alikeProblems<P extends ImportProblemFact>(problems: readonly P[]): P[][] {
  const alike = ({ severity, field, problem, remedy }: P) =>
    [severity, field, problem.replace(/\d+/g, '#'), remedy].join('|')
  return [...groupedBy(problems, alike).values()]
}

/** `2, 3, 4 and 597 more`. */
export function placesWords(problems: readonly ImportProblemFact[]): string {
  return firstNamed([...new Set(problems.map(({ at }) => at))], 3)
}

/** What an export that comes back would change: `C-1: owner Ann Ash → Bo Lee`. */
export function changeLines({ changes = [] }: ImportFacts, most: number): Mrkdwn[] {
  return firstLines(
    changes,
    most,
    ({ reference, field, from, to }) => {
      const name = field.replace(/_id$/, '').replaceAll('_', ' ')
      return mrkdwn`${shown(reference, 40)}: ${shown(name, 40)} ${shown(from ?? 'nothing', 60)} → ${shown(to ?? 'nothing', 60)}`
    },
    '',
  ).filter((line) => line !== null)
}

/** The first problems, what rejects a row before what is only worth a look. */
export function problemLines({ problems: all }: ImportFacts, most: number): Mrkdwn[] {
  const problems = all.filter(({ before }) => before !== true)
  const first = [
    ...problems.filter(({ severity }) => severity === 'error'),
    ...problems.filter(({ severity }) => severity === 'question'),
    ...problems.filter(({ severity }) => severity === 'warning'),
  ]
  return alikeProblems(first)
    .flatMap((alike) => {
      const [one, ...others] = alike
      return one === undefined ? [] : [{ one, others, alike }]
    })
    .slice(0, most)
    .map(({ one: { at, reference, problem, remedy, severity }, others, alike }) => {
      const line = others.length === 0 ? 'line' : 'lines'
      const where = /^\d+$/.test(at) ? `${line} ${placesWords(alike)}` : placesWords(alike)
      const name = reference === null || others.length > 0 ? '' : mrkdwn`, ${shown(reference, 40)}`
      const what = severity === 'error' ? mrkdwn`rejected: ` : ''
      return mrkdwn`• ${shown(where, 60)}${name}: ${what}${shown(problem, 200)}. ${shown(remedy, 150)}`
    })
}

function problemFile({ file, problems }: ImportFacts) {
  return csvFile(
    'import-problems',
    `What was wrong in ${file}`,
    Object.keys(COLUMNS),
    rowsUnder(COLUMNS, problems),
  )
}

const COLUMNS: Columns<ImportProblemFact> = {
  Line: ({ at }) => at,
  Reference: ({ reference }) => reference,
  Column: ({ field }) => field,
  Value: ({ value }) => value,
  Problem: ({ problem }) => problem,
  'What to do': ({ remedy }) => remedy,
  Rejected: ({ severity }) => (severity === 'error' ? 'yes' : 'no'),
}
