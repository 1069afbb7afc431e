/** Questions about procurements in Slack: grouped by channel and day, answered by buttons, once each. */

import { decide } from '../src/actions/decide.ts'
import { setTeam } from '../src/database/organisation.ts'
import { asCivilDate } from '../src/rules/civil-date.ts'
import { LIMITS, textLength } from '../src/text/message.ts'
import { checkpointGroupMessage, QUESTIONS_A_MESSAGE } from '../src/text/procurement.ts'
import { PEOPLE, type PostedMessage } from '../stand-in/slack/state.ts'
import { said, TODAY, useBotSetup } from './support/bot-setup.ts'
import { present } from './support/present.ts'
import { refusedIn } from './support/slack-limits.ts'

const CONTRACTS = Array.from({ length: 12 }, (_, at) => `K-${at + 1}`)
/** Open procedures whose publication is due today: 180 days and what follows before 31 July 2027. */
const REGISTER = [
  'Reference,Title,Supplier,Owner email,Start,End,Value,Value basis',
  ...CONTRACTS.map(
    (reference) =>
      `${reference},Step of ${reference},${reference} Ltd,olive.owner@trust.example,2024-08-01,2027-07-31,1200000,committed`,
  ),
].join('\n')

describe('questions about procurements', () => {
  const setup = useBotSetup('http', REGISTER, {
    prepare: async (setup) => {
      const { pool } = setup.db
      const actor = { ...setup.actor('2026-11-02'), now: new Date('2026-11-02T09:00:00Z') }
      const text = 'Compete by open procedure'
      for (const reference of CONTRACTS) {
        const id = await setup.contractId(reference)
        await decide(pool, actor, id, { kind: 'start-by', text, evidence: null })
      }
      await pool.query(`UPDATE checkpoint SET due_on = $1 WHERE name = 'publication'`, [TODAY])
      await setup.tell()
    },
  })

  const asked = (): PostedMessage[] =>
    setup.workspace.ledger
      .inChannel('C0CONTRACTS')
      .filter(({ text }) => /procurement steps?( due|:)/.test(text))
  const questionOf = (reference: string): PostedMessage => {
    const found = present(
      asked().find(({ text }) => text.includes(`Reference ${reference},`)),
      `Nobody was asked about ${reference}.`,
    )
    return found
  }
  /** The row of buttons below the question about a contract. */
  const buttonsOf = (reference: string) => {
    const blocks = questionOf(reference).blocks as readonly Block[]
    const title = new RegExp(`^\\d+\\. .*Step of ${reference}\\b`)
    const at = blocks.findIndex(({ text }) => title.test(text?.text ?? ''))
    const row = blocks[at + 1]
    return row?.type === 'actions' ? row.elements : []
  }
  const press = (who: string, reference: string) => {
    const [done] = buttonsOf(reference)
    if (done?.value === undefined) throw new Error(`${reference} has no button.`)
    return setup.workspace.as(who).press(questionOf(reference), 'lw.checkpoint-done', done.value)
  }
  const stepOf = async (reference: string) => {
    const [step] = await setup.rows<{ id: number; done: string | null; due: string }>(
      `SELECT k.id, k.done_on AS done, k.due_on AS due, k.slips FROM checkpoint k
       JOIN contract c ON c.id = k.contract_id WHERE c.reference = $1 AND k.name = 'publication'`,
      [reference],
    )
    if (!step) throw new Error(`${reference} has no publication.`)
    return step
  }

  test('those of a day and a channel share messages that keep to Slack’s limits, each with its buttons', () => {
    expect(asked().map(({ text }) => text.split('\n')[1])).toEqual([
      '🔵 10 procurement steps due: say which are done.',
      '🔵 2 procurement steps due: say which are done.',
    ])
    for (const { blocks } of asked()) expect(refusedIn(blocks)).toEqual([])
    for (const reference of CONTRACTS) {
      expect(buttonsOf(reference).map(({ type }) => type)).toEqual(['button', 'static_select'])
    }
  })

  test('"Done" is recorded once, by whomever first, and the message goes on asking about the others', async () => {
    expect(said(await press(PEOPLE.colleague, 'K-1'))).toContain('Only its owner')
    expect(await stepOf('K-1')).toMatchObject({ done: null })
    expect(said(await press(PEOPLE.owner, 'K-1'))).toContain('was done on Mon 23 Nov 2026')
    expect(said(await press(PEOPLE.owner, 'K-1'))).toContain('already')
    expect(said(await press(PEOPLE.admin, 'K-1'))).toContain('already')
    expect(await stepOf('K-1')).toMatchObject({ done: TODAY, due: TODAY, slips: 0 })
    await setup.deliver()
    const [first] = asked()
    expect(first?.text).toContain('10 procurement steps: 9 not answered yet')
    expect(first?.text).toContain('Publication was done on Mon 23 Nov 2026. <@U0OWNER> said so.')
    expect(buttonsOf('K-1')).toEqual([])
    expect(buttonsOf('K-2')).toHaveLength(2)
    expect(await setup.actsOn('K-1')).toEqual(['checkpoint done'])
  })

  test('a slip is chosen from the menu and moves the award; a day that does not fit is refused', async () => {
    const [, menu] = buttonsOf('K-2')
    const week = present((menu?.options ?? [])[0])
    const chosen = await setup.workspace
      .as(PEOPLE.owner)
      .select(questionOf('K-2'), 'lw.checkpoint-slip', week.value)
    expect(said(chosen)).toContain('Publication slips to Mon 30 Nov 2026.')
    expect(await stepOf('K-2')).toMatchObject({ done: null, due: '2026-11-30', slips: 1 })
    const { id: checkpointId } = await stepOf('K-2')
    const to = asCivilDate('2026-11-20')
    const past = await setup.pressAction(PEOPLE.owner, { act: 'checkpoint-slip', checkpointId, to })
    expect(said(past)).toContain('it can only slip to a day later than')
    const none = await setup.pressAction(PEOPLE.owner, {
      act: 'checkpoint-done',
      checkpointId: 999,
    })
    expect(said(none)).toContain('not under way any more')
    expect(said(await setup.pressValue(PEOPLE.owner, '["checkpoint-slip",1,"soon"]'))).toContain(
      'not one of ours',
    )
    expect(await stepOf('K-2')).toMatchObject({ done: null, due: '2026-11-30', slips: 1 })
  })

  test('"Done" is of the day of the contract’s team, where that is another than the organisation’s', async () => {
    const { pool } = setup.db
    const zone = (timeZone: string) =>
      setTeam(pool, setup.organisation.id, 'Default team', { timeZone })
    await zone('Pacific/Pago_Pago')
    expect(said(await press(PEOPLE.owner, 'K-12'))).toContain('was done on Sun 22 Nov 2026')
    await zone('Europe/London')
  })

  test('guests and people of other organisations answer nothing', async () => {
    const { id: checkpointId } = await stepOf('K-3')
    for (const who of [PEOPLE.guest, PEOPLE.outsider]) {
      const seen = await setup.pressAction(who, { act: 'checkpoint-done', checkpointId })
      expect(said(seen)).toContain('full members')
    }
    expect(await stepOf('K-3')).toMatchObject({ done: null })
  })

  test('two people at the same moment, and a press that Slack sends again, are one answer', async () => {
    const both = await Promise.all([press(PEOPLE.owner, 'K-4'), press(PEOPLE.admin, 'K-4')])
    const texts = both
      .map(said)
      .sort((a, b) => Number(/already/.test(a)) - Number(/already/.test(b)))
    expect(texts[0]).toContain('was done on')
    expect(texts[1]).toContain('already')
    expect(await setup.actsOn('K-4')).toEqual(['checkpoint done'])

    await press(PEOPLE.owner, 'K-5')
    const again = present(setup.workspace.sent.at(-1))
    expect((await setup.workspace.deliver(again)).acked).toBe(true)
    await setup.bot.idle()
    expect(await setup.actsOn('K-5')).toEqual(['checkpoint done'])
  })

  test('answers of several people to one message at once all stand in it', async () => {
    await Promise.all([
      press(PEOPLE.owner, 'K-6'),
      press(PEOPLE.owner, 'K-7'),
      press(PEOPLE.admin, 'K-8'),
    ])
    await setup.deliver()
    const [first] = asked()
    expect(first?.text).toContain('10 procurement steps: 3 not answered yet')
    expect(first?.text.match(/Publication was done on/g)).toHaveLength(6)
  })

  test('the card lists the steps with how each stands and its dates', async () => {
    const done = said(await setup.type(PEOPLE.colleague, 'show K-1'))
    expect(done).toContain('Procurement under way')
    expect(done).toMatch(/Publication: done on Mon 23 Nov 2026/)
    expect(done).toMatch(/The award notice: due \w+ \d+ \w+ 2027, in \d+ days/)
    const slipped = said(await setup.type(PEOPLE.colleague, 'show K-2'))
    expect(slipped).toMatch(
      /Publication: due Mon 30 Nov 2026, in 7 days; slipped once; planned for/,
    )
    const asked = said(await setup.type(PEOPLE.colleague, 'show K-3'))
    expect(asked).toMatch(
      /Publication: due Mon 23 Nov 2026, today; asked on Mon 23 Nov 2026, no answer yet/,
    )
  })

  test('all answered: the message says so and has no button left', async () => {
    await press(PEOPLE.owner, 'K-11')
    await setup.deliver()
    const last = asked().at(-1)
    expect(last?.text.split('\n')[1]).toBe('🔵 2 procurement steps: all are answered.')
    expect(JSON.stringify(last?.blocks)).not.toContain('lw.checkpoint')
    expect(setup.workspace.ledger.failures).toEqual([])
  })
})

test('a full message of the longest names keeps every question beside its buttons', () => {
  const long = '&<_*'.repeat(2000)
  const questions = Array.from({ length: QUESTIONS_A_MESSAGE }, (_, at) => ({
    checkpointId: at + 1,
    name: 'standstill-ends' as const,
    asOf: TODAY,
    dueOn: TODAY,
    route: long,
    contract: {
      reference: long,
      title: long,
      supplier: long,
      team: long,
      owner: { name: long, slackUser: null },
    },
    coverFrom: TODAY,
    beginsOn: asCivilDate('2027-12-31'),
    answer: null,
  }))
  const { blocks } = checkpointGroupMessage(questions, { hidePrices: false, answerable: true })
  expect(refusedIn(blocks)).toEqual([])
  expect(textLength(blocks)).toBeLessThan(LIMITS.blockText)
  const types = blocks.slice(1).map(({ type }) => type)
  expect(types).toEqual(questions.flatMap(() => ['section', 'actions', 'context']))
})

interface Block {
  readonly type: string
  readonly text?: { readonly text: string }
  readonly elements: readonly {
    readonly type: string
    readonly value?: string
    readonly options?: readonly { readonly value: string }[]
  }[]
}
