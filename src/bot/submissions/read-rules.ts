/** Rules as they were sent back: one a line, each checked by itself. */
import { Refusal } from '../../domain/refusal.ts'
import { RULE_KEYS, ruleName } from '../../domain/rule-keys.ts'
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
  /** The names of the rules whose lines were changed, added or taken away. */
  readonly touched: readonly string[]
}

/** @param before what was touched already when the form was shown again. */
export function readRules(fields: Fields, before: readonly string[]): RulesInput {
  const wrong = (list: RuleList) => (problem: string) => fields.wrong(list, problem)
  const lists = RULE_LISTS.map((list) => {
    const text = fields.text(list, MOST_RULE_TEXT) ?? ''
    const typed = readList(list, text, wrong(list))
    const shown = readList(list, fields.shown(list), () => undefined)
    return { list, text, typed, shown: fields.touched(list) ? shown : typed }
  })
  const lines = Object.fromEntries(lists.map(({ list, text }) => [list, text]))
  const typed = lists.flatMap((each) => each.typed)
  const shown = lists.flatMap((each) => each.shown)
  return {
    lines: lines as Record<RuleList, string>,
    typed,
    touched: RULE_KEYS.map(ruleName).filter(
      (name) => before.includes(name) || typedOf(typed, name) !== typedOf(shown, name),
    ),
  }
}

function typedOf(rules: readonly TypedRule[], name: string): string | undefined {
  return rules.find(({ key }) => ruleName(key) === name)?.typed
}

function readList(list: RuleList, text: string, wrong: (problem: string) => void): TypedRule[] {
  try {
    return readRuleLines(list, text)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    wrong(error.message)
    return []
  }
}
