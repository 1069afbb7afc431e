/** The interactive elements of Block Kit: what each may carry, and where it may stand. */
import { z } from 'zod'
import { INPUTS } from './inputs.ts'
import { MENUS } from './menus.ts'
import { overflowOption } from './options.ts'
import { confirmable, focusable, menu } from './parts.ts'
import { plainText } from './texts.ts'

const button = z.strictObject({
  type: z.literal('button'),
  ...confirmable,
  text: plainText(75),
  value: z.string().max(2000).optional(),
  url: z.string().max(3000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: z.string().max(75).optional(),
})
const overflow = z.strictObject({
  type: z.literal('overflow'),
  ...confirmable,
  options: z.array(overflowOption).min(1).max(5),
})
const datepicker = z.strictObject({
  type: z.literal('datepicker'),
  ...menu,
  initial_date: z.iso.date().optional(),
})
const timepicker = z.strictObject({
  type: z.literal('timepicker'),
  ...menu,
  initial_time: z.iso.time({ precision: -1 }).optional(),
  timezone: z.string().optional(),
})
const datetimepicker = z.strictObject({
  type: z.literal('datetimepicker'),
  ...confirmable,
  ...focusable,
  initial_date_time: z.int().min(1_000_000_000).max(9_999_999_999).optional(),
})
const PICKERS = [datepicker, timepicker] as const

/** An image as an element and, with a title and an id, as a block. */
export const IMAGE = {
  alt_text: z.string().min(1).max(2000),
  image_url: z.string().min(1).max(3000).optional(),
  slack_file: z
    .strictObject({ id: z.string().optional(), url: z.string().optional() })
    .refine(({ id, url }) => (id === undefined) !== (url === undefined), 'needs an id or a url')
    .optional(),
}
export const imageElement = z
  .strictObject({ type: z.literal('image'), ...IMAGE })
  .refine(hasOneSource, 'must have either image_url or slack_file')

export const accessory = z.discriminatedUnion('type', [
  button,
  overflow,
  imageElement,
  ...PICKERS,
  ...MENUS,
])
export const actionElement = z.discriminatedUnion('type', [
  button,
  overflow,
  datetimepicker,
  ...PICKERS,
  ...MENUS,
])
export const inputElement = z.discriminatedUnion('type', [
  datetimepicker,
  ...INPUTS,
  ...PICKERS,
  ...MENUS,
])
export type Element =
  | z.infer<typeof accessory>
  | z.infer<typeof actionElement>
  | z.infer<typeof inputElement>

/** An image comes from an address or from a file in Slack, never from both. */
export function hasOneSource(image: { image_url?: unknown; slack_file?: unknown }): boolean {
  return (image.image_url === undefined) !== (image.slack_file === undefined)
}
