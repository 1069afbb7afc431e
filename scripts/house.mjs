// Counts how large the program is and how it hangs together, from the code alone:
// npm run house -- [--json] [--list NAME, what a figure counts] [--install, packages to run as well].
// A figure that has been reached and is missed again ends with exit code 1.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
// The parser that comes with vitest.
import { parseAst } from 'rolldown/parseAst'

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/** What is counted, where it began (fc0890c), the most that it is to be, and whether that holds. */
const BOUNDS = {
  files: ['files in src without stand-in and demo', 558, 280, true],
  lines: ['lines in src and stand-in, nothing generated', 60631, 54000, false],
  plain: ['plain SQL statements written by hand', 148, 0, true],
  sql: ['SQL sites written by hand, in all', 438, 200, true],
  circles: ['circles of imports', 8, 0, true],
  upward: ['imports upward', 0, 0, true],
  doors: ['files of src that import the stand-in', 1, 1, true],
  names: ['exported types with an empty name', 31, 0, false],
  tests: ['lines of test code', 27388, 22000, false],
  short: ['files under 40 lines', 113, Number.POSITIVE_INFINITY, false],
  packages: ['packages to run', 451, 250, false],
  megabytes: ['megabytes of packages to run', 534, 260, false],
}

const EMPTY_NAMES =
  /^(Row|Place|Seen|Asked|Told|Part|Change|Found|Standing|Scene|Stage|Deed|Spoken|Stood|House|Company|Keeper|Tells|Cast)$/

/** From the ground up, each with the room that it was; `exports` once stood on its neighbours. */
const FLOORS = [
  ['rules', 'domain'],
  ['text', 'messages', 'database', 'db'],
  ['delivery', 'reports'],
  ['warnings', 'actions', 'register', 'watch'],
  ['exports', 'ops', 'doctor'],
  ['slack', 'bot'],
  ['app', 'settings'],
  ['cli', 'commands'],
]

/** Plain statements that stay by hand, as `file: beginning of the statement`, by their reason. */
const PLAIN_BY_HAND = {
  'no table of the schema': [
    'src/database/connect.ts: SELECT',
    'src/database/migrate.ts: SELECT migration_name',
    'src/register/import/staging.ts: SELECT ordinal',
  ],
  'as many contracts as a register has, by one array: sweep, import, delivery and lists': [
    'src/database/contracts.ts: SELECT',
    'src/delivery/load-queries.ts: SELECT contract_id, kind',
    'src/register/import/undo.ts: DELETE FROM contract',
    'src/register/import/update.ts: DELETE FROM …',
  ],
  'the whole record, 5,000 rows at a time': [
    'src/database/audit-log.ts: SELECT position, contract_id',
    'src/register/export/tables.ts: SELECT c.entry_id',
  ],
  'columns or conditions that other statements have too, which reckon more than plain ones': [
    'src/database/contracts.ts: SELECT …',
  ],
}

const STATEMENT = /^\s*(SELECT\s|INSERT INTO\s|UPDATE \S+\s+SET\s|DELETE FROM\s|WITH \w+ AS )/

/** What only the database can reckon; a row or two of one table never needs it. */
const SET_WORK = new RegExp(
  [
    '\\b(WITH|UNION|EXCEPT|GROUP BY|HAVING|DISTINCT ON|EXISTS|LATERAL|CASE|USING|INTERVAL)\\b',
    '\\b(AT TIME ZONE|DO UPDATE|FOR (NO KEY )?(UPDATE|SHARE)|INFORMATION_SCHEMA|CURRENT_(DATE|TIME\\w*|USER|SCHEMA|DATABASE|SETTING))\\b',
    '\\b(OVER|FILTER|UNNEST|GENERATE_SERIES|COALESCE|GREATEST|LEAST|NULLIF|NOW|\\w+_AGG) ?\\(',
    '\\b(PG_|JSONB?_|STRING_|CLOCK_)\\w+|\\b(TO|SET)_\\w+ ?\\(|\\w+_LOCK\\b|\\|\\||[*+/] ?\\d|::(DATE|INTERVAL)',
    '^SELECT (?!.*\\bFROM )|^UPDATE .* FROM |^(?!SELECT).*\\bSELECT\\b|\\bSELECT\\b.*\\bSELECT\\b',
    '\\bFROM \\w+( \\w+)?,|\\bJOIN\\b.*\\bJOIN\\b| (->|!?~)|^…',
  ].join('|'),
)

