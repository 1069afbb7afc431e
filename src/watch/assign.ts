/** Who answers for a contract. */
import type { Pool } from 'pg'
import type { AuditChange } from '../db/audit.ts'
import { Refusal } from '../domain/refusal.ts'
import { type Actor, act } from './act.ts'

/** Person ids; absent ones stay as they are, null takes the person out. */
export interface Assignment {
  readonly ownerId?: number | null
  readonly deputyId?: number | null
  readonly categoryLeadId?: number | null
  readonly financePartnerId?: number | null
}

const COLUMNS = {
  ownerId: 'owner_id',
  deputyId: 'deputy_id',
  categoryLeadId: 'category_lead_id',
  financePartnerId: 'finance_partner_id',
} as const

/** Changes who answers for a contract. */
export async function assign(
  pool: Pool,
  actor: Actor,
  contractId: number,
  assignment: Assignment,
): Promise<void> {
  await act(pool, actor, contractId, async (client) => {
    const found = await client.query<Record<string, number | null>>(
      'SELECT owner_id, deputy_id, category_lead_id, finance_partner_id FROM contract WHERE id = $1',
      [contractId],
    )
    const held = found.rows[0] ?? {}
    const changes: AuditChange[] = []
    for (const [name, column] of Object.entries(COLUMNS)) {
      const to = assignment[name as keyof Assignment]
      if (to === undefined || held[column] === to) continue
      await client.query(`UPDATE contract SET ${column} = $2 WHERE id = $1`, [contractId, to])
      const from = held[column] ?? null
      changes.push({
        contractId,
        what: 'updated',
        field: column,
        from: personText(from),
        to: personText(to),
      })
    }
    if (changes.length === 0) throw new Refusal('Nothing changes: they answer for it already.')
    return changes
  })
}

/** The audit names people by their number, so that erasing one leaves it whole. */
function personText(id: number | null): string | null {
  return id === null ? null : `person ${id}`
}
