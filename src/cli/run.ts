/** How every command runs: opens the program, prints an answer or a refusal, ends with its code. */

import { open, rm } from 'node:fs/promises'
import { setFlagsFromString } from 'node:v8'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import type { Actor } from '../actions/act.ts'
import type { Program } from '../app/app.ts'
import { redacted } from '../app/log.ts'
import { DatabaseProblem, errorText } from '../database/errors.ts'
import type { Team } from '../database/organisation.ts'
import { RegisterError } from '../register/draft.ts'
import type { Sheet } from '../register/export/sheet.ts'
import {
  type CivilDate,
  FIRST_RECORDED,
  LAST_RECORDED,
  parseCivilDate,
} from '../rules/civil-date.ts'
import type { LedgerTotal } from '../rules/ledger.ts'
import { type Decimal, parseDecimal } from '../rules/money.ts'
import { UserError } from '../rules/user-error.ts'
import type { Message } from '../text/facts.ts'
import { fittedLines, tableLines, terminalText, terminalWidth } from '../text/terminal.ts'
import { counted, estimateWords, figure, spendWords } from '../text/words.ts'

/** What a command answers: one object for programs; text for people, made only where it is printed. */
export interface Answer {
  readonly json: unknown
  readonly text: () => string
}

export interface CommonOptions {
  readonly json?: boolean
  readonly format?: string
}

/**
 * A command asks a few questions and ends: making Prisma's compiler of questions, which is WebAssembly,
 * a fast one took longer than it gave (0.16 of the 0.36 s that four questions worked). Default: 1.8 MB.
 * V8 waits longer before it makes code of ours fast as well: an eighth of what `sweep` and `weekly` worked. An
 * import runs long enough to want it soon. Default: 132 KB.
 */
setFlagsFromString('--wasm-tiering-budget=100000000')
if (process.argv[2] !== 'import') setFlagsFromString('--interrupt-budget=540000')

const EXIT = { done: 0, refused: 1, usage: 2 } as const

/** A command, and how those below it are made. */
export class Cli extends Command {
  override createCommand(name?: string): Cli {
    return new Cli(name)
  }

  /** Comes last, so that help lists `--json` last; options of the command above it count as well. */
  answers<Given extends readonly unknown[]>(
    work: (program: Program, ...given: Given) => Promise<Answer>,
  ): this {
    return this.option('--json', 'one JSON object').action((...given) => {
      const options: CommonOptions = this.optsWithGlobals()
      const typed = [...given.slice(0, -2), options] as unknown as Given
      return run(options, (program) => work(program, ...typed))
    })
  }
}

export async function run(
  options: CommonOptions,
  work: (program: Program) => Promise<Answer>,
): Promise<void> {
  const asJson = options.json === true || options.format === 'json'
  let program: Program | null = null
  try {
    // Loaded where a command does something: who asks for help waits for no database.
    const { openProgram } = await import('../app/app.ts')
    program = await openProgram((line) => process.stderr.write(`${redacted(line)}\n`), 4)
    const answer = await work(program)
    await program.close()
    await print(answer, asJson)
  } catch (error) {
    await program?.close().catch(() => undefined)
    await fail(error, asJson)
  }
}

/** How wide an answer may be; null for a file or a pipe, whose lines are as long as they are. */
export function answerWidth(): number | null {
  return terminalWidth(process.stdout)
}

/** On the operator's own terminal: nothing to press, nobody else to read it. */
export const ON_TERMINAL = { query: '', shared: true, hidePrices: false } as const

/** What Slack would be told, as a terminal shows it. */
export function told(message: Message): string {
  return terminalText({ ...message, file: null }, { width: 100, colour: false })
}

/** Prints an answer and waits until it has left: a pipe takes large ones in pieces. */
export async function print({ json, text }: Answer, asJson: boolean): Promise<void> {
  const said = asJson ? JSON.stringify(json) : fittedLines(text(), answerWidth())
  await new Promise<void>((resolve, reject) => {
    process.stdout.write(`${said}\n`, (error) => (error ? reject(error) : resolve()))
  })
}

/** Tells what went wrong, never with a stack, and sets the exit code; `usage`: how it is typed. */
export async function fail(
  error: unknown,
  json: boolean,
  usage: string | null = null,
): Promise<void> {
  const { message, problems } = toldOf(error)
  const lines = problems.map((problem) => `  ${problemLine(problem)}`)
  const all = [message, ...lines, ...(usage === null ? [] : [usage])]
  const said = fittedLines(all.join('\n'), terminalWidth(process.stderr))
  process.stderr.write(`${said}\n`)
  if (json) await print({ json: { error: message, problems }, text: () => message }, json)
  process.exitCode = error instanceof CommanderError ? EXIT.usage : EXIT.refused
}

