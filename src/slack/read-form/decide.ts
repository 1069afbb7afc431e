/** A decision with its evidence. */
import { DECIDABLE_KINDS, type DecidableKind } from '../../rules/contract.ts'
import {
  CHOICE_WORDS,
  CHOICES,
  type DecisionChoice,
  NEEDS_EVIDENCE,
} from '../../text/forms/decide.ts'
import type { Fields } from './fields.ts'

export interface DecideInput {
  readonly deadline: DecidableKind
  readonly choice: DecisionChoice
  /** What goes on record: the choice in words, and what was added. */
  readonly text: string
  /** An address; null where none was given. */
  readonly evidence: string | null
}

/** Which dates a choice can settle; the others can be settled by any. */
const ONLY: Partial<Readonly<Record<DecisionChoice, DecidableKind>>> = {
  'serve-notice': 'notice',
  'no-notice': 'notice',
  reviewed: 'review',
}

export function readDecision(fields: Fields): DecideInput | null {
  const deadline = fields.choice('deadline', DECIDABLE_KINDS)
  const choice = fields.choice('choice', CHOICES)
  if (deadline === null) fields.wrong('deadline', 'Choose which date this settles.')
  if (choice === null) fields.wrong('choice', 'Choose what was decided.')
  const added = fields.text('text', 1000)
  const evidence = fields.text('evidence', 1000)
  if (evidence !== null && !isLink(evidence)) {
    fields.wrong('evidence', 'Paste a link that begins with https://, or leave it empty.')
  }
  if (choice === null || deadline === null) return null
  const only = ONLY[choice]
  if (only !== undefined && only !== deadline) {
    fields.wrong('choice', `That settles a ${only} date: choose the ${only} date above.`)
  }
  if (evidence === null && NEEDS_EVIDENCE.has(choice)) {
    fields.wrong('evidence', 'This one needs its proof: paste a link to it.')
  }
  const words = CHOICE_WORDS[choice]
  return { deadline, choice, text: added === null ? words : `${words}: ${added}`, evidence }
}

function isLink(text: string): boolean {
  return /^https?:\/\/[^\s<>|]+$/i.test(text) && URL.canParse(text)
}
