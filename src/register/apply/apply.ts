/** A register into the database: good rows in one transaction, bad ones reported. */
import type { Pool, PoolClient } from 'pg'
import { beginAudit } from '../../db/audit.ts'
import { withTimeLimit } from '../../db/connection.ts'
import { lockTeams, type Team } from '../../db/organisation.ts'
import { countForPlanner } from '../../db/statistics.ts'
import { inTransaction, TakenBack, takenBack } from '../../db/transaction.ts'
import { addDays, type CivilDate } from '../../domain/civil-date.ts'
import { Refusal } from '../../domain/refusal.ts'
import { workingDayOnOrAfter } from '../../domain/working-days.ts'
import type { ColumnMapping, OpenRegister, Problem } from '../draft.ts'
import { prepareNew } from './create.ts'
import { countStaged, identifyStaged } from './identify.ts'
import type { ImportContext } from './import-context.ts'
import { beginImport, ensureSource, finishImport } from './import-row.ts'
import type { ApplyOptions } from './options.ts'
import { linkParents } from './parents.ts'
import { parties } from './parties.ts'
import { keepProblems, missingProblem } from './problems.ts'
import { readStaged, type StagedContract } from './read-staged.ts'
import { removeSample } from './sample-removal.ts'
import { stageRegister } from './stage.ts'
import { conflictProblems, repeatProblems } from './staged-problems.ts'
import { linkSuccessors } from './successors.ts'
import { queueTriage, teamsWithContracts } from './triage.ts'
import { type Prepared, prepareChanged } from './update.ts'

export interface ImportResult {
  readonly format: OpenRegister['format']
  readonly source: string
  readonly mapping: readonly ColumnMapping[]
  readonly read: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly rejected: number
  readonly skipped: number
  readonly problems: readonly Problem[]
  /** Which columns of how many contracts were updated. */
  readonly updatedFields: readonly UpdatedField[]
  /** Whether the source's last import was of the same file, byte for byte. */
  readonly isSameFile: boolean
  /** False for a dry run, and where `strict` refused the whole. */
  readonly applied: boolean
}

export interface UpdatedField {
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
      const source = await client.query<{ id: number }>(
        'SELECT id FROM source WHERE organisation_id = $1 AND name = $2',
        [options.organisationId, options.source],
      )
      return look(client, source.rows[0]?.id ?? 0)
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
  await client.query('SELECT pg_advisory_xact_lock(hashtext($1), $2)', ['import', organisationId])
  // Sorting and hashing a whole register in memory: only for this transaction.
  await client.query(`SET LOCAL work_mem = '64MB'`)
  const staged = await stageRegister(client, register, options.onProgress)
  // Teams before contracts, as every writer locks them: else a sweep could lock the other way round.
  const current = await lockTeams(client, organisationId)
  if (options.isSample) await requireNoRegister(client, organisationId)
  const sample = options.isSample ? 0 : await removeSample(client, organisationId)
  const sourceId = await ensureSource(client, options)
  await identifyStaged(client, sourceId, options.team?.id ?? null)
  const importId = await beginImport(client, sourceId, register, options)
  const had = await teamsWithContracts(client, organisationId)
  const holds = (team: Team) => !options.isSample && !had.has(team.id)
  const teams = current.map((team) =>
    holds(team) ? { ...team, laddersFrom: heldUntil(team, options) } : team,
  )
  const audit = await beginAudit(client)
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
  }
  const created = await each(client, 'new', async (rows) => ({
    count: rows.length,
    write: await prepareNew(client, context, rows),
  }))
  const problems: Problem[] = [
    ...staged.problems,
    ...(await conflictProblems(client)),
    ...(await repeatProblems(client)),
  ]
  const updated = await each(client, 'changed', (rows) =>
    prepareChanged(client, context, rows, problems),
  )
  const succeeded = await linkSuccessors(client, context)
  const linked = await linkParents(client, context)
  await audit.add([...succeeded, ...linked.changes])
  problems.push(...context.parties.unmatchedDepartments(), ...linked.problems)
  const missing = await missingProblem(client, sourceId, staged.rejectedReferences)
  if (missing) problems.push(missing)
  const { same, changed, repeats, conflicts } = await countStaged(client)
  const rejected = staged.rejected + conflicts
  const counts = {
    read: staged.read,
    created,
    updated,
    // Some are worded differently and say nothing new.
    unchanged: same + changed - updated,
    rejected,
    skipped: staged.skipped + repeats,
  }
  await keepProblems(client, organisationId, sourceId, importId, problems)
  await finishImport(client, sourceId, importId, counts, options.now)
  const first = teams.filter((team) => context.wrote.has(team.id) && holds(team))
  if (first.length > 0) {
    await queueTriage(client, organisationId, first, options.source, rejected, today)
  }
  if (sample > 0) {
    const from = `${sample} contracts`
    await audit.add([{ contractId: null, what: 'removed', field: 'sample', from, to: null }])
  }
  // What a row names may have become known, though the row says nothing new.
  if (created + updated + sample + succeeded.length + linked.changes.length > 0) {
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
  const refused = options.strict && rejected > 0
  const { format, mapping } = register
  const result: ImportResult = {
    format,
    mapping,
    source: options.source,
    ...counts,
    problems,
    updatedFields: await readUpdatedFields(client, audit.entryId),
    isSameFile: await isLastFile(client, sourceId, importId),
    applied: !options.dryRun && !refused,
  }
  if (result.applied) await options.tell?.(client, importId, result)
  if (result.applied && created + updated >= MANY) await countForPlanner(client)
  return result
}

