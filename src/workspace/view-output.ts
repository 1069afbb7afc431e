/** A view as Slack sends it to the app. */
import { APP } from './people.ts'
import type { ShownView } from './views.ts'

/** The `view` of a payload or of an answer, with the state of its fields. */
export function asSlackShowsView({
  id,
  hash,
  source,
  rootId,
  previousId,
  values,
}: ShownView): Record<string, unknown> {
  const modal = source.type === 'modal' ? source : null
  return {
    id,
    team_id: APP.team,
    type: source.type,
    blocks: source.blocks,
    private_metadata: source.private_metadata ?? '',
    callback_id: source.callback_id ?? '',
    external_id: source.external_id ?? '',
    state: { values },
    hash,
    title: modal?.title ?? null,
    submit: modal?.submit ?? null,
    close: modal?.close ?? null,
    clear_on_close: modal?.clear_on_close ?? false,
    notify_on_close: modal?.notify_on_close ?? false,
    root_view_id: rootId,
    previous_view_id: previousId,
    app_id: APP.id,
    app_installed_team_id: APP.team,
    bot_id: APP.bot,
  }
}
