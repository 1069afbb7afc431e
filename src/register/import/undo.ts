/** The newest import of a source taken back, as long as nobody has acted on a contract of it. */

import type { Pool, PoolClient } from 'pg'
import { type AuditChange, beginAudit, PERSON_SHOWN } from '../../database/audit-log.ts'
import { lockRows, writeColumns } from '../../database/bulk.ts'
import { inTransaction, lockFor, TakenBack, withTimeLimit } from '../../database/connect.ts'
import { selectContracts } from '../../database/contracts.ts'
import { type Author, lockTeams } from '../../database/organisation.ts'
import { tables } from '../../database/prisma.ts'
import { recalculate } from '../../database/recalculate.ts'
import { coveredBy, recalculateSupport } from '../../database/support.ts'
import { queueUpdates, queueWithdrawals } from '../../delivery/enqueue-updates.ts'
import { addDays, type CivilDate, dayText } from '../../rules/civil-date.ts'
import { UNDO_DAYS } from '../../rules/settings.ts'
import { UserError } from '../../rules/user-error.ts'
import type { Undone } from '../../text/import-result.ts'
import { FIELD_NAMES } from './columns.ts'

// What an import keeps of what it is about to change, in its own transaction.

/** Keeps these contracts as they are, those that this import wrote already excepted. */
export async function keepContracts(
  client: PoolClient,
  importId: number,
  ids: readonly number[],
): Promise<void> {
  await keep(
    client,
    `'contract', c.id, jsonb_build_object('contract', to_jsonb(c), 'imported', to_jsonb(i),
       'extensions', ${rowsOf('extension')}, 'buyers', ${rowsOf('contract_buyer')},
       'products', ${rowsOf('contract_product')}, 'covers', ${rowsOf('cover')})
     FROM contract c JOIN contract_import i ON i.contract_id = c.id AND i.last_import_id <> $1
     WHERE c.id = ANY($2)`,
    [importId, ids],
  )
}

/** Kind, row and what it is like before import $1; what it keeps already is from before it. */
async function keep(client: PoolClient, rows: string, values: readonly unknown[]): Promise<void> {
  await client.query(
    `INSERT INTO import_before (import_id, kind, row_id, before) SELECT $1, ${rows} ON CONFLICT DO NOTHING`,
    [...values],
  )
}

function rowsOf(table: string, at = 'r.contract_id = c.id'): string {
  return `(SELECT coalesce(jsonb_agg(to_jsonb(r)), '[]') FROM ${table} r WHERE ${at})`
}

/** Keeps the source's open questions, and those of these keys. */
export async function keepQuestionsBefore(
  client: PoolClient,
  importId: number,
  sourceId: number,
  keys: readonly string[],
): Promise<void> {
  await keep(
    client,
    `'question', q.id, jsonb_build_object('question', to_jsonb(q),
       'rows', ${rowsOf('question_contract', 'r.question_id = q.id')})
     FROM question q WHERE q.source_id = $2 AND q.import_id <> $1
       AND (q.answer IS NULL OR q.key = ANY($3))`,
    [importId, sourceId, keys],
  )
}

/** Keeps how the source was read, and when it was read last. */
export async function keepSource(
  client: PoolClient,
  importId: number,
  sourceId: number,
): Promise<void> {
  await keep(
    client,
    `'source', id, jsonb_build_object('reading', reading, 'last_imported_at', last_imported_at)
     FROM source WHERE id = $2`,
    [importId, sourceId],
  )
}

// Taking it back.

export interface UndoOptions extends Author {
  /** Null: of whichever source was imported last. */
  readonly source: string | null
  /** The import that is meant, where it was named: any other is not taken back instead. */
  readonly importId?: number
  readonly today: CivilDate
  readonly dryRun: boolean
}

interface LastImport {
  readonly id: number
  readonly sourceId: number
  readonly source: string
  readonly file: string
  readonly importedOn: CivilDate
  readonly entryId: number | null
}

/**
 * Takes a source's newest import back: what it created is gone from everything but the audit, what
 * it changed is as it was, its questions are gone, and posted warnings say that they were withdrawn.
 * @throws UserError where there is none, where it is too old, or where somebody acted since.
 */
