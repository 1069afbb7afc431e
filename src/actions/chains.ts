/**
 * What a person said of a proposed chain. "These are rollovers" turns each later award into a
 * confirmed emergency extension of the first, with its cost, and closes its row: the cover, the
 * price and the warnings then belong to one contract. "Not" is remembered, pair by pair.
 */
import type { Pool, PoolClient } from 'pg'
import type { AuditChange } from '../database/audit-log.ts'
import { inTransaction } from '../database/connect.ts'
import type { Prisma } from '../database/generated/client.ts'
import { lockTeams, nameKey, type Team } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import { recalculate } from '../database/recalculate.ts'
import { queueUpdates } from '../delivery/enqueue-updates.ts'
import {
  type ChainAward,
  chainEnd,
  chainWith,
  type ProposedChain,
  readChains,
} from '../reports/chains.ts'
import { addDays, type CivilDate, dayText, later } from '../rules/civil-date.ts'
import type { Membership } from '../rules/reminder-plan.ts'
import { UserError } from '../rules/user-error.ts'
import { type Actor, act, noteAct } from './act.ts'
import { COVERED_AGAIN } from './extend.ts'

/**
 * Answers the chain in which this contract stands. Returns it as it was proposed.
 * @throws UserError where no chain is proposed with it: somebody may have answered already.
 */
export async function answerChain(
  pool: Pool,
  actor: Actor,
  contractId: number,
  rollovers: boolean,
): Promise<ProposedChain> {
  const { organisationId, rulesOf } = actor
  return inTransaction(pool, async (client) => {
    const teams = await lockTeams(client, organisationId)
    const [anyTeam] = teams
    if (!anyTeam) throw new UserError('There is no team yet: import a register first.')
    const { chainToleranceDays: toleranceDays } = rulesOf(anyTeam)
    const chains = await readChains(client, { organisationId, teamId: null, toleranceDays })
    const chain = chainWith(chains, contractId)
    if (chain === null) {
      throw new UserError(
        'No chain is proposed with that contract: somebody may have answered it already. List them again with: chains',
      )
    }
    const team = teams.find(({ id }) => id === chain.first.teamId) ?? anyTeam
    const today = actor.todayOf(team)
    await remember(client, actor, chain, today, rollovers)
    if (!rollovers) {
      await write(client, actor, chain, [
        { ...ABOUT, contractId: chain.first.id, what: 'chain refused', to: listed(chain) },
      ])
      return chain
    }
    await client.query('SELECT FROM contract WHERE id = ANY($1) ORDER BY id FOR UPDATE', [
      idsOf(chain),
    ])
    const changes = await recordRollovers(client, actor, chain, team, today)
    await recalculate(client, { organisationId, teams, rulesOf, today }, idsOf(chain))
    await queueUpdates(client, organisationId, idsOf(chain), today)
    await write(client, actor, chain, changes)
    return chain
  })
}

const ABOUT = { field: null, from: null, to: null }

async function remember(
  client: PoolClient,
  actor: Actor,
  { first, links }: ProposedChain,
  today: CivilDate,
  rollovers: boolean,
): Promise<void> {
  await client.query(
    `INSERT INTO chain_answer (organisation_id, contract_id, previous_id, rollover, answered_on, answered_by_id)
     SELECT $1, l.*, $4, $5, $6 FROM unnest($2::int[], $3::int[]) AS l (contract_id, previous_id)
     ON CONFLICT (contract_id, previous_id) DO UPDATE SET rollover = excluded.rollover,
       answered_on = excluded.answered_on, answered_by_id = excluded.answered_by_id`,
    [
      actor.organisationId,
      links.map(({ id }) => id),
      links.map((_, at) => (links[at - 1] ?? first).id),
      rollovers,
      today,
      actor.personId,
    ],
  )
}

async function recordRollovers(
  client: PoolClient,
  actor: Actor,
  chain: ProposedChain,
  team: Team,
  today: CivilDate,
): Promise<AuditChange[]> {
  const { first, links } = chain
  const spans = links.map((link, at) => ({ link, from: startOf(link, links[at - 1] ?? first) }))
  await tables(client).extension.createMany({
    data: spans.map(({ link, from }) => ({
      organisationId: actor.organisationId,
      contractId: first.id,
      kind: 'emergency',
      status: 'confirmed',
      from,
      to: link.end,
      cost: link.value,
      currency: link.currency,
      knownOn: today,
      source: `${actor.via}, from a chain of awards`,
      recordedById: actor.personId,
      recordedAt: actor.now,
      noticeReference: link.reference,
    })),
  })
  const why = `a rollover of ${first.reference}: recorded there as an emergency extension`
  await tables(client).contract.updateMany({
    where: { id: { in: links.map(({ id }) => id) } },
    data: { closedOn: today, closedWhy: why, outOfContractOn: null },
  })
  const { historicAfterDays } = actor.rulesOf(team)
  const longPast = chainEnd(chain) < addDays(today, -historicAfterDays)
  await tables(client).contract.updateMany({
    where: { id: first.id },
    data: { ...(longPast ? {} : { historic: false }), ...COVERED_AGAIN },
  })
  return [
    ...spans.map(({ link, from }) => ({
      contractId: first.id,
      what: 'extended',
      field: 'emergency',
      from,
      to: link.end,
    })),
    ...links.map(({ id }) => ({ ...ABOUT, contractId: id, what: 'closed', to: why })),
  ]
}

/** A link that begins within the tolerance before the last one's end covers from the day after it. */
function startOf(link: ChainAward, previous: ChainAward): CivilDate {
  return later(link.start, addDays(previous.end, 1))
}

async function write(
  client: PoolClient,
  actor: Actor,
  chain: ProposedChain,
  changes: readonly AuditChange[],
): Promise<void> {
  const summary = `chain of ${chain.first.reference}: ${listed(chain)}`
  await noteAct(client, actor, summary, changes)
}

function listed({ links }: ProposedChain): string {
  return links.map(({ reference }) => reference).join(', ')
}

function idsOf({ first, links }: ProposedChain): number[] {
  return [first.id, ...links.map(({ id }) => id)]
}

// Whom an umbrella agreement covers, what is called off under it, what it replaces: as somebody says.

/** What is said of a member; what is undefined stays as it is. */
export interface MemberSaid extends Partial<Membership> {
  readonly buyer: string
  /** Null: it has none here. */
  readonly teamId?: number | null
}

export interface MembersSet {
  readonly added: number
  readonly changed: number
  readonly unchanged: number
}

/**
 * Records organisations as covered, or what changes of them, each named once.
 * @throws UserError where one would leave before it joins.
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

async function teamNames(
  client: PoolClient,
  organisationId: number,
): Promise<ReadonlyMap<number, string>> {
  const found = await tables(client).team.findMany({ where: { organisationId } })
  return new Map(found.map(({ id, name }) => [id, name]))
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
    const select = { id: true, reference: true, parentId: true, replacedById: true } as const
    const found = await contract.findMany({
      where: { id: { in: [umbrellaId, contractId] }, organisationId: actor.organisationId },
      select,
    })
    const umbrella = found.find(({ id }) => id === umbrellaId)
    const held = found.find(({ id }) => id === contractId)?.[column] ?? null
    const { reference } = record.row
    if (umbrella === undefined) throw new UserError('That umbrella is gone: look for it again.')
    if (umbrella[column] === contractId) {
      throw new UserError(`${umbrella.reference} is itself ${words} ${reference}.`)
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
