/** A name in a register and the person in Slack whom it means, said by somebody. */
import type { Pool, PoolClient } from 'pg'
import { type AuditChange, personText } from '../database/audit-log.ts'
import { inTransaction } from '../database/connect.ts'
import { LIVE } from '../database/contracts.ts'
import { lockTeams, peopleCalled, theOne } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import { recalculate } from '../database/recalculate.ts'
import { queueUpdates } from '../delivery/enqueue-updates.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import { UserError } from '../rules/user-error.ts'
import { type Actor, noteAct } from './act.ts'

/** Somebody whom a register names and who has no account: nobody can tell them anything. */
export interface Unlinked {
  readonly id: number
  readonly name: string | null
  readonly email: string | null
  /** Living contracts that they answer for, and the nearest end of these. */
  readonly contracts: number
  readonly nearestEnd: CivilDate | null
}

const ROLES = ['owner_id', 'deputy_id', 'category_lead_id', 'finance_partner_id'] as const

/** The nearest ends first. */
export async function readUnlinked(
  client: Pool | PoolClient,
  organisationId: number,
): Promise<Unlinked[]> {
  const found = await client.query<Unlinked>(
    `SELECT p.id, p.display_name AS name, p.email, count(c.id)::int AS contracts,
            min(c.current_earliest)::text AS "nearestEnd"
     FROM person p JOIN contract c ON p.id IN (${ROLES.map((role) => `c.${role}`).join(', ')})
       AND ${LIVE}
     WHERE p.organisation_id = $1 AND p.slack_user IS NULL AND p.erased_at IS NULL
     GROUP BY p.id ORDER BY "nearestEnd" NULLS LAST, p.id`,
    [organisationId],
  )
  return found.rows
}

/** A name that somebody linked, and whom it means. */
export interface LinkedName {
  readonly id: number
  readonly name: string | null
  readonly to: string | null
}

export async function readLinked(
  client: Pool | PoolClient,
  organisationId: number,
): Promise<LinkedName[]> {
  const { person } = tables(client)
  const found = await person.findMany({
    where: { organisationId, sameAsId: { not: null }, erasedAt: null },
    orderBy: { id: 'asc' },
  })
  const ids = found.flatMap(({ sameAsId }) => sameAsId ?? [])
  const accounts = await person.findMany({ where: { id: { in: ids } } })
  return found.map(({ id, displayName, email, sameAsId }) => ({
    id,
    name: displayName ?? email,
    to: accounts.find((each) => each.id === sameAsId)?.displayName ?? null,
  }))
}

export interface LinkedAccount {
  readonly workspace: string
  readonly slackUser: string
  readonly name: string | null
}

export interface Link {
  readonly person: number
  readonly contracts: number
}

/**
 * From now on this name means that account: its contracts, and those that registers give it later.
 * @throws UserError where no such name waits for an account.
 */
export async function linkPerson(
  pool: Pool,
  actor: Actor,
  asked: string,
  { workspace, slackUser, name }: LinkedAccount,
): Promise<Link> {
  return inTransaction(pool, async (client) => {
    await lockTeams(client, actor.organisationId)
    const named = await findUnlinked(client, actor.organisationId, asked)
    const { person } = tables(client)
    const account = { slackWorkspace: workspace, slackUser }
    const known = await person.findFirst({
      where: { organisationId: actor.organisationId, ...account, erasedAt: null },
    })
    if (known === null) {
      const data = { ...account, ...(name === null ? {} : { displayName: name }) }
      await person.updateMany({ where: { id: named.id }, data })
    } else {
      await person.updateMany({ where: { id: named.id }, data: { sameAsId: known.id } })
    }
    const to = known?.id ?? named.id
    const moved = known === null ? [] : await giveContracts(client, actor, named.id, to)
    const ids = known === null ? await contractsOf(client, to) : idsOf(moved)
    await follow(client, actor, ids)
    const linked = { contractId: null, what: 'linked', field: personText(named.id) }
    await noteAct(client, actor, `linked person ${named.id} to an account`, [
      { ...linked, from: null, to: personText(to) },
      ...moved,
    ])
    return { person: to, contracts: ids.length }
  })
}

