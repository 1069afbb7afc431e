/** People, groups, channels and what the app may know of them. */

import { WebClient } from '@slack/web-api'
import { addPeople, PEOPLE, type Scope } from '../stand-in/slack/state.ts'
import { useWorkspace } from './support/outbox.ts'

let client: WebClient
const { workspace } = useWorkspace(
  { now: () => Date.UTC(2027, 3, 1), longestPage: 3 },
  ({ places, url }) => {
    addPeople(places)
    client = new WebClient('xoxb-stand-in', { slackApiUrl: url })
  },
)

interface Page {
  readonly response_metadata?: { readonly next_cursor?: string }
}

async function everyPage<One extends Page>(ask: (cursor: string) => Promise<One>): Promise<One[]> {
  const pages = [await ask('')]
  for (;;) {
    const cursor = pages.at(-1)?.response_metadata?.next_cursor
    if (cursor === undefined || cursor === '') return pages
    pages.push(await ask(cursor))
  }
}

test('a guest, a stranger and an administrator can be told apart', async () => {
  const info = async (user: string) => (await client.users.info({ user })).user
  expect(await info(PEOPLE.owner)).toMatchObject({ is_restricted: false, is_stranger: false })
  expect(await info(PEOPLE.guest)).toMatchObject({ is_restricted: true, team_id: 'T0001' })
  expect(await info(PEOPLE.outsider)).toMatchObject({ is_stranger: true, team_id: 'T0002' })
  expect(await info(PEOPLE.admin)).toMatchObject({ is_admin: true })
  await expect(info('U404')).rejects.toThrow('user_not_found')
})

test('people are listed in pages, each once', async () => {
  const pages = await everyPage((cursor) => client.users.list({ limit: 3, cursor }))
  expect(pages).toHaveLength(3)
  const ids = pages.flatMap(({ members = [] }) => members.map(({ id }) => id))
  expect(ids).toEqual(workspace.places.users.map(({ id }) => id))
})

test('an address finds its person, whatever its case, unless they left', async () => {
  const email = 'Olive.Owner@trust.example'
  expect((await client.users.lookupByEmail({ email })).user).toMatchObject({ id: PEOPLE.owner })
  workspace.places.person(PEOPLE.owner).deleted = true
  await expect(client.users.lookupByEmail({ email })).rejects.toThrow('users_not_found')
})

test('addresses are hidden from an app that may not read them', async () => {
  workspace.places.scopes.delete('users:read.email')
  const { user } = await client.users.info({ user: PEOPLE.owner })
  expect(user?.profile?.email).toBeUndefined()
})

test('user groups are listed with their people', async () => {
  expect((await client.usergroups.list({ include_users: true })).usergroups).toMatchObject([
    { id: 'S0DIGITAL', handle: 'digital', users: [PEOPLE.owner, PEOPLE.deputy, PEOPLE.lead] },
  ])
  const users = await client.usergroups.users.list({ usergroup: 'S0DIGITAL' })
  expect(users.users).toHaveLength(3)
  await expect(client.usergroups.users.list({ usergroup: 'S404' })).rejects.toThrow(
    'no_such_subteam',
  )
})

test('a channel says who is in it and whether another organisation is', async () => {
  const shared = await client.conversations.info({ channel: 'C0SHARED', include_num_members: true })
  expect(shared.channel).toMatchObject({ is_ext_shared: true, num_members: 7 })
  const members = await client.conversations.members({ channel: 'C0GUESTS', limit: 1000 })
  expect(members.members).toHaveLength(3)
  const pages = await everyPage((cursor) =>
    client.conversations.members({ channel: 'C0GUESTS', cursor }),
  )
  const all = pages.flatMap(({ members: some = [] }) => some)
  expect(all).toContain(PEOPLE.guest)
  expect(all).not.toContain(PEOPLE.outsider)
  await expect(client.conversations.members({ channel: 'G0PRIVATE' })).rejects.toThrow(
    'channel_not_found',
  )
})

test.each<[Scope, (client: WebClient) => Promise<unknown>]>([
  ['users:read', (slack) => slack.users.list({})],
  ['users:read.email', (slack) => slack.users.lookupByEmail({ email: 'a@b.example' })],
  ['usergroups:read', (slack) => slack.usergroups.list()],
  ['usergroups:read', (slack) => slack.usergroups.users.list({ usergroup: 'S0DIGITAL' })],
  ['channels:read', (slack) => slack.conversations.members({ channel: 'C0CONTRACTS' })],
  ['channels:read', (slack) => slack.conversations.list({})],
  ['groups:read', (slack) => slack.conversations.list({ types: 'private_channel' })],
  ['channels:history', (slack) => slack.conversations.history({ channel: 'C0CONTRACTS' })],
  ['chat:write', (slack) => slack.chat.delete({ channel: 'C0CONTRACTS', ts: '1.1' })],
  [
    'chat:write',
    (slack) => slack.chat.postEphemeral({ channel: 'C0CONTRACTS', user: PEOPLE.owner, text: 'x' }),
  ],
  ['files:read', (slack) => slack.files.info({ file: 'F0001' })],
])('without %s a method that needs it is refused, and says so', async (scope, ask) => {
  workspace.places.scopes.delete(scope)
  await expect(ask(client)).rejects.toMatchObject({
    data: { error: 'missing_scope', needed: expect.stringContaining(scope) as string },
  })
})

test('every answer says which scopes the token has', async () => {
  const { response_metadata } = await client.auth.test()
  expect(response_metadata?.scopes).toEqual([...workspace.places.scopes])
})

test('a message to one person reaches that person, in a channel that both are in', async () => {
  const post = (channel: string, user: string) =>
    client.chat.postEphemeral({ channel, user, text: 'Only you' })
  expect(await post('C0CONTRACTS', PEOPLE.owner)).toMatchObject({ ok: true })
  expect(workspace.as(PEOPLE.owner).messages('contracts')).toMatchObject([{ text: 'Only you' }])
  await expect(post('C0CONTRACTS', PEOPLE.guest)).rejects.toThrow('user_not_in_channel')
  await expect(post('C0GUESTS', PEOPLE.owner)).rejects.toThrow('not_in_channel')
  const history = await client.conversations.history({ channel: 'C0CONTRACTS' })
  expect(history.messages).toEqual([])
})

test('a message that is deleted is gone, and one that stands has an address', async () => {
  const channel = 'C0CONTRACTS'
  const { ts = '' } = await client.chat.postMessage({ channel, text: 'Hello' })
  const { permalink } = await client.chat.getPermalink({ channel, message_ts: ts })
  expect(permalink).toContain(`/archives/C0CONTRACTS/p${ts.replace('.', '')}`)
  expect(await client.chat.delete({ channel, ts })).toMatchObject({ ok: true })
  expect(workspace.ledger.messages).toEqual([])
  await expect(client.chat.delete({ channel, ts })).rejects.toThrow('message_not_found')
})

test('whoever looks on is told of every change', async () => {
  const kinds: string[] = []
  const stop = workspace.changes.listen(({ kind }) => kinds.push(kind))
  const channel = 'C0CONTRACTS'
  const { ts = '' } = await client.chat.postMessage({ channel, text: 'Hello' })
  await client.chat.update({ channel, ts, text: 'Hello again' })
  await client.chat.delete({ channel, ts })
  await client.views.publish({ user_id: PEOPLE.owner, view: { type: 'home', blocks: [] } })
  stop()
  await client.chat.postMessage({ channel, text: 'Unheard' })
  expect(kinds).toEqual(['message', 'message', 'message-removed', 'home'])
})
