/** What somebody typed after `/contracts`, understood, or a question back. */
import { type CivilDate, dayText } from '../../rules/civil-date.ts'
import type { Period } from '../../rules/contract.ts'
import { financialYearNamed } from '../../rules/months.ts'
import { NOTICES, type Notice } from '../../rules/notices.ts'
import { ROUTES } from '../../rules/procurement-routes.ts'
import { readProduct } from '../../rules/products.ts'
import type { CoverKind } from '../../rules/support.ts'
import { exampleOf, VERBS, type Verb } from '../../text/help.ts'
import { typedName, typedText } from '../../text/words.ts'
import {
  type Command,
  type DecisionChoice,
  type Filters,
  type Misread,
  missing,
  type PersonMention,
  readWritten,
  SAID_KINDS,
  type SettingsOf,
  WHICH,
  writeFilters,
} from './command-types.ts'
import { asksFor, asksForSome, LISTINGS, listed, readFilters, readListing } from './filters.ts'
import { readPoint } from './period.ts'
import {
  nearVerb,
  plain,
  readReference,
  readReferenceAndDay,
  readReferenceAndPeople,
  type Token,
  textOf,
  tokens,
  verbOf,
  wordAt,
} from './tokens.ts'
import { meantBy } from './vocabulary.ts'
import { type Clock, longest, phrases, readDay, readSpan, type Words } from './when.ts'

/**
 * The command that was meant: a verb and what follows it, else a sentence that asks for contracts.
 * Forgives case, order, quotes, plurals, synonyms and words around it; a verb that cannot be read comes
 * back as a `Misread` with what was probably meant. Never throws.
 */
export function readCommand(
  text: string,
  clock: Clock,
  names: readonly string[] = [],
): Command | Misread {
  // `the reference no of linen`: a number, and no denial.
  if (REFERENCE_NO.test(text)) return readCommand(text.replace(REFERENCE_NO, '$1'), clock, names)
  // `how many contracts has siobhan got`: hers.
  if (HAS_GOT.test(text)) return readCommand(text.replace(HAS_GOT, "$1's"), clock, names)
  const all = tokens(text, names)
  if (all.length === 0) return { verb: 'bare' }
  const [, name, json = ''] = /^([a-z-]+) (\{.*\})$/.exec(text) ?? []
  const listing = LISTINGS.find((each) => each === name)
  const written = listing === undefined ? null : readWritten(plain(json))
  if (listing !== undefined && written !== null) return listed(listing, written)
  const order = spokenOrder(text, clock)
  if (order !== null) return ofOne(askedFirst(order))
  const wished = text.trim().replace(POLITE, '')
  if (SUBSCRIBED.test(wished)) {
    const rest = wished.replace(SUBSCRIBED, '').replace(OF_CHANNEL, ' ')
    return readAfter('subscribe', tokens(rest, names), clock)
  }
  const filed = IN_A_FILE.exec(text)
  if (filed !== null && exactVerb(wordAt(all, 0)) === null) {
    const wanted = text.replace(filed[0], ' ').trim().replace(POLITE, '').replace(SENT, '')
    return readAfter('export', tokens(wanted, names), clock)
  }
  const polite = withoutCourtesy(text)
  const list = polite.length > 0 ? polite : all
  const first = wordAt(list, 0)
  const verb = first === null ? null : verbOf(first)
  const isHelped = verb === 'help' && list.length > 2
  const sentence = (near: Verb | null = null): Command => {
    const { filters, due } = readFilters(all, clock)
    // `thanks` asks for nothing, and least of all for the whole register.
    const isEmpty = !due && !asksForSome(filters) && filters.whose === null
    if (isEmpty && !all.some((_, at) => LISTED.test(wordAt(all, at) ?? ''))) {
      return { verb: 'help', about: null }
    }
    return { verb: 'ask', filters, typed: text, due, near }
  }
  if (isOfProducts(verb)) {
    // As often a word of a question: `support contracts ending in march`.
    const rest = withoutFlags(list.slice(1))
    const isCover = verb === 'cover' && (rest.length < 2 || namesProduct(rest))
    return readOfProducts(verb, rest, clock) ?? (isCover ? readAfter(verb, [], clock) : sentence())
  }
  const second = wordAt(list, 1)
  if (first === 'uncovered' && second !== null && verbOf(second) === 'products') {
    const own = readOfProducts('products', [...list.slice(0, 1), ...list.slice(2)], clock)
    if (own !== null) return own
  }
  if (
    first === 'personal' &&
    second === 'data' &&
    (list.length === 2 || wordAt(list, 2) === 'team')
  ) {
    return readAfter('personal-data', list.slice(2), clock)
  }
  // `can we extend linen or have we used it up`
  const isEither = EITHER_ASKED.test(text)
  if (verb !== null && !isHelped && !isEither && !asks(verb, first, list, clock)) {
    const command = readAfter(verb, list.slice(1), clock)
    const isPlain =
      exactVerb((first ?? '').replace(/s$/, '')) === verb || PLAIN_ORDER.test(first ?? '')
    return ofOne(isPlain && !isDoubted(command, list) ? command : askedFirst(command))
  }
  if (verb !== null || isEither) return sentence()
  // `C-17 snooze 2w`: what shall be done came later.
  const later = list.findIndex(
    (_, at) =>
      at > 0 &&
      at < 8 &&
      LATER.has(exactVerb(wordAt(list, at)) ?? 'help') &&
      !DENIED.test(wordAt(list, at - 1) ?? '') &&
      !(wordAt(list, at - 1) === 'to' && REFUSED.test(wordAt(list, at - 2) ?? '')),
  )
  // `what does grace own`
  const isAsked = list.slice(0, later).some((_, at) => QUESTION.test(wordAt(list, at) ?? ''))
  // `options to decide`
  const isGrammar = later > 0 && isLooseFree(readFilters(list, clock).filters)
  const named = isAsked || isGrammar ? null : exactVerb(wordAt(list, later))
  if (named !== null) {
    const command = readAfter(named, [...list.slice(0, later), ...list.slice(later + 1)], clock)
    return ofOne(isDoubted(command, list) ? askedFirst(command) : command)
  }
  // A word of the grammar is no slip of a command.
  const isLoose = readFilters(list.slice(0, 1), clock).filters.words.length > 0
  return sentence(first !== null && isLoose ? nearVerb(first) : null)
}

/** Calls the command as its own name does: `remind`, `take` and what was done (`snoozed`) say other things too. */
const PLAIN_ORDER = /^(?:postpone|defer|acknowledge)$/

