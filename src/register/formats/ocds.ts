/** Opens OCDS JSON: release packages, record packages, releases and records, also as JSON lines. */
import { type OpenOptions, type OpenRegister, type ReadItem, RegisterError } from '../draft.ts'
import { LIMITS } from '../limits.ts'
import type { Sniffed } from './detect.ts'
import { isObject, type JsonObject, jsonItems, objectAt, objectsAt, textAt } from './json-stream.ts'
import { type OcdsProcess, readProcess } from './ocds-contract.ts'
import { inOrder, mergeReleases, pruneRelease, type Release } from './ocds-release.ts'

/** Opens the JSON that was sniffed; see `openRegister` for its errors. */
export async function openOcds(file: Sniffed, options: OpenOptions): Promise<OpenRegister> {
  if (file.bytes > LIMITS.jsonBytes) {
    throw new RegisterError(
      `${file.name} is larger than 512 MB. Split it by year, or ask for fewer releases.`,
    )
  }
  if (options.map.size > 0) {
    throw new RegisterError(`${file.name} is OCDS, which has no headings: leave --map away.`)
  }
  const collected = new Collected()
  const progress = (read: number): void => options.onProgress?.(read, file.bytes)
  for await (const { value, at } of jsonItems(file.path, file.name, progress)) {
    collected.add(value, at)
  }
  if (collected.groups.size === 0) throw noReleases(file.name, collected)
  return {
    format: 'ocds',
    mapping: [],
    unmapped: [],
    ocidPrefix: commonPrefix(collected.groups.keys()),
    total: collected.total(),
    items: () => items(collected, options.timeZone),
  }
}

/** What is needed of a release, as text: until its process is read that takes a fifth of the memory. */
interface KeptRelease {
  readonly at: string
  readonly json: string
}

/** What a file says of one process. */
interface Group {
  readonly releases: KeptRelease[]
  compiled: KeptRelease | null
}

function keep(at: string, release: JsonObject): KeptRelease {
  return { at, json: JSON.stringify(pruneRelease(release)) }
}

function read({ at, json }: KeptRelease): Release {
  return { at, data: JSON.parse(json) as JsonObject }
}

class Collected {
  readonly groups = new Map<string, Group>()
  /** Objects that are neither a release nor a record, with their keys. */
  readonly strange: { at: string; keys: string[] }[] = []

  add(value: unknown, at: string): void {
    if (!isObject(value)) {
      this.strange.push({ at, keys: [] })
      return
    }
    const ocid = textAt(value, 'ocid')
    if (ocid === null) {
      this.#addPackage(value, at)
      return
    }
    const compiled = objectAt(value, 'compiledRelease')
    const releases = objectsAt(value, 'releases')
    if (compiled === null && value.releases === undefined) {
      this.#group(ocid).releases.push(keep(at, value))
      return
    }
    const group = this.#group(ocid)
    releases.forEach((release, i) => {
      // A linked release has only its address: it cannot be fetched from here.
      if (textAt(release, 'date') === null && textAt(release, 'ocid') === null) return
      group.releases.push(keep(`${at}.releases[${i}]`, release))
    })
    if (compiled !== null) group.compiled = latest(group.compiled, at, compiled)
  }

  #addPackage(value: JsonObject, at: string): void {
    const key = ['releases', 'records'].find((name) => Array.isArray(value[name]))
    if (key === undefined) {
      this.strange.push({ at, keys: Object.keys(value).slice(0, 12) })
      return
    }
    objectsAt(value, key).forEach((item, i) => {
      this.add(item, `${at}.${key}[${i}]`)
    })
  }

  #group(ocid: string): Group {
    let group = this.groups.get(ocid)
    if (group === undefined) {
      group = { releases: [], compiled: null }
      this.groups.set(ocid, group)
    }
    return group
  }

  /** Contracts and skipped processes, nearly: merging may still join some. */
  total(): number {
    let total = this.strange.length
    for (const { releases, compiled } of this.groups.values()) {
      const ids = new Set<string>()
      for (const { data } of (compiled === null ? releases : [compiled]).map(read)) {
        const contracts = objectsAt(data, 'contracts')
        for (const item of contracts.length > 0 ? contracts : objectsAt(data, 'awards')) {
          ids.add(textAt(item, 'id') ?? '')
        }
      }
      total += Math.max(1, ids.size)
    }
    return total
  }
}

function latest(known: KeptRelease | null, at: string, release: JsonObject): KeptRelease {
  const fresh = keep(`${at}.compiledRelease`, release)
  if (known === null) return fresh
  return inOrder([read(known), read(fresh)]).at(-1)?.at === known.at ? known : fresh
}

async function* items(collected: Collected, timeZone: string | null): AsyncGenerator<ReadItem> {
  for (const { at, keys } of collected.strange) {
    const value = keys.join(', ') || null
    const problem = 'this is neither a release nor a record: it has no ocid'
    const remedy = 'Ask the publisher to give it its ocid.'
    const found = { at, reference: null, field: 'ocid', value, problem, remedy }
    yield { kind: 'rejected', problems: [{ ...found, severity: 'error' }] }
  }
  for (const [ocid, group] of collected.groups) yield* readProcess(processOf(ocid, group), timeZone)
}

/** A publisher's own compiled release is the state; its releases, where it has them, the history. */
function processOf(ocid: string, group: Group): OcdsProcess {
  const releases = inOrder(group.releases.map(read))
  if (group.compiled === null) return { ocid, state: mergeReleases(releases), releases }
  const compiled = read(group.compiled)
  return { ocid, state: compiled.data, releases: releases.length > 0 ? releases : [compiled] }
}

function commonPrefix(ocids: Iterable<string>): string | null {
  const counts = new Map<string, number>()
  for (const ocid of ocids) {
    const prefix = /^ocds-[a-z0-9]{6}(?=-)/i.exec(ocid)?.[0]
    if (prefix !== undefined) counts.set(prefix, (counts.get(prefix) ?? 0) + 1)
  }
  const [best] = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  return best?.[0] ?? null
}

function noReleases(name: string, collected: Collected): RegisterError {
  const keys = collected.strange[0]?.keys ?? []
  const seen = keys.length === 0 ? '' : ` It has: ${keys.join(', ')}.`
  return new RegisterError(
    `${name} is JSON, but holds no OCDS release or record.${seen} ` +
      'Download a release package or a record package, or export the register as CSV.',
  )
}
