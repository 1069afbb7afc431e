/** The buttons under a warning: those that fit its state. */
import type { ActionsBlock, Button, Overflow, StaticSelect } from '@slack/types'
import type { ContractAct, Subject } from './action.ts'
import { button, type Labelled, overflow, row, select } from './elements.ts'

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
  subject: Subject,
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

function ack(subject: Subject): Button | null {
  return button('I’m on it', { act: 'ack', subject }, { style: 'primary' })
}

function snooze(subject: Subject): StaticSelect | null {
  return select('snooze', 'Snooze', [
    menu('1 day', 'snooze-1d', subject),
    menu('1 week', 'snooze-1w', subject),
    menu('2 weeks', 'snooze-2w', subject),
    menu('Until a date…', 'snooze-date', subject),
  ])
}

function decide(subject: Subject, style?: 'primary'): Button | null {
  return button('Record decision', { act: 'decide', subject }, style === undefined ? {} : { style })
}

function extend(subject: Subject, style?: 'primary'): Button | null {
  return button('Log extension', { act: 'extend', subject }, style === undefined ? {} : { style })
}

function more(subject: Subject): Overflow | null {
  return overflow([
    menu('Reassign…', 'assign', subject),
    ...told(subject),
    menu('Show contract', 'show', subject),
  ])
}

function told(subject: Subject): Labelled[] {
  return [menu('Explain this warning', 'explain', subject), menu('History', 'history', subject)]
}

function menu(text: string, act: ContractAct, subject: Subject): Labelled {
  return { text, action: { act, subject } }
}
