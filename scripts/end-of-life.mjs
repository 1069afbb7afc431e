// Writes src/rules/end-of-life.json anew from a checkout of endoflife.date (MIT):
// node scripts/end-of-life.mjs CHECKOUT [--add PRODUCT,…] [--drop PRODUCT or PRODUCT/RELEASE,…] [--file FILE]
// Nothing that the file knows goes by itself: a product, a release or a date that the checkout no
// longer has ends with exit code 1, and with what would be lost, unless --drop names it.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const FILE = path.join(
  path.dirname(path.dirname(fileURLToPath(import.meta.url))),
  'src/rules/end-of-life.json',
)

/**
 * One product of a page of the source: its front matter is YAML of a simple kind, of which only what
 * is read here is understood. A date that is `true`, `false` or missing is unknown: null.
 * Throws where a release or a date is written in a way that is not known.
 */
export function readProduct(product, page) {
  const matter = /^---\n([\s\S]*?)\n---/.exec(page)?.[1]
  if (matter === undefined) throw new Error(`${product}: no front matter.`)
  const top = (name) => scalar(new RegExp(`^${name}: *(.*)$`, 'm').exec(matter)?.[1] ?? '')
  const list = matter.split(/^releases:\s*$/m)[1]
  if (list === undefined) throw new Error(`${product}: no releases.`)
  const pieces = list.split(/^ {2}- releaseCycle:/m).slice(1)
  const releases = pieces.map((piece) => {
    const [cycle = '', ...lines] = piece.split('\n')
    const release = scalar(cycle)
    if (release === null) throw new Error(`${product}: a release without a name.`)
    const own = (name) => {
      const line = lines.find((each) => each.startsWith(`    ${name}:`))
      return line === undefined ? null : scalar(line.slice(name.length + 5))
    }
    const label = (own('releaseLabel') ?? top('releaseLabel') ?? release)
      .replaceAll('__RELEASE_CYCLE__', release)
      .replaceAll('__CODENAME__', own('codename') ?? '')
      .replaceAll('__LATEST__', '')
    return [
      release,
      // What only a template engine can read is no label.
      label.includes('{{') ? release : label.replace(/\s+/g, ' ').trim(),
      date(own('eol'), product, release),
      date(own('eoes'), product, release),
    ]
  })
  const [title, category] = [top('title'), top('category')]
  if (title === null || category === null) throw new Error(`${product}: no title or category.`)
  return [product, title, category, top('releasePolicyLink'), releases]
}

/** A plain or quoted scalar, without its comment; null where it is empty. */
function scalar(text) {
  const trimmed = text.trim()
  const quoted = /^"((?:[^"\\]|\\.)*)"|^'((?:[^']|'')*)'/.exec(trimmed)
  if (quoted !== null) return (quoted[1] ?? quoted[2]?.replaceAll("''", "'")) || null
  return trimmed.replace(/(^|\s)#.*$/, '').trim() || null
}

function date(text, product, release) {
  if (text === null || text === 'true' || text === 'false') return null
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return text
  throw new Error(`${product} ${release}: "${text}" is no date.`)
}

/** What the file knows and these products do not: the names of what would be lost. */
export function lost(before, after, dropped = []) {
  const gone = []
  const byName = new Map(after.map((product) => [product[0], product]))
  for (const [product, , , , releases] of before) {
    const now = byName.get(product)
    if (now === undefined) gone.push(product)
    const named = new Map((now?.[4] ?? []).map((release) => [release[0], release]))
    for (const [release, , ends, extended] of now === undefined ? [] : releases) {
      const then = named.get(release)
      const isLess = then === undefined || (ends && !then[2]) || (extended && !then[3])
      if (isLess) gone.push(`${product}/${release}`)
    }
  }
  return gone.filter((name) => !dropped.includes(name) && !dropped.includes(name.split('/')[0]))
}

/** One product a line, so that a change of the source is a change of few lines. */
export function written({ source, licence, asOf, products }) {
  const head = JSON.stringify({ source, licence, asOf }, null, 1).slice(0, -2)
  return `${head},\n "products": [\n${products.map((each) => JSON.stringify(each)).join(',\n')}\n]}\n`
}

function main([checkout, ...options]) {
  const named = (name) => (options[options.indexOf(name) + 1] ?? '').split(',')
  const [add, drop] = ['--add', '--drop'].map((name) => (options.includes(name) ? named(name) : []))
  if (checkout === undefined || !existsSync(path.join(checkout, 'products'))) {
    throw new Error('Name a checkout of https://github.com/endoflife-date/endoflife.date.')
  }
  const git = (...words) => execFileSync('git', ['-C', checkout, ...words], { encoding: 'utf8' })
  const [commit, asOf] = git('log', '-1', '--format=%h %cs', '--abbrev=9').trim().split(' ')
  const [file = FILE] = options.includes('--file') ? named('--file') : []
  const before = JSON.parse(readFileSync(file, 'utf8'))
  const wanted = [...before.products.map(([product]) => product), ...add].filter(
    (product) => !drop.includes(product),
  )
  const products = wanted.flatMap((product) => {
    const page = path.join(checkout, 'products', `${product}.md`)
    return existsSync(page) ? [readProduct(product, readFileSync(page, 'utf8'))] : []
  })
  const gone = lost(before.products, products, drop)
  const unknown = add.filter((product) => !products.some(([name]) => name === product))
  if (gone.length + unknown.length > 0) {
    throw new Error(
      `Nothing was written. Not in the checkout any more, or without a date: ${[...gone, ...unknown].join(', ')}. Name with --drop what may go.`,
    )
  }
  const source = `endoflife-date/endoflife.date@${commit}`
  writeFileSync(`${file}.new`, written({ ...before, source, asOf, products }))
  renameSync(`${file}.new`, file)
  const releases = products.reduce((sum, product) => sum + product[4].length, 0)
  process.stdout.write(`${products.length} products, ${releases} releases, data as at ${asOf}\n`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    main(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 1
  }
}
