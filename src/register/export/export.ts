/**
 * The columns of an export, each under a heading that an import recognises, so that an export can
 * be changed in a spreadsheet and imported again.
 */
import type { Pool } from 'pg'
import { type ContractColumns, columnsOf, periodOf } from '../../database/contracts.ts'
import { nameKey } from '../../database/organisation.ts'
import { tables } from '../../database/prisma.ts'
import { calendarPart, dateParts, spanText } from '../../rules/civil-date.ts'
import { documentsOf, type Extension, type Period, type Regime } from '../../rules/contract.ts'
import { periodText } from '../../rules/working-days.ts'
import { guarded, unguarded } from '../../text/message.ts'
import { type ExtensionRecord, OPTION_ENDS, VALUE_WORDS } from '../draft.ts'
import type { FieldName } from '../import/columns.ts'
import { readNoticeLength } from '../parse-amount.ts'
import { cleanText, linksText, namesIn, quotedNames } from '../parse-words.ts'
import { dayCell, type ExportCell, numberCell, type Sheet } from './sheet.ts'

interface ExportColumn {
  readonly heading: string
  /** Where it is what a field of the contract says, and nothing else does. */
  readonly field?: FieldName
  /** `extension` is null where the contract has none. */
  readonly cell: (contract: ExportedContract, extension: ExportedExtension | null) => ExportCell
}

