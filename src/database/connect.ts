/**
 * Connections to PostgreSQL: settings, time limits, types, and transactions that are tried again.
 */
import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import type { Socket } from 'node:net'
import pg from 'pg'
import { DatabaseProblem, errorCode } from './errors.ts'

// Connections to PostgreSQL: what each is told before it is used, how long a question may take, and
// how one that fell silent is found and ended. A connection that gave no answer in time is never
// used again: its answer might come to the next question. The server rolls its transaction back.

/** A question of people or of the tick; one that must be quick; one of a whole register. */
type TimeLimit = 'question' | 'brief' | 'long'

const QUESTION_MS = 30_000

/** All times follow from that of a question, in milliseconds. */
function timesOf(questionMs: number) {
  return {
    question: questionMs,
    brief: questionMs / 6,
    long: questionMs * 30,
    /** A question that is silent for so long is asked after; twice in vain, and it is given up. */
    silence: questionMs / 3,
    connect: questionMs / 3,
    /** The server ends who holds locks and says nothing: also one that it cannot know to be gone. */
    idleInTransaction: { question: questionMs * 2, brief: questionMs * 2, long: questionMs * 3 },
  }
}

interface Asking {
  readonly limit: TimeLimit
  readonly answered: () => void
}
const asking = new AsyncLocalStorage<Asking>()

/** Questions asked by `work` may take so long. */
export function withTimeLimit<T>(limit: TimeLimit, work: () => Promise<T>): Promise<T> {
  return asking.run({ limit, answered: asking.getStore()?.answered ?? nothing }, work)
}

/** `answered` is called for each answer to `work`, and while the server is seen to work on one. */
export function onEachAnswer<T>(answered: () => void, work: () => Promise<T>): Promise<T> {
  return asking.run({ limit: asking.getStore()?.limit ?? 'question', answered }, work)
}

const nothing = () => undefined

interface Connecting {
  readonly applicationName: string
  /** How long a question may take; others follow from it. */
  readonly questionMs?: number | undefined
  readonly log?: (line: string) => void
  readonly answered?: () => void
}

/** A question with its time limit, in a session of which nothing is set yet: names are qualified. */
export type FirstQuestion = <Answer extends pg.QueryResultRow>(
  sql: string,
  values?: readonly unknown[],
) => Promise<pg.QueryResult<Answer>>

interface ConnectingPool extends Connecting {
  readonly log: (line: string) => void
  /** Asked on the first connection: the role that all of them take, null for that of the address. */
  readonly roleFor?: (ask: FirstQuestion) => Promise<string | null>
}

/** One connection, told all it must know. @throws the server's error, or DatabaseProblem. */
export async function openClient(url: string, connecting: Connecting): Promise<pg.Client> {
  const client = new pg.Client(configOf(url, connecting))
  // Without a listener a lost connection would end the process; the next question says so.
  client.on('error', nothing)
  await client.connect()
  try {
    await guard(client, url, connecting)
    return client
  } catch (error) {
    await client.end()
    throw error
  }
}

/** A pool of such connections, the first of which was made, so that a wrong address is found here. */
export async function openPool(
  url: string,
  max: number,
  connecting: ConnectingPool,
): Promise<pg.Pool> {
  const { roleFor = async () => null } = connecting
  let role: Promise<string | null> | undefined
  const roleOf = (ask: FirstQuestion) => {
    role ??= roleFor(ask)
    return role
  }
  const pool = new pg.Pool({
    ...configOf(url, connecting),
    max,
    // What was changed for the user or the server since, or stands at the address now, is met soon.
    maxLifetimeSeconds: 60,
    onConnect: (client) => guard(client as pg.Client, url, connecting, roleOf),
  })
  // Whoever waits for a connection is called by the one who lets go of it: its own limits, not his.
  const connect = pool.connect.bind(pool)
  pool.connect = ((called?: Parameters<typeof connect>[0]) => {
    if (called === undefined) return connect()
    // Not `AsyncResource.bind`: of each function Node 20 makes two deprecated properties besides.
    const asker = new AsyncResource('lapsewatch.connect')
    return connect((...answer) => asker.runInAsyncScope(called, undefined, ...answer))
  }) as typeof pool.connect
  pool.on('error', (error) => {
    // While the pool ends, an idle connection that the server closes is no loss worth a line.
    if (pool.ending) return
    connecting.log(`A connection to the database was lost (${error.message}); a new one is made.`)
  })
  try {
    await pool.query('SELECT')
    return pool
  } catch (error) {
    await pool.end()
    throw error
  }
}

