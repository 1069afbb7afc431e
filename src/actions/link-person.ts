/** A name in a register and the person in Slack whom it means: asked of them, or said by somebody. */
import type { Pool, PoolClient } from 'pg'
import { type AuditChange, personText, writeAudit } from '../database/audit-log.ts'
import { inTransaction } from '../database/connect.ts'
import { IS_WATCHED, LIVE, WATCHED } from '../database/contracts.ts'
import {
  lockTeams,
  peopleCalled,
  type RuledOrganisation,
  readTeams,
  type Team,
  theOne,
  wholeName,
} from '../database/organisation.ts'
import { jsonOf, tables } from '../database/prisma.ts'
import { recalculate } from '../database/recalculate.ts'
import { claimSlots, finishSlots, releaseSlots, releasingSlots } from '../database/slots.ts'
import { toldOf } from '../delivery/departed-people.ts'
import { queueUpdates, settleIdentity } from '../delivery/enqueue-updates.ts'
import type { Gateway, NamedMember } from '../delivery/gateway.ts'
import { queueMessages } from '../delivery/outbox.ts'
import { type CivilDate, civilDateIn, DUE_DAYS_AHEAD, instantOf } from '../rules/civil-date.ts'
import { groupedBy, isNobody, isPost } from '../rules/text-match.ts'
import { UserError } from '../rules/user-error.ts'
import { addWorkingDays, isWorkingDay } from '../rules/working-days.ts'
import type { AskedAbout, IdentityFacts, NameWithoutAccount } from '../text/people.ts'
import { type Actor, noteAct } from './act.ts'

type Unlinked = NameWithoutAccount & AskedAbout

/** The roles of people on a contract: column, and field of what is read. */
const ROLES = {
  owner_id: 'ownerId',
  deputy_id: 'deputyId',
  category_lead_id: 'categoryLeadId',
  finance_partner_id: 'financePartnerId',
} as const

/** The nearest ends first. */
export async function readUnlinked(
  client: Pool | PoolClient,
  organisationId: number,
): Promise<Unlinked[]> {
  const found = await client.query<Unlinked>(
    `SELECT p.id, p.display_name AS name, p.email, count(c.id)::int AS contracts,
            min(c.current_earliest)::text AS "nearestEnd", p.asked_on AS "askedOn",
            p.claimed_on AS "claimedOn", p.denied_on AS "deniedOn"
     FROM person p JOIN contract c ON p.id IN (${Object.keys(ROLES)
       .map((role) => `c.${role}`)
       .join(', ')})
       AND ${LIVE}
     WHERE p.organisation_id = $1 AND p.slack_user IS NULL AND p.erased_at IS NULL
     GROUP BY p.id ORDER BY "nearestEnd" NULLS LAST, p.id`,
    [organisationId],
  )
  return found.rows
}

/** A name that somebody linked, and whom it means. */
interface LinkedName {
  readonly id: number
  readonly name: string | null
  readonly to: string | null
}

export async function readLinked(
  client: Pool | PoolClient,
  organisationId: number,
): Promise<LinkedName[]> {
  const { person } = tables(client)
  const found = await person.findMany({
    where: { organisationId, sameAsId: { not: null }, erasedAt: null },
    orderBy: { id: 'asc' },
  })
  const ids = found.flatMap(({ sameAsId }) => sameAsId ?? [])
  const accounts = await person.findMany({ where: { id: { in: ids } } })
  return found.map(({ id, displayName, email, sameAsId }) => ({
    id,
    name: displayName ?? email,
    to: accounts.find((each) => each.id === sameAsId)?.displayName ?? null,
  }))
}

export interface LinkedAccount {
  readonly workspace: string
  readonly slackUser: string
  readonly name: string | null
}

export interface Link {
  readonly person: number
  readonly contracts: number
}

/**
 * From now on this name means that account: its contracts, and those that registers give it later.
 * @throws UserError where no such name waits for an account.
 */
