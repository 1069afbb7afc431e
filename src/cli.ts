#!/usr/bin/env node
import { CommanderError } from 'commander'
import { groupsFor } from './cli/index.ts'
import { answerWidth, Cli, fail, usageOf } from './cli/run.ts'
import { fittedLines } from './text/terminal.ts'

const HELP_WIDTH = 80

const cli = new Cli('lapsewatch')
  .description(
    'Watches contract end dates and emergency extensions, and warns the right team in time.',
  )
  // Options behind `import undo` are its own, not those of `import`.
  .enablePositionalOptions()
  .exitOverride()
  .configureOutput({
    outputError: () => undefined,
    // Commander breaks no line where its right column is narrow.
    writeOut: (text) => process.stdout.write(fittedLines(text, answerWidth())),
    getOutHelpWidth: () => answerWidth() ?? HELP_WIDTH,
    getErrHelpWidth: () => answerWidth() ?? HELP_WIDTH,
  })

for (const { load } of groupsFor(process.argv[2])) {
  const add = await load()
  add(cli)
}

try {
  await cli.parseAsync()
} catch (error) {
  const asked = error instanceof CommanderError && error.exitCode === 0
  const isTyped = error instanceof CommanderError
  const usage = isTyped ? await usageOf(cli, process.argv.slice(2), error) : null
  if (!asked) await fail(error, process.argv.includes('--json'), usage)
}
