/** Who may do what. Decisions are pure and say who could, so that a refusal helps. */

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
