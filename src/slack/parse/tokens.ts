/** What was typed, cut into words, quoted phrases and mentions. */
import type { CivilDate } from '../../rules/civil-date.ts'
import { nearWord } from '../../rules/text-match.ts'
import { VERBS, type Verb } from '../../text/help.ts'
import { oneLine } from '../../text/words.ts'
import type { PersonMention } from './command-types.ts'
import { readPoint } from './period.ts'
import type { Clock, Leaning } from './when.ts'

export type Token =
  | { readonly kind: 'word'; readonly text: string; readonly quoted: boolean }
  | {
      readonly kind: 'user' | 'channel' | 'group'
      readonly id: string
      readonly name: string | null
    }

export function isWord(token: Token): token is Extract<Token, { readonly kind: 'word' }> {
  return token.kind === 'word'
}

/** No more is read: a message in Slack is not longer either. */
const READ = 4000

// In this order: mentions as Slack escapes them, links, straight quotes ("" is one of them inside),
// curly quotes, single quotes around whole words, `name:` before a quote, a word.
const PIECE =
  /<@([UW][A-Z0-9]{1,20})(?:\|([^>]*))?>|<#([CGD][A-Z0-9]{1,20})(?:\|([^>]*))?>|<!subteam\^(S[A-Z0-9]{1,20})(?:\|([^>]*))?>|<((?:https?|mailto):[^>|]*)(?:\|[^>]*)?>|"((?:""|[^"])*)"|[“„”]([^“”„"]*)["“”]|['‘]([^'‘’]+)['’](?=\s|$)|([a-z]+:)(?=["“„‘'])|(\S+?)(?=<[@#!]|\s|$)/giu

/**
 * The pieces of a text in order. Never fails: a quote that is not closed counts as no quote. `names`: of
 * several words, each one piece.
 */
export function tokens(typed: string, names: readonly string[] = []): Token[] {
  const found: Token[] = []
  for (const match of oneLine(typed.slice(0, READ)).matchAll(PIECE)) {
    const [, user, userName, channel, channelName, group, groupName, link, ...quotes] = match
    const [straight, curly, single, name, word] = quotes
    if (user !== undefined) found.push(mention('user', user, userName))
    else if (channel !== undefined) found.push(mention('channel', channel, channelName))
    else if (group !== undefined) found.push(mention('group', group, groupName))
    else if (straight !== undefined) pushWord(found, straight.replaceAll('""', '"'), true)
    else if (curly !== undefined || single !== undefined)
      pushWord(found, curly ?? single ?? '', true)
    else pushWord(found, link ?? name ?? (word ?? '').replace(/^["“„]|["”]$/gu, ''), false)
  }
  for (const name of names) {
    const words = name.toLowerCase().split(' ')
    const at = found.findIndex((_, from) =>
      words.every((each, by) => wordAt(found, from + by) === each),
    )
    const last = found[at + words.length - 1]
    const tail = last !== undefined && isWord(last) ? (/[,.;!?]+$/.exec(last.text)?.[0] ?? '') : ''
    if (at >= 0) found.splice(at, words.length, { kind: 'word', text: name + tail, quoted: false })
  }
  return found
}

/** The tokens as one text again, as a person would read it. */
export function textOf(list: readonly Token[]): string {
  return list
    .map((token) => (token.kind === 'word' ? token.text : `@${token.name ?? token.id}`))
    .join(' ')
    .trim()
}

/** The word in lower case without the punctuation after it; null for quotes and mentions. */
export function wordAt(list: readonly Token[], index: number): string | null {
  const token = list[index]
  if (token?.kind !== 'word' || token.quoted) return null
  return token.text
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/(?<=.)[,.;!?]+$/, '')
}

function mention(kind: 'user' | 'channel' | 'group', id: string, name: string | undefined): Token {
  return {
    kind,
    id: id.toUpperCase(),
    name: name === undefined || name === '' ? null : plain(name),
  }
}

function pushWord(found: Token[], source: string, quoted: boolean): void {
  const text = plain(source).trim()
  if (text !== '') found.push({ kind: 'word', text, quoted })
}

