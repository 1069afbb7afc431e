/** Texts as cells that read back as what they were, whatever they hold. */
import { guarded, unguarded } from '../../messages/formula-guard.ts'
import { cleanText, namesIn, quotedNames } from '../clean-text.ts'

/** The cell of a text. */
export function textCell(text: string | null): string | null {
  if (text === null || text === '') return null
  const cell = guarded(text)
  if (readBack(cell) === text) return cell
  // What looks like an entity is decoded twice when it is read.
  return guarded(text.replaceAll('&', '&amp;amp;'))
}

/** The cell of a list of names. */
export function namesCell(names: readonly string[]): string | null {
  if (names.length === 0) return null
  const plain = textCell(names.join('; '))
  if (plain !== null && same(namesOf(readBack(plain) ?? ''), names)) return plain
  return textCell(names.map((name) => `"${name.replaceAll('"', '""')}"`).join('; '))
}

function readBack(cell: string): string | null {
  return cleanText(unguarded(cell))
}

function namesOf(text: string): readonly string[] {
  const quoted = quotedNames(text)
  if (quoted !== null) return quoted
  return /[[|;]/.test(text) ? namesIn(text, 0) : [text]
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index])
}
