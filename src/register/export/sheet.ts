/** A table on its way out, whatever it holds and whichever file it becomes. */
import type { CivilDate } from '../../domain/civil-date.ts'
import { oneLine } from '../../messages/escape.ts'
import { guarded } from '../../messages/formula-guard.ts'

/** Text as it is, a day, a moment to the second, or an exact number; null is an empty cell. */
export type ExportCell =
  | { readonly text: string }
  | { readonly day: CivilDate }
  | { readonly at: Date }
  | { readonly number: string }
  | null

export interface Sheet {
  readonly name: string
  readonly headings: readonly string[]
  readonly rows: AsyncIterable<readonly ExportCell[]>
}

/** How days are written in a workbook: each is one that spreadsheets know. */
export const DATE_FORMATS = ['dd/mm/yyyy', 'yyyy-mm-dd', 'dd.mm.yyyy', 'mm/dd/yyyy'] as const
export type DateFormat = (typeof DATE_FORMATS)[number]

/** Text for people alone, on one line and never a formula: no import reads it back. */
export function saidCell(text: string | null): ExportCell {
  const said = text === null ? '' : guarded(oneLine(text))
  return said === '' ? null : { text: said }
}

export function dayCell(day: CivilDate | null): ExportCell {
  return day === null ? null : { day }
}

/** Three decimals after up to three digits could be read as a group of a thousand. */
export function numberCell(amount: string | number | null): ExportCell {
  if (amount === null) return null
  const number = String(amount)
  return { number: /\.\d{3}$/.test(number) ? `${number}0` : number }
}
