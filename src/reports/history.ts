/** Who changed what of a contract, when, from what to what, and from where. */

import type { Pool, PoolClient } from 'pg'
import { type AuditChange, peopleShown, withNames } from '../database/audit-log.ts'
import { tables } from '../database/prisma.ts'
import { pick } from '../rules/text-match.ts'

interface HistoryLine extends Omit<AuditChange, 'contractId'> {
  readonly at: Date
  readonly by: string | null
  readonly via: string
}

interface HistoryRow extends HistoryLine {
  /** The account of somebody of whom nothing else is known. */
  readonly bySlack: string | null
  /** Of the whole entry. */
  readonly summary: string
}

/** A page of the changes, the latest first, with the names that people have today; one past the last is the last. */
export async function readHistory(
  pool: Pool,
  organisationId: number,
  contractId: number,
  { page, size }: { readonly page: number; readonly size: number },
): Promise<{ readonly total: number; readonly rows: readonly HistoryRow[] }> {
  const { auditChange } = tables(pool)
  const total = await auditChange.count({ where: { contractId } })
  const last = Math.max(1, Math.ceil(total / size))
  const found = await auditChange.findMany({
    where: { contractId },
    orderBy: [{ entry: { position: 'desc' } }, { position: 'asc' }],
    skip: (Math.min(page, last) - 1) * size,
    take: size,
    include: { entry: true },
  })
  const by = found.flatMap(({ entry }) => entry.byPersonId ?? [])
  const people = await peopleShown(pool, organisationId, by)
  const rows = found.map(({ entry: { at, via, summary, byPersonId }, ...row }) => {
    const person = people.find(({ id }) => id === byPersonId)
    const { name = null, account = null } = person ?? {}
    const bySlack = name === account ? account : null
    return { ...pick(row, 'what', 'field', 'from', 'to'), at, via, summary, by: name, bySlack }
  })
  return { total, rows: await withNames(pool, organisationId, rows) }
}

/** The latest changes, so many. */
export async function historyOf(
  pool: Pool,
  organisationId: number,
  contractId: number,
  limit: number,
): Promise<{ readonly total: number; readonly lines: readonly HistoryLine[] }> {
  const first = { page: 1, size: limit }
  const { total, rows } = await readHistory(pool, organisationId, contractId, first)
  const lines = rows.map((row) => pick(row, 'at', 'by', 'via', 'what', 'field', 'from', 'to'))
  return { total, lines }
}

// Which version of the data an answer speaks of: the position in the audit. Entries are committed in
// the order of their positions, so that none comes in behind one that was seen.

/** The position of the last audited change; 0 before the first. */
export async function readDataVersion(
  client: Pool | PoolClient,
  organisationId: number,
): Promise<number> {
  const last = await tables(client).auditEntry.findFirst({
    where: { organisationId },
    orderBy: { position: 'desc' },
    select: { position: true },
  })
  return last?.position ?? 0
}

/** Whether anything after that position changed what figures follow from: a pause of a warning does not. */
export async function changedSince(
  client: Pool | PoolClient,
  organisationId: number,
  version: number,
): Promise<boolean> {
  const since = await tables(client).auditEntry.findFirst({
    where: {
      organisationId,
      position: { gt: version },
      rows: { some: { what: { notIn: ['acknowledged', 'snoozed'] } } },
    },
    select: { position: true },
  })
  return since !== null
}
