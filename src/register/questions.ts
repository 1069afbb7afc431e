/** What a row leaves open, as questions that a person can answer with one word. */

import {
  addDays,
  addMonths,
  type CivilDate,
  civilDate,
  daysBetween,
  dayText,
} from '../rules/civil-date.ts'
import { type DatedEnd, endOn, NO_NOTICE_GIVEN, type Period, REGIMES } from '../rules/contract.ts'
import {
  AUTHORITY_WORDS,
  NATION_WORDS,
  NATIONS,
  nationOf,
  OFFERED_AUTHORITIES,
} from '../rules/regime.ts'
import type { Rules } from '../rules/settings.ts'
import { isNotSettled } from '../rules/text-match.ts'
import { isUkCalendar, periodText } from '../rules/working-days.ts'
import { ownWords } from '../text/import-result.ts'
import { compared } from './column-names.ts'
import type { Ask, AskChoice, AskedAbout, Draft, DraftExtension, Problem } from './draft.ts'
import { alternativesIn, readNoticeLength, readPeriod } from './parse-amount.ts'
import { readDate } from './parse-date.ts'

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

/** A later end beside one that is still ahead: signed, or only possible? */
export function askExtension(heading: string, end: CivilDate, extension: DraftExtension): Ask {
  return {
    about: 'extension',
    wording: '',
    text: `Is “${heading}” an end that was signed, or the latest one possible?`,
    choices: [
      {
        id: 'signed',
        text: 'Signed: they run to it',
        says: { extensions: [{ ...extension, status: 'confirmed' }] },
      },
      {
        id: 'possible',
        text: 'The latest possible: an option',
        says: { extensions: [], maximumEnd: extension.to },
      },
    ],
    holds: `the earlier end, ${dayText(end)}`,
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
      {
        id: 'signed',
        text: `Signed: they run on, such as to ${to}`,
        says: { extensions: [...extensions, { ...extension, status: 'confirmed' }] },
      },
      {
        id: 'counted',
        text: `Signed, and their end, such as ${dayText(end)}, counts it already`,
        says: besides,
      },
      { id: 'possible', text: 'Not signed yet: an option', says: { extensions } },
    ],
    holds: `the earlier end, ${dayText(end)}`,
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
      {
        id: 'signed',
        text: `Yes, signed: such as to ${to}`,
        says: { extensions: [...known, { ...extension, status: 'confirmed' }] },
      },
      ...(isCounted && !isPast
        ? [
            {
              id: 'counted',
              text: `Signed, and their end, such as ${dayText(end)}, counts it already`,
              says: { extensions: known },
            },
          ]
        : []),
      {
        id: 'not',
        text: isPast ? `No: they ended, such as on ${dayText(end)}` : 'No, or not signed yet',
        says: { extensions: known },
      },
    ],
    holds: isPast
      ? `they run to that day, such as ${to}, and are watched`
      : `the earlier end, ${dayText(end)}`,
  }
}

