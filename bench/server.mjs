// The embedded server, in a data folder of the bench's own, and a fresh database for each try.
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import pg from 'pg'
import { startEmbedded } from '../dist/src/database/embedded/server.js'
import { migrate } from '../dist/src/database/migrate.js'

const TEMPLATE = 'bench_template'

/** A clock tick of Linux, in which it counts the work of a process. */
const TICK_MS = 10

/** Starts a server with the settings of real use; `close` stops it and removes its data. */
export async function startServer(log) {
  const folder = mkdtempSync(path.join(tmpdir(), 'lapsewatch-bench-'))
  // Where root measures, the server's own user has to pass through.
  chmodSync(folder, 0o711)
  const server = await startEmbedded({ dataFolder: folder, log })
  const admin = new pg.Client(server.adminUrl)
  await admin.connect()
  await replace(admin, TEMPLATE, 'template0')
  await migrate(urlOf(server.migrateUrl, TEMPLATE))
  const { rows } = await admin.query('SHOW data_directory')
  const [{ data_directory: data }] = rows
  return {
    folder,
    /** A migrated, empty database of that name, as the settings that lead the program there. */
    async fresh(name) {
      await replace(admin, name, TEMPLATE)
      return {
        DATABASE_URL: urlOf(server.runUrl, name),
        LAPSEWATCH_MIGRATE_URL: urlOf(server.migrateUrl, name),
      }
    },
    /** The superuser's address of a database. */
    adminUrl: (name) => urlOf(server.adminUrl, name),
    /** A copy of a database of that name to which nobody is connected. */
    async copyOf(name, template) {
      await replace(admin, name, template)
      return {
        DATABASE_URL: urlOf(server.runUrl, name),
        LAPSEWATCH_MIGRATE_URL: urlOf(server.migrateUrl, name),
      }
    },
    /** What the processes of connections that have ended have worked so far, in milliseconds; null elsewhere than on Linux. */
    workedMs() {
      try {
        const [pid] = readFileSync(path.join(data, 'postmaster.pid'), 'utf8').split('\n')
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
        return (Number(fields[13]) + Number(fields[14])) * TICK_MS
      } catch {
        return null
      }
    },
    /** Writes out what earlier tries left to be written, so that this one does not pay for it. */
    async settle() {
      await admin.query('CHECKPOINT')
    },
    async close() {
      await admin.end()
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function replace(admin, name, template) {
  await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template} OWNER lapsewatch_owner`)
}

function urlOf(address, database) {
  const url = new URL(address)
  url.pathname = `/${database}`
  return url.href
}
