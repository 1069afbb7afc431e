/** The elements of Block Kit that people type into or give files to. */
import { z } from 'zod'
import { actionable, focusable, placeholdable } from './parts.ts'

const dispatching = {
  ...actionable,
  ...focusable,
  ...placeholdable,
  dispatch_action_config: z
    .strictObject({
      trigger_actions_on: z
        .array(z.enum(['on_enter_pressed', 'on_character_entered']))
        .min(1)
        .optional(),
    })
    .optional(),
}
const plainTextInput = z
  .strictObject({
    type: z.literal('plain_text_input'),
    ...dispatching,
    initial_value: z.string().max(3000).optional(),
    multiline: z.boolean().optional(),
    min_length: z.int().min(0).max(3000).optional(),
    max_length: z.int().min(1).max(3000).optional(),
  })
  .refine(
    ({ initial_value = '', max_length = 3000 }) => initial_value.length <= max_length,
    'initial_value is longer than max_length',
  )
const emailInput = z.strictObject({
  type: z.literal('email_text_input'),
  ...dispatching,
  initial_value: z.string().optional(),
})
const urlInput = z.strictObject({
  type: z.literal('url_text_input'),
  ...dispatching,
  initial_value: z.string().optional(),
})
const numberInput = z.strictObject({
  type: z.literal('number_input'),
  ...dispatching,
  is_decimal_allowed: z.boolean(),
  initial_value: z.string().optional(),
  min_value: z.string().optional(),
  max_value: z.string().optional(),
})
const fileInput = z.strictObject({
  type: z.literal('file_input'),
  ...actionable,
  filetypes: z.array(z.string().min(1)).min(1).optional(),
  max_files: z.int().min(1).max(10).optional(),
})

/** Every element that stands in an input block only. */
export const INPUTS = [plainTextInput, emailInput, urlInput, numberInput, fileInput] as const
