/**
 * What the workspace holds: people, channels, messages, files, and the faults that it is told to
 * make.
 */
import type { Metadata, ViewSource } from './validate.ts'

export const ALL_SCOPES = [
  'commands',
  'app_mentions:read',
  'chat:write',
  'chat:write.public',
  'channels:read',
  'groups:read',
  'channels:join',
  'channels:history',
  'groups:history',
  'im:history',
  'im:write',
  'users:read',
  'users:read.email',
  'usergroups:read',
  'files:read',
  'files:write',
] as const
export type Scope = (typeof ALL_SCOPES)[number]

export const APP = {
  id: 'A0LAPSEWATCH',
  user: 'U0BOT',
  bot: 'B0BOT',
  name: 'lapsewatch',
  team: 'T0001',
  teamName: 'Stand-in',
  teamDomain: 'stand-in',
} as const

type UserOptions = Partial<Omit<User, 'id' | 'name' | 'deleted'>>

export interface User {
  readonly id: string
  readonly name: string
  realName: string
  readonly email: string | null
  readonly isAdmin: boolean
  readonly isBot: boolean
  /** A guest of several channels or of one. */
  guest: 'multi-channel' | 'single-channel' | null
  /** The organisation the person belongs to; another than the workspace's makes a stranger. */
  readonly teamId: string
  readonly timeZone: string
  deleted: boolean
}

export interface UserGroup {
  readonly id: string
  readonly handle: string
  readonly name: string
  users: readonly string[]
  disabled: boolean
}

class People {
  readonly users: User[] = []
  readonly groups: UserGroup[] = []

  addUser(id: string, name: string, options: UserOptions = {}): User {
    const user: User = {
      id,
      name,
      realName: options.realName ?? name,
      email: options.email ?? null,
      isAdmin: options.isAdmin ?? false,
      isBot: options.isBot ?? false,
      guest: options.guest ?? null,
      teamId: options.teamId ?? APP.team,
      timeZone: options.timeZone ?? 'Europe/London',
      deleted: false,
    }
    this.users.push(user)
    return user
  }

  addGroup(id: string, handle: string, users: readonly string[], name = handle): UserGroup {
    const group = { id, handle, name, users, disabled: false }
    this.groups.push(group)
    return group
  }

  /** The person of this id or name. @throws Error where there is none. */
  person(idOrName: string): User {
    const found = this.users.find(({ id, name }) => id === idOrName || name === idOrName)
    if (found === undefined) throw new Error(`Nobody in the workspace is called ${idOrName}.`)
    return found
  }
}

/** Without an id one is made up: C0001, C0002, … */
export interface ChannelOptions
  extends Partial<Pick<Channel, 'id' | 'isPrivate' | 'member' | 'archived' | 'isShared'>> {
  readonly name: string
  /** The ids of the people in it. Without them: every full member of the workspace. */
  readonly people?: readonly string[]
}

export interface Channel {
  readonly id: string
  readonly name: string
  readonly isPrivate: boolean
  /** The person at the other end of a direct conversation. */
  readonly user: string | null
  /** Null: every full member of the workspace. */
  people: ReadonlySet<string> | null
  isShared: boolean
  /** Whether the app is in it; private channels are invisible otherwise. */
  member: boolean
  archived: boolean
}

export interface StoredFile {
  readonly id: string
  readonly name: string
  readonly length: number
  /** Who uploaded it: a person's id, or the app's. */
  readonly user: string
  content: Buffer | null
  title: string | null
  /** Given a title and kept; before that an upload is only a promise. */
  complete: boolean
}

export class WorkspaceDirectory extends People {
  readonly channels: Channel[] = []
  readonly files = new Map<string, StoredFile>()
  readonly tokens = new Map<string, 'good' | 'token_revoked' | 'account_inactive'>()
  readonly scopes = new Set<Scope>(ALL_SCOPES)
  /** Types of blocks that Slack has not brought to this workspace yet. */
  readonly unknownBlocks = new Set<string>()
  /** Tokens of the app itself, and what they may do: `connections:write` opens sockets. */
  readonly appTokens = new Map<string, ReadonlySet<string>>()
  readonly #changes: Changes

