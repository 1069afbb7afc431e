/** The forms of settings: a team's, and the rules of the organisation, a team or one contract. */
import type { ModalView } from '@slack/types'
import type { RulesScope } from '../../actions/settings.ts'
import { type ContractNames, DEADLINE_KINDS, type DeadlineKind } from '../../rules/contract.ts'
import {
  AUTHORITIES,
  AUTHORITY_WORDS,
  type Authority,
  NATION_WORDS,
  NATIONS,
  type Nation,
  nationOf,
  OFFERED_AUTHORITIES,
} from '../../rules/regime.ts'
import {
  EARLIEST_REMINDER,
  MOST_REMINDERS,
  type ReminderSchedule,
  readReminderDays,
} from '../../rules/reminder-schedule.ts'
import {
  RULE_KEYS,
  RULE_LISTS,
  type RuleChange,
  type RuleList,
  readRuleLines,
  ruleName,
  type TypedRule,
} from '../../rules/settings-text.ts'
import { nearWord } from '../../rules/text-match.ts'
import { UserError } from '../../rules/user-error.ts'
import { calendarNamed } from '../../rules/working-days.ts'
import { type ButtonSubject, button, row, select } from '../../text/buttons.ts'
import { contractName } from '../../text/facts.ts'
import { body, rowWith } from '../../text/message.ts'
import {
  channelLink,
  figure,
  type Mrkdwn,
  mrkdwn,
  reachWords,
  shown,
  teamWords,
} from '../../text/words.ts'
import {
  boxesField,
  type Choice,
  channelField,
  chosenOrNobody,
  type Field,
  type Fields,
  modal,
  selectField,
  textField,
} from './fields.ts'

// A team's settings: where it is told, in which zone and calendar, by which ladders.

export const SETTINGS_FORM = 'lw.settings'

/** Days before each kind of deadline on which somebody is told. */
type DaysBefore = Readonly<Record<DeadlineKind, readonly number[]>>

export interface SettingsForm {
  readonly team: { readonly id: number; readonly name: string }
  /** All teams; more than one gives a choice of which to set. */
  readonly teams: readonly { readonly id: number; readonly name: string }[]
  /** By their ids, or by name where nothing was ever sent there. */
  readonly channel: string | null
  readonly escalationChannel: string | null
  readonly timeZone: string
  readonly calendar: string
  readonly ladders: DaysBefore
  /** Whole pounds: no start-by below it. */
  readonly startByFrom: number
  readonly authority: InTeam<Authority>
  readonly nation: InTeam<Nation>
  /** What the organisation says of both; null: nothing. */
  readonly ofOrganisation: { readonly authority: Authority | null; readonly nation: Nation | null }
  /** The box for no escalation channel of its own is ticked. */
  readonly nobody?: boolean
  /** What saving would change, once it was looked at, and the mark by which that is known again. */
  readonly preview?: Preview
}

/** What a team says by itself; `above`: nothing, so that what the organisation says holds. */
export type InTeam<Value> = Value | 'above' | 'unknown'

/** `touched`: what the person has changed so far, by the names that the reading of the form gives. */
interface Preview {
  readonly lines: readonly Mrkdwn[]
  readonly mark: string
  readonly touched: readonly string[]
}

