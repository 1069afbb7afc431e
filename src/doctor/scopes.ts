/** What the app asks of a workspace, and what for. The manifest asks for the same. */
export const SCOPES: Readonly<Record<string, string>> = {
  commands: 'to answer /contracts',
  'chat:write': 'to post, and to rewrite what was posted',
  'chat:write.public': 'to post to a public channel that it has not joined',
  'channels:read': 'to find a public channel by its name and see who is in it',
  'groups:read': 'to find a private channel that it was invited to, and see who is in it',
  'channels:join': 'to join a public channel before posting there',
  'channels:history': 'to look up whether a message arrived when an answer of Slack was lost',
  'groups:history': 'the same in private channels',
  'im:history': 'the same in direct messages',
  'im:write': 'to write to a person directly',
  'users:read': 'to tell members from guests and people of other organisations',
  'users:read.email': 'to know the people whom a register names by their address',
  'usergroups:read': "to know who belongs to a team's user group",
  'files:read': 'to read a register that is handed over in Slack',
  'files:write': 'to attach long lists',
}
