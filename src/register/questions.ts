/** What a row leaves open, as questions that a person can answer with one word. */
import { type CivilDate, dayText } from '../rules/civil-date.ts'
import { type Period, REGIMES } from '../rules/contract.ts'
import {
  AUTHORITY_WORDS,
  NATION_WORDS,
  NATIONS,
  nationOf,
  OFFERED_AUTHORITIES,
} from '../rules/regime.ts'
import type { Rules } from '../rules/settings.ts'
import { isUkCalendar, periodText } from '../rules/working-days.ts'
import { compared } from './column-names.ts'
import type { Ask, AskChoice, Draft, DraftExtension, Problem } from './draft.ts'

type DatedEnd = Extract<Draft['end'], { kind: 'dated' }>

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

export function askRenewal(notice: string): Ask {
  return {
    about: 'renewal',
    wording: wordingOf(notice),
    text: `They have a notice period (“${notice}”). Do these renew by themselves?`,
    choices: [
      { id: 'yes', text: 'Yes, unless notice is given', says: { automaticRenewal: true } },
      { id: 'no', text: 'No, they end', says: { automaticRenewal: false } },
    ],
    holds: 'they end; the end’s warnings name the notice',
  }
}

const NOTICES: readonly (readonly [string, Period])[] = [
  ['1 month', { amount: 1, unit: 'months' }],
  ['3 months', { amount: 3, unit: 'months' }],
  ['6 months', { amount: 6, unit: 'months' }],
]

/** `lengths`: what stands in the words, where several do; the longest, `held`, counts meanwhile. */
export function askNotice(words: string, lengths: readonly Period[] = [], held?: Period): Ask {
  const several = [...new Map(lengths.map((each) => [periodText(each), each]))]
  const known = several.length > 1 ? several.slice(0, 4) : NOTICES
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
      { id: 'none', text: 'No notice is needed', says: { automaticRenewal: false } },
    ],
    holds:
      held === undefined
        ? 'three months, as they renew by themselves'
        : `the longest, ${periodText(held)}`,
  }
}

/** A status that says "over" of a contract whose end is still ahead. */
export function askStatus(status: string, end: CivilDate): Ask {
  return {
    about: 'status',
    wording: wordingOf(status),
    text: `Their status is “${status}”, and their end is still ahead. Are these over already?`,
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
    holds: 'they renew by themselves, unless notice is given',
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

/** An end known to the month, quarter or year. */
export function askWhichDay(words: string, end: DatedEnd): Ask {
  const { earliest, latest, precision } = end
  const of = (day: CivilDate) => ({
    end: { kind: 'dated', earliest: day, latest: day, precision: 'day' } as const,
  })
  return {
    about: 'end',
    wording: `${precision} ${wordingOf(words)}`,
    text: `Of an end such as “${words}” only the ${precision} is known. Which day of it do they end on?`,
    choices: [
      { id: 'last', text: `The last, such as ${dayText(latest)}`, says: of(latest) },
      { id: 'first', text: `The first, such as ${dayText(earliest)}`, says: of(earliest) },
    ],
    holds: 'warnings count to the first day; overdue only after the last',
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
    choices: regimeChoices(REGIMES),
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

/** The choice of each answered question of a source, by its key. */
export type Answers = ReadonlyMap<string, string>

/** A row that leaves a question open. */
export interface OpenRow {
  readonly draft: Draft
  readonly problem: Problem & { readonly ask: Ask }
}

/** By kind, column and wording. */
export function keyOf({ about, wording }: Ask, field: string | null): string {
  return [about, compared(field ?? ''), wording].join('|')
}

/** The draft as the answers have it; what they settle is no question any more. */
export function settled(
  draft: Draft,
  problems: readonly Problem[],
  answers: Answers,
): { readonly draft: Draft; readonly problems: readonly Problem[] } {
  let now = draft
  const left = problems.map((problem): Problem => {
    const { ask, ...rest } = problem
    const answer = ask && answers.get(keyOf(ask, problem.field))
    const choice = ask?.choices.find(({ id }) => id === answer)
    if (choice === undefined) return problem
    now = { ...now, ...choice.says }
    return { ...rest, problem: `answered before: ${choice.text}`, severity: 'note' }
  })
  return { draft: now, problems: left }
}
