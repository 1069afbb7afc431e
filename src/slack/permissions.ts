/**
 * Who may do what, and who answers for a contract. Decisions say who could, so that a refusal
 * helps.
 */
import type { Pool } from 'pg'
import { claimedNames } from '../actions/link-person.ts'
import { IS_LIVE, selectOfContracts } from '../database/contracts.ts'
import type { Team } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import { ContractGone, UserError } from '../rules/user-error.ts'
import type { Asker } from './directory.ts'
import { teamsOf } from './facts/filters.ts'
import type { RequestContext } from './request.ts'

/** Who answers for a contract, as person ids, and its team's user group. */
export interface Responsible {
  readonly ownerId: number | null
  readonly deputyId: number | null
  readonly categoryLeadId: number | null
  readonly teamUserGroup: string | null
  readonly team: string
}

/** read: see anything; change: a contract; administer: settings, imports, teams; board: see the board. */
export type Right = 'read' | 'change' | 'administer' | 'board'

type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly why: string }

/** In place of a refusal that the answer about groups could turn. */
const GROUPS_UNKNOWN =
  'Slack did not say just now which user groups you belong to, and your rights hang on that. Try again in a minute.'

const ALLOWED: Verdict = { allowed: true }
const UNKNOWN: Verdict = { allowed: false, why: GROUPS_UNKNOWN }

/**
 * Whether the asker has the right; `contract` is the one to be changed. A contract that nobody
 * answers for may be changed by any member: else nobody could ever take it on.
 */
export function mayThey(asker: Asker, right: Right, contract: Responsible | null): Verdict {
  if (!asker.isMember) {
    return {
      allowed: false,
      why: 'Contracts are only shown to full members of this workspace. Ask a colleague of the organisation.',
    }
  }
  if (!asker.isReader && asker.groupsUnknown === true) return UNKNOWN
  if (!asker.isReader) {
    return {
      allowed: false,
      why: 'Contracts are only shown to members of certain channels or user groups here. Ask an administrator of Lapsewatch which: they are named in the settings (LAPSEWATCH_READERS).',
    }
  }
  if (right === 'read') return ALLOWED
  if (right === 'board') return maySeeBoard(asker)
  if (right === 'change' && contract !== null && isTheirs(asker, contract)) return ALLOWED
  if (asker.board === 'audit') return { allowed: false, why: READS_ONLY }
  if (asker.auditUnknown === true) return UNKNOWN
  if (asker.isAdministrator) return ALLOWED
  if (right === 'administer') {
    return {
      allowed: false,
      why: 'Only administrators can do this: they are named in the settings (LAPSEWATCH_ADMINISTRATORS).',
    }
  }
  if (contract === null || answersFor(asker, contract) || isUnowned(contract)) return ALLOWED
  if (contract.teamUserGroup !== null && asker.groupsUnknown === true) return UNKNOWN
  const { ownerId, deputyId, categoryLeadId, teamUserGroup, team } = contract
  // Only those that it has: nobody can ask a deputy that there is not.
  const roles = [
    ...(ownerId === null ? [] : ['its owner']),
    ...(deputyId === null ? [] : ['its deputy']),
    ...(categoryLeadId === null ? [] : ['its category lead']),
    ...(teamUserGroup === null ? [] : [`the group of team ${team}`]),
  ]
  const last = roles.pop()
  const who = roles.length === 0 ? last : `${roles.join(', ')} or ${last}`
  const ask = roles.length === 0 ? 'Ask there' : 'Ask one of them'
  return {
    allowed: false,
    why: `Only ${who} can change this contract. ${ask}, or an administrator.`,
  }
}

const READS_ONLY =
  'You are named for the audit in the settings (LAPSEWATCH_BOARD): you read everything, and change nothing but contracts that name you.'

function maySeeBoard({ isAdministrator, board, groupsUnknown }: Asker): Verdict {
  if (isAdministrator || board !== undefined) return ALLOWED
  if (groupsUnknown === true) return UNKNOWN
  return {
    allowed: false,
    why: 'The board is for administrators and for those whom the settings name (LAPSEWATCH_BOARD).',
  }
}

function answersFor(asker: Asker, contract: Responsible): boolean {
  const { teamUserGroup } = contract
  return (
    isTheirs(asker, contract) ||
    (teamUserGroup !== null && asker.userGroups.includes(teamUserGroup))
  )
}

