/** What changes in the workspace, told to whoever looks on: an actor, or a page that shows it. */
import type { EphemeralMessage, PostedMessage } from './ledger.ts'
import type { Channel, StoredFile } from './places.ts'
import type { ShownView } from './views.ts'

export type Change =
  | { readonly kind: 'message'; readonly message: PostedMessage }
  | { readonly kind: 'message-removed'; readonly message: PostedMessage }
  | { readonly kind: 'ephemeral'; readonly message: EphemeralMessage }
  | { readonly kind: 'ephemeral-removed'; readonly message: EphemeralMessage }
  /** What the person now has before them; null when the last modal closed. */
  | { readonly kind: 'modal'; readonly user: string; readonly view: ShownView | null }
  | { readonly kind: 'home'; readonly user: string; readonly view: ShownView }
  | { readonly kind: 'channel'; readonly channel: Channel }
  | { readonly kind: 'file'; readonly file: StoredFile }

export class Changes {
  readonly #listeners = new Set<(change: Change) => void>()

  /** Calls the listener at every change from now on. @returns what ends that. */
  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(change: Change): void {
    for (const listener of this.#listeners) listener(change)
  }

  /**
   * Waits until the condition holds, looking again at every change.
   * @throws Error naming what was waited for when it does not come in time.
   */
  async until(condition: () => boolean, what: string, patienceMs = 5000): Promise<void> {
    if (condition()) return
    await new Promise<void>((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer)
        stop()
        settle()
      }
      const timer = setTimeout(
        () => end(() => reject(new Error(`Waited ${patienceMs} ms in vain for ${what}.`))),
        patienceMs,
      )
      const stop = this.listen(() => condition() && end(resolve))
    })
  }
}
