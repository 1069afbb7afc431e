// Runs a script in a Node process of its own: how long it took, and its peak memory.
import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const PRELOAD = fileURLToPath(new URL('./peak-memory.cjs', import.meta.url))
export const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** The environment without anybody's own settings: no Slack token, no database but the given one. */
export function cleanEnvironment() {
  const own = /^(?:LAPSEWATCH_|SLACK_|DATABASE_URL$|NODE_OPTIONS$)/
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
}

let count = 0

/** The milliseconds from spawn to exit and of CPU, the peak resident memory in MB, and stdout. */
export async function runChild(args, env) {
  const peakFile = path.join(tmpdir(), `lapsewatch-bench-peak-${process.pid}-${count++}`)
  const began = performance.now()
  const [script, ...rest] = args
  const child = spawn(
    process.execPath,
    ['--require', PRELOAD, path.resolve(ROOT, script), ...rest],
    {
      // Away from the checkout: a .env there is not the bench's.
      cwd: tmpdir(),
      env: { ...cleanEnvironment(), ...env, BENCH_PEAK: peakFile },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let out = ''
  let told = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    told += chunk
  })
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  const ms = performance.now() - began
  if (code !== 0) throw new Error(`node ${args.join(' ')} ended with ${code}:\n${told}${out}`)
  const [peakKb, cpuUs] = readFileSync(peakFile, 'utf8').split(' ').map(Number)
  rmSync(peakFile)
  return { ms, cpuMs: cpuUs / 1000, peakMb: peakKb / 1024, out }
}
