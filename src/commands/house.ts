/** Commands of the house: migrate, doctor, sample. */
import type { Command } from 'commander'
import { type Check, checkWords } from '../doctor/check.ts'
import { Refusal } from '../domain/refusal.ts'
import { loadSample } from '../sample.ts'
import { type CommonOptions, run } from './run.ts'

export function addHouse(cli: Command): void {
  cli
    .command('migrate')
    .description('prepare the database, or bring it up to date')
    .option('--json', 'one JSON object')
    .action((options: CommonOptions) =>
      run(options, async (program) => {
        const { applied, server } = program.database
        const text =
          applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}.`
        return { json: { server, applied }, text }
      }),
    )
  cli
    .command('doctor')
    .description('check settings, database, Slack and clock')
    .option('--json', 'one JSON object')
    .action((options: CommonOptions) =>
      run(options, async (program) => {
        const { examine } = await import('./examine.ts')
        const checks = await examine(program)
        const bad = checks.filter((check) => !check.ok)
        if (bad.length > 0) {
          throw new Refusal(
            'Not all is well:',
            bad.map((check) => `${check.what}: ${checkWords(check)}`),
          )
        }
        const lines = checks.map((check) => `${mark(check)} ${check.what}: ${checkWords(check)}`)
        return { json: { ok: true, checks }, text: lines.join('\n') }
      }),
    )
  cli
    .command('sample')
    .description('load the sample register, with dates relative to today')
    .option('--json', 'one JSON object')
    .action((options: CommonOptions) =>
      run(options, async (program) => {
        const result = await loadSample(program)
        return {
          json: result,
          text: `The sample register is loaded: ${result.contracts} contracts of a fictional trust group.`,
        }
      }),
    )
}

/** Nothing is cut off as in a table: the remedy stands at the end of the line. */
function mark({ remedy }: Check): string {
  return remedy === null ? 'ok  ' : 'look'
}
