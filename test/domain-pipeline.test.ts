/** The figures of law as data, the pipeline of a year, and the register of waivers: days counted by hand. */
import { describe, expect, test } from 'vitest'
import {
  endingFigures,
  figureOn,
  LEGAL_FIGURES,
  THRESHOLDS,
  thresholdOn,
} from '../src/rules/legal-figures.ts'
import { asDecimal } from '../src/rules/money.ts'
import { financialYearNamed } from '../src/rules/months.ts'
import {
  asOneProcurement,
  pipelineEntry,
  pipelinePeriod,
  pipelineReminder,
} from '../src/rules/pipeline.ts'
import { nationOf, typedAuthority } from '../src/rules/regime.ts'
import { withRuleSettings } from '../src/rules/settings.ts'
import {
  isBreach,
  isRetrospective,
  isSameWaiver,
  recordedAs,
  type Waiver,
  waiverProblems,
  waiverQuarters,
} from '../src/rules/waivers.ts'
import { ukCalendar } from '../src/rules/working-days.ts'
import { pipelineCounts, pipelineRows, pipelineWords } from '../src/text/pipeline.ts'
import { waiverFlags, waiverRemarks } from '../src/text/waiver.ts'
import { contract, day, decision, endOn, RULES } from './support/contract-facts.ts'
import { present } from './support/present.ts'

describe('the figures of law', () => {
  test('each names its section, the day it was read, and from when it holds', () => {
    for (const { law, section, source, readOn, from, to } of LEGAL_FIGURES) {
      expect(`${law} ${section}`).toMatch(/(?:s\.|reg |Schedule )\d/)
      expect(source).toMatch(/^https:\/\/www\.legislation\.gov\.uk\/uk(?:pga|si)\/20\d\d\/\d+/)
      expect(readOn >= from).toBe(true)
      expect(to === null || to > from).toBe(true)
    }
  })

  test('the thresholds of 2026 and 2027 are those of SI 2025/1200, reg 2(3)', () => {
    expect(THRESHOLDS.map((name) => figureOn(name, day('2026-11-29')).figure.amount)).toEqual([
      135_018, 207_720, 5_193_000, 663_540, 415_440, 884_720, 5_193_000, 5_372_609, 415_440,
    ])
    expect(figureOn('threshold central', day('2025-12-31')).figure.amount).toBe(139_688)
    expect(figureOn('threshold central', day('2026-01-01')).figure.amount).toBe(135_018)
    // PPN 10/21 and 11/23: central, sub-central, works and light touch of the periods before.
    const of = (on: string) =>
      THRESHOLDS.slice(0, 4).map((name) => figureOn(name, day(on)).figure.amount)
    expect(of('2022-01-01')).toEqual([138_760, 213_477, 5_336_937, 663_540])
    expect(of('2023-12-31')).toEqual([138_760, 213_477, 5_336_937, 663_540])
    expect(of('2024-01-01')).toEqual([139_688, 214_904, 5_372_609, 663_540])
  })

  test('of a year that no period holds the last figures count, and it is said; PCR 2015 keeps its own', () => {
    const facts = { works: null, lightTouch: null }
    const later = thresholdOn(day('2028-01-01'), 'council', { ...facts, regime: 'PA23' })
    expect(later).toMatchObject({ amount: '207720.00', assumed: true })
    const saved = thresholdOn(day('2028-01-01'), 'council', { ...facts, regime: 'PCR15' })
    expect(saved).toMatchObject({ amount: '214904.00', assumed: false })
  })

  test('people hear 120 days before a period ends without a successor: from Thu 2 Sep 2027', () => {
    expect(endingFigures(day('2027-09-01'))).toEqual([])
    expect(endingFigures(day('2027-09-02')).map(({ name }) => name)).toEqual([...THRESHOLDS])
  })
})

describe('who buys, and where', () => {
  test('is known by the names that people type', () => {
    expect(
      ['NHS Trust', 'foundation trust', 'Integrated Care Board', 'department', 'Council'].map(
        typedAuthority,
      ),
    ).toEqual(['nhs-trust', 'nhs-trust', 'icb', 'central', 'council'])
  })

  test('follows the calendar for Scotland and Northern Ireland, and a contradiction is one', () => {
    const where = (
      said: Parameters<typeof nationOf>[0],
      calendar: Parameters<typeof ukCalendar>[0],
    ) => nationOf(said, ukCalendar(calendar))
    expect(where(null, 'scotland').nation).toBe('scotland')
    expect(where(null, 'northern-ireland').nation).toBe('northern-ireland')
    expect(where(null, 'england-and-wales').nation).toBeNull()
    expect(where('wales', 'england-and-wales')).toEqual({ nation: 'wales', contradicts: false })
    expect(where('scotland', 'england-and-wales').contradicts).toBe(true)
    expect(where('england', 'scotland').contradicts).toBe(true)
  })
})

