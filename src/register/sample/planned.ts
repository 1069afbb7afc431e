/** What comes to speak in the months ahead: a cliff, one product at four prices, a framework. */
import { addDays, type CivilDate } from '../../domain/civil-date.ts'
import type { Draft } from '../draft.ts'
import {
  type Ahead,
  ASHMARROW,
  agreement,
  BRACKENVALE,
  CALDERWICK,
  CLINICAL,
  DIGITAL,
  DUNHOLLOW,
  EASTWOLD,
  EVERYONE,
  extended,
  monthEnd,
  unowned,
  WORKFORCE,
} from './agreement.ts'
import { buildings, services } from './services.ts'

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
