import type { Program } from '../program.ts'
import type { Actor } from '../watch/act.ts'

/** Whoever acts on the command line: nobody in particular, for the record. */
export function actorOf(program: Program): Actor {
  const { organisation, rulesOf, todayOf } = program
  return {
    organisationId: organisation.id,
    rulesOf,
    todayOf,
    now: program.now(),
    personId: null,
    via: 'command line',
  }
}
