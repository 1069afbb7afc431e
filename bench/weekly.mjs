// What is made from the whole register, one thing at a time: how long it takes, how much of it the
// processors work, and how it grows from a tenth of the register to all of it.
import { readFileSync } from 'node:fs'
import { openDatabase } from '../dist/src/database/open.js'
import { ensureOrganisation, readTeams, rulesByTeam } from '../dist/src/database/organisation.js'
import { readChains } from '../dist/src/reports/chains.js'
import { readCliffs } from '../dist/src/reports/cliffs.js'
import { readConsolidation } from '../dist/src/reports/consolidation.js'
import { readCosts } from '../dist/src/reports/costs.js'
import { readExposure } from '../dist/src/reports/exposure.js'
import { readPriceRules } from '../dist/src/reports/ledger.js'
import { factsOfWeek } from '../dist/src/reports/weekly.js'
import { listFacts } from '../dist/src/slack/facts/list.js'
import { findForBot } from '../dist/src/slack/facts/search.js'
import { homeFacts } from '../dist/src/slack/home.js'
import { NO_FILTERS } from '../dist/src/slack/parse/command-types.js'
import { fill } from './bot.mjs'
import { DAY } from './held.mjs'

/** A clock tick of Linux, in which it counts the work of a process. */
const TICK_MS = 10

/** For each thing and each size: milliseconds of wall, of Node's work and of the server's. */
export async function benchWeekly(server, sizes, rounds, say) {
  const measured = []
  for (const held of sizes) {
    say(`Weekly: making ${held.toLocaleString('en-GB')} contracts…`)
    const env = await server.fresh(`bench_weekly_${held}`)
    await fill(env, held, say)
    say(`Weekly: ${rounds} rounds…`)
    measured.push(...(await measure(env, held, rounds)))
  }
  return measured
}

async function measure(env, held, rounds) {
  const { pool, close } = await openDatabase({
    databaseUrl: env.DATABASE_URL,
    migrateUrl: env.LAPSEWATCH_MIGRATE_URL,
    dataFolder: '',
    log: () => undefined,
    // One connection: what its process works is what the server works.
    poolSize: 1,
  })
  try {
    const { rows } = await pool.query('SELECT pg_backend_pid() AS pid')
    const work = await worksOf(pool)
    const measured = []
    for (const [what, { run, target }] of Object.entries(work)) {
      const tries = []
      await run()
      for (let round = 0; round < rounds; round += 1) tries.push(await timed(run, rows[0].pid))
      const best = tries.toSorted((a, b) => a.ms - b.ms)[0]
      const server = tries.map((each) => each.serverMs)
      const serverMs = server.includes(null) ? null : server.reduce((a, b) => a + b, 0) / rounds
      measured.push({ what, held, target, ...best, serverMs, tries })
    }
    return measured
  } finally {
    await close()
  }
}

async function worksOf(pool) {
  const settings = { timeZone: 'Europe/London', calendar: 'england-and-wales' }
  const organisation = await ensureOrganisation(pool, new Date(), {
    ...settings,
    channel: 'C0',
    escalationChannel: null,
  })
  const { id: organisationId } = organisation
  const rulesOf = rulesByTeam({})
  const rules = rulesOf(organisation)
  const teams = await readTeams(pool, organisationId)
  const prices = await readPriceRules(pool, organisationId, rulesOf)
  const all = { organisationId, teamId: null, today: DAY, rules: prices }
  const week = (team) => () =>
    factsOfWeek(pool, { organisationId, rules, rulesOf, team, slot: DAY, hoursLate: null })
  const { rows } = await pool.query('SELECT min(id) AS id FROM person')
  const [{ supplier }] = (
    await pool.query(
      `SELECT c.supplier FROM contract c JOIN contract_product p ON p.contract_id = c.id
       GROUP BY c.supplier ORDER BY count(*) DESC, c.supplier LIMIT 1`,
    )
  ).rows
  const asker = { isMember: true, isReader: true, isAdministrator: true, slackUser: 'U000000' }
  const context = {
    pool,
    organisationId,
    rulesOf,
    teams: () => readTeams(pool, organisationId),
    today: DAY,
    timeZone: settings.timeZone,
    query: '',
    shared: false,
    hidePrices: false,
    asker: { ...asker, personId: rows[0].id, userGroups: [] },
  }
  const list = (filters) => () => listFacts(context, { ...NO_FILTERS, ...filters }, 1)
  return {
    'weekly summary, organisation': { target: 2_000, run: week(null) },
    'weekly summary, one team': { target: 2_000, run: week(teams[7]) },
    'exposure, 90 days': {
      target: 500,
      run: () => readExposure(pool, { ...all, asOf: DAY, days: 90 }),
    },
    'costs of the year': { target: 500, run: () => readCosts(pool, { ...all, year: null }) },
    'cliffs, 365 days': {
      target: 500,
      run: () =>
        readCliffs(pool, { ...all, teamIds: null, days: 365, within: rules.cliffDays, listed: 20 }),
    },
    chains: {
      target: 500,
      run: () => readChains(pool, { ...all, toleranceDays: rules.chainToleranceDays }),
    },
    consolidate: {
      target: 500,
      run: () => readConsolidation(pool, organisationId, supplier, DAY),
    },
    Home: { target: 500, run: () => homeFacts(context) },
    list: { target: 500, run: list({}) },
    'list overdue': { target: 500, run: list({ state: 'overdue' }) },
    'list unowned': { target: 500, run: list({ state: 'unowned' }) },
    'find a word of every title': { target: 500, run: list({ text: 'maintenance' }) },
    'a reference that nothing fits': {
      target: 500,
      run: () => findForBot(context, 'CT-9999999'),
    },
  }
}

async function timed(run, pid) {
  const worked = serverWork(pid)
  const before = process.cpuUsage()
  const began = performance.now()
  await run()
  const ms = performance.now() - began
  const { user, system } = process.cpuUsage(before)
  const after = serverWork(pid)
  return {
    ms,
    nodeMs: (user + system) / 1000,
    serverMs: after === null || worked === null ? null : after - worked,
  }
}

/** What the connection's own process has worked so far; null where the system does not tell. */
function serverWork(pid) {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
    return (Number(fields[11]) + Number(fields[12])) * TICK_MS
  } catch {
    return null
  }
}
