#!/usr/bin/env node
/** The operator's commands: the same use cases as in Slack. */
import { Command, CommanderError } from 'commander'
import { addActing } from './commands/act.ts'
import { addAsking } from './commands/ask.ts'
import { addAudit } from './commands/audit.ts'
import { addBackup } from './commands/backup.ts'
import { addCalendar } from './commands/calendar.ts'
import { addChains } from './commands/chains.ts'
import { addCheckpoint } from './commands/checkpoint.ts'
import { addDispute } from './commands/dispute.ts'
import { addExport } from './commands/export.ts'
import { addExtending } from './commands/extend.ts'
import { addHeadroom } from './commands/headroom.ts'
import { addHouse } from './commands/house.ts'
import { addImport } from './commands/import.ts'
import { addMoney } from './commands/money.ts'
import { addPerson } from './commands/person.ts'
import { addPersonalData } from './commands/personal-data.ts'
import { addPublished } from './commands/published.ts'
import { fail } from './commands/run.ts'
import { addSettings } from './commands/settings.ts'
import { addSimulate } from './commands/simulate.ts'
import { addStartBy } from './commands/start-by.ts'
import { addTeams } from './commands/teams.ts'
import { addTogether } from './commands/together.ts'
import { addTriage } from './commands/triage.ts'
import { addWaivers } from './commands/waivers.ts'
import { addWatching } from './commands/watch.ts'

const cli = new Command('lapsewatch')
  .description(
    'Watches contract end dates and emergency extensions, and warns the right team in time.',
  )
  .exitOverride()
  .configureOutput({ outputError: () => undefined })

addImport(cli)
addExport(cli)
addAsking(cli)
addWatching(cli)
addSimulate(cli)
addActing(cli)
addPersonalData(cli)
addDispute(cli)
addExtending(cli)
addMoney(cli)
addHeadroom(cli)
addPublished(cli)
addCheckpoint(cli)
addStartBy(cli)
addAudit(cli)
addBackup(cli)
addCalendar(cli)
addChains(cli)
addTogether(cli)
addWaivers(cli)
addTeams(cli)
addPerson(cli)
addSettings(cli)
addTriage(cli)
addHouse(cli)

try {
  await cli.parseAsync()
} catch (error) {
  const asked = error instanceof CommanderError && error.exitCode === 0
  if (!asked) await fail(error, process.argv.includes('--json'))
}
