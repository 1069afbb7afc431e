/** Automatic renewal: a notice date that passes unheard starts a new term by itself. */
import { addDays, type CivilDate } from './civil-date.ts'
import type { Contract } from './contract.ts'
import { currentEnd } from './current-end.ts'
import { deadlinesOf } from './deadlines.ts'
import type { Extension } from './extension.ts'
import { endOfTerm } from './period.ts'
import type { Rules } from './rules.ts'

/**
 * The renewals to presume on this day: one for each notice date that has passed with neither proof
 * of service nor a decision. Empty for a contract that does not renew by itself. A withdrawn
 * presumption (notice was served in time after all) is not presumed again.
 */
export function presumedRenewals(contract: Contract, today: CivilDate, rules: Rules): Extension[] {
  if (contract.automaticRenewal !== true || contract.closed) return []
  const presumed: Extension[] = []
  let now = contract
  // A term of a day at least moves the end, so this comes to an end; the bound is a safeguard.
  for (let terms = 0; terms < 200; terms += 1) {
    const end = currentEnd(now)
    if (end.kind !== 'dated') break
    const notice = deadlinesOf(now, rules).find((each) => each.kind === 'notice' && !each.missed)
    if (!notice || notice.settled !== null || notice.on >= today) break
    const from = addDays(end.latest, 1)
    if (
      now.extensions.some(
        (each) => each.kind === 'renewal' && each.status === 'withdrawn' && each.from === from,
      )
    )
      break
    const term = contract.renewalTerm ?? rules.assumedRenewalTerm
    const to = endOfTerm(end.latest, term, rules.calendar)
    if (to <= end.latest) break
    const renewal: Extension = {
      kind: 'renewal',
      status: 'presumed',
      from,
      to,
      cost: null,
      knownOn: addDays(notice.on, 1),
    }
    presumed.push(renewal)
    now = { ...now, extensions: [...now.extensions, renewal] }
  }
  return presumed
}
