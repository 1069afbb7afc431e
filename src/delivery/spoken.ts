/** The warnings that a message tells, and whom each of them calls on. */
import { groupedBy } from '../domain/grouped-by.ts'
import type { Escalation } from '../domain/warnings.ts'
import type { WarningFacts } from '../messages/facts.ts'
import { urgencyOfWarning } from '../messages/urgency.ts'
import type { Claim } from './claim.ts'
import type { AlertRow, ContractRow } from './fact-rows.ts'
import type { Rows } from './facts.ts'
import { type Turns, type TurnsAsked, turnsOf } from './turns.ts'
import { contractFacts, warning } from './warning-facts.ts'

/** A contract's warning, and the people behind it. */
interface Spoken extends Pick<Turns, 'mentioned' | 'spokenTo'> {
  readonly contractId: number
  readonly facts: WarningFacts
}

/** The most urgent first. */
export function warnings(claim: Claim, carried: readonly AlertRow[], rows: Rows): Spoken[] {
  const told = [...groupedBy(carried, (row) => row.contract_id)]
    .flatMap(([contractId, alerts]) => {
      const contract = rows.contracts.get(contractId)
      if (contract === undefined) return []
      const deadlines = rows.deadlines.get(contractId) ?? []
      return [{ contract, facts: warning(claim, contractFacts(contract, null), alerts, deadlines) }]
    })
    .sort((a, b) => urgencyOfWarning(a.facts) - urgencyOfWarning(b.facts))
  const before = new Set<number>()
  return told.map(({ contract, facts }) => {
    const spoken = withTurns(claim, contract, facts, rows, before)
    for (const { id } of spoken.mentioned) before.add(id)
    return spoken
  })
}

function withTurns(
  claim: Claim,
  contract: ContractRow,
  facts: WarningFacts,
  { people, actors }: Rows,
  before: ReadonlySet<number>,
): Spoken {
  const told = toldOf(claim)
  const why = told.escalated[String(contract.id)] ?? null
  const { owner, addressees, mentioned, spokenTo } = turnsOf({
    asOf: claim.asOf,
    contract,
    kinds: facts.deadlines.filter((each) => each.speaks).map((each) => each.kind),
    people,
    lastActor: actors.get(contract.id),
    mentions: mentionsOf(told, why),
    before,
  })
  return {
    contractId: contract.id,
    facts: { ...facts, contract: { ...facts.contract, owner }, addressees, escalated: why },
    mentioned,
    spokenTo,
  }
}

interface Told {
  readonly purpose: string
  readonly subject: string
  readonly escalated: Readonly<Record<string, Escalation>>
  readonly tellDeputy: boolean
  readonly subscribed: boolean
}

/** What the sweep wrote down for the message; a copy for another channel is for whom the first was. */
function toldOf({ purpose, subject, facts }: Claim): Told {
  const written = (typeof facts === 'object' && facts !== null ? facts : {}) as WrittenFacts
  return {
    purpose: purpose === 'fallback' ? (written.instead_of?.purpose ?? purpose) : purpose,
    subject,
    escalated: written.escalated ?? {},
    tellDeputy: written.tell_deputy === true,
    subscribed: written.subscribed === true,
  }
}

/** Written by this program as such. */
interface WrittenFacts {
  readonly escalated?: Readonly<Record<string, Escalation>>
  readonly tell_deputy?: boolean
  readonly subscribed?: boolean
  readonly instead_of?: { readonly purpose?: string }
}

function mentionsOf(told: Told, why: Escalation | null): TurnsAsked['mentions'] {
  const { purpose, subject, tellDeputy, subscribed } = told
  // The team's own channel calls on them; others only read along.
  if (subscribed) return 'nobody'
  if (purpose === 'update' || purpose === 'direct' || subject.startsWith('direct:')) return 'nobody'
  if (purpose === 'escalate' || subject.startsWith('escalation:')) return 'the deputy'
  return tellDeputy && why !== null ? 'both' : 'their turn'
}
