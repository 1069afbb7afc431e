/** A team's settings as they were sent back. */
import { calendarNamed } from '../../domain/calendars.ts'
import { DEADLINE_KINDS, type DeadlineKind } from '../../domain/deadline-kinds.ts'
import { readRungs } from '../../domain/ladder-text.ts'
import { nearWord } from '../../domain/near-word.ts'
import { EARLIEST_RUNG, MOST_RUNGS } from '../../domain/rule-settings.ts'
import type { LadderDays } from '../../messages/modals/team-settings.ts'
import type { Fields } from './fields.ts'

export interface SettingsInput {
  readonly channel: string
  readonly escalationChannel: string | null
  readonly timeZone: string
  readonly calendar: string
  readonly ladders: LadderDays
  /** Whole pounds: no start-by below it. */
  readonly startByFrom: number
}

export function readSettings(fields: Fields): SettingsInput | null {
  const channel = fields.channel('channel')
  if (channel === null) fields.wrong('channel', 'Choose the channel that is warned.')
  const escalationChannel = fields.channel('escalation')
  if (channel !== null && channel === escalationChannel) {
    fields.wrong('escalation', 'Choose another channel than the one above, or none.')
  }
  const timeZone = fields.text('timeZone', 60)
  if (timeZone === null || !isZone(timeZone)) {
    fields.wrong('timeZone', 'Write a time zone by its name, such as Europe/London.')
  }
  const calendar = fields.chosen('calendar')
  if (calendar === null || calendarNamed(calendar) === null) {
    fields.wrong('calendar', 'Choose whose holidays count.')
  }
  const ladders = readLadders(fields.text('ladders', 1000) ?? '')
  if ('problem' in ladders) fields.wrong('ladders', ladders.problem)
  const startByFrom = readPounds(fields)
  if (channel === null || timeZone === null || calendar === null || 'problem' in ladders)
    return null
  if (startByFrom === null) return null
  return { channel, escalationChannel, timeZone, calendar, ladders: ladders.days, startByFrom }
}

function readPounds(fields: Fields): number | null {
  const typed = fields.amount('startByFrom')
  const pounds = typed === null ? Number.NaN : Number(typed.amount)
  if (Number.isInteger(pounds) && pounds >= 0 && pounds <= 999_999_999) return pounds
  fields.wrong('startByFrom', 'Write a value in whole pounds, such as 25,000; 0 means every one.')
  return null
}

/** `notice: 60, 30, 14` and so on, one kind a line in any order: each kind once. */
function readLadders(text: string): { readonly days: LadderDays } | { readonly problem: string } {
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
    const days = readRungs(parts[2] ?? '') ?? []
    if (days.length === 0) return { problem: `${kind} has no days: write some, such as 30, 7, 0.` }
    if (days.length > MOST_RUNGS) return { problem: `${kind} has more than ${MOST_RUNGS} days.` }
    const far = days.find((day) => day > EARLIEST_RUNG)
    if (far !== undefined) {
      return { problem: `${kind}: ${far} is too early; ${EARLIEST_RUNG} days before is the first.` }
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
