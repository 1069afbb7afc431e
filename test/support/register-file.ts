/** Registers written to a temporary folder, and read with the real reader. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import type {
  Draft,
  OpenOptions,
  OpenRegister,
  Problem,
  ReadItem,
} from '../../src/register/draft.ts'
import { openRegister } from '../../src/register/open.ts'
import { asCivilDate } from '../../src/rules/civil-date.ts'

const folder = mkdtempSync(join(tmpdir(), 'register-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** Where a file of this name would be. */
export function pathOf(name: string): string {
  return join(folder, name)
}

/** Writes the file and says where it is. */
export function written(name: string, content: string | Buffer): string {
  const path = pathOf(name)
  writeFileSync(path, content)
  return path
}

export interface Reading {
  readonly register: OpenRegister
  readonly items: readonly ReadItem[]
  readonly drafts: readonly Draft[]
  readonly problems: readonly Problem[]
  readonly skipped: readonly string[]
}

/** Opens and reads a whole register. */
export async function reading(path: string, options: Partial<OpenOptions> = {}): Promise<Reading> {
  const register = await openRegister(path, {
    map: new Map(),
    dates: null,
    timeZone: null,
    today: asCivilDate('2026-01-05'),
    ...options,
  })
  const items: ReadItem[] = []
  for await (const item of register.items()) items.push(item)
  return {
    register,
    items,
    drafts: items.flatMap((item) => (item.kind === 'draft' ? [item.draft] : [])),
    problems: items.flatMap((item) => {
      if (item.kind === 'draft') return item.warnings
      return item.kind === 'rejected' ? item.problems : []
    }),
    skipped: items.flatMap((item) => (item.kind === 'skipped' ? [item.why] : [])),
  }
}

/** Writes a register and reads it. */
export function readingOf(
  name: string,
  content: string | Buffer,
  options: Partial<OpenOptions> = {},
): Promise<Reading> {
  return reading(written(name, content), options)
}

/** The one draft of a register of one row. */
export function only(drafts: readonly Draft[]): Draft {
  const [draft] = drafts
  if (draft === undefined || drafts.length !== 1) throw new Error(`${drafts.length} drafts, not 1`)
  return draft
}

/** The text with which a register is refused; an empty text where it is not. */
export async function refusal(path: string, options: Partial<OpenOptions> = {}): Promise<string> {
  try {
    await reading(path, options)
    return ''
  } catch (error) {
    if (error instanceof Error && error.name === 'RegisterError') return error.message
    throw error
  }
}

/** A zip archive of these entries, deflated or stored. `declare` lies about the sizes, as a bomb may. */
export function zip(
  entries: Readonly<Record<string, string | Buffer>>,
  declare?: number,
  stored = false,
): Buffer {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, content] of Object.entries(entries)) {
    const path = Buffer.from(name)
    const bytes = Buffer.from(content)
    const packed = stored ? bytes : deflateRawSync(bytes)
    const header = Buffer.alloc(26)
    header.writeUInt16LE(20, 0)
    header.writeUInt16LE(stored ? 0 : 8, 4)
    header.writeUInt32LE(crc32(bytes), 10)
    header.writeUInt32LE(packed.length, 14)
    header.writeUInt32LE(declare ?? bytes.length, 18)
    header.writeUInt16LE(path.length, 22)
    locals.push(Buffer.from('PK\x03\x04', 'latin1'), header, path, packed)
    const tail = Buffer.alloc(14)
    tail.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), header, tail, path)
    offset += 30 + path.length + packed.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 0, 'latin1')
  end.writeUInt16LE(Object.keys(entries).length, 8)
  end.writeUInt16LE(Object.keys(entries).length, 10)
  end.writeUInt32LE(central.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...locals, central, end])
}

/** A cell: text, a number, or a day as Excel keeps it, in a date format. */
export type SheetCell = string | number | null | { readonly serial: number }

/** The parts of a workbook with these sheets. */
export function workbookEntries(
  sheets: Readonly<Record<string, readonly (readonly SheetCell[])[]>>,
): Record<string, string> {
  const names = Object.keys(sheets)
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const packages = 'http://schemas.openxmlformats.org/package/2006'
  const list = names
    .map((name, i) => `<sheet name="${name}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)
    .join('')
  const relations = names
    .map(
      (_, i) =>
        `<Relationship Id="rId${i + 1}" Type="${office}/worksheet" Target="worksheets/sheet${i + 1}.xml"/>`,
    )
    .join('')
  const entries: Record<string, string> = {
    '[Content_Types].xml': `<Types xmlns="${packages}/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
    '_rels/.rels': `<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${list}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${packages}/relationships">${relations}<Relationship Id="rId99" Type="${office}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': `<styleSheet xmlns="${main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`,
  }
  Object.values(sheets).forEach((rows, i) => {
    const xml = rows.map((cells, r) => `<row r="${r + 1}">${cells.map(cell(r)).join('')}</row>`)
    entries[`xl/worksheets/sheet${i + 1}.xml`] =
      `<worksheet xmlns="${main}"><sheetData>${xml.join('')}</sheetData></worksheet>`
  })
  return entries
}

function cell(row: number): (value: SheetCell, column: number) => string {
  return (value, column) => {
    const at = `${String.fromCharCode(65 + column)}${row + 1}`
    if (value === null) return ''
    if (typeof value === 'number') return `<c r="${at}"><v>${value}</v></c>`
    if (typeof value === 'object') return `<c r="${at}" s="1"><v>${value.serial}</v></c>`
    const text = value.replace(/&/g, '&amp;').replace(/</g, '&lt;')
    return `<c r="${at}" t="inlineStr"><is><t>${text}</t></is></c>`
  }
}

