/** A command as text again, in the one form that reads back as itself. */
import type { Command, Filters, PersonMention, SettingsOf } from './command-types.ts'

/**
 * What to type for this command, without `/contracts`, escaped as Slack sends it. Reading it gives
 * the same command on any day, but for a snooze, whose day has to come. Buttons carry it.
 */
export function writeCommand(command: Command): string {
  return piecesOf(command)
    .filter((piece) => piece !== null)
    .join(' ')
}

function piecesOf(command: Command): (string | null)[] {
  const { verb } = command
  switch (verb) {
    case 'bare':
      return []
    case 'help':
      return [verb, command.about]
    case 'import':
    case 'questions':
      return [verb]
    case 'settings':
      return [verb, ...settingsPieces(command.of)]
    case 'add':
      return [verb, command.title === null ? null : quoted(command.title)]
    case 'find':
      return [verb, quoted(command.text), pageOf(command.page)]
    case 'consolidate':
      return [verb, quoted(command.text)]
    case 'due':
    case 'list':
      return [verb, ...filtersOf(command.filters), pageOf(command.page)]
    case 'triage':
    case 'summary':
    case 'chains':
    case 'cliffs':
    case 'export':
      return [verb, ...filtersOf(command.filters)]
    case 'subscribe':
      return [verb, ...filtersOf(command.filters), channelOf(command.channel)]
    case 'unsubscribe':
    case 'subscriptions':
      return [verb, channelOf(command.channel)]
    case 'preview':
      return [verb, daysOf(command.days), channelOf(command.channel)]
    case 'own':
      return [
        verb,
        quoted(command.ref),
        command.owner === null ? null : personOf(command.owner),
        command.deputy === null ? null : `deputy ${personOf(command.deputy)}`,
      ]
    case 'snooze':
      return [
        verb,
        quoted(command.ref),
        command.until,
        command.why === null ? null : quoted(command.why),
      ]
    case 'costs':
    case 'waivers':
    case 'pipeline':
      return [verb, command.year, command.team === null ? null : `team ${quoted(command.team)}`]
    case 'calendar':
      return [
        verb,
        command.team === null ? null : `team ${quoted(command.team)}`,
        command.revoke ? 'revoke' : null,
      ]
    case 'headroom': {
      const { ref, addDays } = command
      return [verb, quoted(ref), addDays === 0 ? null : `add ${addDays} days`]
    }
    case 'start-by':
      return [
        verb,
        quoted(command.ref),
        command.route === null ? null : `by ${quoted(command.route)}`,
      ]
    case 'published':
      return [verb, quoted(command.ref), command.notice, quoted(command.said)]
    case 'explain':
      return [verb, quoted(command.ref), command.on]
    default:
      return [verb, quoted(command.ref)]
  }
}

function filtersOf(filters: Filters): (string | null)[] {
  return [
    daysOf(filters.days),
    filters.whose === 'team' ? 'ours' : filters.whose,
    filters.team === null ? null : `team ${quoted(filters.team)}`,
    filters.supplier === null ? null : `supplier ${quoted(filters.supplier)}`,
    filters.owner === null ? null : `owner ${ownerOf(filters.owner)}`,
    filters.state,
    filters.kind,
    filters.text === null ? null : quoted(filters.text),
  ]
}

function ownerOf(owner: PersonMention): string {
  return 'slackUser' in owner ? personOf(owner) : quoted(owner.name)
}

function daysOf(days: number | null): string | null {
  return days === null ? null : `${days}d`
}

function pageOf(page: number): string | null {
  return page === 1 ? null : `page ${page}`
}

function channelOf(channel: string | null): string | null {
  return channel === null ? null : `<#${channel}>`
}

function personOf(person: PersonMention): string {
  return 'slackUser' in person ? `<@${person.slackUser}>` : `@${escaped(person.name)}`
}

function quoted(text: string): string {
  return `"${escaped(text.replaceAll('"', '""'))}"`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function settingsPieces(of: SettingsOf): (string | null)[] {
  if ('organisation' in of) return ['organisation']
  if ('ref' in of) return [quoted(of.ref)]
  return of.team === null ? [] : ['team', quoted(of.team)]
}
