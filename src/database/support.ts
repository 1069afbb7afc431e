/** What contracts cover and what is in use, by team and release; and the days to look at each next. */
import type { Pool, PoolClient } from 'pg'
import { addDays, type CivilDate } from '../rules/civil-date.ts'
import { productData } from '../rules/products.ts'
import { type Covering, type InUse, type ProductInUse, supportDeadlines } from '../rules/support.ts'
import { LIVE } from './contracts.ts'
import { tables } from './prisma.ts'

/** A release as it was said, of a product of the data. */
export interface ReleaseKey {
  readonly product: string
  readonly release: string
}

/** What tells two covers of a contract apart. */
export function coverKey({
  product,
  release,
  kind,
}: ReleaseKey & { readonly kind: string | null }): string {
  return `${product}/${release}/${kind ?? ''}`
}

export interface TeamProduct extends ProductInUse {
  readonly teamId: number
}

/**
 * What running contracts cover and what is in use, team by team: all of it, or these releases. In a
 * fixed number of queries.
 */
export async function readProductsInUse(
  client: Pool | PoolClient,
  organisationId: number,
  keys: readonly ReleaseKey[] | null = null,
): Promise<TeamProduct[]> {
  const [only, values] = among(keys)
  const covers = await client.query<Covering & ReleaseKey & { readonly teamId: number }>(
    `SELECT c.team_id AS "teamId", v.product, v.release, c.reference, v.kind, v.count, v.custom,
            c.current_earliest AS earliest, c.current_latest AS latest,
            (SELECT min(d.due_on) FROM deadline d WHERE d.contract_id = c.id AND d.kind = 'start-by'
               AND d.settled_why IS NULL) AS "startBy"
       FROM cover v JOIN contract c ON c.id = v.contract_id ${only('v')}
      WHERE v.organisation_id = $1 AND v.product IS NOT NULL AND ${LIVE}
      ORDER BY c.reference, c.id, v.id`,
    [organisationId, ...values],
  )
  const uses = await client.query<InUse & ReleaseKey & { readonly teamId: number }>(
    `SELECT u.team_id AS "teamId", u.product, u.release, u.count, u.site
       FROM in_use u ${only('u')} JOIN team t ON t.id = u.team_id
      WHERE u.organisation_id = $1 AND u.product IS NOT NULL ORDER BY u.id`,
    [organisationId, ...values],
  )
  const found = new Map<string, TeamProduct & { covers: Covering[]; uses: InUse[] }>()
  const of = ({ teamId, product, release }: ReleaseKey & { readonly teamId: number }) => {
    const key = JSON.stringify([teamId, product, release])
    const known = found.get(key) ?? { teamId, product, release, covers: [], uses: [] }
    found.set(key, known)
    return known
  }
  for (const { teamId, product, release, ...cover } of covers.rows) {
    of({ teamId, product, release }).covers.push(cover)
  }
  for (const { teamId, product, release, ...use } of uses.rows) {
    of({ teamId, product, release }).uses.push(use)
  }
  return [...found.values()]
}

/** The join that leaves only these releases, and its two parameters, the second and the third. */
function among(keys: readonly ReleaseKey[] | null): [(alias: string) => string, string[][]] {
  if (keys === null) return [() => '', []]
  return [
    (alias) =>
      `JOIN (SELECT DISTINCT * FROM unnest($2::text[], $3::text[]) AS a (product, release)) a
         ON a.product = ${alias}.product AND a.release = ${alias}.release`,
    [keys.map(({ product }) => product), keys.map(({ release }) => release)],
  ]
}

/** What people said that words for products mean, by their key; product null: none of the data. */
export async function readWordingAnswers(client: PoolClient, organisationId: number) {
  const said = await tables(client).productWording.findMany({
    where: { organisationId },
    select: { key: true, product: true, release: true },
  })
  return new Map(said.map(({ key, product, release }) => [key, { product, release }]))
}

/** The releases that these contracts cover. */
export async function coveredBy(
  client: PoolClient,
  contractIds: readonly number[],
): Promise<ReleaseKey[]> {
  const found = await client.query<ReleaseKey>(
    `SELECT DISTINCT product, release FROM cover
      WHERE contract_id = ANY($1) AND product IS NOT NULL ORDER BY product, release`,
    [contractIds],
  )
  return found.rows
}

