import fc from 'fast-check'
import { addDays, asCivilDate } from '../src/rules/civil-date.ts'
import { DEADLINE_KINDS } from '../src/rules/contract.ts'
import { asDecimal } from '../src/rules/money.ts'
import { NOTICES } from '../src/rules/notices.ts'
import { ukCalendar } from '../src/rules/working-days.ts'
import { mistyped, readCommand, writeCommand } from '../src/slack/parse/command.ts'
import {
  type Amount,
  CHOICES,
  type Command,
  DATES_OF,
  type Dates,
  type Filters,
  LIST_STATES,
  NO_FILTERS,
  ORDERS,
  ROLES,
  SAID_KINDS,
} from '../src/slack/parse/command-types.ts'
import { exampleOf, MANUAL, VERBS } from '../src/text/help.ts'
import { oneLine } from '../src/text/words.ts'
import { holds } from './support/holds.ts'

/** A Monday. */
const TODAY = asCivilDate('2026-11-23')
const CLOCK = { today: TODAY, calendar: ukCalendar('england-and-wales'), yearStart: 4 }
const read = (text: string) => readCommand(text, CLOCK)
const filters = (changes: Partial<Filters>): Filters => ({ ...NO_FILTERS, ...changes })
const due = (changes: Partial<Filters>, page = 1) => ({
  verb: 'due',
  filters: filters(changes),
  page,
})
const list = (changes: Partial<Filters>, page = 1) => ({ ...due(changes, page), verb: 'list' })
/** A sentence: its filters, and whether it asks for deadlines. */
const ask = (changes: Partial<Filters>, due = false) =>
  expect.objectContaining({ verb: 'ask', filters: filters(changes), due })
const days = (
  of: Dates['of'],
  from: string | null,
  to: string | null,
  as: string | null = null,
) => ({
  dates: { of, ranges: [{ from, to }], as } as Dates,
})
const snooze = (until: string, ref = 'C-17', why: string | null = null) => ({
  verb: 'snooze',
  ref,
  until,
  why,
})

