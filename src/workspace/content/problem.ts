/** How Slack says what it does not like about a message or a view. */
import type { z } from 'zod'

export interface Problem {
  /** A JSON pointer into what was sent, for example `/blocks/0/text`. */
  readonly pointer: string
  readonly message: string
}

/** Everything that the shape refuses, in the order in which it stands; empty where nothing is. */
export function problemsOf(shape: z.ZodType, value: unknown, root: string): readonly Problem[] {
  const { error } = shape.safeParse(value)
  if (error === undefined) return []
  return error.issues.map(({ path, message }) => ({
    pointer: [root, ...path.map(String)].join('/'),
    message,
  }))
}

/** The line that Slack puts into response_metadata.messages. */
export function problemLine({ pointer, message }: Problem): string {
  return `[ERROR] ${message} [json-pointer:${pointer}]`
}
