/** What the messages of a batch of deliveries need, in the same few queries however large it is. */
import type pg from 'pg'
import { groupedBy } from '../domain/grouped-by.ts'
import type { ImportProblemFact } from '../messages/answers/import-result.ts'
import type { Subject } from '../messages/buttons/action.ts'
import type { Message, WarningFacts } from '../messages/facts.ts'
import type { Claim } from './claim.ts'
import {
  ACTORS,
  type ActorRow,
  ALERTS,
  type AlertRow,
  CONTRACTS,
  type ContractRow,
  DEADLINES,
  DECISIONS,
  DELIVERIES,
  type DeadlineRow,
  type DecisionRow,
  type DeliveryRow,
  EXTENSIONS,
  type ExtensionRow,
  PEOPLE,
  type PersonRow,
  PROBLEMS,
  type ProblemRow,
} from './fact-rows.ts'
import { warnings } from './spoken.ts'
import { type Standing, standingOf } from './standing.ts'
import { type Tell, tellsOf } from './tells.ts'
import { contractFacts } from './warning-facts.ts'
import { asFirstSaid, isBroughtUpToDate } from './written-facts.ts'

/** What was read for one delivery. */
export interface Loaded {
  /** The contracts whose alerts still hold, the most urgent first. */
  readonly warnings: readonly WarningFacts[]
  /** The contract of each warning. */
  readonly contractIds: readonly number[]
  /** What a menu beside each warning acts on. */
  readonly subjects: readonly Subject[]
  /** What the message tells, by names that outlive a restored backup. */
  readonly tells: readonly Tell[]
  /** The alerts that it carries. */
  readonly alertIds: readonly number[]
  readonly team: string
  /** The message that this one replies to, where it stands in Slack. */
  readonly threadTs: string | null
  readonly threadChannel: string | null
  /** What the buttons under it act on; null where it is about several contracts. */
  readonly subject: Subject | null
  /** How the one contract's warning stands now. */
  readonly standing: Standing | null
  /** The message to rewrite, where this is an update. */
  readonly posted: {
    readonly id: number
    readonly channel: string
    readonly ts: string
    /** What was written of it, where it asks several questions. */
    readonly facts: unknown
  } | null
  /** The message to add amounts to is on its way, and stands nowhere yet. */
  readonly unposted: boolean
  /** Whom the message speaks to: their accounts are looked at before it is sent. */
  readonly spokenTo: readonly PersonRow[]
  /** Somebody still in the house answers for the one contract. */
  readonly answeredFor: boolean
  /** Those of the checkpoints it asks about that still want an answer. */
  readonly openCheckpoints: readonly number[]
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
): Promise<ReadonlyMap<number, Loaded | Error>> {
  const ids = claims.map(({ id }) => id)
  const deliveries = await pool.query<DeliveryRow>(DELIVERIES, [ids])
  const posted = deliveries.rows.map((row) => row.posted_id).filter((id) => id !== null)
  const carried = await pool.query<AlertRow>(ALERTS, [[...ids, ...posted], posted])
  const contractIds = [...new Set(carried.rows.map((row) => row.contract_id))]
  const [contracts, deadlines, actors] = await Promise.all([
    pool.query<ContractRow>(CONTRACTS, [contractIds]),
    pool.query<DeadlineRow>(DEADLINES, [contractIds]),
    pool.query<ActorRow>(ACTORS, [contractIds]),
  ])
  const people = await pool.query<PersonRow>(PEOPLE, [contracts.rows.flatMap(peopleIds)])
  // Only an update tells what was decided: posting a warning does without.
  const asked = posted.length > 0 ? contractIds : []
  const decisions =
    asked.length === 0 ? [] : (await pool.query<DecisionRow>(DECISIONS, [asked])).rows
  const extensions =
    asked.length === 0 ? [] : (await pool.query<ExtensionRow>(EXTENSIONS, [asked])).rows
  const rows: Rows = {
    alerts: groupedBy(carried.rows, (row) => row.delivery_id),
    contracts: new Map(contracts.rows.map((row) => [row.id, row])),
    people: new Map(people.rows.map((row) => [row.id, row])),
    actors: new Map(actors.rows.map((row) => [row.contract_id, row])),
    deadlines: groupedBy(deadlines.rows, (row) => row.contract_id),
    deliveries: new Map(deliveries.rows.map((row) => [row.id, row])),
    decisions: groupedBy(decisions, (row) => row.contract_id),
    extensions: groupedBy(extensions, (row) => row.contract_id),
    problems: await readProblems(pool, claims),
  }
  return new Map(claims.map((claim) => [claim.id, loadedOrError(claim, rows)]))
}

