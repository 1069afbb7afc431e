/** The words of filters: whose contracts, in what state, with which kind of deadline. */
import { DEADLINE_KINDS, type DeadlineKind } from '../../domain/deadline-kinds.ts'
import { LIST_STATES, type ListState } from './command.ts'

export const WHOSE: ReadonlyMap<string, 'mine' | 'team' | 'all'> = new Map([
  ...['mine', 'my', 'me', 'myself'].map((word): [string, 'mine'] => [word, 'mine']),
  ...['ours', 'our', 'us', 'team', 'teams'].map((word): [string, 'team'] => [word, 'team']),
  ...['all', 'everyone', 'everybody', 'everything'].map((word): [string, 'all'] => [word, 'all']),
])
export const STATES: ReadonlyMap<string, ListState> = new Map<string, ListState>([
  ...LIST_STATES.map((state): [string, ListState] => [state, state]),
  ['late', 'overdue'],
  ['ownerless', 'unowned'],
  ['emergencies', 'emergency'],
  ['uncovered', 'out-of-contract'],
  ['unclassified-extensions', 'unclassified'],
  ['ended', 'historic'],
])
export const PHRASES: readonly (readonly [string, ListState])[] = [
  ['out of contract', 'out-of-contract'],
  ['no owner', 'unowned'],
  ['without owner', 'unowned'],
  ['without an owner', 'unowned'],
  ['no end', 'undated'],
  ['without end', 'undated'],
  ['without an end', 'undated'],
  ['past due', 'overdue'],
]
export const KINDS: ReadonlyMap<string, DeadlineKind> = new Map<string, DeadlineKind>([
  ...DEADLINE_KINDS.map((kind): [string, DeadlineKind] => [kind, kind]),
  ['notices', 'notice'],
  ['options', 'option'],
  ['ends', 'end'],
  ['ending', 'end'],
  ['start', 'start-by'],
  ['reviews', 'review'],
])
export const FILLERS = new Set(
  'in within until next the of for due contract contracts please that which are is by and with what'.split(
    ' ',
  ),
)
