/** `import`, `export` and `source`: registers in and out. */
import { ALWAYS_SPEAKS_FROM } from '../rules/reminder-plan.ts'
import '../app/heap.ts'
import { resolve } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import type { Program } from '../app/app.ts'
import type { Team } from '../database/organisation.ts'
import type { DateOrder, OpenRegister, RegisterFormat } from '../register/draft.ts'
import type { ExportFormat, ExportWhat } from '../register/export/tables.ts'
import type { ImportResult } from '../register/import/import.ts'
import type { Refresh, RefreshedSource } from '../register/import/refresh.ts'
import { type CivilDate, dayText } from '../rules/civil-date.ts'
import { UNDO_DAYS } from '../rules/settings.ts'
import { pick } from '../rules/text-match.ts'
import { UserError } from '../rules/user-error.ts'
import { alikeProblems, datelessWords, placesWords, undoneWords } from '../text/import-result.ts'
import { counted, figure, firstNamed } from '../text/words.ts'
import { laterWords } from './questions.ts'
import {
  type Answer,
  actorOf,
  type Cli,
  mapOption,
  table,
  tableOf,
  teamIdOf,
  teamOf,
  visible,
  writeNew,
} from './run.ts'

interface ExportOptions {
  readonly what: ExportWhat
  readonly format?: ExportFormat
  readonly team?: string
  readonly source?: string
  readonly supplier?: string
}

const EXPORTS: readonly ExportWhat[] = ['register', 'extensions', 'audit', 'board']
const EXPORT_FORMATS: readonly ExportFormat[] = ['csv', 'xlsx']

export function addExport(cli: Cli): void {
  cli
    .command('export')
    .description('write a file that a spreadsheet reads; import takes the register again')
    .argument('<file>', 'the new file')
    .addOption(
      new Option('--what <table>', 'the contracts, their extensions, every change, or the board')
        .choices(EXPORTS)
        .default('register'),
    )
    .addOption(
      new Option('--format <format>', 'what to write (default: by the name of the file)').choices(
        EXPORT_FORMATS,
      ),
    )
    .option('--team <team>', 'only contracts of this team')
    .option('--source <name>', 'only contracts of this register')
    .option('--supplier <text>', 'only contracts with this in the name of their supplier')
    .answers((program, file: string, options: ExportOptions) => written(program, file, options))
}

async function written(program: Program, file: string, options: ExportOptions): Promise<Answer> {
  const { exportedIds } = await import('../register/export/export.ts')
  const { exportFile, exportTable, formatOf } = await import('../register/export/tables.ts')
  const { pool, organisation, rulesOf, settings } = program
  const { what, team, source = null, supplier = null } = options
  if (WHOLE.has(what) && (team ?? source ?? supplier ?? null) !== null) {
    throw new UserError(`The ${what} is written whole: leave out --team, --source and --supplier.`)
  }
  const format = options.format ?? formatOf(file)
  if (what === 'board') return boardWritten(program, file, format)
  const filters = { teamId: await teamIdOf(program, team), source, supplier }
  const ids = what === 'audit' ? [] : await exportedIds(pool, organisation.id, filters)
  const deps = { pool, organisationId: organisation.id, rulesOf }
  const { sheet, count, said } = await exportTable(deps, what, ids)
  if (count === 0) {
    const none = {
      register: 'No contract fits',
      extensions: 'No extension fits',
      audit: 'Nothing is recorded',
    }
    throw new UserError(`${none[what]}: nothing was written.`)
  }
  await writeNew(file, exportFile(sheet, format, settings.dateFormat))
  const counts = { register: 'contracts', extensions: 'extensions', audit: 'changes' } as const
  return {
    json: { file, format, what, [counts[what]]: count },
    text: () => `${said} written to ${file}.`,
  }
}

const WHOLE: ReadonlySet<ExportWhat> = new Set(['audit', 'board'])

/** Sheet beside sheet: only a workbook has them all. */
async function boardWritten(
  { pool, organisation, rulesOf, settings, today }: Program,
  file: string,
  format: ExportFormat,
): Promise<Answer> {
  const { boardTable, exportFile } = await import('../register/export/tables.ts')
  if (format !== 'xlsx') {
    throw new UserError('The board is a workbook: name the file such as board.xlsx.')
  }
  const { id: organisationId, calendar } = organisation
  const asked = { organisationId, calendar, rulesOf, today: today() }
  const { sheet, said } = await boardTable(pool, asked)
  await writeNew(file, exportFile(sheet, format, settings.dateFormat))
  return {
    json: { file, format, what: 'board', asOf: asked.today },
    text: () => `${said} written to ${file}.`,
  }
}

