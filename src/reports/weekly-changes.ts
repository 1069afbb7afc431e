/** What people and registers changed since the last summary, one line for each contract. */

import type { Pool, PoolClient } from 'pg'
import type { AuditChange } from '../database/audit-log.ts'
import { type CivilDate, parseCivilDate } from '../rules/civil-date.ts'
import type { PeriodUnit, ValueBasis } from '../rules/contract.ts'
import { pick } from '../rules/text-match.ts'
import { periodText } from '../rules/working-days.ts'
import { fieldWords, isOfField, NEWS } from '../text/explain.ts'
import type { SummaryItem, SummaryList } from '../text/facts.ts'
import { dateWords } from '../text/words.ts'

export interface ChangesAsked {
  readonly organisationId: number
  readonly teamId: number | null
  /** From the morning of this day on … */
  readonly since: CivilDate
  /** … to the end of this one, in the organisation's time zone. */
  readonly slot: CivilDate
  readonly listed: number
}

/** The contracts that changed, the latest first, and apart from them how many are new. */
export async function readChanges(
  client: Pool | PoolClient,
  { organisationId, teamId, since, slot, listed }: ChangesAsked,
): Promise<{ readonly changed: SummaryList; readonly created: number }> {
  const { rows } = await client.query<ChangeRow>(CHANGES, [
    organisationId,
    teamId,
    since,
    slot,
    listed,
    NEWS.acts,
    NEWS.fields,
  ])
  const [counts] = rows
  return {
    created: counts?.created ?? 0,
    changed: {
      total: counts?.total ?? 0,
      items: rows.flatMap((row) =>
        row.reference === null ? [] : [changedItemOf(row, row.reference)],
      ),
    },
  }
}

// One row comes back also where nothing changed, so that the counts are always there. Places are
// counted by sorting, not by a join: after a large import the planner's figures are old, and it
// joined 1,000 contracts to 100,000 changes row by row (15 s instead of 0.5 s).
const CHANGES = `
  WITH zone AS (SELECT time_zone FROM organisation WHERE id = $1),
       entries AS MATERIALIZED (
         SELECT e.id, e.position FROM audit_entry e, zone
          WHERE e.organisation_id = $1
            AND e.at >= ($3::date::timestamp AT TIME ZONE zone.time_zone)
            AND e.at < (($4::date + 1)::timestamp AT TIME ZONE zone.time_zone)),
       news AS MATERIALIZED (
         SELECT a.contract_id, e.position AS entry, a.position, a.what, a.field,
                left(a.from_value, 80) AS was, left(a.to_value, 80) AS now
           FROM entries e JOIN audit_change a ON a.entry_id = e.id
           JOIN contract c ON c.id = a.contract_id
          WHERE ($2::int IS NULL OR c.team_id = $2) AND NOT c.historic
            AND (a.what = 'created' OR a.what = ANY($6)
                 OR (a.what = 'updated' AND a.field = ANY($7)))),
       dated AS (
         SELECT *, max(entry) OVER (PARTITION BY contract_id) AS latest FROM news WHERE what <> 'created'),
       placed AS MATERIALIZED (
         SELECT *, dense_rank() OVER (ORDER BY latest DESC, contract_id) AS place FROM dated),
       first AS MATERIALIZED (
         SELECT place, contract_id,
                jsonb_agg(jsonb_build_object('what', what, 'field', field, 'from', was, 'to', now)
                          ORDER BY entry, position) AS changes
           FROM placed WHERE place <= $5 GROUP BY place, contract_id)
  SELECT counts.*, c.reference, c.title, c.supplier, c.value::text AS value, c.value_basis AS "valueBasis", c.currency, first.changes,
         c.notice_amount AS "noticeAmount", c.notice_unit AS "noticeUnit"
    FROM (SELECT coalesce((SELECT max(place)::int FROM placed), 0) AS total,
                 (SELECT count(DISTINCT contract_id)::int FROM news WHERE what = 'created') AS created) counts
    LEFT JOIN first ON true
    LEFT JOIN contract c ON c.id = first.contract_id
   ORDER BY first.place`

interface ChangeRow {
  readonly total: number
  readonly created: number
  readonly reference: string | null
  readonly title: string | null
  readonly supplier: string | null
  readonly value: SummaryItem['value']
  readonly valueBasis: ValueBasis | null
  readonly currency: string | null
  readonly changes: readonly Change[] | null
  readonly noticeAmount: number | null
  readonly noticeUnit: PeriodUnit | null
}
type Change = Omit<AuditChange, 'contractId'>

function changedItemOf(row: ChangeRow, reference: string): SummaryItem {
  return {
    ...{ reference, ...pick(row, 'title', 'supplier', 'value') },
    ...{ owner: null, kind: null, on: null, daysLeft: null },
    currency: row.currency ?? '',
    valueBasis: row.valueBasis ?? 'unknown',
    note: [
      ...(row.changes ?? []).filter((each) => !ofNotice(each)).map(changeWords),
      ...noticeWords(row),
    ].join('; '),
  }
}

function ofNotice({ what, field }: Change): boolean {
  return what === 'updated' && (field === 'notice_amount' || field === 'notice_unit')
}

/** A length of notice has two columns, and says nothing without its unit. */
function noticeWords({ changes, noticeAmount, noticeUnit }: ChangeRow): string[] {
  const own = (changes ?? []).filter(ofNotice)
  if (own.length === 0) return []
  const was = (name: string, now: string | null) => {
    const first = own.find(({ field }) => field === name)
    return first === undefined ? now : first.from
  }
  const length = (amount: string | null, unit: string | null) =>
    amount === null || unit === null
      ? null
      : periodText({ amount: Number(amount), unit: unit as PeriodUnit })
  const amount = noticeAmount === null ? null : String(noticeAmount)
  const name = `the ${fieldWords('notice_amount')}`
  const [from, to] = [
    length(was('notice_amount', amount), was('notice_unit', noticeUnit)),
    length(amount, noticeUnit),
  ]
  if (to === null) return [`${name} is not known any more`]
  return [from === null ? `${name} is now ${to}` : `${name} was ${from}, is now ${to}`]
}

function changeWords({ what, field, from, to }: Change): string {
  if (what === 'extended') return `extended to ${said(to)}${field === null ? '' : ` (${field})`}`
  if (what === 'extension withdrawn') {
    // Beside its last day the record may have the reason; older entries have that day first.
    return `${what} (${field ?? 'unknown'}), which ended ${said(parseCivilDate(to?.slice(0, 10) ?? '') ?? from)}`
  }
  const by = what === 'updated' ? '' : `${what}: `
  if (what === 'extension cut') return `${by}its end ${becomes(from, to)}`
  if (!isOfField(what) || field === null) {
    const about = field === null ? what : `${what} (${field})`
    return to === null ? about : `${about}: ${said(to)}`
  }
  const name = `${by}the ${fieldWords(field)}`
  // People are rows: their numbers mean nothing to a reader.
  if (field === 'owner_id' && to !== null) return `${name} changed`
  return to === null ? `${name} was removed` : `${name} ${becomes(from, to)}`
}

function becomes(from: string | null, to: string | null): string {
  return from === null ? `is now ${said(to)}` : `was ${said(from)}, is now ${said(to)}`
}

function said(value: string | null): string {
  const date = value === null ? null : parseCivilDate(value)
  return date === null ? (value ?? 'unknown') : dateWords(date)
}
