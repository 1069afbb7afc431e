/** The register and what is due of it, page by page. */

import type { Pool, PoolClient } from 'pg'
import {
  beforeItsEnd,
  IS_END,
  IS_LIVE,
  readContracts,
  stillAsks,
  WATCHED,
} from '../database/contracts.ts'
import type { Contract, Prisma, Source } from '../database/generated/client.ts'
import { literally, tables } from '../database/prisma.ts'
import { type CivilDate, daysBetween, dayText } from '../rules/civil-date.ts'
import {
  assessmentSaid,
  type ContractNames,
  type ContractState,
  type DeadlineKind,
  lastExtension,
  reviewBeside,
  reviewDays,
  type Severity,
  SOON_DAYS,
  severity,
} from '../rules/contract.ts'
import { UserError } from '../rules/user-error.ts'
import type { PersonalDataFacts } from '../text/contract-list.ts'
import type { Worth } from '../text/words.ts'
import { buyersOf, STATE_READ, stateOf } from './contract.ts'

interface ListedContract extends ContractNames, Worth {
  readonly source: string
  readonly buyer: string | null
  readonly start: CivilDate | null
  readonly end: CivilDate | null
  readonly currentEnd: CivilDate | null
  /** The earlier end that the register gives, only where people recorded a later one: it warns. */
  readonly disputedEnd?: CivilDate
  readonly state: ContractState
  /** How many questions are open about it. */
  readonly questions: number
}

export const PAGE_SIZE = 100

export async function listContracts(
  pool: Pool,
  organisationId: number,
  page: number,
  today: CivilDate,
): Promise<{ readonly total: number; readonly items: readonly ListedContract[] }> {
  const total = await tables(pool).contract.count({ where: { organisationId } })
  const found = await tables(pool).contract.findMany({
    where: { organisationId },
    orderBy: { id: 'asc' },
    take: PAGE_SIZE,
    skip: (page - 1) * PAGE_SIZE,
    include: {
      source: { select: { name: true } },
      ...STATE_READ,
      _count: { select: { questions: { where: { question: { answer: null } } } } },
    },
  })
  const items = found.map((row): ListedContract => {
    const { reference, title, supplier, start, value, valueBasis, currency } = row
    const { currentLatest: currentEnd, disputedEnd } = row
    return {
      ...{ reference, source: row.source.name, title, buyer: buyersOf(row), supplier },
      ...{ start, end: row.endLatest, currentEnd, value, valueBasis, currency },
      state: stateOf(row, today),
      questions: row._count.questions,
      ...(disputedEnd === null ? {} : { disputedEnd }),
    }
  })
  return { total, items }
}

export interface DueItem extends ContractNames, Worth {
  readonly kind: DeadlineKind
  readonly date: CivilDate
  /** Negative where it has passed. */
  readonly daysLeft: number
  /** A day on an assumed route that has passed is no alarm: `planned`. */
  readonly severity: Severity
  readonly reason: string
  readonly owner: string | null
  /** There only of a start-by on a route that is assumed: a day to plan by. */
  readonly assumed?: true
}

/** How many there are of each, whatever the limit. */
interface DueCounts {
  readonly overdue: number
  readonly within30: number
  readonly later: number
  /** Start-bys on assumed routes, their day passed or not. */
  readonly planned: number
}

interface DueQuery {
  readonly organisationId: number
  readonly asOf: CivilDate
  readonly days: number
  readonly teamId: number | null
  readonly limit: number | null
  /** Days to start by on assumed routes that have passed come last: they plan, and alarm nobody. */
  readonly plannedLast?: boolean
}

/**
 * Deadlines that are open on that day and fall within so many days after it. Those of a contract
 * that has ended are left out, but for its end; so are historic, closed and unwatched contracts.
 */
