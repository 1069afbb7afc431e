/** Which contracts are meant by the words after `due`, `list`, `subscribe` and the like. */
import { daysBetween } from '../../domain/civil-date.ts'
import { type Filters, type Named, NO_FILTERS } from './command.ts'
import { FILLERS, KINDS, PHRASES, STATES, WHOSE } from './filter-words.ts'
import { type Clock, readWhen } from './read-when.ts'
import { type Token, textOf, wordAt } from './tokens.ts'

export type FilterReading =
  | { readonly filters: Filters; readonly page: number; readonly channel: string | null }
  | { readonly problem: string }

/** Further ahead nothing is planned. */
const MOST_DAYS = 3660

/** The filters that these tokens name; what is no filter is text to look for. `bareDays`: `30` is days. */
export function readFilters(list: readonly Token[], clock: Clock, bareDays = false): FilterReading {
  const words = list.map((_, index) => wordAt(list, index))
  let filters = NO_FILTERS
  let page = 1
  let channel: string | null = null
  const loose: Token[] = []
  for (let at = 0; at < list.length; ) {
    const token = list[at]
    const word = words[at] ?? null
    if (token === undefined) break
    if (token.kind === 'channel') {
      channel = token.id
      at += 1
      continue
    }
    if (token.kind === 'user') {
      filters = { ...filters, owner: { slackUser: token.id } }
      at += 1
      continue
    }
    if (word === null) {
      loose.push(token)
      at += 1
      continue
    }
    const field = fieldAt(list, words, at, clock)
    if (field !== null) {
      filters = { ...filters, ...field.set }
      at += field.used
      continue
    }
    const pageNumber = word === 'page' ? /^\d{1,6}$/.exec(words[at + 1] ?? '') : null
    if (pageNumber) {
      page = Math.max(1, Number(pageNumber[0]))
      at += 2
      continue
    }
    const days = daysAt(words, at, clock, bareDays && filters.days === null)
    if (days !== null) {
      if ('problem' in days) return days
      filters = { ...filters, days: days.days }
      at += days.used
      continue
    }
    const flag = flagAt(words, at)
    if (flag !== null) {
      filters = { ...filters, ...flag.set }
      at += flag.used
      continue
    }
    if (!FILLERS.has(word)) loose.push(token)
    at += 1
  }
  const text = textOf(loose)
  return { filters: { ...filters, text: text === '' ? null : text }, page, channel }
}

interface Found {
  readonly set: Partial<Filters>
  readonly used: number
}

/** `supplier Bytes Software`, `team "Digital"`, `owner @amira`: a name follows. */
function fieldAt(
  list: readonly Token[],
  words: readonly (string | null)[],
  at: number,
  clock: Clock,
): Found | null {
  const word = (words[at] ?? '').replace(/:$/, '')
  if (word === 'owner' || word === 'owned') {
    const next = words[at + 1] === 'by' ? at + 2 : at + 1
    const owner = personAt(list[next])
    return owner === null ? null : { set: { owner }, used: next + 1 - at }
  }
  if (!/^(?:supplier|vendor|team)$/.test(word)) return null
  const name = nameAfter(list, words, at + 1, clock)
  if (name.length === 0) return null
  const text = textOf(name)
  return {
    set: word === 'team' ? { team: text } : { supplier: text },
    used: name.length + 1,
  }
}

function personAt(token: Token | undefined): Named | null {
  if (token?.kind === 'user') return { slackUser: token.id }
  if (token?.kind !== 'word') return null
  if (token.quoted) return { name: token.text }
  const name = token.text.replace(/^@/, '')
  return name === '' || WHOSE.has(name.toLowerCase()) ? null : { name }
}

/** One quoted phrase, or the words up to the next one that means something by itself. */
function nameAfter(
  list: readonly Token[],
  words: readonly (string | null)[],
  from: number,
  clock: Clock,
): Token[] {
  const first = list[from]
  if (first?.kind === 'word' && first.quoted) return [first]
  const name: Token[] = []
  for (let at = from; at < list.length; at++) {
    const token = list[at]
    const word = words[at]
    if (token?.kind !== 'word' || token.quoted || word === null || word === undefined) break
    if (WHOSE.has(word) || /^(?:supplier|vendor|owner|page)$/.test(word)) break
    if (flagAt(words, at) !== null || readWhen(words, at, clock) !== null) break
    name.push(token)
  }
  return name
}

function daysAt(
  words: readonly (string | null)[],
  at: number,
  clock: Clock,
  bareDays: boolean,
): { readonly days: number; readonly used: number } | { readonly problem: string } | null {
  const when = readWhen(words, at, clock)
  if (when !== null) {
    if ('problem' in when) return { problem: when.problem }
    return within(daysBetween(clock.today, when.day), when.used)
  }
  const number = bareDays ? /^\d{1,6}$/.exec(words[at] ?? '') : null
  return number === null ? null : within(Number(number[0]), 1)
}

function within(days: number, used: number) {
  if (days < 0) return { problem: 'That day has passed: name one that is still to come.' }
  if (days > MOST_DAYS) {
    return { problem: `That is further than the ${MOST_DAYS} days that can be looked ahead.` }
  }
  return { days, used }
}

function flagAt(words: readonly (string | null)[], at: number): Found | null {
  for (const [phrase, state] of PHRASES) {
    const parts = phrase.split(' ')
    if (parts.every((part, index) => words[at + index] === part)) {
      return { set: { state }, used: parts.length }
    }
  }
  const word = words[at] ?? ''
  const state = STATES.get(word)
  if (state !== undefined) return { set: { state }, used: 1 }
  const kind = KINDS.get(word)
  if (kind !== undefined) return { set: { kind }, used: 1 }
  const whose = WHOSE.get(word)
  if (whose === undefined) return null
  // `my team` is the team's.
  const team = /^(?:my|our)$/.test(word) && /^teams?$/.test(words[at + 1] ?? '')
  return { set: { whose: team ? 'team' : whose }, used: team ? 2 : 1 }
}
