/** The workspace with a real Bolt app in it: every act comes out the same on both transports. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Actor } from '../stand-in/slack/acts.ts'
import type { ActResult } from '../stand-in/slack/payloads.ts'
import { openWorkspace, type Workspace } from '../stand-in/slack/server.ts'
import { addPeople, PEOPLE, type ShownView } from '../stand-in/slack/state.ts'
import { type EchoApp, SIGNING_SECRET, startEcho, type Transport } from './support/echo-app.ts'

describe.each<Transport>(['http', 'sockets'])('over %s', (transport) => {
  let workspace: Workspace
  let app: EchoApp
  let owner: Actor
  let elapsed: number

  beforeEach(async () => {
    elapsed = 0
    workspace = await openWorkspace({
      channels: [],
      now: () => Date.UTC(2027, 3, 1),
      elapsed: () => elapsed,
      signingSecret: SIGNING_SECRET,
      ackMs: 300,
      retryDelaysMs: [0, 10, 20],
      idle: () => app.idle(),
    })
    addPeople(workspace.places)
    app = await startEcho(workspace, transport)
    owner = workspace.as(PEOPLE.owner)
  })
  afterEach(async () => {
    await app.stop()
    await workspace.close()
  })

  const command = (text: string, channel = '#contracts') =>
    owner.command('/contracts', text, channel)

  test('a command is answered to the asker alone', async () => {
    const seen = await command('due 30')
    expect(seen).toMatchObject({ problem: null, messages: [], modal: null })
    expect(seen.ephemerals).toMatchObject([
      { user: PEOPLE.owner, channel: 'C0CONTRACTS', text: 'due 30' },
    ])
    expect(owner.messages('contracts')).toHaveLength(1)
    expect(workspace.as(PEOPLE.deputy).messages('contracts')).toEqual([])
  })

  test('words in the acknowledgement are shown as well', async () => {
    expect((await command('say Hello there')).ephemerals).toMatchObject([{ text: 'Hello there' }])
  })

  test('mentions reach the app as ids, and markup as harmless text', async () => {
    await command('own REF @dev.deputy in #contracts for @digital <!channel> & co @nobody')
    expect(app.heard).toEqual([
      'command own REF <@U0DEPUTY|dev.deputy> in <#C0CONTRACTS|contracts> for ' +
        '<!subteam^S0DIGITAL|@digital> &lt;!channel&gt; &amp; co @nobody',
    ])
  })

  test('a command that is not acknowledged in time fails before the eyes of the asker', async () => {
    expect(await command('silent')).toMatchObject({
      problem: 'operation_timeout',
      ephemerals: [],
    })
    expect(app.heard).toEqual(['command silent'])
  })

  test('a command that the app never declared does not reach it', async () => {
    expect(await owner.command('/other', '', 'contracts')).toMatchObject({
      problem: 'invalid_command',
    })
    workspace.places.scopes.delete('commands')
    expect(await command('due')).toMatchObject({ problem: 'invalid_command' })
    expect(app.heard).toEqual([])
  })

  test('a response URL takes five answers and no sixth', async () => {
    const seen = await command('often')
    expect(seen.ephemerals.map(({ text }) => text)).toEqual(
      [1, 2, 3, 4, 5].map((n) => `Answer ${n}`),
    )
    const answers = workspace.ledger.calls.filter(({ method }) => method === 'response_url')
    expect(answers.at(-1)).toMatchObject({ answer: 'used_url' })
  })

  test('a button changes the message it stands on, for everyone', async () => {
    const [message] = (await command('post')).messages
    if (message === undefined) throw new Error('Nothing was posted.')
    const deputy = workspace.as(PEOPLE.deputy)
    expect((await deputy.press(message, 'press')).messages).toMatchObject([
      { ts: message.ts, text: `Pressed by <@${PEOPLE.deputy}>`, blocks: [] },
    ])
    expect(app.heard.at(-1)).toBe('action press one')
    expect(workspace.ledger.messages).toHaveLength(1)
  })

  test('a button on a message to one person changes and removes that one', async () => {
    const [shown] = (await command('due')).ephemerals
    if (shown === undefined) throw new Error('Nothing was shown.')
    const pressed = await owner.press(shown, 'press')
    expect(pressed.ephemerals).toMatchObject([{ ts: shown.ts, text: 'Pressed by <@U0OWNER>' }])
    expect((await owner.press(shown, 'remove')).removed).toMatchObject([{ ts: shown.ts }])
    expect(workspace.ledger.ephemerals).toEqual([])
  })

  test('menus, overflow menus and date pickers send what was chosen, and nothing else', async () => {
    const [shown] = (await command('due')).ephemerals
    if (shown === undefined) throw new Error('Nothing was shown.')
    const said = async (seen: Promise<ActResult>) => (await seen).ephemerals.map(({ text }) => text)
    expect(await said(owner.select(shown, 'choose', 'month'))).toEqual(['Chose month'])
    expect(await said(owner.select(shown, 'more', 'history'))).toEqual(['More: history'])
    expect(await said(owner.select(shown, 'until', '2027-05-01'))).toEqual(['Until 2027-05-01'])
    await expect(owner.select(shown, 'choose', 'year')).rejects.toThrow(
      'choose offers no "year"; it offers: week, month.',
    )
    await expect(owner.press(shown, 'shout')).rejects.toThrow('has no shout; it has: press,')
  })

  test('a button that no handler answers fails before the eyes of who pressed it', async () => {
    const [message] = (await command('post')).messages
    if (message === undefined) throw new Error('Nothing was posted.')
    expect((await owner.press(message, 'lost')).problem).toBe('operation_timeout')
  })

  test('nobody acts on what is not shown to them', async () => {
    const [shown] = (await command('due')).ephemerals
    if (shown === undefined) throw new Error('Nothing was shown.')
    await expect(workspace.as(PEOPLE.deputy).press(shown, 'press')).rejects.toThrow(
      'is not shown to dev.deputy',
    )
    const guest = workspace.as(PEOPLE.guest)
    await expect(guest.command('/contracts', '', 'contracts')).rejects.toThrow(
      'gus.guest is not in contracts',
    )
    expect(await guest.command('/contracts', 'due', 'with-guest')).toMatchObject({ problem: null })
  })

  async function openForm(): Promise<ShownView> {
    const { modal } = await command('modal')
    if (modal === null) throw new Error('No modal opened.')
    return modal
  }

  test('a modal sends what its fields hold from the start and what a person gave', async () => {
    const modal = await openForm()
    expect(modal.source).toMatchObject({ title: { text: 'Form' }, private_metadata: 'kept' })
    const file = owner.upload('register.csv', 'a,b,c')
    await owner.options(modal, 'supplier', 'acme')
    const seen = await owner.submit(modal, {
      reference: 'REF-1',
      kind: 'EMERGENCY',
      owner: PEOPLE.deputy,
      flags: ['urgent', 'confidential'],
      supplier: 'acme-two',
      file: [file.id],
    })
    expect(seen).toMatchObject({ problem: null, errors: {}, modal: null })
    expect(JSON.parse(seen.ephemerals[0]?.text ?? '')).toMatchObject({
      reference: { text: { type: 'plain_text_input', value: 'REF-1' } },
      ends: { day: { type: 'datepicker', selected_date: '2027-04-30' } },
      kind: { kind: { selected_option: { value: 'emergency' } } },
      owner: { person: { selected_user: PEOPLE.deputy } },
      where: { channel: { selected_conversation: 'C0CONTRACTS' } },
      flags: { flags: { selected_options: [{ value: 'urgent' }, { value: 'confidential' }] } },
      supplier: { supplier: { selected_option: { value: 'acme-two' } } },
      file: { file: { files: [{ id: file.id, name: 'register.csv', filetype: 'csv' }] } },
    })
    expect(app.heard).toContain('options acme')
  })

  test('a file given in a modal can be read with the bot token, and with no other', async () => {
    const modal = await openForm()
    const file = owner.upload('register.csv', 'a,b,c')
    const { ephemerals } = await owner.submit(modal, { reference: 'x', file: [file.id] })
    const url = /"url_private_download":"([^"]+)"/.exec(ephemerals[0]?.text ?? '')?.[1] ?? ''
    const read = (token: string) => fetch(url, { headers: { authorization: `Bearer ${token}` } })
    expect(await (await read('xoxb-stand-in')).text()).toBe('a,b,c')
    expect((await read('xoxb-other')).status).toBe(403)
  })

  test('Slack itself stops a modal with a bad field: the app hears nothing', async () => {
    const modal = await openForm()
    const file = owner.upload('register.pdf', 'x')
    const seen = await owner.submit(modal, { ends: null, file: [file.id] })
    expect(Object.keys(seen.errors)).toEqual(['reference', 'ends', 'file'])
    expect(seen.modal?.id).toBe(modal.id)
    expect((await owner.submit(modal, { reference: 'x'.repeat(21) })).errors.reference).toBe(
      'Enter no more than 20 characters.',
    )
    expect(app.heard).toEqual(['command modal'])
  })

  test("the app's errors stand at their fields, and nothing typed is lost", async () => {
    const modal = await openForm()
    const seen = await owner.submit(modal, { reference: 'bad', ends: '2027-06-30' })
    expect(seen.errors).toEqual({ reference: 'No such contract.' })
    expect(seen.modal?.values.ends?.day?.selected_date).toBe('2027-06-30')
    const again = await owner.submit(modal, { reference: 'good' })
    expect(again).toMatchObject({ errors: {}, modal: null })
    expect(again.ephemerals[0]?.text).toContain('2027-06-30')
  })

  test('an error at a field that the modal does not have is a failure of the app', async () => {
    const modal = await openForm()
    expect(await owner.submit(modal, { reference: 'nowhere' })).toMatchObject({
      problem: 'invalid_response',
      modal: { id: modal.id },
    })
    expect(workspace.ledger.failures).toEqual([
      'An error stands at "nothing", which is no input of the modal.',
    ])
  })

  test('a submission may change the modal, lay another over it, or close them all', async () => {
    const modal = await openForm()
    const second = await owner.submit(modal, { reference: 'next' })
    expect(second.modal).toMatchObject({ id: modal.id, source: { title: { text: 'Second page' } } })
    expect(JSON.stringify(second.modal?.values.reference)).toContain('"next"')
    expect(second.modal?.hash).not.toBe(modal.hash)
    const third = await owner.submit(modal, { reference: 'push' })
    expect(third.modal).toMatchObject({ rootId: modal.id, previousId: modal.id })
    if (third.modal === null) throw new Error('No modal was pushed.')
    expect((await owner.submit(third.modal, { reference: 'clear' })).modal).toBeNull()
  })

  test('three modals lie on each other, and no fourth', async () => {
    let modal: ShownView | null = await openForm()
    for (let n = 2; n <= 4; n += 1) {
      if (modal === null) throw new Error('The modal is gone.')
      modal = (await owner.press(modal, 'deeper')).modal
    }
    expect(workspace.views.stack(PEOPLE.owner)).toHaveLength(3)
    expect(app.heard.at(-1)).toContain('push_limit_reached')
  })

  test('closing a modal tells the app when it wants to know, and shows the one beneath', async () => {
    const modal = await openForm()
    const { modal: upper } = await owner.press(modal, 'deeper')
    if (upper === null) throw new Error('No modal was pushed.')
    await expect(owner.submit(modal)).rejects.toThrow('is not the modal before olive.owner')
    expect((await owner.close(upper)).modal?.id).toBe(modal.id)
    expect(app.heard.at(-1)).toBe('closed form')
  })

  test('opening Home shows what the app publishes', async () => {
    const seen = await owner.openHome()
    expect(seen.home?.source.blocks[0]).toMatchObject({ text: { text: 'Hello <@U0OWNER>' } })
    expect(seen.home?.source.blocks).toHaveLength(2)
  })

  test('what was sent can be sent again as it was', async () => {
    await command('due')
    const [first] = workspace.sent
    if (first === undefined) throw new Error('Nothing was sent.')
    expect(await workspace.deliver(first)).toMatchObject({ acked: true })
    await app.idle()
    expect(app.heard).toEqual(['command due', 'command due'])
  })

  test('an expired trigger opens nothing, and neither does one that was used', async () => {
    await openForm()
    const sent = workspace.sent.at(-1)
    const call = async (trigger_id: unknown, method = 'views.open') => {
      const response = await fetch(`${workspace.url}${method}`, {
        method: 'POST',
        headers: { authorization: 'Bearer xoxb-stand-in', 'content-type': 'application/json' },
        body: JSON.stringify({
          trigger_id,
          view: { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [] },
        }),
      })
      return (await response.json()) as { error?: string }
    }
    expect(await call(sent?.body.trigger_id)).toMatchObject({ error: 'exchanged_trigger_id' })
    await command('say hello')
    elapsed += 3001
    expect(await call(workspace.sent.at(-1)?.body.trigger_id)).toMatchObject({
      error: 'expired_trigger_id',
    })
    expect(await call('1.2.three')).toMatchObject({ error: 'invalid_trigger_id' })
    await command('say hello')
    expect(await call(workspace.sent.at(-1)?.body.trigger_id, 'views.push')).toMatchObject({
      error: 'not_found',
    })
  })
})
