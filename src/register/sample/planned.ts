/** What comes to speak in the months ahead: a cliff, one product at four prices, a framework. */
import { addDays, type CivilDate } from '../../domain/civil-date.ts'
import type { Draft } from '../draft.ts'
import {
  ASHMARROW,
  agreement,
  BRACKENVALE,
  CALDERWICK,
  CLINICAL,
  DIGITAL,
  DUNHOLLOW,
  EASTWOLD,
  ESTATES,
  EVERYONE,
  extended,
  FACILITIES,
  IMAGING,
  monthEnd,
  TRANSPORT,
  unowned,
  WORKFORCE,
} from './agreement.ts'

export function planned(today: CivilDate): Draft[] {
  const inMonths = (months: number) => monthEnd(today, months)
  const inDays = (days: number) => addDays(today, days)
  return [
    ...oneCliff(inMonths(7)),
    ...oneProduct(inMonths),
    ...framework(inMonths),
    ...moved(inMonths),
    ...services(inDays),
    ...buildings(inMonths, inDays),
  ]
}

type Ahead = (amount: number) => CivilDate

/** Four contracts with one supplier that end on one day. */
function oneCliff(last: CivilDate): Draft[] {
  const supplier = 'Quillmere Software Ltd'
  const terms = { last, route: 'framework-direct-award', form: 'call-off', ...DIGITAL } as const
  return [
    agreement(13, 'Staff rostering', ASHMARROW, supplier, {
      ...terms,
      months: 48,
      value: '1340000',
    }),
    agreement(14, 'Community caseload system', BRACKENVALE, supplier, {
      ...terms,
      months: 36,
      value: '865000',
    }),
    agreement(15, 'Order communications', DUNHOLLOW, supplier, {
      ...terms,
      months: 36,
      value: '290000',
    }),
    agreement(16, 'Bed management boards', CALDERWICK, supplier, {
      ...terms,
      months: 24,
      value: '88000',
    }),
  ]
}

/** The same licences, bought by four trusts one by one through one reseller, a year at a time. */
function oneProduct(inMonths: Ahead): Draft[] {
  const licences = (number: number, buyer: string, ends: number, units: number, price: string) =>
    agreement(number, 'Office suite licences', buyer, 'Foliant Software International', {
      last: inMonths(ends),
      months: 36,
      value: String(units * Number(price)),
      valueBasis: 'annual',
      reseller: 'Dunnocksby Licensing Ltd',
      products: ['Foliant Office Suite E5'],
      units: String(units),
      unitPrice: price,
      form: 'licence',
      route: 'framework-direct-award',
      vatRecoverable: 'none',
      ...DIGITAL,
    })
  return [
    licences(17, ASHMARROW, 11, 9200, '142.50'),
    licences(18, BRACKENVALE, 13, 4100, '171.00'),
    licences(19, CALDERWICK, 16, 2650, '188.40'),
    licences(20, EASTWOLD, 20, 6800, '155.25'),
  ]
}

function framework(inMonths: Ahead): Draft[] {
  const callOff = (number: number, title: string, buyer: string, ends: number, value: string) =>
    agreement(number, `${title}, call-off`, buyer, 'Brindlecote Staffing', {
      last: inMonths(ends),
      months: 24,
      value,
      form: 'call-off',
      route: 'mini-competition',
      ...WORKFORCE,
    })
  return [
    agreement(21, 'Temporary staffing framework', EVERYONE, 'Brindlecote Staffing', {
      last: inMonths(26),
      months: 48,
      value: '28000000',
      valueBasis: 'maximum',
      form: 'framework',
      route: 'competitive-flexible',
      ...WORKFORCE,
    }),
    callOff(22, 'Locum doctors', ASHMARROW, 9, '5400000'),
    callOff(23, 'Bank shift booking', DUNHOLLOW, 12, '460000'),
    callOff(24, 'Therapists at short notice', BRACKENVALE, 14, '735000'),
  ]
}

/** Ends that have been moved since the award: by an option, a variation, and nobody knows what. */
function moved(inMonths: Ahead): Draft[] {
  const since = (months: number) => addDays(inMonths(months), 1)
  return [
    agreement(25, 'Hospital at home monitoring kits', BRACKENVALE, 'Dovetarn Digital Ltd', {
      last: inMonths(-2),
      months: 24,
      maximumEnd: inMonths(22),
      extensions: [extended('option', since(-2), inMonths(22), '1150000', inMonths(-5))],
      value: '1100000',
      route: 'open',
      ...CLINICAL,
    }),
    agreement(26, 'Occupational health', EVERYONE, 'Fallowmere Health Ltd', {
      last: inMonths(-4),
      months: 36,
      extensions: [extended('variation', since(-4), inMonths(14), '540000', inMonths(-6))],
      value: '1260000',
      route: 'mini-competition',
      ...WORKFORCE,
    }),
    agreement(27, 'Clinical coding support', CALDERWICK, 'Larchway Coding Ltd', {
      last: inMonths(-3),
      months: 24,
      currentEnd: inMonths(9),
      value: '174000',
      route: 'quotes',
      ...unowned(DIGITAL),
    }),
  ]
}

function services(inDays: Ahead): Draft[] {
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

function buildings(inMonths: Ahead, inDays: Ahead): Draft[] {
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
      value: '5640000',
      valueBasis: 'maximum',
      route: 'competitive-flexible',
      products: ['Copperwell Managed Fibre'],
      units: '64',
      ...DIGITAL,
    }),
  ]
}