/** What is typed is shown as a preview first, and saved when it is sent a second time. */
export function settingsModal(form: SettingsForm): ModalView {
  const { team, teams, preview } = form
  const submit = preview === undefined ? 'Preview' : 'Save'
  const { mark = null, touched = [] } = preview ?? {}
  const context = { teamId: team.id, previewed: mark, touched }
  return modal(SETTINGS_FORM, 'Settings', submit, context, [
    preview === undefined ? null : body(mrkdwn`*This will change*`, ...preview.lines),
    rowWith(teamSelect(team, teams), mrkdwn`*Settings of ${teamWords(team.name)}*`),
    row(
      button('All rules of this team', { act: 'team-rules', teamId: team.id }),
      button('Rules of the organisation', { act: 'open', what: 'organisation-rules' }),
    ),
    channelField({ name: 'channel', label: 'Warnings go to' }, form.channel),
    channelField(
      {
        name: 'escalation',
        label: 'Nobody acts: tell also',
        optional: true,
      },
      form.escalationChannel,
    ),
    form.escalationChannel === null
      ? null
      : boxesField(
          { name: 'nobody', label: 'Or without such a channel', optional: true },
          [{ value: 'escalation', text: 'Tell the channel of the default team' }],
          form.nobody === true ? ['escalation'] : [],
        ),
    textField(
      { name: 'timeZone', label: 'Time zone', hint: 'Such as Europe/London.' },
      form.timeZone,
      { most: 60 },
    ),
    selectField({ name: 'calendar', label: 'Holidays' }, calendars(form.calendar), form.calendar),
    selectField(
      {
        name: 'authority',
        label: 'What are you?',
        hint: 'Decides which thresholds hold (SI 2024/692, Schedule 2). Until it is said the lower ones count.',
        optional: true,
      },
      inTeam(OFFERED_AUTHORITIES, AUTHORITY_WORDS, form.authority, form.ofOrganisation.authority),
      shownInTeam(form.authority, form.ofOrganisation.authority),
    ),
    selectField(
      {
        name: 'nation',
        label: 'In which nation do you buy?',
        hint: 'Decides which law holds. Until it is said the holidays above tell it, where they can.',
        optional: true,
      },
      inTeam(NATIONS, NATION_WORDS, form.nation, form.ofOrganisation.nation),
      shownInTeam(form.nation, form.ofOrganisation.nation),
    ),
    textField(
      {
        name: 'ladders',
        label: 'Told so many days before',
        hint: 'One kind a line, such as notice: 60, 30, 14, 7, 3, 1, 0',
      },
      scheduleText(form.ladders),
      { lines: true, most: 1000 },
    ),
    textField(
      {
        name: 'startByFrom',
        label: 'Start-by from this value on, in pounds',
        hint: 'Contracts of less have no day by which buying has to start.',
      },
      String(form.startByFrom),
      { most: 20 },
    ),
  ])
}

/** What a team can say, its own words first where they are not offered any more; last what is said above it. */
function inTeam<Value extends string>(
  offered: readonly Value[],
  words: Readonly<Record<Value, string>>,
  own: InTeam<Value>,
  above: Value | null,
): readonly Choice[] {
  const said = (value: Value) => ({ value, text: words[value] })
  const kept = own === 'above' || own === 'unknown' || offered.includes(own) ? [] : [said(own)]
  const holds = above === null ? 'nobody has said' : words[above]
  return [
    ...kept,
    ...offered.map(said),
    { value: 'unknown', text: 'Not known' },
    { value: 'above', text: `As the organisation: ${holds}` },
  ]
}

/** Nothing is chosen where nobody has said anything. */
function shownInTeam(own: string, above: string | null): string | null {
  return own === 'above' && above === null ? null : own
}

/** Of each schedule the days before, as the form shows them. */
export function daysBefore(
  schedules: Readonly<Record<DeadlineKind, ReminderSchedule>>,
): DaysBefore {
  const entries = DEADLINE_KINDS.map((kind) => [kind, [...schedules[kind].before]])
  return Object.fromEntries(entries) as Record<DeadlineKind, number[]>
}

/** One kind a line: `notice: 60, 30, 14, 7, 3, 1, 0`. */
function scheduleText(schedules: DaysBefore): string {
  return DEADLINE_KINDS.map((kind) => `${kind}: ${schedules[kind].join(', ')}`).join('\n')
}

function teamSelect(team: SettingsForm['team'], teams: SettingsForm['teams']) {
  if (teams.length < 2) return null
  const offered = [team, ...teams.filter(({ id }) => id !== team.id)]
  return select(
    'settings-team',
    'Another team',
    offered.map(({ id, name }) => ({ text: name, action: { act: 'settings-team', teamId: id } })),
    0,
  )
}

const CALENDARS: readonly Choice[] = [
  { value: 'england-and-wales', text: 'England and Wales' },
  { value: 'scotland', text: 'Scotland' },
  { value: 'northern-ireland', text: 'Northern Ireland' },
  { value: 'any-uk', text: 'Any part of the United Kingdom' },
  ...'AT Austria,AU Australia,BE Belgium,CA Canada,CH Switzerland,CZ Czechia,DE Germany,DK Denmark,ES Spain,FI Finland,FR France,GR Greece,HU Hungary,IE Ireland,IT Italy,LU Luxembourg,MT Malta,NL Netherlands,NO Norway,NZ New Zealand,PL Poland,PT Portugal,RO Romania,SE Sweden,SK Slovakia,UA Ukraine,US United States'
    .split(',')
    .map((each) => ({ value: each.slice(0, 2), text: each.slice(3) })),
]

