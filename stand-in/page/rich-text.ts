/** Texts as HTML: Slack's markup, plain text, rich text, links and emoji. */
import { DateTime } from 'luxon'
import type { Values } from '../slack/state.ts'
import type { BoxOption } from '../slack/validate.ts'
import { attribute, type Html, type HtmlPart, html, NOTHING, trusted } from './html.ts'

interface Text {
  readonly type: 'plain_text' | 'mrkdwn'
  readonly text: string
}

export function textHtml({ type, text }: Text, context: RenderContext): Html {
  return type === 'mrkdwn' ? mrkdwnHtml(text, context) : plainHtml(text)
}

// Slack's own markup as HTML, by the rules by which Slack reads it.

/** A text with Slack's markup: code, quotes, lines, and what stands in them. */
export function mrkdwnHtml(text: string, context: RenderContext): Html {
  const fenced = text.split('```')
  // An odd number of fences leaves the last one as it is written.
  const whole =
    fenced.length % 2 === 1 ? fenced : [...fenced.slice(0, -2), fenced.slice(-2).join('```')]
  return html`${whole.map((part, index) =>
    index % 2 === 1
      ? html`<pre>${decoded(part.replace(/^\n|\n$/g, ''))}</pre>`
      : lines(part, context),
  )}`
}

export function plainHtml(text: string): Html {
  return emojiText(text)
}

function lines(text: string, context: RenderContext): Html {
  const runs: { readonly quoted: boolean; readonly lines: Html[] }[] = []
  for (const line of text.split('\n')) {
    const quote = /^(?:&gt;|>)\s?(.*)$/.exec(line)
    const quoted = quote !== null
    const last = runs.at(-1)
    const run = last?.quoted === quoted ? last : { quoted, lines: [] }
    if (run !== last) runs.push(run)
    run.lines.push(inline(quote?.[1] ?? line, context))
  }
  return html`${runs.map((run) =>
    run.quoted ? html`<blockquote>${separated(run.lines)}</blockquote>` : separated(run.lines),
  )}`
}

function separated(parts: readonly HtmlPart[]): Html {
  return html`${parts.map((part, index) => (index === 0 ? part : html`<br>${part}`))}`
}

const TOKEN = /<([^<>\n]+)>|`([^`\n]+)`/g

/** One line: what stands in angle brackets and in backticks is taken out first. */
function inline(line: string, context: RenderContext): Html {
  const held: Html[] = []
  const marked = line.replace(TOKEN, (whole, token?: string, code?: string) => {
    const shown =
      code !== undefined ? html`<code>${decoded(code)}</code>` : reference(token ?? '', context)
    if (shown === null) return whole
    held.push(shown)
    return `\uE000${held.length - 1}\uE001`
  })
  return styled(marked, held)
}

const STYLES = [
  { sign: '*', wrap: (inner: Html) => html`<strong>${inner}</strong>` },
  { sign: '_', wrap: (inner: Html) => html`<em>${inner}</em>` },
  { sign: '~', wrap: (inner: Html) => html`<s>${inner}</s>` },
] as const

/** The first pair of signs that formats, and so on within it and behind it. */
function styled(text: string, held: readonly Html[]): Html {
  const found = /(?<![\p{L}\p{N}])([*_~])(?=\S)(.+?)(?<=\S)\1(?![\p{L}\p{N}])/u.exec(text)
  if (found === null) return restored(text, held)
  const [whole, sign, inner = ''] = found
  const style = STYLES.find((one) => one.sign === sign)
  if (style === undefined) return restored(text, held)
  return html`${restored(text.slice(0, found.index), held)}${style.wrap(styled(inner, held))}${styled(
    text.slice(found.index + whole.length),
    held,
  )}`
}

function restored(text: string, held: readonly Html[]): Html {
  const parts = text.split(/\uE000(\d+)\uE001/)
  return html`${parts.map((part, index) =>
    index % 2 === 1 ? (held[Number(part)] ?? NOTHING) : emojiText(decoded(part)),
  )}`
}

/** A link, a mention, a date; null where it is none of them. */
function reference(token: string, context: RenderContext): Html | null {
  const [target = '', label] = splitOnce(token)
  const sign = target[0]
  if (sign === '@') return mention(`@${context.person(target.slice(1)) ?? label ?? 'someone'}`)
  if (sign === '#') return mention(`#${context.channel(target.slice(1)) ?? (label || 'private')}`)
  if (sign === '!') return special(target.slice(1), label, context)
  const address = decoded(target)
  if (!/^(?:https?:|mailto:)/i.test(address)) return null
  return linkHtml(context.here(address) ?? address, decoded(label ?? target))
}

