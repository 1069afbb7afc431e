/** The cells of one row by field, read and checked; what is wrong is gathered on the way. */
import { Big } from 'big.js'
import type { CivilDate } from '../rules/civil-date.ts'
import type { Period, PeriodUnit } from '../rules/contract.ts'
import { canonical } from '../rules/money.ts'
import type { ChargeUnit } from '../rules/premium.ts'
import { plainAnswer } from '../rules/text-match.ts'
import { unguarded } from '../text/message.ts'
import type { Column, Columns } from './column-mapping.ts'
import {
  AMOUNT_FIELDS,
  FIELDS,
  type Field,
  isOfCourse,
  OF_EXPORT,
  readHeading,
} from './column-names.ts'
import type { Ask, DateOrder, Problem } from './draft.ts'
import type { RegisterRow } from './formats/csv-rows.ts'
import { LIMITS } from './limits.ts'
import {
  type AmountReading,
  type DecimalMark,
  type FigureBasis,
  isAbout,
  isLengthAlone,
  optionsBehind,
  type PeriodReading,
  readAmount,
  readBasis,
  readNoticeLength,
  readPeriod,
  yearOf,
} from './parse-amount.ts'
import {
  type DateReading,
  datesAmong,
  inEnglish,
  type NoticeDays,
  noticeDays,
  readDate,
  UNLESS,
} from './parse-date.ts'
import { cleanText, yesOrNo } from './parse-words.ts'

export type Severity = Problem['severity']
type Fields = { [field in Field]: Column | null }

/** Dates and lengths repeat: what was read once is remembered, up to so many of each. */
const REMEMBERED = 20_000
const NIL: DateReading = { kind: 'nil' }

/** How a table is to be read: settled once, before its first row. */
export interface TableReading {
  readonly columns: Columns
  readonly orders: ReadonlyMap<number, DateOrder | null>
  readonly marks: ReadonlyMap<number, DecimalMark>
  /** The last year that two digits may stand for in each column. */
  readonly years: ReadonlyMap<number, number>
  readonly timeZone: string | null
  readonly today: CivilDate
  /** What bare numbers count days from, in days after 1899-12-30. */
  readonly dayZero?: number
}

/** A filled cell, whatever its column is read as; `field` is null where no field is read from it. */
export interface FilledCell {
  readonly field: Field | null
  readonly heading: string
  readonly text: string
  readonly index: number
  /** Whether no field is read from it, and its heading names something of a contract's course. */
  readonly isOfCourse: boolean
}

