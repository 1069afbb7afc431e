/** views.open, views.push, views.update and views.publish. */
import { problemLine } from './content/problem.ts'
import { readView, type ViewSource } from './content/view.ts'
import { type Answer, type Method, refusal, type Scene } from './method.ts'
import type { Arguments } from './request.ts'
import { asSlackShowsView } from './view-output.ts'
import type { ShownView } from './views.ts'

export const viewsOpen: Method = {
  scopes: [],
  answer: (args, scene) =>
    withView(args, scene, 'modal', null, (source) => {
      const trigger = scene.triggers.exchange(args.text('trigger_id'))
      if ('error' in trigger) return refusal(trigger.error)
      return shown(scene.views.open(trigger.user, source, trigger.channel))
    }),
}

export const viewsPush: Method = {
  scopes: [],
  answer: (args, scene) =>
    withView(args, scene, 'modal', null, (source) => {
      const trigger = scene.triggers.exchange(args.text('trigger_id'))
      if ('error' in trigger) return refusal(trigger.error)
      if (trigger.modal === null) return refusal('not_found')
      if (scene.views.view(trigger.modal) === null) return refusal('not_found')
      const pushed = scene.views.push(trigger.user, source)
      return pushed === null ? refusal('push_limit_reached') : shown(pushed)
    }),
}

export const viewsUpdate: Method = {
  scopes: [],
  answer(args, scene) {
    const externalId = args.text('external_id')
    const known =
      externalId === null ? scene.views.view(args.text('view_id')) : scene.views.named(externalId)
    if (known === null) return refusal('not_found')
    return withView(args, scene, known.source.type, known, (source) =>
      shown(scene.views.update(known, source)),
    )
  },
}

export const viewsPublish: Method = {
  scopes: [],
  answer(args, scene) {
    const user = scene.places.users.find(({ id }) => id === args.text('user_id'))
    if (user === undefined || user.deleted) {
      return refusal('invalid_arguments', ['[ERROR] no such user [json-pointer:/user_id]'])
    }
    return withView(args, scene, 'home', scene.views.home(user.id), (source) =>
      shown(scene.views.publish(user.id, source)),
    )
  },
}

/** Goes on with a view that Slack takes; refuses any other, and one made from an older state. */
function withView(
  args: Arguments,
  { views }: Scene,
  type: ViewSource['type'],
  known: ShownView | null,
  go: (source: ViewSource) => Answer,
): Answer {
  const read = readView(args.structure('view'), type)
  if ('error' in read) return refusal(read.error, read.problems.map(problemLine))
  const hash = args.text('hash')
  if (hash !== null && hash !== known?.hash) return refusal('hash_conflict')
  const { external_id } = read.view
  const namesake = external_id === undefined ? null : views.named(external_id)
  return namesake !== null && namesake.id !== known?.id
    ? refusal('duplicate_external_id')
    : go(read.view)
}

function shown(view: ShownView): Answer {
  return { ok: true, view: asSlackShowsView(view) }
}
