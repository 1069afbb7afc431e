/**
 * Registers that refresh themselves: at its hour the newest file of a folder is taken, once across
 * all workers. What goes wrong is told once, and once that it is right again.
 */
import { open, readdir, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Pool, PoolClient } from 'pg'
import { addJson, lockJson } from '../../database/bulk.ts'
import { inTransaction, lockFor } from '../../database/connect.ts'
import { Prisma } from '../../database/generated/client.ts'
import { type RulesByTeam, readTeams, type Team } from '../../database/organisation.ts'
import { jsonOf, tables } from '../../database/prisma.ts'
import {
  claimSlots,
  finishSlots,
  releaseSlots,
  releasingSlots,
  type SlotOwner,
} from '../../database/slots.ts'
import { queueMessages } from '../../delivery/outbox.ts'
import { addDays, type CivilDate, civilDateIn, instantOf, weekday } from '../../rules/civil-date.ts'
import { UserError } from '../../rules/user-error.ts'
import { addWorkingDays, type Calendar } from '../../rules/working-days.ts'
import { type RefreshFacts, refusalWords } from '../../text/import-result.ts'
import { RegisterError } from '../draft.ts'
import { answerQuestion } from './answer-question.ts'
import { type ImportResult, importFile, sha256Of } from './import.ts'

export interface Refresh {
  readonly from: string
  readonly every: 'day' | 'week'
  readonly at: { readonly hour: number; readonly minute: number }
}

/** What keeps a register from being refreshed. */
type RefreshProblem =
  | 'no-folder'
  | 'no-file'
  | 'unfinished'
  | 'cut-off'
  | 'unreadable'
  | 'too-much'
  | 'unchanged'

interface Refreshed {
  /** What was taken last, and the day on which that was new. */
  readonly file: string | null
  readonly sha256: string | null
  readonly changedOn: CivilDate | null
  readonly mtimeMs: number | null
  /** A file that may still be being written: of this size at this moment, and since when. */
  readonly seen: {
    readonly file: string
    readonly size: number
    readonly at: number
    readonly since: number
  } | null
  readonly problem: {
    readonly kind: RefreshProblem
    readonly words: string
    readonly since: CivilDate
    readonly path: string | null
  } | null
  /** What waited when people were told of it last. */
  readonly waits: string
}

const NEW: Refreshed = {
  file: null,
  sha256: null,
  mtimeMs: null,
  changedOn: null,
  seen: null,
  problem: null,
  waits: '',
}

export interface RefreshedSource extends Refresh {
  readonly id: number
  readonly name: string
  readonly state: Refreshed
  /** The open question of what waits, and how many contracts it is about. */
  readonly questionId: number | null
  readonly waiting: number
}

// Set, listed and ended.

export async function setRefresh(
  pool: Pool,
  organisationId: number,
  name: string,
  refresh: Refresh,
): Promise<void> {
  const folder = await stat(refresh.from).catch(() => null)
  if (folder === null || !folder.isDirectory()) {
    throw new UserError(
      `${refresh.from} is no folder that can be read here. The worker reads it too: give the path that it has there.`,
    )
  }
  const data = { refresh: jsonOf(refresh), refreshed: jsonOf(NEW) }
  await tables(pool).source.upsert({
    where: { organisationId_name: { organisationId, name } },
    create: { organisationId, name, ...data },
    update: data,
  })
}

/** Its contracts stay; a person imports it from then on. */
export async function removeRefresh(
  pool: Pool,
  organisationId: number,
  name: string,
): Promise<void> {
  const source = await refreshedSource(pool, organisationId, name)
  await tables(pool).source.update({
    where: { id: source.id },
    data: { refresh: Prisma.DbNull, refreshed: Prisma.DbNull },
  })
}

export async function refreshedSources(
  pool: Pool,
  organisationId: number,
): Promise<RefreshedSource[]> {
  const found = await tables(pool).source.findMany({
    where: { organisationId, refresh: { not: Prisma.DbNull } },
    orderBy: { name: 'asc' },
    include: { questions: { where: { about: 'waiting', answer: null } } },
  })
  return found.map(({ id, name, refresh, refreshed, questions: [question] }) => ({
    id,
    name,
    questionId: question?.id ?? null,
    ...(refresh as unknown as Refresh),
    state: { ...NEW, ...(refreshed as Partial<Refreshed> | null) },
    waiting: question?.contracts ?? 0,
  }))
}

/** @throws UserError where no such register refreshes itself. */
export async function refreshedSource(
  pool: Pool,
  organisationId: number,
  name: string,
): Promise<RefreshedSource> {
  const sources = await refreshedSources(pool, organisationId)
  const source = sources.find((each) => each.name === name)
  if (source !== undefined) return source
  const names = sources.map((each) => each.name).join(', ')
  throw new UserError(
    `No register "${name}" refreshes itself. ${names === '' ? 'None does' : `There are: ${names}`}. Set it with: source set NAME --from FOLDER --every day`,
  )
}

