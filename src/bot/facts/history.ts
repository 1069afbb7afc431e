/** Who changed what of a contract, the latest first, page by page. */
import { DateTime } from 'luxon'
import type { Pool } from 'pg'
import { asCivilDate } from '../../domain/civil-date.ts'
import type { HistoryFacts } from '../../messages/answers/facts.ts'
import type { PersonFact } from '../../messages/facts.ts'
import { askedOf, type BotContext } from './context.ts'
import { namedOf, readContract } from './contract-facts.ts'
import { PAGE_SIZE } from './entries.ts'
import { offsetSql, placeOf } from './pages.ts'

/** @throws Refusal where there is no such contract. */
export async function historyFacts(
  context: BotContext,
  contractId: number,
  page: number,
): Promise<HistoryFacts> {
  const row = await readContract(context, contractId)
  const found = await context.pool.query<ChangeRow>(CHANGES, [contractId, Math.max(1, page)])
  const names = await namesIn(context.pool, found.rows)
  return {
    ...askedOf(context),
    contract: namedOf(row),
    ...placeOf(found.rows[0]?.total ?? 0, page),
    entries: found.rows.map((each) => entryOf(each, names, context.timeZone)),
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
         CASE WHEN p.erased_at IS NULL THEN coalesce(p.display_name, p.slack_user)
              ELSE 'somebody erased (' || left(p.pseudonym::text, 8) || ')' END AS by,
         CASE WHEN p.erased_at IS NULL THEN p.slack_user END AS "bySlack"
  FROM found f JOIN audit_entry e ON e.id = f.entry_id LEFT JOIN person p ON p.id = e.by_person_id
  ORDER BY e.position DESC, f.position LIMIT ${PAGE_SIZE} OFFSET ${offsetSql('$2', PAGE_SIZE)}`

const PERSON = /^person (\d{1,9})$/

/** The audit names people by number, so that one can be erased: here they get their names back. */
async function namesIn(
  pool: Pool,
  rows: readonly ChangeRow[],
): Promise<ReadonlyMap<number, string>> {
  const ids = rows
    .flatMap(({ from, to }) => [from, to])
    .flatMap((text) => PERSON.exec(text ?? '')?.[1] ?? [])
    .map(Number)
  if (ids.length === 0) return new Map()
  const found = await pool.query<{ id: number; name: string | null }>(
    `SELECT id, coalesce(display_name, slack_user) AS name FROM person
     WHERE id = ANY($1) AND erased_at IS NULL`,
    [ids],
  )
  return new Map(found.rows.flatMap(({ id, name }) => (name === null ? [] : [[id, name]])))
}

function entryOf(
  row: ChangeRow,
  names: ReadonlyMap<number, string>,
  timeZone: string,
): HistoryFacts['entries'][number] {
  const at = DateTime.fromJSDate(row.at, { zone: timeZone })
  const value = (text: string | null) => {
    const id = PERSON.exec(text ?? '')?.[1]
    return id === undefined ? text : (names.get(Number(id)) ?? 'somebody erased')
  }
  return {
    on: asCivilDate(at.toFormat('yyyy-MM-dd')),
    at: at.toFormat('HH:mm'),
    by: byOf(row),
    via: viaWords(row),
    what: row.what,
    field: row.field === null ? null : fieldWords(row.field),
    from: value(row.from),
    to: value(row.to),
  }
}

function byOf({ by, bySlack }: ChangeRow): PersonFact | null {
  return by === null ? null : { name: by, slackUser: bySlack }
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
