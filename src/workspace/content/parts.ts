/** What several elements of Block Kit have in common. */
import { z } from 'zod'
import { confirmation, identifier, plainText } from './texts.ts'

export const actionable = { action_id: identifier.optional() }
export const confirmable = { ...actionable, confirm: confirmation.optional() }
export const focusable = { focus_on_load: z.boolean().optional() }
export const placeholdable = { placeholder: plainText(150).optional() }
export const menu = { ...confirmable, ...focusable, ...placeholdable }
