/** The workspace's people, channels, files and tokens. */

export interface ChannelOptions {
  /** Without it one is made up: C0001, C0002, … */
  readonly id?: string
  readonly name: string
  readonly isPrivate?: boolean
  /** Whether the app is in it; private channels are invisible otherwise. */
  readonly member?: boolean
  readonly archived?: boolean
}

export interface Channel {
  readonly id: string
  readonly name: string
  readonly isPrivate: boolean
  /** The person at the other end of a direct conversation. */
  readonly user: string | null
  member: boolean
  archived: boolean
}

export interface User {
  readonly id: string
  readonly name: string
  deleted: boolean
}

export interface StoredFile {
  readonly id: string
  readonly name: string
  readonly length: number
  content: Buffer | null
  title: string | null
  /** Given a title and kept; before that an upload is only a promise. */
  complete: boolean
}

export const TEAM = { id: 'T0001', name: 'Stand-in', bot: 'U0BOT', botId: 'B0BOT' } as const

/** What Slack grants an app that may do everything the bot does. */
export const ALL_SCOPES = [
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
  'files:write',
] as const
export type Scope = (typeof ALL_SCOPES)[number]

export class Places {
  readonly channels: Channel[] = []
  readonly users: User[] = []
  readonly files = new Map<string, StoredFile>()
  readonly tokens = new Map<string, 'good' | 'token_revoked' | 'account_inactive'>()
  readonly scopes = new Set<Scope>(ALL_SCOPES)

  addChannel(options: ChannelOptions): Channel {
    const channel: Channel = {
      id: options.id ?? `C${String(this.channels.length + 1).padStart(4, '0')}`,
      name: options.name.replace(/^#/, ''),
      isPrivate: options.isPrivate ?? false,
      user: null,
      member: options.member ?? false,
      archived: options.archived ?? false,
    }
    this.channels.push(channel)
    return channel
  }

  addUser(id: string, name: string): User {
    const user: User = { id, name, deleted: false }
    this.users.push(user)
    return user
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

  /** The direct conversation with a person, opened where there was none. */
  direct(user: User): Channel {
    const open = this.channels.find((channel) => channel.user === user.id)
    if (open !== undefined) return open
    const channel: Channel = {
      id: `D${user.id.slice(1)}`,
      name: user.name,
      isPrivate: true,
      user: user.id,
      member: true,
      archived: false,
    }
    this.channels.push(channel)
    return channel
  }
}