/** What to type in place of what was: `lapsewatch show <reference>`; null where the refusal says it. */
export async function usageOf(
  cli: Command,
  typed: readonly string[],
  { code }: CommanderError,
): Promise<string | null> {
  if (code === 'commander.invalidArgument' || code === 'commander.help') return null
  const path: Command[] = [cli]
  for (const word of typed) {
    const next = path.at(-1)?.commands.find((each) => each.name() === word)
    if (next === undefined) break
    path.push(next)
  }
  const names = path.map((each) => each.name()).join(' ')
  if (code === 'commander.unknownCommand') {
    const { VERBS } = await import('../text/help.ts')
    const verb = path.length > 1 ? undefined : VERBS.find((each) => each === typed[0])
    const slack = verb === undefined ? '' : `In Slack it is /contracts ${verb}. `
    return `${slack}${path.length > 1 ? `${names} --help` : 'lapsewatch help'} lists the commands.`
  }
  const { registeredArguments = [], options = [] } = path.at(-1) ?? {}
  const wanted = [
    ...registeredArguments.map((each) => (each.required ? `<${each.name()}>` : `[${each.name()}]`)),
    ...options.filter(({ mandatory }) => mandatory).map(({ flags }) => flags),
  ]
  return `Type: ${[names, ...wanted].join(' ')}. All that it takes: ${names} --help`
}

function toldOf(error: unknown): {
  readonly message: string
  readonly problems: readonly unknown[]
} {
  if (error instanceof RegisterError || error instanceof UserError) {
    return { message: error.message, problems: error.problems }
  }
  if (error instanceof DatabaseProblem) return { message: error.message, problems: [] }
  if (error instanceof CommanderError) {
    const named = error.code !== 'commander.help'
    const message = named ? error.message.replace(/^error: /, '') : 'Name a command: see above.'
    return { message, problems: [] }
  }
  return { message: `This did not work: ${errorText(error)}`, problems: [] }
}

function problemLine(problem: unknown): string {
  if (typeof problem === 'string') return problem
  if (typeof problem !== 'object' || problem === null) return String(problem)
  const { at, field, value, problem: what, remedy } = problem as Record<string, unknown>
  const where = [at, field, value].filter((part) => part !== null && part !== undefined).join(' · ')
  return `${where}: ${what}; ${remedy}`
}

/** Whoever acts on the command line: nobody in particular, for the record. */
export function actorOf(program: Program): Actor {
  const { organisation, rulesOf, todayOf } = program
  return {
    organisationId: organisation.id,
    rulesOf,
    todayOf,
    now: program.now(),
    personId: null,
    via: 'command line',
  }
}

/** @throws UserError where no contract is called so, or several are. */
export async function contractNamed(
  { pool, organisation }: Program,
  reference: string,
): Promise<number> {
  const { findContract } = await import('../reports/list.ts')
  return findContract(pool, organisation.id, reference)
}

/** The id of a team by name, or null where none was named. */
export async function teamIdOf(program: Program, name: string | undefined): Promise<number | null> {
  return (await teamOf(program, name))?.id ?? null
}

/** @throws UserError where no team is called so, with the remedy. */
export async function teamOf(
  program: Program,
  name: string | undefined,
  remedy = '',
): Promise<Team | null> {
  const { findTeam, readTeams } = await import('../database/organisation.ts')
  if (name === undefined) return null
  const teams = await readTeams(program.pool, program.organisation.id)
  const team = findTeam(teams, name)
  if (team) return team
  throw new UserError(
    `There is no team called "${name}". There are: ${teams.map((each) => each.name).join(', ')}.${remedy}`,
  )
}

/** Nobody reads thousands of rows on a terminal. */
export const MOST_ROWS = 200

export function firstRows(
  headings: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const left = rows.length - MOST_ROWS
  const shown = table(headings, rows.slice(0, MOST_ROWS))
  return left > 0 ? `${shown}\n\nand ${figure(left)} more: --json lists all` : shown
}

