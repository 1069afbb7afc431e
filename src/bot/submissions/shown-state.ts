/**
 * What a form showed before anybody typed in it: Slack sends its blocks back with what was typed, so
 * that what a person changed can be told from what somebody else changed in the meantime.
 */
import { ELEMENT } from '../../messages/modals/inputs.ts'

/** `view.state` as it was when the form was opened, from `view.blocks`. */
export function shownState(blocks: unknown): { readonly values: Record<string, unknown> } {
  const values: Record<string, unknown> = {}
  for (const block of Array.isArray(blocks) ? blocks : []) {
    if (!isRecord(block) || typeof block.block_id !== 'string' || !isRecord(block.element)) continue
    const { initial_value, initial_option, initial_date, initial_user, initial_conversation } =
      block.element
    values[block.block_id] = {
      [ELEMENT]: {
        value: initial_value ?? null,
        selected_option: initial_option ?? null,
        selected_date: initial_date ?? null,
        selected_user: initial_user ?? null,
        selected_conversation: initial_conversation ?? null,
      },
    }
  }
  return { values }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
