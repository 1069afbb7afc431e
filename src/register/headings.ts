/**
 * Headings taken apart and recognised. Compared without case, punctuation, underscores and
 * numbering, so `(04) CONTRACT_END_DATE` is `contract end date`.
 */
import type { PeriodUnit } from '../domain/contract.ts'
import { type Field, HEADINGS } from './heading-table.ts'
import { LIMITS } from './limits.ts'

export type { Field }
export const FIELDS = Object.keys(HEADINGS) as readonly Field[]
export const DATE_FIELDS: readonly Field[] = [
  'start',
  'end',
  'currentEnd',
  'maximumEnd',
  'extensionStart',
  'extensionEnd',
  'extensionAgreed',
  'review',
]

export const AMOUNT_FIELDS: readonly Field[] = [
  'value',
  'maximumValue',
  'annualValue',
  'extensionCost',
  'extensionInvoiced',
  'periodicCharge',
  'invoicedLastYear',
  'oneOffCharges',
  'units',
  'unitPrice',
]

/** A heading taken apart. */
export interface Heading {
  readonly text: string
  /** What it is compared by; blank for a blank heading. */
  readonly key: string
  /** From words such as `(ex VAT)`. */
  readonly vat: 'net' | 'gross' | null
  readonly currency: string | null
  /** From `Notice period (months)`. */
  readonly unit: PeriodUnit | null
  /** The parts of a packed column: `Supplier [Name|Address]`. */
  readonly packed: readonly string[] | null
}

const RANKS = rankHeadings()

/** Which field a heading means and how good a match it is (0 is best); null where none. */
export function fieldOf(heading: Heading): { field: Field; rank: number } | null {
  return RANKS.get(heading.key) ?? null
}

/** Takes a heading apart; see `Heading`. */
export function readHeading(raw: string): Heading {
  const text = raw.slice(0, LIMITS.headingCharacters).replace(/\s+/g, ' ').trim()
  const packed = /\[([^\]]*\|[^\]]*)\]/.exec(text)
  let key = compared(text.replace(/\[[^\]]*\]/g, ' '))
  let vat: Heading['vat'] = null
  let currency: string | null = null
  let unit: PeriodUnit | null = null
  if (!RANKS.has(key)) {
    const tax =
      / (ex|exc|excl|excluding|exclusive of|net of|inc|incl|including|inclusive of) (?:vat|tax)$| (net|gross)$/.exec(
        key,
      )
    if (tax) {
      vat = /^(?:inc|gross)/.test(tax[1] ?? tax[2] ?? '') ? 'gross' : 'net'
      key = key.slice(0, tax.index)
    }
    const code = / (gbp|eur|usd)$/.exec(key)
    if (code) {
      currency = (code[1] ?? '').toUpperCase()
      key = key.slice(0, code.index)
    }
    const measure = / (?:in )?(months?|days?|weeks?|years?|working days)$/.exec(key)
    if (measure && !RANKS.has(key)) {
      unit = unitOf(measure[1] ?? '')
      key = key.slice(0, measure.index)
    }
  }
  if (text.includes('£')) currency = 'GBP'
  if (text.includes('€')) currency = 'EUR'
  return { text, key, vat, currency, unit, packed: packed?.[1]?.split('|').map(compared) ?? null }
}

/** A heading as it is compared: lower case, words only, without numbering. */
export function compared(text: string): string {
  return text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/^\s*(?:\(\d+\)|\d+[.):])\s*/, '')
    .toLowerCase()
    .replace(/['’]/g, '')
    .replace(/[^\p{L}\p{N}+]+/gu, ' ')
    .trim()
}

/** The field of this name, forgiving case and separators; null where there is none. */
export function fieldNamed(name: string): Field | null {
  const wanted = compared(name).replaceAll(' ', '')
  return FIELDS.find((field) => field.toLowerCase() === wanted) ?? null
}

function rankHeadings(): ReadonlyMap<string, { field: Field; rank: number }> {
  const ranks = new Map<string, { field: Field; rank: number }>()
  for (const field of FIELDS) {
    HEADINGS[field].forEach((key, rank) => {
      if (!ranks.has(key)) ranks.set(key, { field, rank })
    })
  }
  return ranks
}

function unitOf(word: string): PeriodUnit {
  if (word === 'working days') return 'working-days'
  const first = word[0]
  return first === 'd' ? 'days' : first === 'w' ? 'weeks' : first === 'y' ? 'years' : 'months'
}
