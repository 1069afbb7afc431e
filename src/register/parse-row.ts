/** One row of a register into a draft, or into what is wrong with it. */
import { Big } from 'big.js'
import {
  addDays,
  addMonths,
  type CivilDate,
  daysBetween,
  dayText,
  parseCivilDate,
} from '../rules/civil-date.ts'
import {
  ASSESSED,
  assessmentSaid,
  type End,
  NO_NOTICE_GIVEN,
  type Period,
  VALUE_BASES,
  type ValueBasis,
} from '../rules/contract.ts'
import { canonical, type Decimal, isNothing, type VatState } from '../rules/money.ts'
import { A_YEAR, type ChargeUnit } from '../rules/premium.ts'
import { readProduct } from '../rules/products.ts'
import { COVER_KINDS } from '../rules/support.ts'
import { compare, isNobody, isNotSettled, isPlaceholder, plainAnswer } from '../rules/text-match.ts'
import { before, periodText, ukCalendar } from '../rules/working-days.ts'
import { unguarded } from '../text/message.ts'
import {
  askLength,
  askNotice,
  askNoticeOf,
  askNoticeServed,
  askRenewal,
  askRolls,
  askRollTerm,
  askRoute,
  askServed,
  askStatus,
  askWhetherRolls,
} from './asks.ts'
import type { Columns } from './column-mapping.ts'
import { type Field, fieldOf, isAboutLiving, namesProduct, readHeading } from './column-names.ts'
import {
  type Draft,
  type DraftCover,
  type DraftExtension,
  type DraftPrices,
  OPTION_ENDS,
  type OwnRow,
  type Problem,
  type ReadItem,
  type UnitTerms,
  VALUE_WORDS,
} from './draft.ts'
import type { RegisterRow } from './formats/csv-rows.ts'
import {
  alternativesIn,
  daysIn,
  isAbout,
  lengthsIn,
  readCurrency,
  readNoticeLength,
  yearOf,
} from './parse-amount.ts'
import { Cells, type FilledCell, type TableReading } from './parse-cells.ts'
import { inEnglish, noticeDayInYear } from './parse-date.ts'
import {
  noticeApart,
  noticeIn,
  type Rolling,
  readEnds,
  readExtensions,
  readOptionsOf,
  renewalTermOf,
  withTaken,
} from './parse-ends.ts'
import { decideBy, readBesides, readBreaks, tellLeft } from './parse-remarks.ts'
import {
  BREAK,
  coverKindOf,
  formOf,
  inEach,
  isBreakAlone,
  isServed,
  isServedIn,
  linkedText,
  namesIn,
  optionFate,
  quotedNames,
  readLinks,
  regimeOf,
  routeOf,
  statusSays,
  vatRecovery,
  vatState,
  yesOrNo,
} from './parse-words.ts'

const NO_WARNINGS: readonly Problem[] = []

/**
 * A reader of rows below these headings. It gives null for a blank row, `skipped` for totals,
 * notes and repeated headings, `rejected` for a row with any error, else the draft.
 */
export function rowReader(table: TableReading): (row: RegisterRow) => ReadItem | null {
  const { columns } = table
  const cells = new Cells(table)
  const width = columns.headings.length
  return (row) => {
    const filled = filledCells(row)
    if (filled === 0) return null
    const at = String(row.line)
    cells.begin(row)
    if (row.cells.length > width && row.cells.slice(width).some((cell) => cell.trim() !== '')) {
      return tooManyCells(cells, row, width)
    }
    const why = noContract(row, filled, columns)
    if (why !== null) return { kind: 'skipped', at, why }
    const draft = readDraft(cells, at)
    const { problems } = cells
    if (problems.length === 0) return { kind: 'draft', draft, warnings: NO_WARNINGS }
    const rejected = problems.some(({ severity }) => severity === 'error')
    return rejected ? { kind: 'rejected', problems } : { kind: 'draft', draft, warnings: problems }
  }
}

/** How many cells hold something: counted up to two, more does not matter. */
function filledCells(row: RegisterRow): number {
  let filled = 0
  for (const cell of row.cells) {
    if (cell !== '' && cell.trim() !== '' && ++filled === 2) break
  }
  return filled
}

function noContract(row: RegisterRow, filled: number, columns: Columns): string | null {
  const first = row.cells.find((cell) => cell.trim() !== '') ?? ''
  if (
    /(?:^|\/)\s*(?:grand |sub[- ]?)?totals?\b/i.test(first) &&
    columns.all.every(({ field, index }) => {
      return (
        !SAYING.has(field) || (row.cells[index] ?? '').trim() === '' || row.cells[index] === first
      )
    })
  )
    return 'a row of totals'
  if (filled === 1 && columns.headings.length >= 4) return 'a note: only one cell is filled'
  let equal = 0
  for (const { index, heading } of columns.all) {
    if (row.cells[index]?.trim() !== heading.text) break
    equal++
  }
  return equal === columns.all.length ? 'the headings again' : null
}
const SAYING: ReadonlySet<Field> = new Set(['reference', 'title', 'supplier', 'start', 'end'])

/**
 * A cell that holds the separator moves all that follow. Where the days stand in their columns, what
 * moved stands behind them, and the row is read as far as they go; else nothing of it is sure.
 */
function tooManyCells(cells: Cells, row: RegisterRow, width: number): ReadItem {
  const { columns } = cells
  const days = [columns.start, columns.end].filter((column) => column !== null)
  const last = Math.max(-1, ...days.map(({ index }) => index))
  const isInPlace =
    columns.end !== null &&
    cells.dateIn('end').kind === 'date' &&
    (columns.start === null || ['date', 'nil'].includes(cells.dateIn('start').kind))
  const problem = `the row has ${row.cells.length} cells, the headings ${width}`
  const told: Omit<Problem, 'severity' | 'reference'> = {
    at: String(row.line),
    field: null,
    value: row.cells.slice(width).join(', ').slice(0, 200),
    problem: isInPlace ? `${problem}: what stands behind its end is not read` : problem,
    remedy: 'Put quotation marks around the cell that holds the separator.',
  }
  if (!isInPlace) {
    return { kind: 'rejected', problems: [{ ...told, reference: null, severity: 'error' }] }
  }
  cells.begin({ ...row, cells: row.cells.slice(0, last + 1) })
  const draft = readDraft(cells, told.at)
  const { problems } = cells
  if (problems.some(({ severity }) => severity === 'error')) return { kind: 'rejected', problems }
  const { reference } = draft
  return {
    kind: 'draft',
    draft,
    warnings: [{ ...told, reference, severity: 'warning' }, ...problems],
  }
}

function readDraft(cells: Cells, at: string): Draft {
  const draft = draftIn(cells, at)
  cells.tellWrong()
  cells.tellUnread()
  tellLeft(cells, draft)
  return draft
}

