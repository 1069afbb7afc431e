import { PEOPLE } from '../stand-in/slack/state.ts'
import { buttonOf, said, TRANSPORTS, useBotSetup } from './support/bot-setup.ts'
import { present } from './support/present.ts'

const REGISTER = `Reference,Title,Supplier,Owner email,Deputy,Start,End,Value
C-100,Cleaning,Acme Ltd,olive.owner@trust.example,,2024-01-01,2026-12-07,20000
C-200,Linen hire,Beta plc,,,2024-01-01,2026-11-20,20000
C-300,Pathology,Gamma,lena.lead@trust.example,,2024-01-01,2027-01-31,20000
`

describe.each(TRANSPORTS)('the conversation over %s', (kind) => {
  const setup = useBotSetup(kind, REGISTER, { prepare: (setup) => setup.tell() })
  beforeEach(() => {
    setup.lines.splice(0)
  })

  test('reading commands are answered to the asker alone', async () => {
    expect(said(await setup.type(PEOPLE.colleague, 'due 90'))).toContain('Cleaning')
    expect(said(await setup.type(PEOPLE.colleague, 'show C-100'))).toContain('Acme Ltd')
    expect(said(await setup.type(PEOPLE.colleague, 'find linen'))).toContain('Linen hire')
    expect(said(await setup.type(PEOPLE.colleague, 'list'))).toContain('Pathology')
    expect(said(await setup.type(PEOPLE.colleague, 'explain c-300'))).toContain('C-300')
    expect(said(await setup.type(PEOPLE.colleague, 'history C-100'))).toContain('C-100')
    expect(said(await setup.type(PEOPLE.colleague, 'preview 30'))).not.toBe('')
    expect(said(await setup.type(PEOPLE.colleague, 'triage'))).toContain('C-200')
    expect(said(await setup.type(PEOPLE.colleague, 'summary'))).toContain('Weekly summary')
    expect(said(await setup.type(PEOPLE.owner, ''))).toContain('Cleaning')
    expect(said(await setup.type(PEOPLE.colleague, 'help snooze'))).toContain('snooze')
    expect(setup.lines).toEqual([])
  })

  test('a first list opens what there is to look through, and says once it is confirmed', async () => {
    const lists = (head: string) =>
      setup.workspace.ledger.messages.filter(({ text }) => text.startsWith(head))
    const posted = present(lists('Confirm the list')[0], 'no first list')
    const owner = setup.workspace.as(PEOPLE.owner)
    const seen = await owner.press(posted, buttonOf(posted, 'Look through the list'))
    expect(said(seen)).toContain('3 contracts to look through: Default team')
    // The same list, still on its way to another channel.
    await setup.rows(
      `INSERT INTO delivery (organisation_id, team_id, subject, purpose, sequence, destination, as_of, facts)
       SELECT organisation_id, team_id, subject, purpose, 9, 'C0GUESTS', as_of, facts FROM delivery WHERE purpose = 'triage'`,
    )
    const { id } = await setup.team('Default team')
    await setup.pressAction(PEOPLE.owner, { act: 'triage-confirm', teamId: id })
    await setup.deliver()
    const confirmed = lists('List confirmed')
    expect(confirmed).toHaveLength(2)
    for (const { text } of confirmed) expect(text).toContain('Warnings have started.')
    expect(lists('Confirm the list')).toEqual([])
  })

  test('a summary is of the team that was named, and a team that is none is not taken for all', async () => {
    expect(said(await setup.type(PEOPLE.colleague, 'summary default team'))).toContain(
      'Default team',
    )
    expect(said(await setup.type(PEOPLE.colleague, 'summary radiology'))).toContain(
      'No team is called',
    )
  })

  test('a near miss is told what was probably meant, and an unknown contract what is near', async () => {
    expect(said(await setup.type(PEOPLE.colleague, 'sumary'))).toContain('summary')
    expect(said(await setup.type(PEOPLE.colleague, 'show C-999'))).toContain('C-999')
  })

  test('guests and people of other organisations are shown nothing', async () => {
    const places = { [PEOPLE.guest]: 'C0GUESTS', [PEOPLE.outsider]: 'C0SHARED' }
    for (const [who, place] of Object.entries(places)) {
      const text = said(await setup.workspace.as(who).command('/contracts', 'due', place))
      expect(text).toContain('full members')
      expect(text).not.toContain('Cleaning')
    }
  })

  test('somebody who does not answer for a contract cannot change it, by command or by button', async () => {
    expect(said(await setup.type(PEOPLE.colleague, 'ack C-100'))).toContain('Only its owner')
    const warning = setup.warningOf('Cleaning')
    const seen = await setup.workspace
      .as(PEOPLE.colleague)
      .press(warning, buttonOf(warning, 'I’m on it'))
    expect(said(seen)).toContain('Only its owner')
    expect(await setup.statesOf('C-100')).toEqual(['open'])
  })

  test('"I’m on it" acts once however often it is pressed, and the posted message says who', async () => {
    const warning = setup.warningOf('Cleaning')
    const ack = buttonOf(warning, 'I’m on it')
    expect(said(await setup.workspace.as(PEOPLE.owner).press(warning, ack))).toContain('On it')
    expect(await setup.statesOf('C-100')).toEqual(['acknowledged'])
    await setup.workspace.as(PEOPLE.owner).press(warning, ack)
    await setup.deliver()
    const after = setup.warningOf('Cleaning')
    expect(after.text).toContain('On it: Olive Owner')
    expect(JSON.stringify(after)).not.toContain('I’m on it')
    expect(await setup.actsOn('C-100')).toEqual(['acknowledged'])
  })

  test('owner and deputy are named with a mention, and then may change the contract', async () => {
    expect(said(await setup.type(PEOPLE.lead, 'own C-300 @dev.deputy'))).toContain('C-300')
    expect(said(await setup.type(PEOPLE.deputy, 'history C-300'))).toContain('owner')
    expect(said(await setup.type(PEOPLE.deputy, 'own C-300 @gus.guest'))).toContain('full members')
  })

  test('App Home shows a member what is theirs, and an outsider nothing', async () => {
    const home = JSON.stringify((await setup.workspace.as(PEOPLE.deputy).openHome()).home)
    expect(home).toContain('Pathology')
    const outsider = JSON.stringify((await setup.workspace.as(PEOPLE.guest).openHome()).home)
    expect(outsider).not.toContain('Pathology')
  })

  test('a button in Home is answered in a modal, and one in that modal stays there', async () => {
    const actor = setup.workspace.as(PEOPLE.deputy)
    const home = present((await actor.openHome()).home)
    const modal = present((await actor.press(home, 'lw.run')).modal)
    expect(JSON.stringify(modal.source)).toContain('Pathology')
    const shared = await actor.press(modal, 'lw.share')
    expect(JSON.stringify(shared.modal?.source)).toContain('ask for it in a channel')
  })
})

