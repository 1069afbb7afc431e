/** Historic contracts that run again by what their register says now. */
import { type ContractRow, contractOf } from '../../db/watched.ts'
import type { Changing } from './changing.ts'
import { awardedEndOf } from './compare-ends.ts'
import type { FieldName } from './fields.ts'
import { standing } from './first-seen.ts'
import type { Held, Row } from './held.ts'
import type { ImportContext } from './import-context.ts'
import type { EndChange, HeldExtension } from './register-ends.ts'

/** A historic contract is watched again where what the register says now has it run; its ends then. */
export function reviveWhereItRuns(
  { columns, set }: Changing,
  context: ImportContext,
  { row, extensions }: Held,
  said: EndChange | null,
): EndChange | null {
  const speaks = said !== null || renewalChanged(row, columns)
  const ends = row.historic && speaks ? revived(context, row, columns, said, extensions) : said
  columns.historic = row.historic && ends === said
  if (columns.historic !== row.historic) set('historic', row.historic, columns.historic)
  return ends
}

function renewalChanged(row: Row, columns: Readonly<Record<string, unknown>>): boolean {
  return RENEWAL_FIELDS.some((name) => columns[name] !== row[name])
}

const RENEWAL_FIELDS: readonly FieldName[] = [
  'automatic_renewal',
  'renewal_amount',
  'renewal_unit',
  'notice_amount',
  'notice_unit',
]

/**
 * The ends of a historic contract that runs again by what the register says now, with the renewals
 * that must be presumed of it; the very `ends` given where it stays historic.
 */
function revived(
  context: ImportContext,
  row: Row,
  columns: Readonly<Record<string, unknown>>,
  ends: EndChange | null,
  extensions: readonly HeldExtension[],
): EndChange | null {
  const team = context.teams.find((each) => each.id === columns.team_id)
  if (!team) return ends
  const change = ends ?? {
    awardedEnd: awardedEndOf(row),
    add: [],
    withdraw: [],
    restore: [],
    restate: [],
  }
  const withdrawn = new Set(change.withdraw.map((each) => each.id))
  const kept = extensions.filter((each) => !withdrawn.has(each.id))
  const restored = change.restore.map((each) => ({ ...each, status: 'confirmed' as const }))
  const now = { ...row, ...renewalColumns(columns) }
  const contract = {
    ...contractOf(now, [...kept, ...restored, ...change.add], []),
    awardedEnd: change.awardedEnd,
  }
  const { stands, presumed } = standing(contract, context.today, context.rulesOf(team, row))
  return stands.historic ? ends : { ...change, add: [...change.add, ...presumed] }
}

function renewalColumns(columns: Readonly<Record<string, unknown>>) {
  return {
    automaticRenewal: columns.automatic_renewal as ContractRow['automaticRenewal'],
    renewalAmount: columns.renewal_amount as ContractRow['renewalAmount'],
    renewalUnit: columns.renewal_unit as ContractRow['renewalUnit'],
    noticeAmount: columns.notice_amount as ContractRow['noticeAmount'],
    noticeUnit: columns.notice_unit as ContractRow['noticeUnit'],
  }
}