export async function linkPerson(
  pool: Pool,
  actor: Actor,
  asked: string,
  account: LinkedAccount,
): Promise<Link> {
  return inTransaction(pool, async (client) => {
    const teams = await lockTeams(client, actor.organisationId)
    const named = await findUnlinked(client, actor.organisationId, asked)
    const link = await linkNamed(client, actor, named.id, account)
    const answered = named.askedUser === account.slackUser ? 'confirmed' : 'settled'
    await settleOne(client, onDayOf(actor, teams), named, answered)
    return link
  })
}

async function linkNamed(
  client: PoolClient,
  actor: Actor,
  named: number,
  { workspace, slackUser, name }: LinkedAccount,
): Promise<Link> {
  const { person } = tables(client)
  const account = { slackWorkspace: workspace, slackUser }
  const known = await person.findFirst({
    where: { organisationId: actor.organisationId, ...account, erasedAt: null },
  })
  if (known === null) {
    const data = { ...account, ...(name === null ? {} : { displayName: name }) }
    await person.updateMany({ where: { id: named }, data })
  } else {
    await person.updateMany({ where: { id: named }, data: { sameAsId: known.id } })
  }
  const to = known?.id ?? named
  const moved = known === null ? [] : await giveContracts(client, actor, named, to)
  const ids = known === null ? await contractsOf(client, to) : idsOf(moved)
  await follow(client, actor, ids)
  const linked = { contractId: null, what: 'linked', field: personText(named) }
  await noteAct(client, actor, `linked person ${named} to an account`, [
    { ...linked, from: null, to: personText(to) },
    ...moved,
  ])
  return { person: to, contracts: ids.length }
}

/**
 * The name means nobody in Slack any more, and has the contracts again that it was linked with; who said
 * that they are it is reminded no more.
 */
export async function unlinkPerson(pool: Pool, actor: Actor, asked: string): Promise<Link> {
  return inTransaction(pool, async (client) => {
    const { organisationId } = actor
    const teams = await lockTeams(client, organisationId)
    const linked = (await peopleCalled(client, organisationId, asked)).filter(
      (each) =>
        each.erasedAt === null &&
        (each.sameAsId !== null || each.slackUser !== null || isClaimed(each)),
    )
    const person =
      linked.find((each) => each.sameAsId !== null) ??
      linked.find((each) => each.slackUser !== null) ??
      linked[0]
    if (person === undefined)
      throw new UserError(`Nobody called "${asked}" is linked to an account.`)
    const { id, sameAsId } = person
    const on = onDayOf(actor, teams)
    // Somebody has said whose name it is not: it is not asked about any more.
    await tables(client).person.updateMany({
      where: { id },
      data: {
        ...(sameAsId === null ? { slackWorkspace: null, slackUser: null } : { sameAsId: null }),
        deniedOn: on.today,
      },
    })
    await settleOne(client, on, person, 'refused')
    const moved = sameAsId === null ? [] : await takeContracts(client, id, sameAsId)
    const ids = sameAsId === null ? await contractsOf(client, id) : idsOf(moved)
    await follow(client, actor, ids)
    const field = personText(id)
    const unlinked = { contractId: null, what: 'unlinked', field, to: null }
    await noteAct(client, actor, `unlinked person ${id}`, [
      { ...unlinked, from: personText(sameAsId ?? id) },
      ...moved,
    ])
    return { person: id, contracts: ids.length }
  })
}

/** What came of one name: others that the same account says are its own are still to be confirmed. */
async function settleOne(
  client: PoolClient,
  on: ReturnType<typeof onDayOf>,
  named: { readonly id: number; readonly askedUser: string | null },
  answered: NonNullable<IdentityFacts['answered']>,
): Promise<void> {
  const { organisationId } = on
  const claims = (await openClaims(client, organisationId)).get(named.askedUser ?? '') ?? []
  const others = claims.filter(({ id }) => id !== named.id)
  const ids = others.map(({ id }) => id)
  const [{ claimedOn = null } = {}] = others
  const asked = { asOf: claimedOn ?? on.today, account: named.askedUser ?? '' }
  const left = ids.length === 0 ? null : await identityFacts(client, ids, asked)
  await settleIdentity(client, on, [named], answered, left)
}

