/** A register's file into the database: the one way for the command line and for Slack. */

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename, extname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Pool, PoolClient } from 'pg'
import { beginAudit, withNames } from '../../database/audit-log.ts'
import { countForPlanner } from '../../database/bulk.ts'
import {
  inTransaction,
  lockFor,
  TakenBack,
  takenBack,
  withTimeLimit,
} from '../../database/connect.ts'
import { LIVE, selectOfContracts } from '../../database/contracts.ts'
import {
  lockTeams,
  type RuledOrganisation,
  readTeams,
  type Team,
} from '../../database/organisation.ts'
import { jsonOf, tables } from '../../database/prisma.ts'
import { type ReleaseKey, readWordingAnswers, recalculateSupport } from '../../database/support.ts'
import { addDays, type CivilDate } from '../../rules/civil-date.ts'
import { UserError } from '../../rules/user-error.ts'
import { workingDayOnOrAfter } from '../../rules/working-days.ts'
import type { EditedField, ImportCounts } from '../../text/import-result.ts'
import {
  type ColumnMapping,
  type DateOrder,
  type OpenOptions,
  type OpenRegister,
  PROBLEM_HEADING,
  type Problem,
} from '../draft.ts'
import { openRegister } from '../open.ts'
import { answerQuestion } from './answer-question.ts'
import type { ImportContext } from './context.ts'
import { prepareNew } from './create.ts'
import { linkParents, linkSuccessors } from './links.ts'
import { goneFrom, keepWaiting, tooMuchAtOnce, type WaitingQuestion } from './louder.ts'
import { parties } from './parties.ts'
import {
  conflictProblems,
  keepProblems,
  missingProblem,
  readMissing,
  repeatProblems,
  rowsAsTheyStand,
  toldBefore,
} from './problems.ts'
import {
  askLaw,
  keepQuestions,
  matters,
  type QuestionCounts,
  readAnswers,
  readHeld,
  settleRenewals,
  whileAsked,
} from './questions.ts'
import { identifyStaged, readStaged, type StagedContract, stageRegister } from './staging.ts'
import { queueTriage, teamsWithContracts } from './triage.ts'
import { keepContracts, keepSource, removeSample } from './undo.ts'
import { type PreparedUpdate, prepareChanged } from './update.ts'

export interface ImportOptions
  extends Omit<ApplyOptions, 'file' | 'sha256' | 'source' | 'reading'> {
  /** Null: the register's OCID prefix, else the name of the file. */
  readonly source: string | null
}

export interface Imported {
  readonly register: OpenRegister
  readonly result: ImportResult
  /** How many questions a workbook's sheet answered, and which of its answers were none. */
  readonly answered: number
  readonly refused: readonly string[]
}

/**
 * Reads and applies the register at `path`; a dry run takes it back.
 * @throws RegisterError for what is no register, Refusal as `applyRegister` does.
 */
export async function importFile(
  pool: Pool,
  path: string,
  how: OpenOptions,
  { source, ...options }: ImportOptions,
): Promise<Imported> {
  const stem = basename(path, extname(path))
  const before = await readingOf(pool, options.organisationId, source ?? stem)
  const register = await openRegister(path, {
    ...how,
    dates: how.dates ?? before.dates,
    years: how.years ?? before.years,
    remembered: new Map(Object.entries(before.map)),
  })
  const keptIn = source === null ? await keptInOf(pool, register, options.organisationId) : null
  const result = await applyRegister(pool, register, {
    ...options,
    file: basename(path),
    sha256: await sha256Of(path),
    source: source ?? keptIn ?? register.ocidPrefix ?? stem,
    reading: {
      map: { ...namingRead(register), ...before.map, ...Object.fromEntries(how.map) },
      dates: how.dates ?? before.dates,
      years: how.years ?? before.years,
    },
  })
  const refused: string[] = []
  let answered = 0
  for (const { question, answer } of result.applied ? (register.answers ?? []) : []) {
    try {
      await answerQuestion(pool, { ...options, personId: options.byPersonId }, question, answer)
      answered += 1
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      refused.push(error.message)
    }
  }
  return { register, result, answered, refused }
}

/** By what its contracts are named, as it was read: another month's cells make no other column of it. */
function namingRead({ headingsRead = [] }: OpenRegister): Record<string, string> {
  const naming = headingsRead.flatMap(({ heading, field, by }): [string, string][] => {
    const isRead = by === 'grammar' || by === 'content'
    return isRead && (field === 'supplier' || field === 'title') ? [[field, heading]] : []
  })
  return Object.fromEntries(naming)
}

