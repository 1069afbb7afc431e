/** `triage`: the list after a first import is confirmed, and the ladders start. */
import type { Command } from 'commander'
import { readTeams } from '../db/organisation.ts'
import { Refusal } from '../domain/refusal.ts'
import { confirmTriage } from '../watch/triage.ts'
import { actorOf } from './actor.ts'
import { type CommonOptions, run } from './run.ts'
import { teamOf } from './teams.ts'

export function addTriage(cli: Command): void {
  cli
    .command('triage')
    .description('confirm the list after a first import: the ladders held for it start')
    .option('--team <team>', 'of this team (default: the default team)')
    .option('--json', 'one JSON object')
    .action((options: CommonOptions & { team?: string }) =>
      run(options, async (program) => {
        const { pool, organisation } = program
        const teams = await readTeams(pool, organisation.id)
        const named = await teamOf(program, options.team)
        const team = named ?? teams.find((each) => each.isDefault)
        if (!team)
          throw new Refusal('There is no default team: start Lapsewatch once so that it makes one.')
        const { text } = await confirmTriage(pool, actorOf(program), team.id)
        return { json: { team: team.name, confirmed: true }, text }
      }),
    )
}