// At its hour.

export interface RefreshContext extends SlotOwner {
  readonly rulesOf: RulesByTeam
  readonly triageDays: number
  readonly timeZone: string
  readonly now: Date
  /** Where administrators read; null where they have no channel of their own. */
  readonly adminChannel: string | null
}

/** Takes what is due now; returns the registers that were looked at, and what failed unforeseen. */
export async function refreshDue(
  pool: Pool,
  context: RefreshContext,
): Promise<{ readonly done: string[]; readonly failures: unknown[] }> {
  const done: string[] = []
  const failures: unknown[] = []
  const sources = await refreshedSources(pool, context.organisationId)
  if (sources.length === 0) return { done, failures }
  const team = await defaultTeam(pool, context.organisationId)
  for (const source of sources) {
    const kind = `refresh:${source.id}`
    const slot = { teamId: team.id, on: dueOn(source, context) }
    const claimed = await claimSlots(pool, context, kind, [slot], (each) => each)
    if (claimed.length === 0) continue
    // One register's failure keeps no other waiting; its own slot is tried again.
    await releasingSlots(pool, context, kind, [slot], async () => {
      const looked = await refreshSource(pool, context, source)
      if (looked === 'later') return releaseSlots(pool, context, kind, [slot])
      await finishSlots(pool, kind, [slot])
      done.push(source.name)
    }).catch((error: unknown) => failures.push(error))
  }
  return { done, failures }
}

/** The day of its latest slot: today's, yesterday's while its hour has not come, this week's Monday's. */
export function dueOn(
  { every, at }: Refresh,
  { timeZone, now }: Pick<RefreshContext, 'timeZone' | 'now'>,
): CivilDate {
  const today = civilDateIn(now, timeZone)
  const day = every === 'day' ? today : addDays(today, 1 - weekday(today))
  return now >= instantOf(day, at, timeZone) ? day : addDays(day, every === 'day' ? -1 : -7)
}

/** A file that is younger than this may still be being written. */
const SETTLED_MS = 60_000
/** A file that is still being written after so long is told of. */
const UNFINISHED_MS = 60 * 60_000

/** Looks into the folder and takes its newest file; `later` where that is still being written. */
export async function refreshSource(
  pool: Pool,
  context: RefreshContext,
  source: RefreshedSource,
): Promise<'done' | 'later'> {
  const { state } = source
  const fails = async (kind: RefreshProblem, words: string, path: string | null = null) => {
    await fail(pool, context, source, { kind, words, path })
    return 'done' as const
  }
  const found = await newestIn(source.from)
  if (found === null) {
    return fails('no-folder', `the folder ${source.from} is not there or cannot be read`)
  }
  if (found === 'empty') {
    return fails('no-file', `there is no CSV, XLSX or OCDS file in ${source.from}`)
  }
  const { file, path, size, mtimeMs } = found
  const now = context.now.getTime()
  const same = state.seen?.file === file && state.seen.size === size
  const quietSince = same ? Math.min(mtimeMs, state.seen?.at ?? mtimeMs) : mtimeMs
  if (now - quietSince < SETTLED_MS) {
    const since = state.seen?.file === file ? state.seen.since : now
    const seen = same ? state.seen : { file, size, at: now, since }
    await note(pool, source.id, { seen })
    if (now - since > UNFINISHED_MS) {
      await fail(pool, context, source, {
        kind: 'unfinished',
        words: `${file} is still being written`,
        path,
      })
    }
    return 'later'
  }
  const sha256 = await sha256Of(path)
  const isOlder = mtimeMs < (state.mtimeMs ?? mtimeMs)
  if (sha256 === state.sha256 || isOlder || (await wasUndone(pool, source.id, sha256))) {
    const { calendar } = context.rulesOf(await defaultTeam(pool, context.organisationId))
    const until = state.changedOn === null ? null : changeBy(source, state.changedOn, calendar)
    const isOld = until !== null && today(context) > until
    if (isOld) {
      return fails('unchanged', `${file} has been the same since ${state.changedOn}`, path)
    }
    // The file that was taken is the newest again: whatever lay there meanwhile is gone.
    if (state.problem !== null && state.problem.kind !== 'unchanged') {
      await succeed(pool, context, source, null)
    }
    return 'done'
  }
  const taking = { file, sha256, mtimeMs }
  if (await isCutOff(path)) {
    return fails('cut-off', `the last line of ${file} is cut off: the file is not whole`, path)
  }
  try {
    const { result } = await take(
      pool,
      context,
      source,
      path,
      { unattended: true },
      (client, told) => tellTaken(client, context, source, { ...taking, result: told }),
    )
    return result.refusal === undefined
      ? 'done'
      : fails('too-much', `${result.refusal}: nothing of ${file} was applied`, path)
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (code === 'ENOENT') return 'later'
    const isFile = error instanceof RegisterError || UNREADABLE.has(code)
    if (!(isFile && error instanceof Error) && !(error instanceof UserError)) throw error
    const why = error.message.replace(/\.$/, '')
    return fails('unreadable', why.includes(file) ? why : `${file}: ${why}`, path)
  }
}

