/** Opens an Excel workbook: the first sheet with recognised headings is the register. */
import { crc32 } from 'node:zlib'
import { decodeXML } from 'entities'
import { Parser } from 'saxen'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { unguarded } from '../../text/message.ts'
import { counted } from '../../text/words.ts'
import {
  type Columns,
  columnProblems,
  DateSurvey,
  dateColumns,
  decimalMarks,
  describe,
  findHeadings,
  type HandMap,
  headingScore,
  headingsRead,
  mapColumns,
  ordersOf,
  readHandMap,
  shownHeadings,
  suffices,
  TellingRows,
} from '../column-mapping.ts'
import {
  ANSWER_HEADING,
  ENDED_SHEET,
  type EndedAnswer,
  type OpenOptions,
  type OpenRegister,
  type Problem,
  QUESTIONS_SHEET,
  type ReadItem,
  RegisterError,
  type SheetAnswer,
  SUPPLIED_HEADING,
} from '../draft.ts'
import { LIMITS } from '../limits.ts'
import type { TableReading } from '../parse-cells.ts'
import { rowReader } from '../parse-row.ts'
import type { RegisterRow } from './csv-rows.ts'
import type { Sniffed } from './detect.ts'

/** Rows that are looked at for the way amounts that were typed as text are written. */
const MARK_ROWS = 500

/** Opens the workbook that was sniffed; see `openRegister` for its errors. */
export async function openWorkbook(file: Sniffed, options: OpenOptions): Promise<OpenRegister> {
  const { book, sheets, answered } = await surveyBook(file)
  const said = { ...answersIn(answered), ...endedIn(answered) }
  if (Object.keys(said).length > 0 && sheets.every(({ lines }) => lines === 0)) {
    return onlyAnswers(said)
  }
  const map = readHandMap(options.map)
  const readings = sheets.map(({ head }, index) => ({
    name: String(index),
    rows: head.slice(0, LIMITS.headingRows),
  }))
  const { name, columns } = findHeadings(file.name, readings, map, options)
  const survey = sheets[Number(name)] ?? EMPTY
  const { head, telling, lines } = survey
  const dates = new DateSurvey(dateColumns(columns))
  for (const row of [...head, ...telling]) if (row.line > columns.line) dates.see(row)
  const { orders, years, isAmbiguous } = ordersOf(dates, file.name, options)
  const shown = head.slice(columns.line, columns.line + MARK_ROWS)
  const marks = decimalMarks(columns, shown)
  const rows = () => sheetRows(file, book, survey)
  return {
    format: 'xlsx',
    mapping: describe(columns, orders),
    unmapped: columns.unmapped,
    headings: shownHeadings(name, columns, shown, isAmbiguous),
    headingsRead: headingsRead(columns),
    warnings: [
      ...columnProblems(file.name, columns, shown, options),
      ...otherRegisters(sheets, Number(name)),
      ...linksBeside(survey, columns),
    ],
    ...said,
    written: { line: columns.line, rows },
    ocidPrefix: null,
    total: lines - columns.line,
    items: () =>
      items(rows(), {
        columns,
        orders,
        marks,
        years,
        timeZone: options.timeZone,
        today: options.today,
        ...(book.from1904 ? { dayZero: DAYS_TO_1904 } : {}),
      }),
  }
}

async function* items(
  sheet: AsyncIterable<readonly RegisterRow[]>,
  table: TableReading,
): AsyncGenerator<ReadItem> {
  const read = rowReader(table)
  for await (const rows of sheet) {
    for (const row of rows) {
      const item = row.line <= table.columns.line ? null : read(row)
      if (item !== null) yield item
    }
  }
}

const OF_ANSWERS: ReadonlySet<string> = new Set([QUESTIONS_SHEET, ENDED_SHEET])
type Answered = Pick<OpenRegister, 'answers' | 'ended'>
type RowsByName = ReadonlyMap<string, readonly RegisterRow[]>

/** What somebody wrote below this heading of a sheet for answers: its cells, and their answer. */
function answeredRows(sheets: RowsByName, name: string, below: string) {
  const [headings = [], ...rows] = (sheets.get(name) ?? []).map(({ cells }) => cells)
  const at = headings.findIndex((heading) => heading.trim() === below)
  return rows.flatMap((cells) => {
    const [id, answer] = [Number(cells[0]), (cells[at] ?? '').trim()]
    return Number.isInteger(id) && id > 0 && answer !== '' ? [{ id, cells, answer }] : []
  })
}

/** The answers that somebody wrote into the sheet of questions. */
function answersIn(sheets: RowsByName): Answered {
  const answers = answeredRows(sheets, QUESTIONS_SHEET, ANSWER_HEADING).flatMap(
    ({ id, answer }): SheetAnswer[] => {
      const choice = answer.replace(/:.*$/s, '')
      return choice === '' ? [] : [{ question: id, answer: choice }]
    },
  )
  return answers.length > 0 ? { answers } : {}
}

