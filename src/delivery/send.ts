/** One claimed delivery, from facts to what Slack made of it. */
import type pg from 'pg'
import { TERMINAL } from '../db/organisation.ts'
import { withoutPicture } from '../messages/attached.ts'
import type { Message } from '../messages/facts.ts'
import { attach } from './attachments.ts'
import { type Attempt, attemptOf } from './attempt.ts'
import { backOffMs } from './back-off.ts'
import type { Claim } from './claim.ts'
import { type Loaded, loadFacts } from './facts.ts'
import type { FaultPoints } from './fault-points.ts'
import {
  beginPost,
  finishBlocked,
  finishDead,
  finishRefused,
  finishSent,
  finishSuperseded,
  finishUncertain,
  handBack,
} from './finish.ts'
import type { Gateway } from './gateway.ts'
import { holding } from './hold.ts'
import { type AccountsAsked, noteAccounts, readerHasGone } from './leavers.ts'
import { type Forgotten, lookBefore } from './look-before.ts'
import { isPersonal, type Maker, type Making } from './personal.ts'
import { render } from './render.ts'
import { joinTells } from './tells.ts'
import { pauseChannel, pauseWorkspace } from './throttle.ts'
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

export interface SendOptions {
  readonly signal: AbortSignal | undefined
  /** Where it may have been sent by a database that was replaced by an older one. */
  readonly forgotten?: Forgotten | null
}

/** Where it stands in Slack, once it does. */
interface Place {
  channel: string | null
  ts: string | null
}