/** Words that say that it runs on though its end has passed. */
export function askRunsOn({ heading, text }: Said): Ask {
  return {
    about: 'end',
    wording: `runs on ${wordingOf(text)}`,
    text: `The end of these has passed, and “${heading}” says “${shortened(text)}”. Do they still run?`,
    choices: [
      { id: 'runs', text: 'Yes, without an end that is known', says: {} },
      { id: 'over', text: 'No, they are over: watch no longer', says: { closed: true } },
    ],
    holds: 'they are watched as running past their end',
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
      { id: 'earlier', text: `Yes, such as on ${dayText(earlier.latest)}`, says: { end: earlier } },
      { id: 'end', text: `No: ${until}`, says: { end: later } },
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
    choices: [
      { id: 'gone', text: 'It is gone', says: {} },
      { id: 'open', text: 'It may still be taken', says: open },
    ],
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
    wording: `lengths ${words.toLowerCase().replace(/\s+/g, ' ').slice(0, 80)}`,
    text: `“${heading}” says “${words}”. How far do the options of these reach?`,
    choices: choices.map(({ text, says }, at) => {
      return { id: named[at] ?? `${at}`, text: `Such as to ${text}`, says }
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
  const own = said === '' ? '' : ` · ${said.toLowerCase().replace(/\s+/g, ' ').slice(0, 40)}`
  return {
    about: 'renewal',
    wording: isNotSettled(said) ? NOT_SETTLED : `${wordingOf(notice)}${own}`,
    text: `${facts.join(', and ')}. Do these renew by themselves?`,
    choices: [
      { id: 'yes', text: 'Yes, unless notice is given', says: { automaticRenewal: true } },
      { id: 'no', text: 'No, they end', says: { automaticRenewal: false } },
    ],
    holds: 'they end; the end’s warnings name the notice',
  }
}

/** An end that goes on from term to term, and a column that says that it does not renew. */
export function askWhetherRolls(words: string, said: string): Ask {
  return {
    about: 'renewal',
    wording: `${wordingOf(words)} · ${said.toLowerCase().slice(0, 40)}`,
    text: `Their end is “${words}”, and of their renewal the register says “${said}”. Do these go on by themselves?`,
    choices: [
      { id: 'yes', text: 'Yes, unless notice is given', says: { automaticRenewal: true } },
      {
        id: 'no',
        text: 'No: until somebody ends them, without notice',
        says: { automaticRenewal: false },
      },
      NOT_KNOWN,
    ],
    holds: 'they renew by themselves, and their notice is warned of',
  }
}

/** It goes on from term to term (`rolls`), or its notice counts from the anniversary, and nothing tells from which day. */
export function askRolls(words: string, rolls: boolean, today: CivilDate): Ask {
  const year = Number(today.slice(0, 4)) - 1
  const from = (month: number) => ({ rollsFrom: civilDate(year, month, 1) ?? today })
  return {
    about: 'rolls',
    wording: words.toLowerCase().replace(/\s+/g, ' ').slice(0, 80),
    text: rolls
      ? `“${words}” goes on from term to term, and no start is given. On which day does a term of these begin?`
      : `A notice of “${words}” counts from the anniversary, and no start is given. On which day does a year of these begin?`,
    choices: [
      { id: '1-april', text: 'On 1 April', says: from(4) },
      { id: '1-january', text: 'On 1 January', says: from(1) },
      { id: 'any-time', text: 'On none: notice may be given at any time', says: {} },
    ],
    holds: rolls
      ? 'no date is watched: they are listed as rolling on'
      : 'notice is counted back from the end',
  }
}

/** Nobody knows it: what holds stays, and nobody is asked again. */
export const NOT_KNOWN = { id: 'not-known', text: 'Not known: leave it so', says: {} } as const

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
        return { id: id.replaceAll(' ', '-'), text: id, says: { noticePeriod, noticeText: id } }
      }),
      {
        id: 'none',
        text: 'None: they can be stopped until their last day',
        says: { noticePeriod: { amount: 0, unit: 'days' }, noticeText: 'none' },
      },
      NOT_KNOWN,
    ],
    holds: 'three months; where that day has passed, the longest that can still be given',
  }
}

/**
 * `lengths`: the periods that the words name, where there are several; `days`: the days that they may mean
 * instead. Until somebody answers, the longest (`held`) counts.
 */
export function askNotice(
  words: string,
  lengths: readonly Period[] = [],
  held?: Period,
  days: readonly CivilDate[] = [],
): Ask {
  const several = [...new Map(lengths.map((each) => [periodText(each), each]))]
  const known = several.length > 0 ? several.slice(0, 4) : NOTICES
  return {
    about: 'notice',
    wording: words.toLowerCase().replace(/\s+/g, ' '),
    text: `How long is a notice of “${words}”?`,
    choices: [
      ...known.map(([id, period]) => {
        return {
          id: id.replaceAll(' ', '-'),
          text: periodText(period),
          says: { noticePeriod: period },
        }
      }),
      ...days.map((day) => ({
        id: `by-${day}`,
        text: `By ${dayText(day)}`,
        says: { noticePeriod: null, noticeText: `by ${day}` },
      })),
      { id: 'none', text: 'No notice is needed', says: { automaticRenewal: false } },
      NOT_KNOWN,
    ],
    holds:
      held === undefined
        ? 'three months, as they renew by themselves'
        : `the longest, ${periodText(held)}; where its day has passed, the longest that can still be given`,
  }
}

/** It goes on from term to term, and nothing tells how long a term is: assumed as a year meanwhile. */
export function askRollTerm(words: string): Ask {
  const of = (amount: number) => ({ renewalTerm: { amount, unit: 'months' } as const })
  return {
    about: 'rolls',
    wording: `term of ${words.toLowerCase().replace(/\s+/g, ' ').slice(0, 80)}`,
    text: `“${words}” does not say how long a term of these is. How long do they renew for?`,
    choices: [
      { id: '12-months', text: '12 months', says: of(12) },
      { id: '1-month', text: '1 month', says: of(1) },
      {
        id: 'any-time',
        text: 'For no term: notice may be given at any time',
        says: { automaticRenewal: null },
      },
    ],
    holds: 'a term of 12 months is assumed',
  }
}

