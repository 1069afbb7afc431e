/** How every command runs: opens the program, prints an answer or a refusal, ends with its code. */
import { CommanderError } from 'commander'
import { DatabaseProblem } from '../db/problem.ts'
import { Refusal } from '../domain/refusal.ts'
import { openProgram, type Program } from '../program.ts'
import { redacted } from '../redact.ts'
import { RegisterError } from '../register/draft.ts'
import { SettingsError } from '../settings.ts'

/** What a command answers: one object for programs, text for people. */
export interface Answer {
  readonly json: unknown
  readonly text: string
}

export interface CommonOptions {
  readonly json?: boolean
}

const EXIT = { done: 0, refused: 1, usage: 2 } as const

/** Runs a command against the opened program. */
export async function run(
  options: CommonOptions,
  work: (program: Program) => Promise<Answer>,
): Promise<void> {
  let program: Program | null = null
  try {
    program = await openProgram((line) => process.stderr.write(`${redacted(line)}\n`), 4)
    const answer = await work(program)
    await program.close()
    await print(options.json === true ? JSON.stringify(answer.json) : answer.text)
  } catch (error) {
    await program?.close().catch(() => undefined)
    await fail(error, options.json === true)
  }
}

/** Prints a line and waits until it has left: a pipe takes large answers in pieces. */
export async function print(text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(`${text}\n`, (error) => (error ? reject(error) : resolve()))
  })
}

/** Tells what went wrong, never with a stack, and sets the exit code. */
export async function fail(error: unknown, json: boolean): Promise<void> {
  const { message, problems } = told(error)
  const lines = problems.map((problem) => `  ${problemLine(problem)}`)
  process.stderr.write(`${[message, ...lines].join('\n')}\n`)
  if (json) await print(JSON.stringify({ error: message, problems }))
  process.exitCode = error instanceof CommanderError ? EXIT.usage : EXIT.refused
}

function told(error: unknown): { readonly message: string; readonly problems: readonly unknown[] } {
  if (error instanceof SettingsError)
    return { message: error.message, problems: error.problems.map(String) }
  if (error instanceof RegisterError || error instanceof Refusal) {
    return { message: error.message, problems: error.problems }
  }
  if (error instanceof DatabaseProblem) return { message: error.message, problems: [] }
  if (error instanceof CommanderError) {
    const named = error.code !== 'commander.help'
    const message = named ? error.message.replace(/^error: /, '') : 'Name a command: see above.'
    return { message, problems: [] }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { message: `This did not work: ${message}`, problems: [] }
}

function problemLine(problem: unknown): string {
  if (typeof problem === 'string') return problem
  if (typeof problem !== 'object' || problem === null) return String(problem)
  const { at, field, value, problem: what, remedy } = problem as Record<string, unknown>
  const where = [at, field, value].filter((part) => part !== null && part !== undefined).join(' · ')
  return `${where}: ${what}; ${remedy}`
}
