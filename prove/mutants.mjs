// Faults put into src one at a time, and whether the tests notice: npm run prove:mutants --
// [--seed N] [--count 100] [--only src/rules,src/text/money.ts] [--tests COMMIT, its tests on this
// src] [--most 40, test files a mutant] [--unchecked, survivors are not compiled] [--json FILE]. The same seed draws the same mutants of the
// same src, so that a test folder can be held against an older one.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import pg from 'pg'
// The parser that comes with vitest.
import { parseAst } from 'rolldown/parseAst'
import { ROOT } from '../bench/child.mjs'
import { seeded } from './random.mjs'

const TIER_MS = 600_000
/** The nearest test files alone, then some more, then all that may know of the file. */
const TIERS = [4, 12]

const SWAPPED = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '&&': '||',
  '||': '&&',
  '-': '+',
  '*': '/',
  '/': '*',
}

/** Settings of vitest without the server of the run. */
const ALONE = 'vitest.alone.config.ts'

const green = new Map()

const { values: asked } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '100' },
    most: { type: 'string', default: '40' },
    only: { type: 'string', default: 'src' },
    tests: { type: 'string' },
    json: { type: 'string' },
    unchecked: { type: 'boolean', default: false },
  },
})

const folder = fs.mkdtempSync(path.join(tmpdir(), 'lapsewatch-mutants-'))
const inFolder = (file) => path.join(folder, file)
let server = null
try {
  copyCheckout()
  server = await standingServer()
  const imports = importGraph()
  const results = []
  for (const mutant of draw(Number(asked.count))) {
    const result = tried(mutant, imports)
    results.push(result)
    const { state, by, seconds } = result
    console.log(`${state} ${words(mutant)}${by === null ? '' : `, by ${by}`} (${seconds} s)`)
  }
  const count = (state) => results.filter((each) => each.state === state).length
  console.log(
    `${results.length} mutants of seed ${asked.seed}: killed ${count('killed')}, survived ${count('survived')}, refused by the compiler ${count('not compiled')}, unclear ${count('unclear')}`,
  )
  if (asked.json) fs.writeFileSync(asked.json, `${JSON.stringify(results, null, 1)}\n`)
} finally {
  await server?.close()
  fs.rmSync(folder, { recursive: true, force: true })
}

// --- The copy -------------------------------------------------------------------------------

/** Everything that git knows or would know, without what is built; packages are linked. */
function copyCheckout() {
  const listed = command('git', ['ls-files', '--cached', '--others', '--exclude-standard'], ROOT)
  for (const file of listed.split('\n').filter(Boolean)) {
    if (!fs.existsSync(path.join(ROOT, file))) continue
    fs.cpSync(path.join(ROOT, file), inFolder(file))
  }
  const linked = [
    'node_modules',
    '.git',
    'tools/prisma/node_modules',
    'tools/typescript/node_modules',
  ]
  for (const name of linked) {
    fs.symlinkSync(path.join(ROOT, name), inFolder(name))
  }
  fs.cpSync(path.join(ROOT, 'src/database/generated'), inFolder('src/database/generated'), {
    recursive: true,
  })
  if (asked.tests !== undefined) {
    fs.rmSync(inFolder('test'), { recursive: true })
    const archive = path.join(folder, 'tests.tar')
    command('git', ['archive', '-o', archive, asked.tests, 'test'], ROOT)
    command('tar', ['-xf', archive], folder)
  }
  const settings = fs.readFileSync(inFolder('vitest.config.ts'), 'utf8')
  fs.writeFileSync(inFolder(ALONE), settings.replace(/^ *globalSetup.*\n/m, ''))
  // Where the server of the tests runs as another user.
  fs.chmodSync(folder, 0o755)
  command('node', ['scripts/prepare.mjs', '--force'], folder)
}

/** One server for all runs, with its migrated template: a run of its own takes longer than most tests. */
async function standingServer() {
  const of = (file) => import(pathToFileURL(path.join(ROOT, 'dist/src', file)).href)
  const [{ startEmbedded }, { migrate }] = [
    await of('database/embedded/server.js'),
    await of('database/migrate.js'),
  ]
  const data = inFolder('server')
  fs.mkdirSync(data)
  fs.chmodSync(data, 0o711)
  const standing = await startEmbedded({ dataFolder: data, log: () => undefined, durable: false })
  const urls = { admin: standing.adminUrl, owner: standing.migrateUrl, run: standing.runUrl }
  const sql = 'CREATE DATABASE lapsewatch_template OWNER lapsewatch_owner'
  const client = new pg.Client({ connectionString: urls.admin })
  await client.connect()
  await client.query(sql)
  await client.end()
  const template = new URL(urls.owner)
  template.pathname = '/lapsewatch_template'
  await migrate(template.href)
  process.env.LAPSEWATCH_TEST_POSTGRES = JSON.stringify(urls)
  return standing
}