/** The one in use is offered even where it is a region such as DE-BY. */
function calendars(current: string): readonly Choice[] {
  return CALENDARS.some(({ value }) => value === current)
    ? CALENDARS
    : [{ value: current, text: current }, ...CALENDARS]
}

// The rules of the organisation, a team or one contract: schedules, figures and lead times, one a line.

export const RULES_FORM = 'lw.rules'

/** Whose rules: a contract's, a team's, or the organisation's. */
export type RulesOf =
  | { readonly kind: 'contract'; readonly subject: ButtonSubject; readonly contract: ContractNames }
  | { readonly kind: 'team'; readonly id: number; readonly name: string }
  | { readonly kind: 'organisation' }

export interface RulesForm {
  readonly of: RulesOf
  /** The names of the rules that were changed here; all others come from above. */
  readonly own: readonly string[]
  readonly lines: Readonly<Record<RuleList, string>>
  /** What saving would change, once it was looked at, and the mark by which that is known again. */
  readonly preview?: Preview
}

/** More is not taken; the longest list has some 700 characters. */
const MOST_RULE_TEXT = 2500

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
    hint: 'Days are days, values whole pounds. approvalDays and deemedServiceDays are working days. authority: nhs-trust, icb, council, central, university or other; nation: england, wales, scotland or northern-ireland; usualRoute: tender, framework or varies; usualRouteByCategory: Facilities: tender; IT hardware: framework.',
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

export function ownerWords(of: RulesOf): Mrkdwn {
  if (of.kind === 'organisation') return mrkdwn`the organisation`
  return of.kind === 'team' ? teamWords(of.name) : mrkdwn`${contractName(of.contract)}`
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

export function ruleChangeLines(changes: readonly RuleChange[]): Mrkdwn[] {
  return changes.map(({ key, from, to, typed }) => {
    const back = typed === null ? mrkdwn` (as it comes from above)` : ''
    return mrkdwn`• ${ruleName(key)}: ${shown(to, 200)}${back}, instead of ${shown(from, 200)}.`
  })
}

// What saving a team's settings would change, line by line. Pure.

type Settings = Omit<SettingsForm, 'team' | 'teams' | 'preview'>

/** Empty where both are the same. */
export function settingsChanges(before: Settings, after: Settings): Mrkdwn[] {
  return [
    before.channel === after.channel || after.channel === null
      ? null
      : mrkdwn`• Warnings go to ${channelLink(after.channel)}${instead(before.channel)}.`,
    escalationLine(before.escalationChannel, after.escalationChannel),
    before.timeZone === after.timeZone
      ? null
      : mrkdwn`• Time zone ${shown(after.timeZone, 60)}, instead of ${shown(before.timeZone, 60)}.`,
    before.calendar === after.calendar
      ? null
      : mrkdwn`• Holidays of ${shown(after.calendar, 40)}, instead of ${shown(before.calendar, 40)}.`,
    ...DEADLINE_KINDS.map((kind) => {
      const [was, is] = [before.ladders[kind].join(', '), after.ladders[kind].join(', ')]
      return was === is ? null : mrkdwn`• ${kind}: told ${is} days before, instead of ${was}.`
    }),
    before.startByFrom === after.startByFrom
      ? null
      : mrkdwn`• A start-by from £${figure(after.startByFrom)}, instead of £${figure(before.startByFrom)}.`,
    inTeamLine('Authority', AUTHORITY_WORDS, before.authority, after.authority),
    inTeamLine('Nation', NATION_WORDS, before.nation, after.nation),
    contradiction(before, after),
  ].filter((line) => line !== null)
}

function inTeamLine<Value extends string>(
  what: string,
  words: Readonly<Record<Value, string>>,
  before: InTeam<Value>,
  after: InTeam<Value>,
): Mrkdwn | null {
  const said = (value: InTeam<Value>) =>
    value === 'above' ? 'as the organisation' : value === 'unknown' ? 'not known' : words[value]
  return before === after
    ? null
    : mrkdwn`• ${what}: ${said(after)}, instead of ${said(before)}. Tests of the law are counted by it: check.`
}

/** A nation whose holidays are not those of the calendar is said, and saved all the same. */
function contradiction(before: Settings, after: Settings): Mrkdwn | null {
  if (before.nation === after.nation && before.calendar === after.calendar) return null
  const { nation, ofOrganisation, calendar } = after
  const said = nation === 'above' ? ofOrganisation.nation : nation === 'unknown' ? null : nation
  const holidays = calendarNamed(calendar)
  if (said === null || holidays === null || !nationOf(said, holidays).contradicts) return null
  return mrkdwn`• The nation is ${NATION_WORDS[said]} and the holidays are those of ${shown(calendar, 40)}: check which is right.`
}

/** How far a change reaches; `moved` is null where too many contracts follow to count them at once. */
export function reachLine(rekeyed: number | null, moved: number | null): Mrkdwn {
  if (rekeyed === null || moved === null) {
    return mrkdwn`All contracts of the team are counted anew, which may take a minute.`
  }
  return mrkdwn`${reachWords(rekeyed, moved)}`
}

function escalationLine(before: string | null, after: string | null): Mrkdwn | null {
  if (before === after) return null
  if (after === null) return mrkdwn`• Where nobody acts, the channel of the default team is told.`
  return mrkdwn`• Where nobody acts, ${channelLink(after)} is told too${instead(before)}.`
}

function instead(channel: string | null): Mrkdwn | string {
  return channel === null ? '' : mrkdwn`, instead of ${channelLink(channel)}`
}

// Rules as they were sent back: one a line, each checked by itself.

interface RulesInput {
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
    if (!(error instanceof UserError)) throw error
    wrong(error.message)
    return []
  }
}