function draftIn(cells: Cells, at: string): Draft {
  const { columns } = cells
  const ocid = cells.text('ocid')
  const reference = cells.text('reference') ?? ocid
  cells.reference = reference
  const products = namesOf(cells, 'products')
  // A register of products names its contracts by them.
  const title = cells.text('title') ?? (columns.title === null ? products.join('; ') || null : null)
  const supplier = supplierIn(cells, reference)
  if (reference === null && title === null && supplier === null) {
    const remedy = 'Fill in a reference, a title or a supplier.'
    cells.report(null, 'there is nothing to call the contract by', remedy, 'error')
  }
  const said = cells.firstDay('start')
  const ends = readEnds(cells, said)
  const { end, endSource, currentEnd, endIsMaximum, rolls = null } = ends
  const start = end.kind === 'dated' && said !== null && said > end.latest ? null : said
  const contractType = columns.contractType === null ? null : cells.text('contractType')
  const route = cells.text('route')
  const regime = cells.text('regime')
  const form = cells.text('form') ?? contractType
  const owner = personIn(cells, 'owner')
  const { maximumEnd, optionEnds, optionBy, taken } = readOptionsOf(cells, start, ends)
  const renewal = renewalSaid(cells, rolls)
  const { renews: automaticRenewal } = renewal
  const renewalTerm = renewalTermOf(cells, rolls, automaticRenewal)
  const notice =
    readNotice(cells, end, automaticRenewal, rolls) ??
    noticeUnknown(cells, end, automaticRenewal, renewalTerm)
  tellRenewal(cells, end, renewal, notice)
  const rollsFrom = readRollsFrom(cells, end, start, rolls, renewalTerm, notice)
  const known = withTaken(cells, ends, taken, readExtensions(cells, end, currentEnd))
  const besidesSaid = readBesides(cells, ends, known)
  const extensions = [...known, ...besidesSaid.extensions]
  const personalData = readPersonalData(cells)
  const prices = readPrices(cells)
  if (!cells.isOwn && end.kind === 'dated') {
    tellSums(cells, prices.prices, start, [currentEnd ?? end.latest, maximumEnd ?? end.latest])
  }
  if (extensions.length > 1)
    cells.problems = cells.problems.map((each) => besides(each, extensions))
  if (end.kind === 'undated' && extensions.length === 0 && !cells.isOwn) tellUndated(cells)
  return {
    at,
    ...named(cells, 'identity'),
    ...named(cells, 'deputyEmail'),
    ...named(cells, 'categoryLeadEmail'),
    ...named(cells, 'cpv'),
    ...named(cells, 'itl'),
    ...readDocuments(cells),
    ...(cells.isOwn ? { ...readEndsNow(cells), own: readOwn(cells) } : {}),
    reference,
    lot: cells.text('lot'),
    ocid,
    awardOrContractId: null,
    title,
    buyers: namesOf(cells, 'buyer'),
    supplier,
    reseller: cells.text('reseller'),
    department: cells.text('department'),
    team: cells.text('team'),
    owner,
    ownerEmail: cells.text('ownerEmail') ?? (owner?.includes('@') ? owner : null),
    deputy: personIn(cells, 'deputy'),
    category: cells.text('category'),
    categoryLead: personIn(cells, 'categoryLead'),
    form: (form === null ? null : formOf(form)) ?? 'contract',
    start,
    end: besidesSaid.end ?? end,
    endSource,
    ...(besidesSaid.runs ? { runs: true as const } : {}),
    ...(endIsMaximum === true ? { endIsMaximum } : {}),
    maximumEnd,
    ...(optionEnds.length > 1 ? { optionEnds } : {}),
    currentEnd,
    extensions,
    ...notice.says,
    automaticRenewal,
    renewalTerm,
    ...rollsFrom,
    ...(optionBy === null ? {} : { optionBy }),
    ...readReview(cells, start, end, personalData.personalData === true, (day) => {
      return notice.says.noticeText === `by ${day}` || optionBy === day || isOfEnd(end, day)
    }),
    ...personalData,
    ...readShared(cells),
    ...readCallOffBy(cells),
    regime: regime === null ? null : regimeOf(regime),
    route: readRoute(cells, route, contractType),
    products,
    ...readCovers(cells),
    units: cells.amount('units')?.amount ?? null,
    unitPrice: cells.amount('unitPrice')?.amount ?? null,
    ...readValue(cells),
    ...(cells.isOwn ? readOwnWords(cells, maximumEnd) : {}),
    ...prices,
    ...readUnitTerms(cells),
    ...parentOf(cells.text('parent')),
    predecessor: cells.text('predecessor'),
    successor: cells.text('successor'),
    closed:
      readClosed(cells, end, currentEnd, automaticRenewal) &&
      !besidesSaid.runs &&
      besidesSaid.extensions.length === 0,
  }
}

function isOfEnd(end: End, day: CivilDate): boolean {
  return end.kind === 'dated' && day >= end.earliest
}

/**
 * The review, or the day by which a break or anything else is to be decided, whichever comes first. A review of personal data is
 * none of a break.
 */
function readReview(
  cells: Cells,
  start: CivilDate | null,
  end: End,
  isOfData: boolean,
  isKnown: (day: CivilDate) => boolean,
): Pick<Draft, 'reviewOn' | 'reviewFound'> {
  const review = cells.firstDay('review')
  const days = [readBreaks(cells, start, end).by, decideBy(cells, isKnown)].filter(
    (day) => day !== null,
  )
  const [by] = days.sort(compare)
  if (by === undefined || isOfData) return { reviewOn: review }
  const isFound = review === null || review < cells.today || by < review
  return isFound ? { reviewOn: by, reviewFound: true } : { reviewOn: review }
}

/** An answer about one extension leaves the others of its row as they are. */
function besides(problem: Problem, extensions: readonly DraftExtension[]): Problem {
  const { ask } = problem
  if (ask === undefined) return problem
  const isSame = (a: DraftExtension, b: DraftExtension) => a.to === b.to && a.source === b.source
  const others = extensions.filter((each) => {
    return !ask.choices.some(({ says }) => says.extensions?.some((one) => isSame(one, each)))
  })
  const choices = ask.choices.map((choice) => {
    const { says } = choice
    if (says.extensions === undefined) return choice
    return { ...choice, says: { ...says, extensions: [...says.extensions, ...others] } }
  })
  return { ...problem, ask: { ...ask, choices } }
}

/**
 * What it covers, where the register has a column for releases or for what is covered: of several,
 * product, release, kind and count stand in the same order. Where no column is of products alone, that
 * of the releases names both.
 */
function readCovers(cells: Cells): Pick<Draft, 'covers'> {
  const { release, coverProduct } = cells.columns
  if (release === null && coverProduct === null) return {}
  const of = (field: 'products' | 'coverProduct' | 'release' | 'coverKind' | 'coverCount') => {
    const text = cells.text(field)
    return text === null ? [] : text.split(';').map((each) => each.trim())
  }
  const isTogether = coverProduct === null && cells.columns.products === null
  const isNamed = release !== null && namesProduct(release.heading)
  const both = isTogether
    ? of('release').filter((each) => isNamed || readProduct(each).product !== null)
    : []
  const products = isTogether ? both : of(coverProduct === null ? 'products' : 'coverProduct')
  const [releases, kinds, counts] = [
    isTogether ? [] : of('release'),
    of('coverKind'),
    of('coverCount'),
  ]
  if (products.every((each) => each === '')) return {}
  const covers = products.map((product, at): DraftCover => {
    const kind = kinds.length === 1 ? kinds[0] : kinds[at]
    return {
      product,
      release: (releases.length === 1 ? releases[0] : releases[at]) ?? '',
      kind: coverKindOf(kind ?? ''),
      count: coverCount(counts[at] ?? ''),
      custom: /\bnot custom\b/i.test(kind ?? '')
        ? false
        : /\bcustom\b/i.test(kind ?? '')
          ? true
          : null,
      ...(isForAll(kind ?? '') ? { forAll: true as const } : {}),
    }
  })
  const unread = kinds.find(
    (each) => each.replace(FOR_ALL, '').trim() !== '' && coverKindOf(each) === null,
  )
  if (unread !== undefined) {
    const problem = 'in what way it covers the product was not understood'
    cells.report('coverKind', problem, `Write one of ${COVER_KINDS.join(', ')}.`, 'note')
  }
  if (counts.some((each) => coverCount(each) === null && !FOR_ALL_IN_USE.test(each))) {
    const problem = 'how many it covers was not understood: it counts as for all that is in use'
    cells.report('coverCount', problem, 'Write a whole number, or leave it blank.', 'question')
  }
  return { covers }
}

/** `200`, `1,200 users`, `200+`; of several numbers the smallest; null where none stands there. */
function coverCount(text: string): number | null {
  const numbers = text.match(/(?<![\d.])\d{1,3}(?:[, ]\d{3})+(?![\d.])|\d+(?:\.\d+)?k?\b/gi) ?? []
  const read = numbers.map((each) => {
    const figure = Number(each.replaceAll(/[, k]/gi, ''))
    return Math.floor(/k$/i.test(each) ? figure * 1000 : figure)
  })
  const least = Math.min(...read)
  return read.length === 0 || least > 999_999_999 ? null : least
}
/** No number is stated, or none is needed. */
const FOR_ALL_IN_USE =
  /^$|^(?:-+|n\/?a|unlimited|unmetered|all\b.*|(?:site|enterprise)(?:[- ]wide)?(?: licen[cs]e)?)$/i

/** Whether it covers more than the contract's own team; what is denied or limited anywhere is not. */
function isForAll(kind: string): boolean {
  return FOR_ALL.test(kind) && !LIMITED.test(kind.replace(/\bnot custom\b/gi, ''))
}
const FOR_ALL =
  /\b(?:for|of) (?:all|every) teams?\b|\b(?:organisation|trust|council|enterprise)[- ]wide\b/i
const LIMITED =
  /\b(?:not?|nor|never|isn.?t|no longer|except|excluding|excl|without|but|only|some|most|part(?:ly)?|unless|if|until|from|tbc|unknown)\b|\?/i

/** What an export of ours says of the current end: it follows from other columns, and is not taken. */
function readEndsNow(cells: Cells): Pick<Draft, 'endsNow'> {
  const reading = cells.other('Ends now')
  return reading.kind === 'date' ? { endsNow: reading.latest } : {}
}

function readOwn(cells: Cells): OwnRow {
  const asOf = (cells.otherText('As of change') ?? '').replace(/[\s,]|\.0+$/g, '')
  const [keptIn, watched] = [cells.otherText('Kept in'), cells.otherText('Watched')]
  return {
    asOf: /^\d{1,9}$/.test(asOf) ? Number(asOf) : null,
    status: cells.text('status'),
    ...(keptIn === undefined ? {} : { keptIn }),
    ...(watched === undefined ? {} : { watched: yesOrNo(watched ?? '') }),
  }
}

