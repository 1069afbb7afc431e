/** One product at several prices: what could be avoided at the best one, and when a joint deal could begin. */
import { addDays, type CivilDate } from '../rules/civil-date.ts'
import type { Comparison } from '../rules/consolidation.ts'
import type { Decimal } from '../rules/money.ts'
import type { AnswerContext } from './answer-facts.ts'
import type { Message, MessageFile } from './facts.ts'
import {
  amountCell,
  answer,
  body,
  type Columns,
  csvFile,
  dataTable,
  dateCell,
  note,
  rowsUnder,
  type TableCell,
} from './message.ts'
import {
  counted,
  dateWords,
  figure,
  type Mrkdwn,
  moreWords,
  mrkdwn,
  plain,
  shown,
  spendWords,
} from './words.ts'

export interface ComparedFacts {
  readonly reference: string
  readonly buyer: string | null
  readonly units: Decimal
  /** As the register writes it. */
  readonly unitPrice: Decimal
  /** For one unit and one year. */
  readonly yearlyPrice: Decimal
  readonly inferred: boolean
  readonly saving: Decimal
  readonly currentEnd: CivilDate
  /** How many days it would have to be extended for a joint deal; 0 for the last one. */
  readonly extendDays: number
}

interface ComparisonFacts extends Omit<Comparison, 'items' | 'coTerm'> {
  readonly items: readonly ComparedFacts[]
}

export interface ConsolidationFacts extends AnswerContext {
  readonly supplier: string
  readonly asOf: CivilDate
  /** The largest saving first. */
  readonly comparisons: readonly ComparisonFacts[]
  /** What could not be compared, and why. */
  readonly left: readonly { readonly reference: string; readonly why: string }[]
}

/** How many products are spoken of; the table shows the first, the file all. */
const PRODUCTS_SHOWN = 5
const ROWS_SHOWN = 30
const LEFT_SHOWN = 5

export function consolidationAnswer(facts: ConsolidationFacts): Message {
  const { comparisons, supplier, hidePrices } = facts
  const [first, ...others] = comparisons
  if (first === undefined) return answer([body(...nothing(facts)), leftOut(facts)])
  if (hidePrices) return answer([body(...withoutPrices(facts)), leftOut(facts)])
  const rows = first.items.slice(0, ROWS_SHOWN).map((item) => rowOf(item, first))
  const title = `${plain(first.product, 80)}: units and prices`
  return answer(
    [
      body(
        mrkdwn`*${spendWords(first.saving, first.currency)} a year, potential cost avoidance (estimate): ${counted(first.items.length, 'contract')} for ${productName(first)}*`,
        mrkdwn`The same product and a term of ${counted(first.months, 'month')}, at ${spendWords(first.lowest, first.currency)} to ${spendWords(first.highest, first.currency)} for a unit and a year: the highest is ${first.spread} times the lowest.`,
        mrkdwn`With ${shown(supplier, 80)}, directly or as reseller.`,
      ),
      dataTable(title, TABLE_HEADINGS, rows),
      body(...jointLines(first)),
      body(
        others.length === 0 ? null : mrkdwn`*Other products*`,
        ...others.slice(0, PRODUCTS_SHOWN - 1).map(otherLine),
      ),
      note(
        mrkdwn`How: all units at the lowest price of the same product, edition and term, against what each pays now. Prices are brought to a year${first.items.some(({ inferred }) => inferred) ? '; where the register does not say what time a price is for, the contract value tells it' : ''}.`,
        first.items.length > ROWS_SHOWN
          ? mrkdwn`The file has all ${figure(first.items.length)} rows.`
          : null,
      ),
      leftOut(facts),
    ],
    fileOf(facts),
  )
}

const TABLE_HEADINGS = [
  'Buyer',
  'Units',
  'Unit price a year',
  'At the best price',
  'Ends',
  'Reference',
]

function rowOf(item: ComparedFacts, { currency, items }: ComparisonFacts): TableCell[] {
  const avoided =
    Number(item.saving) === 0 ? 'best price' : `${spendWords(item.saving, currency)} less`
  return [
    item.buyer ?? '',
    amountCell(item.units, unitWords(item.units)),
    amountCell(item.yearlyPrice, withPennies(spendWords(item.yearlyPrice, currency), items)),
    amountCell(item.saving, avoided),
    dateCell(item.currentEnd),
    item.reference,
  ]
}