/** Names that accounts say are their own and nobody has confirmed yet, by account, the first of each first. */
async function openClaims(client: Pool | PoolClient, organisationId: number) {
  const claimed = await tables(client).person.findMany({
    where: {
      ...{ organisationId, erasedAt: null, slackUser: null, sameAsId: null },
      ...{ askedUser: { not: null }, claimedOn: { not: null }, deniedOn: null },
    },
    orderBy: { id: 'asc' },
  })
  return groupedBy(claimed, ({ askedUser }) => askedUser ?? '')
}

/** Somebody said that it is them, and nobody has said otherwise since. */
function isClaimed({ claimedOn, deniedOn }: Pick<AskedAbout, 'claimedOn' | 'deniedOn'>): boolean {
  return claimedOn !== null && deniedOn === null
}

/** The day of the organisation's own team. */
function onDayOf({ organisationId, todayOf }: Actor, teams: readonly Team[]) {
  const team = teams.find(({ isDefault }) => isDefault) ?? teams[0]
  if (team === undefined) throw new Error('There is no team: start Lapsewatch once.')
  return { organisationId, today: todayOf(team) }
}

async function findUnlinked(
  client: PoolClient,
  organisationId: number,
  asked: string,
): Promise<{ readonly id: number; readonly askedUser: string | null }> {
  const unlinked = (await peopleCalled(client, organisationId, asked)).filter(
    (each) => each.erasedAt === null && each.sameAsId === null && each.slackUser === null,
  )
  const all = unlinked.length > 0 ? [] : await readUnlinked(client, organisationId)
  const names = all.slice(0, 5).map(({ name, email, id }) => name ?? email ?? `person ${id}`)
  return theOne(
    unlinked,
    `No register names "${asked}" without an account. ${names.length === 0 ? 'Everybody has one' : `These have none: ${names.join(', ')}`}.`,
  )
}

async function giveContracts(
  client: PoolClient,
  { organisationId }: Actor,
  from: number,
  to: number,
): Promise<AuditChange[]> {
  const changes: AuditChange[] = []
  for (const field of Object.keys(ROLES) as (keyof typeof ROLES)[]) {
    changes.push(...(await move(client, field, from, to, { organisationId })))
  }
  return changes
}

/** Those that the link gave away and nobody has given to another since. */
async function takeContracts(client: PoolClient, to: number, from: number): Promise<AuditChange[]> {
  const changes: AuditChange[] = []
  for (const field of Object.keys(ROLES) as (keyof typeof ROLES)[]) {
    const given = await tables(client).auditChange.findMany({
      where: { what: 'updated', field, from: personText(to), to: personText(from) },
      select: { contractId: true },
    })
    const ids = given.flatMap(({ contractId }) => contractId ?? [])
    changes.push(...(await move(client, field, from, to, { id: { in: ids } })))
  }
  return changes
}

/** The contracts of one role that fit, from one person to another. */
async function move(
  client: PoolClient,
  field: keyof typeof ROLES,
  from: number,
  to: number,
  which: { readonly organisationId: number } | { readonly id: { readonly in: number[] } },
): Promise<AuditChange[]> {
  const moved = await tables(client).contract.updateManyAndReturn({
    where: { ...which, [ROLES[field]]: from },
    data: { [ROLES[field]]: to },
    select: { id: true },
  })
  return moved.map(({ id }) => {
    const said = { what: 'updated', field, from: personText(from), to: personText(to) }
    return { contractId: id, ...said }
  })
}

function idsOf(changes: readonly AuditChange[]): number[] {
  return [...new Set(changes.flatMap(({ contractId }) => contractId ?? []))]
}

async function contractsOf(client: PoolClient, personId: number): Promise<number[]> {
  const found = await tables(client).contract.findMany({
    where: { closedOn: null, OR: Object.values(ROLES).map((role) => ({ [role]: personId })) },
    orderBy: { id: 'asc' },
    select: { id: true },
  })
  return found.map(({ id }) => id)
}

/** Buttons and posted warnings know the contract as it is now. */
async function follow(client: PoolClient, actor: Actor, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return
  const { organisationId, rulesOf } = actor
  const teams = await lockTeams(client, organisationId)
  const { today } = onDayOf(actor, teams)
  await recalculate(client, { organisationId, teams, rulesOf, today }, ids)
  await queueUpdates(client, organisationId, ids, today)
}

