// Contracts held, made by SQL: so many in 200 teams, 1,000 of them due on one day, five a team.
import { contractOf } from '../dist/src/database/contracts.js'
import { addDays, asCivilDate } from '../dist/src/rules/civil-date.js'
import { deadlinesOf } from '../dist/src/rules/deadlines.js'
import { planWarnings } from '../dist/src/rules/reminder-plan.js'

/** A Wednesday without holidays near. */
export const DAY = asCivilDate('2027-03-10')
export const TEAMS = 200
export const DUE = 1_000

/** The kinds of contract that are due, in equal parts; `end` is the day that makes them so. */
const KINDS = [
  { value: '20000', notice: null, wants: 'end', rung: 30 },
  { value: '500000', notice: null, wants: 'start-by', rung: 90 },
  { value: '20000', notice: 3, wants: 'notice', rung: 30 },
]

/** Fills an empty, migrated database. `rules` are the organisation's; so many are due. */
export async function hold(client, organisationId, count, rules, dueCount = DUE) {
  const ends = KINDS.map((kind) => endFor(kind, rules))
  await client.query(
    `INSERT INTO team (organisation_id, name, name_key, channel, settings)
     SELECT $1, 'Team ' || n, 'team ' || n, 'C' || n, '{"rules": {"groupAbove": 5}}' FROM generate_series(1, $2) n`,
    [organisationId, TEAMS],
  )
  await client.query(`INSERT INTO source (organisation_id, name) VALUES ($1, 'bench')`, [
    organisationId,
  ])
  // The due ones lie spread over the whole table, as in a register that grew over years.
  await client.query(
    `INSERT INTO contract (organisation_id, team_id, source_id, external_id, reference, reference_key,
       title, supplier, supplier_key, start, end_kind, end_precision, end_earliest, end_latest,
       current_earliest, current_latest, notice_amount, notice_unit, automatic_renewal, value, currency, first_seen_on, next_rung_on)
     SELECT $1, t.id, s.id, 'ref:' || n, 'CT-' || n, 'ct-' || n, 'Support and maintenance for site ' || n,
            'Supplier ' || (n * 7 + n / 200) % 4000, 'supplier ' || (n * 7 + n / 200) % 4000, $3::date - 900, 'dated', 'day', e.on, e.on, e.on, e.on,
            k.notice, CASE WHEN k.notice IS NOT NULL THEN 'months' END, CASE WHEN k.notice IS NOT NULL THEN true END, k.value, 'GBP', $3::date - 400,
            CASE WHEN due THEN $3::date ELSE $3::date + 1 + n % 170 END
     FROM generate_series(0, $2::int - 1) n
     CROSS JOIN LATERAL (SELECT n % ($2::int / ${dueCount}) = 0 AS due, n / ($2::int / ${dueCount}) AS nth) d
     JOIN LATERAL (SELECT CASE WHEN due THEN nth % ${TEAMS} ELSE n % ${TEAMS} END AS team) w ON true
     JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM team WHERE organisation_id = $1 AND NOT is_default) t
       ON t.place = w.team
     JOIN unnest($4::date[], $5::numeric[], $6::int[]) WITH ORDINALITY AS k ("on", value, notice, place)
       ON k.place = 1 + nth % ${KINDS.length}
     CROSS JOIN LATERAL (SELECT CASE WHEN due THEN k.on ELSE $3::date + 300 + n % 1500 END AS on) e
     JOIN source s ON s.organisation_id = $1 ORDER BY n`,
    [
      organisationId,
      count,
      DAY,
      ends,
      KINDS.map((kind) => kind.value),
      KINDS.map((kind) => kind.notice),
    ],
  )
  await client.query('VACUUM ANALYZE')
}

/** The first end for which the rules raise that reminder on the day, and nothing else. */
function endFor({ value, notice, wants, rung }, rules) {
  for (let days = 1; days < 1_500; days += 1) {
    const end = addDays(DAY, days)
    const contract = contractOf(
      {
        id: 0,
        start: addDays(DAY, -900),
        endKind: 'dated',
        endPrecision: 'day',
        endEarliest: end,
        endLatest: end,
        maximumEnd: null,
        noticeAmount: notice,
        noticeUnit: notice === null ? null : 'months',
        // A notice of which nobody said what it prevents is asked about instead.
        automaticRenewal: notice === null ? null : true,
        renewalAmount: null,
        renewalUnit: null,
        reviewOn: null,
        route: null,
        value,
        currency: 'GBP',
        successorStart: null,
        closedOn: null,
        historic: false,
        watched: true,
        outOfContractOn: null,
      },
      [],
      [],
    )
    const watched = {
      contract,
      deadlines: deadlinesOf(contract, rules, DAY),
      alerts: [],
      laddersFrom: null,
      watched: true,
    }
    const { raise } = planWarnings(watched, DAY, rules)
    if (raise.length === 1 && raise[0].deadline.kind === wants && raise[0].rung === rung) return end
  }
  throw new Error(`No end makes a ${wants} rung of ${rung} days due on ${DAY}.`)
}

