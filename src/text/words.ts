/** Dates, amounts and numbers as the bot writes them. Plain text: nothing here is markup. */

import type { PlainTextElement } from '@slack/types'
import { Big } from 'big.js'
import {
  type CivilDate,
  calendarPart,
  daysBetween,
  dayText,
  MONTH_NAMES,
  spanText,
} from '../rules/civil-date.ts'
import { type ValueBasis, webAddress } from '../rules/contract.ts'
import { canonical, type Decimal } from '../rules/money.ts'

/** A day such as `Fri 30 Apr 2027`. */
export const dateWords: (date: CivilDate) => string = dayText

// An end as precise as it is known. What is known to a month, or to some days, is never told as a day.

/** An end by its latest day, and its earliest one where it may be any day between. */
interface EndDays {
  readonly earliestEnd?: CivilDate | null | undefined
  readonly latest: CivilDate
}

/** `Fri 30 Apr 2027`, `June 2018`, `Q2 2026`, `2026`, or from when to when. */
export function endWords({ earliestEnd, latest }: EndDays): string {
  return spanText(earliestEnd ?? latest, latest)
}

/** The same in a sentence: `on Fri 30 Apr 2027`, `in June 2018`, `some day from … to …`. */
export function endPhrase(end: EndDays): string {
  const { earliestEnd, latest } = end
  if ((earliestEnd ?? latest) === latest) return `on ${dateWords(latest)}`
  const isPart = calendarPart(earliestEnd ?? latest, latest) !== null
  return `${isPart ? 'in' : 'some day from'} ${endWords(end)}`
}

/** What a list says of an end of which only some days are known, beside the first day that it may be. */
export function uncertainEnd(
  on: CivilDate,
  end: EndDays,
  today: CivilDate,
): { readonly on: CivilDate; readonly daysLeft: number | null; readonly note: string } {
  const { latest } = end
  const words = endPhrase(end)
  if (latest < today) {
    return { on: latest, daysLeft: daysBetween(today, latest), note: `ended ${words}` }
  }
  return on < today
    ? { on, daysLeft: null, note: `ends ${words}: it may lapse any day` }
    : {
        on,
        daysLeft: daysBetween(today, on),
        note: `may end from then on: ends ${words}, the day is not recorded`,
      }
}

/** A month of a year such as `2026-04`: `April 2026`. */
export function monthWords(month: string): string {
  const [year = '', number = ''] = month.split('-')
  return `${MONTH_NAMES[Number(number) - 1] ?? number} ${year}`
}

/** How far off a day is: `in 30 days`, `tomorrow`, `today`, `yesterday`, `3 days ago`. */
export function whenWords(daysLeft: number): string {
  if (daysLeft === 0) return 'today'
  if (daysLeft === 1) return 'tomorrow'
  if (daysLeft === -1) return 'yesterday'
  return daysLeft > 0 ? `in ${figure(daysLeft)} days` : `${figure(-daysLeft)} days ago`
}

/** So many days off a day needs no year: no other day of that name is as near. */
export const YEAR_IS_CLEAR = 300

/** `Fri 4 Dec` */
export function weekdayWords(on: CivilDate): string {
  return dateWords(on).replace(/ \d+$/, '')
}

/** `4 Dec`, and `4 Dec 2027` where the year is not clear. */
export function shortDate(on: CivilDate, asOf: CivilDate): string {
  const [, day = '', month = '', year = ''] = dateWords(on).split(' ')
  const clear = Math.abs(daysBetween(asOf, on)) <= YEAR_IS_CLEAR
  return clear ? `${day} ${month}` : `${day} ${month} ${year}`
}

/** The same words at the start of a sentence: `In 30 days`. */
export function capitalised(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}`
}

/** The same words within a sentence: `in 30 days`. */
export function lowered(words: string): string {
  return `${words.slice(0, 1).toLowerCase()}${words.slice(1)}`
}

/** A whole number with commas: `20,778`. */
export function figure(count: number): string {
  return commas(String(count))
}

/** `3 without an end date, 2 rolling on`: what there is none of is left out; empty where that is all. */
export function notNone(...counts: readonly (readonly [count: number, what: string])[]): string {
  const some = counts.filter(([count]) => count !== 0)
  return some.map(([count, what]) => `${figure(count)} ${what}`).join(', ')
}

/** A number with its noun: `1 contract`, `20,778 contracts`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${figure(count)} ${count === 1 ? one : many}`
}

