/** What `doctor` looks at: settings, database, clock, Slack, teams, outbox, registers. */
import type { Program } from '../app/app.ts'
import { slackApiUrl } from '../app/slack.ts'
import { readServer } from '../database/open.ts'
import { readTeams, TERMINAL, type Team } from '../database/organisation.ts'
import { tables } from '../database/prisma.ts'
import { followedChannels, pausedChannels } from '../delivery/rate-limit.ts'
import { undeliveredWords } from '../delivery/undelivered.ts'
import { advice, bad, type Check, examineSlack, good, type PostingTarget } from '../ops/doctor.ts'
import { refreshedSources } from '../register/import/refresh.ts'
import { productData, staleProducts } from '../rules/products.ts'
import { unknownHolidays } from '../rules/working-days.ts'
import { counted } from '../text/words.ts'
import { readCheckup } from '../warnings/self-check.ts'

export async function examine(program: Program): Promise<Check[]> {
  const { settings, pool, organisation } = program
  const teams = await readTeams(pool, organisation.id)
  return [
    good('settings', `zone ${settings.timeZone}, calendar ${settings.calendar}`),
    ...(await databaseChecks(program)),
    holidayCheck(program),
    productsCheck(program),
    ...(await slackChecks(program, teams)),
    ...teams.map((team) => teamCheck(program, team)),
    await outboxCheck(program),
    ...(await pauseChecks(program)),
    await registerCheck(program),
    ...(await refreshChecks(program)),
    await watchCheck(program),
  ]
}

/** What the worker's auditor said last; a command by itself cannot know what runs. */
async function watchCheck({ pool, organisation }: Program): Promise<Check> {
  const checkup = await readCheckup(pool, organisation.id)
  if (checkup === null) return advice('watch', 'no worker has run here yet', 'start one')
  if (checkup.minutesAgo > 10) {
    return bad(
      'watch',
      `no worker has looked for ${checkup.minutesAgo} minutes`,
      'see that one runs',
    )
  }
  const alarms = checkup.findings.filter(({ alarm }) => alarm)
  return alarms.length === 0
    ? good('watch', 'nothing is late')
    : bad('watch', alarms.map(({ words }) => words).join(' '), 'see lapsewatch audit watch')
}

async function databaseChecks({ pool, database, now }: Program): Promise<Check[]> {
  const asked = now()
  const server = await readServer(pool)
  const apart = Math.abs(server.now.getTime() - asked.getTime()) / 1000
  const found = `${apart.toFixed(1)} s apart from the database's`
  return [
    good('database', `PostgreSQL ${server.version} (${database.server}), as ${server.role}`),
    apart < 60
      ? good('clock', found)
      : bad('clock', found, 'set both clocks by the same time server (NTP)'),
  ]
}

function holidayCheck({ organisation, rulesOf, today }: Program): Check {
  const unknown = unknownHolidays(today(), rulesOf(organisation).calendar)
  return unknown === null
    ? good('bank holidays', 'known for today')
    : bad('bank holidays', unknown, 'install a newer version')
}

function productsCheck({ today }: Program): Check {
  const { asOf, products } = productData()
  const stale = staleProducts(today())
  const what = 'ends of support'
  return stale === null
    ? good(what, `of ${products.size} products, data as at ${asOf}`)
    : advice(what, stale, 'install a newer version, or make src/rules/end-of-life.json anew')
}

async function slackChecks(program: Program, teams: readonly Team[]): Promise<Check[]> {
  const { settings } = program
  const { botToken, appToken, signingSecret, timeoutMs } = settings.slack
  if (botToken === null) return [good('Slack', 'no token set: messages go to the terminal')]
  const checks = await examineSlack({
    botToken,
    appToken,
    signingSecret,
    port: settings.port,
    apiUrl: slackApiUrl(settings),
    timeoutMs,
    postings: teams.flatMap(postingsOf),
    followed: await followedChannels(program.pool, program.organisation.id),
    today: program.today(),
    elapsed: () => performance.now(),
  })
  return teams.some(({ escalationChannel }) => escalationChannel !== null)
    ? checks
    : [...checks, withoutEscalation]
}