const files = [...sources('src'), ...sources('stand-in')]
const trees = new Map(
  files.filter((file) => file.endsWith('.ts')).map((file) => [file, tree(file)]),
)
const isStandIn = (file) => /^(stand-in|src\/workspace|src\/local)\//.test(file)
const own = [...trees.keys()].filter((file) => !isStandIn(file))
const imports = new Map([...trees].map(([file, ast]) => [file, importsOf(file, ast)]))
const sql = own.flatMap((file) => sqlOf(trees.get(file)).map((text) => `${file}: ${text}`))

const BY_HAND = Object.values(PLAIN_BY_HAND).flat()
const stale = BY_HAND.filter(
  (start) => !sql.some((site) => isPlain(site) && site.startsWith(start)),
)
if (stale.length > 0) throw new Error(`No plain statement by hand any more: ${stale.join('; ')}`)

const found = {
  files: own,
  lines: files.flatMap(linesOf),
  plain: sql.filter((site) => isPlain(site) && !BY_HAND.some((start) => site.startsWith(start))),
  sql,
  circles: circles(),
  upward: own.flatMap((file) =>
    imports
      .get(file)
      .filter((to) => isUpward(file, to))
      .map((to) => `${file} -> ${to}`),
  ),
  doors: own.filter((file) => imports.get(file).some(isStandIn)),
  names: [...trees].flatMap(([file, ast]) => emptyNames(ast).map((name) => `${file}: ${name}`)),
  tests: sources('test')
    .filter((file) => /\.(ts|mjs)$/.test(file))
    .flatMap(linesOf),
  short: own.filter((file) => linesOf(file).length < 40),
  ...(process.argv.includes('--install') ? installed() : {}),
}

const listed =
  process.argv.includes('--list') && found[process.argv[process.argv.indexOf('--list') + 1]]
if (listed) process.stdout.write(`${[...new Set(listed)].join('\n')}\n`)
else report()

function report() {
  const rows = Object.entries(found).map(([name, list]) => {
    const [is, before, most, holds] = BOUNDS[name]
    const now = list.length
    return { name, is, before, now, most, state: now <= most ? '' : holds ? 'BROKEN' : 'to reach' }
  })
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
  else {
    const line = (is, ...cells) =>
      `${is.padEnd(48)}${cells.map((cell) => String(cell).padStart(10)).join('')}\n`
    process.stdout.write(line('', 'before', 'now', 'at most', ''))
    for (const { is, before, now, most, state } of rows) {
      process.stdout.write(line(is, before, now, Number.isFinite(most) ? most : '', state))
    }
  }
  if (rows.some(({ state }) => state === 'BROKEN')) process.exitCode = 1
}

// --- Files ----------------------------------------------------------------------------------

function sources(folder) {
  const at = path.join(ROOT, folder)
  if (!fs.existsSync(at)) return []
  return fs
    .readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)))
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => !/\/(generated|registers)\//.test(file))
    .sort()
}

function linesOf(file) {
  const text = fs.readFileSync(path.join(ROOT, file), 'utf8')
  return Array(text.split('\n').length - 1).fill(file)
}

function tree(file) {
  const lang = file.endsWith('.d.ts') ? 'dts' : 'ts'
  return parseAst(fs.readFileSync(path.join(ROOT, file), 'utf8'), { lang })
}

/** Every node of a tree, the outer ones first. */
function* nodes(value) {
  if (value === null || typeof value !== 'object') return
  if (typeof value.type === 'string') yield value
  for (const inner of Object.values(value)) yield* nodes(inner)
}

// --- Imports --------------------------------------------------------------------------------

/** What a file imports of ours: types and import() included. */
function importsOf(file, ast) {
  const sources = [...nodes(ast)]
    .filter(({ type }) => /^(Import|Export(Named|All))(Declaration|Expression)$/.test(type))
    .flatMap(({ source }) => (source?.value?.startsWith?.('.') ? [source.value] : []))
    .map((source) => path.posix.join(path.posix.dirname(file), source))
  return [...new Set(sources)].filter((to) => trees.has(to))
}

function isUpward(from, to) {
  const [a, b] = [from, to].map((file) => file.split('/').slice(1, -1)[0])
  // Files beside the rooms were wiring, which everything that is no room stood on.
  const [low, high] = [a, b].map((room) => FLOORS.findIndex((rooms) => rooms.includes(room)))
  if (low < 0 || isStandIn(to) || a === b) return false
  return high < 0 ? low < FLOORS.length - 2 : high >= low
}