/** The words of a value, and the days of its options where they still reach as far as the last one does. */
function readOwnWords(
  cells: Cells,
  maximumEnd: CivilDate | null,
): Pick<Draft, 'valueText' | 'optionEnds'> {
  const valueText = cells.otherText(VALUE_WORDS) ?? null
  const ends = (cells.otherText(OPTION_ENDS) ?? '').split(/[\s,;]+/)
  const optionEnds = ends.flatMap((each) => parseCivilDate(each) ?? [])
  const isWhole = optionEnds.length === ends.length && optionEnds.at(-1) === maximumEnd
  return {
    ...(valueText === null ? {} : { valueText }),
    ...(isWhole ? { optionEnds } : {}),
  }
}

/**
 * Who supplies it; words such as `Preferred bidder` and `under evaluation` are nobody, and noted. Where no
 * reference names the row they stay, for it is known by them.
 */
function supplierIn(cells: Cells, reference: string | null): string | null {
  const names = namesOf(cells, 'supplier')
  const named = names.filter((name) => !cells.once(namesNoSupplier, name))
  if (named.length === names.length || cells.isOwn) return names.join('; ') || null
  cells.report('supplier', 'this names no supplier', 'Name the supplier once it is known.', 'note')
  return (reference === null ? names : named).join('; ') || null
}

function namesNoSupplier(name: string): boolean {
  // A company's number names it.
  if (/\d{5}/.test(name)) return false
  // In two languages: `I'w benderfynu / TBC`.
  const isNone = isPlaceholder(name) || name.split(' / ').some(isPlaceholder)
  return isNone || NO_SUPPLIER_YET.test(name.replace(/ ?\([^)]*\)$/, ''))
}
const NO_SUPPLIER_YET =
  /^\W*(?:(?:the )?preferred (?:bidder|supplier)|(?:currently |still )?(?:under|in|at|awaiting|pending|subject to) (?:evaluation|tender|procurement|award|negotiation|standstill|mobili[sz]ation)|(?:out|gone) to (?:tender|market)|(?:yet |still )?to be (?:awarded|tendered|procured|selected|decided|let)|not (?:yet )?(?:awarded|known|selected|decided|let|appointed)|(?:no|new) (?:supplier|award|contractor)(?: yet)?|awaiting|tender(?:ing)?|evaluation|re-?tender\w*|(?:various|multiple|several|different|many)(?: suppliers?| firms| providers?)?|see (?:below|notes?|lots?)|as above|supplier (?:tb[acd]|unknown))\b[\s.)]*$/i

/** Somebody; words such as `Vacant` and `TBC` are nobody, and noted. */
function personIn(cells: Cells, field: 'owner' | 'deputy' | 'categoryLead'): string | null {
  const all = cells.text(field)
  const part = all === null || cells.isOwn ? all : ownPart(cells.name(field), all, field)
  const [text = null, another] = part?.includes('@') ? part.split(/\s*[;,]\s*/) : [part]
  if (another !== undefined && !cells.isOwn) {
    const problem = `several stand here: ${text} counts`
    cells.report(field, problem, 'Give the others a column of their own, such as Deputy.', 'note')
  }
  if (text === null || !cells.once(namesNobody, text)) return text
  cells.report(field, 'this names nobody', 'Name a person, with an address.', 'note')
  return null
}

function namesNobody(text: string): boolean {
  return isNobody(text) || isNobody(inEnglish(text))
}

/** `CFO / Ann Beck` below `Sponsor / contract lead`: the part below that of the heading which names them best. */
function ownPart(heading: string, text: string, field: Field): string {
  const parts = text.split(/ ?\/ ?/)
  const names = heading.split(/ ?\/ ?/)
  if (parts.length < 2 || parts.length !== names.length || text.includes('://')) return text
  const ranked = names
    .map((name, at) => ({ at, match: fieldOf(readHeading(name)) }))
    .filter(({ match }) => match?.field === field)
    .sort((a, b) => (a.match?.rank ?? 0) - (b.match?.rank ?? 0))
  return parts[ranked[0]?.at ?? -1] ?? text
}

/**
 * Whether the register says that it is over. While its end is ahead it stays watched, whatever its
 * status says, and somebody is asked.
 */
function readClosed(
  cells: Cells,
  end: End,
  currentEnd: CivilDate | null,
  renews: boolean | null,
): boolean {
  const { field, status, says } = statusSaid(cells)
  if (cells.isOwn) return says === 'closed'
  const told = cells.problems.filter((each) => each.field === cells.name('status'))
  const isAsked = told.some(({ ask }) => ask)
  if (status === null || says === null || says === 'runs') {
    if (status !== null && says === null && told.length === 0) {
      cells.report('status', 'this status is not known: it changes nothing', 'None needed.', 'note')
    }
    const named = cells.dateIn('status')
    if (!isAsked && says === 'runs' && end.kind === 'dated' && named.kind === 'date') {
      const last = currentEnd ?? end.latest
      if (named.precision === 'day' && named.latest > last) {
        const problem = `its status names ${named.latest}, and its end is ${last}: the end counts`
        cells.report('status', problem, 'Write that day as the end, if it holds.', 'warning')
      }
    }
    return false
  }
  if (says === 'notice') {
    const ask = renews === true ? askServed(status) : undefined
    const problem = 'it is not to go on, as this says: it ends on its day'
    cells.report(field, problem, 'Say whether notice was served.', ask ? 'question' : 'note', ask)
    return false
  }
  const last = end.kind === 'dated' ? (currentEnd ?? end.latest) : null
  if (says === 'doubted' && (last === null || last < cells.today)) {
    const problem = 'this says that it is over, and more besides: it is not closed by that'
    const ask = last === null ? askStatus(status, null) : undefined
    cells.report(field, problem, 'Say whether it is over.', ask ? 'question' : 'warning', ask)
    return false
  }
  if (last === null || last < cells.today) {
    return says === 'closed' || (says === 'over' && last !== null && IS_DONE.test(status))
  }
  const isPaused = says === 'paused'
  const problem = `its status says that it is ${isPaused ? 'on hold' : 'over'}, and its end, ${last}, is still ahead: it stays watched`
  const remedy = 'Give the day on which it really ended.'
  cells.report(field, problem, remedy, 'question', askStatus(status, last, isPaused))
  return false
}

const IS_DONE = /^(?:complete[d]?|finished|superseded|replaced|archived|ceased|ended)\b/i

/** Its status; else what its renewal says of it: `TERMINATED 12 Aug 2026` stands there as well. */
function statusSaid(cells: Cells): {
  readonly field: Field
  readonly status: string | null
  readonly says: ReturnType<typeof statusSays>
} {
  const status = cells.text('status')
  const { status: column } = cells.columns
  const lives =
    status !== null && column && isAboutLiving(column.heading) ? plainAnswer(status) : null
  const says =
    lives !== null
      ? lives
        ? 'runs'
        : 'over'
      : status === null
        ? null
        : (statusSays(status) ?? inEach(status, statusSays))
  if (cells.isOwn || (says !== null && says !== 'runs')) return { field: 'status', status, says }
  const decided = cells.text('extensionStatus')
  if (decided !== null && statusSays(decided) === 'notice') {
    return { field: 'extensionStatus', status: decided, says: 'notice' }
  }
  const renewal = cells.text('automaticRenewal')
  const over = renewal === null ? null : statusSays(renewal)
  const isOver = over === 'closed' || over === 'over'
  return isOver
    ? { field: 'automaticRenewal', status: renewal, says: 'over' }
    : { field: 'status', status, says }
}

/** Nothing is warned of without an end: each such row says so, unless it said why already. */
function tellUndated(cells: Cells): void {
  const isSaid = ({ problem, severity }: Problem) =>
    severity === 'error' || problem.endsWith('no end is known')
  if (cells.problems.some(isSaid)) return
  const problem = 'the row gives no end: it is warned of only where one is known from before'
  cells.report('end', problem, 'Fill in its last day, or "rolling".', 'warning')
}

/** What the row says of automatic renewal: yes or no, else its own words; blank where it says nothing. */
interface RenewalSaid {
  readonly renews: boolean | null
  readonly words: string
}

