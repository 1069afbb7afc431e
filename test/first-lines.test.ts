/** The first line of every message, read alone: its bounds, its models, and docs/first-lines.md. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { CHECKPOINT_NAMES } from '../src/rules/checkpoints.ts'
import {
  addDays,
  asCivilDate,
  type CivilDate,
  dateOfDayNumber,
  dayNumber,
  daysBetween,
} from '../src/rules/civil-date.ts'
import { DEADLINE_KINDS } from '../src/rules/contract.ts'
import { asDecimal } from '../src/rules/money.ts'
import type { ContractFacts, DeadlineFacts, Message, WarningFacts } from '../src/text/facts.ts'
import { FIRST_LINE } from '../src/text/headline.ts'
import { importAnswer, ownQuestionsMessage, refreshMessage } from '../src/text/import-result.ts'
import { withLines } from '../src/text/message.ts'
import {
  blockedMessage,
  claimMessage,
  deadMessage,
  type IdentityFacts,
  identityMessage,
  leaverMessage,
} from '../src/text/people.ts'
import { warningWithoutPrices, weeklyWithoutPrices } from '../src/text/prices.ts'
import {
  type CheckpointFacts,
  checkpointGroupMessage,
  checkpointMessage,
  dutiesMessage,
} from '../src/text/procurement.ts'
import { unwellMessage } from '../src/text/self-check.ts'
import { type SupportReminder, supportMessage } from '../src/text/support.ts'
import { triageMessage } from '../src/text/triage.ts'
import { type UmbrellaEndFacts, umbrellaEndMessage } from '../src/text/umbrella.ts'
import { type WaiverFacts, waiverMessage } from '../src/text/waiver.ts'
import {
  supersededMessage,
  warningMessage,
  withActs,
  withdrawnMessage,
} from '../src/text/warning.ts'
import { groupedMessage } from '../src/text/warning-group.ts'
import { weeklyMessage } from '../src/text/weekly.ts'
import { dateWords, mrkdwn } from '../src/text/words.ts'
import { holds } from './support/holds.ts'
import { anyText, markupIn } from './support/hostile.ts'
import {
  AS_OF,
  contract,
  deadline,
  triage,
  warning,
  warnings,
  weekly,
} from './support/message-facts.ts'
import { present } from './support/present.ts'

const TODAY = asCivilDate('2026-11-23')
const firstOf = ({ text }: Pick<Message, 'text'>): string => text.split('\n')[0] ?? ''

/** The act, the day and the days in brackets, within the first 40 characters. */
const HEAD =
  /^(.+?) (?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(\d{1,2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?: (\d{4}))? \((today|\d{1,3} days?(?: ago)?|\d+ years(?: ago)?)\)/

function expectBounds(message: Message): RegExpExecArray {
  const line = firstOf(message)
  const [block] = message.blocks
  const shownFirst = block?.type === 'section' ? (block.text?.text.split('\n')[0] ?? '') : ''
  expect(line, 'the text and the first block begin alike').toBe(shownFirst.replaceAll('*', ''))
  expect(line.length, line).toBeLessThanOrEqual(FIRST_LINE.line)
  const head = HEAD.exec(line.slice(0, FIRST_LINE.head))
  if (head === null) throw new Error(`No act, day and days within 40 characters: ${line}`)
  expect(line, 'the emoji stands in the line below').not.toMatch(/^\p{Extended_Pictographic}/u)
  return head
}

// Deadlines from long ago to long ahead, of contracts whose names a register may hold.

const anyDay = fc
  .integer({ min: dayNumber(asCivilDate('1990-01-01')), max: dayNumber(asCivilDate('2080-12-31')) })
  .map(dateOfDayNumber)
const anyName = fc.option(anyText)
const upTo = (max: number, min = 0) => fc.integer({ min, max })
const anyWarning: fc.Arbitrary<WarningFacts> = fc
  .record({
    asOf: anyDay,
    title: anyName,
    supplier: anyName,
    kind: fc.constantFrom(...DEADLINE_KINDS),
    left: fc.oneof(upTo(200, -40), upTo(12_000, -12_000), fc.constant(0)),
    width: fc.constantFrom(0, 0, 29, 364),
    endAfter: upTo(2000),
    from: fc.option(upTo(4000)),
    renews: fc.option(upTo(4000, 1)),
    askedAgain: fc.boolean(),
    out: fc.option(upTo(3000)),
    accrued: fc.option(upTo(900_000_000)),
    personalData: fc.boolean(),
    disputed: fc.boolean(),
  })
  .map((made): WarningFacts => {
    const { asOf, title, supplier, width, personalData } = made
    const on = addDays(asOf, made.left)
    const latest = addDays(on, width)
    const isEnd = made.kind === 'end' || made.kind === 'emergency-end'
    const end = isEnd ? latest : addDays(latest, made.endAfter)
    const facts: DeadlineFacts = {
      ...deadline(made.kind, on, { daysLeft: made.left, askedAgain: made.askedAgain }),
      ...(isEnd || width === 0 ? {} : { latest }),
      ...(made.from === null ? {} : { from: addDays(on, -made.from) }),
      ...(made.renews === null ? {} : { renewsTo: addDays(end, made.renews) }),
    }
    const accrued = made.accrued === null ? null : asDecimal(String(made.accrued))
    return warning({
      asOf,
      contract: contract({
        ...{ title, supplier, currentEnd: end, awardedEnd: end, personalData },
        ...(width > 0 && isEnd ? { earliestEnd: on } : {}),
        disputedEnd: isEnd && made.disputed && width > 0 ? on : null,
        outOfContract: made.out === null ? null : { since: addDays(asOf, -made.out), accrued },
      }),
      deadlines: [facts],
    })
  })

/** The days of a contract that its first line may name. */
function daysOf({ contract: of, deadlines: [lead] }: WarningFacts): CivilDate[] {
  const { on, latest = on, renewsTo } = lead ?? deadline('end', TODAY)
  const days = [on, latest, renewsTo, of.currentEnd, of.outOfContract?.since]
  return days.filter((each) => each !== null && each !== undefined)
}

describe('for any contract, kind and day', () => {
  it('a warning names the act, the day and the days in brackets within 40 characters, in 90', () => {
    holds([anyWarning], 150, (facts) => {
      const message = warningMessage(facts)
      const [, , day, month, year] = expectBounds(message)
      expect(markupIn(firstOf(message))).toBeNull()
      // The day that it names is one of the contract's.
      const named = daysOf(facts).map((each) => dateWords(each).split(' ').slice(1))
      const isOne = ([d, m, y]: string[]) =>
        d === day && m === month && (year === undefined || y === year)
      expect(named.some(isOne), firstOf(message)).toBe(true)
    })
  })

  it('the days in its brackets are those to the day that it names', () => {
    holds([anyWarning], 150, (facts) => {
      const [, , day, month, year, bracket = ''] = expectBounds(warningMessage(facts))
      const count = bracket === 'today' ? 0 : Number.parseInt(bracket, 10)
      if (bracket.includes('years')) {
        expect(year).toBeDefined()
        return
      }
      const meant = [count, -count].filter((left) => {
        const [, d, m, y] = dateWords(addDays(facts.asOf, left)).split(' ')
        return d === day && m === month && (year === undefined || y === year)
      })
      const days = daysOf(facts)
      const isMeant = (left: number) => days.includes(addDays(facts.asOf, left))
      expect(meant.some(isMeant), firstOf(warningMessage(facts))).toBe(true)
    })
  })

  it('a shared channel reads no amount in it, and what was presumed or not recorded says so', () => {
    holds([anyWarning], 150, (facts) => {
      const line = firstOf(warningMessage(warningWithoutPrices(facts)))
      const about = facts.contract.title ?? facts.contract.supplier ?? ''
      if (!/[£€$]|GBP/.test(about)) expect(line).not.toMatch(/£|GBP/)
      if (!/about .* so far/.test(about)) expect(line).not.toMatch(/, about .* so far/)
      if (line.startsWith('Still supplied?') || line.startsWith('Supplied?')) {
        expect(line).toMatch(/no (cover recorded|successor signed)/)
      }
      const [lead] = facts.deadlines
      const isPast = lead !== undefined && (lead.latest ?? lead.on) < facts.asOf
      if (lead?.kind === 'notice' && isPast) {
        expect(line).toMatch(/^(Probably|Renewed\?|Notice (was )?due).*no notice recorded/)
      }
    })
  })

  it('a group, a cliff and a catch-up keep the same bounds, and say how many there are', () => {
    holds([fc.array(anyWarning, { minLength: 1, maxLength: 6 }), anyText], 100, (made, name) => {
      const [lead] = made
      if (lead === undefined) return
      const same = made.map((each) => ({ ...each, asOf: lead.asOf }))
      const facts = { asOf: lead.asOf, team: 'Digital', possibleRepeat: false, warnings: same }
      const group = groupedMessage({ ...facts, catchUp: true })
      expectBounds(group)
      if (made.length > 1) expect(firstOf(group)).toMatch(/, and \d+ more$/)
      expectBounds(groupedMessage({ ...facts, catchUp: false, cliff: { by: 'supplier', name } }))
    })
  })

  it('so do questions, lists, drafts, summaries and what administrators are told', () => {
    holds([anyText, anyDay, fc.integer({ min: -900, max: 900 })], 30, (text, asOf, left) => {
      for (const message of othersOf(text, asOf, addDays(asOf, left))) expectBounds(message)
    })
  })
})

/** Every other kind of message that is posted, with this text wherever one comes from outside. */
function othersOf(text: string, asOf: CivilDate, on: CivilDate): Message[] {
  const names = { reference: text, title: text, supplier: text }
  const step = (changes: Partial<CheckpointFacts> = {}): CheckpointFacts => ({
    ...{ ...STEP, asOf, dueOn: on, route: text, contract: { ...names, team: text, owner: null } },
    ...changes,
  })
  const said = { by: null, award: null, gap: null, doneOn: null, slippedTo: null }
  const done = step({ answer: { ...said, doneOn: on } })
  const slipped = step({ answer: { ...said, slippedTo: on } })
  const options = { hidePrices: false, answerable: true }
  const each = CHECKPOINT_NAMES.flatMap((name) =>
    [step(), done, slipped].map((facts) => checkpointMessage({ ...facts, name }, options)),
  )
  const steps = [
    [step(), step(), done],
    [done, slipped],
  ]
  const grouped = steps.map((all) => checkpointGroupMessage(all, options))
  const contracts = [{ ...names, kind: 'end', on }]
  const dead = { purpose: 'post', destination: text, why: text, contracts }
  const outdated = { shows: 'state', since: on, isGone: false } as const
  const task = { ...names, notice: 'UK10', on, citation: text, asked: null } as const
  const nearest = [{ ...names, contractId: 1, version: 1, ends: on, deputy: null }]
  const leaver = { asOf, name: text, nearest, withoutDeputy: 0, deputyOf: 2 }
  const source = { asOf, source: text, lines: [], question: null }
  const of = { asOf, contract: contract(names), kind: 'end', was: on, now: on, why: null } as const
  const endless = contract({ ...names, currentEnd: null })
  return [
    ...each,
    ...grouped,
    dutiesMessage({ asOf, team: text, tasks: [task] }),
    triageMessage({ ...triage(3, { team: text, source: text }), asOf, laddersFrom: on }),
    waiverMessage({ ...WAIVER, ...names, on: asOf, extension: { ...WAIVER.extension, from: on } }),
    weeklyMessage({ ...weekly(2), team: text, slot: asOf }),
    weeklyMessage(weeklyWithoutPrices({ ...weekly(0), team: text, slot: asOf })),
    ...[true, false].map((alarm) =>
      unwellMessage({ asOf, findings: [{ alarm, words: text.trim() || '-' }] }),
    ),
    blockedMessage({ asOf, destination: text, why: text, instead: null }),
    ...[dead, { ...dead, contracts: [] }, { ...dead, outdated }].map((message) =>
      deadMessage({ messages: [message] }, asOf),
    ),
    ...[3, 0].map((count) => leaverMessage({ ...leaver, contracts: count }, true)),
    ownQuestionsMessage({ asOf, questions: [] }, true),
    ...(['failed', 'taken', 'recovered'] as const).map((headline) =>
      refreshMessage({ ...source, headline }, true),
    ),
    refreshMessage(
      { ...source, headline: 'taken', question: { id: 1, contracts: 12, lines: [] } },
      true,
    ),
    ...DEADLINE_KINDS.flatMap((kind) =>
      [on, null].map((now) => supersededMessage({ ...of, kind, now })),
    ),
    supersededMessage({ ...of, now: null, contract: endless }),
    ...endsOfSupport(text, asOf, on),
    ...endsOfCover(text, asOf, on),
    ...[[names], [names, names], []].map((all) => withdrawnMessage({ asOf, contracts: all })),
    warningMessage(warning({ asOf, contract: contract(names), deadlines: [] })),
  ]
}

/** Of a product, of several releases of it, and of several products. */
function endsOfSupport(name: string, asOf: CivilDate, on: CivilDate): Message[] {
  const told = (what: SupportReminder['what'], product = 'windows'): SupportReminder => ({
    ...{ product, release: '2016', name, what, on, daysLeft: daysBetween(asOf, on) },
    ...{ skipped: null, extendedEnds: null, inUse: null, contracts: [], findings: [] },
  })
  const facts = { asOf, dataAsOf: asOf, team: name, teamId: 1 }
  const kinds = ['support', 'extended', 'custom'] as const
  return [
    ...kinds.map((what) => [told(what)]),
    [told('support'), told('extended')],
    [told('custom', 'office'), told('support')],
  ].map((products) => supportMessage({ ...facts, products }, true))
}

/** Of an agreement, of some of its members alone, and one that has no end any more. */
function endsOfCover(text: string, asOf: CivilDate, on: CivilDate): Message[] {
  const member = (lastDay: CivilDate | null) => ({
    ...{ buyer: text, team: null, from: null, to: lastDay, unread: null, why: null, lastDay },
  })
  const facts = {
    ...{ asOf, team: text, start: null, was: null, isHolder: false, moved: false },
    contract: { reference: text, title: text, supplier: text },
  }
  const day = { earliest: on, latest: on }
  return [
    { ...facts, ...day, members: [member(on)] },
    { ...facts, ...day, members: [member(on)], was: asOf },
    { ...facts, ...day, members: [member(addDays(on, -30)), member(on)], earliest: addDays(on, 9) },
    { ...facts, ...day, members: [member(on)], latest: addDays(on, 29) },
    { ...facts, ...day, members: [member(null)], was: on, moved: true },
  ].map((each) => umbrellaEndMessage(each as UmbrellaEndFacts))
}

const WAIVER: WaiverFacts = {
  ...{ on: TODAY, reference: 'TG-1', title: 'Agency nursing', supplier: 'Ostrelle', buyer: null },
  ...{ team: 'Digital', owner: null, start: null, awardedEnd: null, value: null, currency: 'GBP' },
  extension: {
    ...{ from: TODAY, to: TODAY, cost: null, rule: null, grounds: null, approver: null },
    noticeReference: null,
  },
  premium: {
    ...{ baseline: null, method: 'unknown', assumed: false, months: 1, premium: null, ratio: null },
  },
  headroom: [],
  earlier: [],
}
const NAMED = { reference: 'C-1', title: 'Theatre packs', supplier: null }
const STEP: CheckpointFacts = {
  ...{ checkpointId: 1, name: 'publication', asOf: TODAY, dueOn: asCivilDate('2026-11-20') },
  ...{ route: 'open procedure', contract: { ...NAMED, team: 'Digital', owner: null } },
  ...{ coverFrom: null, beginsOn: null, answer: null },
}

test('lines that are added to a message stand below its first line, as acts do', () => {
  const message = warningMessage(warning())
  const noted = withLines(message, [mrkdwn`This was for #other.`], [mrkdwn`Small print.`])
  const on = asCivilDate('2023-03-31')
  const act = { what: 'acknowledged', by: null, on, askedAgain: addDays(on, 7) } as const
  const acted = withActs(noted, [act], null)
  for (const each of [noted, acted]) {
    expectBounds(each)
    expect(firstOf(each)).toBe(firstOf(message))
    expect(each.text).toContain('\nThis was for #other.')
  }
  expect(acted.text.split('\n')[1]).toMatch(/^On it: /)
})

test('what is wrong with the watch is listed, ten of it, and how many more there are', () => {
  const found = (_: unknown, at: number) => ({ alarm: at === 0, words: `finding ${at}.` })
  const { text } = unwellMessage({ asOf: TODAY, findings: Array.from({ length: 12 }, found) })
  expect(text).toContain('1 fault in Lapsewatch itself')
  expect(text.match(/finding \d+(?=\.)|and \d+ more/g)).toEqual([
    ...Array.from({ length: 10 }, (_, at) => `finding ${at}`),
    'and 2 more',
  ])
})

test('what is asked again says who had promised what', () => {
  const again = (promised: WarningFacts['promised'] | undefined) =>
    warningMessage(
      warning({
        deadlines: [deadline('end', '2023-04-30', { askedAgain: true })],
        ...(promised === undefined ? {} : { promised }),
      }),
    ).text
  const by = { name: 'Amira Khan', slackUser: null }
  const [on, until] = [asCivilDate('2023-03-17'), asCivilDate('2023-03-31')]
  expect(again({ was: 'acknowledged', on, until, by })).toContain(
    '\nAsked again: acknowledged by Amira Khan on Fri 17 Mar 2023 until Fri 31 Mar 2023, and nothing followed.\n',
  )
  expect(again({ was: 'snoozed', on, until, by })).toContain(
    '\nAsked again: snoozed until Fri 31 Mar 2023 by Amira Khan on Fri 17 Mar 2023.\n',
  )
  expect(again({ was: 'snoozed', on: null, until, by: null })).toContain('by somebody.')
  expect(again(undefined)).toContain('\nAsked again: somebody was on it, and nothing followed.\n')
  for (const text of [again(null), again({ was: 'snoozed', on, until, by })]) {
    expect(text.split('\n')[0]).toContain('(30 days), asked again: Microsoft 365')
  }
})

test('a task that is due today is not called late, on its day or in its summary', () => {
  for (const kind of DEADLINE_KINDS) {
    const deadlines = [deadline(kind, AS_OF, { daysLeft: 0 })]
    const { text } = warningMessage(
      warning({ deadlines, contract: contract({ currentEnd: AS_OF }) }),
    )
    expect(firstOf({ text })).toMatch(/\(today\)/)
    expect(firstOf({ text })).not.toMatch(/\bwas\b|\bago\b|\blate\b|overdue|ended|Still supplied/i)
    expect(text).not.toContain('🔴')
  }
})

// docs/first-lines.md

/** Of a contract with one deadline, as `title, to its end: kind and day`. */
function factsOf(
  line: string,
  more: Partial<DeadlineFacts> = {},
  about: Partial<ContractFacts> = {},
): WarningFacts {
  const [, title = '', to = '', named, on = ''] = /^(.*), to (.*): (\S+) (.*)$/.exec(line) ?? []
  const kind = present(DEADLINE_KINDS.find((each) => each === named))
  const end = asCivilDate(to)
  const daysLeft = daysBetween(TODAY, asCivilDate(on))
  return warning({
    asOf: TODAY,
    contract: contract({ title, currentEnd: end, awardedEnd: end, ...about }),
    deadlines: [deadline(kind, on, { daysLeft, ...more })],
  })
}
const of = (...facts: Parameters<typeof factsOf>) => warningMessage(factsOf(...facts))
const OUT = { outOfContract: { since: asCivilDate('2026-11-09'), accrued: asDecimal('8300') } }
const renewsTo = (day: string) => ({ renewsTo: asCivilDate(day) })
const from = (day: string) => ({ from: asCivilDate(day) })
const uncovered = factsOf('Patient transport bookings, to 2026-11-08: end 2026-11-08', {}, OUT)
const endingTogether = (day: string, titles: readonly string[], more = {}) =>
  groupedMessage({
    ...{ asOf: TODAY, team: 'Digital', catchUp: false, possibleRepeat: false, ...more },
    warnings: titles.map((title) => factsOf(`${title}, to ${day}: end ${day}`)),
  })

const IDENTITY: IdentityFacts = {
  ...{ asOf: TODAY, personId: 1, name: 'Samira Dalvi', role: 'owner', contracts: 7 },
  ...{ nearest: [], account: 'U0SAMIRA' },
}
const LINEN = { ...NAMED, title: 'Linen' }
const BOOKING = 'Interpreter booking'

const TABLE: Readonly<Record<string, Message>> = {
  'start buying': of('Patient administration system, to 2027-11-08: start-by 2026-11-28'),
  'start buying, the route not recorded': of(
    'Theatre packs, to 2027-03-31: start-by 2026-12-04',
    from('2026-07-24'),
  ),
  'start buying, the day passed': of('Theatre packs, to 2027-03-31: start-by 2026-07-24'),
  notice: of('Confidential waste, to 2026-12-28: notice 2026-11-26', renewsTo('2027-12-28')),
  'notice, the day passed': of(
    'Lone worker alarms, to 2028-03-09: notice 2026-11-20',
    renewsTo('2028-03-09'),
  ),
  'does it renew': of('Lone worker alarms, to 2027-05-31: renewal 2027-01-22'),
  option: of('Community equipment, to 2027-04-04: option 2026-11-30'),
  'last call-off day': of('Community equipment, to 2027-04-04: call-off-by 2026-12-23'),
  end: of('Interpreter booking, to 2026-11-25: end 2026-11-25'),
  'end, known to the month': of(
    'Windows XP support, to 2027-06-30: end 2027-06-01',
    {},
    { earliestEnd: asCivilDate('2027-06-01') },
  ),
  'end, asked again': warningMessage({
    ...factsOf('Interpreter booking, to 2026-11-25: end 2026-11-25', { askedAgain: true }),
    promised: {
      ...{ was: 'acknowledged', on: asCivilDate('2026-11-19'), until: TODAY },
      by: { name: 'Amira Khan', slackUser: null },
    },
  }),
  'after an end': of('Patient transport bookings, to 2026-11-20: end 2026-11-20'),
  'supplied without cover': warningMessage(uncovered),
  'supplied without cover, in a shared channel': warningMessage(warningWithoutPrices(uncovered)),
  'emergency extension': of(
    'Agency nursing, to 2026-12-04: emergency-end 2026-12-04',
    from('2026-09-05'),
  ),
  'after an emergency extension': of('Agency nursing, to 2026-11-20: emergency-end 2026-11-20'),
  review: of('Imaging licences, to 2028-01-31: review 2026-12-23'),
  'several contracts': endingTogether('2026-11-25', [BOOKING, 'Agency nursing', 'Packs', 'Linen']),
  'contracts that end together': endingTogether(
    '2027-03-31',
    ['Rostering', 'E-learning', 'Payroll'],
    { cliff: { by: 'supplier', name: 'Quillmere Software Ltd' } },
  ),
  'a catch-up': groupedMessage({
    ...{ asOf: AS_OF, team: 'Digital', catchUp: true, possibleRepeat: false },
    warnings: warnings(17),
  }),
  'no longer holds': supersededMessage({
    ...{ asOf: TODAY, kind: 'end', was: asCivilDate('2026-11-25'), why: null },
    now: asCivilDate('2027-01-22'),
    contract: contract({ title: BOOKING, currentEnd: asCivilDate('2027-01-22') }),
  }),
  'an import was undone': withdrawnMessage({
    ...{ asOf: TODAY, contracts: [{ ...NAMED, title: BOOKING }] },
  }),
  'a step of a procurement': checkpointMessage(
    { ...STEP, name: 'award' },
    { hidePrices: false, answerable: true },
  ),
  'notices to check': dutiesMessage({
    ...{ asOf: TODAY, team: 'Digital' },
    tasks: (['UK10', 'UK11'] as const).map((notice) => ({
      ...{ ...NAMED, notice, on: asCivilDate('2026-11-27'), citation: 's.75', asked: null },
    })),
  }),
  'support of a product ends': supportMessage({
    ...{ asOf: TODAY, dataAsOf: TODAY, team: 'Digital' },
    products: [
      {
        ...{ product: 'windows-server', release: '2016', name: 'Windows Server 2016' },
        ...{ what: 'support', on: asCivilDate('2027-01-12'), daysLeft: 50, skipped: null },
        ...{ extendedEnds: null, inUse: null, contracts: [], findings: [] },
      },
    ],
  }),
  'cover under an agreement ends': umbrellaEndMessage({
    ...{ asOf: TODAY, team: 'Digital', start: null, was: null, isHolder: false, moved: false },
    ...{ earliest: asCivilDate('2027-03-31'), latest: asCivilDate('2027-03-31') },
    contract: { reference: 'C-1', title: 'National licences', supplier: 'Bytes' },
    members: [
      {
        ...{ buyer: 'Ashmarrow Trust', team: 'Wards', from: null, to: null, unread: null },
        ...{ why: null, lastDay: asCivilDate('2027-03-31') },
      },
    ],
  }),
  'a first list': triageMessage({ ...triage(12), asOf: TODAY, laddersFrom: addDays(TODAY, 14) }),
  'an import': importAnswer({
    ...{ importId: 1, file: 'register.csv', source: 'register', read: 600, created: 600 },
    ...{ updated: 0, unchanged: 0, rejected: 0, skipped: 0, unwatched: 6, undated: 2, over: 0 },
    ...{ questions: { asked: 11 }, problems: [] },
  }),
  'a draft of a waiver': waiverMessage({
    ...{ ...WAIVER, extension: { ...WAIVER.extension, from: addDays(TODAY, 5) } },
  }),
  'a weekly summary': weeklyMessage({ ...weekly(2), slot: TODAY }),
  'who owned contracts has left': leaverMessage(
    {
      ...{ asOf: TODAY, name: 'Olive Owner', contracts: 7, withoutDeputy: 1, deputyOf: 0 },
      nearest: [
        { ...LINEN, contractId: 1, version: 1, ends: asCivilDate('2027-01-29'), deputy: null },
      ],
    },
    true,
  ),
  'a channel takes no messages': blockedMessage({
    ...{ asOf: TODAY, destination: '#contracts', why: 'is_archived', instead: null },
  }),
  'messages could not be delivered': deadMessage(
    {
      messages: [
        {
          ...{ purpose: 'post', destination: '#contracts', why: 'fatal_error' },
          contracts: [{ ...LINEN, kind: 'end', on: asCivilDate('2026-12-18') }],
        },
      ],
    },
    TODAY,
  ),
  'a fault in the watch itself': unwellMessage({
    ...{ asOf: TODAY, findings: [{ alarm: true, words: 'nothing was swept since yesterday' }] },
  }),
  'questions about somebody’s contracts': ownQuestionsMessage(
    {
      asOf: TODAY,
      questions: [
        { id: 1, text: 'Does it renew?', holds: 'it renews', choices: [] },
        { id: 2, text: 'Is it watched?', holds: 'it is', choices: [] },
      ],
    },
    true,
  ),
  'is this you': identityMessage(IDENTITY, true),
  'somebody says it is them': claimMessage(IDENTITY, true),
  'a register was not refreshed': refreshMessage(
    { asOf: TODAY, source: 'Digital register', headline: 'failed', lines: [], question: null },
    true,
  ),
}
const DOCS = readFileSync(new URL('../docs/first-lines.md', import.meta.url), 'utf8')

test.each(['Ann Bo', '<!channel> *x*', 'W'.repeat(300), '&'.repeat(90), ' '])(
  'whoever is asked whether they are "%s" is, within 90 characters',
  (name) => {
    const facts = { ...IDENTITY, name, role: 'category lead' as const, contracts: 99_999 }
    for (const message of [identityMessage(facts, true), claimMessage(facts, true)]) {
      expect(firstOf(message).length).toBeLessThanOrEqual(90)
      expect(firstOf(message)).toContain('category lead of 99,999 contracts')
    }
  },
)

test.each(Object.entries(TABLE))('docs/first-lines.md says how it begins: %s', (name, message) => {
  const row = DOCS.split('\n').find((line) => line.startsWith(`| ${name} |`)) ?? ''
  expect(row.split('|').at(-2)?.trim()).toBe(firstOf(message))
})

test('docs/first-lines.md has no line that no message begins with', () => {
  const names = [...DOCS.matchAll(/^\| (?!what\b|---)([^|]+) \|/gm)].map(([, name]) => name)
  expect(names).toEqual(Object.keys(TABLE))
})