/**
 * Call it in the transaction that changed what is covered or in use of these releases: the next sweep
 * looks at them, reminders of ends that no longer hold are superseded, and so are messages with
 * nothing else to say.
 */
export async function recalculateSupport(
  client: PoolClient,
  { organisationId, today }: { readonly organisationId: number; readonly today: CivilDate },
  keys: readonly ReleaseKey[],
): Promise<void> {
  if (keys.length === 0) return
  const held = await readProductsInUse(client, organisationId, keys)
  const [only, values] = among(keys)
  const heldRows = [
    held.map(({ teamId }) => teamId),
    held.map(({ product }) => product),
    held.map(({ release }) => release),
  ]
  await client.query(
    `DELETE FROM release_watch w USING (SELECT w.team_id, w.product, w.release FROM release_watch w ${only('w')}
       WHERE w.organisation_id = $1) k
      WHERE w.team_id = k.team_id AND w.product = k.product AND w.release = k.release
        AND NOT EXISTS (SELECT FROM unnest($4::int[], $5::text[], $6::text[]) AS h (team_id, product, release)
          WHERE h.team_id = w.team_id AND h.product = w.product AND h.release = w.release)`,
    [organisationId, ...values, ...heldRows],
  )
  // A zone that is a day behind looks on its own day: nothing waits for a later one.
  await client.query(
    `INSERT INTO release_watch (organisation_id, team_id, product, release, first_seen_on, next_check_on)
     SELECT $1, h.*, $5::date, $6::date
       FROM unnest($2::int[], $3::text[], $4::text[]) AS h (team_id, product, release)
     ON CONFLICT (team_id, product, release) DO UPDATE SET next_check_on = excluded.next_check_on`,
    [organisationId, ...heldRows, today, addDays(today, -1)],
  )
  const open = held.flatMap((each) => supportDeadlines(each).map(({ on }) => ({ ...each, on })))
  const retired = await client.query<{ id: number }>(
    `UPDATE alert SET state = 'superseded', paused_until = NULL
       FROM (SELECT w.id FROM alert w ${only('w')} WHERE w.organisation_id = $1 AND w.kind = 'support'
               AND w.state NOT IN ('superseded', 'closed') AND NOT EXISTS (
                 SELECT FROM unnest($4::int[], $5::text[], $6::text[], $7::date[]) AS o (team_id, product, release, due_on)
                  WHERE o.team_id = w.team_id AND o.product = w.product AND o.release = w.release
                    AND o.due_on = w.deadline_on)) gone
      WHERE alert.id = gone.id RETURNING alert.id`,
    [
      ...[organisationId, ...values],
      open.map(({ teamId }) => teamId),
      open.map(({ product }) => product),
      open.map(({ release }) => release),
      open.map(({ on }) => on),
    ],
  )
  if (retired.rows.length === 0) return
  await client.query(
    `UPDATE delivery d SET state = 'SUPERSEDED' FROM delivery_alert g
      WHERE g.alert_id = ANY($1) AND d.id = g.delivery_id AND d.state IN ('PENDING', 'RETRY', 'BLOCKED')
        AND NOT EXISTS (SELECT FROM delivery_alert o JOIN alert a ON a.id = o.alert_id
          WHERE o.delivery_id = d.id AND a.state NOT IN ('superseded', 'closed'))`,
    [retired.rows.map(({ id }) => id)],
  )
}

/**
 * Where the ends of support are of another day than those that reminders were kept by, all releases
 * are looked at again, once.
 */
export async function recalculateNewEnds(
  client: PoolClient,
  { organisationId, today }: { readonly organisationId: number; readonly today: CivilDate },
): Promise<void> {
  const { rows } = await client.query<ReleaseKey>(
    `WITH news AS (UPDATE organisation SET products_as_of = $2
                    WHERE id = $1 AND products_as_of IS DISTINCT FROM $2 RETURNING id)
     SELECT DISTINCT w.product, w.release FROM news JOIN release_watch w ON w.organisation_id = news.id
      ORDER BY 1, 2`,
    [organisationId, productData().asOf],
  )
  if (rows.length > 0) await recalculateSupport(client, { organisationId, today }, rows)
}
