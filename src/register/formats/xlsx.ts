/** Opens an Excel workbook: the first sheet with recognised headings is the register. */
import { crc32 } from 'node:zlib'
import readSheets from 'read-excel-file/node'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { unguarded } from '../../text/message.ts'
import {
  columnProblems,
  DateSurvey,
  dateColumns,
  decimalMarks,
  describe,
  findHeadings,
  type HandMap,
  headingScore,
  mapColumns,
  ordersOf,
  readHandMap,
  shownHeadings,
  suffices,
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
  const { archive, merges } = await checkedArchive(file)
  const named = (await readWorkbook(archive, file.name)).map((sheet, index) => ({
    ...sheet,
    data: unmerged(sheet.data, merges[index] ?? []),
  }))
  const said = { ...answersIn(named), ...endedIn(named) }
  const sheets = named.map(({ data, sheet }) => (OF_ANSWERS.has(sheet) ? [] : data))
  if (Object.keys(said).length > 0 && sheets.every((sheet) => sheet.length === 0)) {
    return onlyAnswers(said)
  }
  const map = readHandMap(options.map)
  const readings = sheets.map((sheet, index) => ({
    name: String(index),
    rows: sheet.slice(0, LIMITS.headingRows).map(rowOf),
  }))
  const { name, columns } = findHeadings(file.name, readings, map, options)
  const sheet = sheets[Number(name)] ?? []
  const dates = new DateSurvey(dateColumns(columns))
  for (let i = columns.line; i < sheet.length; i++) dates.see(rowOf(sheet[i] ?? [], i))
  const { orders, years, isAmbiguous } = ordersOf(dates, file.name, options)
  const shown = sheet.slice(columns.line, columns.line + MARK_ROWS).map(rowOf)
  const marks = decimalMarks(columns, shown)
  return {
    format: 'xlsx',
    mapping: describe(columns, orders),
    unmapped: columns.unmapped,
    headings: shownHeadings(name, columns, shown, isAmbiguous),
    warnings: [
      ...columnProblems(file.name, columns, shown, options),
      ...otherRegisters(named, Number(name)),
    ],
    ...said,
    written: {
      line: columns.line,
      rows: async function* () {
        yield sheet.map(rowOf)
      },
    },
    ocidPrefix: null,
    total: sheet.length - columns.line,
    items: () =>
      items(sheet, {
        columns,
        orders,
        marks,
        years,
        timeZone: options.timeZone,
        today: options.today,
      }),
  }
}

const OF_ANSWERS: ReadonlySet<string> = new Set([QUESTIONS_SHEET, ENDED_SHEET])
type Answered = Pick<OpenRegister, 'answers' | 'ended'>

/** What somebody wrote below this heading of a sheet for answers: its cells, and their answer. */
function answeredRows(sheets: readonly NamedSheet[], name: string, below: string) {
  const found = sheets.find(({ sheet }) => sheet === name)
  const [headings = [], ...rows] = (found?.data ?? []).map((cells) => cells.map(cellText))
  const at = headings.findIndex((heading) => heading.trim() === below)
  return rows.flatMap((cells) => {
    const [id, answer] = [Number(cells[0]), (cells[at] ?? '').trim()]
    return Number.isInteger(id) && id > 0 && answer !== '' ? [{ id, cells, answer }] : []
  })
}

/** The answers that somebody wrote into the sheet of questions. */
function answersIn(sheets: readonly NamedSheet[]): Answered {
  const answers = answeredRows(sheets, QUESTIONS_SHEET, ANSWER_HEADING).flatMap(
    ({ id, answer }): SheetAnswer[] => {
      const choice = answer.replace(/:.*$/s, '')
      return choice === '' ? [] : [{ question: id, answer: choice }]
    },
  )
  return answers.length > 0 ? { answers } : {}
}

