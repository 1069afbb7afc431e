/**
 * What was begun to be uploaded for a delivery, written down before its bytes go out: a retry goes
 * on with the same file in Slack instead of uploading another one that nobody will ever see.
 */
import { fieldOf, textOf } from './ask.ts'

const PARTS = ['file', 'picture'] as const
export type Part = (typeof PARTS)[number]

export interface BegunUpload {
  /** The file's id in Slack. */
  readonly id: string
  /** A digest of what it holds: what reads differently by now is uploaded anew. */
  readonly holds: string
}

export type Begun = Readonly<Partial<Record<Part, BegunUpload>>>

/** What one upload remembers from try to try. */
export interface UploadMemory {
  readonly before: BegunUpload | null
  begun(upload: BegunUpload): Promise<void>
}

/** As a delivery's row holds it; parts that make no sense are none. */
export function begunIn(uploads: unknown): Begun {
  const found: Partial<Record<Part, BegunUpload>> = {}
  for (const part of PARTS) {
    const id = textOf(fieldOf(uploads, part), 'id')
    const holds = textOf(fieldOf(uploads, part), 'holds')
    if (id !== null && holds !== null) found[part] = { id, holds }
  }
  return found
}