const withoutEscalation = advice(
  'escalation',
  'no channel is told when an acknowledgement runs out or a channel takes nothing',
  'set LAPSEWATCH_ESCALATION_CHANNEL',
)

function postingsOf({ name, channel, escalationChannel }: Team): PostingTarget[] {
  return [
    ...(channel === TERMINAL ? [] : [{ team: name, as: 'channel' as const, destination: channel }]),
    ...(escalationChannel === null || escalationChannel === TERMINAL
      ? []
      : [{ team: name, as: 'escalation channel' as const, destination: escalationChannel }]),
  ]
}

function teamCheck({ settings, todayOf }: Program, team: Team): Check {
  const what = `team ${team.name}`
  const { channel, lastSweptOn } = team
  if (settings.slack.botToken !== null && channel === TERMINAL) {
    const remedy = `set LAPSEWATCH_CHANNEL or run team set "${team.name}" --channel CHANNEL`
    return bad(what, 'has no channel', remedy)
  }
  if (lastSweptOn !== null && lastSweptOn > todayOf(team)) {
    return bad(
      what,
      `was swept ahead to ${lastSweptOn}, and nothing is raised before that day`,
      'try days ahead in a data folder of their own (LAPSEWATCH_DATA)',
    )
  }
  return good(what, `warned in ${channel}`)
}

async function outboxCheck({ pool, organisation }: Program): Promise<Check> {
  const outbox = await tables(pool).delivery.groupBy({
    by: ['state'],
    where: {
      organisationId: organisation.id,
      state: { in: ['DEAD', 'BLOCKED', 'UNCERTAIN', 'PENDING', 'RETRY'] },
    },
    _count: true,
    orderBy: { state: 'asc' },
  })
  const states = outbox.map(({ state, _count }) => `${_count} ${state.toLowerCase()}`).join(', ')
  const undelivered = await undeliveredWords(pool, organisation.id, UNDELIVERED_LISTED)
  if (undelivered.length === 0) return good('outbox', states || 'empty')
  return bad(
    'outbox',
    `${states}; the latest: ${undelivered.join('; ')}`,
    'put the channels and the token above right; the log names each error',
  )
}

const UNDELIVERED_LISTED = 20

async function refreshChecks({ pool, organisation }: Program): Promise<Check[]> {
  const sources = await refreshedSources(pool, organisation.id)
  return sources.map(({ name, state, waiting }) => {
    const what = `register ${name}`
    const { problem, file, changedOn } = state
    if (problem !== null) {
      const remedy = 'see lapsewatch source show, which says what to do'
      return bad(what, `since ${problem.since}: ${problem.words}`, remedy)
    }
    const found = file === null ? 'no file taken yet' : `${file}, taken on ${changedOn}`
    return waiting === 0
      ? good(what, found)
      : advice(what, `${found}; ${waiting} contracts wait`, `run source confirm "${name}"`)
  })
}

/** Slack asked for less, or the pause is over within the hour anyhow: something to know of. */
async function pauseChecks({ pool, organisation }: Program): Promise<Check[]> {
  const paused = await pausedChannels(pool, organisation.id)
  return paused.map(({ destination, why, minutes }) =>
    advice(
      `pause of ${destination}`,
      `for ${minutes === 1 ? 'a minute' : `${minutes} minutes`} more (${why ?? 'no reason recorded'})`,
      `wait, or end it: lapsewatch resume ${destination}`,
    ),
  )
}

async function registerCheck({ pool, organisation }: Program): Promise<Check> {
  const unread = await tables(pool).importProblem.findMany({
    where: { organisationId: organisation.id, severity: 'error', resolvedImportId: null },
    distinct: ['sourceId', 'at'],
    select: { id: true },
  })
  return unread.length === 0
    ? good('registers', 'every row could be read')
    : bad(
        'registers',
        `${counted(unread.length, 'row')} could not be read: what stands there is not watched`,
        'put right what the weekly summary lists, and import the register again',
      )
}
