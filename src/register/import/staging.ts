/**
 * Rows on their way in: drafts wait in temporary tables until the whole file has been read, so
 * that repeats and conflicts are known before anything is applied, in bounded memory.
 */
import { createHash } from 'node:crypto'
import type { PoolClient } from 'pg'
import { atEase, CopyBatch, type CopyRow } from '../../database/bulk.ts'
import { selectContracts, supplierKey } from '../../database/contracts.ts'
import { nameKey } from '../../database/organisation.ts'
import {
  type Answers,
  type AskedDraft,
  keyOf as keyOfQuestion,
  type OpenRow,
  settled,
} from '../answers.ts'
import { type Ask, asHeld, type Draft, type OpenRegister, type Problem, warning } from '../draft.ts'
import { referenceKey } from './columns.ts'

interface Staged {
  /** Rows, or contracts of the compiled state, that the register holds. */
  readonly read: number
  readonly rejected: number
  readonly skipped: number
  readonly problems: readonly Problem[]
  /** Rows that leave a question open which matters. */
  readonly open: readonly OpenRow[]
  /** References of rejected rows are still named in the file: not missing from it. */
  readonly rejectedReferences: readonly string[]
}

/** What of a row is asked, and what holds meanwhile. */
interface Judge {
  readonly matters: (draft: Draft, ask: Ask) => boolean
  readonly whileAsked: (draft: Draft, open: readonly Ask[]) => Draft
}

/** Reads the register to its end into the tables `staged` and, for what its rows say, `staged_draft`. */
export async function stageRegister(
  client: PoolClient,
  register: OpenRegister,
  answers: Answers,
  judge: Judge,
  onProgress: (rows: number) => void,
  others: ReadonlySet<string> = new Set(),
): Promise<Staged> {
  // What rows say is apart from what they are known by, which is written anew as they are told apart.
  await client.query(`
    CREATE TEMP TABLE staged (
      ordinal int, at text, external_id text, reference_key text, lot text, supplier_key text,
      team_key text, department_key text, end_on text, hash text, base_hash text, named bool, contract_id int, verdict text
    ) ON COMMIT DROP;
    CREATE TEMP TABLE staged_draft (ordinal int, draft text) ON COMMIT DROP`)
  const lots = lotWriter(client)
  const keyOf = keptKeys()
  const kept = keptAsks()
  const problems: Problem[] = [...(register.warnings ?? [])]
  const rejectedReferences: string[] = []
  const open: OpenRow[] = []
  // What matters for one row is asked of all that are worded so: they are answered together.
  const mattering = new Set<string>()
  const elsewhere = new Map<string, string[]>()
  let read = 0
  let rejected = 0
  let skipped = 0
  try {
    for await (const item of register.items()) {
      read += 1
      if (read % 10_000 === 0) onProgress(read)
      if (read % 50 === 0) await atEase()
      if (item.kind === 'skipped') {
        skipped += 1
      } else if (item.kind === 'rejected') {
        rejected += 1
        problems.push(...item.problems)
        const reference = item.problems[0]?.reference
        if (reference) rejectedReferences.push(referenceKey(reference))
      } else if (others.has(item.draft.own?.keptIn ?? '')) {
        // A row of an export of ours that is about a contract of another register.
        const keptIn = item.draft.own?.keptIn ?? ''
        elsewhere.set(keptIn, [...(elsewhere.get(keptIn) ?? []), item.draft.at])
        skipped += 1
      } else {
        let { draft } = item
        if (item.warnings.length > 0) {
          const now = settled(draft, item.warnings, answers)
          // Shapes that are all the same: taking the key out and putting it back makes each its own.
          const asked = now.problems.map((each) =>
            each.ask === undefined ? each : { ...each, ask: kept(each.ask) },
          )
          const asks = asked.filter(isAsked)
          // Judged here, where the draft is at hand.
          for (const each of asks) {
            const key = keyOfQuestion(each.ask, each.field)
            if (!mattering.has(key) && judge.matters(now.draft, each.ask)) mattering.add(key)
          }
          const undecided = [
            ...asks.flatMap(({ ask, field }) =>
              mattering.has(keyOfQuestion(ask, field)) ? ask : [],
            ),
            ...now.undecided,
          ]
          draft = undecided.length === 0 ? now.draft : judge.whileAsked(now.draft, undecided)
          problems.push(...asked)
          for (const problem of asks) open.push({ ordinal: read, draft: asAsked(draft), problem })
        }
        await lots.add(stagedRow(read, draft, keyOf))
      }
    }
  } catch (error) {
    // Nothing may be on its way at the rollback.
    await lots.settle()
    throw error
  }
  await lots.end()
  problems.push(...[...elsewhere].map(([name, rows]) => elsewhereProblem(name, rows)))
  return {
    ...{ read, rejected, skipped, rejectedReferences },
    problems: problems.map((each) => {
      const { ask } = each
      if (ask === undefined || mattering.has(keyOfQuestion(ask, each.field))) return each
      const { ask: _, ...problem } = each
      return problem
    }),
    open: open.filter(({ problem: { ask, field } }) => mattering.has(keyOfQuestion(ask, field))),
  }
}

