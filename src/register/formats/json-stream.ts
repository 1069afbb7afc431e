/**
 * Splits a JSON file into its releases or records while it streams past: each is parsed by
 * itself, so memory holds one of them, never the file. Packages, arrays, single objects and JSON
 * lines need no telling apart: each is a sequence of values.
 */
import { createReadStream } from 'node:fs'
import { RegisterError } from '../draft.ts'
import { LIMITS } from '../limits.ts'
import { unreadable, zeros } from './detect.ts'

/** One release or record as parsed, and where it stands. */
interface JsonItem {
  readonly value: unknown
  readonly at: string
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const NEWLINE = 0x0a
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
const BLANK = new Set([0x20, 0x09, 0x0d, NEWLINE, 0x2c, 0xef, 0xbb, 0xbf])
const LISTS = new Set(['releases', 'records'])

/**
 * The releases and records of a file, in its order.
 * @throws RegisterError for truncated or broken JSON (with the line), zero bytes, and what is
 * nested or sized beyond the limits.
 */
export async function* jsonItems(
  path: string,
  name: string,
  onBytes: (read: number) => void,
): AsyncGenerator<JsonItem> {
  const splitter = new Splitter(name)
  let read = 0
  const stream = createReadStream(path, { highWaterMark: 1 << 18 })
  try {
    for await (const chunk of stream) {
      if (!Buffer.isBuffer(chunk)) continue
      if (chunk.includes(0)) throw zeros(name)
      yield* splitter.take(chunk)
      read += chunk.length
      onBytes(read)
    }
  } catch (error) {
    throw error instanceof RegisterError ? error : unreadable(path, name, error)
  } finally {
    stream.destroy()
  }
  splitter.end()
}

/** Where the list of releases stands that is being given out element by element. */
interface List {
  readonly key: string
  /** Depth at which its elements begin. */
  readonly depth: number
  index: number
}

class Splitter {
  readonly #name: string
  #depth = 0
  #line = 1
  #inString = false
  #escaped = false
  /** Bytes of the item being captured, from earlier chunks; null where none is. */
  #kept: Buffer[] | null = null
  #keptBytes = 0
  #itemLine = 1
  #openLine = 1
  #topLevel = 0
  #list: List | null = null
  /** The last string at depth 1 and whether `ocid` was seen there. */
  #keyParts: Buffer[] | null = null
  #key = ''
  #ownOcid = false
  #isArray = false

  constructor(name: string) {
    this.#name = name
  }

