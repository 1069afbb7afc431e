/**
 * What the messages of a batch of deliveries need, read in the same few queries however large it
 * is.
 */

import { createHash } from 'node:crypto'
import type pg from 'pg'
import {
  type PriceRow,
  peopleIds,
  pricedOf,
  readTold,
  type ToldPerson,
  type ToldRow,
} from '../database/contracts.ts'
import { addDays, type CivilDate, daysBetween, dayText } from '../rules/civil-date.ts'
import {
  type ContractNames,
  contractState,
  DEADLINE_KINDS,
  documentsOf,
  isEnd,
  reviewBeside,
  warningState,
} from '../rules/contract.ts'
import { CALL_OFF_TOLD_DAYS } from '../rules/deadlines.ts'
import { accruing, baseline } from '../rules/premium.ts'
import { groupedBy } from '../rules/text-match.ts'
import type { ButtonSubject, WarningState } from '../text/buttons.ts'
import { urgencyOfWarning } from '../text/deadline.ts'
import type {
  ContractFacts,
  DeadlineFacts,
  GroupFacts,
  Message,
  PersonFact,
  PromisedFact,
  SupersededFacts,
  WarningFacts,
} from '../text/facts.ts'
import type { ImportProblemFact } from '../text/import-result.ts'
import type { ActionRecord } from '../text/warning.ts'
import {
  type ActorRow,
  actsOf,
  type ChangesSince,
  type DecisionRow,
  type ExtensionRow,
  readActors,
  readDecisions,
  readExtensionRows,
} from './acts.ts'
import {
  type AlertRow,
  type AskedRow,
  type ContractRow,
  type DeadlineRow,
  type DeliveryRow,
  readAlerts,
  readAsked,
  readContractRows,
  readDeadlines,
  readDeliveries,
  readProblems,
} from './load-queries.ts'
import {
  mentionsOf,
  type Recipients,
  recipientsOf,
  toldOf,
  type WrittenPromise,
} from './mentions.ts'
import type { Claim, ToldDeadline } from './outbox.ts'

export interface LoadedDelivery {
  /** The contracts whose alerts still hold, the most urgent first. */
  readonly warnings: readonly WarningFacts[]
  readonly contractIds: readonly number[]
  readonly subjects: NonNullable<GroupFacts['subjects']>
  /** What the message tells, by names that outlive a restored backup. */
  readonly fingerprints: readonly MessageFingerprint[]
  readonly told: readonly ToldDeadline[]
  readonly team: string
  /** From when on the team's schedules warn, as it stands now. */
  readonly startedOn: CivilDate | null
  /** The message that this one replies to, where it stands in Slack. */
  readonly threadTs: string | null
  readonly threadChannel: string | null
  /** What the buttons under it act on; null where it is about several contracts. */
  readonly subject: ButtonSubject | null
  readonly standing: WarningStatus | null
  readonly posted: {
    readonly id: number
    readonly channel: string
    readonly ts: string
    /** What was written of it, where it asks several questions. */
    readonly facts: unknown
    readonly purpose: string
    readonly catchUp: boolean
    /** See `OutgoingFacts`. */
    readonly cliff: unknown
  } | null
  /** How each of `warnings` stands now, where a posted message is rewritten; else empty. */
  readonly statuses: readonly (WarningStatus | null)[]
  /** The message to add amounts to is on its way, and stands nowhere yet. */
  readonly unposted: boolean
  /** Whom the message addresses: their accounts are looked at before it is sent. */
  readonly addressed: readonly ToldPerson[]
  /** Somebody who has not left answers for the one contract. */
  readonly answeredFor: boolean
  /** Those of the checkpoints it asks about that still want an answer. */
  readonly openCheckpoints: readonly number[]
  /** Of the releases it tells of, with their days, those that it is not to tell of any more. */
  readonly remindersGone: readonly string[]
  /** What was wrong with the rows of the import that it tells of. */
  readonly problems: readonly ImportProblemFact[]
  /** What somebody asked for, once it is made. */
  readonly made: Message | null
}

/**
 * What each delivery has to say, by its id; an error where its rows make no sense, so that one bad
 * row stops nobody else's message. Alerts that were superseded or closed are left out, but for an
 * update, which says what became of them.
 */
