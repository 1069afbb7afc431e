/** One contract of an OCDS process into a draft, or into what is wrong with it. */
import { addDays, type CivilDate, lastOfMonths } from '../../rules/civil-date.ts'
import type { End, LinkedDocument } from '../../rules/contract.ts'
import { type Decimal, isNothing, parseDecimal, type VatState } from '../../rules/money.ts'
import { compare } from '../../rules/text-match.ts'
import { askBeforeStart, askUnread } from '../asks.ts'
import {
  type Ask,
  type Draft,
  type DraftExtension,
  NOTHING_SAID,
  type Problem,
  type ReadItem,
} from '../draft.ts'
import { LIMITS } from '../limits.ts'
import { checkEnd, type DateReading, isSentinel, readDate } from '../parse-date.ts'
import {
  cleanText,
  describedKind,
  formOf,
  MOST_DOCUMENTS,
  readLinks,
  routeOf,
  titleOf as titleIn,
} from '../parse-words.ts'
import { type JsonObject, objectAt, objectsAt, textAt, textsAt } from './json-stream.ts'
import { mergeObjects, type Release } from './ocds-release.ts'

/** A process: its state now, and the releases that led there, the earliest first. */
export interface OcdsProcess {
  readonly ocid: string
  readonly state: JsonObject
  readonly releases: readonly Release[]
}

/**
 * The contracts of a process: one for each of `contracts`, and one for each award that has none.
 * A process without either, and an award that came to nothing, are skipped with the reason.
 */
export function readProcess(process: OcdsProcess, timeZone: string | null): ReadItem[] {
  const awards = objectsAt(process.state, 'awards')
  const contracts = objectsAt(process.state, 'contracts')
  const items: ReadItem[] = []
  const contracted = new Set<string>()
  for (const contract of contracts) {
    const awardId = textAt(contract, 'awardID')
    if (awardId !== null) contracted.add(awardId)
    const only = awards.length === 1 && awardId === null ? awards[0] : undefined
    const award = awards.find((item) => awardId !== null && textAt(item, 'id') === awardId) ?? only
    if (only !== undefined) contracted.add(textAt(only, 'id') ?? '')
    items.push(readContract(process, award ?? null, contract, timeZone))
  }
  for (const award of awards) {
    if (contracted.has(textAt(award, 'id') ?? '')) continue
    items.push(readContract(process, award, null, timeZone))
  }
  if (items.length > 0) return items
  const at = process.releases.at(-1)?.at ?? process.ocid
  return [{ kind: 'skipped', at, why: `process ${process.ocid} has no award and no contract yet` }]
}

