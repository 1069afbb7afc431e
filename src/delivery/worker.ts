/** The worker of the outbox: claims what is due, sends it, and frees what is free again. */
import { errorText, throwFailures } from '../database/errors.ts'
import { groupedBy } from '../rules/text-match.ts'
import type { LookedUp } from './gateway.ts'
import { loadFacts } from './load.ts'
import { type Claim, claimDue } from './outbox.ts'
import {
  backOffMs,
  checkedSettings,
  countHeld,
  knowChannels,
  lookAgainAfterMs,
  nextFreeInMs,
  pausedWorkspaces,
  pauseWorkspace,
  resumeWorkspace,
  sleep,
} from './rate-limit.ts'
import {
  claimLookUps,
  expireLeases,
  type LookUp,
  lookAgain,
  type Reconciled,
  readForgotten,
  reconcile,
} from './reconcile.ts'
import { type DeliveryDeps, type Outcome, send } from './send.ts'
import { tellOfDead, unblock } from './undelivered.ts'

export interface Delivered {
  readonly sent: number
  /** Refused for now: they have a time at which they are tried again. */
  readonly retried: number
  /** Their outcome is not known yet: they are looked up before another try. */
  readonly uncertain: number
  /** Their channel takes nothing, or the workspace refuses the token. */
  readonly blocked: number
  readonly dead: number
}

/**
 * Sends until nothing is due now. A destination that only keeps its pace, or whose last message is
 * still being looked up, is waited for; retries and pauses further off are not.
 */
export async function deliverDue(
  deps: DeliveryDeps,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Delivered> {
  const { paceMs, historyLagMs } = checkedSettings(deps.settings)
  await retryWorkspaces(deps, 'at once')
  await unblock(deps.pool)
  const patienceMs = Math.max(paceMs, historyLagMs) + 1000
  const outcomes = await drain(deps, { patienceMs, signal })
  // Not in the tally: these messages are about deliveries that it counts as dead already.
  if ((await tellOfDead(deps)) > 0) await drain(deps, { patienceMs, signal })
  return tally([...outcomes.values()], await countHeld(deps.pool))
}

/**
 * Delivers for as long as the process runs: ends after the signal, once what is under way has
 * ended or been handed back. A failure of the database is logged and tried again. `sent` is called
 * each time that all is sent which can be sent now.
 */
export async function runDelivery(
  deps: DeliveryDeps,
  signal: AbortSignal,
  sent: () => void = () => undefined,
): Promise<void> {
  const { pollMs } = checkedSettings(deps.settings)
  let unblockedAt = Number.NEGATIVE_INFINITY
  while (!signal.aborted) {
    let waitMs = pollMs
    try {
      await retryWorkspaces(deps, 'when the pause is over')
      if (deps.elapsed() - unblockedAt >= UNBLOCK_EVERY_MS) {
        unblockedAt = deps.elapsed()
        await unblock(deps.pool)
        await tellOfDead(deps)
      }
      await drain(deps, { patienceMs: 0, signal })
      sent()
      if (!signal.aborted) waitMs = await untilNextLook(deps)
    } catch (error) {
      deps.log(`Delivery stumbled and goes on: ${errorText(error)}`)
    }
    await sleep(waitMs, signal)
  }
}

async function untilNextLook({ pool, settings }: DeliveryDeps): Promise<number> {
  const free = (await nextFreeInMs(pool)) ?? settings.pollMs
  return Math.max(SHORTEST_WAIT_MS, Math.min(free, settings.pollMs))
}

const UNBLOCK_EVERY_MS = 60_000

/** Another process may hold what is free: it is asked again, but not without a breath. */
const SHORTEST_WAIT_MS = 5

/** A token that works again ends its workspace's pause. */
async function retryWorkspaces(
  { pool, gateway, settings, log }: DeliveryDeps,
  when: 'at once' | 'when the pause is over',
): Promise<void> {
  for (const { organisationId, why, over } of await pausedWorkspaces(pool)) {
    if (!over && when !== 'at once') continue
    const identity = await gateway.identify()
    if (identity.kind === 'known') {
      log('The workspace takes messages again.')
      await resumeWorkspace(pool, organisationId)
    } else {
      await pauseWorkspace(pool, organisationId, settings.workspacePauseMs, why)
    }
  }
}

function tally(outcomes: readonly Outcome[], held: number): Delivered {
  const count = (...kinds: readonly Outcome[]) =>
    outcomes.filter((outcome) => kinds.includes(outcome)).length
  return {
    sent: count('sent'),
    retried: count('retried', 'handed-back'),
    uncertain: count('uncertain'),
    blocked: count('blocked') + held,
    dead: count('dead'),
  }
}

interface DrainOptions {
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
  throwFailures(failures)
  return outcomes
}

/** The ids of deliveries, each with what came of it. */
type Outcomes = readonly (readonly [number, Outcome])[]

interface Work extends DrainOptions {
  readonly underWay: ReadonlySet<Promise<void>>
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
        start(async () => [
          [claim.id, await send({ deps, claim, read: loaded, signal, forgotten: of })],
        ])
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
