/** Whom an umbrella agreement covers, what is called off under it, what it replaces: as somebody says. */
import type { Pool, PoolClient } from 'pg'
import type { AuditChange } from '../database/audit-log.ts'
import { lockFor } from '../database/connect.ts'
import type { Prisma } from '../database/generated/client.ts'
import { nameKey, teamNames } from '../database/organisation.ts'
import { literally, tables } from '../database/prisma.ts'
import { type CivilDate, dayText, later } from '../rules/civil-date.ts'
import type { Membership } from '../rules/reminder-plan.ts'
import { isNoOrganisation } from '../rules/text-match.ts'
import { UserError } from '../rules/user-error.ts'
import { type Actor, act } from './act.ts'

/** What is said of a member; what is undefined stays as it is. */
interface MemberSaid extends Partial<Membership> {
  readonly buyer: string
  /** Null: the organisation has no team in this program. */
  readonly teamId?: number | null
}

export interface MembersSet {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
}

/**
 * Records organisations as covered, or what changes of them, each named once.
 * @throws UserError where one would leave before it joins, or words stand for none or several.
 */
export async function setMembers(
  pool: Pool,
  actor: Actor,
  contractId: number,
  said: readonly MemberSaid[],
): Promise<MembersSet> {
  let set: MembersSet = { added: 0, changed: 0, unchanged: said.length }
  await act(pool, actor, contractId, async (client, { today }) => {
    const { organisationId } = actor
    const { umbrellaMember } = tables(client)
    const buyers = await buyersNamed(client, organisationId, said)
    const held = new Map(
      (await umbrellaMember.findMany({ where: { contractId } })).map((row) => [row.buyerId, row]),
    )
    const teams = await teamNames(client, organisationId)
    const added: Prisma.UmbrellaMemberCreateManyInput[] = []
    const changes: AuditChange[] = []
    for (const each of said) {
      const buyerId = buyers.get(nameKey(each.buyer))
      if (buyerId === undefined) continue
      const was = held.get(buyerId) ?? null
      const is = memberAfter(was, each)
      const [from, to] = [was && memberWords(was, teams), memberWords(is, teams)]
      if (from === to) continue
      const what = was === null ? 'member added' : 'member changed'
      changes.push({ contractId, what, field: each.buyer, from, to })
      const data = { ...is, changedOn: today }
      if (was === null) added.push({ ...data, organisationId, contractId, buyerId })
      else {
        await umbrellaMember.updateMany({
          where: { id: was.id },
          data: { ...data, ...(isNews(was, is, today) ? { toldEnd: null } : {}) },
        })
      }
    }
    await umbrellaMember.createMany({ data: added })
    const changed = changes.length - added.length
    set = { added: added.length, changed, unchanged: said.length - changes.length }
    return changes
  })
  return set
}

type Member = Membership & { readonly teamId: number | null }

/** Days that somebody says take the place of what could not be read. */
function memberAfter(was: Member | null, said: MemberSaid): Member {
  const isDated = said.from !== undefined || said.to !== undefined
  const is = {
    teamId: said.teamId === undefined ? (was?.teamId ?? null) : said.teamId,
    from: said.from === undefined ? (was?.from ?? null) : said.from,
    to: said.to === undefined ? (was?.to ?? null) : said.to,
    unread: said.unread === undefined ? (isDated ? null : (was?.unread ?? null)) : said.unread,
  }
  if (is.from !== null && is.to !== null && is.from > is.to) {
    throw new UserError(
      `${said.buyer} would leave on ${dayText(is.to)}, before it joins on ${dayText(is.from)}: correct one of the two.`,
    )
  }
  return is
}

/** What its team was told does not hold: another last day the sweep sees by itself. */
function isNews(was: Member, is: Member, today: CivilDate): boolean {
  const joins = later(was.from ?? today, is.from ?? today)
  return (
    was.teamId !== is.teamId || was.unread !== is.unread || (was.from !== is.from && joins > today)
  )
}

function memberWords(member: Member, teams: ReadonlyMap<number, string>): string {
  const { from, to, unread, teamId } = member
  const team = teamId === null ? null : (teams.get(teamId) ?? `team ${teamId}`)
  const days = [from === null ? null : `from ${from}`, to === null ? null : `to ${to}`, unread]
  const said = [team, ...days].filter((part) => part !== null)
  return said.length === 0 ? 'as long as the agreement' : said.join(', ')
}

/** The organisations of these names, made where they are new, by what their names are compared by. */
async function buyersNamed(
  client: PoolClient,
  organisationId: number,
  named: readonly MemberSaid[],
): Promise<ReadonlyMap<string, number>> {
  const names = new Map(named.map(({ buyer }) => [nameKey(buyer), buyer]))
  if (names.has('')) throw new UserError('Which organisation? Give its name.')
  // A list keeps such a row as not covered, so that somebody is told of the end.
  const none = named.find(({ buyer, unread }) => unread == null && isNoOrganisation(buyer))
  if (none !== undefined) {
    throw new UserError(
      `"${none.buyer.slice(0, 60)}" is no organisation, or several: give each by its name.`,
    )
  }
  const { buyer } = tables(client)
  await buyer.createMany({
    data: [...names].map(([key, name]) => ({ organisationId, name, nameKey: key })),
    skipDuplicates: true,
  })
  const found = await buyer.findMany({
    where: { organisationId, nameKey: { in: [...names.keys()] } },
  })
  return new Map(found.map(({ id, nameKey: key }) => [key, id]))
}

