/**
 * `history`, `audit`, `backup`, `restore`, `migrate`, `doctor` and `sample`: for whoever runs the
 * program.
 */
import { stat } from 'node:fs/promises'
import { redacted } from '../app/log.ts'
import { UserError } from '../rules/user-error.ts'
import { counted } from '../text/words.ts'
import {
  type Cli,
  type CommonOptions,
  contractNamed,
  fail,
  print,
  table,
  visible,
  wholeOption,
} from './run.ts'

/** `audit` and `history`: who changed what, whether the record is whole, whether the watch is. */
export function addAudit(cli: Cli): void {
  cli
    .command('history')
    .description('who changed what of a contract, the latest first')
    .argument('<reference>', 'its reference')
    .option('--limit <n>', 'at most so many', wholeOption(1, 100_000), 50)
    .answers(async (program, reference: string, options: { limit: number }) => {
      const { historyOf } = await import('../reports/history.ts')
      const { pool, organisation } = program
      const id = await contractNamed(program, reference)
      const { total, lines } = await historyOf(pool, organisation.id, id, options.limit)
      const rows = lines.map((line) => [
        line.at.toISOString().slice(0, 16).replace('T', ' '),
        line.by ?? line.via,
        line.what,
        line.field,
        line.from,
        line.to,
      ])
      const more = total > lines.length ? `\n\n${lines.length} of ${total}` : ''
      const text = () =>
        `${visible(reference)}\n\n${table(['when (UTC)', 'by', 'what', 'field', 'from', 'to'], rows)}${more}`
      return { json: { total, items: lines }, text }
    })
  const audit = cli.command('audit').description('the record of every change')
  audit
    .command('verify')
    .description('prove that the record is whole')
    .answers(async ({ pool, organisation }) => {
      const { verifyAudit } = await import('../database/audit-log.ts')
      const { entries, changes, lastHash, broken } = await verifyAudit(pool, organisation.id)
      if (broken !== null) {
        throw new UserError(`The audit is broken at entry ${broken.position}: ${broken.why}.`, [
          broken,
        ])
      }
      const text = () =>
        `The audit is whole: ${entries} entries with ${changes} changes. Its last hash: ${lastHash}.`
      return { json: { whole: true, entries, changes, lastHash }, text }
    })
  audit
    .command('watch')
    .description('prove that what is due was sent; ends with 1 where a warning may be late')
    .answers(async (program) => {
      const { auditContext } = await import('../app/app.ts')
      const { judgeWatch } = await import('../text/self-check.ts')
      const { lookThoroughly } = await import('../warnings/self-check.ts')
      const findings = judgeWatch(await lookThoroughly(program.pool, auditContext(program)))
      if (findings.some(({ alarm }) => alarm)) {
        throw new UserError(
          'A warning may be late or lost:',
          findings.map(({ words }) => words),
        )
      }
      const said = findings.map(({ words }) => words)
      const text = () =>
        ['Nothing is late, and nothing that is due went unsent.', ...said].join('\n')
      return { json: { clean: true, findings }, text }
    })
}

export function addBackup(cli: Cli): void {
  cli
    .command('backup')
    .description('the whole database into one file, while it works')
    .argument('<file>', 'a file that does not exist yet')
    .answers(async ({ pool }, file: string) => {
      const { backUp } = await import('../database/backup.ts')
      const backup = await backUp(pool, file)
      const { size: bytes } = await stat(file)
      const text = () =>
        `Backed up as it was at ${backup.takenAt}: ${counted(backup.tables, 'table')}, ${counted(Math.ceil(bytes / 1024), 'kilobyte')}, read again and whole.\nIts hash: ${backup.sha256}. It holds names and addresses: keep it as you keep the register.`
      return { json: { file, bytes, ...backup }, text }
    })
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
  const { loadDotEnv, readSettings } = await import('../app/settings.ts')
  const { restoreBackup } = await import('../database/backup.ts')
  const { openDatabase } = await import('../database/open.ts')
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
      const text = () =>
        `Restored ${counted(restored.rows, 'row')} as of ${restored.takenAt}, and compared: equal.${upgraded}\nWhat was sent to Slack since then is looked for there before anything is sent. Prove the record of changes with: lapsewatch audit verify.`
      await print({ json: restored, text }, options.json === true)
    } finally {
      await database.close()
    }
  } catch (error) {
    await fail(error, options.json === true)
  }
}

export function addOperate(cli: Cli): void {
  cli
    .command('migrate')
    .description('prepare the database, or bring it up to date')
    .answers(async (program) => {
      const { applied, server } = program.database
      const text = () =>
        applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}.`
      return { json: { server, applied }, text }
    })
  cli
    .command('doctor')
    .description('check settings, database, Slack and clock')
    .answers(async (program) => {
      const { checkWords } = await import('../ops/doctor.ts')
      const { examine } = await import('./doctor.ts')
      const checks = await examine(program)
      const bad = checks.filter((check) => !check.ok)
      if (bad.length > 0) {
        throw new UserError(
          'Not all is well:',
          bad.map((check) => `${check.what}: ${checkWords(check)}`),
        )
      }
      const lines = checks.map(
        (check) => `${check.remedy === null ? 'ok  ' : 'look'} ${check.what}: ${checkWords(check)}`,
      )
      return { json: { ok: true, checks }, text: () => lines.join('\n') }
    })
  cli
    .command('sample')
    .description('load the sample register, with dates relative to today')
    .answers(async (program) => {
      const { asOfWords, loadSample } = await import('../app/sample.ts')
      const result = await loadSample(program)
      return {
        json: result,
        text: () =>
          `The sample register is loaded: ${result.contracts} contracts of a fictional trust group.${asOfWords(result.asOf, program.today())}`,
      }
    })
}
