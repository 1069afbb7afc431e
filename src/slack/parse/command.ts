/** What somebody typed after `/contracts`, understood, or a question back. */
import { dayText } from '../../rules/civil-date.ts'
import { financialYearNamed } from '../../rules/months.ts'
import { NOTICES, type Notice } from '../../rules/notices.ts'
import { ROUTES } from '../../rules/procurement-routes.ts'
import { exampleOf, VERBS, type Verb } from '../../text/help.ts'
import { type Command, type Misread, missing, type SettingsOf, WHICH } from './command-types.ts'
import { readListing } from './filters.ts'
import {
  nearVerb,
  readReference,
  readReferenceAndDay,
  readReferenceAndPeople,
  type Token,
  textOf,
  tokens,
  verbOf,
  wordAt,
} from './tokens.ts'
import { type Clock, readSpan } from './when.ts'

/**
 * The command that was meant. Forgives case, order, quotes, plurals, synonyms and words around it;
 * what it cannot read comes back as a `Misread` with what was probably meant. Never throws.
 */
export function readCommand(text: string, clock: Clock): Command | Misread {
  const list = tokens(text)
  if (list.length === 0) return { verb: 'bare' }
  const first = wordAt(list, 0)
  const verb = first === null ? null : verbOf(first)
  if (verb !== null) return readAfter(...meant(verb, list.slice(1)), clock)
  const near = first === null ? null : nearVerb(first)
  if (near !== null) return mistyped(first ?? '', near, list.slice(1), clock)
  // `C-17 snooze 2w`: the command came later.
  const later = list.findIndex((_, at) => at > 0 && at < 8 && exactVerb(wordAt(list, at)) !== null)
  const named = exactVerb(wordAt(list, later))
  if (named !== null) {
    const rest = [...list.slice(0, later), ...list.slice(later + 1)]
    return readAfter(named, rest, clock)
  }
  const looked = textOf(list)
  return {
    verb: 'misread',
    problem: `"${looked}" does not begin with a command.`,
    meant: { verb: 'find', text: looked, page: 1 },
    example: exampleOf('find'),
  }
}

function exactVerb(word: string | null): Verb | null {
  return VERBS.find((verb) => verb === word) ?? null
}

const LISTING = new Set<Verb>([
  'due',
  'list',
  'triage',
  'summary',
  'chains',
  'cliffs',
  'costs',
  'waivers',
  'pipeline',
  'subscriptions',
  'settings',
  'questions',
])

/** `show due`, `what is due`: the command follows a word that could be one itself. */
function meant(verb: Verb, rest: readonly Token[]): [Verb, readonly Token[]] {
  const at = /^(?:is|are|my|the|me)$/.test(wordAt(rest, 0) ?? '') ? 1 : 0
  const next = exactVerb(wordAt(rest, at))
  if (verb !== 'show' || next === null || !LISTING.has(next)) return [verb, rest]
  return [next, [...rest.slice(0, at), ...rest.slice(at + 1)]]
}

function mistyped(typed: string, near: Verb, rest: readonly Token[], clock: Clock): Misread {
  const command = readAfter(...meant(near, rest), clock)
  return {
    verb: 'misread',
    problem: `"${typed}" is no command.`,
    meant: command.verb === 'misread' ? { verb: 'help', about: near } : command,
    example: exampleOf(near),
  }
}

function readAfter(verb: Verb, rest: readonly Token[], clock: Clock): Command | Misread {
  // `snooze help` asks how to snooze.
  if (rest.length === 1 && wordAt(rest, 0) === 'help') return { verb: 'help', about: verb }
  switch (verb) {
    case 'help':
      return readHelp(rest)
    case 'import':
    case 'questions':
      return { verb }
    case 'settings':
      return { verb, of: readSettingsOf(rest) }
    case 'add': {
      const title = textOf(rest)
      return { verb, title: title === '' ? null : title }
    }
    case 'find': {
      const paged = pageAtEnd(rest)
      const text = readReference(paged.list)
      return text === null
        ? missing(verb, 'What shall be looked for?')
        : { verb, text, page: paged.page }
    }
    case 'consolidate': {
      const text = readReference(rest)
      return text === null ? missing(verb, 'Which supplier? Give its name.') : { verb, text }
    }
    case 'show':
    case 'edit':
    case 'extend':
    case 'withdraw':
    case 'decide':
    case 'ack':
    case 'history': {
      const ref = readReference(rest)
      return ref === null ? missing(verb, WHICH) : { verb, ref }
    }
    case 'own':
      return readOwn(rest)
    case 'snooze':
      return readSnooze(rest, clock)
    case 'explain':
      return readExplain(rest, clock)
    case 'headroom': {
      const asked = readReferenceAndDays(rest)
      if ('problem' in asked) return missing(verb, asked.problem)
      const { ref, addDays } = asked
      return ref === null ? missing(verb, WHICH) : { verb, ref, addDays }
    }
    case 'start-by': {
      const { ref, route } = readReferenceAndRoute(rest)
      return ref === null ? missing(verb, WHICH) : { verb, ref, route }
    }
    case 'published':
      return readPublished(rest)
    case 'costs':
    case 'waivers':
    case 'pipeline':
      return readYearly(verb, rest)
    case 'calendar':
      return readCalendar(rest)
    default:
      return readListing(verb, rest, clock)
  }
}

function readHelp(rest: readonly Token[]): Command | Misread {
  const word = wordAt(rest, 0)
  if (word === null) return { verb: 'help', about: null }
  const about = verbOf(word)
  if (about !== null) return { verb: 'help', about }
  const near = nearVerb(word)
  return {
    verb: 'misread',
    problem: `There is no command "${word}".`,
    meant: { verb: 'help', about: near },
    example: exampleOf('help'),
  }
}

