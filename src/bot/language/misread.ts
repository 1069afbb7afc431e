/** A question back, where a command leaves something open. */
import { exampleOf, type Verb } from '../../messages/manual.ts'
import type { Misread } from './command.ts'

export const WHICH = 'Which contract? Give its reference, or a part of it or of its title.'

export function missing(verb: Verb, problem: string): Misread {
  return { verb: 'misread', problem, meant: null, example: exampleOf(verb) }
}
