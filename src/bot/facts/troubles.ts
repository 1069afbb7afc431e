/** What is unwell, for administrators: messages that did not arrive, days that were not swept. */
import { addDays, type CivilDate } from '../../domain/civil-date.ts'
import { addWorkingDays } from '../../domain/working-days.ts'
import { counted, dateWords } from '../../messages/words.ts'
import type { BotContext } from './context.ts'

/** A register that was not read for so long may be out of date. */
const STALE_AFTER_DAYS = 45
/** Messages that failed longer ago than this are history. */
const LOOK_BACK_DAYS = 30

/** In sentences, the gravest first; each says what to do. */
export async function readTroubles(context: BotContext): Promise<string[]> {
  return [
    ...(await unswept(context)),
    ...(await undelivered(context)),
    ...(await staleRegisters(context)),
  ]
}

async function unswept(context: BotContext): Promise<string[]> {
  const { pool, organisationId, teams, rulesOf, today } = context
  const found = await pool.query<{ id: number }>(
    // A register that only just came in waits for its first sweep.
    `SELECT t.id FROM team t WHERE t.organisation_id = $1
       AND EXISTS (SELECT FROM contract c WHERE c.team_id = t.id AND c.first_seen_on < $2)`,
    [organisationId, addDays(today, -3)],
  )
  const holding = new Set(found.rows.map(({ id }) => id))
  return (await teams()).flatMap((team) => {
    const dayBefore: CivilDate = addWorkingDays(today, -1, rulesOf(team).calendar)
    if (!holding.has(team.id) || (team.lastSweptOn !== null && team.lastSweptOn >= dayBefore)) {
      return []
    }
    const since = team.lastSweptOn === null ? 'never' : `last on ${dateWords(team.lastSweptOn)}`
    return [`Team ${team.name} was swept ${since}: see that the worker runs.`]
  })
}

async function undelivered({ pool, organisationId, today }: BotContext): Promise<string[]> {
  const found = await pool.query<{
    destination: string
    state: 'DEAD' | 'BLOCKED'
    messages: number
    problem: string | null
  }>(
    `SELECT destination, state, count(*)::int AS messages, max(problem) AS problem FROM delivery
     WHERE organisation_id = $1 AND state IN ('DEAD', 'BLOCKED') AND as_of > $2
     GROUP BY destination, state ORDER BY messages DESC, destination LIMIT 5`,
    [organisationId, addDays(today, -LOOK_BACK_DAYS)],
  )
  return found.rows.map(({ destination, state, messages, problem }) => {
    const how = state === 'DEAD' ? 'could not be delivered' : 'wait'
    return `${counted(messages, 'message')} to ${destination} ${how}: ${problem ?? 'run lapsewatch doctor to see why'}.`
  })
}

async function staleRegisters({ pool, organisationId, today }: BotContext): Promise<string[]> {
  const found = await pool.query<{ name: string; on: CivilDate }>(
    `SELECT name, last_imported_at::date AS "on" FROM source
     WHERE organisation_id = $1 AND NOT is_sample AND last_imported_at < $2::date
     ORDER BY last_imported_at LIMIT 5`,
    [organisationId, addDays(today, -STALE_AFTER_DAYS)],
  )
  return found.rows.map(
    ({ name, on }) => `Register ${name} was last read on ${dateWords(on)}: import it again.`,
  )
}
