/** `team` and `settings`: who is told where, and by which rules. */

import { IANAZone } from 'luxon'
import type { RulesScope } from '../actions/settings.ts'
import type { Program } from '../app/app.ts'
import type { Team } from '../database/organisation.ts'
import { defaultRules, type RuleSettings, type Rules } from '../rules/settings.ts'
import {
  RULE_KEYS,
  type RuleKey,
  ruleKeyNamed,
  ruleName,
  ruleText,
  settingOf,
} from '../rules/settings-text.ts'
import { defined, pick } from '../rules/text-match.ts'
import { UserError } from '../rules/user-error.ts'
import { calendarNamed } from '../rules/working-days.ts'
import { reachWords } from '../text/words.ts'
import { type Answer, actorOf, type Cli, contractNamed, tableOf, teamOf } from './run.ts'

interface TeamOptions {
  readonly channel?: string
  readonly escalation?: string
  readonly zone?: string
  readonly calendar?: string
}

export function addTeams(cli: Cli): void {
  const team = cli
    .command('team')
    .description('the teams, where each is told, and in which zone it works')
  team.command('list', { isDefault: true }).description('list the teams').answers(listed)
  team
    .command('set')
    .description('make a team, or change what is given of it')
    .argument('<name>', "the team's name: departments of that name in registers are its contracts")
    .option('--channel <channel>', 'the Slack channel that is warned')
    .option('--escalation <channel>', 'the channel that is told when nobody acts')
    .option('--zone <zone>', 'its time zone, for example Europe/London')
    .option('--calendar <calendar>', 'its working days, for example scotland')
    .answers(async (program, name: string, options: TeamOptions) => {
      const { setNamedTeam } = await import('../actions/settings.ts')
      check(name, options)
      const { channel, escalation: escalationChannel, zone: timeZone, calendar } = options
      const given = defined({ channel, escalationChannel, timeZone, calendar })
      await setNamedTeam(program.pool, actorOf(program), name, given)
      return listed(program)
    })
}

function check(name: string, { zone, calendar }: TeamOptions): void {
  if (name.trim() === '') throw new UserError('A team needs a name.')
  if (zone !== undefined && !IANAZone.isValidZone(zone)) {
    throw new UserError(`"${zone}" is no time zone: write a name such as Europe/London.`)
  }
  if (calendar !== undefined && calendarNamed(calendar) === null) {
    throw new UserError(
      `"${calendar}" is no calendar: write england-and-wales, scotland, northern-ireland, any-uk, or a country code such as FR or DE-BY.`,
    )
  }
}

async function listed(program: Program) {
  const { readTeams } = await import('../database/organisation.ts')
  const teams = await readTeams(program.pool, program.organisation.id)
  const json = {
    teams: teams.map((team) => ({
      ...pick(team, 'name', 'channel', 'escalationChannel', 'timeZone', 'calendar', 'laddersFrom'),
    })),
  }
  const columns = {
    team: 'name',
    channel: 'channel',
    escalation: 'escalationChannel',
    zone: 'timeZone',
    calendar: 'calendar',
    'ladders held until': 'laddersFrom',
  } as const
  return { json, text: () => tableOf(json.teams, columns) ?? '' }
}

// `settings`: the rules that were changed for the organisation, a team or one contract.

interface ScopeOptions {
  readonly team?: string
  readonly reference?: string
}

export function addSettings(cli: Cli): void {
  const settings = cli
    .command('settings')
    .description('the rules of warning and costing, and who changed them for whom')
  const scoped = (command: Cli) =>
    command.option('--team <team>', "a team's").option('--reference <reference>', "one contract's")
  scoped(
    settings.command('show', { isDefault: true }).description('each rule, and where it comes from'),
  ).answers(async (program, options: ScopeOptions) => shownRules(await readRules(program, options)))
  scoped(
    settings
      .command('set')
      .description('change a rule; without --team or --reference for the whole organisation')
      .argument('<key>', 'which, for example ladders.end or approvalDays')
      .argument('<value...>', 'for example 120, 60, 30, 7, 0'),
  ).answers((program, key: string, value: string[], options: ScopeOptions) =>
    changed(program, options, key, value.join(' ')),
  )
  scoped(
    settings
      .command('unset')
      .description('take a change back: the rule is as it comes from above')
      .argument('<key>', 'which'),
  ).answers((program, key: string, options: ScopeOptions) => changed(program, options, key, null))
}

