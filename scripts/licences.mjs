// Lists the licence of every installed package, and fails where one is unknown or asks for more
// than a notice. Reads what is installed; asks nobody. --production leaves development tools out.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)))

/** Licences that allow use and distribution with a notice. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'PostgreSQL',
  'Python-2.0',
  'Unlicense',
  'WTFPL',
  'Zlib',
])

/** Looked at by hand: what the package says is no name of the list, or asks for more. */
const LOOKED_AT = [
  [/^lightningcss/, 'MPL-2.0: a tool for tests, not distributed'],
  [/^(axe-core|ical\.js)$/, 'MPL-2.0: a tool for tests, not distributed'],
  [/^date-holidays$/, 'ISC, its data CC-BY-3.0: the notice names the source'],
  [/^elkjs$/, "EPL-2.0: part of Prisma's own tools, used unchanged"],
  [/^argparse$/, 'PSF-2.0: a notice'],
  [/^@visx\/vendor$/, 'MIT and ISC: notices'],
  [/^seq-queue$/, 'MIT by its LICENSE file; part of a driver that Prisma brings along'],
]

const onlyProduction = process.argv.includes('--production')
const locked = (onlyProduction ? [''] : ['', 'tools/prisma/', 'tools/typescript/']).flatMap(
  (folder) => {
    const lock = JSON.parse(fs.readFileSync(path.join(ROOT, `${folder}package-lock.json`), 'utf8'))
    return Object.entries(lock.packages).flatMap(([place, entry]) =>
      place === '' ? [] : [[`${folder}${place}`, entry]],
    )
  },
)
const found = new Map()
const unknown = []
for (const [place, entry] of locked) {
  if (onlyProduction && entry.dev === true) continue
  const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length)
  const licence = licenceOf(place, entry)
  found.set(licence, [...(found.get(licence) ?? []), name])
  if (!isAllowed(licence) && !LOOKED_AT.some(([names]) => names.test(name)))
    unknown.push(`${name}: ${licence}`)
}

const counts = [...found].sort(([, a], [, b]) => b.length - a.length)
for (const [licence, names] of counts) {
  const shown = names.length <= 6 ? `  ${[...new Set(names)].join(', ')}` : ''
  process.stdout.write(`${String(names.length).padStart(5)}  ${licence}${shown}\n`)
}
for (const [names, why] of LOOKED_AT) process.stdout.write(`looked at: ${names.source}, ${why}\n`)
if (unknown.length > 0) {
  process.stderr.write(
    `Unknown, or not allowed without a look:\n${unknown.map((line) => `  ${line}`).join('\n')}\n` +
      'Read the licence; then add it to ALLOWED, or the package to LOOKED_AT with why, or leave the package out.\n',
  )
  process.exitCode = 1
}

/** As the lock file says, else as the installed package does. */
function licenceOf(place, entry) {
  if (typeof entry.license === 'string') return entry.license
  const file = path.join(ROOT, place, 'package.json')
  if (!fs.existsSync(file)) return 'unknown'
  const { license, licenses } = JSON.parse(fs.readFileSync(file, 'utf8'))
  if (typeof license === 'string') return license
  if (typeof license?.type === 'string') return license.type
  return Array.isArray(licenses) ? licenses.map((each) => each.type).join(' OR ') : 'unknown'
}

/** "(MIT OR X)" lets us choose; "A AND B" wants both. */
function isAllowed(licence) {
  const bare = licence.replace(/^\((.*)\)$/, '$1')
  if (/ OR /.test(bare)) return bare.split(' OR ').some(isAllowed)
  if (/ AND /.test(bare)) return bare.split(' AND ').every(isAllowed)
  return ALLOWED.has(bare)
}
