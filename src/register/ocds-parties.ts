/** What an OCDS contract is called, who buys and who supplies. */
import { cleanText } from './clean-text.ts'
import { type JsonObject, objectAt, objectsAt, textAt, textsAt } from './json.ts'

/** The most particular title there is. */
export function titleOf(
  contract: JsonObject | null,
  award: JsonObject | null,
  lots: readonly JsonObject[],
  tender: JsonObject | null,
): string | null {
  const lot = lots.length === 1 ? (lots[0] ?? null) : null
  for (const from of [contract, award, lot, tender]) {
    const title = cleanText(textAt(from, 'title') ?? undefined)
    if (title !== null) return title
  }
  return null
}

/** Who buys: the award's buyers, else the process's. */
export function buyersOf(
  state: JsonObject,
  tender: JsonObject | null,
  award: JsonObject | null,
): string[] {
  const own = namesOf(state, objectsAt(award, 'buyers'))
  if (own.length > 0) return own
  const buyer = objectAt(state, 'buyer')
  const named = namesOf(state, buyer === null ? [] : [buyer])
  const all = new Set([...named, ...withRole(state, 'buyer')])
  if (all.size > 0) return [...all]
  const entity = objectAt(tender, 'procuringEntity')
  const entities = namesOf(state, entity === null ? [] : [entity])
  return entities.length > 0 ? entities : withRole(state, 'procuringEntity')
}

/** Who supplies, once each. */
export function suppliersOf(
  state: JsonObject,
  contract: JsonObject | null,
  award: JsonObject | null,
): string[] {
  const contracted = namesOf(state, objectsAt(contract, 'suppliers'))
  if (contracted.length > 0) return contracted
  const awarded = namesOf(state, objectsAt(award, 'suppliers'))
  if (awarded.length > 0 || objectsAt(state, 'awards').length > 1) return awarded
  return withRole(state, 'supplier')
}

/** Names of organisations, once each; one that has only an id is looked up among the parties. */
function namesOf(state: JsonObject, organisations: readonly JsonObject[]): string[] {
  const names = new Set<string>()
  for (const organisation of organisations) {
    const id = textAt(organisation, 'id')
    const party = objectsAt(state, 'parties').find((item) => textAt(item, 'id') === id)
    const name = cleanText(
      textAt(organisation, 'name') ?? textAt(party ?? null, 'name') ?? undefined,
    )
    if (name !== null) names.add(name)
  }
  return [...names]
}

function withRole(state: JsonObject, role: string): string[] {
  return namesOf(
    state,
    objectsAt(state, 'parties').filter((party) => textsAt(party, 'roles').includes(role)),
  )
}
