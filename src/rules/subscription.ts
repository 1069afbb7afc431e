/** What a channel that subscribed wants to hear, and whether a contract's warnings of a day fit. Pure. */
import { type CivilDate, daysBetween } from './civil-date.ts'
import { type DeadlineKind, isEnd } from './contract.ts'

/** States that a warning can be about: what has no deadlines is never warned of. */
export const WANTED_STATES = [
  'overdue',
  'unowned',
  'emergency',
  'out-of-contract',
  'unclassified',
] as const
type WantedState = (typeof WANTED_STATES)[number]

/** All that is given has to fit; an empty list fits nothing. */
export interface ContractFilter {
  /** Owner, deputy or category lead is one of these people. */
  readonly people?: readonly number[]
  readonly owners?: readonly number[]
  readonly teams?: readonly number[]
  /** A part of the supplier's name, folded as names are. */
  readonly supplier?: string
  /** A part of reference, title or supplier, in small letters. */
  readonly text?: string
  readonly state?: WantedState
  readonly kind?: DeadlineKind
  /** The deadline is so many days off at most. */
  readonly days?: number
}

export interface WarnedContract {
  readonly teamId: number
  readonly ownerId: number | null
  readonly deputyId: number | null
  readonly categoryLeadId: number | null
  /** Nobody is named, or who is named has left. */
  readonly unowned: boolean
  readonly supplierKey: string
  /** Reference, title and supplier, in small letters. */
  readonly words: readonly string[]
  /** It runs under an emergency extension. */
  readonly emergency: boolean
  /** It has an extension that nobody has classified. */
  readonly unclassified: boolean
}

export interface WarnedDeadline {
  readonly kind: DeadlineKind
  readonly on: CivilDate
  readonly latest: CivilDate
}

/** Whether one of the deadlines that are warned of on this day is wanted. */
export function isWanted(
  wanted: ContractFilter,
  contract: WarnedContract,
  deadlines: readonly WarnedDeadline[],
  day: CivilDate,
): boolean {
  const { people, owners, teams, supplier, text } = wanted
  const { ownerId, deputyId, categoryLeadId, teamId } = contract
  const among = (ids: readonly number[] | undefined, ...of: (number | null)[]) =>
    ids === undefined || of.some((id) => id !== null && ids.includes(id))
  return (
    among(people, ownerId, deputyId, categoryLeadId) &&
    among(owners, ownerId) &&
    among(teams, teamId) &&
    (supplier === undefined || contract.supplierKey.includes(supplier)) &&
    (text === undefined || contract.words.some((words) => words.includes(text))) &&
    isInState(wanted.state, contract) &&
    deadlines.some((deadline) => isWantedDeadline(wanted, deadline, day))
  )
}

function isInState(state: WantedState | undefined, contract: WarnedContract): boolean {
  if (state === 'unowned') return contract.unowned
  if (state === 'emergency') return contract.emergency
  return state !== 'unclassified' || contract.unclassified
}

/** `end` includes the end of an emergency extension: whoever asks what ends must not miss it. */
function isWantedDeadline(
  { kind, days, state }: ContractFilter,
  deadline: WarnedDeadline,
  day: CivilDate,
): boolean {
  const ends = isEnd(deadline.kind)
  if (kind !== undefined && kind !== deadline.kind && !(kind === 'end' && ends)) return false
  if (days !== undefined && daysBetween(day, deadline.on) > days) return false
  if (state === 'overdue') return day > deadline.latest
  return state !== 'out-of-contract' || (ends && day > deadline.latest)
}
