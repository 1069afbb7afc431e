// What the program says about fixed registers on fixed days, held against a recording: a change of
// the code's structure must not change a word. `--record` writes the recording anew; names
// of recordings behind it: only those.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { brotliCompressSync, brotliDecompressSync, inflateRawSync } from 'node:zlib'
import { cleanEnvironment, ROOT } from '../bench/child.mjs'
import { startServer } from '../bench/server.mjs'

const RECORDED = path.join(ROOT, 'prove', 'baseline')
const PUBLIC_DATA = path.join(ROOT, '..', 'shared', 'data')
const CLOCK = new URL('fixed-clock.mjs', import.meta.url).href
const MONDAY = '2026-11-23'
const MAX_SHOWN = 20
const LISTS = [
  ['contracts', '--json'],
  ['due', '--json', '--days', '450'],
  ['due'],
  ['extensions', '--json'],
  ['extensions'],
  ['costs', '--json'],
  ['costs'],
  ['exposure', '--json'],
  ['exposure'],
  ['chains', '--json'],
  ['cliffs', '--json'],
  ['waivers', '--json'],
  ['checkpoint', 'list', '--json'],
  ['settings', 'list', '--json'],
  ['team', 'list', '--json'],
]

// What is said since the recording and is meant: left out of the comparison, and counted.
const ADDED = {
  'show --json: earliest end, options, notice, renewal, people, words of the value, questions, documents, covers':
    [
      (each) => 'valueText' in each && 'deadlines' in each,
      [
        'endEarliest',
        'maximumEnd',
        'options',
        'notice',
        'automaticRenewal',
        'owner',
        'department',
        'team',
        'valueText',
        'valueBasis',
        'questions',
        'documents',
        'covers',
        'coverAsked',
      ],
    ],
  'contracts --json: how many questions are open, what the value stands for': [
    (each) => typeof each.questions === 'number' && 'state' in each,
    ['questions', 'valueBasis'],
  ],
  'due --json: what the value stands for': [
    (each) => 'severity' in each && 'valueBasis' in each,
    ['valueBasis'],
  ],
}
const addedCounts = new Map()

const record = process.argv.includes('--record')
const named = process.argv.slice(2).filter((each) => !each.startsWith('--'))
const folder = mkdtempSync(path.join(tmpdir(), 'lapsewatch-baseline-'))
const server = await startServer(() => undefined)
let differing = 0
try {
  const sample = await program('baseline_sample')
  await sample(['sample', '--json'])
  await part('sample-simulate', () => sample(simulated(MONDAY, '2028-02-23')))
  await part('sample-lists', () => listsOf(sample))
  await part('sample-contracts', () => contractsOf(sample))
  await part('sample-exports', () => exportsOf(sample))
  await part('sample-weekly', () => weeklyOf(sample))
  const story = await program('baseline_2023')
  const nhs = path.join(ROOT, 'test', 'registers', 'nhs-2023.csv')
  await part('story-2023', () =>
    story([...simulated('2022-04-01', '2023-12-29'), '--register', nhs]),
  )
  for (const [name, file, from, to] of [
    ['release-package', 'contracts-finder-ocds/release-package.json', '2025-01-23', '2026-04-30'],
    ['awards', 'contracts-finder-awards/awards.csv', '2022-03-01', '2023-05-31'],
  ]) {
    const register = path.join(PUBLIC_DATA, file)
    if (!existsSync(register)) {
      console.log(`${name}: skipped, ${file} is not on this machine`)
      continue
    }
    const run = await program(`baseline_${name.replace('-', '_')}`)
    const span = simulated(from, to)
    await part(name, async () =>
      digested(await run([...span, '--list', '1000000', '--register', register])),
    )
  }
} finally {
  await server.close()
  rmSync(folder, { recursive: true, force: true })
}
for (const [rule, count] of addedCounts) console.log(`meant, ${count} times: ${rule}`)
process.exitCode = differing > 0 ? 1 : 0

function simulated(from, to) {
  return ['simulate', '--from', from, '--to', to, '--json']
}

