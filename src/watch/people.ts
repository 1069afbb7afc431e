/** Who answers for the contracts that have something to say, and how each wants to hear. */
import type { PoolClient } from 'pg'
import { type Addressee, addresseeOf, type People, type Turn, turnOf } from '../domain/addressee.ts'
import type { Due } from './alerts.ts'

export interface Person {
  readonly id: number
  readonly gone: boolean
  readonly slackUser: string | null
  readonly voice: string
}

/** The people of these contracts, in two queries however many they are. */
export async function readPeople(
  client: PoolClient,
  contractIds: readonly number[],
): Promise<ReadonlyMap<number, People<Person>>> {
  const named = await client.query<NamedRow>(
    `SELECT id, owner_id AS owner, deputy_id AS deputy, category_lead_id AS "categoryLead",
            finance_partner_id AS "financePartner" FROM contract WHERE id = ANY($1)`,
    [contractIds],
  )
  const ids = named.rows.flatMap((row) => [
    row.owner,
    row.deputy,
    row.categoryLead,
    row.financePartner,
  ])
  const found = await client.query<Person>(
    `SELECT id, gone_on IS NOT NULL AS gone, slack_user AS "slackUser", voice FROM person
     WHERE id = ANY($1) AND erased_at IS NULL`,
    [[...new Set(ids.filter((id) => id !== null))]],
  )
  const people = new Map(found.rows.map((person) => [person.id, person]))
  const personOf = (id: number | null) => (id === null ? null : (people.get(id) ?? null))
  return new Map(
    named.rows.map((row) => [
      row.id,
      {
        owner: personOf(row.owner),
        deputy: personOf(row.deputy),
        categoryLead: personOf(row.categoryLead),
        financePartner: personOf(row.financePartner),
      },
    ]),
  )
}

interface NamedRow {
  readonly id: number
  readonly owner: number | null
  readonly deputy: number | null
  readonly categoryLead: number | null
  readonly financePartner: number | null
}

/** Those whose turn it is, by what is due of the contract today; each once. */
export function addresseesOf(due: Due, people: People<Person> | undefined): Addressee<Person>[] {
  if (people === undefined) return []
  const turns = new Set<Turn>(
    [...due.raise, ...due.askAgain].map(({ deadline }) => turnOf(deadline.kind, due.outOfContract)),
  )
  const found = [...turns].flatMap((turn) => addresseeOf(turn, people) ?? [])
  return found.filter(
    ({ person }, at) => found.findIndex((each) => each.person.id === person.id) === at,
  )
}

/** Where somebody who wants to hear directly is written to; null for everybody else. */
export function directTo(person: Person | null | undefined): string | null {
  return person?.voice === 'dm' && !person.gone ? person.slackUser : null
}