/** `team Digital`; a name that says so by itself stands alone: `Default team`. */
export function teamWords(team: string): Mrkdwn {
  return /\bteam\b/i.test(team) ? shown(team, 60) : mrkdwn`team ${shown(team, 60)}`
}

/** How far a change of rules reached: how many contracts were looked at, and what moved of them. */
export function reachWords(rekeyed: number, moved: number): string {
  if (rekeyed === 0) return 'No contract is warned of on another day.'
  const looked = `${counted(rekeyed, 'contract')} looked at anew`
  if (moved === 0) return `${looked}: no date of them moved, nor the next day to look at them.`
  return `${looked}: of ${figure(moved)} a date moved, or the next day to look at it.`
}

/**
 * What a contract is worth, as people say it: `£4.6m`, `£775m`, `£1.25bn`, `£3,470`, `£1,234.50`,
 * `EUR 1.2m`. What is spent is told by `spendWords`.
 *
 * Millions and billions keep two places below ten and one from ten on; less than a million is
 * exact to the penny, less than one unit exact to four places. Halves round away from zero, on
 * decimals, never on floats. A null amount is `value unknown`: an unknown is never £0.
 */
export function amountWords(amount: Decimal | null, currency: string): string {
  return amount === null ? 'value unknown' : written(new Big(amount), currency, valueWords)
}

/** What a contract is worth, as its lists and card tell it. */
export interface Worth {
  readonly value: Decimal | null
  readonly currency: string
  /** Absent where nobody said what the value stands for. */
  readonly valueBasis?: ValueBasis | undefined
}

/** `£268,556`, `£9,000 a year`: a value that is one year's always says so; `value unknown` where it is. */
export function worthWords(
  { value, currency, valueBasis }: Worth,
  words: (amount: Decimal | null, currency: string) => string = amountWords,
): string {
  const said = words(value, currency)
  return value !== null && valueBasis === 'annual' ? `${said} a year` : said
}

/** The currency beside a bare figure of what a contract is worth, with what that is for; null where it is unknown. */
export function worthCurrency({ value, currency, valueBasis }: Worth): string | null {
  return value === null ? null : valueBasis === 'annual' ? `${currency} a year` : currency
}

/**
 * What was or will be spent, or has a price: `£268,556`, `£8,071,540.50`. Exact whatever its size,
 * so that one sum reads the same in every message, list, file and page. A figure that is rounded
 * all the same (on a chart) says `about`.
 */
export function spendWords(amount: Decimal | null, currency: string): string {
  return amount === null ? 'unknown' : written(new Big(amount), currency, pennies)
}

/** Spend that is an estimate: in whole pounds, for pennies would make it look exact. */
export function estimateWords(amount: Decimal | null, currency: string): string {
  if (amount === null) return spendWords(null, currency)
  const exact = new Big(amount)
  const whole = exact.abs().lt(1) ? exact : exact.round(0, Big.roundHalfUp)
  return spendWords(canonical(whole), currency)
}

function written(exact: Big, currency: string, words: (size: Big) => string): string {
  const mark = currency === 'GBP' ? '£' : `${currency} `
  return `${exact.lt(0) ? '-' : ''}${mark}${words(exact.abs())}`
}

function valueWords(size: Big): string {
  if (size.round(2, Big.roundHalfUp).lt(1_000_000)) return pennies(size)
  const millions = scaled(size, 6)
  return millions.lt(1000)
    ? `${commas(millions.toFixed())}m`
    : `${commas(scaled(size, 9).toFixed())}bn`
}

/** To the penny; less than one unit to four places. */
function pennies(size: Big): string {
  const told = size.round(size.gt(0) && size.lt(1) ? 4 : 2, Big.roundHalfUp)
  const places = (told.toFixed().split('.')[1] ?? '').length
  return commas(places === 0 ? told.toFixed() : told.toFixed(Math.max(2, places)))
}

