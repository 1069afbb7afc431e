/** Which column of a file holds which field, and how its dates and amounts are to be read. */
import { addDays, type CivilDate, dateParts } from '../rules/civil-date.ts'
import { readProduct } from '../rules/products.ts'
import { isNil, isNobody, isPlaceholder, nearWord } from '../rules/text-match.ts'
import {
  AMOUNT_FIELDS,
  CIRCUMSTANCES,
  compared,
  DATE_FIELDS,
  FIELDS,
  type Field,
  familiesOf,
  fieldNamed,
  fieldOf,
  type Heading,
  isAboutLiving,
  isBareValue,
  isBeside,
  isOfCourse,
  isOfOthers,
  isRowNumber,
  type Match,
  namesProduct,
  OF_EXPORT,
  readHeading,
} from './column-names.ts'
import {
  type ColumnChoice,
  type ColumnMapping,
  type DateOrder,
  type HeadingRead,
  type OpenOptions,
  type Problem,
  type ReadBy,
  RegisterError,
  type TableHeadings,
} from './draft.ts'
import { type RegisterRow, tooWide } from './formats/csv-rows.ts'
import { LIMITS } from './limits.ts'
import { type DecimalMark, lengthsIn, markShown, readBasis } from './parse-amount.ts'
import {
  dateEvidence,
  inEnglish,
  LAST_OF_CENTURY,
  mayBeEvidence,
  readDate,
  yearsShown,
} from './parse-date.ts'
import { optionFate, statusSays, yesOrNo } from './parse-words.ts'

/** One way to read the beginning of a file: a delimiter, or a sheet. */
export interface SheetRows<Name extends string> {
  readonly name: Name
  readonly rows: readonly RegisterRow[]
}

/**
 * The best row of headings among the first twenty rows of each reading: the row that names most
 * fields. Of equal ones the first wins, so the first sheet with headings is taken.
 * @throws RegisterError where no row can be the headings, with what was seen and how to map it; not
 * where they are only to be shown (`lenient`): then the row with most cells stands for them.
 */
export function findHeadings<Name extends string>(
  file: string,
  readings: readonly SheetRows<Name>[],
  map: HandMap,
  {
    chosen,
    lenient = false,
    remembered = new Map(),
  }: Pick<OpenOptions, 'chosen' | 'lenient' | 'remembered'> = {},
): { name: Name; columns: Columns } {
  if (chosen !== undefined) return chosenHeadings(file, readings, map, chosen)
  let best: { name: Name; row: RegisterRow; score: number } | null = null
  for (const { name, rows } of readings) {
    for (const row of rows.slice(0, LIMITS.headingRows)) {
      if (row.cells.length > LIMITS.columns) throw tooWide(file, row)
      const score = headingScore(row.cells, map)
      if (score > 0 && (best === null || score > best.score)) best = { name, row, score }
    }
  }
  if (lenient) best ??= widestRow(readings)
  if (best === null) throw unrecognised(file, readings)
  const { name: found, row: headings } = best
  const rows = readings.find(({ name }) => name === found)?.rows ?? []
  const below = rows.filter(({ line }) => line > headings.line)
  const known = withRemembered(map, remembered, headings.cells)
  const columns = mapColumns(headings.cells, headings.line, known, undefined, below)
  if (!lenient && !suffices(columns)) throw unrecognised(file, readings, columns)
  return { name: best.name, columns }
}

/** The headings that were shown, with what was said of each. */
function chosenHeadings<Name extends string>(
  file: string,
  readings: readonly SheetRows<Name>[],
  map: HandMap,
  { at, fields }: ColumnChoice,
): { name: Name; columns: Columns } {
  const reading = readings.find(({ name }) => name === at.reading)
  const row = reading?.rows.find(({ line }) => line === at.line)
  if (reading === undefined || row === undefined) {
    throw new RegisterError(
      `${file} is no longer the file that was looked at. Begin again with it.`,
    )
  }
  const below = reading.rows.filter(({ line }) => line > row.line)
  return { name: reading.name, columns: mapColumns(row.cells, row.line, map, fields, below) }
}

/** A row of at least two filled cells, the one with most of them. */
function widestRow<Name extends string>(
  readings: readonly SheetRows<Name>[],
): { name: Name; row: RegisterRow; score: number } | null {
  let best: { name: Name; row: RegisterRow; score: number } | null = null
  for (const { name, rows } of readings) {
    for (const row of rows.slice(0, LIMITS.headingRows)) {
      const score = row.cells.filter((cell) => cell.trim() !== '').length
      if (score >= 2 && (best === null || score > best.score)) best = { name, row, score }
    }
  }
  return best
}

/** The headings as they are shown, each with the first of these cells that holds something. */
export function shownHeadings(
  reading: string,
  columns: Columns,
  rows: readonly RegisterRow[],
  ambiguousDates: boolean,
): TableHeadings {
  const { headings, line, all } = columns
  return {
    at: { reading, line },
    columns: headings.map((heading, index) => ({
      heading,
      field: all.find((column) => column.index === index)?.field ?? null,
      sample:
        rows.map(({ cells }) => cells[index]?.trim() ?? '').find((cell) => cell !== '') ?? null,
    })),
    ambiguousDates,
  }
}

function unrecognised(
  file: string,
  readings: readonly SheetRows<string>[],
  columns?: Columns,
): RegisterError {
  const rows = readings.flatMap(({ rows }) => rows)
  const width = (row: RegisterRow): number => row.cells.filter((cell) => cell.trim() !== '').length
  const widest = rows.reduce<RegisterRow | null>(
    (best, row) => (best === null || width(row) > width(best) ? row : best),
    null,
  )
  if (widest === null || width(widest) < 2) {
    return new RegisterError(
      `${file} has a single column, so it is no table of contracts. ` +
        'Export it with a column each for reference, supplier, start and end.',
    )
  }
  const seen = columns?.headings ?? widest.cells
  const known = columns?.all.map(({ field, heading }) => `${field} = "${heading.text}"`) ?? []
  return new RegisterError(
    `${file}: ${known.length === 0 ? 'no headings were recognised' : `only ${known.join(', ')} was recognised`}` +
      ` in its first ${LIMITS.headingRows} rows. Seen: ${list(seen.map((cell) => cell.trim()))}. ` +
      'Say which column is which, for example --map reference="…" --map end="…".',
  )
}

interface Seen {
  readonly line: number
  readonly value: string
}

/** What a column has shown so far: the first row of each kind. */
interface Evidence {
  dmy: Seen | null
  mdy: Seen | null
  ymd: Seen | null
  ambiguous: Seen | null
  /** A year of four digits. */
  four: Seen | null
  /** The highest of two; infinite where it may be a day. */
  highest: (Seen & { readonly year: number }) | null
  /** Years of two digits that may stand first in their dates, and those that cannot. */
  yearFirst: Seen | null
  yearLast: Seen | null
}

/** Whether the day or the month comes first has to be said. */
export class UnsettledDates extends RegisterError {}

/** Gathers evidence, row by row. */
export class DateSurvey {
  readonly #columns: readonly Column[]
  readonly #evidence: readonly Evidence[]

