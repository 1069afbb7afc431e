/** Paragraphs, rows with a menu and rows of buttons become the blocks of an answer. */
import type { ActionsBlock, KnownBlock, SectionBlockAccessory } from '@slack/types'
import { button } from '../buttons/elements.ts'
import { compose, type Paragraph } from '../compose.ts'
import { joined, type Mrkdwn } from '../escape.ts'
import type { Message } from '../facts.ts'
import { fitMessage } from '../limits.ts'

export interface Row {
  readonly as: 'row'
  readonly lines: readonly Mrkdwn[]
  readonly accessory: SectionBlockAccessory | null
}
export type Part = Paragraph | Row | ActionsBlock

/** Lines with something to press beside them. */
export function rowWith(
  accessory: SectionBlockAccessory | null,
  ...lines: readonly (Mrkdwn | null)[]
): Row {
  return { as: 'row', accessory, lines: lines.filter((line) => line !== null) }
}

/** The answer that these parts make, inside Slack's limits; `text` says all of it. */
export function answer(parts: readonly (Part | null)[], file: Message['file'] = null): Message {
  const said = parts.filter((part) => part !== null)
  const text = said.map(spoken).filter((part) => part !== '')
  return fitMessage({ text: text.join('\n'), blocks: blocksOf(said), file })
}

/** The same as blocks, for App Home. */
export function blocksOf(parts: readonly (Part | null)[]): KnownBlock[] {
  return parts.flatMap((part): readonly KnownBlock[] => {
    if (part === null) return []
    if (!('as' in part)) return [part]
    if (part.lines.length === 0) return []
    if (part.as !== 'row') return compose([part]).blocks
    const text = joined(part.lines, '\n').toString()
    const { accessory } = part
    return [
      {
        type: 'section',
        text: { type: 'mrkdwn', text, verbatim: true },
        ...(accessory === null ? {} : { accessory }),
      },
    ]
  })
}

function spoken(part: Part): string {
  return 'as' in part ? joined(part.lines, '\n').toString().replaceAll('*', '') : ''
}

/** "Share here", where the answer was not shared already. */
export function shareButton({ query, shared }: { query: string; shared: boolean }) {
  return shared ? null : button('Share here', { act: 'share', query })
}

/** The buttons to the pages before and after. */
export function pageButtons({
  query,
  shared,
  page,
  pages,
}: {
  query: string
  shared: boolean
  page: number
  pages: number
}) {
  if (shared) return []
  return [
    page > 1 ? button('Previous', { act: 'page', query, page: page - 1 }) : null,
    page < pages ? button('Next', { act: 'page', query, page: page + 1 }) : null,
  ]
}
