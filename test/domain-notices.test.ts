/** Notices under the Procurement Act 2023: their dates counted by hand on a calendar. */
import { describe, expect, test } from 'vitest'
import { asDecimal } from '../src/rules/money.ts'
import {
  type NoticeDecision,
  type NoticedExtension,
  type NoticeFacts,
  noticesToCheck,
  noticeTasks,
} from '../src/rules/notices.ts'
import { day, endOn } from './support/contract-facts.ts'

/** A year from 1 Dec 2025, £800,000 net. */
const FACTS: NoticeFacts = {
  regime: 'PA23',
  start: day('2025-12-01'),
  awardedEnd: endOn('2026-11-30'),
  awardedMaximumEnd: null,
  value: asDecimal('800000'),
  valueBasis: 'committed',
  vat: 'net',
  currency: 'GBP',
  works: false,
  lightTouch: null,
  closedOn: null,
}

function extension(changes: Partial<NoticedExtension> = {}): NoticedExtension {
  return {
    kind: 'emergency',
    status: 'confirmed',
    from: day('2026-12-01'),
    to: day('2027-01-31'),
    cost: asDecimal('150000'),
    currency: 'GBP',
    knownOn: null,
    rule: null,
    noticeReference: null,
    ...changes,
  }
}

function dates(
  changes: Partial<NoticeFacts> = {},
  extensions: readonly NoticedExtension[] = [],
  decisions: readonly NoticeDecision[] = [],
) {
  const asked = { today: day('2026-11-23'), authority: 'sub-central' } as const
  return noticeTasks({ ...FACTS, ...changes }, extensions, decisions, asked).map(
    ({ notice, on, settled }) => `${notice} ${on}${settled === null ? '' : ` ${settled}`}`,
  )
}

describe('a contract under the Procurement Act', () => {
  test('is to be told of within 30 days of its signing, 120 of a light touch, and of its end', () => {
    // December has 31 days: the thirtieth of them from the 1st is the 30th; 29 days after 30 Nov is 29 Dec.
    expect(dates()).toEqual(['UK7 2025-12-30', 'UK11 2026-12-29'])
    // 31 Dec, 31 Jan, 28 Feb make 90 days: the 120th is 30 Mar.
    expect(dates({ lightTouch: true })).toEqual(['UK7 2026-03-30', 'UK11 2026-12-29'])
    // Over a February: 31 Jan is the first day, 28 Feb the 29th, 1 Mar the 30th.
    expect(dates({ awardedEnd: endOn('2027-01-31') })).toEqual([
      'UK7 2025-12-30',
      'UK11 2027-03-01',
    ])
  })

  test('that is closed early is to be told of from that day', () => {
    expect(dates({ closedOn: day('2026-06-30') })).toEqual(['UK7 2025-12-30', 'UK11 2026-07-29'])
    expect(dates({ closedOn: day('2026-12-15') })).toContain('UK11 2026-12-29')
  })

  test('is to be told of before it is changed, a proposed change too, and its end moves the last notice', () => {
    expect(dates({}, [extension()])).toEqual([
      'UK7 2025-12-30',
      'UK10 2026-11-30',
      'UK11 2027-03-01',
    ])
    expect(dates({}, [extension({ status: 'proposed' })])).toEqual([
      'UK7 2025-12-30',
      'UK10 2026-11-30',
      'UK11 2026-12-29',
    ])
    expect(dates({}, [extension({ status: 'withdrawn' })])).not.toContain('UK10 2026-11-30')
  })

  test('needs none before a small change: 10 % of the term, 10 % of the value, 15 % of works', () => {
    const month = extension({ to: day('2026-12-31') })
    expect(dates({}, [month]).join()).not.toContain('UK10')
    // 37 of 365 days are more than 36.5; £80,000 is a tenth of the value.
    const longer = extension({ to: day('2027-01-06'), cost: asDecimal('80000.01') })
    expect(dates({}, [longer])).toContain('UK10 2026-11-30')
    expect(dates({}, [{ ...longer, cost: asDecimal('80000') }]).join()).not.toContain('UK10')
    expect(dates({}, [{ ...longer, cost: null }])).toContain('UK10 2026-11-30')
    const works = { works: true, value: asDecimal('8000000') }
    const dear = extension({ cost: asDecimal('1200000') })
    expect(dates(works, [dear]).join()).not.toContain('UK10')
    expect(dates(works, [{ ...dear, cost: asDecimal('1200001') }])).toContain('UK10 2026-11-30')
  })

  test('has its small changes counted together', () => {
    const first = extension({ to: day('2026-12-31') })
    const second = extension({ from: day('2027-01-01') })
    expect(dates({}, [first, second])).toEqual([
      'UK7 2025-12-30',
      'UK10 2026-12-31',
      'UK11 2027-03-01',
    ])
  })

  test('is settled by the reference of the notice, or by what was said of that very date', () => {
    const published = extension({ noticeReference: '2026/S 000-1' })
    const said = (on: string): NoticeDecision => ({ notice: 'UK11', on: day(on), text: 'done' })
    expect(dates({}, [published], [said('2027-03-01')])).toEqual([
      'UK7 2025-12-30',
      'UK10 2026-11-30 published as 2026/S 000-1',
      'UK11 2027-03-01 done',
    ])
    expect(dates({}, [published], [said('2026-12-29')])).toContain('UK11 2027-03-01')
  })
})

test('nothing is asked under another law, or below the threshold with VAT', () => {
  expect(dates({ regime: 'PCR15' })).toEqual([])
  expect(dates({ regime: null, start: day('2025-02-23') })).toEqual([])
  expect(dates({ regime: null, start: day('2025-02-24') })).not.toEqual([])
  // The sub-central threshold of 2025 is £214,904 with VAT: £179,086.67 without.
  expect(dates({ value: asDecimal('179086') })).toEqual([])
  expect(dates({ value: asDecimal('179087') })).not.toEqual([])
  expect(dates({ value: asDecimal('214903'), vat: 'gross' })).toEqual([])
  expect(dates({ value: asDecimal('552949'), lightTouch: true })).toEqual([])
  expect(dates({ value: null })).not.toEqual([])
})

test('a task is listed from 30 days before its date until 30 days after, while it is open', () => {
  const asked = { today: day('2026-11-29'), authority: 'sub-central' } as const
  const listed = (today: string) =>
    noticesToCheck(noticeTasks(FACTS, [], [], asked), day(today)).map(({ notice }) => notice)
  expect(listed('2026-11-28')).toEqual([])
  expect(listed('2026-11-29')).toEqual(['UK11'])
  expect(listed('2027-01-28')).toEqual(['UK11'])
  expect(listed('2027-01-29')).toEqual([])
})
