/** Everything known of one contract, for `show`; who changed what of it, and why it was warned of. */
import { DateTime } from 'luxon'
import {
  BUYERS,
  baselineFor,
  type ContractColumns,
  EARLIEST_END,
  periodOf,
  personIn,
  pricedOf,
  selectOfContracts,
  type ToldRow,
} from '../../database/contracts.ts'
import { tables } from '../../database/prisma.ts'
import { contractFacts } from '../../delivery/load.ts'
import { readQuestions } from '../../register/import/questions.ts'
import { type ContractState, readShown, readUmbrella, umbrellaOf } from '../../reports/contract.ts'
import { accruingOf } from '../../reports/costs.ts'
import { contractHeadroom, headroomOf, noticeRecord } from '../../reports/headroom.ts'
import { readHistory } from '../../reports/history.ts'
import { type CivilDate, civilDateIn, daysBetween } from '../../rules/civil-date.ts'
import {
  type ContractNames,
  type DeadlineKind,
  type PeriodUnit,
  warningState,
} from '../../rules/contract.ts'
import { extensionRemarks } from '../../rules/ledger.ts'
import { noticesToCheck } from '../../rules/notices.ts'
import { baseline, premium } from '../../rules/premium.ts'
import { pick } from '../../rules/text-match.ts'
import { ContractGone } from '../../rules/user-error.ts'
import { periodText } from '../../rules/working-days.ts'
import type {
  CardExtension,
  CardFacts,
  ExplainFacts,
  HistoryFacts,
} from '../../text/answer-facts.ts'
import type { ButtonSubject } from '../../text/buttons.ts'
import type { PersonFact } from '../../text/facts.ts'
import type { HeadroomAnswerFacts } from '../../text/headroom.ts'
import type { UmbrellaAnswerFacts } from '../../text/umbrella.ts'
import { capitalised, spendWords } from '../../text/words.ts'
import { explain } from '../../warnings/explain.ts'
import { mayThey, RESPONSIBLE, type Responsible } from '../permissions.ts'
import { askedOf, type BotContext } from '../request.ts'
import { PAGE_SIZE, placeOf } from './list.ts'

/** @throws UserError where there is no such contract. */
export async function cardFacts(context: BotContext, contractId: number): Promise<CardFacts> {
  const { pool, organisationId, today, rulesOf, asker, shared } = context
  const [row, read] = await Promise.all([
    readContract(context, contractId),
    readShown(pool, { organisationId, rulesOf }, contractId, today),
  ])
  const { shown, record } = read
  const { kept, waivers } = read.row
  const law = headroomOf(noticeRecord(record), read.who, { on: today })
  const runs = accruingOf(read.row, today)
  const remarks = extensionRemarks(record.contract)
  const next = new Map(
    shown.deadlines.map((each) => [`${each.kind} ${each.date}`, each.nextRungOn]),
  )
  // A notice before an anniversary that passed since the last sweep is none any more.
  const standing = kept.filter(({ kind, on }) => next.has(`${kind} ${on}`))
  return {
    ...askedOf(context),
    asOf: today,
    subject: subjectOf(row),
    mayChange: !shared && mayThey(asker, 'change', row).allowed,
    contract: contractFacts(row, row.people.owner),
    ...pick(row.people, 'deputy', 'categoryLead', 'financePartner'),
    ...pick(row, 'start', 'maximumEnd', 'automaticRenewal', 'parent', 'replacedBy', 'source'),
    noticePeriod: row.noticeText ?? periodWords(row.noticeAmount, row.noticeUnit),
    standing: standingWords(row, shown.state),
    state: warningState(shown.state, row.alerts, {
      stillSupplied: row.outOfContractOn !== null,
      isCard: true,
    }),
    deadlines: [
      ...standing.filter(({ settled }) => settled === null),
      ...standing.filter(({ settled }) => settled !== null),
    ].map(({ kind, on, reason, settled }) => ({
      kind,
      on,
      daysLeft: daysBetween(today, on),
      reason,
      nextOn: next.get(`${kind} ${on}`) ?? null,
      settled,
    })),
    extensions: record.extensions.map((each) => ({
      ...pick(each, 'id', 'kind', 'status', 'from', 'to', 'cost', 'currency'),
      ...(each.status === 'withdrawn'
        ? {}
        : { price: premium(each, baselineFor(read.row, each, each.currency)) }),
    })),
    waivers,
    covers: shown.covers ?? [],
    coverAsked: shown.coverAsked ?? null,
    dataSharing: pick(row, 'sharesData', 'sharedWith', 'dpia'),
    umbrella: await umbrellaOf(pool, read.row, today),
    checkpoints: shown.checkpoints,
    month: baseline(pricedOf(read.row)),
    charge:
      shown.periodicCharge === null || shown.chargeUnit === null
        ? null
        : `${spendWords(shown.periodicCharge, shown.currency)} a ${shown.chargeUnit}`,
    ...(runs === null ? {} : { accruing: runs }),
    headroom: law.tests,
    notices: noticesToCheck(law.notices, today),
    ...(await questionsOf(context, contractId)),
    problems: [...shown.problems, ...remarks.map(({ text }) => `${capitalised(text)}.`)],
  }
}

