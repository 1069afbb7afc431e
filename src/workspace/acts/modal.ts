/** The modal before a person: filled in, closed. */
import type { Given } from '../field-values.ts'
import type { User } from '../people.ts'
import type { ShownView } from '../views.ts'
import { fill } from './element.ts'
import { closedPayload } from './payloads.ts'
import { DONE, type Outcome } from './seen.ts'
import type { Stage } from './stage.ts'
import { fieldsOn } from './surfaces.ts'

/** The view as it now stands. @throws Error when it is not the modal on top. */
export function onTop({ views }: Stage, user: User, view: ShownView): ShownView {
  const top = views.modal(user.id)
  if (top === null || top.id !== view.id) {
    throw new Error(`The view ${view.id} is not the modal before ${user.name}.`)
  }
  return top
}

/** Gives several fields their values, each named by its block id or its action id. */
export function fillIn(
  stage: Stage,
  view: ShownView,
  given: Readonly<Record<string, Given>>,
): void {
  const fields = fieldsOn(view)
  for (const [name, one] of Object.entries(given)) {
    // Block ids are unique in a view; one action id may stand in every block of it.
    const field =
      fields.find(({ blockId }) => blockId === name) ??
      fields.find(({ actionId }) => actionId === name)
    if (field === undefined) {
      const known = fields.map(({ blockId }) => blockId).join(', ')
      throw new Error(`The modal has no field ${name}; it has: ${known || 'none'}.`)
    }
    fill(stage, view, field, one)
  }
}

/** Closes the modal without submitting it, and tells the app where it wants to know. */
export async function closeModal(stage: Stage, user: User, view: ShownView): Promise<Outcome> {
  const modal = view.source.type === 'modal' ? view.source : null
  const all = modal?.clear_on_close ?? false
  stage.views.close(user.id, { all })
  if (modal?.notify_on_close === true) await stage.post.deliver(closedPayload(user, view, all))
  return DONE
}