  constructor(changes: Changes) {
    super()
    this.#changes = changes
  }

  addChannel(options: ChannelOptions): Channel {
    return this.#keep({
      id: options.id ?? `C${String(this.channels.length + 1).padStart(4, '0')}`,
      name: options.name.replace(/^#/, ''),
      isPrivate: options.isPrivate ?? false,
      user: null,
      people: options.people === undefined ? null : new Set(options.people),
      isShared: options.isShared ?? false,
      member: options.member ?? false,
      archived: options.archived ?? false,
    })
  }

  addFile(name: string, length: number, user: string): StoredFile {
    const id = `F${String(this.files.size + 1).padStart(4, '0')}`
    const file = { id, name, length, user, content: null, title: null, complete: false }
    this.files.set(id, file)
    return file
  }

  completeFile(file: StoredFile, title: string): void {
    file.title = title
    file.complete = true
    this.#changes.tell({ kind: 'file', file })
  }

  /** The channel of this id or name, for tests that change it while it is in use. */
  channel(idOrName: string): Channel {
    const name = idOrName.replace(/^#/, '')
    const found = this.channels.find((channel) => channel.id === name || channel.name === name)
    if (found === undefined) throw new Error(`The workspace has no channel ${idOrName}.`)
    return found
  }

  /** What the app can see of a channel named by id; names count only where Slack takes them. */
  visible(named: string | null, { byName = false } = {}): Channel | null {
    if (named === null) return null
    const channel = this.channels.find(
      ({ id, name }) => id === named || (byName && name === named.replace(/^#/, '')),
    )
    return channel === undefined || (channel.isPrivate && !channel.member) ? null : channel
  }

  isIn(channel: Channel, user: User): boolean {
    if (user.deleted) return false
    if (channel.user !== null) return channel.user === user.id
    return channel.people === null ? isFullMember(user) : channel.people.has(user.id)
  }

  /** The ids of everyone in the channel, the app included where it is a member. */
  membersOf(channel: Channel): readonly string[] {
    const people = this.users.filter((user) => this.isIn(channel, user)).map(({ id }) => id)
    return channel.member ? [...people, APP.user] : people
  }

  join(channel: Channel): void {
    channel.member = true
    this.#changes.tell({ kind: 'channel', channel })
  }

  /** The direct conversation with a person, opened where there was none. */
  direct(user: User): Channel {
    const open = this.channels.find((channel) => channel.user === user.id)
    if (open !== undefined) return open
    return this.#keep({
      id: `D${user.id.slice(1)}`,
      name: user.name,
      isPrivate: true,
      user: user.id,
      people: null,
      isShared: false,
      member: true,
      archived: false,
    })
  }

  #keep(channel: Channel): Channel {
    this.channels.push(channel)
    this.#changes.tell({ kind: 'channel', channel })
    return channel
  }
}

/** Neither a guest, nor of another organisation, nor a bot. */
function isFullMember(user: User): boolean {
  return user.guest === null && user.teamId === APP.team && !user.isBot
}

export const PEOPLE = {
  owner: 'U0OWNER',
  deputy: 'U0DEPUTY',
  lead: 'U0LEAD',
  finance: 'U0FINANCE',
  admin: 'U0ADMIN',
  colleague: 'U0COLLEAGUE',
  guest: 'U0GUEST',
  outsider: 'U0OUTSIDER',
} as const

/** Another organisation than the workspace's own. */
const OTHER_TEAM = 'T0002'