  constructor(columns: readonly Column[]) {
    this.#columns = columns
    this.#evidence = columns.map(() => {
      const order = { dmy: null, mdy: null, ymd: null, ambiguous: null }
      return { ...order, four: null, highest: null, yearFirst: null, yearLast: null }
    })
  }

  see(row: RegisterRow): void {
    for (let i = 0; i < this.#columns.length; i++) {
      const evidence = this.#evidence[i]
      const value = row.cells[this.#columns[i]?.index ?? -1]
      if (evidence === undefined || !value) continue
      const seen = { line: row.line, value }
      const kind = dateEvidence(value.trim())
      if (kind !== null) evidence[kind] ??= seen
      const { four, two, yearFirst } = yearsShown(value.trim())
      if (four) evidence.four ??= seen
      for (const year of two) {
        if (year > (evidence.highest?.year ?? -1)) evidence.highest = { ...seen, year }
      }
      for (const isFirst of yearFirst) evidence[isFirst ? 'yearFirst' : 'yearLast'] ??= seen
    }
  }

  /** Whether every column would keep its order whatever day-first date came after. */
  settled(): boolean {
    return this.#evidence.every(({ dmy, mdy }) => dmy !== null && mdy === null)
  }

  /**
   * The last year that two digits may stand for in each column, by its index: of the century that was
   * said, or that of its years of four digits; else so near that a hundred years before no contract began
   * that runs today.
   * @throws RegisterError where a column that has no years of four digits shows one that is not so near.
   */
  years(name: string, forced: number | null, today: CivilDate): Map<number, number> {
    const years = new Map<number, number>()
    this.#columns.forEach((column, i) => {
      const { four, highest, yearFirst, yearLast } = this.#evidence[i] ?? {}
      const near = dateParts(today).year + YEARS_AHEAD[column.field === 'start' ? 'start' : 'other']
      const isNear = !highest || 2000 + highest.year <= near
      const unsettled = isNear ? (yearLast ? null : yearFirst) : highest
      if (forced === null && unsettled && !four) throw shortYears(name, column, unsettled, isNear)
      const last = four && !unsettled ? LAST_OF_CENTURY : near
      years.set(column.index, forced === null ? last : forced + 99)
    })
    return years
  }

  /**
   * The order of each column, by its index; null where no date of it needs one. A column that
   * nothing settles borrows the order of the others where these agree.
   * @throws RegisterError where rows contradict each other or nothing settles a column.
   */
  orders(name: string, forced: DateOrder | null): Map<number, DateOrder | null> {
    const orders = new Map<number, DateOrder | null>()
    const settled = new Set<DateOrder>()
    const open: { column: Column; seen: Seen }[] = []
    this.#columns.forEach((column, i) => {
      const evidence = this.#evidence[i]
      if (evidence === undefined) return
      const { dmy, mdy, ymd, ambiguous } = evidence
      if (forced !== null) {
        orders.set(column.index, forced)
      } else if (dmy !== null && mdy !== null) {
        throw contradiction(name, column, dmy, mdy)
      } else if (dmy !== null || mdy !== null) {
        const order = dmy !== null ? 'dmy' : 'mdy'
        orders.set(column.index, order)
        settled.add(order)
      } else {
        orders.set(column.index, ymd === null ? null : 'ymd')
        if (ambiguous !== null) open.push({ column, seen: ambiguous })
      }
    })
    const [common] = settled
    for (const { column, seen } of open) {
      if (settled.size !== 1 || common === undefined) throw undecided(name, column, seen)
      orders.set(column.index, common)
    }
    return orders
  }
}

/** Measured from today: nobody lists a start further ahead, nor an end but of a lease or a sentinel. */
const YEARS_AHEAD = { start: 5, other: 25 } as const

/**
 * Of rows whose columns are not understood yet, those that a survey of dates will want: in each
 * column the first that tells anything new.
 */
export class TellingRows {
  readonly rows: RegisterRow[] = []
  readonly #told: Set<string>[] = []

  see(row: RegisterRow): void {
    let isNew = false
    for (let i = 0; i < row.cells.length; i++) {
      const text = row.cells[i]?.trim() ?? ''
      if (!mayBeEvidence(text)) continue
      const told = this.#told[i] ?? new Set()
      this.#told[i] = told
      const { four, two, yearFirst } = yearsShown(text)
      for (const kind of [dateEvidence(text), four && 'four', ...two, ...yearFirst].map(String)) {
        if (told.has(kind)) continue
        told.add(kind)
        isNew = true
      }
    }
    if (isNew) this.rows.push(row)
  }
}

/** The orders, or, only to show the headings, day first where nothing settles them. */
export function ordersOf(
  dates: DateSurvey,
  name: string,
  {
    dates: forced,
    years = null,
    lenient = false,
    today,
  }: Pick<OpenOptions, 'dates' | 'years' | 'lenient' | 'today'>,
): {
  readonly orders: Map<number, DateOrder | null>
  readonly years: Map<number, number>
  readonly isAmbiguous: boolean
} {
  try {
    return {
      orders: dates.orders(name, forced),
      years: dates.years(name, years, today),
      isAmbiguous: false,
    }
  } catch (error) {
    if (!lenient || !(error instanceof UnsettledDates)) throw error
    return {
      orders: dates.orders(name, 'dmy'),
      years: dates.years(name, 2000, today),
      isAmbiguous: true,
    }
  }
}

function shortYears(name: string, column: Column, seen: Seen, isFirst: boolean): RegisterError {
  const [what, remedy] = isFirst
    ? ['whether the day or the year stands first', 'Write']
    : ['their century', 'Give --years 2000, or write']
  return new UnsettledDates(
    `${name}: the years of column "${column.heading.text}" have two digits, such as ${seen.value} ` +
      `(line ${seen.line}), and nothing settles ${what}. ${remedy} them with four digits.`,
  )
}

function contradiction(name: string, column: Column, dmy: Seen, mdy: Seen): RegisterError {
  return new UnsettledDates(
    `${name}: the dates of column "${column.heading.text}" contradict each other: ` +
      `${dmy.value} (line ${dmy.line}) has the day first, ${mdy.value} (line ${mdy.line}) the ` +
      'month. Correct one of them, or give --dates dmy or --dates mdy; rows that do not fit are ' +
      'then rejected one by one.',
  )
}

function undecided(name: string, column: Column, seen: Seen): RegisterError {
  return new UnsettledDates(
    `${name}: nothing settles whether ${seen.value} (line ${seen.line}, column ` +
      `"${column.heading.text}") has the day or the month first. ` +
      'Give --dates dmy or --dates mdy.',
  )
}

export interface Column {
  readonly field: Field
  readonly index: number
  readonly heading: Heading
  /** Of a part of a row that is read as if it were one, nothing. */
  readonly by?: ReadBy
}

/** A register's columns, understood. */
export interface Columns {
  readonly all: readonly Column[]
  /** Further columns of fields that another holds: row by row the first that says something is read. */
  readonly also: readonly Column[]
  readonly headings: readonly string[]
  readonly unmapped: readonly string[]
  /** The line on which the headings stand. */
  readonly line: number
  /** Every row of the first has the same status, which then tells nothing of any. */
  readonly isOneStatus: boolean
}

/** Choices by hand, checked: field to the heading as it is compared. */
export type HandMap = ReadonlyMap<Field, string>

