/** One claimed delivery, from facts to what Slack made of it. */
import type pg from 'pg'
import { TERMINAL } from '../database/organisation.ts'
import type { Message } from '../text/facts.ts'
import { withoutPicture } from '../text/message.ts'
import { isChannelId } from './channels.ts'
import { type AccountsAsked, noteAccounts, readerHasGone } from './departed-people.ts'
import { forgetAmounts, queueAmounts } from './enqueue-updates.ts'
import type { Gateway, Outgoing } from './gateway.ts'
import { asFirstSaid, joinFingerprints, type LoadedDelivery, loadFacts } from './load.ts'
import {
  beginPost,
  type Claim,
  type DeferredAnswerMaker,
  finishBlocked,
  finishDead,
  finishRefused,
  finishSent,
  finishSuperseded,
  finishUncertain,
  finishUnread,
  handBack,
  holding,
  isPersonal,
  type Making,
  readersKnown,
} from './outbox.ts'
import {
  backOffMs,
  type DeliverySettings,
  forgetChannel,
  lookAgainAfterMs,
  pauseChannel,
  pauseWorkspace,
} from './rate-limit.ts'
import { findAlreadySent, type RestoredSpan } from './reconcile.ts'
import { leftWithoutAmounts, render } from './render.ts'
import { refusesThread, type Verdict } from './slack-errors.ts'
import { attach } from './uploads.ts'

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
  readonly make?: DeferredAnswerMaker
}

interface SendOptions {
  readonly signal: AbortSignal | undefined
  /** Where it may have been sent by a database that was replaced by an older one. */
  readonly forgotten?: RestoredSpan | null
}

/** Where it stands in Slack, once it does. */
interface PostedPlace {
  channel: string | null
  ts: string | null
}

/** Sends one claimed delivery and writes down what came of it. */
export async function send(
  deps: DeliveryDeps,
  claim: Claim,
  loaded: LoadedDelivery | Error,
  { signal, forgotten = null }: SendOptions,
): Promise<Outcome> {
  const began = deps.elapsed()
  const place: PostedPlace = { channel: null, ts: null }
  const outcome = await attempt(deps, claim, loaded, { signal, forgotten }, place)
  const alerts = loaded instanceof Error ? [] : loaded.alertIds
  const sinceClaimMs = deps.elapsed() - began
  deps.observe?.(attemptOf(claim, alerts, { outcome, ...place, sinceClaimMs }))
  return outcome
}

async function attempt(
  deps: DeliveryDeps,
  claimed: Claim,
  read: LoadedDelivery | Error,
  options: SendOptions,
  place: PostedPlace,
): Promise<Outcome> {
  deps.gateway.follow(claimed.destination, claimed.channelId)
  let ready: PreparedMessage | Outcome
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
async function post(
  deps: DeliveryDeps,
  ready: PreparedMessage,
  place: PostedPlace,
): Promise<Outcome> {
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
    return unlessLost(await handBack(pool, claim, 'the lease was about to run out'), 'handed-back')
  }
  if (verdict.kind === 'sent') Object.assign(place, { channel: verdict.channel, ts: verdict.ts })
  return await recordOutcome(deps, claim, verdict, ready.workspace)
}