function renewalSaid(cells: Cells, rolls: Rolling | null): RenewalSaid {
  const said = cells.text('automaticRenewal')
  const renews = said === null ? null : yesOrNo(said)
  const text = cells.raw('automaticRenewal').replace(/\s+/g, ' ').trim()
  if (renews === false && rolls !== null && !cells.isOwn) {
    const problem = `the end says “${rolls.words}”, and this says no: it counts as renewing by itself`
    const remedy = 'Write the last day, or yes.'
    const ask = askWhetherRolls(rolls.words, text)
    cells.report('automaticRenewal', problem, remedy, 'question', ask)
    return { renews: true, words: '' }
  }
  const surely = renews === false && !cells.isOwn ? cells.renewsIn([]) : null
  if (surely !== null) {
    const problem = `another cell says “${surely.text}”, and this says no: it counts as renewing by itself`
    const ask = askWhetherRolls(surely.text, text, surely.heading)
    cells.report('automaticRenewal', problem, 'Say which of them holds.', 'question', ask)
    return { renews: true, words: '' }
  }
  if (renews !== null) return { renews, words: '' }
  // To go on from term to term is to renew by itself.
  if (rolls !== null) return { renews: true, words: '' }
  if (said === null && !cells.isOwn) {
    // Said of how it stands: `live, month by month from December`.
    const after = cells.filled(['status']).find((cell) => GOES_ON_AFTER.test(inEnglish(cell.text)))
    if (after !== undefined) return { renews, words: after.text.slice(0, 60) }
  }
  // What it says of options is read with them.
  if (optionFate(text) !== null && /\b(?:options?|exten\w+)\b/i.test(text))
    return { renews, words: '' }
  return {
    renews,
    words: /^(?:[-–—.]*|n\/?a|nil|none|blank)$/i.test(text) ? '' : text.slice(0, 60),
  }
}

const GOES_ON_AFTER =
  /\b(?:month[- ](?:by|to|on)[- ]month|rolling month\w*|monthly rolling|month\w* (?:basis|extension)) (?:from|after|there)|\b(?:then|thereafter|afterwards|after (?:that|which|this|the end))\b.{0,20}\b(?:month[- ](?:by|to|on)[- ]month|rolling|monthly)\b/i

/** Nobody said whether it renews: asked where it has a notice, or the register has words of its own. */
function tellRenewal(
  cells: Cells,
  end: End,
  { renews, words }: RenewalSaid,
  notice: NoticeRead,
): void {
  if (renews !== null || cells.isOwn) return
  const field = notice.field ?? 'automaticRenewal'
  const isAhead = end.kind === 'dated' && end.latest >= cells.today
  if (isAhead && (notice.field !== null || words !== '')) {
    const problem = 'whether it renews by itself is not said'
    const remedy = 'Say it in a column "Automatic renewal".'
    cells.report(
      words !== '' && isNotSettled(words) ? 'automaticRenewal' : field,
      problem,
      remedy,
      'question',
      askRenewal(notice.words, words),
    )
  } else if (words !== '') {
    cells.report('automaticRenewal', 'neither yes nor no', 'Write yes or no.', 'warning')
  }
}

/** A notice, with the column that it stands in (null: none is given) and its words. */
interface NoticeRead {
  readonly says: Pick<Draft, 'noticePeriod' | 'noticeText'>
  readonly field: Field | null
  readonly words: string
  /** Of a column that no field is read from. */
  readonly heading?: string
}
const NO_NOTICE: NoticeRead = { says: { noticePeriod: null }, field: null, words: '' }

/** Of one that renews by itself a notice that is not given is not known: never taken for none. */
function noticeUnknown(
  cells: Cells,
  end: End,
  renews: boolean | null,
  term: Period | null,
): NoticeRead {
  const isShort = term !== null && daysIn(term) < 85
  if (renews !== true || end.kind !== 'dated' || isShort || cells.isOwn) return NO_NOTICE
  const isNone = LENGTHS_IN.some((field) => SAYS_NONE.test(cells.raw(field)))
  if (isNone || /\bno notice\b/i.test(cells.raw('automaticRenewal'))) return NO_NOTICE
  const { noticePeriod, noticeBy } = cells.columns
  const field =
    noticePeriod !== null ? 'noticePeriod' : noticeBy !== null ? 'noticeBy' : 'automaticRenewal'
  const problem = 'it renews by itself, and no notice is given: three months count'
  cells.report(field, problem, 'Write its length, or "none".', 'question', askNoticeOf())
  return { ...NO_NOTICE, says: { noticePeriod: null, noticeText: NO_NOTICE_GIVEN } }
}
const SAYS_NONE =
  /^\W*(?:none|nil|no|zero|0|immediate(?:ly)?|(?:at )?any time)\b(?! (?:given|stated|specified|known|recorded))/i

/** The length of the notice, with its words where they say more or cannot be read; or its day; null where none is given. */
function readNotice(
  cells: Cells,
  end: End,
  renews: boolean | null,
  rolls: Rolling | null,
): NoticeRead | null {
  const served = noticeServed(cells, end)
  if (served !== null) return served
  const inCell = byElsewhere(cells, end)
  const by = ofThisTerm(cells, end, noticeBy(cells, end), renews) ?? inCell?.day ?? null
  const length = readLengths(cells, by, renews, rolls, end)
  const isDay = by !== null && (length === null || !isLonger(length.says.noticePeriod, by, end))
  if (!isDay) return length
  const isOfRenewal = end.kind === 'dated' && by === byInRenewal(cells, end)
  if (length?.says.noticePeriod && isOfRenewal && !cells.isOwn) {
    const problem = `it says ${periodText(length.says.noticePeriod)}, and elsewhere that notice is due by ${dayText(by)}: the earlier counts`
    cells.report(length.field, problem, 'Say which of the two holds.', 'warning')
  }
  if (by === inCell?.day && cells.text('noticeBy') === null) {
    const { cell, day } = inCell
    const problem = `notice is due by ${dayText(day)}, as this says: it is taken as that`
    cells.tell(cell.heading, cell.text, problem, 'Give the day a column of its own.', 'note')
    const noticeText = `by ${day}`
    const says = { noticePeriod: null, noticeText }
    return { says, field: 'automaticRenewal', words: cell.text, heading: cell.heading }
  }
  const own = cells.raw('noticeBy').trim()
  const inLength = cells.text('noticePeriod')
  const words = own || (inLength ?? cells.text('automaticRenewal') ?? '')
  const field = own !== '' ? 'noticeBy' : inLength === null ? 'automaticRenewal' : 'noticePeriod'
  return { says: { noticePeriod: null, noticeText: `by ${by}` }, field, words }
}

/** Where its cell says that notice was served, and of an end to come: what follows is asked, and no day of it is one to come. */
function noticeServed(cells: Cells, end: End): NoticeRead | null {
  if (cells.isOwn || end.kind !== 'dated' || end.latest < cells.today) return null
  const cell = cells
    .filled(LENGTHS_IN)
    .find(({ field, text }) => field !== null && isServedIn(text))
  if (cell === undefined || cell.field === null) return null
  const { field, heading, text } = cell
  const isCutShort = cells
    .datesIn(cell, text)
    .some(({ earliest, latest }) => latest >= cells.today && earliest < end.earliest)
  if (!isCutShort) {
    const ask = askNoticeServed({ heading, text }, end.latest)
    const problem = 'notice was served, as this says: what follows from it is not said'
    cells.report(field, problem, 'Write the day on which it ends.', 'question', ask)
  }
  const reading = cells.noticeLength(field, text)
  const noticePeriod = reading.kind === 'period' ? reading.period : null
  return { says: { noticePeriod, noticeText: text }, field: null, words: text }
}

/** The day by which notice is due: of a column of its own, in that of its length, or in that of the renewal. */
function noticeBy(cells: Cells, end: End): CivilDate | null {
  const window = cells.isOwn
    ? undefined
    : (['noticeBy', 'noticePeriod'] as const).map((field) => windowEnd(cells, field)).find(isSaid)
  if (window !== undefined) return window
  const isUnread = !cells.isOwn && cells.dateIn('noticeBy').kind === 'bad'
  const own =
    (isUnread ? dayInWords(cells, 'noticeBy', end) : null) ??
    (holdsLength(cells, 'noticeBy') ? null : cells.firstDay('noticeBy'))
  if (own !== null || cells.isOwn) return own
  if (cells.text('noticePeriod') === null)
    return end.kind === 'dated' ? byInRenewal(cells, end) : null
  const raw = cells.raw('noticePeriod')
  if (isBreakAlone(raw)) return null
  const inWords = dayInWords(cells, 'noticePeriod', end)
  if (inWords !== null || end.kind !== 'dated') return inWords
  const days = cells.noticeDays('noticePeriod', end.earliest)
  // Of another year, or behind the end, it is no day of this one's notice: its length counts.
  const isOfEnd =
    days?.kind === 'before' &&
    days.base <= addDays(end.latest, 1) &&
    days.base > addMonths(end.earliest, -12)
  return isOfEnd ? days.day : byInRenewal(cells, end)
}