/** Files that import each other in a loop (Tarjan). */
function circles() {
  const [index, low, stack, out] = [new Map(), new Map(), [], []]
  const go = (file) => {
    index.set(file, index.size)
    low.set(file, index.get(file))
    stack.push(file)
    for (const to of imports.get(file)) {
      if (!index.has(to)) go(to)
      if (stack.includes(to)) low.set(file, Math.min(low.get(file), low.get(to)))
    }
    if (low.get(file) !== index.get(file)) return
    const circle = stack.splice(stack.indexOf(file))
    if (circle.length > 1) out.push(circle.join(' '))
  }
  for (const file of trees.keys()) if (!index.has(file)) go(file)
  return out
}

function emptyNames(ast) {
  return ast.body
    .filter(({ type }) => type === 'ExportNamedDeclaration')
    .map(({ declaration }) => declaration)
    .filter((it) => /^(TSInterface|TSTypeAlias|Class)Declaration$/.test(it?.type))
    .flatMap(({ id }) => (EMPTY_NAMES.test(id.name) ? [id.name] : []))
}

// --- SQL ------------------------------------------------------------------------------------

/**
 * What is handed to `.query` of pg and to Prisma's raw calls, as far as the file shows it; and every
 * other text that begins as a statement does, as it is handed on by way of a function.
 */
function sqlOf(ast) {
  const all = [...nodes(ast)]
  const reached = new Set()
  const named = new Map(
    all.filter(({ type }) => type === 'VariableDeclarator').map(({ id, init }) => [id.name, init]),
  )
  const read = (node, depth = 0) => {
    reached.add(node)
    if (node?.type === 'Literal') return String(node.value)
    if (node?.type === 'Identifier' && depth < 5) return read(named.get(node.name), depth + 1)
    if (node?.type !== 'TemplateLiteral') return '…'
    const holes = node.expressions.map((each) => read(each, depth))
    return node.quasis.map(({ value }, at) => value.cooked + (holes[at] ?? '')).join('')
  }
  const handed = all.flatMap((node) => {
    const callee = node.type === 'CallExpression' ? node.callee : node.tag
    const isSql = /^(query|\$(query|execute)Raw(Unsafe)?)$/.test(callee?.property?.name ?? '')
    // A request's `req.query` is another thing.
    if (!isSql || callee.object.property?.name === 'req') return []
    return [read(node.arguments?.[0] ?? node.quasi)]
  })
  const texts = all.filter(
    (node) => !reached.has(node) && (node.type === 'TemplateLiteral' || node.type === 'Literal'),
  )
  return [...handed, ...texts.map((node) => read(node)).filter((text) => STATEMENT.test(text))].map(
    (text) => text.replace(/--.*$/gm, '').replace(/\s+/g, ' ').trim(),
  )
}

/** One table, at most one join, nothing reckoned: what a client of tables says as well. */
function isPlain(site) {
  const text = site
    .slice(site.indexOf(': ') + 2)
    .replace(/'([^']|'')*'/g, "''")
    .toUpperCase()
  return /^(SELECT|INSERT|UPDATE|DELETE)\b/.test(text) && !SET_WORK.test(text)
}

// --- Packages -------------------------------------------------------------------------------

function installed() {
  const at = fs.mkdtempSync(path.join(tmpdir(), 'lapsewatch-house-'))
  try {
    for (const name of ['package.json', 'package-lock.json']) {
      fs.copyFileSync(path.join(ROOT, name), path.join(at, name))
    }
    const args = ['ci', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error']
    const { status } = spawnSync('npm', args, { cwd: at, stdio: ['ignore', 2, 2] })
    if (status !== 0) throw new Error('The packages could not be installed; see the lines above.')
    const modules = path.join(at, 'node_modules')
    const lock = JSON.parse(fs.readFileSync(path.join(modules, '.package-lock.json'), 'utf8'))
    const bytes = fs
      .readdirSync(modules, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => fs.statSync(path.join(entry.parentPath, entry.name)).size)
      .reduce((sum, size) => sum + size, 0)
    return { packages: Object.keys(lock.packages), megabytes: Array(Math.round(bytes / 1e6)) }
  } finally {
    fs.rmSync(at, { recursive: true, force: true })
  }
}
