/** Whether the audit is whole: every entry digests its rows and the entry before. */
import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import { type AuditChange, digestChange, entryHash } from './audit.ts'

export interface Verified {
  readonly entries: number
  readonly changes: number
  /** Of the last entry: kept elsewhere, it shows a chain that was written anew. */
  readonly lastHash: string
  /** The first entry that does not fit, and why; null where the chain is whole. */
  readonly broken: { readonly position: number; readonly why: string } | null
}

interface EntryRow {
  readonly id: number
  readonly position: number
  readonly at: Date
  readonly byPersonId: number | null
  readonly via: string
  readonly summary: string
  readonly changes: number
  readonly digest: string
  readonly previousHash: string
  readonly hash: string
}

const BATCH = 5000

/** Reads the whole chain in order, in bounded memory. */
export async function verifyAudit(pool: Pool, organisationId: number): Promise<Verified> {
  let previousHash = ''
  let entries = 0
  let changes = 0
  for (let after = 0; ; ) {
    const found = await pool.query<EntryRow>(
      `SELECT id, position, at, by_person_id AS "byPersonId", via, summary, changes, digest,
              previous_hash AS "previousHash", hash
       FROM audit_entry WHERE organisation_id = $1 AND position > $2 ORDER BY position LIMIT 200`,
      [organisationId, after],
    )
    for (const entry of found.rows) {
      const expected = entries + 1
      const broken = (why: string): Verified => ({
        entries,
        changes,
        lastHash: previousHash,
        broken: { position: expected, why },
      })
      if (entry.position !== expected) return broken(`entry ${expected} is missing`)
      if (entry.previousHash !== previousHash)
        return broken('it does not follow on the entry before')
      const { count, digest } = await digestOf(pool, entry.id)
      if (count !== entry.changes) return broken(`it has ${count} rows instead of ${entry.changes}`)
      if (digest !== entry.digest) return broken('one of its rows was changed')
      if (entryHash({ ...entry, organisationId }) !== entry.hash)
        return broken('the entry itself was changed')
      previousHash = entry.hash
      entries += 1
      changes += count
      after = entry.position
    }
    if (found.rows.length === 0) return { entries, changes, lastHash: previousHash, broken: null }
  }
}

async function digestOf(pool: Pool, entryId: number) {
  const digest = createHash('sha256')
  let count = 0
  for (let after = 0; ; ) {
    const rows = await pool.query<AuditChange & { position: number }>(
      `SELECT position, contract_id AS "contractId", what, field, from_value AS "from", to_value AS "to"
       FROM audit_change WHERE entry_id = $1 AND position > $2 ORDER BY position LIMIT ${BATCH}`,
      [entryId, after],
    )
    for (const { position, ...change } of rows.rows) {
      digestChange(digest, position, change)
      count += 1
      after = position
    }
    if (rows.rows.length < BATCH) return { count, digest: digest.digest('hex') }
  }
}
