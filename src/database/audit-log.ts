/** The audit: one entry for each transaction, each digesting its rows and the entry before. */
import { createHash, type Hash } from 'node:crypto'
import type { Pool, PoolClient } from 'pg'
import type { CivilDate } from '../rules/civil-date.ts'
import { type CopyRow, copyRows, reserveId } from './bulk.ts'
import { lockFor } from './connect.ts'
import { tables } from './prisma.ts'

// The audit: one entry for each transaction that changed something, digesting its rows and the
// entry before, so that a changed or missing entry breaks the chain.

export interface AuditChange {
  readonly contractId: number | null
  /** created, updated, extended, decided, acknowledged, closed, reopened, removed, … */
  readonly what: string
  readonly field: string | null
  readonly from: string | null
  readonly to: string | null
}

/** As each entry of it tells that an extension was withdrawn: its first day, and its last with the reason. */
export function withdrawal(
  contractId: number,
  { kind, from, to }: { readonly kind: string; readonly from: CivilDate; readonly to: CivilDate },
  why: string | null = null,
): AuditChange {
  const said = why === null || why.trim() === '' ? to : `${to}: ${why.trim()}`
  return { contractId, what: 'extension withdrawn', field: kind, from, to: said }
}

interface AuditSource {
  readonly organisationId: number
  /** The person who acted; null for the program itself. */
  readonly byPersonId: number | null
  /** import, command line, slack, sweep. */
  readonly via: string
  readonly at: Date
}

/** Writes one entry with its rows, at the end of the transaction that made the changes. */
export async function writeAudit(
  client: PoolClient,
  source: AuditSource,
  summary: string,
  changes: readonly AuditChange[],
): Promise<void> {
  const entry = await beginAudit(client)
  await entry.add(changes)
  await entry.finish(source, summary)
}

/** An entry whose rows come in batches: a large import does not hold them all. */
export interface AuditWriter {
  readonly entryId: number
  /** Gives the rows their position and digests them; the caller may write them itself. */
  rowsOf(changes: readonly AuditChange[]): CopyRow[]
  add(changes: readonly AuditChange[]): Promise<void>
  finish(source: AuditSource, summary: string): Promise<void>
}

export async function beginAudit(client: PoolClient): Promise<AuditWriter> {
  const entryId = await reserveId(client, 'audit_entry')
  const digest = createHash('sha256')
  let count = 0
  // Rows refer to an entry that is written last, when its digest is known.
  await client.query('SET CONSTRAINTS "audit_change_entry_id_fkey" DEFERRED')
  const rowsOf: AuditWriter['rowsOf'] = (changes) =>
    changes.map((change) => {
      count += 1
      digestChange(digest, count, change)
      const { contractId, what, field, from, to } = change
      const said = { what, field, from_value: from, to_value: to }
      return { entry_id: entryId, position: count, contract_id: contractId, ...said }
    })
  return {
    entryId,
    rowsOf,
    async add(changes) {
      await copyRows(client, 'audit_change', rowsOf(changes))
    },
    async finish(source, summary) {
      const rows = digest.digest('hex')
      await chain(client, entryId, source, summary, count, rows)
    },
  }
}

async function chain(
  client: PoolClient,
  entryId: number,
  source: AuditSource,
  summary: string,
  changes: number,
  digest: string,
): Promise<void> {
  // One writer at a time for each organisation: the chain has no forks.
  await lockFor(client, 'audit', source.organisationId)
  const { auditEntry } = tables(client)
  const { organisationId, at, byPersonId, via } = source
  const last = await auditEntry.findFirst({
    where: { organisationId },
    orderBy: { position: 'desc' },
    select: { position: true, hash: true },
  })
  const position = (last?.position ?? 0) + 1
  const entry = {
    ...{ organisationId, at, byPersonId, via },
    ...{ position, summary, changes, digest, previousHash: last?.hash ?? '' },
  }
  await auditEntry.createMany({ data: { ...entry, id: entryId, hash: entryHash(entry) } })
}

interface EntryFacts extends AuditSource {
  readonly position: number
  readonly summary: string
  readonly changes: number
  readonly digest: string
  readonly previousHash: string
}

