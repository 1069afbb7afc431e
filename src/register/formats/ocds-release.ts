/** Merges the releases of one process into its present state, as OCDS 1.1 has it. */

import { compare } from '../../rules/text-match.ts'
import { isObject, type Json, type JsonObject, textAt } from './json-stream.ts'

/** A release, and where it stands in its file. */
export interface Release {
  readonly at: string
  readonly data: JsonObject
}

/** Lists that OCDS replaces as a whole although their elements are objects. */
const WHOLE_LISTS = new Set(['additionalIdentifiers', 'additionalContactPoints', 'changes'])

/**
 * Releases by date; equal dates by id, then by content, so that the order in which a file lists
 * them never matters. A release without a date comes first.
 */
export function inOrder(releases: readonly Release[]): readonly Release[] {
  if (releases.length < 2) return releases
  return releases
    .map((release) => ({
      release,
      time: instant(textAt(release.data, 'date')),
      id: textAt(release.data, 'id') ?? '',
    }))
    .sort((a, b) => a.time - b.time || compare(a.id, b.id) || byContent(a.release, b.release))
    .map(({ release }) => release)
}

function instant(date: string | null): number {
  const time = date === null ? Number.NaN : Date.parse(date)
  return Number.isNaN(time) ? Number.NEGATIVE_INFINITY : time
}

function byContent(a: Release, b: Release): number {
  return compare(JSON.stringify(a.data), JSON.stringify(b.data))
}

/** The state after all these releases, the earliest first. */
export function mergeReleases(releases: readonly Release[]): JsonObject {
  const [only] = releases
  if (only !== undefined && releases.length === 1) return only.data
  let state: JsonObject = {}
  for (const { data } of releases) state = mergeObjects(state, data)
  return state
}

/** The update over what was there; a null takes it away. */
export function mergeObjects(old: JsonObject, update: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...old }
  for (const key in update) {
    const value = update[key]
    if (value === undefined) continue
    const before = merged[key]
    if (value === null) delete merged[key]
    else if (isObject(value) && isObject(before)) merged[key] = mergeObjects(before, value)
    else if (Array.isArray(value) && Array.isArray(before)) {
      merged[key] = WHOLE_LISTS.has(key) ? value : mergeLists(before, value)
    } else merged[key] = value
  }
  return merged
}

/** Objects with ids are merged one by one; any other list replaces what was there. */
function mergeLists(old: readonly Json[], update: readonly Json[]): readonly Json[] {
  const merged = new Map<string, JsonObject>()
  for (const item of [...old, ...update]) {
    const id = isObject(item) ? textAt(item, 'id') : null
    if (id === null || !isObject(item)) return update
    const before = merged.get(id)
    merged.set(id, before === undefined ? item : mergeObjects(before, item))
  }
  return [...merged.values()]
}

/** `true` keeps a value whole; an object keeps those keys, of each element where it is a list. */
type Shape = true | { readonly [key: string]: Shape }

const PERIOD: Shape = {
  startDate: true,
  endDate: true,
  maxExtentDate: true,
  durationInDays: true,
  durationInMonths: true,
}
const VALUE: Shape = { amount: true, amountGross: true, currency: true }
const NAMED: Shape = { id: true, name: true }
const AMENDMENT: Shape = {
  id: true,
  date: true,
  description: true,
  rationale: true,
  period: PERIOD,
  value: VALUE,
}
const DOCUMENT: Shape = { id: true, title: true, description: true, url: true }
const RELATED: Shape = { relationship: true, identifier: true }
const RELEASE: Shape = {
  ocid: true,
  id: true,
  date: true,
  tag: true,
  buyer: NAMED,
  relatedProcesses: RELATED,
  parties: { id: true, name: true, roles: true },
  tender: {
    id: true,
    title: true,
    procurementMethod: true,
    procurementMethodDetails: true,
    procuringEntity: NAMED,
    contractPeriod: PERIOD,
    lots: { id: true, title: true, contractPeriod: PERIOD },
  },
  awards: {
    id: true,
    title: true,
    status: true,
    date: true,
    value: VALUE,
    suppliers: NAMED,
    buyers: NAMED,
    relatedLots: true,
    relatedLot: true,
    contractPeriod: PERIOD,
    documents: DOCUMENT,
  },
  contracts: {
    id: true,
    awardID: true,
    title: true,
    status: true,
    value: VALUE,
    dateSigned: true,
    relatedLots: true,
    suppliers: NAMED,
    period: PERIOD,
    amendments: AMENDMENT,
    amendment: AMENDMENT,
    proposedAmendments: AMENDMENT,
    terminationRationaleClassification: { id: true },
    implementation: { endDate: true, documents: DOCUMENT },
    documents: DOCUMENT,
    relatedProcesses: RELATED,
  },
}

/** A release without what is not needed: about a tenth of it stays. */
export function pruneRelease(release: JsonObject): JsonObject {
  const kept = prune(release, RELEASE)
  return isObject(kept) ? kept : {}
}

function prune(value: Json, shape: Shape): Json {
  if (shape === true) return value
  if (Array.isArray(value)) return value.map((item: Json) => prune(item, shape))
  if (!isObject(value)) return value
  const kept: Record<string, Json> = {}
  for (const key in shape) {
    const item = value[key]
    const inner = shape[key]
    if (item !== undefined && inner !== undefined) kept[key] = prune(item, inner)
  }
  return kept
}
