/** What showing a message takes besides the message: names, files, and what stands in its fields. */
import type { Values } from '../views.ts'

export interface Look {
  /** The name of a person, without the sign; null where nobody is known by this id. */
  readonly person: (id: string) => string | null
  readonly channel: (id: string) => string | null
  readonly group: (id: string) => string | null
  /** Where a file can be loaded from; null where there is none, or not for this person. */
  readonly file: (id: string) => string | null
  /** The page's own address for one that the stand-in gave out; null for any other. */
  readonly here: (address: string) => string | null
  /** Everyone whom a person menu offers. */
  readonly people: readonly Named[]
  /** Every channel that a channel menu offers. */
  readonly channels: readonly Named[]
  /** Shows moments as people there read them. */
  readonly timeZone: string
}

export interface Named {
  readonly id: string
  readonly name: string
}

/** Where an element stands, so that it can be told apart and shows what it holds. */
export interface Spot {
  /** Unique on the page: the message's ts or the view's id. */
  readonly surface: string
  readonly blockId: string
  /** What stands in the fields now. */
  readonly values: Values
  /** What is wrong with each field, by block id. */
  readonly errors: Readonly<Record<string, string>>
  readonly look: Look
}
