/** What the workspace refuses in views, and how it keeps them. */

import { addPeople, PEOPLE, type ShownView } from '../stand-in/slack/state.ts'
import { useWorkspace } from './support/outbox.ts'

const { workspace } = useWorkspace({ now: () => Date.UTC(2027, 3, 1), lenient: true }, (opened) =>
  addPeople(opened.places),
)

type ShownBlock = { readonly block_id: string; readonly element?: { readonly action_id: string } }

interface Answer {
  readonly ok: boolean
  readonly error?: string
  readonly view?: Pick<ShownView, 'id' | 'hash'> & { readonly blocks: readonly ShownBlock[] }
  readonly response_metadata?: { readonly messages?: readonly string[] }
  readonly errors?: readonly { readonly pointer: string; readonly message: string }[]
}

async function call(method: string, args: object): Promise<Answer> {
  const response = await fetch(`${workspace.url}${method}`, {
    method: 'POST',
    headers: { authorization: 'Bearer xoxb-stand-in', 'content-type': 'application/json' },
    body: JSON.stringify(args),
  })
  return (await response.json()) as Answer
}

const plain = (text: string) => ({ type: 'plain_text', text })
const options = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ text: plain(`Option ${n}`), value: `${n}` }))
const modal = (change: object = {}) => {
  return { type: 'modal', title: plain('Title'), submit: plain('Save'), blocks: [], ...change }
}
const input = (element: object, change: object = {}) =>
  modal({ blocks: [{ type: 'input', label: plain('Label'), element, ...change }] })
const text = (change: object = {}) => ({ type: 'plain_text_input', ...change })
const actions = (...elements: object[]) => modal({ blocks: [{ type: 'actions', elements }] })
const button = (change: object = {}) => ({ type: 'button', text: plain('Go'), ...change })
const menu = (change: object) => ({ type: 'static_select', ...change })
/** A menu of one option, and of several of which one is chosen. */
const menuOf = (option: object) => menu({ options: [{ text: plain('x'), value: 'x', ...option }] })
const date = (change: object) => ({ type: 'datepicker', ...change })
const byRequest = (change: object) => input({ type: 'external_select', ...change })
const NO = { text: plain('No'), value: 'no' }
const TWICE = [button({ action_id: 'a' }), button({ action_id: 'a' })]
const [DATED, PERSON] = [
  date({ focus_on_load: true }),
  { type: 'users_select', focus_on_load: true },
]
const SAME = Array(2).fill({ type: 'divider', block_id: 'a' })
const x = (length: number) => 'x'.repeat(length)
/** Where an element stands in an input, and in a row of them. */
const [AT, IN] = ['/view/blocks/0/element', '/view/blocks/0/elements/0']

