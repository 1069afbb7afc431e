/** What went wrong with the database, in words that say what to do. */

/** Why the database cannot be used, in sentences: what is wrong, where, and what to do next. */
export class DatabaseProblem extends Error {
  override readonly name = 'DatabaseProblem'
}

/** The code of a system or PostgreSQL error (`ENOENT`, `28P01`), or null. */
export function errorCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}

/** What an error says, whatever was thrown. */
export function errorText(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') {
    return error.errors.map(errorText).join('; ')
  }
  return error instanceof Error ? error.message : String(error)
}

/** @throws what failed; of several all that they say. Nothing where nothing failed. */
export function throwFailures(failures: readonly unknown[]): void {
  if (failures.length === 1) throw failures[0]
  if (failures.length > 1) throw new AggregateError(failures, failures.map(errorText).join('; '))
}

/**
 * A failed connection in one sentence: which server and database, what is wrong, what to do.
 * The address's password is never part of it.
 */
export function connectionProblem(url: string, error: unknown): DatabaseProblem {
  if (error instanceof DatabaseProblem) return error
  const { address, user, database, password } = partsOf(url)
  const code = errorCode(error) ?? codeOfFirst(error)
  const said = withoutPassword(errorText(error), password)
  const sentence = (code && remedies(address, user, database)[code]) ?? remedyByWords(address, said)
  return new DatabaseProblem(
    sentence ?? `The database ${database} at ${address} cannot be used: ${said}. See DATABASE_URL.`,
  )
}

function remedies(address: string, user: string, database: string): Record<string, string> {
  const unreachable = `is it running, and does DATABASE_URL name the right host and port?`
  return {
    ECONNREFUSED: `No database server answers at ${address}: ${unreachable}`,
    ETIMEDOUT: `The database server at ${address} does not answer in time: ${unreachable} A firewall may be in between.`,
    EHOSTUNREACH: `The database server at ${address} cannot be reached: ${unreachable}`,
    ECONNRESET: `The database server at ${address} closed the connection: ${unreachable}`,
    ENOTFOUND: `There is no host of the name in ${address}: put the host in DATABASE_URL right.`,
    EAI_AGAIN: `The name of the host in ${address} cannot be looked up now: check the network, or the host in DATABASE_URL.`,
    '28P01': `The database server at ${address} refuses the password of ${user}: put it right in DATABASE_URL.`,
    '28000': `The database server at ${address} does not let ${user} in from here: allow it in pg_hba.conf, or add ?sslmode=require to DATABASE_URL if it wants TLS.`,
    '3D000': `There is no database ${database} at ${address}: create it ("createdb ${database}"), or name another in DATABASE_URL.`,
    '42501': `The user ${user} may not do this in the database ${database} at ${address}: grant it the right, or name the owner in LAPSEWATCH_MIGRATE_URL.`,
    '53300': `The database server at ${address} has no connection left: raise its max_connections, or end other programs that use it.`,
    '57P03': `The database server at ${address} is starting or stopping: try again in a moment.`,
  }
}

function remedyByWords(address: string, said: string): string | null {
  if (/does not support SSL/i.test(said)) {
    return `The database server at ${address} offers no TLS: take sslmode out of DATABASE_URL, or turn TLS on there.`
  }
  if (/certificate|self[- ]signed/i.test(said)) {
    return `The certificate of the database server at ${address} is not trusted (${said}): name its authority with sslrootcert=FILE in DATABASE_URL.`
  }
  if (/statement pooling mode/i.test(said)) {
    return `The connection pooler at ${address} takes no transactions: set its pool_mode to transaction or session.`
  }
  if (/timeout/i.test(said)) return remedies(address, '', '').ETIMEDOUT ?? null
  return null
}

function partsOf(url: string) {
  try {
    const parsed = new URL(url)
    const host = parsed.hostname || parsed.searchParams.get('host') || 'localhost'
    return {
      address: `${host}:${parsed.port || '5432'}`,
      user: decodeURIComponent(parsed.username) || '(no user)',
      database: decodeURIComponent(parsed.pathname.slice(1)) || '(no name)',
      password: parsed.password,
    }
  } catch {
    return { address: '(no valid address)', user: '', database: '', password: '' }
  }
}

/** A host with several addresses fails with one error for each. */
function codeOfFirst(error: unknown): string | null {
  return error instanceof AggregateError ? errorCode(error.errors[0]) : null
}

function withoutPassword(text: string, password: string): string {
  if (password === '') return text
  return text.replaceAll(password, '…').replaceAll(decodeURIComponent(password), '…')
}
