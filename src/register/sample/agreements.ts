/** The ordinary agreements of a fictional trust group, and how a story of the sample is written. */
import { addDays, addMonths, type CivilDate, dateParts } from '../../rules/civil-date.ts'
import { type End, endOn, type Precision, type Regime } from '../../rules/contract.ts'
import { asDecimal } from '../../rules/money.ts'
import { type Draft, type DraftExtension, NOTHING_SAID } from '../draft.ts'

export function services(inDays: DayAhead): Draft[] {
  return [
    agreement(28, 'Non-emergency patient transport', EASTWOLD, 'Wheelgarth Transport Ltd', {
      last: inDays(375),
      months: 60,
      value: '11800000',
      route: 'psr-competitive',
      ...TRANSPORT,
    }),
    agreement(29, 'Pathology managed equipment', [ASHMARROW, DUNHOLLOW], 'Haldersyke Pathology', {
      last: inDays(475),
      months: 84,
      value: '26300000',
      route: 'competitive-flexible',
      vatRecoverable: 'full',
      ...IMAGING,
    }),
    agreement(30, 'Satellite dialysis', ASHMARROW, 'Renweir Dialysis Ltd', {
      last: inDays(320),
      months: 60,
      value: '7450000',
      route: 'psr-most-suitable-provider',
      ...CLINICAL,
    }),
    agreement(31, 'Wheelchair service', BRACKENVALE, 'Handsel Mobility Ltd', {
      last: inDays(250),
      months: 36,
      value: '3120000',
      route: 'psr-direct-award-c',
      ...CLINICAL,
    }),
    agreement(32, 'Switchboard and telephony', EVERYONE, 'Copperwell Telephony Ltd', {
      last: inDays(300),
      months: 60,
      value: '1310000',
      route: 'dynamic-market',
      ...DIGITAL,
    }),
    agreement(33, 'Radiotherapy planning software', ASHMARROW, 'Isodose Planung GmbH', {
      last: inDays(420),
      months: 60,
      value: '640000',
      currency: 'EUR',
      route: 'open',
      ...IMAGING,
    }),
  ]
}

export function buildings(inMonths: DayAhead, inDays: DayAhead): Draft[] {
  return [
    agreement(34, 'Cleaning, catering and portering', ASHMARROW, 'Marrowby Facilities Ltd', {
      last: inDays(360),
      months: 84,
      value: '39600000',
      route: 'open',
      vatRecoverable: 'full',
      ...FACILITIES,
    }),
    agreement(35, 'Cleaning of community sites', BRACKENVALE, 'Marrowby Facilities Ltd', {
      last: inMonths(13),
      months: 36,
      value: '1920000',
      route: 'open',
      ...FACILITIES,
    }),
    agreement(36, 'Patient meals, chilled', [CALDERWICK, DUNHOLLOW], 'Tarragon Yard Foods Ltd', {
      last: inDays(262),
      months: 36,
      value: '2450000',
      form: 'call-off',
      route: 'mini-competition',
      ...FACILITIES,
    }),
    agreement(37, 'Fire alarms and emergency lighting', ASHMARROW, 'Sternbeck Fire Ltd', {
      last: inMonths(14),
      months: 60,
      value: '585000',
      route: 'open',
      ...ESTATES,
    }),
    agreement(38, 'Lift maintenance', [ASHMARROW, DUNHOLLOW], 'Plumbline Lifts Ltd', {
      last: inDays(400),
      months: 48,
      value: '422000',
      ...ESTATES,
    }),
    // Awarded inclusive of tax, of which only a part comes back.
    agreement(39, 'Water hygiene and testing', EVERYONE, 'Brookspar Water Ltd', {
      last: inMonths(10),
      months: 36,
      value: '158400',
      vat: 'gross',
      vatRecoverable: 'part',
      route: 'quotes',
      ...unowned(ESTATES),
    }),
    agreement(40, 'Wide area network', EVERYONE, 'Copperwell Networks Ltd', {
      last: inMonths(17),
      months: 60,
      maximumEnd: inMonths(41),
      noticePeriod: { amount: 6, unit: 'months' },
      automaticRenewal: false,
      value: '5640000',
      valueBasis: 'maximum',
      route: 'competitive-flexible',
      products: ['Copperwell Managed Fibre'],
      units: '64',
      ...DIGITAL,
    }),
  ]
}

/** Trusts of a group that does not exist. */
export const ASHMARROW = 'Ashmarrow General Hospitals'
export const BRACKENVALE = 'Brackenvale Community Health'
export const CALDERWICK = 'Calderwick Mental Health'
export const DUNHOLLOW = "Dunhollow Children's Hospital"
export const EASTWOLD = 'Eastwold Ambulance and Patient Transport'
export const EVERYONE = [ASHMARROW, BRACKENVALE, CALDERWICK, DUNHOLLOW, EASTWOLD]

