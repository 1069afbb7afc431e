/** The same words in a channel, in a thread and in a direct message; verbs whose form opens filled in. */
import { extend } from '../src/actions/extend.ts'
import { readTeams } from '../src/database/organisation.ts'
import { tables } from '../src/database/prisma.ts'
import { addDays } from '../src/rules/civil-date.ts'
import { asDecimal } from '../src/rules/money.ts'
import { ukCalendar } from '../src/rules/working-days.ts'
import { ADD_SHORTCUT } from '../src/slack/app.ts'
import { answerSentence } from '../src/slack/facts/list.ts'
import { PEOPLE, type ShownView } from '../stand-in/slack/state.ts'
import { buttonOf, said, TODAY, TRANSPORTS, useBotSetup } from './support/bot-setup.ts'
import { present } from './support/present.ts'

const REGISTER = `Reference,Title,Supplier,Owner,Owner email,Deputy,Start,End,Value
C-100,Cleaning,Acme Ltd,Olive Owner,olive.owner@trust.example,,2024-01-01,2027-01-31,20000
C-200,Linen hire,Beta plc,Olive Owner,olive.owner@trust.example,,2024-01-01,2027-03-15,70000
C-300,Pathology,Gamma,Lena Lead,lena.lead@trust.example,,2024-01-01,2027-06-30,90000
`
const CONTRACTS = 'C0CONTRACTS'

