/** The rows of a register and of each of its imports. */
import type { PoolClient } from 'pg'
import type { OpenRegister } from '../draft.ts'
import type { ApplyOptions } from './options.ts'

export async function ensureSource(
  client: PoolClient,
  options: Pick<ApplyOptions, 'organisationId' | 'source' | 'isSample'>,
): Promise<number> {
  const found = await client.query<{ id: number }>(
    `INSERT INTO source (organisation_id, name, is_sample) VALUES ($1, $2, $3)
     ON CONFLICT (organisation_id, name) DO UPDATE SET is_sample = $3 RETURNING id`,
    [options.organisationId, options.source, options.isSample],
  )
  return found.rows[0]?.id ?? 0
}

export async function beginImport(
  client: PoolClient,
  sourceId: number,
  register: OpenRegister,
  options: ApplyOptions,
): Promise<number> {
  const made = await client.query<{ id: number }>(
    `INSERT INTO import (organisation_id, source_id, file, sha256, format, mapping, imported_on,
       read, created, updated, unchanged, rejected, skipped, by_person_id, finished_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, 0, 0, 0, 0, $8, $9) RETURNING id`,
    [
      options.organisationId,
      sourceId,
      options.file,
      options.sha256,
      register.format,
      JSON.stringify(register.mapping),
      options.today,
      options.byPersonId,
      options.now,
    ],
  )
  return made.rows[0]?.id ?? 0
}

export async function finishImport(
  client: PoolClient,
  sourceId: number,
  importId: number,
  counts: Readonly<
    Record<'read' | 'created' | 'updated' | 'unchanged' | 'rejected' | 'skipped', number>
  >,
  now: Date,
): Promise<void> {
  await client.query(
    `UPDATE import SET read = $2, created = $3, updated = $4, unchanged = $5, rejected = $6, skipped = $7
     WHERE id = $1`,
    [
      importId,
      counts.read,
      counts.created,
      counts.updated,
      counts.unchanged,
      counts.rejected,
      counts.skipped,
    ],
  )
  await client.query('UPDATE source SET last_imported_at = $2 WHERE id = $1', [sourceId, now])
}
