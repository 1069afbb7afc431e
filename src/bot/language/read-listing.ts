/** Commands that list, count or send what fits their filters. */
import type { Verb } from '../../messages/manual.ts'
import type { Command, Filters, Misread } from './command.ts'
import { missing } from './misread.ts'
import { readFilters } from './read-filters.ts'
import type { Clock } from './read-when.ts'
import type { Token } from './tokens.ts'

export function readListing(
  verb: Listing,
  rest: readonly Token[],
  clock: Clock,
): Command | Misread {
  const read = readFilters(rest, clock, NUMBER_IS_DAYS.has(verb))
  if ('problem' in read) return missing(verb, read.problem)
  const { filters, page, channel } = read
  const wrong = OF_CHANNELS.has(verb) ? wrongOfChannel(verb, rest, filters) : null
  if (wrong !== null) return missing(verb, wrong)
  switch (verb) {
    case 'due':
    case 'list':
      return { verb, filters, page }
    case 'preview':
      return { verb, days: filters.days, channel }
    case 'export':
      return { verb, filters }
    case 'triage':
    case 'summary':
    case 'chains':
    case 'cliffs':
      return { verb, filters: teamNamed(filters) }
    case 'subscribe':
      return { verb, filters, channel }
    case 'unsubscribe':
    case 'subscriptions':
      return { verb, channel }
  }
}

type Listing =
  | 'due'
  | 'list'
  | 'preview'
  | 'triage'
  | 'summary'
  | 'chains'
  | 'cliffs'
  | 'export'
  | 'subscribe'
  | 'unsubscribe'
  | 'subscriptions'

/** `due 30`: a number by itself is one of days. */
const NUMBER_IS_DAYS = new Set<Listing>(['due', 'preview', 'cliffs'])

const OF_CHANNELS = new Set<Verb>(['subscribe', 'unsubscribe', 'subscriptions'])

/** What must not be read past: another channel would be meant than the one it was typed in. */
function wrongOfChannel(verb: Verb, rest: readonly Token[], filters: Filters): string | null {
  const channel = rest.find((each) => each.kind === 'word' && !each.quoted && /^#./.test(each.text))
  if (channel?.kind === 'word') {
    return `${channel.text} is no channel that Slack knows by this name, or you are not in it.`
  }
  const { whose, ...others } = filters
  const asksForSome = Object.values(others).some((each) => each !== null)
  return verb === 'unsubscribe' && (asksForSome || whose === 'mine' || whose === 'team')
    ? 'unsubscribe ends all that this channel subscribed to; to end one of them, use subscriptions.'
    : null
}

/** `summary Digital`: a name by itself is a team's. */
function teamNamed(filters: Filters): Filters {
  return filters.team === null ? { ...filters, team: filters.text, text: null } : filters
}
