/** Deadlines as a calendar file, and the address at which it is fetched. */
import ical, { ICalEventTransparency } from 'ical-generator'
import { addDays, type CivilDate, LAST_DAY } from '../rules/civil-date.ts'
import type { ContractNames, DeadlineKind } from '../rules/contract.ts'
import { DEADLINE_WORDS } from './deadline.ts'
import type { Message } from './facts.ts'
import { answer, body, note } from './message.ts'
import { capitalised, counted, figure, mrkdwn, plain, shown, teamWords } from './words.ts'

// The address of a calendar, to the one who asked for it.

interface CalendarAddress {
  /** Null for the asker's own contracts. */
  readonly team: string | null
  readonly address: string
  /** How many stand in it now. */
  readonly deadlines: number
}

export function calendarAnswer({ team, address, deadlines }: CalendarAddress): Message {
  const whose = team === null ? mrkdwn`your contracts` : teamWords(team)
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

// Deadlines as iCalendar (RFC 5545): all-day events that calendar programs fetch.

export interface CalendarEvent extends ContractNames {
  /** The same for as long as it is the same deadline, whatever its day. */
  readonly key: string
  readonly kind: DeadlineKind
  readonly on: CivilDate
  readonly reason: string
  readonly team: string
}

export interface CalendarFacts {
  /** Null for a person's own. */
  readonly team: string | null
  /** Tells the events of one installation from another's. */
  readonly namespace: string
  readonly events: readonly CalendarEvent[]
  /** How many there would be without the limit. */
  readonly total: number
  /** Since when it has been so: the same content gives the same bytes. */
  readonly changedAt: Date
}

/** How often programs are asked to look again, in seconds; they do as they like. */
const LOOK_AGAIN = 4 * 60 * 60

/** The calendar's text. Text from outside is on one line, and escaped. No prices, no people. */
export function calendarFile({ team, namespace, events, total, changedAt }: CalendarFacts): string {
  const name = team === null ? 'Contract deadlines' : `Contract deadlines: ${plain(team, 80)}`
  const calendar = ical({ name, prodId: { company: 'Lapsewatch', product: 'deadlines' } })
  calendar.ttl(LOOK_AGAIN)
  if (total > events.length) {
    calendar.description(`The next ${figure(events.length)} of ${figure(total)} deadlines.`)
  }
  for (const event of events) {
    calendar.createEvent({
      id: `${event.key}@${namespace}.lapsewatch`,
      stamp: changedAt,
      // Programs keep what they have where this is not larger: an event that moves has to say so.
      sequence: Math.floor(changedAt.getTime() / 60_000),
      // Without a zone the day is taken as UTC writes it, on every machine and at every clock change.
      start: midnight(event.on),
      ...(event.on < LAST_DAY ? { end: midnight(addDays(event.on, 1)) } : {}),
      allDay: true,
      transparency: ICalEventTransparency.TRANSPARENT,
      summary: `${DEADLINE_WORDS[event.kind].event}: ${nameOf(event)}`,
      description: [
        `${capitalised(plain(event.reason, 600))}.`,
        `Reference ${plain(event.reference, 120)}, team ${plain(event.team, 80)}.`,
        'To act on it, type /contracts in Slack.',
      ].join('\n'),
    })
  }
  return calendar.toString()
}

function nameOf({ title, supplier, reference }: CalendarEvent): string {
  const what = plain(title ?? `contract ${reference}`, 120)
  return supplier === null ? what : `${what} (${plain(supplier, 60)})`
}

function midnight(day: CivilDate): Date {
  return new Date(`${day}T00:00:00Z`)
}
