/** Who buys and what: whether the register says otherwise than before. */
import type { Draft } from '../draft.ts'
import { partyKeys } from './fields.ts'
import type { Row } from './held.ts'

/** The names of the buyers where the register changed them and nobody else did. */
export function newBuyers(
  draft: Draft,
  row: Row,
): { readonly names: readonly string[] | null; readonly conflict: boolean } {
  const now = partyKeys(draft.buyers).join('|')
  const held = row.buyers.join('|')
  const before = row.imported.buyers ?? held
  if (now === before || now === held) return { names: null, conflict: false }
  return held === before
    ? { names: draft.buyers, conflict: false }
    : { names: null, conflict: true }
}

export function productsChanged(draft: Draft, row: Row): boolean {
  return (
    partyKeys(draft.products).sort(byCode).join('|') !== [...row.products].sort(byCode).join('|')
  )
}

function byCode(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
