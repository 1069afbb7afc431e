/** What a row says of a contract's ordinary month: charges, invoices, and what comes only once. */
import type { ChargeUnit } from '../domain/baseline.ts'
import { type Decimal, isNothing } from '../domain/money.ts'
import type { DraftPrices, UnitTerms } from './draft.ts'
import type { Cells } from './read-cells.ts'

/** Nothing where the row says none of it; 0 says nothing either, but in an export of ours. */
export function readPrices(cells: Cells): { readonly prices?: DraftPrices } {
  const prices: DraftPrices = {
    ...readCharge(cells),
    invoicedLastYear: amount(cells, 'invoicedLastYear'),
    oneOffCharges: amount(cells, 'oneOffCharges'),
    minimumExtension: cells.period('minimumExtension'),
  }
  return Object.values(prices).every((each) => each === null) ? {} : { prices }
}

function readCharge(cells: Cells): Pick<DraftPrices, 'periodicCharge' | 'chargeUnit'> {
  const none = { periodicCharge: null, chargeUnit: null }
  const charge = cells.amount('periodicCharge', 'warning')
  if (charge === null || (isNothing(charge.amount) && !cells.isOwn)) return none
  const periodicCharge = charge.amount
  const words = cells.text('chargeUnit')
  const heading = cells.columns.periodicCharge?.heading.key ?? ''
  const chargeUnit = charge.annual ? 'year' : chargeUnitOf(words ?? heading)
  if (chargeUnit !== null) return { periodicCharge, chargeUnit }
  const remedy = 'Write month, quarter or year into a column "Charge unit".'
  const field = words === null ? 'periodicCharge' : 'chargeUnit'
  cells.report(field, 'what the charge is for is not said', remedy, 'warning')
  return none
}

/** Nothing where the row says none of it. The time is in its own column or in the price's heading. */
export function readUnitTerms(cells: Cells): { readonly unitTerms?: UnitTerms } {
  const words = cells.text('unitPricePer') ?? cells.columns.unitPrice?.heading.key ?? ''
  const edition = cells.text('edition')
  const unitPricePer = cells.text('unitPrice') === null ? null : chargeUnitOf(words)
  return edition === null && unitPricePer === null ? {} : { unitTerms: { edition, unitPricePer } }
}

/** `monthly`, `per quarter`, `Annual`, `every week`; null where the words name no unit. */
function chargeUnitOf(words: string): ChargeUnit | null {
  const unit = /\b(?:(dai|day)|(week)|(month|p\.?m\b)|(quarter)|(annu|year|p\.?a\b))/i.exec(words)
  if (!unit) return null
  const [, day, week, month, quarter] = unit
  if (day) return 'day'
  if (week) return 'week'
  if (month) return 'month'
  return quarter ? 'quarter' : 'year'
}

function amount(cells: Cells, field: 'invoicedLastYear' | 'oneOffCharges'): Decimal | null {
  const said = cells.amount(field, 'warning')?.amount ?? null
  return said === null || (isNothing(said) && !cells.isOwn) ? null : said
}
