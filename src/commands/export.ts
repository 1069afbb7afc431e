/** `export`: the register out. */
import { open, rm } from 'node:fs/promises'
import { extname } from 'node:path'
import { type Command, Option } from 'commander'
import { Refusal } from '../domain/refusal.ts'
import {
  EXPORT_FORMATS,
  type ExportFormat,
  exportedIds,
  exportFile,
} from '../register/export/export-file.ts'
import { type CommonOptions, run } from './run.ts'
import { teamIdOf } from './teams.ts'

interface ExportOptions extends CommonOptions {
  readonly format?: ExportFormat
  readonly team?: string
  readonly source?: string
  readonly supplier?: string
}

export function addExport(cli: Command): void {
  cli
    .command('export')
    .description('write the register to a file that a spreadsheet reads and import takes again')
    .argument('<file>', 'the new file')
    .addOption(
      new Option('--format <format>', 'what to write (default: by the name of the file)').choices([
        ...EXPORT_FORMATS,
      ]),
    )
    .option('--team <team>', 'only contracts of this team')
    .option('--source <name>', 'only contracts of this register')
    .option('--supplier <text>', 'only contracts with this in the name of their supplier')
    .option('--json', 'one JSON object')
    .action((file: string, options: ExportOptions) =>
      run(options, async ({ pool, organisation, ...program }) => {
        const format = options.format ?? (extname(file).toLowerCase() === '.xlsx' ? 'xlsx' : 'csv')
        const ids = await exportedIds(pool, organisation.id, {
          teamId: await teamIdOf({ pool, organisation, ...program }, options.team),
          source: options.source ?? null,
          supplier: options.supplier ?? null,
        })
        if (ids.length === 0) throw new Refusal('No contract fits: nothing was written.')
        await writeNew(file, exportFile(pool, organisation.id, ids, format))
        const contracts = `${ids.length.toLocaleString('en-GB')} ${ids.length === 1 ? 'contract' : 'contracts'}`
        return {
          json: { file, format, contracts: ids.length },
          text: `${contracts} written to ${file}.`,
        }
      }),
    )
}

/** Never over another file: it might be the register itself. Prices are for its owner alone. */
async function writeNew(file: string, pieces: AsyncIterable<string | Buffer>): Promise<void> {
  const target = await open(file, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(
      error.code === 'EEXIST'
        ? `${file} exists already. Give another name, or remove it first.`
        : `${file} cannot be written (${error.code ?? error.message}). Check the folder.`,
    )
  })
  try {
    for await (const piece of pieces) await target.write(piece as string)
    await target.close()
  } catch (error) {
    await target.close().catch(() => undefined)
    await rm(file, { force: true })
    throw error
  }
}
