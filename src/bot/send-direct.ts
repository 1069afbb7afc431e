/** To one person, in the conversation that they have with the bot alone. */
import type { WebClient } from '@slack/web-api'
import type { Answer, Call } from '../delivery/call.ts'
import { withFileLink, withoutFile, withoutPicture, withPictureFile } from '../delivery/render.ts'
import { uploadFile, uploadPicture } from '../delivery/upload.ts'
import type { Message } from '../messages/facts.ts'
import type { Scene } from './scene.ts'

/** A file of a hundred thousand contracts takes its time. */
const UPLOAD_TIMEOUT_MS = 60_000

/** With its chart and its file, where it has them: uploaded unshared and linked, so that only its reader opens it. */
export async function sendDirect({ client, asker }: Scene, message: Message): Promise<void> {
  const { text, blocks } = await withFile(client, await withPicture(client, message))
  await client.chat.postMessage({
    channel: asker.slackUser,
    text,
    blocks: [...blocks],
    unfurl_links: false,
    unfurl_media: false,
  })
}

async function withPicture(client: WebClient, message: Message): Promise<Message> {
  if (!message.picture) return message
  const uploaded = await uploadPicture(callerOf(client), UPLOAD_TIMEOUT_MS, message.picture)
  return uploaded.kind === 'uploaded'
    ? withPictureFile(message, uploaded.id)
    : withoutPicture(message, uploaded.why)
}

async function withFile(client: WebClient, message: Message): Promise<Message> {
  if (message.file === null) return message
  const uploaded = await uploadFile(callerOf(client), UPLOAD_TIMEOUT_MS, message.file)
  return uploaded.kind === 'uploaded'
    ? withFileLink(message, uploaded.permalink)
    : withoutFile(message, uploaded.why)
}

/** A handler's client, as the parts of the gateway call it. */
export function callerOf(client: WebClient): Call {
  return async (method, args) => (await client.apiCall(method, args)) as Answer
}
