/** What a row leaves open (`Ask`): its text, the answers to choose from and what each makes of the draft, and what holds meanwhile. */

import {
  addDays,
  addMonths,
  type CivilDate,
  civilDate,
  daysBetween,
  dayText,
} from '../rules/civil-date.ts'
import {
  type DatedEnd,
  endOn,
  LIVES_LONG_PAST,
  NO_NOTICE_GIVEN,
  type Period,
  REGIMES,
} from '../rules/contract.ts'
import { isNotSettled } from '../rules/text-match.ts'
import { periodText } from '../rules/working-days.ts'
import type { Ask, AskChoice, Draft, DraftExtension } from './draft.ts'

function ofDay(day: CivilDate): { readonly end: DatedEnd } {
  return { end: endOn(day) }
}

/** So many an import asks, of those about several contracts and of the others, and shows at once. */
export const ASKED = { groups: 12, singles: 15, firstScreen: 7 } as const

/** The wording of all cells that say no more than that it is not settled. */
const NOT_SETTLED = 'not settled'

/** Words without their figures: rows that differ only in these are one question. */
export function wordingOf(text: string): string {
  return text
    .toLowerCase()
    .replace(/\d+(?:[.,/-]\d+)*/g, '#')
    .replace(/[^\p{L}#+%]+/gu, ' ')
    .trim()
    .slice(0, 80)
}

/** The wording of cells whose figures tell them apart. */
function written(words: string, most = 80): string {
  return words.toLowerCase().replace(/\s+/g, ' ').slice(0, most)
}

/** What is warned by meanwhile: the end of its own for each of several. */
function untilEnd(what: string, end: CivilDate): Pick<Ask, 'holds' | 'holdsEach'> {
  const on = dayText(end)
  return { holds: `${what}, ${on}`, holdsEach: `${what} of each, such as ${on}` }
}

function choice(id: string, text: string, says: Partial<Draft>): AskChoice {
  return { id, text, says }
}

/** A later end beside one that is still ahead: signed, or only possible? */
export function askExtension(heading: string, end: CivilDate, extension: DraftExtension): Ask {
  return {
    about: 'extension',
    wording: '',
    text: `Is “${heading}” an end that was signed, or the latest one possible?`,
    choices: [
      choice('signed', 'Signed: they run to it', {
        extensions: [{ ...extension, status: 'confirmed' }],
      }),
      choice('possible', 'The latest possible: an option', {
        extensions: [],
        maximumEnd: extension.to,
      }),
    ],
    ...untilEnd('the earlier end', end),
  }
}

/** Words of an option that say that it was taken: signed, counted in the end already, or only meant? */
export function askTaken(
  heading: string,
  words: string,
  end: CivilDate,
  extension: DraftExtension,
  besides: Pick<Draft, 'extensions' | 'maximumEnd' | 'optionEnds'>,
): Ask {
  const to = dayText(extension.to)
  const { extensions } = besides
  return {
    about: 'extension',
    wording: wordingOf(words),
    text: `“${heading}” says “${words}”. Was that signed, so that these run on, such as to ${to}?`,
    choices: [
      choice('signed', `Signed: they run on, such as to ${to}`, {
        extensions: [...extensions, { ...extension, status: 'confirmed' }],
      }),
      choice(
        'counted',
        `Signed, and their end, such as ${dayText(end)}, counts it already`,
        besides,
      ),
      choice('possible', 'Not signed yet: an option', { extensions }),
    ],
    ...untilEnd('the earlier end', end),
  }
}

/** Words beside the ends that tell of an extension: of an end that has passed it counts meanwhile. */
export function askSaidExtended(
  { heading, text }: Said,
  end: CivilDate,
  extension: DraftExtension,
  known: readonly DraftExtension[],
  isPast: boolean,
  isCounted = false,
): Ask {
  const to = dayText(extension.to)
  return {
    about: 'extension',
    wording: wordingOf(text),
    text: `“${heading}” says “${shortened(text)}”. Do these run on, such as to ${to}?`,
    choices: [
      choice('signed', `Yes, signed: such as to ${to}`, {
        extensions: [...known, { ...extension, status: 'confirmed' }],
      }),
      ...(isCounted && !isPast
        ? [
            choice('counted', `Signed, and their end, such as ${dayText(end)}, counts it already`, {
              extensions: known,
            }),
          ]
        : []),
      choice(
        'not',
        isPast ? `No: they ended, such as on ${dayText(end)}` : 'No, or not signed yet',
        { extensions: known },
      ),
    ],
    ...(isPast
      ? { holds: `they run to that day, such as ${to}, and are watched` }
      : untilEnd('the earlier end', end)),
  }
}

/** Words that say that it runs on though its end has passed. */
export function askRunsOn({ heading, text }: Said): Ask {
  return {
    about: 'end',
    wording: `runs on ${wordingOf(text)}`,
    text: `The end of these has passed, and “${heading}” says “${shortened(text)}”. Do they still run?`,
    choices: [
      choice('runs', 'Yes, without an end that is known', {}),
      choice('over', 'No, they are over: watch no longer', { closed: true }),
    ],
    holds: 'they are watched as running past their end',
  }
}

/** A status that says that it lives, beside an end that passed long ago: one that nobody has kept? */
export function askLongPast({ heading, text }: Said): Ask {
  return {
    about: 'end',
    wording: `${LIVES_LONG_PAST} ${wordingOf(text)}`,
    text: `The end of these passed more than 18 months ago, and “${heading}” says “${shortened(text)}”. Do they still run?`,
    choices: [
      choice('runs', 'Yes, without an end that is known: watch them', { runs: true }),
      choice('over', 'No, they are over', { closed: true }),
    ],
    holds: 'they count as over: listed with what had ended before, and nobody is warned of them',
  }
}

/** Days to come below a heading that no field is read from: one question about the column. */
export function askColumn(heading: string, day: CivilDate, end: Draft['end']): Ask {
  const isLater = end.kind === 'dated' && day > end.latest
  const beside = end.kind === 'dated' ? `; the end, such as ${dayText(end.latest)}, is` : ''
  return {
    about: 'end',
    wording: '',
    text: `No field is read from “${heading}”. What are its days, such as ${dayText(day)}?`,
    choices: [
      choice('end', 'On these they end', ofDay(day)),
      choice('latest', 'So far they may be extended', isLater ? { maximumEnd: day } : {}),
      choice(
        'notice',
        'Until these notice can be given',
        isLater ? {} : { noticePeriod: null, noticeText: `by ${day}` },
      ),
      choice('review', 'On these they are reviewed', { reviewOn: day }),
      choice('other', 'Something else: nothing to warn of', {}),
    ],
    holds: `none of them is warned of${beside}`,
  }
}

/** Words that say that it ends before its end. */
export function askCutShort({ heading, text }: Said, earlier: DatedEnd, later: Draft['end']): Ask {
  const until = later.kind === 'dated' ? `on ${dayText(later.latest)}` : 'they go on'
  return {
    about: 'end',
    wording: `cut short ${wordingOf(text)}`,
    text: `“${heading}” says “${shortened(text)}”. Do these end before their end?`,
    choices: [
      choice('earlier', `Yes, such as on ${dayText(earlier.latest)}`, { end: earlier }),
      choice('end', `No: ${until}`, { end: later }),
    ],
    holds: `the earlier day, such as ${dayText(earlier.latest)}`,
  }
}

/** What a cell says, and under which heading. */
interface Said {
  readonly heading: string
  readonly text: string
}

function shortened(text: string): string {
  return text.length > 160 ? `${text.slice(0, 159)}…` : text
}

/** Words of an option that was not taken: is it gone, or may it still be? */
export function askNotTaken(
  heading: string,
  words: string,
  open: Pick<Draft, 'maximumEnd' | 'optionEnds'>,
): Ask {
  return {
    about: 'option',
    wording: wordingOf(words),
    text: `“${heading}” says “${words}”. Is that option gone, or may it still be taken?`,
    choices: [choice('gone', 'It is gone', {}), choice('open', 'It may still be taken', open)],
    holds: 'it is not watched',
  }
}

/** Words of options that may reach to one of several days: `12 months or 24 months`. */
export function askOptions(
  heading: string,
  words: string,
  readings: readonly (readonly CivilDate[])[],
): Ask {
  const choices = readings.slice(0, 4).flatMap((ends) => {
    const last = ends.at(-1)
    if (last === undefined) return []
    const text = ends.length === 1 ? dayText(last) : `${dayText(last)}, in ${ends.length} steps`
    const says = { maximumEnd: last, optionEnds: ends.length > 1 ? ends : [] }
    return { last, text, says }
  })
  const named = [
    'shortest',
    ...(choices.length > 3 ? ['second', 'third'] : choices.length > 2 ? ['second'] : []),
    'longest',
  ]
  return {
    about: 'option',
    wording: `lengths ${written(words)}`,
    text: `“${heading}” says “${words}”. How far do the options of these reach?`,
    choices: choices.map(({ text, says }, at) => {
      return choice(named[at] ?? `${at}`, `Such as to ${text}`, says)
    }),
    holds: `the shortest, such as to ${choices[0]?.text ?? ''}`,
  }
}

/** `notice` is blank where none is given, `said` is what the register itself says of renewal: `?`, `Possibly`. */
export function askRenewal(notice: string, said = ''): Ask {
  const facts = [
    ...(said === ''
      ? []
      : [
          `Of their renewal the register says ${isNotSettled(said) ? 'only such as ' : ''}“${said}”`,
        ]),
    ...(notice === ''
      ? []
      : [`${said === '' ? 'They' : 'they'} have a notice period (“${notice}”)`]),
  ]
  const own = said === '' ? '' : ` · ${written(said, 40)}`
  return {
    about: 'renewal',
    wording: isNotSettled(said) ? NOT_SETTLED : `${wordingOf(notice)}${own}`,
    text: `${facts.join(', and ')}. Do these renew by themselves?`,
    choices: [
      choice('yes', 'Yes, unless notice is given', { automaticRenewal: true }),
      choice('no', 'No, they end', { automaticRenewal: false }),
    ],
    holds: 'they end; the end’s warnings name the notice',
  }
}

/** An end that goes on from term to term, and a column that says that it does not renew. */
export function askWhetherRolls(words: string, said: string, heading?: string): Ask {
  return {
    about: 'renewal',
    wording: `${wordingOf(words)} · ${said.toLowerCase().slice(0, 40)}`,
    text: `${heading === undefined ? 'Their end is' : `“${heading}” says`} “${shortened(words)}”, and under renewal stands “${said}”. Do these go on from term to term?`,
    choices: [
      choice('yes', 'Yes: each term is followed by another, unless notice is given', {
        automaticRenewal: true,
      }),
      choice('no', 'No: they can be ended on any day, without notice', {
        automaticRenewal: false,
      }),
      NOT_KNOWN,
    ],
    holds: 'they count as going on from term to term, and their notice is warned of',
  }
}

/** It goes on from term to term (`rolls`), or its notice counts from the anniversary, and nothing tells from which day. */
export function askRolls(words: string, rolls: boolean, today: CivilDate): Ask {
  const year = Number(today.slice(0, 4)) - 1
  const from = (month: number) => ({ rollsFrom: civilDate(year, month, 1) ?? today })
  return {
    about: 'rolls',
    wording: written(words),
    text: rolls
      ? `“${words}” goes on from term to term, and no start is given. On which day does a term of these begin?`
      : `A notice of “${words}” counts from the anniversary, and no start is given. On which day does a year of these begin?`,
    choices: [
      choice('1-april', 'On 1 April', from(4)),
      choice('1-january', 'On 1 January', from(1)),
      choice('any-time', 'On none: notice may be given at any time', {}),
    ],
    holds: rolls
      ? 'no date is watched: they are listed as rolling on'
      : 'notice is counted back from the end',
  }
}

/** Nobody knows it: what holds stays, and nobody is asked again. */
export const NOT_KNOWN = {
  id: 'not-known',
  text: 'Not known: leave it so, and ask no more',
  says: {},
} as const

/** An answer is taken back: what it was about is open again. */
export const TAKE_BACK = {
  id: 'take-back',
  text: 'Taken back: it is open again',
  says: {},
} as const

const NOTICES: readonly (readonly [string, Period])[] = [
  ['1 month', { amount: 1, unit: 'months' }],
  ['3 months', { amount: 3, unit: 'months' }],
  ['6 months', { amount: 6, unit: 'months' }],
]

/** It renews by itself, and no notice is given: until somebody says how long it is, three months count. */
export function askNoticeOf(): Ask {
  return {
    about: 'notice',
    wording: NO_NOTICE_GIVEN,
    text: 'These renew by themselves, and their register gives no notice. How long is it?',
    choices: [
      ...NOTICES.map(([id, noticePeriod]) => {
        return choice(id.replaceAll(' ', '-'), id, { noticePeriod, noticeText: id })
      }),
      choice('none', 'None: they can be stopped until their last day', {
        noticePeriod: { amount: 0, unit: 'days' },
        noticeText: 'none',
      }),
      NOT_KNOWN,
    ],
    holds: 'three months; where that day has passed, the longest that can still be given',
  }
}

/**
 * `lengths`: the periods that the words name, where there are several; `days`: the days that they may mean
 * instead. Until somebody answers, `held` counts: the longest, or a day.
 */
export function askNotice(
  words: string,
  lengths: readonly Period[] = [],
  held?: Period | CivilDate,
  days: readonly CivilDate[] = [],
): Ask {
  const several = [...new Map(lengths.map((each) => [periodText(each), each]))]
  const known = several.length > 0 ? several.slice(0, 4) : NOTICES
  return {
    about: 'notice',
    wording: written(words, Number.POSITIVE_INFINITY),
    text: `How long is a notice of “${words}”?`,
    choices: [
      ...known.map(([id, period]) => {
        return choice(id.replaceAll(' ', '-'), periodText(period), { noticePeriod: period })
      }),
      ...days.map((day) =>
        choice(`by-${day}`, `By ${dayText(day)}`, { noticePeriod: null, noticeText: `by ${day}` }),
      ),
      choice('none', 'No notice is needed', { automaticRenewal: false }),
      NOT_KNOWN,
    ],
    holds:
      held === undefined
        ? 'three months, as they renew by themselves'
        : typeof held === 'string'
          ? `notice by ${dayText(held)}`
          : `the longest, ${periodText(held)}; where its day has passed, the longest that can still be given`,
  }
}

/** It goes on from term to term, and nothing tells how long a term is: assumed as a year meanwhile. */
export function askRollTerm(words: string): Ask {
  const of = (amount: number) => ({ renewalTerm: { amount, unit: 'months' } as const })
  return {
    about: 'rolls',
    wording: `term of ${written(words)}`,
    text: `“${words}” does not say how long a term of these is. How long do they renew for?`,
    choices: [
      choice('12-months', '12 months', of(12)),
      choice('1-month', '1 month', of(1)),
      choice('any-time', 'For no term: notice may be given at any time', {
        automaticRenewal: null,
      }),
    ],
    holds: 'a term of 12 months is assumed',
  }
}

/** A status that says "over", or "on hold", of a contract whose end is still ahead. */
export function askStatus(
  status: string,
  end: CivilDate | null,
  isPaused = false,
  heading: string | null = null,
): Ask {
  const says =
    heading === null ? `Their status is “${status}”` : `“${heading}” says “${shortened(status)}”`
  const asks = isPaused ? 'Are these over, or do they still run to it?' : 'Are these over already?'
  return {
    about: 'status',
    wording: wordingOf(status),
    text: `${says}, and ${end === null ? 'no end is known' : 'their end is still ahead'}. ${asks}`,
    choices: [
      choice('over', 'Yes, over: watch no longer', { closed: true }),
      choice('runs', 'No: they run on as their register says, and renew where it says so', {}),
    ],
    ...(end === null ? { holds: 'they stay watched' } : untilEnd('watched until the end', end)),
  }
}

export function askServed(status: string): Ask {
  return {
    about: 'status',
    wording: wordingOf(status),
    text: `Their status is “${status}”. Was notice served, so that these do not renew?`,
    choices: [
      choice('served', 'Yes, they end', { automaticRenewal: false }),
      choice('renews', 'No, they renew by themselves', {}),
    ],
    holds: 'they renew by themselves unless notice is given, and none is presumed to have renewed',
  }
}

/** Words that say that notice was served, of a contract whose end is still ahead; the day itself may be typed. */
export function askNoticeServed({ heading, text }: Said, end: CivilDate): Ask {
  return {
    about: 'end',
    wording: `served ${wordingOf(text)}`,
    text: `“${heading}” says “${shortened(text)}”. Do these end then, and on which day?`,
    choices: [
      choice('served', `They end on their end, such as ${dayText(end)}, and do not renew`, {
        automaticRenewal: false,
      }),
      choice('over', 'They have ended already: watch no longer', { closed: true }),
      choice('renews', 'No: they go on as they are', {}),
    ],
    ...untilEnd('watched until the end', end),
  }
}

/** A length whose unit is open: what each unit would make of the draft. */
export function askTerm(
  words: string,
  about: 'term' | 'option',
  heading: string,
  years: Partial<Draft>,
  months: Partial<Draft>,
): Ask {
  return {
    about,
    wording: written(words, Number.POSITIVE_INFINITY),
    text: `“${heading}” says “${words}”: are these years or months?`,
    choices: [choice('years', 'Years', years), choice('months', 'Months', months), NOT_KNOWN],
    holds: about === 'term' ? 'no end is known' : 'no option is watched',
  }
}

/** Two days in the cell of an end. */
export function askWhichEnd(
  words: string,
  first: Draft['end'],
  last: Draft['end'],
  held: Draft['end'],
): Ask {
  const text = (end: Draft['end']) => (end.kind === 'dated' ? dayText(end.latest) : 'no end')
  return {
    about: 'end',
    wording: wordingOf(words),
    text: `The end says “${words}”. Which day holds?`,
    choices: [
      choice('earlier', `The earlier, ${text(first)}`, { end: first }),
      choice('later', `The later, ${text(last)}`, { end: last }),
    ],
    holds: text(held),
  }
}

/** A length of time in the place of an end. */
export function askCounted(heading: string, words: string, end: DatedEnd): Ask {
  return {
    about: 'end',
    wording: `length ${written(words)}`,
    text: `“${heading}” says “${words}”. Is that counted from their start, such as to ${dayText(end.latest)}?`,
    choices: [
      choice('yes', 'Yes', { end }),
      choice('no', 'No: their end is not known', { end: { kind: 'undated' } }),
    ],
    holds: 'it is counted from the start',
  }
}

/** What is known of an end that is no day. */
export function knownTo({ earliest, latest, precision }: DatedEnd): string {
  const days = daysBetween(earliest, latest)
  if (precision !== 'month' || days > 14) return precision
  return days < 7 ? 'week' : 'fortnight'
}

/** An end known to the month, quarter or year; a quarter may be one of the financial year. */
export function askWhichDay(words: string, end: DatedEnd): Ask {
  const { earliest, latest, precision } = end
  const isQuarter =
    precision === 'quarter' &&
    /\bq[1-4]\b|quarter/i.test(words) &&
    !/\b(?:fy|financial|fiscal)|\d{2} ?[/–-] ?\d{2}\b/i.test(words)
  const financial = addDays(addMonths(addDays(latest, 1), 3), -1)
  return {
    about: 'end',
    wording: `${knownTo(end)} ${wordingOf(words)}`,
    text: `Of an end such as “${words}” only the ${knownTo(end)} is known. Which day of it do they end on?`,
    choices: [
      choice('last', `The last, such as ${dayText(latest)}`, ofDay(latest)),
      choice('first', `The first, such as ${dayText(earliest)}`, ofDay(earliest)),
      ...(isQuarter
        ? [
            choice(
              'financial-quarter',
              `The last of that quarter of the financial year, such as ${dayText(financial)}`,
              ofDay(financial),
            ),
          ]
        : []),
    ],
    holds: 'warnings count to the first day; overdue only after the last',
  }
}

/** A length that may be one of several: `2-3 years`, `5 years (2 year option)`. */
export function askHowLong(
  heading: string,
  words: string,
  readings: readonly { readonly end: DatedEnd; readonly options: readonly Period[] }[],
  reached: (end: CivilDate, options: readonly Period[]) => readonly CivilDate[],
  endSource: string,
  held: DatedEnd,
): Ask {
  const says = ({ end, options }: (typeof readings)[number]): Partial<Draft> => {
    return { end, endSource, maximumEnd: reached(end.latest, options).at(-1) ?? null }
  }
  const named =
    readings.length > 2 ? ['shortest', 'second', 'third', 'longest'] : ['shorter', 'longer']
  return {
    about: 'term',
    wording: `how long ${written(words)}`,
    text: `“${heading}” says “${words}”. When do these end?`,
    choices: readings.slice(0, 4).map((each, at) => {
      const to = reached(each.end.latest, each.options).at(-1)
      const more = to === undefined ? '' : `, with an option to ${dayText(to)}`
      return choice(
        named[at] ?? `${at}`,
        `Such as on ${dayText(each.end.latest)}${more}`,
        says(each),
      )
    }),
    ...untilEnd('the earliest end that is still ahead', held.latest),
  }
}

/** What stands in the cell of an end, and no day can be read from it. Words that settle nothing are one question. */
export function askUnread(
  heading: string,
  words: string,
  wording = isNotSettled(words) ? NOT_SETTLED : `unread ${wordingOf(words)}`,
): Ask {
  return {
    about: 'end',
    wording,
    text: `“${heading}” says “${words}”. When do these end?`,
    choices: [
      choice('rolling', 'They run on until notice', { end: { kind: 'rolling' } }),
      NOT_KNOWN,
    ],
    holds: 'no date is watched: they are listed as without an end',
  }
}

/** An end that has passed, and a start that is later. */
export function askBeforeStart(heading: string, end: DatedEnd, start: CivilDate): Ask {
  return {
    about: 'end',
    wording: 'before the start',
    text: `“${heading}” lies before the start, such as ${dayText(end.latest)} and ${dayText(start)}. Which of the two is wrong?`,
    choices: [
      choice('start', 'The start: they ended then', { end, start: null }),
      { ...NOT_KNOWN, text: 'The end: it is not known' },
    ],
    holds: 'no date is watched: they are listed as without an end',
  }
}

/** A bare number in the place of an end. */
export function askIsDay(heading: string, words: string, end: DatedEnd): Ask {
  return {
    about: 'end',
    wording: 'a number',
    text: `“${heading}” holds a bare number such as ${words}. Is that ${dayText(end.latest)}, as a spreadsheet counts days?`,
    choices: [
      choice('yes', 'Yes', { end }),
      choice('no', 'No: their end is not known', { end: { kind: 'undated' } }),
    ],
    holds: 'the day that it stands for warns',
  }
}

/** Two columns of the same length that differ. */
export function askLength(
  about: 'term' | 'notice',
  first: { readonly heading: string; readonly words: string; readonly says: Partial<Draft> },
  second: { readonly heading: string; readonly words: string; readonly says: Partial<Draft> },
  holds: string,
): Ask {
  const of = ({ heading, words }: typeof first) => `“${heading}” says “${words}”`
  return {
    about,
    wording: 'two columns',
    text: `${of(first)}, and ${of(second)}. Which holds?`,
    choices: [
      choice('first', `“${first.heading}”`, first.says),
      choice('second', `“${second.heading}”`, second.says),
    ],
    holds,
  }
}

/** Two columns that both read as the end, and differ. */
export function askWhichColumn(
  first: { readonly heading: string; readonly end: DatedEnd },
  second: { readonly heading: string; readonly end: DatedEnd },
  { end, to, source }: { readonly end: DatedEnd; readonly to: CivilDate; readonly source: string },
): Ask {
  const extended: DraftExtension = {
    kind: 'unknown',
    status: 'confirmed',
    ...{ from: null, to, cost: null, knownOn: null, source },
  }
  return {
    about: 'end',
    wording: '',
    text: `“${first.heading}” and “${second.heading}” differ. Which is the end?`,
    choices: [
      choice('first', `“${first.heading}”`, { end: first.end }),
      choice('second', `“${second.heading}”`, { end: second.end }),
      choice('extended', 'Both: extended from the earlier to the later', {
        end,
        extensions: [extended],
      }),
    ],
    holds: `the earlier of the two warns, such as ${dayText(end.latest)}`,
  }
}

/** An end that a term reaches only with its options, of which none has begun. */
export function askWithOptions(
  { heading, words }: { readonly heading: string; readonly words: string },
  own: DatedEnd,
  end: DatedEnd,
  optionEnds: readonly CivilDate[],
): Ask {
  const left = optionEnds.filter((day) => day > end.latest)
  return {
    about: 'end',
    wording: `with options ${written(words)}`,
    text: `“${heading}” says “${words}”, and the end, such as ${dayText(end.latest)}, counts options. Do these end before, such as on ${dayText(own.latest)}?`,
    choices: [
      choice('before', `Yes, unless an option is taken: such as on ${dayText(own.latest)}`, {
        end: own,
      }),
      choice('counted', `No, the options were taken: such as on ${dayText(end.latest)}`, {
        end,
        maximumEnd: left.at(-1) ?? null,
        optionEnds: left,
      }),
    ],
    holds: `the earlier end, such as ${dayText(own.latest)}`,
  }
}

/** The latest possible end, given without any other. */
export function askMaximum(heading: string, end: DatedEnd): Ask {
  return {
    about: 'end',
    wording: '',
    text: `“${heading}” is the only end that is given. Do they end then?`,
    choices: [
      choice('ends', 'Yes, they end then', {}),
      choice('latest', 'No, it is the latest possible: their end is not known', {
        end: { kind: 'undated' },
        maximumEnd: end.latest,
      }),
    ],
    holds: 'they are watched by it',
  }
}

const ROUTE_CHOICES: readonly (readonly [string, string])[] = [
  ['open', 'Open procedure'],
  ['competitive-flexible', 'Competition in stages'],
  ['mini-competition', 'Mini-competition under a framework'],
  ['framework-direct-award', 'Direct award under a framework'],
  ['dynamic-market', 'Dynamic market'],
  ['direct-award', 'Direct award'],
  ['quotes', 'Quotes'],
]

/** A route in words that are none of those that are known. */
export function askRoute(words: string): Ask {
  return {
    about: 'route',
    wording: written(words),
    text: `Which route is “${words}”?`,
    choices: [
      ...ROUTE_CHOICES.map(([id, text]) => choice(id, text, { route: id })),
      choice('none', 'None of these: by its value', {}),
    ],
    holds: 'a start-by is a range from the slowest route to the fastest in use',
  }
}

const REGIME_CHOICES: readonly (readonly [string, string])[] = [
  ['PA23', 'Procurement Act 2023'],
  ['PCR15', 'Public Contracts Regulations 2015'],
  ['PSR23', 'Provider Selection Regime 2023'],
  ['below-threshold', 'Below the threshold'],
  ['other', 'Another law'],
]

function regimeChoices(ids: readonly string[]): AskChoice[] {
  return REGIME_CHOICES.filter(([id]) => ids.includes(id)).map(([id, text]) => {
    return choice(id, text, { regime: REGIMES.find((each) => each === id) ?? null })
  })
}

/** Contracts of which neither record, dates nor framework tell under which law they stand. */
export function askRegime(): Ask {
  return {
    about: 'regime',
    wording: '',
    text: 'Under which law do these stand? Neither their start nor their framework tells.',
    choices: [...regimeChoices(REGIMES), NOT_KNOWN],
    holds: 'no notices and no tests of changes are counted for them',
  }
}

/** Recorded as under an Act that was not in force when they began. */
export function askOlderLaw(): Ask {
  return {
    about: 'regime',
    wording: 'too early',
    text: 'These are recorded as under the Procurement Act 2023 and start before 24 Feb 2025. Which law holds?',
    choices: [
      ...regimeChoices(['PCR15', 'PSR23', 'below-threshold', 'other']),
      choice('start', 'The Act: their start is wrong', {}),
    ],
    holds: 'no notices are counted for them',
  }
}