function command(program, args, cwd) {
  const ran = spawnSync(program, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (ran.status !== 0) throw new Error(`${program} ${args.join(' ')}: ${ran.stdout}${ran.stderr}`)
  return ran.stdout
}

function sources(below) {
  return fs
    .readdirSync(inFolder(below), { recursive: true })
    .map((file) => path.posix.join(below, file.split(path.sep).join('/')))
    .filter((file) => /\.(ts|mjs)$/.test(file) && !/\/generated\//.test(file))
    .sort()
}

// --- Mutants --------------------------------------------------------------------------------

/** So many sites, spread over the files as their sites are, the same ones for the same seed. */
function draw(count) {
  const only = asked.only.split(',')
  const files = sources('src').filter((file) =>
    only.some((each) => file === each || file.startsWith(`${each.replace(/\/$/, '')}/`)),
  )
  const sites = files.flatMap(sitesOf)
  const random = seeded(Number(asked.seed))
  const drawn = []
  while (drawn.length < count && sites.length > 0) {
    drawn.push(...sites.splice(Math.floor(random() * sites.length), 1))
  }
  return drawn
}

function sitesOf(file) {
  const text = fs.readFileSync(inFolder(file), 'utf8')
  const sites = []
  const put = (start, end, to) => sites.push({ file, start, end, from: text.slice(start, end), to })
  const visit = (node) => {
    if (Array.isArray(node)) for (const each of node) visit(each)
    if (node === null || typeof node !== 'object' || typeof node.type !== 'string') return
    // Types say nothing at run time, and a name is no value.
    const isType = /^TS(?!AsExpression|SatisfiesExpression|NonNullExpression)/.test(node.type)
    if (isType || /^(Import|ExportAll)/.test(node.type)) return
    mutate(node, text, put)
    for (const inner of Object.values(node)) visit(inner)
  }
  visit(parseAst(text, { lang: 'ts' }).body)
  return sites
}

function mutate(node, text, put) {
  const source = ({ start, end }) => text.slice(start, end)
  switch (node.type) {
    case 'BinaryExpression':
    case 'LogicalExpression': {
      const to = SWAPPED[node.operator]
      if (to === undefined) return
      const at = text.indexOf(node.operator, node.left.end)
      put(at, at + node.operator.length, to)
      return
    }
    case 'IfStatement':
    case 'ConditionalExpression':
      put(node.test.start, node.test.end, `!(${source(node.test)})`)
      return
    case 'Literal':
      if (typeof node.value === 'boolean') put(node.start, node.end, String(!node.value))
      if (typeof node.value === 'number') put(node.start, node.end, `(${source(node)} + 1)`)
      return
    case 'ExpressionStatement': {
      const { expression } = node
      const call = expression.type === 'AwaitExpression' ? expression.argument : expression
      if (call.type === 'CallExpression') put(node.start, node.end, 'void 0')
      return
    }
    default:
  }
}

function words({ file, start, from, to }) {
  const before = fs.readFileSync(inFolder(file), 'utf8').slice(0, start).split('\n')
  const line = `${before.length}:${(before.at(-1) ?? '').length + 1}`
  const short = (text) => text.replace(/\s+/g, ' ').slice(0, 60)
  return `${file}:${line} ${short(from)} -> ${short(to)}`
}

// --- Tests ----------------------------------------------------------------------------------

/** What each file imports of ours; what a test starts as a process counts as imported by it. */
function importGraph() {
  const graph = new Map()
  for (const file of [...sources('src'), ...sources('stand-in'), ...sources('test')]) {
    const text = fs.readFileSync(inFolder(file), 'utf8')
    const to = [...text.matchAll(/(?:from|import|import\()\s*'(\.[^']+)'/g)].map(([, name]) =>
      path.posix.join(path.posix.dirname(file), name),
    )
    if (file === 'test/support/command.ts' || /prove\(|embedded-user/.test(text)) {
      to.push('src/main.ts', 'src/cli.ts')
    }
    graph.set(file, to)
  }
  return graph
}

/** The test files that import a file, the nearest first, among these those that import little. */
function testsOf(file, imports) {
  const near = []
  for (const test of imports.keys()) {
    if (!test.endsWith('.test.ts')) continue
    const away = new Map([[test, 0]])
    const queue = [test]
    for (const from of queue) {
      for (const to of imports.get(from) ?? []) {
        if (away.has(to)) continue
        away.set(to, away.get(from) + 1)
        queue.push(to)
      }
    }
    if (away.has(file)) near.push({ test, away: away.get(file), size: away.size })
  }
  near.sort((a, b) => a.away - b.away || a.size - b.size)
  return near.slice(0, Number(asked.most)).map(({ test }) => test)
}

function tried(mutant, imports) {
  const began = performance.now()
  const { file, start, end, to } = mutant
  const whole = fs.readFileSync(inFolder(file), 'utf8')
  const result = { ...mutant, by: null, seconds: 0, state: 'survived' }
  try {
    fs.writeFileSync(inFolder(file), whole.slice(0, start) + to + whole.slice(end))
    const tests = testsOf(file, imports)
    for (let from = 0, tier = 0; from < tests.length; tier += 1) {
      const some = tests.slice(from, from + (TIERS[tier] ?? tests.length))
      from += some.length
      if (reaches(some, 'src/cli.ts', imports) && !builds())
        return { ...result, state: 'not compiled' }
      result.by = failedIn(some, imports)
      if (result.by !== null) break
    }
    // The compiler takes longer than the tests that kill most of them.
    if (result.by === null && !asked.unchecked && !compiles()) result.state = 'not compiled'
  } finally {
    fs.writeFileSync(inFolder(file), whole)
  }
  result.seconds = Math.round((performance.now() - began) / 1000)
  if (result.by !== null) {
    result.state = isGreen(result.by.split(': ')[0], imports) ? 'killed' : 'unclear'
  }
  return result
}

function reaches(tests, file, imports) {
  const queue = new Set(tests)
  for (const from of queue) for (const to of imports.get(from) ?? []) queue.add(to)
  return queue.has(file)
}

function compiles() {
  const args = ['tools/typescript/node_modules/.bin/tsc', '--noEmit', '--pretty', 'false']
  const ran = spawnSync('node', args, { cwd: folder, encoding: 'utf8' })
  // Packages are linked: where they are being installed anew, nothing is said of a mutant.
  if (ran.status !== 0 && (!ran.stdout.includes('error TS') || ran.stdout.includes('TS2307'))) {
    throw new Error(`The copy cannot be compiled for now: ${ran.stdout}${ran.stderr}`)
  }
  return ran.status === 0
}

function builds() {
  return spawnSync('node', ['scripts/prepare.mjs', '--force'], { cwd: folder }).status === 0
}

/** The first test of these files that fails, with its file; null where none does. */
function failedIn(tests, imports) {
  const report = path.join(folder, 'report.json')
  fs.rmSync(report, { force: true })
  const args = ['run', '--bail=1', '--reporter=json', `--outputFile=${report}`, ...tests]
  // No server is started for tests that ask none.
  if (!reaches(tests, 'test/support/postgres.ts', imports)) args.push(`--config=${ALONE}`)
  const ran = spawnSync('node', ['node_modules/vitest/vitest.mjs', ...args], {
    cwd: folder,
    timeout: TIER_MS,
    killSignal: 'SIGTERM',
  })
  if (ran.status === 0) return null
  const told = fs.existsSync(report) ? JSON.parse(fs.readFileSync(report, 'utf8')) : null
  for (const { name, status, assertionResults } of told?.testResults ?? []) {
    const failed = assertionResults.find((each) => each.status === 'failed')
    const file = path.relative(folder, name)
    if (failed !== undefined) return `${file}: ${failed.title}`
    if (status === 'failed') return `${file}: the file itself`
  }
  return `${tests[0]}: no end of it`
}

/** Whether a test file passes without the mutant: one that does not kills nothing. */
function isGreen(test, imports) {
  if (!green.has(test)) green.set(test, builds() && failedIn([test], imports) === null)
  return green.get(test)
}
