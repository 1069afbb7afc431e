/** `extend`, `extension`, `extensions`, `headroom`, `waiver` and `waivers`. */
import { Option } from 'commander'
import type { Program } from '../app/app.ts'
import type { ShownContract } from '../reports/contract.ts'
import type { LedgerLine } from '../reports/ledger.ts'
import type { RecordedWaiver } from '../reports/waivers.ts'
import { type CivilDate, MOST_DAYS_AHEAD } from '../rules/civil-date.ts'
import { type ExtensionKind, reviewBeside, reviewDays } from '../rules/contract.ts'
import { ledgerTotals } from '../rules/ledger.ts'
import type { Decimal } from '../rules/money.ts'
import { financialYearOf } from '../rules/months.ts'
import { pick } from '../rules/text-match.ts'
import { ContractGone, UserError } from '../rules/user-error.ts'
import {
  isBreach,
  isRetrospective,
  WAIVER_CATEGORIES,
  type Waiver,
  type WaiverCategory,
  type WaiverQuarter,
  waiverQuarters,
} from '../rules/waivers.ts'
import { headroomAnswer } from '../text/headroom.ts'
import { type Cell, type Columns, csvFile, rowsUnder } from '../text/message.ts'
import { priceWords, ratioWords } from '../text/prices.ts'
import { waiverFlags, waiverRemarks, waiverSaid } from '../text/waiver.ts'
import { counted, estimateWords, oneLine, spendWords } from '../text/words.ts'
import { deadlineTable, shownContract } from './contracts.ts'
import { askedOf, type CostOptions } from './costs.ts'
import {
  type Answer,
  actorOf,
  amountOption,
  type Cli,
  contractNamed,
  dateOption,
  firstRows,
  MOST_ROWS,
  ON_TERMINAL,
  saved,
  table,
  told,
  totalText,
  visible,
  wholeOption,
} from './run.ts'

export function addExtensions(cli: Cli): void {
  cli
    .command('extensions')
    .description('the ledger of extensions: what each costs beside its ordinary months')
    .option('--year <year>', 'only the days of a financial year, such as 2026/27')
    .option('--team <team>', 'only this team')
    .answers(async (program, options: CostOptions) => {
      const { readRemarks } = await import('../reports/contract.ts')
      const { readLedger } = await import('../reports/ledger.ts')
      const { rules, year, teamId } = await askedOf(program, options)
      const organisationId = program.organisation.id
      const within = year === null ? null : { from: year.first, to: year.last }
      const asked = { organisationId, teamId, within, rules }
      const lines = await readLedger(program.pool, asked)
      const contracts = [...new Set(lines.map(({ contractId }) => contractId))]
      const remarks = await readRemarks(program.pool, contracts)
      const totals = ledgerTotals(lines, program.today(), within)
      const items = lines.map(({ extensionId, reference, extension, premium: price }) => {
        return {
          ...{ id: extensionId, reference },
          ...pick(extension, 'kind', 'status', 'from', 'to', 'cost', 'invoiced'),
          ...pick(price, 'baseline', 'method', 'assumed', 'months', 'premium', 'ratio'),
        }
      })
      const rows = () =>
        lines.map(({ reference, extension, premium: price, currency }) => [
          ...[reference, extension.kind, extension.status, extension.from, extension.to],
          amountOf(extension.cost, currency),
          amountOf(price.baseline, currency, estimateWords),
          amountOf(price.premium, currency, estimateWords),
          price.ratio === null ? null : ratioWords(price.ratio),
          price.method,
        ])
      const heading =
        year === null ? 'All extensions' : `Extensions with days in ${year.name}, by their days`
      const text = () => [
        items.length === 0 ? `${heading}: none.` : heading,
        ...(items.length === 0 ? [] : [firstRows(LEDGER_HEADINGS, rows())]),
        ...totals.map(totalText),
        ...remarks
          .slice(0, MOST_ROWS)
          .map(({ reference, text }) => `! ${visible(reference)}: ${text}`),
        ...(items.length === 0
          ? []
          : ['Premiums are estimates: cost less baseline for the months.']),
      ]
      return { json: { items, totals, remarks }, text: () => text().join('\n\n') }
    })
}

