/** The rules of the organisation, a team or one contract: ladders, figures and lead times, one a line. */
import type { ModalView } from '@slack/types'
import { ruleName } from '../../domain/rule-keys.ts'
import { RULE_LISTS, type RuleChange, type RuleList } from '../../domain/rule-lines.ts'
import type { Subject } from '../buttons/action.ts'
import { body } from '../compose.ts'
import { type Mrkdwn, mrkdwn, shown } from '../escape.ts'
import { contractName, type Named } from '../naming.ts'
import { type Field, modal, textField } from './inputs.ts'
import type { Preview } from './team-settings.ts'

export const RULES_FORM = 'lw.rules'

/** Whose rules: a contract's, a team's, or the organisation's. */
export type RulesOf =
  | { readonly kind: 'contract'; readonly subject: Subject; readonly contract: Named }
  | { readonly kind: 'team'; readonly id: number; readonly name: string }
  | { readonly kind: 'organisation' }

export interface RulesForm {
  readonly of: RulesOf
  /** The names of the rules that were changed here; all others come from above. */
  readonly own: readonly string[]
  /** One rule a line. */
  readonly lines: Readonly<Record<RuleList, string>>
  /** What saving would change, once it was looked at, and the mark by which that is known again. */
  readonly preview?: Preview
}

/** More is not taken; the longest list has some 700 characters. */
export const MOST_RULE_TEXT = 2500

const FIELDS: Readonly<Record<RuleList, Field>> = {
  ladders: {
    name: 'ladders',
    label: 'Told so many days before',
    hint: 'One kind a line, such as notice: 60, 30, 14, 7, 3, 1, 0. After "then" stands what follows the last day.',
    optional: true,
  },
  figures: {
    name: 'figures',
    label: 'Approval, values and other figures',
    hint: 'Days are days, values whole pounds. approvalDays and deemedServiceDays are working days.',
    optional: true,
  },
  routes: {
    name: 'routes',
    label: 'Lead times of the routes, in days',
    hint: 'To signature, and the standstill before it.',
    optional: true,
  },
}

/** What is typed is shown as a preview first, and saved when it is sent a second time. */
export function rulesModal(form: RulesForm): ModalView {
  const { of, preview } = form
  const submit = preview === undefined ? 'Preview' : 'Save'
  const about = of.kind === 'contract' ? of.subject : of.kind === 'team' ? { teamId: of.id } : {}
  const { mark = null, touched = [] } = preview ?? {}
  const context = { ...about, previewed: mark, touched }
  return modal(RULES_FORM, 'Rules', submit, context, [
    preview === undefined ? null : body(mrkdwn`*This will change*`, ...preview.lines),
    body(mrkdwn`*Rules of ${ownerWords(of)}*`, ownLine(form)),
    ...RULE_LISTS.map((list) =>
      textField(FIELDS[list], form.lines[list], { lines: true, most: MOST_RULE_TEXT }),
    ),
  ])
}

/** Whose rules they are, in the middle of a sentence. */
export function ownerWords(of: RulesOf): Mrkdwn {
  if (of.kind === 'organisation') return mrkdwn`the organisation`
  return of.kind === 'team'
    ? mrkdwn`team ${shown(of.name, 80)}`
    : mrkdwn`${contractName(of.contract)}`
}

function ownLine({ of, own }: RulesForm): Mrkdwn {
  const above = {
    contract: 'the team',
    team: 'the organisation',
    organisation: 'the defaults',
  }[of.kind]
  if (own.length === 0) {
    return mrkdwn`None is changed here: all of them come from ${above}.`
  }
  return mrkdwn`Changed here: ${own.join(', ')}. Take a line away, and that rule comes from ${above} again.`
}

/** What saving changes, line by line. */
export function ruleChangeLines(changes: readonly RuleChange[]): Mrkdwn[] {
  return changes.map(({ key, from, to, typed }) => {
    const back = typed === null ? mrkdwn` (as it comes from above)` : ''
    return mrkdwn`• ${ruleName(key)}: ${shown(to, 200)}${back}, instead of ${shown(from, 200)}.`
  })
}
