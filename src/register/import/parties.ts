/** The people, buyers, products and teams that a register names, as rows of this database. */
import type { PoolClient } from 'pg'
import { writeColumns } from '../../database/bulk.ts'
import { findTeam, nameKey, type Team } from '../../database/organisation.ts'
import { tables } from '../../database/prisma.ts'
import { type Draft, type Problem, warning } from '../draft.ts'
import type { Resolved } from './columns.ts'

/** Turns names into ids, batch by batch; a name is looked up once in an import. */
export interface Parties {
  /** Finds or makes everybody whom these drafts name. Call it before `resolve`. */
  meet(drafts: readonly Draft[]): Promise<void>
  resolve(draft: Draft): Resolved
  buyerIds(draft: Draft): readonly number[]
  productIds(draft: Draft): readonly number[]
  /** That a known contract, whose department is no team here, stays with this team. */
  stays(draft: Draft, team: string): void
  /** Departments that are no team here: each told once, many of them in one line. */
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
  const unmatched = new Map<
    string,
    {
      readonly at: string
      readonly name: string
      count: number
      /** How many known contracts stay with the team that they have, and its name. */
      staying: number
      team: string
    }
  >()

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
      else unmatched.set(nameKey(name), { at: draft.at, name, count: 1, staying: 0, team: '' })
    }
    // Said by whoever imports, so that it counts like the register's own word.
    return { teamId: fallback.id, teamNamed: fallbackTeam !== null }
  }

  const personId = (name: string | null, email: string | null) =>
    name === null && email === null ? null : (people.get(personKey(name, email)) ?? null)

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
    stays: (draft, team) => {
      const seen = unmatched.get(nameKey(draft.team ?? draft.department ?? ''))
      if (seen) Object.assign(seen, { staying: seen.staying + 1, team })
    },
    unmatchedDepartments: () => unmatchedProblems([...unmatched.values()], fallbackTeam),
  }
}

/** So many departments that are no teams are told by name. */
const NAMED = 3

function unmatchedProblems(
  unmatched: readonly {
    readonly at: string
    readonly name: string
    readonly count: number
    readonly staying: number
    readonly team: string
  }[],
  fallbackTeam: Team | null,
): Problem[] {
  const goTo = fallbackTeam === null ? 'the default team' : `team ${fallbackTeam.name}`
  const [first] = unmatched
  if (first !== undefined && unmatched.length > NAMED) {
    const names = unmatched.slice(0, 5).map(({ name }) => name)
    const problem = `${unmatched.length} departments are no team here: new contracts go to ${goTo}, known ones stay where they are`
    const remedy = 'make a team of those that have a channel: team set NAME --channel CHANNEL'
    const more = unmatched.length > 5 ? ` and ${unmatched.length - 5} more` : ''
    const value = `${names.join(', ')}${more}`
    return [warning(first.at, problem, remedy, { field: 'department', value })]
  }
  return unmatched.map(({ at, name, count, staying, team }) => {
    const whose = count === 1 ? 'its contract' : `its ${count} contracts`
    const where =
      staying === count
        ? `${whose} ${count === 1 ? 'stays' : 'stay'} with ${team}`
        : `${whose} ${count === 1 ? 'goes' : 'go'} to ${goTo}`
    const remedy = `make the team with: team set "${name}" --channel CHANNEL, then import again`
    const about = { field: 'department', value: name }
    return warning(at, `no team is called so: ${where}`, remedy, about)
  })
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
  const { person: people } = tables(client)
  const rows = await people.findMany({
    where: {
      organisationId,
      OR: [
        { email: { in: emails.filter((email) => email !== null) } },
        { nameKey: { in: keys.filter((key) => key !== null) } },
      ],
    },
    orderBy: { id: 'asc' },
    select: { id: true, sameAsId: true, nameKey: true, email: true, slackUser: true },
  })
  const found = rows.map(({ id, sameAsId, slackUser, ...each }) => {
    return { ...each, id: sameAsId ?? id, isName: slackUser === null }
  })
  const byEmail = new Map(found.map((row) => [row.email, row.id]))
  await rename(client, found, wanted)
  const byName = new Map((await meantByName(client, found)).map((row) => [row.nameKey, row.id]))
  const unknown: [string, { name: string | null; email: string | null }][] = []
  for (const [key, person] of missing) {
    const email = person.email?.trim().toLowerCase() ?? null
    const id = email !== null ? byEmail.get(email) : byName.get(nameKey(person.name ?? ''))
    if (id === undefined) unknown.push([key, person])
    else known.set(key, id)
  }
  if (unknown.length === 0) return
  const made = await people.createManyAndReturn({
    data: unknown.map(([, { name, email: written }]) => {
      const email = written?.trim().toLowerCase() ?? null
      // Somebody known by address alone is called by it until Slack tells a name.
      const displayName = name ?? email
      return { organisationId, displayName, nameKey: name === null ? null : nameKey(name), email }
    }),
    select: { id: true },
  })
  unknown.forEach(([key], index) => {
    const id = made[index]?.id
    if (id !== undefined) known.set(key, id)
  })
}

