/** The stories of the sample register: what is pressing, what is planned, what stays quiet. */
import { addDays, addMonths, type CivilDate } from '../../rules/civil-date.ts'
import type { Draft, OpenRegister } from '../draft.ts'
import {
  ASHMARROW,
  agreement,
  BRACKENVALE,
  buildings,
  CALDERWICK,
  CLINICAL,
  type DayAhead,
  DIGITAL,
  DUNHOLLOW,
  EASTWOLD,
  ESTATES,
  EVERYONE,
  extended,
  FACILITIES,
  IMAGING,
  monthEnd,
  referenceOf,
  services,
  TRANSPORT,
  unowned,
  WORKFORCE,
  within,
} from './agreements.ts'

/**
 * About sixty contracts whose dates are counted from `today`, so that whenever it is loaded a dozen
 * have something to say at once and the rest in the months ahead. The same day always gives the
 * same contracts. Nothing in it is real: trusts, suppliers, people, products and amounts.
 */
export function sampleRegister(today: CivilDate): OpenRegister {
  const drafts = [...pressing(today), ...planned(today), ...quiet(today)]
  return {
    format: 'csv',
    mapping: [],
    unmapped: [],
    ocidPrefix: null,
    total: drafts.length,
    async *items() {
      for (const draft of drafts) yield { kind: 'draft', draft, warnings: [] }
    },
  }
}

