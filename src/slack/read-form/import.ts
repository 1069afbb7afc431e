/** The file of an import, then what its columns stand for. */
import { FIELDS, type Field } from '../../register/column-names.ts'
import { columnName, MOST_COLUMNS, NOT_READ } from '../../text/forms/import.ts'
import type { Fields } from './fields.ts'

export interface ImportInput {
  /** Slack's id of the uploaded file. */
  readonly fileId: string
  readonly source: string | null
  readonly teamId: number | null
}

export function readImport(fields: Fields): ImportInput | null {
  const [fileId] = fields.files('file')
  if (fileId === undefined) fields.wrong('file', 'Choose the file of the register.')
  const team = fields.chosen('team')
  const source = fields.text('source', 100)
  const teamId = team !== null && /^[1-9]\d{0,8}$/.test(team) ? Number(team) : null
  return fileId === undefined ? null : { fileId, source, teamId }
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
