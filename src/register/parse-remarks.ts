/**
 * What a row says in passing, in whatever cell: breaks and decisions, extensions, ends before their day. Whatever
 * day or length of time no field and no remark has taken is told, so that nothing is left out in silence.
 */
import { addDays, type CivilDate, daysBetween, dayText, lastOfMonths } from '../rules/civil-date.ts'
import type { Period } from '../rules/contract.ts'
import { compare, plainAnswer } from '../rules/text-match.ts'
import { before, periodText, ukCalendar } from '../rules/working-days.ts'
import {
  askColumn,
  askCutShort,
  askLongPast,
  askNoticeServed,
  askRunsOn,
  askSaidExtended,
  askStatus,
} from './asks.ts'
import { DATE_FIELDS, type Field, isAboutLiving, isBeside, readHeading } from './column-names.ts'
import type { Draft, DraftExtension } from './draft.ts'
import { daysIn, isLengthAlone, lengthsIn, readNoticeLength } from './parse-amount.ts'
import type { Cells, FilledCell } from './parse-cells.ts'
import { inEnglish, wholeNumber } from './parse-date.ts'
import { type Ends, latestPossible, noticeIn } from './parse-ends.ts'
import { BREAK, extensionKind, isServed, optionFate, statusSays, yesOrNo } from './parse-words.ts'

// Breaks: when a contract may be ended before its end.

const MAY_HOLD_BREAKS: readonly Field[] = [
  ...(['breaks', 'noticePeriod', 'otherNotice', 'noticeBy', 'extensionMonths'] as const),
  ...([
    'termMonths',
    'otherTerm',
    'end',
    'currentEnd',
    'automaticRenewal',
    'renewalTerm',
    'maximumEnd',
  ] as const),
]
const NO_BREAK =
  /^\W*(?:no|none|nil|n)\b\W*$|\bno break\b|\bbreak\b.*\b(?:(?:not|never) (?:been )?(?:exercised|taken|used|served|operated)|waived|lapsed|expired|declined)\b/i

export interface BreakRead {
  /** The last day on which notice of it can be given, else its own day; null where none is ahead. */
  readonly by: CivilDate | null
}

/** The next day on which a break has to be decided. What of one cannot be read is told. */
export function readBreaks(cells: Cells, start: CivilDate | null, end: Draft['end']): BreakRead {
  let next: CivilDate | null = null
  if (cells.isOwn) return { by: next }
  for (const cell of cells.filled(MAY_HOLD_BREAKS)) {
    const isNamed = cell.field === 'breaks' || BREAK.test(cell.text)
    if (!isNamed && !isNoticeOfBreak(cells, cell, start, end)) continue
    if (NO_BREAK.test(cell.text)) {
      if (!/\d/.test(cell.text)) continue
      const problem = 'a break that was not taken: nothing is watched of it'
      cells.tell(cell.heading, cell.text, problem, 'None needed, if so.', 'note')
      continue
    }
    const { days, notice } = breakIn(cells, cell, start)
    const tell = (problem: string, remedy: string, severity: 'note' | 'warning') => {
      cells.tell(cell.heading, cell.text, problem, remedy, severity)
    }
    const on = notice === null ? '' : ` on a notice of ${periodText(notice)}`
    if (days.length === 0) {
      const problem = `a break${on} is named, and its day cannot be read: it is not watched`
      tell(
        problem,
        'Write the day of the break, or when it is to be looked at as a review date.',
        'warning',
      )
      continue
    }
    const ahead = days
      .map((day) => ({
        day,
        by: notice === null ? day : before(day, notice, ukCalendar('any-uk')),
      }))
      .filter(({ by }) => by >= cells.today)
    const [first] = ahead
    const all = [...new Set(days)].map(dayText).join(', ')
    if (first === undefined) {
      tell(`a break on ${all}${on}: the day for it has passed`, 'None needed.', 'note')
      continue
    }
    const by = first.by === first.day ? '' : `, to be decided by ${dayText(first.by)}`
    tell(`a break on ${all}${on}${by}: it is reviewed then`, 'None needed, if so.', 'note')
    if (next === null || first.by < next) next = first.by
  }
  return { by: next }
}

/** A notice that counts to a day long before the end, `90 days before the second anniversary`: of a break, whatever it is called. */
function isNoticeOfBreak(
  cells: Cells,
  cell: FilledCell,
  start: CivilDate | null,
  end: Draft['end'],
): boolean {
  const { field, heading, text } = cell
  if (end.kind !== 'dated' || field === null || !/notice/i.test(field)) return false
  if (isLengthAlone(text)) return false
  const { days } = breakIn(cells, cell, start)
  const isAhead = days.every((day) => day >= cells.today && daysBetween(day, end.earliest) > 10)
  if (days.length === 0 || !isAhead || isServed(text)) return false
  const counts = cells.noticeDays(field, end.earliest)
  const isLong = counts?.kind === 'before' && daysBetween(counts.base, end.earliest) > 363
  return isLong || /\bbreak/i.test(heading) || NTH_POINT.test(inEnglish(text))
}
/** One of several such days of a term; `each anniversary` is none. */
const NTH_POINT =
  /\b(?:(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh) (?:anniversar\w+|years?\b)|(?:years?|yrs?|months?|mths?) ?\d{1,3}\b|\d{1,2}[ -](?:year|yr|month)[ -](?:anniversary|point|mark))/i

const FEW = '\\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten'
const AT_TIME = new RegExp(
  `\\b(?:(month|mth|year|yr)s? ?((?:${FEW})(?:(?: ?(?:,|&|/|and|or) ?)(?:(?:month|mth|year|yr)s? ?)?\\d{1,3})*)|(\\d{1,2}|first|second|third|fourth|fifth|sixth|seventh)(?:st|nd|rd|th)? (?:(?:year|yr)s?\\b|anniversar\\w+)|(?:after|at|on|from|every) (?:the )?(?:end of )?(${FEW})[ -]?(month|mth|year|yr)s?)\\b`,
  'gi',
)
const NTH = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh']

