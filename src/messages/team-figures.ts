/** The five figures of one team as a row of a table across teams. */
import type { Decimal } from '../domain/money.ts'
import type { TeamFigures } from './facts.ts'
import type { Column } from './table-block.ts'
import { amountWords, figure } from './words.ts'

export const TEAM_COLUMNS: readonly Column[] = [
  { heading: 'Team' },
  { heading: 'Out of contract', align: 'right' },
  { heading: 'Emergency cost', align: 'right' },
  { heading: 'Premium (est.)', align: 'right' },
  { heading: 'Extra in 90 days (est.)', align: 'right' },
  { heading: 'Behind plan', align: 'right' },
  { heading: 'Decisions', align: 'right' },
]

/** Under `TEAM_COLUMNS`. Only the first currency: the team's own summary has them all. */
export function teamRow({ team, five }: TeamFigures): string[] {
  const { outOfContract, emergency, exposure, behind, decisions } = five
  const [spent] = emergency.totals
  const [ahead] = exposure.totals
  return [
    team,
    figure(outOfContract.suppliers),
    spent === undefined ? '' : amount(spent.cost, spent.currency),
    spent === undefined ? '' : amount(spent.premium, spent.currency),
    ahead === undefined ? '' : amount(ahead.extra, ahead.currency),
    figure(behind.procurements),
    figure(decisions.total),
  ]
}

function amount(value: Decimal | null, currency: string): string {
  return value === null ? 'unknown' : amountWords(value, currency)
}