/** Adds the people, a user group of the digital team, and a channel for each kind of company. */
export function addPeople(places: WorkspaceDirectory): void {
  const add = (id: string, realName: string, options = {}) => {
    const name = realName.toLowerCase().replace(' ', '.')
    places.addUser(id, name, { realName, email: `${name}@trust.example`, ...options })
  }
  places.addUser(APP.user, APP.name, { realName: 'Lapsewatch', isBot: true })
  add(PEOPLE.owner, 'Olive Owner')
  add(PEOPLE.deputy, 'Dev Deputy')
  add(PEOPLE.lead, 'Lena Lead')
  add(PEOPLE.finance, 'Finn Finance')
  add(PEOPLE.admin, 'Ada Admin', { isAdmin: true })
  add(PEOPLE.colleague, 'Cole League')
  add(PEOPLE.guest, 'Gus Guest', { guest: 'multi-channel', email: 'gus@agency.example' })
  add(PEOPLE.outsider, 'Otto Sider', { teamId: OTHER_TEAM, email: 'otto@supplier.example' })
  places.addGroup('S0DIGITAL', 'digital', [PEOPLE.owner, PEOPLE.deputy, PEOPLE.lead], 'Digital')
  const inside = Object.values(PEOPLE).filter((id) => id !== PEOPLE.guest && id !== PEOPLE.outsider)
  places.addChannel({ id: 'C0CONTRACTS', name: 'contracts', member: true })
  places.addChannel({ id: 'C0ESCALATION', name: 'escalation', member: true })
  places.addChannel({ id: 'C0GUESTS', name: 'with-guest', people: [...inside, PEOPLE.guest] })
  places.addChannel({
    id: 'C0SHARED',
    name: 'with-supplier',
    people: [...inside, PEOPLE.outsider],
    isShared: true,
  })
  places.addChannel({
    id: 'G0PRIVATE',
    name: 'board',
    isPrivate: true,
    people: [PEOPLE.lead, PEOPLE.admin],
  })
}

/**
 * What happens instead of a plain answer. `accepted` says whether the call was carried out all
 * the same: that is what the caller cannot see.
 */
export type Fault =
  /** The header as it is sent: text, or a number of any size. */
  | { readonly kind: 'rate-limited'; readonly retryAfter: number | string }
  | { readonly kind: 'status'; readonly status: number; readonly accepted: boolean }
  | { readonly kind: 'error'; readonly error: string; readonly accepted: boolean }
  /** A page of a proxy where JSON should stand. */
  | { readonly kind: 'unreadable'; readonly accepted: boolean }
  /** Status 200 and this text where an answer should stand, for example `null`. */
  | { readonly kind: 'body'; readonly body: string; readonly accepted: boolean }
  /** The answer breaks off in its middle. */
  | { readonly kind: 'truncated'; readonly accepted: boolean }
  /** The connection is cut without an answer. */
  | { readonly kind: 'dropped'; readonly accepted: boolean }
  | { readonly kind: 'never'; readonly accepted: boolean }
  /** Carried out at once, answered so much later. */
  | { readonly kind: 'late'; readonly ms: number }
  /** Carried out so much later, and never answered. */
  | { readonly kind: 'accepted-late'; readonly ms: number }

export interface Target {
  readonly method: string
  readonly channel: string | null
  readonly delivery: string | null
}

/** Chooses a fault for each call, for example at random from a seed; null lets it go well. */
type FaultChooser = (target: Target) => Fault | null

interface Planned {
  readonly fault: Fault
  readonly method: string
  readonly channel: string | null
  readonly delivery: string | null
  readonly times: number
}

export class Faults {
  #planned: Planned[] = []
  #chooser: FaultChooser = () => null

  /** The next calls of this method (in this channel, of this delivery only) meet the fault. */
  plan(
    fault: Fault,
    {
      method = 'chat.postMessage',
      channel = null,
      delivery = null,
      times = 1,
    }: Partial<Omit<Planned, 'fault'>> = {},
  ): void {
    this.#planned.push({ fault, method, channel, delivery, times })
  }

  choose(chooser: FaultChooser): void {
    this.#chooser = chooser
  }

  clear(): void {
    this.#planned = []
    this.#chooser = () => null
  }

  /** The fault that this call meets; a planned one is used up by it. */
  take(target: Target): Fault | null {
    const index = this.#planned.findIndex(
      ({ method, channel, delivery }) =>
        method === target.method &&
        (channel === null || channel === target.channel) &&
        (delivery === null || delivery === target.delivery),
    )
    const planned = this.#planned[index]
    if (planned === undefined) return this.#chooser(target)
    if (planned.times > 1) this.#planned[index] = { ...planned, times: planned.times - 1 }
    else this.#planned.splice(index, 1)
    return planned.fault
  }
}

