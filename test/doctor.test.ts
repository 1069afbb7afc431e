/** What doctor finds out about Slack, asked over the wire. */

import {
  type Check,
  checkWords,
  examineSlack,
  type PostingTarget,
  type SlackExamination,
} from '../src/ops/doctor.ts'
import { asCivilDate } from '../src/rules/civil-date.ts'
import { addPeople, PEOPLE } from '../stand-in/slack/state.ts'
import { useWorkspace } from './support/outbox.ts'

const { workspace } = useWorkspace({}, ({ places }) => addPeople(places))
afterEach(() => expect(workspace.ledger.messages).toEqual([]))

const CONTRACTS: PostingTarget = { team: 'Default', as: 'channel', destination: '#contracts' }

async function doctor(
  destinations: readonly string[] = ['#contracts'],
  changes: Partial<SlackExamination> = {},
): Promise<Check[]> {
  return examineSlack({
    botToken: 'xoxb-stand-in',
    appToken: 'xapp-stand-in',
    signingSecret: null,
    port: 3000,
    apiUrl: workspace.url,
    timeoutMs: 2000,
    postings: destinations.map((destination) => ({ ...CONTRACTS, destination })),
    today: asCivilDate('2026-11-23'),
    elapsed: () => performance.now(),
    ...changes,
  })
}

const about = (checks: readonly Check[], what: string) => {
  const found = checks.filter((check) => check.what.startsWith(what))
  expect(found, what).toHaveLength(1)
  const [check] = found
  return { ok: check?.ok, words: check === undefined ? '' : checkWords(check) }
}

describe('a workspace in which all is well', () => {
  test('is told of in a line for each thing, and nothing is posted or changed', async () => {
    const checks = await doctor()
    expect(checks.filter(({ ok, remedy }) => !ok || remedy !== null)).toEqual([])
    expect(checks.map(({ what }) => what)).toEqual([
      'Slack',
      'scopes',
      'conversation',
      '#contracts, channel of Default',
      'blocks',
    ])
    const changing = /^(chat|conversations\.(join|open)|files|views)/
    expect(workspace.ledger.calls.filter(({ method }) => changing.test(method))).toEqual([])
  })
})

describe('tokens', () => {
  test('a bot token that is refused is named with its remedy, and nothing more is asked', async () => {
    const checks = await doctor(['#contracts'], { botToken: 'xoxb-wrong' })
    expect(about(checks, 'Slack')).toMatchObject({
      ok: false,
      words: expect.stringMatching(/invalid_auth.*OAuth & Permissions/),
    })
    expect(workspace.ledger.calls.map(({ method }) => method)).not.toContain('conversations.info')
  })

  test('Slack out of reach is not blamed on the token', async () => {
    const checks = await doctor([], { apiUrl: 'http://127.0.0.1:9/api/' })
    expect(about(checks, 'Slack')).toMatchObject({
      ok: false,
      words: expect.stringContaining('SLACK_API_URL'),
    })
  })

  test('each missing scope is named with what it is for', async () => {
    workspace.places.scopes.delete('usergroups:read')
    workspace.places.scopes.delete('im:write')
    const { ok, words } = about(await doctor(), 'scopes')
    expect(ok).toBe(false)
    expect(words).toContain('usergroups:read (to know')
    expect(words).toContain('im:write (to write')
    expect(words).not.toContain('files:write')
  })

  test('an app token that opens no connection is named with its remedy', async () => {
    const wrong = about(await doctor([], { appToken: 'xapp-wrong' }), 'conversation')
    expect(wrong).toMatchObject({ ok: false, words: expect.stringContaining('App-Level Tokens') })
    workspace.places.appTokens.set('xapp-narrow', new Set())
    const narrow = about(await doctor([], { appToken: 'xapp-narrow' }), 'conversation')
    expect(narrow).toMatchObject({ ok: false, words: expect.stringContaining('connections:write') })
  })

  test('without a way for Slack to reach the bot, it says which settings open one', async () => {
    const off = about(await doctor([], { appToken: null }), 'conversation')
    expect(off).toMatchObject({ ok: true, words: expect.stringContaining('SLACK_APP_TOKEN') })
    const http = about(
      await doctor([], { appToken: null, signingSecret: 'secret' }),
      'conversation',
    )
    expect(http).toMatchObject({ ok: true, words: expect.stringContaining('port 3000') })
  })
})