function readContract(
  process: OcdsProcess,
  award: JsonObject | null,
  contract: JsonObject | null,
  timeZone: string | null,
): ReadItem {
  const id = textAt(contract, 'id') ?? textAt(award, 'id')
  const at = placeOf(process, contract === null ? 'awards' : 'contracts', id)
  const reference = referenceOf(process.ocid, id)
  const awardStatus = textAt(award, 'status')?.toLowerCase() ?? ''
  if (/^(?:cancelled|canceled|unsuccessful|withdrawn)$/.test(awardStatus)) {
    return { kind: 'skipped', at, why: `award ${id ?? ''} of ${process.ocid} is ${awardStatus}` }
  }
  const problems: Problem[] = []
  const report: Report = (field, value, problem, remedy, severity, ask) => {
    const found = { at, reference, field, value, problem, remedy, severity }
    problems.push(ask === undefined ? found : { ...found, ask })
  }
  const tender = objectAt(process.state, 'tender')
  const lots = lotsOf(tender, contract, award)
  const periods = periodsOf(contract, award, lots, tender, timeZone)
  const start = periods.map(({ period }) => periodStart(period, timeZone)).find(isKnown) ?? null
  const history = historyOf(process, contract, award, periods, timeZone)
  const over = terminationOf(contract, timeZone)
  const { awarded, source, extensions } = over === null ? history : terminated(history, over)
  const words = periods.map(({ period }) => textAt(period, 'endDate')).find(isKnown) ?? null
  // A contract that is named is kept: without an end that can be read it is asked about.
  const asks = (problem: string, remedy: string, ask: Ask) => {
    report('endDate', words, `${problem}: no end is known`, remedy, 'question', ask)
  }
  if (awarded.kind === 'bad') {
    asks(awarded.problem, awarded.remedy, askUnread('endDate', words ?? ''))
  }
  const checked = checkEnd(awarded, start)
  const { finding } = checked
  const isContrary = finding?.severity === 'error'
  const end: End = isContrary ? { kind: 'undated' } : checked.end
  if (isContrary && checked.end.kind === 'dated' && start !== null) {
    asks(finding.problem, finding.remedy, askBeforeStart('endDate', checked.end, start))
  } else if (finding !== null) {
    report('endDate', words, finding.problem, finding.remedy, finding.severity)
  }
  const maximum =
    over ??
    periods
      .map(({ period }) => firstDay(textAt(period, 'maxExtentDate'), timeZone))
      .find(isKnown) ??
    null
  if (end.kind === 'undated' && problems.length === 0) reportLength(periods, report)
  const draft: Draft = {
    ...NOTHING_SAID,
    at,
    reference,
    lot: lots.length === 1 ? textAt(lots[0] ?? null, 'id') : null,
    ocid: process.ocid,
    awardOrContractId: id,
    title: titleOf(contract, award, lots, tender),
    buyers: buyersOf(process.state, tender, award),
    supplier: suppliersOf(process.state, contract, award).join('; ') || null,
    form: formIn(tender),
    ...parentOf(process.state, contract),
    start,
    end,
    endSource: end.kind === 'undated' ? null : source,
    maximumEnd: maximum === null || isSentinel(maximum, start) ? null : maximum,
    extensions: end.kind === 'dated' ? extensions : [],
    route: routeOf(
      textAt(tender, 'procurementMethodDetails') ?? '',
      textAt(tender, 'procurementMethod'),
    ),
    ...readDocuments([contract, objectAt(contract, 'implementation'), award], report),
    ...readValue(objectAt(contract, 'value') ?? objectAt(award, 'value'), report),
    // "terminated" includes normal completion, so only a cancellation closes a contract.
    closed: /^cancell?ed$/i.test(textAt(contract, 'status') ?? ''),
  }
  return problems.some(({ severity }) => severity === 'error')
    ? { kind: 'rejected', problems }
    : { kind: 'draft', draft, warnings: problems }
}

/** Those of the contract, its course and its award; the tender's are about the procedure. */
function readDocuments(
  holders: readonly (JsonObject | null)[],
  report: Report,
): Pick<Draft, 'documents'> {
  const found = new Map<string, LinkedDocument>()
  for (const each of holders.flatMap((holder) => objectsAt(holder, 'documents'))) {
    const typed = textAt(each, 'url')
    if (typed === null) continue
    const {
      documents: [document],
    } = readLinks(typed)
    const title = titleIn(textAt(each, 'title') ?? textAt(each, 'description') ?? '')
    if (document === undefined || found.size === MOST_DOCUMENTS) {
      report('documents', typed, 'not taken as a link', 'Publish an address with https://.', 'note')
    } else if (!found.has(document.url)) {
      found.set(document.url, title === '' ? document : { title, url: document.url })
    }
  }
  return found.size === 0 ? {} : { documents: [...found.values()] }
}

/** The day on which a termination that was published ended the contract. */
function terminationOf(contract: JsonObject | null, timeZone: string | null): CivilDate | null {
  if (!/^terminated$/i.test(textAt(contract, 'status') ?? '')) return null
  return firstDay(textAt(objectAt(contract, 'implementation'), 'endDate'), timeZone)
}

/** A terminated contract ends on its day, whatever was awarded or extended before. */
function terminated({ awarded, extensions }: EndHistory, on: CivilDate): EndHistory {
  const day: DateReading = { kind: 'date', earliest: on, latest: on, precision: 'day' }
  const source = 'contract termination'
  const kept = shorten(extensions, on)
  const isAfter = awarded.kind === 'date' && awarded.latest < on
  return isAfter && (kept.at(-1)?.to ?? awarded.latest) >= on
    ? { awarded, source, extensions: kept }
    : { awarded: day, source, extensions: [] }
}

