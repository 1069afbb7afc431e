/** What an extension costs, told in Slack: when it is logged, on the card, in the year's costs. */

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { picturePage } from '../stand-in/page/picture.ts'
import { PEOPLE } from '../stand-in/slack/state.ts'
import { said, useBotSetup } from './support/bot-setup.ts'
import { type Operator, operator } from './support/command.ts'

const REGISTER = `Reference,Title,Supplier,Owner email,Start,End,Maximum end date,Value,Value basis
C-100,Cleaning,Acme Ltd,olive.owner@trust.example,2023-12-08,2026-12-07,2027-01-07,"£36,000",
C-200,Linen hire,Beta plc,olive.owner@trust.example,2023-11-21,2026-11-20,,"£36,000",
`

describe('money', () => {
  const setup = useBotSetup('http', REGISTER, { prepare: (setup) => setup.tell() })

  const type = (text: string) => setup.type(PEOPLE.owner, text)
  const form = (text: string) => setup.form(PEOPLE.owner, text)

  test('an extension is answered with baseline, ratio and premium, and the posted warning says them too', async () => {
    const owner = setup.workspace.as(PEOPLE.owner)
    const sent = await owner.submit(await form('extend C-100'), {
      kind: 'emergency',
      to: '2027-01-31',
      cost: '5000',
      grounds: 'waiver',
      status: 'confirmed',
    })
    expect(sent.errors ?? {}).toEqual({})
    const priced = 'about 2.8 times the baseline of £1,000 a month. Premium £3,226 (estimate:'
    expect(await setup.toldDirectly(PEOPLE.owner)).toContain(priced)
    expect(setup.warningOf('Cleaning').text).toContain(priced)
  })

  test('the card prices each extension and points out days past the maximum end', async () => {
    const card = said(await type('show C-100'))
    expect(card).toContain('An ordinary month costs £1,000 (estimate: straight line over 36 months')
    expect(card).toContain('Premium £3,226')
    expect(card).toContain('past the maximum end')
  })

  test('a service without cover says what it costs by now', async () => {
    const { contractId, version } = await setup.subjectOf('C-200')
    const subject = { contractId, version, alertIds: [] }
    await setup.pressAction(PEOPLE.owner, { act: 'supplied-yes', subject })
    expect(said(await type('show C-200'))).toContain('£100 out of contract since')
    await setup.deliver()
    expect(setup.warningOf('Linen hire').text).toContain('£100 out of contract since')
  })

  test('the year’s costs are told by month and supplier, and nowhere that others read', async () => {
    const costs = said(await type('costs 2026/27'))
    expect(costs).toContain('£5,000 committed for 1 extension')
    expect(costs).toContain('January 2027')
    expect(costs).toContain('Acme Ltd')
    expect(costs).toContain('Supplied without a contract')
    expect(costs).not.toMatch(/saved|£0\b/)
    await setup.pressAction(PEOPLE.owner, { act: 'share', query: 'costs 2026/27' }, 'C0GUESTS')
    const shared = setup.workspace.ledger.messages.at(-1)
    expect(shared?.text).toContain('Costs are not shown here')
    expect(JSON.stringify(shared?.blocks)).not.toContain('£')
    expect(said(await type('costs 2026/29'))).toContain('2026/27')
  })

  test('an extension is withdrawn in a form, once, and everything stands as before', async () => {
    const before = said(await type('show C-100'))
    const modal = await form('withdraw C-100')
    const rows = await setup.rows<{ id: number }>('SELECT id FROM extension')
    const extensionId = String(rows[0]?.id)
    const sent = await setup.workspace
      .as(PEOPLE.owner)
      .submit(modal, { extension: extensionId, why: 'typed twice' })
    expect(sent.errors ?? {}).toEqual({})
    expect(await setup.toldDirectly(PEOPLE.owner)).toContain('Extension withdrawn')
    const after = said(await type('show C-100'))
    expect(before).toContain('Ends on Sun 31 Jan 2027')
    expect(after).toContain('Ends on Mon 7 Dec 2026')
    expect(after).not.toContain('past the maximum end')
    expect(said(await type('costs'))).toContain('None.')
    expect(said(await type('withdraw C-100'))).toContain('no extension that could be withdrawn')
    const stranger = await setup.type(PEOPLE.colleague, 'withdraw C-200')
    expect(said(stranger)).toContain('Only its owner')
  })
})

describe('one sum of spend', () => {
  const COST = 1_268_556
  let me: Operator
  const setup = useBotSetup('socket', REGISTER, {
    prepare: async ({ database, tell }) => {
      await tell()
      me = operator({
        DATABASE_URL: database.url,
        LAPSEWATCH_MIGRATE_URL: database.ownerUrl,
      })
    },
  })
  afterAll(() => me.leave())

  test('is the same to the pound in message, card, costs, summary, list, file, page and command', async () => {
    const type = async (text: string) => said(await setup.type(PEOPLE.owner, text))
    const modal = await setup.form(PEOPLE.owner, 'extend C-200')
    await setup.workspace.as(PEOPLE.owner).submit(modal, {
      kind: 'emergency',
      to: '2026-12-31',
      cost: String(COST),
      grounds: 'waiver',
      status: 'confirmed',
    })
    await setup.deliver()
    const { totals } = await me.json('costs', '--year', '2026/27')
    const [total] = totals as unknown as { cost: string; premium: string }[]
    expect(Number(total?.cost)).toBe(COST)
    const cost = `£${COST.toLocaleString('en-GB')}`
    const premium = `£${Math.round(Number(total?.premium)).toLocaleString('en-GB')}`
    const inPerson = await setup.toldDirectly(PEOPLE.owner)
    const summary = await type('summary')
    const told = {
      'the posted warning': setup.warningOf('Linen hire').text,
      'the answer in person': inPerson,
      'the card': await type('show C-200'),
      'the costs of the year': await type('costs 2026/27'),
      'the weekly summary': summary,
      'the page': picturePage({ messages: [{ text: summary }] }, 'light'),
      'costs, typed': (await me.run('costs', '--year', '2026/27')).stdout,
    }
    for (const [where, text] of Object.entries(told)) {
      expect(text, where).toContain(cost)
      expect(text, where).toContain(premium)
      expect(text.replaceAll(/, about: [^;]*;/g, ''), where).not.toMatch(/£1\.2|£1[,.]2[67]0|£\d+k/)
    }
    expect(summary).toContain(`Since Sat 21 Nov 2026, for ${cost}`)
    const ledger = (await me.run('extensions')).stdout
    expect(ledger).toContain(cost)
    expect(ledger).toContain(premium)
    await me.run('export', 'register.csv')
    expect(readFileSync(path.join(me.folder, 'register.csv'), 'utf8')).toContain(total?.cost)
  })
})
