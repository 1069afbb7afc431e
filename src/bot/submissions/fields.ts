/** What was typed and chosen in a modal, field by field, with an error at each field that needs one. */
import { type CivilDate, parseCivilDate } from '../../domain/civil-date.ts'
import type { Period } from '../../domain/contract.ts'
import type { Decimal } from '../../domain/money.ts'
import { ELEMENT } from '../../messages/modals/inputs.ts'
import { readAmount } from '../../register/read-amount.ts'
import { readSpan } from '../language/read-span.ts'

/** One sentence each, by the field's name: as Slack's `errors` wants them. */
export type FieldErrors = Readonly<Record<string, string>>

export interface Fields {
  /** A text without the space around it; null where nothing was typed. */
  text(name: string, most: number): string | null
  date(name: string): CivilDate | null
  /** The chosen one of these; null where none was chosen, or one that was not offered. */
  choice<T extends string>(name: string, offered: readonly T[]): T | null
  /** The chosen value, whatever it is. */
  chosen(name: string): string | null
  person(name: string): string | null
  channel(name: string): string | null
  files(name: string): readonly string[]
  amount(name: string): { readonly amount: Decimal; readonly currency: string | null } | null
  period(name: string): Period | null
  /** Says what is wrong with a field; the first error of a field stands. */
  wrong(name: string, problem: string): void
  /** Null where nothing is wrong. */
  errors(): FieldErrors | null
}

/** The fields of `view.state`; null where it is no such thing. */
export function fieldsOf(state: unknown): Fields | null {
  const values = isRecord(state) ? state.values : null
  if (!isRecord(values)) return null
  const errors = new Map<string, string>()
  const element = (name: string): Readonly<Record<string, unknown>> => {
    const block = Object.hasOwn(values, name) ? values[name] : null
    const found = isRecord(block) ? block[ELEMENT] : null
    return isRecord(found) ? found : {}
  }
  const wrong = (name: string, problem: string) => {
    if (!errors.has(name)) errors.set(name, problem)
  }
  const text = (name: string, most: number) => {
    const { value } = element(name)
    if (typeof value !== 'string' || value.trim() === '') return null
    const typed = value.trim()
    if (typed.length <= most) return typed
    wrong(name, `Write at most ${most} characters; these are ${typed.length}.`)
    return null
  }
  const chosen = (name: string) => {
    const option = element(name).selected_option
    return isRecord(option) && typeof option.value === 'string' ? option.value : null
  }
  const slackId = (value: unknown) =>
    typeof value === 'string' && /^[A-Z][A-Z0-9]{2,20}$/.test(value) ? value : null
  return {
    text,
    chosen,
    wrong,
    date: (name) => {
      const { selected_date: date } = element(name)
      return typeof date === 'string' ? parseCivilDate(date) : null
    },
    choice: (name, offered) => offered.find((each) => each === chosen(name)) ?? null,
    person: (name) => slackId(element(name).selected_user),
    channel: (name) => slackId(element(name).selected_conversation),
    files: (name) => {
      const { files } = element(name)
      if (!Array.isArray(files)) return []
      return files
        .map((file: unknown) => (isRecord(file) ? slackId(file.id) : null))
        .filter((id) => id !== null)
    },
    amount: (name) => {
      const typed = text(name, 40)
      if (typed === null) return null
      const read = readAmount(typed)
      if (read.kind === 'amount') return { amount: read.amount, currency: read.currency }
      if (read.kind === 'bad') wrong(name, `It could not be read: ${read.problem}. ${read.remedy}`)
      return null
    },
    period: (name) => {
      const typed = text(name, 40)
      if (typed === null) return null
      const words = typed.toLowerCase().split(/\s+/)
      const span = readSpan(words, 0)
      if (span !== null && span.used === words.length && span.period.amount > 0) return span.period
      wrong(name, 'Write a length of time such as 3 months, 90 days or 10 working days.')
      return null
    },
    errors: () => (errors.size === 0 ? null : Object.fromEntries(errors)),
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
