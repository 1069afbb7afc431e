/** Somebody is on it: open warnings pause, and are asked about again. */
import type { Pool } from 'pg'
import { quietUntil } from '../domain/acknowledgement.ts'
import type { CivilDate } from '../domain/civil-date.ts'
import { Refusal } from '../domain/refusal.ts'
import { type Actor, act } from './act.ts'

/** Somebody is on it: the contract's open warnings pause, and are asked about again. */
export async function acknowledge(pool: Pool, actor: Actor, contractId: number): Promise<void> {
  await act(pool, actor, contractId, async (client, { today, rules, record }) => {
    const open = await client.query<{ id: number; kind: string; deadlineOn: CivilDate }>(
      `SELECT id, kind, deadline_on AS "deadlineOn" FROM alert WHERE contract_id = $1 AND state IN ('open', 'snoozed') ORDER BY id`,
      [contractId],
    )
    if (open.rows.length === 0) {
      throw new Refusal(`${record.row.reference} has no open warning to acknowledge.`)
    }
    const pauses = open.rows.map(({ deadlineOn }) => quietUntil(today, deadlineOn, rules.calendar))
    await client.query(
      `UPDATE alert SET state = 'acknowledged', acted_on = $3, acted_by_id = $4, paused_until = a.until
       FROM unnest($1::int[], $2::date[]) AS a (id, until) WHERE alert.id = a.id`,
      [open.rows.map((row) => row.id), pauses, today, actor.personId],
    )
    const kinds = [...new Set(open.rows.map((row) => row.kind))].join(', ')
    const until = pauses.reduce((a, b) => (a < b ? a : b))
    return [{ contractId, what: 'acknowledged', field: kinds, from: null, to: until }]
  })
}
