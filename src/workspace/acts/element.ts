/** Pressing, choosing and filling in: what becomes of one element. */

import { type FieldValue, type Given, givenValue } from '../field-values.ts'
import type { Field } from '../fields.ts'
import { describeFile } from '../files.ts'
import type { User } from '../people.ts'
import { actionPayload, type Surface } from './payloads.ts'
import { DONE, failed, type Outcome } from './seen.ts'
import type { Stage } from './stage.ts'
import { channelOf, fieldOn, menuKey, reachable, valuesOn } from './surfaces.ts'

/** Which element is meant, and what is chosen in it; a button takes nothing but a press. */
export interface Choice {
  readonly actionId: string
  /** Tells apart buttons and options that share the action id. */
  readonly value: string | null
  /** Undefined for a press. */
  readonly given?: Given
}

/** Sends what an element does at once. @throws Error where there is no such element to act on. */
export async function actOn(
  stage: Stage,
  user: User,
  surface: Surface,
  choice: Choice,
): Promise<Outcome> {
  const before = reachable(surface, user, stage)
  const field = fieldOn(before, choice.actionId, choice.value)
  if (field.input !== null && !field.input.dispatches) {
    throw new Error(`${choice.actionId} is sent with its modal, not by itself.`)
  }
  const held = heldAfter(stage, before, field, choice)
  // In a view the choice stays, and the app is sent the view with it.
  const now = reachable(before, user, stage)
  const payload = actionPayload(user, now, channelOf(now, stage), field, held, valuesOn(now), {
    triggerId: stage.triggers.issue(user.id, { modal: modalOf(now), channel: now.channel }),
    responseUrl: responseUrl(stage, user, now),
    actionTs: stage.ledger.stamp(stage.now()),
  })
  const ack = await stage.post.deliver(payload)
  return ack.acked ? DONE : failed(ack.failure)
}

/** What the element sends after the choice. */
function heldAfter(
  stage: Stage,
  surface: Surface,
  field: Field,
  { value, given }: Choice,
): Readonly<Record<string, unknown>> {
  const { element, actionId } = field
  if (element.type === 'button') {
    const { text, value: carried } = element
    return { text, ...(carried === undefined ? {} : { value: carried }) }
  }
  if (element.type === 'overflow') {
    const chosen = element.options.find((option) => option.value === value)
    if (chosen === undefined) throw new Error(`${actionId} offers no "${value ?? ''}".`)
    return { selected_option: chosen }
  }
  if (given === undefined) throw new Error(`${actionId} is no button: choose something in it.`)
  return fill(stage, surface, field, given)
}

/** Gives a field its value; in a view it stays there. @throws Error where it cannot hold it. */
export function fill(stage: Stage, surface: Surface, field: Field, given: Given): FieldValue {
  const { places, views, loaded, url } = stage
  const value = givenValue(field, given, {
    loaded: loaded.get(menuKey(surface, field)) ?? [],
    file(id) {
      const file = places.files.get(id)
      if (file === undefined || file.content === null) {
        throw new Error(`There is no file ${id}: upload it first.`)
      }
      return file
    },
    describeFile: (file) => describeFile(file, url()),
  })
  if (surface.kind === 'view') {
    views.fill(surface.id, { [field.blockId]: { [field.actionId]: value } })
  }
  return value
}

function modalOf(surface: Surface): string | null {
  return surface.kind === 'view' && surface.source.type === 'modal' ? surface.id : null
}

/** Views are answered by updating them; only messages have an address. */
function responseUrl({ responseUrls, url }: Stage, user: User, surface: Surface): string | null {
  if (surface.kind === 'view') return null
  const { channel, threadTs, kind, ts } = surface
  const original = { kind, ts }
  return `${url()}response/${responseUrls.issue({ user: user.id, channel, threadTs, original })}`
}
