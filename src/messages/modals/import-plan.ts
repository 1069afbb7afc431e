/** What an import in Slack has settled so far: strict JSON in the private_metadata of its steps. */
import { isNumber, readMetadata } from './metadata.ts'

export interface ImportPlan {
  /** Slack's id of the file: whichever process takes the next step fetches it again. */
  readonly fileId: string
  readonly source: string | null
  readonly teamId: number | null
  readonly dates: 'dmy' | 'mdy' | null
  /** Where a table's headings stand; null for a register without headings. */
  readonly at: { readonly reading: string; readonly line: number } | null
  /** What columns stand for, counted from 0; null: not read. */
  readonly fields: readonly (readonly [number, string | null])[]
}

const VERSION = 1
const MOST_FIELDS = 100

export function writePlan({ fileId, source, teamId, dates, at, fields }: ImportPlan): string {
  const place = at === null ? null : [at.reading, at.line]
  return JSON.stringify([VERSION, fileId, source, teamId, dates, place, fields])
}

/** The plan that `writePlan` wrote; null for anything else. */
export function readPlan(metadata: unknown): ImportPlan | null {
  const parts = readMetadata(metadata, VERSION)
  if (parts === null || parts.length !== 6) return null
  const [fileId, source, teamId, dates, place, fields] = parts
  if (typeof fileId !== 'string' || !/^[A-Z][A-Z0-9]{2,20}$/.test(fileId)) return null
  if (source !== null && (typeof source !== 'string' || source.length > 100)) return null
  if (teamId !== null && !isNumber(teamId)) return null
  if (dates !== null && dates !== 'dmy' && dates !== 'mdy') return null
  if (!Array.isArray(fields) || fields.length > MOST_FIELDS || !fields.every(isChoice)) return null
  const at = place === null ? null : placeOf(place)
  return at === undefined ? null : { fileId, source, teamId, dates, at, fields }
}

function placeOf(place: unknown): ImportPlan['at'] | undefined {
  if (!Array.isArray(place) || place.length !== 2) return undefined
  const [reading, line] = place
  if (typeof reading !== 'string' || reading.length > 10 || !isNumber(line)) return undefined
  return { reading, line }
}

function isChoice(value: unknown): value is [number, string | null] {
  if (!Array.isArray(value) || value.length !== 2) return false
  const [index, field] = value
  const named = field === null || (typeof field === 'string' && /^[A-Za-z]{1,40}$/.test(field))
  return named && (index === 0 || isNumber(index)) && index < 1000
}