function planned(today: CivilDate): Draft[] {
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
function oneProduct(inMonths: DayAhead): Draft[] {
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

function framework(inMonths: DayAhead): Draft[] {
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
function moved(inMonths: DayAhead): Draft[] {
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

// What the first message speaks of: every kind of deadline, and every way in which one is missed.
// The days are counted so that bank holidays and weekends move none of them out of its rung's reach.

function pressing(today: CivilDate): Draft[] {
  const inDays = (days: number) => addDays(today, days)
  return [
    ...startByDue(inDays),
    ...noticeOrOptionDue(inDays),
    ...endsOrEnded(inDays),
    ...rolledOver(inDays),
  ]
}

function startByDue(inDays: DayAhead): Draft[] {
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

function noticeOrOptionDue(inDays: DayAhead): Draft[] {
  const equipmentEnd = inDays(132)
  return [
    // The option has to go to approval in about ten days.
    agreement(5, 'Community equipment store', BRACKENVALE, 'Handsel Mobility Ltd', {
      last: equipmentEnd,
      months: 24,
      maximumEnd: addDays(addMonths(addDays(equipmentEnd, 1), 24), -1),
      noticePeriod: { amount: 3, unit: 'months' },
      automaticRenewal: false,
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
      automaticRenewal: true,
      renewalTerm: { amount: 12, unit: 'months' },
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

function endsOrEnded(inDays: DayAhead): Draft[] {
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
function rolledOver(inDays: DayAhead): Draft[] {
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

function quiet(today: CivilDate): Draft[] {
  const inMonths = (months: number) => monthEnd(today, months)
  const inDays = (days: number) => addDays(today, days)
  return [
    ...replaced(inDays(20)),
    ...imprecise(inMonths),
    ...withoutEnd(inMonths),
    ...small(inDays, inMonths),
    ...farAway(inMonths),
    ...over(inMonths),
  ]
}

/** A bridging contract, and the one that is signed to follow it without a gap. */
function replaced(last: CivilDate): Draft[] {
  const next = addDays(last, 1)
  const bridge = agreement(41, 'Medical gases, bridging supply', ASHMARROW, 'Aeromere Gases Ltd', {
    last,
    months: 3,
    value: '92000',
    route: 'quotes',
    successor: referenceOf(42, next),
    ...CLINICAL,
  })
  return [
    bridge,
    agreement(42, 'Medical gases', ASHMARROW, 'Aeromere Gases Ltd', {
      last: addDays(addMonths(next, 48), -1),
      months: 48,
      start: next,
      maximumEnd: addDays(addMonths(next, 72), -1),
      value: '4910000',
      route: 'open',
      predecessor: bridge.reference,
      ...CLINICAL,
    }),
  ]
}

/** Ends known only to the month or the quarter; one value that nobody wrote down. */
function imprecise(inMonths: DayAhead): Draft[] {
  const archive = inMonths(7)
  const quarterEnd = inMonths(18)
  return [
    agreement(
      43,
      'Support of a theatre system out of support',
      DUNHOLLOW,
      'Tessarine Systems Ltd',
      {
        last: archive,
        months: 12,
        end: within('month', archive),
        value: '19500',
        ...DIGITAL,
      },
    ),
    agreement(44, 'Sterile services', [ASHMARROW, DUNHOLLOW], 'Clearbeck Sterile Ltd', {
      last: quarterEnd,
      months: 60,
      end: within('quarter', quarterEnd),
      value: '9780000',
      route: 'open',
      ...FACILITIES,
    }),
    agreement(45, 'Clinical trials archive', ASHMARROW, 'Ledgerwell Archives Ltd', {
      last: inMonths(20),
      months: 60,
      value: null,
      ...unowned(CLINICAL),
    }),
  ]
}

/** No end at all, or one that stands for none. */
function withoutEnd(inMonths: DayAhead): Draft[] {
  const since = (months: number) => addDays(inMonths(months), 1)
  return [
    agreement(46, 'Health records storage', EVERYONE, 'Ledgerwell Archives Ltd', {
      last: null,
      start: since(-98),
      value: '64000',
      valueBasis: 'annual',
      ...FACILITIES,
    }),
    agreement(47, 'Blood and sample couriers', DUNHOLLOW, 'Swiftmarrow Couriers', {
      last: null,
      start: since(-31),
      value: '118000',
      ...unowned(TRANSPORT),
    }),
    agreement(48, 'Staff survey platform', CALDERWICK, 'Larchway Insight Ltd', {
      last: null,
      start: since(-15),
      personalData: true,
      reviewOn: inMonths(5),
      value: null,
      ...WORKFORCE,
    }),
    agreement(49, 'Telephone line rental', EVERYONE, 'Copperwell Telephony Ltd', {
      last: null,
      start: since(-76),
      end: { kind: 'rolling' },
      noticePeriod: { amount: 1, unit: 'months' },
      reviewOn: inMonths(4),
      value: '41000',
      valueBasis: 'annual',
      ...DIGITAL,
    }),
    agreement(50, 'Franking machines', ASHMARROW, 'Postwick Mailing Ltd', {
      last: null,
      start: since(-52),
      end: { kind: 'rolling' },
      value: '7200',
      valueBasis: 'annual',
      ...unowned(FACILITIES),
    }),
  ]
}

function small(inDays: DayAhead, inMonths: DayAhead): Draft[] {
  return [
    agreement(51, 'Pest control', CALDERWICK, 'Hedgeward Pest Control', {
      last: inDays(110),
      months: 24,
      value: '8400',
      ...ESTATES,
    }),
    agreement(52, 'Play specialist supplies', DUNHOLLOW, 'Tumbledown Toys', {
      last: inDays(140),
      months: 12,
      value: '4000',
      form: 'purchase-order',
      ...unowned(CLINICAL),
    }),
    agreement(53, 'Hospital radio music licence', ASHMARROW, 'Larkhollow Rights Ltd', {
      last: inDays(170),
      months: 12,
      value: '4800',
      form: 'licence',
      ...FACILITIES,
    }),
    agreement(54, 'Clinical journals', EVERYONE, 'Vellumgate Press', {
      last: inMonths(7),
      months: 12,
      noticePeriod: { amount: 2, unit: 'months' },
      automaticRenewal: true,
      renewalTerm: { amount: 1, unit: 'years' },
      value: '23900',
      form: 'licence',
      ...WORKFORCE,
    }),
    agreement(55, 'Window cleaning', BRACKENVALE, 'Marrowby Facilities Ltd', {
      last: inMonths(8),
      months: 24,
      value: '9600',
      ...FACILITIES,
    }),
  ]
}

function farAway(inMonths: DayAhead): Draft[] {
  return [
    agreement(56, 'Linear accelerators and their upkeep', ASHMARROW, 'Ostrelle Imaging Ltd', {
      last: inMonths(81),
      months: 120,
      value: '16900000',
      route: 'competitive-flexible',
      ...IMAGING,
    }),
    agreement(57, 'Multi-storey car park', DUNHOLLOW, 'Kerbstone Parking Ltd', {
      last: inMonths(172),
      months: 300,
      value: '12700000',
      noticePeriod: { amount: 12, unit: 'months' },
      automaticRenewal: false,
      route: 'competitive-flexible',
      ...ESTATES,
    }),
  ]
}

/** Over long before anybody loaded this register, or ended ahead of its time. */
function over(inMonths: DayAhead): Draft[] {
  return [
    agreement(58, 'Bedside televisions', ASHMARROW, 'Copperwell Media Ltd', {
      last: inMonths(-25),
      months: 60,
      value: '730000',
      route: 'open',
      ...FACILITIES,
    }),
    agreement(59, 'Vaccination centre security', BRACKENVALE, 'Sternbeck Guarding Ltd', {
      last: inMonths(-27),
      months: 12,
      value: '214000',
      ...ESTATES,
    }),
    agreement(60, 'Pager network', EASTWOLD, 'Copperwell Telephony Ltd', {
      last: inMonths(-24),
      months: 84,
      value: '162000',
      ...DIGITAL,
    }),
    agreement(61, 'Patient feedback kiosks', CALDERWICK, 'Larchway Insight Ltd', {
      last: inMonths(-13),
      months: 36,
      value: '47000',
      ...unowned(DIGITAL),
    }),
    agreement(62, 'Security guarding', CALDERWICK, 'Sternbeck Guarding Ltd', {
      last: inMonths(5),
      months: 36,
      value: '690000',
      closed: true,
      ...ESTATES,
    }),
  ]
}
