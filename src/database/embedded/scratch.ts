/** A database that lasts as long as the process: beside the real one, on the embedded server. */
import { randomBytes } from 'node:crypto'
import type pg from 'pg'
import { openClient } from '../connect.ts'
import { createDatabase, startEmbedded } from './server.ts'

export interface Scratch {
  readonly runUrl: string
  readonly migrateUrl: string
  drop(): Promise<void>
}

const PREFIX = 'lapsewatch_scratch_'

/**
 * An empty database, not migrated yet. What killed processes left behind is dropped first.
 * @throws DatabaseProblem where the embedded server cannot run here.
 */
export async function openScratch(
  dataFolder: string,
  log: (line: string) => void,
): Promise<Scratch> {
  const server = await startEmbedded({ dataFolder, log })
  const name = `${PREFIX}${randomBytes(6).toString('hex')}`
  try {
    await asAdmin(server.adminUrl, async (client) => {
      await dropUnused(client)
      await createDatabase(client, name)
    })
  } catch (error) {
    await server.close()
    throw error
  }
  return {
    runUrl: onDatabase(server.runUrl, name),
    migrateUrl: onDatabase(server.migrateUrl, name),
    async drop() {
      await asAdmin(server.adminUrl, (client) => dropDatabase(client, name, 'WITH (FORCE)'))
      await server.close()
    },
  }
}

/** One that was only just made may have nobody connected to it yet: those of the last hour stay. */
async function dropUnused(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT datname AS name FROM pg_database d
     WHERE starts_with(datname, '${PREFIX}')
       AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE a.datname = d.datname)
       AND (pg_stat_file('base/' || d.oid || '/PG_VERSION')).modification < now() - interval '1 hour'`,
  )
  for (const { name } of rows) {
    // Somebody may have connected since: then it is theirs.
    await dropDatabase(client, name).catch(() => undefined)
  }
}

async function dropDatabase(client: pg.Client, name: string, how = ''): Promise<void> {
  await client.query(`DROP DATABASE IF EXISTS ${name} ${how}`)
}

async function asAdmin<Result>(
  url: string,
  work: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const client = await openClient(url, { applicationName: 'lapsewatch scratch' })
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

function onDatabase(url: string, name: string): string {
  const address = new URL(url)
  address.pathname = `/${name}`
  return address.href
}
