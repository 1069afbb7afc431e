/** Who is spoken to in a message, who of them is mentioned, and by which name the others go. */
import { type Addressee, addresseeOf, type People, turnOf } from '../domain/addressee.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import type { DeadlineKind } from '../domain/deadline-kinds.ts'
import type { AddresseeFact, PersonFact } from '../messages/facts.ts'
import type { ActorRow, ContractRow, PersonRow } from './fact-rows.ts'

export interface Turns {
  readonly owner: PersonFact | null
  readonly addressees: readonly AddresseeFact[]
  /** The people behind the mentions. */
  readonly mentioned: readonly PersonRow[]
  /** Those who are spoken to, whose accounts are looked at first. */
  readonly spokenTo: readonly PersonRow[]
}

export interface TurnsAsked {
  readonly asOf: CivilDate
  readonly contract: ContractRow
  /** The deadlines that speak. */
  readonly kinds: readonly DeadlineKind[]
  readonly people: ReadonlyMap<number, PersonRow>
  readonly lastActor: ActorRow | undefined
  /** Nobody: an update pings no one, a direct message has its reader. */
  readonly mentions: 'nobody' | 'their turn' | 'the deputy' | 'both'
  /** Mentioned in the same message already: once is enough. */
  readonly before: ReadonlySet<number>
}

export function turnsOf(asked: TurnsAsked): Turns {
  const { contract, people } = asked
  const personOf = (id: number | null) => (id === null ? null : (people.get(id) ?? null))
  const theirs: People<PersonRow> = {
    owner: personOf(contract.owner_id),
    deputy: personOf(contract.deputy_id),
    categoryLead: personOf(contract.category_lead_id),
    financePartner: personOf(contract.finance_partner_id),
  }
  const spokenTo = once([
    ...(asked.mentions === 'the deputy' ? [] : theirTurn(asked, theirs)),
    ...(asked.mentions === 'the deputy' || asked.mentions === 'both' ? deputyOf(theirs) : []),
  ])
  const mentioned = asked.mentions === 'nobody' ? [] : spokenTo.filter((each) => may(each, asked))
  const fact = (person: PersonRow): PersonFact => {
    const called = mentioned.some((each) => each.person.id === person.id)
    const { name, slack, gone } = person
    // Without a name the account is all there is to call somebody by.
    const slackUser = called || name === null ? slack : null
    return { name: name ?? '', slackUser, ...(gone ? { gone } : {}) }
  }
  return {
    owner: theirs.owner === null ? null : fact(theirs.owner),
    addressees: spokenTo.map(({ role, person }) => ({ role, person: fact(person) })),
    mentioned: mentioned.map(({ person }) => person),
    spokenTo: asked.mentions === 'nobody' ? [] : spokenTo.map(({ person }) => person),
  }
}

function theirTurn(
  { kinds, contract }: TurnsAsked,
  people: People<PersonRow>,
): Addressee<PersonRow>[] {
  const outOfContract = contract.out_of_contract_on !== null
  const turns = new Set(kinds.map((kind) => turnOf(kind, outOfContract)))
  return [...turns].flatMap((turn) => addresseeOf(turn, people) ?? [])
}

function deputyOf({ deputy }: People<PersonRow>): Addressee<PersonRow>[] {
  return deputy === null || deputy.gone ? [] : [{ role: 'deputy', person: deputy }]
}

function once(found: readonly Addressee<PersonRow>[]): Addressee<PersonRow>[] {
  return found.filter(
    ({ person }, at) => found.findIndex((each) => each.person.id === person.id) === at,
  )
}

/** Those who want it, and have not just acted themselves. */
function may({ person }: Addressee<PersonRow>, { asOf, lastActor, before }: TurnsAsked): boolean {
  const justActed = lastActor?.person_id === person.id && lastActor.on >= asOf
  return person.voice === 'mention' && !person.gone && !justActed && !before.has(person.id)
}
