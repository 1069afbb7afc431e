/** Which process holds the folder of the embedded server, and who is using it. */
import { linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import { openClient, withTimeLimit } from '../connect.ts'
import { DatabaseProblem, errorCode } from '../errors.ts'

const POLL_MS = 20
const HALF_WRITTEN_MS = 5_000

const WAIT_MS = 120_000

/**
 * Runs `work` while no other process holds the same lock file, waiting up to two minutes.
 *
 * A holder that died is recognised by its process being gone, or by another process having
 * taken its number. The lock saves work done twice; it is not what keeps data whole: PostgreSQL
 * itself refuses a second server on one folder.
 *
 * @throws DatabaseProblem where a live process holds it for longer.
 */
export async function withFolderLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const mine = JSON.stringify({ pid: process.pid, begun: processBegun(process.pid) })
  for (let waited = 0; !take(file, mine); waited += POLL_MS) {
    if (waited >= WAIT_MS) {
      throw new DatabaseProblem(
        `Another process has been starting the database for ${WAIT_MS / 1000} seconds (${file}). If none is running, delete that file and try again.`,
      )
    }
    clearWhenDead(file, Date.now())
    await pause(POLL_MS)
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

function take(file: string, mine: string): boolean {
  try {
    writeFileSync(file, mine, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false
    throw error
  }
}

/** Renaming comes before deleting, so that of several waiters one clears the lock they all saw. */
function clearWhenDead(file: string, now: number): void {
  const seen = read(file)
  if (seen === null || !holderDead(file, seen, now)) return
  const aside = `${file}.${process.pid}`
  try {
    renameSync(file, aside)
    // Another waiter was quicker and this is its fresh lock: give it back.
    if (read(aside) !== seen) linkSync(aside, file)
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'EEXIST') throw error
  }
  rmSync(aside, { force: true })
}

function holderDead(file: string, content: string, now: number): boolean {
  const match = /^\{"pid":(\d+),"begun":(?:"(\d+)"|null)\}$/.exec(content)
  if (!match) {
    const made = statSync(file, { throwIfNoEntry: false })?.mtimeMs
    return made !== undefined && now - made > HALF_WRITTEN_MS
  }
  const pid = Number(match[1])
  if (!processAlive(pid)) return true
  const begun = processBegun(pid)
  return match[2] !== undefined && begun !== null && begun !== match[2]
}

/** Whether a process of that number exists, whoever owns it. */
export function processAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) !== 'ESRCH'
  }
}

/** When a process began, in clock ticks since boot; null where the system does not say (not Linux). */
function processBegun(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`)
  // The second field, the command in brackets, may itself hold spaces and brackets.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
}

function read(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/**
 * One connection per process that uses the embedded server, holding a shared advisory lock for as
 * long as the process lives. The server drops it when the process dies, however it dies, so the
 * count of users is never stale.
 */
export type ProcessLock = {
  /** Lets go. True where no other process uses the server, which is then ours to stop. */
  release(): Promise<boolean>
}

/** What pg's client offers beyond its type declarations. */
type LockClient = pg.Client & { ref(): void; unref(): void }

/** "LAPS": the class of the advisory lock, in the database `postgres`, apart from the program's. */
const LOCK = '1279348819, 1'

/**
 * Logs in and takes the shared lock; null where no server of ours answers at that address.
 * `lost` is called once when the connection ends without having been released.
 * @throws the server's own error where it is too full to log in.
 */
export async function hold(url: string, lost: () => void): Promise<ProcessLock | null> {
  const client = await logIn(url)
  if (!client) return null
  let released = false
  client.once('end', () => {
    if (!released) lost()
  })
  try {
    // Waits only behind a process that is stopping the server, which then ends this connection.
    await advise(client, 'pg_advisory_lock_shared')
  } catch {
    released = true
    await client.end().catch(() => undefined)
    return null
  }
  // The lock lasts as long as the process; it is no reason for the process to last.
  client.unref()
  return {
    async release() {
      if (released) return false
      released = true
      client.ref()
      try {
        const alone = await withTimeLimit('brief', () => isAlone(client))
        // The exclusive lock is kept until the server is down: whoever attaches meanwhile waits on
        // it, loses the connection, and starts the server again.
        if (alone) return true
        await client.end()
        return false
      } catch {
        // One that hangs is left running: nobody can say whether others use it.
        return false
      }
    },
  }
}

async function isAlone(client: pg.Client): Promise<boolean> {
  await advise(client, 'pg_advisory_unlock_shared')
  return await advise(client, 'pg_try_advisory_lock')
}

/** Does this with the lock; whether the server says that it holds. */
async function advise(client: pg.Client, deed: `pg_${string}`): Promise<boolean> {
  const { rows } = await client.query<{ holds: unknown }>(`SELECT ${deed}(${LOCK}) AS holds`)
  return rows[0]?.holds === true
}

export async function canLogIn(url: string): Promise<boolean> {
  const client = await logIn(url)
  await client?.end()
  return client !== null
}

async function logIn(url: string): Promise<LockClient | null> {
  try {
    return (await openClient(url, { applicationName: 'lapsewatch keeper' })) as LockClient
  } catch (error) {
    // Running, but full: neither gone nor to be started again.
    if (errorCode(error) === '53300') throw error
    return null
  }
}
