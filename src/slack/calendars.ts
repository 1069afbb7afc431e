/** `calendar`: a private address at which the asker's calendar fetches deadlines, and its end. */
import { calendarAddress, endFeeds, openFeed } from '../actions/calendar-feeds.ts'
import { readCalendar } from '../reports/calendar.ts'
import { UserError } from '../rules/user-error.ts'
import { calendarAnswer } from '../text/calendar-feed.ts'
import type { Message } from '../text/facts.ts'
import { saidAnswer } from '../text/replies.ts'
import { counted } from '../text/words.ts'
import { teamNamed } from './facts/search.ts'
import { need } from './permissions.ts'
import type { RequestContext } from './request.ts'

/** @throws UserError where no address is set, or the asker has too many. */
export async function openCalendar(
  request: RequestContext,
  named: string | null,
): Promise<Message> {
  await need(request, 'read', null)
  const { pool, organisation, today, publicUrl } = request.deps
  const { personId } = request.asker
  const base = publicUrl()
  if (base === null) {
    throw new UserError(
      'Calendars cannot reach Lapsewatch yet. Ask an administrator to set LAPSEWATCH_PUBLIC_URL.',
    )
  }
  const team = await teamNamed(request, named)
  const token = await openFeed(pool, request.actor, { personId, team })
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
export async function endCalendar(request: RequestContext, named: string | null): Promise<Message> {
  await need(request, 'read', null)
  const { asker, actor, deps } = request
  const team = await teamNamed(request, named)
  const everybodys = team !== null && asker.isAdministrator
  const ended = await endFeeds(deps.pool, actor, { personId: asker.personId, team }, everybodys)
  if (ended === 0)
    throw new UserError('There is no such calendar address of yours: nothing to end.')
  return saidAnswer(
    `${counted(ended, 'calendar address', 'calendar addresses')} ended. Calendars that used ${ended === 1 ? 'it' : 'them'} find nothing there now.`,
  )
}