function configOf(url: string, { applicationName, questionMs }: Connecting): pg.ClientConfig {
  const times = timesOf(questionMs ?? QUESTION_MS)
  return {
    connectionString: url,
    application_name: applicationName,
    types: columnTypes,
    connectionTimeoutMillis: times.connect,
    // A host that is gone is noticed 20 s after the last word (Linux: ten probes, a second apart).
    keepAlive: true,
    keepAliveInitialDelayMillis: Math.min(10_000, times.connect),
  }
}

/** What pg's client has beyond its declarations. */
type Guarded = pg.Client & { readonly processID: number | null; readonly readyForQuery: boolean }
type Ask = (question: unknown, values?: unknown, callback?: unknown) => unknown
type Callback = (error: unknown, result?: unknown) => void

/** Sets the session, and from then on every question has its limit. */
async function guard(
  client: pg.Client,
  url: string,
  connecting: Connecting,
  roleOf: (ask: FirstQuestion) => Promise<string | null> = async () => null,
): Promise<void> {
  const guarded = client as Guarded
  client.on('error', nothing)
  const ask = client.query.bind(client) as Ask
  const watch = watchAnswers(guarded, url, connecting)
  const limited: Ask = (...question) => {
    watch.asked()
    return ask(...question)
  }
  const set = async (limit: TimeLimit, where: Where) => {
    const { rows } = (await limited(
      sessionSql(limit, where, connecting, role),
    )) as pg.QueryResult<Setting>
    for (const row of rows) verify(row)
    return rows.length > 0
  }
  endInTime(client, timesOf(connecting.questionMs ?? QUESTION_MS).brief)
  const role = await roleOf(limited as FirstQuestion)
  // A pooler in between gives out numbers of its own. What is set in a session would there stay with
  // a connection that is another's the next moment, so that it is set in each transaction.
  const direct = await set('question', { pid: guarded.processID ?? 0 })
  if (!direct) watch.throughPooler()
  const inTransaction = async (work: () => unknown) => {
    await limited('BEGIN')
    try {
      await set(limitNow(), 'transaction')
      const result = await work()
      await limited('COMMIT')
      return result
    } catch (error) {
      await Promise.resolve(limited('ROLLBACK')).catch(nothing)
      throw error
    }
  }
  const begin = async (one: () => unknown) => {
    const begun = await one()
    await set(limitNow(), 'transaction')
    return begun
  }
  const query: Ask = (question, values, callback) => {
    const settled = direct && limitNow() !== 'long'
    const begins = /^\s*(begin|start)\b/i.test(textOf(question))
    if (settled || isStream(question) || (!begins && client.getTransactionStatus() !== 'I')) {
      return limited(question, values, callback)
    }
    const [given, called] =
      typeof values === 'function' ? [undefined, values] : [values, callback as unknown]
    const one = () => limited(question, given)
    const done = begins ? begin(one) : inTransaction(one)
    if (typeof called !== 'function') return done
    done.then((result) => (called as Callback)(null, result), called as Callback)
    return undefined
  }
  client.query = query as typeof client.query
}

function limitNow(): TimeLimit {
  return asking.getStore()?.limit ?? 'question'
}

function textOf(question: unknown): string {
  if (typeof question === 'string') return question
  const isText = typeof question === 'object' && question !== null && 'text' in question
  return isText ? String(question.text) : ''
}

/** A stream of COPY, which only runs within a transaction. */
function isStream(question: unknown): boolean {
  return typeof question === 'object' && question !== null && 'submit' in question
}

