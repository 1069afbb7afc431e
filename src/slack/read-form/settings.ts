/** Settings and rules as they were sent back, each field and line checked by itself. */
import { DEADLINE_KINDS, type DeadlineKind } from '../../rules/contract.ts'
import { readReminderDays } from '../../rules/reminder-schedule.ts'
import { EARLIEST_REMINDER, MOST_REMINDERS } from '../../rules/settings.ts'
import {
  RULE_KEYS,
  RULE_LISTS,
  type RuleList,
  readRuleLines,
  ruleName,
  type TypedRule,
} from '../../rules/settings-text.ts'
import { nearWord } from '../../rules/text-match.ts'
import { UserError } from '../../rules/user-error.ts'
import { calendarNamed } from '../../rules/working-days.ts'
import { type DaysBefore, MOST_RULE_TEXT, type SettingsForm } from '../../text/forms/settings.ts'
import { chosenOrNobody, type Fields } from './fields.ts'

// Rules as they were sent back: one a line, each checked by itself.

export interface RulesInput {
  /** As they were typed, to be shown again. */
  readonly lines: Readonly<Record<RuleList, string>>
  readonly typed: readonly TypedRule[]
  /** The names of the rules whose lines were changed, added or taken away. */
  readonly touched: readonly string[]
}

/** @param before what was touched already when the form was shown again. */
export function readRules(fields: Fields, before: readonly string[]): RulesInput {
  const wrong = (list: RuleList) => (problem: string) => fields.wrong(list, problem)
  const lists = RULE_LISTS.map((list) => {
    const text = fields.text(list, MOST_RULE_TEXT) ?? ''
    const typed = readList(list, text, wrong(list))
    const shown = readList(list, fields.shown(list), () => undefined)
    return { list, text, typed, shown: fields.touched(list) ? shown : typed }
  })
  const lines = Object.fromEntries(lists.map(({ list, text }) => [list, text]))
  const typed = lists.flatMap((each) => each.typed)
  const shown = lists.flatMap((each) => each.shown)
  return {
    lines: lines as Record<RuleList, string>,
    typed,
    touched: RULE_KEYS.map(ruleName).filter(
      (name) => before.includes(name) || typedOf(typed, name) !== typedOf(shown, name),
    ),
  }
}

function typedOf(rules: readonly TypedRule[], name: string): string | undefined {
  return rules.find(({ key }) => ruleName(key) === name)?.typed
}

function readList(list: RuleList, text: string, wrong: (problem: string) => void): TypedRule[] {
  try {
    return readRuleLines(list, text)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    wrong(error.message)
    return []
  }
}

// A team's settings as they were sent back.

/** Only what was touched, of the schedules those whose lines were; null: no such channel. */
export interface SettingsInput {
  readonly channel?: string
  readonly escalationChannel?: string | null
  readonly timeZone?: string
  readonly calendar?: string
  /** Whole pounds: no start-by below it. */
  readonly startByFrom?: number
  readonly ladders: Partial<DaysBefore>
}
export interface SettingsRead {
  readonly input: SettingsInput
  /** The names of what was touched: `channel`, `ladders.end`. */
  readonly touched: readonly string[]
  /** What the fields hold, touched or not, to be shown again. */
  readonly held: Partial<SettingsForm>
}

