/** A quarter of four people, each played in Slack alone: what they are told, ask, press and send. */
import { tick } from '../src/warnings/schedule.ts'
import type { ActResult } from '../stand-in/slack/payloads.ts'
import { PEOPLE, type PostedMessage } from '../stand-in/slack/state.ts'
import { said, TODAY, useBotSetup } from './support/bot-setup.ts'
import { present } from './support/present.ts'

const OLIVE = 'Olive Owner,olive.owner@trust.example'
const LENA = 'Lena Lead,lena.lead@trust.example'
const REGISTER = `Reference,Title,Supplier,Owner,Owner email,Category lead,Category lead email,Start,End,Value,Value basis,Route
T-1,Theatre packs,Ostrelle,${OLIVE},${LENA},2024-09-01,2027-08-31,1200000,committed,open
L-1,Linen hire,Beta plc,${OLIVE},${LENA},2024-01-01,2026-12-31,90000,committed,quotes
P-1,Patient transport,Gamma,${OLIVE},${LENA},2024-01-01,2026-12-18,60000,committed,quotes
W-1,Waste,Delta,,,,,2024-01-01,2027-02-28,40000,committed,quotes
`
const CONTRACTS = 'C0CONTRACTS'
const AUDITOR = PEOPLE.deputy

describe('a quarter in Slack alone', () => {
  const setup = useBotSetup('http', REGISTER, {
    board: [
      { id: PEOPLE.finance, role: 'finance' },
      { id: AUDITOR, role: 'audit' },
    ],
    prepare: async (setup) => {
      for (const who of [PEOPLE.owner, PEOPLE.lead, PEOPLE.finance, AUDITOR]) {
        await setup.type(who, 'help')
      }
      await setup.rows(`UPDATE team SET ladders_from = NULL, created_at = '2026-01-01'`)
    },
  })
  const as = (who: string) => setup.workspace.as(who)
  const inChannel = () => setup.workspace.ledger.inChannel(CONTRACTS)
  const about = (title: string): PostedMessage =>
    present(
      inChannel().find(({ text, threadTs }) => threadTs === null && text.includes(title)),
      `No message about ${title}.`,
    )
  const directs = (who: string) =>
    setup.workspace.ledger.inChannel(as(who).direct().id).map(({ text }) => text)
  const week = async (owner = 'one') => {
    await tick(setup.db.pool, {
      organisationId: setup.organisation.id,
      rulesOf: setup.rulesOf,
      times: { sweepAt: { hour: 9, minute: 0 }, weeklyAt: { hour: 9, minute: 0 }, weeklyOn: 1 },
      boardPack: { onDay: 1, to: [PEOPLE.finance] },
      ...{ owner, now: setup.now() },
    })
    await setup.deliver()
  }
  /** The weeks up to this day, each with its sweep, its summary and what it sends. */
  const pass = async (day: string) => {
    for (let at = setup.today(); at < day; ) {
      at = setup.goTo(7, day)
      await week()
    }
  }
  const done = (seen: ActResult) => {
    expect([seen.problem, seen.errors]).toEqual([null, {}])
    return seen
  }

  test('the owner: told in time, on it, an extension in a hurry, and what came of it', async () => {
    await week()
    const warned = about('Patient transport')
    expect(warned.text).toContain('18 Dec')
    done(
      await setup.pressAction(PEOPLE.owner, { act: 'ack', subject: await setup.subjectOf('P-1') }),
    )
    expect(said(await setup.type(PEOPLE.owner, 'mine'))).toContain('Linen hire')
    await pass('2026-12-14')
    const form = await setup.form(PEOPLE.owner, 'extend P-1 one month emergency')
    expect(JSON.stringify(form.source)).toContain('2027-01-18')
    done(
      await setup.submit(PEOPLE.owner, form, {
        ...{ status: 'confirmed', cost: '2500', grounds: 'other', cause: 'The tender came late.' },
        approver: 'Cole League',
      }),
    )
    expect(await setup.toldDirectly(PEOPLE.owner)).toMatch(/Mon 18 Jan 2027[\s\S]*premium/i)
    const home = JSON.stringify((await as(PEOPLE.owner).openHome()).home?.source)
    expect(home).toContain('Patient transport')
    // The approver has nothing else, and finds it.
    const approver = JSON.stringify((await as(PEOPLE.colleague).openHome()).home?.source)
    expect(approver).toContain('name me as approver')
  })

  test('the lead: decides the route, answers for its steps, and sees the gap by a slip', async () => {
    const lead = await setup.form(PEOPLE.lead, 'decide T-1 compete')
    done(await setup.submit(PEOPLE.lead, lead, { deadline: 'start-by' }))
    expect(await setup.toldDirectly(PEOPLE.lead)).toContain('Theatre packs')
    expect(said(await setup.type(PEOPLE.lead, 'start-by T-1'))).toContain('open')
    expect(said(await setup.type(PEOPLE.lead, 'led by lena by value'))).toMatch(
      /Theatre packs[\s\S]*Linen hire/,
    )
    const taken = await setup.type(PEOPLE.lead, 'own W-1 @lena.lead')
    expect(said(taken)).toContain('Waste')
    await pass('2027-01-04')
    const asked = inChannel().find(({ text }) => /procurement step/i.test(text))
    if (asked !== undefined) {
      done(await as(PEOPLE.lead).press(asked, 'lw.checkpoint-done'))
    }
    expect(said(await setup.type(PEOPLE.lead, 'pipeline'))).toContain('Pipeline')
    expect(said(await setup.type(PEOPLE.lead, 'board'))).toContain('for administrators')
  })

  test('finance: the board, what it cost, what is to come, and the workbook each month', async () => {
    await pass('2027-02-01')
    const packs = directs(PEOPLE.finance).filter((text) => text.startsWith('The board of'))
    // For 1 December, when this process next looks; 4 January, as the 1st is a holiday; 1 February.
    expect(packs.map((text) => text.slice(0, 28))).toEqual([
      'The board of Mon 7 Dec 2026:',
      'The board of Mon 4 Jan 2027:',
      'The board of Mon 1 Feb 2027:',
    ])
    const home = present((await as(PEOPLE.finance).openHome()).home)
    const option = present(
      /"value":("\[1,\\"home\\",\\"board\\"\]")/.exec(JSON.stringify(home.source))?.[1],
    )
    const board = await as(PEOPLE.finance).select(home, 'lw.home', JSON.parse(option) as string)
    const shown = JSON.stringify(board.home?.source)
    expect(shown).toContain('The board, Mon 1 Feb 2027')
    expect(shown).toMatch(/Emergency months: \*1\*/)
    expect(said(await setup.type(PEOPLE.finance, 'costs'))).toContain('£2,500')
    expect(said(await setup.type(PEOPLE.finance, 'ledger'))).toMatch(
      /Patient transport[\s\S]*£2,500/,
    )
    expect(said(await setup.type(PEOPLE.finance, 'exposure 60d'))).toContain('Waste')
    expect(said(await setup.type(PEOPLE.finance, 'summary'))).toContain('Weekly summary')
    const opened = await as(PEOPLE.finance).press(present(board.home), 'lw.show')
    expect(JSON.stringify(opened.modal?.source)).toMatch(/P-1|L-1|T-1|W-1/)
  })

  test('the auditor: reads it all, whose act it was, and can change none of it', async () => {
    expect(said(await setup.type(AUDITOR, 'board'))).toContain('The board')
    expect(said(await setup.type(AUDITOR, 'waivers'))).toContain('Waivers of our own rules')
    expect(said(await setup.type(AUDITOR, 'history P-1'))).toMatch(/Olive Owner|U0OWNER/)
    expect(said(await setup.type(AUDITOR, 'ledger'))).toContain('Patient transport')
    expect(said(await setup.type(AUDITOR, 'export audit xlsx'))).toContain('direct messages')
    expect(said(await setup.type(AUDITOR, 'show P-1'))).toContain('Patient transport')
    const before = (await setup.row<{ version: number }>('L-1', 'version')).version
    for (const words of ['ack L-1', 'extend L-1 one month', 'own W-1 @dev.deputy']) {
      expect(said(await setup.type(AUDITOR, words)), words).toContain('named for the audit')
    }
    expect((await setup.row<{ version: number }>('L-1', 'version')).version).toBe(before)
    await setup.deliver()
    expect(directs(AUDITOR).at(-1)).toContain('changes')
  })

  test('what anybody was told says what to do, in words, and nothing failed on the way', () => {
    const texts = [...inChannel(), ...Object.values(PEOPLE).flatMap((who) => directsOf(who))]
    for (const { text } of texts) {
      expect(text).not.toMatch(/undefined|null|NaN|\[object/)
      expect(text.length).toBeGreaterThan(10)
    }
    expect(setup.lines).toEqual([])
    expect(TODAY).toBe('2026-11-23')
  })
  const directsOf = (who: string) => setup.workspace.ledger.inChannel(as(who).direct().id)
})
