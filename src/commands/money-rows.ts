/** Amounts and totals as the commands about money print them. */
import type { LedgerTotal } from '../domain/ledger.ts'
import type { Decimal } from '../domain/money.ts'
import { amountWords, counted, figure } from '../messages/words.ts'
import { table } from './table.ts'

/** Laying out thousands of rows takes seconds, and nobody reads them on a terminal. */
export const MOST_ROWS = 200

export function firstRows(
  headings: readonly string[],
  rows: readonly (readonly (string | number | null)[])[],
): string {
  const left = rows.length - MOST_ROWS
  const shown = table(headings, rows.slice(0, MOST_ROWS))
  return left > 0 ? `${shown}\n\nand ${figure(left)} more: --json lists all` : shown
}

export function totalText(total: LedgerTotal): string {
  const { currency, count, costed, priced } = total
  const amounts = [
    `committed ${money(total.cost, currency)}`,
    `accrued by now ${money(total.accrued, currency)}`,
    total.invoiced === null
      ? 'no invoices recorded'
      : `invoiced ${money(total.invoiced, currency)}`,
    total.budget === null
      ? null
      : `with VAT that does not come back ${money(total.budget, currency)} (known of ${total.budgeted})`,
    `premium ${money(total.premium, currency)} (estimate)`,
  ].filter((each) => each !== null)
  return `${counted(count, 'extension')} in ${currency}: ${amounts.join(', ')}. Cost known of ${costed} of ${count}, premium of ${priced} of ${count}.`
}

export function money(amount: Decimal | null, currency: string): string {
  return amount === null ? 'unknown' : amountWords(amount, currency)
}
