/** Rich text, as Slack's own editor writes it: sections, lists, quotes, code. */
import { emojiText } from './emoji.ts'
import { type Html, html } from './html.ts'
import { linkHtml } from './link.ts'
import type { Look } from './look.ts'

interface Node {
  readonly type?: unknown
  readonly elements?: unknown
  readonly [key: string]: unknown
}

export function richTextHtml(node: Node, look: Look): Html {
  const inside = () => html`${children(node).map((child) => richTextHtml(child, look))}`
  switch (node.type) {
    case 'rich_text':
      return inside()
    case 'rich_text_section':
      return html`<p>${inside()}</p>`
    case 'rich_text_quote':
      return html`<blockquote>${inside()}</blockquote>`
    case 'rich_text_preformatted':
      return html`<pre>${inside()}</pre>`
    case 'rich_text_list': {
      const items = children(node).map(
        (child) => html`<li>${children(child).map((one) => richTextHtml(one, look))}</li>`,
      )
      return node.style === 'ordered' ? html`<ol>${items}</ol>` : html`<ul>${items}</ul>`
    }
    case 'link':
      return linkHtml(
        String(node.url),
        typeof node.text === 'string' ? node.text : String(node.url),
      )
    case 'user':
      return mention(`@${look.person(String(node.user_id)) ?? 'someone'}`)
    case 'channel':
      return mention(`#${look.channel(String(node.channel_id)) ?? 'private'}`)
    case 'emoji':
      return html`:${String(node.name)}:`
    default:
      return typeof node.text === 'string' ? styled(emojiText(node.text), node.style) : html``
  }
}

function children({ elements }: Node): readonly Node[] {
  return Array.isArray(elements) ? elements.filter(isNode) : []
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null
}

function mention(name: string): Html {
  return html`<span class="mention">${name}</span>`
}

function styled(inner: Html, style: unknown): Html {
  if (!isNode(style)) return inner
  let shown = inner
  if (style.code === true) shown = html`<code>${shown}</code>`
  if (style.bold === true) shown = html`<strong>${shown}</strong>`
  if (style.italic === true) shown = html`<em>${shown}</em>`
  if (style.strike === true) shown = html`<s>${shown}</s>`
  return shown
}
