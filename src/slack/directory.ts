/** People of Slack as people of this database. */
import type { WebClient } from '@slack/web-api'
import type { Pool } from 'pg'
import { nameKey } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import { codeOf, STUMBLES } from '../delivery/slack-api.ts'

/** Somebody who asks, as Slack and this database know them. */
export interface Asker {
  readonly personId: number
  readonly slackUser: string
  /** A full member of the organisation's own workspace: no guest, nobody from elsewhere. */
  readonly isMember: boolean
  /** Whom the settings let read; every full member unless they narrow it. */
  readonly isReader: boolean
  readonly isAdministrator: boolean
  /** As what the setting of the board names them; absent where it does not. */
  readonly board?: BoardRole
  /** Slack user groups that they belong to. */
  readonly userGroups: readonly string[]
  /** Slack did not say which groups there are: `userGroups` is empty for that. */
  readonly groupsUnknown?: boolean
  /** Nobody can say just now whether they are of the audit: a group is named for it. */
  readonly auditUnknown?: boolean
}

/** Who sees the board besides administrators; `audit` reads all and changes nothing. */
export const BOARD_ROLES = ['finance', 'audit', 'heads'] as const
type BoardRole = (typeof BOARD_ROLES)[number]

/** A person or a user group, by Slack id. */
export interface BoardSeat {
  readonly id: string
  readonly role: BoardRole
}

interface DirectoryOptions {
  readonly organisationId: number
  /** Slack ids of the people whom the settings name administrators. */
  readonly administrators: readonly string[]
  /** Channels and user groups whose members may read; every full member where it is empty. */
  readonly readers?: readonly string[]
  /** Who sees the board besides administrators; nobody where it is empty. */
  readonly board?: readonly BoardSeat[]
  /** Milliseconds of a monotonic clock. */
  readonly elapsed: () => number
}

export interface Directory {
  /** Slack ids of the people whom the settings name administrators. */
  readonly administrators: readonly string[]
  readonly board: readonly BoardSeat[]
  /** What was remembered of this account holds no more. */
  forget(slackUser: string): void
  /** Who asks; their profile and groups are read from Slack at most every five minutes. */
  askerOf(client: WebClient, workspace: string, slackUser: string): Promise<Asker>
  /** The person of a Slack account, made where there is none yet. */
  personOf(client: WebClient, workspace: string, slackUser: string): Promise<number>
}

type Belonging = Pick<Asker, 'slackUser' | 'userGroups'>

const REMEMBERED_MS = 5 * 60_000
/** What Slack did not say is asked again soon. */
const UNSAID_MS = 15_000
const MOST_REMEMBERED = 5000

interface Profile {
  readonly name: string | null
  readonly email: string | null
  readonly isMember: boolean
}

export function directory(pool: Pool, options: DirectoryOptions): Directory {
  const known = new Map<string, { readonly asker: Asker; readonly until: number }>()
  const groups = remembered(options.elapsed, readGroups, (found) => found !== null)
  const home = remembered(options.elapsed, readHome)
  const { readers = [], board = [] } = options
  const channels = readers.filter((id) => !isGroup(id))
  const inChannels = remembered(options.elapsed, (client) => membersOfChannels(client, channels))
  const isReader = async (client: WebClient, { slackUser, userGroups }: Belonging) =>
    readers.length === 0 ||
    userGroups.some((id) => readers.includes(id)) ||
    (channels.length > 0 && (await inChannels(client)).has(slackUser))

  const personOf: Directory['personOf'] = async (client, workspace, slackUser) => {
    const profile = await readProfile(client, await home(client), slackUser)
    return ensurePerson(pool, options.organisationId, workspace, slackUser, profile)
  }
  return {
    administrators: options.administrators,
    board,
    forget(slackUser) {
      for (const key of known.keys()) if (key.endsWith(`/${slackUser}`)) known.delete(key)
    },
    personOf,
    async askerOf(client, workspace, slackUser) {
      const key = `${workspace}/${slackUser}`
      const held = known.get(key)
      if (held && held.until > options.elapsed()) return held.asker
      const profile = await readProfile(client, await home(client), slackUser)
      const { organisationId, administrators } = options
      const found = await groups(client)
      const userGroups = (found ?? [])
        .filter((each) => each.users.has(slackUser))
        .map(({ id }) => id)
      const isAdministrator = profile.isMember && administrators.includes(slackUser)
      const role = profile.isMember ? boardRole(board, { slackUser, userGroups }) : null
      const asker: Asker = {
        personId: await ensurePerson(pool, organisationId, workspace, slackUser, profile),
        slackUser,
        isMember: profile.isMember,
        isReader:
          profile.isMember &&
          (isAdministrator || role !== null || (await isReader(client, { slackUser, userGroups }))),
        isAdministrator,
        userGroups,
        ...(role === null ? {} : { board: role }),
        ...(found === null ? { groupsUnknown: true } : {}),
        ...(found === null && board.some(({ id, role }) => role === 'audit' && isGroup(id))
          ? { auditUnknown: true }
          : {}),
      }
      if (found === null) return asker
      if (known.size >= MOST_REMEMBERED) known.clear()
      known.set(key, { asker, until: options.elapsed() + REMEMBERED_MS })
      return asker
    },
  }
}

/** The audit's, where they are named as more than one: it takes rights away. */
function boardRole(
  board: readonly BoardSeat[],
  { slackUser, userGroups }: Belonging,
): BoardRole | null {
  const own = board.filter(({ id }) => id === slackUser || userGroups.includes(id))
  return (own.find(({ role }) => role === 'audit') ?? own[0])?.role ?? null
}

