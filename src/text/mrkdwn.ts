/**
 * Outside text made inert, in Slack's markup and in plain text: the only place that makes markup.
 */
import type { PlainTextElement } from '@slack/types'

// Text from outside (titles, suppliers, names, references) on its way into a message.
//
// The invariant: whatever stands between the holes of a `mrkdwn` template is markup, whatever
// comes through a hole is text, unless it is `Mrkdwn` already. So nothing from a register can
// ping, link, format or quote, and nobody has to remember to escape.

/** Text in Slack's mrkdwn that may be sent as it is. Only this file makes one. */
export class Mrkdwn {
  readonly #source: string
  constructor(source: string) {
    this.#source = source
  }
  toString(): string {
    return this.#source
  }
  get length(): number {
    return this.#source.length
  }
}

/** How many characters of an outside text are shown where its place names no other number. */
const SHOWN = 400

/** A template whose own words are markup and whose values are text: `` mrkdwn`*${title}*` ``. */
export function mrkdwn(
  words: TemplateStringsArray,
  ...values: readonly (string | number | Mrkdwn)[]
): Mrkdwn {
  let source = words[0] ?? ''
  for (const [index, value] of values.entries()) {
    source += value instanceof Mrkdwn ? value.toString() : inert(plain(String(value), SHOWN))
    const next = words[index + 1] ?? ''
    // A colon of ours after a text that ends in ":100" would close an emoji.
    if (next.startsWith(':')) source = source.replace(/:(?=[A-Za-z0-9_+'-]+$)/, '\u2236')
    source += next
  }
  return new Mrkdwn(source)
}

/** A mention of the person with this Slack id, or null where it is no such id. */
export function mention(slackUser: string): Mrkdwn | null {
  return /^[UW][A-Z0-9]{2,20}$/.test(slackUser) ? new Mrkdwn(`<@${slackUser}>`) : null
}

/** A link to the channel with this Slack id; the text as it is where it is no such id. */
export function channelLink(channel: string): Mrkdwn {
  return /^[CG][A-Z0-9]{2,20}$/.test(channel) ? new Mrkdwn(`<#${channel}>`) : shown(channel, 80)
}

/** These texts with a separator of ours between them. */
export function joined(parts: readonly Mrkdwn[], separator: string): Mrkdwn {
  return new Mrkdwn(parts.map(String).join(separator))
}

/**
 * Outside text, at most so many characters as people count them. What it takes in a message stays
 * below twice that number, also where every character has to be escaped.
 */
export function shown(text: string, characters: number): Mrkdwn {
  let cut = plain(text, characters)
  let escaped = inert(cut)
  while (escaped.length > characters * 2) {
    cut = plain(cut, Math.floor((countCharacters(cut) * 3) / 4))
    escaped = inert(cut)
  }
  return new Mrkdwn(escaped)
}

/**
 * The text on one line, without control characters, invisible ones and those that turn the
 * direction of writing, cut to so many characters (an ellipsis is the last of them).
 */
export function plain(text: string, characters: number): string {
  return truncated(oneLine(text), characters)
}

/** The whole text on one line, without what cannot be seen or turns the direction of writing. */
export function oneLine(text: string): string {
  if (!/[^!-~ ]|^ | $| {2}/.test(text)) return text
  return text
    .replace(/\p{Cs}/gu, '\ufffd')
    .replace(INVISIBLE, '')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Zs}]+/gu, ' ')
    .trim()
}

// Zero-width space, word joiner, byte order mark, soft hyphen, and every mark, embedding,
// override and isolate of direction. The joiners U+200C and U+200D stay: scripts and emoji need them.
const INVISIBLE = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g

/** Marks piled on one letter count as one character to people, but not to Slack. */
const UNITS_A_CHARACTER = 12

function truncated(text: string, characters: number): string {
  if (text.length <= characters) return text
  let kept = ''
  let previous = ''
  let count = 0
  // Reading on past what can be kept would cost time on a text of megabytes.
  const read = firstUnits(text, (characters + 1) * UNITS_A_CHARACTER * 4)
  for (const { segment } of SEGMENTER.segment(read)) {
    count += 1
    if (count > characters) return `${previous.trimEnd()}…`
    previous = kept
    kept += firstUnits(segment, UNITS_A_CHARACTER)
  }
  return read.length < text.length ? `${previous.trimEnd()}…` : kept
}

function firstUnits(text: string, units: number): string {
  return text.length <= units ? text : text.slice(0, units).replace(/[\ud800-\udbff]$/, '')
}

function countCharacters(text: string): number {
  let count = 0
  for (const _ of SEGMENTER.segment(text)) count += 1
  return count
}

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * The same words with nothing left that Slack reads as markup. Characters that would format are
 * replaced by their look-alikes: an invisible character before them does not stop Slack.
 */
function inert(text: string): string {
  // Most texts hold none of these, and nine replacements take longer than one look.
  if (!/[*~`_:@>&<]/.test(text)) return text
  return (
    text
      .replace(/\*/g, '\u2217')
      .replace(/~/g, '\u223c')
      .replace(/`/g, '\u02cb')
      // Inside a word (REF_2026_01) an underscore formats nothing, and people copy references.
      .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\uff3f')
      .replace(/:(?=[A-Za-z0-9_+'-]+:)/g, '\u2236')
      .replace(/@(?=(?:channel|here|everyone|group)(?![A-Za-z0-9]))/gi, '\uff20')
      .replace(/^>+/, (run) => '\u203a'.repeat(run.length))
      .replace(/&/g, '&amp;')
      .replace(/</g, '&lt;')
      .replace(/>/g, '&gt;')
  )
}

// Outside text where Slack reads no markup: labels, titles, options, what stands in a field.

/**
 * The text on one line, at most so many UTF-16 units (Slack counts those), never empty. Angle
 * brackets become look-alikes, so that no reader can take them for a mention.
 */
export function plainText(text: string, most: number): PlainTextElement {
  return { type: 'plain_text', text: plainWords(text, most), emoji: false }
}

/** The same as a string. */
function plainWords(text: string, most: number): string {
  const words = plain(text, most).replaceAll('<', '‹').replaceAll('>', '›')
  return unitsOf(words, most) || '–'
}

/** Cut to so many units, never within a pair; letters with many marks take several units. */
export function unitsOf(text: string, most: number): string {
  if (text.length <= most) return text
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`
}
