/** Before somebody is mentioned: is their account still open? One that is closed is told of once. */
import type { Pool, PoolClient } from 'pg'
import { writeAudit } from '../db/audit.ts'
import { inTransaction } from '../db/transaction.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import type { LeaverFacts } from '../messages/leaver.ts'
import type { Member } from './accounts.ts'
import type { Claim } from './claim.ts'
import type { PersonRow } from './fact-rows.ts'
import type { Gateway } from './gateway.ts'
import { isPersonal } from './personal.ts'

export interface AccountsAsked {
  readonly pool: Pool
  readonly gateway: Gateway
  /** Slack ids of those who are told of a leaver. */
  readonly administrators: readonly string[]
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
      if (found !== null) changed = (await link(asked, id, found)) || changed
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
async function link(
  { pool, gateway }: AccountsAsked,
  personId: number,
  { id: slackUser, name }: Member,
): Promise<boolean> {
  const workspace = await gateway.workspace()
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

/** Records it once, and tells each administrator once, in one transaction. */
async function recordLeaver(
  { pool, administrators }: AccountsAsked,
  { organisationId, asOf }: Claim,
  personId: number,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    const gone = await client.query<{ name: string | null; now: Date }>(
      `UPDATE person SET gone_on = $2 WHERE id = $1 AND gone_on IS NULL AND erased_at IS NULL
       RETURNING display_name AS name, now() AS now`,
      [personId, asOf],
    )
    const [row] = gone.rows
    if (row === undefined) return
    const facts = await leaverFacts(client, personId, row.name, asOf)
    await client.query(
      `INSERT INTO delivery (organisation_id, subject, purpose, sequence, destination, as_of, facts)
       SELECT $1, $2, 'leaver', $3, told.destination, $4, $5
       FROM unnest($6::text[]) AS told (destination) ON CONFLICT DO NOTHING`,
      [
        organisationId,
        `person:${personId}`,
        // Somebody who came back and leaves again is told of again.
        Number(asOf.replaceAll('-', '')),
        asOf,
        JSON.stringify(facts),
        await toldOf(client, organisationId, administrators),
      ],
    )
    const source = { organisationId, byPersonId: null, via: 'delivery', at: row.now }
    await writeAudit(client, source, `the Slack account of person ${personId} is closed`, [
      { contractId: null, what: 'left', field: `person ${personId}`, from: null, to: asOf },
    ])
  })
}

/** The administrators; where none is named, the default team's escalation channel or its own. */
async function toldOf(
  client: PoolClient,
  organisationId: number,
  administrators: readonly string[],
): Promise<readonly string[]> {
  if (administrators.length > 0) return administrators
  const found = await client.query<{ channel: string | null }>(
    `SELECT coalesce(escalation_channel, channel) AS channel FROM team
     WHERE organisation_id = $1 AND is_default`,
    [organisationId],
  )
  return found.rows.flatMap(({ channel }) => channel ?? [])
}

const LISTED = 8

async function leaverFacts(
  client: PoolClient,
  personId: number,
  name: string | null,
  asOf: CivilDate,
): Promise<LeaverFacts> {
  const found = await client.query<LeaverRow>(LEFT_BEHIND, [personId, LISTED])
  const [first] = found.rows
  return {
    asOf,
    name: name ?? '',
    contracts: first?.total ?? 0,
    withoutDeputy: first?.withoutDeputy ?? 0,
    nearest: found.rows.flatMap((row) =>
      row.contractId === null || row.reference === null || row.version === null
        ? []
        : [
            {
              contractId: row.contractId,
              version: row.version,
              reference: row.reference,
              title: row.title,
              supplier: row.supplier,
              ends: row.ends,
              deputy: row.deputy,
            },
          ],
    ),
  }
}

interface LeaverRow {
  readonly total: number
  readonly withoutDeputy: number
  readonly contractId: number | null
  readonly version: number | null
  readonly reference: string | null
  readonly title: string | null
  readonly supplier: string | null
  readonly ends: CivilDate | null
  readonly deputy: string | null
}

/** $1 person, $2 how many are listed: the living contracts that they own, the nearest ends first. */
const LEFT_BEHIND = `
  WITH theirs AS MATERIALIZED (
    SELECT c.id, c.version, c.reference, c.title, c.supplier, c.current_latest AS ends,
           CASE WHEN d.gone_on IS NULL THEN d.display_name END AS deputy,
           d.id IS NULL OR d.gone_on IS NOT NULL AS alone
      FROM contract c LEFT JOIN person d ON d.id = c.deputy_id AND d.erased_at IS NULL
     WHERE c.owner_id = $1 AND c.closed_on IS NULL AND NOT c.historic),
  counts AS (SELECT count(*)::int AS total, (count(*) FILTER (WHERE alone))::int AS without FROM theirs)
  SELECT counts.total, counts.without AS "withoutDeputy", t.id AS "contractId", t.version,
         t.reference, t.title, t.supplier, t.ends, t.deputy
    FROM counts LEFT JOIN LATERAL (
      SELECT * FROM theirs ORDER BY ends NULLS LAST, id LIMIT $2) t ON true`
