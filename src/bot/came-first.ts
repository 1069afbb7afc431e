/** A form that comes back after somebody else acted: told once at its field, with nothing lost. */
import { Refusal } from '../domain/refusal.ts'
import { dayText } from '../domain/words.ts'
import type { ActFact } from '../messages/acted.ts'
import type { Actor } from '../watch/act.ts'
import { actOnce, type Deed, type Seen } from './act-once.ts'
import { firstTime } from './inbox.ts'
import type { Scene } from './scene.ts'

/**
 * As `actOnce`, for a form: what was typed is worth keeping, so that the first time it comes back
 * too late it stays open and says who came first; sent again it is meant, and is done.
 * @throws Refusal that says who came first, or as `work` does.
 */
export async function submitOnce(
  scene: Scene,
  { viewId, ...seen }: Seen & { readonly viewId: string },
  deed: Deed,
  work: (actor: Actor) => Promise<void>,
) {
  const outcome = await actOnce(scene, seen, deed, work)
  if (outcome.kind !== 'late') return outcome.message
  const { pool, organisation } = scene.stage
  const told = `told:${viewId}`
  if (await firstTime(pool, organisation.id, told)) throw new Refusal(firstWords(outcome.first))
  return (await actOnce(scene, { ...seen, version: null }, deed, work)).message
}

/** Short enough for the place under a field, which takes 150 characters. */
function firstWords(first: ActFact): string {
  const name = first.by?.name.slice(0, 40) || 'Somebody'
  return `${name} came first and ${didWords(first)}. Send it again to do this as well, or close the form.`
}

function didWords(act: ActFact): string {
  switch (act.what) {
    case 'acknowledged':
      return 'is on it'
    case 'snoozed':
      return `snoozed it until ${dayText(act.until)}`
    case 'decided':
      return 'recorded a decision'
    case 'extended':
      return `extended it to ${dayText(act.to)}`
    case 'withdrawn':
      return 'withdrew an extension'
    case 'assigned':
      return 'reassigned it'
    case 'still-supplied':
      return 'said that it is still supplied'
    case 'no-longer-supplied':
    case 'closed':
      return 'closed it'
    case 'escalated':
      return 'escalated it'
    case 'edited':
      return `changed its ${act.fields.slice(0, 3).join(', ')}`.slice(0, 50)
  }
}
