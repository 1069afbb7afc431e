/** What was wrong with rows, kept and listed until a later import puts it right. */
import type { PoolClient } from 'pg'
import { copyRows } from '../../database/bulk.ts'
import { selectContracts } from '../../database/contracts.ts'
import { tables } from '../../database/prisma.ts'
import { groupedBy, pick } from '../../rules/text-match.ts'
import { guarded } from '../../text/message.ts'
import {
  type Draft,
  type OpenRegister,
  PROBLEM_HEADING,
  type Problem,
  REMEDY_HEADING,
  warning,
} from '../draft.ts'
import type { ExportCell, Sheet } from '../export/sheet.ts'

/**
 * Keeps this import's problems. Earlier ones of the source are put right by a row of the same
 * reference that could be read now, and those of the same file by its being read again; rows of an export
 * that say what stands (`quiet`) put nothing right.
 */
export async function keepProblems(
  client: PoolClient,
  organisationId: number,
  sourceId: number,
  importId: number,
  problems: readonly Problem[],
  quiet: ReadonlySet<string>,
): Promise<void> {
  await client.query(
    `UPDATE import_problem SET resolved_import_id = $2
     FROM import earlier, import this
     WHERE import_problem.source_id = $1 AND import_problem.resolved_import_id IS NULL
       AND earlier.id = import_problem.import_id AND this.id = $2
       AND (earlier.file = this.file
            OR EXISTS (SELECT FROM staged s WHERE s.reference_key = lower(import_problem.reference)
                       AND s.verdict IS DISTINCT FROM 'conflict' AND s.at <> ALL ($3)))`,
    [sourceId, importId, [...quiet]],
  )
  const of = { organisation_id: organisationId, source_id: sourceId, import_id: importId }
  const names = ['at', 'reference', 'field', 'value', 'problem', 'remedy', 'severity'] as const
  // As they are written: a register may leave something open in every row.
  const rows = function* () {
    for (const each of problems) yield { ...of, ...pick(each, ...names) }
  }
  await copyRows(client, 'import_problem', rows())
}

/** Marks the problems that the source's last import told of already, of the same row in the same words. */
export async function toldBefore(
  client: PoolClient,
  sourceId: number,
  problems: readonly Problem[],
): Promise<Problem[]> {
  const found = await tables(client).importProblem.findMany({
    where: { sourceId, resolvedImportId: null, severity: 'warning' },
    select: { reference: true, field: true, value: true, problem: true },
  })
  const keyOf = ({ reference, field, value, problem }: (typeof found)[number]) =>
    JSON.stringify([reference, field, value, problem])
  const told = new Set(found.map(keyOf))
  return problems.map((each) =>
    each.severity === 'warning' && told.has(keyOf(each)) ? { ...each, before: true } : each,
  )
}

/** Where the rows of an export of ours say what stands: their problems were told with their register. */
export async function rowsAsTheyStand(
  client: PoolClient,
  contracts: ReadonlySet<number>,
): Promise<Set<string>> {
  const found = await client.query<{ at: string }>(
    `SELECT at FROM staged WHERE external_id IN (
       SELECT external_id FROM staged WHERE verdict = 'unchanged' OR contract_id = ANY($1))`,
    [[...contracts]],
  )
  return new Set(found.rows.map(({ at }) => at))
}

/** Contracts of this source that the file no longer holds, by reference. */
export async function readMissing(
  client: PoolClient,
  sourceId: number,
  rejectedReferences: readonly string[],
): Promise<{ readonly id: number; readonly reference: string }[]> {
  return selectContracts(
    client,
    ['id', 'reference'],
    `c.source_id = $1 AND c.closed_on IS NULL AND c.reference_key <> ALL($2)
     AND c.id NOT IN (SELECT contract_id FROM staged WHERE contract_id IS NOT NULL)
     ORDER BY c.reference, c.id`,
    [sourceId, rejectedReferences],
  )
}

/** They are told, never closed. */
export function missingProblem(missing: readonly { readonly reference: string }[]): Problem | null {
  const total = missing.length
  const references = missing.slice(0, 10).map(({ reference }) => reference)
  if (total === 0) return null
  const more = total > references.length ? ` and ${total - references.length} more` : ''
  const what =
    total === 1 ? 'one contract of this source is' : `${total} contracts of this source are`
  const remedy =
    'they stay watched: close those that are over, or use another --source for another register'
  const value = `${references.join(', ')}${more}`
  return warning('the whole file', `${what} not in the file`, remedy, { value })
}

/** Rows of the same contract that say different things: the one with the earliest end is watched. */
export async function conflictProblems(client: PoolClient): Promise<Problem[]> {
  const found = await client.query<{ at: string; draft: string; lines: string[]; by: string }>(
    `SELECT s.at, draft, array_agg(s.at) OVER (PARTITION BY s.external_id) AS lines, w.at AS by
     FROM staged s JOIN staged_draft USING (ordinal)
     JOIN staged w ON w.external_id = s.external_id AND w.verdict IS DISTINCT FROM 'conflict'
     WHERE s.verdict = 'conflict' ORDER BY s.ordinal`,
  )
  return found.rows.map(({ at, draft, lines, by }) => {
    const reference = referenceIn(draft)
    const problem = `says something else of the same contract than ${others([by, ...lines], at)}: it is watched by ${by}, which ends first`
    const remedy =
      'keep one row for each contract, or give different contracts different references'
    return warning(at, problem, remedy, { reference, value: reference })
  })
}