function endedIn(sheets: RowsByName): Answered {
  const ended = answeredRows(sheets, ENDED_SHEET, SUPPLIED_HEADING).map(
    ({ id, cells, answer }): EndedAnswer => {
      return { contractId: id, reference: unguarded(cells[1] ?? '').trim(), said: answer }
    },
  )
  return ended.length > 0 ? { ended } : {}
}

/** A workbook that holds nothing but answers. */
function onlyAnswers(said: Answered): OpenRegister {
  const nothing = { mapping: [], unmapped: [], ocidPrefix: null, total: 0 }
  return { format: 'xlsx', ...nothing, ...said, items: async function* () {} }
}

/** Other sheets with contracts and their ends: nobody would watch them, so somebody is told. */
function otherRegisters(sheets: readonly SheetSurvey[], read: number): Problem[] {
  return sheets.flatMap((survey, index): Problem[] => {
    const rows = index === read ? 0 : rowsOfRegister(survey)
    if (rows === 0) return []
    const problem = `this sheet looks like a register too: its ${rows === 1 ? 'row was' : `${rows} rows were`} not read`
    const remedy = 'Save it as a file of its own and import that, or delete it from the workbook.'
    const at = `sheet "${survey.sheet.name.slice(0, 60)}"`
    return [{ at, reference: null, field: null, value: null, problem, remedy, severity: 'warning' }]
  })
}

const isWeb = (url: string) => /^https?:/i.test(url)

/** Web addresses behind the words of columns that are none of documents: nobody would look for them here. */
function linksBeside({ linked }: SheetSurvey, columns: Columns): Problem[] {
  const documents = columns.all.find(({ field }) => field === 'documents')?.index
  return [...linked].flatMap(([index, count]): Problem[] => {
    const heading = columns.headings[index] ?? ''
    if (count === 0 || index === documents || heading === '') return []
    return [
      {
        ...{ at: 'the whole file', reference: null, field: heading, value: null },
        problem: `${counted(count, 'cell')} of this column ${count === 1 ? 'links' : 'link'} to a web page: not read as documents`,
        remedy:
          'If these are the contracts’ documents, call the column Documents, or copy it into one of that name.',
        severity: 'note',
      },
    ]
  })
}

/** The filled rows below the headings, where these tell ends of contracts; else 0. */
function rowsOfRegister({ head, filled }: SheetSurvey): number {
  const scored = head
    .slice(0, LIMITS.headingRows)
    .map((row) => ({ row, score: headingScore(row.cells, NO_MAP) }))
  const [best] = scored.sort((a, b) => b.score - a.score)
  if (best === undefined || best.score === 0) return 0
  const columns = mapColumns(best.row.cells, best.row.line, NO_MAP)
  const tellsEnds = columns.all.some(({ field }) => field === 'end' || field === 'termMonths')
  if (!tellsEnds || !suffices(columns)) return 0
  return filled - head.slice(0, columns.line).filter(isFilled).length
}

const NO_MAP: HandMap = new Map()

function isFilled({ cells }: RegisterRow): boolean {
  return cells.filter((cell) => cell !== '').length > 1
}

// A workbook is read twice, a piece of a sheet at a time: once to learn of all sheets what their
// headings and the order of their dates are told by, then row by row what the register says.

interface Sheet {
  readonly name: string
  /** Its part of the archive; null for what holds no cells, such as a chart. */
  readonly part: string | null
}

/** What cells refer to. */
interface Book {
  readonly sheets: readonly Sheet[]
  readonly strings: readonly string[]
  /** Of each style, whether it shows a number as a date. */
  readonly dates: readonly boolean[]
  /** Days are counted from 1904. */
  readonly from1904: boolean
}

interface SheetSurvey {
  readonly sheet: Sheet
  /** The first lines, blank ones too, each as wide as the sheet. */
  readonly head: readonly RegisterRow[]
  /** Rows further down that tell how days are written. */
  readonly telling: readonly RegisterRow[]
  /** The last line that holds something. */
  readonly lines: number
  readonly width: number
  /** Rows of more than one filled cell. */
  readonly filled: number
  readonly merges: readonly Merge[]
  readonly links: readonly Link[]
  /** How many cells of a column have an address behind their words. */
  readonly linked: ReadonlyMap<number, number>
}

const EMPTY: SheetSurvey = {
  sheet: { name: '', part: null },
  ...{ head: [], telling: [], lines: 0, width: 0, filled: 0, merges: [], links: [] },
  linked: new Map(),
}

interface BookSurvey {
  readonly book: Book
  /** Those of answers are empty here. */
  readonly sheets: readonly SheetSurvey[]
  readonly answered: RowsByName
}

