/** What a register also holds: small, far, imprecise, undated, rolling, replaced, over. */
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
  FACILITIES,
  IMAGING,
  monthEnd,
  referenceOf,
  TRANSPORT,
  unowned,
  WORKFORCE,
  within,
} from './agreement.ts'

export function quiet(today: CivilDate): Draft[] {
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
function imprecise(inMonths: Ahead): Draft[] {
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
function withoutEnd(inMonths: Ahead): Draft[] {
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

function small(inDays: Ahead, inMonths: Ahead): Draft[] {
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

function farAway(inMonths: Ahead): Draft[] {
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
function over(inMonths: Ahead): Draft[] {
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