function amountOf(amount: Decimal | null, currency: string, words = spendWords): string | null {
  return amount === null ? null : words(amount, currency)
}

const LEDGER_HEADINGS = [
  'reference',
  'kind',
  'status',
  'from',
  'to',
  'cost',
  'a month',
  'premium',
  'ratio',
  'baseline from',
]

interface Recorded {
  readonly kind: ExtensionKind
  readonly cost?: Decimal
  readonly rule?: string
  readonly grounds?: string
  readonly approver?: string
}

export function addExtending(cli: Cli): void {
  recorded(
    cli
      .command('extend')
      .description('record a signed extension, which moves the end')
      .argument('<reference>')
      .requiredOption('--to <date>', 'the last day of the added cover', dateOption)
      .option(
        '--from <date>',
        'its first day (default: the day after the current end)',
        dateOption,
      ),
  ).answers(
    async (program, reference: string, options: Recorded & { to: CivilDate; from?: CivilDate }) => {
      const { extend } = await import('../actions/extend.ts')
      const { pool } = program
      const id = await contractNamed(program, reference)
      const extensionId = await extend(pool, actorOf(program), id, {
        kind: options.kind,
        to: options.to,
        from: options.from ?? null,
        ...recordOf(options),
      })
      return answered(program, id, extensionId)
    },
  )
  const extension = cli.command('extension').description('extensions that were recorded')
  recorded(
    extension
      .command('classify')
      .description('say what an extension was that a register only showed as a later end')
      .argument('<reference>')
      .option('--id <number>', 'which one, where there are several', wholeOption(1, 2_147_483_647)),
  ).answers(async (program, reference: string, options: Recorded & { id?: number }) => {
    const { classify } = await import('../actions/extend.ts')
    const { pool } = program
    const id = await contractNamed(program, reference)
    const extensionId = await unclassified(program, id, options.id ?? null)
    await classify(pool, actorOf(program), id, extensionId, {
      kind: options.kind,
      ...recordOf(options),
      cost: options.cost,
      noticeReference: null,
    })
    return answered(program, id, extensionId)
  })
  extension
    .command('withdraw')
    .description('take back an extension: everything stands as it stood before it')
    .argument('<reference>')
    .option('--id <number>', 'which one (default: the last)', wholeOption(1, 2_147_483_647))
    .option('--why <text>', 'why it is taken back')
    .answers(async (program, reference: string, options: { id?: number; why?: string }) => {
      const { extensionMeant, withdrawExtension } = await import('../actions/extend.ts')
      const { pool } = program
      const id = await contractNamed(program, reference)
      const extensionId = await extensionMeant(pool, id, options.id ?? null)
      await withdrawExtension(pool, actorOf(program), id, extensionId, options.why ?? null)
      return answered(program, id, extensionId)
    })
}

/** What can be said of an extension, whoever records it. */
function recorded(command: Cli): Cli {
  return command
    .addOption(
      new Option('--kind <kind>', 'what it is')
        .choices(['option', 'variation', 'emergency', 'renewal'])
        .makeOptionMandatory(),
    )
    .option('--cost <amount>', 'what it costs in all, without VAT', amountOption)
    .option('--rule <rule>', 'the rule that it is recorded under')
    .option('--grounds <text>', 'what made it necessary')
    .option('--approver <name>', 'who approved it')
}

function recordOf({ cost, rule, grounds, approver }: Recorded) {
  return {
    ...{ cost: cost ?? null, rule: rule ?? null },
    ...{ grounds: grounds ?? null, approver: approver ?? null },
  }
}