async function attempt(
  deps: DeliveryDeps,
  claimed: Claim,
  read: Loaded | Error,
  { signal, forgotten = null }: SendOptions,
  place: Place,
): Promise<Outcome> {
  const { pool, gateway, settings } = deps
  if (await readerHasGone(accountsOf(deps), claimed)) {
    return stood(await finishSuperseded(pool, claimed), 'superseded')
  }
  const whole = await withOpenAccounts(deps, claimed, read)
  if (whole instanceof Error) return dead(deps, claimed, `cannot be read: ${whole.message}`)
  const before = await lookBefore(deps, claimed, whole, forgotten)
  if (before.kind === 'told') return await adopt(deps, claimed, before, place)
  if (before.kind === 'later') return await refused(deps, claimed, { ...before, kind: 'refused' })
  const { loaded } = before
  const claim = { ...claimed, possibleRepeat: claimed.possibleRepeat || before.possibleRepeat }
  const readers = await gateway.readersOf(claim.destination)
  if (isPersonal(claim) && readers !== 'own') return await notForThem(deps, claim, readers)
  const made = await madeFor(deps, claim)
  if (made.kind === 'later') {
    return await refused(deps, claim, { ...made, kind: 'refused', retryAfterMs: null })
  }
  if (made.kind === 'impossible') return await dead(deps, claim, made.why)
  const look = { answerable: deps.answerable === true, hidePrices: readers !== 'own' }
  const rendered = render(claim, { ...loaded, made: made.message }, look)
  if (rendered.kind === 'impossible') return dead(deps, claim, rendered.why)
  if (rendered.kind === 'superseded') {
    return stood(await finishSuperseded(pool, claim), 'superseded')
  }
  if (claim.destination === TERMINAL && gateway.paced) return await blocked(deps, claim, NO_CHANNEL)
  const channel = await gateway.enter(claim.destination)
  const attached = await holding(pool, claim, settings.leaseMs, () =>
    attach(deps, claim, rendered.message),
  )
  if (attached.kind === 'later') return await refused(deps, claim, { ...attached, kind: 'refused' })
  const { message, undrawn: written } = attached
  const workspace = await gateway.workspace()
  if (signal?.aborted) {
    return stood(await handBack(pool, claim, 'the process was stopping'), 'handed-back')
  }
  // From here to the end of the request no more than the timeout passes, and what Slack accepts is
  // in its history before the lease runs out: whoever takes over then finds it.
  const holdsForMs = settings.timeoutMs + settings.historyLagMs
  const paceMs = gateway.paced ? settings.paceMs : 0
  if (!(await beginPost(pool, claim, { holdsForMs, paceMs }))) {
    return stood(await handBack(pool, claim, 'the lease was about to run out'), 'handed-back')
  }
  await deps.faults?.beforePost?.(claim.id)
  const post = async (said: Message) =>
    await gateway.post({
      channel,
      message: said,
      key: claim.key,
      tells: joinTells(loaded.tells),
      threadTs: loaded.threadTs,
      broadcast: loaded.threadTs !== null && isBroadcast(claim.facts),
    })
  let verdict =
    loaded.posted === null
      ? await post(message)
      : againWhereUncertain(await gateway.update(loaded.posted.channel, loaded.posted.ts, message))
  // Slack may not have looked at a new picture yet, and then refuses the message that shows it:
  // nothing was posted, and the words go without it.
  if (verdict.kind === 'invalid' && written.picture && message !== written) {
    note(deps, claim, verdict)
    if (!(await beginPost(pool, claim, { holdsForMs, paceMs }))) {
      return stood(await handBack(pool, claim, 'the lease was about to run out'), 'handed-back')
    }
    verdict = await post(withoutPicture(written, verdict.why))
  }
  await deps.faults?.afterPost?.(claim.id)
  if (verdict.kind === 'sent') Object.assign(place, { channel: verdict.channel, ts: verdict.ts })
  return await finish(deps, claim, verdict, workspace)
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

/** It holds prices, and was for a colleague: whoever is none by now does not get it any more. */
async function notForThem(
  deps: DeliveryDeps,
  claim: Claim,
  readers: 'others' | 'unknown',
): Promise<Outcome> {
  if (readers === 'others') return await dead(deps, claim, 'its reader is no colleague any more')
  const why = 'Slack does not say whether its reader is a colleague'
  return await refused(deps, claim, { kind: 'refused', why, retryAfterMs: null })
}

/** It was sent before, and stands there: only the database had forgotten it. */
async function adopt(
  { pool, gateway }: DeliveryDeps,
  claim: Claim,
  { channel, ts }: { readonly channel: string; readonly ts: string },
  place: Place,
): Promise<Outcome> {
  Object.assign(place, { channel, ts })
  const workspace = await gateway.workspace()
  return stood(await finishSent(pool, claim, { workspace, channel, ts }), 'told-before')
}

const NO_CHANNEL = 'the team has no channel: set one (lapsewatch team set NAME --channel C)'

/** An owner who has left gives way to a deputy, who may have left as well: then the channel is left. */
const MOST_LOOKS = 3

/** What was read, and read anew while somebody whom it mentions turns out to be gone. */
async function withOpenAccounts(
  deps: DeliveryDeps,
  claim: Claim,
  read: Loaded | Error,
): Promise<Loaded | Error> {
  let loaded = read
  for (let looks = 0; looks < MOST_LOOKS && !(loaded instanceof Error); looks += 1) {
    if (!(await noteAccounts(accountsOf(deps), claim, loaded.spokenTo))) return loaded
    const facts = await loadFacts(deps.pool, [claim])
    loaded = facts.get(claim.id) ?? new Error('its facts were not loaded')
  }
  return loaded
}

function accountsOf({ pool, gateway, administrators = [] }: DeliveryDeps): AccountsAsked {
  return { pool, gateway, administrators }
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

async function finish(
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
      return stood(await finishSent(pool, claim, { workspace, channel, ts }), outcome)
    }
    case 'uncertain':
      return stood(
        await finishUncertain(pool, claim, {
          lookInMs: settings.historyLagMs,
          why: verdict.why,
        }),
        'uncertain',
      )
    case 'refused':
      return await refused(deps, claim, verdict)
    case 'invalid':
      return stood(await finishDead(pool, claim, verdict.why), 'dead')
    case 'blocked':
      if (verdict.scope === 'channel') {
        return await blocked(deps, claim, verdict.why)
      }
      await pauseWorkspace(pool, claim.organisationId, settings.workspacePauseMs, verdict.why)
      return stood(await handBack(pool, claim, verdict.why), 'held')
  }
}

/** A pause that Slack asked for holds the whole channel, and is set before anybody can claim. */
async function refused(
  { pool, settings, jitter }: DeliveryDeps,
  claim: Claim,
  { why, retryAfterMs }: Extract<Verdict, { kind: 'refused' }>,
): Promise<Outcome> {
  if (retryAfterMs !== null) await pauseChannel(pool, claim, retryAfterMs, why)
  const afterMs = retryAfterMs ?? backOffMs(claim.attempt, jitter())
  const state = await finishRefused(pool, claim, { afterMs, giveUpMs: settings.giveUpMs, why })
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
  return stood(await finishDead(deps.pool, claim, why), 'dead')
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

function stood(fenceHeld: boolean, outcome: Outcome): Outcome {
  return fenceHeld ? outcome : 'lost'
}
