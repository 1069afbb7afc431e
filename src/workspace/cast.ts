/** People and channels to try the bot with: one of each kind that its rules tell apart. */
import { APP } from './people.ts'
import type { Places } from './places.ts'

/** Their ids. */
export const CAST = {
  owner: 'U0OWNER',
  deputy: 'U0DEPUTY',
  lead: 'U0LEAD',
  finance: 'U0FINANCE',
  admin: 'U0ADMIN',
  colleague: 'U0COLLEAGUE',
  guest: 'U0GUEST',
  outsider: 'U0OUTSIDER',
} as const

/** Another organisation than the workspace's own. */
const OTHER_TEAM = 'T0002'

/** Adds the people, a user group of the digital team, and a channel for each kind of company. */
export function addCast(places: Places): void {
  const add = (id: string, realName: string, options = {}) => {
    const name = realName.toLowerCase().replace(' ', '.')
    places.addUser(id, name, { realName, email: `${name}@trust.example`, ...options })
  }
  places.addUser(APP.user, APP.name, { realName: 'Lapsewatch', isBot: true })
  add(CAST.owner, 'Olive Owner')
  add(CAST.deputy, 'Dev Deputy')
  add(CAST.lead, 'Lena Lead')
  add(CAST.finance, 'Finn Finance')
  add(CAST.admin, 'Ada Admin', { isAdmin: true })
  add(CAST.colleague, 'Cole League')
  add(CAST.guest, 'Gus Guest', { guest: 'multi-channel', email: 'gus@agency.example' })
  add(CAST.outsider, 'Otto Sider', { teamId: OTHER_TEAM, email: 'otto@supplier.example' })
  places.addGroup('S0DIGITAL', 'digital', [CAST.owner, CAST.deputy, CAST.lead], 'Digital')
  const inside = Object.values(CAST).filter((id) => id !== CAST.guest && id !== CAST.outsider)
  places.addChannel({ id: 'C0CONTRACTS', name: 'contracts', member: true })
  places.addChannel({ id: 'C0ESCALATION', name: 'escalation', member: true })
  places.addChannel({ id: 'C0GUESTS', name: 'with-guest', people: [...inside, CAST.guest] })
  places.addChannel({
    id: 'C0SHARED',
    name: 'with-supplier',
    people: [...inside, CAST.outsider],
    isShared: true,
  })
  places.addChannel({
    id: 'G0PRIVATE',
    name: 'board',
    isPrivate: true,
    people: [CAST.lead, CAST.admin],
  })
}