/** Slack sends these three characters escaped. */
export function plain(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

// Which contract is meant, and what is said about it.

const BEFORE = new Set(
  'me the a out owns contract extension for of about on to please reference ref no'.split(' '),
)
const AFTER = new Set(
  'please thanks thx now one contract agreement alert alerts reminder reminders warning warnings - – — :'.split(
    ' ',
  ),
)

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
  const leads = quoted ? null : readPoint(words, 0, clock, leaning)
  // `2w C-17 why`: the time came first, unless another time follows what looks like one.
  if (leads !== null && leads.used < list.length && !atEnd) {
    if (readPoint(words, leads.used, clock, leaning) === null) {
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
    const when = readPoint(words, at, clock, leaning)
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

/** A person's name without a mention, after `to`: the form asks for the account. */
function namedAfterTo(
  list: readonly Token[],
): { readonly at: number; readonly name: string } | null {
  const at = list.findLastIndex(
    (_, index) => index > 0 && /^(?:to|owner:?)$/.test(wordAt(list, index) ?? ''),
  )
  const name = at < 0 ? '' : textOf(list.slice(at + 1))
  const isName = /^\p{L}[\p{L}'’.-]*(?: \p{L}[\p{L}'’.-]*){0,3}$/u.test(name)
  return isName && list.slice(at + 1).every((each) => each.kind === 'word' && !each.quoted)
    ? { at, name }
    : null
}

export interface AndPeople {
  readonly ref: string | null
  readonly owner: PersonMention | null
  readonly deputy: PersonMention | null
  /** A user group was named: nobody in particular. */
  readonly group: boolean
}

/** A contract and its people, in any order: `C-17 @amira deputy @tom`. */
export function readReferenceAndPeople(list: readonly Token[]): AndPeople {
  const rest: Token[] = []
  let owner: PersonMention | null = null
  let deputy: PersonMention | null = null
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
  const named = owner === null && deputy === null && !group ? namedAfterTo(list) : null
  return named === null
    ? { ref: readReference(rest), owner, deputy, group }
    : { ref: readReference(list.slice(0, named.at)), owner: { name: named.name }, deputy, group }
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

function personOf(token: Token): PersonMention | null {
  if (token.kind === 'user') return { slackUser: token.id }
  if (token.kind !== 'word' || token.quoted) return null
  const name = /^@([\p{L}\p{N}._-]{1,80})$/u.exec(token.text)?.[1]
  return name === undefined ? null : { name }
}

// The words by which people call the commands.

const SYNONYMS: Readonly<Record<Verb, string>> = {
  help: '? h -h --help usage commands',
  due: 'deadlines todo',
  list: 'ls browse',
  find: 'search lookup grep query',
  show: 'view display open info details detail card',
  umbrella: 'umbrellas',
  'personal-data': 'personaldata gdpr',
  add: 'new create enter',
  edit: 'change update correct fix amend modify close',
  extend: 'extension prolong rollover',
  withdraw: 'retract revoke',
  decide: 'decision decided resolve',
  own: 'owner owns assign reassign handover',
  ack: 'acknowledge acknowledged onit take claim',
  snooze: 'postpone defer later remind pause',
  published: 'publish publication',
  explain: 'why reason',
  headroom: 'allowance leeway room',
  'start-by': 'startby start route routes',
  preview: 'simulate forecast ahead',
  triage: 'review sort',
  summary: 'weekly digest report overview',
  cliffs: 'cliff together',
  chains: 'chain rollovers',
  consolidate: 'consolidation joint bulk compare',
  costs: 'spend spending money premium price',
  waiver: 'waive',
  waivers: 'breach breaches',
  pipeline: 'uk1 replacements',
  board: 'dashboard',
  ledger: 'ledgers',
  exposure: 'exposures',
  teams: 'departments',
  people: 'names',
  link: 'match',
  unlink: 'unmatch',
  cover: 'covers',
  products: 'product',
  support: 'eol endoflife',
  subscribe: 'follow sub',
  unsubscribe: 'unfollow unsub',
  subscriptions: 'subs subscription',
  calendar: 'ical ics outlook feed',
  import: 'upload load',
  questions: 'question asked unclear',
  export: 'download csv',
  history: 'log audit changes timeline',
  settings: 'setting config configure setup preferences prefs',
}

const MEANING: ReadonlyMap<string, Verb> = new Map(
  VERBS.flatMap((verb) =>
    [verb, ...SYNONYMS[verb].split(' ')].map((word): [string, Verb] => [word, verb]),
  ),
)

/** The command that this word calls, in any of its forms; null where it calls none. */
export function verbOf(word: string): Verb | null {
  const bare = word.replace(/['’]/g, '').replace(/[:,.!]+$/, '')
  for (const form of [bare, bare.replace(/s$/, ''), bare.replace(/(?:ing|ed)$/, '')]) {
    const verb = MEANING.get(form)
    if (verb !== undefined) return verb
  }
  return null
}

/** The command that this word nearly calls. */
export function nearVerb(word: string): Verb | null {
  const near = nearWord(word, MEANING.keys())
  return near === null ? null : (MEANING.get(near) ?? null)
}
