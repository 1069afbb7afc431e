/** How a person wants to hear that it is their turn. */
import type { Voice } from '../messages/modals/small.ts'
import type { Scene } from './scene.ts'

export async function setVoice({ stage, asker }: Scene, voice: Voice): Promise<void> {
  await stage.pool.query('UPDATE person SET voice = $2 WHERE id = $1', [asker.personId, voice])
}
