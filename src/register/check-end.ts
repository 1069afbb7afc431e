/** What an end date means, beside its start: dated, rolling, undated, or wrong. */
import { addMonths, type CivilDate } from '../domain/civil-date.ts'
import type { End } from '../domain/contract.ts'
import { dayText } from '../domain/words.ts'
import type { DateReading } from './read-date.ts'

/** From this year on an end is a sentinel: nobody awards a contract to the end of the century. */
const SENTINEL_YEAR = '2099'
/** Terms of fifty years and more are typing errors or sentinels (2122) in every register tried. */
const LONGEST_MONTHS = 600

export interface EndCheck {
  readonly end: End
  readonly finding: {
    readonly problem: string
    readonly remedy: string
    readonly severity: 'error' | 'warning'
  } | null
}

const UNDATED: EndCheck = { end: { kind: 'undated' }, finding: null }
const ROLLING: EndCheck = { end: { kind: 'rolling' }, finding: null }

/** Judges an end that was read; a bad reading counts as undated and was reported before. */
export function checkEnd(reading: DateReading, start: CivilDate | null): EndCheck {
  if (reading.kind === 'rolling') return ROLLING
  if (reading.kind !== 'date') return UNDATED
  if (isSentinel(reading.latest, start)) {
    return {
      end: { kind: 'rolling' },
      finding: {
        problem: `an end this far away stands for "no end": taken as rolling`,
        remedy: 'Give its notice period and a review date, or the real end.',
        severity: 'warning',
      },
    }
  }
  const { earliest, latest, precision } = reading
  const end: End = { kind: 'dated', earliest, latest, precision }
  if (start !== null && latest < start) {
    return {
      end,
      finding: {
        problem: `the end lies before the start, ${dayText(start)}`,
        remedy: 'Correct the start or the end.',
        severity: 'error',
      },
    }
  }
  return { end, finding: null }
}

/** Whether a date stands for "no end". */
export function isSentinel(date: CivilDate, start: CivilDate | null): boolean {
  if (date >= SENTINEL_YEAR) return true
  // Years compared first: the months are counted only for terms that come near.
  if (start === null || Number(date.slice(0, 4)) - Number(start.slice(0, 4)) < 50) return false
  return date > addMonths(start, LONGEST_MONTHS)
}
