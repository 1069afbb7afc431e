// `simulate` of a register of 10,000 contracts over ten years, in a process of its own.
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { runChild } from './child.mjs'
import { figures } from './figures.mjs'

const CONTRACTS = 10_000
const DAY_MS = 86_400_000
const SPAN = ['--from', '2016-01-01', '--to', '2025-12-31']

/** Milliseconds by the clock and of CPU, the import into a database of its own included, and the peak. */
export async function benchSimulate(server, rounds, say) {
  const file = path.join(tmpdir(), `lapsewatch-bench-simulate-${process.pid}.csv`)
  writeFileSync(file, register())
  const tries = []
  try {
    for (let round = 1; round <= rounds; round += 1) {
      say(`Simulate: round ${round} of ${rounds}…`)
      const env = await server.fresh('bench_simulate')
      const args = ['dist/cli.js', 'simulate', '--register', file, ...SPAN]
      tries.push(await runChild(args, env))
    }
  } finally {
    rmSync(file, { force: true })
  }
  return {
    ms: figures(tries.map(({ ms }) => ms)),
    cpuMs: figures(tries.map(({ cpuMs }) => cpuMs)),
    peakMb: figures(tries.map(({ peakMb }) => peakMb)),
  }
}

/** Terms of ten months to five years, spread over eight years; values of nothing to £780,000. */
function register() {
  const lines = ['Reference,Title,Supplier,Start,End,Value']
  for (let each = 0; each < CONTRACTS; each += 1) {
    const start = Date.UTC(2015, 0, 1 + ((each * 37) % 3000))
    const end = start + DAY_MS * (300 + ((each * 53) % 1500))
    const days = [start, end].map((at) => new Date(at).toISOString().slice(0, 10))
    lines.push(
      `C-${each},Title ${each},Supplier ${each % 400},${days.join(',')},${(each % 40) * 20_000 + 5}`,
    )
  }
  return lines.join('\n')
}
