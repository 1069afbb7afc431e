/** `export`: the register, the ledger of extensions or the audit, out. */
import { open, rm } from 'node:fs/promises'
import { extname } from 'node:path'
import { type Command, Option } from 'commander'
import { Refusal } from '../domain/refusal.ts'
import {
  EXPORT_FORMATS,
  EXPORTS,
  type ExportFormat,
  type ExportWhat,
  exportFile,
  exportTable,
} from '../exports/export-file.ts'
import type { Program } from '../program.ts'
import { exportedIds } from '../register/export/exported-ids.ts'
import { type Answer, type CommonOptions, run } from './run.ts'
import { teamIdOf } from './teams.ts'

interface ExportOptions extends CommonOptions {
  readonly what: ExportWhat
  readonly format?: ExportFormat
  readonly team?: string
  readonly source?: string
  readonly supplier?: string
}

export function addExport(cli: Command): void {
  cli
    .command('export')
    .description('write a file that a spreadsheet reads; import takes the register again')
    .argument('<file>', 'the new file')
    .addOption(
      new Option('--what <table>', 'the contracts, what they were extended by, or every change')
        .choices([...EXPORTS])
        .default('register'),
    )
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
      run(options, (program) => written(program, file, options)),
    )
}

async function written(program: Program, file: string, options: ExportOptions): Promise<Answer> {
  const { pool, organisation, rulesOf, settings } = program
  const { what, team, source = null, supplier = null } = options
  if (what === 'audit' && (team ?? source ?? supplier ?? null) !== null) {
    throw new Refusal('The audit is written whole: leave out --team, --source and --supplier.')
  }
  const format = options.format ?? (extname(file).toLowerCase() === '.xlsx' ? 'xlsx' : 'csv')
  const filters = { teamId: await teamIdOf(program, team), source, supplier }
  const ids = what === 'audit' ? [] : await exportedIds(pool, organisation.id, filters)
  const deps = { pool, organisationId: organisation.id, rulesOf }
  const { sheet, count, said } = await exportTable(deps, what, ids)
  if (count === 0) {
    const none = {
      register: 'No contract fits',
      extensions: 'No extension fits',
      audit: 'Nothing is recorded',
    }
    throw new Refusal(`${none[what]}: nothing was written.`)
  }
  await writeNew(file, exportFile(sheet, format, settings.dateFormat))
  const counts = { register: 'contracts', extensions: 'extensions', audit: 'changes' } as const
  return {
    json: { file, format, what, [counts[what]]: count },
    text: `${said} written to ${file}.`,
  }
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
