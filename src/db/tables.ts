/** The tables as the database has them, in the order in which their rows can be written. */
import type { ClientBase } from 'pg'

export interface Table {
  readonly name: string
  readonly columns: readonly string[]
  /** What its rows are put in order by, the same on every server. */
  readonly order: string
}

/** All but the record of migrations; a table stands behind those that it refers to. */
export async function readTables(client: ClientBase): Promise<Table[]> {
  const columns = await client.query<{ table: string; columns: string[] }>(
    `SELECT t.table_name AS "table", array_agg(c.column_name::text ORDER BY c.ordinal_position) AS columns
     FROM information_schema.tables t JOIN information_schema.columns c USING (table_schema, table_name)
     WHERE t.table_schema = current_schema() AND t.table_type = 'BASE TABLE'
       AND t.table_name <> '_prisma_migrations' AND c.is_generated = 'NEVER'
     GROUP BY t.table_name ORDER BY t.table_name`,
  )
  const keys = await client.query<{ table: string; order: string }>(
    `SELECT r.relname::text AS "table", string_agg(quote_ident(a.attname)
            || CASE WHEN a.attcollation <> 0 THEN ' COLLATE "C"' ELSE '' END, ', ' ORDER BY k.n) AS "order"
     FROM pg_constraint p JOIN pg_class r ON r.oid = p.conrelid
     CROSS JOIN LATERAL unnest(p.conkey) WITH ORDINALITY AS k (attnum, n)
     JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = k.attnum
     WHERE p.contype = 'p' AND p.connamespace = current_schema()::regnamespace GROUP BY r.relname`,
  )
  const references = await client.query<{ from: string; to: string }>(
    `SELECT DISTINCT conrelid::regclass::text AS "from", confrelid::regclass::text AS "to"
     FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
       AND conrelid <> confrelid`,
  )
  const orders = new Map(keys.rows.map(({ table, order }) => [table, order]))
  const tables = columns.rows.map(({ table, columns }) => ({
    name: table,
    columns,
    order: orders.get(table) ?? 'ctid',
  }))
  return inOrder(tables, references.rows)
}

function inOrder(
  tables: readonly Table[],
  references: readonly { readonly from: string; readonly to: string }[],
): Table[] {
  const ordered: Table[] = []
  let left = [...tables]
  while (left.length > 0) {
    const waits = ({ name }: Table) =>
      references.some(({ from, to }) => from === name && left.some((each) => each.name === to))
    const free = left.filter((table) => !waits(table))
    if (free.length === 0) throw new Error('The tables refer to each other in a circle.')
    ordered.push(...free)
    left = left.filter(waits)
  }
  return ordered
}

/** The names of the migrations that were applied, in order. */
export async function readMigrationNames(client: ClientBase): Promise<string[]> {
  const found = await client.query<{ name: string }>(
    `SELECT migration_name AS name FROM _prisma_migrations
     WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`,
  )
  return found.rows.map(({ name }) => name)
}

/** Quoted as SQL wants a name. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
