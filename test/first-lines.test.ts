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
import { DEADLINE_KINDS, PRECISIONS } from '../src/rules/contract.ts'
import { asDecimal } from '../src/rules/money.ts'
import type { DeadlineFacts, Message, WarningFacts } from '../src/text/facts.ts'
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
  unwellMessage,
} from '../src/text/people.ts'
import { warningWithoutPrices, weeklyWithoutPrices } from '../src/text/prices.ts'
import {
  type CheckpointFacts,
  checkpointGroupMessage,
  checkpointMessage,
  dutiesMessage,
} from '../src/text/procurement.ts'
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
import { contract, deadline, triage, warning, warnings, weekly } from './support/message-facts.ts'

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
const anyWarning: fc.Arbitrary<WarningFacts> = fc
  .record({
    asOf: anyDay,
    title: anyName,
    supplier: anyName,
    kind: fc.constantFrom(...DEADLINE_KINDS),
    left: fc.oneof(
      fc.integer({ min: -40, max: 200 }),
      fc.integer({ min: -12_000, max: 12_000 }),
      fc.constant(0),
    ),
    width: fc.constantFrom(0, 0, 29, 364),
    precision: fc.constantFrom(...PRECISIONS),
    endAfter: fc.integer({ min: 0, max: 2000 }),
    from: fc.option(fc.integer({ min: 0, max: 4000 })),
    renews: fc.option(fc.integer({ min: 1, max: 4000 })),
    askedAgain: fc.boolean(),
    out: fc.option(fc.integer({ min: 0, max: 3000 })),
    accrued: fc.option(fc.integer({ min: 0, max: 900_000_000 })),
    personalData: fc.boolean(),
    disputed: fc.boolean(),
  })
  .map((made): WarningFacts => {
    const on = addDays(made.asOf, made.left)
    const latest = addDays(on, made.width)
    const isEnd = made.kind === 'end' || made.kind === 'emergency-end'
    const end = isEnd ? latest : addDays(latest, made.endAfter)
    const facts: DeadlineFacts = {
      ...deadline(made.kind, on, { daysLeft: made.left, askedAgain: made.askedAgain }),
      ...(isEnd || made.width === 0 ? {} : { latest }),
      ...(made.from === null ? {} : { from: addDays(on, -made.from) }),
      ...(made.renews === null ? {} : { renewsTo: addDays(end, made.renews) }),
    }
    return warning({
      asOf: made.asOf,
      contract: contract({
        title: made.title,
        supplier: made.supplier,
        currentEnd: end,
        awardedEnd: end,
        endPrecision: made.width > 0 && isEnd ? made.precision : 'day',
        disputedEnd: isEnd && made.disputed && made.width > 0 ? on : null,
        personalData: made.personalData,
        outOfContract:
          made.out === null
            ? null
            : {
                since: addDays(made.asOf, -made.out),
                accrued: made.accrued === null ? null : asDecimal(String(made.accrued)),
              },
      }),
      deadlines: [facts],
    })
  })

