/** The program as the auditor looks at it. */
import type { Program } from './program.ts'
import type { AuditContext } from './watch/audit-facts.ts'

/** What the auditor needs of this process. */
export function auditContext(program: Program): AuditContext {
  const { organisation, rulesOf, settings, today, now } = program
  return {
    organisationId: organisation.id,
    rulesOf,
    times: timesOf(program),
    today: today(),
    now: now(),
    staleDays: settings.staleRegisterDays,
  }
}

/** When each day's sweep and each week's summary begin. */
export function timesOf({ settings: { sweepAt, weeklyAt, weeklyOn } }: Program) {
  return { sweepAt, weeklyAt, weeklyOn }
}