/** An identity comes first: it says which contract a row is, whatever else is changed in it. */
export const EXPORT_COLUMNS: readonly ExportColumn[] = [
  { heading: 'Lapsewatch id', cell: ({ externalId }) => text(externalId) },
  { heading: 'Reference', field: 'reference', cell: ({ reference }) => text(reference) },
  { heading: 'Lot', field: 'lot', cell: ({ lot }) => text(lot) },
  { heading: 'Title', field: 'title', cell: ({ title }) => text(title) },
  {
    heading: 'Supplier',
    field: 'supplier',
    cell: ({ supplier }) => names(supplier === null ? [] : [supplier]),
  },
  { heading: 'Reseller', field: 'reseller', cell: ({ reseller }) => text(reseller) },
  { heading: 'Buyer', cell: ({ buyers }) => names(buyers) },
  { heading: 'Department', field: 'department', cell: ({ department }) => text(department) },
  { heading: 'Team', cell: ({ team }) => text(team) },
  { heading: 'Owner', cell: ({ owner }) => text(owner) },
  { heading: 'Owner email', cell: ({ ownerEmail }) => text(ownerEmail) },
  { heading: 'Deputy', cell: ({ deputy }) => text(deputy) },
  { heading: 'Deputy email', cell: ({ deputyEmail }) => text(deputyEmail) },
  { heading: 'Category', field: 'category', cell: ({ category }) => text(category) },
  { heading: 'Category lead', cell: ({ categoryLead }) => text(categoryLead) },
  { heading: 'Category lead email', cell: ({ categoryLeadEmail }) => text(categoryLeadEmail) },
  { heading: 'Form', field: 'form', cell: ({ form }) => text(form.replace('-', ' ')) },
  { heading: 'Start', field: 'start', cell: ({ start }) => dayCell(start) },
  { heading: 'End', cell: endCell },
  { heading: 'Maximum end', field: 'maximum_end', cell: ({ maximumEnd }) => dayCell(maximumEnd) },
  {
    heading: 'Notice period',
    field: 'notice_amount',
    cell: ({ noticeText, noticeAmount, noticeUnit }) =>
      noticeCell(noticeText, periodOf(noticeAmount, noticeUnit)),
  },
  {
    heading: 'Automatic renewal',
    field: 'automatic_renewal',
    cell: ({ automaticRenewal }) => yesOrNo(automaticRenewal),
  },
  {
    heading: 'Renewal term',
    field: 'renewal_amount',
    cell: ({ renewalAmount, renewalUnit }) => period(periodOf(renewalAmount, renewalUnit)),
  },
  { heading: 'Rolls from', field: 'rolls_from', cell: ({ rollsFrom }) => dayCell(rollsFrom) },
  {
    heading: 'Option to be exercised by',
    field: 'option_by',
    cell: ({ optionBy }) => dayCell(optionBy),
  },
  { heading: 'Review date', field: 'review_on', cell: ({ reviewOn }) => dayCell(reviewOn) },
  { heading: 'Last call-off', field: 'call_off_by', cell: ({ callOffBy }) => dayCell(callOffBy) },
  {
    heading: 'Personal data',
    field: 'personal_data',
    cell: ({ personalData }) => yesOrNo(personalData),
  },
  {
    heading: 'Shares personal data',
    field: 'shares_data',
    cell: ({ sharesData }) => yesOrNo(sharesData),
  },
  { heading: 'Shared with', field: 'shared_with', cell: ({ sharedWith }) => text(sharedWith) },
  { heading: 'DPIA reference', field: 'dpia', cell: ({ dpia }) => text(dpia) },
  { heading: 'Regime', field: 'regime', cell: ({ ownRegime }) => text(ownRegime) },
  { heading: 'Route', field: 'route', cell: ({ route }) => text(route) },
  { heading: 'CPV codes', field: 'cpv', cell: ({ cpv }) => text(cpv) },
  { heading: 'ITL region', field: 'itl', cell: ({ itl }) => text(itl) },
  {
    heading: 'Documents',
    field: 'documents',
    cell: ({ documents }) => text(linksText(documentsOf(documents))),
  },
  { heading: 'Products', cell: ({ products }) => names(products) },
  { heading: 'Covered product', cell: ({ covers }) => inOrder(covers, ({ product }) => product) },
  { heading: 'Covered release', cell: ({ covers }) => inOrder(covers, ({ release }) => release) },
  { heading: 'Cover kind', cell: ({ covers }) => inOrder(covers, coverKindText) },
  {
    heading: 'Cover count',
    cell: ({ covers }) => inOrder(covers, ({ count }) => (count === null ? '' : String(count))),
  },
  { heading: 'Units', field: 'units', cell: ({ units }) => numberCell(units) },
  { heading: 'Unit price', field: 'unit_price', cell: ({ unitPrice }) => numberCell(unitPrice) },
  { heading: 'Contract value', field: 'value', cell: ({ value }) => numberCell(value) },
  { heading: 'Value basis', field: 'value_basis', cell: ({ valueBasis }) => known(valueBasis) },
  { heading: 'VAT', field: 'vat', cell: ({ vat }) => known(vat) },
  {
    heading: 'VAT recoverable',
    field: 'vat_recoverable',
    // "None" says nothing in a register.
    cell: ({ vatRecoverable: part }) => known(part === 'none' ? 'not recoverable' : part),
  },
  { heading: 'Currency', field: 'currency', cell: ({ currency }) => text(currency) },
  {
    heading: 'Periodic charge',
    field: 'periodic_charge',
    cell: ({ periodicCharge }) => numberCell(periodicCharge),
  },
  { heading: 'Charge unit', field: 'charge_unit', cell: ({ chargeUnit }) => text(chargeUnit) },
  {
    heading: 'Invoiced in the last 12 months',
    field: 'invoiced_last_year',
    cell: ({ invoicedLastYear }) => numberCell(invoicedLastYear),
  },
  {
    heading: 'One-off charges',
    field: 'one_off_charges',
    cell: ({ oneOffCharges }) => numberCell(oneOffCharges),
  },
  {
    heading: 'Minimum extension',
    field: 'minimum_extension_amount',
    cell: ({ minimumExtensionAmount: amount, minimumExtensionUnit: unit }) =>
      period(periodOf(amount, unit)),
  },
  { heading: 'Framework reference', cell: ({ parent }) => text(parent) },
  { heading: 'Replaces', field: 'predecessor', cell: ({ predecessor }) => text(predecessor) },
  { heading: 'Replaced by', field: 'successor', cell: ({ successor }) => text(successor) },
  {
    heading: 'Status',
    cell: ({ closedOn, historic }) =>
      text(closedOn !== null ? 'closed' : historic ? 'historic' : 'active'),
  },
  { heading: 'Extension type', cell: (_, each) => known(each?.kind ?? null) },
  { heading: 'Extension status', cell: (_, each) => text(each?.status ?? null) },
  { heading: 'Extension start', cell: (_, each) => dayCell(each?.from ?? null) },
  { heading: 'Extension end', cell: (_, each) => dayCell(each?.to ?? null) },
  { heading: 'Extension agreed', cell: (_, each) => dayCell(each?.knownOn ?? null) },
  { heading: 'Extension cost', cell: (_, each) => numberCell(each?.cost ?? null) },
  { heading: 'Extension invoiced', cell: (_, each) => numberCell(each?.invoiced ?? null) },
  { heading: 'Extension rule', cell: (_, each) => text(each?.rule ?? null) },
  { heading: 'Extension grounds', cell: (_, each) => text(each?.grounds ?? null) },
  { heading: 'Extension approver', cell: (_, each) => text(each?.approver ?? null) },
  { heading: 'Extension notice', cell: (_, each) => text(each?.noticeReference ?? null) },
  // Where a figure stands for them, the words and days that an import takes of an export alone.
  { heading: VALUE_WORDS, field: 'value_text', cell: ({ valueText }) => text(valueText) },
  { heading: OPTION_ENDS, field: 'option_ends', cell: ({ optionEnds }) => text(optionEnds) },
  { heading: 'Watched', cell: ({ watched }) => yesOrNo(watched) },
  // Whether a contract was changed since then is known by this.
  { heading: 'As of change', cell: ({ asOf }) => numberCell(asOf) },
  // For people: an import reads neither.
  { heading: 'Ends now', cell: ({ currentLatest }) => dayCell(currentLatest) },
  { heading: 'Kept in', cell: ({ source }) => text(source) },
]

