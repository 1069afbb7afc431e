/** What the modal of a team's settings begins with. */
import { Refusal } from '../../domain/refusal.ts'
import { ladderDays, type SettingsForm } from '../../messages/modals/team-settings.ts'
import type { BotContext } from './context.ts'
import { teamsOf } from './filter-ids.ts'

/**
 * For this team; where none is named, for the asker's, else for the default one.
 * @throws Refusal where there is no such team.
 */
export async function settingsForm(
  context: BotContext,
  teamId: number | null,
): Promise<SettingsForm> {
  const teams = await context.teams()
  const wanted = teamId ?? (await teamsOf(context))[0]?.id ?? teams[0]?.id
  const team = teams.find(({ id }) => id === wanted)
  if (team === undefined) throw new Refusal('That team is gone: open the settings again.')
  const { ladders, startByFrom } = context.rulesOf(team)
  return {
    team: { id: team.id, name: team.name },
    teams: teams.map(({ id, name }) => ({ id, name })),
    channel: await channelOf(context, team.channel),
    escalationChannel: await channelOf(context, team.escalationChannel),
    timeZone: team.timeZone,
    calendar: team.calendar,
    ladders: ladderDays(ladders),
    startByFrom,
  }
}

/** A name is shown by the id its messages went to: a select of channels takes ids only. */
async function channelOf(
  { pool, organisationId }: BotContext,
  destination: string | null,
): Promise<string | null> {
  if (destination === null || /^[CG][A-Z0-9]{6,}$/.test(destination)) return destination
  const found = await pool.query<{ id: string }>(
    `SELECT slack_channel AS id FROM delivery WHERE organisation_id = $1 AND destination = $2
       AND state = 'SENT' AND slack_channel ~ '^[CG][A-Z0-9]+$' ORDER BY id DESC LIMIT 1`,
    [organisationId, destination],
  )
  return found.rows[0]?.id ?? destination
}