/** An end that is not published, where a length without a start is. */
function reportLength(periods: readonly SourcedPeriod[], report: Report): void {
  for (const { period } of periods) {
    const days = textAt(period, 'durationInDays')
    const length = days ?? textAt(period, 'durationInMonths')
    if (length === null) continue
    const unit = days === null ? 'months' : 'days'
    const figure = Number(length).toLocaleString('en-GB')
    const problem = `the end is not published: only a length of ${figure} ${unit} without a start`
    report('contractPeriod', `${length} ${unit}`, problem, 'Give the end by hand.', 'warning')
    return
  }
}

/** The framework's process, where exactly one is named by its ocid. */
function parentOf(state: JsonObject, contract: JsonObject | null): Pick<Draft, 'parent'> {
  const related = [
    ...objectsAt(contract, 'relatedProcesses'),
    ...objectsAt(state, 'relatedProcesses'),
  ]
  const ocids = related
    .filter((each) => /"(?:framework|parent)"/i.test(JSON.stringify(each.relationship ?? null)))
    .map((each) => textAt(each, 'identifier'))
    .filter((id) => id !== null)
  const [parent, ...more] = new Set(ocids)
  return parent === undefined || more.length > 0 ? {} : { parent }
}

type Report = (
  field: string,
  value: string | null,
  problem: string,
  remedy: string,
  severity: Problem['severity'],
  ask?: Ask,
) => void

/** The JSON path of the last release that speaks of this award or contract. */
function placeOf(process: OcdsProcess, list: string, id: string | null): string {
  for (const { at, data } of [...process.releases].reverse()) {
    const index = objectsAt(data, list).findIndex((item) => textAt(item, 'id') === id)
    if (index >= 0) return `${at}.${list}[${index}]`
  }
  return `${process.ocid}.${list}`
}

/** What people type: the id itself where it is long enough to be unique, else with the ocid. */
function referenceOf(ocid: string, id: string | null): string {
  if (id === null) return ocid
  return id.includes(ocid) || id.length >= 8 ? id : `${ocid}-${id}`
}

function historyOf(
  process: OcdsProcess,
  contract: JsonObject | null,
  award: JsonObject | null,
  periods: readonly SourcedPeriod[],
  timeZone: string | null,
): EndHistory {
  const ends = periods.map(({ period, source }) => ({ end: periodEnd(period, timeZone), source }))
  const winner = ends.find(({ end }) => end.kind !== 'nil')
  const source = winner?.source ?? null
  const present: DateReading = winner?.end ?? { kind: 'nil' }
  let history: EndHistory = { awarded: present, source: source ?? '', extensions: [] }
  if (source === 'contract period') {
    const place = { list: 'contracts', id: textAt(contract, 'id'), key: 'period', source } as const
    history = endHistory(place, present, process.releases, timeZone)
  } else if (source === 'award contractPeriod') {
    const id = textAt(award, 'id')
    const place = { list: 'awards', id, key: 'contractPeriod', source } as const
    history = endHistory(place, present, process.releases, timeZone)
  }
  if (contract === null) return history
  return withAmendments(history, contract, ends[1]?.end ?? { kind: 'nil' }, timeZone)
}

function formIn(tender: JsonObject | null): Draft['form'] {
  const form = formOf(textAt(tender, 'procurementMethodDetails') ?? '')
  // "Call-off from a framework agreement" says what this is; other words say how it was bought.
  return form === 'call-off' ? 'call-off' : 'contract'
}

function readValue(
  value: JsonObject | null,
  report: Report,
): { value: Decimal | null; valueBasis: 'unknown'; vat: VatState; currency: string } {
  const currency = textAt(value, 'currency')?.toUpperCase() ?? 'GBP'
  for (const [key, vat] of AMOUNTS) {
    const text = textAt(value, key)
    if (text === null) continue
    const amount = text.length > LIMITS.figureCharacters ? null : parseDecimal(text)
    if (amount === null) {
      report(`value.${key}`, text, 'this is not an amount', 'Publish it as a number.', 'warning')
    } else if (amount.startsWith('-')) {
      report(`value.${key}`, text, 'the amount is negative', 'Publish the amount paid.', 'warning')
    } else if (amount.indexOf('.') > 15) {
      report(`value.${key}`, text, 'the amount is too large', 'Check the zeros.', 'warning')
    } else if (isNothing(amount)) {
      continue
    } else {
      // A plain amount is net for sure only where the publisher states the gross one beside it.
      const stated = key === 'amountGross' || textAt(value, 'amountGross') !== null
      return { value: amount, valueBasis: 'unknown', vat: stated ? vat : 'unknown', currency }
    }
    break
  }
  return { value: null, valueBasis: 'unknown', vat: 'unknown', currency }
}
const AMOUNTS = [
  ['amount', 'net'],
  ['amountGross', 'gross'],
] as const

