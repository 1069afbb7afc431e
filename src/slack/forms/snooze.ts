/** Until which day the warnings of a contract rest. */
import type { ModalView } from '@slack/types'
import { z } from 'zod'
import { addDays, type CivilDate } from '../../rules/civil-date.ts'
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

/** As for the command: not longer than a year. */
const MOST_DAYS = 366

/** Proposes a week from today. */
export function snoozeModal({ subject, contract }: AboutContract, today: CivilDate): ModalView {
  return modal(SNOOZE_FORM, 'Snooze', 'Snooze', subject, [
    contractLine(contract),
    dateField(
      { name: 'until', label: 'Ask again on', hint: 'At most a year from today.' },
      addDays(today, 7),
    ),
    textField({ name: 'why', label: 'Why?', optional: true }, null),
  ])
}

const snoozed = (today: CivilDate) =>
  z.object({
    until: requiredDay('Choose the day on which it shall be asked again.')
      .refine((until) => until > today, 'Choose a day later than today.')
      .refine(
        (until) => until <= addDays(today, MOST_DAYS),
        'Choose a day within a year from today.',
      ),
    why: z.string().nullable(),
  })
export type SnoozeInput = z.infer<ReturnType<typeof snoozed>>

export function readSnooze(fields: Fields, today: CivilDate): SnoozeInput | null {
  const why = fields.text('why', 300)
  return checked(fields, snoozed(today), { until: fields.date('until'), why })
}
