/** The sample makes way for the first real register, with everything that was said of it. */
import type { PoolClient } from 'pg'

/** Returns how many contracts of the sample there were. The audit alone remembers them. */
export async function removeSample(client: PoolClient, organisationId: number): Promise<number> {
  const found = await client.query<{ id: number }>(
    'SELECT id FROM source WHERE organisation_id = $1 AND is_sample',
    [organisationId],
  )
  const sources = found.rows.map((row) => row.id)
  if (sources.length === 0) return 0
  // A sample is only ever loaded into an empty register, and its messages only go to the terminal:
  // until now there was nothing else to tell.
  await client.query('DELETE FROM delivery WHERE organisation_id = $1', [organisationId])
  // Days that somebody swept ahead to try the sample out must not silence the real register.
  await client.query('UPDATE team SET last_swept_on = NULL WHERE organisation_id = $1', [
    organisationId,
  ])
  await client.query('UPDATE organisation SET superseded = 0 WHERE id = $1', [organisationId])
  const removed = await client.query('DELETE FROM contract WHERE source_id = ANY($1)', [sources])
  await client.query('DELETE FROM source WHERE id = ANY($1)', [sources])
  await client.query(
    `DELETE FROM buyer WHERE organisation_id = $1
       AND NOT EXISTS (SELECT FROM contract_buyer WHERE buyer_id = buyer.id)`,
    [organisationId],
  )
  await client.query(
    `DELETE FROM product WHERE organisation_id = $1
       AND NOT EXISTS (SELECT FROM contract_product WHERE product_id = product.id)`,
    [organisationId],
  )
  // Nobody of the sample has a Slack account: people who do are real.
  await client.query(
    `DELETE FROM person WHERE organisation_id = $1 AND slack_user IS NULL AND NOT EXISTS (
       SELECT FROM contract c WHERE person.id IN (c.owner_id, c.deputy_id, c.category_lead_id, c.finance_partner_id))`,
    [organisationId],
  )
  return removed.rowCount ?? 0
}
