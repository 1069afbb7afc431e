/** Commands of a team, named with or without the word: what it costs, its calendar. */
import { financialYearNamed } from '../../domain/financial-year.ts'
import type { Command, Misread } from './command.ts'
import { missing } from './misread.ts'
import { type Token, textOf, wordAt } from './tokens.ts'

/** `costs 2026/27 team Digital`, in either order; a name by itself is a team's. */
export function readCosts(rest: readonly Token[]): Command | Misread {
  const at = rest.findIndex((_, index) => YEAR.test(wordAt(rest, index) ?? ''))
  const year = at < 0 ? null : wordAt(rest, at)
  const left = rest
    .filter((_, index) => index !== at)
    .filter(
      (_, index, all) => !(index === 0 && /^(?:in|of|for|fy)$/.test(wordAt(all, index) ?? '')),
    )
  const named = wordAt(left, 0) === 'team' ? left.slice(1) : left
  if (year !== null && financialYearNamed(year) === null) {
    return missing('costs', `"${year}" is no financial year: write it as 2026/27.`)
  }
  const team = textOf(named)
  return { verb: 'costs', year, team: team === '' ? null : team }
}

const YEAR = /^(?:fy)?\d{4}(?:[/-]\d{2,4})?$/

/** `calendar team Digital revoke`; a name by itself is a team's. */
export function readCalendar(rest: readonly Token[]): Command | Misread {
  const at = rest.findIndex((_, index) => REVOKE.test(wordAt(rest, index) ?? ''))
  const left = rest
    .filter((_, index) => index !== at)
    .filter((_, index, all) => !OWN.test(wordAt(all, index) ?? ''))
  const isNamed = wordAt(left, 0) === 'team'
  const team = textOf(isNamed ? left.slice(1) : left)
  if (isNamed && team === '') return missing('calendar', 'Which team? Give its name.')
  return { verb: 'calendar', team: team === '' ? null : team, revoke: at >= 0 }
}

const REVOKE = /^(?:revoke|end|stop|remove|delete)$/

const OWN = /^(?:my|mine|own)$/
