/** What was answered: what it makes of a row, and under which key the same column and wording find it again. */

import { dayText } from '../rules/civil-date.ts'
import { NO_NOTICE_GIVEN } from '../rules/contract.ts'
import { periodText } from '../rules/working-days.ts'
import { ownWords } from '../text/import-result.ts'
import { NOT_KNOWN } from './asks.ts'
import { compared } from './column-names.ts'
import type { Ask, AskedAbout, Draft, DraftExtension, Problem } from './draft.ts'
import { alternativesIn, readNoticeLength, readPeriod } from './parse-amount.ts'
import { LAST_OF_CENTURY, readDate } from './parse-date.ts'

/** The answer of each answered question of a source, by its key. */
export type Answers = ReadonlyMap<string, string | null>

/** Words with which somebody says that it is not known. */
const SAYS_NOT_KNOWN =
  /^(?:(?:it is|we|i|they)? ?(?:not|do ?n.?t|do not) ?-?known?|unknown|not[- ]known|no idea|nobody knows|n\/?k|\?+)$/i

/**
 * What somebody answers in words of their own: that it is not known, or what it is. `ofOne`: it is a
 * day of a contract's own, which holds for no other.
 */
interface OwnAnswer {
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
  const date = readDate(id, 'dmy', { years: LAST_OF_CENTURY, isEnd: true })
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
    const { ask: open } = problem
    if (open === undefined || answers.size === 0) return problem
    const { answer, ask } = answerTo(answers, open, problem.field, draft)
    if (answer === undefined) return { ...problem, ask }
    const choice = ask.choices.find(({ id }) => id === answer)
    const own = choice === undefined ? ownAnswer(ask.about, answer) : null
    if (choice === undefined && own === null) return problem
    if (answer === NOT_KNOWN.id) undecided.push(ask)
    said = withAnswer(said, draft, choice?.says ?? own?.saysOf(draft) ?? {})
    const text = choice?.text ?? own?.text ?? answer
    const { ask: _, ...rest } = problem
    return { ...rest, problem: `answered before: ${text}`, severity: 'note' }
  })
  const isSaid = Object.keys(said).length > 0
  return { draft: isSaid ? { ...draft, ...said } : draft, problems: left, undecided }
}