async function readUpdatedFields(client: PoolClient, entryId: number): Promise<UpdatedField[]> {
  const found = await client.query<UpdatedField>(
    `SELECT field, count(DISTINCT contract_id)::int AS contracts FROM audit_change
     WHERE entry_id = $1 AND what = 'updated' GROUP BY field ORDER BY contracts DESC, field`,
    [entryId],
  )
  return found.rows
}

async function isLastFile(
  client: PoolClient,
  sourceId: number,
  importId: number,
): Promise<boolean> {
  const found = await client.query<{ same: boolean }>(
    `SELECT last.sha256 = now.sha256 AS same FROM import last, import now
     WHERE now.id = $2 AND last.source_id = $1 AND last.id < $2 AND last.sha256 <> ''
     ORDER BY last.id DESC LIMIT 1`,
    [sourceId, importId],
  )
  return found.rows[0]?.same ?? false
}

/** Invented contracts never stand beside real ones. */
async function requireNoRegister(client: PoolClient, organisationId: number): Promise<void> {
  const real = await client.query(
    'SELECT FROM source WHERE organisation_id = $1 AND NOT is_sample LIMIT 1',
    [organisationId],
  )
  if (real.rowCount === 0) return
  throw new Refusal('The sample is only loaded into an empty register; this one has been used.')
}

/** The first day on which held ladders speak: one on which something is sent. */
function heldUntil(team: Team, { today, triageDays, rulesOf }: ApplyOptions): CivilDate {
  return workingDayOnOrAfter(addDays(today, triageDays), rulesOf(team).calendar)
}

/**
 * Goes through the staged rows batch by batch; returns how many contracts that changes. While one batch is
 * being written, the next one is made ready: with 100,000 rows that saves a third of the time.
 */
async function each(
  client: PoolClient,
  verdict: 'new' | 'changed',
  prepare: (rows: readonly StagedContract[]) => Promise<Prepared>,
): Promise<number> {
  let writing: Promise<void> = Promise.resolve()
  try {
    let total = 0
    for (let after = 0; ; ) {
      const rows = await readStaged(client, verdict, after, BATCH)
      if (rows.length === 0) break
      const { count, write } = await prepare(rows)
      await writing
      writing = write()
      // Thrown where it is awaited; until then it must not count as unhandled.
      writing.catch(() => undefined)
      total += count
      after = rows.at(-1)?.ordinal ?? after
    }
    return total
  } finally {
    // What failed first is thrown: after it nothing else in this transaction works.
    await writing
  }
}
