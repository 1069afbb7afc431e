/** The forms of settings: a team's, and the rules of the organisation, a team or one contract. */
import type { ModalView } from '@slack/types'
import type { RulesScope } from '../../actions/settings.ts'
import type { ContractNames } from '../../rules/contract.ts'
import {
  AUTHORITY_WORDS,
  type Authority,
  NATION_WORDS,
  NATIONS,
  type Nation,
  nationOf,
  OFFERED_AUTHORITIES,
} from '../../rules/regime.ts'
import {
  RULE_LISTS,
  type RuleChange,
  type RuleList,
  readRuleLines,
  ruleKeyNamed,
  ruleName,
  rulesIn,
  type TypedRule,
  withSetting,
} from '../../rules/settings-text.ts'
import { UserError } from '../../rules/user-error.ts'
import { calendarNamed } from '../../rules/working-days.ts'
import { type ButtonSubject, button, row, select } from '../../text/buttons.ts'
import { contractName } from '../../text/facts.ts'
import { body, rowWith } from '../../text/message.ts'
import { channelLink, type Mrkdwn, mrkdwn, reachWords, shown, teamWords } from '../../text/words.ts'
import {
  boxesField,
  type Choice,
  channelField,
  chosenOrNobody,
  type Fields,
  modal,
  REQUIRED,
  selectField,
  shownFields,
  textAsked,
} from './fields.ts'

// A team's settings: where it is told, in which zone and calendar, and the rules most often set.

export const SETTINGS_FORM = 'lw.settings'

export interface SettingsForm {
  readonly team: { readonly id: number; readonly name: string }
  /** All teams; more than one gives a choice of which to set. */
  readonly teams: readonly { readonly id: number; readonly name: string }[]
  /** By their ids, or by name where nothing was ever sent there. */
  readonly channel: string | null
  readonly escalationChannel: string | null
  readonly timeZone: string
  readonly calendar: string
  /** Its schedules, one kind a line. */
  readonly ladders: string
  readonly startByFrom: string
  /** `unknown`: nobody knows; `above`: what the organisation says holds. */
  readonly authority: string
  readonly nation: string
  /** What the organisation says of both; null: nothing. */
  readonly ofOrganisation: { readonly authority: Authority | null; readonly nation: Nation | null }
  /** The box for no escalation channel of its own is ticked. */
  readonly nobody?: boolean
  /** What saving would change, once it was looked at, and the mark by which that is known again. */
  readonly preview?: Preview
}

/** `touched`: what the person has changed so far, by the names that the reading of the form gives. */
interface Preview {
  readonly lines: readonly Mrkdwn[]
  readonly mark: string
  readonly touched: readonly string[]
}

const TIME_ZONE = textAsked('Time zone', 60, { hint: 'Such as Europe/London.', ...REQUIRED })

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
    TIME_ZONE.show('timeZone', form.timeZone),
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
    FIELDS.ladders.show('ladders', form.ladders),
    textAsked('Start-by from this value on, in pounds', 20, {
      hint: 'Contracts of less have no day by which buying has to start.',
      ...REQUIRED,
    }).show('startByFrom', form.startByFrom),
  ])
}

/** What a team can say, its own words first where they are not offered any more; last what is said above it. */
function inTeam<Value extends string>(
  offered: readonly Value[],
  words: Readonly<Record<Value, string>>,
  own: string,
  above: Value | null,
): readonly Choice[] {
  const kept = (Object.keys(words) as Value[]).filter(
    (value) => value === own && !offered.includes(value),
  )
  return [
    ...[...kept, ...offered].map((value) => ({ value, text: words[value] })),
    { value: 'unknown', text: 'Not known' },
    {
      value: 'above',
      text: `As the organisation: ${above === null ? 'nobody has said' : words[above]}`,
    },
  ]
}

/** Nothing is chosen where nobody has said anything. */
function shownInTeam(own: string, above: string | null): string | null {
  return own === 'above' && above === null ? null : own
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

const ruleList = (label: string, hint: string) =>
  textAsked(label, MOST_RULE_TEXT, { hint, lines: true })

const FIELDS = {
  ladders: ruleList(
    'Told so many days before',
    'One kind a line, such as notice: 60, 30, 14, 7, 3, 1, 0. After "then" stands what follows the last day.',
  ),
  figures: ruleList(
    'Approval, values and other figures',
    'Days are days, values whole pounds. approvalDays and deemedServiceDays are working days. authority: nhs-trust, icb, council, central, university or other; nation: england, wales, scotland or northern-ireland; usualRoute: tender, framework or varies; usualRouteByCategory: Facilities: tender; IT hardware: framework.',
  ),
  routes: ruleList(
    'Lead times of the routes, in days',
    'To signature, and the standstill before it.',
  ),
} satisfies Record<RuleList, unknown>

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
    ...shownFields(FIELDS, form.lines),
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

const COUNTED_BY = 'Tests of the law are counted by it: check.'

export function ruleChangeLines(changes: readonly RuleChange[]): Mrkdwn[] {
  return changes.map(({ key, from, to, typed }) => {
    const back = typed === null ? mrkdwn` (as it comes from above)` : ''
    const name = ruleName(key)
    const counted = name === 'authority' || name === 'nation' ? mrkdwn` ${COUNTED_BY}` : ''
    return mrkdwn`• ${name}: ${shown(to, 200)}${back}, instead of ${shown(from, 200)}.${counted}`
  })
}

// What saving a team's settings would change, line by line. Pure.

type Settings = Omit<SettingsForm, 'team' | 'teams' | 'preview'>

/** Empty where both are the same; `rules`: what is changed of the team's rules. */
export function settingsChanges(
  before: Settings,
  after: Settings,
  rules: readonly RuleChange[],
): Mrkdwn[] {
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
    ...ruleChangeLines(rules),
    contradiction(before, after),
  ].filter((line) => line !== null)
}

