/** Importing a register: the file first, then its headings, to be changed before anything is applied. */
import type { ModalView } from '@slack/types'
import { z } from 'zod'
import { FIELDS, type Field } from '../../register/column-names.ts'
import type { Question } from '../../register/import/questions.ts'
import {
  changeLines,
  countLine,
  type ImportFacts,
  ownWords,
  problemLines,
} from '../../text/import-result.ts'
import { body, note, VIEW_LIMITS } from '../../text/message.ts'
import { capitalised, counted, figure, mrkdwn, plainText, shown } from '../../text/words.ts'
import {
  askedField,
  type Choice,
  checked,
  type Fields,
  fileField,
  type ImportPlan,
  idOf,
  modal,
  optionsFor,
  REQUIRED,
  radioField,
  selectField,
  textAsked,
} from './fields.ts'

export const IMPORT_FORM = 'lw.import'
export const HEADINGS_FORM = 'lw.headings'

const FILE_TYPES = ['csv', 'tsv', 'xlsx', 'json', 'jsonl']

export interface ImportForm {
  readonly teams: readonly { readonly id: number; readonly name: string }[]
  readonly teamId: number | null
}

const SOURCE = textAsked('Name of the register', 100, {
  hint: 'The same name next time updates it. Empty: the name of the file.',
})

export function importModal({ teams, teamId }: ImportForm): ModalView {
  return modal(IMPORT_FORM, 'Import register', 'Read headings', {}, [
    body(mrkdwn`The headings are shown first: nothing is changed before you have seen them.`),
    fileField({ name: 'file', label: 'The register, as CSV, Excel or OCDS' }, FILE_TYPES),
    SOURCE.show('source', null),
    teams.length < 2
      ? null
      : selectField(
          {
            name: 'team',
            label: 'Team of rows that name none',
            optional: true,
          },
          teams.map(({ id, name }) => ({ value: String(id), text: name })),
          teamId === null ? null : String(teamId),
        ),
  ])
}

/** Columns of a page: each takes a block, and a modal has a hundred. */
const COLUMNS_A_PAGE = 90
const NOT_READ: Choice = { value: 'not-read', text: 'Not read' }
/** The fields of columns: what they offer is asked for by what is typed. */
export const COLUMN_FIELDS = /^column-\d{1,3}$/

interface HeadingsForm {
  readonly plan: ImportPlan
  readonly file: string
  /** Null where that is not known before it is read. */
  readonly rows: number | null
  readonly columns: readonly HeadingShown[]
  /** Dates such as 03/04/2025 could be read both ways. */
  readonly ambiguousDates: boolean
}
interface HeadingShown {
  readonly heading: string
  /** What it was taken for; null where nothing was recognised. */
  readonly field: string | null
  readonly sample: string | null
}

/** Everything that a column can be, as Slack asks for it. */
export function columnOptions(typed: string) {
  return optionsFor([NOT_READ, ...FIELDS.map(choiceOf)], typed)
}

