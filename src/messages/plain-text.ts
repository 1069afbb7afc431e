/** Outside text where Slack reads no markup: labels, titles, options, what stands in a field. */
import type { PlainTextElement } from '@slack/types'
import { plain } from './escape.ts'

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