function isKnown<T>(value: T | null): value is T {
  return value !== null
}

// How the end of an OCDS contract moved: the first published end is the awarded one and stays;
// what was published later, or amended, is an extension that a person has yet to classify.

type Dated = Extract<DateReading, { kind: 'date' }>

/** Where a contract's end is published: `awards[id].contractPeriod`, `contracts[id].period`. */
interface EndPlace {
  readonly list: 'awards' | 'contracts'
  readonly id: string | null
  readonly key: 'period' | 'contractPeriod'
  readonly source: string
}

/** The awarded end, and what moved it since. */
interface EndHistory {
  readonly awarded: DateReading
  readonly source: string
  readonly extensions: readonly DraftExtension[]
}

/**
 * The course of an end through the releases, the earliest first. A later end becomes an
 * extension; an earlier one replaces what was there.
 */
function endHistory(
  place: EndPlace,
  present: DateReading,
  releases: readonly Release[],
  timeZone: string | null,
): EndHistory {
  let awarded: Dated | null = null
  let extensions: DraftExtension[] = []
  let period: JsonObject = {}
  for (const { data } of releases) {
    const entry = objectsAt(data, place.list).find((item) => textAt(item, 'id') === place.id)
    const said = objectAt(entry ?? null, place.key)
    if (said === null) continue
    // A release says only what changed: a length alone counts from the start that was said before.
    period = mergeObjects(period, said)
    const end = periodEnd(period, timeZone)
    if (end.kind !== 'date') continue
    if (awarded === null) {
      awarded = end
      continue
    }
    const current = extensions.at(-1)?.to ?? awarded.latest
    if (end.latest > current) {
      const knownOn = firstDay(textAt(data, 'date'), timeZone)
      extensions.push(extension(current, end.latest, 'unknown', knownOn, place.source))
    } else if (end.latest < current) {
      // Shorter: extensions past it never came about; one that straddles it ends earlier.
      extensions = shorten(extensions, end.latest)
      if (extensions.length === 0) awarded = end
    }
  }
  // A compiled release alone has no history: what it says now is all that is known.
  return { awarded: awarded ?? present, source: place.source, extensions }
}

function shorten(extensions: readonly DraftExtension[], end: CivilDate): DraftExtension[] {
  return extensions
    .filter(({ from }) => from === null || from <= end)
    .map((item) => (item.to > end ? { ...item, to: end } : item))
}

/** Adds what the contract's amendments say to the course of its end. */
function withAmendments(
  history: EndHistory,
  contract: JsonObject,
  awardEnd: DateReading,
  timeZone: string | null,
): EndHistory {
  const amendments = amendmentEnds(contract, 'amendments', timeZone)
  let { awarded, source } = wasUpdated(history, amendments, awardEnd)
    ? { awarded: awardEnd, source: 'award contractPeriod' }
    : history
  let extensions = [...history.extensions]
  for (const { amendment, end, on } of amendments) {
    const kind = amendmentKind(amendment)
    if (awarded.kind !== 'date') {
      awarded = end
      source = AMENDMENT
      continue
    }
    const current = extensions.at(-1)?.to ?? awarded.latest
    const same = extensions.findIndex(({ to }) => to === end.latest)
    const known = extensions[same]
    if (known !== undefined) {
      extensions[same] = { ...known, kind, knownOn: on ?? known.knownOn, source: AMENDMENT }
    } else if (end.latest > current) {
      extensions.push(extension(current, end.latest, kind, on, AMENDMENT))
    } else if (end.latest < current) {
      extensions = shorten(extensions, end.latest)
      if (extensions.length === 0) {
        awarded = end
        source = AMENDMENT
      }
    }
  }
  return { awarded, source, extensions: [...extensions, ...proposed(contract, timeZone)] }
}