/** Who looks after what. */
export const DIGITAL = people('Digital', 'Imogen Tarrowby', 'Priya Nandakesh', 'Tom Hallowick')
export const IMAGING = people(
  'Clinical equipment',
  'Rhys Pellandine',
  'Grace Okonwale',
  'Idris Venn',
)
export const CLINICAL = people('Clinical services', 'Rhys Pellandine', 'Samira Dalvi', 'Idris Venn')
export const FACILITIES = people(
  'Facilities',
  'Bethan Corrigale',
  'Daniel Fosswell',
  'Mei Lindqvar',
)
export const ESTATES = people('Estates', 'Bethan Corrigale', 'Kofi Brannock', 'Daniel Fosswell')
export const WORKFORCE = people('Workforce', 'Noor Haverill', 'Ewan Stackridge', null)
export const TRANSPORT = people('Transport', 'Noor Haverill', 'Lucja Merrin', 'Ewan Stackridge')

function people(category: string, categoryLead: string, owner: string, deputy: string | null) {
  return { category, categoryLead, owner, deputy }
}

/** Nobody owns it: the category lead is all there is. */
export function unowned(area: ReturnType<typeof people>) {
  return { ...area, owner: null, deputy: null }
}

/** What a contract of the sample says beyond its title and its parties. */
interface Terms extends Partial<Omit<Draft, 'value' | 'units' | 'unitPrice' | 'start'>> {
  /** The last day as awarded; null where none is known, and then `start` says when it began. */
  readonly last: CivilDate | null
  /** Length of the term as awarded: the start is counted back from `last`. */
  readonly months?: number
  readonly start?: CivilDate
  readonly value: string | null
  readonly units?: string
  readonly unitPrice?: string
}

/** A contract of the sample. Its number makes its reference, `TG-2023-014`, with its first year. */
export function agreement(
  number: number,
  title: string,
  buyers: string | readonly string[],
  supplier: string,
  terms: Terms,
): Draft {
  const { last, months = 0, value, units, unitPrice, ...more } = terms
  const start = more.start ?? (last === null ? null : addMonths(addDays(last, 1), -months))
  return {
    ...NOTHING_SAID,
    at: String(number),
    reference: start === null ? `TG-${padded(number)}` : referenceOf(number, start),
    title,
    buyers: typeof buyers === 'string' ? [buyers] : buyers,
    supplier,
    end: last === null ? { kind: 'undated' } : endOn(last),
    endSource: last === null ? null : 'sample register',
    regime: regimeOf(start, value, more.route ?? null),
    value: value === null ? null : asDecimal(value),
    valueBasis: value === null ? 'unknown' : 'committed',
    vat: value === null ? 'unknown' : 'net',
    units: units === undefined ? null : asDecimal(units),
    unitPrice: unitPrice === undefined ? null : asDecimal(unitPrice),
    ...more,
    start,
  }
}

/** The reference that contract `number` has if it begins on `start`. */
export function referenceOf(number: number, start: CivilDate): string {
  return `TG-${dateParts(start).year}-${padded(number)}`
}

function padded(number: number): string {
  return String(number).padStart(3, '0')
}

/** A day so many days or months ahead of the one on which the sample is loaded. */
export type DayAhead = (amount: number) => CivilDate

/** An end known only to the month or the quarter whose last day this is. */
export function within(precision: Extract<Precision, 'month' | 'quarter'>, last: CivilDate): End {
  const months = precision === 'month' ? 1 : 3
  const earliest = addMonths(addDays(last, 1), -months)
  return { kind: 'dated', earliest, latest: last, precision }
}

/** The last day of the month that lies so many months from this one. */
export function monthEnd(today: CivilDate, months: number): CivilDate {
  const first = addDays(today, 1 - dateParts(today).day)
  return addDays(addMonths(first, months + 1), -1)
}

/** A confirmed extension of the sample. */
export function extended(
  kind: DraftExtension['kind'],
  from: CivilDate,
  to: CivilDate,
  cost: string | null,
  knownOn: CivilDate,
): DraftExtension {
  return {
    kind,
    status: 'confirmed',
    from,
    to,
    cost: cost === null ? null : asDecimal(cost),
    knownOn,
    source: 'sample register',
  }
}

/**
 * The law that such a contract most likely stands under: health care services by their route, small
 * values below the threshold of 2026 and 2027 (£207,720), the rest by its first day. The Procurement
 * Act covers procurements begun on or after 24 Feb 2025; half a year is allowed for one to end.
 */
function regimeOf(start: CivilDate | null, value: string | null, route: string | null): Regime {
  if (route?.startsWith('psr-')) return 'PSR23'
  if (value !== null && Number(value) < 207_720) return 'below-threshold'
  return start !== null && start >= '2025-09-01' ? 'PA23' : 'PCR15'
}
