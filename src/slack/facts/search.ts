/** Which contract somebody means by what they typed. */

import { selectOfContracts } from '../../database/contracts.ts'
import { readTeams, type Team } from '../../database/organisation.ts'
import { tables } from '../../database/prisma.ts'
import type { ContractNames } from '../../rules/contract.ts'
import { nearWord } from '../../rules/text-match.ts'
import { UserError } from '../../rules/user-error.ts'
import { channelsReached, foldedChannel } from '../../warnings/recipients.ts'
import { misspelt, readCommand } from '../parse/command.ts'
import { type Command, type Filters, type Misread, NO_FILTERS } from '../parse/command-types.ts'
import { asksForSome, readFilters } from '../parse/filters.ts'
import { tokens } from '../parse/tokens.ts'
import { FILLERS } from '../parse/vocabulary.ts'
import type { Clock } from '../parse/when.ts'
import type { AskerContext, BotContext } from '../request.ts'
import {
  folded,
  isHeld,
  literal,
  part,
  readNames,
  teamsNamed,
  textsOf,
  titlesOf,
  wholeCondition,
  wordCondition,
} from './filters.ts'

type FoundContract =
  | { readonly kind: 'one'; readonly contractId: number }
  /** At most ten; `more`: others fit too. */
  | {
      readonly kind: 'several'
      readonly candidates: readonly Candidate[]
      readonly more: boolean
    }
  /** Nothing fits; these are spelt nearly so, the nearest first, or come from such a supplier. */
  | {
      readonly kind: 'none'
      readonly near: readonly Candidate[]
      /** Where `near` are those that hold most of the words: which, and what none of them holds. */
      readonly read?: readonly string[]
      readonly unread?: readonly string[]
    }

const SHOWN = 10

/**
 * The contract of this number (`#12`), this reference, or with this part of a reference or title
 * that no other has.
 */
