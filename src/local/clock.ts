/** The local workspace's clock: it goes on by itself for a few hours, and by days when told to. */
import type { CivilDate } from '../domain/civil-date.ts'
import { civilDateIn } from '../program.ts'
import { instantOf } from '../watch/weekly.ts'

/** When nobody moves it, it stops before the day ends: days pass by being swept, never unseen. */
const GOES_ON_MS = 6 * 3_600_000

/** When a day begins for whoever looks at it: after the sweep and the summary. */
const MORNING = { hour: 10, minute: 0 }

export class LocalClock {
  readonly timeZone: string
  readonly #elapsed: () => number
  #from: Date
  #setAt: number

  /** @param elapsed milliseconds of a clock that nobody sets. */
  constructor(day: CivilDate, timeZone: string, elapsed: () => number) {
    this.timeZone = timeZone
    this.#elapsed = elapsed
    this.#from = instantOf(day, MORNING, timeZone)
    this.#setAt = elapsed()
  }

  now(): Date {
    const passed = Math.min(this.#elapsed() - this.#setAt, GOES_ON_MS)
    return new Date(this.#from.getTime() + passed)
  }

  today(): CivilDate {
    return civilDateIn(this.now(), this.timeZone)
  }

  /** Sets it to a time of that day; to its morning unless another is named. */
  set(day: CivilDate, time: { readonly hour: number; readonly minute: number } = MORNING): void {
    this.#from = instantOf(day, time, this.timeZone)
    this.#setAt = this.#elapsed()
  }
}
