/**
 * The chart and the file of an answer. An answer to one person alone can hold neither, and a channel
 * may have readers who are not to open them: they go to the asker, in a direct message.
 */
import { withLines } from '../messages/attached.ts'
import { type Mrkdwn, mrkdwn } from '../messages/escape.ts'
import type { Message } from '../messages/facts.ts'
import { sendLater } from './asked.ts'
import type { Scene } from './scene.ts'

/** The answer as it is shown where it was asked; the whole of it follows to the asker. */
export async function attachmentsSent(
  scene: Scene,
  message: Message,
  { query, shared }: { readonly query: string; readonly shared: boolean },
): Promise<Message> {
  const parts = [message.picture ? 'chart' : null, message.file === null ? null : 'file']
  const named = parts.filter((part) => part !== null).join(' and the ')
  if (named === '') return message
  const bare = { ...message, file: null, picture: null }
  const said = (line: Mrkdwn) => withLines(bare, [], [line])
  const both = Boolean(message.picture) && message.file !== null
  // Sharing shows again what was answered before: its file was sent then.
  if (shared) return said(mrkdwn`The ${named} ${both ? 'are' : 'is'} with whoever asked.`)
  await sendLater(scene, 'answer', query)
  return said(
    mrkdwn`The ${named} ${both ? 'follow' : 'follows'} in your direct messages with Lapsewatch.`,
  )
}
