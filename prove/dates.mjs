// npm run prove:dates [-- --only NAME] [test files]
// The suite under ten clocks and zones: whatever the day, the hour or the zone of the machine, it
// says the same. One line for each, 1 at the end where one is red. libfaketime shifts the clock of
// every process of a run; that it did is part of the run (CLOCKS), so that nothing is green unshifted.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'

const LIBRARIES = [
  process.env.LIBFAKETIME ?? '',
  ...['x86_64-linux-gnu', 'aarch64-linux-gnu', ''].map((machine) =>
    path.join('/usr/lib', machine, 'faketime/libfaketimeMT.so.1'),
  ),
]
/** The test that shows which clock and zone its process, a command and the database have. */
const CLOCKS = {
  file: 'test/database.test.ts',
  name: 'this process, its commands and the database go by one clock',
}
/** A run's clock is as far from the wanted one as it took to come to the test above. */
const LONGEST_MS = 40 * 60_000

const { values, positionals: files } = parseArgs({
  options: { only: { type: 'string' } },
  allowPositionals: true,
})
const say = (line) => process.stderr.write(`${line}\n`)
const began = new Date()
const moments = momentsFrom(began)
const chosen = moments.filter(({ name }) => name.startsWith(values.only ?? ''))
const library = LIBRARIES.find((file) => fs.existsSync(file))

if (chosen.length === 0) {
  say(`No moment is named ${values.only}: there are ${moments.map(({ name }) => name).join(', ')}.`)
  process.exitCode = 2
} else if (library === undefined) {
  process.stdout.write(
    'skipped: libfaketime is not installed here (Debian: apt-get install libfaketime, or name the file in LIBFAKETIME)\n',
  )
} else {
  const folder = fs.mkdtempSync(path.join(tmpdir(), 'prove-dates-'))
  // PostgreSQL's own user loads it too.
  fs.chmodSync(folder, 0o755)
  const preloaded = withoutEpollWait(library, folder)
  for (const moment of chosen) {
    // What is left of a number that comes again is another user's: its process would not begin.
    clearShared()
    const { isGreen, words } = await run(moment, preloaded, folder)
    process.stdout.write(`${moment.name}: ${words}\n`)
    if (!isGreen) process.exitCode = 1
  }
  clearShared()
  if (process.exitCode !== 1) fs.rmSync(folder, { recursive: true })
}

/** What each run's clock shows when it begins (null: as it is), and its zone (null: the machine's). */
function momentsFrom(now) {
  const year = now.getUTCFullYear()
  const at = (name, moment, zone = null) => ({ name, at: moment, zone })
  const inDays = (days) => new Date(now.getTime() + days * 86_400_000)
  return [
    at('today', null),
    at('8 days on', inDays(8)),
    at('90 days on', inDays(90)),
    at('Saturday', inDays((6 - now.getUTCDay() + 7) % 7)),
    at('31 December', new Date(Date.UTC(year, 11, 31, 23, 30))),
    // The clocks of Europe change at 01:00 UTC, a minute after the run began.
    at('clocks forward', lastSunday(year + 1, 2)),
    at('clocks back', lastSunday(year + 1, 9)),
    at('29 February', leapDay(now)),
    at('America/St_Johns', null, 'America/St_Johns'),
    at('Pacific/Kiritimati', null, 'Pacific/Kiritimati'),
  ]
}

function lastSunday(year, month) {
  const day = new Date(Date.UTC(year, month, 31, 0, 59))
  day.setUTCDate(31 - day.getUTCDay())
  return day
}

function leapDay(now) {
  for (let year = now.getUTCFullYear(); ; year += 1) {
    const day = new Date(Date.UTC(year, 1, 29, 12))
    if (day.getUTCMonth() === 1 && day > now) return day
  }
}

/**
 * A copy of the library that leaves epoll_wait alone: while its own waits, signal handlers see the
 * real time, and PostgreSQL's statement_timeout and deadlock_timeout never come.
 */