function elsewhereProblem(keptIn: string, rows: readonly string[]): Problem {
  const count = rows.length === 1 ? 'one row is' : `${rows.length} rows are`
  const problem = `${count} of contracts that are kept in another register: not taken back here`
  const remedy = `import the file again with --source "${keptIn}"`
  return warning(rows[0] ?? '', problem, remedy, { field: 'Kept in', value: keptIn })
}

interface StagedRow {
  readonly key: CopyRow
  readonly draft: CopyRow
}

/** Rows written together, and encoded together. */
const LOT = 500
const AT_ONCE = 25

const TABLES = ['staged', 'staged_draft']

/** Writes rows lot by lot: while one lot is on its way, the next one is read. */
function lotWriter(client: PoolClient) {
  let rows: StagedRow[] = []
  let count = 0
  let lot = new CopyBatch(TABLES)
  let writing: Promise<void> = Promise.resolve()
  const encode = () => {
    lot.add(
      'staged',
      rows.map(({ key }) => key),
    )
    lot.add(
      'staged_draft',
      rows.map(({ draft }) => draft),
    )
    rows = []
  }
  const write = async () => {
    encode()
    const written = lot
    lot = new CopyBatch(TABLES)
    await writing
    writing = written.write(client)
    // Thrown where it is awaited; until then it must not count as unhandled.
    writing.catch(() => undefined)
  }
  return {
    async add(row: StagedRow): Promise<void> {
      rows.push(row)
      count += 1
      if (count % LOT === 0) await write()
      else if (rows.length === AT_ONCE) encode()
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

/** So many different asks are held once each: a register asks the same of thousands of rows. */
const KEPT_ASKS = 1000

function keptAsks(): (ask: Ask) => Ask {
  const asks = new Map<string, Ask>()
  return (ask) => {
    const text = JSON.stringify(ask)
    const known = asks.get(text)
    if (known === undefined && asks.size < KEPT_ASKS) asks.set(text, ask)
    return known ?? ask
  }
}

function isAsked(problem: Problem): problem is OpenRow['problem'] {
  return problem.ask !== undefined
}

/** Of rows that are asked about little is held until all have been read. */
export function asAsked(draft: Draft): AskedDraft {
  const { at, reference, title, end, endSource, automaticRenewal, value, endIsMaximum } = draft
  const asked = { at, reference, title, end, endSource, automaticRenewal, value }
  return endIsMaximum === undefined ? asked : { ...asked, endIsMaximum }
}

/** What a row says, as a digest: a row of the same says nothing new. */
export function draftHash(draft: Draft): string {
  return digestOf(draft).hash
}

// What holds meanwhile is no news of the register: the same row again changes nothing.
function digestOf(draft: Draft) {
  const { extensions, whileAsked } = draft
  // JSON leaves out what is undefined: taking keys out of so many is slower.
  const base = { ...draft, at: undefined, extensions: undefined }
  const text = JSON.stringify(whileAsked === undefined ? base : { ...base, whileAsked: undefined })
  const added = JSON.stringify(extensions)
  const baseHash = createHash('sha1').update(text).digest('base64')
  const hash =
    added === '[]' ? baseHash : createHash('sha1').update(text).update(added).digest('base64')
  return { text, added, baseHash, hash }
}

function stagedRow(ordinal: number, draft: Draft, keyOf: ReturnType<typeof keptKeys>): StagedRow {
  const { at, whileAsked } = draft
  const { text, added, baseHash, hash } = digestOf(draft)
  const meanwhile = whileAsked === undefined ? '' : `,"whileAsked":${JSON.stringify(whileAsked)}`
  // The two halves of the draft are joined again without reading them twice.
  const json = `${text.slice(0, -1)},"at":${JSON.stringify(at)}${meanwhile},"extensions":${added}}`
  return {
    key: {
      ...{ ordinal, at, external_id: identityOf(draft) },
      reference_key:
        draft.ocid === null && draft.reference !== null ? referenceKey(draft.reference) : null,
      ...{ lot: draft.lot, supplier_key: supplierKey(draft.supplier) },
      ...{ team_key: keyOf(draft.team), department_key: keyOf(draft.department) },
      end_on: draft.end.kind === 'dated' ? draft.end.earliest : null,
      ...{ hash, base_hash: baseHash, named: draft.identity !== undefined },
    },
    draft: { ordinal, draft: json },
  }
}

/**
 * What a contract is known by within its source: what an export of ours says, else the process and its award or contract; else the
 * reference; else a digest of what it is.
 */
function identityOf(draft: Draft): string {
  if (draft.identity !== undefined) return draft.identity
  if (draft.ocid !== null) return `ocid:${draft.ocid}/${draft.awardOrContractId ?? ''}`
  return draft.reference === null ? unnamedIdentity(draft) : `ref:${referenceKey(draft.reference)}`
}

/** What a contract without a reference is known by: what it is. */
function unnamedIdentity(draft: Draft): string {
  const what = [
    draft.buyers.map(nameKey).join('+'),
    supplierKey(draft.supplier),
    nameKey(draft.title ?? ''),
    draft.start,
  ]
  return `hash:${createHash('sha256').update(JSON.stringify(what)).digest('base64')}`
}

/** What becomes of a staged row; null until it is known. */
type StagedVerdict = 'new' | 'changed' | 'unchanged' | 'repeat' | 'conflict'

/**
 * Tells the staged rows apart: which contract of this source each speaks of, which are new, and
 * which repeat or contradict another row or say nothing new; returns how many of each. `teamId` is the
 * team that everything goes to, whatever the register says.
 */
export async function identifyStaged(
  client: PoolClient,
  sourceId: number,
  teamId: number | null,
): Promise<StagedCounts> {
  // The planner knows little of rows that were written a moment ago: a loop that it takes for one
  // round was seen to run 100,000 rounds over as many rows.
  await client.query('SET LOCAL enable_nestloop = off')
  // A reference that stands for several lots or suppliers in one file is told apart by them.
  await client.query(`
    WITH again AS (
      SELECT reference_key FROM staged WHERE reference_key IS NOT NULL
      GROUP BY reference_key HAVING count(*) > 1),
    several AS (
      SELECT reference_key FROM staged JOIN again USING (reference_key) WHERE NOT named
      GROUP BY reference_key HAVING count(DISTINCT (lot, supplier_key)) > 1)
    UPDATE staged SET external_id = external_id || '|' || coalesce(lot, '') || '|' || coalesce(supplier_key, '')
    WHERE NOT named AND reference_key IN (SELECT reference_key FROM several)`)
  await client.query(`
    WITH again AS (SELECT external_id FROM staged GROUP BY external_id HAVING count(*) > 1),
    repeated AS (
      SELECT external_id, min(ordinal) AS first, count(DISTINCT base_hash) AS versions,
             count(DISTINCT hash) AS hashes, string_agg(hash, '' ORDER BY ordinal) AS together,
             (array_agg(ordinal ORDER BY end_on, ordinal))[1] AS earliest
      FROM staged JOIN again USING (external_id) GROUP BY external_id)
    UPDATE staged SET
      verdict = CASE WHEN repeated.versions > 1 THEN CASE WHEN ordinal <> repeated.earliest THEN 'conflict' END
                     WHEN ordinal > repeated.first THEN 'repeat' END,
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
  await recogniseUnnamed(client, sourceId)
  await client.query(
    `UPDATE staged SET verdict = 'unchanged' FROM contract_import i
     WHERE staged.verdict IS NULL AND i.contract_id = staged.contract_id AND i.row_hash = staged.hash`,
  )
  await findNewTeams(client, teamId)
  await client.query(`
    UPDATE staged SET verdict = CASE WHEN contract_id IS NULL THEN 'new' ELSE 'changed' END,
      contract_id = coalesce(contract_id, nextval(pg_get_serial_sequence('contract', 'id')))
    WHERE verdict IS NULL`)
  // Without fresh statistics the planner takes these columns for empty and reads the table for each
  // row. Of drafts it needs their order alone, not what they say.
  await client.query(`
    CREATE INDEX ON staged (verdict, ordinal);
    CREATE INDEX ON staged_draft (ordinal);
    ANALYZE staged, staged_draft (ordinal);
    SET LOCAL enable_nestloop = on`)
  return countStaged(client)
}

/** What was imported without a reference and has one now: the first row that says what that contract is. */
async function recogniseUnnamed(client: PoolClient, sourceId: number): Promise<void> {
  const unnamed = await selectContracts(
    client,
    ['id', 'externalId'],
    `c.source_id = $1 AND c.external_id LIKE 'hash:%'
     AND NOT EXISTS (SELECT FROM staged s WHERE s.contract_id = c.id)`,
    [sourceId],
  )
  if (unnamed.length === 0) return
  const ids = new Map(unnamed.map(({ externalId, id }) => [externalId, id]))
  const { rows } = await client.query<{ ordinal: number }>(
    `SELECT ordinal FROM staged WHERE contract_id IS NULL AND verdict IS NULL AND external_id LIKE 'ref:%'
     ORDER BY ordinal`,
  )
  const found: { readonly ordinal: number; readonly id: number }[] = []
  for (let from = 0; from < rows.length && ids.size > 0; from += LOT) {
    const ordinals = rows.slice(from, from + LOT).map(({ ordinal }) => ordinal)
    const drafts = await readDrafts(client, ordinals)
    for (const ordinal of ordinals) {
      const draft = drafts.get(ordinal)
      const key = draft === undefined ? '' : unnamedIdentity(draft)
      const id = ids.get(key)
      if (id === undefined) continue
      found.push({ ordinal, id })
      ids.delete(key)
    }
  }
  await client.query(
    `UPDATE staged SET contract_id = known.id FROM unnest($1::int[], $2::int[]) AS known (ordinal, id)
     WHERE staged.ordinal = known.ordinal`,
    [found.map(({ ordinal }) => ordinal), found.map(({ id }) => id)],
  )
}

/**
 * Rows that say the same as before but go to another team now: to the one that everything goes to,
 * or, where nobody moved them, to one that was made since.
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
    `UPDATE staged SET verdict = NULL FROM contract c JOIN contract_import i ON i.contract_id = c.id
     WHERE staged.verdict = 'unchanged' AND c.id = staged.contract_id
       AND (i.fields ->> 'team_id')::int IS NOT DISTINCT FROM c.team_id
       AND NOT EXISTS (SELECT FROM team t WHERE t.id = c.team_id AND t.name_key = staged.team_key)
       AND EXISTS (
         SELECT FROM team t WHERE t.organisation_id = c.organisation_id AND t.id <> c.team_id AND NOT t.is_default
           AND t.name_key IN (staged.team_key, staged.department_key))`,
  )
}

interface StagedCounts {
  readonly same: number
  readonly changed: number
  readonly repeats: number
  readonly conflicts: number
}

async function countStaged(client: PoolClient): Promise<StagedCounts> {
  const counted = await client.query<{ verdict: StagedVerdict; n: number }>(
    'SELECT verdict, count(*) AS n FROM staged GROUP BY verdict',
  )
  const of = (verdict: StagedVerdict) => counted.rows.find((row) => row.verdict === verdict)?.n ?? 0
  return {
    same: of('unchanged'),
    changed: of('changed'),
    repeats: of('repeat'),
    conflicts: of('conflict'),
  }
}

/** A contract that is to be written: a row, with the extensions of the rows that repeat it. */
export interface StagedContract {
  readonly ordinal: number
  readonly externalId: string
  /** A new contract's too: it has been reserved. */
  readonly contractId: number
  readonly hash: string
  readonly draft: Draft
}

/** The next rows of this verdict after this ordinal; `repeats`: some rows repeat another. */
export async function readStaged(
  client: PoolClient,
  verdict: 'new' | 'changed',
  after: number,
  limit: number,
  repeats: boolean,
): Promise<StagedContract[]> {
  // By a question of its own for each: joined, the planner reads every draft for each batch.
  const found = await client.query<Omit<StagedContract, 'draft'> & { draft: string }>(
    `SELECT ordinal, external_id AS "externalId", contract_id AS "contractId", hash,
            (SELECT draft FROM staged_draft d WHERE d.ordinal = staged.ordinal) AS draft
     FROM staged WHERE verdict = $1 AND ordinal > $2 ORDER BY ordinal LIMIT $3`,
    [verdict, after, limit],
  )
  if (!repeats) return found.rows.map((row) => ({ ...row, draft: asHeld(together(row.draft, [])) }))
  const again = await readRepeats(client, found.rows)
  const texts = await readTexts(client, [...again.values()].flat())
  return found.rows.map((row) => {
    const repeated = (again.get(row.externalId) ?? []).map((ordinal) => texts.get(ordinal) ?? '')
    return { ...row, draft: asHeld(together(row.draft, repeated)) }
  })
}

/** What these rows say, by their ordinals; of several that are one contract, what this one says. */
export async function readDrafts(
  client: PoolClient,
  ordinals: readonly number[],
): Promise<Map<number, Draft>> {
  const texts = await readTexts(client, ordinals)
  return new Map([...texts].map(([ordinal, text]) => [ordinal, together(text, [])]))
}

/**
 * The rows that repeat these, by what they are known by; of an export of ours also those that contradict
 * them: what each says of an extension of its own holds.
 */
async function readRepeats(
  client: PoolClient,
  rows: readonly { readonly externalId: string }[],
): Promise<Map<string, number[]>> {
  const found = await client.query<{ externalId: string; ordinals: number[] }>(
    `SELECT external_id AS "externalId", array_agg(ordinal ORDER BY ordinal) AS ordinals FROM staged
     WHERE (verdict = 'repeat' OR verdict = 'conflict' AND named) AND external_id = ANY($1)
     GROUP BY external_id`,
    [rows.map(({ externalId }) => externalId)],
  )
  return new Map(found.rows.map(({ externalId, ordinals }) => [externalId, ordinals]))
}

// By a list of their own: joined, the planner reads every draft for each batch, 15 s in 100,000.
async function readTexts(
  client: PoolClient,
  ordinals: readonly number[],
): Promise<Map<number, string>> {
  const found = await client.query<{ ordinal: number; draft: string }>(
    'SELECT ordinal, draft FROM staged_draft WHERE ordinal = ANY($1)',
    [ordinals],
  )
  return new Map(found.rows.map(({ ordinal, draft }) => [ordinal, draft]))
}

/** One contract from a row and those that repeat it with other extensions. */
function together(text: string, repeats: readonly string[]): Draft {
  const draft = JSON.parse(text) as Draft
  if (repeats.length === 0) return draft
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
