/** Who is in the local workspace, and where they talk: the sample's people, and two from outside. */

import type { Persona } from '../workspace/page/stand.ts'
import { APP } from '../workspace/people.ts'
import type { Places } from '../workspace/places.ts'

export const CONTRACTS = 'C0CONTRACTS'
export const ESCALATION = 'C0ESCALATION'
const WITH_AGENCY = 'C0AGENCY'

/** Whom a visitor can be. The lead is the administrator as well, so that everything can be tried. */
export const PERSONAS: readonly Persona[] = [
  {
    id: 'U0LEAD',
    name: 'Rhys Pellandine',
    role: 'category lead, administrator',
    channel: CONTRACTS,
  },
  { id: 'U0OWNER', name: 'Samira Dalvi', role: 'contract owner', channel: CONTRACTS },
  { id: 'U0FINANCE', name: 'Fay Ledbrook', role: 'finance partner', channel: CONTRACTS },
  {
    id: 'U0GUEST',
    name: 'Otto Farrow',
    role: 'outsider: a guest from an agency',
    channel: WITH_AGENCY,
  },
]
export const ADMINISTRATORS: readonly string[] = ['U0LEAD']

/** Others whom the sample names, so that they can be mentioned and assigned. */
const COLLEAGUES: Readonly<Record<string, string>> = {
  U0GRACE: 'Grace Okonwale',
  U0IDRIS: 'Idris Venn',
  U0PRIYA: 'Priya Nandakesh',
  U0TOM: 'Tom Hallowick',
  U0IMOGEN: 'Imogen Tarrowby',
  U0BETHAN: 'Bethan Corrigale',
  U0DANIEL: 'Daniel Fosswell',
  U0KOFI: 'Kofi Brannock',
}

export function addCompany(places: Places): void {
  const add = (id: string, name: string, options = {}) => {
    const handle = name.toLowerCase().replaceAll(' ', '.')
    places.addUser(id, handle, { realName: name, email: `${handle}@trust.example`, ...options })
  }
  places.addUser(APP.user, APP.name, { realName: 'Lapsewatch', isBot: true })
  for (const { id, name } of PERSONAS) {
    if (id !== 'U0GUEST') add(id, name, { isAdmin: ADMINISTRATORS.includes(id) })
  }
  for (const [id, name] of Object.entries(COLLEAGUES)) add(id, name)
  add('U0GUEST', 'Otto Farrow', { guest: 'single-channel', email: 'otto.farrow@agency.example' })
  places.addChannel({ id: CONTRACTS, name: 'contracts', member: true })
  places.addChannel({ id: ESCALATION, name: 'escalation', member: true })
  places.addChannel({
    id: WITH_AGENCY,
    name: 'with-agency',
    member: true,
    people: ['U0LEAD', 'U0FINANCE', 'U0GUEST'],
  })
}

/** The accounts of those whom the sample names. */
export function accounts() {
  const named = [...PERSONAS.map(({ id, name }) => [id, name]), ...Object.entries(COLLEAGUES)]
  return named.map(([slackUser = '', name = '']) => ({ name, workspace: APP.team, slackUser }))
}
