/** The desk that hands out calendars, for whichever port it stands at. */
import { type CalendarDesk, calendarDesk } from './ops/calendar.ts'
import type { Program } from './program.ts'

export function deskFor({ pool, organisation, now, today, log }: Program): CalendarDesk {
  return calendarDesk({
    pool,
    organisationId: organisation.id,
    now,
    today,
    elapsed: () => performance.now(),
    log,
  })
}