async function surveyBook(file: Sniffed): Promise<BookSurvey> {
  const archive = await openArchive(file)
  try {
    const book = await readBook(archive)
    const sheets: SheetSurvey[] = []
    const answered = new Map<string, RegisterRow[]>()
    let links = 0
    for (const sheet of book.sheets) {
      const survey = await surveySheet(archive, book, sheet)
      const isOfAnswers = OF_ANSWERS.has(sheet.name)
      sheets.push(isOfAnswers ? EMPTY : survey)
      links += survey.links.length
      if (links > MOST_LINKS) throw unreadable(archive.name, 'it has too many links')
      if (!isOfAnswers) continue
      const rows: RegisterRow[] = []
      for await (const some of rowsIn(archive, book, survey)) rows.push(...some)
      answered.set(sheet.name, rows)
    }
    await archive.finish()
    return { book, sheets, answered }
  } finally {
    archive.close()
  }
}

async function surveySheet(archive: Archive, book: Book, sheet: Sheet): Promise<SheetSurvey> {
  if (sheet.part === null) return EMPTY
  const first = await survey(archive, book, sheet, [])
  // Merged cells are named behind the rows: where there are any, these are read with them.
  return first.merges.length === 0 ? first : survey(archive, book, sheet, first.merges)
}

async function survey(
  archive: Archive,
  book: Book,
  sheet: Sheet,
  merges: readonly Merge[],
): Promise<SheetSurvey> {
  const head: { line: number; cells: string[] }[] = []
  const telling = new TellingRows()
  let [lines, width, filled] = [0, 0, 0]
  const linked = new Map<number, number>()
  const count = (column: number, cells: number) =>
    linked.set(column, (linked.get(column) ?? 0) + cells)
  const cells = cellReader(archive.name, book, { merges, links: [], width: 0 })
  for await (const rows of piecewise(archive, sheet, cells)) {
    for (const row of rows) {
      for (const [column, url] of row.links ?? []) if (isWeb(url)) count(column, 1)
      lines = row.line
      width = Math.max(width, row.cells.length)
      if (isFilled(row)) filled += 1
      if (row.line > LIMITS.headingRows + MARK_ROWS) {
        telling.see(row)
        continue
      }
      while (head.length < row.line - 1) head.push({ line: head.length + 1, cells: [] })
      head.push({ line: row.line, cells: [...row.cells] })
    }
  }
  for (const row of head) widen(row.cells, width)
  const links = await linksOf(archive, sheet, cells.links())
  for (const { column, from, to, url } of links) {
    if (isWeb(url)) count(column, Math.max(0, Math.min(to, lines) - from + 1))
  }
  const found = { merges: cells.merges(), links, linked }
  return { sheet, head, telling: telling.rows, lines, width, filled, ...found }
}

/** The rows of a sheet as a CSV file has them: dates as YYYY-MM-DD; those that are blank are left out. */
async function* sheetRows(
  file: Sniffed,
  book: Book,
  survey: SheetSurvey,
): AsyncGenerator<readonly RegisterRow[]> {
  const archive = await openArchive(file)
  try {
    yield* rowsIn(archive, book, survey)
  } finally {
    archive.close()
  }
}

function rowsIn(
  archive: Archive,
  book: Book,
  survey: SheetSurvey,
): AsyncGenerator<readonly RegisterRow[]> {
  return piecewise(archive, survey.sheet, cellReader(archive.name, book, survey))
}

async function* piecewise(
  archive: Archive,
  { part }: Sheet,
  cells: CellReader,
): AsyncGenerator<readonly RegisterRow[]> {
  if (part === null) return
  for await (const _ of archive.read(part, cells)) yield cells.take()
  yield cells.take()
}

// Rows and cells out of a sheet's XML.

/** Cells merged over several lines, by their first column, counted from 0. */
interface Merge {
  readonly column: number
  readonly from: number
  readonly to: number
}

const MERGED = /^([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})$/i
/** More of them than anybody made by hand. */
const MOST_MERGES = 100_000
/** Empty rows that merged cells fill: each takes memory as any other. */
const MOST_FILLED = 20_000

/** Cells that link to an address, or, until that is looked up, to an id of the sheet's relationships. */
interface Link extends Merge {
  readonly url: string
}

const LINKED = /^([A-Z]{1,3})(\d{1,7})(?::([A-Z]{1,3})(\d{1,7}))?$/i
const MOST_LINKS = 100_000

interface CellReader extends XmlReader {
  /** The rows that are complete and were not taken yet. */
  take(): readonly RegisterRow[]
  merges(): readonly Merge[]
  /** With the ids of their addresses. */
  links(): readonly Link[]
}

/**
 * Addresses may be left out: a row without one follows the row before, a cell without one the cell
 * before (ECMA-376, part 1, 18.3.1.4 and 18.3.1.73). Each row of a merged cell has its value, as
 * whoever merged it means it. Rows are as wide as `width` at least.
 */