function withoutEpollWait(file, folder) {
  const copy = path.join(folder, path.basename(file))
  const bytes = fs.readFileSync(file)
  // The first is the name it is linked by; the others are what it looks up itself.
  const name = bytes.indexOf('\0epoll_wait\0')
  if (name > 0) bytes.write('\0epoll_none\0', name)
  fs.writeFileSync(copy, bytes, { mode: 0o755 })
  return copy
}

async function run(moment, preloaded, folder) {
  const stem = path.join(folder, moment.name.replaceAll(/\W+/g, '-'))
  const report = `${stem}.json`
  const started = Date.now()
  const shiftS = moment.at === null ? 0 : Math.round((moment.at.getTime() - started) / 1000)
  say(`${moment.name}: ${new Date(started + shiftS * 1000).toISOString()}, output in ${stem}.log`)
  const code = await vitest(report, `${stem}.log`, {
    ...process.env,
    LD_PRELOAD: preloaded,
    FAKETIME: `${shiftS < 0 ? '' : '+'}${shiftS}`,
    DONT_FAKE_MONOTONIC: '1',
    ...(moment.zone === null ? {} : { TZ: moment.zone }),
  })
  const tookS = Math.round((Date.now() - started) / 1000)
  if (!fs.existsSync(report)) return red(`ended with ${code} and no report, see ${stem}.log`)
  const { testResults, success } = JSON.parse(fs.readFileSync(report, 'utf8'))
  const tests = testResults.flatMap(({ name: file, message, assertionResults }) => [
    ...(message ? [{ status: 'failed', title: message.split('\n')[0], meta: {}, file }] : []),
    ...assertionResults.map((test) => ({ ...test, file })),
  ])
  const told = tests.find(({ title }) => title === CLOCKS.name)?.meta.clocks
  const wrong = clocksWrong(told, moment, started + shiftS * 1000)
  const failed = tests.filter(({ status }) => status === 'failed')
  const names = [
    ...(wrong === null ? [] : [wrong]),
    ...failed.map(({ file, title }) => `${path.relative('', file)}: ${title}`),
  ]
  if (names.length > 0) return red(names.join('; '))
  if (code !== 0 || !success) return red(`ended with ${code}, see ${stem}.log`)
  const passed = tests.filter(({ status }) => status === 'passed').length
  const clocks = `tests at ${told.tests}, PostgreSQL at ${told.database}, ${told.zone}`
  return { isGreen: true, words: `green ${passed} passed (${clocks}; ${tookS} s)` }
}

function red(words) {
  return { isGreen: false, words: `red ${words}` }
}

/** Why the run says nothing of this moment; null where every process had its clock and zone. */
function clocksWrong(told, { zone }, wanted) {
  if (told === undefined) return `the clocks were not looked at: "${CLOCKS.name}" did not run`
  const off = ['tests', 'command', 'database'].filter((who) => {
    const late = Date.parse(told[who]) - wanted
    return !(late >= -1000 && late < LONGEST_MS)
  })
  if (off.length > 0) return `not in force (${off.map((who) => `${who} ${told[who]}`).join(', ')})`
  const zones = [told.zone, told.commandZone]
  if (zone !== null && zones.some((each) => each !== zone)) return `the zone is ${zones.join(', ')}`
  return null
}

function vitest(report, log, env) {
  const out = fs.openSync(log, 'w')
  const asked = files.length === 0 ? [] : [CLOCKS.file, ...files]
  const child = spawn(
    process.execPath,
    [
      ...['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json'],
      // Dates are tried here, not speed.
      ...[`--outputFile.json=${report}`, '--testTimeout=240000', '--hookTimeout=240000', ...asked],
    ],
    { env, stdio: ['ignore', out, out] },
  )
  process.once('SIGTERM', () => child.kill())
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      fs.closeSync(out)
      resolve(code ?? signal)
    })
  })
}

/** Processes that are killed leave the library's shared memory behind. */
function clearShared() {
  for (const name of fs.existsSync('/dev/shm') ? fs.readdirSync('/dev/shm') : []) {
    const pid = /^(?:sem\.)?faketime_(?:sem|shm)_(\d+)$/.exec(name)?.[1]
    if (pid !== undefined && !fs.existsSync(`/proc/${pid}`))
      fs.rmSync(path.join('/dev/shm', name), { force: true })
  }
}
