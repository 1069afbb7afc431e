import { statfsSync } from 'node:fs'
import { availableParallelism, freemem } from 'node:os'
import { defineConfig } from 'vitest/config'

// Servers and folders that are thrown away stay in memory where there is room: making a database
// takes 9 ms there and 125 to 250 ms on a disk, all of it the kernel's (two cores, ext4).
const MEMORY = '/dev/shm'
const ROOM = 3e9
if (process.platform === 'linux' && freemem() > 2 * ROOM && free(MEMORY) > ROOM) {
  process.env.TMPDIR = MEMORY
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/postgres.ts',
    setupFiles: ['test/support/seed.ts', 'test/support/promised.ts'],
    // test, expect and the like need no import.
    globals: true,
    pool: 'forks',
    // Files share what they load: no module here keeps what one file could leave for another.
    isolate: false,
    // What a test makes dies young: room for it saves a tenth of all processor time (measured).
    execArgv: ['--max-semi-space-size=64'],
    // Much of a test's time is waiting for PostgreSQL or another process: one more than the cores.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    sequence: { concurrent: false },
  },
})

function free(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return bavail * bsize
  } catch {
    return 0
  }
}