/** In one column all prices have pennies, or none: £171.00 below £142.50. */
function withPennies(price: string, items: readonly ComparedFacts[]): string {
  const some = items.some(({ yearlyPrice }) => !yearlyPrice.endsWith('.00'))
  return some && /^[^.]*\d$/.test(price) ? `${price}.00` : price
}

function unitWords(units: Decimal): string {
  const number = Number(units)
  return Number.isInteger(number) ? figure(number) : units
}

function jointLines({ items, jointEnd }: ComparisonFacts): Mrkdwn[] {
  const earlier = items.filter(({ extendDays }) => extendDays > 0)
  const begins = dateWords(addDays(jointEnd, 1))
  if (earlier.length === 0) {
    return [mrkdwn`*One joint deal could begin on ${begins}*: all of them end the day before.`]
  }
  return [
    mrkdwn`*One joint deal could begin on ${begins}*, if ${counted(earlier.length, 'contract')} ${earlier.length === 1 ? 'is' : 'are'} co-termed to ${dateWords(jointEnd)}:`,
    ...earlier
      .slice(0, 12)
      .map(
        (item) =>
          mrkdwn`• ${shown(item.buyer ?? item.reference, 60)}, ${shown(item.reference, 40)}: ends ${dateWords(item.currentEnd)}, ${counted(item.extendDays, 'day')} more.`,
      ),
  ]
}

function otherLine(each: ComparisonFacts): Mrkdwn {
  return mrkdwn`• ${productName(each)}: ${counted(each.items.length, 'contract')}, ${spendWords(each.lowest, each.currency)} to ${spendWords(each.highest, each.currency)}, ${spendWords(each.saving, each.currency)} a year (estimate).`
}

function productName({ product, edition }: ComparisonFacts): Mrkdwn {
  return edition === null
    ? shown(product, 80)
    : mrkdwn`${shown(product, 80)}, ${shown(edition, 40)}`
}

function nothing({ supplier }: ConsolidationFacts): Mrkdwn[] {
  return [
    mrkdwn`*Nothing to compare for ${shown(supplier, 80)}*`,
    mrkdwn`A comparison needs two running contracts with the same product, edition and term, each with its units and unit price.`,
  ]
}

function withoutPrices({ supplier, comparisons }: ConsolidationFacts): Mrkdwn[] {
  return [
    mrkdwn`*${counted(comparisons.length, 'product')} bought by several from ${shown(supplier, 80)}*`,
    ...comparisons
      .slice(0, PRODUCTS_SHOWN)
      .map((each) => mrkdwn`• ${productName(each)}: ${counted(each.items.length, 'contract')}.`),
    mrkdwn`Prices are not shown here.`,
  ]
}

function leftOut({ left }: ConsolidationFacts) {
  if (left.length === 0) return null
  const named = left
    .slice(0, LEFT_SHOWN)
    .map(({ reference, why }) => mrkdwn`${shown(reference, 40)}: ${shown(why, 100)}.`)
  const more = left.length - named.length
  return note(mrkdwn`Not compared: ${counted(left.length, 'contract')}.`, ...named, moreWords(more))
}

interface ComparedItem {
  readonly of: ComparisonFacts
  readonly item: ComparedFacts
}

const COLUMNS: Columns<ComparedItem> = {
  Product: ({ of }) => of.product,
  Edition: ({ of }) => of.edition,
  'Term in months': ({ of }) => of.months,
  Buyer: ({ item }) => item.buyer,
  Reference: ({ item }) => item.reference,
  Units: ({ item }) => item.units,
  'Unit price': ({ item }) => item.unitPrice,
  'Unit price a year': ({ item }) => item.yearlyPrice,
  Currency: ({ of }) => of.currency,
  'At the best price, less a year (estimate)': ({ item }) => item.saving,
  Ends: ({ item }) => item.currentEnd,
  'Co-term to': ({ of, item }) => (item.extendDays === 0 ? null : of.jointEnd),
  'Days to extend': ({ item }) => item.extendDays,
}

function fileOf({ supplier, asOf, comparisons }: ConsolidationFacts): MessageFile {
  const items = comparisons.flatMap((of) => of.items.map((item) => ({ of, item })))
  const title = `Consolidation, ${supplier}, ${dateWords(asOf)}`
  return csvFile(`consolidation-${asOf}`, title, Object.keys(COLUMNS), rowsUnder(COLUMNS, items))
}
