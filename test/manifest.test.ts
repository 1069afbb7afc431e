import { readdirSync, readFileSync } from 'node:fs'
import { SCOPES } from '../src/ops/doctor.ts'
import { ADD_SHORTCUT, COMMAND } from '../src/slack/app.ts'
import { EVENTS_PATH } from '../src/slack/transport.ts'
import { openWorkspace, type Workspace } from '../stand-in/slack/server.ts'
import { ALL_SCOPES, addPeople, PEOPLE } from '../stand-in/slack/state.ts'

const ROOT = new URL('../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, ROOT), 'utf8')
const manifest = JSON.parse(read('slack-manifest.json'))
const [command, ...otherCommands] = manifest.features.slash_commands
const BOT_EVENTS = ['app_home_opened', 'app_mention', 'message.im', 'user_change', 'team_join']

describe('slack-manifest.json', () => {
  test('keeps the limits that Slack publishes for manifests', () => {
    const { name, description, long_description, background_color } = manifest.display_information
    expect(name.length).toBeLessThanOrEqual(35)
    expect(description.length).toBeLessThanOrEqual(140)
    expect(long_description.length).toBeGreaterThanOrEqual(175)
    expect(long_description.length).toBeLessThanOrEqual(4000)
    expect(background_color).toMatch(/^#[0-9a-f]{6}$/)
    expect(manifest.features.bot_user.display_name).toMatch(/^[\w.-]{1,80}$/)
    expect(command.command).toMatch(/^\/[a-z0-9_-]{1,31}$/)
    expect(command.description.length).toBeLessThanOrEqual(2000)
    expect(command.usage_hint.length).toBeLessThanOrEqual(1000)
    for (const { name, description } of manifest.features.shortcuts) {
      expect(name.length).toBeLessThanOrEqual(24)
      expect(description.length).toBeLessThanOrEqual(150)
    }
    expect(manifest.features.shortcuts.length).toBeLessThanOrEqual(10)
  })

  test('asks for the one command that the bot answers, with mentions as ids', () => {
    expect(otherCommands).toEqual([])
    expect(command).toMatchObject({ command: COMMAND, should_escape: true })
  })

  test('offers the shortcut that the bot answers, which costs no scope', () => {
    expect(manifest.features.shortcuts).toMatchObject([
      { type: 'global', callback_id: ADD_SHORTCUT },
    ])
  })

  test('turns on what the bot lives from: Socket Mode, buttons, Home, mentions, messages to and from people', () => {
    expect(manifest.settings).toMatchObject({
      socket_mode_enabled: true,
      interactivity: { is_enabled: true },
      event_subscriptions: { bot_events: BOT_EVENTS },
    })
    expect(manifest.features.app_home).toMatchObject({
      home_tab_enabled: true,
      messages_tab_enabled: true,
      messages_tab_read_only_enabled: false,
    })
  })

  test('rotates no tokens: the bot reads one from its settings and keeps it', () => {
    expect(manifest.settings.token_rotation_enabled).toBe(false)
  })

  test('asks for the scopes that doctor checks and README explains, each once', () => {
    const { bot } = manifest.oauth_config.scopes
    expect(bot).toEqual(Object.keys(SCOPES))
    expect(new Set(bot)).toEqual(new Set(ALL_SCOPES))
    const explained = [...read('README.md').matchAll(/^ *\| (`[a-z]+[a-z_:., `]*`) \| to .* \|$/gm)]
    const named = explained.flatMap(([, names = '']) => names.replaceAll('`', '').split(', '))
    expect(named.toSorted()).toEqual([...bot].toSorted())
  })

  test('README says what to change for HTTP, with the path that the bot answers', () => {
    expect(read('README.md')).toContain(`"request_url": "https://YOUR-HOST${EVENTS_PATH}"`)
  })
})

describe('the scopes of the manifest', () => {
  let workspace: Workspace
  beforeAll(async () => {
    workspace = await openWorkspace({ channels: [], now: Date.now })
    addPeople(workspace.places)
    workspace.places.channel('board').member = true
    workspace.places.direct(workspace.places.person(PEOPLE.owner))
    workspace.places.scopes.clear()
    for (const scope of ALL_SCOPES) {
      if (manifest.oauth_config.scopes.bot.includes(scope)) workspace.places.scopes.add(scope)
    }
  })
  afterAll(() => workspace.close())

  test.each(methodsCalled())('let the app call %s in every kind of channel', async (method) => {
    const token = method.startsWith('apps.') ? 'xapp-stand-in' : 'xoxb-stand-in'
    for (const channel of ['C0CONTRACTS', 'G0PRIVATE', `D${PEOPLE.owner.slice(1)}`]) {
      const response = await fetch(`${workspace.url}${method}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ channel, types: 'public_channel,private_channel' }),
      })
      const { error } = (await response.json()) as { error?: string }
      expect(['missing_scope', 'unknown_method', 'not_authed']).not.toContain(error)
    }
  })
})

/** Every method of the Web API that the sources name, and those that Bolt calls by itself. */
function methodsCalled(): string[] {
  const sources = readdirSync(new URL('src/', ROOT), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/^(workspace|db\/generated)\//.test(path))
    .map((path) => read(`src/${path}`))
  const families = 'apps|auth|blocks|chat|conversations|files|usergroups|users|views'
  const named = new RegExp(`(?:'|client\\.)((?:${families})\\.[a-zA-Z.]+)['(]`, 'g')
  const found = sources.flatMap((text) =>
    [...text.matchAll(named)].map(([, method = '']) => method),
  )
  return [...new Set([...found, 'auth.test', 'apps.connections.open'])].toSorted()
}
