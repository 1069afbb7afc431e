/** The register and what is due of it, page by page. */
import type { Pool, PoolClient } from 'pg'
import { stillAsks } from '../database/contracts.ts'
import type { Contract, Prisma, Source } from '../database/generated/client.ts'
import { tables } from '../database/prisma.ts'
import { type CivilDate, daysBetween } from '../rules/civil-date.ts'
import { type DeadlineKind, type Severity, severity } from '../rules/contract.ts'
import type { Decimal } from '../rules/money.ts'
import { UserError } from '../rules/user-error.ts'
import { type ContractState, stateSql } from './contract.ts'

export interface ListedContract {
  readonly reference: string
  readonly source: string
  readonly title: string | null
  readonly buyer: string | null
  readonly supplier: string | null
  readonly start: CivilDate | null
  readonly end: CivilDate | null
  readonly currentEnd: CivilDate | null
  /** The earlier end that the register gives, only where people recorded a later one: it warns. */
  readonly disputedEnd?: CivilDate
  readonly value: Decimal | null
  readonly currency: string
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
  const found = await pool.query<
    Omit<ListedContract, 'disputedEnd'> & { readonly disputedEnd: CivilDate | null }
  >(
    `SELECT c.reference, s.name AS source, c.title,
            (SELECT string_agg(b.name, '; ' ORDER BY cb.position) FROM contract_buyer cb
             JOIN buyer b ON b.id = cb.buyer_id WHERE cb.contract_id = c.id) AS buyer,
            c.supplier, c.start, c.end_latest AS "end", c.current_latest AS "currentEnd",
            c.disputed_end AS "disputedEnd",
            c.value, c.currency, ${stateSql('$2')} AS state,
            (SELECT count(*)::int FROM question_contract r JOIN question q ON q.id = r.question_id
             WHERE r.contract_id = c.id AND q.answer IS NULL) AS questions
     FROM contract c JOIN source s ON s.id = c.source_id
     WHERE c.organisation_id = $1 ORDER BY c.id LIMIT ${PAGE_SIZE} OFFSET $3`,
    [organisationId, today, (page - 1) * PAGE_SIZE],
  )
  const items = found.rows.map(({ disputedEnd, ...item }): ListedContract => {
    return disputedEnd === null ? item : { ...item, disputedEnd }
  })
  return { total: total, items }
}

export interface DueItem {
  readonly reference: string
  readonly title: string | null
  readonly supplier: string | null
  readonly kind: DeadlineKind
  readonly date: CivilDate
  /** Negative where it has passed. */
  readonly daysLeft: number
  readonly severity: Severity
  readonly reason: string
}

export interface DueQuery {
  readonly organisationId: number
  readonly asOf: CivilDate
  readonly days: number
  readonly teamId: number | null
  readonly limit: number | null
}

/**
 * Deadlines that are open on that day and fall within so many days after it. Those of a contract
 * that has ended are left out, but for its end; so are historic, closed and unwatched contracts.
 */
export async function listDue(
  pool: Pool,
  query: DueQuery,
): Promise<{ readonly total: number; readonly items: readonly DueItem[] }> {
  const { organisationId, asOf, days, teamId, limit } = query
  const found = await pool.query<{
    reference: string
    title: string | null
    supplier: string | null
    kind: DeadlineKind
    date: CivilDate
    latest: CivilDate
    reason: string
    total: number
  }>(
    `SELECT c.reference, c.title, c.supplier, d.kind, d.due_on AS date, d.reason,
            CASE WHEN d.kind IN ('end', 'emergency-end') THEN c.current_latest
                 ELSE coalesce(d.latest_on, d.due_on) END AS latest,
            count(*) OVER () AS total
     FROM deadline d JOIN contract c ON c.id = d.contract_id
     WHERE d.organisation_id = $1 AND d.settled_why IS NULL AND ${stillAsks('$2::date')} AND d.due_on <= $2::date + $3::int
       AND NOT c.historic AND c.closed_on IS NULL AND c.watched
       AND ($4::int IS NULL OR c.team_id = $4)
       AND (d.kind IN ('end', 'emergency-end') OR c.current_latest IS NULL OR c.current_latest >= $2)
     ORDER BY d.due_on, c.reference, d.kind LIMIT $5`,
    [organisationId, asOf, days, teamId, limit],
  )
  return {
    total: found.rows[0]?.total ?? 0,
    items: found.rows.map(({ latest, total: _, ...row }) => {
      const daysLeft = daysBetween(asOf, row.date)
      // An imprecise end is overdue only after the latest day that it may mean.
      return {
        ...row,
        daysLeft,
        severity: asOf > latest ? 'overdue' : severity(Math.max(0, daysLeft)),
      }
    }),
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
  const contains = key.replace(/[\\%_]/g, (character) => `\\${character}`)
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
