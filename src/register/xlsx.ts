/** Opens an Excel workbook: the first sheet with recognised headings is the register. */
import readSheets from 'read-excel-file/node'
import {
  dateColumns,
  decimalMarks,
  describe,
  type HandMap,
  headingScore,
  mapColumns,
  suffices,
} from './columns.ts'
import type { Row } from './csv-scan.ts'
import { DateSurvey, ordersOf } from './date-order.ts'
import {
  type OpenOptions,
  type OpenRegister,
  type Problem,
  type ReadItem,
  RegisterError,
} from './draft.ts'
import { findHeadings, readHandMap, shownHeadings } from './find-headings.ts'
import { LIMITS } from './limits.ts'
import type { TableReading } from './read-cells.ts'
import { rowReader } from './read-row.ts'
import type { Sniffed } from './sniff.ts'
import { type Part, storedArchive, workbookParts } from './zip.ts'

/** Rows that are looked at for the way amounts that were typed as text are written. */
const MARK_ROWS = 500

/** Opens the workbook that was sniffed; see `openRegister` for its errors. */
export async function openWorkbook(file: Sniffed, options: OpenOptions): Promise<OpenRegister> {
  const named = await readWorkbook(await checkedArchive(file), file.name)
  const sheets = named.map(({ data }) => data)
  const map = readHandMap(options.map)
  const readings = sheets.map((sheet, index) => ({
    name: String(index),
    rows: sheet.slice(0, LIMITS.headingRows).map(rowOf),
  }))
  const { name, columns } = findHeadings(file.name, readings, map, options)
  const sheet = sheets[Number(name)] ?? []
  const dates = new DateSurvey(dateColumns(columns))
  for (let i = columns.line; i < sheet.length; i++) dates.see(rowOf(sheet[i] ?? [], i))
  const { orders, isAmbiguous } = ordersOf(dates, file.name, options)
  const shown = sheet.slice(columns.line, columns.line + MARK_ROWS).map(rowOf)
  const marks = decimalMarks(columns, shown)
  return {
    format: 'xlsx',
    mapping: describe(columns, orders),
    unmapped: columns.unmapped,
    headings: shownHeadings(name, columns, shown, isAmbiguous),
    warnings: otherRegisters(named, Number(name)),
    ocidPrefix: null,
    total: sheet.length - columns.line,
    items: () => items(sheet, { columns, orders, marks, timeZone: options.timeZone }),
  }
}

/** Other sheets with contracts and their ends: nobody would watch them, so somebody is told. */
function otherRegisters(sheets: readonly NamedSheet[], read: number): Problem[] {
  return sheets.flatMap(({ sheet, data }, index): Problem[] => {
    const rows = index === read ? 0 : rowsOfRegister(data)
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

async function checkedArchive(file: Sniffed): Promise<Buffer> {
  const parts = await workbookParts(file)
  const isSheet = ({ name }: Part) => /^xl\/worksheets\/[^/]+\.xml$/.test(name)
  const sheets = parts.filter(isSheet).length
  if (sheets > LIMITS.sheets) {
    throw new RegisterError(
      `${file.name} has ${sheets} sheets. Save the sheet with the register alone and import it.`,
    )
  }
  return storedArchive(parts.map((part) => (isSheet(part) ? addressed(part, file.name) : part)))
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
function addressed({ name: part, bytes }: Part, file: string): Part {
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

function rowOf(cells: readonly unknown[], index: number): Row {
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
