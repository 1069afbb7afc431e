/** What a row leaves open, as questions that a person can answer with one word. */
import { type CivilDate, dayText } from '../rules/civil-date.ts'
import type { Period } from '../rules/contract.ts'
import { periodText } from '../rules/working-days.ts'
import { compared } from './column-names.ts'
import type { Ask, Draft, DraftExtension, Problem } from './draft.ts'

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
  ['1-month', { amount: 1, unit: 'months' }],
  ['3-months', { amount: 3, unit: 'months' }],
  ['6-months', { amount: 6, unit: 'months' }],
]

export function askNotice(words: string): Ask {
  return {
    about: 'notice',
    wording: words.toLowerCase().replace(/\s+/g, ' '),
    text: `How long is a notice of “${words}”?`,
    choices: [
      ...NOTICES.map(([id, period]) => {
        return { id, text: periodText(period), says: { noticePeriod: period } }
      }),
      { id: 'none', text: 'No notice is needed', says: { automaticRenewal: false } },
    ],
    holds: 'three months, as they renew by themselves',
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
export function askWhichEnd(words: string, first: Draft['end'], last: Draft['end']): Ask {
  const text = (end: Draft['end']) => (end.kind === 'dated' ? dayText(end.latest) : 'no end')
  return {
    about: 'end',
    wording: wordingOf(words),
    text: `The end says “${words}”. Which day holds?`,
    choices: [
      { id: 'earlier', text: `The earlier, ${text(first)}`, says: { end: first } },
      { id: 'later', text: `The later, ${text(last)}`, says: { end: last } },
    ],
    holds: `the earlier, ${text(first)}`,
  }
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
