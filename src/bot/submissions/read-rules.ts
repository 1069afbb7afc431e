/** Rules as they were sent back: one a line, each checked by itself. */
import { Refusal } from '../../domain/refusal.ts'
import {
  RULE_LISTS,
  type RuleList,
  readRuleLines,
  type TypedRule,
} from '../../domain/rule-lines.ts'
import { MOST_RULE_TEXT } from '../../messages/modals/rules.ts'
import type { Fields } from './fields.ts'

export interface RulesInput {
  /** As they were typed, to be shown again. */
  readonly lines: Readonly<Record<RuleList, string>>
  readonly typed: readonly TypedRule[]
}

export function readRules(fields: Fields): RulesInput {
  const lists = RULE_LISTS.map((list) => {
    const text = fields.text(list, MOST_RULE_TEXT) ?? ''
    return { list, text, typed: readList(fields, list, text) }
  })
  const lines = Object.fromEntries(lists.map(({ list, text }) => [list, text]))
  return {
    lines: lines as Record<RuleList, string>,
    typed: lists.flatMap(({ typed }) => typed),
  }
}

function readList(fields: Fields, list: RuleList, text: string): TypedRule[] {
  try {
    return readRuleLines(list, text)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    fields.wrong(list, error.message)
    return []
  }
}
