/** What comparing one contract with its register gathers on the way. */
import type { AuditChange } from '../../db/audit.ts'
import type { Problem } from '../draft.ts'
import type { Row } from './held.ts'
import type { StagedContract } from './read-staged.ts'

export interface Changing {
  readonly columns: Record<string, unknown>
  readonly audit: AuditChange[]
  readonly problems: Problem[]
  /** The column is to stand so, and the audit says that it changed. */
  readonly set: (name: string, from: unknown, to: unknown) => void
}

export function beginChanging(row: Row, staged: StagedContract): Changing {
  const audit: AuditChange[] = []
  const columns: Record<string, unknown> = {
    id: row.id,
    external_id: lasting(row.external_id, staged.externalId),
  }
  const set = (name: string, from: unknown, to: unknown) => {
    columns[name] = to
    if (DERIVED_FIELDS.has(name)) return
    const changed = { from: text(from), to: text(to) }
    audit.push({ contractId: row.id, what: 'updated', field: name, ...changed })
  }
  return { columns, audit, problems: [], set }
}

/** Follow from other fields: told of under those. */
const DERIVED_FIELDS: ReadonlySet<string> = new Set(['reference_key', 'supplier_key'])

/** Identities that only one kind of file can give are kept: the next such file looks for them. */
function lasting(held: string, said: string): string {
  return said.startsWith('ref:') && !held.startsWith('ref:') ? held : said
}

export function text(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value)
}
