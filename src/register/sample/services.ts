/** What a trust group lives by: services for patients, and buildings that work. */
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
  ESTATES,
  EVERYONE,
  FACILITIES,
  IMAGING,
  TRANSPORT,
  unowned,
} from './agreement.ts'

export function services(inDays: Ahead): Draft[] {
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

export function buildings(inMonths: Ahead, inDays: Ahead): Draft[] {
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