describe('the pipeline (s.93, SI 2024/692 reg 15)', () => {
  const period = pipelinePeriod({ first: day('2027-04-01') })
  const TODAY = day('2027-03-01')
  const entry = (changes: Parameters<typeof contract>[0], rules = RULES) =>
    pipelineEntry(contract({ awardedEnd: endOn('2028-06-30'), ...changes }), period, TODAY, rules)
  const LARGE = asDecimal('1666667') // £2,000,000.40 with VAT

  test('covers 18 months from 1 April, and is due by 26 May', () => {
    expect(period).toEqual({ from: '2027-04-01', to: '2028-09-30', noticeBy: '2027-05-26' })
  })

  test('names replacements over £2m with VAT that are tendered or awarded directly in the period', () => {
    expect(entry({ value: LARGE, route: 'open' })).toMatchObject({
      list: 'UK1',
      startBy: '2027-10-22',
    })
    expect(entry({ value: asDecimal('2000000'), vat: 'gross', route: 'open' })?.list).toBe('other')
    expect(entry({ value: asDecimal('2000000.01'), vat: 'gross', route: 'open' })?.list).toBe('UK1')
    expect(entry({ value: LARGE, route: 'direct-award' })?.list).toBe('UK1')
    expect(entry({ value: LARGE, route: null })).toMatchObject({ list: 'UK1', routeAssumed: true })
    expect(entry({ value: null, route: 'open' })?.why).toContain('not known')
  })

  test('call-offs and health care services stand apart', () => {
    for (const route of ['mini-competition', 'framework-direct-award', 'psr-competitive']) {
      expect(entry({ value: LARGE, route })?.list).toBe('other')
    }
    expect(entry({ value: LARGE, route: null, regime: 'PSR23' })?.list).toBe('other')
  })

  test('s.93(6), s.2(5): a Northern Ireland or Scottish authority, and Wales’s health services, stand apart and are not reminded', () => {
    const where = (nation: 'scotland' | 'northern-ireland' | 'wales' | 'england') =>
      withRuleSettings(RULES, { nation })
    const large = { value: LARGE, route: 'open' }
    for (const nation of ['scotland', 'northern-ireland'] as const) {
      const found = entry(large, where(nation))
      expect(found).toMatchObject({ list: 'other', outside: true })
      expect(found?.why).toMatch(/s\.(?:2\(5\)|93\(6\)).*check/)
      expect(pipelineReminder(day('2027-05-24'), where(nation))).toBeNull()
      // Two lots of it are no more of the Act than one.
      if (found !== null) expect(asOneProcurement(found, found).list).toBe('other')
    }
    for (const nation of ['wales', 'england'] as const) {
      expect(entry(large, where(nation))?.list).toBe('UK1')
      expect(pipelineReminder(day('2027-05-24'), where(nation))).toBe('2027-05-26')
    }
    const care = { value: LARGE, route: null, category: 'Health care services' }
    expect(entry(care, where('wales'))).toMatchObject({ list: 'other', outside: true })
    // A calendar of Scotland says so too.
    const scottish = withRuleSettings({ ...RULES, calendar: ukCalendar('scotland') }, {})
    expect(entry(large, scottish)?.list).toBe('other')
    const words = (noNotice: string | null) =>
      pipelineWords({ period, spend: null, noNotice, items: [], withoutEnd: 0 }).join(' ')
    expect(words('A Scottish authority: check.')).not.toContain('UK1')
    expect(words(null)).toContain('UK1')
  })

  test('leaves out what begins outside the period, what a successor follows, and what is let end', () => {
    expect(entry({ route: 'open', awardedEnd: endOn('2031-06-30') })).toBeNull()
    expect(entry({ route: 'open', successorStart: day('2028-07-01') })).toBeNull()
    const ends = { decisions: [decision('end', '2028-06-30', { text: 'Let it end' })] }
    expect(entry({ route: 'open', ...ends })).toBeNull()
    // Its day has passed, and it still runs into the period: as soon as can be.
    expect(entry({ route: 'open', value: LARGE, awardedEnd: endOn('2027-06-30') })).toMatchObject({
      overdue: true,
      list: 'UK1',
    })
  })

  test('is reminded of in the eight weeks before 26 May, unless the spend is known to be less', () => {
    const spend = (pipelineSpend: 'yes' | 'no') => withRuleSettings(RULES, { pipelineSpend })
    expect(pipelineReminder(day('2027-05-24'), RULES)).toBe('2027-05-26')
    expect(pipelineReminder(day('2027-05-26'), spend('yes'))).toBe('2027-05-26')
    expect(pipelineReminder(day('2027-05-27'), RULES)).toBeNull()
    expect(pipelineReminder(day('2027-03-31'), RULES)).toBeNull()
    expect(pipelineReminder(day('2027-05-24'), spend('no'))).toBeNull()
  })
})

