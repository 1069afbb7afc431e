/** Pages of a list, counted from 1. */
import { PAGE_SIZE } from './entries.ts'

/** Where this page stands; one past the last is the last, as the queries have it too. */
export function placeOf(
  total: number,
  wanted: number,
  size: number = PAGE_SIZE,
): { readonly page: number; readonly pages: number; readonly total: number } {
  const pages = Math.max(1, Math.ceil(total / size))
  return { page: Math.min(Math.max(1, wanted), pages), pages, total }
}

/** The same as SQL: how many rows come before the wanted page; `counted` holds the total. */
export function offsetSql(wanted: string, size: number): string {
  return `((SELECT least(${wanted}::int, greatest(1, (total + ${size - 1}) / ${size})) FROM counted) - 1) * ${size}`
}
