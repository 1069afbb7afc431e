/** Option values as people type them, checked where they enter. A wrong one is a usage error. */
import { InvalidArgumentError } from 'commander'
import { type CivilDate, parseCivilDate } from '../domain/civil-date.ts'
import { type Decimal, parseDecimal } from '../domain/money.ts'

/** Registers hold dates of these years; what lies beyond them is a slip of the finger. */
const FIRST_DAY = '1900-01-01'
const LAST_DAY = '2098-12-31'

export function dateOption(text: string): CivilDate {
  const date = parseCivilDate(text)
  if (date === null)
    throw new InvalidArgumentError('Write the date as YYYY-MM-DD, for example 2027-04-30.')
  if (date < FIRST_DAY || date > LAST_DAY)
    throw new InvalidArgumentError(`Write a date from ${FIRST_DAY} to ${LAST_DAY}.`)
  return date
}

export function wholeOption(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^-?\d+$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`Write a whole number from ${least} to ${most}.`)
  }
}

export function amountOption(text: string): Decimal {
  const amount = parseDecimal(text.replace(/[£,\s]/g, ''))
  if (amount === null || amount.startsWith('-')) {
    throw new InvalidArgumentError('Write an amount such as 3470000 or 3470000.50.')
  }
  return amount
}

export function urlOption(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text
  throw new InvalidArgumentError('Write the link as https://….')
}

/** Gathers `--map FIELD=HEADING`, which may be given several times. */
export function mapOption(text: string, before: ReadonlyMap<string, string>): Map<string, string> {
  const cut = text.indexOf('=')
  const field = text.slice(0, cut).trim()
  const heading = text.slice(cut + 1).trim()
  if (cut < 1 || field === '' || heading === '') {
    throw new InvalidArgumentError('Write FIELD=HEADING, for example end="Expiry date".')
  }
  return new Map([...before, [field, heading]])
}
