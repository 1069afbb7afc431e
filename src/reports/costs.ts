/** What emergency extensions cost in a financial year, and what runs out of contract by the day. */

import type { Pool, PoolClient } from 'pg'
import { type ContractColumns, type PriceRow, pricedOf } from '../database/contracts.ts'
import { tables } from '../database/prisma.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import type { ContractNames } from '../rules/contract.ts'
import { type LedgerTotal, ledgerTotals } from '../rules/ledger.ts'
import { type FinancialYear, financialYearOf, monthsOfYear } from '../rules/months.ts'
import { type Accruing, accruing, baseline } from '../rules/premium.ts'
import { groupedBy } from '../rules/text-match.ts'
import type { CostGroup, Costs } from '../text/costs.ts'
import { type LedgerLine, type PriceRules, readLedger } from './ledger.ts'

interface CostsOfYear extends Costs {
  readonly from: CivilDate
  readonly to: CivilDate
  readonly outOfContract: readonly OutOfContract[]
}

interface CostsAsked {
  readonly organisationId: number
  readonly teamId: number | null
  readonly year: FinancialYear | null
  readonly today: CivilDate
  readonly rules: PriceRules
}

/** Two queries, however many contracts there are. */
export async function readCosts(
  client: Pool | PoolClient,
  asked: CostsAsked,
): Promise<CostsOfYear> {
  const { organisationId, teamId, today, rules } = asked
  const year = asked.year ?? financialYearOf(today, rules.organisation.financialYearStart)
  const within = { from: year.first, to: year.last }
  const lines = await readLedger(client, {
    organisationId,
    teamId,
    within,
    kind: 'emergency',
    rules,
  })
  const totals = (of: readonly LedgerLine[]) => ledgerTotals(of, today, within)
  return {
    year: year.name,
    ...within,
    totals: totals(lines),
    months: monthsOfYear(year).map(({ first, last }) => ({
      name: first.slice(0, 7),
      totals: ledgerTotals(lines, today, { from: first, to: last }),
    })),
    teams: grouped(lines, ({ team }) => team, totals),
    suppliers: grouped(lines, ({ supplier }) => supplier ?? 'no supplier recorded', totals),
    outOfContract: await readOutOfContract(client, { organisationId, teamId, today }),
  }
}

function grouped(
  lines: readonly LedgerLine[],
  nameOf: (line: LedgerLine) => string,
  totalsOf: (lines: readonly LedgerLine[]) => LedgerTotal[],
): CostGroup[] {
  return [...groupedBy(lines, nameOf)]
    .map(([name, of]) => ({ name, totals: totalsOf(of) }))
    .filter((group) => group.totals.length > 0)
    .sort((a, b) => paid(b) - paid(a) || (a.name < b.name ? -1 : 1))
}

/** For the order alone: amounts of different currencies are never added up. */
function paid({ totals }: CostGroup): number {
  return Math.max(...totals.map(({ cost }) => Number(cost ?? -1)))
}

/** A contract that ended, whose service goes on without cover. */
export interface OutOfContract extends Accruing, ContractNames {
  readonly contractId: number
  readonly currency: string
}

/** Those of which somebody said that they are still supplied, the longest first. */
export async function readOutOfContract(
  client: Pool | PoolClient,
  asked: {
    readonly organisationId: number
    readonly teamId: number | null
    readonly today: CivilDate
  },
): Promise<OutOfContract[]> {
  const { organisationId, teamId, today } = asked
  const found = await tables(client).contract.findMany({
    where: {
      ...{ organisationId, closedOn: null, outOfContractOn: { lte: today } },
      ...(teamId === null ? {} : { teamId }),
    },
    orderBy: [{ outOfContractOn: 'asc' }, { reference: 'asc' }],
  })
  return found.flatMap((row) => {
    const { id, reference, title, supplier, currency } = row
    const runs = accruingOf(row, today)
    return runs === null ? [] : [{ contractId: id, reference, title, supplier, currency, ...runs }]
  })
}

/** What it costs by the day since it ran out of contract; null where nobody said that it is still supplied. */
export function accruingOf(
  row: PriceRow & Pick<ContractColumns, 'outOfContractOn' | 'closedOn'>,
  today: CivilDate,
): Accruing | null {
  const { outOfContractOn: since, closedOn } = row
  if (since === null || since > today || closedOn !== null) return null
  return accruing(baseline(pricedOf(row)), since, today)
}
