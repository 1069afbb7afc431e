/** What would have been sent over a span of days, if nobody had done anything. Nothing is written. */
import type { Pool, PoolClient } from 'pg'
import { readTeams, type Team } from '../db/organisation.ts'
import type { RuleBook } from '../db/rule-book.ts'
import { CONTRACT_COLUMNS, type ContractRow, completeContracts } from '../db/watched.ts'
import { type CivilDate, daysBetween } from '../domain/civil-date.ts'
import type { DeadlineKind } from '../domain/deadline-kinds.ts'
import type { Deadline } from '../domain/deadlines.ts'
import type { Decimal } from '../domain/money.ts'
import { replay } from '../domain/replay.ts'
import type { ContractFacts, DeadlineFacts } from '../messages/facts.ts'
import { warningMessage } from '../messages/warning.ts'
import { sharesOneMessage } from './grouping.ts'

export interface SimulatedMessage {
  readonly on: CivilDate
  /** Alerts that share one message share its id. */
  readonly messageId: string
  readonly reference: string
  readonly kind: DeadlineKind
  readonly rung: number
  readonly deadline: CivilDate
  readonly text: string
}

export interface SimulationOptions {
  readonly organisationId: number
  readonly from: CivilDate
  readonly to: CivilDate
  readonly rulesOf: RuleBook
  /** Only the contracts of this source. */
  readonly sourceId: number | null
  /** Whether a first import holds the ladders, as in the real register; a file is replayed without. */
  readonly held: boolean
}

export async function simulate(
  client: Pool | PoolClient,
  options: SimulationOptions,
): Promise<SimulatedMessage[]> {
  const teams = new Map(
    (await readTeams(client, options.organisationId)).map((team) => [team.id, team]),
  )
  const told: Told[] = []
  for (let after = 0; ; ) {
    const rows = await client.query<ContractRow & NamedRow>(
      `SELECT ${CONTRACT_COLUMNS}, c.title, c.supplier, p.display_name AS owner, p.slack_user AS "slackUser",
              (SELECT b.name FROM contract_buyer cb JOIN buyer b ON b.id = cb.buyer_id
               WHERE cb.contract_id = c.id ORDER BY cb.position LIMIT 1) AS buyer,
              c.current_latest AS "currentLatest"
       FROM contract c LEFT JOIN person p ON p.id = c.owner_id
       WHERE c.organisation_id = $1 AND ($2::int IS NULL OR c.source_id = $2) AND NOT c.historic
         AND c.closed_on IS NULL AND c.current_latest IS NOT NULL AND c.id > $3
       ORDER BY c.id LIMIT 2000`,
      [options.organisationId, options.sourceId, after],
    )
    if (rows.rows.length === 0) break
    for (const record of await completeContracts(client, rows.rows)) {
      const row = record.row as ContractRow & NamedRow
      const team = teams.get(row.teamId)
      if (team) told.push(...replayed(record, row, team, options))
    }
    after = rows.rows.at(-1)?.id ?? after
  }
  return inMessages(told)
}

interface NamedRow {
  readonly title: string | null
  readonly supplier: string | null
  readonly owner: string | null
  readonly slackUser: string | null
  readonly buyer: string | null
  readonly currentLatest: CivilDate | null
}

interface Told extends Omit<SimulatedMessage, 'messageId'> {
  readonly channel: string
  readonly contractId: number
  readonly groupAbove: number
}

function replayed(
  record: Awaited<ReturnType<typeof completeContracts>>[number],
  row: ContractRow & NamedRow,
  team: Team,
  { from, to, rulesOf, held }: SimulationOptions,
): Told[] {
  const facts = {
    contract: record.contract,
    alerts: record.alerts,
    laddersFrom: held ? team.laddersFrom : null,
    watched: row.watched,
    // A file of the past tells of successors that nobody had signed yet: each counts from its start.
    successorKnownOn: held ? null : record.contract.successorStart,
  }
  const told: Told[] = []
  for (const day of replay(facts, from, to, rulesOf(team, row))) {
    const raised = [...day.raise].sort((a, b) => (a.deadline.on < b.deadline.on ? -1 : 1))
    const { text } = warningMessage({
      asOf: day.on,
      contract: contractFacts(row, team, day.deadlines),
      deadlines: day.deadlines
        .filter((each) => each.settled === null)
        .map((each) =>
          deadlineFacts(
            each,
            day.on,
            raised.find((raise) => raise.deadline === each),
          ),
        ),
      cameBack: false,
      possibleRepeat: false,
    })
    for (const { deadline, rung } of raised) {
      told.push({
        on: day.on,
        channel: team.channel,
        contractId: row.id,
        groupAbove: rulesOf(team).groupAbove,
        reference: row.reference,
        kind: deadline.kind,
        rung,
        deadline: deadline.on,
        text,
      })
    }
  }
  return told
}

function contractFacts(
  row: ContractRow & NamedRow,
  team: Team,
  deadlines: readonly Deadline[],
): ContractFacts {
  const end = deadlines.find((each) => each.kind === 'end' || each.kind === 'emergency-end')
  return {
    reference: row.reference,
    title: row.title,
    supplier: row.supplier,
    buyer: row.buyer,
    team: team.name,
    owner: row.owner === null ? null : { name: row.owner, slackUser: row.slackUser },
    value: row.value as Decimal | null,
    currency: row.currency,
    awardedEnd: row.endLatest,
    currentEnd: end?.latest ?? row.currentLatest,
    endPrecision: end?.kind === 'end' ? row.endPrecision : 'day',
  }
}

function deadlineFacts(
  deadline: Deadline,
  on: CivilDate,
  raise: { readonly skipped: DeadlineFacts['skipped'] } | undefined,
): DeadlineFacts {
  return {
    kind: deadline.kind,
    on: deadline.on,
    daysLeft: daysBetween(on, deadline.on),
    reason: deadline.reason,
    speaks: raise !== undefined,
    skipped: raise?.skipped ?? null,
    askedAgain: false,
  }
}

/** By day and channel as the sweep would post them: one message a contract, or one for many. */
function inMessages(told: readonly Told[]): SimulatedMessage[] {
  const places = new Map<string, { contracts: Set<number>; limits: number[] }>()
  for (const { on, channel, contractId, groupAbove } of told) {
    const place = places.get(`${on}/${channel}`) ?? { contracts: new Set(), limits: [] }
    place.contracts.add(contractId)
    if (!place.limits.includes(groupAbove)) place.limits.push(groupAbove)
    places.set(`${on}/${channel}`, place)
  }
  return told
    .map(({ channel, contractId, groupAbove, ...message }) => {
      const key = `${message.on}/${channel}`
      const { contracts, limits } = places.get(key) ?? { contracts: [], limits: [groupAbove] }
      const shares = sharesOneMessage([...contracts].length, limits)
      return { ...message, messageId: shares ? key : `${key}/${contractId}` }
    })
    .sort((a, b) =>
      a.on < b.on
        ? -1
        : a.on > b.on
          ? 1
          : a.reference < b.reference
            ? -1
            : a.reference > b.reference
              ? 1
              : b.rung - a.rung,
    )
}
