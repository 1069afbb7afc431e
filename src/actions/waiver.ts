/** Waivers: the record of one, and the draft that is queued when an emergency extension is logged. */
import type { Pool, PoolClient } from 'pg'
import { readTeams } from '../database/organisation.ts'
import { askedToday, contractHeadroom } from '../reports/headroom.ts'
import { readLedger, readPriceRules } from '../reports/ledger.ts'
import { readWaivers } from '../reports/waivers.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import type { Rules } from '../rules/settings.ts'
import type { Waiver } from '../rules/waivers.ts'
import type { WaiverFacts } from '../text/waiver.ts'
import { type Actor, act } from './act.ts'

export interface WaiverRequest {
  readonly contractId: number
  readonly extensionId: number
  readonly today: CivilDate
  readonly rules: Rules
}

/**
 * Queues it in the transaction that records the extension, once for each. It goes into the thread of
 * the newest warning of the contract, or stands by itself; never into a channel where others than
 * the organisation read, which is asked when it is sent.
 */
export async function queueWaiver(
  client: PoolClient,
  actor: Actor,
  waived: WaiverRequest,
): Promise<void> {
  const { contractId, extensionId, today } = waived
  const facts = await waiverFacts(client, actor, waived)
  const teams = await readTeams(client, actor.organisationId)
  const team = teams.find(({ name }) => name === facts?.team)
  if (facts === null || team === undefined) return
  await client.query(
    `INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination, as_of, facts)
     SELECT $1, $2, $3, 'waiver', $4, $5, $6,
            $7::jsonb || jsonb_strip_nulls(jsonb_build_object('thread_of',
              (SELECT max(d.id) FROM delivery d WHERE d.organisation_id = $1 AND d.subject = $3
                  AND d.purpose = 'post' AND d.destination = $5 AND d.state = 'SENT')))
     ON CONFLICT DO NOTHING`,
    [
      actor.organisationId,
      team.id,
      `contract:${contractId}`,
      extensionId,
      team.channel,
      today,
      JSON.stringify({ waiver: facts }),
    ],
  )
}

async function waiverFacts(
  client: PoolClient,
  { organisationId, rulesOf }: Actor,
  { contractId, extensionId, today, rules }: WaiverRequest,
): Promise<WaiverFacts | null> {
  const priceRules = await readPriceRules(client, organisationId, rulesOf)
  const ledger = await readLedger(client, { organisationId, contractId, rules: priceRules })
  const line = ledger.find((each) => each.extensionId === extensionId)
  const found = await client.query<ContractRow>(CONTRACT, [contractId])
  const [contract] = found.rows
  if (line === undefined || contract === undefined) return null
  const { extension, rule, grounds, approver, currency, premium } = line
  const { from, to, cost } = extension
  const notice = await client.query<{ reference: string | null }>(
    'SELECT notice_reference AS reference FROM extension WHERE id = $1',
    [extensionId],
  )
  const noticeReference = notice.rows[0]?.reference ?? null
  const [typed] = await readWaivers(client, { organisationId, contractId, beganFrom: from })
  const { tests, regime, assumed } = await contractHeadroom(
    client,
    contractId,
    askedToday(today, rules),
  )
  return {
    ...contract,
    on: today,
    team: line.team,
    currency,
    premium,
    law: { regime, assumed },
    extension: {
      from,
      to,
      cost,
      rule,
      grounds: grounds ?? typed?.reason ?? null,
      approver: approver ?? typed?.approver ?? null,
      noticeReference,
    },
    ...(typed === undefined
      ? {}
      : { approvedOn: typed.approvedOn, committeeOn: typed.committeeOn }),
    headroom: tests.map(({ title, measure, used, limit, percent, state, source }) => {
      return { title, measure, used, limit, percent, state, source }
    }),
    earlier: ledger
      .filter((each) => each.extensionId !== extensionId && each.extension.from < from)
      .filter((each) => each.extension.status !== 'proposed')
      .map(({ extension: e }) => ({ kind: e.kind, from: e.from, to: e.to, cost: e.cost })),
  }
}

type ContractRow = Pick<
  WaiverFacts,
  'reference' | 'title' | 'supplier' | 'buyer' | 'owner' | 'start' | 'awardedEnd' | 'value'
>

const CONTRACT = `
  SELECT c.reference, c.title, c.supplier, c.start, c.end_latest AS "awardedEnd", c.value::text AS value,
         (SELECT p.display_name FROM person p WHERE p.id = c.owner_id AND p.erased_at IS NULL) AS owner,
         (SELECT b.name FROM contract_buyer cb JOIN buyer b ON b.id = cb.buyer_id
           WHERE cb.contract_id = c.id ORDER BY cb.position LIMIT 1) AS buyer
    FROM contract c WHERE c.id = $1`

// The record of a waiver: beside the legal ground of an extension, never instead of it.

/** With the contract's last emergency extension, where one covers the day on which the service began. */
export async function recordWaiver(
  pool: Pool,
  actor: Actor,
  contractId: number,
  waiver: Waiver,
): Promise<void> {
  await act(pool, actor, contractId, async (client, { today }) => {
    const { category, beganOn, approvedOn } = waiver
    await client.query(
      `INSERT INTO waiver (organisation_id, contract_id, extension_id, category, reason, requested_on, approved_on,
         began_on, approver, net, gross, supplier_year, committee_on, recorded_on, recorded_by_id)
       VALUES ($1, $2, (SELECT max(e.id) FROM extension e WHERE e.contract_id = $2 AND e.kind = 'emergency'
           AND e.status = 'confirmed' AND $7 BETWEEN e.from_on AND e.to_on),
         $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        actor.organisationId,
        contractId,
        category,
        waiver.reason,
        waiver.requestedOn,
        approvedOn,
        beganOn,
        waiver.approver,
        waiver.net,
        waiver.gross,
        waiver.supplierYear,
        waiver.committeeOn,
        today,
        actor.personId,
      ],
    )
    return [{ contractId, what: 'waiver recorded', field: category, from: beganOn, to: approvedOn }]
  })
}