const DECIDE =
  /\b(?:paper|report|decid\w*|decision|confirm\w*|respon\w+|reply|tell|told|notify|let (?:them|supplier|us) know|sign\w*|act(?:ion)?|choose|instruct\w*|renew\w*|exten\w*|retender\w*|re-?procur\w*|cancel\w*|serve|notice|exercise\w*|option|approv\w*|go to market|start(?:ing)? (?:procurement|tender\w*))\b[^.;]{0,60}?\b(?:by|before|no later than|deadline|due|(?:(?:to|at|on) (?:the )?|pcc |full )?(?:board|cabinet|committee|panel|council|executive|meeting))\b[ :]*(?:the |end (?:of )?|latest |on )*(?=\d|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|mon|tue|wed|thu|fri|sat|sun|q[1-4]|spring|summer|autumn)/gi
const BY_A_DAY =
  /\b(?:by|before|than|deadline|due|board|cabinet|committee|panel|council|executive|meeting)\b/i
const MAY_HOLD_DECISIONS: readonly Field[] = [
  ...(['automaticRenewal', 'renewalTerm', 'status', 'rollsFrom'] as const),
]

/** The first day to come by which something is to be decided, where a cell says so in passing; `known`: that is watched already. */
export function decideBy(cells: Cells, known: (day: CivilDate) => boolean): CivilDate | null {
  if (cells.isOwn) return null
  const days: (readonly [FilledCell, CivilDate])[] = []
  for (const cell of cells.filled(MAY_HOLD_DECISIONS)) {
    const text = inEnglish(cell.text)
    if (text.length > 1000 || BREAK.test(text)) continue
    if (cell.field === null && !BY_A_DAY.test(text)) continue
    const isOpen = cell.field === 'automaticRenewal' && yesOrNo(text) === null
    for (const { earliest } of isOpen ? cells.datesIn(cell, text) : []) days.push([cell, earliest])
    for (const found of text.matchAll(DECIDE)) {
      const [day] = cells.datesIn(cell, text.slice(found.index + found[0].length).slice(0, 40))
      if (day !== undefined) days.push([cell, day.earliest])
    }
  }
  const [first] = days
    .filter(([, day]) => day >= cells.today && !known(day))
    .sort(([, a], [, b]) => compare(a, b))
  if (first === undefined) return null
  const [{ heading, text }, day] = first
  const problem = `to be decided by ${dayText(day)}: it is reviewed then`
  cells.tell(heading, text, problem, 'None needed, if so.', 'note')
  return day
}