interface ImportOptions {
  readonly source?: string
  readonly format?: RegisterFormat
  readonly map: ReadonlyMap<string, string>
  readonly dates?: DateOrder
  readonly years?: number
  readonly timeZone?: string
  readonly team?: string
  readonly dryRun?: boolean
  readonly strict?: boolean
  readonly rejected?: string
}

export function addImport(cli: Cli): void {
  const command = cli
    .command('import')
    .enablePositionalOptions()
    .description('read a register (CSV, XLSX or OCDS) and watch its contracts')
    .argument('<file>', 'the register')
    .option(
      '--source <name>',
      'the register that this file is a copy of (default: its OCID prefix or its name)',
    )
    .addOption(
      new Option('--format <format>', 'what the file is, where its content does not tell').choices([
        'csv',
        'xlsx',
        'ocds',
      ]),
    )
    .option(
      '--map <field=heading>',
      'which heading holds a field; may be given several times',
      mapOption,
      new Map(),
    )
    .addOption(
      new Option('--dates <order>', 'how dates are written, where the file does not tell').choices([
        'dmy',
        'mdy',
        'ymd',
      ]),
    )
    .option(
      '--years <century>',
      'the century of two-digit years: 2000 makes 27 2027',
      centuryOption,
    )
    .option('--time-zone <zone>', "the publisher's zone, where it turned local midnight into UTC")
    .option('--team <team>', 'give every contract to this team')
    .option('--dry-run', 'show how the columns are understood and what would change')
    .option('--strict', 'apply nothing when any row is bad')
    .option(
      '--rejected <file>',
      'write the rows that were rejected or are asked about to a new CSV file, to be put right and imported alone',
    )
    .answers(async (program, file: string, options: ImportOptions) => {
      const { readTeams } = await import('../database/organisation.ts')
      const { answerEndedSheet } = await import('../actions/acknowledge.ts')
      const { importFile } = await import('../register/import/import.ts')
      const { readEnded } = await import('../reports/ended.ts')
      const team = await teamOf(
        program,
        options.team,
        ` Make it with: team set "${options.team}" --channel CHANNEL`,
      )
      const how = {
        map: options.map,
        dates: options.dates ?? null,
        years: options.years ?? null,
        timeZone: options.timeZone ?? null,
        today: program.today(),
        ...(options.format ? { format: options.format } : {}),
        onProgress: progress(),
      }
      const { register, result, answered, refused } = await importFile(program.pool, file, how, {
        organisationId: program.organisation.id,
        source: options.source ?? null,
        team,
        today: program.today(),
        now: program.now(),
        via: 'import',
        byPersonId: null,
        rulesOf: program.rulesOf,
        triageDays: program.settings.triageDays,
        dryRun: options.dryRun === true,
        strict: options.strict === true,
        onProgress: (rows) => report(`Read ${rows.toLocaleString('en-GB')} rows…`),
      })
      const corrected = await writeRejected(options.rejected, register, result, program)
      if (options.strict && result.bad > 0) {
        throw new UserError(
          `${file}: ${result.bad} of ${result.read} rows are bad, so nothing was applied (--strict).`,
          result.problems,
        )
      }
      const isNew = result.applied && result.created > 0
      const said = result.applied ? (register.ended ?? []) : []
      const looks = isNew || said.length > 0
      const teams = looks ? await readTeams(program.pool, program.organisation.id) : []
      const endedBefore = looks
        ? await readEnded(program.pool, program.organisation.id, teams, program.rulesOf)
        : []
      const lately = isNew ? endedBefore : []
      const told =
        said.length === 0
          ? { supplied: 0, closed: 0, refused: [] }
          : await answerEndedSheet(program.pool, actorOf(program), endedBefore, said)
      return {
        json: {
          ...answer(file, register, result),
          ...(answered > 0 ? { answered } : {}),
          ...(said.length > 0 ? { ended: { supplied: told.supplied, closed: told.closed } } : {}),
          ...(options.rejected === undefined ? {} : { toCorrect: corrected }),
        },
        text: () =>
          [
            importText(file, register, result, options.dryRun === true, applying(file, options)),
            ...(lately.length === 0
              ? []
              : [
                  '',
                  `${counted(lately.length, 'contract')} had ended before: tick what is still supplied with lapsewatch ended.`,
                ]),
            ...(isNew ? heldLines(teams, program.today()) : []),
            ...(said.length === 0
              ? []
              : [
                  `${counted(told.supplied, 'contract')} still supplied, out of contract; ${counted(told.closed, 'contract')} closed, as the sheet says.`,
                ]),
            ...(answered === 0 ? [] : [`${counted(answered, 'question')} answered by its sheet.`]),
            ...[...refused, ...told.refused].map((each) => visible(each, 300)),
            ...correctedLines(options.rejected, corrected, register, result),
          ].join('\n'),
      }
    })
  addUndo(command)
}