// "Is this you?": asked once ever of the one member who has the name. Yes gives reminders, and rights
// once somebody above has confirmed it.

/** So many people of the organisation are asked in a day, and so near something is due. */
const ASKED = { aDay: 20, dueWithinDays: DUE_DAYS_AHEAD, nearest: 3 } as const
const OFFICE_HOURS = { from: { hour: 9, minute: 0 }, to: { hour: 17, minute: 0 } } as const
const SLOT = 'identity'

interface NamesAsked extends RuledOrganisation {
  readonly owner: string
  readonly now: Date
  readonly gateway: Pick<Gateway, 'membersOn'>
  /** Slack ids of those who confirm a claim where the contracts have no category lead. */
  readonly administrators: readonly string[]
  /** Everybody asked may read contracts; else none is named to them. */
  readonly allRead: boolean
}

/**
 * Asks the members of the workspace whose name a register has, once a team and working day, in its
 * office hours. What Slack does not tell today is tried on the next day. Returns how many were asked.
 */
export async function askNames(pool: Pool, asking: NamesAsked): Promise<number> {
  const { organisationId, rulesOf, now, gateway } = asking
  const teams = await readTeams(pool, organisationId)
  const due = teams.flatMap((team) => {
    const on = civilDateIn(now, team.timeZone)
    const looked = team.laddersFrom === null || team.laddersFrom <= on
    const from = instantOf(on, OFFICE_HOURS.from, team.timeZone)
    const to = instantOf(on, OFFICE_HOURS.to, team.timeZone)
    const isOpen = isWorkingDay(on, rulesOf(team).calendar) && now >= from && now < to
    return looked && isOpen ? [{ teamId: team.id, on }] : []
  })
  const slots = await claimSlots(pool, asking, SLOT, due, (slot) => slot)
  if (slots.length === 0) return 0
  return releasingSlots(pool, asking, SLOT, slots, async () => {
    await remindOfClaims(pool, asking, slots)
    let asked = 0
    for (const slot of slots) {
      const names = await namesDue(pool, organisationId, slot.teamId, slot.on)
      const listed = names.length === 0 ? null : await gateway.membersOn(slot.on)
      if (listed?.kind === 'later') {
        await releaseSlots(pool, asking, SLOT, [slot])
        continue
      }
      if (listed?.kind === 'read') asked += await askThem(pool, asking, slot, listed.members)
      await finishSlots(pool, SLOT, [slot])
    }
    return asked
  })
}

/** After so many working days whoever confirms a claim is asked once more; then it is only listed. */
const CONFIRMED_WITHIN_DAYS = 5

/** `slots`: the teams whose day it is; the first of them by whose calendar the days are over is enough. */
async function remindOfClaims(
  pool: Pool,
  { organisationId, rulesOf, administrators }: NamesAsked,
  slots: readonly { readonly teamId: number; readonly on: CivilDate }[],
): Promise<void> {
  if ((await openClaims(pool, organisationId)).size === 0) return
  await inTransaction(pool, async (client) => {
    const teams = await lockTeams(client, organisationId)
    const days = slots.flatMap(({ teamId, on }) =>
      teams.flatMap((team) =>
        team.id === teamId ? [{ on, calendar: rulesOf(team).calendar }] : [],
      ),
    )
    const open = await openClaims(client, organisationId)
    const { delivery, person } = tables(client)
    const names = await person.findMany({
      where: { organisationId, askedUser: { in: [...open.keys()] } },
      select: { id: true, askedUser: true },
    })
    const asked = await delivery.findMany({
      where: {
        ...{ organisationId, purpose: 'claim' },
        subject: { in: names.map(({ id }) => `person:${id}`) },
      },
      select: { subject: true, asOf: true },
    })
    for (const [account, claims] of open) {
      const subjects = names.flatMap((each) =>
        each.askedUser === account ? [`person:${each.id}`] : [],
      )
      const told = asked.filter(({ subject }) => subjects.includes(subject))
      const [first, again] = new Set(told.map(({ asOf }) => asOf))
      if (first === undefined || again !== undefined) continue
      const today = days.find(
        ({ on, calendar }) => on >= addWorkingDays(first, CONFIRMED_WITHIN_DAYS, calendar),
      )?.on
      if (today === undefined) continue
      const saidOn = claims[0]?.claimedOn ?? first
      const ids = claims.map(({ id }) => id)
      await askToConfirm(client, { organisationId, today, saidOn }, ids, account, administrators)
    }
  })
}

