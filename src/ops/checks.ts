/** What the doctor says of one thing. */
import { capitalised } from '../text/words.ts'

export interface Check {
  readonly what: string
  /** Where it is false, something does not work or somebody sees what they should not. */
  readonly ok: boolean
  readonly found: string
  /** What to do about it; also where all works and somebody should know. Null: nothing. */
  readonly remedy: string | null
}

export function good(what: string, found: string): Check {
  return { what, ok: true, found, remedy: null }
}

/** It works, and yet somebody should look at it. */
export function advice(what: string, found: string, remedy: string): Check {
  return { what, ok: true, found, remedy }
}

export function bad(what: string, found: string, remedy: string): Check {
  return { what, ok: false, found, remedy }
}

/** What was found and what to do, on one line. */
export function checkWords({ found, remedy }: Check): string {
  return remedy === null ? found : `${found}. ${capitalised(remedy)}.`
}
