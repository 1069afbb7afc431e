/** The sample register: a trust group that does not exist, as it stands on any day. */
import type { CivilDate } from '../domain/civil-date.ts'
import type { OpenRegister } from './draft.ts'
import { planned } from './sample/planned.ts'
import { pressing } from './sample/pressing.ts'
import { quiet } from './sample/quiet.ts'

/**
 * About sixty contracts whose dates are counted from `today`, so that whenever it is loaded a dozen
 * have something to say at once and the rest in the months ahead. The same day always gives the
 * same contracts. Nothing in it is real: trusts, suppliers, people, products and amounts.
 */
export function sampleRegister(today: CivilDate): OpenRegister {
  const drafts = [...pressing(today), ...planned(today), ...quiet(today)]
  return {
    format: 'csv',
    mapping: [],
    unmapped: [],
    ocidPrefix: null,
    total: drafts.length,
    async *items() {
      for (const draft of drafts) yield { kind: 'draft', draft, warnings: [] }
    },
  }
}