function pageAtEnd(list: readonly Token[]): { list: readonly Token[]; page: number } {
  const number = /^\d{1,6}$/.exec(wordAt(list, list.length - 1) ?? '')
  if (list.length < 3 || number === null || wordAt(list, list.length - 2) !== 'page') {
    return { list, page: 1 }
  }
  return { list: list.slice(0, -2), page: Math.max(1, Number(number[0])) }
}

function readOwn(rest: readonly Token[]): Command | Misread {
  const { ref, owner, deputy, group } = readReferenceAndPeople(rest)
  if (ref === null) return missing('own', WHICH)
  if (group) return missing('own', 'A user group owns nothing: name one person.')
  return { verb: 'own', ref, owner, deputy }
}

function readSnooze(rest: readonly Token[], clock: Clock): Command | Misread {
  const read = readReferenceAndDay(rest, clock)
  if ('problem' in read) return missing('snooze', read.problem)
  const { ref, day, rest: why } = read
  if (ref === null) return missing('snooze', WHICH)
  if (day === null) return missing('snooze', 'Until when? Give a time such as 3d, 2w or a date.')
  if (day <= clock.today) {
    return missing('snooze', `${dayText(day)} is not later than today: name a day to come.`)
  }
  return { verb: 'snooze', ref, until: day, why }
}

function readExplain(rest: readonly Token[], clock: Clock): Command | Misread {
  const read = readReferenceAndDay(rest, clock, { leaning: 'back', atEnd: true })
  if ('problem' in read) return missing('explain', read.problem)
  if (read.ref === null) return missing('explain', WHICH)
  return { verb: 'explain', ref: read.ref, on: read.day }
}

/** `C-17 UK11 2026/S 000-123456`: the notice stands between the contract and what is said of it. */
function readPublished(rest: readonly Token[]): Command | Misread {
  const at = rest.findIndex((_, index) => index > 0 && noticeOf(wordAt(rest, index)) !== null)
  const notice = noticeOf(wordAt(rest, at))
  const ref = readReference(at < 0 ? rest : rest.slice(0, at))
  if (ref === null) return missing('published', WHICH)
  if (notice === null) return missing('published', `Which notice? Write ${NOTICES.join(', ')}.`)
  const said = textOf(rest.slice(at + 1))
    .slice(0, 1000)
    .trim()
  if (said === '') {
    return missing('published', 'Give its reference, or say why it is not called for.')
  }
  return { verb: 'published', ref, notice, said }
}

function noticeOf(word: string | null): Notice | null {
  return NOTICES.find((notice) => notice.toLowerCase() === word) ?? null
}

/** `costs 2026/27 team Digital`, in either order; a name by itself is a team's. */
function readYearly(
  verb: 'costs' | 'waivers' | 'pipeline',
  rest: readonly Token[],
): Command | Misread {
  const at = rest.findIndex((_, index) => YEAR.test(wordAt(rest, index) ?? ''))
  const year = at < 0 ? null : wordAt(rest, at)
  const left = rest
    .filter((_, index) => index !== at)
    .filter(
      (_, index, all) => !(index === 0 && /^(?:in|of|for|fy)$/.test(wordAt(all, index) ?? '')),
    )
  const named = wordAt(left, 0) === 'team' ? left.slice(1) : left
  if (year !== null && financialYearNamed(year) === null) {
    return missing(verb, `"${year}" is no financial year: write it as 2026/27.`)
  }
  const team = textOf(named)
  return { verb, year, team: team === '' ? null : team }
}

const YEAR = /^(?:fy)?\d{4}(?:[/-]\d{2,4})?$/

/** `calendar team Digital revoke`; a name by itself is a team's. */
function readCalendar(rest: readonly Token[]): Command | Misread {
  const at = rest.findIndex((_, index) => REVOKE.test(wordAt(rest, index) ?? ''))
  const left = rest
    .filter((_, index) => index !== at)
    .filter((_, index, all) => !OWN.test(wordAt(all, index) ?? ''))
  const isNamed = wordAt(left, 0) === 'team'
  const team = textOf(isNamed ? left.slice(1) : left)
  if (isNamed && team === '') return missing('calendar', 'Which team? Give its name.')
  return { verb: 'calendar', team: team === '' ? null : team, revoke: at >= 0 }
}

const REVOKE = /^(?:revoke|end|stop|remove|delete)$/

const OWN = /^(?:my|mine|own)$/

/** `settings organisation`, `settings team Digital`, `settings C-1042`; by itself those of one's team. */
function readSettingsOf(typed: readonly Token[]): SettingsOf {
  const rest = /^(?:for|of)$/.test(wordAt(typed, 0) ?? '') ? typed.slice(1) : typed
  const first = wordAt(rest, 0)
  if (rest.length === 1 && ORGANISATION.test(first ?? '')) return { organisation: true }
  if (first === 'team') {
    const team = textOf(rest.slice(1))
    return { team: team === '' ? null : team }
  }
  const ref = readReference(rest)
  return ref === null ? { team: null } : { ref }
}

const ORGANISATION = /^(?:organi[sz]ation|org|house)$/

// What is asked about a contract as it might be: with days more, or by another route.

const ADD = new Set('add adding plus with and'.split(' '))
const MORE = new Set('more longer extra added please'.split(' '))

export type AndDays =
  | { readonly ref: string | null; readonly addDays: number }
  | { readonly problem: string }

/** A contract and days that are added to it: `C-17 add 31 days`, `C-17 4 weeks more`. */
function readReferenceAndDays(list: readonly Token[]): AndDays {
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
function readReferenceAndRoute(list: readonly Token[]): AndRoute {
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
