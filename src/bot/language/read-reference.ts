/** Which contract is meant, and what is said about it. */
import type { CivilDate } from '../../domain/civil-date.ts'
import type { Named } from './command.ts'
import type { Leaning } from './read-date.ts'
import { type Clock, readWhen } from './read-when.ts'
import { type Token, textOf, wordAt } from './tokens.ts'

const BEFORE = new Set(
  'me the a owns contract for of about on to please reference ref no'.split(' '),
)
const AFTER = new Set('please thanks thx now'.split(' '))

/** The reference without the words around it; null where nothing is left. A quoted one is exact. */
export function readReference(list: readonly Token[]): string | null {
  const [first] = list
  if (first?.kind === 'word' && first.quoted) return first.text
  let kept = [...list]
  while (kept.length > 1 && BEFORE.has(wordAt(kept, 0) ?? '')) kept = kept.slice(1)
  while (kept.length > 1 && AFTER.has(wordAt(kept, kept.length - 1) ?? '')) kept = kept.slice(0, -1)
  const text = textOf(kept)
  return text === '' ? null : text
}

export type AndDay =
  | {
      readonly ref: string | null
      readonly day: CivilDate | null
      readonly rest: string | null
    }
  | { readonly problem: string }

/**
 * A contract, a day, and what follows it: `C-17 next friday waiting for the board`. `atEnd`: the day
 * is only one where nothing follows it, so that a title may hold a date.
 */
export function readReferenceAndDay(
  list: readonly Token[],
  clock: Clock,
  { leaning = 'ahead', atEnd = false }: { leaning?: Leaning; atEnd?: boolean } = {},
): AndDay {
  const words = list.map((_, index) => wordAt(list, index))
  const [first] = list
  const quoted = first?.kind === 'word' && first.quoted
  const leads = quoted ? null : readWhen(words, 0, clock, leaning)
  // `2w C-17 why`: the time came first, unless another time follows what looks like one.
  if (leads !== null && leads.used < list.length && !atEnd) {
    if (readWhen(words, leads.used, clock, leaning) === null) {
      if ('problem' in leads) return { problem: leads.problem }
      const after = list.slice(leads.used)
      const name = wordAt(after, 0) === 'for' ? after.slice(1) : after
      return {
        ref: textOf(name.slice(0, 1)) || null,
        day: leads.day,
        rest: reason(name.slice(1)),
      }
    }
  }
  for (let at = 1; at < list.length; at++) {
    const when = readWhen(words, at, clock, leaning)
    if (when === null || (atEnd && at + when.used < list.length)) continue
    if ('problem' in when) return { problem: when.problem }
    return {
      ref: readReference(list.slice(0, at)),
      day: when.day,
      rest: reason(list.slice(at + when.used)),
    }
  }
  if (atEnd && leads !== null && !('problem' in leads) && leads.used < list.length) {
    return { ref: readReference(list.slice(leads.used)), day: leads.day, rest: null }
  }
  return { ref: readReference(list), day: null, rest: null }
}

function reason(list: readonly Token[]): string | null {
  const [only] = list
  if (list.length === 1 && only?.kind === 'word' && only.quoted) return only.text
  const first = wordAt(list, 0)
  const bare = first !== null && /^(?:because|as|since|why|reason|[-–—:]+)$/.test(first)
  const text = textOf(bare ? list.slice(1) : list).replace(/^[-–—:]\s*/, '')
  return text === '' ? null : text
}

export interface AndPeople {
  readonly ref: string | null
  readonly owner: Named | null
  readonly deputy: Named | null
  /** A user group was named: nobody in particular. */
  readonly group: boolean
}

/** A contract and its people, in any order: `C-17 @amira deputy @tom`. */
export function readReferenceAndPeople(list: readonly Token[]): AndPeople {
  const rest: Token[] = []
  let owner: Named | null = null
  let deputy: Named | null = null
  let forDeputy = false
  let group = false
  for (const [at, token] of list.entries()) {
    const person = personOf(token)
    const word = wordAt(list, at)
    if (token.kind === 'group') group = true
    else if (person !== null) {
      if (forDeputy || owner !== null) deputy ??= person
      else owner = person
      forDeputy = false
    } else if (word !== null && /^deput(?:y|ies):?$/.test(word) && personAfter(list, at)) {
      forDeputy = true
    } else if (word !== null && /^(?:to|and|owner:?|by|is|as|with)$/.test(word)) {
      if (!personAfter(list, at)) rest.push(token)
    } else rest.push(token)
  }
  return { ref: readReference(rest), owner, deputy, group }
}

/** Whether a person follows, past words such as `to` and `deputy`. */
function personAfter(list: readonly Token[], at: number): boolean {
  for (let next = at + 1; next < list.length; next++) {
    const token = list[next]
    if (token !== undefined && personOf(token) !== null) return true
    if (!/^(?:to|and|owner:?|by|is|as|with|deputy:?)$/.test(wordAt(list, next) ?? '')) return false
  }
  return false
}

function personOf(token: Token): Named | null {
  if (token.kind === 'user') return { slackUser: token.id }
  if (token.kind !== 'word' || token.quoted) return null
  const name = /^@([\p{L}\p{N}._-]{1,80})$/u.exec(token.text)?.[1]
  return name === undefined ? null : { name }
}
