/** The part of an OCDS release that says something of a contract's course; the rest is dropped. */
import { isObject, type Json, type JsonObject } from './json.ts'

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