/** A status that says "over", or "on hold", of a contract whose end is still ahead. */
export function askStatus(
  status: string,
  end: CivilDate,
  isPaused = false,
  heading: string | null = null,
): Ask {
  const says =
    heading === null ? `Their status is “${status}”` : `“${heading}” says “${shortened(status)}”`
  const asks = isPaused ? 'Are these over, or do they still run to it?' : 'Are these over already?'
  return {
    about: 'status',
    wording: wordingOf(status),
    text: `${says}, and their end is still ahead. ${asks}`,
    choices: [
      { id: 'over', text: 'Yes, over: watch no longer', says: { closed: true } },
      { id: 'runs', text: 'No, they run to their end', says: {} },
    ],
    holds: `watched until the end, ${dayText(end)}`,
  }
}

export function askServed(status: string): Ask {
  return {
    about: 'status',
    wording: wordingOf(status),
    text: `Their status is “${status}”. Was notice served, so that these do not renew?`,
    choices: [
      { id: 'served', text: 'Yes, they end', says: { automaticRenewal: false } },
      { id: 'renews', text: 'No, they renew by themselves', says: {} },
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
      {
        id: 'served',
        text: `They end on their end, such as ${dayText(end)}, and do not renew`,
        says: { automaticRenewal: false },
      },
      { id: 'over', text: 'They have ended already: watch no longer', says: { closed: true } },
      { id: 'renews', text: 'No: they go on as they are', says: {} },
    ],
    holds: `watched until the end, ${dayText(end)}`,
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
    wording: words.toLowerCase().replace(/\s+/g, ' '),
    text: `“${heading}” says “${words}”: are these years or months?`,
    choices: [
      { id: 'years', text: 'Years', says: years },
      { id: 'months', text: 'Months', says: months },
      NOT_KNOWN,
    ],
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
      { id: 'earlier', text: `The earlier, ${text(first)}`, says: { end: first } },
      { id: 'later', text: `The later, ${text(last)}`, says: { end: last } },
    ],
    holds: text(held),
  }
}

