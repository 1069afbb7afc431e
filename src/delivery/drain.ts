/** The outbox, emptied: claims, look-ups and posts, several destinations at a time. */
import { groupedBy } from '../domain/grouped-by.ts'
import { backOffMs } from './back-off.ts'
import { type Claim, claimDue } from './claim.ts'
import type { Outcome } from './conclude.ts'
import { loadFacts } from './facts.ts'
import type { LookedUp } from './gateway.ts'
import { readForgotten } from './look-before.ts'
import {
  claimLookUps,
  expireLeases,
  type LookUp,
  lookAgain,
  type Reconciled,
  reconcile,
} from './reconcile.ts'
import { type DeliveryDeps, send } from './send.ts'
import { sleep } from './sleep.ts'
import { knowChannels, nextFreeInMs, pauseWorkspace } from './throttle.ts'
import { lookAgainAfterMs } from './tuning.ts'

export interface DrainOptions {
  /** How long to wait for a destination that holds back what is due. */
  readonly patienceMs: number
  readonly signal: AbortSignal | undefined
}

/** After the signal, posts under way get this long; what is left is taken over by lease. */
const STOP_WITHIN_MS = 8000

/** The least that is waited: posts that end together are followed up by one claim. */
const GATHER_MS = 4

/**
 * Sends until nothing more can be sent now. Returns where each delivery that was touched stands.
 * @throws what a fault point or the database threw, once everything under way has ended.
 */
export async function drain(
  deps: DeliveryDeps,
  { patienceMs, signal }: DrainOptions,
): Promise<ReadonlyMap<number, Outcome>> {
  const outcomes = new Map<number, Outcome>()
  const underWay = new Set<Promise<void>>()
  const failures: unknown[] = []
  let ended = 0
  const start = (work: () => Promise<Outcomes>) => {
    const going = work()
      .then((ended) => {
        for (const [id, outcome] of ended) outcomes.set(id, outcome)
      })
      .catch((error: unknown) => void failures.push(error))
      .finally(() => {
        ended += 1
        underWay.delete(going)
      })
    underWay.add(going)
  }
  try {
    await work(deps, {
      patienceMs,
      signal,
      underWay,
      start,
      ended: () => ended,
      failed: () => failures.length > 0,
    })
  } catch (error) {
    failures.push(error)
  }
  await settled(underWay, signal)
  if (failures.length > 0) throw failures[0]
  return outcomes
}

/** Where each delivery stands that a piece of work was about. */
type Outcomes = readonly (readonly [number, Outcome])[]

interface Work extends DrainOptions {
  readonly underWay: ReadonlySet<Promise<void>>
  /** How many pieces of work have ended so far. */
  readonly ended: () => number
  readonly failed: () => boolean
  readonly start: (work: () => Promise<Outcomes>) => void
}

async function work(deps: DeliveryDeps, options: Work): Promise<void> {
  const { signal, underWay, failed, start } = options
  const { pool, settings, elapsed } = deps
  let keptUpAt = Number.NEGATIVE_INFINITY
  const forgotten = await readForgotten(pool)
  while (!signal?.aborted && !failed()) {
    const keepUp = elapsed() - keptUpAt >= settings.pollMs / 4
    if (keepUp) {
      keptUpAt = elapsed()
      await startLookUps(deps, options)
      await knowChannels(pool)
    }
    const endedBefore = options.ended()
    const claims = await claimFree(deps, underWay.size)
    if (claims.length > 0) {
      await deps.faults?.afterClaim?.(claims.map(({ id }) => id))
      const facts = await loadFacts(pool, claims)
      for (const claim of claims) {
        const loaded = facts.get(claim.id) ?? new Error('its facts were not loaded')
        const of = forgotten.get(claim.organisationId) ?? null
        start(async () => [[claim.id, await send(deps, claim, loaded, { signal, forgotten: of })]])
      }
    }
    if (underWay.size > 0) await waitForRoom(deps, options, claims.length === 0)
    else if (claims.length > 0 || options.ended() > endedBefore) continue
    else if (keepUp) {
      const ms = await nextFreeInMs(pool)
      if (ms === null || ms > options.patienceMs) return
      await sleep(Math.max(ms, GATHER_MS), signal)
      keptUpAt = Number.NEGATIVE_INFINITY
    } else keptUpAt = Number.NEGATIVE_INFINITY
  }
}

