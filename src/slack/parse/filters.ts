/** Sentences as people type them: which contracts are meant, in which order, and what of it was not read. */

import type { ExportFormat, ExportWhat } from '../../register/export/tables.ts'
import {
  addDays,
  type CivilDate,
  earlier,
  later,
  MOST_DAYS_AHEAD,
  monthNamed,
} from '../../rules/civil-date.ts'
import type { Verb } from '../../text/help.ts'
import {
  type Amount,
  APART,
  type Beside,
  type Command,
  type Dates,
  type Filters,
  filledBy,
  type Misread,
  missing,
  NO_FILTERS,
  type PersonMention,
  type Written,
} from './command-types.ts'
import { type PeriodReading, type Range, readClause, readPeriod } from './period.ts'
import { isWord, type Token, textOf, wordAt } from './tokens.ts'
import {
  AFTER_NAME,
  AFTER_NO,
  ASIDES,
  ASKED,
  ASKS_OF,
  AVERAGES,
  amountsAt,
  askedAtEnd,
  askedOfAt,
  COMPARISONS,
  COUNTING,
  columnsAt,
  countAt,
  currencyAt,
  DENIES,
  doneAt,
  ENDS,
  EXTENDED,
  FILLER_PHRASES,
  FILLERS,
  GROUPED,
  groupAt,
  havingAt,
  isIdle,
  isProcured,
  isSoft,
  LACKS,
  lackingAt,
  type Mode,
  missedAt,
  modeAt,
  NAMING,
  NOT,
  OPENING,
  obligationAt,
  orderAt,
  overdueSince,
  PAST,
  PEOPLE,
  phraseAt,
  questionAt,
  SHORT,
  STARTED,
  STATES,
  SUMS,
  SUPPLIER,
  stateAt,
  TAILS,
  UNANSWERED,
  UNRECORDED,
  unreadableAt,
  VERBAL,
  WHOSE,
  YEARLY,
} from './vocabulary.ts'
import { type Clock, type Leaning, longest, phrases, readSpan, type Words } from './when.ts'

export interface Reading {
  readonly filters: Filters
  readonly page: number
  readonly channel: string | null
  /** Deadlines are asked for, and not contracts. */
  readonly due: boolean
  /** Something in it is grammar: a condition, an order, `all`. */
  readonly says: boolean
}

/** What one condition says; `not` and `or` join several of them. */
interface Part {
  readonly set: Partial<Filters>
  /** Conditions of one type join to `this or that`, also where `and` stands between them. */
  readonly type: keyof Filters | 'period'
  readonly period?: Period
  readonly not: boolean
  readonly join: Join | null
}

/** A comma joins as `and` does, or as the `or` that comes after it: `digital, estates or transport`. */
type Join = 'and' | 'or' | ','

interface NamedPerson extends Pick<Part, 'set' | 'type'> {
  readonly used: number
  /** A no between the name and what is said of it. */
  readonly not: string | null
  /** The name stands first, as in `samira's`. */
  readonly isTail: boolean
}

interface Period {
  /** As it was typed. */
  readonly said: string
  readonly range: Range
  readonly as: string | null
  readonly days: number | null
  readonly weekdays?: readonly number[] | undefined
  /** Of what it says the days: the word before it, else the one that comes after. */
  readonly mode: Mode | null
}

/**
 * The filters of these tokens. Words that are no grammar stay in `words`: the register knows whether it
 * holds them. `bareDays`: `30` is days.
 */
export function readFilters(list: readonly Token[], clock: Clock, bareDays = false): Reading {
  return new Sentence(list, clock, bareDays).read()
}

const CONTRACT = /^(?:contract|agreement|deal|one)$/
const CONTRACTS = /^(?:contracts|agreements|deals|ones)$/
/** What an order is by. */
const MEASURED: Readonly<Record<NonNullable<Filters['order']>, string>> = {
  ...{ dearest: 'value', cheapest: 'value', soonest: 'end', latest: 'end' },
  ...{ supplier: 'supplier', title: 'title', owner: 'owner' },
  ...{ oldest: 'start', newest: 'start', longest: 'term', shortest: 'term' },
  ...{ 'longest-notice': 'notice', 'shortest-notice': 'notice', deputy: 'deputy', lead: 'lead' },
  ...{ category: 'category', team: 'team', reference: 'reference' },
}

class Sentence {
  readonly #list: readonly Token[]
  readonly #words: Words
  readonly #clock: Clock
  readonly #bareDays: boolean
  readonly #leanings: readonly Leaning[]
  readonly #periods = new Map<number, PeriodReading | null>()
  readonly #parts: Part[] = []
  readonly #unread: string[] = []
  readonly #spelt: string[] = []
  readonly #asides: readonly string[]
  /** Words in a row that are no grammar. */
  #run: string[] = []
  #mode: Mode | null = null
  /** Those that the next period is of besides. */
  #others: Mode[] = []
  /** The words of a mode that no period has used yet. */
  #modeWords: string | null = null
  /** Where the words of the last mode end. */
  #modeEnd = 0
  /** Whether the no or the `or` that is open stands before it. */
  #isModeBound = false
  #not: string | null = null
  #join: Join | null = null
  /** A condition ended just before: `or` can join another one to it. */
  #joinable = false
  #page = 1
  #channel: string | null = null
  #due = false
  #order: Filters['order'] = null
  #isAhead = false
  /** The sentence asks about those that are named: a kind of date alone narrows nothing down. */
  #isQuestion = false
  #isCounted = false
  /** What it costs is asked. */
  #isOfCost = false
  /** Of those that are named which comes first is asked: any of them may be over. */
  #isCompared = false
  #isUnrecorded = false
  /** Of the names that follow each is meant, and not one of them. */
  #isTogether = false
  /** The joint stands right before: a name behind it is said to be what the one before it is. */
  #isNextTo = false
  /** Whether a direction, a measure alone or nothing was said of the order. */
  #orderIs: 'said' | 'bare' | 'default' = 'default'
  #top: number | null = null
  #sum: Filters['sum'] = null
  #per: Filters['per'] = null

  constructor(list: readonly Token[], clock: Clock, bareDays: boolean, isPlain = false) {
    const { rest, asides } = isPlain ? { rest: list, asides: [] } : withoutAsides(list, clock)
    this.#asides = asides
    this.#list = expanded(affirmed(rest))
    this.#words = this.#list.map((_, index) => wordAt(this.#list, index))
    this.#clock = clock
    this.#bareDays = bareDays
    this.#leanings = leaningsOf(this.#words)
  }

