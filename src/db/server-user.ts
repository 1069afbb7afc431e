import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { DatabaseProblem } from './problem.ts'

/** The operating-system user that the embedded server runs as. */
export type ServerUser = { readonly uid: number; readonly gid: number; readonly name: string }

const OWN_NAME = 'lapsewatch'

/**
 * Whom the server runs as: null for the present user. PostgreSQL refuses to run as root, so root
 * hands it to the owner of the data where there is data already, else to the user `postgres`,
 * else to a system user `lapsewatch` (made where the system lets us), else to `nobody`.
 */
export function serverUser(ownerOfData: number | null, log: (line: string) => void) {
  if (process.getuid?.() !== 0) return null
  if (ownerOfData !== null && ownerOfData !== 0) {
    const owner = accounts().find((account) => account.uid === ownerOfData)
    return owner ?? { uid: ownerOfData, gid: ownerOfData, name: String(ownerOfData) }
  }
  const user = named('postgres') ?? named(OWN_NAME) ?? makeUser(log) ?? named('nobody')
  if (user) return user
  throw new DatabaseProblem(
    'PostgreSQL does not run as root, and this system has no user to run it as: add one with "useradd --system lapsewatch", start Lapsewatch as an ordinary user, or set DATABASE_URL.',
  )
}

function named(name: string): ServerUser | null {
  return accounts().find((account) => account.name === name && account.uid !== 0) ?? null
}

function makeUser(log: (line: string) => void): ServerUser | null {
  const commands: [string, string[]][] = [
    [
      'useradd',
      ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', OWN_NAME],
    ],
    ['adduser', ['-S', '-D', '-H', OWN_NAME]],
  ]
  for (const [command, args] of commands) {
    if (spawnSync(command, args, { stdio: 'ignore', cwd: '/' }).status !== 0) continue
    const made = named(OWN_NAME)
    if (made) {
      log(`Added the system user ${OWN_NAME}: PostgreSQL does not run as root.`)
      return made
    }
  }
  return null
}

function accounts(): ServerUser[] {
  let text: string
  try {
    text = readFileSync('/etc/passwd', 'utf8')
  } catch {
    return []
  }
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    if (!name || !uid || !gid) return []
    return [{ name, uid: Number(uid), gid: Number(gid) }]
  })
}

/** The part of spawn options that makes a command run as that user, in a folder it can enter. */
export function runAs(user: ServerUser | null): { uid?: number; gid?: number; cwd?: string } {
  return user === null ? {} : { uid: user.uid, gid: user.gid, cwd: '/' }
}

/** Whether that user can enter a folder, found out by letting it try. */
export function canEnter(user: ServerUser, folder: string): boolean {
  const tried = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], {
    ...runAs(user),
    stdio: 'ignore',
  })
  return tried.status === 0
}