/**
 * The register that an export of ours is of, where it says that of one alone that is known.
 * @throws UserError where it is of several: each is a register of its own.
 */
async function keptInOf(
  pool: Pool,
  { mapping, written }: OpenRegister,
  organisationId: number,
): Promise<string | null> {
  if (written === undefined || !mapping.some(({ field }) => field === 'identity')) return null
  const sources = await tables(pool).source.findMany({ where: { organisationId } })
  const known = new Set(sources.map(({ name }) => name))
  const named = new Set<string>()
  let at = -1
  for await (const rows of written.rows()) {
    for (const { line, cells } of rows) {
      if (line === written.line) at = cells.findIndex((cell) => cell.trim() === 'Kept in')
      const name = cells[at]?.trim() ?? ''
      if (line > written.line && known.has(name)) named.add(name)
    }
  }
  const [only = null, ...more] = named
  if (more.length === 0) return only
  throw new UserError(
    `This export is of several registers: ${[...named].slice(0, 10).join(', ')}. Import it once for each, such as --source "${only}": the rows of the others are left alone.`,
  )
}

/** How a source's files are read, as somebody said it once. */
interface Reading {
  readonly map: Readonly<Record<string, string>>
  readonly dates: DateOrder | null
  readonly years: number | null
}

async function readingOf(pool: Pool, organisationId: number, source: string): Promise<Reading> {
  const where = { organisationId, name: source }
  const found = await tables(pool).source.findFirst({ where, select: { reading: true } })
  const reading = found?.reading as Partial<Reading> | null | undefined
  return { map: {}, dates: null, years: null, ...reading }
}

export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}

export interface ImportResult extends ImportCounts {
  readonly format: OpenRegister['format']
  readonly source: string
  readonly mapping: readonly ColumnMapping[]
  /** Rows that no warning comes for: rejected ones, contracts without an end, not watched ones. */
  readonly unwatched: number
  /** Contracts of the file without any end. */
  readonly undated: number
  /** Of those that are watched, those that run on and have no date at all to warn of. */
  readonly dateless: number
  /** Contracts of the file that are over. */
  readonly over: number
  readonly questions: QuestionCounts
  /** Asked besides, about the organisation and the law of its contracts. */
  readonly lawQuestions: number
  readonly problems: readonly Problem[]
  /** Which columns of how many contracts were updated. */
  readonly updatedFields: readonly UpdatedField[]
  /** References of contracts whose end it moved on by a renewal that it presumed. */
  readonly presumed: readonly string[]
  /** Of an export that comes back: what was changed in it, contract by contract. */
  readonly changes?: readonly EditedField[]
  /** Whether the source's last import was of the same file, byte for byte. */
  readonly isSameFile: boolean
  /** False for a dry run, and where `strict` or a `refusal` refused the whole. */
  readonly applied: boolean
  /** Rows that `strict` refuses: rejected ones, and those whose end cannot be read. */
  readonly bad: number
  /** What an unattended import left for somebody to say; null where nothing. */
  readonly waiting?: WaitingQuestion | null
  /** Why an unattended import changed nothing. */
  readonly refusal?: string
}

interface UpdatedField {
  readonly field: string
  readonly contracts: number
}

/** Small enough that a batch is garbage before the collector calls it old. */
const BATCH = 500

/** So many changed contracts make a difference to how the database reads. */
const MANY = 500

/** Applies a register; a dry run does the same and takes it back. */
export async function applyRegister(
  pool: Pool,
  register: OpenRegister,
  options: ApplyOptions,
): Promise<ImportResult> {
  let result: ImportResult | null = null
  try {
    await withTimeLimit('long', () =>
      inTransaction(pool, async (client) => {
        result = await applyIn(client, register, options)
        if (!result.applied) throw new TakenBack()
      }),
    )
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error
  }
  if (result === null) throw new Error('The import ended without a result.')
  return result
}

/**
 * Applies a register in a transaction that is taken back, and returns what `look` saw in it.
 * A dry run of the whole way from a file to whatever follows from it.
 */