export async function listDue(
  pool: Pool,
  query: DueQuery,
): Promise<{
  readonly total: number
  readonly items: readonly DueItem[]
  readonly counts: DueCounts
}> {
  const { organisationId, asOf, days, teamId, limit, plannedLast = false } = query
  const found = await pool.query<
    Omit<DueItem, 'daysLeft' | 'severity' | 'assumed'> & {
      latest: CivilDate
      isAssumed: boolean
      total: number
      overdue: number
      within30: number
      planned: number
    }
  >(
    `SELECT each.*, count(*) OVER ()::int AS total,
            count(*) FILTER (WHERE "isAssumed") OVER ()::int AS planned,
            count(*) FILTER (WHERE NOT "isAssumed" AND latest < $2::date) OVER ()::int AS overdue,
            count(*) FILTER (WHERE NOT "isAssumed" AND latest >= $2::date AND date <= $2::date + ${SOON_DAYS}) OVER ()::int
              AS "within30"
     FROM (
     SELECT c.reference, c.title, c.supplier, d.kind, d.due_on AS date, d.reason,
            p.display_name AS owner, c.value, c.value_basis AS "valueBasis", c.currency,
            CASE WHEN ${IS_END} THEN c.current_latest
                 ELSE coalesce(d.latest_on, d.due_on) END AS latest,
            d.assumed AS "isAssumed"
     FROM deadline d JOIN contract c ON c.id = d.contract_id
     LEFT JOIN person p ON p.id = c.owner_id AND p.erased_at IS NULL
     WHERE d.organisation_id = $1 AND d.settled_why IS NULL AND ${stillAsks('$2::date')} AND d.due_on <= $2::date + $3::int
       AND ${WATCHED}
       AND ($4::int IS NULL OR c.team_id = $4)
       AND ${beforeItsEnd('$2')}
     ) AS each
     ORDER BY $6 AND "isAssumed" AND latest < $2::date, date, reference, kind LIMIT $5`,
    [organisationId, asOf, days, teamId, limit, plannedLast],
  )
  const { total = 0, overdue = 0, within30 = 0, planned = 0 } = found.rows[0] ?? {}
  return {
    total,
    // Of a large register there are hundreds of thousands: made field by field.
    items: found.rows.map((row): DueItem => {
      const { latest, isAssumed } = row
      const daysLeft = daysBetween(asOf, row.date)
      const isPast = asOf > latest
      const item: DueItem = {
        reference: row.reference,
        title: row.title,
        supplier: row.supplier,
        kind: row.kind,
        date: row.date,
        daysLeft,
        // An imprecise end is overdue only after the latest day that it may mean.
        severity: isPast ? (isAssumed ? 'planned' : 'overdue') : severity(Math.max(0, daysLeft)),
        reason: row.reason,
        owner: row.owner,
        value: row.value,
        valueBasis: row.valueBasis,
        currency: row.currency,
      }
      return isAssumed ? { ...item, assumed: true } : item
    }),
    counts: { overdue, within30, planned, later: total - overdue - within30 - planned },
  }
}

/** The contract that somebody means by what they typed. */

type Candidate = Pick<Contract, 'id' | 'reference' | 'title' | 'supplier'> & {
  readonly source: Pick<Source, 'name'>
}

/**
 * The id of the one contract of that reference, of `#id`, or of a part of reference or title that
 * only one contract has.
 * @throws UserError where there is none, or several: it lists them.
 */