/** A length of time in the place of an end. */
export function askCounted(heading: string, words: string, end: DatedEnd): Ask {
  return {
    about: 'end',
    wording: `length ${words.toLowerCase().replace(/\s+/g, ' ').slice(0, 80)}`,
    text: `“${heading}” says “${words}”. Is that counted from their start, such as to ${dayText(end.latest)}?`,
    choices: [
      { id: 'yes', text: 'Yes', says: { end } },
      { id: 'no', text: 'No: their end is not known', says: { end: { kind: 'undated' } } },
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
      { id: 'last', text: `The last, such as ${dayText(latest)}`, says: ofDay(latest) },
      { id: 'first', text: `The first, such as ${dayText(earliest)}`, says: ofDay(earliest) },
      ...(isQuarter
        ? [
            {
              id: 'financial-quarter',
              text: `The last of that quarter of the financial year, such as ${dayText(financial)}`,
              says: ofDay(financial),
            },
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
    wording: `how long ${words.toLowerCase().replace(/\s+/g, ' ').slice(0, 80)}`,
    text: `“${heading}” says “${words}”. When do these end?`,
    choices: readings.slice(0, 4).map((each, at) => {
      const to = reached(each.end.latest, each.options).at(-1)
      const more = to === undefined ? '' : `, with an option to ${dayText(to)}`
      return {
        id: named[at] ?? `${at}`,
        text: `Such as on ${dayText(each.end.latest)}${more}`,
        says: says(each),
      }
    }),
    holds: `the earliest that is still ahead, ${dayText(held.latest)}`,
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
      { id: 'rolling', text: 'They run on until notice', says: { end: { kind: 'rolling' } } },
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
      { id: 'start', text: 'The start: they ended then', says: { end, start: null } },
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
      { id: 'yes', text: 'Yes', says: { end } },
      { id: 'no', text: 'No: their end is not known', says: { end: { kind: 'undated' } } },
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
      { id: 'first', text: `“${first.heading}”`, says: first.says },
      { id: 'second', text: `“${second.heading}”`, says: second.says },
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
      { id: 'first', text: `“${first.heading}”`, says: { end: first.end } },
      { id: 'second', text: `“${second.heading}”`, says: { end: second.end } },
      {
        id: 'extended',
        text: 'Both: extended from the earlier to the later',
        says: { end, extensions: [extended] },
      },
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
    wording: `with options ${words.toLowerCase().replace(/\s+/g, ' ').slice(0, 80)}`,
    text: `“${heading}” says “${words}”, and the end, such as ${dayText(end.latest)}, counts options. Do these end before, such as on ${dayText(own.latest)}?`,
    choices: [
      {
        id: 'before',
        text: `Yes, unless an option is taken: such as on ${dayText(own.latest)}`,
        says: { end: own },
      },
      {
        id: 'counted',
        text: `No, the options were taken: such as on ${dayText(end.latest)}`,
        says: { end, maximumEnd: left.at(-1) ?? null, optionEnds: left },
      },
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
      { id: 'ends', text: 'Yes, they end then', says: {} },
      {
        id: 'latest',
        text: 'No, it is the latest possible: their end is not known',
        says: { end: { kind: 'undated' }, maximumEnd: end.latest },
      },
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
    wording: words.toLowerCase().replace(/\s+/g, ' ').slice(0, 80),
    text: `Which route is “${words}”?`,
    choices: [
      ...ROUTE_CHOICES.map(([id, text]) => ({ id, text, says: { route: id } })),
      { id: 'none', text: 'None of these: by its value', says: {} },
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
    return { id, text, says: { regime: REGIMES.find((each) => each === id) ?? null } }
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
      { id: 'start', text: 'The Act: their start is wrong', says: {} },
    ],
    holds: 'no notices are counted for them',
  }
}

/** What is asked about the organisation itself, as everything that the law decides rests on it. */
export interface SettingQuestion {
  readonly setting: 'usualRoute' | 'authority' | 'nation'
  /** Null: the organisation's. */
  readonly teamId: number | null
  /** What contradicts it; blank where nobody has said it. Each is asked once. */
  readonly wording: string
  readonly text: string
  readonly choices: readonly { readonly id: string; readonly text: string }[]
  readonly holds: string
}

const USUAL_ROUTE: SettingQuestion = {
  setting: 'usualRoute',
  teamId: null,
  wording: '',
  text: 'How do you mostly replace contracts above the threshold?',
  choices: [
    { id: 'tender', text: 'By tender' },
    { id: 'framework', text: 'Framework call-off' },
    { id: 'varies', text: 'It varies' },
  ],
  holds: 'a start-by without a recorded route is a range, from a tender to a framework call-off',
}

const AUTHORITY: SettingQuestion = {
  setting: 'authority',
  teamId: null,
  wording: '',
  text: 'What are you? It decides which thresholds hold (SI 2024/692, Schedule 2).',
  choices: OFFERED_AUTHORITIES.map((id) => ({ id, text: AUTHORITY_WORDS[id] })),
  holds: 'the lower threshold counts, and what rests on it says so',
}

const NATION: SettingQuestion = {
  setting: 'nation',
  teamId: null,
  wording: '',
  text: 'In which nation do you buy? It decides which law holds.',
  choices: NATIONS.map((id) => ({ id, text: NATION_WORDS[id] })),
  holds: 'the law of England, where that of England and Wales differs',
}

/** Nobody has said these yet; nation and holidays that speak of two nations. */
export function settingQuestions(
  rules: Rules,
  teams: readonly { readonly id: number; readonly name: string; readonly rules: Rules }[],
): SettingQuestion[] {
  const isUk = isUkCalendar(rules.calendar.name)
  const { nation, contradicts } = nationOf(rules.nation, rules.calendar)
  const contradictions = [
    ...(contradicts ? [{ id: null, whose: 'Your', rules }] : []),
    // What a team only inherits is asked of the organisation.
    ...teams
      .filter(
        (team) =>
          nationOf(team.rules.nation, team.rules.calendar).contradicts &&
          !(
            contradicts &&
            team.rules.nation === rules.nation &&
            team.rules.calendar.name === rules.calendar.name
          ),
      )
      .map(({ id, name, rules: own }) => ({ id, whose: `Team ${name}’s`, rules: own })),
  ]
  return [
    ...(rules.usualRoute === null ? [USUAL_ROUTE] : []),
    ...(rules.authority === null && isUk ? [AUTHORITY] : []),
    ...(nation === null && isUk ? [NATION] : []),
    ...contradictions.map(({ id, whose, rules: own }): SettingQuestion => {
      const said = own.nation ?? 'england'
      return {
        ...NATION,
        teamId: id,
        wording: `${said} ${own.calendar.name}`,
        text: `${whose} nation is ${NATION_WORDS[said]}, and the holidays are those of ${own.calendar.name.replaceAll('-', ' ')}. Which nation is it?`,
        holds: `the law of ${NATION_WORDS[said]}`,
      }
    }),
  ]
}

// What was answered before: the same column and wording are read so, and not asked again.

/** The answer of each answered question of a source, by its key. */
export type Answers = ReadonlyMap<string, string | null>

/** Words with which somebody says that it is not known. */
const SAYS_NOT_KNOWN =
  /^(?:(?:it is|we|i|they)? ?(?:not|do ?n.?t|do not) ?-?known?|unknown|not[- ]known|no idea|nobody knows|n\/?k|\?+)$/i

/**
 * What somebody answers in words of their own: that it is not known, or what it is. `ofOne`: it is a
 * day of a contract's own, which holds for no other.
 */
export interface OwnAnswer {
  readonly id: string
  readonly text: string
  readonly ofOne: boolean
  readonly saysOf: (draft: Draft) => Partial<Draft>
}

/** Such an answer, where the question takes one and it is understood; null else. */
export function ownAnswer(about: string, typed: string): OwnAnswer | null {
  const id = typed.trim().replace(/\s+/g, ' ').slice(0, 80)
  if (about === 'setting' || about === 'waiting' || about === 'regime' || id === '') return null
  if (SAYS_NOT_KNOWN.test(id)) {
    return { id: 'not-known', text: 'Not known', ofOne: false, saysOf: () => ({}) }
  }
  const date = readDate(id, 'dmy', { years: 2000, isEnd: true })
  const day = date.kind === 'date' && date.precision === 'day' ? date.latest : null
  switch (about as AskedAbout) {
    case 'end':
    case 'term': {
      if (date.kind !== 'date') return null
      const { earliest, latest, precision } = date
      const end = { kind: 'dated', earliest, latest, precision } as const
      const text = day === null ? `Ends ${id}` : `Ends ${dayText(day)}`
      return {
        id,
        text,
        ofOne: true,
        saysOf: () => ({ end, endSource: ANSWERED, currentEnd: null }),
      }
    }
    case 'rolls': {
      if (day !== null) {
        const text = `A term begins on ${dayText(day)}`
        return { id, text, ofOne: false, saysOf: () => ({ rollsFrom: day }) }
      }
      const term = readPeriod(id, null)
      if (term.kind !== 'period') return null
      const { period } = term
      const text = `A term of ${periodText(period)}`
      return { id, text, ofOne: false, saysOf: () => ({ renewalTerm: period }) }
    }
    case 'notice': {
      if (day !== null && alternativesIn(id).length === 0) {
        const says = { noticePeriod: null, noticeText: `by ${day}` }
        return { id, text: `Notice by ${dayText(day)}`, ofOne: true, saysOf: () => says }
      }
      const read = readNoticeLength(id, null)
      if (read.kind !== 'period') return null
      const { period } = read
      return {
        id,
        text: periodText(period),
        ofOne: false,
        saysOf: ({ noticeText }) =>
          noticeText === NO_NOTICE_GIVEN
            ? { noticePeriod: period, noticeText: periodText(period) }
            : { noticePeriod: period },
      }
    }
    default:
      return null
  }
}

const ANSWERED = 'an answer'

/** What a question takes as its answer, each in words. */
export function answersTo({
  about,
  choices,
}: {
  readonly about: string
  readonly choices: readonly { readonly id: string; readonly text: string }[]
}): string[] {
  const own = ownWords(about).filter((words) => !choices.some(({ id }) => id === words))
  return [...choices.map(({ id, text }) => `${id}: ${text}`), ...own]
}

/** The key under which an answer is remembered that holds for one contract alone. */
export function keyOfOne(key: string, draft: OneContract): string {
  const of = ofOne(draft)
  return key.endsWith(of) ? key : `${key}${of}`
}

export const OF_ONE = '|of '

function ofOne({ reference, title, lot, supplier }: OneContract): string {
  const names = [reference ?? title, lot, supplier]
  const plain = names.map((name) => (name ?? '').trim().replace(/\s+/g, ' ').toLowerCase())
  return `${OF_ONE}${plain.join('|')}`
}

type OneContract = Pick<Draft, 'reference' | 'title' | 'lot' | 'supplier'>

/**
 * What was answered to `ask` for this row, undefined where nobody did; and the question as it is asked of
 * it: one that was excepted from an answer for all is asked by itself from then on.
 */
export function answerTo(
  answers: Answers,
  ask: Ask,
  field: string | null,
  draft: Draft,
): { readonly answer: string | undefined; readonly ask: Ask } {
  const key = keyOf(ask, field)
  const ofThis = answers.get(keyOfOne(key, draft))
  if (ofThis === null) {
    return { answer: undefined, ask: { ...ask, wording: `${ask.wording}${ofOne(draft)}` } }
  }
  return { answer: ofThis ?? answers.get(key) ?? undefined, ask }
}

/** A row that leaves a question open. */
export interface OpenRow {
  readonly ordinal: number
  readonly draft: AskedDraft
  readonly problem: Problem & { readonly ask: Ask }
}

/** What of a draft decides whether it is asked about and when, and what it is called. */
export type AskedDraft = Pick<
  Draft,
  'at' | 'reference' | 'title' | 'end' | 'endSource' | 'endIsMaximum' | 'automaticRenewal' | 'value'
>

/** By kind, column and wording. */
export function keyOf({ about, wording }: Ask, field: string | null): string {
  return [about, compared(field ?? ''), wording].join('|')
}

/**
 * What was said of a row so far, with one answer more. Answers about several of its extensions stand beside
 * one another: each changes those that it is about, as they are in the row (`draft`) itself. Of two answers
 * that give different ends the earlier holds, whichever came first: nothing gets quieter until one of them
 * is taken back.
 */
export function withAnswer(so: Partial<Draft>, draft: Draft, says: Partial<Draft>): Partial<Draft> {
  const both = { ...so, ...says, ...endOfBoth(so, says) }
  if (says.extensions === undefined || so.extensions === undefined) return both
  const isIn = (list: readonly DraftExtension[], each: DraftExtension) =>
    list.some((other) => JSON.stringify(other) === JSON.stringify(each))
  const gone = draft.extensions.filter((each) => !isIn(says.extensions ?? [], each))
  const kept = so.extensions.filter((each) => !isIn(gone, each))
  const added = says.extensions.filter((each) => !isIn(draft.extensions, each) && !isIn(kept, each))
  return { ...both, extensions: [...kept, ...added] }
}

type EndSaid = Pick<Partial<Draft>, 'end' | 'endSource' | 'currentEnd'>

function endOfBoth(one: EndSaid, other: EndSaid): EndSaid {
  if (one.end === undefined || other.end === undefined) return {}
  const { end, endSource, currentEnd } = contradicts(one, other) ? one : other
  return {
    ...(end === undefined ? {} : { end }),
    ...(endSource === undefined ? {} : { endSource }),
    ...(currentEnd === undefined ? {} : { currentEnd }),
  }
}

/**
 * Whether what was said before gives another end, which holds: a day holds against none, and the earlier
 * against the later. One that only says more exactly when it is contradicts nothing.
 */
export function contradicts({ end: before }: EndSaid, { end: now }: EndSaid): boolean {
  if (before === undefined || now === undefined || before.kind !== 'dated') return false
  if (now.kind !== 'dated') return true
  const isWithin = now.earliest >= before.earliest && now.latest <= before.latest
  return !isWithin && before.earliest < now.earliest
}

/** The draft as the answers have it; what they settle is no question any more. */
export function settled(
  draft: Draft,
  problems: readonly Problem[],
  answers: Answers,
): {
  readonly draft: Draft
  readonly problems: readonly Problem[]
  /** Of which somebody said that it is not known. */
  readonly undecided: readonly Ask[]
} {
  let said: Partial<Draft> = {}
  const undecided: Ask[] = []
  const left = problems.map((problem): Problem => {
    const { ask: open, ...rest } = problem
    if (open === undefined || answers.size === 0) return problem
    const { answer, ask } = answerTo(answers, open, problem.field, draft)
    if (answer === undefined) return { ...problem, ask }
    const choice = ask.choices.find(({ id }) => id === answer)
    const own = choice === undefined ? ownAnswer(ask.about, answer) : null
    if (choice === undefined && own === null) return problem
    if (answer === NOT_KNOWN.id) undecided.push(ask)
    said = withAnswer(said, draft, choice?.says ?? own?.saysOf(draft) ?? {})
    const text = choice?.text ?? own?.text ?? answer
    return { ...rest, problem: `answered before: ${text}`, severity: 'note' }
  })
  return { draft: { ...draft, ...said }, problems: left, undecided }
}
