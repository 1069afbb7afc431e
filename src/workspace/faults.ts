/** How a call goes wrong when it is told to. What is not told goes well. */

/**
 * What happens instead of a plain answer. `accepted` says whether the call was carried out all
 * the same: that is what the caller cannot see.
 */
export type Fault =
  /** The header as it is sent: text, or a number of any size. */
  | { readonly kind: 'rate-limited'; readonly retryAfter: number | string }
  | { readonly kind: 'status'; readonly status: number; readonly accepted: boolean }
  | { readonly kind: 'error'; readonly error: string; readonly accepted: boolean }
  /** A page of a proxy where JSON should stand. */
  | { readonly kind: 'unreadable'; readonly accepted: boolean }
  /** Status 200 and this text where an answer should stand, for example `null`. */
  | { readonly kind: 'body'; readonly body: string; readonly accepted: boolean }
  /** The answer breaks off in its middle. */
  | { readonly kind: 'truncated'; readonly accepted: boolean }
  /** The connection is cut without an answer. */
  | { readonly kind: 'dropped'; readonly accepted: boolean }
  | { readonly kind: 'never'; readonly accepted: boolean }
  /** Carried out at once, answered so much later. */
  | { readonly kind: 'late'; readonly ms: number }
  /** Carried out so much later, and never answered. */
  | { readonly kind: 'accepted-late'; readonly ms: number }

/** The call that a fault may meet. */
export interface Target {
  readonly method: string
  readonly channel: string | null
  /** The delivery that a message's metadata names. */
  readonly delivery: string | null
}

/** Chooses a fault for each call, for example at random from a seed; null lets it go well. */
export type FaultChooser = (target: Target) => Fault | null

interface Planned {
  readonly fault: Fault
  readonly method: string
  readonly channel: string | null
  readonly delivery: string | null
  readonly times: number
}

export class Faults {
  #planned: Planned[] = []
  #chooser: FaultChooser = () => null

  /** The next calls of this method (in this channel, of this delivery only) meet the fault. */
  plan(
    fault: Fault,
    {
      method = 'chat.postMessage',
      channel = null,
      delivery = null,
      times = 1,
    }: Partial<Omit<Planned, 'fault'>> = {},
  ): void {
    this.#planned.push({ fault, method, channel, delivery, times })
  }

  /** Calls that meet no planned fault ask this. */
  choose(chooser: FaultChooser): void {
    this.#chooser = chooser
  }

  /** From now on everything goes well. */
  clear(): void {
    this.#planned = []
    this.#chooser = () => null
  }

  /** The fault that this call meets; a planned one is used up by it. */
  take(target: Target): Fault | null {
    const index = this.#planned.findIndex(
      ({ method, channel, delivery }) =>
        method === target.method &&
        (channel === null || channel === target.channel) &&
        (delivery === null || delivery === target.delivery),
    )
    const planned = this.#planned[index]
    if (planned === undefined) return this.#chooser(target)
    if (planned.times > 1) this.#planned[index] = { ...planned, times: planned.times - 1 }
    else this.#planned.splice(index, 1)
    return planned.fault
  }
}