const UNREADABLE: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EIO', 'EISDIR'])

function today({ now, timeZone }: RefreshContext): CivilDate {
  return civilDateIn(now, timeZone)
}

const READ = new Set(['.csv', '.tsv', '.xlsx', '.json', '.jsonl'])

/** The newest file that may be a register; null where the folder cannot be read. */
async function newestIn(folder: string) {
  const names = await readdir(folder).catch(() => null)
  if (names === null) return null
  // Files that programs keep beside the one that they are writing.
  const likely = names.filter(
    (name) => READ.has(extname(name).toLowerCase()) && !/^[.~]/.test(name),
  )
  const files = await Promise.all(
    likely.map(async (file) => {
      const path = join(folder, file)
      const about = await stat(path).catch(() => null)
      if (about === null || !about.isFile()) return []
      return [{ file, path, size: about.size, mtimeMs: about.mtimeMs }]
    }),
  )
  const [newest] = files.flat().sort((a, b) => b.mtimeMs - a.mtimeMs || (a.file < b.file ? 1 : -1))
  return newest ?? 'empty'
}

/** So much of the end of a file is looked at. */
const TAIL = 64 * 1024

/**
 * Whether a table in text breaks off within its last row: no end of line, and fewer cells than the
 * row before. Other formats cannot be read at all where they are cut off.
 */
