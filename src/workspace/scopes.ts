/** What Slack grants an app, as its manifest asks for it. */

/** Everything that the bot needs. */
export const ALL_SCOPES = [
  'commands',
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
