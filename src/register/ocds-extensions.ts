/**
 * How the end of an OCDS contract moved: the first published end is the awarded one and stays;
 * what was published later, or amended, is an extension that a person has yet to classify.
 */
import { addDays, type CivilDate } from '../domain/civil-date.ts'
import type { DraftExtension } from './draft.ts'
import { type JsonObject, objectAt, objectsAt, textAt } from './json.ts'
import type { Release } from './ocds-merge.ts'
import { firstDay, periodEnd } from './ocds-period.ts'
import type { DateReading } from './read-date.ts'
import { describedKind } from './words.ts'

type Dated = Extract<DateReading, { kind: 'date' }>

/** Where a contract's end is published: `awards[id].contractPeriod`, `contracts[id].period`. */
export interface EndPlace {
  readonly list: 'awards' | 'contracts'
  readonly id: string | null
  readonly key: 'period' | 'contractPeriod'
  readonly source: string
}

/** The awarded end, and what moved it since. */
export interface EndHistory {
  readonly awarded: DateReading
  readonly source: string
  readonly extensions: readonly DraftExtension[]
}

/**
 * The course of an end through the releases, the earliest first. A later end becomes an
 * extension; an earlier one replaces what was there.
 */
export function endHistory(
  place: EndPlace,
  present: DateReading,
  releases: readonly Release[],
  timeZone: string | null,
): EndHistory {
  let awarded: Dated | null = null
  let extensions: DraftExtension[] = []
  for (const { data } of releases) {
    const entry = objectsAt(data, place.list).find((item) => textAt(item, 'id') === place.id)
    const end = periodEnd(objectAt(entry ?? null, place.key), timeZone)
    if (end.kind !== 'date') continue
    if (awarded === null) {
      awarded = end
      continue
    }
    const current = extensions.at(-1)?.to ?? awarded.latest
    if (end.latest > current) {
      const knownOn = firstDay(textAt(data, 'date'), timeZone)
      extensions.push(extension(current, end.latest, 'unknown', knownOn, place.source))
    } else if (end.latest < current) {
      // Shorter: extensions past it never came about; one that straddles it ends earlier.
      extensions = shorten(extensions, end.latest)
      if (extensions.length === 0) awarded = end
    }
  }
  // A compiled release alone has no history: what it says now is all that is known.
  return { awarded: awarded ?? present, source: place.source, extensions }
}

function shorten(extensions: readonly DraftExtension[], end: CivilDate): DraftExtension[] {
  return extensions
    .filter(({ from }) => from === null || from <= end)
    .map((item) => (item.to > end ? { ...item, to: end } : item))
}

/** Adds what the contract's amendments say to the course of its end. */
export function withAmendments(
  history: EndHistory,
  contract: JsonObject,
  awardEnd: DateReading,
  timeZone: string | null,
): EndHistory {
  const amendments = amendmentEnds(contract, 'amendments', timeZone)
  let { awarded, source } = wasUpdated(history, amendments, awardEnd)
    ? { awarded: awardEnd, source: 'award contractPeriod' }
    : history
  let extensions = [...history.extensions]
  for (const { amendment, end, on } of amendments) {
    const kind = amendmentKind(amendment)
    if (awarded.kind !== 'date') {
      awarded = end
      source = AMENDMENT
      continue
    }
    const current = extensions.at(-1)?.to ?? awarded.latest
    const same = extensions.findIndex(({ to }) => to === end.latest)
    const known = extensions[same]
    if (known !== undefined) {
      extensions[same] = { ...known, kind, knownOn: on ?? known.knownOn, source: AMENDMENT }
    } else if (end.latest > current) {
      extensions.push(extension(current, end.latest, kind, on, AMENDMENT))
    } else if (end.latest < current) {
      extensions = shorten(extensions, end.latest)
      if (extensions.length === 0) {
        awarded = end
        source = AMENDMENT
      }
    }
  }
  return { awarded, source, extensions: [...extensions, ...proposed(contract, timeZone)] }
}

/** Whether the contract's own period was updated together with an amendment: its award's end stands. */
function wasUpdated(
  { awarded, extensions }: EndHistory,
  amendments: readonly { readonly end: Dated }[],
  awardEnd: DateReading,
): boolean {
  if (awarded.kind !== 'date' || awardEnd.kind !== 'date' || extensions.length > 0) return false
  const { latest } = awarded
  return awardEnd.latest < latest && amendments.some(({ end }) => end.latest === latest)
}

const AMENDMENT = 'amendment period'

/** Unsigned amendments are shown, and move nothing. */
function proposed(contract: JsonObject, timeZone: string | null): DraftExtension[] {
  return amendmentEnds(contract, 'proposedAmendments', timeZone).map(({ amendment, end, on }) => ({
    kind: amendmentKind(amendment),
    status: 'proposed' as const,
    from: firstDay(textAt(objectAt(amendment, 'period'), 'startDate'), timeZone),
    to: end.latest,
    cost: null,
    knownOn: on,
    source: 'proposed amendment period',
  }))
}

/** Amendments with an end, the earliest first; the old single `amendment` counts as one. */
function amendmentEnds(
  contract: JsonObject,
  key: string,
  timeZone: string | null,
): { amendment: JsonObject; end: Dated; on: CivilDate | null }[] {
  const single = key === 'amendments' ? objectAt(contract, 'amendment') : null
  const all = objectsAt(contract, key)
  if (single !== null && all.length === 0) all.push(single)
  return all
    .flatMap((amendment) => {
      const end = periodEnd(objectAt(amendment, 'period'), timeZone)
      const on = firstDay(textAt(amendment, 'date'), timeZone)
      return end.kind === 'date' ? [{ amendment, end, on }] : []
    })
    .sort((a, b) => order(a.on ?? '', b.on ?? '') || order(a.end.latest, b.end.latest))
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function amendmentKind(amendment: JsonObject): DraftExtension['kind'] {
  return describedKind(
    `${textAt(amendment, 'description') ?? ''} ${textAt(amendment, 'rationale') ?? ''}`,
  )
}

/** Without a cost: an amendment's value is the contract's new total with some publishers. */
function extension(
  after: CivilDate,
  to: CivilDate,
  kind: DraftExtension['kind'],
  knownOn: CivilDate | null,
  source: string,
): DraftExtension {
  return { kind, status: 'confirmed', from: addDays(after, 1), to, cost: null, knownOn, source }
}
