/** What contracts cover and what is in use, by team and release; and the days to look at each next. */

import type { Pool, PoolClient } from 'pg'
import { addDays, type CivilDate, earliestOf } from '../rules/civil-date.ts'
import { productData, releaseName } from '../rules/products.ts'
import type { Membership } from '../rules/reminder-plan.ts'
import {
  type Covering,
  type InUse,
  isNotNamed,
  laterKnown,
  type NotCovering,
  type ProductInUse,
  supportDeadlines,
  type Together,
} from '../rules/support.ts'
import { compare, groupedBy } from '../rules/text-match.ts'
import { byColumn } from './bulk.ts'
import { IS_LIVE, LIVE, rowsOf } from './contracts.ts'
import { tables } from './prisma.ts'

/** A release as it was said, of a product of the data. */
export interface ReleaseKey {
  readonly product: string
  readonly release: string
}

/** The key by which two covers of one contract count as the same. */
export function coverKey({
  product,
  release,
  kind,
}: ReleaseKey & { readonly kind: string | null }): string {
  return `${product}/${release}/${kind ?? ''}`
}

export interface TeamProduct extends ProductInUse {
  readonly teamId: number
}

/** What a contract says that it covers, and whose it is. */
interface HeldCover extends Omit<Covering, 'shared' | 'allFrom'>, ReleaseKey {
  readonly teamId: number
  readonly team: string
  readonly forAll: boolean
}

/** A team's organisation under an umbrella. */
interface TeamMember extends Membership {
  readonly contractId: number
  readonly teamId: number
}

interface Writable extends TeamProduct {
  readonly covers: Covering[]
  readonly uses: InUse[]
  readonly elsewhere: NotCovering[]
}

/**
 * What is covered and in use, team by team: all of it, or these releases. A team is covered by its own
 * contracts, by those that are for all teams, and by umbrellas for as long as it is a member; another
 * team's own is named and counts for nothing. In a fixed number of queries.
 * @param sourceId only what contracts of this register cover
 */
export async function readProductsInUse(
  client: Pool | PoolClient,
  organisationId: number,
  keys: readonly ReleaseKey[] | null = null,
  sourceId: number | null = null,
): Promise<TeamProduct[]> {
  const { rows: covers } = await client.query<HeldCover>(
    `SELECT c.team_id AS "teamId", t.name AS team, c.id AS "contractId", v.product, v.release, c.reference,
            v.kind, v.count, v.custom, v.for_all AS "forAll", c.start AS "from",
            c.current_earliest AS earliest, c.current_latest AS latest,
            (SELECT min(d.due_on) FROM deadline d WHERE d.contract_id = c.id AND d.kind = 'start-by'
               AND d.settled_why IS NULL) AS "startBy"
       FROM cover v JOIN contract c ON c.id = v.contract_id JOIN team t ON t.id = c.team_id
      WHERE v.organisation_id = $1 AND v.product IS NOT NULL AND ${LIVE}
        AND ($2::int IS NULL OR c.source_id = $2) ${
          keys === null
            ? ''
            : 'AND (v.product, v.release) IN (SELECT * FROM unnest($3::text[], $4::text[]))'
        }
      ORDER BY c.reference, c.id, v.id`,
    [organisationId, sourceId, ...(keys === null ? [] : byColumn(keys, 'product', 'release'))],
  )
  const uses = sourceId === null ? await readUses(client, organisationId, keys) : []
  const members = await readTeamMembers(client, organisationId)
  const found = new Map<string, Writable>()
  const at = ({ teamId, product, release }: ReleaseKey & { readonly teamId: number }): Writable => {
    const key = JSON.stringify([teamId, product, release])
    const made: Writable = {
      teamId,
      product,
      release,
      covers: [],
      uses: [],
      elsewhere: [],
      together: null,
    }
    const known = found.get(key) ?? made
    found.set(key, known)
    return known
  }
  for (const cover of covers) at(cover)
  for (const { teamId, product, release, ...use } of uses) {
    at({ teamId, product, release }).uses.push(use)
  }
  const byRelease = groupedBy(found.values(), releaseKey)
  const coversOf = groupedBy(covers, releaseKey)
  for (const [key, teams] of byRelease) extendTo(teams, coversOf.get(key) ?? [], members)
  await nameUmbrellas(client, organisationId, [...found.values()])
  return [...byRelease.values()].flatMap(counted)
}

