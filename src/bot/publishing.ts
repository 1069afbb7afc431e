/** Somebody says that a notice was published, or why none is called for. */
import { NOTICE_TITLES, type Notice } from '../domain/notice-tasks.ts'
import { saidAnswer } from '../messages/answers/replies.ts'
import type { Message } from '../messages/facts.ts'
import { dateWords } from '../messages/words.ts'
import { recordNotice } from '../watch/record-notice.ts'
import { about } from './answers.ts'
import { need } from './rights.ts'
import type { Scene } from './scene.ts'

/** @throws Refusal where the contract has no open task of this notice, or the asker may not change it. */
export async function recordPublished(
  scene: Scene,
  { ref, notice, said }: { readonly ref: string; readonly notice: Notice; readonly said: string },
): Promise<Message> {
  return about(scene, ref, async (id) => {
    await need(scene, 'change', id)
    const { on } = await recordNotice(scene.stage.pool, scene.actor, id, notice, said)
    return saidAnswer(
      `Recorded: the ${NOTICE_TITLES[notice]} (${notice}) of ${dateWords(on)} is settled. What you said stands in the history.`,
    )
  })
}
