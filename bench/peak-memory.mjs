// Loaded before a measured script: writes the peak resident memory in KB when it exits.
import { writeFileSync } from 'node:fs'

const file = process.env.BENCH_PEAK
if (file) {
  process.on('exit', () => writeFileSync(file, String(process.resourceUsage().maxRSS)))
}
