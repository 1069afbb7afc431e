/** What went wrong with a form: at a field, so that nothing is lost that was typed. */
import { Refusal } from '../domain/refusal.ts'
import { noteFailure } from './reply.ts'
import type { Stage } from './scene.ts'
import type { FieldErrors } from './submissions/fields.ts'

/** Slack shows no more under a field. */
const MOST_ERROR = 150

type Values = Readonly<Record<string, unknown>>

/** The problem at the field that a refusal names, else at the first; null where the form has none. */
export function errorAtField(stage: Stage, values: Values, error: unknown): FieldErrors | null {
  const [first] = Object.keys(values)
  if (first === undefined) return null
  const field = error instanceof Refusal ? error.field : null
  return atBlocks(values, { [field ?? first]: fieldError(stage, error) })
}

/** Errors under the block ids of a view's fields, as Slack wants them; at its first for what it has not. */
export function atBlocks(values: Values, errors: FieldErrors): Record<string, string> {
  const ids = Object.keys(values)
  const idOf = (name: string) =>
    ids.find((id) => id === name || id.startsWith(`${name}@`)) ?? ids[0] ?? name
  return Object.fromEntries(
    Object.entries(errors).map(([name, error]) => [idOf(name), error.slice(0, MOST_ERROR)]),
  )
}

function fieldError(stage: Stage, error: unknown): string {
  if (error instanceof Refusal) return error.message
  const code = noteFailure(stage, 'that form', error)
  return `That went wrong on our side. Send it again in a minute; if it stays so, give an administrator the code ${code}.`
}
