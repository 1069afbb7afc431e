/** Rows into a table by COPY: the only way to write a hundred thousand of them in seconds. */
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import type { PoolClient } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

export type CopyValue = string | number | boolean | null

/** A COPY under way: rows go in as they come, in bounded memory. */
export interface Copy {
  write(row: readonly CopyValue[]): Promise<void>
  /** Ends the COPY; every row stands when it returns. */
  end(): Promise<void>
  /** Breaks the COPY off, so that the transaction can be rolled back; never throws. */
  abort(): Promise<void>
}

const CHUNK = 64 * 1024

/** Begins a COPY into these columns of a table. Nothing else may use the connection until `end`. */
export function beginCopy(client: PoolClient, table: string, columns: readonly string[]): Copy {
  const names = columns.map((column) => `"${column}"`).join(', ')
  const stream = client.query(copyFrom(`COPY "${table}" (${names}) FROM STDIN`))
  // An error that arrives before `end` is awaited must not go unhandled: `end` throws it.
  const done = finished(stream)
  done.catch(() => undefined)
  let chunk = ''
  const flush = async () => {
    const text = chunk
    chunk = ''
    if (!stream.write(text)) await Promise.race([once(stream, 'drain'), done])
  }
  return {
    async write(row) {
      chunk += encodeRow(row)
      if (chunk.length >= CHUNK) await flush()
    },
    async end() {
      if (chunk !== '') await flush()
      stream.end()
      await done
    },
    async abort() {
      // A COPY that stays open keeps the connection: even a ROLLBACK would wait for it for ever.
      stream.destroy()
      await done.catch(() => undefined)
    },
  }
}

/** Rows that are at hand already. */
export async function copyRows(
  client: PoolClient,
  table: string,
  columns: readonly string[],
  rows: readonly (readonly CopyValue[])[],
): Promise<void> {
  if (rows.length === 0) return
  const copy = beginCopy(client, table, columns)
  for (const row of rows) await copy.write(row)
  await copy.end()
}

function encodeRow(row: readonly CopyValue[]): string {
  let line = ''
  for (let column = 0; column < row.length; column += 1) {
    if (column > 0) line += '\t'
    const value = row[column]
    if (value === null || value === undefined) line += '\\N'
    else if (typeof value === 'string') line += encodeText(value)
    else if (typeof value === 'boolean') line += value ? 't' : 'f'
    else line += String(value)
  }
  return `${line}\n`
}

const SPECIAL = /[\\\t\n\r\0]/
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  // PostgreSQL has no NUL in text; a register that holds one loses it here at the latest.
  '\0': '',
}

function encodeText(value: string): string {
  if (!SPECIAL.test(value)) return value
  return value.replace(/[\\\t\n\r\0]/g, (character) => ESCAPES[character] ?? '')
}