describe('what is typed after the command', () => {
  it('means what it says', () => {
    const meanings: Record<string, unknown> = {
      '': { verb: 'bare' },
      '   ': { verb: 'bare' },
      help: { verb: 'help', about: null },
      'help snooze': { verb: 'help', about: 'snooze' },
      'snooze help': { verb: 'help', about: 'snooze' },
      '?': { verb: 'help', about: null },
      due: due({}),
      'DUE 30D': due({ days: 30 }),
      'due 30': due({ days: 30 }),
      'due mine in the next 30 days': due({ days: 30, whose: 'mine' }),
      'due 3 months my team': due({ days: 92, whose: 'team' }),
      'due team 3 months': due({ days: 92, whose: 'team' }),
      'due team digital services within 2 weeks': due({ days: 14, team: 'digital services' }),
      'due supplier Bytes Software 90d': due({ days: 90, supplier: 'Bytes Software' }),
      'due bytes software': due({ words: ['bytes', 'software'] }),
      'due until next friday': due(days('due', null, '2026-12-04')),
      'due overdue': due({ state: 'overdue' }),
      'due notices page 3': due({ kind: 'notice' }, 3),
      'what is due': ask({}, true),
      'show due 30d': ask({ days: 30 }, true),
      'due in march 2027': due(days('due', '2027-03-01', '2027-03-31', 'March 2027')),
      'due 2027': due(days('due', '2027-01-01', '2027-12-31', 'calendar year 2027')),
      'export everything to excel': {
        verb: 'export',
        filters: filters({ whose: 'all', words: ['excel'] }),
      },
      'ends Q1 2027': ask(days('end', '2027-01-01', '2027-03-31', 'calendar Q1 2027')),
      'ending Q1 27/28': ask(
        days('end', '2027-04-01', '2027-06-30', 'Q1 of financial year 2027/28'),
      ),
      'thanks!': { verb: 'help', about: null },
      'ok, thank you': { verb: 'help', about: null },
      'what contracts do we have?': ask({}),
      'owned by samira': ask({ owner: { name: 'samira' } }),
      "samira's": ask({ person: { role: 'of', who: { name: 'samira' } } }),
      'contracts samira doesn’t own': ask({ without: [filters({ owner: { name: 'samira' } })] }),
      'what tom does not lead': ask({
        without: [filters({ person: { role: 'lead', who: { name: 'tom' } } })],
      }),
      'ends sept 27': ask(days('end', '2027-09-01', '2027-09-30', 'September 2027')),
      'ends 07/2027': ask(days('end', '2027-07-01', '2027-07-31', 'July 2027')),
      'ends feb 28': ask({
        unread: ['February 28 may be a day or a year: write 28 February or February 2028.'],
      }),
      'ends oct 27 to feb 28': ask(days('end', '2027-10-01', '2028-02-29')),
      'ends october 2027 onwards': ask(days('end', '2027-10-01', null, 'from October 2027 on')),
      'ends after the start of june': ask(days('end', '2027-06-02', null, 'after June 2027')),
      'ends by year end': ask(
        days('end', '2026-11-23', '2027-03-31', 'by the end of financial year 2026/27'),
      ),
      'not owned by samira': ask({ without: [filters({ owner: { name: 'samira' } })] }),
      'ends on or before 31 dec 2026': ask(days('end', '2026-11-23', '2026-12-31')),
      'what is running out of contract': ask({ state: 'out-of-contract' }),
      'ending after january and before march 2027': ask(days('end', '2027-02-01', '2027-02-28')),
      'over £1m a year': ask({
        amounts: [{ is: '>', than: asDecimal('1000000'), currency: 'GBP' }],
        unread: ['a year'],
      }),
      'a notice period of 3 months': ask({
        amounts: [{ is: '=', than: asDecimal('91.32'), of: 'notice' }],
      }),
      'list no owner': list({ state: 'unowned' }),
      'list team: "Adult Social Care" rolling': list({
        team: 'Adult Social Care',
        state: 'rolling',
      }),
      'list owner <@U0AMIRA01|amira>': list({ owner: { slackUser: 'U0AMIRA01' } }),
      'list out of contract': list({ state: 'out-of-contract' }),
      'list mine “Microsoft 365”': list({ whose: 'mine', text: 'Microsoft 365' }),
      'find microsoft 365 page 2': list({ words: ['microsoft', '365'] }, 2),
      'Search &amp; rescue': list({ words: ['rescue'] }),
      'show C-17': { verb: 'show', ref: 'C-17' },
      'show me the contract C-17 please': { verb: 'show', ref: 'C-17' },
      'who owns C-17': ask({ words: ['C-17'] }),
      'due this month': due(days('due', '2026-11-01', '2026-11-30', 'November 2026')),
      'due until the end of the week': due(
        days('due', null, '2026-11-29', 'by the end of the week of Mon 23 Nov 2026'),
      ),
      'C-17 show': { verb: 'show', ref: 'C-17' },
      'show "the contract"': { verb: 'show', ref: 'the contract' },
      'acknowledge C-17': { verb: 'ack', ref: 'C-17' },
      'acks ‘lift maintenance’': { verb: 'ack', ref: 'lift maintenance' },
      'add Lift maintenance': { verb: 'add', title: 'Lift maintenance' },
      'extends C-17': { verb: 'extend', ref: 'C-17', to: null, by: null, kind: null },
      'extend C-17 one month': {
        verb: 'extend',
        ref: 'C-17',
        to: null,
        by: { amount: 1, unit: 'months' },
        kind: null,
      },
      'extend RW1-007 2027-01-31': {
        verb: 'extend',
        ref: 'RW1-007',
        to: '2027-01-31',
        by: null,
        kind: null,
      },
      'please extend linen to the end of march as emergency': {
        verb: 'extend',
        ref: 'linen',
        to: '2027-03-31',
        by: null,
        kind: 'emergency',
      },
      'decide MRI compete': { verb: 'decide', ref: 'MRI', choice: 'compete' },
      'decide linen: let it end': { verb: 'decide', ref: 'linen', choice: 'let-end' },
      'assign linen to samira': {
        verb: 'own',
        ref: 'linen',
        owner: { name: 'samira' },
        deputy: null,
      },
      'snooze linen until after easter': snooze('2027-03-30', 'linen'),
      'revoke C-17': { verb: 'withdraw', ref: 'C-17' },
      'waiver withdraw C-17': { verb: 'withdraw', ref: 'C-17' },
      'waivers take back 12': { verb: 'withdraw', ref: 'waiver 12' },
      'withdraw waiver 12': { verb: 'withdraw', ref: 'waiver 12' },
      'costs 2026/27 team Digital': { verb: 'costs', year: '2026/27', team: 'Digital' },
      'spending in Digital 2025-26': { verb: 'costs', year: '2025-26', team: 'Digital' },
      'log C-17': { verb: 'history', ref: 'C-17' },
      'own C-17 <@U01|a> deputy <@U02|b>': {
        verb: 'own',
        ref: 'C-17',
        owner: { slackUser: 'U01' },
        deputy: { slackUser: 'U02' },
      },
      'assign C-17 to @amira': { verb: 'own', ref: 'C-17', owner: { name: 'amira' }, deputy: null },
      'own C-17 deputy @tom': { verb: 'own', ref: 'C-17', owner: null, deputy: { name: 'tom' } },
      'own <@U01> deputy <@U02> C-17': {
        verb: 'own',
        ref: 'C-17',
        owner: { slackUser: 'U01' },
        deputy: { slackUser: 'U02' },
      },
      'own C-17': { verb: 'own', ref: 'C-17', owner: null, deputy: null },
      'explain C-17': { verb: 'explain', ref: 'C-17', on: null },
      'why C-17 on 3 nov': { verb: 'explain', ref: 'C-17', on: '2026-11-03' },
      'explain C-17 2 weeks ago': { verb: 'explain', ref: 'C-17', on: '2026-11-09' },
      'explain yesterday C-17': { verb: 'explain', ref: 'C-17', on: '2026-11-22' },
      'headroom C-17': { verb: 'headroom', ref: 'C-17', addDays: 0 },
      'headroom C-17 add 31 days': { verb: 'headroom', ref: 'C-17', addDays: 31 },
      'headroom of C-17 with 4 weeks more': { verb: 'headroom', ref: 'C-17', addDays: 28 },
      'headroom lift maintenance +31': { verb: 'headroom', ref: 'lift maintenance', addDays: 31 },
      'headroom "plus 5 days"': { verb: 'headroom', ref: 'plus 5 days', addDays: 0 },
      'published C-17 uk11 2026/S 000-1': {
        verb: 'published',
        ref: 'C-17',
        notice: 'UK11',
        said: '2026/S 000-1',
      },
      'start-by C-17': { verb: 'start-by', ref: 'C-17', route: null },
      'start-by C-17 open': { verb: 'start-by', ref: 'C-17', route: 'open' },
      'start-by C-17 by route mini competition': {
        verb: 'start-by',
        ref: 'C-17',
        route: 'mini competition',
      },
      'startby laundry by night by quotes': {
        verb: 'start-by',
        ref: 'laundry by night',
        route: 'quotes',
      },
      'start-by Microsoft 365': { verb: 'start-by', ref: 'Microsoft 365', route: null },
      'preview 30': { verb: 'preview', days: 30, channel: null },
      'preview <#C0DIGITAL|digital> 2w': { verb: 'preview', days: 14, channel: 'C0DIGITAL' },
      'summary Digital': { verb: 'summary', filters: filters({ team: 'Digital' }) },
      subscribe: { verb: 'subscribe', filters: NO_FILTERS, channel: null },
      'follow supplier Bytes': {
        verb: 'subscribe',
        filters: filters({ supplier: 'Bytes' }),
        channel: null,
      },
      'subs <#C01>': { verb: 'subscriptions', channel: 'C01' },
      unsubscribe: { verb: 'unsubscribe', channel: null },
      config: { verb: 'settings', of: { team: null } },
      'settings organization': { verb: 'settings', of: { organisation: true } },
      'setting for team Digital': { verb: 'settings', of: { team: 'Digital' } },
      'show settings C-17': { verb: 'settings', of: { ref: 'C-17' } },
      import: { verb: 'import' },
    }
    for (const [text, command] of Object.entries(meanings))
      expect(read(text), text).toEqual(command)
  })

  test.each([
    ["snooze C-17 3d - no, don't", snooze('2026-11-26', 'C-17', "no, don't")],
    ['snooze C-17 3d, is that allowed?', snooze('2026-11-26', 'C-17', 'is that allowed?')],
    ['snooze C-17 3d was kofi’s idea', snooze('2026-11-26', 'C-17', 'was kofi’s idea')],
    ['snooze C-17 3d unless mei objects', snooze('2026-11-26', 'C-17', 'unless mei objects')],
    ['C-17 snooze 3d hang on', snooze('2026-11-26', 'C-17', 'hang on')],
    ['park linen until friday', snooze('2026-11-27', 'linen')],
    ['remind me about linen in 2w', snooze('2026-12-07', 'linen')],
    ['stop nagging me about linen', { verb: 'ack', ref: 'linen' }],
    ['acknowledged C-17', { verb: 'ack', ref: 'C-17' }],
    ['i’ll take linen', { verb: 'ack', ref: 'linen' }],
  ])('is asked for first where it would silence and may not be meant: %s', (text, meant) => {
    expect(read(text)).toMatchObject({ verb: 'misread', isOrder: true, meant })
  })

  test.each([
    ['snooze C-17 a week before it ends', 'counted from another day than today'],
    ['remind me about linen a month ahead of its end', 'counted from another day than today'],
    ['nudge me 3 weeks prior to the linen notice', 'counted from another day than today'],
    ['snooze everything but linen 2w', 'one contract at a time'],
    ['ack all', 'one contract at a time'],
    ['extend all estates contracts by a year', 'one contract at a time'],
    ["move all of gareth's contracts to mei", 'one contract at a time'],
    ['unsnooze linen', 'until an earlier day'],
    ['scrap that snooze on linen please', 'until an earlier day'],
    ['stop the reminders for linen', 'Until when'],
    ['leave linen alone', 'Until when'],
  ])('is asked back where it cannot be done as it is said: %s', (text, problem) => {
    const meant = { verb: 'misread', meant: null, problem: expect.stringContaining(problem) }
    expect(read(text)).toMatchObject(meant)
  })

  test.each([
    ['mount making has nobody, put owen down for it', 'own "mount making" @owen'],
    ["pest control should be judith's, can you change that", 'own "pest control" @judith'],
    ['mobiles - we are letting it renew, mark it as decided pls', 'decide "mobiles" no-notice'],
    [
      'please extend cleaning by a year, board signed it off last week',
      'extend "cleaning board signed it off last week" 1 years',
    ],
    [
      'extend linen to 31 march 2028, agreed on 3 november',
      'extend "linen agreed on 3 november" 2028-03-31',
    ],
    ['give mobile phones to tom from now on', 'own "mobile phones" @tom'],
    ['catering: retender it', 'decide "catering" compete'],
    ["log that we're retendering the gas", 'decide "gas" compete'],
    ['gas has been renewed for 2 years, can you put that in', 'extend "gas" 2 years'],
    ['pls push linen out by 12 months, we are using the option', 'extend "linen" 12 months option'],
    ['sign us up for alerts about estates', 'subscribe {"filters":{"words":["estates"]}}'],
    [
      'tell this channel about everything in estates',
      'subscribe {"filters":{"whose":"all","words":["estates"]}}',
    ],
  ])('is an order, in whatever words: %s', (text, typed) => {
    const command = read(text)
    expect(command.verb === 'misread' ? command : writeCommand(command)).toBe(typed)
  })

  test.each([
    'linen ends soon, has anyone extended it',
    'linen, who owns it',
    'linen should be retendered',
    'send me everything ending in march',
  ])('is no order where it asks or only tells: %s', (text) => {
    expect(read(text).verb).toBe('ask')
  })

  test.each([
    ['snooze C-17 3d waiting for the board', snooze('2026-11-26', 'C-17', 'waiting for the board')],
    ['snooze C-17 3d "not before the board"', snooze('2026-11-26', 'C-17', 'not before the board')],
    ['pls snooze linen til friday thanks', snooze('2026-11-27', 'linen')],
    ['snooze all weather pitch 3d', snooze('2026-11-26', 'all weather pitch')],
    ['ack linen', { verb: 'ack', ref: 'linen' }],
  ])('is done at once as the command that it is: %s', (text, command) => {
    expect(read(text)).toEqual(command)
  })

  it('may name a day in many ways, day first, and never a day that has passed for a snooze', () => {
    const days: Record<string, string> = {
      '1d': '2026-11-24',
      '2w': '2026-12-07',
      'for 2 weeks': '2026-12-07',
      'a fortnight': '2026-12-07',
      '3 months': '2027-02-23',
      '1 month': '2026-12-23',
      '2 working days': '2026-11-25',
      '10wd': '2026-12-07',
      tomorrow: '2026-11-24',
      friday: '2026-11-27',
      monday: '2026-11-30',
      'next friday': '2026-12-04',
      'until next week': '2026-11-30',
      'next month': '2026-12-01',
      'end of the month': '2026-11-30',
      'fri 30 apr': '2027-04-30',
      'Friday, 30th of April 2027': '2027-04-30',
      'April 30, 2027': '2027-04-30',
      '30/04/2027': '2027-04-30',
      '30.4.27': '2027-04-30',
      '5/3/2027': '2027-03-05',
      '2027-04-30': '2027-04-30',
      '30/04': '2027-04-30',
    }
    for (const [typed, until] of Object.entries(days)) {
      expect(read(`snooze C-17 ${typed}`), typed).toEqual(snooze(until))
      expect(read(`snooze C-17 ${typed} because the board meets`), typed).toEqual(
        snooze(until, 'C-17', 'the board meets'),
      )
    }
    expect(read('snooze 2w C-17 the board meets on monday')).toEqual(
      snooze('2026-12-07', 'C-17', 'the board meets on monday'),
    )
    expect(read('snooze microsoft 365 licences 2w')).toEqual(
      snooze('2026-12-07', 'microsoft 365 licences'),
    )
    expect(read('postpone "C-17 2w" 3d')).toEqual(snooze('2026-11-26', 'C-17 2w'))
    for (const wrong of ['yesterday', '2026-11-23', '04/30/2027', '31/04/2027', 'thu 30 apr', '']) {
      expect(read(`snooze C-17 ${wrong}`), wrong).toMatchObject({
        verb: 'misread',
        meant: null,
        example: '/contracts snooze C-1042 2w',
      })
    }
  })

  it('gets "did you mean" when it is nearly a command, with the rest understood', () => {
    const meant: Record<string, unknown> = {
      'help snoze': { verb: 'help', about: 'snooze' },
    }
    for (const [text, command] of Object.entries(meant)) {
      expect(read(text), text).toMatchObject({ verb: 'misread', meant: command })
    }
    // What the register does not hold: the sentence carries the command that it nearly is.
    const nearly: Record<string, unknown> = {
      'snoze C-17 2w': snooze('2026-12-07'),
      'shwo C-17': { verb: 'show', ref: 'C-17' },
      'histroy C-17': { verb: 'history', ref: 'C-17' },
      dua: due({}),
      'subscribbe to C-1': {
        verb: 'subscribe',
        filters: filters({ words: ['C-1'] }),
        channel: null,
      },
    }
    for (const [text, command] of Object.entries(nearly)) {
      const asked = read(text)
      expect(asked, text).toMatchObject({ verb: 'ask' })
      const near = asked.verb === 'ask' ? asked.near : null
      expect(near === null ? null : mistyped(text, near, CLOCK), text).toMatchObject({
        verb: 'misread',
        meant: command,
      })
    }
    expect(read('C-17')).toEqual(ask({ words: ['C-17'] }))
    expect(read('"microsoft 365"')).toEqual(ask({ text: 'microsoft 365' }))
    for (const verb of ['show', 'ack', 'snooze', 'own', 'explain', 'history', 'find'] as const) {
      expect(read(verb)).toMatchObject({ verb: 'misread', example: exampleOf(verb) })
    }
  })

  it('asks for days where a span is no fixed number of them', () => {
    expect(read('headroom C-17 add 1 month')).toMatchObject({
      verb: 'misread',
      problem: expect.stringContaining('Count them, such as add 31 days'),
    })
  })

  it('is understood for every example that the help gives', () => {
    for (const verb of VERBS) {
      expect(MANUAL[verb].examples.length).toBeGreaterThan(0)
      for (const example of MANUAL[verb].examples) {
        const as = verb === 'find' ? 'list' : verb
        expect(read(example), example).toMatchObject({ verb: as })
        expect(read(example.toUpperCase()), example).toMatchObject({ verb: as })
      }
    }
  })

  it('of a name of several words reads back as itself', () => {
    for (const typed of ['own C-17 to Samira Dalvi', 'link "S Dalvi" to Samira Dalvi']) {
      const command = read(typed)
      expect(JSON.stringify(command)).toContain('Samira Dalvi')
      if (command.verb !== 'misread') expect(read(writeCommand(command))).toEqual(command)
    }
  })

  it('is never too strange to be answered', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        ...VERBS,
        ...'" “ ” \' <@U01> <@U01|x> <#C01|y> <!subteam^S1|g> <!channel> 30d 9999y 99/99/9999 29 feb next friday team supplier owner page deputy 0 until in the &amp; &lt; 1/1 end of'.split(
          ' ',
        ),
      ),
    )
    holds([fc.array(piece, { maxLength: 12 })], 300, (pieces) => {
      const command = read(pieces.join(' '))
      expect(typeof command.verb).toBe('string')
      if (command.verb !== 'misread') expect(read(writeCommand(command))).toEqual(command)
      else if (command.meant !== null) {
        expect(read(writeCommand(command.meant))).toEqual(command.meant)
      }
    })
  })

  it('is read however long it is', () => {
    for (const part of ['"', '<@U', "'a ", '“a', 'team ', '30 ', 'next ', 'a:', '\u0301', '& ']) {
      expect(typeof read(`due ${part.repeat(200_000)}`).verb, part).toBe('string')
    }
  })
})