/** In the session of that process, or in the transaction under way. */
type Where = { readonly pid: number } | 'transaction'

/**
 * What every session is told, whatever `ALTER ROLE` or `ALTER DATABASE` say. The first ones are how
 * values are read and written; then what would let rows be missed or locks be lost without an error;
 * then speed: many short questions at once, for one of which a worker process or compiled code costs
 * more than it saves. `default_transaction_read_only` is left as it is: who set it does not want the
 * database written to.
 */
const SESSION: readonly (readonly [name: string, value: string])[] = [
  ['timezone', 'UTC'],
  ['datestyle', 'ISO, YMD'],
  ['intervalstyle', 'postgres'],
  ['bytea_output', 'hex'],
  ['extra_float_digits', '1'],
  ['client_encoding', 'UTF8'],
  ['standard_conforming_strings', 'on'],
  ['array_nulls', 'on'],
  ['quote_all_identifiers', 'off'],
  ['transform_null_equals', 'off'],
  ['search_path', 'public'],
  ['default_transaction_isolation', 'read committed'],
  // A policy that hides rows is an error instead of a contract that nobody is warned of.
  ['row_security', 'off'],
  ['exit_on_error', 'off'],
  ['lock_timeout', '0'],
  ['transaction_timeout', '0'],
  ['idle_session_timeout', '0'],
  ['jit', 'off'],
  ['max_parallel_workers_per_gather', '0'],
  ['work_mem', '16MB'],
]

interface Setting {
  readonly name: string
  readonly wanted: string
  /** Null where this server does not know it. */
  readonly is: string | null
}

/** Names are qualified: a search path of others' may put functions of theirs first. */
function sessionSql(
  limit: TimeLimit,
  where: Where,
  { questionMs }: Connecting,
  role: string | null,
): string {
  const times = timesOf(questionMs ?? QUESTION_MS)
  const settings = [
    ...SESSION,
    // The server gives up before the client does, so that the connection can be kept.
    ['statement_timeout', String(Math.ceil(times[limit] * 0.9))],
    ['idle_in_transaction_session_timeout', String(Math.ceil(times.idleInTransaction[limit]))],
    // With the nine probes of Linux a client's host that is gone is noticed within a minute.
    ['tcp_keepalives_idle', '10'],
    ['tcp_keepalives_interval', '5'],
    ...(role ? [['role', role] as const] : []),
  ]
  const list = settings.map(([name, value]) => `('${name}', '${value}')`).join(', ')
  const current = (name: string) => `pg_catalog.current_setting('${name}')`
  const set = `pg_catalog.set_config(s.name, s.wanted, ${where === 'transaction'})`
  const here = where === 'transaction' ? 'true' : `pg_catalog.pg_backend_pid() = ${where.pid}`
  return `SELECT s.name, s.wanted,
      CASE WHEN pg_catalog.current_setting(s.name, true) IS NOT NULL THEN ${set} END AS is
    FROM (VALUES ${list}, ('synchronous_commit', CASE ${current('synchronous_commit')}
      WHEN 'off' THEN 'on' ELSE ${current('synchronous_commit')} END)) AS s (name, wanted) WHERE ${here}
    UNION ALL SELECT r.name, 'origin', ${current('session_replication_role')}
    FROM (VALUES ('session_replication_role')) AS r (name) WHERE ${here}`
}

/** Times are written back in units of the server's choice, and over a local socket some are none. */
function verify({ name, wanted, is }: Setting): void {
  if (is === null || is === wanted || /timeout$|^tcp_/.test(name)) return
  throw new DatabaseProblem(
    name === 'session_replication_role'
      ? `The database user has session_replication_role = ${is}, which turns off the checks of the audit: take it back with ALTER ROLE … RESET session_replication_role.`
      : `The database server keeps ${name} at "${is}" where Lapsewatch needs "${wanted}": whatever stands between Lapsewatch and PostgreSQL must let each connection, or each transaction, have its own settings.`,
  )
}