export async function undoImport(pool: Pool, options: UndoOptions): Promise<Undone> {
  const seen: { undone?: Undone } = {}
  try {
    await withTimeLimit('long', () =>
      inTransaction(pool, async (client) => {
        seen.undone = await undoIn(client, options)
        if (options.dryRun) throw new TakenBack()
      }),
    )
  } catch (error) {
    if (!(error instanceof TakenBack)) throw error
  }
  if (seen.undone === undefined) throw new Error('The undo ended without a result.')
  return seen.undone
}

async function undoIn(client: PoolClient, options: UndoOptions): Promise<Undone> {
  const { organisationId, today, rulesOf } = options
  // As an import: one at a time, teams before contracts. No sweep and no act goes on meanwhile.
  await lockFor(client, 'import', organisationId)
  const teams = await lockTeams(client, organisationId)
  const last = await lastImport(client, options)
  const created = await createdBy(client, last)
  const changed = await keptOf(client, last)
  await requireUntouched(client, options, last, [...created, ...changed])
  // An alert that is locked joins no further message.
  await lockRows(client, 'alert', '', 'contract_id = ANY($1)', [created])
  const messages = await queueWithdrawals(client, organisationId, created, today)
  const audit = await beginAudit(client)
  const covered = await coveredBy(client, [...created, ...changed])
  const reliedOn = await leaveFrameworks(client, created)
  await audit.add(await removed(client, created))
  await audit.add(await changesBack(client, last.id))
  await putBack(client, last.id)
  await removeNameless(client, organisationId)
  await recalculate(client, { organisationId, teams, rulesOf, today }, [
    ...new Set([...changed, ...reliedOn]),
  ])
  // What it said that contracts cover has gone with it: reminders of that hold no more.
  await recalculateSupport(client, { organisationId, today }, covered)
  const rewritten = await queueUpdates(client, organisationId, changed, today)
  await questionsBack(client, last)
  await audit.finish(
    { organisationId, byPersonId: options.personId, via: options.via, at: options.now },
    `undid the import of ${last.file} as ${last.source}: ${created.length} removed, ${changed.length} put back`,
  )
  await tables(client).import.updateMany({
    where: { id: last.id },
    data: { undoneEntryId: audit.entryId },
  })
  const { source, file, importedOn } = last
  return {
    ...{ source, file, importedOn },
    removed: created.length,
    restored: changed.length,
    messages: messages + rewritten,
    applied: !options.dryRun,
  }
}

async function lastImport(
  client: PoolClient,
  { organisationId, source, importId, today }: UndoOptions,
): Promise<LastImport> {
  const ofSource = {
    isSample: false,
    ...(source === null ? {} : { name: source }),
    ...(importId === undefined ? {} : { imports: { some: { id: importId } } }),
  }
  const found = await tables(client).import.findMany({
    where: { organisationId, source: ofSource },
    orderBy: { id: 'desc' },
    include: { source: { select: { name: true } } },
  })
  const meant = found.find(({ id }) => id === importId)
  if (meant && meant.undoneEntryId !== null)
    throw new UserError(`The import of ${meant.file} was undone already.`)
  const last = found.find(({ undoneEntryId }) => undoneEntryId === null)
  if (last === undefined) {
    const names = await tables(client).source.findMany({
      where: { organisationId, isSample: false, imports: { some: { undoneEntryId: null } } },
      orderBy: { name: 'asc' },
      select: { name: true },
    })
    const known =
      names.length === 0 ? '' : ` There are: ${names.map(({ name }) => name).join(', ')}.`
    throw new UserError(
      source === null
        ? 'There is no import to undo.'
        : `There is no import of a register "${source}" to undo.${known}`,
    )
  }
  const {
    id,
    sourceId,
    file,
    importedOn,
    entryId,
    source: { name },
  } = last
  const what = `The import of ${file} as ${name}`
  if (importId !== undefined && id !== importId) {
    throw new UserError(
      `That import cannot be undone any more: ${file} was imported into ${name} after it, on ${dayText(importedOn)}. Undo that one first.`,
    )
  }
  if (addDays(importedOn, UNDO_DAYS) < today) {
    throw new UserError(
      `${what} was on ${dayText(importedOn)}: an import can be undone for ${UNDO_DAYS} days. Put single contracts right, or import a corrected file.`,
    )
  }
  if (entryId === null && last.created + last.updated > 0) {
    throw new UserError(
      `${what} was made by an earlier version, which kept nothing to put back. Import a corrected file.`,
    )
  }
  return { id, sourceId, source: name, file, importedOn, entryId }
}