/** The hash of an entry; every part is framed, so that no two entries read the same. */
function entryHash(entry: EntryFacts): string {
  const parts = [
    entry.organisationId,
    entry.position,
    entry.at.toISOString(),
    entry.byPersonId,
    entry.via,
    entry.summary,
    entry.changes,
    entry.digest,
    entry.previousHash,
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

function digestChange(digest: Hash, position: number, change: AuditChange): void {
  const { contractId, what, field, from, to } = change
  digest.update(JSON.stringify([position, contractId, what, field, from, to]))
}

/** The audit names people by their number, so that erasing one leaves it whole. */
export function personText(id: number | null): string | null {
  return id === null ? null : `person ${id}`
}

/** A person `p` as what is shown calls them: as far as anybody knows a name, never an account. */
export const PERSON_SHOWN = `CASE WHEN p.erased_at IS NOT NULL
  THEN 'somebody erased (' || left(p.pseudonym::text, 8) || ')'
  ELSE coalesce(p.display_name, p.email, p.slack_user, 'person ' || p.id) END`

/** The people of these numbers or accounts, as they are called. */
export async function peopleShown(
  pool: Pool | PoolClient,
  organisationId: number,
  ids: readonly number[],
  accounts: readonly string[] = [],
): Promise<{ readonly id: number; readonly account: string | null; readonly name: string }[]> {
  const { rows } = await pool.query<{ id: number; account: string | null; name: string }>(
    `SELECT p.id, p.slack_user AS account, ${PERSON_SHOWN} AS name FROM person p
     WHERE p.organisation_id = $1 AND (p.id = ANY($2) OR p.slack_user = ANY($3))`,
    [organisationId, [...new Set(ids)], [...new Set(accounts)]],
  )
  return rows
}

type Told = Pick<AuditChange, 'field' | 'from' | 'to'>

/**
 * Changes as people read them. The record names people and teams by number and accounts as Slack
 * writes them, so that somebody can be erased; here they get the names that they have today.
 */
export async function withNames<Change extends Told>(
  pool: Pool | PoolClient,
  organisationId: number,
  changes: readonly Change[],
): Promise<Change[]> {
  const texts = changes.flatMap(({ field, from, to }) => [field ?? '', from ?? '', to ?? ''])
  const people = await peopleShown(
    pool,
    organisationId,
    texts.flatMap((text) => NUMBERED.exec(text)?.[1] ?? []).map(Number),
    texts.flatMap((text) => text.match(ACCOUNT) ?? []),
  )
  const teams = await tables(pool).team.findMany({ where: { organisationId } })
  const byNumber = new Map(people.map(({ id, name }) => [id, name]))
  const byAccount = new Map(people.map(({ account, name }) => [account, name]))
  const teamsById = new Map(teams.map(({ id, name }) => [id, name]))
  const inText = (text: string) =>
    text
      .replace(
        MENTION,
        (_, account: string, label?: string) => `@${byAccount.get(account) ?? label ?? account}`,
      )
      .replace(ACCOUNT, (account) => byAccount.get(account) ?? account)
  const value = (field: string | null, text: string | null) => {
    if (text === null) return null
    const number = Number(NUMBERED.exec(text)?.[1] ?? Number.NaN)
    if (PEOPLE.has(field ?? '')) return byNumber.get(number) ?? text
    if (field === 'team_id') return teamsById.get(number) ?? text
    return inText(text)
  }
  return changes.map((change) => ({
    ...change,
    field: change.field?.startsWith('person ') ? value('owner_id', change.field) : change.field,
    from: value(change.field, change.from),
    to: value(change.field, change.to),
  }))
}

/** Fields that hold a person: `person 7` where somebody changed them, `7` where an import did. */
const PEOPLE: ReadonlySet<string> = new Set([
  'owner_id',
  'deputy_id',
  'category_lead_id',
  'finance_partner_id',
])
const NUMBERED = /^(?:person )?(\d{1,9})$/
/** An account in what somebody typed, as Slack writes it, and by itself. */
const MENTION = /<@([UW][A-Z0-9]{2,})(?:\|([^<>]*))?>/g
const ACCOUNT = /\b[UW][A-Z0-9]{2,}\b/g

interface Verified {
  readonly entries: number
  readonly changes: number
  /** Of the last entry: kept elsewhere, it shows a chain that was written anew. */
  readonly lastHash: string
  /** The first entry that does not fit, and why; null where the chain is whole. */
  readonly broken: { readonly position: number; readonly why: string } | null
}

const BATCH = 5000

/** Reads the whole chain in order, in bounded memory. */
export async function verifyAudit(pool: Pool, organisationId: number): Promise<Verified> {
  let previousHash = ''
  let entries = 0
  let changes = 0
  for (let after = 0; ; ) {
    const found = await tables(pool).auditEntry.findMany({
      where: { organisationId, position: { gt: after } },
      orderBy: { position: 'asc' },
      take: 200,
    })
    for (const entry of found) {
      const expected = entries + 1
      const broken = (why: string): Verified => ({
        entries,
        changes,
        lastHash: previousHash,
        broken: { position: expected, why },
      })
      if (entry.position !== expected) return broken(`entry ${expected} is missing`)
      if (entry.previousHash !== previousHash)
        return broken('it does not follow on the entry before')
      const { count, digest } = await digestOf(pool, entry.id)
      if (count !== entry.changes) return broken(`it has ${count} rows instead of ${entry.changes}`)
      if (digest !== entry.digest) return broken('one of its rows was changed')
      if (entryHash({ ...entry, organisationId }) !== entry.hash)
        return broken('the entry itself was changed')
      previousHash = entry.hash
      entries += 1
      changes += count
      after = entry.position
    }
    if (found.length === 0) return { entries, changes, lastHash: previousHash, broken: null }
  }
}

async function digestOf(pool: Pool, entryId: number) {
  const digest = createHash('sha256')
  let count = 0
  for (let after = 0; ; ) {
    const rows = await pool.query<AuditChange & { position: number }>(
      `SELECT position, contract_id AS "contractId", what, field, from_value AS "from", to_value AS "to"
       FROM audit_change WHERE entry_id = $1 AND position > $2 ORDER BY position LIMIT ${BATCH}`,
      [entryId, after],
    )
    for (const { position, ...change } of rows.rows) {
      digestChange(digest, position, change)
      count += 1
      after = position
    }
    if (rows.rows.length < BATCH) return { count, digest: digest.digest('hex') }
  }
}
