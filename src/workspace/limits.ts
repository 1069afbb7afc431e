/** What Slack refuses in a message: its hard limits, and blocks that are none. */
import { isRecord } from './request.ts'

const LIMITS = {
  blocks: 50,
  /** Undocumented: measured, Slack gives up at about this sum. */
  blockText: 13_200,
  text: 40_000,
  section: 3000,
  fields: 10,
  field: 2000,
  header: 150,
  contextElements: 10,
  contextText: 2000,
  actions: 25,
  buttonText: 75,
  buttonValue: 2000,
  url: 3000,
  label: 75,
  id: 255,
  altText: 2000,
  markdown: 12_000,
  tableRows: 100,
  tableColumns: 20,
  metadata: 16_000,
} as const

/** Slack's refusal of a message's content: its error, and where it looked. */
export interface ContentProblem {
  readonly error: string
  readonly where: string
}

/** The first thing wrong with text, blocks or metadata as they came in; null where nothing is. */
export function contentProblem(
  text: string | null,
  blocks: unknown,
  metadata: unknown,
): ContentProblem | null {
  if (text === null && (blocks === undefined || (Array.isArray(blocks) && blocks.length === 0))) {
    return { error: 'no_text', where: 'text' }
  }
  if (text !== null && text.length > LIMITS.text) return { error: 'msg_too_long', where: 'text' }
  return (blocks === undefined ? null : blocksProblem(blocks)) ?? metadataProblem(metadata)
}

function blocksProblem(blocks: unknown): ContentProblem | null {
  if (!Array.isArray(blocks)) return { error: 'invalid_blocks_format', where: 'blocks' }
  const problem =
    blocks.length > LIMITS.blocks
      ? `no more than ${LIMITS.blocks} items allowed [json-pointer:/blocks]`
      : (firstOf(blocks, (block, index) => blockProblem(block, `/blocks/${index}`)) ??
        repeatedId(blocks))
  if (problem !== null) return { error: 'invalid_blocks', where: problem }
  return textSum(blocks) > LIMITS.blockText
    ? { error: 'msg_blocks_too_long', where: '/blocks' }
    : null
}

function blockProblem(block: unknown, at: string): string | null {
  if (!isRecord(block)) return `must be an object [json-pointer:${at}]`
  const own = tooLong(block.block_id, LIMITS.id, `${at}/block_id`)
  if (own !== null) return own
  switch (block.type) {
    case 'section':
      return sectionProblem(block, at)
    case 'header':
      return textProblem(block.text, LIMITS.header, `${at}/text`, ['plain_text'])
    case 'context':
      return listProblem(block.elements, LIMITS.contextElements, `${at}/elements`, (element, at) =>
        isRecord(element) && element.type === 'image'
          ? imageProblem(element, at)
          : textProblem(element, LIMITS.contextText, at),
      )
    case 'actions':
      return listProblem(block.elements, LIMITS.actions, `${at}/elements`, elementProblem)
    case 'image':
      return imageProblem(block, at)
    case 'markdown':
      return textual(block.text, LIMITS.markdown, `${at}/text`)
    case 'table':
      return listProblem(block.rows, LIMITS.tableRows, `${at}/rows`, (row, at) =>
        listProblem(row, LIMITS.tableColumns, at, () => null),
      )
    case 'rich_text':
      return Array.isArray(block.elements) ? null : `missing elements [json-pointer:${at}]`
    case 'divider':
      return null
    default:
      return `unsupported type: ${String(block.type)} [json-pointer:${at}/type]`
  }
}

function sectionProblem(block: Record<string, unknown>, at: string): string | null {
  if (block.text === undefined && block.fields === undefined) {
    return `missing text or fields [json-pointer:${at}]`
  }
  return (
    (block.text === undefined ? null : textProblem(block.text, LIMITS.section, `${at}/text`)) ??
    (block.fields === undefined
      ? null
      : listProblem(block.fields, LIMITS.fields, `${at}/fields`, (field, at) =>
          textProblem(field, LIMITS.field, at),
        )) ??
    (block.accessory === undefined ? null : elementProblem(block.accessory, `${at}/accessory`))
  )
}

