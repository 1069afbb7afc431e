/** The people, buyers, products and teams that a register names, as rows of this database. */
import type { PoolClient } from 'pg'
import { findTeam, nameKey, type Team } from '../../database/organisation.ts'
import { tables } from '../../database/prisma.ts'
import type { CivilDate } from '../../rules/civil-date.ts'
import { groupedBy, isNobody } from '../../rules/text-match.ts'
import { type Column, DateSurvey } from '../column-mapping.ts'
import { compared, readHeading } from '../column-names.ts'
import { type DateOrder, type Draft, type Problem, RegisterError } from '../draft.ts'
import { csvRows, DELIMITERS, headRows, type RegisterRow } from '../formats/csv-rows.ts'
import { sniff } from '../formats/detect.ts'
import { headText, surveyText } from '../formats/encoding.ts'
import { LIMITS } from '../limits.ts'
import { readDate } from '../parse-date.ts'
import { cleanText } from '../parse-words.ts'
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
    return [
      {
        at: first.at,
        reference: null,
        field: 'department',
        value: `${names.join(', ')}${unmatched.length > 5 ? ` and ${unmatched.length - 5} more` : ''}`,
        problem: `${unmatched.length} departments are no team here: new contracts go to ${goTo}, known ones stay where they are`,
        remedy: 'make a team of those that have a channel: team set NAME --channel CHANNEL',
        severity: 'warning',
      },
    ]
  }
  return unmatched.map(({ at, name, count, staying, team }) => {
    const whose = count === 1 ? 'its contract' : `its ${count} contracts`
    const where =
      staying === count
        ? `${whose} ${count === 1 ? 'stays' : 'stay'} with ${team}`
        : `${whose} ${count === 1 ? 'goes' : 'go'} to ${goTo}`
    return {
      at,
      reference: null,
      field: 'department',
      value: name,
      problem: `no team is called so: ${where}`,
      remedy: `make the team with: team set "${name}" --channel CHANNEL, then import again`,
      severity: 'warning',
    }
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
  const found = await client.query<{ id: number; nameKey: string | null; email: string | null }>(
    `SELECT coalesce(same_as_id, id) AS id, name_key AS "nameKey", email FROM person
     WHERE organisation_id = $1 AND (email = ANY($2) OR name_key = ANY($3)) ORDER BY id`,
    [organisationId, emails, keys],
  )
  const byEmail = new Map(found.rows.map((row) => [row.email, row.id]))
  await rename(client, found.rows, wanted)
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
    return isOther && !name.includes('@') ? [{ id: person.id, name }] : []
  })
  if (renamed.length === 0) return
  await client.query(
    `UPDATE person p SET display_name = n.name, name_key = n.key
     FROM unnest($1::int[], $2::text[], $3::text[]) AS n (id, name, key)
     WHERE p.id = n.id AND p.slack_user IS NULL AND p.erased_at IS NULL`,
    [
      renamed.map(({ id }) => id),
      renamed.map(({ name }) => name),
      renamed.map(({ name }) => nameKey(name)),
    ],
  )
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

// The list of an umbrella's members: reference, organisation, team, from, to; a CSV file.

export interface ListedMember {
  readonly at: string
  /** Of the umbrella; null where the row names none. */
  readonly reference: string | null
  readonly buyer: string
  readonly team: string | null
  readonly from: CivilDate | null
  readonly to: CivilDate | null
  /** What of its days could not be read. */
  readonly unread: string | null
}

export interface MemberList {
  readonly members: readonly ListedMember[]
  readonly problems: readonly Problem[]
}

const HEADINGS = {
  reference: [
    'reference',
    'ref',
    'contract',
    'contract reference',
    'agreement',
    'umbrella',
    'agreement reference',
    'umbrella reference',
    'contract ref',
  ],
  buyer: [
    'organisation',
    'organization',
    'organisation name',
    'organization name',
    'member',
    'member name',
    'buyer',
    'body',
    'trust',
    'trust name',
    'participant',
    'participating organisation',
    'name',
    'authority',
    'customer',
  ],
  team: ['team', 'our team', 'team here'],
  from: [
    'from',
    'start',
    'start date',
    'joins',
    'joined',
    'joins on',
    'joined on',
    'join date',
    'joining date',
    'date joined',
    'member from',
    'covered from',
    'effective from',
    'valid from',
  ],
  to: [
    'to',
    'until',
    'end',
    'end date',
    'leaves',
    'left',
    'leaves on',
    'left on',
    'leave date',
    'leaving date',
    'date left',
    'member to',
    'member until',
    'covered to',
    'covered until',
    'effective to',
    'valid to',
  ],
} as const
type MemberField = keyof typeof HEADINGS
const FIELDS = Object.keys(HEADINGS) as readonly MemberField[]