export class Cells {
  readonly columns: Fields
  /** An export of ours: its guarded and quoted cells are taken back. */
  readonly isOwn: boolean
  /** Every row has the same status. */
  readonly isOneStatus: boolean
  problems: Problem[] = []
  reference: string | null = null
  #row: RegisterRow = { line: 0, cells: [] }
  readonly #orders: ReadonlyMap<number, DateOrder | null>
  readonly #marks: ReadonlyMap<number, DecimalMark>
  readonly #years: ReadonlyMap<number, number>
  readonly #headings: readonly string[]
  /** Of fields that several columns hold: all of them, the one that is read first. */
  readonly #several: readonly (readonly Column[])[]
  #unread: Column[] = []
  /** Of this row the cells that no field is read from, once they were looked for. */
  #filled: FilledCell[] | null = null
  readonly #renewal: Column | null
  readonly #options: Column | null
  readonly #term: Column | null
  /** Columns that no field is read from. */
  readonly #others: readonly {
    readonly heading: string
    readonly index: number
    readonly isOfCourse: boolean
  }[]
  /** The headings that more than one column has. */
  readonly #twins: ReadonlySet<string>
  readonly #timeZone: string | null
  readonly #dayZero: number
  readonly today: CivilDate
  readonly #dates = new Map<string, DateReading>()
  readonly #notices = new Map<string, PeriodReading>()
  readonly #made = new Map<unknown, Map<string, unknown>>()

  constructor({ columns, orders, marks, years, timeZone, today, dayZero = 0 }: TableReading) {
    const fields: Partial<Fields> = {}
    for (const field of FIELDS) fields[field] = null
    for (const column of columns.all) fields[column.field] = column
    this.columns = fields as Fields
    this.isOwn = this.columns.identity !== null
    this.#renewal = this.columns.automaticRenewal
    this.#options = this.columns.extensionMonths
    this.#term = this.columns.termMonths
    this.#orders = orders
    this.#marks = marks
    this.#years = years
    const { headings } = columns
    this.#headings = headings
    this.isOneStatus = columns.isOneStatus
    this.#several = [...new Set(columns.also.map(({ field }) => field))].map((several) =>
      [...columns.all, ...columns.also].filter(({ field }) => field === several),
    )
    const used = new Set([...columns.all, ...columns.also].map(({ index }) => index))
    this.#others = headings.flatMap((heading, index) => {
      const isOther = heading !== '' && !used.has(index) && !OF_EXPORT.has(readHeading(heading).key)
      const said = { heading, index, isOfCourse: isOfCourse(readHeading(heading)) }
      return isOther && !this.isOwn ? [said] : []
    })
    this.#twins = new Set(headings.filter((each, index) => headings.indexOf(each) !== index))
    this.#timeZone = timeZone
    this.#dayZero = dayZero
    this.today = today
  }

  begin(row: RegisterRow): void {
    this.#row = this.#withDittos(row)
    this.problems = []
    this.reference = null
    this.#unread = []
    this.#filled = null
    this.columns.automaticRenewal = this.#renewal
    this.columns.extensionMonths = this.#options
    for (const columns of this.#several) this.#choose(columns)
    if (this.isOwn) return
    if (this.text('automaticRenewal') === null) this.#renewalElsewhere()
    if (this.text('extensionMonths') === null) this.#optionsElsewhere()
    this.columns.termMonths = this.#term
    if (this.text('end') === null && this.text('termMonths') === null) this.#termElsewhere()
  }

  /** `Ditto` and its marks say what stands above. */
  #withDittos(row: RegisterRow): RegisterRow {
    const above = this.#row.cells
    if (this.isOwn || !row.cells.some((cell) => cell.length < 12 && DITTO.test(cell))) return row
    return {
      ...row,
      cells: row.cells.map((cell, at) => (DITTO.test(cell) ? (above[at] ?? '') : cell)),
    }
  }

  /** Of several columns of one field the first that says something, and more than yes or no. */
  #choose(columns: readonly Column[]): void {
    const [first] = columns
    if (first === undefined) return
    const text = ({ index }: Column) => cleanText(this.#row.cells[index])
    const said = columns.filter((each) => text(each) !== null)
    const telling = said.filter((each) => plainAnswer(text(each) ?? '') === null)
    const [column = first, ...more] = telling.length > 0 ? telling : said
    this.columns[first.field] = column
    this.#unread.push(...more)
  }

  /** Tells of what stands in a second column of a field whose first one is read. */
  tellUnread(): void {
    for (const { field, heading, index } of this.#unread) {
      // Of figures it is told once for the file, and where they contradict each other.
      if (AMOUNT_FIELDS.includes(field) || field === 'secondExtensionMonths') continue
      if (cleanText(this.#row.cells[index]) === this.text(field)) continue
      const problem = `"${this.name(field)}" is read, and this column is of the same: what it says is not`
      const value = this.#row.cells[index] ?? ''
      this.tell(heading.text, value, problem, 'Say in one column what holds.', 'warning')
    }
  }

  /** Where its own column says nothing of renewal, another cell that surely does is read as it. */
  #renewalElsewhere(): void {
    const said = this.renewsIn(['termMonths', 'extensionMonths', 'noticePeriod'])
    if (said === null) return
    const { heading, index } = said
    this.columns.automaticRenewal = {
      field: 'automaticRenewal',
      index,
      heading: readHeading(heading),
    }
  }

  /** A cell of these fields, or of none, that surely says that it renews by itself. */
  renewsIn(fields: readonly Field[]): FilledCell | null {
    // `stops unless the funder renews` is none.
    const said = this.filled(fields).find(({ text }) => {
      const words = inEnglish(text)
      return (
        RENEWS_SURELY.test(words) &&
        /\b(?:auto|renew|rolls|carries|goes|extends)/i.test(words.replace(UNLESS, ' '))
      )
    })
    return said !== undefined && yesOrNo(said.text) === true ? said : null
  }

  /** Where no end and no length is given, another cell that says how long it is from its start. */
  #termElsewhere(): void {
    const said = this.filled([]).find(({ text }) => TERM_FROM_START.test(inEnglish(text)))
    if (said === undefined) return
    const { heading, index } = said
    this.columns.termMonths = { field: 'termMonths', index, heading: readHeading(heading) }
  }

  /** Where its own columns say nothing of options, another cell that surely names them is read as they are. */
  #optionsElsewhere(): void {
    if (this.text('maximumEnd') !== null) return
    // `+2`, `12 months` below a heading of an extension's end: how long it is.
    const length = this.filled(['extensionEnd']).find(({ field, text }) => {
      return field !== null && IS_LENGTH.test(text)
    })
    const said = length ?? this.filled([]).find(({ text }) => NAMES_OPTIONS.test(inEnglish(text)))
    if (said === undefined || said.text.length > 200) return
    const { heading, index } = said
    this.columns.extensionMonths = {
      field: 'extensionMonths',
      index,
      heading: readHeading(heading),
    }
  }

  /** The filled cells of these fields, and of the columns that no field is read from. */
  filled(fields: readonly Field[]): readonly FilledCell[] {
    const ofFields: FilledCell[] = []
    for (const field of fields) {
      const column = this.columns[field]
      const text = column === null ? null : this.text(field)
      if (column === null || text === null) continue
      const { heading, index } = column
      ofFields.push({ field, heading: heading.text, text, index, isOfCourse: false })
    }
    this.#filled ??= this.#others.flatMap(({ heading, index, isOfCourse }): FilledCell[] => {
      const raw = this.#row.cells[index]
      const isShort = raw === undefined || raw.length < (isOfCourse ? 1 : 4)
      const text = isShort ? null : cleanText(raw)
      return text === null ? [] : [{ field: null, heading, text, index, isOfCourse }]
    })
    return ofFields.length === 0 ? this.#filled : [...ofFields, ...this.#filled]
  }

  /** The days, months and quarters that stand in a part of this cell. */
  datesIn({ index }: FilledCell, part: string): ReturnType<typeof datesAmong> {
    const { order, years } = this.#written(index)
    // Where no column of days settles it, as here days are written: what is read of it is said with its day.
    return datesAmong(part, order === null || order === 'ymd' ? 'dmy' : order, years)
  }

  /** Whether the cell is a day and nothing else. */
  isDay({ index, text }: FilledCell): boolean {
    if (text.length > 30 || !/\d/.test(text)) return false
    const reading = this.#read(text, index, true)
    return reading.kind === 'date' && reading.remark === undefined
  }

  /** Whether anything was said of this cell already. */
  isTold({ heading }: FilledCell): boolean {
    return this.problems.some(({ field, problem }) => {
      return field === heading || problem.includes(`"${heading}"`)
    })
  }

  raw(field: Field): string {
    const column = this.columns[field]
    return column === null ? '' : (this.#row.cells[column.index] ?? '')
  }

  /** The address behind the cell's words; null where there is none. */
  link(field: Field): string | null {
    const column = this.columns[field]
    return column === null ? null : (this.#row.links?.get(column.index) ?? null)
  }

  /** The cell's text made plain, or null where it says nothing. */
  text(field: Field): string | null {
    const column = this.columns[field]
    if (column === null) return null
    const raw = this.#row.cells[column.index]
    if (raw !== undefined && raw !== '' && NAMES.has(field) && WENT_WRONG.test(raw)) return null
    return cleanText(this.isOwn && raw !== undefined ? unguarded(raw) : raw)
  }

  /** Tells of each column of the row in which a formula went wrong, where that was not told yet. */
  tellWrong(): void {
    // Most rows have none.
    if (!this.#row.cells.some((cell) => WENT_WRONG.test(cell))) return
    for (const column of Object.values(this.columns)) {
      if (column === null) continue
      const { field, index, heading } = column
      const raw = this.#row.cells[index] ?? ''
      if (raw === '' || !WENT_WRONG.test(raw)) continue
      if (this.problems.some((each) => each.field === heading.text)) continue
      const problem = 'its formula went wrong in the spreadsheet: what it says is unknown'
      this.report(field, problem, 'Put the formula right, or write the value.', 'warning')
    }
  }

  /** A column by its heading, with its letter where another is called the same. */
  name(field: Field): string {
    const column = this.columns[field]
    if (column === null) return field
    const { text } = column.heading
    return this.#twins.has(text) ? `${text}, column ${lettersOf(column.index)}` : text
  }

  /**
   * The cell's date; one that cannot be read is reported, with what is asked about it, and comes back
   * as `bad`.
   */
  date(field: Field, severity: Severity = 'warning', ask?: (words: string) => Ask): DateReading {
    const column = this.columns[field]
    if (column === null) return NIL
    const raw = this.#row.cells[column.index]
    if (raw === undefined || raw === '') return NIL
    const reading = this.#read(raw, column.index, ENDS.has(field))
    if (reading.kind === 'bad') {
      const { problem, remedy } = reading
      if (ask === undefined) this.report(field, problem, remedy, severity)
      else {
        const asked = this.isOwn ? undefined : ask(this.text(field) ?? raw.trim())
        const asks = asked === undefined ? severity : 'question'
        this.report(field, `${problem}: no end is known`, remedy, asks, asked)
      }
    } else if (
      reading.kind === 'date' &&
      reading.remark !== undefined &&
      this.optionsBehind(field).length === 0
    ) {
      const { earliest, latest, last } = reading
      // Of two days of an end the one that is still ahead (parse-ends.ts).
      const isSecond = ENDS.has(field) && last !== undefined && latest < this.today
      const problem = reading.noSuchDay
        ? `there is no such day: ${earliest} counts`
        : `read as ${isSecond && last >= this.today ? last : earliest}: what else stands there is left out`
      const remedy = reading.noSuchDay ? 'Correct the day.' : 'Give the rest a column of its own.'
      this.report(field, problem, remedy, 'warning')
    }
    return reading
  }

  /** How the days of a column are written; a day in a column of other things as those of the end are. */
  #written(index: number): { readonly order: DateOrder | null; readonly years: number | null } {
    const of = this.#orders.has(index) ? index : (this.columns.end?.index ?? index)
    return { order: this.#orders.get(of) ?? null, years: this.#years.get(of) ?? null }
  }

  /** What a length and a day in the cell of a notice mean together; null where they do not stand so. */
  noticeDays(field: Field, end: CivilDate): NoticeDays | null {
    const column = this.columns[field]
    if (column === null) return null
    const raw = this.raw(field)
    if (isLengthAlone(raw)) return null
    const { order, years } = this.#written(column.index)
    return noticeDays(raw, order, years, end)
  }

  #read(raw: string, index: number, isEnd: boolean): DateReading {
    const { order, years } = this.#written(index)
    const key = `${isEnd ? 'e' : ''}${this.#holdsTerm(index) ? 't' : ''}${order ?? ''}${years ?? ''} ${raw}`
    let reading = this.#dates.get(key)
    if (reading === undefined) {
      reading = readDate(raw, order, {
        timeZone: this.#timeZone,
        years,
        isEnd,
        dayZero: this.#dayZero,
      })
      if (!this.#holdsTerm(index)) reading = withOpenSpan(reading, this.today)
      // An end on 31 June is none behind 30 June.
      if (isEnd && reading.kind === 'bad' && reading.instead !== undefined) {
        const { instead } = reading
        reading = { ...dayOnly(instead), noSuchDay: true, remark: raw.trim() }
      }
      if (this.#dates.size >= REMEMBERED) this.#dates.clear()
      this.#dates.set(key, reading)
    }
    return reading
  }

  /** The options that the cell of the end names behind its day, `30/09/2027 + 1 + 1`; of an earlier end none. */
  optionsBehind(field: Field): readonly Period[] {
    const isEnd = field === 'end' && !this.isOwn && this.raw('currentEnd') === ''
    const reading = isEnd ? this.dateIn(field) : NIL
    return reading.kind === 'date' ? optionsBehind(reading.behind ?? '') : []
  }

  #holdsTerm(index: number): boolean {
    const { termMonths, otherTerm } = this.columns
    return index === termMonths?.index || index === otherTerm?.index
  }

  /** The date in a cell that may hold something else as well: nothing is reported. */
  dateIn(field: Field): DateReading {
    const column = this.columns[field]
    return column === null ? NIL : this.#read(this.raw(field), column.index, true)
  }

  /** The date in a part of a cell of this column: nothing is reported. */
  dateInPart(field: Field, part: string): DateReading {
    const column = this.columns[field]
    return column === null || part.trim() === '' ? NIL : this.#read(part.trim(), column.index, true)
  }

  /** The first day that the cell may mean, or null. */
  firstDay(field: Field, severity: Severity = 'warning'): CivilDate | null {
    const reading = this.date(field, severity)
    if (reading.kind === 'rolling') {
      this.report(field, 'this is not a day', 'Write it as YYYY-MM-DD.', severity)
    }
    return reading.kind === 'date' ? reading.earliest : null
  }

  /** The last day that the cell may mean, or null. */
  lastDay(field: Field, severity: Severity = 'warning'): CivilDate | null {
    const reading = this.date(field, severity)
    return reading.kind === 'date' ? reading.latest : null
  }

  /** The date in a column that holds no field. */
  other(heading: string): DateReading {
    const index = this.#headings.indexOf(heading)
    const raw = this.#row.cells[index] ?? ''
    return raw === '' ? NIL : this.#read(unguarded(raw), index, true)
  }

  /** The text in a column that holds no field, or null; undefined where there is no such column. */
  otherText(heading: string): string | null | undefined {
    const index = this.#headings.indexOf(heading)
    return index < 0 ? undefined : cleanText(unguarded(this.#row.cells[index] ?? ''))
  }

  /** The cell's amount, or null: unknown. Words that are no plain amount are reported. */
  amount(field: Field): Amount | null {
    const reading = this.amountIn(field)
    const raw = this.raw(field)
    const known = WITHHELD.test(raw.slice(0, LIMITS.figureCharacters))
    if (reading.kind === 'bad' && !known) {
      this.report(field, `${reading.problem}: it is unknown`, reading.remedy, 'warning')
    } else if (reading.kind === 'nil' && /[£€$¥]/.test(raw)) {
      this.report(
        field,
        'no amount: it is unknown',
        'Write it in figures, such as 1234.50.',
        'note',
      )
    } else if (reading.kind === 'amount' && reading.words !== undefined) {
      const year = yearOf(reading)
      const what =
        reading.per === undefined
          ? reading.amount
          : `${reading.amount} a ${reading.per}${year === null ? '' : `, ${year} a year`}`
      this.report(field, `read as ${what}`, 'Check the figure, or write it plainly.', 'warning')
    }
    const scale = reading.kind === 'amount' ? this.#scale(this.columns[field]) : null
    if (scale !== null) {
      const problem = `its heading says ${scale.words}: the figures are multiplied by them`
      this.report(field, problem, 'Write whole figures where that is wrong.', 'warning')
    }
    return reading.kind === 'amount' ? reading : null
  }

  /** The further columns of this field that say something. */
  unreadOf(field: Field): readonly Column[] {
    return this.#unread.filter((each) => each.field === field)
  }

  textOf({ index }: Column): string | null {
    return cleanText(this.#row.cells[index])
  }

  /** What the amount reads as; nothing is reported. */
  amountIn(field: Field, column = this.columns[field]): AmountReading {
    const cell = column === null ? '' : (this.#row.cells[column.index] ?? '')
    if (column === null || cell === '') return { kind: 'nil' }
    const raw = `${cell}${this.#costPer(field)}`
    const reading = readAmount(raw, this.#marks.get(column.index) ?? null)
    const scale = reading.kind === 'amount' ? this.#scale(column) : null
    if (reading.kind !== 'amount' || scale === null) return reading
    return { ...reading, amount: canonical(new Big(reading.amount).times(scale.times)) }
  }

  /** The words of an amount, with what it is for where a column of its own says that. */
  amountWords(field: Field): string | null {
    const text = this.text(field)
    return text === null ? null : `${text}${this.#costPer(field)}`
  }

  /** What a value is for, as a column of its own says: `Cost` and `Cost per`, `Cost basis`; null where none does. */
  get basis(): FigureBasis | null {
    if (this.isOwn) return null
    // How often a whole is paid says nothing of it; of a bare cost it says what that is for.
    const isPaid = /^frequency$|\b(?:payments?|pa(?:y|id|yable)|bill\w*|invoic\w*)\b/.test(
      this.columns.chargeUnit?.heading.key ?? '',
    )
    const ofWhole = /\b(?:contract|total|award\w*|whole|life\w*|sum|values?|tcv)\b/.test(
      (this.columns.value ?? this.columns.maximumValue)?.heading.key ?? '',
    )
    const words =
      (isPaid && ofWhole ? null : this.text('chargeUnit')) ?? this.text('valueBasis') ?? ''
    return words === '' ? null : readBasis(inEnglish(words))
  }

  /** The same behind an amount of the whole row. */
  #costPer(field: Field): string {
    const isValue = field === 'value' || field === 'maximumValue'
    if (!isValue || this.columns.periodicCharge !== null) return ''
    const { basis } = this
    if (basis?.of !== 'unit') return ''
    // Beside a year's figure one that is no less is the whole: what it is paid by multiplies nothing.
    const year = this.amountIn('annualValue')
    const figure = readAmount(this.raw(field), null)
    if (year.kind === 'amount' && figure.kind === 'amount') {
      const { amount } = figure
      const said = yearOf({ amount, per: basis.unit as ChargeUnit }) ?? amount
      if (!isAbout(said, year.amount, 1.1) && new Big(amount).gte(year.amount)) return ''
    }
    return ` per ${basis.unit}`
  }

  /** What the heading multiplies the figure by; null where it says nothing, or the cell says it itself. */
  #scale(column: Column | null): Scale | null {
    const raw = this.#row.cells[column?.index ?? -1] ?? ''
    if (/\d\s*(?:k|m|mn|mil|bn?|thousand|million|billion)\b/i.test(raw)) return null
    return scaleIn(column?.heading.text ?? '')
  }

  /** The unit that the heading of a length names. */
  unit(field: Field): PeriodUnit | null {
    return this.columns[field]?.heading.unit ?? null
  }

  /** What `of` makes of a text, as texts repeat from row to row: nothing but the text may decide it. */
  once<Made>(of: (text: string) => Made, text: string): Made {
    let made = this.#made.get(of)
    if (made === undefined || made.size >= REMEMBERED) {
      made = new Map()
      this.#made.set(of, made)
    }
    if (!made.has(text)) made.set(text, of(text))
    return made.get(text) as Made
  }

  /** The length of a notice that these words of the column give. */
  noticeLength(field: Field, words: string): PeriodReading {
    const unit = this.unit(field)
    const key = `${unit ?? ''} ${words}`
    let reading = this.#notices.get(key)
    if (reading === undefined) {
      reading = readNoticeLength(words.replace(ELSE_RENEWS, ''), unit)
      if (this.#notices.size >= REMEMBERED) this.#notices.clear()
      this.#notices.set(key, reading)
    }
    return reading
  }

  period(field: Field): Period | null {
    const raw = this.text(field)
    if (raw === null) return null
    const reading = readPeriod(raw, this.unit(field))
    if (reading.kind === 'bad') this.report(field, reading.problem, reading.remedy, 'warning')
    return reading.kind === 'period' ? reading.period : null
  }

  report(
    field: Field | null,
    problem: string,
    remedy: string,
    severity: Severity,
    ask?: Ask,
  ): void {
    const heading = field === null ? null : (this.columns[field]?.heading.text ?? field)
    this.tell(heading, field === null ? null : this.raw(field), problem, remedy, severity, ask)
  }

  /** The same of a cell whose column is no field's. */
  tell(
    heading: string | null,
    value: string | null,
    problem: string,
    remedy: string,
    severity: Severity,
    ask?: Ask,
  ): void {
    // An export of ours asks nothing: what its register left open is asked of that.
    const asks = this.isOwn ? undefined : ask
    this.problems.push({
      at: String(this.#row.line),
      reference: this.reference,
      field: heading,
      value: value === null ? null : shorten(value),
      problem,
      remedy,
      severity: this.isOwn && severity === 'question' ? 'warning' : severity,
      ...(asks === undefined ? {} : { ask: asks }),
    })
  }
}
function dayOnly(day: CivilDate): Extract<DateReading, { kind: 'date' }> {
  return { kind: 'date', earliest: day, latest: day, precision: 'day' }
}
/** Of a span that has not begun, in a column that holds days, either may be the end: both count. */
function withOpenSpan(reading: DateReading, today: CivilDate): DateReading {
  if (reading.kind !== 'date' || reading.begins === undefined || reading.begins <= today) {
    return reading
  }
  const { begins, last = reading.latest } = reading
  return { ...reading, earliest: begins, latest: begins, precision: 'day', last }
}
/** `30 days, else rolls a year`: what follows where none is given. */
const ELSE_RENEWS =
  /[,;]? (?:or |if not,? )?(?:else|otherwise) (?:it )?(?:auto\w*|rolls|renews|extends|continues)\b.*$/i
/** That it renews by itself, said in passing. */
const RENEWS_SURELY =
  /^(?=.*\b(?:unless|until|else|otherwise|if (?:nothing|not|we)|year on year|annually|yearly|monthly|quarterly|each|every|automatic\w*|auto|for (?:a )?\d|\d+ ?(?:m|mths?|months?|y|yrs?|years?)\b)).*\b(?:auto[- ]?renew\w*|renews|(?:extends|continues) automatically|automatically extends|rolls (?:for )?an? |rolls (?:on|over)|rolls (?:year|month|annual|quarter)ly|(?:carries|goes) on (?:month|quarter|qtr|year|annual)\w*)\b/i

const IS_LENGTH =
  /^\+ ?\d{1,2}(?: ?\+ ?\d{1,2})*(?: ?(?:m|mths?|months?|y|yrs?|years?))?$|^(?:up to )?\d{1,2}(?: x \d{1,2})? ?(?:m|mths?|months?|y|yrs?|years?)$/i
const TERM_FROM_START =
  /^(?:(?:for|term of|runs for|lasts|initial term of) )?[\w-]+(?: \(\d+\))?[ -](?:week|month|year|yr)s?(?: (?:contract|term|fixed|from|after|of|the|date|initial))* (?:start|commencement|commencing|award|go-?live|signature|inception)\b/i
const DITTO = /^\s*(?:ditto|do\.|["”“″〃]|-["”]-|as above|same(?: as above)?)\s*$/i

/** Options with their lengths: `5+2+2, first extension taken`, `second 2-year option still available`. */
const NAMES_OPTIONS =
  /^(?!.*£)(?:.*(?<!\d)\d{1,2} ?\+ ?\d{1,2}(?!\d)|(?=.*\boption(?:s|al)?\b).*\d[ -]?(?:x \d+ ?)?(?:m|mths?|months?|y|yrs?|years?)\b|(?=.*\boptions?\b).*\b(?:one|two|three|four|five|six|twelve)[ -](?:month|year)s?\b)/i

const ENDS: ReadonlySet<Field> = new Set([
  'end',
  'currentEnd',
  'otherEnd',
  'maximumEnd',
  'extensionEnd',
])
/** What a spreadsheet shows in place of a value, and what stands here for a formula without one. */
const WENT_WRONG =
  /^\s*(?:#(?:REF!|VALUE!|NAME\?|DIV\/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|GETTING_DATA|EXTERNAL!|PYTHON!)|a formula without a value)\s*$/i
/** Fields that any words would fill. */
const NAMES: ReadonlySet<Field> = new Set([
  ...([
    'reference',
    'lot',
    'ocid',
    'title',
    'supplier',
    'reseller',
    'buyer',
    'department',
  ] as const),
  ...(['team', 'owner', 'ownerEmail', 'deputy', 'deputyEmail', 'category'] as const),
  ...(['categoryLead', 'categoryLeadEmail', 'identity', 'parent', 'predecessor'] as const),
  ...(['successor', 'products', 'coverProduct', 'release', 'sharedWith', 'dpia'] as const),
  ...(['cpv', 'itl', 'documents', 'edition', 'extensionApprover', 'extensionGrounds'] as const),
  ...(['extensionRule', 'extensionNotice', 'personalData'] as const),
])
type Amount = Extract<AmountReading, { kind: 'amount' }>

/** How a spreadsheet calls a column, counted from 0. */
function lettersOf(index: number): string {
  const last = String.fromCharCode(65 + (index % 26))
  return index < 26 ? last : `${lettersOf(Math.floor(index / 26) - 1)}${last}`
}

interface Scale {
  readonly times: number
  readonly words: string
}

/** `Cost (£000)`, `Value £m`, `Spend in thousands`: in brackets, behind a currency's sign, or in words. */
function scaleIn(heading: string): Scale | null {
  const found =
    /[([]\s*(?:in )?(?:[£€$]|gbp|eur|usd)?\s*['’]?(000s?|k|mn?|bn|thousands?|millions?|billions?)\s*[)\]]/i.exec(
      heading,
    ) ??
    /[£€$]\s*['’]?(000s?|k|mn?|bn)\b/i.exec(heading) ??
    /\bin (thousands|millions|billions)\b/i.exec(heading)
  const word = found?.[1]?.toLowerCase()
  if (word === undefined) return null
  if (/^(?:0|k|t)/.test(word)) return { times: 1e3, words: 'thousands' }
  return word.startsWith('m')
    ? { times: 1e6, words: 'millions' }
    : { times: 1e9, words: 'billions' }
}

/** Words that say that the amount is kept back or not fixed: unknown. */
const WITHHELD =
  /^\W*(?:redacted|confidential|commercial(?:ly)?(?: in)? (?:confidence|confidential|sensitive)|withheld|variable|various|as (?:and when )?required|exempt)\W*$/i

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 199)}…` : text
}