async function unclassified(program: Program, contractId: number, asked: number | null) {
  const { readLedger, readPriceRules } = await import('../reports/ledger.ts')
  const { pool, organisation, rulesOf } = program
  const rules = await readPriceRules(pool, organisation.id, rulesOf)
  const lines = await readLedger(pool, { organisationId: organisation.id, contractId, rules })
  const open = lines.filter(({ extension }) => extension.kind === 'unknown')
  const meant = open.filter(({ extensionId }) => asked === null || extensionId === asked)
  const [only] = meant
  if (only && meant.length === 1) return only.extensionId
  if (meant.length === 0) throw new UserError('It has no extension that nobody has classified.')
  const which = open.map(({ extensionId, extension }) => `--id ${extensionId} (to ${extension.to})`)
  throw new UserError(`It has ${open.length} of them: name one with ${which.join(' or ')}.`)
}

async function answered(program: Program, id: number, extensionId: number): Promise<Answer> {
  const { readContracts } = await import('../database/contracts.ts')
  const { contractHeadroom } = await import('../reports/headroom.ts')
  const { readLedger, readPriceRules } = await import('../reports/ledger.ts')
  const { pool, organisation, rulesOf } = program
  const today = program.today()
  const of = { organisationId: organisation.id, rulesOf, on: today }
  const { tests } = await contractHeadroom(pool, id, of)
  const rules = await readPriceRules(pool, organisation.id, rulesOf)
  const asked = { organisationId: organisation.id, contractId: id, withdrawn: true, rules }
  const line = (await readLedger(pool, asked)).find((each) => each.extensionId === extensionId)
  if (!line) throw new UserError('That extension is gone: ask again with show.')
  const { reference, currentEnd, deadlines } = await shownContract(program, id)
  const { kind, status, from, to, cost } = line.extension
  const [record] = await readContracts(pool, [id])
  const isBeside = record !== undefined && status !== 'withdrawn'
  const review = isBeside ? reviewBeside(reviewDays(record.contract), from) : null
  const json = {
    reference,
    extension: { id: extensionId, kind, status, from, to, cost },
    currentEnd,
    deadlines,
    headroom: { tests },
    premium: line.premium,
    ...(review === null ? {} : { review }),
  }
  return { json, text: () => extensionText(line, currentEnd, deadlines, review) }
}

function extensionText(
  line: LedgerLine,
  currentEnd: CivilDate | null,
  deadlines: ShownContract['deadlines'],
  review: string | null,
): string {
  return [
    `${line.extension.status === 'withdrawn' ? 'Withdrawn. ' : ''}${line.reference} ends on ${currentEnd ?? 'no known day'}.`,
    priceWords({ cost: line.extension.cost, currency: line.currency, price: line.premium }),
    ...(review === null ? [] : [`Data protection: ${review}.`]),
    deadlineTable(deadlines),
    `How much of what the law allows is used: headroom ${line.reference}`,
  ].join('\n\n')
}

export function addHeadroom(cli: Cli): void {
  cli
    .command('headroom')
    .description('how far a contract was changed, against each test of procurement law')
    .argument('<reference>', 'its reference')
    .option('--add-days <n>', 'with so many days more', wholeOption(0, MOST_DAYS_AHEAD), 0)
    .answers(async (program, reference: string, options: { addDays: number }) => {
      const { tables } = await import('../database/prisma.ts')
      const { contractHeadroom } = await import('../reports/headroom.ts')
      const { pool, organisation, rulesOf } = program
      const today = program.today()
      const id = await contractNamed(program, reference)
      const read = await contractHeadroom(pool, id, {
        ...{ organisationId: organisation.id, rulesOf, on: today, addDays: options.addDays },
      })
      const { contract } = tables(pool)
      const row = await contract.findFirst({ where: { id } })
      if (row === null) throw new ContractGone()
      const facts = {
        ...{ ...ON_TERMINAL, asOf: today, addDays: options.addDays, categoryLead: null },
        ...{ contract: row, currency: row.currency, headroom: read },
        ...{ notices: [], oneMoreMonth: read.oneMoreMonth },
      }
      return { json: read, text: () => told(headroomAnswer(facts)) }
    })
}