/** How many messages a quiet channel takes at once before the pace binds. */
const BURST = 3

export class Pace {
  readonly #intervalMs: number
  readonly #calls = new Map<string, readonly number[]>()
  readonly #emptyAt = new Map<string, number>()

  /** @param intervalMs how long a message fills its channel; 0 sets no pace. */
  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs
  }

  /**
   * Counts a message in the channel. Null when it fits the pace, else the seconds to wait, in
   * whole ones as Slack says them; then it is not counted.
   */
  exceeded(channel: string, now: number): number | null {
    if (this.#intervalMs === 0) return null
    const full = BURST * this.#intervalMs
    const known = this.#emptyAt.get(channel) ?? 0
    // Fuller than full: the clock was set back since.
    const emptyAt = known > now + full ? now : Math.max(known, now)
    const filledTo = emptyAt + this.#intervalMs
    if (filledTo - now > full) return Math.ceil((filledTo - now - full) / 1000)
    this.#emptyAt.set(channel, filledTo)
    return null
  }

  /** The same of a call of a method that takes so many a minute. */
  tooOften(method: string, most: number, now: number): number | null {
    if (this.#intervalMs === 0) return null
    const lately = (this.#calls.get(method) ?? []).filter((at) => at > now - 60_000)
    const [first = now] = lately
    if (lately.length >= most) return Math.ceil((first + 60_000 - now) / 1000)
    this.#calls.set(method, [...lately, now])
    return null
  }
}

export interface PostedMessage {
  readonly kind: 'message'
  readonly channel: string
  /** Unique in the workspace and increasing. */
  readonly ts: string
  readonly threadTs: string | null
  readonly broadcast: boolean
  /** The person who said it; left out where the app did. */
  readonly by?: string
  readonly text: string
  readonly blocks: readonly unknown[]
  readonly metadata: Metadata | null
  readonly editedTs: string | null
  /** When it was accepted, in milliseconds of the workspace's clock. */
  readonly at: number
}

/** A message that one person sees and nobody else; it is in no history. */
export interface EphemeralMessage
  extends Pick<PostedMessage, 'channel' | 'ts' | 'threadTs' | 'text' | 'blocks' | 'at'> {
  readonly kind: 'ephemeral'
  readonly user: string
}

/** A call as it came in, and how it was answered (`ok`, Slack's error, or the fault it met). */
interface CallRecord {
  readonly method: string
  readonly channel: string | null
  readonly answer: string
  readonly at: number
}

export class Ledger {
  readonly calls: CallRecord[] = []
  /** What no client of Slack's may do: unknown methods, unreadable bodies. Tests want it empty. */
  readonly failures: string[] = []
  readonly #changes: Changes
  readonly #messages = new Map<string, PostedMessage>()
  readonly #ephemerals = new Map<string, EphemeralMessage>()
  #lastMicroseconds = 0

  constructor(changes: Changes) {
    this.#changes = changes
  }

  /** Every message as it stands now, in the order of acceptance. */
  get messages(): readonly PostedMessage[] {
    return [...this.#messages.values()]
  }

  /** Every message to one person that is still shown, in the order of acceptance. */
  get ephemerals(): readonly EphemeralMessage[] {
    return [...this.#ephemerals.values()]
  }

  inChannel(channel: string): readonly PostedMessage[] {
    return this.messages.filter((message) => message.channel === channel)
  }

  message(channel: string, ts: string): PostedMessage | null {
    const message = this.#messages.get(ts)
    return message?.channel === channel ? message : null
  }

  timesDelivered(): ReadonlyMap<string, number> {
    const times = new Map<string, number>()
    for (const { metadata } of this.#messages.values()) {
      const id = metadata?.event_payload.delivery_id
      if (typeof id === 'string') times.set(id, (times.get(id) ?? 0) + 1)
    }
    return times
  }

  add(message: Omit<PostedMessage, 'kind' | 'ts' | 'editedTs'>): PostedMessage {
    const ts = this.stamp(message.at)
    const posted = { ...message, kind: 'message' as const, ts, editedTs: null }
    this.#messages.set(posted.ts, posted)
    this.#changes.tell({ kind: 'message', message: posted })
    return posted
  }

  edit(message: PostedMessage, change: Partial<PostedMessage>, at: number): PostedMessage {
    const edited = { ...message, ...change, ts: message.ts, editedTs: this.stamp(at) }
    this.#messages.set(edited.ts, edited)
    this.#changes.tell({ kind: 'message', message: edited })
    return edited
  }

  remove(message: PostedMessage): void {
    this.#messages.delete(message.ts)
    this.#changes.tell({ kind: 'message-removed', message })
  }

  addEphemeral(message: Omit<EphemeralMessage, 'kind' | 'ts'>): EphemeralMessage {
    const shown = { ...message, kind: 'ephemeral' as const, ts: this.stamp(message.at) }
    this.#ephemerals.set(shown.ts, shown)
    this.#changes.tell({ kind: 'ephemeral', message: shown })
    return shown
  }

  editEphemeral(ts: string, change: Pick<EphemeralMessage, 'text' | 'blocks'>): void {
    const known = this.#ephemerals.get(ts)
    if (known === undefined) return
    const edited = { ...known, ...change }
    this.#ephemerals.set(ts, edited)
    this.#changes.tell({ kind: 'ephemeral', message: edited })
  }

  removeEphemeral(ts: string): void {
    const known = this.#ephemerals.get(ts)
    if (known === undefined) return
    this.#ephemerals.delete(ts)
    this.#changes.tell({ kind: 'ephemeral-removed', message: known })
  }

  /** A time stamp that stands for nothing else in the workspace, also while its clock stands still. */
  stamp(at: number): string {
    this.#lastMicroseconds = Math.max(Math.floor(at * 1000), this.#lastMicroseconds + 1)
    const digits = String(this.#lastMicroseconds).padStart(7, '0')
    return `${digits.slice(0, -6)}.${digits.slice(-6)}`
  }
}

export type WorkspaceEvent =
  | { readonly kind: 'message'; readonly message: PostedMessage }
  | { readonly kind: 'message-removed'; readonly message: PostedMessage }
  | { readonly kind: 'ephemeral'; readonly message: EphemeralMessage }
  | { readonly kind: 'ephemeral-removed'; readonly message: EphemeralMessage }
  /** What the person now has before them; null when the last modal closed. */
  | { readonly kind: 'modal'; readonly user: string; readonly view: ShownView | null }
  | { readonly kind: 'home'; readonly user: string; readonly view: ShownView }
  | { readonly kind: 'channel'; readonly channel: Channel }
  | { readonly kind: 'file'; readonly file: StoredFile }

export class Changes {
  readonly #listeners = new Set<(change: WorkspaceEvent) => void>()

  /** Calls the listener at every change from now on. @returns what ends that. */
  listen(listener: (change: WorkspaceEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(change: WorkspaceEvent): void {
    for (const listener of this.#listeners) listener(change)
  }

  /**
   * Waits until the condition holds, looking again at every change.
   * @throws Error naming what was waited for when it does not come in time.
   */
  async until(condition: () => boolean, what: string, patienceMs = 5000): Promise<void> {
    if (condition()) return
    await new Promise<void>((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer)
        stop()
        settle()
      }
      const timer = setTimeout(
        () => end(() => reject(new Error(`Waited ${patienceMs} ms in vain for ${what}.`))),
        patienceMs,
      )
      const stop = this.listen(() => condition() && end(resolve))
    })
  }
}

export interface ShownView {
  readonly kind: 'view'
  readonly id: string
  readonly user: string
  /** Changes with every update; an update that names an older one is refused. */
  readonly hash: string
  /** With an id for every block and element. */
  readonly source: ViewSource
  readonly rootId: string
  readonly previousId: string | null
  /** The conversation from which it was opened; null from elsewhere. */
  readonly channel: string | null
  /** What stands in each field now: by block id, then by action id. */
  readonly values: Values
}
export type Values = Readonly<Record<string, Readonly<Record<string, FieldValue>>>>

export interface FieldValue {
  readonly type: string
  readonly [key: string]: unknown
}