describe('for any contract, kind and day', () => {
  it('a warning names the act, the day and the days in brackets within 40 characters, in 90', () => {
    holds([anyWarning], 600, (facts) => {
      const message = warningMessage(facts)
      const [, , day, month, year] = expectBounds(message)
      expect(markupIn(firstOf(message))).toBeNull()
      // The day that it names is one of the contract's.
      const { on, latest = on, renewsTo } = facts.deadlines[0] ?? deadline('end', TODAY)
      const { currentEnd, outOfContract } = facts.contract
      const days = [on, latest, renewsTo, currentEnd, outOfContract?.since].filter(isDay)
      const named = days.map((each) => dateWords(each).split(' ').slice(1))
      expect(
        named.some(([d, m, y]) => d === day && m === month && (year === undefined || y === year)),
        firstOf(message),
      ).toBe(true)
    })
  })

  it('the days in its brackets are those to the day that it names', () => {
    holds([anyWarning], 400, (facts) => {
      const [, , day, month, year, bracket = ''] = expectBounds(warningMessage(facts))
      const count = bracket === 'today' ? 0 : Number.parseInt(bracket, 10)
      const { asOf } = facts
      if (bracket.includes('years')) {
        expect(year).toBeDefined()
        return
      }
      const meant = [addDays(asOf, count), addDays(asOf, -count)].filter((each) => {
        const [, d, m, y] = dateWords(each).split(' ')
        return d === day && m === month && (year === undefined || y === year)
      })
      const { on, latest = on, renewsTo } = facts.deadlines[0] ?? deadline('end', TODAY)
      const { currentEnd, outOfContract } = facts.contract
      const days = [on, latest, renewsTo, currentEnd, outOfContract?.since].filter(isDay)
      expect(
        meant.some((each) => days.includes(each)),
        firstOf(warningMessage(facts)),
      ).toBe(true)
    })
  })

  it('a shared channel reads no amount in it, and what was presumed or not recorded says so', () => {
    holds([anyWarning], 300, (facts) => {
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

function isDay(day: CivilDate | null | undefined): day is CivilDate {
  return day !== null && day !== undefined
}

/** Every other kind of message that is posted, with this text wherever one comes from outside. */
function othersOf(text: string, asOf: CivilDate, on: CivilDate): Message[] {
  const names = { reference: text, title: text, supplier: text }
  const step = (changes: Partial<CheckpointFacts> = {}): CheckpointFacts => ({
    checkpointId: 1,
    name: 'publication',
    asOf,
    dueOn: on,
    route: text,
    contract: { ...names, team: text, owner: null },
    coverFrom: null,
    beginsOn: null,
    answer: null,
    ...changes,
  })
  const said = { by: null, award: null, gap: null }
  const done = step({ answer: { ...said, doneOn: on, slippedTo: null } })
  const slipped = step({ answer: { ...said, doneOn: null, slippedTo: on } })
  const options = { hidePrices: false, answerable: true }
  const each = CHECKPOINT_NAMES.flatMap((name) =>
    [step(), done, slipped].map((facts) => checkpointMessage({ ...facts, name }, options)),
  )
  const grouped = [
    [step(), step(), done],
    [done, slipped],
  ].map((all) => checkpointGroupMessage(all, options))
  const dead = {
    purpose: 'post',
    destination: text,
    why: text,
    contracts: [{ ...names, kind: 'end', on }],
  }
  const outdated = { shows: 'state', since: on, isGone: false } as const
  return [
    ...each,
    ...grouped,
    dutiesMessage({
      asOf,
      team: text,
      tasks: [{ ...names, notice: 'UK10', on, citation: text, asked: null }],
    }),
    triageMessage({ ...triage(3, { team: text, source: text }), asOf, laddersFrom: on }),
    waiverMessage({ ...WAIVER, ...names, on: asOf, extension: { ...WAIVER.extension, from: on } }),
    weeklyMessage({ ...weekly(2), team: text, slot: asOf }),
    weeklyMessage(weeklyWithoutPrices({ ...weekly(0), team: text, slot: asOf })),
    ...[true, false].map((alarm) =>
      unwellMessage({ asOf, findings: [{ alarm, words: text.trim() || '-' }] }),
    ),
    blockedMessage({ asOf, destination: text, why: text, instead: null }),
    deadMessage({ messages: [dead] }, asOf),
    deadMessage({ messages: [{ ...dead, contracts: [] }] }, asOf),
    deadMessage({ messages: [{ ...dead, outdated }] }, asOf),
    ...[3, 0].map((contracts) =>
      leaverMessage(
        {
          ...{ asOf, name: text, contracts, withoutDeputy: 0, deputyOf: 2 },
          nearest: [{ ...names, contractId: 1, version: 1, ends: on, deputy: null }],
        },
        true,
      ),
    ),
    ownQuestionsMessage({ asOf, questions: [] }, true),
    ...(['failed', 'taken', 'recovered'] as const).map((headline) =>
      refreshMessage({ asOf, source: text, headline, lines: [], question: null }, true),
    ),
    refreshMessage(
      {
        ...{ asOf, source: text, headline: 'taken', lines: [] },
        question: { id: 1, contracts: 12, lines: [] },
      },
      true,
    ),
    supersededMessage({
      asOf,
      contract: contract(names),
      kind: 'end',
      was: on,
      now: on,
      why: null,
    }),
    ...DEADLINE_KINDS.flatMap((kind) =>
      [on, null].map((now) =>
        supersededMessage({ asOf, contract: contract(names), kind, was: on, now, why: null }),
      ),
    ),
    supersededMessage({
      ...{ asOf, kind: 'end', was: on, now: null, why: null },
      contract: contract({ ...names, currentEnd: null }),
    }),
    ...endsOfSupport(text, asOf, on),
    ...endsOfCover(text, asOf, on),
    withdrawnMessage({ asOf, contracts: [names] }),
    withdrawnMessage({ asOf, contracts: [names, names] }),
    withdrawnMessage({ asOf, contracts: [] }),
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
  const day = { earliest: on, latest: on, precision: 'day' as const }
  return [
    { ...facts, ...day, members: [member(on)] },
    { ...facts, ...day, members: [member(on)], was: asOf },
    { ...facts, ...day, members: [member(addDays(on, -30)), member(on)], earliest: addDays(on, 9) },
    { ...facts, ...day, members: [member(on)], latest: addDays(on, 29), precision: 'month' },
    { ...facts, ...day, members: [member(null)], was: on, moved: true },
  ].map((each) => umbrellaEndMessage(each as UmbrellaEndFacts))
}

const WAIVER: WaiverFacts = {
  on: TODAY,
  reference: 'TG-1',
  title: 'Agency nursing',
  supplier: 'Ostrelle',
  buyer: null,
  team: 'Digital',
  owner: null,
  start: null,
  awardedEnd: null,
  value: null,
  currency: 'GBP',
  extension: {
    from: TODAY,
    to: TODAY,
    cost: null,
    rule: null,
    grounds: null,
    approver: null,
    noticeReference: null,
  },
  premium: {
    baseline: null,
    method: 'unknown',
    assumed: false,
    months: 1,
    premium: null,
    ratio: null,
  },
  headroom: [],
  earlier: [],
}

test('lines that are added to a message stand below its first line, as acts do', () => {
  const message = warningMessage(warning())
  const noted = withLines(message, [mrkdwn`This was for #other.`], [mrkdwn`Small print.`])
  const on = asCivilDate('2023-03-31')
  const acted = withActs(
    noted,
    [{ what: 'acknowledged', by: null, on, askedAgain: addDays(on, 7) }],
    null,
  )
  for (const each of [noted, acted]) {
    expectBounds(each)
    expect(firstOf(each)).toBe(firstOf(message))
    expect(each.text).toContain('\nThis was for #other.')
  }
  expect(acted.text.split('\n')[1]).toMatch(/^On it: /)
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
    const facts = warning({ deadlines: [deadline(kind, '2023-03-31', { daysLeft: 0 })] })
    const { text } = warningMessage({
      ...facts,
      contract: contract({ currentEnd: asCivilDate('2023-03-31') }),
    })
    expect(firstOf({ text })).toMatch(/\(today\)/)
    expect(firstOf({ text })).not.toMatch(/\bwas\b|\bago\b|\blate\b|overdue|ended|Still supplied/i)
    expect(text).not.toContain('🔴')
  }
})

// docs/first-lines.md

const on = (
  kind: (typeof DEADLINE_KINDS)[number],
  day: string,
  more: Partial<DeadlineFacts> = {},
) => deadline(kind, day, { daysLeft: daysBetween(TODAY, asCivilDate(day)), ...more })
const of = (title: string, end: string, deadlines: DeadlineFacts[], more = {}) =>
  warning({
    asOf: TODAY,
    contract: contract({
      ...{ title, currentEnd: asCivilDate(end), awardedEnd: asCivilDate(end), ...more },
    }),
    deadlines,
  })
const OUT = { outOfContract: { since: asCivilDate('2026-11-09'), accrued: asDecimal('8300') } }
const RENEWS = { renewsTo: asCivilDate('2027-12-28') }

const IDENTITY: IdentityFacts = {
  ...{ asOf: TODAY, personId: 1, name: 'Samira Dalvi', role: 'owner', contracts: 7 },
  ...{ nearest: [], account: 'U0SAMIRA' },
}

const TABLE: Readonly<Record<string, Message>> = {
  'start buying': warningMessage(
    of('Patient administration system', '2027-11-08', [on('start-by', '2026-11-28')]),
  ),
  'start buying, the route not recorded': warningMessage(
    of('Theatre packs', '2027-03-31', [
      on('start-by', '2026-12-04', { from: asCivilDate('2026-07-24') }),
    ]),
  ),
  'start buying, the day passed': warningMessage(
    of('Theatre packs', '2027-03-31', [on('start-by', '2026-07-24')]),
  ),
  notice: warningMessage(
    of('Confidential waste', '2026-12-28', [on('notice', '2026-11-26', RENEWS)]),
  ),
  'notice, the day passed': warningMessage(
    of('Lone worker alarms', '2028-03-09', [
      on('notice', '2026-11-20', { renewsTo: asCivilDate('2028-03-09') }),
    ]),
  ),
  'does it renew': warningMessage(
    of('Lone worker alarms', '2027-05-31', [on('renewal', '2027-01-22')]),
  ),
  option: warningMessage(of('Community equipment', '2027-04-04', [on('option', '2026-11-30')])),
  'last call-off day': warningMessage(
    of('Community equipment', '2027-04-04', [on('call-off-by', '2026-12-23')]),
  ),
  end: warningMessage(of('Interpreter booking', '2026-11-25', [on('end', '2026-11-25')])),
  'end, known to the month': warningMessage(
    of('Windows XP support', '2027-06-30', [on('end', '2027-06-01')], { endPrecision: 'month' }),
  ),
  'end, asked again': warningMessage({
    ...of('Interpreter booking', '2026-11-25', [on('end', '2026-11-25', { askedAgain: true })]),
    promised: {
      was: 'acknowledged',
      on: asCivilDate('2026-11-19'),
      until: TODAY,
      by: { name: 'Amira Khan', slackUser: null },
    },
  }),
  'after an end': warningMessage(
    of('Patient transport bookings', '2026-11-20', [on('end', '2026-11-20')]),
  ),
  'supplied without cover': warningMessage(
    of('Patient transport bookings', '2026-11-08', [on('end', '2026-11-08')], OUT),
  ),
  'supplied without cover, in a shared channel': warningMessage(
    warningWithoutPrices(
      of('Patient transport bookings', '2026-11-08', [on('end', '2026-11-08')], OUT),
    ),
  ),
  'emergency extension': warningMessage(
    of('Agency nursing', '2026-12-04', [
      on('emergency-end', '2026-12-04', { from: asCivilDate('2026-09-05') }),
    ]),
  ),
  'after an emergency extension': warningMessage(
    of('Agency nursing', '2026-11-20', [on('emergency-end', '2026-11-20')]),
  ),
  review: warningMessage(of('Imaging licences', '2028-01-31', [on('review', '2026-12-23')])),
  'several contracts': groupedMessage({
    asOf: TODAY,
    team: 'Digital',
    catchUp: false,
    possibleRepeat: false,
    warnings: ['Interpreter booking', 'Agency nursing', 'Theatre packs', 'Linen'].map((title) =>
      of(title, '2026-11-25', [on('end', '2026-11-25')]),
    ),
  }),
  'contracts that end together': groupedMessage({
    asOf: TODAY,
    team: 'Digital',
    catchUp: false,
    possibleRepeat: false,
    cliff: { by: 'supplier', name: 'Quillmere Software Ltd' },
    warnings: ['Rostering', 'E-learning', 'Payroll'].map((title) =>
      of(title, '2027-03-31', [on('end', '2027-03-31')]),
    ),
  }),
  'a catch-up': groupedMessage({
    asOf: asCivilDate('2023-03-31'),
    team: 'Digital',
    catchUp: true,
    possibleRepeat: false,
    warnings: warnings(17),
  }),
  'no longer holds': supersededMessage({
    asOf: TODAY,
    contract: contract({ title: 'Interpreter booking', currentEnd: asCivilDate('2027-01-22') }),
    kind: 'end',
    was: asCivilDate('2026-11-25'),
    now: asCivilDate('2027-01-22'),
    why: null,
  }),
  'an import was undone': withdrawnMessage({
    asOf: TODAY,
    contracts: [{ reference: 'C-1', title: 'Interpreter booking', supplier: null }],
  }),
  'a step of a procurement': checkpointMessage(
    {
      checkpointId: 1,
      name: 'award',
      asOf: TODAY,
      dueOn: asCivilDate('2026-11-20'),
      route: 'open procedure',
      contract: {
        reference: 'C-1',
        title: 'Theatre packs',
        supplier: null,
        team: 'Digital',
        owner: null,
      },
      coverFrom: null,
      beginsOn: null,
      answer: null,
    },
    { hidePrices: false, answerable: true },
  ),
  'notices to check': dutiesMessage({
    asOf: TODAY,
    team: 'Digital',
    tasks: ['UK10', 'UK11'].map((notice) => ({
      ...{ reference: 'C-1', title: 'Theatre packs', supplier: null },
      ...{ notice: notice as 'UK10', on: asCivilDate('2026-11-27'), citation: 's.75', asked: null },
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
    precision: 'day',
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
    ...WAIVER,
    extension: { ...WAIVER.extension, from: addDays(TODAY, 5) },
  }),
  'a weekly summary': weeklyMessage({ ...weekly(2), slot: TODAY }),
  'who owned contracts has left': leaverMessage(
    {
      ...{ asOf: TODAY, name: 'Olive Owner', contracts: 7, withoutDeputy: 1, deputyOf: 0 },
      nearest: [
        {
          ...{ reference: 'C-1', title: 'Linen', supplier: null },
          ...{ contractId: 1, version: 1, ends: asCivilDate('2027-01-29'), deputy: null },
        },
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
          contracts: [
            {
              ...{ reference: 'C-1', title: 'Linen', supplier: null },
              ...{ kind: 'end', on: asCivilDate('2026-12-18') },
            },
          ],
        },
      ],
    },
    TODAY,
  ),
  'a fault in the watch itself': unwellMessage({
    asOf: TODAY,
    findings: [{ alarm: true, words: 'nothing was swept since yesterday' }],
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
  const table = readFileSync(new URL('../docs/first-lines.md', import.meta.url), 'utf8')
  const row = table.split('\n').find((line) => line.startsWith(`| ${name} |`)) ?? ''
  expect(row.split('|').at(-2)?.trim()).toBe(firstOf(message))
})

test('docs/first-lines.md has no line that no message begins with', () => {
  const table = readFileSync(new URL('../docs/first-lines.md', import.meta.url), 'utf8')
  const names = [...table.matchAll(/^\| (?!what\b|---)([^|]+) \|/gm)].map(([, name]) => name)
  expect(names).toEqual(Object.keys(TABLE))
})
