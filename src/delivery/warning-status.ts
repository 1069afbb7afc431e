/** How a posted warning stands now: who did what about it, and which buttons still fit. */
import { baselineFor, pricedOf } from '../database/prices.ts'
import { asCivilDate, type CivilDate, dayText } from '../rules/civil-date.ts'
import { DEADLINE_KINDS } from '../rules/contract.ts'
import { accruing, baseline, premium } from '../rules/premium.ts'
import type { WarningState } from '../text/buttons.ts'
import type { ContractFacts, PersonFact, SupersededFacts } from '../text/facts.ts'
import type { PricedFact } from '../text/prices.ts'
import type { ActionRecord } from '../text/warning.ts'
import type {
  AlertRow,
  ContractRow,
  DeadlineRow,
  DecisionRow,
  ExtensionRow,
} from './load-queries.ts'

export interface WarningStatus {
  readonly state: WarningState
  /** The latest act last. */
  readonly acts: readonly ActionRecord[]
  /** What to say instead, where none of its alerts holds any more. */
  readonly superseded: SupersededFacts | null
}

export interface ChangesSince {
  readonly deadlines: readonly DeadlineRow[]
  readonly decisions: readonly DecisionRow[]
  readonly extensions: readonly ExtensionRow[]
}

/** `row` is the contract of `alerts`, which one message carries. */
export function standingOf(
  asOf: CivilDate,
  contract: ContractFacts,
  row: ContractRow,
  alerts: readonly AlertRow[],
  since: ChangesSince,
): WarningStatus {
  const last = alerts.at(-1)
  const acts = actsOf(asOf, row, alerts, since)
  if (last !== undefined && alerts.every((alert) => alert.state === 'superseded')) {
    return { state: 'superseded', acts, superseded: supersededBy(asOf, contract, last, since) }
  }
  return { state: stateOf(asOf, contract, row, alerts), acts, superseded: null }
}

function stateOf(
  asOf: CivilDate,
  { currentEnd }: ContractFacts,
  row: ContractRow,
  alerts: readonly AlertRow[],
): WarningState {
  const living = alerts.filter(({ state }) => state !== 'superseded')
  if (row.closed_on !== null || living.every(({ state }) => state === 'closed')) return 'closed'
  const isEnd = living.some(({ kind }) => kind === 'end' || kind === 'emergency-end')
  if (isEnd && currentEnd !== null && currentEnd < asOf) {
    return row.out_of_contract_on === null ? 'asked' : 'out-of-contract'
  }
  if (living.some(({ state }) => state === 'open')) return 'open'
  return living.some(({ state }) => state === 'snoozed') ? 'snoozed' : 'acknowledged'
}

function actsOf(
  asOf: CivilDate,
  row: ContractRow,
  alerts: readonly AlertRow[],
  since: ChangesSince,
): ActionRecord[] {
  const acts: ActionRecord[] = []
  const paused = alerts.findLast(({ paused_until: until }) => until !== null)
  if (paused?.acted_on && paused.paused_until) {
    const by = person(paused.acted_name, paused.acted_slack)
    const on = asCivilDate(paused.acted_on)
    const until = asCivilDate(paused.paused_until)
    acts.push(
      paused.state === 'snoozed'
        ? { what: 'snoozed', by, on, until, why: null }
        : { what: 'acknowledged', by, on, askedAgain: until },
    )
  }
  const decision = since.decisions.find((each) =>
    alerts.some(
      ({ kind, deadline_on: on }) =>
        each.deadline_on === on && each.deadline === (kind === 'emergency-end' ? 'end' : kind),
    ),
  )
  if (decision) {
    const { text, evidence } = decision
    acts.push({
      what: 'decided',
      by: person(decision.name, decision.slack),
      on: asCivilDate(decision.on),
      text,
      evidence,
    })
  }
  const extension = since.extensions[0]
  if (extension && alerts.some(({ state }) => state === 'superseded')) {
    acts.push({
      what: 'extended',
      by: person(extension.name, extension.slack),
      on: asCivilDate(extension.on),
      to: extension.to,
      kind: extension.kind,
      price: priceOf(extension),
    })
  }
  if (row.closed_on !== null) {
    acts.push({
      what: 'closed',
      by: person(row.said_name, row.said_slack),
      on: asCivilDate(row.closed_on),
      why: row.closed_why ?? 'closed',
    })
  } else if (row.out_of_contract_on !== null) {
    const since = asCivilDate(row.out_of_contract_on)
    const costs = accruing(baseline(pricedOf(row)), since, asOf)
    acts.push({
      what: 'still-supplied',
      by: person(row.said_name, row.said_slack),
      on: row.said_on === null ? since : asCivilDate(row.said_on),
      since,
      costs: { ...costs, currency: row.currency },
    })
  }
  return acts
}

function supersededBy(
  asOf: CivilDate,
  contract: ContractFacts,
  last: AlertRow,
  { deadlines, extensions }: ChangesSince,
): SupersededFacts {
  const kind = DEADLINE_KINDS.find((each) => each === last.kind) ?? 'end'
  const now = deadlines.find((each) => each.kind === kind && each.open)
  const [extension] = extensions
  return {
    asOf,
    contract,
    kind,
    was: asCivilDate(last.deadline_on),
    now: now === undefined ? null : asCivilDate(now.due_on),
    why:
      extension === undefined ? null : `Extended (${extension.kind}) to ${dayText(extension.to)}.`,
  }
}

function priceOf(row: ExtensionRow): PricedFact {
  const { from, to, cost, cost_currency: costCurrency } = row
  const currency = cost === null ? row.currency : costCurrency
  const price = premium({ from, to, cost }, baselineFor(row, row, costCurrency))
  return { cost, currency, price }
}

/** Named, not mentioned: they know what they did. Without a name the account is all there is. */
function person(name: string | null, slackUser: string | null): PersonFact | null {
  if (name !== null) return { name, slackUser: null }
  return slackUser === null ? null : { name: '', slackUser }
}
