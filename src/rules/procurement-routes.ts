/**
 * Procurement routes and how long each takes from start to signature.
 *
 * No authoritative table exists of lead times: these are defaults that an organisation edits. What
 * they rest on is in docs/decisions/. The standstill is law: Procurement Act 2023, s.51, and PSR
 * 2023, reg 12.
 */
import { figure } from './legal-figures.ts'

/**
 * How a standstill is counted. `act`: eight working days beginning with the day of the notice
 * (s.51(2)), by the holidays of every part of the United Kingdom (s.123(1)). `psr`: it begins the
 * day after the notice and ends with the eighth working day after that one (reg 12(2), (9)), by
 * England's holidays (reg 12(12)). `voluntary`: none that is mandatory (s.51(3)).
 */
type Standstill = 'act' | 'psr' | 'voluntary' | 'none'

export interface Route {
  readonly name: string
  readonly title: string
  /** Calendar days from the start to the award notice. */
  readonly leadDays: number
  /** Working days between the award notice and the signature; 0 where none is called for. */
  readonly standstillDays: number
  readonly standstill: Standstill
}

const route = (
  name: string,
  title: string,
  leadDays: number,
  standstill: Standstill = 'none',
): Route => ({ name, title, leadDays, standstillDays: STANDSTILL_DAYS[standstill], standstill })

const STANDSTILL_DAYS: Readonly<Record<Standstill, number>> = {
  act: figure('standstill'),
  psr: figure('PSR standstill'),
  voluntary: 0,
  none: 0,
}

export const ROUTES: readonly Route[] = [
  route('competitive-flexible', 'competitive flexible procedure', 270, 'act'),
  route('open', 'open procedure', 180, 'act'),
  route('dynamic-market', 'dynamic market', 120, 'voluntary'),
  route('mini-competition', 'mini-competition under a framework', 90, 'voluntary'),
  route('framework-direct-award', 'direct award under a framework', 42, 'voluntary'),
  route('direct-award', 'direct award in special cases (s.41)', 60, 'act'),
  route('urgent-direct-award', 'urgent direct award (s.41, Schedule 5 para 13)', 30, 'voluntary'),
  route('quotes', 'quotes', 60),
  route('psr-direct-award-a', 'PSR direct award process A', 60),
  route('psr-direct-award-b', 'PSR direct award process B', 60),
  route('psr-direct-award-c', 'PSR direct award process C', 60, 'psr'),
  route('psr-most-suitable-provider', 'PSR most suitable provider process', 120, 'psr'),
  route('psr-competitive', 'PSR competitive process', 180, 'psr'),
  route('psr-urgent-award', 'PSR urgent award (reg 14)', 30),
]

/** Which route is assumed where the register names none, from this value on, with VAT. Editable. */
export interface RouteBand {
  readonly from: number
  readonly route: string
}

export const USUAL_ROUTES = ['tender', 'framework', 'varies'] as const
/** How an organisation, or a team, mostly replaces contracts above the threshold. */
export type UsualRoute = (typeof USUAL_ROUTES)[number]

export interface UsualRouteOfCategory {
  readonly category: string
  readonly route: UsualRoute
}

/** Under the provider selection regime: for health care services alone. */
export function isProviderSelection(route: string): boolean {
  return route.startsWith('psr-')
}

/** The routes by which a supplier is chosen without competition. */
export const DIRECT_AWARDS: readonly string[] = ROUTES.map(({ name }) => name).filter((name) =>
  /\b(?:direct|urgent)-award\b/.test(name),
)

/** Contracts awarded under process A or B may be changed by a rule of their own (PSR reg 13(3)). */
export function isDirectAwardOfPsr(route: string | null): boolean {
  return route === 'psr-direct-award-a' || route === 'psr-direct-award-b'
}

/** Awarded urgently, so that a notice has to follow (PSR reg 14(4)). */
export function isUrgentAwardOfPsr(route: string | null): boolean {
  return route === 'psr-urgent-award'
}

/** Awarded without competition, so that a notice has to say so before (s.44). */
export function isSpecialDirectAward(route: string | null): boolean {
  return route === 'direct-award' || route === 'urgent-direct-award'
}

/** Routes that call off from a framework that others have let. */
export function isFramework(route: string): boolean {
  return route === 'mini-competition' || route === 'framework-direct-award'
}
