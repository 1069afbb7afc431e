/** How dates are worded wherever a rule gives its reason: `Fri 30 Apr 2027`. */
import { type CivilDate, dateParts, weekday } from './civil-date.ts'

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const
const MONTHS = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
] as const

export function dayText(date: CivilDate): string {
  const { year, month, day } = dateParts(date)
  return `${WEEKDAYS[weekday(date) - 1]} ${day} ${MONTHS[month - 1]} ${year}`
}
