/** Ladders as people write them: `90, 30, 14, 7, 0`, with what follows the day after a `then`. */
import { AFTERWARDS, type Ladder } from './ladder.ts'

/** The days of a list, from the largest to the smallest, each once; null where it is none. */
export function readRungs(text: string): number[] | null {
  if (!/^[\d,; ]*$/.test(text)) return null
  const days = text.split(/[,; ]+/).filter((each) => each !== '')
  return [...new Set(days.map(Number))].sort((a, b) => b - a)
}

/** `90, 30, 7, 0 then every-14-days`; null where it is no ladder. Its limits are checked elsewhere. */
export function readLadder(text: string): Partial<Ladder> | null {
  const [days = '', then, more] = text.trim().split(/\s+then\s+/i)
  const before = readRungs(days.trim())
  const afterwards = AFTERWARDS.find((each) => each === then?.trim().toLowerCase())
  if (before === null || before.length === 0) return null
  if (more !== undefined || (then !== undefined && afterwards === undefined)) return null
  return afterwards === undefined ? { before } : { before, afterwards }
}

export function ladderWords({ before, afterwards }: Ladder): string {
  return `${before.join(', ')} then ${afterwards}`
}
