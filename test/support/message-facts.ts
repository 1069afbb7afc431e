/** Facts for tests of messages: the 2023 story, and as many others as a test wants. */
import { addDays, asCivilDate, daysBetween } from '../../src/rules/civil-date.ts'
import type { DeadlineKind } from '../../src/rules/contract.ts'
import { asDecimal } from '../../src/rules/money.ts'
import type {
  ContractFacts,
  DeadlineFacts,
  SummaryItem,
  SummaryList,
  TriageFacts,
  WarningFacts,
  WeeklyFacts,
} from '../../src/text/facts.ts'

export const AS_OF = asCivilDate('2023-03-31')

export function contract(changes: Partial<ContractFacts> = {}): ContractFacts {
  return {
    reference: 'NHSE-365-BYTES',
    title: 'Microsoft 365 for NHS organisations',
    supplier: 'Bytes Software Services',
    buyer: 'NHS England',
    team: 'Digital',
    owner: { name: 'Amira Khan', slackUser: null },
    value: asDecimal('163100000'),
    currency: 'GBP',
    awardedEnd: asCivilDate('2023-04-30'),
    currentEnd: asCivilDate('2023-04-30'),
    ...changes,
  }
}

export function deadline(
  kind: DeadlineKind,
  on: string,
  changes: Partial<DeadlineFacts> = {},
): DeadlineFacts {
  const date = asCivilDate(on)
  return {
    kind,
    on: date,
    daysLeft: daysBetween(AS_OF, date),
    reason: `the contract ends on Sun 30 Apr 2023`,
    speaks: true,
    skipped: null,
    askedAgain: false,
    ...changes,
  }
}

export function warning(changes: Partial<WarningFacts> = {}): WarningFacts {
  return {
    asOf: AS_OF,
    contract: contract(),
    deadlines: [deadline('end', '2023-04-30')],
    cameBack: false,
    possibleRepeat: false,
    ...changes,
  }
}

/** So many warnings, one a day from three days ago on. */
export function warnings(count: number, changes: Partial<ContractFacts> = {}): WarningFacts[] {
  return Array.from({ length: count }, (_, index) => {
    const end = addDays(AS_OF, (index % 400) - 3)
    return warning({
      contract: contract({
        reference: `C-${1000 + index}`,
        title: `Maintenance of ward equipment, lot ${index + 1}`,
        supplier: 'Bramley Clinical Engineering',
        currentEnd: end,
        awardedEnd: end,
        value: index % 4 === 3 ? null : asDecimal(`${12_500 + index * 1000}`),
        owner: index % 3 === 2 ? null : { name: 'Amira Khan', slackUser: null },
        ...changes,
      }),
      deadlines: [deadline('end', end)],
    })
  })
}

export function triage(count: number, changes: Partial<TriageFacts> = {}): TriageFacts {
  return {
    asOf: AS_OF,
    team: 'Digital',
    source: 'contract-register.csv',
    laddersFrom: asCivilDate('2023-04-14'),
    counts: {
      contracts: 1234,
      active: 1003,
      historic: 210,
      undated: 12,
      rolling: 4,
      outOfContract: 5,
      unowned: 61,
      rejected: 7,
      endingWithin30Days: 18,
      endingWithin90Days: 55,
    },
    nearest: warnings(count).map(({ contract: facts }, index) => ({
      contract: facts,
      daysLeft: (index % 400) - 3,
    })),
    ...changes,
  }
}

export function summaryItem(index: number, changes: Partial<SummaryItem> = {}): SummaryItem {
  return {
    reference: `C-${1000 + index}`,
    title: `Maintenance of ward equipment, lot ${index + 1}`,
    supplier: 'Bramley Clinical Engineering',
    owner: index % 3 === 2 ? null : { name: 'Amira Khan', slackUser: null },
    kind: 'end',
    on: addDays(AS_OF, index),
    daysLeft: index,
    value: index % 4 === 3 ? null : asDecimal(`${12_500 + index * 1000}`),
    currency: 'GBP',
    note: null,
    ...changes,
  }
}

export function summaryList(
  total: number,
  changes: (index: number) => Partial<SummaryItem> = () => ({}),
  listed = total,
): SummaryList {
  return {
    total,
    items: Array.from({ length: Math.min(total, listed) }, (_, index) =>
      summaryItem(index, changes(index)),
    ),
  }
}

/** A summary whose lists are all as long as this. */
export function weekly(each: number, changes: Partial<SummaryItem> = {}): WeeklyFacts {
  const past = (index: number) => ({
    on: addDays(AS_OF, -index - 1),
    daysLeft: -index - 1,
    ...changes,
  })
  const in30 = (from: number) => (index: number) => ({
    on: addDays(AS_OF, from + index),
    daysLeft: from + index,
    ...changes,
  })
  const plain = (note: string | null) => () => ({
    kind: null,
    on: null,
    daysLeft: null,
    note,
    ...changes,
  })
  const listed = 1000
  return {
    slot: AS_OF,
    team: 'Digital',
    hoursLate: null,
    watched: 1003,
    historic: 210,
    outOfContract: summaryList(each, past, listed),
    overdue: summaryList(each, (index) => ({ ...past(index), kind: 'start-by' }), listed),
    decideThisWeek: summaryList(each, (index) => ({ ...in30(0)(index), kind: 'notice' }), listed),
    lapseIn30: summaryList(each, in30(4), listed),
    lapseIn60: summaryList(each, in30(31), listed),
    lapseIn90: summaryList(each, in30(61), listed),
    emergencies: summaryList(
      each,
      (index) => ({
        ...in30(9)(index),
        kind: 'emergency-end',
        note: `Since Fri 31 Mar 2023, for £3.47m.`,
        ...changes,
      }),
      listed,
    ),
    undated: summaryList(each, plain(null), listed),
    rolling: summaryList(each, plain(null), listed),
    unowned: summaryList(each, plain(null), listed),
    unread: summaryList(
      each,
      (index) => ({
        ...plain(`end 30/02/2024 is no date. Write the day the contract really ends.`)(),
        reference: `contract-register.csv, line ${index + 2}`,
      }),
      listed,
    ),
    changed: summaryList(each, plain('Ended Sun 30 Apr 2023, now ends Wed 31 May 2023.'), listed),
    remarks: [],
  }
}