/** What teams use of these releases; what a list counts none of is not in use. */
async function readUses(
  client: Pool | PoolClient,
  organisationId: number,
  keys: readonly ReleaseKey[] | null,
): Promise<(InUse & ReleaseKey & { readonly teamId: number })[]> {
  const asked = keys === null ? null : new Set(keys.map(releaseKey))
  const products = keys === null ? { not: null } : { in: [...new Set(keys.map((k) => k.product))] }
  const found = await tables(client).inUse.findMany({
    where: { organisationId, product: products, OR: [{ count: null }, { count: { not: 0 } }] },
    orderBy: { id: 'asc' },
    select: { teamId: true, product: true, release: true, count: true, site: true },
  })
  return found.flatMap(({ product, ...use }) => {
    if (product === null) return []
    const isAsked = asked === null || asked.has(releaseKey({ product, release: use.release }))
    return isAsked ? [{ product, ...use }] : []
  })
}

function releaseKey({ product, release }: ReleaseKey): string {
  return JSON.stringify([product, release])
}

/** More contracts of other teams than these need not be named. */
const ELSEWHERE = 20

/** Puts each contract of a release where it belongs for each team: it covers it, or is only named. */
function extendTo(
  teams: readonly Writable[],
  covers: readonly HeldCover[],
  members: ReadonlyMap<number, readonly TeamMember[]>,
): void {
  const own = groupedBy(covers, ({ teamId }) => teamId)
  const isShared = ({ forAll, contractId }: HeldCover) => forAll || members.has(contractId)
  const shared = covers.filter(isShared)
  const others = covers.filter((each) => !isShared(each))
  for (const team of teams) {
    const isOther = ({ teamId }: HeldCover) => teamId !== team.teamId
    for (const each of own.get(team.teamId) ?? []) team.covers.push(covering(each, null))
    for (const each of shared.filter(isOther)) {
      if (each.forAll) team.covers.push(covering(each, 'all'))
      else {
        const theirs = (members.get(each.contractId) ?? []).filter(
          ({ teamId }) => teamId === team.teamId,
        )
        const days = daysUnder(each, theirs)
        if (days !== null) team.covers.push({ ...covering(each, 'umbrella'), ...days })
        if (days === null || days.allFrom === 'unknown') {
          const why = theirs.length === 0 ? 'other-team' : 'unread'
          team.elsewhere.push({ ...holderOf(each), why })
        }
      }
    }
    for (const each of others) {
      if (team.elsewhere.length >= ELSEWHERE) break
      if (!isOther(each)) continue
      team.elsewhere.push({ ...holderOf(each), why: 'other-team' })
    }
  }
}

function holderOf({ contractId, reference, team }: HeldCover) {
  return { contractId, reference, team }
}

function covering(cover: HeldCover, shared: Covering['shared']): Covering {
  const { contractId, reference, kind, count, custom, from, earliest, latest, startBy } = cover
  return {
    ...{ contractId, reference, shared, kind, count, custom },
    ...{ from, allFrom: null, earliest, latest, startBy },
  }
}

/**
 * From when to when an umbrella covers a team; null where it does not, or nobody could read its days.
 * Of a team with several members the first joins it and the first to leave ends it; it covers all of
 * them when the last has joined.
 */
function daysUnder(
  { from, earliest, latest }: Pick<Covering, 'from' | 'earliest' | 'latest'>,
  members: readonly TeamMember[],
): Pick<Covering, 'from' | 'allFrom' | 'earliest' | 'latest'> | null {
  const read = members.filter(({ unread }) => unread === null)
  if (read.length === 0) return null
  const joins = read.map((each) => laterKnown(each.from, from)).sort(byDay)
  const [first = null, last = null] = [joins[0], joins.at(-1)]
  const left = read.flatMap(({ to }) => to ?? []).sort()[0] ?? null
  return {
    from: first,
    allFrom: read.length < members.length ? 'unknown' : last === first ? null : last,
    earliest: earliestOf(left, earliest),
    latest: earliestOf(left, latest),
  }
}

function byDay(a: CivilDate | null, b: CivilDate | null): number {
  return compare(a ?? '', b ?? '')
}

