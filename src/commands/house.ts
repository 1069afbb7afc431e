/** Commands of the house: migrate, doctor, sample. */
import type { Command } from 'commander'
import { readTeams, TERMINAL, type Team } from '../db/organisation.ts'
import { Refusal } from '../domain/refusal.ts'
import { unknownHolidays } from '../domain/working-days.ts'
import { gatewayFor } from '../outgoing.ts'
import type { Program } from '../program.ts'
import { loadSample } from '../sample.ts'
import { type CommonOptions, run } from './run.ts'
import { table } from './table.ts'

export function addHouse(cli: Command): void {
  cli
    .command('migrate')
    .description('prepare the database, or bring it up to date')
    .option('--json', 'one JSON object')
    .action((options: CommonOptions) =>
      run(options, async (program) => {
        const { applied, server } = program.database
        const text =
          applied.length === 0 ? 'The database is up to date.' : `Applied: ${applied.join(', ')}.`
        return { json: { server, applied }, text }
      }),
    )
  cli
    .command('doctor')
    .description('check settings, database, Slack and clock')
    .option('--json', 'one JSON object')
    .action((options: CommonOptions) =>
      run(options, async (program) => {
        const checks = await examine(program)
        const bad = checks.filter((check) => !check.ok)
        if (bad.length > 0) {
          throw new Refusal(
            'Not all is well:',
            bad.map((check) => `${check.what}: ${check.found}`),
          )
        }
        const rows = checks.map((check) => [check.ok ? 'ok' : 'NOT OK', check.what, check.found])
        return { json: { ok: true, checks }, text: table(['', 'what', 'found'], rows) }
      }),
    )
  cli
    .command('sample')
    .description('load the sample register, with dates relative to today')
    .option('--json', 'one JSON object')
    .action((options: CommonOptions) =>
      run(options, async (program) => {
        const result = await loadSample(program)
        return {
          json: result,
          text: `The sample register is loaded: ${result.contracts} contracts of a fictional trust group.`,
        }
      }),
    )
}

interface Check {
  readonly what: string
  readonly ok: boolean
  readonly found: string
}

async function examine(program: Program): Promise<Check[]> {
  const { settings, pool, organisation, rulesOf } = program
  const checks: Check[] = [
    {
      what: 'settings',
      ok: true,
      found: `zone ${settings.timeZone}, calendar ${settings.calendar}`,
    },
  ]
  const asked = Date.now()
  const server = await pool.query<{ version: string; now: Date; role: string }>(
    `SELECT current_setting('server_version') AS version, clock_timestamp() AS now, current_user AS role`,
  )
  const { version, now, role } = server.rows[0] ?? {
    version: 'unknown',
    now: new Date(asked),
    role: 'unknown',
  }
  checks.push({
    what: 'database',
    ok: true,
    found: `PostgreSQL ${version} (${program.database.server}), as ${role}`,
  })
  const apart = Math.abs(now.getTime() - asked) / 1000
  checks.push({
    what: 'clock',
    ok: apart < 60,
    found: `${apart.toFixed(1)} s apart from the database's`,
  })
  const holidays = unknownHolidays(program.today(), rulesOf(organisation).calendar)
  checks.push({
    what: 'bank holidays',
    ok: holidays === null,
    found: holidays ?? 'known for today',
  })
  checks.push(await slackCheck(program))
  for (const team of await readTeams(pool, organisation.id)) {
    checks.push(teamCheck(program, team))
  }
  const { prisma } = program.database
  const outbox = await prisma.delivery.groupBy({
    by: ['state'],
    where: {
      organisationId: organisation.id,
      state: { in: ['DEAD', 'BLOCKED', 'UNCERTAIN', 'PENDING', 'RETRY'] },
    },
    _count: true,
    orderBy: { state: 'asc' },
  })
  const stuck = outbox.some(({ state }) => state === 'DEAD' || state === 'BLOCKED')
  const states = outbox.map(({ state, _count }) => `${_count} ${state.toLowerCase()}`).join(', ')
  checks.push({ what: 'outbox', ok: !stuck, found: states || 'empty' })
  const unread = await prisma.importProblem.findMany({
    where: { organisationId: organisation.id, severity: 'error', resolvedImportId: null },
    distinct: ['sourceId', 'at'],
    select: { id: true },
  })
  const rows = unread.length
  checks.push({
    what: 'registers',
    ok: rows === 0,
    found:
      rows === 0
        ? 'every row could be read'
        : `${rows} rows could not be read: their contracts are not watched`,
  })
  return checks
}

function teamCheck({ settings, todayOf }: Program, team: Team): Check {
  const what = `team ${team.name}`
  const { channel, lastSweptOn } = team
  if (settings.slack.botToken !== null && channel === TERMINAL) {
    const remedy = `set LAPSEWATCH_CHANNEL or run team set "${team.name}" --channel CHANNEL`
    return { what, ok: false, found: `has no channel: ${remedy}` }
  }
  if (lastSweptOn !== null && lastSweptOn > todayOf(team)) {
    const found = `was swept ahead to ${lastSweptOn}: nothing is raised before that day. Try days ahead in a data folder of their own (LAPSEWATCH_DATA)`
    return { what, ok: false, found }
  }
  return { what, ok: true, found: `warned in ${channel}` }
}

async function slackCheck({ settings }: Program): Promise<Check> {
  if (settings.slack.botToken === null) {
    return { what: 'Slack', ok: true, found: 'no token set: messages go to the terminal' }
  }
  const identity = await gatewayFor(settings, process.stderr).identify()
  if (identity.kind === 'known')
    return { what: 'Slack', ok: true, found: `workspace ${identity.workspace ?? 'unnamed'}` }
  return { what: 'Slack', ok: false, found: identity.why }
}