/** A whole workbook. */
export function workbook(sheets: Parameters<typeof workbookEntries>[0]): Buffer {
  return zip(workbookEntries(sheets))
}

/** Inputs with what comes of them, from a text of lines `input · another | outcome`. */
export function outcomes(text: string): [string, string][] {
  const lines = text
    .trim()
    .replaceAll(/ ([|·])\n +/g, ' $1 ')
    .split('\n')
  return lines.flatMap((line) => {
    const [inputs = '', outcome = ''] = line.split(' | ')
    return inputs.split(' · ').map((input): [string, string] => [input, outcome])
  })
}

export interface CellCase {
  readonly promise: string
  readonly heading: string
  readonly register: string
  readonly cell: string
  readonly says: string
}

/** A register of one row with an end in March 2027, and one cell more below any heading. */
const ANY_ROW = [
  'Ref,Title,Supplier,Start date,End date,#',
  'A1,Taxis,Beck,2024-04-01,2027-03-31,*',
]

/**
 * Cases as a text: after a blank line a promise, with `> ` the register that is meant (else one row
 * with one more cell), and then cells with what each says, `cell · another | says`; with `#` among
 * the headings, what stands for it before: `heading · another | cell | says`.
 */
export function cellCases(text: string): CellCase[] {
  const blocks = text
    .trim()
    .replaceAll(/ ([|·])\n +/g, ' $1 ')
    .split('\n\n')
  return blocks.flatMap((block) => {
    const [promise = '', ...lines] = block.split('\n')
    const rows = lines.filter((line) => line.startsWith('> ')).map((line) => line.slice(2))
    return lines.slice(rows.length).flatMap((line) => {
      const [says = '', cells = '', headings = ''] = line.split(' | ').reverse()
      return headings.split(' · ').flatMap((heading) =>
        cells.split(' · ').map((cell) => {
          const register = (rows.length > 0 ? rows : ANY_ROW).join('\n').replaceAll('#', heading)
          const isQuoted = /^".*"$/.test(cell)
          return { promise, heading, register, cell: isQuoted ? JSON.parse(cell) : cell, says }
        }),
      )
    })
  })
}

/**
 * What a cell adds to the first row of a register with `*` in its place (`~` where it is several
 * cells), and what is told of it: `end 2027-03-31, option 2028-03-31, asks option`.
 */
export async function cellSays(
  register: string,
  cell: string,
  options: Partial<OpenOptions> = {},
): Promise<string> {
  const quoted = `"${cell.replaceAll('"', '""')}"`
  const rows = register.replaceAll('*', quoted).replaceAll('~', cell)
  const read = await readingOf('cell.csv', rows, options)
  const empty = register.replaceAll(/[*~]/g, '')
  if (without?.empty !== empty)
    without = { empty, ...(await readingOf('cell.csv', empty, options)) }
  const [draft] = read.drafts
  const told = read.problems.filter(({ at }) => at === (draft?.at ?? at))
  const says = told.map(({ severity, ask, value }) => {
    // Whatever is told of another cell says so.
    const other = register.includes('*') && value?.trim() !== cell.trim() ? value : null
    return [TOLD[severity], ask?.about, other && `of ${other}`].filter(Boolean).join(' ')
  })
  const columns = (read.register.warnings ?? []).map(({ severity }) => `column ${TOLD[severity]}`)
  const all = [...added(without.drafts[0], draft, cell), ...new Set([...says, ...columns])]
  return all.join(', ') || 'nothing'
}

/** The same register without its cell, as it was read last. */
let without: (Reading & { readonly empty: string }) | null = null

const TOLD = { error: 'refused', question: 'asks', warning: 'warns', note: 'notes' }

const CALLED: Readonly<Record<string, string>> = {
  maximumEnd: 'option',
  optionEnds: 'options',
  currentEnd: 'now',
  extensions: '',
  noticePeriod: 'notice',
  noticeText: '',
  automaticRenewal: 'renews',
  renewalTerm: 'every',
  rollsFrom: 'rolls from',
  optionBy: 'option by',
  valueBasis: '',
  valueText: '',
  prices: '',
}

function added(before: Draft | undefined, after: Draft | undefined, cell: string): string[] {
  const { at, endSource, whileAsked, maximumEnd, noticeText, reviewFound, ...rest } =
    after ?? only([])
  const facts = {
    ...rest,
    // The last of several options is the latest end; the words of a notice that was read are its cell.
    ...(rest.optionEnds?.at(-1) === maximumEnd && rest.optionEnds ? {} : { maximumEnd }),
    ...(rest.noticePeriod !== null && noticeText !== cell ? {} : { noticeText }),
  }
  const was: Readonly<Record<string, unknown>> = { ...before }
  return Object.entries(facts)
    .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(was[name]))
    .map(([name, value]) => {
      const isWords = value === cell && !/^[\d.-]+$/.test(cell)
      return `${CALLED[name] ?? name} ${isWords ? 'in its words' : said(value)}`
    })
    .map((each) => each.trim())
}

function said(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.map(said).join(' ') || 'none'
  if (typeof value !== 'object' || value === null) return String(value ?? 'none')
  const { kind, earliest, latest, precision, status, to, ...rest } = { ...value } as Record<
    string,
    unknown
  >
  if (status !== undefined) return `${status} ${to}`
  const days = earliest === latest ? latest : `${earliest}..${latest} (${precision})`
  if (latest !== undefined) return String(days)
  const parts = [kind, ...Object.values(rest)]
  return parts
    .filter((each) => each !== null && each !== undefined && each !== '')
    .map(said)
    .join(' ')
}
