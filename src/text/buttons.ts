/**
 * Buttons and menus: what each carries, how it is read back, and which ones stand under a warning.
 */
import type {
  ActionsBlock,
  ActionsBlockElement,
  Button,
  ConfirmationDialog,
  Overflow,
  PlainTextOption,
  StaticSelect,
  UsersSelect,
} from '@slack/types'
import { type CivilDate, parseCivilDate } from '../rules/civil-date.ts'
import { isRecord } from '../rules/text-match.ts'
import { type Mrkdwn, mrkdwn, plainText } from './words.ts'

// The buttons under a warning: those that fit its state.

export const WARNING_STATES = [
  'open',
  'acknowledged',
  'snoozed',
  'asked',
  'out-of-contract',
  'closed',
  'superseded',
] as const
/**
 * `asked`: the day after the end, "Is the service still being supplied?" stands unanswered;
 * `out-of-contract`: the answer was yes.
 */
export type WarningState = (typeof WARNING_STATES)[number]

/**
 * What can be done now; where nothing is left to do, the menu still shows, explains and tells the
 * history. Where nobody answers for the contract, naming somebody comes first.
 */
export function warningButtons(
  state: WarningState,
  subject: ButtonSubject,
  answeredFor = true,
): ActionsBlock | null {
  switch (state) {
    case 'open':
      return row(
        answeredFor ? null : button('Name an owner', { act: 'assign', subject }),
        ack(subject),
        snooze(subject),
        decide(subject),
        extend(subject),
        more(subject),
      )
    case 'acknowledged':
      return row(decide(subject, 'primary'), extend(subject), snooze(subject), more(subject))
    case 'snoozed':
      return row(ack(subject), decide(subject), extend(subject), more(subject))
    case 'asked':
      return row(
        button('Yes, still supplied', { act: 'supplied-yes', subject }, { style: 'primary' }),
        button('No, it has stopped', { act: 'supplied-no', subject }),
        decide(subject),
        extend(subject),
        more(subject),
      )
    case 'out-of-contract':
      return row(extend(subject, 'primary'), decide(subject), more(subject))
    case 'closed':
    case 'superseded':
      return row(overflow([menu('Show contract', 'show', subject), ...told(subject)]))
  }
}

/** The same in a menu of five, beside one entry of a long list. */
export function groupMenu(state: WarningState, subject: ButtonSubject): Overflow | null {
  const acts: readonly (readonly [string, ContractAct])[] =
    state === 'closed' || state === 'superseded'
      ? []
      : [
          ...(state === 'asked'
            ? ([
                ['Yes, still supplied', 'supplied-yes'],
                ['No, it has stopped', 'supplied-no'],
              ] as const)
            : ([
                ['I’m on it', 'ack'],
                ['Reassign…', 'assign'],
              ] as const)),
          ['Record decision', 'decide'],
          ['Log extension', 'extend'],
        ]
  return overflow([
    ...acts.map(([text, act]) => menu(text, act, subject)),
    menu('Show contract', 'show', subject),
    ...(acts.length === 0 ? told(subject) : []),
  ])
}

function ack(subject: ButtonSubject): Button | null {
  return button('I’m on it', { act: 'ack', subject }, { style: 'primary' })
}

function snooze(subject: ButtonSubject): StaticSelect | null {
  return select('snooze', 'Snooze', [
    menu('1 day', 'snooze-1d', subject),
    menu('1 week', 'snooze-1w', subject),
    menu('2 weeks', 'snooze-2w', subject),
    menu('Until a date…', 'snooze-date', subject),
  ])
}

function decide(subject: ButtonSubject, style?: 'primary'): Button | null {
  return button('Record decision', { act: 'decide', subject }, style === undefined ? {} : { style })
}

function extend(subject: ButtonSubject, style?: 'primary'): Button | null {
  return button('Log extension', { act: 'extend', subject }, style === undefined ? {} : { style })
}

function more(subject: ButtonSubject): Overflow | null {
  return overflow([
    menu('Reassign…', 'assign', subject),
    ...told(subject),
    menu('Show contract', 'show', subject),
  ])
}

function told(subject: ButtonSubject): Labelled[] {
  return [menu('Explain this warning', 'explain', subject), menu('History', 'history', subject)]
}

function menu(text: string, act: ContractAct, subject: ButtonSubject): Labelled {
  return { text, action: { act, subject } }
}

// Buttons and menus as Slack takes them. One that cannot carry its action is left out.