interface DueName {
  readonly id: number
  readonly name: string
}

/** Names without an account that answer for something due soon, the nearest first; nobody asked yet. */
async function namesDue(
  client: Pool | PoolClient,
  organisationId: number,
  teamId: number,
  today: CivilDate,
): Promise<readonly DueName[]> {
  const found = await client.query<DueName>(
    `SELECT p.id, p.display_name AS name
     FROM contract c JOIN deadline d ON d.contract_id = c.id
       JOIN person p ON p.id IN (c.owner_id, c.deputy_id, c.category_lead_id)
     WHERE c.organisation_id = $1 AND c.team_id = $2 AND ${WATCHED} AND d.settled_why IS NULL
       AND d.due_on BETWEEN $3 AND $3::date + ${ASKED.dueWithinDays}
       AND p.display_name IS NOT NULL AND p.email IS NULL AND p.slack_user IS NULL
       AND p.same_as_id IS NULL AND p.gone_on IS NULL AND p.erased_at IS NULL
       AND p.asked_on IS NULL AND p.denied_on IS NULL
     GROUP BY p.id ORDER BY min(d.due_on), p.id`,
    [organisationId, teamId, today],
  )
  return found.rows
}

/** Who is asked about which names: where exactly one member bears the whole name, and was never asked. */
export function namesToAsk(
  names: readonly DueName[],
  members: readonly NamedMember[],
  askedBefore: ReadonlySet<string>,
  room: number,
): readonly { readonly slackUser: string; readonly ids: readonly number[] }[] {
  const bearers = groupedBy(
    // A second Samira Dalvi is often called `Samira Dalvi 2`: the register may mean either.
    members.flatMap(({ id, names }) =>
      names.map((name) => ({ id, name, bare: wholeName(name.replace(/\p{N}+/gu, ' ')) })),
    ),
    ({ bare }) => bare,
  )
  const chosen = new Map<string, number[]>()
  const wanted = groupedBy(
    names.filter(({ name }) => !isNobody(name)),
    ({ name }) => wholeName(name),
  )
  for (const [key, named] of wanted) {
    const alike = key === null || isPost(key) ? [] : (bearers.get(key) ?? [])
    const only = alike.find(({ name }) => wholeName(name) === key)?.id
    if (only === undefined || alike.some(({ id }) => id !== only) || chosen.has(only)) continue
    if (!askedBefore.has(only))
      chosen.set(
        only,
        named.map(({ id }) => id),
      )
  }
  return [...chosen].slice(0, Math.max(0, room)).map(([slackUser, ids]) => ({ slackUser, ids }))
}

/** In one transaction, one process at a time: what is asked, and that it was. */
async function askThem(
  pool: Pool,
  { organisationId, now, allRead }: NamesAsked,
  { teamId, on: today }: { readonly teamId: number; readonly on: CivilDate },
  members: readonly NamedMember[],
): Promise<number> {
  return inTransaction(pool, async (client) => {
    await lockTeams(client, organisationId)
    const { person, delivery } = tables(client)
    const before = await person.findMany({ where: { organisationId, askedUser: { not: null } } })
    const ofToday = before.filter(({ askedOn }) => askedOn === today)
    const room = ASKED.aDay - new Set(ofToday.map(({ askedUser }) => askedUser)).size
    const askedBefore = new Set(before.flatMap(({ askedUser }) => askedUser ?? []))
    const names = await namesDue(client, organisationId, teamId, today)
    let asked = 0
    for (const { slackUser, ids } of namesToAsk(names, members, askedBefore, room)) {
      const facts = await identityFacts(client, ids, { asOf: today, account: slackUser })
      if (facts === null) continue
      // One message a person ever: the key has no day, and nothing that a person is asked about.
      const key = { organisationId, subject: SLOT, purpose: SLOT, sequence: 1 }
      const shown = jsonOf(allRead ? facts : { ...facts, nearest: [] })
      const { count } = await delivery.createMany({
        data: { ...key, destination: slackUser, asOf: today, facts: shown },
        skipDuplicates: true,
      })
      if (count === 0) continue
      await person.updateMany({
        where: { id: { in: [...ids] } },
        data: { askedUser: slackUser, askedOn: today },
      })
      const source = { organisationId, byPersonId: null, via: 'sweep', at: now }
      const asking = { contractId: null, what: 'asked', from: null, to: today }
      await writeAudit(
        client,
        source,
        `asked an account whether it is person ${ids.join(', ')}`,
        ids.map((id) => ({ ...asking, field: personText(id) })),
      )
      asked += 1
    }
    return asked
  })
}

