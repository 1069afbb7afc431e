/**
 * What a person said of a proposed chain. "These are rollovers" turns each later award into a
 * confirmed emergency extension of the first, with its cost, and closes its row: the cover, the
 * price and the warnings then belong to one contract. "Not" is remembered, pair by pair.
 */
import type { Pool, PoolClient } from 'pg'
import type { AuditChange } from '../database/audit-log.ts'
import { inTransaction } from '../database/connect.ts'
import { readColumns } from '../database/contracts.ts'
import { lockTeams, type Team } from '../database/organisation.ts'
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
import { addDays, type CivilDate, later } from '../rules/civil-date.ts'
import { UserError } from '../rules/user-error.ts'
import { type Actor, noteAct } from './act.ts'
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
    await readColumns(client, idsOf(chain), ['id'], { lock: true })
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
  const { organisationId, personId: answeredById } = actor
  const pairs = links.map(({ id: contractId }, at) => {
    return { contractId, previousId: (links[at - 1] ?? first).id }
  })
  const said = { organisationId, rollover: rollovers, answeredOn: today, answeredById }
  const { chainAnswer } = tables(client)
  await chainAnswer.deleteMany({ where: { OR: pairs } })
  await chainAnswer.createMany({ data: pairs.map((pair) => ({ ...pair, ...said })) })
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
