/** The kinds of deadlines, in the order in which they usually fall. */
export const DEADLINE_KINDS = [
  'start-by',
  'notice',
  'option',
  'end',
  'emergency-end',
  'review',
] as const
export type DeadlineKind = (typeof DEADLINE_KINDS)[number]

const SEVERITIES = ['overdue', 'urgent', 'soon', 'planned'] as const
/** overdue: the day has passed; urgent: 7 days or less; soon: 30 or less; planned: more. */
export type Severity = (typeof SEVERITIES)[number]

/** The severity of a deadline with so many days left; negative after it. */
export function severity(daysLeft: number): Severity {
  if (daysLeft < 0) return 'overdue'
  if (daysLeft <= 7) return 'urgent'
  return daysLeft <= 30 ? 'soon' : 'planned'
}