/** Rows that say exactly the same of one contract: told once for each contract. */
export async function repeatProblems(client: PoolClient): Promise<Problem[]> {
  const found = await client.query<{ draft: string; lines: string[] }>(
    `SELECT min(draft) AS draft, array_agg(at ORDER BY ordinal) AS lines
     FROM staged JOIN staged_draft USING (ordinal)
     WHERE external_id IN (SELECT external_id FROM staged WHERE verdict = 'repeat')
     GROUP BY external_id
     HAVING count(DISTINCT regexp_replace(draft, '"at":"(?:[^"\\\\]|\\\\.)*",', '')) < count(*)
     ORDER BY min(ordinal)`,
  )
  return found.rows.map(({ draft, lines }) => {
    const reference = referenceIn(draft)
    const [first = '', second = ''] = lines
    const more = lines.length > 2 ? `, and so do ${others(lines.slice(1), second)}` : ''
    const problem = `says the same as ${first}${more}: it counts once`
    const remedy = 'take the repeated row out of the register'
    return warning(second, problem, remedy, { reference, value: reference })
  })
}

function referenceIn(draft: string): string | null {
  return (JSON.parse(draft) as Draft).reference
}

function others(lines: readonly string[], at: string): string {
  const rest = lines.filter((line) => line !== at)
  const named = rest.slice(0, 5).join(', ')
  return rest.length > 5 ? `${named} and ${rest.length - 5} more` : named
}

export interface Unlinked {
  readonly at: string
  readonly reference: string | null
  /** The framework as the row writes it, and as names are compared. */
  readonly parent: string
  readonly key: string
  /** How many other contracts are called so: none, or more than one. */
  readonly called: number
}

/** So many names have a line of their own: a register may name hundreds that others have let. */
const NAMED = 10

/** Warnings: what a contract takes from its framework, such as its regime, is missing without it. */
export function unlinkedProblems(unlinked: readonly Unlinked[]): Problem[] {
  const names = [...groupedBy(unlinked, ({ key }) => key).values()]
  const [next, ...more] = names.slice(NAMED)
  const own = names.slice(0, NAMED).flatMap(problemOf)
  const [first] = next ?? []
  if (first === undefined) return own
  if (more.length === 0) return [...own, ...problemOf(next ?? [])]
  const rest = more.length + 1
  const problem = `${rest} more frameworks cannot be linked`
  return [...own, warning(first.at, problem, REMEDY, { field: 'framework' })]
}

const REMEDY = 'import the framework’s register, then this one again, or correct the reference'

function problemOf(rows: readonly Unlinked[]): Problem[] {
  const [first] = rows
  if (first === undefined) return []
  const { at, parent, called } = first
  const whose = rows.length === 1 ? 'its contract is' : `its ${rows.length} contracts are`
  const problem =
    called === 0
      ? `no other contract is called so: ${whose} not linked to it`
      : `${called} contracts are called so: ${whose} linked to none of them`
  const remedy = called === 0 ? REMEDY : 'give each framework a reference of its own'
  const reference = rows.length === 1 ? first.reference : null
  return [warning(at, problem, remedy, { reference, field: 'framework', value: parent })]
}

/**
 * The rows that were rejected or leave something open, as they are written, each with what is wrong
 * and what to do: put right, they are imported alone. Null where there are none, or the register is no table.
 */
export async function rowsToCorrect(
  { written }: OpenRegister,
  problems: readonly Problem[],
): Promise<Sheet | null> {
  const wrong = groupedBy(
    problems.filter(({ severity }) => severity === 'error' || severity === 'question'),
    ({ at }) => at,
  )
  if (written === undefined || wrong.size === 0) return null
  let headings: readonly string[] = []
  const found: ExportCell[][] = []
  for await (const rows of written.rows()) {
    for (const { line, cells } of rows) {
      if (line === written.line) headings = cells
      const of = line > written.line ? wrong.get(String(line)) : undefined
      if (of === undefined) continue
      const filled = headings.map((_, index) => cells[index] ?? '')
      const said = [of.map(({ problem }) => problem), of.map(({ remedy }) => remedy)]
      found.push(
        [...filled, ...said.map((each) => each.join('; '))].map((text) => ({
          text: guarded(text),
        })),
      )
    }
  }
  const own = [PROBLEM_HEADING, REMEDY_HEADING]
  return found.length === 0
    ? null
    : { name: 'To put right', headings: [...headings, ...own], rows: rowsIn(found) }
}

async function* rowsIn(rows: readonly ExportCell[][]): AsyncGenerator<ExportCell[]> {
  yield* rows
}
