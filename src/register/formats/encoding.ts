/** Surveys a text file once, in bounded memory: its encoding, its rows, how its dates look. */
import { isUtf8 } from 'node:buffer'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { unreadable, zeros } from './detect.ts'

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252'

/** What one pass over a text file tells. */
export interface TextSurvey {
  readonly encoding: Encoding
  /** Lines outside quotes, headings included: the number of rows, roughly where quotes are odd. */
  readonly lines: number
  /** An odd number of quotes: one may never close. */
  readonly oddQuotes: boolean
  /** Whether anything anywhere is written like a date with the day, or with the month, first. */
  readonly anyDmy: boolean
  readonly anyMdy: boolean
  readonly anyAmbiguous: boolean
}

const CHUNK = 1 << 20
const QUOTE = 0x22
const NEWLINE = 0x0a
const RETURN = 0x0d

/**
 * Reads the whole file once. The encoding is decided over all of it: one invalid byte in the
 * last line makes it Windows-1252, and a register of 2 GB needs no more memory than one of 2 kB.
 * @throws RegisterError for zero bytes, and where the file cannot be read.
 */
export async function surveyText(
  path: string,
  name: string,
  onBytes: (read: number) => void,
): Promise<TextSurvey> {
  const counts = { lines: 0, quotes: 0, dmy: false, mdy: false, ambiguous: false }
  let encoding: Encoding | null = null
  let utf8 = true
  let rest: Buffer = Buffer.alloc(0)
  let last = NEWLINE
  let read = 0
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK })) {
      if (!Buffer.isBuffer(chunk)) continue
      encoding ??= wideEncoding(chunk)
      if (encoding === null && chunk.includes(0)) throw zeros(name)
      // Up to the last line's end, so that no character and no date is cut in two.
      const whole = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      const cut = whole.length > 4 * CHUNK ? whole.length : whole.lastIndexOf(NEWLINE) + 1
      const part = whole.subarray(0, cut)
      rest = whole.subarray(cut)
      if (utf8) utf8 = isUtf8(part)
      countPart(part, counts)
      last = chunk[chunk.length - 1] ?? last
      read += chunk.length
      onBytes(read)
    }
  } catch (error) {
    if (error instanceof Error && error.name === 'RegisterError') throw error
    throw unreadable(path, name, error)
  }
  if (utf8) utf8 = isUtf8(rest)
  countPart(rest, counts)
  return {
    encoding: encoding ?? (utf8 ? 'utf-8' : 'windows-1252'),
    lines: counts.lines + (last === NEWLINE || last === RETURN ? 0 : 1),
    oddQuotes: counts.quotes % 2 === 1,
    // In UTF-16 the bytes of a date do not stand side by side: then everything is possible.
    anyDmy: counts.dmy || encoding !== null,
    anyMdy: counts.mdy || encoding !== null,
    anyAmbiguous: counts.ambiguous || encoding !== null,
  }
}

function wideEncoding(chunk: Buffer): Encoding | null {
  if (chunk[0] === 0xff && chunk[1] === 0xfe) return 'utf-16le'
  return chunk[0] === 0xfe && chunk[1] === 0xff ? 'utf-16be' : null
}

interface Counts {
  lines: number
  quotes: number
  dmy: boolean
  mdy: boolean
  ambiguous: boolean
}

const DAY_FIRST = /(?<!\d)(?:1[3-9]|[23]\d)[/.-]\d{1,2}[/.-]\d{4}/
const MONTH_FIRST = /(?<!\d)\d{1,2}[/.-](?:1[3-9]|[23]\d)[/.-]\d{4}/
const EITHER_FIRST = /(?<!\d)(?:0?[1-9]|1[0-2])[/.-](?:0?[1-9]|1[0-2])[/.-]\d{4}/

function countPart(part: Buffer, counts: Counts): void {
  let { lines, quotes } = counts
  for (let i = 0; i < part.length; i++) {
    const byte = part[i]
    if (byte === QUOTE) quotes++
    else if (quotes % 2 === 0) {
      if (byte === NEWLINE) lines++
      else if (byte === RETURN && part[i + 1] !== NEWLINE) lines++
    }
  }
  counts.lines = lines
  counts.quotes = quotes
  if (counts.dmy && counts.mdy && counts.ambiguous) return
  // A pattern that was found once is never looked for again: most files pay for one of three.
  const text = part.toString('latin1')
  counts.dmy ||= DAY_FIRST.test(text)
  counts.mdy ||= MONTH_FIRST.test(text)
  counts.ambiguous ||= EITHER_FIRST.test(text)
}

/** The file's text as UTF-8 bytes or decoded strings, without its byte order mark's meaning. */
export function textStream(path: string, encoding: Encoding): Readable {
  const bytes = createReadStream(path, { highWaterMark: CHUNK / 4 })
  return encoding === 'utf-8' ? bytes : Readable.from(decoded(bytes, encoding))
}

async function* decoded(bytes: Readable, encoding: Encoding): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding)
  for await (const chunk of bytes) {
    if (Buffer.isBuffer(chunk)) yield Buffer.from(decoder.decode(chunk, { stream: true }), 'utf8')
  }
  yield Buffer.from(decoder.decode(), 'utf8')
}

/** The beginning of a file as text. */
export function headText(head: Buffer, encoding: Encoding): string {
  return new TextDecoder(encoding).decode(head)
}
