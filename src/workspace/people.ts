/** The people of the workspace, their groups, and the app among them. */

/** The app as the workspace knows it. */
export const APP = {
  id: 'A0LAPSEWATCH',
  user: 'U0BOT',
  bot: 'B0BOT',
  name: 'lapsewatch',
  team: 'T0001',
  teamName: 'Stand-in',
  teamDomain: 'stand-in',
} as const

export interface UserOptions {
  readonly realName?: string
  readonly email?: string
  readonly isAdmin?: boolean
  readonly isBot?: boolean
  /** A guest of several channels or of one. */
  readonly guest?: 'multi-channel' | 'single-channel'
  /** The organisation the person belongs to; another than the workspace's makes a stranger. */
  readonly teamId?: string
  readonly timeZone?: string
}

export interface User {
  readonly id: string
  readonly name: string
  realName: string
  readonly email: string | null
  readonly isAdmin: boolean
  readonly isBot: boolean
  guest: 'multi-channel' | 'single-channel' | null
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

export class People {
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
