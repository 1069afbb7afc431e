import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { processAlive } from '../../src/database/embedded/locks.ts'
import { startEmbedded, stopServer } from '../../src/database/embedded/server.ts'
import { migrate } from '../../src/database/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Addresses of the run's server, on its database `lapsewatch`, for each role. */
    postgres: { admin: string; owner: string; run: string }
  }
}

/** Name of the migrated database that every test's own is copied from. */
export const TEMPLATE = 'lapsewatch_template'

const PREFIX = 'lapsewatch-test-'

/**
 * One server for a whole run, in a folder of its own, gone with it. It gives up crash safety: its data is
 * thrown away. Runs that follow one another (prove/mutants.mjs) are given the addresses of one that stands.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const standing = process.env.LAPSEWATCH_TEST_POSTGRES
  if (standing !== undefined) {
    project.provide('postgres', JSON.parse(standing))
    return async () => undefined
  }
  await clearLeftovers()
  const folder = mkdtempSync(path.join(tmpdir(), `${PREFIX}${process.pid}-`))
  // As root the server runs as another user, who has to get in.
  chmodSync(folder, 0o711)
  const server = await startEmbedded({
    dataFolder: folder,
    log: (line) => process.stderr.write(`${line}\n`),
    durable: false,
  }).catch((error) => {
    rmSync(folder, { recursive: true, force: true })
    throw error
  })
  const teardown = async () => {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await makeTemplate(server.adminUrl, server.migrateUrl)
  } catch (error) {
    await teardown()
    throw error
  }
  project.provide('postgres', {
    admin: server.adminUrl,
    owner: server.migrateUrl,
    run: server.runUrl,
  })
  return teardown
}

/** Stops and removes what runs that were killed left behind. */
async function clearLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(name.startsWith(PREFIX) ? name.slice(PREFIX.length).split('-')[0] : 0)
    if (!Number.isInteger(pid) || pid === 0 || processAlive(pid)) continue
    const folder = path.join(tmpdir(), name)
    await stopServer(null, path.join(folder, 'postgres'))
    rmSync(folder, { recursive: true, force: true })
  }
}

async function makeTemplate(adminUrl: string, ownerUrl: string): Promise<void> {
  await rowsAt(adminUrl, `CREATE DATABASE ${TEMPLATE} OWNER lapsewatch_owner`)
  await migrate(onDatabase(ownerUrl, TEMPLATE))
  await rowsAt(onDatabase(adminUrl, TEMPLATE), EMPTIED)
}

/**
 * `test.emptied(connections)`: how many rows were taken out of all tables, whose numbers begin anew; null
 * and nothing done where more are connected.
 */
const EMPTIED = `
  CREATE SCHEMA test;
  GRANT USAGE ON SCHEMA test TO PUBLIC;
  CREATE FUNCTION test.emptied(connections int) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
    SET session_replication_role = replica AS $$
  DECLARE
    each record;
    gone bigint;
    deleted bigint := 0;
  BEGIN
    IF connections < (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
                        AND backend_type = 'client backend') THEN
      RETURN NULL;
    END IF;
    FOR each IN SELECT oid::regclass AS name, relkind FROM pg_class
                 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'S')
                   AND relname <> '_prisma_migrations' LOOP
      IF each.relkind = 'S' THEN
        PERFORM setval(each.name, 1, false);
      ELSE
        EXECUTE 'DELETE FROM ' || each.name;
        GET DIAGNOSTICS gone = ROW_COUNT;
        deleted := deleted + gone;
      END IF;
    END LOOP;
    RETURN deleted;
  END $$`

/** Work on a connection of its own, which is closed afterwards. */
export async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>) {
  const client = new pg.Client({ connectionString: url })
  // A server that is killed meanwhile is told of by the question.
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** What a statement returns, asked on a connection of its own. */
export function rowsAt(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Record<string, unknown>[]> {
  return connected(url, async (client) => (await client.query(sql, [...values])).rows)
}

/** The same address with another database's name. */
export function onDatabase(url: string, database: string): string {
  const address = new URL(url)
  address.pathname = `/${database}`
  return address.href
}