describe('a command written down', () => {
  const text = fc
    .oneof(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
      fc.string({ unit: fc.constantFrom(...'ab "“”\'<>&@#-2wd/'), minLength: 1, maxLength: 20 }),
    )
    .map((raw) => oneLine(raw))
    .filter((raw) => raw !== '')
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null })
  const slackUser = fc.constantFrom('U01', 'W0AMIRA01').map((id) => ({ slackUser: id }))
  const person = fc.oneof(slackUser, fc.constantFrom({ name: 'amira' }, { name: 'tom.b-1' }))
  const page = fc.integer({ min: 1, max: 999_999 })
  const channel = maybe(fc.constantFrom('C01', 'G0ABC'))
  const day = fc.integer({ min: -4000, max: 4000 }).map((days) => addDays(TODAY, days))
  const dates: fc.Arbitrary<Dates> = fc.record({
    of: fc.constantFrom(...DATES_OF),
    ranges: fc.array(fc.record({ from: maybe(day), to: maybe(day) }), {
      minLength: 1,
      maxLength: 3,
    }),
    as: maybe(text),
  })
  const amount: fc.Arbitrary<Amount> = fc.oneof(
    fc.constant({ is: 'none' } as const),
    fc
      .record({
        is: fc.constantFrom('>', '>=', '<', '<='),
        than: fc.integer({ min: 0, max: 10_000_000 }).map((each) => asDecimal(String(each))),
        currency: maybe(fc.constantFrom('GBP', 'EUR')),
      })
      .map(({ currency, ...each }) => (currency === null ? each : { ...each, currency })),
  )
  const word = text.filter((each) => !/\s/.test(each))
  const flat: fc.Arbitrary<Filters> = fc.record({
    category: maybe(text),
    person: maybe(
      fc.record({
        role: fc.constantFrom(...ROLES),
        who: fc.oneof(slackUser, fc.record({ name: text })),
      }),
    ),
    dates: maybe(dates),
    amounts: fc.array(amount, { maxLength: 2 }),
    words: fc.array(word, { maxLength: 3 }),
    without: fc.constant([]),
    either: fc.constant([]),
    order: maybe(fc.constantFrom(...ORDERS)),
    top: maybe(fc.integer({ min: 1, max: 999 })),
    sum: maybe(fc.constant(true as const)),
    unread: fc.array(text, { maxLength: 2 }),
    spelt: fc.array(text, { maxLength: 2 }),
    asides: fc.array(text, { maxLength: 2 }),
    per: maybe(fc.constantFrom({ of: 'supplier', than: 2 }, { of: 'owner', than: null } as const)),
    whose: maybe(fc.constantFrom('mine', 'team', 'all')),
    team: maybe(text),
    supplier: maybe(text),
    owner: maybe(fc.oneof(slackUser, fc.record({ name: text }))),
    state: maybe(fc.constantFrom(...LIST_STATES)),
    kind: maybe(fc.constantFrom(...DEADLINE_KINDS)),
    days: maybe(fc.integer({ min: 0, max: 3660 })),
    running: maybe(fc.constant(true as const)),
    beside: fc.array(
      fc.record({ of: fc.constantFrom('dates', 'amounts'), word: text, said: text }),
      { maxLength: 1 },
    ),
    text: maybe(text),
  })
  const said = flat.filter(
    (each) => writeCommand({ verb: 'list', filters: each, page: 1 }) !== 'list',
  )
  const some: fc.Arbitrary<Filters> = fc
    .record({
      own: flat,
      without: fc.array(said, { maxLength: 2 }),
      either: fc.array(fc.array(said, { minLength: 1, maxLength: 3 }), { maxLength: 2 }),
    })
    .map(({ own, without, either }) => ({ ...own, without, either }))
  const ofTeam = fc.record({ team: maybe(text) }).map((each) => filters(each))
  const noText = some.map((each) => ({ ...each, text: null, words: [] }))
  const is = <const V extends string>(...verbs: V[]) => fc.constantFrom(...verbs)
  const command: fc.Arbitrary<Command> = fc.oneof(
    fc.record({ verb: is('bare', 'import') }),
    fc.record({
      verb: is('settings'),
      of: fc.oneof(
        fc.record({ team: maybe(text) }),
        fc.record({ organisation: fc.constant(true as const) }),
        fc.record({ ref: text }),
      ),
    }),
    fc.record({ verb: is('help'), about: maybe(fc.constantFrom(...VERBS)) }),
    fc.record({ verb: is('due', 'list'), filters: some, page }),
    fc.record({ verb: is('show', 'edit', 'withdraw', 'ack', 'history'), ref: text }),
    fc.record({
      verb: is('extend'),
      ref: text,
      to: maybe(day),
      by: fc.constant(null),
      kind: maybe(fc.constantFrom(...SAID_KINDS)),
    }),
    fc.record({
      verb: is('extend'),
      ref: text,
      to: fc.constant(null),
      by: fc.record({
        amount: fc.integer({ min: 1, max: 60 }),
        unit: fc.constantFrom('days', 'weeks', 'months', 'years', 'working-days'),
      }),
      kind: maybe(fc.constantFrom(...SAID_KINDS)),
    }),
    fc.record({ verb: is('decide'), ref: text, choice: maybe(fc.constantFrom(...CHOICES)) }),
    fc.record({
      verb: is('costs'),
      year: maybe(fc.constantFrom('2026/27', '2025-26', '2024', 'fy2023/24')),
      team: maybe(text),
    }),
    fc.record({ verb: is('add'), title: maybe(text) }),
    fc.record({ verb: is('waiver'), ref: maybe(text) }),
    fc
      .record({ verb: is('own'), ref: text, owner: maybe(person), deputy: maybe(person) })
      .filter(({ owner, deputy }) => owner !== null || deputy !== null),
    fc.record({
      verb: is('snooze'),
      ref: text,
      until: fc.integer({ min: 1, max: 366 }).map((days) => addDays(TODAY, days)),
      why: maybe(text),
    }),
    fc.record({
      verb: is('explain'),
      ref: text,
      on: maybe(fc.integer({ min: -4000, max: 4000 }).map((days) => addDays(TODAY, days))),
    }),
    fc.record({ verb: is('headroom'), ref: text, addDays: fc.integer({ min: 0, max: 9999 }) }),
    fc.record({ verb: is('start-by'), ref: text, route: maybe(text) }),
    fc.record({
      verb: is('published'),
      ref: text,
      notice: fc.constantFrom(...NOTICES),
      said: text,
    }),
    fc.record({ verb: is('preview'), days: maybe(fc.integer({ min: 0, max: 3660 })), channel }),
    fc.record({ verb: is('export'), filters: some }),
    fc.record({ verb: is('calendar'), team: maybe(text), revoke: fc.boolean() }),
    fc.record({ verb: is('triage'), filters: noText }),
    fc.record({ verb: is('summary', 'chains', 'cliffs'), filters: ofTeam }),
    fc.record({ verb: is('subscribe'), filters: some, channel }),
    fc.record({ verb: is('unsubscribe', 'subscriptions'), channel }),
  )

  it('is nothing but a sentence where it holds what no command of ours does', () => {
    for (const filters of [
      '{"order":"c.value; DROP"}',
      '{"amounts":[{"is":"> 0 OR 1 >","than":"1"}]}',
      '{',
    ]) {
      const asked = read(`list {"filters":${filters}}`)
      expect(asked).toMatchObject({ filters: { order: null, amounts: [] } })
      expect(JSON.stringify(asked), 'its words are looked for').toMatch(/"words":\["\{/)
    }
  })

  it('reads back as itself, whatever it names', () => {
    holds([command], 600, (each) => {
      expect(read(writeCommand(each))).toEqual(each)
    })
  })
})
