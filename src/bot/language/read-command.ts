/** What somebody typed after `/contracts`, understood, or a question back. */

import { daysBetween } from '../../domain/civil-date.ts'
import { financialYearNamed } from '../../domain/financial-year.ts'
import { NOTICES, type Notice } from '../../domain/notice-tasks.ts'
import { dayText } from '../../domain/words.ts'
import { exampleOf, VERBS, type Verb } from '../../messages/manual.ts'
import type { Command, Filters, Misread } from './command.ts'
import { readFilters } from './read-filters.ts'
import { readReference, readReferenceAndDay, readReferenceAndPeople } from './read-reference.ts'
import { readReferenceAndDays, readReferenceAndRoute } from './read-what-if.ts'
import type { Clock } from './read-when.ts'
import { type Token, textOf, tokens, wordAt } from './tokens.ts'
import { nearVerb, verbOf } from './vocabulary.ts'

/** A snooze does not last longer. */
const MOST_SNOOZE_DAYS = 366

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
  'subscriptions',
  'settings',
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
    case 'settings':
      return { verb }
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
      return readCosts(rest)
    case 'calendar':
      return readCalendar(rest)
    default:
      return readListing(verb, rest, clock)
  }
}

const WHICH = 'Which contract? Give its reference, or a part of it or of its title.'

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
  if (daysBetween(clock.today, day) > MOST_SNOOZE_DAYS) {
    return missing('snooze', `${dayText(day)} is more than a year away: name an earlier day.`)
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
function readCosts(rest: readonly Token[]): Command | Misread {
  const at = rest.findIndex((_, index) => YEAR.test(wordAt(rest, index) ?? ''))
  const year = at < 0 ? null : wordAt(rest, at)
  const left = rest
    .filter((_, index) => index !== at)
    .filter(
      (_, index, all) => !(index === 0 && /^(?:in|of|for|fy)$/.test(wordAt(all, index) ?? '')),
    )
  const named = wordAt(left, 0) === 'team' ? left.slice(1) : left
  if (year !== null && financialYearNamed(year) === null) {
    return missing('costs', `"${year}" is no financial year: write it as 2026/27.`)
  }
  const team = textOf(named)
  return { verb: 'costs', year, team: team === '' ? null : team }
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

function readListing(verb: Listing, rest: readonly Token[], clock: Clock): Command | Misread {
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

function pageAtEnd(list: readonly Token[]): { list: readonly Token[]; page: number } {
  const number = /^\d{1,6}$/.exec(wordAt(list, list.length - 1) ?? '')
  if (list.length < 3 || number === null || wordAt(list, list.length - 2) !== 'page') {
    return { list, page: 1 }
  }
  return { list: list.slice(0, -2), page: Math.max(1, Number(number[0])) }
}

function missing(verb: Verb, problem: string): Misread {
  return { verb: 'misread', problem, meant: null, example: exampleOf(verb) }
}
