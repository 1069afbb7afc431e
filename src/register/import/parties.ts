/** The people, buyers, products and teams that a register names, as rows of this database. */
import type { PoolClient } from 'pg'
import { findTeam, nameKey, type Team } from '../../database/organisation.ts'
import type { Draft, Problem } from '../draft.ts'
import type { Resolved } from './columns.ts'

/** Turns names into ids, batch by batch; a name is looked up once in an import. */
export interface Parties {
  /** Finds or makes everybody whom these drafts name. Call it before `resolve`. */
  meet(drafts: readonly Draft[]): Promise<void>
  resolve(draft: Draft): Resolved
  buyerIds(draft: Draft): readonly number[]
  productIds(draft: Draft): readonly number[]
  /** Departments that are no team here: each told once. */
  unmatchedDepartments(): Problem[]
}

export function parties(
  client: PoolClient,
  organisationId: number,
  teams: readonly Team[],
  everyTeam: Team | null,
  fallbackTeam: Team | null = null,
): Parties {
  const fallback = fallbackTeam ?? teams.find((team) => team.isDefault)
  if (!fallback)
    throw new Error('There is no default team: start Lapsewatch once so that it makes one.')
  const people = new Map<string, number>()
  const buyers = new Map<string, number>()
  const products = new Map<string, number>()
  const teamOf = new Map<string, Team | null>()
  const unmatched = new Map<string, { readonly at: string; readonly name: string; count: number }>()

  const findDepartment = (name: string): Team | null => {
    const known = teamOf.get(name)
    if (known !== undefined) return known
    const team = findTeam(teams, name)
    teamOf.set(name, team)
    return team
  }

  const teamFor = (draft: Draft): Pick<Resolved, 'teamId' | 'teamNamed'> => {
    if (everyTeam) return { teamId: everyTeam.id, teamNamed: true }
    const names = [draft.team, draft.department].filter((name) => name !== null)
    for (const name of names) {
      const team = findDepartment(name)
      if (team) return { teamId: team.id, teamNamed: true }
    }
    const name = names[0]
    if (name !== undefined) {
      const seen = unmatched.get(nameKey(name))
      if (seen) seen.count += 1
      else unmatched.set(nameKey(name), { at: draft.at, name, count: 1 })
    }
    // Said by whoever imports, so that it counts like the register's own word.
    return { teamId: fallback.id, teamNamed: fallbackTeam !== null }
  }

  const personId = (name: string | null, email: string | null) =>
    people.get(personKey(name, email)) ?? null

  return {
    async meet(drafts) {
      await meetPeople(client, organisationId, drafts, people)
      await meetNames(
        client,
        organisationId,
        'buyer',
        drafts.flatMap((draft) => draft.buyers),
        buyers,
      )
      await meetNames(
        client,
        organisationId,
        'product',
        drafts.flatMap((draft) => draft.products),
        products,
      )
    },
    resolve: (draft) => ({
      ...teamFor(draft),
      ownerId: personId(draft.owner, draft.ownerEmail),
      deputyId: personId(draft.deputy, draft.deputyEmail ?? null),
      categoryLeadId: personId(draft.categoryLead, draft.categoryLeadEmail ?? null),
    }),
    buyerIds: (draft) => idsOf(draft.buyers, buyers),
    productIds: (draft) => idsOf(draft.products, products),
    unmatchedDepartments: () =>
      [...unmatched.values()].map(({ at, name, count }) => ({
        at,
        reference: null,
        field: 'department',
        value: name,
        problem: `no team is called so: ${count === 1 ? 'its contract goes' : `its ${count} contracts go`} to ${fallbackTeam === null ? 'the default team' : `team ${fallbackTeam.name}`}`,
        remedy: `make the team with: team set "${name}" --channel CHANNEL, then import again`,
        severity: 'warning',
      })),
  }
}

function idsOf(names: readonly string[], known: ReadonlyMap<string, number>): number[] {
  const ids = names.map((name) => known.get(nameKey(name))).filter((id) => id !== undefined)
  return [...new Set(ids)]
}

/** An email address tells a person best; else the name does. */
function personKey(name: string | null, email: string | null): string {
  return email !== null ? `email:${email.trim().toLowerCase()}` : `name:${nameKey(name ?? '')}`
}