/**
 * The fields of `--map`, checked.
 * @throws RegisterError for a field that does not exist, with the nearest one.
 */
export function readHandMap(map: ReadonlyMap<string, string>): HandMap {
  const chosen = new Map<Field, string>()
  for (const [name, heading] of map) {
    const field = fieldNamed(name)
    if (field === null) {
      const near = nearHeading(name, FIELDS)
      throw new RegisterError(
        `--map ${name}=…: there is no field "${name}"` +
          `${near === null ? '' : `; did you mean ${near}`}. The fields are: ${FIELDS.join(', ')}.`,
      )
    }
    chosen.set(field, heading)
  }
  return chosen
}

/** Choices of an earlier import, where nothing else is chosen now and the heading is still there. */
function withRemembered(
  map: HandMap,
  remembered: ReadonlyMap<string, string>,
  cells: readonly string[],
): HandMap {
  const headings = new Set(cells.map(compared))
  const known = new Map(map)
  for (const [name, heading] of remembered) {
    const field = fieldNamed(name)
    const isThere = headings.has(compared(heading)) || heading === 'none'
    if (field !== null && !known.has(field) && isThere) {
      known.set(field, heading)
    }
  }
  return known
}

/** How many fields a row would give as the headings; choices by hand count too. */
export function headingScore(cells: readonly string[], map: HandMap): number {
  const fields = new Set<Field>()
  const byWords = new Set<Field>()
  const keys = new Set<string>()
  // A row of a register has words such as "services" too, but no headings are days or figures.
  const hasFigures = cells.some((cell) => /^[£€$]?\s*\d[\d\s.,:/-]+$/.test(cell.trim()))
  for (const cell of cells) {
    if (cell.length > 200) continue
    const heading = readHeading(cell)
    keys.add(heading.key)
    const match = fieldOf(heading)
    if (match && !match.isByWords) fields.add(match.field)
    else if (match && !hasFigures) byWords.add(match.field)
  }
  for (const field of fields) byWords.delete(field)
  let score = fields.size + byWords.size / 2
  for (const heading of map.values()) if (keys.has(readHeading(heading).key)) score += 2
  return score
}

/** Whether a row with these fields can be the headings of a register. */
export function suffices(columns: Columns): boolean {
  const named = columns.all.some(({ field }) => NAMING.includes(field))
  return named && columns.all.length >= 2
}
const NAMING: readonly Field[] = ['reference', 'title', 'supplier', 'ocid']

/**
 * Maps headings to fields: choices by hand first (`map` by heading, `fields` by column), then the best-known heading of each field.
 * @throws RegisterError for a choice by hand of a heading that is not there.
 */
export function mapColumns(
  cells: readonly string[],
  line: number,
  map: HandMap,
  fields: ReadonlyMap<number, Field | null> = new Map(),
  below: readonly RegisterRow[] = [],
): Columns {
  const headings = cells.map(readHeading)
  const taken = new Map<number, Field>()
  const best: Best = new Map()
  const denied = new Set<Field>()
  for (const [field, wanted] of map) {
    if (isNone(wanted, headings)) {
      denied.add(field)
      continue
    }
    const index = indexOfHeading(headings, field, wanted)
    best.set(field, { index, rank: -1 })
    taken.set(index, field)
  }
  for (const [index, field] of fields) {
    if (index >= headings.length || field === null) continue
    best.set(field, { index, rank: -1 })
    taken.set(index, field)
  }
  const others: Place[] = []
  const seconds = new Map<Field, Place>()
  const further: { readonly field: Field; readonly index: number }[] = []
  let hasPairs = false
  headings.forEach((heading, index) => {
    if (fields.get(index) === null) return
    const named = taken.has(index) || heading.key === '' ? null : fieldOf(heading)
    const match = named === null ? null : heard(named, heading, index, below)
    if (match === null || denied.has(match.field)) return
    const known = best.get(match.field)
    const now: Place = { index, rank: match.rank, by: match.isByWords ? 'grammar' : 'name' }
    const isFirst = known === undefined || match.rank < known.rank
    if (isFirst) best.set(match.field, now)
    const left = isFirst ? known : now
    if (left === undefined) return
    if (match.field === 'start') hasPairs = true
    if (MAY_BE_SEVERAL.has(match.field)) further.push({ field: match.field, index: left.index })
    const second = SECONDS.get(match.field)
    if (second !== undefined && left.rank < OF_SUPPLIER && !seconds.has(second)) {
      seconds.set(second, left)
    }
    if (match.field === 'end' && left.rank >= RENEWAL_DATE && holdsWhatIsOpen(best, left, below)) {
      seconds.set('rollsFrom', left)
    }
    if (ENDS.has(match.field) && left.rank < OTHER_THINGS_END) others.push(left)
  })
  // Another column that reads as the end is heard as well: not beside one that was said by hand, nor
  // where each end has a start of its own, as of a contract and of something else.
  const isSaid = map.has('end') || [...fields.values()].includes('end')
  const [other] = others.filter(({ index }) => best.get('end')?.index !== index)
  if (other !== undefined && !isSaid && !hasPairs && !denied.has('otherEnd')) {
    if (!best.has('otherEnd')) best.set('otherEnd', other)
  }
  for (const [field, second] of seconds) {
    if (!best.has(field) && !denied.has(field)) best.set(field, second)
  }
  const current = best.get('currentEnd')
  if (
    current !== undefined &&
    !best.has('end') &&
    !map.has('currentEnd') &&
    !fields.has(current.index)
  ) {
    best.delete('currentEnd')
    best.set('end', current)
  }
  const term = best.get('termMonths')
  if (
    term !== undefined &&
    term.by === 'grammar' &&
    !best.has('end') &&
    saysDays(term.index, below)
  ) {
    // `First term closes`: days are no lengths.
    best.delete('termMonths')
    best.set('end', term)
  }
  const per = best.get('unitPricePer')
  const hasPrice = best.has('unitPrice') || best.has('units')
  const hasValue = best.has('value') || best.has('maximumValue')
  if (per !== undefined && hasValue && !hasPrice && !best.has('chargeUnit') && per.rank >= 0) {
    // Beside no price of a unit: what the value is for.
    best.delete('unitPricePer')
    best.set('chargeUnit', per)
  }
  const whole = best.get('value')
  const bare = further.find(({ field, index }) => {
    return field === 'value' && isBareValue(headings[index] ?? readHeading(''))
  })
  const isWhole = whole !== undefined && !isBareValue(headings[whole.index] ?? readHeading(''))
  if (bare !== undefined && isWhole && best.has('chargeUnit') && !best.has('periodicCharge')) {
    // `Cost`, `Frequency`, `Total`: what it is for is said of the cost.
    best.set('periodicCharge', { index: bare.index, rank: BY_FAMILY, by: 'grammar' })
  }
  const buyer = best.get('buyer')
  if (buyer !== undefined && !best.has('owner') && !best.has('identity') && buyer.rank >= 0) {
    const heading = headings[buyer.index]
    const names = filled(buyer.index, below)
    const isPeople =
      heading !== undefined &&
      /^(?:buyers?|purchaser)(?: names?)?$/.test(heading.key) &&
      new Set(names).size > 1 &&
      !names.some((name) => BODY.test(name)) &&
      heldIn(names, heading).people
    if (isPeople) {
      // `Buyer` above persons: who looks after it.
      best.delete('buyer')
      best.set('owner', { ...buyer, by: 'grammar' })
    }
  }
  const latest = best.get('extensionEnd')
  if (
    latest !== undefined &&
    !best.has('end') &&
    !map.has('extensionEnd') &&
    !fields.has(latest.index)
  ) {
    // Alone, a latest end is the end; an extension's would be one of an end that nobody gives.
    if (/^latest\b/.test(headings[latest.index]?.key ?? '')) {
      best.delete('extensionEnd')
      best.set('end', latest)
    }
  }
  const callOff = best.get('callOffBy')
  if (
    callOff !== undefined &&
    !best.has('end') &&
    !map.has('callOffBy') &&
    !fields.has(callOff.index) &&
    /\b(?:end|expir)/.test(headings[callOff.index]?.key ?? '')
  ) {
    // A list of frameworks: the end of the framework is the end of the contract itself.
    best.delete('callOffBy')
    best.set('end', callOff)
  }
  const cover = best.get('coverKind')
  const hasProducts = (['products', 'release', 'coverProduct'] as const).some((each) =>
    best.has(each),
  )
  if (cover !== undefined && !hasProducts && !map.has('coverKind') && !fields.has(cover.index)) {
    // Of no product: who stands in for the owner, or nothing that is known.
    best.delete('coverKind')
    if (!best.has('deputy') && filled(cover.index, below).some((each) => NAME.test(each))) {
      best.set('deputy', cover)
    }
  }
  const codes =
    best.has('reference') || denied.has('reference') ? null : codesIn(headings, best, below)
  if (codes !== null && !best.has('ocid')) best.set('reference', codes)
  const isFree = (index: number) =>
    fields.get(index) !== null && !further.some((each) => each.index === index)
  readByContent(
    best,
    headings.map((heading, index) => (isFree(index) ? heading : null)),
    denied,
    below,
  )
  const all: Column[] = []
  for (const field of FIELDS) {
    const { index = -1, rank = 0, by = rank < 0 ? 'mapping' : 'name' } = best.get(field) ?? {}
    const heading = headings[index]
    if (heading) all.push({ field, index, heading, by })
  }
  const also = further.flatMap(({ field, index }): Column[] => {
    const heading = headings[index]
    const isFree = heading !== undefined && all.every((each) => each.index !== index)
    return isFree && !map.has(field) ? [{ field, index, heading, by: 'grammar' }] : []
  })
  const used = new Set([...all, ...also].map(({ index }) => index))
  const isOwn = best.has('identity')
  const unmapped = headings
    .filter(({ key, text }, i) => text !== '' && !used.has(i) && !(isOwn && OF_EXPORT.has(key)))
    .map((h) => h.text)
  const status = best.get('status')?.index
  const states = status === undefined ? [] : filled(status, below)
  const isOneStatus =
    states.length > 10 && new Set(states.map((each) => each.toLowerCase())).size === 1
  return { all, also, headings: headings.map((h) => h.text), unmapped, line, isOneStatus }
}

