/** Typing into a menu whose options the app loads. */
import { z } from 'zod'
import { type BoxOption, option, optionGroup } from '../content/options.ts'
import type { User } from '../people.ts'
import { type Surface, suggestionPayload } from './payloads.ts'
import type { Problem } from './seen.ts'
import type { Stage } from './stage.ts'
import { channelOf, fieldOn, menuKey, reachable } from './surfaces.ts'

export interface Offer {
  readonly problem: Problem | null
  readonly options: readonly BoxOption[]
}

const offers = z.union([
  z.strictObject({ options: z.array(option).max(100) }),
  z.strictObject({ option_groups: z.array(optionGroup).max(100) }),
])

/** What the app offers for the words typed; it can be chosen from then on. */
export async function loadOptions(
  stage: Stage,
  user: User,
  surface: Surface,
  actionId: string,
  query: string,
): Promise<Offer> {
  const here = reachable(surface, user, stage)
  const field = fieldOn(here, actionId, null)
  if (field.element.type !== 'external_select' && field.element.type !== 'multi_external_select') {
    throw new Error(`${actionId} loads no options: it is a ${field.element.type}.`)
  }
  const payload = suggestionPayload(user, here, channelOf(here, stage), field, query)
  const ack = await stage.post.deliver(payload)
  if (!ack.acked) return { problem: ack.failure, options: [] }
  const read = offers.safeParse(ack.body)
  if (!read.success) {
    stage.ledger.failures.push(`The options of ${actionId} cannot be shown: ${read.error.message}`)
    return { problem: 'invalid_response', options: [] }
  }
  const options =
    'options' in read.data
      ? read.data.options
      : read.data.option_groups.flatMap((group) => group.options)
  stage.loaded.set(menuKey(here, field), options)
  return { problem: null, options }
}
