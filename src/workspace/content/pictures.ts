/** Pictures that a message shows from files: Slack refuses one that it does not hold as a picture. */
import type { Places } from '../places.ts'
import { isRecord } from '../request.ts'
import type { ContentProblem } from './message.ts'

/** What is wrong with the first such picture; null where all of them can be shown. */
export function pictureProblem(blocks: unknown, places: Places): ContentProblem | null {
  if (!Array.isArray(blocks)) return null
  for (const [at, block] of blocks.entries()) {
    const file = isRecord(block) && block.type === 'image' ? block.slack_file : undefined
    if (!isRecord(file) || typeof file.id !== 'string') continue
    const stored = places.files.get(file.id)
    if (stored?.complete === true && isPng(stored.content)) continue
    return {
      error: 'invalid_blocks',
      lines: [`[ERROR] invalid slack file [json-pointer:/blocks/${at}/slack_file]`],
    }
  }
  return null
}

function isPng(content: Buffer | null): boolean {
  return content !== null && content.subarray(0, 8).toString('latin1') === '\x89PNG\r\n\x1a\n'
}