describe('what is typed asks the database', () => {
  const setup = useBotSetup('http', REGISTER, {
    prepare: async (setup) => {
      await setup.tell()
      // The person is known, and what is held is held.
      await setup.type(PEOPLE.colleague, 'find wibble')
    },
  })

  test.each([
    ['', 5],
    ['help', 2],
    ['due 90', 4],
    ['due 90 mine', 3],
    ['list', 6],
    ['list overdue', 3],
    ['list unowned', 5],
    ['list supplier acme', 5],
    ['list team default', 7],
    ['find linen', 8],
    ['find wibble', 14],
    ['show C-100', 8],
    ['show C-999', 7],
    ['shwo C-100', 11],
    ['explain C-100', 13],
    ['history C-100', 11],
    ['headroom C-100', 8],
    ['preview 30', 17],
    ['triage', 7],
    ['chains', 6],
    ['cliffs', 6],
    ['costs', 6],
    ['exposure 90', 8],
    ['summary', 53],
    ['summary team default', 53],
  ])('%s: at most %i questions', async (typed, most) => {
    let asked = 0
    const count = () => {
      asked += 1
    }
    setup.database.pool.on('acquire', count)
    const answer = await setup.type(PEOPLE.colleague, typed)
    setup.database.pool.off('acquire', count)
    expect(said(answer)).not.toBe('')
    expect(asked).toBeLessThanOrEqual(most)
  })
})
