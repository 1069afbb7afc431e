/** A team's settings: where it is told, in which zone and calendar, by which ladders. */
import type { ModalView } from '@slack/types'
import { DEADLINE_KINDS, type DeadlineKind } from '../../domain/deadline-kinds.ts'
import type { Ladder } from '../../domain/ladder.ts'
import { rowWith } from '../answers/answer.ts'
import { button, row, select } from '../buttons/elements.ts'
import { body } from '../compose.ts'
import { type Mrkdwn, mrkdwn, shown } from '../escape.ts'
import { boxesField, type Choice, channelField, modal, selectField, textField } from './inputs.ts'

export const SETTINGS_FORM = 'lw.settings'

/** Days before each kind of deadline on which somebody is told. */
export type LadderDays = Readonly<Record<DeadlineKind, readonly number[]>>

export interface SettingsForm {
  readonly team: { readonly id: number; readonly name: string }
  /** All teams; more than one gives a choice of which to set. */
  readonly teams: readonly { readonly id: number; readonly name: string }[]
  /** By their ids, or by name where nothing was ever sent there. */
  readonly channel: string | null
  readonly escalationChannel: string | null
  readonly timeZone: string
  readonly calendar: string
  readonly ladders: LadderDays
  /** Whole pounds: no start-by below it. */
  readonly startByFrom: number
  /** The box for no escalation channel of its own is ticked. */
  readonly nobody?: boolean
  /** What saving would change, once it was looked at, and the mark by which that is known again. */
  readonly preview?: Preview
}

/** `touched`: what the person has changed so far, by the names that the reading of the form gives. */
export interface Preview {
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
    rowWith(teamSelect(team, teams), mrkdwn`*Settings of team ${shown(team.name, 80)}*`),
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
    textField(
      {
        name: 'ladders',
        label: 'Told so many days before',
        hint: 'One kind a line, such as notice: 60, 30, 14, 7, 3, 1, 0',
      },
      ladderText(form.ladders),
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

/** Of each ladder the days before, as the form shows them. */
export function ladderDays(ladders: Readonly<Record<DeadlineKind, Ladder>>): LadderDays {
  const entries = DEADLINE_KINDS.map((kind) => [kind, [...ladders[kind].before]])
  return Object.fromEntries(entries) as Record<DeadlineKind, number[]>
}

/** One kind a line: `notice: 60, 30, 14, 7, 3, 1, 0`. */
function ladderText(ladders: LadderDays): string {
  return DEADLINE_KINDS.map((kind) => `${kind}: ${ladders[kind].join(', ')}`).join('\n')
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