/** One beside the other, empty ones too: the columns are read by their places. */
function inOrder(
  covers: ExportedContract['covers'],
  said: (cover: ExportedContract['covers'][number]) => string,
): ExportCell {
  const texts = covers.map(said)
  return texts.every((each) => each === '') ? null : text(texts.join('; '))
}

function coverKindText({ kind, custom, forAll }: ExportedContract['covers'][number]): string {
  const how = custom === null ? '' : custom ? ' (custom)' : ' (not custom)'
  const all = forAll ? 'for all teams' : ''
  return kind === null ? all : `${kind}${how} ${all}`.trim()
}

/** The register as a table: a row for each extension of a contract, and at least one for each. */
export function registerSheet(contracts: AsyncIterable<ExportedContract>): Sheet {
  async function* rows(): AsyncGenerator<ExportCell[]> {
    for await (const contract of contracts) {
      for (const extension of contract.extensions.length === 0 ? [null] : contract.extensions) {
        yield EXPORT_COLUMNS.map(({ cell }) => cell(contract, extension))
      }
    }
  }
  return { name: 'Contracts', headings: EXPORT_COLUMNS.map(({ heading }) => heading), rows: rows() }
}

/** As precise as it is known: a day, `2018-06`, `Q2 2026`, `2026`, its range; rolling in a word. */
function endCell(contract: ExportedContract): ExportCell {
  const { endKind, endEarliest, endLatest } = contract
  if (endKind === 'rolling') return { text: 'rolling' }
  if (endKind === 'undated' || endLatest === null) return null
  if (endEarliest === null || endEarliest === endLatest) return { day: endLatest }
  const part = calendarPart(endEarliest, endLatest)
  if (part === 'month') return { text: endLatest.slice(0, 7) }
  const isNamed = part === 'quarter' || (part === 'year' && dateParts(endLatest).month === 12)
  return { text: isNamed ? spanText(endEarliest, endLatest) : `${endEarliest}..${endLatest}` }
}

