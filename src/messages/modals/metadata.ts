/** What a modal carries from one step to the next in its private_metadata: a list, its version first. */

/** Slack takes no more characters. */
const MOST_CHARACTERS = 3000

/** What follows the version in metadata of that version; null for anything else. */
export function readMetadata(metadata: unknown, version: number): readonly unknown[] | null {
  if (typeof metadata !== 'string' || metadata.length > MOST_CHARACTERS) return null
  let parts: unknown
  try {
    parts = JSON.parse(metadata)
  } catch {
    return null
  }
  if (!Array.isArray(parts) || parts[0] !== version) return null
  return parts.slice(1)
}

/** A number that names something: a row of the database, a version, a line. */
export function isNumber(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 2_147_483_647
}