export async function loadFacts(
  pool: pg.Pool,
  claims: readonly Claim[],
): Promise<ReadonlyMap<number, LoadedDelivery | Error>> {
  const ids = claims.map(({ id }) => id)
  const deliveries = await readDeliveries(pool, ids)
  const posted = deliveries.flatMap((row) => row.posted_id ?? [])
  const carried = await readAlerts(pool, [...ids, ...posted], posted)
  const contractIds = [...new Set(carried.map((row) => row.contract_id))]
  const [contracts, deadlines, actors, questions] = await Promise.all([
    readContractRows(pool, contractIds),
    readDeadlines(pool, contractIds),
    readActors(pool, contractIds),
    readAsked(pool, contractIds),
  ])
  const said = [...claims, ...deliveries.map(asPosted)].flatMap(promisesOf)
  const named = [...contracts.flatMap(peopleIds), ...said.flatMap(({ by }) => by ?? [])]
  // Only an update tells what was decided: posting a warning does without.
  const isAsked = posted.length > 0 && contractIds.length > 0
  const imports = claims.flatMap((claim) => importOf(claim) ?? [])
  const rows: LoadedRows = {
    alerts: groupedBy(carried, (row) => row.delivery_id),
    contracts: new Map(contracts.map((row) => [row.id, row])),
    people: await readTold(pool, named),
    actors: new Map(actors.map((row) => [row.contract_id, row])),
    questions: new Map(questions.map((row) => [row.contract_id, row])),
    deadlines: groupedBy(deadlines, (row) => row.contract_id),
    deliveries: new Map(deliveries.map((row) => [row.id, row])),
    decisions: groupedBy(isAsked ? await readDecisions(pool, contractIds) : [], ofContract),
    extensions: groupedBy(isAsked ? await readExtensionRows(pool, contractIds) : [], ofContract),
    // By import: all that was found, also what a later one has put right since.
    problems: groupedBy(
      imports.length === 0 ? [] : await readProblems(pool, imports),
      (row) => row.import_id,
    ),
  }
  return new Map(claims.map((claim) => [claim.id, loadedOrError(claim, rows)]))
}

interface LoadedRows {
  readonly alerts: ReadonlyMap<number, readonly AlertRow[]>
  readonly contracts: ReadonlyMap<number, ContractRow>
  readonly people: ReadonlyMap<number, ToldPerson>
  readonly actors: ReadonlyMap<number, ActorRow>
  readonly questions: ReadonlyMap<number, AskedRow>
  readonly deadlines: ReadonlyMap<number, readonly DeadlineRow[]>
  readonly deliveries: ReadonlyMap<number, DeliveryRow>
  readonly decisions: ReadonlyMap<number, readonly DecisionRow[]>
  readonly extensions: ReadonlyMap<number, readonly ExtensionRow[]>
  readonly problems: ReadonlyMap<number, readonly ImportProblemFact[]>
}

function ofContract({ contract_id: id }: { readonly contract_id: number }): number {
  return id
}

function importOf({ purpose, facts }: Claim): number | null {
  if (purpose !== 'import') return null
  const { importId } = facts as { readonly importId?: unknown }
  return typeof importId === 'number' ? importId : null
}