/** Since when a team's warnings speak, where a first import still holds them. */
function heldLines(teams: readonly Team[], today: CivilDate): string[] {
  return teams.flatMap(({ name, laddersFrom }) =>
    laddersFrom === null || laddersFrom <= today
      ? []
      : [
          `${visible(name)}: warnings begin on ${dayText(laddersFrom)}, or once its list is confirmed (lapsewatch triage); what falls due within ${ALWAYS_SPEAKS_FROM} days is told before.`,
        ],
  )
}

interface UndoOptions {
  readonly source?: string
  readonly dryRun?: boolean
}

function addUndo(command: Cli): void {
  command
    .command('undo')
    .description(
      `take the newest import back, within ${UNDO_DAYS} days and until somebody acts on a contract of it`,
    )
    .option('--source <name>', 'of this register (default: the one that was imported last)')
    .option('--dry-run', 'show what would be taken back')
    .answers(async (program, options: UndoOptions) => {
      const { undoImport } = await import('../register/import/undo.ts')
      const undone = await undoImport(program.pool, {
        ...actorOf(program),
        source: options.source ?? null,
        today: program.today(),
        dryRun: options.dryRun === true,
      })
      const source = options.source === undefined ? '' : ` --source ${quoteWord(options.source)}`
      return {
        json: undone,
        text: () =>
          undone.applied
            ? undoneWords(undone)
            : `${undoneWords(undone)}\nA dry run: nothing was changed.\nTo do it: lapsewatch import undo${source}`,
      }
    })
}

function centuryOption(text: string): number {
  if (text === '2000' || text === '1900') return Number(text)
  throw new InvalidArgumentError('Give 2000 or 1900.')
}

/** How many rows it wrote. */
async function writeRejected(
  file: string | undefined,
  register: OpenRegister,
  { problems }: ImportResult,
  { settings }: Program,
): Promise<number> {
  const { exportFile } = await import('../register/export/tables.ts')
  const { rowsToCorrect } = await import('../register/import/problems.ts')
  if (file === undefined) return 0
  if (register.written === undefined) {
    throw new UserError('Only rows of a table are written to be put right: leave out --rejected.')
  }
  const sheet = await rowsToCorrect(register, problems)
  if (sheet === null) return 0
  await writeNew(file, exportFile(sheet, 'csv', settings.dateFormat))
  const wrong = problems.filter(({ severity }) => severity === 'error' || severity === 'question')
  return new Set(wrong.map(({ at }) => at)).size
}

function correctedLines(
  file: string | undefined,
  count: number,
  register: OpenRegister,
  { source }: ImportResult,
): string[] {
  if (file === undefined) return []
  if (count === 0) return ['No row is to be put right: nothing was written.']
  const order = register.mapping.find(({ dates }) => dates != null)?.dates
  const dates = order == null ? '' : ` --dates ${order}`
  return [
    `${counted(count, 'row')} to be put right written to ${visible(file)}. Then import that alone: lapsewatch import ${quoteWord(file)} --source ${quoteWord(source)}${dates}`,
  ]
}

function quoteWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `"${text}"`
}

/** The command that applies what a dry run showed. */
function applying(file: string, options: ImportOptions): string {
  const said: readonly [string, string | undefined][] = [
    ['--source', options.source],
    ['--format', options.format],
    ...[...options.map].map(([field, heading]): [string, string] => [
      '--map',
      `${field}=${heading}`,
    ]),
    ['--dates', options.dates],
    ['--years', options.years?.toString()],
    ['--time-zone', options.timeZone],
    ['--team', options.team],
  ]
  const words = said.flatMap(([name, value]) =>
    value === undefined ? [] : [name, quoteWord(value)],
  )
  return [
    'lapsewatch import',
    quoteWord(file),
    ...words,
    ...(options.strict ? ['--strict'] : []),
  ].join(' ')
}

