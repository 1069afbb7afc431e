/** Periods as contracts word them, counted on the calendar. */
import { addDays, addMonths, type CivilDate } from './civil-date.ts'
import type { Period } from './contract.ts'
import { addWorkingDays, type Calendar } from './working-days.ts'

/** The date a period before another; months and years keep the day of the month where they can. */
export function before(date: CivilDate, period: Period, calendar: Calendar): CivilDate {
  return shift(date, period, -1, calendar)
}

/** The date a period after another. */
export function after(date: CivilDate, period: Period, calendar: Calendar): CivilDate {
  return shift(date, period, 1, calendar)
}

/**
 * The last day of so many terms in a row that begin on `first`: a year from 1 May is 30 April, a
 * month is 31 May. Counted from `first` at once, so that no short month shortens the later terms.
 */
export function endOfTerms(
  first: CivilDate,
  terms: number,
  term: Period,
  calendar: Calendar,
): CivilDate {
  return addDays(after(first, { ...term, amount: term.amount * terms }, calendar), -1)
}

/** `3 months`, `1 year`, `10 working days`. */
export function periodText(period: Period): string {
  const unit = period.unit === 'working-days' ? 'working days' : period.unit
  return `${period.amount} ${period.amount === 1 ? unit.slice(0, -1) : unit}`
}

function shift(date: CivilDate, period: Period, sign: 1 | -1, calendar: Calendar): CivilDate {
  const amount = sign * period.amount
  switch (period.unit) {
    case 'days':
      return addDays(date, amount)
    case 'weeks':
      return addDays(date, amount * 7)
    case 'working-days':
      return addWorkingDays(date, amount, calendar)
    case 'months':
      return addMonths(date, amount)
    case 'years':
      return addMonths(date, amount * 12)
  }
}