/** What is open about it, for those who may answer. */
async function questionsOf(
  { pool, organisationId, asker, shared }: BotContext,
  contractId: number,
): Promise<Pick<CardFacts, 'questions'>> {
  if (shared || !asker.isAdministrator) return {}
  const questions = await readQuestions(pool, organisationId, {
    contractId,
    isOpen: true,
    withLaw: true,
  })
  return questions.length === 0 ? {} : { questions }
}

interface ReadExtension extends CardExtension {
  readonly id: number
}

/** Its extensions by date, the withdrawn ones too. */
export async function readExtensions(
  { pool }: BotContext,
  contractId: number,
): Promise<ReadExtension[]> {
  return tables(pool).extension.findMany({
    where: { contractId },
    orderBy: [{ from: 'asc' }, { to: 'asc' }, { id: 'asc' }],
    select: {
      id: true,
      kind: true,
      status: true,
      from: true,
      to: true,
      cost: true,
      currency: true,
    },
  })
}

function periodWords(amount: number | null, unit: PeriodUnit | null): string | null {
  const period = periodOf(amount, unit)
  return period === null ? null : periodText(period)
}

function standingWords(row: FullRow, state: ContractState): string {
  const { watched, watchReason, closedOn, closedWhy, outOfContractOn } = row
  const quiet = watched
    ? ''
    : `, not watched${watchReason === null ? '' : ` (${watchReason.trim()})`}`
  switch (state) {
    case 'active':
    case 'undated':
      return `running${quiet}`
    case 'rolling':
      return `rolling on${quiet}`
    case 'historic':
      return 'historic, not watched'
    case 'out-of-contract':
      return `out of contract${outOfContractOn === null ? '' : ', still supplied'}${quiet}`
    case 'closed':
      return closedOn === null
        ? 'over: what came after is recorded'
        : `closed${closedWhy === null ? '' : `: ${closedWhy.trim()}`}`
  }
}

/** @throws UserError where there is no such contract. */
export async function umbrellaFacts(
  context: BotContext,
  contractId: number,
): Promise<UmbrellaAnswerFacts> {
  const contract = namedOf(await readContract(context, contractId))
  const umbrella = await readUmbrella(context.pool, contractId, context.today)
  return { ...askedOf(context), contract, umbrella }
}

/** @throws UserError where there is no such contract. */
export async function headroomFacts(
  context: BotContext,
  contractId: number,
  addDays: number,
): Promise<HeadroomAnswerFacts> {
  const { pool, organisationId, rulesOf, today } = context
  const row = await readContract(context, contractId)
  const of = { organisationId, rulesOf, on: today, addDays }
  const { oneMoreMonth, notices, ...headroom } = await contractHeadroom(pool, contractId, of)
  return {
    ...askedOf(context),
    asOf: today,
    contract: namedOf(row),
    currency: row.currency,
    addDays,
    headroom,
    oneMoreMonth,
    notices,
    categoryLead: row.people.categoryLead,
  }
}

// One contract as the answers and forms about it know it.

export interface FullRow
  extends Responsible,
    Omit<ToldRow, 'historic' | 'financePartnerId'>,
    Pick<ContractColumns, 'maximumEnd' | 'noticeAmount' | 'noticeText' | 'noticeUnit' | 'reviewOn'>,
    Pick<ContractColumns, 'automaticRenewal' | 'renewalAmount' | 'renewalUnit' | 'route'> {
  readonly buyer: string | null
  /** The framework under which it was called off. */
  readonly parent: string | null
  /** The umbrella that takes its place. */
  readonly replacedBy: string | null
  readonly sharesData: boolean | null
  readonly sharedWith: string | null
  readonly dpia: string | null
  /** Its own, whatever its framework's is. */
  readonly regime: string | null
  readonly watched: boolean
  readonly watchReason: string | null
  readonly source: string
  readonly people: Readonly<Record<Role, PersonFact | null>>
  /** Those that still hold, the most urgent first. */
  readonly alerts: readonly LivingAlert[]
}

type Role = 'owner' | 'deputy' | 'categoryLead' | 'financePartner'

interface LivingAlert {
  readonly id: number
  readonly kind: DeadlineKind
  readonly state: 'open' | 'acknowledged' | 'snoozed'
}

/**
 * The contract with its people and living alerts, in one query.
 * @throws UserError where the organisation has no such contract.
 */