/** @param before what was touched already when the form was shown again. */
export function readSettings(fields: Fields, before: readonly string[]): SettingsRead {
  // What the person left alone is not theirs to put right.
  const wrong = (name: string, problem: string) => {
    if (fields.touched(name)) fields.wrong(name, problem)
  }
  const channel = fields.channel('channel')
  if (channel === null) wrong('channel', 'Choose the channel that is warned.')
  const chosen = fields.channel('escalation')
  const said = chosenOrNobody(fields, 'escalation', chosen)
  const isOwn = fields.touched('channel') || fields.touched('escalation')
  if (isOwn && channel !== null && channel === chosen && said !== null) {
    fields.wrong('escalation', 'Choose another channel than the one above, or none.')
  }
  const timeZone = fields.text('timeZone', 60)
  if (timeZone === null || !isZone(timeZone)) {
    wrong('timeZone', 'Write a time zone by its name, such as Europe/London.')
  }
  const calendar = fields.chosen('calendar')
  if (calendar === null || calendarNamed(calendar) === null) {
    wrong('calendar', 'Choose whose holidays count.')
  }
  const startByFrom = readPounds(fields)
  if (startByFrom === null) {
    wrong('startByFrom', 'Write a value in whole pounds, such as 25,000; 0 means every one.')
  }
  const values = filled({ channel, timeZone, calendar, startByFrom })
  const again = before.includes('escalationChannel') ? (chosen ?? undefined) : undefined
  const escalationChannel = said === undefined ? again : said
  const own = Object.entries(values).filter(
    ([name]) => before.includes(name) || fields.touched(name),
  )
  const input = {
    ...Object.fromEntries(own),
    ...(escalationChannel === undefined ? {} : { escalationChannel }),
  }
  const schedules = readSchedules(fields.text('ladders', 1000) ?? '')
  if ('problem' in schedules) wrong('ladders', schedules.problem)
  const shown = readSchedules(fields.shown('ladders'))
  const days = 'days' in schedules ? schedules.days : null
  const kinds = DEADLINE_KINDS.filter((kind) => {
    if (days === null) return false
    const isSame = 'days' in shown && shown.days[kind].join() === days[kind].join()
    return before.includes(`ladders.${kind}`) || !isSame
  })
  return {
    input: { ...input, ladders: Object.fromEntries(kinds.map((kind) => [kind, days?.[kind]])) },
    touched: [...Object.keys(input), ...kinds.map((kind) => `ladders.${kind}`)],
    held: {
      ...values,
      ...filled({ escalationChannel: chosen, ladders: days }),
      nobody: fields.ticked('nobody', 'escalation'),
    },
  }
}

function filled<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== null)
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }
}

function readPounds(fields: Fields): number | null {
  const typed = fields.amount('startByFrom')
  const pounds = typed === null ? Number.NaN : Number(typed.amount)
  return Number.isInteger(pounds) && pounds >= 0 && pounds <= 999_999_999 ? pounds : null
}

/** `notice: 60, 30, 14` and so on, one kind a line in any order: each kind once. */
function readSchedules(text: string): { readonly days: DaysBefore } | { readonly problem: string } {
  const found = new Map<DeadlineKind, number[]>()
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const parts = /^\s*([a-z -]{1,30}?)\s*:\s*([\d,; ]*)$/i.exec(line)
    const name = (parts?.[1] ?? '').toLowerCase().replaceAll(' ', '-')
    const kind = DEADLINE_KINDS.find((each) => each === name)
    if (parts === null) {
      return { problem: `"${line.trim().slice(0, 40)}" is no ladder: write notice: 60, 30, 14, 7.` }
    }
    if (kind === undefined) {
      const near = nearWord(name, DEADLINE_KINDS)
      const kinds = near === null ? DEADLINE_KINDS.join(', ') : near
      return { problem: `"${parts[1]}" is no kind of deadline: write ${kinds}.` }
    }
    if (found.has(kind)) return { problem: `${kind} stands twice: keep one line of it.` }
    const days = readReminderDays(parts[2] ?? '') ?? []
    if (days.length === 0) return { problem: `${kind} has no days: write some, such as 30, 7, 0.` }
    if (days.length > MOST_REMINDERS)
      return { problem: `${kind} has more than ${MOST_REMINDERS} days.` }
    const far = days.find((day) => day > EARLIEST_REMINDER)
    if (far !== undefined) {
      return {
        problem: `${kind}: ${far} is too early; ${EARLIEST_REMINDER} days before is the first.`,
      }
    }
    found.set(kind, days)
  }
  const missing = DEADLINE_KINDS.find((kind) => !found.has(kind))
  if (missing !== undefined) return { problem: `${missing} is missing: give it a line too.` }
  return { days: Object.fromEntries(found) as Record<DeadlineKind, number[]> }
}

function isZone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) !== null
  } catch {
    return false
  }
}
