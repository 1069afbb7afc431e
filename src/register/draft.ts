/** What a register says of one contract, read and checked, before it meets the database. */

import type { CivilDate } from '../rules/civil-date.ts'
import type {
  End,
  Extension,
  ExtensionGrounds,
  Form,
  LinkedDocument,
  Period,
  Regime,
  ValueBasis,
} from '../rules/contract.ts'
import type { Decimal, VatRecovery, VatState } from '../rules/money.ts'
import type { AwardedContract, ChargeUnit, PricedContract } from '../rules/premium.ts'
import type { CoverKind } from '../rules/support.ts'
import type { ImportProblemFact } from '../text/import-result.ts'
import type { Field } from './column-names.ts'

export type RegisterFormat = 'csv' | 'xlsx' | 'ocds'

export interface Problem extends ImportProblemFact {
  /** What somebody could say, so that it is understood. */
  readonly ask?: Ask
  /** The question that was made of it. */
  readonly question?: number
}

/** Of a row that is read all the same. */
export function warning(
  at: string,
  problem: string,
  remedy: string,
  about: Partial<Pick<Problem, 'reference' | 'field' | 'value'>> = {},
): Problem {
  return {
    at,
    reference: null,
    field: null,
    value: null,
    ...about,
    problem,
    remedy,
    severity: 'warning',
  }
}

/** What somebody is asked about. */
export type AskedAbout =
  | 'end'
  | 'rolls'
  | 'term'
  | 'option'
  | 'extension'
  | 'renewal'
  | 'notice'
  | 'status'
  | 'route'
  | 'regime'
  | 'setting'

/** What a register leaves open of one contract, with what each answer makes of it. */
export interface Ask {
  readonly about: AskedAbout
  /** Alike wherever the same answer holds; a question about the column itself has none. */
  readonly wording: string
  readonly text: string
  readonly choices: readonly AskChoice[]
  /** What counts until somebody answers, in words; `holdsEach`: of several that differ in it. */
  readonly holds: string
  readonly holdsEach?: string
}

export interface AskChoice {
  readonly id: string
  readonly text: string
  readonly says: Partial<Draft>
}

/** Of several lengths of a notice one that can still be given. */
export type WhileAsked = Partial<Pick<Draft, 'noticePeriod' | 'noticeText'>>

/** The draft as it holds until somebody answers what is asked of it. */
export function asHeld(draft: Draft): Draft {
  // Most leave nothing open: they are not copied.
  if (draft.whileAsked === undefined) return draft
  const { whileAsked, ...said } = draft
  return { ...said, ...whileAsked }
}

/** An extension as a register tells it. */
export interface DraftExtension extends Omit<Extension, 'id' | 'from'> {
  readonly from: CivilDate | null
  /** Where it comes from, in the file's words. */
  readonly source: string
  /** There only where the register says any of it. */
  readonly record?: ExtensionRecord
}

/** What else a register says of an extension. */
export interface ExtensionRecord extends ExtensionGrounds {
  /** What was invoiced for it so far. */
  readonly invoiced: Decimal | null
}

/** What units of a product are of, and the time that one's price is for. */
export interface UnitTerms {
  readonly edition: string | null
  readonly unitPricePer: ChargeUnit | null
}

/** What a contract's ordinary month is priced from, besides its value. */
export interface DraftPrices extends Omit<PricedContract, keyof AwardedContract> {
  /** The shortest extension that the supplier sells. */
  readonly minimumExtension: Period | null
}

/** A product that a contract covers, as a register words it. */
export interface DraftCover {
  readonly product: string
  /** Empty where the register names none. */
  readonly release: string
  readonly kind: CoverKind | null
  readonly count: number | null
  /** Of extended support: whether it is a custom agreement. */
  readonly custom: boolean | null
  /** There only where it is said to hold for every team. */
  readonly forAll?: true
}

/** Columns that only an export of ours has. */
export const VALUE_WORDS = 'Words of the value'
export const OPTION_ENDS = 'Ends of the options'

/** What a row of an export of ours says besides. */
export interface OwnRow {
  /** The register that it is kept in; absent where there is no such column any more. */
  readonly keptIn?: string | null
  /** How far the record of changes went when it was written; null in older exports. */
  readonly asOf: number | null
  /** Null where the cell is neither yes nor no; absent where there is no such column. */
  readonly watched?: boolean | null
  readonly status: string | null
}