export async function findContract(
  client: Pool | PoolClient,
  organisationId: number,
  typed: string,
): Promise<number> {
  const text = typed.trim().replace(/^["'“‘]+|["'”’]+$/g, '')
  if (text === '') throw new UserError('Which contract? Give its reference.')
  const number = /^#(\d{1,9})$/.exec(text)?.[1]
  const read = (
    where: Prisma.ContractWhereInput,
    ...first: Prisma.ContractOrderByWithRelationInput[]
  ) =>
    tables(client).contract.findMany({
      where: { organisationId, ...where },
      orderBy: [...first, { id: 'asc' }],
      take: 11,
      select: {
        ...{ id: true, reference: true, title: true, supplier: true },
        source: { select: { name: true } },
      },
    })
  if (number !== undefined) return only(await read({ id: Number(number) }), text)
  const key = text.replace(/\s+/g, ' ').toLowerCase()
  const exact = await read({ referenceKey: key })
  if (exact.length > 0) return only(exact, text)
  const contains = literally(key)
  const title = { contains, mode: 'insensitive' } as const
  const partly = { OR: [{ referenceKey: { contains } }, { title }] }
  return only(await read(partly, { historic: 'asc' }), text)
}

function only(found: readonly Candidate[], typed: string): number {
  const [first] = found
  if (!first) throw new UserError(`No contract is called "${typed}". List them with: contracts`)
  if (found.length === 1) return first.id
  const lines = found.slice(0, 10).map(candidateLine)
  const more = found.length > 10 ? ' (the first ten)' : ''
  throw new UserError(`Several contracts fit "${typed}"${more}; say which by its number:`, lines)
}

function candidateLine({ id, reference, title, supplier, source }: Candidate): string {
  return [`#${id}`, reference, title, supplier, source.name]
    .filter((part) => part !== null)
    .join(' · ')
}

// The contracts that process personal data, for a data-protection officer.

type PersonalDataItem = PersonalDataFacts['items'][number]

/** Running contracts of a team, or of all. */
export async function readPersonalData(
  client: Pool | PoolClient,
  {
    organisationId,
    teamId,
    asOf,
  }: {
    readonly organisationId: number
    readonly teamId: number | null
    readonly asOf: CivilDate
  },
): Promise<Omit<PersonalDataFacts, 'asOf'>> {
  const { contract } = tables(client)
  const running = {
    ...{ organisationId, ...IS_LIVE },
    ...(teamId === null ? {} : { teamId }),
  }
  const rows = await contract.findMany({
    where: {
      ...running,
      OR: [{ personalData: true }, { sharesData: true }, { dpia: { not: null } }],
    },
    orderBy: [
      { reviewOn: { sort: 'asc', nulls: 'first' } },
      { referenceKey: 'asc' },
      { id: 'asc' },
    ],
    include: { team: { select: { name: true } } },
  })
  const unknown = await contract.count({
    where: {
      ...running,
      ...{ personalData: null, dpia: null, OR: [{ sharesData: null }, { sharesData: false }] },
    },
  })
  const ids = rows.map(({ id }) => id)
  const records = new Map((await readContracts(client, ids)).map((each) => [each.row.id, each]))
  const items = rows.flatMap((row): PersonalDataItem[] => {
    const record = records.get(row.id)
    if (record === undefined) return []
    const { reference, title, supplier, team, sharesData, sharedWith, dpia } = row
    const said = {
      ...{ reference, title, supplier, team: team.name, currentEnd: row.currentLatest },
      ...{ personalData: row.personalData, sharesData, sharedWith, dpia, reviewOn: row.reviewOn },
      reviewedOn: reviewDays(record.contract).reviewedOn,
      extendedFrom: lastExtension(record.contract)?.from ?? null,
    }
    return [{ ...said, findings: findingsOf(said, asOf) }]
  })
  return { items: items.sort((a, b) => b.findings.length - a.findings.length), unknown }
}

function unassessed(dpia: string | null): string | null {
  const said = dpia === null ? 'none' : assessmentSaid(dpia)
  if (said === 'none') return 'no impact assessment is recorded'
  if (said === 'open') return 'its impact assessment is not finished'
  return said === 'made' ? 'no reference of its impact assessment is known' : null
}

function findingsOf(row: Omit<PersonalDataItem, 'findings'>, asOf: CivilDate): string[] {
  const { personalData, sharesData, sharedWith, dpia, reviewOn, reviewedOn, extendedFrom } = row
  const beside = reviewBeside(row, extendedFrom)
  const isOverdue = reviewOn !== null && reviewOn < asOf && (reviewedOn ?? '') < reviewOn
  const none = beside === null && reviewOn === null && reviewedOn === null
  const found = [
    beside,
    isOverdue ? `its review was due on ${dayText(reviewOn)}` : null,
    none ? 'no review is recorded' : null,
    unassessed(dpia),
    sharesData === true && sharedWith === null ? 'it is not recorded with whom it is shared' : null,
    sharesData === null ? 'nobody said whether it is shared' : null,
    personalData === null ? 'nobody said whether it processes personal data' : null,
    personalData === false ? 'recorded as processing none' : null,
  ]
  return found.filter((each) => each !== null)
}
