/**
 * The lists of the weekly summary, one query each. Every query names the contracts it finds as
 * rows of (contract_id, kind, on_day, days_left, note): what a contract is called comes later, for
 * the first ones only, so that a list of 100,000 costs a scan and not a join.
 *
 * $1 organisation, $2 team or null, $3 the slot's day.
 */

/** Watched: not historic, not closed, not switched off by a person. */
const WATCHED = `c.organisation_id = $1 AND ($2::int IS NULL OR c.team_id = $2)
  AND NOT c.historic AND c.closed_on IS NULL AND c.watched`

// A settlement may have no day (a signed successor), but it always has a reason.
const OPEN = 'd.settled_why IS NULL'

const ENDS = `d.kind IN ('end', 'emergency-end')`

/** Past its end, also where only the month is known, and nothing recorded that covers it. */
const OUT_OF_CONTRACT = `
  SELECT c.id AS contract_id, d.kind, c.current_latest AS on_day, c.current_latest - $3::date AS days_left,
         CASE WHEN c.out_of_contract_on IS NOT NULL THEN 'still supplied, without a contract' END AS note
    FROM deadline d JOIN contract c ON c.id = d.contract_id
   WHERE ${WATCHED} AND ${OPEN} AND ${ENDS} AND d.due_on < $3 AND c.current_latest < $3`

/** Reviews have a list of their own: an old one would stand before what lapses. */
const DECISIONS = `${OPEN} AND d.kind <> 'review'`

/** With those that process personal data and have no review to come: nobody would be asked again. */
const REVIEWS = `
  SELECT c.id AS contract_id, d.kind, d.due_on AS on_day, d.due_on - $3::date AS days_left,
         CASE WHEN c.personal_data THEN 'Of data protection' END AS note
    FROM deadline d JOIN contract c ON c.id = d.contract_id
   WHERE ${WATCHED} AND ${OPEN} AND d.kind = 'review' AND d.due_on <= $3::date + 30
     AND (c.current_latest IS NULL OR c.current_latest >= $3)
  UNION ALL
  SELECT c.id, NULL, NULL, NULL, 'It processes personal data, and no review is to come: set its date'
    FROM contract c
   WHERE ${WATCHED} AND c.personal_data AND (c.current_latest IS NULL OR c.current_latest >= $3)
     AND NOT EXISTS (SELECT FROM deadline d WHERE d.contract_id = c.id AND d.kind = 'review' AND ${OPEN})`

/** A date passed without a decision, while the contract still runs. */
const OVERDUE = `
  SELECT c.id AS contract_id, d.kind, d.due_on AS on_day, d.due_on - $3::date AS days_left, NULL AS note
    FROM deadline d JOIN contract c ON c.id = d.contract_id
   WHERE ${WATCHED} AND ${DECISIONS} AND NOT ${ENDS} AND d.due_on < $3 AND c.current_latest >= $3`

const DECIDE_THIS_WEEK = `
  SELECT c.id AS contract_id, d.kind, d.due_on AS on_day, d.due_on - $3::date AS days_left, NULL AS note
    FROM deadline d JOIN contract c ON c.id = d.contract_id
   WHERE ${WATCHED} AND ${DECISIONS} AND d.due_on BETWEEN $3 AND $3::date + 6`

/** Ends by the earliest possible day; an end that may fall any day belongs to the nearest band. */
function lapseBetween(from: number, to: number): string {
  const since = from === 0 ? 'c.current_latest >= $3' : `d.due_on >= $3::date + ${from}`
  return `
  SELECT c.id AS contract_id, d.kind, d.due_on AS on_day, d.due_on - $3::date AS days_left, NULL AS note
    FROM deadline d JOIN contract c ON c.id = d.contract_id
   WHERE ${WATCHED} AND ${OPEN} AND ${ENDS} AND ${since} AND d.due_on <= $3::date + ${to}`
}

const EMERGENCIES = `
  SELECT c.id AS contract_id, 'emergency-end' AS kind, e.to_on AS on_day, e.to_on - $3::date AS days_left,
         jsonb_build_object('since', e.from_on, 'cost', e.cost::text, 'currency', e.currency)::text AS note
    FROM extension e JOIN contract c ON c.id = e.contract_id
   WHERE ${WATCHED} AND e.kind = 'emergency' AND e.status = 'confirmed' AND $3 BETWEEN e.from_on AND e.to_on`