async function readTeamMembers(
  client: Pool | PoolClient,
  organisationId: number,
): Promise<ReadonlyMap<number, readonly TeamMember[]>> {
  const found = await tables(client).umbrellaMember.findMany({
    where: { organisationId, teamId: { not: null } },
    select: { contractId: true, teamId: true, from: true, to: true, unread: true },
    orderBy: { id: 'asc' },
  })
  const members = found.flatMap(({ teamId, ...each }): TeamMember[] =>
    teamId === null ? [] : [{ ...each, teamId }],
  )
  return groupedBy(members, ({ contractId }) => contractId)
}

/**
 * Names to teams that are in no contract's cover the umbrellas of which they are members and that do
 * not name this release: those that name another one of the product, or that hold extended support.
 */
async function nameUmbrellas(
  client: Pool | PoolClient,
  organisationId: number,
  found: readonly Writable[],
): Promise<void> {
  const bare = found.filter(({ covers, uses }) => covers.length === 0 && uses.length > 0)
  if (bare.length === 0) return
  const covers = {
    where: { product: { not: null } },
    select: { product: true, kind: true },
  } as const
  const memberships = await tables(client).umbrellaMember.findMany({
    where: {
      ...{ organisationId, unread: null, contract: IS_LIVE },
      teamId: { in: [...new Set(bare.map(({ teamId }) => teamId))] },
    },
    orderBy: [{ contract: { reference: 'asc' } }, { contractId: 'asc' }],
    select: {
      ...{ teamId: true, contractId: true },
      contract: { select: { reference: true, team: { select: { name: true } }, covers } },
    },
  })
  const umbrellasOf = groupedBy(memberships, ({ teamId }) => teamId)
  for (const use of bare) {
    const known = new Set(use.elsewhere.map(({ contractId }) => contractId))
    for (const { contractId, contract } of umbrellasOf.get(use.teamId) ?? []) {
      const isSame = contract.covers.some(({ product }) => product === use.product)
      const isExtended = contract.covers.some(({ kind }) => kind === 'extended-support')
      if (known.has(contractId) || (!isSame && !isExtended)) continue
      known.add(contractId)
      const { reference, team } = contract
      const why = isSame ? 'not-named' : 'not-extended'
      use.elsewhere.unshift({ contractId, reference, team: team.name, why })
    }
  }
}

/** What members' teams use although their agreement does not name it, by the agreement and the team. */
export async function readNotNamed(
  client: Pool | PoolClient,
  organisationId: number,
  contractIds: readonly number[],
  today: CivilDate,
): Promise<ReadonlyMap<number, readonly { readonly teamId: number; readonly name: string }[]>> {
  const { cover } = tables(client)
  const named = await cover.count({
    where: { contractId: { in: [...contractIds] }, product: { not: null } },
  })
  // An agreement that names no product is about none.
  if (named === 0) return new Map()
  const uses = await readProductsInUse(client, organisationId)
  return new Map(
    contractIds.map((contractId) => [
      contractId,
      uses
        .filter((use) => isNotNamed(use, contractId, today))
        .map(({ teamId, product, release }) => ({ teamId, name: releaseName(product, release) })),
    ]),
  )
}

/** Teams of a release that share a contract are counted together: its number is for all of them. */
function counted(teams: readonly Writable[]): TeamProduct[] {
  const shared = new Set(
    teams.flatMap(({ covers }) =>
      covers.flatMap((each) => (each.shared === null ? [] : each.contractId)),
    ),
  )
  const groups = new Map<string, ProductInUse['together']>()
  return teams.map((team) => {
    const ids = new Set(
      team.covers.map(({ contractId }) => contractId).filter((id) => shared.has(id)),
    )
    const key = [...ids].sort((a, b) => a - b).join(' ')
    if (ids.size > 0 && !groups.has(key)) groups.set(key, together(teams, ids))
    return { ...team, together: groups.get(key) ?? null }
  })
}

function together(teams: readonly Writable[], ids: ReadonlySet<number>): Together | null {
  const same = teams.filter(
    ({ covers, uses }) => uses.length > 0 && covers.some(({ contractId }) => ids.has(contractId)),
  )
  if (same.length < 2) return null
  return {
    teams: same.map(({ covers, uses }) => ({ covers, uses })),
    contractIds: [...ids],
  }
}