/** Whether the contract's own period was updated together with an amendment: its award's end stands. */
function wasUpdated(
  { awarded, extensions }: EndHistory,
  amendments: readonly { readonly end: Dated }[],
  awardEnd: DateReading,
): boolean {
  if (awarded.kind !== 'date' || awardEnd.kind !== 'date' || extensions.length > 0) return false
  const { latest } = awarded
  return awardEnd.latest < latest && amendments.some(({ end }) => end.latest === latest)
}

const AMENDMENT = 'amendment period'

/** Unsigned amendments are shown, and move nothing. */
function proposed(contract: JsonObject, timeZone: string | null): DraftExtension[] {
  return amendmentEnds(contract, 'proposedAmendments', timeZone).map(({ amendment, end, on }) => ({
    kind: amendmentKind(amendment),
    status: 'proposed' as const,
    from: firstDay(textAt(objectAt(amendment, 'period'), 'startDate'), timeZone),
    to: end.latest,
    cost: null,
    knownOn: on,
    source: 'proposed amendment period',
  }))
}

/** Amendments with an end, the earliest first; the old single `amendment` counts as one. */
function amendmentEnds(
  contract: JsonObject,
  key: string,
  timeZone: string | null,
): { amendment: JsonObject; end: Dated; on: CivilDate | null }[] {
  const single = key === 'amendments' ? objectAt(contract, 'amendment') : null
  const all = objectsAt(contract, key)
  if (single !== null && all.length === 0) all.push(single)
  return all
    .flatMap((amendment) => {
      const end = periodEnd(objectAt(amendment, 'period'), timeZone)
      const on = firstDay(textAt(amendment, 'date'), timeZone)
      return end.kind === 'date' ? [{ amendment, end, on }] : []
    })
    .sort((a, b) => compare(a.on ?? '', b.on ?? '') || compare(a.end.latest, b.end.latest))
}

function amendmentKind(amendment: JsonObject): DraftExtension['kind'] {
  return describedKind(
    `${textAt(amendment, 'description') ?? ''} ${textAt(amendment, 'rationale') ?? ''}`,
  )
}

/** Without a cost: an amendment's value is the contract's new total with some publishers. */
function extension(
  after: CivilDate,
  to: CivilDate,
  kind: DraftExtension['kind'],
  knownOn: CivilDate | null,
  source: string,
): DraftExtension {
  return { kind, status: 'confirmed', from: addDays(after, 1), to, cost: null, knownOn, source }
}

/** The most particular title there is. */
function titleOf(
  contract: JsonObject | null,
  award: JsonObject | null,
  lots: readonly JsonObject[],
  tender: JsonObject | null,
): string | null {
  const lot = lots.length === 1 ? (lots[0] ?? null) : null
  for (const from of [contract, award, lot, tender]) {
    const title = cleanText(textAt(from, 'title') ?? undefined)
    if (title !== null) return title
  }
  return null
}

/** Who buys: the award's buyers, else the process's. */
function buyersOf(
  state: JsonObject,
  tender: JsonObject | null,
  award: JsonObject | null,
): string[] {
  const own = namesOf(state, objectsAt(award, 'buyers'))
  if (own.length > 0) return own
  const buyer = objectAt(state, 'buyer')
  const named = namesOf(state, buyer === null ? [] : [buyer])
  const all = new Set([...named, ...withRole(state, 'buyer')])
  if (all.size > 0) return [...all]
  const entity = objectAt(tender, 'procuringEntity')
  const entities = namesOf(state, entity === null ? [] : [entity])
  return entities.length > 0 ? entities : withRole(state, 'procuringEntity')
}

/** Who supplies, once each. */
function suppliersOf(
  state: JsonObject,
  contract: JsonObject | null,
  award: JsonObject | null,
): string[] {
  const contracted = namesOf(state, objectsAt(contract, 'suppliers'))
  if (contracted.length > 0) return contracted
  const awarded = namesOf(state, objectsAt(award, 'suppliers'))
  if (awarded.length > 0 || objectsAt(state, 'awards').length > 1) return awarded
  return withRole(state, 'supplier')
}