const LIMITS = { text: 75, label: 75, actions: 25, overflow: 5, options: 100 } as const

interface Labelled {
  readonly text: string
  readonly action: Action
}

interface ButtonOptions {
  readonly style?: 'primary' | 'danger'
  /** What a screen reader says, where the text alone says too little. */
  readonly label?: string
  /** The dialog in which Slack asks for confirmation first. */
  readonly confirm?: {
    readonly title: string
    readonly text: Mrkdwn
    readonly yes: string
    readonly no: string
  }
}

/** A button, or null where its action does not fit into a value. */
export function button(text: string, action: Action, options: ButtonOptions = {}): Button | null {
  const value = actionValue(action)
  if (value === null) return null
  return {
    type: 'button',
    action_id: `lw.${action.act}`,
    text: plainText(text, LIMITS.text),
    value,
    ...(options.style === undefined ? {} : { style: options.style }),
    ...(options.label === undefined
      ? {}
      : { accessibility_label: plainText(options.label, LIMITS.label).text }),
    ...(options.confirm === undefined ? {} : { confirm: dialog(options.confirm) }),
  }
}

function dialog({
  title,
  text,
  yes,
  no,
}: NonNullable<ButtonOptions['confirm']>): ConfirmationDialog {
  return {
    title: plainText(title, 100),
    text: { type: 'mrkdwn', text: String(text) },
    confirm: plainText(yes, 30),
    deny: plainText(no, 30),
  }
}

/** The menu behind the dots: at most five. */
export function overflow(choices: readonly Labelled[]): Overflow | null {
  const options = optionsOf(choices).slice(0, LIMITS.overflow)
  return options.length === 0 ? null : { type: 'overflow', action_id: 'lw.more', options }
}

/** A select that acts at once. */
export function select(
  id: string,
  placeholder: string,
  choices: readonly Labelled[],
  initial: number | null = null,
): StaticSelect | null {
  const options = optionsOf(choices).slice(0, LIMITS.options)
  const chosen = initial === null ? undefined : options[initial]
  if (options.length === 0) return null
  return {
    type: 'static_select',
    action_id: `lw.${id}`,
    placeholder: plainText(placeholder, 150),
    options,
    ...(chosen === undefined ? {} : { initial_option: chosen }),
  }
}

/** A row of these, or null where none is left. Ids that stand twice get a number: Slack wants them unique. */
export function row(...elements: readonly (ActionsBlockElement | null)[]): ActionsBlock | null {
  const seen = new Map<string, number>()
  const kept = elements
    .filter((element) => element !== null)
    .slice(0, LIMITS.actions)
    .map((element) => {
      const id = element.action_id ?? 'lw.more'
      const count = (seen.get(id) ?? 0) + 1
      seen.set(id, count)
      return count === 1 ? element : { ...element, action_id: `${id}.${count}` }
    })
  return kept.length === 0 ? null : { type: 'actions', elements: kept }
}

function optionsOf(choices: readonly Labelled[]): PlainTextOption[] {
  return choices.flatMap(({ text, action }) => {
    const value = actionValue(action, VALUE_ROOM.option)
    return value === null ? [] : [{ text: plainText(text, LIMITS.text), value }]
  })
}

// What a button, menu or select stands for, and the value that carries it.
//
// A value is a JSON array: the version of this shape, the act, what it acts on. Slack signs the
// request but people can forge a payload's content through other apps, so `readAction` takes only
// the exact shapes below, and rights are checked where the act is done, never here.

/** The contract, as it was when the button was made: a later version says that somebody came first. */
export interface ButtonSubject {
  readonly contractId: number
  readonly version: number
  /** The alerts that the message spoke of; empty in lists. */
  readonly alertIds: readonly number[]
}

/**
 * Each opens a modal: `classify` of its unclassified extension, `withdraw` of an extension, `waiver` of a
 * record of one, `covers` of the products that it covers.
 */
export const CONTRACT_FORMS = [
  ...(['snooze-date', 'decide', 'extend', 'classify', 'withdraw', 'waiver', 'assign'] as const),
  ...(['edit', 'covers', 'rules'] as const),
] as const

/**
 * `supplied-…` answer "Is the service still being supplied?"; `historic` marks it as finished long ago,
 * `reactivate` undoes that.
 */
