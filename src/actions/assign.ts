/** Who answers for a contract. */
import type { Pool } from 'pg'
import { type AuditChange, personText } from '../database/audit-log.ts'
import { UserError } from '../rules/user-error.ts'
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
    const next = { ...held }
    const changes: AuditChange[] = []
    for (const [name, column] of Object.entries(COLUMNS)) {
      const to = assignment[name as keyof Assignment]
      if (to === undefined || held[column] === to) continue
      next[column] = to
      const from = held[column] ?? null
      changes.push({
        contractId,
        what: 'updated',
        field: column,
        from: personText(from),
        to: personText(to),
      })
    }
    if (changes.length === 0) throw new UserError('Nothing changes: they answer for it already.')
    await client.query(
      `UPDATE contract SET owner_id = $2, deputy_id = $3, category_lead_id = $4, finance_partner_id = $5
       WHERE id = $1`,
      [contractId, next.owner_id, next.deputy_id, next.category_lead_id, next.finance_partner_id],
    )
    return changes
  })
}
