/**
 * Prisma Client on connections of ours: on the pool, or in a transaction that has begun, so that one
 * use case mixes it with SQL. Its questions go the way of all others: the settings, time limits and
 * tries after a conflict are those of `connect.ts`.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import pg from 'pg'
import type { Prisma, PrismaClient } from './generated/client.ts'

/** A pool, or a connection in a transaction. */
type Connection = pg.Pool | pg.ClientBase

/** Rows by table. SQL goes to the connection itself, and `inTransaction` begins transactions. */
type Tables = Omit<PrismaClient, `$${string}`>

type Driver = NonNullable<ConstructorParameters<typeof PrismaClient>[0]['adapter']>
type Adapter = Awaited<ReturnType<Driver['connect']>>
type Question = Parameters<Adapter['queryRaw']>[0]

/**
 * Each client compiles every question anew, so that one serves all connections. Which one a question
 * is for goes along with the call.
 */
const asking = new AsyncLocalStorage<Connection>()
const made = new WeakMap<Connection, Tables>()
let shared: Promise<Models> | undefined

/** The tables, over this connection. */
export function tables(connection: Connection): Tables {
  const known = made.get(connection)
  if (known !== undefined) return known
  const ask = async (model: string, operation: string, given: unknown[]) => {
    // Those of one moment become one question, whatever connections they are for.
    if (operation.startsWith('findUnique')) throw new Error('Use findFirst: it is asked alone.')
    shared ??= sharedClient()
    const models = await shared
    try {
      return await asking.run(connection, async () => await models[model]?.[operation]?.(...given))
    } catch (error) {
      throw error instanceof Carried ? error.cause : error
    }
  }
  const named = (model: string) =>
    new Proxy(
      {},
      {
        get:
          (_, operation) =>
          (...given: unknown[]) =>
            ask(model, String(operation), given),
      },
    )
  const models = new Proxy({}, { get: (_, model) => named(String(model)) }) as Tables
  made.set(connection, models)
  return models
}

/** What is asked of each model by its name. */
type Models = Readonly<Record<string, Readonly<Record<string, (...given: unknown[]) => unknown>>>>

/** Prisma is loaded with the first question that it puts: a command may ask none. */
async function sharedClient(): Promise<Models> {
  const { PrismaClient } = await import('./generated/client.ts')
  const client = new PrismaClient({ adapter: { ...NAMES, connect }, errorFormat: 'minimal' })
  return client as unknown as Models
}

/** A text as a pattern that finds nothing else: `contains` and `mode: 'insensitive'` are patterns. */
export function literally(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`)
}

/** As it is stored: what is undefined in an object is left out, where Prisma would refuse it. */
export function jsonOf(value: object): Prisma.InputJsonValue {
  return JSON.parse(JSON.stringify(value))
}

/** Takes an error of pg through Prisma, which keeps a message and a code of it otherwise. */
class Carried extends Error {}

const NAMES = { provider: 'postgres', adapterName: 'lapsewatch' } as const

async function connect(): Promise<Adapter> {
  return {
    ...NAMES,
    queryRaw: read,
    executeRaw: write,
    // Prisma asks for one where a call needs several statements.
    async startTransaction() {
      const { client, name } = savepointOn(asking.getStore())
      const tell = (word: string) => inTurn(client, () => client.query(`${word} ${name}`))
      await tell('SAVEPOINT')
      return {
        ...NAMES,
        options: { usePhantomQuery: true },
        queryRaw: read,
        executeRaw: write,
        commit: async () => void (await tell('RELEASE')),
        rollback: async () => void (await tell('ROLLBACK TO')),
      }
    },
    executeScript: () => Promise.reject(new Error('Scripts are for migrate.ts.')),
    getConnectionInfo: () => ({ supportsRelationJoins: false }),
    dispose: async () => undefined,
  }
}

let savepoints = 0

function savepointOn(connection: Connection | undefined) {
  if (connection instanceof pg.Pool || connection === undefined) {
    throw new Error('What takes several statements belongs in a transaction.')
  }
  savepoints += 1
  return { client: connection, name: `prisma_${savepoints}` }
}

async function read(question: Question) {
  const { fields, rows } = await ask(question)
  // Types are asked for by raw questions alone, which `Tables` has none of.
  return { columnNames: fields.map(({ name }) => name), columnTypes: [], rows }
}

async function write(question: Question): Promise<number> {
  return (await ask(question)).rowCount ?? 0
}

async function ask({ sql, args }: Question): Promise<pg.QueryArrayResult<unknown[]>> {
  const connection = asking.getStore()
  if (connection === undefined) throw new Error('A question without its connection.')
  const values = args.map((value) => (value instanceof Date ? value.toISOString() : value))
  const query = { text: sql, values, rowMode: 'array' as const, types: columnTypes }
  try {
    const put = () => connection.query(query)
    return await (connection instanceof pg.Pool ? put() : inTurn(connection, put))
  } catch (error) {
    throw new Carried(error instanceof Error ? error.message : '', { cause: error })
  }
}

const turns = new WeakMap<pg.ClientBase, Promise<unknown>>()

/** Prisma asks for what several relations hold at once; a connection takes one question at a time. */
function inTurn<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  const turn = (turns.get(client) ?? Promise.resolve()).then(work)
  turns.set(
    client,
    turn.catch(() => undefined),
  )
  return turn
}

const { BOOL, INT2, INT4, FLOAT8, TIMESTAMPTZ } = pg.types.builtins
const OWN_TYPES: ReadonlySet<number> = new Set([BOOL, INT2, INT4, FLOAT8])

/** Text as the server writes it (dates, amounts, JSON), but for what Prisma wants as values. */
const columnTypes = {
  getTypeParser(type: number, format?: 'text' | 'binary') {
    if (type === TIMESTAMPTZ) return moment
    if (OWN_TYPES.has(type)) return pg.types.getTypeParser(type, format)
    return (value: string) => value
  },
}

/** pg's own way, by the offset that the server writes. `infinity` is no moment. */
function moment(value: string): Date {
  const read: unknown = pg.types.getTypeParser(TIMESTAMPTZ)(value)
  if (read instanceof Date) return read
  throw new RangeError(`${value} is no moment: leave that column out.`)
}
