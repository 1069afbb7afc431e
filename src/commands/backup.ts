/** `backup` and `restore`: the whole database in a file, and back. */
import { stat } from 'node:fs/promises'
import type { Command } from 'commander'
import { backUp } from '../db/backup.ts'
import { openDatabase } from '../db/open.ts'
import { restoreBackup } from '../db/restore.ts'
import { counted } from '../messages/words.ts'
import { redacted } from '../redact.ts'
import { loadDotEnv, readSettings } from '../settings.ts'
import { type CommonOptions, fail, print, run } from './run.ts'

export function addBackup(cli: Command): void {
  cli
    .command('backup')
    .description('the whole database into one file, while it works')
    .argument('<file>', 'a file that does not exist yet')
    .option('--json', 'one JSON object')
    .action((file: string, options: CommonOptions) =>
      run(options, async ({ pool }) => {
        const backup = await backUp(pool, file)
        const { size: bytes } = await stat(file)
        const text = `Backed up as it was at ${backup.takenAt}: ${counted(backup.tables, 'table')}, ${counted(Math.ceil(bytes / 1024), 'kilobyte')}, read again and whole.\nIts hash: ${backup.sha256}. It holds names and addresses: keep it as you keep the register.`
        return { json: { file, bytes, ...backup }, text }
      }),
    )
  cli
    .command('restore')
    .description('a backup into an empty database')
    .argument('<file>', 'a backup')
    .option('--replace', 'lose what the database holds')
    .option('--json', 'one JSON object')
    .action((file: string, options: CommonOptions & { replace?: boolean }) =>
      restore(file, options),
    )
}

/** Opens the database alone: the program would write into it before it is restored. */
async function restore(
  file: string,
  options: CommonOptions & { readonly replace?: boolean },
): Promise<void> {
  try {
    loadDotEnv()
    const settings = readSettings(process.env)
    const database = await openDatabase({
      ...settings,
      log: (line) => process.stderr.write(`${redacted(line)}\n`),
      poolSize: 1,
    })
    try {
      const restored = await restoreBackup(database.ownerUrl, file, {
        replace: options.replace === true,
        ownConnections: database.pool.totalCount,
      })
      const upgraded =
        restored.migrated.length === 0
          ? ''
          : `\nThe backup is of an older version: ${counted(restored.migrated.length, 'migration')} brought it up to date. CHANGELOG.md says what an import of the same registers updates.`
      const text = `Restored ${counted(restored.rows, 'row')} as of ${restored.takenAt}, and compared: equal.${upgraded}\nWhat was sent to Slack since then is looked for there before anything is sent. Prove the record of changes with: lapsewatch audit verify.`
      await print(options.json === true ? JSON.stringify(restored) : text)
    } finally {
      await database.close()
    }
  } catch (error) {
    await fail(error, options.json === true)
  }
}