function special(target: string, label: string | undefined, context: RenderContext): Html {
  const [name = '', id = '', pattern = ''] = target.split('^')
  if (name === 'subteam') return mention(context.group(id) ?? label ?? 'a group')
  if (name === 'date')
    return html`<time>${dateText(Number(id), pattern, context) ?? label ?? ''}</time>`
  return mention(`@${name}`)
}

function dateText(seconds: number, pattern: string, { timeZone }: RenderContext): string | null {
  if (!Number.isFinite(seconds)) return null
  const moment = DateTime.fromSeconds(seconds, { zone: timeZone, locale: 'en-GB' })
  return decoded(pattern)
    .replace(/\{date[a-z_]*\}/g, moment.toFormat('ccc d LLL yyyy'))
    .replace(/\{time[a-z_]*\}/g, moment.toFormat('HH:mm'))
}

function mention(name: string): Html {
  return html`<span class="mention">${decoded(name)}</span>`
}

function splitOnce(token: string): [string, string | undefined] {
  const at = token.indexOf('|')
  return at < 0 ? [token, undefined] : [token.slice(0, at), token.slice(at + 1)]
}

/** The three signs that Slack's texts write as entities. */
function decoded(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

/** A link to a page or an address to write to; where it would lead anywhere else, its words alone. */
export function linkHtml(
  address: string,
  words: HtmlPart,
  { className, label }: { readonly className?: string; readonly label?: string | undefined } = {},
): Html {
  return /^(?:https?:|mailto:|\/files\/)/i.test(address)
    ? html`<a${attribute('class', className)} href="${address}" target="_blank" rel="noreferrer noopener"${attribute('aria-label', label)}>${words}</a>`
    : html`${words}`
}

const CIRCLES: Readonly<Record<string, { readonly name: string; readonly colour: string }>> = {
  '🔴': { name: 'red circle', colour: '#d92d3a' },
  '🟠': { name: 'orange circle', colour: '#f5871f' },
  '🟡': { name: 'yellow circle', colour: '#f5c518' },
  '🔵': { name: 'blue circle', colour: '#2f8be6' },
  '🟢': { name: 'green circle', colour: '#2aa567' },
  '⚪': { name: 'white circle', colour: '#d5d8dc' },
}
const CIRCLE = new RegExp(`(${Object.keys(CIRCLES).join('|')})`, 'u')

export function emojiText(text: string): Html {
  return html`${text.split(CIRCLE).map((part) => {
    const circle = CIRCLES[part]
    return circle === undefined ? part : drawn(circle.name, circle.colour)
  })}`
}

function drawn(name: string, colour: string): Html {
  const svg = trusted(
    `<svg viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="7" fill="${colour}"/></svg>`,
  )
  return html`<span class="emoji" role="img" aria-label="${name}">${svg}</span>`
}

export interface RenderContext {
  /** The name of a person, without the sign; null where nobody is known by this id. */
  readonly person: (id: string) => string | null
  readonly channel: (id: string) => string | null
  readonly group: (id: string) => string | null
  /** The page's own address for one that the stand-in gave out; null for any other. */
  readonly here: (address: string) => string | null
  readonly people: readonly NamedPerson[]
  /** What the app offers in a menu that it was asked about. */
  readonly suggested?: (
    surface: string,
    field: { readonly blockId: string; readonly actionId: string },
  ) => readonly BoxOption[]
  readonly channels: readonly NamedPerson[]
  /** Shows moments as people there read them. */
  readonly timeZone: string
}

export interface NamedPerson {
  readonly id: string
  readonly name: string
}

/** Where an element stands, so that it can be told apart and shows what it holds. */
export interface FieldPosition {
  /** Unique on the page: the message's ts or the view's id. */
  readonly surface: string
  readonly blockId: string
  readonly values: Values
  /** What is wrong with each field, by block id. */
  readonly errors: Readonly<Record<string, string>>
  readonly context: RenderContext
}