/**
 * The last day of a time within which notice is given; null where only its first is said, so that nobody
 * knows until when: asked. Undefined where the cell says neither.
 */
function windowEnd(cells: Cells, field: NoticeField): CivilDate | null | undefined {
  const cell = cells.filled([field]).find((each) => each.field === field)
  if (cell === undefined || !OPENS.test(cell.text)) return undefined
  const reading = cells.dateIn(field)
  const days = cells.datesIn(cell, cell.text).map(({ latest }) => latest)
  const last = (reading.kind === 'date' ? [...days, reading.latest] : days).sort().at(-1)
  const isOne = days.length < 2 && !(reading.kind === 'date' && reading.earliest < reading.latest)
  return last === undefined ? undefined : isOne ? null : last
}
const OPENS =
  /\b(?:between|from|after|window|opens?|opening|starting|no earlier than|not (?:before|earlier than|(?:required|needed|due|to be given) (?:until|before)))\b|\d{4}(?: ?(?:to|until|–) ?| - )(?:the )?\d/i
const isSaid = (day: CivilDate | null | undefined) => day !== undefined

/** The day of a cell without a length: written, or without its year. */
function dayInWords(cells: Cells, field: NoticeField, end: End): CivilDate | null {
  const raw = cells.raw(field)
  if (cells.once(lengthsIn, raw).length > 0) return null
  return dayBy(cells, field) ?? (end.kind === 'dated' ? noticeDayInYear(raw, end.earliest) : null)
}

/** The one day of its cell, `serve before 1/4/27`, `by end of March 2027`; of a month without more its first. */
function dayBy(cells: Cells, field: NoticeField): CivilDate | null {
  const reading = cells.dateIn(field)
  if (reading.kind === 'date' && reading.precision === 'day') return reading.earliest
  const cell = cells.filled([field]).find((each) => each.field === field)
  const [day, another] = cell === undefined ? [] : cells.datesIn(cell, cell.text)
  if (cell === undefined || day === undefined || another !== undefined) return null
  if (/\bnot before\b/i.test(cell.text)) return null
  if (day.precision !== 'day') return /\bend\b/i.test(cell.text) ? day.latest : day.earliest
  const isBefore = /\b(?:before|prior to)\b/i.test(cell.text) && !/on or before/i.test(cell.text)
  return isBefore ? addDays(day.earliest, -1) : day.earliest
}

/**
 * A day behind the end, or of an earlier term and past: nobody has kept it. The same day of the last year
 * of this term counts, until somebody says how long the notice is; null where that has passed as well.
 */
function ofThisTerm(
  cells: Cells,
  end: End,
  by: CivilDate | null,
  renews: boolean | null,
): CivilDate | null {
  if (by === null || end.kind !== 'dated' || cells.isOwn) return by
  const isBehind = by > end.latest
  const isOld = by < cells.today && by <= addMonths(end.earliest, -12)
  if (end.latest < cells.today || !(isBehind || isOld)) return by
  const years = Number(end.latest.slice(0, 4)) - Number(by.slice(0, 4))
  const [moved = by] = [years, years - 1]
    .map((each) => addMonths(by, each * 12))
    .filter((day) => {
      return day <= end.latest
    })
  const field = cells.text('noticeBy') === null ? 'noticePeriod' : 'noticeBy'
  const held = moved >= cells.today ? moved : null
  const which = isBehind ? 'lies behind its end' : 'is of an earlier term'
  const counts = held === null ? 'none is known' : `${dayText(held)} counts`
  const words = cells.text(field) ?? ''
  const ask = renews === true ? askNotice(words, [], held ?? undefined, [moved]) : undefined
  const severity = ask === undefined ? 'warning' : 'question'
  const problem = `notice by ${dayText(by)} ${which}: ${counts}`
  cells.report(field, problem, 'Write the last day for notice, or its length.', severity, ask)
  return held
}

/** `Auto unless cancelled by 31 Oct`, up to this end. */
function byInRenewal(cells: Cells, end: Extract<End, { kind: 'dated' }>): CivilDate | null {
  const [, by] = UNLESS_BY.exec(cells.raw('automaticRenewal')) ?? []
  if (by === undefined) return null
  const day = cells.dateInPart('automaticRenewal', by)
  const isDay = day.kind === 'date' && day.precision === 'day' && day.earliest <= end.latest
  return isDay ? day.earliest : noticeDayInYear(by, end.earliest)
}
const UNLESS_BY =
  /\b(?:unless|if not|notice|cancel\w*|terminat\w*|opt out)\b.*?\b((?:by|before|no later than) [^,;()]*)/i

/** The day by which a cell that no field is read from says that notice is due: `must opt out by 1 July`. */
function byElsewhere(
  cells: Cells,
  end: End,
): { readonly cell: FilledCell; readonly day: CivilDate } | null {
  if (cells.isOwn || end.kind !== 'dated') return null
  for (const cell of cells.filled([])) {
    const said = inEnglish(cell.text)
    const [, by] = STOP_BY.exec(said) ?? []
    if (by === undefined || BREAK.test(said) || isServed(said)) continue
    const [written] = cells.datesIn(cell, by)
    const isOfEnd = written?.precision === 'day' && written.earliest <= end.latest
    const isNear = isOfEnd && written.earliest > addMonths(end.earliest, -12)
    const day = isNear ? written.earliest : noticeDayInYear(`by ${by}`, end.earliest)
    if (day !== null) return { cell, day }
  }
  return null
}
const STOP_BY =
  /\b(?:notice|cancel\w*|opt(?:ing)?[ -]?out|terminat\w*|withdraw|stop it|tell (?:them|supplier|provider)|notify (?:them|supplier|provider))\b[^.;\d]{0,40}?\b(?:by|before|no later than|shuts?|closes?|deadline(?: is)?)\b:? ([^,;()]*)/i

/** Whether a column of days holds a length of time: `Give notice by: 3 months`. */
function holdsLength(cells: Cells, field: Field): boolean {
  return cells.once(lengthsIn, cells.raw(field)).length > 0 && cells.dateIn(field).kind === 'bad'
}

/** Whether this length before the end begins by that day: then it is the one that is safe. */
function isLonger(period: Period | null, by: CivilDate, end: End): boolean {
  if (period === null || end.kind !== 'dated') return false
  return before(end.earliest, period, ukCalendar('any-uk')) <= by
}

const LENGTHS_IN = ['noticePeriod', 'otherNotice', 'noticeBy'] as const
type NoticeField = (typeof LENGTHS_IN)[number]

/** Of the lengths of several columns that differ the longest counts, until somebody says which holds. */
function readLengths(
  cells: Cells,
  by: CivilDate | null,
  renews: boolean | null,
  rolls: Rolling | null,
  end: End,
): NoticeRead | null {
  const found = LENGTHS_IN.flatMap((field) => {
    const words = cells.text(field)
    const isDay =
      field === 'noticeBy' ? !holdsLength(cells, field) : by !== null && field === 'noticePeriod'
    return words === null ? [] : (readLength(cells, field, words, renews, isDay, end) ?? [])
  })
  const isNone = found.every(({ says }) => says.noticePeriod === null)
  const among = noticeAmong(cells, rolls, isNone)
  if (among !== null) {
    const { field, words } = among
    const read = readNoticeLength(words, null)
    const noticePeriod = read.kind === 'period' ? read.period : null
    found.push({ says: { noticePeriod, noticeText: words }, field, words })
  }
  const elsewhere =
    found.length > 1 ? null : noticeElsewhere(cells, found[0]?.says.noticePeriod ?? null)
  if (elsewhere !== null) found.push(elsewhere)
  const [first, second] = found
  const [a, b] = [first?.says.noticePeriod ?? null, second?.says.noticePeriod ?? null]
  if (first === undefined || second === undefined || a === null || b === null) {
    return a === null && b !== null ? (second ?? null) : (first ?? null)
  }
  const isSecond = daysIn(b) > daysIn(a)
  const held = isSecond ? second : first
  if (periodText(a) === periodText(b)) return held
  const of = ({ field, heading, words, says }: NoticeRead) => {
    return { heading: heading ?? cells.name(field ?? 'noticePeriod'), words, says }
  }
  const longest = periodText(isSecond ? b : a)
  const problem = `"${of(first).heading}" and "${of(second).heading}" differ: the longer counts, ${longest}`
  const ask =
    renews === true
      ? askLength('notice', of(first), of(second), `the longer, ${longest}`)
      : undefined
  const severity = ask === undefined ? 'warning' : 'question'
  cells.report(second.field, problem, 'Say which of the two holds.', severity, ask)
  return held
}

