/** Looks into a workbook's zip archive with every size checked before and while it is inflated. */
import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { RegisterError } from './draft.ts'
import { LIMITS } from './limits.ts'
import type { Sniffed } from './sniff.ts'

/** A part of a workbook. */
export interface Part {
  readonly name: string
  readonly bytes: Buffer
}

/**
 * The XML parts of a workbook.
 * @throws RegisterError for a damaged archive, a bomb, a password, and a zip that is no workbook.
 */
export async function workbookParts(file: Sniffed): Promise<Part[]> {
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

async function inflate(zip: ZipFile, entries: readonly Entry[], file: Sniffed): Promise<Part[]> {
  const parts: Part[] = []
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
export function storedArchive(parts: readonly Part[]): Buffer {
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
