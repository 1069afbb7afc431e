// `npm start` in this checkout, and by turns in an older one where BENCH_BEFORE names one, each with a
// new data folder, until the first message stands on stdout.
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { cleanEnvironment, ROOT } from './child.mjs'
import { figures } from './figures.mjs'

const PATIENCE_MS = 60_000
/** Set but empty: what a .env of this checkout says of them does not count. */
const OWN = { SLACK_BOT_TOKEN: '', SLACK_APP_TOKEN: '', SLACK_SIGNING_SECRET: '', DATABASE_URL: '' }

/** The milliseconds to the first message; before: of the older checkout. */
export async function benchStart(rounds, say) {
  const { BENCH_BEFORE: older } = process.env
  const [now, before] = [[], []]
  for (let round = 1; round <= rounds; round += 1) {
    say(`Start: round ${round} of ${rounds}…`)
    if (older !== undefined) before.push(await startOnce(older))
    now.push(await startOnce(ROOT))
  }
  return { ms: figures(now), ...(older === undefined ? {} : { before: figures(before) }) }
}

async function startOnce(root) {
  const folder = mkdtempSync(path.join(tmpdir(), 'lapsewatch-start-'))
  // Where root starts it, the server's own user has to pass through.
  chmodSync(folder, 0o711)
  const began = performance.now()
  const child = spawn('npm', ['start'], {
    cwd: root,
    env: { ...cleanEnvironment(), ...OWN, LAPSEWATCH_DATA: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  try {
    return await firstMessage(child, began)
  } finally {
    process.kill(-child.pid, 'SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

function firstMessage(child, began) {
  let told = ''
  child.stderr.on('data', (chunk) => {
    told += chunk
  })
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`npm start ${why}:\n${told}`))
    const timer = setTimeout(() => fail(`said nothing for ${PATIENCE_MS / 1000} s`), PATIENCE_MS)
    child.once('exit', (code) => fail(`ended with ${code}`))
    child.stdout.on('data', (chunk) => {
      // npm itself names the script that it runs, in lines that begin with ">".
      const said = String(chunk)
        .split('\n')
        .some((line) => line.trim() !== '' && !line.startsWith('>'))
      if (!said) return
      clearTimeout(timer)
      resolve(performance.now() - began)
    })
  })
}
