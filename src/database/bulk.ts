/**
 * Many rows at once: COPY, the planner's statistics, and every table in the order of its
 * references.
 */
import type { ClientBase, Connection, Pool, PoolClient, Submittable } from 'pg'
import type { CivilDate } from '../rules/civil-date.ts'

// Rows into a table by COPY: the only way to write a hundred thousand of them in seconds.

type CopyValue = string | number | boolean | null

/** A row by its columns: all rows of a table have the same ones. */
export type CopyRow = Readonly<Record<string, CopyValue>>

/** Rows that are encoded at once. */
const IN_ONE_PIECE = 1000

/** Writes rows that are in memory already; all are written when it resolves. */
export async function copyRows(
  client: PoolClient,
  table: string,
  rows: Iterable<CopyRow>,
): Promise<void> {
  let held: CopyRow[] = []
  const write = async () => {
    const batch = new CopyBatch([table])
    batch.add(table, held)
    held = []
    await batch.write(client)
  }
  for (const row of rows) {
    held.push(row)
    if (held.length === IN_ONE_PIECE) await write()
  }
  await write()
}

/**
 * Rows for some tables, written together in the order of the tables. They are encoded as they are
 * added: rows and texts that wait are copied by the collector again and again, bytes are not.
 */
export class CopyBatch {
  readonly #tables: readonly string[]
  readonly #copies = new Map<string, { columns: readonly string[]; pieces: Buffer[] }>()

  constructor(tables: readonly string[]) {
    this.#tables = tables
  }

  add(table: string, rows: readonly CopyRow[]): void {
    const [first] = rows
    if (first === undefined) return
    const copy = this.#copies.get(table) ?? { columns: Object.keys(first), pieces: [] }
    let text = ''
    for (const row of rows) text += encodeRow(copy.columns, row)
    copy.pieces.push(Buffer.from(text))
    this.#copies.set(table, copy)
  }

  /** All rows are written when it resolves. */
  async write(client: PoolClient): Promise<void> {
    const copies = this.#tables.flatMap((table) => {
      const { columns = [], pieces } = this.#copies.get(table) ?? {}
      const names = columns.map(quoted).join(', ')
      return pieces ? [{ sql: `COPY ${quoted(table)} (${names}) FROM STDIN`, pieces }] : []
    })
    if (copies.length === 0) return
    await new Promise<void>((resolve, reject) => {
      client.query(new Copies(copies, (error) => (error === null ? resolve() : reject(error))))
    })
  }
}

const COPY_DONE = Buffer.from([0x63, 0, 0, 0, 4])

/**
 * Several COPYs as one question, their rows sent with the first answer: the server goes on from table to
 * table and waits for nobody. What is sent for one that it does not begin, as one before it failed, it
 * leaves unread.
 */
class Copies implements Submittable {
  readonly #copies: readonly { readonly sql: string; readonly pieces: readonly Buffer[] }[]
  readonly #ended: (error: Error | null) => void
  #isSent = false

  constructor(
    copies: readonly { readonly sql: string; readonly pieces: readonly Buffer[] }[],
    ended: (error: Error | null) => void,
  ) {
    this.#copies = copies
    this.#ended = ended
  }

