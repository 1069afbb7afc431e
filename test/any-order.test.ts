/** Whatever happens, in any order: nothing lost, nothing repeated, nothing wrong by a day. */

import fc from 'fast-check'
import { openWorkspace, type Workspace } from '../stand-in/slack/server.ts'
import { holdsInTime } from './support/holds.ts'
import { emptySetup, openSetup, type Setup } from './support/setup.ts'
import { anySteps, expectPromises, FIRST_DAY } from './support/watch-commands.ts'

/** `npm run prove:any-order` asks for more. */
const RUNS = Number(process.env.LAPSEWATCH_TEST_RUNS ?? 30)

let setup: Setup
let workspace: Workspace
beforeAll(async () => {
  setup = await openSetup(8)
})
afterAll(() => setup.drop())

test(
  'registers, acts, days, lost replies and dying workers in any order: every warning once, by its date',
  async () => {
    await holdsInTime([anySteps], RUNS, async (steps) => {
      await emptySetup(setup)
      workspace = await openWorkspace({
        now: Date.now,
        channels: [{ name: 'contracts' }],
        historyLagMs: 10,
      })
      try {
        const model = {
          today: FIRST_DAY,
          ends: new Map(),
          extended: new Set<string>(),
          pressed: null,
          presses: 0,
        }
        const real = { setup, workspace }
        await fc.asyncModelRun(() => ({ model, real }), steps)
        await expectPromises(model, real)
      } finally {
        await workspace.close()
      }
    })
  },
  60_000 + RUNS * 2000,
)
