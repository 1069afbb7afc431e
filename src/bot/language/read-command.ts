/** What somebody typed after `/contracts`, understood, or a question back. */
import { exampleOf, VERBS, type Verb } from '../../messages/manual.ts'
import type { Command, Misread } from './command.ts'
import { missing, WHICH } from './misread.ts'
import { readExplain, readOwn, readPublished, readSnooze } from './read-acts.ts'
import { readListing } from './read-listing.ts'
import { readCalendar, readCosts } from './read-of-team.ts'
import { readReference } from './read-reference.ts'
import { readSettingsOf } from './read-settings-of.ts'
import { readReferenceAndDays, readReferenceAndRoute } from './read-what-if.ts'
import type { Clock } from './read-when.ts'
import { type Token, textOf, tokens, wordAt } from './tokens.ts'
import { nearVerb, verbOf } from './vocabulary.ts'

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
      return readCosts(rest)
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