/** The days of a break, in their order: written, or counted from the start; and its notice. */
function breakIn(
  cells: Cells,
  cell: FilledCell,
  start: CivilDate | null,
): { readonly days: readonly CivilDate[]; readonly notice: Period | null } {
  const clauses = cell.text.split(/;/).filter((each) => BREAK.test(each))
  const text = inEnglish(clauses.length === 0 ? cell.text : clauses.join(';'))
  const isOfNotice = /notice/i.test(cell.field ?? '')
  // `break 6 months before 31/03/2028`, `break option 3 months`: how long before.
  const ahead = /\b\d+ ?(?:months?|mths?|weeks?|days?)(?=['’]? (?:before|prior|written)\b)/i.exec(
    text,
  )
  // `3 months, to expire on the 5th anniversary`: beside the day of its term.
  const beside = isOfNotice && NTH_POINT.test(text) ? text.replace(NTH_POINT, ' ') : ''
  const among = ahead ?? /\b\d+ ?(?:months?|mths?|weeks?|days?)\b/i.exec(beside)
  const isLength = isOfNotice && text.search(AT_TIME) < 0 && lengthsIn(text).length > 0
  const said = noticeIn(text) ?? among?.[0] ?? (isLength ? text : null)
  const read = said === null ? null : readNoticeLength(said, null)
  const notice = read?.kind === 'period' ? read.period : null
  const rest = said === null || said === text ? text : text.replace(said, ' ')
  const from = Math.max(0, rest.search(BREAK))
  // A day that stands before the word is that of the end.
  const written = cells.datesIn(cell, cell.field === 'breaks' ? rest : rest.slice(from))
  const days = written.map(({ earliest }) => earliest)
  if (days.length === 0 && start !== null) {
    for (const [, unit, numbers = '', nth, after, of] of rest.matchAll(AT_TIME)) {
      const figures = nth ?? after ?? numbers
      const each = (figures.match(/\d+|[a-z]+/gi) ?? []).flatMap((word) => {
        const at = NTH.indexOf(word.toLowerCase()) + 1
        return at > 0 ? [at] : (wholeNumber(word) ?? [])
      })
      const months = /^m/i.test(unit ?? of ?? 'year') ? 1 : 12
      days.push(...each.map((count) => lastOfMonths(start, Math.min(count * months, 1200))))
    }
    const isYearly =
      /\b(?:annual(?:ly)?|yearly|each year|every year|(?:each|every|any) anniversary|anniversar(?:y|ies))\b/i
    if (days.length === 0 && isYearly.test(rest))
      days.push(nextAnniversary(start, notice, cells.today))
  }
  return { days: days.sort(), notice }
}

/** The last day of the first year whose notice can still be given. */
function nextAnniversary(start: CivilDate, notice: Period | null, today: CivilDate): CivilDate {
  const until = notice === null ? today : addDays(today, Math.ceil(daysIn(notice)) + 1)
  let years = 1
  while (years < 100 && lastOfMonths(start, years * 12) < until) years += 1
  return lastOfMonths(start, years * 12)
}

// Extensions, and ends before their day, that stand where nobody looks for them.

const RUNS_ON =
  /\b(?:continu(?:e[sd]?|ing|ation)|carr(?:y|ies|ied|ying) on|hold(?:s|ing)?[- ]?over|held over|overholding|overrun\w*|still (?:running|runs|there|here|on site|with us|in (?:use|place|force)|live|active|operating|being|suppl\w+|us(?:ed|ing)|work\w+|going|doing|on call|provid\w+|deliver\w+|receiv\w+)|month[- ](?:to|by)[- ]month|rolling|ongoing|on[- ]going|out of contract)\b/i
const EXTENDS =
  /\b(?:exten(?:ded|ds|ding|sion)|extn?s?|(?:options?|years?|yrs?|periods?) .{0,24}\b(?:invoked|exercised|taken(?: up)?|used|agreed|in place)|renewed|renewal (?:signed|agreed|in progress)|(?:rolled|carried) (?:over|on|forward|into)|prolonged|re-?(?:appointed|engaged|awarded|let)|retained|bridging|interim)\b/i
/** That it is not so, or that nobody has decided it. */
const DOES_NOT =
  /\b(?:no|not|never|without|cannot|can ?not|can.?t|won.?t|will not|declin\w+|refus\w+|reject\w+|ended|finished|ceased|complete[d]?|expired|replaced|superseded|closed|stopped)\b/i
/** `at no cost`, `without tender`: of how it was extended, and not that it was not. */
const NO_MATTER =
  /\b(?:at no|for no|with no|without(?: any| a)?)(?: (?:extra|additional|further|more|change (?:to|of|in)))? (?:costs?|charges?|price|uplift|increase|fees?|tender\w*|competition|procurement|advert\w*|terms|paper\w*|contract|agreement|documents?|signature|written \w+|po|orders?|cover)\b|\b(?:no|nothing) (?:signed |written )?(?:paper\w*|in writing|signed|on paper|contract|agreement)\b/gi
const CUT_SHORT =
  /\b(?:terminat(?:ed|es|ing)|cancell?(?:ed|ing)|(?:terminat|cancell?at)ion(?! (?:deadline|window|notice|period|fee|clause|charge|right|date))|ends|ending|ended|early (?:end|exit|termination)|cease[ds]?|ceasing|cessation|exit(?:s|ing|ed)|exit(?= (?:on )?\d)|leav(?:es|ing)|(?<!(?:days|weeks|months?|years?|yrs?|options?|one|\d) )left(?! (?:to|a|on|over|message))|withdr(?:awn|aws|awing|ew|awal)|w(?:ound|inds|inding) (?:up|down)|novat(?:ed|es|ing|ion)|stop(?:s|ped|ping)|clos(?:es|ing|ure)|finish(?:es|ed|ing)|vacat(?:es|ed|ing)|surrender(?:s|ed|ing)|hand(?:s|ed|ing)? (?:it |them )?back|pull(?:s|ed|ing) out|resign(?:s|ed|ing|ation)|decommission\w*|switch(?:es|ed|ing) off|(?:replaced|superseded|succeeded) (?:by|from)|(?:new|next|replacement) (?:contract|supplier|provider|agreement)\b[^.;,]{0,40}?\b(?:starts?|begins?|from|live)|last day|final day|not? (?:longer )?(?:needed|required|wanted)|(?:runs?|running|lasts?|valid|live|in (?:force|place)) (?:only )?(?:until|till?|to|up to)|(?:will|shall|to|would) (?:be )?(?:cease|end|stop|leave|exit|close|finish|withdraw|vacate|surrender|terminate|cancel|wind (?:up|down)|hand back|pull out|switch off))\b/i
/** Ends of other things that a remark may tell of. */
const OF_ANOTHER =
  /\b(?:warrant\w+|insurances?|pric\w+|rates?|discounts?|trial|pilot|mobili[sz]ation|standstill|consultation|funding|grants?|bonds?|certificates?|probation|rent[- ]free|holiday|itt|rf[pqti]|eoi|pqq|bids?|quotes?|submissions?|advert\w*|tender\w*|review\w*|evaluation|survey|phase|stage|milestone|training)\b/i
const NOT_AGAIN =
  /\b(?:not|don.?t|never)\b(?: to)?(?: be)? (?:extend\w*|renew\w*)\b|\bhand(?:ing)? back\b/i
/** Where words besides may stand that tell of an extension. */
const SAYS_BESIDES: readonly Field[] = [
  ...(['status', 'automaticRenewal', 'renewalTerm', 'extensionMonths', 'review'] as const),
  ...([
    'extensionStatus',
    'end',
    'currentEnd',
    'otherEnd',
    'termMonths',
    'otherTerm',
    'noticePeriod',
  ] as const),
]

/** What the rest of a row says of its course. */
export interface Besides {
  readonly extensions: readonly DraftExtension[]
  /** That it runs on though its end has passed. */
  readonly runs: boolean
  /** That it ends on an earlier day. */
  readonly end: Draft['end'] | null
}

const NOTHING: Besides = { extensions: [], runs: false, end: null }

/** What words beside the ends say: a later end, an earlier one, or that it runs on; until it is answered, watched. */
export function readBesides(
  cells: Cells,
  { end, currentEnd }: Ends,
  known: readonly DraftExtension[],
): Besides {
  if (cells.isOwn) return NOTHING
  if (end.kind !== 'dated') return endedIn(cells, end)
  const last = known.reduce<CivilDate>(
    (most, { to, status }) => (status === 'confirmed' && to > most ? to : most),
    currentEnd ?? end.latest,
  )
  const isPast = last < cells.today
  let running: FilledCell | null = null
  for (const cell of cells.filled(SAYS_BESIDES)) {
    if (cell.text.length > 1000) continue
    const isOfField = cell.field !== null
    const said = isOfField ? cell.text : underHeading(cells, cell)
    for (const words of inEnglish(said).split(/[;\n]|\.\s/)) {
      const says = words
        .split(/,|\s[-–—]+\s|\b(?:but|though|and)\b/)
        .filter((each) => EXTENDS.test(each) || RUNS_ON.test(each))
      const isSo = says.some((each) => !DOES_NOT.test(each.replace(NO_MATTER, ' ')))
      if (isSo && (isPast || !isOfField)) {
        const later = laterEnd(cells, cell, words, last)
        const isSaid =
          later !== null && known.some(({ to }) => Math.abs(daysBetween(to, later.to)) < 32)
        // Under `Completion if every option is used` stands how far it may go, and not that it does.
        if (later !== null && !isOfField && isOption(cell.heading)) {
          if (isPast) running ??= cell
        } else if (later !== null && isPast && NOT_SIGNED.test(words)) {
          // What is only being talked about moves no end.
          running ??= cell
        } else if (later !== null && !isSaid && (isPast || isAgreed(words, later))) {
          return { ...NOTHING, ...extendedTo(cells, cell, later, last, known) }
        }
        // Words of an extension that the row has are about that one.
        const isOther = RUNS_ON.test(words) || (known.length === 0 && currentEnd === null)
        if (isPast && later === null && isOther && !isOption(words)) running ??= cell
      }
      const stands = isPast || isOfField ? null : standing(cell)
      if (stands !== null) return over(cells, cell, last, stands === 'paused')
      if (!isOfField && NOT_AGAIN.test(words)) {
        const problem =
          'this says that it is not to be extended or renewed: nothing follows from it'
        cells.tell(cell.heading, cell.text, problem, 'Record the decision.', 'warning')
      }
      const isOfNotice = cell.field === 'noticePeriod' && !isServed(words)
      if (!isPast && !ENDS_IN.has(cell.field) && !isOfNotice && isCutShort(words)) {
        // Its day may stand in another sentence: `Gave notice. Leaves 31/12/2026`.
        const days = cells.datesIn(cell, cell.text.replace(CONDITION, ' '))
        const [first] = days.filter(
          ({ earliest, latest }) => earliest < end.earliest && latest >= cells.today,
        )
        if (first !== undefined) return cutShort(cells, cell, end, beforeNext(first, cell.text))
        const until = isServed(words) ? servedUntil(days, words) : null
        if (until !== null && until >= cells.today && until < end.earliest) {
          return cutShort(cells, cell, end, { earliest: until, latest: until, precision: 'day' })
        }
        if (isOfField) continue
        if (isServed(words)) return served(cells, cell, last)
        const isOver = days.some(({ earliest }) => earliest < end.earliest)
        if (isOver || GONE.test(words) || ENDED.has(statusSays(words)))
          return over(cells, cell, last)
        if (/\b(?:early|earlier|sooner)\b/i.test(words)) {
          const problem = `this may say that it ends early, and not when: ${dayText(last)} warns`
          cells.tell(
            cell.heading,
            cell.text,
            problem,
            'Write that day as its end, if so.',
            'warning',
          )
        }
      }
    }
    tellOpen(cells, cell, isPast, last)
  }
  const lives = isPast ? livingStatus(cells) : null
  const isLate = daysBetween(last, cells.today) < LATELY
  if (isLate && !cells.isOneStatus) running ??= lives
  if (running !== null) return runsOn(cells, running, last)
  const besides = isPast ? whereAnOptionIsAhead(cells, known, last) : NOTHING
  if (lives !== null && !isLate && !besides.runs) longPast(cells, lives, last)
  return besides
}

/** Of an end that passed in so many days: longer ago a status is one that nobody has kept. */
const LATELY = 550
const SAYS_LIVE =
  /^(?:live|active|current|in (?:contract|force|use|service|operation)|running|ongoing|operational)\b(?!.*\b(?:ended|expired|over|closed)\b)/i

/** The status, where it says that the contract lives: `Active`, or `Y` below `Still in use?`. */
function livingStatus(cells: Cells): FilledCell | null {
  const [status = null] = cells.filled(['status']).filter(({ field }) => field === 'status')
  if (status === null) return null
  const isYes = isAboutLiving(readHeading(status.heading)) && yesOrNo(status.text) === true
  return isYes || SAYS_LIVE.test(status.text) ? status : null
}

/** What a cell that no field is read from says of how it stands: over, or on hold; null where it says neither. */
function standing({ heading, text }: FilledCell): 'over' | 'paused' | null {
  if (
    text.length > 80 ||
    /\b(?:tender|bid|project|ticket|risk|audit|task|invoice)\b/i.test(heading)
  )
    return null
  if (IDLE.test(text)) return 'paused'
  const tells = /\b(?:rag|status|stage|position|state|standing|health|situation|update)\b/i.test(
    heading,
  )
  const says = /\d{4}/.test(text) ? null : statusSays(text)
  if (says === 'paused' && (tells || /^[\w -]{2,24}$/.test(text))) return 'paused'
  return tells && (says === 'closed' || says === 'over') ? 'over' : null
}
/** Below whatever heading: nobody uses it. */
const IDLE =
  /^(?:currently |now )?(?:dormant|mothballed|inactive)\b|\b(?:no|nil) (?:orders?|calls?|call[- ]offs?|spend|usage|use|work|activity|invoices?)(?: (?:placed|made|raised|recorded|received|ordered))? (?:since|in|for|to date)\b|\b(?:not (?:been )?used|unused|nothing (?:ordered|bought|spent)) (?:since|in|for)\b/i

/** Of what is not settled, and moves nothing: an extension that is not signed, so many that were taken, a supplier that may not go on. */
function tellOpen(cells: Cells, cell: FilledCell, isPast: boolean, end: CivilDate): void {
  const { field, heading, text } = cell
  if (cells.isTold(cell) || !(field === null || OPEN_IN.has(field))) return
  const words = inEnglish(field === 'extensionStatus' ? `${heading} ${text}` : text)
  const tell = (problem: string, remedy: string) =>
    cells.tell(heading, text, problem, remedy, 'warning')
  if (INSOLVENT.test(words)) tell('its supplier may not go on', 'Record what was decided.')
  else if (!isPast && OF_EXTENDING.test(words) && NOT_SIGNED.test(words)) {
    const problem = `it speaks of an extension that is not signed: ${dayText(end)} warns`
    tell(problem, 'Write the later end once it is signed.')
  }
}
const OPEN_IN: ReadonlySet<Field> = new Set<Field>(['status', 'extensionStatus'])
const INSOLVENT =
  /\b(?:in(?:to)? (?:administration|liquidation|receivership)|insolven\w+|bankrupt\w*|ceased trading|gone (?:bust|under)|administrators? appointed)\b/i
const OF_EXTENDING =
  /\b(?:exten\w+|extn?s?\b|renewal|options?|variation|deed|another \w+ (?:months|years|yrs))\b/i
const NOT_SIGNED =
  /\b(?:not (?:yet )?(?:been )?(?:signed|sealed|counter-?signed|agreed|approved|confirmed|returned|in place|back)|no (?:counter-?signed|signed|sealed)|un-?signed|unsealed|awaiting|pending|with (?:legal|the solicitors?|solicitors?|lawyers?|finance|procurement)|being (?:drafted|negotiated|drawn up|prepared)|(?:in|under) (?:draft|negotiation|discussion|consideration|review|principle)|negotiat\w+|propos(?:ed|al)|planned|hoped|sought|requested|letter sent|draft(?:ed)?|(?:to|will|should|may) be (?:signed|agreed|sealed|confirmed|taken(?: up)?|exercised|extended|renewed)|intend\w*)\b/i

/** Of one that runs on without an end, or whose end is not known: the day to come on which a cell says that it ends. */
function endedIn(cells: Cells, end: Exclude<Draft['end'], { kind: 'dated' }>): Besides {
  for (const cell of cells.filled(['status', 'automaticRenewal'])) {
    if (cell.text.length > 1000 || !isCutShort(inEnglish(cell.text))) continue
    const days = cells.datesIn(cell, cell.text.replace(CONDITION, ' '))
    const [day] = days.filter(({ latest }) => latest >= cells.today)
    if (day === undefined) continue
    const { earliest, latest, precision } = beforeNext(day, cell.text)
    const found = { kind: 'dated', earliest, latest, precision } as const
    const problem = `this says when it ends: ${dayText(earliest)} warns until somebody says otherwise`
    const ask = askCutShort(cell, found, end)
    cells.tell(
      cell.heading,
      cell.text,
      problem,
      'Write that day as its end, if so.',
      'question',
      ask,
    )
    return { ...NOTHING, end: found }
  }
  return NOTHING
}

/** `Notice served: yes`: below such a heading a plain answer or day says what the heading does. */
function underHeading(cells: Cells, cell: FilledCell): string {
  const { heading, text, isOfCourse } = cell
  if (!isOfCourse) return text
  const answer = plainAnswer(text)
  if (answer === false) return ''
  return answer === true || cells.isDay(cell) ? `${heading} ${text}` : text
}

/** What these say of its end is read with it. */
const ENDS_IN: ReadonlySet<Field | null> = new Set<Field>([
  ...(['end', 'currentEnd', 'otherEnd', 'termMonths', 'otherTerm', 'review'] as const),
])

const ENDED: ReadonlySet<ReturnType<typeof statusSays>> = new Set(['closed', 'over', 'notice'])
const CONDITION = /\b(?:unless|if not|except)\b[^,;.]*/gi

/** Of notice that was served, and how long it is: the day so long behind it; null where they do not say both. */
function servedUntil(days: ReturnType<Cells['datesIn']>, words: string): CivilDate | null {
  const [day] = days.filter(({ precision }) => precision === 'day')
  const [length] = lengthsIn(words)
  if (day === undefined || length === undefined) return null
  const months =
    length.unit === 'months' ? length.amount : length.unit === 'years' ? length.amount * 12 : 0
  return months > 0
    ? lastOfMonths(addDays(day.earliest, 1), months)
    : addDays(day.earliest, Math.floor(daysIn(length)))
}

/** What another thing begins `from` a day ends on the day before. */
function beforeNext(day: ReturnType<Cells['datesIn']>[number], text: string): typeof day {
  if (day.precision !== 'day' || !FROM_THAT_DAY.test(text)) return day
  const before = addDays(day.earliest, -1)
  return { ...day, earliest: before, latest: before }
}
const FROM_THAT_DAY =
  /\b(?:(?:with effect |effective )?from|w\.?e\.?f\.?|effective|starts?|starting|begins?) (?:on )?(?:the )?\d/i

/** Whether words say that a later end was agreed, or at least not that it is only possible. */
function isAgreed(words: string, { isCounted }: LaterEnd): boolean {
  const fate = optionFate(words)
  if (fate !== null || isOption(words) || isCounted) return fate === 'taken'
  return /\b(?:signed|approved|agreed|granted|confirmed|revised|now|new)\b/i.test(words)
}

/** Whether words say that it ends, or is given up: not that it may be, nor that something else does. */
function isCutShort(words: string): boolean {
  const said = words.replace(CONDITION, ' ')
  if (BREAK.test(said) || OF_ANOTHER.test(said)) return false
  return CUT_SHORT.test(said) || (GONE.test(said) && !GONE_WITHOUT_IT.test(said)) || isServed(said)
}
/** That what it is of is there no longer, or that another contract holds it. */
const GONE =
  /\b(?:removed|uninstalled|taken (?:out|away|down)|scrapped|demolished|disposed of|sold off|returned to (?:supplier|vendor|them))\b|\b(?:merged|absorbed|consolidated|folded|subsumed|rolled|incorporated|transferred|moved)(?: up)? (?:in)?to\b/i
const GONE_WITHOUT_IT =
  /\b(?:options?|extensions?|clauses?|prices?|data|staff|tupe|team|owner|manager|lead|budget|emails?|folders?|files?|papers?|records?|sharepoint|lots?|sites? [A-Z0-9]|items?)\b/i

/** Of an end that has passed an option that was taken, or may have been, has it run on. */
function whereAnOptionIsAhead(
  cells: Cells,
  known: readonly DraftExtension[],
  end: CivilDate,
): Besides {
  if (known.some(({ status }) => status === 'proposed')) return { ...NOTHING, runs: true }
  const possible = latestPossible(cells)
  const isAhead = cells.dateIn(possible)
  const [cell] = cells.filled([possible]).filter(({ field }) => field === possible)
  const reaches = isAhead.kind === 'date' && isAhead.latest >= cells.today
  const isOver = ['closed', 'over'].includes(statusSays(cells.text('status') ?? '') ?? '')
  return reaches && cell !== undefined && !isOver ? runsOn(cells, cell, end) : NOTHING
}

/** An option is no extension, and "extension" alone is the name of one. */
function isOption(words: string): boolean {
  const isOpen = /\b(?:options?|may|could|can|possible|available|up to)\b/i.test(words)
  return isOpen && optionFate(words) !== 'taken'
}

/** The day of a signature is no end. */
const SIGNED_ON =
  /\b(?:signed|dated|approved|letter|deed|variation|board|cabinet|meeting|email)(?: on| of| dated)? \d{1,2}[/. -](?:\d{1,2}|[a-z]{3,9})[/. -]\d{2,4}/gi

interface LaterEnd {
  readonly to: CivilDate
  /** From the end on: nobody knows whether that counts it already. */
  readonly isCounted: boolean
}

/** The day to which these words say that it was extended: written, or so long after the end. */
function laterEnd(cells: Cells, cell: FilledCell, words: string, end: CivilDate): LaterEnd | null {
  const said = words.replace(SIGNED_ON, ' ')
  const days = cells.datesIn(cell, said).filter(({ latest }) => latest > addDays(end, 1))
  const [length] = lengthsIn(words).filter((each) => daysIn(each) >= 14)
  const counted =
    length === undefined
      ? null
      : length.unit === 'months' || length.unit === 'years'
        ? lastOfMonths(addDays(end, 1), length.amount * (length.unit === 'years' ? 12 : 1))
        : addDays(end, Math.round(daysIn(length)))
  const written = days.at(-1)
  if (written === undefined) {
    const isOpen = counted !== null && optionFate(words) !== 'gone'
    return isOpen ? { to: counted, isCounted: true } : null
  }
  // `12m to March 2027`: the length says which day of the month.
  const isWithin = counted !== null && counted >= written.earliest && counted <= written.latest
  const day = written.precision === 'day' ? written.latest : written.earliest
  return { to: isWithin ? counted : day, isCounted: false }
}

/** Of an end that has passed the day to which it was extended counts; beside one ahead it moves nothing. */
function extendedTo(
  cells: Cells,
  cell: FilledCell,
  { to, isCounted }: LaterEnd,
  end: CivilDate,
  known: readonly DraftExtension[],
): Pick<Besides, 'extensions'> {
  const isPast = end < cells.today
  const kind = extensionKind(cell.text)
  const extension: DraftExtension = {
    ...{
      kind,
      status: isPast ? 'confirmed' : 'proposed',
      from: null,
      to,
      cost: null,
      knownOn: null,
    },
    source: `column "${cell.heading}"`,
  }
  const problem = isPast
    ? `the end has passed, and this says that it runs to ${dayText(to)}: that day warns until somebody says otherwise`
    : `this says that it was extended to ${dayText(to)}: ${dayText(end)} warns until somebody says so`
  const ask = askSaidExtended(cell, end, extension, known, isPast, isCounted)
  cells.tell(cell.heading, cell.text, problem, 'Write that day as its end, if so.', 'question', ask)
  return { extensions: [extension] }
}

function runsOn(cells: Cells, cell: FilledCell, end: CivilDate): Besides {
  const problem = `the end, ${dayText(end)}, has passed, and this says that it runs on: it stays watched`
  const ask = askRunsOn(cell)
  cells.tell(cell.heading, cell.text, problem, 'Write the day on which it ends.', 'question', ask)
  return { ...NOTHING, runs: true }
}

/** Nobody is warned of it meanwhile. A status that every row has says nothing: they are counted as ended. */
function longPast(cells: Cells, { heading, text }: FilledCell, end: CivilDate): void {
  if (cells.isOneStatus) return
  const problem = `its status says that it lives, and its end, ${dayText(end)}, passed long ago: it counts as over`
  const remedy = 'Write the day on which it ends, or that it is over.'
  cells.tell(heading, text, problem, remedy, 'question', askLongPast({ heading, text }))
}

function cutShort(
  cells: Cells,
  cell: FilledCell,
  end: Extract<Draft['end'], { kind: 'dated' }>,
  {
    earliest,
    latest,
    precision,
  }: { earliest: CivilDate; latest: CivilDate; precision: typeof end.precision },
): Besides {
  const earlier = { kind: 'dated', earliest, latest, precision } as const
  const problem = `this says that it ends before its end: ${dayText(earliest)} warns until somebody says which holds`
  const ask = askCutShort(cell, earlier, end)
  cells.tell(cell.heading, cell.text, problem, 'Write that day as its end, if so.', 'question', ask)
  return { ...NOTHING, end: earlier }
}

function served(cells: Cells, cell: FilledCell, end: CivilDate): Besides {
  const problem = `this says that notice was served: ${dayText(end)} warns until somebody says what follows`
  const remedy = 'Write the day on which it ends.'
  cells.tell(cell.heading, cell.text, problem, remedy, 'question', askNoticeServed(cell, end))
  return NOTHING
}

function over(cells: Cells, cell: FilledCell, end: CivilDate, isPaused = false): Besides {
  const problem = `this may say that it is ${isPaused ? 'on hold' : 'over'}, and its end, ${dayText(end)}, is still ahead: it stays watched`
  const ask = askStatus(cell.text, end, isPaused, cell.heading)
  cells.tell(
    cell.heading,
    cell.text,
    problem,
    'Give the day on which it really ended.',
    'question',
    ask,
  )
  return NOTHING
}

// What is left over.

/** Whatever stands in these is about the contract's course. */
const COURSE: readonly Field[] = [
  ...(['end', 'currentEnd', 'otherEnd', 'maximumEnd', 'extensionEnd', 'extensionMonths'] as const),
  ...(['secondExtensionMonths', 'otherNotice', 'noticeBy', 'automaticRenewal'] as const),
  ...(['renewalTerm', 'termMonths', 'otherTerm', 'status', 'optionBy', 'extensionKind'] as const),
  ...(['extensionStatus', 'noticePeriod'] as const),
]
const WORD = /^(?:\d{1,3}|[a-z]{1,14})$/i
/** A column of days tells of one that it does not take. */
const PLAIN_DAY = /^(?:\d{4}-\d\d-\d\d(?:[T ].*)?|\d\d?[/.-]\d\d?[/.-]\d{2,4})$/i
/** Words that make what was read of a renewal depend on more. */
const LIMITS =
  /\b(?:options?|optional|exten\w+|break\w*|terminat\w*|cancel\w*|agree\w*|subject to|only if|unless|except|but|however|until|pending|review\w*)\b|\d/i

/**
 * Tells of every day and length of time in a cell of its course that neither the draft nor anything that was
 * told of the cell has.
 */
export function tellLeft(cells: Cells, draft: Draft): void {
  if (cells.isOwn) return
  let known: Known | null = null
  for (const cell of cells.filled(COURSE)) {
    const { field, text } = cell
    if (text.length > 1000 || cells.isTold(cell)) continue
    if (field === null) {
      if (cells.isDay(cell)) {
        known ??= knownOf(draft)
        askDay(cells, cell, draft.end, known)
        continue
      }
      const isOfCourse = OF_COURSE.test(text) || OF_COURSE.test(inEnglish(text))
      if (isOfCourse ? /\d|[a-z]{3} (?:week|month|year)/i.test(text) : LATE_YEAR.test(text)) {
        known ??= knownOf(draft)
        tellBesides(cells, cell, known, isOfCourse)
      }
      continue
    }
    if (WORD.test(text) || (PLAIN_DAY.test(text) && DATE_FIELDS.includes(field))) continue
    if (draft.noticeText !== undefined && isOfNotice(draft.noticeText, cell)) continue
    known ??= knownOf(draft)
    if (isReadWhole(cells, field, known)) continue
    const begins = startOfTerm(cells, cell, draft)
    const ofCell = begins === null ? known : knownOf({ ...draft, start: begins })
    const { days, lengths } = factsLeft(cells, cell, ofCell)
    const left = [...days.map(dayText), ...lengths.map(periodText)]
    if (left.length > 0) {
      const problem = `what stands here besides was not understood: ${left.join(', ')}`
      const severity = days.length > 0 ? 'warning' : 'note'
      cells.tell(
        cell.heading,
        text,
        problem,
        'Give it a column of its own, if it matters.',
        severity,
      )
    } else if (field === 'automaticRenewal' && isLimited(text, draft)) {
      const read = draft.automaticRenewal === true ? 'yes' : 'no'
      const problem = `taken as ${read}: what else stands here is left out`
      cells.tell(cell.heading, text, problem, 'Give the rest a column of its own.', 'note')
    }
  }
}

/** A day to come that may be of its course, and that nothing else gives: its column is asked about. */
function askDay(cells: Cells, cell: FilledCell, end: Draft['end'], known: Known): void {
  const [day] = factsLeft(cells, cell, known).days
  if (day === undefined || day < cells.today || isBeside(readHeading(cell.heading))) return
  const problem = `what its days are of is not known: ${dayText(day)} is not watched`
  const ask = askColumn(cell.heading, day, end)
  cells.tell(cell.heading, cell.text, problem, 'Say what they are.', 'question', ask)
}

/** Of a column that no field is read from: a day to come, and a length of time among words of its course. */
function tellBesides(cells: Cells, cell: FilledCell, known: Known, isOfCourse: boolean): void {
  const { heading, text } = cell
  const left = factsLeft(cells, cell, known)
  const days = left.days.filter((day) => day >= cells.today)
  const said = [...days.map(dayText), ...(isOfCourse ? left.lengths.map(periodText) : [])]
  if (said.length === 0) return
  const problem = `no field is read from this column: ${said.join(', ')} is not watched`
  const severity = isOfCourse && days.length > 0 ? 'warning' : 'note'
  cells.tell(heading, text, problem, 'Give it a column of its own, if it matters.', severity)
}
/** A day to come may stand there. */
const LATE_YEAR = /20[2-9]\d|[/.'’ -][2-9]\d(?!\d)/
const OF_COURSE =
  /\b(?:renew\w*|exten\w*|options?|optional|notice|break\w*|terminat\w*|cancel\w*|expir\w*|ends?|ending|exit\w*|leav\w*|ceas\w*|decid\w*|decision|roll\w*|term|deadline|retender\w*|re-?procur\w*|needed|required|contract|agreement|commencement|(?:let|awarded|signed|taken|runs?|lasts?) for)\b/i

/** The words of a notice stand on the card; a day of it was counted from all of them. */
function isOfNotice(noticeText: string, { field, text }: FilledCell): boolean {
  const isDay = noticeText.startsWith('by ') && /notice|renewal/i.test(field ?? '')
  return noticeText === text || isDay
}

/** Whether its cell reads as one day, with nothing left, and that day is known. */
function isReadWhole(cells: Cells, field: Field, { days }: Known): boolean {
  const reading = cells.dateIn(field)
  if (reading.kind !== 'date' || reading.remark !== undefined) return false
  const { earliest, latest, last = latest } = reading
  return [earliest, latest, last].some((day) => days.includes(day))
}

/** `1/4/2024 - 31/3/2027`, `3 years from 1/4/2024`: the first day of the cell is that of its term. */
function startOfTerm(cells: Cells, cell: FilledCell, { end, start }: Draft): CivilDate | null {
  const isTerm = cell.field === 'termMonths' || cell.field === 'otherTerm'
  if (end.kind !== 'dated' || !(isTerm || start === null)) return null
  const [first, another] = cells.datesIn(cell, cell.text)
  const begins =
    another !== undefined || /\b(?:from|since|commenc|start|beg[iau]n)/i.test(cell.text)
  return first !== undefined && begins && first.latest <= end.latest ? first.earliest : null
}

function isLimited(text: string, draft: Draft): boolean {
  const { automaticRenewal, renewalTerm, noticePeriod, maximumEnd } = draft
  const isRead = (noticePeriod ?? maximumEnd ?? renewalTerm) !== null
  return automaticRenewal !== null && !isRead && LIMITS.test(text.replace(UNLESS_NOTICE, ' '))
}

/** What every renewal depends on. */
const UNLESS_NOTICE =
  /\b(?:unless|until|if not|except if)\b[^,;]*\b(?:notice|terminat\w+|cancel\w+|given|served)\b/gi

interface Known {
  readonly days: readonly CivilDate[]
  readonly rollsFrom: CivilDate | null
  /** In days: what it has, and what lies between its days. */
  readonly lengths: readonly number[]
  /** From its end on, likewise. */
  readonly options: readonly number[]
}

/** Every day and length of time that the draft has, and what lies between its days. */
function knownOf(draft: Draft): Known {
  const { start, end, maximumEnd, optionEnds = [], currentEnd, extensions } = draft
  const { reviewOn, rollsFrom, optionBy, callOffBy, noticeText = '', whileAsked } = draft
  const dated = end.kind === 'dated' ? [end.earliest, end.latest] : []
  const course = [
    ...dated,
    maximumEnd,
    ...optionEnds,
    currentEnd,
    ...extensions.map(({ to }) => to),
  ]
  const ofCourse = [...new Set(course.filter((day) => day !== null))].sort(compare)
  const by = noticeText.match(/\d{4}-\d\d-\d\d/g) ?? []
  const others = [
    start,
    reviewOn,
    rollsFrom,
    optionBy,
    callOffBy,
    ...extensions.map(({ from }) => from),
  ]
  const days = [...ofCourse, ...others, ...(by as CivilDate[])].flatMap((day) => day ?? [])
  const first = start === null ? ofCourse : [addDays(start, -1), ...ofCourse]
  const between = first.flatMap((from, at) =>
    first.slice(at + 1).map((to) => daysBetween(from, to)),
  )
  const periods = [
    draft.noticePeriod,
    draft.renewalTerm,
    draft.prices?.minimumExtension,
    whileAsked?.noticePeriod,
  ]
  const lengths = [...periods.flatMap((each) => (each ? [daysIn(each)] : [])), ...between]
  const last = end.kind === 'dated' ? end.latest : null
  const options =
    last === null ? [] : ofCourse.flatMap((to) => (to > last ? [daysBetween(last, to)] : []))
  return { days, rollsFrom: rollsFrom ?? null, lengths, options }
}

function factsLeft(
  cells: Cells,
  cell: FilledCell,
  { days, rollsFrom, lengths, options }: Known,
): { readonly days: readonly CivilDate[]; readonly lengths: readonly Period[] } {
  const dates = cells.datesIn(cell, cell.text).filter(({ earliest, latest }) => {
    const isKnown = (day: CivilDate) => day >= addDays(earliest, -1) && day <= addDays(latest, 1)
    // Of an anniversary any year.
    return !days.some(isKnown) && rollsFrom?.slice(5) !== earliest.slice(5)
  })
  const spans = lengthsIn(inEnglish(cell.text)).filter(({ amount }) => amount > 0)
  const isKnown = (long: number) => {
    const slack = Math.max(3, long / 60)
    // Options of one length, several times.
    const isPart = (whole: number) => Math.min(whole % long, long - (whole % long)) <= slack
    return lengths.some((known) => Math.abs(known - long) <= slack) || options.some(isPart)
  }
  const sum = spans.reduce((days, each) => days + daysIn(each), 0)
  return {
    days: dates.map(({ earliest }) => earliest),
    lengths: isKnown(sum) ? [] : spans.filter((each) => !isKnown(daysIn(each))),
  }
}
