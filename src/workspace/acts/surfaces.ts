/** Where a person can act: a message, a message to them alone, a modal, the Home. */
import type { Block } from '../content/blocks.ts'
import { messageBlocks } from '../content/blocks.ts'
import { type FieldValue, initialValue } from '../field-values.ts'
import { type Field, fieldsOf, withIds } from '../fields.ts'
import type { User } from '../people.ts'
import type { Channel } from '../places.ts'
import type { Values } from '../views.ts'
import type { Surface } from './payloads.ts'
import type { Stage } from './stage.ts'

/** The surface as it may be acted on by this person. @throws Error where it may not. */
export function reachable(surface: Surface, user: User, stage: Stage): Surface {
  const where = nameOf(surface)
  if (surface.kind === 'view') {
    const open = stage.views.view(surface.id)
    if (open === null) throw new Error(`${where} is no longer open.`)
    if (open.user !== user.id) throw new Error(`${where} is not shown to ${user.name}.`)
    return open
  }
  const channel = channelOf(surface, stage)
  if (channel === null || !stage.places.isIn(channel, user)) {
    throw new Error(`${user.name} is not in the channel of ${where}.`)
  }
  if (surface.kind === 'ephemeral' && surface.user !== user.id) {
    throw new Error(`${where} is not shown to ${user.name}.`)
  }
  return surface
}

export function channelOf(surface: Surface, { places }: Stage): Channel | null {
  return surface.kind === 'view'
    ? null
    : (places.channels.find(({ id }) => id === surface.channel) ?? null)
}

/** Everything on the surface that can be acted on. */
export function fieldsOn(surface: Surface): readonly Field[] {
  return fieldsOf(blocksOf(surface))
}

/**
 * The one field with this action id; where several share it, the button or the option with this
 * value decides. @throws Error naming what there is instead.
 */
export function fieldOn(surface: Surface, actionId: string, value: string | null): Field {
  const fields = fieldsOn(surface)
  const named = fields.filter((field) => field.actionId === actionId)
  const fitting = value === null ? named : named.filter((field) => carries(field, value))
  const [found] = fitting.length > 0 ? fitting : named
  if (found !== undefined && (value === null || fitting.length > 0 || named.length === 1)) {
    return found
  }
  const known = [...new Set(fields.map((field) => field.actionId))].join(', ')
  throw new Error(`${nameOf(surface)} has no ${actionId}; it has: ${known || 'nothing to press'}.`)
}

function carries({ element }: Field, value: string): boolean {
  if (element.type === 'button') return element.value === value
  const offers = element.type === 'overflow' || element.type === 'static_select'
  return offers && (element.options ?? []).some((option) => option.value === value)
}

/** What stands in the fields of a surface before the act. */
export function valuesOn(surface: Surface): Values {
  if (surface.kind === 'view') return surface.values
  const values: Record<string, Record<string, FieldValue>> = {}
  for (const { blockId, actionId, element } of fieldsOn(surface)) {
    const value = initialValue(element, surface.channel)
    if (value !== null) values[blockId] = { ...values[blockId], [actionId]: value }
  }
  return values
}

/** Where a menu's loaded options are kept. */
export function menuKey(surface: Surface, { blockId, actionId }: Field): string {
  return [surface.kind === 'view' ? surface.id : surface.ts, blockId, actionId].join(' ')
}

function blocksOf(surface: Surface): readonly Block[] {
  return surface.kind === 'view'
    ? surface.source.blocks
    : withIds(messageBlocks.parse(surface.blocks), surface.ts)
}

function nameOf(surface: Surface): string {
  return surface.kind === 'view' ? `The view ${surface.id}` : `The message ${surface.ts}`
}