function scaled(size: Big, power: number): Big {
  const moved = size.times(`1e-${power}`)
  return moved.round(moved.lt(10) ? 2 : 1, Big.roundHalfUp)
}

function commas(digits: string): string {
  const [whole = '', places] = digits.split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return places === undefined ? grouped : `${grouped}.${places}`
}

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
  const append = (piece: string) => {
    // A colon of ours after a text that ends in ":100" would close an emoji.
    if (piece.startsWith(':')) source = source.replace(/:(?=[A-Za-z0-9_+'-]+$)/, '\u2236')
    source += piece
  }
  for (const [index, value] of values.entries()) {
    if (value instanceof Mrkdwn) append(value.toString())
    else {
      const text = inert(plain(String(value), SHOWN))
      // Cut at its edge, a space of ours would run two words together.
      const apart = text !== '' && String(value).startsWith(' ') && /[\p{L}\p{N})]$/u.test(source)
      append(`${apart ? ' ' : ''}${text}`)
    }
    append(words[index + 1] ?? '')
  }
  return new Mrkdwn(source)
}

export function mention(slackUser: string): Mrkdwn | null {
  return /^[UW][A-Z0-9]{2,20}$/.test(slackUser) ? new Mrkdwn(`<@${slackUser}>`) : null
}

/** A link to the channel with this Slack id; the text as it is where it is no such id. */
export function channelLink(channel: string): Mrkdwn {
  return /^[CG][A-Z0-9]{2,20}$/.test(channel) ? new Mrkdwn(`<#${channel}>`) : shown(channel, 80)
}

/** A link that shows this title; the title alone where it leads nowhere on the web. */
export function link(url: string, title: string): Mrkdwn {
  const words = shown(title, 80)
  const address = webAddress(url)
  if (address === null) return words
  return new Mrkdwn(`<${address.replaceAll('&', '&amp;')}|${words}>`)
}

/** These texts with a separator of ours between them. */
export function joined(parts: readonly (Mrkdwn | null)[], separator: string): Mrkdwn {
  return new Mrkdwn(parts.filter((part) => part !== null).join(separator))
}

/** `and 7 more.`: what of a list is left, and where it stands; null where all of it is shown. */
export function moreWords(left: number, where = '.'): Mrkdwn | null {
  return left > 0 ? mrkdwn`and ${figure(left)} more${where}` : null
}

/** The first so many of a list, a line each, and how many more there are. */
export function firstLines<Item>(
  items: readonly Item[],
  most: number,
  line: (item: Item) => Mrkdwn,
  where?: string,
): (Mrkdwn | null)[] {
  const lines = items.slice(0, most).map((each) => mrkdwn`• ${line(each)}`)
  return [...lines, moreWords(items.length - most, where)]
}

/** The same in a sentence: `C-1, C-2 and 3 more`. */
export function firstNamed(names: readonly string[], most: number, separator = ', '): string {
  const left = names.length - most
  return `${names.slice(0, most).join(separator)}${left > 0 ? ` and ${figure(left)} more` : ''}`
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
  for (const { segment } of segmentsOf(read)) {
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
  for (const _ of segmentsOf(text)) count += 1
  return count
}

/** Made when a text is first cut: that takes a quarter of the time in which a command starts. */
function segmentsOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' })
  return segmenter.segment(text)
}
let segmenter: Intl.Segmenter | undefined

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

/**
 * The text on one line, at most so many UTF-16 units (Slack counts those), never empty. Angle
 * brackets become look-alikes, so that no reader can take them for a mention.
 */
export function plainText(text: string, most: number): PlainTextElement {
  return { type: 'plain_text', text: plainWords(text, most), emoji: false }
}

function plainWords(text: string, most: number): string {
  const words = plain(text, most).replaceAll('<', '‹').replaceAll('>', '›')
  return unitsOf(words, most) || '–'
}

/** Cut to so many units, never within a pair; letters with many marks take several units. */
export function unitsOf(text: string, most: number): string {
  if (text.length <= most) return text
  return `${text.slice(0, most - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

// What a button types for somebody: as Slack would send it.

/** A name in quotes, as one word of a command. */
export function typedName(name: string): string {
  return `"${typedText(name.replaceAll('"', '""'))}"`
}

export function typedText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
