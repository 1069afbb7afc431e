/** What Slack refuses in blocks and views, as the stand-in judges it. */
import type { HomeView, ModalView } from '@slack/types'
import { messageBlockProblems, problemLine, readView } from '../../stand-in/slack/validate.ts'

/** Everything that Slack would refuse in the blocks of a message, as sentences. */
export function refusedIn(blocks: unknown): string[] {
  return messageBlockProblems(blocks).map(problemLine)
}

/** The same of a modal or App Home. */
export function refusedInView(view: ModalView | HomeView): string[] {
  const read = readView(view, view.type)
  return 'error' in read ? [read.error, ...read.problems.map(problemLine)] : []
}
