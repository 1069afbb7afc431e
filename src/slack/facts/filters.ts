/** The filters of a question as conditions of a query, and whom they mean. */
import { stillAsks } from '../../database/contracts.ts'
import type { Prisma } from '../../database/generated/client.ts'
import { nameKey, type Team } from '../../database/organisation.ts'
import { tables } from '../../database/prisma.ts'
import { stateSql } from '../../reports/contract.ts'
import type { CivilDate } from '../../rules/civil-date.ts'
import type { DeadlineKind } from '../../rules/contract.ts'
import type { Filters, ListState, PersonMention } from '../parse/command-types.ts'
import type { BotContext } from '../request.ts'

// Filters as conditions of SQL. Whatever was typed travels as a parameter: no text of a person ever
// becomes part of a statement.

/** The values of a statement, and the places that stand for them. */
export interface Parameters {
  readonly values: readonly unknown[]
  /** `$1`, `$2` and so on. */
  add(value: unknown): string
}

export function parameters(): Parameters {
  const values: unknown[] = []
  return { values, add: (value) => `$${values.push(value)}` }
}

/** The people and teams that filters name, as ids. Null: not asked for; empty: nobody fits. */
export interface FilterIds {
  /** The asker's person, for `mine`. */
  readonly mine: number | null
  readonly askersTeams: readonly number[] | null
  readonly teams: readonly number[] | null
  readonly owners: readonly number[] | null
}

/** All of these have to hold for contract `c`, its organisation's condition among them. */
export function contractConditions(
  filters: Filters,
  ids: FilterIds,
  { organisationId, today }: { readonly organisationId: number; readonly today: CivilDate },
  { add }: Parameters,
): string[] {
  const conditions = [`c.organisation_id = ${add(organisationId)}`]
  if (ids.mine !== null) {
    const me = add(ids.mine)
    conditions.push(`(c.owner_id = ${me} OR c.deputy_id = ${me} OR c.category_lead_id = ${me})`)
  }
  for (const teams of [ids.askersTeams, ids.teams]) {
    if (teams !== null) conditions.push(`c.team_id = ANY(${add(teams)}::int[])`)
  }
  if (ids.owners !== null) conditions.push(`c.owner_id = ANY(${add(ids.owners)}::int[])`)
  if (filters.supplier !== null) conditions.push(supplierCondition(filters.supplier, add))
  if (filters.text !== null) conditions.push(textCondition(filters.text, add))
  if (filters.state !== null && filters.state !== 'overdue') {
    conditions.push(stateCondition(filters.state, `${add(today)}::date`))
  }
  return conditions
}

/** Whether the filters ask for contracts by their dates. */
export function asksForDates({ kind, days, state }: Filters): boolean {
  return kind !== null || days !== null || state === 'overdue'
}

/**
 * What has to hold for deadline `d` of contract `c` to be open, and to be one that is asked for.
 * Those of a contract that has ended are left out, but for its end. `end` includes the end of an
 * emergency extension: whoever asks what ends must not miss what ends first.
 */
export function dateConditions(
  { kind, days, state }: Filters,
  today: CivilDate,
  { add }: Parameters,
): string[] {
  const day = `${add(today)}::date`
  const conditions = [
    `d.settled_why IS NULL AND ${stillAsks(day)} AND NOT c.historic AND c.closed_on IS NULL AND c.watched`,
    `(${ENDS} OR c.current_latest IS NULL OR c.current_latest >= ${day})`,
  ]
  if (kind !== null) conditions.push(`d.kind = ANY(${add(kindsOf(kind))}::text[])`)
  if (days !== null) conditions.push(`d.due_on <= ${day} + ${add(days)}::int`)
  if (state === 'overdue') {
    // An end is due on its earliest day, which lies before its latest: what the index of dates knows.
    conditions.push(`d.due_on < ${day}`)
    conditions.push(
      `CASE WHEN ${ENDS} THEN c.current_latest ELSE coalesce(d.latest_on, d.due_on) END < ${day}`,
    )
    conditions.push(`d.kind <> 'renewal'`)
  }
  return conditions
}

const ENDS = `d.kind IN ('end', 'emergency-end')`

function kindsOf(kind: DeadlineKind): readonly DeadlineKind[] {
  return kind === 'end' ? ['end', 'emergency-end'] : [kind]
}

function supplierCondition(supplier: string, add: Parameters['add']): string {
  const key = nameKey(supplier)
  // A name of signs alone has no key: it is looked for as it stands.
  return key === ''
    ? `lower(c.supplier) LIKE ${add(part(supplier))}`
    : `c.supplier_key LIKE ${add(part(key))}`
}

function textCondition(text: string, add: Parameters['add']): string {
  const like = add(part(text))
  return `(c.reference_key LIKE ${like} OR lower(c.title) LIKE ${like} OR lower(c.supplier) LIKE ${like})`
}

/** As references are kept: one case, one space between words. No text of the database holds a NUL. */
export function folded(text: string): string {
  return text.replaceAll('\0', '').trim().replace(/\s+/g, ' ').toLowerCase()
}

/** A pattern for `LIKE` that finds this text anywhere, whatever its case and spacing. */
export function part(text: string): string {
  return `%${literally(folded(text))}%`
}

/** Within a pattern. */
function literally(text: string): string {
  return text.replace(/[\\%_]/g, (character) => `\\${character}`)
}

/**
 * What a list leaves out besides: live: all that is historic, closed, or over with evidence of what
 * came after; unclosed: the same but for historic ones; wanting: those too to which nothing is missing.
 */