export const CONTRACT_ACTS = [
  ...(['ack', 'snooze-1d', 'snooze-1w', 'snooze-2w'] as const),
  ...CONTRACT_FORMS,
  ...(['show', 'explain', 'history'] as const),
  ...(['supplied-yes', 'supplied-no', 'historic', 'reactivate'] as const),
] as const
export type ContractAct = (typeof CONTRACT_ACTS)[number]

type SupportAct = 'support-ack' | 'support-snooze-1d' | 'support-snooze-1w' | 'support-snooze-2w'

/** Whether a name in a register is the asker's; whether somebody who says so is it. */
type IdentityAct = 'identity-yes' | 'identity-no' | 'claim-confirm' | 'claim-refuse'

export const OPENED = [
  'add',
  'waiver',
  'import',
  'settings',
  'organisation-rules',
  'preferences',
] as const
/** Modals that are about no contract. */
type OpenedForm = (typeof OPENED)[number]

export const HOME_VIEWS = ['mine', 'team', 'board'] as const
export type HomeViewName = (typeof HOME_VIEWS)[number]

export type Action =
  | { readonly act: ContractAct; readonly subject: ButtonSubject }
  /** The command of this text again: another page of its answer, shown to all, or from the start. */
  | { readonly act: 'page'; readonly query: string; readonly page: number }
  | { readonly act: 'share' | 'run'; readonly query: string }
  /** The form of the command of this text, about contract `#number`, filled in. */
  | { readonly act: 'fill'; readonly query: string }
  | { readonly act: 'open'; readonly what: OpenedForm }
  /** A name in a register means this account; or none any more. */
  | { readonly act: 'link'; readonly personId: number; readonly slackUser: string }
  | { readonly act: 'unlink' | IdentityAct; readonly personId: number }
  /** What App Home shows. */
  | { readonly act: 'home'; readonly view: HomeViewName }
  /** `ended`: the form of a team's contracts that had ended before they were first read. */
  | {
      readonly act: 'triage-confirm' | 'settings-team' | 'team-rules' | 'ended'
      readonly teamId: number
    }
  | { readonly act: 'unsubscribe'; readonly subscriptionId: number }
  /** The reminders of a release, of one team: somebody is on it, or puts them off. */
  | {
      readonly act: SupportAct
      readonly teamId: number
      readonly product: string
      readonly release: string
    }
  /** Awards that follow on one another: whether they are rollovers of this contract. */
  | { readonly act: 'chain-confirm' | 'chain-refuse'; readonly contractId: number }
  | { readonly act: 'checkpoint-done'; readonly checkpointId: number }
  | { readonly act: 'undo-import'; readonly importId: number }
  /** What a register leaves open: one of the answers to it. */
  | { readonly act: 'answer'; readonly questionId: number; readonly choice: string }
  /** The form in which it is answered in words of one's own. */
  | { readonly act: 'answer-own'; readonly questionId: number }
  | { readonly act: 'checkpoint-slip'; readonly checkpointId: number; readonly to: CivilDate }

const VERSION = 1
const MOST_ID = 2_147_483_647
const MOST_ALERTS = 20
const MOST_PAGE = 999_999
/** Slack's limits for a button's value and an option's, in characters. */
export const VALUE_ROOM = { button: 2000, option: 75 } as const

const LINKED = /^lw\.link\.([1-9]\d{0,9})$/

type PlainAction = Exclude<Action, { readonly subject: ButtonSubject }>
type OfAct<Each, Act> = Each extends { readonly act: infer Own }
  ? Act extends Own
    ? Each
    : never
  : never
/** What a value may stand for in a field of an action. */
type Fits = (value: unknown) => boolean

const isIn = (list: readonly string[]) => (value: unknown) => isOneOf(list, value)
const isLike = (shape: RegExp) => (value: unknown) => typeof value === 'string' && shape.test(value)
const QUERY = { query: isLike(/^/) }
const PERSON = { personId: isId }
const TEAM = { teamId: isId }
const RELEASE = { teamId: isId, product: isName, release: isName }