describe('waivers', () => {
  const waiver = (changes: Partial<Waiver> = {}): Waiver => ({
    category: 'continuity',
    reason: null,
    requestedOn: null,
    approvedOn: day('2026-11-02'),
    beganOn: day('2026-11-02'),
    approver: 'The board',
    net: asDecimal('10000'),
    gross: null,
    supplierYear: null,
    committeeOn: null,
    ...changes,
  })

  test('one approved after the service began is retrospective; without an approval it is a breach', () => {
    expect(isRetrospective(waiver())).toBe(false)
    expect(isRetrospective(waiver({ approvedOn: day('2026-11-03') }))).toBe(true)
    const none = waiver({ approvedOn: null })
    expect([isRetrospective(none), isBreach(none, day('2026-11-02'))]).toEqual([false, true])
    expect(isBreach(none, day('2026-11-01'))).toBe(false)
  })

  test.each([
    [{ gross: asDecimal('9999.99') }, ['gross']],
    [{ gross: asDecimal('10000') }, []],
    [{ net: null, gross: asDecimal('1') }, []],
    [{ approvedOn: day('2026-11-24') }, ['approvedOn']],
    [{ requestedOn: day('2026-11-24'), approvedOn: null }, ['requestedOn']],
    [{ requestedOn: day('2026-11-23'), approvedOn: day('2026-11-23') }, []],
    [{ beganOn: day('2027-01-01'), committeeOn: day('2027-02-01') }, []],
    [{ approver: 'a'.repeat(121), reason: 'b'.repeat(2001) }, ['reason', 'approver']],
  ] as const)('%j is refused at %j, with what to do', (changes, fields) => {
    const problems = waiverProblems(waiver(changes), day('2026-11-23'))
    expect(problems.map(({ field }) => field)).toEqual(fields)
    for (const { problem } of problems) expect(problem).toMatch(/leave|Write at most/)
  })

  test('a placeholder is nobody who approved: it is still to fill', () => {
    const nobody =
      'TBC|tbc.|TBA|(vacant)|Vacant post|n/a|N/A|none|Pending|unknown|to be confirmed|not yet approved|awaiting approval|to follow|-|?|X'
    for (const written of nobody.split('|')) {
      expect(recordedAs(waiver({ approver: written })).approver, written).toBeNull()
    }
    const asked = waiverRemarks(recordedAs(waiver({ approver: ' TBC ' })), day('2026-11-23'))
    expect(asked).toEqual(['Who approved it is still to fill.'])
    const breach = recordedAs(waiver({ approver: 'TBC', approvedOn: null }))
    expect(isBreach(breach, day('2026-11-23'))).toBe(true)
    expect(waiverRemarks(breach, day('2026-11-23')).join(' ')).not.toContain('Somebody is named')
    // Who has left since approved it all the same.
    for (const written of ['The board', 'Pat Pending', 'Cal Cole (left)', 'Nona Vacanti']) {
      expect(recordedAs(waiver({ approver: ` ${written} ` })).approver).toBe(written)
    }
  })

  test('one that began before its contract is flagged to check', () => {
    const of = waiver({ beganOn: day('2026-03-31') })
    const said = (start: string | null) =>
      waiverRemarks(of, day('2026-11-23'), start === null ? null : day(start)).join(' ')
    expect(said('2026-04-01')).toContain(
      'began on Tue 31 Mar 2026, before the contract starts on Wed 1 Apr 2026: check both days',
    )
    expect(said('2026-03-31')).not.toContain('check both days')
    expect(said(null)).not.toContain('check both days')
    expect(waiverFlags({ ...of, contractStart: day('2026-04-01') })).toContain(
      'began before its contract: check',
    )
    expect(waiverFlags({ ...of, contractStart: day('2026-03-31') })).not.toContain(
      'began before its contract: check',
    )
  })

  test('two records are the same where nothing that both say differs, whatever the reason', () => {
    const of = waiver({ gross: asDecimal('12000'), reason: 'Late tender' })
    for (const same of [
      {},
      { reason: null },
      { gross: null, approvedOn: null },
      { net: asDecimal('10000.000') },
      { approver: 'THE BOARD ' },
    ])
      expect(isSameWaiver(of, { ...of, ...same })).toBe(true)
    for (const other of [
      { category: 'urgent' as const },
      { beganOn: day('2026-11-03') },
      { approvedOn: day('2026-11-03') },
      { net: asDecimal('10000.01') },
      { approver: 'The chair' },
    ])
      expect(isSameWaiver(of, { ...of, ...other })).toBe(false)
  })

  test('what does not fit together is flagged to check, and recorded all the same', () => {
    const said = (changes: Partial<Waiver>) => waiverRemarks(waiver(changes), day('2026-11-23'))
    expect(said({})).toEqual([])
    expect(said({ requestedOn: day('2026-11-05') })).toEqual([
      'It was approved on Mon 2 Nov 2026, before it was asked for on Thu 5 Nov 2026: check both days.',
    ])
    expect(said({ approvedOn: null }).join(' ')).toMatch(
      /listed as a breach, to check.*without a day/,
    )
    const ahead = said({ approvedOn: null, approver: null, beganOn: day('2026-12-01') })
    expect(ahead).toEqual([
      'No approval is recorded: from Tue 1 Dec 2026 on it is listed as a breach, to check.',
    ])
    expect(said({ approver: null, net: null })).toEqual([
      'Who approved it is still to fill.',
      'What it costs is still to fill.',
    ])
  })

  test('a quarter stands beside the same quarter of the year before, breaches apart', () => {
    const year = financialYearNamed('2026/27')
    if (year === null) throw new Error('No year.')
    const all = [
      waiver(),
      waiver({ approvedOn: day('2026-12-01'), net: null }),
      waiver({ approvedOn: null }),
      waiver({ beganOn: day('2025-10-01'), approvedOn: day('2025-09-01') }),
      waiver({ beganOn: day('2025-12-31'), approvedOn: day('2026-01-01') }),
      waiver({ beganOn: day('2026-01-01') }),
    ]
    const quarters = waiverQuarters(all, year, day('2026-11-29'))
    expect(quarters[2]).toEqual({
      name: '2026/27 Q3',
      from: '2026-10-01',
      to: '2026-12-31',
      waivers: 2,
      retrospective: 1,
      breaches: 1,
      net: '10000.00',
      priced: 1,
      lastYear: { waivers: 2, retrospective: 1, breaches: 0, net: '20000.00', priced: 2 },
    })
    expect(quarters.map(({ lastYear }) => lastYear.waivers)).toEqual([0, 0, 2, 1])
  })
})