const IN_ROLE = [
  ['ownerId', 'owner'],
  ['deputyId', 'deputy'],
  ['categoryLeadId', 'category lead'],
] as const

/** As what a register names them: by their first role. Null where they answer for nothing any more. */
async function identityFacts(
  client: PoolClient,
  ids: readonly number[],
  { asOf, account }: Pick<IdentityFacts, 'asOf' | 'account'>,
): Promise<IdentityFacts | null> {
  const [personId = 0] = ids
  const { contract, person } = tables(client)
  const named = await person.findFirst({ where: { id: personId } })
  for (const [column, role] of IN_ROLE) {
    const where = { [column]: { in: [...ids] }, ...IS_WATCHED }
    const contracts = await contract.count({ where })
    if (contracts === 0) continue
    const found = await contract.findMany({
      where,
      orderBy: [{ currentEarliest: { sort: 'asc', nulls: 'last' } }, { id: 'asc' }],
      take: ASKED.nearest,
    })
    const nearest = found.map(({ reference, title, supplier, currentLatest: ends, ...row }) => {
      const earliestEnd = ends === row.endLatest ? row.endEarliest : ends
      return { reference, title, supplier, ends, earliestEnd }
    })
    const name = named?.displayName ?? ''
    return { asOf, personId, name, role, contracts, nearest, account }
  }
  return null
}

/** Yes or no to "Is this you?", from the member who was asked. */
interface IdentityAnswer {
  readonly personId: number
  readonly slackUser: string
  readonly isThem: boolean
  /** Slack ids of those who confirm it where the contracts have no category lead. */
  readonly administrators: readonly string[]
}

/**
 * Yes: reminders go to them from now on, and one message asks for the confirmation. No: it is told to
 * nobody, and stands in the list. The first answer holds.
 * @throws UserError where somebody else was asked, or it is answered already.
 */
export async function answerIdentity(
  pool: Pool,
  actor: Actor,
  { personId, slackUser, isThem, administrators }: IdentityAnswer,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { organisationId } = actor
    const on = onDayOf(actor, await lockTeams(client, organisationId))
    const names = await namesOf(client, organisationId, personId)
    const [named] = names
    if (named === undefined) throw new UserError('That question is not open any more.')
    if (named.askedUser !== slackUser) {
      throw new UserError('That question was put to somebody else: only they can answer it.')
    }
    const { claimedOn, deniedOn } = named
    if (claimedOn !== null || deniedOn !== null) {
      throw new UserError(
        `You ${claimedOn === null ? 'said no' : 'said yes'} already. An administrator can change it: /contracts people.`,
      )
    }
    const ids = names.map(({ id }) => id)
    const data = isThem ? { claimedOn: on.today } : { deniedOn: on.today }
    await tables(client).person.updateMany({ where: { id: { in: ids } }, data })
    await settleIdentity(client, on, names, isThem ? 'yes' : 'no')
    if (isThem) {
      const said = { ...on, saidOn: on.today }
      await askToConfirm(client, said, ids, slackUser, administrators)
    }
    const what = isThem ? 'claimed' : 'denied'
    await noteAct(
      client,
      actor,
      `said ${isThem ? 'that they are' : 'not to be'} person ${ids.join(', ')}`,
      ids.map((id) => {
        return { contractId: null, what, field: personText(id), from: null, to: on.today }
      }),
    )
  })
}