/** What the value of each act carries behind its name, in this order. */
const CARRIED: {
  readonly [Act in PlainAction['act']]: {
    readonly [Name in Exclude<keyof OfAct<PlainAction, Act>, 'act'>]: Fits
  }
} = {
  page: { ...QUERY, page: (value) => isId(value) && value <= MOST_PAGE },
  share: QUERY,
  run: QUERY,
  fill: QUERY,
  open: { what: isIn(OPENED) },
  link: { personId: isId, slackUser: isLike(/^[UW][A-Z0-9]{2,20}$/) },
  unlink: PERSON,
  'identity-yes': PERSON,
  'identity-no': PERSON,
  'claim-confirm': PERSON,
  'claim-refuse': PERSON,
  home: { view: isIn(HOME_VIEWS) },
  'triage-confirm': TEAM,
  'settings-team': TEAM,
  'team-rules': TEAM,
  ended: TEAM,
  unsubscribe: { subscriptionId: isId },
  'support-ack': RELEASE,
  'support-snooze-1d': RELEASE,
  'support-snooze-1w': RELEASE,
  'support-snooze-2w': RELEASE,
  'chain-confirm': { contractId: isId },
  'chain-refuse': { contractId: isId },
  'checkpoint-done': { checkpointId: isId },
  'checkpoint-slip': {
    checkpointId: isId,
    to: (value) => typeof value === 'string' && parseCivilDate(value) !== null,
  },
  'undo-import': { importId: isId },
  answer: { questionId: isId, choice: isLike(/^[a-z0-9-]{1,30}$/) },
  'answer-own': { questionId: isId },
}

/** The account of a name in a register: chosen, it is linked. Slack gives no value, so that the id carries whose. */
export function linkSelect(personId: number, name: string): UsersSelect {
  return {
    type: 'users_select',
    action_id: `lw.link.${personId}`,
    placeholder: plainText('Whose account?', 150),
    confirm: dialog({
      title: 'Is this the same person?',
      text: mrkdwn`${name} of the register is the account that you chose: it gets the contracts of that name, and is told of them.`,
      yes: 'Yes, link',
      no: 'No',
    }),
  }
}

/** All our action ids begin so: what Bolt listens for. */
export const ACTION_IDS = /^lw\./

/** The value for this action, or null where it does not fit: then there is no such button. */
export function actionValue(action: Action, room: number = VALUE_ROOM.button): string | null {
  if ('subject' in action) {
    const { contractId, version, alertIds } = action.subject
    // The most urgent alerts come first; the version fences whatever had to be left out.
    for (let kept = Math.min(alertIds.length, MOST_ALERTS); kept >= 0; kept--) {
      const value = written(action.act, contractId, version, alertIds.slice(0, kept))
      if (value.length <= room) return value
    }
    return null
  }
  const carried = Object.keys(CARRIED[action.act]).map((name) => Reflect.get(action, name))
  const value = written(action.act, ...carried)
  return value.length <= room ? value : null
}

function written(...parts: unknown[]): string {
  return JSON.stringify([VERSION, ...parts])
}

/**
 * The action of an element of Slack's `block_actions` payload (`payload.actions[0]`), from its
 * value or its selected option. Null for anything that these files did not write.
 */
export function readAction(element: unknown): Action | null {
  if (!isRecord(element)) return null
  const { action_id: id, value, selected_option: option, selected_user: chosen } = element
  if (typeof id !== 'string' || !ACTION_IDS.test(id)) return null
  if (typeof chosen === 'string') {
    const person = Number(LINKED.exec(id)?.[1])
    return readActionValue(written('link', person, chosen))
  }
  return readActionValue(isRecord(option) ? option.value : value)
}

/** The action that this value carries, or null. */
export function readActionValue(value: unknown): Action | null {
  if (typeof value !== 'string' || value.length > VALUE_ROOM.button) return null
  const parts = parsed(value)
  if (!Array.isArray(parts) || parts[0] !== VERSION) return null
  const [, act, ...given] = parts
  if (isOneOf(CONTRACT_ACTS, act)) {
    const [contractId, version, alertIds] = given
    if (given.length !== 3 || !isId(contractId) || !isId(version) || !isAlerts(alertIds))
      return null
    return { act, subject: { contractId, version, alertIds } }
  }
  if (typeof act !== 'string' || !Object.hasOwn(CARRIED, act)) return null
  const fields = Object.entries(CARRIED[act as PlainAction['act']])
  if (given.length !== fields.length || !fields.every(([, fits], at) => fits(given[at])))
    return null
  const carried = fields.map(([name], at) => [name, given[at]])
  return { act, ...Object.fromEntries(carried) } as PlainAction
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isAlerts(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.length <= MOST_ALERTS &&
    value.every(isId) &&
    new Set(value).size === value.length
  )
}

/** Of a product or a release, as the data or somebody names it. */
function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= 60
}

function isId(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MOST_ID
}

function isOneOf<T extends string>(list: readonly T[], value: unknown): value is T {
  return list.some((each) => each === value)
}
