/** Everything known of one contract, for `show`. */

import { readBaseline } from '../../db/priced.ts'
import { daysBetween } from '../../domain/civil-date.ts'
import type { Period, PeriodUnit } from '../../domain/contract.ts'
import { noticesToCheck } from '../../domain/notice-tasks.ts'
import { periodText } from '../../domain/period.ts'
import type { CardDeadline, CardExtension, CardFacts } from '../../messages/answers/facts.ts'
import type { WarningState } from '../../messages/buttons/warning-buttons.ts'
import { capitalised } from '../../messages/words.ts'
import { readOutOfContract } from '../../watch/costs.ts'
import { askedToday, contractHeadroom } from '../../watch/headroom.ts'
import { readLedger } from '../../watch/ledger.ts'
import { readRemarks } from '../../watch/remarks.ts'
import { showContract } from '../../watch/show.ts'
import type { ContractState } from '../../watch/state.ts'
import { mayThey } from '../access.ts'
import { askedOf, type BotContext } from './context.ts'
import { contractFactsOf, type FullRow, readContract, subjectOf } from './contract-facts.ts'
import { rulesOfTeam } from './headroom.ts'

/** @throws Refusal where there is no such contract. */
export async function cardFacts(context: BotContext, contractId: number): Promise<CardFacts> {
  const { pool, organisationId, today, rulesOf, asker, shared } = context
  const row = await readContract(context, contractId)
  const [shown, kept, extensions, ledger, remarks, accruing, month] = await Promise.all([
    showContract(pool, organisationId, contractId, today, rulesOf),
    pool.query<KeptDeadline>(DEADLINES, [contractId]),
    readExtensions(context, contractId),
    readLedger(pool, { organisationId, contractId, rules: null }),
    readRemarks(pool, [contractId]),
    readOutOfContract(pool, { organisationId, teamId: null, today, contractId }),
    readBaseline(pool, contractId),
  ])
  const law = await contractHeadroom(
    pool,
    contractId,
    askedToday(today, await rulesOfTeam(context, row.teamId)),
  )
  const prices = new Map(ledger.map((line) => [line.extensionId, line.premium]))
  const [runs] = accruing
  const next = new Map(
    shown.deadlines.map((each) => [`${each.kind} ${each.date}`, each.nextRungOn]),
  )
  return {
    ...askedOf(context),
    asOf: today,
    subject: subjectOf(row),
    mayChange: !shared && mayThey(asker, 'change', row).allowed,
    contract: contractFactsOf(row),
    deputy: row.people.deputy,
    categoryLead: row.people.categoryLead,
    financePartner: row.people.financePartner,
    start: row.start,
    maximumEnd: row.maximumEnd,
    noticePeriod: periodWords(row.noticeAmount, row.noticeUnit),
    automaticRenewal: row.automaticRenewal,
    standing: standingWords(row, shown.state),
    state: buttonState(row, shown.state),
    deadlines: kept.rows.map(({ kind, on, reason, settled }) => ({
      kind,
      on,
      daysLeft: daysBetween(today, on),
      reason,
      nextOn: next.get(`${kind} ${on}`) ?? null,
      settled,
    })),
    extensions: extensions.map((each) => {
      const price = prices.get(each.id)
      return price === undefined ? each : { ...each, price }
    }),
    parent: row.parent,
    checkpoints: shown.checkpoints,
    month,
    ...(runs === undefined ? {} : { accruing: runs }),
    headroom: law.tests,
    notices: noticesToCheck(law.notices, today),
    source: row.source,
    problems: [...shown.problems, ...remarks.map(({ text }) => `${capitalised(text)}.`)],
  }
}

type KeptDeadline = Pick<CardDeadline, 'kind' | 'on' | 'reason' | 'settled'>

const DEADLINES = `
  SELECT kind, due_on AS "on", reason, settled_why AS settled FROM deadline
  WHERE contract_id = $1 ORDER BY settled_why IS NOT NULL, due_on, kind`

export interface ReadExtension extends CardExtension {
  readonly id: number
}

/** Its extensions by date, the withdrawn ones too. */
export async function readExtensions(
  { pool }: BotContext,
  contractId: number,
): Promise<ReadExtension[]> {
  const found = await pool.query<ReadExtension>(
    `SELECT id, kind, status, from_on AS "from", to_on AS "to", cost, currency FROM extension
     WHERE contract_id = $1 ORDER BY from_on, to_on, id`,
    [contractId],
  )
  return found.rows
}

function periodWords(amount: number | null, unit: PeriodUnit | null): string | null {
  const period = periodOf(amount, unit)
  return period === null ? null : periodText(period)
}

export function periodOf(amount: number | null, unit: PeriodUnit | null): Period | null {
  return amount === null || unit === null ? null : { amount, unit }
}

function standingWords(row: FullRow, state: ContractState): string {
  const { watched, watchReason, closedOn, closedWhy, outOfContractOn } = row
  const quiet = watched
    ? ''
    : `, not watched${watchReason === null ? '' : ` (${watchReason.trim()})`}`
  switch (state) {
    case 'active':
    case 'undated':
      return `running${quiet}`
    case 'rolling':
      return `rolling on${quiet}`
    case 'historic':
      return 'historic, not watched'
    case 'out-of-contract':
      return `out of contract${outOfContractOn === null ? '' : ', still supplied'}${quiet}`
    case 'closed':
      return closedOn === null
        ? 'over: what came after is recorded'
        : `closed${closedWhy === null ? '' : `: ${closedWhy.trim()}`}`
  }
}

/** Which buttons fit: of several warnings an open one speaks, then one that was snoozed. */
function buttonState({ alerts, outOfContractOn }: FullRow, state: ContractState): WarningState {
  if (state === 'closed' || state === 'historic') return 'closed'
  if (state === 'out-of-contract') return outOfContractOn === null ? 'asked' : 'out-of-contract'
  for (const living of ['open', 'snoozed'] as const) {
    if (alerts.some((alert) => alert.state === living)) return living
  }
  // Without a warning there is nothing to take on: what is left is to decide and to extend.
  return 'acknowledged'
}
