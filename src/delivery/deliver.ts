/** Delivery as others use it: once until nothing is due, or as long as the process runs. */
import type { Outcome } from './conclude.ts'
import { drain } from './drain.ts'
import type { DeliveryDeps } from './send.ts'
import { sleep } from './sleep.ts'
import {
  countHeld,
  nextFreeInMs,
  pausedWorkspaces,
  pauseWorkspace,
  resumeWorkspace,
} from './throttle.ts'
import { checkedSettings } from './tuning.ts'
import { tellOfDead, unblock } from './unblock.ts'

/** How many deliveries ended up how. */
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
  // Not counted: it is about what was counted as dead.
  if ((await tellOfDead(deps)) > 0) await drain(deps, { patienceMs, signal })
  return tally([...outcomes.values()], await countHeld(deps.pool))
}

/**
 * Delivers for as long as the process runs: ends after the signal, once what is under way has
 * ended or been handed back. A failure of the database is logged and tried again.
 */
export async function runDelivery(deps: DeliveryDeps, signal: AbortSignal): Promise<void> {
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
      if (!signal.aborted) waitMs = await untilNextLook(deps)
    } catch (error) {
      deps.log(`Delivery stumbled and goes on: ${error instanceof Error ? error.message : error}`)
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
