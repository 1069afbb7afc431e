/** What the documents name is there: files, places in them, scripts, commands, settings, tests. */
import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { SETTING_NAMES } from '../src/app/settings.ts'
import { groupsFor } from '../src/cli/index.ts'
import { Cli } from '../src/cli/run.ts'
import { MANUAL } from '../src/text/help.ts'

const ROOT = fileURLToPath(new URL('../', import.meta.url))
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')
const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
const FILES = listed.split('\n').filter(Boolean)
const DOCS = FILES.filter((file) => /^(README|CHANGELOG)\.md$|^docs\/.*\.md$/.test(file))
const PACKAGE = JSON.parse(read('package.json')) as Record<
  'scripts' | 'dependencies' | 'devDependencies',
  Record<string, string>
>
const PACKAGES = { ...PACKAGE.dependencies, ...PACKAGE.devDependencies }
/** Written by the program, its build or its users. */
const NOT_KEPT = ['.lapsewatch/', 'dist/', 'bench/results/', 'postgres.json', '.env']

interface Span {
  readonly text: string
  readonly line: string
}

/** What stands in backticks, with its line; and the lines of blocks of code. */
function codeOf(markdown: string): { spans: Span[]; blocks: string[] } {
  const spans: Span[] = []
  const blocks: string[] = []
  let inBlock = false
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) inBlock = !inBlock
    else if (inBlock) blocks.push(line)
    else for (const [, text = ''] of line.matchAll(/`([^`]+)`/g)) spans.push({ text, line })
  }
  return { spans, blocks }
}

const IS_FILE = /^[\w.-]+(\/[\w.*-]+)*\.(ts|mjs|js|md|json|sql|csv|tsv|yml)$/
const IS_FOLDER = /^[\w.-]+(\/[\w.-]+)*\/$/
/** A row of the rooms: its folder, and where to begin reading in it. */
const ROOM = /^\| `([\w/]+\/)` \|/

function isThere(name: string, line: string): boolean {
  if (NOT_KEPT.includes(name) || name in PACKAGES) return true
  const room = name.includes('/') ? undefined : ROOM.exec(line)?.[1]
  if (room !== undefined && !line.startsWith('| `test')) return FILES.includes(`src/${room}${name}`)
  const pattern = name.replaceAll('.', '\\.').replaceAll('*', '[^/]*')
  // Folders of src are named without it, and a file may be named by its last part alone.
  const start = name.includes('/') ? '^(src/|docs/)?' : '(^|/)'
  const end = name.endsWith('/') ? '' : '$'
  return FILES.some((file) => new RegExp(`${start}${pattern}${end}`).test(file))
}

interface Document extends ReturnType<typeof codeOf> {
  readonly file: string
  readonly markdown: string
}
const documents = DOCS.map((file): Document => {
  const markdown = read(file)
  return { file, markdown, ...codeOf(markdown) }
})

/** What `find` gives of each document, with the document's name. */
function everywhere(find: (document: Document) => readonly string[]): string[] {
  return documents.flatMap((each) => find(each).map((found) => `${each.file}: ${found}`))
}

/** What these patterns find in code, in backticks and in blocks. */
function inCode({ spans, blocks }: Document, pattern: RegExp): string[][] {
  return [...spans.map(({ text }) => text), ...blocks].flatMap((text) => [
    ...text.matchAll(pattern),
  ])
}