export async function tryRegister<T>(
  pool: Pool,
  register: OpenRegister,
  options: ApplyOptions,
  look: (client: PoolClient, sourceId: number) => Promise<T>,
): Promise<T> {
  return withTimeLimit('long', () =>
    takenBack(pool, async (client) => {
      await applyIn(client, register, options)
      const source = await tables(client).source.findFirst({
        where: { organisationId: options.organisationId, name: options.source },
        select: { id: true },
      })
      return look(client, source?.id ?? 0)
    }),
  )
}

async function applyIn(
  client: PoolClient,
  register: OpenRegister,
  options: ApplyOptions,
): Promise<ImportResult> {
  const { organisationId, today } = options
  // One import at a time: two of the same register would both create what neither finds.
  await lockFor(client, 'import', organisationId)
  // Sorting and hashing a whole register in memory, and a tenth of the rows looked at where the planner
  // is told of tables: only for this transaction.
  await client.query(`SET LOCAL work_mem = '64MB'; SET LOCAL default_statistics_target = 10`)
  const answers = await readAnswers(client, organisationId, options.source)
  const isOwn = register.mapping.some(({ field }) => field === 'identity')
  const others = isOwn ? await otherSources(client, options) : new Set<string>()
  // By the rules as they are now: which questions matter, nothing else, follows from them here.
  const known = anyTeamOf(await readTeams(client, organisationId), options)
  const rules = known === undefined ? null : options.rulesOf(known)
  const staged = await stageRegister(
    client,
    register,
    answers,
    {
      matters: (draft, ask) => rules !== null && matters(draft, ask, today, rules),
      whileAsked: (draft, open) => (rules === null ? draft : whileAsked(draft, open, today, rules)),
    },
    options.onProgress ?? (() => undefined),
    others,
  )
  // Teams before contracts, as every writer locks them: else a sweep could lock the other way round.
  const current = await lockTeams(client, organisationId)
  if (options.isSample) await requireNoRegister(client, organisationId)
  const sample = options.isSample ? 0 : await removeSample(client, organisationId)
  const sourceId = await ensureSource(client, options)
  const { same, changed, repeats, conflicts } = await identifyStaged(
    client,
    sourceId,
    options.team?.id ?? null,
  )
  const importId = await beginImport(client, sourceId, register, options)
  await keepSource(client, importId, sourceId)
  const had = await teamsWithContracts(client, organisationId)
  const holds = (team: Team) => !options.isSample && !had.has(team.id)
  const teams = current.map((team) =>
    holds(team) ? { ...team, laddersFrom: heldUntil(team, options) } : team,
  )
  const audit = await beginAudit(client)
  const covered: ReleaseKey[] = []
  const context: ImportContext = {
    organisationId,
    sourceId,
    importId,
    today,
    teams,
    rulesOf: options.rulesOf,
    parties: parties(client, organisationId, teams, options.team, options.fallbackTeam ?? null),
    audit,
    wrote: new Set(),
    wordings: await readWordingAnswers(client, organisationId),
    covered,
    headings: new Set(register.mapping.map(({ heading }) => heading)),
    ...(isOwn ? { asTheyStand: new Set<number>() } : {}),
    ...(options.unattended ? { unattended: { waiting: [], ends: 0 } } : {}),
  }
  const several = repeats + conflicts > 0
  const created = await each(client, 'new', several, async (rows) => ({
    count: rows.length,
    write: await prepareNew(client, context, rows),
  }))
  const found: Problem[] = [
    ...(conflicts > 0 ? await conflictProblems(client) : []),
    ...(repeats > 0 ? await repeatProblems(client) : []),
  ]
  const updated = await each(client, 'changed', several, async (rows) => {
    await keepContracts(
      client,
      importId,
      rows.map(({ contractId }) => contractId),
    )
    return prepareChanged(client, context, rows, found)
  })
  const { asTheyStand } = context
  const quiet = asTheyStand ? await rowsAsTheyStand(client, asTheyStand) : new Set<string>()
  found.unshift(
    ...staged.problems.filter(({ at, severity }) => severity === 'error' || !quiet.has(at)),
  )
  const succeeded = await linkSuccessors(client, context)
  const linked = await linkParents(client, context)
  await audit.add([...succeeded, ...linked.changes])
  await recalculateSupport(client, { organisationId, today }, covered)
  found.push(...context.parties.unmatchedDepartments(), ...linked.problems)
  // A notice by itself tells of one process, and nothing of the others.
  const isNotice =
    staged.read === 0
      ? (register.answers ?? register.ended) !== undefined
      : register.format === 'ocds' && staged.read === 1
  const isPart =
    (isOwn && options.unattended !== true) || register.unmapped.includes(PROBLEM_HEADING)
  const missing =
    isNotice || isPart ? [] : await readMissing(client, sourceId, staged.rejectedReferences)
  const told = missingProblem(missing)
  if (told) found.push(told)
  const { rejected } = staged
  const counts = {
    read: staged.read,
    created,
    updated,
    // Some are worded differently and say nothing new.
    unchanged: same + changed - updated,
    rejected,
    skipped: staged.skipped + repeats + conflicts,
  }
  const of = { sourceName: options.source, personId: options.byPersonId, isPart, isOwn }
  const asking = { ...context, ...of }
  const anyTeam = anyTeamOf(teams, options)
  // A workbook of answers alone says nothing of the register: its questions stay.
  const asked = anyTeam === undefined ? null : { ...asking, rules: options.rulesOf(anyTeam) }
  // Of invented contracts nobody has to say whose they are. Everything that the law decides rests on
  // it: it is asked first.
  const law =
    asked !== null && staged.read > 0 && !options.isSample
      ? await askLaw(client, asked)
      : { asked: 0, changed: 0 }
  const { problems: open, counts: questions } =
    asked !== null && staged.read > 0
      ? await keepQuestions(client, asked, staged.open, found)
      : { problems: found, counts: { asked: 0, open: 0 } }
  const held = questions.open > 0 ? await readHeld(client, importId) : []
  await keepContracts(client, importId, held)
  const settled =
    held.length > 0 ? (await settleRenewals(client, context, held)).withdrawn.length : 0
  const problems = await toldBefore(client, sourceId, open)
  const { unattended } = context
  const waits = [
    ...(unattended?.waiting ?? []),
    ...goneFrom(unattended === undefined ? [] : missing),
  ]
  const waiting =
    unattended === undefined
      ? {}
      : { waiting: await keepWaiting(client, asking, options.source, waits) }
  const refusal =
    unattended === undefined
      ? null
      : tooMuchAtOnce({
          missing: missing.length,
          held: missing.length + same + changed,
          ends: unattended.ends,
          known: same + changed,
        })
  await keepProblems(client, organisationId, sourceId, importId, problems, quiet)
  await finishImport(client, sourceId, importId, counts, options.now)
  if (options.reading !== undefined) {
    await tables(client).source.updateMany({
      where: { id: sourceId },
      data: { reading: jsonOf(options.reading) },
    })
  }
  const first = teams.filter((team) => context.wrote.has(team.id) && holds(team))
  if (first.length > 0) {
    await queueTriage(client, organisationId, first, options.source, rejected, today)
  }
  if (sample > 0) {
    const from = `${sample} contracts`
    await audit.add([{ contractId: null, what: 'removed', field: 'sample', from, to: null }])
  }
  // What a row names may have become known, though the row says nothing new.
  if (
    created + updated + sample + law.changed + settled + succeeded.length + linked.changes.length >
    0
  ) {
    await tables(client).import.updateMany({
      where: { id: importId },
      data: { entryId: audit.entryId },
    })
    const source = {
      organisationId,
      byPersonId: options.byPersonId,
      via: options.via,
      at: options.now,
    }
    await audit.finish(
      source,
      `imported ${options.file} as ${options.source}: ${created} created, ${updated} updated`,
    )
  }
  // A row whose end cannot be read is kept, and warned of by nothing.
  const unread = new Set(
    problems.filter(({ problem }) => problem.endsWith('no end is known')).map(({ at }) => at),
  )
  const refused = options.strict === true && rejected + unread.size > 0
  const { format, mapping } = register
  const result: ImportResult = {
    format,
    mapping,
    source: options.source,
    ...counts,
    ...(await watchCounts(client, rejected)),
    questions,
    lawQuestions: law.asked,
    problems,
    updatedFields: await readUpdatedFields(client, audit.entryId),
    presumed: await readPresumed(client, audit.entryId),
    ...(isOwn ? { changes: await readChanges(client, organisationId, audit.entryId) } : {}),
    isSameFile: await isLastFile(client, sourceId, importId, options.sha256),
    applied: !options.dryRun && !refused && refusal === null,
    bad: rejected + unread.size,
    ...waiting,
    ...(refusal === null ? {} : { refusal }),
  }
  if (result.applied) await options.tell?.(client, importId, result)
  if (result.applied && created + updated >= MANY) await countForPlanner(client)
  return result
}