interface Found {
  readonly delimiter: string
  readonly line: number
  readonly headings: readonly string[]
  readonly at: Readonly<Partial<Record<MemberField, number>>>
}

/**
 * Reads the whole list. A row whose days cannot be read keeps its member, so that somebody is told of
 * the end; it counts as not covered until its days are said.
 * @throws RegisterError where it is no such list, or nothing settles the order of its dates.
 */
export async function readMemberList(path: string, dates: DateOrder | null): Promise<MemberList> {
  const file = await sniff(path, null)
  if (file.format !== 'csv') {
    throw new RegisterError(`${file.name} is no CSV file. Save the list of members as CSV.`)
  }
  const survey = await surveyText(file.path, file.name, () => undefined)
  const found = findColumns(
    file.name,
    headText(file.head, survey.encoding),
    file.bytes === file.head.length,
  )
  const rows: RegisterRow[] = []
  const { name, path: at } = file
  const csv = { path: at, name, encoding: survey.encoding, delimiter: found.delimiter }
  for await (const some of csvRows(csv)) {
    rows.push(...some.filter(({ line, cells }) => line > found.line && cells.some(isFilled)))
  }
  const orders = ordersOf(file.name, found, rows, dates)
  const problems: Problem[] = unusedColumns(found)
  const members = rows.flatMap((row) => readRow(row, found, orders, problems))
  return { members: oncePerMember(members, problems), problems }
}

const isFilled = (cell: string) => cell.trim() !== ''

function findColumns(file: string, text: string, isWhole: boolean): Found {
  let best: Found | null = null
  for (const delimiter of DELIMITERS) {
    for (const { cells, line } of headRows(text, delimiter, isWhole, file).slice(
      0,
      LIMITS.headingRows,
    )) {
      const at: Partial<Record<MemberField, number>> = {}
      cells.forEach((cell, index) => {
        const key = compared(cell)
        const field = FIELDS.find((each) => (HEADINGS[each] as readonly string[]).includes(key))
        if (field !== undefined) at[field] ??= index
      })
      const isBetter = best === null || Object.keys(at).length > Object.keys(best.at).length
      if (at.buyer !== undefined && isBetter) best = { delimiter, line, headings: cells, at }
    }
  }
  if (best !== null) return best
  throw new RegisterError(
    `${file}: no column of organisations was recognised. Give it the headings reference, organisation, team, from, to.`,
  )
}

/** Of its two columns of days, by index; one that nothing settles borrows the other's. */
function ordersOf(
  file: string,
  { headings, at }: Found,
  rows: readonly RegisterRow[],
  dates: DateOrder | null,
): ReadonlyMap<number, DateOrder | null> {
  const columns = (['from', 'to'] as const).flatMap((field): Column[] => {
    const index = at[field]
    if (index === undefined) return []
    return [
      {
        field: field === 'from' ? 'start' : 'end',
        index,
        heading: readHeading(headings[index] ?? ''),
      },
    ]
  })
  const seen = new DateSurvey(columns)
  for (const row of rows) seen.see(row)
  return seen.orders(file, dates)
}

function unusedColumns({ headings, line, at }: Found): Problem[] {
  const used = new Set(Object.values(at))
  return headings.flatMap((heading, index) =>
    used.has(index) || heading.trim() === ''
      ? []
      : [
          {
            ...{ at: String(line), reference: null, field: heading.trim(), value: null },
            problem: 'this column is not read',
            remedy: 'Call it reference, organisation, team, from or to where it is one of these.',
            severity: 'note' as const,
          },
        ],
  )
}

/** `everyone except York`, `Left: Wakefield`, `5 other ICBs`, `Harrogate?`, `Hull; Selby`. */
const UNCLEAR_ORGANISATION =
  /[?;]|^(?:everyone|everybody|any|others?|various|several|the rest|left|leaving|not yet|formerly|pending|\d+ )\b|^all (?:the |other |\w+ )?(?:trusts?|councils?|organisations?|members?|sites?|hospitals?|icbs?|schools?|bodies|authorities|of)\b|\b(?:except|excluding|not yet joined|has left|tbc)\b/i