function loadedOrError(claim: Claim, rows: LoadedRows): LoadedDelivery | Error {
  try {
    const delivery = rows.deliveries.get(claim.id)
    const { posted_id: postedId, posted_channel: channel, posted_ts: ts } = delivery ?? NOT_POSTED
    const said = asFirstSaid(claim)
    const carried = stillSaid(claim, said, rows.alerts.get(postedId ?? claim.id) ?? [])
    const alerts = carried.filter((alert) => isTheirs(claim, rows, alert))
    const [first] = alerts
    const one = first !== undefined && alerts.every((row) => row.contract_id === first.contract_id)
    const contract = one ? rows.contracts.get(first.contract_id) : undefined
    // A rewritten message says what the first one said of itself.
    const possibleRepeat = said.possibleRepeat || delivery?.posted_repeat === true
    const statusOf = (contractId: number) => {
      const row = rows.contracts.get(contractId)
      const own = alerts.filter((alert) => alert.contract_id === contractId)
      if (row === undefined) return null
      return standingOf(claim.asOf, contractFacts(row), row, own, {
        deadlines: rows.deadlines.get(contractId) ?? [],
        decisions: rows.decisions.get(contractId) ?? [],
        extensions: rows.extensions.get(contractId) ?? [],
      })
    }
    const promises = delivery === undefined ? [] : promisesOf(asPosted(delivery))
    const warned = warnings({ ...said, possibleRepeat }, alerts, rows, [
      ...promisesOf(claim),
      ...promises,
    ])
    return {
      contractIds: warned.map((each) => each.contractId),
      subjects: warned.flatMap(({ contractId }) => {
        const row = rows.contracts.get(contractId)
        if (row === undefined) return []
        const own = alerts.filter((alert) => alert.contract_id === contractId)
        const state = stateOf(claim.asOf, row, own, rows.deadlines.get(contractId) ?? [])
        return [{ contractId, version: row.version, state }]
      }),
      fingerprints: fingerprintsOf(claim, alerts),
      told: alerts.map(({ id, deadline_on: on }) => ({ id, on })),
      warnings: warned.map((each) => each.facts),
      addressed: warned.flatMap((each) => each.addressed),
      answeredFor: warned.some(({ facts }) => (facts.addressees ?? []).length > 0),
      team: delivery?.team ?? '',
      startedOn: delivery?.started_on ?? null,
      threadTs: delivery?.thread_ts ?? null,
      threadChannel: delivery?.thread_channel ?? null,
      subject:
        contract === undefined
          ? null
          : {
              contractId: contract.id,
              version: contract.version,
              alertIds: alerts.map((row) => row.id).slice(-5),
            },
      standing: contract === undefined ? null : statusOf(contract.id),
      posted:
        postedId !== null && channel !== null && ts !== null
          ? {
              ...{ id: postedId, channel, ts, facts: delivery?.posted_questions ?? null },
              purpose: delivery?.posted_purpose ?? '',
              catchUp: delivery?.posted_catch_up ?? false,
              cliff: delivery?.posted_cliff ?? null,
            }
          : null,
      statuses: postedId === null ? [] : warned.map(({ contractId }) => statusOf(contractId)),
      unposted: said !== claim && UNPOSTED.has(delivery?.posted_state ?? ''),
      openCheckpoints: delivery?.open_checkpoints ?? [],
      remindersGone: delivery?.reminders_gone ?? [],
      problems: rows.problems.get(importOf(claim) ?? 0) ?? [],
      made: null,
    }
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

const UNPOSTED: ReadonlySet<string> = new Set([
  'PENDING',
  'SENDING',
  'RETRY',
  'UNCERTAIN',
  'BLOCKED',
])

/** Whether it says that contracts were withdrawn of which a message spoke. */
function isWithdrawal({ facts }: Pick<Claim, 'facts'>): boolean {
  return has(facts, 'withdrawn')
}

/**
 * A group that amounts are added to, or that is partly withdrawn, names the contracts that still need action, as a new one would;
 * all of them where none does, because it stands there all the same.
 */
function stillSaid(claim: Claim, said: Claim, alerts: readonly AlertRow[]): readonly AlertRow[] {
  const isWhole = said === claim || isBroughtUpToDate(said)
  if (isWhole && !isWithdrawal(claim)) return alerts
  const held = alerts.filter(({ state }) => state !== 'superseded' && state !== 'closed')
  return held.length === 0 && !isWithdrawal(claim) ? alerts : held
}

/** A direct message is sent only while its reader still has a role in the contract. */
function isTheirs(claim: Claim, rows: LoadedRows, { contract_id: id }: AlertRow): boolean {
  const contract = rows.contracts.get(id)
  if (claim.purpose !== 'direct' || contract === undefined) return true
  return peopleIds(contract).some((each) => rows.people.get(each)?.slack === claim.destination)
}

const NOT_POSTED = { posted_id: null, posted_channel: null, posted_ts: null }

interface PromiseOf extends WrittenPromise {
  readonly contractId: number
}

/** The promises that had run out when the sweep asked again, as it wrote them into the delivery. */
function promisesOf(claim: Pick<Claim, 'purpose' | 'subject' | 'facts'>): PromiseOf[] {
  return Object.entries(toldOf(claim).promised).map(([id, promise]) => ({
    ...promise,
    contractId: Number(id),
  }))
}

/** The same of the message that an update rewrites. */
function asPosted({ posted_promised: promised }: DeliveryRow) {
  return { purpose: 'post', subject: '', facts: { promised } }
}

interface MentionedWarning extends Pick<Recipients, 'mentioned' | 'addressed'> {
  readonly contractId: number
  readonly facts: WarningFacts
}

/** The most urgent first. */
function warnings(
  claim: Claim,
  carried: readonly AlertRow[],
  rows: LoadedRows,
  promises: readonly PromiseOf[],
): MentionedWarning[] {
  const all = [...groupedBy(carried, (row) => row.contract_id)]
    .flatMap(([contractId, alerts]) => {
      const contract = rows.contracts.get(contractId)
      if (contract === undefined) return []
      const deadlines = rows.deadlines.get(contractId) ?? []
      const review = reviewBeside(contract, contract.extendedFrom)
      const of = warnedFacts(contract, review, claim.asOf)
      const promise = promises.find((each) => each.contractId === contractId)
      const promised = promise === undefined ? null : promisedFact(promise, rows)
      return [{ contract, facts: warning(claim, of, alerts, deadlines, promised) }]
    })
    .sort((a, b) => urgencyOfWarning(a.facts) - urgencyOfWarning(b.facts))
  const before = new Set<number>()
  return all.map(({ contract, facts }) => {
    const warned = withMentions(claim, contract, facts, rows, before)
    for (const { id } of warned.mentioned) before.add(id)
    return warned
  })
}

function promisedFact({ was, on, until, by }: PromiseOf, { people }: LoadedRows): PromisedFact {
  const person = by === null ? undefined : people.get(by)
  // Named, not mentioned, where there is a name.
  const name = person?.name ?? ''
  const slackUser = name === '' ? (person?.slack ?? null) : null
  return { was, on, until, by: person === undefined ? null : { name, slackUser } }
}

/** A contract as a warning tells of it: with what it cost without cover, and its review beside an extension. */
export function warnedFacts(
  row: ToldContract & PriceRow & Pick<ToldRow, 'outOfContractOn'>,
  review: string | null,
  asOf: CivilDate,
): ContractFacts {
  const { outOfContractOn: since } = row
  const facts = { ...contractFacts(row), review }
  if (since === null) return facts
  const { accrued } = accruing(baseline(pricedOf(row)), since, asOf)
  return { ...facts, outOfContract: { since, accrued } }
}

function withMentions(
  claim: Claim,
  contract: ContractRow,
  facts: WarningFacts,
  { people, actors, questions }: LoadedRows,
  before: ReadonlySet<number>,
): MentionedWarning {
  const told = toldOf(claim)
  const why = told.escalated[String(contract.id)] ?? null
  const { owner, addressees, mentioned, addressed } = recipientsOf({
    asOf: claim.asOf,
    contract,
    kinds: facts.deadlines.filter((each) => each.speaks).map((each) => each.kind),
    people,
    lastActor: actors.get(contract.id),
    mentions: mentionsOf(told, why),
    before,
  })
  return {
    contractId: contract.id,
    facts: {
      ...facts,
      contract: { ...facts.contract, owner },
      addressees,
      escalated: why,
      question: questions.get(contract.id) ?? null,
    },
    mentioned,
    addressed,
  }
}

// What a message tells, in a form that is the same after a backup was restored: a warning is named
// by its register, the contract's identity there, its deadline and its reminder, not by numbers that
// the restored database gives out anew. Hashed, because everyone in the workspace may read metadata.

/** 48 bits: among a thousand warnings of one channel two are alike once in 500 million cases. */
const LENGTH = 8
/** What Slack takes as metadata is limited; warnings beyond these are told again after a restore. */
const MOST = 1000

/** One for each warning; of a message without any, a hash of purpose, subject, sequence and day. */
function fingerprintsOf(claim: Claim, alerts: readonly AlertRow[]): MessageFingerprint[] {
  if (alerts.length === 0) {
    // An account is asked once ever, so that the day tells nothing apart.
    const day = claim.purpose === 'identity' ? null : claim.asOf
    const own = [claim.purpose, claim.subject, claim.sequence, day]
    return [{ contractId: null, hash: hashed(own) }]
  }
  const escalates = isEscalation(claim)
  return alerts.map((alert) => ({
    contractId: alert.contract_id,
    hash: hashed([
      alert.source,
      alert.external_id,
      alert.kind,
      alert.deadline_on,
      alert.rung,
      alert.occurrence,
      alert.asked_again,
      escalates,
    ]),
  }))
}

interface MessageFingerprint {
  readonly contractId: number | null
  readonly hash: string
}

export function joinFingerprints(fingerprints: readonly MessageFingerprint[]): string {
  return fingerprints
    .slice(0, MOST)
    .map(({ hash }) => hash)
    .join('')
}

/** The fingerprints of a message’s metadata; none where it carries none. */
export function splitFingerprints(text: unknown): string[] {
  return typeof text === 'string' ? (text.match(/[\w-]{8}/g) ?? []) : []
}

function hashed(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, LENGTH)
}

/** The same warning goes to the team and to those above it. */
function isEscalation({ purpose, subject }: Claim): boolean {
  return purpose === 'escalate' || subject.startsWith('escalation:')
}

function warning(
  { asOf, possibleRepeat }: Claim,
  contract: ContractFacts,
  alerts: readonly AlertRow[],
  deadlines: readonly DeadlineRow[],
  promised: PromisedFact | null,
): WarningFacts {
  const speaking = [...groupedBy(alerts, (row) => `${row.kind} ${row.deadline_on}`).values()]
  const others = deadlines.filter(
    (deadline) =>
      deadline.open &&
      !(deadline.kind === 'call-off-by' && deadline.due_on < addDays(asOf, -CALL_OFF_TOLD_DAYS)) &&
      !alerts.some((a) => a.kind === deadline.kind && a.deadline_on === deadline.due_on),
  )
  return {
    asOf,
    contract,
    deadlines: [
      ...speaking.map((reminders) => ({
        ...speakingFacts(asOf, reminders, deadlines),
        askedAgain: promised !== null,
      })),
      ...others.map((deadline) => readFacts(asOf, deadline)),
    ],
    promised,
    cameBack: alerts.some(({ occurrence }) => occurrence > 1),
    possibleRepeat,
  }
}

/** One deadline for which one or more reminders are told of at once. */
function speakingFacts(
  asOf: CivilDate,
  reminders: readonly AlertRow[],
  deadlines: readonly DeadlineRow[],
): DeadlineFacts {
  const [first] = reminders
  if (first === undefined) throw new Error('A deadline without an alert cannot speak.')
  const { kind, deadline_on: on } = first
  const known = deadlines.find((each) => each.kind === kind && each.due_on === on)
  const skipped = reminders.flatMap(({ skipped_from: from, skipped_to: to }) =>
    from === null || to === null ? [] : [{ from, to }],
  )
  return {
    ...(known === undefined
      ? deadlineFacts(asOf, { kind, on, reason: '' })
      : readFacts(asOf, known)),
    speaks: true,
    skipped:
      skipped.length === 0
        ? null
        : {
            from: Math.max(...skipped.map(({ from }) => from)),
            to: Math.min(...skipped.map(({ to }) => to)),
          },
  }
}

function readFacts(asOf: CivilDate, row: DeadlineRow): DeadlineFacts {
  const { kind, due_on: on, latest_on: latest, from_on: from, renews_to: renewsTo, reason } = row
  return deadlineFacts(asOf, { kind, on, latest, from, renewsTo, reason })
}

/** A deadline as messages tell of it: of an end the contract says which days it may be. */
export function deadlineFacts(
  asOf: CivilDate,
  { kind, on, latest, from, renewsTo, reason }: WordedDeadline,
): DeadlineFacts {
  // A kind that this version does not know fails this message alone.
  if (!DEADLINE_KINDS.includes(kind)) throw new Error(`"${kind}" is no kind of deadline.`)
  return {
    kind,
    on,
    ...(latest == null || latest === on || isEnd(kind) ? {} : { latest }),
    ...(from == null ? {} : { from }),
    ...(renewsTo == null ? {} : { renewsTo }),
    daysLeft: daysBetween(asOf, on),
    reason,
    speaks: false,
    skipped: null,
    askedAgain: false,
  }
}

interface WordedDeadline extends Pick<DeadlineFacts, 'kind' | 'on' | 'reason'> {
  readonly latest?: CivilDate | null
  readonly from?: CivilDate | null
  readonly renewsTo?: CivilDate | null
}

/** What messages tell of a contract, whatever they are about. */
export interface ToldContract
  extends ContractNames,
    Pick<
      ToldRow,
      'value' | 'valueBasis' | 'currency' | 'endLatest' | 'currentLatest' | 'earliestEnd'
    >,
    Pick<ToldRow, 'disputedEnd' | 'personalData' | 'documents'> {
  readonly team: string
  readonly buyer: string | null
}

export function contractFacts(row: ToldContract, owner: PersonFact | null = null): ContractFacts {
  const { reference, title, supplier, buyer, team, value, currency, earliestEnd } = row
  const { valueBasis } = row
  return {
    ...{ reference, title, supplier, buyer, team, owner, value, currency, valueBasis },
    awardedEnd: row.endLatest,
    currentEnd: row.currentLatest,
    ...(earliestEnd === null || earliestEnd === row.currentLatest ? {} : { earliestEnd }),
    disputedEnd: row.disputedEnd,
    personalData: row.personalData,
    documents: documentsOf(row.documents),
  }
}

/**
 * What a message went out as, where this delivery only adds the amounts to it (`enqueue-updates.ts`); the
 * claim itself where it does anything else.
 */
export function asFirstSaid(claim: Claim): Claim {
  const first = has(claim.facts, 'amounts_of') ? claim.facts.amounts_of : null
  if (!has(first, 'purpose')) return claim
  const possibleRepeat = has(first, 'possible_repeat') && first.possible_repeat === true
  return { ...claim, purpose: String(first.purpose), possibleRepeat }
}

/**
 * Whether a posted message of this kind tells what people did about it since, with its buttons. A
 * reply to a warning keeps the words of its day.
 */
export function isBroughtUpToDate({ purpose, facts }: Pick<Claim, 'purpose' | 'facts'>): boolean {
  const isReply = purpose !== 'checkpoint' && has(facts, 'thread_of')
  return UP_TO_DATE.has(purpose) && !isReply
}

const UP_TO_DATE: ReadonlySet<string> = new Set([
  'post',
  'ask-again',
  'direct',
  'escalate',
  'checkpoint',
  'update',
])

export function has<Name extends string>(
  value: unknown,
  name: Name,
): value is Record<Name, unknown> {
  return typeof value === 'object' && value !== null && name in value
}

/** How a posted warning stands now: who did what about it, and which buttons still fit. */

interface WarningStatus {
  readonly state: WarningState
  /** The latest act last. */
  readonly acts: readonly ActionRecord[]
  /** What to say instead, where none of its alerts holds any more. */
  readonly superseded: SupersededFacts | null
}

type StatusChanges = ChangesSince & { readonly deadlines: readonly DeadlineRow[] }

/** `row` is the contract of `alerts`, which one message carries. */
function standingOf(
  asOf: CivilDate,
  contract: ContractFacts,
  row: ContractRow,
  alerts: readonly AlertRow[],
  since: StatusChanges,
): WarningStatus {
  const last = alerts.at(-1)
  const acts = actsOf(asOf, row, alerts, since)
  if (last !== undefined && alerts.every((alert) => alert.state === 'superseded')) {
    return { state: 'superseded', acts, superseded: supersededBy(asOf, contract, last, since) }
  }
  return { state: stateOf(asOf, row, alerts, since.deadlines), acts, superseded: null }
}

/** As the contract stands on the day of the message. */
function stateOf(
  asOf: CivilDate,
  row: ContractRow,
  alerts: readonly AlertRow[],
  deadlines: readonly DeadlineRow[],
): WarningState {
  const facts = {
    closed: row.closedOn !== null,
    historic: row.historic,
    endKind: row.endKind,
    currentEnd: row.currentLatest,
    endSettled: deadlines.some(({ kind, open }) => !open && isEnd(kind)),
  }
  return warningState(contractState(facts, asOf), alerts, {
    stillSupplied: row.outOfContractOn !== null,
    isCard: false,
  })
}

function supersededBy(
  asOf: CivilDate,
  contract: ContractFacts,
  { kind, deadline_on: was }: AlertRow,
  { deadlines, extensions }: StatusChanges,
): SupersededFacts {
  const now = deadlines.find((each) => each.kind === kind && each.open)
  const [extension] = extensions
  return {
    asOf,
    contract,
    kind,
    was,
    now: now?.due_on ?? null,
    why:
      extension === undefined ? null : `Extended (${extension.kind}) to ${dayText(extension.to)}.`,
  }
}
