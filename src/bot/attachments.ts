/**
 * The chart and the file of an answer. An answer to one person alone can hold neither, and a channel
 * may have readers who are not to open them: they go to the asker, in a direct message.
 */
import { withLines } from '../delivery/render.ts'
import { type Mrkdwn, mrkdwn, shown } from '../messages/escape.ts'
import type { Message } from '../messages/facts.ts'
import type { Scene } from './scene.ts'
import { sendDirect } from './send-direct.ts'

/** The answer as it is shown where it was asked, once the asker has the whole of it. */
export async function attachmentsSent(
  scene: Scene,
  message: Message,
  shared: boolean,
): Promise<Message> {
  const parts = [message.picture ? 'chart' : null, message.file === null ? null : 'file']
  const named = parts.filter((part) => part !== null).join(' and the ')
  if (named === '') return message
  const bare = { ...message, file: null, picture: null }
  const said = (line: Mrkdwn) => withLines(bare, [], [line])
  const verb = message.picture && message.file !== null ? 'are' : 'is'
  // Sharing shows again what was answered before: its file was sent then.
  if (shared) return said(mrkdwn`The ${named} ${verb} with whoever asked.`)
  try {
    await sendDirect(scene, message)
    return said(mrkdwn`The ${named} ${verb} in your direct messages with Lapsewatch.`)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    scene.stage.log(`The ${named} of an answer could not be sent: ${why}`)
    return said(mrkdwn`The ${named} could not be sent to you (${shown(why, 120)}).`)
  }
}
