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
