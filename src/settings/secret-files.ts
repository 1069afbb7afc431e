/** Secrets that a file holds in place of the environment. */
import { readFileSync } from 'node:fs'

/** Settings that are secrets, each of which a file may hold instead: `SLACK_BOT_TOKEN_FILE`. */
const SECRET_NAMES = [
  'DATABASE_URL',
  'LAPSEWATCH_MIGRATE_URL',
  'SLACK_BOT_TOKEN',
  'SLACK_APP_TOKEN',
  'SLACK_SIGNING_SECRET',
  'LAPSEWATCH_HEARTBEAT_URL',
] as const

export const FILE_NAMES: readonly string[] = SECRET_NAMES.map((name) => `${name}_FILE`)

/** The environment with the secrets that files hold; what is wrong with the files, in sentences. */
export function withSecretFiles(environment: Environment): {
  readonly filled: Environment
  readonly problems: readonly string[]
} {
  const filled: Record<string, string | undefined> = { ...environment }
  const problems: string[] = []
  for (const name of SECRET_NAMES) {
    const file = environment[`${name}_FILE`]?.trim()
    if (!file) continue
    if (environment[name]?.trim()) {
      problems.push(`${name} and ${name}_FILE are both set: keep one of them.`)
      continue
    }
    try {
      filled[name] = readFileSync(file, 'utf8').trim()
      if (filled[name] === '') problems.push(`${name}_FILE names an empty file: ${file}.`)
    } catch {
      problems.push(`${name}_FILE names a file that cannot be read: ${file}.`)
    }
  }
  return { filled, problems }
}

export type Environment = Readonly<Record<string, string | undefined>>
