/**
 * A backup's form, inside gzip: lines of JSON, each the begin or the end of something, and the rows
 * of a table between them in pieces that say how long they are. The last line seals what stands
 * before it with its hash.
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { DatabaseProblem, errorCode } from './problem.ts'

export interface BackupHeader {
  readonly lapsewatch: 'backup'
  readonly version: 1
  /** The moment of its one snapshot. */
  readonly takenAt: string
  readonly migrations: readonly string[]
}

export interface TableHead {
  readonly table: string
  readonly columns: readonly string[]
}

export interface Sequence {
  readonly sequence: string
  readonly value: string
}

/** What a backup holds, in its order. */
export type Frame =
  | { readonly kind: 'header'; readonly header: BackupHeader }
  | { readonly kind: 'table'; readonly head: TableHead }
  | { readonly kind: 'rows'; readonly bytes: Buffer }
  | { readonly kind: 'end'; readonly isHashed: boolean }
  | { readonly kind: 'sequence'; readonly sequence: Sequence }
  | { readonly kind: 'sealed'; readonly sha256: string }

/** A piece of rows is at most so long; a longer one is no backup of ours. */
const LONGEST_PIECE = 64 * 1024 * 1024
const LONGEST_LINE = 1024 * 1024

/**
 * Writes frames and hashes them; waits where the stream is full. Each table ends with the hash of
 * all before it, so that a change is found where it is (`isHashed`; the first backups had none).
 */
export function frameWriter(out: Pick<Writable, 'write'>, isHashed = true) {
  const hash = createHash('sha256')
  const write = async (bytes: Buffer) => {
    hash.update(bytes)
    if (!out.write(bytes)) await once(out as Writable, 'drain')
  }
  const line = (value: unknown) => write(Buffer.from(`${JSON.stringify(value)}\n`))
  return {
    header: (header: BackupHeader) => line(header),
    table: (head: TableHead) => line(head),
    async rows(bytes: Buffer) {
      for (let from = 0; from < bytes.length; from += LONGEST_PIECE) {
        const piece = bytes.subarray(from, from + LONGEST_PIECE)
        await line({ rows: piece.length })
        await write(piece)
      }
    },
    end: () => line(isHashed ? { end: true, hash: hash.copy().digest('hex') } : { end: true }),
    sequence: (sequence: Sequence) => line(sequence),
    /** The hash of all that was written. */
    async seal(): Promise<string> {
      const sha256 = hash.copy().digest('hex')
      await line({ sha256 })
      return sha256
    },
  }
}

/**
 * The frames of a backup, the hash of all before it checked at each table's end and at the seal.
 * @throws DatabaseProblem where it is cut off, was changed, or is none, with the place.
 */
export async function* readFrames(
  input: AsyncIterable<Buffer>,
  file: string,
): AsyncGenerator<Frame> {
  const hash = createHash('sha256')
  let held: Buffer = Buffer.alloc(0)
  let taken = 0
  let table: string | null = null
  const source = input[Symbol.asyncIterator]()
  const more = async (): Promise<boolean> => {
    const next = await source.next()
    if (next.done === true) return false
    held = held.length === 0 ? next.value : Buffer.concat([held, next.value])
    return true
  }
  const take = async (length: number): Promise<Buffer> => {
    while (held.length < length) if (!(await more())) throw new Damaged('cut off')
    const piece = held.subarray(0, length)
    held = held.subarray(length)
    taken += length
    return piece
  }
  const takeLine = async (): Promise<Buffer> => {
    for (let from = 0; ; ) {
      const end = held.indexOf(10, from)
      if (end >= 0) return await take(end + 1)
      if (held.length > LONGEST_LINE) throw new Damaged('no backup')
      from = held.length
      if (!(await more())) throw new Damaged(taken > 0 ? 'cut off' : 'no backup')
    }
  }
  try {
    for (;;) {
      const line = await takeLine()
      const value = parsed(line)
      const sealed = value.sha256
      if (typeof sealed === 'string') {
        if (hash.digest('hex') !== sealed) throw new Damaged('changed')
        yield { kind: 'sealed', sha256: sealed }
        return
      }
      if (typeof value.hash === 'string' && hash.copy().digest('hex') !== value.hash) {
        throw new Damaged('changed')
      }
      hash.update(line)
      if (typeof value.rows === 'number') {
        if (!(value.rows >= 0 && value.rows <= LONGEST_PIECE)) throw new Damaged('no backup')
        const bytes = await take(value.rows)
        hash.update(bytes)
        yield { kind: 'rows', bytes }
        continue
      }
      const frame = asFrame(value)
      if (frame.kind === 'table') table = frame.head.table
      yield frame
      if (frame.kind === 'end') table = null
    }
  } catch (error) {
    // What gzip finds comes as an error of its own.
    const isDamaged = error instanceof Damaged || errorCode(error)?.startsWith('Z_') === true
    if (!isDamaged) throw error
    const what = error instanceof Damaged ? error.what : 'damaged'
    const within = table === null ? '' : `in table "${table}", `
    const place = `${file}: ${within}after ${taken.toLocaleString('en-GB')} bytes of its contents`
    throw new DatabaseProblem(`${DAMAGE[what]} (${place})`)
  }
}

/** That what was read is not what was written; where, the reader knows. */
class Damaged extends Error {
  readonly what: keyof typeof DAMAGE
  constructor(what: keyof typeof DAMAGE) {
    super(what)
    this.what = what
  }
}

const DAMAGE = {
  'cut off': 'This backup is cut off: its end is missing. Take another copy of it.',
  changed:
    'This backup was changed or damaged: its contents do not fit its hash. Take another copy of it.',
  damaged:
    'This backup was damaged: its compressed contents cannot be read. Take another copy of it.',
  'no backup': 'This file is no backup of Lapsewatch, or it was damaged.',
}

function asFrame(value: Record<string, unknown>): Frame {
  if (value.end === true) return { kind: 'end', isHashed: 'hash' in value }
  if (value.lapsewatch === 'backup') {
    const { version, takenAt, migrations } = value
    if (version !== 1) {
      throw new DatabaseProblem(
        `This backup has form ${String(version)}, which this version of Lapsewatch does not read: update Lapsewatch.`,
      )
    }
    if (typeof takenAt !== 'string' || !areTexts(migrations)) throw new Damaged('no backup')
    return { kind: 'header', header: { lapsewatch: 'backup', version, takenAt, migrations } }
  }
  const { table, columns, sequence, value: at } = value
  if (typeof table === 'string' && areTexts(columns))
    return { kind: 'table', head: { table, columns } }
  if (typeof sequence === 'string' && typeof at === 'string') {
    return { kind: 'sequence', sequence: { sequence, value: at } }
  }
  throw new Damaged('no backup')
}

function parsed(line: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'))
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>
  } catch {
    // Told below.
  }
  throw new Damaged('no backup')
}

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}