/** Only what was touched, of the schedules those whose lines were; null: no such channel. */
export interface SettingsInput
  extends Partial<
      Pick<SettingsForm, 'escalationChannel' | 'timeZone' | 'calendar' | 'startByFrom'>
    >,
    Partial<Pick<SettingsForm, 'authority' | 'nation'>> {
  readonly channel?: string
  readonly ladders: Partial<DaysBefore>
}
interface SettingsRead {
  readonly input: SettingsInput
  /** The names of what was touched: `channel`, `ladders.end`. */
  readonly touched: readonly string[]
  /** What the fields hold, touched or not, to be shown again. */
  readonly held: Partial<SettingsForm>
}

/** @param before what was touched already when the form was shown again. */
export function readSettings(fields: Fields, before: readonly string[]): SettingsRead {
  // What the person left alone is not theirs to put right.
  const wrong = (name: string, problem: string) => {
    if (fields.touched(name)) fields.wrong(name, problem)
  }
  const channel = fields.channel('channel')
  if (channel === null) wrong('channel', 'Choose the channel that is warned.')
  const chosen = fields.channel('escalation')
  const said = chosenOrNobody(fields, 'escalation', chosen)
  const isOwn = fields.touched('channel') || fields.touched('escalation')
  if (isOwn && channel !== null && channel === chosen && said !== null) {
    fields.wrong('escalation', 'Choose another channel than the one above, or none.')
  }
  const timeZone = fields.text('timeZone', 60)
  if (timeZone === null || !isZone(timeZone)) {
    wrong('timeZone', 'Write a time zone by its name, such as Europe/London.')
  }
  const calendar = fields.chosen('calendar')
  if (calendar === null || calendarNamed(calendar) === null) {
    wrong('calendar', 'Choose whose holidays count.')
  }
  const startByFrom = readPounds(fields)
  if (startByFrom === null) {
    wrong('startByFrom', 'Write a value in whole pounds, such as 25,000; 0 means every one.')
  }
  const authority = readInTeam(fields, 'authority', AUTHORITIES)
  const nation = readInTeam(fields, 'nation', NATIONS)
  const values = filled({ channel, timeZone, calendar, startByFrom, authority, nation })
  const again = before.includes('escalationChannel') ? (chosen ?? undefined) : undefined
  const escalationChannel = said === undefined ? again : said
  const own = Object.entries(values).filter(
    ([name]) => before.includes(name) || fields.touched(name),
  )
  const input = {
    ...Object.fromEntries(own),
    ...(escalationChannel === undefined ? {} : { escalationChannel }),
  }
  const schedules = readSchedules(fields.text('ladders', 1000) ?? '')
  if ('problem' in schedules) wrong('ladders', schedules.problem)
  const shown = readSchedules(fields.shown('ladders'))
  const days = 'days' in schedules ? schedules.days : null
  const kinds = DEADLINE_KINDS.filter((kind) => {
    if (days === null) return false
    const isSame = 'days' in shown && shown.days[kind].join() === days[kind].join()
    return before.includes(`ladders.${kind}`) || !isSame
  })
  return {
    input: { ...input, ladders: Object.fromEntries(kinds.map((kind) => [kind, days?.[kind]])) },
    touched: [...Object.keys(input), ...kinds.map((kind) => `ladders.${kind}`)],
    held: {
      ...values,
      ...filled({ escalationChannel: chosen, ladders: days }),
      nobody: fields.ticked('nobody', 'escalation'),
    },
  }
}