/** Later ends from registers, of which nobody has said what they were: asked about once a week. */
const UNCLASSIFIED = `
  SELECT c.id AS contract_id, NULL AS kind, e.to_on AS on_day, NULL::date - $3::date AS days_left, NULL AS note
    FROM extension e JOIN contract c ON c.id = e.contract_id
   WHERE ${WATCHED} AND e.kind = 'unknown' AND e.status IN ('confirmed', 'presumed')`

/**
 * Extensions that overlap, leave a gap or pass the maximum end. Finds too many rather than too few:
 * an end known to the month leaves its days open, which the rules then see.
 */
const UNFIT = `
  SELECT DISTINCT contract_id, NULL AS kind, NULL::date AS on_day, NULL::date - $3::date AS days_left, NULL AS note
    FROM (SELECT c.id AS contract_id, e.from_on, e.to_on, c.maximum_end,
                 greatest(c.end_latest, max(e.to_on) OVER (
                   PARTITION BY e.contract_id ORDER BY e.from_on, e.to_on, e.id
                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) AS covered
            FROM extension e JOIN contract c ON c.id = e.contract_id
           WHERE ${WATCHED} AND e.status IN ('confirmed', 'presumed')) e
   WHERE to_on > maximum_end OR from_on <> covered + 1`

const UNDATED = `
  SELECT c.id AS contract_id, NULL AS kind, NULL::date AS on_day, NULL::date - $3::date AS days_left, NULL AS note
    FROM contract c WHERE ${WATCHED} AND c.end_kind = 'undated' AND c.current_latest IS NULL`

const ROLLING = `
  SELECT c.id AS contract_id, NULL AS kind, NULL::date AS on_day, NULL::date - $3::date AS days_left, NULL AS note
    FROM contract c WHERE ${WATCHED} AND c.end_kind = 'rolling'`

/** Nobody is named, or who is named has left. */
const UNOWNED = `
  SELECT c.id AS contract_id, NULL AS kind, c.current_latest AS on_day, c.current_latest - $3::date AS days_left,
         CASE WHEN c.owner_id IS NOT NULL THEN 'the owner has left' END AS note
    FROM contract c LEFT JOIN person p ON p.id = c.owner_id
   WHERE ${WATCHED} AND (c.owner_id IS NULL OR p.gone_on <= $3 OR p.erased_at IS NOT NULL)`

const CONTRACT_LISTS = {
  outOfContract: OUT_OF_CONTRACT,
  overdue: OVERDUE,
  decideThisWeek: DECIDE_THIS_WEEK,
  lapseIn30: lapseBetween(0, 30),
  lapseIn60: lapseBetween(31, 60),
  lapseIn90: lapseBetween(61, 90),
  emergencies: EMERGENCIES,
  unclassified: UNCLASSIFIED,
  unfit: UNFIT,
  reviews: REVIEWS,
  undated: UNDATED,
  rolling: ROLLING,
  unowned: UNOWNED,
} as const

export type ContractListName = keyof typeof CONTRACT_LISTS

/**
 * The first $4 of a list with what their contracts are called, and how many there are in all. The
 * nearest day stands first; what has no day stands by reference.
 */
export function listQuery(name: ContractListName): string {
  return `
  WITH found AS MATERIALIZED (${CONTRACT_LISTS[name]}),
       first AS (SELECT * FROM found ORDER BY on_day, contract_id, kind LIMIT $4)
  SELECT (SELECT count(*)::int FROM found) AS total,
         f.contract_id AS "contractId", f.kind, f.on_day::text AS "on", f.days_left AS "daysLeft", f.note,
         c.reference, c.title, c.supplier, c.value::text AS value, c.currency,
         c.current_latest::text AS latest,
         CASE WHEN c.current_latest = c.end_latest THEN c.end_precision ELSE 'day' END AS precision,
         p.display_name AS "ownerName", p.slack_user AS "ownerSlack"
    FROM first f
    JOIN contract c ON c.id = f.contract_id
    LEFT JOIN person p ON p.id = c.owner_id AND p.erased_at IS NULL
   ORDER BY f.on_day, c.reference, f.kind, c.id`
}
