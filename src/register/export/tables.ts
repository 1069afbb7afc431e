/** What goes out as a file, for the command line and for Slack: the register, extensions, the audit. */

import { extname } from 'node:path'
import type { Pool } from 'pg'
import { type AuditChange, peopleShown, withNames } from '../../database/audit-log.ts'
import { type RuledOrganisation, readTeams } from '../../database/organisation.ts'
import { tables } from '../../database/prisma.ts'
import { type BoardAsked, readBoard } from '../../reports/board.ts'
import { readEnded } from '../../reports/ended.ts'
import { type LedgerLine, readLedger, readPriceRules } from '../../reports/ledger.ts'
import type { RecordedWaiver } from '../../reports/waivers.ts'
import { type CivilDate, parseCivilDate } from '../../rules/civil-date.ts'
import { groupedBy } from '../../rules/text-match.ts'
import { isBreach, isRetrospective, type Waiver, type WaiverQuarter } from '../../rules/waivers.ts'
import {
  BECAUSE,
  type BoardContract,
  type BoardFacts,
  boardLines,
  type EmergencyYear,
  plainLine,
  SENSITIVE,
} from '../../text/board.ts'
import {
  PERSONAL_DATA_HEADINGS,
  type PersonalDataFacts,
  personalDataRows,
} from '../../text/contract-list.ts'
import { type Columns, rowsUnder } from '../../text/message.ts'
import { PIPELINE_HEADINGS, type PipelineFacts, pipelineRows } from '../../text/pipeline.ts'
import { counted, dateWords, type Mrkdwn } from '../../text/words.ts'
import { answersTo } from '../answers.ts'
import { ANSWER_HEADING, ENDED_SHEET, QUESTIONS_SHEET, SUPPLIED_HEADING } from '../draft.ts'
import { type Question, readQuestions } from '../import/questions.ts'
import { exportedContracts, registerSheet } from './export.ts'
import {
  type DateFormat,
  dayCell,
  type ExportCell,
  numberCell,
  type Sheet,
  saidCell,
  sheetCsv,
  sheetXlsx,
} from './sheet.ts'

export type ExportWhat = 'register' | 'extensions' | 'audit' | 'board'
/** Tables of contracts and of changes. */
export type TableWhat = Exclude<ExportWhat, 'board'>

export type ExportFormat = 'csv' | 'xlsx'

/** What a file of this name is to hold. */
export function formatOf(file: string): ExportFormat {
  return extname(file).toLowerCase() === '.xlsx' ? 'xlsx' : 'csv'
}

interface ExportDeps extends RuledOrganisation {
  readonly pool: Pool
}

export interface ExportTable {
  readonly sheet: Sheet
  /** How many contracts, extensions or changes. */
  readonly count: number
  /** The same in words: `1,234 contracts`. */
  readonly said: string
}

interface BoardTable extends ExportTable {
  /** The figures, a sentence each. */
  readonly lines: readonly Mrkdwn[]
}

