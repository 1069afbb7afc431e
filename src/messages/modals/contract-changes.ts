/** What somebody changed in the modal of a contract. */
import { type ContractInput, MOST } from './contract.ts'
import { inputText } from './inputs.ts'

/**
 * The fields that differ from what the modal showed. A text longer than its field was shown cut, and
 * counts as changed only where somebody wrote something else.
 */
export function contractChanges(
  shown: Partial<ContractInput>,
  sent: ContractInput,
): Partial<ContractInput> {
  const asShown = {
    ...shown,
    reference: inputText(shown.reference ?? '', MOST.reference),
    title: shownText(shown.title, MOST.title),
    supplier: shownText(shown.supplier, MOST.supplier),
    buyer: shownText(shown.buyer, MOST.buyer),
  }
  const entries = Object.entries(sent).filter(([name, value]) => {
    const before = (asShown as Readonly<Record<string, unknown>>)[name] ?? null
    return JSON.stringify(before) !== JSON.stringify(value)
  })
  return Object.fromEntries(entries)
}

function shownText(text: string | null | undefined, most: number): string | null {
  return text === null || text === undefined ? null : inputText(text, most) || null
}
