/** auth.test and users.info. */
import { type Method, refusal } from './method.ts'
import { TEAM } from './places.ts'

export const authTest: Method = {
  scopes: [],
  answer(_args, { url }) {
    return {
      ok: true,
      url: url(),
      team: TEAM.name,
      team_id: TEAM.id,
      user: 'lapsewatch',
      user_id: TEAM.bot,
      bot_id: TEAM.botId,
    }
  },
}

export const usersInfo: Method = {
  scopes: ['users:read'],
  answer(args, { places }) {
    const user = places.users.find(({ id }) => id === args.text('user'))
    return user === undefined
      ? refusal('user_not_found')
      : { ok: true, user: { id: user.id, name: user.name, deleted: user.deleted } }
  },
}
