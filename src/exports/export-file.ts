/** What goes out as a file, for the command line and for Slack: the register, extensions, the audit. */
import type { Pool } from 'pg'
import type { RuleBook } from '../db/rule-book.ts'
import { counted } from '../messages/words.ts'
import { registerSheet } from '../register/export/export-columns.ts'
import { exportedContracts } from '../register/export/read-export.ts'
import type { DateFormat, Sheet } from '../register/export/sheet.ts'
import { sheetCsv } from '../register/export/sheet-csv.ts'
import { sheetXlsx } from '../register/export/sheet-xlsx.ts'
import { readLedger } from '../watch/ledger.ts'
import { readPriceRules } from '../watch/price-rules.ts'
import { auditLength, auditSheet } from './audit-sheet.ts'
import { extensionsSheet } from './extensions-sheet.ts'

export const EXPORTS = ['register', 'extensions', 'audit'] as const
export type ExportWhat = (typeof EXPORTS)[number]

export const EXPORT_FORMATS = ['csv', 'xlsx'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export interface ExportDeps {
  readonly pool: Pool
  readonly organisationId: number
  readonly rulesOf: RuleBook
}

export interface ExportTable {
  readonly sheet: Sheet
  /** How many contracts, extensions or changes. */
  readonly count: number
  /** The same in words: `1,234 contracts`. */
  readonly said: string
}

/** The contracts with these ids, or their extensions, in this order; the audit is always whole. */
export async function exportTable(
  deps: ExportDeps,
  what: ExportWhat,
  ids: readonly number[],
): Promise<ExportTable> {
  const { pool, organisationId } = deps
  switch (what) {
    case 'register': {
      const count = ids.length
      const sheet = registerSheet(exportedContracts(pool, organisationId, ids))
      return { sheet, count, said: counted(count, 'contract') }
    }
    case 'extensions': {
      const lines = await ledgerOf(deps, ids)
      const count = lines.length
      return { sheet: extensionsSheet(lines), count, said: counted(count, 'extension') }
    }
    case 'audit': {
      const { upTo, rows } = await auditLength(pool, organisationId)
      const sheet = auditSheet(pool, organisationId, upTo)
      return { sheet, count: rows, said: counted(rows, 'change') }
    }
  }
}

/** Withdrawn ones too, with their status: the ledger says what happened. */
async function ledgerOf({ pool, organisationId, rulesOf }: ExportDeps, ids: readonly number[]) {
  const rules = await readPriceRules(pool, organisationId, rulesOf)
  const wanted = new Set(ids)
  const lines = await readLedger(pool, { organisationId, withdrawn: true, rules })
  return lines.filter(({ contractId }) => wanted.has(contractId))
}

/** The file's bytes, piece by piece. @throws Refusal where a workbook would be too large. */
export async function* exportFile(
  sheet: Sheet,
  format: ExportFormat,
  dates: DateFormat,
): AsyncGenerator<string | Buffer> {
  if (format === 'csv') yield* sheetCsv(sheet)
  else yield await sheetXlsx(sheet, dates)
}
