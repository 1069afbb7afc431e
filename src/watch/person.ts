/** A person as this database knows them: found, and everything that it holds of them. */
import type { Pool, PoolClient } from 'pg'
import { nameKey } from '../db/organisation.ts'
import { Refusal } from '../domain/refusal.ts'
import { namedInRecord, type RecordPlace } from './named-in-record.ts'

export interface KnownPerson {
  readonly id: number
  readonly pseudonym: string
  readonly name: string | null
  readonly email: string | null
  readonly slackWorkspace: string | null
  readonly slackUser: string | null
  readonly voice: string
  readonly goneOn: string | null
  readonly erasedAt: Date | null
}

const PERSON = `
  SELECT id, pseudonym, display_name AS name, email, slack_workspace AS "slackWorkspace",
         slack_user AS "slackUser", voice, gone_on AS "goneOn", erased_at AS "erasedAt" FROM person`

/**
 * The person of this Slack id, email address, name, number or pseudonym.
 * @throws Refusal where there is none, or several: people of one name are told apart by the rest.
 */
export async function findPerson(
  pool: Pool | PoolClient,
  organisationId: number,
  asked: string,
): Promise<KnownPerson> {
  const text = asked.trim()
  const found = await pool.query<KnownPerson>(
    `${PERSON} WHERE organisation_id = $1 AND (slack_user = $2 OR lower(email) = lower($2)
       OR pseudonym::text = lower($2) OR 'person ' || id = lower($2)
       OR ($3 <> '' AND name_key = $3)) ORDER BY id`,
    [organisationId, text.replace(/^<@([UW][A-Z0-9]+)(\|.*)?>$/, '$1'), nameKey(text)],
  )
  const [person, ...others] = found.rows
  if (person === undefined) {
    throw new Refusal(
      'Nobody here has that Slack id, email address, name or number. Names are compared whole.',
    )
  }
  if (others.length > 0) {
    const candidates = found.rows.map(
      ({ id, name, email, slackUser }) =>
        `person ${id}: ${[name, email, slackUser].filter((part) => part !== null).join(', ')}`,
    )
    throw new Refusal('Several people fit. Say which one by its number:', candidates)
  }
  return person
}

/** All that is held of a person, for the person to read. */
export interface Dossier {
  readonly person: KnownPerson
  readonly answersFor: readonly { readonly reference: string; readonly as: string }[]
  readonly decisions: readonly object[]
  readonly extensions: readonly object[]
  readonly acknowledged: readonly object[]
  readonly subscriptions: readonly object[]
  readonly imports: readonly object[]
  readonly calendars: readonly object[]
  /** What they did, by the record of changes. */
  readonly acts: readonly object[]
  /** Where the record of changes names them in what somebody typed. */
  readonly namedInRecord: readonly RecordPlace[]
}

/** Everything that refers to the person, in a fixed number of queries. */
export async function dossierOf(
  pool: Pool,
  organisationId: number,
  person: KnownPerson,
): Promise<Dossier> {
  const rows = async <Row extends object>(sql: string): Promise<Row[]> =>
    (await pool.query<Row>(sql, [organisationId, person.id])).rows
  const [answersFor, decisions, extensions, acknowledged, subscriptions, imports, calendars, acts] =
    await Promise.all([
      rows<Dossier['answersFor'][number]>(ANSWERS_FOR),
      rows(`SELECT c.reference, d.deadline, d.text, d.evidence, d.decided_on AS "on" FROM decision d
            JOIN contract c ON c.id = d.contract_id
            WHERE d.organisation_id = $1 AND d.decided_by_id = $2 ORDER BY d.id`),
      rows(`SELECT c.reference, e.kind, e.from_on AS "from", e.to_on AS "to", e.grounds, e.approver,
                   e.recorded_at AS at FROM extension e JOIN contract c ON c.id = e.contract_id
            WHERE e.organisation_id = $1 AND e.recorded_by_id = $2 ORDER BY e.id`),
      rows(`SELECT c.reference, a.kind, a.deadline_on AS deadline, a.state, a.acted_on AS "on"
            FROM alert a JOIN contract c ON c.id = a.contract_id
            WHERE a.organisation_id = $1 AND a.acted_by_id = $2 ORDER BY a.id`),
      rows(`SELECT channel, filters, created_at AS at FROM subscription
            WHERE organisation_id = $1 AND created_by_id = $2 ORDER BY id`),
      rows(`SELECT file, imported_on AS "on" FROM import
            WHERE organisation_id = $1 AND by_person_id = $2 ORDER BY id`),
      rows(`SELECT t.name AS team, f.created_at AS at FROM calendar_feed f
            LEFT JOIN team t ON t.id = f.team_id
            WHERE f.organisation_id = $1 AND f.person_id = $2 ORDER BY f.id`),
      rows(`SELECT position, at, via, summary FROM audit_entry
            WHERE organisation_id = $1 AND by_person_id = $2 ORDER BY position`),
    ])
  return {
    person,
    answersFor,
    decisions,
    extensions,
    acknowledged,
    subscriptions,
    imports,
    calendars,
    acts,
    namedInRecord: await namedInRecord(pool, organisationId, person),
  }
}

const ANSWERS_FOR = `
  SELECT c.reference, r.role AS "as" FROM contract c
  CROSS JOIN LATERAL (VALUES ('owner', c.owner_id), ('deputy', c.deputy_id),
    ('category lead', c.category_lead_id), ('finance partner', c.finance_partner_id)) AS r (role, id)
  WHERE c.organisation_id = $1 AND r.id = $2 ORDER BY c.reference, r.role`
