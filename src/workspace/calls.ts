/** The methods that the workspace knows, and who may call them. */
import { connectionsOpen } from './apps.ts'
import { deleteMessage, getPermalink, postEphemeral, postMessage, update } from './chat.ts'
import * as conversations from './conversations.ts'
import { completeUploadExternal, filesInfo, getUploadURLExternal } from './files.ts'
import * as identity from './identity.ts'
import { type Answer, type Method, missingScope, refusal, type Scene } from './method.ts'
import type { Call } from './request.ts'
import { blocksValidate } from './validate.ts'
import { viewsOpen, viewsPublish, viewsPush, viewsUpdate } from './view-methods.ts'

const METHODS: ReadonlyMap<string, Method> = new Map(
  Object.entries({
    'apps.connections.open': connectionsOpen,
    'auth.test': identity.authTest,
    'blocks.validate': blocksValidate,
    'chat.delete': deleteMessage,
    'chat.getPermalink': getPermalink,
    'chat.postEphemeral': postEphemeral,
    'chat.postMessage': postMessage,
    'chat.update': update,
    'conversations.history': conversations.history,
    'conversations.info': conversations.info,
    'conversations.join': conversations.join,
    'conversations.list': conversations.list,
    'conversations.members': conversations.members,
    'conversations.open': conversations.open,
    'conversations.replies': conversations.replies,
    'files.completeUploadExternal': completeUploadExternal,
    'files.getUploadURLExternal': getUploadURLExternal,
    'files.info': filesInfo,
    'usergroups.list': identity.userGroupsList,
    'usergroups.users.list': identity.userGroupsUsersList,
    'users.info': identity.usersInfo,
    'users.list': identity.usersList,
    'users.lookupByEmail': identity.lookupByEmail,
    'views.open': viewsOpen,
    'views.publish': viewsPublish,
    'views.push': viewsPush,
    'views.update': viewsUpdate,
  } satisfies Record<string, Method>),
)

/** Carries a call out. An unknown method is refused and recorded as a failure of the caller. */
export function answerCall(call: Call, scene: Scene): Answer {
  const method = METHODS.get(call.method)
  if (method === undefined) {
    scene.ledger.failures.push(`The method ${call.method} is unknown here.`)
    return refusal('unknown_method')
  }
  if (call.token === null) return refusal('not_authed')
  return refusedToken(call.token, method, scene) ?? method.answer(call.args, scene)
}

function refusedToken(token: string, method: Method, scene: Scene): Answer | null {
  const ofApp = scene.places.appTokens.get(token)
  if (method.token === 'app') {
    if (ofApp === undefined) {
      return refusal(scene.places.tokens.has(token) ? 'not_allowed_token_type' : 'invalid_auth')
    }
    return ofApp.has('connections:write')
      ? null
      : { ...refusal('missing_scope'), needed: 'connections:write' }
  }
  if (ofApp !== undefined) return refusal('not_allowed_token_type')
  const state = scene.places.tokens.get(token) ?? 'invalid_auth'
  if (state !== 'good') return refusal(state)
  const { scopes } = method
  return scopes.length === 0 || scopes.some((scope) => scene.places.scopes.has(scope))
    ? null
    : missingScope(scopes, scene)
}
