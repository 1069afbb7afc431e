/** `calendar`: a private address at which the asker's calendar fetches deadlines, and its end. */
import { Refusal } from '../domain/refusal.ts'
import { calendarAnswer } from '../messages/answers/calendar.ts'
import { saidAnswer } from '../messages/answers/replies.ts'
import type { Message } from '../messages/facts.ts'
import { counted } from '../messages/words.ts'
import { readCalendar } from '../watch/calendar-facts.ts'
import { calendarAddress, endFeeds, openFeed } from '../watch/calendar-feeds.ts'
import { teamNamed } from './facts/team-named.ts'
import { need } from './rights.ts'
import type { Scene } from './scene.ts'

/** @throws Refusal where no address is set, or the asker has too many. */
export async function openCalendar(scene: Scene, named: string | null): Promise<Message> {
  await need(scene, 'read', null)
  const { pool, organisation, today, publicUrl } = scene.stage
  const { personId } = scene.asker
  const base = publicUrl()
  if (base === null) {
    throw new Refusal(
      'Calendars cannot reach Lapsewatch yet. Ask an administrator to set LAPSEWATCH_PUBLIC_URL.',
    )
  }
  const team = await teamNamed(scene, named)
  const token = await openFeed(pool, scene.actor, { personId, team })
  const { total } = await readCalendar(pool, {
    organisationId: organisation.id,
    personId,
    teamId: team?.id ?? null,
    today: today(),
  })
  return calendarAnswer({
    team: team?.name ?? null,
    address: calendarAddress(base, token),
    deadlines: total,
  })
}

/** Ends the asker's own addresses; an administrator's word ends everybody's of a team. */
export async function endCalendar(scene: Scene, named: string | null): Promise<Message> {
  await need(scene, 'read', null)
  const { asker, actor, stage } = scene
  const team = await teamNamed(scene, named)
  const everybodys = team !== null && asker.isAdministrator
  const ended = await endFeeds(stage.pool, actor, { personId: asker.personId, team }, everybodys)
  if (ended === 0) throw new Refusal('There is no such calendar address of yours: nothing to end.')
  return saidAnswer(
    `${counted(ended, 'calendar address', 'calendar addresses')} ended. Calendars that used ${ended === 1 ? 'it' : 'them'} find nothing there now.`,
  )
}
