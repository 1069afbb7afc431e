/** Who is addressed in a message, who of them is mentioned, and by which name the others go. */

import { peopleOf, type ToldPerson } from '../database/contracts.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import { type Addressee, addresseesOf, type DeadlineKind, eachOnce } from '../rules/contract.ts'
import type { Escalation } from '../rules/reminder-plan.ts'
import type { AddresseeFact, PersonFact, PromisedFact } from '../text/facts.ts'
import type { ActorRow } from './acts.ts'
import type { ContractRow } from './load-queries.ts'
import type { Claim } from './outbox.ts'

interface Told {
  readonly purpose: string
  readonly subject: string
  readonly escalated: Readonly<Record<string, Escalation>>
  readonly tellDeputy: boolean
  readonly subscribed: boolean
  /** What had been promised where it is asked again, by contract. */
  readonly promised: Readonly<Record<string, WrittenPromise>>
}

/** `by`: the number of a person. */
export interface WrittenPromise extends Omit<PromisedFact, 'by'> {
  readonly by: number | null
}

/** What the sweep wrote down for the message; a copy for another channel is for whom the first was. */
export function toldOf({
  purpose,
  subject,
  facts,
}: Pick<Claim, 'purpose' | 'subject' | 'facts'>): Told {
  const written = (typeof facts === 'object' && facts !== null ? facts : {}) as WrittenFacts
  return {
    purpose: purpose === 'fallback' ? (written.instead_of?.purpose ?? purpose) : purpose,
    subject,
    escalated: written.escalated ?? {},
    tellDeputy: written.tell_deputy === true,
    subscribed: written.subscribed === true,
    promised: written.promised ?? {},
  }
}

/** What the sweep wrote into the facts of a delivery. */
interface WrittenFacts {
  readonly escalated?: Readonly<Record<string, Escalation>>
  readonly tell_deputy?: boolean
  readonly subscribed?: boolean
  readonly promised?: Readonly<Record<string, WrittenPromise>> | null
  readonly instead_of?: { readonly purpose?: string }
}

export function mentionsOf(told: Told, why: Escalation | null): MentionRequest['mentions'] {
  const { purpose, subject, tellDeputy, subscribed } = told
  // The team's own channel calls on them; others only read along.
  if (subscribed) return 'nobody'
  if (purpose === 'update' || purpose === 'direct' || subject.startsWith('direct:')) return 'nobody'
  if (purpose === 'escalate' || subject.startsWith('escalation:')) return 'the deputy'
  return tellDeputy && why !== null ? 'both' : 'their turn'
}

export interface Recipients {
  readonly owner: PersonFact | null
  readonly addressees: readonly AddresseeFact[]
  readonly mentioned: readonly ToldPerson[]
  /** Those who are addressed, whose accounts are looked at first. */
  readonly addressed: readonly ToldPerson[]
}

interface MentionRequest {
  readonly asOf: CivilDate
  readonly contract: ContractRow
  /** The kinds of the deadlines that the message is for. */
  readonly kinds: readonly DeadlineKind[]
  readonly people: ReadonlyMap<number, ToldPerson>
  readonly lastActor: ActorRow | undefined
  /** Nobody: an update pings no one, a direct message has its reader. */
  readonly mentions: 'nobody' | 'their turn' | 'the deputy' | 'both'
  /** Mentioned in the same message already: once is enough. */
  readonly before: ReadonlySet<number>
}

export function recipientsOf(asked: MentionRequest): Recipients {
  const { contract, people } = asked
  const theirs = peopleOf(contract, people)
  const { deputy } = theirs
  const turns = addresseesOf(asked.kinds, contract.outOfContractOn !== null, theirs)
  const isDeputys = asked.mentions === 'the deputy' || asked.mentions === 'both'
  const addressed = eachOnce([
    ...(asked.mentions === 'the deputy' ? [] : turns),
    ...(isDeputys && deputy?.gone === false ? [{ role: 'deputy' as const, person: deputy }] : []),
  ])
  const mentioned = asked.mentions === 'nobody' ? [] : addressed.filter((each) => may(each, asked))
  const fact = (person: ToldPerson): PersonFact => {
    const called = mentioned.some((each) => each.person.id === person.id)
    const { name, slack, gone } = person
    // Without a name the account is all there is to call somebody by.
    const slackUser = called || name === null ? slack : null
    return { name: name ?? '', slackUser, ...(gone ? { gone } : {}) }
  }
  return {
    owner: theirs.owner === null ? null : fact(theirs.owner),
    addressees: addressed.map(({ role, person }) => ({ role, person: fact(person) })),
    mentioned: mentioned.map(({ person }) => person),
    addressed: asked.mentions === 'nobody' ? [] : addressed.map(({ person }) => person),
  }
}

/** Those who want it, and have not just acted themselves. */
function may(
  { person }: Addressee<ToldPerson>,
  { asOf, lastActor, before }: MentionRequest,
): boolean {
  const justActed = lastActor?.person_id === person.id && lastActor.on >= asOf
  return person.voice === 'mention' && !person.gone && !justActed && !before.has(person.id)
}