describe('channels', () => {
  test('one that does not exist, or that is private without the app, is told with /invite', async () => {
    const checks = await doctor(['#contrcts', 'board', 'C0NOWHERE'])
    for (const name of ['#contrcts', '#board', '#C0NOWHERE']) {
      const words = expect.stringMatching(/does not exist.*\/invite.*team set "Default" --channel/)
      expect(about(checks, name)).toMatchObject({ ok: false, words })
    }
  })

  test('an archived one is told', async () => {
    workspace.places.channel('contracts').archived = true
    expect(about(await doctor(), '#contracts')).toMatchObject({
      ok: false,
      words: expect.stringContaining('is archived'),
    })
  })

  test('one that has another name by now is told, and looked at as before', async () => {
    const { channels } = workspace.places
    const old = workspace.places.channel('contracts')
    channels.splice(channels.indexOf(old), 1, { ...old, name: 'procurement' })
    const followed = new Map([['#contracts', old.id]])
    expect(about(await doctor(['#contracts'], { followed }), '#contracts')).toMatchObject({
      ok: true,
      words: expect.stringMatching(/is called #procurement now.*nobody from outside.*team set/),
    })
    expect(about(await doctor(), '#contracts')).toMatchObject({ ok: false })
  })

  test('a public one that the app is not in is joined later; without the scope it is told', async () => {
    workspace.places.channel('contracts').member = false
    expect(about(await doctor(), '#contracts')).toMatchObject({
      ok: true,
      words: expect.stringContaining('joins it with its first message'),
    })
    workspace.places.scopes.delete('channels:join')
    expect(about(await doctor(), '#contracts')).toMatchObject({
      ok: false,
      words: expect.stringContaining('may not join'),
    })
    expect(workspace.places.channel('contracts').member).toBe(false)
  })

  test('guests and people of other organisations are counted', async () => {
    const checks = await doctor(['with-guest', 'with-supplier'])
    expect(about(checks, '#with-guest')).toMatchObject({
      ok: false,
      words: expect.stringMatching(/^1 guest: /),
    })
    expect(about(checks, '#with-supplier')).toMatchObject({
      ok: false,
      words: expect.stringMatching(/shared with another organisation, 1 person of other/),
    })
  })

  test('of a large one every member is looked at, and their number is said', async () => {
    for (let n = 0; n < 250; n += 1) workspace.places.addUser(`U1${n}`, `person.${n}`)
    expect(about(await doctor(), '#contracts')).toMatchObject({
      ok: true,
      words: expect.stringMatching(/nobody from outside among its 2\d\d members/),
    })
  })

  test('where Slack asks for patience half way, what was seen and why it stopped is said', async () => {
    workspace.faults.plan({ kind: 'rate-limited', retryAfter: 30 }, { method: 'users.info' })
    expect(about(await doctor(), '#contracts')).toMatchObject({
      ok: true,
      words: expect.stringMatching(/rate limited.*again in a minute/),
    })
  })

  test('one that teams share under a name and an id is looked at once; a person is no channel', async () => {
    const checks = await doctor(['contracts', '#contracts', 'C0CONTRACTS', PEOPLE.owner])
    expect(checks.map(({ what }) => what)).toContain('#contracts, channel of Default and 2 more')
    expect(about(checks, PEOPLE.owner).ok).toBe(true)
    const asked = workspace.ledger.calls.filter(({ method }) => method === 'conversations.info')
    expect(asked).toHaveLength(1)
  })
})

describe("Slack's own block validator", () => {
  const answered = async (error: string) => {
    workspace.faults.plan({ kind: 'error', error, accepted: false }, { method: 'blocks.validate' })
    return about(await doctor([]), 'blocks')
  }
  test('that refuses a warning is believed', async () => {
    expect(await answered('invalid_blocks')).toMatchObject({ ok: false })
  })

  test('that a workspace does not have is not missed', async () => {
    expect(await answered('unknown_method')).toMatchObject({
      ok: true,
      words: expect.stringContaining('not checked'),
    })
  })
})
