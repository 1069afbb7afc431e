/** How an app answers an act later, by its address, and how an actor waits for that. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openWorkspace, type Workspace } from '../stand-in/slack/server.ts'
import { addPeople, PEOPLE } from '../stand-in/slack/state.ts'
import { type EchoApp, SIGNING_SECRET, startEcho } from './support/echo-app.ts'

let workspace: Workspace
let app: EchoApp
let elapsed: number

beforeEach(async () => {
  elapsed = 0
  workspace = await openWorkspace({
    channels: [],
    now: () => Date.UTC(2027, 3, 1),
    elapsed: () => elapsed,
    signingSecret: SIGNING_SECRET,
  })
  addPeople(workspace.places)
  app = await startEcho(workspace, 'http')
})
afterEach(async () => {
  await app.idle()
  await app.stop()
  await workspace.close()
})

const owner = () => workspace.as(PEOPLE.owner)
const command = (text: string) => owner().command('/contracts', text, 'contracts')

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
  expect(
    owner()
      .messages('contracts')
      .map(({ kind, text }) => [kind, text]),
  ).toEqual([
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
  expect(await answer({ text: 'Late' })).toMatchObject({
    status: 404,
    body: { error: 'expired_url' },
  })
})

test('an answer that Slack refuses is refused and counts for nothing', async () => {
  await command('say hello')
  for (let n = 0; n < 6; n += 1) {
    expect(await answer({ blocks: [{ type: 'song' }] })).toMatchObject({
      status: 400,
      body: { error: 'invalid_blocks' },
    })
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
  const [message] = (await command('post')).messages
  if (message === undefined) throw new Error('Nothing was posted.')
  await Promise.all(
    [owner(), workspace.as(PEOPLE.deputy), owner()].map((one) => one.press(message, 'press')),
  )
  const stamps = workspace.sent.slice(1).map(({ body }) => JSON.stringify(body.actions))
  expect(new Set(stamps).size).toBe(3)
})

describe('an actor who is not told when the app is done', () => {
  test('waits for the first thing to see', async () => {
    expect((await command('due')).ephemerals).toHaveLength(1)
    expect((await command('modal')).modal).not.toBeNull()
    expect((await owner().openHome()).home).not.toBeNull()
  })

  test('does not wait for ever where there is nothing to see', async () => {
    const before = performance.now()
    expect(await command('say ')).toMatchObject({ problem: null, ephemerals: [], messages: [] })
    expect(performance.now() - before).toBeLessThan(15_000)
  })
})
