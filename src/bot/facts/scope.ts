/** The filters of a question in words that follow "3 contracts" or "nothing". */
import type { DeadlineKind } from '../../domain/deadline-kinds.ts'
import { counted } from '../../messages/words.ts'
import type { Filters, ListState } from '../language/command.ts'
import type { ReadFilters } from './filter-ids.ts'

/** `of yours for notice with supplier "Bytes"`; empty where nothing narrows it down. */
export function scopeWords(filters: Filters, read: ReadFilters, withDays: boolean): string {
  const { supplier, state, kind, days, text } = filters
  return [
    filters.whose === 'mine' ? 'of yours' : null,
    askersTeamWords(read),
    teamWords(filters, read),
    text === null ? null : `matching "${text}"`,
    supplier === null ? null : `with supplier "${supplier}"`,
    ownerWords(filters, read),
    state === null ? null : STATES[state],
    kind === null ? null : KINDS[kind],
    withDays && days !== null ? `due within ${counted(days, 'day')}` : null,
  ]
    .filter((words) => words !== null)
    .join(' ')
}

const STATES: Readonly<Record<ListState, string>> = {
  overdue: 'with a date overdue',
  undated: 'without an end date',
  rolling: 'rolling on until notice',
  unowned: 'without an owner',
  emergency: 'in an emergency extension',
  'out-of-contract': 'out of contract',
  unclassified: 'with an unclassified extension',
  disputed: 'with an end that the register and people give differently',
  historic: 'kept as historic',
  closed: 'already closed',
}

const KINDS: Readonly<Record<DeadlineKind, string>> = {
  'start-by': 'for starting a replacement',
  notice: 'for notice',
  option: 'for an option',
  end: 'for an end',
  'emergency-end': 'for the end of an emergency extension',
  review: 'for a review',
}

function askersTeamWords({ askersTeams }: ReadFilters): string | null {
  if (askersTeams === null) return null
  if (askersTeams.length === 0) return 'of every team (yours is not known)'
  return namesOfTeams(askersTeams.map(({ name }) => name))
}

function teamWords({ team }: Filters, { teams }: ReadFilters): string | null {
  if (team === null || teams === null) return null
  return teams.length === 0
    ? `of team "${team}" (there is none of that name)`
    : namesOfTeams(teams.map(({ name }) => name))
}

function namesOfTeams(names: readonly string[]): string {
  const [first = ''] = names
  if (names.length === 1) return `of team ${first}`
  const said = names.slice(0, 3).join(', ')
  return names.length > 3 ? `of ${names.length} teams, such as ${said}` : `of teams ${said}`
}

function ownerWords({ owner }: Filters, read: ReadFilters): string | null {
  if (owner === null) return null
  if (read.owner !== null) return `owned by ${read.owner}`
  return 'name' in owner
    ? `owned by "${owner.name}" (nobody of that name is known)`
    : 'owned by somebody who has no contract'
}
