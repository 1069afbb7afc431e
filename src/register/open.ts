/** Opens a register: finds out what it is, how its columns are to be read, and reads it. */
import { type OpenOptions, type OpenRegister, RegisterError } from './draft.ts'
import { openTable } from './formats/csv.ts'
import { sniff } from './formats/detect.ts'
import { openOcds } from './formats/ocds.ts'
import { LIMITS } from './limits.ts'

/**
 * Opens the register at `path`: CSV, XLSX or OCDS JSON, told by its content.
 * @throws RegisterError, a sentence that names the file and the remedy, for anything that is no
 * register. `items()` throws it too, for damage further down the file (an unclosed quote, too
 * many rows): apply items in one transaction.
 */
export async function openRegister(path: string, options: OpenOptions): Promise<OpenRegister> {
  const register = await opened(path, options)
  return { ...register, items: () => withinTime(register.items(), () => performance.now()) }
}

async function opened(path: string, options: OpenOptions): Promise<OpenRegister> {
  const file = await sniff(path, options.format ?? null)
  switch (file.format) {
    case 'csv':
      return openTable(file, options)
    case 'xlsx': {
      // Most registers are no workbooks, and the library takes its time to load.
      const { openWorkbook } = await import('./formats/xlsx.ts')
      return openWorkbook(file, options)
    }
    case 'ocds':
      return openOcds(file, options)
  }
}

/** The clock is asked once for so many items. */
const EVERY = 200

/**
 * The same items, for so long. `elapsed`: milliseconds of a monotonic clock.
 * @throws RegisterError when the time is up.
 */
export async function* withinTime<Item>(
  items: AsyncIterable<Item>,
  elapsed: () => number,
  limitMs: number = LIMITS.readMs,
): AsyncGenerator<Item> {
  const began = elapsed()
  let count = 0
  for await (const item of items) {
    count += 1
    if (count % EVERY === 0 && elapsed() - began > limitMs) {
      throw new RegisterError(
        `Reading this register took more than ${limitMs / 60_000} min, and nothing was imported: split it, or leave out columns that are not needed.`,
      )
    }
    yield item
  }
}