/** A nation whose holidays are not those of the calendar is said, and saved all the same. */
function contradiction(before: Settings, after: Settings): Mrkdwn | null {
  if (before.nation === after.nation && before.calendar === after.calendar) return null
  const { nation, ofOrganisation, calendar } = after
  const own = NATIONS.find((each) => each === nation) ?? null
  const said = nation === 'above' ? ofOrganisation.nation : own
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
  const lists = RULE_LISTS.map((list) => readList(fields, list))
  return {
    lines: Object.fromEntries(lists.map(({ list, text }) => [list, text])) as RulesForm['lines'],
    typed: lists.flatMap((each) => each.typed),
    touched: lists.flatMap((each) => touchedOf(each, before)),
  }
}

/** The rules of a list, as they were typed and as the form showed them. */
function readList(fields: Fields, list: RuleList) {
  const text = FIELDS[list].read(fields, list) ?? ''
  const read = (of: string, wrong: (problem: string) => void) =>
    orWrong(() => readRuleLines(list, of), wrong) ?? []
  const typed = read(text, (problem) => fields.wrong(list, problem))
  const shown = fields.touched(list) ? read(fields.shown(list), () => undefined) : typed
  return { list, text, typed, shown }
}

/** The names of a list's rules whose lines were changed, added or taken away. */
function touchedOf(
  { list, typed, shown }: ReturnType<typeof readList>,
  before: readonly string[],
): string[] {
  const of = (rules: readonly TypedRule[], name: string) =>
    rules.find(({ key }) => ruleName(key) === name)?.typed
  return rulesIn(list)
    .map(({ key }) => ruleName(key))
    .filter((name) => before.includes(name) || of(typed, name) !== of(shown, name))
}

function orWrong<T>(work: () => T, wrong: (problem: string) => void): T | null {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    wrong(error.message)
    return null
  }
}

/** Rules that are most often set of a team, each a field of its own. */
const SINGLE = ['startByFrom', 'authority', 'nation'] as const

/** Only what was touched; a rule that was touched and is not typed comes from above. Null: no such channel. */
export interface SettingsInput
  extends Partial<Pick<SettingsForm, 'escalationChannel' | 'timeZone' | 'calendar'>> {
  readonly channel?: string
  readonly typed: readonly TypedRule[]
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
  const timeZone = TIME_ZONE.read(fields, 'timeZone')
  if (timeZone === null || !isZone(timeZone)) {
    wrong('timeZone', 'Write a time zone by its name, such as Europe/London.')
  }
  const calendar = fields.chosen('calendar')
  if (calendar === null || calendarNamed(calendar) === null) {
    wrong('calendar', 'Choose whose holidays count.')
  }
  const again = before.includes('escalationChannel') ? (chosen ?? undefined) : undefined
  const escalationChannel = said === undefined ? again : said
  const isTouched = (name: string) => before.includes(name) || fields.touched(name)
  const columns = filled({ channel, timeZone, calendar })
  const own = {
    ...Object.fromEntries(Object.entries(columns).filter(([name]) => isTouched(name))),
    ...(escalationChannel === undefined ? {} : { escalationChannel }),
  }
  const schedules = readList(fields, 'ladders')
  const pounds = fields.amount('startByFrom')
  const single = filled({
    startByFrom: pounds && String(Number(pounds.amount)),
    authority: fields.chosen('authority'),
    nation: fields.chosen('nation'),
  })
  const typed = SINGLE.filter(isTouched).flatMap((name): TypedRule[] => {
    const [key, value] = [ruleKeyNamed(name), single[name]]
    if (value === undefined) wrong(name, EMPTIED[name])
    if (value === undefined || value === 'above') return []
    orWrong(
      () => withSetting({}, key, value),
      (problem) => wrong(name, problem),
    )
    return [{ key, typed: value }]
  })
  return {
    input: { ...own, typed: [...schedules.typed, ...typed] },
    touched: [...Object.keys(own), ...touchedOf(schedules, before), ...SINGLE.filter(isTouched)],
    held: {
      ...columns,
      ...filled({ escalationChannel: chosen }),
      ...{ ladders: schedules.text, ...single },
      nobody: fields.ticked('nobody', 'escalation'),
    },
  }
}

const EMPTIED_CHOICE = 'An empty field changes nothing: choose "As the organisation" for none here.'
const EMPTIED: Readonly<Record<(typeof SINGLE)[number], string>> = {
  startByFrom: 'Write a value in whole pounds, such as 25,000; 0 means every one.',
  authority: EMPTIED_CHOICE,
  nation: EMPTIED_CHOICE,
}

function filled<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(values).filter(([, value]) => value !== null)
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }
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
