/** Opens a register: finds out what it is, how its columns are to be read, and reads it. */
import { openTable } from './csv-register.ts'
import type { OpenOptions, OpenRegister } from './draft.ts'
import { openOcds } from './ocds.ts'
import { sniff } from './sniff.ts'
import { withinTime } from './within-time.ts'

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
      const { openWorkbook } = await import('./xlsx.ts')
      return openWorkbook(file, options)
    }
    case 'ocds':
      return openOcds(file, options)
  }
}