function endedIn(sheets: readonly NamedSheet[]): Answered {
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
function otherRegisters(sheets: readonly NamedSheet[], read: number): Problem[] {
  return sheets.flatMap(({ sheet, data }, index): Problem[] => {
    const rows = index === read || OF_ANSWERS.has(sheet) ? 0 : rowsOfRegister(data)
    if (rows === 0) return []
    const problem = `this sheet looks like a register too: its ${rows === 1 ? 'row was' : `${rows} rows were`} not read`
    const remedy = 'Save it as a file of its own and import that, or delete it from the workbook.'
    const at = `sheet "${sheet.slice(0, 60)}"`
    return [{ at, reference: null, field: null, value: null, problem, remedy, severity: 'warning' }]
  })
}

/** The filled rows below the headings, where these tell ends of contracts; else 0. */
function rowsOfRegister(sheet: Sheet): number {
  const rows = sheet.slice(0, LIMITS.headingRows).map(rowOf)
  const scored = rows.map((row) => ({ row, score: headingScore(row.cells, NO_MAP) }))
  const [best] = scored.sort((a, b) => b.score - a.score)
  if (best === undefined || best.score === 0) return 0
  const columns = mapColumns(best.row.cells, best.row.line, NO_MAP)
  const tellsEnds = columns.all.some(({ field }) => field === 'end' || field === 'termMonths')
  if (!tellsEnds || !suffices(columns)) return 0
  const below = sheet.slice(columns.line)
  return below.filter((cells) => cells.filter((cell) => cellText(cell) !== '').length > 1).length
}

const NO_MAP: HandMap = new Map()

interface NamedSheet {
  readonly sheet: string
  readonly data: Sheet
}

/** A sheet as its reader gives it; its cells become text row by row, so no second copy is held. */
type Sheet = readonly (readonly unknown[])[]

interface CheckedArchive {
  readonly archive: Buffer
  /** The merged cells of each sheet, in the order of the workbook. */
  readonly merges: readonly (readonly Merge[])[]
}

async function checkedArchive(file: Sniffed): Promise<CheckedArchive> {
  const parts = await workbookParts(file)
  const isSheet = ({ name }: ArchivePart) => /^xl\/worksheets\/[^/]+\.xml$/.test(name)
  const sheets = parts.filter(isSheet).length
  if (sheets > LIMITS.sheets) {
    throw new RegisterError(
      `${file.name} has ${sheets} sheets. Save the sheet with the register alone and import it.`,
    )
  }
  const read = parts.map((part) =>
    isSheet(part) ? addressed(withFormulas(part), file.name) : part,
  )
  const names = sheetParts(parts)
  const merges = names.map((name) => mergesIn(parts.find((part) => part.name === name)))
  return { archive: storedArchive(read), merges }
}

// Cells that hold nothing themselves: merged ones, and formulas that nobody calculated.

interface Merge {
  readonly column: number
  readonly from: number
  readonly to: number
}

const MERGE =
  /<(?:\w+:)?mergeCell\s[^<>]*?ref\s*=\s*["']([A-Z]{1,3})(\d{1,7}):[A-Z]{1,3}(\d{1,7})["']/g

/** The cells that are merged over several rows, by their first column. */
function mergesIn(part: ArchivePart | undefined): Merge[] {
  const at = part === undefined ? -1 : part.bytes.lastIndexOf('mergeCells')
  const first = part === undefined || at < 0 ? -1 : part.bytes.indexOf('mergeCells')
  if (part === undefined || first < 0) return []
  return [...part.bytes.toString('latin1', first).matchAll(MERGE)]
    .map(([, letters = '', from, to]) => {
      return { column: columnNumber(letters) - 1, from: Number(from) - 1, to: Number(to) - 1 }
    })
    .filter(({ from, to }) => to > from)
}

/** The names of the sheets' parts in the order of the workbook. */
function sheetParts(parts: readonly ArchivePart[]): string[] {
  const text = (name: string) =>
    parts.find((part) => part.name === name)?.bytes.toString('latin1') ?? ''
  const targets = new Map(
    [...text('xl/_rels/workbook.xml.rels').matchAll(/<Relationship\s[^<>]*>/g)].map(([tag]) => [
      /\sId\s*=\s*["']([^"']+)["']/.exec(tag)?.[1] ?? '',
      /\sTarget\s*=\s*["']\/?(?:xl\/)?([^"']+)["']/.exec(tag)?.[1] ?? '',
    ]),
  )
  return [...text('xl/workbook.xml').matchAll(/<(?:\w+:)?sheet\s[^<>]*>/g)].map(
    ([tag]) => `xl/${targets.get(/\s\w+:id\s*=\s*["']([^"']+)["']/.exec(tag)?.[1] ?? '') ?? ''}`,
  )
}

/** Each row of a merged cell has its value, as whoever merged it means it. */
function unmerged(data: Sheet, merges: readonly Merge[]): Sheet {
  if (merges.length === 0) return data
  const rows = data.map((cells) => [...cells])
  for (const { column, from, to } of merges) {
    const value = rows[from]?.[column]
    if (value === null || value === undefined) continue
    for (let row = from + 1; row <= Math.min(to, rows.length - 1); row++) {
      const cells = rows[row]
      if (cells !== undefined) cells[column] ??= value
    }
  }
  return rows
}

const NO_RESULT =
  /<((?:\w+:)?)c((?:\s[^<>]*)?)>\s*<\1f(?:\s[^<>]*)?(?:\/>|>[^<]*<\/\1f>)\s*(?:<\1v\s*\/>|<\1v>\s*<\/\1v>)?\s*<\/\1c>/g

/** A formula that was saved without its value says so: a blank would be taken for nothing. */
function withFormulas(part: ArchivePart): ArchivePart {
  if (!/<(?:\w+:)?f[\s>/]/.test(part.bytes.toString('latin1'))) return part
  const xml = part.bytes.toString('latin1')
  const marked = xml.replace(NO_RESULT, (_, prefix: string, attributes: string) => {
    const kept = attributes.replace(/\s[ts]\s*=\s*["'][^"']*["']/g, '')
    return `<${prefix}c${kept} t="inlineStr"><${prefix}is><${prefix}t>a formula without a value</${prefix}t></${prefix}is></${prefix}c>`
  })
  return marked === xml ? part : { name: part.name, bytes: Buffer.from(marked, 'latin1') }
}

/** A row or a cell; what stands in a comment is neither. */
const TAG = /<!--[\s\S]*?-->|<((?:\w+:)?)(row|c)(?=[\s/>])([^<>]*)>/g
const ADDRESS = /\sr\s*=\s*["']([A-Z]{0,3})(\d{0,7})["']/i
const SLICE = 1 << 20

/**
 * The sheet with an address at each cell. They may be left out: a row without one follows the row
 * before, a cell without one the cell before (ECMA-376, part 1, 18.3.1.4 and 18.3.1.73). The sheet
 * reader takes no such cell, and makes a cell of every gap: one at XFD1048576 would ask for
 * 17 billion, so that the far corner of each sheet is looked up here as well.
 */
function addressed({ name: part, bytes }: ArchivePart, file: string): ArchivePart {
  const pieces: Buffer[] = []
  let [row, column, rows, columns] = [0, 0, 0, 0]
  for (let at = 0, next = 0; at < bytes.length; at = next) {
    // A slice ends with a tag. Latin-1 keeps one byte a character; names and addresses are ASCII.
    next = bytes.indexOf('>', Math.min(at + SLICE, bytes.length)) + 1 || bytes.length
    const xml = bytes.toString('latin1', at, next)
    let written = ''
    let kept = 0
    for (const tag of xml.matchAll(TAG)) {
      const [, prefix = '', what, attributes = ''] = tag
      if (what === undefined) continue
      const [, letters = '', number = ''] = ADDRESS.exec(attributes) ?? []
      if (what === 'row') {
        row = number === '' ? row + 1 : Number(number)
        column = 0
      } else if (letters !== '' && number !== '') {
        row = Number(number)
        column = columnNumber(letters.toUpperCase())
      } else {
        column += 1
        const place = tag.index + `<${prefix}c`.length
        written += `${xml.slice(kept, place)} r="${lettersOf(column)}${row}"`
        kept = place
      }
      rows = Math.max(rows, row)
      columns = Math.max(columns, column)
      if (columns > LIMITS.columns || rows > LIMITS.rows || rows * columns > LIMITS.sheetCells) {
        throw tooLarge(file, rows, columns)
      }
    }
    pieces.push(
      written === '' ? bytes.subarray(at, next) : Buffer.from(written + xml.slice(kept), 'latin1'),
    )
  }
  return { name: part, bytes: pieces.length === 1 ? (pieces[0] ?? bytes) : Buffer.concat(pieces) }
}

function tooLarge(name: string, rows: number, columns: number): RegisterError {
  return new RegisterError(
    `${name} has a sheet of at least ${rows} rows and ${columns} columns, which is too large. ` +
      'Delete the empty rows and columns beside the register, or save it as CSV.',
  )
}

/** 1 is A, 27 is AA. */
function lettersOf(column: number): string {
  const before = Math.floor((column - 1) / 26)
  return `${before === 0 ? '' : lettersOf(before)}${String.fromCharCode(65 + ((column - 1) % 26))}`
}

function columnNumber(letters: string): number {
  let number = 0
  for (let i = 0; i < letters.length; i++) number = number * 26 + letters.charCodeAt(i) - 64
  return number
}

async function readWorkbook(archive: Buffer, name: string): Promise<readonly NamedSheet[]> {
  try {
    return await readSheets(archive)
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 200) : ''
    throw new RegisterError(
      `${name} is a workbook that cannot be read (${why}). Save the register as CSV and import that.`,
    )
  }
}

function rowOf(cells: readonly unknown[], index: number): RegisterRow {
  return { line: index + 1, cells: cells.map(cellText) }
}

/** A cell as a CSV file would have it: dates as YYYY-MM-DD, without any time zone. */
function cellText(cell: unknown): string {
  if (typeof cell === 'string') return cell
  if (cell === null || cell === undefined) return ''
  if (typeof cell === 'number') return numberText(cell)
  if (typeof cell === 'boolean') return cell ? 'yes' : 'no'
  if (cell instanceof Date) return dateText(cell)
  return String(cell)
}

/** In full and with a decimal that no reader can take for a group of thousands. */
function numberText(number: number): string {
  const text = String(number)
  if (text.includes('e')) return Number.isInteger(number) ? BigInt(number).toString() : text
  return /\.\d{3}$/.test(text) ? `${text}0` : text
}

/** Excel keeps a day as a number, read here as midnight UTC; half a second mends its rounding. */
function dateText(date: Date): string {
  const time = date.getTime() + 500
  return Number.isFinite(time) && Math.abs(time) < 8e15
    ? new Date(time).toISOString().slice(0, 10)
    : ''
}

async function* items(sheet: Sheet, table: TableReading): AsyncGenerator<ReadItem> {
  const read = rowReader(table)
  for (let i = table.columns.line; i < sheet.length; i++) {
    const item = read(rowOf(sheet[i] ?? [], i))
    if (item !== null) yield item
  }
}

/** A part of a workbook. */
interface ArchivePart {
  readonly name: string
  readonly bytes: Buffer
}

/**
 * The XML parts of a workbook.
 * @throws RegisterError for a damaged archive, a bomb, a password, and a zip that is no workbook.
 */
async function workbookParts(file: Sniffed): Promise<ArchivePart[]> {
  const zip = await openPromise(file.path, { lazyEntries: true, autoClose: false }).catch(() => {
    throw damaged(file.name)
  })
  try {
    const entries = await xmlEntries(zip, file)
    if (!entries.some(({ fileName }) => fileName === 'xl/workbook.xml')) {
      throw new RegisterError(
        `${file.name} is a zip archive but not an Excel workbook. ` +
          'Unpack it and import the register inside.',
      )
    }
    return await inflate(zip, entries, file)
  } catch (error) {
    throw error instanceof RegisterError ? error : damaged(file.name)
  } finally {
    zip.close()
  }
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

async function inflate(
  zip: ZipFile,
  entries: readonly Entry[],
  file: Sniffed,
): Promise<ArchivePart[]> {
  const parts: ArchivePart[] = []
  let total = 0
  for (const entry of entries) {
    const chunks: Buffer[] = []
    const stream = await zip.openReadStreamPromise(entry)
    for await (const chunk of stream) {
      if (!Buffer.isBuffer(chunk)) continue
      total += chunk.length
      if (total > LIMITS.sheetBytes) stream.destroy()
      checkSize(total, file)
      chunks.push(chunk)
    }
    const bytes = Buffer.concat(chunks)
    if (!hasWholeTags(bytes)) throw damaged(file.name)
    parts.push({ name: entry.fileName, bytes })
  }
  return parts
}

/**
 * Whether every tag is closed before the next one opens, as XML demands. The sheet reader takes
 * 97 s over a million unclosed tags (3 MB); well-formed files cost it nothing.
 */
function hasWholeTags(xml: Buffer): boolean {
  let open = false
  for (let i = 0; i < xml.length; i++) {
    const byte = xml[i]
    if (byte === LESS) {
      // Comments and CDATA may hold such a sign; they begin with an exclamation mark.
      if (open) return false
      open = xml[i + 1] !== EXCLAMATION
    } else if (byte === GREATER) open = false
  }
  return !open
}
const LESS = 0x3c
const GREATER = 0x3e
const EXCLAMATION = 0x21

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

/**
 * Parts as a fresh archive, stored without compression. The sheet reader walks an archive by its
 * local headers, which a hostile file may make differ from the directory that was checked here;
 * what it is given is therefore exactly what was checked.
 */
export function storedArchive(parts: readonly ArchivePart[]): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const { name, bytes } of parts) {
    const path = Buffer.from(name, 'utf8')
    const header = Buffer.alloc(26)
    header.writeUInt16LE(20, 0)
    header.writeUInt16LE(0x0800, 2)
    header.writeUInt32LE(crc32(bytes), 10)
    header.writeUInt32LE(bytes.length, 14)
    header.writeUInt32LE(bytes.length, 18)
    header.writeUInt16LE(path.length, 22)
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), header, path, bytes)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), header, tail, path)
    offset += 4 + header.length + path.length + bytes.length
  }
  const size = directory.reduce((sum, { length }) => sum + length, 0)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(parts.length, 8)
  end.writeUInt16LE(parts.length, 10)
  end.writeUInt32LE(size, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, ...directory, end])
}
