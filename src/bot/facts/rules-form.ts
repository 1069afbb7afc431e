/** What the modal of the rules of the organisation, a team or one contract begins with. */
import { readContracts } from '../../db/watched.ts'
import { Refusal } from '../../domain/refusal.ts'
import { RULE_KEYS, ruleName, settingOf } from '../../domain/rule-keys.ts'
import {
  RULE_LISTS,
  type RuleList,
  ruleLines,
  type StandingRules,
} from '../../domain/rule-lines.ts'
import type { RulesForm, RulesOf } from '../../messages/modals/rules.ts'
import type { RulesScope } from '../../watch/change-rules.ts'
import type { BotContext } from './context.ts'
import { namedOf, readContract, subjectOf } from './contract-facts.ts'

export interface RulesFormFacts {
  readonly form: RulesForm
  readonly standing: StandingRules
}

/** @throws Refusal where there is no such team or contract. */
export async function rulesForm(context: BotContext, scope: RulesScope): Promise<RulesFormFacts> {
  const { of, standing } = await standingRules(context, scope)
  const lines = RULE_LISTS.map((list) => [list, ruleLines(standing.rules, list)])
  return {
    standing,
    form: {
      of,
      own: RULE_KEYS.filter((key) => settingOf(standing.own, key) !== undefined).map(ruleName),
      lines: Object.fromEntries(lines) as Record<RuleList, string>,
    },
  }
}

async function standingRules(
  context: BotContext,
  { teamId, contractId }: RulesScope,
): Promise<{ of: RulesOf; standing: StandingRules }> {
  const { rulesOf } = context
  const teams = await context.teams()
  if (contractId !== null) {
    const row = await readContract(context, contractId)
    const [record] = await readContracts(context.pool, [contractId])
    const team = teams.find(({ id }) => id === record?.row.teamId)
    if (record === undefined || team === undefined) {
      throw new Refusal('That contract is gone: it may have been removed with its register.')
    }
    const rules = rulesOf(team, record.row)
    return {
      of: { kind: 'contract', subject: subjectOf(row), contract: namedOf(row) },
      standing: { rules, above: rulesOf(team), own: record.row.rules ?? {} },
    }
  }
  const [first] = teams
  const team = teamId === null ? first : teams.find(({ id }) => id === teamId)
  if (team === undefined) throw new Refusal('That team is gone: open the settings again.')
  const { calendar, organisationRules, teamRules, id, name } = team
  const house = rulesOf({ calendar, organisationRules })
  if (teamId === null) {
    const standing = { rules: house, above: rulesOf({ calendar }), own: organisationRules ?? {} }
    return { of: { kind: 'organisation' }, standing }
  }
  const standing = { rules: rulesOf(team), above: house, own: teamRules ?? {} }
  return { of: { kind: 'team', id, name }, standing }
}
