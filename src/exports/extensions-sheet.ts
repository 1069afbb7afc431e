/** The ledger of extensions as a table: what each cost beside its ordinary months. */
import {
  dayCell,
  type ExportCell,
  numberCell,
  type Sheet,
  saidCell,
} from '../register/export/sheet.ts'
import type { LedgerLine } from '../watch/ledger.ts'

interface Column {
  readonly heading: string
  readonly cell: (line: LedgerLine) => ExportCell
}

const COLUMNS: readonly Column[] = [
  { heading: 'Extension', cell: ({ extensionId }) => numberCell(extensionId) },
  { heading: 'Reference', cell: ({ reference }) => saidCell(reference) },
  { heading: 'Title', cell: ({ title }) => saidCell(title) },
  { heading: 'Supplier', cell: ({ supplier }) => saidCell(supplier) },
  { heading: 'Team', cell: ({ team }) => saidCell(team) },
  { heading: 'Type', cell: ({ extension }) => saidCell(extension.kind) },
  { heading: 'Status', cell: ({ extension }) => saidCell(extension.status) },
  { heading: 'Start', cell: ({ extension }) => dayCell(extension.from) },
  { heading: 'End', cell: ({ extension }) => dayCell(extension.to) },
  { heading: 'Known on', cell: ({ extension }) => dayCell(extension.knownOn) },
  { heading: 'Cost', cell: ({ extension }) => numberCell(extension.cost) },
  { heading: 'Invoiced', cell: ({ extension }) => numberCell(extension.invoiced ?? null) },
  { heading: 'Currency', cell: ({ currency }) => saidCell(currency) },
  { heading: 'Months', cell: ({ premium }) => numberCell(premium.months) },
  {
    heading: 'Ordinary cost a month (estimate)',
    cell: ({ premium }) => numberCell(premium.baseline),
  },
  { heading: 'Premium (estimate)', cell: ({ premium }) => numberCell(premium.premium) },
  { heading: 'Cost over ordinary', cell: ({ premium }) => numberCell(premium.ratio) },
  { heading: 'Estimated from', cell: ({ premium }) => saidCell(premium.method) },
  { heading: 'Rule', cell: ({ rule }) => saidCell(rule) },
  { heading: 'Grounds', cell: ({ grounds }) => saidCell(grounds) },
  { heading: 'Approver', cell: ({ approver }) => saidCell(approver) },
]

/** One row an extension, in the order given. */
export function extensionsSheet(lines: readonly LedgerLine[]): Sheet {
  return {
    name: 'Extensions',
    headings: COLUMNS.map(({ heading }) => heading),
    rows: rowsOf(lines),
  }
}

async function* rowsOf(lines: readonly LedgerLine[]): AsyncGenerator<ExportCell[]> {
  for (const line of lines) yield COLUMNS.map(({ cell }) => cell(line))
}
