/**
 * The extension ledger: what extensions cost, and how much of it was premium, in all or within a
 * span of days. Committed is what was agreed, accrued what its days have carried by now, invoiced
 * what was recorded as such. Unknown is never zero: every total says of how many it is made.
 */
import { Big } from 'big.js'
import { addDays, type CivilDate, dayText, earlier } from './civil-date.ts'
import { type Contract, type Extension, movesEnd } from './contract.ts'
import { budgetCost, canonical, type Decimal, type VatRecovery } from './money.ts'
import { exactShare, type Premium, type Span } from './premium.ts'
import { compare } from './text-match.ts'

/** An extension with its price. */
export interface LedgerEntry {
  readonly currency: string
  readonly vatRecoverable: VatRecovery
  readonly extension: Extension & { readonly invoiced: Decimal | null }
  readonly premium: Premium
}

/** What extensions in one currency come to. Amounts are null where none of them is known. */
export interface LedgerTotal {
  readonly currency: string
  /** Committed: what was agreed, whether its days have come or not. */
  readonly cost: Decimal | null
  readonly accrued: Decimal | null
  readonly invoiced: Decimal | null
  /** With the tax that does not come back. */
  readonly budget: Decimal | null
  readonly premium: Decimal | null
  /** How many extensions there are. */
  readonly count: number
  /** Of how many the cost is known, the tax, and the premium. */
  readonly costed: number
  readonly budgeted: number
  readonly priced: number
}

/**
 * The totals by currency, of all days or of those within a span. Only extensions that move an end
 * count: proposed and withdrawn ones cost nothing. The same whatever the order of the entries.
 */
export function ledgerTotals(
  entries: readonly LedgerEntry[],
  asOf: CivilDate,
  within: Span | null = null,
): LedgerTotal[] {
  const totals = new Map<string, Running>()
  for (const entry of entries) {
    const { extension, currency } = entry
    if (!movesEnd(extension) || (within !== null && !meets(extension, within))) continue
    const running = totals.get(currency) ?? begun()
    totals.set(currency, running)
    running.count += 1
    add(running, entry, asOf, within)
  }
  return [...totals]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, running]) => ({
      currency,
      cost: text(running.cost),
      accrued: text(running.accrued),
      invoiced: text(running.invoiced),
      budget: text(running.budget),
      premium: text(running.premium),
      count: running.count,
      costed: running.costed,
      budgeted: running.budgeted,
      priced: running.priced,
    }))
}

/** Whether two spans share a day. */
function meets(a: Span, b: Span): boolean {
  return a.from <= b.to && b.from <= a.to
}

interface Running {
  cost: Big | null
  accrued: Big | null
  invoiced: Big | null
  budget: Big | null
  premium: Big | null
  count: number
  costed: number
  budgeted: number
  priced: number
}

function begun(): Running {
  const none = { cost: null, accrued: null, invoiced: null, budget: null, premium: null }
  return { ...none, count: 0, costed: 0, budgeted: 0, priced: 0 }
}

function add(running: Running, entry: LedgerEntry, asOf: CivilDate, within: Span | null): void {
  const { extension, premium, vatRecoverable, currency } = entry
  const over = { from: extension.from, to: extension.to }
  const part = within ?? over
  const share = (amount: Decimal) =>
    within === null ? new Big(amount) : exactShare(amount, over, part)
  if (extension.cost !== null) {
    const cost = share(extension.cost)
    running.costed += 1
    running.cost = plus(running.cost, cost)
    const elapsed = { from: part.from, to: earlier(part.to, asOf) }
    const isOver = within !== null && elapsed.to === part.to
    const accrued = isOver ? cost : exactShare(extension.cost, over, elapsed)
    running.accrued = plus(running.accrued, accrued)
  }
  const budget = budgetCost(extension.cost, vatRecoverable, currency, extension.from)
  if (budget !== null) {
    running.budgeted += 1
    running.budget = plus(running.budget, share(budget))
  }
  if (extension.invoiced !== null) {
    running.invoiced = plus(running.invoiced, share(extension.invoiced))
  }
  if (premium.premium !== null) {
    running.priced += 1
    running.premium = plus(running.premium, share(premium.premium))
  }
}

function plus(total: Big | null, amount: Big): Big {
  return total === null ? amount : total.plus(amount)
}

function text(total: Big | null): Decimal | null {
  return total === null ? null : canonical(total)
}

// What is odd about a contract's extensions: overlaps, gaps, and days past the maximum end.

export interface ExtensionRemark {
  readonly kind: 'overlap' | 'gap' | 'past-maximum'
  /** The days that are covered twice, not at all, or past the maximum end. */
  readonly from: CivilDate
  readonly to: CivilDate
  /** In a sentence without its full stop. */
  readonly text: string
}

/** Of those that move the end, by date: proposed and withdrawn ones cover nothing. */
export function extensionRemarks(
  contract: Pick<Contract, 'awardedEnd' | 'awardedMaximumEnd' | 'extensions'>,
): ExtensionRemark[] {
  const { awardedEnd, awardedMaximumEnd: maximum } = contract
  const moving = contract.extensions.filter(movesEnd)
  const ordered = [...moving].sort((a, b) => compare(a.from, b.from) || compare(a.to, b.to))
  const remarks: ExtensionRemark[] = []
  // An end known to the month leaves its days open: neither a gap nor an overlap within it.
  let covered = awardedEnd.kind === 'dated' ? awardedEnd.latest : null
  let sure = awardedEnd.kind === 'dated' ? awardedEnd.earliest : null
  for (const { from, to } of ordered) {
    if (covered !== null && from > addDays(covered, 1)) remarks.push(gap(covered, from))
    if (sure !== null && from <= sure) remarks.push(overlap(from, earlier(to, sure)))
    if (covered === null || to > covered) covered = to
    sure = sure === null || to > sure ? to : sure
  }
  if (maximum !== null && covered !== null && ordered.length > 0 && covered > maximum) {
    remarks.push(pastMaximum(maximum, covered))
  }
  return remarks
}

function gap(covered: CivilDate, next: CivilDate): ExtensionRemark {
  const from = addDays(covered, 1)
  const to = addDays(next, -1)
  return { kind: 'gap', from, to, text: `nothing covers ${span(from, to)}` }
}

function overlap(from: CivilDate, to: CivilDate): ExtensionRemark {
  return {
    kind: 'overlap',
    from,
    to,
    text: `extensions overlap: ${span(from, to)} is covered twice`,
  }
}

function pastMaximum(maximum: CivilDate, covered: CivilDate): ExtensionRemark {
  const text = `extended to ${dayText(covered)}, past the maximum end, ${dayText(maximum)}`
  return { kind: 'past-maximum', from: addDays(maximum, 1), to: covered, text }
}

function span(from: CivilDate, to: CivilDate): string {
  return from === to ? dayText(from) : `${dayText(from)} to ${dayText(to)}`
}
