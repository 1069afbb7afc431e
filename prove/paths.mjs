// How far a press and a delivery travel: the functions that run, and the files in which they lie, from a
// press to its rewritten message and from a claim to its post. Counted by V8 in one process that
// holds the bot, the worker and the stand-in for Slack; the stand-in's own functions are left out.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { Session } from 'node:inspector/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ROOT } from '../bench/child.mjs'
import { readSettings } from '../dist/src/app/settings.js'
import { openScratch } from '../dist/src/database/embedded/scratch.js'
import { sweep } from '../dist/src/warnings/sweep.js'
import { openDemo } from '../dist/stand-in/demo/demo.js'

const STAND_IN = /\/dist\/(?:workspace|local|stand-in)\//
const DIST = new URL('../dist/', import.meta.url).href
const shown = process.argv.includes('--list')

const folder = mkdtempSync(path.join(tmpdir(), 'lapsewatch-paths-'))
// Where root measures, the server's own user has to pass through.
chmodSync(folder, 0o711)
const session = new Session()
session.connect()
await session.post('Profiler.enable')
const demo = await openDemo({
  settings: readSettings({ LAPSEWATCH_DATA: folder }),
  today: '2026-11-23',
  log: () => undefined,
  openScratch: () => openScratch(folder, () => undefined),
})
try {
  await reportPress()
  await reportDelivery()
} finally {
  await demo.close()
  session.disconnect()
  rmSync(folder, { recursive: true, force: true })
}

/** "I’m on it" below a warning, until the warning shows it. */
async function reportPress() {
  const { workspace } = demo
  const message = workspace.ledger.messages.find(({ blocks }) => acknowledgeButton(blocks))
  const { action_id: action, value } = acknowledgeButton(message.blocks)
  const isRewritten = () =>
    workspace.ledger.messages.some(({ ts, editedTs }) => ts === message.ts && editedTs !== null)
  const functions = await counted(async () => {
    await workspace.as('U0LEAD').press(message, action, value)
    await workspace.changes.until(isRewritten, 'the warning to be rewritten', 20_000)
  })
  report('from a press on "I’m on it" to the rewritten message', functions)
}

function acknowledgeButton(blocks) {
  const elements = blocks.flatMap((block) => block.elements ?? [])
  return elements.find(({ text }) => text?.text === 'I’m on it')
}

/** Everything is held while a day is swept; then one channel is let go. */
async function reportDelivery() {
  const { program, workspace } = demo
  const { pool, organisation, rulesOf } = program
  await pool.query(`UPDATE channel SET paused_until = 'infinity'`)
  for (let day = 24; day < 31; day += 1) {
    const context = { organisationId: organisation.id, rulesOf, dayOf: () => `2026-12-${day}` }
    await sweep(pool, { ...context, teamIds: null, now: demo.clock.now() })
  }
  const before = workspace.ledger.messages.length
  const functions = await counted(async () => {
    await pool.query('UPDATE channel SET paused_until = NULL')
    const isPosted = () => workspace.ledger.messages.length > before
    await workspace.changes.until(isPosted, 'a post', 20_000)
  })
  report('from a claim to its post', functions)
}

async function counted(work) {
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  await work()
  const { result } = await session.post('Profiler.takePreciseCoverage')
  await session.post('Profiler.stopPreciseCoverage')
  return result
    .filter(({ url }) => url.startsWith(DIST) && !STAND_IN.test(url))
    .flatMap(({ url, functions }) =>
      functions
        .filter(({ functionName, ranges }) => functionName !== '' && ranges[0].count > 0)
        .map(({ functionName }) => ({ file: url.slice(DIST.length), name: functionName })),
    )
}

function report(what, functions) {
  const files = [...new Set(functions.map(({ file }) => file))].sort()
  console.log(`${what}: ${functions.length} functions in ${files.length} files`)
  if (!shown) return
  for (const file of files) {
    const names = functions.filter((each) => each.file === file).map(({ name }) => name)
    console.log(`  ${path.relative(ROOT, path.join(ROOT, file))}: ${names.join(', ')}`)
  }
}
