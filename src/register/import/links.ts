/** Call-offs under their frameworks, and contracts with their successors. */
import type { PoolClient } from 'pg'
import type { AuditChange } from '../../database/audit-log.ts'
import { writeColumns, writeDays } from '../../database/bulk.ts'
import { type ContractColumns, readColumns, selectContracts } from '../../database/contracts.ts'
import { recalculate } from '../../database/recalculate.ts'
import { type CivilDate, dayText } from '../../rules/civil-date.ts'
import { groupedBy } from '../../rules/text-match.ts'
import type { Draft, Problem } from '../draft.ts'
import { referenceKey } from './columns.ts'
import type { ImportContext } from './context.ts'
import { type Unlinked, unlinkedProblems } from './problems.ts'
import { keepContracts } from './undo.ts'

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

interface LinkedParents {
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
  context: ImportContext,
): Promise<LinkedParents> {
  const { organisationId, sourceId, importId } = context
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
  const changes = await writeParents(client, importId, found)
  const { teams, rulesOf, today } = context
  const linked = changes.flatMap(({ contractId }) => contractId ?? [])
  // Its framework's law and last call-off day are known from now on.
  if (linked.length > 0) {
    await recalculate(client, { organisationId, teams, rulesOf, today }, linked)
  }
  return { changes, problems: unlinkedProblems(unlinked) }
}

async function writeParents(
  client: PoolClient,
  importId: number,
  found: readonly { readonly contractId: number; readonly to: number; readonly parent: string }[],
): Promise<AuditChange[]> {
  const held = await readHeld(
    client,
    found.map(({ contractId }) => contractId),
  )
  const changed = found.filter(({ contractId, to }) => held.get(contractId) !== to)
  if (changed.length === 0) return []
  await keepContracts(
    client,
    importId,
    changed.map(({ contractId }) => contractId),
  )
  const parents = changed.map(({ contractId: id, to }) => ({ id, parent_id: to }))
  await writeColumns(client, 'contract', { parent_id: 'int' }, parents)
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
  const { rows } = await client.query<{ contractId: number; draft: string }>(
    `SELECT s.contract_id AS "contractId", d.draft FROM staged_draft d JOIN staged s USING (ordinal)
     WHERE strpos(d.draft, '"parent":') > 0 AND s.contract_id IS NOT NULL ORDER BY ordinal`,
  )
  return rows.flatMap(({ contractId, draft }) => {
    const { at, reference, parent } = JSON.parse(draft) as Draft
    return parent === undefined ? [] : [{ contractId, at, reference, parent }]
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
  const [processes, references] = [
    names.filter(isProcess),
    names.filter((name) => !isProcess(name)),
  ]
  const by = (key: string, among: readonly string[]) =>
    selectContracts(
      client,
      ['id', 'sourceId', 'referenceKey', 'externalId'],
      `c.organisation_id = $1 AND ${key} = ANY($2)`,
      [organisationId, among.map(keyOf)],
    )
  const named = (await by('c.reference_key', references)).map((each) => ({
    ...each,
    key: each.referenceKey,
  }))
  if (processes.length === 0) return named
  const ofProcess = await by("split_part(c.external_id, '/', 1)", processes)
  return [
    ...named,
    ...ofProcess.map((each) => ({ ...each, key: each.externalId.split('/')[0] ?? '' })),
  ]
}

async function readHeld(
  client: PoolClient,
  ids: readonly number[],
): Promise<ReadonlyMap<number, number | null>> {
  const found = await readColumns(client, ids, ['id', 'parentId'])
  return new Map(found.map(({ id, parentId }) => [id, parentId]))
}

const LINKED = [
  ...(['id', 'reference', 'referenceKey', 'predecessor', 'successor', 'start'] as const),
  'successorStart',
] as const
type Linked = Pick<ContractColumns, (typeof LINKED)[number]>

/**
 * Gives each contract the first day of its successor in the same source, found by either one's
 * reference to the other. A successor that stands in a register counts as signed. Returns what
 * changed.
 */
export async function linkSuccessors(
  client: PoolClient,
  context: ImportContext,
): Promise<AuditChange[]> {
  // Two plain reads and a join here: fresh rows have no statistics, and a join in the database
  // was seen to take minutes for 20,000 of them.
  const read = (which: string, values: readonly unknown[] = []) =>
    selectContracts(client, LINKED, `c.source_id = $1 AND c.closed_on IS NULL AND ${which}`, [
      context.sourceId,
      ...values,
    ])
  const naming = await read('(c.predecessor IS NOT NULL OR c.successor IS NOT NULL)')
  if (naming.length === 0) return []
  const names = naming.flatMap((each) => [each.predecessor, each.successor])
  const keys = names.filter((name) => name !== null).map(referenceKey)
  const named = await read('c.reference_key = ANY($2)', [keys])
  const byKey = new Map(named.map((each) => [each.referenceKey, each]))
  const starts = new Map<number, CivilDate>()
  const follows = (old: Linked | undefined, next: Linked | undefined) => {
    if (!old || !next || next.start === null || old.id === next.id) return
    const known = starts.get(old.id)
    if (known === undefined || next.start < known) starts.set(old.id, next.start)
  }
  for (const each of naming) {
    if (each.successor !== null) follows(each, byKey.get(referenceKey(each.successor)))
    if (each.predecessor !== null) follows(byKey.get(referenceKey(each.predecessor)), each)
  }
  const before = new Map([...naming, ...named].map((each) => [each.id, each.successorStart]))
  const changed = [...starts].filter(([id, start]) => before.get(id) !== start)
  if (changed.length === 0) return []
  const { unattended } = context
  if (unattended !== undefined) {
    const known = new Map([...naming, ...named].map((each) => [each.id, each]))
    for (const [contractId, start] of changed) {
      const { reference = '' } = known.get(contractId) ?? {}
      const words = [`successor from ${dayText(start)}`]
      unattended.waiting.push({ contractId, reference, at: '', draft: null, words })
    }
    return []
  }
  const ids = changed.map(([id]) => id)
  await keepContracts(client, context.importId, ids)
  const days = changed.map(([id, on]) => ({ id, on }))
  await writeDays(client, 'contract.successor_start', days)
  const { organisationId, teams, rulesOf, today } = context
  await recalculate(client, { organisationId, teams, rulesOf, today }, ids)
  return changed.map(([contractId, to]) => ({
    contractId,
    what: 'updated',
    field: 'successor_start',
    from: before.get(contractId) ?? null,
    to,
  }))
}
