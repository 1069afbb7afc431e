/** Until which day the warnings of a contract rest. */
import type { ModalView } from '@slack/types'
import { z } from 'zod'
import { addDays, type CivilDate, dayText, earlier } from '../../rules/civil-date.ts'
import type { SnoozeLimit } from '../../rules/reminder-plan.ts'
import {
  type AboutContract,
  checked,
  contractLine,
  dateField,
  type Fields,
  modal,
  requiredDay,
  textField,
} from './fields.ts'

export const SNOOZE_FORM = 'lw.snooze'

export interface SnoozeForm extends AboutContract {
  readonly limit: SnoozeLimit
}

/** Proposes a week from today, or the last day that is allowed. */
export function snoozeModal({ subject, contract, limit }: SnoozeForm, today: CivilDate): ModalView {
  const hint = `At most until ${dayText(limit.until)}, ${limit.why}.`
  return modal(SNOOZE_FORM, 'Snooze', 'Snooze', subject, [
    contractLine(contract),
    dateField(
      { name: 'until', label: 'Ask again on', hint },
      earlier(addDays(today, 7), limit.until),
    ),
    textField({ name: 'why', label: 'Why?', optional: true }, null),
  ])
}

const snoozed = (today: CivilDate) =>
  z.object({
    until: requiredDay('Choose the day on which it shall be asked again.').refine(
      (until) => until > today,
      'Choose a day later than today.',
    ),
    why: z.string().nullable(),
  })
export type SnoozeInput = z.infer<ReturnType<typeof snoozed>>

export function readSnooze(fields: Fields, today: CivilDate): SnoozeInput | null {
  const why = fields.text('why', 300)
  return checked(fields, snoozed(today), { until: fields.date('until'), why })
}
