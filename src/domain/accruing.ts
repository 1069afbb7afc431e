/** What a service that is supplied without cover costs by the day, until something covers it. */
import type { Baseline, NoBaseline } from './baseline.ts'
import type { CivilDate } from './civil-date.ts'
import type { Decimal } from './money.ts'
import { ordinaryCost } from './premium.ts'

export interface Accruing {
  /** The first day without cover. */
  readonly since: CivilDate
  /** Its ordinary cost from then to today, both included: an estimate. Null where unknown. */
  readonly accrued: Decimal | null
  /** A month's ordinary cost. */
  readonly baseline: Decimal | null
  /** How the baseline was found, or what is missing for one. */
  readonly method: string
}

/** Today's supply has begun, and counts in full; before the first day nothing has accrued. */
export function accruing(
  base: Baseline | NoBaseline,
  since: CivilDate,
  today: CivilDate,
): Accruing {
  if (!base.known) return { since, accrued: null, baseline: null, method: base.why }
  const { amount, method } = base
  const accrued = today < since ? null : ordinaryCost(base, { from: since, to: today })
  return { since, accrued, baseline: amount, method }
}