interface Place {
  readonly index: number
  /** How good it is: 0 is best, below 0 it was said by hand. */
  readonly rank: number
  readonly by?: ReadBy
}
type Best = Map<Field, Place>

/**
 * Of the headings that are left (null: not to be read) those with a word of a field are read as it where what
 * stands below them fits it; then, without any word, what only one field can hold.
 */
function readByContent(
  best: Best,
  headings: readonly (Heading | null)[],
  denied: ReadonlySet<Field>,
  below: readonly RegisterRow[],
): void {
  if (best.has('identity')) return
  const rows = below
    .slice(0, WITNESSES)
    .filter(({ cells }) => cells.filter((cell) => cell.trim() !== '').length > 1)
  const cellsOf = (index: number) => rows.map(({ cells }) => cells[index]?.trim() ?? '')
  const taken = () => new Set([...best.values()].map(({ index }) => index))
  const isOpen = (field: Field) => !best.has(field) && !denied.has(field)
  const left = headings.flatMap((heading, index) => {
    const isLeft = heading !== null && heading.text !== '' && !taken().has(index)
    return isLeft ? [{ heading, index, holds: heldIn(cellsOf(index), heading) }] : []
  })
  const others = { start: [], end: [] } as { start: readonly string[]; end: readonly string[] }
  const learn = () => {
    for (const field of ['start', 'end'] as const) {
      const at = best.get(field)?.index
      if (at !== undefined) others[field] = cellsOf(at)
    }
  }
  learn()
  for (const { heading, index, holds } of left) {
    const field = familiesOf(heading).find((field) => {
      const isSecond = field === 'end' && best.get('end')?.rank === BY_FAMILY
      return (isOpen(field) || isSecond) && fits(field, heading, holds, cellsOf(index), others)
    })
    if (field === undefined) continue
    // Of two that may be the end the earlier warns.
    const isSecond = field === 'end' && best.has('end')
    if (isSecond && !isOpen('otherEnd')) continue
    best.set(isSecond ? 'otherEnd' : field, { index, rank: BY_FAMILY, by: 'grammar' })
    learn()
  }
  for (const field of ['supplier', 'title', 'start', 'value'] as const) {
    if (rows.length < 2 || !isOpen(field) || (field === 'start' && !best.has('end'))) continue
    const now = taken()
    const found = left.filter(({ heading, index, holds }) => {
      const isOther =
        now.has(index) || isOfOthers(heading) || isBeside(heading) || isOfCourse(heading)
      return !isOther && isOnly(field, holds, cellsOf(index), others)
    })
    const [first] = found
    // Of several none is the one, but a title stands before what else is said in words.
    if (first === undefined || (found.length > 1 && field !== 'title')) continue
    best.set(field, { index: first.index, rank: BY_CODES, by: 'content' })
  }
}
const BY_FAMILY = 1500
/** Bodies, however a person's name they look. */
const BODY =
  /\b(?:hospitals?|nhs|borough|county|city|town|schools?|academy|police|fire|rescue|agency|department|ministry|office|authority|board|district|health|services?|estates?|division|team)\b/i

/** What most cells of a column are, of those that say anything. */
interface Held {
  readonly days: boolean
  /** Days and lengths together. */
  readonly times: boolean
  readonly lengths: boolean
  /** Lengths in a shape that only options have: `1+1`, `2 x 12`. */
  readonly options: boolean
  readonly money: boolean
  /** Amounts with the sign of a currency. */
  readonly priced: boolean
  readonly firms: boolean
  /** Firms with the form of a company. */
  readonly companies: boolean
  readonly people: boolean
  readonly words: boolean
  /** Words, hardly any of them twice. */
  readonly distinct: boolean
  readonly answers: boolean
  readonly statuses: boolean
  /** Whether it goes on, and what became of its options. */
  readonly fates: boolean
}