export type Only = 'live' | 'unclosed' | 'wanting'

export function onlyCondition(only: Only, day: string): string {
  switch (only) {
    case 'live':
      return live(day)
    case 'unclosed':
      return `${stateSql(day)} <> 'closed'`
    case 'wanting':
      return `(${unowned(day)} OR ${stateSql(day)} IN ('undated', 'out-of-contract')) AND ${live(day)}`
  }
}

function live(day: string): string {
  return `${stateSql(day)} NOT IN ('closed', 'historic')`
}

/** Nobody is named, or who is named has left. */
function unowned(day: string): string {
  return `(c.owner_id IS NULL OR c.owner_id IN (SELECT o.id FROM person o
    WHERE o.gone_on <= ${day} OR o.erased_at IS NOT NULL))`
}

function stateCondition(state: Exclude<ListState, 'overdue'>, day: string): string {
  switch (state) {
    // Where there are two halves, the first one is what an index serves, or what is cheap to tell.
    case 'closed':
      return `${stateSql(day)} = 'closed'`
    case 'historic':
      return `c.historic AND ${stateSql(day)} = 'historic'`
    case 'undated':
    case 'rolling':
      return `c.current_latest IS NULL AND ${stateSql(day)} = '${state}'`
    case 'out-of-contract':
      return `c.current_latest < ${day} AND ${stateSql(day)} = 'out-of-contract'`
    case 'unowned':
      return `${unowned(day)} AND ${live(day)}`
    case 'emergency':
      return `c.id IN (SELECT e.contract_id FROM extension e WHERE e.kind = 'emergency'
        AND e.status = 'confirmed' AND ${day} BETWEEN e.from_on AND e.to_on) AND ${live(day)}`
    case 'disputed':
      return `c.disputed_end IS NOT NULL AND ${live(day)}`
    case 'unclassified':
      return `c.id IN (SELECT e.contract_id FROM extension e WHERE e.kind = 'unknown'
        AND e.status <> 'withdrawn') AND ${live(day)}`
  }
}

/** The ids, and the names to say them by. */
export interface ReadFilters {
  readonly ids: FilterIds
  /** The asker's teams; null where `ours` was not asked for, empty where none is known. */
  readonly askersTeams: readonly Team[] | null
  /** The teams of the name that was typed; null where none was. */
  readonly teams: readonly Team[] | null
  /** What the owner who was asked for is called; null where nobody is. */
  readonly owner: string | null
}

export async function readFilterIds(context: BotContext, filters: Filters): Promise<ReadFilters> {
  const { asker } = context
  const askersTeams = filters.whose === 'team' ? await teamsOf(context) : null
  const teams = filters.team === null ? null : teamsNamed(await context.teams(), filters.team)
  const owners = filters.owner === null ? null : await peopleNamed(context, filters.owner)
  return {
    askersTeams,
    teams,
    owner: owners?.[0]?.name ?? null,
    ids: {
      mine: filters.whose === 'mine' ? asker.personId : null,
      // Somebody whose team is not known is shown every team's, and told so.
      askersTeams: askersTeams?.length ? askersTeams.map(({ id }) => id) : null,
      teams: teams?.map(({ id }) => id) ?? null,
      owners: owners?.map(({ id }) => id) ?? null,
    },
  }
}

/** The asker's teams: those whose contracts they answer for, or to whose user group they belong. */
export async function teamsOf({
  pool,
  organisationId,
  asker,
  teams,
}: BotContext): Promise<readonly Team[]> {
  const { personId, userGroups } = asker
  const roles = [{ ownerId: personId }, { deputyId: personId }, { categoryLeadId: personId }]
  const found = await tables(pool).team.findMany({
    where: {
      organisationId,
      OR: [{ userGroup: { in: [...userGroups] } }, { contracts: { some: { OR: roles } } }],
    },
    select: { id: true },
  })
  const ids = new Set(found.map(({ id }) => id))
  return (await teams()).filter(({ id }) => ids.has(id))
}

/** The team of exactly this name, else those with it as a part of theirs. */
export function teamsNamed(teams: readonly Team[], name: string): readonly Team[] {
  const key = nameKey(name)
  if (key === '') return []
  const exact = teams.filter((team) => nameKey(team.name) === key)
  return exact.length > 0 ? exact : teams.filter((team) => nameKey(team.name).includes(key))
}

/** By Slack id; else by email or exact name; else by a part of the name. */
async function peopleNamed(
  { pool, organisationId }: BotContext,
  named: PersonMention,
): Promise<readonly { readonly id: number; readonly name: string | null }[]> {
  const read = async (where: Prisma.PersonWhereInput) => {
    const { person } = tables(pool)
    const found = await person.findMany({
      where: { organisationId, ...where },
      orderBy: { id: 'asc' },
    })
    return found.map(({ id, displayName: name }) => ({ id, name }))
  }
  if ('slackUser' in named) return read({ slackUser: named.slackUser })
  const key = nameKey(named.name)
  // Written as ILIKE, so that what stands for other characters there has to stand for itself.
  const email = { equals: literally(folded(named.name)), mode: 'insensitive' } as const
  const exact = await read({
    OR: [...(key === '' ? [] : [{ nameKey: key }]), { email }],
    erasedAt: null,
  })
  if (exact.length > 0 || key === '') return exact
  return read({ nameKey: { contains: key }, erasedAt: null })
}