/** A notice among the words of an end, or of its renewal (where no other is given), or of its options. */
function noticeAmong(
  cells: Cells,
  rolls: Rolling | null,
  isAlone: boolean,
): { readonly field: Field; readonly words: string } | null {
  if (cells.isOwn) return null
  if (isAlone && rolls !== null && rolls.notice !== null) {
    return { field: rolls.field, words: rolls.notice }
  }
  for (const field of isAlone ? [...RENEWALS, ...BESIDE_LENGTHS] : BESIDE_LENGTHS) {
    const text = inEnglish(cells.text(field) ?? '')
    const words = RENEWALS.includes(field) ? noticeIn(text) : noticeApart(text).notice
    if (words !== null) return { field, words }
  }
  return null
}

/** A notice in a cell that no field is read from: not one that was served, nor of a break or an option. */
function noticeElsewhere(cells: Cells, known: Period | null): NoticeRead | null {
  if (cells.isOwn) return null
  for (const { heading, text } of cells.filled([])) {
    const words = /\b(?:served|serve|given|received|issued|exercis\w+|break|option)\b/i.test(text)
      ? null
      : noticeIn(inEnglish(text))
    const read = words === null ? null : readNoticeLength(words, null)
    if (words === null || read?.kind !== 'period') continue
    if (known !== null && periodText(known) === periodText(read.period)) continue
    const problem = `a notice of ${periodText(read.period)} stands here: it is read as one of its notice`
    cells.tell(heading, text, problem, 'Give the notice a column of its own.', 'note')
    // What it counts from stands beside it: `before the anniversary`.
    const noticeText = text.length > 100 ? words : text
    const says = { noticePeriod: read.period, noticeText }
    return { says, field: 'noticePeriod', words, heading }
  }
  return null
}
const RENEWALS: readonly Field[] = ['automaticRenewal', 'renewalTerm']
const BESIDE_LENGTHS: readonly Field[] = [
  'extensionMonths',
  'secondExtensionMonths',
  'termMonths',
  'otherTerm',
  'end',
  'currentEnd',
  'otherEnd',
]

/** `isDay`: the cell holds a day besides, which was read already. */
function readLength(
  cells: Cells,
  field: NoticeField,
  words: string,
  renews: boolean | null,
  isDay: boolean,
  end: End,
): NoticeRead | null {
  // What tells of a break alone is read with the breaks.
  if (cells.once(lengthsIn, words).length === 0 && isBreakAlone(words)) return null
  const reading = cells.noticeLength(field, words)
  const isPlain = /^\d+ ?[a-z]+(?: [a-z]+)?$/i.test(words) || /^\d+$/.test(words)
  if (reading.kind === 'nil' || isDay) {
    if (reading.kind !== 'period') return null
    const noticeText = isPlain ? {} : { noticeText: words }
    return { says: { noticePeriod: reading.period, ...noticeText }, field, words }
  }
  if (reading.kind === 'bad') {
    const ask = renews === true ? askNotice(words) : undefined
    const problem = `the notice cannot be read (${reading.problem})`
    const severity = ask === undefined ? 'warning' : 'question'
    cells.report(field, problem, reading.remedy, severity, ask)
    return { says: { noticePeriod: null, noticeText: words }, field, words }
  }
  const { period } = reading
  const last = end.kind === 'dated' && !cells.isOwn ? end : null
  const days = last === null ? null : cells.noticeDays(field, last.earliest)
  const isOther = (day: CivilDate) =>
    last === null ||
    Math.abs(daysBetween(day, before(last.earliest, period, ukCalendar('any-uk')))) > 3
  const isOpen =
    days !== null &&
    last !== null &&
    (days.kind === 'unread' ||
      (days.kind === 'from'
        ? days.day !== days.base || isOther(days.base)
        : days.base > addDays(last.latest, 1)))
  if (last !== null && days !== null && isOpen) {
    // Which day it means would move the notice: the length counts, as from the end.
    const problem = `a length and a day that is not its end stand here: ${periodText(period)} before the end counts`
    const meant =
      days.kind === 'unread'
        ? []
        : [...new Set([days.day, days.base])].filter((day) => day <= last.latest)
    const ask = renews === true ? askNotice(words, [period], period, meant) : undefined
    const severity = ask === undefined ? 'warning' : 'question'
    cells.report(field, problem, 'Write the length, or the last day for notice.', severity, ask)
  } else if (reading.words !== undefined) {
    const problem = `several lengths stand here: the longest counts, ${periodText(period)}`
    const ask = renews === true ? askNotice(words, alternativesIn(words), period) : undefined
    const severity = ask === undefined ? 'warning' : 'question'
    cells.report(field, problem, 'Write the one that holds.', severity, ask)
  }
  const says = isPlain ? { noticePeriod: period } : { noticePeriod: period, noticeText: words }
  return { says, field, words }
}

/** From when the terms are counted, or the years from whose anniversary notice is; asked where nothing tells. */
function readRollsFrom(
  cells: Cells,
  end: End,
  start: CivilDate | null,
  rolls: Rolling | null,
  term: Period | null,
  { says, field, words }: NoticeRead,
): { readonly rollsFrom?: CivilDate } {
  const isWords = cells.dateIn('rollsFrom').kind === 'rolling'
  const said = isWords ? null : cells.firstDay('rollsFrom')
  const day = rolls?.from ?? (said === null || end.kind === 'dated' ? null : said)
  const isCounted = end.kind === 'dated' || (day ?? start) !== null
  if (rolls !== null && term === null && field !== null && isCounted) {
    const problem =
      'it goes on from term to term, and the length of a term is not said: 12 months are assumed'
    cells.report(
      'end',
      problem,
      'Write it, such as "rolling 12 months".',
      'question',
      askRollTerm(rolls.words),
    )
  }
  // From a day to come on it only begins then: its first term is that one.
  if (day !== null) return { rollsFrom: rolls?.from === day ? day : begun(day, term, cells.today) }
  if (start !== null || field === null || cells.isOwn) return {}
  const isAnniversary = says.noticePeriod !== null && /\banniversar/i.test(says.noticeText ?? '')
  if (end.kind === 'dated' ? !isAnniversary || end.latest < cells.today : rolls === null) return {}
  const problem =
    rolls === null
      ? 'the notice counts from the anniversary, and no start is given: it counts from the end'
      : 'it goes on from term to term, and no start is given: no notice is watched'
  const ask = askRolls(rolls?.words ?? words, rolls !== null, cells.today)
  cells.report(rolls === null ? field : 'end', problem, 'Fill in the start.', 'question', ask)
  return {}
}

/** The same day so many terms earlier that it has passed. */
function begun(day: CivilDate, term: Period | null, today: CivilDate): CivilDate {
  const months =
    term?.unit === 'months' ? term.amount : term?.unit === 'years' ? term.amount * 12 : 12
  let first = day
  for (let back = 1; first > today && back < 200; back += 1) first = addMonths(day, -months * back)
  return first
}

/** A route in words that are not known is asked about: until then it is assumed, never replaced. */
function readRoute(cells: Cells, route: string | null, contractType: string | null): string | null {
  const read = routeOf(route ?? contractType ?? '')
  if (route !== null && read === null && !SAYS_NO_ROUTE.test(route)) {
    const problem = 'this route is none that is known here'
    cells.report('route', problem, 'Say which route it is.', 'question', askRoute(route))
  }
  return read
}
const SAYS_NO_ROUTE =
  /^\W*(?:tb[acd]|to be (?:confirmed|decided|determined|agreed)|unknown|not (?:known|recorded|applicable|yet (?:known|decided))|other|various|see notes?|historic(?:al)?|legacy)\W*$/i

function parentOf(parent: string | null): Pick<Draft, 'parent'> {
  return parent === null ? {} : { parent }
}