function cellReader(
  file: string,
  book: Book,
  { merges, links, width }: Pick<SheetSurvey, 'merges' | 'links' | 'width'>,
): CellReader {
  const starts = [...merges].sort((a, b) => a.from - b.from)
  const linked = [...links].sort((a, b) => a.from - b.from)
  const found: Merge[] = []
  const foundLinks: Link[] = []
  /** The links that reach into this line; those of the row's formulas. */
  let reaching: Link[] = []
  let nextLink = 0
  const formulas = new Map<number, string>()
  /** What the merged cell says that reaches into this line, by column. */
  const merged = new Map<number, { readonly to: number; readonly text: string }>()
  let ready: RegisterRow[] = []
  let next = 0
  let given = 0
  /** Rows that have nothing but what is merged into them. */
  let filled = 0
  let isData = false
  let row = 0
  let isNumbered = false
  let column = 0
  let columns = 0
  let cells: string[] | null = null
  let cell: Cell | null = null
  let into: 'value' | 'inline' | 'formula' | null = null
  let isPhonetic = false

  const beginRow = (address: string | undefined) => {
    if (cells !== null) throw new Unreadable('a row within a row')
    const number = Number(address)
    isNumbered = Number.isInteger(number) && number > 0
    goTo(isNumbered ? number : row + 1)
    cells = []
    column = 0
    formulas.clear()
  }
  const goTo = (line: number) => {
    if (line <= row) throw new Unreadable(`row ${line} stands behind row ${row}`)
    row = line
    checkExtent()
  }
  const checkExtent = () => {
    if (columns > LIMITS.columns || row > LIMITS.rows || row * columns > LIMITS.sheetCells) {
      throw tooLarge(file, row, columns)
    }
  }
  const beginCell = ({ r = '', t = 'n', s = '' }: Attributes) => {
    if (cells === null) throw new Unreadable('a cell outside of a row')
    const named = columnNumber(r)
    const line = named === 0 ? Number.NaN : Number(r.replace(/^[A-Z]+/i, ''))
    if (!isNumbered && line > row) goTo(line)
    isNumbered = true
    const at = named === 0 || Number.isNaN(line) ? column + 1 : named
    if (at <= column) throw new Unreadable(`cell ${r} of row ${row} stands behind another`)
    column = at
    if (column > columns) {
      columns = column
      checkExtent()
    }
    cell = { type: t, style: s, isFormula: false, value: undefined, inline: undefined }
  }
  const endCell = () => {
    const [, url, words] = HYPERLINK.exec(cell?.formula ?? '') ?? []
    if (url !== undefined) formulas.set(column - 1, url.replaceAll('""', '"'))
    // Written by a program, it has no value yet.
    const isShown = url === undefined || (cell?.value ?? '') !== ''
    const shown = isShown ? null : plainText((words ?? '').replaceAll('""', '"'))
    const text = shown ?? (cell === null ? '' : textOf(cell, book))
    cell = null
    if (text === '' || cells === null) return
    widen(cells, column - 1)
    cells.push(text)
  }
  const endRow = () => {
    const own = cells ?? []
    cells = null
    if (own.length === 0) return
    for (let line = given + 1; line < row && merged.size > 0; line += 1) {
      give(line, [])
      filled += 1
      if (filled > MOST_FILLED) {
        throw new Unreadable(`cells that are merged over more than ${MOST_FILLED} empty rows`)
      }
    }
    give(row, own)
  }
  const give = (line: number, own: string[]) => {
    for (const [at, { to, text }] of merged) {
      if (line > to) merged.delete(at)
      else if ((own[at] ?? '') === '') {
        widen(own, at + 1)
        own[at] = text
      }
    }
    for (; (starts[next]?.from ?? line + 1) <= line; next += 1) {
      const { column = 0, from = 0, to = 0 } = starts[next] ?? {}
      const text = own[column] ?? ''
      if (from === line && text !== '') merged.set(column, { to, text })
    }
    given = line
    if (own.length === 0) return
    widen(own, width)
    const links = linksOn(line)
    ready.push(links.size === 0 ? { line, cells: own } : { line, cells: own, links })
  }
  const linksOn = (line: number) => {
    for (; (linked[nextLink]?.from ?? line + 1) <= line; nextLink += 1) {
      reaching.push(...linked.slice(nextLink, nextLink + 1))
    }
    reaching = reaching.filter(({ to }) => to >= line)
    const found = new Map(reaching.map(({ column, url }) => [column, url]))
    if (line === row) for (const [at, url] of formulas) found.set(at, url)
    return found
  }
  const meetLink = ({ ref = '', id = '', location = '' }: Attributes) => {
    const [, letters, from, lastLetters = letters, to = from] = LINKED.exec(ref) ?? []
    if (id === '' || letters === undefined || from === undefined) return
    const last = Math.min(columnNumber(lastLetters ?? letters), LIMITS.columns)
    for (let at = columnNumber(letters); at <= last; at += 1) {
      const lines = { from: Number(from), to: Number(to) }
      foundLinks.push({ column: at - 1, ...lines, url: location === '' ? id : `${id}#${location}` })
    }
    if (foundLinks.length > MOST_LINKS) throw new Unreadable('it has too many links')
  }
  const meetMerge = (ref: string) => {
    const [, letters = '', from = '', to = ''] = MERGED.exec(ref) ?? []
    if (Number(to) <= Number(from)) return
    found.push({ column: columnNumber(letters) - 1, from: Number(from), to: Number(to) })
    if (found.length > MOST_MERGES) throw new Unreadable('it has too many merged cells')
  }

  return {
    open(name, attributes) {
      if (cell !== null) {
        if (name === 'v') {
          cell.value ??= ''
          into = 'value'
        } else if (name === 'is') cell.inline = ''
        else if (name === 't' && cell.inline !== undefined) into = isPhonetic ? null : 'inline'
        else if (name === 'rPh') isPhonetic = true
        else if (name === 'f') {
          cell.isFormula = true
          cell.formula = ''
          into = 'formula'
        }
      } else if (isData && name === 'c') beginCell(attributes())
      else if (isData && name === 'row') beginRow(attributes().r)
      else if (name === 'sheetData') isData = true
      else if (name === 'mergeCell') meetMerge(attributes().ref ?? '')
      else if (name === 'hyperlink') meetLink(attributes())
    },
    text(text) {
      if (into !== null && cell !== null) cell[into] = (cell[into] ?? '') + text
    },
    close(name) {
      if (name === 'v' || name === 't' || name === 'f') into = null
      else if (name === 'rPh') isPhonetic = false
      else if (name === 'c' && cell !== null) endCell()
      else if (name === 'row' && cells !== null) endRow()
      else if (name === 'sheetData') isData = false
    },
    take() {
      const rows = ready
      ready = []
      return rows
    },
    merges: () => found,
    links: () => foundLinks,
  }
}