export function totalText(total: LedgerTotal): string {
  const { currency, count, costed, priced } = total
  const amounts = [
    `committed ${spendWords(total.cost, currency)}`,
    `accrued by now ${spendWords(total.accrued, currency)}`,
    total.invoiced === null
      ? 'no invoices recorded'
      : `invoiced ${spendWords(total.invoiced, currency)}`,
    total.budget === null
      ? null
      : `with VAT that does not come back ${spendWords(total.budget, currency)} (known of ${total.budgeted})`,
    `premium ${estimateWords(total.premium, currency)} (estimate)`,
  ].filter((each) => each !== null)
  return `${counted(count, 'extension')} in ${currency}: ${amounts.join(', ')}. Cost known of ${costed} of ${count}, premium of ${priced} of ${count}.`
}

export function dateOption(text: string): CivilDate {
  const date = parseCivilDate(text)
  if (date === null)
    throw new InvalidArgumentError(
      'Write a day of the calendar as YYYY-MM-DD, for example 2027-04-30.',
    )
  if (date < FIRST_RECORDED || date > LAST_RECORDED)
    throw new InvalidArgumentError(`Write a date from ${FIRST_RECORDED} to ${LAST_RECORDED}.`)
  return date
}

export function wholeOption(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^-?\d+$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`Write a whole number from ${least} to ${most}.`)
  }
}

export function amountOption(text: string): Decimal {
  const plain = text.replace(/[£\s]/g, '')
  // A comma stands between thousands, or it may be a decimal one.
  const isGrouped = !plain.includes(',') || /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(plain)
  const amount = isGrouped ? parseDecimal(plain.replaceAll(',', '')) : null
  if (amount === null || amount.startsWith('-')) {
    throw new InvalidArgumentError('Write an amount such as 3470000 or 3470000.50.')
  }
  return amount
}

export function urlOption(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text
  throw new InvalidArgumentError('Write the link as https://….')
}

/** Gathers `--map FIELD=HEADING`, which may be given several times. */
export function mapOption(text: string, before: ReadonlyMap<string, string>): Map<string, string> {
  const cut = text.indexOf('=')
  const field = text.slice(0, cut).trim()
  const heading = text.slice(cut + 1).trim()
  if (cut < 1 || field === '' || heading === '') {
    throw new InvalidArgumentError('Write FIELD=HEADING, for example end="Expiry date".')
  }
  return new Map([...before, [field, heading]])
}

/** Rows under headings; an empty list says so instead. */
export function table(
  headings: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const cells = rows.map((row) => row.map((cell) => (cell === null ? '–' : visible(String(cell)))))
  return tableLines([headings, ...cells], answerWidth()).join('\n')
}

type Cell = string | number | null
type Shown<Item> = { [Name in keyof Item]: Item[Name] extends Cell ? Name : never }[keyof Item]

/** A table of items, each heading with the field that stands under it; null where there are none. */
export function tableOf<Item>(
  items: readonly Item[],
  columns: Readonly<Record<string, Shown<Item> | ((item: Item) => Cell)>>,
): string | null {
  if (items.length === 0) return null
  const cell = (item: Item, of: Shown<Item> | ((item: Item) => Cell)) =>
    typeof of === 'function' ? of(item) : (item[of] as Cell)
  const rows = items.map((item) => Object.values(columns).map((of) => cell(item, of)))
  return table(Object.keys(columns), rows)
}

/** Text from outside without what would move the cursor or turn the line around. */
export function visible(text: string, most = 60): string {
  const clean = text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ').trim()
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean
}

/** Never over another file: it might be the register itself. Prices are for its owner alone. */
export async function writeNew(
  file: string,
  pieces: AsyncIterable<string | Buffer>,
): Promise<void> {
  const target = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new UserError(
      error.code === 'EEXIST'
        ? `${file} exists already. Give another name, or remove it first.`
        : `${file} cannot be written (${error.code ?? error.message}). Check the folder.`,
    )
  })
  try {
    for await (const piece of pieces) await target.write(piece as string)
    await target.close()
  } catch (error) {
    await target.close().catch(() => undefined)
    await rm(file, { force: true })
    throw error
  }
}

/** A sheet as a file by its name, a workbook or CSV, and what is said of it. */
export async function saved(
  { settings }: Pick<Program, 'settings'>,
  file: string,
  sheet: Sheet,
  { count, said }: { readonly count: number; readonly said: string },
): Promise<Answer> {
  // Loaded where a file is written: no other command has to wait for it.
  const { exportFile, formatOf } = await import('../register/export/tables.ts')
  const format = formatOf(file)
  await writeNew(file, exportFile(sheet, format, settings.dateFormat))
  return { json: { file, format, count }, text: () => `${said} written to ${file}.` }
}