function namesOf(cells: Cells, field: Field): string[] {
  const text = cells.text(field)
  if (text === null) return []
  const quoted = cells.isOwn ? quotedNames(text) : null
  if (quoted !== null) return quoted
  if (!/[[|;]/.test(text)) return [text]
  const part = cells.columns[field]?.heading.packed?.findIndex((name) => name.includes('name')) ?? 0
  return namesIn(text, Math.max(0, part))
}

/** Web addresses alone are taken; whatever else stands there is named. */
function readDocuments(cells: Cells): Pick<Draft, 'documents'> {
  const link = cells.link('documents')
  if (cells.text('documents') === null && link === null) return {}
  const raw = cells.isOwn ? unguarded(cells.raw('documents')) : cells.raw('documents')
  const { documents, refused } = readLinks(link === null ? raw : linkedText(raw, link))
  if (refused.length > 0) {
    const named = refused.map((each) => `"${each.slice(0, 60)}"`).join(', ')
    const problem = `not taken as a link: ${named.slice(0, 300)}`
    const looksSo = refused.some((each) => LIKE_A_LINK.test(each))
    const remedy = 'Write each as an address that begins with https://.'
    cells.report('documents', problem, remedy, looksSo ? 'warning' : 'note')
  }
  return documents.length === 0 ? {} : { documents }
}
/** A path, an address without its beginning, or a file: somebody meant a link. */
const LIKE_A_LINK = /[:\\/]|^www\.|\.(?:pdf|docx?|xlsx?|msg|html?)$/i

/** There only where the row says it, so that other registers read as before. */
function named<Name extends 'identity' | 'deputyEmail' | 'categoryLeadEmail' | 'cpv' | 'itl'>(
  cells: Cells,
  field: Name,
): { readonly [name in Name]?: string } {
  const text = cells.text(field)
  return text === null ? {} : ({ [field]: text } as { readonly [name in Name]?: string })
}

/**
 * There only where the row says it. An assessment that was made tells of personal data; that none
 * was made does not tell that there is none.
 */
function readPersonalData(cells: Cells): Pick<Draft, 'personalData' | 'dpia'> {
  const heading = cells.columns.personalData?.heading.key ?? ''
  const isAssessment = /dpia|assessment/.test(heading)
  const dpia = readAssessment(cells, 'dpia')
  const reference = dpia === null ? {} : { dpia }
  const isReference = assessmentSaid(cells.text('personalData') ?? '') === 'known'
  if (isAssessment && (isReference || !/\brequired\b/.test(heading))) {
    const said = readAssessment(cells, 'personalData')
    return said === null ? reference : { personalData: true, dpia: dpia ?? said }
  }
  const answer = readYesOrNo(cells, 'personalData')
  return answer === null || (isAssessment && !answer)
    ? reference
    : { personalData: answer, ...reference }
}

function unfinished(cells: Cells, field: 'dpia' | 'personalData', words: string): string {
  const problem = 'the impact assessment is not finished: no reference of it is known'
  if (!cells.isOwn) cells.report(field, problem, 'Write its reference once it is made.', 'note')
  return words
}

/** An assessment's reference, else how far it is; null where none was made, or nothing is said of one. */
function readAssessment(cells: Cells, field: 'dpia' | 'personalData'): string | null {
  const text = cells.text(field)
  const raw = cells.raw(field).trim()
  if (text === null) {
    if (/^(?:tb[acd]|\?+|unknown|pending|to be \w+)$/i.test(raw)) {
      // Words for nothing elsewhere; here it is under way.
      if (/^pending$/i.test(raw)) return unfinished(cells, field, raw)
      const problem = 'whether an impact assessment was made is not said'
      cells.report(field, problem, 'Write its reference, yes, no or in progress.', 'note')
    }
    return null
  }
  const said = assessmentSaid(text)
  if (said === 'none') return null
  if (said === 'made') return ASSESSED
  if (said === 'open') return unfinished(cells, field, text)
  if (said === null && !cells.isOwn && field === 'personalData') {
    cells.report(
      field,
      'neither yes, no nor a reference',
      'Write its reference, yes or no.',
      'warning',
    )
    return null
  }
  return text
}

/** Whether personal data goes to third parties, and to whom: of two columns, each a yes, a no or names. */
function readShared(cells: Cells): Pick<Draft, 'sharesData' | 'sharedWith'> {
  const said = (['sharesData', 'sharedWith'] as const).map((field) => sharedIn(cells, field))
  const sharedWith = [...new Set(said.flatMap(({ names }) => names ?? []))].join('; ') || null
  const answers = said.flatMap(({ answer }) => answer ?? [])
  if (answers.length === 0) return {}
  if (answers.includes(true) && answers.includes(false)) {
    const problem = 'one column says that it is shared, another that it is not: taken as shared'
    cells.report('sharesData', problem, 'Put right the one that is wrong.', 'warning')
  }
  const sharesData = answers.includes(true)
  return { sharesData, ...(sharesData && sharedWith !== null ? { sharedWith } : {}) }
}

function sharedIn(
  cells: Cells,
  field: 'sharesData' | 'sharedWith',
): { readonly answer: boolean | null; readonly names: string | null } {
  // "None" says nothing in other columns; here it answers.
  const text = cells.text(field) ?? (/^\s*(?:none|nil)\s*$/i.test(cells.raw(field)) ? 'none' : null)
  if (text === null) return { answer: null, names: null }
  if (cells.isOwn && field === 'sharedWith') return { answer: true, names: text }
  const plain = plainAnswer(text)
  if (plain !== null) return { answer: plain, names: null }
  if (NOT_SHARED.test(text)) return { answer: false, names: null }
  const [, named = null] = /^yes[\s:,;.(–-]+(.+?)\)?$/i.exec(text) ?? []
  if (named !== null) return { answer: true, names: named }
  if (
    /^(?:\?+|maybe|possibly|unsure|unclear|(?:under|in) review|to (?:be )?\w+|not sure)\b/i.test(
      text,
    )
  ) {
    cells.report(
      field,
      'it is not said whether it is shared',
      'Write yes, no, or with whom.',
      'note',
    )
    return { answer: null, names: null }
  }
  return { answer: true, names: text }
}
const NOT_SHARED =
  /^(?:none|nil|never|not shared|no(?:ne)?[, ]+(?:third part(?:y|ies)|sub-? ?processors?|trackers?|sharing|not shared).*|not (?:shared|applicable).*|does not share.*)\.?$/i

function readCallOffBy(cells: Cells): { readonly callOffBy?: CivilDate } {
  const day = cells.firstDay('callOffBy')
  return day === null ? {} : { callOffBy: day }
}

function readYesOrNo(cells: Cells, field: Field): boolean | null {
  const text = cells.text(field)
  const answer = text === null ? null : yesOrNo(text)
  if (text !== null && answer === null) {
    cells.report(field, 'neither yes nor no', 'Write yes or no.', 'warning')
  }
  return answer
}

/** Nothing where the row says none of it; 0 says nothing either, but in an export of ours. */
function readPrices(cells: Cells): { readonly prices?: DraftPrices } {
  const { periodicCharge, chargeUnit } = readCharge(cells)
  const prices: DraftPrices = {
    periodicCharge,
    chargeUnit,
    invoicedLastYear: amount(cells, 'invoicedLastYear'),
    oneOffCharges: amount(cells, 'oneOffCharges'),
    minimumExtension: cells.period('minimumExtension'),
  }
  return Object.values(prices).every((each) => each === null) ? {} : { prices }
}

function readCharge(cells: Cells): Pick<DraftPrices, 'periodicCharge' | 'chargeUnit'> {
  const none = { periodicCharge: null, chargeUnit: null }
  const charge = cells.amount('periodicCharge')
  if (charge === null) return chargeInValue(cells)
  if (isNothing(charge.amount) && !cells.isOwn) return none
  const periodicCharge = charge.amount
  const words = cells.text('chargeUnit')
  const heading = cells.columns.periodicCharge?.heading.key ?? ''
  const chargeUnit = charge.annual ? 'year' : chargeUnitOf(words ?? heading)
  if (chargeUnit !== null) return { periodicCharge, chargeUnit }
  const remedy = 'Write month, quarter or year into a column "Charge unit".'
  const field = words === null ? 'periodicCharge' : 'chargeUnit'
  cells.report(field, 'what the charge is for is not said', remedy, 'warning')
  return none
}

/** `£400 per month` in the column of the value. */
function chargeInValue(cells: Cells): Pick<DraftPrices, 'periodicCharge' | 'chargeUnit'> {
  for (const [field] of VALUES) {
    for (const column of [cells.columns[field], ...cells.unreadOf(field)]) {
      const reading = cells.amountIn(field, column)
      if (reading.kind !== 'amount' || reading.per === undefined) continue
      return { periodicCharge: reading.amount, chargeUnit: reading.per }
    }
  }
  return { periodicCharge: null, chargeUnit: null }
}

/** Nothing where the row says none of it. The time is in its own column or in the price's heading. */
function readUnitTerms(cells: Cells): { readonly unitTerms?: UnitTerms } {
  const words = cells.text('unitPricePer') ?? cells.columns.unitPrice?.heading.key ?? ''
  const edition = cells.text('edition')
  const unitPricePer = cells.text('unitPrice') === null ? null : chargeUnitOf(words)
  return edition === null && unitPricePer === null ? {} : { unitTerms: { edition, unitPricePer } }
}

/** `monthly`, `per quarter`, `Annual`, `every week`; null where the words name no unit. */
function chargeUnitOf(words: string): ChargeUnit | null {
  const unit =
    /\b(?:(dai|day)|(week|wk|p\.? ?w\b)|(month|mth|p\.? ?c?\.? ?m\b)|(quarter|qt(?:r|ly)|p\.? ?q\b)|(annu|year|p\.? ?a\b))/i.exec(
      words,
    )
  if (!unit) return null
  const [, day, week, month, quarter] = unit
  if (day) return 'day'
  if (week) return 'week'
  if (month) return 'month'
  return quarter ? 'quarter' : 'year'
}

function amount(cells: Cells, field: 'invoicedLastYear' | 'oneOffCharges'): Decimal | null {
  const said = cells.amount(field)?.amount ?? null
  return said === null || (isNothing(said) && !cells.isOwn) ? null : said
}

/** What a row says of money, and of the tax in it. */
export interface Value {
  readonly value: Decimal | null
  /** There only where it is no plain amount. */
  readonly valueText?: string
  readonly valueBasis: ValueBasis
  readonly vat: VatState
  readonly vatRecoverable: Draft['vatRecoverable']
  readonly currency: string
}

const VALUES = [
  ['value', null],
  ['maximumValue', 'maximum'],
  ['annualValue', 'annual'],
] as const

/**
 * The first of the value columns that says something, with its basis and what it says of tax. A
 * value of 0 says nothing: spread over months it would make the whole of a rollover a premium.
 */
function readValue(cells: Cells): Value {
  const { vat: vatColumn, vatRecoverable: recovery, currency: currencyColumn } = cells.columns
  const vatText = vatColumn === null ? null : cells.text('vat')
  const recoveryText = recovery === null ? null : cells.text('vatRecoverable')
  const currencyText = currencyColumn === null ? null : cells.text('currency')
  const currency = currencyText === null ? null : readCurrency(currencyText)
  if (currencyText !== null && currency === null) {
    const problem = 'this currency is not known: the amounts are unknown'
    cells.report('currency', problem, 'Write its code, such as GBP.', 'warning')
  }
  const isForeign = currencyText !== null && currency === null
  tellCurrencies(cells, currency)
  const saidBasis = basisSaid(cells)
  let valueText: string | null = isForeign ? currencyText : null
  for (const [field, basis] of VALUES) {
    const amount = cells.amount(field)
    const heading = cells.columns[field]?.heading
    const words = cells.amountWords(field)
    // A year's charge below a heading of another value is not the whole of it.
    const isYearly = amount?.annual === true && basis !== 'annual'
    if (amount === null || amount.words !== undefined || isYearly) valueText ??= words
    const year = amount === null ? null : yearOf(amount)
    if (amount === null || heading === undefined || isForeign) continue
    if (amount.per !== undefined && year === null) continue
    if (isNothing(amount.amount) && !cells.isOwn) continue
    return {
      value: year ?? amount.amount,
      ...(amount.words !== undefined
        ? { valueText: amount.words }
        : isYearly && words !== null && !cells.isOwn
          ? { valueText: words }
          : {}),
      valueBasis:
        year !== null
          ? 'annual'
          : (saidBasis ??
            (amount.annual
              ? 'annual'
              : amount.whole
                ? 'committed'
                : (basis ?? basisOf(heading.key)))),
      vat:
        vatText !== null && vatColumn !== null
          ? vatState(vatText, vatColumn.heading.key)
          : (heading.vat ?? amount.vat ?? (heading.key === AWARD_VALUE ? 'net' : 'unknown')),
      vatRecoverable: recoveryOf(recoveryText, recovery?.heading.key),
      currency: currency ?? amount.currency ?? heading.currency ?? otherCurrency(cells),
    }
  }
  return {
    value: null,
    ...(valueText === null ? {} : { valueText }),
    valueBasis: saidBasis ?? 'unknown',
    vat: 'unknown',
    vatRecoverable: recoveryOf(recoveryText, recovery?.heading.key),
    currency: currency ?? otherCurrency(cells),
  }
}

/**
 * Figures of one row that contradict each other by more than rounding and indexation: what a charge comes to
 * in a year beside the year's own, and the whole beside its years, to the end or to the last option.
 */
function tellSums(
  cells: Cells,
  prices: DraftPrices | undefined,
  start: CivilDate | null,
  [end, maximumEnd]: readonly [CivilDate, CivilDate],
): void {
  const read = (['value', 'maximumValue', 'annualValue'] as const).flatMap((field) => {
    const reading = cells.amountIn(field)
    if (reading.kind !== 'amount' || isNothing(reading.amount)) return []
    const ofYear = field === 'annualValue' || reading.annual ? reading.amount : yearOf(reading)
    return [{ field, amount: reading.amount, ofYear }]
  })
  const { periodicCharge = null, chargeUnit = null } = prices ?? {}
  const charged = cells.columns.periodicCharge === null ? null : chargeUnit
  const ofCharge = (amount: Decimal, unit: ChargeUnit) => {
    const [times, over] = A_YEAR[unit]
    return canonical(new Big(amount).times(times).div(over))
  }
  const years = [
    ...read.flatMap(({ field, ofYear }) => {
      return ofYear === null ? [] : [{ heading: cells.name(field), ofYear }]
    }),
    ...(charged === null || periodicCharge === null
      ? []
      : [{ heading: cells.name('periodicCharge'), ofYear: ofCharge(periodicCharge, charged) }]),
    ...(['annualValue', 'periodicCharge'] as const).flatMap((field) =>
      cells.unreadOf(field).flatMap((column) => {
        const { heading } = column
        const reading = cells.amountIn(field, column)
        const unit = field === 'annualValue' ? 'year' : chargeUnitOf(heading.key)
        if (reading.kind !== 'amount' || unit === null || isNothing(reading.amount)) return []
        return [{ heading: heading.text, ofYear: ofCharge(reading.amount, unit) }]
      }),
    ),
  ]
  const [first, ...more] = years
  const differ = (a: string, b: string, said: string) => {
    const problem = `“${a}” and “${b}” contradict each other: ${said}`
    cells.tell(b, null, problem, 'Put right the one that is wrong.', 'warning')
  }
  const second = more.find((each) => first && !isAbout(first.ofYear, each.ofYear, 1.1))
  if (first && second) {
    differ(first.heading, second.heading, `${first.ofYear} and ${second.ofYear} a year`)
  }
  const whole = read.find(({ ofYear }) => ofYear === null)
  if (whole === undefined || first === undefined || start === null || end < start) return
  const [least, most] = [end, maximumEnd].map((last) => {
    const days = daysBetween(start, last) + 1
    return canonical(new Big(first.ofYear).times(days).div(365.25).round(2))
  })
  if (least === undefined || most === undefined) return
  const isBetween = new Big(whole.amount).gte(least) && new Big(whole.amount).lte(most)
  if (isBetween || [least, most].some((each) => isAbout(whole.amount, each, 1.2))) return
  differ(cells.name(whole.field), first.heading, `${whole.amount}, and ${least} over its term`)
}

/** An amount whose own sign is of another currency than its column or heading says. */
function tellCurrencies(cells: Cells, column: string | null): void {
  if (cells.isOwn) return
  for (const field of PRICED) {
    const reading = cells.amountIn(field)
    const said = column ?? cells.columns[field]?.heading.currency ?? null
    if (reading.kind !== 'amount' || reading.currency === null || said === null) continue
    if (reading.currency === said) continue
    const held = column ?? reading.currency
    const problem = `the amount says ${reading.currency}, and its ${column === null ? 'heading' : 'currency'} ${said}: ${held} counts`
    cells.report(field, problem, 'Put right the one that is wrong.', 'warning')
  }
}

/** The currency that the other amounts of the row, or their headings, name. */
function otherCurrency(cells: Cells): string {
  for (const field of PRICED) {
    const reading = cells.amountIn(field)
    if (reading.kind !== 'amount') continue
    const currency = reading.currency ?? cells.columns[field]?.heading.currency ?? null
    if (currency !== null) return currency
  }
  return 'GBP'
}
const PRICED = [
  'value',
  'maximumValue',
  'annualValue',
  'periodicCharge',
  'unitPrice',
  'invoicedLastYear',
] as const

/** From a column of its own, which goes before the heading of the value. */
function basisSaid(cells: Cells): ValueBasis | null {
  const { basis } = cells
  if (basis?.of === 'committed' || basis?.of === 'maximum') return basis.of
  if (cells.columns.valueBasis === null) return null
  const text = cells.text('valueBasis')?.toLowerCase() ?? 'unknown'
  return VALUE_BASES.find((basis) => basis === text) ?? null
}

/** Atamis's export: without VAT, with every option (domain facts, section 4). */
const AWARD_VALUE = 'contract award value'

function basisOf(key: string): ValueBasis {
  if (key === AWARD_VALUE) return 'maximum'
  return /total|life ?time|whole|overall|entire|tcv|full (?:term|contract)|over (?:\d|.*(?:life|term|length|years))|original|awarded|contract value|sum to be paid/.test(
    key,
  )
    ? 'committed'
    : 'unknown'
}

function recoveryOf(text: string | null, question: string | undefined): Draft['vatRecoverable'] {
  return text === null ? 'unknown' : vatRecovery(text, question ?? '')
}