export async function readContract(
  { pool, organisationId }: BotContext,
  contractId: number,
): Promise<FullRow> {
  const which = 'c.id = $1 AND c.organisation_id = $2'
  const found = await selectOfContracts<FullRow>(pool, SHOWN, which, [contractId, organisationId])
  const [row] = found
  if (row === undefined) throw new ContractGone()
  return row
}

const SHOWN = `c.id, c.version, c.team_id AS "teamId", ${RESPONSIBLE}, c.reference, c.title, c.supplier,
         ${BUYERS} AS buyer,
         c.start, c.end_kind AS "endKind",
         c.end_latest AS "endLatest", c.current_latest AS "currentLatest", ${EARLIEST_END} AS "earliestEnd", c.disputed_end AS "disputedEnd",
         (SELECT f.reference FROM contract f WHERE f.id = c.parent_id) AS parent,
         (SELECT f.reference FROM contract f WHERE f.id = c.replaced_by_id) AS "replacedBy",
         c.maximum_end AS "maximumEnd", c.notice_amount AS "noticeAmount", c.notice_text AS "noticeText",
         c.notice_unit AS "noticeUnit", c.automatic_renewal AS "automaticRenewal",
         c.renewal_amount AS "renewalAmount", c.renewal_unit AS "renewalUnit",
         c.review_on AS "reviewOn", c.personal_data AS "personalData",
         c.shares_data AS "sharesData", c.shared_with AS "sharedWith", c.dpia, c.documents, c.regime, c.route, c.value, c.value_basis AS "valueBasis",
         c.currency, c.watched, c.watch_reason AS "watchReason", c.closed_on AS "closedOn",
         c.closed_why AS "closedWhy", c.out_of_contract_on AS "outOfContractOn", (SELECT s.name FROM source s WHERE s.id = c.source_id) AS source,
         jsonb_build_object('owner', ${personIn('owner_id')}, 'deputy', ${personIn('deputy_id')},
           'categoryLead', ${personIn('category_lead_id')},
           'financePartner', ${personIn('finance_partner_id')}) AS people,
         coalesce((SELECT jsonb_agg(jsonb_build_object('id', a.id, 'kind', a.kind, 'state', a.state)
                                    ORDER BY a.deadline_on, a.rung, a.id)
                   FROM alert a WHERE a.contract_id = c.id
                     AND a.state IN ('open', 'acknowledged', 'snoozed')), '[]') AS alerts`

/** What buttons and forms act on: the contract as it stands now. */
export function subjectOf({ id, version, alerts }: FullRow): ButtonSubject {
  return { contractId: id, version, alertIds: alerts.map((alert) => alert.id) }
}

export function namedOf({ reference, title, supplier }: FullRow): ContractNames {
  return { reference, title, supplier }
}

// Who changed what of it, the latest first, page by page.

/** @throws UserError where there is no such contract. */
export async function historyFacts(
  context: BotContext,
  contractId: number,
  page: number,
): Promise<HistoryFacts> {
  const row = await readContract(context, contractId)
  const { pool, organisationId } = context
  const at = { page: Math.max(1, page), size: PAGE_SIZE }
  const { total, rows } = await readHistory(pool, organisationId, contractId, at)
  return {
    ...askedOf(context),
    contract: namedOf(row),
    ...placeOf(total, page),
    entries: rows.map((each) => entryOf(each, context.timeZone)),
  }
}

type ChangeRow = Awaited<ReturnType<typeof readHistory>>['rows'][number]

function entryOf(row: ChangeRow, timeZone: string): HistoryFacts['entries'][number] {
  const at = DateTime.fromJSDate(row.at, { zone: timeZone })
  return {
    on: civilDateIn(row.at, timeZone),
    at: at.toFormat('HH:mm'),
    by: byOf(row),
    via: viaWords(row),
    what: row.what,
    field: row.field,
    from: row.from,
    to: row.to,
  }
}

function byOf({ by, bySlack }: ChangeRow): PersonFact | null {
  if (by === null) return null
  // Nothing but the account is known: Slack knows its name.
  return { name: bySlack === null ? by : '', slackUser: bySlack }
}

/** An import's own summary says which file it was: `imported register.csv as register: …`. */
function viaWords({ via, summary }: ChangeRow): string {
  const file = /^imported (.+) as .+: \d/.exec(summary)?.[1]
  return file === undefined ? via : `import of ${file}`
}

/**
 * As it stood on that day; today where none is named.
 * @throws UserError where there is no such contract.
 */
export async function explainFacts(
  context: BotContext,
  contractId: number,
  on: CivilDate | null,
): Promise<ExplainFacts> {
  const { pool, organisationId, today, rulesOf } = context
  const row = await readContract(context, contractId)
  const day = on ?? today
  const { reference: _, ...told } = await explain(pool, organisationId, contractId, day, rulesOf)
  return {
    ...askedOf(context),
    on: day,
    subject: subjectOf(row),
    contract: namedOf(row),
    ...told,
  }
}