/** The team that everything goes to, else the default one. */
function anyTeamOf(teams: readonly Team[], { team }: ApplyOptions): Team | undefined {
  return team ?? teams.find(({ isDefault }) => isDefault) ?? teams[0]
}

/** How many contracts of the file are watched by nothing, and why. */
async function watchCounts(
  client: PoolClient,
  rejected: number,
): Promise<Pick<ImportResult, 'unwatched' | 'undated' | 'dateless' | 'over'>> {
  const isUndated = `c.end_kind = 'undated' AND c.current_latest IS NULL`
  const [found] = await selectOfContracts<{
    over: number
    undated: number
    dateless: number
    off: number
  }>(
    client,
    `count(*) FILTER (WHERE NOT (${LIVE}))::int AS over,
     count(*) FILTER (WHERE ${LIVE} AND ${isUndated})::int AS undated,
     count(*) FILTER (WHERE ${LIVE} AND c.watched AND c.end_kind = 'rolling'
       AND NOT EXISTS (SELECT FROM deadline d WHERE d.contract_id = c.id))::int AS dateless,
     count(*) FILTER (WHERE ${LIVE} AND (${isUndated} OR NOT c.watched))::int AS off`,
    'c.id IN (SELECT contract_id FROM staged WHERE contract_id IS NOT NULL)',
    [],
  )
  const { over = 0, undated = 0, dateless = 0, off = 0 } = found ?? {}
  return { over, undated, dateless, unwatched: rejected + off }
}

