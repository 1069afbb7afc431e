/**
 * What changes when a register says something new of a contract: only what it changed since its last
 * import is applied, and where a person changed the same field, the person's value stays.
 */
import type { AuditChange } from '../../db/audit.ts'
import type { Draft, Problem } from '../draft.ts'
import { beginChanging } from './changing.ts'
import { endVerdict, extensionChanges, moveEnd } from './compare-ends.ts'
import { closeOrReopen, compareFields, conflict } from './compare-fields.ts'
import { newBuyers, productsChanged } from './compare-parties.ts'
import { type Fields, fieldsOf, type Imported } from './fields.ts'
import type { Held, Row } from './held.ts'
import type { ImportContext } from './import-context.ts'
import { nextImported } from './next-imported.ts'
import type { StagedContract } from './read-staged.ts'
import type { EndChange } from './register-ends.ts'
import { reviveWhereItRuns } from './revive.ts'

export interface Change {
  readonly id: number
  readonly staged: StagedContract
  /** Whether anything but what the source last said is to be written. */
  readonly isChanged: boolean
  /** Who buys, by their names; null where that stays as it is. */
  readonly buyers: readonly string[] | null
  /** What the source has now said, to be compared with next time. */
  readonly imported: Imported
  /** The columns as they are to stand. */
  readonly columns: Readonly<Record<string, unknown>>
  readonly ends: EndChange | null
  readonly currency: string
  readonly audit: readonly AuditChange[]
  readonly problems: readonly Problem[]
}

/** Pure: reads nothing and writes nothing. */
export function compare(context: ImportContext, staged: StagedContract, held: Held): Change {
  const { draft } = staged
  const { row } = held
  const fields = fieldsSaid(context, draft, row)
  const changing = beginChanging(row, staged)
  compareFields(changing, draft, row, fields)
  const verdict = endVerdict(context, draft, held)
  moveEnd(changing, draft, row, fields, verdict)
  closeOrReopen(changing, draft, row, context.today)
  const ends = reviveWhereItRuns(changing, context, held, verdict.ends)
  if (ends) changing.audit.push(...extensionChanges(row.id, ends))
  const buyers = newBuyers(draft, row)
  if (buyers.conflict) {
    changing.problems.push(conflict(draft, row, 'buyers', draft.buyers.join('; ')))
  }
  const { columns, audit, problems } = changing
  const parties = buyers.names !== null || productsChanged(draft, row)
  const isChanged = audit.length > 0 || parties || (ends?.restate.length ?? 0) > 0
  if (isChanged) context.wrote.add(Number(columns.team_id))
  return {
    id: row.id,
    staged,
    isChanged,
    buyers: buyers.names,
    imported: nextImported(fields, draft, row, verdict),
    columns,
    ends,
    currency: String(columns.currency),
    audit,
    problems,
  }
}

/** A register that names no known team has no say in where a contract is looked after. */
function fieldsSaid(context: ImportContext, draft: Draft, row: Row): Fields {
  const resolved = context.parties.resolve(draft)
  const teamId = resolved.teamNamed ? resolved.teamId : row.team_id
  return fieldsOf(draft, { ...resolved, teamId })
}