const ELEMENTS = [
  'button',
  'overflow',
  'datepicker',
  'static_select',
  'users_select',
  'channels_select',
  'conversations_select',
  'external_select',
  'image',
]

function elementProblem(element: unknown, at: string): string | null {
  if (!isRecord(element)) return `must be an object [json-pointer:${at}]`
  const type = element.type
  if (typeof type !== 'string' || !ELEMENTS.includes(type)) {
    return `unsupported type: ${String(type)} [json-pointer:${at}/type]`
  }
  if (type === 'image') return imageProblem(element, at)
  return (
    tooLong(element.action_id, LIMITS.id, `${at}/action_id`) ??
    (type === 'button'
      ? (textProblem(element.text, LIMITS.buttonText, `${at}/text`, ['plain_text']) ??
        tooLong(element.value, LIMITS.buttonValue, `${at}/value`) ??
        tooLong(element.url, LIMITS.url, `${at}/url`) ??
        tooLong(element.accessibility_label, LIMITS.label, `${at}/accessibility_label`))
      : null)
  )
}

function imageProblem(block: Record<string, unknown>, at: string): string | null {
  if (block.image_url === undefined && !isRecord(block.slack_file)) {
    return `missing image_url or slack_file [json-pointer:${at}]`
  }
  return textual(block.alt_text, LIMITS.altText, `${at}/alt_text`)
}

function textProblem(
  text: unknown,
  limit: number,
  at: string,
  types: readonly string[] = ['plain_text', 'mrkdwn'],
): string | null {
  if (!isRecord(text)) return `must be a text object [json-pointer:${at}]`
  if (typeof text.type !== 'string' || !types.includes(text.type)) {
    return `must be one of ${types.join(', ')} [json-pointer:${at}/type]`
  }
  return textual(text.text, limit, `${at}/text`)
}

function textual(text: unknown, limit: number, at: string): string | null {
  if (typeof text !== 'string') return `must be a string [json-pointer:${at}]`
  if (text === '') return `must be more than 0 characters [json-pointer:${at}]`
  return tooLong(text, limit, at)
}

function tooLong(text: unknown, limit: number, at: string): string | null {
  return typeof text === 'string' && text.length > limit
    ? `must be less than ${limit + 1} characters [json-pointer:${at}]`
    : null
}

function listProblem(
  list: unknown,
  limit: number,
  at: string,
  itemProblem: (item: unknown, at: string) => string | null,
): string | null {
  if (!Array.isArray(list) || list.length === 0) return `must hold items [json-pointer:${at}]`
  if (list.length > limit) return `no more than ${limit} items allowed [json-pointer:${at}]`
  return firstOf(list, (item, index) => itemProblem(item, `${at}/${index}`))
}

function repeatedId(blocks: readonly unknown[]): string | null {
  const ids = blocks.flatMap((block) =>
    isRecord(block) && typeof block.block_id === 'string' ? [block.block_id] : [],
  )
  return new Set(ids).size < ids.length ? 'a block_id stands twice [json-pointer:/blocks]' : null
}

function metadataProblem(metadata: unknown): ContentProblem | null {
  if (metadata === undefined) return null
  if (
    !isRecord(metadata) ||
    typeof metadata.event_type !== 'string' ||
    !isRecord(metadata.event_payload)
  ) {
    return { error: 'invalid_metadata_format', where: 'metadata' }
  }
  return JSON.stringify(metadata).length > LIMITS.metadata
    ? { error: 'metadata_too_large', where: 'metadata' }
    : null
}

function textSum(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + textSum(item), 0)
  if (!isRecord(value)) return 0
  return Object.entries(value).reduce(
    (sum, [key, inner]) =>
      sum + (key === 'text' && typeof inner === 'string' ? inner.length : textSum(inner)),
    0,
  )
}

function firstOf(
  items: readonly unknown[],
  problem: (item: unknown, index: number) => string | null,
): string | null {
  for (const [index, item] of items.entries()) {
    const found = problem(item, index)
    if (found !== null) return found
  }
  return null
}
