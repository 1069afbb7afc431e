/** Whether the day or the month comes first: settled for each column by the whole file. */
import type { Column } from './columns.ts'
import type { Row } from './csv-scan.ts'
import { type DateOrder, type OpenOptions, RegisterError } from './draft.ts'
import { dateEvidence } from './read-date.ts'

interface Seen {
  readonly line: number
  readonly value: string
}

/** What a column has shown so far: the first row of each kind. */
interface Evidence {
  dmy: Seen | null
  mdy: Seen | null
  ymd: Seen | null
  ambiguous: Seen | null
}

/** Whether the day or the month comes first has to be said. */
export class UnsettledDates extends RegisterError {}

/** Gathers evidence, row by row. */
export class DateSurvey {
  readonly #columns: readonly Column[]
  readonly #evidence: readonly Evidence[]

  constructor(columns: readonly Column[]) {
    this.#columns = columns
    this.#evidence = columns.map(() => ({ dmy: null, mdy: null, ymd: null, ambiguous: null }))
  }

  see(row: Row): void {
    for (let i = 0; i < this.#columns.length; i++) {
      const evidence = this.#evidence[i]
      const value = row.cells[this.#columns[i]?.index ?? -1]
      if (evidence === undefined || value === undefined || value === '') continue
      const kind = dateEvidence(value.trim())
      if (kind !== null && evidence[kind] === null) evidence[kind] = { line: row.line, value }
    }
  }

  /** Whether every column would keep its order whatever day-first date came after. */
  settled(): boolean {
    return this.#evidence.every(({ dmy, mdy }) => dmy !== null && mdy === null)
  }

  /**
   * The order of each column, by its index; null where no date of it needs one. A column that
   * nothing settles borrows the order of the others where these agree.
   * @throws RegisterError where rows contradict each other or nothing settles a column.
   */
  orders(name: string, forced: DateOrder | null): Map<number, DateOrder | null> {
    const orders = new Map<number, DateOrder | null>()
    const settled = new Set<DateOrder>()
    const open: { column: Column; seen: Seen }[] = []
    this.#columns.forEach((column, i) => {
      const evidence = this.#evidence[i]
      if (evidence === undefined) return
      const { dmy, mdy, ymd, ambiguous } = evidence
      if (forced !== null) {
        orders.set(column.index, forced)
      } else if (dmy !== null && mdy !== null) {
        throw contradiction(name, column, dmy, mdy)
      } else if (dmy !== null || mdy !== null) {
        const order = dmy !== null ? 'dmy' : 'mdy'
        orders.set(column.index, order)
        settled.add(order)
      } else {
        orders.set(column.index, ymd === null ? null : 'ymd')
        if (ambiguous !== null) open.push({ column, seen: ambiguous })
      }
    })
    const [common] = settled
    for (const { column, seen } of open) {
      if (settled.size !== 1 || common === undefined) throw undecided(name, column, seen)
      orders.set(column.index, common)
    }
    return orders
  }
}

/** The orders, or, only to show the headings, day first where nothing settles them. */
export function ordersOf(
  dates: DateSurvey,
  name: string,
  { dates: forced, lenient = false }: Pick<OpenOptions, 'dates' | 'lenient'>,
): { readonly orders: Map<number, DateOrder | null>; readonly isAmbiguous: boolean } {
  try {
    return { orders: dates.orders(name, forced), isAmbiguous: false }
  } catch (error) {
    if (!lenient || !(error instanceof UnsettledDates)) throw error
    return { orders: dates.orders(name, 'dmy'), isAmbiguous: true }
  }
}

function contradiction(name: string, column: Column, dmy: Seen, mdy: Seen): RegisterError {
  return new UnsettledDates(
    `${name}: the dates of column "${column.heading.text}" contradict each other: ` +
      `${dmy.value} (line ${dmy.line}) has the day first, ${mdy.value} (line ${mdy.line}) the ` +
      'month. Correct one of them, or give --dates dmy or --dates mdy; rows that do not fit are ' +
      'then rejected one by one.',
  )
}

function undecided(name: string, column: Column, seen: Seen): RegisterError {
  return new UnsettledDates(
    `${name}: nothing settles whether ${seen.value} (line ${seen.line}, column ` +
      `"${column.heading.text}") has the day or the month first. ` +
      'Give --dates dmy or --dates mdy.',
  )
}