function isTheirs({ personId }: Asker, contract: Responsible): boolean {
  const { ownerId, deputyId, categoryLeadId } = contract
  return [ownerId, deputyId, categoryLeadId].includes(personId)
}

function isUnowned({ ownerId, deputyId, categoryLeadId, teamUserGroup }: Responsible): boolean {
  return ownerId === null && deputyId === null && categoryLeadId === null && teamUserGroup === null
}

/**
 * Those who answer for these contracts of this organisation, by their ids, an account apart if one is
 * given; one that is not there is left out.
 */
export async function responsibleIn(
  pool: Pool,
  organisationId: number,
  contractIds: readonly number[],
  apart: string | null = null,
): Promise<ReadonlyMap<number, Responsible>> {
  const rows = await selectOfContracts<Responsible & { id: number }>(
    pool,
    `c.id, ${responsible('AND p.slack_user IS DISTINCT FROM $3')}`,
    'c.id = ANY ($1) AND c.organisation_id = $2',
    [contractIds, organisationId, apart ?? ''],
  )
  return new Map(rows.map(({ id, ...people }) => [id, people]))
}

/** The columns of `Responsible`, of contract `c`. */
export const RESPONSIBLE = responsible()

function responsible(only = ''): string {
  // A name alone belongs to no account: whoever it is could not be told apart, so that it locks nobody out.
  const reachable = (role: string) =>
    `(SELECT p.id FROM person p WHERE p.id = c.${role} AND (p.slack_user IS NOT NULL OR p.email IS NOT NULL) ${only})`
  const ofTeam = (column: string) => `(SELECT t.${column} FROM team t WHERE t.id = c.team_id)`
  return `${reachable('owner_id')} AS "ownerId", ${reachable('deputy_id')} AS "deputyId",
  ${reachable('category_lead_id')} AS "categoryLeadId", ${ofTeam('user_group')} AS "teamUserGroup",
  ${ofTeam('name')} AS team`
}

interface TeamStanding {
  readonly id: number
  readonly name: string
  /** Has a user group, or somebody who answers for one of its contracts. */
  readonly isPeopled: boolean
}

/** The team of this id, the default one where none is named; null where there is no such team. */
async function teamStanding(
  pool: Pool,
  organisationId: number,
  teamId: number | null,
): Promise<TeamStanding | null> {
  const { contract, team: teams } = tables(pool)
  const team = await teams.findFirst({
    where: { organisationId, ...(teamId === null ? { isDefault: true } : { id: teamId }) },
    select: { id: true, name: true, userGroup: true },
  })
  if (team === null) return null
  const { userGroup, ...named } = team
  const some = { not: null }
  const held = await contract.findFirst({
    where: {
      teamId: team.id,
      OR: [{ ownerId: some }, { deputyId: some }, { categoryLeadId: some }],
    },
    select: { id: true },
  })
  return { ...named, isPeopled: userGroup !== null || held !== null }
}

/**
 * @throws UserError that says who may, where the asker may not; or that the contract is gone, where
 * the organisation has none of this id: another organisation's is no different from none.
 */
export async function need(
  request: RequestContext,
  right: Right,
  contractId: number | null,
): Promise<void> {
  // Strangers are not even told whether there is such a contract.
  insist(request, 'read', null)
  if (contractId === null) return insist(request, right, null)
  const { pool, organisation } = request.deps
  const contract = (await responsibleIn(pool, organisation.id, [contractId])).get(contractId)
  if (contract === undefined) throw new ContractGone()
  insist(request, right, contract)
}

/**
 * A question about contracts may be answered by administrators, and by whoever answers for every one
 * of them. @throws UserError for anybody else.
 */
export async function needAnswer(request: RequestContext, questionId: number): Promise<void> {
  insist(request, 'read', null)
  const { pool, organisation } = request.deps
  // What makes contracts quieter is said by those who answer for the register.
  const about = await tables(pool).questionContract.findMany({
    where: {
      questionId,
      question: { about: { not: 'waiting' } },
      contract: { organisationId: organisation.id },
    },
    select: { contractId: true },
  })
  const ids = about.map(({ contractId }) => contractId)
  const contracts = [...(await responsibleIn(pool, organisation.id, ids)).values()]
  if (contracts.length < ids.length || contracts.some((each) => !answersFor(request.asker, each))) {
    return insist(request, 'administer', null)
  }
  for (const contract of contracts) insist(request, 'change', contract)
  if (about.length === 0) insist(request, 'administer', null)
}

