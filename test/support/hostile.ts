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

/** Every text that Slack reads as markup. */
export function markupOf(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(markupOf)
  if (typeof part !== 'object' || part === null) return []
  const { type, text } = part as { type?: unknown; text?: unknown }
  if (type === 'mrkdwn' && typeof text === 'string') return [text]
  return Object.values(part).flatMap(markupOf)
}