async function claimFree(
  { pool, owner, settings }: DeliveryDeps,
  underWay: number,
): Promise<Claim[]> {
  const limit = settings.concurrency - underWay
  if (limit <= 0) return []
  return await claimDue(pool, { owner, leaseMs: settings.leaseMs, limit })
}

/** Until something under way ends, or a destination that holds back what is due is free again. */
async function waitForRoom(
  { pool, settings }: DeliveryDeps,
  { underWay, signal }: Work,
  nothingClaimed: boolean,
): Promise<void> {
  const free = nothingClaimed ? await nextFreeInMs(pool) : null
  const enough = new AbortController()
  const longest = Math.max(GATHER_MS, Math.min(free ?? settings.pollMs, settings.pollMs))
  const timer = sleep(longest, enough.signal)
  await Promise.race([...underWay, timer])
  enough.abort()
  if (underWay.size > settings.concurrency / 2) await sleep(GATHER_MS, signal)
}

async function startLookUps(deps: DeliveryDeps, { underWay, start }: Work): Promise<void> {
  const { pool, owner, settings } = deps
  await expireLeases(pool, settings.giveUpMs)
  const channels = settings.concurrency - underWay.size
  if (channels <= 0) return
  const { leaseMs } = settings
  const claimed = await claimLookUps(pool, { owner, leaseMs, channels })
  const readings = groupedBy(claimed, ({ organisationId, destination, channelId, threadTs }) =>
    [organisationId, destination, channelId, threadTs].join(' '),
  )
  for (const lookUps of readings.values()) start(() => answerLookUps(deps, lookUps))
}

const OUTCOMES: Readonly<Record<Reconciled, Outcome>> = {
  SENT: 'sent',
  RETRY: 'retried',
  UNCERTAIN: 'uncertain',
  DEAD: 'dead',
  lost: 'lost',
}

/** One reading of a channel's history, or of a thread's, for all that is looked for there. */
async function answerLookUps(deps: DeliveryDeps, lookUps: readonly LookUp[]): Promise<Outcomes> {
  const { pool, gateway, settings, jitter } = deps
  const [first] = lookUps
  if (first === undefined) return []
  const looked = await gateway.lookUp({
    ...first,
    keys: lookUps.map(({ key }) => key),
    since: new Date(Math.min(...lookUps.map(({ firstTriedAt }) => firstTriedAt.getTime()))),
    repeats: lookUps.some(({ possibleRepeat }) => possibleRepeat),
  })
  if (looked.kind === 'blocked' && (await gateway.identify()).kind !== 'known') {
    await pauseWorkspace(pool, first.organisationId, settings.workspacePauseMs, looked.why)
  }
  const workspace = await gateway.workspace()
  const lookAgainMs = lookAgainAfterMs(settings)
  const ended: [number, Outcome][] = []
  for (const lookUp of lookUps) {
    if (lookUp.ts !== null) {
      const { channelId } = lookUp
      await lookAgain(pool, lookUp, looked, {
        lastMs: 10 * lookAgainMs,
        takeBack: async (ts) => channelId !== null && (await gateway.takeBack(channelId, ts)),
      })
      continue
    }
    const state = await reconcile(pool, lookUp, looked, {
      backOffMs: backOffMs(lookUp.failures, jitter()),
      againMs: againMs(deps, looked),
      lookAgainMs,
      giveUpMs: settings.giveUpMs,
      workspace,
    })
    deps.log(`Delivery ${lookUp.id} was looked up: ${looked.kind}, now ${state}`)
    ended.push([lookUp.id, OUTCOMES[state]])
  }
  return ended
}

/** Once Slack answers again, an uncertain message waits for no more than a lease; a rate limit says when. */
function againMs({ jitter, settings }: DeliveryDeps, looked: LookedUp): number {
  const asked = looked.kind === 'later' ? looked.retryAfterMs : null
  return asked === null
    ? settings.leaseMs * (0.5 + jitter() / 2)
    : Math.min(asked, settings.longestPauseMs)
}

async function settled(
  underWay: ReadonlySet<Promise<void>>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const ended = new AbortController()
  const tooLate = aborted(signal, ended.signal).then(() => sleep(STOP_WITHIN_MS, ended.signal))
  await Promise.race([Promise.all(underWay), tooLate])
  ended.abort()
}

function aborted(signal: AbortSignal | undefined, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) resolve()
    signal?.addEventListener('abort', () => resolve(), { once: true, signal: ended })
  })
}
