/** One claimed delivery on its way to Slack: the stages that it passes, and how its attempt ends. */
import type pg from 'pg'
import { writeAudit } from '../database/audit-log.ts'
import { inTransaction } from '../database/connect.ts'
import { TERMINAL } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import type { Message } from '../text/facts.ts'
import { type DataBlockType, dataBlocksIn, withTextFor } from '../text/message.ts'
import { isChannelId, type Readers } from './channels.ts'
import { type AccountsAsked, noteAccounts, readerHasGone } from './departed-people.ts'
import { forgetAmounts, queueAmounts } from './enqueue-updates.ts'
import type { Gateway, Outgoing } from './gateway.ts'
import { asFirstSaid, joinFingerprints, type LoadedDelivery, loadFacts } from './load.ts'
import {
  BOARD_PACK,
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
  type PostedAt,
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
import { blocksRefused, readRefused, rememberRefused } from './refused-blocks.ts'
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
  readonly elapsed: () => number
  readonly log: (line: string) => void
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

interface Claimed {
  readonly deps: DeliveryDeps
  readonly claim: Claim
  readonly read: LoadedDelivery | Error
  readonly signal: AbortSignal | undefined
  /** Where it may have been sent by a database that was replaced by an older one. */
  readonly forgotten?: RestoredSpan | null
}

/** Sends one claimed delivery and writes down what came of it. */
export async function send(claimed: Claimed): Promise<Outcome> {
  const { deps, claim, read } = claimed
  const began = deps.elapsed()
  deps.gateway.follow(claim.destination, claim.channelId)
  const { ended, stage, outcome } = await attempt(claimed)
  const { channel, ts } = 'ts' in ended ? ended : { channel: null, ts: null }
  deps.observe?.({
    slot: slotName(claim.teamId, claim.asOf),
    delivery: claim.id,
    key: claim.key,
    purpose: claim.purpose,
    alerts: read instanceof Error ? [] : read.told.map(({ id }) => id),
    attempt: claim.attempt,
    outcome,
    stage,
    why: 'why' in ended ? ended.why : null,
    channel,
    ts,
    ms: Math.round(claim.waitedMs + deps.elapsed() - began),
  })
  return outcome
}

async function attempt(claimed: Claimed): Promise<Ended & { readonly outcome: Outcome }> {
  const { deps, claim } = claimed
  const finish = async ({ ended, stage }: Ended) => ({
    ended,
    stage,
    outcome: await recordOutcome(deps, claim, ended),
  })
  let prepared: Prepared
  try {
    // Slack may be slow to say who is who: a process that lives keeps its claim meanwhile.
    const passed = await holding(deps.pool, claim, deps.settings.leaseMs, () => STAGES(claimed))
    if ('ended' in passed) {
      if (passed.ended.kind === 'dead') {
        deps.log(`Delivery ${claim.id} to ${claim.destination} is dead: ${passed.ended.why}`)
      }
      return await finish(passed)
    }
    prepared = passed.found
  } catch (error) {
    // A fault of the program, or of the database, which then says so once more.
    const why = `it could not be prepared: ${error instanceof Error ? error.message : error}`
    deps.log(`Delivery ${claim.id}, attempt ${claim.attempt}: ${why}`)
    return await finish({ ended: refused(why), stage: 'fault' })
  }
  return await finish({ ended: await post(prepared), stage: 'post' })
}

/** Where a stage leads: on, with what it found, or to the end of the attempt, with the reason. */
type Step<Found> = { readonly found: Found } | { readonly ended: Ending }
interface Ended {
  readonly ended: Ending
  /** The name of the stage at which the attempt ended. */
  readonly stage: string
}
type Stage<Known, Found> = (known: Known) => Promise<Step<Found>> | Step<Found>
type Run<From, Known> = (from: From) => Promise<{ readonly found: Known } | Ended>

/** Named stages one after another; each knows what those before it found. */
function stages<From, Known>(run: Run<From, Known>) {
  return {
    run,
    stage: <Found>(name: string, next: Stage<Known, Found>) =>
      stages<From, Known & Found>(async (from) => {
        const before = await run(from)
        if ('ended' in before) return before
        const step = await next(before.found)
        return 'ended' in step
          ? { ended: step.ended, stage: name }
          : { found: { ...before.found, ...step.found } }
      }),
  }
}

const STAGES = stages<Claimed, Claimed>(async (found) => ({ found }))
  .stage('reader', readerIsThere)
  .stage('accounts', accountsAreOpen)
  .stage('sent before', wasNotSent)
  .stage('rewritten message', messageStands)
  .stage('channel members', membersAreKnown)
  .stage('answer', answerIsMade)
  .stage('amounts', amountsMayShow)
  .stage('words', wordsAreFound)
  .stage('channel', channelIsEntered)
  .stage('attachments', attachmentsAreUp)
  .stage('blocks', blocksAreTaken)
  .stage('stop', processGoesOn).run

/** What is known of a message that only has to be posted. */
type Prepared = Extract<Awaited<ReturnType<typeof STAGES>>, { found: unknown }>['found']

async function readerIsThere({ deps, claim }: Claimed): Promise<Step<object>> {
  return (await readerHasGone(accountsOf(deps), claim))
    ? superseded('its reader has left')
    : { found: {} }
}

interface Loaded {
  readonly loaded: LoadedDelivery
}

/** An owner who has left gives way to a deputy, who may have left as well: then the channel is left. */
const MOST_READINGS = 3

/** What was read, and read anew while somebody whom it mentions turns out to be gone. */
async function accountsAreOpen({ deps, claim, read }: Claimed): Promise<Step<Loaded>> {
  let loaded = read
  for (let readings = 0; readings < MOST_READINGS && !(loaded instanceof Error); readings += 1) {
    if (!(await noteAccounts(accountsOf(deps), claim, loaded.addressed))) break
    const facts = await loadFacts(deps.pool, [claim])
    loaded = facts.get(claim.id) ?? new Error('its facts were not loaded')
  }
  return loaded instanceof Error ? dead(`cannot be read: ${loaded.message}`) : { found: { loaded } }
}

function accountsOf({ pool, gateway, administrators = [] }: DeliveryDeps): AccountsAsked {
  return { pool, gateway, administrators }
}

/** After a backup was restored, what the database has forgotten may stand in Slack already. */
async function wasNotSent({
  deps,
  claim,
  loaded,
  forgotten = null,
}: Claimed & Loaded): Promise<Step<Loaded & { readonly claim: Claim }>> {
  const before = await findAlreadySent(deps, claim, loaded, forgotten)
  if (before.kind === 'later') return { ended: refused(before.why, before.retryAfterMs) }
  if (before.kind === 'told') {
    const { channel, ts } = before
    const workspace = await deps.gateway.workspace()
    return { ended: { kind: 'told-before', workspace, channel, ts } }
  }
  const possibleRepeat = claim.possibleRepeat || before.possibleRepeat
  return { found: { loaded: before.loaded, claim: { ...claim, possibleRepeat } } }
}

function messageStands({ loaded }: Loaded): Step<object> {
  return loaded.unposted
    ? { ended: refused('the message that it adds amounts to is not posted yet') }
    : { found: {} }
}

interface WithReaders {
  readonly readers: Readers
}

/** The longest between two questions who reads a destination; after some eight hours, once an hour. */
const UNREAD_MS = 5 * 60_000
const LONG_UNREAD = { attempts: 100, ms: 60 * 60_000 }

async function membersAreKnown({ deps, claim }: Claimed): Promise<Step<WithReaders>> {
  const readers = await deps.gateway.readersOf(claim.destination)
  if (readers.kind !== 'unknown' && claim.readersUnknown) await readersKnown(deps.pool, claim)
  if (isPersonal(claim) && readers.kind === 'others') {
    return dead('its reader is no colleague any more')
  }
  // What holds nothing but what is confidential waits until somebody can say who reads it.
  return readers.kind === 'unknown' && (isPersonal(claim) || asFirstSaid(claim) !== claim)
    ? { ended: unread(deps, claim, readers) }
    : { found: { readers } }
}

/** It waits for as long as nobody can say; where there is no such reader, that is said instead. */
function unread(
  { jitter }: DeliveryDeps,
  { attempt, destination }: Claim,
  { why, gone }: Extract<Readers, { kind: 'unknown' }>,
): Ending {
  if (gone) return { kind: 'blocked', why }
  const soon = Math.min(backOffMs(attempt, jitter()), UNREAD_MS)
  const afterMs = attempt > LONG_UNREAD.attempts ? LONG_UNREAD.ms : soon
  return { kind: 'unread', afterMs, why: `Slack does not say who reads ${destination} (${why})` }
}

/** What somebody asked for, made now; everything else tells the delivery's own facts. */
async function answerIsMade({ deps, claim, loaded }: Claimed & Loaded): Promise<Step<Loaded>> {
  if (claim.purpose !== 'asked') return { found: { loaded } }
  const { pool, settings, make } = deps
  if (make === undefined) return { ended: refused('this process makes no answers') }
  const made = await holding(pool, claim, settings.leaseMs, () => make(claim.facts))
  if (made.kind === 'later') return { ended: refused(made.why) }
  if (made.kind === 'withdrawn') return superseded(made.why)
  return made.kind === 'impossible'
    ? dead(made.why)
    : { found: { loaded: { ...loaded, made: made.message } } }
}

/** `notYet`: the amounts are added once somebody can say who reads them. */
async function amountsMayShow({
  deps,
  claim,
  loaded,
  readers,
}: Claimed & Loaded & WithReaders): Promise<
  Step<{ readonly hidePrices: boolean; readonly notYet: boolean }>
> {
  const unknown = readers.kind === 'unknown' ? readers : null
  const answerable = deps.answerable === true
  const left = unknown === null ? 'all' : leftWithoutAmounts(claim, loaded, { answerable })
  if (unknown !== null && left === 'nothing') return { ended: unread(deps, claim, unknown) }
  const notYet = left === 'less'
  if (notYet) await queueAmounts(deps.pool, claim)
  else if (claim.attempt > 1 || loaded.posted !== null) {
    await forgetAmounts(deps.pool, claim, loaded)
  }
  return { found: { hidePrices: readers.kind === 'others' || notYet, notYet } }
}

interface Worded {
  readonly message: Message
}

function wordsAreFound({
  deps,
  claim,
  loaded,
  hidePrices,
  notYet,
}: Claimed & Loaded & { hidePrices: boolean; notYet: boolean }): Step<Worded> {
  const answerable = deps.answerable === true
  const rendered = render(claim, loaded, { answerable, hidePrices, notYet })
  if (rendered.kind === 'impossible') return dead(rendered.why)
  return rendered.kind === 'superseded'
    ? superseded('nothing that it would say holds any more')
    : { found: { message: rendered.message } }
}

const NO_CHANNEL = 'the team has no channel: set one (lapsewatch team set NAME --channel C)'

async function channelIsEntered({ deps, claim }: Claimed): Promise<Step<{ channel: string }>> {
  return claim.destination === TERMINAL && deps.gateway.paced
    ? { ended: { kind: 'blocked', why: NO_CHANNEL } }
    : { found: { channel: await deps.gateway.enter(claim.destination) } }
}

async function attachmentsAreUp({ deps, claim, message }: Claimed & Worded): Promise<Step<Worded>> {
  const attached = await holding(deps.pool, claim, deps.settings.leaseMs, () =>
    attach(deps, claim, message),
  )
  return attached.kind === 'later'
    ? { ended: refused(attached.why, attached.retryAfterMs) }
    : { found: { message: attached.message } }
}

/** What the workspace is known to refuse is not sent to it: text is, in its place. */
async function blocksAreTaken({
  deps,
  claim,
  message,
}: Claimed & Worded): Promise<Step<Worded & { readonly workspace: string | null }>> {
  const workspace = await deps.gateway.workspace()
  if (workspace === null || dataBlocksIn(message).length === 0) {
    return { found: { message, workspace } }
  }
  const { organisationId } = claim
  const refused = await readRefused(deps.pool, { organisationId, workspace })
  return { found: { message: withTextFor(message, refused), workspace } }
}

function processGoesOn({ signal }: Claimed): Step<object> {
  return signal?.aborted
    ? { ended: { kind: 'handed-back', why: 'the process was stopping' } }
    : { found: {} }
}

async function post(prepared: Prepared): Promise<Ending> {
  const { deps, claim, loaded, workspace } = prepared
  const { pool, gateway, settings } = deps
  const { posted, told } = loaded
  // From here to the end of the request no more than the timeout passes, and what Slack accepts is
  // in its history before the lease runs out: whoever takes over then finds it.
  const holdsForMs = settings.timeoutMs + settings.historyLagMs
  const paceMs = gateway.paced ? settings.paceMs : 0
  const request = async (outgoing: Outgoing): Promise<Verdict | null> => {
    if (!(await beginPost(pool, claim, { holdsForMs, paceMs, told }))) return null
    await deps.faults?.beforePost?.(claim.id)
    const verdict =
      posted === null
        ? await gateway.post(outgoing)
        : againWhereUncertain(await gateway.update(posted.channel, posted.ts, outgoing.message))
    await deps.faults?.afterPost?.(claim.id)
    return verdict
  }
  let outgoing = outgoingOf(prepared)
  let verdict = await request(outgoing)
  const refusedTypes: DataBlockType[] = []
  while (verdict !== null && verdict.kind !== 'sent') {
    note(deps, claim, verdict)
    const blocks = verdict.kind === 'invalid' ? blocksRefused(verdict.why, outgoing.message) : null
    const instead: Outgoing | null =
      blocks === null
        ? insteadOf(prepared, outgoing, verdict)
        : { ...outgoing, message: withTextFor(outgoing.message, blocks.types) }
    if (instead === null) break
    if (blocks?.unknown === true) refusedTypes.push(...blocks.types)
    outgoing = instead
    verdict = await request(outgoing)
  }
  if (verdict?.kind === 'sent' && workspace !== null) {
    await rememberRefused(pool, { organisationId: claim.organisationId, workspace }, refusedTypes)
  }
  if (verdict === null) return { kind: 'handed-back', why: 'the lease was about to run out' }
  await deps.faults?.beforeFinish?.(claim.id)
  return await endingOf(prepared, verdict)
}

/** What is posted instead of what Slack surely did not take, for its thread or for its blocks. */
function insteadOf(
  { loaded }: Prepared,
  outgoing: Outgoing,
  verdict: Exclude<Verdict, { kind: 'sent' }>,
): Outgoing | null {
  return loaded.posted === null && outgoing.threadTs !== null && refusesThread(verdict)
    ? { ...outgoing, threadTs: null, broadcast: false }
    : null
}

function outgoingOf({ claim, loaded, channel, message }: Prepared): Outgoing {
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

type Ending =
  | {
      /** `told-before`: it stands in Slack since before a backup was restored. */
      readonly kind: 'sent' | 'told-before'
      readonly workspace: string | null
      readonly channel: string | null
      readonly ts: string | null
    }
  /** Surely not accepted: again after a back-off, or when Slack says so. */
  | { readonly kind: 'refused'; readonly why: string; readonly retryAfterMs: number | null }
  | { readonly kind: 'unread'; readonly why: string; readonly afterMs: number }
  | {
      /** `held`: the workspace refuses the token. */
      readonly kind: 'superseded' | 'dead' | 'uncertain' | 'blocked' | 'handed-back' | 'held'
      readonly why: string
    }

function refused(why: string, retryAfterMs: number | null = null): Ending {
  return { kind: 'refused', why, retryAfterMs }
}

function dead(why: string): { readonly ended: Ending } {
  return { ended: { kind: 'dead', why } }
}

function superseded(why: string): { readonly ended: Ending } {
  return { ended: { kind: 'superseded', why } }
}

async function endingOf({ deps, claim, workspace }: Prepared, verdict: Verdict): Promise<Ending> {
  switch (verdict.kind) {
    case 'sent':
      return { ...verdict, workspace }
    case 'uncertain':
    case 'refused':
      return verdict
    case 'invalid':
      return { kind: 'dead', why: verdict.why }
    case 'blocked': {
      const { why, scope } = verdict
      if (scope === 'channel') {
        return (await forgetsChannel(deps, claim)) ? refused(why) : { kind: 'blocked', why }
      }
      // Where the token works, this message is refused, and no other is to wait for it.
      return (await deps.gateway.identify()).kind === 'known' ? refused(why) : { kind: 'held', why }
    }
  }
}

/** The channel that was followed is gone, and another one has its name: the next try goes there. */
async function forgetsChannel({ pool, gateway }: DeliveryDeps, claim: Claim): Promise<boolean> {
  if (claim.channelId === null || claim.purpose === 'update') return false
  if (!(await gateway.leadsElsewhere(claim.destination, claim.channelId))) return false
  await forgetChannel(pool, claim)
  return true
}

/** Where a delivery stands after an attempt; `lost` where another process took it over. */
export type Outcome =
  | 'sent'
  /** A posted message was rewritten. */
  | 'updated'
  /** The look-up after a restored backup found it in Slack already. */
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

/** Writes it down under the fence; what became of the delivery. */
async function recordOutcome(
  { pool, settings, jitter, administrators = [] }: DeliveryDeps,
  claim: Claim,
  ended: Ending,
): Promise<Outcome> {
  const { giveUpMs, longestPauseMs, blockedPauseMs } = settings
  switch (ended.kind) {
    case 'sent':
    case 'told-before': {
      const place = { ...ended, lookAgainMs: lookAgainAfterMs(settings) }
      const sent = claim.purpose === 'update' ? 'updated' : 'sent'
      const outcome = ended.kind === 'sent' ? sent : ended.kind
      const finish = claim.subject.startsWith(BOARD_PACK) ? finishLogged : finishSent
      return unlessLost(await finish(pool, claim, place), outcome)
    }
    case 'uncertain': {
      const { historyLagMs: lookInMs } = settings
      return unlessLost(
        await finishUncertain(pool, claim, { lookInMs, why: ended.why }),
        'uncertain',
      )
    }
    case 'unread':
      return unlessLost(await finishUnread(pool, claim, ended), 'retried')
    case 'superseded':
      return unlessLost(await finishSuperseded(pool, claim), 'superseded')
    case 'dead':
      return unlessLost(await finishDead(pool, claim, ended.why), 'dead')
    case 'handed-back':
      return unlessLost(await handBack(pool, claim, ended.why), 'handed-back')
    case 'held':
      await pauseWorkspace(pool, claim.organisationId, settings.workspacePauseMs, ended.why)
      return unlessLost(await handBack(pool, claim, ended.why), 'held')
    case 'refused': {
      const { why, retryAfterMs } = ended
      const pauseMs = retryAfterMs === null ? null : Math.min(retryAfterMs, longestPauseMs)
      // It holds the whole channel, and is set before anybody can claim.
      if (pauseMs !== null) await pauseChannel(pool, claim, pauseMs, why)
      const afterMs = pauseMs ?? backOffMs(claim.failures + 1, jitter())
      const failed = pauseMs === null
      const state = await finishRefused(pool, claim, { afterMs, giveUpMs, failed, why })
      return state === null ? 'lost' : state === 'DEAD' ? 'dead' : 'retried'
    }
    case 'blocked': {
      const blocking = { afterMs: blockedPauseMs, giveUpMs, why: ended.why, administrators }
      const state = await finishBlocked(pool, claim, blocking)
      return state === null ? 'lost' : state === 'DEAD' ? 'dead' : 'blocked'
    }
  }
}

/** With an entry in the record of changes: both or neither, and of each delivery one. */
async function finishLogged(pool: pg.Pool, claim: Claim, place: PostedAt): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    if (!(await finishSent(client, claim, place))) return false
    const sent = await tables(client).delivery.findFirst({ where: { id: claim.id } })
    const at = sent?.sentAt ?? null
    if (at === null) return false
    const { organisationId, destination, asOf } = claim
    const source = {
      organisationId,
      byPersonId: null,
      via: 'delivery',
      at,
    }
    const change = { contractId: null, what: 'sent', field: 'board pack', from: null }
    await writeAudit(client, source, `sent the board pack of ${asOf}`, [
      { ...change, to: destination },
    ])
    return true
  })
}

