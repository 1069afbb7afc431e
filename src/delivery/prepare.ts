/** From a claimed delivery to a message that only has to be posted. */
import { TERMINAL } from '../db/organisation.ts'
import type { Message } from '../messages/facts.ts'
import { attach } from './attachments.ts'
import { backOffMs } from './back-off.ts'
import type { Claim } from './claim.ts'
import { blocked, dead, type Outcome, refused, stood } from './conclude.ts'
import { type Loaded, loadFacts } from './facts.ts'
import { finishSent, finishSuperseded, finishUnread, handBack, readersKnown } from './finish.ts'
import { holding } from './hold.ts'
import { type AccountsAsked, noteAccounts, readerHasGone } from './leavers.ts'
import { lookBefore } from './look-before.ts'
import { isPersonal, type Making } from './personal.ts'
import { leftWithoutAmounts, render } from './render.ts'
import type { DeliveryDeps, Place, SendOptions } from './send.ts'
import { lookAgainAfterMs } from './tuning.ts'
import { forgetAmounts, queueAmounts } from './updates.ts'
import { asFirstSaid } from './written-facts.ts'

/** A message that only has to be posted. */
export interface Ready {
  readonly claim: Claim
  readonly loaded: Loaded
  readonly workspace: string | null
  readonly channel: string
  readonly message: Message
  /** The message before its chart was drawn. */
  readonly undrawn: Message
}

/** All that comes before the request; where the attempt ends there, how it ended. */
export async function prepare(
  deps: DeliveryDeps,
  claimed: Claim,
  read: Loaded | Error,
  { signal, forgotten = null }: SendOptions,
  place: Place,
): Promise<Ready | Outcome> {
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
    return stood(await finishSuperseded(pool, claim), 'superseded')
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
    return stood(await handBack(pool, claim, 'the process was stopping'), 'handed-back')
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
  return stood(await finishUnread(deps.pool, claim, { afterMs, why: said }), 'retried')
}

/** It was sent before, and stands there: only the database had forgotten it. */
async function adopt(
  { pool, gateway, settings }: DeliveryDeps,
  claim: Claim,
  { channel, ts }: { readonly channel: string; readonly ts: string },
  place: Place,
): Promise<Outcome> {
  Object.assign(place, { channel, ts })
  const workspace = await gateway.workspace()
  const lookAgainMs = lookAgainAfterMs(settings)
  const sent = await finishSent(pool, claim, { workspace, channel, ts, lookAgainMs })
  return stood(sent, 'told-before')
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
