import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: 'test/support/postgres.ts',
    setupFiles: 'test/support/seed.ts',
    // test, expect and the like need no import.
    globals: true,
    pool: 'forks',
    // Files share what they load: no module here keeps what one file could leave for another.
    isolate: false,
    // Much of a test's time is waiting for PostgreSQL or another process: one more than the cores.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    sequence: { concurrent: false },
  },
})