/** The name means nobody in Slack any more, and has the contracts again that it was linked with. */
export async function unlinkPerson(pool: Pool, actor: Actor, asked: string): Promise<Link> {
  return inTransaction(pool, async (client) => {
    const { organisationId } = actor
    await lockTeams(client, organisationId)
    const linked = (await peopleCalled(client, organisationId, asked)).filter(
      (each) => each.erasedAt === null && (each.sameAsId !== null || each.slackUser !== null),
    )
    const person = linked.find((each) => each.sameAsId !== null) ?? linked[0]
    if (person === undefined)
      throw new UserError(`Nobody called "${asked}" is linked to an account.`)
    const { id, sameAsId } = person
    await tables(client).person.updateMany({
      where: { id },
      data: sameAsId === null ? { slackWorkspace: null, slackUser: null } : { sameAsId: null },
    })
    const moved = sameAsId === null ? [] : await takeContracts(client, id, sameAsId)
    const ids = sameAsId === null ? await contractsOf(client, id) : idsOf(moved)
    await follow(client, actor, ids)
    const field = personText(id)
    const unlinked = { contractId: null, what: 'unlinked', field, to: null }
    await noteAct(client, actor, `unlinked person ${id}`, [
      { ...unlinked, from: personText(sameAsId ?? id) },
      ...moved,
    ])
    return { person: id, contracts: ids.length }
  })
}

async function findUnlinked(
  client: PoolClient,
  organisationId: number,
  asked: string,
): Promise<{ readonly id: number }> {
  const unlinked = (await peopleCalled(client, organisationId, asked)).filter(
    (each) => each.erasedAt === null && each.sameAsId === null && each.slackUser === null,
  )
  const all = unlinked.length > 0 ? [] : await readUnlinked(client, organisationId)
  const names = all.slice(0, 5).map(({ name, email, id }) => name ?? email ?? `person ${id}`)
  return theOne(
    unlinked,
    `No register names "${asked}" without an account. ${names.length === 0 ? 'Everybody has one' : `These have none: ${names.join(', ')}`}.`,
  )
}

async function giveContracts(
  client: PoolClient,
  { organisationId }: Actor,
  from: number,
  to: number,
): Promise<AuditChange[]> {
  const changes: AuditChange[] = []
  for (const field of ROLES) {
    const moved = await client.query<{ id: number }>(
      `UPDATE contract SET ${field} = $3 WHERE organisation_id = $1 AND ${field} = $2 RETURNING id`,
      [organisationId, from, to],
    )
    changes.push(...moved.rows.map(({ id }) => change(id, field, from, to)))
  }
  return changes
}

/** Those that the link gave away and nobody has given to another since. */
async function takeContracts(client: PoolClient, to: number, from: number): Promise<AuditChange[]> {
  const changes: AuditChange[] = []
  for (const field of ROLES) {
    const moved = await client.query<{ id: number }>(
      `UPDATE contract SET ${field} = $1 WHERE ${field} = $2 AND id IN (
         SELECT contract_id FROM audit_change
         WHERE what = 'updated' AND field = $3 AND from_value = $4 AND to_value = $5) RETURNING id`,
      [to, from, field, personText(to), personText(from)],
    )
    changes.push(...moved.rows.map(({ id }) => change(id, field, from, to)))
  }
  return changes
}

function change(contractId: number, field: string, from: number, to: number): AuditChange {
  return { contractId, what: 'updated', field, from: personText(from), to: personText(to) }
}

function idsOf(changes: readonly AuditChange[]): number[] {
  return [...new Set(changes.flatMap(({ contractId }) => contractId ?? []))]
}

async function contractsOf(client: PoolClient, personId: number): Promise<number[]> {
  const found = await client.query<{ id: number }>(
    `SELECT id FROM contract WHERE $1 IN (${ROLES.join(', ')}) AND closed_on IS NULL ORDER BY id`,
    [personId],
  )
  return found.rows.map(({ id }) => id)
}

/** Buttons and posted warnings know the contract as it is now. */
async function follow(client: PoolClient, actor: Actor, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return
  const { organisationId, rulesOf, todayOf } = actor
  const teams = await lockTeams(client, organisationId)
  const team = teams.find(({ isDefault }) => isDefault) ?? teams[0]
  if (team === undefined) return
  const today = todayOf(team)
  await recalculate(client, { organisationId, teams, rulesOf, today }, ids)
  await queueUpdates(client, organisationId, ids, today)
}
