/** How a posted warning stands now: who did what about it, and which buttons still fit. */
import { type CivilDate, dayText } from '../rules/civil-date.ts'
import { isEnd } from '../rules/contract.ts'
import { contractState, warningState } from '../rules/contract-state.ts'
import type { WarningState } from '../text/buttons.ts'
import type { ContractFacts, SupersededFacts } from '../text/facts.ts'
import type { ActionRecord } from '../text/warning.ts'
import { actsOf, type ChangesSince } from './acts.ts'
import type { AlertRow, ContractRow, DeadlineRow } from './load-queries.ts'

export interface WarningStatus {
  readonly state: WarningState
  /** The latest act last. */
  readonly acts: readonly ActionRecord[]
  /** What to say instead, where none of its alerts holds any more. */
  readonly superseded: SupersededFacts | null
}

type StatusChanges = ChangesSince & { readonly deadlines: readonly DeadlineRow[] }

/** `row` is the contract of `alerts`, which one message carries. */
export function standingOf(
  asOf: CivilDate,
  contract: ContractFacts,
  row: ContractRow,
  alerts: readonly AlertRow[],
  since: StatusChanges,
): WarningStatus {
  const last = alerts.at(-1)
  const acts = actsOf(asOf, row, alerts, since)
  if (last !== undefined && alerts.every((alert) => alert.state === 'superseded')) {
    return { state: 'superseded', acts, superseded: supersededBy(asOf, contract, last, since) }
  }
  return { state: stateOf(asOf, row, alerts, since.deadlines), acts, superseded: null }
}

/** As the contract stands on the day of the message. */
function stateOf(
  asOf: CivilDate,
  row: ContractRow,
  alerts: readonly AlertRow[],
  deadlines: readonly DeadlineRow[],
): WarningState {
  const facts = {
    closed: row.closedOn !== null,
    historic: row.historic,
    endKind: row.endKind,
    currentEnd: row.currentLatest,
    endSettled: deadlines.some(({ kind, open }) => !open && isEnd(kind)),
  }
  return warningState(contractState(facts, asOf), alerts, {
    stillSupplied: row.outOfContractOn !== null,
    isCard: false,
  })
}

function supersededBy(
  asOf: CivilDate,
  contract: ContractFacts,
  { kind, deadline_on: was }: AlertRow,
  { deadlines, extensions }: StatusChanges,
): SupersededFacts {
  const now = deadlines.find((each) => each.kind === kind && each.open)
  const [extension] = extensions
  return {
    asOf,
    contract,
    kind,
    was,
    now: now?.due_on ?? null,
    why:
      extension === undefined ? null : `Extended (${extension.kind}) to ${dayText(extension.to)}.`,
  }
}
