import { nameKey } from './organisation.ts'

/** Suppliers are the same whatever their case, punctuation and legal form. */
export function supplierKey(supplier: string | null): string | null {
  if (supplier === null) return null
  const key = nameKey(supplier)
  const short = key.replace(/ (limited|ltd|plc|llp|inc|incorporated|co|company)$/g, '')
  return short === '' ? key : short
}
