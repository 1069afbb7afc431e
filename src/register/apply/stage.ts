/**
 * Rows on their way in: drafts wait in a temporary table until the whole file has been read, so
 * that repeats and conflicts are known before anything is applied, in bounded memory.
 */
import { createHash } from 'node:crypto'
import type { PoolClient } from 'pg'
import { beginCopy } from '../../db/copy.ts'
import { nameKey } from '../../db/organisation.ts'
import type { Draft, OpenRegister, Problem } from '../draft.ts'
import { referenceKey, supplierKey } from './fields.ts'

export interface Staged {
  /** Rows, or contracts of the compiled state, that the register holds. */
  readonly read: number
  readonly rejected: number
  readonly skipped: number
  readonly problems: readonly Problem[]
  /** References of rejected rows are still spoken of in the file: not missing from it. */
  readonly rejectedReferences: readonly string[]
}

/** Why a staged row goes no further; null while it does. */
export type StagedVerdict = 'created' | 'unchanged' | 'repeat' | 'conflict' | null

/** Reads the register to its end into the table `staged`. */
export async function stageRegister(
  client: PoolClient,
  register: OpenRegister,
  onProgress: (rows: number) => void,
): Promise<Staged> {
  await client.query(`
    CREATE TEMP TABLE staged (
      ordinal int, at text, identity text, reference_key text, lot text, supplier_key text,
      team_key text, department_key text,
      hash text, base_hash text, draft text, external_id text, contract_id int, verdict text
    ) ON COMMIT DROP`)
  const copy = beginCopy(client, 'staged', [
    'ordinal',
    'at',
    'identity',
    'reference_key',
    'lot',
    'supplier_key',
    'team_key',
    'department_key',
    'hash',
    'base_hash',
    'draft',
  ])
  const keyOf = keptKeys()
  const problems: Problem[] = []
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
        await copy.write(stagedRow(read, item.draft, keyOf))
      }
    }
  } catch (error) {
    await copy.abort()
    throw error
  }
  await copy.end()
  return { read, rejected, skipped, problems, rejectedReferences }
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

function stagedRow(ordinal: number, draft: Draft, keyOf: ReturnType<typeof keptKeys>) {
  const { at, extensions, ...base } = draft
  const text = JSON.stringify(base)
  const added = JSON.stringify(extensions)
  const baseHash = createHash('sha1').update(text).digest('base64')
  const hash =
    added === '[]' ? baseHash : createHash('sha1').update(text).update(added).digest('base64')
  // The two halves of the draft are joined again without reading them twice.
  const json = `${text.slice(0, -1)},"at":${JSON.stringify(at)},"extensions":${added}}`
  return [
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
    json,
  ]
}

/**
 * What a contract is known by within its source: the process and its award or contract; else the
 * reference; else a digest of what it is.
 */
