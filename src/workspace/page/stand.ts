/** What the page shows and moves; who opens the page provides it. */
import type { CivilDate } from '../../domain/civil-date.ts'
import type { Workspace } from '../open.ts'

/** Somebody whom a visitor can be. */
export interface Persona {
  readonly id: string
  readonly name: string
  /** What they are to the contracts. */
  readonly role: string
  /** The channel they look at first. */
  readonly channel: string
}

/** How far the clock is moved at once. */
export const STRIDES = ['next-day', 'next-monday', '30-days'] as const
export type Stride = (typeof STRIDES)[number]

export interface Stand {
  /** Another one after a reset. */
  readonly workspace: Workspace
  readonly personas: readonly Persona[]
  readonly timeZone: string
  readonly today: () => CivilDate
  /** The day that the clock is on its way to; null while it rests. */
  readonly passingUntil: () => CivilDate | null
  /** Moves the clock; resolves on arrival. @throws Error while it moves already. */
  readonly pass: (stride: Stride) => Promise<void>
  /** Everything as it was at first. */
  readonly reset: () => Promise<void>
  /** Calls the listener when a day has passed or all was reset. @returns what ends that. */
  readonly listen: (listener: (what: 'day' | 'reset') => void) => () => void
}
