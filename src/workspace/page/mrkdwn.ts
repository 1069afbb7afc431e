/** Slack's own markup as HTML, by the rules by which Slack reads it. */
import { DateTime } from 'luxon'
import { emojiText } from './emoji.ts'
import { type Html, html, NOTHING, type Part } from './html.ts'
import { linkHtml } from './link.ts'
import type { Look } from './look.ts'

/** A text with Slack's markup: code, quotes, lines, and what stands in them. */
export function mrkdwnHtml(text: string, look: Look): Html {
  const fenced = text.split('```')
  // An odd number of fences leaves the last one as it is written.
  const whole =
    fenced.length % 2 === 1 ? fenced : [...fenced.slice(0, -2), fenced.slice(-2).join('```')]
  return html`${whole.map((part, index) =>
    index % 2 === 1 ? html`<pre>${decoded(part.replace(/^\n|\n$/g, ''))}</pre>` : lines(part, look),
  )}`
}

/** Text without markup, its line breaks kept. */
export function plainHtml(text: string): Html {
  return emojiText(text)
}

function lines(text: string, look: Look): Html {
  const runs: { readonly quoted: boolean; readonly lines: Html[] }[] = []
  for (const line of text.split('\n')) {
    const quote = /^(?:&gt;|>)\s?(.*)$/.exec(line)
    const quoted = quote !== null
    const last = runs.at(-1)
    const run = last?.quoted === quoted ? last : { quoted, lines: [] }
    if (run !== last) runs.push(run)
    run.lines.push(inline(quote?.[1] ?? line, look))
  }
  return html`${runs.map((run) =>
    run.quoted ? html`<blockquote>${separated(run.lines)}</blockquote>` : separated(run.lines),
  )}`
}

function separated(parts: readonly Part[]): Html {
  return html`${parts.map((part, index) => (index === 0 ? part : html`<br>${part}`))}`
}

const TOKEN = /<([^<>\n]+)>|`([^`\n]+)`/g

/** One line: what stands in angle brackets and in backticks is taken out first. */
function inline(line: string, look: Look): Html {
  const held: Html[] = []
  const marked = line.replace(TOKEN, (whole, token?: string, code?: string) => {
    const shown =
      code !== undefined ? html`<code>${decoded(code)}</code>` : reference(token ?? '', look)
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
function reference(token: string, look: Look): Html | null {
  const [target = '', label] = splitOnce(token)
  const sign = target[0]
  if (sign === '@') return mention(`@${look.person(target.slice(1)) ?? label ?? 'someone'}`)
  if (sign === '#') return mention(`#${look.channel(target.slice(1)) ?? (label || 'private')}`)
  if (sign === '!') return special(target.slice(1), label, look)
  const address = decoded(target)
  if (!/^(?:https?:|mailto:)/i.test(address)) return null
  return linkHtml(look.here(address) ?? address, decoded(label ?? target))
}

function special(target: string, label: string | undefined, look: Look): Html {
  const [name = '', id = '', pattern = ''] = target.split('^')
  if (name === 'subteam') return mention(look.group(id) ?? label ?? 'a group')
  if (name === 'date')
    return html`<time>${dateText(Number(id), pattern, look) ?? label ?? ''}</time>`
  return mention(`@${name}`)
}

function dateText(seconds: number, pattern: string, { timeZone }: Look): string | null {
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
