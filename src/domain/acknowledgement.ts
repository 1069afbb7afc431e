/** How long an acknowledgement keeps a warning quiet. */
import { addDays, type CivilDate, daysBetween, earlier, later } from './civil-date.ts'
import { severity } from './deadline-kinds.ts'
import { addWorkingDays, type Calendar } from './working-days.ts'

const PAUSE_DAYS = 14
const URGENT_PAUSE_WORKING_DAYS = 2
const URGENT_DAYS = 7

/**
 * The day on which an acknowledged warning is asked about again: after 14 days, or when its deadline
 * gets urgent if that is sooner, but after two working days at the least. A word given eight days
 * before an end must not keep the end itself quiet.
 */
export function quietUntil(today: CivilDate, deadlineOn: CivilDate, calendar: Calendar): CivilDate {
  const least = addWorkingDays(today, URGENT_PAUSE_WORKING_DAYS, calendar)
  const urgency = severity(daysBetween(today, deadlineOn))
  if (urgency === 'urgent' || urgency === 'overdue') return least
  return later(least, earlier(addDays(today, PAUSE_DAYS), addDays(deadlineOn, -URGENT_DAYS)))
}
