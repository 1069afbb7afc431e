/** What is asked about a contract as it might be: with days more, or by another route. */
import { ROUTES } from '../../domain/routes.ts'
import { readReference } from './read-reference.ts'
import { readSpan } from './read-span.ts'
import { type Token, textOf, wordAt } from './tokens.ts'

const ADD = new Set('add adding plus with and'.split(' '))
const MORE = new Set('more longer extra added please'.split(' '))

export type AndDays =
  | { readonly ref: string | null; readonly addDays: number }
  | { readonly problem: string }

/** A contract and days that are added to it: `C-17 add 31 days`, `C-17 4 weeks more`. */
export function readReferenceAndDays(list: readonly Token[]): AndDays {
  const words = list.map((_, index) => wordAt(list, index))
  for (let at = 1; at < words.length; at++) {
    const added = ADD.has(words[at] ?? '')
    const span = daysFrom(words, added ? at + 1 : at, added)
    if (span === null) continue
    if (!words.slice(span.end).every((word) => word !== null && MORE.has(word))) continue
    if (span.days === null) {
      return {
        problem: 'How many days? Count them, such as add 31 days: months differ in length.',
      }
    }
    return { ref: readReference(list.slice(0, at)), addDays: span.days }
  }
  return { ref: readReference(list), addDays: 0 }
}

/** Null days: a span that is no fixed number of them. After `add` a number by itself is one of days. */
function daysFrom(
  words: readonly (string | null)[],
  at: number,
  added: boolean,
): { readonly days: number | null; readonly end: number } | null {
  const span = readSpan(words, at)
  if (span !== null) {
    const { amount, unit } = span.period
    const days = unit === 'days' ? amount : unit === 'weeks' ? amount * 7 : null
    return { days, end: at + span.used }
  }
  const number = /^\+?(\d{1,4})$/.exec(words[at] ?? '')
  if (number === null || !(added || words[at]?.startsWith('+'))) return null
  return { days: Number(number[1]), end: at + 1 }
}

export interface AndRoute {
  readonly ref: string | null
  /** As it was typed; null where none was named. */
  readonly route: string | null
}

/**
 * A contract and a route: `C-17 by open procedure`. Without the word between them only a route that
 * comes with the rules is one, and only after a reference that looks like one: a title may hold any word.
 */
export function readReferenceAndRoute(list: readonly Token[]): AndRoute {
  const by = list.findLastIndex((_, at) => at > 0 && BY.has(wordAt(list, at) ?? ''))
  if (by > 0) {
    const named = textOf(list.slice(by + 1))
    if (named !== '') {
      const before = BY.has(wordAt(list, by - 1) ?? '') && by > 1 ? by - 1 : by
      return { ref: readReference(list.slice(0, before)), route: named }
    }
  }
  const [first] = list
  const rest = textOf(list.slice(1))
  if (first?.kind === 'word' && (first.quoted || /\d/.test(first.text)) && isRoute(rest)) {
    return { ref: readReference(list.slice(0, 1)), route: rest }
  }
  return { ref: readReference(list), route: null }
}
const BY = new Set(['by', 'route', 'via', 'using'])

function isRoute(typed: string): boolean {
  const said = slug(typed)
  return (
    said.length > 3 && ROUTES.some(({ name, title }) => `${name} ${slug(title)}`.includes(said))
  )
}

function slug(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '-')
}
