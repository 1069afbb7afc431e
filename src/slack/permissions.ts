/**
 * Who may do what, and who answers for a contract. Decisions say who could, so that a refusal
 * helps.
 */
import type { Pool } from 'pg'

// Who may do what. Decisions are pure and say who could, so that a refusal helps.

/** Somebody who asks, as Slack and this database know them. */
export interface Asker {
  readonly personId: number
  readonly slackUser: string
  /** A full member of the organisation's own workspace: no guest, nobody from elsewhere. */
  readonly isMember: boolean
  /** Whom the settings let read; every full member unless they narrow it. */
  readonly isReader: boolean
  readonly isAdministrator: boolean
  /** Slack user groups that they belong to. */
  readonly userGroups: readonly string[]
  /** Slack did not say which groups there are: `userGroups` is empty for that. */
  readonly groupsUnknown?: boolean
}

/** Who answers for a contract, as person ids, and its team's user group. */
export interface Responsible {
  readonly ownerId: number | null
  readonly deputyId: number | null
  readonly categoryLeadId: number | null
  readonly teamUserGroup: string | null
  readonly team: string
}

/** read: see anything; change: a contract; administer: settings, imports, teams. */
export type Right = 'read' | 'change' | 'administer'

export type Verdict = { readonly allowed: true } | { readonly allowed: false; readonly why: string }

/** In place of a refusal that the answer about groups could turn. */
export const GROUPS_UNKNOWN =
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
  if (right === 'read' || asker.isAdministrator) return ALLOWED
  if (right === 'administer') {
    return {
      allowed: false,
      why: 'Only administrators can do this: they are named in the settings (LAPSEWATCH_ADMINISTRATORS).',
    }
  }
  if (contract === null || answersFor(asker, contract) || isUnowned(contract)) return ALLOWED
  if (contract.teamUserGroup !== null && asker.groupsUnknown === true) return UNKNOWN
  return {
    allowed: false,
    why: `Only its owner, its deputy, its category lead${contract.teamUserGroup === null ? '' : ` or the group of team ${contract.team}`} can change this contract. Ask one of them, or an administrator.`,
  }
}

function answersFor(asker: Asker, contract: Responsible): boolean {
  const { ownerId, deputyId, categoryLeadId, teamUserGroup } = contract
  return (
    [ownerId, deputyId, categoryLeadId].includes(asker.personId) ||
    (teamUserGroup !== null && asker.userGroups.includes(teamUserGroup))
  )
}

function isUnowned({ ownerId, deputyId, categoryLeadId, teamUserGroup }: Responsible): boolean {
  return ownerId === null && deputyId === null && categoryLeadId === null && teamUserGroup === null
}

// Who answers for a contract, so that rights can be judged.

/** Those who answer for a contract of this organisation; null where there is no such contract. */
export async function responsibleIn(
  pool: Pool,
  organisationId: number,
  contractId: number,
): Promise<Responsible | null> {
  const found = await pool.query<Responsible>(
    `SELECT ${RESPONSIBLE} FROM contract c JOIN team t ON t.id = c.team_id
     WHERE c.id = $1 AND c.organisation_id = $2`,
    [contractId, organisationId],
  )
  return found.rows[0] ?? null
}

/** The columns of `Responsible`, of contract `c` and its team `t`. */
export const RESPONSIBLE = `c.owner_id AS "ownerId", c.deputy_id AS "deputyId",
  c.category_lead_id AS "categoryLeadId", t.user_group AS "teamUserGroup", t.name AS team`

export interface TeamStanding {
  readonly id: number
  readonly name: string
  /** Has a user group, or somebody who answers for one of its contracts. */
  readonly isPeopled: boolean
}

/** The team of this id, the default one where none is named; null where there is no such team. */
export async function teamStanding(
  pool: Pool,
  organisationId: number,
  teamId: number | null,
): Promise<TeamStanding | null> {
  const found = await pool.query<TeamStanding>(
    `SELECT t.id, t.name, t.user_group IS NOT NULL OR EXISTS (
       SELECT FROM contract c WHERE c.team_id = t.id
         AND coalesce(c.owner_id, c.deputy_id, c.category_lead_id) IS NOT NULL) AS "isPeopled"
     FROM team t WHERE t.organisation_id = $1 AND CASE WHEN $2::int IS NULL THEN t.is_default ELSE t.id = $2 END`,
    [organisationId, teamId],
  )
  return found.rows[0] ?? null
}
