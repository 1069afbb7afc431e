/** What Slack takes as a modal or as a Home. */
import { z } from 'zod'
import { type Field, fieldsOf } from '../fields.ts'
import { type Block, viewBlocks } from './blocks.ts'
import { type Problem, problemsOf } from './problem.ts'
import { LONGEST_ID, plainText } from './texts.ts'

/** In bytes of the view as JSON. */
const LARGEST_VIEW = 250_000

const kept = {
  blocks: viewBlocks,
  private_metadata: z.string().max(3000).optional(),
  callback_id: z.string().max(LONGEST_ID).optional(),
  external_id: z.string().max(LONGEST_ID).optional(),
}
const modal = z
  .strictObject({
    type: z.literal('modal'),
    ...kept,
    title: plainText(24),
    submit: plainText(24).optional(),
    close: plainText(24).optional(),
    clear_on_close: z.boolean().optional(),
    notify_on_close: z.boolean().optional(),
    submit_disabled: z.boolean().optional(),
  })
  .refine(({ blocks, submit }) => submit !== undefined || !blocks.some(isInput), {
    path: ['submit'],
    message: '`submit` is required when an `input` block is within the `blocks` array',
  })
const home = z.strictObject({ type: z.literal('home'), ...kept })
const view = z
  .discriminatedUnion('type', [modal, home])
  .refine(({ blocks }) => fieldsOf(blocks).filter(takesFocus).length <= 1, {
    path: ['blocks'],
    message: 'only one element may take the focus',
  })

export type ViewSource = z.infer<typeof view>

/** A view that Slack would take, or why it would not: its error and the places. */
export type ReadView =
  | { readonly view: ViewSource }
  | { readonly error: string; readonly problems: readonly Problem[] }

/** Reads a view as it came in. @param type what the method wants: a modal or a Home. */
export function readView(value: unknown, type: ViewSource['type']): ReadView {
  const bytes = value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value))
  if (bytes > LARGEST_VIEW) return { error: 'view_too_large', problems: [] }
  const problems = viewProblems(value)
  const read = view.safeParse(value)
  if (!read.success) return { error: 'invalid_arguments', problems }
  return read.data.type === type
    ? { view: read.data }
    : {
        error: 'invalid_arguments',
        problems: [{ pointer: '/view/type', message: `must be ${type}` }],
      }
}

/** Everything that is wrong with a view, each with its place. */
export function viewProblems(value: unknown): readonly Problem[] {
  return problemsOf(view, value, '/view')
}

function isInput({ type }: Block): boolean {
  return type === 'input'
}

function takesFocus({ element }: Field): boolean {
  return 'focus_on_load' in element && element.focus_on_load === true
}
