/**
 * Calendars fetch their deadlines here, by an address that nobody can guess. Whoever has it reads
 * without signing in, so that what is shown has no prices and no names, and an address that was
 * ended is no different from one that never was.
 */
import { createHash } from 'node:crypto'
import type { CustomRoute } from '@slack/bolt'
import { Hono } from 'hono'
import pLimit from 'p-limit'
import type { Pool } from 'pg'
import { type Feed, feedOf, rememberContent } from '../actions/calendar-feeds.ts'
import { readCalendar } from '../reports/calendar.ts'
import type { CivilDate } from '../rules/civil-date.ts'
import { type CalendarFacts, calendarFile } from '../text/calendar-feed.ts'
import { type Bucket, openBucket } from './http.ts'

const CALENDAR_PATH = '/calendar'

interface CalendarDeps {
  readonly pool: Pool
  readonly organisationId: number
  readonly now: () => Date
  readonly today: () => CivilDate
  readonly elapsed: () => number
  readonly log: (line: string) => void
}

interface CalendarRequest {
  /** The last part of the path: the token and `.ics`. */
  readonly file: string
  readonly ifNoneMatch: string | null
  readonly ifModifiedSince: string | null
}

export interface CalendarAnswer {
  readonly status: 200 | 304 | 404 | 429 | 503
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export type CalendarDesk = (request: CalendarRequest) => Promise<CalendarAnswer>

/** Of all addresses together, right and wrong ones, before the database is asked. */
const ALL = { burst: 200, perSecond: 50 }
/** Of one address: fifty people may share a team's, and their programs look on the hour. */
const EACH = { burst: 60, perSecond: 0.1 }
/** However many ask, most connections to the database are left to warnings and health checks. */
const AT_ONCE = 2
const MOST_IN_LINE = 100

/** Answers requests for calendars; never throws. */
export function calendarDesk(deps: CalendarDeps): CalendarDesk {
  const all = openBucket(ALL, deps.elapsed)
  const each = new Map<number, Bucket>()
  const inTurn = pLimit(AT_ONCE)
  const answer = async (request: CalendarRequest, token: string) => {
    const feed = await feedOf(deps.pool, deps.organisationId, token)
    if (feed === null) return NONE
    const own = each.get(feed.id) ?? openBucket(EACH, deps.elapsed)
    each.set(feed.id, own)
    if (!own.take()) return later(429, 600)
    return await answerFeed(deps, feed, request)
  }
  return async (request) => {
    if (!all.take()) return later(429, 5)
    const token = /^([0-9a-f]{64})\.ics$/.exec(request.file)?.[1]
    if (token === undefined) return NONE
    if (inTurn.activeCount + inTurn.pendingCount >= MOST_IN_LINE) return later(503, 60)
    try {
      return await inTurn(() => answer(request, token))
    } catch (error) {
      // Its message may hold what was looked for: only its kind is told.
      deps.log(`A calendar could not be read: ${error instanceof Error ? error.name : 'failed'}.`)
      return later(503, 60)
    }
  }
}

async function answerFeed(
  { pool, organisationId, now, today }: CalendarDeps,
  feed: Feed,
  { ifNoneMatch, ifModifiedSince }: CalendarRequest,
): Promise<CalendarAnswer> {
  const { personId, teamId, team, namespace } = feed
  const content = await readCalendar(pool, { organisationId, personId, teamId, today: today() })
  const hash = createHash('sha256')
    .update(JSON.stringify([FORM, team, content]))
    .digest('hex')
  const isSame = feed.contentHash === hash && feed.changedAt !== null
  const changedAt = isSame && feed.changedAt !== null ? feed.changedAt : now()
  if (!isSame) await rememberContent(pool, feed.id, hash, changedAt)
  const headers = {
    ...PRIVATE,
    etag: `"${hash.slice(0, 32)}"`,
    'last-modified': changedAt.toUTCString(),
  }
  if (isKnown(headers.etag, changedAt, ifNoneMatch, ifModifiedSince)) {
    return { status: 304, headers, body: '' }
  }
  const facts: CalendarFacts = { ...content, team, namespace, changedAt }
  return {
    status: 200,
    headers: {
      ...headers,
      'content-type': 'text/calendar; charset=utf-8',
      'content-disposition': 'inline; filename="lapsewatch.ics"',
    },
    body: calendarFile(facts),
  }
}

/** Changes with how calendars are written, so that they are fetched anew. */
const FORM = 1

/** Whether the asker has it: by its tag, or where none was sent by its time (RFC 9110, 13.1). */
function isKnown(
  etag: string,
  changedAt: Date,
  ifNoneMatch: string | null,
  ifModifiedSince: string | null,
): boolean {
  if (ifNoneMatch !== null) {
    const tags = ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, ''))
    return tags.includes('*') || tags.includes(etag)
  }
  const since = ifModifiedSince === null ? Number.NaN : Date.parse(ifModifiedSince)
  // HTTP counts in whole seconds.
  return Math.floor(changedAt.getTime() / 1000) * 1000 <= since
}

/** Nobody between keeps it, and it is asked for anew each time: an ended address ends at once. */
const PRIVATE = {
  'cache-control': 'private, no-cache',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex, nofollow',
}

const PLAIN = { ...PRIVATE, 'content-type': 'text/plain; charset=utf-8' }
const NONE: CalendarAnswer = { status: 404, headers: PLAIN, body: 'not found\n' }

function later(status: 429 | 503, seconds: number): CalendarAnswer {
  return { status, headers: { ...PLAIN, 'retry-after': String(seconds) }, body: 'later\n' }
}

/** On the supervisors' port and on the local page. */
export function calendarRoutes(desk: () => CalendarDesk): Hono {
  const app = new Hono()
  app.get(`${CALENDAR_PATH}/:file`, async (c) => {
    const { status, headers, body } = await desk()({
      file: c.req.param('file'),
      ifNoneMatch: c.req.header('if-none-match') ?? null,
      ifModifiedSince: c.req.header('if-modified-since') ?? null,
    })
    return new Response(status === 304 ? null : body, { status, headers })
  })
  return app
}

/** Beside the port that Slack calls. */
export function calendarRoute(desk: CalendarDesk): CustomRoute {
  return {
    path: `${CALENDAR_PATH}/:file`,
    method: ['GET'],
    handler(request, response) {
      const { 'if-none-match': ifNoneMatch, 'if-modified-since': ifModifiedSince } = request.headers
      void desk({
        file: String(request.params?.file ?? ''),
        ifNoneMatch: ifNoneMatch ?? null,
        ifModifiedSince: ifModifiedSince ?? null,
      }).then(({ status, headers, body }) => {
        if (response.headersSent) return
        response.writeHead(status, headers)
        response.end(body)
      })
    },
  }
}
