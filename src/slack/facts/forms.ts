/** What the modals about one contract, or about a team, begin with. */

import { periodOf } from '../../database/contracts.ts'
import { tables } from '../../database/prisma.ts'
import { contractLaw } from '../../reports/headroom.ts'
import { coverProposed, readCovers } from '../../reports/support.ts'
import { readWaivers } from '../../reports/waivers.ts'
import { addDays } from '../../rules/civil-date.ts'
import { documentsOf, isEnd, REGIMES, VALUE_BASES } from '../../rules/contract.ts'
import { CALL_OFF_TOLD_DAYS, decidable } from '../../rules/deadlines.ts'
import { snoozeLimit } from '../../rules/reminder-plan.ts'
import { pick } from '../../rules/text-match.ts'
import { UserError } from '../../rules/user-error.ts'
import { type CardExtension, type ReminderChannel, VOICES } from '../../text/answer-facts.ts'
import type { PersonFact } from '../../text/facts.ts'
import type { AssignForm } from '../forms/assign.ts'
import type { ContractForm } from '../forms/contract.ts'
import type { CoverForm } from '../forms/cover.ts'
import type { DecideForm, SnoozeForm } from '../forms/decide.ts'
import type { ClassifyForm, ExtendForm, WaiverForm, WithdrawForm } from '../forms/extend.ts'
import type { AboutContract } from '../forms/fields.ts'
import type { ImportForm } from '../forms/import.ts'
import type { PersonMention } from '../parse/command-types.ts'
import type { BotContext } from '../request.ts'
import { type FullRow, namedOf, readContract, readExtensions, subjectOf } from './contract.ts'
import { peopleNamed, teamsOf } from './filters.ts'

/** For snoozing. @throws UserError where there is no such contract; so do all that follow. */
export async function snoozeForm(context: BotContext, contractId: number): Promise<SnoozeForm> {
  const row = await readContract(context, contractId)
  return { ...about(row), limit: snoozeLimit(context.today, await openDeadlines(context, row)) }
}

export async function assignForm(context: BotContext, contractId: number): Promise<AssignForm> {
  const row = await readContract(context, contractId)
  const { owner, deputy } = row.people
  return {
    ...about(row),
    owner: await inSelect(context, owner),
    deputy: await inSelect(context, deputy),
  }
}

/** Whom a name means: with an account where one person of that name has one. */
export async function proposedOwner(context: BotContext, who: PersonMention): Promise<PersonFact> {
  const name = 'name' in who ? who.name : ''
  const found = await peopleNamed(context, who)
  const accounts = found.filter(({ slackUser }) => slackUser !== null)
  const [only] = accounts
  if (accounts.length !== 1 || only === undefined) return { name, slackUser: null }
  const shown = await inSelect(context, { name: only.name ?? name, slackUser: only.slackUser })
  return shown ?? { name, slackUser: null }
}

/** Slack may refuse a form, or empty its field, where the account that it shows is closed: named instead. */
async function inSelect(
  { pool, organisationId }: BotContext,
  person: PersonFact | null,
): Promise<PersonFact | null> {
  if (person === null || person.slackUser === null) return person
  const gone = await tables(pool).person.count({
    where: { organisationId, slackUser: person.slackUser, goneOn: { not: null } },
  })
  return gone === 0 ? person : { ...person, slackUser: null }
}

export async function extendForm(context: BotContext, contractId: number): Promise<ExtendForm> {
  return extending(context, await readContract(context, contractId))
}

/**
 * For the earliest of the contract's extensions that nobody has classified.
 * @throws UserError where all of them are.
 */
export async function classifyForm(context: BotContext, contractId: number): Promise<ClassifyForm> {
  const row = await readContract(context, contractId)
  const extensions = await readExtensions(context, contractId)
  const extension = extensions.find(isUnclassified)
  if (extension === undefined) {
    throw new UserError(`Every extension of ${row.reference} is classified already.`)
  }
  return { ...(await extending(context, row)), extension }
}

/**
 * With the extensions and waivers that could be taken back, the last recorded first.
 * @throws UserError where there is none.
 */
export async function withdrawForm(context: BotContext, contractId: number): Promise<WithdrawForm> {
  const row = await readContract(context, contractId)
  const all = await readExtensions(context, contractId)
  const extensions = all.filter(({ status }) => status !== 'withdrawn').sort((a, b) => b.id - a.id)
  const { pool, organisationId } = context
  const waivers = await readWaivers(pool, { organisationId, contractId })
  if (extensions.length === 0 && waivers.length === 0) {
    throw new UserError(
      `${row.reference} has no extension that could be withdrawn, and no waiver that could be taken back.`,
    )
  }
  return { ...about(row), extensions, waivers }
}

/** What a waiver of this contract would stand beside. */
export async function waiverForm(context: BotContext, contractId: number): Promise<WaiverForm> {
  const row = await readContract(context, contractId)
  const extensions = await readExtensions(context, contractId)
  const emergencies = extensions
    .filter(({ kind, status }) => kind === 'emergency' && status === 'confirmed')
    .map(({ from, to }) => ({ from, to }))
  return { ...about(row), currency: row.currency, emergencies }
}

