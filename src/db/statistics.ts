import type { ClientBase } from 'pg'

/** What an import fills and what is asked about whole registers. */
const COUNTED = [
  ...['contract', 'deadline', 'extension', 'decision', 'contract_import', 'contract_buyer'],
  ...['contract_product', 'buyer', 'product', 'import_problem'],
]

/**
 * Lets the planner know what a transaction wrote, before others see it. The server counts by itself
 * up to a minute later: until then it takes a new register for an empty one, and a summary of
 * 100,000 contracts ran for ten minutes. Before PostgreSQL 17 only the tables' owner may; anybody
 * else is warned by the server, and nothing is counted.
 */
export async function countForPlanner(client: ClientBase): Promise<void> {
  await client.query(`ANALYZE ${COUNTED.join(', ')}`)
}