  /** The items that end in this piece of the file. */
  take(chunk: Buffer): JsonItem[] {
    const items: JsonItem[] = []
    let from = 0
    let keyFrom = 0
    // Plain variables in the loop over every byte: fields cost twice the time.
    let inString = this.#inString
    let escaped = this.#escaped
    const length = chunk.length
    for (let i = 0; i < length; i++) {
      const byte = chunk[i]
      if (inString) {
        if (escaped) escaped = false
        else if (byte === BACKSLASH) escaped = true
        else if (byte === QUOTE) {
          inString = false
          if (this.#keyParts !== null) this.#endKey(chunk.subarray(keyFrom, i))
        } else if (byte === NEWLINE) this.#line++
        continue
      }
      switch (byte) {
        case QUOTE:
          inString = true
          if (this.#depth === 0) throw this.#notRegister()
          if (this.#depth === 1 && this.#list === null) {
            this.#keyParts = []
            keyFrom = i + 1
          }
          break
        case OPEN_OBJECT:
        case OPEN_LIST:
          if (this.#open(byte)) from = i
          break
        case CLOSE_OBJECT:
        case CLOSE_LIST: {
          const item = this.#close(chunk, from, i)
          if (item !== null) items.push(item)
          break
        }
        case NEWLINE:
          this.#line++
          break
        default:
          if (this.#depth === 0 && !BLANK.has(byte ?? 0)) throw this.#notRegister()
      }
    }
    this.#inString = inString
    this.#escaped = escaped
    if (this.#kept !== null) this.#keep(chunk.subarray(from))
    if (this.#keyParts !== null) this.#keyParts.push(chunk.subarray(keyFrom))
    return items
  }

  /** The end of the file: everything that was opened must be closed. */
  end(): void {
    if (this.#depth === 0 && !this.#inString && this.#topLevel > 0) return
    if (this.#topLevel === 0) throw this.#notRegister()
    throw new RegisterError(
      `${this.#name} ends in the middle, on line ${this.#line}: what line ${this.#openLine} opens ` +
        'is never closed. It was not downloaded to its end: download it again.',
    )
  }

  #endKey(last: Buffer): void {
    const key = [...(this.#keyParts ?? []), last]
    this.#keyParts = null
    this.#key = Buffer.concat(key).toString('utf8')
    if (this.#key === 'ocid') this.#ownOcid = true
  }

  /** True where an item begins here. */
  #open(byte: number): boolean {
    const isList = byte === OPEN_LIST
    const depth = this.#depth++
    if (this.#depth > LIMITS.jsonDepth) {
      throw new RegisterError(
        `${this.#name}: line ${this.#line} is nested more than ${LIMITS.jsonDepth} deep. ` +
          'No register is: ask the publisher for OCDS releases.',
      )
    }
    if (depth === 0) {
      this.#topLevel++
      this.#openLine = this.#line
      this.#key = ''
      this.#ownOcid = false
      this.#isArray = isList
      this.#list = isList ? { key: '', depth: 1, index: -1 } : null
      if (!isList) return this.#begin()
    } else if (this.#list === null && depth === 1 && isList && this.#beginsList()) {
      // A package: what was kept of it so far is its description, which nobody needs.
      this.#kept = null
      this.#keptBytes = 0
      this.#list = { key: this.#key, depth: 2, index: -1 }
    } else if (this.#list !== null && depth === this.#list.depth) {
      this.#list.index++
      return this.#begin()
    }
    return false
  }

  /** A record has `releases` too, but its own ocid: it is kept whole. */
  #beginsList(): boolean {
    return LISTS.has(this.#key) && !this.#ownOcid
  }

  #begin(): true {
    this.#kept = []
    this.#keptBytes = 0
    this.#itemLine = this.#line
    return true
  }

  #close(chunk: Buffer, from: number, i: number): JsonItem | null {
    if (this.#depth === 0) throw this.#notRegister()
    const depth = --this.#depth
    const list = this.#list
    if (list !== null && depth === list.depth - 1) {
      this.#list = null
      return null
    }
    if (this.#kept === null || depth !== (list?.depth ?? 0)) return null
    this.#keep(chunk.subarray(from, i + 1))
    const text = this.#kept.length === 1 ? this.#kept[0] : Buffer.concat(this.#kept)
    this.#kept = null
    this.#keptBytes = 0
    return { value: this.#parse(text ?? Buffer.alloc(0)), at: this.#place(list) }
  }

  #keep(part: Buffer): void {
    this.#keptBytes += part.length
    if (this.#keptBytes > LIMITS.jsonItemBytes) {
      throw new RegisterError(
        `${this.#name}: what begins on line ${this.#itemLine} is larger than 32 MB for a single ` +
          'release or record. Ask the publisher for OCDS releases.',
      )
    }
    this.#kept?.push(part)
  }

  #parse(text: Buffer): unknown {
    try {
      return JSON.parse(text.toString('utf8'))
    } catch (error) {
      const why = error instanceof Error ? error.message.replace(/\s+/g, ' ').slice(0, 120) : ''
      throw new RegisterError(
        `${this.#name} is broken JSON in what begins on line ${this.#itemLine} (${why}). ` +
          'Download it again.',
      )
    }
  }

  #place(list: List | null): string {
    if (list === null) return `line ${this.#itemLine}`
    const path = `${list.key}[${list.index}]`
    return this.#topLevel === 1 || this.#isArray ? path : `line ${this.#itemLine}: ${path}`
  }

  #notRegister(): RegisterError {
    return new RegisterError(
      `${this.#name}: line ${this.#line} is not JSON. Download it again, or give --format csv ` +
        'where it is a table.',
    )
  }
}

/** Plain access to parsed JSON whose shape nobody vouches for: null for what is not there. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objectAt(from: JsonObject | null, key: string): JsonObject | null {
  const value = from?.[key]
  return isObject(value) ? value : null
}

/** The objects of a list, each with its place in it. */
export function objectsAt(from: JsonObject | null, key: string): JsonObject[] {
  const value = from?.[key]
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** A text, or a number as text; null for blanks and anything else. */
export function textAt(from: JsonObject | null, key: string): string | null {
  const value = from?.[key]
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

export function textsAt(from: JsonObject | null, key: string): string[] {
  const value = from?.[key]
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) return []
  return value.filter((item) => typeof item === 'string' || typeof item === 'number').map(String)
}
