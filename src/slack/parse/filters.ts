/** Filters as people type them, and the commands that list, count or send what fits them. */
import { daysBetween, MOST_DAYS_AHEAD } from '../../rules/civil-date.ts'
import { DEADLINE_KINDS, type DeadlineKind } from '../../rules/contract.ts'
import type { Verb } from '../../text/help.ts'
import {
  type Command,
  type Filters,
  LIST_STATES,
  type ListState,
  type Misread,
  missing,
  NO_FILTERS,
  type PersonMention,
} from './command-types.ts'
import { type Token, textOf, wordAt } from './tokens.ts'
import { type Clock, readWhen } from './when.ts'

// Which contracts are meant by the words after `due`, `list`, `subscribe` and the like.

export type FilterReading =
  | { readonly filters: Filters; readonly page: number; readonly channel: string | null }
  | { readonly problem: string }

/** The filters that these tokens name; what is no filter is text to look for. `bareDays`: `30` is days. */
function readFilters(list: readonly Token[], clock: Clock, bareDays = false): FilterReading {
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

function personAt(token: Token | undefined): PersonMention | null {
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
  if (days > MOST_DAYS_AHEAD) {
    return { problem: `That is further than the ${MOST_DAYS_AHEAD} days that can be looked ahead.` }
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

// The words of filters: whose contracts, in what state, with which kind of deadline.

const WHOSE: ReadonlyMap<string, 'mine' | 'team' | 'all'> = new Map([
  ...['mine', 'my', 'me', 'myself'].map((word): [string, 'mine'] => [word, 'mine']),
  ...['ours', 'our', 'us', 'team', 'teams'].map((word): [string, 'team'] => [word, 'team']),
  ...['all', 'everyone', 'everybody', 'everything'].map((word): [string, 'all'] => [word, 'all']),
])
const STATES: ReadonlyMap<string, ListState> = new Map<string, ListState>([
  ...LIST_STATES.map((state): [string, ListState] => [state, state]),
  ['late', 'overdue'],
  ['ownerless', 'unowned'],
  ['emergencies', 'emergency'],
  ['uncovered', 'out-of-contract'],
  ['unclassified-extensions', 'unclassified'],
  ['ended', 'historic'],
])
const PHRASES: readonly (readonly [string, ListState])[] = [
  ['out of contract', 'out-of-contract'],
  ['no owner', 'unowned'],
  ['without owner', 'unowned'],
  ['without an owner', 'unowned'],
  ['no end', 'undated'],
  ['without end', 'undated'],
  ['without an end', 'undated'],
  ['past due', 'overdue'],
]
const KINDS: ReadonlyMap<string, DeadlineKind> = new Map<string, DeadlineKind>([
  ...DEADLINE_KINDS.map((kind): [string, DeadlineKind] => [kind, kind]),
  ['notices', 'notice'],
  ['renewals', 'renewal'],
  ['options', 'option'],
  ['ends', 'end'],
  ['ending', 'end'],
  ['start', 'start-by'],
  ['reviews', 'review'],
])
const FILLERS = new Set(
  'in within until next the of for due contract contracts please that which are is by and with what'.split(
    ' ',
  ),
)

// Commands that list, count or send what fits their filters.

export function readListing(
  verb: Listing,
  rest: readonly Token[],
  clock: Clock,
): Command | Misread {
  const read = readFilters(rest, clock, NUMBER_IS_DAYS.has(verb))
  if ('problem' in read) return missing(verb, read.problem)
  const { filters, page, channel } = read
  const wrong = OF_CHANNELS.has(verb) ? wrongOfChannel(verb, rest, filters) : null
  if (wrong !== null) return missing(verb, wrong)
  switch (verb) {
    case 'due':
    case 'list':
      return { verb, filters, page }
    case 'preview':
      return { verb, days: filters.days, channel }
    case 'export':
      return { verb, filters }
    case 'triage':
    case 'summary':
    case 'chains':
    case 'cliffs':
      return { verb, filters: teamNamed(filters) }
    case 'subscribe':
      return { verb, filters, channel }
    case 'unsubscribe':
    case 'subscriptions':
      return { verb, channel }
  }
}

type Listing =
  | 'due'
  | 'list'
  | 'preview'
  | 'triage'
  | 'summary'
  | 'chains'
  | 'cliffs'
  | 'export'
  | 'subscribe'
  | 'unsubscribe'
  | 'subscriptions'

/** `due 30`: a number by itself is one of days. */
const NUMBER_IS_DAYS = new Set<Listing>(['due', 'preview', 'cliffs'])

const OF_CHANNELS = new Set<Verb>(['subscribe', 'unsubscribe', 'subscriptions'])

/** What must not be read past: another channel would be meant than the one it was typed in. */
function wrongOfChannel(verb: Verb, rest: readonly Token[], filters: Filters): string | null {
  const channel = rest.find((each) => each.kind === 'word' && !each.quoted && /^#./.test(each.text))
  if (channel?.kind === 'word') {
    return `${channel.text} is no channel that Slack knows by this name, or you are not in it.`
  }
  const { whose, ...others } = filters
  const asksForSome = Object.values(others).some((each) => each !== null)
  return verb === 'unsubscribe' && (asksForSome || whose === 'mine' || whose === 'team')
    ? 'unsubscribe ends all that this channel subscribed to; to end one of them, use subscriptions.'
    : null
}

/** `summary Digital`: a name by itself is a team's. */
function teamNamed(filters: Filters): Filters {
  return filters.team === null ? { ...filters, team: filters.text, text: null } : filters
}