/** A select that was emptied says nothing: what the organisation says is a choice of its own. */
function readInTeam<Value extends string>(
  fields: Fields,
  name: string,
  known: readonly Value[],
): InTeam<Value> | null {
  const said = fields.choice(name, [...known, 'above', 'unknown'] as readonly InTeam<Value>[])
  if (said === null && fields.touched(name)) {
    fields.wrong(
      name,
      'An empty field changes nothing: choose "As the organisation" for none here.',
    )
  }
  return said
}

function filled<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== null)
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }
}

function readPounds(fields: Fields): number | null {
  const typed = fields.amount('startByFrom')
  const pounds = typed === null ? Number.NaN : Number(typed.amount)
  return Number.isInteger(pounds) && pounds >= 0 && pounds <= 999_999_999 ? pounds : null
}

/** `notice: 60, 30, 14` and so on, one kind a line in any order: each kind once. */
function readSchedules(text: string): { readonly days: DaysBefore } | { readonly problem: string } {
  const found = new Map<DeadlineKind, number[]>()
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const parts = /^\s*([a-z -]{1,30}?)\s*:\s*([\d,; ]*)$/i.exec(line)
    const name = (parts?.[1] ?? '').toLowerCase().replaceAll(' ', '-')
    const kind = DEADLINE_KINDS.find((each) => each === name)
    if (parts === null) {
      return { problem: `"${line.trim().slice(0, 40)}" is no ladder: write notice: 60, 30, 14, 7.` }
    }
    if (kind === undefined) {
      const near = nearWord(name, DEADLINE_KINDS)
      const kinds = near === null ? DEADLINE_KINDS.join(', ') : near
      return { problem: `"${parts[1]}" is no kind of deadline: write ${kinds}.` }
    }
    if (found.has(kind)) return { problem: `${kind} stands twice: keep one line of it.` }
    const days = readReminderDays(parts[2] ?? '') ?? []
    if (days.length === 0) return { problem: `${kind} has no days: write some, such as 30, 7, 0.` }
    if (days.length > MOST_REMINDERS)
      return { problem: `${kind} has more than ${MOST_REMINDERS} days.` }
    const far = days.find((day) => day > EARLIEST_REMINDER)
    if (far !== undefined) {
      return {
        problem: `${kind}: ${far} is too early; ${EARLIEST_REMINDER} days before is the first.`,
      }
    }
    found.set(kind, days)
  }
  const missing = DEADLINE_KINDS.find((kind) => !found.has(kind))
  if (missing !== undefined) return { problem: `${missing} is missing: give it a line too.` }
  return { days: Object.fromEntries(found) as Record<DeadlineKind, number[]> }
}

function isZone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) !== null
  } catch {
    return false
  }
}

/** `previewed`: the mark of what was shown before; null where nothing was yet. */
export interface SettingsSent extends SettingsRead {
  readonly form: 'settings'
  readonly teamId: number
  readonly previewed: string | null
}
/** Whose rules stands in the form, whatever may be done about them. */
export interface RulesSent {
  readonly form: 'rules'
  readonly scope: RulesScope
  readonly previewed: string | null
  readonly input: RulesInput
}
