/** The fields of a contract: what its register changed, and where a person changed the same. */
import type { CivilDate } from '../../domain/civil-date.ts'
import type { Draft, Problem } from '../draft.ts'
import { type Changing, text } from './changing.ts'
import { FIELD_NAMES, type FieldName, type Fields } from './fields.ts'
import type { Row } from './held.ts'
import { CLOSED_BY_REGISTER } from './import-context.ts'

/** What the register changed since it last spoke, but for its ends. */
export function compareFields(
  { columns, problems, set }: Changing,
  draft: Draft,
  row: Row,
  fields: Fields,
): void {
  for (const name of FIELD_NAMES) {
    columns[name] = row[name]
    // A field that is younger than the last import was not said then.
    const said = row.imported[name] ?? null
    if (END_FIELDS.has(name) || name === END_SOURCE) continue
    if (fields[name] === said || fields[name] === row[name]) continue
    if (row[name] === said) set(name, row[name], fields[name])
    else problems.push(conflict(draft, row, name, fields[name]))
  }
}

const END_FIELDS: ReadonlySet<FieldName> = new Set([
  'end_kind',
  'end_precision',
  'end_earliest',
  'end_latest',
])

/** Says where the end stands in a file: changes with the end, or not at all. */
const END_SOURCE: FieldName = 'end_source'

export function conflict(
  draft: Draft,
  row: Row,
  name: FieldName | 'buyers',
  said: unknown,
): Problem {
  return {
    at: draft.at,
    reference: row.reference,
    field: name,
    value: text(said),
    problem: `the register changed it, and so did a person: ${text(row[name]) ?? 'nothing'} stays`,
    remedy: 'agree on the value and put the other one right',
    severity: 'warning',
  }
}

/** Over because its register says so; open again where the register takes that back. */
export function closeOrReopen(
  { columns, set }: Changing,
  draft: Draft,
  row: Row,
  today: CivilDate,
): void {
  columns.closed_on = row.closed_on
  columns.closed_why = row.closed_why
  if (draft.closed && row.closed_on === null) {
    columns.closed_why = CLOSED_BY_REGISTER
    set('closed_on', null, today)
  } else if (!draft.closed && row.closed_why === CLOSED_BY_REGISTER) {
    columns.closed_why = null
    set('closed_on', row.closed_on, null)
  }
}