function answer(file: string, register: OpenRegister, result: ImportResult) {
  const {
    mapping: _mapping,
    applied: _applied,
    bad: _bad,
    over: _over,
    questions: _,
    lawQuestions: _law,
    ...rest
  } = result
  const problems = rest.problems.map(({ before: _before, ...each }) => {
    return { ...each, question: each.question ?? null }
  })
  return { file, ...rest, headings: register.headingsRead ?? [], problems }
}

/** `600 rows read: 594 watched, 6 not. 11 questions for you, about 11 minutes.` */
function firstLine(result: ImportResult): string {
  const { read, skipped, unwatched, undated, dateless, over, rejected, questions, lawQuestions } =
    result
  const watched = Math.max(0, read - skipped - unwatched - over)
  const why = [
    undated === 0 ? '' : `${figure(undated)} without an end`,
    rejected === 0 ? '' : `${figure(rejected)} rejected`,
  ].filter((part) => part !== '')
  const parts = [
    `${counted(watched, 'contract')} watched${datelessWords(dateless)}`,
    `${figure(unwatched)} not${why.length === 0 ? '' : ` (${why.join(', ')})`}`,
    over === 0 ? '' : `${figure(over)} over`,
  ].filter((part) => part !== '')
  const asked = questions.asked + lawQuestions
  const later = questions.open - questions.asked
  const ofLaw = lawQuestions === 0 ? '' : ` (${figure(lawQuestions)} of them about you and the law)`
  const questionsFor =
    asked === 0
      ? ''
      : ` ${counted(asked, 'question')} for you${ofLaw}, about ${counted(asked, 'minute')}${laterWords(later)}: lapsewatch questions --open`
  return `${counted(read, 'row')} read: ${parts.join(', ')}.${questionsFor}`
}

/** At most so many problems on the screen; all of them are kept and in the JSON. */
const SHOWN = 20

function importText(
  file: string,
  register: OpenRegister,
  result: ImportResult,
  dryRun: boolean,
  apply: string,
): string {
  const { read, created, updated, unchanged, rejected, skipped, problems } = result
  const errors = problems.filter((problem) => problem.severity === 'error')
  const warnings = problems.filter((problem) => problem.severity === 'warning')
  const asked = problems.filter((problem) => problem.severity === 'question')
  const notes = problems.length - errors.length - warnings.length - asked.length
  const lines = [
    firstLine(result),
    dryRun
      ? `${file} (${result.format}), as ${result.source}: a dry run, nothing is written.`
      : `${file} (${result.format}) is now the register ${result.source}.`,
    '',
    table(
      ['read', 'created', 'updated', 'unchanged', 'rejected', 'skipped'],
      [[read, created, updated, unchanged, rejected, skipped]],
    ),
  ]
  const fields = result.updatedFields.map(
    ({ field, contracts }) => `${field.replace(/_id$/, '').replaceAll('_', ' ')} of ${contracts}`,
  )
  if (fields.length > 0)
    lines.push('', `${dryRun ? 'Would update' : 'Updated'}: ${fields.join(', ')}.`)
  const { changes = [], presumed } = result
  if (presumed.length > 0) {
    lines.push(
      '',
      `${dryRun ? 'Would be presumed' : 'Presumed'} to have renewed, as their notice day has passed unheard: ${counted(presumed.length, 'contract')} (${firstNamed(presumed, 5)}).`,
    )
  }
  if (changes.length > 0)
    lines.push('', `Changed in the export (${changes.length}):`, edited(changes))
  if (fields.length > 0 && result.isSameFile) {
    lines.push(
      'The file is the one that was imported last. What changed is how this version reads it (CHANGELOG.md: what an import of the same registers updates), or what it names became known.',
    )
  }
  const hasHeadings = register.mapping.length + register.unmapped.length > 0
  if (hasHeadings && (dryRun || created > 0)) {
    lines.push('', 'How its headings were understood:', mapping(register))
  }
  if (errors.length > 0) {
    lines.push(
      '',
      `Rejected, so not watched (${counted(errors.length, 'problem')}):`,
      problemTable(errors),
    )
  }
  const fresh = warnings.filter(({ before }) => before !== true)
  if (fresh.length > 0) lines.push('', `Worth a look (${fresh.length}):`, problemTable(fresh))
  if (fresh.length < warnings.length) {
    const same = warnings.length - fresh.length
    lines.push('', `As the last import said: ${figure(same)} worth a look. --json lists them.`)
  }
  if (asked.length > 0) lines.push('', `Asked about (${asked.length}):`, problemTable(asked))
  if (notes > 0) lines.push('', `Noted, and of no consequence: ${notes}. --json lists them.`)
  if (dryRun) lines.push('', `To apply it: ${apply}`)
  return lines.join('\n')
}

