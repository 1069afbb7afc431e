/** A register's file into the database: the one way for the command line and for Slack. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { basename, extname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { Pool } from 'pg'
import { applyRegister, type ImportResult } from './apply/apply.ts'
import type { ApplyOptions } from './apply/options.ts'
import type { OpenOptions, OpenRegister } from './draft.ts'
import { openRegister } from './open.ts'

export interface ImportOptions extends Omit<ApplyOptions, 'file' | 'sha256' | 'source'> {
  /** Null: the register's OCID prefix, else the name of the file. */
  readonly source: string | null
}

export interface Imported {
  readonly register: OpenRegister
  readonly result: ImportResult
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
  const register = await openRegister(path, how)
  const result = await applyRegister(pool, register, {
    ...options,
    file: basename(path),
    sha256: await sha256Of(path),
    source: source ?? register.ocidPrefix ?? basename(path, extname(path)),
  })
  return { register, result }
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  return hash.digest('hex')
}