function identityOf(draft: Draft): string {
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

/**
 * Gives each staged row its identity in this source, finds the contract that it speaks of, and
 * marks repeats, conflicts and what has not changed. `teamId` is the team that everything goes to,
 * whatever the register says.
 */
export async function identifyStaged(
  client: PoolClient,
  sourceId: number,
  teamId: number | null,
): Promise<void> {
  // A reference that stands for several lots or suppliers in one file is told apart by them.
  await client.query(`
    WITH several AS (
      SELECT reference_key FROM staged WHERE reference_key IS NOT NULL
      GROUP BY reference_key HAVING count(*) > 1 AND count(DISTINCT (lot, supplier_key)) > 1)
    UPDATE staged SET external_id = CASE WHEN reference_key IN (SELECT reference_key FROM several)
      THEN identity || '|' || coalesce(lot, '') || '|' || coalesce(supplier_key, '') ELSE identity END`)
  await client.query('CREATE INDEX ON staged (external_id, ordinal)')
  await client.query('CREATE INDEX ON staged (ordinal)')
  await client.query('ANALYZE staged')
  await client.query(`
    WITH repeated AS (
      SELECT external_id, min(ordinal) AS first, count(DISTINCT base_hash) AS versions,
             count(DISTINCT hash) AS hashes, string_agg(hash, '' ORDER BY ordinal) AS together
      FROM staged GROUP BY external_id HAVING count(*) > 1)
    UPDATE staged SET
      verdict = CASE WHEN repeated.versions > 1 THEN 'conflict' WHEN ordinal > repeated.first THEN 'repeat' END,
      hash = CASE WHEN repeated.versions = 1 AND repeated.hashes > 1 THEN md5(repeated.together) ELSE hash END
    FROM repeated WHERE repeated.external_id = staged.external_id`)
  await client.query(
    `UPDATE staged SET contract_id = contract.id FROM contract
     WHERE contract.source_id = $1 AND contract.external_id = staged.external_id`,
    [sourceId],
  )
  // The same reference, lot and supplier under the identity that another file gave it.
  await client.query(
    `UPDATE staged SET contract_id = c.id FROM contract c
     WHERE staged.contract_id IS NULL AND staged.reference_key IS NOT NULL AND c.source_id = $1
       AND c.reference_key = staged.reference_key AND c.lot IS NOT DISTINCT FROM staged.lot
       AND c.supplier_key IS NOT DISTINCT FROM staged.supplier_key
       AND NOT EXISTS (SELECT FROM staged s WHERE s.contract_id = c.id)`,
    [sourceId],
  )
  await client.query(
    `UPDATE staged SET verdict = 'unchanged' FROM contract_import i
     WHERE staged.verdict IS NULL AND i.contract_id = staged.contract_id AND i.row_hash = staged.hash`,
  )
  await findNewTeams(client, teamId)
  // Without fresh statistics the planner takes these columns for empty and reads the table for each row.
  await client.query('ANALYZE staged')
}

/**
 * Rows that say the same as before but go to another team now: to the one that everything goes to,
 * or from the default team to one that was made since.
 */
async function findNewTeams(client: PoolClient, teamId: number | null): Promise<void> {
  if (teamId !== null) {
    await client.query(
      `UPDATE staged SET verdict = NULL FROM contract c
       WHERE staged.verdict = 'unchanged' AND c.id = staged.contract_id AND c.team_id <> $1`,
      [teamId],
    )
    return
  }
  await client.query(
    `UPDATE staged SET verdict = NULL FROM contract c JOIN team held ON held.id = c.team_id AND held.is_default
     WHERE staged.verdict = 'unchanged' AND c.id = staged.contract_id AND EXISTS (
       SELECT FROM team t WHERE t.organisation_id = c.organisation_id AND NOT t.is_default
         AND t.name_key IN (staged.team_key, staged.department_key))`,
  )
}

export interface StagedCounts {
  readonly unchanged: number
  readonly repeats: number
  readonly conflicts: number
}

export async function countStaged(client: PoolClient): Promise<StagedCounts> {
  const counted = await client.query<{ verdict: string | null; n: number }>(
    'SELECT verdict, count(*) AS n FROM staged GROUP BY verdict',
  )
  const of = (verdict: string) => counted.rows.find((row) => row.verdict === verdict)?.n ?? 0
  return { unchanged: of('unchanged'), repeats: of('repeat'), conflicts: of('conflict') }
}

/** Rows of the same contract that say different things: none of them is applied. */
export async function conflictProblems(client: PoolClient): Promise<Problem[]> {
  const found = await client.query<{ at: string; draft: string; lines: string[] }>(
    `SELECT at, draft,
            array_agg(at) OVER (PARTITION BY external_id) AS lines
     FROM staged WHERE verdict = 'conflict' ORDER BY ordinal`,
  )
  return found.rows.map(({ at, draft, lines }) => ({
    at,
    reference: referenceIn(draft),
    field: null,
    value: referenceIn(draft),
    problem: `says something else of the same contract than ${others(lines, at)}`,
    remedy: 'keep one row for each contract, or give different contracts different references',
    severity: 'error',
  }))
}

/** Rows that say exactly the same of one contract: told once for each contract. */
export async function repeatProblems(client: PoolClient): Promise<Problem[]> {
  const found = await client.query<{ draft: string; lines: string[] }>(
    `SELECT min(draft) AS draft, array_agg(at ORDER BY ordinal) AS lines
     FROM staged WHERE external_id IN (SELECT external_id FROM staged WHERE verdict = 'repeat')
     GROUP BY external_id
     HAVING count(DISTINCT regexp_replace(draft, '"at":"(?:[^"\\\\]|\\\\.)*",', '')) < count(*)
     ORDER BY min(ordinal)`,
  )
  return found.rows.map(({ draft, lines }) => {
    const reference = referenceIn(draft)
    const [first = '', second = ''] = lines
    return {
      at: second,
      reference,
      field: null,
      value: reference,
      problem: `says the same as ${first}${lines.length > 2 ? `, and so do ${others(lines.slice(1), second)}` : ''}: it counts once`,
      remedy: 'take the repeated row out of the register',
      severity: 'warning',
    }
  })
}

function referenceIn(draft: string): string | null {
  return (JSON.parse(draft) as Draft).reference
}

function others(lines: readonly string[], at: string): string {
  const rest = lines.filter((line) => line !== at)
  const named = rest.slice(0, 5).join(', ')
  return rest.length > 5 ? `${named} and ${rest.length - 5} more` : named
}

/** A contract that is to be written: a row, with the extensions of the rows that repeat it. */
export interface StagedContract {
  readonly ordinal: number
  readonly externalId: string
  readonly contractId: number | null
  readonly hash: string
  readonly draft: Draft
}

/** The next rows to create (or, where `known`, to update) after this ordinal. */
export async function readStaged(
  client: PoolClient,
  known: boolean,
  after: number,
  limit: number,
): Promise<StagedContract[]> {
  const found = await client.query<{
    ordinal: number
    externalId: string
    contractId: number | null
    hash: string
    draft: string
    repeats: string[] | null
  }>(
    `SELECT s.ordinal, s.external_id AS "externalId", s.contract_id AS "contractId", s.hash, s.draft,
            (SELECT array_agg(r.draft ORDER BY r.ordinal) FROM staged r
             WHERE r.external_id = s.external_id AND r.verdict = 'repeat') AS repeats
     FROM staged s
     WHERE s.verdict IS NULL AND (s.contract_id IS NOT NULL) = $1 AND s.ordinal > $2
     ORDER BY s.ordinal LIMIT $3`,
    [known, after, limit],
  )
  return found.rows.map(({ draft, repeats, ...row }) => ({
    ...row,
    draft: together(draft, repeats),
  }))
}

/** One contract from a row and those that repeat it with other extensions. */
function together(text: string, repeats: readonly string[] | null): Draft {
  const draft = JSON.parse(text) as Draft
  if (repeats === null) return draft
  const extensions = [...draft.extensions]
  for (const repeat of repeats) {
    for (const extension of (JSON.parse(repeat) as Draft).extensions) {
      if (!extensions.some((each) => JSON.stringify(each) === JSON.stringify(extension))) {
        extensions.push(extension)
      }
    }
  }
  return { ...draft, extensions }
}
