/** Reading narrowed by the settings: to the members of channels and user groups, and administrators. */
import { type Fault, PEOPLE } from '../stand-in/slack/state.ts'
import { type BotSetup, openBotSetup, said } from './support/bot-setup.ts'

const REGISTER =
  'Reference,Title,Supplier,Start,End,Value\nSECRET,Secret,Acme,2024-01-01,2026-12-07,20000\n'

describe('where the settings name readers', () => {
  let setup: BotSetup
  beforeAll(async () => {
    // The lead is in the private channel; owner and deputy are in the group.
    setup = await openBotSetup('http', REGISTER, { readers: ['S0READERS', 'G0PRIVATE'] })
    setup.workspace.places.addGroup('S0READERS', 'readers', [PEOPLE.owner, PEOPLE.guest], 'Readers')
    setup.workspace.places.channel('G0PRIVATE').member = true
  })
  afterAll(() => setup.close())

  test.each([
    ['a member of the user group', PEOPLE.owner, true],
    ['a member of the channel', PEOPLE.lead, true],
    ['an administrator', PEOPLE.admin, true],
    ['a colleague who is in neither', PEOPLE.colleague, false],
    ['a guest, though in the group', PEOPLE.guest, false],
  ])('%s: shown %s %s', async (_, who, allowed) => {
    const command = said(await setup.type(who, 'show SECRET'))
    const subject = await setup.subjectOf('SECRET')
    const pressed = said(await setup.pressAction(who, { act: 'history', subject }))
    const home = JSON.stringify((await setup.workspace.as(who).openHome()).home)
    for (const text of [command, pressed, home]) {
      if (allowed) expect(text).not.toContain('only shown to')
      else {
        expect(text).toContain('only shown to')
        expect(text).not.toMatch(/Acme/)
      }
    }
  })

  test.each<[string, Fault]>([
    ['HTTP 503', { kind: 'status', status: 503, accepted: false }],
    ['internal_error', { kind: 'error', error: 'internal_error', accepted: false }],
    ['an answer without a list', { kind: 'body', body: '{"ok":true}', accepted: false }],
  ])(
    '%s in place of the groups is no answer about anybody: it is said, and asked again soon',
    async (_, fault) => {
      setup.wait(6 * 60_000)
      const { faults } = setup.workspace
      faults.choose(({ method }) => (method === 'usergroups.list' ? fault : null))
      const unsaid = said(await setup.type(PEOPLE.owner, 'show SECRET'))
      faults.clear()
      expect(unsaid).toContain('Slack did not say just now which user groups you belong to')
      expect(unsaid).not.toMatch(/only shown to|Acme/)
      setup.wait(16_000)
      expect(said(await setup.type(PEOPLE.owner, 'show SECRET'))).toContain('Acme')
      setup.wait(6 * 60_000)
      expect(said(await setup.type(PEOPLE.colleague, 'show SECRET'))).toContain('only shown to')
    },
  )

  test('an answer without the account in it makes nobody a stranger', async () => {
    setup.wait(6 * 60_000)
    const { faults } = setup.workspace
    const fault = { kind: 'body', body: '{"ok":true,"user":{}}', accepted: false } as const
    faults.choose(({ method }) => (method === 'users.info' ? fault : null))
    const unsaid = said(await setup.type(PEOPLE.owner, 'show SECRET'))
    faults.clear()
    expect(unsaid).not.toMatch(/only shown to|Acme/)
    expect(said(await setup.type(PEOPLE.owner, 'show SECRET'))).toContain('Acme')
  })

  test('a channel that Slack does not tell of lets nobody in', async () => {
    setup.workspace.places.channel('G0PRIVATE').member = false
    setup.wait(6 * 60_000)
    expect(said(await setup.type(PEOPLE.lead, 'show SECRET'))).not.toContain('Acme')
    expect(said(await setup.type(PEOPLE.owner, 'show SECRET'))).toContain('Acme')
  })
})
