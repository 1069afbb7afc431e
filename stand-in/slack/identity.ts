/** auth.test, users.* and usergroups.*. */
import { type Answer, refusal } from './http.ts'
import { type Method, page, type StandInState } from './method.ts'
import { APP, type User, type UserGroup } from './state.ts'

export const authTest: Method = {
  scopes: [],
  answer(_args, { url }) {
    return {
      ok: true,
      url: url(),
      team: APP.teamName,
      team_id: APP.team,
      user: APP.name,
      user_id: APP.user,
      bot_id: APP.bot,
    }
  },
}

export const usersInfo: Method = {
  scopes: ['users:read'],
  answer: (args, state) =>
    found(
      state.places.users.find(({ id }) => id === args.text('user')),
      state,
      'user_not_found',
    ),
}

export const usersList: Method = {
  scopes: ['users:read'],
  answer(args, state) {
    const part = page(state.places.users, args, state.longestPage)
    if (part === null) return refusal('invalid_cursor')
    return {
      ok: true,
      members: part.items.map((user) => describeUser(user, state)),
      response_metadata: { next_cursor: part.nextCursor },
    }
  },
}

export const lookupByEmail: Method = {
  scopes: ['users:read.email'],
  answer(args, state) {
    const email = args.text('email')?.toLowerCase()
    if (email === undefined) return refusal('invalid_arguments')
    const user = state.places.users.find(
      (one) => !one.deleted && one.email?.toLowerCase() === email,
    )
    return found(user, state, 'users_not_found')
  },
}

export const userGroupsList: Method = {
  scopes: ['usergroups:read'],
  answer(args, { places }) {
    const shown = places.groups.filter(({ disabled }) => args.flag('include_disabled') || !disabled)
    return {
      ok: true,
      usergroups: shown.map((group) => describeGroup(group, args.flag('include_users'))),
    }
  },
}

export const userGroupsUsersList: Method = {
  scopes: ['usergroups:read'],
  answer(args, { places }) {
    const group = places.groups.find(({ id }) => id === args.text('usergroup'))
    if (group === undefined || (group.disabled && !args.flag('include_disabled'))) {
      return refusal('no_such_subteam')
    }
    return { ok: true, users: group.users }
  },
}

function found(user: User | undefined, state: StandInState, error: string): Answer {
  return user === undefined ? refusal(error) : { ok: true, user: describeUser(user, state) }
}

/** A person as Slack shows one to the app; the address only where the app may read it. */
export function describeUser(user: User, { places }: StandInState): Record<string, unknown> {
  const mayReadEmail = places.scopes.has('users:read.email')
  return {
    id: user.id,
    team_id: user.teamId,
    name: user.name,
    real_name: user.realName,
    deleted: user.deleted,
    tz: user.timeZone,
    is_admin: user.isAdmin,
    is_bot: user.isBot,
    is_restricted: user.guest !== null,
    is_ultra_restricted: user.guest === 'single-channel',
    is_stranger: user.teamId !== APP.team,
    profile: {
      real_name: user.realName,
      display_name: user.name,
      ...(mayReadEmail && user.email !== null ? { email: user.email } : {}),
    },
  }
}

function describeGroup(group: UserGroup, withUsers: boolean): Record<string, unknown> {
  return {
    id: group.id,
    team_id: APP.team,
    is_usergroup: true,
    handle: group.handle,
    name: group.name,
    date_delete: group.disabled ? 1 : 0,
    user_count: group.users.length,
    ...(withUsers ? { users: group.users } : {}),
  }
}