/**
 * Who somebody is may be confirmed by administrators and by the category leads of the contracts; where
 * there are neither, by whoever may change every one of them. By the one who says it only as an administrator,
 * who has all rights anyhow; else they count for none of these: what they answer for already, the confirmation does not give them.
 */
export async function needClaim(request: RequestContext, personId: number): Promise<void> {
  insist(request, 'read', null)
  const { asker, deps } = request
  const { contract, person } = tables(deps.pool)
  const organisationId = deps.organisation.id
  const names = await claimedNames(deps.pool, organisationId, personId)
  const askedUser = names[0]?.askedUser ?? null
  // Where the claim is settled already the act itself refuses, and says so.
  if (askedUser === null || mayThey(asker, 'administer', null).allowed) return
  if (askedUser === asker.slackUser) {
    throw new UserError('Somebody else has to confirm it: the category lead, or an administrator.')
  }
  const theirs = { in: names.map(({ id }) => id) }
  const contracts = await contract.findMany({
    where: {
      ...{ organisationId, ...IS_LIVE },
      OR: [{ ownerId: theirs }, { deputyId: theirs }, { categoryLeadId: theirs }],
    },
    select: { id: true, categoryLeadId: true },
  })
  const leadIds = contracts.flatMap(({ categoryLeadId }) => categoryLeadId ?? [])
  if (leadIds.includes(asker.personId)) return
  const leads = await person.count({
    where: { id: { in: leadIds }, slackUser: { not: askedUser }, goneOn: null, erasedAt: null },
  })
  if (contracts.length === 0 || leads > 0 || deps.directory.administrators.length > 0) {
    throw new UserError(
      'Only the category lead of these contracts or an administrator can confirm it.',
    )
  }
  const ids = contracts.map(({ id }) => id)
  const others = await responsibleIn(deps.pool, organisationId, ids, askedUser)
  if (others.size < ids.length) throw new ContractGone()
  for (const contract of others.values()) insist(request, 'change', contract)
}

/** Administrators, and those whose team it is: by its user group, or by a contract of theirs. */
export function mayConfirmTriage(asker: Asker, teamId: number, mine: readonly Team[]): boolean {
  return (
    asker.isMember &&
    asker.board !== 'audit' &&
    asker.auditUnknown !== true &&
    (asker.isAdministrator || mine.some(({ id }) => id === teamId))
  )
}

/** Confirming a team's list starts its warnings: for those whose team it is. */
export async function needTriage(request: RequestContext, teamId: number): Promise<void> {
  insist(request, 'read', null)
  if (mayConfirmTriage(request.asker, teamId, await teamsOf(request.context('')))) return
  insist(request, 'change', null)
  insistOnGroups(request)
  throw new UserError(
    'Only people of the team can confirm its list: who answers for one of its contracts or is in its user group. Ask one of them, or an administrator.',
  )
}

/**
 * Putting a contract into a team makes its people be warned: for those whose team it is. In a team
 * that has no user group and nobody who answers for a contract any member may, as any member may
 * change a contract that nobody answers for.
 */
export async function needTeam(
  request: RequestContext,
  teamId: number | null,
  what = 'put contracts there: choose your own team',
): Promise<void> {
  insist(request, 'change', null)
  if (request.asker.isAdministrator) return
  const { pool, organisation } = request.deps
  const team = await teamStanding(pool, organisation.id, teamId)
  if (team === null) throw new UserError('That team is gone: choose another.', [], 'team')
  if (!team.isPeopled) return
  const mine = await teamsOf(request.context(''))
  if (mine.some(({ id }) => id === team.id)) return
  insistOnGroups(request)
  throw new UserError(
    `Only people of team ${team.name.slice(0, 40)} ${what}, or ask an administrator.`,
    [],
    'team',
  )
}

/** A right that is about no contract. @throws UserError that says who may. */
export function insistOn({ asker }: { readonly asker: Asker }, right: Right): void {
  const verdict = mayThey(asker, right, null)
  if (!verdict.allowed) throw new UserError(verdict.why)
}

/** What hangs on groups is not refused for good while nobody can say who is in them. */
function insistOnGroups({ asker }: RequestContext): void {
  if (asker.groupsUnknown === true) throw new UserError(GROUPS_UNKNOWN)
}

function insist(
  { asker }: RequestContext,
  right: Right,
  contract: Parameters<typeof mayThey>[2],
): void {
  const verdict = mayThey(asker, right, contract)
  if (!verdict.allowed) throw new UserError(verdict.why)
}