/** With what it shows, where both stand in it: one that is put together of cells is no address. */
const HYPERLINK = /^\s*HYPERLINK\(\s*"((?:[^"]|"")*)"\s*(?:,\s*(?:"((?:[^"]|"")*)"\s*\))?|\))/i

/** The links with their addresses, which stand in a part of their own. */
async function linksOf(
  archive: Archive,
  { part }: Sheet,
  found: readonly Link[],
): Promise<readonly Link[]> {
  const relations = (part ?? '').replace(/([^/]+)$/, '_rels/$1.rels')
  if (found.length === 0 || !archive.has(relations)) return []
  const targets = new Map<string, string>()
  await readAll(archive, relations, {
    open(name, attributes) {
      if (name !== 'Relationship') return
      const { Id = '', Type = '', Target = '' } = attributes()
      if (Type.endsWith('/hyperlink')) targets.set(Id, Target)
    },
  })
  return found.flatMap((link) => {
    const [id = '', place] = link.url.split(/#(.*)/s)
    const target = targets.get(id)
    if (target === undefined) return []
    return [{ ...link, url: place === undefined ? target : `${target}#${place}` }]
  })
}

function widen(cells: string[], width: number): void {
  while (cells.length < width) cells.push('')
}

/** A cell as it stands in the XML. */
interface Cell {
  readonly type: string
  readonly style: string
  isFormula: boolean
  formula?: string
  value: string | undefined
  inline: string | undefined
}

/** A cell as a CSV file would have it: dates as YYYY-MM-DD, without any time zone. */
function textOf({ type, style, isFormula, value, inline }: Cell, book: Book): string {
  // A formula that was saved without its value says so: a blank would be taken for nothing.
  if (isFormula && inline === undefined && (value ?? '').trim() === '') return NO_VALUE
  if (type === 'inlineStr') return plainText(inline ?? '')
  if (value === undefined || value === '') return ''
  switch (type) {
    case 'e':
      // `#N/A` says that there is nothing; any other, that nobody knows what would stand there.
      return value.trim() === '#N/A' ? '' : value.trim()
    case 'n':
      return book.dates[styleOf(style, book)] === true
        ? dateText(numberOf(value), book.from1904)
        : numberText(numberOf(value))
    case 's': {
      const text = book.strings[Number(value)]
      if (text === undefined) throw new Unreadable(`there is no text ${value.slice(0, 20)}`)
      return text
    }
    case 'str':
      return plainText(value)
    case 'b':
      if (value === '1' || value === '0') return value === '1' ? 'yes' : 'no'
      break
    case 'd':
      // The day as it is written, whatever the zone.
      if (/^\d{4}-\d{2}-\d{2}(?:T|$)/.test(value)) return value.slice(0, 10)
      break
  }
  throw new Unreadable(`a cell of type ${type.slice(0, 20)} holds ${value.slice(0, 20)}`)
}

const NO_VALUE = 'a formula without a value'

function styleOf(style: string, { dates }: Book): number {
  if (style === '') return -1
  if (dates[Number(style)] === undefined) {
    throw new Unreadable(`there is no style ${style.slice(0, 20)}`)
  }
  return Number(style)
}

function numberOf(value: string): number {
  const number = Number(value)
  if (Number.isNaN(number)) throw new Unreadable(`${value.slice(0, 20)} is no number`)
  return number
}

/** Characters that XML cannot hold are written as `_x000D_` (ECMA-376, part 1, 22.9.2.19). */
function plainText(text: string): string {
  const plain = text.includes('_x')
    ? text.replace(/_x([0-9a-f]{4})_/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      )
    : text
  return plain.trim()
}

/** In full and with a decimal that no reader can take for a group of thousands. */
function numberText(number: number): string {
  const text = String(number)
  if (text.includes('e')) return Number.isInteger(number) ? BigInt(number).toString() : text
  return /\.\d{3}$/.test(text) ? `${text}0` : text
}

/** Days from 1899-12-30 to 1970, and from there to 1904-01-01. */
const EXCEL_DAY_ZERO = 25_569
const DAYS_TO_1904 = 1_462
const DAY_MS = 86_400_000
/**
 * How far, in days, arithmetic may miss a midnight. A last day that some systems write as 23:59:59.997 is
 * 3.5e-8 days before the next one, and remains that day.
 */
const MISSED = 1e-9

/** Excel keeps a day as a number, read here as midnight UTC. */
function dateText(serial: number, from1904: boolean): string {
  const days = Math.floor(serial + MISSED) + (from1904 ? DAYS_TO_1904 : 0) - EXCEL_DAY_ZERO
  const time = days * DAY_MS
  return Number.isFinite(time) && Math.abs(time) < 8e15
    ? new Date(time).toISOString().slice(0, 10)
    : ''
}

/** The column that an address names: A1 is 1, AA1 is 27, one without letters 0. */
function columnNumber(address: string): number {
  let number = 0
  for (let i = 0; i < address.length; i += 1) {
    const letter = address.charCodeAt(i) & ~0x20
    if (letter < 65 || letter > 90) break
    number = number * 26 + letter - 64
  }
  return number
}

function tooLarge(name: string, rows: number, columns: number): RegisterError {
  return new RegisterError(
    `${name} has a sheet of at least ${rows} rows and ${columns} columns, which is too large. ` +
      'Delete the empty rows and columns beside the register, or save it as CSV.',
  )
}

// What cells refer to: names and parts of sheets, texts, styles.

const WORKBOOK = 'xl/workbook.xml'

async function readBook(archive: Archive): Promise<Book> {
  const targets = new Map<string, { readonly kind: string; readonly part: string }>()
  await readAll(archive, 'xl/_rels/workbook.xml.rels', {
    open(name, attributes) {
      if (name !== 'Relationship') return
      const { Id = '', Type = '', Target = '' } = attributes()
      const part = Target.startsWith('/') ? Target.slice(1) : `xl/${Target}`
      targets.set(Id, { kind: Type.slice(Type.lastIndexOf('/') + 1), part })
    },
  })
  let from1904 = false
  const sheets: Sheet[] = []
  await readAll(archive, WORKBOOK, {
    open(tag, attributes) {
      if (tag === 'workbookPr') from1904 = /^(?:1|true)$/.test(attributes().date1904 ?? '')
      if (tag !== 'sheet') return
      const { name = '', id = '' } = attributes()
      const { kind, part = null } = targets.get(id) ?? {}
      if (name !== '') {
        sheets.push({ name: plainText(name), part: kind === 'worksheet' ? part : null })
      }
    },
  })
  const partOf = (kind: string) => [...targets.values()].find((each) => each.kind === kind)?.part
  return {
    sheets,
    from1904,
    strings: await readStrings(archive, partOf('sharedStrings') ?? 'xl/sharedStrings.xml'),
    dates: await readStyles(archive, partOf('styles') ?? 'xl/styles.xml'),
  }
}

async function readStrings(archive: Archive, part: string): Promise<string[]> {
  const strings: string[] = []
  if (!archive.has(part)) return strings
  let text: string | null = null
  let isText = false
  let isPhonetic = false
  await readAll(archive, part, {
    open(name) {
      if (name === 'si') text = ''
      else if (name === 't') isText = !isPhonetic
      else if (name === 'rPh') isPhonetic = true
    },
    text(more) {
      if (isText && text !== null) text += more
    },
    close(name) {
      if (name === 't') isText = false
      else if (name === 'rPh') isPhonetic = false
      else if (name === 'si' && text !== null) {
        strings.push(plainText(text))
        text = null
      }
    },
  })
  return strings
}

/** Of each style of a cell, whether it shows a number as a date. */
async function readStyles(archive: Archive, part: string): Promise<boolean[]> {
  const formats = new Map<number, string>()
  const base: (string | undefined)[] = []
  const styles: boolean[] = []
  if (!archive.has(part)) return styles
  let list = ''
  const isDate = (id: number) => isDateFormat(id, formats.get(id) ?? '')
  await readAll(archive, part, {
    open(name, attributes) {
      if (LISTS_OF_STYLES.has(name)) list = name
      else if (list === 'numFmts' && name === 'numFmt') {
        const { numFmtId, formatCode = '' } = attributes()
        formats.set(Number(numFmtId), formatCode)
      } else if (list === 'cellStyleXfs' && name === 'xf') base.push(attributes().numFmtId)
      else if (list === 'cellXfs' && name === 'xf') {
        const { numFmtId, xfId } = attributes()
        styles.push(isDate(Number(numFmtId ?? base[Number(xfId)] ?? 0)))
      }
    },
    close(name) {
      if (name === list) list = ''
    },
  })
  return styles
}

const LISTS_OF_STYLES = new Set(['numFmts', 'cellStyleXfs', 'cellXfs'])

/** The formats of days and times that Excel knows without being told, in all its languages. */
const OWN_DATE_FORMATS = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
  [71, 81],
] as const
/** Numbers from here on are a workbook's own formats. */
const OWN_FORMATS = 100
/** The letters of days and times, as Excel's formats have them. */
const DATE_LETTERS = /^(?:s{1,2}|m{1,5}|h{1,2}|[ap]m?|a{3,5}|d{1,4}|y{1,4}|e{1,4})$/

