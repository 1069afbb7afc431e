/**
 * What acts where the tick stands still: systemd, which is told only while all is well, and a thread
 * of this process, which works on where the process itself is blocked.
 */
import { spawn } from 'node:child_process'
import { writeSync } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

interface WatchdogOptions {
  /** By when the tick must have advanced, in milliseconds of `elapsed`. */
  readonly dueBy: () => number
  /** Why a supervisor should restart this process; null where all is well. */
  readonly hangs: () => string | null
  readonly elapsed: () => number
  /** How long the tick may stand still; 0 for no thread. */
  readonly standstillMs: number
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly log: (line: string) => void
}

export interface Watchdog {
  /** From now on the process must end within so many milliseconds. */
  stopping(withinMs: number): void
}

export function openWatchdog(options: WatchdogOptions): Watchdog {
  const thread = options.standstillMs > 0 ? startThread(options) : null
  const systemd = tellSystemd(options)
  return {
    stopping(withinMs) {
      systemd.stopping()
      thread?.stopping(withinMs)
    },
  }
}

/** What the thread is handed: when it acts, in milliseconds of the machine's monotonic clock. */
interface Handed {
  readonly watchdog: true
  readonly deadline: BigInt64Array
  readonly standstillMs: number
  readonly begunAt: bigint
}

/** The message that the thread sends before it ends the process. */
const STANDS_STILL = 'stands still'
/** After it was said the process may end by itself. */
const LAST_WORD_MS = 1000

function startThread({ dueBy, elapsed, standstillMs, log }: WatchdogOptions) {
  const deadline = new BigInt64Array(new SharedArrayBuffer(8))
  const allow = (ms: number) => Atomics.store(deadline, 0, monotonicMs() + BigInt(Math.ceil(ms)))
  const pulse = () => allow(Math.min(dueBy() - elapsed(), standstillMs))
  pulse()
  const timer = setInterval(pulse, Math.min(1000, standstillMs / 4)).unref()
  const handed: Handed = { watchdog: true, deadline, standstillMs, begunAt: monotonicMs() }
  const worker = new Worker(new URL(import.meta.url), {
    workerData: handed,
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 2 },
  })
  worker.on('error', (error) => log(`The thread that watches the tick ended: ${error.message}`))
  worker.on('message', () => {
    log(
      `The tick has stood still for ${standstillMs / 1000} s: this process ends, to be started again.`,
    )
    // The first process of a container cannot be killed from within; it can end by itself.
    process.exit(1)
  })
  // After its listeners: they would keep the process going.
  worker.unref()
  return {
    stopping(withinMs: number) {
      clearInterval(timer)
      allow(withinMs)
    },
  }
}

function monotonicMs(): bigint {
  return process.hrtime.bigint() / 1_000_000n
}

if (!isMainThread && isHanded(workerData)) guard(workerData)

function isHanded(value: unknown): value is Handed {
  return typeof value === 'object' && value !== null && 'watchdog' in value
}

/** The thread: ends the process once the deadline is over. */
function guard({ deadline, standstillMs, begunAt }: Handed): never {
  const sleeper = new Int32Array(new SharedArrayBuffer(4))
  const stepMs = Math.min(1000, standstillMs / 4)
  let before = begunAt
  let allowed = 0n
  for (;;) {
    Atomics.wait(sleeper, 0, 0, stepMs)
    const now = monotonicMs()
    // This thread was not run either: the process was stopped or the machine slept. The tick gets the
    // whole time again, counted from now.
    if (now - before > BigInt(Math.ceil(stepMs * 3))) allowed = now + BigInt(standstillMs)
    before = now
    if (now <= Atomics.load(deadline, 0) || now <= allowed) continue
    parentPort?.postMessage(STANDS_STILL)
    Atomics.wait(sleeper, 0, 0, LAST_WORD_MS)
    writeSync(
      2,
      '{"level":60,"msg":"This process is blocked: it is ended, to be started again."}\n',
    )
    process.kill(process.pid, 'SIGKILL')
  }
}

/**
 * The protocol of sd_notify. Node has no datagram sockets of a path, so that systemd's own program
 * speaks for this process: hence `NotifyAccess=all` in the unit.
 */
function tellSystemd({ hangs, environment, log }: WatchdogOptions) {
  const { NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID } = environment
  if (!NOTIFY_SOCKET) return { stopping: () => undefined }
  let told = false
  const tell = (...words: readonly string[]) => {
    const child = spawn('systemd-notify', words, {
      stdio: 'ignore',
      env: { PATH: environment.PATH, NOTIFY_SOCKET },
    })
    child.unref()
    child.on('error', (error) => {
      if (!told) log(`systemd cannot be told of this process: systemd-notify ${error.message}`)
      told = true
    })
  }
  tell('READY=1', 'STATUS=Watching')
  const mine = !WATCHDOG_PID || Number(WATCHDOG_PID) === process.pid
  const everyMs = mine ? Number(WATCHDOG_USEC ?? 0) / 1000 / 3 : 0
  let wrong: string | null = null
  const ping = () => {
    const why = hangs()
    if (why === null) tell('WATCHDOG=1', ...(wrong === null ? [] : ['STATUS=Watching']))
    else if (why !== wrong) tell(`STATUS=${why}`)
    wrong = why
  }
  const timer = everyMs > 0 ? setInterval(ping, everyMs).unref() : null
  return {
    stopping() {
      if (timer !== null) clearInterval(timer)
      tell('STOPPING=1')
    },
  }
}