function text(value: string | null): ExportCell {
  const cell = textCell(value)
  return cell === null ? null : { text: cell }
}

function names(list: readonly string[]): ExportCell {
  const cell = namesCell(list)
  return cell === null ? null : { text: cell }
}

/** `unknown` is an empty cell. */
function known(word: string | null): ExportCell {
  return word === null || word === 'unknown' ? null : { text: word }
}

function period(length: Period | null): ExportCell {
  return length === null ? null : { text: periodText(length) }
}

/** The words of a notice where they say its length as well, or are all there is. */
function noticeCell(words: string | null, length: Period | null): ExportCell {
  if (words === null || length === null) return words === null ? period(length) : text(words)
  const read = readNoticeLength(words, null)
  const isSame = read.kind === 'period' && periodText(read.period) === periodText(length)
  return isSame ? text(words) : period(length)
}

function yesOrNo(answer: boolean | null): ExportCell {
  return answer === null ? null : { text: answer ? 'yes' : 'no' }
}

/** Which contracts: all that is given has to fit. */
interface ExportFilters {
  readonly teamId: number | null
  readonly source: string | null
  /** A part of the supplier's name. */
  readonly supplier: string | null
}

/** The ids of the contracts that fit, closed and historic ones too, in the order of their numbers. */
export async function exportedIds(
  pool: Pool,
  organisationId: number,
  { teamId, source, supplier }: ExportFilters,
): Promise<number[]> {
  const key = supplier === null ? null : nameKey(supplier)
  const found = await tables(pool).contract.findMany({
    where: {
      organisationId,
      ...(teamId === null ? {} : { teamId }),
      ...(source === null ? {} : { source: { name: source } }),
      // Letters, digits and spaces: nothing that stands for others in a pattern.
      ...(key === null ? {} : { supplierKey: { contains: key } }),
    },
    orderBy: { id: 'asc' },
    select: { id: true },
  })
  return found.map(({ id }) => id)
}

/** The cell of a text. */
function textCell(text: string | null): string | null {
  if (text === null || text === '') return null
  const cell = guarded(text)
  if (readBack(cell) === text) return cell
  // What looks like an entity is decoded twice when it is read.
  return guarded(text.replaceAll('&', '&amp;amp;'))
}

/** The cell of a list of names. */
function namesCell(names: readonly string[]): string | null {
  if (names.length === 0) return null
  const plain = textCell(names.join('; '))
  if (plain !== null && same(namesOf(readBack(plain) ?? ''), names)) return plain
  return textCell(names.map((name) => `"${name.replaceAll('"', '""')}"`).join('; '))
}

function readBack(cell: string): string | null {
  return cleanText(unguarded(cell))
}

function namesOf(text: string): readonly string[] {
  const quoted = quotedNames(text)
  if (quoted !== null) return quoted
  return /[[|;]/.test(text) ? namesIn(text, 0) : [text]
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index])
}

// Contracts as an export shows them, read batch by batch.

/** The columns of a contract that an export tells. */
export const EXPORTED = [
  ...(['externalId', 'reference', 'lot', 'title', 'supplier', 'reseller', 'department'] as const),
  ...(['category', 'team', 'form', 'predecessor', 'successor', 'start', 'endKind'] as const),
  ...(['endEarliest', 'endLatest', 'maximumEnd', 'optionEnds'] as const),
  ...(['currentLatest', 'noticeAmount', 'noticeUnit', 'noticeText', 'automaticRenewal'] as const),
  ...(['renewalAmount', 'renewalUnit', 'reviewOn', 'callOffBy', 'rollsFrom', 'optionBy'] as const),
  ...(['personalData', 'sharesData', 'sharedWith', 'dpia', 'route', 'cpv', 'itl'] as const),
  ...(['documents', 'units', 'unitPrice', 'value', 'valueText', 'valueBasis', 'vat'] as const),
  ...(['vatRecoverable', 'currency', 'periodicCharge', 'chargeUnit', 'invoicedLastYear'] as const),
  ...(['oneOffCharges', 'minimumExtensionAmount', 'minimumExtensionUnit'] as const),
  ...(['closedOn', 'historic', 'watched', 'products'] as const),
] as const