/** A contract as one register tells it. A missing field is null: unknown, never a guess. */
export interface Draft {
  /** Line number or JSON path, as text. */
  readonly at: string
  /** What people type: the reference, else the id that the register has, else null. */
  readonly reference: string | null
  readonly lot: string | null
  /**
   * What it is known by within its source, where the file is an export of ours that names it; it
   * goes before everything else.
   */
  readonly identity?: string
  /** OCDS only: the process and the award or contract within it. */
  readonly ocid: string | null
  readonly awardOrContractId: string | null
  readonly title: string | null
  readonly buyers: readonly string[]
  readonly supplier: string | null
  readonly reseller: string | null
  readonly department: string | null
  readonly team: string | null
  readonly owner: string | null
  readonly ownerEmail: string | null
  readonly deputy: string | null
  /** There only where the register says it. */
  readonly deputyEmail?: string
  readonly category: string | null
  readonly categoryLead: string | null
  /** There only where the register says it. */
  readonly categoryLeadEmail?: string
  readonly form: Form
  readonly start: CivilDate | null
  /** The end as awarded. */
  readonly end: End
  /** Where the end comes from: `column "contract_end"`, `award contractPeriod`, … */
  readonly endSource: string | null
  /** There only where no other end is given than the latest possible, which then counts as the end. */
  readonly endIsMaximum?: true
  /** There only where the register says that it runs on though its end has passed. */
  readonly runs?: true
  readonly maximumEnd: CivilDate | null
  /** The day to which each option reaches, where the register tells them one by one. */
  readonly optionEnds?: readonly CivilDate[]
  /** The current end as an export of ours says it: only compared with what stands. */
  readonly endsNow?: CivilDate
  /** There only in an export of ours: what else it says of the contract and of itself. */
  /** What holds in place of what the row says while something of it is asked. */
  readonly whileAsked?: WhileAsked
  readonly own?: OwnRow
  /** The register's own current end, where it has one besides the awarded end. */
  readonly currentEnd: CivilDate | null
  readonly extensions: readonly DraftExtension[]
  readonly noticePeriod: Period | null
  /** The words of the notice, where they say more than its length or no length can be read. */
  readonly noticeText?: string
  readonly automaticRenewal: boolean | null
  readonly renewalTerm: Period | null
  readonly reviewOn: CivilDate | null
  /** There only where that is the day of a break or a decision, and no review date. */
  readonly reviewFound?: true
  /** Whether it processes personal data; absent or null where the register does not say. */
  readonly personalData?: boolean | null
  /** Whether that goes to third parties, and to whom; absent or null where the register does not say. */
  readonly sharesData?: boolean | null
  readonly sharedWith?: string | null
  /** The reference of its data-protection impact assessment. */
  readonly dpia?: string | null
  /** The last call-off day of its framework, or its own where it is one. There only where the register says it. */
  readonly callOffBy?: CivilDate
  /** The first day of a term of one that rolls on. There only where the register says it. */
  readonly rollsFrom?: CivilDate
  /** The last day to exercise its option. There only where the register says it. */
  readonly optionBy?: CivilDate
  readonly regime: Regime | null
  readonly route: string | null
  /** What a pipeline notice names besides: codes and area. There only where the register says it. */
  readonly cpv?: string
  readonly itl?: string
  /** Links to where it is kept. There only where the register has any. */
  readonly documents?: readonly LinkedDocument[]
  readonly products: readonly string[]
  /** What it covers, release by release. There only where the register says it. */
  readonly covers?: readonly DraftCover[]
  readonly units: Decimal | null
  readonly unitPrice: Decimal | null
  /** There only where the register says any of it. */
  readonly unitTerms?: UnitTerms
  readonly value: Decimal | null
  /** The words of the value, where it is no plain amount. */
  readonly valueText?: string
  readonly valueBasis: ValueBasis
  readonly vat: VatState
  readonly vatRecoverable: VatRecovery
  readonly currency: string
  /** There only where the register says any of it. */
  readonly prices?: DraftPrices
  /** References of the contract that this one replaces, or is replaced by. */
  /** Its framework: a reference, or the ocid of its process. There only where the register says it. */
  readonly parent?: string
  readonly predecessor: string | null
  readonly successor: string | null
  /** The register itself says that it is over before its end: terminated or cancelled. */
  readonly closed: boolean
}

/** One step of reading a register, in the order of the file. */
export type ReadItem =
  | { readonly kind: 'draft'; readonly draft: Draft; readonly warnings: readonly Problem[] }
  | { readonly kind: 'rejected'; readonly problems: readonly Problem[] }
  /** Counted and explained, not an error: a process without an award. */
  | { readonly kind: 'skipped'; readonly at: string; readonly why: string }

/** How the columns were understood: shown by a dry run and kept with the import. */
export interface ColumnMapping {
  readonly field: string
  readonly heading: string
  /** How dates of this column are written, where it holds dates: `dmy`, `mdy`, `ymd`. */
  readonly dates: DateOrder | null
}
export type DateOrder = 'dmy' | 'mdy' | 'ymd'

/** By what a heading is read: as it is known, by its words, by what stands below it alone, or as somebody said. */
export type ReadBy = 'name' | 'grammar' | 'content' | 'mapping'

export interface HeadingRead {
  readonly heading: string
  /** What it was taken for; null where it is not used. */
  readonly field: Field | null
  readonly by: ReadBy | null
}

export interface ReadOptions {
  /** `FIELD=HEADING` choices by hand, which win over recognition. */
  readonly map: ReadonlyMap<string, string>
  readonly dates: DateOrder | null
  /** The century of two-digit years, such as 2000, where the file does not tell. */
  readonly years?: number | null
  /** The publisher's zone, where it turned local midnight into UTC. */
  readonly timeZone: string | null
  /** A sheet's two-digit years and ages are judged against this day. */
  readonly today: CivilDate
}

