/** The cells of one row by field, read and checked; what is wrong is gathered on the way. */
import type { CivilDate } from '../rules/civil-date.ts'
import type { Period } from '../rules/contract.ts'
import { unguarded } from '../text/message.ts'
import type { Column, Columns } from './column-mapping.ts'
import { FIELDS, type Field } from './column-names.ts'
import type { DateOrder, Problem } from './draft.ts'
import type { RegisterRow } from './formats/csv-rows.ts'
import { LIMITS } from './limits.ts'
import { type AmountReading, type DecimalMark, readAmount, readPeriod } from './parse-amount.ts'
import { type DateReading, isNil, readDate } from './parse-date.ts'
import { cleanText } from './parse-words.ts'

export type Severity = Problem['severity']
type Fields = { [field in Field]: Column | null }

/** Dates and amounts repeat: what was read once is remembered, up to so many of each. */
const REMEMBERED = 20_000
const NIL: DateReading = { kind: 'nil' }

/** How a table is to be read: settled once, before its first row. */
export interface TableReading {
  readonly columns: Columns
  readonly orders: ReadonlyMap<number, DateOrder | null>
  readonly marks: ReadonlyMap<number, DecimalMark>
  readonly timeZone: string | null
}

export class Cells {
  readonly columns: Fields
  /** An export of ours: its guarded and quoted cells are taken back. */
  readonly isOwn: boolean
  problems: Problem[] = []
  reference: string | null = null
  #row: RegisterRow = { line: 0, cells: [] }
  readonly #orders: ReadonlyMap<number, DateOrder | null>
  readonly #marks: ReadonlyMap<number, DecimalMark>
  readonly #timeZone: string | null
  readonly #dates = new Map<string, DateReading>()

  constructor({ columns, orders, marks, timeZone }: TableReading) {
    const fields: Partial<Fields> = {}
    for (const field of FIELDS) fields[field] = null
    for (const column of columns.all) fields[column.field] = column
    this.columns = fields as Fields
    this.isOwn = this.columns.identity !== null
    this.#orders = orders
    this.#marks = marks
    this.#timeZone = timeZone
  }

  begin(row: RegisterRow): void {
    this.#row = row
    this.problems = []
    this.reference = null
  }

  raw(field: Field): string {
    const column = this.columns[field]
    return column === null ? '' : (this.#row.cells[column.index] ?? '')
  }

  /** The cell's text made plain, or null where it says nothing. */
  text(field: Field): string | null {
    const column = this.columns[field]
    if (column === null) return null
    const raw = this.#row.cells[column.index]
    return cleanText(this.isOwn && raw !== undefined ? unguarded(raw) : raw)
  }

  /** The cell's date; one that cannot be read is reported, and comes back as `bad`. */
  date(field: Field, severity: Severity = 'error'): DateReading {
    const column = this.columns[field]
    if (column === null) return NIL
    const raw = this.#row.cells[column.index]
    if (raw === undefined || raw === '') return NIL
    const order = this.#orders.get(column.index) ?? null
    const key = order === null ? raw : order + raw
    let reading = this.#dates.get(key)
    if (reading === undefined) {
      reading = readDate(raw, order, this.#timeZone)
      if (this.#dates.size >= REMEMBERED) this.#dates.clear()
      this.#dates.set(key, reading)
    }
    if (reading.kind === 'bad') this.report(field, reading.problem, reading.remedy, severity)
    return reading
  }

  /** The first day that the cell may mean, or null. */
  firstDay(field: Field, severity: Severity = 'error'): CivilDate | null {
    const reading = this.date(field, severity)
    return reading.kind === 'date' ? reading.earliest : null
  }

  /** The last day that the cell may mean, or null. */
  lastDay(field: Field, severity: Severity = 'error'): CivilDate | null {
    const reading = this.date(field, severity)
    return reading.kind === 'date' ? reading.latest : null
  }

  /** The cell's amount, or null: unknown. */
  amount(field: Field, severity: Severity = 'error'): Amount | null {
    const column = this.columns[field]
    const raw = column === null ? '' : (this.#row.cells[column.index] ?? '')
    if (column === null || raw === '') return null
    const reading = readAmount(raw, this.#marks.get(column.index) ?? null)
    if (reading.kind === 'bad' && !WITHHELD.test(raw.slice(0, LIMITS.figureCharacters))) {
      this.report(field, reading.problem, reading.remedy, severity)
    }
    return reading.kind === 'amount' ? reading : null
  }

  /** A whole number of months, or 0. */
  months(field: Field): number {
    const raw = this.raw(field).trim()
    if (raw === '' || isNil(raw)) return 0
    const reading = readPeriod(raw, this.columns[field]?.heading.unit ?? 'months')
    if (reading.kind === 'nil') return 0
    if (reading.kind === 'period' && reading.period.amount <= 600) {
      const { amount, unit } = reading.period
      if (unit === 'months') return amount
      if (unit === 'years') return amount * 12
    }
    this.report(
      field,
      'this is not a number of months',
      'Write whole months, such as 12.',
      'warning',
    )
    return 0
  }

  period(field: Field): Period | null {
    const raw = this.text(field)
    if (raw === null) return null
    const reading = readPeriod(raw, this.columns[field]?.heading.unit ?? null)
    if (reading.kind === 'bad') this.report(field, reading.problem, reading.remedy, 'warning')
    return reading.kind === 'period' ? reading.period : null
  }

  report(field: Field | null, problem: string, remedy: string, severity: Severity): void {
    this.problems.push({
      at: String(this.#row.line),
      reference: this.reference,
      field: field === null ? null : (this.columns[field]?.heading.text ?? field),
      value: field === null ? null : shorten(this.raw(field)),
      problem,
      remedy,
      severity,
    })
  }
}
type Amount = Extract<AmountReading, { kind: 'amount' }>

/** Words that say that the amount is kept back or not fixed: unknown. */
const WITHHELD =
  /^\W*(?:redacted|confidential|commercial(?:ly)?(?: in)? (?:confidence|confidential|sensitive)|withheld|variable|various|as (?:and when )?required|exempt)\W*$/i

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}