interface WaiverOptions extends CostOptions {
  readonly format?: 'csv' | 'md' | 'json'
  readonly out?: string
}

export function addWaivers(cli: Cli): void {
  cli
    .command('waivers')
    .description('the register of emergency extensions, with what is still to be filled in')
    .option('--year <year>', 'only those with a day in a financial year, such as 2026/27')
    .option('--team <team>', 'only this team')
    .addOption(new Option('--format <format>', 'as a file').choices(['csv', 'md', 'json']))
    .option(
      '--out <file>',
      'the waivers and breaches into this new file: a workbook (.xlsx) or CSV',
    )
    .answers(async (program, options: WaiverOptions) => {
      const { waiversSheet } = await import('../register/export/tables.ts')
      const { readLedger } = await import('../reports/ledger.ts')
      const { readWaivers } = await import('../reports/waivers.ts')
      const { rules, year, teamId } = await askedOf(program, options)
      const { pool, organisation } = program
      const of = { organisationId: organisation.id, teamId }
      const within = year === null ? null : { from: year.first, to: year.last }
      const lines = await readLedger(pool, { ...of, kind: 'emergency', within, rules })
      const agreed = lines.filter(({ extension }) => extension.status === 'confirmed')
      const today = program.today()
      const shown = year ?? financialYearOf(today, rules.organisation.financialYearStart)
      const recorded = await readWaivers(pool, { ...of, withdrawn: true })
      const standing = recorded.filter(({ withdrawnOn }) => withdrawnOn === null)
      const isOfYear = ({ beganOn }: RecordedWaiver) =>
        year === null || (beganOn >= year.first && beganOn <= year.last)
      const inYear = standing.filter(isOfYear)
      const quarters = waiverQuarters(standing, shown, today)
      if (options.out !== undefined) {
        return saved(program, options.out, waiversSheet(inYear, quarters, today), {
          count: inYear.length,
          said: counted(inYear.length, 'waiver or breach', 'waivers and breaches'),
        })
      }
      const [breaches, waivers] = [true, false].map((breach) =>
        inYear.filter((each) => isBreach(each, today) === breach),
      )
      const register = {
        waivers: (waivers ?? []).map((waiver) => ({
          ...waiver,
          retrospective: isRetrospective(waiver),
        })),
        breaches: breaches ?? [],
        withdrawn: recorded.filter((each) => each.withdrawnOn !== null && isOfYear(each)),
        quarters,
      }
      const json = {
        year: year?.name ?? null,
        items: agreed.map(item),
        totals: ledgerTotals(agreed, today, within),
        ...(recorded.length === 0 ? {} : register),
      }
      const text = () => waiversText(agreed, options.format)
      if (options.format !== undefined) return { json, text }
      const when = year === null ? 'of all years' : `in ${year.name}`
      const extensions = () =>
        `Emergency extensions ${when}, with what is still to fill for their waivers\n${text()}`
      const said = () =>
        recorded.length === 0
          ? 'No waiver of our own rules is recorded: waiver add REFERENCE records one.'
          : registerText(register, when, shown.name)
      return { json, text: () => `${extensions()}\n\n${said()}` }
    })
}

interface WaiverRegister {
  readonly waivers: readonly (RecordedWaiver & { readonly retrospective: boolean })[]
  readonly breaches: readonly RecordedWaiver[]
  /** Taken back: they count nowhere. */
  readonly withdrawn: readonly RecordedWaiver[]
  readonly quarters: readonly WaiverQuarter[]
}