/** Ends the connection where a question is not answered in time, or nobody works on it. */
function watchAnswers(client: Guarded, url: string, connecting: Connecting) {
  const { log = nothing, answered = nothing, questionMs = QUESTION_MS } = connecting
  const times = timesOf(questionMs)
  const socket = client.connection.stream as Socket
  let canAsk = true
  let timers: NodeJS.Timeout[] = []
  const settled = () => {
    for (const timer of timers) clearTimeout(timer)
    timers = []
  }
  const giveUp = (why: string) => {
    settled()
    // A question that could not even be sent leaves no answer to wait for.
    if (client.readyForQuery || socket.destroyed) return
    log(`The database ${why}: the connection is given up.`)
    socket.destroy(Object.assign(new Error(`The database ${why}.`), { code: 'ETIMEDOUT' }))
  }
  client.connection.on('readyForQuery', () => {
    settled()
    answered()
    onAnswer()
  })
  socket.on('close', settled)
  let onAnswer: () => void = nothing
  return {
    /** Where a pooler stands in between, its own limits watch over the server. */
    throughPooler() {
      canAsk = false
    },
    asked() {
      settled()
      const { limit, answered: told } = asking.getStore() ?? {
        limit: 'question',
        answered: nothing,
      }
      onAnswer = told
      const seconds = Math.ceil(times[limit] / 1000)
      timers.push(setTimeout(giveUp, times[limit], `gave no answer within ${seconds} s`).unref())
      if (canAsk) look(socket.bytesRead + socket.bytesWritten, 0)
    },
  }
  function look(passed: number, inVain: number): void {
    const timer = setTimeout(async () => {
      const now = socket.bytesRead + socket.bytesWritten
      const works = now !== passed || (await isWorking(url, client.processID, connecting))
      // Answered, or another question was asked, meanwhile.
      if (!timers.includes(timer)) return
      timers = timers.filter((each) => each !== timer)
      if (works) onAnswer()
      if (!works && inVain > 0) return giveUp('does not work on a question any more')
      look(socket.bytesRead + socket.bytesWritten, works ? 0 : inVain + 1)
    }, times.silence)
    timers.push(timer.unref())
  }
}

/**
 * Whether the server works on what that process was asked; asked over a connection of its own. One
 * that waits for its client waits for bytes that are lost, or for one that does not read.
 */
async function isWorking(
  url: string,
  pid: number | null,
  connecting: Connecting,
): Promise<boolean> {
  const times = timesOf(connecting.questionMs ?? QUESTION_MS)
  const config = { ...configOf(url, connecting), connectionTimeoutMillis: times.brief }
  const client = new pg.Client({ ...config, query_timeout: times.brief })
  client.on('error', nothing)
  endInTime(client, 1000)
  try {
    await client.connect()
    const { rows } = await client.query<{ works: boolean }>(
      `SELECT state IS NULL OR (state = 'active' AND wait_event_type IS DISTINCT FROM 'Client') AS works
       FROM pg_catalog.pg_stat_activity WHERE pid = $1`,
      [pid],
    )
    return rows[0]?.works === true
  } catch (error) {
    // 53300, too many connections: the server is there.
    return errorCode(error) === '53300'
  } finally {
    void client.end()
  }
}

/** Ends the connection, and drops it where the server does not answer: else the program would not end. */
function endInTime(client: pg.Client, ms: number): void {
  const end = client.end.bind(client) as (called?: (error: Error) => void) => Promise<void>
  client.end = ((called?: (error: Error) => void) => {
    setTimeout(() => client.connection.stream.destroy(), ms).unref()
    return end(called)
  }) as typeof client.end
}

const { builtins } = pg.types

/** pg's own parsers, by type number: its declarations know only the numbers that have names. */
const getTypeParser: (type: number, format?: 'text' | 'binary') => (value: string) => unknown =
  pg.types.getTypeParser