  submit(connection: Connection): void {
    connection.query(this.#copies.map(({ sql }) => sql).join('; '))
  }

  handleCopyInResponse({ stream }: Connection): void {
    if (this.#isSent) return
    this.#isSent = true
    stream.cork()
    for (const { pieces } of this.#copies) {
      for (const piece of pieces) {
        const head = Buffer.from([0x64, 0, 0, 0, 0])
        head.writeUInt32BE(piece.length + 4, 1)
        stream.write(head)
        stream.write(piece)
      }
      stream.write(COPY_DONE)
    }
    stream.uncork()
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.#ended(null)
  }

  handleError(error: Error): void {
    this.#ended(error)
  }
}

/**
 * Lets what the server has answered be taken up. Whoever makes many rows ready calls it every few
 * rows: else the server waits for what is sent next until all of them are.
 */
export function atEase(): Promise<void> {
  return new Promise((done) => {
    setImmediate(done)
  })
}

function encodeRow(columns: readonly string[], row: CopyRow): string {
  let line = ''
  let gap = ''
  for (const column of columns) {
    const value = row[column]
    line += gap
    gap = '\t'
    if (value === null || value === undefined) line += '\\N'
    else if (typeof value === 'string') line += encodeText(value)
    else if (typeof value === 'boolean') line += value ? 't' : 'f'
    else line += String(value)
  }
  return `${line}\n`
}

const SPECIAL = /[\t\n\r\0]/
const ESCAPES: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  // PostgreSQL has no NUL in text; a register that holds one loses it here at the latest.
  '\0': '',
}

function encodeText(value: string): string {
  // JSON within JSON is full of backslashes, and hardly anything else is of the others.
  const text = value.includes('\\') ? value.replaceAll('\\', '\\\\') : value
  if (!SPECIAL.test(text)) return text
  return text.replace(/[\t\n\r\0]/g, (character) => ESCAPES[character] ?? '')
}

/** These fields of the rows, each as a column: what `unnest` takes. */
export function byColumn<Row, Name extends keyof Row>(
  rows: readonly Row[],
  ...names: readonly Name[]
): Row[Name][][] {
  return names.map((name) => rows.map((row) => row[name]))
}

/** Writes a day of each of these rows, by their ids, in one statement. */
export function writeDays(
  client: ClientBase,
  column: `${string}.${string}`,
  days: readonly { readonly id: number; readonly on: CivilDate | null }[],
): Promise<void> {
  const [table = '', name = ''] = column.split('.')
  const rows = days.map(({ id, on }) => ({ id, [name]: on }))
  return writeColumns(client, table, { [name]: 'date' }, rows)
}

/**
 * Several columns of each. @param types of the columns, by the names that they have in rows too
 * @param besides SQL that sets more of the same rows @param only SQL, an `AND` with which of them
 */
export async function writeColumns<Name extends string>(
  client: ClientBase,
  table: string,
  types: Readonly<Record<Name, 'int' | 'text' | 'date' | 'numeric'>>,
  rows: readonly (Readonly<Record<NoInfer<Name>, string | number | null>> & {
    readonly id: number
  })[],
  { besides = '', only = '' }: { readonly besides?: string; readonly only?: string } = {},
): Promise<void> {
  if (rows.length === 0) return
  const names = Object.keys(types) as Name[]
  const set = names.map((name) => `${name} = d.${name}`).join(', ')
  const arrays = names.map((name, at) => `$${at + 2}::${types[name]}[]`).join(', ')
  await client.query(
    `UPDATE ${table} t SET ${set}${besides} FROM unnest($1::int[], ${arrays})
       AS d (id, ${names.join(', ')}) WHERE t.id = d.id${only}`,
    [rows.map(({ id }) => id), ...names.map((name) => rows.map((row) => row[name]))],
  )
}

/** A column of JSON, as `table.column`. */
type KeptJson = `${'organisation' | 'team' | 'contract'}.settings` | 'source.refreshed'

/** What stands there, until the transaction ends. */
export async function lockJson(
  client: ClientBase,
  column: KeptJson,
  id: number,
): Promise<Readonly<Record<string, unknown>>> {
  const [table = '', name] = column.split('.')
  type Held = { readonly kept: Record<string, unknown> | null }
  const [held] = await lockRows<Held>(client, table, `${name} AS kept`, 'id = $1', [id])
  return held?.kept ?? {}
}

/**
 * Rows of a table by their ids, kept from others until the transaction ends.
 * @param columns SQL of what is read of them @param which SQL, the condition
 */
export async function lockRows<Row extends object>(
  client: ClientBase,
  table: string,
  columns: string,
  which: string,
  values: unknown[],
): Promise<Row[]> {
  const { rows } = await client.query<Row>(
    `SELECT ${columns} FROM ${table} WHERE ${which} ORDER BY id FOR UPDATE`,
    values,
  )
  return rows
}

/** Merges these keys into the JSON of the row; its other keys stay. */
export async function addJson(
  client: Pool | ClientBase,
  column: KeptJson,
  id: number,
  added: object,
): Promise<void> {
  const [table, name] = column.split('.')
  await client.query(
    `UPDATE ${table} SET ${name} = coalesce(${name}, '{}') || $2::jsonb WHERE id = $1`,
    [id, JSON.stringify(added)],
  )
}

/** The id of a row that is written later. */
export async function reserveId(
  client: ClientBase,
  table: 'audit_entry' | 'contract',
): Promise<number> {
  const reserved = await client.query<{ id: number }>(
    `SELECT nextval(pg_get_serial_sequence($1, 'id'))::int AS id`,
    [table],
  )
  return reserved.rows[0]?.id ?? 0
}

/** What an import fills and what is asked about whole registers. */
const COUNTED = [
  ...['contract', 'deadline', 'extension', 'decision', 'contract_import', 'contract_buyer'],
  ...['contract_product', 'buyer', 'product', 'import_problem'],
]

/**
 * Lets the planner know what a transaction wrote, before others see it. The server counts by itself
 * up to a minute later: until then it takes a new register for an empty one, and a summary of
 * 100,000 contracts ran for ten minutes. Before PostgreSQL 17 only the tables' owner may; anybody
 * else is warned by the server, and nothing is counted.
 */
export async function countForPlanner(
  client: ClientBase,
  names: readonly string[] = COUNTED,
): Promise<void> {
  await client.query(`ANALYZE ${names.map(quoted).join(', ')}`)
}

export interface Table {
  readonly name: string
  readonly columns: readonly string[]
  /** ORDER BY of its rows: one that gives the same order on every server. */
  readonly order: string
}

/** All but the record of migrations; a table stands behind those that it refers to. */
export async function readTables(client: ClientBase): Promise<Table[]> {
  const { rows } = await client.query<Table & { readonly refersTo: readonly string[] }>(
    `SELECT r.relname::text AS name,
            (SELECT array_agg(a.attname::text ORDER BY a.attnum) FROM pg_attribute a
             WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '')
              AS columns,
            coalesce((SELECT string_agg(quote_ident(a.attname)
                || CASE WHEN a.attcollation <> 0 THEN ' COLLATE "C"' ELSE '' END, ', ' ORDER BY k.n)
              FROM pg_constraint p CROSS JOIN LATERAL unnest(p.conkey) WITH ORDINALITY AS k (attnum, n)
              JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.attnum
              WHERE p.conrelid = r.oid AND p.contype = 'p'), 'ctid') AS "order",
            ARRAY(SELECT t.relname::text FROM pg_constraint f JOIN pg_class t ON t.oid = f.confrelid
              WHERE f.conrelid = r.oid AND f.contype = 'f' AND t.oid <> r.oid) AS "refersTo"
     FROM pg_class r
     WHERE r.relnamespace = current_schema()::regnamespace AND r.relkind IN ('r', 'p')
       AND r.relname <> '_prisma_migrations' ORDER BY r.relname`,
  )
  const ordered: Table[] = []
  let left = rows
  while (left.length > 0) {
    const names = new Set(left.map(({ name }) => name))
    const waits = ({ refersTo }: (typeof rows)[number]) => refersTo.some((each) => names.has(each))
    const free = left.filter((table) => !waits(table))
    if (free.length === 0) throw new Error('The tables refer to each other in a circle.')
    ordered.push(...free.map(({ refersTo: _, ...table }) => table))
    left = left.filter(waits)
  }
  return ordered
}

/** Quoted as SQL wants a name. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