function readRow(
  row: RegisterRow,
  { at, headings }: Found,
  orders: ReadonlyMap<number, DateOrder | null>,
  problems: Problem[],
): ListedMember[] {
  const raw = (field: MemberField) => row.cells[at[field] ?? -1] ?? ''
  const [reference, buyer, team] = [raw('reference'), raw('buyer'), raw('team')].map(cleanText)
  const report = (
    field: MemberField,
    problem: string,
    remedy: string,
    severity: Problem['severity'],
  ) =>
    problems.push({
      ...{ at: String(row.line), reference: reference ?? null, problem, remedy, severity },
      field: headings[at[field] ?? -1]?.trim() ?? field,
      value: raw(field).trim().slice(0, 200),
    })
  if (buyer == null || nameKey(buyer) === '') {
    report(
      'buyer',
      'no organisation is named: nobody is recorded',
      'Name the organisation.',
      'error',
    )
    return []
  }
  if (/^(?:grand |sub[- ]?)?totals?\b/i.test(buyer)) {
    report('buyer', 'a row of totals: nobody is recorded', 'Leave it out.', 'note')
    return []
  }
  const unread: string[] = []
  if (isNobody(buyer) || UNCLEAR_ORGANISATION.test(buyer)) {
    unread.push(`organisation: ${buyer.slice(0, 60)}`)
    const problem = 'this may be several organisations, or none: it counts as not covered'
    report('buyer', problem, 'Give each a row with its name and nothing else.', 'question')
  }
  const day = (field: 'from' | 'to'): CivilDate | null => {
    const index = at[field]
    if (index === undefined) return null
    const reading = readDate(raw(field), orders.get(index) ?? null, {
      years: 2000,
      isEnd: field === 'to',
    })
    if (reading.kind === 'nil' || (reading.kind === 'rolling' && field === 'to')) return null
    if (reading.kind === 'date' && reading.remark === undefined) {
      if (reading.precision === 'day') return reading.earliest
      const counted = field === 'from' ? reading.latest : reading.earliest
      const problem = `known to the ${reading.precision}: counted ${field} ${counted}`
      report(field, problem, 'Give the day.', 'question')
      return counted
    }
    unread.push(`${field}: ${raw(field).trim().slice(0, 60)}`)
    const problem =
      reading.kind === 'bad' ? reading.problem : 'this says more than a day, or no day'
    report(
      field,
      `${problem}: it counts as not covered`,
      'Give the day, or leave it blank.',
      'question',
    )
    return null
  }
  const days = { from: day('from'), to: day('to') }
  if (days.from !== null && days.to !== null && days.from > days.to) {
    unread.push(`from ${days.from} to ${days.to}`)
    const problem = 'it leaves before it joins: it counts as not covered'
    report('to', problem, 'Correct one of the two days.', 'question')
    Object.assign(days, { from: null, to: null })
  }
  return [
    {
      ...{ at: String(row.line), reference: reference ?? null, buyer, team: team ?? null, ...days },
      unread: unread.length === 0 ? null : unread.join('; '),
    },
  ]
}

/** Two rows of one member say the same, or neither is taken for true. */
function oncePerMember(members: readonly ListedMember[], problems: Problem[]): ListedMember[] {
  const groups = groupedBy(
    members,
    (each) => `${(each.reference ?? '').toLowerCase()} ${nameKey(each.buyer)}`,
  )
  return [...groups.values()].flatMap((rows) => {
    const [first, ...others] = rows
    if (first === undefined) return []
    if (others.every((each) => saidIn(each) === saidIn(first))) return [first]
    const lines = rows.map(({ at }) => at).join(' and ')
    problems.push({
      ...{ at: first.at, reference: first.reference, field: null, value: first.buyer },
      problem: `rows ${lines} say different things of it: it counts as not covered`,
      remedy: 'Keep the one that holds.',
      severity: 'question',
    })
    return [{ ...first, from: null, to: null, unread: `rows ${lines} of its list differ` }]
  })
}

function saidIn({ team, from, to, unread }: ListedMember): string {
  return JSON.stringify([team === null ? null : nameKey(team), from, to, unread])
}
