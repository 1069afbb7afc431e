/** The address of a calendar, to the one who asked for it. */
import { body, note } from '../compose.ts'
import { mrkdwn, shown } from '../escape.ts'
import type { Message } from '../facts.ts'
import { counted } from '../words.ts'
import { answer } from './answer.ts'

export interface CalendarAddress {
  /** Null for the asker's own contracts. */
  readonly team: string | null
  readonly address: string
  /** How many stand in it now. */
  readonly deadlines: number
}

export function calendarAnswer({ team, address, deadlines }: CalendarAddress): Message {
  const whose = team === null ? mrkdwn`your contracts` : mrkdwn`team ${shown(team, 80)}`
  const revoke = team === null ? 'calendar revoke' : `calendar team ${team} revoke`
  return answer([
    body(
      mrkdwn`*${counted(deadlines, 'deadline')} of ${whose}, as a calendar*`,
      mrkdwn`${shown(address, 300)}`,
      mrkdwn`*Next:* copy the address, and add it in Outlook, Google Calendar or on your phone as a calendar from the web.`,
      deadlines === 0 && team === null
        ? mrkdwn`No open deadline names you yet as owner, deputy or category lead: the calendar fills when one does.`
        : null,
    ),
    note(
      mrkdwn`Whoever has the address can read the deadlines, without prices and owners. Keep it to yourself: it is shown this once.`,
      mrkdwn`To end it: /contracts ${shown(revoke, 120)}`,
    ),
  ])
}
