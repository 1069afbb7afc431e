/** Text objects of Block Kit, and the ids that stand beside them. */
import { z } from 'zod'

/** action_id, block_id and callback_id. */
export const LONGEST_ID = 255

export const identifier = z.string().min(1).max(LONGEST_ID)

/** Text without markup. @param longest in characters, as Slack counts them. */
export function plainText(longest: number) {
  return z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(longest),
    emoji: z.boolean().optional(),
  })
}

/** Text with Slack's markup or without. */
export function anyText(longest: number) {
  return z.discriminatedUnion('type', [
    plainText(longest),
    z.strictObject({
      type: z.literal('mrkdwn'),
      text: z.string().min(1).max(longest),
      verbatim: z.boolean().optional(),
    }),
  ])
}

/** A question that Slack asks before it passes an action on. */
export const confirmation = z.strictObject({
  title: plainText(100),
  text: anyText(300),
  confirm: plainText(30),
  deny: plainText(30),
  style: z.enum(['primary', 'danger']).optional(),
})