describe('a view that Slack would refuse is refused, with the place', () => {
  test.each<[string, object, string]>([
    ['a title of 25 characters', modal({ title: plain(x(25)) }), '/view/title/text'],
    ['a title in mrkdwn', modal({ title: { type: 'mrkdwn', text: 'x' } }), '/view/title/type'],
    ['no title', modal({ title: undefined }), '/view/title'],
    ['a submit of 25 characters', modal({ submit: plain(x(25)) }), '/view/submit/text'],
    ['a close of 25 characters', modal({ close: plain(x(25)) }), '/view/close/text'],
    ['metadata of 3,001', modal({ private_metadata: x(3001) }), '/view/private_metadata'],
    ['a callback id of 256', modal({ callback_id: x(256) }), '/view/callback_id'],
    ['101 blocks', modal({ blocks: Array(101).fill({ type: 'divider' }) }), '/view/blocks'],
    ['fields that nobody knows', modal({ colour: 'red' }), '/view'],
    ['inputs without submit', { ...input(text()), submit: undefined }, '/view/submit'],
    ['an input without label', input(text(), { label: undefined }), '/view/blocks/0/label'],
    ['a label of 2,001', input(text(), { label: plain(x(2001)) }), '/view/blocks/0/label/text'],
    ['a hint of 2,001', input(text(), { hint: plain(x(2001)) }), '/view/blocks/0/hint/text'],
    ['a button as an input', input(button()), `${AT}/type`],
    ['a placeholder of 151', input(text({ placeholder: plain(x(151)) })), `${AT}/placeholder/text`],
    ['max_length 3,001', input(text({ max_length: 3001 })), `${AT}/max_length`],
    ['min_length 3,001', input(text({ min_length: 3001 })), `${AT}/min_length`],
    ['a start longer than max_length', input(text({ max_length: 3, initial_value: 'long' })), AT],
    ['a text input outside of input', actions(text()), `${IN}/type`],
    ['a date that is none', actions(date({ initial_date: '2027-02-30' })), `${IN}/initial_date`],
    ['101 options', actions(menu({ options: options(101) })), `${IN}/options`],
    ['a menu without options', actions(menu({})), IN],
    ['a start that is no option', actions(menu({ options: options(2), initial_option: NO })), IN],
    ['an option value of 76', actions(menuOf({ value: x(76) })), `${IN}/options/0/value`],
    ['six overflow entries', actions({ type: 'overflow', options: options(6) }), `${IN}/options`],
    ['eleven checkboxes', input({ type: 'checkboxes', options: options(11) }), `${AT}/options`],
    ['eleven radios', input({ type: 'radio_buttons', options: options(11) }), `${AT}/options`],
    [
      'an option description of 76',
      actions(menuOf({ description: plain(x(76)) })),
      `${IN}/options/0/description/text`,
    ],
    ['an external id of 256', modal({ external_id: x(256) }), '/view/external_id'],
    ['a block id of 256', input(text(), { block_id: x(256) }), '/view/blocks/0/block_id'],
    ['an action id of 256', input(text({ action_id: x(256) })), `${AT}/action_id`],
    [
      'a menu by request with a placeholder of 151',
      byRequest({ placeholder: plain(x(151)) }),
      `${AT}/placeholder/text`,
    ],
    ['a menu by request with options of its own', byRequest({ options: options(2) }), AT],
    ['eleven files', input({ type: 'file_input', max_files: 11 }), `${AT}/max_files`],
    ['an action id twice in a block', actions(...TWICE), '/view/blocks/0/elements'],
    ['a block id twice', modal({ blocks: SAME }), '/view/blocks'],
    [
      'a confirmation without words',
      actions(button({ confirm: { title: plain('Sure?') } })),
      `${IN}/confirm/text`,
    ],
    ['26 buttons', actions(...Array(26).fill(button())), '/view/blocks/0/elements'],
    ['a table', modal({ blocks: [{ type: 'table', rows: [] }] }), '/view/blocks/0/type'],
    ['the focus twice', actions(DATED, PERSON), '/view/blocks'],
  ])('%s', async (_, view, pointer) => {
    const trigger_id = trigger()
    const refused = await call('views.open', { trigger_id, view })
    expect(refused.error).toBe('invalid_arguments')
    const messages = refused.response_metadata?.messages ?? []
    expect(messages.some((line) => line.endsWith(`[json-pointer:${pointer}]`))).toBe(true)
    const validated = await call('blocks.validate', { view })
    expect(validated.error).toBe('invalid_view')
    expect(validated.errors?.map((error) => error.pointer)).toContain(pointer)
    expect(workspace.views.modal(PEOPLE.owner)).toBeNull()
  })

  test('101 blocks of a Home', async () => {
    const home = (length: number) => ({
      ...{ type: 'home', blocks: Array(length).fill({ type: 'divider' }) },
    })
    const publish = (view: object) => call('views.publish', { user_id: PEOPLE.owner, view })
    expect(await publish(home(101))).toMatchObject({ error: 'invalid_arguments' })
    expect(await publish(home(100))).toMatchObject({ ok: true })
  })

  test('more than 250 kB', async () => {
    const blocks = Array(90).fill({ type: 'section', text: { type: 'mrkdwn', text: x(2900) } })
    expect(await open(modal({ blocks }))).toEqual({ ok: false, error: 'view_too_large' })
  })

  test('a Home where a modal belongs, and the other way round', async () => {
    const refused = { error: 'invalid_arguments' }
    expect(await open({ type: 'home', blocks: [] })).toMatchObject(refused)
    const published = await call('views.publish', { user_id: PEOPLE.owner, view: modal() })
    expect(published).toMatchObject(refused)
  })
})

/** A trigger of the owner, without any app. */
function trigger(): string {
  return workspace.trigger(PEOPLE.owner)
}
function open(view: object): Promise<Answer> {
  return call('views.open', { trigger_id: trigger(), view })
}

test('what stands just inside the limits is accepted', async () => {
  const view = modal({
    title: plain(x(24)),
    private_metadata: x(3000),
    callback_id: x(255),
    blocks: [
      { type: 'actions', elements: Array.from({ length: 25 }, () => button()) },
      { type: 'actions', elements: [menu({ options: options(100) })] },
      { type: 'input', label: plain(x(2000)), element: text({ max_length: 3000 }) },
      { type: 'input', label: plain('x'), element: { type: 'external_select' } },
      ...Array.from({ length: 96 }, () => ({ type: 'divider' })),
    ],
  })
  expect(await open(view)).toMatchObject({ ok: true })
  expect(await call('blocks.validate', { view })).toEqual({ ok: true })
})