/** Whether a section of a format shows days or times and nothing else. */
function isDateFormat(id: number, code: string): boolean {
  if (OWN_DATE_FORMATS.some(([from, to]) => id >= from && id <= to)) return true
  if (id < OWN_FORMATS) return false
  const sections = code
    .toLowerCase()
    .replace(/;@$/, '')
    .replace(/\\.|"[^"]*"/g, ' ')
    .split(';')
  return sections.some((section) => {
    const letters = section
      .replace(/\[([hms]{1,2})\]/g, '$1')
      .replace(/\[[^\]]*\]/g, '')
      // Parts of a second.
      .replace(/([hms])[.,]0{1,3}/g, '$1')
      .split(/[^a-z0#?%]+/)
      .filter((each) => each !== '')
    return letters.length > 0 && letters.every((each) => DATE_LETTERS.test(each))
  })
}

// XML out of an archive, a piece at a time.

type Attributes = Readonly<Record<string, string>>

/** What is told of a part's XML; names are without their prefix, texts decoded. */
interface XmlReader {
  open(name: string, attributes: () => Attributes): void
  text?(text: string): void
  close?(name: string): void
}

interface Archive {
  /** The file's name, for messages. */
  readonly name: string
  has(part: string): boolean
  /** Tells the reader of the whole part; yields where the caller may take what has come. */
  read(part: string, reader: XmlReader): AsyncGenerator<void>
  /** Unpacks what nobody has read yet: nothing is taken from an archive of which a part is damaged. */
  finish(): Promise<void>
  close(): void
}

async function readAll(archive: Archive, part: string, reader: XmlReader): Promise<void> {
  for await (const _ of archive.read(part, reader));
}

/** What a workbook's XML says that no workbook does. */
class Unreadable extends Error {}

/**
 * Opens the archive. Its directory says what each part unpacks to, and no part unpacks to more or
 * less than that (yauzl sees to it), so that a bomb is refused before it is lit.
 * @throws RegisterError for a damaged archive, a bomb, a password, and a zip that is no workbook.
 */
async function openArchive(file: Sniffed): Promise<Archive> {
  const { name } = file
  const zip = await openPromise(file.path, { lazyEntries: true, autoClose: false }).catch(() => {
    throw damaged(name)
  })
  const asTold = (error: unknown) => {
    if (error instanceof RegisterError) return error
    return error instanceof Unreadable ? unreadable(name, error.message) : damaged(name)
  }
  const parts = new Map<string, Entry>()
  const names = new Set<string>()
  try {
    for (const entry of await xmlEntries(zip, file)) {
      // Of two parts one program shows the first and another the last; letters count alike in names.
      const key = entry.fileName.toLowerCase()
      if (names.has(key)) throw new Unreadable(`it holds ${entry.fileName} twice`)
      names.add(key)
      parts.set(entry.fileName, entry)
    }
    if (!parts.has(WORKBOOK)) {
      throw new RegisterError(
        `${name} is a zip archive but not an Excel workbook. ` +
          'Unpack it and import the register inside.',
      )
    }
    const sheets = [...parts.keys()].filter((each) => /^xl\/worksheets\/[^/]+\.xml$/.test(each))
    if (sheets.length > LIMITS.sheets) {
      throw new RegisterError(
        `${name} has ${sheets.length} sheets. Save the sheet with the register alone and import it.`,
      )
    }
  } catch (error) {
    zip.close()
    throw asTold(error)
  }
  const unread = new Set(parts.values())
  return {
    name,
    has: (part) => parts.has(part),
    async *read(part, reader) {
      const entry = parts.get(part)
      if (entry === undefined) throw unreadable(name, `${part} is missing`)
      unread.delete(entry)
      try {
        yield* parseXml(whole(zip, entry), reader)
      } catch (error) {
        throw asTold(error)
      }
    },
    async finish() {
      for (const entry of unread) {
        try {
          for await (const _ of whole(zip, entry));
        } catch (error) {
          throw asTold(error)
        }
      }
    },
    close: () => zip.close(),
  }
}

/** What an entry unpacks to, held against its checksum at its end: yauzl looks at lengths alone. */
async function* whole(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  let sum = 0
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    if (!Buffer.isBuffer(chunk)) continue
    sum = crc32(chunk, sum)
    yield chunk
  }
  if (sum !== entry.crc32) throw new Error(`the checksum of ${entry.fileName} is another`)
}

