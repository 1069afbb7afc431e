/** The record of changes as a table: one row a change, in the order of the chain. */
import type { Pool } from 'pg'
import { PERSON_SHOWN, withNames } from '../db/audit.ts'
import { groupedBy } from '../domain/grouped-by.ts'
import { type ExportCell, numberCell, type Sheet, saidCell } from '../register/export/sheet.ts'

const HEADINGS = [
  'Entry',
  'At (UTC)',
  'By',
  'Via',
  'Summary',
  'Change',
  'Reference',
  'Contract number',
  'What',
  'Field',
  'From',
  'To',
  'Hash of the entry',
]

/** The entries up to this position, read in bounded memory; one without changes has a row too. */
export function auditSheet(
  pool: Pool,
  organisationId: number,
  upTo: number,
  atOnce: AtOnce = { entries: 500, changes: 5000 },
): Sheet {
  const rows = rowsOf(pool, organisationId, upTo, atOnce)
  return { name: 'Audit', headings: HEADINGS, rows }
}

/** How much is read in one query. */
interface AtOnce {
  readonly entries: number
  readonly changes: number
}

/** Where the chain ends now, and how many rows it would be. */
export async function auditLength(
  pool: Pool,
  organisationId: number,
): Promise<{ readonly upTo: number; readonly rows: number }> {
  const found = await pool.query<{ upTo: number; rows: number }>(
    `SELECT coalesce(max(position), 0) AS "upTo", coalesce(sum(greatest(changes, 1)), 0)::int AS rows
     FROM audit_entry WHERE organisation_id = $1`,
    [organisationId],
  )
  return found.rows[0] ?? { upTo: 0, rows: 0 }
}

interface Entry {
  readonly id: number
  readonly position: number
  readonly at: Date
  readonly by: string | null
  readonly via: string
  readonly summary: string
  readonly changes: number
  readonly hash: string
}

interface Change {
  readonly entryId: number
  readonly position: number
  readonly reference: string | null
  readonly contractId: number | null
  readonly what: string
  readonly field: string | null
  readonly from: string | null
  readonly to: string | null
}

async function* rowsOf(
  pool: Pool,
  organisationId: number,
  upTo: number,
  atOnce: AtOnce,
): AsyncGenerator<ExportCell[]> {
  for (let after = 0; ; ) {
    const found = await pool.query<Entry>(
      `SELECT e.id, e.position, e.at, CASE WHEN p.id IS NOT NULL THEN ${PERSON_SHOWN} END AS by,
              e.via, e.summary, e.changes, e.hash
       FROM audit_entry e LEFT JOIN person p ON p.id = e.by_person_id
       WHERE e.organisation_id = $1 AND e.position > $2 AND e.position <= $3
       ORDER BY e.position LIMIT $4`,
      [organisationId, after, upTo, atOnce.entries],
    )
    if (found.rows.length === 0) return
    for (const group of grouped(found.rows, atOnce.changes)) {
      yield* rowsOfGroup(pool, organisationId, group, atOnce.changes)
    }
    after = found.rows.at(-1)?.position ?? after
  }
}

/** Entries that are read together; one with many changes, such as a first import, by itself. */
function grouped(entries: readonly Entry[], most: number): Entry[][] {
  const groups: Entry[][] = []
  let held = Number.POSITIVE_INFINITY
  for (const entry of entries) {
    held += entry.changes
    if (held > most) {
      groups.push([])
      held = entry.changes
    }
    groups.at(-1)?.push(entry)
  }
  return groups
}

async function* rowsOfGroup(
  pool: Pool,
  organisationId: number,
  entries: readonly Entry[],
  most: number,
): AsyncGenerator<ExportCell[]> {
  const first = entries[0]
  if (entries.length === 1 && first !== undefined && first.changes > most) {
    for (let after = 0; after < first.changes; after += most) {
      for (const change of await readChanges(pool, organisationId, [first.id], after, most))
        yield rowOf(first, change)
    }
    return
  }
  const ids = entries.map(({ id }) => id)
  const changes = groupedBy(
    await readChanges(pool, organisationId, ids, 0, most),
    ({ entryId }) => entryId,
  )
  for (const entry of entries) {
    for (const change of changes.get(entry.id) ?? [null]) yield rowOf(entry, change)
  }
}

/** Positions within an entry are 1, 2, 3, … */
async function readChanges(
  pool: Pool,
  organisationId: number,
  ids: readonly number[],
  after: number,
  most: number,
): Promise<Change[]> {
  const found = await pool.query<Change>(
    `SELECT c.entry_id AS "entryId", c.position, k.reference, c.contract_id AS "contractId", c.what,
            c.field, c.from_value AS "from", c.to_value AS "to"
     FROM audit_change c LEFT JOIN contract k ON k.id = c.contract_id
     WHERE c.entry_id = ANY($1) AND c.position > $2 AND c.position <= $2 + $3
     ORDER BY c.entry_id, c.position`,
    [ids, after, most],
  )
  return await withNames(pool, organisationId, found.rows)
}

function rowOf(entry: Entry, change: Change | null): ExportCell[] {
  return [
    numberCell(entry.position),
    { at: entry.at },
    saidCell(entry.by),
    saidCell(entry.via),
    saidCell(entry.summary),
    numberCell(change?.position ?? null),
    saidCell(change?.reference ?? null),
    numberCell(change?.contractId ?? null),
    saidCell(change?.what ?? null),
    saidCell(change?.field ?? null),
    saidCell(change?.from ?? null),
    saidCell(change?.to ?? null),
    saidCell(entry.hash),
  ]
}