export async function findForBot(context: BotContext, typed: string): Promise<FoundContract> {
  const key = folded(typed.trim().replace(/^["'“‘]+|["'”’]+$/g, ''))
  if (key === '') return { kind: 'none', near: [] }
  const number = /^#(\d{1,9})$/.exec(key)?.[1]
  if (number !== undefined) return judged(await candidates(context, 'c.id = $2', Number(number)))
  const exact = await referred(context, key)
  if (exact.length > 0) return judged(exact)
  const holds = await textsOf(context)
  const found = holds(key) ? await parts(context, part(key)) : []
  const partly = found.filter((each) => each.partly)
  if (partly.length > 0) return judged(partly)
  // `interpreters booking`: each word begins one of the contract's, be it one of several.
  const words = key
    .split(' ')
    .filter((word) => !/^(?:and|&|\+|-|\/)$/.test(word))
    .map((word) => (word.length > 3 ? word.replace(/(?<=[^s])s$/, '') : word))
  const [only = '', second] = words
  // One word is looked for in titles alone, and only as one of several: a supplier's name is proposed.
  const isOne = second === undefined
  const spread =
    words.length > 8 || (isOne && only === key) || !words.every(holds)
      ? []
      : await candidates(
          context,
          words
            .map((_, index) => `${isOne ? 'lower(c.title)' : TITLE_WORDS} ~ $${index + 2}`)
            .join(' AND '),
          ...words.map((word) => `\\m${literal(word)}`),
        )
  if (spread.length > 0) return judged(spread)
  const [initials] = (await titlesOf(context, words.slice(0, 2))).values()
  if (isOne && initials !== undefined)
    return judged(await candidates(context, 'lower(c.title) = $2', folded(initials)))
  if (found.length > 0)
    return { kind: 'none', near: found.slice(0, SHOWN), read: [key], unread: [] }
  const { held, ...of } = await byWords(context, key)
  if (held.length > 0) return { kind: 'none', near: held, ...of }
  return { kind: 'none', near: await nearMisses(context, key) }
}

/** Those that hold most of these words, at most ten; `unread`: the words that none of those holds. */
async function byWords(context: BotContext, key: string) {
  const words = key
    .split(/\s+/)
    .map((word) => word.replace(/['’]s$|^[^\p{L}\p{N}£$€]+|[^\p{L}\p{N}]+$/gu, ''))
    .filter((word) => word !== '' && !FILLERS.has(word))
  const looked = words.slice(0, MOST_WORDS)
  const begun = (word: string) => (word.length > 3 ? word.replace(/(?<=[^s])s$/, '') : word)
  const mayHold = await textsOf(context)
  const sought = looked.filter((word) => mayHold(begun(word)))
  if (sought.length === 0) return { held: [], read: [], unread: words }
  const holds = sought.map((_, at) => `(${TITLE_WORDS} ~ $${at + 2})`)
  const found = await selectOfContracts<Candidate & { readonly fits: readonly boolean[] }>(
    context.pool,
    `${CANDIDATE}, ARRAY[${holds.join(', ')}] AS fits`,
    `c.organisation_id = $1 AND (${holds.join(' OR ')})
     ORDER BY ${holds.map((each) => `${each}::int`).join(' + ')} DESC, c.historic OR c.closed_on IS NOT NULL, c.id
     LIMIT ${SHOWN}`,
    [context.organisationId, ...sought.map((word) => `\\m${literal(begun(word))}`)],
  )
  const manyOf = (fits: readonly boolean[]) => fits.filter(Boolean).length
  const most = manyOf(found[0]?.fits ?? [])
  const best = found.filter(({ fits }) => manyOf(fits) === most)
  const isRead = (word: string) => best.some(({ fits }) => fits[sought.indexOf(word)])
  return {
    held: best.map(({ fits: _, ...each }) => each),
    read: looked.filter(isRead),
    unread: [...looked.filter((word) => !isRead(word)), ...words.slice(MOST_WORDS)],
  }
}
const MOST_WORDS = 12

/**
 * The contracts that a whole sentence names, apart from the words around it: by reference, by title, or by
 * words that stand so in a title alone. None where it says something else, or names a team or a category.
 */
export async function namedIn(
  context: BotContext,
  typed: string,
  filters: Filters,
): Promise<readonly Candidate[]> {
  const key = folded(subjectOf(typed))
  if (key === '' || key.length > 200) return []
  const isTitle = 'c.reference_key = $2 OR lower(c.title) = $2'
  const exact =
    filters.words.length === 0
      ? await candidates(context, `(${isTitle})`, key)
      : await referred(context, key, isTitle)
  if (exact.length > 0 || filters.words.length + (filters.text === null ? 0 : 1) === 0) return exact
  if (!/^[\p{L}\p{N}]/u.test(key) || !(await textsOf(context))(key)) return []
  const found = await candidates(
    context,
    'lower(c.title) LIKE $2 AND lower(c.title) ~ $3',
    part(key),
    `\\m${literal(key)}`,
  )
  if (found.length === 0) return []
  const read = await readNames(context, { ...NO_FILTERS, words: key.split(' ') })
  // Of `patient transport` a word is a category's name too; where the whole is one, that is meant.
  if (read.either.length > 0 && read.filters.words.length === 0) return []
  // One word of a title may be a supplier's or a person's too: then all that hold it are meant.
  if (key.includes(' ')) return found
  const ids = found.map(({ contractId }) => contractId)
  const others = await isHeld(context, (places) => [
    ...wholeCondition(read, context, places),
    `c.id <> ALL(${places.add(ids)}::int[])`,
  ])
  return others ? [] : found
}

const TITLE_WORDS = "lower(concat_ws(' ', c.reference_key, c.title, c.supplier))"

/** The contracts whose title holds it as it was typed. */
export function titled(
  typed: string,
  { spelt, asides }: Pick<Filters, 'spelt' | 'asides'>,
): Filters {
  return { ...NO_FILTERS, text: subjectOf(typed), spelt, asides }
}

/** Without the words around a name: `who owns linen?`, `when does pest control end`. */
function subjectOf(typed: string): string {
  return typed
    .trim()
    .replace(/^["'“‘]+|["'”’?!.]+$/g, '')
    .replace(BEFORE_NAME, '')
    .replace(AFTER_NAME, '')
    .trim()
}
const BEFORE_NAME =
  /^(?:(?:please|can you|could you|hi|hello|hey|show|find|view|give|get|tell|me|us|who|owns|manages|runs|looks after|is responsible for|when|what|which|where|how|long|until|till|does|do|is|are|about|we|our|lose|have|the|status of|details of|contract|contracts|for|of) )+/i
const AFTER_NAME =
  /(?: (?:contracts?|agreements?|ends?|expires?|runs? out|got|left|please|thanks|due))+$/i

/**
 * Those whose reference or title holds the part, or else their supplier, in one look at all
 * contracts: it is what an answer costs where nothing fits.
 */
async function parts(
  context: BotContext,
  like: string,
): Promise<readonly (Candidate & { readonly partly: boolean })[]> {
  return readCandidates(
    context,
    '(c.reference_key LIKE $2 OR lower(c.title) LIKE $2 OR lower(c.supplier) LIKE $2)',
    [like],
    'coalesce(c.reference_key LIKE $2 OR lower(c.title) LIKE $2, false)',
  )
}

/** Those that are `partly` what was looked for first, then the living. */
async function readCandidates(
  { pool, organisationId }: BotContext,
  condition: string,
  values: readonly (string | number)[],
  partly = 'true',
): Promise<(Candidate & { readonly partly: boolean })[]> {
  return selectOfContracts(
    pool,
    `${CANDIDATE}, ${partly} AS partly`,
    `c.organisation_id = $1 AND ${condition}
     ORDER BY partly DESC, c.historic OR c.closed_on IS NOT NULL, c.id LIMIT ${SHOWN + 1}`,
    [organisationId, ...values],
  )
}

/** Of this reference, else of the one that it is but for signs and zeros: `tg 2023 3`. */
async function referred(
  context: BotContext,
  key: string,
  condition = 'c.reference_key = $2',
): Promise<readonly Candidate[]> {
  const exact = await candidates(context, `(${condition})`, key)
  const isLike = exact.length === 0 && /^[a-z]{1,6}(?:[^a-z0-9]+[a-z]{0,3}\d[a-z0-9]*)+$/.test(key)
  if (!isLike) return exact
  const plain = plainReference(key)
  // Its last figures, and what follows them, stand at the end of every reference that is like it:
  // only of these is the plain form made, which takes longest of all that is asked.
  const last = /\d+[a-z]*$/.exec(plain)?.[0].length ?? 0
  if (!(await textsOf(context))(plain.slice(plain.length - last))) return []
  const isMeant = `CASE WHEN right(c.reference_key, ${last}) = right($2, ${last}) THEN ${PLAIN} = $2 END`
  return candidates(context, isMeant, plain)
}

function plainReference(key: string): string {
  return key.replace(/[^a-z0-9]+/g, ' ').replace(/(?<![0-9])0+(?=[0-9])/g, '')
}
const PLAIN = `regexp_replace(regexp_replace(c.reference_key, '[^a-z0-9]+', ' ', 'g'), '(^|[^0-9])0+(?=[0-9])', '\\1', 'g')`

/** The command with words of the grammar as they were meant, where the register holds no such word. */
export async function readSpelt(
  context: BotContext,
  text: string,
  clock: Clock,
): Promise<Command | Misread> {
  const spelt: string[] = []
  const departments = await withDepartments(context, await withReferences(context, text, clock))
  let { said } = departments
  const names = [...departments.names, ...(await buyersIn(context, said))]
  for (const { word, meant } of misspelt(said, clock, names)) {
    const texts = await textsOf(context)
    const isOwn = await isHeld(context, (places) => [
      wordCondition(word, context.organisationId, places.add, texts),
    ])
    if (isOwn) continue
    const typed = word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
    said = said.replace(new RegExp(`(?<![\\p{L}\\p{N}])${typed}(?![\\p{L}\\p{N}])`, 'iu'), meant)
    spelt.push(`“${word}” for “${meant}”`)
  }
  const read = readCommand(said, clock, names)
  // `can we still extend linen?` asks, where no time is given to extend it by.
  const isAsked = read.verb === 'extend' && (read.to ?? read.by) === null && ASKS_OPTION.test(said)
  const command: typeof read = isAsked
    ? { verb: 'ask', ...readFilters(tokens(said), clock), typed: said, near: null }
    : read
  if (!('filters' in command)) return command
  const filters = { ...command.filters, spelt: [...spelt, ...command.filters.spelt] }
  const isList = command.verb === 'ask' || command.verb === 'list'
  return { ...command, filters: isList ? runningOnes(filters) : filters }
}
const ASKS_OPTION =
  /\b(?:can|could|may) (?:we|i) still extend\b|^\W*(?:can|could|may|has|have|was|were) .* (?:be|been) extended\b/i

/** What people own, pay and have with a supplier is what runs, where they say neither when nor `ever`. */
function runningOnes(filters: Filters): Filters {
  const isTimed = ({ kind, days, dates, state, running }: Filters) =>
    (kind ?? days ?? dates ?? running) !== null || state === 'closed' || state === 'historic'
  const isStated = (each: Filters): boolean =>
    each.state !== null || isTimed(each) || each.either.flat().some(isStated)
  // Who names a contract means it, whatever became of it.
  const isOfSome = (each: Filters): boolean =>
    each.words.some((word) => !/\d/.test(word)) ||
    each.without.some(({ state }) => state !== null) ||
    asksForSome({
      ...each,
      unread: [],
      words: [],
      either: [],
      without: [],
      text: null,
      order: null,
      top: null,
    }) ||
    [...each.either.flat(), ...each.without].some(isOfSome)
  return isStated(filters) || !isOfSome(filters) ? filters : { ...filters, running: true }
}

/**
 * The text with departments that have an "and" in their name as the register writes them, and those: `estates and
 * security` is one, and neither word alone.
 */
async function withDepartments({ pool, organisationId }: BotContext, text: string) {
  const names: string[] = []
  let said = text
  if (!/ (?:and|&|&amp;|n) /i.test(text)) return { said, names }
  const isPair = { OR: [{ department: { contains: '&' } }, { department: { contains: ' and ' } }] }
  const found = await tables(pool).contract.groupBy({
    by: ['department'],
    where: { organisationId, ...isPair },
  })
  for (const { department } of found) {
    const name = department ?? ''
    const words = name.split(/ (?:and|&) /i).map(literal)
    const like = new RegExp(
      `(?<![\\p{L}\\p{N}])${words.join(' (?:and|&|&amp;|n) ')}(?![\\p{L}\\p{N}])`,
      'iu',
    )
    if (words.length < 2 || !like.test(said)) continue
    said = said.replace(like, name)
    names.push(name)
  }
  return { said, names }
}

/** The organisations of the register that a text names: each is one word of it. */
async function buyersIn({ pool, organisationId }: BotContext, text: string): Promise<string[]> {
  const found = await tables(pool).buyer.findMany({
    where: { organisationId, name: { contains: ' ' } },
    select: { name: true },
  })
  const said = folded(text)
  return found
    .map(({ name }) => name)
    .filter((name) => said.includes(folded(name)))
    .sort((one, other) => other.length - one.length)
}

/** The text with references as the register writes them: `tg 2024 31, 27 and 2025-4`. */
async function withReferences(context: BotContext, text: string, clock: Clock): Promise<string> {
  let said = ''
  let rest = text
  for (let looked = 0; looked < MOST_REFERENCES; looked++) {
    const match = REFERENCE_LIKE.exec(rest)
    const [whole = '', letters = '', figures = ''] = match ?? []
    if (match === null) break
    const groups = figures.match(/\d+/g) ?? []
    const isWord = readFilters(tokens(letters), clock).filters.words.length === 0
    let used = isWord ? 0 : groups.length
    said += rest.slice(0, match.index)
    rest = rest.slice(match.index)
    // As it was typed first: what an index knows.
    const typed = () => new RegExp(`^[a-z]+(?:[\\s/_.-]+\\d+){${used}}`, 'i').exec(rest)?.[0] ?? ''
    let found: string | null = null
    for (; used > 0 && found === null; used -= found === null ? 1 : 0) {
      found = await referenceOf(context, typed())
    }
    if (found === null) {
      said += whole
      rest = rest.slice(whole.length)
      continue
    }
    said += found
    rest = rest.slice(typed().length)
    // What is said of the first is said of the next: `031, 027`.
    for (;;) {
      const next =
        /^(\s*(?:,|&|\+|and|or|,\s*(?:and|or))\s+)(\d+(?:[-/ ]\d+)*)(?![\p{L}\p{N}])/iu.exec(rest)
      const more = next?.[2]?.match(/\d+/g) ?? []
      const first = groups.slice(0, Math.max(0, used - more.length))
      const other =
        more.join('').length < 2
          ? null
          : await referenceOf(context, [letters, ...first, ...more].join(' '))
      if (next === null || other === null) break
      said += `${next[1]}${other}`
      rest = rest.slice(next[0].length)
    }
  }
  return said + rest
}
const MOST_REFERENCES = 6
const REFERENCE_LIKE = /(?<![\p{L}\p{N}])([a-z]{1,6})((?:[\s/_.-]+\d{1,6}(?![\p{L}\p{N}]))+)/iu

/** As the register writes it; null where not exactly one contract is of it. */
async function referenceOf(context: BotContext, typed: string) {
  const found = await referred(context, folded(typed))
  const [only] = found
  return only === undefined || found.length > 1 ? null : only.reference
}

function candidates(
  context: BotContext,
  condition: string,
  ...values: readonly (string | number)[]
): Promise<readonly Candidate[]> {
  return readCandidates(context, condition, values)
}

function judged(found: readonly Candidate[]): FoundContract {
  const [first] = found
  if (first === undefined) return { kind: 'none', near: [] }
  if (found.length === 1) return { kind: 'one', contractId: first.contractId }
  return { kind: 'several', candidates: found.slice(0, SHOWN), more: found.length > SHOWN }
}

// A contract that somebody may mean.

interface Candidate extends ContractNames {
  readonly contractId: number
  readonly version: number
}

const CANDIDATE = 'c.id AS "contractId", c.version, c.reference, c.title, c.supplier'

/** How many contracts are compared, and how many are proposed. */
const COMPARED = 2000
const PROPOSED = 5

/** `key`: what was typed, folded; it fits no contract. The nearest reference first, then titles. */
async function nearMisses(context: BotContext, key: string): Promise<Candidate[]> {
  const { pool, organisationId } = context
  // A word of figures is a slip of a reference; in titles only words are looked for.
  const words = key.split(' ').filter((word) => word.length >= 4 && /\p{L}{3}/u.test(word))
  // A slip seldom spoils both ends of a reference, or every beginning and end of the words of a title.
  const ends = words.flatMap((word) => [word.slice(0, 3), word.slice(-3)])
  const held = ends.filter(await textsOf(context))
  const like = (condition: string, order: string, value: string | readonly string[]) =>
    selectOfContracts<Candidate>(
      pool,
      CANDIDATE,
      `c.organisation_id = $1 AND ${condition} ORDER BY ${order}, c.id LIMIT ${COMPARED}`,
      [organisationId, value],
    )
  const referred = await like(
    `length(c.reference_key) BETWEEN length($2) - 2 AND length($2) + 2
     AND (left(c.reference_key, 2) = left($2, 2) OR right(c.reference_key, 2) = right($2, 2))`,
    'left(c.reference_key, length($2) - 2) = left($2, length($2) - 2) DESC',
    key,
  )
  const some = held.map(part)
  const named =
    some.length === 0 ? [] : await like('lower(c.title) LIKE ANY($2::text[])', 'c.historic', some)
  const rows = [...referred, ...named]
  const found = [...new Map(rows.map((each) => [each.contractId, each])).values()]
  const byReference = nearestFirst(found, key)
  const byTitle = found.filter(({ title }) => title !== null && isNearTitle(words, title))
  return [...new Set([...byReference, ...byTitle])].slice(0, PROPOSED)
}

function nearestFirst(candidates: readonly Candidate[], key: string): Candidate[] {
  const references = candidates.map((each) => [each.reference.toLowerCase(), each] as const)
  // Each is compared once; only those near enough are then put in order.
  const left = new Map(references.filter(([reference]) => nearWord(key, [reference]) !== null))
  const near: Candidate[] = []
  while (near.length < PROPOSED) {
    const nearest = left.get(nearWord(key, left.keys()) ?? '')
    if (nearest === undefined) break
    near.push(nearest)
    left.delete(nearest.reference.toLowerCase())
  }
  return near
}

/** Every longer word that was typed is nearly one of the title's. */
function isNearTitle(words: readonly string[], title: string): boolean {
  const said = title.toLowerCase().split(/[^\p{L}\p{N}]+/u)
  return words.length > 0 && words.every((word) => nearWord(word, said) !== null)
}

// Which teams a channel of Slack belongs to: settings may name it, Slack knows it by its id.

export interface ChannelName {
  /** As people know it: `#digital`, or `this channel` where only its id is known. */
  readonly name: string
  /** Whether this destination of a team is that channel. */
  readonly isIt: (destination: string | null) => boolean
}

/** `channel`: a Slack id or a name; null stands for every channel. */
export async function placeOfChannel(
  { pool, organisationId }: BotContext,
  channel: string | null,
  teams: readonly Team[],
): Promise<ChannelName> {
  if (channel === null)
    return { name: 'every channel', isIt: (destination) => destination !== null }
  const destinations = teams.flatMap((team) => [team.channel, team.escalationChannel])
  const named = [...new Set(destinations.filter((each) => each !== null))]
  // Where earlier messages to a name have gone tells which id that name stands for.
  const gone = await channelsReached(pool, organisationId, named)
  const same = new Set(
    gone.flatMap(({ destination, id }) => (id === channel ? foldedChannel(destination) : [])),
  )
  const isIt = (destination: string | null) =>
    destination !== null &&
    (foldedChannel(destination) === foldedChannel(channel) || same.has(foldedChannel(destination)))
  const label = named.find((each) => isIt(each) && each.startsWith('#')) ?? channel
  return { name: /^[CGD][A-Z0-9]{6,}$/.test(label) ? 'this channel' : label, isIt }
}

/**
 * The one team of this name or part of a name; null where none was named.
 * @throws UserError where there is none, or several: it lists them.
 */
export async function teamNamed(
  { deps }: AskerContext,
  named: string | null,
): Promise<Team | null> {
  if (named === null) return null
  const teams = teamsNamed(await readTeams(deps.pool, deps.organisation.id), named)
  const [team = null] = teams
  if (team !== null && teams.length === 1) return team
  const which = teams.map(({ name }) => name).join(', ')
  throw new UserError(
    team === null
      ? `No team is called "${named.slice(0, 60)}": /contracts teams lists them.`
      : `Several teams fit "${named.slice(0, 60)}": ${which}. Name one of them.`,
  )
}
