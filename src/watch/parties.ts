/** Whom contracts are with and what they are for: what makes a cliff of several. */
import type { Pool, PoolClient } from 'pg'
import { supplierKey } from '../db/supplier-key.ts'
import { groupedBy } from '../domain/grouped-by.ts'

export interface Parties {
  /** The names by which suppliers are compared. */
  readonly supplier: string | null
  readonly reseller: string | null
  readonly products: readonly string[]
  /** As the register writes them. */
  readonly supplierName: string | null
  readonly resellerName: string | null
}

/** By contract; two queries, each by key, however many they are. */
export async function readParties(
  client: Pool | PoolClient,
  ids: readonly number[],
): Promise<ReadonlyMap<number, Parties>> {
  const contracts = await client.query<
    Pick<Parties, 'supplier' | 'supplierName' | 'resellerName'> & { readonly id: number }
  >(
    `SELECT id, supplier_key AS supplier, supplier AS "supplierName", reseller AS "resellerName"
       FROM contract WHERE id = ANY($1)`,
    [ids],
  )
  const products = await client.query<{ id: number; name: string }>(
    `SELECT cp.contract_id AS id, p.name FROM contract_product cp
       JOIN product p ON p.id = cp.product_id WHERE cp.contract_id = ANY($1)`,
    [ids],
  )
  const productsOf = groupedBy(products.rows, ({ id }) => id)
  return new Map(
    contracts.rows.map(({ id, ...names }) => [
      id,
      {
        ...names,
        reseller: supplierKey(names.resellerName),
        products: (productsOf.get(id) ?? []).map(({ name }) => name),
      },
    ]),
  )
}

/** A supplier's name as a register writes it, not the key by which names are compared. */
export function writtenName(
  by: 'supplier' | 'product',
  key: string,
  parties: readonly Parties[],
): string {
  if (by === 'product') return key
  const direct = parties.find(({ supplier }) => supplier === key)?.supplierName
  return direct ?? parties.find(({ reseller }) => reseller === key)?.resellerName ?? key
}