/** Runs commands over a database of its own, on the fixed day; each answers with its stdout. */
async function program(name) {
  const address = await server.fresh(name)
  return async (args) => {
    const child = spawn(
      process.execPath,
      ['--import', CLOCK, path.join(ROOT, 'dist/cli.js'), ...args],
      {
        cwd: folder,
        env: {
          ...cleanEnvironment(),
          ...address,
          FIXED_CLOCK: `${MONDAY}T09:00:00Z`,
          TZ: 'UTC',
          COLUMNS: '100',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    let out = ''
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      out += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      said += chunk
    })
    const code = await new Promise((resolve) => child.once('close', resolve))
    if (code !== 0)
      throw new Error(`lapsewatch ${args.join(' ')} ended with ${code}:\n${said}${out}`)
    return pretty(out)
  }
}

/** JSON in lines, so that a difference names its place. */
function pretty(out) {
  try {
    return `${JSON.stringify(withoutAdded(JSON.parse(out)), null, 1)}\n`
  } catch {
    return out
  }
}

function withoutAdded(value) {
  if (Array.isArray(value)) return value.map(withoutAdded)
  if (value === null || typeof value !== 'object') return value
  let kept = Object.entries(value)
  for (const [rule, [fits, keys]] of Object.entries(ADDED)) {
    if (!fits(value)) continue
    kept = kept.filter(([key]) => !keys.includes(key))
    addedCounts.set(rule, (addedCounts.get(rule) ?? 0) + 1)
  }
  return Object.fromEntries(kept.map(([key, each]) => [key, withoutAdded(each)]))
}

async function listsOf(run) {
  return await joined(LISTS, run)
}

/** Every fourth contract of the first page of the register: a process for each question takes its time. */
async function contractsOf(run) {
  const { items } = JSON.parse(await run(['contracts', '--json']))
  const asked = items
    .filter((_, index) => index % 4 === 0)
    .flatMap(({ reference }) => [
      ['show', reference],
      ['show', reference, '--json'],
      ['explain', reference, '--json'],
      ['headroom', reference, '--json'],
      ['start-by', reference],
    ])
  return await joined(asked, run)
}

async function weeklyOf(run) {
  const weeks = ['2026-11-23', '2026-11-30', '2027-01-04', '2027-03-29', '2027-06-07', '2027-10-25']
  const asked = weeks.flatMap((day) => [
    ['weekly', '--all', '--as-of', day],
    ['weekly', '--all', '--as-of', day, '--json'],
    ['weekly', '--as-of', day],
  ])
  return await joined(asked, run)
}

async function joined(commands, run) {
  const answers = []
  for (const args of commands) {
    const answer = await run(args).catch((error) => error.message)
    answers.push(`# lapsewatch ${args.join(' ')}\n${answer}`)
  }
  return answers.join('\n')
}

async function exportsOf(run) {
  const answers = []
  for (const [what, format] of [
    ['register', 'csv'],
    ['register', 'xlsx'],
    ['extensions', 'csv'],
    ['extensions', 'xlsx'],
  ]) {
    const file = path.join(folder, `${what}.${format}`)
    await run(['export', file, '--what', what])
    const text = format === 'csv' ? readFileSync(file, 'utf8') : unzipped(readFileSync(file))
    answers.push(`# ${what}.${format}\n${text}`)
  }
  return answers.join('\n')
}

/** A register that is not ours is not kept: how many messages each day, kind and reminder has, and a digest of them. */
function digested(said) {
  const { messages, ...figures } = JSON.parse(said)
  const groups = new Map()
  for (const { on, kind, rung, ...rest } of messages) {
    const name = `${on} ${kind} ${rung}`
    const group = groups.get(name) ?? { count: 0, digest: createHash('sha256') }
    group.count += 1
    group.digest.update(JSON.stringify(rest))
    groups.set(name, group)
  }
  const lines = [...groups].map(
    ([name, { count, digest }]) => `${name} ${count} ${digest.digest('base64').slice(0, 8)}`,
  )
  return `${JSON.stringify(figures, null, 1)}\n${lines.join('\n')}\n`
}

/** Where names are given, only these are asked for. */
async function part(name, say) {
  if (named.length === 0 || named.includes(name)) await compare(name, await say())
}

async function compare(name, said) {
  const file = path.join(RECORDED, `${name}.br`)
  if (record) {
    writeFileSync(file, brotliCompressSync(said))
    console.log(`${name}: recorded, ${said.split('\n').length} lines`)
    return
  }
  const recorded = brotliDecompressSync(readFileSync(file)).toString()
  if (recorded === said) {
    console.log(`${name}: the same, ${said.split('\n').length} lines`)
    return
  }
  differing += 1
  const [was, is] = [recorded, said].map((text) => text.split('\n'))
  const wasCounted = counted(was)
  const isCounted = counted(is)
  const gone = was.filter((line) => take(isCounted, line))
  const come = is.filter((line) => take(wasCounted, line))
  console.log(`${name}: DIFFERENT, ${gone.length} lines gone, ${come.length} new`)
  for (const line of gone.slice(0, MAX_SHOWN)) console.log(`  - ${line}`)
  for (const line of come.slice(0, MAX_SHOWN)) console.log(`  + ${line}`)
}

function counted(lines) {
  const counts = new Map()
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1)
  return counts
}

/** Whether the other text has no such line left. */
function take(counts, line) {
  const left = counts.get(line) ?? 0
  counts.set(line, left - 1)
  return left <= 0
}

/** The parts of a workbook as one text, in the order of their names. */
function unzipped(bytes) {
  const parts = []
  let at = bytes.readUInt32LE(bytes.lastIndexOf(Buffer.from('PK\x05\x06')) + 16)
  while (bytes.readUInt32LE(at) === 0x02014b50) {
    const [method, size] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 20)]
    const [named, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset))
    const local = bytes.readUInt32LE(at + 42)
    const name = bytes.toString('utf8', at + 46, at + 46 + named)
    const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28)
    const packed = bytes.subarray(from, from + size)
    parts.push([name, (method === 0 ? packed : inflateRawSync(packed)).toString('utf8')])
    at += 46 + named + extra + comment
  }
  return parts
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, text]) => `## ${name}\n${text.replaceAll('><', '>\n<')}`)
    .join('\n')
}
