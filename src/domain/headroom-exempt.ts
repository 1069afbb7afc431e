/** What stands where no test of headroom measures a contract: left to a person. */
import type { Regime } from './contract.ts'
import type { Counted } from './headroom-counted.ts'
import type { HeadroomTest } from './headroom-test.ts'

/** What the law of the regime, or the rule that was named, measures in no test of ours. */
export function withoutTest(regime: Regime | null, counted: readonly Counted[]): HeadroomTest[] {
  const own = counted.some(({ under, as }) => as === 'named' && under.length === 0)
  if (regime === null) return [NO_REGIME]
  return regime === 'below-threshold' || regime === 'other' || own ? [OWN_RULES] : []
}

const LEFT_TO_A_PERSON = { measure: 'judgement', used: null, limit: null, percent: null } as const

const OWN_RULES: HeadroomTest = {
  ...LEFT_TO_A_PERSON,
  rule: 'own-rules',
  title: 'Our own standing orders',
  state: 'check',
  citation: 'Standing financial instructions',
  source: 'https://www.legislation.gov.uk/ukpga/2023/54/part/6',
  notes: ['The tests of the procurement regulations do not measure this.'],
}

const NO_REGIME: HeadroomTest = {
  ...LEFT_TO_A_PERSON,
  rule: 'regime',
  title: 'Which law the contract stands under',
  state: 'unknown',
  citation: 'Procurement Act 2023, s.74',
  source: 'https://www.legislation.gov.uk/ukpga/2023/54/section/74',
  notes: ['Neither its regime nor its start is recorded: record one of them.'],
}

export const LIGHT_TOUCH: HeadroomTest = {
  ...LEFT_TO_A_PERSON,
  rule: 'pa23-light-touch',
  title: 'Light-touch contracts are exempt',
  state: 'check',
  citation: 'Procurement Act 2023, s.74(2)',
  source: 'https://www.legislation.gov.uk/ukpga/2023/54/section/74',
  notes: ['Taken from its category: check that it is a light-touch contract.'],
}
