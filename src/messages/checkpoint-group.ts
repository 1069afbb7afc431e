/** The questions about several checkpoints of one day: each stands with its own buttons. */
import {
  type CheckpointFacts,
  type QuestionLook,
  questionButtons,
  questionParagraphs,
} from './checkpoint.ts'
import { body, compose } from './compose.ts'
import { mrkdwn } from './escape.ts'
import type { Message } from './facts.ts'
import { fitMessage } from './limits.ts'
import { counted } from './words.ts'

/**
 * So many questions share one message: three blocks and at most a thousand characters each stay
 * inside Slack's limits, so that no question is parted from its buttons.
 */
export const QUESTIONS_A_MESSAGE = 10

/** Asks each once; after an answer the same message says what was answered, beside what is open. */
export function checkpointGroupMessage(
  questions: readonly CheckpointFacts[],
  look: QuestionLook,
): Message {
  const open = questions.filter(({ answer }) => answer === null).length
  const title = compose([body(mrkdwn`🔵 *${titleWords(open, questions.length)}*`)])
  const parts = questions.map((facts, at) =>
    compose([...questionParagraphs(facts, mrkdwn`${at + 1}. `, look)]),
  )
  return fitMessage({
    text: [title, ...parts].map(({ text }) => text).join('\n'),
    blocks: [
      ...title.blocks,
      ...questions.flatMap((facts, at) => {
        const [question, ...below] = parts[at]?.blocks ?? []
        const buttons = questionButtons(facts, look)
        return [...(question ? [question] : []), ...(buttons ? [buttons] : []), ...below]
      }),
    ],
    file: null,
  })
}

function titleWords(open: number, all: number): string {
  const steps = counted(all, 'procurement step')
  if (open === all) return `${steps} due: say which are done`
  return open === 0 ? `${steps}: all are answered` : `${steps}: ${open} not answered yet`
}
