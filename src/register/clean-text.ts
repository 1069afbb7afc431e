/** Text of a register made plain: entities decoded, blanks collapsed. */
import { decodeHTMLStrict } from 'entities'
import { isNil } from './read-date.ts'

/**
 * The text without surrounding and doubled blanks, its HTML entities decoded (twice: publishers
 * encode `&` again). Blank, `N/A`, `-` and the like are null.
 */
export function cleanText(raw: string | undefined): string | null {
  if (raw === undefined || raw === '') return null
  let text = raw.includes('&') ? decodeHTMLStrict(decodeHTMLStrict(raw)) : raw
  text = UNEVEN.test(text) ? text.replace(/[\s\p{Cc}\u200b\ufeff]+/gu, ' ').trim() : text
  return isNil(text) ? null : text
}
const UNEVEN = /^\s|\s$|\s\s|[\t\n\r\f\v\u00a0\u200b\ufeff\p{Cc}]/u

/** The names in a packed or listed cell: `[A|…][B|…]` (part `part` of each), `A|B`, `A; B`. */
export function namesIn(text: string, part: number): string[] {
  const blocks = blocksIn(text)
  const names =
    blocks.length > 0 ? blocks.map((block) => block.split('|')[part] ?? '') : text.split(/[|;]/)
  const seen = new Set<string>()
  for (const name of names) {
    const clean = cleanText(name)
    if (clean !== null) seen.add(clean)
  }
  return [...seen]
}

/** The names of a list that an export quoted, `"A; B"; "C"`; null where it is no such list. */
export function quotedNames(text: string): string[] | null {
  if (!/^"(?:[^"]|"")+"(?:; "(?:[^"]|"")+")*$/.test(text)) return null
  return [...text.matchAll(/"((?:[^"]|"")+)"/g)].map(([, name = '']) => name.replaceAll('""', '"'))
}

/** What stands in square brackets with a bar in it. */
function blocksIn(text: string): string[] {
  const blocks: string[] = []
  let open = text.indexOf('[')
  while (open >= 0) {
    const close = text.indexOf(']', open)
    if (close < 0) break
    const block = text.slice(open + 1, close)
    if (block.includes('|')) blocks.push(block)
    open = text.indexOf('[', close)
  }
  return blocks
}
