#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { groupsFor } from './cli/index.ts'
import { fail } from './cli/run.ts'

const cli = new Command('lapsewatch')
  .description(
    'Watches contract end dates and emergency extensions, and warns the right team in time.',
  )
  // Options behind `import undo` are its own, not those of `import`.
  .enablePositionalOptions()
  .exitOverride()
  .configureOutput({ outputError: () => undefined })

for (const { load } of groupsFor(process.argv[2])) {
  const add = await load()
  add(cli)
}

try {
  await cli.parseAsync()
} catch (error) {
  const asked = error instanceof CommanderError && error.exitCode === 0
  if (!asked) await fail(error, process.argv.includes('--json'))
}
