/** The workspace's channels and files, and what the app may do in it. */
import type { Changes } from './changes.ts'
import { APP, People, type User } from './people.ts'
import { ALL_SCOPES, type Scope } from './scopes.ts'

export interface ChannelOptions {
  /** Without it one is made up: C0001, C0002, … */
  readonly id?: string
  readonly name: string
  readonly isPrivate?: boolean
  /** Whether the app is in it; private channels are invisible otherwise. */
  readonly member?: boolean
  readonly archived?: boolean
  /** The ids of the people in it. Without them: every full member of the workspace. */
  readonly people?: readonly string[]
  /** Another organisation is in it too. */
  readonly isShared?: boolean
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

export class Places extends People {
  readonly channels: Channel[] = []
  readonly files = new Map<string, StoredFile>()
  readonly tokens = new Map<string, 'good' | 'token_revoked' | 'account_inactive'>()
  readonly scopes = new Set<Scope>(ALL_SCOPES)
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

  /** A file that is promised: its bytes come later. */
  addFile(name: string, length: number, user: string): StoredFile {
    const id = `F${String(this.files.size + 1).padStart(4, '0')}`
    const file = { id, name, length, user, content: null, title: null, complete: false }
    this.files.set(id, file)
    return file
  }

  /** Marks a file as whole. */
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

  /** Whether the person is in the channel. */
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
