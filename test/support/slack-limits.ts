/** What Slack refuses in blocks and views: the stand-in's own judgement, and the limits once more. */
import type { HomeView, KnownBlock, ModalView } from '@slack/types'
import type { MessageBlock } from '../../src/text/facts.ts'
import { messageBlockProblems, problemLine, viewProblems } from '../../stand-in/slack/validate.ts'

type Json = Readonly<Record<string, unknown>>

/** Everything that Slack would refuse in these blocks, as sentences. */
export function refusedIn(blocks: readonly MessageBlock[], most: number): string[] {
  const problems: string[] =
    most > 50 ? [] : messageBlockProblems(blocks).map((each) => problemLine(each))
  const check = (ok: boolean, what: string) => {
    if (!ok) problems.push(what)
  }
  check(blocks.length <= most, `${blocks.length} blocks`)
  const blockIds = blocks.map((block) => block.block_id).filter((id) => id !== undefined)
  check(new Set(blockIds).size === blockIds.length, 'a block_id twice')
  for (const block of blocks) {
    const ids: string[] = []
    walk(block, (each) => {
      if (typeof each.action_id === 'string') ids.push(each.action_id)
      check(lengthOf(each.action_id) <= 255, 'action_id')
      check(lengthOf(each.block_id) <= 255, 'block_id')
      const inText = each.type === 'plain_text' || each.type === 'mrkdwn'
      if (inText) check(lengthOf(each.text) > 0, 'an empty text')
      switch (each.type) {
        case 'button':
          check(lengthOf((each.text as Json).text) <= 75, 'button text')
          check(lengthOf(each.value) <= 2000, 'button value')
          check(lengthOf(each.accessibility_label) <= 75, 'button label')
          break
        case 'overflow':
          check(between(each.options, 2, 5), 'overflow options')
          break
        case 'static_select':
          check(between(each.options, 1, 100), 'select options')
          break
        case 'radio_buttons':
          check(between(each.options, 1, 10), 'radio options')
          break
        case 'plain_text_input':
          check(lengthOf(each.initial_value) <= Number(each.max_length), 'initial value')
          check(Number(each.max_length) <= 3000, 'max_length')
          break
        case 'section':
          check(lengthOf((each.text as Json | undefined)?.text) <= 3000, 'section text')
          break
        case 'context':
          check(between(each.elements, 1, 10), 'context elements')
          for (const element of each.elements as Json[]) {
            check(lengthOf(element.text) <= 2000, 'context text')
          }
          break
        case 'actions':
          check(between(each.elements, 1, 25), 'action elements')
          break
        case 'input':
          check(lengthOf((each.label as Json).text) <= 2000, 'label')
          check(lengthOf((each.hint as Json | undefined)?.text) <= 2000, 'hint')
          break
        default:
      }
      for (const option of Array.isArray(each.options) ? (each.options as Json[]) : []) {
        check(lengthOf((option.text as Json).text) <= 75, 'option text')
        check(lengthOf(option.value) <= 75, 'option value')
        check(lengthOf((option.description as Json | undefined)?.text) <= 75, 'option description')
      }
      if (each.initial_option !== undefined && each.type !== 'external_select') {
        const options = (each.options as Json[]).map((option) => JSON.stringify(option))
        check(options.includes(JSON.stringify(each.initial_option)), 'initial option')
      }
    })
    check(new Set(ids).size === ids.length, `an action_id twice in a block: ${ids.join(', ')}`)
  }
  return problems
}

/** The same of a modal or App Home. */
export function refusedInView(view: ModalView | HomeView): string[] {
  const problems = [
    ...viewProblems(view).map((each) => problemLine(each)),
    ...refusedIn(view.blocks as KnownBlock[], 100),
  ]
  const size = Buffer.byteLength(JSON.stringify(view))
  if (size > 250_000) problems.push(`${size} bytes`)
  if (view.type === 'home') return problems
  for (const [name, text] of Object.entries({
    title: view.title,
    submit: view.submit,
    close: view.close,
  })) {
    if (text !== undefined && (text.text.length > 24 || text.text === '')) problems.push(name)
  }
  if ((view.private_metadata ?? '').length > 3000) problems.push('private_metadata')
  const asks = (view.blocks as KnownBlock[]).some((block) => block.type === 'input')
  if (asks && view.submit === undefined) problems.push('fields without a submit')
  return problems
}

function walk(value: unknown, visit: (each: Json) => void): void {
  if (Array.isArray(value)) for (const each of value) walk(each, visit)
  else if (typeof value === 'object' && value !== null) {
    visit(value as Json)
    for (const each of Object.values(value)) walk(each, visit)
  }
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0
}

function between(list: unknown, least: number, most: number): boolean {
  return Array.isArray(list) && list.length >= least && list.length <= most
}