function heldIn(all: readonly string[], { unit }: Heading): Held {
  const saysNothing = (cell: string) =>
    isNil(cell) || (/\p{L}{2}/u.test(cell) && (isPlaceholder(cell) || isNobody(cell)))
  const cells = all.filter((cell) => cell !== '' && !saysNothing(cell))
  const share = (test: (cell: string) => boolean) =>
    cells.length === 0 ? 0 : cells.filter(test).length / cells.length
  const most = (test: (cell: string) => boolean) => share(test) > 0.5
  const isLength = (cell: string) =>
    cell.length <= 80 &&
    (lengthsIn(inEnglish(cell)).length > 0 || (unit !== null && /^\d{1,3}$/.test(cell)))
  const days = most((cell) => dayIn(cell) !== null && !isLength(cell)) || most(isPlainDay)
  const options = most((cell) => OPTIONS_SHAPE.test(cell))
  const lengths = !days && (options || most((cell) => isLength(cell) || OPTIONS_SHAPE.test(cell)))
  const money =
    !days && !lengths && most((cell) => IS_AMOUNT.test(cell) && !/^(?:19|20)\d\d$/.test(cell))
  const answers = !days && most((cell) => yesOrNo(cell) !== null || rolls(cell))
  // What is said at length is a remark, whatever status it names.
  const statuses =
    !days && !answers && most((cell) => cell.length <= 24 && statusSays(cell) !== null)
  const fates = share((cell) => {
    return cell.length <= 120 && (optionFate(cell) !== null || statusSays(cell) === 'notice')
  })
  const isPlain = !days && !lengths && !money
  const companies = isPlain && share((cell) => FIRM.test(cell)) >= 0.3
  const firms = isPlain && (companies || share((cell) => FIRMISH.test(cell)) >= 0.3)
  // In capitals nothing tells a name from other words.
  const people =
    isPlain &&
    !companies &&
    most((cell) => IS_PERSON.test(cell) && cell !== cell.toUpperCase()) &&
    cells.some((cell) => /[ @]/.test(cell)) &&
    // One mailbox for all is nobody's.
    !(cells.length > 1 && cells.every((cell) => cell.includes('@') && cell === cells[0])) &&
    share((cell) => FIRMISH.test(cell)) < 0.2
  const words = isPlain && most((cell) => /\p{L}{3}/u.test(cell) && !CODE.test(cell))
  const distinct =
    words && new Set(cells.map((cell) => cell.toLowerCase())).size > cells.length * 0.8
  return {
    days,
    times: most((cell) => isLength(cell) || isPlainDay(cell)) && cells.some(isPlainDay),
    lengths,
    options,
    money,
    priced: money && most((cell) => /[£€$]/.test(cell)),
    firms,
    companies,
    people,
    words,
    distinct,
    answers,
    statuses,
    fates: fates >= 0.3,
  }
}

/** Whether a column can hold the field that its heading has a word of. */
function fits(
  field: Field,
  heading: Heading,
  holds: Held,
  cells: readonly string[],
  others: { readonly start: readonly string[]; readonly end: readonly string[] },
): boolean {
  switch (field) {
    case 'supplier':
      return holds.firms && !holds.people
    case 'owner':
      return holds.people
    case 'title':
      return holds.words && !holds.people && !holds.companies && !holds.answers && !holds.statuses
    case 'department':
      return holds.words && !holds.people && !holds.companies && !holds.answers && !holds.statuses
    case 'value':
    case 'annualValue':
    case 'periodicCharge':
      return holds.money
    case 'start':
      return holds.days && follow(cells, others.end)
    case 'end':
      return holds.days && follow(others.start, cells)
    case 'maximumEnd':
      return holds.days && others.end.length > 0 && follow(others.end, cells)
    case 'noticeBy':
      return (holds.days || holds.times) && others.end.length > 0 && follow(cells, others.end)
    case 'review':
      return holds.days
    case 'noticePeriod':
      return holds.lengths && !holds.options
    case 'termMonths':
      return holds.lengths && !holds.options
    case 'extensionMonths':
      return holds.lengths
    case 'automaticRenewal':
      return holds.answers
    case 'extensionStatus':
      return holds.fates
    case 'status':
      return holds.statuses || (holds.answers && isAboutLiving(heading))
    default:
      return false
  }
}

/** Whether what stands there can be this field only, whatever its heading. */
function isOnly(
  field: 'supplier' | 'title' | 'start' | 'value',
  holds: Held,
  cells: readonly string[],
  { end }: { readonly end: readonly string[] },
): boolean {
  switch (field) {
    case 'supplier':
      return holds.companies
    case 'title':
      return (
        holds.distinct &&
        !holds.firms &&
        !holds.people &&
        cells.filter((cell) => / /.test(cell)).length * 2 > cells.length
      )
    case 'value':
      return holds.priced
    case 'start':
      return holds.days && wholeMonths(cells, end)
  }
}

/** Whether, row by row, the day of the second is that of the first or behind it: in nine of ten rows with both. */
function follow(first: readonly string[], second: readonly string[]): boolean {
  const both = pairs(first, second)
  return both.filter(([a, b]) => a <= b).length >= both.length * 0.9
}

/** Whether from the first day to the second are whole months, in two of three rows. */
function wholeMonths(first: readonly string[], second: readonly string[]): boolean {
  const both = pairs(first, second)
  const isWhole = ([a, b]: readonly [CivilDate, CivilDate]) =>
    a < b && addDays(b, 1).slice(8) === a.slice(8)
  return both.length > 1 && both.filter(isWhole).length * 3 >= both.length * 2
}

function pairs(
  first: readonly string[],
  second: readonly string[],
): (readonly [CivilDate, CivilDate])[] {
  return first.flatMap((cell, row) => {
    const [a, b] = [dayIn(cell), dayIn(second[row] ?? '')]
    return a === null || b === null ? [] : [[a, b] as const]
  })
}

const OPTIONS_SHAPE = /^\+ ?\d|\d ?\+ ?\d|\d ?(?:x|×) ?\d|\boptions?\b/i
const IS_AMOUNT =
  /^\D{0,24}(?:[£€$] ?\d|\d{1,3}(?:[ ,.]\d{3})+|\d{3,}|\d+(?:\.\d+)? ?(?:k|m|mn|bn)\b)/i
const IS_PERSON =
  /^(?:(?:dr|mr|mrs|ms|miss|prof|cllr|sir)\.? )?(?:\p{Lu}[\p{Ll}'’-]+|\p{Lu}\.?)(?:[ .]*(?:\p{Lu}\.|\p{Lu}(?= )|\p{Lu}[\p{L}'’-]+)){0,3}(?: \(.*\))?$|^\S+@\S+$/u
const FIRMISH =
  /\b(?:ltd|limited|plc|llp|llc|inc|gmbh|ag|bv|nv|oy|srl|cic|cio|cyf|corp(?:oration)?|co|company|group|services|solutions|systems|software|technolog\w+|consult\w+|partners(?:hip)?|associates|holdings|international|trust|university|college|foundation|society|association|sons|brothers|bros|builders|construction|engineer\w+|logistics|security|cleaning|catering|energy|electric\w*|telecom\w*|media|press|labs?|works|digital|supplies|coaches|couriers|transport|care|council|bureau|grounds|mutual|displays|recovery|towage|uk|europe)\b|&/i

/** Of these fields a register may have several columns: whether there is one, and how long it is. */
const MAY_BE_SEVERAL: ReadonlySet<Field> = new Set([
  ...(['value', 'annualValue', 'periodicCharge', 'secondExtensionMonths'] as const),
  ...(['extensionMonths', 'maximumEnd', 'extensionEnd', 'noticeBy', 'automaticRenewal'] as const),
  ...(['renewalTerm', 'breaks', 'review', 'status'] as const),
])

