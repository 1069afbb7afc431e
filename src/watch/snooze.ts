/** Quiet until a day: then it is asked about again. */
import type { Pool } from 'pg'
import { addDays, type CivilDate } from '../domain/civil-date.ts'
import { Refusal } from '../domain/refusal.ts'
import { dayText } from '../domain/words.ts'
import { type Actor, act } from './act.ts'

/** The longest snooze: longer than this is a decision, and wants its evidence. */
const LONGEST_DAYS = 90

/**
 * Snoozes the contract's open and acknowledged warnings until that day.
 * @throws Refusal for a day that is past, further than 90 days off, or past the deadline itself.
 */
export async function snooze(
  pool: Pool,
  actor: Actor,
  contractId: number,
  until: CivilDate,
  why: string | null,
): Promise<void> {
  await act(pool, actor, contractId, async (client, { today, record }) => {
    const { reference } = record.row
    if (until <= today) {
      throw new Refusal(`Snooze until a day to come: ${dayText(until)} is not after today.`)
    }
    if (until > addDays(today, LONGEST_DAYS)) {
      throw new Refusal(
        `Snooze for ${LONGEST_DAYS} days at most. For longer, record the decision that makes the warning needless.`,
      )
    }
    const snoozed = await client.query<{ kind: string; deadlineOn: CivilDate }>(
      `UPDATE alert SET state = 'snoozed', acted_on = $2, acted_by_id = $3, paused_until = $4
       WHERE contract_id = $1 AND state IN ('open', 'acknowledged', 'snoozed')
       RETURNING kind, deadline_on AS "deadlineOn"`,
      [contractId, today, actor.personId, until],
    )
    if (snoozed.rows.length === 0) throw new Refusal(`${reference} has no open warning to snooze.`)
    const [next] = snoozed.rows
      .filter(({ deadlineOn }) => deadlineOn > today)
      .sort((a, b) => (a.deadlineOn < b.deadlineOn ? -1 : 1))
    if (next !== undefined && until > next.deadlineOn) {
      throw new Refusal(
        `The ${next.kind} deadline of ${reference} is ${dayText(next.deadlineOn)}: snooze until that day at most, or record the decision that settles it.`,
      )
    }
    const kinds = [...new Set(snoozed.rows.map((row) => row.kind))].join(', ')
    const note = why?.trim() ? `${until} (${why.trim().slice(0, 300)})` : until
    return [{ contractId, what: 'snoozed', field: kinds, from: null, to: note }]
  })
}