function registerText(
  { waivers, breaches, withdrawn, quarters }: WaiverRegister,
  of: string,
  year: string,
): string {
  const row = (each: RecordedWaiver, last: string | null) => {
    const { id, reference, supplier, category, beganOn, approvedOn, approver } = each
    const net = amountOf(each.net, each.currency)
    return [id, reference, supplier, category, beganOn, approvedOn, approver, net, last]
  }
  const headings = [
    'waiver',
    'reference',
    'supplier',
    'category',
    'began',
    'approved',
    'approver',
    'net',
  ]
  return [
    `Waivers of our own rules ${of}: beside the legal ground, never instead of it\n${table(
      [...headings, 'to check'],
      waivers.map((each) => row(each, waiverFlags(each).join('; ') || null)),
    )}`,
    ...(breaches.length === 0
      ? []
      : [
          `Breaches to check: no approval found\n${table(
            [...headings, 'reason'],
            breaches.map((each) => row(each, each.reason)),
          )}`,
        ]),
    ...(withdrawn.length === 0
      ? []
      : [
          `Taken back: counted nowhere\n${table(
            ['waiver', 'reference', 'supplier', 'category', 'began', 'taken back', 'why'],
            withdrawn.map((each) => {
              const { id, reference, supplier, category, beganOn } = each
              const { withdrawnOn, withdrawnWhy } = each
              return [id, reference, supplier, category, beganOn, withdrawnOn, withdrawnWhy]
            }),
          )}`,
        ]),
    `By quarter of ${year}, beside the same one of the year before\n${table(
      [
        ...['quarter', 'waivers', 'retrospective', 'breaches', 'net'],
        ...['waivers before', 'retrospective before', 'breaches before', 'net before'],
      ],
      quarters.map(({ name, lastYear, ...now }) => [
        name,
        now.waivers,
        now.retrospective,
        now.breaches,
        now.net,
        lastYear.waivers,
        lastYear.retrospective,
        lastYear.breaches,
        lastYear.net,
      ]),
    )}`,
  ].join('\n\n')
}

// `waiver add`: what was asked, approved and begun; whether it came after the fact is computed.

interface WaiverTyped {
  readonly category: WaiverCategory
  readonly began: CivilDate
  readonly requested?: CivilDate
  readonly approved?: CivilDate
  readonly approver?: string
  readonly reason?: string
  readonly net?: Decimal
  readonly gross?: Decimal
  readonly supplierYear?: Decimal
  readonly committee?: CivilDate
  readonly again?: boolean
}

export function addWaiver(cli: Cli): void {
  const waiver = cli
    .command('waiver')
    .description('waivers of our own rules, beside the legal ground')
  waiver
    .command('withdraw')
    .description('take back a waiver that should not be there; the history keeps it')
    .argument('<waiver>', 'its number, as waivers lists it', wholeOption(1, 2_147_483_647))
    .requiredOption('--why <text>', 'why it is taken back')
    .answers(async (program, id: number, options: { why: string }) => {
      const { withdrawWaiver } = await import('../actions/waiver.ts')
      const { reference } = await withdrawWaiver(program.pool, actorOf(program), id, options.why)
      return {
        json: { waiver: id, reference, withdrawn: true },
        text: () => `Waiver ${id} of ${visible(reference)} is taken back; the history keeps it.`,
      }
    })
  waiver
    .command('add')
    .description('record a waiver, with or without an extension')
    .argument('<reference>', 'the contract')
    .addOption(
      new Option('--category <category>', 'why it was asked for')
        .choices([...WAIVER_CATEGORIES])
        .makeOptionMandatory(),
    )
    .requiredOption('--began <date>', 'the first day of the service', dateOption)
    .option('--requested <date>', 'when it was asked for', dateOption)
    .option(
      '--approved <date>',
      'when it was approved (left out: no approval was found)',
      dateOption,
    )
    .option('--approver <name>', 'who approved it')
    .option('--reason <text>', 'what made it necessary')
    .option('--net <amount>', 'what it costs without VAT', amountOption)
    .option('--gross <amount>', 'what it costs with VAT', amountOption)
    .option('--supplier-year <amount>', 'the supplier’s twelve months in all', amountOption)
    .option('--committee <date>', 'when the committee hears of it', dateOption)
    .option('--again', 'record it also where one that says the same is there already')
    .answers(async (program, reference: string, options: WaiverTyped) => {
      const { SameWaiver, recordWaiver } = await import('../actions/waiver.ts')
      const { pool } = program
      const id = await contractNamed(program, reference)
      const waiver: Waiver = {
        category: options.category,
        reason: options.reason ?? null,
        requestedOn: options.requested ?? null,
        approvedOn: options.approved ?? null,
        beganOn: options.began,
        approver: options.approver ?? null,
        net: options.net ?? null,
        gross: options.gross ?? null,
        supplierYear: options.supplierYear ?? null,
        committeeOn: options.committee ?? null,
      }
      const again = options.again === true
      const recorded = await recordWaiver(pool, actorOf(program), id, waiver, again).catch(
        (error: unknown) => {
          if (!(error instanceof SameWaiver)) throw error
          throw new UserError(
            `${error.message} Nothing was recorded. Add --again to record it once more, or take that one back: waiver withdraw ${error.waiverId} --why TEXT.`,
          )
        },
      )
      const today = program.today()
      return {
        json: {
          ...{ id: recorded.id, reference, ...recorded.waiver, extension: recorded.extension },
          ...{ retrospective: isRetrospective(waiver), breach: isBreach(waiver, today) },
          check: waiverRemarks(recorded.waiver, today, recorded.contractStart),
        },
        text: () => `${visible(reference)}: ${waiverSaid(recorded, waiver.approver, today)}`,
      }
    })
}