/**
 * Where no heading reads as the reference: a column whose every cell is a code of its own, `CPT-0041`, is what
 * its register calls a contract by.
 */
function codesIn(
  headings: readonly Heading[],
  best: ReadonlyMap<Field, { readonly index: number }>,
  below: readonly RegisterRow[],
): Place | null {
  const taken = new Set([...best.values()].map(({ index }) => index))
  const rows = below.filter(({ cells }) => cells.filter((cell) => cell.trim() !== '').length > 2)
  const index = headings.findIndex(({ key }, at) => {
    if (key === '' || taken.has(at) || OTHER_CODES.test(key)) return false
    const cells = rows.map(({ cells }) => cells[at]?.trim() ?? '')
    // `301144`: numbers of one length, in the first column.
    const isFirst = headings.findIndex((each) => each.key !== '') === at
    const length = cells[0]?.length ?? 0
    const codes = cells.filter(
      (cell) =>
        (CODE.test(cell) && dayIn(cell) === null) ||
        (isFirst && cell.length === length && /^\d{4,10}$/.test(cell)),
    )
    const different = new Set(codes.map((cell) => cell.toLowerCase())).size
    return codes.length > 1 && Math.min(codes.length, different) >= cells.length * 0.8
  })
  return index < 0 ? null : { index, rank: BY_CODES, by: 'content' }
}
const NAME = /^(?:(?:dr|mr|mrs|ms|prof)\.? )?\p{Lu}[\p{L}'’.-]*(?: \p{Lu}[\p{L}'’.-]*)+$|@/u
/** Letters and figures without a blank: no name, no amount, and no number of a row. */
const CODE = /^(?=.*\p{L})(?=.*\d)[\p{L}\d][\p{L}\d/_.#-]{2,29}$/u
const OTHER_CODES =
  /\b(?:company|supplier|vendor|post ?code|vat|cpv|charity|duns|phone|telephone|email|account|cost|person|staff|asset|serial|version|release|product|lot|budget|invoice|site|area|parent|framework|previous)\b/
const BY_CODES = 2000

const ENDS: ReadonlySet<Field> = new Set(['end', 'currentEnd'])
/** From this rank on it is the end of a framework or a project, or a renewal: named, not read beside one. */
const OTHER_THINGS_END = 1060

/** A second column of such a length is compared with the first. */
const SECONDS: ReadonlyMap<Field, Field> = new Map([
  ['termMonths', 'otherTerm'],
  ['noticePeriod', 'otherNotice'],
])
/** From this rank on a length is the supplier's, and a date the one of its renewal. */
const OF_SUPPLIER = 1020
const RENEWAL_DATE = 1090

/** Whether this column has a date in one of the first rows whose end is not a day. */
function holdsWhatIsOpen(
  best: ReadonlyMap<Field, { readonly index: number }>,
  { index }: { readonly index: number },
  below: readonly RegisterRow[],
): boolean {
  const end = best.get('end')?.index
  if (end === undefined || end === index) return false
  return below.slice(0, WITNESSES).some(({ cells }) => {
    const [own = '', other = ''] = [cells[end]?.trim(), cells[index]?.trim()]
    return dayIn(own) === null && dayIn(other) !== null
  })
}

/** `--map end=none` says that no column holds it. */
function isNone(wanted: string, headings: readonly Heading[]): boolean {
  return /^none$/i.test(wanted.trim()) && !headings.some(({ key }) => key === 'none')
}

/** What a heading means beside what stands below it; `Renewal` with yes and no is no date. */
function heard(
  match: Match,
  heading: Heading,
  index: number,
  below: readonly RegisterRow[],
): Match | null {
  const renews = { ...match, field: 'automaticRenewal' as const }
  const mayRenew = match.field === 'end' && match.rank >= RENEWAL_DATE
  if (mayRenew && filled(index, below).length > 0 && filled(index, below).every(rolls))
    return renews
  if (!isDenied(match, heading, index, below)) return match
  // `Termination by us`: below it days say when it ends, lengths of time what notice that takes.
  const ofStopping = match.field === 'end' && /\b(?:terminat\w*|cancel\w*|exit)\b/.test(heading.key)
  if (ofStopping && saysLengths(index, below)) return { ...match, field: 'noticePeriod' }
  if (!mayRenew) return null
  if (!isDenied(renews, heading, index, below)) return renews
  if (saysTerms(index, below)) return { ...match, field: 'renewalTerm' }
  // `Must decide by 15 Jan`, `see email`: what is said of its renewal is read as that, and asked about.
  return filled(index, below).some((cell) => /\p{L}/u.test(cell)) ? renews : null
}

function saysLengths(index: number, below: readonly RegisterRow[]): boolean {
  const cells = filled(index, below)
  return (
    cells.length > 0 && cells.filter((cell) => lengthsIn(cell).length > 0).length * 2 > cells.length
  )
}

function saysDays(index: number, below: readonly RegisterRow[]): boolean {
  const cells = filled(index, below)
  return cells.filter((cell) => dayIn(cell) !== null && isPlainDay(cell)).length * 2 > cells.length
}

/** Whether what stands below it are lengths of terms: `monthly`, `12 months`. */
function saysTerms(index: number, below: readonly RegisterRow[]): boolean {
  const cells = filled(index, below)
  const terms = cells.filter((cell) => lengthsIn(cell).length > 0 || TERM_IN_A_WORD.test(cell))
  return terms.length * 2 > cells.length
}
/** What stands below a heading, without what says nothing. */
function filled(index: number, below: readonly RegisterRow[]): readonly string[] {
  return below
    .slice(0, WITNESSES)
    .map((row) => (row.cells[index] ?? '').trim())
    .filter((cell) => cell !== '' && !isNil(cell))
}
const TERM_IN_A_WORD =
  /^(?:rolling |every |each |auto(?:matic(?:ally)?)?[ -]?)?(?:half[ -]?year|bi-?annual|annual|year|month|quarter|week)(?:ly|s)?(?: rolling)?$/i

/** So many rows are looked at for what a column holds. */
const WITNESSES = 200

/** Whether what stands below a heading speaks against it; only what it holds mostly counts. */
function isDenied(
  { field, isByWords }: Match,
  heading: Heading,
  index: number,
  below: readonly RegisterRow[],
): boolean {
  const cells = below
    .slice(0, WITNESSES)
    .map((row) => (row.cells[index] ?? '').trim())
    .filter((cell) => cell !== '')
  if (field === 'reference' && (isRowNumber(heading.text) || /^(?:id|no)$/.test(heading.key))) {
    const counted =
      cells.length > 1 && cells.every((cell, i) => Number(cell) - Number(cells[0]) === i)
    if (/^[01]$/.test(cells[0] ?? '')) return counted || cells.length === 1
    // `T-01` below `No.` numbers no row.
    return isRowNumber(heading.text) && !cells.every((cell) => CODE.test(cell))
  }
  if (isByWords && field === 'chargeUnit') {
    const said = cells.filter((cell) => !isNil(cell))
    return said.filter((cell) => readBasis(inEnglish(cell)) !== null).length * 2 <= said.length
  }
  if (isByWords && field === 'documents') return !cells.some((cell) => /https?:\/\//i.test(cell))
  if (!isByWords || cells.length === 0) return false
  const most = (test: (cell: string) => boolean) => cells.filter(test).length * 2 > cells.length
  if (field === 'end' && CIRCUMSTANCES.test(compared(heading.text))) return false
  if (DATE_FIELDS.includes(field)) return !most(mayBeDate)
  // Days below a heading of money, names or words: it is a date that nobody has understood.
  if (!MAY_HOLD_DAYS.has(field) && most((cell) => dayIn(cell) !== null)) return true
  if (
    field === 'automaticRenewal' &&
    /^(?:auto\w*|renew\w*|rolls?)$|\b(?:continu\w*|carries|goes|runs|stays)\b/.test(heading.key)
  ) {
    return !most((cell) => yesOrNo(cell) !== null || isNil(cell) || rolls(cell))
  }
  if (AMOUNT_FIELDS.includes(field)) return !most((cell) => /\d|^[£€$-]/.test(cell) || isNil(cell))
  if (
    field === 'extensionMonths' &&
    /^(?:plus|further|then|and then|prolongations?)$/.test(heading.key)
  ) {
    return !most((cell) => lengthsIn(cell).length > 0 || isNil(cell))
  }
  if (field === 'supplier' && /^who\b|^firm$/.test(heading.key))
    return !cells.some((cell) => FIRM.test(cell))
  if (field === 'title' || field === 'supplier') return most((cell) => /^[\d\s.,/£-]+$/.test(cell))
  return false
}

const FIRM = /\b(?:ltd|limited|plc|llp|inc|gmbh|cic|cyf|llc|& (?:co|sons))\b/i

/** Lengths of time that some registers give as the day to which they reach, and what only looks like days. */
const MAY_HOLD_DAYS: ReadonlySet<Field> = new Set([
  'termMonths',
  'extensionMonths',
  'secondExtensionMonths',
  'noticePeriod',
  'breaks',
  // `SQL Server 2016` reads as a year.
  'release',
])

function mayBeDate(cell: string): boolean {
  if (isNil(cell)) return true
  const reading = readDate(cell, 'dmy', { years: LAST_OF_CENTURY })
  return reading.kind !== 'bad' || /\d{1,2}[/.-]\d{1,2}[/.-]\d{2}/.test(cell)
}

/** `Rolls monthly after the initial term`: below `Renewal` it says how, as a yes does. */
function rolls(cell: string): boolean {
  return readDate(cell, 'dmy', { years: LAST_OF_CENTURY }).kind === 'rolling'
}

/** A column that no field was read from, though it holds dates or lengths of time, or is of a contract's course. */
interface Unused {
  readonly heading: Heading
  /** `days`: some cells are days, most are not. */
  readonly holds: 'dates' | 'days' | 'lengths' | 'words'
  /** A cell of it, and the first and last day that stand there. */
  readonly sample: string
  readonly days: readonly CivilDate[]
  /** Of these the last that stands alone in its cell. */
  readonly asked: CivilDate | null
}

function unusedColumns(
  columns: Columns,
  below: readonly RegisterRow[],
  withBreaks: boolean,
): Unused[] {
  const read = [...columns.all, ...columns.also]
  const used = new Set(
    read.filter(({ field }) => !withBreaks || field !== 'breaks').map(({ index }) => index),
  )
  return columns.headings.flatMap((text, index): Unused[] => {
    if (text === '' || used.has(index)) return []
    const cells = below
      .slice(0, WITNESSES)
      .map((row) => (row.cells[index] ?? '').trim())
      .filter((cell) => !isNil(cell))
    const days = cells.flatMap((cell) => dayIn(cell) ?? []).sort()
    const lengths = cells.filter((cell) => cell.length <= 60 && lengthsIn(cell).length > 0)
    const [sample = ''] = cells
    const heading = readHeading(text)
    const asked = cells.flatMap((cell) => (isPlainDay(cell) ? (dayIn(cell) ?? []) : [])).sort()
    const of = { heading, sample, days, asked: asked.at(-1) ?? null }
    if (days.length * 2 > cells.length) return [{ ...of, holds: 'dates' }]
    if (lengths.length * 2 > cells.length) return [{ ...of, holds: 'lengths' }]
    const day = cells.find((cell) => dayIn(cell) !== null && isPlainDay(cell))
    if (day !== undefined) return [{ ...of, holds: 'days', sample: day }]
    const isTold = cells.length > 0 && isOfCourse(heading)
    return isTold ? [{ ...of, holds: 'words' }] : []
  })
}

/** The day in a cell that may be a date: figures alone, and years alone, are none. */
function dayIn(cell: string): CivilDate | null {
  if (/^[\d.,]+$/.test(cell)) return null
  const reading = readDate(cell, 'dmy', { years: LAST_OF_CENTURY })
  if (reading.kind === 'date') return reading.latest
  const american = readDate(cell, 'mdy', { years: LAST_OF_CENTURY })
  return american.kind === 'date' ? american.latest : null
}

function isPlainDay(cell: string): boolean {
  const reading = readDate(cell, 'dmy', { years: LAST_OF_CENTURY })
  return reading.kind === 'date' && reading.remark === undefined
}

function mapped(field: Field, { heading }: Pick<Unused, 'heading'>): string {
  return `--map ${field}="${heading.text.replaceAll('"', '')}"`
}

/**
 * What a person has to know of the columns before anything is written: every column of dates or
 * lengths that is not read is named.
 * @throws RegisterError where no column is read as the end and others could be it, unless somebody
 * has looked through the headings, or said that there is none (`--map end=none`).
 */
export function columnProblems(
  name: string,
  columns: Columns,
  below: readonly RegisterRow[],
  { lenient = false, chosen, map, remembered = new Map(), today }: OpenOptions,
): Problem[] {
  if (columns.all.some(({ field }) => field === 'identity')) {
    return columns.unmapped.map((heading) => ({
      ...{ at: 'the whole file', reference: null, field: heading, value: null },
      problem: 'this column is none of an export: what stands in it is not taken back',
      remedy: 'Write it into the column of the export that it is about.',
      severity: 'warning',
    }))
  }
  const filled = below.filter((row) => row.cells.some((cell) => cell.trim() !== ''))
  if (filled.length === 0) return []
  const ends = columns.all.filter(({ field }) => GIVE_ENDS.has(field))
  // Where nothing else gives a day, what reads as a break may be the end.
  const unused = unusedColumns(columns, below, ends.length === 0)
  const open = unused.filter(({ heading }) => !isBeside(heading))
  const dates = open.filter(({ holds }) => holds === 'dates')
  const isSaid = [map, remembered].some((each) => /^none$/i.test(each.get('end') ?? ''))
  if (ends.length === 0 && dates.length > 0 && !lenient && chosen === undefined && !isSaid) {
    throw new RegisterError(
      `${name}: no column is read as the end, so that nothing of it would be warned of. These hold dates: ${dates
        .map(
          (each) => `"${each.heading.text.slice(0, 60)}" (${each.days[0]} to ${each.days.at(-1)})`,
        )
        .join(
          ', ',
        )}. Say which is the end: ${dates.map((each) => mapped('end', each)).join(' or ')}; --map end=none imports it without.`,
    )
  }
  const problem = (problem: string, remedy: string, of: Unused | null): Problem => ({
    at: 'the whole file',
    reference: null,
    field: of?.heading.text ?? 'end',
    value: of?.sample.slice(0, 200) ?? null,
    problem,
    remedy,
    // Of days to come it is asked (parse-remarks.ts).
    severity:
      of !== null && (isBeside(of.heading) || (of.asked ?? '') >= today) ? 'note' : 'warning',
  })
  const problems = moneyLeft(columns)
  problems.push(
    ...unused.map((each) =>
      each.holds === 'words'
        ? problem(
            'what stands in it is not used but where it says a day or a length of time',
            `Say what it is, if it matters: ${(
              ['automaticRenewal', 'status', 'extensionMonths'] as const
            )
              .map((field) => mapped(field, each))
              .join(', ')}.`,
            each,
          )
        : each.holds !== 'lengths'
          ? problem(
              'its dates are not used: what they are of is not known',
              `Say what they are, if they matter: ${(
                ['end', 'otherEnd', 'maximumEnd', 'noticeBy', 'review'] as const
              )
                .map((field) => mapped(field, each))
                .join(', ')}.`,
              each,
            )
          : problem(
              'its lengths of time are not used: what they are of is not known',
              `Say what they are, if they matter: ${(
                ['termMonths', 'extensionMonths', 'noticePeriod', 'renewalTerm'] as const
              )
                .map((field) => mapped(field, each))
                .join(', ')}.`,
              each,
            ),
    ),
  )
  problems.push(...releasesAlone(columns, filled))
  const dated = filled.filter((row) =>
    ends.some(({ index }) => (row.cells[index] ?? '').trim() !== ''),
  )
  if (ends.length > 0 && dated.length * 2 >= filled.length) return problems
  const likely = dates.map((each) => mapped('end', each)).join(' or ')
  const what =
    ends.length === 0
      ? 'no column holds an end: its contracts are not warned of'
      : `most rows have no end in ${list(ends.map(({ heading }) => heading.text))}: they are not warned of`
  return [
    problem(
      what,
      likely === ''
        ? 'Say which column holds it, for example --map end="…".'
        : `These hold dates: ${likely}`,
      null,
    ),
    ...problems,
  ]
}

/** Further columns of a figure that another is read from. */
function moneyLeft({ all, also }: Columns): Problem[] {
  return also.flatMap(({ field, heading }): Problem[] => {
    const first = all.find((each) => each.field === field)
    if (!AMOUNT_FIELDS.includes(field) || first === undefined) return []
    return [
      {
        ...{ at: 'the whole file', reference: null, field: heading.text, value: null },
        problem: `its figures are used only where “${first.heading.text}” has none`,
        remedy: `Say what they are, if they matter: ${mapped(field, { heading })}.`,
        severity: 'note',
      },
    ]
  })
}

/** Releases without a product of which they are are kept nowhere. */
function releasesAlone(columns: Columns, filled: readonly RegisterRow[]): Problem[] {
  const of = (field: Field) => columns.all.find((column) => column.field === field)
  const release = of('release')
  if (release === undefined || (of('products') ?? of('coverProduct')) !== undefined) return []
  const { heading, index } = release
  const cells = filled.map((row) => (row.cells[index] ?? '').trim()).filter((cell) => !isNil(cell))
  const [value] = cells
  if (value === undefined || namesProduct(heading)) return []
  if (cells.slice(0, WITNESSES).some((cell) => readProduct(cell).product !== null)) return []
  return [
    {
      at: 'the whole file',
      reference: null,
      field: heading.text,
      value: value.slice(0, 200),
      problem: 'its releases are not used: no column names the product of which they are',
      remedy: 'Say which does: --map products="…".',
      severity: 'warning',
    },
  ]
}

const GIVE_ENDS: ReadonlySet<Field> = new Set([
  'end',
  'currentEnd',
  'otherEnd',
  'termMonths',
  'maximumEnd',
  'extensionEnd',
])

function indexOfHeading(headings: readonly Heading[], field: Field, wanted: string): number {
  const exact = headings.findIndex(({ text }) => text === wanted.replace(/\s+/g, ' ').trim())
  if (exact >= 0) return exact
  const key = compared(wanted)
  const index = headings.findIndex((heading) => compared(heading.text) === key)
  if (index >= 0) return index
  const seen = headings.filter(({ key }) => key !== '').map(({ text }) => text)
  const near = nearHeading(wanted, seen)
  throw new RegisterError(
    `--map ${field}="${wanted}": there is no such heading` +
      `${near === null ? '' : `; did you mean "${near}"`}. The headings are: ${list(seen)}.`,
  )
}

/** The heading that was probably meant, whatever its case: two letters or a third of them may differ. */
function nearHeading(wanted: string, headings: readonly string[]): string | null {
  const byKey = new Map(headings.map((heading) => [heading.slice(0, 60).toLowerCase(), heading]))
  const near = nearWord(wanted.slice(0, 60).toLowerCase(), byKey.keys(), aThird)
  return near === null ? null : (byKey.get(near) ?? null)
}

function aThird(letters: number): number {
  return Math.max(2, Math.floor(letters / 3))
}

/** Headings for a message: each in quotes, the first thirty. */
function list(headings: readonly string[]): string {
  const shown = headings.slice(0, 30).map((heading) => `"${heading.slice(0, 60)}"`)
  const more = headings.length - shown.length
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '')
}

/** The columns that hold dates. */
export function dateColumns(columns: Columns): readonly Column[] {
  // A term may be written as its days: `1/4/2024 - 31/3/2027`.
  return [...columns.all, ...columns.also].filter(
    ({ field }) => DATE_FIELDS.includes(field) || field === 'termMonths' || field === 'otherTerm',
  )
}

/** How the amounts of each column write their decimals, where these rows agree on it. */
export function decimalMarks(
  columns: Columns,
  rows: readonly RegisterRow[],
): Map<number, DecimalMark> {
  const marks = new Map<number, DecimalMark>()
  for (const { field, index } of [...columns.all, ...columns.also]) {
    if (!AMOUNT_FIELDS.includes(field)) continue
    const shown = new Set(rows.map(({ cells }) => markShown(cells[index] ?? '')))
    shown.delete(null)
    const [mark] = shown
    if (shown.size === 1 && mark) marks.set(index, mark)
  }
  return marks
}

/** The mapping as a dry run shows it. */
export function describe(
  columns: Columns,
  orders: ReadonlyMap<number, DateOrder | null>,
): ColumnMapping[] {
  return [...columns.all, ...columns.also].map(({ field, index, heading }) => ({
    field,
    heading: heading.text,
    dates: orders.get(index) ?? null,
  }))
}

/** Every heading, in the order of the file, with what it was taken for and by what. */
export function headingsRead({ headings, all, also }: Columns): HeadingRead[] {
  return headings.flatMap((heading, index): HeadingRead[] => {
    if (heading === '') return []
    const { field = null, by = null } = [...all, ...also].find((each) => each.index === index) ?? {}
    return [{ heading, field, by }]
  })
}