/** Where a table's headings stand: under which delimiter or on which sheet, and in which line. */
export interface HeadingsAt {
  readonly reading: string
  readonly line: number
}

/** What somebody said of a table's columns once they had been shown. */
export interface ColumnChoice {
  readonly at: HeadingsAt
  /** By column, counted from 0; null: not read; missing: as it was recognised. */
  readonly fields: ReadonlyMap<number, Field | null>
}

/** A table's headings, to be shown and changed before anything is read. */
export interface TableHeadings {
  readonly at: HeadingsAt
  readonly columns: readonly {
    readonly heading: string
    readonly field: Field | null
    /** The first filled cell. */
    readonly sample: string | null
  }[]
  /** Nothing tells whether the day or the month comes first. */
  readonly ambiguousDates: boolean
}

/** How to open a register, and whom to tell how far the silent first reading has come. */
export interface OpenOptions extends ReadOptions {
  /** What was said by hand of an earlier file of the source: counts where its heading is there again. */
  readonly remembered?: ReadonlyMap<string, string>
  /** From `--format`: wins over name and content. */
  readonly format?: RegisterFormat
  readonly chosen?: ColumnChoice
  /** Only to show its headings: what is not recognised or not settled is no error yet. */
  readonly lenient?: boolean
  readonly onProgress?: (bytesRead: number, bytesTotal: number) => void
}

/** A register that was opened and understood; `items` reads it, once, in bounded memory. */
export interface OpenRegister {
  readonly format: RegisterFormat
  readonly mapping: readonly ColumnMapping[]
  /** Headings that were not understood: shown, so that nothing is lost unseen. */
  readonly unmapped: readonly string[]
  /** Of a table; OCDS has none. */
  readonly headings?: TableHeadings
  /** Of a table: every heading, with what it was taken for. */
  readonly headingsRead?: readonly HeadingRead[]
  /** What is wrong with the file as a whole, though it can be read. */
  readonly warnings?: readonly Problem[]
  /** What somebody wrote into a workbook's sheet of questions. */
  readonly answers?: readonly SheetAnswer[]
  /** What somebody wrote into the sheet of what had ended before. */
  readonly ended?: readonly EndedAnswer[]
  /** Its rows as they are written, that of the headings too; only of a table. */
  readonly written?: WrittenRows
  /** The most common OCID prefix, where the register is OCDS. */
  readonly ocidPrefix: string | null
  /** Rows or contracts, where known before reading: for progress. */
  readonly total: number | null
  items(): AsyncIterable<ReadItem>
}

export interface WrittenRows {
  /** Of the headings. */
  readonly line: number
  rows(): AsyncIterable<readonly { readonly line: number; readonly cells: readonly string[] }[]>
}

/** Beside rows that are to be put right: a file with this column holds only a part of its register. */
export const PROBLEM_HEADING = 'Lapsewatch problem'
export const REMEDY_HEADING = 'Lapsewatch remedy'

/** Whether one of the contracts that had ended before they were first read is still supplied. */
export interface EndedAnswer {
  readonly contractId: number
  readonly reference: string
  readonly said: string
}

/** The sheet of a workbook with contracts that had ended before, and its column for answers. */
export const ENDED_SHEET = 'Ended before'
export const SUPPLIED_HEADING = 'Still supplied? (yes or no)'

/** The sheet of a workbook that holds questions, and its column for answers. */
export const QUESTIONS_SHEET = 'Questions'
export const ANSWER_HEADING = 'Answer'

export interface SheetAnswer {
  readonly question: number
  readonly answer: string
}

/** A file that cannot be read at all. Nothing is written. */
export class RegisterError extends Error {
  readonly problems: readonly Problem[]
  constructor(message: string, problems: readonly Problem[] = []) {
    super(message)
    this.name = 'RegisterError'
    this.problems = problems
  }
}

/**
 * The draft of a register that says nothing: what a reader spreads, and then says what it knows.
 * Rows are digested in the order of these keys: another order makes every known row look reworded.
 */
export const NOTHING_SAID: Draft = {
  at: '',
  reference: null,
  lot: null,
  ocid: null,
  awardOrContractId: null,
  title: null,
  buyers: [],
  supplier: null,
  reseller: null,
  department: null,
  team: null,
  owner: null,
  ownerEmail: null,
  deputy: null,
  category: null,
  categoryLead: null,
  form: 'contract',
  start: null,
  end: { kind: 'undated' },
  endSource: null,
  maximumEnd: null,
  currentEnd: null,
  extensions: [],
  noticePeriod: null,
  automaticRenewal: null,
  renewalTerm: null,
  reviewOn: null,
  regime: null,
  route: null,
  products: [],
  units: null,
  unitPrice: null,
  value: null,
  valueBasis: 'unknown',
  vat: 'unknown',
  currency: 'GBP',
  vatRecoverable: 'unknown',
  predecessor: null,
  successor: null,
  closed: false,
}