  read(): Reading {
    const question = questionAt(this.#words)
    this.#isQuestion = question !== null
    const { used: begins = 0, asked, sum = null } = question ?? {}
    this.#sum = sum
    this.#isOfCost = asked !== undefined
    for (let at = begins; at < this.#list.length; ) {
      at += Math.max(1, this.#step(at))
      const last = this.#list[at - 1]
      if (last !== undefined && isWord(last) && /[^,],$/.test(last.text)) {
        this.#endRun()
        if (this.#join === null) this.#isNextTo = true
        this.#join ??= ','
      }
    }
    this.#endRun()
    // `without notice`: the no belongs to the mode.
    this.#closeMode()
    this.#endNot()
    if (this.#join === 'or') this.#unread.push('or')
    // `break points coming up next year`: what else is due then was not asked.
    const lost = this.#isUnrecorded
      ? this.#parts.filter(
          ({ period }) => period && (period.mode?.of ?? 'due') === 'due' && !period.mode?.kind,
        )
      : []
    for (const part of lost) {
      this.#unread.push(part.period?.said ?? '')
      this.#parts.splice(this.#parts.indexOf(part), 1)
    }
    if (this.#isUnrecorded) this.#due = false
    const isOfTime = this.#parts.some(({ set, period }) => period ?? set.state ?? set.kind)
    // What is over is not counted among what somebody has.
    if (this.#isCounted && !isOfTime) this.#add({ running: true }, 'running', 0)
    // `what have we spent on emergency extensions`
    const isOfExtensions =
      this.#parts.some(({ set, period }) => EXTENDING.has(set.state ?? period?.mode?.of ?? '')) &&
      this.#words.some((each) => /^(?:exten|emergenc|roll)/.test(each ?? ''))
    const isCost = this.#sum !== null || asked !== undefined
    if (isOfExtensions && isCost) this.#sum = 'extensions'
    else if (asked !== undefined && this.#sum === null)
      this.#spelt.push(`“${asked}” for “what each is worth, not added up”`)
    const { unread, spelt, ...filters } = assembled(this.#parts, this.#clock)
    const says = this.#parts.some(({ type }) => type !== 'words') || this.#order !== null
    return {
      filters: {
        ...filters,
        order: this.#order,
        top: this.#top,
        sum: this.#sum,
        unread: [...this.#unread, ...unread],
        spelt: [...this.#spelt, ...spelt],
        asides: this.#asides,
        per: this.#per,
      },
      page: this.#page,
      channel: this.#channel,
      due: this.#due,
      says: says || this.#top !== null || this.#per !== null,
    }
  }

  /** Reads what begins there; how many tokens it took. */
  #step(at: number): number {
    const token = this.#list[at]
    if (token === undefined) return 1
    if (token.kind === 'channel') {
      this.#channel = token.id
      return 1
    }
    if (token.kind === 'user') return this.#add({ owner: { slackUser: token.id } }, 'owner', 1)
    if (token.kind === 'group') return this.#miss(textOf([token]), 1)
    if (!isWord(token)) return 1
    if (token.quoted) return this.#add({ text: token.text }, 'text', 1)
    const words = this.#words
    // `renew unless somebody gives notice`: what renewing by itself means.
    if (this.#mode?.of === 'renew') {
      const clause = UNLESS_STOPPED.exec(
        words
          .slice(at)
          .map((each) => each ?? '"')
          .join(' '),
      )
      if (clause !== null) return clause[0].trim().split(' ').length
    }
    // `including closed ones` narrows nothing down to them: what is over is asked for too.
    const also = longest(words, at, ALSO)
    const other = also === null ? null : stateAt(words, at + also)
    const tooAt = longest(words, at, OVER_TOO)
    const over = tooAt ?? (also !== null && OVER.test(words[at + also] ?? '') ? also + 1 : null)
    if (over !== null) return this.#add({ running: false }, 'running', over)
    if (also !== null && other !== null) {
      return this.#miss(textOf(this.#list.slice(at, at + also + other.used)), also + other.used)
    }
    const counts = this.#sum === null ? groupAt(words, at, this.#isCounted) : null
    if (counts !== null) {
      this.#endRun()
      this.#per = counts.per
      this.#isCounted = true
      return counts.used
    }
    const figure = this.#figureAt(at) || this.#comparisonAt(at)
    if (figure > 0) return figure
    const done = doneAt(words, at, this.#mode?.kind ?? null, this.#not !== null)
    if (done > 0) {
      this.#not = null
      return done
    }
    const planned = this.#mode?.kind && this.#not !== null ? longest(words, at, PLANNED) : null
    if (planned !== null) return planned
    const tail = longest(words, at, TAILS)
    if (tail !== null) return tail
    const second = this.#otherQuestionAt(at)
    if (second > 0) return this.#miss(textOf(this.#list.slice(at)), second)
    const atEnd = this.#run.length > 0 ? askedAtEnd(words, at) : 0
    const columns = this.#isOpening() ? askedOfAt(words, at) : this.#columnsAt(at) || atEnd
    if (columns > 0) {
      this.#endRun()
      return columns
    }
    const group = this.#isCounted || this.#sum ? longest(words, at, GROUPED) : null
    const unanswered =
      group === null
        ? phraseAt(words, at, UNANSWERED)
        : { value: [...UNANSWERED.values()].at(-1), used: group }
    if (unanswered !== null && !this.#spelt.includes(`(${unanswered.value})`))
      this.#spelt.push(`(${unanswered.value})`)
    if (unanswered !== null)
      return this.#miss(textOf(this.#list.slice(at, at + unanswered.used)), unanswered.used)
    // `notice period missing` is read.
    const isRead = lackingAt(words, at) !== null || amountsAt(words, at) !== null
    const unreadable = isRead ? 0 : unreadableAt(words, at)
    this.#isUnrecorded ||= unreadable > 0 && longest(words, at, UNRECORDED) !== null
    if (unreadable > 0) return this.#miss(textOf(this.#list.slice(at, at + unreadable)), unreadable)
    const grammar = this.#grammar(at)
    if (grammar > 0) return grammar
    const not = longest(words, at, NOT)
    if (not !== null) {
      this.#endRun()
      this.#endNot()
      // `that renew, but not before june`: only the time is denied.
      const isApart = !/^(?:not|never)$|n't$/.test(words[at] ?? '')
      if (isApart && (this.#mode?.of === 'renew' || this.#mode?.kind)) this.#closeMode()
      this.#not = textOf(this.#list.slice(at, at + not))
      this.#isModeBound = false
      return not
    }
    const joint = longest(words, at, JOINTS) ?? 1
    const word = joint > 1 ? 'and' : (words[at] ?? '')
    if (CONNECTOR.test(word)) {
      this.#endRun()
      // `everything but digital`
      const isAll = this.#parts.at(-1)?.set.whose === 'all' && this.#modeWords === null
      if (word === 'but' && isAll) {
        this.#not = 'but'
        return 1
      }
      // `ended or ending this year`
      const other = this.#modeWords === null ? null : modeAt(words, at + 1)
      // `renews and ends in march`: each by itself.
      const isBoth = word !== 'or' && /^(?:renew|extended|start)$/.test(this.#mode?.of ?? '')
      if (other !== null && other.value.kind === null && this.#mode?.kind === null && !isBoth) {
        this.#others.push(this.#mode)
        this.#mode = other.value
        this.#modeWords += ` ${textOf(this.#list.slice(at, at + 1 + other.used))}`
        return 1 + other.used
      }
      const isOr = word === 'or' || /^(?:vs|versus)$/.test(word)
      // `extended or overdue`
      if (isOr && !this.#joinable && this.#periodAt(at + 1) === null) this.#closeMode()
      if (isOr && !this.#joinable) return this.#miss(word, 1)
      this.#join = isOr ? 'or' : 'and'
      this.#isNextTo = true
      if (word === 'nor') this.#not = word
      return joint
    }
    // `still to end this year`: what of it lies ahead.
    if (/^(?:still|yet|left)$/.test(word) && words[at + 1] === 'to') {
      this.#isAhead = phraseAt(words, at + 1, STATES) === null
      return this.#isAhead ? 2 : 1
    }
    // `brackenvale only`, `only used by dunhollow`: for it alone.
    const isOnly = /^(?:only|alone)$/.test(word) && this.#run.length > 0
    const before = longest(words, at, ONLY_FOR)
    const name =
      before === null ? this.#run : this.#nameAt(at + before).map((each) => nameOf([each]))
    if ((isOnly || before !== null) && name.length > 0) {
      const only = { of: 'only', word: name.at(-1) ?? '', said: word } as const
      this.#run = []
      this.#add({ words: [...name], beside: [only] }, 'words', 0)
      return before === null ? 1 : before + name.length
    }
    // `suppliers with contracts over 5m`: those that each contract tells.
    const isHeadNoun = HEAD_NOUN.test(word) && this.#isOpening() && !this.#isLoose(at + 1)
    if (isHeadNoun && at + 1 < words.length) return 1
    const isNewStart =
      word === 'new' && words.some((each) => /^(?:start|begin|commenc)/.test(each ?? ''))
    if (isProcured(words, at) || isNewStart || this.#isHead(at)) return 1
    // `when do i have to give notice by`
    const isAsked = this.#isQuestion || this.#modeWords !== null
    if (/^(?:by|until|till?|for|to)$/.test(word) && at === words.length - 1 && isAsked) return 1
    const isOpening = this.#isOpening()
    const counting = longest(words, at, COUNTING)
    if (counting !== null) this.#isCounted = true
    const asked = this.#isQuestion ? longest(words, at, ASKS_OF) : null
    const isOfCost =
      this.#not === null &&
      /^(?:much|costs?|costing|spend|spent|spending|paid|pay|paying|bill)$/.test(word) &&
      words.some((each) => /^(?:emergenc(?:y|ies)|extensions?|extended)$/.test(each ?? ''))
    const sum = longest(words, at, SUMS) ?? (isOfCost ? 1 : null)
    if (sum !== null)
      this.#sum ??= /annual|yearly/.test(words.slice(at, at + sum).join(' ')) ? 'yearly' : true
    const filler = counting ?? asked ?? sum ?? longest(words, at, FILLER_PHRASES)
    if (filler !== null) return filler
    // `IT contracts`: in capitals it is no pronoun.
    const isName =
      /^IT\b/.test(token.text) &&
      this.#list.some((each) => isWord(each) && /[a-z]{2}/.test(each.text))
    // `contracts let in 2024`
    const isLet = word === 'let' && !/^(?:me|us|by)$/.test(words[at + 1] ?? '')
    // `managed print`, `bulk order`: a verb of asking right behind a name is a part of it.
    const isInName = this.#run.length > 0 && OPENING.has(word)
    if (FILLERS.has(word) && !isName && !isLet) {
      if (!isInName) this.#endRun()
      // `with handsel, and what do they cost`
      if (VERBAL.has(word)) this.#isNextTo = false
      if (isIdle(words, at, isOpening, this.#leadsAt(at + 1))) return 1
      return isInName ? this.#loose(at, token.text) : this.#miss(bare(token.text), 1)
    }
    return this.#loose(at, token.text)
  }

  /** `on average`, `a year`: which figure is asked for; how many words say so. */
  #figureAt(at: number): number {
    const words = this.#words
    const average = longest(words, at, AVERAGES)
    const isAsked = this.#isOfCost || this.#sum !== null || this.#isOpening()
    const yearly = isAsked && average === null ? longest(words, at, YEARLY) : null
    const used = average ?? yearly ?? 0
    if (/^value of (?:everything|all)\b/.test(words.slice(at, at + 3).join(' '))) {
      this.#sum ??= true
      return 2
    }
    if (used === 0) return 0
    const isYearly = /annual|year|annum|p\.?a/.test(words.slice(at, at + used).join(' '))
    const isAverage = average !== null || /average/.test(String(this.#sum))
    this.#sum = isAverage
      ? isYearly || this.#sum === 'yearly'
        ? 'yearly-average'
        : 'average'
      : 'yearly'
    this.#endRun()
    return used
  }

  /** `done before or after`: the second is named behind it. */
  #comparisonAt(at: number): number {
    const found = phraseAt(this.#words, at, COMPARISONS)
    if (found === null) return 0
    if (/^(?:done|over|up|finished|gone)$/i.test(this.#run.at(-1) ?? '')) this.#run.pop()
    this.#endRun()
    if (this.#parts.length === 0) return 0
    this.#modeWords = null
    this.#order = found.value
    this.#orderIs = 'said'
    this.#isCompared = true
    this.#join = 'or'
    return found.used
  }

  /** `which services are out of contract`: all that is asked for, and no word of a title. */
  #isHead(at: number): boolean {
    const isNoun = /^(?:services?|goods|supplies)$/.test(this.#words[at] ?? '')
    const isAsked = /^(?:which|what|any|our|all|the|other|these)$/.test(this.#words[at - 1] ?? '')
    // `our services contracts`: a noun before the noun says which.
    const isBefore =
      this.#isLoose(at + 1) || /^(?:contract|agreement|deal)s?$/.test(this.#words[at + 1] ?? '')
    return isNoun && isAsked && this.#run.length === 0 && !isBefore
  }

  #columnsAt(at: number): number {
    const clause = this.#list.slice(at).findIndex((_, index) => this.#endsClause(at + index))
    // `with owner, value and end date`: a list of them has commas.
    const whole = columnsAt(this.#words, at)
    return whole > 0 || clause < 0 ? whole : columnsAt(this.#words.slice(0, at + clause + 1), at)
  }

  /** `and which have no owner`, behind a question that says something else: how many words there are of it. */
  #otherQuestionAt(at: number): number {
    const [, word = '', ...rest] = [null, ...this.#words.slice(at)]
    const before = this.#list[at - 1]
    const isJoint = before !== undefined && isWord(before) && /^and$|[?;.]$/i.test(before.text)
    const isFirst = QUESTION.test(this.#words.find((each) => !isSoft(each)) ?? '')
    // `and of those how many are live`
    const isOfThose = /^of (?:those|them|these) (?:how|which|what|who)\b/.test(
      this.#words.slice(at, at + 3).join(' '),
    )
    if (isJoint && isFirst && isOfThose) return rest.length + 1
    if (!isJoint || !isFirst || !/^(?:which|what|who|how|when|where)$/.test(word ?? '')) return 0
    const isOfThem = rest.some((each) =>
      /^(?:it|its|they|them|their|these|those|each|one|ones)$/.test(each ?? ''),
    )
    const isSaid = rest.some((each) => !FILLERS.has(each ?? ''))
    // `and which hospitals are on it`: something else of them.
    const isOfOther =
      this.#isLoose(at + 1) &&
      /^(?:is|are|do|does|have|has|use|uses)$/.test(this.#words[at + 2] ?? '')
    return (isOfThem && !isOfOther) || !isSaid || this.#isOpening() || this.#columnsAt(at) > 0
      ? 0
      : rest.length + 1
  }

  #endsClause(at: number): boolean {
    const token = this.#list[at]
    return token !== undefined && isWord(token) && /,$/.test(token.text)
  }

  /** Nothing is read so far. */
  #isOpening(): boolean {
    const isBare = this.#parts.every(({ type }) => type === 'whose')
    const rest = [this.#run.length, this.#unread.length, this.#top ?? 0].every((each) => each === 0)
    return isBare && rest && (this.#modeWords ?? this.#order ?? this.#not) === null
  }

  /** A condition stands there, past words of no weight. */
  #leadsAt(from: number): boolean {
    let at = from
    while (FILLERS.has(this.#words[at] ?? '')) at += 1
    const token = this.#list[at]
    const word = this.#words[at] ?? ''
    const isName = token?.kind !== 'word' || token.quoted || WHOSE.has(word) || this.#isLoose(at)
    return token !== undefined && !CONNECTOR.test(word) && !isName
  }

  /** A word that is no grammar; after a name and `or` it is another such name. */
  #loose(at: number, text: string): number {
    // `:(` says nothing that a register holds.
    if (!/[\p{L}\p{N}#&£$€]/u.test(text)) return 1
    const last = this.#parts.at(-1)
    if (
      this.#run.length === 0 &&
      this.#join !== null &&
      this.#isNextTo &&
      (this.#not === null || (this.#not === 'nor' && last?.not === true)) &&
      last !== undefined &&
      NAMED.has(last.type)
    ) {
      const name = this.#nameAt(at)
      const said = textOf(this.#list.slice(at, at + name.length))
      // `supplier is not handsel, digital`: a comma alone begins something else, where no list goes on.
      const joint = this.#words[at + name.length] ?? ''
      const goesOn =
        this.#join !== ',' ||
        (/^(?:or|and)$/.test(joint) ? this.#isLoose(at + name.length + 1) : /,$/.test(said))
      if (name.length > 0 && goesOn) return this.#add(alsoNamed(last, said), last.type, name.length)
    }
    // `TG-2024-031 TG-2024-027` are two.
    if (REFERENCE.test(text) && REFERENCE.test(this.#run.at(-1) ?? '')) {
      this.#endRun()
      this.#join = 'and'
    }
    this.#run.push(bare(text))
    return 1
  }

  /** The grammar that begins there; 0 where none does. Nothing is changed then. */
  #grammar(at: number): number {
    const words = this.#words
    const word = words[at] ?? ''
    const missed = missedAt(words, at)
    if (missed > 0) return this.#add({ state: 'overdue' }, 'state', missed)
    if (/^(?:miss|missed|overlooked)$/.test(word)) {
      // `which start dates have we missed`: of what is late, that of buying.
      const isStart = /start|beg[iu]n/i.test(this.#modeWords ?? '') && this.#mode?.of === 'start'
      if (isStart) this.#mode = { of: 'due', kind: 'start-by' }
      const isOfDate = this.#modeWords !== null && this.#mode?.of === 'due'
      if (isOfDate || /^(?:we|i|already|anything|something|have|\/)$/.test(words[at - 1] ?? ''))
        return this.#add({ state: 'overdue' }, 'state', 1)
    }
    const obliged = obligationAt(words, at)
    if (obliged !== null) return this.#oblige(obliged, at)
    const lacking = lackingAt(words, at) ?? this.#alsoLackingAt(at)
    if (lacking !== null) {
      // `with an owner but no deputy`: it has its own no.
      if (this.#parts.at(-1)?.not === true) this.#join = null
      return this.#addField(lacking)
    }
    const having = havingAt(words, at)
    const next = having === null ? at : at + having.used
    if (
      having !== null &&
      !this.#isLoose(next) &&
      this.#not === null &&
      !/^(?:of|over|under|is)$/.test(words[next] ?? '')
    ) {
      return this.#addField(having)
    }
    const state = this.#stateAt(at)
    if (state !== null) {
      const isOver = state.value === 'overdue' || state.value === 'out-of-contract'
      const late = isOver ? overdueSince(words, at + state.used, this.#clock) : null
      this.#add({ state: state.value }, 'state', state.used)
      // `shared by dunhollow and brackenvale`: both of them buy.
      if (
        state.value === 'shared' &&
        /^(?:by|between|among|with)$/.test(words[at + state.used] ?? '')
      ) {
        this.#isTogether = true
        return state.used + 1
      }
      if (late === null) return state.used
      const mode: Mode = { of: state.value === 'overdue' ? 'due' : 'ended', kind: null }
      return this.#addPeriod({ ...late, mode }, at + state.used, late.used) + state.used
    }
    const page = word === 'page' ? /^\d{1,6}$/.exec(words[at + 1] ?? '') : null
    if (page !== null) {
      this.#page = Math.max(1, Number(page[0]))
      return 2
    }
    const amount = this.#alsoLong(at) ?? amountsAt(words, at)
    if (amount !== null)
      return this.#add(this.#costing(amount.amounts, at, amount.used), 'amounts', amount.used)
    const paid = this.#join === null ? null : currencyAt(words, at)
    // `in currencies other than sterling`
    const others = longest(words, at, OTHER_CURRENCY)
    const other = others === null ? null : currencyAt(words, at + others)
    if (others !== null && other !== null) {
      this.#endNot()
      this.#not = 'not'
      return this.#add({ amounts: [{ is: 'in', currency: other }] }, 'amounts', others + 1)
    }
    // `in dollars or euros`
    if (paid !== null && this.#parts.at(-1)?.set.amounts?.[0]?.is === 'in') {
      return this.#add({ amounts: [{ is: 'in', currency: paid }] }, 'amounts', 1)
    }
    const whose = this.#whoseAt(at)
    // `drop everything under 5m`, and not `not all of them`.
    const isOfNo = this.#not !== null && (/^any/.test(word) || !/^not$|n['’]t$/i.test(this.#not))
    // `excluding anything under 10k`; `not all of them` is named.
    if (whose?.value === 'all' && isOfNo) return whose.used
    if (whose !== null) return this.#add({ whose: whose.value }, 'whose', whose.used)
    const named = this.#personAt(at) ?? this.#fieldAt(at)
    if (named !== null) {
      if (named.not !== null) this.#endNot()
      this.#not = named.not ?? this.#not
      if (named.isTail) this.#nameThoseBefore(named)
      return this.#add(named.set, named.type, named.used)
    }
    // `don't end until after 2027`: a no and its until are one.
    if (this.#not !== null && this.#modeWords !== null && /^(?:until|till?)$/.test(word)) {
      const isSided = /^(?:after|before)$/.test(words[at + 1] ?? '')
      const from = readPeriod(
        isSided ? words.slice(at + 1) : ['since', ...words.slice(at + 1)],
        0,
        this.#clock,
      )
      if (from !== null && !('problem' in from)) {
        this.#not = null
        const used = from.used + (isSided ? 1 : 0)
        return this.#addPeriod({ ...from, mode: this.#mode }, at, used)
      }
    }
    const period = this.#periodAt(at)
    // `which now need notice`: no more than when it is asked.
    const isNow = word === 'now' && period?.used === 1
    if (period !== null && !isNow) {
      if ('problem' in period) return this.#miss(period.problem, period.used)
      if (period.days !== null && period.days > MOST_DAYS_AHEAD) {
        return this.#miss(textOf(this.#list.slice(at, at + period.used)), period.used)
      }
      const { range, as, days, weekdays, used } = this.#leftOutOf(period, at)
      const said = textOf(this.#list.slice(at, at + used))
      // `more than a year left`
      const left = /^(?:left|go|remaining|run)$/.test(words[at + used - 1] ?? '')
      const mode: Mode | null = this.#mode ?? (left ? { of: 'end', kind: null } : null)
      // `contracts of more than 2 years`: without a word of what is due it is a length.
      const isLength = /^(?:more|less|over|under|longer|at|up|no)$/.test(word) && mode === null
      if (isLength && readSpan(words, at + used - 2) !== null) return this.#miss(said, used)
      // `what did we spend last quarter`, `the extra 2 years`: of what no list tells, or of no date at all.
      const isOfMoney =
        mode === null && this.#sum === null && words.some((each) => SPENT.test(each ?? ''))
      const isAlone = days !== null && mode === null && !this.#bareDays && !this.#isOpening()
      if (isOfMoney || (isAlone && readSpan(words, at) !== null)) return this.#miss(said, used)
      // `that are up before august`
      const isUp = mode === null && words[at - 1] === 'up'
      const timed = isUp ? { of: 'end' as const, kind: null } : (mode ?? this.#modeOfState(range))
      // `contracts from 2023`: of what date that is, nobody said.
      // `let in 2024`: of when it began, the answer says so.
      const began = this.#bareDays || timed !== null ? null : this.#beganAt(at, range)
      if (began !== null) {
        this.#spelt.push(`“${began}” for “starting”`)
        return this.#addPeriod({ range, as, days, weekdays, mode: STARTED }, at, used)
      }
      const isGone =
        timed === null &&
        !this.#bareDays &&
        (range.from ?? '') < this.#clock.today &&
        (range.to ?? range.from ?? '9') <= this.#clock.today
      if (isGone && !this.#isOfPast(at + used)) return this.#miss(said, used)
      // `closed in 2025`: when that was, no date of a list tells; nor `extended by a year`, `until june`.
      const isToCome = range.from !== null && range.from > this.#clock.today
      const isReach = days !== null || isToCome || /^(?:to|until|till?|up|through)$/.test(word)
      if (timed === 'none' || (timed?.of === 'extended' && isReach)) return this.#miss(said, used)
      return this.#addPeriod({ range, as, days, weekdays, mode: timed }, at, used)
    }
    // `over by june`, `goes next month`
    const ends = WEAK_END.test(word) && !this.#isOfDoing(at) ? this.#periodAt(at + 1) : null
    if (ends !== null && !('problem' in ends) && this.#mode === null) {
      this.#endRun()
      this.#mode = ENDS
      this.#modeWords = word
      return 1
    }
    const many =
      this.#run.length === 0 && this.#top === null && word !== 'one' ? countAt(words, at) : null
    // `two estates contracts`
    const isOf =
      words[at + 1] === 'of' && /['’]s$|^(?:them|these|those|the|our|my)$/.test(words[at + 2] ?? '')
    // `the three that end soonest`
    const isThat =
      /^(?:that|which)$/.test(words[at + 1] ?? '') &&
      words.slice(at + 2, at + 8).some((_, by) => orderAt(words, at + 2 + by) !== null)
    if (many !== null && (isOf || isThat || this.#countsContracts(at + 1))) {
      this.#top = many
      return 1
    }
    const order = orderAt(words, at)
    if (order !== null) {
      this.#endRun()
      const isOne = order.top === null && !order.isBare && words[at] !== 'by'
      // `the biggest estates contract`
      const isSingular = /^(?:which|what)$/.test(words[0] ?? '') && CONTRACT.test(words[1] ?? '')
      if (isOne && (isSingular || this.#countsContracts(at + order.used, CONTRACT))) this.#top ??= 1
      return this.#setOrder(order, textOf(this.#list.slice(at, at + order.used)))
    }
    // `biggest contracts first`; `what goes first, linen or waste`
    if (word === 'first' && this.#order === null && words.includes('or')) {
      this.#order = 'soonest'
      this.#orderIs = 'said'
      if (/^go(?:es)?$/.test(this.#run.at(-1) ?? '')) this.#run.pop()
    }
    if (word === 'first' && this.#order !== null) return 1
    // `what ends first`
    const isEnding = this.#modeWords !== null && this.#mode?.of === 'end' && at === this.#modeEnd
    if (isEnding && /^(?:first|last)$/.test(word)) {
      this.#order = word === 'first' ? 'soonest' : 'latest'
      this.#orderIs = 'said'
      return 1
    }
    const mode = modeAt(words, at)
    // `options that expire in march`: of the option, and no end of its contract.
    let before = at
    while (/^(?:that|which|are|is|will)$/.test(words[before - 1] ?? '')) before -= 1
    const isOfKind = this.#modeWords !== null && (this.#mode?.kind ?? null) !== null
    const isBehind = before === this.#modeEnd && !this.#endsClause(before - 1)
    if (mode?.value.of === 'end' && isOfKind && isBehind) return mode.used
    const behind = isOfKind && isBehind ? longest(words, at, COMES) : null
    if (behind !== null) return behind
    if (mode !== null) {
      this.#modeEnd = at + mode.used
      this.#endRun()
      this.#joinable = false
      // Of two kinds of dates one is asked for: the other is named.
      if (mode.value.kind !== null && this.#mode?.kind && this.#modeWords !== null) {
        this.#miss(this.#modeWords, 0)
      } else {
        // `overdue notice on those that have not ended`: the no between the two is the second's.
        const not = this.#isModeBound ? null : this.#not
        if (not !== null) this.#not = null
        this.#closeMode()
        this.#not ??= not
      }
      this.#mode = mode.value
      this.#modeWords = textOf(this.#list.slice(at, at + mode.used))
      this.#isModeBound = this.#not !== null || this.#join === 'or'
      if (mode.value.of === 'due' && mode.value.kind === null) this.#due = true
      // `about to lapse`: soon, where no time follows and none is named alone.
      const isSoon = SOON_TO.test(this.#modeWords) && this.#periodAt(at + mode.used) === null
      const soon = isSoon && !this.#isOfNames() ? readPeriod(['soon'], 0, this.#clock) : null
      if (soon !== null && !('problem' in soon))
        this.#addPeriod({ ...soon, mode: this.#mode }, at, mode.used)
      return mode.used
    }
    const days = this.#bareDays && this.#isOpenNumber(at) ? /^\d{1,6}$/.exec(word) : null
    if (days === null) return 0
    const count = Number(days[0])
    if (count > MOST_DAYS_AHEAD) return this.#miss(`${word} days`, 1)
    const to = addDays(this.#clock.today, count)
    return this.#addPeriod(
      { range: { from: null, to }, as: null, days: count, mode: this.#mode },
      at,
      1,
    )
  }

  /** `needs to be done by june`: of what is to be done, and no end. */
  #isOfDoing(at: number): boolean {
    return /^(?:be|been|being|get|getting|to|needs?)$/.test(this.#words[at - 1] ?? '')
  }

  /** A contract is named. */
  #isOfNames(): boolean {
    return (
      this.#run.length > 0 || this.#parts.some(({ type }) => type === 'words' || type === 'text')
    )
  }

  /** What it is to have some or none of a field; `not`: the other way round than the condition says. */
  #addField({ value, not, used }: NonNullable<ReturnType<typeof lackingAt>>): number {
    this.#endRun()
    if (not) {
      this.#endNot()
      this.#not = 'not'
    }
    if (value === 'extended') {
      this.#closeMode()
      this.#mode = EXTENDED
      this.#modeWords = value
      this.#isModeBound = this.#not !== null
      this.#joinable = false
      return used
    }
    return value === 'unvalued'
      ? this.#add({ amounts: [{ is: 'none' }] }, 'amounts', used)
      : this.#add({ state: value }, 'state', used)
  }

  /** `twelve months notice or longer than 3 months`: what is said of the first length is said of the second. */
  #alsoLong(at: number): ReturnType<typeof amountsAt> {
    const [last] = this.#parts.at(-1)?.set.amounts ?? []
    const isNotice = last !== undefined && 'of' in last && last.of === 'notice'
    const found =
      this.#join !== null && isNotice
        ? amountsAt(['notice', 'of', ...this.#words.slice(at)], 0)
        : null
    return found === null ? null : { ...found, used: found.used - 2 }
  }

  /** An amount is of the noun before it: `extensions that cost over 500k`. */
  #costing(amounts: readonly Amount[], at: number, used: number): Partial<Filters> {
    const isExtension = /^extensions?$/.test(this.#run.at(-1)?.toLowerCase() ?? '')
    if (isExtension) this.#run.pop()
    let before = at - 1
    while (/^(?:that|which|have|has|had)$/.test(this.#words[before] ?? '')) before -= 1
    const isEmergency =
      this.#parts.at(-1)?.set.state === 'emergency' &&
      this.#run.length === 0 &&
      /^extensions?$/.test(this.#words[before] ?? '')
    const of: Extract<Amount, { readonly than: unknown }>['of'] | null = isEmergency
      ? 'emergency'
      : isExtension
        ? 'extensions'
        : null
    const beside = this.#beside('amounts', at, used)
    if (of === null) return { amounts, beside }
    return { amounts: amounts.map((each) => ('than' in each ? { ...each, of } : each)), beside }
  }

  #beside(of: Beside['of'], at: number, used: number): readonly Beside[] {
    const word = this.#run.at(-1)
    return word === undefined ? [] : [{ of, word, said: textOf(this.#list.slice(at, at + used)) }]
  }

  /** `should have started`: what is overdue of that kind; `should have ended`: what is out of contract. */
  #oblige(
    { used, isPast, mode }: NonNullable<ReturnType<typeof obligationAt>>,
    at: number,
  ): number {
    this.#endRun()
    this.#closeMode()
    if (mode.of !== 'due') return this.#add({ state: 'out-of-contract' }, 'state', used)
    if (isPast && this.#periodAt(at + used) === null) this.#add({ state: 'overdue' }, 'state', 0)
    this.#mode = mode
    this.#modeWords = textOf(this.#list.slice(at, at + used))
    return used
  }

  /** `neither owner nor deputy`, `no notice or end date`: what is said of the first is said of the second. */
  #alsoLackingAt(at: number): ReturnType<typeof lackingAt> {
    const last = this.#parts.at(-1)?.set
    const isLack = last?.amounts?.[0]?.is === 'none' || LACKS.has(last?.state ?? '')
    // Right behind the joint: `no owner but with a deputy` says something else of it.
    const before = at - (/^(?:an?|the|any)$/.test(this.#words[at - 1] ?? '') ? 2 : 1)
    const isJoint = /^(?:or|and|nor)$|,$/.test(textOf(this.#list.slice(before, before + 1)))
    const isHad =
      last?.state != null && filledBy(last.state)?.has === true && this.#parts.at(-1)?.not === false
    if (this.#join === null || !(isLack || isHad) || !isJoint) return null
    const rest = this.#words.slice(at)
    const found = isHad ? havingAt(['with', 'a', ...rest], 0) : lackingAt(['no', ...rest], 0)
    const used = (found?.used ?? 0) - (isHad ? 2 : 1)
    if (found !== null && this.#not === 'nor') this.#not = null
    const isListed = /,$/.test(textOf(this.#list.slice(at, at + used)))
    return found === null || (this.#isLoose(at + used) && !isListed) ? null : { ...found, used }
  }

  /** The word of being bought before a time that is past. */
  #beganAt(at: number, { from, to }: Range): string | null {
    if ((from ?? to ?? '9') > this.#clock.today) return null
    const isBought = /^(?:let|awarded|signed|placed|procured|bought|purchased|tendered)$/
    const before = this.#words[at - 1] ?? ''
    if (
      this.#run.length === 1 &&
      isBought.test(before) &&
      !/^(?:by|with)$/.test(this.#words[at] ?? '')
    ) {
      this.#run = []
      return before
    }
    return null
  }

  /** A state that is no beginning of something else: `not owned by samira`, `lapsed in march`, `live after june`. */
  #stateAt(at: number) {
    const words = this.#words
    const state = stateAt(words, at)
    if (state === null) return null
    const end = at + state.used
    const isOwned = words[end - 1] === 'owned' && words[end] === 'by'
    const isEnd = words[at] === 'lapsed' && this.#periodAt(end) !== null
    const isThird = words[at] === 'late' && this.#periodAt(at) !== null
    return isOwned || isEnd || isThird ? null : state
  }

  /** Of what a time is that stands behind a state, without a word between them. */
  #modeOfState({ from, to }: Range): Mode | 'none' | null {
    const last = this.#parts.at(-1)
    const state = this.#join === null && this.#run.length === 0 ? last?.set.state : undefined
    const isPast = from !== null && from < this.#clock.today
    switch (state) {
      case 'historic':
        return { of: 'ended', kind: null }
      case 'closed':
      case 'waived':
      case 'extended-again':
      case 'renewed':
      case 'questioned':
        return 'none'
      case 'emergency':
        return isPast ? (this.#sum === null ? 'none' : EXTENDED) : null
      case 'out-of-contract':
        return isPast ? { of: 'ended', kind: null } : null
      // `live after june`, and not `running in 2027`.
      case 'live':
        return to === null ? { of: 'end', kind: null } : 'none'
      default:
        return null
    }
  }

  /** Names alone stand between here and the contracts. */
  #countsContracts(from: number, noun = CONTRACTS): boolean {
    for (let at = from; at < from + 5; at++) {
      if (noun.test(this.#words[at] ?? '')) return true
      if (!this.#isLoose(at)) return false
    }
    return false
  }

  /** Of two orders the one with a direction counts; one of something else is named. */
  #setOrder(
    { order, top, isDefault, isBare, used }: NonNullable<ReturnType<typeof orderAt>>,
    said: string,
  ): number {
    this.#top = top ?? this.#top
    if (order === null) return used
    const isSame = MEASURED[order] === (this.#order === null ? null : MEASURED[this.#order])
    const is = isDefault ? 'default' : isBare ? 'bare' : 'said'
    if (
      this.#order === null ||
      this.#orderIs === 'default' ||
      (isSame && this.#orderIs === 'bare')
    ) {
      if (is !== 'default' || this.#order === null) {
        this.#order = order
        this.#orderIs = is
      }
    } else if (is !== 'default' && !(isSame && (isBare || order === this.#order)))
      this.#unread.push(said)
    return used
  }

  #isOpenNumber(at: number): boolean {
    return this.#run.length === 0 && !this.#parts.some(({ type }) => type === 'period') && at >= 0
  }

  #add(set: Partial<Filters>, type: Part['type'], used: number, period?: Period): number {
    this.#endRun()
    // `not extended and over 10m`, `overdue or expiring, digital`
    if (type !== 'period' && this.#isModeBound && this.#modeWords !== null) this.#closeMode()
    const last = this.#parts.at(-1)
    // `except digital and estates`: what is said of the first is said of the second.
    const goesOn =
      this.#not === null && this.#join !== null && last?.not === true && last.type === type
    const not = this.#not !== null || goesOn
    for (let index = this.#parts.length - 1; this.#join === 'or' && index > 0; index--) {
      const [before, part] = [this.#parts[index - 1], this.#parts[index]]
      if (part?.join !== ',' || part.type !== type || before?.type !== type) break
      this.#parts[index] = { ...part, join: 'or' }
    }
    const of = period === undefined ? {} : { period }
    const join = this.#isTogether && type === 'words' && this.#join !== 'or' ? null : this.#join
    if (type !== 'words' && type !== 'state') this.#isTogether = false
    this.#parts.push({ set, type, ...of, not, join })
    this.#not = null
    this.#join = null
    this.#joinable = true
    return used
  }

  /** `priya and samira's`: what is said of the last name is said of those before it. */
  #nameThoseBefore(named: NamedPerson): void {
    let join = named.not === null ? this.#join : null
    for (let index = this.#parts.length - 1; join !== null && index >= 0; index--) {
      const part = this.#parts[index]
      const words = part?.type === 'words' ? (part.set.words ?? []) : []
      if (part === undefined || words.length === 0 || words.length > 2) return
      this.#parts[index] = { ...part, set: alsoNamed(named, words.join(' ')), type: named.type }
      join = part.join
    }
  }

  #addPeriod(period: Omit<Period, 'said'>, at: number, used: number): number {
    // `starting by march`, `starts within 90 days`: those to come; `started` looks back as far as it goes.
    const isToStart = period.mode?.of === 'start' && STARTING.test(this.#modeWords ?? '')
    this.#modeWords = null
    const said = textOf(this.#list.slice(at, at + used))
    const { as } = period
    const { today } = this.#clock
    const isOpen = period.range.from === null && (period.range.to ?? '') > today
    // `where we can still get notice in before april`: what has passed cannot be given.
    const isStill = period.mode?.kind === 'notice' && this.#words.includes('still')
    const range = (isToStart || isStill) && isOpen ? { ...period.range, from: today } : period.range
    const isUnderWay =
      range.from !== null && range.from < today && (range.to === null || range.to >= today)
    // It is said of one time, and of none whose days are past.
    const isPast = period.mode?.of === 'ended' || period.mode?.of === 'start'
    const rest =
      this.#isAhead && isUnderWay && !isPast
        ? { range: { ...range, from: today }, as: as === null ? null : `the rest of ${as}` }
        : {}
    this.#isAhead = false
    // `I'm at month end: which contracts finish by christmas`
    const earlier = this.#parts.findIndex((part) => part.period?.mode === null)
    const [bare] = period.mode !== null && earlier >= 0 ? this.#parts.splice(earlier, 1) : []
    // `for 27/28: what is to be started between april and june`: the one lies in the other.
    if (bare !== undefined && !holds(bare.period?.range, range))
      this.#unread.push(bare.period?.said ?? '')
    const beside = period.mode === null ? this.#beside('dates', at, used) : []
    this.#add({ beside }, 'period', used, { ...period, range, ...rest, said })
    for (const mode of period.mode === this.#mode ? this.#others.splice(0) : []) {
      this.#join = 'or'
      this.#add({}, 'period', 0, { ...period, mode, said })
    }
    return used
  }

  /** Named as not read. */
  #miss(text: string, used: number): number {
    this.#endRun()
    const before = this.#not === null ? '' : `${this.#not} `
    this.#unread.push(`${before}${text}`)
    this.#not = null
    return used
  }

  #endRun(): void {
    if (this.#run.length === 0) return
    const words = this.#run
    this.#run = []
    this.#add({ words }, 'words', 0)
  }

  /** `not` with nothing after it. */
  #endNot(): void {
    // `should have started and haven't`
    const isSaid = this.#parts.some(
      ({ set, period }) => set.state === 'overdue' || period?.mode?.kind === 'start-by',
    )
    const isRepeated = isSaid && /^(?:have|has|did)(?:n['’]?t| not)$/i.test(this.#not ?? '')
    if (this.#not !== null && !isRepeated) this.#unread.push(this.#not)
    this.#not = null
  }

  /** A mode that no period followed: the periods before it are meant, else any such date. */
  #closeMode(): void {
    const said = this.#modeWords
    const mode = this.#mode
    if (said === null || mode === null) return
    this.#modeWords = null
    const isNamed = this.#parts.some(({ type }) => type === 'words' || type === 'text')
    // `is the linen one about to run out`: what is asked about it.
    const isAsked =
      this.#isQuestion || (mode.of === 'end' && !/^(?:soonest|latest)$/.test(this.#order ?? ''))
    // `what ends first, linen or waste`
    const isOfTwo = this.#parts.some(({ type, join }) => type === 'words' && join === 'or')
    if (mode.of === 'end' && this.#order !== null && (this.#isCompared || isOfTwo)) return
    const open = this.#parts.findIndex(({ period }) => period !== undefined && period.mode === null)
    if (isAsked && isNamed && this.#not === null && open < 0) {
      this.#join = null
      return
    }
    if (open >= 0) {
      if (this.#others.splice(0).length > 0 || this.#isModeBound) this.#miss(said, 0)
      for (const [index, part] of this.#parts.entries()) {
        if (part.period?.mode === null) {
          this.#parts[index] = { ...part, period: { ...part.period, mode } }
        }
      }
      return
    }
    const others = this.#others.splice(0)
    const { today } = this.#clock
    const any = (range: Range) => this.#addPeriod({ range, as: null, days: null, mode }, 0, 0)
    if (mode.of === 'ended') any({ from: null, to: addDays(today, -1) })
    else if (mode.of === 'renew' || mode.of === 'extended') any({ from: null, to: null })
    else if (mode.of === 'start' && this.#per !== null) any({ from: null, to: today })
    else if (mode.of === 'start' && this.#not === null) this.#miss(said, 0)
    // `that haven't started yet`
    else if (mode.of === 'start') {
      this.#not = null
      any({ from: addDays(today, 1), to: null })
    }
    // What ends next lies ahead.
    else if (mode.of === 'end' && /^(?:soonest|latest)$/.test(this.#order ?? ''))
      any({ from: today, to: null })
    // `ending soon`: of which time it is was not read, and is named.
    else if (mode.of === 'end' && this.#unread.length > 0) return
    else if (mode.of === 'end' && this.#not !== null) this.#miss(said, 0)
    else if (mode.kind !== null || mode.of === 'end') {
      this.#add({ kind: mode.kind ?? 'end' }, 'kind', 0)
    } else if (this.#not !== null) this.#miss(said, 0)
    for (const other of others) {
      this.#mode = other
      this.#modeWords = said
      this.#join = 'or'
      this.#closeMode()
    }
  }

  // Whose, who, with whom.

  #whoseAt(at: number): { readonly value: 'mine' | 'team' | 'all'; readonly used: number } | null {
    const words = this.#words
    const found = phraseAt(words, at, WHOSE)
    if (found === null) return null
    const { value } = found
    // `show me`, `give us`.
    const isAsked = ASKED.has(words[at - 1] ?? '') && /^(?:me|us)$/.test(words[at] ?? '')
    // `when do I have to start`
    const isMust =
      /^(?:have|got)$/.test(words[at + found.used - 1] ?? '') && words[at + found.used] === 'to'
    const isPolite = /^(?:can|could|may)$/.test(words[at - 1] ?? '') && found.used > 1
    if (isAsked || isMust || isPolite) return null
    if (!/^teams?$/.test(words[at] ?? '')) return found
    // `team Digital`, `the digital team`.
    return this.#nameAt(at + 1).length > 0 || this.#run.length > 0
      ? null
      : { value, used: found.used }
  }

  /** `owned by samira`, `samira's`, `what does grace own`, `tom as deputy`, `samira does not own`. */
  #personAt(at: number): NamedPerson | null {
    const words = this.#words
    const own = /^(?:i|we)$/.test(words[at] ?? '') ? longest(words, at + 1, DENIES) : null
    if (
      own !== null &&
      /^(?:owner|of)$/.test(phraseAt(words, at + 1 + own, AFTER_NO)?.value ?? '')
    ) {
      const not = textOf(this.#list.slice(at + 1, at + 1 + own))
      const whose = words[at] === 'i' ? 'mine' : 'team'
      const used = own + 1 + (phraseAt(words, at + 1 + own, AFTER_NO)?.used ?? 0)
      return { set: { whose }, type: 'whose', used, not, isTail: false }
    }
    const same = this.#parts.at(-1)
    const other = this.#join === null ? null : phraseAt(words, at, AFTER_NAME)
    const who = same?.set.owner ?? same?.set.person?.who
    // `ewan owns or deputises for`
    if (other !== null && who !== undefined && who !== null) {
      return { ...asPerson(other.value, who), used: other.used, not: null, isTail: false }
    }
    const role = phraseAt(words, at, PEOPLE)
    if (role !== null) {
      // `owner is not samira`
      const no = longest(words, at + role.used, NOT)
      const begins = at + role.used + (no ?? 0)
      const named = this.#list[begins]
      const account: PersonMention | null = named?.kind === 'user' ? { slackUser: named.id } : null
      const length = account === null ? this.#nameAt(begins).length : 1
      if (length === 0) return null
      const said = account ?? { name: nameOf(this.#list.slice(begins, begins + length)) }
      const not = no === null ? null : textOf(this.#list.slice(at + role.used, begins))
      return { ...asPerson(role.value, said), used: begins + length - at, not, isTail: false }
    }
    for (const length of [1, 2]) {
      // `is linen kofi's`
      const isLast = length === 1 && at === words.length - 1 && /['’]s$/.test(words[at] ?? '')
      if (this.#run.length > 0 && !isLast) break
      const name = words.slice(at, at + length)
      if (!name.every((_, index) => this.#isLoose(at + index))) break
      const last = words[at + length - 1] ?? ''
      const owner = /^(.+)(?:['’]s|s['’])$/.exec(last)
      // Whose team that is, nobody has recorded.
      if (owner !== null && /^teams?$/.test(words[at + length] ?? '')) {
        return {
          set: { unread: [textOf(this.#list.slice(at, at + length + 1))] },
          type: 'unread',
          ...{ used: length + 1, not: null, isTail: false },
        }
      }
      if (owner !== null) {
        const name = nameOf(this.#list.slice(at, at + length)).replace(/['’]s?$/, '')
        const used = length + (HELD_IN.test(words[at + length] ?? '') ? 1 : 0)
        return { ...asPerson('of', { name }), used, not: null, isTail: true }
      }
      const no = longest(words, at + length, DENIES)
      const begins = at + length + (no ?? 0)
      // `what does noor lead`
      const isAsked = no !== null || /^(?:do|does|did)$/.test(words[at - 1] ?? '')
      // `what does tessarine supply`
      const supplies = isAsked ? longest(words, begins, SUPPLIES) : null
      if (supplies !== null) {
        const supplier = nameOf(this.#list.slice(at, at + length))
        const not = no === null ? null : textOf(this.#list.slice(at + length, begins))
        const used = begins + supplies - at
        return { set: { supplier }, type: 'supplier', used, not, isTail: false }
      }
      const tail = phraseAt(words, begins, isAsked ? AFTER_NO : AFTER_NAME)
      // `what do estates have to start`
      const isDuty = tail !== null && words[begins + tail.used] === 'to'
      // `does linen have a deputy`
      const next = words[begins + (tail?.used ?? 0)] ?? ''
      const isOfField =
        words[begins + (tail?.used ?? 0) - 1] === 'have' &&
        /^(?:an?|any|no|its|notice|options?|extensions?|documents?|waivers?|personal)$/.test(next)
      // `did linen run out`: what it did, and not who runs it.
      const isMode = (modeAt(words, begins)?.used ?? 0) > (tail?.used ?? 0)
      if (tail !== null && !isDuty && !isOfField && !isMode) {
        const who = { name: nameOf(this.#list.slice(at, at + length)) }
        const not = no === null ? null : textOf(this.#list.slice(at + length, begins))
        const used = begins + tail.used - at
        return { ...asPerson(tail.value, who), used, not, isTail: true }
      }
    }
    return null
  }

  /** `supplier Bytes`, `with ostrelle`, `team Digital`, `the digital team`, `category estates`. */
  #fieldAt(at: number): NamedPerson | null {
    const words = this.#words
    const field = NAMING.get((words[at] ?? '').replace(/:$/, '')) ?? null
    const lead = field === null ? longest(words, at, SUPPLIER) : 1
    if (lead === null) return null
    // `with network in the name`: a word of it, and no supplier.
    const isOfTitle = /^with [^,]+? in (?:the|its|their) (?:name|title)s?\b/.test(
      words.slice(at, at + 8).join(' '),
    )
    if (isOfTitle) return null
    // `supplier is not copperwell`
    const no = /^(?:with|from)$/.test(words[at] ?? '') ? null : longest(words, at + lead, DENIES)
    const not = no === null ? null : textOf(this.#list.slice(at + lead, at + lead + no))
    const after = at + lead + (no ?? 0)
    const begins = after + (longest(words, after, ['the', 'is', '']) ?? 0)
    const quoted = this.#list[begins]
    const isQuoted = quoted?.kind === 'word' && quoted.quoted
    const length = isQuoted ? 1 : this.#nameAt(begins).length
    if (length === 0) {
      // `the digital team`
      if (field === null || this.#run.length === 0) return null
      const name = this.#run.join(' ')
      this.#run = []
      return { set: { [field]: name }, type: field, used: 1, not: null, isTail: false }
    }
    const name = nameOf(this.#list.slice(begins, begins + length))
    const next = words[begins + length] ?? ''
    // `with daniel as deputy`
    const role =
      words[at] === 'with' && next === 'as' ? phraseAt(words, begins + length, AFTER_NAME) : null
    if (role !== null) {
      const used = begins + length + role.used - at
      return { ...asPerson(role.value, { name }), used, not, isTail: false }
    }
    const isApart = /,$/.test(textOf(this.#list.slice(begins, begins + length)))
    const suffix =
      field === null && !isApart ? /^(team|category)(?:['’]s)?$/.exec(next)?.[1] : undefined
    if (suffix === 'team' || suffix === 'category') {
      return {
        set: { [suffix]: name },
        type: suffix,
        used: begins + length + 1 - at,
        not,
        isTail: false,
      }
    }
    const type = field ?? 'supplier'
    return { set: { [type]: name }, type, used: begins + length - at, not, isTail: false }
  }

  /** The words of a name: up to the next one that means something by itself, four at most. */
  #nameAt(from: number): Token[] {
    const first = this.#list[from]
    if (first?.kind === 'word' && first.quoted) return [first]
    const name: Token[] = []
    for (let at = from; at < this.#list.length && name.length < 4; at++) {
      const token = this.#list[at]
      if (token === undefined || !this.#isLoose(at)) break
      name.push(token)
      if (token.kind === 'word' && /[,;]$/.test(token.text)) break
    }
    return name
  }

  /** The period that begins at this word; remembered, as it is asked for several times. */
  #periodAt(at: number): PeriodReading | null {
    const known = this.#periods.get(at)
    if (known !== undefined) return known
    const leaning = this.#leanings[at] ?? 'ahead'
    const read =
      readPeriod(this.#words, at, this.#clock, leaning) ??
      readClause(this.#words, at, this.#clock, leaning, (word) => this.#isClausal(word))
    this.#periods.set(at, read)
    return read
  }

  /** A word behind the time says of what it is. */
  #isOfPast(from: number): boolean {
    return (
      this.#words.some((_, at) => at >= from && modeAt(this.#words, at) !== null) ||
      this.#words.some((word) => /^(?:overdue|late|miss|missed|outstanding)$/.test(word ?? '')) ||
      this.#run.length > 0
    )
  }

  /** `ending in 2028 except january`: of the time before it. */
  #leftOutOf(period: Exclude<PeriodReading, { problem: string }>, at: number) {
    const last = this.#parts.findLast((part) => part.period !== undefined && !part.not)
    const isOut = this.#not !== null || (this.#join !== null && this.#parts.at(-1)?.not === true)
    const whole = last?.period?.range
    if (!isOut || whole?.from == null || holds(whole, period.range)) return period
    const again = readPeriod(this.#words, at, { ...this.#clock, today: whole.from })
    return again !== null && !('problem' in again) && holds(whole, again.range) ? again : period
  }

  /** A word of a clause that says no more than when: no condition begins there. */
  #isClausal(at: number): boolean {
    const words = this.#words
    const word = words[at] ?? ''
    if (CONNECTOR.test(word) || words[at] === null) return false
    return (
      stateAt(words, at) === null &&
      modeAt(words, at) === null &&
      longest(words, at, NOT) === null &&
      amountsAt(words, at) === null
    )
  }

  #isLoose(at: number): boolean {
    const words = this.#words
    const word = words[at]
    if (word === null || word === undefined) return false
    if (FILLERS.has(word) || WHOSE.has(word) || CONNECTOR.test(word)) return false
    return (
      stateAt(words, at) === null &&
      lackingAt(words, at) === null &&
      modeAt(words, at) === null &&
      phraseAt(words, at, PEOPLE) === null &&
      longest(words, at, NOT) === null &&
      longest(words, at, SUPPLIER) === null &&
      longest(words, at, SUMS) === null &&
      longest(words, at, FILLER_PHRASES) === null &&
      longest(words, at, ALSO) === null &&
      unreadableAt(words, at) === 0 &&
      amountsAt(words, at) === null &&
      orderAt(words, at) === null &&
      !NAMING.has(word) &&
      word !== 'page' &&
      this.#periodAt(at) === null
    )
  }
}

const WEAK_END = /^(?:up|over|done|gone|dead|kaput|finished|goes|go|going)$/
const SOON_TO = /^(?:just )?(?:about to|close to|on the|nearing|nearly|almost)\b/i
/** Of the day of a notice or an option, and of no end. */
const COMES = phrases('[that|which] {close|open|fall|come|crop up|come up|come round|come around}')
/** Nothing is said by it, and what is denied stays so: `no review planned`. */
const PLANNED = phrases('planned, scheduled, booked, arranged, lined up, in the diary, in place')
/** What extensions cost is asked of these. */
const EXTENDING: ReadonlySet<string> = new Set(
  'emergency extended extended-again varied option-taken'.split(' '),
)
const STARTING = /^(?:start(?:s|ing)?|begin(?:s|ning)?|commenc(?:e|es|ing))$/i

/** Words of what is to come: a time without a year is the next one. */
const AHEAD =
  /^(?:due|deadlines?|ends?|ending|expir(?:es?|ing)|finish(?:es|ing)?|renew(?:s|ing|als?)?|laps(?:es?|ing)|starts?|starting|begins?|beginning|upcoming)$/
/** `ended in march` is the last one, `ending in march` the next: what the nearest such word says at each. */
function leaningsOf(words: Words): Leaning[] {
  const says = words.map((word, at): Leaning | null => {
    const isAhead = AHEAD.test(word ?? '')
    const isObliged = words
      .slice(Math.max(0, at - 4), at)
      .some((each) => /^(?:should|must|need|needs|ought|got)$/.test(each ?? ''))
    const isPast =
      (PAST.has(word ?? '') && !isObliged) ||
      (isAhead && /^(?:was|were)$/.test(words[at - 1] ?? ''))
    return isPast ? 'back' : isAhead ? 'ahead' : null
  })
  let said = says.find((each) => each !== null) ?? 'ahead'
  return says.map((each) => {
    said = each ?? said
    return said
  })
}
const OVER = /^(?:dead|gone|closed|historic|historical|archived|old|ended|expired|finished|past)$/
/** `old ones too`, and `ever`. */
const OVER_TOO = phrases(
  'ever, past and present, old and new, (old|closed|historic|archived|expired|ended) [ones|contracts] (too|as well|included|and all)',
)
const ALSO = phrases('(including|incl|inc|even|plus) [the|any|anything|all the], as well as')
const SPENT = /^(?:spend|spends|spent|spending|paid|pay|paying|invoiced|invoices|billed)$/
const QUESTION = /^(?:which|what|who|whose|how|when|where|is|are|do|does|did|has|have|can)$/
const CONNECTOR = /^(?:or|and|vs|versus|&|\+|plus|but|nor|\/|,)$/
const SUPPLIES = phrases(
  'supply, supply us with, provide, provide us with, deliver, sell us, do for us, supply to us, supply us',
)
const OTHER_CURRENCY = phrases(
  'in currencies other than, in a currency other than, in any currency other than, currency other than, currencies other than, in another currency than, currency is not',
)
const HEAD_NOUN =
  /^(?:suppliers|companies|firms|owners|vendors|providers|deputies|buyers|trusts|resellers|values|titles)$/
const JOINTS = phrases(
  'as well as, together with, along with, and also, but also, compared (to|with)',
)
const UNLESS_STOPPED =
  /^(?:unless|if) (?:(?:we|i|you|they|people|somebody|someone|anybody|anyone|nobody|no-one|one) )?(?:(?:do|does|don't|doesn't|not|give|gives|serve|serves|say|says|object|objects|it is|it's|they are|they're|is|are|forgets?|fails?|to) )*(?:notice|tells?|told|nothing|nowt|anything|something|otherwise|no|so|act|acts|stop|stops|stopped|cancel|cancels|cancelled)(?: (?:it|them|not|to|otherwise|notice|is|are|was|given|served|said|done|first|in time))*(?= |$)/
const ONLY_FOR = phrases(
  'only used by, used only by, only for, just for, solely for, used solely by',
)
/** `on kofi's desk` */
const HELD_IN =
  /^(?:desk|plate|list|patch|radar|books?|portfolio|name|area|category|remit|court|lap|watch|side)$/
const REFERENCE = /^[a-z]{1,6}-\d[\w/-]*$/i
const NAMED: ReadonlySet<string> = new Set(['owner', 'person', 'supplier', 'team', 'category'])

/** A quoted name is exact. */
function nameOf(list: readonly Token[]): string {
  const [only] = list
  if (only?.kind === 'word' && only.quoted) return only.text
  return bare(textOf(list)).replace(/^@/, '')
}

function bare(text: string): string {
  return text.replace(/(?<=.)[,.;!?)]+$/, '').replace(/^\((?=.)/, '')
}

/** Another name of whom the same is said. */
function alsoNamed({ set, type }: Pick<Part, 'set' | 'type'>, name: string): Partial<Filters> {
  if (type === 'owner') return { owner: { name } }
  const role = set.person?.role
  return role === undefined ? { [type]: name } : { person: { role, who: { name } } }
}

function asPerson(role: 'owner' | 'deputy' | 'lead' | 'of', who: PersonMention) {
  return role === 'owner'
    ? ({ set: { owner: who }, type: 'owner' } as const)
    : ({ set: { person: { role, who } }, type: 'person' } as const)
}

/**
 * Without clauses that say who asks, what for and why. What such a clause says of a time, an amount or a state
 * is none of the question's, and is said back; `before i go on leave` without another time is one, and stays.
 */
function withoutAsides(
  list: readonly Token[],
  clock: Clock,
): { readonly rest: readonly Token[]; readonly asides: readonly string[] } {
  const asides: string[] = []
  let rest = list.length > MOST_WORDS ? [] : list
  for (let looked = 0; looked < 4; looked++) {
    const said = rest.map(plainly).join(' ')
    const taken = ASIDE_PATTERNS.flatMap(([stands, pattern]) => {
      const isFirst = stands === 'first'
      const found =
        pattern
          .exec(said)?.[0]
          .trim()
          .replace(/^[,;.!?–—-] /, '') ?? ''
      const count = found === '' ? 0 : found.split(' ').length
      if (count === 0 || count >= rest.length) return []
      const [aside, left] = isFirst
        ? [rest.slice(0, count), rest.slice(count)]
        : [rest.slice(-count), rest.slice(0, -count)]
      const other = new Sentence(left, clock, false, true).read()
      if (!asksFor(other.filters) && !other.due) return []
      const isWhen = /^(?:before|when|while|once|after|since)\b(?! (?:he|she|they))/.test(found)
      const ofThen = /\bthat (?:month|week|day|quarter|year)\b|\bthen\b/.test(said)
      if (isWhen && ((other.filters.dates ?? other.filters.days) === null || ofThen)) return []
      if (stands === 'besides' && isSaid(aside, clock)) return []
      return [{ aside, left, isNoted: isWhen || stands === 'besides' }]
    })[0]
    if (taken === undefined) break
    if (taken.isNoted || isSaid(taken.aside, clock))
      asides.push(textOf(taken.aside).replace(/[,;:. –—-]+$/, ''))
    rest = taken.left
  }
  return { rest: list.length > MOST_WORDS ? list : rest, asides }
}
/** Whether it says a time, an amount, a state or whose. */
function isSaid(aside: readonly Token[], clock: Clock): boolean {
  const { dates, days, state, kind, amounts, without, owner, person, supplier } = new Sentence(
    aside,
    clock,
    false,
    true,
  ).read().filters
  const is = dates ?? days ?? state ?? kind ?? owner ?? person ?? supplier
  return is !== null || amounts.length + without.length > 0
}
/** Longer ones are no sentence that somebody typed. */
const MOST_WORDS = 60
const plainly = (token: Token) =>
  isWord(token) && !token.quoted
    ? token.text.replaceAll('’', "'").toLowerCase().replaceAll(' ', '_')
    : '"'
const ASIDE_PATTERNS: readonly (readonly [stands: keyof typeof ASIDES, RegExp])[] = [
  ...ASIDES.first.map(
    (each) =>
      [
        'first',
        new RegExp(
          `^(?:(?:hi|hiya|hello|hey|morning|afternoon|evening|good|ok|so|and|please|pls)[,!.]? )*${each}`,
        ),
      ] as const,
  ),
  ...ASIDES.last.map((each) => ['last', new RegExp(`(?<= |,)${each}[?.!]*$`)] as const),
  ...ASIDES.besides.map((each) => ['besides', new RegExp(`${each}$`)] as const),
]

/**
 * `jan-mar`, `feb/march`, `3-6 months`, `>1m`: taken apart; `(` and `week's` without what is no part of the
 * word; `eofy` written out, and `this week or next` with its second week.
 */
function expanded(list: readonly Token[]): Token[] {
  const word = (each: string): Token => ({ kind: 'word', text: each, quoted: false })
  return list.flatMap((token, index): Token[] => {
    if (token.kind !== 'word' || token.quoted) return [token]
    const [before, typed, after] = [index - 1, index, index + 1].map((at) => wordAt(list, at) ?? '')
    // `renewals jan feb march`
    if (
      monthNamed(typed ?? '') !== null &&
      monthNamed(after ?? '') !== null &&
      !/,$/.test(token.text)
    )
      return [token, word('or')]
    const isPaired = (joint: RegExp) =>
      list
        .slice(index + 1, index + 9)
        .some((_, by) => joint.test(wordAt(list, index + 1 + by) ?? ''))
    if (typed === 'both' && isPaired(/^(?:and|&)$/)) return []
    if (typed === 'either' && isPaired(/^or$/)) return []
    // `no of contracts over 100k`
    if (/^no\.?$/.test(typed ?? '') && after === 'of') return [word('number')]
    // `btw` joins two where `and` follows, and says nothing by itself.
    if (typed === 'btw') {
      const joins = list.slice(index, index + 6).some((_, at) => wordAt(list, index + at) === 'and')
      return joins ? [word('between')] : []
    }
    const short =
      SHORT.get(typed ?? '') ??
      CONTRACTED.exec(typed ?? '')
        ?.slice(1)
        .find(Boolean)
    const text =
      before === 'new'
        ? token.text
        : (short ??
          token.text
            .replace(/^\((?=.)/, '')
            .replace(/^([^(]+)\)$/, '$1')
            .replace(POSSESSIVE_TIME, ''))
    if (short?.includes(' ')) return short.split(' ').map(word)
    const year = yearBehind(list, index)
    if (year.length > 0) {
      const [tail = ''] = /,$/.exec(token.text) ?? []
      const all = [text.replace(/,$/, ''), ...year]
      return all.map((each, at) => word(at < all.length - 1 ? each : `${each}${tail}`))
    }
    const unit = wordAt(list, index - 2) ?? ''
    const isElliptic =
      /^(?:this|next|last|nxt)$/.test(typed ?? '') &&
      /^(?:or|and|to)$/.test(before ?? '') &&
      /^(?:this|next|last)$/.test(wordAt(list, index - 3) ?? '') &&
      /^(?:week|wk|month|quarter|qtr|year|fy)$/.test(unit) &&
      !/^(?:week|wk|month|quarter|qtr|year|fy|financial)$/.test(after ?? '')
    if (isElliptic) return [word(text), word(SHORT.get(unit) ?? unit)]
    const pair =
      /^([a-z]{3,9}|q[1-4]|[£€$]?\d[\d.,]*[kmb]?n?)([-–/])([a-z]{3,9}|q[1-4]|[£€$]?\d[\d.,]*[kmb]n?)$/i.exec(
        text,
      )
    if (pair !== null) {
      const [, first = '', sign, second = ''] = pair
      const isTime = TIME_WORD.test(first) && TIME_WORD.test(second)
      const isMoney = sign !== '/' && /\d/.test(first) && /[kmb]n?$/i.test(second)
      if (isTime || isMoney) return [word(first), word(sign === '/' ? 'or' : 'to'), word(second)]
    }
    const third = /^(early|mid|late|end)-(.+)$/i.exec(text)
    if (third !== null && TIME_WORD.test(third[2] ?? '')) {
      return [word(third[1] ?? ''), word(third[2] ?? '')]
    }
    const days = /^(\d{1,2}(?:st|nd|rd|th)?)[-–](\d{1,2}(?:st|nd|rd|th)?)$/.exec(text)
    if (days !== null && TIME_WORD.test(after ?? '')) {
      return [word('between'), word(days[1] ?? ''), word('and'), word(days[2] ?? '')]
    }
    const spans = /^(\d{1,3})[-–](\d{1,3})$/.exec(text)
    if (spans !== null && readSpan(['1', after ?? ''], 0) !== null) {
      return [word(spans[1] ?? ''), word('to'), word(spans[2] ?? '')]
    }
    // `transport: how many`, `contract(s)`, `3-year deals`, `leave the framework out`
    const isName =
      /:$/.test(text) &&
      !NAMING.has(text.slice(0, -1)) &&
      !PEOPLE.has(text) &&
      !SUPPLIER.includes(text)
    if (isName && text.length > 1) return [word(text.replace(/:$/, ','))]
    if (/\(s\)$/.test(text)) return [word(text.slice(0, -3))]
    const long = /^(\d{1,3})-(year|month|week|day)s?$/i.exec(text)
    if (long !== null) return [word(long[1] ?? ''), word(long[2] ?? '')]
    const out = /^leav(?:e|ing)$/.test(typed ?? '')
      ? list.slice(index, index + 6).findIndex((_, by) => wordAt(list, index + by) === 'out')
      : -1
    if (out > 1) return [word('excluding')]
    const isLeft =
      typed === 'out' &&
      [2, 3, 4, 5].some((by) => /^leav(?:e|ing)$/.test(wordAt(list, index - by) ?? ''))
    if (isLeft) return []
    const only = /^(.{3,})-only$/i.exec(text)?.[1]
    if (only !== undefined) return [word(only), word('only')]
    const sign = /^(>=|<=|≥|≤|>|<)(?=[£€$\d])(.+)$/.exec(text)
    return sign === null ? [word(text)] : [word(sign[1] ?? ''), word(sign[2] ?? '')]
  })
}
/** `isn't linen kofi's` asks whether it is. */
function affirmed(list: readonly Token[]): readonly Token[] {
  const [first = '', next = ''] = [0, 1].map((at) => wordAt(list, at))
  const asked = /^(is|are|was|were|has|have|does|did|will|can)n['’]?t$/.exec(first ?? '')?.[1]
  const isAsked = asked !== undefined && /^(?:the|our|my|that|this|it|we|there)$/.test(next ?? '')
  return isAsked ? [{ kind: 'word', text: asked, quoted: false }, ...list.slice(1)] : list
}
/** `january, february or march 2028`, `q1 or q2 next year`: the year behind the last, for those before it. */
function yearBehind(list: readonly Token[], from: number): string[] {
  const orderOf = (at: number) => {
    const word = wordAt(list, at) ?? ''
    return monthNamed(word) ?? (/^q[1-4]$/.test(word) ? Number(word[1]) : null)
  }
  let last = orderOf(from)
  for (let at = from + 1; last !== null && at < list.length; at++) {
    const word = wordAt(list, at) ?? ''
    const isJoined = /^(?:or|and|&)$/.test(word) || /,$/.test(textOf(list.slice(at - 1, at)))
    const next = orderOf(at)
    if (next === null && isJoined) continue
    if (next === null || next < last) {
      const rest = textOf(list.slice(at, at + 4)).toLowerCase()
      const year = at > from + 1 ? YEAR_BEHIND.exec(rest)?.[0] : undefined
      return year?.split(' ') ?? []
    }
    last = next
  }
  return []
}
const YEAR_BEHIND =
  /^(?:20\d\d|(?:of )?(?:this|next|last) (?:financial year|calendar year|fin year|fy|year))(?![\p{L}\d/-])/u
/** `when's`, and no name. */
const CONTRACTED =
  /^(what|who|when|where|how|that|there|nobody|(?:it|here|let|one|each|he|she)(?='))'?s$|^(we|they|you|i)'?ve$|^(they|you|we(?='))'?re$/
const POSSESSIVE_TIME =
  /(?<=^(?:week|month|quarter|half|year|today|tomorrow|january|february|march|april|may|june|july|august|september|october|november|december)s?)['’]s?$/i
const TIME_WORD =
  /^(?:q[1-4]|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec|january|february|march|april|august|september|october|november|december)$/i

// Commands that list, count or send what fits their filters.

export function readListing(
  verb: Listing,
  rest: readonly Token[],
  clock: Clock,
): Command | Misread {
  const { filters, page, channel } = readFilters(rest, clock, NUMBER_IS_DAYS.has(verb))
  const wrong = OF_CHANNELS.has(verb) ? wrongOfChannel(verb, rest, filters) : null
  if (wrong !== null) return missing(verb, wrong)
  const extra =
    TAKES_LITTLE.has(verb) &&
    asksForSome({ ...filters, days: null, team: null, text: null, words: [] })
  if (extra) {
    return missing(
      verb,
      `Only part of that was understood: ${verb} cannot be narrowed down so. Ask as list or due for it.`,
    )
  }
  switch (verb) {
    case 'find':
      return { verb: 'list', filters, page }
    case 'preview':
      return { verb, days: filters.days, channel }
    case 'unsubscribe':
    case 'subscriptions':
      return { verb, channel }
    default:
      return listed(verb, { filters, page, channel })
  }
}

/** Those that take filters: written down, they are read as they stand. */
export const LISTINGS = [
  ...(['due', 'list', 'subscribe', 'export'] as const),
  ...(['triage', 'summary', 'chains', 'cliffs', 'exposure', 'personal-data'] as const),
] as const

export function listed(
  verb: (typeof LISTINGS)[number],
  { filters, page, channel }: Written,
): Command {
  switch (verb) {
    case 'due':
    case 'list':
      return { verb, filters, page }
    case 'subscribe':
      return { verb, filters, channel }
    case 'export':
      return { verb, filters }
    default:
      return { verb, filters: teamNamed(filters) }
  }
}

type Of<Has> = Exclude<Extract<Command, Has>['verb'], 'ask'>
type Listing = 'find' | Of<{ readonly filters: Filters }> | Of<{ readonly channel: string | null }>

/** What takes a team or days alone: any other condition would be dropped. */
const TAKES_LITTLE: ReadonlySet<string> = new Set(
  'preview summary chains cliffs exposure subscriptions personal-data'.split(' '),
)

/** `due 30`: a number by itself is one of days. */
const NUMBER_IS_DAYS = new Set<Listing>(['due', 'preview', 'cliffs', 'exposure'])

const OF_CHANNELS = new Set<Verb>(['subscribe', 'unsubscribe', 'subscriptions'])

/** What must not be read past: another channel would be meant than the one it was typed in. */
function wrongOfChannel(verb: Verb, rest: readonly Token[], filters: Filters): string | null {
  const channel = rest.find((each) => each.kind === 'word' && !each.quoted && /^#./.test(each.text))
  if (channel?.kind === 'word') {
    return `${channel.text} is no channel that Slack knows by this name, or you are not in it.`
  }
  return verb === 'unsubscribe' && asksForSome(filters)
    ? 'unsubscribe ends all that this channel subscribed to; to end one of them, use subscriptions.'
    : null
}

/** `export extensions mine xlsx`: words for the table and the format are no text to look for. */
export function exportAskedIn(filters: Filters): AskedExport {
  const { words } = filters
  const what = EXPORTED.get(words[0]?.toLowerCase() ?? '')
  const others = what === undefined ? words : words.slice(1)
  const named = others.findLast((word) => FORMATS.has(word.toLowerCase()))
  // The board is sheet beside sheet, which only a workbook has.
  const format = what === 'board' ? 'xlsx' : (FORMATS.get(named?.toLowerCase() ?? 'csv') ?? 'csv')
  const rest = others.filter((word) => word !== named)
  return { what: what ?? 'register', format, filters: { ...filters, words: rest } }
}

export interface AskedExport {
  readonly what: ExportWhat
  readonly format: ExportFormat
  readonly filters: Filters
}

const EXPORTED: ReadonlyMap<string, ExportWhat> = new Map(
  (['register', 'extensions', 'audit', 'board'] as const).map((what) => [what, what]),
)
const FORMATS: ReadonlyMap<string, ExportFormat> = new Map([
  ['csv', 'csv'],
  ['xlsx', 'xlsx'],
  ...['excel', 'spreadsheet', 'workbook'].map((word): [string, ExportFormat] => [word, 'xlsx']),
])

/** Whether anything narrows them down, or was not read. */
export function asksForSome(filters: Filters): boolean {
  const { whose, unread } = filters
  return unread.length > 0 || asksFor({ ...filters, whose: whose === 'all' ? null : whose })
}

/** Whether they ask for anything, be it all: what was not read does not. */
export function asksFor({
  unread: _,
  sum: _____,
  spelt: __,
  asides: ______,
  running: ___,
  beside: ____,
  ...filters
}: Filters): boolean {
  return Object.values(filters).some((each) =>
    Array.isArray(each) ? each.length > 0 : each !== null,
  )
}

/** `summary Digital`: a name by itself is a team's. */
function teamNamed(filters: Filters): Filters {
  const name = filters.text ?? filters.words.join(' ')
  return filters.team === null && name !== ''
    ? { ...filters, team: name, text: null, words: [] }
    : filters
}

// The conditions put together.

function assembled(parts: readonly Part[], clock: Clock): Filters {
  const clauses: Part[][] = [[]]
  for (const part of parts) {
    const clause = clauses.at(-1) ?? []
    const last = clause.at(-1)
    // `digital over 1m or estates over 500k`: what was said first is said anew.
    const isAnew =
      part.join === 'or' &&
      last?.type !== part.type &&
      clause.some(({ type, not }) => type === part.type && not === part.not)
    if (isAnew) clauses.push([part])
    else clause.push(part)
  }
  const made = clauses.map((clause) => conjoined(clause, clock))
  const [first = NO_FILTERS] = made
  const unread = made.flatMap((each) => each.unread)
  return made.length === 1
    ? first
    : { ...NO_FILTERS, either: [made.map((each) => ({ ...each, unread: [] }))], unread }
}

function conjoined(parts: readonly Part[], clock: Clock): Filters {
  const groups: Part[][] = []
  for (const part of parts) {
    const group = groups.at(-1)
    const last = group?.at(-1)
    const joins =
      last !== undefined &&
      last.not === part.not &&
      (part.join === 'or' ||
        (part.join !== null && part.type === last.type && areUnited(last, part)))
    if (joins) group?.push(part)
    else groups.push([part])
  }
  let filters = NO_FILTERS
  for (const group of groups) filters = joined(filters, group, clock)
  return filters
}

/** `march and april` are both; `after january and before march` is what lies between. */
function areUnited(first: Part, second: Part): boolean {
  const isOpen = ({ period }: Part) =>
    period !== undefined && (period.range.from === null || period.range.to === null)
  const [one, other] = [first.period?.mode, second.period?.mode]
  // `starting in 2024 and ending in march` are two conditions.
  const isSame = one?.of === other?.of && one?.kind === other?.kind
  // `in the new year, jan to mar`: the narrower of the two is meant.
  const isInside = holds(first.period?.range, second.period?.range)
  return UNITED.has(second.type) && isSame && !isInside && !isOpen(first) && !isOpen(second)
}

function holds(whole: Range | undefined, part: Range | undefined): boolean {
  if (whole === undefined || part === undefined) return false
  return (whole.from ?? '') <= (part.from ?? '') && (whole.to ?? '') >= (part.to ?? '')
}

/** A contract has one of each of these, so that `estates and facilities` means those of either. */
const UNITED: ReadonlySet<string> = new Set(
  'owner person supplier team category words text period'.split(' '),
)

function joined(filters: Filters, group: readonly Part[], clock: Clock): Filters {
  const made = group.map((part) => conditionOf(part, clock))
  const [first] = made
  const [part] = group
  if (first === undefined || part === undefined) return filters
  if (part.not) {
    const { dates, days } = first
    if (first.whose === 'all') return { ...filters, unread: [...filters.unread, 'not all'] }
    // What is due outside of it, and not contracts of which nothing falls into it.
    if (made.length === 1 && dates?.of === 'due' && dates.weekdays === undefined)
      return placed(filters, { ...first, dates: outside(dates) })
    if (made.length === 1 && days !== null) {
      const range = { from: addDays(clock.today, days + 1), to: null }
      return placed(filters, {
        ...first,
        days: null,
        dates: { of: 'due', ranges: [range], as: null },
      })
    }
    // What has ended ends before that too, and what is over is none that still runs.
    const isEnd = made.some((each) => each.dates?.of === 'end')
    const running = isEnd ? (filters.running ?? true) : filters.running
    return { ...filters, running, without: [...filters.without, ...made] }
  }
  if (made.length === 1) {
    const [held, said] = [filters.dates, first.dates]
    // `last week march`, `in may in june`: no day is in both, so that one of them was meant otherwise.
    const isAgainst =
      held !== null && said?.of === held.of && overlap(held, said).ranges.length === 0
    return isAgainst && part.period !== undefined
      ? { ...filters, unread: [...filters.unread, part.period.said] }
      : placed(filters, first)
  }
  const dates = made.flatMap((each) => each.dates ?? [])
  const alike =
    dates.length === made.length &&
    dates.every((each) => each.of === dates[0]?.of && each.weekdays === undefined)
  if (alike && made.every(({ kind }) => kind === first.kind)) {
    const names = dates.flatMap(({ as }) => as ?? [])
    const as = names.length === dates.length ? names.join(' or ') : null
    const ranges = dates.flatMap((each) => each.ranges)
    return placed(filters, { ...first, dates: { of: dates[0]?.of ?? 'due', ranges, as } })
  }
  return { ...filters, either: [...filters.either, made] }
}

function outside({ of, ranges, as }: Dates): Dates {
  const around = ranges.flatMap(({ from, to }): Range[] => [
    ...(from === null ? [] : [{ from: null, to: addDays(from, -1) }]),
    ...(to === null ? [] : [{ from: addDays(to, 1), to: null }]),
  ])
  return { of, ranges: around, as: as === null ? null : `not ${as}` }
}

/** `after january, before march`: the days that lie in both. */
function overlap(first: Dates, second: Dates): Dates {
  const ranges = first.ranges.flatMap((a) =>
    second.ranges.flatMap((b): Range[] => {
      const from = a.from === null ? b.from : b.from === null ? a.from : later(a.from, b.from)
      const to = a.to === null ? b.to : b.to === null ? a.to : earlier(a.to, b.to)
      return from !== null && to !== null && from > to ? [] : [{ from, to }]
    }),
  )
  const weekdays =
    first.weekdays?.filter((day) => second.weekdays?.includes(day) ?? true) ?? second.weekdays
  return {
    of: first.of,
    ranges,
    as: weekdays === undefined ? null : weekdaysNamed(first, second),
    ...(weekdays && { weekdays }),
  }
}

function weekdaysNamed(...dates: readonly Dates[]): string | null {
  return dates.find(({ weekdays }) => weekdays !== undefined)?.as ?? null
}

/** Beside what is there already; where its place is taken, as another condition that has to hold. */
function placed(filters: Filters, made: Filters): Filters {
  const [held, said] = [filters.dates, made.dates]
  if (held !== null && said !== null && held.of === said.of) {
    const both = overlap(held, said)
    if (both.ranges.length > 0) return placed({ ...filters, dates: both }, { ...made, dates: null })
  }
  // No contract is in two of these states: `no end date, rolling ones too` means either.
  if (made.state !== null && filters.state !== null && filters.state !== made.state) {
    if (APART.has(made.state) && APART.has(filters.state)) {
      const states = [filters.state, made.state].map((state) => ({ ...NO_FILTERS, state }))
      const rest = { ...filters, state: null, either: [...filters.either, states] }
      return placed(rest, { ...made, state: null })
    }
  }
  const taken = Object.entries(made).some(([name, value]) => {
    const held = filters[name as keyof Filters]
    return !Array.isArray(value) && value !== null && held !== null && held !== value
  })
  if (taken && made.whose === 'all') return filters
  if (taken && filters.whose === 'all') return placed({ ...filters, whose: null }, made)
  if (taken) return { ...filters, either: [...filters.either, [made]] }
  const given = Object.entries(made).filter(([, value]) => value !== null && !Array.isArray(value))
  return {
    ...filters,
    ...Object.fromEntries(given),
    amounts: [...filters.amounts, ...made.amounts],
    words: [...filters.words, ...made.words],
    beside: [...filters.beside, ...made.beside],
    without: [...filters.without, ...made.without],
    either: [...filters.either, ...made.either],
    unread: [...filters.unread, ...made.unread],
    spelt: [...filters.spelt, ...made.spelt],
    asides: [...filters.asides, ...made.asides],
  }
}

function conditionOf({ set, period, not }: Part, { today }: Clock): Filters {
  // What stands behind the time says of what it is.
  const beside = (period?.mode ?? null) === null ? (set.beside ?? []) : []
  const filters = { ...NO_FILTERS, ...set, beside }
  if (period === undefined) return filters
  const { range, days, as, weekdays } = period
  const only = weekdays === undefined ? {} : { weekdays }
  const mode = period.mode ?? { of: 'due', kind: null }
  const { kind } = mode
  if (mode.of === 'due') {
    return days === null
      ? { ...filters, kind, dates: { of: 'due', ranges: [range], as, ...only } }
      : { ...filters, kind, days }
  }
  const dates =
    not && mode.of === 'end' ? { of: mode.of, ranges: [range] } : ofContract(mode.of, range, today)
  return { ...filters, dates: { ...dates, as, ...only } }
}

/** Ends and renewals to come begin today; what lies before it has ended. */
function ofContract(of: Dates['of'], { from, to }: Range, today: CivilDate): Omit<Dates, 'as'> {
  const began = from === null || from < today
  const isOver = of === 'ended' || (of === 'end' && to !== null && to <= today && began)
  if (isOver) {
    const yesterday = addDays(today, -1)
    return { of: 'ended', ranges: [{ from, to: to === null || to > yesterday ? yesterday : to }] }
  }
  const isAhead = of === 'end' || (of === 'renew' && to !== null)
  return { of, ranges: [{ from: from ?? (isAhead ? today : null), to }] }
}
