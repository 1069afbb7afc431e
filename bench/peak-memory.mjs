// Loaded before a measured script: writes the peak resident memory in KB, and the CPU time in microseconds, when it exits.
import { writeFileSync } from 'node:fs'

const file = process.env.BENCH_PEAK
if (file) {
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
    writeFileSync(file, `${maxRSS} ${userCPUTime + systemCPUTime}`)
  })
}