/** Names of organisations, once each; one that has only an id is looked up among the parties. */
function namesOf(state: JsonObject, organisations: readonly JsonObject[]): string[] {
  const names = new Set<string>()
  for (const organisation of organisations) {
    const id = textAt(organisation, 'id')
    const party = objectsAt(state, 'parties').find((item) => textAt(item, 'id') === id)
    const name = cleanText(
      textAt(organisation, 'name') ?? textAt(party ?? null, 'name') ?? undefined,
    )
    if (name !== null) names.add(name)
  }
  return [...names]
}

function withRole(state: JsonObject, role: string): string[] {
  return namesOf(
    state,
    objectsAt(state, 'parties').filter((party) => textsAt(party, 'roles').includes(role)),
  )
}

const NIL: DateReading = { kind: 'nil' }

/**
 * When a period ends. Without an end date it is counted from the start: a length in days that is
 * a multiple of 30 is months times 30 (two publishers write nothing else), so 360 is a year.
 */
function periodEnd(period: JsonObject | null, timeZone: string | null): DateReading {
  if (period === null) return NIL
  const written = textAt(period, 'endDate')
  if (written !== null) return readDate(written, null, timeZone)
  const start = periodStart(period, timeZone)
  if (start === null) return NIL
  const days = Number(textAt(period, 'durationInDays') ?? 0)
  const months = Number(textAt(period, 'durationInMonths') ?? 0)
  if (isLength(months, 1200)) return oneDay(lastOfMonths(start, months))
  if (!isLength(days, 36_500)) return NIL
  return oneDay(days % 30 === 0 ? lastOfMonths(start, days / 30) : addDays(start, days - 1))
}

/** The first day of a period, or null. */
function periodStart(period: JsonObject | null, timeZone: string | null): CivilDate | null {
  return firstDay(textAt(period, 'startDate'), timeZone)
}

/** The day that a date of OCDS names; null where there is none or it cannot be read. */
function firstDay(text: string | null, timeZone: string | null): CivilDate | null {
  if (text === null) return null
  const reading = readDate(text, null, timeZone)
  return reading.kind === 'date' ? reading.earliest : null
}

function isLength(length: number, most: number): boolean {
  return Number.isInteger(length) && length > 0 && length <= most
}

function oneDay(date: CivilDate): DateReading {
  return { kind: 'date', earliest: date, latest: date, precision: 'day' }
}

/** The lots that a contract or award is for. */
function lotsOf(
  tender: JsonObject | null,
  contract: JsonObject | null,
  award: JsonObject | null,
): JsonObject[] {
  const lots = objectsAt(tender, 'lots')
  const related = [
    ...textsAt(contract, 'relatedLots'),
    ...textsAt(award, 'relatedLots'),
    ...textsAt(award, 'relatedLot'),
  ]
  if (related.length === 0) return lots.length === 1 ? lots : []
  return lots.filter((lot) => related.includes(textAt(lot, 'id') ?? ''))
}

/** A period, and what its end is said to come from. */
interface SourcedPeriod {
  readonly period: JsonObject | null
  readonly source: string
}

/** Where an end may come from, the most trusted first (domain facts, section 3). */
function periodsOf(
  contract: JsonObject | null,
  award: JsonObject | null,
  lots: readonly JsonObject[],
  tender: JsonObject | null,
  timeZone: string | null,
): SourcedPeriod[] {
  return [
    { period: objectAt(contract, 'period'), source: 'contract period' },
    { period: objectAt(award, 'contractPeriod'), source: 'award contractPeriod' },
    { period: firstEnding(lots, timeZone), source: 'lot contractPeriod' },
    { period: objectAt(tender, 'contractPeriod'), source: 'tender contractPeriod' },
  ]
}

/** Of several lots the one that ends first: a warning too early is better than one too late. */
function firstEnding(lots: readonly JsonObject[], timeZone: string | null): JsonObject | null {
  let first: JsonObject | null = null
  let earliest = ''
  for (const lot of lots) {
    const period = objectAt(lot, 'contractPeriod')
    const end = periodEnd(period, timeZone)
    if (end.kind === 'date' && (first === null || end.earliest < earliest)) {
      first = period
      earliest = end.earliest
    }
  }
  return first ?? objectAt(lots[0] ?? null, 'contractPeriod')
}