/** Contracts whose end this import moved on by a renewal that it presumed, and that stands. */
async function readPresumed(client: PoolClient, entryId: number): Promise<string[]> {
  const { rows } = await client.query<{ reference: string }>(
    `SELECT c.reference FROM contract c WHERE EXISTS (
         SELECT FROM audit_change a WHERE a.entry_id = $1 AND a.contract_id = c.id
           AND a.what IN ('created', 'extended') AND a.field = 'presumed renewal')
       AND EXISTS (SELECT FROM extension e WHERE e.contract_id = c.id
         AND e.kind = 'renewal' AND e.status = 'presumed') ORDER BY c.id`,
    [entryId],
  )
  return rows.map(({ reference }) => reference)
}

async function readUpdatedFields(client: PoolClient, entryId: number): Promise<UpdatedField[]> {
  const found = await client.query<UpdatedField>(
    `SELECT field, count(DISTINCT contract_id)::int AS contracts FROM audit_change
     WHERE entry_id = $1 AND what = 'updated'
       -- One that is created and held back by a question at once was never renewed.
       AND NOT (field = 'presumed renewal' AND EXISTS (SELECT FROM audit_change made
         WHERE made.entry_id = $1 AND made.contract_id = audit_change.contract_id AND made.what = 'created'))
     GROUP BY field ORDER BY contracts DESC, field`,
    [entryId],
  )
  return found.rows
}

async function readChanges(
  client: PoolClient,
  organisationId: number,
  entryId: number,
): Promise<EditedField[]> {
  const found = await client.query<EditedField>(
    `SELECT c.reference, coalesce(CASE WHEN a.what <> 'updated' THEN a.what END, a.field, '') AS field,
            a.from_value AS "from", a.to_value AS "to"
     FROM audit_change a JOIN contract c ON c.id = a.contract_id
     WHERE a.entry_id = $1 AND a.what <> 'created' ORDER BY a.position`,
    [entryId],
  )
  return withNames(client, organisationId, found.rows)
}

/** The registers that there are besides the one that is imported. */
async function otherSources(
  client: PoolClient,
  { organisationId, source }: ApplyOptions,
): Promise<ReadonlySet<string>> {
  const found = await tables(client).source.findMany({
    where: { organisationId, name: { not: source } },
    select: { name: true },
  })
  return new Set(found.map(({ name }) => name))
}

async function isLastFile(
  client: PoolClient,
  sourceId: number,
  importId: number,
  sha256: string,
): Promise<boolean> {
  const last = await tables(client).import.findFirst({
    where: { sourceId, id: { lt: importId }, sha256: { not: '' }, undoneEntryId: null },
    orderBy: { id: 'desc' },
    select: { sha256: true },
  })
  return last?.sha256 === sha256
}

