/** Slack accounts of people whom a register named. */
import type { Pool } from 'pg'
import { nameKey } from './organisation.ts'

export interface Account {
  /** As the register writes it. */
  readonly name: string
  readonly workspace: string
  readonly slackUser: string
}

/** Ties people to their accounts by name; who is not named in any register is left out. */
export async function tieAccounts(
  pool: Pool,
  organisationId: number,
  accounts: readonly Account[],
): Promise<void> {
  await pool.query(
    `UPDATE person p SET slack_workspace = a.workspace, slack_user = a.slack_user
     FROM unnest($2::text[], $3::text[], $4::text[]) AS a (name_key, workspace, slack_user)
     WHERE p.organisation_id = $1 AND p.name_key = a.name_key AND p.slack_user IS NULL`,
    [
      organisationId,
      accounts.map(({ name }) => nameKey(name)),
      accounts.map(({ workspace }) => workspace),
      accounts.map(({ slackUser }) => slackUser),
    ],
  )
}
