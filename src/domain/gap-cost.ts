/** What days without a contract would cost, as an emergency extension over them. Always an estimate. */
import { Big } from 'big.js'
import type { Span } from './allocation.ts'
import type { Baseline, NoBaseline } from './baseline.ts'
import { canonical, type Decimal } from './money.ts'
import { monthCount, monthsExact } from './months.ts'

export interface GapCost {
  /** The ordinary cost of these days, payable anyway; null where it is unknown. */
  readonly runRate: Decimal | null
  /** The estimated extra for them; null where it is unknown. */
  readonly extra: Decimal | null
  /** How it was found, or why there is no price. */
  readonly method: string
}

/** The price of a gap over these days, at that ratio to the baseline. */
export function gapCost(
  base: Baseline | NoBaseline,
  over: Span,
  { ratio, whence }: { readonly ratio: number; readonly whence: string },
): GapCost {
  if (!base.known) return { runRate: null, extra: null, method: base.why }
  const runRate = base.exact.times(monthsExact(monthCount(over.from, over.to)))
  return {
    runRate: canonical(runRate.round(2, Big.roundHalfUp)),
    extra: canonical(runRate.times(new Big(ratio).minus(1)).round(2, Big.roundHalfUp)),
    method: `${base.method}; ratio ${Number(ratio.toFixed(2))} ${whence}`,
  }
}
