import '../src/delivery/picture.ts'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readTeams } from '../src/database/organisation.ts'
import { CAST } from '../stand-in/slack/state.ts'
import {
  type BotHouse,
  buttonOf,
  errorsIn,
  openBotHouse,
  said,
  TRANSPORTS,
} from './support/bot-house.ts'

const REGISTER = `Reference,Title,Supplier,Owner email,Deputy,Start,End,Value
C-100,Cleaning,Acme Ltd,olive.owner@trust.example,,2024-01-01,2026-12-07,20000
C-200,Linen hire,Beta plc,,,2024-01-01,2026-11-20,20000
C-300,Pathology,Gamma,lena.lead@trust.example,,2024-01-01,2027-01-31,20000
`

let house: BotHouse

describe.each(TRANSPORTS)('the conversation over %s', (kind) => {
  beforeAll(async () => {
    house = await openBotHouse(kind, REGISTER)
    await house.tell()
  })
  afterAll(() => house.close())
  beforeEach(() => {
    house.lines.splice(0)
  })

  const type = (who: string, text: string) => house.type(who, text)
  const warningOf = (title: string) => house.warningOf(title)

  test('reading commands are answered to the asker alone', async () => {
    expect(said(await type(CAST.colleague, 'due 90'))).toContain('Cleaning')
    expect(said(await type(CAST.colleague, 'show C-100'))).toContain('Acme Ltd')
    expect(said(await type(CAST.colleague, 'find linen'))).toContain('Linen hire')
    expect(said(await type(CAST.colleague, 'list'))).toContain('Pathology')
    expect(said(await type(CAST.colleague, 'explain c-300'))).toContain('C-300')
    expect(said(await type(CAST.colleague, 'history C-100'))).toContain('C-100')
    expect(said(await type(CAST.colleague, 'preview 30'))).not.toBe('')
    expect(said(await type(CAST.colleague, 'triage'))).toContain('C-200')
    expect(said(await type(CAST.colleague, 'summary'))).toContain('Weekly summary')
    expect(said(await type(CAST.owner, ''))).toContain('Cleaning')
    expect(said(await type(CAST.colleague, 'help snooze'))).toContain('snooze')
    expect(house.lines).toEqual([])
  })

  test('a summary is of the team that was named, and a team that is none is not taken for all', async () => {
    expect(said(await type(CAST.colleague, 'summary default team'))).toContain('Default team')
    expect(said(await type(CAST.colleague, 'summary radiology'))).toContain('No team is called')
  })

  test('a near miss is told what was probably meant, and an unknown contract what is near', async () => {
    expect(said(await type(CAST.colleague, 'sumary'))).toContain('summary')
    expect(said(await type(CAST.colleague, 'show C-999'))).toContain('C-999')
  })

  test('guests and people of other organisations are shown nothing', async () => {
    const places = { [CAST.guest]: 'C0GUESTS', [CAST.outsider]: 'C0SHARED' }
    for (const [who, place] of Object.entries(places)) {
      const text = said(await house.workspace.as(who).command('/contracts', 'due', place))
      expect(text).toContain('full members')
      expect(text).not.toContain('Cleaning')
    }
  })

  test('somebody who does not answer for a contract cannot change it, by command or by button', async () => {
    expect(said(await type(CAST.colleague, 'ack C-100'))).toContain('Only its owner')
    const warning = warningOf('Cleaning')
    const seen = await house.workspace
      .as(CAST.colleague)
      .press(warning, buttonOf(warning, 'I’m on it'))
    expect(said(seen)).toContain('Only its owner')
    expect(await house.statesOf('C-100')).toEqual(['open'])
  })

  test('"I’m on it" acts once however often it is pressed, and the posted message says who', async () => {
    const warning = warningOf('Cleaning')
    const ack = buttonOf(warning, 'I’m on it')
    expect(said(await house.workspace.as(CAST.owner).press(warning, ack))).toContain('On it')
    expect(await house.statesOf('C-100')).toEqual(['acknowledged'])
    await house.workspace.as(CAST.owner).press(warning, ack)
    await house.deliver()
    const after = warningOf('Cleaning')
    expect(after.text).toContain('On it: Olive Owner')
    expect(JSON.stringify(after)).not.toContain('I’m on it')
    const acts = await house.database.pool.query(
      `SELECT FROM audit_change ch JOIN contract c ON c.id = ch.contract_id
       WHERE c.reference = 'C-100' AND ch.what = 'acknowledged'`,
    )
    expect(acts.rowCount).toBe(1)
  })

  test('an extension is logged in a form: a wrong day is told at its field, a right one moves the end', async () => {
    const actor = house.workspace.as(CAST.owner)
    const { modal } = await type(CAST.owner, 'extend C-100')
    if (!modal) throw new Error('No form was opened.')
    const wrong = await actor.submit(modal, {
      kind: 'variation',
      to: '2026-12-01',
      status: 'confirmed',
    })
    expect(Object.keys(errorsIn(wrong))).toEqual(['to'])
    const open = wrong.modal ?? modal
    const right = await actor.submit(open, {
      kind: 'variation',
      to: '2027-06-30',
      status: 'confirmed',
    })
    expect(right.errors ?? {}).toEqual({})
    const moved = await house.database.pool.query<{ end: string }>(
      `SELECT current_latest AS "end" FROM contract WHERE reference = 'C-100'`,
    )
    expect(moved.rows[0]?.end).toBe('2027-06-30')
    await house.deliver()
    expect(warningOf('Cleaning').text).toContain('No longer holds')
  })

  test('the question after an end is answered by a button; "no" closes the contract', async () => {
    const question = warningOf('Linen hire')
    // Nobody answers for it yet, so that anybody may take it on.
    const seen = await house.workspace
      .as(CAST.colleague)
      .press(question, buttonOf(question, 'No, it has stopped'))
    expect(said(seen)).toContain('Closed')
    const closed = await house.database.pool.query(
      `SELECT FROM contract WHERE reference = 'C-200' AND closed_on IS NOT NULL`,
    )
    expect(closed.rowCount).toBe(1)
  })

  test('owner and deputy are named with a mention, and then may change the contract', async () => {
    expect(said(await type(CAST.lead, 'own C-300 @dev.deputy'))).toContain('C-300')
    expect(said(await type(CAST.deputy, 'history C-300'))).toContain('owner')
    expect(said(await type(CAST.deputy, 'own C-300 @gus.guest'))).toContain('full members')
  })

  test('App Home shows a member what is theirs, and an outsider nothing', async () => {
    const home = JSON.stringify((await house.workspace.as(CAST.deputy).openHome()).home)
    expect(home).toContain('Pathology')
    const outsider = JSON.stringify((await house.workspace.as(CAST.guest).openHome()).home)
    expect(outsider).not.toContain('Pathology')
  })

  test('a button in Home is answered in a modal, and one in that modal stays there', async () => {
    const actor = house.workspace.as(CAST.deputy)
    const { home } = await actor.openHome()
    if (home === null) throw new Error('There is no Home.')
    const { modal } = await actor.press(home, 'lw.run')
    if (modal === null) throw new Error('No modal was opened.')
    expect(JSON.stringify(modal.source)).toContain('Pathology')
    const shared = await actor.press(modal, 'lw.share')
    expect(JSON.stringify(shared.modal?.source)).toContain('ask for it in a channel')
  })

  test('Slack accepted everything that the bot sent', async () => {
    expect(house.workspace.ledger.failures).toEqual([])
    expect((await readTeams(house.database.pool, house.organisation.id)).length).toBe(1)
  })
})