/** With what it covers until now, and what its title seems to say. */
export async function coverForm(context: BotContext, contractId: number): Promise<CoverForm> {
  const row = await readContract(context, contractId)
  const covers = await readCovers(context.pool, contractId, context.today)
  return { ...about(row), covers, proposed: coverProposed(row.title)?.name ?? null }
}

/** With the open deadlines, one of each kind, the most urgent first. */
export async function decideForm(context: BotContext, contractId: number): Promise<DecideForm> {
  const row = await readContract(context, contractId)
  const open = await openDeadlines(context, row)
  const deadlines = open.map(({ kind, on }) => ({ kind: decidable(kind), on }))
  const first = deadlines.filter(
    ({ kind }, index) => deadlines.findIndex((each) => each.kind === kind) === index,
  )
  return { ...about(row), deadlines: first }
}

/** By date; once it has ended the end comes first: what had to be done before it is past. */
async function openDeadlines({ pool, today }: BotContext, { id, currentLatest }: FullRow) {
  const found = await tables(pool).deadline.findMany({
    where: { contractId: id, settledWhy: null },
    orderBy: [{ on: 'asc' }, { kind: 'asc' }],
  })
  const open = found.filter(
    ({ kind, on }) => kind !== 'call-off-by' || on >= addDays(today, -CALL_OFF_TOLD_DAYS),
  )
  if (currentLatest === null || currentLatest >= today) return open
  return [...open.filter(({ kind }) => isEnd(kind)), ...open.filter(({ kind }) => !isEnd(kind))]
}

/** Teams that a select can offer. */
const MOST_TEAMS = 100

/** As the contract stands; for a new one the asker is its owner, in the asker's team. */
export async function contractForm(
  context: BotContext,
  contractId: number | null,
  title: string | null = null,
): Promise<ContractForm> {
  const teams = await context.teams()
  if (contractId === null) {
    const [mine] = await teamsOf(context)
    const contract = {
      title,
      teamId: mine?.id ?? teams[0]?.id ?? null,
    }
    const owner = { name: '', slackUser: context.asker.slackUser }
    return { subject: null, contract, owner, teams: offered(teams, contract.teamId) }
  }
  const row = await readContract(context, contractId)
  return {
    subject: subjectOf(row),
    contract: inputOf(row),
    owner: await inSelect(context, row.people.owner),
    disputedEnd: row.disputedEnd,
    teams: offered(teams, row.teamId),
  }
}

function offered(
  teams: readonly { readonly id: number; readonly name: string }[],
  own: number | null,
): ContractForm['teams'] {
  const short = teams.map(({ id, name }) => ({ id, name }))
  if (short.length <= MOST_TEAMS) return short
  const mine = short.filter(({ id }) => id === own)
  return [...mine, ...short.filter(({ id }) => id !== own)].slice(0, MOST_TEAMS)
}

function inputOf(row: FullRow): ContractForm['contract'] {
  return {
    ...pick(row, 'reference', 'title', 'supplier', 'buyer', 'teamId', 'start', 'endKind'),
    ...pick(row, 'maximumEnd', 'automaticRenewal', 'reviewOn', 'personalData', 'sharesData'),
    ...pick(row, 'sharedWith', 'dpia', 'value', 'currency', 'route'),
    owner: row.people.owner?.slackUser ?? null,
    end: row.endKind === 'dated' ? row.endLatest : null,
    noticePeriod: periodOf(row.noticeAmount, row.noticeUnit),
    renewalTerm: periodOf(row.renewalAmount, row.renewalUnit),
    valueBasis: VALUE_BASES.find((basis) => basis === row.valueBasis) ?? 'unknown',
    regime: REGIMES.find((regime) => regime === row.regime) ?? null,
    documents: documentsOf(row.documents),
  }
}

export async function importForm(context: BotContext): Promise<ImportForm> {
  const teams = await context.teams()
  const [mine] = await teamsOf(context)
  return { teams: offered(teams, mine?.id ?? null), teamId: mine?.id ?? null }
}

export async function preferencesForm({ pool, asker }: BotContext): Promise<ReminderChannel> {
  const found = await tables(pool).person.findFirst({ where: { id: asker.personId } })
  return VOICES.find((voice) => voice === found?.voice) ?? 'mention'
}

function about(row: FullRow): AboutContract {
  return { subject: subjectOf(row), contract: namedOf(row) }
}

async function extending(context: BotContext, row: FullRow): Promise<ExtendForm> {
  const law = await contractLaw(context.pool, row.id, context)
  const unclassified = (await readExtensions(context, row.id)).find(isUnclassified)
  return { ...about(row), currency: row.currency, end: row.currentLatest, law, unclassified }
}

function isUnclassified({ kind, status }: Pick<CardExtension, 'kind' | 'status'>): boolean {
  return kind === 'unknown' && status !== 'withdrawn'
}
