// npm run bench [-- --quick] [--only start,commands,sweep,covers,weekly,csv,xlsx,ocds,rules,growth,simulate,bot,page]
// Measures the hot paths beside the plainest way of doing the same, prints a table, writes
// bench/results/, and ends with 1 where a target is missed or a part fails. See docs/bench.md.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { benchBot } from './bot.mjs'
import { ROOT } from './child.mjs'
import { benchCommands } from './commands.mjs'
import { benchGrowth } from './growth.mjs'
import { benchCsv, benchOcds, benchXlsx } from './imports.mjs'
import { benchPage } from './page.mjs'
import { reportRows, reportText } from './report.mjs'
import { benchRules } from './rules.mjs'
import { startServer } from './server.mjs'
import { benchSimulate } from './simulate.mjs'
import { benchStart } from './start.mjs'
import { benchCovers, benchSweep } from './sweep.mjs'
import { benchWeekly } from './weekly.mjs'

const PARTS = [
  'start',
  'commands',
  'sweep',
  'covers',
  'weekly',
  'csv',
  'xlsx',
  'ocds',
  'rules',
  'growth',
  'simulate',
  'bot',
  'page',
]
const FULL = {
  commands: { rounds: 9, held: [100_000, 1_000_000] },
  sizes: [10_000, 100_000, 1_000_000],
  rounds: 9,
  rows: 100_000,
  releases: 20_000,
  tries: 3,
  rekeyed: [100_000, 1_000_000],
  weekly: { sizes: [10_000, 100_000], rounds: 7 },
  bot: { held: 100_000, perSecond: 20, seconds: 60 },
}
const QUICK = {
  commands: { rounds: 3, held: [100_000] },
  sizes: [10_000, 100_000],
  rounds: 4,
  rows: 20_000,
  releases: 4_000,
  tries: 1,
  rekeyed: [20_000],
  weekly: { sizes: [10_000, 100_000], rounds: 3 },
  bot: { held: 100_000, perSecond: 20, seconds: 15 },
}

const { values } = parseArgs({ options: { quick: { type: 'boolean' }, only: { type: 'string' } } })
const parts = values.only?.split(',') ?? PARTS
const unknown = parts.filter((part) => !PARTS.includes(part))
if (unknown.length > 0) {
  process.stderr.write(
    `There is no part "${unknown.join(', ')}": choose from ${PARTS.join(', ')}.\n`,
  )
  process.exit(2)
}
const { commands, sizes, rounds, rows, releases, tries, rekeyed, weekly, bot } = values.quick
  ? QUICK
  : FULL
const say = (line) => process.stderr.write(`${line}\n`)
const loadBefore = os.loadavg()
const results = {}
const failed = []
/** A part that fails is told, and the others are measured all the same. */
async function measure(part, work) {
  if (!parts.includes(part)) return
  try {
    results[part] = await work()
  } catch (error) {
    failed.push(part)
    say(error.stack)
  }
}
await measure('start', () => benchStart(tries, say))
await measure('growth', () => benchGrowth(tries, say))
if (parts.some((part) => part !== 'start' && part !== 'growth')) {
  const server = await startServer(say)
  try {
    await measure('commands', () => benchCommands(server, commands, say))
    await measure('sweep', () => benchSweep(server, sizes, rounds, say))
    await measure('covers', () => benchCovers(server, 100_000, rounds, say))
    await measure('weekly', () => benchWeekly(server, weekly.sizes, weekly.rounds, say))
    await measure('csv', () => benchCsv(server, rows, tries, say))
    await measure('xlsx', () => benchXlsx(server, rows, tries, say))
    await measure('rules', () => benchRules(server, rekeyed, say))
    await measure('bot', () => benchBot(server, bot, say))
    await measure('page', () => benchPage(server, bot.held, say))
    await measure('simulate', () => benchSimulate(server, tries, say))
    await measure('ocds', () => benchOcds(server, releases, tries, say))
  } finally {
    await server.close()
  }
}
const report = reportRows(results)
const missed = report.filter((each) => !each.met).length
const machine = {
  cpus: os.availableParallelism(),
  cpu: os.cpus()[0]?.model,
  memoryMb: Math.round(os.totalmem() / 2 ** 20),
  node: process.version,
  platform: `${os.platform()} ${os.arch()}`,
  loadBefore,
  loadAfter: os.loadavg(),
}
const file = path.join(
  ROOT,
  'bench',
  'results',
  `${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}.json`,
)
mkdirSync(path.dirname(file), { recursive: true })
writeFileSync(
  file,
  `${JSON.stringify({ commit: commit(), quick: values.quick === true, machine, report, results }, null, 2)}\n`,
)
process.stdout.write(`${reportText(report)}\n\n`)
process.stdout.write(
  `Load before ${loadBefore[0].toFixed(1)}, after ${machine.loadAfter[0].toFixed(1)}, on ${machine.cpus} cores. `,
)
process.stdout.write(`Written to ${path.relative(process.cwd(), file)}.\n`)
process.stdout.write(
  missed === 0 ? 'All targets met.\n' : `${missed} of ${report.length} targets missed.\n`,
)
if (failed.length > 0) process.stdout.write(`Not measured, for an error: ${failed.join(', ')}.\n`)
process.exitCode = missed + failed.length === 0 ? 0 : 1

function commit() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: ROOT,
      encoding: 'utf8',
    }).trim()
  } catch {
    return null
  }
}