/**
 * What the money and the lists of a week are made from: an emergency extension within the year for
 * one contract in twenty, a product for one in ten, and short terms for all contracts of a quarter
 * of the suppliers, among which chains are looked for (there are none).
 */
export async function furnish(client, organisationId) {
  await client.query(
    `INSERT INTO extension (organisation_id, contract_id, kind, status, from_on, to_on, cost, known_on)
     SELECT $1, id, 'emergency', 'confirmed', $2::date - 300 + id % 250, $2::date - 270 + id % 250,
            1000 + id % 9000 + 0.37, $2::date - 310 + id % 250
     FROM contract WHERE organisation_id = $1 AND id % 20 = 0`,
    [organisationId, DAY],
  )
  await client.query(
    `INSERT INTO product (organisation_id, name, name_key)
     SELECT $1, 'Product ' || n, 'product ' || n FROM generate_series(0, 499) n`,
    [organisationId],
  )
  await client.query(
    `INSERT INTO contract_product (contract_id, product_id)
     SELECT c.id, p.id FROM contract c JOIN product p
         ON p.organisation_id = $1 AND p.name_key = 'product ' || c.id / 10 % 500
     WHERE c.organisation_id = $1 AND c.id % 10 = 0`,
    [organisationId],
  )
  await client.query(
    `UPDATE contract SET start = end_latest - 100
     WHERE organisation_id = $1 AND right(supplier_key, 1) IN ('0', '4') AND end_latest > $2::date + 300`,
    [organisationId, DAY],
  )
}

/** One channel for each team: five contracts are due in each, and each has its own message. */
export const UNGROUPED = `UPDATE team SET channel = 'C' || id WHERE NOT is_default`
/** Ten teams in each channel: fifty contracts are due in each, and share one message. */
export const GROUPED = `UPDATE team SET channel = 'G' || id % 20 WHERE NOT is_default`

/** Takes back what a sweep wrote, and what that left behind. */
export async function takeBack(client) {
  await client.query('BEGIN')
  await client.query('DELETE FROM delivery')
  await client.query('DELETE FROM alert')
  await client.query(
    'UPDATE contract SET next_rung_on = $1 FROM bench_plan p WHERE contract.id = p.contract_id',
    [DAY],
  )
  await client.query('UPDATE team SET last_swept_on = NULL')
  await client.query('COMMIT')
  await client.query('VACUUM contract, alert, delivery, delivery_alert, team')
}

/** Releases that are covered and in use, whose support ends in several years, or has. */
const RELEASES = [
  ...['2012', '2012-r2', '2016', '2019', '2022', '2025'].map((each) => ['windows-server', each]),
  ...['13.0-sp3', '14.0', '15.0', '16.0'].map((each) => ['mssqlserver', each]),
  ...['8', '9', '10'].map((each) => ['rhel', each]),
  ...['11', '12', '13'].map((each) => ['debian', each]),
  ...['2016', '2019', 'subscription'].map((each) => ['msexchange', each]),
]

/** So many contracts, spread over all teams, cover one of them; each team has five of them in use. */
export async function cover(client, organisationId, count, nextCheckOn) {
  await uncover(client)
  const releases = [RELEASES.map(([product]) => product), RELEASES.map(([, release]) => release)]
  await client.query(
    `INSERT INTO cover (organisation_id, contract_id, key, product, release, kind, count, chosen_on)
     SELECT $1, c.id, r.product || '/' || r.release || '/support', r.product, r.release, 'support',
            1 + c.id % 50, $5::date - 300
     FROM (SELECT id FROM contract WHERE organisation_id = $1 ORDER BY md5(id::text) LIMIT $2) c
     JOIN unnest($3::text[], $4::text[]) WITH ORDINALITY AS r (product, release, place)
       ON r.place = 1 + c.id / 10 % ${RELEASES.length}`,
    [organisationId, count, ...releases, DAY],
  )
  await client.query(
    `INSERT INTO in_use (organisation_id, team_id, source, words, key, product, release, count)
     SELECT $1, t.id, 'estate', r.product, r.product, r.product, r.release, 1 + t.id % 90
     FROM team t JOIN unnest($2::text[], $3::text[]) WITH ORDINALITY AS r (product, release, place)
       ON (r.place + t.id) % 4 = 0 WHERE NOT t.is_default`,
    [organisationId, ...releases],
  )
  await client.query(
    `INSERT INTO release_watch (organisation_id, team_id, product, release, first_seen_on, next_check_on)
     SELECT DISTINCT $1::int, w.team_id, w.product, w.release, $2::date - 300, $3::date FROM (
       SELECT c.team_id, v.product, v.release FROM cover v JOIN contract c ON c.id = v.contract_id
       UNION SELECT team_id, product, release FROM in_use) w`,
    [organisationId, DAY, nextCheckOn],
  )
  await client.query('VACUUM ANALYZE cover, in_use, release_watch')
}

export async function uncover(client) {
  for (const table of ['cover', 'in_use', 'release_watch'])
    await client.query(`DELETE FROM ${table}`)
}