async function createdBy(client: PoolClient, { entryId }: LastImport): Promise<number[]> {
  const which = `c.id IN (SELECT contract_id FROM audit_change WHERE entry_id = $1 AND what = 'created')
    ORDER BY c.id`
  return (await selectContracts(client, ['id'], which, [entryId])).map((row) => row.id)
}

async function keptOf(client: PoolClient, { id }: LastImport): Promise<number[]> {
  const which = `id IN (SELECT row_id FROM import_before WHERE import_id = $1 AND kind = 'contract')`
  return (await lockRows<{ id: number }>(client, 'contract', 'id', which, [id])).map(
    (row) => row.id,
  )
}

/** What the program does by itself is nobody's act. */
const NOBODY = ['sweep', 'retention', 'delivery', 'simulation']

/** So many acts are named in a refusal. */
const NAMED = 5

async function requireUntouched(
  client: PoolClient,
  { organisationId }: UndoOptions,
  { entryId, file, source, sourceId }: LastImport,
  contractIds: readonly number[],
): Promise<void> {
  const found = await client.query<{
    reference: string
    what: string
    on: CivilDate
    who: string | null
    via: string
  }>(
    `SELECT * FROM (
       SELECT DISTINCT ON (e.position, c.id) c.reference, a.what, e.via, e.position,
              (e.at AT TIME ZONE o.time_zone)::date AS on,
              CASE WHEN p.id IS NOT NULL THEN ${PERSON_SHOWN} END AS who
       FROM audit_entry e JOIN organisation o ON o.id = e.organisation_id
       JOIN audit_change a ON a.entry_id = e.id JOIN contract c ON c.id = a.contract_id
       LEFT JOIN person p ON p.id = e.by_person_id
       WHERE e.organisation_id = $1 AND e.via <> ALL($4) AND a.contract_id = ANY($3)
         AND e.position > (SELECT position FROM audit_entry WHERE id = $2)
         -- Later imports of the source, each with its undo.
         AND NOT EXISTS (SELECT FROM import i WHERE i.source_id = $5 AND e.id IN (i.entry_id, i.undone_entry_id))
       ORDER BY e.position, c.id, a.position) acts
     ORDER BY position DESC`,
    [organisationId, entryId, contractIds, NOBODY, sourceId],
  )
  if (found.rows.length === 0) return
  const acts = found.rows
    .slice(0, NAMED)
    .map(
      ({ reference, what, on, who, via }) =>
        `${who ?? `somebody (${via})`}: ${what} ${reference} on ${dayText(on)}`,
    )
  const more = found.rows.length - acts.length
  throw new UserError(
    `The import of ${file} as ${source} cannot be undone: somebody has acted on its contracts since. Put single contracts right, or import a corrected file.`,
    more > 0 ? [...acts, `and ${more} more`] : acts,
  )
}

/** The contracts go, with all that hangs on them; what others say of them goes too. */
async function removed(client: PoolClient, ids: readonly number[]): Promise<AuditChange[]> {
  const gone = await client.query<{ id: number; reference: string }>(
    'DELETE FROM contract WHERE id = ANY($1) RETURNING id, reference',
    [ids],
  )
  return gone.rows.map(({ id, reference }) => ({
    contractId: id,
    what: 'removed',
    field: 'import undone',
    from: reference,
    to: null,
  }))
}

/** Contracts that stay and whose framework goes: its law and its last call-off day go with it. */
async function leaveFrameworks(client: PoolClient, ids: readonly number[]): Promise<number[]> {
  const which = 'parent_id = ANY($1) AND id <> ALL($1)'
  const left = await lockRows<{ id: number }>(client, 'contract', 'id', which, [ids])
  await writeColumns(
    client,
    'contract',
    { parent_id: 'int' },
    left.map(({ id }) => ({ id, parent_id: null })),
  )
  return left.map(({ id }) => id)
}