function item(line: LedgerLine) {
  return {
    ...pick(line, 'reference', 'title', 'supplier', 'team'),
    ...pick(line.extension, 'from', 'to', 'cost'),
    currency: line.currency,
    ...pick(line.premium, 'baseline', 'method', 'premium', 'ratio'),
    ...pick(line, 'rule', 'grounds', 'approver'),
    toFill: toFill(line),
  }
}

function toFill({ extension, rule, grounds, approver }: LedgerLine): string[] {
  const wanted = { cost: extension.cost, rule, grounds, approver }
  return Object.entries(wanted).flatMap(([name, value]) => (value === null ? [name] : []))
}

const COLUMNS: Columns<ReturnType<typeof item>> = {
  Reference: ({ reference }) => reference,
  Title: ({ title }) => title,
  Supplier: ({ supplier }) => supplier,
  Team: ({ team }) => team,
  From: ({ from }) => from,
  To: ({ to }) => to,
  Cost: ({ cost }) => cost,
  Currency: ({ currency }) => currency,
  'Premium (estimate)': ({ premium }) => premium,
  'Times the ordinary cost': ({ ratio }) => ratio,
  Rule: ({ rule }) => rule,
  Grounds: ({ grounds }) => grounds,
  Approver: ({ approver }) => approver,
  'To fill': ({ toFill }) => toFill.join(', '),
}
const HEADINGS = Object.keys(COLUMNS)

function waiversText(lines: readonly LedgerLine[], format: WaiverOptions['format']): string {
  const rows = rowsUnder(COLUMNS, lines.map(item))
  if (format === 'csv') {
    return String(csvFile('waivers', 'Waivers', HEADINGS, rows).content).trimEnd()
  }
  if (format === 'md') return markdown(rows)
  if (rows.length === 0) return 'No emergency extension is recorded.'
  return table(
    ['reference', 'supplier', 'from', 'to', 'cost', 'premium (est.)', 'approver', 'to fill'],
    lines.map((line) => {
      const { reference, supplier, from, to, cost, currency, premium, approver, toFill } =
        item(line)
      return [
        ...[reference, supplier, from, to, amountOf(cost, currency)],
        ...[amountOf(premium, currency, estimateWords), approver, toFill.join(', ')],
      ]
    }),
  )
}

function markdown(rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]) => `| ${cells.map(cell).join(' | ')} |`
  return [line(HEADINGS), line(HEADINGS.map(() => '---')), ...rows.map(line)].join('\n')
}

function cell(value: Cell): string {
  if (value === null) return ''
  return oneLine(String(value)).replace(/[\\`*_{}[\]<>#|!~]/g, (sign) => `\\${sign}`)
}
