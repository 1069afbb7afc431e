/** What each person has open: a stack of modals, and the app's Home. */
import type { Changes } from './changes.ts'
import type { Block } from './content/blocks.ts'
import type { ViewSource } from './content/view.ts'
import { type FieldValue, initialValue } from './field-values.ts'
import { fieldsOf, withIds } from './fields.ts'

const DEEPEST_STACK = 3

export interface ShownView {
  readonly kind: 'view'
  readonly id: string
  /** Who sees it. */
  readonly user: string
  /** Changes with every update; an update that names an older one is refused. */
  readonly hash: string
  /** With an id for every block and element. */
  readonly source: ViewSource
  readonly rootId: string
  readonly previousId: string | null
  /** The conversation from which it was opened; null from elsewhere. */
  readonly channel: string | null
  /** What stands in each field now: by block id, then by action id. */
  readonly values: Values
}
export type Values = Readonly<Record<string, Readonly<Record<string, FieldValue>>>>

export class Views {
  readonly #changes: Changes
  readonly #views = new Map<string, ShownView>()
  readonly #stacks = new Map<string, readonly string[]>()
  readonly #homes = new Map<string, string>()
  #count = 0

  constructor(changes: Changes) {
    this.#changes = changes
  }

  /** The modal before the person; null where none is open. */
  modal(user: string): ShownView | null {
    return this.stack(user).at(-1) ?? null
  }

  /** All modals of the person, the root first. */
  stack(user: string): readonly ShownView[] {
    return (this.#stacks.get(user) ?? []).flatMap((id) => this.#views.get(id) ?? [])
  }

  home(user: string): ShownView | null {
    return this.view(this.#homes.get(user) ?? null)
  }

  /** A view that is open or published; null where it is gone. */
  view(id: string | null): ShownView | null {
    return (id === null ? undefined : this.#views.get(id)) ?? null
  }

  named(externalId: string): ShownView | null {
    return [...this.#views.values()].find(({ source }) => source.external_id === externalId) ?? null
  }

  /** Opens a modal; what was open before is closed. */
  open(user: string, source: ViewSource, channel: string | null): ShownView {
    this.#drop(user)
    return this.#stackUp(user, source, channel)
  }

  /** Lays a modal over the one that is open; null when three are open already. */
  push(user: string, source: ViewSource): ShownView | null {
    const open = this.stack(user)
    if (open.length >= DEEPEST_STACK) return null
    return this.#stackUp(user, source, open[0]?.channel ?? null)
  }

  publish(user: string, source: ViewSource): ShownView {
    const known = this.home(user)
    return known === null ? this.#firstHome(user, source) : this.update(known, source)
  }

  /** Shows something else in a view. What a person gave stays where block and action stay. */
  update(known: ShownView, source: ViewSource): ShownView {
    const hash = this.#nextHash()
    const identified = identify(source, hash)
    return this.#show({
      ...known,
      hash,
      source: identified,
      values: startValues(identified, known.values, known.channel),
    })
  }

  /** Fills in fields, as a person does. */
  fill(id: string, values: Values): ShownView {
    const known = this.view(id)
    if (known === null) throw new Error(`The view ${id} is no longer open.`)
    return this.#show({ ...known, values: merged(known.values, values) })
  }

  /** Closes the modal on top, and those under it too when `all` is set. */
  close(user: string, { all = false } = {}): void {
    const [top, ...under] = this.stack(user).toReversed()
    if (top === undefined) return
    if (all) {
      this.#drop(user)
    } else {
      this.#views.delete(top.id)
      this.#stacks.set(
        user,
        under.toReversed().map(({ id }) => id),
      )
    }
    this.#changes.tell({ kind: 'modal', user, view: this.modal(user) })
  }

  #stackUp(user: string, source: ViewSource, channel: string | null): ShownView {
    const below = this.stack(user)
    const view = this.#newView(user, source, channel, below)
    this.#stacks.set(user, [...below.map(({ id }) => id), view.id])
    return this.#show(view)
  }

  #firstHome(user: string, source: ViewSource): ShownView {
    const view = this.#newView(user, source, null, [])
    this.#homes.set(user, view.id)
    return this.#show(view)
  }

  #newView(
    user: string,
    source: ViewSource,
    channel: string | null,
    below: readonly ShownView[],
  ): ShownView {
    this.#count += 1
    const id = `V${String(this.#count).padStart(4, '0')}`
    const hash = this.#nextHash()
    const identified = identify(source, hash)
    return {
      kind: 'view',
      id,
      user,
      hash,
      source: identified,
      rootId: below[0]?.id ?? id,
      previousId: below.at(-1)?.id ?? null,
      channel,
      values: startValues(identified, {}, channel),
    }
  }

  #show(view: ShownView): ShownView {
    this.#views.set(view.id, view)
    const { user } = view
    this.#changes.tell(
      view.source.type === 'home'
        ? { kind: 'home', user, view }
        : { kind: 'modal', user, view: this.modal(user) },
    )
    return view
  }

  #drop(user: string): void {
    for (const { id } of this.stack(user)) this.#views.delete(id)
    this.#stacks.delete(user)
  }

  #nextHash(): string {
    this.#count += 1
    return `${this.#count}.${(this.#count * 2_654_435_761).toString(16)}`
  }
}

function identify(source: ViewSource, seed: string): ViewSource {
  return { ...source, blocks: withIds(source.blocks, seed) }
}

/** What stands in the fields before anyone touched them, or as given where the field is the same. */
export function startValues(
  { blocks }: { readonly blocks: readonly Block[] },
  given: Values,
  channel: string | null,
): Values {
  const values: Record<string, Record<string, FieldValue>> = {}
  for (const { blockId, actionId, element } of fieldsOf(blocks)) {
    const before = given[blockId]?.[actionId]
    const value = before?.type === element.type ? before : initialValue(element, channel)
    if (value !== null) values[blockId] = { ...values[blockId], [actionId]: value }
  }
  return values
}

function merged(values: Values, more: Values): Values {
  const all = { ...values }
  for (const [blockId, fields] of Object.entries(more)) {
    all[blockId] = { ...all[blockId], ...fields }
  }
  return all
}
