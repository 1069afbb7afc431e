/** Financial years: April to March by default, named `2026/27`. */
import { addDays, addMonths, type CivilDate, civilDate, dateParts } from './civil-date.ts'

export interface FinancialYear {
  /** `2026/27`, or `2026` where the year begins in January. */
  readonly name: string
  readonly first: CivilDate
  readonly last: CivilDate
}

/** The month (1 to 12) in which financial years begin, unless an organisation sets another. */
const FINANCIAL_YEAR_START = 4

/** The financial year that a day falls in. */
export function financialYearOf(day: CivilDate, startMonth = FINANCIAL_YEAR_START): FinancialYear {
  const { year, month } = dateParts(day)
  return yearBeginning(month < startMonth ? year - 1 : year, startMonth)
}

/**
 * The financial year of a name such as `2026/27`, `2026-27`, `2026/2027` or `2026`, which is the
 * year that begins in 2026; null where the text names none, or two years that do not follow.
 */
export function financialYearNamed(
  text: string,
  startMonth = FINANCIAL_YEAR_START,
): FinancialYear | null {
  const match = /^(?:fy\s*)?(\d{4})(?:\s*[/-]\s*(\d{2}|\d{4}))?$/i.exec(text.trim())
  if (!match) return null
  const begins = Number(match[1])
  if (begins < 1900 || begins > 9000) return null
  const follows = String(begins + 1)
  const second = match[2]
  if (second !== undefined && second !== follows && second !== follows.slice(2)) return null
  return yearBeginning(begins, startMonth)
}

/** The twelve months of a financial year, the first one first. */
export function monthsOfYear(
  year: FinancialYear,
): readonly { readonly first: CivilDate; readonly last: CivilDate }[] {
  return Array.from({ length: 12 }, (_, index) => ({
    first: addMonths(year.first, index),
    last: addDays(addMonths(year.first, index + 1), -1),
  }))
}

function yearBeginning(year: number, startMonth: number): FinancialYear {
  const first = civilDate(year, startMonth, 1)
  if (first === null) throw new RangeError(`No financial year begins in month ${startMonth}.`)
  const last = addDays(addMonths(first, 12), -1)
  const name = startMonth === 1 ? `${year}` : `${year}/${String(year + 1).slice(2)}`
  return { name, first, last }
}
