/** Call-offs under their frameworks, by the reference or the process that a register names. */
import type { PoolClient } from 'pg'
import type { AuditChange } from '../../db/audit.ts'
import { groupedBy } from '../../domain/grouped-by.ts'
import type { Draft, Problem } from '../draft.ts'
import { referenceKey } from './fields.ts'
import type { ImportContext } from './import-context.ts'
import { type Unlinked, unlinkedProblems } from './unlinked-parents.ts'

interface Child {
  readonly contractId: number
  readonly at: string
  readonly reference: string | null
  readonly parent: string
}
interface Parent {
  readonly id: number
  readonly sourceId: number
  readonly key: string
}

export interface LinkedParents {
  readonly changes: readonly AuditChange[]
  /** Frameworks that no contract, or more than one, is called by. */
  readonly problems: readonly Problem[]
}

/**
 * Gives each contract the framework that its row names, where exactly one contract is called so in
 * the same register, else in the others. One that is not found leaves the contract as it was, and
 * is told.
 */
export async function linkParents(
  client: PoolClient,
  { organisationId, sourceId }: ImportContext,
): Promise<LinkedParents> {
  const children = await readChildren(client)
  if (children.length === 0) return { changes: [], problems: [] }
  const parents = groupedBy(
    await readParents(client, organisationId, [...new Set(children.map(({ parent }) => parent))]),
    ({ key }) => key,
  )
  const found: { contractId: number; to: number; parent: string }[] = []
  const unlinked: Unlinked[] = []
  for (const child of children) {
    const { contractId, parent } = child
    const named = (parents.get(keyOf(parent)) ?? []).filter(({ id }) => id !== contractId)
    const own = named.filter((each) => each.sourceId === sourceId)
    const [only, ...more] = own.length > 0 ? own : named
    if (only !== undefined && more.length === 0) found.push({ contractId, to: only.id, parent })
    else
      unlinked.push({
        ...child,
        key: keyOf(parent),
        called: own.length > 0 ? own.length : named.length,
      })
  }
  const changes = await writeParents(client, found)
  return { changes, problems: unlinkedProblems(unlinked) }
}

async function writeParents(
  client: PoolClient,
  found: readonly { readonly contractId: number; readonly to: number; readonly parent: string }[],
): Promise<AuditChange[]> {
  const held = await readHeld(
    client,
    found.map(({ contractId }) => contractId),
  )
  const changed = found.filter(({ contractId, to }) => held.get(contractId) !== to)
  if (changed.length === 0) return []
  await client.query(
    `UPDATE contract SET parent_id = f.parent_id FROM unnest($1::int[], $2::int[]) AS f (id, parent_id)
     WHERE contract.id = f.id`,
    [changed.map(({ contractId }) => contractId), changed.map(({ to }) => to)],
  )
  return changed.map(({ contractId, parent }) => {
    const from = held.get(contractId) ?? null
    return {
      contractId,
      what: 'updated',
      field: 'parent',
      from: from === null ? null : `contract ${from}`,
      to: parent,
    }
  })
}

/** Rows that name a framework: only they have the key at all. */
async function readChildren(client: PoolClient): Promise<Child[]> {
  const drafts = await client.query<{ ordinal: number; draft: string }>(
    `SELECT ordinal, draft FROM staged_draft WHERE strpos(draft, '"parent":') > 0 ORDER BY ordinal`,
  )
  if (drafts.rows.length === 0) return []
  const rows = await client.query<{ ordinal: number; contractId: number }>(
    `SELECT ordinal, contract_id AS "contractId" FROM staged
     WHERE ordinal = ANY($1) AND contract_id IS NOT NULL`,
    [drafts.rows.map(({ ordinal }) => ordinal)],
  )
  const ids = new Map(rows.rows.map(({ ordinal, contractId }) => [ordinal, contractId]))
  return drafts.rows.flatMap(({ ordinal, draft }) => {
    const { at, reference, parent } = JSON.parse(draft) as Draft
    const contractId = ids.get(ordinal)
    return parent === undefined || contractId === undefined
      ? []
      : [{ contractId, at, reference, parent }]
  })
}

function keyOf(parent: string): string {
  return isProcess(parent) ? `ocid:${parent}` : referenceKey(parent)
}

function isProcess(name: string): boolean {
  return /^ocds-\w+-/.test(name)
}

async function readParents(
  client: PoolClient,
  organisationId: number,
  names: readonly string[],
): Promise<Parent[]> {
  const processes = names.filter(isProcess)
  const byReference = await client.query<Parent>(
    `SELECT id, source_id AS "sourceId", reference_key AS key FROM contract
     WHERE organisation_id = $1 AND reference_key = ANY($2)`,
    [organisationId, names.filter((name) => !isProcess(name)).map(keyOf)],
  )
  if (processes.length === 0) return byReference.rows
  const byProcess = await client.query<Parent>(
    `SELECT id, source_id AS "sourceId", split_part(external_id, '/', 1) AS key FROM contract
     WHERE organisation_id = $1 AND split_part(external_id, '/', 1) = ANY($2)`,
    [organisationId, processes.map(keyOf)],
  )
  return [...byReference.rows, ...byProcess.rows]
}

async function readHeld(
  client: PoolClient,
  ids: readonly number[],
): Promise<ReadonlyMap<number, number | null>> {
  const found = await client.query<{ id: number; parentId: number | null }>(
    'SELECT id, parent_id AS "parentId" FROM contract WHERE id = ANY($1)',
    [ids],
  )
  return new Map(found.rows.map(({ id, parentId }) => [id, parentId]))
}
