/** In which state a contract is on a day, as SQL: one rule for every list that shows it. */

const STATES = ['active', 'historic', 'out-of-contract', 'undated', 'rolling', 'closed'] as const
export type ContractState = (typeof STATES)[number]

/**
 * The state of contract `c` on the day that `day` stands for. Past its end without evidence of what
 * came after, a contract is out of contract; with evidence it is closed.
 */
export function stateSql(day: string): string {
  return `CASE
    WHEN c.closed_on IS NOT NULL THEN 'closed'
    WHEN c.historic THEN 'historic'
    WHEN c.current_latest IS NULL THEN c.end_kind
    WHEN c.current_latest >= ${day} THEN 'active'
    WHEN EXISTS (SELECT FROM deadline d WHERE d.contract_id = c.id AND d.kind IN ('end', 'emergency-end')
                 AND d.settled_why IS NOT NULL) THEN 'closed'
    ELSE 'out-of-contract' END`
}
