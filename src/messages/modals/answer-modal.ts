/** An answer shown in a modal: for buttons pressed where there is no channel to answer in. */
import type { KnownBlock, ModalView } from '@slack/types'
import { body, compose } from '../compose.ts'
import type { Message } from '../facts.ts'
import { plainText } from '../plain-text.ts'
import { tableLines, tableTexts } from '../table-block.ts'
import { fitView, VIEW_LIMITS } from '../view-limits.ts'

const ANSWER_VIEW = 'lw.answer'

/** Nothing can be sent back from it; its buttons work as in a message. */
export function answerModal(title: string, message: Message): ModalView {
  return fitView({
    type: 'modal',
    callback_id: ANSWER_VIEW,
    title: plainText(title, VIEW_LIMITS.title),
    close: plainText('Close', VIEW_LIMITS.title),
    blocks: message.blocks.flatMap(inView),
  })
}

/** A view holds no table: its rows become lines. */
function inView(block: KnownBlock): KnownBlock[] {
  const rows = tableTexts(block)
  return rows === null ? [block] : [...compose([body(...linesOf(rows))]).blocks]
}

function linesOf([headings = [], ...rows]: readonly (readonly string[])[]) {
  return tableLines(
    headings.map((heading) => ({ heading })),
    rows,
  )
}
