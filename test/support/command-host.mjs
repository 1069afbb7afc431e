// The compiled commands, one after another in one process: each with the settings, the folder and
// the exit code that it would have in a process of its own. Started with the file that is `cli`.
import { setTimeout } from 'node:timers/promises'

const [cli] = process.argv.slice(2)
const settings = { ...process.env }
let count = 0
let usual = null
const ENDS_WITHIN_MS = 20_000

/** What would keep a process from ending, beside what this one has anyway. */
function open() {
  // Its own pipes are opened as they are used.
  const names = process.getActiveResourcesInfo().filter((name) => name !== 'PipeWrap')
  usual ??= names
  return names.length > usual.length ? names : []
}

/** Resolves once nothing is open that was not before. */
async function ended(args) {
  const asked = performance.now()
  while (open().length > 0) {
    if (performance.now() - asked > ENDS_WITHIN_MS) {
      throw new Error(`${args.join(' ')} would not end: ${open().join(', ')}`)
    }
    await setTimeout(2, undefined, { ref: false })
  }
}

process.on('message', async (args) => {
  open()
  const said = { stdout: '', stderr: '' }
  for (const name of Object.keys(said)) {
    process[name].write = (text, ...rest) => {
      said[name] += text
      for (const done of rest) if (typeof done === 'function') done()
      return true
    }
  }
  // What a `.env` said is for one command only.
  for (const name of Object.keys(process.env)) if (!(name in settings)) delete process.env[name]
  process.exitCode = undefined
  process.argv = [process.argv[0], cli, ...args]
  count += 1
  // A query makes it another module, which runs again; what it imports is loaded once.
  await import(`${cli}?${count}`)
  await ended(args)
  process.send({ code: process.exitCode ?? 0, ...said })
})