/** A contract's own facts; what follows from them is counted anew. */
const FACTS = [
  'external_id',
  ...FIELD_NAMES,
  'parent_id',
  'successor_start',
  'disputed_end',
  'closed_on',
  'closed_why',
  'historic',
  'watched',
  'watch_reason',
]
/** Told of under the fields that they follow from. */
const UNTOLD: ReadonlySet<string> = new Set(['reference_key', 'supplier_key', 'external_id'])

const KEPT = `import_before b JOIN contract c ON c.id = b.row_id AND b.kind = 'contract' AND b.import_id = $1`

/** What putting them back changes, as the record tells it. */
async function changesBack(client: PoolClient, importId: number): Promise<AuditChange[]> {
  const fields = await client.query<AuditChange>(
    `SELECT c.id AS "contractId", 'updated' AS what, now.key AS field,
            now.value #>> '{}' AS "from", was.value #>> '{}' AS "to"
     FROM ${KEPT}, LATERAL jsonb_each(b.before -> 'contract') was
     JOIN LATERAL jsonb_each(to_jsonb(c)) now ON now.key = was.key
     WHERE now.key = ANY($2) AND now.value IS DISTINCT FROM was.value ORDER BY c.id, now.key`,
    [importId, FACTS.filter((name) => !UNTOLD.has(name))],
  )
  const extensions = await client.query<AuditChange>(
    `SELECT c.id AS "contractId",
            CASE WHEN was.id IS NULL OR was.status = 'withdrawn' THEN 'extension withdrawn' ELSE 'extended' END AS what,
            e.kind AS field, e.from_on::text AS "from", e.to_on::text AS "to"
     FROM ${KEPT} JOIN extension e ON e.contract_id = c.id
     LEFT JOIN LATERAL jsonb_populate_recordset(NULL::extension, b.before -> 'extensions') was ON was.id = e.id
     WHERE e.status IS DISTINCT FROM was.status ORDER BY c.id, e.id`,
    [importId],
  )
  const covers = await client.query<AuditChange>(
    `SELECT c.id AS "contractId", 'updated' AS what, 'covers' AS field, now.words AS "from", was.words AS "to"
     FROM ${KEPT}, LATERAL (${coverWords('cover v WHERE v.contract_id = c.id')}) now,
          LATERAL (${coverWords("jsonb_populate_recordset(NULL::cover, b.before -> 'covers') v")}) was
     WHERE b.before ? 'covers' AND now.words IS DISTINCT FROM was.words ORDER BY c.id`,
    [importId],
  )
  return [...fields.rows, ...extensions.rows, ...covers.rows]
}

function coverWords(from: string): string {
  return `SELECT string_agg(concat_ws(' ', coalesce(v.product, v.words), nullif(v.release, ''), v.kind, v.count), '; '
            ORDER BY v.id) AS words FROM ${from}`
}

const EXTENSION_FACTS = [
  ...['kind', 'status', 'from_on', 'to_on', 'cost', 'currency', 'known_on', 'rule', 'grounds'],
  ...['approver', 'notice_reference', 'invoiced', 'undid', 'source'],
]

async function putBack(client: PoolClient, importId: number): Promise<void> {
  const set = (table: string, names: readonly string[], kind: string, rows: string) =>
    client.query(
      `UPDATE ${table} t SET ${names.map((name) => `"${name}" = was."${name}"`).join(', ')}
       FROM import_before b, LATERAL jsonb_populate_recordset(NULL::${table}, ${rows}) was
       WHERE b.import_id = $1 AND b.kind = $2 AND t.id = was.id`,
      [importId, kind],
    )
  // A column that is younger than what was kept stays as it is.
  const facts = `(SELECT jsonb_build_array(to_jsonb(c) || (b.before -> 'contract')) FROM contract c
    WHERE c.id = b.row_id)`
  await set('contract', FACTS, 'contract', facts)
  await client.query(
    `DELETE FROM extension e USING ${KEPT} WHERE e.contract_id = c.id
       AND NOT b.before -> 'extensions' @> jsonb_build_array(jsonb_build_object('id', e.id))`,
    [importId],
  )
  await set('extension', EXTENSION_FACTS, 'contract', `b.before -> 'extensions'`)
  for (const [table, rows] of [
    ['contract_buyer', `b.before -> 'buyers'`],
    ['contract_product', `b.before -> 'products'`],
    ['contract_import', `jsonb_build_array(b.before -> 'imported')`],
    // What an earlier version kept says nothing of covers.
    ['cover', `b.before -> 'covers'`],
  ] as const) {
    await client.query(
      `DELETE FROM ${table} t USING ${KEPT} WHERE t.contract_id = c.id AND ${rows} IS NOT NULL`,
      [importId],
    )
    await insertKept(client, importId, 'contract', table, rows)
  }
  const source = `jsonb_build_array(b.before || jsonb_build_object('id', b.row_id))`
  await set('source', ['reading', 'last_imported_at'], 'source', source)
}

