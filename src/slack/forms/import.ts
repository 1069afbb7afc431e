/** Importing a register: the file first, then its headings, to be changed before anything is applied. */
import type { ModalView } from '@slack/types'
import { z } from 'zod'
import { FIELDS, type Field } from '../../register/column-names.ts'
import { countLine, type ImportFacts, problemLines } from '../../text/import-result.ts'
import { body, note, VIEW_LIMITS } from '../../text/message.ts'
import { counted, figure, mrkdwn, plainText, shown } from '../../text/words.ts'
import {
  type Choice,
  checked,
  type Fields,
  fileField,
  type ImportPlan,
  idOf,
  modal,
  radioField,
  selectField,
  textField,
} from './fields.ts'

export const IMPORT_FORM = 'lw.import'
export const HEADINGS_FORM = 'lw.headings'

const FILE_TYPES = ['csv', 'tsv', 'xlsx', 'json', 'jsonl']

export interface ImportForm {
  readonly teams: readonly { readonly id: number; readonly name: string }[]
  readonly teamId: number | null
}

export function importModal({ teams, teamId }: ImportForm): ModalView {
  return modal(IMPORT_FORM, 'Import register', 'Read headings', {}, [
    body(mrkdwn`The headings are shown first: nothing is changed before you have seen them.`),
    fileField({ name: 'file', label: 'The register, as CSV, Excel or OCDS' }, FILE_TYPES),
    textField(
      {
        name: 'source',
        label: 'Name of the register',
        hint: 'The same name next time updates it. Empty: the name of the file.',
        optional: true,
      },
      null,
      { most: 100 },
    ),
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

/** Columns that are asked about; each takes a block, and a modal has a hundred. */
const MOST_COLUMNS = 90
const NOT_READ = 'not-read'

export interface HeadingsForm {
  readonly plan: ImportPlan
  readonly file: string
  /** Null where that is not known before it is read. */
  readonly rows: number | null
  readonly columns: readonly {
    readonly heading: string
    /** What it was taken for; null where nothing was recognised. */
    readonly field: string | null
    readonly sample: string | null
  }[]
  /** Everything that a column can be. */
  readonly fields: readonly { readonly name: string; readonly title: string }[]
  /** Dates such as 03/04/2025 could be read both ways. */
  readonly ambiguousDates: boolean
}

/** The second step. Columns past the ninetieth keep what they were taken for. */
export function headingsModal(form: HeadingsForm): ModalView {
  const { plan, file, rows, columns, fields } = form
  const choices: Choice[] = [
    { value: NOT_READ, text: 'Not read' },
    ...fields.map(({ name, title }) => ({ value: name, text: title })),
  ]
  const left = columns.length - MOST_COLUMNS
  return modal(HEADINGS_FORM, 'Check headings', 'Try it', plan, [
    body(
      mrkdwn`*${shown(file, 100)}: ${rows === null ? '' : mrkdwn`${counted(rows, 'row')}, `}${counted(columns.length, 'column')}*`,
      mrkdwn`Change what a column stands for where it was taken wrongly. Nothing is changed before you have seen what it would do.`,
    ),
    form.ambiguousDates
      ? radioField(
          { name: 'dates', label: 'Dates such as 03/04/2025 are written' },
          [
            { value: 'day-first', text: 'day first: 3 April' },
            { value: 'month-first', text: 'month first: 4 March' },
          ],
          null,
        )
      : null,
    ...columns.slice(0, MOST_COLUMNS).map((column, index) =>
      selectField(
        {
          name: columnName(index),
          label:
            column.heading.trim() === '' ? `Column ${index + 1}` : column.heading.slice(0, 150),
          ...(column.sample === null ? {} : { hint: `Such as ${column.sample.slice(0, 100)}` }),
        },
        choices,
        column.field ?? NOT_READ,
      ),
    ),
    left > 0
      ? note(mrkdwn`${figure(left)} more columns are read as they were recognised.`)
      : note(null),
  ])
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
  return modal(APPLY_FORM, 'Import register', 'Import', plan, [
    body(
      mrkdwn`*${shown(facts.file, 100)}, as register ${shown(facts.source, 100)}*`,
      countLine(facts, 'would'),
      mrkdwn`Nothing is changed yet.`,
    ),
    lines.length === 0 ? null : body(mrkdwn`*Worth a look*`, ...lines),
    facts.problems.length > lines.length
      ? note(
          mrkdwn`${figure(facts.problems.length - lines.length)} more: after the import a file lists them all.`,
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

export interface ImportInput {
  /** Slack's id of the uploaded file. */
  readonly fileId: string
  readonly source: string | null
  readonly teamId: number | null
}

export function readImport(fields: Fields): ImportInput | null {
  const read = checked(fields, ImportSent, {
    file: fields.files('file')[0],
    source: fields.text('source', 100),
    teamId: idOf(fields.chosen('team')),
  })
  if (read === null) return null
  const { file: fileId, ...rest } = read
  return { fileId, ...rest }
}

export interface HeadingsInput {
  /** By column, counted from 0; null: not read. Columns that were not shown are missing. */
  readonly columns: ReadonlyMap<number, Field | null>
  readonly dates: 'day-first' | 'month-first' | null
}

/** One of these says when a contract ends, and one of the others what it is. */
const ENDS: readonly Field[] = ['end', 'currentEnd', 'maximumEnd', 'extensionEnd']
const NAMES: readonly Field[] = ['reference', 'title', 'supplier']

export function readHeadings(fields: Fields): HeadingsInput | null {
  const columns = new Map<number, Field | null>()
  const taken = new Map<Field, number>()
  for (let index = 0; index < MOST_COLUMNS; index++) {
    const chosen = fields.chosen(columnName(index))
    if (chosen === null) continue
    const field = FIELDS.find((each) => each === chosen) ?? null
    if (field === null && chosen !== NOT_READ) {
      fields.wrong(columnName(index), 'Choose one of the list.')
    }
    const before = field === null ? undefined : taken.get(field)
    if (before !== undefined) {
      fields.wrong(
        columnName(index),
        `Column ${before + 1} is read as that already: choose another, or "Not read".`,
      )
    }
    columns.set(index, field)
    if (field !== null && before === undefined) taken.set(field, index)
  }
  if (columns.size === 0) return null
  const first = columnName([...columns.keys()][0] ?? 0)
  if (!NAMES.some((field) => taken.has(field))) {
    fields.wrong(first, 'No column is read as reference, title or supplier: choose one that is.')
  } else if (!ENDS.some((field) => taken.has(field))) {
    fields.wrong(first, 'No column is read as an end date: choose one that is.')
  }
  return { columns, dates: fields.choice('dates', ['day-first', 'month-first']) }
}

/** A register on its way in: each step knows what the ones before it settled. */
export type ImportStep =
  | { readonly form: 'import'; readonly input: ImportInput }
  | { readonly form: 'headings'; readonly plan: ImportPlan; readonly input: HeadingsInput }
  | { readonly form: 'apply'; readonly plan: ImportPlan }
