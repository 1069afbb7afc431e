/** One claimed delivery, from facts to what Slack made of it. */
import type pg from 'pg'
import { withoutPicture } from '../messages/attached.ts'
import { type Attempt, attemptOf } from './attempt.ts'
import { isChannelId } from './channel-book.ts'
import type { Claim } from './claim.ts'
import { conclude, note, type Outcome, refused, stood } from './conclude.ts'
import type { Loaded } from './facts.ts'
import type { FaultPoints } from './fault-points.ts'
import { beginPost, handBack } from './finish.ts'
import type { Gateway, Outgoing } from './gateway.ts'
import { holding } from './hold.ts'
import type { Forgotten } from './look-before.ts'
import type { Maker } from './personal.ts'
import { prepare, type Ready } from './prepare.ts'
import { joinTells } from './tells.ts'
import type { DeliverySettings } from './tuning.ts'
import { refusesThread, type Verdict } from './verdict.ts'

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
  /** Where administrators read what is wrong; null where there is no such channel. */
  readonly adminChannel?: string | null
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
  deps.gateway.follow(claimed.destination, claimed.channelId)
  let ready: Ready | Outcome
  try {
    // Slack may be slow to say who is who: a process that lives keeps its claim meanwhile.
    ready = await holding(deps.pool, claimed, deps.settings.leaseMs, () =>
      prepare(deps, claimed, read, options, place),
    )
  } catch (error) {
    // A fault of the program, or of the database, which then says so once more.
    const why = `it could not be prepared: ${error instanceof Error ? error.message : error}`
    deps.log(`Delivery ${claimed.id}, attempt ${claimed.attempt}: ${why}`)
    return await refused(deps, claimed, { kind: 'refused', why, retryAfterMs: null })
  }
  return typeof ready === 'string' ? ready : await post(deps, ready, place)
}

/** Posts it, or rewrites what stands in Slack already; fenced by the lease. */
async function post(deps: DeliveryDeps, ready: Ready, place: Place): Promise<Outcome> {
  const { pool, gateway, settings } = deps
  const { claim, loaded } = ready
  const { posted } = loaded
  // From here to the end of the request no more than the timeout passes, and what Slack accepts is
  // in its history before the lease runs out: whoever takes over then finds it.
  const holdsForMs = settings.timeoutMs + settings.historyLagMs
  const paceMs = gateway.paced ? settings.paceMs : 0
  const request = async (outgoing: Outgoing): Promise<Verdict | null> => {
    if (!(await beginPost(pool, claim, { holdsForMs, paceMs }))) return null
    await deps.faults?.beforePost?.(claim.id)
    const verdict =
      posted === null
        ? await gateway.post(outgoing)
        : againWhereUncertain(await gateway.update(posted.channel, posted.ts, outgoing.message))
    await deps.faults?.afterPost?.(claim.id)
    return verdict
  }
  let outgoing = outgoingOf(ready)
  let verdict = await request(outgoing)
  while (verdict !== null && verdict.kind !== 'sent') {
    const instead = insteadOf(ready, outgoing, verdict)
    if (instead === null) break
    note(deps, claim, verdict)
    outgoing = instead
    verdict = await request(outgoing)
  }
  if (verdict === null) {
    return stood(await handBack(pool, claim, 'the lease was about to run out'), 'handed-back')
  }
  if (verdict.kind === 'sent') Object.assign(place, { channel: verdict.channel, ts: verdict.ts })
  return await conclude(deps, claim, verdict, ready.workspace)
}

/** What is posted instead of what Slack surely did not take, for its thread or for its chart. */
function insteadOf(
  { loaded, message, undrawn }: Ready,
  outgoing: Outgoing,
  verdict: Exclude<Verdict, { kind: 'sent' }>,
): Outgoing | null {
  if (loaded.posted === null && outgoing.threadTs !== null && refusesThread(verdict)) {
    return { ...outgoing, threadTs: null, broadcast: false }
  }
  // Slack may not have looked at a new picture yet, and then refuses the message that shows it.
  const isDrawn = undrawn.picture && message !== undrawn && outgoing.message === message
  return verdict.kind === 'invalid' && isDrawn
    ? { ...outgoing, message: withoutPicture(undrawn, verdict.why) }
    : null
}

function outgoingOf({ claim, loaded, channel, message }: Ready): Outgoing {
  const { threadTs, threadChannel } = loaded
  // What was for another channel than its first message's, or goes on in another, replies to nothing.
  const isThere = threadChannel === channel || !isChannelId(channel)
  return {
    channel,
    message,
    key: claim.key,
    tells: joinTells(loaded.tells),
    repeat: claim.possibleRepeat,
    threadTs: isThere ? threadTs : null,
    broadcast: isThere && threadTs !== null && isBroadcast(claim.facts),
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
