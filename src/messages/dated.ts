/** What falls on a day, in the words of every list: `Ends Fri 30 Apr 2027`, `Notice was due by …`. */
import type { CivilDate } from '../domain/civil-date.ts'
import type { DeadlineKind } from '../domain/deadline-kinds.ts'
import { dateWords } from './words.ts'

/** `daysLeft`: null where nobody asked how far off it is; then it is worded as still to come. */
export function dated(kind: DeadlineKind, on: CivilDate, daysLeft: number | null): string {
  const [ahead, past] = DATED[kind]
  return `${daysLeft !== null && daysLeft < 0 ? past : ahead} ${dateWords(on)}`
}

const DATED: Readonly<Record<DeadlineKind, readonly [string, string]>> = {
  'start-by': ['Start replacing it by', 'The day to start by was'],
  notice: ['Notice by', 'Notice was due by'],
  option: ['Option by', 'The option was due by'],
  end: ['Ends', 'Ended'],
  'emergency-end': ['Emergency extension ends', 'Emergency extension ended'],
  review: ['Review due', 'Review was due'],
}