async function isCutOff(path: string): Promise<boolean> {
  if (!/\.(csv|tsv)$/i.test(path)) return false
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const from = Math.max(0, size - TAIL)
    const { buffer } = await file.read(Buffer.alloc(size - from), 0, size - from, from)
    const text = buffer.toString('latin1')
    if (text === '' || /[\r\n]$/.test(text)) return false
    const [last = '', before = ''] = text.split(/\r\n|\r|\n/).reverse()
    // A line with half a quote belongs to a cell of several lines.
    if (before === '' || (last.match(/"/g) ?? []).length % 2 === 1) return false
    const cells = (line: string) =>
      Math.max(
        ...[',', ';', '\t', '|'].map((mark) => line.replace(/"[^"]*"/g, '').split(mark).length),
      )
    return cells(last) < cells(before)
  } finally {
    await file.close()
  }
}

/** Somebody took this very file back: it is not taken again by itself. */
async function wasUndone(pool: Pool, sourceId: number, sha256: string): Promise<boolean> {
  const undone = await tables(pool).import.findFirst({
    where: { sourceId, sha256 },
    orderBy: { id: 'desc' },
    select: { undoneEntryId: true },
  })
  return undone !== null && undone.undoneEntryId !== null
}

/** Two periods without another file are too long; the weekend and holidays are none of a day's. */
function changeBy({ every }: Refresh, changedOn: CivilDate, calendar: Calendar): CivilDate {
  return every === 'week' ? addDays(changedOn, 14) : addWorkingDays(changedOn, 2, calendar)
}

async function take(
  pool: Pool,
  context: RefreshContext,
  { name }: RefreshedSource,
  path: string,
  {
    unattended,
    personId = null,
  }: { readonly unattended: boolean; readonly personId?: number | null },
  tell: (client: PoolClient, result: ImportResult) => Promise<void>,
) {
  const { organisationId, rulesOf, triageDays, now } = context
  const day = today(context)
  return importFile(
    pool,
    path,
    { map: new Map(), dates: null, years: null, timeZone: null, today: day },
    {
      organisationId,
      source: name,
      team: null,
      today: day,
      now,
      via: unattended ? 'refresh' : 'import',
      byPersonId: personId,
      rulesOf,
      triageDays,
      unattended,
      tell: (client, _, result) => tell(client, result),
    },
  )
}

// What came of it: written down and told in one transaction, so that it is told once.

function note(pool: Pool | PoolClient, id: number, change: Partial<Refreshed>): Promise<void> {
  return addJson(pool, 'source.refreshed', id, change)
}

/** What went wrong is told where it was right before, or wrong for another reason. */
async function fail(
  pool: Pool,
  context: RefreshContext,
  source: RefreshedSource,
  problem: Pick<NonNullable<Refreshed['problem']>, 'kind' | 'words' | 'path'>,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { problem: before } = await lockedState(client, context, source.id)
    const isKnown = before?.kind === problem.kind
    const since = isKnown ? before.since : today(context)
    await note(client, source.id, { problem: { ...problem, since }, seen: null })
    if (isKnown) return
    await tell(client, context, source, {
      ...{ headline: 'failed', lines: [refusalWords(problem.kind, problem.words, source.name)] },
      question: null,
    })
  })
}

/** The lock of imports: nobody else takes or confirms it meanwhile. */
async function lockedState(
  client: PoolClient,
  { organisationId }: RefreshContext,
  id: number,
): Promise<Refreshed> {
  await lockFor(client, 'import', organisationId)
  return { ...NEW, ...(await lockJson(client, 'source.refreshed', id)) }
}

interface Taken {
  readonly file: string
  readonly sha256: string
  readonly mtimeMs: number
  readonly result: ImportResult
}

async function succeed(
  pool: Pool,
  context: RefreshContext,
  source: RefreshedSource,
  taken: Taken | null,
): Promise<void> {
  await inTransaction(pool, (client) => tellTaken(client, context, source, taken))
}

/** In the import's own transaction: what is new, what waits, and that it is right again. */
async function tellTaken(
  client: PoolClient,
  context: RefreshContext,
  source: RefreshedSource,
  taken: Taken | null,
): Promise<void> {
  const before = await lockedState(client, context, source.id)
  const waiting = taken?.result.waiting ?? null
  const waits = waiting === null ? '' : waiting.lines.join('\n')
  const took = taken === null ? {} : { ...fileOf(taken), changedOn: today(context), waits }
  await note(client, source.id, { ...took, problem: null, seen: null })
  const { created = 0, updated = 0, unchanged = 0, rejected = 0 } = taken?.result ?? {}
  const asks = waiting !== null && !waiting.left && waits !== before.waits
  const isNews = created + updated > 0 || rejected > 0
  if (before.problem === null && !asks && !isNews) return
  await tell(client, context, source, {
    headline: before.problem === null ? 'taken' : 'recovered',
    lines: before.problem === null ? [] : [before.problem.words],
    counts: taken === null ? null : { file: taken.file, created, updated, unchanged, rejected },
    question:
      asks && waiting !== null
        ? { id: waiting.id, lines: waiting.lines.slice(0, 10), contracts: waiting.contracts }
        : null,
  })
}

function fileOf({ file, sha256, mtimeMs }: Taken) {
  return { file, sha256, mtimeMs }
}

async function tell(
  client: PoolClient,
  context: RefreshContext,
  source: RefreshedSource,
  facts: Omit<RefreshFacts, 'source' | 'asOf'>,
): Promise<void> {
  const { organisationId, adminChannel } = context
  const { channel, escalationChannel } = await defaultTeam(client, organisationId)
  const asOf = today(context)
  const message = {
    teamId: null,
    subject: `source:${source.id}`,
    purpose: 'refresh',
    destination: adminChannel ?? escalationChannel ?? channel,
    asOf,
    facts: { ...facts, source: source.name, asOf } satisfies RefreshFacts,
  }
  await queueMessages(client, organisationId, [message])
}

async function defaultTeam(client: Pool | PoolClient, organisationId: number): Promise<Team> {
  const team = (await readTeams(client, organisationId)).find(({ isDefault }) => isDefault)
  if (team) return team
  throw new Error('There is no default team: start Lapsewatch once so that it makes one.')
}

// One press.

/** Applies what waits of a register, or the file that was too much at once. In words. */
export async function confirmRefresh(
  pool: Pool,
  context: RefreshContext,
  name: string,
  { personId, via, except }: { personId: number | null; via: string; except: readonly string[] },
): Promise<{ readonly changed: number; readonly file: string | null }> {
  const source = await refreshedSource(pool, context.organisationId, name)
  const { problem } = source.state
  if (problem?.kind === 'too-much' && problem.path !== null) {
    const { path } = problem
    const file = path.slice(path.lastIndexOf('/') + 1)
    const about = await stat(path).catch(() => {
      throw new UserError(`${path} is gone: the next file of the folder is taken at its hour.`)
    })
    const sha256 = await sha256Of(path)
    const { mtimeMs } = about
    const how = { unattended: false, personId }
    const { result } = await take(pool, context, source, path, how, (client, told) =>
      tellTaken(client, context, source, { file, sha256, mtimeMs, result: told }),
    )
    return { changed: result.created + result.updated, file }
  }
  if (source.questionId === null) throw new UserError(`Nothing of register ${name} waits.`)
  const { organisationId, now, rulesOf } = context
  const answering = { organisationId, personId, via, now, today: today(context), rulesOf }
  const { changed } = await answerQuestion(pool, answering, source.questionId, 'apply', except)
  return { changed, file: null }
}
