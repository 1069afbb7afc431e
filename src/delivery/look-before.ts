/**
 * After a backup was restored, the database has forgotten what was sent since it was taken. For a
 * while every message is looked for in that stretch of Slack's history before its first try.
 */
import type pg from 'pg'
import type { Claim } from './claim.ts'
import type { Loaded } from './facts.ts'
import type { Gateway } from './gateway.ts'

/** The stretch in which something may have been sent that the database does not know. */
export interface Forgotten {
  readonly from: Date
  readonly to: Date
}

/**
 * By then every contract has been looked at since the restore, and what it would be told of lies
 * after it.
 */
const LOOK_FOR_DAYS = 60

/** Each organisation whose database was restored lately, and what it may have forgotten. */
export async function readForgotten(pool: pg.Pool): Promise<ReadonlyMap<number, Forgotten>> {
  const found = await pool.query<{ id: number } & Forgotten>(
    `SELECT id, backed_up_at AS "from", restored_at AS "to" FROM organisation
     WHERE restored_at > now() - make_interval(days => $1) AND backed_up_at IS NOT NULL`,
    [LOOK_FOR_DAYS],
  )
  return new Map(found.rows.map(({ id, from, to }) => [id, { from, to }]))
}

export type LookedBefore =
  /** What is left to tell: all of it, or what was not told. */
  | { readonly kind: 'tell'; readonly loaded: Loaded; readonly possibleRepeat: boolean }
  /** All of it stands in Slack, here. */
  | { readonly kind: 'told'; readonly channel: string; readonly ts: string }
  | { readonly kind: 'later'; readonly why: string; readonly retryAfterMs: number | null }

/** What of this message was told in the forgotten stretch. */
export async function lookBefore(
  { pool, gateway }: { readonly pool: pg.Pool; readonly gateway: Gateway },
  claim: Claim,
  loaded: Loaded,
  forgotten: Forgotten | null,
): Promise<LookedBefore> {
  // Rewriting a message twice does no harm.
  if (forgotten === null || loaded.posted !== null)
    return { kind: 'tell', loaded, possibleRepeat: false }
  const read = await gateway.toldBetween({
    destination: claim.destination,
    threads: await threadsOf(pool, claim, loaded, forgotten),
    ...forgotten,
  })
  if (read.kind === 'later') return read
  if (read.kind === 'unreadable') return { kind: 'tell', loaded, possibleRepeat: true }
  const { told } = read
  const first = told.get(claim.key) ?? firstOf(loaded, told)
  const untold = loaded.tells.filter(({ tell }) => !told.has(tell))
  if (first !== undefined && (told.has(claim.key) || untold.length === 0)) {
    return { kind: 'told', ...first }
  }
  return { kind: 'tell', loaded: only(loaded, untold), possibleRepeat: false }
}

/**
 * The messages about these contracts that the database still knows: what followed may stand in
 * their threads, also where it would now share a message with others.
 */
async function threadsOf(
  pool: pg.Pool,
  { organisationId, destination }: Claim,
  { contractIds, threadTs }: Loaded,
  { to }: Forgotten,
): Promise<string[]> {
  const found = await pool.query<{ ts: string }>(
    `SELECT DISTINCT slack_ts AS ts FROM delivery
     WHERE organisation_id = $1 AND subject = ANY($2) AND destination = $3 AND state = 'SENT'
       AND slack_ts IS NOT NULL AND purpose <> 'update' AND facts ->> 'thread_of' IS NULL
       AND sent_at > $4::timestamptz - make_interval(days => $5)`,
    [organisationId, contractIds.map((id) => `contract:${id}`), destination, to, THREAD_DAYS],
  )
  const threads = found.rows.map(({ ts }) => ts)
  return threadTs === null ? threads : [...new Set([threadTs, ...threads])]
}

/** Nobody replies to a message that is older. */
const THREAD_DAYS = 200

function firstOf(loaded: Loaded, told: ReadonlyMap<string, Place>): Place | undefined {
  for (const { tell } of loaded.tells) {
    const place = told.get(tell)
    if (place !== undefined) return place
  }
  return undefined
}

interface Place {
  readonly channel: string
  readonly ts: string
}

/** The message without the contracts that were told. */
function only(loaded: Loaded, untold: Loaded['tells']): Loaded {
  if (untold.length === loaded.tells.length) return loaded
  const left = new Set(untold.map(({ contractId }) => contractId))
  const keeps = (index: number) => left.has(loaded.contractIds[index] ?? null)
  return {
    ...loaded,
    warnings: loaded.warnings.filter((_, index) => keeps(index)),
    contractIds: loaded.contractIds.filter((_, index) => keeps(index)),
    tells: untold,
  }
}
