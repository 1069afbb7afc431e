/** Reading narrowed by the settings: to the members of channels and user groups, and administrators. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CAST, type Fault } from '../stand-in/slack/state.ts'
import { type BotHouse, openBotHouse, said } from './support/bot-house.ts'

const REGISTER =
  'Reference,Title,Supplier,Start,End,Value\nSECRET,Secret,Acme,2024-01-01,2026-12-07,20000\n'

describe('where the settings name readers', () => {
  let house: BotHouse
  beforeAll(async () => {
    // The lead is in the private channel; owner and deputy are in the group.
    house = await openBotHouse('http', REGISTER, { readers: ['S0READERS', 'G0PRIVATE'] })
    house.workspace.places.addGroup('S0READERS', 'readers', [CAST.owner, CAST.guest], 'Readers')
    house.workspace.places.channel('G0PRIVATE').member = true
  })
  afterAll(() => house.close())

  test.each([
    ['a member of the user group', CAST.owner, true],
    ['a member of the channel', CAST.lead, true],
    ['an administrator', CAST.admin, true],
    ['a colleague who is in neither', CAST.colleague, false],
    ['a guest, though in the group', CAST.guest, false],
  ])('%s: shown %s %s', async (_, who, allowed) => {
    const command = said(await house.type(who, 'show SECRET'))
    const subject = await house.subjectOf('SECRET')
    const pressed = said(await house.pressAction(who, { act: 'history', subject }))
    const home = JSON.stringify((await house.workspace.as(who).openHome()).home)
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
      house.wait(6 * 60_000)
      const { faults } = house.workspace
      faults.choose(({ method }) => (method === 'usergroups.list' ? fault : null))
      const unsaid = said(await house.type(CAST.owner, 'show SECRET'))
      faults.clear()
      expect(unsaid).toContain('Slack did not say just now which user groups you belong to')
      expect(unsaid).not.toMatch(/only shown to|Acme/)
      house.wait(16_000)
      expect(said(await house.type(CAST.owner, 'show SECRET'))).toContain('Acme')
      house.wait(6 * 60_000)
      expect(said(await house.type(CAST.colleague, 'show SECRET'))).toContain('only shown to')
    },
  )

  test('an answer without the account in it makes nobody a stranger', async () => {
    house.wait(6 * 60_000)
    const { faults } = house.workspace
    const fault = { kind: 'body', body: '{"ok":true,"user":{}}', accepted: false } as const
    faults.choose(({ method }) => (method === 'users.info' ? fault : null))
    const unsaid = said(await house.type(CAST.owner, 'show SECRET'))
    faults.clear()
    expect(unsaid).not.toMatch(/only shown to|Acme/)
    expect(said(await house.type(CAST.owner, 'show SECRET'))).toContain('Acme')
  })

  test('a channel that Slack does not tell of lets nobody in', async () => {
    house.workspace.places.channel('G0PRIVATE').member = false
    house.wait(6 * 60_000)
    expect(said(await house.type(CAST.lead, 'show SECRET'))).not.toContain('Acme')
    expect(said(await house.type(CAST.owner, 'show SECRET'))).toContain('Acme')
  })
})
