/** Before somebody is mentioned: is their account still open? One that is closed is told of once. */
import type { Pool } from 'pg'
import type { Member } from './accounts.ts'
import type { Claim } from './claim.ts'
import type { PersonRow } from './fact-rows.ts'
import type { Gateway } from './gateway.ts'
import { type LeaversTold, recordLeaver } from './leaver.ts'
import { isPersonal } from './personal.ts'

export interface AccountsAsked extends LeaversTold {
  readonly pool: Pool
  readonly gateway: Gateway
}

/** Looks at the accounts of these people; true where somebody has gone or was found by address. */
export async function noteAccounts(
  asked: AccountsAsked,
  claim: Claim,
  people: readonly PersonRow[],
): Promise<boolean> {
  let changed = false
  for (const { id, slack, email } of people) {
    if (slack !== null) {
      if ((await asked.gateway.accountOf(slack)) !== 'closed') continue
      await recordLeaver(asked, claim, id)
      changed = true
    } else if (email !== null) {
      const found = await asked.gateway.accountOfEmail(email)
      if (found === null) continue
      const workspace = await asked.gateway.workspace()
      changed = (await linkAccount(asked.pool, workspace, id, found)) || changed
    }
  }
  return changed
}

/**
 * Whether the reader of a person's own copy is gone; then that is recorded. What has no other
 * copy is never given up for it.
 */
export async function readerHasGone(asked: AccountsAsked, claim: Claim): Promise<boolean> {
  const own = claim.purpose === 'direct' || claim.subject.startsWith('direct:') || isPersonal(claim)
  if (!own) return false
  if ((await asked.gateway.accountOf(claim.destination)) !== 'closed') return false
  const found = await asked.pool.query<{ id: number }>(
    `SELECT id FROM person WHERE organisation_id = $1 AND slack_user = $2`,
    [claim.organisationId, claim.destination],
  )
  for (const { id } of found.rows) await recordLeaver(asked, claim, id)
  return true
}

/** A member's address may claim what a register says of somebody, where nobody else has. */
export async function linkAccount(
  pool: Pool,
  workspace: string | null,
  personId: number,
  { id: slackUser, name }: Member,
): Promise<boolean> {
  if (workspace === null) return false
  const linked = await pool.query(
    `UPDATE person p SET slack_workspace = $2, slack_user = $3, display_name = coalesce($4, display_name)
     WHERE id = $1 AND slack_user IS NULL AND NOT EXISTS (
       SELECT FROM person o WHERE o.organisation_id = p.organisation_id
         AND o.slack_workspace = $2 AND o.slack_user = $3)`,
    [personId, workspace, slackUser, name],
  )
  return linked.rowCount === 1
}
