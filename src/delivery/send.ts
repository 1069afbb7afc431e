/** One claimed delivery, from facts to what Slack made of it. */
import type pg from 'pg'
import { withoutPicture } from '../messages/attached.ts'
import type { Message } from '../messages/facts.ts'
import { type Attempt, attemptOf } from './attempt.ts'
import type { Claim } from './claim.ts'
import { conclude, note, type Outcome, stood } from './conclude.ts'
import type { Loaded } from './facts.ts'
import type { FaultPoints } from './fault-points.ts'
import { beginPost, handBack } from './finish.ts'
import type { Gateway, Outgoing } from './gateway.ts'
import type { Forgotten } from './look-before.ts'
import type { Maker } from './personal.ts'
import { prepare, type Ready } from './prepare.ts'
import { joinTells } from './tells.ts'
import type { DeliverySettings } from './tuning.ts'
import type { Verdict } from './verdict.ts'

/** What delivery works with. Clock, chance and Slack are passed in. */
export interface DeliveryDeps {
  readonly pool: pg.Pool
  readonly gateway: Gateway
  /** Names this process: no two may have the same. */
  readonly owner: string
  readonly settings: DeliverySettings
  /** From 0 to 1. */
  readonly jitter: () => number
  /** Milliseconds of a monotonic clock. */
  readonly elapsed: () => number
  readonly log: (line: string) => void
  /** Told of every attempt once it has ended. */
  readonly observe?: (attempt: Attempt) => void
  readonly faults?: FaultPoints
  /** Whether somebody listens to the messages' buttons: without, they have none. */
  readonly answerable?: boolean
  /** Slack ids of those who are told when somebody has left. */
  readonly administrators?: readonly string[]
  /** Makes what people asked for; without it that waits for a process that can. */
  readonly make?: Maker
}

export interface SendOptions {
  readonly signal: AbortSignal | undefined
  /** Where it may have been sent by a database that was replaced by an older one. */
  readonly forgotten?: Forgotten | null
}

/** Where it stands in Slack, once it does. */
export interface Place {
  channel: string | null
  ts: string | null
}

/** Sends one claimed delivery and writes down what came of it. */
export async function send(
  deps: DeliveryDeps,
  claim: Claim,
  loaded: Loaded | Error,
  { signal, forgotten = null }: SendOptions,
): Promise<Outcome> {
  const began = deps.elapsed()
  const place: Place = { channel: null, ts: null }
  const outcome = await attempt(deps, claim, loaded, { signal, forgotten }, place)
  const alerts = loaded instanceof Error ? [] : loaded.alertIds
  const sinceClaimMs = deps.elapsed() - began
  deps.observe?.(attemptOf(claim, alerts, { outcome, ...place, sinceClaimMs }))
  return outcome
}

async function attempt(
  deps: DeliveryDeps,
  claimed: Claim,
  read: Loaded | Error,
  options: SendOptions,
  place: Place,
): Promise<Outcome> {
  const ready = await prepare(deps, claimed, read, options, place)
  return typeof ready === 'string' ? ready : await post(deps, ready, place)
}

/** Posts it, or rewrites what stands in Slack already; fenced by the lease. */
async function post(deps: DeliveryDeps, ready: Ready, place: Place): Promise<Outcome> {
  const { pool, gateway, settings } = deps
  const { claim, loaded, message, undrawn } = ready
  // From here to the end of the request no more than the timeout passes, and what Slack accepts is
  // in its history before the lease runs out: whoever takes over then finds it.
  const holdsForMs = settings.timeoutMs + settings.historyLagMs
  const paceMs = gateway.paced ? settings.paceMs : 0
  if (!(await beginPost(pool, claim, { holdsForMs, paceMs }))) {
    return stood(await handBack(pool, claim, 'the lease was about to run out'), 'handed-back')
  }
  const { posted } = loaded
  const put = async (said: Message) =>
    posted === null
      ? await gateway.post(outgoing(ready, said))
      : againWhereUncertain(await gateway.update(posted.channel, posted.ts, said))
  await deps.faults?.beforePost?.(claim.id)
  let verdict = await put(message)
  // Slack may not have looked at a new picture yet, and then refuses the message that shows it:
  // nothing was posted, and the words go without it.
  if (verdict.kind === 'invalid' && undrawn.picture && message !== undrawn) {
    note(deps, claim, verdict)
    if (!(await beginPost(pool, claim, { holdsForMs, paceMs }))) {
      return stood(await handBack(pool, claim, 'the lease was about to run out'), 'handed-back')
    }
    verdict = await put(withoutPicture(undrawn, verdict.why))
  }
  await deps.faults?.afterPost?.(claim.id)
  if (verdict.kind === 'sent') Object.assign(place, { channel: verdict.channel, ts: verdict.ts })
  return await conclude(deps, claim, verdict, ready.workspace)
}

function outgoing({ claim, loaded, channel }: Ready, message: Message): Outgoing {
  return {
    channel,
    message,
    key: claim.key,
    tells: joinTells(loaded.tells),
    threadTs: loaded.threadTs,
    broadcast: loaded.threadTs !== null && isBroadcast(claim.facts),
  }
}

/** A reply that the whole channel shows as well. */
function isBroadcast(facts: unknown): boolean {
  return (
    typeof facts === 'object' && facts !== null && 'broadcast' in facts && facts.broadcast === true
  )
}

/** Rewriting a message twice does no harm, so that there is nothing to look up first. */
function againWhereUncertain(verdict: Verdict): Verdict {
  return verdict.kind === 'uncertain'
    ? { kind: 'refused', why: verdict.why, retryAfterMs: null }
    : verdict
}
