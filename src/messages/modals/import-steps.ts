/** What an import shows between its steps: that it is at work, then what it would change. */
import type { ModalView } from '@slack/types'
import type { ImportFacts } from '../answers/import-result.ts'
import { countLine, problemLines } from '../answers/import-result.ts'
import { body, note } from '../compose.ts'
import { mrkdwn, shown } from '../escape.ts'
import { plainText } from '../plain-text.ts'
import { VIEW_LIMITS } from '../view-limits.ts'
import { figure } from '../words.ts'
import type { ImportPlan } from './import-plan.ts'
import { modal } from './inputs.ts'

export const APPLY_FORM = 'lw.import-apply'
const WAITING_VIEW = 'lw.import-waiting'

/** Nothing can be sent from it: it is replaced as soon as the work is done. */
export function waitingModal(words: string): ModalView {
  return {
    type: 'modal',
    callback_id: WAITING_VIEW,
    title: plainText('Import register', VIEW_LIMITS.title),
    close: plainText('Close', VIEW_LIMITS.title),
    blocks: [{ type: 'section', text: plainText(words, 300) }],
  }
}

/** What the register would change, tried and taken back. */
export function dryRunModal(plan: ImportPlan, facts: ImportFacts): ModalView {
  const lines = problemLines(facts, 8)
  return modal(APPLY_FORM, 'Import register', 'Import', plan, [
    body(
      mrkdwn`*${shown(facts.file, 100)}, as register ${shown(facts.source, 100)}*`,
      countLine(facts, 'would'),
      mrkdwn`Nothing is changed yet.`,
    ),
    lines.length === 0 ? null : body(mrkdwn`*Worth a look*`, ...lines),
    facts.problems.length > lines.length
      ? note(
          mrkdwn`${figure(facts.problems.length - lines.length)} more: after the import a file lists them all.`,
        )
      : null,
  ])
}
