/** Accounts of people: who is a member, by address and by name, and whose is closed, told of once. */
import type { Pool, PoolClient } from 'pg'
import { writeAudit } from '../database/audit-log.ts'
import { lockRows } from '../database/bulk.ts'
import { inTransaction } from '../database/connect.ts'
import { IS_LIVE, LIVE, readTold, selectContracts, type ToldPerson } from '../database/contracts.ts'
import { jsonOf, tables } from '../database/prisma.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import type { LeaverFacts } from '../text/people.ts'
import {
  isListOf,
  kindIn,
  MEMBERS_A_PAGE,
  MOST_PEOPLE_PAGES,
  type OwnApp,
  UNREAD,
} from './channels.ts'
import type { Account, Gateway, Member, MemberList, NamedMember } from './gateway.ts'
import { type Claim, isPersonal } from './outbox.ts'
import { ask, type Call, textOf } from './slack-api.ts'
import { fieldOf } from './slack-errors.ts'

export interface AccountsAsked extends LeaversTold {
  readonly pool: Pool
  readonly gateway: Gateway
}

/** Looks at the accounts of these people; true where somebody has gone or was found by address. */
export async function noteAccounts(
  asked: AccountsAsked,
  claim: Claim,
  people: readonly ToldPerson[],
): Promise<boolean> {
  let changed = false
  for (const { id, slack, email } of people) {
    if (slack !== null) {
      if ((await asked.gateway.accountOf(slack)) !== 'closed') continue
      await recordLeaver(asked, claim, id)
      changed = true
    } else if (email !== null) {
      const found = await asked.gateway.accountOfEmail(email)
      if (found === null) continue
      const workspace = await asked.gateway.workspace()
      changed = (await linkAccount(asked.pool, workspace, id, found)) || changed
    }
  }
  return changed
}

/**
 * Whether the reader of a person's own copy is gone; then that is recorded. What has no other
 * copy is never given up for it.
 */
export async function readerHasGone(asked: AccountsAsked, claim: Claim): Promise<boolean> {
  const own = claim.purpose === 'direct' || claim.subject.startsWith('direct:') || isPersonal(claim)
  if (!own) return false
  if ((await asked.gateway.accountOf(claim.destination)) !== 'closed') return false
  const found = await tables(asked.pool).person.findMany({
    where: { organisationId: claim.organisationId, slackUser: claim.destination },
    select: { id: true },
  })
  for (const { id } of found) await recordLeaver(asked, claim, id)
  return true
}

/** A member's address may claim what a register says of somebody, where nobody else has. */
export async function linkAccount(
  pool: Pool,
  workspace: string | null,
  personId: number,
  { id: slackUser, name }: Member,
): Promise<boolean> {
  if (workspace === null) return false
  const account = { slackWorkspace: workspace, slackUser }
  const { person } = tables(pool)
  const of = await person.findFirst({ where: { id: personId, slackUser: null } })
  if (of === null) return false
  const { organisationId } = of
  if ((await person.count({ where: { organisationId, ...account } })) > 0) return false
  const linked = await person.updateMany({
    where: { id: personId, slackUser: null },
    data: { ...account, ...(name === null ? {} : { displayName: name }) },
  })
  return linked.count === 1
}

interface LeaversTold {
  readonly pool: Pool
  /** Slack ids of those who are told of a leaver. */
  readonly administrators: readonly string[]
}

interface Seen {
  readonly organisationId: number
  /** The day on which it was seen. */
  readonly asOf: CivilDate
}

