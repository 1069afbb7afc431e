// Loaded before a measured script: writes the peak resident memory in KB, and the CPU time in microseconds, when it exits.
// Not a module: those take longer to load than what is measured.
const { writeFileSync } = require('node:fs')

const file = process.env.BENCH_PEAK
if (file) {
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
    writeFileSync(file, `${maxRSS} ${userCPUTime + systemCPUTime}`)
  })
}