describe.each(TRANSPORTS)('what is said over %s', (kind) => {
  const setup = useBotSetup(kind, REGISTER, {
    quiet: true,
    prepare: async ({ type }) => {
      for (const who of [PEOPLE.owner, PEOPLE.lead]) await type(who, 'help')
    },
  })
  const as = (who: string) => setup.workspace.as(who)
  const inThread = (ts: string | undefined) =>
    setup.workspace.ledger.inChannel(CONTRACTS).filter(({ threadTs }) => threadTs === ts)
  const mention = async (who: string, text: string, more = {}) => {
    const seen = await as(who).says(`@lapsewatch ${text}`, CONTRACTS, more)
    const own = seen.messages.find(({ by }) => by === who)
    return { seen, own, answers: inThread(own?.ts) }
  }
  const held = (view: ShownView | null) => JSON.stringify(view?.source ?? null)

  test('a mention is answered in its thread, for all to read, and so without amounts', async () => {
    const { answers } = await mention(PEOPLE.colleague, 'what is ending in march 2027?')
    expect(answers).toHaveLength(1)
    expect(answers[0]?.text).toContain('Linen hire')
    expect(answers[0]?.text).not.toMatch(/Cleaning|£|70/)
    expect(present(answers[0]).by).toBeUndefined()
  })

  test('a mention in a thread is answered in that thread', async () => {
    const { own } = await mention(PEOPLE.colleague, 'linen')
    const { seen } = await mention(PEOPLE.colleague, 'pathology', { threadTs: own?.ts })
    expect(seen.messages.at(-1)).toMatchObject({ threadTs: own?.ts })
    expect(inThread(own?.ts).at(-1)?.text).toContain('Pathology')
  })

  test('a button pressed in a thread is answered in that thread', async () => {
    const { own, answers } = await mention(PEOPLE.owner, 'extend linen one month')
    const message = present(answers[0])
    const refused = await as(PEOPLE.colleague).press(message, buttonOf(message, 'Open the form'))
    expect(refused.ephemerals.map(({ threadTs }) => threadTs)).toEqual([own?.ts])
  })

  test('a direct message is answered there, with amounts, and its words are the same', async () => {
    const direct = as(PEOPLE.colleague).direct().id
    const seen = await as(PEOPLE.colleague).says('contracts over £80k', direct)
    const answer = seen.messages.at(-1)
    expect(answer).toMatchObject({ channel: direct, threadTs: null })
    expect(answer?.text).toMatch(/1 contract with a value over[\s\S]*Pathology[\s\S]*£90/)
  })

  test('an event that Slack sends again is answered once', async () => {
    const { answers } = await mention(PEOPLE.colleague, 'linen', { times: 3 })
    expect(answers).toHaveLength(1)
  })

  test('bots, edits and what is no message of a person are not answered', async () => {
    for (const event of [
      { bot_id: 'B0OTHER' },
      { edited: { user: PEOPLE.colleague, ts: '1.2' } },
      { user: 'U0BOT' },
      { subtype: 'message_changed' },
      { subtype: 'bot_message' },
    ]) {
      const { answers } = await mention(PEOPLE.colleague, 'linen', { event })
      expect(answers, JSON.stringify(event)).toEqual([])
    }
    const direct = as(PEOPLE.colleague).direct().id
    const before = setup.workspace.ledger.inChannel(direct).length
    await as(PEOPLE.colleague).says('linen', direct, { event: { subtype: 'message_deleted' } })
    expect(setup.workspace.ledger.inChannel(direct)).toHaveLength(before + 1)
  })

  test('the shortcut opens the form of a contract that no register holds', async () => {
    const seen = await as(PEOPLE.colleague).shortcut(ADD_SHORTCUT)
    expect(seen.modal?.source).toMatchObject({ title: { text: 'Add contract' } })
  })

  // What the words then mean does not depend on how they came.
  if (kind === 'socket') return

  test('guests and people of other organisations are shown nothing by a mention either', async () => {
    for (const [who, channel] of [
      [PEOPLE.guest, 'C0GUESTS'],
      [PEOPLE.outsider, 'C0SHARED'],
    ] as const) {
      const seen = await as(who).says('@lapsewatch everything', channel)
      const answer = seen.messages.at(-1)?.text
      expect(answer).toContain('full members')
      expect(answer).not.toContain('Cleaning')
    }
  })

  test('a verb in a mention is done, or its form opens filled in with a button, for who may', async () => {
    const { answers } = await mention(PEOPLE.owner, 'extend linen one month emergency')
    const message = present(answers[0])
    expect(message.text).toContain('Linen hire')
    const opened = await as(PEOPLE.owner).press(message, buttonOf(message, 'Open the form'))
    expect(held(opened.modal)).toMatch(/"initial_date":"2027-04-15"/)
    expect(held(opened.modal)).toMatch(/"initial_option":\{[^}]*\{[^}]*"Emergency/)
    const refused = await as(PEOPLE.colleague).press(message, buttonOf(message, 'Open the form'))
    expect(said(refused)).toContain('Only its owner')
    const snoozed = await mention(PEOPLE.owner, 'snooze linen until after christmas')
    expect(snoozed.answers[0]?.text).toMatch(/29 Dec|no open warning|snooze/i)
    const decided = await mention(PEOPLE.colleague, 'decide linen compete')
    expect(decided.answers[0]?.text).toContain('Only its owner')
  })

  test('what is for one person alone, and what an act cost, is not said in a channel', async () => {
    const { pool } = setup.db
    const asked = await mention(PEOPLE.colleague, 'calendar')
    expect(asked.answers[0]?.text).toContain('given to nobody but you')
    expect(await tables(pool).calendarFeed.count()).toBe(0)
    const priced = { kind: 'variation', from: null, cost: asDecimal('54321.00') } as const
    await extend(pool, setup.actor(TODAY), await setup.contractId('C-300'), {
      ...{ ...priced, to: addDays(TODAY, 400) },
    })
    const late = await mention(PEOPLE.lead, 'ack pathology')
    expect(late.answers[0]?.text).toMatch(/Somebody came first[\s\S]*Extended/)
    expect(late.answers[0]?.text).not.toMatch(/£|54/)
  })

  test('words that were not read are named, and no answer says that there is nothing', async () => {
    const penalties = 'due in march with penalty clauses'
    for (const text of ['frobnicate', penalties, 'ending 2031 frobnicate']) {
      const answer = said(await setup.type(PEOPLE.colleague, text))
      expect(answer, text).toMatch(/penalty|frobnicate/)
      expect(answer, text).not.toMatch(/\*?(?:Nothing|No contract|No deadline)\b/)
    }
    expect(said(await setup.type(PEOPLE.colleague, 'due in march 2027'))).toContain('Linen hire')
    expect(said(await setup.type(PEOPLE.colleague, 'due in march 2027'))).not.toContain('2,027')
  })

  test('a reference or a title by itself shows the contract', async () => {
    for (const text of ['C-200', 'linen hire', 'who owns linen?', 'show linen']) {
      const seen = await setup.type(PEOPLE.colleague, text)
      expect(said(seen), text).toContain('Beta plc')
      expect(said(seen), text).not.toContain('Pathology')
    }
  })

  test('what a list cannot tell is named with the report that tells it', async () => {
    const answer = async (text: string) => said(await setup.type(PEOPLE.colleague, text))
    for (const [typed, report] of [
      ['what have we spent on beta this year', 'costs'],
      ['which of beta had premiums', 'ledger'],
      ['gaps in cover', 'board'],
      ['were any signed after the fact', 'waivers'],
      ['what if nobody does anything about beta', 'exposure'],
    ] as const) {
      expect(await answer(typed), typed).toContain(`/contracts ${report} tells `)
    }
    expect(await answer('beta frobnicate')).not.toContain(' tells ')
  })

  test('everything in a workbook is everything, and what is saved or exported is said back', async () => {
    const answer = async (text: string) => said(await setup.type(PEOPLE.colleague, text))
    const whole = await answer('export everything to excel')
    expect(whole).toContain('3 contracts (of the whole register)')
    await setup.deliver()
    expect([...setup.workspace.places.files.values()].at(-1)?.name).toMatch(/^contracts-.*\.xlsx$/)
    const some = await answer('export contracts over £80k')
    expect(some).toContain('1 contract (with a value over £80,000)')
    expect(await setup.toldDirectly(PEOPLE.colleague)).toContain('with a value over £80,000')
    for (const [typed, told] of [
      ['export over £80k frobnicate', 'Not understood: “frobnicate”. Nothing was exported'],
      ['subscribe everything with beta', 'hears the warnings of contracts with supplier "beta"'],
      ['subscribe due in march 2027', 'cannot subscribe to contracts due in March 2027'],
      ['subscribe beta frobnicate', 'Not understood: “frobnicate”. Nothing was subscribed'],
    ] as const) {
      expect(await answer(typed)).toContain(told)
    }
    expect(await answer('subscriptions')).not.toContain('frobnicate')
  })

  test('a verb with its arguments opens its form filled in, and the form does what it shows', async () => {
    const extend = await setup.form(PEOPLE.owner, 'extend C-200 2027-05-31')
    expect(held(extend)).toMatch(/"initial_date":"2027-05-31"/)
    const decide = await setup.form(PEOPLE.owner, 'decide linen compete')
    expect(held(decide)).toMatch(/"initial_option":\{[^}]*\{[^}]*"Compete"/)
    const assign = await setup.form(PEOPLE.owner, 'assign linen to lena lead')
    expect(held(assign)).toContain('"initial_user":"U0LEAD"')
    await setup.submit(PEOPLE.owner, assign)
    const owner = '(SELECT display_name FROM person WHERE id = c.owner_id) AS it'
    expect((await setup.row('C-200', owner)).it).toBe('Lena Lead')
    const snooze = await setup.form(PEOPLE.lead, 'park linen until 20 january, if the board agrees')
    expect(held(snooze)).toMatch(/"initial_date":"2027-01-20".*"if the board agrees"/)
    const unknown = await setup.form(PEOPLE.lead, 'assign linen to nobody here')
    expect(held(unknown)).toContain('Nobody with an open account in Slack is known as nobody here')
  })

  test('who says that they are on it is asked before reminders pause, wherever they say it', async () => {
    const before = (await setup.row('C-200', 'c.version AS it')).it
    for (const text of ['i’m on it - linen', 'stop nagging me about linen']) {
      expect(said(await setup.type(PEOPLE.lead, text)), text).toContain('Are you on it? Linen')
    }
    const { answers } = await mention(PEOPLE.lead, 'park linen until 2 april')
    expect(JSON.stringify(answers)).toContain('the form opens with this button')
    expect((await setup.row('C-200', 'c.version AS it')).it).toBe(before)
  })

  test('without the scope for mentions all else works as before', async () => {
    setup.workspace.places.scopes.delete('app_mentions:read')
    expect((await mention(PEOPLE.colleague, 'linen')).answers).toEqual([])
    expect(said(await setup.type(PEOPLE.colleague, 'linen'))).toContain('Beta plc')
    setup.workspace.places.scopes.add('app_mentions:read')
  })
})

describe('beside its contracts an answer', () => {
  const setup = useBotSetup(
    'http',
    `Reference,Title,Supplier,Owner,Deputy,Notice period,Start,End,Status
D-1,Linen hire,Beta plc,Olive Owner,Dora Deputy,3 months,2024-01-01,2027-03-15,
D-2,Gritting,Gamma,Lena Lead,,,2024-01-01,Q1 2027,
D-3,Hire of linen presses,Beta plc,,,,2018-01-01,2019-12-31,Expired
`,
    { quiet: true },
  )
  const inSlack = async (text: string) => said(await setup.type(PEOPLE.colleague, text))
  const asked = async (text: string) => {
    const { pool } = setup.database
    const organisationId = setup.organisation.id
    const place = {
      ...{ pool, organisationId, rulesOf: setup.rulesOf, today: TODAY, timeZone: 'Europe/London' },
      teams: () => readTeams(pool, organisationId),
    }
    const { read } = await answerSentence(place, text, 4, ukCalendar('england-and-wales'))
    return read.flatMap(({ what, text: words }) => (what === 'told' ? [words] : []))
  }

  test.each([
    ['who is the deputy of linen hire?', 'Deputy: Dora Deputy', 'deputy: Dora Deputy'],
    ['deputy for gritting', 'Deputy: none recorded', 'deputy: none recorded'],
    ['who owns gritting', 'Owner: Lena Lead', null],
    [
      'what notice does the linen hire need',
      'Notice period: 3 months; notice by: ',
      'notice period',
    ],
    ['does gritting renew', 'Not recorded: whether it renews by itself', null],
  ])('tells what was asked of one on its first line: %s', async (text, line, told) => {
    const direct = setup.workspace.as(PEOPLE.colleague).direct().id
    await setup.workspace.as(PEOPLE.colleague).says(`@lapsewatch ${text}`, CONTRACTS)
    await setup.workspace.as(PEOPLE.colleague).says(text, direct)
    const last = (channel: string) => setup.workspace.ledger.inChannel(channel).at(-1)?.text ?? ''
    for (const answer of [await inSlack(text), last(CONTRACTS), last(direct)])
      expect(answer.split('\n')[0]).toContain(line)
    const inAsk = await asked(text)
    expect(inAsk).toEqual(told === null ? [] : [expect.stringContaining(told)])
  })

  test('says which ends may be any day of some, as `ask` does', async () => {
    const vague = 'n end may be any day of D-2 from Fri 1 Jan 2027 to Wed 31 Mar 2027'
    expect(await inSlack('ending by 15 february 2027')).toContain(`A${vague}.`)
    expect(await asked('ending by 15 february 2027')).toEqual([`(a${vague})`])
    expect(await inSlack('ending by april 2027')).not.toContain('any day of')
  })

  test('tells the end where ends are asked for, one contract in a sentence, and no word twice', async () => {
    const one = await setup.type(PEOPLE.colleague, 'linen ending in march 2027')
    expect(said(one)).toMatch(/Linen hire[^\n]*Ends Mon 15 Mar 2027/)
    expect(JSON.stringify(one.ephemerals)).not.toContain('data_table')
    expect(await inSlack('ending in 2027')).toMatch(/Linen hire[^\n]*Ends Mon 15 Mar 2027/)
    const missed = await inSlack('ending in 2027 with penalty clauses')
    expect(missed).toContain('Not understood: “penalty clauses”')
    expect(missed).not.toContain('supplier "penalty')
  })

  test('says on a card what was left out, and what a word was taken for', async () => {
    expect(await inSlack('hire linen')).toContain('1 closed or historic left out.')
    expect(await inSlack('hire linnen')).toContain('Taking “linnen” for “linen”.')
  })
})
