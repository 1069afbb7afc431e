/** What was typed and chosen in a modal, field by field, with an error at each field that needs one. */
import { readAmount } from '../../register/parse-amount.ts'
import { type CivilDate, parseCivilDate } from '../../rules/civil-date.ts'
import type { Period } from '../../rules/contract.ts'
import type { Decimal } from '../../rules/money.ts'
import { blockId } from '../../text/forms/fields.ts'
import { readSpan } from '../parse/when.ts'

/** One sentence each, by the field's name: as Slack's `errors` wants them. */
export type FieldErrors = Readonly<Record<string, string>>

/** A form changes what was touched in it: what it showed may be older than what others did since. */
export interface Fields {
  /** Whether a field holds something else than it showed at first; false where there is no such field. */
  touched(name: string): boolean
  /** The text that a field showed at first. */
  shown(name: string): string
  /** Whether the box of this value is ticked. */
  ticked(name: string, value: string): boolean
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

type Element = Readonly<Record<string, unknown>>

/** The inputs of a view by their block ids, as they were shown; null where it has no list of blocks. */
export function shownInputs(blocks: unknown): ReadonlyMap<string, Element> | null {
  if (!Array.isArray(blocks)) return null
  const inputs = blocks.filter(isRecord).filter(({ type }) => type === 'input')
  return new Map(
    inputs.map(({ block_id, element }) => [String(block_id), isRecord(element) ? element : {}]),
  )
}

/**
 * The fields of this form (`formId`) in a view that came back; null where it is no such thing.
 * Blocks of any other form or subject are not seen.
 */
export function fieldsOf(view: Element, form: string): Fields | null {
  const values = isRecord(view.state) ? view.state.values : null
  const inputs = shownInputs(view.blocks)
  if (!isRecord(values) || inputs === null) return null
  const errors = new Map<string, string>()
  const element = (name: string): Element => {
    const id = blockId(name, form)
    const block = inputs.has(id) && Object.hasOwn(values, id) ? values[id] : null
    const found = isRecord(block) ? block[name] : null
    return isRecord(found) ? found : {}
  }
  const shown = (name: string) => heldIn(inputs.get(blockId(name, form)) ?? {}, /^initial_/)
  const touched = (name: string) => {
    const now = element(name)
    return Object.keys(now).length > 0 && heldIn(now, /^(value|files|selected_.*)$/) !== shown(name)
  }
  const wrong = (name: string, problem: string) => {
    if (!errors.has(name)) errors.set(name, problem)
  }
  const text = (name: string, most: number) => {
    const { value } = element(name)
    if (typeof value !== 'string' || value.trim() === '') return null
    const typed = value.trim()
    if (typed.length <= most || !touched(name)) return typed
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
    touched,
    shown,
    ticked: (name, value) => {
      const { selected_options: options } = element(name)
      return (
        Array.isArray(options) && options.some((each) => isRecord(each) && each.value === value)
      )
    },
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
      if (read.kind === 'bad' && touched(name))
        wrong(name, `It could not be read: ${read.problem}. ${read.remedy}`)
      return null
    },
    period: (name) => {
      const typed = text(name, 40)
      if (typed === null) return null
      const words = typed.toLowerCase().split(/\s+/)
      const span = readSpan(words, 0)
      if (span !== null && span.used === words.length && span.period.amount > 0) return span.period
      if (touched(name))
        wrong(name, 'Write a length of time such as 3 months, 90 days or 10 working days.')
      return null
    },
    errors: () => (errors.size === 0 ? null : Object.fromEntries(errors)),
  }
}

/** What an element holds in the slots of these names, as one text to be compared; '' for nothing. */
function heldIn(element: Element, slots: RegExp): string {
  const held = Object.entries(element).find(([key, each]) => slots.test(key) && each !== null)
  return held === undefined ? '' : plainOf(held[1])
}

function plainOf(value: unknown): string {
  if (typeof value === 'string') return value.replaceAll('\r\n', '\n').trim()
  if (Array.isArray(value)) return value.map(plainOf).sort().join('\n')
  return isRecord(value) ? String(value.value ?? value.id ?? '') : ''
}

/**
 * The person or channel that was chosen; null where its box says that there shall be none; undefined
 * where it was left alone. An empty field alone never means nobody: it may stand for somebody without
 * an account, who cannot be shown in it.
 */
export function chosenOrNobody(
  fields: Fields,
  name: string,
  chosen: string | null,
): string | null | undefined {
  const nobody = fields.ticked('nobody', name)
  if (nobody && chosen !== null && fields.touched(name)) {
    fields.wrong(name, 'Choose one here, or tick the box below: not both.')
  }
  if (nobody) return null
  if (!fields.touched(name)) return undefined
  if (chosen === null)
    fields.wrong(name, 'An empty field changes nothing: tick the box below for none.')
  return chosen ?? undefined
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