function edited(changes: NonNullable<ImportResult['changes']>): string {
  const rows = changes.slice(0, SHOWN).map(({ reference, field, from, to }) => {
    return [reference, field.replace(/_id$/, '').replaceAll('_', ' '), from, to]
  })
  const left = changes.length - rows.length
  const more = left > 0 ? `\nand ${figure(left)} more: --json lists them all` : ''
  return `${table(['contract', 'field', 'from', 'to'], rows)}${more}`
}

function mapping(register: OpenRegister): string {
  const rows = register.mapping.map(({ field, heading, dates }) => [field, heading, dates ?? ''])
  const unread =
    register.unmapped.length > 0
      ? `\nNot used: ${register.unmapped.map((each) => visible(each)).join(', ')}`
      : ''
  const { headingsRead = [] } = register
  const byContent = headingsRead.filter(({ by }) => by === 'content')
  const guessed =
    byContent.length > 0
      ? `\nRead by what stands below them alone: ${byContent.map(({ heading }) => visible(heading)).join(', ')}`
      : ''
  return `${table(['field', 'heading', 'dates'], rows)}${guessed}${unread}`
}

export function problemTable(problems: ImportResult['problems']): string {
  const groups = alikeProblems(problems)
  const rows = groups.slice(0, SHOWN).flatMap((alike) => {
    const [first] = alike
    if (first === undefined) return []
    const { field, value, problem, remedy } = first
    const same = alike.every((each) => each.value === value)
    return [[placesWords(alike), field, same ? value : `${value}, …`, problem, remedy]]
  })
  const left = groups.slice(SHOWN).flat().length
  const more = left > 0 ? `\nand ${left} more: --json lists them all` : ''
  return `${table(['at', 'field', 'value', 'problem', 'remedy'], rows)}${more}`
}

function progress() {
  let shown = -1
  return (done: number, of: number) => {
    const step = Math.floor((done / Math.max(1, of)) * 10)
    // Short files are over before anybody wonders.
    if (of < 5_000_000 || step === shown) return
    shown = step
    report(`Looking through the file: ${Math.round((done / Math.max(1, of)) * 100)}%`)
  }
}

function report(line: string): void {
  process.stderr.write(`${line}\n`)
}

// `source`: registers that refresh themselves from a folder.

interface SourceOptions {
  readonly from: string
  readonly every: Refresh['every']
  readonly at: Refresh['at']
}

