/** What saving a team's settings would change, line by line. Pure. */
import { DEADLINE_KINDS } from '../../domain/deadline-kinds.ts'
import { channelLink, type Mrkdwn, mrkdwn, shown } from '../escape.ts'
import { counted, figure } from '../words.ts'
import type { SettingsForm } from './team-settings.ts'

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
  ].filter((line) => line !== null)
}

/** How far a change reaches; `moved` is null where too many contracts follow to count them at once. */
export function reachLine(rekeyed: number | null, moved: number | null): Mrkdwn {
  if (rekeyed === 0) return mrkdwn`No contract is warned of on another day.`
  if (rekeyed === null || moved === null) {
    return mrkdwn`All contracts of the team are counted anew, which may take a minute.`
  }
  return mrkdwn`${counted(rekeyed, 'contract')} counted anew; ${figure(moved)} will next be looked at on another day.`
}

function escalationLine(before: string | null, after: string | null): Mrkdwn | null {
  if (before === after) return null
  if (after === null) return mrkdwn`• Where nobody acts, the channel of the default team is told.`
  return mrkdwn`• Where nobody acts, ${channelLink(after)} is told too${instead(before)}.`
}

function instead(channel: string | null): Mrkdwn | string {
  return channel === null ? '' : mrkdwn`, instead of ${channelLink(channel)}`
}