/** Takes out one that was never covered. @throws UserError where it is no member. */
export async function removeMember(
  pool: Pool,
  actor: Actor,
  contractId: number,
  name: string,
): Promise<void> {
  await act(pool, actor, contractId, async (client, { record }) => {
    const gone = await tables(client).umbrellaMember.deleteMany({
      where: { contractId, buyer: { nameKey: nameKey(name) } },
    })
    if (gone.count === 0) {
      throw new UserError(
        `${record.row.reference} does not cover "${name}": umbrella lists whom it covers.`,
      )
    }
    return [{ contractId, what: 'member removed', field: name, from: null, to: null }]
  })
}

/** How another contract stands to an umbrella: called off under it, or replaced by it. */
const LINKS = {
  call: { column: 'parentId', field: 'parent', words: 'called off under' },
  replaced: { column: 'replacedById', field: 'replaced_by', words: 'replaced by' },
} as const

const LINKED = {
  ...{ id: true, reference: true, parentId: true, replacedById: true, successor: true },
} as const satisfies Prisma.ContractSelect

type LinkedContract = Prisma.ContractGetPayload<{ select: typeof LINKED }>

/**
 * What lies between a contract and another above it, however a person or a register linked them;
 * null where the other is not above it.
 */
async function pathUp(
  client: PoolClient,
  organisationId: number,
  as: keyof typeof LINKS,
  from: LinkedContract,
  to: number,
): Promise<readonly string[] | null> {
  const seen = new Set([from.id])
  const open: { readonly each: LinkedContract; readonly path: readonly string[] }[] = [
    { each: from, path: [] },
  ]
  for (const { each, path } of open) {
    const above: Prisma.ContractWhereInput[] =
      as === 'call'
        ? [{ id: each.parentId ?? 0 }]
        : [
            { id: each.replacedById ?? 0 },
            { predecessor: { equals: literally(each.reference), mode: 'insensitive' } },
            ...(each.successor === null
              ? []
              : [{ referenceKey: each.successor.trim().toLowerCase() }]),
          ]
    const found = await tables(client).contract.findMany({
      where: { organisationId, id: { notIn: [...seen] }, OR: above },
      orderBy: { id: 'asc' },
      select: LINKED,
    })
    if (found.some(({ id }) => id === to)) return path
    for (const next of found) {
      seen.add(next.id)
      open.push({ each: next, path: [...path, next.reference] })
    }
  }
  return null
}

/**
 * Says that a contract is called off under the umbrella, or replaced by it, or takes that back. A
 * contract that is replaced keeps its own dates: it is paid, and may renew, until somebody ends it.
 * @throws UserError where it is so already, or is not so, or the two would hang on one another.
 */
export async function linkToUmbrella(
  pool: Pool,
  actor: Actor,
  umbrellaId: number,
  contractId: number,
  { as, isSo }: { readonly as: keyof typeof LINKS; readonly isSo: boolean },
): Promise<void> {
  const { column, field, words } = LINKS[as]
  if (umbrellaId === contractId) throw new UserError(`A contract is not ${words} itself.`)
  await act(pool, actor, contractId, async (client, { record }) => {
    const { contract } = tables(client)
    // One at a time: two links at once could close a circle that neither of them sees.
    await lockFor(client, 'umbrella', actor.organisationId)
    const found = await contract.findMany({
      where: { id: { in: [umbrellaId, contractId] }, organisationId: actor.organisationId },
      select: LINKED,
    })
    const umbrella = found.find(({ id }) => id === umbrellaId)
    const held = found.find(({ id }) => id === contractId)?.[column] ?? null
    const { reference } = record.row
    if (umbrella === undefined) throw new UserError('That umbrella is gone: look for it again.')
    if (isSo) {
      const path = await pathUp(client, actor.organisationId, as, umbrella, contractId)
      if (path !== null) {
        const through = path.length === 0 ? '' : `, by way of ${path.join(' and ')}`
        throw new UserError(`${umbrella.reference} is itself ${words} ${reference}${through}.`)
      }
    }
    if (isSo === (held === umbrellaId)) {
      throw new UserError(
        `${reference} is ${isSo ? '' : 'not '}${words} ${umbrella.reference}${isSo ? ' already' : ''}.`,
      )
    }
    await contract.updateMany({
      where: { id: contractId },
      data: { [column]: isSo ? umbrellaId : null },
    })
    const from = held === null ? null : `contract ${held}`
    return [{ contractId, what: 'updated', field, from, to: isSo ? umbrella.reference : null }]
  })
}
