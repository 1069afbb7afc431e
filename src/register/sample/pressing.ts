/**
 * What the first message speaks of: every kind of deadline, and every way in which one is missed.
 * The days are counted so that bank holidays and weekends move none of them out of its rung's reach.
 */
import { addDays, addMonths, type CivilDate } from '../../domain/civil-date.ts'
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
  extended,
  FACILITIES,
  IMAGING,
  TRANSPORT,
  unowned,
  WORKFORCE,
} from './agreement.ts'

export function pressing(today: CivilDate): Draft[] {
  const inDays = (days: number) => addDays(today, days)
  return [
    ...startByDue(inDays),
    ...noticeOrOptionDue(inDays),
    ...endsOrEnded(inDays),
    ...rolledOver(inDays),
  ]
}

function startByDue(inDays: Ahead): Draft[] {
  return [
    // Competitive flexible procedure: about 340 days, so that it must start within two weeks.
    agreement(1, 'Patient administration system', ASHMARROW, 'Tessarine Systems Ltd', {
      last: inDays(350),
      months: 120,
      value: '18400000',
      route: 'competitive-flexible',
      products: ['Tessarine Hospital Record'],
      ...DIGITAL,
    }),
    // Open procedure: about 250 days, so that the last safe day passed a week ago.
    agreement(2, 'MRI and CT scanner maintenance', ASHMARROW, 'Ostrelle Imaging Ltd', {
      last: inDays(243),
      months: 60,
      value: '3240000',
      route: 'open',
      vatRecoverable: 'full',
      ...IMAGING,
    }),
    // Mini-competition: about 150 days. A month late; only a direct award still fits.
    agreement(3, 'Linen hire and laundry', [ASHMARROW, DUNHOLLOW], 'Penquillan Linen Ltd', {
      last: inDays(120),
      months: 48,
      value: '6120000',
      form: 'call-off',
      route: 'mini-competition',
      vatRecoverable: 'full',
      ...FACILITIES,
    }),
    // Direct award under a framework: about 103 days, so that it must start next week.
    agreement(4, 'Electricity and gas supply', EVERYONE, 'Voltarrow Energy plc', {
      last: inDays(112),
      months: 24,
      value: '31000000',
      form: 'call-off',
      route: 'framework-direct-award',
      ...ESTATES,
    }),
  ]
}

function noticeOrOptionDue(inDays: Ahead): Draft[] {
  const equipmentEnd = inDays(132)
  return [
    // The option has to go to approval in about ten days.
    agreement(5, 'Community equipment store', BRACKENVALE, 'Handsel Mobility Ltd', {
      last: equipmentEnd,
      months: 24,
      maximumEnd: addDays(addMonths(addDays(equipmentEnd, 1), 24), -1),
      noticePeriod: { amount: 3, unit: 'months' },
      value: '2880000',
      form: 'call-off',
      route: 'framework-direct-award',
      ...CLINICAL,
    }),
    // It renews by itself unless notice is served next week.
    agreement(6, 'Lone worker alarms', BRACKENVALE, 'Sternbeck Alerting Ltd', {
      last: inDays(102),
      months: 12,
      noticePeriod: { amount: 90, unit: 'days' },
      automaticRenewal: true,
      renewalTerm: { amount: 12, unit: 'months' },
      value: '22800',
      form: 'licence',
      ...WORKFORCE,
    }),
    // Notice within days, and nobody owns it.
    agreement(7, 'Confidential waste and shredding', CALDERWICK, 'Mossgrave Waste Ltd', {
      last: inDays(38),
      months: 36,
      noticePeriod: { amount: 30, unit: 'days' },
      value: '24600',
      ...unowned(FACILITIES),
    }),
    // The notice date passed five weeks ago: another year is presumed.
    agreement(8, 'Fleet tracking and telematics', EASTWOLD, 'Wheelgarth Telematics Ltd', {
      last: inDays(60),
      months: 36,
      noticePeriod: { amount: 3, unit: 'months' },
      automaticRenewal: true,
      renewalTerm: { amount: 12, unit: 'months' },
      value: '252000',
      route: 'quotes',
      ...TRANSPORT,
    }),
  ]
}

function endsOrEnded(inDays: Ahead): Draft[] {
  return [
    agreement(9, 'Interpreter and translation booking', EVERYONE, 'Lingwarren Ltd', {
      last: inDays(2),
      months: 24,
      value: '186000',
      route: 'quotes',
      ...CLINICAL,
    }),
    // Ended three weeks ago; whether the supplier still comes, nobody has said.
    agreement(10, 'Portable ultrasound maintenance', DUNHOLLOW, 'Ostrelle Imaging Ltd', {
      last: inDays(-21),
      months: 36,
      value: '96000',
      route: 'quotes',
      ...unowned(IMAGING),
    }),
  ]
}

/** Emergency months: one for a large contract, two in a row for a dearer and dearer service. */
function rolledOver(inDays: Ahead): Draft[] {
  const nursing = inDays(-18)
  const reading = inDays(-45)
  const again = addMonths(reading, 1)
  return [
    agreement(
      11,
      'Agency nursing, managed service',
      [ASHMARROW, CALDERWICK],
      'Brindlecote Staffing',
      {
        last: addDays(nursing, -1),
        months: 36,
        maximumEnd: addDays(nursing, -1),
        value: '14200000',
        form: 'call-off',
        route: 'mini-competition',
        extensions: [
          extended('emergency', nursing, monthFrom(nursing), '612000', addDays(nursing, -3)),
        ],
        ...WORKFORCE,
      },
    ),
    agreement(12, 'Out-of-hours radiology reporting', ASHMARROW, 'Nightjar Reporting LLP', {
      last: addDays(reading, -1),
      months: 36,
      maximumEnd: addDays(reading, -1),
      value: '2160000',
      route: 'psr-direct-award-c',
      extensions: [
        extended('emergency', reading, monthFrom(reading), '78000', addDays(reading, -6)),
        extended(
          'emergency',
          again,
          addDays(addMonths(reading, 2), -1),
          '93000',
          addDays(again, -2),
        ),
      ],
      ...IMAGING,
    }),
  ]
}

function monthFrom(first: CivilDate): CivilDate {
  return addDays(addMonths(first, 1), -1)
}
