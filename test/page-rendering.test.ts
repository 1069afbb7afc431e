import { parse } from 'node:path'
import fc from 'fast-check'
import { picturePage } from '../stand-in/page/picture.ts'
import { mrkdwnHtml } from '../stand-in/page/rich-text.ts'
import { assetPath } from '../stand-in/page/server.ts'
import { holds } from './support/holds.ts'

const CONTEXT = {
  person: (id: string) => (id === 'U1' ? 'Amira Khan' : null),
  channel: (id: string) => (id === 'C1' ? 'contracts' : null),
  ...{ group: () => null, here: () => null, people: [], channels: [], timeZone: 'Europe/London' },
}
const cell = (text: string) => ({ type: 'raw_text', text })
const shown = (text: string) => String(mrkdwnHtml(text, CONTEXT))
const page = (blocks: readonly unknown[]) =>
  picturePage({ messages: [{ text: 'plain', blocks }] }, 'light')

describe('Slack’s markup', () => {
  test.each([
    [
      '*30 days left: A &amp; B &lt;Ltd&gt;* (x)',
      '<strong>30 days left: A &amp; B &lt;Ltd&gt;</strong> (x)',
    ],
    ['_soon_ ~gone~ `REF_1*2`', '<em>soon</em> <s>gone</s> <code>REF_1*2</code>'],
    ['REF_2026_01 and 2*3*4', 'REF_2026_01 and 2*3*4'],
    ['one\ntwo', 'one<br>two'],
    ['&gt; a\n&gt; b\nc', '<blockquote>a<br>b</blockquote>c'],
    ['```x *y*```', '<pre>x *y*</pre>'],
    [
      '<@U1> in <#C1|>',
      '<span class="mention">@Amira Khan</span> in <span class="mention">#contracts</span>',
    ],
    ['<!date^1679907600^{date} {time}|then>', '<time>Mon 27 Mar 2023 10:00</time>'],
    ['<javascript:alert(1)|here>', '&lt;javascript:alert(1)|here&gt;'],
  ])('%s', (text, wanted) => expect(shown(text)).toBe(wanted))

  test('a link says where it leads and takes nothing of this page along', () => {
    expect(shown('<https://a.example/?a=1&amp;b="2|the *award*>')).toBe(
      '<a href="https://a.example/?a=1&amp;b=&quot;2" target="_blank" rel="noreferrer noopener">the *award*</a>',
    )
  })

  test('whatever is written, no markup comes out of it but ours', () => {
    const ours =
      /<\/?(?:strong|em|s|code|pre|br|blockquote|span|time|a|svg|circle)(?: [^<>]*)?\/?>/g
    const marks = ['<@U1>', '<script>', '<a|b>', 'onload=', '🔴', '```', ...'<>&"*_~`\n']
    const piece = fc.oneof(fc.string(), fc.constantFrom(...marks))
    holds([fc.array(piece, { maxLength: 12 })], (pieces) => {
      expect(shown(pieces.join('')).replace(ours, '')).not.toMatch(/[<>]/)
    })
  })
})

describe('blocks', () => {
  test('what Slack would refuse is shown by its text', () => {
    expect(page([{ type: 'unheard-of' }])).toContain('plain')
  })

  test('a table has a heading row, and its numbers stand right', () => {
    const rows = [
      [cell('Contract'), cell('Premium')],
      [cell('A <b>'), { type: 'raw_number', value: 12.5 }],
    ]
    const html = page([{ type: 'table', column_settings: [null, { align: 'right' }], rows }])
    expect(html).toContain('<th scope="col" class="right">Premium</th>')
    expect(html).toContain('<td>A &lt;b&gt;</td><td class="right">12.5</td>')
  })

  test('a table of Slack’s own has its caption, a heading for each row, and numbers as they are told', () => {
    const rows = [
      [cell('Due'), cell('Contract')],
      [{ type: 'raw_number', value: 3, text: 'in 3 days' }, cell('A <b>')],
    ]
    const table = { type: 'data_table', caption: 'Due <soon>', row_header_column_index: 1, rows }
    const html = page([table])
    expect(html).toContain('<caption>Due &lt;soon&gt;</caption>')
    expect(html).toContain('<td class="right">in 3 days</td><th scope="row">A &lt;b&gt;</th>')
  })

  test('a chart is drawn, and its figures stand in a table', () => {
    const data = [
      { label: 'Jan', value: 2 },
      { label: 'Feb', value: 1 },
    ]
    const axis_config = { categories: ['Jan', 'Feb'], y_label: 'Contracts' }
    const chart = { type: 'bar', series: [{ name: 'End', data }], axis_config }
    const html = page([{ type: 'data_visualization', title: 'Ends <b>', chart }])
    expect(html.match(/<rect /g)).toHaveLength(2)
    expect(html).toContain('role="img" aria-label="Ends &lt;b&gt;')
    expect(html).toContain('<th scope="row">Jan</th><td class="right">2</td>')
    expect(html).toContain('<p>Contracts</p>')
  })

  test('a markdown block, which no message of ours has, is shown as it is written', () => {
    const html = page([{ type: 'markdown', text: '## Draft\n|a|<i>2</i>|' }])
    expect(html).toContain('<pre class="block markdown">## Draft\n|a|&lt;i&gt;2&lt;/i&gt;|</pre>')
  })

  test('a button leads to pages only', () => {
    const button = { type: 'button', action_id: 'a', text: { type: 'plain_text', text: 'Open' } }
    const html = page([{ type: 'actions', elements: [{ ...button, url: 'javascript:alert(1)' }] }])
    expect(html).not.toContain('javascript:')
  })

  test('no picture is fetched from elsewhere', () => {
    const image_url = 'https://elsewhere.example/x.png'
    const html = page([{ type: 'image', image_url, alt_text: 'a chart' }])
    expect(html).not.toContain('elsewhere')
    expect(html).toContain('Picture: a chart')
  })
})

test('the page’s files are found where they are written', () => {
  expect(parse(assetPath('slack.css')).dir).toMatch(/stand-in[\\/]page[\\/]assets$/)
})