function unlessLost(fenceHeld: boolean, outcome: Outcome): Outcome {
  return fenceHeld ? outcome : 'lost'
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

/**
 * Moments at which a process may go away, for proofs that this loses and repeats nothing. What is
 * passed in is awaited there; where it throws, the work is left exactly as a kill would leave it.
 */
export interface FaultPoints {
  readonly afterClaim?: (ids: readonly number[]) => Promise<void> | void
  readonly beforePost?: (id: number) => Promise<void> | void
  /** After Slack's answer or the timeout, before the outcome is recorded. */
  readonly afterPost?: (id: number) => Promise<void> | void
  readonly beforeFinish?: (id: number) => Promise<void> | void
}

/** What became of one attempt to send, for the log and the figures. Names nobody. */
export interface Attempt {
  /** The team's day that asked for it: what ties a slot of the clock to a message in Slack. */
  readonly slot: string
  readonly delivery: number
  readonly key: string
  readonly purpose: string
  readonly alerts: readonly number[]
  readonly attempt: number
  readonly outcome: Outcome
  /** Where the attempt ended, and for what reason, where it is not in Slack. */
  readonly stage: string
  readonly why: string | null
  readonly channel: string | null
  readonly ts: string | null
  /** From when it was queued to now, in milliseconds. */
  readonly ms: number
}

/** A team's day, as every line about it names it. */
export function slotName(teamId: number | null, day: string): string {
  return `${teamId ?? 'all'}/${day}`
}