describe('the documents', () => {
  test('name files and folders that are there', () => {
    const missing = everywhere(({ spans }) =>
      spans
        .filter(({ text }) => IS_FILE.test(text) || IS_FOLDER.test(text))
        .filter(({ text, line }) => !isThere(text, line))
        .map(({ text }) => text),
    )
    expect(missing).toEqual([])
  })

  test('say of architecture what stands in the files that they name beside it', () => {
    const sources = FILES.filter((file) => /^(src|stand-in)\/.*\.ts$/.test(file))
    const missing = codeOf(read('docs/architecture.md')).spans.filter(({ text, line }) => {
      if (!/^[A-Za-z]+[A-Z]\w*$/.test(text) || text === 'COPY') return false
      const named = [...line.matchAll(/`([\w/.-]+\.ts)`/g)].map(([, file = '']) => `/${file}`)
      const beside = sources.filter((file) => named.some((name) => `/${file}`.endsWith(name)))
      const isIn = (file: string) => new RegExp(`\\b${text}\\b`).test(read(file))
      return !(beside.length > 0 ? beside : sources).some(isIn)
    })
    expect(missing.map(({ text }) => text)).toEqual([])
  })

  test('link to files and headings that are there', () => {
    const missing = everywhere(({ file, markdown }) =>
      [...markdown.matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !/^(https?|mailto):/.test(target) && !isLinked(file, target)),
    )
    expect(missing).toEqual([])
  })

  test('name scripts that package.json has', () => {
    const missing = everywhere((document) =>
      inCode(document, /npm run (?:-s )?([\w:-]+)/g)
        .map(([, script = '']) => script)
        .filter((script) => !(script in PACKAGE.scripts)),
    )
    expect(missing).toEqual([])
  })

  test('type commands and options that the command line has', () => {
    const unknown = everywhere((document) =>
      inCode(document, /(?:cli -- |^lapsewatch |dist\/cli\.js )([a-z][^|#&;']*)/g).flatMap(
        ([, words = '']) => unknownIn(words),
      ),
    )
    expect(unknown).toEqual([])
  })

  test('list every command in the README, with options that it has', () => {
    const table = read('README.md').split('## Commands')[1]?.split(/^## /m)[0] ?? ''
    const cells = [...table.matchAll(/^\| (`.*?) \| /gm)].map(([, cell = '']) => cell)
    const typed = cells.flatMap((cell) => [...cell.matchAll(/`([a-z][^`]*)`/g)])
    const lines = typed.map(([, words = '']) => words.replaceAll('\\|', '|'))
    expect(lines.flatMap(unknownIn)).toEqual([])
    const listed = new Set(lines.map((line) => line.split(' ')[0]))
    expect(cli.commands.map((each) => each.name()).filter((name) => !listed.has(name))).toEqual([])
  })

  test('list every word of /contracts in the README', () => {
    const [row = ''] = /^\| `\/contracts` with a word \|.*$/m.exec(read('README.md')) ?? []
    const listed = new Set([...row.matchAll(/`([a-z-]+)`/g)].map(([, verb]) => verb))
    expect(Object.keys(MANUAL).filter((verb) => !listed.has(verb))).toEqual([])
  })

  test('type what the bot answers', () => {
    const unknown = everywhere((document) =>
      inCode(document, /^\/contracts ([a-z-]+)/g)
        .map(([, verb = '']) => verb)
        .filter((verb) => !(verb in MANUAL)),
    )
    expect(unknown).toEqual([])
  })

  test('name settings that there are', () => {
    const beside = FILES.filter((file) => CODE_BESIDE.test(file))
      .map(read)
      .join('\n')
    const unknown = everywhere(({ markdown }) =>
      (markdown.match(/\b(LAPSEWATCH|SLACK|DATABASE|HOSTILE)_[A-Z_]*[A-Z]\b/g) ?? []).filter(
        (name) => !SETTINGS.has(name.replace(/_FILE$/, '')) && !beside.includes(name),
      ),
    )
    expect(unknown).toEqual([])
  })

  test('give a reason for every package, and for no other', () => {
    const [running = '', others = ''] = read('docs/decisions/0006-libraries.md').split(
      'For development:',
    )
    const named = (text: string) => {
      const cells = (text.match(/^\| `.*$/gm) ?? []).map((row) => row.split(' | ')[0] ?? '')
      const names = cells.flatMap((cell) =>
        [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
      )
      return new Set(names.filter((name) => !name?.endsWith('*')))
    }
    expect(named(running)).toEqual(new Set(Object.keys(PACKAGE.dependencies)))
    expect(named(others)).toEqual(new Set(Object.keys(PACKAGE.devDependencies)))
  })

  test('describe every table of the database', () => {
    const rows = read('docs/architecture.md').matchAll(/^\| (`[a-z_`, ]+`) \| .* \| .* \|$/gm)
    const model = [...rows].flatMap(([, cell = '']) => cell.match(/[a-z_]+/g) ?? [])
    const schema = read('prisma/schema.prisma').matchAll(/@@map\("(\w+)"\)/g)
    const tables = [...schema].map(([, name = '']) => name)
    expect(tables.filter((table) => !model.includes(table))).toEqual([])
  })

  test('name tests that there are', () => {
    const named = /`(test\/[\w./-]+\.test\.ts)`: ([^|]+?)(?= \||\)[,.]|; `|$)/gm
    const missing = everywhere(({ markdown }) =>
      [...markdown.matchAll(named)]
        .filter(([, at = '', name = '']) => !hasTest(at, name))
        .map(([text]) => text),
    )
    expect(missing).toEqual([])
  })
})

function isLinked(from: string, target: string): boolean {
  const [to = '', anchor] = target.split('#')
  const at = to === '' ? from : path.normalize(path.join(path.dirname(from), to))
  if (!FILES.some((file) => file === at || file.startsWith(`${at.replace(/\/$/, '')}/`)))
    return false
  if (anchor === undefined) return true
  const headings = [...read(at).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => heading)
  return headings.some((heading) => slugOf(heading) === anchor)
}

/** As GitHub makes it. */
function slugOf(heading: string): string {
  const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
  return text.replaceAll(/[^\p{L}\p{N}_ -]/gu, '').replaceAll(' ', '-')
}

const cli = new Cli('lapsewatch')
beforeAll(async () => {
  for (const { load } of groupsFor(undefined)) (await load())(cli)
})

/** Words of a command line that it does not know, each with the whole. */
function unknownIn(words: string): string[] {
  const [first = '', ...rest] = words.trim().split(/\s+/)
  const named = cli.commands.find((each) => each.name() === first)
  if (named === undefined) return first === 'help' ? [] : [words]
  const [second = ''] = rest
  const options = new Set(named.options.map(({ long }) => long))
  // A command with arguments of its own takes other words as well.
  const takesWords = named.registeredArguments.length > 0
  const isBelow = (name: string) => named.commands.some((each) => each.name() === name)
  if (named.commands.length > 0 && /^[a-z]/.test(second) && (!takesWords || isBelow(second))) {
    for (const name of second.split('|')) {
      const below = named.commands.find((each) => each.name() === name)
      if (below === undefined) return [words]
      for (const { long } of below.options) options.add(long)
    }
  }
  return rest
    .flatMap((word) => /^\[?(--[a-z-]+)/.exec(word)?.[1] ?? [])
    .filter((option) => !options.has(option) && option !== '--help')
    .map((option) => `${option} in ${words}`)
}

const SETTINGS = new Set<string>(SETTING_NAMES)
/** What tests and proofs read from the environment, and errors of Slack's, stand there. */
const CODE_BESIDE = /^(test(?!\/docs\.test)|prove|bench|scripts)\/.*\.(ts|mjs)$|^package\.json$/

function hasTest(file: string, name: string): boolean {
  if (!FILES.includes(file)) return false
  const text = read(file)
  return [`'`, '"', '`'].some((mark) => text.includes(`${mark}${name.trim()}${mark}`))
}

test('no bound of the house that was reached is missed again (npm run house)', () => {
  const house = spawnSync(process.execPath, [path.join(ROOT, 'scripts/house.mjs')], {
    encoding: 'utf8',
  })
  expect(house.stdout).not.toContain('BROKEN')
  expect(house.status, house.stderr).toBe(0)
})

test('what is built imports only itself and packages that are installed with it', () => {
  const folder = path.join(ROOT, 'dist')
  const modules = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.js') && !file.startsWith('commands') && file !== 'cli.js',
  )
  expect(modules.length).toBeGreaterThan(300)
  const bare = modules.flatMap((file) =>
    readFileSync(path.join(folder, file), 'utf8')
      .split('\n')
      .flatMap((line) => /^(?:import|export)\b.*?["']([^."'][^"']*)["'];?$/.exec(line)?.[1] ?? []),
  )
  const names = bare
    .filter((name) => !name.startsWith('node:'))
    .map((name) =>
      name.startsWith('@') ? name.split('/').slice(0, 2) : name.split('/').slice(0, 1),
    )
  const missing = new Set(names.map((parts) => parts.join('/')))
  for (const name of Object.keys(PACKAGE.dependencies)) missing.delete(name)
  expect([...missing]).toEqual([])
})
