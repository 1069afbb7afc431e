// npm run bench [-- --quick] [--only start,commands,sweep,covers,weekly,csv,xlsx,ocds,rules,simulate,bot,page]
// Measures the hot paths beside the plainest way of doing the same, prints a table, writes
// bench/results/, and ends with 1 where a target is missed. See docs/bench.md.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { benchBot } from './bot.mjs'
import { ROOT } from './child.mjs'
import { benchCommands } from './commands.mjs'
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
if (parts.includes('start')) results.start = await benchStart(tries, say)
if (parts.some((part) => part !== 'start')) {
  const server = await startServer(say)
  try {
    if (parts.includes('commands')) {
      results.commands = await benchCommands(server, commands, say)
    }
    if (parts.includes('sweep')) results.sweep = await benchSweep(server, sizes, rounds, say)
    if (parts.includes('covers')) {
      results.covers = await benchCovers(server, 100_000, rounds, say)
    }
    if (parts.includes('weekly')) {
      results.weekly = await benchWeekly(server, weekly.sizes, weekly.rounds, say)
    }
    if (parts.includes('csv')) results.csv = await benchCsv(server, rows, tries, say)
    if (parts.includes('xlsx')) results.xlsx = await benchXlsx(server, rows, tries, say)
    if (parts.includes('rules')) results.rules = await benchRules(server, rekeyed, say)
    if (parts.includes('bot')) results.bot = await benchBot(server, bot, say)
    if (parts.includes('page')) results.page = await benchPage(server, bot.held, say)
    if (parts.includes('simulate')) results.simulate = await benchSimulate(server, tries, say)
    if (parts.includes('ocds')) results.ocds = await benchOcds(server, releases, tries, say)
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
process.exitCode = missed === 0 ? 0 : 1

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