function choiceOf(name: string): Choice {
  // `extensionEnd` is the extension's end: `Extension end`.
  return {
    value: name,
    text: capitalised(name.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`)),
  }
}

/** The second step, page by page: columns that nobody recognised first, empty ones last. */
export function headingsModal(form: HeadingsForm): ModalView {
  const { file, rows, columns } = form
  const order = doubtfulFirst(columns)
  const first = form.plan.page * COLUMNS_A_PAGE
  const shownHere = order.slice(first, first + COLUMNS_A_PAGE)
  const left = Math.max(0, order.length - first - COLUMNS_A_PAGE)
  const said = new Map(form.plan.fields)
  const unknown = columns.filter(isDoubtful).length
  return modal(
    HEADINGS_FORM,
    'Check headings',
    left > 0 ? 'Next columns' : 'Try it',
    { ...form.plan, left },
    [
      body(
        mrkdwn`*${shown(file, 100)}: ${rows === null ? '' : mrkdwn`${counted(rows, 'row')}, `}${counted(columns.length, 'column')}*`,
        mrkdwn`Change what a column stands for where it was taken wrongly. Nothing is changed before you have seen what it would do.`,
        unknown === 0
          ? null
          : mrkdwn`${counted(unknown, 'column')} that nobody recognised ${unknown === 1 ? 'stands' : 'stand'} first.`,
      ),
      form.ambiguousDates && form.plan.page === 0
        ? radioField(
            { name: 'dates', label: 'Dates such as 03/04/2025 are written' },
            [
              { value: 'day-first', text: 'day first: 3 April' },
              { value: 'month-first', text: 'month first: 4 March' },
            ],
            null,
          )
        : null,
      ...shownHere.map((index) => {
        const { heading = '', field = null, sample = null } = columns[index] ?? {}
        const chosen = said.has(index) ? (said.get(index) ?? null) : field
        return askedField(
          {
            name: columnName(index),
            label: heading.trim() === '' ? `Column ${index + 1}` : heading.slice(0, 150),
            ...(sample === null ? {} : { hint: `Such as ${sample.slice(0, 100)}` }),
          },
          chosen === null ? NOT_READ : choiceOf(chosen),
        )
      }),
      left > 0
        ? note(mrkdwn`${counted(left, 'more column', 'more columns')} on the next page.`)
        : note(null),
    ],
  )
}

function isDoubtful({ field, sample }: HeadingShown): boolean {
  return field === null && sample !== null
}

function doubtfulFirst(columns: readonly HeadingShown[]): number[] {
  const rank = (column: HeadingShown) => (isDoubtful(column) ? 0 : column.field === null ? 2 : 1)
  return columns
    .map((column, index) => ({ index, rank: rank(column) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ index }) => index)
}

/** The field of a column, counted from 0. */
function columnName(index: number): string {
  return `column-${index}`
}

// What an import shows between its steps: that it is at work, then what it would change.

export const APPLY_FORM = 'lw.import-apply'
const WAITING_VIEW = 'lw.import-waiting'

/** Nothing can be sent from it: it is replaced as soon as the work is done. */
export function waitingModal(words: string): ModalView {
  return {
    type: 'modal',
    callback_id: WAITING_VIEW,
    title: plainText('Import register', VIEW_LIMITS.title),
    close: plainText('Close', VIEW_LIMITS.title),
    blocks: [{ type: 'section', text: plainText(words, 300) }],
  }
}

/** What the register would change, tried and taken back. */
export function dryRunModal(plan: ImportPlan, facts: ImportFacts): ModalView {
  const lines = problemLines(facts, 8)
  const changes = changeLines(facts, 15)
  return modal(APPLY_FORM, 'Import register', 'Import', plan, [
    body(
      mrkdwn`*${shown(facts.file, 100)}, as register ${shown(facts.source, 100)}*`,
      countLine(facts, 'would'),
      mrkdwn`Nothing is changed yet.`,
    ),
    changes.length === 0 ? null : body(mrkdwn`*What was changed in the export*`, ...changes),
    lines.length === 0 ? null : body(mrkdwn`*Worth a look*`, ...lines),
    facts.problems.length > lines.length
      ? note(
          lines.length === 0
            ? mrkdwn`Nothing new to look at. After the import a file lists what was told before (${figure(facts.problems.length)}).`
            : mrkdwn`${figure(facts.problems.length - lines.length)} more: after the import a file lists them all.`,
        )
      : null,
  ])
}

// The file of an import, then what its columns stand for.

const ImportSent = z.object({
  file: z.string('Choose the file of the register.'),
  source: z.string().nullable(),
  teamId: z.number().nullable(),
})

interface ImportInput {
  /** Slack's id of the uploaded file. */
  readonly fileId: string
  readonly source: string | null
  readonly teamId: number | null
}

export function readImport(fields: Fields): ImportInput | null {
  const read = checked(fields, ImportSent, {
    file: fields.files('file')[0],
    source: SOURCE.read(fields, 'source'),
    teamId: idOf(fields.chosen('team')),
  })
  if (read === null) return null
  const { file: fileId, ...rest } = read
  return { fileId, ...rest }
}

interface HeadingsInput {
  /** By column, counted from 0; null: not read. Columns that were not shown are missing. */
  readonly columns: ReadonlyMap<number, Field | null>
  readonly dates: 'day-first' | 'month-first' | null
}

/** One of these says when a contract ends, and one of the others what it is. */
const ENDS: readonly Field[] = ['end', 'currentEnd', 'maximumEnd', 'extensionEnd']
const NAMES: readonly Field[] = ['reference', 'title', 'supplier']

/** Of one page; what the pages before it settled stands in the plan. */
export function readHeadings(
  fields: Fields,
  { fields: before, left }: Pick<ImportPlan, 'fields' | 'left'>,
): HeadingsInput | null {
  const columns = new Map<number, Field | null>()
  const shownHere = Array.from({ length: MOST_COLUMNS }, (_, index) => index).filter(
    (index) => fields.chosen(columnName(index)) !== null,
  )
  const taken = new Map<Field, number>()
  for (const [index, name] of before) {
    const field = FIELDS.find((each) => each === name)
    if (field !== undefined && !shownHere.includes(index)) taken.set(field, index)
  }
  for (const index of shownHere) {
    const chosen = fields.chosen(columnName(index))
    const field = FIELDS.find((each) => each === chosen) ?? null
    if (field === null && chosen !== NOT_READ.value) {
      fields.wrong(columnName(index), 'Choose one of the list.')
    }
    const other = field === null ? undefined : taken.get(field)
    if (other !== undefined) {
      fields.wrong(
        columnName(index),
        `Column ${other + 1} is read as that already: choose another, or "Not read".`,
      )
    }
    columns.set(index, field)
    if (field !== null && other === undefined) taken.set(field, index)
  }
  const [first] = shownHere
  if (first === undefined) return null
  if (left === 0 && !NAMES.some((field) => taken.has(field))) {
    const problem = 'No column is read as reference, title or supplier: choose one that is.'
    fields.wrong(columnName(first), problem)
  } else if (left === 0 && !ENDS.some((field) => taken.has(field))) {
    fields.wrong(columnName(first), 'No column is read as an end date: choose one that is.')
  }
  return { columns, dates: fields.choice('dates', ['day-first', 'month-first']) }
}

/** More columns than a register has. */
const MOST_COLUMNS = 1000

// What a register leaves open, answered in words of one's own.

export const OWN_ANSWER_FORM = 'lw.answer'

const MOST_ANSWER = 80

export function ownAnswerModal({ id, text, holds, about }: Question): ModalView {
  const takes = ownWords(about).map((words) => words.replace('not-known', '“not known”'))
  const hint = `Write ${takes.join(', or ')}.`
  return modal(OWN_ANSWER_FORM, 'Answer', 'Answer', { questionId: id }, [
    body(mrkdwn`*${shown(text, 400)}*`, mrkdwn`Until it is answered: ${shown(holds, 200)}.`),
    textAsked('Your answer', MOST_ANSWER, { hint, ...REQUIRED }).show('answer', null),
  ])
}

export function readOwnAnswer(fields: Fields): string | null {
  const asked = z.object({ answer: z.string('Write your answer.') })
  return checked(fields, asked, { answer: fields.text('answer', MOST_ANSWER) })?.answer ?? null
}

/** A register on its way in: each step knows what the ones before it settled. */
export type ImportStep =
  | { readonly form: 'import'; readonly input: ImportInput }
  | { readonly form: 'headings'; readonly plan: ImportPlan; readonly input: HeadingsInput }
  | { readonly form: 'apply'; readonly plan: ImportPlan }
