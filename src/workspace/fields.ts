/** The interactive parts of a message or view, wherever they stand in it. */
import type { Block, ViewBlock } from './content/blocks.ts'
import type { Element } from './content/elements.ts'

/** An element that a person can act on. */
export type Interactive = Exclude<Element, { type: 'image' }>

export interface Field {
  readonly blockId: string
  readonly actionId: string
  readonly element: Interactive
  /** In an input block; then it is sent with the view, and alone only when it dispatches. */
  readonly input: { readonly optional: boolean; readonly dispatches: boolean } | null
}

/** The blocks with an id for each block and element that came without; the seed makes them differ. */
export function withIds(blocks: readonly ViewBlock[], seed: string): ViewBlock[]
export function withIds(blocks: readonly Block[], seed: string): Block[]
export function withIds(blocks: readonly Block[], seed: string): Block[] {
  return blocks.map((block, index) => {
    const block_id = block.block_id ?? `${seed}-${index}`
    const identified = <Given extends Element>(element: Given, place = 0): Given =>
      element.type === 'image' || element.action_id !== undefined
        ? element
        : { ...element, action_id: `${seed}-${index}-${place}` }
    switch (block.type) {
      case 'actions':
        return { ...block, block_id, elements: block.elements.map(identified) }
      case 'input':
        return { ...block, block_id, element: identified(block.element) }
      case 'section':
        return block.accessory === undefined
          ? { ...block, block_id }
          : { ...block, block_id, accessory: identified(block.accessory) }
      default:
        return { ...block, block_id }
    }
  })
}

/** Every field of blocks that have their ids, in the order in which they stand. */
export function fieldsOf(blocks: readonly Block[]): readonly Field[] {
  return blocks.flatMap((block) => {
    const field = (element: Element, input: Field['input'] = null): Field[] =>
      element.type === 'image'
        ? []
        : [{ blockId: block.block_id ?? '', actionId: element.action_id ?? '', element, input }]
    switch (block.type) {
      case 'actions':
        return block.elements.flatMap((element) => field(element))
      case 'section':
        return block.accessory === undefined ? [] : field(block.accessory)
      case 'input':
        return field(block.element, {
          optional: block.optional ?? false,
          dispatches: block.dispatch_action ?? false,
        })
      default:
        return []
    }
  })
}
