/** Contracts as the lines of a list, with what is most urgent about each. */
import { type CivilDate, daysBetween } from '../../domain/civil-date.ts'
import type { Precision } from '../../domain/contract.ts'
import type { DeadlineKind } from '../../domain/deadline-kinds.ts'
import type { Decimal } from '../../domain/money.ts'
import type { ListEntry } from '../../messages/answers/facts.ts'
import type { PersonFact } from '../../messages/facts.ts'
import { dateWords, endWords } from '../../messages/words.ts'
import type { ContractState } from '../../watch/state.ts'
import { type Asker, mayThey, type Responsible } from '../access.ts'
import { RESPONSIBLE } from './responsible.ts'

/** Lines on a page. */
export const PAGE_SIZE = 10

/** The columns of an `EntryRow`, but for `kind`, `on` and `state`, and the tables that hold them. */
export const ENTRY_COLUMNS = `c.id AS "contractId", c.version, ${RESPONSIBLE}, c.reference, c.title,
  c.supplier, c.value, c.currency, c.current_latest AS latest, c.historic, c.watched,
  CASE WHEN c.current_latest = c.end_latest THEN c.end_precision ELSE 'day' END AS precision,
  c.closed_on AS "closedOn", c.closed_why AS "closedWhy", c.out_of_contract_on AS "outOfContractOn",
  coalesce(p.display_name, p.slack_user) AS "ownerName", p.slack_user AS "ownerSlack"`
export const ENTRY_TABLES = `JOIN team t ON t.id = c.team_id
  LEFT JOIN person p ON p.id = c.owner_id AND p.erased_at IS NULL`

export interface EntryRow extends Responsible {
  readonly contractId: number
  readonly version: number
  readonly reference: string
  readonly title: string | null
  readonly supplier: string | null
  readonly value: Decimal | null
  readonly currency: string
  readonly latest: CivilDate | null
  readonly precision: Precision | null
  readonly historic: boolean
  readonly watched: boolean
  readonly closedOn: CivilDate | null
  readonly closedWhy: string | null
  readonly outOfContractOn: CivilDate | null
  readonly ownerName: string | null
  readonly ownerSlack: string | null
  /** The deadline that the line is about; null where none is open. */
  readonly kind: DeadlineKind | null
  readonly on: CivilDate | null
  readonly state: ContractState
}

/** The line of one contract; in an answer for all to see nobody in particular may change it. */
export function entryOf(
  row: EntryRow,
  today: CivilDate,
  { asker, shared }: { readonly asker: Asker; readonly shared: boolean },
): ListEntry {
  const { contractId, version, reference, title, supplier, value, currency } = row
  return {
    contractId,
    version,
    reference,
    title,
    supplier,
    value,
    currency,
    owner: ownerOf(row),
    mayChange: !shared && mayThey(asker, 'change', row).allowed,
    ...whenOf(row, today),
  }
}

function ownerOf({
  ownerName,
  ownerSlack,
}: Pick<EntryRow, 'ownerName' | 'ownerSlack'>): PersonFact | null {
  return ownerName === null ? null : { name: ownerName, slackUser: ownerSlack }
}

type When = Pick<ListEntry, 'kind' | 'on' | 'daysLeft' | 'note'>

function whenOf(row: EntryRow, today: CivilDate): When {
  const { kind, on, latest } = row
  if (kind === null || on === null) {
    return { kind: null, on: null, daysLeft: null, note: withoutDate(row) }
  }
  const isEnd = kind === 'end' || kind === 'emergency-end'
  if (kind === 'end' && latest !== null && row.precision !== null && row.precision !== 'day') {
    return impreciseEnd(on, latest, row.precision, today)
  }
  // Once it has ended, the day of the end is what counts.
  const day = isEnd && latest !== null && latest < today ? latest : on
  const supplied = isEnd && row.outOfContractOn !== null
  return {
    kind,
    on: day,
    daysLeft: daysBetween(today, day),
    note: supplied ? 'still supplied, without a contract' : null,
  }
}

/** An end that is known to the month alone is never shown as a day. */
function impreciseEnd(
  on: CivilDate,
  latest: CivilDate,
  precision: Precision,
  today: CivilDate,
): When {
  const end = endWords(latest, precision)
  if (latest < today) {
    return { kind: null, on: latest, daysLeft: daysBetween(today, latest), note: `ended in ${end}` }
  }
  return on < today
    ? { kind: null, on, daysLeft: null, note: `ends in ${end}: it may lapse any day` }
    : {
        kind: null,
        on,
        daysLeft: daysBetween(today, on),
        note: `may end from then on: ends in ${end}, the day is not recorded`,
      }
}

function withoutDate(row: EntryRow): string {
  const { state, latest, precision, closedOn, closedWhy, watched } = row
  const end = latest === null ? null : endWords(latest, precision ?? 'day')
  switch (state) {
    case 'historic':
      return end === null ? 'historic, not watched' : `historic: ended ${end}, not watched`
    case 'closed':
      return closedOn === null
        ? `ended ${end ?? ''}: what came after is recorded`
        : `closed on ${dateWords(closedOn)}${closedWhy === null ? '' : `: ${closedWhy}`}`
    case 'undated':
      return 'no end date is recorded'
    case 'rolling':
      return 'rolls on until somebody gives notice'
    case 'out-of-contract':
      return `ended ${end ?? ''}${watched ? '' : ', not watched'}`
    case 'active':
      return `ends ${end ?? ''}: ${watched ? 'every date is settled' : 'not watched'}`
  }
}
