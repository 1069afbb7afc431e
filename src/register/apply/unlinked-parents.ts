/** Frameworks that a register names and that are not found, or not as one contract: told by name. */
import { groupedBy } from '../../domain/grouped-by.ts'
import type { Problem } from '../draft.ts'

export interface Unlinked {
  readonly at: string
  readonly reference: string | null
  /** The framework as the row writes it, and as names are compared. */
  readonly parent: string
  readonly key: string
  /** How many other contracts are called so: none, or more than one. */
  readonly called: number
}

/** So many names have a line of their own: a register may name hundreds that others have let. */
const NAMED = 10

/** Warnings: what a contract takes from its framework, such as its regime, is missing without it. */
export function unlinkedProblems(unlinked: readonly Unlinked[]): Problem[] {
  const names = [...groupedBy(unlinked, ({ key }) => key).values()]
  const [next, ...more] = names.slice(NAMED)
  const own = names.slice(0, NAMED).flatMap(problemOf)
  const [first] = next ?? []
  if (first === undefined) return own
  if (more.length === 0) return [...own, ...problemOf(next ?? [])]
  const rest = more.length + 1
  return [
    ...own,
    {
      at: first.at,
      reference: null,
      field: 'framework',
      value: null,
      problem: `${rest} more frameworks cannot be linked`,
      remedy: REMEDY,
      severity: 'warning',
    },
  ]
}

const REMEDY = 'import the framework’s register, then this one again, or correct the reference'

function problemOf(rows: readonly Unlinked[]): Problem[] {
  const [first] = rows
  if (first === undefined) return []
  const { at, parent, called } = first
  const whose = rows.length === 1 ? 'its contract is' : `its ${rows.length} contracts are`
  return [
    {
      at,
      reference: rows.length === 1 ? first.reference : null,
      field: 'framework',
      value: parent,
      problem:
        called === 0
          ? `no other contract is called so: ${whose} not linked to it`
          : `${called} contracts are called so: ${whose} linked to none of them`,
      remedy: called === 0 ? REMEDY : 'give each framework a reference of its own',
      severity: 'warning',
    },
  ]
}
