/** Buttons and menus as Slack takes them. One that cannot carry its action is left out. */
import type {
  ActionsBlock,
  ActionsBlockElement,
  Button,
  Overflow,
  PlainTextOption,
  StaticSelect,
} from '@slack/types'
import { plainText } from '../plain-text.ts'
import { type Action, actionValue, VALUE_ROOM } from './action.ts'

const LIMITS = { text: 75, label: 75, actions: 25, overflow: 5, options: 100 } as const

export interface Labelled {
  readonly text: string
  readonly action: Action
}

export interface ButtonLooks {
  readonly style?: 'primary' | 'danger'
  /** What a screen reader says, where the text alone says too little. */
  readonly label?: string
}

/** A button, or null where its action does not fit into a value. */
export function button(text: string, action: Action, looks: ButtonLooks = {}): Button | null {
  const value = actionValue(action)
  if (value === null) return null
  return {
    type: 'button',
    action_id: `lw.${action.act}`,
    text: plainText(text, LIMITS.text),
    value,
    ...(looks.style === undefined ? {} : { style: looks.style }),
    ...(looks.label === undefined
      ? {}
      : { accessibility_label: plainText(looks.label, LIMITS.label).text }),
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
