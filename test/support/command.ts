/** The compiled commands, run as an operator runs them. */
import {
  type ChildProcess,
  type ChildProcessWithoutNullStreams,
  fork,
  spawn,
} from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { DateTime } from 'luxon'
import { asCivilDate } from '../../src/rules/civil-date.ts'
import { stand, useDatabase } from './database.ts'

const dist = fileURLToPath(new URL('../../dist/', import.meta.url))

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Takes words, or one whole line in which double quotes hold words together. */
export interface Operator {
  /** Where it works: an empty folder of its own. */
  readonly folder: string
  run(...args: string[]): Promise<Ran>
  /** What a command writes to stdout. */
  told(...args: string[]): Promise<string>
  /** The one JSON object on stdout of a command that is done. */
  json(...args: string[]): Promise<Answer>
  /** What a command says of its refusal, with its exit code. */
  refused(...args: string[]): Promise<Answer & { readonly code: number | null }>
  start(...args: string[]): ChildProcessWithoutNullStreams
  /** The same with other settings; `again` as for `operator`. */
  with(settings: Settings, again?: boolean): Operator
  /** Removes the folder. */
  leave(): void
}
/** What the tests look into, of whichever command's answer. */
export interface Answer {
  readonly error: string
  readonly problems: readonly unknown[]
  readonly checks: readonly unknown[]
  readonly total: number
  readonly items: readonly Answer[]
  readonly totals: readonly Answer[]
  readonly premium: unknown
  readonly currentEnd: string
  readonly teams: readonly Answer[]
  readonly messages: readonly Answer[]
  readonly deadlines: readonly Answer[]
  readonly alerts: readonly Answer[]
  readonly tests: readonly Answer[]
  readonly figures: Readonly<Record<string, unknown>>
  /** A count of the sweep's, a list of explain's. */
  readonly raised: unknown
  readonly next: unknown
  readonly fits: unknown
  readonly reference: string
  readonly name: string
  readonly kind: string
  readonly date: string
  readonly asOf: string
  readonly state: string
  readonly daysLeft: number
  readonly settled: boolean
  readonly sent: number
}
type Settings = Readonly<Record<string, string>>

const fromNoon = 12 - new Date().getUTCHours()
/** A zone where it is noon: commands go by the machine's clock, and no midnight passes meanwhile. */
export const NOON_ZONE = `Etc/GMT${fromNoon > 0 ? '-' : '+'}${Math.abs(fromNoon)}`
/** Today's date there. */
export const NOON_DAY = asCivilDate(DateTime.now().setZone(NOON_ZONE).toFormat('yyyy-MM-dd'))

/**
 * These settings and nothing else, but for where programs are and the clock of the machine; and a
 * database may be slow beside all that runs here, unless a test is about that.
 */
export function environment(settings: Settings): NodeJS.ProcessEnv {
  const { PATH, HOME, TZ, LD_PRELOAD, FAKETIME, DONT_FAKE_MONOTONIC } = process.env
  const machine = { PATH, HOME, TZ, LD_PRELOAD, FAKETIME, DONT_FAKE_MONOTONIC }
  return { ...machine, LAPSEWATCH_DATABASE_TIMEOUT_SECONDS: '120', ...settings }
}

/**
 * An operator whose environment holds these settings and nothing else. Every command is a process of
 * its own; with `again` they follow one another in one that stays, and leave nothing open there: what
 * is open would keep theirs from ending. One that comes while another is under way has its own.
 */
export function operator(settings: Settings, { again = false } = {}): Operator {
  const folder = mkdtempSync(path.join(tmpdir(), 'operator-'))
  return inFolder(folder, settings, again, [])
}

/** The same on a database of its own, for all tests of a file. */
export function useOperator(
  settings: () => Settings | Promise<Settings> = () => ({}),
  options: { readonly again?: boolean } = {},
) {
  const { it: me, put } = stand<Operator>()
  const db = useDatabase(undefined, async ({ url, ownerUrl }) => {
    const own = { DATABASE_URL: url, LAPSEWATCH_MIGRATE_URL: ownerUrl }
    put(operator({ ...own, ...(await settings()) }, options))
  })
  afterAll(() => me.leave())
  return { me, db }
}

type Host = ReturnType<typeof commandHost>

function inFolder(folder: string, settings: Settings, again: boolean, hosts: Host[]): Operator {
  const host = again ? commandHost(folder, settings) : null
  if (host) hosts.push(host)
  const start = (script: string, args: readonly string[]) =>
    spawn(process.execPath, [path.join(dist, script), ...args], {
      cwd: folder,
      env: environment(settings),
    })
  const run: Operator['run'] = async (...args) => {
    const ran = await host?.run(args)
    if (ran) return ran
    const child = start('cli.js', args)
    const stdout = gathered(child.stdout)
    const stderr = gathered(child.stderr)
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, stdout: stdout(), stderr: stderr() }
  }
  return {
    folder,
    run: (...args) => run(...wordsOf(args)),
    told: async (...args) => (await run(...wordsOf(args))).stdout,
    async json(...args) {
      const { code, stdout, stderr } = await run(...wordsOf(args), '--json')
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`)
      return oneObject(stdout)
    },
    async refused(...args) {
      const { code, stdout, stderr } = await run(...wordsOf(args), '--json')
      if (/^\s+at /m.test(stderr)) throw new Error(`A stack was shown: ${stderr}`)
      const answer = oneObject(stdout)
      if (!stderr.includes(String(answer.error))) throw new Error(`stderr is silent: ${stderr}`)
      return { ...answer, code }
    },
    start: (...args) => start('main.js', args),
    with: (more, isAgain = false) => inFolder(folder, { ...settings, ...more }, isAgain, hosts),
    leave() {
      for (const each of hosts) each.end()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function wordsOf(args: readonly string[]): readonly string[] {
  const [line = '', ...more] = args
  if (more.length > 0) return args
  return [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word)
}

/** Runs one command at a time; null while another is under way. */
function commandHost(folder: string, settings: Settings) {
  const cli = pathToFileURL(path.join(dist, 'src/cli.js')).href
  const script = fileURLToPath(new URL('command-host.mjs', import.meta.url))
  let child: ChildProcess | null = null
  let isBusy = false
  return {
    async run(args: readonly string[]): Promise<Ran | null> {
      if (isBusy) return null
      isBusy = true
      child ??= fork(script, [cli], { cwd: folder, env: environment(settings), execArgv: [] })
      const answer = await asked(child, args)
      isBusy = false
      return answer
    },
    end: () => child?.kill(),
  }
}

function asked(child: ChildProcess, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error(`${args.join(' ')} ended the process that runs commands.`))
    child.once('exit', gone).once('message', (answer) => {
      child.off('exit', gone)
      resolve(answer as Ran)
    })
    child.send(args)
  })
}

/** A port that nothing listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}

/** Everything that a stream has given so far. */
export function gathered(stream: NodeJS.ReadableStream): () => string {
  let text = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  return () => text
}

function oneObject(stdout: string): Answer {
  const lines = stdout.split('\n')
  if (lines.length !== 2 || lines[1] !== '') throw new Error(`stdout is not one line: ${stdout}`)
  const value: unknown = JSON.parse(lines[0] ?? '')
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`stdout is no object: ${stdout}`)
  }
  // Only the tests read further, and they compare what they read.
  return value as Answer
}