/** Records it once, and tells each administrator once, in one transaction. */
export async function recordLeaver(
  { pool, administrators }: LeaversTold,
  { organisationId, asOf }: Seen,
  personId: number,
): Promise<void> {
  await inTransaction(pool, async (client) => {
    const [row] = await lockRows<{ name: string | null; now: Date }>(
      client,
      'person',
      'display_name AS name, now() AS now',
      'id = $1 AND gone_on IS NULL AND erased_at IS NULL',
      [personId],
    )
    if (row === undefined) return
    await tables(client).person.updateMany({ where: { id: personId }, data: { goneOn: asOf } })
    const facts = await leaverFacts(client, personId, row.name, asOf)
    // Who answers for nothing leaves nothing behind to be told of.
    const told =
      facts.contracts + facts.deputyOf === 0
        ? []
        : await toldOf(client, organisationId, administrators)
    await tables(client).delivery.createMany({
      data: told.map((destination) => ({
        organisationId,
        subject: `person:${personId}`,
        purpose: 'leaver',
        // Somebody who came back and leaves again is told of again.
        sequence: Number(asOf.replaceAll('-', '')),
        destination,
        asOf,
        facts: jsonOf(facts),
      })),
      skipDuplicates: true,
    })
    const source = { organisationId, byPersonId: null, via: 'delivery', at: row.now }
    await writeAudit(client, source, `the Slack account of person ${personId} is closed`, [
      { contractId: null, what: 'left', field: `person ${personId}`, from: null, to: asOf },
    ])
  })
}

/** The administrators; where none is named, the default team's escalation channel or its own. */
export async function toldOf(
  client: PoolClient,
  organisationId: number,
  administrators: readonly string[],
): Promise<readonly string[]> {
  if (administrators.length > 0) return administrators
  const found = await tables(client).team.findMany({
    where: { organisationId, isDefault: true },
    select: { escalationChannel: true, channel: true },
  })
  return found.flatMap(({ escalationChannel, channel }) => escalationChannel ?? channel ?? [])
}

const LISTED = 8

async function leaverFacts(
  client: PoolClient,
  personId: number,
  name: string | null,
  asOf: CivilDate,
): Promise<LeaverFacts> {
  const which = `c.owner_id = $1 AND ${LIVE} ORDER BY c.current_latest NULLS LAST, c.id`
  const theirs = await selectContracts(client, LEFT_BEHIND, which, [personId])
  const people = await readTold(
    client,
    theirs.map(({ deputyId }) => deputyId),
  )
  const deputyOf = (id: number | null) => {
    const person = people.get(id ?? 0)
    return person === undefined || person.gone ? null : person
  }
  const ofOthers = { OR: [{ ownerId: null }, { ownerId: { not: personId } }] }
  return {
    asOf,
    name: name ?? '',
    contracts: theirs.length,
    withoutDeputy: theirs.filter(({ deputyId }) => deputyOf(deputyId) === null).length,
    deputyOf: await tables(client).contract.count({
      where: { deputyId: personId, ...IS_LIVE, ...ofOthers },
    }),
    nearest: theirs
      .slice(0, LISTED)
      .map(({ id: contractId, currentLatest: ends, deputyId, ...contract }) => {
        return { ...contract, contractId, ends, deputy: deputyOf(deputyId)?.name ?? null }
      }),
  }
}

const LEFT_BEHIND = [
  ...(['id', 'version', 'reference', 'title'] as const),
  ...(['supplier', 'currentLatest', 'earliestEnd', 'deputyId'] as const),
]

const REMEMBERED_MS = 60 * 60_000
/** What Slack did not answer is asked again soon, and an account that is closed may open again. */
const SHORT_MS = 60_000

/** Each account is asked for once an hour, in milliseconds of a monotonic clock. Never throws. */
export function accounts(call: Call, elapsed: () => number) {
  const states = remembered<Account>(elapsed, (found) => found !== 'open')
  const members = remembered<Found>(elapsed, ({ sure }) => !sure)
  return {
    of: (user: string) =>
      states(user, async () => {
        const asked = await ask(call, 'users.info', { user })
        if (!asked.ok) return 'unknown'
        return fieldOf(fieldOf(asked.answer, 'user'), 'deleted') === true ? 'closed' : 'open'
      }),
    async byEmail(email: string) {
      const { member } = await members(email, async () => {
        const asked = await ask(call, 'users.lookupByEmail', { email })
        if (!asked.ok) return { member: null, sure: asked.code === 'users_not_found' }
        return { member: memberIn(fieldOf(asked.answer, 'user')), sure: true }
      })
      return member
    },
  }
}