/** Rows of a table that are gone, as they were kept with these. @param rows SQL, an array of `b.before` */
async function insertKept(
  client: PoolClient,
  importId: number,
  kind: 'contract' | 'question',
  table: string,
  rows: string,
): Promise<void> {
  const isOfContract = table === 'question' ? '' : 'JOIN contract c ON c.id = was.contract_id'
  await client.query(
    `INSERT INTO ${table} SELECT was.* FROM import_before b,
       LATERAL jsonb_populate_recordset(NULL::${table}, ${rows}) was ${isOfContract}
     WHERE b.import_id = $1 AND b.kind = $2 ON CONFLICT DO NOTHING`,
    [importId, kind],
  )
}

/** Removes buyers and products that no contract names; a team without contracts holds no schedules back. */
async function removeNameless(client: PoolClient, organisationId: number): Promise<void> {
  const none = { organisationId, contracts: { none: {} } }
  // An organisation may be known by the umbrella that covers it alone.
  await tables(client).buyer.deleteMany({ where: { ...none, memberships: { none: {} } } })
  await tables(client).product.deleteMany({ where: none })
  await tables(client).team.updateMany({ where: none, data: { laddersFrom: null } })
}

/** Its questions and problems go; what it had settled of earlier ones is open again. */
async function questionsBack(client: PoolClient, { id, sourceId }: LastImport): Promise<void> {
  await tables(client).question.deleteMany({ where: { sourceId, importId: id } })
  await insertKept(client, id, 'question', 'question', `jsonb_build_array(b.before -> 'question')`)
  await insertKept(client, id, 'question', 'question_contract', `b.before -> 'rows'`)
  await tables(client).importProblem.deleteMany({ where: { importId: id } })
  await tables(client).importProblem.updateMany({
    where: { resolvedImportId: id },
    data: { resolvedImportId: null },
  })
}

/** The sample makes way for the first real register, with everything that was said of it. */

/** Returns how many contracts of the sample there were. The audit alone remembers them. */
export async function removeSample(client: PoolClient, organisationId: number): Promise<number> {
  const of = { organisationId }
  const { buyer, contract, delivery, organisation, product, source, team } = tables(client)
  if ((await source.count({ where: { ...of, isSample: true } })) === 0) return 0
  // A sample is only ever loaded into an empty register, and its messages only go to the terminal:
  // until now there was nothing else to tell.
  await delivery.deleteMany({ where: of })
  // Days that somebody swept ahead to try the sample out must not silence the real register.
  await team.updateMany({ where: of, data: { lastSweptOn: null } })
  await organisation.updateMany({ where: { id: organisationId }, data: { superseded: 0 } })
  const removed = await contract.deleteMany({ where: { source: { ...of, isSample: true } } })
  await source.deleteMany({ where: { ...of, isSample: true } })
  await buyer.deleteMany({ where: { ...of, contracts: { none: {} } } })
  await product.deleteMany({ where: { ...of, contracts: { none: {} } } })
  // Nobody of the sample has a Slack account: people who do are real.
  await client.query(
    `DELETE FROM person WHERE organisation_id = $1 AND slack_user IS NULL AND NOT EXISTS (
       SELECT FROM contract c WHERE person.id IN (c.owner_id, c.deputy_id, c.category_lead_id, c.finance_partner_id))`,
    [organisationId],
  )
  return removed.count
}
