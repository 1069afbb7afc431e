/** Periods of OCDS: when one starts and ends, also where only its length is given. */
import { addDays, addMonths, type CivilDate } from '../domain/civil-date.ts'
import { type JsonObject, objectAt, objectsAt, textAt, textsAt } from './json.ts'
import { type DateReading, readDate } from './read-date.ts'

const NIL: DateReading = { kind: 'nil' }

/**
 * When a period ends. Without an end date it is counted from the start: a length in days that is
 * a multiple of 30 is months times 30 (two publishers write nothing else), so 360 is a year.
 */
export function periodEnd(period: JsonObject | null, timeZone: string | null): DateReading {
  if (period === null) return NIL
  const written = textAt(period, 'endDate')
  if (written !== null) return readDate(written, null, timeZone)
  const start = periodStart(period, timeZone)
  if (start === null) return NIL
  const days = Number(textAt(period, 'durationInDays') ?? 0)
  const months = Number(textAt(period, 'durationInMonths') ?? 0)
  if (isLength(months, 1200)) return oneDay(addDays(addMonths(start, months), -1))
  if (!isLength(days, 36_500)) return NIL
  return oneDay(
    days % 30 === 0 ? addDays(addMonths(start, days / 30), -1) : addDays(start, days - 1),
  )
}

/** The first day of a period, or null. */
export function periodStart(period: JsonObject | null, timeZone: string | null): CivilDate | null {
  return firstDay(textAt(period, 'startDate'), timeZone)
}

/** The day that a date of OCDS names; null where there is none or it cannot be read. */
export function firstDay(text: string | null, timeZone: string | null): CivilDate | null {
  if (text === null) return null
  const reading = readDate(text, null, timeZone)
  return reading.kind === 'date' ? reading.earliest : null
}

function isLength(length: number, most: number): boolean {
  return Number.isInteger(length) && length > 0 && length <= most
}

function oneDay(date: CivilDate): DateReading {
  return { kind: 'date', earliest: date, latest: date, precision: 'day' }
}

/** The lots that a contract or award is for. */
export function lotsOf(
  tender: JsonObject | null,
  contract: JsonObject | null,
  award: JsonObject | null,
): JsonObject[] {
  const lots = objectsAt(tender, 'lots')
  const related = [
    ...textsAt(contract, 'relatedLots'),
    ...textsAt(award, 'relatedLots'),
    ...textsAt(award, 'relatedLot'),
  ]
  if (related.length === 0) return lots.length === 1 ? lots : []
  return lots.filter((lot) => related.includes(textAt(lot, 'id') ?? ''))
}

/** A period, and what its end is said to come from. */
export interface SourcedPeriod {
  readonly period: JsonObject | null
  readonly source: string
}

/** Where an end may come from, the most trusted first (domain facts, section 3). */
export function periodsOf(
  contract: JsonObject | null,
  award: JsonObject | null,
  lots: readonly JsonObject[],
  tender: JsonObject | null,
  timeZone: string | null,
): SourcedPeriod[] {
  return [
    { period: objectAt(contract, 'period'), source: 'contract period' },
    { period: objectAt(award, 'contractPeriod'), source: 'award contractPeriod' },
    { period: firstEnding(lots, timeZone), source: 'lot contractPeriod' },
    { period: objectAt(tender, 'contractPeriod'), source: 'tender contractPeriod' },
  ]
}

/** Of several lots the one that ends first: a warning too early is better than one too late. */
function firstEnding(lots: readonly JsonObject[], timeZone: string | null): JsonObject | null {
  let first: JsonObject | null = null
  let earliest = ''
  for (const lot of lots) {
    const period = objectAt(lot, 'contractPeriod')
    const end = periodEnd(period, timeZone)
    if (end.kind === 'date' && (first === null || end.earliest < earliest)) {
      first = period
      earliest = end.earliest
    }
  }
  return first ?? objectAt(lots[0] ?? null, 'contractPeriod')
}
