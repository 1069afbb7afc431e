import fc from 'fast-check'
import type { Workspace } from '../../stand-in/slack/server.ts'
import { PEOPLE } from '../../stand-in/slack/state.ts'

/** Texts that a register may hold and that must stay texts: pings, links, markup, formulas, great lengths. */
export const HOSTILE = [
  '<!channel> <!here|hello> <!subteam^S0DIGITAL>',
  '<@U0ADMIN> <#C0CONTRACTS> @channel @here',
  '<https://evil.example|your bank>',
  '*bold* _italic_ ~struck~ `code` ```block```',
  '&lt;!channel&gt; &amp;',
  '\u202eesrever\u202c \u200fright \u2066isolated\u2069',
  "=cmd()|' /C calc'!A0",
  '+1+1 @SUM(A1)',
  ':rotating_light: 👩‍👩‍👧‍👦',
  '\u0007\u001b[31mred',
  `Z${'\u0301'.repeat(3000)}`,
  '<'.repeat(4000),
  '*'.repeat(4000),
  'long '.repeat(800),
]

/** The same and more, for what takes no time to try. */
export const HOSTILE_TEXTS = [
  ...HOSTILE,
  '> quoted',
  ':100: ends as an emoji begins :100',
  '\u0000\u0007\u001b[31mred\u001b[0m\r\n\ttab\u2028line\u0085next',
  '-2+3',
  '@SUM(A1)',
  '\t=1+1',
  '🏴󠁧󠁢󠁥󠁮󠁧󠁿é',
  '\ud83d',
  '&'.repeat(4000),
  '"'.repeat(3000),
  '',
  '   ',
]
export const anyText = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc
    .array(fc.constantFrom(...HOSTILE_TEXTS, ...'*_~`<>&:@|=+-"\n\t,;'), { maxLength: 12 })
    .map((pieces) => pieces.join('')),
)

/** What Slack would read as more than text: any angle bracket left is a ping or a link. */
export function markupIn(source: string): string | null {
  const found =
    /[<>]|&(?!amp;|lt;|gt;)/.exec(source) ??
    /[`~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/.exec(source) ??
    /:[A-Za-z0-9_+'-]+:/.exec(source) ??
    /@(channel|here|everyone)\b/i.exec(source) ??
    /[\u202a-\u202e\u2066-\u2069\u200e\u200f]/.exec(source) ??
    /[\p{Cs}]|(?!\n)[\p{Cc}]/u.exec(source) ??
    /^(&gt;)/m.exec(source)
  return found?.[0] ?? null
}

/** Every text that Slack reads as markup. */
export function markupOf(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(markupOf)
  if (typeof part !== 'object' || part === null) return []
  const { type, text } = part as { type?: unknown; text?: unknown }
  if (type === 'mrkdwn' && typeof text === 'string') return [text]
  return Object.values(part).flatMap(markupOf)
}

/** Pings and links in all that people see: but mentions of owner and colleague, and links to files of the bot's own. */
export function pingsIn({ ledger, views }: Workspace): string[] {
  const homes = [PEOPLE.owner, PEOPLE.admin, PEOPLE.colleague].map((who) => views.home(who))
  const texts = [...ledger.messages, ...ledger.ephemerals].flatMap(({ text, blocks }) => [
    text,
    ...markupOf(blocks),
  ])
  return [...texts, ...markupOf(homes)].flatMap(
    (text) =>
      text.match(
        /<(?!@U0(?:OWNER|COLLEAGUE)>|http:\/\/127\.0\.0\.1:\d+\/files\/)[^>]*>?|@(?:channel|here|everyone)\b/g,
      ) ?? [],
  )
}