export interface Rows {
  readonly alerts: ReadonlyMap<number, readonly AlertRow[]>
  readonly contracts: ReadonlyMap<number, ContractRow>
  readonly people: ReadonlyMap<number, PersonRow>
  readonly actors: ReadonlyMap<number, ActorRow>
  readonly deadlines: ReadonlyMap<number, readonly DeadlineRow[]>
  readonly deliveries: ReadonlyMap<number, DeliveryRow>
  readonly decisions: ReadonlyMap<number, readonly DecisionRow[]>
  readonly extensions: ReadonlyMap<number, readonly ExtensionRow[]>
  readonly problems: ReadonlyMap<number, readonly ImportProblemFact[]>
}

/** By import: all that was found, also what a later one has put right since. */
async function readProblems(pool: pg.Pool, claims: readonly Claim[]): Promise<Rows['problems']> {
  const imports = claims.flatMap((claim) => importOf(claim) ?? [])
  if (imports.length === 0) return new Map()
  const found = await pool.query<ProblemRow>(PROBLEMS, [imports])
  return groupedBy(found.rows, (row) => row.import_id)
}

function importOf({ purpose, facts }: Claim): number | null {
  if (purpose !== 'import') return null
  const { importId } = facts as { readonly importId?: unknown }
  return typeof importId === 'number' ? importId : null
}

function loadedOrError(claim: Claim, rows: Rows): Loaded | Error {
  try {
    const delivery = rows.deliveries.get(claim.id)
    const { posted_id: postedId, posted_channel: channel, posted_ts: ts } = delivery ?? NOT_POSTED
    const said = asFirstSaid(claim)
    const alerts = stillSaid(claim, said, rows.alerts.get(postedId ?? claim.id) ?? [])
    const [first] = alerts
    const one = first !== undefined && alerts.every((row) => row.contract_id === first.contract_id)
    const contract = one ? rows.contracts.get(first.contract_id) : undefined
    // A rewritten message says what the first one said of itself.
    const possibleRepeat = said.possibleRepeat || delivery?.posted_repeat === true
    const spoken = warnings({ ...said, possibleRepeat }, alerts, rows)
    return {
      contractIds: spoken.map((each) => each.contractId),
      subjects: spoken.flatMap(({ contractId }) => {
        const row = rows.contracts.get(contractId)
        return row === undefined ? [] : [{ contractId, version: row.version, alertIds: [] }]
      }),
      tells: tellsOf(claim, alerts),
      alertIds: alerts.map((row) => row.id),
      warnings: spoken.map((each) => each.facts),
      spokenTo: spoken.flatMap((each) => each.spokenTo),
      answeredFor: spoken.some(({ facts }) => (facts.addressees ?? []).length > 0),
      team: delivery?.team ?? '',
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
      standing:
        contract === undefined
          ? null
          : standingOf(claim.asOf, contractFacts(contract, null), contract, alerts, {
              deadlines: rows.deadlines.get(contract.id) ?? [],
              decisions: rows.decisions.get(contract.id) ?? [],
              extensions: rows.extensions.get(contract.id) ?? [],
            }),
      posted:
        postedId !== null && channel !== null && ts !== null
          ? { id: postedId, channel, ts, facts: delivery?.posted_questions ?? null }
          : null,
      unposted: said !== claim && UNPOSTED.has(delivery?.posted_state ?? ''),
      openCheckpoints: delivery?.open_checkpoints ?? [],
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

/**
 * A group that amounts are added to names the contracts that still need action, as a new one would;
 * all of them where none does, because it stands there all the same.
 */
function stillSaid(claim: Claim, said: Claim, alerts: readonly AlertRow[]): readonly AlertRow[] {
  if (said === claim || isBroughtUpToDate(said)) return alerts
  const held = alerts.filter(({ state }) => state !== 'superseded' && state !== 'closed')
  return held.length === 0 ? alerts : held
}

const NOT_POSTED = { posted_id: null, posted_channel: null, posted_ts: null }

function peopleIds(row: ContractRow): number[] {
  const { owner_id, deputy_id, category_lead_id, finance_partner_id } = row
  return [owner_id, deputy_id, category_lead_id, finance_partner_id].filter((id) => id !== null)
}