async function meetPeople(
  client: PoolClient,
  organisationId: number,
  drafts: readonly Draft[],
  known: Map<string, number>,
): Promise<void> {
  const missing = new Map<string, { name: string | null; email: string | null }>()
  for (const draft of drafts) {
    const named: [string | null, string | null][] = [
      [draft.owner, draft.ownerEmail],
      [draft.deputy, draft.deputyEmail ?? null],
      [draft.categoryLead, draft.categoryLeadEmail ?? null],
    ]
    for (const [name, email] of named) {
      if (name === null && email === null) continue
      const key = personKey(name, email)
      if (!known.has(key) && key !== 'name:') missing.set(key, { name, email })
    }
  }
  if (missing.size === 0) return
  const wanted = [...missing.values()]
  const emails = wanted.map(({ email }) => email?.trim().toLowerCase() ?? null)
  const keys = wanted.map(({ name }) => (name === null ? null : nameKey(name)))
  const found = await client.query<{ id: number; nameKey: string | null; email: string | null }>(
    `SELECT id, name_key AS "nameKey", email FROM person
     WHERE organisation_id = $1 AND (email = ANY($2) OR name_key = ANY($3)) ORDER BY id`,
    [organisationId, emails, keys],
  )
  const byEmail = new Map(found.rows.map((row) => [row.email, row.id]))
  const byName = new Map(found.rows.map((row) => [row.nameKey, row.id]))
  const unknown: [string, { name: string | null; email: string | null }][] = []
  for (const [key, person] of missing) {
    const email = person.email?.trim().toLowerCase() ?? null
    const id = email !== null ? byEmail.get(email) : byName.get(nameKey(person.name ?? ''))
    if (id === undefined) unknown.push([key, person])
    else known.set(key, id)
  }
  if (unknown.length === 0) return
  const made = await client.query<{ id: number }>(
    `INSERT INTO person (organisation_id, display_name, name_key, email)
     SELECT $1, p.* FROM unnest($2::text[], $3::text[], $4::text[]) AS p RETURNING id`,
    [
      organisationId,
      // Somebody known by address alone is called by it until Slack tells a name.
      unknown.map(([, { name, email }]) => name ?? email?.trim().toLowerCase() ?? null),
      unknown.map(([, { name }]) => (name === null ? null : nameKey(name))),
      unknown.map(([, { email }]) => email?.trim().toLowerCase() ?? null),
    ],
  )
  unknown.forEach(([key], index) => {
    const id = made.rows[index]?.id
    if (id !== undefined) known.set(key, id)
  })
}

async function meetNames(
  client: PoolClient,
  organisationId: number,
  table: 'buyer' | 'product',
  names: readonly string[],
  known: Map<string, number>,
): Promise<void> {
  const missing = new Map<string, string>()
  for (const name of names) {
    const key = nameKey(name)
    if (!known.has(key)) missing.set(key, name)
  }
  if (missing.size === 0) return
  const made = await client.query<{ id: number; nameKey: string }>(
    `INSERT INTO ${table} (organisation_id, name, name_key)
     SELECT $1, n.* FROM unnest($2::text[], $3::text[]) AS n
     ON CONFLICT (organisation_id, name_key) DO UPDATE SET name = ${table}.name
     RETURNING id, name_key AS "nameKey"`,
    [organisationId, [...missing.values()], [...missing.keys()]],
  )
  for (const { id, nameKey: key } of made.rows) known.set(key, id)
}

/** Replaces the buyers of one contract; returns who they were and who they are, in words. */
export async function rewriteBuyers(
  client: PoolClient,
  organisationId: number,
  contractId: number,
  names: readonly string[],
): Promise<{ readonly from: string | null; readonly to: string | null }> {
  const from = await buyerNames(client, contractId)
  const known = new Map<string, number>()
  await meetNames(client, organisationId, 'buyer', names, known)
  await client.query('DELETE FROM contract_buyer WHERE contract_id = $1', [contractId])
  await client.query(
    `INSERT INTO contract_buyer (contract_id, buyer_id, position)
     SELECT $1, b.id, b.position - 1 FROM unnest($2::int[]) WITH ORDINALITY AS b (id, position)`,
    [contractId, idsOf(names, known)],
  )
  return { from, to: await buyerNames(client, contractId) }
}

async function buyerNames(client: PoolClient, contractId: number): Promise<string | null> {
  const found = await client.query<{ names: string | null }>(
    `SELECT string_agg(b.name, '; ' ORDER BY cb.position) AS names FROM contract_buyer cb
     JOIN buyer b ON b.id = cb.buyer_id WHERE cb.contract_id = $1`,
    [contractId],
  )
  return found.rows[0]?.names ?? null
}