/** What is posted instead of what Slack surely did not take, for its thread or for its chart. */
function insteadOf(
  { loaded, message, undrawn }: PreparedMessage,
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

function outgoingOf({ claim, loaded, channel, message }: PreparedMessage): Outgoing {
  const { threadTs, threadChannel } = loaded
  // What was for another channel than its first message's, or goes on in another, replies to nothing.
  const isThere = threadChannel === channel || !isChannelId(channel)
  return {
    channel,
    message,
    key: claim.key,
    tells: joinFingerprints(loaded.fingerprints),
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

/**
 * Moments at which a process may go away, for proofs that this loses and repeats nothing. What is
 * passed in is awaited there; where it throws, the work is left exactly as a kill would leave it.
 */
export interface FaultPoints {
  readonly afterClaim?: (ids: readonly number[]) => Promise<void> | void
  readonly beforePost?: (id: number) => Promise<void> | void
  /** Slack has answered, or has not, and nobody has written it down yet. */
  readonly afterPost?: (id: number) => Promise<void> | void
  readonly beforeFinish?: (id: number) => Promise<void> | void
}

// What became of one attempt to send, for the log and the figures. Names nobody.

export interface Attempt {
  /** The team's day that asked for it: what ties a slot of the clock to a message in Slack. */
  readonly slot: string
  readonly delivery: number
  /** What the message carries in its metadata. */
  readonly key: string
  readonly purpose: string
  readonly alerts: readonly number[]
  readonly attempt: number
  readonly outcome: Outcome
  readonly channel: string | null
  readonly ts: string | null
  /** From when it was queued to now, in milliseconds. */
  readonly ms: number
}

/** A team's day, as every line about it names it. */
export function slotName(teamId: number | null, day: string): string {
  return `${teamId ?? 'all'}/${day}`
}

/** A claim's attempt, however it ended. */
function attemptOf(
  claim: Claim,
  alerts: readonly number[],
  ended: Pick<Attempt, 'outcome' | 'channel' | 'ts'> & { readonly sinceClaimMs: number },
): Attempt {
  const { outcome, channel, ts, sinceClaimMs } = ended
  return {
    slot: slotName(claim.teamId, claim.asOf),
    delivery: claim.id,
    key: claim.key,
    purpose: claim.purpose,
    alerts,
    attempt: claim.attempt,
    outcome,
    channel,
    ts,
    ms: Math.round(claim.waitedMs + sinceClaimMs),
  }
}

// From a claimed delivery to a message that only has to be posted.

/** A message that only has to be posted. */
interface PreparedMessage {
  readonly claim: Claim
  readonly loaded: LoadedDelivery
  readonly workspace: string | null
  readonly channel: string
  readonly message: Message
  /** The message before its chart was drawn. */
  readonly undrawn: Message
}

/** All that comes before the request; where the attempt ends there, how it ended. */
async function prepare(
  deps: DeliveryDeps,
  claimed: Claim,
  read: LoadedDelivery | Error,
  { signal, forgotten = null }: SendOptions,
  place: PostedPlace,
): Promise<PreparedMessage | Outcome> {
  const { pool, gateway, settings } = deps
  if (await readerHasGone(accountsOf(deps), claimed)) {
    return unlessLost(await finishSuperseded(pool, claimed), 'superseded')
  }
  const whole = await withOpenAccounts(deps, claimed, read)
  if (whole instanceof Error) return dead(deps, claimed, `cannot be read: ${whole.message}`)
  const before = await findAlreadySent(deps, claimed, whole, forgotten)
  if (before.kind === 'told') return await adopt(deps, claimed, before, place)
  if (before.kind === 'later') return await refused(deps, claimed, { ...before, kind: 'refused' })
  const { loaded } = before
  const claim = { ...claimed, possibleRepeat: claimed.possibleRepeat || before.possibleRepeat }
  if (loaded.unposted) return await refused(deps, claim, UNPOSTED)
  const readers = await gateway.readersOf(claim.destination)
  const unknown = readers.kind === 'unknown' ? readers : null
  if (unknown === null && claim.readersUnknown) await readersKnown(pool, claim)
  if (isPersonal(claim) && readers.kind === 'others') {
    return await dead(deps, claim, 'its reader is no colleague any more')
  }
  // What holds nothing but what is confidential waits until somebody can say who reads it.
  if (unknown !== null && (isPersonal(claim) || asFirstSaid(claim) !== claim)) {
    return await unread(deps, claim, unknown)
  }
  const made = await madeFor(deps, claim)
  if (made.kind === 'later') {
    return await refused(deps, claim, { ...made, kind: 'refused', retryAfterMs: null })
  }
  if (made.kind === 'impossible') return await dead(deps, claim, made.why)
  const whatToSay = { ...loaded, made: made.message }
  const answerable = deps.answerable === true
  const left = unknown === null ? 'all' : leftWithoutAmounts(claim, whatToSay, { answerable })
  if (unknown !== null && left === 'nothing') return await unread(deps, claim, unknown)
  if (left === 'less') await queueAmounts(pool, claim)
  else if (claim.attempt > 1 || loaded.posted !== null) await forgetAmounts(pool, claim, loaded)
  const hidePrices = readers.kind === 'others' || left === 'less'
  const look = { answerable, hidePrices, notYet: left === 'less' }
  const rendered = render(claim, whatToSay, look)
  if (rendered.kind === 'impossible') return dead(deps, claim, rendered.why)
  if (rendered.kind === 'superseded') {
    return unlessLost(await finishSuperseded(pool, claim), 'superseded')
  }
  if (claim.destination === TERMINAL && gateway.paced) return await blocked(deps, claim, NO_CHANNEL)
  const channel = await gateway.enter(claim.destination)
  const attached = await holding(pool, claim, settings.leaseMs, () =>
    attach(deps, claim, rendered.message),
  )
  if (attached.kind === 'later') return await refused(deps, claim, { ...attached, kind: 'refused' })
  const { message, undrawn } = attached
  const workspace = await gateway.workspace()
  if (signal?.aborted) {
    return unlessLost(await handBack(pool, claim, 'the process was stopping'), 'handed-back')
  }
  return { claim, loaded, workspace, channel, message, undrawn }
}

/** What somebody asked for, made now; null for what tells the deliveries' own facts. */
async function madeFor(
  { pool, settings, make }: DeliveryDeps,
  claim: Claim,
): Promise<Exclude<Making, { kind: 'made' }> | { kind: 'made'; message: Message | null }> {
  if (claim.purpose !== 'asked') return { kind: 'made', message: null }
  if (make === undefined) return { kind: 'later', why: 'this process makes no answers' }
  return await holding(pool, claim, settings.leaseMs, () => make(claim.facts))
}

const UNPOSTED = {
  kind: 'refused',
  why: 'the message that it adds amounts to is not posted yet',
  retryAfterMs: null,
} as const

/** The longest between two questions who reads a destination; after some eight hours, once an hour. */
const UNREAD_MS = 5 * 60_000
const LONG_UNREAD = { attempts: 100, ms: 60 * 60_000 }

/** It waits for as long as nobody can say; where there is no such reader, that is said instead. */
async function unread(
  deps: DeliveryDeps,
  claim: Claim,
  { why, gone }: { readonly why: string; readonly gone: boolean },
): Promise<Outcome> {
  if (gone) return await blocked(deps, claim, why)
  const soon = Math.min(backOffMs(claim.attempt, deps.jitter()), UNREAD_MS)
  const afterMs = claim.attempt > LONG_UNREAD.attempts ? LONG_UNREAD.ms : soon
  const said = `Slack does not say who reads ${claim.destination} (${why})`
  return unlessLost(await finishUnread(deps.pool, claim, { afterMs, why: said }), 'retried')
}

/** It was sent before, and stands there: only the database had forgotten it. */
async function adopt(
  { pool, gateway, settings }: DeliveryDeps,
  claim: Claim,
  { channel, ts }: { readonly channel: string; readonly ts: string },
  place: PostedPlace,
): Promise<Outcome> {
  Object.assign(place, { channel, ts })
  const workspace = await gateway.workspace()
  const lookAgainMs = lookAgainAfterMs(settings)
  const sent = await finishSent(pool, claim, { workspace, channel, ts, lookAgainMs })
  return unlessLost(sent, 'told-before')
}

const NO_CHANNEL = 'the team has no channel: set one (lapsewatch team set NAME --channel C)'

/** An owner who has left gives way to a deputy, who may have left as well: then the channel is left. */
const MOST_READINGS = 3

/** What was read, and read anew while somebody whom it mentions turns out to be gone. */
async function withOpenAccounts(
  deps: DeliveryDeps,
  claim: Claim,
  read: LoadedDelivery | Error,
): Promise<LoadedDelivery | Error> {
  let loaded = read
  for (let readings = 0; readings < MOST_READINGS && !(loaded instanceof Error); readings += 1) {
    if (!(await noteAccounts(accountsOf(deps), claim, loaded.addressed))) return loaded
    const facts = await loadFacts(deps.pool, [claim])
    loaded = facts.get(claim.id) ?? new Error('its facts were not loaded')
  }
  return loaded
}

function accountsOf({ pool, gateway, administrators = [] }: DeliveryDeps): AccountsAsked {
  return { pool, gateway, administrators }
}

// What becomes of a delivery once an attempt to send it has ended.

/** Where a delivery stands after an attempt; `lost` where another process took it over. */
export type Outcome =
  | 'sent'
  /** A posted message reads anew: nobody was told anything twice. */
  | 'updated'
  /** It stands in Slack since before a backup was restored. */
  | 'told-before'
  | 'retried'
  | 'uncertain'
  | 'blocked'
  | 'dead'
  | 'superseded'
  | 'handed-back'
  /** The workspace refuses the token: counted with all that this holds back. */
  | 'held'
  | 'lost'

/** Writes down what Slack made of it. */
async function recordOutcome(
  deps: DeliveryDeps,
  claim: Claim,
  verdict: Verdict,
  workspace: string | null,
): Promise<Outcome> {
  const { pool, settings } = deps
  if (verdict.kind !== 'sent') note(deps, claim, verdict)
  await deps.faults?.beforeFinish?.(claim.id)
  switch (verdict.kind) {
    case 'sent': {
      const { channel, ts } = verdict
      const outcome = claim.purpose === 'update' ? 'updated' : 'sent'
      const lookAgainMs = lookAgainAfterMs(settings)
      return unlessLost(
        await finishSent(pool, claim, { workspace, channel, ts, lookAgainMs }),
        outcome,
      )
    }
    case 'uncertain':
      return unlessLost(
        await finishUncertain(pool, claim, {
          lookInMs: settings.historyLagMs,
          why: verdict.why,
        }),
        'uncertain',
      )
    case 'refused':
      return await refused(deps, claim, verdict)
    case 'invalid':
      return unlessLost(await finishDead(pool, claim, verdict.why), 'dead')
    case 'blocked':
      if (verdict.scope === 'channel') {
        return (await forgetsChannel(deps, claim))
          ? await refused(deps, claim, { ...verdict, kind: 'refused', retryAfterMs: null })
          : await blocked(deps, claim, verdict.why)
      }
      // Where the token works, this message is refused, and no other is to wait for it.
      if ((await deps.gateway.identify()).kind === 'known') {
        return await refused(deps, claim, { ...verdict, kind: 'refused', retryAfterMs: null })
      }
      await pauseWorkspace(pool, claim.organisationId, settings.workspacePauseMs, verdict.why)
      return unlessLost(await handBack(pool, claim, verdict.why), 'held')
  }
}

/** The channel that was followed is gone, and another one has its name: the next try goes there. */
async function forgetsChannel({ pool, gateway }: DeliveryDeps, claim: Claim): Promise<boolean> {
  if (claim.channelId === null || claim.purpose === 'update') return false
  if (!(await gateway.leadsElsewhere(claim.destination, claim.channelId))) return false
  await forgetChannel(pool, claim)
  return true
}

/** A pause that Slack asked for holds the whole channel, and is set before anybody can claim. */
async function refused(
  { pool, settings, jitter }: DeliveryDeps,
  claim: Claim,
  { why, retryAfterMs }: Extract<Verdict, { kind: 'refused' }>,
): Promise<Outcome> {
  const { giveUpMs, longestPauseMs } = settings
  const pauseMs = retryAfterMs === null ? null : Math.min(retryAfterMs, longestPauseMs)
  if (pauseMs !== null) await pauseChannel(pool, claim, pauseMs, why)
  const failed = pauseMs === null
  const afterMs = pauseMs ?? backOffMs(claim.failures + 1, jitter())
  const state = await finishRefused(pool, claim, { afterMs, giveUpMs, failed, why })
  if (state === null) return 'lost'
  return state === 'DEAD' ? 'dead' : 'retried'
}

async function blocked(
  { pool, settings: { blockedPauseMs, giveUpMs }, administrators = [] }: DeliveryDeps,
  claim: Claim,
  why: string,
): Promise<Outcome> {
  const state = await finishBlocked(pool, claim, {
    afterMs: blockedPauseMs,
    giveUpMs,
    why,
    administrators,
  })
  if (state === null) return 'lost'
  return state === 'DEAD' ? 'dead' : 'blocked'
}

async function dead(deps: DeliveryDeps, claim: Claim, why: string): Promise<Outcome> {
  deps.log(`Delivery ${claim.id} to ${claim.destination} is dead: ${why}`)
  return unlessLost(await finishDead(deps.pool, claim, why), 'dead')
}

function note(
  { log }: DeliveryDeps,
  claim: Claim,
  verdict: Exclude<Verdict, { kind: 'sent' }>,
): void {
  log(
    `Delivery ${claim.id} to ${claim.destination}, attempt ${claim.attempt}: ${verdict.kind} (${verdict.why})`,
  )
}

function unlessLost(fenceHeld: boolean, outcome: Outcome): Outcome {
  return fenceHeld ? outcome : 'lost'
}
