/** The sample makes way for the first real register, with everything that was said of it. */
import type { PoolClient } from 'pg'

export async function removeSample(client: PoolClient, organisationId: number): Promise<void> {
  const found = await client.query<{ id: number }>(
    'SELECT id FROM source WHERE organisation_id = $1 AND is_sample',
    [organisationId],
  )
  const sources = found.rows.map((row) => row.id)
  if (sources.length === 0) return
  await client.query(
    `DELETE FROM delivery WHERE organisation_id = $1 AND state <> 'SENT' AND id IN (
       SELECT da.delivery_id FROM delivery_alert da JOIN alert a ON a.id = da.alert_id
       JOIN contract c ON c.id = a.contract_id WHERE c.source_id = ANY($2))`,
    [organisationId, sources],
  )
  await client.query('DELETE FROM contract WHERE source_id = ANY($1)', [sources])
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
}