/** `typed`: the value to set; null takes the change back. */
async function changed(
  program: Program,
  options: ScopeOptions,
  name: string,
  typed: string | null,
): Promise<Answer> {
  const { changeRules, setting, unsetting } = await import('../actions/settings.ts')
  const key = ruleKeyNamed(name)
  const step = typed === null ? unsetting(key) : setting(key, typed)
  const { scope } = await readRules(program, options)
  const { rekeyed, moved } = await changeRules(program.pool, actorOf(program), scope, step)
  const now = await readRules(program, options)
  const value = ruleText(now.rules, key)
  const from = originOf(now, key)
  const text = () => `${ruleName(key)} is ${value} (${from}). ${reachWords(rekeyed, moved)}`
  return { json: { ...scopeOf(now), key: ruleName(key), value, from, rekeyed, moved }, text }
}

interface ReadRules {
  readonly scope: RulesScope
  readonly team: Team | null
  readonly reference: string | null
  readonly rules: Rules
  readonly organisationRules: RuleSettings | null
  readonly contractRules: RuleSettings | null
}

async function readRules(program: Program, options: ScopeOptions): Promise<ReadRules> {
  const { readContracts } = await import('../database/contracts.ts')
  const { readTeams } = await import('../database/organisation.ts')
  const { pool, organisation, rulesOf } = program
  if (options.team !== undefined && options.reference !== undefined) {
    throw new UserError('Name a team or a contract, not both: a contract has its own team.')
  }
  const teams = await readTeams(pool, organisation.id)
  const organisationRules = teams[0]?.organisationRules ?? null
  if (options.reference === undefined) {
    const team = await teamOf(program, options.team)
    const owner = team ?? { calendar: organisation.calendar, organisationRules }
    return {
      scope: { teamId: team?.id ?? null, contractId: null },
      team,
      reference: null,
      rules: rulesOf(owner),
      organisationRules,
      contractRules: null,
    }
  }
  const contractId = await contractNamed(program, options.reference)
  const [record] = await readContracts(pool, [contractId])
  const team = teams.find(({ id }) => id === record?.row.teamId)
  if (!record || !team) throw new UserError('That contract went away: ask again.')
  return {
    scope: { teamId: null, contractId },
    team,
    reference: record.row.reference,
    rules: rulesOf(team, record.row),
    organisationRules,
    contractRules: record.row.rules,
  }
}

function shownRules(now: ReadRules): Answer {
  const items = RULE_KEYS.map((key) => ({
    key: ruleName(key),
    value: ruleText(now.rules, key),
    from: originOf(now, key),
  }))
  const text = () => tableOf(items, { setting: 'key', value: 'value', from: 'from' }) ?? ''
  return { json: { ...scopeOf(now), items }, text }
}

function scopeOf({ team, reference }: ReadRules) {
  return { team: team?.name ?? null, reference }
}

/** Whose change holds: the narrowest one's. */
function originOf(now: ReadRules, key: RuleKey): string {
  const has = (settings: RuleSettings | null | undefined) =>
    settings !== null && settings !== undefined && settingOf(settings, key) !== undefined
  if (has(now.contractRules)) return 'this contract'
  if (has(now.team?.teamRules)) return `team ${now.team?.name}`
  if (has(now.organisationRules)) return 'the organisation'
  const bare = ruleText(defaultRules(now.rules.calendar), key)
  return bare === ruleText(now.rules, key) ? 'default' : 'environment'
}
