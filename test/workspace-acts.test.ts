/** The workspace with a real Bolt app in it: what Slack lets an app and its people do, and what not. */

import type { ActResult } from '../stand-in/slack/payloads.ts'
import { addPeople, PEOPLE, type ShownView } from '../stand-in/slack/state.ts'
import { type EchoApp, SIGNING_SECRET, startEcho } from './support/echo-app.ts'
import { useWorkspace } from './support/outbox.ts'
import { present } from './support/present.ts'

describe.each(['http', 'sockets'] as const)(
  'in a workspace that is spoken to over %s,',
  (transport) => {
    let app: EchoApp
    let elapsed = 0
    const { workspace } = useWorkspace(
      {
        lenient: true,
        now: () => Date.UTC(2027, 3, 1),
        elapsed: () => elapsed,
        signingSecret: SIGNING_SECRET,
        ackMs: 300,
        retryDelaysMs: [0, 10, 20],
        idle: () => app.idle(),
      },
      async (opened) => {
        elapsed = 0
        addPeople(opened.places)
        app = await startEcho(opened, transport)
      },
    )
    afterEach(async () => {
      await app.idle()
      await app.stop()
    })
    const owner = () => workspace.as(PEOPLE.owner)
    const command = (text: string, channel = '#contracts') =>
      owner().command('/contracts', text, channel)

    test('mentions reach the app as ids, and markup as harmless text', async () => {
      await command('own REF @dev.deputy in #contracts for @digital <!channel> & co @nobody')
      expect(app.heard).toEqual([
        'command own REF <@U0DEPUTY|dev.deputy> in <#C0CONTRACTS|contracts> for ' +
          '<!subteam^S0DIGITAL|@digital> &lt;!channel&gt; &amp; co @nobody',
      ])
    })

    test('a command that is not acknowledged in time fails before the eyes of the asker', async () => {
      const timedOut = { problem: 'operation_timeout', ephemerals: [] }
      expect(await command('silent')).toMatchObject(timedOut)
      expect(app.heard).toEqual(['command silent'])
    })

    test('a command that the app never declared does not reach it', async () => {
      const invalid = { problem: 'invalid_command' }
      expect(await owner().command('/other', '', 'contracts')).toMatchObject(invalid)
      workspace.places.scopes.delete('commands')
      expect(await command('due')).toMatchObject(invalid)
      expect(app.heard).toEqual([])
    })

    test('a response URL takes five answers and no sixth', async () => {
      const seen = await command('often')
      const texts = [1, 2, 3, 4, 5].map((n) => `Answer ${n}`)
      expect(seen.ephemerals.map(({ text }) => text)).toEqual(texts)
      const answers = workspace.ledger.calls.filter(({ method }) => method === 'response_url')
      expect(answers.at(-1)).toMatchObject({ answer: 'used_url' })
    })

    test('menus, overflow menus and date pickers send what was chosen, and nothing else', async () => {
      const shown = present((await command('due')).ephemerals[0])
      const said = async (seen: Promise<ActResult>) =>
        (await seen).ephemerals.map(({ text }) => text)
      expect(await said(owner().select(shown, 'choose', 'month'))).toEqual(['Chose month'])
      expect(await said(owner().select(shown, 'more', 'history'))).toEqual(['More: history'])
      expect(await said(owner().select(shown, 'until', '2027-05-01'))).toEqual(['Until 2027-05-01'])
      await expect(owner().select(shown, 'choose', 'year')).rejects.toThrow(
        'choose offers no "year"; it offers: week, month.',
      )
      await expect(owner().press(shown, 'shout')).rejects.toThrow('has no shout; it has: press,')
    })

    test('a menu whose options come by request shows what the app answers, a hundred at most', async () => {
      const shown = present((await command('post')).messages[0])
      const suggests = (typed: string) => owner().suggests(shown, 'find', typed)
      expect(await suggests('x')).toEqual([])
      expect(app.heard.filter((each) => each.startsWith('options'))).toEqual([])
      expect(await suggests('linen')).toEqual(['LINEN0', 'LINEN1'])
      const chosen = await owner().select(shown, 'find', 'linen1')
      expect(chosen.ephemerals.map(({ text }) => text)).toEqual(['Found linen1'])
      await expect(owner().select(shown, 'find', 'cotton0')).rejects.toThrow('offers no "cotton0"')
      expect(await suggests('groups')).toEqual(['GROUPS0', 'GROUPS1'])
      expect(await suggests('n100')).toHaveLength(100)
      expect(workspace.ledger.failures).toEqual([])
      for (const typed of ['n101', 'long']) expect(await suggests(typed)).toEqual([])
      expect(workspace.ledger.failures).toEqual(Array(2).fill('find was given no options to show.'))
    })

    test('an answer to a press in a thread stands outside of it, unless it names the thread', async () => {
      const root = present((await command('post')).messages[0])
      const { channel, ts, blocks } = root
      const reply = workspace.ledger.add({
        ...{ channel, threadTs: ts, broadcast: false, text: 'In it', blocks, metadata: null },
        at: Date.UTC(2027, 3, 1),
      })
      await owner().press(reply, 'press')
      await answer({ text: 'Outside' })
      await answer({ text: 'Inside', thread_ts: ts })
      const own = workspace.ledger.ephemerals.slice(-2)
      expect(own.map(({ text, threadTs }) => [text, threadTs])).toEqual([
        ['Outside', null],
        ['Inside', ts],
      ])
    })

    test('a button that no handler answers fails before the eyes of who pressed it', async () => {
      const message = present((await command('post')).messages[0])
      expect((await owner().press(message, 'lost')).problem).toBe('operation_timeout')
    })

    test('nobody acts on what is not shown to them', async () => {
      const shown = present((await command('due')).ephemerals[0])
      await expect(workspace.as(PEOPLE.deputy).press(shown, 'press')).rejects.toThrow(
        'is not shown to dev.deputy',
      )
      const guest = workspace.as(PEOPLE.guest)
      await expect(guest.command('/contracts', '', 'contracts')).rejects.toThrow(
        'gus.guest is not in contracts',
      )
      const there = await guest.command('/contracts', 'due', 'with-guest')
      expect(there).toMatchObject({ problem: null })
    })

    const openForm = async () => present((await command('modal')).modal)

    test('a file given in a modal can be read with the bot token, and with no other', async () => {
      const modal = await openForm()
      const file = owner().upload('register.csv', 'a,b,c')
      const { ephemerals } = await owner().submit(modal, { reference: 'x', file: [file.id] })
      const url = /"url_private_download":"([^"]+)"/.exec(ephemerals[0]?.text ?? '')?.[1] ?? ''
      const read = (token: string) => fetch(url, { headers: { authorization: `Bearer ${token}` } })
      expect(await (await read('xoxb-stand-in')).text()).toBe('a,b,c')
      expect((await read('xoxb-other')).status).toBe(403)
    })

    test('Slack itself stops a modal with a bad field: the app hears nothing', async () => {
      const modal = await openForm()
      const file = owner().upload('register.pdf', 'x')
      const seen = await owner().submit(modal, { ends: null, file: [file.id] })
      expect(Object.keys(seen.errors)).toEqual(['reference', 'ends', 'file'])
      expect(seen.modal?.id).toBe(modal.id)
      expect((await owner().submit(modal, { reference: 'x'.repeat(21) })).errors.reference).toBe(
        'Enter no more than 20 characters.',
      )
      expect(app.heard).toEqual(['command modal'])
    })

    test('an error at a field that the modal does not have is a failure of the app', async () => {
      const modal = await openForm()
      expect(await owner().submit(modal, { reference: 'bad' })).toMatchObject({
        problem: 'invalid_response',
        modal: { id: modal.id },
      })
      expect(workspace.ledger.failures).toEqual([
        'An error stands at "nothing", which is no input of the modal.',
      ])
    })

    test('three modals lie on each other, and no fourth', async () => {
      let modal: ShownView | null = await openForm()
      for (let n = 2; n <= 4; n += 1) {
        if (modal === null) throw new Error('The modal is gone.')
        modal = (await owner().press(modal, 'deeper')).modal
      }
      expect(workspace.views.stack(PEOPLE.owner)).toHaveLength(3)
      expect(app.heard.at(-1)).toContain('push_limit_reached')
    })

    test('closing a modal tells the app when it wants to know, and shows the one beneath', async () => {
      const modal = await openForm()
      const upper = present((await owner().press(modal, 'deeper')).modal)
      await expect(owner().submit(modal)).rejects.toThrow('is not the modal before olive.owner')
      expect((await owner().close(upper)).modal?.id).toBe(modal.id)
      expect(app.heard.at(-1)).toBe('closed form')
    })

    test('an expired trigger opens nothing, and neither does one that was used', async () => {
      await openForm()
      const sent = workspace.sent.at(-1)
      const view = { type: 'modal', title: { type: 'plain_text', text: 'x' }, blocks: [] }
      const call = async (trigger_id: unknown, method = 'views.open') => {
        const response = await fetch(`${workspace.url}${method}`, {
          method: 'POST',
          headers: { authorization: 'Bearer xoxb-stand-in', 'content-type': 'application/json' },
          body: JSON.stringify({ trigger_id, view }),
        })
        return (await response.json()) as { error?: string }
      }
      const last = () => workspace.sent.at(-1)?.body.trigger_id
      expect(await call(sent?.body.trigger_id)).toMatchObject({ error: 'exchanged_trigger_id' })
      await command('say hello')
      elapsed += 3001
      expect(await call(last())).toMatchObject({ error: 'expired_trigger_id' })
      expect(await call('1.2.three')).toMatchObject({ error: 'invalid_trigger_id' })
      await command('say hello')
      expect(await call(last(), 'views.push')).toMatchObject({ error: 'not_found' })
    })

    /** The address of the newest act, and what it answers. */
    async function answer(message: unknown): Promise<{ status: number; body: unknown }> {
      const url = workspace.sent.at(-1)?.body.response_url
      const response = await fetch(String(url), { method: 'POST', body: JSON.stringify(message) })
      return { status: response.status, body: await response.json() }
    }

    test('an answer is for the asker unless it says otherwise', async () => {
      await command('say hello')
      expect(await answer({ text: 'Only you' })).toEqual({ status: 200, body: { ok: true } })
      await answer({ text: 'Everyone', response_type: 'in_channel' })
      const shown = owner().messages('contracts')
      expect(shown.map(({ kind, text }) => [kind, text])).toEqual([
        ['ephemeral', 'hello'],
        ['ephemeral', 'Only you'],
        ['message', 'Everyone'],
      ])
      expect(workspace.as(PEOPLE.deputy).messages('contracts')).toHaveLength(1)
    })

    test('an address is good for half an hour', async () => {
      await command('say hello')
      elapsed += 30 * 60_000
      expect(await answer({ text: 'In time' })).toMatchObject({ status: 200 })
      elapsed += 1
      const expired = { status: 404, body: { error: 'expired_url' } }
      expect(await answer({ text: 'Late' })).toMatchObject(expired)
    })

    test('an answer that Slack refuses is refused and counts for nothing', async () => {
      await command('say hello')
      const refused = { status: 400, body: { error: 'invalid_blocks' } }
      for (let n = 0; n < 6; n += 1) {
        expect(await answer({ blocks: [{ type: 'song' }] })).toMatchObject(refused)
      }
      expect(await answer({ text: '' })).toMatchObject({ body: { error: 'no_text' } })
      expect(await answer({ text: 'Good' })).toMatchObject({ status: 200 })
    })

    test('answers meet the faults that were planned for them', async () => {
      workspace.faults.plan({ kind: 'dropped', accepted: true }, { method: 'response_url' })
      await command('say hello')
      await expect(answer({ text: 'Shown all the same' })).rejects.toThrow()
      expect(owner().messages('contracts').at(-1)).toMatchObject({ text: 'Shown all the same' })
    })

    test('each press carries a stamp of its own, also while the clock stands still', async () => {
      const message = present((await command('post')).messages[0])
      const people = [owner(), workspace.as(PEOPLE.deputy), owner()]
      await Promise.all(people.map((one) => one.press(message, 'press')))
      const stamps = workspace.sent.slice(1).map(({ body }) => JSON.stringify(body.actions))
      expect(new Set(stamps).size).toBe(3)
    })
  },
)
