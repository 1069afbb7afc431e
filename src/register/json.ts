/** Plain access to parsed JSON whose shape nobody vouches for: null for what is not there. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function objectAt(from: JsonObject | null, key: string): JsonObject | null {
  const value = from?.[key]
  return isObject(value) ? value : null
}

/** The objects of a list, each with its place in it. */
export function objectsAt(from: JsonObject | null, key: string): JsonObject[] {
  const value = from?.[key]
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** A text, or a number as text; null for blanks and anything else. */
export function textAt(from: JsonObject | null, key: string): string | null {
  const value = from?.[key]
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value : null
}

export function textsAt(from: JsonObject | null, key: string): string[] {
  const value = from?.[key]
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) return []
  return value.filter((item) => typeof item === 'string' || typeof item === 'number').map(String)
}