describe('the pipeline of a year in words', () => {
  const period = pipelinePeriod({ first: day('2027-04-01') })
  const of = (end: string, value: string) =>
    present(
      pipelineEntry(
        contract({ awardedEnd: endOn(end), value: asDecimal(value), vat: 'gross' }),
        period,
        day('2027-06-01'),
        RULES,
      ),
    )
  const named = {
    contractId: 1,
    reference: 'P',
    contracts: 1,
    title: 'Packs',
    supplier: null,
    team: 'T',
  }
  const facts = (...entries: ReturnType<typeof of>[]) => ({
    ...{ period, spend: null, withoutEnd: 2 },
    items: entries.map((each) => ({
      ...{ ...each, ...named, category: null, start: null, end: null },
      ...{ cpv: '33140000', itl: null },
    })),
  })

  test('what should have begun stands under no day to come, and what has no end is counted', () => {
    const late = of('2027-12-31', '3000000')
    const ahead = of('2028-12-31', '3000000')
    expect([late.overdue, ahead.overdue]).toEqual([true, false])
    const [first, , endless] = pipelineWords(facts(late, ahead))
    expect(first).toBe(
      '1 procurement to begin from Thu 1 Apr 2027 to Sat 30 Sep 2028; 1 more whose day to begin has passed. 2 of all may have to stand in the notice: check.',
    )
    expect(endless).toBe(
      '2 contracts without an end are in no list: nothing can be counted back from.',
    )
    const { months, quarters } = pipelineCounts(facts(late, ahead))
    expect(months).toEqual([
      ['passed', 1],
      ['2028-04', 1],
    ])
    expect(quarters.map(([name]) => name)).toEqual(['passed', '2028 Q2'])
  })

  test('a register fills codes and areas; what none says is marked', () => {
    const [row] = pipelineRows(facts(of('2028-12-31', '3000000')))
    expect(row).toContain('33140000')
    expect(row?.filter((cell) => cell === '(to fill)')).toHaveLength(2)
  })

  test('lots of one procurement count together: two of £1.2m are one of £2.4m', () => {
    const lot = of('2028-12-31', '1200000')
    expect(lot.list).toBe('other')
    const both = asOneProcurement(lot, of('2028-11-30', '1200000'))
    expect(both).toMatchObject({ list: 'UK1', gross: '2400000.00' })
    expect(both.startBy < lot.startBy).toBe(true)
  })
})