export function addSources(cli: Cli): void {
  const source = cli
    .command('source')
    .description('registers that refresh themselves: the newest file of a folder, at its hour')
  const named = 'the register, as import --source names it'
  source
    .command('list', { isDefault: true })
    .description('list them, with what was taken last and what is wrong')
    .answers(listedSources)
  source
    .command('show')
    .description('one of them, with what waits for somebody to confirm it')
    .argument('<name>', named)
    .answers((program, name: string) => shownSource(program, name))
  source
    .command('set')
    .description('take the newest CSV, XLSX or OCDS file of a folder by itself')
    .argument('<name>', named)
    .requiredOption('--from <folder>', 'the folder, as the worker sees it')
    .addOption(new Option('--every <period>', 'how often').choices(EVERY).makeOptionMandatory())
    .option('--at <time>', 'at this time of day (default: 06:00)', timeOption, {
      hour: 6,
      minute: 0,
    })
    .answers(async (program, name: string, options: SourceOptions) => {
      const { setRefresh } = await import('../register/import/refresh.ts')
      const { every, at } = options
      const refresh = { from: resolve(options.from), every, at }
      await setRefresh(program.pool, program.organisation.id, name, refresh)
      return shownSource(program, name)
    })
  source
    .command('remove')
    .description('take no file of it by itself any more; its contracts stay')
    .argument('<name>', named)
    .answers(async (program, name: string) => {
      const { removeRefresh } = await import('../register/import/refresh.ts')
      await removeRefresh(program.pool, program.organisation.id, name)
      return {
        json: { name, removed: true },
        text: () =>
          `Register ${visible(name)} does not refresh itself any more; its contracts stay.`,
      }
    })
  source
    .command('refresh')
    .description('look into the folder now')
    .argument('<name>', named)
    .answers(async (program, name: string) => {
      const { refreshContext } = await import('../app/app.ts')
      const { refreshSource, refreshedSource } = await import('../register/import/refresh.ts')
      const { pool, organisation } = program
      const context = refreshContext(program, 'command line')
      const found = await refreshedSource(pool, organisation.id, name)
      const looked = await refreshSource(pool, context, found)
      if (looked === 'later') {
        throw new UserError(
          'Its newest file is younger than a minute and may still be being written: try again in a minute.',
        )
      }
      return shownSource(program, name)
    })
  source
    .command('confirm')
    .description('apply what waits: what a refresh would have made quieter, or too much at once')
    .argument('<name>', named)
    .option('--except <reference...>', 'not for these contracts')
    .answers(async (program, name: string, options: { readonly except?: string[] }) => {
      const { refreshContext } = await import('../app/app.ts')
      const { confirmRefresh } = await import('../register/import/refresh.ts')
      const context = refreshContext(program, 'command line')
      const by = { personId: null, via: 'command line', except: options.except ?? [] }
      const { changed, file } = await confirmRefresh(program.pool, context, name, by)
      const what = file === null ? 'What waited was applied' : `${visible(file)} was applied`
      return {
        json: { name, changed, file },
        text: () => `${what}: ${counted(changed, 'contract')} changed.`,
      }
    })
}

const EVERY: readonly Refresh['every'][] = ['day', 'week']

function timeOption(text: string): Refresh['at'] {
  const [, hour = '', minute = ''] = /^(\d{1,2}):(\d\d)$/.exec(text) ?? []
  if (hour !== '' && Number(hour) < 24 && Number(minute) < 60) {
    return { hour: Number(hour), minute: Number(minute) }
  }
  throw new InvalidArgumentError('Write a time of day such as 06:00.')
}

function sourceItem({ name, from, every, at, state, waiting }: RefreshedSource) {
  const { file, changedOn: takenOn, problem } = state
  const two = (value: number) => String(value).padStart(2, '0')
  return {
    ...{ name, from, every, at: `${two(at.hour)}:${two(at.minute)}`, file, takenOn },
    problem: problem && pick(problem, 'kind', 'words', 'since'),
    waiting,
  }
}

async function listedSources({ pool, organisation }: Program): Promise<Answer> {
  const { refreshedSources } = await import('../register/import/refresh.ts')
  const items = (await refreshedSources(pool, organisation.id)).map(sourceItem)
  const text = () =>
    tableOf(items, {
      register: 'name',
      folder: 'from',
      when: ({ every, at }) => `every ${every}, ${at}`,
      'taken last': 'file',
      on: 'takenOn',
      problem: ({ problem }) => problem?.words ?? null,
      waiting: 'waiting',
    }) ?? 'No register refreshes itself.'
  return { json: { items }, text }
}

async function shownSource({ pool, organisation }: Program, name: string): Promise<Answer> {
  const { readWaiting } = await import('../register/import/louder.ts')
  const { refreshedSource } = await import('../register/import/refresh.ts')
  const found = await refreshedSource(pool, organisation.id, name)
  const waits =
    found.questionId === null ? [] : await readWaiting(pool, organisation.id, found.questionId)
  const item = sourceItem(found)
  const lines = waits.map(
    ({ reference, words }) => `  ${visible(reference)}: ${visible(words, 200)}`,
  )
  return {
    json: { ...item, waits },
    text: () =>
      [
        `Register ${visible(name)}: every ${item.every} at ${item.at}, the newest file of ${visible(item.from, 200)}.`,
        item.file === null
          ? 'Nothing was taken yet.'
          : `Taken last: ${visible(item.file)}, on ${item.takenOn}.`,
        item.problem === null
          ? null
          : `Since ${item.problem.since}: ${visible(item.problem.words, 400)}.`,
        lines.length === 0 ? null : `${counted(lines.length, 'contract')} would become quieter:`,
        ...lines,
        lines.length === 0 ? null : `To apply it: lapsewatch source confirm ${quoteWord(name)}`,
      ]
        .filter((line) => line !== null)
        .join('\n'),
  }
}
