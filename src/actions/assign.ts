/** Who answers for a contract. */
import type { Pool } from 'pg'
import { type AuditChange, personText } from '../database/audit-log.ts'
import { tables } from '../database/prisma.ts'
import { UserError } from '../rules/user-error.ts'
import { type Actor, act } from './act.ts'

/** Person ids; absent ones stay as they are, null takes the person out. */
export interface Assignment {
  readonly ownerId?: number | null
  readonly deputyId?: number | null
  readonly categoryLeadId?: number | null
  readonly financePartnerId?: number | null
}

/** Each as the record of changes calls it. */
const ROLES = [
  ['ownerId', 'owner_id'],
  ['deputyId', 'deputy_id'],
  ['categoryLeadId', 'category_lead_id'],
  ['financePartnerId', 'finance_partner_id'],
] as const

export async function assign(
  pool: Pool,
  actor: Actor,
  contractId: number,
  assignment: Assignment,
): Promise<void> {
  await act(pool, actor, contractId, async (client) => {
    const { contract } = tables(client)
    const held = await contract.findFirst({
      where: { id: contractId },
      select: { ownerId: true, deputyId: true, categoryLeadId: true, financePartnerId: true },
    })
    const data: { -readonly [role in keyof Assignment]?: number | null } = {}
    const changes: AuditChange[] = []
    for (const [role, field] of ROLES) {
      const to = assignment[role]
      const from = held?.[role] ?? null
      if (to === undefined || from === to) continue
      data[role] = to
      changes.push({
        contractId,
        what: 'updated',
        field,
        from: personText(from),
        to: personText(to),
      })
    }
    if (changes.length === 0) throw new UserError('Nothing changes: they answer for it already.')
    await contract.updateMany({ where: { id: contractId }, data })
    return changes
  })
}
