/** Trigger ids: each opens one modal, for the person who acted, within three seconds. */

const EXPIRES_AFTER_MS = 3000
/** After this one is forgotten: then it is unknown rather than expired. */
const FORGOTTEN_AFTER_MS = 600_000

/** Where somebody acted. */
interface Place {
  /** The modal that was acted in; null outside of any. */
  readonly modal: string | null
  /** The conversation that was acted in, where there is one. */
  readonly channel: string | null
}

interface Trigger extends Place {
  readonly user: string
  readonly issuedAt: number
  used: boolean
}

export type Exchange =
  | Pick<Trigger, 'user' | 'modal' | 'channel'>
  | { readonly error: 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id' }

export class Triggers {
  readonly #elapsed: () => number
  readonly #issued = new Map<string, Trigger>()
  #count = 0

  /** @param elapsed milliseconds of a clock that nobody sets. */
  constructor(elapsed: () => number) {
    this.#elapsed = elapsed
  }

  issue(user: string, { modal = null, channel = null }: Partial<Place> = {}): string {
    this.#count += 1
    const id = `${this.#count}.${7_000_000 + this.#count}.${user.toLowerCase()}`
    const issuedAt = this.#elapsed()
    for (const [old, trigger] of this.#issued) {
      if (issuedAt - trigger.issuedAt < FORGOTTEN_AFTER_MS) break
      this.#issued.delete(old)
    }
    this.#issued.set(id, { user, modal, channel, issuedAt, used: false })
    return id
  }

  /** Uses the trigger up. */
  exchange(id: string | null): Exchange {
    const trigger = id === null ? undefined : this.#issued.get(id)
    if (trigger === undefined) return { error: 'invalid_trigger_id' }
    if (this.#elapsed() - trigger.issuedAt > EXPIRES_AFTER_MS) {
      return { error: 'expired_trigger_id' }
    }
    if (trigger.used) return { error: 'exchanged_trigger_id' }
    trigger.used = true
    return trigger
  }
}
