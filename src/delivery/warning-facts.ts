/** Rows of the database as the facts that a warning tells. */
import { asCivilDate, type CivilDate, daysBetween } from '../domain/civil-date.ts'
import { PRECISIONS, type Precision } from '../domain/contract.ts'
import { DEADLINE_KINDS, type DeadlineKind } from '../domain/deadline-kinds.ts'
import { groupedBy } from '../domain/grouped-by.ts'
import { asDecimal } from '../domain/money.ts'
import type { ContractFacts, DeadlineFacts, PersonFact, WarningFacts } from '../messages/facts.ts'
import type { Claim } from './claim.ts'
import type { AlertRow, ContractRow, DeadlineRow } from './fact-rows.ts'

export function warning(
  { asOf, possibleRepeat }: Claim,
  contract: ContractFacts,
  alerts: readonly AlertRow[],
  deadlines: readonly DeadlineRow[],
): WarningFacts {
  const speaking = [...groupedBy(alerts, (row) => `${row.kind} ${row.deadline_on}`).values()]
  const others = deadlines.filter(
    (deadline) =>
      deadline.open &&
      !alerts.some((a) => a.kind === deadline.kind && a.deadline_on === deadline.due_on),
  )
  return {
    asOf,
    contract,
    deadlines: [
      ...speaking.map((rungs) => speakingFacts(asOf, rungs, deadlines)),
      ...others.map((deadline) => deadlineFacts(asOf, deadline)),
    ],
    cameBack: alerts.some(({ occurrence }) => occurrence > 1),
    possibleRepeat,
  }
}

/** One deadline for which one or more rungs are told of at once. */
function speakingFacts(
  asOf: CivilDate,
  rungs: readonly AlertRow[],
  deadlines: readonly DeadlineRow[],
): DeadlineFacts {
  const [first] = rungs
  if (first === undefined) throw new Error('A deadline without an alert cannot speak.')
  const reason = deadlines.find(
    (deadline) => deadline.kind === first.kind && deadline.due_on === first.deadline_on,
  )?.reason
  const skipped = rungs.flatMap(({ skipped_from: from, skipped_to: to }) =>
    from === null || to === null ? [] : [{ from, to }],
  )
  return {
    ...deadlineFacts(asOf, { kind: first.kind, due_on: first.deadline_on, reason: reason ?? '' }),
    speaks: true,
    skipped:
      skipped.length === 0
        ? null
        : {
            from: Math.max(...skipped.map(({ from }) => from)),
            to: Math.min(...skipped.map(({ to }) => to)),
          },
    askedAgain: rungs.some((rung) => rung.asked_again > 0),
  }
}

function deadlineFacts(
  asOf: CivilDate,
  { kind, due_on, reason }: Pick<DeadlineRow, 'kind' | 'due_on' | 'reason'>,
): DeadlineFacts {
  const on = asCivilDate(due_on)
  return {
    kind: deadlineKind(kind),
    on,
    daysLeft: daysBetween(asOf, on),
    reason,
    speaks: false,
    skipped: null,
    askedAgain: false,
  }
}

export function contractFacts(row: ContractRow, owner: PersonFact | null): ContractFacts {
  return {
    reference: row.reference,
    title: row.title,
    supplier: row.supplier,
    buyer: row.buyer,
    team: row.team,
    owner,
    value: row.value === null ? null : asDecimal(row.value),
    currency: row.currency,
    awardedEnd: row.end_latest === null ? null : asCivilDate(row.end_latest),
    currentEnd: row.current_latest === null ? null : asCivilDate(row.current_latest),
    // An extension names its day; only an awarded end may be known to the month alone.
    endPrecision: row.moved ? 'day' : precision(row.end_precision),
    disputedEnd: row.disputed_end === null ? null : asCivilDate(row.disputed_end),
    personalData: row.personal_data,
  }
}

function precision(text: string | null): Precision | null {
  return PRECISIONS.find((known) => known === text) ?? null
}

function deadlineKind(text: string): DeadlineKind {
  const kind = DEADLINE_KINDS.find((known) => known === text)
  if (kind === undefined) throw new Error(`"${text}" is no kind of deadline.`)
  return kind
}
