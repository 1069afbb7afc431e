/** Whose settings are asked for. */
import type { SettingsOf } from './command.ts'
import { readReference } from './read-reference.ts'
import { type Token, textOf, wordAt } from './tokens.ts'

/** `settings organisation`, `settings team Digital`, `settings C-1042`; by itself those of one's team. */
export function readSettingsOf(typed: readonly Token[]): SettingsOf {
  const rest = /^(?:for|of)$/.test(wordAt(typed, 0) ?? '') ? typed.slice(1) : typed
  const first = wordAt(rest, 0)
  if (rest.length === 1 && ORGANISATION.test(first ?? '')) return { organisation: true }
  if (first === 'team') {
    const team = textOf(rest.slice(1))
    return { team: team === '' ? null : team }
  }
  const ref = readReference(rest)
  return ref === null ? { team: null } : { ref }
}

const ORGANISATION = /^(?:organi[sz]ation|org|house)$/
