/** What Slack refuses in a message. */
import { isRecord } from '../request.ts'
import { messageBlocks } from './blocks.ts'
import { type Problem, problemLine, problemsOf } from './problem.ts'

const LONGEST_TEXT = 40_000
/** Undocumented: measured, Slack gives up at about this sum over all blocks. */
const LONGEST_BLOCK_TEXT = 13_200
const LARGEST_METADATA = 16_000

/** Slack's refusal of a message's content: its error, and where it looked. */
export interface ContentProblem {
  readonly error: string
  readonly lines: readonly string[]
}

/** What is wrong with text, blocks or metadata as they came in; null where nothing is. */
export function contentProblem(
  text: string | null,
  blocks: unknown,
  metadata: unknown,
): ContentProblem | null {
  if (text === null && (blocks === undefined || (Array.isArray(blocks) && blocks.length === 0))) {
    return { error: 'no_text', lines: [] }
  }
  if (text !== null && text.length > LONGEST_TEXT) return { error: 'msg_too_long', lines: [] }
  return (blocks === undefined ? null : blocksProblem(blocks)) ?? metadataProblem(metadata)
}

/** What is wrong with the blocks of a message, each with its place. */
export function messageBlockProblems(blocks: unknown): readonly Problem[] {
  return problemsOf(messageBlocks, blocks, '/blocks')
}

function blocksProblem(blocks: unknown): ContentProblem | null {
  if (!Array.isArray(blocks)) return { error: 'invalid_blocks_format', lines: [] }
  const problems = messageBlockProblems(blocks)
  if (problems.length > 0) return { error: 'invalid_blocks', lines: problems.map(problemLine) }
  return textSum(blocks) > LONGEST_BLOCK_TEXT ? { error: 'msg_blocks_too_long', lines: [] } : null
}

function metadataProblem(metadata: unknown): ContentProblem | null {
  if (metadata === undefined) return null
  if (
    !isRecord(metadata) ||
    typeof metadata.event_type !== 'string' ||
    !isRecord(metadata.event_payload)
  ) {
    return { error: 'invalid_metadata_format', lines: [] }
  }
  return JSON.stringify(metadata).length > LARGEST_METADATA
    ? { error: 'metadata_too_large', lines: [] }
    : null
}

function textSum(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textSum(item), 0)
  if (!isRecord(value)) return 0
  return Object.entries(value).reduce(
    (sum, [key, inner]) =>
      sum + (key === 'text' && typeof inner === 'string' ? inner.length : textSum(inner)),
    0,
  )
}
