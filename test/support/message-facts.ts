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
const APRIL = asCivilDate('2023-04-30')
const AMIRA_KHAN = { name: 'Amira Khan', slackUser: null }

export function contract(changes: Partial<ContractFacts> = {}): ContractFacts {
  return {
    ...{ reference: 'NHSE-365-BYTES', title: 'Microsoft 365 for NHS organisations' },
    ...{ supplier: 'Bytes Software Services', buyer: 'NHS England', team: 'Digital' },
    ...{ owner: AMIRA_KHAN, value: asDecimal('163100000'), currency: 'GBP' },
    ...{ awardedEnd: APRIL, currentEnd: APRIL, ...changes },
  }
}

export function deadline(
  kind: DeadlineKind,
  on: string,
  changes: Partial<DeadlineFacts> = {},
): DeadlineFacts {
  const date = asCivilDate(on)
  return {
    ...{ kind, on: date, daysLeft: daysBetween(AS_OF, date), speaks: true, skipped: null },
    ...{ reason: 'the contract ends on Sun 30 Apr 2023', askedAgain: false, ...changes },
  }
}

export function warning(changes: Partial<WarningFacts> = {}): WarningFacts {
  return {
    ...{ asOf: AS_OF, contract: contract(), deadlines: [deadline('end', '2023-04-30')] },
    ...{ cameBack: false, possibleRepeat: false, ...changes },
  }
}

/** What is known of the contract of this number: some have neither a value nor an owner. */
function numbered(index: number) {
  return {
    ...{ reference: `C-${1000 + index}`, supplier: 'Bramley Clinical Engineering' },
    title: `Maintenance of ward equipment, lot ${index + 1}`,
    value: index % 4 === 3 ? null : asDecimal(`${12_500 + index * 1000}`),
    owner: index % 3 === 2 ? null : AMIRA_KHAN,
  }
}

/** So many warnings, one a day from three days ago on. */
export function warnings(count: number, changes: Partial<ContractFacts> = {}): WarningFacts[] {
  return Array.from({ length: count }, (_, index) => {
    const end = addDays(AS_OF, (index % 400) - 3)
    return warning({
      contract: contract({
        ...{ ...numbered(index), currentEnd: end, awardedEnd: end, ...changes },
      }),
      deadlines: [deadline('end', end)],
    })
  })
}

export function triage(count: number, changes: Partial<TriageFacts> = {}): TriageFacts {
  return {
    ...{ asOf: AS_OF, team: 'Digital', source: 'contract-register.csv' },
    laddersFrom: asCivilDate('2023-04-14'),
    counts: {
      ...{
        contracts: 1234,
        active: 1003,
        historic: 210,
        undated: 12,
        rolling: 4,
        outOfContract: 5,
      },
      ...{ unowned: 61, rejected: 7, endingWithin30Days: 18, endingWithin90Days: 55 },
    },
    nearest: warnings(count).map(({ contract: facts }, index) => {
      return { contract: facts, daysLeft: (index % 400) - 3 }
    }),
    ...changes,
  }
}

export function summaryItem(index: number, changes: Partial<SummaryItem> = {}): SummaryItem {
  return {
    ...{ ...numbered(index), kind: 'end', on: addDays(AS_OF, index), daysLeft: index },
    ...{ currency: 'GBP', note: null, ...changes },
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
  const at = (daysLeft: number) => ({ on: addDays(AS_OF, daysLeft), daysLeft, ...changes })
  const past = (index: number) => at(-index - 1)
  const in30 = (from: number) => (index: number) => at(from + index)
  const plain = (note: string | null) => () => {
    return { kind: null, on: null, daysLeft: null, note, ...changes }
  }
  const listOf = (of: (index: number) => Partial<SummaryItem>) => summaryList(each, of, 1000)
  const note = 'Since Fri 31 Mar 2023, for £3.47m.'
  const emergency: Partial<SummaryItem> = { kind: 'emergency-end', note, ...changes }
  return {
    ...{ slot: AS_OF, team: 'Digital', hoursLate: null, watched: 1003, historic: 210 },
    outOfContract: listOf(past),
    overdue: listOf((index) => ({ ...past(index), kind: 'start-by' })),
    decideThisWeek: listOf((index) => ({ ...in30(0)(index), kind: 'notice' })),
    lapseIn30: listOf(in30(4)),
    lapseIn60: listOf(in30(31)),
    lapseIn90: listOf(in30(61)),
    emergencies: listOf((index) => ({ ...in30(9)(index), ...emergency })),
    undated: listOf(plain(null)),
    rolling: listOf(plain(null)),
    unowned: listOf(plain(null)),
    unread: listOf((index) => ({
      ...plain(`end 30/02/2024 is no date. Write the day the contract really ends.`)(),
      reference: `contract-register.csv, line ${index + 2}`,
    })),
    changed: listOf(plain('Ended Sun 30 Apr 2023, now ends Wed 31 May 2023.')),
    remarks: [],
  }
}
