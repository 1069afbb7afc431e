import { WebClient } from '@slack/web-api'
import { useWorkspace } from './support/outbox.ts'

let now = Date.UTC(2027, 3, 1)
const { workspace } = useWorkspace(
  {
    lenient: true,
    now: () => now,
    longestPage: 3,
    paceMs: 1000,
    channels: [
      { id: 'C0CONTRACTS', name: 'contracts', member: true },
      { id: 'C0OTHER', name: 'other' },
      { id: 'G0SECRET', name: 'secret', isPrivate: true },
      { id: 'C0OLD', name: 'old', archived: true },
    ],
  },
  ({ places }) => places.addUser('U0OWNER', 'owner'),
)

type Answer = Record<string, unknown> & { ok: boolean; error?: string; ts?: string }

async function call(method: string, args: object, token = 'xoxb-stand-in'): Promise<Answer> {
  const response = await fetch(`${workspace.url}${method}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(args),
  })
  return (await response.json()) as Answer
}

/** Messages far enough apart for the pace. */
async function post(args: object): Promise<Answer> {
  now += 5000
  return await call('chat.postMessage', { channel: 'C0CONTRACTS', text: 'Hello', ...args })
}

const x = (length: number) => 'x'.repeat(length)
const plain = (text: string) => ({ type: 'plain_text', text })
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text })
const section = (text: string) => ({ type: 'section', text: mrkdwn(text) })
const many = <T>(count: number, item: T): T[] => Array<T>(count).fill(item)
const row = (...elements: object[]) => [{ type: 'actions', elements }]
const button = (change: object = {}) => ({ type: 'button', text: plain('Go'), ...change })
const option = (change: object = {}) => ({ text: plain('One'), value: '1', ...change })
const menu = (change: object) => ({ type: 'static_select', options: [option(change)] })
const overflow = (...options: object[]) => row({ type: 'overflow', options })
const byRequest = (change: object) => row({ type: 'external_select', ...change })
/** A button that asks before it acts, its words so long. */
const confirmed = ({ title = 100, text = 300, confirm = 30, deny = 30 }) => {
  const words = { title: plain(x(title)), text: plain(x(text)) }
  return button({ confirm: { ...words, confirm: plain(x(confirm)), deny: plain(x(deny)) } })
}
const cell = (text: string) => ({ type: 'raw_text', text })
const HEADINGS = [cell('Contract'), cell('Days')]
const DUE = [cell('Boilers'), { type: 'raw_number', value: 3, text: '3' }]
const dataTable = (change: object = {}) => {
  return { type: 'data_table', caption: 'Due', rows: [HEADINGS, DUE], ...change }
}
const tableOf = (...rows: object[][]) => dataTable({ rows })
const numbered = (count: number) => Array.from({ length: count }, (_, n) => `N${n}`)
const points = (categories: readonly string[]) => categories.map((label) => ({ label, value: 1 }))
const chartOf = (names: readonly string[], categories: readonly string[], axis: object = {}) => ({
  type: 'bar',
  series: names.map((name) => ({ name, data: points(categories) })),
  axis_config: { categories, ...axis },
})
const JAN = ['Jan', 'Feb']
const chart = (shape: object = chartOf(['A'], JAN), change: object = {}) => {
  return { type: 'data_visualization', title: 'Months ahead', chart: shape, ...change }
}
/** A chart of one series with these points. */
const chartWith = (categories: readonly string[], data: readonly object[]) =>
  chart({ ...chartOf(['A'], categories), series: [{ name: 'A', data }] })

test('the real client is understood, in forms as well as in JSON', async () => {
  const client = new WebClient('xoxb-stand-in', { slackApiUrl: workspace.url })
  expect(await client.auth.test()).toMatchObject({ ok: true, team_id: 'T0001' })
  const posted = await client.chat.postMessage({
    channel: '#contracts',
    text: 'Hello',
    blocks: [section('Hello')],
    metadata: { event_type: 'greeting', event_payload: { delivery_id: 'one' } },
  })
  expect(posted).toMatchObject({ ok: true, channel: 'C0CONTRACTS' })
  expect(await post({ text: 'In JSON' })).toMatchObject({ ok: true })
  expect(workspace.ledger.messages.map(({ text }) => text)).toEqual(['Hello', 'In JSON'])
})

test('message ids are unique and increase, also when the clock stands still or goes back', async () => {
  const ids: string[] = []
  for (const step of [0, 0, 0, -60_000]) {
    now += step
    ids.push((await call('chat.postMessage', { channel: 'C0OTHER', text: 'x' })).ts ?? '')
    now += 10_000
  }
  expect(new Set(ids).size).toBe(4)
  expect([...ids].sort()).toEqual(ids)
})

const picture = (change: object) => {
  return { type: 'image', image_url: 'https://example.org/a.png', alt_text: 'x', ...change }
}
/** Metadata that is so long as JSON. */
const metadataOf = (length: number) => {
  const of = (text: string) => ({ event_type: 'x', event_payload: { text } })
  return of(x(length - JSON.stringify(of('')).length))
}

/** By what is said of them in words. */
const INVALID: Readonly<Record<string, readonly object[]>> = {
  '51 blocks': many(51, { type: 'divider' }),
  'a section of 3,001 characters': [section(x(3001))],
  'an empty section': [section('')],
  'a block of no known type': [{ type: 'song' }],
  'a header of 151 characters': [{ type: 'header', text: plain(x(151)) }],
  'a header in mrkdwn': [{ type: 'header', text: mrkdwn('x') }],
  'eleven fields': [{ type: 'section', fields: many(11, mrkdwn('x')) }],
  'a field of 2,001 characters': [{ type: 'section', fields: [mrkdwn(x(2001))] }],
  'eleven elements of context': [{ type: 'context', elements: many(11, mrkdwn('x')) }],
  'a text of context of 2,001 characters': [{ type: 'context', elements: [mrkdwn(x(2001))] }],
  'a picture described in 2,001 characters': [picture({ alt_text: x(2001) })],
  'a picture at an address of 3,001 characters': [picture({ image_url: x(3001) })],
  'a picture with a title of 2,001 characters': [picture({ title: plain(x(2001)) })],
  'a picture without a description': [{ type: 'image', image_url: 'https://example.org/a.png' }],
  '26 elements in a row': row(...many(26, button())),
  'a button text of 76 characters': row(button({ text: plain(x(76)) })),
  'a button value of 2,001 characters': row(button({ value: x(2001) })),
  'a button leading to 3,001 characters': row(button({ url: x(3001) })),
  'a label for screen readers of 76 characters': row(button({ accessibility_label: x(76) })),
  'an action id of 256 characters': row(button({ action_id: x(256) })),
  'a block id of 256 characters': [{ type: 'divider', block_id: x(256) }],
  'a confirmation with a title of 101 characters': row(confirmed({ title: 101 })),
  'a confirmation of 301 characters': row(confirmed({ text: 301 })),
  'a confirmation whose button has 31 characters': row(confirmed({ confirm: 31 })),
  'a confirmation whose other button has 31 characters': row(confirmed({ deny: 31 })),
  'an option text of 76 characters': row(menu({ text: plain(x(76)) })),
  'an option value of 76 characters': row(menu({ value: x(76) })),
  'an option description of 76 characters': row(menu({ description: plain(x(76)) })),
  'an entry of an overflow menu of 76 characters': overflow(option({ text: plain(x(76)) })),
  'an entry of one leading to 3,001 characters': overflow({ ...option(), url: x(3001) }),
  '101 options': row({ type: 'static_select', options: many(101, option()) }),
  '101 groups of options': row({
    ...{ type: 'static_select' },
    option_groups: many(101, { label: plain('x'), options: [option()] }),
  }),
  'a group of 101 options': row({
    ...{ type: 'static_select' },
    option_groups: [{ label: plain('x'), options: many(101, option()) }],
  }),
  'a menu by request with options of its own': byRequest({ options: [option()] }),
  'one with a placeholder of 151 characters': byRequest({ placeholder: plain(x(151)) }),
  'one that starts with an option of 76': byRequest({ initial_option: option({ value: x(76) }) }),
  'one after less than no letter': byRequest({ min_query_length: -1 }),
  'two tables': many(2, { type: 'table', rows: [[cell('x')]] }),
  'a table of 101 rows': [{ type: 'table', rows: many(101, [cell('x')]) }],
  'a table of 21 columns': [{ type: 'table', rows: [many(21, cell('x'))] }],
  'a table with settings of 21 columns': [
    { type: 'table', rows: [[cell('x')]], column_settings: many(21, null) },
  ],
  'a data table without a caption': [dataTable({ caption: undefined })],
  'a data table with an empty caption': [dataTable({ caption: '' })],
  'a data table of a heading alone': [tableOf([cell('x')])],
  'a data table of 102 rows with its heading': [tableOf(...many(102, [cell('x')]))],
  'a data table of 21 columns': [tableOf(...many(2, many(21, cell('x'))))],
  'a data table with rows of several lengths': [tableOf([cell('x'), cell('y')], [cell('x')])],
  'a data table with an empty cell': [tableOf([cell('x')], [cell('')])],
  'a data table with a button in a cell': [
    tableOf([cell('x')], [{ type: 'button', text: cell('x') }]),
  ],
  'a data table with rich text for a heading': [
    tableOf([{ type: 'rich_text', elements: [{}] }], [cell('x')]),
  ],
  'a data table of pages of no row': [dataTable({ page_size: 0 })],
  'a data table of pages of 101 rows': [dataTable({ page_size: 101 })],
  'a data table whose row heading is no column': [dataTable({ row_header_column_index: 2 })],
  'tables whose cells hold more than 10,000 characters together': [
    tableOf(...many(2, [cell(x(2500))])),
    tableOf([cell(x(2500))], [cell(x(2501))]),
  ],
  'three charts': many(3, chart()),
  'a chart without a title': [chart(undefined, { title: undefined })],
  'a chart with a title of 51 characters': [chart(undefined, { title: x(51) })],
  'a chart of no known kind': [chart({ ...chartOf(['A'], ['Jan']), type: 'radar' })],
  'a chart without a series': [chart(chartOf([], ['Jan']))],
  'a chart of seven series': [chart(chartOf(numbered(7), ['Jan']))],
  'a chart with two series of one name': [chart(chartOf(['A', 'A'], ['Jan']))],
  'a chart with the name of a series of 21 characters': [chart(chartOf([x(21)], ['Jan']))],
  'a chart of 21 categories': [chart(chartOf(['A'], numbered(21)))],
  'a chart with one category twice': [chart(chartOf(['A'], ['Jan', 'Jan']))],
  'a chart with a category of 21 characters': [chart(chartOf(['A'], [x(21)]))],
  'a chart with a label of an axis of 51': [chart(chartOf(['A'], ['Jan'], { y_label: x(51) }))],
  'a chart without a point for a category': [chartWith(JAN, points(['Jan']))],
  'a chart with two points for a category': [chartWith(JAN, points(['Jan', 'Feb', 'Feb']))],
  'a chart with a point that is no number': [chartWith(['Jan'], [{ label: 'Jan', value: '1' }])],
  'markdown of 12,001 characters': [{ type: 'markdown', text: x(12_001) }],
  'an input in a message': [
    { type: 'input', label: plain('x'), element: { type: 'plain_text_input' } },
  ],
  'a field that nobody knows': [{ type: 'section', text: { ...mrkdwn('x'), emoji: true } }],
}
const TOO_LONG = [...many(4, section(x(3000))), section(x(1201))]

describe('what Slack refuses in a message is refused', () => {
  test.each<[string, object, string]>([
    ...Object.entries(INVALID).map(([name, blocks]): [string, object, string] => {
      return [name, { blocks }, 'invalid_blocks']
    }),
    ['nothing to say', { text: '' }, 'no_text'],
    ['more text than 40,000 characters', { text: x(40_001) }, 'msg_too_long'],
    ['blocks that are no list', { blocks: { type: 'divider' } }, 'invalid_blocks_format'],
    ['more than 13,200 characters in all blocks', { blocks: TOO_LONG }, 'msg_blocks_too_long'],
    ['metadata of 16,001 characters', { metadata: metadataOf(16_001) }, 'metadata_too_large'],
    ['metadata without a type', { metadata: { event_payload: {} } }, 'invalid_metadata_format'],
    ['an unknown channel', { channel: 'C0NOWHERE' }, 'channel_not_found'],
    ['a private channel without the app', { channel: 'G0SECRET' }, 'channel_not_found'],
    ['an archived channel', { channel: 'C0OLD' }, 'is_archived'],
    ['a thread that is none', { thread_ts: '1.000001' }, 'thread_not_found'],
  ])('%s', async (_, args, error) => {
    expect(await post(args)).toMatchObject({ ok: false, error })
    expect(workspace.ledger.messages).toEqual([])
    expect(workspace.ledger.failures).toEqual([])
  })
})

test('what stands just inside the limits is accepted', async () => {
  const rows = [many(20, cell('x')), ...many(100, many(20, cell('x')))]
  const full = tableOf(...many(2, [cell(x(2500))]))
  const [six, twenty] = [numbered(6).map((name) => name.padEnd(20, 'x')), numbered(20)]
  const axis = { x_label: x(50), y_label: x(50) }
  const largest = chart(chartOf(six, twenty, axis), { title: x(50) })
  const sections = many(4, section(x(3000)))
  const long = option({ text: plain(x(75)), value: x(75) })
  const button75 = button({
    ...{ text: plain(x(75)), value: x(2000), url: x(3000), accessibility_label: x(75) },
    action_id: x(255),
  })
  const menus = [
    { type: 'static_select', options: many(100, long) },
    { type: 'external_select', initial_option: long, placeholder: plain(x(150)) },
    { type: 'overflow', options: many(5, long) },
    { type: 'radio_buttons', options: many(10, long) },
  ]
  const texts = { text: x(40_000), blocks: [...sections, ...many(46, { type: 'divider' })] }
  for (const args of [
    texts,
    { blocks: [...sections, section(x(1200))], metadata: metadataOf(16_000) },
    { blocks: [dataTable({ rows, page_size: 100, row_header_column_index: 19 })] },
    { blocks: [full, full] },
    { blocks: [largest, largest] },
    { blocks: [...row(button75, confirmed({})), { type: 'header', text: plain(x(150)) }] },
    { blocks: row(...many(25, button())) },
    { blocks: [{ type: 'section', fields: many(5, mrkdwn(x(2000))) }] },
    ...menus.map((each) => ({ blocks: row(each) })),
  ]) {
    expect(await post(args), JSON.stringify(args).slice(0, 80)).toMatchObject({ ok: true })
  }
})

test('calls of a method are as many a minute as its tier says, and no more', async () => {
  const { ts } = await post({})
  const change = () => call('chat.update', { channel: 'C0CONTRACTS', ts, text: 'x' })
  const answers = await Promise.all(many(51, null).map(change))
  expect(answers.filter(({ ok }) => ok)).toHaveLength(50)
  expect(answers.find(({ ok }) => !ok)).toMatchObject({ error: 'ratelimited' })
  now += 60_001
  expect(await change()).toMatchObject({ ok: true })
  for (const [method, most] of [
    ['conversations.list', 20],
    ['conversations.info', 50],
    ['users.info', 100],
  ] as const) {
    const asked = await Promise.all(
      many(most + 1, null).map(() => call(method, { channel: 'C0CONTRACTS', user: 'U0OWNER' })),
    )
    const limited = asked.filter(({ error }) => error === 'ratelimited')
    expect(limited, method).toHaveLength(1)
  }
})

test('a description of a file has 1,000 characters at most', async () => {
  const promise = (length: number) =>
    call('files.getUploadURLExternal', { filename: 'a', length: 1, alt_txt: x(length) })
  expect(await promise(1001)).toMatchObject({ error: 'alt_txt_too_large' })
  expect(await promise(1000)).toMatchObject({ ok: true })
})

test('a workspace to which a block has not come yet refuses it by its name, in every way in', async () => {
  workspace.places.unknownBlocks.add('data_table')
  const blocks = [section('x'), dataTable()]
  const messages = ['[ERROR] unsupported type: data_table [json-pointer:/blocks/1/type]']
  const refused = { error: 'invalid_blocks', response_metadata: { messages } }
  expect(await post({ blocks })).toMatchObject(refused)
  const { ts } = await post({})
  const args = { channel: 'C0CONTRACTS', ts, text: 'x', blocks }
  expect(await call('chat.update', args)).toMatchObject({ error: 'invalid_blocks' })
  expect(await post({ blocks: [chart()] })).toMatchObject({ ok: true })
})

test('bad tokens, revoked ones and missing scopes are refused', async () => {
  expect(await call('auth.test', {}, '')).toMatchObject({ error: 'not_authed' })
  expect(await call('auth.test', {}, 'xoxb-other')).toMatchObject({ error: 'invalid_auth' })
  workspace.places.tokens.set('xoxb-stand-in', 'token_revoked')
  expect(await post({})).toMatchObject({ error: 'token_revoked' })
  workspace.places.tokens.set('xoxb-stand-in', 'good')
  workspace.places.scopes.delete('chat:write')
  expect(await post({})).toMatchObject({ error: 'missing_scope', needed: 'chat:write' })
})

test('an unknown method is an error and remembered as a failure', async () => {
  expect(await call('chat.shout', {})).toMatchObject({ ok: false, error: 'unknown_method' })
  expect(workspace.ledger.failures).toEqual(['The method chat.shout is unknown here.'])
})

const history = (channel: string) => call('conversations.history', { channel })

test('history is for members only, newest first, in pages, with metadata where asked for', async () => {
  expect(await history('C0OTHER')).toMatchObject({ error: 'not_in_channel' })
  expect(await history('contracts')).toMatchObject({ error: 'channel_not_found' })
  const metadata = { event_type: 'greeting', event_payload: { delivery_id: 'one' } }
  for (let n = 1; n <= 5; n += 1) await post({ text: `${n}`, metadata })
  const client = new WebClient('xoxb-stand-in', { slackApiUrl: workspace.url })
  const texts: unknown[] = []
  let cursor: string | undefined
  do {
    const page = await client.conversations.history({
      channel: 'C0CONTRACTS',
      include_all_metadata: true,
      ...(cursor === undefined ? {} : { cursor }),
    })
    for (const message of page.messages ?? []) {
      texts.push(message.text)
      expect(message.metadata).toEqual(metadata)
    }
    cursor = page.response_metadata?.next_cursor || undefined
  } while (cursor !== undefined)
  expect(texts).toEqual(['5', '4', '3', '2', '1'])
  const plain = await client.conversations.history({ channel: 'C0CONTRACTS' })
  expect(plain.messages?.[0]?.metadata).toBeUndefined()
})

test('the history of each kind of channel needs its own scope', async () => {
  workspace.places.addChannel({ id: 'G0OPEN', name: 'open', isPrivate: true, member: true })
  await call('conversations.open', { users: 'U0OWNER' })
  for (const [scope, channel] of [
    ['channels:history', 'C0CONTRACTS'],
    ['groups:history', 'G0OPEN'],
    ['im:history', 'D0OWNER'],
  ] as const) {
    expect(await history(channel)).toMatchObject({ ok: true })
    workspace.places.scopes.delete(scope)
    expect(await history(channel)).toMatchObject({ error: 'missing_scope', needed: scope })
    workspace.places.scopes.add(scope)
  }
})

test('replies stand in their thread, and in the channel only when broadcast', async () => {
  const parent = await post({ text: 'parent' })
  await post({ text: 'quiet', thread_ts: parent.ts })
  await post({ text: 'loud', thread_ts: parent.ts, reply_broadcast: true })
  const texts = (answer: Answer) =>
    (answer.messages as { text: string }[]).map((message) => message.text)
  expect(texts(await history('C0CONTRACTS'))).toEqual(['loud', 'parent'])
  const thread = { channel: 'C0CONTRACTS', ts: parent.ts }
  const replies = await call('conversations.replies', thread)
  expect(texts(replies)).toEqual(['parent', 'quiet', 'loud'])
})

test('joining makes history readable, but only of public channels that live', async () => {
  expect(await call('conversations.join', { channel: 'C0OTHER' })).toMatchObject({ ok: true })
  expect(await history('C0OTHER')).toMatchObject({ ok: true })
  const archived = { error: 'is_archived' }
  expect(await call('conversations.join', { channel: 'C0OLD' })).toMatchObject(archived)
})

test('an update changes the message, keeps its id and its metadata, and adds none', async () => {
  const metadata = { event_type: 'greeting', event_payload: { delivery_id: 'one' } }
  const { ts } = await post({ text: 'before', metadata })
  const update = (at: unknown, text: string) =>
    call('chat.update', { channel: 'C0CONTRACTS', ts: at, text })
  expect(await update(ts, 'after')).toMatchObject({ ok: true, ts })
  expect(workspace.ledger.messages).toMatchObject([{ ts, text: 'after', metadata }])
  expect(await update('1.000001', 'x')).toMatchObject({ error: 'message_not_found' })
})

test('a direct conversation has an id of its own, and a person who left has none', async () => {
  const open = () => call('conversations.open', { users: 'U0OWNER' })
  expect(await open()).toMatchObject({ channel: { id: 'D0OWNER' } })
  for (const user of workspace.places.users) user.deleted = true
  expect(await open()).toMatchObject({ error: 'user_disabled' })
  expect(await post({ channel: 'U0OWNER' })).toMatchObject({ error: 'channel_not_found' })
})

test('an upload counts only when its bytes came whole and it was completed', async () => {
  const promised = await call('files.getUploadURLExternal', { filename: 'list.csv', length: 5 })
  const files = [{ id: promised.file_id, title: 'List' }]
  const complete = () => call('files.completeUploadExternal', { files })
  expect(await complete()).toMatchObject({ error: 'file_not_found' })
  const send = (body: string) => fetch(String(promised.upload_url), { method: 'POST', body })
  expect((await send('too long')).status).toBe(400)
  expect((await send('a,b,c')).status).toBe(200)
  expect(await complete()).toMatchObject({ ok: true })
})

/** A post as a form, by itself. */
const posting = (more: RequestInit = {}) =>
  fetch(`${workspace.url}chat.postMessage`, {
    method: 'POST',
    headers: { authorization: 'Bearer xoxb-stand-in' },
    body: new URLSearchParams({ channel: 'C0CONTRACTS', text: 'x' }),
    ...more,
  })

test('a burst above the pace is answered 429 with the time to wait, and not accepted', async () => {
  const statuses: number[] = []
  for (let n = 0; n < 5; n += 1) {
    const response = await posting()
    statuses.push(response.status)
    if (response.status === 429) expect(response.headers.get('retry-after')).toBe('1')
  }
  expect(statuses).toEqual([200, 200, 200, 429, 429])
  expect(workspace.ledger.messages).toHaveLength(3)
})

describe('what it is told to do wrong, it does wrong once', () => {
  const attempt = async () => {
    try {
      return await (await posting({ signal: AbortSignal.timeout(150) })).text()
    } catch (error) {
      return error instanceof Error ? error.name : 'thrown'
    }
  }
  test.each([
    [{ kind: 'dropped', accepted: true }, 'TypeError', 1],
    [{ kind: 'dropped', accepted: false }, 'TypeError', 0],
    [{ kind: 'never', accepted: true }, 'TimeoutError', 1],
    [{ kind: 'never', accepted: false }, 'TimeoutError', 0],
    [{ kind: 'late', ms: 400 }, 'TimeoutError', 1],
    [{ kind: 'status', status: 503, accepted: true }, '<h1>Sorry</h1>', 1],
    [{ kind: 'unreadable', accepted: false }, '<html>a proxy</html>', 0],
    [{ kind: 'body', body: 'null', accepted: true }, 'null', 1],
    [{ kind: 'truncated', accepted: true }, 'TypeError', 1],
    [{ kind: 'accepted-late', ms: 500 }, 'TimeoutError', 0],
    [{ kind: 'rate-limited', retryAfter: '1e20' }, '{"ok":false,"error":"ratelimited"}', 0],
  ] as const)('%j', async (fault, seen, accepted) => {
    workspace.faults.plan(fault)
    expect(await attempt()).toBe(seen)
    expect(workspace.ledger.messages).toHaveLength(accepted)
    const isThere = () => workspace.ledger.messages.length === 1
    if (fault.kind === 'accepted-late') await workspace.changes.until(isThere, 'the late message')
    now += 5000
    expect(await attempt()).toContain('"ok":true')
  })
})