/** Invented contracts never stand beside real ones. */
async function requireNoRegister(client: PoolClient, organisationId: number): Promise<void> {
  const real = await tables(client).source.count({ where: { organisationId, isSample: false } })
  if (real === 0) return
  throw new UserError('The sample is only loaded into an empty register; this one has been used.')
}

/** The working day from which schedules that were held back after a first import warn. */
function heldUntil(team: Team, { today, triageDays, rulesOf }: ApplyOptions): CivilDate {
  return workingDayOnOrAfter(addDays(today, triageDays), rulesOf(team).calendar)
}

/**
 * Goes through the staged rows batch by batch; returns how many contracts that changes. While one batch
 * is being written, the next one is made ready: it is read before the writing begins, as a connection
 * answers in turn.
 */
async function each(
  client: PoolClient,
  verdict: 'new' | 'changed',
  repeats: boolean,
  prepare: (rows: readonly StagedContract[]) => Promise<PreparedUpdate>,
): Promise<number> {
  let writing: Promise<void> = Promise.resolve()
  try {
    let total = 0
    let rows = await readStaged(client, verdict, 0, BATCH, repeats)
    for (let last = rows.at(-1); last !== undefined; last = rows.at(-1)) {
      const { count, write } = await prepare(rows)
      await writing
      total += count
      const next = readStaged(client, verdict, last.ordinal, BATCH, repeats)
      writing = write()
      // Thrown where they are awaited; until then they must not count as unhandled.
      next.catch(() => undefined)
      writing.catch(() => undefined)
      rows = await next
    }
    return total
  } finally {
    // What failed first is thrown: after it nothing else in this transaction works.
    await writing
  }
}

export async function ensureSource(
  client: PoolClient,
  {
    organisationId,
    source: name,
    isSample = false,
  }: Pick<ApplyOptions, 'organisationId' | 'source' | 'isSample'>,
): Promise<number> {
  const { id } = await tables(client).source.upsert({
    where: { organisationId_name: { organisationId, name } },
    create: { organisationId, name, isSample },
    update: { isSample },
    select: { id: true },
  })
  return id
}

async function beginImport(
  client: PoolClient,
  sourceId: number,
  register: OpenRegister,
  options: ApplyOptions,
): Promise<number> {
  const made = await tables(client).import.create({
    data: {
      organisationId: options.organisationId,
      sourceId,
      file: options.file,
      sha256: options.sha256,
      format: register.format,
      mapping: jsonOf(register.mapping),
      importedOn: options.today,
      ...{ read: 0, created: 0, updated: 0, unchanged: 0, rejected: 0, skipped: 0 },
      byPersonId: options.byPersonId,
      finishedAt: options.now,
    },
    select: { id: true },
  })
  return made.id
}

async function finishImport(
  client: PoolClient,
  sourceId: number,
  importId: number,
  counts: Readonly<
    Record<'read' | 'created' | 'updated' | 'unchanged' | 'rejected' | 'skipped', number>
  >,
  now: Date,
): Promise<void> {
  const { import: imports, source } = tables(client)
  await imports.updateMany({ where: { id: importId }, data: { ...counts } })
  await source.updateMany({ where: { id: sourceId }, data: { lastImportedAt: now } })
}

/** What an import is told besides the register itself. */
export interface ApplyOptions extends RuledOrganisation {
  readonly file: string
  readonly sha256: string
  readonly source: string
  /** Every contract goes to this team, whatever the register says. */
  readonly team: Team | null
  /** The team of contracts for which the register names none that is known. */
  readonly fallbackTeam?: Team | null
  readonly today: CivilDate
  readonly now: Date
  readonly via: string
  readonly byPersonId: number | null
  /** For how many days a first import holds the ladders. */
  readonly triageDays: number
  readonly isSample?: boolean
  /** All of it is done, and taken back. */
  readonly dryRun?: boolean
  /** A single row that cannot be used refuses the whole. */
  readonly strict?: boolean
  /** Nobody looks: what would make a contract quieter waits, and too much at once is refused. */
  readonly unattended?: boolean
  readonly onProgress?: (rows: number) => void
  /** How its files are read, to be remembered. */
  readonly reading?: Reading
  /** Queues what is told of it, in the import's own transaction; not of what is taken back. */
  readonly tell?: (client: PoolClient, importId: number, result: ImportResult) => Promise<void>
}
