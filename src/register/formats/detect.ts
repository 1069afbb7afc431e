/** What a file really is: by its first bytes, confirmed by its name. */
import { open, stat } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import { RegisterError, type RegisterFormat } from '../draft.ts'
import { LIMITS } from '../limits.ts'

export interface Sniffed {
  readonly path: string
  /** The file's name, for messages. */
  readonly name: string
  readonly format: RegisterFormat
  readonly bytes: number
  readonly head: Buffer
}

/**
 * Tells the format of a file. `forced` (from `--format`) wins over name and content, but never
 * makes a picture or a PDF readable.
 * @throws RegisterError naming the file and the remedy, where it is no register.
 */
export async function sniff(path: string, forced: RegisterFormat | null): Promise<Sniffed> {
  const name = basename(path)
  const bytes = await sizeOf(path, name)
  const head = await readHead(path, name, bytes)
  const binary = binaryKind(head)
  if (binary !== null && binary.kind !== 'zip') {
    throw new RegisterError(`${name} is ${binary.what}, not a register. ${binary.remedy}`)
  }
  const format = binary === null ? textFormat(name, head, forced) : sheetFormat(name, forced)
  return { path, name, format, bytes, head }
}

async function sizeOf(path: string, name: string): Promise<number> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, name, error)
  })
  if (found.isDirectory()) {
    throw new RegisterError(`${name} is a folder. Name one register file inside it.`)
  }
  if (!found.isFile()) {
    throw new RegisterError(`${name} is not an ordinary file. Save the register as a file first.`)
  }
  if (found.size === 0) {
    throw new RegisterError(`${name} is empty. Export the register again and check its size.`)
  }
  return found.size
}

async function readHead(path: string, name: string, bytes: number): Promise<Buffer> {
  try {
    const file = await open(path, 'r')
    try {
      const head = Buffer.alloc(Math.min(bytes, LIMITS.head))
      const { bytesRead } = await file.read(head, 0, head.length, 0)
      return head.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw unreadable(path, name, error)
  }
}

/** A failure of the file system as a sentence. */
export function unreadable(path: string, name: string, error: unknown): RegisterError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new RegisterError(`There is no file ${path}. Check the name and the folder.`)
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new RegisterError(`${name} may not be read. Give this account leave to read it.`)
  }
  return new RegisterError(`${name} could not be read (${code || String(error)}). Try again.`)
}

const SAVE_AS = 'Save the register as CSV or XLSX and import that.'
const SIGNATURES: readonly (readonly [number[], string, string])[] = [
  [[0x25, 0x50, 0x44, 0x46], 'a PDF', 'Ask for the register as CSV, XLSX or OCDS JSON.'],
  [[0x89, 0x50, 0x4e, 0x47], 'a PNG picture', SAVE_AS],
  [[0xff, 0xd8, 0xff], 'a JPEG picture', SAVE_AS],
  [[0x47, 0x49, 0x46, 0x38], 'a GIF picture', SAVE_AS],
  [
    [0xd0, 0xcf, 0x11, 0xe0],
    'an old Excel or Word file (.xls, .doc) or a workbook with a password',
    'Open it, save it as .xlsx without a password, and import that.',
  ],
  [[0x1f, 0x8b], 'compressed with gzip', 'Unpack it (gunzip) and import what is inside.'],
  [[0x42, 0x5a, 0x68], 'compressed with bzip2', 'Unpack it and import what is inside.'],
  [[0xfd, 0x37, 0x7a, 0x58], 'compressed with xz', 'Unpack it and import what is inside.'],
  [[0x37, 0x7a, 0xbc, 0xaf], 'a 7z archive', 'Unpack it and import what is inside.'],
  [[0x52, 0x61, 0x72, 0x21], 'a RAR archive', 'Unpack it and import what is inside.'],
  [[0x7b, 0x5c, 0x72, 0x74, 0x66], 'a rich-text document', SAVE_AS],
  [[0x7f, 0x45, 0x4c, 0x46], 'a program', SAVE_AS],
  [[0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], 'an SQLite database', SAVE_AS],
]

function binaryKind(head: Buffer): { kind: 'zip' | 'other'; what: string; remedy: string } | null {
  if (head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5)) {
    return { kind: 'zip', what: 'a zip archive', remedy: SAVE_AS }
  }
  for (const [bytes, what, remedy] of SIGNATURES) {
    if (bytes.every((byte, i) => head[i] === byte)) return { kind: 'other', what, remedy }
  }
  return null
}

function sheetFormat(name: string, forced: RegisterFormat | null): RegisterFormat {
  if (forced !== null && forced !== 'xlsx') {
    throw new RegisterError(
      `${name} is a workbook or a zip archive, not ${forced === 'csv' ? 'CSV' : 'JSON'}. ` +
        'Leave --format away, or save it in that format.',
    )
  }
  return 'xlsx'
}

function textFormat(name: string, head: Buffer, forced: RegisterFormat | null): RegisterFormat {
  const text = beginning(head)
  if (/^<(?:!doctype html|html|head|body|script)\b/i.test(text)) {
    throw new RegisterError(
      `${name} is a web page, perhaps a login page that was saved instead of the register. ` +
        'Sign in, download the register again and import that file.',
    )
  }
  if (/^<(?:\?xml|[a-z]+:?[a-z]*[ >])/i.test(text)) {
    throw new RegisterError(`${name} is XML, not a register. ${SAVE_AS}`)
  }
  refuseZeros(name, head)
  const extension = extname(name).toLowerCase()
  const isJson = /^(?:\{\s*(?:"|\}|$)|\[\s*(?:[[{\]]|$))/.test(text)
  if (forced === 'xlsx' || (forced === null && /^\.xls[xm]$/.test(extension))) {
    throw new RegisterError(
      `${name} is text, not an Excel workbook. ` +
        `Import it with --format ${isJson ? 'ocds' : 'csv'}, or save it as .xlsx.`,
    )
  }
  if (forced !== null) return forced
  if (/^\.(?:json|jsonl|ndjson|geojson)$/.test(extension) && !isJson) {
    throw new RegisterError(
      `${name} is named as JSON but does not begin like it. ` +
        'Download it again, or import it with --format csv where it is a table.',
    )
  }
  return isJson ? 'ocds' : 'csv'
}

function beginning(head: Buffer): string {
  const encoding = head[0] === 0xff && head[1] === 0xfe ? 'utf-16le' : 'latin1'
  return new TextDecoder(encoding)
    .decode(head.subarray(0, 1024))
    .replace(/^(?:\ufeff|ï»¿)/, '')
    .trimStart()
}

function refuseZeros(name: string, head: Buffer): void {
  const wide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)
  if (wide || !head.includes(0)) return
  throw zeros(name)
}

/** The refusal of a file with NUL bytes, which no text has. */
export function zeros(name: string): RegisterError {
  return new RegisterError(
    `${name} holds zero bytes, so it is not text: perhaps a broken download, or text in UTF-16. ` +
      'Export the register again as CSV (UTF-8).',
  )
}
