/** What Slack's own client says at a field before it sends a modal at all. */
import { z } from 'zod'
import { type FieldValue, isEmpty } from './field-values.ts'
import type { Field } from './fields.ts'

const LONGEST_TEXT = 3000

/** The complaint about a field of an input block; null where Slack would send it. */
export function complaintOf({ element, input }: Field, value: FieldValue): string | null {
  if (isEmpty(value)) return input?.optional ? null : 'Please complete this required field.'
  const text = typeof value.value === 'string' ? value.value : ''
  switch (element.type) {
    case 'plain_text_input': {
      const { min_length = 0, max_length = LONGEST_TEXT } = element
      if (text.length < min_length) return `Enter at least ${min_length} characters.`
      return text.length > max_length ? `Enter no more than ${max_length} characters.` : null
    }
    case 'email_text_input':
      return z.email().safeParse(text).success ? null : 'Enter a valid email address.'
    case 'url_text_input':
      return URL.canParse(text) ? null : 'Enter a valid URL.'
    case 'number_input':
      return numberComplaint(text, element)
    case 'file_input':
      return fileComplaint(value.files, element)
    default:
      return tooMany(element, value)
  }
}

function numberComplaint(
  text: string,
  limits: {
    readonly is_decimal_allowed: boolean
    readonly min_value?: string | undefined
    readonly max_value?: string | undefined
  },
): string | null {
  const shape = limits.is_decimal_allowed ? /^-?\d+(\.\d+)?$/ : /^-?\d+$/
  if (!shape.test(text)) return 'Enter a valid number.'
  const value = Number(text)
  if (limits.min_value !== undefined && value < Number(limits.min_value)) {
    return `Enter ${limits.min_value} or more.`
  }
  return limits.max_value !== undefined && value > Number(limits.max_value)
    ? `Enter ${limits.max_value} or less.`
    : null
}

function fileComplaint(
  files: unknown,
  limits: {
    readonly max_files?: number | undefined
    readonly filetypes?: readonly string[] | undefined
  },
): string | null {
  const list = Array.isArray(files) ? files : []
  const most = limits.max_files ?? 10
  if (list.length > most) return `Add no more than ${most} files.`
  const types: unknown[] = list.map((file: { filetype?: unknown }) => file.filetype)
  const { filetypes } = limits
  return filetypes === undefined || types.every((type) => filetypes.includes(String(type)))
    ? null
    : `Add files of these types only: ${filetypes.join(', ')}.`
}

function tooMany(element: Field['element'], value: FieldValue): string | null {
  const most = 'max_selected_items' in element ? element.max_selected_items : undefined
  if (most === undefined) return null
  const count = Object.values(value).find(Array.isArray)?.length ?? 0
  return count > most ? `Choose no more than ${most}.` : null
}
