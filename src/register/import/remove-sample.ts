/** The sample makes way for the first real register, with everything that was said of it. */
import type { PoolClient } from 'pg'
import { tables } from '../../database/prisma.ts'

/** Returns how many contracts of the sample there were. The audit alone remembers them. */
export async function removeSample(client: PoolClient, organisationId: number): Promise<number> {
  const of = { organisationId }
  const { buyer, contract, delivery, organisation, product, source, team } = tables(client)
  if ((await source.count({ where: { ...of, isSample: true } })) === 0) return 0
  // A sample is only ever loaded into an empty register, and its messages only go to the terminal:
  // until now there was nothing else to tell.
  await delivery.deleteMany({ where: of })
  // Days that somebody swept ahead to try the sample out must not silence the real register.
  await team.updateMany({ where: of, data: { lastSweptOn: null } })
  await organisation.updateMany({ where: { id: organisationId }, data: { superseded: 0 } })
  const removed = await contract.deleteMany({ where: { source: { ...of, isSample: true } } })
  await source.deleteMany({ where: { ...of, isSample: true } })
  await buyer.deleteMany({ where: { ...of, contracts: { none: {} } } })
  await product.deleteMany({ where: { ...of, contracts: { none: {} } } })
  // Nobody of the sample has a Slack account: people who do are real.
  await client.query(
    `DELETE FROM person WHERE organisation_id = $1 AND slack_user IS NULL AND NOT EXISTS (
       SELECT FROM contract c WHERE person.id IN (c.owner_id, c.deputy_id, c.category_lead_id, c.finance_partner_id))`,
    [organisationId],
  )
  return removed.count
}
