/** What menus offer, and what they may show as chosen from the start. */
import { z } from 'zod'
import { anyText, plainText } from './texts.ts'

const LONGEST = 75

/** An entry of a select menu. */
export const option = z.strictObject({
  text: plainText(LONGEST),
  value: z.string().min(1).max(LONGEST),
  description: plainText(LONGEST).optional(),
})
export type Option = z.infer<typeof option>

/** An entry of an overflow menu, which may lead to a page. */
export const overflowOption = option.extend({ url: z.string().max(3000).optional() })

/** A checkbox or a radio button, which may carry markup. */
export const boxOption = z.strictObject({
  text: anyText(LONGEST),
  value: z.string().min(1).max(LONGEST),
  description: anyText(LONGEST).optional(),
})
export type BoxOption = z.infer<typeof boxOption>

export const optionGroup = z.strictObject({
  label: plainText(LONGEST),
  options: z.array(option).min(1).max(100),
})

interface Choice {
  readonly options?: readonly BoxOption[] | undefined
  readonly option_groups?: readonly { readonly options: readonly BoxOption[] }[] | undefined
  readonly initial_option?: BoxOption | undefined
  readonly initial_options?: readonly BoxOption[] | undefined
}

/** Everything that a menu offers, whether in groups or not. */
export function offered(menu: Choice): readonly BoxOption[] {
  return menu.options ?? menu.option_groups?.flatMap(({ options }) => options) ?? []
}

/** Slack takes options or groups, never both, and wants the chosen ones to be among them. */
export function choiceProblem(menu: Choice): string | null {
  if ((menu.options === undefined) === (menu.option_groups === undefined)) {
    return 'must have either options or option_groups'
  }
  const known = new Set(offered(menu).map(canonical))
  const chosen = [...(menu.initial_options ?? []), menu.initial_option].filter(
    (initial) => initial !== undefined,
  )
  return chosen.every((initial) => known.has(canonical(initial)))
    ? null
    : 'the initial option is none of the options'
}

function canonical({ text, value, description }: BoxOption): string {
  return JSON.stringify([text.type, text.text, value, description?.text ?? null])
}