/** What is said behind the day takes it back, asks or tells something else: no plain reason, unless in quotes. */
function isDoubted(command: Command | Misread, list: readonly Token[]): boolean {
  const last = list.at(-1)
  const isQuoted = last?.kind === 'word' && last.quoted
  return command.verb === 'snooze' && !isQuoted && DOUBTED.test(command.why ?? '')
}
const DOUBTED =
  /\?|\b(?:no|nope|not|never|cannot|[a-z]+n['’]t|dont|wait|actually|instead|scrap|forget|ignore|cancel|undo|stop|hang on|hold on|sorry|oops|was|were|had|if|unless|or|should|would|could|who|what|which)\b/i

/** An order about several is about none: nothing is done to the one whose name is among its words. */
function ofOne(command: Command | Misread): Command | Misread {
  const order = command.verb === 'misread' && command.isOrder ? command.meant : command
  if (order === null || !('ref' in order) || !OF_ONE.has(order.verb)) return command
  return SEVERAL.test(order.ref ?? '') ? missing(order.verb as Verb, ONE_BY_ONE) : command
}
const OF_ONE: ReadonlySet<string> = new Set<Verb>(['ack', 'snooze', 'own', 'extend', 'decide'])
const SEVERAL =
  /^(?:all(?:$| the | of | my | our |.*s$)|every |both )|\b(?:everything|every one|all of|all the|except|apart from|other than|but not)\b/i
const ONE_BY_ONE =
  'That is said of one contract at a time. Owners, teams, ends and notice of many are changed in a spreadsheet: export, change the columns, import it again.'

/** An order that would silence warnings at once, and was not typed as the command that it is, is asked for. */
function askedFirst(command: Command | Misread): Command | Misread {
  if (command.verb !== 'snooze' && command.verb !== 'ack') return command
  const said = writeCommand(command)
  return { ...missing(command.verb, ''), meant: command, said, isOrder: true }
}

const HAS_GOT =
  /\b(?:has|have) (?!(?:we|you|i|they|it|she|he|the|our|this|that|any\w*|every\w*|some\w*|no\w*)\b)(\p{L}[\p{L}-]+(?: \p{L}[\p{L}-]+)?) got(?=\W*$| (?:that|which|ending|coming|due|expiring|before|after|over|under|in|this|next)\b)/iu
const REFERENCE_NO = /\b(ref(?:erence)?|po) (?:nos?|num|nr)\b\.?/i

/**
 * An order in people's words: `give linen to daniel`, `on it - linen`, `push linen back till january`. Null
 * where what it would be about is not a name alone, or what is said of it is not read.
 */
function spokenOrder(typed: string, clock: Clock): Command | Misread | null {
  // As telephones write them.
  const text = typed.replaceAll('’', "'")
  const many = MANY_MOVED.exec(text.trim().replace(POLITE, ''))
  if (many !== null && isNames(many[1] ?? '', 3, clock)) return missing('own', ONE_BY_ONE)
  const ended = UNSNOOZED.exec(text)
  if (ended !== null && namesSome(nameIn(` ${ended[1]} `), clock)) {
    return missing('snooze', 'To be asked again sooner, snooze it until an earlier day.')
  }
  const said = text
    .trim()
    .replace(POLITE, '')
    .replace(/^(?:can|could|should|may|might|shall) (?=.* be )/i, '')
    .replace(
      /(?:[\s,?!.]+(?:please|pls|plz|thanks|thx|ta|cheers|asap|now|for me|just in case|if possible))*[?!.\s]*$/i,
      '',
    )
    .replace(/\s*(?:[,:;]|\s[–—-])+\s+/g, ' ')
    .replace(/ from (?:now(?: on)?|today)(?= |$)/i, '')
    .replace(
      / (?:(?:can|could|would) (?:you|u|we) )?(?:please )?(?:note|log|record|put|mark|change|update|add) (?:it|that|this)(?: down| in| on)?(?: as (?:(?:the|our|a) decision|decided|done))?$/i,
      '',
    )
  // `… please its a gap on our audit`: the reason is no part of a name.
  const short = said.replace(
    / (?:(?:please|pls) )?(?:because|cos|so that|as it'?s|since it'?s|its|it's|it is|(?:he|she|they)(?:'s|s|'ve| has| have)? (?:said|says|agreed|asked|knows?|is|are|fine|happy)) .+$/i,
    '',
  )
  // `have we told them?` asks, and `can we extend it?` is polite.
  const isAsked = ASKED.test(text) || EITHER_ASKED.test(text)
  for (const each of [short, said]) {
    const order = orderAbout(each, clock) ?? (isAsked ? null : orderCued(each, clock))
    if (order !== null) return order
  }
  const muted = MUTED.exec(text)
  if (muted !== null && namesSome(nameIn(` ${muted[1]} `), clock)) {
    return missing('snooze', 'Until when shall nobody be reminded? Give a time such as 3d or 2w.')
  }
  // `mount making has nobody, put owen down for it`
  const [, about = '', wanted = ''] = ABOUT_IT.exec(text) ?? []
  const { words, text: quoted } = readFilters(tokens(nameIn(` ${about} `)), clock).filters
  const of = quoted ?? words.join(' ')
  if (of !== '' && !ASKED.test(wanted) && exactVerb(wordAt(tokens(about), 0)) === null) {
    const again = wanted.trim().replace(POLITE, '').replace(IT, of)
    const verb = exactVerb(wordAt(tokens(again), 0))
    const isPlain = verb !== null && OF_ONE.has(verb)
    const order = isPlain
      ? readAfter(verb, tokens(again).slice(1), clock)
      : spokenOrder(again, clock)
    if (order !== null) return order
  }
  // `oh no i forgot - can you put linen down to mei`: what is asked for begins there.
  const request = text.replace(
    /^.*[,–—.!-] +(?=(?:can|could|would) (?:you|u|we|i)\b|(?:please|pls)\b)/i,
    '',
  )
  return request === text ? null : spokenOrder(request, clock)
}

const IT = /\b(?:(?:that|this) (?:one|contract)|it|them)\b/i
const ABOUT_IT = new RegExp(`^(.+?)(?:\\s*[,;:.]|\\s[–—-]) +(.*${IT.source}.*)$`, 'i')
/** `move all of gareth's contracts to mei` */
const MANY_MOVED =
  /(?:^|[,;.–—-] +)(?:move|hand over|hand|assign|reassign|transfer|pass|switch) (?=.*\b(?:all|every\w*|contracts|deals|agreements)\b).* (?:to|onto) (.+)$/i
/** `scrap that snooze on linen`, `unmute linen`, `turn the reminders for linen back on` */
const UNSNOOZED =
  /^(?:.*\b(?:cancel|scrap|undo|end|lift|remove|stop) (?:the |that |my |our )?(?:snooze|mute)|un-?(?:snooze|mute)|(?:turn|switch) (?:back )?on (?:the )?(?:alerts|reminders|warnings))\b ?(?:for|on|about|of)? (.+)$/i
const MUTED =
  /^(?:(?:mute|silence|hush|quieten)|(?:stop|no more|turn off|switch off|mute|silence) (?:the |all )?(?:alerts|reminders|warnings|nags|nagging|pings) (?:for|on|about|of|over)|leave(?= .* alone$)) (.+?)(?: alone)?$/i

/** By how it is built: what is said of the contract has its place in the sentence. */
function orderAbout(said: string, clock: Clock): Command | null {
  for (const [order, of] of ORDERS_BUILT) {
    const { ref: named = '', to = '' } = of.exec(`${said} `)?.groups ?? {}
    const [verb, role] = order.split(' ') as [Verb, string | undefined]
    if (named === '' || !isNames(named, 12, clock)) continue
    const isRole = /\b(?:owners?|deput(?:y|ies)|leads?)\b/i.test(to)
    if (verb === 'own' && (isRole || !isNames(to, 3, clock))) continue
    if (role === 'deputy') return { verb: 'own', ref: named, owner: null, deputy: { name: to } }
    const read = readAfter(verb, tokens(`${named} ${verb === 'own' ? 'to ' : ''}${to}`), clock)
    const isRead = verb !== 'decide' || (read.verb === 'decide' && read.choice !== null)
    if (read.verb !== 'misread' && isRead) return read
  }
  return null
}

/** By the words that order it and the time that it is for, wherever they stand; the rest is a name. */
function orderCued(said: string, clock: Clock): Command | Misread | null {
  const list = tokens(said)
  const words = list.map((_, at) => wordAt(list, at))
  const [first = null] = words
  const isAsked = QUESTION.test(first ?? '') && !/^(?:i|we)$/.test(first ?? '')
  // A command says what it takes in its own way.
  const isLinked = /https?:/.test(said)
  const isCommand =
    !isLinked &&
    (exactVerb(first) !== null || words.some((word) => LATER.has(exactVerb(word) ?? 'help')))
  const isPlural = words.some((word) => PLURAL.test(word ?? ''))
  if (isAsked || isCommand || isPlural || words.includes(null) || TO_OTHERS.test(first ?? '')) {
    return null
  }
  const times = timesIn(words, clock)
  const ahead = leadTime(words)
  // `a six month extension to 30 september`
  const time = times.find(({ day, isFor }) => day !== null && isFor) ?? times[0] ?? null
  const shown = list.flatMap((token, at) => {
    const within = times.find((each) => at >= each.at && at < each.at + each.used)
    if (within === undefined) return [textOf([token])]
    return within === time && at === time.at ? [time.isMore ? MORE_TIME : TIME] : []
  })
  const text = ` ${shown.join(' ')} `.replace(/[,;:.!?]+(?= )/g, '')
  for (const [order, cue] of CUES) {
    const match = cue.exec(text)
    if (match === null) continue
    const [verb = order, choice = ''] = order.split(' ')
    const [lead, tail] = [text.slice(0, match.index), text.slice(match.index + match[0].length)]
    // What the cue leaves open belongs to the rest.
    const around = [lead, ...match.slice(1), tail].join(' ').split(/ §[TM](?= )/)
    const [before = '', after = ''] = around.map(nameIn)
    const isBefore = verb === 'snooze' && before !== ''
    const ref = isBefore ? before : `${before} ${after}`.trim()
    const why = isBefore && after !== '' ? (around[1] ?? '').trim() : ''
    // `the last day to give notice on linen`
    // `don't mute linen till march`, `we haven't given notice`: no order for it.
    if (NOT_ORDERED.test(lead)) return null
    const isNoun = / to $/.test(lead) && !/ not to $/.test(lead)
    // Who names nothing before `extended` asks what was.
    const isPast = nameIn(lead) === '' && /^(?!need)\S+ed /i.test(match[0])
    const isOfReminders = verb === 'decide' && words.some((word) => OF_REMINDER.test(word ?? ''))
    // `move linen to grace from monday`
    const isToSomebody = verb === 'snooze' && / to (?!do |be |me )[a-z]/i.test(around.join(' '))
    // `skip linen in march` names a time, and not until when.
    const isWithin = words[time?.at ?? -1] === 'in' && !/ (?:me|us|again) /i.test(text)
    const isOtherTime =
      time !== null && ((verb === 'extend' && !time.isFor) || (verb === 'snooze' && isWithin))
    const isOfMany = words.some((word) => OF_MANY.test(word ?? ''))
    if (ahead !== null && verb === 'snooze' && !isOfMany) return fromAnotherDay(ahead)
    if (isNoun || isPast || isOfReminders || isToSomebody || isOtherTime || !namesSome(ref, clock))
      continue
    const isEither = verb === 'snooze' && EITHER.test(text)
    const isMeantToGoOn = isEither && EXTENSION.test(text)
    if (isEither && !isMeantToGoOn && (time?.isTo === true || / (?:out|on) §/.test(text))) {
      return missing(
        'snooze',
        `Ask again later about "${ref}", or extend the contract? Write snooze or extend, the contract and the time.`,
      )
    }
    const act = isMeantToGoOn ? 'extend' : (verb as Verb)
    const takesTime = act === 'extend' || act === 'snooze'
    // A day other than today is no part of these orders: it is named.
    const beside = takesTime || time === null || time.day === clock.today ? '' : time.said
    const kind = act === 'extend' ? (KINDS.exec(text)?.[1] ?? '') : ''
    const when = takesTime ? (time?.said ?? '') : beside
    const reason = isMeantToGoOn ? '' : why
    const read = readAfter(act, tokens(`${ref} ${when} ${kind} ${choice} ${reason}`), clock)
    if (read.verb !== 'misread') return read
  }
  return null
}

/** Whether something is named there, and no list asked for. */
function namesSome(text: string, clock: Clock): boolean {
  const list = tokens(text)
  const { filters, due } = readFilters(list, clock)
  const isOfMany = list.some((_, at) => OF_MANY.test(wordAt(list, at) ?? ''))
  const named = (filters.text === null ? 0 : 1) + filters.words.length + filters.either.length
  return !due && !isOfMany && named > 0 && list.length <= 14
}
const OF_MANY =
  /^(?:or|repeatedly|twice|once|often|recently|any|anything|everything|all|which|what|those|these|contracts|ones|nothing|who|when)$/
const TO_OTHERS = /^(?:e-?mail|write|draft|message|text|phone|ring|call)$/
const OF_REMINDER = /^(?:snooze\w*|mute\w*|subscriptions?|reminders?|alerts?|warnings?)$/i

const ASKED =
  /^(?!\W*(?:please|pls|can|could|would|shall|should)\b).*\?\W*$|(?:^|[,;.–—-] )\W*(?:have|has|had|did|was|were|will|would) (?:we|they|you|the|it|i|he|she|somebody|any(?:one|body))\b/i
const EITHER_ASKED =
  /\bor (?:have|has|had|did|is|are|not|do|does|will|can)\b|(?:\band|&(?:amp;)?|,) (?:how|when|what|until when|till when|by when|for how)\b/i

const NOT_ORDERED =
  /\b(?:not|never|nobody|no need|avoid|instead of|rather than|without|cannot|(?:do|does|did|have|has|had|wo|would|should|must|ca|could|is|are|was|were|need)n['’]?t|wont|cant)\b/i

/** Stands for the time in the text that cues are looked for in; no word that is typed holds its signs. */
const TIME = '§T'
/** The same that says that it comes on top: `another 3 months`. */
const MORE_TIME = '§M'

interface Time {
  readonly at: number
  readonly used: number
  readonly said: string
  readonly span: Period | null
  readonly day: CivilDate | null
  readonly isTo: boolean
  readonly isFor: boolean
  readonly isMore: boolean
}

/**
 * The times of a sentence, with the word before it where it stands in its midst. `isTo`: a day to which
 * something is moved; `isFor`: how long, or up to when, something goes on; `isMore`: `another 3 months`.
 */
function timesIn(words: Words, clock: Clock): Time[] {
  const times: Time[] = []
  for (let at = 0; at < words.length; at++) {
    const lead = longest(words, at, TIME_LEADS) ?? 0
    // `kick it on 3 months`
    if (words[at] === 'on' && readSpan(words, at + 1) !== null) continue
    const begins = at + lead
    const span = readSpan(words, begins)
    const day = span === null ? readPoint(words, begins, clock, 'ahead') : null
    const used = lead + (span?.used ?? (day !== null && !('problem' in day) ? day.used : 0))
    const next = words[at + used] ?? null
    const isApart =
      lead > 0 ||
      at === 0 ||
      next === null ||
      AFTER_TIME.test(next) ||
      /^(?:an|another|further|extra|until|till?|by|for|in|on)$/.test(words[at] ?? '')
    if (used === lead || !isApart) continue
    const said = words
      .slice(begins, at + used)
      .join(' ')
      .replace(/[,;:.]+$/, '')
    const isTo = span === null && /^(?:to|on|in)$/.test(words[at] ?? '')
    const isFor = span !== null || /^(?:to|up|out|until|till?|by|for)$/.test(words[at] ?? '')
    const isMore = /^(?:an? )?(?:another|further|extra) /.test(said)
    const to = day !== null && 'day' in day ? day.day : null
    times.push({ at, used, said, isTo, isFor, isMore, span: span?.period ?? null, day: to })
    at += used - 1
  }
  return times
}
const TIME_LEADS = phrases(
  '[up|out] to, [up|out] until, from, again [in|on], by, for, until, till, til, not before, before, ',
)
const AFTER_TIME =
  /^(?:before|prior|ahead|on|onto|to|more|extra|longer|ext|extn|extension|for|about|please|pls)$/

/** What is left of a sentence without the words that name nothing. */
function nameIn(text: string): string {
  return text
    .replace(/['’]s (?=been |now |already )/g, ' ')
    .replace(NAMELESS, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^(?: and| &)+ |(?: and| &)+ $/g, '')
    .trim()
}
const NAMELESS =
  /(?<= )(?:(?:the|that|this|our|my|a|an|on|about|of|for|with|to|from|at|is|are|it|its|one|ones|lot|contract|agreement|deal|please|pls|we|i|i'?ll|we'?ll|we'?ve|i'?ve|can|you|just|again|reminders?|alerts?|warnings?|nags?|as|by|has|have|been|should|be|needs?|wants?|get|got|have|me|us|re|people|folks?|guys|then|now|today|already|[-–—>&]+|go|emergency|option|variation|renewal) )+/gi
const KINDS = / (option|variation|emergency|renewal) /
const EXTENSION = / (?:option|extension|extn?|variation|renewal) /i
/** Moves a date or a reminder, nobody can tell which. */
const EITHER =
  /^(?!.* (?:reminders?|alerts?|warnings?|nags?|(?:back|off) §T) )(?!.*(?:push|move|kick|bump|shift|knock|slide) (?:back|off) ).* (?:push|move|kick|bump|shift|knock|slide) /i

/** Whether these are names and nothing besides. */
function isNames(text: string, most: number, clock: Clock): boolean {
  const list = tokens(text)
  const { filters, due } = readFilters(list, clock)
  const isOfNames = (of: Filters): boolean => {
    const rest = { ...of, words: [], text: null, owner: null, either: [] }
    const isSaid = (of.text ?? of.owner) !== null || of.words.length + of.either.length > 0
    return isSaid && !asksForSome(rest) && of.either.flat().every(isOfNames)
  }
  return !due && isOfNames(filters) && list.length <= most
}

const POLITE =
  /^(?:(?:(?:log|record|note|mark)(?: down)? that (?:we|i|they)?(?:['’]?(?:re|ve|d)|were)?|please|pls|plz|hi|hello|hey|morning|ok|and|so|right|can you|could you|would you|can u|could u|can we|could we|shall we|can i|could i|lets|let['’]s|we need to|we want to|i need to|i want to|i['’]d like to|i would like to|(?:we['’]?ve|we have|we|i['’]?ve) decided to|decided to|(?:we['’]?re|we are|i['’]?m|i am) (?:going to|gonna|about to)|(?:we|i)(?:['’]?ll| will))[\s,!.]+)*/i

/** `sign us up for alerts about estates`, `post the security ones in this channel` */
const SUBSCRIBED =
  /^(?:sign (?:me|us|(?:this|the|our) channel) up (?:for|to)|(?:put|post|send)(?= .*\b(?:this|our) channel\b)|keep (?:me|us|this channel) (?:posted|informed|updated|in the loop) (?:on|about|with)|(?:tell|warn) this channel (?:about|of)|let this channel know about|add this channel to) /i
/** What such a wish holds besides what it is about. */
const OF_CHANNEL =
  /(?<!\S)(?:(?:all|any|the|a|weekly) )*(?:alerts|reminders|warnings|updates|posts|digest|summary)(?: (?:of|about|on|for|from))?(?!\S)|(?<!\S)(?:to|in|into|on) (?:this|our) channel(?!\S)|,? just(?= )/gi

/** `spreadsheet of everything unowned`, `samira's to excel please`. */
const IN_A_FILE =
  /(?<= )(?:in|into|to|as|on) (?:an? )?(?:excel|spreadsheet|csv|xlsx)(?: (?:file|sheet|format))?(?![\w-])|(?<![\w-])(?:excel|spreadsheet|csv|xlsx)(?: (?:file|sheet|list|version))? (?:of|with|for)(?= )/i
/** Before what goes into a file. */
const SENT =
  /^(?:(?:send|put|get|give|dump|pull|stick|chuck|drop|make|need|want|have|do|run|me|us|i|we|an?|the) )+/i

const CHOICE_WORDS: ReadonlyMap<string, DecisionChoice> = new Map(
  Object.entries({
    'take-option':
      'take option, take the option, take up the option, option, exercise the option, use the option',
    modify: 'modify it, vary, vary it, variation, modification',
    'call-off': 'call off, call off from a framework, framework',
    'called-off': 'called off, call-off signed, call off signed',
    'direct-award': 'direct award, award directly, direct-award',
    compete:
      'compete it, competition, go out to competition, go to competition, going to competition, going out to competition, going to tender, going out to tender, go out to tender, go to market, going to market, mini comp, mini competition, mini-competition, going to mini comp, going to mini competition, go to mini comp, further competition, out to tender, competed, tender, tender it, retender, re-tender, go to tender, reprocure, re-procure, procure',
    exit: 'exit it, stop, cancel, not needed',
    'let-end': 'let end, let it end, let it lapse, let it expire, end, let expire',
    'serve-notice': 'serve notice, give notice, notice served, notice',
    'no-notice': 'no notice, serve no notice, let it renew, let renew, renew',
    reviewed: 'review, review done',
  } satisfies Record<DecisionChoice, string>).flatMap(([choice, phrases]) =>
    [choice, ...phrases.split(', ')].map((each): [string, DecisionChoice] => [
      each,
      choice as DecisionChoice,
    ]),
  ),
)

/** What it is an order for, and how it is built: `(a|b)` one of them, `[a|b]` one of them or none. */
const ORDERS_BUILT = Object.entries({
  own: [
    '(give|hand|pass|chuck|sling|shift|move|switch|transfer|reassign|assign|swap) [over] REF [over|across] (to|onto|at) TO',
    '(give|hand|pass) TO the REF',
    '(make|put|set|name|appoint) TO [down] [as|to be] [the|a] [new] owner (of|on|for|to) REF',
    'put TO (down for|in charge of) REF',
    '(make|put|set) TO (on|onto) REF as [the|a] [new] owner',
    '(change|switch|set|make) [the] owner (of|on|for) REF (to|to be|as) TO',
    "REF (should be|is now) TO's",
    'REF (goes|should go|is going|needs to go|can go) [over] to TO',
    'TO to (take on|take over|own|pick up|look after|run) REF',
    'TO (should own|will own|should look after|will look after|should take over|will take over|takes over) REF',
  ],
  'own deputy': [
    '(make|put|set|name|appoint|add|have) TO [down|in] [as|to be] [the|a] [new] deputy (of|on|for|to) REF',
    '(change|switch|set|make) [the] deputy (of|on|for) REF (to|to be|as) TO',
  ],
  decide: [
    '(put|mark|record|log|set) REF [down] as TO',
    "REF [we|we've] decided [that] [we|to] CHOICE",
    '(decision|decide) (on|for|about) REF [is|is to|to] CHOICE',
  ],
  ack: [
    '(stop|quit) (nagging|chasing|reminding|pinging|bugging|pestering) [me|us] (about|on|over|for) REF',
    "(seen|got|noted) (it|that|this) [thanks|thx|ta|cheers] [about|on|for] REF [i'?ll (deal|deal with it|sort it|handle it|pick it up)|on it|i'?m (on it|dealing with it|handling it|sorting it)]",
    "(i'?ve|he'?s|she'?s|they'?ve|we'?ve|i have|he has|she has|they have|we have) seen REF [(you can|please|so|u can) stop (nagging|chasing|reminding|pinging)]",
    "[i'?m|i am|we'?re|we are] [already] (on it|on to it|onto it|on the case|dealing with it|handling it) [for|with|about] REF",
    "(i'?m|i am|we'?re|we are) [already] (on|onto|dealing with|handling|on top of|picking up|sorting|sorting out) REF",
    "(i'?ll|we'?ll) (take|handle|deal with|pick up|sort|sort out) REF",
    "REF (i'?m|i am|we'?re|we are) [already] (on it|on to it|onto it|on the case|dealing with it)",
  ],
} satisfies Partial<Record<Verb | 'own deputy', string[]>>).flatMap(([order, said]) =>
  said.map((each): [string, RegExp] => [order, templateOf(each)]),
)

/** `(a|b)` one of them, `[a|b]` one or none. */
function choicesIn(said: string): string {
  return said.replace(/\[([^\]]+)\] /g, '(?:(?:$1) )?').replace(/\(([a-z' |?-]+)\)/g, '(?:$1)')
}

function templateOf(said: string): RegExp {
  const pattern = choicesIn(`${said} `)
    .replace('REF ', '(?<ref>.+?) ')
    .replace(/TO(?='s | )/, '(?<to>.+?)')
    .replace('CHOICE ', `(?<to>${[...CHOICE_WORDS.keys()].join('|')}) `)
  return new RegExp(`^${pattern}$`, 'i')
}

/**
 * What orders it, first what would be read otherwise below: `(a|b)` one of them, `[a|b]` one or none, `…`
 * anything between, `T` the time. Whoever writes to others (`send`, `tell`) orders nothing here.
 */
const CUES = Object.entries({
  withdraw: ['(undo|reverse|revoke|withdraw|take back|cancel|scrap) … (extension|ext|waiver)'],
  waiver: [
    '(log|record|add|put|note|register|raise|file) … waiver',
    "waiver … (signed|approved|agreed|granted|given|ok'd|okayed)",
    "(signed|approved|agreed|granted|ok'd|okayed) … waiver",
  ],
  'decide take-option': [
    '(use|take|exercise|trigger|invoke|pull) [up] … (the|an|its|our) option [year|years|period]',
    'option [year|years|period] (taken|exercised|used|triggered)',
  ],
  'decide serve-notice': [
    '(serve|give|served|gave|given|send|sent|hand|handed) [in] [the|our] notice [in]',
    '[the|our] notice [has|was|is|has been] (served|given|gone|went|sent|handed) [in]',
    "(told|informed|emailed|written to|wrote to|let) … [know] [that] (we'?re|we are) (leaving|off|going|out|not renewing|ending it|moving on)",
    "(told|informed|emailed|written to|wrote to) … [that] (we'?re not|we are not|we aren'?t|we won'?t be|not) (renewing|continuing|extending|carrying on|staying)",
  ],
  decide: [
    "(are not|aren't|arent|won't|wont|will not|won't be|will not be|don't|dont|do not|not|never|can't|cannot|no to|refused|rejected|against) … (renew|renewing|renewal|extend|extending|extension|carrying on with|continuing)",
    '(cancel|terminate|get rid of)',
    '(bin|scrap|ditch|drop) (off|the|that|our)',
  ],
  'decide compete': [
    '(go|goes|going|put|take|stick|send|throw|chuck) … [back] [out] to (tender|market|competition) [for|on|with] [put (it|that) down as compete]',
    '[go|goes|going|put|take|stick|send|throw|chuck] [back] out to (tender|market|competition)',
    '(re-?tender|re-?tendering|re-?procure|re-?procuring|compete)',
  ],
  'decide let-end': [
    'let … (lapse|expire|run out|end|die|go|run down)',
    "(we'?re|we are|i'?m) letting … (lapse|expire|run out|end|die|go|run down) [log (it|that)|note (it|that)]",
  ],
  'decide no-notice': [
    '(let|letting) … (renew|roll|roll over|roll on|auto-?renew|keep rolling|carry on|keep going)',
    '(can|may|should) (carry on|keep|keep on) (rolling|going|renewing) [leave (it|that)]',
  ],
  extend: [
    '(extend|extended|extending|prolong|prolonged|lengthen|lengthened)',
    '(stretch|stretched|continue|continued|renew|renewed|renewing) … [out] T',
    "(we'?re|we are|i'?m) renewing",
    '(kick|carry|keep|run|roll|rolled|rolling) … (on|going|running|over|forward) T',
    '(ext|extn|extension) … T',
    'T … (ext|extn|extension)',
    '(add|added|adding) T',
    '[give|get|need|needs|want|wants|could do with] … M',
    'T (more|extra|longer)',
  ],
  snooze: [
    "(don't|dont|do not|stop|no) (remind|reminding|bug|bugging|chase|chasing|nag|nagging|ping|pinging|ask|asking|tell|telling|bother|bothering|pester|pestering) … T",
    '(remind|ask|nudge|chase|ping|poke|bother) (me|us) … T',
    '(shut|quiet|quieten|mute|silence|hush|park|shelve|delay|leave|hold|ignore|pause|forget|skip|postpone|defer|snooze) … [up|down|alone|be|it] T',
    '(push|kick|move|bump|shift|slide) … [back|off|out] T',
    '(knock|put|hold) … (back|off|out) T',
    '(no|stop) [more] (reminders|alerts|emails|messages|nagging|chasing) … T',
    '(give me a nudge|give me a shout|come back to me|get back to me|nudge me) … T',
  ],
  edit: [
    '(change|correct|update|fix|amend) … (value|price|supplier|title|end date|start date|notice period|category)',
    '(attach|stick|add|link|put|save) … (document|doc|link|pdf)',
    '(attach|stick|add|link|put|save) … U',
  ],
} satisfies Partial<Record<Verb | `decide ${DecisionChoice}`, string[]>>).flatMap(([order, said]) =>
  said.map((each): [string, RegExp] => [order, cueOf(each)]),
)

function cueOf(said: string): RegExp {
  const pattern = choicesIn(`${said} `)
    .replaceAll('… ', '(.*? )??')
    .replace(/T /, '(?=§[TM] )')
    .replace(/M /, `(?=${MORE_TIME} )`)
    .replace(/U /, '(?=https?:)')
  return new RegExp(`(?<= )${pattern}`, 'i')
}

/** Words that are no grammar and nearly some, with what they were meant for; names behind `with` are none. */
export function misspelt(text: string, clock: Clock, names: readonly string[] = []) {
  const list = tokens(text, names)
  return list.flatMap((token, at) => {
    const word = wordAt(list, at)
    const meant = word !== null && /^[a-z]+$/.test(word) ? meantBy(word) : null
    const isName = NAMES_FOLLOW.has(wordAt(list, at - 1) ?? '')
    if (
      word === null ||
      meant === null ||
      isName ||
      OF_REMINDER.test(word) ||
      (at === 0 && nearVerb(word) !== null)
    )
      return []
    const isLoose = readFilters([token], clock).filters.words.length > 0
    return isLoose && token.kind === 'word'
      ? [{ word: token.text.replace(/[,.;!?]+$/, ''), meant }]
      : []
  })
}
const NAMES_FOLLOW = new Set(
  'with supplier vendor owner deputy lead team category to by'.split(' '),
)

/** Whether all of it is grammar, and nothing a name. */
function isLooseFree({ words, text }: Filters): boolean {
  return words.length === 0 && text === null
}

function exactVerb(word: string | null): Verb | null {
  return VERBS.find((verb) => verb === word) ?? null
}

/** What a list is of, or is asked for with. */
const LISTED = /^(?:contracts?|contracs|agreements?|deals?|register|list|show|items?|records?)$/

const QUESTION =
  /^(?:(?:what|who|when|where|how)(?:'?s)?|which|whose|why|do|does|did|can|could|should|is|are|we|i|that|those|these|contracts|everything|anything|any|all)$/
/** Before a verb that is none of a command: `grace does not own`. */
const DENIED = /^(?:not|never|(?:do|does|did|ca|wo|is|are)n'?t|i|we|they)$/

/** `cabinet refused to extend linen` */
const REFUSED = /^(?:refused|rejected|declined|failed|forgot|not|no|never|unable)$/

/** Verbs that may come after the contract: none is a word of a question. */
const LATER: ReadonlySet<string> = new Set<Verb>([
  ...([
    'ack',
    'snooze',
    'extend',
    'withdraw',
    'decide',
    'explain',
    'headroom',
    'start-by',
  ] as const),
  ...(['published', 'history', 'edit', 'own', 'show'] as const),
])

/** Without `please` and `can you` before the verb. */
function withoutCourtesy(text: string): readonly Token[] {
  const list = tokens(text.trim().replace(POLITE, ''))
  return list.filter((_, index) => index === 0 || !THANKS.test(wordAt(list, index) ?? ''))
}

const THANKS = /^(?:please|pls|plz|thanks|thx|cheers)$/

/** Whether what begins with a verb asks for contracts all the same: `show all overdue`, `review dates in may`. */
function asks(verb: Verb, first: string | null, list: readonly Token[], clock: Clock): boolean {
  // `start date of linen`
  if (verb === 'start-by' && /^(?:dates?|day|of)$/.test(wordAt(list, 1) ?? '')) return true
  // `remind me whats the wide area network worth`, `pipeline for 27/28: what is to be started`
  const isAsked = list.slice(1).some((_, at) => ASKS.test(wordAt(list, at + 1) ?? ''))
  if (isAsked && (LISTING.has(verb) || first === 'remind')) return true
  // `new contracts over 1m`
  const isSince = /^(?:since|this|last|next|in|from|for)$/.test(wordAt(list, 1) ?? '')
  const isOfMany = list.some((_, at) => PLURAL.test(wordAt(list, at) ?? ''))
  if (first === 'new' && (isSince || isOfMany)) return true
  // `why on earth are we still paying for linen`, and not `why was i told about linen`
  const isTold = list.some((_, at) =>
    /^(?:told|warned|asked|reminded|pinged|chased|get|got)$/.test(wordAt(list, at) ?? ''),
  )
  if (
    first === 'why' &&
    !isTold &&
    /^(?:on|the|are|do|does|is|have|has|did)$/.test(wordAt(list, 1) ?? '')
  )
    return true
  if (verb === 'due' || verb === 'list' || verb === 'find') return verb !== first && verb !== 'find'
  const rest = list.slice(1)
  const takes = TAKES.get(verb)
  if (takes !== undefined) return !takes(rest) && wordAt(rest, 0) !== 'help'
  const isListing = LISTING.has(verb)
  if (verb === first && !isListing && verb !== 'show') return false
  // `show due 30d`, `show costs 2026/27`
  const next = verb === 'show' ? exactVerb(wordAt(rest, 0)) : null
  if (next !== null && next !== 'due' && next !== 'list' && !isOfProducts(next)) return false
  const { filters, due } = readFilters(list, clock)
  const plain = { ...filters, words: [], text: null }
  // `show the owners of estates contracts`
  const isOfSeveral = rest.some((_, at) => PLURAL.test(wordAt(rest, at) ?? ''))
  if (verb === 'show') return due || isOfSeveral || asksFor(plain)
  // Costs are of a year.
  const narrows = asksFor({ ...plain, team: null, dates: YEARLY.has(verb) ? null : filters.dates })
  // By another word than its own name: `report of contracts over £1m` is no weekly summary.
  const said = (first ?? '').replace(/:$/, '')
  // `assigned to tom and over 2m`
  return verb !== first && narrows && (isListing || SPOKEN.has(said) || said.endsWith('ed'))
}

const ASKS = /^(?:what|what'?s|which|who|who'?s|when|when'?s|how)$/
const PLURAL = /^(?:contracts|deals|agreements|ones)$/

/** Of a financial year, which no list is narrowed by. */
const YEARLY = new Set<Verb>(['costs', 'waivers', 'pipeline', 'ledger'])

const LISTING = new Set<Verb>([
  ...(['triage', 'summary', 'chains', 'cliffs'] as const),
  ...(['costs', 'waivers', 'pipeline', 'subscriptions', 'questions'] as const),
  ...(['board', 'ledger', 'exposure', 'teams', 'people'] as const),
])

/** Words of titles and of sentences too: commands only by themselves, or with what they take. */
const TAKES: ReadonlyMap<Verb, (rest: readonly Token[]) => boolean> = new Map<
  Verb,
  (rest: readonly Token[]) => boolean
>([
  ...(['board', 'teams', 'people'] as const).map(
    (verb) => [verb, (rest: readonly Token[]) => rest.length === 0] as const,
  ),
  ['link', (rest) => readReferenceAndPeople(rest).owner !== null],
  ['ledger', (rest) => rest.length === 0 || NARROWS.test(wordAt(rest, 0) ?? '')],
  ['exposure', (rest) => rest.length === 0 || NARROWS.test(wordAt(rest, 0) ?? '')],
])
const NARROWS = /^(?:team|in|of|for|fy|within|next|(?:fy)?\d.*)$/

/** Words that call a command, and are as often words of a question. */
const SPOKEN = new Set(
  'extension extensions decision decisions changes later room ahead compare owner owners owns owned start starts starting started start-bys'.split(
    ' ',
  ),
)

/** The first word is nearly a verb, and nothing else is found: what was probably meant. */
export function mistyped(text: string, near: Verb, clock: Clock): Misread {
  const list = withoutCourtesy(text)
  return nearly(textOf(list.slice(0, 1)), near, list.slice(1), clock)
}

function nearly(typed: string, near: Verb, rest: readonly Token[], clock: Clock): Misread {
  const command = readAfter(near, rest, clock)
  return {
    verb: 'misread',
    problem: `"${typed}" is no command.`,
    ...(command.verb === 'misread'
      ? { meant: { verb: 'help', about: near }, said: `help ${near}` }
      : { meant: command, said: textOf([{ kind: 'word', text: near, quoted: false }, ...rest]) }),
    example: exampleOf(near),
    isOrder: false,
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
    case 'board':
    case 'teams':
    case 'people':
      return { verb }
    case 'link': {
      const { ref: name, owner } = readReferenceAndPeople(rest)
      if (name === null) return missing(verb, 'Which name of a register?')
      return owner === null
        ? missing(verb, 'Mention the person with @, so that it is clear whose account it is.')
        : { verb, name, who: owner }
    }
    case 'unlink': {
      const name = readReference(rest)
      return name === null ? missing(verb, 'Which name of a register?') : { verb, name }
    }
    case 'settings':
      return { verb, of: readSettingsOf(rest) }
    case 'add': {
      // `add a waiver for C-17`
      const at = wordAt(rest, 0) === 'a' ? 2 : 1
      if (wordAt(rest, at - 1) === 'waiver' && /^(?:for|of|on|to)$/.test(wordAt(rest, at) ?? '')) {
        return { verb: 'waiver', ref: readReference(rest.slice(at)) }
      }
      const title = textOf(rest)
      return { verb, title: title === '' ? null : title }
    }
    case 'find':
      return rest.length === 0
        ? missing(verb, 'What shall be looked for?')
        : readListing(verb, rest, clock)
    case 'consolidate': {
      const text = readReference(rest)
      return text === null ? missing(verb, 'Which supplier? Give its name.') : { verb, text }
    }
    case 'extend':
      return readExtend(rest, clock)
    case 'decide': {
      const { ref, choice } = readReferenceAndChoice(rest)
      return ref === null ? missing(verb, WHICH) : { verb, ref, choice }
    }
    case 'show': {
      const at = rest.findIndex((_, index) => !/^(?:me|us|the)$/.test(wordAt(rest, index) ?? ''))
      const next = exactVerb(wordAt(rest, at))
      const own = isOfProducts(next) ? readOfProducts(next, rest.slice(at + 1), clock) : null
      if (own !== null) return own
      if (next !== null && (LISTING.has(next) || SHOWN.has(next))) {
        return readAfter(next, rest.slice(at + 1), clock)
      }
      const ref = readReference(rest)
      return ref === null ? missing(verb, WHICH) : { verb, ref }
    }
    case 'umbrella':
    case 'edit':
    case 'withdraw':
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
    case 'cover':
    case 'products':
    case 'support':
      return readOfProducts(verb, rest, clock) ?? missing(verb, UNREAD_COVER[verb])
    case 'waiver':
    case 'waivers':
      return readWaiver(verb, rest)
    case 'costs':
    case 'pipeline':
    case 'ledger':
      return readYearly(verb, rest)
    case 'calendar':
      return readCalendar(rest)
    default:
      return readListing(verb, rest, clock)
  }
}

/** `show me the history of linen` */
const SHOWN: ReadonlySet<Verb> = new Set<Verb>(['settings', 'history', 'headroom'])

type OfProducts = 'cover' | 'products' | 'support'

function isOfProducts(verb: Verb | null): verb is OfProducts {
  return verb === 'cover' || verb === 'products' || verb === 'support'
}

const UNREAD_COVER: Readonly<Record<OfProducts, string>> = {
  cover:
    'Which contract covers what? Give its reference, the product with its release, and in what way: licence, support, extended support or hosting.',
  products: 'Which products? Ask for all, for uncovered ones, or say what words mean.',
  support: 'How many days ahead? Give a number such as 180d, or nothing for all.',
}

/** Null where it says something else: these words begin questions, too. */
function readOfProducts(verb: OfProducts, rest: readonly Token[], clock: Clock): Command | null {
  switch (verb) {
    case 'cover':
      return readCover(rest)
    case 'products':
      return readProducts(rest)
    case 'support': {
      const { list, team } = withTeam(rest)
      const all = list.map((_, at) => wordAt(list, at))
      const at = all.findIndex((word, index) => word === 'as' && all[index + 1] === 'of')
      const read = at < 0 ? null : readDay(all, at + 2, clock.today, 'ahead')
      const asOf = read !== null && 'day' in read ? read.day : null
      if (at >= 0 && asOf === null) return null
      const before = at < 0 ? all : [...all.slice(0, at), ...all.slice(at + 2 + (read?.used ?? 0))]
      const words = before.filter((word) => !AHEAD.test(word ?? ''))
      const days = /^(\d{1,4})d?$/.exec(words[0] ?? '')?.[1]
      if (words.length > 1 || (words.length === 1 && days === undefined)) return null
      return { verb, days: days === undefined ? null : Number(days), asOf, team }
    }
  }
}
const AHEAD = /^(?:in|within|next|days?|ahead|the)$/

/** `… team Digital` at the end. */
function withTeam(list: readonly Token[]): { list: readonly Token[]; team: string | null } {
  const at = list.findIndex((_, index) => wordAt(list, index) === 'team')
  const team = at < 0 ? '' : textOf(list.slice(at + 1))
  return team === '' ? { list, team: null } : { list: list.slice(0, at), team }
}

/** As somebody types it who knows the command line: `C-17 --product "Windows Server" --kind support`. */
function withoutFlags(list: readonly Token[]): readonly Token[] {
  return list.flatMap((token) => {
    const flag =
      token.kind === 'word' && !token.quoted
        ? /^(?:--|[–—])([a-z-]+)$/i.exec(token.text)?.[1]
        : undefined
    if (flag === undefined) return [token]
    if (COVER_FLAGS.test(flag)) return []
    return flag.split('-').map((text): Token => ({ kind: 'word', text, quoted: false }))
  })
}
const COVER_FLAGS = /^(?:product|release|kind|count|for|days)$/i

/** `C-17 Windows Server 2016`, and not in what way. */
function namesProduct(list: readonly Token[]): boolean {
  const [first] = list
  const isReference = first?.kind === 'word' && (first.quoted || /\d/.test(first.text))
  return isReference && readProduct(textOf(list.slice(1))).product !== null
}

/** `C-17 Windows Server 2016 as extended support 200 custom`: the way of cover stands behind the product. */
function readCover(list: readonly Token[]): Command | null {
  const [first] = list
  if (first?.kind !== 'word' || !(first.quoted || /\d/.test(first.text))) return null
  const at = list.findLastIndex(
    (_, index) => index > 1 && COVER_WORDS.has(wordAt(list, index) ?? ''),
  )
  const kind = COVER_WORDS.get(wordAt(list, at) ?? '')
  if (kind === undefined) return null
  const isExtended = kind === 'support' && wordAt(list, at - 1) === 'extended'
  const before = list.slice(1, isExtended ? at - 1 : at)
  const last = wordAt(before, before.length - 1)
  const named = last === 'as' || last === 'for' ? before.slice(0, -1) : before
  const product = textOf(named).replace(/[,;:]+$/, '')
  const after = list.slice(at + 1).map((_, index) => wordAt(list, at + 1 + index))
  const words = after.filter((word) => !/^(?:count|x|of|for|agreement|a|and)$/.test(word ?? ''))
  const count = words.flatMap((word) => /^x?(\d{1,9})$/.exec(word ?? '')?.[1] ?? [])
  const custom = words.includes('custom')
  const isNot = words.includes('not')
  const forAll = /\ball teams?\b|\b(?:organisation|organization)[- ]wide\b/.test(words.join(' '))
  const known = forAll
    ? /^(?:x?\d{1,9}|custom|not|all|teams?|(?:organisation|organization)(?:-wide)?|wide)$/
    : /^(?:x?\d{1,9}|custom|not)$/
  const rest = words.filter((word) => !known.test(word ?? ''))
  // `not` denies that it is custom, and nothing else.
  if (isNot && words[words.indexOf('not') + 1] !== 'custom') return null
  if (product === '' || rest.length > 0 || count.length > 1) return null
  return {
    ...{ verb: 'cover', ref: first.text, product },
    kind: isExtended ? 'extended-support' : kind,
    count: count[0] === undefined ? null : Number(count[0]),
    custom: custom ? !isNot : null,
    forAll: forAll ? true : null,
  }
}

const COVER_WORDS: ReadonlyMap<string, CoverKind> = new Map([
  ...(['licence', 'license', 'licences', 'licenses'] as const).map((word): [string, CoverKind] => [
    word,
    'licence',
  ]),
  ...(['support', 'hosting', 'extended-support'] as const).map((word): [string, CoverKind] => [
    word,
    word,
  ]),
])

/** `uncovered team Digital`; `"Win Srv 2016 Std" yes`; `EXCH19 is Exchange 2019`. */
function readProducts(rest: readonly Token[]): Command | null {
  const is = rest.findIndex((_, at) => at > 0 && wordAt(rest, at) === 'is')
  const said = is < 0 ? '' : textOf(rest.slice(is + 1))
  if (is > 0 && said !== '') {
    const says = { words: textOf(rest.slice(0, is)), is: said }
    return { verb: 'products', uncovered: false, team: null, says }
  }
  if (rest.length > 1 && wordAt(rest, rest.length - 1) === 'yes') {
    const says = { words: textOf(rest.slice(0, -1)), is: null }
    return { verb: 'products', uncovered: false, team: null, says }
  }
  const { list, team } = withTeam(rest)
  const words = list.map((_, at) => wordAt(list, at)).join(' ')
  if (!/^(?:uncovered|not covered|without (?:a )?contract)?$/.test(words)) return null
  return { verb: 'products', uncovered: words !== '', team, says: null }
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
    said: near === null ? 'help' : `help ${near}`,
    example: exampleOf('help'),
    isOrder: false,
  }
}

/** `TG-2023-011 one month`, `RW1-007 to 2027-01-31 emergency`: how far, and of which kind. */
function readExtend(rest: readonly Token[], clock: Clock): Command | Misread {
  const at = rest.findIndex((_, index) => index > 0 && KIND.test(wordAt(rest, index) ?? ''))
  const kind = SAID_KINDS.find((each) => each === wordAt(rest, at)) ?? null
  let lead = at
  while (lead > 1 && /^(?:as|an?|for|in)$/.test(wordAt(rest, lead - 1) ?? '')) lead -= 1
  const list = rest.filter((_, index) => kind === null || index < lead || index > at)
  const words = list.map((_, index) => wordAt(list, index))
  const [time = null] = timesIn(words, clock).filter(({ at, isFor }) => isFor && at > 0)
  const isLast = time !== null && time.at + time.used === list.length
  for (let from = 1; from < list.length && (time === null || isLast); from++) {
    const lead = longest(words, from, phrases('by, for, until, till, to, up to, ')) ?? 0
    const ref = readReference(list.slice(0, from))
    const span = readSpan(words, from + lead)
    if (span !== null && from + lead + span.used === list.length && ref !== null) {
      return { verb: 'extend', ref, to: null, by: span.period, kind }
    }
    const day = readPoint(words, from + lead, clock, 'ahead')
    if (day !== null && from + lead + day.used === list.length && ref !== null) {
      if ('problem' in day) return missing('extend', day.problem)
      return { verb: 'extend', ref, to: day.day, by: null, kind }
    }
  }
  // `extend linen by a month at £95,000`: what stands behind the time is named where no contract holds it.
  const isIn = time !== null
  const named = isIn ? [...list.slice(0, time.at), ...list.slice(time.at + time.used)] : list
  const ref = readReference(named)
  if (ref === null) return missing('extend', WHICH)
  const { span = null, day = null } = isIn ? time : {}
  return { verb: 'extend', ref, to: day, by: span, kind }
}
const KIND = /^(?:option|variation|emergency|renewal)$/

/** `MRI compete`, `linen: let it end`: what was decided stands at the end. */
function readReferenceAndChoice(list: readonly Token[]) {
  const words = list.map((_, index) => wordAt(list, index)?.replace(/:$/, '') ?? null)
  for (let at = 1; at < list.length; at++) {
    const lead = longest(words, at, ['to', 'that we', 'we will', "we'll", 'will', '']) ?? 0
    const said = words.slice(at + lead).join(' ')
    const choice = CHOICE_WORDS.get(said)
    if (choice !== undefined && !words.slice(at + lead).includes(null)) {
      return { ref: readReference(withoutColon(list.slice(0, at))), choice }
    }
  }
  // `compete on the linen`
  const begins = words[0] === 'to' ? 1 : 0
  for (let at = Math.min(list.length - 1, begins + 4); at > begins; at--) {
    const choice = CHOICE_WORDS.get(words.slice(begins, at).join(' '))
    const isOn = /^(?:on|for|about|of)$/.test(words[at] ?? '')
    const isVerb = /^(?:compete|re-?tender|tender|re-?procure|exit|cancel)$/.test(
      words[begins] ?? '',
    )
    if (choice !== undefined && (isOn || isVerb)) {
      return { ref: readReference(list.slice(isOn ? at + 1 : at)), choice }
    }
  }
  return { ref: readReference(list), choice: null }
}

function withoutColon(list: readonly Token[]): Token[] {
  return list.map((token) =>
    token.kind === 'word' && !token.quoted
      ? { ...token, text: token.text.replace(/:$/, '') }
      : token,
  )
}

function readOwn(rest: readonly Token[]): Command | Misread {
  const { ref, owner, deputy, group } = readReferenceAndPeople(rest)
  if (ref === null) return missing('own', WHICH)
  if (group) return missing('own', 'A user group owns nothing: name one person.')
  return { verb: 'own', ref, owner, deputy }
}

/** `a week before`: counted from another day than today; null where nothing is. */
function leadTime(words: Words): string | null {
  for (let at = 0; at < words.length; at++) {
    const used = readSpan(words, at)?.used ?? 0
    if (used > 0 && /^(?:before|prior|ahead|after|earlier|from)$/.test(words[at + used] ?? '')) {
      const isNow = /^(?:now|today)$/.test(words[at + used + 1] ?? '')
      if (!isNow) return words.slice(at, at + used + 1).join(' ')
    }
  }
  return null
}

function fromAnotherDay(said: string): Misread {
  const problem = `"${said} …" is counted from another day than today: name the day. Each deadline is warned of by itself, and explain says when.`
  return missing('snooze', problem)
}

function readSnooze(rest: readonly Token[], clock: Clock): Command | Misread {
  const ahead = leadTime(rest.map((_, at) => wordAt(rest, at)))
  if (ahead !== null) return fromAnotherDay(ahead)
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
  // `why was i told about pest control`
  const about = rest.findLastIndex((_, at) => wordAt(rest, at) === 'about')
  const read = readReferenceAndDay(rest.slice(about + 1), clock, { leaning: 'back', atEnd: true })
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

/**
 * `waiver add C-17`, `waivers record C-17`, `waiver C-17`; `waiver withdraw 12` takes back the one of
 * that number; a year, a team or nothing asks for the register.
 */
function readWaiver(verb: 'waiver' | 'waivers', rest: readonly Token[]): Command | Misread {
  const takenBack = wordAt(rest, 0) === 'take' && wordAt(rest, 1) === 'back' ? 2 : 1
  if (
    takenBack === 2 ||
    /^(?:withdraw|remove|delete|retract|revoke)$/.test(wordAt(rest, 0) ?? '')
  ) {
    const ref = readReference(rest.slice(takenBack))
    if (ref === null) return missing('withdraw', WHICH)
    return { verb: 'withdraw', ref: /^#?[1-9]\d{0,8}$/.test(ref) ? `waiver ${ref}` : ref }
  }
  if (RECORD.test(wordAt(rest, 0) ?? '')) {
    return { verb: 'waiver', ref: readReference(rest.slice(1)) }
  }
  const isRegister =
    verb === 'waivers' ||
    rest.length === 0 ||
    wordAt(rest, 0) === 'team' ||
    rest.some((_, at) => YEAR.test(wordAt(rest, at) ?? ''))
  return isRegister ? readYearly('waivers', rest) : { verb: 'waiver', ref: readReference(rest) }
}
const RECORD = /^(?:add|record|log|new|enter)$/

/** `costs 2026/27 team Digital`, in either order; a name by itself is a team's. */
function readYearly(
  verb: 'costs' | 'waivers' | 'pipeline' | 'ledger',
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

// A command as text again, in the one form that reads back as itself.

/**
 * What to type for this command, without `/contracts`, escaped as Slack sends it. Reading it gives
 * the same command on any day, but for a snooze, whose day has to come. Buttons carry it.
 */
export function writeCommand(command: Command): string {
  return piecesOf(command)
    .filter((piece) => piece !== null)
    .join(' ')
}

function piecesOf(command: Command): (string | null)[] {
  const { verb } = command
  switch (verb) {
    case 'bare':
      return []
    case 'ask':
      return [command.typed]
    case 'help':
      return [verb, command.about]
    case 'settings':
      return [verb, ...settingsPieces(command.of)]
    case 'cover': {
      const { ref, product, kind, count, custom, forAll } = command
      const said = custom === null ? null : custom ? 'custom' : 'not custom'
      const many = count === null ? null : String(count)
      return [verb, typedName(ref), typedName(product), kind, many, said, forAll && 'for all teams']
    }
    case 'products': {
      const { uncovered, team, says } = command
      const meant = says === null ? [] : says.is === null ? ['yes'] : ['is', typedName(says.is)]
      const words = says === null ? null : typedName(says.words)
      return [verb, words, ...meant, uncovered ? 'uncovered' : null, named('team', team)]
    }
    default:
      if ('filters' in command) {
        const { verb: _, ...said } = command
        return [verb, typedText(writeFilters(said)) || null]
      }
      // What a command says stands in one order, whichever it is.
      return [
        verb === 'waiver' ? 'waiver add' : verb,
        'ref' in command ? named('', command.ref) : null,
        'name' in command ? typedName(command.name) : null,
        'who' in command ? namedTo(command.who) : null,
        'text' in command ? typedName(command.text) : null,
        'title' in command ? named('', command.title) : null,
        'days' in command ? daysOf(command.days) : null,
        'asOf' in command && command.asOf !== null ? `as of ${command.asOf}` : null,
        'year' in command ? command.year : null,
        'team' in command ? named('team', command.team) : null,
        'revoke' in command && command.revoke ? 'revoke' : null,
        'channel' in command && command.channel !== null ? `<#${command.channel}>` : null,
        'by' in command ? (command.to ?? spanOf(command.by)) : null,
        'kind' in command ? command.kind : null,
        'choice' in command ? command.choice : null,
        'owner' in command && command.owner !== null ? namedTo(command.owner) : null,
        'deputy' in command && command.deputy !== null
          ? `deputy ${personOf(command.deputy)}`
          : null,
        'until' in command ? command.until : null,
        'why' in command ? named('', command.why) : null,
        'addDays' in command && command.addDays > 0 ? `add ${command.addDays} days` : null,
        'route' in command ? named('by', command.route) : null,
        'notice' in command ? `${command.notice} ${typedName(command.said)}` : null,
        'on' in command ? command.on : null,
      ]
  }
}

function spanOf(by: Period | null): string | null {
  return by && `${by.amount} ${by.unit === 'working-days' ? 'working days' : by.unit}`
}

/** A quoted name behind its word. */
function named(lead: string, name: string | null): string | null {
  return name === null ? null : `${lead} ${typedName(name)}`.trim()
}

function daysOf(days: number | null): string | null {
  return days === null ? null : `${days}d`
}

function personOf(person: PersonMention): string {
  return 'slackUser' in person ? `<@${person.slackUser}>` : `@${typedText(person.name)}`
}

/** A name of several words is read after `to`, and not after an `@`. */
function namedTo(person: PersonMention): string {
  return 'name' in person && person.name.includes(' ') ? `to ${person.name}` : personOf(person)
}

function settingsPieces(of: SettingsOf): (string | null)[] {
  if ('organisation' in of) return ['organisation']
  if ('ref' in of) return [typedName(of.ref)]
  return of.team === null ? [] : ['team', typedName(of.team)]
}
