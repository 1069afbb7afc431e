/** The blocks of Block Kit, for messages and for views. */
import { z } from 'zod'
import {
  accessory,
  actionElement,
  hasOneSource,
  IMAGE,
  imageElement,
  inputElement,
} from './elements.ts'
import { anyText, identifier, plainText } from './texts.ts'

const block = { block_id: identifier.optional() }

const section = z
  .strictObject({
    type: z.literal('section'),
    ...block,
    text: anyText(3000).optional(),
    fields: z.array(anyText(2000)).min(1).max(10).optional(),
    accessory: accessory.optional(),
    expand: z.boolean().optional(),
  })
  .refine(({ text, fields }) => text !== undefined || fields !== undefined, 'needs text or fields')
const header = z.strictObject({ type: z.literal('header'), ...block, text: plainText(150) })
const context = z.strictObject({
  type: z.literal('context'),
  ...block,
  elements: z
    .array(z.union([imageElement, anyText(2000)]))
    .min(1)
    .max(10),
})
const actions = z.strictObject({
  type: z.literal('actions'),
  ...block,
  elements: z.array(actionElement).min(1).max(25),
})
const image = z
  .strictObject({
    type: z.literal('image'),
    ...block,
    ...IMAGE,
    title: plainText(2000).optional(),
  })
  .refine(hasOneSource, 'must have either image_url or slack_file')
const divider = z.strictObject({ type: z.literal('divider'), ...block })
const richText = z.strictObject({
  type: z.literal('rich_text'),
  ...block,
  elements: z.array(z.looseObject({ type: z.string() })),
})
const input = z.strictObject({
  type: z.literal('input'),
  ...block,
  label: plainText(2000),
  hint: plainText(2000).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
  element: inputElement,
})
const markdown = z.strictObject({
  type: z.literal('markdown'),
  ...block,
  text: z.string().min(1).max(12_000),
})
const cell = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('raw_text'), text: z.string().min(1) }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string().optional() }),
  richText,
])
const table = z.strictObject({
  type: z.literal('table'),
  ...block,
  rows: z.array(z.array(cell).min(1).max(20)).min(1).max(100),
  column_settings: z
    .array(
      z
        .strictObject({
          align: z.enum(['left', 'center', 'right']).optional(),
          is_wrapped: z.boolean().optional(),
        })
        .nullable(),
    )
    .max(20)
    .optional(),
})

const anywhere = [section, header, context, actions, image, divider, richText] as const
const messageBlock = z.discriminatedUnion('type', [...anywhere, markdown, table])
const viewBlock = z.discriminatedUnion('type', [...anywhere, input])
export type ViewBlock = z.infer<typeof viewBlock>
export type Block = z.infer<typeof messageBlock> | ViewBlock

export const messageBlocks = z
  .array(messageBlock)
  .max(50)
  .superRefine(uniqueIds)
  .refine(
    (blocks) => blocks.filter(({ type }) => type === 'table').length <= 1,
    'no more than one table',
  )
export const viewBlocks = z.array(viewBlock).max(100).superRefine(uniqueIds)

/** Block ids stand once in a message or view, action ids once in their block. */
function uniqueIds(blocks: readonly Block[], refusing: z.RefinementCtx): void {
  const ids = blocks.flatMap(({ block_id }) => block_id ?? [])
  if (new Set(ids).size < ids.length) {
    refusing.addIssue({ code: 'custom', message: 'a block_id stands twice' })
  }
  for (const [index, one] of blocks.entries()) {
    if (one.type !== 'actions') continue
    const actionIds = one.elements.flatMap(({ action_id }) => action_id ?? [])
    if (new Set(actionIds).size === actionIds.length) continue
    const path = [index, 'elements']
    refusing.addIssue({ code: 'custom', message: 'an action_id stands twice', path })
  }
}
