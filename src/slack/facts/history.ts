/** Who changed what of a contract, the latest first, page by page. */
import { DateTime } from 'luxon'
import { PERSON_SHOWN, withNames } from '../../database/audit-log.ts'
import { type CivilDate, civilDateIn } from '../../rules/civil-date.ts'
import type { ExplainFacts, HistoryFacts } from '../../text/answer-facts.ts'
import type { PersonFact } from '../../text/facts.ts'
import { explain } from '../../warnings/explain.ts'
import { askedOf, type BotContext } from '../request.ts'
import { namedOf, readContract, subjectOf } from './contract.ts'
import { offsetSql, PAGE_SIZE, placeOf } from './list.ts'

/** @throws UserError where there is no such contract. */
export async function historyFacts(
  context: BotContext,
  contractId: number,
  page: number,
): Promise<HistoryFacts> {
  const row = await readContract(context, contractId)
  const found = await context.pool.query<ChangeRow>(CHANGES, [contractId, Math.max(1, page)])
  const changes = await withNames(context.pool, context.organisationId, found.rows)
  return {
    ...askedOf(context),
    contract: namedOf(row),
    ...placeOf(found.rows[0]?.total ?? 0, page),
    entries: changes.map((each) => entryOf(each, context.timeZone)),
  }
}

interface ChangeRow {
  readonly total: number
  readonly at: Date
  readonly by: string | null
  readonly bySlack: string | null
  readonly via: string
  readonly summary: string
  readonly what: string
  readonly field: string | null
  readonly from: string | null
  readonly to: string | null
}

/** $1 contract, $2 page. */
const CHANGES = `
  WITH found AS MATERIALIZED (
    SELECT c.entry_id, c.position, c.what, c.field, c.from_value, c.to_value
    FROM audit_change c WHERE c.contract_id = $1),
  counted AS (SELECT count(*)::int AS total FROM found)
  SELECT (SELECT total FROM counted) AS total, e.at, e.via, e.summary, f.what, f.field,
         f.from_value AS "from", f.to_value AS "to",
         CASE WHEN p.id IS NOT NULL THEN ${PERSON_SHOWN} END AS by,
         CASE WHEN coalesce(p.display_name, p.email) IS NULL THEN p.slack_user END AS "bySlack"
  FROM found f JOIN audit_entry e ON e.id = f.entry_id LEFT JOIN person p ON p.id = e.by_person_id
  ORDER BY e.position DESC, f.position LIMIT ${PAGE_SIZE} OFFSET ${offsetSql('$2', PAGE_SIZE)}`

function entryOf(row: ChangeRow, timeZone: string): HistoryFacts['entries'][number] {
  const at = DateTime.fromJSDate(row.at, { zone: timeZone })
  return {
    on: civilDateIn(row.at, timeZone),
    at: at.toFormat('HH:mm'),
    by: byOf(row),
    via: viaWords(row),
    what: row.what,
    field: row.field === null ? null : fieldWords(row.field),
    from: row.from,
    to: row.to,
  }
}

function byOf({ by, bySlack }: ChangeRow): PersonFact | null {
  if (by === null) return null
  // Nothing but the account is known: Slack knows its name.
  return { name: bySlack === null ? by : '', slackUser: bySlack }
}

/** An import's own summary says which file it was: `imported register.csv as register: …`. */
function viaWords({ via, summary }: ChangeRow): string {
  const file = /^imported (.+) as .+: \d/.exec(summary)?.[1]
  return file === undefined ? via : `import of ${file}`
}

/** Columns as people say them: `owner_id` is the owner. */
function fieldWords(field: string): string {
  return field.replace(/_id$/, '').replaceAll('_', ' ')
}

/**
 * As it stood on that day; today where none is named.
 * @throws UserError where there is no such contract.
 */
export async function explainFacts(
  context: BotContext,
  contractId: number,
  on: CivilDate | null,
): Promise<ExplainFacts> {
  const { pool, organisationId, today, rulesOf } = context
  const row = await readContract(context, contractId)
  const day = on ?? today
  const { raised, next, silent } = await explain(pool, organisationId, contractId, day, rulesOf)
  return {
    ...askedOf(context),
    on: day,
    subject: subjectOf(row),
    contract: namedOf(row),
    raised,
    next,
    silent,
  }
}