/** A name, and those that the same account was asked about with it, the first of them first. */
async function namesOf(client: Pool | PoolClient, organisationId: number, personId: number) {
  const { person } = tables(client)
  const open = { organisationId, erasedAt: null, slackUser: null, sameAsId: null }
  const named = await person.findFirst({ where: { ...open, id: personId } })
  if (named === null || named.askedUser === null) return []
  const { askedUser } = named
  const others = await person.findMany({ where: { ...open, askedUser, id: { not: personId } } })
  return [named, ...others]
}

/**
 * What one confirmation of this name is about: it, and the others that the same account says are its
 * own. None where nobody says so of this name any more. The right to confirm hangs on the same names.
 */
export async function claimedNames(
  client: Pool | PoolClient,
  organisationId: number,
  personId: number,
) {
  const names = (await namesOf(client, organisationId, personId)).filter(isClaimed)
  return names[0]?.id === personId ? names : []
}

/** One message: to the category lead of most of the contracts, else to those who may say it instead. */
async function askToConfirm(
  client: PoolClient,
  {
    organisationId,
    today,
    saidOn,
  }: {
    readonly organisationId: number
    readonly today: CivilDate
    readonly saidOn: CivilDate
  },
  ids: readonly number[],
  account: string,
  administrators: readonly string[],
): Promise<void> {
  const facts = await identityFacts(client, ids, { asOf: saidOn, account })
  if (facts === null) return
  const found = await client.query<{ lead: string | null; escalation: string | null }>(
    `SELECT l.slack_user AS lead, (array_agg(t.escalation_channel ORDER BY c.current_earliest, c.id))[1] AS escalation
     FROM contract c JOIN team t ON t.id = c.team_id
       LEFT JOIN person l ON l.id = c.category_lead_id AND l.slack_user <> $2
         AND l.gone_on IS NULL AND l.erased_at IS NULL
     WHERE ${LIVE} AND (c.owner_id = ANY ($1) OR c.deputy_id = ANY ($1) OR c.category_lead_id = ANY ($1))
     GROUP BY l.slack_user
     ORDER BY l.slack_user IS NULL, count(*) DESC, min(c.current_earliest), l.slack_user LIMIT 1`,
    [ids, account],
  )
  const { lead = null, escalation = null } = found.rows[0] ?? {}
  const above = lead ?? (administrators.length === 0 ? escalation : null)
  const told = above === null ? await toldOf(client, organisationId, administrators) : [above]
  await queueMessages(
    client,
    organisationId,
    told.map((destination) => ({
      ...{ teamId: null, subject: `person:${facts.personId}`, purpose: 'claim' },
      ...{ destination, asOf: today, facts },
    })),
  )
}

/**
 * Whether somebody is whom they say, by whoever may say it: then the name means their account; else they
 * are reminded no more. @throws UserError where nobody says so any more.
 */
export async function settleClaim(
  pool: Pool,
  actor: Actor,
  personId: number,
  isThem: boolean,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { organisationId } = actor
    const on = onDayOf(actor, await lockTeams(client, organisationId))
    const names = await claimedNames(client, organisationId, personId)
    const [named] = names
    if (named === undefined) {
      throw new UserError('Somebody has said it already. Look again: /contracts people')
    }
    const ids = names.map(({ id }) => id)
    if (isThem) {
      const account = await tables(client).person.findFirst({
        where: { organisationId, slackUser: named.askedUser, erasedAt: null, goneOn: null },
      })
      if (!account?.slackWorkspace || account.slackUser === null) {
        throw new UserError('That account is closed: name a new owner for these contracts.')
      }
      const { slackWorkspace: workspace, slackUser, displayName: name } = account
      for (const id of ids) await linkNamed(client, actor, id, { workspace, slackUser, name })
    } else {
      await tables(client).person.updateMany({
        where: { id: { in: ids } },
        data: { deniedOn: on.today },
      })
      const refused = { contractId: null, what: 'refused', from: null, to: on.today }
      const changes = ids.map((id) => ({ ...refused, field: personText(id) }))
      await noteAct(client, actor, `said that an account is not person ${ids.join(', ')}`, changes)
      for (const id of ids) await follow(client, actor, await contractsOf(client, id))
    }
    await settleIdentity(client, on, names, isThem ? 'confirmed' : 'refused')
  })
}