interface Found {
  readonly member: Member | null
  readonly sure: boolean
}

/** The member that Slack describes; null for whoever may answer for no contract. */
export function memberIn(user: unknown): Member | null {
  const id = textOf(user, 'id')
  if (id === null || SIGNS.some((sign) => fieldOf(user, sign) === true)) return null
  return { id, name: textOf(fieldOf(user, 'profile'), 'real_name') ?? textOf(user, 'real_name') }
}

/** Guests, bots, strangers and closed accounts answer for no contract. */
const SIGNS = ['is_restricted', 'is_ultra_restricted', 'is_bot', 'is_stranger', 'deleted'] as const

function remembered<Value>(
  elapsed: () => number,
  isShort: (value: Value) => boolean,
): (key: string, read: () => Promise<Value>) => Promise<Value> {
  const held = new Map<string, { readonly value: Promise<Value>; until: number }>()
  return (key, read) => {
    const before = held.get(key)
    if (before !== undefined && before.until > elapsed()) return before.value
    const entry = { value: read(), until: elapsed() + REMEMBERED_MS }
    held.set(key, entry)
    void entry.value.then((value) => {
      if (isShort(value)) entry.until = elapsed() + SHORT_MS
    })
    return entry.value
  }
}

// Who is a member, by name.

/**
 * A function that reads every full member of the workspace, once a day. Nobody can tell two of one name
 * apart before the list is whole, so that a part of it is none.
 */
export function membersByDay(
  call: Call,
  app: () => Promise<OwnApp>,
  elapsed: () => number,
): (day: CivilDate) => Promise<MemberList> {
  let of: CivilDate | null = null
  let found: NamedMember[] = []
  let cursor: string | null = null
  let pages = 0
  let notBefore = Number.NEGATIVE_INFINITY
  let ended: MemberList | null = null
  const end = (list: MemberList) => {
    found = []
    ended = list
    return list
  }
  return async (day) => {
    if (of !== day) {
      of = day
      ;[found, cursor, pages, ended] = [[], null, 0, null]
    }
    if (ended !== null) return ended
    if (elapsed() < notBefore) return { kind: 'later' }
    const { workspace, why } = await app()
    if (workspace === '') return end({ kind: 'unknown', why: why ?? 'Slack does not say whose' })
    while (pages < MOST_PEOPLE_PAGES) {
      const listed = await ask(call, 'users.list', {
        limit: MEMBERS_A_PAGE,
        ...(cursor === null ? {} : { cursor }),
      })
      if (!listed.ok && listed.retryAfterMs !== null) {
        notBefore = elapsed() + listed.retryAfterMs
        return { kind: 'later' }
      }
      if (!listed.ok) return end({ kind: 'unknown', why: listed.why })
      const { members, response_metadata: more } = listed.answer
      if (!isListOf(members, (user) => textOf(user, 'id') !== null)) {
        return end({ kind: 'unknown', why: UNREAD })
      }
      found.push(...members.flatMap((user) => namedMember(user, workspace) ?? []))
      pages += 1
      const next = textOf(more, 'next_cursor')
      if (next === null) return end({ kind: 'read', members: found })
      if (next === cursor) break
      cursor = next
    }
    return end({ kind: 'unknown', why: 'the list of members does not come to its end' })
  }
}

function namedMember(user: unknown, workspace: string): NamedMember | null {
  const member = memberIn(user)
  if (member === null || kindIn(user, workspace) !== 'member') return null
  const profile = fieldOf(user, 'profile')
  const names = [member.name, textOf(user, 'real_name'), textOf(profile, 'display_name')]
  return { id: member.id, names: [...new Set(names.filter((name) => name !== null))] }
}
