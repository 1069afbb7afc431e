/** `calendar`: private addresses at which calendar programs fetch deadlines. */
import type { Command } from 'commander'
import { Refusal } from '../domain/refusal.ts'
import { counted } from '../messages/words.ts'
import { civilDateIn, type Program } from '../program.ts'
import {
  calendarAddress,
  endFeeds,
  type FeedScope,
  listFeeds,
  openFeed,
} from '../watch/calendar-feeds.ts'
import { findPerson } from '../watch/person.ts'
import { actorOf } from './actor.ts'
import { type CommonOptions, run } from './run.ts'
import { table } from './table.ts'
import { teamOf } from './teams.ts'

interface Whose extends CommonOptions {
  readonly team?: string
  readonly person?: string
}

const TEAM = "a team's deadlines"
const PERSON = 'those of contracts that this person answers for: a Slack id, email address or name'

export function addCalendar(cli: Command): void {
  const calendar = cli
    .command('calendar')
    .description('private addresses at which calendar programs fetch deadlines')
  calendar
    .command('open')
    .description('make a new address; it is shown this once')
    .option('--team <team>', TEAM)
    .option('--person <who>', PERSON)
    .option('--json', 'one JSON object')
    .action((options: Whose) => run(options, (program) => opened(program, options)))
  calendar
    .command('revoke')
    .description('end all addresses of a team or a person at once')
    .option('--team <team>', TEAM)
    .option('--person <who>', PERSON)
    .option('--json', 'one JSON object')
    .action((options: Whose) =>
      run(options, async (program) => {
        const scope = await scopeOf(program, options)
        const ended = await endFeeds(program.pool, actorOf(program), scope, scope.team !== null)
        return { json: { ended }, text: `${addresses(ended)} ended.` }
      }),
    )
  calendar
    .command('list', { isDefault: true })
    .description('the addresses that are in use: whose, and since when')
    .option('--json', 'one JSON object')
    .action((options: CommonOptions) =>
      run(options, async ({ pool, organisation }) => {
        const items = await listFeeds(pool, organisation.id)
        const rows = items.map(({ team, person, createdAt }) => [
          team === null ? 'contracts of the person' : `team ${team}`,
          person ?? 'command line',
          civilDateIn(createdAt, organisation.timeZone),
        ])
        const text = items.length === 0 ? 'None.' : table(['calendar of', 'for', 'since'], rows)
        return { json: { items }, text }
      }),
    )
}

async function opened(program: Program, options: Whose) {
  const { pool, settings } = program
  if (settings.publicUrl === null) {
    throw new Refusal(
      'Calendars cannot reach Lapsewatch yet. Set LAPSEWATCH_PUBLIC_URL to the address at which they can, such as https://contracts.trust.example.',
    )
  }
  const token = await openFeed(pool, actorOf(program), await scopeOf(program, options))
  const address = calendarAddress(settings.publicUrl, token)
  return {
    json: { address },
    text: `${address}\n\nWhoever has this address can read the deadlines. It is shown this once; end it with calendar revoke.`,
  }
}

async function scopeOf(program: Program, { team, person }: Whose): Promise<FeedScope> {
  const { pool, organisation } = program
  if ((team === undefined) === (person === undefined)) {
    throw new Refusal('Whose calendar? Give --team or --person, one of the two.')
  }
  if (person !== undefined) {
    const { id, goneOn } = await findPerson(pool, organisation.id, person)
    if (goneOn !== null) {
      throw new Refusal('That person has left: nothing is shown to them any more.')
    }
    return { personId: id, team: null }
  }
  return { personId: null, team: await teamOf(program, team) }
}

function addresses(count: number): string {
  return counted(count, 'calendar address', 'calendar addresses')
}