/** What people said that words for products mean, by their key; product null: none of the data. */
export async function readWordingAnswers(client: PoolClient, organisationId: number) {
  const said = await tables(client).productWording.findMany({
    where: { organisationId },
    select: { key: true, product: true, release: true },
  })
  return new Map(said.map(({ key, product, release }) => [key, { product, release }]))
}

/** The releases that these contracts cover. */
export async function coveredBy(
  client: Pool | PoolClient,
  contractIds: readonly number[],
): Promise<ReleaseKey[]> {
  const which = 'AND product IS NOT NULL ORDER BY product, release'
  const rows = await rowsOf<ReleaseKey>(client, contractIds, 'cover', 'product, release', which)
  const releases = rows.map(({ product, release }) => ({ product, release }))
  return [...new Map(releases.map((each) => [releaseKey(each), each])).values()]
}

/**
 * Call it in the transaction that changed what is covered or in use of these releases: the next sweep
 * looks at them, reminders of ends that no longer hold are superseded, and so are messages with
 * nothing else to say.
 */
export async function recalculateSupport(
  client: PoolClient,
  { organisationId, today }: { readonly organisationId: number; readonly today: CivilDate },
  keys: readonly ReleaseKey[],
): Promise<void> {
  if (keys.length === 0) return
  const { alert, delivery, releaseWatch } = tables(client)
  const held = await readProductsInUse(client, organisationId, keys)
  const heldOf = groupedBy(held, releaseKey)
  const retired: number[] = []
  for (const { product, release } of new Map(keys.map((key) => [releaseKey(key), key])).values()) {
    const of = { organisationId, product, release }
    const uses = heldOf.get(releaseKey(of)) ?? []
    const teamIds = uses.map(({ teamId }) => teamId)
    // A zone that is a day behind looks on its own day: nothing waits for a later one.
    const days = { firstSeenOn: today, nextCheckOn: addDays(today, -1) }
    await releaseWatch.deleteMany({ where: { ...of, teamId: { notIn: teamIds } } })
    await releaseWatch.updateMany({ where: of, data: { nextCheckOn: days.nextCheckOn } })
    const data = teamIds.map((teamId) => ({ ...of, ...days, teamId }))
    await releaseWatch.createMany({ data, skipDuplicates: true })
    const told = await alert.findMany({
      where: { ...of, kind: 'support', state: { notIn: ['superseded', 'closed'] } },
      select: { id: true, teamId: true, deadlineOn: true },
    })
    const open = new Set(
      uses.flatMap((use) => supportDeadlines(use, today).map(({ on }) => `${use.teamId} ${on}`)),
    )
    for (const { id, teamId, deadlineOn } of told) {
      if (!open.has(`${teamId} ${deadlineOn}`)) retired.push(id)
    }
  }
  if (retired.length === 0) return
  await alert.updateMany({
    where: { id: { in: retired } },
    data: { state: 'superseded', pausedUntil: null },
  })
  await delivery.updateMany({
    where: {
      state: { in: ['PENDING', 'RETRY', 'BLOCKED'] },
      alerts: {
        some: { alertId: { in: retired } },
        none: { alert: { state: { notIn: ['superseded', 'closed'] } } },
      },
    },
    data: { state: 'SUPERSEDED' },
  })
}

/**
 * Where the ends of support are of another day than those that reminders were kept by, all releases
 * are looked at again, once.
 */
export async function recalculateNewEnds(
  client: PoolClient,
  { organisationId, today }: { readonly organisationId: number; readonly today: CivilDate },
): Promise<void> {
  const { organisation, releaseWatch } = tables(client)
  const { asOf } = productData()
  const news = await organisation.updateMany({
    where: { id: organisationId, OR: [{ productsAsOf: null }, { productsAsOf: { not: asOf } }] },
    data: { productsAsOf: asOf },
  })
  if (news.count === 0) return
  const watched = await releaseWatch.groupBy({
    by: ['product', 'release'],
    where: { organisationId },
    orderBy: [{ product: 'asc' }, { release: 'asc' }],
  })
  await recalculateSupport(client, { organisationId, today }, watched)
}
