/** The check before every act: made on the server, whatever the button or form said. */
import { UserError } from '../rules/user-error.ts'
import type { RequestContext } from './context.ts'
import { teamsOf } from './facts/filters.ts'
import { mayConfirmTriage } from './facts/triage.ts'
import { GROUPS_UNKNOWN, mayThey, type Right, responsibleIn, teamStanding } from './permissions.ts'

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
  const contract = await responsibleIn(pool, organisation.id, contractId)
  if (contract === null) {
    throw new UserError('That contract is gone: it may have been removed with its register.')
  }
  insist(request, right, contract)
}

/** Confirming a team's list starts its warnings: for those whose team it is. */
export async function needTriage(request: RequestContext, teamId: number): Promise<void> {
  insist(request, 'read', null)
  if (await mayConfirmTriage(request.context(''), teamId)) return
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
export async function needTeam(request: RequestContext, teamId: number | null): Promise<void> {
  insist(request, 'read', null)
  if (request.asker.isAdministrator) return
  const { pool, organisation } = request.deps
  const team = await teamStanding(pool, organisation.id, teamId)
  if (team === null) throw new UserError('That team is gone: choose another.', [], 'team')
  if (!team.isPeopled) return
  const mine = await teamsOf(request.context(''))
  if (mine.some(({ id }) => id === team.id)) return
  insistOnGroups(request)
  throw new UserError(
    `Only people of team ${team.name.slice(0, 40)} put contracts there: choose your own team, or ask an administrator.`,
    [],
    'team',
  )
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
