/** The last thing that somebody did about a contract's warnings, as its messages tell it. */
import type { Pool } from 'pg'
import { civilDay } from '../db/organisation.ts'
import { type CivilDate, parseCivilDate } from '../domain/civil-date.ts'
import type { ActFact } from '../messages/acted.ts'
import type { PersonFact } from '../messages/facts.ts'
import { readOutOfContract } from '../watch/costs.ts'
import { readLedger } from '../watch/ledger.ts'
import { editedFields } from './edited-fields.ts'

interface LastRow {
  readonly what: string
  readonly field: string | null
  /** Every field of the entry. */
  readonly fields: readonly (string | null)[]
  readonly on: CivilDate
  readonly name: string | null
  readonly slackUser: string | null
  readonly state: string | null
  readonly pausedUntil: CivilDate | null
  readonly text: string | null
  readonly evidence: string | null
  readonly kind: string | null
  readonly to: CivilDate | null
  readonly extensionId: number | null
  /** What the record says it became. */
  readonly said: string | null
  readonly closedWhy: string | null
  readonly outOfContractOn: CivilDate | null
  readonly owner: PersonFact | null
  readonly deputy: PersonFact | null
}

const person = (column: string) => `(
  SELECT jsonb_build_object('name', coalesce(n.display_name, ''), 'slackUser', n.slack_user)
  FROM person n WHERE n.id = c.${column} AND n.erased_at IS NULL)`

/** Null where the last change was none of people's acts on a warning. */
export async function lastAct(
  pool: Pool,
  organisationId: number,
  contractId: number,
  today: CivilDate,
): Promise<ActFact | null> {
  const found = await pool.query<LastRow>(
    `SELECT last.what, last.field, last.fields, last.to_value AS said, ${civilDay('last.at')} AS "on", p.display_name AS name, p.slack_user AS "slackUser",
            alert.state, alert.paused_until AS "pausedUntil", decision.text, decision.evidence,
            extension.id AS "extensionId", extension.kind, extension.to_on AS "to", c.closed_why AS "closedWhy",
            c.out_of_contract_on AS "outOfContractOn",
            ${person('owner_id')} AS owner, ${person('deputy_id')} AS deputy
     FROM contract c JOIN team t ON t.id = c.team_id JOIN organisation o ON o.id = c.organisation_id
     JOIN LATERAL (SELECT ch.what, ch.field, ch.to_value, e.at, e.by_person_id,
                          (SELECT array_agg(f.field ORDER BY f.position) FROM audit_change f
                           WHERE f.entry_id = ch.entry_id AND f.contract_id = c.id) AS fields
                   FROM audit_change ch
                   JOIN audit_entry e ON e.id = ch.entry_id
                   WHERE ch.contract_id = c.id ORDER BY e.position DESC, ch.position LIMIT 1) last ON true
     LEFT JOIN person p ON p.id = last.by_person_id
     LEFT JOIN LATERAL (SELECT state, paused_until FROM alert WHERE contract_id = c.id AND paused_until IS NOT NULL
                        ORDER BY id DESC LIMIT 1) alert ON true
     LEFT JOIN LATERAL (SELECT text, evidence FROM decision WHERE contract_id = c.id AND withdrawn_at IS NULL
                        ORDER BY id DESC LIMIT 1) decision ON true
     LEFT JOIN LATERAL (SELECT id, kind, to_on FROM extension WHERE contract_id = c.id AND status = 'confirmed'
                        ORDER BY id DESC LIMIT 1) extension ON true
     WHERE c.id = $1 AND c.organisation_id = $2`,
    [contractId, organisationId],
  )
  const [row] = found.rows
  const act = row ? factOf(row, today) : null
  if (act?.what === 'still-supplied') {
    const asked = { organisationId, teamId: null, today, contractId }
    const [costs] = await readOutOfContract(pool, asked)
    return costs === undefined ? act : { ...act, costs }
  }
  return act?.what === 'extended' ? priced(pool, organisationId, contractId, act, row) : act
}

/** An extension with its price, so that whoever recorded it sees at once what it costs. */
async function priced(
  pool: Pool,
  organisationId: number,
  contractId: number,
  act: ActFact,
  row: LastRow | undefined,
): Promise<ActFact> {
  const lines = await readLedger(pool, { organisationId, contractId, rules: null })
  const line = lines.find(({ extensionId }) => extensionId === row?.extensionId)
  if (line === undefined || act.what !== 'extended') return act
  const { extension, currency, premium } = line
  return { ...act, price: { cost: extension.cost, currency, price: premium } }
}

function factOf(row: LastRow, today: CivilDate): ActFact | null {
  const by =
    row.name === null && row.slackUser === null
      ? null
      : { name: row.name ?? '', slackUser: row.slackUser }
  const { on } = row
  switch (row.what) {
    case 'acknowledged':
      return { what: 'acknowledged', by, on, askedAgain: row.pausedUntil ?? today }
    case 'snoozed':
      return { what: 'snoozed', by, on, until: row.pausedUntil ?? today, why: null }
    case 'decided':
      return row.text === null
        ? null
        : { what: 'decided', by, on, text: row.text, evidence: row.evidence }
    case 'extended':
      return row.to === null || row.kind === null
        ? null
        : { what: 'extended', by, on, to: row.to, kind: row.kind }
    case 'extension withdrawn':
      return withdrawnOf(row, by)
    case 'closed':
      return { what: 'closed', by, on, why: row.closedWhy ?? 'closed' }
    default:
      return changeOf(row, by)
  }
}

/** The record has its last day, and after it the reason, where one was given. */
function withdrawnOf({ field, said, on }: LastRow, by: PersonFact | null): ActFact | null {
  const to = parseCivilDate(said?.slice(0, 10) ?? '')
  const why = said?.slice(10).replace(/^: /, '').trim() ?? ''
  if (to === null) return null
  return { what: 'withdrawn', by, on, to, kind: field ?? 'unknown', why: why === '' ? null : why }
}

/** A field that a person changed; what an import changed is no act. */
function changeOf(row: LastRow, by: PersonFact | null): ActFact | null {
  const { field, on, outOfContractOn, owner, deputy } = row
  if (by === null) return null
  if (field === 'out_of_contract_on' && outOfContractOn !== null) {
    return { what: 'still-supplied' as const, by, on, since: outOfContractOn }
  }
  if (field === 'owner_id' || field === 'deputy_id') {
    return { what: 'assigned' as const, by, on, owner, deputy }
  }
  const fields = editedFields(row.fields)
  return fields.length === 0 ? null : { what: 'edited', by, on, fields }
}
