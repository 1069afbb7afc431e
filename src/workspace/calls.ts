/** The methods that the workspace knows, and who may call them. */
import { postMessage, update } from './chat.ts'
import * as conversations from './conversations.ts'
import { completeUploadExternal, getUploadURLExternal } from './files.ts'
import { authTest, usersInfo } from './identity.ts'
import { type Answer, type Method, refusal, type Scene } from './method.ts'
import type { Call } from './request.ts'

const METHODS: ReadonlyMap<string, Method> = new Map(
  Object.entries({
    'auth.test': authTest,
    'chat.postMessage': postMessage,
    'chat.update': update,
    'conversations.history': conversations.history,
    'conversations.info': conversations.info,
    'conversations.join': conversations.join,
    'conversations.list': conversations.list,
    'conversations.open': conversations.open,
    'conversations.replies': conversations.replies,
    'files.completeUploadExternal': completeUploadExternal,
    'files.getUploadURLExternal': getUploadURLExternal,
    'users.info': usersInfo,
  }),
)

/** Carries a call out. An unknown method is refused and recorded as a failure of the caller. */
export function answerCall(call: Call, scene: Scene): Answer {
  const method = METHODS.get(call.method)
  if (method === undefined) {
    scene.ledger.failures.push(`The method ${call.method} is unknown here.`)
    return refusal('unknown_method')
  }
  if (call.token === null) return refusal('not_authed')
  const token = scene.places.tokens.get(call.token) ?? 'invalid_auth'
  if (token !== 'good') return refusal(token)
  const { scopes } = method
  if (scopes.length > 0 && !scopes.some((scope) => scene.places.scopes.has(scope))) {
    return { ...refusal('missing_scope'), needed: scopes.join(',') }
  }
  return method.answer(call.args, scene)
}