/**
 * Whom a name alone means, the surest last: names that answer for contracts stay these names, and an
 * account that is called the same is asked first, but where it answers for contracts already, or somebody
 * has linked the name with it.
 */
async function meantByName<Known extends { readonly id: number; readonly isName: boolean }>(
  client: PoolClient,
  known: readonly Known[],
): Promise<readonly Known[]> {
  if (known.length === 0) return []
  const ids = known.map(({ id }) => id)
  const found = await client.query<{ id: number }>(
    `SELECT owner_id AS id FROM contract WHERE owner_id = ANY ($1)
     UNION SELECT deputy_id FROM contract WHERE deputy_id = ANY ($1)
     UNION SELECT category_lead_id FROM contract WHERE category_lead_id = ANY ($1)`,
    [ids],
  )
  const answers = ({ id }: Known) => found.rows.some((row) => row.id === id)
  const names = known.filter(({ isName }) => isName)
  const accounts = known.filter(({ isName }) => !isName)
  const others = accounts.filter((each) => !answers(each)).map(({ id }) => `person ${id}`)
  const linked =
    others.length === 0
      ? []
      : await tables(client).auditChange.findMany({
          where: { what: 'linked', to: { in: others } },
          select: { to: true },
        })
  return [
    ...accounts.filter(
      (each) => answers(each) || linked.some(({ to }) => to === `person ${each.id}`),
    ),
    ...names.filter((each) => !answers(each)),
    ...names.filter(answers),
  ]
}

/** The same address with another name is one person, unless Slack says how they are called. */
async function rename(
  client: PoolClient,
  known: readonly {
    readonly id: number
    readonly nameKey: string | null
    readonly email: string | null
  }[],
  wanted: readonly { readonly name: string | null; readonly email: string | null }[],
): Promise<void> {
  const renamed = wanted.flatMap(({ name, email }) => {
    const address = email?.trim().toLowerCase() ?? null
    const person = address === null ? undefined : known.find((each) => each.email === address)
    const isOther = person !== undefined && name !== null && nameKey(name) !== person.nameKey
    return isOther && !name.includes('@')
      ? [{ id: person.id, display_name: name, name_key: nameKey(name) }]
      : []
  })
  const types = { display_name: 'text', name_key: 'text' } as const
  const only = ' AND t.slack_user IS NULL AND t.erased_at IS NULL'
  await writeColumns(client, 'person', types, renamed, { only })
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
  const { contractBuyer } = tables(client)
  await contractBuyer.deleteMany({ where: { contractId } })
  await contractBuyer.createMany({
    data: idsOf(names, known).map((buyerId, position) => ({ contractId, buyerId, position })),
  })
  return { from, to: await buyerNames(client, contractId) }
}

async function buyerNames(client: PoolClient, contractId: number): Promise<string | null> {
  const buyers = await tables(client).contractBuyer.findMany({
    where: { contractId },
    orderBy: { position: 'asc' },
    select: { buyer: { select: { name: true } } },
  })
  return buyers.length === 0 ? null : buyers.map(({ buyer }) => buyer.name).join('; ')
}