/** Where the bot is installed: its own people are those of this workspace or this enterprise. */
interface OwnWorkspace {
  readonly team: string | null
  readonly enterprise: string | null
}

async function readHome(client: WebClient): Promise<OwnWorkspace> {
  const { team_id: team, enterprise_id: enterprise } = await client.auth.test()
  if (team === undefined) throw new Error('Slack does not say whose token it is')
  return { team: team ?? null, enterprise: enterprise ?? null }
}

async function readProfile(
  client: WebClient,
  own: OwnWorkspace,
  slackUser: string,
): Promise<Profile> {
  const { user } = await client.users.info({ user: slackUser })
  // Somebody undescribed is no stranger yet.
  if (user?.team_id === undefined) throw new Error('Slack does not describe this account')
  // Never by what the request says of itself: a stranger's names the stranger's own workspace.
  const isMember =
    user !== undefined &&
    (user.team_id === own.team ||
      (own.enterprise !== null && user.enterprise_user?.enterprise_id === own.enterprise)) &&
    user.deleted !== true &&
    user.is_bot !== true &&
    user.is_restricted !== true &&
    user.is_ultra_restricted !== true &&
    (user as { is_stranger?: boolean }).is_stranger !== true
  const name = user?.profile?.real_name ?? user?.real_name ?? user?.name ?? null
  return { name, email: user?.profile?.email?.trim().toLowerCase() ?? null, isMember }
}

/** By Slack id; else the person of the same email that a register named; else a new one. */
async function ensurePerson(
  pool: Pool,
  organisationId: number,
  workspace: string,
  slackUser: string,
  { name, email, isMember }: Profile,
): Promise<number> {
  const { person: people } = tables(pool)
  const account = { slackWorkspace: workspace, slackUser }
  const known = await people.findFirst({ where: { organisationId, ...account } })
  if (known) {
    // Whoever acts as a member is here again.
    if (isMember && known.goneOn !== null) {
      await people.updateMany({ where: { id: known.id }, data: { goneOn: null } })
    }
    return known.id
  }
  // Only a member's address may claim what a register says of somebody.
  if (isMember && email !== null) {
    const named = await people.findFirst({
      where: { organisationId, email, slackUser: null },
      orderBy: { id: 'asc' },
      select: { id: true },
    })
    const { count } = await people.updateMany({
      where: { id: named?.id ?? 0, slackUser: null },
      data: { ...account, ...(name === null ? {} : { displayName: name }) },
    })
    if (named && count === 1) return named.id
  }
  const [made] = await people.createManyAndReturn({
    data: {
      organisationId,
      ...account,
      displayName: name,
      nameKey: name === null ? null : nameKey(name),
      email: isMember ? email : null,
    },
    skipDuplicates: true,
    select: { id: true },
  })
  // Of two requests at once one makes the row, and the other finds it.
  return (made ?? (await people.findFirst({ where: { organisationId, ...account } })))?.id ?? 0
}

interface UserGroup {
  readonly id: string
  readonly users: ReadonlySet<string>
}

/**
 * Without the scope for it, or where the workspace has none, nobody belongs to a group, and
 * everything else goes on. Null where Slack did not say: that is no answer about anybody.
 */
async function readGroups(client: WebClient): Promise<readonly UserGroup[] | null> {
  try {
    const { usergroups } = await client.usergroups.list({ include_users: true })
    if (usergroups === undefined) return null
    return usergroups.flatMap(({ id, users }) =>
      id === undefined ? [] : [{ id, users: new Set(users ?? []) }],
    )
  } catch (error) {
    const code = codeOf(error)
    return code === '' || NOT_SAID.has(code) ? null : []
  }
}

/** Slack's words for an answer that it owes. */
const NOT_SAID: ReadonlySet<string> = new Set(['accesslimited', ...STUMBLES])

function remembered<T>(
  elapsed: () => number,
  read: (client: WebClient) => Promise<T>,
  isSaid: (value: T) => boolean = () => true,
): (client: WebClient) => Promise<T> {
  let held: { readonly value: Promise<T>; until: number } | null = null
  return (client) => {
    if (held === null || held.until <= elapsed()) {
      const reading = { value: read(client), until: elapsed() + REMEMBERED_MS }
      held = reading
      // A failure is not remembered: the next one asks again.
      reading.value.then(
        (value) => {
          if (!isSaid(value)) reading.until = elapsed() + UNSAID_MS
        },
        () => {
          if (held === reading) held = null
        },
      )
    }
    return held.value
  }
}

// Who may read, where the settings narrow it to the members of some channels or user groups.

const PAGE = 1000
/** 20,000 people of one channel. */
const MOST_PAGES = 20

/**
 * The Slack ids of everybody in these channels. @throws where Slack does not tell: who may not be
 * found among the readers is none.
 */
async function membersOfChannels(
  client: WebClient,
  channels: readonly string[],
): Promise<ReadonlySet<string>> {
  const members = new Set<string>()
  for (const channel of channels) {
    let cursor: string | undefined
    for (let pages = 0; pages < MOST_PAGES; pages += 1) {
      const answer = await client.conversations.members({
        channel,
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      })
      if (answer.members === undefined) throw new Error('Slack does not list the members')
      for (const id of answer.members) members.add(id)
      cursor = answer.response_metadata?.next_cursor
      if (cursor === undefined || cursor === '') break
    }
  }
  return members
}

/** Which of the settings' ids are user groups; the others are channels. */
function isGroup(id: string): boolean {
  return id.startsWith('S')
}