/** Arrays are read as arrays of text first; their type numbers have no names in pg. */
const TEXT_ARRAY = 1009
const INT8_ARRAY = 1016
const DATE_ARRAY = 1182
const NUMERIC_ARRAY = 1231

const text = (value: string): string => value
const textArray = getTypeParser(TEXT_ARRAY) as (value: string) => string[]

const parsers = new Map<number, (value: string) => unknown>([
  // A Date would shift a civil day by the machine's time zone.
  [builtins.DATE, text],
  [DATE_ARRAY, textArray],
  [builtins.NUMERIC, text],
  [NUMERIC_ARRAY, textArray],
  [builtins.INT8, safeInteger],
  [INT8_ARRAY, (value: string) => textArray(value).map(safeInteger)],
])

/**
 * How columns arrive from the pool: `date` as `YYYY-MM-DD`, `numeric` as its exact text, `int8` as
 * a number, `timestamptz` as a Date. Given to the pool, so that no other user of pg is affected.
 */
const columnTypes = {
  getTypeParser(type: number, format?: 'text' | 'binary') {
    const parser = format === 'binary' ? undefined : parsers.get(type)
    return parser ?? getTypeParser(type, format)
  },
}

function safeInteger(value: string): number {
  const number = Number(value)
  if (Number.isSafeInteger(number)) return number
  throw new RangeError(`${value} is too large to be read exactly: cast that column to text.`)
}

const TRIES = 3

/** Serialisation failure and deadlock: PostgreSQL undid the work and asks to have it done again. */
const TRY_AGAIN: ReadonlySet<string> = new Set(['40001', '40P01'])

const READ_ONLY = '25006'

/**
 * Runs `work` in one transaction and returns what it returns. Any error rolls back and is thrown
 * on. Where PostgreSQL breaks off a conflict, the whole work runs again, three times at most, so
 * it may do nothing outside the transaction that cannot be done twice.
 */
export async function inTransaction<T>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await once(pool, work)
    } catch (error) {
      if (attempt === TRIES || !TRY_AGAIN.has(errorCode(error) ?? '')) throw error
    }
  }
}

/** One transaction of a connection of one's own, whose statements wait for locks so long at most. */
export async function transact<T>(
  client: pg.Client,
  lockTimeout: string,
  work: () => Promise<T>,
): Promise<T> {
  return between(client, async () => {
    await client.query(`SET LOCAL lock_timeout = '${lockTimeout}'`)
    return await work()
  })
}

/** @param broken is told where it could not be rolled back */
async function between<T>(
  client: pg.ClientBase,
  work: () => Promise<T>,
  broken: (error: Error) => void = nothing,
): Promise<T> {
  try {
    await client.query('BEGIN')
    const result = await work()
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch(broken)
    throw error
  }
}

/** Asks this of a pool, or in a transaction. */
export function reader<Row extends pg.QueryResultRow>(sql: string) {
  return async (client: pg.Pool | pg.PoolClient, ...values: unknown[]): Promise<Row[]> =>
    (await client.query<Row>(sql, values)).rows
}

/** Until the transaction ends, one at a time in this organisation. */
export async function lockFor(
  client: pg.PoolClient,
  what: string,
  organisationId: number,
): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtext($1), $2)', [what, organisationId])
}

/** What `look` sees in a transaction that is then taken back: nothing of it stays. */
export async function takenBack<T>(
  pool: pg.Pool,
  look: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const seen: { what?: T } = {}
  try {
    await inTransaction(pool, async (client) => {
      seen.what = await look(client)
      throw new TakenBack()
    })
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error
  }
  return seen.what as T
}

/** Rolls the transaction back although nothing failed. */
export class TakenBack extends Error {}

async function once<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  try {
    // A connection that cannot roll back must not go back to the pool.
    return await between(
      client,
      () => work(client),
      (failed) => {
        broken = failed
      },
    )
  } catch (error) {
    // A session that began while the server was read-only stays so when the server no longer is.
    if (errorCode(error) === READ_ONLY) broken ??= error as Error
    throw error
  } finally {
    client.release(broken)
  }
}
