/** `team`: who is told where. */
import { IANAZone } from 'luxon'
import type { Program } from '../app/app.ts'
import type { Team } from '../database/organisation.ts'
import { UserError } from '../rules/user-error.ts'
import { calendarNamed } from '../rules/working-days.ts'
import { actorOf, type Cli, tableOf } from './run.ts'

interface TeamOptions {
  readonly channel?: string
  readonly escalation?: string
  readonly zone?: string
  readonly calendar?: string
}

export function addTeams(cli: Cli): void {
  const team = cli
    .command('team')
    .description('the teams, where each is told, and in which zone it works')
  team.command('list', { isDefault: true }).description('list the teams').answers(listed)
  team
    .command('set')
    .description('make a team, or change what is given of it')
    .argument('<name>', "the team's name: departments of that name in registers are its contracts")
    .option('--channel <channel>', 'the Slack channel that is warned')
    .option('--escalation <channel>', 'the channel that is told when nobody acts')
    .option('--zone <zone>', 'its time zone, for example Europe/London')
    .option('--calendar <calendar>', 'its working days, for example scotland')
    .answers(async (program, name: string, options: TeamOptions) => {
      const { setNamedTeam } = await import('../actions/settings.ts')
      check(name, options)
      const { channel, escalation: escalationChannel, zone: timeZone, calendar } = options
      await setNamedTeam(program.pool, actorOf(program), name, {
        ...(channel === undefined ? {} : { channel }),
        ...(escalationChannel === undefined ? {} : { escalationChannel }),
        ...(timeZone === undefined ? {} : { timeZone }),
        ...(calendar === undefined ? {} : { calendar }),
      })
      return listed(program)
    })
}

function check(name: string, { zone, calendar }: TeamOptions): void {
  if (name.trim() === '') throw new UserError('A team needs a name.')
  if (zone !== undefined && !IANAZone.isValidZone(zone)) {
    throw new UserError(`"${zone}" is no time zone: write a name such as Europe/London.`)
  }
  if (calendar !== undefined && calendarNamed(calendar) === null) {
    throw new UserError(
      `"${calendar}" is no calendar: write england-and-wales, scotland, northern-ireland, any-uk, or a country code such as FR or DE-BY.`,
    )
  }
}

async function listed(program: Program) {
  const { readTeams } = await import('../database/organisation.ts')
  const teams = await readTeams(program.pool, program.organisation.id)
  const json = {
    teams: teams.map(({ name, channel, escalationChannel, timeZone, calendar, laddersFrom }) => ({
      name,
      channel,
      escalationChannel,
      timeZone,
      calendar,
      laddersFrom,
    })),
  }
  const columns = {
    team: 'name',
    channel: 'channel',
    escalation: 'escalationChannel',
    zone: 'timeZone',
    calendar: 'calendar',
    'ladders held until': 'laddersFrom',
  } as const
  return { json, text: () => tableOf(json.teams, columns) ?? '' }
}

/** The id of a team by name, or null where none was named. */
export async function teamIdOf(program: Program, name: string | undefined): Promise<number | null> {
  return (await teamOf(program, name))?.id ?? null
}

/** @throws UserError where no team is called so, with the remedy. */
export async function teamOf(
  program: Program,
  name: string | undefined,
  remedy = '',
): Promise<Team | null> {
  const { findTeam, readTeams } = await import('../database/organisation.ts')
  if (name === undefined) return null
  const teams = await readTeams(program.pool, program.organisation.id)
  const team = findTeam(teams, name)
  if (team) return team
  throw new UserError(
    `There is no team called "${name}". There are: ${teams.map((each) => each.name).join(', ')}.${remedy}`,
  )
}
