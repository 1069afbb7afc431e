/**
 * Rows on their way in: drafts wait in temporary tables until the whole file has been read, so
 * that repeats and conflicts are known before anything is applied, in bounded memory.
 */
import { createHash } from 'node:crypto'
import type { PoolClient } from 'pg'
import { type CopyValue, copyRows } from '../../db/copy.ts'
import { nameKey } from '../../db/organisation.ts'
import { supplierKey } from '../../db/supplier-key.ts'
import type { Draft, OpenRegister, Problem } from '../draft.ts'
import { referenceKey } from './fields.ts'

export interface Staged {
  /** Rows, or contracts of the compiled state, that the register holds. */
  readonly read: number
  readonly rejected: number
  readonly skipped: number
  readonly problems: readonly Problem[]
  /** References of rejected rows are still spoken of in the file: not missing from it. */
  readonly rejectedReferences: readonly string[]
}

/** Reads the register to its end into the tables `staged` and, for what its rows say, `staged_draft`. */
export async function stageRegister(
  client: PoolClient,
  register: OpenRegister,
  onProgress: (rows: number) => void,
): Promise<Staged> {
  // What rows say is apart from what they are known by, which is written anew as they are told apart.
  await client.query(`
    CREATE TEMP TABLE staged (
      ordinal int, at text, external_id text, reference_key text, lot text, supplier_key text,
      team_key text, department_key text, hash text, base_hash text, named bool, contract_id int, verdict text
    ) ON COMMIT DROP;
    CREATE TEMP TABLE staged_draft (ordinal int, draft text) ON COMMIT DROP`)
  const lots = lotWriter(client)
  const keyOf = keptKeys()
  const problems: Problem[] = [...(register.warnings ?? [])]
  const rejectedReferences: string[] = []
  let read = 0
  let rejected = 0
  let skipped = 0
  try {
    for await (const item of register.items()) {
      read += 1
      if (read % 10_000 === 0) onProgress(read)
      if (item.kind === 'skipped') {
        skipped += 1
      } else if (item.kind === 'rejected') {
        rejected += 1
        problems.push(...item.problems)
        const reference = item.problems[0]?.reference
        if (reference) rejectedReferences.push(referenceKey(reference))
      } else {
        if (item.warnings.length > 0) problems.push(...item.warnings)
        await lots.add(stagedRow(read, item.draft, keyOf))
      }
    }
  } catch (error) {
    // Nothing may be on its way at the rollback.
    await lots.settle()
    throw error
  }
  await lots.end()
  return { read, rejected, skipped, problems, rejectedReferences }
}

interface StagedRow {
  readonly key: readonly CopyValue[]
  readonly draft: readonly CopyValue[]
}

/** Rows written together. */
const LOT = 500

/** Writes rows lot by lot: while one lot is on its way, the next one is read. */
function lotWriter(client: PoolClient) {
  let lot: StagedRow[] = []
  let writing: Promise<void> = Promise.resolve()
  const write = async () => {
    await writing
    writing = writeLot(client, lot)
    // Thrown where it is awaited; until then it must not count as unhandled.
    writing.catch(() => undefined)
    lot = []
  }
  return {
    async add(row: StagedRow): Promise<void> {
      lot.push(row)
      if (lot.length === LOT) await write()
    },
    async end(): Promise<void> {
      await write()
      await writing
    },
    /** Waits for what is on its way, whatever becomes of it. */
    async settle(): Promise<void> {
      await writing.catch(() => undefined)
    },
  }
}

async function writeLot(client: PoolClient, lot: readonly StagedRow[]): Promise<void> {
  await copyRows(
    client,
    'staged',
    [
      'ordinal',
      'at',
      'external_id',
      'reference_key',
      'lot',
      'supplier_key',
      'team_key',
      'department_key',
      'hash',
      'base_hash',
      'named',
    ],
    lot.map(({ key }) => key),
  )
  await copyRows(
    client,
    'staged_draft',
    ['ordinal', 'draft'],
    lot.map(({ draft }) => draft),
  )
}

/** Departments repeat from row to row: each name is folded once. */
function keptKeys(): (name: string | null) => string | null {
  const keys = new Map<string, string>()
  return (name) => {
    if (name === null) return null
    const key = keys.get(name) ?? nameKey(name)
    keys.set(name, key)
    return key
  }
}

function stagedRow(ordinal: number, draft: Draft, keyOf: ReturnType<typeof keptKeys>): StagedRow {
  const { at, extensions, ...base } = draft
  const text = JSON.stringify(base)
  const added = JSON.stringify(extensions)
  const baseHash = createHash('sha1').update(text).digest('base64')
  const hash =
    added === '[]' ? baseHash : createHash('sha1').update(text).update(added).digest('base64')
  // The two halves of the draft are joined again without reading them twice.
  const json = `${text.slice(0, -1)},"at":${JSON.stringify(at)},"extensions":${added}}`
  return {
    key: [
      ordinal,
      at,
      identityOf(draft),
      draft.ocid === null && draft.reference !== null ? referenceKey(draft.reference) : null,
      draft.lot,
      supplierKey(draft.supplier),
      keyOf(draft.team),
      keyOf(draft.department),
      hash,
      baseHash,
      draft.identity !== undefined,
    ],
    draft: [ordinal, json],
  }
}

/**
 * What a contract is known by within its source: what an export of ours says, else the process and its award or contract; else the
 * reference; else a digest of what it is.
 */
function identityOf(draft: Draft): string {
  if (draft.identity !== undefined) return draft.identity
  if (draft.ocid !== null) return `ocid:${draft.ocid}/${draft.awardOrContractId ?? ''}`
  if (draft.reference !== null) return `ref:${referenceKey(draft.reference)}`
  const what = [
    draft.buyers.map(nameKey).join('+'),
    supplierKey(draft.supplier),
    nameKey(draft.title ?? ''),
    draft.start,
  ]
  return `hash:${createHash('sha256').update(JSON.stringify(what)).digest('base64')}`
}
