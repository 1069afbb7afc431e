/** The value of a contract in a row: which column speaks, on what basis, with or without tax. */
import { VALUE_BASES, type ValueBasis, type VatState } from '../domain/contract.ts'
import { type Decimal, isNothing } from '../domain/money.ts'
import type { Draft } from './draft.ts'
import { readCurrency } from './read-amount.ts'
import type { Cells } from './read-cells.ts'
import { vatRecovery, vatState } from './words.ts'

/** What a row says of money, and of the tax in it. */
export interface Value {
  readonly value: Decimal | null
  readonly valueBasis: ValueBasis
  readonly vat: VatState
  readonly vatRecoverable: Draft['vatRecoverable']
  readonly currency: string
}

const VALUES = [
  ['value', null],
  ['maximumValue', 'maximum'],
  ['annualValue', 'annual'],
] as const

/**
 * The first of the value columns that says something, with its basis and what it says of tax. A
 * value of 0 says nothing: spread over months it would make the whole of a rollover a premium.
 */
export function readValue(cells: Cells): Value {
  const { vat: vatColumn, vatRecoverable: recovery, currency: currencyColumn } = cells.columns
  const vatText = vatColumn === null ? null : cells.text('vat')
  const recoveryText = recovery === null ? null : cells.text('vatRecoverable')
  const currencyText = currencyColumn === null ? null : cells.text('currency')
  const currency = currencyText === null ? null : readCurrency(currencyText)
  if (currencyText !== null && currency === null) {
    cells.report('currency', 'this currency is not known', 'Write its code, such as GBP.', 'error')
  }
  const saidBasis = basisSaid(cells)
  for (const [field, basis] of VALUES) {
    const amount = cells.amount(field)
    const heading = cells.columns[field]?.heading
    if (amount === null || heading === undefined) continue
    if (isNothing(amount.amount) && !cells.isOwn) continue
    return {
      value: amount.amount,
      valueBasis: saidBasis ?? (amount.annual ? 'annual' : (basis ?? basisOf(heading.key))),
      vat:
        vatText !== null && vatColumn !== null
          ? vatState(vatText, vatColumn.heading.key)
          : (heading.vat ?? amount.vat ?? (heading.key === AWARD_VALUE ? 'net' : 'unknown')),
      vatRecoverable: recoveryOf(recoveryText, recovery?.heading.key),
      currency: currency ?? amount.currency ?? heading.currency ?? 'GBP',
    }
  }
  return {
    value: null,
    valueBasis: saidBasis ?? 'unknown',
    vat: 'unknown',
    vatRecoverable: recoveryOf(recoveryText, recovery?.heading.key),
    currency: currency ?? 'GBP',
  }
}

/** From a column of its own, which goes before the heading of the value. */
function basisSaid(cells: Cells): ValueBasis | null {
  if (cells.columns.valueBasis === null) return null
  const text = cells.text('valueBasis')?.toLowerCase() ?? 'unknown'
  return VALUE_BASES.find((basis) => basis === text) ?? null
}

/** Atamis's export: without VAT, with every option (domain facts, section 4). */
const AWARD_VALUE = 'contract award value'

function basisOf(key: string): ValueBasis {
  if (key === AWARD_VALUE) return 'maximum'
  return /total|lifetime|whole life|original|awarded|contract value|sum to be paid/.test(key)
    ? 'committed'
    : 'unknown'
}

function recoveryOf(text: string | null, question: string | undefined): Draft['vatRecoverable'] {
  return text === null ? 'unknown' : vatRecovery(text, question ?? '')
}