test('an update from an older state of the view is refused', async () => {
  const { view } = await open(modal())
  const update = (hash: string | undefined) =>
    call('views.update', { view_id: view?.id, hash, view: modal({ title: plain('New') }) })
  const updated = await update(view?.hash)
  expect(updated).toMatchObject({ ok: true, view: { title: plain('New') } })
  expect(await update(view?.hash)).toMatchObject({ error: 'hash_conflict' })
  expect(await update(updated.view?.hash)).toMatchObject({ ok: true })
  const nowhere = await call('views.update', { view_id: 'V404', view: modal() })
  expect(nowhere).toMatchObject({ error: 'not_found' })
})

test('an update keeps what stands in a field while its block and action stay, also of another form', async () => {
  const of = (block_id: string, initial_value: string, callback_id: string) => ({
    ...input(text({ action_id: 'zone', initial_value }), { block_id }),
    callback_id,
  })
  const opened = await open(of('a', 'London', 'one'))
  const id = opened.view?.id ?? ''
  const held = () => JSON.stringify(workspace.views.view(id)?.values)
  const update = (view: object) => call('views.update', { view_id: id, view })
  // Also what nobody touched.
  await update(of('a', 'Paris', 'two'))
  expect(held()).toContain('London')
  workspace.as(PEOPLE.owner).fill(workspace.views.view(id) as ShownView, { zone: 'Rome' })
  await update(of('a', 'Oslo', 'three'))
  expect(held()).toContain('Rome')
  await update(of('b', 'Oslo', 'three'))
  expect(held()).toBe('{"b":{"zone":{"type":"plain_text_input","value":"Oslo"}}}')
})

test('an external id names one view only', async () => {
  const view = modal({ external_id: 'contract-1' })
  expect(await open(view)).toMatchObject({ ok: true })
  expect(await call('views.push', { trigger_id: trigger(), view })).toMatchObject({ ok: false })
  const updated = await call('views.update', { external_id: 'contract-1', view })
  expect(updated).toMatchObject({ ok: true })
  const deputy = { trigger_id: workspace.trigger(PEOPLE.deputy), view }
  expect(await call('views.open', deputy)).toMatchObject({ error: 'duplicate_external_id' })
})

test('blocks and elements without ids are given some, and new ones with every update', async () => {
  const view = input(text())
  const opened = await open(view)
  const updated = await call('views.update', { view_id: opened.view?.id, view })
  const before = opened.view?.blocks[0]
  const after = updated.view?.blocks[0]
  expect(before?.block_id).toMatch(/./)
  expect(before?.element?.action_id).toMatch(/./)
  expect(after?.block_id).not.toBe(before?.block_id)
})

test('a Home is published, and again from its newest state only', async () => {
  const home = (word: string) => {
    return { type: 'home', blocks: [{ type: 'section', text: plain(word) }] }
  }
  const publish = (word: string, hash?: string) =>
    call('views.publish', { user_id: PEOPLE.owner, view: home(word), hash })
  const first = await publish('one')
  expect(await publish('two', first.view?.hash)).toMatchObject({ ok: true })
  expect(await publish('three', first.view?.hash)).toMatchObject({ error: 'hash_conflict' })
  expect(workspace.views.home(PEOPLE.owner)?.source.blocks).toMatchObject([{ text: plain('two') }])
  const unknown = await call('views.publish', { user_id: 'U404', view: home('x') })
  expect(unknown).toMatchObject({ error: 'invalid_arguments' })
})

test('blocks.validate takes blocks, a message or a view, one at a time', async () => {
  const blocks = [{ type: 'song' }]
  const validate = (args: object) => call('blocks.validate', args)
  const errors = [{ pointer: '/blocks/0/type', code: 'failed_constraint' }]
  expect(await validate({ blocks })).toMatchObject({ error: 'invalid_blocks', errors })
  expect(await validate({ message: { blocks } })).toMatchObject({ error: 'invalid_message' })
  const both = await validate({ blocks, message: { blocks } })
  expect(both).toMatchObject({ error: 'invalid_arguments' })
  expect(await validate({ blocks: [{ type: 'divider' }] })).toEqual({ ok: true })
})