/** The contracts with these ids, or their extensions, in this order; the audit is always whole. */
export async function exportTable(
  deps: ExportDeps,
  what: TableWhat,
  ids: readonly number[],
): Promise<ExportTable> {
  const { pool, organisationId } = deps
  switch (what) {
    case 'register': {
      const count = ids.length
      const register = registerSheet(exportedContracts(pool, organisationId, ids))
      const questions = await readQuestions(pool, organisationId, { isOpen: true, withLaw: true })
      const ended = await endedSheet(deps, ids)
      const asked = questions.every(({ about }) => about === 'setting' || about === 'regime')
        ? ended
        : { ...questionsSheet(questions), ...(ended === null ? {} : { beside: ended }) }
      const sheet = asked === null ? register : { ...register, beside: asked }
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

/** What is open, to be answered in the last column and imported again. */
function questionsSheet(questions: readonly Question[]): Sheet {
  async function* rows(): AsyncGenerator<readonly ExportCell[]> {
    for (const { id, about, text, contracts, holds, choices, askedOn } of questions) {
      yield [
        numberCell(id),
        saidCell(text),
        numberCell(contracts),
        saidCell(holds),
        dayCell(askedOn),
        saidCell(answersTo({ about, choices }).join('; ')),
        null,
      ]
    }
  }
  return { name: QUESTIONS_SHEET, headings: QUESTION_HEADINGS, rows: rows() }
}

/** What had ended before it was first read, to be answered in the last column and imported again; null where nothing had. */
async function endedSheet(
  { pool, organisationId, rulesOf }: ExportDeps,
  ids: readonly number[],
): Promise<Sheet | null> {
  const wanted = new Set(ids)
  const teams = await readTeams(pool, organisationId)
  const all = await readEnded(pool, organisationId, teams, rulesOf)
  const ended = all.filter(({ contractId }) => wanted.has(contractId))
  if (ended.length === 0) return null
  return {
    name: ENDED_SHEET,
    headings: [
      ...['Contract number', 'Reference', 'Title', 'Supplier', 'Team', 'Ended', 'Value'],
      ...['Currency', 'Seems replaced by', SUPPLIED_HEADING],
    ],
    rows: rowsOf(ended, (each) => [
      ...[numberCell(each.contractId), saidCell(each.reference), saidCell(each.title)],
      ...[saidCell(each.supplier), saidCell(each.team), dayCell(each.ended)],
      ...[numberCell(each.value), saidCell(each.currency), saidCell(each.replacedBy), null],
    ]),
  }
}

const QUESTION_HEADINGS = [
  'Question',
  'What is asked',
  'Contracts',
  'Until it is answered',
  'Asked on',
  'Answers',
  ANSWER_HEADING,
]

/** Withdrawn ones too, with their status: the ledger says what happened. */
async function ledgerOf({ pool, organisationId, rulesOf }: ExportDeps, ids: readonly number[]) {
  const rules = await readPriceRules(pool, organisationId, rulesOf)
  const wanted = new Set(ids)
  const lines = await readLedger(pool, { organisationId, withdrawn: true, rules })
  return lines.filter(({ contractId }) => wanted.has(contractId))
}

/** The file's bytes, piece by piece. @throws UserError where a workbook would be too large. */
export async function* exportFile(
  sheet: Sheet,
  format: ExportFormat,
  dates: DateFormat,
): AsyncGenerator<string | Buffer> {
  if (format === 'csv') yield* sheetCsv(sheet)
  else yield await sheetXlsx(sheet, dates)
}

const HEADINGS = [
  'Entry',
  'At (UTC)',
  'By',
  'Via',
  'Summary',
  'Change',
  'Reference',
  'Contract number',
  'What',
  'Field',
  'From',
  'To',
  'Hash of the entry',
]

/** The entries up to this position, read in bounded memory; one without changes has a row too. */
export function auditSheet(
  pool: Pool,
  organisationId: number,
  upTo: number,
  atOnce: AtOnce = { entries: 500, changes: 5000 },
): Sheet {
  const rows = auditRows(pool, organisationId, upTo, atOnce)
  return { name: 'Audit', headings: HEADINGS, rows }
}

/** How much is read in one query. */
interface AtOnce {
  readonly entries: number
  readonly changes: number
}

/** Where the chain ends now, and how many rows it would be. */
export async function auditLength(
  pool: Pool,
  organisationId: number,
): Promise<{ readonly upTo: number; readonly rows: number }> {
  const { auditEntry } = tables(pool)
  const where = { organisationId }
  const { _max, _sum } = await auditEntry.aggregate({
    where,
    _max: { position: true },
    _sum: { changes: true },
  })
  const upTo = _max.position ?? 0
  // An entry without changes is a row as well.
  const bare = await auditEntry.count({ where: { ...where, position: { lte: upTo }, changes: 0 } })
  return { upTo, rows: (_sum.changes ?? 0) + bare }
}

interface Entry {
  readonly id: number
  readonly position: number
  readonly at: Date
  readonly by: string | null
  readonly via: string
  readonly summary: string
  readonly changes: number
  readonly hash: string
}

interface Change extends AuditChange {
  readonly entryId: number
  readonly position: number
  readonly reference: string | null
}

async function* auditRows(
  pool: Pool,
  organisationId: number,
  upTo: number,
  atOnce: AtOnce,
): AsyncGenerator<ExportCell[]> {
  for (let after = 0; ; ) {
    const found = await tables(pool).auditEntry.findMany({
      where: { organisationId, position: { gt: after, lte: upTo } },
      orderBy: { position: 'asc' },
      take: atOnce.entries,
    })
    const by = found.flatMap(({ byPersonId }) => byPersonId ?? [])
    const people = await peopleShown(pool, organisationId, by)
    const names = new Map(people.map(({ id, name }) => [id, name]))
    const entries = found.map(({ byPersonId, ...entry }) => {
      return { ...entry, by: names.get(byPersonId ?? 0) ?? null }
    })
    if (entries.length === 0) return
    for (const group of grouped(entries, atOnce.changes)) {
      yield* rowsOfGroup(pool, organisationId, group, atOnce.changes)
    }
    after = entries.at(-1)?.position ?? after
  }
}

/** Entries that are read together; one with many changes, such as a first import, by itself. */
function grouped(entries: readonly Entry[], most: number): Entry[][] {
  const groups: Entry[][] = []
  let held = Number.POSITIVE_INFINITY
  for (const entry of entries) {
    held += entry.changes
    if (held > most) {
      groups.push([])
      held = entry.changes
    }
    groups.at(-1)?.push(entry)
  }
  return groups
}

async function* rowsOfGroup(
  pool: Pool,
  organisationId: number,
  entries: readonly Entry[],
  most: number,
): AsyncGenerator<ExportCell[]> {
  const first = entries[0]
  if (entries.length === 1 && first !== undefined && first.changes > most) {
    for (let after = 0; after < first.changes; after += most) {
      for (const change of await readChanges(pool, organisationId, [first.id], after, most))
        yield rowOf(first, change)
    }
    return
  }
  const ids = entries.map(({ id }) => id)
  const changes = groupedBy(
    await readChanges(pool, organisationId, ids, 0, most),
    ({ entryId }) => entryId,
  )
  for (const entry of entries) {
    for (const change of changes.get(entry.id) ?? [null]) yield rowOf(entry, change)
  }
}

/** Positions within an entry are 1, 2, 3, … */
async function readChanges(
  pool: Pool,
  organisationId: number,
  ids: readonly number[],
  after: number,
  most: number,
): Promise<Change[]> {
  const found = await pool.query<Change>(
    `SELECT c.entry_id AS "entryId", c.position, k.reference, c.contract_id AS "contractId", c.what,
            c.field, c.from_value AS "from", c.to_value AS "to"
     FROM audit_change c LEFT JOIN contract k ON k.id = c.contract_id
     WHERE c.entry_id = ANY($1) AND c.position > $2 AND c.position <= $2 + $3
     ORDER BY c.entry_id, c.position`,
    [ids, after, most],
  )
  return await withNames(pool, organisationId, found.rows)
}

function rowOf(entry: Entry, change: Change | null): ExportCell[] {
  return [
    numberCell(entry.position),
    { at: entry.at },
    saidCell(entry.by),
    saidCell(entry.via),
    saidCell(entry.summary),
    numberCell(change?.position ?? null),
    saidCell(change?.reference ?? null),
    numberCell(change?.contractId ?? null),
    saidCell(change?.what ?? null),
    saidCell(change?.field ?? null),
    saidCell(change?.from ?? null),
    saidCell(change?.to ?? null),
    saidCell(entry.hash),
  ]
}

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
function extensionsSheet(lines: readonly LedgerLine[]): Sheet {
  return {
    name: 'Extensions',
    headings: COLUMNS.map(({ heading }) => heading),
    rows: extensionRows(lines),
  }
}

async function* extensionRows(lines: readonly LedgerLine[]): AsyncGenerator<ExportCell[]> {
  for (const line of lines) yield COLUMNS.map(({ cell }) => cell(line))
}

// The registers that the law asks for: waivers with their quarters, and the pipeline.

function waiverColumns(today: CivilDate): Columns<RecordedWaiver, ExportCell> {
  return {
    Waiver: ({ id }) => numberCell(id),
    Reference: ({ reference }) => saidCell(reference),
    Title: ({ title }) => saidCell(title),
    Supplier: ({ supplier }) => saidCell(supplier),
    Team: ({ team }) => saidCell(team),
    Category: ({ category }) => saidCell(category),
    Reason: ({ reason }) => saidCell(reason),
    Requested: ({ requestedOn }) => dayCell(requestedOn),
    Approved: ({ approvedOn }) => dayCell(approvedOn),
    'Service began': ({ beganOn }) => dayCell(beganOn),
    Approver: ({ approver }) => saidCell(approver),
    Net: ({ net }) => numberCell(net),
    'With VAT': ({ gross }) => numberCell(gross),
    Currency: ({ currency }) => saidCell(currency),
    'Supplier, twelve months in all': ({ supplierYear }) => numberCell(supplierYear),
    Committee: ({ committeeOn }) => dayCell(committeeOn),
    'Legal ground recorded': ({ rule }) => saidCell(rule),
    'What it is': (each) => saidCell(waiverKind(each, isBreach(each, today))),
  }
}

const QUARTER_COLUMNS: Columns<WaiverQuarter, ExportCell> = {
  Quarter: ({ name }) => saidCell(name),
  Waivers: ({ waivers }) => numberCell(waivers),
  Retrospective: ({ retrospective }) => numberCell(retrospective),
  Breaches: ({ breaches }) => numberCell(breaches),
  Net: ({ net }) => numberCell(net),
  'A year before: waivers': ({ lastYear }) => numberCell(lastYear.waivers),
  'A year before: retrospective': ({ lastYear }) => numberCell(lastYear.retrospective),
  'A year before: breaches': ({ lastYear }) => numberCell(lastYear.breaches),
  'A year before: net': ({ lastYear }) => numberCell(lastYear.net),
}

/** The waivers and, apart, the breaches; beside them each quarter with the same one of last year. */
export function waiversSheet(
  recorded: readonly RecordedWaiver[],
  quarters: readonly WaiverQuarter[],
  today: CivilDate,
): Sheet {
  const sorted = [false, true].flatMap((breach) =>
    recorded.filter((each) => isBreach(each, today) === breach),
  )
  return {
    name: 'Waivers',
    ...sheetOf(waiverColumns(today), sorted),
    beside: { name: 'Quarters', ...sheetOf(QUARTER_COLUMNS, quarters) },
  }
}

function sheetOf<Item>(columns: Columns<Item, ExportCell>, items: readonly Item[]) {
  return { headings: Object.keys(columns), rows: rowsOf(rowsUnder(columns, items), (row) => row) }
}

function waiverKind(waiver: Waiver, breach: boolean): string {
  if (breach) return 'Breach to check: no approval found'
  return isRetrospective(waiver) ? 'Retrospective waiver: check' : 'Waiver'
}

/** One line a procurement; what no register says is marked. */
export function pipelineSheet(facts: PipelineFacts): Sheet {
  return {
    name: 'Pipeline',
    headings: PIPELINE_HEADINGS,
    rows: rowsOf(pipelineRows(facts), (cells) =>
      cells.map((cell, at) => {
        if (cell === null) return null
        const heading = PIPELINE_HEADINGS[at] ?? ''
        if (heading.startsWith('Value')) return numberCell(cell)
        const day = PIPELINE_DAYS.has(heading) ? parseCivilDate(String(cell)) : null
        return day === null ? saidCell(String(cell)) : dayCell(day)
      }),
    ),
  }
}

export function personalDataSheet(list: PersonalDataFacts): Sheet {
  return {
    name: 'Personal data',
    headings: PERSONAL_DATA_HEADINGS,
    rows: rowsOf(personalDataRows(list), (cells) =>
      cells.map((cell, at) => {
        if (cell === null) return null
        const isDay = PERSONAL_DATA_DAYS.has(PERSONAL_DATA_HEADINGS[at] ?? '')
        const day = isDay ? parseCivilDate(String(cell)) : null
        return day === null ? saidCell(String(cell)) : dayCell(day)
      }),
    ),
  }
}
const PERSONAL_DATA_DAYS: ReadonlySet<string> = new Set([
  ...['Ends', 'Review due', 'Reviewed', 'Extended from'],
])
const PIPELINE_DAYS: ReadonlySet<string> = new Set(['Notice or start by', 'First day needed'])

// The board as a workbook: the figures, then each list whole.

/** What the board says, with the questions that registers leave open. */
export async function readBoardOf(
  pool: Pool,
  asked: Omit<BoardAsked, 'questions'>,
): Promise<BoardFacts> {
  const open = await readQuestions(pool, asked.organisationId, { isOpen: true, withLaw: true })
  const asking = open.filter(({ askedOn }) => askedOn !== null)
  return readBoard(pool, { ...asked, questions: { open: open.length, asked: asking.length } })
}

const NAMED = ['Reference', 'Title', 'Supplier', 'Team'] as const

function namedCells({ reference, title, supplier, team }: BoardContract): ExportCell[] {
  return [saidCell(reference), saidCell(title), saidCell(supplier), saidCell(team)]
}

/** The same as a workbook's sheets. */
export async function boardTable(
  pool: Pool,
  asked: Omit<BoardAsked, 'questions'>,
): Promise<BoardTable> {
  const facts = await readBoardOf(pool, asked)
  const said = `The board of ${dateWords(asked.today)}`
  return { sheet: boardSheet(facts), count: 1, said, lines: boardLines(facts) }
}

/** Each sheet is beside the one before it; what is sensitive is marked in a column of its own. */
function boardSheet(facts: BoardFacts): Sheet {
  const { gaps, outOfContract, behind, covered, waivers, pipeline } = facts
  const sensitive = saidCell(SENSITIVE)
  const sheets: Sheet[] = [
    {
      name: 'Board',
      headings: [`The board, ${facts.asOf}`],
      rows: rowsOf(boardLines(facts), (line) => [saidCell(plainLine(line))]),
    },
    {
      name: 'Gaps',
      headings: [
        ...[...NAMED, 'First day without cover', 'Last', 'Days', 'Payable anyway (estimate)'],
        ...['Extra (estimate)', 'Currency', 'How it was found', 'Why', 'Marking'],
      ],
      rows: rowsOf(gaps, ({ from, to, days, cost, currency, because, ...named }) => [
        ...namedCells(named),
        ...[dayCell(from), dayCell(to), numberCell(days), numberCell(cost.runRate)],
        ...[numberCell(cost.extra), saidCell(currency), saidCell(cost.method)],
        ...[saidCell(BECAUSE[because]), because === 'late-successor' ? null : sensitive],
      ]),
    },
    {
      name: 'Out of contract',
      headings: [...NAMED, 'Since', 'Days', 'Cost so far (estimate)', 'Currency', 'Supplied'],
      rows: rowsOf(outOfContract, ({ since, days, accrued, currency, supplied, ...named }) => [
        ...namedCells(named),
        ...[dayCell(since), numberCell(days), numberCell(accrued), saidCell(currency)],
        saidCell(supplied ? 'yes' : 'nobody said'),
      ]),
    },
    {
      name: 'Behind plan',
      headings: [...NAMED, 'Owner', 'Next step', 'Due', 'Days late', 'Days behind', 'Marking'],
      rows: rowsOf(behind.items, (item) => [
        ...namedCells(item),
        ...[saidCell(item.owner?.name ?? null), saidCell(item.checkpoint), dayCell(item.dueOn)],
        ...[numberCell(item.daysLate), numberCell(item.daysBehind), sensitive],
      ]),
    },
    {
      name: 'Emergency months',
      headings: ['Year', 'Months', 'By this day of it', 'Extensions', ...EMERGENCY_AMOUNTS],
      rows: rowsOf([facts.emergency.thisYear, facts.emergency.lastYear], emergencyCells),
    },
    {
      name: 'Ended uncovered',
      headings: [...NAMED, 'End'],
      rows: rowsOf(covered.missed, (item) => [...namedCells(item), dayCell(item.on)]),
    },
    {
      name: 'Waivers and breaches',
      headings: [
        ...[...NAMED, 'What it is', 'Category', 'Service began', 'Approved', 'Approver'],
        ...['Net', 'Currency', 'Reason'],
      ],
      rows: rowsOf(waivers.items, (item) => [
        ...namedCells(item),
        saidCell(waiverKind(item, item.breach)),
        ...[saidCell(item.category), dayCell(item.beganOn), dayCell(item.approvedOn)],
        ...[saidCell(item.approver), numberCell(item.net), saidCell(item.currency)],
        saidCell(item.reason),
      ]),
    },
    {
      name: 'Pipeline',
      headings: [
        ...[...NAMED, 'List', 'Start by', 'First day needed', 'Route', 'With VAT (£)', 'Marking'],
      ],
      rows: rowsOf(pipeline.items, (item) => [
        ...namedCells(item),
        saidCell(item.list === 'UK1' ? 'UK1: check' : 'Other replacements'),
        ...[dayCell(item.startBy), dayCell(item.coverFrom)],
        saidCell(item.routeAssumed ? `${item.route} (assumed)` : item.route),
        ...[numberCell(item.gross), sensitive],
      ]),
    },
  ]
  return sheets.reduceRight((beside, sheet) => ({ ...sheet, beside }))
}

const EMERGENCY_AMOUNTS = ['Committed', 'Premium (estimate)', 'Currency'] as const

function emergencyCells({ year, months, untilNow, extensions, totals }: EmergencyYear) {
  const [total] = totals
  return [
    ...[saidCell(year), numberCell(months), numberCell(untilNow), numberCell(extensions)],
    ...[numberCell(total?.cost ?? null), numberCell(total?.premium ?? null)],
    saidCell(total?.currency ?? null),
  ]
}

async function* rowsOf<Item>(
  items: readonly Item[],
  cells: (item: Item) => readonly ExportCell[],
): AsyncGenerator<readonly ExportCell[]> {
  for (const item of items) yield cells(item)
}
