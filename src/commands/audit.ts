/** `audit` and `history`: who changed what, whether the record is whole, whether the watch is. */
import type { Command } from 'commander'
import { auditContext } from '../audit-context.ts'
import { verifyAudit } from '../db/audit-verify.ts'
import { Refusal } from '../domain/refusal.ts'
import { lookThoroughly } from '../watch/audit-facts.ts'
import { judgeWatch } from '../watch/auditor.ts'
import { findContract } from '../watch/find.ts'
import { historyOf } from '../watch/history.ts'
import { wholeOption } from './options.ts'
import { type CommonOptions, run } from './run.ts'
import { table, visible } from './table.ts'

export function addAudit(cli: Command): void {
  cli
    .command('history')
    .description('who changed what of a contract, the latest first')
    .argument('<reference>', 'its reference')
    .option('--limit <n>', 'at most so many', wholeOption(1, 100_000), 50)
    .option('--json', 'one JSON object')
    .action((reference: string, options: CommonOptions & { limit: number }) =>
      run(options, async ({ pool, organisation }) => {
        const id = await findContract(pool, organisation.id, reference)
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
        const text = `${visible(reference)}\n\n${table(['when (UTC)', 'by', 'what', 'field', 'from', 'to'], rows)}${more}`
        return { json: { total, items: lines }, text }
      }),
    )
  const audit = cli.command('audit').description('the record of every change')
  audit
    .command('verify')
    .description('prove that the record is whole')
    .option('--json', 'one JSON object')
    .action((options: CommonOptions) =>
      run(options, async ({ pool, organisation }) => {
        const { entries, changes, lastHash, broken } = await verifyAudit(pool, organisation.id)
        if (broken !== null) {
          throw new Refusal(`The audit is broken at entry ${broken.position}: ${broken.why}.`, [
            broken,
          ])
        }
        const text = `The audit is whole: ${entries} entries with ${changes} changes. Its last hash: ${lastHash}.`
        return { json: { whole: true, entries, changes, lastHash }, text }
      }),
    )
  audit
    .command('watch')
    .description('prove that what is due was sent; ends with 1 where a warning may be late')
    .option('--json', 'one JSON object')
    .action((options: CommonOptions) =>
      run(options, async (program) => {
        const findings = judgeWatch(await lookThoroughly(program.pool, auditContext(program)))
        if (findings.some(({ alarm }) => alarm)) {
          throw new Refusal(
            'A warning may be late or lost:',
            findings.map(({ words }) => words),
          )
        }
        const said = findings.map(({ words }) => words)
        const text = ['Nothing is late, and nothing that is due went unsent.', ...said].join('\n')
        return { json: { clean: true, findings }, text }
      }),
    )
}
