/** Contracts that replace one another, by the references that a register gives. */
import type { PoolClient } from 'pg'
import type { AuditChange } from '../../db/audit.ts'
import { rekey } from '../../db/rekey.ts'
import type { CivilDate } from '../../domain/civil-date.ts'
import { referenceKey } from './fields.ts'
import type { ImportContext } from './import-context.ts'

interface Linked {
  readonly id: number
  readonly referenceKey: string
  readonly predecessor: string | null
  readonly successor: string | null
  readonly start: CivilDate | null
  readonly successorStart: CivilDate | null
}

/**
 * Gives each contract the first day of its successor in the same source, found by either one's
 * reference to the other. A successor that stands in a register counts as signed. Returns what
 * changed.
 */
export async function linkSuccessors(
  client: PoolClient,
  context: ImportContext,
): Promise<AuditChange[]> {
  const naming = await readLinked(
    client,
    context.sourceId,
    '(predecessor IS NOT NULL OR successor IS NOT NULL)',
    [],
  )
  if (naming.length === 0) return []
  const names = naming.flatMap((each) => [each.predecessor, each.successor])
  const keys = names.filter((name) => name !== null).map(referenceKey)
  const named = await readLinked(client, context.sourceId, 'reference_key = ANY($2)', [keys])
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
  const ids = changed.map(([id]) => id)
  await client.query(
    `UPDATE contract SET successor_start = s.start FROM unnest($1::int[], $2::date[]) AS s (id, start)
     WHERE contract.id = s.id`,
    [ids, changed.map(([, start]) => start)],
  )
  const { organisationId, teams, rulesOf, today } = context
  await rekey(client, { organisationId, teams, rulesOf, today }, ids)
  return changed.map(([contractId, to]) => ({
    contractId,
    what: 'updated',
    field: 'successor_start',
    from: before.get(contractId) ?? null,
    to,
  }))
}

// Two plain reads and a join here: fresh rows have no statistics, and a join in the database
// was seen to take minutes for 20,000 of them.
async function readLinked(
  client: PoolClient,
  sourceId: number,
  condition: string,
  values: readonly unknown[],
): Promise<Linked[]> {
  const found = await client.query<Linked>(
    `SELECT id, reference_key AS "referenceKey", predecessor, successor, start,
            successor_start AS "successorStart"
     FROM contract WHERE source_id = $1 AND closed_on IS NULL AND ${condition}`,
    [sourceId, ...values],
  )
  return found.rows
}