export interface ExportedContract extends Pick<ContractColumns, (typeof EXPORTED)[number]> {
  readonly source: string
  readonly parent: string | null
  /** Its own, whatever its framework's is. */
  readonly ownRegime: Regime | null
  readonly owner: string | null
  readonly ownerEmail: string | null
  readonly deputy: string | null
  readonly deputyEmail: string | null
  readonly categoryLead: string | null
  readonly categoryLeadEmail: string | null
  /** How far the record of changes went when it was read. */
  readonly asOf: number
  readonly buyers: readonly string[]
  readonly covers: readonly {
    /** Its name in the data, or the words that nobody has linked. */
    readonly product: string
    readonly release: string
    readonly kind: string | null
    readonly count: number | null
    readonly custom: boolean | null
    readonly forAll: boolean
  }[]
  readonly extensions: readonly ExportedExtension[]
}

type ExportedExtension = Extension & ExtensionRecord

const BATCH = 1000

/** The contracts of these ids, in the order given, in bounded memory. */
export async function* exportedContracts(
  pool: Pool,
  organisationId: number,
  ids: readonly number[],
): AsyncGenerator<ExportedContract> {
  for (let from = 0; from < ids.length; from += BATCH) {
    const batch = ids.slice(from, from + BATCH)
    yield* (await pool.query<ExportedContract>(CONTRACTS, [organisationId, batch])).rows
  }
}

/** People who were erased are nobody; presumed and withdrawn extensions are not the register's. */
const CONTRACTS = `
  SELECT ${columnsOf(EXPORTED)}, s.name AS source, parent.reference AS parent, c.regime AS "ownRegime",
         o.display_name AS owner, o.email AS "ownerEmail", d.display_name AS deputy,
         d.email AS "deputyEmail", l.display_name AS "categoryLead", l.email AS "categoryLeadEmail",
         (SELECT coalesce(max(position), 0)::int FROM audit_entry WHERE organisation_id = $1) AS "asOf",
         ARRAY(SELECT b.name FROM contract_buyer cb JOIN buyer b ON b.id = cb.buyer_id
               WHERE cb.contract_id = c.id ORDER BY cb.position) AS buyers,
         coalesce((SELECT json_agg(json_build_object('product', coalesce(v.product, v.words, ''),
             'release', v.release, 'kind', v.kind, 'count', v.count, 'custom', v.custom, 'forAll', v.for_all) ORDER BY v.id)
           FROM cover v WHERE v.contract_id = c.id), '[]') AS covers,
         coalesce((SELECT json_agg(json_build_object('kind', e.kind, 'status', e.status, 'from', e.from_on,
             'to', e.to_on, 'cost', e.cost::text, 'knownOn', e.known_on, 'rule', e.rule, 'grounds', e.grounds,
             'approver', e.approver, 'noticeReference', e.notice_reference, 'invoiced', e.invoiced::text)
             ORDER BY e.from_on, e.to_on, e.id)
           FROM extension e WHERE e.contract_id = c.id AND e.status IN ('confirmed', 'proposed')), '[]') AS extensions
  FROM contract c JOIN source s ON s.id = c.source_id
  LEFT JOIN contract parent ON parent.id = c.parent_id
  LEFT JOIN person o ON o.id = c.owner_id AND o.erased_at IS NULL
  LEFT JOIN person d ON d.id = c.deputy_id AND d.erased_at IS NULL
  LEFT JOIN person l ON l.id = c.category_lead_id AND l.erased_at IS NULL
  WHERE c.organisation_id = $1 AND c.id = ANY($2) ORDER BY array_position($2::int[], c.id)`