/** @throws Unreadable where the XML is not well-formed, or one tag or text of it has no end. */
async function* parseXml(bytes: AsyncIterable<unknown>, reader: XmlReader): AsyncGenerator<void> {
  const parser = new Parser()
  // Characters since anything was complete: the parser looks through them again with each piece.
  let pending = 0
  const seen = () => {
    pending = 0
  }
  parser.on('openTag', (name, attributes) => {
    pending = 0
    reader.open(withoutPrefix(name), () => plainAttributes(attributes()))
  })
  parser.on('closeTag', (name) => {
    pending = 0
    reader.close?.(withoutPrefix(name))
  })
  parser.on('text', (text) => reader.text?.(text.includes('&') ? decodeXML(text) : text))
  parser.on('cdata', (text) => {
    pending = 0
    reader.text?.(text)
  })
  parser.on('comment', seen)
  parser.on('question', seen)
  parser.on('attention', seen)
  const refuse = (error: Error) => {
    throw new Unreadable(error.message)
  }
  parser.on('error', refuse)
  parser.on('warn', refuse)
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of bytes) {
    if (!Buffer.isBuffer(chunk)) continue
    text += decoder.decode(chunk, { stream: true })
    // Up to a tag: of a value that goes on in the next piece the parser takes ">" for the tag's end.
    const cut = Math.max(0, text.lastIndexOf('<'))
    pending += cut
    parser.write(text.slice(0, cut))
    text = text.slice(cut)
    if (pending > LIMITS.recordCharacters || text.length > LIMITS.recordCharacters) {
      throw new Unreadable('a tag or a text without end')
    }
    yield
  }
  parser.write(text + decoder.decode())
  parser.end()
}

