import { openClient } from './connection.ts'
import type { Secrets } from './embedded-folder.ts'

export type ServerRole = 'lapsewatch_admin' | 'lapsewatch_owner' | 'lapsewatch_run'

/** The address of a database of the embedded server. */
export function serverUrl(
  role: ServerRole,
  password: string,
  port: number,
  database = 'lapsewatch',
): string {
  return `postgresql://${role}:${password}@127.0.0.1:${port}/${database}`
}

/**
 * Makes the two login roles and the database, as far as they are missing: a first start that was
 * cut short is finished by the next.
 */
export async function prepareServer(secrets: Secrets, port: number): Promise<void> {
  const url = serverUrl('lapsewatch_admin', secrets.admin, port, 'postgres')
  const client = await openClient(url, { applicationName: 'lapsewatch' })
  try {
    const roles = await client.query<{ name: string }>('SELECT rolname AS name FROM pg_roles')
    const has = new Set(roles.rows.map((row) => row.name))
    for (const [role, password] of [
      ['lapsewatch_owner', secrets.owner],
      ['lapsewatch_run', secrets.run],
    ] as const) {
      await client.query(
        `${has.has(role) ? 'ALTER' : 'CREATE'} ROLE ${role} LOGIN PASSWORD '${password}'`,
      )
    }
    const databases = await client.query("SELECT FROM pg_database WHERE datname = 'lapsewatch'")
    if (databases.rowCount === 0) {
      await client.query('CREATE DATABASE lapsewatch OWNER lapsewatch_owner')
    }
  } finally {
    await client.end()
  }
}
