/** One contract of an OCDS process into a draft, or into what is wrong with it. */
import type { CivilDate } from '../domain/civil-date.ts'
import type { VatState } from '../domain/contract.ts'
import { type Decimal, isNothing, parseDecimal } from '../domain/money.ts'
import { checkEnd, isSentinel } from './check-end.ts'
import type { Draft, Problem, ReadItem } from './draft.ts'
import { type JsonObject, objectAt, objectsAt, textAt } from './json.ts'
import { LIMITS } from './limits.ts'
import { NOTHING_SAID } from './nothing-said.ts'
import { type EndHistory, endHistory, withAmendments } from './ocds-extensions.ts'
import type { Release } from './ocds-merge.ts'
import { buyersOf, suppliersOf, titleOf } from './ocds-parties.ts'
import {
  firstDay,
  lotsOf,
  periodEnd,
  periodStart,
  periodsOf,
  type SourcedPeriod,
} from './ocds-period.ts'
import type { DateReading } from './read-date.ts'
import { formOf, routeOf } from './words.ts'

/** A process: its state now, and the releases that led there, the earliest first. */
export interface Process {
  readonly ocid: string
  readonly state: JsonObject
  readonly releases: readonly Release[]
}

/**
 * The contracts of a process: one for each of `contracts`, and one for each award that has none.
 * A process without either, and an award that came to nothing, are skipped with the reason.
 */
export function readProcess(process: Process, timeZone: string | null): ReadItem[] {
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
  process: Process,
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
  const report: Report = (field, value, problem, remedy, severity) => {
    problems.push({ at, reference, field, value, problem, remedy, severity })
  }
  const tender = objectAt(process.state, 'tender')
  const lots = lotsOf(tender, contract, award)
  const periods = periodsOf(contract, award, lots, tender, timeZone)
  const start = periods.map(({ period }) => periodStart(period, timeZone)).find(isKnown) ?? null
  const { awarded, source, extensions } = historyOf(process, contract, award, periods, timeZone)
  if (awarded.kind === 'bad') {
    report('endDate', endText(periods), awarded.problem, awarded.remedy, 'error')
  }
  const { end, finding } = checkEnd(awarded, start)
  if (finding !== null) {
    report('endDate', endText(periods), finding.problem, finding.remedy, finding.severity)
  }
  const maximum = periods.map(({ period }) => maximumOf(period, timeZone)).find(isKnown) ?? null
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
    ...readValue(objectAt(contract, 'value') ?? objectAt(award, 'value'), report),
    // "terminated" includes normal completion, so only a cancellation closes a contract.
    closed: /^cancell?ed$/i.test(textAt(contract, 'status') ?? ''),
  }
  return problems.some(({ severity }) => severity === 'error')
    ? { kind: 'rejected', problems }
    : { kind: 'draft', draft, warnings: problems }
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
) => void

/** The JSON path of the last release that speaks of this award or contract. */
function placeOf(process: Process, list: string, id: string | null): string {
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
  process: Process,
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

function maximumOf(period: JsonObject | null, timeZone: string | null): CivilDate | null {
  return firstDay(textAt(period, 'maxExtentDate'), timeZone)
}

function endText(periods: readonly SourcedPeriod[]): string | null {
  return periods.map(({ period }) => textAt(period, 'endDate')).find(isKnown) ?? null
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
      report(`value.${key}`, text, 'this is not an amount', 'Publish it as a number.', 'error')
    } else if (amount.startsWith('-')) {
      report(`value.${key}`, text, 'the amount is negative', 'Publish the amount paid.', 'error')
    } else if (amount.indexOf('.') > 15) {
      report(`value.${key}`, text, 'the amount is too large', 'Check the zeros.', 'error')
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