function withoutPrefix(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

/** Without prefixes, but for those of namespaces, and decoded. */
function plainAttributes(attributes: Attributes): Attributes {
  const plain: Record<string, string> = {}
  for (const name in attributes) {
    const value = attributes[name] ?? ''
    plain[name.startsWith('xmlns:') ? name : withoutPrefix(name)] = value.includes('&')
      ? decodeXML(value)
      : value
  }
  return plain
}

async function xmlEntries(zip: ZipFile, file: Sniffed): Promise<Entry[]> {
  if (zip.entryCount > LIMITS.sheetEntries) throw bomb(file.name, 'it holds too many parts')
  const entries: Entry[] = []
  let declared = 0
  for await (const entry of zip.eachEntry()) {
    if (!/\.xml(?:\.rels)?$/.test(entry.fileName)) continue
    if (entry.isEncrypted()) {
      throw new RegisterError(`${file.name} has a password. Save it without one and import that.`)
    }
    declared += entry.uncompressedSize
    entries.push(entry)
    checkSize(declared, file)
  }
  return entries
}

function checkSize(bytes: number, file: Sniffed): void {
  if (bytes > LIMITS.sheetBytes) throw bomb(file.name, 'it unpacks to more than 150 MB')
  if (bytes > LIMITS.sheetRatioFrom && bytes > file.bytes * LIMITS.sheetRatio) {
    throw bomb(file.name, `it unpacks to more than ${LIMITS.sheetRatio} times its size`)
  }
}

function bomb(name: string, why: string): RegisterError {
  return new RegisterError(
    `${name} was not unpacked: ${why}. Save the register's sheet alone as CSV and import that.`,
  )
}

function damaged(name: string): RegisterError {
  return new RegisterError(
    `${name} is a damaged workbook: perhaps it was not downloaded to its end. ` +
      'Download it or save it again.',
  )
}

function unreadable(name: string, why: string): RegisterError {
  return new RegisterError(
    `${name} is a workbook that cannot be read (${why.slice(0, 200)}). Save the register as CSV and import that.`,
  )
}
